"""The exercises on the Jensen–Shannon divergence: what is accepted, and the near-misses that are not."""

import math
from typing import Any

import pytest

from kltools.exercises import check


@pytest.mark.parametrize(
    ("name", "right", "wrong", "says"),
    [
        (
            "small_and_infinite",
            ([0.5, 0.496, 0.004], [0.5, 0.5, 0.0]),
            ([0.5, 0.4, 0.1], [0.5, 0.5, 0.0]),
            "too large",
        ),
        (
            "small_and_infinite",
            ([0.0, 0.5, 0.5], [0.001, 0.5, 0.499]),
            ([0.5, 0.499, 0.001], [0.5, 0.4999, 0.0001]),
            "is finite",
        ),
        (
            "small_and_infinite",
            ([0.5, 0.5, 0.0], [0.5, 0.496, 0.004]),
            ([0.5, 0.5, 0.0], [0.5, 0.5, 0.0]),
            "is finite",
        ),
        (
            "small_and_infinite",
            ([0.5, 0.5, 0.0], [0.5, 0.496, 0.004]),
            ([0.996, 0.004], [1.0, 0.0]),
            "three outcomes",
        ),
        (
            "small_and_infinite",
            ([0.5, 0.5, 0.0], [0.5, 0.496, 0.004]),
            ([5, 4.96, 0.04], [5, 5, 0]),
            "sum to 1",
        ),
        (
            "small_and_infinite",
            ([0.5, 0.5, 0.0], [0.5, 0.496, 0.004]),
            [0.5, 0.496, 0.004],
            "two lists",
        ),
        (
            "root_needed",
            ([0.8, 0.2], [0.5, 0.5], [0.2, 0.8]),
            ([1, 0], [0.5, 0.5], [0, 1]),
            "both sides",
        ),
        (
            "root_needed",
            ([0.6, 0.4], [0.55, 0.45], [0.5, 0.5]),
            ([0.8, 0.2], [0.1, 0.9], [0.2, 0.8]),
            "not shorter",
        ),
        (
            "root_needed",
            ([0.2, 0.8], [0.5, 0.5], [0.8, 0.2]),
            ([0.8, 0.2], [0.8, 0.2], [0.2, 0.8]),
            "not shorter",
        ),
        ("root_needed", ([0.2, 0.8], [0.5, 0.5], [0.8, 0.2]), ([0.2, 0.8], [0.8, 0.2]), "three lists"),
        ("root_needed", ([0.2, 0.8], [0.5, 0.5], [0.8, 0.2]), ([2, 8], [5, 5], [8, 2]), "sum to 1"),
    ],
)
def test_exercises_with_many_answers(name: str, right: Any, wrong: Any, says: str) -> None:
    assert check(name, right)
    verdict = check(name, wrong)
    assert not verdict
    assert says in verdict.message


def line(text: str) -> Any:
    """An expression as a learner writes it."""
    from kltools import derivations

    names = {name: getattr(derivations, name) for name in derivations.__all__}
    names |= dict(zip("pqmr", derivations.positive("p q m r"), strict=True))
    return eval(text, names)


@pytest.mark.parametrize(
    ("name", "right", "wrong", "says"),
    [
        (
            "half_in_the_mixture",
            "ln(2) - Sum(p * ln(1 + q / p))",
            "ln(2) - Sum(p * ln(1 + p / q))",
            "is false",
        ),
        (
            "half_in_the_mixture",
            "ln(2) - Sum(p * ln((p + q) / p))",
            "ln(2) + Sum(p * ln(1 + q / p))",
            "is false",
        ),
        (
            "half_in_the_mixture",
            "ln(2) + Sum(p * ln(p / (p + q)))",
            "Sum(p * ln(2 * p / (p + q)))",
            "Take ln(2) out",
        ),
        ("half_in_the_mixture", "ln(2) - Sum(p * ln(1 + q / p))", "KL(p, m)", "Take ln(2) out"),
        ("half_in_the_mixture", "ln(2) - Sum(p * ln(1 + q / p))", "ln(2) - p * ln(1 + q / p)", "Sum(...)"),
        ("shared_belief", "JSD(p, q) + KL(m, r)", "JSD(p, q) + KL(r, m)", "R is the belief"),
        ("shared_belief", "KL(m, r) + JSD(p, q)", "KL(m, r)", "is false"),
        ("shared_belief", "KL(m, r) + JSD(p, q)", "J(p, q) / 2 + KL(m, r)", "is false"),
        ("shared_belief", "KL(m, r) + JSD(p, q)", "KL(p, r) / 2 + KL(q, r) / 2", "named quantities"),
        ("shared_belief", "KL(m, r) + JSD(p, q)", "...", "three dots"),
    ],
)
def test_a_line_of_a_derivation_is_proved_or_refused(name: str, right: str, wrong: str, says: str) -> None:
    assert check(name, line(right))
    verdict = check(name, line(wrong))
    assert not verdict
    assert says in verdict.message


def test_a_clipped_index_is_refused_with_its_reason() -> None:
    def clipped(now: list[int], before: list[int]) -> float:
        p = [max(a / sum(now), 1e-12) for a in now]
        q = [max(b / sum(before), 1e-12) for b in before]
        return sum((a - b) * math.log(a / b) for a, b in zip(p, q, strict=True))

    verdict = check("psi", clipped)
    assert not verdict
    assert "hides an infinite result" in verdict.message


def test_a_divergence_written_with_entropies_is_accepted() -> None:
    def h(p: list[float]) -> float:
        return -sum(x * math.log(x) for x in p if x > 0)

    def by_entropies(p: list[float], q: list[float]) -> float:
        return h([(a + b) / 2 for a, b in zip(p, q, strict=True)]) - (h(p) + h(q)) / 2

    assert check("my_jsd", by_entropies)


def test_a_wrong_week_is_told_without_printing_the_year() -> None:
    verdict = check("change_week", lambda weeks: 1)
    assert not verdict
    assert "a year of 52 weeks" in verdict.message
    assert len(verdict.message) < 100


def test_a_jeffreys_that_stops_at_a_zero_is_told_what_it_is() -> None:
    def both_ways(p: list[float], q: list[float]) -> float:
        return sum(a * math.log(a / b) + b * math.log(b / a) for a, b in zip(p, q, strict=True)) / 2

    verdict = check("my_jsd", both_ways)
    assert not verdict
    assert "half the Jeffreys" in verdict.message


def test_an_index_of_raw_counts_is_told_so() -> None:
    def raw(now: list[int], before: list[int]) -> float:
        pairs = [(a, b) for a, b in zip(now, before, strict=True) if a or b]
        if any(a == 0 or b == 0 for a, b in pairs):
            return math.inf
        return sum((a - b) * math.log(a / b) for a, b in pairs)

    verdict = check("psi", raw)
    assert not verdict
    assert "own total" in verdict.message


@pytest.mark.parametrize(("name", "rounded"), [("root_or_not", 0.36), ("gan_score", 0.279)])
def test_a_number_that_is_rounded_too_far_is_told_so(name: str, rounded: float) -> None:
    verdict = check(name, rounded)
    assert not verdict
    assert "four decimals" in verdict.message
