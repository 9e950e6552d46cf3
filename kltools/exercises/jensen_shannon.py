"""The exercises of the chapter on the Jensen–Shannon divergence."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from kltools import entropy, jeffreys_divergence, js_distance, js_divergence, kl_divergence
from kltools.exercises._checking import (
    Exercise,
    FunctionExercise,
    Mistake,
    PropertyExercise,
    StepExercise,
    ValueExercise,
)

Vector = Sequence[float]
Table = Sequence[Vector]

P, Q1, Q2 = [0.2, 0.5, 0.3], [0.3, 0.4, 0.3], [0.25, 0.5, 0.25]
HALVES = [0.5, 0.5, 0.0], [0.0, 0.5, 0.5]
DRINKS, OTHER_DRINKS = [1 / 2, 1 / 4, 1 / 4, 0], [1 / 2, 1 / 4, 0, 1 / 4]
SCIPY_SAID = 0.5  # natural logarithm, and the root
SCORE = -1.0
LATER = [0.26, 0.44, 0.3]

NATS = "That is right in nats; the question asks for bits."
BITS = "That is right in bits; the question asks for nats."
RAW_COUNTS = "The counts went in as they are; divide each list by its own total."
HALF_JEFFREYS = "That is half the Jeffreys divergence. The JSD compares each side with the mixture of both."


def _rounded(right: float) -> tuple[Mistake, ...]:
    """The right number with fewer decimals than are asked for."""
    return tuple(Mistake(round(right, decimals), "Right so far: give four decimals.") for decimals in (2, 3))


def _both_have(p: Vector, q: Vector) -> list[tuple[float, float]]:
    return [(a, b) for a, b in zip(p, q, strict=True) if a > 0 and b > 0]


def _half_jeffreys(pairs: Iterable[tuple[float, float]]) -> float:
    """Half the Jeffreys divergence as people type it, zeros and totals left as they are."""
    return sum((a - b) * math.log(a / b) for a, b in pairs) / 2


def _shared_part(p: Vector, q: Vector) -> float:
    """The JSD's terms of the outcomes that both have."""
    return sum(x * math.log(2 * x / (a + b)) for a, b in _both_have(p, q) for x in (a, b)) / 2


def _shares(counts: Vector) -> list[float]:
    return [n / sum(counts) for n in counts]


def _jeffreys_of_counts(now: Vector, before: Vector) -> float:
    one_sided = any((a == 0) != (b == 0) for a, b in zip(now, before, strict=True))
    return math.inf if one_sided else 2 * _half_jeffreys(_both_have(now, before))


def _mixture(p: Vector, q: Vector) -> np.ndarray:
    return np.add(p, q) / 2


def _several(rows: Table, weights: Vector, base: float = 2) -> float:
    return float(entropy(np.dot(weights, rows), base=base) - np.dot(weights, entropy(rows, base=base)))


def _evenly(rows: Table) -> Vector:
    return [1 / len(rows)] * len(rows)


def _pairwise(rows: Table) -> float:
    return float(np.mean([js_divergence(a, b, base=2) for a, b in combinations(rows, 2)]))


def _doubt(p: Vector, q: Vector, weights: ArrayLike | None = None) -> float:
    """The mean entropy of the source once a draw is seen, in bits; the draws weighted as asked."""
    seen = _mixture(p, q) > 0
    posterior = np.transpose([np.array(p)[seen], np.array(q)[seen]])
    each = entropy(posterior, base=2, normalize=True)
    return float(np.dot(_mixture(p, q) if weights is None else weights, each))


def _are_distributions(p: Any) -> bool:
    return bool((p >= 0).all() and np.allclose(p.sum(axis=-1), 1, rtol=0, atol=1e-9))


def _divergence(coins: Any, one: int, other: int) -> float:
    return float(js_divergence(coins[one], coins[other]))


