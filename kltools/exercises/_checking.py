"""How an answer is checked: against the right answer, then against the mistakes that people make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np


@dataclass(frozen=True)
class Verdict:
    """What a check says of an answer; true when the answer is right, and shown as its message.

    Examples
    --------
    >>> Verdict(True, "Right.")
    Right.
    >>> bool(Verdict(False, "Not yet."))
    False
    """

    right: bool
    message: str

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        return self.message


@dataclass(frozen=True)
class Mistake:
    """A wrong way that people take, and the sentence that tells them so.

    `answer` has the shape of the right answer: a function of the same arguments where the
    exercise asks for a function, a plain value where it asks for a value.
    """

    answer: Any
    sentence: str


class Exercise(Protocol):
    """What the registry holds: a name, and a way to judge an answer."""

    @property
    def name(self) -> str:
        """The name that `check` is called with."""

    def judge(self, answer: Any) -> Verdict:
        """Say whether `answer` is right, and if not, what is wrong with it."""


@dataclass(frozen=True)
class ValueExercise:
    """An exercise whose answer is a number, a sequence of numbers, or a word.

    Parameters
    ----------
    name : str
        The name that `check` is called with.
    right : float, sequence of float, or str
        The right answer.
    unit : str
        The unit asked for, shown with what the learner wrote.
    note : str
        A sentence that follows "Right.".
    mistakes : sequence of Mistake
        Wrong values that are recognised.
    decimals : int
        A number is right when it agrees with `right` to this many decimals; with 0, a whole number is
        asked for, and one that is not yet rounded is not right.
    """

    name: str
    right: Any
    unit: str = ""
    note: str = ""
    mistakes: Sequence[Mistake] = ()
    decimals: int = 4

    def judge(self, answer: Any) -> Verdict:
        """Compare the value with the right one, then with each known mistake."""
        if answer is ...:
            return Verdict(False, "Not written yet: put your answer in the place of the three dots.")
        if (complaint := _not_a_value(answer, like=self.right)) is not None:
            return Verdict(False, f"Not yet: {complaint}")
        margin = 0.5001 * 10.0**-self.decimals if self.decimals else 0.005
        if _agree(answer, self.right, margin):
            return Verdict(True, f"Right. {self.note}".rstrip())
        shown = f"{answer} {self.unit}".rstrip()
        for mistake in self.mistakes:
            if _agree(answer, mistake.answer, margin):
                return Verdict(False, f"Not yet: {shown}. {mistake.sentence}")
        if _is_rounded_too_far(answer, self.right, self.decimals):
            return Verdict(
                False, f"Not yet: {shown} is right as far as it goes; give {self.decimals} decimals."
            )
        return Verdict(False, f"Not yet: {shown} is not it.")


@dataclass(frozen=True)
class FunctionExercise:
    """An exercise whose answer is a function, tried on several inputs.

    Parameters
    ----------
    name : str
        The name that `check` is called with.
    right : callable
        A function that gives the right answer for each of `inputs`.
    inputs : sequence of tuple
        The arguments that the learner's function is called with, one call each.
    note : str
        A sentence that follows "Right.".
    mistakes : sequence of Mistake
        Functions that make a known mistake; the first whose answers are the learner's on every
        input is named.
    """

    name: str
    right: Callable[..., Any]
    inputs: Sequence[tuple[Any, ...]]
    note: str = ""
    mistakes: Sequence[Mistake] = ()

    def judge(self, answer: Any) -> Verdict:
        """Call the function on each input, and compare."""
        if not callable(answer):
            return Verdict(False, f"Not yet: a function is asked for, and this is a {type(answer).__name__}.")
        given = self._results(answer)
        for result in given:
            if isinstance(result, NotImplementedError):
                return Verdict(False, f"Not written yet: {result}.")
        right = self._results(self.right)
        if _all_same(given, right):
            return Verdict(True, f"Right on all {len(self.inputs)} inputs. {self.note}".rstrip())
        for mistake in self.mistakes:
            if _all_same(given, self._results(mistake.answer)):
                return Verdict(False, f"Not yet. {mistake.sentence}")
        return self._first_complaint(given, right)

    def _results(self, function: Callable[..., Any]) -> list[Any]:
        """What the function gives for each input; the error where it stops with one."""
        return [_result(function, arguments) for arguments in self.inputs]

    def _first_complaint(self, given: list[Any], right: list[Any]) -> Verdict:
        for arguments, value, like in zip(self.inputs, given, right, strict=True):
            if isinstance(value, Exception):
                return Verdict(False, f"Not yet: on {_call(arguments)} it stops with {_describe(value)}.")
            if (complaint := _not_a_value(value, like)) is not None:
                return Verdict(False, f"Not yet: on {_call(arguments)}, {complaint}")
            if np.isinf(like).any() and np.isfinite(value).all():
                return Verdict(False, f"Not yet: on {_call(arguments)} it gives {value}. {HIDDEN_INFINITY}")
            if not _agree(value, like, margin=1e-9):
                return Verdict(False, f"Not yet: on {_call(arguments)} it gives {value}, which is not right.")
        raise AssertionError("the answers differ, and no difference was found")


@dataclass(frozen=True)
class PropertyExercise:
    """An exercise with many right answers, numbers of which each claim must hold.

    Parameters
    ----------
    name : str
        The name that `check` is called with.
    claims : sequence of (callable, str)
        What must be true of the answer, and the sentence shown when it is not.
    note : str
        A sentence that follows "Right.".
    """

    name: str
    claims: Sequence[tuple[Callable[[Any], bool | np.bool_], str]]
    note: str = ""

    def judge(self, answer: Any) -> Verdict:
        """Test the claims in order, on the answer as an array; the first that fails is told."""
        if answer is ...:
            return Verdict(False, "Not written yet: put your answer in the place of the three dots.")
        try:
            numbers = np.asarray(answer, dtype=float)
        except (TypeError, ValueError):
            return Verdict(
                False, f"Not yet: lists of numbers of equal length are asked for, and this is {answer!r}."
            )
        for holds, sentence in self.claims:
            if not holds(numbers):
                return Verdict(False, f"Not yet: {sentence}")
        return Verdict(True, f"Right. {self.note}".rstrip())


@dataclass(frozen=True)
class StepExercise:
    """An exercise that asks for a line of a derivation, which the prover accepts or refuses.

    Parameters
    ----------
    name : str
        The name that `check` is called with.
    attempt : callable
        Builds the derivation around the learner's line; raises DerivationError where it is refused.
        It imports `kltools.derivations` itself, so that checking numbers needs no SymPy.
    form : (callable, str)
        What the line has to look like, so that repeating another line is no answer, and the
        sentence shown when it does not.
    note : str
        A sentence that follows "Proved.".
    """

    name: str
    attempt: Callable[[Any], object]
    form: tuple[Callable[[Any], bool], str]
    note: str = ""

    def judge(self, answer: Any) -> Verdict:
        """Have the line proved."""
        if answer is ...:
            return Verdict(False, "Not written yet: put your line in the place of the three dots.")
        from sympy import Expr

        from kltools.derivations import DerivationError
        from kltools.derivations.expressions import free_indices

        if not isinstance(answer, Expr) or not answer.free_symbols:
            return Verdict(
                False, f"Not yet: a line is made of letters, Sum(...) and ln(...), and this is {answer!r}."
            )
        if free_indices(answer):
            return Verdict(False, "Not yet: the line still depends on an index. Is a Sum(...) missing?")
        has_form, sentence = self.form
        try:
            self.attempt(answer)
        except DerivationError as refusal:
            return Verdict(False, f"Refused. {refusal}")
        if not has_form(answer):
            return Verdict(False, f"Not yet: the line is true. {sentence}")
        return Verdict(True, f"Proved. {self.note}".rstrip())


# Of a finite number where the right result is infinite.
HIDDEN_INFINITY = "A zero that is left out, or has a small number in its place, hides an infinite result."


def _result(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    try:
        return function(*arguments)
    except Exception as error:  # an answer may stop in any way, and the learner is told how
        return error


def _all_same(given: list[Any], other: list[Any]) -> bool:
    """Whether two functions give the same on every input, errors of the same kind included."""
    for value, like in zip(given, other, strict=True):
        if isinstance(value, Exception) or isinstance(like, Exception):
            if type(value) is not type(like):
                return False
        elif _not_a_value(value, like) is not None or not _agree(value, like, margin=1e-9):
            return False
    return True


def _agree(value: Any, right: Any, margin: float) -> bool:
    """Same word, or same numbers within `margin` (absolute, and relative for large ones); ∞ equals ∞."""
    if isinstance(value, str) or isinstance(right, str):
        return bool(value == right)
    a, b = np.asarray(value, dtype=float), np.asarray(right, dtype=float)
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=min(margin, 1e-9), atol=margin))


def _is_rounded_too_far(value: Any, right: Any, decimals: int) -> bool:
    """Whether a number is the right one with too few decimals, and yet two digits or more of it."""
    if isinstance(right, str) or np.ndim(right):
        return False
    return any(
        round(value, places) == value and abs(value - right) <= 0.5001 * 10.0**-places <= 0.05 * abs(right)
        for places in range(decimals)
    )


def _not_a_value(value: Any, like: Any) -> str | None:
    """Say what is wrong with the kind of `value`, where its kind is wrong."""
    if value is None:
        return "it gives None. Is a return missing?"
    if isinstance(like, str):
        return None if isinstance(value, str) else f"a word in quotes is asked for, and this is {value!r}."
    try:
        numbers = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        numbers = None
    if numbers is None or isinstance(value, str):
        return f"a number is asked for, and this is {value!r}."
    if np.isnan(numbers).any():
        return "it gives nan. Look for 0·log 0, or for infinity minus infinity."
    if numbers.shape != np.shape(like):
        asked = "one number is" if np.ndim(like) == 0 else f"{len(like)} numbers are"
        return f"{asked} asked for, and this is {value!r}."
    return None


def _call(arguments: tuple[Any, ...]) -> str:
    return ", ".join(str(argument) for argument in arguments)


def _describe(error: Exception) -> str:
    hint = {
        "ZeroDivisionError": "; a term with p = 0 counts as 0, a q = 0 < p as infinity",
        "ValueError": "; Python's log takes positive numbers only" if "math domain" in str(error) else "",
    }.get(type(error).__name__, "")
    return f"{type(error).__name__}: {str(error).rstrip('.')}{hint}"
