"""Instant checks of the course's exercises: `check(name, answer)` says what is right, or what is wrong.

Each chapter has a module here that lists its exercises: the right answer, the inputs that a
function is tried on, and the mistakes that people make with the sentence that each one gets. The
worked solutions are in the chapters, and the tests put each through its check.

A problem set brings its own file of checks, in which the answers cannot be read: `load_set` reads it.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from kltools.exercises import cross_entropy, entropy, jensen_shannon, kl_divergence, likelihood
from kltools.exercises._checking import Exercise, Verdict
from kltools.exercises._sets import load_set

__all__ = ["EXERCISES", "Verdict", "check", "load_set"]

_CHAPTERS = (entropy, cross_entropy, kl_divergence, likelihood, jensen_shannon)

EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise for chapter in _CHAPTERS for exercise in chapter.EXERCISES
}


def check(name: str, answer: Any) -> Verdict:
    """Check an answer to an exercise.

    Parameters
    ----------
    name : str
        The exercise's name, as its cell gives it.
    answer : object
        A value or a function, as the exercise asks for.

    Returns
    -------
    Verdict
        True or false, and shown as a sentence: that the answer is right, or what is wrong with
        it. It never tells the answer.

    Raises
    ------
    ValueError
        If there is no exercise of that name.

    Examples
    --------
    >>> check("by_hand", 1.75)
    Not yet: 1.75 bits. That is H(P), the part of the cost that nobody can avoid.
    """
    if name not in EXERCISES:
        near = get_close_matches(name, EXERCISES, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(EXERCISES)}"
        raise ValueError(f"no exercise is called {name!r}{hint}")
    return EXERCISES[name].judge(answer)
