"""Alterations of a proved step: what a slip of the pen makes of it.

An alteration may happen to be true. Whether it is false is decided by numbers alone, never by the prover.
"""

import copy
from collections.abc import Iterator
from itertools import combinations
from typing import NoReturn

import numpy as np
import sympy as sp
from sympy import Expr

from kltools.derivations import Derivation, DerivationError, GivenError, UnprovedStepError
from kltools.derivations.derivation import Step
from kltools.derivations.expressions import Entry, Index, Sum, unfold
from kltools.derivations.numeric import Example, examples

# Rounding and quadrature stay well below this share of a line's size.
_FALSE = 1e-5


def altered_expressions(e: Expr) -> Iterator[tuple[str, Expr]]:
    """A line with one slip in it, and the name of the slip."""
    terms = sp.Add.make_args(e)
    yield "sign", -e
    yield "factor", 2 * e
    yield "added", e + sp.Rational(1, 10)
    yield "taken away", e - sp.Rational(1, 10)
    for n, term in enumerate(terms if len(terms) > 1 else ()):
        others = sp.Add(*(t for m, t in enumerate(terms) if m != n))
        yield "sign of a term", others - term
        yield "factor of a term", others + term / 2
        yield "dropped term", others
    e = unfold(e)
    tables = sorted(e.atoms(Entry), key=str)
    for a, b in combinations(tables, 2):
        if a.label != b.label and a.args[1:] == b.args[1:]:
            yield "swapped tables", e.xreplace({a: b, b: a})
    for a in tables:
        yield "power of an entry", e.xreplace({a: a**2})
    for a in sorted(e.atoms(sp.log), key=str):
        yield "ratio turned over", e.xreplace({a: sp.log(1 / a.args[0])})
        yield "dropped logarithm", e.xreplace({a: a.args[0]})
    for s in sorted(e.atoms(Sum), key=str):
        for term in sp.Add.make_args(s.body):
            if term != s.body:
                yield "dropped summand", e.xreplace({s: Sum(s.body - term, *s.indices)})
    free = sorted((a for a in e.free_symbols if isinstance(a, Index)), key=str)
    for a, k in ((a, k) for a in tables for k in free):
        for own in a.indices:
            if own != k and own.domain == k.domain:
                yield "index", e.xreplace({a: a.xreplace({own: k})})


def altered_steps(derivation: Derivation) -> Iterator[tuple[str, int, Step]]:
    """Every alteration of every step: its kind, the number of lines before it, and the altered step."""
    for n, step in enumerate(derivation.steps):
        for kind, expression in altered_expressions(step.expression):
            if unfold(expression) != unfold(step.expression):
                yield kind, n, Step(step.relation, expression, step.reason, step.by)
        turned = {"≥": "≤", "≤": "≥", "=": "≥"}[step.relation]
        yield "relation", n, Step(turned, step.expression, step.reason, step.by)
        if step.by is not None:
            yield "equality for a bound", n, Step("=", step.expression, step.reason)
            yield "bound without its inequality", n, Step(step.relation, step.expression, step.reason)
        yield "bound too strong", n, Step("≥", _above(derivation, n) + sp.Rational(1, 100), step.reason)


def _above(derivation: Derivation, n: int) -> Expr:
    return derivation.steps[n - 1].expression if n else derivation.start


def is_false(derivation: Derivation, n: int, step: Step, on: list[Example]) -> bool:
    """Whether numbers contradict a step after the first `n` steps."""
    for example in on:
        left, right = example.value_of_lines(_above(derivation, n), step.expression)
        off = {"=": np.abs(left - right), "≥": right - left, "≤": left - right}[step.relation]
        if np.any(off > _FALSE * (1 + np.abs(left) + np.abs(right))):
            return True
    return False


def witnesses(derivation: Derivation, count: int = 3) -> list[Example]:
    """Random numbers that satisfy the givens, others than those that the derivation looks at."""
    lines = [derivation.start, *(s.expression for s in derivation.steps)]
    return examples(lines, derivation.givens, count=count, seed=20_000)


class _WithoutSearch(Derivation):
    """A derivation that refuses at once, without the search for numbers that its message would hold."""

    def _refuse(self, step: Step, missing: str) -> NoReturn:
        raise UnprovedStepError(missing)


def is_accepted(derivation: Derivation, n: int, step: Step) -> bool:
    """Whether the step is accepted after the first `n` steps."""
    trial = copy.copy(derivation)
    trial.__class__ = _WithoutSearch
    trial.steps = derivation.steps[:n]
    write = {"=": trial.equals, "≥": trial.at_least, "≤": trial.at_most}[step.relation]
    try:
        if step.relation == "=":
            write(step.expression, step.reason)
        else:
            write(step.expression, step.reason, by=step.by)
    except DerivationError:
        return False
    return True


def without_a_given(derivation: Derivation) -> Iterator[Derivation]:
    """The derivation under all givens but one, for each of them; its steps are there, and not proved."""
    for dropped in derivation.givens:
        try:
            bare = Derivation(derivation.start, given=[g for g in derivation.givens if g is not dropped])
        except GivenError:
            # The other givens need a number that only the dropped one fixes.
            continue
        # The letters stay declared, so that a step is refused for the given and not for a stranger.
        bare._declared = derivation._declared
        bare.steps = derivation.steps
        yield bare
