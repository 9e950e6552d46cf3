"""Continuous distributions: closed forms by integration or summation, and changes of variable."""

from typing import Any

import numpy as np
import sympy as sp
from sympy import Expr, Matrix, Rational, factorial, log, pi, sqrt

from kltools import kl_bernoulli, kl_exponential, kl_multivariate_normal, kl_normal, kl_poisson
from kltools.derivations import (
    KL,
    Derivation,
    Eq,
    Sum,
    density,
    exp,
    fraction,
    index,
    ln,
    named,
    normalized,
    positive,
    real,
    tangent,
)
from kltools.derivations.expressions import Entry
from kltools.theorems.library import Comparison, theorem

CHAPTER = "continuous"
x = index("x", "R", "reals")
mu1, mu2 = real("mu1 mu2", over=())
sigma1, sigma2 = positive("sigma1 sigma2", over=())


def normal(t: Expr, mu: Expr, sigma: Expr) -> Expr:
    """The density of the normal distribution."""
    return exp(-((t - mu) ** 2) / (2 * sigma**2)) / (sigma * sqrt(2 * pi))


def _grid(rng: np.random.Generator) -> tuple[np.ndarray, float]:
    t = np.linspace(-40, 40, 20001)
    return t, t[1] - t[0]


def _pdf(t: np.ndarray, mu: float, sigma: float) -> np.ndarray:
    return np.asarray(np.exp(-(((t - mu) / sigma) ** 2) / 2) / (sigma * np.sqrt(2 * np.pi)))


def _two_normals(rng: np.random.Generator) -> tuple[float, float, float, float]:
    return rng.normal(), rng.uniform(0.5, 2), rng.normal(), rng.uniform(0.5, 2)


def _normal(rng: np.random.Generator) -> Comparison:
    a, s, b, r = _two_normals(rng)
    t, step = _grid(rng)
    log_ratio = np.log(r / s) - ((t - a) / s) ** 2 / 2 + ((t - b) / r) ** 2 / 2
    return kl_normal(a, s, b, r), "=", np.sum(_pdf(t, a, s) * log_ratio) * step


@theorem("KL(N(μ₁, σ₁²)‖N(μ₂, σ₂²)) in closed form", chapter=CHAPTER, check=_normal, scope="one dimension")
def kl_of_normals() -> Derivation:
    """A difference of scales and a difference of means, both measured in the second scale."""
    p, about_p = density("p", normal(x, mu1, sigma1), x, {1: 1, x: mu1, x**2: mu1**2 + sigma1**2})
    q, about_q = density("q", normal(x, mu2, sigma2), x, {})
    spread = (x - mu2) ** 2 / (2 * sigma2**2) - (x - mu1) ** 2 / (2 * sigma1**2)
    return (
        Derivation(KL(p, q), given=[*about_p, *about_q])
        .equals(Sum(p * ln(p / q), x), "the definition")
        .equals(ln(sigma2 / sigma1) + Sum(p * spread, x), "ln of the two densities")
        .equals(
            ln(sigma2 / sigma1) + (sigma1**2 + (mu1 - mu2) ** 2) / (2 * sigma2**2) - Rational(1, 2),
            "the moments of p",
        )
    )


def _exponential(rng: np.random.Generator) -> Comparison:
    a, b = rng.uniform(0.5, 2, 2)
    t, step = np.linspace(0, 80, 400001, retstep=True)
    f = a * np.exp(-a * t) * (np.log(a / b) + (b - a) * t)
    return kl_exponential(a, b), "=", (f.sum() - (f[0] + f[-1]) / 2) * step


