"""A derivation: a chain of expressions, each step with its relation, its reason and its proof."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp
from sympy import Expr, Symbol

from kltools.derivations.errors import (
    DirectionError,
    FalseStepError,
    GivenError,
    UndeclaredSymbolError,
    UndefinedExpressionError,
    UnprovedStepError,
)
from kltools.derivations.expressions import (
    Derivative,
    Domain,
    Entry,
    Index,
    Named,
    Sum,
    free_indices,
    freshen_all,
    unfold,
)
from kltools.derivations.lemmas import Inequality, belongs_to
from kltools.derivations.normal_form import NormalForm, Rules, is_nonnegative, readable
from kltools.derivations.numeric import Example, Given, examples, told_apart
from kltools.derivations.rendering import text

# Numbers that differ by less than this share of their size are taken as equal: rounding and quadrature.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Step:
    """One line: how it compares with the line above, and why."""

    relation: str
    expression: Expr
    reason: str
    by: Inequality | None = None


class Derivation:
    """A chain of equalities and inequalities in which every step is proved when it is written.

    Parameters
    ----------
    start : expression
        The first line.
    given : iterable of (lhs, rhs), sympy.Eq or Given
        The facts that the steps may use, `normalized(p)` for Σ p = 1 among them. Positivity is declared
        with the letters.

    Raises
    ------
    GivenError
        If a given contradicts another.

    Examples
    --------
    >>> from kltools.derivations import Derivation, DerivationError, H, KL, Sum, ln, positive
    >>> p, q = positive("p q")
    >>> (
    ...     Derivation(KL(p, q))
    ...     .equals(Sum(p * ln(p / q)), "the definition")
    ...     .equals(Sum(p * (ln(p) - ln(q))), "ln of a ratio")
    ...     .equals(H(p, q) - H(p), "two sums, each with its name")
    ... )
    given pᵢ, qᵢ > 0
    KL(P‖Q) = Σᵢ pᵢ ln(pᵢ/qᵢ)         the definition
            = Σᵢ pᵢ (ln pᵢ − ln qᵢ)   ln of a ratio
            = H(P, Q) − H(P)          two sums, each with its name

    A false step is refused with numbers that show it:

    >>> try:
    ...     Derivation(KL(p, q)).equals(H(p) - H(p, q), "the wrong way round")
    ... except DerivationError as refusal:
    ...     print(refusal)
    step 1 is false: KL(P‖Q) = H(P) − H(P, Q)
      reason given: the wrong way round
      at p = (1.0725, 1.9059, 0.3739), q = (1.9024, 0.6925, 0.9043):
      the left side is 0.9846, the right side is −0.9846
    """

    def __init__(self, start: Any, given: Iterable[Any] | Any = ()) -> None:
        self.start: Expr = sp.sympify(start)
        self.givens = tuple(_givens(given))
        self.steps: list[Step] = []
        rules = Rules()
        self._declared = _letters(self.start)
        for n, fact in enumerate(self.givens):
            if fact.formula is not None:
                rules.add_density(fact.lhs, fact.formula)
            else:
                self._check_against(fact, rules, self.givens[:n])
                rules.add(fact.lhs, fact.rhs)
            self._declared |= _letters(fact.lhs) | _letters(fact.rhs)
        self._normal = NormalForm(rules)
        self._check_notation()
        self._defined(self.start)
        if self.givens:
            # Numbers that satisfy all givens at once show that these do not contradict one another.
            self._on_examples()

    def _check_against(self, fact: Given, rules: Rules, earlier: Sequence[Given]) -> None:
        difference = NormalForm(rules).left_over(fact.lhs - fact.rhs)
        if difference.is_number and difference != 0:
            others = ", ".join(map(str, earlier)) or "arithmetic"
            raise GivenError(f"the given {fact} contradicts {others}")

    # ------------------------------------------------------------ writing steps

    def equals(self, expression: Any, reason: str) -> Derivation:
        """Add a line that equals the last one."""
        return self._step(Step("=", sp.sympify(expression), reason))

    def at_least(self, expression: Any, reason: str, by: Inequality | None = None) -> Derivation:
        """Add a line that the last one is ≥ to; `by` is the inequality that the step rests on."""
        return self._step(Step("≥", sp.sympify(expression), reason, by))

    def at_most(self, expression: Any, reason: str, by: Inequality | None = None) -> Derivation:
        """Add a line that the last one is ≤ to; `by` is the inequality that the step rests on."""
        return self._step(Step("≤", sp.sympify(expression), reason, by))

    def _step(self, step: Step) -> Derivation:
        if step.by is not None and not isinstance(step.by, Inequality):
            raise GivenError(
                "by=… is not yet an inequality about these letters: call it, as in gibbs() or tangent(q / p)"
            )
        if step.relation != "=" and self.relation not in ("=", step.relation):
            raise DirectionError(
                f"{self._describe(step)} goes against the chain, which has a {self.relation} already"
            )
        self._check_letters(step)
        self._check_notation(step.expression)
        self._defined(step.expression, step)
        left = self._left_over(step)
        if left != 0:
            wanted = "0" if step.relation == "=" else "≥ 0"
            hint = (
                "" if step.relation == "=" or step.by else "; name the inequality that it rests on with by=…"
            )
            self._refuse(step, f"left over, and not seen to be {wanted}: {text(readable(left))}{hint}")
        self.steps.append(step)
        return self

    def _left_over(self, step: Step) -> Expr:
        """0 if the step is proved, else what is missing."""
        gap = step.expression - self.end if step.relation == "≤" else self.end - step.expression
        if step.relation == "=":
            return self._normal.left_over(gap)
        if step.by is not None:
            for need in step.by.needs:
                if not self._has(need):
                    self._refuse(step, f"the inequality that it uses needs {need}")
            gap -= step.by.gap
        left = self._normal.left_over(gap)
        # What the inequality leaves of the gap may be ≥ 0 in plain sight.
        return sp.S.Zero if is_nonnegative(left) else left

    def _has(self, need: Given) -> bool:
        return need in self.givens or (need.formula is None and self._normal.is_zero(need.lhs - need.rhs))

    def _check_notation(self, *lines: Expr) -> None:
        """Refuse what would be read as something else than what is proved."""
        lines = (self.start, *(s.expression for s in self.steps), *lines)
        _one_meaning_each([*lines, *(side for fact in self.givens for side in (fact.lhs, fact.rhs))])
        for derivative in {a for e in lines for a in e.atoms(Derivative)}:
            for fact in self.givens:
                defined = fact.lhs.label if isinstance(fact.lhs, Entry) else fact.lhs
                if defined in derivative.constants and derivative.letter in _letters(fact.rhs):
                    raise GivenError(
                        f"{text(derivative)} takes {defined} as constant, which the given {fact} does not"
                    )

    def _check_letters(self, step: Step) -> None:
        strangers = unfold(step.expression).free_symbols - self._declared
        if indices := sorted(str(a) for a in strangers if isinstance(a, Index)):
            raise UndeclaredSymbolError(
                f"{self._describe(step)} depends on {', '.join(indices)}, which no Sum runs over; "
                "write Sum(...) around what is added up"
            )
        if strangers:
            names = ", ".join(sorted(text(a) for a in strangers))
            raise UndeclaredSymbolError(
                f"{self._describe(step)} has {names}, which neither the start nor a given mentions"
            )

    def _defined(self, e: Expr, step: Step | None = None) -> None:
        try:
            self._normal.of(e)
        except UndefinedExpressionError as problem:
            where = self._describe(step) if step else f"the start, {text(e)},"
            raise UndefinedExpressionError(f"{where} has {problem}") from None

    def _refuse(self, step: Step, missing: str) -> None:
        """Say that a step is false, with numbers that show it, or else that it is not proved."""
        claim = f"{text(self.end)} {step.relation} {text(step.expression)}"
        for example in self._on_examples(step.expression):
            above, below = example.value_of_lines(self.end, step.expression)
            off = {"=": np.abs(above - below), "≥": below - above, "≤": above - below}[step.relation]
            worst = np.unravel_index(np.argmax(np.nan_to_num(off, nan=0)), off.shape)
            if off[worst] > _ROUNDING * (1 + abs(above[worst]) + abs(below[worst])):
                left, right = told_apart(above[worst], below[worst])
                raise FalseStepError(
                    f"{self._describe(step)} is false: {claim}\n"
                    f"  reason given: {step.reason}\n"
                    f"  at {example.describe(self.end, step.expression)}:\n"
                    f"  the left side is {left}, the right side is {right}"
                )
        raise UnprovedStepError(
            f"{self._describe(step)} is not proved: {claim}\n  reason given: {step.reason}\n  {missing}"
        )

    def _describe(self, step: Step) -> str:
        number = self.steps.index(step) + 1 if step in self.steps else len(self.steps) + 1
        return f"step {number}"

    def _on_examples(self, *lines: Expr) -> list[Example]:
        return examples([self.start, *(s.expression for s in self.steps), *lines], self.givens)

    # ------------------------------------------------------------ what has been proved

    @property
    def end(self) -> Expr:
        """The last line."""
        return self.steps[-1].expression if self.steps else self.start

    @property
    def relation(self) -> str:
        """How the first line compares with the last: =, ≥ or ≤."""
        return next((s.relation for s in self.steps if s.relation != "="), "=")

    @property
    def equality(self) -> tuple[tuple[Expr, Expr], ...] | None:
        """The equations that hold, at every index, exactly when the chain is an equality; None if unknown."""
        if self.relation == "=":
            return ()
        found: list[tuple[Expr, Expr]] = []
        for n, step in enumerate(self.steps):
            if step.relation != "=":
                if step.by is None or step.by.equality is None or self._leaves_more(n):
                    return None
                found += [e for e in step.by.equality if e not in found]
        return tuple(found)

    def _leaves_more(self, n: int) -> bool:
        """Whether a step has a gap beyond that of its inequality."""
        step = self.steps[n]
        above = self.steps[n - 1].expression if n else self.start
        gap = above - step.expression if step.relation == "≥" else step.expression - above
        return step.by is None or not self._normal.is_zero(gap - step.by.gap)

    def __call__(self, **values: Any) -> Inequality:
        """The proved inequality for other tables and numbers, given by name: `gibbs(q=m)`."""
        if self.relation == "=":
            raise GivenError(
                "only an inequality can be used with by=…; an equality is proved again where it is used"
            )
        small, large = (self.start, self.end) if self.relation == "≤" else (self.end, self.start)
        # What is proved for every size n is about the n that the sums run to.
        lines = [self.start, *(s.expression for s in self.steps), *(g.lhs for g in self.givens)]
        sizes = {a.domain.size for e in lines for a in unfold(e).atoms(Index)}
        put = _Substitution(self._declared - sizes, values)
        equality = None if self.equality is None else tuple((put(a), put(b)) for a, b in self.equality)
        needs = tuple(
            Given(put(g.lhs), put(g.rhs), None if g.formula is None else put(g.formula))
            if (_letters(g.lhs) | _letters(g.rhs)) & put.letters
            else g
            for g in self.givens
        )
        return Inequality(put(small), put(large), needs, equality)

    # ------------------------------------------------------------ showing itself

    def __repr__(self) -> str:
        from kltools.derivations.rendering import derivation_text

        return derivation_text(self)

    def _repr_latex_(self) -> str:
        from kltools.derivations.rendering import derivation_latex

        return f"$$\n{derivation_latex(self)}\n$$"


class _Substitution:
    """Other expressions for tables and numbers, at whatever index an entry stands."""

    def __init__(self, declared: set[Symbol], values: dict[str, Any]) -> None:
        by_name = {a.name: a for a in declared if not isinstance(a, Index)}
        unknown = sorted(set(values) - set(by_name))
        if unknown:
            raise GivenError(f"the theorem has no letter {', '.join(unknown)}")
        self.values = {by_name[name]: sp.sympify(value) for name, value in values.items()}
        for letter, value in self.values.items():
            belongs_to(value, letter)

    @property
    def letters(self) -> set[Symbol]:
        return set(self.values)

    def __call__(self, e: Expr) -> Expr:
        e = freshen_all(unfold(e))
        changes = {a: self._entry(a) for a in e.atoms(Entry) if a.label in self.values}
        numbers = self.letters - {a.label for a in e.atoms(Entry)}
        return e.xreplace(changes | {a: self.values[a] for a in numbers})

    def _entry(self, entry: Entry) -> Expr:
        value = freshen_all(unfold(self.values[entry.label]))
        renaming: dict[Index, Index] = {}
        for own in entry.indices:
            same = [a for a in free_indices(value) if a.domain == own.domain]
            if len(same) > 1:
                raise GivenError(
                    f"{value} has several indices that could stand for the {own.name} of {entry.label}"
                )
            renaming |= dict.fromkeys(same, own)
        return value.xreplace(renaming)


def normalized(*tables: Entry) -> list[Given]:
    """The givens Σ p = 1: a joint table sums to 1 over all its indices, a conditional one over its events."""
    return [Given(Sum(p, *p.events), sp.S.One) for p in tables]


def _givens(given: Any) -> Iterable[Given]:
    """Flatten what an author writes into givens."""
    if isinstance(given, Given):
        return [given]
    if isinstance(given, sp.Eq):
        return [Given(given.lhs, given.rhs)]
    if (
        isinstance(given, tuple)
        and len(given) == 2
        and not any(isinstance(a, (Given, sp.Eq, tuple, list)) for a in given)
    ):
        return [Given(sp.sympify(given[0]), sp.sympify(given[1]))]
    if isinstance(given, (list, tuple)):
        return [fact for one in given for fact in _givens(one)]
    if given is sp.false:
        raise GivenError("a given contradicts the declarations: its two sides are never equal")
    raise GivenError(f"{given} is not a given: write Eq(left, right), or normalized(p)")


def _one_meaning_each(lines: Sequence[Expr]) -> None:
    """Refuse a letter that stands for two things, and a name with two definitions."""
    letters: dict[str, Any] = {}

    def takes(letter: str, meaning: tuple[Any, ...]) -> None:
        if letters.setdefault(letter, meaning) != meaning:
            raise GivenError(f"{letter} stands for two things; give one of them another name")

    sizes = set()
    for e in lines:
        for letter, meaning in _meanings(e):
            takes(letter, meaning)
            if isinstance(meaning[0], Domain):
                sizes.add(meaning[0].size)
    for size in sizes:
        # A table may be called m beside a sum to m; a number m would be read as the size.
        if isinstance(letters.get(text(size), (size,))[0], Symbol) and len(letters.get(text(size), ())) == 1:
            takes(text(size), (size,))
    names: dict[str, Expr] = {}
    for quantity in {a for e in lines for a in e.atoms(Named)}:
        other = names.setdefault(text(quantity), quantity.definition)
        if other != quantity.definition and not NormalForm().is_zero(other - quantity.definition):
            raise GivenError(f"{text(quantity)} is the name of two quantities; give one of them another")


@lru_cache(maxsize=1024)  # each step of a chain looks at all lines before it
def _meanings(e: Expr) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """What the letters of a line stand for: tables, indices and numbers."""
    e = unfold(e)
    entries = e.atoms(Entry)
    tables = ((a.label, (a.label, tuple(x.domain for x in a.indices), len(a.conditions))) for a in entries)
    indices = ((x, (x.domain,)) for x in e.atoms(Index))
    numbers = ((a, (a,)) for a in _numbers(e))
    return tuple((text(symbol), meaning) for symbol, meaning in (*tables, *indices, *numbers))


def _numbers(e: Expr) -> set[Symbol]:
    """The letters that stand for themselves: no table's label where an entry has it, and no index."""
    found = set()
    parts = sp.preorder_traversal(e)
    for part in parts:
        if isinstance(part, Entry):
            parts.skip()
        elif isinstance(part, Symbol) and not isinstance(part, Index):
            found.add(part)
    return found


def _letters(e: Expr) -> set[Symbol]:
    """What an expression is about: numbers, labels of tables, free indices, and the sizes of its ranges."""
    e = unfold(e)
    return set(e.free_symbols) | {a.domain.size for a in e.atoms(Index)}
