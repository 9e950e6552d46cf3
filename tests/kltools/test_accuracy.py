"""Every digit that is claimed, against mpmath, against SciPy where SciPy is right, and exact fractions."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import scipy.special
import scipy.stats
from scipy.spatial.distance import jensenshannon

import kltools
from kltools import _kernel, _validation
from tests.kltools.strategies import (
    REGIMES,
    Array,
    Pair,
    dirichlet,
    exact,
    exact_cross_entropy,
    exact_js,
    exact_kl,
    fifty_digits,
    relative_error,
)

BOUND = 4e-15
SMALLEST_NORMAL = float(np.finfo(float).tiny)


def draws(regime: str, count: int) -> list[Pair]:
    rng = np.random.default_rng(sum(regime.encode()))
    return [REGIMES[regime](rng) for _ in range(count)]


def kl_error(p: Array, q: Array, **options: bool) -> float:
    with fifty_digits(p, q):
        return relative_error(kltools.kl_divergence(p, q, **options), exact_kl(exact(p), exact(q)))


@pytest.mark.parametrize("regime", REGIMES)
def test_kl_divergence_is_right_to_the_last_digits(regime: str) -> None:
    assert max(kl_error(p, q) for p, q in draws(regime, 2000)) <= BOUND


def relatives(p: Array, q: Array) -> dict[str, tuple[float, mpmath.mpf]]:
    x, y = exact(p), exact(q)
    forward, backward = exact_kl(x, y), exact_kl(y, x)
    entropy, js = exact_cross_entropy(x, x), exact_js(x, y)
    return {
        "normalized": (kltools.kl_divergence(p, q, normalize=True), forward),
        "jeffreys": (kltools.jeffreys_divergence(p, q), forward + backward),
        "js": (kltools.js_divergence(p, q), js),
        "js weighted": (kltools.js_divergence(p, q, (0.75, 0.25)), exact_js(x, y, 0.75)),
        "js distance": (kltools.js_distance(p, q), mpmath.sqrt(js)),
        "entropy": (kltools.entropy(p), entropy),
        "cross-entropy": (kltools.cross_entropy(p, q), exact_cross_entropy(x, y)),
        "perplexity": (kltools.perplexity(p), mpmath.exp(entropy)),
    }


@pytest.mark.parametrize("regime", REGIMES)
def test_its_relatives_are_right_to_the_last_digits(regime: str) -> None:
    worst: dict[str, float] = {}
    for p, q in draws(regime, 60):
        with fifty_digits(p, q):
            for name, (value, truth) in relatives(p, q).items():
                if truth > SMALLEST_NORMAL:  # below, a float has fewer digits to get right
                    worst[name] = max(worst.get(name, 0), relative_error(value, truth))
    assert worst == {name: error for name, error in worst.items() if error <= BOUND}
    assert len(worst) == 8


def test_the_series_has_enough_terms_where_it_ends() -> None:
    s = np.linspace(0.095, 0.0999, 200)
    p, q = 1 + s, 1 - s
    difference = p - q
    values = _kernel.generalized_divergence(p, q, difference)
    errors = []
    with mpmath.workdps(50):
        for value, a, b, d in zip(values, p, q, difference, strict=True):
            truth = mpmath.mpf(a) * mpmath.log(mpmath.mpf(a) / mpmath.mpf(b)) - mpmath.mpf(d)
            errors.append(float((value - truth) / truth))
    assert abs(np.mean(errors)) < 1e-16  # rounding cancels in the mean, a missing term does not


def test_a_subnormal_q_is_not_taken_for_zero() -> None:
    expected = 0.5 * (math.log(0.5) - math.log(5e-324)) + 0.5 * math.log(0.5)
    assert math.isclose(kltools.kl_divergence([0.5, 0.5], [1, 5e-324]), expected, rel_tol=BOUND)


def test_what_is_nearly_certain_keeps_its_digits() -> None:
    p, q = np.array([1 - 1e-10, 1e-10]), np.array([1 - 1e-12, 1e-12])
    with fifty_digits(p, q):
        assert relative_error(kltools.entropy(p), exact_cross_entropy(exact(p), exact(p))) <= BOUND
        assert relative_error(kltools.cross_entropy(p, q), exact_cross_entropy(exact(p), exact(q))) <= BOUND


def test_normalized_arguments_may_be_normalized_again() -> None:
    p, q = next(pair for pair in draws("apart by 1e-8 to 1e-12", 20) if pair[0].sum() != pair[1].sum())
    assert kl_error(p, q, normalize=True) <= BOUND


@pytest.mark.parametrize("scale", [1, 7, 1000])
def test_counts_are_normalized_exactly(scale: int) -> None:
    rng = np.random.default_rng(5)
    for _ in range(300):
        counts = rng.integers(0, 10**6, size=int(rng.integers(2, 20))) + 1
        others = scale * (counts + rng.integers(0, 2, size=counts.size))
        assert kl_error(counts, others, normalize=True) <= BOUND


@pytest.mark.parametrize("size", [10**-300, 1e-5, 3.0, 10.0**300])
def test_weights_of_any_size_give_what_their_distributions_give(size: float) -> None:
    p, q = np.array([0.2, 0.5, 0.3]), np.array([0.3, 0.4, 0.3])
    for function in (
        kltools.kl_divergence,
        kltools.cross_entropy,
        kltools.js_divergence,
        kltools.total_variation,
    ):
        assert math.isclose(function(p * size, q, normalize=True), function(p, q), rel_tol=BOUND)
        assert math.isclose(function(p, q * size, normalize=True), function(p, q), rel_tol=BOUND)


def test_totals_off_by_less_than_the_tolerance_count_as_exactly_normalized() -> None:
    p, q = np.array([0.2, 0.5, 0.3]) * (1 + 9e-7), np.array([0.3, 0.4, 0.3]) * (1 - 9e-7)
    assert kl_error(p, q) <= BOUND
    # What is left is the square of the tolerance: the mixture is taken of the arguments as they are.
    with fifty_digits(p, q):
        assert relative_error(kltools.js_divergence(p, q), exact_js(exact(p), exact(q))) <= 1e-12
        assert relative_error(kltools.entropy(p), exact_cross_entropy(exact(p), exact(p))) <= BOUND
    near = np.array([0.2, 0.5, 0.3]) * (1 - 9e-7) * (1 + np.array([5, -5, 5]) * 1e-7)
    for weight in (0.5, 0.25):
        value = kltools.js_divergence(p, near, (weight, 1 - weight))
        with fifty_digits(p, near):
            assert relative_error(value, exact_js(exact(p), exact(near), weight)) <= 1e-8
    p32, q32 = (np.array(x * factor, np.float32) for x, factor in ((p, 1.0009), (q, 0.9991)))
    many_p, many_q = np.tile(p32 / 1000, 1000), np.tile(q32 / 1000, 1000)
    assert kl_error(many_p, many_q) <= 4 * np.finfo(np.float32).eps


@pytest.mark.parametrize("excess", [1e-3, -1e-3])
def test_a_thousandth_between_totals_is_no_divergence(excess: float) -> None:
    """The next term of the series is below this, and each that is there is hundreds of times above."""
    p = np.array([0.25, 0.5, 0.25])
    assert 0 <= _kernel.divergence(p, p * (1 + excess)) <= 1e-16


def test_weights_are_brought_to_one_total_where_theirs_differ_by_more_than_rounding() -> None:
    """Four roundings for each outcome, as many as a distribution may be off by."""
    eps = float(np.finfo(float).eps)
    for off, left_alone in ((8 * eps, True), (9 * eps, False)):
        weights, others = _validation.balanced_pair([0.5, 0.5], [0.5, 0.5 + off], -1, True)
        assert (weights.sum() != others.sum()) == left_alone


def test_vectors_longer_than_a_slice() -> None:
    rng = np.random.default_rng(8)
    p = dirichlet(rng, _kernel.SLICE + 1)
    q = p * (1 + 1e-5 * rng.standard_normal(p.size))
    assert kl_error(p, q / q.sum()) <= BOUND


def test_float32_is_right_to_its_own_last_digits() -> None:
    rng = np.random.default_rng(9)
    for _ in range(200):
        p, q = (dirichlet(rng, 12).astype(np.float32) for _ in range(2))
        assert kl_error(p, q) <= 16 * np.finfo(np.float32).eps


def test_scipy_agrees_where_scipy_is_right() -> None:
    rng = np.random.default_rng(10)
    for _ in range(200):
        p, q = dirichlet(rng, 9), dirichlet(rng, 9)
        np.testing.assert_allclose(kltools.entropy(p), scipy.stats.entropy(p), rtol=1e-13)
        np.testing.assert_allclose(
            kltools.kl_divergence(p, q), scipy.special.rel_entr(p, q).sum(), rtol=1e-11
        )
        np.testing.assert_allclose(kltools.js_distance(p, q), jensenshannon(p, q), rtol=1e-11)
        np.testing.assert_allclose(kltools.js_distance(p, q, base=2), jensenshannon(p, q, 2), rtol=1e-11)
        np.testing.assert_allclose(
            kltools.kl_divergence(p, q, base=10), scipy.stats.entropy(p, q, 10), rtol=1e-11
        )


def powers_of_two(*exponents: int) -> list[Fraction]:
    return [Fraction(1, 2**k) for k in exponents]


@pytest.mark.parametrize(
    ("p", "q"),
    [
        (powers_of_two(1, 2, 3, 3), powers_of_two(3, 1, 2, 3)),
        (powers_of_two(2, 2, 2, 2), powers_of_two(1, 2, 3, 3)),
        (powers_of_two(1, 1), powers_of_two(1, 1)),
        (powers_of_two(0), powers_of_two(0)),
    ],
)
def test_dyadic_distributions_give_fractions_of_a_bit(p: list[Fraction], q: list[Fraction]) -> None:
    def bits(a: Fraction) -> int:
        return a.denominator.bit_length() - 1

    entropy = sum(a * bits(a) for a in p)
    cross = sum(a * bits(b) for a, b in zip(p, q, strict=True))
    x, y = (np.array(list(map(float, z))) for z in (p, q))
    assert math.isclose(kltools.entropy(x, base=2), entropy, rel_tol=BOUND)
    assert math.isclose(kltools.cross_entropy(x, y, base=2), cross, rel_tol=BOUND)
    assert math.isclose(kltools.kl_divergence(x, y, base=2), cross - entropy, rel_tol=BOUND)


def table_cases() -> list[Array]:
    rng = np.random.default_rng(11)
    return [rng.integers(0, 50, size=(int(rng.integers(1, 6)), int(rng.integers(1, 6)))) for _ in range(100)]


def exact_mutual_information(table: Array) -> mpmath.mpf:
    joint = np.array(exact(table.ravel()), dtype=object).reshape(table.shape)
    product = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    return exact_kl(list(joint.ravel()), list(product.ravel()))


def test_mutual_information_of_tables_of_counts() -> None:
    for table in table_cases():
        if table.sum():
            with mpmath.workdps(50):
                truth = exact_mutual_information(table)
            value = kltools.mutual_information(table, normalize=True)
            assert math.isclose(value, float(truth), rel_tol=BOUND, abs_tol=1e-45)


def test_mutual_information_survives_products_that_underflow() -> None:
    table = np.array([[1 - 1e-200, 0], [0, 1e-200]])
    assert math.isclose(kltools.mutual_information(table), 200e-200 * math.log(10) + 1e-200, rel_tol=BOUND)
