"""The symmetric divergences: Jeffreys, Jensen–Shannon, and what they share near P = Q."""

import numpy as np
from sympy import Expr

from kltools import entropy, jeffreys_divergence, js_divergence, kl_divergence, mutual_information
from kltools.derivations import (
    JSD,
    KL,
    D,
    Derivation,
    Eq,
    H,
    J,
    Lemma,
    Sum,
    fraction,
    i,
    index,
    ln,
    named,
    nonnegative,
    normalized,
    positive,
    real,
    tangent,
)
from kltools.derivations.expressions import Named
from kltools.theorems.kl_divergence import gibbs
from kltools.theorems.library import Comparison, distribution, theorem

CHAPTER = "jensen_shannon"
p, q, m = positive("p q m")
MIXTURE = Eq(m, (p + q) / 2)


def _pair(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return distribution(rng), distribution(rng)


def _jeffreys(rng: np.random.Generator) -> Comparison:
    P, Q = _pair(rng)
    return jeffreys_divergence(P, Q), "=", np.sum((P - Q) * np.log(P / Q))


@theorem("J(P, Q) = Σ (p − q) ln(p/q)", chapter=CHAPTER, check=_jeffreys)
def jeffreys_as_one_sum() -> Derivation:
    """Each outcome weighs in by how far its two probabilities are apart."""
    return (
        Derivation(J(p, q))
        .equals(KL(p, q) + KL(q, p), "the definition: both ways")
        .equals(Sum(p * ln(p / q)) - Sum(q * ln(p / q)), "turn the second ratio over")
        .equals(Sum((p - q) * ln(p / q)), "one sum")
    )


def _by_entropies(rng: np.random.Generator) -> Comparison:
    P, Q = _pair(rng)
    return js_divergence(P, Q), "=", entropy((P + Q) / 2) - (entropy(P) + entropy(Q)) / 2


@theorem("JSD(P, Q) = H(M) − (H(P) + H(Q))/2, where M = (P + Q)/2", chapter=CHAPTER, check=_by_entropies)
def jsd_by_entropies() -> Derivation:
    """The uncertainty of the mixture beyond that of its parts."""
    return (
        Derivation(JSD(p, q), given=[MIXTURE])
        .equals(KL(p, m) / 2 + KL(q, m) / 2, "the definition")
        .equals(H(p, m) / 2 + H(q, m) / 2 - H(p) / 2 - H(q) / 2, "KL(P‖M) = H(P, M) − H(P)")
        .equals(-Sum((p + q) / 2 * ln(m)) - H(p) / 2 - H(q) / 2, "one sum")
        .equals(H(m) - H(p) / 2 - H(q) / 2, "M is the mixture")
    )


def _never_negative(rng: np.random.Generator) -> Comparison:
    P, Q = _pair(rng)
    M = (P + Q) / 2
    # The plain sum, since js_divergence clips rounding at 0 and could not be seen to fail.
    return np.sum(P * np.log(P / M) + Q * np.log(Q / M)), "≥", 0.0


@theorem("JSD(P, Q) ≥ 0, with equality exactly when P = Q", chapter=CHAPTER, check=_never_negative)
def jsd_never_negative() -> Derivation:
    """It is the mean of two KL divergences."""
    return (
        Derivation(JSD(p, q), given=[*normalized(p, q), MIXTURE])
        .equals(KL(p, m) / 2 + KL(q, m) / 2, "the definition")
        .at_least(0, "KL ≥ 0, twice", by=gibbs(q=m) / 2 + gibbs(p=q, q=m) / 2)
    )


def _bounded(rng: np.random.Generator) -> Comparison:
    P, Q = _pair(rng)
    return js_divergence(P, Q), "≤", np.log(2)


@theorem("JSD(P, Q) ≤ ln 2", chapter=CHAPTER, check=_bounded)
def jsd_at_most_ln_2() -> Derivation:
    """The mixture holds at least half of each part, so no ratio p/m exceeds 2.

    Proved for positive probabilities, where it is strict; disjoint supports reach ln 2 in the limit.
    """
    x = nonnegative("x", over=())
    above_one = Lemma(0, ln(1 + x), x, equal_at=0)
    by = Sum(p * above_one(q / p)) / 2 + Sum(q * above_one(p / q)) / 2
    return (
        Derivation(JSD(p, q), given=normalized(p, q))
        .equals(
            ln(2) - Sum(p * ln(1 + q / p)) / 2 - Sum(q * ln(1 + p / q)) / 2,
            "p/m = 2/(1 + q/p); both sum to 1",
        )
        .at_most(ln(2), "ln(1 + x) ≥ 0", by=by)
    )


z = index("z", "K")
w, each = positive("w", over=z), positive("p", over=i | z)
WEIGHTED = named("JSD_w", Sum(w * KL(each, m), z), r"\mathrm{JSD}_w")
MIX_OF_ALL = Eq(m, Sum(w * each, z))


def _several(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return distribution(rng, 3), np.array([distribution(rng) for _ in range(3)])


def _weighted(rng: np.random.Generator) -> Comparison:
    weights, rows = _several(rng)
    mixture = weights @ rows
    return (
        weights @ [kl_divergence(r, mixture) for r in rows],
        "=",
        entropy(mixture) - weights @ entropy(rows),
    )


@theorem("JSD_w = H(M) − Σ w H(P_z), any number of distributions", chapter=CHAPTER, check=_weighted)
def weighted_jsd_by_entropies() -> Derivation:
    """The same for K distributions with weights w."""
    return (
        Derivation(WEIGHTED, given=[MIX_OF_ALL])
        .equals(Sum(w * KL(each, m), z), "the definition")
        .equals(Sum(w * (H(each, m) - H(each)), z), "KL = cross-entropy − entropy")
        .equals(-Sum(Sum(w * each, z) * ln(m), i) - Sum(w * H(each), z), "sum over z first")
        .equals(H(m) - Sum(w * H(each), z), "M is the mixture")
    )


def _source(rng: np.random.Generator) -> Comparison:
    P, Q = _pair(rng)
    return js_divergence(P, Q), "=", mutual_information(np.array([P, Q]) / 2)


@theorem("JSD_w = I(Z; X), Z the source and X its draw", chapter=CHAPTER, check=_source)
def jsd_is_mutual_information() -> Derivation:
    """What a draw tells about which of the distributions it came from."""
    joint = w * each
    return (
        Derivation(
            named("I(Z; X)", Sum(joint * ln(joint / (w * m)), z, i)), given=[*normalized(w, each), MIX_OF_ALL]
        )
        .equals(Sum(w * each * ln(each / m), z, i), "w cancels in the ratio")
        .equals(Sum(w * KL(each, m), z), "sum over x first")
        .equals(WEIGHTED, "the definition")
    )


def _at_most_the_coin(rng: np.random.Generator) -> Comparison:
    weights, rows = _several(rng)
    mixture = weights @ rows
    return entropy(mixture) - weights @ entropy(rows), "≤", entropy(weights)


@theorem("JSD_w ≤ H(w)", chapter=CHAPTER, check=_at_most_the_coin)
def jsd_at_most_entropy_of_weights() -> Derivation:
    """A draw cannot tell more about its source than there is to know.

    r is the probability of each source once the draw is seen, so that m r is the joint probability of the
    two, and JSD_w is I(Z; X).
    """
    m, r = positive("m"), fraction("r", over=z | i)
    x = nonnegative("x", over=())
    above_one = Lemma(0, ln(1 + x), x, equal_at=0)
    joint = m * r
    return (
        Derivation(
            named("I(Z; X)", Sum(joint * ln(joint / (w * m)), z, i)),
            given=[*normalized(m, r), Eq(Sum(joint, i), w)],
        )
        .equals(Sum(joint * ln(r), i, z) - Sum(joint * ln(w), i, z), "m cancels in the ratio")
        .equals(H(w) - Sum(m * H(r), i), "what is not known before, and after")
        .at_most(H(w), "ln(1/r) ≥ 0", by=Sum(joint * above_one((1 - r) / r), z, i))
    )


def _shared(rng: np.random.Generator) -> Comparison:
    (P, Q), R = _pair(rng), distribution(rng)
    cost = (kl_divergence(P, R) + kl_divergence(Q, R)) / 2
    return cost, "=", js_divergence(P, Q) + kl_divergence((P + Q) / 2, R)


@theorem("KL(P‖R)/2 + KL(Q‖R)/2 = JSD(P, Q) + KL(M‖R), where M = (P + Q)/2", chapter=CHAPTER, check=_shared)
def one_belief_for_two() -> Derivation:
    """The best single belief about two sources is their mixture, and the JSD is what it costs."""
    r = positive("r")
    floors = H(p) / 2 + H(q) / 2
    return (
        Derivation(KL(p, r) / 2 + KL(q, r) / 2, given=[*normalized(p, q, r), MIXTURE])
        .equals(H(p, r) / 2 + H(q, r) / 2 - floors, "cost less floor")
        .equals(H(m, r) - floors, "M is the mixture")
        .equals(H(m) - floors + KL(m, r), "cost is floor and excess")
        .equals(JSD(p, q) + KL(m, r), "JSD by entropies")
    )


def _path() -> tuple[Expr, Named, Named, Expr, list[object]]:
    t = real("t", over=())
    u, v = real("u v")
    moved = p + t * u + t**2 * v / 2
    jeffreys = named("J(P, P_t)/2", J(p, moved) / 2, r"\tfrac12 J(P, P_t)")
    shannon = named("JSD(P, P_t)", JSD(p, moved), r"\mathrm{JSD}(P, P_t)")
    return t, jeffreys, shannon, Sum(u**2 / p), [*normalized(p), Eq(Sum(u), 0), Eq(Sum(v), 0)]


def _near(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    P = distribution(rng)
    u = rng.normal(size=5) * P
    u -= u.mean()
    return P, P + 1e-4 * P.min() / np.abs(u).max() * u


def _second_order(rng: np.random.Generator) -> Comparison:
    P, Q = _near(rng)
    return js_divergence(P, Q), "=", np.sum((P - Q) ** 2 / P) / 8


@theorem(
    "JSD(P, P_t) = t²/8 · Fisher information + smaller terms",
    chapter=CHAPTER,
    check=_second_order,
    tolerance=1e-12,
)
def jsd_second_order() -> tuple[Derivation, ...]:
    """The same parabola as KL's, a quarter as steep.

    P_t is p + t u + t² v/2 + … with Σ u = Σ v = 0. No later term reaches a second derivative at 0.
    """
    t, _, shannon, fisher, given = _path()
    return (
        Derivation(D(shannon, t, at={t: 0}), given=given).equals(0, "the changes sum to 0"),
        Derivation(D(shannon, t, 2, at={t: 0}), given=given).equals(
            fisher / 4, "a quarter of the Fisher information"
        ),
    )


def _ratio(rng: np.random.Generator) -> Comparison:
    P, Q = _near(rng)
    return jeffreys_divergence(P, Q) / 2 / js_divergence(P, Q), "=", 4.0


@theorem("(J/2) / JSD tends to 4 as Q tends to P", chapter=CHAPTER, check=_ratio, tolerance=1e-6)
def jeffreys_to_jsd_ratio() -> tuple[Derivation, ...]:
    """Both vanish at t = 0 with their slopes; the ratio of the curvatures is the limit (l'Hôpital's rule).

    The path is smooth, and its first change u is not 0.
    """
    t, jeffreys, shannon, fisher, given = _path()
    return (
        Derivation(D(jeffreys, t, at={t: 0}), given=given).equals(0, "the changes sum to 0"),
        Derivation(D(jeffreys, t, 2, at={t: 0}), given=given)
        .equals(fisher, "the Fisher information")
        .equals(4 * D(shannon, t, 2, at={t: 0}), "JSD has a quarter of it"),
    )


def _discriminator(rng: np.random.Generator) -> Comparison:
    (P, Q), guess = _pair(rng), rng.uniform(0.01, 0.99, 5)
    return np.sum(P * np.log(guess) + Q * np.log(1 - guess)), "≤", 2 * js_divergence(P, Q) - np.log(4)


@theorem(
    "The best GAN discriminator is p/(p + q), and its value 2 JSD − ln 4",
    chapter=CHAPTER,
    check=_discriminator,
)
def gan_discriminator() -> tuple[Derivation, ...]:
    """Telling real from generated by the odds is the best one can do."""
    d = fraction("d")
    best = p / (p + q)
    given = normalized(p, q)
    value = named("V(D)", Sum(p * ln(d) + q * ln(1 - d)))
    k = i.twin("k")
    slope = Derivation(D(value, d.at(k))).equals(
        (p + q).xreplace({i: k}) * (best.xreplace({i: k}) - d.at(k)) / (d.at(k) * (1 - d.at(k))),
        "it is 0 at p/(p + q)",
    )
    by = Sum(p * tangent(d / best)) + Sum(q * tangent((1 - d) / (1 - best)))
    bound = (
        Derivation(value, given=given)
        .equals(Sum(p * ln(d) + q * ln(1 - d)), "the definition")
        .at_most(
            Sum(p * ln(best) + q * ln(q / (p + q))), "ln x ≤ x − 1 at d(p+q)/p and at (1−d)(p+q)/q", by=by
        )
        .equals(2 * JSD(p, q) - ln(4), "each ratio is that to M, halved")
    )
    return slope, bound
