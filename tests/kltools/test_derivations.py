"""Derivations: what is accepted, what is refused and in which words, and how they show themselves."""

import numpy as np
import pytest
import sympy as sp

from kltools import cross_entropy, entropy, jeffreys_divergence, js_divergence, kl_divergence
from kltools.derivations import (
    JSD,
    KL,
    D,
    Derivation,
    DirectionError,
    E,
    Eq,
    FalseStepError,
    GivenError,
    H,
    J,
    Lemma,
    Product,
    Sum,
    UndeclaredSymbolError,
    UndefinedExpressionError,
    UnprovedStepError,
    counts,
    density,
    exp,
    fraction,
    i,
    index,
    j,
    k,
    ln,
    n,
    nonnegative,
    normalized,
    positive,
    real,
    tangent,
)
from kltools.derivations.expressions import Entry
from kltools.derivations.normal_form import NormalForm
from kltools.derivations.numeric import Example, examples
from kltools.derivations.rendering import latex, text

p, q = positive("p q")
x = positive("x", over=())


# What is refused -------------------------------------------------------------------------------------------


def test_false_step_is_refused_with_numbers_that_contradict_it() -> None:
    with pytest.raises(FalseStepError) as refusal:
        Derivation(Sum(p)).equals(2 * Sum(p), "twice")
    lines = str(refusal.value).splitlines()
    assert lines[0] == "step 1 is false: Σᵢ pᵢ = 2 Σᵢ pᵢ"
    assert lines[1] == "  reason given: twice"
    numbers = [float(a) for a in lines[2].split("(")[1].split(")")[0].split(",")]
    left, right = (float(words.split()[-1]) for words in lines[3].split(","))
    assert left == pytest.approx(sum(numbers), abs=1e-3)
    assert right == pytest.approx(2 * sum(numbers), abs=1e-3)


def test_numbers_respect_the_givens() -> None:
    with pytest.raises(FalseStepError) as refusal:
        Derivation(H(p), given=normalized(p)).equals(1, "no")
    numbers = [float(a) for a in str(refusal.value).split("p = (")[1].split(")")[0].split(",")]
    assert sum(numbers) == pytest.approx(1, abs=2e-4)


def test_unproved_step_says_what_is_left() -> None:
    with pytest.raises(UnprovedStepError, match=r"left over, and not seen to be ≥ 0: .*name the inequality"):
        Derivation(KL(p, q), given=normalized(p, q)).at_least(0, "Gibbs, without saying so")


def test_true_but_undecided_is_refused() -> None:
    # sin² + cos² = 1 is outside the prover's rules: refused, not believed.
    with pytest.raises(UnprovedStepError, match="no rule for"):
        Derivation(sp.sin(x) ** 2 + sp.cos(x) ** 2).equals(1, "Pythagoras")
    # (1 + √2)² = 3 + 2√2 is within them, |p − q| ≥ 0 as a root is not.
    assert Derivation((1 + sp.sqrt(2)) ** 2).equals(3 + 2 * sp.sqrt(2), "multiply out")
    with pytest.raises((UnprovedStepError, UndefinedExpressionError)):
        Derivation(Sum(sp.sqrt((p - q) ** 2))).at_least(0, "a root")


def test_undeclared_letters_are_named() -> None:
    w = positive("w")
    with pytest.raises(UndeclaredSymbolError, match="step 1 has w"):
        Derivation(Sum(p)).equals(Sum(w), "who is w")
    with pytest.raises(UndeclaredSymbolError, match="step 1 has i"):
        Derivation(Sum(p)).equals(p, "the sum forgotten")


def test_direction_is_kept() -> None:
    chain = Derivation(Sum(p + q)).at_least(Sum(p), "q > 0")
    with pytest.raises(DirectionError, match=r"step 2 goes against the chain, which has a ≥"):
        chain.at_most(Sum(p + q), "q > 0")


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ([Eq(Sum(p), 1), Eq(Sum(p), 2)], r"Σᵢ pᵢ = 2 contradicts Σᵢ pᵢ = 1"),
        ([Eq(x, 3), Eq(x, 4)], r"x = 4 contradicts x = 3"),
        ([*normalized(p, q), Eq(Sum(p), 2 * Sum(q))], r"Σᵢ pᵢ = 2 Σᵢ qᵢ"),
        ([Eq(Sum(p), -1)], "contradicts the declarations"),
        ([Eq(q, p - 5)], "q with values that its declaration rules out"),
        ([Eq(q, p), Eq(Sum(p), 1), Eq(Sum(q), 3)], r"Σᵢ qᵢ = 3"),
    ],
)
def test_givens_that_contradict_one_another_are_named(given: list[object], names: str) -> None:
    with pytest.raises(GivenError, match=names):
        Derivation(Sum(p * q * x), given=given)


