"""The checks of the exercises: right answers pass, known mistakes are named, the answer is never told."""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any, Never

import pytest

from kltools import exercises
from kltools.exercises import EXERCISES, Verdict, check
from kltools.exercises._checking import Exercise, FunctionExercise, Mistake, ValueExercise

VALUES = [exercise for exercise in EXERCISES.values() if isinstance(exercise, ValueExercise)]
NUMBERS = [exercise for exercise in VALUES if not isinstance(exercise.right, str)]
FUNCTIONS = [exercise for exercise in EXERCISES.values() if isinstance(exercise, FunctionExercise)]


def of_each(exercises: Sequence[Exercise]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("exercise", exercises, ids=lambda exercise: exercise.name)


@of_each(VALUES + FUNCTIONS)
def test_the_right_answer_passes(exercise: ValueExercise | FunctionExercise) -> None:
    assert exercise.judge(exercise.right)


@of_each(VALUES + FUNCTIONS)
def test_each_mistake_is_refused_with_its_own_sentence(exercise: ValueExercise | FunctionExercise) -> None:
    assert len(exercise.mistakes) >= 3
    for mistake in exercise.mistakes:
        verdict = exercise.judge(mistake.answer)
        assert not verdict
        assert mistake.sentence in verdict.message


@of_each(NUMBERS)
def test_a_wrong_value_is_refused_and_the_answer_is_not_told(exercise: ValueExercise) -> None:
    verdict = exercise.judge(exercise.right + 10.3)
    assert not verdict
    assert f"{exercise.right:.4f}" not in verdict.message


@of_each(NUMBERS)
def test_the_last_digit_asked_for_counts(exercise: ValueExercise) -> None:
    unit_in_the_last_place = 10.0**-exercise.decimals
    assert exercise.judge(round(exercise.right, exercise.decimals))
    assert not exercise.judge(exercise.right + unit_in_the_last_place)


@of_each(FUNCTIONS)
def test_a_function_right_on_all_inputs_but_one_is_refused(exercise: FunctionExercise) -> None:
    for spoiled in exercise.inputs:

        def almost(*arguments: Any, spoiled: tuple[Any, ...] = spoiled) -> float:
            return exercise.right(*arguments) + (0.001 if arguments == spoiled else 0)

        right_is_infinite = math.isinf(exercise.right(*spoiled))
        assert bool(exercise.judge(almost)) == right_is_infinite


def test_a_whole_number_is_asked_for_as_one() -> None:
    right = EXERCISES["days_of_evidence"].right
    assert check("days_of_evidence", right)
    assert not check("days_of_evidence", right - 0.4)
    assert "Round it up" in check("days_of_evidence", math.log(1000) / 0.0304787540354720).message
    assert "a number is asked for" in check("days_of_evidence", str(right)).message


def test_a_clipped_infinity_is_refused_with_its_reason() -> None:
    def clipped(p: list[float], q: list[float]) -> float:
        return sum(a * math.log(a / max(b, 1e-12)) for a, b in zip(p, q, strict=True) if a > 0)

    verdict = check("my_kl", clipped)
    assert not verdict
    assert "hides an infinite result" in verdict.message


@pytest.mark.parametrize(
    ("name", "right", "wrong", "says"),
    [
        (
            "equal_both_ways",
            ([0.6, 0.3, 0.1], [0.1, 0.3, 0.6]),
            ([0.6, 0.3, 0.1], [0.2, 0.3, 0.5]),
            "directions differ",
        ),
        (
            "equal_both_ways",
            ([0.2, 0.7, 0.1], [0.7, 0.2, 0.1]),
            ([0.6, 0.3, 0.1],) * 2,
            "the same distribution",
        ),
        ("equal_both_ways", ([0.2, 0.7, 0.1], [0.7, 0.2, 0.1]), ([0.6, 0.4], [0.4, 0.6]), "three outcomes"),
        ("equal_both_ways", ([0.2, 0.7, 0.1], [0.7, 0.2, 0.1]), ([2, 7, 1], [7, 2, 1]), "sum to 1"),
        ("detour", [0.5, 0.5], [0.01, 0.99], "no shorter"),
        ("detour", [0.4, 0.6], [0.5, 0.6], "a distribution"),
        ("detour", [Fraction(1, 2)] * 2, 0.5, "a distribution"),
        ("detour", [0.4, 0.6], "half", "lists of numbers"),
        (
            "equal_both_ways",
            ([0.2, 0.7, 0.1], [0.7, 0.2, 0.1]),
            ([0.5, 0.4, 0.1], [0.5, 0.1, 0.4]),
            "find another",
        ),
        (
            "equal_both_ways",
            ([0.2, 0.7, 0.1], [0.7, 0.2, 0.1]),
            ([0.5, 0.1, 0.4], [0.5, 0.4, 0.1]),
            "find another",
        ),
        (
            "equal_both_ways",
            ([0.2, 0.7, 0.1], [0.7, 0.2, 0.1]),
            ([0.25, 0.41547308, 0.33452692], [0.2, 0.5, 0.3]),
            "find another",
        ),
        ("equal_both_ways", ([0.2, 0.7, 0.1], [0.7, 0.2, 0.1]), ([1, 0, 0], [0, 1, 0]), "infinite"),
        (
            "equal_both_ways",
            ([0.1, 0.3, 0.6], [0.6, 0.3, 0.1]),
            ([0.2, 0.5, 0.3], [0.25, 0.41547, 0.33453]),
            "directions differ",
        ),
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
    names["p"], names["q"] = derivations.positive("p q")
    names["r"], names["s"] = derivations.positive("r s", over=derivations.j)
    return eval(text, names)


@pytest.mark.parametrize(
    ("name", "right", "wrong", "says"),
    [
        (
            "both_directions",
            "Sum((p - q) * ln(p / q))",
            "Sum((p + q) * ln(p / q))",
            "Refused. step 1 is false",
        ),
        ("both_directions", "Sum((p - q) * (ln(p) - ln(q)))", "KL(p, q) + KL(q, p)", "single Sum"),
        ("both_directions", "Sum((q - p) * ln(q / p))", "2 * KL(p, q)", "the left side is"),
        ("both_directions", "Sum((p - q) * ln(p / q))", "Sum((p - r) * ln(p / q), i, j)", "r"),
        ("both_directions", "-Sum((q - p) * ln(p / q))", "'Sum'", "a line is made of letters"),
        ("both_directions", "-Sum((q - p) * ln(p / q))", "3.0", "a line is made of letters"),
        ("both_directions", "-Sum((q - p) * ln(p / q))", "(p - q) * ln(p / q)", "Is a Sum(...) missing?"),
        ("independent_days", "KL(p, q) + KL(r, s)", "KL(p, q) * KL(r, s)", "is false"),
        ("independent_days", "KL(r, s) + KL(p, q)", "KL(p, q) - KL(r, s)", "is false"),
        ("independent_days", "KL(r, s) + KL(p, q)", "Sum(p * r * ln(p * r / (q * s)))", "Write it with"),
        ("bound_from_above", "Sum(p * (p / q - 1))", "Sum(p * (q / p - 1))", "step 2 is false"),
        ("bound_from_above", "Sum(p**2 / q - p)", "Sum(p * (1 - p / q))", "step 2 is false"),
        ("bound_from_above", "Sum(p**2 / q - p)", "Sum(p**2 / q)", "step 3 is false"),
        ("bound_from_above", "Sum(p**2 / q - p)", "Sum(p**2 / q) - 1", "before it is multiplied out"),
        ("bound_from_above", "Sum(p * (p / q - 1))", "...", "three dots"),
    ],
)
def test_a_line_of_a_derivation_is_proved_or_refused_with_numbers(
    name: str, right: str, wrong: str, says: str
) -> None:
    assert check(name, line(right))
    verdict = check(name, line(wrong))
    assert not verdict
    assert says in verdict.message


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (None, "return missing"),
        (math.nan, "0·log 0"),
        ("half", "a number is asked for"),
        ([0.5, 0.5], "one number is asked for"),
        (..., "three dots"),
    ],
)
def test_what_is_no_answer_is_told_in_words(answer: Any, says: str) -> None:
    verdict = check("by_hand", answer)
    assert not verdict
    assert says in verdict.message


def failing(error: Exception) -> Callable[..., Never]:
    def answer(*arguments: Any) -> Never:
        raise error

    return answer


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (0.5, "a function is asked for"),
        (failing(NotImplementedError("write it")), "Not written yet: write it."),
        (failing(ZeroDivisionError("division by zero")), "a q = 0 < p as infinity"),
        (failing(ValueError("math domain error")), "positive numbers only"),
        (failing(KeyError("p")), "KeyError"),
        (lambda p, q: None, "return missing"),
        (lambda p, q: math.nan, "0·log 0"),
        (lambda p: 0.0, "TypeError"),
        (lambda p, q: "0.5", "a number is asked for"),
    ],
)
def test_a_function_that_stops_or_gives_no_number_is_told_in_words(answer: Any, says: str) -> None:
    verdict = check("my_kl", answer)
    assert not verdict
    assert says in verdict.message


