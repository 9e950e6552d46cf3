"""The prover: a normal form of expressions with sums, and signs that are evident from it.

Every rewriting below is an identity of real numbers for all values that the declarations allow, so two
expressions with the same normal form are equal. The converse is not claimed: what has no common
normal form counts as not proved. Nothing is sampled, and no rule of `simplify` is used; SymPy does the
algebra of polynomials and rational functions (`expand`, `factor`, `cancel`), with every logarithm,
exponential and sum that is left as an indeterminate of its own.

Two conventions are shared with the page: integrals and infinite sums that stand in a line converge
absolutely, and an expression is a real number, so that a logarithm is taken of something positive and a
division is by something that is not zero. The second is checked for each line: `UndefinedExpressionError`
says where it is not seen to hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, permutations, product

import sympy as sp
from sympy import Add, Expr, KroneckerDelta, Mul, Pow, S, Symbol, expand

from kltools.derivations.errors import GivenError, UndefinedExpressionError, UnprovedStepError
from kltools.derivations.expressions import (
    Entry,
    Index,
    Product,
    Proportion,
    Sum,
    free_indices,
    freshen,
    freshen_all,
    unfold,
)

# A chain of givens longer than this refers to itself.
_DEEPEST = 40


# ---------------------------------------------------------------- what is given


@dataclass(frozen=True)
class _SumRule:
    """Σ over `bound` of `body` equals `value`, for every value of the indices that are free."""

    bound: tuple[Index, ...]
    free: tuple[Index, ...]
    body: Expr
    value: Expr


@dataclass
class Rules:
    """The givens as rewritings, left side to right side."""

    symbols: dict[Symbol, Expr] = field(default_factory=dict)
    entries: dict[Symbol, tuple[Entry, Expr]] = field(default_factory=dict)
    logarithms: dict[Symbol, tuple[Entry, Expr]] = field(default_factory=dict)
    sums: list[_SumRule] = field(default_factory=list)

    def add_density(self, entry: Entry, formula: Expr) -> None:
        """Take an explicit density in: its logarithm opens, and elsewhere it stays closed."""
        self.logarithms[entry.label] = (entry, sp.log(formula))

    def add(self, lhs: Expr, rhs: Expr) -> None:
        """Take `lhs = rhs` in; `lhs` is a number's letter, a table's entry, or a sum of a product."""
        lhs, rhs = unfold(lhs), freshen_all(unfold(rhs))
        if isinstance(lhs, Entry):
            if len(set(lhs.indices)) < len(lhs.indices):
                raise GivenError(f"the given {lhs} = {rhs} is about a diagonal only")
            self.entries[lhs.label] = (lhs, rhs)
        elif isinstance(lhs, Symbol):
            self.symbols[lhs] = rhs
        else:
            self._add_sum(lhs, rhs)

    def _add_sum(self, lhs: Expr, rhs: Expr) -> None:
        normal = NormalForm().of(lhs)
        sums = [a for a in Mul.make_args(normal) if isinstance(a, Sum)]
        if len(sums) != 1 or not (normal / sums[0]).is_positive:
            raise GivenError(
                f"the given {lhs} = {rhs} needs one letter, one entry or one sum of a product on its left"
            )
        rule = sums[0]
        free = tuple(sorted(free_indices(rule), key=str))
        self.sums.append(_SumRule(rule.indices, free, rule.body, rhs * rule / normal))


# ---------------------------------------------------------------- the normal form


class NormalForm:
    """Normal forms under a set of givens; the results are kept, since the lines of a chain share terms."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()
        self._known: dict[Expr, Expr] = {}
        self._depth = 0

    def of(self, e: Expr) -> Expr:
        """A polynomial in logarithms, exponentials, entries and sums that equals `e`."""
        return self._walk(by_odds(unfold(sp.sympify(e))))

    def is_zero(self, e: Expr) -> bool:
        """Whether `e` is proved to be 0."""
        return bool(self.left_over(e) == 0)

    def left_over(self, e: Expr) -> Expr:
        """The normal form of `e`, with sums over one range joined and fractions cancelled; 0 if `e` is 0."""
        left = self.of(e)
        for _ in range(4):
            joined = self._joined(left)
            if joined in (0, left):
                return joined
            left = joined
        return left

    def _walk(self, e: Expr) -> Expr:
        if e not in self._known:
            self._depth += 1
            if self._depth > 8 * _DEEPEST:
                raise GivenError("the givens refer to one another in a circle")
            try:
                self._known[e] = self._rewrite(e)
            finally:
                self._depth -= 1
        return self._known[e]

    def _rewrite(self, e: Expr) -> Expr:
        if isinstance(e, Entry):
            return self._entry(e)
        if isinstance(e, Symbol):
            value = self.rules.symbols.get(e)
            return e if value is None else self._walk(by_odds(value))
        if isinstance(e, (sp.Rational, sp.NumberSymbol, KroneckerDelta)):
            return e
        if isinstance(e, sp.Number):
            raise UndefinedExpressionError(f"{e}, which is no exact number: write Rational(1, 10) for 0.1")
        if isinstance(e, Add):
            return Add(*map(self._walk, e.args))
        if isinstance(e, Mul):
            return expand(Mul(*map(self._walk, e.args)))
        if isinstance(e, sp.exp):
            return self._exponential(e)
        if isinstance(e, Pow):
            return self._power(self._walk(e.base), self._walk(e.exp))
        if isinstance(e, sp.log):
            return self._logarithm(self._walk(e.args[0]))
        if isinstance(e, sp.factorial):
            return sp.factorial(self._walk(e.args[0]))
        if isinstance(e, Product):
            # Π f = exp Σ ln f, for positive f.
            renamed = freshen(e)
            return sp.exp(self._sum(self._logarithm(self._walk(renamed.body)), renamed.indices))
        if isinstance(e, Sum):
            renamed = freshen(e)
            return self._sum(self._walk(renamed.body), renamed.indices)
        raise UnprovedStepError(f"the prover has no rule for {type(e).__name__}: {e}")

    def _entry(self, e: Entry) -> Expr:
        if e.label not in self.rules.entries:
            return e
        pattern, value = self.rules.entries[e.label]
        return self._walk(by_odds(_instance(pattern, e, value)))

    def _exponential(self, e: Expr) -> Expr:
        # e^(a+b) = e^a e^b.
        return Mul(*(sp.exp(a) for a in Add.make_args(self._walk(e.args[0]))))

    def _power(self, base: Expr, exponent: Expr) -> Expr:
        if exponent.is_Integer and exponent > 0:
            return expand(base**exponent)
        factors, rest = _split_positive(base)
        # (a b)^x = a^x b^x for positive a, b; for a whole x it holds for every base but 0.
        if not (rest == 1 or (exponent.is_integer and _is_nonzero(rest))):
            raise UndefinedExpressionError(
                f"a division by {readable(base)}, which is not known to differ from 0"
            )
        return expand(Mul(rest**exponent, *(a ** expand(n * exponent) for a, n in factors)))

    def _logarithm(self, argument: Expr) -> Expr:
        factors, rest = _split_positive(argument)
        if rest != 1:
            raise UndefinedExpressionError(
                f"the logarithm of {readable(argument)}, which is not known to be positive"
            )
        # ln(a b^x) = ln a + x ln b, for positive a and b.
        return expand(Add(*(n * self._log_of_factor(a) for a, n in factors)))

    def _log_of_factor(self, a: Expr) -> Expr:
        if isinstance(a, Entry) and a.label in self.rules.logarithms:
            pattern, value = self.rules.logarithms[a.label]
            return self._walk(by_odds(_instance(pattern, a, value)))
        if a.is_Integer:
            return Add(*(n * sp.log(prime) for prime, n in sp.factorint(a).items()))
        if isinstance(a, sp.exp):
            return a.args[0]
        return sp.log(a)

    # ------------------------------------------------------------ sums

    def _sum(self, body: Expr, indices: Iterable[Index]) -> Expr:
        # Σ (f + g) = Σ f + Σ g.
        return expand(Add(*(self._sum_of_product(a, tuple(indices)) for a in Add.make_args(expand(body)))))

    def _sum_of_product(self, term: Expr, indices: tuple[Index, ...]) -> Expr:
        if term == 0:
            return S.Zero
        factors, indices = _flat(term, indices)
        for delta in (a for a in factors if isinstance(a, KroneckerDelta)):
            for own, other in (delta.args, delta.args[::-1]):
                # An integral gives a single point no weight.
                counted = own in indices and not own.domain.continuous
                if counted and getattr(other, "domain", None) == own.domain:
                    # Σ_i δ_ik f_i = f_k: k lies in the range of i, since it runs through the same domain.
                    rest = Mul(*(a for a in factors if a is not delta)).xreplace({own: other})
                    return self._sum(rest, [a for a in indices if a != own]) if len(indices) > 1 else rest
        applied = self._apply_rule(factors, indices)
        if applied is not None:
            return applied
        # Σ_ij a_i b_j = (Σ_i a_i)(Σ_j b_j): factors that share no index part company.
        groups, constant = _components(factors, indices)
        return Mul(constant, *(_canonical_sum(body, own) for own, body in groups))

    def _apply_rule(self, factors: list[Expr], indices: tuple[Index, ...]) -> Expr | None:
        for rule in self.rules.sums:
            for bound in permutations(indices, len(rule.bound)):
                touched = [a for a in factors if free_indices(a) & set(bound)]
                value = _match(rule, bound, Mul(*touched))
                if value is not None:
                    # Σ_ij a_i f_ij = Σ_i a_i (Σ_j f_ij), and the inner sum is given.
                    rest = Mul(*(a for a in factors if a not in touched))
                    remaining = [a for a in indices if a not in bound]
                    inner = expand(rest * self._walk(by_odds(value)))
                    return self._sum(inner, remaining) if remaining else inner
        return None

    # ------------------------------------------------------------ deciding

    def _joined(self, e: Expr) -> Expr:
        """`e` with all sums over the same domains joined into one, its body cancelled, and summed again."""
        bodies: dict[tuple[Index, ...], Expr] = {}
        rest = S.Zero
        for term in Add.make_args(expand(e)):
            sums = [a for a in Mul.make_args(term) if isinstance(a, Sum)]
            if len(sums) == 1:
                indices = tuple(
                    Index(f"{a.domain.name}.0.{n}", a.domain) for n, a in enumerate(sums[0].indices)
                )
                body = sums[0].body.xreplace(dict(zip(sums[0].indices, indices, strict=True)))
                bodies[indices] = bodies.get(indices, S.Zero) + term / sums[0] * body
            else:
                rest += term
        total = _cancelled(rest)
        for indices, body in bodies.items():
            total += self._sum(self._walk(expand(_cancelled(body))), indices)
        if _divides_by_a_sum(total) and expand(sp.fraction(sp.together(total))[0]) == 0:
            return S.Zero
        return expand(total)


