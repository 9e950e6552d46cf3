"""Expressions in numbers: random examples that satisfy the givens, and the value of a line on them.

This is the witness against a false step, never a proof of a true one. It shares no code with the prover:
tables become NumPy arrays with one axis for each index, and a sum is a sum.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy import Expr, Symbol

from kltools.derivations.errors import GivenError
from kltools.derivations.expressions import Domain, Entry, Index, Named, Product, Proportion, Sum

Array = NDArray[np.float64]

# Domains get different sizes, so that an index in the wrong place shows.
_SIZES = {"n": 3, "m": 2}
_OTHER_SIZES = (4, 5, 2)


@dataclass(frozen=True)
class Given:
    """A fact that a derivation may use: `lhs = rhs`, for every value of the free indices.

    `formula` holds the explicit form of a density, which fixes its numbers.
    """

    lhs: Expr
    rhs: Expr
    formula: Expr | None = None

    def __str__(self) -> str:
        from kltools.derivations.rendering import text

        return f"{text(self.lhs)} = {text(self.rhs)}"


@dataclass
class Example:
    """Numbers for every letter: `tables` by label, with one axis for each of an entry's indices."""

    rng: np.random.Generator
    numbers: dict[Symbol, float] = field(default_factory=dict)
    tables: dict[Symbol, Array] = field(default_factory=dict)
    domains: dict[Domain, tuple[Array, Array]] = field(default_factory=dict)
    explicit: bool = False
    fixed: set[Symbol] = field(default_factory=set)

    # ------------------------------------------------------------ making one

    def points(self, domain: Domain) -> tuple[Array, Array]:
        """The values that an index takes and the weight of each in a sum (or an integral, by quadrature)."""
        if domain not in self.domains:
            self.domains[domain] = self._quadrature(domain)
        return self.domains[domain]

    def _quadrature(self, domain: Domain) -> tuple[Array, Array]:
        if domain.kind == "bits":
            return np.arange(2.0), np.ones(2)
        if domain.kind == "counts":
            return np.arange(80.0), np.ones(80)
        if domain.kind == "reals" and self.explicit:
            # The trapezoidal rule is exact to rounding for smooth functions that vanish at both ends.
            x = np.linspace(-17, 17, 401)
            return x, np.full(401, x[1] - x[0])
        if domain.kind == "positives" and self.explicit:
            # x = e^(t − e^−t) makes the trapezoidal rule fit for the half line.
            t = np.linspace(-4.5, 4.4, 801)
            x = np.exp(t - np.exp(-t))
            return x, x * (1 + np.exp(-t)) * (t[1] - t[0])
        if domain.continuous:
            # Densities that are constant on intervals of length 1.
            return self.rng.normal(size=3), np.ones(3)
        size = _SIZES.get(domain.name) or _OTHER_SIZES[len(self.domains) % len(_OTHER_SIZES)]
        return np.arange(1.0, size + 1), np.ones(size)

    def _draw(self, label: Symbol, shape: tuple[int, ...]) -> Array:
        if isinstance(label, Proportion):
            return self.rng.uniform(0.05, 0.95, shape)
        if label.is_integer:
            return self.rng.poisson(2, shape).astype(float)
        if self.explicit:
            # Moderate numbers, so that the densities fit on the grids above.
            return self.rng.uniform(0.5, 1.5, shape) if label.is_positive else self.rng.uniform(-1, 1, shape)
        if label.is_positive:
            return self.rng.uniform(0.1, 2, shape)
        if label.is_nonnegative:
            return self.rng.uniform(0, 1, shape)
        return self.rng.normal(size=shape)

    def _envelope(self, entry: Entry) -> Array:
        """What lets a random density on the whole line vanish at both ends."""
        if not self.explicit or entry.indices[0].domain.kind != "reals":
            return np.ones(1)
        x, _ = self.points(entry.indices[0].domain)
        return np.exp(-(x**2) / 2)

    def declare(self, expressions: Iterable[Expr]) -> None:
        """Random numbers for every letter of the expressions that has none yet."""
        for e in expressions:
            entries, indices, numbers = _parts(_definitions(e))
            for entry in entries:
                if entry.label not in self.tables:
                    shape = tuple(len(self.points(a.domain)[0]) for a in entry.indices)
                    self.tables[entry.label] = self._draw(entry.label, shape) * self._envelope(entry)
            self.numbers |= {a.domain.size: float(len(self.points(a.domain)[0])) for a in indices}
            for number in numbers:
                if number not in self.numbers:
                    self.numbers[number] = float(self._draw(number, ()))

    def satisfy(self, given: Given) -> None:
        """Change a table or a number so that a given holds: scale, shift, or take the other side's value."""
        lhs = _definitions(given.lhs)
        if given.formula is not None:
            self._define(next(iter(lhs.atoms(Entry))), given.formula)
        elif isinstance(lhs, (Entry, Symbol)):
            self._define(lhs, given.rhs)
        elif isinstance(given.rhs, (Entry, Symbol)):
            self._define(given.rhs, lhs)
        elif isinstance(lhs, Sum) and isinstance(lhs.body, Entry):
            entry = lhs.body
            axes = {a: n for n, a in enumerate(entry.indices)}
            total, target = self.value(lhs, axes), self.value(given.rhs, axes)
            table = self.tables[entry.label]
            count = np.prod([table.shape[axes[a]] for a in lhs.indices])
            self.tables[entry.label] = (
                table * target / total if entry.label.is_nonnegative else table + (target - total) / count
            )
        else:
            self._solve(given)

    def _define(self, letter: Entry | Symbol, value: Expr) -> None:
        if isinstance(letter, Symbol):
            self.numbers[letter] = float(self.value(value, {}))
            self.fixed.add(letter)
        else:
            axes = {a: n for n, a in enumerate(letter.indices)}
            self.tables[letter.label] = np.broadcast_to(
                self.value(value, axes), self.tables[letter.label].shape
            ).copy()

    def _solve(self, given: Given) -> None:
        """Find the number on the right, or its square, that makes a linear equation true."""
        for symbol in sorted(given.rhs.free_symbols - given.lhs.free_symbols - self.fixed, key=str):
            if symbol in self.numbers and not symbol.is_integer:
                for power in (1, 2):
                    slope = sp.expand(given.rhs).coeff(symbol, power)
                    rest = sp.expand(given.rhs - slope * symbol**power)
                    if slope != 0 and not (slope * rest).has(symbol):
                        self._define(
                            symbol, ((_definitions(given.lhs) - rest) / slope) ** sp.Rational(1, power)
                        )
                        return

    def satisfies(self, given: Given) -> bool:
        """Whether a given holds, to rounding."""
        return bool(np.all(np.abs(self.value(given.lhs - given.rhs)) < 1e-7))

    # ------------------------------------------------------------ evaluating

    def value(self, e: Expr, axes: dict[Index, int] | None = None) -> Array:
        """The value of an expression; free indices are axes of the result, in the order of `axes`."""
        e = _definitions(e)
        _, indices, _ = _parts(e)
        if axes is None:
            free = e.free_symbols
            axes = {a: n for n, a in enumerate(a for a in indices if a in free)}
        kept = len(axes)
        axes = axes | {a: kept + n for n, a in enumerate(a for a in indices if a not in axes)}
        # A line may be undefined at some numbers: nan there, which compares as neither more nor less.
        with np.errstate(all="ignore"):
            result = np.asarray(self._evaluate(e, axes), dtype=np.float64)
        return result.reshape(result.shape[:kept]) if result.ndim else result

    def value_of_lines(self, *lines: Expr) -> list[Array]:
        """The values of several lines, side by side: arrays of one shape, an axis for each free index."""
        free = sorted(
            {a for e in lines for a in _definitions(e).free_symbols if isinstance(a, Index)}, key=str
        )
        axes = {a: n for n, a in enumerate(free)}
        return list(np.broadcast_arrays(*(self.value(e, axes) for e in lines)))

    def describe(self, *lines: Expr) -> str:
        """The numbers that the lines depend on, in words."""
        shown = []
        for label in sorted({a for e in lines for a in _definitions(e).free_symbols}, key=str):
            if label in self.tables and self.tables[label].size <= 12:
                shown.append(f"{label} = {_rounded(self.tables[label])}")
            elif label in self.numbers:
                shown.append(f"{label} = {decimals(self.numbers[label], '.4g')}")
        return ", ".join(shown)

    def _evaluate(self, e: Expr, axes: dict[Index, int]) -> Any:
        if isinstance(e, Index):
            return self._along(self.points(e.domain)[0], (e,), axes)
        if isinstance(e, Symbol):
            return self.numbers[e]
        if isinstance(e, Entry):
            return self._along(self.tables[e.label], e.indices, axes)
        if isinstance(e, (Sum, Product)):
            result = np.asarray(self._evaluate(e.body, axes), dtype=np.float64)
            result = result.reshape((1,) * (len(axes) - result.ndim) + result.shape)
            for a in e.indices:
                weights = self._along(self.points(a.domain)[1], (a,), axes)
                if isinstance(e, Sum):
                    result = (result * weights).sum(axis=axes[a], keepdims=True)
                else:
                    result = (result**weights).prod(axis=axes[a], keepdims=True)
            return result
        if isinstance(e, sp.KroneckerDelta):
            left, right = (self._evaluate(a, axes) for a in e.args)
            return (left == right) * 1.0
        if isinstance(e, (sp.Number, sp.NumberSymbol)):
            return float(e)
        values = [self._evaluate(a, axes) for a in e.args]
        if isinstance(e, sp.Add):
            return sum(values[1:], start=values[0])
        if isinstance(e, sp.Mul):
            return np.prod(np.array(np.broadcast_arrays(*values)), axis=0)
        if isinstance(e, sp.exp):
            return np.exp(values[0])
        if isinstance(e, sp.Pow):
            return np.asarray(values[0], dtype=np.float64) ** values[1]
        if isinstance(e, sp.log):
            return np.log(values[0])
        if isinstance(e, sp.factorial):
            return np.vectorize(lambda x: float(sp.factorial(int(x))))(values[0])
        raise NotImplementedError(f"no numbers for {type(e).__name__}")

    def _along(self, table: Array, indices: tuple[Index, ...], axes: dict[Index, int]) -> Array:
        """A table with each of its axes where its index stands; an index met twice takes the diagonal."""
        letters = {a: chr(ord("a") + n) for n, a in enumerate(dict.fromkeys(indices))}
        source = "".join(letters[a] for a in indices)
        ordered = sorted(letters, key=axes.__getitem__)
        table = np.einsum(f"{source}->{''.join(letters[a] for a in ordered)}", table)
        shape = [1] * len(axes)
        for a, size in zip(ordered, table.shape, strict=True):
            shape[axes[a]] = size
        return table.reshape(shape)