@theorem(
    "KL of two exponential distributions in closed form",
    chapter=CHAPTER,
    check=_exponential,
    scope="all rates",
    tolerance=1e-6,
)
def kl_of_exponentials() -> Derivation:
    """It depends on the ratio of the rates alone."""
    t = index("x", "R+", "positives")
    a, b = positive("lambda1 lambda2", over=())
    p, about_p = density("p", a * exp(-a * t), t, {1: 1, t: 1 / a})
    q, about_q = density("q", b * exp(-b * t), t, {})
    return (
        Derivation(KL(p, q), given=[*about_p, *about_q])
        .equals(Sum(p * ln(p / q), t), "the definition")
        .equals(Sum(p * (ln(a / b) + (b - a) * t), t), "ln of the two densities")
        .equals(ln(a / b) + b / a - 1, "the moments of p")
    )


def _poisson(rng: np.random.Generator) -> Comparison:
    a, b = rng.uniform(0.5, 3, 2)
    n = np.arange(80.0)
    log_factorial = np.r_[0, np.cumsum(np.log(n[1:]))]
    f = np.exp(-a + n * np.log(a) - log_factorial)
    return kl_poisson(a, b), "=", np.sum(f * (n * np.log(a / b) - a + b))


@theorem("KL of two Poisson distributions in closed form", chapter=CHAPTER, check=_poisson, scope="all rates")
def kl_of_poissons() -> Derivation:
    """The generalised divergence of the two rates."""
    t = index("x", "N0", "counts")
    a, b = positive("lambda1 lambda2", over=())
    p, about_p = density("p", exp(-a) * a**t / factorial(t), t, {1: 1, t: a})
    q, about_q = density("q", exp(-b) * b**t / factorial(t), t, {})
    return (
        Derivation(KL(p, q), given=[*about_p, *about_q])
        .equals(Sum(p * ln(p / q), t), "the definition")
        .equals(Sum(p * (t * ln(a / b) - a + b), t), "ln of the two; x! cancels")
        .equals(a * ln(a / b) - a + b, "the moments of p")
    )


def _bernoulli(rng: np.random.Generator) -> Comparison:
    a, b = rng.uniform(0.01, 0.99, 2)
    P, Q = np.array([1 - a, a]), np.array([1 - b, b])
    return kl_bernoulli(a, b), "=", np.sum(P * np.log(P / Q))


@theorem("KL of two coins in closed form", chapter=CHAPTER, check=_bernoulli, scope="0 < a, b < 1")
def kl_of_bernoullis() -> Derivation:
    """Two outcomes, two terms."""
    t = index("x", "{0,1}", "bits")
    a, b = fraction("a b", over=())
    p, about_p = density("p", a**t * (1 - a) ** (1 - t), t, {1: 1, t: a})
    q, about_q = density("q", b**t * (1 - b) ** (1 - t), t, {})
    return (
        Derivation(KL(p, q), given=[*about_p, *about_q])
        .equals(Sum(p * ln(p / q), t), "the definition")
        .equals(Sum(p * (t * ln(a / b) + (1 - t) * ln((1 - a) / (1 - b))), t), "ln of the two")
        .equals(a * ln(a / b) + (1 - a) * ln((1 - a) / (1 - b)), "the mean of x is a")
    )


def _multivariate(rng: np.random.Generator) -> Comparison:
    (a, b), (A, B) = rng.normal(size=(2, 2)), rng.normal(size=(2, 2, 2))
    S, T = A @ A.T + np.eye(2), B @ B.T + np.eye(2)
    # Gauss–Hermite quadrature is exact for the quadratic that the log ratio is.
    t, weight = np.polynomial.hermite_e.hermegauss(5)
    z = np.stack(np.meshgrid(t, t, indexing="ij"), -1).reshape(-1, 2)
    weights = np.outer(weight, weight).ravel() / (2 * np.pi)
    at = a + z @ np.linalg.cholesky(S).T

    def log_density(mean: np.ndarray, cov: np.ndarray) -> np.ndarray:
        d = at - mean
        square = np.einsum("ni,ij,nj->n", d, np.linalg.inv(cov), d)
        return np.asarray(-np.log(np.linalg.det(cov)) / 2 - square / 2)

    return kl_multivariate_normal(a, S, b, T), "=", weights @ (log_density(a, S) - log_density(b, T))


