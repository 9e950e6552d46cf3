"""The theorems of the course, each with its statement, its derivation and a numerical check.

>>> from kltools.theorems import THEOREMS
>>> THEOREMS["gibbs"].derivations[-1]
given pᵢ, qᵢ > 0, Σᵢ pᵢ = 1, Σᵢ qᵢ = 1
KL(P‖Q) = −Σᵢ pᵢ ln(qᵢ/pᵢ)     turn the ratio over
        ≥ −Σᵢ pᵢ (qᵢ/pᵢ − 1)   ln x ≤ x − 1 at x = q/p
        = Σᵢ pᵢ − Σᵢ qᵢ        multiply out
        = 0                    both sum to 1
equality exactly when qᵢ/pᵢ = 1

There is a module for each chapter. `python -m kltools.theorems` proves all of them, one after the other.
"""

from kltools.theorems import continuous, cross_entropy, entropy, jensen_shannon, kl_divergence, likelihood
from kltools.theorems.library import THEOREMS, Theorem

__all__ = [
    "THEOREMS",
    "Theorem",
    "continuous",
    "cross_entropy",
    "entropy",
    "jensen_shannon",
    "kl_divergence",
    "likelihood",
]
