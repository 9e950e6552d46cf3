"""Likelihood: why training minimises a cross-entropy, and the estimates that can be solved for."""

from typing import Any

import numpy as np
import sympy as sp
from sympy import Expr, Symbol, factorial, pi, sqrt

from kltools import cross_entropy, negative_log_likelihood
from kltools.derivations import (
    KL,
    D,
    Derivation,
    Eq,
    H,
    Product,
    Sum,
    counts,
    exp,
    fraction,
    i,
    index,
    k,
    ln,
    n,
    named,
    normalized,
    positive,
    real,
    tangent,
)
from kltools.theorems.kl_divergence import gibbs
from kltools.theorems.library import Comparison, distribution, theorem

CHAPTER = "likelihood"
p_hat, q = positive("phat q")
t = index("t", "N")
N = t.domain.size


def root(score: Expr, unknown: Symbol) -> Expr:
    """The one solution of score = 0, found by SymPy; the derivation then proves that it is one."""
    (found,) = sp.solve(score, unknown)
    return found


def _nll(rng: np.random.Generator) -> Comparison:
    seen, Q = rng.integers(1, 9, 5), distribution(rng)
    return -negative_log_likelihood(seen, Q), "=", -cross_entropy(seen / seen.sum(), Q)


@theorem("(1/N) ln L = −H(P̂, Q)", chapter=CHAPTER, check=_nll)
def log_likelihood_is_cross_entropy() -> Derivation:
    """The likelihood of N observations is a product; its mean logarithm is a cross-entropy."""
    size = positive("N", over=())
    likelihood = Product(q ** (size * p_hat))
    return (
        Derivation(ln(likelihood) / size)
        .equals(Sum(size * p_hat * ln(q)) / size, "ln of a product, outcome i seen N p̂_i times")
        .equals(Sum(p_hat * ln(q)), "N cancels")
        .equals(-H(p_hat, q), "the definition")
    )


def _frequencies(rng: np.random.Generator) -> Comparison:
    P, Q = distribution(rng), distribution(rng)
    return np.sum(P * np.log(Q)), "≤", np.sum(P * np.log(P))


@theorem("The categorical likelihood is largest at q = p̂", chapter=CHAPTER, check=_frequencies)
def mle_categorical() -> tuple[Derivation, ...]:
    """Believe the frequencies: Lagrange's condition finds them, and by Gibbs nothing is better."""
    multiplier = positive("lambda", over=())
    lagrangian = Sum(p_hat * ln(q)) - multiplier * (Sum(q) - 1)
    slope = Derivation(D(lagrangian, q.at(k))).equals(
        p_hat.at(k) / q.at(k) - multiplier, "only the k-th terms depend on q_k"
    )
    stationary = root(slope.end.xreplace({q.at(k): (x := positive("x", over=()))}), x).xreplace({k: i})
    scale = (
        Derivation(Sum(stationary), given=normalized(p_hat))
        .equals(1 / multiplier, "q = p̂/λ where the slope is 0; p̂ sums to 1")
    )  # fmt: skip
    best = (
        Derivation(Sum(p_hat * ln(q)), given=normalized(p_hat, q))
        .equals(-H(p_hat) - KL(p_hat, q), "KL(P̂‖Q) = H(P̂, Q) − H(P̂)")
        .at_most(-H(p_hat), "so λ = 1, and KL ≥ 0 makes q = p̂ the best", by=gibbs(p=p_hat))
    )
    return slope, scale, best


def _model(
    density: Expr, unknown: Symbol, estimate: Expr, given: list[Any], score: Expr, best: tuple[Expr, str, Any]
) -> tuple[Derivation, ...]:
    """Score, its root, and that the log-likelihood is nowhere larger than there."""
    log_likelihood = Sum(ln(density))
    shown = named("ln L", log_likelihood, r"\ln L")
    assert root(score, unknown) == estimate
    slope = Derivation(D(shown, unknown), given=given).equals(
        score, "differentiate, then sum over the observations"
    )
    zero = Derivation(D(shown, unknown, at={unknown: estimate}), given=given).equals(
        0, "the slope is 0 at the estimate"
    )
    largest, reason, by = best
    bound = (
        Derivation(shown, given=given)
        .equals(log_likelihood, "independent observations")
        .at_most(largest, reason, by=by)
    )
    return slope, zero, bound