@theorem(
    "KL of two bivariate normals in closed form",
    chapter=CHAPTER,
    check=_multivariate,
    scope="two dimensions; the general case is not proved here",
)
def kl_of_bivariate_normals() -> Derivation:
    """Scales, correlations and means, all measured in the second covariance.

    A covariance matrix is S = L Lᵀ with L lower triangular, and x = μ₁ + L₁ (y, z) for independent standard
    normal y and z. SymPy carries two dimensions with every entry free; the formula holds in any number.
    """
    y, z = index("y", "R", "reals"), index("z", "R", "reals")
    f, about_f = density("f", normal(y, 0, 1), y, {1: 1, y: 0, y**2: 1})
    g, about_g = density("g", normal(z, 0, 1), z, {1: 1, z: 0, z**2: 1})
    (a, c, d, h), (b, e, s, t) = positive("a c d h", over=()), real("b e s t", over=())
    first, second, delta = Matrix([[a, 0], [b, c]]), Matrix([[d, 0], [e, h]]), Matrix([s, t])
    cov1, cov2 = first * first.T, second * second.T
    standard = Matrix([y, z])
    scaled = second.inv() * (first * standard + delta)
    log_ratio = log(d * h / (a * c)) + (scaled.dot(scaled) - standard.dot(standard)) / 2
    trace, square = (cov2.inv() * cov1).trace(), (delta.T * cov2.inv() * delta)[0]
    closed = (sp.factor(trace) + sp.factor(square) - 2) / 2 + log(cov2.det() / cov1.det()) / 2
    return (
        Derivation(
            named("KL(N₁‖N₂)", Sum(f * g * log_ratio, y, z), r"D_{\mathrm{KL}}(N_1 \,\|\, N_2)"),
            given=[*about_f, *about_g],
        )
        .equals(Sum(f * g * log_ratio, y, z), "at x = μ₁ + L₁ (y, z), with (s, t) = μ₁ − μ₂")
        .equals(closed, "half of trace + square − 2 + ln of the determinants' ratio")
    )


def _entropy_of_normal(rng: np.random.Generator) -> Comparison:
    mu, sigma, *_ = _two_normals(rng)
    t, step = _grid(rng)
    f = _pdf(t, mu, sigma)
    return (
        -np.sum(f * np.log(f, out=np.zeros_like(f), where=f > 0)) * step,
        "=",
        np.log(2 * np.pi * np.e * sigma**2) / 2,
    )


@theorem("h(N(μ, σ²)) = ½ ln(2πe σ²)", chapter=CHAPTER, check=_entropy_of_normal, scope="one dimension")
def entropy_of_normal() -> Derivation:
    """Differential entropy grows with the logarithm of the scale, and may be negative."""
    p, about = density("p", normal(x, mu1, sigma1), x, {1: 1, x: mu1, x**2: mu1**2 + sigma1**2})
    return (
        Derivation(named("h(P)", -Sum(p * ln(p), x)), given=about)
        .equals(-Sum(p * ln(p), x), "the definition")
        .equals(ln(sigma1 * sqrt(2 * pi)) + Sum(p * (x - mu1) ** 2, x) / (2 * sigma1**2), "ln of the density")
        .equals(ln(sigma1 * sqrt(2 * pi)) + Rational(1, 2), "the variance")
        .equals(ln(2 * pi * sp.E * sigma1**2) / 2, "one logarithm")
    )


def _largest(rng: np.random.Generator) -> Comparison:
    # A mixture of two normals against the normal of the same variance.
    (a, s, b, r), weight = _two_normals(rng), rng.random()
    t, step = _grid(rng)
    f = weight * _pdf(t, a, s) + (1 - weight) * _pdf(t, b, r)
    variance = np.sum(f * t**2) * step - (np.sum(f * t) * step) ** 2
    return (
        -np.sum(f * np.log(f, out=np.zeros_like(f), where=f > 0)) * step,
        "≤",
        np.log(2 * np.pi * np.e * variance) / 2,
    )


