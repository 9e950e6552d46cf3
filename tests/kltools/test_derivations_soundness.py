"""Nothing that is false is accepted: altered steps of every theorem, and random steps, true and false."""

from collections.abc import Callable

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from kltools.derivations import Derivation, GivenError, Sum, ln, normalized, positive
from kltools.derivations.derivation import Step
from kltools.theorems import THEOREMS
from tests.kltools.derivation_alterations import (
    altered_expressions,
    altered_steps,
    is_accepted,
    is_false,
    without_a_given,
    witnesses,
)

Tally = Callable[[str, int, str], None]

# So many of each derivation, spread evenly over its steps and over the kinds of slip.
_EACH = 10


@pytest.mark.parametrize("name", THEOREMS)
def test_no_altered_step_is_accepted(name: str, tally: Tally) -> None:
    false, survived = 0, []
    for derivation in THEOREMS[name].derivations:
        numbers = witnesses(derivation)
        made = list(altered_steps(derivation))
        for kind, n, step in made[:: max(1, len(made) // _EACH)]:
            if is_false(derivation, n, step, numbers):
                false += 1
                if is_accepted(derivation, n, step):
                    survived.append(f"{kind} in step {n + 1}: {step}")
    tally("altered steps of the derivations", false, "false")
    tally("altered steps of the derivations", len(survived), "survived")
    assert not survived
    assert false >= 4


@pytest.mark.parametrize("name", THEOREMS)
def test_no_step_survives_the_loss_of_a_given_that_it_needs(name: str, tally: Tally) -> None:
    for derivation in THEOREMS[name].derivations:
        for bare in without_a_given(derivation):
            try:
                numbers = witnesses(bare)
            except GivenError:
                continue
            for n, step in enumerate(derivation.steps):
                if is_false(bare, n, step, numbers):
                    tally("altered steps of the derivations", 1, "false")
                    assert not is_accepted(bare, n, step), f"step {n + 1} of {name} without one of its givens"


def test_every_step_itself_is_true_in_numbers() -> None:
    for theorem in THEOREMS.values():
        for derivation in theorem.derivations:
            numbers = witnesses(derivation, count=2)
            for n, step in enumerate(derivation.steps):
                assert not is_false(derivation, n, step, numbers), f"step {n + 1} of {theorem.name}"


def test_a_false_step_is_seen_as_false() -> None:
    p, q = positive("p q")
    chain = Derivation(Sum(p * ln(p / q)))
    assert is_false(chain, 0, Step("=", Sum(p * ln(q / p)), ""), witnesses(chain))
    assert not is_false(chain, 0, Step("=", -Sum(p * ln(q / p)), ""), witnesses(chain))


# Random lines: sums of a few products of entries, numbers and logarithms ------------------------------------

_p, _q = positive("p q")
_coefficients = (
    st.fractions(-3, 3, max_denominator=4).filter(bool).map(lambda f: sp.Rational(f.numerator, f.denominator))
)
_factors = st.sampled_from(
    [_p, _q, _p / _q, _q**2, ln(_p), ln(_q), ln(_p / _q), ln(_p + _q), _p / (_p + _q), 1 / _p]
)
_products = st.builds(
    lambda c, fs: c * sp.Mul(*fs), _coefficients, st.lists(_factors, min_size=1, max_size=3)
)
_bodies = st.builds(lambda terms: sp.Add(*terms), st.lists(_products, min_size=1, max_size=3)).filter(
    lambda body: bool(body.free_symbols)
)
_lines = st.builds(lambda sums: sp.Add(*(Sum(b) for b in sums)), st.lists(_bodies, min_size=1, max_size=2))


def _rewritten(e: sp.Expr, how: int) -> sp.Expr:
    """The same line written differently, by rules that are true."""
    if how == 0:
        return sp.expand_log(sp.expand(e), deep=True)
    if how == 1:
        return e.replace(
            lambda a: isinstance(a, Sum),
            lambda s: sp.Add(*(Sum(t) for t in sp.Add.make_args(sp.expand(s.body)))),
        )
    if how == 2:
        return e.replace(lambda a: isinstance(a, sp.log), lambda a: -sp.log(1 / a.args[0]))
    return e.replace(lambda a: isinstance(a, Sum), lambda s: 3 * Sum(sp.factor(s.body) / 3))


@settings(max_examples=60, derandomize=True, deadline=None)
@given(_lines, st.integers(0, 3))
def test_true_steps_are_accepted(line: sp.Expr, how: int) -> None:
    chain = Derivation(line)
    assert is_accepted(chain, 0, Step("=", _rewritten(line, how), ""))


@settings(max_examples=60, derandomize=True, deadline=None)
@given(_lines, st.integers(0, 3), st.data())
def test_random_false_steps_are_refused(line: sp.Expr, how: int, data: st.DataObject) -> None:
    chain = Derivation(line, given=normalized(_p) if how % 2 else ())
    altered = [e for _, e in altered_expressions(_rewritten(line, how))]
    step = Step("=", data.draw(st.sampled_from(altered)), "")
    if is_false(chain, 0, step, witnesses(chain)):
        assert not is_accepted(chain, 0, step)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(_lines, _lines, st.sampled_from(["≥", "≤"]))
def test_random_inequalities_are_accepted_only_if_true(left: sp.Expr, right: sp.Expr, relation: str) -> None:
    chain = Derivation(left, given=normalized(_p, _q))
    if is_accepted(chain, 0, Step(relation, right, "")):
        assert not is_false(chain, 0, Step(relation, right, ""), witnesses(chain))
