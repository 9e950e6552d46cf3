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
    fraction,
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
score, shift = real("z c", over=())
y, eps = fraction("y ε", over=())


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


def _shift(rng: np.random.Generator) -> Comparison:
    logits = rng.normal(size=5)
    return np.exp(logits) / np.exp(logits).sum(), "=", softmax(logits + rng.normal())


@theorem("softmax(z + c) = softmax z", chapter=CHAPTER, check=_shift)
def softmax_shift() -> Derivation:
    """Scores count by their differences; what is added to all of them cancels."""
    return Derivation(exp(z.at(k) + shift) / Sum(exp(z + shift))).equals(
        exp(z.at(k)) / Sum(exp(z)), "exp c is a factor above and below"
    )


def _logistic(rng: np.random.Generator) -> Comparison:
    truth, logit = rng.uniform(), rng.normal()
    return (
        cross_entropy([truth, 1 - truth], softmax([logit, 0])),
        "=",
        np.log1p(np.exp(logit)) - truth * logit,
    )


@theorem(
    "H((y, 1 − y), (σ, 1 − σ)) = ln(1 + exp z) − y z, σ = 1/(1 + exp(−z))",
    chapter=CHAPTER,
    check=_logistic,
    scope="two outcomes",
)
def logistic_loss() -> Derivation:
    """With two classes, one score is enough, and its loss is the logistic loss."""
    sigma = 1 / (1 + exp(-score))
    return (
        Derivation(-y * ln(sigma) - (1 - y) * ln(1 - sigma))
        .equals(y * ln(1 + exp(-score)) + (1 - y) * ln(1 + exp(score)), "ln of a quotient, twice")
        .equals(ln(1 + exp(score)) - y * score, "ln(1 + exp(−z)) = ln(1 + exp z) − z")
    )


def _smoothing(rng: np.random.Generator) -> Comparison:
    P, U, Q, share = distribution(rng), distribution(rng), distribution(rng), rng.uniform()
    label = (1 - share) * P + share * U
    return cross_entropy(label, Q), "=", (1 - share) * cross_entropy(P, Q) + share * cross_entropy(U, Q)


@theorem("H((1 − ε)P + εU, Q) = (1 − ε) H(P, Q) + ε H(U, Q)", chapter=CHAPTER, check=_smoothing)
def soft_labels() -> Derivation:
    """The cost is an average over what happens, so a mixture of truths costs the mixture of their costs."""
    u = positive("u")
    return (
        Derivation(H((1 - eps) * p + eps * u, q))
        .equals(-Sum(((1 - eps) * p + eps * u) * ln(q)), "the definition")
        .equals(-(1 - eps) * Sum(p * ln(q)) - eps * Sum(u * ln(q)), "split the sum")
        .equals((1 - eps) * H(p, q) + eps * H(u, q), "each sum has a name")
    )
