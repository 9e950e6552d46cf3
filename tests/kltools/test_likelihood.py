"""The likelihood of counts, against products of fractions and of probabilities."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kltools

COUNTS = [2, 5, 3]
Q = [0.3, 0.4, 0.3]


def test_it_is_the_logarithm_of_a_product() -> None:
    exact = Fraction(3, 10) ** 2 * Fraction(4, 10) ** 5 * Fraction(3, 10) ** 3
    logarithm = math.log(exact.numerator) - math.log(exact.denominator)
    assert kltools.log_likelihood(COUNTS, Q) == pytest.approx(logarithm, rel=4e-15)
    assert kltools.log_likelihood(COUNTS, Q, base=2) == pytest.approx(logarithm / math.log(2), rel=4e-15)
    assert kltools.negative_log_likelihood(COUNTS, Q) == pytest.approx(-logarithm / 10, rel=4e-15)
    assert kltools.negative_log_likelihood(COUNTS, Q, base=2) == pytest.approx(-logarithm / 10 / math.log(2))


@given(st.lists(st.integers(0, 1000), min_size=3, max_size=3).filter(any), st.permutations([1, 2, 5]))
def test_per_observation_it_is_the_cross_entropy_of_the_frequencies(
    counts: list[int], weights: list[int]
) -> None:
    value = kltools.negative_log_likelihood(counts, weights, normalize=True)
    assert value == pytest.approx(kltools.cross_entropy(counts, weights, normalize=True), rel=4e-15)
    total = kltools.log_likelihood(counts, weights, normalize=True)
    assert value == pytest.approx(-total / sum(counts), rel=4e-15)


def test_what_was_never_seen_adds_nothing() -> None:
    assert kltools.log_likelihood([3, 0], [0.5, 0.5]) == pytest.approx(3 * math.log(0.5), rel=4e-15)
    assert kltools.log_likelihood([0, 0], [0.5, 0.5]) == 0
    assert math.copysign(1, kltools.log_likelihood([0, 0], [0.5, 0.5])) == 1


def test_what_cannot_be_seen_but_was() -> None:
    assert kltools.log_likelihood([3, 1], [1, 0]) == -math.inf
    assert kltools.negative_log_likelihood([3, 1], [1, 0]) == math.inf


def test_fractions_of_counts_are_accepted() -> None:
    assert kltools.log_likelihood([0.5, 1.5], [0.5, 0.5]) == pytest.approx(2 * math.log(0.5), rel=4e-15)


def test_a_rare_outcome_of_a_nearly_certain_model_keeps_its_digits() -> None:
    q = [1 - 1e-10, 1e-10]
    rest = 1e-10 / q[0]
    expected = -1000 * math.log1p(rest)
    assert math.isclose(kltools.log_likelihood([1000, 0], q), expected, rel_tol=4e-15)
    assert math.isclose(kltools.negative_log_likelihood([1000, 0], q), -expected / 1000, rel_tol=4e-15)


def test_batches_and_axes() -> None:
    counts, models = np.array([[2, 5, 3], [1, 0, 0]]), np.array([Q, [0.2, 0.5, 0.3]])
    for function in (kltools.log_likelihood, kltools.negative_log_likelihood):
        loop = [[function(c, q) for q in models] for c in counts]
        np.testing.assert_array_equal(function(counts[:, None], models), loop)
        np.testing.assert_array_equal(function(counts.T, models.T, axis=0), np.diag(loop))


def test_weights_of_the_model_are_normalized_only_when_asked() -> None:
    for function in (kltools.log_likelihood, kltools.negative_log_likelihood):
        assert function(COUNTS, [3, 4, 3], normalize=True) == pytest.approx(function(COUNTS, Q), rel=4e-15)
        with pytest.raises(ValueError, match="q sums to 10; pass normalize=True"):
            function(COUNTS, [3, 4, 3])
        for keyword in ({"axis": 1}, {"base": 1}):
            with pytest.raises(ValueError, match=r"out of range|base must be"):
                function(COUNTS, Q, **keyword)


def test_nothing_observed_or_too_much() -> None:
    with pytest.raises(ValueError, match="counts has only zero weights"):
        kltools.negative_log_likelihood([0, 0], [0.5, 0.5])
    with pytest.raises(ValueError, match="counts adds up to more than a float can hold"):
        kltools.log_likelihood([1e308, 1e308], [0.5, 0.5])
    assert kltools.negative_log_likelihood([1e308, 1e308], [0.5, 0.5]) == math.log(2)


def test_counts_are_named_when_they_are_no_counts() -> None:
    for function in (kltools.log_likelihood, kltools.negative_log_likelihood):
        with pytest.raises(ValueError, match="counts is a single number"):
            function(3, Q)
        with pytest.raises(TypeError, match="counts has dtype complex128"):
            function([1j, 1, 1], Q)
    rows = kltools.log_likelihood([[1e308, 0], [1e308, 0]], [0.5, 0.5])  # only their sum is too large
    np.testing.assert_allclose(rows, 1e308 * math.log(0.5), rtol=4e-15)