def _cancelled(e: Expr) -> Expr:
    """`e` as one fraction without common factors, where that takes more than to expand."""
    return sp.cancel(sp.together(e)) if _divides_by_a_sum(e) else e


def _divides_by_a_sum(e: Expr) -> bool:
    """Whether something like 1/(a + b) is in `e`; what cancels without shows when `e` is expanded."""
    return any(isinstance(a.base, Add) for a in e.atoms(Pow))


def readable(e: Expr) -> Expr:
    """A normal form with the letters that people write, for messages."""
    taken = {a.name for a in free_indices(e)}

    def rename(e: Expr) -> Expr:
        if isinstance(e, Sum):
            names: dict[Index, Index] = {}
            for a in e.indices:
                if "." not in a.name:
                    continue  # an author's own letter
                height, position = map(int, a.name.split(".")[1:])
                primes = height + position - 1 + (a.domain.letter in taken)
                names[a] = Index(a.domain.letter + "′" * primes, a.domain)
            e = e.xreplace(names)
            return Sum(rename(e.body), *e.indices)
        return e.func(*map(rename, e.args)) if e.has(Sum) else e

    return rename(e)


def by_odds(e: Expr) -> Expr:
    """`e` with each fraction a in (0, 1) written as o/(1 + o), where o > 0 are its odds.

    The odds run through all positive numbers as the fraction runs through (0, 1), so an identity in
    either is an identity in the other; and 1 − a = 1/(1 + o) is positive in plain sight.
    """

    def odds(label: Proportion) -> Symbol:
        # A name with a space is no author's: names are declared with spaces between.
        return Symbol(f"odds of {label.name}", positive=True)

    values: dict[Expr, Expr] = {}
    for entry in e.atoms(Entry):
        if isinstance(entry.label, Proportion):
            o = Entry(odds(entry.label), *entry.args[1:])
            values[entry] = o / (1 + o)
    for label in e.atoms(Proportion):
        # A table's label is no number by itself: entries are replaced as a whole, and first.
        values.setdefault(label, odds(label) / (1 + odds(label)))
    entries = {a: v for a, v in values.items() if isinstance(a, Entry)}
    e = e.xreplace(entries)
    return e.xreplace({a: v for a, v in values.items() if not isinstance(a, Entry)})