def test_words_are_compared_as_words_and_never_told() -> None:
    exercise = ValueExercise(name="which", right="forward", mistakes=(Mistake("reverse", "Turn it around."),))
    assert exercise.judge("forward")
    assert "Turn it around." in exercise.judge("reverse").message
    assert "forward" not in exercise.judge(3).message


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean 'by_hand'"):
        check("by_hands", 0.5)
    with pytest.raises(ValueError, match=r"there are .*by_hand"):
        check("zzz", 0.5)


def test_names_are_unique_and_every_exercise_is_registered() -> None:
    folder = Path(exercises.__file__).parent
    chapters = [import_module(f"kltools.exercises.{path.stem}") for path in folder.glob("[!_]*.py")]
    names = [exercise.name for chapter in chapters for exercise in chapter.EXERCISES]
    assert len(names) == len(set(names))
    assert set(names) == set(EXERCISES)


def test_a_verdict_is_its_message_and_its_truth() -> None:
    assert repr(Verdict(True, "Right.")) == "Right."
    assert Verdict(True, "")
    assert not Verdict(False, "")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (0.28, "give 4 decimals"),
        (0.279, "give 4 decimals"),
        (0.3, "is not it"),  # one digit may be a guess
        (0.27, "is not it"),
        (0.2791, "is not it"),
    ],
)
def test_an_answer_that_is_rounded_too_far_is_told_so(answer: float, says: str) -> None:
    assert says in ValueExercise(name="rounded", right=0.278931).judge(answer).message
