"""Prove every theorem, with the time that each takes."""

from time import perf_counter

from kltools.theorems import THEOREMS

for name, theorem in THEOREMS.items():
    print(f"{name:36}", end="", flush=True)
    start = perf_counter()
    steps = sum(len(d.steps) for d in theorem.derivations)
    print(f"{steps:3} steps {perf_counter() - start:6.2f} s")
