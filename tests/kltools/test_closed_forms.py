"""The closed forms, against mpmath, sums and integrals, and at the ends of the range of a float."""

import math
import re
from collections.abc import Callable

import mpmath
import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

import kltools
from tests.kltools.strategies import relative_error

BOUND = 4e-15
FORMS: list[Callable[..., float]] = [kltools.kl_bernoulli, kltools.kl_poisson, kltools.kl_exponential]

probabilities = st.floats(0, 1)
positive = st.floats(1e-100, 1e100)
distances = st.integers(-14, 0).map(lambda k: 10.0**k)


def log(x: float) -> mpmath.mpf:
    return mpmath.log(mpmath.mpf(x))


def check(value: float, truth: mpmath.mpf, bound: float = BOUND) -> None:
    if truth < 1e-300:
        assert 0 <= value <= 2e-300
    elif truth > np.finfo(float).max:
        assert value == math.inf
    else:
        assert relative_error(value, truth) <= bound


@given(probabilities, probabilities, distances)
def test_bernoulli(p: float, q: float, distance: float) -> None:
    for other in (q, p + distance * (q - p)):
        with mpmath.workdps(400):
            a, b = mpmath.mpf(p), mpmath.mpf(other)
            if (b == 0 < a) or (b == 1 > a):
                assert kltools.kl_bernoulli(p, other) == math.inf
                continue
            truth = (a * log(a / b) if a else 0) + ((1 - a) * log((1 - a) / (1 - b)) if a < 1 else 0)
            # A rounding of the numbers' own difference, as 1 - p is one, shows where both are tiny.
            check(kltools.kl_bernoulli(p, other), truth)


@given(positive, positive, distances)
def test_poisson(lam1: float, lam2: float, distance: float) -> None:
    for other in (lam2, lam1 * (1 + distance)):
        with mpmath.workdps(400):
            a, b = mpmath.mpf(lam1), mpmath.mpf(other)
            check(kltools.kl_poisson(lam1, other), a * log(a / b) - a + b)


@given(positive, positive, distances)
def test_exponential(rate1: float, rate2: float, distance: float) -> None:
    for other in (rate2, rate1 * (1 + distance)):
        with mpmath.workdps(400):
            a, b = mpmath.mpf(rate1), mpmath.mpf(other)
            check(kltools.kl_exponential(rate1, other), log(a / b) + b / a - 1)


def exact_normal(mu1: float, sigma1: float, mu2: float, sigma2: float) -> mpmath.mpf:
    m, r, n, s = map(mpmath.mpf, (mu1, sigma1, mu2, sigma2))
    return mpmath.log(s / r) + (r * r + (m - n) ** 2) / (2 * s * s) - mpmath.mpf(1) / 2


@given(st.floats(-10, 10), positive, distances, st.floats(-1, 1))
def test_normal(mu: float, sigma: float, distance: float, shift: float) -> None:
    cases = [
        (mu, sigma, shift, 1.0),
        (0.0, sigma, 0.0, sigma * (1 + distance)),
        (mu, 1.0, mu + distance, 1 + distance),
    ]
    for case in cases:
        with mpmath.workdps(450):
            check(kltools.kl_normal(*case), exact_normal(*case))


def test_poisson_and_exponential_and_normal_against_sums_and_integrals() -> None:
    k = np.arange(200)
    p, q = scipy.stats.poisson(4), scipy.stats.poisson(5)
    summed = np.sum(p.pmf(k) * (p.logpmf(k) - q.logpmf(k)))
    assert kltools.kl_poisson(4, 5) == pytest.approx(summed, rel=1e-10)
    for value, first, second in (
        (kltools.kl_exponential(2, 3), scipy.stats.expon(scale=1 / 2), scipy.stats.expon(scale=1 / 3)),
        (kltools.kl_normal(1, 2, 0, 3), scipy.stats.norm(1, 2), scipy.stats.norm(0, 3)),
    ):
        low, high = first.ppf(1e-300), first.isf(1e-300)
        low, high = max(low, -80), min(high, 80)
        integral, _ = scipy.integrate.quad(
            lambda x, a=first, b=second: a.pdf(x) * (a.logpdf(x) - b.logpdf(x)),
            low,
            high,
            points=[1],
            epsabs=1e-13,
        )
        assert value == pytest.approx(integral, rel=1e-10)