def test_givens_that_cannot_be_used() -> None:
    with pytest.raises(GivenError, match="one letter, one entry or one sum"):
        Derivation(Sum(p), given=[Eq(Sum(p) + Sum(q), 2)])
    with pytest.raises(GivenError, match="is not a given"):
        Derivation(Sum(p), given=["p sums to 1"])
    with pytest.raises(GivenError, match="two tables"):
        Derivation(Sum(p) + Sum(positive("p", over=(i, j))))


@pytest.mark.parametrize(
    "line", [Sum(ln(p - q)), Sum(p / (p - q)), ln(Sum(real("z"))), 1 / real("t", over=())]
)
def test_lines_without_meaning_are_refused(line: sp.Expr) -> None:
    with pytest.raises(UndefinedExpressionError, match="not known to"):
        Derivation(line)


# Traps -----------------------------------------------------------------------------------------------------


def test_the_same_letter_inside_and_outside_a_sum_is_not_the_same() -> None:
    inner = Sum(q)
    Derivation(Sum(p * inner, i)).equals(Sum(p) * Sum(q), "the inner i is another")
    with pytest.raises(FalseStepError):
        Derivation(Sum(p * inner, i)).equals(Sum(p * q), "captured")


def test_derivative_by_an_entry_with_the_letter_of_the_sum() -> None:
    total = Sum(q.at(k), k)
    assert NormalForm().is_zero(D(total, q.at(k)) - 1)
    assert not NormalForm().is_zero(D(total, q.at(k)) - n)


def test_powers_of_sums_are_not_sums_of_powers() -> None:
    r = positive("r", over=(i, j))
    square = Derivation(Sum(Sum(r, j) ** 2, i))
    with pytest.raises(FalseStepError):
        square.equals(Sum(r**2, i, j), "no")
    with pytest.raises(FalseStepError):
        square.equals(Sum(r) ** 2, "no")


def test_logarithms_split_only_where_the_parts_are_positive() -> None:
    s, t = real("s t", over=())
    with pytest.raises(UndefinedExpressionError):
        Derivation(ln(s * t))
    assert Derivation(ln(x**2)).equals(2 * ln(x), "x > 0")


def test_conditional_tables_sum_over_events_only() -> None:
    b = positive("b", over=j | i)
    assert Derivation(Sum(b), given=normalized(b)).equals(n, "n rows")
    with pytest.raises(FalseStepError):
        Derivation(Sum(b, i), given=normalized(b)).equals(1, "the wrong way")


def test_infinite_ranges_have_no_size() -> None:
    t = index("t", "T", "reals")
    f = positive("f", over=t)
    assert Derivation(Sum(f), given=normalized(f)).equals(1, "a density")
    with pytest.raises((UnprovedStepError, FalseStepError)):
        Derivation(Sum(f) + Sum(1, t) - Sum(1, t) / 2, given=normalized(f)).equals(1, "∫ 1 is no number")


def test_moments_are_proved_when_a_density_is_made() -> None:
    t, rate = index("t", "T", "positives"), positive("lambda", over=())
    assert density("p", rate * exp(-rate * t), t, {1: 1, t: 1 / rate})
    with pytest.raises(UnprovedStepError, match="not"):
        density("p", rate * exp(-rate * t), t, {1: 1, t: rate})


def test_no_derivative_under_an_integral() -> None:
    t, rate = index("t", "T", "reals"), positive("lambda", over=())
    with pytest.raises(NotImplementedError, match="under an integral"):
        D(Sum(positive("f", over=t) * rate * t), rate)


# Lemmas ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("smaller", "larger", "at"),
    [(ln(x), x - 1, 1), (1 - 1 / x, ln(x), 1), (2 * x, x**2 + 1, 1)],
)
def test_true_lemmas_are_proved(smaller: sp.Expr, larger: sp.Expr, at: int) -> None:
    bound = Lemma(smaller, larger, x, equal_at=at)(3)
    assert float(bound.gap) > 0


@pytest.mark.parametrize(
    ("smaller", "larger", "at"),
    [(ln(x), x - 2, 1), (x - 1, ln(x), 1), (ln(x), 2 * x - 2, 1), (ln(x), x**2 - 1, 1), (0, (x - 1) ** 3, 1)],
)
def test_false_lemmas_are_refused(smaller: sp.Expr, larger: sp.Expr, at: int) -> None:
    with pytest.raises(UnprovedStepError):
        Lemma(smaller, larger, x, equal_at=at)


def test_a_lemma_is_used_only_in_its_interval() -> None:
    with pytest.raises(GivenError, match="declared > 0"):
        tangent(p - q)
    a, b = fraction("a b", over=())
    kl = a * ln(a / b) + (1 - a) * ln((1 - a) / (1 - b))
    with pytest.raises(GivenError, match="declared < 1"):
        Lemma(0, kl, b, equal_at=a)(x)
    with pytest.raises(GivenError, match="≥ 0, and"):
        (p - q) * tangent(x)