def gibbs_for_densities(f: Entry, g: Entry, given: list[Any]) -> Derivation:
    """Gibbs' inequality with an integral in place of the sum: the same steps."""
    return (
        Derivation(KL(f, g), given=given)
        .equals(-Sum(f * ln(g / f)), "turn the ratio over")
        .at_least(-Sum(f * (g / f - 1)), "ln y ≤ y − 1 at y = g/f", by=Sum(f * tangent(g / f)))
        .equals(Sum(f) - Sum(g), "multiply out")
        .equals(0, "both integrate to 1")
    )


@theorem(
    "Of all densities with variance v the normal has the largest entropy",
    chapter=CHAPTER,
    check=_largest,
    scope="densities on the line",
)
def normal_maximises_entropy() -> tuple[Derivation, ...]:
    """KL from the normal cannot be negative, and the normal's logarithm sees only mean and variance."""
    f, v, mu = positive("f", over=x), positive("v", over=()), real("mu", over=())
    g, about_g = density("g", normal(x, mu, sqrt(v)), x, {1: 1})
    about_f = [*normalized(f), Eq(Sum(f * x), mu), Eq(Sum(f * x**2), mu**2 + v)]
    gibbs = gibbs_for_densities(f, g, [*normalized(f), *about_g])
    return gibbs, (
        Derivation(named("h(F)", -Sum(f * ln(f), x)), given=[*about_f, *about_g])
        .equals(-Sum(f * ln(g), x) - KL(f, g), "add and take away KL(F‖G)")
        .at_most(-Sum(f * ln(g), x), "KL ≥ 0", by=gibbs())
        .equals(ln(2 * pi * v) / 2 + Sum(f * (x - mu) ** 2, x) / (2 * v), "ln of the normal density")
        .equals(ln(2 * pi * sp.E * v) / 2, "the variance is v")
    )


def _substituted(rng: np.random.Generator) -> Comparison:
    # y = x³ + x, whose slope is 3x² + 1.
    a, s, b, r = _two_normals(rng)
    t, _ = _grid(rng)
    slope = 3 * t**2 + 1
    f, log_ratio = _pdf(t, a, s) / slope, np.log(r / s) - ((t - a) / s) ** 2 / 2 + ((t - b) / r) ** 2 / 2
    y = t**3 + t
    g = f * log_ratio
    return np.sum((g[1:] + g[:-1]) / 2 * np.diff(y)), "=", kl_normal(a, s, b, r)


@theorem(
    "KL does not change with the variable: y = φ(x) for both",
    chapter=CHAPTER,
    check=_substituted,
    scope="any dimension",
    tolerance=1e-3,
)
def kl_is_invariant() -> Derivation:
    """Both densities are divided by the same slope, and the ratio does not see it.

    From calculus: with y = φ(x) one to one and s > 0 the size of its slope, dy = s dx and the densities of y
    are p/s and q/s. In any number of dimensions s is the size of the Jacobian determinant.
    """
    point = index("x", "X", "opaque")
    p, q, a, b, slope = positive("p q a b s", over=point)
    return (
        Derivation(
            named("KL(P_Y‖Q_Y)", Sum(a * ln(a / b) * slope), r"D_{\mathrm{KL}}(P_Y \,\|\, Q_Y)"),
            given=[Eq(a, p / slope), Eq(b, q / slope)],
        )
        .equals(Sum(a * ln(a / b) * slope), "dy = s dx, with a, b the densities of y")
        .equals(Sum(p * ln(a / b)), "a s = p")
        .equals(Sum(p * ln(p / q)), "the slope cancels in the ratio")
        .equals(KL(p, q), "the definition")
    )
