"""Entropy: its bound, its concavity, and what it does to pairs."""

import numpy as np

from kltools import entropy, mutual_information
from kltools.derivations import KL, Derivation, Eq, H, Sum, fraction, i, j, ln, n, named, normalized, positive
from kltools.theorems.kl_divergence import gibbs
from kltools.theorems.library import Comparison, distribution, theorem

CHAPTER = "entropy"
p, q = positive("p q")


def _bounded(rng: np.random.Generator) -> Comparison:
    P = distribution(rng)
    return entropy(P), "≤", np.log(len(P))


@theorem("H(P) ≤ ln n, with equality exactly when P is uniform", chapter=CHAPTER, check=_bounded)
def entropy_at_most_ln_n() -> Derivation:
    """Nothing is more uncertain than the uniform distribution."""
    return (
        Derivation(H(p), given=normalized(p))
        .equals(ln(n) - Sum(p * ln(n * p)), "add and take away ln n; np is p over 1/n")
        .at_most(ln(n), "KL ≥ 0", by=gibbs(q=1 / n))
    )


def _concave(rng: np.random.Generator) -> Comparison:
    P, Q, w = distribution(rng), distribution(rng), rng.random()
    return entropy(w * P + (1 - w) * Q), "≥", w * entropy(P) + (1 - w) * entropy(Q)


@theorem("H(λP + (1−λ)Q) ≥ λ H(P) + (1−λ) H(Q) (H is concave)", chapter=CHAPTER, check=_concave)
def entropy_is_concave() -> Derivation:
    """Not knowing which of two sources is at work adds uncertainty."""
    w, m = fraction("lambda", over=()), positive("m")
    return (
        Derivation(H(m), given=[*normalized(p, q), Eq(m, w * p + (1 - w) * q)])
        .equals(-Sum((w * p + (1 - w) * q) * ln(m)), "m in front of its logarithm")
        .equals(w * H(p, m) + (1 - w) * H(q, m), "two cross-entropies")
        .equals(w * (H(p) + KL(p, m)) + (1 - w) * (H(q) + KL(q, m)), "H(P, M) = H(P) + KL(P‖M)")
        .at_least(w * H(p) + (1 - w) * H(q), "KL ≥ 0, twice", by=w * gibbs(q=m) + (1 - w) * gibbs(p=q, q=m))
    )


def _pair_entropy(rng: np.random.Generator) -> Comparison:
    R = distribution(rng, 4, 3)
    a = R.sum(1)
    return entropy(R.ravel()), "=", entropy(a) + a @ entropy(R / a[:, None])


@theorem("H(X, Y) = H(X) + H(Y|X)", chapter=CHAPTER, check=_pair_entropy)
def entropy_chain_rule() -> Derivation:
    """Learn X first, then what is left of Y."""
    a, b = positive("a"), positive("b", over=j | i)
    return (
        Derivation(named("H(X, Y)", H(a * b)), given=normalized(b))
        .equals(-Sum(a * b * ln(a * b), i, j), "the definition")
        .equals(-Sum(a * b * ln(a), i, j) - Sum(a * b * ln(b), i, j), "ln of a product")
        .equals(-Sum(a * ln(a)) - Sum(a * Sum(b * ln(b), j), i), "each row of b sums to 1")
        .equals(H(a) + Sum(a * H(b), i), "the entropy of X, and of Y given X")
    )


def _independent(rng: np.random.Generator) -> Comparison:
    P, R = distribution(rng), distribution(rng)
    return entropy(np.outer(P, R).ravel()), "=", entropy(P) + entropy(R)


@theorem("H(X, Y) = H(X) + H(Y) for independent X and Y", chapter=CHAPTER, check=_independent)
def entropy_additivity() -> Derivation:
    """Surprises of independent events add up."""
    r = positive("r", over=j)
    return (
        Derivation(named("H(X, Y)", H(p * r)), given=normalized(p, r))
        .equals(-Sum(p * r * ln(p * r), i, j), "the definition")
        .equals(-Sum(p * r * ln(p), i, j) - Sum(p * r * ln(r), i, j), "ln of a product")
        .equals(H(p) + H(r), "p and r sum to 1")
    )


def _information(rng: np.random.Generator) -> Comparison:
    R = distribution(rng, 4, 3)
    return mutual_information(R), "=", entropy(R.sum(1)) + entropy(R.sum(0)) - entropy(R.ravel())


@theorem("I(X; Y) = H(X) + H(Y) − H(X, Y)", chapter=CHAPTER, check=_information)
def mutual_information_by_entropies() -> Derivation:
    """What the pair saves over its parts."""
    r, u, v = positive("r", over=(i, j)), positive("u"), positive("v", over=j)
    joint = named("H(X, Y)", H(r))
    return (
        Derivation(named("I(X; Y)", KL(r, u * v)), given=[Eq(Sum(r, j), u), Eq(Sum(r, i), v)])
        .equals(Sum(r * ln(r / (u * v)), i, j), "KL of the joint from the product")
        .equals(Sum(r * ln(r), i, j) - Sum(r * ln(u), i, j) - Sum(r * ln(v), i, j), "ln of a ratio")
        .equals(-Sum(u * ln(u)) - Sum(v * ln(v)) - joint, "u and v are the margins of r")
        .equals(H(u) + H(v) - joint, "H(X) and H(Y)")
    )