def test_bernoulli_is_the_divergence_of_two_outcomes() -> None:
    for p, q in ((0.25, 0.5), (0.75, 0.125), (0, 0.5), (1, 0.5)):
        assert kltools.kl_bernoulli(p, q) == pytest.approx(
            kltools.kl_divergence([p, 1 - p], [q, 1 - q]), rel=BOUND
        )


def test_at_the_ends() -> None:
    assert kltools.kl_poisson(0, 0) == 0
    assert kltools.kl_poisson(0, 3) == 3
    assert kltools.kl_poisson(3, 0) == math.inf
    assert kltools.kl_poisson(1.7e308, 1e308) == pytest.approx(1.7e308 * math.log(1.7) - 0.7e308, rel=BOUND)
    assert kltools.kl_poisson(1e308, 1.7e308) == pytest.approx(0.7e308 - 1e308 * math.log(1.7), rel=BOUND)
    near = 1.7 * math.log(17 / 16) - 0.1
    assert kltools.kl_poisson(1.7e308, 1.6e308) == pytest.approx(1e308 * near, rel=1e-13)
    assert kltools.kl_poisson(2, 5e-324) == pytest.approx(2 * (math.log(2) - math.log(5e-324)) - 2, rel=BOUND)
    assert kltools.kl_bernoulli(0, 0) == kltools.kl_bernoulli(1, 1) == 0
    assert kltools.kl_bernoulli(0, 1) == kltools.kl_bernoulli(1, 0) == math.inf
    assert kltools.kl_exponential(1e300, 1e-300) == pytest.approx(600 * math.log(10) - 1, rel=BOUND)
    assert kltools.kl_exponential(1e-300, 1e300) == math.inf
    assert kltools.kl_normal(0, 1e-200, 0, 1e200) == pytest.approx(400 * math.log(10) - 0.5, rel=BOUND)
    assert kltools.kl_normal(0, 1e200, 0, 1e-200) == math.inf


@pytest.mark.parametrize("form", FORMS)
def test_equal_arguments_give_exactly_zero(form: Callable[..., float]) -> None:
    for value in (0.1, 0.5, 0.999):
        assert form(value, value) == 0
        assert math.copysign(1, form(value, value)) == 1
    assert kltools.kl_normal(3, 0.1, 3, 0.1) == 0
    assert kltools.kl_multivariate_normal([1, 2], np.eye(2) * 0.1, [1, 2], np.eye(2) * 0.1) == 0


@pytest.mark.parametrize("form", FORMS)
def test_units_batches_and_types(form: Callable[..., float]) -> None:
    a, b = np.array([[0.25], [0.5]]), np.array([0.125, 0.75, 0.5])
    loop = [[form(float(x), float(y)) for y in b] for x in a[:, 0]]
    np.testing.assert_array_equal(form(a, b), loop)
    np.testing.assert_allclose(form(a, b, base=2), np.array(loop) / math.log(2), rtol=BOUND)
    assert type(form(0.25, 0.5)) is float
    assert form(a.astype("f4"), b.astype("f4")).dtype == "f4"
    assert form(np.zeros(0) + 0.5, 0.5).shape == (0,)


def test_normal_units_batches_and_types() -> None:
    value = kltools.kl_normal([0, 1], 1, [[0], [2]], 2)
    assert value.shape == (2, 2)
    assert value[1, 0] == kltools.kl_normal(0, 1, 2, 2)
    assert kltools.kl_normal(0, 1, 1, 1, base=2) == pytest.approx(0.5 / math.log(2), rel=BOUND)
    arguments = [np.array([x], "f4") for x in (0, 1, 2, 3)]
    assert kltools.kl_normal(*arguments).dtype == "f4"


# Several dimensions ---------------------------------------------------------------------------------------


