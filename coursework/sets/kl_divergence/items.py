"""What the problem set on the KL divergence asks: references, inputs, and the answers that people give."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from coursework.items import Inputs, Item, Part, PersonItem, ProofItem, Step, Wrong
from coursework.sets.drawing import distribution, until, with_zeros
from kltools import cross_entropy, kl_bernoulli, kl_divergence, total_variation

Vector = Sequence[float]
Table = Sequence[Sequence[float]]

TITLE = "KL divergence"
BITS = "The sizes are right in bits, and nats are asked for: use the natural logarithm."
SWAPPED = (
    "You averaged under Q. The first argument of the divergence is what happens, and the average is under it."
)
CLIPPED = "A small number stands in the place of a zero, and hides an infinite result."
NAN = "0 · log 0 gives nan. What never happens under P adds nothing, whatever Q says of it."

# ---------------------------------------------------------------- term by term


def _terms(p: Vector, q: Vector) -> list[float]:
    def term(a: float, b: float) -> float:
        if a == 0:
            return 0.0
        return a * math.log(a / b) if b else math.inf

    return [term(a, b) for a, b in zip(p, q, strict=True)]


def _careless_terms(p: Vector, q: Vector) -> list[float]:
    p, q = np.array(p), np.array(q)
    with np.errstate(all="ignore"):
        return (p * np.log(p / q)).tolist()


def _generalised_terms(p: Vector, q: Vector) -> list[float]:
    return (np.array(_terms(p, q)) - p + q).tolist()


def _pair(rng: np.random.Generator) -> tuple[list[float], list[float]]:
    return distribution(rng, 4), distribution(rng, 4)


def _pairs_with_zeros(rng: np.random.Generator) -> Inputs:
    """Zeros in P alone, in both, in Q alone; what else there is has a negative term."""

    def draw(rng: np.random.Generator) -> tuple[list[float], list[float]]:
        a, b = distribution(rng, 3), distribution(rng, 4)
        return [*a, 0.0, 0.0], [*b, 0.0]

    def negative(p: list[float], q: list[float]) -> bool:
        return min(_terms(p, q)) < -0.01

    p, q = until(rng, draw, negative)
    order = rng.permutation(5)
    p, q = np.array(p)[order].tolist(), np.array(q)[order].tolist()
    return [(p, q), (q, p)]


# ---------------------------------------------------------------- a batch, given as logarithms


def _batch(log_q: Table, p: Table) -> np.ndarray:
    """The divergence of each row, in nats."""
    return kl_divergence(p, np.exp(log_q))


def _careless_batch(log_q: Table, p: Table) -> float:
    with np.errstate(all="ignore"):
        return float(np.sum(np.array(p) * (np.log(p) - log_q)) / len(p))


def _twice_logged(log_q: Table, p: Table) -> float:
    with np.errstate(all="ignore"):
        return _careless_batch(np.log(log_q).tolist(), p)


def _logarithms(q: Table) -> list[list[float]]:
    with np.errstate(divide="ignore"):
        return np.log(q).tolist()


def _rows(rng: np.random.Generator) -> tuple[list[list[float]], list[list[float]]]:
    return _logarithms([distribution(rng, 4) for _ in range(3)]), [distribution(rng, 4) for _ in range(3)]


def _rows_with_zeros(rng: np.random.Generator) -> Inputs:
    p = [with_zeros(rng, 4, 1), distribution(rng, 4)]
    never = p[0].index(0.0)
    q = distribution(rng, 3)
    q = [[*q[:never], 0.0, *q[never:]], distribution(rng, 4)]
    return [(_logarithms(q), p), (_logarithms(q), p[::-1])]


# ---------------------------------------------------------------- merged outcomes


def _merged(p: Vector, groups: Sequence[int]) -> np.ndarray:
    return np.bincount(groups, weights=p)


def _merged_kl(p: Vector, q: Vector, groups: Sequence[int]) -> float:
    # Sums of parts may be off 1 by their rounding.
    return float(kl_divergence(_merged(p, groups), _merged(q, groups), normalize=True))


def _mean_kl(p: Vector, q: Vector, groups: Sequence[int]) -> float:
    sizes = np.bincount(groups)
    return sum(_terms(_merged(p, groups) / sizes, _merged(q, groups) / sizes))


GROUPS = (0, 0, 0, 1, 1, 2)


def _grouped(rng: np.random.Generator) -> tuple[list[float], list[float], list[int]]:
    return distribution(rng, 6), distribution(rng, 6), rng.permutation(GROUPS).tolist()


def _grouped_with_zeros(rng: np.random.Generator) -> Inputs:
    """A zero of Q that merging covers, and one that stays."""
    p, q = distribution(rng, 6), distribution(rng, 5)
    return [(p, [0.0, *q], list(GROUPS)), (p, [*q, 0.0], list(GROUPS))]


# ---------------------------------------------------------------- coins


def _heads(n: int, a: float, b: float) -> float:
    return n * float(kl_bernoulli(a, b))


def _tosses(rng: np.random.Generator) -> tuple[int, float, float]:
    return until(
        rng,
        lambda rng: (int(rng.integers(3, 40)), *rng.uniform(0.1, 0.9, 2).tolist()),
        lambda n, a, b: abs(a - b) > 0.1 and abs(a + b - 1) > 0.05,
    )


def _coin(a: float, b: float) -> float:
    """The divergence of two coins by hand, since halving asks for it often."""
    return sum(_terms([a, 1 - a], [b, 1 - b]))


def _lowest(
    a: float, nats: float, price: Callable[[float, float], float] = _coin, halvings: int = 60
) -> float:
    """The smallest b ≤ a that costs at most so much, by halving; a itself where every other costs more."""
    low, high = 0.0, a
    for _ in range(halvings):
        middle = (low + high) / 2
        low, high = (low, middle) if price(a, middle) <= nats else (middle, high)
    return high


def _allowance(
    rng: np.random.Generator, a: tuple[float, float], nats: tuple[float, float]
) -> tuple[float, float]:
    """A coin and a price from these ranges, for which four decimals are not five significant digits."""

    def needs_digits(a: float, nats: float) -> bool:
        b = _lowest(a, nats)
        return abs(round(b, 4) - b) > 2e-5 * b

    return until(rng, lambda rng: (float(rng.uniform(*a)), float(rng.uniform(*nats))), needs_digits)


# ---------------------------------------------------------------- models in order


Price = Callable[[Vector, Table], np.ndarray]


def _order(p: Vector, models: Table, price: Price) -> list[int]:
    return np.argsort(price(p, models), kind="stable").tolist()


def _forward(p: Vector, models: Table) -> np.ndarray:
    return kl_divergence(p, models)


def _reverse(p: Vector, models: Table) -> np.ndarray:
    return kl_divergence(models, p)


def _careless_reverse(p: Vector, models: Table) -> np.ndarray:
    return np.array([sum(_careless_terms(q, p)) for q in models])


def _variation(p: Vector, models: Table) -> np.ndarray:
    return total_variation(p, models)


def _square(p: Vector, models: Table) -> np.ndarray:
    return np.square(np.subtract(p, models)).sum(axis=1)


def _clipped(p: Vector, models: Table) -> np.ndarray:
    return np.sum(p * np.log(p / np.maximum(models, 1e-12)), axis=1)


def _skipping(p: Vector, models: Table) -> np.ndarray:
    q = np.where(models, models, p)
    return np.sum(p * np.log(p / q), axis=1)


def _ranks(p: Vector, models: Table) -> list[int]:
    return np.argsort(_order(p, models, _forward)).tolist()


def _models(rng: np.random.Generator) -> tuple[list[float], list[list[float]]]:
    def tells_apart(p: list[float], models: list[list[float]]) -> bool:
        others = [_ranks(p, models), *(_order(p, models, price) for price in (_reverse, _variation, _square))]
        return _order(p, models, _forward) not in others

    return until(
        rng, lambda rng: (distribution(rng, 3), [distribution(rng, 3) for _ in range(5)]), tells_apart
    )


def _models_with_zeros(rng: np.random.Generator) -> tuple[list[float], list[list[float]]]:
    """A model that is close in every way but one: it rules out what is rare."""

    def draw(rng: np.random.Generator) -> tuple[list[float], list[list[float]]]:
        rare = float(rng.uniform(0.005, 0.02))
        p = [*(np.array(distribution(rng, 2)) * (1 - rare)).tolist(), rare]
        near = [p[0] + rare / 2, 1 - p[0] - rare / 2, 0.0]
        models = [near, *(distribution(rng, 3) for _ in range(4))]
        return p, [models[place] for place in rng.permutation(5)]

    def tells_apart(p: list[float], models: list[list[float]]) -> bool:
        prices = (_reverse, _careless_reverse, _variation, _square, _clipped, _skipping)
        others = [_ranks(p, models), *(_order(p, models, price) for price in prices)]
        return _order(p, models, _forward) not in others

    return until(rng, draw, tells_apart)


ITEMS = (
    Item(
        name="contributions",
        title="Which outcome makes the difference?",
        parts=(
            Part(
                "value",
                3,
                lambda rng: [_pair(rng) for _ in range(2)],
                tried=(([0.2, 0.5, 0.3], [0.3, 0.4, 0.3]), ([0.5, 0.5], [0.25, 0.75])),
            ),
            Part(
                "zeros",
                2,
                _pairs_with_zeros,
                tried=(
                    ([0.2, 0.8, 0.0, 0.0], [0.3, 0.2, 0.5, 0.0]),
                    ([0.3, 0.2, 0.5, 0.0], [0.2, 0.8, 0.0, 0.0]),
                ),
            ),
        ),
        right=_terms,
        wrongs=(
            Wrong(lambda p, q: _terms(q, p), SWAPPED, ("value", "zeros")),
            Wrong(lambda p, q: (np.array(_terms(p, q)) / math.log(2)).tolist(), BITS, ("value", "zeros")),
            Wrong(
                lambda p, q: np.abs(_terms(p, q)).tolist(),
                "The signs are gone. What Q expects more often than it happens has a negative term.",
                ("value", "zeros"),
            ),
            Wrong(
                _generalised_terms,
                "Those are the terms p ln(p/q) − p + q, as scipy.special.kl_div gives them. "
                "The sum is the same and the terms are not.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda p, q: (np.negative(_terms(p, q))).tolist(),
                "The ratio is turned over: it is ln(p/q), with p above.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda p, q: sum(_terms(p, q)),
                "That is the divergence, one number; the list of its terms is asked for.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda p, q: (np.array(_careless_terms(p, q)) / math.log(2)).tolist(),
                f"{BITS} And 0 · log 0 gives nan.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda p, q: _careless_terms(q, p),
                f"{SWAPPED} And 0 · log 0 gives nan.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda p, q: np.abs(_careless_terms(p, q)).tolist(),
                "The signs are gone, and 0 · log 0 gives nan.",
                ("value", "zeros"),
            ),
            Wrong(_careless_terms, NAN, ("zeros",)),
            Wrong(lambda p, q: _terms(p, np.maximum(q, 1e-12)), CLIPPED, ("zeros",)),
        ),
        note="Single terms may be negative; their sum may not.",
    ),
    Item(
        name="batch_kl",
        title="A batch, given as logarithms",
        parts=(
            Part(
                "value",
                3,
                lambda rng: [_rows(rng)],
                tried=(
                    (_logarithms([[0.3, 0.4, 0.3], [0.5, 0.25, 0.25]]), [[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]]),
                ),
            ),
            Part(
                "zeros",
                1,
                _rows_with_zeros,
                tried=(
                    (_logarithms([[0.5, 0.5, 0.0]]), [[0.25, 0.75, 0.0]]),
                    (_logarithms([[0.5, 0.5, 0.0]]), [[0.25, 0.5, 0.25]]),
                ),
            ),
        ),
        right=lambda log_q, p: float(_batch(log_q, p).mean()),
        wrongs=(
            Wrong(
                lambda log_q, p: float(_batch(log_q, p).mean() / len(p[0])),
                "The mean is over all numbers of the table. A divergence is a sum over outcomes; "
                "average over the rows alone.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda log_q, p: float(_batch(log_q, p).sum()),
                "The rows were added up; their average is asked for.",
                ("value", "zeros"),
            ),
            Wrong(
                _twice_logged,
                "You took the logarithm of log_q. It is a logarithm already, and none of its numbers is "
                "above 0.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda log_q, p: float(np.mean(kl_divergence(np.exp(log_q), p))),
                "That is KL(Q‖P). What comes first here is log q, as in PyTorch's kl_div, and the "
                "mean is under P.",
                ("value", "zeros"),
            ),
            Wrong(lambda log_q, p: float(_batch(log_q, p).mean() / math.log(2)), BITS, ("value", "zeros")),
            Wrong(
                lambda log_q, p: float(-_batch(log_q, p).mean()),
                "The sign is turned around: it is log p − log q.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda log_q, p: float(np.mean(cross_entropy(p, np.exp(log_q)))),
                "That is the cross-entropy, −Σ p log q; what P costs anyway is to be taken off.",
                ("value", "zeros"),
            ),
            Wrong(_careless_batch, NAN, ("zeros",)),
        ),
        note="This is what PyTorch calls batchmean; its other mean is smaller by the number of outcomes.",
    ),
    Item(
        name="merged_kl",
        title="Fewer kinds of weather",
        parts=(
            Part(
                "value",
                3,
                lambda rng: [_grouped(rng) for _ in range(2)],
                tried=(
                    ([0.2, 0.5, 0.3], [0.3, 0.4, 0.3], [0, 1, 1]),
                    ([0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1], [2, 0, 1, 0]),
                ),
            ),
            Part(
                "zeros",
                1,
                _grouped_with_zeros,
                tried=(
                    ([0.2, 0.3, 0.5], [0.0, 0.6, 0.4], [0, 0, 1]),
                    ([0.2, 0.3, 0.5], [0.0, 0.6, 0.4], [0, 1, 1]),
                ),
            ),
        ),
        right=_merged_kl,
        wrongs=(
            Wrong(
                lambda p, q, groups: float(kl_divergence(p, q)),
                "That is the divergence before merging: add the probabilities of each group first.",
                ("value", "zeros"),
            ),
            Wrong(lambda p, q, groups: _merged_kl(q, p, groups), SWAPPED, ("value", "zeros")),
            Wrong(lambda p, q, groups: _merged_kl(p, q, groups) / math.log(2), BITS, ("value", "zeros")),
            Wrong(
                _mean_kl,
                "The probabilities of a group were averaged; the group happens with their sum.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda p, q, groups: (
                    float(kl_divergence(p, q)) - _merged_kl(p, q, groups) if 0 not in q else math.nan
                ),
                "That is what merging hides; what is left to see is asked for.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda p, q, groups: sum(_terms(_merged(p, groups), np.maximum(_merged(q, groups), 1e-12))),
                CLIPPED,
                ("zeros",),
            ),
        ),
        note="Merging never raises the divergence, and it can make an infinite one finite.",
    ),
    Item(
        name="heads_kl",
        title="The number of heads",
        parts=(
            Part(
                "value",
                3,
                lambda rng: [_tosses(rng) for _ in range(3)],
                tried=((10, 0.5, 0.25), (3, 0.2, 0.7)),
            ),
            Part(
                "edges",
                1,
                lambda rng: [
                    (int(rng.integers(3, 40)), 0.0, float(rng.uniform(0.2, 0.45))),
                    (int(rng.integers(3, 40)), 1.0, float(rng.uniform(0.2, 0.45))),
                    (int(rng.integers(3, 40)), float(rng.uniform(0.2, 0.45)), 0.0),
                    (int(rng.integers(3, 40)), 0.0, 0.0),
                    (int(rng.integers(3, 40)), 1.0, 1.0),
                ],
                tried=((5, 0.0, 0.5), (5, 1.0, 0.25), (5, 0.5, 1.0), (5, 0.0, 0.0), (5, 1.0, 1.0)),
            ),
        ),
        right=_heads,
        wrongs=(
            Wrong(
                lambda n, a, b: float(kl_bernoulli(a, b)),
                "That is the divergence of one toss; the tosses are independent, so theirs add.",
                ("value", "edges"),
            ),
            Wrong(
                lambda n, a, b: n * _heads(n, a, b),
                "The tosses were counted twice: one divergence for each toss is all there is.",
                ("value", "edges"),
            ),
            Wrong(lambda n, a, b: _heads(n, b, a), SWAPPED, ("value", "edges")),
            Wrong(lambda n, a, b: _heads(n, a, b) / math.log(2), BITS, ("value", "edges")),
            Wrong(
                lambda n, a, b: n * _terms([a], [b])[0],
                "That is the part of the heads alone; tails tell the coins apart too.",
                ("value", "edges"),
            ),
            Wrong(
                lambda n, a, b: n * sum(_terms([a, 1 - a], np.clip([b, 1 - b], 1e-12, 1))),
                CLIPPED,
                ("edges",),
            ),
            Wrong(
                lambda n, a, b: math.inf if b in (0, 1) else _heads(n, a, b),
                "Not every belief of 0 or 1 is infinitely dear: it has to rule out what can happen.",
                ("edges",),
            ),
        ),
        note="How the heads are ordered tells nothing about the coin, so their number keeps all of it.",
    ),
    Item(
        name="closest_first",
        title="Five models, one truth",
        parts=(
            Part(
                "order",
                2,
                lambda rng: [_models(rng) for _ in range(2)],
                tried=(
                    (
                        [0.5, 0.3, 0.2],
                        [
                            [0.5, 0.05, 0.45],
                            [0.25, 0.1, 0.65],
                            [0.2, 0.55, 0.25],
                            [0.1, 0.7, 0.2],
                            [0.55, 0.35, 0.1],
                        ],
                    ),
                    (
                        [0.7, 0.2, 0.1],
                        [
                            [0.1, 0.2, 0.7],
                            [0.05, 0.5, 0.45],
                            [0.45, 0.3, 0.25],
                            [0.65, 0.05, 0.3],
                            [0.3, 0.35, 0.35],
                        ],
                    ),
                ),
            ),
            Part(
                "infinite",
                1,
                lambda rng: [_models_with_zeros(rng)],
                tried=(
                    (
                        [0.6, 0.39, 0.01],
                        [
                            [0.605, 0.395, 0.0],
                            [0.15, 0.55, 0.3],
                            [0.6, 0.3, 0.1],
                            [0.25, 0.3, 0.45],
                            [0.55, 0.05, 0.4],
                        ],
                    ),
                ),
            ),
        ),
        right=lambda p, models: _order(p, models, _forward),
        wrongs=(
            Wrong(
                lambda p, models: _order(p, models, _reverse),
                "You compared KL(Q‖P). The days come from P, so the average is under P.",
                ("order", "infinite"),
            ),
            Wrong(
                lambda p, models: _order(p, models, _careless_reverse),
                "You compared KL(Q‖P), and a zero gives nan there. The days come from P, so the average is "
                "under P.",
                ("order", "infinite"),
            ),
            Wrong(
                lambda p, models: _order(p, models, lambda p, models: -_forward(p, models)),
                "That is the order from the farthest to the closest.",
                ("order", "infinite"),
            ),
            Wrong(
                _ranks,
                "Those are ranks, one for each model: they say how many are closer. The positions are asked "
                "for, the closest first.",
                ("order", "infinite"),
            ),
            Wrong(
                lambda p, models: _order(p, models, _variation),
                "You compared by total variation; it does not see how dear a small probability is.",
                ("order", "infinite"),
            ),
            Wrong(
                lambda p, models: _order(p, models, _square),
                "You compared by squared differences; a divergence compares by ratios.",
                ("order", "infinite"),
            ),
            Wrong(lambda p, models: _order(p, models, _clipped), CLIPPED, ("infinite",)),
            Wrong(
                lambda p, models: _order(p, models, _skipping),
                "A term with q = 0 < p was left out; it makes the divergence infinite, so that model "
                "is last.",
                ("infinite",),
            ),
        ),
        note="A model that rules out what happens is farther than any that does not.",
    ),
    Item(
        name="lowest_belief",
        title="How low can she go?",
        parts=(
            Part(
                "value",
                3,
                lambda rng: [_allowance(rng, (0.2, 0.9), (0.01, 0.2)) for _ in range(3)],
                tried=((0.5, 0.1), (0.8, 0.02)),
            ),
            Part(
                "small",
                1,
                lambda rng: [_allowance(rng, (0.08, 0.12), (0.6, 1)) for _ in range(2)],
                tried=((0.1, 1.0),),
            ),
            Part(
                "ends",
                1,
                lambda rng: [
                    _allowance(rng, (1, 1), (0.1, 1)),
                    (0.0, float(rng.uniform(0.1, 1))),
                    _allowance(rng, (0.2, 0.8), (0, 0)),
                ],
                tried=((1.0, 0.5), (0.0, 0.5), (0.25, 0.0)),
            ),
        ),
        right=_lowest,
        wrongs=(
            Wrong(
                lambda a, nats: _lowest(a, nats, lambda a, b: _coin(b, a)),
                "You solved for KL(Q‖P). The rain comes with probability a, so a belongs first.",
                ("value", "small", "ends"),
            ),
            Wrong(
                lambda a, nats: 1 - _lowest(1 - a, nats),
                "That is the highest belief that she can have; the lowest is asked for.",
                ("value", "small", "ends"),
            ),
            Wrong(
                lambda a, nats: max(0.0, a - math.sqrt(nats / 2)),
                "That is what Pinsker's inequality allows at most; the divergence itself is stricter.",
                ("value", "small", "ends"),
            ),
            Wrong(
                lambda a, nats: _lowest(a, nats, lambda a, b: _coin(a, b) / math.log(2)),
                "The price is given in nats, and your divergence is in bits.",
                ("value", "small", "ends"),
            ),
            Wrong(
                lambda a, nats: round(_lowest(a, nats), 4),
                "Close, but rounded: five significant digits are asked for.",
                ("value", "small", "ends"),
            ),
            Wrong(
                lambda a, nats: _lowest(a, nats, halvings=20),
                "Right where the belief is large. Where it is tiny, your search ends before it has five "
                "significant digits.",
                ("small",),
            ),
            Wrong(
                lambda a, nats: 1.0 if a == 1 else _lowest(a, nats),
                "Where it always rains, a belief below 1 has a finite price too, so she can go lower.",
                ("ends",),
            ),
            Wrong(
                lambda a, nats: 0.0 if a == 1 else _lowest(a, nats),
                "Where it always rains, a belief of 0 rules out what happens, and its price is infinite.",
                ("ends",),
            ),
        ),
        tolerance=1e-5,
        note="The same question, asked from data, gives a confidence bound for a share.",
    ),
    ProofItem(
        name="hellinger_line",
        title="A bound that is never infinite",
        points=5,
        start="KL(p, q)",
        steps=(
            Step("-2 * Sum(p * ln(sqrt(q / p)))", "ln of a root is half the ln"),
            Step(None, "ln x ≤ x − 1 at x = √(q/p)", "≥", tangent=("2*p", "sqrt(q / p)")),
            Step("2 - 2 * Sum(sqrt(p * q))", "multiply out, and P sums to 1"),
        ),
        right=("-2 * Sum(p * (sqrt(q / p) - 1))",),
        normalized="p q",
        wrongs=(
            Wrong("-2 * Sum(sqrt(q / p) - 1)", "The weight p in front of each term is lost."),
            Wrong("-Sum(p * (sqrt(q / p) - 1))", "The 2 in front of the sum is lost."),
            Wrong(
                "2 * Sum(p * (sqrt(q / p) - 1))",
                "The minus in front of the sum is lost. It is what turns the ≤ of the tangent into ≥.",
            ),
            Wrong(
                "-2 * Sum(p * sqrt(q / p) - 1)",
                "Look at the brackets: the weight p belongs to the −1 as well.",
            ),
            Wrong("-2 * Sum(p * sqrt(q / p))", "The bound is x − 1, and its −1 is lost."),
            Wrong(
                "-Sum(p * (q / p - 1))",
                "That is the tangent at x = q/p, and it leaves 0. Take the root first.",
            ),
            Wrong(
                "-2 * Sum(p * (q / p - 1))",
                "The root is lost in your x; the 2 is there only because of it.",
            ),
            Wrong("2 * Sum(p * (sqrt(p / q) - 1))", "The ratio is turned over: the root is that of q/p."),
        ),
        note="What stands at the end is the squared Hellinger distance, twice over; it is at most 2.",
    ),
    PersonItem(
        name="plot_of_directions",
        title="Both directions, drawn",
        rubric=(
            (
                2,
                "Both curves are computed for many q, in nats, with no nan and no warning: KL(Q‖P) ends at "
                "finite values, and the picture says that KL(P‖Q) goes to infinity at both ends; its axis "
                "may be cut.",
            ),
            (1, "Both curves touch 0 at q = 0.3, and the place is marked."),
            (
                1,
                "The axes have names and the unit; the curves are told apart by labels and not by "
                "colour alone.",
            ),
            (
                1,
                "One sentence says what the difference at the ends means: ruling out what happens "
                "has no finite "
                "price, and being sure of what may happen has one.",
            ),
        ),
    ),
    PersonItem(
        name="negative_divergence",
        title="A divergence below zero",
        rubric=(
            (1, "A divergence of two distributions is never negative, so the number is wrong and not small."),
            (
                2,
                "It names two causes that can be told apart: lists that do not sum to 1 (counts, samples, "
                "rounded shares), where the size can be anything, and floating-point arithmetic, where it is "
                "around 1e-17.",
            ),
            (
                1,
                "−0.0031 is far beyond what the arithmetic loses, so the sums have to be looked at; abs() "
                "gives a number that means nothing and hides later mistakes.",
            ),
            (
                1,
                "It shows a pair of lists of its own, of numbers below 1, with which the formula gives a "
                "negative number.",
            ),
        ),
    ),
)