def _instance(pattern: Entry, e: Entry, value: Expr) -> Expr:
    """The right side of a given for an entry, at the indices of `e`."""
    return value.xreplace(dict(zip(pattern.indices, e.indices, strict=True)))


def _split_positive(e: Expr) -> tuple[list[tuple[Expr, Expr]], Expr]:
    """`e` as a product of powers of positive factors, and what is left."""
    factors: list[tuple[Expr, Expr]] = []
    rest = S.One
    for factor in Mul.make_args(sp.factor(sp.together(e))):
        base, exponent = factor.as_base_exp() if not isinstance(factor, sp.exp) else (factor, S.One)
        if isinstance(factor, sp.Rational) and factor > 0:
            factors += [(sp.Integer(factor.p), S.One), (sp.Integer(factor.q), S.NegativeOne)]
        elif base.is_positive and exponent.is_extended_real:
            factors.append((base, exponent))
        else:
            rest *= factor
    return ([*factors, (rest, S.One)], S.One) if rest != 1 and is_positive(rest) else (factors, rest)


def _is_nonzero(e: Expr) -> bool:
    return bool(is_positive(e) or is_positive(-e))


def is_nonnegative(e: Expr) -> bool:
    """Whether `e` is ≥ 0 in plain sight: sums, products and even powers of what is declared so."""
    return bool(e.is_nonnegative or expand(e).is_nonnegative or _factored(e).is_nonnegative)


