"""Softmax and its logarithm, against mpmath and at the ends of the range of a float."""

import math

import mpmath
import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st

import kltools
from tests.kltools.strategies import relative_error

logits = st.lists(st.floats(-300, 300), min_size=1, max_size=8)


@given(logits)
def test_against_mpmath(z: list[float]) -> None:
    with mpmath.workdps(350):
        exponentials = [mpmath.exp(x) for x in z]
        whole = mpmath.fsum(exponentials)
        answers = zip(z, kltools.softmax(z), kltools.log_softmax(z), strict=True)
        for x, value, logarithm in answers:
            truth = mpmath.exp(x) / whole
            # A logit is rounded when it is shifted, which moves an exponential by as much as it is large.
            tolerance = 4e-15 + 2.3e-16 * (max(z) - min(z))
            assert relative_error(value, truth) <= tolerance or truth < 1e-300
            assert relative_error(logarithm, mpmath.log(truth)) <= tolerance or abs(logarithm) < 1e-300
        truth = mpmath.log(whole)
        assert abs(kltools.logsumexp(z) - truth) <= 4e-15 * max(abs(truth), abs(max(z)), 1e-280)


@given(logits)
def test_the_kin_agree(z: list[float]) -> None:
    p = kltools.softmax(z)
    assert p.sum() == pytest.approx(1, rel=1e-15)
    np.testing.assert_allclose(np.exp(kltools.log_softmax(z)), p, rtol=1e-12)
    np.testing.assert_allclose(p, scipy.special.softmax(z), rtol=1e-12, atol=1e-320)
    np.testing.assert_allclose(kltools.logsumexp(z), scipy.special.logsumexp(z), rtol=1e-12, atol=1e-12)


@given(logits, st.integers(-100, 100))
def test_a_shift_of_all_logits_changes_no_probability(z: list[float], shift: int) -> None:
    np.testing.assert_allclose(
        kltools.softmax(np.array(z) + shift), kltools.softmax(z), rtol=1e-12, atol=1e-320
    )
    assert kltools.logsumexp(np.array(z) + shift) == pytest.approx(kltools.logsumexp(z) + shift, abs=1e-12)


def test_huge_logits() -> None:
    np.testing.assert_array_equal(kltools.softmax([1000, 0]), [1, 0])
    np.testing.assert_array_equal(kltools.log_softmax([1000, 0]), [0, -1000])
    np.testing.assert_array_equal(kltools.softmax([1e308, -1e308]), [1, 0])
    np.testing.assert_array_equal(kltools.softmax([-1e308, -1e308]), [0.5, 0.5])
    assert kltools.logsumexp([1000, 0]) == 1000
    assert kltools.logsumexp([-1000, -1000]) == pytest.approx(-1000 + math.log(2), rel=1e-15)


def test_what_the_others_add_is_not_swallowed() -> None:
    assert kltools.logsumexp([0, -50]) == math.log1p(math.exp(-50))
    assert kltools.log_softmax([0, -50])[0] == -math.log1p(math.exp(-50))


def test_infinite_logits() -> None:
    np.testing.assert_array_equal(kltools.softmax([0, -math.inf, 0]), [0.5, 0, 0.5])
    np.testing.assert_array_equal(kltools.log_softmax([0, -math.inf]), [0, -math.inf])
    assert kltools.logsumexp([0, -math.inf]) == 0
    assert kltools.logsumexp([-math.inf, -math.inf]) == -math.inf
    assert kltools.logsumexp([math.inf, 0]) == math.inf
    assert kltools.logsumexp([math.inf, math.inf, -math.inf, 1000]) == math.inf


def test_batches_and_axes() -> None:
    z = np.random.default_rng(1).normal(size=(2, 3, 4))
    for function in (kltools.softmax, kltools.log_softmax):
        loop = [[function(row) for row in block] for block in z]
        np.testing.assert_array_equal(function(z), loop)
        for axis in (0, 1, -2):
            expected = np.moveaxis(function(np.moveaxis(z, axis, -1)), -1, axis)
            np.testing.assert_array_equal(function(z, axis=axis), expected)
    sums = [[kltools.logsumexp(row) for row in block] for block in z]
    np.testing.assert_array_equal(kltools.logsumexp(z), sums)
    np.testing.assert_array_equal(kltools.logsumexp(np.moveaxis(z, -1, 0), axis=0), sums)
    mixed = [[0, -math.inf], [-math.inf, -math.inf], [math.inf, 0]]
    np.testing.assert_array_equal(kltools.logsumexp(mixed), [0, -math.inf, math.inf])


def test_types() -> None:
    assert type(kltools.logsumexp([0, 1])) is float
    assert type(kltools.softmax([0, 1])) is np.ndarray
    assert kltools.softmax([0]).tolist() == [1.0]
