"""The exercises of the chapter on the KL divergence."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from kltools import cross_entropy, entropy, jeffreys_divergence, kl_divergence
from kltools.exercises._checking import (
    Exercise,
    FunctionExercise,
    Mistake,
    PropertyExercise,
    StepExercise,
    ValueExercise,
)

Vector = Sequence[float]

P, Q1, Q2 = [0.2, 0.5, 0.3], [0.3, 0.4, 0.3], [0.25, 0.5, 0.25]
FAIR, ONE_IN_FOUR, ONE_IN_EIGHT = [1 / 2, 1 / 2], [1 / 4, 3 / 4], [1 / 8, 7 / 8]
DRINKS, FORMER_DRINKS = [1 / 2, 1 / 4, 1 / 8, 1 / 8], [1 / 4, 1 / 8, 1 / 2, 1 / 8]

HERE, THERE = [0.9, 0.1], [0.1, 0.9]
# The pairs of the text whose directions agree.
TAKEN = (
    ([0.5, 0.4, 0.1], [0.5, 0.1, 0.4]),
    ([0.2, 0.5, 0.3], [0.25, 0.41547308, 0.33452692]),
)

COUNTED = "The counts went in as they are, so the result grows with them and can be negative."
SWAPPED = "That is KL(Q‖P): you averaged under Q, and the question averages under P."


def _conditional_kl(p: ArrayLike, q: ArrayLike) -> float:
    rows = np.sum(p, axis=1)
    return float(np.dot(rows, kl_divergence(p, q, normalize=True)))


def _half_normalized(p: ArrayLike, q: ArrayLike) -> float:
    rows = np.sum(p, axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.nansum(np.where(np.array(p) > 0, p * np.log(np.divide(p, q) / rows), 0)))


def _plain_sum(n: Vector, m: Vector) -> float:
    return sum(a * math.log(a / b) for a, b in zip(n, m, strict=True))


def _in_one_total(n: Vector, m: Vector) -> float:
    return _without_impossible(n, m) / (sum(n) + sum(m))


def _without_impossible(p: Vector, q: Vector) -> float:
    return sum(a * math.log(a / b) for a, b in zip(p, q, strict=True) if a > 0 and b > 0)


def _without_signs(p: Vector, q: Vector) -> float:
    if any(b == 0 < a for a, b in zip(p, q, strict=True)):
        return math.inf
    return sum(abs(a * math.log(a / b)) for a, b in zip(p, q, strict=True) if a > 0)


def _are_distributions(p: Any) -> bool:
    return bool((p >= 0).all() and np.allclose(p.sum(axis=-1), 1, rtol=0, atol=1e-9))


def _both_ways(pair: Any) -> tuple[float, float]:
    return float(kl_divergence(pair[0], pair[1])), float(kl_divergence(pair[1], pair[0]))


def _detour(b: Vector) -> float:
    """The way from HERE to THERE through b; with b = THERE, the direct one."""
    return float(kl_divergence(HERE, b)) + float(kl_divergence(b, THERE))


def _log_ratio(p: float, q: float) -> float:
    return math.log(p / q)


def _verdict(
    days: Sequence[int],
    p: Vector,
    q: Vector,
    evidence_of: Callable[[float, float], float] = _log_ratio,
    lines: tuple[float, float] = (-math.log(1000), math.log(1000)),
) -> int:
    evidence = 0.0
    for number, day in enumerate(days, start=1):
        evidence += evidence_of(p[day], q[day])
        if evidence <= lines[0] or evidence >= lines[1]:
            return number if evidence > 0 else -number
    return 0


def _verdict_at_the_end(days: Sequence[int], p: Vector, q: Vector) -> int:
    evidence = sum(math.log(p[day] / q[day]) for day in days)
    return 0 if abs(evidence) < math.log(1000) else int(math.copysign(len(days), evidence))


def _both_directions(line: Any) -> object:
    from kltools.derivations import KL, Derivation, positive

    p, q = positive("p q")
    return Derivation(KL(p, q) + KL(q, p)).equals(line, "your line")


def _is_one_sum(line: Any) -> bool:
    from kltools.derivations import Sum

    return isinstance(line, Sum) or isinstance(-line, Sum)


def _independent_days(line: Any) -> object:
    from kltools.derivations import Derivation, Sum, j, ln, normalized, positive

    p, q = positive("p q")
    r, s = positive("r s", over=j)
    start = Sum(p * r * ln(p * r / (q * s)))
    return Derivation(start, given=normalized(p, q, r, s)).equals(line, "your line")


def _is_made_of_divergences(line: Any) -> bool:
    from kltools.derivations import KL, positive

    p, q = positive("p q")
    return bool(line.has(KL(p, q)))


def _bound_from_above(line: Any) -> object:
    from kltools.derivations import KL, Derivation, Sum, ln, normalized, positive, tangent

    p, q = positive("p q")
    return (
        Derivation(KL(p, q), given=normalized(p, q))
        .equals(Sum(p * ln(p / q)), "the definition")
        .at_most(line, "ln x ≤ x − 1 at x = p/q", by=Sum(p * tangent(p / q)))
        .equals(Sum(p**2 / q) - 1, "multiply out, and P sums to 1")
    )


EXERCISES: tuple[Exercise, ...] = (
    ValueExercise(
        name="by_hand",
        right=kl_divergence(DRINKS, FORMER_DRINKS, base=2),
        unit="bits",
        note="Half a bit of every order is spent on the old table.",
        mistakes=(
            Mistake(
                kl_divergence(FORMER_DRINKS, DRINKS, base=2),
                f"{SWAPPED} (Or you took log₂ ¼ as −1; it is −2.)",
            ),
            Mistake(
                1.0,
                "Did the third term lose its minus? The ratio is ¼ there, and its logarithm is below zero.",
            ),
            Mistake(0.75, "The third drink is missing: its ratio is ¼."),
            Mistake(0.0, "The logarithms were added up without weights: weigh each with its p."),
            Mistake(
                kl_divergence(DRINKS, FORMER_DRINKS),
                "That is the answer in nats; the question asks for bits.",
            ),
            Mistake(
                cross_entropy(DRINKS, FORMER_DRINKS, base=2),
                "That is H(P, Q), the whole cost; take off the part that nobody can avoid.",
            ),
            Mistake(entropy(DRINKS, base=2), "That is H(P), the part of the cost that nobody can avoid."),
            Mistake(
                -kl_divergence(DRINKS, FORMER_DRINKS, base=2),
                "The size is right and the sign is not: the ratio inside the logarithm is p/q.",
            ),
        ),
    ),
    FunctionExercise(
        name="my_kl",
        right=kl_divergence,
        inputs=(
            (P, Q1),
            (Q1, P),
            ([0.5, 0.5, 0.0], [0.25, 0.25, 0.5]),
            ([0.25, 0.25, 0.5], [0.5, 0.5, 0.0]),
            ([0.5, 0.5, 0.0], [0.5, 0.5, 0.0]),
            (P, P),
        ),
        note="You have written the function that this course is about.",
        mistakes=(
            Mistake(
                lambda p, q: kl_divergence(q, p),
                "That is KL(Q‖P): the average is taken under the first argument.",
            ),
            Mistake(
                lambda p, q: kl_divergence(p, q, base=2), "That is right in bits; the question asks for nats."
            ),
            Mistake(_without_impossible, "A term with q = 0 < p was skipped; it makes the result infinite."),
            Mistake(
                lambda p, q: math.inf if 0 in q else kl_divergence(p, q),
                "q = 0 is harmless where p is 0 too: that term counts as 0.",
            ),
            Mistake(jeffreys_divergence, "That is KL(P‖Q) + KL(Q‖P): one direction is asked for."),
            Mistake(
                lambda p, q: -kl_divergence(p, q),
                "The sign is turned around: the ratio inside the logarithm is p/q.",
            ),
            Mistake(
                cross_entropy, "That is H(P, Q), the whole cost: the ratio p/q belongs in the logarithm."
            ),
            Mistake(_without_signs, "The terms lost their signs: one below zero takes something off."),
        ),
    ),
    FunctionExercise(
        name="excess",
        right=lambda p, q: kl_divergence(p, q, base=2),
        inputs=((P, Q1), (P, Q2), (FAIR, ONE_IN_FOUR), (ONE_IN_FOUR, FAIR), (P, P)),
        note="The floor H(P) is taken off, and what is left is the part that a better belief would save.",
        mistakes=(
            Mistake(
                lambda p, q: entropy(q, base=2) - entropy(p, base=2),
                "That is H(Q) − H(P). Both costs are paid on days drawn from P; the first one is H(P, Q).",
            ),
            Mistake(
                lambda p, q: entropy(p, base=2) - cross_entropy(p, q, base=2),
                "The sign is turned around: the cost with the wrong belief is the larger one.",
            ),
            Mistake(
                lambda p, q: entropy(q) - entropy(p),
                "That is H(Q) − H(P), in nats. Both costs are paid on days from P, and bits are asked for.",
            ),
            Mistake(
                lambda p, q: cross_entropy(p, q, base=2) - entropy(q, base=2),
                "The cost is right, and the floor is that of Q: somebody who knows P pays H(P).",
            ),
            Mistake(
                lambda p, q: cross_entropy(p, q, base=2) - entropy(p),
                "One cost is in bits, the other in nats.",
            ),
            Mistake(
                lambda p, q: cross_entropy(p, q) - entropy(p, base=2),
                "One cost is in nats, the other in bits.",
            ),
            Mistake(kl_divergence, "That is right in nats; the question asks for bits."),
            Mistake(lambda p, q: kl_divergence(q, p, base=2), SWAPPED),
            Mistake(
                lambda p, q: cross_entropy(q, p, base=2) - entropy(p, base=2),
                "The floor is right, and the cost is H(Q, P): what happens comes first, the belief second.",
            ),
            Mistake(
                lambda p, q: cross_entropy(p, q, base=2),
                "That is the whole cost H(P, Q); its floor is still in it.",
            ),
        ),
    ),
    FunctionExercise(
        name="from_counts",
        right=lambda n, m: kl_divergence(n, m, normalize=True),
        inputs=(
            ([2, 5, 3], [3, 4, 3]),
            ([20, 50, 30], [3, 4, 3]),
            ([1, 1], [10, 30]),
            ([4, 0], [2, 2]),
            ([4, 0], [4, 0]),
        ),
        note="Each list is divided by its own total, so its size does not matter.",
        mistakes=(
            Mistake(_plain_sum, COUNTED),
            Mistake(_without_impossible, COUNTED),
            Mistake(lambda n, m: abs(_plain_sum(n, m)), f"{COUNTED} abs() hides that, and mends nothing."),
            Mistake(
                lambda n, m: abs(_without_impossible(n, m)), f"{COUNTED} abs() hides that, and mends nothing."
            ),
            Mistake(
                lambda n, m: kl_divergence(n, m, normalize=True, base=2),
                "That is right in bits; the question asks for nats.",
            ),
            Mistake(
                lambda n, m: sum(a / sum(n) * math.log(a / b) for a, b in zip(n, m, strict=True) if a > 0),
                "The weights in front were divided by their total; the ratio inside the logarithm was not.",
            ),
            Mistake(lambda n, m: kl_divergence(m, n, normalize=True), SWAPPED),
            Mistake(_in_one_total, "Both lists were divided by the same number; each has its own total."),
            Mistake(lambda n, m: max(_without_impossible(n, m), 0), f"{COUNTED} max(…, 0) hides that."),
        ),
    ),
    PropertyExercise(
        name="equal_both_ways",
        claims=(
            (lambda pair: pair.ndim == 2 and len(pair) == 2, "two lists of equal length are asked for."),
            (lambda pair: pair.shape[1] == 3, "three outcomes are asked for."),
            (_are_distributions, "each list must be non-negative and sum to 1."),
            (lambda pair: np.abs(pair[0] - pair[1]).max() > 1e-9, "the two are the same distribution."),
            (lambda pair: np.isfinite(_both_ways(pair)).all(), "a direction is infinite; avoid the zeros."),
            (lambda pair: math.isclose(*_both_ways(pair), abs_tol=1e-9), "the two directions differ."),
            (
                lambda pair: (
                    not any(np.allclose(pair, taken) or np.allclose(pair[::-1], taken) for taken in TAKEN)
                ),
                "that pair is in the text; find another.",
            ),
        ),
        note="So KL is not a symmetric function, and yet it can agree both ways.",
    ),
    StepExercise(
        name="both_directions",
        attempt=_both_directions,
        form=(_is_one_sum, "Collect it under a single Sum(...)."),
        note="This is the Jeffreys divergence, and no term of it is negative.",
    ),
    ValueExercise(
        name="days_of_evidence",
        right=math.ceil(math.log(1000) / kl_divergence(P, Q1)),
        unit="days",
        note="A small KL is a slow clock, and it does not stop.",
        decimals=0,
        mistakes=(
            Mistake(
                math.log(1000) / kl_divergence(P, Q1), "Round it up: a whole number of days is asked for."
            ),
            Mistake(
                math.ceil(math.log(20) / kl_divergence(P, Q1)),
                "That is the time for 20 to 1, or the logarithm was taken to base 10.",
            ),
            Mistake(
                math.ceil(math.log(1000) / kl_divergence(P, Q1, base=2)),
                "You divided nats by bits: take both in the same unit.",
            ),
            Mistake(
                math.ceil(math.log2(1000) / kl_divergence(P, Q1)),
                "You divided bits by nats: take both in the same unit.",
            ),
            Mistake(1000 / kl_divergence(P, Q1), "A factor of 1000 is ln 1000 nats of evidence, not 1000."),
            Mistake(
                math.ceil(math.log(1000) / kl_divergence(Q1, P)),
                "The days come from P, so the rate is KL(P‖Q1).",
            ),
            Mistake(
                math.floor(math.log(1000) / kl_divergence(P, Q1)),
                "On that day the average is still short of it.",
            ),
            Mistake(
                math.ceil(1000 / kl_divergence(P, Q1)),
                "A factor of 1000 is ln 1000 nats of evidence, not 1000.",
            ),
        ),
    ),
    FunctionExercise(
        name="second_day",
        right=_conditional_kl,
        inputs=(
            ([[0.3, 0.1], [0.2, 0.4]], [[0.25, 0.25], [0.25, 0.25]]),
            ([[0.25, 0.25], [0.25, 0.25]], [[0.3, 0.1], [0.2, 0.4]]),
            ([[0.5, 0.0], [0.1, 0.4]], [[0.2, 0.2], [0.3, 0.3]]),
        ),
        note="Added to the KL of the first day, it makes the KL of the pair.",
        mistakes=(
            Mistake(
                lambda p, q: float(np.mean(kl_divergence(p, q, normalize=True))),
                "The rows were averaged evenly; row x has the weight p(x).",
            ),
            Mistake(
                lambda p, q: float(np.dot(np.sum(q, axis=1), kl_divergence(p, q, normalize=True))),
                "The rows were weighted by q(x); the days come from P.",
            ),
            Mistake(
                lambda p, q: kl_divergence(np.ravel(p), np.ravel(q)),
                "That is the KL of the pair of days; take off what the first day explains.",
            ),
            Mistake(
                lambda p, q: float(np.sum(kl_divergence(p, q, normalize=True))),
                "The rows were added up; each has to be weighted by p(x) first.",
            ),
            Mistake(
                lambda p, q: _conditional_kl(p, q) / math.log(2),
                "That is right in bits; the question asks for nats.",
            ),
            Mistake(lambda p, q: _conditional_kl(q, p), SWAPPED),
            Mistake(
                lambda p, q: _conditional_kl(np.transpose(p), np.transpose(q)),
                "You went through the columns: that is the first day given the second.",
            ),
            Mistake(
                lambda p, q: kl_divergence(np.sum(p, axis=1), np.sum(q, axis=1)),
                "That is the divergence of the first day; the second day given the first is asked for.",
            ),
            Mistake(
                lambda p, q: kl_divergence(np.sum(p, axis=0), np.sum(q, axis=0)),
                "That forgets the first day: compare the second day within each row.",
            ),
            Mistake(
                _half_normalized,
                "The rows of p were divided by their totals and those of q were not; each needs its own.",
            ),
        ),
    ),
    PropertyExercise(
        name="detour",
        claims=(
            (
                lambda b: b.shape == (2,) and _are_distributions(b),
                "a distribution on two outcomes is asked for.",
            ),
            (lambda b: np.isfinite(_detour(b)), "the way through B is infinite; avoid the zeros."),
            (
                lambda b: _detour(b) < _detour(THERE),
                "the way through B is no shorter than the direct one.",
            ),
        ),
        note="The detour is shorter, which no distance allows.",
    ),
    StepExercise(
        name="independent_days",
        attempt=_independent_days,
        form=(_is_made_of_divergences, "Write it with KL(p, q) and KL(r, s)."),
        note="Two days cost what each of them costs, and so do n days.",
    ),
    ValueExercise(
        name="worst_event",
        right=math.sqrt(1 / 50 / 2),
        note="Whatever the event, the two probabilities are at most this far apart.",
        mistakes=(
            Mistake(1 / 50 / 2, "That is the square of it: Pinsker bounds 2·TV²."),
            Mistake(10.0, "That is a percentage; the answer is a number between 0 and 1."),
            Mistake(math.sqrt(1 / 50), "The 2 in 2·TV² is missing."),
            Mistake(
                math.sqrt(1 / 50 * math.log(2) / 2),
                "You converted from bits, and the report is in nats already.",
            ),
            Mistake(
                math.sqrt(1 / 50 / math.log(2) / 2),
                "You converted to bits, and Pinsker's inequality is in nats, as the report is.",
            ),
            Mistake(math.sqrt(1 / 50 * 2), "The 2 stands on the side of TV², so divide by it."),
            Mistake(2 * (1 / 50) ** 2, "You put the divergence in the place of TV: TV is what is asked for."),
        ),
    ),
    StepExercise(
        name="bound_from_above",
        attempt=_bound_from_above,
        form=(_is_one_sum, "The missing line is a single Sum(...), before it is multiplied out."),
        note="The last line is the χ² divergence: KL is never above it.",
    ),
    FunctionExercise(
        name="whose_weather",
        right=_verdict,
        inputs=(
            ([0] * 5 + [1] * 30, FAIR, ONE_IN_EIGHT),
            ([0] * 5 + [1] * 30, ONE_IN_EIGHT, FAIR),
            ([1] * 20, FAIR, ONE_IN_EIGHT),
            ([0, 1, 0, 1], FAIR, ONE_IN_EIGHT),
            ([1] * 31 + [0] * 5, P, Q1),
        ),
        note="You stop as soon as you know, and KL says how long that takes on average.",
        mistakes=(
            Mistake(
                lambda days, p, q: _verdict(days, q, p),
                "The evidence is for q against p: turn the ratio, or the sign of the result, around.",
            ),
            Mistake(
                _verdict_at_the_end,
                "All days were added up before the comparison; compare after each day, and stop.",
            ),
            Mistake(
                lambda days, p, q: abs(_verdict(days, p, q)),
                "Where q wins, the number of days comes with a minus.",
            ),
            Mistake(
                lambda days, p, q: max(_verdict(days, p, q), 0),
                "The line for q, at −ln 1000, is missing.",
            ),
            Mistake(
                lambda days, p, q: _verdict(days, p, q, lines=(-math.inf, math.log(1000))),
                "The line for q, at −ln 1000, is missing.",
            ),
            Mistake(
                lambda days, p, q: _verdict(days, p, q, lines=(-1000, 1000)),
                "The lines are at ln 1000 and −ln 1000, since logarithms are added up.",
            ),
            Mistake(
                lambda days, p, q: _verdict(days, p, q, lambda a, b: math.log2(a / b)),
                "The evidence is in bits, and ln 1000 in nats.",
            ),
            Mistake(
                lambda days, p, q: _verdict(days, p, q, lambda a, b: a * math.log(a / b)),
                "A day counts with ln(p/q); how often such days come sees to the weight p by itself.",
            ),
            Mistake(
                lambda days, p, q: math.ceil(math.log(1000) / kl_divergence(p, q)),
                "That is the wait by KL, and the days were not looked at: go through them.",
            ),
            Mistake(
                lambda days, p, q: (n := _verdict(days, p, q)) - (n > 0) + (n < 0),
                "The first day counts as 1, not as 0.",
            ),
        ),
    ),
)
