"""Inequalities that are proved once and used in many derivations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy import Expr, Symbol

from kltools.derivations.errors import GivenError, UnprovedStepError
from kltools.derivations.expressions import (
    Entry,
    Index,
    Named,
    Product,
    Proportion,
    Sum,
    differentiate,
    free_indices,
)
from kltools.derivations.normal_form import NormalForm, by_odds, is_nonnegative, is_positive
from kltools.derivations.numeric import Given
from kltools.derivations.rendering import text


@dataclass(frozen=True)
class Inequality:
    """`smaller ≤ larger`, proved; `needs` are the givens that it rests on.

    `equality` holds the equations that together are necessary and sufficient for equality, or None
    where that is not known. Inequalities are multiplied by what is ≥ 0, added, and summed over an index.
    """

    smaller: Expr
    larger: Expr
    needs: tuple[Given, ...] = ()
    equality: tuple[tuple[Expr, Expr], ...] | None = None

    @property
    def gap(self) -> Expr:
        """What the larger side has more: ≥ 0."""
        return self.larger - self.smaller

    def __mul__(self, factor: Any) -> Inequality:
        normal = NormalForm().of(factor)
        if not is_nonnegative(normal):
            raise GivenError(f"an inequality is multiplied by what is known to be ≥ 0, and {factor} is not")
        # A factor that may be 0 hides the case of equality.
        equality = self.equality if is_positive(normal) else None
        return Inequality(factor * self.smaller, factor * self.larger, self.needs, equality)

    __rmul__ = __mul__

    def __truediv__(self, divisor: Any) -> Inequality:
        return self.__mul__(1 / sp.sympify(divisor))

    def __add__(self, other: Inequality) -> Inequality:
        both = None if self.equality is None or other.equality is None else self.equality + other.equality
        return Inequality(
            self.smaller + other.smaller, self.larger + other.larger, self.needs + other.needs, both
        )

    def summed(self, *indices: Index) -> Inequality:
        """The inequality summed over indices, by default over all that are free in it."""
        over = indices or tuple(sorted(free_indices(self.gap), key=str))
        return Inequality(Sum(self.smaller, *over), Sum(self.larger, *over), self.needs, self.equality)

    def __repr__(self) -> str:
        return f"{text(self.smaller)} ≤ {text(self.larger)}"


class Lemma:
    """An inequality in one variable, proved by calculus when it is made.

    With f = larger − smaller, the proof is: f is 0 at `equal_at`, and f′(x) has the sign of
    x − equal_at throughout the interval that x is declared on; so f falls before that point, rises
    after it, and is ≥ 0 (the mean value theorem).

    Parameters
    ----------
    smaller, larger : expression
        The two sides.
    x : Symbol
        The variable, declared by `positive`, `nonnegative`, `real` or `fraction` with `over=()`.
    equal_at : expression
        Where both sides are equal.

    Raises
    ------
    UnprovedStepError
        If the sides differ at `equal_at`, or the sign of the slope is not evident.

    Examples
    --------
    >>> from kltools.derivations import Lemma, ln, positive
    >>> x = positive("x", over=())
    >>> tangent = Lemma(ln(x), x - 1, x, equal_at=1)
    >>> p, q = positive("p q")
    >>> tangent(q / p)
    ln(qᵢ/pᵢ) ≤ qᵢ/pᵢ − 1
    >>> Lemma(ln(x), x - 2, x, equal_at=1)
    Traceback (most recent call last):
    kltools.derivations.errors.UnprovedStepError: ln x ≤ x − 2: the sides differ by −1 at x = 1
    """

    def __init__(self, smaller: Any, larger: Any, x: Symbol, equal_at: Any) -> None:
        self.smaller, self.larger, self.x, self.equal_at = map(sp.sympify, (smaller, larger, x, equal_at))
        self.strict = self._prove()

    def _prove(self) -> bool:
        """Prove the inequality; True if it is strict everywhere but at `equal_at`."""
        f, x, at = self.larger - self.smaller, self.x, self.equal_at
        if f.atoms(Sum, Product, Entry, Named):
            raise GivenError("a lemma is about numbers; it is taken to tables when it is used")
        normal = NormalForm()
        normal.of(f)
        belongs_to(at, x)
        difference = normal.left_over(f.xreplace({x: at}))
        if difference != 0:
            raise UnprovedStepError(
                f"{self}: the sides differ by {text(difference)} at {text(x)} = {text(at)}"
            )
        slope = differentiate(f, x)
        direction = _factored(slope * (x - at))
        if not is_nonnegative(direction):
            raise UnprovedStepError(
                f"{self}: the slope of the difference, {text(slope)}, has no evident sign"
            )
        # Where the slope vanishes nowhere else, the sides are equal nowhere else.
        return is_positive(_factored(slope * (x - at) / (x - at) ** 2))

    def __call__(self, x: Any, **values: Any) -> Inequality:
        """The lemma at a value of x, and of its other letters by name."""
        by_name = {a.name: a for a in (self.larger - self.smaller).free_symbols}
        unknown = set(values) - set(by_name)
        if unknown:
            raise GivenError(f"{self} has no letter {', '.join(sorted(unknown))}")
        values_of = {self.x: sp.sympify(x)} | {by_name[name]: sp.sympify(v) for name, v in values.items()}
        for letter, value in values_of.items():
            belongs_to(value, letter)
        smaller, larger = (side.xreplace(values_of) for side in (self.smaller, self.larger))
        equality = ((values_of[self.x], self.equal_at.xreplace(values_of)),) if self.strict else None
        return Inequality(smaller, larger, equality=equality)

    def __repr__(self) -> str:
        return f"{text(self.smaller)} ≤ {text(self.larger)}"


def _factored(e: Expr) -> Expr:
    return sp.factor(sp.together(by_odds(e)))


def belongs_to(value: Expr, letter: Symbol) -> None:
    """Refuse a value that is not evidently of the kind that a letter is declared as."""
    evident: list[tuple[str, Callable[[Expr], bool], Expr]] = []
    if isinstance(letter, Proportion):
        evident = [("< 1", is_positive, 1 - value), ("> 0", is_positive, value)]
    elif letter.is_positive:
        evident = [("> 0", is_positive, value)]
    elif letter.is_nonnegative:
        evident = [("≥ 0", is_nonnegative, value)]
    if letter.is_integer and not value.is_integer:
        raise GivenError(f"{letter} is declared whole, which {value} is not known to be")
    for condition, holds, quantity in evident:
        if not holds(NormalForm().of(quantity)):
            raise GivenError(f"{letter} is declared {condition}, which {value} is not known to be")


# ln x ≤ x − 1: the tangent at 1, on which Gibbs' inequality and its relatives rest.
_x = Symbol("x", positive=True)
tangent = Lemma(sp.log(_x), _x - 1, _x, equal_at=1)
