"""What a line is made of, as SymPy expressions: indices, tables p_i, sums over an index, names.

A table's entry is an expression, so that arithmetic on it reads as on paper:

>>> p, q = positive("p q")
>>> Sum(p * ln(p / q))
Σᵢ pᵢ ln(pᵢ/qᵢ)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import sympy as sp
from sympy import Expr, Symbol, Tuple
from sympy.core.symbol import Str

ln = sp.log


class Notation(Expr):  # type: ignore[misc]
    """An expression of ours: printed in the notation of the page wherever it shows itself."""

    # SymPy's printers look these up, also where a piece stands inside one of SymPy's own expressions.
    # They import when they are called, since the rendering knows every class of this module.
    def _sympystr(self, printer: Any) -> str:
        from kltools.derivations.rendering import text

        return text(self)

    def _latex(self, printer: Any) -> str:
        from kltools.derivations.rendering import latex

        return latex(self)


# ---------------------------------------------------------------- indices


@dataclass(frozen=True)
class Domain:
    """The set that an index runs through.

    `letter` is the index that people write for it. `kind` is "finite" (1 … size), "bits" (0, 1), "counts"
    (0, 1, 2, …), "reals", "positives", or "opaque": an integral over a space of which nothing more is known.
    """

    name: str
    letter: str = field(compare=False)
    kind: str = "finite"

    @property
    def size(self) -> Symbol:
        """The number of elements of a finite domain, a positive integer."""
        return Symbol(self.name, integer=True, positive=True)

    @property
    def continuous(self) -> bool:
        """Whether a sum over it is an integral."""
        return self.kind in ("reals", "positives", "opaque")


class Index(Symbol):  # type: ignore[misc]
    """A letter that runs through a domain: the i of Σᵢ, or the x of ∫ … dx."""

    __slots__ = ("domain",)
    domain: Domain
    _fresh = count(1)

    def __new__(cls, name: str, domain: Domain) -> Index:
        """Make a letter; two of one name and one domain are the same."""
        assumptions = {
            "finite": {"integer": True, "positive": True},
            "bits": {"integer": True, "nonnegative": True},
            "counts": {"integer": True, "nonnegative": True},
            "positives": {"positive": True},
        }.get(domain.kind, {"real": True})
        index: Index = Symbol.__xnew__(cls, name, **assumptions)
        index.domain = domain
        return index

    def __getnewargs_ex__(self) -> tuple[tuple[str, Domain], dict[str, Any]]:
        return (self.name, self.domain), {}

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), self.domain.name, self.domain.kind)

    def __or__(self, given: Index) -> Conditional:
        """`j | i`: the indices of a conditional table, a distribution over j for each i."""
        return Conditional((self,), (given,))

    def twin(self, name: str) -> Index:
        """Another letter for the same domain."""
        return Index(name, self.domain)

    def fresh(self) -> Index:
        """A letter that occurs nowhere else, so that renaming to it captures nothing."""
        return Index(f"{self.name}#{next(self._fresh)}", self.domain)


@dataclass(frozen=True)
class Conditional:
    """Indices of events, and the indices that they are conditional on."""

    events: tuple[Index, ...]
    conditions: tuple[Index, ...] = ()


def index(name: str, domain: str, kind: str = "finite") -> Index:
    """A letter for a domain of its own.

    Examples
    --------
    >>> k = index("k", "K")
    >>> Sum(1, k)
    Σₖ 1
    """
    return Index(name, Domain(domain, name, kind))


i = index("i", "n")
j = index("j", "m")
k = i.twin("k")
n = i.domain.size


# ---------------------------------------------------------------- numbers and tables


class Proportion(Symbol):  # type: ignore[misc]
    """A number strictly between 0 and 1."""

    __slots__ = ()

    def __new__(cls, name: str) -> Proportion:
        """Make a letter; two of one name are the same."""
        proportion: Proportion = Symbol.__xnew__(cls, name, positive=True)
        return proportion

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        return (self.name,), {}


class Entry(Notation):
    """The entry of a table at its indices: p_i, r_ij, b_{j|i}."""

    def __new__(cls, label: Symbol, events: Tuple, conditions: Tuple) -> Entry:
        """Make the entry of the table `label`."""
        return Expr.__new__(cls, label, events, conditions)  # type: ignore[no-any-return]

    @property
    def label(self) -> Symbol:
        """The table's name."""
        return self.args[0]

    @property
    def events(self) -> tuple[Index, ...]:
        """The indices of the events."""
        return tuple(self.args[1])

    @property
    def conditions(self) -> tuple[Index, ...]:
        """The indices that the events are conditional on."""
        return tuple(self.args[2])

    @property
    def indices(self) -> tuple[Index, ...]:
        """All indices, events first."""
        return self.events + self.conditions

    def at(self, *indices: Index) -> Entry:
        """The entry at other indices of the same domains, p_k for p_i."""
        if [a.domain for a in indices] != [a.domain for a in self.indices]:
            raise ValueError(
                f"{self} has no entry at {indices}: give one index for each of its own, of the same domain"
            )
        return self.xreplace(dict(zip(self.indices, indices, strict=True)))  # type: ignore[no-any-return]

    def _eval_is_positive(self) -> bool | None:
        return self.label.is_positive  # type: ignore[no-any-return]

    def _eval_is_nonnegative(self) -> bool | None:
        return self.label.is_nonnegative  # type: ignore[no-any-return]

    def _eval_is_integer(self) -> bool | None:
        return self.label.is_integer  # type: ignore[no-any-return]

    def _eval_is_extended_real(self) -> bool:
        return True

    def _eval_is_finite(self) -> bool:
        return True


