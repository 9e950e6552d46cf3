"""Derivations: what is accepted, what is refused and in which words, and how they show themselves."""

import re

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
    named,
    nonnegative,
    normalized,
    positive,
    real,
    tangent,
)
from kltools.derivations.expressions import Entry
from kltools.derivations.normal_form import NormalForm
from kltools.derivations.numeric import Example, decimals, examples, told_apart
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
    with pytest.raises(UndeclaredSymbolError, match="step 1 depends on i, which no Sum runs over"):
        Derivation(Sum(p)).equals(p, "the sum forgotten")


def test_messages_have_the_letters_that_people_write() -> None:
    chain = Derivation(-ln(Sum(p**2)), given=normalized(p))
    with pytest.raises(UndefinedExpressionError, match=re.escape("logarithm of pᵢ/Σᵢ pᵢ² - 1,")):
        chain.at_most(-Sum(p * ln(p / Sum(p**2) - 1)), "misplaced −1")


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
    with pytest.raises(GivenError, match="p stands for two things"):
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


def test_a_given_about_a_diagonal_is_not_about_the_table() -> None:
    r = positive("r", over=(i, k))
    with pytest.raises(GivenError, match="diagonal"):
        Derivation(Sum(r), given=Eq(r.at(i, i), 1))


def test_no_index_twice() -> None:
    with pytest.raises(ValueError, match="one index twice"):
        Sum(p, i, i)
    with pytest.raises(ValueError, match="one index twice"):
        positive("r", over=(i, i))


def test_a_theorem_for_every_size_is_not_taken_to_another_size() -> None:
    spread = Derivation(ln(n), given=normalized(p)).at_least(
        H(p), "tangent", by=Sum(p * tangent(1 / (n * p)))
    )
    assert NormalForm().is_zero(spread().smaller - H(p))
    with pytest.raises(GivenError, match="no letter n"):
        spread(n=2)


def test_a_theorem_about_a_density_holds_for_that_density_only() -> None:
    t = index("t", "T", "positives")
    g, rate = positive("g", over=t), positive("a", over=())
    f, facts = density("f", rate * exp(-rate * t), t, {1: 1})
    theorem = Derivation(H(f) + ln(rate), given=facts).at_least(0, "it is a ∫ t f(t) dt")
    assert theorem().needs == tuple(facts)
    with pytest.raises(UnprovedStepError, match=r"needs g\(t\) = a exp"):
        Derivation(H(g) + ln(rate), given=[*facts, *normalized(g)]).at_least(
            0, "of all densities", by=theorem(f=g)
        )
    with pytest.raises(UnprovedStepError, match=r"needs f\(t\) = 3 exp"):
        Derivation(H(f) + ln(3), given=facts).at_least(0, "at another rate", by=theorem(a=3))


def test_the_odds_of_a_fraction_are_no_letter_of_the_author() -> None:
    a, o = fraction("a", over=()), positive("odds_a", over=())
    with pytest.raises(FalseStepError):
        Derivation(a + o).equals(o / (1 + o) + o, "not these odds")


def test_the_letter_of_an_integral_is_no_letter_of_the_formula() -> None:
    z, rate = index("z", "Z", "positives"), positive("t", over=())
    assert density("p", rate * exp(-rate * z), z, {1: 1, z: 1 / rate})


def test_an_integral_gives_a_point_no_weight() -> None:
    t = index("t", "T", "reals")
    f = positive("f", over=t)
    with pytest.raises(UnprovedStepError):
        Derivation(Sum(D(f, f.at(t.twin("s"))), t)).equals(1, "δ of Kronecker, not of Dirac")


def test_derivatives_that_are_not_known_are_not_zero() -> None:
    t = index("t", "T", "reals")
    f, y = positive("f", over=t), positive("y", over=())
    with pytest.raises(NotImplementedError, match="depends on t"):
        D(ln(f), t)
    with pytest.raises(ValueError, match="one letter or one entry"):
        D(x**2, 2 * x)
    with pytest.raises(ValueError, match="value of a number"):
        D(Sum(q * ln(q)), q.at(k), at={q.at(k): 1})
    with pytest.raises(GivenError, match="takes y as constant"):
        Derivation(D(y**2, x), given=Eq(y, x**2))
    assert Derivation(D(y**2, y), given=Eq(y, x**2)).equals(2 * x**2, "by y itself")


