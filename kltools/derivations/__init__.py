"""Derivations that a machine has checked: every step is proved, at general n, before it is shown.

    proof = (
        Derivation(KL(p, q), given=normalized(p, q))
        .equals(-Sum(p * ln(q / p)), "turn the ratio over")
        .at_least(-Sum(p * (q / p - 1)), "ln x ≤ x − 1 at x = q/p", by=Sum(p * tangent(q / p)))
        .equals(Sum(p) - Sum(q), "multiply out")
        .equals(0, "both sum to 1")
    )

`expressions` and `notation` are what a line is written in, `parsing` reads one from text, `normal_form`
is the prover, `lemmas` holds the inequalities, `derivation` the chain, `numeric` the counter-examples,
`densities` the explicit distributions, `rendering` the page. `import kltools` imports none of this, and so
no SymPy.
"""

from sympy import Eq, exp

from kltools.derivations.densities import density
from kltools.derivations.derivation import Derivation, normalized
from kltools.derivations.errors import (
    DerivationError,
    DirectionError,
    FalseStepError,
    GivenError,
    UndeclaredSymbolError,
    UndefinedExpressionError,
    UnprovedStepError,
    UnreadableLineError,
)
from kltools.derivations.expressions import (
    Product,
    Sum,
    counts,
    fraction,
    i,
    index,
    j,
    k,
    ln,
    n,
    named,
    nonnegative,
    positive,
    real,
)
from kltools.derivations.lemmas import Inequality, Lemma, tangent
from kltools.derivations.notation import JSD, KL, D, E, H, J
from kltools.derivations.numeric import Given
from kltools.derivations.parsing import parse

__all__ = [
    "JSD",
    "KL",
    "D",
    "Derivation",
    "DerivationError",
    "DirectionError",
    "E",
    "Eq",
    "FalseStepError",
    "Given",
    "GivenError",
    "H",
    "Inequality",
    "J",
    "Lemma",
    "Product",
    "Sum",
    "UndeclaredSymbolError",
    "UndefinedExpressionError",
    "UnprovedStepError",
    "UnreadableLineError",
    "counts",
    "density",
    "exp",
    "fraction",
    "i",
    "index",
    "j",
    "k",
    "ln",
    "n",
    "named",
    "nonnegative",
    "normalized",
    "parse",
    "positive",
    "real",
    "tangent",
]  # fmt: skip