def positive(names: str, over: Index | Conditional | tuple[Index, ...] = i) -> Any:
    """Tables of positive numbers, or with `over=()` positive numbers.

    Parameters
    ----------
    names : str
        Names with spaces between; "phat" prints as p̂.
    over : Index, tuple of Index, or `j | i`
        What the entries are numbered by: `i`, `(i, j)` for a joint table, `j | i` for a conditional one.

    Returns
    -------
    Entry or Symbol, or a list of them when there are several names

    Examples
    --------
    >>> r = positive("r", over=(i, j))
    >>> b = positive("b", over=j | i)
    >>> r, b
    (rᵢⱼ, b(j|i))
    """
    return _declare(names, over, lambda name: Symbol(name, positive=True))


def nonnegative(names: str, over: Index | Conditional | tuple[Index, ...] = i) -> Any:
    """Tables of numbers ≥ 0, see `positive`."""
    return _declare(names, over, lambda name: Symbol(name, nonnegative=True))


def counts(names: str, over: Index | Conditional | tuple[Index, ...] = i) -> Any:
    """Tables of whole numbers ≥ 0, see `positive`."""
    return _declare(names, over, lambda name: Symbol(name, integer=True, nonnegative=True))


def real(names: str, over: Index | Conditional | tuple[Index, ...] = i) -> Any:
    """Tables of real numbers, see `positive`."""
    return _declare(names, over, lambda name: Symbol(name, real=True))


def fraction(names: str, over: Index | Conditional | tuple[Index, ...] = i) -> Any:
    """Tables of numbers strictly between 0 and 1, see `positive`."""
    return _declare(names, over, Proportion)


def _declare(names: str, over: Index | Conditional | tuple[Index, ...], make: Callable[[str], Symbol]) -> Any:
    if isinstance(over, Index):
        over = (over,)
    if isinstance(over, tuple):
        over = Conditional(over)
    if len({*over.events, *over.conditions}) < len(over.events) + len(over.conditions):
        raise ValueError(f"{names} has one index twice; take another letter of the same range, as (i, k)")
    labels = [make(name) for name in names.split()]
    if not labels:
        raise ValueError("give at least one name")
    made = [Entry(x, Tuple(*over.events), Tuple(*over.conditions)) for x in labels] if over.events else labels
    return made if len(made) > 1 else made[0]


# ---------------------------------------------------------------- sums and products


class _Bound(Notation):
    """An operator that binds indices: `body` first, then the indices."""

    def __new__(cls, body: Any, *indices: Index) -> _Bound:
        body = sp.sympify(body)
        indices = indices or tuple(sorted(free_indices(body), key=lambda a: str(a.name)))
        if not indices:
            raise ValueError(f"{body} has no index to run through; name one: {cls.__name__}({body}, i)")
        if len(set(indices)) < len(indices):
            raise ValueError(f"{cls.__name__}({body}, …) has one index twice; take another letter, as k")
        return Expr.__new__(cls, body, *indices)  # type: ignore[no-any-return]

    @property
    def body(self) -> Expr:
        return self.args[0]

    @property
    def indices(self) -> tuple[Index, ...]:
        return tuple(self.args[1:])

    @property
    def free_symbols(self) -> set[Symbol]:
        return self.body.free_symbols - set(self.indices)  # type: ignore[no-any-return]

    # A sum or a product has terms: every domain has at least one element.
    def _eval_is_positive(self) -> bool | None:
        return True if self.body.is_positive else None

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.body.is_nonnegative else None

    def _eval_is_extended_real(self) -> bool | None:
        return self.body.is_extended_real  # type: ignore[no-any-return]

    def _eval_is_finite(self) -> bool:
        return True


class Sum(_Bound):
    """The sum of an expression over its indices, or the integral where an index is continuous.

    Parameters
    ----------
    body : expression
    *indices : Index
        What to sum over; by default every index that is free in `body`.

    Examples
    --------
    >>> p = positive("p")
    >>> Sum(p**2)
    Σᵢ pᵢ²

    An inequality that holds for every index is summed on both sides: see `Lemma`.
    """

    def __new__(cls, body: Any, *indices: Index) -> Any:
        """Make the sum of an expression, or of both sides of an inequality."""
        summed = getattr(body, "summed", None)
        return summed(*indices) if summed else super().__new__(cls, body, *indices)


class Product(_Bound):
    """The product of an expression over its indices, see `Sum`."""