def exact_multivariate(mu1: object, cov1: object, mu2: object, cov2: object) -> mpmath.mpf:
    first, second = mpmath.matrix(np.asarray(cov1).tolist()), mpmath.matrix(np.asarray(cov2).tolist())
    shift = mpmath.matrix(np.asarray(mu1).tolist()) - mpmath.matrix(np.asarray(mu2).tolist())
    inverse = second**-1
    product = inverse * first
    trace = mpmath.fsum(product[i, i] for i in range(len(shift)))
    distance = (shift.T * inverse * shift)[0]
    return (trace - len(shift) + distance - mpmath.log(mpmath.det(product))) / 2


def test_multivariate_normal_against_mpmath() -> None:
    rng = np.random.default_rng(1)
    for dimension in (1, 2, 3, 6):
        for distance in (1, 1e-3, 1e-7):
            a, b = rng.normal(size=(2, dimension, dimension + 2))
            first = a @ a.T
            second = first + distance * (b @ b.T) if distance < 1 else b @ b.T
            shift = distance * rng.normal(size=dimension)
            arguments = (np.zeros(dimension), (first + first.T) / 2, shift, (second + second.T) / 2)
            with mpmath.workdps(60):
                truth = exact_multivariate(*arguments)
            condition = np.linalg.cond(arguments[3])
            value = kltools.kl_multivariate_normal(*arguments)
            assert relative_error(value, truth) <= 1e-14 * condition
            assert kltools.kl_multivariate_normal(*arguments, base=2) == pytest.approx(value / math.log(2))


@given(
    st.lists(
        st.tuples(st.floats(-3, 3), st.floats(1e-5, 1e5), st.floats(-3, 3), st.floats(1e-5, 1e5)),
        min_size=1,
        max_size=3,
    )
)
def test_independent_dimensions_add_up(dimensions: list[tuple[float, float, float, float]]) -> None:
    mu1, sigma1, mu2, sigma2 = map(np.array, zip(*dimensions, strict=True))
    value = kltools.kl_multivariate_normal(mu1, np.diag(sigma1**2), mu2, np.diag(sigma2**2))
    assert value == pytest.approx(np.sum(kltools.kl_normal(mu1, sigma1, mu2, sigma2)), rel=1e-11, abs=1e-28)


def test_near_pairs_keep_their_digits() -> None:
    for distance in (1e-3, 1e-9, 1e-15):
        near = 1 + distance
        with mpmath.workdps(60):
            d = mpmath.mpf(near) - 1
            second = mpmath.log(1 + d)
            check(kltools.kl_poisson(1, near), d - second)
            check(kltools.kl_exponential(1, near), d - second)
            check(kltools.kl_normal(0, 1, 0, near), second + 1 / (2 * (1 + d) ** 2) - mpmath.mpf(1) / 2)
            check(kltools.kl_multivariate_normal([0], [[near]], [0], [[1]]), (d - second) / 2)
            check(kltools.kl_bernoulli(0.5, near / 2), -mpmath.log(1 - d * d) / 2)


def test_the_order_of_the_axes_of_a_covariance_does_not_matter() -> None:
    first, second = np.diag([0.01, 1.0, 9.0]), np.diag([4.0, 1.0, 1.0])
    value = kltools.kl_multivariate_normal([1, 2, 3], first, [0, 0, 0], second)
    expected = np.sum(kltools.kl_normal([1, 2, 3], [0.1, 1, 3], 0, [2, 1, 1]))
    assert value == pytest.approx(expected, rel=1e-13)
    flipped = kltools.kl_multivariate_normal([3, 2, 1], first[::-1, ::-1], [0, 0, 0], second[::-1, ::-1])
    assert flipped == pytest.approx(expected, rel=1e-13)
    assert kltools.kl_multivariate_normal([0], [[4]], [2], [[1]], base=2) == pytest.approx(
        kltools.kl_normal(0, 2, 2, 1, base=2), rel=BOUND
    )


@pytest.mark.parametrize("size", [1.0, 1e-9])
def test_rounding_in_a_covariance_is_no_asymmetry(size: float) -> None:
    for off, symmetric in ((5e-7, True), (5e-6, False)):
        covariance = np.array([[1, 0.5], [0.5 * (1 + off), 1]]) * size
        if symmetric:
            assert kltools.kl_multivariate_normal([0, 0], covariance, [0, 0], covariance) == 0
        else:
            with pytest.raises(ValueError, match="cov1 is not symmetric"):
                kltools.kl_multivariate_normal([0, 0], covariance, [0, 0], covariance)