def is_positive(e: Expr) -> bool:
    """Whether `e` is > 0 in plain sight."""
    return bool(e.is_positive or expand(e).is_positive or _factored(e).is_positive)


def _factored(e: Expr) -> Expr:
    # Factors show squares. With sums and logarithms as letters of their own that takes long, and shows none.
    return e if e.has(Sum, sp.log) else sp.factor(sp.together(e))


def _flat(term: Expr, indices: tuple[Index, ...]) -> tuple[list[Expr], tuple[Index, ...]]:
    """The factors of a product, with sums that depend on `indices` opened: a_i Σ_j b_ij = Σ_j a_i b_ij."""
    factors: list[Expr] = []
    queue = list(Mul.make_args(term))
    while queue:
        factor = queue.pop(0)
        if (
            isinstance(factor, Pow)
            and isinstance(factor.base, Sum)
            and factor.exp.is_Integer
            and factor.exp > 0
        ):
            queue = [factor.base] * int(factor.exp) + queue
        elif isinstance(factor, Sum) and free_indices(factor) & set(indices):
            renamed = freshen(factor)
            indices = (*indices, *renamed.indices)
            queue = [*Mul.make_args(renamed.body), *queue]
        else:
            factors.append(factor)
    return factors, indices


def _components(
    factors: list[Expr], indices: tuple[Index, ...]
) -> tuple[list[tuple[tuple[Index, ...], Expr]], Expr]:
    """Factors grouped by the indices that link them, and the factors that hold none of `indices`."""
    groups: list[tuple[set[Index], list[Expr]]] = [({a}, []) for a in indices]
    constant = S.One
    for factor in factors:
        own = free_indices(factor) & set(indices)
        if not own:
            constant *= factor
            continue
        linked = [g for g in groups if g[0] & own]
        merged = (set().union(*(g[0] for g in linked)), [*chain(*(g[1] for g in linked)), factor])
        groups = [g for g in groups if g not in linked] + [merged]
    return [(tuple(sorted(g, key=str)), Mul(*parts)) for g, parts in groups], constant


def _canonical_sum(body: Expr, indices: tuple[Index, ...]) -> Expr:
    """The sum with canonical letters: one higher than those of the sums inside, so that none is captured."""
    if body == 1 and all(a.domain.kind == "finite" for a in indices):
        return Mul(*(a.domain.size for a in indices))
    height = 1 + max((int(a.name.split(".")[1]) for s in body.atoms(Sum) for a in s.indices), default=0)

    def renamed(order: tuple[Index, ...]) -> Expr:
        letters = [Index(f"{a.domain.name}.{height}.{n}", a.domain) for n, a in enumerate(order)]
        return Sum(body.xreplace(dict(zip(order, letters, strict=True))), *letters)

    ordered = [a.domain.name for a in sorted(indices, key=lambda a: a.domain.name)]
    orders = (o for o in permutations(indices) if [a.domain.name for a in o] == ordered)
    return min(map(renamed, orders), key=sp.default_sort_key)


def _match(rule: _SumRule, bound: tuple[Index, ...], body: Expr) -> Expr | None:
    """The value of a given sum, if `body` over `bound` is an instance of it."""
    if any(a.domain != b.domain for a, b in zip(rule.bound, bound, strict=True)):
        return None
    for free in _assignments(rule.free, free_indices(body) - set(bound)):
        renaming = dict(zip(rule.bound, bound, strict=True)) | dict(zip(rule.free, free, strict=True))
        if rule.body.xreplace(renaming) == body:
            return rule.value.xreplace(dict(zip(rule.free, free, strict=True)))
    return None


def _assignments(free: tuple[Index, ...], candidates: set[Index]) -> Iterator[tuple[Index, ...]]:
    """Ways to put indices of a product for the free indices of a given, each of its own domain."""
    ordered = sorted(candidates, key=str)
    return product(*([a for a in ordered if a.domain == f.domain] for f in free))
