"""What the problem set on likelihood asks: the references, the inputs, and the answers that people give."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from coursework.items import Inputs, Item, Part, PersonItem, ProofItem, Step, Wrong
from coursework.sets.drawing import counts, distribution, until, with_zeros
from kltools import kl_divergence, log_likelihood, log_softmax, negative_log_likelihood, softmax

Vector = Sequence[float]
Table = Sequence[Sequence[float]]
Offset = Callable[[np.ndarray], np.ndarray | float]

TITLE = "Likelihood"
BITS = "The sizes are right in bits, and nats are asked for: use the natural logarithm."
CLIPPED = "A small number stands in the place of a zero, and hides an infinite result."
NAN = "0 · log 0 gives nan. An outcome that was not seen adds nothing, whatever its probability."

# ---------------------------------------------------------------- two forecasts


def _log_ratio(n: Vector, q: Vector, r: Vector) -> float:
    return float(log_likelihood(n, q) - log_likelihood(n, r))


def _careless_ratio(n: Vector, q: Vector, r: Vector) -> float:
    with np.errstate(all="ignore"):
        return float(np.dot(n, np.log(q) - np.log(r)))


def _ratio(n: Vector, q: Vector, r: Vector) -> float:
    with np.errstate(over="ignore"):
        return float(np.exp(_log_ratio(n, q, r)))


def _products_first(n: Vector, q: Vector, r: Vector) -> float:
    with np.errstate(all="ignore"):
        return float(np.log(np.prod(np.power(q, n)) / np.prod(np.power(r, n))))


def _diary(rng: np.random.Generator) -> tuple[list[int], list[float], list[float]]:
    return counts(rng, 4), distribution(rng, 4), distribution(rng, 4)


def _long_diary(rng: np.random.Generator) -> tuple[list[int], list[float], list[float]]:
    """A diary that is too long for a product under either forecast."""
    n, q, r = _diary(rng)
    return [1000 * days for days in n], q, r


def _diaries_with_zeros(rng: np.random.Generator) -> Inputs:
    """Forecasts that rule out what was not seen, and one that rules out what was."""
    n, q, r = counts(rng, 4), with_zeros(rng, 4, 0), distribution(rng, 4)
    return [
        ([*n, 0], [*q, 0.0], [*r, 0.0]),
        ([*n, 7], [*q, 0.0], distribution(rng, 5)),
        ([*n, 7], distribution(rng, 5), [*r, 0.0]),
    ]


# ---------------------------------------------------------------- smoothing


Loss = Callable[[Vector, Vector, float], float]


def _smoothed(train: Vector, alpha: float) -> np.ndarray:
    """The distribution learnt with alpha added to each count."""
    q = np.add(train, alpha)
    return q / q.sum()


def _cost(n: Vector, q: Vector) -> float:
    """The negative log-likelihood, also of a q that does not sum to 1; what was not seen adds nothing."""
    seen = np.array(n) > 0
    with np.errstate(divide="ignore"):
        return float(-np.dot(np.array(n)[seen], np.log(np.array(q)[seen])))


def _held_out(train: Vector, test: Vector, alpha: float) -> float:
    return _cost(test, _smoothed(train, alpha))


def _on_training(train: Vector, test: Vector, alpha: float) -> float:
    return _cost(train, _smoothed(train, alpha))


def _both_raised(train: Vector, test: Vector, alpha: float) -> float:
    return _cost(np.add(test, alpha), _smoothed(train, alpha))


def _both_smoothed(train: Vector, test: Vector, alpha: float) -> float:
    return _cost(_smoothed(test, alpha), _smoothed(train, alpha))


def _total_too_small(train: Vector, test: Vector, alpha: float) -> float:
    """The counts have alpha added, and what they are divided by has it once and not for each outcome."""
    return _cost(test, np.add(train, alpha) / (np.sum(train) + alpha))


def _farthest_from_even(train: Vector, test: Vector, alpha: float) -> float:
    """How far the learnt frequencies are from those of the test, squared."""
    return float(np.square(_smoothed(train, alpha) - np.divide(test, np.sum(test))).sum())


def _nan_of_zeros(train: Vector, test: Vector, alpha: float) -> float:
    with np.errstate(all="ignore"):
        return float(-np.dot(test, np.log(_smoothed(train, alpha))))


def _no_zero_allowed(train: Vector, test: Vector, alpha: float) -> float:
    """A candidate with a zero is ruled out, though `test` may never ask for that outcome."""
    q = _smoothed(train, alpha)
    return _cost(test, q) if q.all() else math.inf


def _best(train: Vector, test: Vector, candidates: Vector, loss: Loss) -> float:
    return candidates[int(np.argmin([loss(train, test, alpha) for alpha in candidates]))]


ALPHAS = [0.0, 0.1, 0.5, 2.0, 8.0, 30.0]
LOSSES = (_on_training, _both_raised, _both_smoothed, _total_too_small, _farthest_from_even)


def _two_diaries(rng: np.random.Generator, unseen: bool) -> tuple[list[int], list[int], list[float]]:
    """A short diary and a long one, for which each wrong way chooses another alpha."""

    def draw(rng: np.random.Generator) -> tuple[list[int], list[int], list[float]]:
        p = distribution(rng, 5)
        train, test = rng.multinomial(15, p), rng.multinomial(60, p)
        return train.tolist(), test.tolist(), rng.permutation(ALPHAS).tolist()

    def tells_apart(train: list[int], test: list[int], candidates: list[float]) -> bool:
        if (0 in train) != unseen or 0 in test:
            return False
        best = _best(train, test, candidates, _held_out)
        others = {_best(train, test, candidates, loss) for loss in LOSSES}
        return best not in others | {float(candidates.index(best))}

    return until(rng, draw, tells_apart)


def _an_outcome_in_neither(
    rng: np.random.Generator, zero_is_best: bool
) -> tuple[list[int], list[int], list[float]]:
    """Two diaries without one of the outcomes; `min` and `argmin` both keep a nan that comes first."""

    def draw(rng: np.random.Generator) -> tuple[list[int], list[int], list[float]]:
        p = with_zeros(rng, 5, 1)
        train, test = rng.multinomial(15, p), rng.multinomial(60, p)
        return train.tolist(), test.tolist(), [0.0, *rng.permutation(ALPHAS[1:]).tolist()]

    def holds(train: list[int], test: list[int], candidates: list[float]) -> bool:
        return (_best(train, test, candidates, _held_out) == 0) == zero_is_best

    return until(rng, draw, holds)


# ---------------------------------------------------------------- rates


def _per_hour(n: Vector, hours: Vector) -> float:
    return float(np.sum(n) / np.sum(hours))


def _only_busy(n: Vector, hours: Vector) -> float:
    busy = np.array(n) > 0
    return float(np.sum(n) / np.sum(np.array(hours)[busy]))


def _mean_of_ratios(n: Vector, hours: Vector) -> float:
    with np.errstate(all="ignore"):
        return float(np.mean(np.divide(n, hours)))


def _watched(rng: np.random.Generator, zeros: int = 0) -> tuple[list[int], list[float]]:
    return counts(rng, 5, zeros), rng.uniform(0.5, 8, 5).tolist()


def _failures(hours: Vector, burnt_out: Sequence[bool]) -> float:
    return float(np.sum(burnt_out) / np.sum(hours))


def _only_failed(hours: Vector, burnt_out: Sequence[bool]) -> float:
    failed = np.array(hours)[np.array(burnt_out, bool)]
    return float(len(failed) / failed.sum())


def _lamps(rng: np.random.Generator) -> tuple[list[float], list[bool]]:
    return rng.uniform(50, 2000, 6).tolist(), rng.permutation([True, True, True, False, False, True]).tolist()


# ---------------------------------------------------------------- densities and batches


def _normal(x: Vector, mu: float, sigma: float) -> float:
    scaled = np.subtract(x, mu) / sigma
    return float(np.mean(scaled**2) / 2 + math.log(sigma) + math.log(2 * math.pi) / 2)


def _density_first(x: Vector, mu: float, sigma: float) -> float:
    density = np.exp(-np.square(np.subtract(x, mu) / sigma) / 2) / (sigma * math.sqrt(2 * math.pi))
    with np.errstate(divide="ignore"):
        return float(-np.log(density).mean())


def _scale(rng: np.random.Generator, low: float, high: float) -> tuple[list[float], float, float]:
    mu, sigma = float(rng.normal(0, 3)), float(rng.uniform(low, high))
    return (mu + sigma * rng.uniform(-1, 1, 5)).tolist(), mu, sigma


def _far_reading(rng: np.random.Generator) -> tuple[list[float], float, float]:
    """Readings of which one is so far away that its density is 0 to the last digit."""
    x, mu, sigma = _scale(rng, 1.5, 4)
    return [*x, mu + sigma * float(rng.uniform(50, 80))], mu, sigma


def _labelled(logits: Table, targets: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    known = np.array(targets) >= 0
    return np.array(logits, float)[known], np.array(targets)[known]


def _losses(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    return -log_softmax(logits)[np.arange(len(targets)), targets]


def _batch_loss(logits: Table, targets: Sequence[int]) -> float:
    return float(_losses(*_labelled(logits, targets)).mean())


def _softmax_first(logits: Table, targets: Sequence[int], offset: Offset) -> float:
    """The logarithm of a softmax that was computed before, with something taken off the scores."""
    z, known = _labelled(logits, targets)
    with np.errstate(all="ignore"):
        q = np.exp(z - offset(z))
        q /= q.sum(axis=1, keepdims=True)
        return float(-np.log(q[np.arange(len(known)), known]).mean())


def _log_of_sum(logits: Table, targets: Sequence[int], offset: Offset) -> float:
    """The logarithm of the sum less the score of the label, with something taken off the scores."""
    z, known = _labelled(logits, targets)
    with np.errstate(all="ignore"):
        z = z - offset(z)
        return float((np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(known)), known]).mean())


def _nothing(_: np.ndarray) -> float:
    return 0.0


def _largest_of_row(z: np.ndarray) -> np.ndarray:
    return z.max(axis=1, keepdims=True)


def _pictures(rng: np.random.Generator, unlabelled: int = 0) -> tuple[list[list[float]], list[int]]:
    targets = rng.integers(0, 3, size=6)
    targets[:unlabelled] = -1
    return rng.normal(0, 2, (6, 3)).tolist(), rng.permutation(targets).tolist()


def _far(rng: np.random.Generator) -> tuple[list[list[float]], list[int]]:
    logits = rng.normal(0, 2, (4, 3))
    logits[0] += [1500, 0, 0]
    logits[1] += [0, -1500, 0]
    return logits.tolist(), [1, 1, 0, 2]


# ---------------------------------------------------------------- a fair die


def _g(n: Vector, q: Vector) -> float:
    return 2 * sum(n) * float(kl_divergence(np.divide(n, np.sum(n)), q))


def _careless_g(n: Vector, q: Vector) -> float:
    n = np.array(n)
    with np.errstate(all="ignore"):
        return float(2 * np.sum(n * np.log(n / n.sum() / q)))


def _pearson(n: Vector, q: Vector) -> float:
    with np.errstate(all="ignore"):
        return float(np.sum(np.square(n - np.sum(n) * np.array(q)) / (np.sum(n) * np.array(q))))


def _thrown(rng: np.random.Generator) -> tuple[list[int], list[float]]:
    return counts(rng, 5), distribution(rng, 5)


def _thrown_with_zeros(rng: np.random.Generator) -> Inputs:
    n = counts(rng, 5, zeros=1)
    sides = distribution(rng, 4)
    never, seen = n.index(0), int(np.argmax(n))
    return [
        (n, distribution(rng, 5)),
        (n, [*sides[:never], 0.0, *sides[never:]]),
        (n, [*sides[:seen], 0.0, *sides[seen:]]),
    ]


ITEMS = (
    Item(
        name="log_ratio",
        title="Two forecasters, one diary",
        parts=(
            Part(
                "value",
                2,
                lambda rng: [_diary(rng) for _ in range(2)],
                tried=(([2, 5, 3], [0.3, 0.4, 0.3], [0.25, 0.5, 0.25]), ([6, 1], [0.5, 0.5], [0.75, 0.25])),
            ),
            Part(
                "long",
                1,
                lambda rng: [_long_diary(rng)],
                tried=(([2000, 5000, 3000], [0.3, 0.4, 0.3], [0.25, 0.5, 0.25]),),
            ),
            Part(
                "zeros",
                1,
                _diaries_with_zeros,
                tried=(
                    ([2, 2, 0], [0.5, 0.5, 0.0], [0.25, 0.75, 0.0]),
                    ([2, 2, 1], [0.5, 0.5, 0.0], [0.25, 0.5, 0.25]),
                    ([2, 2, 1], [0.25, 0.5, 0.25], [0.5, 0.5, 0.0]),
                ),
            ),
        ),
        right=_log_ratio,
        wrongs=(
            Wrong(
                lambda n, q, r: _log_ratio(n, q, r) / sum(n),
                "That is for one day on average; the whole diary is asked for.",
                ("value", "long", "zeros"),
            ),
            Wrong(
                lambda n, q, r: _log_ratio(n, r, q),
                "The forecasters are exchanged: the first one's log-likelihood less the second one's.",
                ("value", "long", "zeros"),
            ),
            Wrong(lambda n, q, r: _log_ratio(n, q, r) / math.log(2), BITS, ("value", "long", "zeros")),
            Wrong(
                _ratio,
                "That is the ratio of the likelihoods; its logarithm is asked for.",
                ("value", "long", "zeros"),
            ),
            Wrong(
                lambda n, q, r: float(log_likelihood(n, q)),
                "That is the log-likelihood of the first forecaster; take off the second one's.",
                ("value", "long", "zeros"),
            ),
            Wrong(
                _products_first,
                "Right on paper, but over a long diary both products underflow to 0, and cannot be compared.",
                ("long",),
            ),
            Wrong(_careless_ratio, NAN, ("zeros",)),
            Wrong(
                lambda n, q, r: _log_ratio(
                    n, *(x / x.sum() for x in (np.maximum(q, 1e-12), np.maximum(r, 1e-12)))
                ),
                CLIPPED,
                ("zeros",),
            ),
        ),
        note="The number of orders in which the days can come is the same for both, and has cancelled.",
    ),
    Item(
        name="choose_alpha",
        title="How much to smooth",
        parts=(
            Part(
                "choice",
                3,
                lambda rng: [_two_diaries(rng, unseen=False) for _ in range(2)],
                tried=(
                    ([8, 4, 2], [14, 17, 4], [9.0, 0.5, 0.0, 50.0]),
                    ([1, 4, 2], [4, 16, 16], [8.0, 0.0, 2.0, 0.5]),
                ),
            ),
            Part(
                "unseen",
                1,
                lambda rng: [
                    _two_diaries(rng, unseen=True),
                    *(_an_outcome_in_neither(rng, zero_is_best) for zero_is_best in (False, True)),
                ],
                tried=(
                    ([5, 0, 4], [16, 5, 10], [8.0, 0.1, 1.0, 0.0, 30.0]),
                    ([8, 0, 1], [14, 0, 6], [0.0, 1.0, 40.0]),
                    ([6, 0, 4], [30, 0, 20], [0.0, 2.0, 40.0]),
                ),
            ),
        ),
        right=lambda train, test, candidates: _best(train, test, candidates, _held_out),
        wrongs=(
            Wrong(
                lambda train, test, candidates: _best(train, test, candidates, _on_training),
                "You judged by the days that were learnt from; those always ask for the least smoothing.",
                ("choice", "unseen"),
            ),
            Wrong(
                lambda train, test, candidates: float(
                    candidates.index(_best(train, test, candidates, _held_out))
                ),
                "That is the position in the list; the alpha itself is asked for.",
                ("choice", "unseen"),
            ),
            Wrong(
                lambda train, test, candidates: min(_held_out(train, test, alpha) for alpha in candidates),
                "That is the lowest loss; the alpha that has it is asked for.",
                ("choice", "unseen"),
            ),
            Wrong(
                lambda train, test, candidates: (
                    min(_held_out(train, test, alpha) for alpha in candidates) / sum(test)
                ),
                "That is the lowest loss per day; the alpha that has it is asked for.",
                ("choice", "unseen"),
            ),
            Wrong(
                lambda train, test, candidates: _best(train, test, candidates, _both_raised),
                "The counts of `test` have alpha added too; they are what happened, and stay as they are.",
                ("choice", "unseen"),
            ),
            Wrong(
                lambda train, test, candidates: _best(train, test, candidates, _total_too_small),
                "Your probabilities do not sum to 1: alpha is added once for each outcome.",
                ("choice", "unseen"),
            ),
            Wrong(
                lambda train, test, candidates: _best(train, test, candidates, _farthest_from_even),
                "You compared by squared differences; the negative log-likelihood is asked for.",
                ("choice", "unseen"),
            ),
            Wrong(
                lambda train, test, candidates: _best(train, test, candidates, _nan_of_zeros),
                "One loss is nan, from 0 · log 0, and passes for the lowest.",
                ("unseen",),
            ),
            Wrong(
                lambda train, test, candidates: _best(train, test, candidates, _no_zero_allowed),
                "You ruled an alpha out for a probability of 0, though `test` has nothing there.",
                ("unseen",),
            ),
        ),
        note="How much to smooth is a question for days that the counts have not seen.",
    ),
    Item(
        name="rate_per_hour",
        title="Bicycles on a bridge",
        parts=(
            Part("value", 2, lambda rng: [_watched(rng) for _ in range(2)], tried=(([12, 30], [1.0, 4.0]),)),
            Part("quiet", 1, lambda rng: [_watched(rng, zeros=2)], tried=(([12, 0, 30], [1.0, 3.0, 4.0]),)),
        ),
        right=_per_hour,
        wrongs=(
            Wrong(
                _mean_of_ratios,
                "The watches were averaged evenly; a long one knows more about the rate than a short one.",
                ("value", "quiet"),
            ),
            Wrong(
                lambda n, hours: float(np.mean(n)),
                "That is the mean count of a watch; the watches have different lengths.",
                ("value", "quiet"),
            ),
            Wrong(
                lambda n, hours: 1 / _per_hour(n, hours),
                "Those are hours per bicycle; bicycles per hour are asked for.",
                ("value", "quiet"),
            ),
            Wrong(
                lambda n, hours: float(np.sum(n)),
                "Those are all bicycles, and not yet a rate: nothing says how long you watched.",
                ("value", "quiet"),
            ),
            Wrong(
                _only_busy,
                "A watch in which nothing came was left out; it is information too.",
                ("quiet",),
            ),
        ),
        note="All bicycles over all hours is where the likelihood is largest.",
    ),
    Item(
        name="failure_rate",
        title="Lamps that still burn",
        parts=(
            Part(
                "all",
                1,
                lambda rng: [(rng.uniform(50, 2000, 5).tolist(), [True] * 5)],
                tried=(([100.0, 400.0], [True, True]),),
            ),
            Part(
                "burning",
                3,
                lambda rng: [_lamps(rng) for _ in range(2)],
                tried=(([100.0, 400.0, 500.0], [True, False, True]),),
            ),
        ),
        right=_failures,
        wrongs=(
            Wrong(
                _only_failed,
                "The lamps that still burn were left out; that they have not failed is knowledge too.",
                ("burning",),
            ),
            Wrong(
                lambda hours, burnt_out: len(hours) / sum(hours),
                "Every lamp was counted as burnt out; some still burn.",
                ("burning",),
            ),
            Wrong(
                lambda hours, burnt_out: 1 / _failures(hours, burnt_out),
                "Those are hours per failure; failures per hour are asked for.",
                ("all", "burning"),
            ),
            Wrong(
                lambda hours, burnt_out: float(np.mean(burnt_out)),
                "That is the share of lamps that burnt out; the hours have not been used.",
                ("all", "burning"),
            ),
            Wrong(
                lambda hours, burnt_out: float(np.mean(np.divide(burnt_out, hours))),
                "You averaged a rate of each lamp; one rate for all lamps at once is asked for.",
                ("all", "burning"),
            ),
        ),
        note="A lamp that burns on has said something: that it did not fail in all these hours.",
    ),
    Item(
        name="normal_nll",
        title="A thermometer's loss",
        parts=(
            Part(
                "value",
                2,
                lambda rng: [_scale(rng, 1.5, 4) for _ in range(2)],
                tried=(([1.0, -1.0, 4.0], 0.5, 2.0), ([20.0], 18.0, 3.0)),
            ),
            Part("narrow", 1, lambda rng: [_scale(rng, 0.01, 0.1)], tried=(([0.5, 0.51], 0.5, 0.02),)),
            Part("far", 1, lambda rng: [_far_reading(rng)], tried=(([18.5, 99.0], 18.0, 1.5),)),
        ),
        right=_normal,
        wrongs=(
            Wrong(
                lambda x, mu, sigma: _normal(x, mu, sigma) - math.log(2 * math.pi) / 2,
                "A constant is missing, without which the density does not integrate to 1.",
                ("value", "narrow", "far"),
            ),
            Wrong(
                lambda x, mu, sigma: _normal(x, mu, math.sqrt(sigma)),
                "You took σ for the variance; it is the standard deviation.",
                ("value", "narrow", "far"),
            ),
            Wrong(
                lambda x, mu, sigma: len(x) * _normal(x, mu, sigma) if len(x) > 1 else _normal(x, mu, sigma),
                "The losses were added up; their mean is asked for.",
                ("value", "narrow", "far"),
            ),
            Wrong(lambda x, mu, sigma: _normal(x, mu, sigma) / math.log(2), BITS, ("value", "narrow", "far")),
            Wrong(
                lambda x, mu, sigma: float(np.mean(np.square(np.subtract(x, mu) / sigma)) / 2),
                "That is the squared error alone: a larger σ makes it smaller, and costs nothing itself.",
                ("value", "narrow", "far"),
            ),
            Wrong(
                lambda x, mu, sigma: max(0.0, _normal(x, mu, sigma)),
                "A density may be above 1, so its loss may be below 0. Nothing has to be cut off.",
                ("narrow",),
            ),
            Wrong(
                lambda x, mu, sigma: abs(_normal(x, mu, sigma)),
                "The sign is gone. A density may be above 1, and then its loss is below 0.",
                ("narrow",),
            ),
            Wrong(
                _density_first,
                "Right on paper, but the density of a far reading underflows to 0, and its logarithm is "
                "infinite.",
                ("far",),
            ),
        ),
        note="In Fahrenheit the same readings have another loss than in Celsius, so it is no count of bits.",
    ),
    Item(
        name="labelled_loss",
        title="Some pictures have no label",
        parts=(
            Part(
                "value",
                2,
                lambda rng: [_pictures(rng)],
                tried=(([[2.0, 1.0, -1.0], [0.0, 0.0, 3.0]], [0, 1]), ([[1.0, 0.0], [0.0, 2.0]], [1, 0])),
            ),
            Part(
                "unlabelled",
                2,
                lambda rng: [_pictures(rng, unlabelled=2)],
                tried=(([[2.0, 1.0, -1.0], [0.0, 0.0, 3.0], [1.0, 0.0, 0.0]], [0, -1, 1]),),
            ),
            Part(
                "far",
                1,
                lambda rng: [_far(rng)],
                tried=(
                    ([[1000.0, 999.0], [1001.0, 1000.5]], [1, 0]),
                    ([[1000.0, 999.0], [0.0, 2.0]], [1, 1]),
                    ([[0.0, -1000.0], [1.0, 0.0]], [1, 0]),
                ),
            ),
        ),
        right=_batch_loss,
        wrongs=(
            Wrong(
                lambda logits, targets: float(_losses(*_labelled(logits, targets)).sum()),
                "The losses were added up; their mean is asked for.",
                ("value", "unlabelled", "far"),
            ),
            Wrong(
                lambda logits, targets: _batch_loss(logits, targets) / math.log(2),
                BITS,
                ("value", "unlabelled", "far"),
            ),
            Wrong(
                lambda logits, targets: _batch_loss(softmax(logits).tolist(), targets),
                "The softmax was taken twice, once on its own result.",
                ("value", "unlabelled", "far"),
            ),
            Wrong(
                lambda logits, targets: float(_losses(*_labelled(logits, targets)).sum() / len(targets)),
                "The sum was divided by all pictures; only those with a label have a loss.",
                ("unlabelled",),
            ),
            Wrong(
                lambda logits, targets: float(_losses(np.array(logits, float), np.array(targets)).mean()),
                "A label of −1 was used as a position, which in Python is the last class.",
                ("unlabelled",),
            ),
            Wrong(
                lambda logits, targets: _softmax_first(logits, targets, _nothing),
                "Right on paper, but the exponentials of large scores overflow, and inf/inf is nan.",
                ("far",),
            ),
            Wrong(
                lambda logits, targets: _log_of_sum(logits, targets, _nothing),
                "Right on paper, but the sum of the exponentials of large scores overflows.",
                ("far",),
            ),
            Wrong(
                lambda logits, targets: _softmax_first(logits, targets, _largest_of_row),
                "Nothing overflows now, but a softmax underflows to 0 before its logarithm is taken.",
                ("far",),
            ),
            Wrong(
                lambda logits, targets: _softmax_first(logits, targets, np.max),
                "You took off the largest score of the whole table. In a row far below it all exponentials "
                "are 0, and 0/0 is nan.",
                ("far",),
            ),
            Wrong(
                lambda logits, targets: _log_of_sum(logits, targets, np.max),
                "You took off the largest score of the whole table. In a row far below it the sum of the "
                "exponentials is 0.",
                ("far",),
            ),
        ),
        note="PyTorch marks what has no label with −100, and leaves it out of the mean in the same way.",
    ),
    Item(
        name="g_statistic",
        title="Is the die fair?",
        parts=(
            Part(
                "value",
                3,
                lambda rng: [_thrown(rng) for _ in range(2)],
                tried=(([20, 50, 30], [0.3, 0.4, 0.3]), ([6, 2], [0.5, 0.5])),
            ),
            Part(
                "zeros",
                1,
                _thrown_with_zeros,
                tried=(
                    ([6, 2, 0], [0.5, 0.25, 0.25]),
                    ([6, 2, 0], [0.5, 0.5, 0.0]),
                    ([6, 2, 0], [0.5, 0.0, 0.5]),
                ),
            ),
        ),
        right=_g,
        wrongs=(
            Wrong(lambda n, q: _g(n, q) / 2, "The 2 in front is missing.", ("value", "zeros")),
            Wrong(
                lambda n, q: _g(n, q) / sum(n),
                "That is for one throw; it grows with their number N.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda n, q: _g(n, q) / (2 * sum(n)),
                "That is the divergence alone, and does not say how often the die was thrown.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda n, q: 2 * sum(n) * float(kl_divergence(q, np.divide(n, np.sum(n)))),
                "You averaged under the belief; what happened is what was thrown.",
                ("value", "zeros"),
            ),
            Wrong(lambda n, q: _g(n, q) / math.log(2), BITS, ("value", "zeros")),
            Wrong(
                _pearson,
                "That is Pearson's χ², which is near this when both are small; the likelihood ratio "
                "is asked for.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda n, q: 2 * float(negative_log_likelihood(n, q)) * sum(n),
                "That is the loss of the belief; take off that of the frequencies, the floor.",
                ("value", "zeros"),
            ),
            Wrong(_careless_g, NAN, ("zeros",)),
        ),
        note="It is 2N times the divergence of p̂ from the belief, and if the belief is the truth, it is near "
        "K − 1 on average, for K sides and many throws.",
    ),
    ProofItem(
        name="rates_line",
        title="The best rates, without a derivative",
        points=4,
        start="Sum(x * ln(r) - r * h)",
        steps=(
            Step("Sum(x * ln(x / h)) + Sum(x * ln(r * h / x)) - Sum(r * h)", "ln r = ln(x/h) + ln(r·h/x)"),
            Step(None, "ln y ≤ y − 1 at y = r·h/x", "≤", tangent=("x", "r * h / x")),
            Step("Sum(x * ln(x / h)) - Sum(x)", "the hours cancel"),
        ),
        right=("Sum(x * ln(x / h)) + Sum(x * (r * h / x - 1)) - Sum(r * h)",),
        letters="x h r",
        wrongs=(
            Wrong(
                "Sum(x * ln(x / h)) + Sum(r * h / x - 1) - Sum(r * h)",
                "The weight x in front of each term is lost.",
            ),
            Wrong(
                "Sum(x * ln(x / h)) + Sum(x * (r * h / x) - 1) - Sum(r * h)",
                "The weight x is on a part of the bound only.",
            ),
            Wrong(
                "Sum(x * ln(x / h)) + Sum(x * (r * h / x - 1))",
                "The last sum, what the rates themselves cost, is lost.",
            ),
            Wrong(
                "Sum(x * ln(x / h)) + Sum(x * (1 - r * h / x)) - Sum(r * h)",
                "The bound is turned around: ln y is at most y − 1.",
            ),
        ),
        note="The last line has no r in it, and is reached at r = x/h: no rates are better.",
    ),
    PersonItem(
        name="plot_of_likelihoods",
        title="Ten tosses and a hundred, drawn",
        rubric=(
            (
                1,
                "Both curves are log-likelihoods in nats, each less its own largest value, with no "
                "nan at the ends.",
            ),
            (1, "Both largest values are marked, and stand at q = 3/10."),
            (
                1,
                "The axes have names and the unit; the curves are told apart by labels and not by "
                "colour alone.",
            ),
            (
                1,
                "One sentence says that at each q the curve is ten times as far below its top, and that "
                "the top stays.",
            ),
        ),
    ),
    PersonItem(
        name="perfect_on_training",
        title="A loss of zero",
        rubric=(
            (1, "What has become 0 is H(P̂, Q) for the fifty pictures, and not the cost under the true P."),
            (
                1,
                "Each picture was seen once with one label, so P̂ leaves no doubt, and a model that "
                "learns by heart reaches 0 without knowing anything of P.",
            ),
            (
                1,
                "The divergence from P is the loss on fresh pictures less the floor, and it says how each "
                "of the two is estimated.",
            ),
            (1, "It gives numbers, in nats, that would speak for the friend, and some against him."),
        ),
    ),
)
