"""What a theorem of the library is, and the list of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from inspect import cleandoc
from typing import Any

import numpy as np

from kltools.derivations import Derivation, Inequality

# Two values of the same quantity, found in different ways, and how they compare.
Comparison = tuple[Any, str, Any]
Check = Callable[[np.random.Generator], Comparison]

# Rounding in a handful of NumPy operations on numbers of ordinary size; the integrals' checks pass their own.
_ROUNDING = 1e-9


@dataclass
class Theorem:
    """A statement, the chapter that uses it, its derivations and a numerical check.

    The derivations are made, and so proved, when they are first asked for.
    """

    name: str
    statement: str
    chapter: str
    prove: Callable[[], Derivation | tuple[Derivation, ...]]
    check: Check
    scope: str
    tolerance: float
    intuition: str = field(default="")

    @cached_property
    def derivations(self) -> tuple[Derivation, ...]:
        """The proved chains; the last one ends in the statement."""
        proved = self.prove()
        return proved if isinstance(proved, tuple) else (proved,)

    def __call__(self, **values: Any) -> Inequality:
        """The proved inequality for other tables, for `by=` in another derivation."""
        return self.derivations[-1](**values)

    def agrees(self, rng: np.random.Generator) -> bool:
        """Whether the statement holds on one random input, computed without the prover."""
        left, relation, right = self.check(rng)
        slack = self.tolerance * (1 + np.abs(left) + np.abs(right))
        difference = np.asarray(left) - np.asarray(right)
        within = {"=": np.abs(difference) <= slack, "≥": difference >= -slack, "≤": difference <= slack}
        return bool(np.all(within[relation]))

    def __repr__(self) -> str:
        parts = [f"{self.statement}  ({self.scope})", *map(repr, self.derivations)]
        return "\n\n".join(parts)

    def _repr_markdown_(self) -> str:
        return "\n\n".join(d._repr_latex_() for d in self.derivations)


THEOREMS: dict[str, Theorem] = {}


def theorem(
    statement: str,
    *,
    chapter: str,
    check: Check,
    scope: str = "any number of outcomes",
    tolerance: float = _ROUNDING,
) -> Callable[[Callable[[], Derivation | tuple[Derivation, ...]]], Theorem]:
    """Enter a function that makes derivations into the library; its docstring is one line of intuition."""

    def enter(prove: Callable[[], Derivation | tuple[Derivation, ...]]) -> Theorem:
        made = Theorem(
            prove.__name__, statement, chapter, prove, check, scope, tolerance, cleandoc(prove.__doc__ or "")
        )
        THEOREMS[made.name] = made
        return made

    return enter


def distribution(rng: np.random.Generator, *shape: int) -> Any:
    """A random table that sums to 1."""
    p = rng.exponential(size=shape or (5,))
    return p / p.sum()
