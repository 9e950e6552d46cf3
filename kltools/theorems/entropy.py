"""Entropy: its bound, its concavity, and what it does to pairs."""

import numpy as np

from kltools import entropy, mutual_information
from kltools.coding import huffman_code, mean_length
from kltools.derivations import (
    KL,
    D,
    Derivation,
    Eq,
    H,
    Sum,
    fraction,
    i,
    j,
    ln,
    n,
    named,
    nonnegative,
    normalized,
    positive,
    tangent,
)
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


def _coded(rng: np.random.Generator) -> Comparison:
    P = distribution(rng)
    return mean_length(P, huffman_code(P)) * np.log(2), "≥", entropy(P)


@theorem(
    "Σ p ln(1/c) ≥ H(P) for positive c whose sum is at most 1: no prefix code beats the entropy",
    chapter=CHAPTER,
    check=_coded,
)
def no_code_beats_entropy() -> Derivation:
    """A word of l digits takes the share c = 2^−l, and l digits are ln(1/c) nats."""
    c, s = positive("c"), nonnegative("s", over=())
    return (
        Derivation(Sum(p * ln(1 / c)) - H(p), given=[*normalized(p), Eq(Sum(c), 1 - s)])
        .equals(-Sum(p * ln(c / p)), "both in one sum")
        .at_least(-Sum(p * (c / p - 1)), "ln x ≤ x − 1 at x = c/p", by=Sum(p * tangent(c / p)))
        .equals(s, "the shares leave s over")
        .at_least(0, "and s ≥ 0")
    )


def _slope(rng: np.random.Generator) -> Comparison:
    a, step = rng.uniform(0.1, 0.9), 1e-6
    above, below = entropy([a + step, 1 - a - step]), entropy([a - step, 1 - a + step])
    return (above - below) / (2 * step), "=", np.log((1 - a) / a)


@theorem(
    "h′(a) = ln((1−a)/a) for the entropy h of two outcomes",
    chapter=CHAPTER,
    check=_slope,
    scope="two outcomes",
    tolerance=1e-8,
)
def binary_entropy_slope() -> Derivation:
    """It rises while the first outcome is the rarer one, and falls after."""
    a = fraction("a", over=())
    return (
        Derivation(D(named("h(a)", -a * ln(a) - (1 - a) * ln(1 - a)), a))
        .equals(ln(1 - a) - ln(a), "differentiate; −1 and 1 cancel")
        .equals(ln((1 - a) / a), "ln of a ratio")
    )


def _never_negative(rng: np.random.Generator) -> Comparison:
    R = distribution(rng, 4, 3)
    return entropy(R.sum(1)) + entropy(R.sum(0)), "≥", entropy(R.ravel())


@theorem(
    "H(X) + H(Y) ≥ H(X, Y), with equality exactly when X and Y are independent",
    chapter=CHAPTER,
    check=_never_negative,
)
def information_never_negative() -> Derivation:
    """Knowing one of a pair cannot make the other more uncertain on average."""
    r, u, v = positive("r", over=(i, j)), positive("u"), positive("v", over=j)
    parts = named("H(X)", H(u)) + named("H(Y)", H(v))
    given = [Eq(Sum(r), 1), Eq(u, Sum(r, j)), Eq(v, Sum(r, i))]
    return (
        Derivation(parts - named("H(X, Y)", H(r)), given=given)
        .equals(-Sum(r * ln(u * v / r)), "u and v are the margins of r")
        .at_least(-Sum(r * (u * v / r - 1)), "ln x ≤ x − 1 at x = uv/r", by=Sum(r * tangent(u * v / r)))
        .equals(0, "the joint sums to 1, and so do the products of its margins")
    )