def _half_in_the_mixture(line: Any) -> object:
    from kltools.derivations import KL, Derivation, Eq, Lemma, Sum, ln, nonnegative, normalized, positive

    p, q, m = positive("p q m")
    x = nonnegative("x", over=())
    above_one = Lemma(0, ln(1 + x), x, equal_at=0)
    return (
        Derivation(KL(p, m), given=[*normalized(p, q), Eq(m, (p + q) / 2)])
        .equals(line, "your line")
        .at_most(ln(2), "ln(1 + x) ≥ 0", by=Sum(p * above_one(q / p)))
    )


def _has_ln_2_outside(line: Any) -> bool:
    from sympy import Add

    from kltools.derivations import Sum, ln

    return isinstance(line, Add) and ln(2) in line.args and bool(line.atoms(Sum))


def _shared_belief(line: Any) -> object:
    from kltools.derivations import JSD, KL, Derivation, DerivationError, Eq, normalized, positive

    p, q, m, r = positive("p q m r")
    if line == JSD(p, q) + KL(r, m):
        raise DerivationError(
            "the line is false: the days come from the towns, together from M, and R is the belief. "
            "Which of the two comes first in KL?"
        )
    given = [*normalized(p, q, r), Eq(m, (p + q) / 2)]
    return Derivation(KL(p, r) / 2 + KL(q, r) / 2, given=given).equals(line, "your line")


def _has_one_part_without_r(line: Any) -> bool:
    from kltools.derivations import JSD, KL, positive

    p, q, m, r = positive("p q m r")
    return bool(line == JSD(p, q) + KL(m, r))


class Year(list[list[int]]):
    """Weekly counts, shown by a name where a verdict speaks of them."""

    def __init__(self, seed: int, weeks: int, change: int) -> None:
        rng = np.random.default_rng(seed)
        super().__init__(
            rng.multinomial(168, P if week < change else LATER).tolist() for week in range(weeks)
        )
        self.name = f"a year of {weeks} weeks"

    def __str__(self) -> str:
        return self.name


def _splits(weeks: Table) -> list[tuple[np.ndarray, np.ndarray]]:
    counts = np.array(weeks)
    return [(counts[:t].sum(axis=0), counts[t:].sum(axis=0)) for t in range(1, len(counts))]


def _best_split(weeks: Table, gain: Callable[[np.ndarray, np.ndarray], float]) -> int:
    return 1 + int(np.argmax([gain(*parts) for parts in _splits(weeks)]))


def _weighted(before: np.ndarray, after: np.ndarray) -> float:
    hours = np.array([before.sum(), after.sum()])
    return float(js_divergence(before, after, weights=hours / hours.sum(), normalize=True))


def _even(before: np.ndarray, after: np.ndarray) -> float:
    return float(js_divergence(before, after, normalize=True))


def _largest_step(weeks: Table) -> int:
    return 1 + int(np.argmax(js_divergence(weeks[1:], weeks[:-1], normalize=True)))


def _farthest_week(weeks: Table) -> int:
    return 1 + int(np.argmax(js_divergence(weeks, np.sum(weeks[:10], axis=0), normalize=True)))


_BITS = float(js_divergence(DRINKS, OTHER_DRINKS, base=2))

