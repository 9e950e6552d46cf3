"""The KL divergence: its parts, why it is never negative, and what it does to pairs and merged outcomes."""

import numpy as np

from kltools import cross_entropy, entropy, kl_bernoulli, kl_divergence, total_variation
from kltools.derivations import (
    KL,
    D,
    Derivation,
    Eq,
    H,
    Lemma,
    Sum,
    fraction,
    i,
    j,
    ln,
    named,
    nonnegative,
    normalized,
    positive,
    real,
    tangent,
)
from kltools.theorems.library import Comparison, distribution, theorem

CHAPTER = "kl_divergence"
p, q = positive("p q")


def _pair(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return distribution(rng), distribution(rng)


def _splits(rng: np.random.Generator) -> Comparison:
    P, Q = _pair(rng)
    return kl_divergence(P, Q), "=", cross_entropy(P, Q) - entropy(P)


@theorem("KL(P‖Q) = H(P, Q) − H(P)", chapter=CHAPTER, check=_splits)
def kl_is_excess_cross_entropy() -> Derivation:
    """What the wrong belief costs, beyond what the source costs anyway."""
    return (
        Derivation(KL(p, q))
        .equals(Sum(p * ln(p / q)), "the definition")
        .equals(Sum(p * (ln(p) - ln(q))), "ln of a ratio")
        .equals(Sum(p * ln(p)) - Sum(p * ln(q)), "split the sum")
        .equals(H(p, q) - H(p), "two sums, each with its name")
    )


def _never_negative(rng: np.random.Generator) -> Comparison:
    P, Q = _pair(rng)
    # The plain sum, since kl_divergence clips rounding at 0 and could not be seen to fail.
    return np.sum(P * np.log(P / Q)), "≥", 0.0


@theorem(
    "KL(P‖Q) ≥ 0, with equality exactly when P = Q (Gibbs' inequality)",
    chapter=CHAPTER,
    check=_never_negative,
)
def gibbs() -> Derivation:
    """A logarithm lies below its tangent, so the mean surprise cannot fall."""
    return (
        Derivation(KL(p, q), given=normalized(p, q))
        .equals(-Sum(p * ln(q / p)), "turn the ratio over")
        .at_least(-Sum(p * (q / p - 1)), "ln x ≤ x − 1 at x = q/p", by=Sum(p * tangent(q / p)))
        .equals(Sum(p) - Sum(q), "multiply out")
        .equals(0, "both sum to 1")
    )


def _jensen(rng: np.random.Generator) -> Comparison:
    P, x = distribution(rng), rng.exponential(size=5)
    return P @ np.log(x), "≤", np.log(P @ x)


@theorem("E[ln X] ≤ ln E[X] (Jensen's inequality for the logarithm)", chapter=CHAPTER, check=_jensen)
def jensen() -> Derivation:
    """The tangent at the mean lies above the curve everywhere."""
    x = positive("x")
    mean = Sum(p * x)
    return (
        Derivation(Sum(p * ln(x)), given=normalized(p))
        .equals(ln(mean) + Sum(p * ln(x / mean), i), "add and take away ln of the mean")
        .at_most(
            ln(mean) + Sum(p * (x / mean - 1), i),
            "ln y ≤ y − 1 at y = x/mean",
            by=Sum(p * tangent(x / mean), i),
        )
        .equals(ln(mean), "the mean over the mean, less 1")
    )


@theorem("KL(P‖Q) ≥ 0, by Jensen's inequality", chapter=CHAPTER, check=_never_negative)
def gibbs_by_jensen() -> Derivation:
    """The mean of a logarithm is at most the logarithm of the mean, and the mean of q/p is 1."""
    return (
        Derivation(KL(p, q), given=normalized(p, q))
        .equals(-Sum(p * ln(q / p)), "turn the ratio over")
        .at_least(-ln(Sum(q)), "Jensen's inequality at x = q/p, where p x = q", by=jensen(x=q / p))
        .equals(0, "q sums to 1, and ln 1 = 0")
    )


def _log_sum(rng: np.random.Generator) -> Comparison:
    a, b = rng.exponential(size=(2, 5))
    return np.sum(a * np.log(a / b)), "≥", a.sum() * np.log(a.sum() / b.sum())


@theorem(
    "Σ a ln(a/b) ≥ A ln(A/B), where A = Σ a and B = Σ b (the log-sum inequality)",
    chapter=CHAPTER,
    check=_log_sum,
)
def log_sum() -> Derivation:
    """Pooling quantities before they are compared loses some of the difference."""
    a, b = positive("a b")
    A, B = positive("A B", over=())
    return (
        Derivation(Sum(a * ln(a / b)), given=[Eq(Sum(a), A), Eq(Sum(b), B)])
        .equals(A * ln(A / B) - Sum(a * ln(b * A / (a * B))), "add and take away A ln(A/B)")
        .at_least(
            A * ln(A / B) - Sum(a * (b * A / (a * B) - 1)),
            "ln x ≤ x − 1 at x = bA/(aB)",
            by=Sum(a * tangent(b * A / (a * B))),
        )
        .equals(A * ln(A / B), "the sum is A − A")
    )


@theorem("KL(P‖Q) ≥ 0, by the log-sum inequality", chapter=CHAPTER, check=_never_negative)
def gibbs_by_log_sum() -> Derivation:
    """Pool all outcomes into one: nothing is left to tell P from Q."""
    return (
        Derivation(KL(p, q), given=normalized(p, q))
        .equals(Sum(p * ln(p / q)), "the definition")
        .at_least(0, "the log-sum inequality with A = B = 1", by=log_sum(a=p, b=q, A=1, B=1))
    )


def _joint(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return distribution(rng, 4, 3), distribution(rng, 4, 3)


def _chain_rule(rng: np.random.Generator) -> Comparison:
    R, S = _joint(rng)
    a, c = R.sum(1), S.sum(1)
    rows = kl_divergence(R / a[:, None], S / c[:, None])
    return kl_divergence(R.ravel(), S.ravel()), "=", kl_divergence(a, c) + a @ rows


@theorem(
    "KL of a pair = KL of the first + mean KL of the second given the first",
    chapter=CHAPTER,
    check=_chain_rule,
)
def kl_chain_rule() -> Derivation:
    """The difference of two joint tables is met row by row."""
    a, c = positive("a c")
    b, d = positive("b d", over=j | i)
    return (
        Derivation(
            named("KL(AB‖CD)", KL(a * b, c * d), r"D_{\mathrm{KL}}(AB \,\|\, CD)"), given=normalized(b)
        )
        .equals(Sum(a * b * ln(a * b / (c * d)), i, j), "the definition")
        .equals(Sum(a * b * ln(a / c), i, j) + Sum(a * b * ln(b / d), i, j), "ln of a product")
        .equals(Sum(a * ln(a / c)) + Sum(a * Sum(b * ln(b / d), j), i), "each row of b sums to 1")
        .equals(KL(a, c) + Sum(a * KL(b, d), i), "the definition, twice")
    )


def _additive(rng: np.random.Generator) -> Comparison:
    (P, Q), (R, S) = _pair(rng), _pair(rng)
    return (
        kl_divergence(np.outer(P, R).ravel(), np.outer(Q, S).ravel()),
        "=",
        kl_divergence(P, Q) + kl_divergence(R, S),
    )


@theorem("KL of independent pairs adds up", chapter=CHAPTER, check=_additive)
def kl_additivity() -> Derivation:
    """Independent evidence accumulates."""
    r, s = positive("r s", over=j)
    return (
        Derivation(
            named("KL(PR‖QS)", KL(p * r, q * s), r"D_{\mathrm{KL}}(PR \,\|\, QS)"), given=normalized(p, r)
        )
        .equals(Sum(p * r * ln(p * r / (q * s)), i, j), "the definition")
        .equals(Sum(p * r * ln(p / q), i, j) + Sum(p * r * ln(r / s), i, j), "ln of a product")
        .equals(Sum(p * ln(p / q)) + Sum(r * ln(r / s)), "p and r sum to 1")
        .equals(KL(p, q) + KL(r, s), "the definition, twice")
    )


def _merging(rng: np.random.Generator) -> Comparison:
    P, Q = _pair(rng)
    merge = np.eye(3)[[0, 0, 1, 2, 2]]
    return kl_divergence(P, Q), "≥", kl_divergence(P @ merge, Q @ merge)


@theorem("Merging outcomes never raises KL (data processing)", chapter=CHAPTER, check=_merging)
def data_processing() -> tuple[Derivation, ...]:
    """What is not kept cannot help to tell P from Q.

    The table c sends outcome i to j with probability c(j|i) ≥ 0; merging is the case of zeros and ones.
    """
    c = nonnegative("c", over=j | i)
    u, v = positive("u v", over=j)
    total = Derivation(Sum(u), given=[*normalized(p, c), Eq(u, Sum(p * c, i))]).equals(
        1, "u is a distribution too"
    )
    x = q * u / (p * v)
    given = [*normalized(p, q, c, u), Eq(Sum(p * c, i), u), Eq(Sum(q * c, i), v)]
    inequality = (
        Derivation(KL(p, q), given=given)
        .equals(Sum(p * c * ln(p / q), i, j), "each row of c sums to 1")
        .equals(KL(u, v) - Sum(p * c * ln(x), i, j), "add and take away KL(U‖V)")
        .at_least(
            KL(u, v) - Sum(p * c * (x - 1), i, j),
            "ln x ≤ x − 1 at x = qu/(pv)",
            by=Sum(p * c * tangent(x), i, j),
        )
        .equals(KL(u, v) - Sum(u) + 1, "sum over i, then over j")
        .equals(KL(u, v), "u sums to 1")
    )
    return total, inequality


def _pinsker_two(rng: np.random.Generator) -> Comparison:
    a, b = rng.uniform(0.01, 0.99, 2)
    return kl_bernoulli(a, b), "≥", 2 * (a - b) ** 2


_a, _b = fraction("a b", over=())
_KL_TWO = _a * ln(_a / _b) + (1 - _a) * ln((1 - _a) / (1 - _b))


@theorem(
    "KL ≥ 2(a − b)² for two outcomes (Pinsker)", chapter=CHAPTER, check=_pinsker_two, scope="two outcomes"
)
def pinsker_two_outcomes() -> tuple[Derivation, ...]:
    """The gap vanishes at b = a, falls before it and rises after it."""
    gap = _KL_TWO - 2 * (_a - _b) ** 2
    slope = Derivation(D(gap, _b)).equals(
        (_b - _a) * (1 - 2 * _b) ** 2 / (_b * (1 - _b)), "so the gap is least at b = a"
    )
    lemma = Lemma(2 * (_a - _b) ** 2, _KL_TWO, _b, equal_at=_a)
    bound = Derivation(_KL_TWO).at_least(2 * (_a - _b) ** 2, "the gap is 0 there", by=lemma(_b))
    return slope, bound


def _pinsker(rng: np.random.Generator) -> Comparison:
    P, Q = _pair(rng)
    return kl_divergence(P, Q), "≥", 2 * total_variation(P, Q) ** 2


@theorem("KL(P‖Q) ≥ 2 TV(P, Q)² (Pinsker's inequality)", chapter=CHAPTER, check=_pinsker)
def pinsker() -> tuple[Derivation, ...]:
    """Merge the outcomes into two, those that P favours and the rest: KL falls, the total variation stays.

    The table e is 1 where p > q and 0 elsewhere, so that |p − q| = (2e − 1)(p − q); f = 1 − e.
    """
    e, f = nonnegative("e f")
    d = real("d")
    sides = [*normalized(p, q), Eq(Sum(p * e), _a), Eq(Sum(q * e), _b)]
    variation = (
        Derivation(
            named("TV(P, Q)", Sum(d) / 2, latex=r"\mathrm{TV}(P, Q)"),
            given=[*sides, Eq(d, (2 * e - 1) * (p - q))],
        )
        .equals(Sum((2 * e - 1) * (p - q)) / 2, "half the sum of d = |p − q|")
        .equals(_a - _b, "multiply out")
    )
    x, y = q * _a / (p * _b), q * (1 - _a) / (p * (1 - _b))
    bound = (
        Derivation(KL(p, q), given=[*sides, Eq(f, 1 - e)])
        .equals(Sum(p * e * ln(p / q)) + Sum(p * f * ln(p / q)), "e + f = 1")
        .at_least(
            _KL_TWO,
            "log-sum on each part",
            by=Sum(p * e * tangent(x)) + Sum(p * f * tangent(y)),
        )
        .at_least(2 * (_a - _b) ** 2, "Pinsker for two outcomes", by=pinsker_two_outcomes())
    )
    return variation, bound


def _fisher(rng: np.random.Generator) -> Comparison:
    P = distribution(rng)
    u = rng.normal(size=5) * P
    u -= u.mean()
    t = 1e-4 * P.min() / np.abs(u).max()
    return kl_divergence(P, P + t * u) / t**2, "=", np.sum(u**2 / P) / 2


@theorem(
    "KL(P‖P_t) = t²/2 · Fisher information + smaller terms", chapter=CHAPTER, check=_fisher, tolerance=1e-3
)
def kl_second_order() -> tuple[Derivation, ...]:
    """Near its minimum KL is a parabola, and its curvature is the Fisher information.

    P_t moves with t: p + t u + t² v/2 + … with Σ u = Σ v = 0. No later term reaches a second derivative at 0.
    """
    t = real("t", over=())
    u, v = real("u v")
    moved = named("KL(P‖P_t)", KL(p, p + t * u + t**2 * v / 2), latex=r"D_{\mathrm{KL}}(P \,\|\, P_t)")
    given = [*normalized(p), Eq(Sum(u), 0), Eq(Sum(v), 0)]
    first = (
        Derivation(D(moved, t, at={t: 0}), given=given)
        .equals(-Sum(u), "by p/p = 1")
        .equals(0, "the changes sum to 0")
    )
    second = (
        Derivation(D(moved, t, 2, at={t: 0}), given=given)
        .equals(Sum(u**2 / p) - Sum(v), "differentiate twice")
        .equals(Sum(u**2 / p), "the Fisher information")
    )
    return first, second
