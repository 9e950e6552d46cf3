"""The checks of the exercises on likelihood that the generic tests do not reach."""

from math import log
from typing import Any

import numpy as np
import pytest

from kltools import log_softmax
from kltools.derivations import Sum, fraction, index, ln, nonnegative
from kltools.exercises import EXERCISES, check
from kltools.exercises.likelihood import EXERCISES as OURS

t = index("t", "N")
N = t.domain.size
a, x = fraction("a", over=()), nonnegative("x", over=t)


def test_names_are_unique_and_every_exercise_is_registered() -> None:
    names = [exercise.name for exercise in OURS]
    assert len(names) == len(set(names))
    assert set(names) <= set(EXERCISES)


@pytest.mark.parametrize(
    "line", [Sum(ln(a) + x * ln(1 - a)), Sum(x * ln(1 - a) + ln(a)), Sum(ln(a) - x * -ln(1 - a))]
)
def test_a_waiting_line_is_proved(line: Any) -> None:
    assert check("waiting_line", line)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (Sum(ln(a) - x * ln(1 - a)), "step 1 is false"),
        (Sum(ln(a) * x * ln(1 - a)), "step 1 is false"),
        (Sum(x * ln(a) + ln(1 - a)), "step 1 is false"),
        (Sum(ln(a * (1 - a) ** x)), "Open the logarithm"),
        (N * ln(a) + Sum(x * ln(1 - a)), "under a single Sum"),
        (ln(a) + x * ln(1 - a), "Is a Sum(...) missing?"),
        (..., "three dots"),
        (0.5, "a line is made of letters"),
    ],
)
def test_another_waiting_line_is_refused(line: Any, says: str) -> None:
    verdict = check("waiting_line", line)
    assert not verdict
    assert says in verdict.message


def by_finite_differences(z: Any, target: Any) -> float:
    """The temperature found without the slope's formula: the loss, on a grid that closes in."""
    low, high = 0.05, 20.0
    for _ in range(60):
        grid = np.linspace(low, high, 9)
        losses = [-np.mean(log_softmax(np.divide(z, T))[np.arange(len(target)), target]) for T in grid]
        best = int(np.argmin(losses))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, 8)]
    return round((low + high) / 2, 4)


def test_the_temperature_is_where_the_loss_is_lowest() -> None:
    (exercise,) = (exercise for exercise in OURS if exercise.name == "temperature")
    for z, target in exercise.inputs:
        assert exercise.right(z, target) == pytest.approx(by_finite_differences(z, target), abs=1.5e-4)
    z, target = exercise.inputs[0]
    assert exercise.right(z, target) == round(2 / log(3), 4)  # three of four right: σ(2/T) = 3/4


def test_a_clipped_zero_is_refused_with_its_reason() -> None:
    def clipped(counts: list[float], q: list[float]) -> float:
        return sum(-n * log(max(b, 1e-12)) for n, b in zip(counts, q, strict=True)) / sum(counts)

    verdict = check("my_nll", clipped)
    assert not verdict
    assert "hides an infinite result" in verdict.message


def test_a_second_log_softmax_does_no_harm() -> None:
    def through_both(probs: list[list[float]], target: list[int]) -> float:
        return float(-np.mean(log_softmax(np.log(probs))[np.arange(len(target)), target]))

    assert check("from_probabilities", through_both)


def test_one_over_the_mean_is_named_although_it_stops_where_every_first_try_works() -> None:
    assert "the try that works is not counted" in check("waiting_estimate", lambda x: len(x) / sum(x)).message


def test_probabilities_that_are_passed_on_as_they_are_get_their_reason() -> None:
    def passed_on(probs: Any, target: Any) -> float:
        return float(-probs[np.arange(len(target)), target].mean())

    assert "does not take a logarithm" in check("from_probabilities", passed_on).message


def test_a_temperature_that_is_not_rounded_is_told_so() -> None:
    (exercise,) = (exercise for exercise in OURS if exercise.name == "temperature")

    def unrounded(z: Any, target: Any) -> float:
        z, low, high = np.asarray(z), 0.0, 64.0
        for _ in range(60):
            middle = (low + high) / 2
            right = z[np.arange(len(target)), target].mean()
            surer = np.sum(np.exp(log_softmax(middle * z)) * z, axis=1).mean() > right
            low, high = (low, middle) if surer else (middle, high)
        return float(1 / low)

    assert [round(unrounded(*case), 4) for case in exercise.inputs] == [
        exercise.right(*case) for case in exercise.inputs
    ]
    assert "round it to four decimals" in check("temperature", unrounded).message