EXERCISES: tuple[Exercise, ...] = (
    ValueExercise(
        name="js_by_hand",
        right=_BITS,
        unit="bits",
        note="The machines share three quarters of their sales, and the rest tells them apart.",
        mistakes=(
            Mistake(math.inf, "That is the Jeffreys divergence. Compare each machine with the mixture."),
            Mistake(_BITS * math.log(2), NATS),
            Mistake(
                2 * _BITS, "The two divergences from M are halved before they are added; no root is taken."
            ),
            Mistake(
                float(entropy(_mixture(DRINKS, OTHER_DRINKS), base=2)),
                "That is H(M); its floors are still in it.",
            ),
            Mistake(
                float(entropy(_mixture(DRINKS, OTHER_DRINKS), base=2) - 2 * entropy(DRINKS, base=2)),
                "Take off the mean of the two entropies, not their sum.",
            ),
            Mistake(_BITS / 2, "That is one of the two parts; add the other."),
            Mistake(1.0, "A whole bit is for machines that share nothing; these share three quarters."),
            Mistake(-_BITS, "The size is right and the sign is not: mixing raises the entropy."),
        ),
    ),
    FunctionExercise(
        name="my_jsd",
        right=js_divergence,
        inputs=((P, Q1), (Q1, P), (P, Q2), HALVES, ([1.0, 0.0], [0.0, 1.0]), (P, P)),
        note="Zeros do it no harm, and two disjoint lists give ln 2.",
        mistakes=(
            Mistake(lambda p, q: jeffreys_divergence(p, q) / 2, HALF_JEFFREYS),
            Mistake(lambda p, q: _half_jeffreys(zip(p, q, strict=True)), HALF_JEFFREYS),
            Mistake(lambda p, q: _half_jeffreys(_both_have(p, q)), HALF_JEFFREYS),
            Mistake(
                _shared_part,
                "An outcome that one side lacks counts for the other: skip an x that is 0, and that x only.",
            ),
            Mistake(
                lambda p, q: js_divergence(p, q) - math.log(2), "The mixture has lost its half: it sums to 2."
            ),
            Mistake(jeffreys_divergence, "That is the Jeffreys divergence, both directions added."),
            Mistake(lambda p, q: js_divergence(p, q, base=2), BITS),
            Mistake(js_distance, "That is the root, the Jensen–Shannon distance."),
            Mistake(
                lambda p, q: 2 * js_divergence(p, q),
                "The halves in front of the two divergences are missing.",
            ),
            Mistake(lambda p, q: kl_divergence(p, _mixture(p, q)), "That is one half of it, KL(P‖M) alone."),
            Mistake(
                lambda p, q: (kl_divergence(_mixture(p, q), p) + kl_divergence(_mixture(p, q), q)) / 2,
                "The mixture belongs in the second place: each town pays for believing M.",
            ),
            Mistake(
                lambda p, q: entropy(_mixture(p, q)) - entropy(p) - entropy(q),
                "Take off the mean of the two entropies, not their sum.",
            ),
        ),
    ),
    PropertyExercise(
        name="small_and_infinite",
        claims=(
            (lambda pair: pair.ndim == 2 and len(pair) == 2, "two lists of equal length are asked for."),
            (lambda pair: pair.shape[1] == 3, "three outcomes are asked for."),
            (_are_distributions, "each list must be non-negative and sum to 1."),
            (
                lambda pair: bool(np.isinf(jeffreys_divergence(pair[0], pair[1]))),
                "the average KL of this pair is finite. Some outcome must be missing from one side only.",
            ),
            (
                lambda pair: bool(js_divergence(pair[0], pair[1], base=2) < 0.01),
                "the JSD is too large. Make the outcome that is missing rarer, and the rest more alike.",
            ),
        ),
        note="One is infinite and the other next to nothing, so one cannot be the other.",
    ),
    ValueExercise(
        name="root_or_not",
        right=SCIPY_SAID**2 / math.log(2),
        unit="bits",
        note="Square first, then change the unit.",
        mistakes=(
            Mistake(SCIPY_SAID, "That is what SciPy printed: a root, and not in bits."),
            Mistake(SCIPY_SAID**2, "The square is right, and it is in nats."),
            Mistake(SCIPY_SAID / math.log(2), "The unit was changed and the root was not undone."),
            Mistake((SCIPY_SAID / math.log(2)) ** 2, "ln 2 was squared along with the root: square first."),
            Mistake(SCIPY_SAID**2 * math.log(2), "A nat is more than a bit: divide by ln 2."),
            *_rounded(SCIPY_SAID**2 / math.log(2)),
            Mistake(math.sqrt(SCIPY_SAID), "SciPy has taken the root already; undo it."),
            Mistake(
                SCIPY_SAID / math.sqrt(math.log(2)),
                "That is the root in base 2; the divergence is its square.",
            ),
        ),
    ),
    FunctionExercise(
        name="doubt_left",
        right=lambda p, q: 1 - js_divergence(p, q, base=2),
        inputs=((P, Q1), (P, Q2), HALVES, ([1.0, 0.0], [0.0, 1.0]), (P, P), ([0.9, 0.1], [0.4, 0.6])),
        note="One bit of doubt before, and the JSD is what the draw takes away.",
        mistakes=(
            Mistake(lambda p, q: js_divergence(p, q, base=2), "That is what you learned; how much is left?"),
            Mistake(
                lambda p, q: 2 - 2 * js_divergence(p, q, base=2),
                "The weights p + q sum to 2; the game shows each outcome half as often.",
            ),
            Mistake(
                lambda p, q: math.log(2) - js_divergence(p, q),
                "That is right in nats; the question asks for bits.",
            ),
            Mistake(
                lambda p, q: 1 - js_divergence(p, q),
                "The bit of the coin and the nats of the JSD do not mix.",
            ),
            Mistake(
                lambda p, q: _doubt(p, q, np.array(p)[_mixture(p, q) > 0]),
                "You averaged over draws from the first source; the game draws from both.",
            ),
            Mistake(
                lambda p, q: _doubt(
                    p, q, np.full(np.sum(_mixture(p, q) > 0), 1 / np.sum(_mixture(p, q) > 0))
                ),
                "The outcomes were averaged evenly; each has the weight with which the game shows it.",
            ),
            Mistake(
                lambda p, q: entropy(_mixture(p, q), base=2),
                "That is the doubt about the draw, not about the coin.",
            ),
        ),
    ),
    FunctionExercise(
        name="several_towns",
        right=_several,
        inputs=(
            ([P, Q1], [0.75, 0.25]),
            ([P, Q1], [0.25, 0.75]),
            ([P, Q1, Q2], [0.5, 0.25, 0.25]),
            ([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.0, 0.5]], [0.2, 0.3, 0.5]),
            ([P, Q1, Q2, [0.1, 0.1, 0.8]], [0.1, 0.2, 0.3, 0.4]),
        ),
        note="It is what one page tells about which of the diaries it came from.",
        mistakes=(
            Mistake(lambda rows, weights: _several(rows, weights, base=math.e), NATS),
            Mistake(lambda rows, weights: _several(rows, _evenly(rows)), "The weights were not used."),
            Mistake(
                lambda rows, weights: float(
                    entropy(np.dot(weights, rows), base=2) - np.mean(entropy(rows, base=2))
                ),
                "The mixture has the weights, and the mean of the entropies has not.",
            ),
            Mistake(
                lambda rows, weights: float(
                    entropy(np.dot(_evenly(rows), rows), base=2) - np.dot(weights, entropy(rows, base=2))
                ),
                "The mean of the entropies has the weights, and the mixture has not.",
            ),
            Mistake(
                lambda rows, weights: float(
                    entropy(np.dot(weights, rows), base=2) - np.sum(entropy(rows, base=2))
                ),
                "The entropies were added up; they are averaged with the weights.",
            ),
            Mistake(
                lambda rows, weights: _pairwise(rows),
                "That is the mean JSD of all pairs; make one mixture of all.",
            ),
            Mistake(
                lambda rows, weights: float(entropy(np.dot(weights, rows), base=2)),
                "That is H(M); its floors are still in it.",
            ),
        ),
    ),
    StepExercise(
        name="half_in_the_mixture",
        attempt=_half_in_the_mixture,
        form=(_has_ln_2_outside, "Take ln(2) out of the sum: the missing line is ln(2) less a Sum(...)."),
        note="Where q is 0 the term that is taken off is 0 too, and the bound is met.",
    ),
    StepExercise(
        name="shared_belief",
        attempt=_shared_belief,
        form=(_has_one_part_without_r, "Write it with the named quantities JSD(p, q) and KL(m, r)."),
        note="The second part is never negative and 0 only at R = M: the mixture is the best shared belief.",
    ),
    ValueExercise(
        name="gan_score",
        right=(SCORE + math.log(4)) / 2 / math.log(2),
        unit="bits",
        note="One draw tells more than a quarter of what there is to know about the coin.",
        mistakes=(
            Mistake((SCORE + math.log(4)) / 2, NATS),
            Mistake((SCORE + math.log(4)) / math.log(2), "The score holds twice the JSD."),
            Mistake(SCORE + math.log(4), "The score holds twice the JSD, and in nats."),
            Mistake(
                (SCORE - math.log(4)) / 2 / math.log(2), "Bring −ln 4 to the other side: it changes its sign."
            ),
            Mistake(
                (SCORE + math.log(2)) / 2 / math.log(2),
                "It is ln 4: the logarithm of 2 comes from each half.",
            ),
            Mistake((-SCORE - math.log(4)) / 2 / math.log(2), "The sign is turned: 2 JSD is V + ln 4."),
            Mistake((-SCORE + math.log(4)) / 2 / math.log(2), "The score is −1; its minus was lost."),
            *_rounded((SCORE + math.log(4)) / 2 / math.log(2)),
            Mistake((SCORE + 2) / 2, "ln 4 is 2 in bits; then the score of −1 nat has to be in bits too."),
        ),
    ),
    PropertyExercise(
        name="root_needed",
        claims=(
            (lambda coins: coins.shape == (3, 2), "three lists of two probabilities are asked for."),
            (_are_distributions, "each list must be non-negative and sum to 1."),
            (lambda coins: bool((coins > 0).all()), "each coin must be able to show both sides."),
            (
                lambda coins: (
                    _divergence(coins, 0, 2) > _divergence(coins, 0, 1) + _divergence(coins, 1, 2) + 1e-12
                ),
                "the detour is not shorter than the direct way.",
            ),
        ),
        note="With roots in the place of the divergences, no three coins do that.",
    ),
    FunctionExercise(
        name="psi",
        right=lambda now, before: jeffreys_divergence(now, before, normalize=True),
        inputs=(
            ([2, 5, 3], [3, 4, 3]),
            ([20, 50, 30], [3, 4, 3]),
            ([31, 45, 24], [260, 480, 260]),
            ([31, 45, 0], [260, 480, 30]),
            ([4, 6, 0], [40, 60, 0]),
        ),
        note="Symmetric, and infinite as soon as one bin is empty on one side.",
        mistakes=(
            Mistake(
                lambda now, before: jeffreys_divergence(now, before, normalize=True) / 2,
                "That is half of it: the index adds both directions and does not average them.",
            ),
            Mistake(
                lambda now, before: kl_divergence(now, before, normalize=True),
                "That is KL in one direction; the index adds both.",
            ),
            Mistake(
                lambda now, before: kl_divergence(before, now, normalize=True),
                "That is KL in one direction; the index adds both.",
            ),
            Mistake(
                lambda now, before: js_divergence(now, before, normalize=True),
                "That is the JSD, which is finite.",
            ),
            Mistake(lambda now, before: jeffreys_divergence(now, before, normalize=True, base=2), BITS),
            Mistake(
                lambda now, before: 2 * _half_jeffreys(_both_have(_shares(now), _shares(before))),
                "A bin that is empty on one side was passed over; it makes the index infinite.",
            ),
            Mistake(_jeffreys_of_counts, RAW_COUNTS),
            Mistake(lambda now, before: 2 * _half_jeffreys(zip(now, before, strict=True)), RAW_COUNTS),
        ),
    ),
    FunctionExercise(
        name="change_week",
        right=lambda weeks: _best_split(weeks, _weighted),
        inputs=((Year(12, 52, 40),), (Year(13, 52, 9),), (Year(14, 20, 4),)),
        note="The split with the largest weighted JSD is the one that makes the year most likely.",
        mistakes=(
            Mistake(
                lambda weeks: _best_split(weeks, _weighted) - 1,
                "You are one week early: t counts the weeks before the change, and starts at 1.",
            ),
            Mistake(
                lambda weeks: _best_split(weeks, _weighted) + 1,
                "You are one week late: t counts the weeks before the change, so the change comes after it.",
            ),
            Mistake(
                lambda weeks: _best_split(weeks, _even),
                "The two parts had even weights; each has its share of all hours for a weight.",
            ),
            Mistake(
                _largest_step, "You compared each week with the next; pool all weeks before and all after."
            ),
            Mistake(
                _farthest_week, "You looked for the week farthest from the first ten; split the year in two."
            ),
        ),
    ),
)
