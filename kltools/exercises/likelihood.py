"""The exercises of the chapter on likelihood."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from kltools import cross_entropy, entropy, log_softmax, negative_log_likelihood, softmax
from kltools.exercises._checking import (
    Exercise,
    FunctionExercise,
    Mistake,
    StepExercise,
    ValueExercise,
)

Vector = Sequence[float]
Rows = Sequence[Vector]
Labels = Sequence[int]

# Drinks ordered in one hour, and the table that the machine's code was made for.
ORDERED, TABLE = [3, 2, 0, 3], [1 / 2, 1 / 4, 1 / 8, 1 / 8]
# How a copyist labels a digit of the first of four classes.
COPIED = [9 / 10, 1 / 30, 1 / 30, 1 / 30]
LOSS = 0.5

BITS_FOR_NATS = "That is right in bits; the question asks for nats."


def _tied(counts: Vector) -> float:
    return (counts[0] + counts[2]) / (2 * sum(counts))


def _raised(counts: Vector, alpha: float) -> Any:
    return np.add(counts, alpha) / np.sum(np.add(counts, alpha))


def _safe_log(q: Any) -> Any:
    with np.errstate(divide="ignore"):
        return np.log(q)


def _held_out_loss(train: Vector, test: Vector, alpha: float) -> float:
    return float(negative_log_likelihood(test, _raised(train, alpha)))


def _slope(z: Vector, y: Vector, k: int) -> float:
    return float(softmax(z)[k] - y[k])


def _picked(rows: Any, target: Labels) -> float:
    """NLLLoss: minus the mean entry of the right class."""
    return float(-np.mean(np.asarray(rows)[np.arange(len(target)), target]))


def _factor(z: Rows, target: Labels) -> float:
    """The factor of the logits at which the model expects their mean to be that of the labels."""
    logits = np.asarray(z, dtype=float)
    low, high = 0.0, 64.0  # of the inverse temperature, in which the loss is convex
    for _ in range(80):
        middle = (low + high) / 2
        expected = np.sum(softmax(middle * logits) * logits, axis=1).mean()
        low, high = (low, middle) if expected > -_picked(logits, target) else (middle, high)
    return low


def _temperature(z: Rows, target: Labels) -> float:
    return round(1 / _factor(z, target), 4)


def _by_grid(step: float) -> Callable[[Rows, Labels], float]:
    def search(z: Rows, target: Labels) -> float:
        grid = np.arange(1, 100) * step
        return float(grid[np.argmin([_picked(log_softmax(np.divide(z, t)), target) for t in grid])])

    return search


def _as_confident_as_right(z: Rows, target: Labels) -> float:
    """The temperature at which the mean of the largest probability is the share of right answers."""
    share = np.mean(np.argmax(z, axis=1) == np.asarray(target))
    low, high = 0.0, 64.0
    for _ in range(80):
        middle = (low + high) / 2
        surer = softmax(np.multiply(z, middle)).max(axis=1).mean() > share
        low, high = (low, middle) if surer else (middle, high)
    return round(1 / low, 4)


def _waiting_line(line: Any) -> object:
    from kltools.derivations import Derivation, Eq, Sum, fraction, index, ln, nonnegative, positive

    t = index("t", "N")
    a, mean, x = fraction("a", over=()), positive("xbar", over=()), nonnegative("x", over=t)
    size = t.domain.size
    return (
        Derivation(Sum(ln(a * (1 - a) ** x)), given=[Eq(Sum(x), size * mean)])
        .equals(line, "your line")
        .equals(size * (ln(a) + mean * ln(1 - a)), "add up over the N waits")
    )


def _is_one_opened_sum(line: Any) -> bool:
    from kltools.derivations import Sum, fraction, ln

    a = fraction("a", over=())
    return isinstance(line, Sum) and line.has(ln(a)) and line.has(ln(1 - a))


EXERCISES: tuple[Exercise, ...] = (
    ValueExercise(
        name="orders_by_hand",
        right=negative_log_likelihood(ORDERED, TABLE, base=2),
        unit="bits an order",
        note="The drink that nobody ordered has no part in it, whatever its probability.",
        mistakes=(
            Mistake(
                negative_log_likelihood(ORDERED, TABLE, base=2) * sum(ORDERED),
                "That is the NLL of the whole hour: divide by the number of orders.",
            ),
            Mistake(
                negative_log_likelihood(ORDERED, TABLE), "That is the answer in nats; bits are asked for."
            ),
            Mistake(
                -negative_log_likelihood(ORDERED, TABLE, base=2),
                "That is the log-likelihood per order; the negative log-likelihood has the other sign.",
            ),
            Mistake(
                entropy(ORDERED, base=2, normalize=True),
                "That is H(P̂), the lowest NLL that any table could have: the words are those of the table.",
            ),
            Mistake(
                entropy(TABLE, base=2), "That is H(Q). The weights are what was ordered, not the table's."
            ),
            Mistake(
                float(-np.mean(np.log2(TABLE))),
                "Every drink was counted once: each weighs as often as it was ordered.",
            ),
            Mistake(
                negative_log_likelihood(ORDERED, TABLE, base=2) * sum(ORDERED) / len(ORDERED),
                "You divided by the number of drinks on offer; N is the number of orders.",
            ),
        ),
    ),
    FunctionExercise(
        name="my_nll",
        right=negative_log_likelihood,
        inputs=(
            ([20, 50, 30], [0.3, 0.4, 0.3]),
            ([20, 50, 30], [0.25, 0.5, 0.25]),
            ([3, 1], [0.5, 0.5]),
            ([4, 0], [0.8, 0.2]),
            ([4, 0], [1.0, 0.0]),
            ([3, 1], [1.0, 0.0]),
        ),
        note="You have written the loss of this chapter, with the logarithm where it belongs.",
        mistakes=(
            Mistake(
                lambda n, q: sum(n) * negative_log_likelihood(n, q),
                "That is the NLL of all observations together; divide by their number.",
            ),
            Mistake(
                lambda n, q: negative_log_likelihood(n, q) * sum(n) / len(n),
                "You divided by the number of outcomes; N is the number of observations.",
            ),
            Mistake(
                lambda n, q: -negative_log_likelihood(n, q),
                "That is the log-likelihood: its sign has to be turned around.",
            ),
            Mistake(
                lambda n, q: -math.prod(b**a for a, b in zip(n, q, strict=True)),
                "You negated the likelihood. It is the logarithm of the likelihood that is negated.",
            ),
            Mistake(
                lambda n, q: -math.prod(b**a for a, b in zip(n, q, strict=True)) / sum(n),
                "You negated the likelihood. It is the logarithm of the likelihood that is negated.",
            ),
            Mistake(lambda n, q: negative_log_likelihood(n, q, base=2), BITS_FOR_NATS),
            Mistake(
                lambda n, q: math.inf if 0 in q else negative_log_likelihood(n, q),
                "A zero in q is harmless where nothing was seen: that term counts as 0.",
            ),
            Mistake(
                lambda n, q: sum(-a * math.log(b) for a, b in zip(n, q, strict=True) if a and b) / sum(n),
                "A term with q = 0 was skipped although the outcome was seen; it makes the result infinite.",
            ),
        ),
    ),
    ValueExercise(
        name="missing_coefficient",
        right=math.log(12),
        unit="nats",
        note="For every model it is the same, so no comparison of models can notice it.",
        mistakes=(
            Mistake(12.0, "That is the number of orders; the log-likelihood grows by its logarithm."),
            Mistake(math.log2(12), "That is right in bits; the question asks for nats."),
            Mistake(math.log(24), "4! counts the two equal days as different: divide by 2!."),
            Mistake(-math.log(12), "The size is right; more orders make the counts more probable."),
            Mistake(0.0, "The best model stays where it is. The height of the log-likelihood does not."),
            Mistake(math.log(12) / 4, "That is per day; the question is about all four days."),
        ),
    ),
    ValueExercise(
        name="above_one_half",
        right=15 / 16,
        note="The curve became a distribution when you multiplied with a prior and divided by the area.",
        mistakes=(
            Mistake(
                15 / 64,
                "That is an area under the likelihood, and no probability of θ: the whole area is not 1.",
            ),
            Mistake(1 / 4, "That is the area under the whole curve."),
            Mistake(1 / 8, "That is the likelihood of θ = ½: a probability of the data, not of θ."),
            Mistake(7 / 8, "That is 1 less the likelihood of ½; the question asks for a share of the area."),
            Mistake(1 / 16, "That is the share of the area below one half."),
            Mistake(1 / 2, "That was so before the three days: what you saw speaks for the larger θ."),
        ),
    ),
    FunctionExercise(
        name="tied_dial",
        right=_tied,
        inputs=(([20, 50, 30],), ([1, 2, 7],), ([0, 6, 4],), ([5, 0, 5],)),
        note="The dial splits evenly what rain and sun have together. The model cannot tell them apart.",
        mistakes=(
            Mistake(
                lambda n: (n[0] + n[2]) / sum(n),
                "That is the share of rain and sun together; each of them gets half of it.",
            ),
            Mistake(
                lambda n: n[0] / sum(n), "That believes in the rain and forgets the sun: both hang on t."
            ),
            Mistake(
                lambda n: math.sqrt(n[0] * n[2]) / sum(n),
                "That is a geometric mean. The score has t and 1 − 2t below the line; solve it again.",
            ),
            Mistake(
                lambda n: (n[0] + n[2]) / (2 * sum(n) - n[1]),
                "The derivative of ln(1 − 2t) is −2/(1 − 2t); a 2 was lost.",
            ),
            Mistake(
                lambda n: math.sqrt(n[0] * n[2]) / (2 * math.sqrt(n[0] * n[2]) + n[1]),
                "That makes KL(Q‖P̂) smallest; likelihood averages over the data and makes KL(P̂‖Q) smallest.",
            ),
            Mistake(lambda n: n[1] / sum(n), "That is the share of cloud, which is 1 − 2t."),
        ),
    ),
    StepExercise(
        name="waiting_line",
        attempt=_waiting_line,
        form=(_is_one_opened_sum, "Open the logarithm, and keep it under a single Sum(...)."),
        note="The product has become a sum, in which each letter stands by itself.",
    ),
    FunctionExercise(
        name="waiting_estimate",
        right=lambda x: len(x) / (len(x) + sum(x)),
        inputs=(([0, 2, 1],), ([4],), ([0, 0, 3, 1],), ([0, 0],)),
        note="It is the number of successes over the number of tries, so a share again.",
        mistakes=(
            Mistake(
                lambda x: len(x) / sum(x) if sum(x) else math.inf,
                "That is one over the mean of x; the try that works is not counted in x.",
            ),
            Mistake(
                lambda x: len(x) / sum(x),  # which stops where every first try worked
                "That is one over the mean of x; the try that works is not counted in x.",
            ),
            Mistake(lambda x: sum(x) / len(x), "That is the mean number of failures, not a probability."),
            Mistake(
                lambda x: sum(x) / (len(x) + sum(x)), "That is the share of failures; a is that of successes."
            ),
            Mistake(
                lambda x: float(np.mean([1 / (1 + wait) for wait in x])),
                "You averaged one estimate for each wait. Put the mean of x into one formula.",
            ),
        ),
    ),
    ValueExercise(
        name="two_tosses",
        right=math.log(2) / 2,
        unit="nats a toss",
        note="Half of what the coin really costs: P̂ is not P, and a model that believes P̂ flatters itself.",
        mistakes=(
            Mistake(
                math.log(2), "That is H(P), the cost of the true coin. The average runs over the costs H(P̂)."
            ),
            Mistake(0.5, "That is the answer in bits; the question asks for nats."),
            Mistake(0.0, "So it is after two equal tosses. Two results of the four are mixed."),
            Mistake(
                math.inf,
                "That is the cost on fresh tosses: after two heads the model holds tails impossible.",
            ),
            Mistake(
                math.log(2) / 3, "The results with one head are two of four, not one of three: HT and TH."
            ),
            Mistake(
                math.log(2) - 1 / 4,
                "The rule of thumb with (K − 1)/2N is for long diaries. Take the average.",
            ),
            Mistake(math.log(2) / 4, "That is per toss, and then halved again: H(P̂) is a mean already."),
        ),
    ),
    FunctionExercise(
        name="held_out_loss",
        right=_held_out_loss,
        inputs=(
            ([0, 6, 4], [20, 50, 30], 1),
            ([0, 6, 4], [20, 50, 30], 0.5),
            ([3, 1], [1, 3], 2),
            ([5, 0, 0, 1], [2, 1, 1, 0], 0.1),
            ([0, 6, 4], [20, 50, 30], 0),
        ),
        note="Now the smoothing can be chosen: take the α at which this is lowest.",
        mistakes=(
            Mistake(
                lambda n, m, a: float(-np.sum(np.divide(m, sum(m)) * _safe_log(np.add(n, a) / (sum(n) + a)))),
                "The raised counts were divided by N + α. They sum to more: every outcome was raised.",
            ),
            Mistake(
                lambda n, m, a: float(-np.sum(np.divide(m, sum(m)) * _safe_log(np.add(n, a) / sum(n)))),
                "The raised counts were divided by the old total, so they do not sum to 1.",
            ),
            Mistake(
                lambda n, m, a: float(cross_entropy(_raised(m, a), _raised(n, a))),
                "The held-out counts were raised too. They are data, and stay as they are.",
            ),
            Mistake(
                lambda n, m, a: _held_out_loss(m, n, a),
                "The two are exchanged: the model learns from the first list and is judged on the second.",
            ),
            Mistake(
                lambda n, m, a: _held_out_loss(n, n, a),
                "The model was judged on the counts that it has learnt from.",
            ),
            Mistake(
                lambda n, m, a: sum(m) * _held_out_loss(n, m, a),
                "That is the loss of all held-out days together; divide by their number.",
            ),
            Mistake(lambda n, m, a: _held_out_loss(n, m, a) / math.log(2), BITS_FOR_NATS),
            Mistake(lambda n, m, a: _held_out_loss(n, m, 0), "The α was not added to the counts in train."),
            Mistake(
                lambda n, m, a: _held_out_loss(np.add(n, m).tolist(), m, a),
                "The model has learnt from the held-out counts too, so they are no test of it.",
            ),
        ),
    ),
    FunctionExercise(
        name="slope_of_the_loss",
        right=_slope,
        inputs=(
            ([0.0, 0.0, 0.0], [1.0, 0.0, 0.0], 0),
            ([2.0, -1.0, 0.5], [0.0, 0.0, 1.0], 2),
            ([2.0, -1.0, 0.5], [0.1, 0.1, 0.8], 1),
            ([1.0, 3.0], [0.25, 0.75], 0),
        ),
        note="It is 0 when the model believes what the label says, and not before.",
        mistakes=(
            Mistake(
                lambda z, y, k: -_slope(z, y, k),
                "The sign is turned around: where the model believes too little, a larger logit helps.",
            ),
            Mistake(
                lambda z, y, k: float(softmax(z)[k] - 1),
                "That takes off 1 for every k; the label says y_k of outcome k.",
            ),
            Mistake(lambda z, y, k: float(softmax(z)[k]), "The label is missing: take off what it says."),
            Mistake(
                lambda z, y, k: z[k] - y[k], "That compares a logit with a probability; softmax is missing."
            ),
            Mistake(
                lambda z, y, k: float(softmax(z)[k] - (k == int(np.argmax(y)))),
                "That is the slope for a one-hot label; here the label may be soft.",
            ),
            Mistake(
                lambda z, y, k: float(-y[k] / softmax(z)[k]),
                "That is the slope by the probability q_k; the question is about the logit z_k.",
            ),
            Mistake(
                lambda z, y, k: float(log_softmax(z)[k] - y[k]),
                "That is a log-probability less a probability; the slope has the probability itself.",
            ),
        ),
    ),
    ValueExercise(
        name="noisy_floor",
        right=LOSS - entropy(COPIED),
        unit="nats",
        note="The rest is the floor, and nothing that the model does can lower it.",
        mistakes=(
            Mistake(LOSS, "That would be so with a floor of 0; labels with slips have an entropy."),
            Mistake(entropy(COPIED), "That is the floor. How much is above it?"),
            Mistake(
                LOSS - entropy([0.9, 0.1]),
                "The floor is too low: a slip goes to one of three classes, and which one is uncertain too.",
            ),
            Mistake(
                LOSS - entropy(COPIED, base=2),
                "The loss is in nats and your floor in bits: take both in nats.",
            ),
            Mistake((LOSS - entropy(COPIED)) / math.log(2), BITS_FOR_NATS),
            Mistake(entropy(COPIED) - LOSS, "The sign is turned around: the loss is the larger one."),
            Mistake(
                LOSS - entropy([0.9, 0.025, 0.025, 0.025, 0.025]),
                "A slip goes to one of the three other classes, not to one of four.",
            ),
        ),
    ),
    FunctionExercise(
        name="from_probabilities",
        right=lambda probs, target: _picked(np.log(probs), target),
        inputs=(
            (np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]]), [0, 1]),
            (np.array([[0.5, 0.5]]), [1]),
            (np.array([[0.2, 0.8], [0.9, 0.1], [0.6, 0.4]]), [1, 0, 0]),
        ),
        note="NLLLoss wants logarithms, and it makes none itself.",
        mistakes=(
            Mistake(_picked, "NLLLoss does not take a logarithm: it picked your probabilities as they are."),
            Mistake(
                lambda probs, target: _picked(log_softmax(probs), target),
                "CrossEntropyLoss applies its own softmax, so yours was applied twice.",
            ),
            Mistake(
                lambda probs, target: _picked(softmax(probs), target),
                "A second softmax was applied, and no logarithm.",
            ),
            Mistake(
                lambda probs, target: -_picked(np.log(probs), target),
                "The size is right and the sign is not: nll_loss puts the minus in already.",
            ),
            Mistake(
                lambda probs, target: len(target) * _picked(np.log(probs), target),
                "That is the sum over the rows; the loss is their mean.",
            ),
            Mistake(
                lambda probs, target: _picked(np.log2(probs), target),
                "That is right in bits; the libraries' losses are in nats.",
            ),
        ),
    ),
    FunctionExercise(
        name="temperature",
        right=_temperature,
        inputs=(
            ([[2.0, 0.0], [2.0, 0.0], [2.0, 0.0], [0.0, 2.0]], [0, 0, 1, 1]),
            ([[3.0, 1.0, 0.0], [0.0, 2.0, 1.0], [1.0, 0.0, 4.0], [2.0, 3.0, 0.0]], [0, 1, 2, 0]),
            ([[0.5, 0.0]] * 9 + [[0.0, 0.5]], [0] * 10),
            ([[1.0, 0.4, 0.0], [0.0, 1.0, 0.3], [0.2, 0.0, 1.0], [0.0, 0.6, 1.0]], [0, 1, 2, 1]),
        ),
        note="One dial, set on data that the weights have not seen.",
        mistakes=(
            Mistake(
                lambda z, target: round(_factor(z, target), 4),
                "That is 1/T, the factor of the logits; the logits are divided by T.",
            ),
            Mistake(
                lambda z, target: 1 / _factor(z, target),
                "That is the temperature; round it to four decimals, so that it can be compared.",
            ),
            Mistake(
                lambda z, target: round(1 / 64, 4),
                "You kept the wrong half each time: where the slope is positive, 1/T is too large.",
            ),
            Mistake(_by_grid(0.1), "A grid of tenths finds T to a tenth: halve an interval instead."),
            Mistake(
                _by_grid(0.05), "A grid of twentieths finds T to a twentieth: halve an interval instead."
            ),
            Mistake(
                _as_confident_as_right,
                "There the mean confidence is the share of right answers; the NLL is lowest elsewhere.",
            ),
            Mistake(lambda z, target: 1.0, "At T = 1 nothing is changed: follow the slope of the NLL."),
        ),
    ),
)
