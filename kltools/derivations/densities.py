"""Explicit densities, with the moments that their proofs need, integrated by SymPy."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Expr, Symbol, Tuple

from kltools.derivations.errors import UnprovedStepError
from kltools.derivations.expressions import Entry, Index, Sum
from kltools.derivations.normal_form import NormalForm
from kltools.derivations.numeric import Given

_RANGES = {"reals": (-sp.oo, sp.oo), "positives": (0, sp.oo), "counts": (0, sp.oo), "bits": (0, 1)}


def density(name: str, formula: Expr, x: Index, moments: dict[Any, Any]) -> tuple[Entry, list[Given]]:
    """A density, or the probabilities of counts, by its formula, and the givens that follow from it.

    Parameters
    ----------
    name : str
    formula : expression in x
    x : Index
        What it is a density of: an index over "reals", "positives", "counts" (0, 1, 2, …) or "bits" (0, 1).
    moments : dict
        E[g(x)] for the powers g(x) that the derivation uses, 1 among them. Each is proved here by
        integration or summation.

    Returns
    -------
    Entry, list of Given

    Raises
    ------
    UnprovedStepError
        If a moment is not what the integral gives.
    """
    p = Entry(Symbol(name, positive=True), Tuple(x), Tuple())
    givens = [Given(p, formula, formula=formula)]
    for power, value in moments.items():
        value = sp.sympify(value)
        found = expectation(formula, sp.sympify(power), x)
        if not NormalForm().is_zero(found - value):
            raise UnprovedStepError(f"E[{power}] under {name}({x}) is {found}, not {value}")
        givens.append(Given(Sum(p * power, x), value))
    return p, givens


def expectation(formula: Expr, g: Expr, x: Index) -> Expr:
    """∫ g(x) f(x) dx, or the sum for counts, in closed form."""
    low, high = _RANGES[x.domain.kind]
    # SymPy integrates over its own kind of symbol; a Dummy is no letter of the formula.
    t = sp.Dummy(
        "t",
        **{
            a: v
            for a, v in x.assumptions0.items()
            if a in ("integer", "positive", "nonnegative", "real") and v
        },
    )
    integrand = (g * formula).xreplace({x: t})
    if x.domain.kind in ("counts", "bits"):
        return sp.simplify(sp.summation(integrand, (t, low, high)))
    return sp.simplify(sp.integrate(integrand, (t, low, high)))
