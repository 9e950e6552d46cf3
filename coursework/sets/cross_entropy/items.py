"""What the problem set on cross-entropy asks: references, inputs, and the answers that people give."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from coursework.items import Inputs, Item, Part, PersonItem, ProofItem, Step, Wrong
from coursework.sets.drawing import distribution, until, with_zeros
from kltools import cross_entropy, entropy, log_softmax, softmax

Vector = Sequence[float]
Table = Sequence[Sequence[float]]

TITLE = "Cross-entropy"
NATS = "The sizes are right in nats, and bits are asked for: use the logarithm to base 2."
BITS = "The sizes are right in bits, and nats are asked for: use the natural logarithm."
CLIPPED = "A small number stands in the place of a zero, and hides an infinite cost."
WHOLE = "That is the whole cost of a day, and only what the exchange adds to it is asked for."
EXCHANGED = "P and Q have changed places: Q makes the words, and P says how often they are sent."

# ---------------------------------------------------------------- a forecaster's score


def _surprises(forecasts: Table, happened: Sequence[int]) -> np.ndarray:
    """The surprise of each day, in bits."""
    with np.errstate(divide="ignore"):
        return -np.log2([row[outcome] for row, outcome in zip(forecasts, happened, strict=True)])


def _score(forecasts: Table, happened: Sequence[int]) -> float:
    return float(_surprises(forecasts, happened).mean())


def _score_infinite_at_any_zero(forecasts: Table, happened: Sequence[int]) -> float:
    return float("inf") if np.min(forecasts) == 0 else _score(forecasts, happened)


def _diary(rng: np.random.Generator, days: int, zeros: int = 0) -> tuple[list[list[float]], list[int]]:
    """Forecasts of one day each, and a day's outcome that was not called impossible."""
    forecasts = [with_zeros(rng, 4, zeros) for _ in range(days)]
    return forecasts, [int(rng.choice(np.flatnonzero(row))) for row in forecasts]


def _diaries_with_zeros(rng: np.random.Generator) -> Inputs:
    forecasts, happened = _diary(rng, days=4, zeros=2)
    return [(forecasts, happened), (forecasts, [forecasts[0].index(0.0), *happened[1:]])]


# ---------------------------------------------------------------- two words exchanged


def _exchanged(p: Vector, i: int, j: int) -> list[float]:
    q = list(p)
    q[i], q[j] = q[j], q[i]
    return q


def _exchange(p: Vector, i: int, j: int) -> float:
    if i == j or p[i] == p[j]:
        return 0.0
    return float(cross_entropy(p, _exchanged(p, i, j), base=2) - entropy(p, base=2))


def _exchange_in_nats_without_care(p: Vector, i: int, j: int) -> float:
    with np.errstate(all="ignore"):
        return float(np.dot(p, np.log(p) - np.log(_exchanged(p, i, j))))


def _whole(p: Vector, i: int, j: int) -> float:
    return float(cross_entropy(p, _exchanged(p, i, j), base=2))


def _whole_without_care(p: Vector, i: int, j: int) -> float:
    with np.errstate(all="ignore"):
        return -float(np.dot(p, np.log2(_exchanged(p, i, j))))


def _whole_that_stops(p: Vector, i: int, j: int) -> float:
    return -sum(a * math.log2(b) for a, b in zip(p, _exchanged(p, i, j), strict=True))


def _one_side(p: Vector, i: int, j: int) -> float:
    if not p[i]:
        return 0.0
    return float("inf") if not p[j] else p[i] * math.log2(p[i] / p[j])


def _dear_at_every_zero(p: Vector, i: int, j: int) -> float:
    return _exchange(p, i, j) if p[i] and p[j] else float("inf")


def _code(rng: np.random.Generator) -> tuple[list[float], int, int]:
    i, j = rng.choice(5, size=2, replace=False).tolist()
    return distribution(rng, 5), i, j


def _codes_with_zeros(rng: np.random.Generator) -> Inputs:
    p = with_zeros(rng, 5, zeros=2)
    (a, b), seen = np.flatnonzero(np.array(p) == 0).tolist(), int(np.argmax(p))
    return [(p, seen, a), (p, a, seen), (p, a, b)]


# ---------------------------------------------------------------- temperature and the logistic loss


