"""Accuracy, time and memory of kltools beside its alternatives: `python -m benchmarks [--record]`."""
