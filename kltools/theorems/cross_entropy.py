"""Cross-entropy: its floor, and the slope and curvature that training follows."""

import numpy as np
from sympy import KroneckerDelta

from kltools import cross_entropy, entropy, softmax
from kltools.derivations import (
    KL,
    D,
    Derivation,
    H,
    Sum,
    exp,
    i,
    k,
    ln,
    named,
    normalized,
    positive,
    real,
)
from kltools.theorems.kl_divergence import gibbs
from kltools.theorems.library import Comparison, distribution, theorem

CHAPTER = "cross_entropy"
p, q = positive("p q")
z = real("z")
other = i.twin("l")
SOFTMAX = exp(z) / Sum(exp(z))


def _floor(rng: np.random.Generator) -> Comparison:
    P, Q = distribution(rng), distribution(rng)
    return cross_entropy(P, Q), "≥", entropy(P)


@theorem("H(P, Q) ≥ H(P), with equality exactly when P = Q", chapter=CHAPTER, check=_floor)
def cross_entropy_at_least_entropy() -> Derivation:
    """No code beats the one that is made for the source."""
    return (
        Derivation(H(p, q), given=normalized(p, q))
        .equals(H(p) + KL(p, q), "KL(P‖Q) = H(P, Q) − H(P)")
        .at_least(H(p), "KL ≥ 0", by=gibbs())
    )


def _loss(P: np.ndarray, logits: np.ndarray) -> float:
    return float(cross_entropy(P, softmax(logits)))


def _slope(rng: np.random.Generator) -> Comparison:
    P, logits, h = distribution(rng), rng.normal(size=5), 1e-5
    steps = h * np.eye(5)
    return (
        np.array([_loss(P, logits + s) - _loss(P, logits - s) for s in steps]) / (2 * h),
        "=",
        softmax(logits) - P,
    )


@theorem("∂/∂z H(P, softmax z) = softmax z − P", chapter=CHAPTER, check=_slope, tolerance=1e-6)
def softmax_gradient() -> Derivation:
    """The slope is what the model believes less what is true."""
    loss = named("H(P, softmax z)", -Sum(p * ln(SOFTMAX), i), latex=r"H(P, \operatorname{softmax} z)")
    total = Sum(exp(z))
    return (
        Derivation(D(loss, z.at(k)), given=normalized(p))
        .equals(D(ln(total) - Sum(p * z), z.at(k)), "ln of the softmax, and p sums to 1")
        .equals(exp(z.at(k)) / total - p.at(k), "only the k-th term depends on z_k")
    )


def _curvature(rng: np.random.Generator) -> Comparison:
    logits, h = rng.normal(size=5), 1e-5
    s = softmax(logits)
    rows = [(softmax(logits + step) - softmax(logits - step)) / (2 * h) for step in h * np.eye(5)]
    return np.array(rows), "=", np.diag(s) - np.outer(s, s)


@theorem(
    "∂²/∂z² H(P, softmax z) = diag(s) − s sᵀ, s = softmax z",
    chapter=CHAPTER,
    check=_curvature,
    tolerance=1e-6,
)
def softmax_hessian() -> Derivation:
    """The curvature is the covariance of one draw from the model; P has left it."""
    total = Sum(exp(z))
    s_k, s_l = exp(z.at(k)) / total, exp(z.at(other)) / total
    return (
        Derivation(D(s_k - p.at(k), z.at(other)))
        .equals(
            KroneckerDelta(k, other) * s_k - exp(z.at(k)) * exp(z.at(other)) / total**2,
            "the rule for a quotient",
        )
        .equals(s_k * (KroneckerDelta(k, other) - s_l), "with softmax z at k and at l")
    )