IDENTITY = np.eye(2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ([0], IDENTITY, [0, 0], IDENTITY),
            "mu1 and mu2 must be vectors of one length, got shapes (1,) and (2,)",
        ),
        (([[0, 0]], IDENTITY, [[0, 0]], IDENTITY), "mu1 and mu2 must be vectors of one length"),
        (([0, 0], np.eye(3), [0, 0], IDENTITY), "cov1 must have shape (2, 2), as the means have, got (3, 3)"),
        (([0, 0], IDENTITY, [0, 0], [1, 1]), "cov2 must have shape (2, 2), as the means have, got (2,)"),
        (([0, 0], [[1, 0.5], [0.4, 1]], [0, 0], IDENTITY), "cov1 is not symmetric"),
        (([0, 0], IDENTITY, [0, 0], [[1, 2], [2, 1]]), "cov2 is not positive definite"),
        (([0, math.nan], IDENTITY, [0, 0], IDENTITY), "mu1 has NaN at index 1"),
        (([0, 0], IDENTITY, [0, math.inf], IDENTITY), "mu2 has an infinite entry at index 1"),
        (([0, 0], [[1, 0], [0, math.nan]], [0, 0], IDENTITY), "cov1 has NaN at index 1, 1"),
    ],
)
def test_multivariate_normal_bad_input(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        kltools.kl_multivariate_normal(*arguments)


BAD = [
    (lambda: kltools.kl_bernoulli(1.1, 0.5), "p must be a probability, between 0 and 1; got 1.1"),
    (lambda: kltools.kl_bernoulli(0.5, [0.5, 2]), "q must be a probability, between 0 and 1; got 2.0"),
    (lambda: kltools.kl_bernoulli(-0.1, 0.5), "p has a negative entry;"),
    (lambda: kltools.kl_bernoulli(0.5, [0, -0.1]), "q has a negative entry at index 1;"),
    (lambda: kltools.kl_poisson(-1, 1), "lam1 has a negative entry"),
    (lambda: kltools.kl_poisson(1, math.inf), "lam2 has an infinite entry"),
    (lambda: kltools.kl_poisson(math.nan, 1), "lam1 has NaN"),
    (lambda: kltools.kl_exponential(0, 1), "rate1 must be above 0"),
    (lambda: kltools.kl_exponential(1, [1, 0]), "rate2 must be above 0"),
    (lambda: kltools.kl_exponential(1, -1), "rate2 has a negative entry"),
    (lambda: kltools.kl_normal(0, 0, 0, 1), "sigma1 must be above 0"),
    (lambda: kltools.kl_normal(0, 1, 0, 0), "sigma2 must be above 0"),
    (lambda: kltools.kl_normal(math.inf, 1, 0, 1), "mu1 has an infinite entry"),
    (lambda: kltools.kl_normal(0, 1, math.nan, 1), "mu2 has NaN"),
    *[(lambda f=f: f(0.5, 0.5, base=1), "base must be a finite number above 1") for f in FORMS],
    (lambda: kltools.kl_normal(0, 1, 0, 1, base=1), "base must be a finite number above 1"),
    (lambda: kltools.kl_multivariate_normal([0], [[1]], [0], [[1]], base=1), "base must be a finite number"),
]


@pytest.mark.parametrize("case", range(len(BAD)))
def test_bad_input(case: int) -> None:
    call, message = BAD[case]
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


def test_what_is_not_real_is_refused() -> None:
    with pytest.raises(TypeError, match="lam1 has dtype complex128"):
        kltools.kl_poisson(1j, 1)
    with pytest.raises(TypeError, match="mu1 has dtype <U1"):
        kltools.kl_normal("0", 1, 0, 1)
    with pytest.raises(TypeError, match="cov2 has dtype object"):
        kltools.kl_multivariate_normal([0], [[1]], [0], [[None]])