def _tempered(z: Vector, temperature: float) -> list[float]:
    return softmax(np.divide(z, temperature)).tolist()


def _overflowing(z: Vector, temperature: float) -> list[float]:
    with np.errstate(all="ignore"):
        powers = np.exp(np.divide(z, temperature))
        return (powers / powers.sum()).tolist()


def _tempered_that_stops(z: Vector, temperature: float) -> list[float]:
    powers = [math.exp(score / temperature) for score in z]
    return [power / sum(powers) for power in powers]


def _logistic(scores: Vector, labels: Vector) -> float:
    z = np.array(scores, float)
    q = log_softmax(np.stack([z, np.zeros_like(z)], axis=1))
    return float(-np.mean(np.multiply(labels, q[:, 0]) + np.subtract(1, labels) * q[:, 1]))


def _probabilities(scores: Vector) -> np.ndarray:
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-np.array(scores, float)))


def _loss_of_probabilities(q: np.ndarray, labels: Vector) -> float:
    y = np.array(labels, float)
    with np.errstate(all="ignore"):
        return float(-np.mean(y * np.log(q) + (1 - y) * np.log(1 - q)))


def _first_term(scores: Vector, labels: Vector) -> float:
    with np.errstate(all="ignore"):
        return float(-np.mean(np.multiply(labels, np.log(_probabilities(scores)))))


def _overflowing_loss(scores: Vector, labels: Vector) -> float:
    with np.errstate(over="ignore"):
        return float(np.mean(np.log(1 + np.exp(scores)) - np.multiply(labels, scores)))


def _loss_that_stops(scores: Vector, labels: Vector) -> float:
    each = [math.log(1 + math.exp(z)) - y * z for z, y in zip(scores, labels, strict=True)]
    return sum(each) / len(each)


# ---------------------------------------------------------------- tokens, towns and codes


def _per_character(tokens: Sequence[str], nats: Vector) -> float:
    return sum(nats) / math.log(2) / len("".join(tokens))


def _tokens(rng: np.random.Generator, lengths: Sequence[int]) -> tuple[list[str], list[float]]:
    """Tokens of these lengths, each after the first with a space in front, and what each of them costs."""
    first, *others = ["".join(rng.choice(list("abcdefghij"), size=length)) for length in lengths]
    tokens = [first, *(" " + word[1:] for word in others)]
    return tokens, rng.uniform(0.5, 6, size=len(lengths)).tolist()


def _shared(rows: Table, readers: Vector) -> list[float]:
    return (np.dot(readers, rows) / np.sum(readers)).tolist()


def _geometric(rows: Table, readers: Vector) -> list[float]:
    with np.errstate(all="ignore"):
        q = np.exp(np.dot(np.divide(readers, np.sum(readers)), np.maximum(np.log(rows), -700.0)))
    return (q / q.sum()).tolist()


def _towns(rng: np.random.Generator, zeros: int = 0) -> tuple[list[list[float]], list[int]]:
    readers = rng.choice(np.arange(5, 200), size=3, replace=False).tolist()
    return [with_zeros(rng, 4, zeros) for _ in range(3)], readers


def _digits(q: Vector) -> np.ndarray:
    """The length of each word of Shannon's code for Q."""
    with np.errstate(divide="ignore"):
        return np.ceil(-np.log2(q))


def _weighted(p: Vector, lengths: np.ndarray) -> float:
    """The mean length under P; a word that is never sent costs nothing."""
    sent = np.array(p) > 0
    return float(np.dot(np.array(p)[sent], lengths[sent]))


def _shannon_cost(p: Vector, q: Vector) -> float:
    return _weighted(p, _digits(q))


def _without_care(p: Vector, q: Vector) -> float:
    with np.errstate(all="ignore"):
        return float(np.dot(p, _digits(q)))


def _shannon_cost_that_stops(p: Vector, q: Vector) -> float:
    return float(sum(a * math.ceil(-math.log2(b)) for a, b in zip(p, q, strict=True)))


def _with_digits(digits: Callable[[np.ndarray], np.ndarray]) -> Callable[[Vector, Vector], float]:
    """The cost when a surprise is made a length in another way."""

    def cost(p: Vector, q: Vector) -> float:
        with np.errstate(divide="ignore"):
            return _weighted(p, digits(-np.log2(q)))

    return cost