def test_a_factor_that_may_vanish_hides_the_case_of_equality() -> None:
    w = nonnegative("w")
    assert (p * tangent(q / p)).equality == ((q / p, 1),)
    assert (w * tangent(q / p)).equality is None


def test_a_slack_step_has_no_known_case_of_equality() -> None:
    chain = Derivation(KL(p, q), given=normalized(p, q)).at_least(-1, "far below", by=Sum(p * tangent(q / p)))
    assert chain.equality is None


# Numbers ---------------------------------------------------------------------------------------------------


def test_values_agree_with_kltools() -> None:
    (example,) = examples([KL(p, q)], normalized(p, q), count=1)
    P, Q = (example.tables[a.label] for a in (p, q))
    for line, value in [
        (H(p), entropy(P)),
        (H(p, q), cross_entropy(P, Q)),
        (KL(p, q), kl_divergence(P, Q)),
        (J(p, q), jeffreys_divergence(P, Q)),
        (JSD(p, q), js_divergence(P, Q)),
        (E(p, ln(p / q)), kl_divergence(P, Q)),
    ]:
        assert float(example.value(line)) == pytest.approx(value, rel=1e-12)


def test_values_of_indices_products_and_deltas() -> None:
    r, c = positive("r", over=(i, j)), counts("c")
    example = Example(np.random.default_rng(0))
    example.declare([Sum(r), Sum(c * p), Sum(p.at(k), k)])
    R, P, C = (example.tables[a.label] for a in (r, p, c))
    assert example.value(Sum(r, j)) == pytest.approx(R.sum(1))
    assert example.value(Product(p)) == pytest.approx(P.prod())
    assert float(example.value(Sum(i * p, i))) == pytest.approx(P @ [1, 2, 3])
    assert example.value(sp.KroneckerDelta(i, k) * p).ravel() == pytest.approx(np.diag(P).ravel())
    assert float(example.value(Sum(sp.factorial(c)))) == pytest.approx(
        sum(map(float, map(sp.factorial, C.astype(int))))
    )
    assert float(example.value(n)) == 3


def test_entry_at_another_index_of_another_range() -> None:
    assert p.at(k) == Entry(p.label, sp.Tuple(k), sp.Tuple())
    with pytest.raises(ValueError, match="same domain"):
        p.at(j)


# Showing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "plain", "tex"),
    [
        (KL(p, q), "KL(P‖Q)", r"D_{\mathrm{KL}}(P \,\|\, Q)"),
        (H(p, q) - H(p), "H(P, Q) − H(P)", "H(P, Q) - H(P)"),
        (H((p + q) / 2), "H((P + Q)/2)", r"H(\frac{P + Q}{2})"),
        (Sum(p * ln(p)), "Σᵢ pᵢ ln pᵢ", r"\sum_{i} p_{i} \ln p_{i}"),
        (Sum(p * (q / p - 1)), "Σᵢ pᵢ (qᵢ/pᵢ − 1)", r"\sum_{i} p_{i} \left(\frac{q_{i}}{p_{i}} - 1\right)"),
        (-Sum(2 * p), "−Σᵢ (2 pᵢ)", r"-\sum_{i} \left(2 p_{i}\right)"),
        ((p - q) * ln(p / q), "(pᵢ − qᵢ) ln(pᵢ/qᵢ)", r"\left(p_{i} - q_{i}\right) \ln \frac{p_{i}}{q_{i}}"),
        (1 / (x * sp.sqrt(2 * sp.pi)), "1/(x √(2 π))", r"\frac{1}{x \sqrt{2 \pi}}"),
        (KL(p, q) / 2, "½ KL(P‖Q)", r"\frac{1}{2} D_{\mathrm{KL}}(P \,\|\, Q)"),
        (sp.Integer(-1), "−1", "-1"),
    ],
)
def test_lines_are_written_as_people_write_them(line: sp.Expr, plain: str, tex: str) -> None:
    assert text(line) == plain
    assert latex(line) == tex


def test_derivation_shows_itself_in_text_and_in_latex() -> None:
    chain = Derivation(Sum(p), given=normalized(p)).equals(1, "50 % of p_i & more ≤ 1")
    assert repr(chain) == "given pᵢ > 0, Σᵢ pᵢ = 1\nΣᵢ pᵢ = 1   50 % of p_i & more ≤ 1"
    assert chain._repr_latex_().startswith("$$\n\\begin{aligned}")
    assert r"50 \% of p\_i \& more $\le$ 1" in chain._repr_latex_()
    assert "\\ge" not in chain._repr_latex_()
