"""The course's worked numbers, as they were computed elsewhere with mpmath to 20 digits."""

import math

import numpy as np
import pytest

import kltools as kl
from tests.kltools.facts import FACTS, Q1, A, B, Fact, P, X, Y

LONG = 10  # so many decimals stand for the exact value


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact.name} {fact.unit}".strip())
def test_to_the_last_digit_that_was_written(fact: Fact) -> None:
    decimals = len(fact.digits.partition(".")[2])
    if decimals > LONG:
        assert fact.value == pytest.approx(float(fact.digits), rel=1e-14, abs=5e-17)
    else:
        assert f"{fact.value:.{decimals}f}" == fact.digits


def test_exact_values_are_met_to_the_last_bit_but_one() -> None:
    exact = [
        (kl.kl_divergence(A, B), math.log(4 / 3) / 2),
        (kl.kl_divergence(Y, X), 0.3 * math.log(4)),
        (kl.kl_divergence(X, Y, base=2), 0.6),
        (kl.kl_normal(1, 1, 0, 1), 0.5),
        (kl.js_divergence((1, 0), (0, 1), base=2), 1),
        (kl.kl_divergence([2, 5, 3], [3, 4, 3], normalize=True), kl.kl_divergence(P, Q1)),
    ]
    for value, fact in exact:
        assert value == pytest.approx(fact, rel=1e-14, abs=5e-17)


@pytest.mark.parametrize(
    "name",
    [
        "H of the drinks",
        "H of the drinks in the other's code",
        "H of the other in the drinks' code",
        "KL(drinks‖other)",
        "KL(other‖drinks)",
        "JSD of half an overlap",
        "JSD of disjoint supports",
    ],
)
def test_what_is_dyadic_is_exact(name: str) -> None:
    (fact,) = [fact for fact in FACTS if fact.name == name]
    assert fact.value == pytest.approx(float(fact.digits), rel=1e-14)


def test_js_divergence_is_the_mutual_information_of_source_and_draw() -> None:
    joint = np.array([P, Q1]) / 2
    assert kl.mutual_information(joint) == pytest.approx(kl.js_divergence(P, Q1), rel=1e-14)
    joint = np.array([P, Q1]) * [[0.75], [0.25]]
    assert kl.mutual_information(joint) == pytest.approx(kl.js_divergence(P, Q1, (0.75, 0.25)), rel=1e-14)


def test_cancellation_does_not_reach_the_kernel() -> None:
    p = np.array(P)
    q = p + np.array([1, -1, 0]) * 2.0**-38
    difference = kl.cross_entropy(p, q) - kl.entropy(p)
    assert kl.kl_divergence(p, q) == pytest.approx((2.0**-38) ** 2 * (1 / 0.2 + 1 / 0.5) / 2, rel=1e-10)
    assert abs(difference - kl.kl_divergence(p, q)) >= kl.kl_divergence(p, q)
