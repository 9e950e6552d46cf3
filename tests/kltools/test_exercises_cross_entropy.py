"""The checks of the exercises on cross-entropy that the generic tests do not reach."""

from collections import Counter, defaultdict
from collections.abc import Callable
from hashlib import sha256
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kltools.exercises import check
from kltools.exercises.cross_entropy import BAR, ENGLISH, EXERCISES
from kltools.language_model import NextCharacter, NgramModel

PATH = Path(__file__).parents[2] / "chapters" / "data" / "constitution-en.txt"
TEXT = PATH.read_text(encoding="utf-8")


def test_names_are_unique() -> None:
    names = [exercise.name for exercise in EXERCISES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("pair", "says"),
    [
        (([0.6, 0.4], [0.9, 0.1]), "is not below H(Q)"),
        (([0.6, 0.4], [0.6, 0.4]), "is not below H(Q)"),
        (([0.9, 0.1], [0.5, 0.5]), "is not below H(Q)"),
        (([9, 1], [6, 4]), "sum to 1"),
        ([0.9, 0.1], "two lists"),
        (([1.0], [1.0]), "two outcomes"),
        (("P", "Q"), "lists of numbers"),
    ],
)
def test_a_pair_that_is_not_below_is_refused(pair: Any, says: str) -> None:
    assert check("below_its_own_entropy", ([0.9, 0.1], [0.6, 0.4]))
    assert check("below_its_own_entropy", ([0.2, 0.7, 0.1], [0.3, 0.4, 0.3]))
    verdict = check("below_its_own_entropy", pair)
    assert not verdict
    assert says in verdict.message


def line(text: str) -> Any:
    """An expression as a learner writes it."""
    from kltools import derivations

    names = {name: getattr(derivations, name) for name in derivations.__all__}
    names["p"], names["q"] = derivations.positive("p q")
    return eval(text, names)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("Sum(p * (q - 1))", "Refused. step 2 is not proved"),
        ("Sum(p * (1 + q))", "Refused. step 2 is false"),
        ("Sum(p * (1 - q) ** 2)", "Refused. step 2 is not proved"),
        ("1 - Sum(p * q)", "before it is multiplied out"),
        ("p * (1 - q)", "Is a Sum(...) missing?"),
        ("...", "three dots"),
    ],
)
def test_the_line_of_the_miss_is_proved_or_refused(wrong: str, says: str) -> None:
    assert check("chance_of_a_miss", line("Sum(p * (1 - q))"))
    assert check("chance_of_a_miss", line("Sum(p - p * q)"))
    verdict = check("chance_of_a_miss", line(wrong))
    assert not verdict
    assert says in verdict.message


def test_the_loss_as_it_was_shown_is_near_enough_and_two_decimals_are_not() -> None:
    assert check("units_of_a_loss", 2.0794 / np.log(2))
    assert check("units_of_a_loss", 2.0794 / 0.6931)
    assert not check("units_of_a_loss", 2.99)
    assert not check("units_of_a_loss", 3.01)


def test_zeros_do_not_hide_the_mistake_in_the_roles() -> None:
    verdict = check("my_cross_entropy", lambda p, q: -sum(b * log(a) for a, b in zip(p, q, strict=True)))
    assert not verdict
    assert "weights in front" in verdict.message


def test_scores_that_overflow_are_told() -> None:
    def as_it_stands(z: list[float], target: int) -> float:
        with np.errstate(all="ignore"):
            return float(-np.log(np.exp(z[target]) / np.exp(z).sum()))

    verdict = check("stable_loss", as_it_stands)
    assert not verdict
    assert "nan" in verdict.message


def test_the_text_of_the_project_is_the_one_in_the_repository() -> None:
    assert sha256(TEXT.encode()).hexdigest() == ENGLISH


def mixed(training: str, alphabet: str, longest: int = 4, share: float = 0.5) -> NextCharacter:
    """A right answer that is not the one in the chapter: every order has a fixed share."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for place, character in enumerate(training):
        for length in range(min(longest, place) + 1):
            seen[training[place - length : place]][character] += 1

    def probability(character: str, before: str) -> float:
        guess = 1 / len(alphabet)
        for length in range(min(longest, len(before)) + 1):
            if after := seen.get(before[len(before) - length :]):
                guess = share * after[character] / after.total() + (1 - share) * guess
        return guess

    return probability


def test_a_mixture_with_fixed_shares_is_accepted() -> None:
    verdict = check("better_model", (mixed, TEXT))
    assert verdict
    assert "bits per character on text that the model had not seen" in verdict.message


def of_order(order: int) -> Callable[[str, str], NextCharacter]:
    return lambda training, alphabet: NgramModel(training, order, alphabet, 0.01).probability


def rescaled(training: str, alphabet: str) -> NextCharacter:
    model = mixed(training, alphabet)
    return lambda character, before: min(1, 1.001 * model(character, before))


def with_a_zero(training: str, alphabet: str) -> NextCharacter:
    model = mixed(training, alphabet)
    return lambda character, before: 0.0 if character == "K" else model(character, before)


def negative(training: str, alphabet: str) -> NextCharacter:
    return lambda character, before: -1.0 if character == "K" else 2 / (len(alphabet) - 1)


def drifting(training: str, alphabet: str, share: list[float] = [0.5]) -> NextCharacter:  # noqa: B006
    share[0] += 0.01
    return mixed(training, alphabet, share=share[0])


def stopping(training: str, alphabet: str) -> NextCharacter:
    return lambda character, before: {"a": 1.0}[character]


def unwritten(training: str, alphabet: str) -> NextCharacter:
    raise NotImplementedError("return a function")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (of_order(4), "a proper model, at 2.258 bits"),
        (of_order(1), "a proper model, at 4.44"),
        (rescaled, "the probabilities sum to 1.001000"),
        (with_a_zero, "not above 0"),
        (negative, "not above 0"),
        (drifting, "says something else"),
        (stopping, "it stops with KeyError"),
        (unwritten, "Not written yet: return a function."),
        (lambda training: None, "it stops with TypeError"),
    ],
)
def test_what_is_no_better_model_is_refused(make: Any, says: str) -> None:
    verdict = check("better_model", (make, TEXT))
    assert not verdict
    assert says in verdict.message


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (mixed, "a function and the English text"),
        ((TEXT, mixed), "a function and the English text"),
        ((mixed, TEXT[:-1]), "not the whole English text"),
        ((mixed, TEXT * 2), "not the whole English text"),
        ((mixed, 3), "not the whole English text"),
        (..., "a function and the English text"),
    ],
)
def test_another_text_is_no_text_to_be_tried_on(answer: Any, says: str) -> None:
    verdict = check("better_model", answer)
    assert not verdict
    assert says in verdict.message


def test_the_bar_is_below_every_model_of_the_chapter() -> None:
    from kltools.language_model import split, text_surprisal

    training, held_out = split(TEXT)
    for order in range(1, 7):
        model = NgramModel(training, order, TEXT, 0.01)
        assert text_surprisal(model.probability, held_out, base=2) / len(held_out) > BAR + 0.2