def _rounded(table: Array) -> str:
    """A table with four decimals, rows in brackets."""
    if table.ndim:
        return f"({', '.join(map(_rounded, table))})"
    return decimals(float(table))


def decimals(value: float, form: str = ".4f") -> str:
    """A number as the page writes it: a minus sign for a hyphen, and none before zero."""
    written = f"{value:{form}}"
    return (written if float(written) else written.lstrip("-")).replace("-", "−")


def told_apart(left: float, right: float) -> tuple[str, str]:
    """Two numbers that differ, with the decimals that it takes to see it, and at least four."""
    for places in range(4, 17):
        pair = decimals(left, f".{places}f"), decimals(right, f".{places}f")
        if pair[0] != pair[1]:
            return pair
    return decimals(left, ".17g"), decimals(right, ".17g")


def _definitions(e: Any) -> Expr:
    """Names replaced by what they stand for."""
    e = sp.sympify(e)
    if isinstance(e, Named):
        return _definitions(e.definition)
    return e.func(*map(_definitions, e.args)) if e.has(Named) else e


@lru_cache(maxsize=1024)  # each example asks for the same lines
def _parts(e: Expr) -> tuple[tuple[Entry, ...], tuple[Index, ...], tuple[Symbol, ...]]:
    """The entries, the indices and the numbers of an expression, each in the order of their names."""
    entries, indices = e.atoms(Entry), e.atoms(Index)
    numbers = e.atoms(Symbol) - indices - {a.label for a in entries}
    return tuple(sorted(entries, key=str)), tuple(sorted(indices, key=str)), tuple(sorted(numbers, key=str))


