"""The exercises on entropy with many right answers or a line to prove: near-misses are refused."""

from collections.abc import Callable
from typing import Any

import pytest

from kltools.exercises import check, entropy


def line(text: str) -> Any:
    """An expression as a learner writes it."""
    from kltools import derivations

    names = {name: getattr(derivations, name) for name in derivations.__all__}
    names["a"], names["b"] = derivations.fraction("a b", over=())
    names["r"] = derivations.positive("r", over=(derivations.i, derivations.j))
    names["u"], names["v"] = derivations.positive("u"), derivations.positive("v", over=derivations.j)
    return eval(text, names)


FIRST = "-a * ln(a) - (1 - a) * ln(1 - a)"
SECOND = "(-b * ln(b) - (1 - b) * ln(1 - b))"


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("two_questions", f"{FIRST} + (1 - a) * {SECOND}"),
        ("two_questions", "-(a * ln(a) + (1 - a) * (ln(1 - a) + b * ln(b) + (1 - b) * ln(1 - b)))"),
        ("pair_bound", "-Sum(r * (u * v / r - 1))"),
        ("pair_bound", "Sum(r - u * v)"),
    ],
)
def test_a_right_line_is_proved(name: str, right: str) -> None:
    assert check(name, line(right))


@pytest.mark.parametrize(
    ("name", "wrong", "says"),
    [
        ("two_questions", f"{FIRST} + {SECOND}", "is false"),
        ("two_questions", f"{FIRST} + a * {SECOND}", "is false"),
        ("two_questions", f"{FIRST} - (1 - a) * {SECOND}", "is false"),
        (
            "two_questions",
            "-a*ln(a) - (1-a)*b*ln((1-a)*b) - (1-a)*(1-b)*ln((1-a)*(1-b))",
            "Take the products inside the logarithms apart",
        ),
        ("two_questions", "1.0", "a line is made of letters"),
        ("pair_bound", "Sum(r * (u * v / r - 1))", "step 2 is"),
        ("pair_bound", "-Sum(r * (r / (u * v) - 1))", "step 2 is"),
        ("pair_bound", "-Sum(u * v / r - 1)", "the weight r in front"),
        ("pair_bound", "Sum(r) - Sum(u) * Sum(v)", "before it is multiplied out"),
        ("pair_bound", "1 - Sum(u * v)", "step 2 is"),
        ("pair_bound", "-r * (u * v / r - 1)", "Is a Sum(...) missing?"),
        ("pair_bound", "...", "three dots"),
    ],
)
def test_a_wrong_line_is_refused_with_its_reason(name: str, wrong: str, says: str) -> None:
    verdict = check(name, line(wrong))
    assert not verdict
    assert says in verdict.message


@pytest.mark.parametrize("lengths", [[2, 2, 2, 3, 3], [1, 3, 3, 3, 3], [1, 2, 3, 4, 4]])
def test_each_list_of_best_lengths_is_accepted(lengths: list[int]) -> None:
    assert check("word_lengths", lengths)


@pytest.mark.parametrize(
    ("lengths", "says"),
    [
        ([1, 2, 2, 3, 3], "Kraft's sum is more than 1"),
        ([3, 3, 3, 3, 3], "another is shorter"),
        ([2, 2, 2, 2, 2], "Kraft's sum is more than 1"),
        ([2, 2, 2, 3, 4], "another is shorter"),
        ([3, 3, 2, 2, 2], "exchange the two"),
        ([2, 2, 3, 2, 3], "exchange the two"),
        ([2, 3, 3, 4, 4], "surprises rounded up"),
        ([1.5, 2, 3, 4, 4], "a whole number"),
        ([0, 2, 3, 4, 4], "1 or more"),
        ([1, 2, 3, 3], "five lengths"),
        (2.2, "five lengths"),
    ],
)
def test_other_lengths_are_refused(lengths: Any, says: str) -> None:
    verdict = check("word_lengths", lengths)
    assert not verdict
    assert says in verdict.message


@pytest.mark.parametrize("pair", [([0.9, 0.1], [0.1, 0.9]), ([0.99, 0.01], [0.1, 0.9])])
def test_pairs_that_gain_half_a_bit_are_accepted(pair: Any) -> None:
    assert check("mixing_gain", pair)


@pytest.mark.parametrize(
    ("pair", "says"),
    [
        (([0.8, 0.2], [0.2, 0.8]), "less than half a bit"),
        (([1.0, 0.0], [0.0, 1.0]), "leave some room for doubt"),
        (([0.9, 0.1], [0.9, 0.1]), "less than half a bit"),
        (([9, 1], [1, 9]), "sum to 1"),
        (([0.9, 0.1],), "two lists"),
        (([0.9, 0.05, 0.05], [0.1, 0.4, 0.5]), "two lists"),
    ],
)
def test_other_pairs_are_refused(pair: Any, says: str) -> None:
    verdict = check("mixing_gain", pair)
    assert not verdict
    assert says in verdict.message


@pytest.mark.parametrize(
    ("name", "answer", "says"),
    [
        ("my_entropy", lambda p: -sum(x * __import__("math").log2(x) for x in p), "positive numbers only"),
        ("my_entropy", lambda p: float("nan"), "0·log 0"),
        ("my_entropy", lambda p: entropy.EXERCISES[1].right(p) + 1e-10 * p.count(0), "is not right"),
        ("computed_margins", lambda table: 0.0074, "is not right"),
        ("text_entropy", lambda text, n: None, "return missing"),
    ],
)
def test_functions_that_fail_are_told_in_words(name: str, answer: Callable[..., Any], says: str) -> None:
    verdict = check(name, answer)
    assert not verdict
    assert says in verdict.message


def test_names_are_unique() -> None:
    names = [exercise.name for exercise in entropy.EXERCISES]
    assert len(names) == len(set(names))