def _machines(rng: np.random.Generator) -> Inputs:
    return [(distribution(rng, 5), distribution(rng, 5)) for _ in range(3)]


def _dyadic(rng: np.random.Generator) -> Inputs:
    return [(distribution(rng, 4), rng.permutation([0.5, 0.25, 0.125, 0.125]).tolist())]


def _shows_rounding(q: Vector) -> bool:
    """Whether a length changes where a surprise is rounded to the nearest, and where it is in nats."""
    surprises = -np.log2(q)
    lengths = np.ceil(surprises)
    return bool((np.round(surprises) != lengths).any() and (np.ceil(-np.log(q)) != lengths).any())


def _machines_with_zeros(rng: np.random.Generator) -> Inputs:
    p = with_zeros(rng, 5, zeros=1)
    never = p.index(0.0)
    [q] = until(rng, lambda rng: (distribution(rng, 4),), _shows_rounding)
    elsewhere = (never + 1) % 5
    return [
        (p, [*q[:never], 0.0, *q[never:]]),
        (p, [*q[:elsewhere], 0.0, *q[elsewhere:]]),
    ]


ITEMS = (
    Item(
        name="log_score",
        title="A forecaster's score",
        parts=(
            Part(
                "value",
                2,
                lambda rng: [_diary(rng, days=5) for _ in range(2)],
                tried=(([[0.5, 0.5], [0.25, 0.75]], [0, 0]), ([[0.2, 0.5, 0.3]] * 3, [1, 1, 2])),
            ),
            Part(
                "zeros",
                1,
                _diaries_with_zeros,
                tried=(([[1.0, 0.0], [0.5, 0.5]], [0, 1]), ([[1.0, 0.0], [0.5, 0.5]], [1, 1])),
            ),
        ),
        right=_score,
        wrongs=(
            Wrong(
                lambda forecasts, happened: _score(forecasts, happened) * math.log(2),
                NATS,
                ("value", "zeros"),
            ),
            Wrong(
                lambda forecasts, happened: float(_surprises(forecasts, happened).sum()),
                "The surprises of the days were added up; their mean is asked for.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda forecasts, happened: float(np.mean(entropy(forecasts, base=2))),
                "That is what she expected to be surprised by. What happened has not been looked at.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda forecasts, happened: -_score(forecasts, happened),
                "The size is right; a surprise counts upward, so it is minus the logarithm.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda forecasts, happened: float(1 - np.mean(0.5 ** _surprises(forecasts, happened))),
                "That is what she lacked to certainty, on average; a surprise is minus a logarithm.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda forecasts, happened: float(-np.log2(np.mean(0.5 ** _surprises(forecasts, happened)))),
                "The probabilities were averaged before the logarithm; average the surprises.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda forecasts, happened: _score(np.maximum(forecasts, 1e-12), happened),
                CLIPPED,
                ("zeros",),
            ),
            Wrong(
                _score_infinite_at_any_zero,
                "One zero in a forecast has made the whole diary infinite, whatever happened.",
                ("zeros",),
            ),
        ),
        note="Over many days with one forecast, this is the cross-entropy of what happens and what she says.",
    ),
    Item(
        name="exchange_cost",
        title="Two words exchanged",
        parts=(
            Part(
                "excess",
                2,
                lambda rng: [_code(rng) for _ in range(2)],
                tried=(([0.5, 0.25, 0.125, 0.125], 0, 1), ([0.2, 0.5, 0.3], 2, 0)),
            ),
            Part(
                "zeros",
                1,
                _codes_with_zeros,
                tried=(([0.5, 0.5, 0.0], 0, 2), ([0.5, 0.5, 0.0], 2, 0), ([1.0, 0.0, 0.0], 1, 2)),
            ),
        ),
        right=_exchange,
        wrongs=(
            Wrong(lambda p, i, j: _exchange(p, i, j) * math.log(2), NATS, ("excess",)),
            Wrong(
                _exchange_in_nats_without_care,
                f"{NATS} And a zero in the list gives nan.",
                ("excess", "zeros"),
            ),
            Wrong(_whole, WHOLE, ("excess", "zeros")),
            Wrong(_whole_without_care, f"{WHOLE} And a zero in the list may give nan.", ("excess", "zeros")),
            Wrong(_whole_that_stops, f"{WHOLE} And Python's log stops at a zero.", ("excess", "zeros")),
            Wrong(
                lambda p, i, j: -_exchange(p, i, j),
                "The sign is turned around: the wrong code costs more, not less.",
                ("excess", "zeros"),
            ),
            Wrong(
                lambda p, i, j: 0.0,
                "H(Q) and H(P) are equal here, and their difference is not the excess: the days come from P.",
                ("excess", "zeros"),
            ),
            Wrong(
                _one_side,
                "That is the change for one of the two outcomes; the other one has the wrong word too.",
                ("excess", "zeros"),
            ),
            Wrong(
                _dear_at_every_zero,
                "Not every zero makes the exchange infinitely dear: look at two words that nobody sends.",
                ("zeros",),
            ),
            Wrong(
                lambda p, i, j: _exchange(np.maximum(p, 1e-12).tolist(), i, j) if p[i] or p[j] else 0.0,
                CLIPPED,
                ("zeros",),
            ),
        ),
        note="It is (p_i − p_j) log₂(p_i/p_j), which is never negative, whichever of the two is larger.",
    ),
    Item(
        name="tempered",
        title="Scores at a temperature",
        parts=(
            Part(
                "value",
                2,
                lambda rng: [
                    (rng.normal(0, 2, 4).tolist(), float(t)) for t in rng.uniform([0.3, 1.5], [0.7, 4])
                ],
                tried=(([0.0, 1.0, 2.0], 2.0), ([1.0, -1.0], 0.5)),
            ),
            Part(
                "large",
                2,
                lambda rng: [
                    ((sign * 3000 + rng.normal(0, 1, 3)).tolist(), float(rng.uniform(1.5, 3)))
                    for sign in (1, -1)
                ],
                tried=(([1000.0, 1001.0, 0.0], 1.25), ([-2000.0, -2001.0], 2.0)),
            ),
        ),
        right=_tempered,
        wrongs=(
            Wrong(
                lambda z, temperature: softmax(np.multiply(z, temperature)).tolist(),
                "The scores were multiplied by the temperature; a high one makes them hesitant, so divide.",
                ("value", "large"),
            ),
            Wrong(
                lambda z, temperature: (softmax(z) / temperature).tolist(),
                "The probabilities were divided, and do not sum to 1. Divide the scores, before the softmax.",
                ("value", "large"),
            ),
            Wrong(
                lambda z, temperature: (softmax(z) ** (1 / temperature)).tolist(),
                "A power of the probabilities is the right idea, and it has to be divided by its sum again.",
                ("value", "large"),
            ),
            Wrong(
                lambda z, temperature: softmax(z).tolist(),
                "The temperature has not been used.",
                ("value", "large"),
            ),
            Wrong(
                lambda z, temperature: log_softmax(np.divide(z, temperature)).tolist(),
                "Those are the logarithms of the probabilities.",
                ("value", "large"),
            ),
            Wrong(
                _overflowing,
                "Right on paper, but the exponential of a large score overflows: take the largest off first.",
                ("large",),
            ),
            Wrong(
                _tempered_that_stops,
                "Right on paper, but Python's exp stops at a large score. Only differences of scores count.",
                ("large",),
            ),
        ),
        note="Scores count by their differences, so the largest may be taken off before anything else.",
    ),
    Item(
        name="logistic_loss",
        title="Labels that are not sure, and scores that are",
        parts=(
            Part(
                "hard",
                2,
                lambda rng: [(rng.normal(0, 2, 5).tolist(), rng.permutation([0, 0, 1, 1, 1]).tolist())],
                tried=(([0.0, 2.0, -1.0], [1, 1, 0]),),
            ),
            Part(
                "soft",
                2,
                lambda rng: [(rng.normal(0, 2, 5).tolist(), rng.uniform(0.05, 0.45, 5).tolist())],
                tried=(([0.0, 2.0, -1.0], [0.9, 0.7, 0.2]),),
            ),
            Part(
                "far",
                1,
                lambda rng: [
                    ([1000.0, -1000.0, *rng.normal(0, 2, 2).tolist()], [1, 0, 1, 0]),
                    ([-1000.0, float(rng.normal())], [1, 0]),
                ],
                tried=(([800.0, -800.0], [1, 0]), ([800.0, -800.0, 0.5], [0, 1, 1])),
            ),
        ),
        right=_logistic,
        wrongs=(
            Wrong(
                lambda scores, labels: len(labels) * _logistic(scores, labels),
                "The losses were added up; their mean is asked for.",
                ("hard", "soft", "far"),
            ),
            Wrong(
                lambda scores, labels: _logistic(scores, labels) / math.log(2), BITS, ("hard", "soft", "far")
            ),
            Wrong(
                lambda scores, labels: _logistic(scores, np.subtract(1, labels)),
                "The two classes are exchanged: a high score is belief in the class with label 1.",
                ("hard", "soft", "far"),
            ),
            Wrong(
                _first_term,
                "Only the label's own term is there; the other class, with 1 − label, has one too.",
                ("hard", "soft", "far"),
            ),
            Wrong(
                lambda scores, labels: _logistic(scores, np.round(labels)),
                "The labels were rounded to 0 and 1; a label of 0.7 counts for both classes.",
                ("soft",),
            ),
            Wrong(
                lambda scores, labels: _loss_of_probabilities(_probabilities(scores), labels),
                "A probability that is rounded to 0 or 1 has lost its logarithm: stay with the scores.",
                ("far",),
            ),
            Wrong(
                lambda scores, labels: _loss_of_probabilities(
                    np.clip(_probabilities(scores), 1e-12, 1 - 1e-12), labels
                ),
                "You kept the probabilities off 0 and 1, so a far score is charged too little: stay with the "
                "scores.",
                ("far",),
            ),
            Wrong(
                _overflowing_loss,
                "Right on paper, but the exponential of a large score overflows. The chapter has a shift "
                "against that.",
                ("far",),
            ),
            Wrong(
                _loss_that_stops,
                "Right on paper, but Python's exp stops at a large score. The chapter has a shift against "
                "that.",
                ("far",),
            ),
        ),
        note="One score is enough for two classes, and the loss grows like the score when it is sure "
        "and wrong.",
    ),
    Item(
        name="bits_per_character",
        title="Two keyboards with different words",
        parts=(
            Part(
                "mixed",
                2,
                lambda rng: [_tokens(rng, rng.permutation([1, 2, 4, 7]).tolist()) for _ in range(2)],
                tried=((["the", " ", "weather"], [1.5, 0.5, 4.0]),),
            ),
            Part("even", 1, lambda rng: [_tokens(rng, [3, 3, 3])], tried=((["rain", "snow"], [2.0, 3.0]),)),
        ),
        right=_per_character,
        wrongs=(
            Wrong(
                lambda tokens, nats: float(np.mean(nats)) / math.log(2),
                "That is per token; a token has several characters.",
                ("mixed", "even"),
            ),
            Wrong(
                lambda tokens, nats: _per_character(tokens, nats) * math.log(2),
                "That is right in nats; bits are asked for.",
                ("mixed", "even"),
            ),
            Wrong(
                lambda tokens, nats: _per_character(tokens, nats) * math.log(2) ** 2,
                "The conversion is turned around: a number of nats is larger in bits.",
                ("mixed", "even"),
            ),
            Wrong(
                lambda tokens, nats: 2 ** _per_character(tokens, nats),
                "That is the perplexity per character; its logarithm is asked for.",
                ("mixed", "even"),
            ),
            Wrong(
                lambda tokens, nats: _per_character(["".join(tokens).replace(" ", "")], nats),
                "Your count of the characters leaves out the spaces.",
                ("mixed", "even"),
            ),
            Wrong(
                lambda tokens, nats: _per_character([" ".join(tokens)], nats),
                "You joined the tokens with spaces, and the text has only those that the tokens hold.",
                ("mixed", "even"),
            ),
            Wrong(
                lambda tokens, nats: float(
                    np.mean([_per_character([t], [s]) for t, s in zip(tokens, nats, strict=True)])
                ),
                "Each token's cost per character was averaged, so that a short token counts as much "
                "as a long one.",
                ("mixed",),
            ),
        ),
        note="The cost of the whole text over its characters is the same question for every way of "
        "cutting it.",
    ),
    Item(
        name="shared_forecast",
        title="One forecast for several towns",
        parts=(
            Part(
                "value",
                2,
                lambda rng: [_towns(rng)],
                tried=(
                    ([[0.5, 0.5], [0.9, 0.1]], [30, 10]),
                    ([[0.2, 0.5, 0.3], [0.3, 0.4, 0.3]], [100, 265]),
                ),
            ),
            Part(
                "zeros", 1, lambda rng: [_towns(rng, zeros=2)], tried=(([[1.0, 0.0], [0.5, 0.5]], [10, 30]),)
            ),
        ),
        right=_shared,
        wrongs=(
            Wrong(
                lambda rows, readers: np.mean(rows, axis=0).tolist(),
                "The towns were averaged evenly, but more people read the paper in one than in another.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda rows, readers: np.dot(readers, rows).tolist(),
                "Your forecast does not sum to 1: numbers of readers are not yet weights.",
                ("value", "zeros"),
            ),
            Wrong(
                _geometric,
                "The logarithms were averaged. That forecast calls impossible what one town alone "
                "never sees.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda rows, readers: list(rows[int(np.argmax(readers))]),
                "That is the forecast of one town, and the others pay for it.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda rows, readers: np.full(len(rows[0]), 1 / len(rows[0])).tolist(),
                "The even forecast has the smallest worst surprise; the smallest mean cost is asked for.",
                ("value", "zeros"),
            ),
        ),
        note="The cost is that of one long diary, and the best belief about a diary is what happens in it.",
    ),
    Item(
        name="shannon_cost",
        title="A code made elsewhere",
        parts=(
            Part(
                "value",
                2,
                _machines,
                tried=(
                    ([0.2, 0.5, 0.3], [0.3, 0.4, 0.3]),
                    ([0.6, 0.3, 0.1], [0.1, 0.3, 0.6]),
                    ([0.3, 0.2, 0.5], [0.8, 0.15, 0.05]),
                ),
            ),
            Part("dyadic", 1, _dyadic, tried=(([0.25, 0.25, 0.5], [0.5, 0.25, 0.25]),)),
            Part(
                "zeros",
                1,
                _machines_with_zeros,
                tried=(([0.4, 0.6, 0.0], [0.7, 0.3, 0.0]), ([0.4, 0.6, 0.0], [0.7, 0.0, 0.3])),
            ),
        ),
        right=_shannon_cost,
        wrongs=(
            Wrong(
                lambda p, q: float(cross_entropy(p, q, base=2)),
                "That is the cross-entropy, with fractions of digits; a word has whole ones.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda p, q: float(np.ceil(cross_entropy(p, q, base=2))),
                "The mean was rounded up; each word's length has to be.",
                ("value", "dyadic", "zeros"),
            ),
            Wrong(
                lambda p, q: _shannon_cost(q, q),
                "The lengths were weighted with Q. The words are sent as often as P says.",
                ("value", "dyadic", "zeros"),
            ),
            Wrong(
                lambda p, q: _shannon_cost(p, p),
                "Those are the words of a code for P; the code in use was made for Q.",
                ("value", "dyadic", "zeros"),
            ),
            Wrong(lambda p, q: _shannon_cost(q, p), EXCHANGED, ("value", "dyadic", "zeros")),
            Wrong(
                lambda p, q: _without_care(q, p),
                f"{EXCHANGED} And 0 times infinity gives nan.",
                ("value", "dyadic", "zeros"),
            ),
            Wrong(
                lambda p, q: _shannon_cost_that_stops(q, p),
                f"{EXCHANGED} And Python's log stops at a zero.",
                ("value", "dyadic", "zeros"),
            ),
            Wrong(
                _with_digits(lambda surprises: np.ceil(surprises * math.log(2))),
                "You rounded up nats; a binary digit carries a bit.",
                ("value", "zeros"),
            ),
            Wrong(
                _with_digits(np.round),
                "You rounded to the nearest whole number, and some words came out too short.",
                ("value", "zeros"),
            ),
            Wrong(
                _with_digits(lambda surprises: np.floor(surprises) + 1),
                "A surprise that is a whole number is a length as it is: rounding up leaves it.",
                ("dyadic",),
            ),
            Wrong(
                _without_care,
                "A word that does not exist and is never needed gives nan: 0 times infinity. It "
                "costs nothing.",
                ("zeros",),
            ),
        ),
        note="Rounding up costs less than one digit, so this is between H(P, Q) and H(P, Q) + 1 bits.",
    ),
    ProofItem(
        name="ensemble_line",
        title="Two forecasts, averaged",
        points=5,
        start="H(p, q)/2 + H(p, r)/2",
        steps=(
            Step(
                "H(p, (q + r)/2) - Sum(p * ln(4*q*r / (q + r)**2))/2",
                "take out the cost of the average",
            ),
            Step(None, "ln x ≤ x − 1 at x = 4qr/(q + r)²", "≥", tangent=("p/2", "4*q*r / (q + r)**2")),
            Step("H(p, (q + r)/2) + Sum(p * (q - r)**2 / (q + r)**2)/2", "multiply out"),
        ),
        right=("H(p, (q + r)/2) - Sum(p * (4*q*r / (q + r)**2 - 1))/2",),
        letters="p q r",
        normalized="p q r",
        wrongs=(
            Wrong(
                "H(p, (q + r)/2) - Sum(4*q*r / (q + r)**2 - 1)/2",
                "The weight p in front of each term is lost.",
            ),
            Wrong(
                "H(p, (q + r)/2) - Sum(p * (4*q*r / (q + r)**2 - 1))",
                "The half in front of the sum is lost.",
            ),
            Wrong(
                "H(p, (q + r)/2) - Sum(p * 4*q*r / (q + r)**2)/2",
                "The bound is x − 1, and its −1 is lost.",
            ),
            Wrong(
                "H(p, (q + r)/2) + Sum(p * (4*q*r / (q + r)**2 - 1))/2",
                "The sign in front of the sum is no longer that of the line above.",
            ),
            Wrong(
                "H(p, (q + r)/2) - Sum(p * 4*q*r / (q + r)**2 - 1)/2",
                "The −1 stands outside the brackets: the weight p is for all of x − 1.",
            ),
            Wrong(
                "-Sum(p * (4*q*r / (q + r)**2 - 1))/2",
                "The cost of the average is lost: only the sum is bounded, and the rest of the line stays.",
            ),
            Wrong(
                "Sum(p * (4*q*r / (q + r)**2 - 1))",
                "That is the bounded sum alone; a line has all that the line above has.",
            ),
            Wrong(
                "H(p, (q + r)/2) - Sum(p * ln(4*q*r / (q + r)**2))/2",
                "That is the line above: the logarithm is still there, and nothing has been bounded.",
            ),
            Wrong(
                "H(p, (q + r)/2) - Sum(p * ln(4*q*r / (q + r)**2 - 1))/2",
                "The logarithm is still there: x − 1 comes in its place, and not inside it.",
            ),
            Wrong(
                "H(p, q)/2 + H(p, r)/2",
                "That is what the derivation begins with, and nothing has been bounded.",
            ),
            Wrong(
                "H(p, (q + r)/2)",
                "That is a bound too, and a weaker one: the last line would be more than it.",
            ),
        ),
        note="What is left over says how much the average saves: nothing only where the two agree.",
    ),
    PersonItem(
        name="plot_of_cost",
        title="What a belief costs, drawn",
        rubric=(
            (
                2,
                "H(P, Q) is computed for many q, in bits, with no nan and no warning, and the picture shows "
                "that it rises without end at both ends; its axis is cut.",
            ),
            (1, "The floor H(P) is drawn, and the lowest point is marked at q = 0.3, found by the program."),
            (1, "Both axes say what they show, the cost with its unit."),
            (
                1,
                "One sentence says which error costs more, that of q = 0.1 or that of q = 0.5, which "
                "are equally far from the truth, and that the curve is steeper towards the nearer end.",
            ),
        ),
    ),
    PersonItem(
        name="loss_of_zero",
        title="Halve it by spring",
        rubric=(
            (
                2,
                "The lowest loss is the entropy of a label given the picture, averaged over the pictures, "
                "and it is above 0 because the doctors disagree; no model gets below it on fresh pictures.",
            ),
            (
                1,
                "Without that floor nobody can say how much of the loss is the model's; half may be "
                "impossible.",
            ),
            (
                1,
                "It says how to measure the floor: several doctors for the same pictures, and the mean "
                "entropy of their answers, with an example in nats.",
            ),
            (
                1,
                "It warns that the loss on the training pictures can fall below the floor by "
                "learning them by heart.",
            ),
        ),
    ),
)