def _turn(given: Given) -> int:
    """First what is scaled to a sum, then the numbers that this fixes, then densities, then definitions."""
    if given.formula is not None:
        return 2
    if isinstance(given.lhs, (Entry, Symbol)):
        return 3
    return 1 if given.rhs.free_symbols else 0


def examples(
    expressions: Iterable[Expr], givens: Iterable[Given], count: int = 20, seed: int = 1
) -> list[Example]:
    """Random examples that satisfy the givens.

    Raises
    ------
    GivenError
        If none was found: the givens may contradict one another.
    """
    expressions, givens = list(expressions), list(givens)
    found = []
    fixed = {a.label for g in givens if g.formula is not None for a in g.lhs.atoms(Entry)}
    explicit = any(g.formula is not None for g in givens)
    # Quadrature is slower, and its examples are as good as any.
    for n in range(2 if explicit else count):
        example = Example(np.random.default_rng([seed, n]), explicit=explicit)
        example.declare([*expressions, *(x for g in givens for x in (g.lhs, g.rhs))])
        for given in sorted(givens, key=_turn):
            # A formula fixes its density, and so its moments.
            if given.formula is not None or not fixed & {
                a.label for a in _definitions(given.lhs).atoms(Entry)
            }:
                example.satisfy(given)
        for given in givens:
            if given.formula is None and not example.satisfies(given):
                raise GivenError(f"no numbers were found that satisfy {given} together with the other givens")
        for label, numbers in [*example.tables.items(), *example.numbers.items()]:
            lowest = np.asarray(numbers).min()
            above = isinstance(label, Proportion) and np.asarray(numbers).max() >= 1
            if above or (label.is_positive and lowest <= 0) or (label.is_nonnegative and lowest < 0):
                raise GivenError(f"the givens leave {label} with values that its declaration rules out")
        found.append(example)
    return found