def test_distributions_that_are_compared_run_over_the_same_index() -> None:
    for other in (positive("u", over=j), q.at(k)):
        with pytest.raises(ValueError, match="the same indices"):
            KL(p, other)
    b, u = positive("b", over=j | i), positive("u", over=j)
    assert KL(b, u).definition == Sum(b * ln(b / u), j)
    assert KL(p, 1 / n).definition == Sum(p * ln(n * p))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (Sum(p) - Sum(real("p")), "p stands for two things"),
        (Sum(p) * positive("p", over=()), "p stands for two things"),
        (Sum(p) * Sum(positive("u", over=index("i", "N"))), "i stands for two things"),
        (Sum(1, i) - positive("n", over=()), "n stands for two things"),
        (named("A", x) - named("A", x**2), "A is the name of two quantities"),
    ],
)
def test_what_looks_the_same_is_the_same(line: sp.Expr, message: str) -> None:
    with pytest.raises(GivenError, match=message):
        Derivation(line)


def test_names_are_not_numbers() -> None:
    with pytest.raises(ValueError, match="is no name"):
        named("0", x)
    assert Derivation(named("A", x**2 - 1) + named("A", (x - 1) * (x + 1)))


@pytest.mark.parametrize("line", [0.5 * x, Sum(p) + sp.oo, Sum(p * ln(3.0))])
def test_rounded_and_infinite_numbers_are_refused(line: sp.Expr) -> None:
    with pytest.raises(UndefinedExpressionError, match="no exact number"):
        Derivation(line)


def test_a_fraction_given_out_of_its_range_is_a_contradiction() -> None:
    a = fraction("a", over=())
    with pytest.raises(GivenError, match="rules out"):
        Derivation(a * x, given=Eq(a, 3))


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


def test_numbers_in_refusals_have_a_minus_sign_and_no_negative_zero() -> None:
    assert decimals(-0.98464) == "−0.9846"
    assert decimals(-1e-9) == decimals(0.0) == "0.0000"
    with pytest.raises(FalseStepError) as refusal:
        Derivation(-Sum(p)).equals(Sum(p) - Sum(p), "no")
    assert "-" not in str(refusal.value)
    assert "the left side is −" in str(refusal.value)


def test_numbers_that_agree_to_four_decimals_are_shown_to_the_place_where_they_differ() -> None:
    assert told_apart(0.25, -0.25) == ("0.2500", "−0.2500")
    assert told_apart(0.14391, 0.14394) == ("0.14391", "0.14394")
    assert told_apart(1e-20, 2e-20) == ("9.9999999999999995e−21", "1.9999999999999999e−20")


def test_fractions_have_brackets_under_an_exponent() -> None:
    y = positive("y", over=())
    assert latex(((x + y) / 2) ** 2) == r"\left(\frac{x + y}{2}\right)^{2}"
    assert latex(sp.Rational(1, 2) ** x) == r"\left(\frac{1}{2}\right)^{x}"


def test_the_range_of_a_sum_is_shown_as_it_is() -> None:
    for kind, shown in [("bits", r"b \in \{0, 1\}"), ("counts", r"b \ge 0"), ("finite", "b")]:
        assert rf"\sum_{{{shown}}} " in latex(Sum(positive("f", over=index("b", "B", kind))))


def test_a_declaration_is_about_the_table_and_not_its_diagonal() -> None:
    assert repr(Derivation(Sum(positive("r", over=(i, k))))).startswith("given rᵢₖ > 0")


def test_derivation_shows_itself_in_text_and_in_latex() -> None:
    chain = Derivation(Sum(p), given=normalized(p)).equals(1, "50 % of p_i & more ≤ 1")
    assert repr(chain) == "given pᵢ > 0, Σᵢ pᵢ = 1\nΣᵢ pᵢ = 1   50 % of p_i & more ≤ 1"
    assert chain._repr_latex_().startswith("$$\n\\begin{aligned}")
    assert r"50 \% of p\_i \& more $\le$ 1" in chain._repr_latex_()
    assert "\\ge" not in chain._repr_latex_()


def test_an_inequality_that_was_not_called_is_named() -> None:
    from kltools.theorems import THEOREMS

    p, q = positive("p q")
    for uncalled in (THEOREMS["gibbs"], tangent):
        with pytest.raises(GivenError, match="call it, as in gibbs"):
            Derivation(KL(p, q), given=normalized(p, q)).at_least(0, "Gibbs", by=uncalled)
