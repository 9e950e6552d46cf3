"""Quantities under their names: H(P), H(P, Q), KL(P‖Q), JSD(P, Q), expectations and derivatives.

>>> from kltools.derivations import KL, positive
>>> p, q = positive("p q")
>>> KL(p, q)
KL(P‖Q)
>>> KL(p, q).definition
Σᵢ pᵢ ln(pᵢ/qᵢ)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp
from sympy import Expr, Symbol
from sympy.core.symbol import Str

from kltools.derivations.expressions import (
    Derivative,
    Entry,
    Index,
    Named,
    Sum,
    differentiate,
    free_indices,
    freshen_all,
    ln,
    unfold,
)
from kltools.derivations.rendering import latex, lowered, text


def _letter(p: Expr) -> tuple[str, str]:
    """LaTeX and text of a distribution's name: P for p_i, P given i for b_{j|i}, (P + Q)/2 for a mixture."""

    def capital(entry: Entry) -> Symbol:
        return Symbol(entry.label.name[0].upper() + entry.label.name[1:])

    name = p.xreplace({entry: capital(entry) for entry in p.atoms(Entry)})
    if isinstance(p, Entry) and p.conditions:
        condition = p.conditions[0]
        return f"{latex(name)}_{{{latex(condition)}}}", text(name) + lowered(text(condition))
    return latex(name), text(name)


def _events(*distributions: Expr) -> tuple[Index, ...]:
    """The indices of the events: not those that a conditional table is only conditional on."""
    events = {a for p in distributions for entry in p.atoms(Entry) for a in entry.events}
    free = {a for p in distributions for a in free_indices(p)}
    return tuple(sorted(events & free, key=lambda a: str(a.name)))


def _functional(latex: str, text: str, definition: Callable[..., Expr], *arguments: Any) -> Named:
    """`latex` and `text` with the arguments' names in place of {0}, {1}, …, summed over the events."""
    arguments = tuple(map(sp.sympify, arguments))
    events = {_events(a) for a in arguments} - {()}
    if len(events) > 1:
        raise ValueError(f"{', '.join(map(str, arguments))} are not distributions over the same indices")
    letters = [_letter(a) for a in arguments]
    shown = latex.format(*(a for a, _ in letters)), text.format(*(b for _, b in letters))
    return Named(Str(shown[0]), Str(shown[1]), Sum(definition(*arguments), *_events(*arguments)))


def H(p: Expr, q: Expr | None = None) -> Named:
    """Entropy H(P), or with two arguments cross-entropy H(P, Q), in nats."""
    if q is None:
        return _functional("H({0})", "H({0})", lambda p: -p * ln(p), p)
    return _functional("H({0}, {1})", "H({0}, {1})", lambda p, q: -p * ln(q), p, q)


def KL(p: Expr, q: Expr) -> Named:
    """Kullback–Leibler divergence of P from Q, in nats; the expectation is under P."""
    return _functional(
        r"D_{{\mathrm{{KL}}}}({0} \,\|\, {1})", "KL({0}‖{1})", lambda p, q: p * ln(p / q), p, q
    )


def J(p: Expr, q: Expr) -> Named:
    """Jeffreys divergence, KL both ways added, in nats."""
    return _functional("J({0}, {1})", "J({0}, {1})", lambda p, q: p * ln(p / q) + q * ln(q / p), p, q)


def JSD(p: Expr, q: Expr) -> Named:
    """Jensen–Shannon divergence, the mean KL from the mixture M = (P + Q)/2, in nats."""

    def summand(p: Expr, q: Expr) -> Expr:
        m = (p + q) / 2
        return p * ln(p / m) / 2 + q * ln(q / m) / 2

    return _functional(r"\mathrm{{JSD}}({0}, {1})", "JSD({0}, {1})", summand, p, q)


def E(p: Expr, f: Any) -> Named:
    """The expectation of f under P."""
    f = sp.sympify(f)
    name = _letter(p)
    shown = rf"\mathbb{{E}}_{{{name[0]}}}\!\left[{latex(f)}\right]", f"E_{name[1]}[{text(f)}]"
    return Named(Str(shown[0]), Str(shown[1]), Sum(p * f, *_events(p)))


# ---------------------------------------------------------------- derivatives


def D(f: Any, x: Symbol | Entry, order: int = 1, at: dict[Symbol, Any] | None = None) -> Named:
    """The derivative of f by a number or a table's entry, taken when the expression is made.

    Examples
    --------
    >>> from kltools.derivations import D, Sum, k, positive
    >>> q = positive("q")
    >>> D(Sum(q**2), q.at(k))
    ∂/∂qₖ Σᵢ qᵢ²
    >>> D(Sum(q**2), q.at(k)).definition
    Σᵢ (2 δᵢₖ qᵢ)
    """
    f = sp.sympify(f)
    result = unfold(f)
    for _ in range(order):
        result = differentiate(result, x)
    for symbol, value in (at or {}).items():
        if not isinstance(symbol, Symbol) or isinstance(symbol, Index):
            raise ValueError(f"at={{{symbol}: …}}: a derivative is taken at the value of a number")
        result = freshen_all(result).xreplace({symbol: sp.sympify(value)})
    power = "" if order == 1 else f"^{order}"
    head = rf"\frac{{\partial{power}}}{{\partial {latex(x)}{power}}} "
    plain = f"∂{power}/∂{text(x)}{power} ".replace("^2", "²").replace("^3", "³")
    body = latex(f, within_product=True), text(f, within_product=True)
    where = ", ".join(f"{latex(s)} = {latex(v)}" for s, v in (at or {}).items())
    plain_where = ", ".join(f"{text(s)} = {text(v)}" for s, v in (at or {}).items())
    if at:
        return Derivative(
            Str(rf"\left.{head}{body[0]}\right|_{{{where}}}"),
            Str(f"{plain}{body[1]} at {plain_where}"),
            result,
            f,
            x,
        )
    return Derivative(Str(head + body[0]), Str(plain + body[1]), result, f, x)