def _no_better(log_density: Any, sample: Any, estimate: Any, other: Any) -> Any:
    def check(rng: np.random.Generator) -> Comparison:
        x = sample(rng)
        return np.sum(log_density(x, other(rng))), "≤", np.sum(log_density(x, estimate(x)))

    return check


_bernoulli = _no_better(
    lambda x, a: x * np.log(a) + (1 - x) * np.log(1 - a),
    lambda rng: np.r_[0, 1, rng.integers(0, 2, 8)],
    np.mean,
    lambda rng: rng.uniform(0.05, 0.95),
)


@theorem("The Bernoulli likelihood is largest at a = x̄", chapter=CHAPTER, check=_bernoulli, scope="0 < x̄ < 1")
def mle_bernoulli() -> tuple[Derivation, ...]:
    """The best guess for a coin is the share of heads."""
    x = counts("x", over=t)
    a, mean = fraction("a xbar", over=())
    given = [Eq(Sum(x), N * mean)]
    score = N * (mean / a - (1 - mean) / (1 - a))
    largest = N * (mean * ln(mean) + (1 - mean) * ln(1 - mean))
    by = N * mean * tangent(a / mean) + N * (1 - mean) * tangent((1 - a) / (1 - mean))
    best = (largest, "ln y ≤ y − 1 at a/x̄ and at (1−a)/(1−x̄)", by)
    return _model(a**x * (1 - a) ** (1 - x), a, mean, given, score, best)


_poisson = _no_better(
    lambda x, rate: x * np.log(rate) - rate,
    lambda rng: 1 + rng.poisson(3, 9),
    np.mean,
    lambda rng: rng.uniform(0.2, 9),
)


@theorem("The Poisson likelihood is largest at λ = x̄", chapter=CHAPTER, check=_poisson, scope="x̄ > 0")
def mle_poisson() -> tuple[Derivation, ...]:
    """The best guess for a rate is the mean count."""
    x = counts("x", over=t)
    rate, mean = positive("lambda xbar", over=())
    given = [Eq(Sum(x), N * mean)]
    density = exp(-rate) * rate**x / factorial(x)
    largest = Sum(ln(density.xreplace({rate: mean})))
    best = (largest, "ln y ≤ y − 1 at y = λ/x̄", N * mean * tangent(rate / mean))
    return _model(density, rate, mean, given, N * (mean / rate - 1), best)


_exponential = _no_better(
    lambda x, rate: np.log(rate) - rate * x,
    lambda rng: rng.exponential(size=9),
    lambda x: 1 / np.mean(x),
    lambda rng: rng.uniform(0.2, 5),
)


@theorem(
    "The exponential likelihood is largest at λ = 1/x̄", chapter=CHAPTER, check=_exponential, scope="x̄ > 0"
)
def mle_exponential() -> tuple[Derivation, ...]:
    """The best guess for a rate is one over the mean wait."""
    x = positive("x", over=t)
    rate, mean = positive("lambda xbar", over=())
    given = [Eq(Sum(x), N * mean)]
    density = rate * exp(-rate * x)
    best = (Sum(ln(density.xreplace({rate: 1 / mean}))), "ln y ≤ y − 1 at y = λx̄", N * tangent(rate * mean))
    return _model(density, rate, 1 / mean, given, N * (1 / rate - mean), best)


_normal = _no_better(
    lambda x, at: -np.log(at[1]) - (x - at[0]) ** 2 / (2 * at[1] ** 2),
    lambda rng: rng.normal(size=9),
    lambda x: (np.mean(x), np.std(x)),
    lambda rng: (rng.normal(), rng.uniform(0.3, 3)),
)