def free_indices(expression: Expr) -> set[Index]:
    """The indices that no sum in the expression runs through."""
    return {a for a in expression.free_symbols if isinstance(a, Index)}


# ---------------------------------------------------------------- named quantities


class Named(Notation):
    """A quantity that prints under a name and stands for its definition."""

    def __new__(cls, latex: Str, text: Str, definition: Expr) -> Named:
        """Make a name for a definition."""
        return Expr.__new__(cls, latex, text, definition)  # type: ignore[no-any-return]

    @property
    def definition(self) -> Expr:
        """What the name stands for."""
        return self.args[2]

    @property
    def free_symbols(self) -> set[Symbol]:
        """Those of the definition."""
        return self.definition.free_symbols  # type: ignore[no-any-return]

    def _eval_is_extended_real(self) -> bool:
        return True

    def _eval_is_finite(self) -> bool:
        return True


class Derivative(Named):
    """A derivative under its name; it treats every letter but its own as constant."""

    def __new__(cls, latex: Str, text: Str, definition: Expr, f: Expr, x: Symbol | Entry) -> Derivative:
        """Make a name for the derivative `definition` of `f` by `x`."""
        return Expr.__new__(cls, latex, text, definition, f, x)  # type: ignore[no-any-return]

    @property
    def constants(self) -> set[Symbol]:
        """The letters of the function that the derivative does not follow."""
        return unfold(self.args[3]).free_symbols - {self.letter}  # type: ignore[no-any-return]

    @property
    def letter(self) -> Symbol:
        """The number, or the label of the table, that it is a derivative by."""
        x = self.args[4]
        return x.label if isinstance(x, Entry) else x


def named(name: str, definition: Any, latex: str | None = None) -> Named:
    """A quantity shown by its name: `named("H(X, Y)", -Sum(r * ln(r)))`."""
    if not any(c.isalpha() for c in name):
        raise ValueError(f"{name} is no name: it needs a letter, so that it is not read as a number")
    return Named(Str(latex or name), Str(name), sp.sympify(definition))


def differentiate(f: Expr, x: Symbol | Entry) -> Expr:
    """∂f/∂x by the rules of the calculus, with δ for one entry of a table by another.

    A sum's index is renamed to a fresh one first: in ∂/∂q_k Σ_k q_k the two k are not the same.
    """
    if not isinstance(x, (Symbol, Entry)):
        raise ValueError(f"a derivative is by one letter or one entry, and {x} is neither")
    if f == x:
        return sp.S.One
    if not f.free_symbols & {x.label if isinstance(x, Entry) else x}:
        return sp.S.Zero
    if isinstance(f, Entry):
        if isinstance(x, Entry) and f.label == x.label:
            return sp.Mul(*(sp.KroneckerDelta(a, b) for a, b in zip(f.indices, x.indices, strict=True)))
        if x in f.indices:
            raise NotImplementedError(f"{f} depends on {x} in a way that the derivative does not know")
        return sp.S.Zero
    if isinstance(f, sp.Add):
        return sp.Add(*(differentiate(a, x) for a in f.args))
    if isinstance(f, sp.Mul):
        return sp.Add(
            *(sp.Mul(*f.args[:n], differentiate(a, x), *f.args[n + 1 :]) for n, a in enumerate(f.args))
        )
    if isinstance(f, sp.exp):
        return f * differentiate(f.args[0], x)
    if isinstance(f, sp.Pow):
        base, exponent = f.args
        by_base = exponent * base ** (exponent - 1) * differentiate(base, x)
        by_exponent = differentiate(exponent, x)
        return by_base + (f * ln(base) * by_exponent if by_exponent != 0 else 0)
    if isinstance(f, sp.log):
        return differentiate(f.args[0], x) / f.args[0]
    if isinstance(f, Sum):
        if any(a.domain.kind not in ("finite", "bits") for a in f.indices):
            raise NotImplementedError("a derivative is not taken under an integral or an infinite sum")
        renamed = freshen(f)
        return Sum(differentiate(renamed.body, x), *renamed.indices)
    raise NotImplementedError(f"no rule to differentiate {type(f).__name__}")


# ---------------------------------------------------------------- rewriting by definition


def unfold(e: Expr) -> Expr:
    """`e` with every name replaced by its definition."""
    e = sp.sympify(e)
    if isinstance(e, Named):
        return unfold(e.definition)
    return e.func(*map(unfold, e.args)) if e.has(Named) else e


def freshen(e: _Bound) -> _Bound:
    """The same sum or product with letters that occur nowhere else: the value does not depend on them."""
    return e.xreplace({a: a.fresh() for a in e.indices})  # type: ignore[no-any-return]


def freshen_all(e: Expr) -> Expr:
    """`e` with every bound index renamed to a fresh one, so that a substitution captures nothing."""
    if isinstance(e, _Bound):
        e = freshen(e)
        return e.func(freshen_all(e.body), *e.indices)
    return e.func(*map(freshen_all, e.args)) if e.has(_Bound) else e
