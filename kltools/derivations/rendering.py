"""Expressions as people write them: p ln p rather than log(p)·p, in LaTeX for KaTeX and in plain text.

One walk over the expression decides the order of terms and factors; a style writes them down.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import sympy as sp
from sympy import Expr, Symbol
from sympy.printing.pretty.pretty_symbology import pretty_symbol, pretty_use_unicode

from kltools.derivations.expressions import (
    Entry,
    Index,
    Named,
    Product,
    Proportion,
    Sum,
    free_indices,
    unfold,
)

if TYPE_CHECKING:
    from kltools.derivations.derivation import Derivation

# What a piece of output binds like: a sum needs brackets inside a product, a product inside a power.
ADD, MUL, ATOM = range(3)

_SUBSCRIPTS = str.maketrans("0123456789ijklmnprstuvxaeho", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₗₘₙₚᵣₛₜᵤᵥₓₐₑₕₒ")
_SUPERSCRIPTS = str.maketrans("0123456789-nijkx", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿⁱʲᵏˣ")


def symbol_latex(symbol: Symbol) -> str:
    r"""The name of a symbol in LaTeX: \mu_{1} for mu1, \hat{p} for phat."""
    return sp.latex(_plain(symbol))  # type: ignore[no-any-return]


@lru_cache(10_000)
def symbol_text(symbol: Symbol) -> str:
    """The name of a symbol in plain text: μ₁ for mu1, p̂ for phat."""
    # SymPy spells Greek letters out where the stream that it was first imported with was not a terminal's.
    before = pretty_use_unicode(True)
    try:
        return pretty_symbol(_plain(symbol).name)  # type: ignore[no-any-return]
    finally:
        pretty_use_unicode(before)


def _plain(symbol: Symbol) -> Symbol:
    """A symbol without the number that makes a renamed index unique."""
    return Symbol(symbol.name.partition("#")[0])


class _Style(ABC):
    """How the pieces of an expression are written down in one language."""

    minus: str
    ln: str
    times = " "

    @abstractmethod
    def symbol(self, symbol: Symbol) -> str: ...

    @abstractmethod
    def named(self, named: Named) -> str: ...

    @abstractmethod
    def brackets(self, inner: str) -> str: ...

    @abstractmethod
    def fraction(self, numerator: tuple[str, int], denominator: tuple[str, int]) -> tuple[str, int]: ...

    @abstractmethod
    def power(self, base: str, exponent: Expr) -> str: ...

    @abstractmethod
    def root(self, inner: str) -> str: ...

    @abstractmethod
    def exponential(self, exponent: Expr) -> str: ...

    @abstractmethod
    def entry(self, entry: Entry) -> str: ...

    @abstractmethod
    def over(self, sign: str, indices: Sequence[Index]) -> str: ...

    @abstractmethod
    def integral(self, indices: Sequence[Index]) -> tuple[str, str]: ...

    @abstractmethod
    def delta(self, a: str, b: str) -> str: ...


class _Latex(_Style):
    minus, ln = "-", r"\ln"

    def symbol(self, symbol: Symbol) -> str:
        return symbol_latex(symbol)

    def named(self, named: Named) -> str:
        return str(named.args[0].name)

    def brackets(self, inner: str) -> str:
        return rf"\left({inner}\right)"

    def fraction(self, numerator: tuple[str, int], denominator: tuple[str, int]) -> tuple[str, int]:
        return rf"\frac{{{numerator[0]}}}{{{denominator[0]}}}", ATOM

    def power(self, base: str, exponent: Expr) -> str:
        return f"{base}^{{{write(exponent, self)[0]}}}"

    def root(self, inner: str) -> str:
        return rf"\sqrt{{{inner}}}"

    def exponential(self, exponent: Expr) -> str:
        return f"e^{{{write(exponent, self)[0]}}}"

    def entry(self, entry: Entry) -> str:
        name = self.symbol(entry.label)
        events = "".join(map(self.symbol, entry.events))
        conditions = "".join(map(self.symbol, entry.conditions))
        if any(a.domain.kind != "finite" for a in entry.indices):
            return f"{name}({events}{' | ' + conditions if conditions else ''})"
        base, _, own = name.partition("_")
        subscript = f"{events}|{conditions}" if conditions else events
        return f"{base}_{{{own.strip('{}') + ',' if own else ''}{subscript}}}"

    def over(self, sign: str, indices: Sequence[Index]) -> str:
        def limits(a: Index) -> str:
            ranges = {"counts": r" \ge 0", "bits": r" \in \{0, 1\}"}
            return self.symbol(a) + ranges.get(a.domain.kind, "")

        return rf"\{sign}_{{{', '.join(map(limits, indices))}}}"

    def integral(self, indices: Sequence[Index]) -> tuple[str, str]:
        return r"\int" * len(indices) + " ", "".join(rf"\,d{self.symbol(a)}" for a in indices)

    def delta(self, a: str, b: str) -> str:
        return rf"\delta_{{{a}{b}}}"


class _Text(_Style):
    minus, ln = "−", "ln"

    def symbol(self, symbol: Symbol) -> str:
        return symbol_text(symbol)

    def named(self, named: Named) -> str:
        return str(named.args[1].name)

    def brackets(self, inner: str) -> str:
        return f"({inner})"

    def fraction(self, numerator: tuple[str, int], denominator: tuple[str, int]) -> tuple[str, int]:
        if (numerator[0], denominator[0]) == ("1", "2"):
            return "½", ATOM
        top = numerator[0] if numerator[1] > ADD else self.brackets(numerator[0])
        bottom = denominator[0] if denominator[1] == ATOM else self.brackets(denominator[0])
        return f"{top}/{bottom}", MUL

    def power(self, base: str, exponent: Expr) -> str:
        inner, binding = write(exponent, self)
        plain = inner.replace("−", "-")
        if all(ord(c) in _SUPERSCRIPTS for c in plain):
            return base + plain.translate(_SUPERSCRIPTS)
        return f"{base}^{inner if binding == ATOM else self.brackets(inner)}"

    def root(self, inner: str) -> str:
        return f"√({inner})"

    def exponential(self, exponent: Expr) -> str:
        return f"exp({write(exponent, self)[0]})"

    def entry(self, entry: Entry) -> str:
        name = self.symbol(entry.label)
        events = "".join(map(self.symbol, entry.events))
        conditions = "".join(map(self.symbol, entry.conditions))
        if conditions or any(a.domain.kind != "finite" for a in entry.indices) or lowered(events)[0] == "_":
            return f"{name}({events}{'|' + conditions if conditions else ''})"
        return name + lowered(events)

    def over(self, sign: str, indices: Sequence[Index]) -> str:
        symbol = {"sum": "Σ", "prod": "Π"}[sign]
        return symbol + lowered("".join(map(self.symbol, indices)))

    def integral(self, indices: Sequence[Index]) -> tuple[str, str]:
        return "∫" * len(indices) + " ", "".join(f" d{self.symbol(a)}" for a in indices)

    def delta(self, a: str, b: str) -> str:
        return f"δ{(a + b).translate(_SUBSCRIPTS)}"


LATEX, TEXT = _Latex(), _Text()


def latex(e: Expr, *, within_product: bool = False) -> str:
    """An expression in LaTeX."""
    return _bound_as(sp.sympify(e), LATEX, MUL if within_product else ADD)


def text(e: Expr, *, within_product: bool = False) -> str:
    """An expression in plain text."""
    return _bound_as(sp.sympify(e), TEXT, MUL if within_product else ADD)


def lowered(name: str) -> str:
    """A name as a subscript in plain text: ᵢ where Unicode has the letter, _z where it has not."""
    return name.translate(_SUBSCRIPTS) if all(ord(c) in _SUBSCRIPTS for c in name) else f"_{name}"


@lru_cache(10_000)  # a piece is written once for the order of pieces, and again in each that it is part of
def write(e: Expr, style: _Style) -> tuple[str, int]:
    """An expression written down, and what it binds like."""
    if isinstance(e, Named):
        return style.named(e), ATOM
    if isinstance(e, Entry):
        return style.entry(e), ATOM
    if isinstance(e, (Sum, Product)):
        return _sum(e, style)
    if isinstance(e, Symbol):
        return style.symbol(e), ATOM
    if isinstance(e, sp.KroneckerDelta):
        return style.delta(*(write(a, style)[0] for a in e.args)), ATOM
    if isinstance(e, sp.Add):
        return _add(e, style)
    if isinstance(e, sp.log):
        inner, binding = write(e.args[0], style)
        simple = binding == ATOM and not isinstance(e.args[0], (Sum, Product))
        return (f"{style.ln} {inner}" if simple else style.ln + style.brackets(inner)), MUL
    if isinstance(e, sp.exp):
        return style.exponential(e.args[0]), ATOM
    if isinstance(e, sp.Pow) and not _is_below(e):
        if e.exp == sp.Rational(1, 2):
            return style.root(write(e.base, style)[0]), ATOM
        # A fraction needs brackets under an exponent, also where it needs none in a product.
        loose = isinstance(e.base, (sp.Add, sp.Mul, sp.factorial)) or (e.base.is_Rational and e.base.q != 1)
        return style.power(_bound_as(e.base, style, ATOM + 1 if loose else ATOM), e.exp), ATOM
    if isinstance(e, (sp.Mul, sp.Pow)) or (isinstance(e, sp.Rational) and (e.q != 1 or e < 0)):
        return _mul(e, style)
    if isinstance(e, sp.factorial):
        return f"{_bound_as(e.args[0], style, ATOM)}!", ATOM
    if e == sp.pi:
        return style.symbol(Symbol("pi")), ATOM
    if e == sp.E:
        return "e", ATOM
    return str(e), ATOM


def _bound_as(e: Expr, style: _Style, binding: int) -> str:
    written, own = write(e, style)
    return written if own >= binding else style.brackets(written)


def _order(factor: Expr) -> tuple[int, int, str]:
    """P ln p, 2 σ x, ½ Σ: numbers, indices, entries, names, brackets, logarithms, and sums last."""
    base = factor.base if isinstance(factor, sp.Pow) and not isinstance(factor, sp.exp) else factor
    indices = 0
    if factor.has(Sum, Product) and not isinstance(base, Named):
        rank = 7
    elif isinstance(base, sp.log):
        rank = 6
    elif isinstance(base, sp.Add):
        rank = 5
    elif isinstance(base, (sp.exp, Named)):
        rank = 4
    elif isinstance(base, Entry):
        rank, indices = 2, len(base.indices)
    else:
        rank = 1 if isinstance(base, Index) else 0
    return rank, indices, text(1 / factor if _is_below(factor) else factor)


def _is_below(factor: Expr) -> bool:
    """Whether a factor is written below the line."""
    if not isinstance(factor, sp.Pow) or isinstance(factor, sp.exp):
        return False
    return bool(factor.exp.as_coeff_Mul()[0] < 0)


def _is_root(factor: Expr) -> bool:
    return isinstance(factor, sp.Pow) and factor.exp == sp.Rational(1, 2)


def _one_root(factors: list[Expr]) -> list[Expr]:
    """√2 √π as √(2π)."""
    roots = [a for a in factors if _is_root(a)]
    if len(roots) < 2:
        return factors
    inside = sp.Mul(*(a.base for a in roots))
    return [*(a for a in factors if a not in roots), sp.Pow(inside, sp.Rational(1, 2), evaluate=False)]


def _mul(e: Expr, style: _Style) -> tuple[str, int]:
    coefficient, rest = e.as_coeff_Mul(rational=True)
    factors = sorted(sp.Mul.make_args(rest), key=_order) if rest != 1 else []
    below = [1 / a for a in factors if _is_below(a)]
    above = [a for a in factors if not _is_below(a)]
    for root in [a for a in above if _is_root(a) and a.base.is_Integer and coefficient.q % a.base == 0]:
        # SymPy keeps 1/√2 as √2/2.
        above.remove(root)
        below.append(root)
        coefficient *= root.base
    below = _one_root(below)
    # Logarithms and sums stand beside a fraction, not on top of it.
    tail = [a for a in above if _order(a)[0] >= 6 or isinstance(a, Named)]
    head = _one_root([a for a in above if a not in tail])
    if coefficient.q == 1 and not below:
        head, tail = head + tail, []
    sign, magnitude = (style.minus if coefficient < 0 else ""), abs(coefficient)

    def product(number: int, parts: Sequence[Expr]) -> tuple[str, int]:
        if not parts:
            return str(number), ATOM
        if number == 1 and len(parts) == 1:
            return write(parts[0], style)
        shown = [str(number)] if number != 1 else []
        for n, part in enumerate(parts):
            last = n == len(parts) - 1
            open_ended = isinstance(part, (Sum, Product, sp.log))
            shown.append(_bound_as(part, style, MUL if last or not open_ended else ATOM))
        return style.times.join(shown), MUL

    pieces: list[tuple[str, int]] = []
    if below or magnitude.q != 1:
        pieces.append(style.fraction(product(magnitude.p, head), product(magnitude.q, below)))
    elif head or magnitude != 1 or not tail:
        pieces.append(product(magnitude.p, head))
    if tail:
        pieces.append(product(1, tail))
    if len(pieces) == 1 and not sign:
        return pieces[0]
    shown = [piece if own >= MUL else style.brackets(piece) for piece, own in pieces]
    written = style.times.join(shown)
    # A leading minus binds like a sum: a (−b) needs its brackets.
    return sign + written, ADD if sign else MUL


def _add(e: sp.Add, style: _Style) -> tuple[str, int]:
    terms = sorted(e.args, key=lambda a: (_is_negative(a), a.is_Number, _order(a)[0] >= 6, text(a)))
    denominators = {a.as_coeff_Mul(rational=True)[0].q for a in terms}
    if len(denominators) == 1 and denominators != {1} and not e.has(Sum, Product, Named, sp.log):
        # SymPy has multiplied (a + b)/2 out; people write it in one fraction
        (q,) = denominators
        return style.fraction(_add(sp.Add(*(q * a for a in terms)), style), (str(q), ATOM))
    written = ""
    for n, term in enumerate(terms):
        negative = _is_negative(term)
        if not negative:
            piece = write(term, style)[0]
            # An integral or a sum runs to the end of its term, so what follows it is outside.
            written += piece if n == 0 else f" + {piece}"
        else:
            piece = _bound_as(-term, style, MUL)
            written += style.minus + piece if n == 0 else f" {style.minus} {piece}"
    return written, ADD


def _is_negative(term: Expr) -> bool:
    return bool(term.as_coeff_Mul()[0] < 0)


def _sum(e: Sum | Product, style: _Style) -> tuple[str, int]:
    discrete = [a for a in e.indices if not a.domain.continuous]
    continuous = [a for a in e.indices if a.domain.continuous]
    body, binding = write(e.body, style)
    bracketed = body if binding >= MUL and not _has_open_number(e.body) else style.brackets(body)
    opening, closing = style.integral(continuous) if continuous else ("", "")
    inner = opening + bracketed + closing
    if discrete:
        inner = f"{style.over('sum' if isinstance(e, Sum) else 'prod', discrete)} {inner}"
    return inner, MUL


def _has_open_number(body: Expr) -> bool:
    """Σ (2 p) rather than Σ 2 p, where the number could be taken for a limit."""
    number, rest = body.as_coeff_Mul(rational=True)
    return bool(number != 1 and rest != 1 and number.q == 1)


# ---------------------------------------------------------------- derivations

# A start that is longer stands on a line of its own, so that the block stays narrow.
_SHORT = 16
# What fits beside the mathematics on a phone that is 390 pixels wide, in letters.
_PHONE = 34
_RELATIONS = {"=": "=", "≥": r"\ge", "≤": r"\le"}
_TEX = {
    "≤": r"$\le$", "≥": r"$\ge$", "−": "$-$", "′": "$'$", "²": "$^2$", "½": r"$\tfrac12$", "‖": r"$\|$",
    "·": r"$\cdot$", "∞": r"$\infty$", "→": r"$\to$", "Σ": r"$\Sigma$",
    "λ": r"$\lambda$", "μ": r"$\mu$", "σ": r"$\sigma$", "θ": r"$\theta$",
    "₁": "$_1$", "₂": "$_2$", "%": r"\%", "&": r"\&", "_": r"\_", "#": r"\#",
}  # fmt: skip


def reason_latex(reason: str) -> str:
    """A reason in words as LaTeX text."""
    return rf"\text{{{''.join(_TEX.get(c, c) for c in reason)}}}"


def _declarations(derivation: Derivation, style: _Style) -> list[str]:
    """What the letters are declared as, for the line of the givens: p_i > 0."""
    lines = [derivation.start, *(s.expression for s in derivation.steps), *(g.lhs for g in derivation.givens)]
    entries: dict[str, Expr] = {}
    for e in map(unfold, lines):
        labels = {a.label for a in e.atoms(Entry)}
        for a in sorted(e.atoms(Entry), key=text):
            letters = {b: Index(b.domain.letter, b.domain) for b in a.indices}
            # r_ik keeps its letters: r_ii would be the diagonal.
            apart = len(set(letters.values())) == len(letters)
            entries.setdefault(a.label.name, a.xreplace(letters) if apart else a)
        for a in e.atoms(Symbol) - labels:
            if not isinstance(a, Index) and not a.is_integer:
                entries.setdefault(a.name, a)
    signs = {"greater": [], "atleast": [], "between": []}  # type: dict[str, list[str]]
    for _, a in sorted(entries.items()):
        label = a.label if isinstance(a, Entry) else a
        kind = (
            "between"
            if isinstance(label, Proportion)
            else "greater"
            if label.is_positive
            else "atleast"
            if label.is_nonnegative
            else None
        )
        if kind:
            signs[kind].append(write(a, style)[0])
    at_least, times = (r"\ge", r"\,") if style is LATEX else ("≥", "")
    shown = [
        f"{', '.join(names)} {sign} 0"
        for names, sign in ((signs["greater"], ">"), (signs["atleast"], at_least))
        if names
    ]
    return shown + [f"0 < {a} < {times}1".replace(r"\,", "") for a in signs["between"]]


def _wrapped(head: str, items: Sequence[str], width: int = 79) -> str:
    """Items in lines of at most `width` letters where they fit, none broken in two."""
    lines = [head]
    for n, item in enumerate(items):
        piece = item + (", " if n < len(items) - 1 else "")
        if len(lines[-1]) + len(piece.rstrip()) > width and lines[-1].strip() != head.strip():
            lines.append(" " * len(head))
        lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines) + "\n"


def derivation_text(derivation: Derivation) -> str:
    """A derivation in plain text, its relations and its reasons aligned."""
    start = text(derivation.start)
    rows = [(s.relation, text(s.expression), s.reason) for s in derivation.steps]
    head, indent = (f"{start} ", len(start)) if len(start) <= _SHORT else (f"{start}\n   ", 2)
    width = max((len(e) for _, e, _ in rows), default=0)
    lines = []
    for n, (relation, e, reason) in enumerate(rows):
        lead = head if n == 0 else " " * (indent + 1)
        lines.append(f"{lead}{relation} {e:{width}}   {reason}".rstrip())
    body = "\n".join(lines) if lines else start
    conditions = [
        *_declarations(derivation, TEXT),
        *(f"{text(g.lhs)} = {text(g.rhs)}" for g in derivation.givens),
    ]
    given = _wrapped("given ", conditions) if conditions else ""
    closing = f"\nequality exactly when {_equality(derivation, TEXT, ' and ')}" if derivation.equality else ""
    return given + body + closing


def _equality(derivation: Derivation, style: _Style, conjunction: str) -> str:
    """The case of equality: for every index, or almost every point of an integral."""
    equations = derivation.equality or ()
    almost = any(a.domain.continuous for pair in equations for a in free_indices(pair[0]))
    said = conjunction.join(" = ".join(write(side, style)[0] for side in pair) for pair in equations)
    words = " almost everywhere"
    return said + ((rf"\text{{{words}}}" if style is LATEX else words) if almost else "")


def _given_lines(derivation: Derivation, width: int = 22) -> list[str]:
    """The givens in LaTeX, as many to a line as have room beside the word on a phone."""
    shown = [*_declarations(derivation, TEXT), *(f"{text(g.lhs)} = {text(g.rhs)}" for g in derivation.givens)]
    typeset = [
        *_declarations(derivation, LATEX),
        *(f"{latex(g.lhs)} = {latex(g.rhs)}" for g in derivation.givens),
    ]
    lines: list[str] = []
    used = width
    for plain, tex in zip(shown, typeset, strict=True):
        if used + len(plain) > width:
            lines.append(tex)
            used = len(plain)
        else:
            lines[-1] += rf",\ {tex}"
            used += len(plain)
    return lines


def derivation_latex(derivation: Derivation) -> str:
    """A derivation as one aligned block, its reasons beside the lines, or below where a phone has no room."""
    start = derivation.start
    short = len(text(start)) <= _SHORT
    beside = all(
        len(text(s.expression)) + len(s.reason) + short * len(text(start)) <= _PHONE for s in derivation.steps
    )
    rows = [
        rf"&\text{{given }} \textstyle {line}"
        if n == 0
        else rf"&\phantom{{\text{{given }}}} \textstyle {line}"
        for n, line in enumerate(_given_lines(derivation))
    ]
    if not short:
        rows.append(f"&{latex(start)}")
    for n, step in enumerate(derivation.steps):
        lead = latex(start) if short and n == 0 else ""
        line = rf"{lead} &{_RELATIONS[step.relation]} {latex(step.expression)}"
        reason = rf"{{\small {reason_latex(step.reason)}}}"
        rows.append(rf"{line} \quad {reason}" if beside else rf"{line} \\[-0.3em] &\qquad {reason}")
    if derivation.equality:
        equations = _equality(derivation, LATEX, r" \text{ and } ")
        rows.append(rf"&\text{{equality exactly when }} {equations}")
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"