@theorem("The normal likelihood is largest at μ = x̄, σ = s", chapter=CHAPTER, check=_normal, scope="s > 0")
def mle_normal() -> tuple[Derivation, ...]:
    """The mean and the spread of the sample, with N and not N − 1 below the line."""
    x = real("x", over=t)
    mu, mean = real("mu xbar", over=())
    sigma, s = positive("sigma s", over=())
    given = [Eq(Sum(x), N * mean), Eq(Sum(x**2), N * (s**2 + mean**2))]
    density = exp(-((x - mu) ** 2) / (2 * sigma**2)) / (sigma * sqrt(2 * pi))
    shown = named("ln L", Sum(ln(density)), r"\ln L")
    score_mu, score_sigma = N * (mean - mu) / sigma**2, N * ((s**2 + (mean - mu) ** 2) / sigma**3 - 1 / sigma)
    estimate = {mu: root(score_mu, mu)}
    estimate[sigma] = root(score_sigma.xreplace(estimate), sigma)
    best = -N * (ln(s * sqrt(2 * pi)) + sp.Rational(1, 2))
    return (
        Derivation(D(shown, mu), given=given).equals(score_mu, "differentiate by μ, then sum"),
        Derivation(D(shown, sigma), given=given).equals(score_sigma, "differentiate by σ, then sum"),
        Derivation(D(shown, mu, at=estimate), given=given).equals(0, "the slope is 0 at μ = x̄ …"),
        Derivation(D(shown, sigma, at=estimate), given=given).equals(0, "… and at σ = s"),
        Derivation(shown, given=given)
        .equals(
            -N * (ln(sigma * sqrt(2 * pi)) + (s**2 + (mean - mu) ** 2) / (2 * sigma**2)),
            "independent observations",
        )
        .at_most(
            best - N * (mean - mu) ** 2 / (2 * sigma**2),
            "ln y ≤ y − 1 at y = s²/σ²",
            by=N * tangent(s**2 / sigma**2) / 2,
        )
        .at_most(best, "a square is never negative"),
    )


def _squared_error(rng: np.random.Generator) -> Comparison:
    x, m, sigma = rng.normal(size=9), rng.normal(size=9), rng.uniform(0.3, 3)
    densities = [
        1 / (sigma * np.sqrt(2 * np.pi)) * np.exp(-((a - b) ** 2) / (2 * sigma**2))
        for a, b in zip(x, m, strict=True)
    ]
    return (
        -np.log(np.prod(densities)) / 9,
        "=",
        np.log(sigma * np.sqrt(2 * np.pi)) + np.mean((x - m) ** 2) / (2 * sigma**2),
    )


@theorem(
    "−(1/N) ln L = MSE/(2σ²) + ln(σ√(2π)) for normal noise",
    chapter=CHAPTER,
    check=_squared_error,
    scope="σ fixed",
)
def squared_error() -> Derivation:
    """Whoever minimises squared error has chosen a normal distribution for what the model does not know."""
    x, m = real("x m", over=t)
    sigma = positive("sigma", over=())
    density = exp(-((x - m) ** 2) / (2 * sigma**2)) / (sigma * sqrt(2 * pi))
    squares = named("MSE", Sum((x - m) ** 2) / N, r"\mathrm{MSE}")
    return (
        Derivation(-Sum(ln(density)) / N)
        .equals(
            Sum((x - m) ** 2 / (2 * sigma**2) + ln(sigma * sqrt(2 * pi))) / N,
            "ln undoes exp, and the minus turns both signs",
        )
        .equals(squares / (2 * sigma**2) + ln(sigma * sqrt(2 * pi)), "only the squares depend on t")
    )


def _smoothed(rng: np.random.Generator) -> Comparison:
    seen, alpha, Q = rng.integers(0, 9, 5), rng.uniform(0.1, 2), distribution(rng)
    best = (seen + alpha) / (seen + alpha).sum()
    return np.sum((seen + alpha) * np.log(Q)), "≤", np.sum((seen + alpha) * np.log(best))


@theorem("Adding α to each count is the best guess under a Dirichlet prior", chapter=CHAPTER, check=_smoothed)
def add_alpha() -> Derivation:
    """The prior acts as if every outcome had been seen α times more often."""
    c, r = positive("c r")
    alpha, size = positive("alpha N", over=())
    total = size + n * alpha
    return (
        Derivation(
            Sum(c * ln(q)) + alpha * Sum(ln(q)),
            given=[*normalized(q), Eq(Sum(c), size), Eq(r, (c + alpha) / total)],
        )
        .equals(Sum((c + alpha) * ln(q)), "log-likelihood and log-prior in one sum")
        .equals(-total * H(r, q), "r, the share of the raised counts, has its name")
        .equals(-total * (H(r) + KL(r, q)), "KL(R‖Q) = H(R, Q) − H(R)")
        .at_most(-total * H(r), "KL ≥ 0, so q = r is the best", by=total * gibbs(p=r))
    )
