"""What the problem set on the Jensen–Shannon divergence asks: references, inputs, and what people answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np

from coursework.items import Inputs, Item, Part, PersonItem, ProofItem, Step, Wrong
from coursework.sets.drawing import counts, distribution, until, with_zeros
from kltools import jeffreys_divergence, js_distance, js_divergence, kl_divergence, total_variation

Vector = Sequence[float]
Table = Sequence[Sequence[float]]
Measure = Callable[..., np.ndarray]
Choice = Callable[[np.ndarray], np.ndarray]

TITLE = "Jensen–Shannon divergence"
NATS = "The sizes are right in nats, and bits are asked for."
HALF_JEFFREYS = (
    "That is half the Jeffreys divergence, the mean of both directions. The JSD needs the mixture."
)
ROOT = "That is the root, the Jensen–Shannon distance; the divergence is its square."

# ---------------------------------------------------------------- what SciPy returned


def _from_scipy(distance: float, base: float) -> float:
    return distance**2 * math.log2(base)


# ---------------------------------------------------------------- counts


def _jsd(n: Vector, m: Vector) -> float:
    return float(js_divergence(n, m, base=2, normalize=True))


def _of_counts(n: Vector, m: Vector) -> float:
    """The formula with the counts as they are."""
    both = np.add(n, m) / 2

    def half(x: Vector) -> float:
        return sum(a * math.log2(a / b) for a, b in zip(x, both, strict=True) if a) / 2

    return half(n) + half(m)


def _pooled(n: Vector, m: Vector) -> float:
    hours = np.array([sum(n), sum(m)], float)
    return float(js_divergence(n, m, base=2, weights=hours / hours.sum(), normalize=True))


def _summed_first(n: Vector, m: Vector) -> float:
    """Halves as they should be, and a mixture of the summed counts."""
    both = np.add(n, m)
    return float(sum(kl_divergence(x, both, base=2, normalize=True) for x in (n, m))) / 2


def _shares(n: Vector, m: Vector) -> tuple[np.ndarray, np.ndarray]:
    return np.divide(n, np.sum(n)), np.divide(m, np.sum(m))


def _in_common(n: Vector, m: Vector) -> tuple[np.ndarray, np.ndarray]:
    """The shares of what neither table lacks."""
    p, q = _shares(n, m)
    common = (p > 0) & (q > 0)
    return p[common], q[common]


def _careless_terms(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    middle = (p + q) / 2
    with np.errstate(all="ignore"):
        return (p * np.log2(p / middle) + q * np.log2(q / middle)) / 2


def _half_jeffreys_in_common(n: Vector, m: Vector) -> float:
    p, q = _in_common(n, m)
    return float(np.sum((p - q) * np.log2(p / q))) / 2


def _to_mixture(n: Vector, m: Vector) -> float:
    p, q = _shares(n, m)
    return float(kl_divergence(p, (p + q) / 2, base=2))


def _two_counts(rng: np.random.Generator) -> tuple[list[int], list[int]]:
    """Counts of unequal totals, so that pooling them shows."""
    return until(
        rng, lambda rng: (counts(rng, 4), counts(rng, 4)), lambda n, m: not 0.8 < sum(n) / sum(m) < 1.25
    )


def _two_counts_with_zeros(rng: np.random.Generator) -> Inputs:
    n, m = _two_counts(rng)
    return [([*n, 0], [0, *m]), ([*n, 0, 0, 0, 0], [0, 0, 0, 0, *m])]


# ---------------------------------------------------------------- the two that differ most


def _farthest_by(
    measure: Measure, pairs: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None
) -> Choice:
    """Which of the pairs, or of some of them, has the largest measure, for one table of rows or for many."""

    def choice(rows: np.ndarray) -> np.ndarray:
        first, second = np.triu_indices(rows.shape[-2], 1)
        far = measure(rows[..., first, :], rows[..., second, :])
        return np.argmax(far if pairs is None else np.where(pairs(first, second), far, -np.inf), axis=-1)

    return choice


def _squared(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    return np.sum((p - q) ** 2, axis=-1)


def _nearest(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    return -js_divergence(p, q)


def _of_the_common(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """The JSD without the outcomes that one of the two lacks."""
    return np.sum(np.where((p > 0) & (q > 0), _careless_terms(p, q), 0), axis=-1)


def _never_nan(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """The JSD where no zero makes it nan, and else what is never the largest."""
    return np.nan_to_num(_careless_terms(p, q).sum(axis=-1), nan=-np.inf)


BY_JSD = _farthest_by(js_divergence)
NEXT_TO_EACH_OTHER = _farthest_by(js_divergence, lambda first, second: second == first + 1)
WITH_THE_FIRST = _farthest_by(js_divergence, lambda first, second: first == 0)
BY_JEFFREYS = _farthest_by(jeffreys_divergence)
BY_KL = _farthest_by(kl_divergence)
BY_VARIATION = _farthest_by(total_variation)
BY_SQUARES = _farthest_by(_squared)
BY_NEARNESS = _farthest_by(_nearest)
BY_COMMON = _farthest_by(_of_the_common)
PAST_NAN = _farthest_by(_never_nan)
OTHER_CHOICES = (
    BY_JEFFREYS, BY_KL, BY_VARIATION, BY_SQUARES, BY_NEARNESS, NEXT_TO_EACH_OTHER, WITH_THE_FIRST
)  # fmt: skip


def _farthest(rows: Table, choice: Choice = BY_JSD) -> list[int]:
    pair = choice(np.array(rows))
    return [int(places[pair]) for places in np.triu_indices(len(rows), 1)]


def _careless_largest(rows: Table) -> list[int]:
    """Python's `max` over the pairs: nan is not above what came before, and nothing is above nan."""
    table = np.array(rows)
    return max(
        (list(pair) for pair in combinations(range(len(rows)), 2)),
        key=lambda pair: float(_careless_terms(*table[pair]).sum()),
    )


def _five_towns(rng: np.random.Generator) -> np.ndarray:
    return 0.9 * rng.dirichlet(np.ones(4), size=(200, 5)) + 0.1 / 4


def _a_town_without(rng: np.random.Generator) -> np.ndarray:
    """Towns the first of which lacks what is rare in the others: its KL is infinite and its JSD is small."""
    rows = 0.98 * (0.9 * rng.dirichlet(np.ones(3), size=(200, 3)) + 0.1 / 3)
    rows = np.concatenate([rows, np.full((200, 3, 1), 0.02)], axis=2)
    return np.concatenate([rows[:, :1] + [0.02, 0, 0, -0.02], rows], axis=1)


def _a_town_without_much(rng: np.random.Generator) -> np.ndarray:
    """Towns the last of which lacks what may be common in the others."""
    rows = _five_towns(rng)
    rows[:, -1, -1] = 0
    return rows / rows.sum(axis=2, keepdims=True)


def _towns(
    rng: np.random.Generator, draw: Callable[[np.random.Generator], np.ndarray], others: Sequence[Choice]
) -> tuple[list[list[float]]]:
    """Towns of which each of the other choices takes another pair, out of many that are drawn."""
    while True:
        many = draw(rng)
        right = BY_JSD(many)
        good = np.all([choice(many) != right for choice in others], axis=0)
        if good.any():
            return (many[np.argmax(good)].tolist(),)


# ---------------------------------------------------------------- the game with two sources


def _right_guess(p: Vector, q: Vector) -> float:
    return (1 + float(total_variation(p, q))) / 2


def _careless_guess(p: Vector, q: Vector) -> float:
    p, q = np.array(p), np.array(q)
    with np.errstate(all="ignore"):
        return float(np.sum((p + q) / 2 * np.maximum(p, q) / (p + q)))


def _even_guess(p: Vector, q: Vector) -> float:
    """The chance of a right guess, averaged over outcomes as if all were equally frequent."""
    return float(np.mean([max(a, b) / (a + b) for a, b in zip(p, q, strict=True) if a + b]))


def _matched_guess(p: Vector, q: Vector) -> float:
    """The chance of a right guess for who names each machine as often as it is likely."""
    return sum((a * a + b * b) / (a + b) for a, b in zip(p, q, strict=True) if a + b) / 2


def _sources(rng: np.random.Generator) -> tuple[list[float], list[float]]:
    return distribution(rng, 5), distribution(rng, 5)


def _sources_with_zeros(rng: np.random.Generator) -> Inputs:
    p, q = distribution(rng, 4), distribution(rng, 3)
    return [([*p, 0.0], [*q, 0.0, 0.0])]


# ---------------------------------------------------------------- a part of the way


def _skewed(p: Vector, q: Vector, share: float) -> float:
    mixed = (1 - share) * np.array(p) + share * np.array(q)
    return float(kl_divergence(p, mixed, base=2))


def _careless_skewed(p: Vector, q: Vector, share: float) -> float:
    p, q = np.array(p), np.array(q)
    with np.errstate(all="ignore"):
        return float(np.sum(p * np.log2(p / ((1 - share) * p + share * q))))


def _clipped_skewed(p: Vector, q: Vector, share: float) -> float:
    mixed = np.maximum((1 - share) * np.array(p) + share * np.array(q), 1e-12)
    return sum(a * math.log2(a / b) for a, b in zip(p, mixed, strict=True) if a)


def _from_q(p: Vector, q: Vector, share: float) -> float:
    return _skewed(q, p, 1 - share)


def _both_sides(p: Vector, q: Vector, share: float) -> float:
    return float(js_divergence(p, q, base=2, weights=[1 - share, share]))


def _careless_both_sides(p: Vector, q: Vector, share: float) -> float:
    return (1 - share) * _skewed(p, q, share) + share * _from_q(p, q, share)


def _mixture_first(p: Vector, q: Vector, share: float) -> float:
    return float(kl_divergence((1 - share) * np.array(p) + share * np.array(q), p, base=2))


def _ends(rng: np.random.Generator) -> Inputs:
    p, q = distribution(rng, 4), with_zeros(rng, 4, zeros=1)
    return [(p, q, 0.0), (p, q, 1.0), (p, distribution(rng, 4), 1.0)]


def _shared_zeros(rng: np.random.Generator) -> Inputs:
    p, q = with_zeros(rng, 4, zeros=1), with_zeros(rng, 4, zeros=1)
    return [([*p, 0.0], [*q, 0.0], float(rng.choice([0.2, 0.3, 0.7, 0.8])))]


# ---------------------------------------------------------------- detours


def _ways(towns: int) -> list[tuple[int, int, int]]:
    """Each pair, the smaller position first, with each third in the middle."""
    return [(i, j, k) for i, k in combinations(range(towns), 2) for j in range(towns) if j not in (i, k)]


def _gaps(rows: Table, measure: Measure = js_divergence) -> np.ndarray:
    """For each of the ways, how much longer the direct one is."""
    direct = measure(np.array(rows)[:, None], np.array(rows)[None])
    i, j, k = np.transpose(_ways(len(rows)))
    with np.errstate(invalid="ignore"):
        return direct[i, k] - direct[i, j] - direct[j, k]


def _detours(rows: Table, measure: Measure = js_divergence) -> int:
    return int(np.sum(_gaps(rows, measure) > 0))


def _short_cuts(rows: Table) -> list[tuple[int, int, int]]:
    return [way for way, gap in zip(_ways(len(rows)), _gaps(rows), strict=True) if gap > 0]


def _shortened_pairs(rows: Table) -> int:
    return len({(i, k) for i, _, k in _short_cuts(rows)})


def _by_thirds_between(rows: Table) -> int:
    return sum(i < j < k for i, j, k in _short_cuts(rows))


def _by_thirds_after(rows: Table) -> int:
    return sum(j > k for _, j, k in _short_cuts(rows))


def _network(rng: np.random.Generator) -> tuple[list[list[float]]]:
    """Five towns with some short cuts, which no rounding can add to or take from."""

    def tells_apart(rows: list[list[float]]) -> bool:
        others = {
            0,
            _detours(rows, kl_divergence),
            _detours(rows, jeffreys_divergence),
            _shortened_pairs(rows),
            _by_thirds_between(rows),
            _by_thirds_after(rows),
        }
        return np.abs(_gaps(rows)).min() > 1e-9 and _detours(rows) not in others

    return until(rng, lambda rng: ([distribution(rng, 3) for _ in range(5)],), tells_apart)


def _no_short_cut(rng: np.random.Generator) -> Inputs:
    """Two towns that are alike, and towns that share nothing: a detour is as long as the way or longer."""
    p = distribution(rng, 3)
    return [([p, p, p],), (np.eye(4)[rng.permutation(4)].tolist(),)]


ITEMS = (
    Item(
        name="from_scipy",
        title="What SciPy returned",
        parts=(
            Part(
                "nats",
                2,
                lambda rng: [
                    (float(d), base) for d, base in zip(rng.uniform(0.1, 0.8, 2), (math.e, 10.0), strict=True)
                ],
                tried=((0.5, math.e), (0.3, 10.0)),
            ),
            Part("bits", 1, lambda rng: [(float(rng.uniform(0.1, 0.9)), 2.0)], tried=((0.5, 2.0),)),
        ),
        right=_from_scipy,
        wrongs=(
            Wrong(
                lambda distance, base: distance**2,
                "The square is right, and still in the unit of the base that SciPy was called with.",
                ("nats",),
            ),
            Wrong(
                lambda distance, base: distance,
                "That is what SciPy returned: a root, and no divergence.",
                ("nats", "bits"),
            ),
            Wrong(lambda distance, base: distance**2 * math.log(base), NATS, ("nats", "bits")),
            Wrong(
                lambda distance, base: distance**2 / math.log(2),
                "That takes every number for one in nats; look at the base.",
                ("nats", "bits"),
            ),
            Wrong(
                lambda distance, base: distance / math.log(2),
                "The root is still there, and every number was taken for one in nats.",
                ("nats", "bits"),
            ),
            Wrong(
                lambda distance, base: distance * math.sqrt(math.log2(base)),
                "That is what SciPy returns for base 2: still a root.",
                ("nats", "bits"),
            ),
            Wrong(
                lambda distance, base: distance * math.log2(base),
                "The unit was changed and the root was not undone.",
                ("nats", "bits"),
            ),
            Wrong(
                lambda distance, base: (distance * math.log2(base)) ** 2,
                "The conversion was squared along with the root: square first.",
                ("nats",),
            ),
            Wrong(
                lambda distance, base: distance**2 / math.log2(base),
                "The conversion is turned around: a bit is less than a nat, so there are more bits.",
                ("nats",),
            ),
            Wrong(
                lambda distance, base: math.sqrt(distance) * math.log2(base),
                "SciPy has taken a root; undo it by squaring.",
                ("nats", "bits"),
            ),
        ),
        note="SciPy applies the base inside the root, so square first and change the unit after that.",
    ),
    Item(
        name="jsd_of_counts",
        title="Two bird tables",
        parts=(
            Part(
                "value",
                3,
                lambda rng: [_two_counts(rng) for _ in range(2)],
                tried=(([2, 5, 3], [30, 40, 30]), ([9, 1], [20, 20])),
            ),
            Part(
                "zeros",
                1,
                _two_counts_with_zeros,
                tried=(([4, 4, 0], [0, 1, 1]), ([4, 4, 0, 0], [0, 0, 1, 1]), ([3, 1, 0], [2, 2, 0])),
            ),
        ),
        right=_jsd,
        wrongs=(
            Wrong(lambda n, m: _jsd(n, m) * math.log(2), NATS, ("value", "zeros")),
            Wrong(
                lambda n, m: float(jeffreys_divergence(n, m, base=2, normalize=True)) / 2,
                HALF_JEFFREYS,
                ("value", "zeros"),
            ),
            Wrong(
                _half_jeffreys_in_common,
                "That is half the Jeffreys divergence without its infinite terms. The JSD needs the mixture.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda n, m: float(js_distance(n, m, base=2, normalize=True)),
                ROOT,
                ("value", "zeros"),
            ),
            Wrong(
                _pooled,
                "The tables were pooled, so that the busier one counts more. Both have the same weight here.",
                ("value", "zeros"),
            ),
            Wrong(
                _summed_first,
                "The mixture was made of the summed counts, so the busier table makes up most of it.",
                ("value", "zeros"),
            ),
            Wrong(
                _of_counts,
                "The counts went in as they are; divide each list by its own sum first.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda n, m: 2 * _jsd(n, m),
                "The halves in front of the two divergences are missing.",
                ("value", "zeros"),
            ),
            Wrong(_to_mixture, "That is one of the two halves, KL(P‖M), taken whole.", ("value", "zeros")),
            Wrong(
                lambda n, m: float(_careless_terms(*_in_common(n, m)).sum()),
                "Where one table lacks a species, the share of the other was left out as well.",
                ("zeros",),
            ),
            Wrong(
                lambda n, m: float(_careless_terms(*_shares(n, m)).sum()),
                "0 · log 0 gives nan. An outcome that one table lacks counts for the other alone.",
                ("zeros",),
            ),
        ),
        note="Tables that share nothing are one bit apart, however many birds came.",
    ),
    Item(
        name="most_different",
        title="The two that differ most",
        parts=(
            Part(
                "pair",
                3,
                lambda rng: [_towns(rng, _five_towns, OTHER_CHOICES)],
                tried=(
                    (
                        [
                            [0.2, 0.1, 0.7],
                            [0.3, 0.1, 0.6],
                            [0.5, 0.3, 0.2],
                            [0.2, 0.2, 0.6],
                            [0.05, 0.55, 0.4],
                        ],
                    ),
                ),
            ),
            Part(
                "zeros",
                1,
                lambda rng: [
                    _towns(rng, _a_town_without, OTHER_CHOICES),
                    _towns(rng, _a_town_without_much, (BY_COMMON, PAST_NAN)),
                ],
                tried=(
                    (
                        [
                            [0.1, 0.4, 0.5, 0.0],
                            [0.08, 0.4, 0.5, 0.02],
                            [0.23, 0.5, 0.25, 0.02],
                            [0.38, 0.15, 0.45, 0.02],
                        ],
                    ),
                    ([[0.45, 0.35, 0.2], [0.3, 0.1, 0.6], [0.65, 0.05, 0.3], [0.25, 0.75, 0.0]],),
                ),
            ),
        ),
        right=_farthest,
        wrongs=(
            Wrong(
                lambda rows: _farthest(rows, BY_JEFFREYS),
                "You compared both directions of KL, which are infinite as soon as one town misses "
                "something.",
                ("pair", "zeros"),
            ),
            Wrong(
                lambda rows: _farthest(rows, BY_KL),
                "You compared by KL, from the first to the second; the JSD is asked for.",
                ("pair", "zeros"),
            ),
            Wrong(
                lambda rows: _farthest(rows, BY_VARIATION),
                "You compared by total variation, which does not see how rare a thing is.",
                ("pair", "zeros"),
            ),
            Wrong(
                lambda rows: _farthest(rows, BY_SQUARES),
                "You compared by squared differences, in which a change counts the same whatever it starts "
                "from.",
                ("pair", "zeros"),
            ),
            Wrong(
                lambda rows: _farthest(rows, NEXT_TO_EACH_OTHER),
                "You compared towns that are next to each other in the list; there are more pairs.",
                ("pair", "zeros"),
            ),
            Wrong(
                lambda rows: _farthest(rows, WITH_THE_FIRST),
                "You compared every town with the first one; there are more pairs.",
                ("pair", "zeros"),
            ),
            Wrong(
                lambda rows: _farthest(rows, BY_NEARNESS),
                "Those are the two that are most alike.",
                ("pair", "zeros"),
            ),
            Wrong(
                lambda rows: _farthest(rows)[::-1],
                "The pair is right, and the smaller position comes first.",
                ("pair", "zeros"),
            ),
            Wrong(
                lambda rows: [place + 1 for place in _farthest(rows)],
                "The pair is right, and positions count from 0.",
                ("pair", "zeros"),
            ),
            Wrong(
                lambda rows: _farthest(rows, BY_COMMON),
                "What one town lacks was left out for both; the share of the other counts.",
                ("zeros",),
            ),
            Wrong(
                lambda rows: _farthest(rows, PAST_NAN),
                "0 · log 0 gives nan, and nan is never above the best so far: a pair with a zero is passed "
                "over.",
                ("zeros",),
            ),
            Wrong(
                _careless_largest,
                "0 · log 0 gives nan, and nothing is above nan: where the first pair has a zero, it stays.",
                ("zeros",),
            ),
        ),
        note="The JSD of each pair is finite, so there is always a largest one.",
    ),
    Item(
        name="right_guess",
        title="Which machine was it?",
        parts=(
            Part(
                "value",
                3,
                lambda rng: [_sources(rng) for _ in range(2)],
                tried=(([0.2, 0.5, 0.3], [0.3, 0.4, 0.3]), ([0.9, 0.1], [0.4, 0.6])),
            ),
            Part("zeros", 1, _sources_with_zeros, tried=(([0.5, 0.5, 0.0, 0.0], [0.2, 0.3, 0.5, 0.0]),)),
        ),
        right=_right_guess,
        wrongs=(
            Wrong(
                lambda p, q: float(total_variation(p, q)),
                "That is the total variation. Without looking you are right half of the time already.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda p, q: 1 - _right_guess(p, q),
                "That is the chance of a wrong guess.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda p, q: 2 * _right_guess(p, q),
                "The coin's half is missing, so the result can be above 1.",
                ("value", "zeros"),
            ),
            Wrong(
                _even_guess,
                "The outcomes were averaged evenly; each has the weight with which the game shows it.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda p, q: _even_guess(p, q) * sum(a + b > 0 for a, b in zip(p, q, strict=True)) / len(p),
                "The outcomes were averaged evenly, one that never comes up among them; each has its own "
                "weight.",
                ("value", "zeros"),
            ),
            Wrong(
                _matched_guess,
                "You name each machine as often as it is likely. A better guesser does not draw lots.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda p, q: (1 + float(js_divergence(p, q, base=2))) / 2,
                "Bits about the coin are no share of right guesses; see what the best guess wins.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda p, q: 1 - float(js_divergence(p, q, base=2)),
                "That is how many bits of doubt are left; a probability is asked for.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda p, q: float(js_divergence(p, q, base=2)),
                "That is how many bits of the coin one draw tells; a probability is asked for.",
                ("value", "zeros"),
            ),
            Wrong(
                _careless_guess,
                "What neither machine gives has 0/0 in it, and never comes up: leave it out.",
                ("zeros",),
            ),
        ),
        note="The best guess is the machine that gives the outcome more often. Over one half it gains half "
        "the total variation.",
    ),
    Item(
        name="skewed",
        title="A part of the way",
        parts=(
            Part(
                "value",
                3,
                lambda rng: [
                    (*_sources(rng), float(share)) for share in rng.choice([0.1, 0.25, 0.7, 0.9], 2)
                ],
                tried=(([0.2, 0.5, 0.3], [0.3, 0.4, 0.3], 0.25), ([0.9, 0.1], [0.4, 0.6], 0.8)),
            ),
            Part("zeros", 1, _shared_zeros, tried=(([0.5, 0.5, 0.0, 0.0], [0.25, 0.0, 0.75, 0.0], 0.25),)),
            Part(
                "ends",
                1,
                _ends,
                tried=(
                    ([0.5, 0.25, 0.25], [0.5, 0.5, 0.0], 0.0),
                    ([0.5, 0.25, 0.25], [0.5, 0.5, 0.0], 1.0),
                    ([0.5, 0.25, 0.25], [0.25, 0.25, 0.5], 1.0),
                ),
            ),
        ),
        right=_skewed,
        wrongs=(
            Wrong(
                lambda p, q, share: _skewed(p, q, 1 - share),
                "The shares are exchanged: at 0 nothing of Q is in the mixture.",
                ("value", "zeros", "ends"),
            ),
            Wrong(
                lambda p, q, share: _skewed(q, p, share),
                "P and Q are exchanged: the average is under P, and P keeps the share 1 − a.",
                ("value", "zeros", "ends"),
            ),
            Wrong(
                _from_q,
                "That is the divergence of Q from the mixture; the one of P is asked for.",
                ("value", "zeros", "ends"),
            ),
            Wrong(
                _both_sides,
                "The side of Q is added, as in the JSD. Only P is compared with the mixture here.",
                ("value", "zeros", "ends"),
            ),
            Wrong(
                _careless_both_sides,
                "The side of Q is added, as in the JSD, and at a = 1 that gives 0 · ∞, which is nan.",
                ("value", "zeros", "ends"),
            ),
            Wrong(
                _mixture_first,
                "The mixture belongs in the second place: what happens comes from P.",
                ("value", "zeros", "ends"),
            ),
            Wrong(lambda p, q, share: _skewed(p, q, share) * math.log(2), NATS, ("value", "zeros", "ends")),
            Wrong(
                lambda p, q, share: _skewed(p, q, 0.5),
                "That is half-way, whatever the share.",
                ("value", "zeros", "ends"),
            ),
            Wrong(
                lambda p, q, share: share * float(kl_divergence(p, q, base=2)) if share else 0.0,
                "You mixed the divergences. The distributions are mixed, and then compared.",
                ("value", "zeros"),
            ),
            Wrong(
                _careless_skewed,
                "0 · log 0 gives nan. What never happens under P adds nothing.",
                ("zeros",),
            ),
            Wrong(
                _clipped_skewed,
                "A small number stands in the place of a zero. At a = 1 nothing of P is left in the mixture.",
                ("ends",),
            ),
        ),
        note="Any share of P in the mixture keeps it finite. At one half it is one of the two divergences "
        "whose mean is the JSD.",
    ),
    Item(
        name="detours",
        title="Counting short cuts",
        parts=(
            Part(
                "count",
                3,
                lambda rng: [_network(rng)],
                tried=(
                    ([[0.6, 0.2, 0.2], [0.3, 0.4, 0.3], [0.3, 0.2, 0.5], [0.1, 0.4, 0.5], [0.5, 0.1, 0.4]],),
                    ([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]],),
                ),
            ),
            Part(
                "none",
                1,
                _no_short_cut,
                tried=(
                    ([[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]],),
                    ([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],),
                ),
            ),
        ),
        right=_detours,
        wrongs=(
            Wrong(
                lambda rows: 0,
                "You find none. With roots there is none, but the divergence itself is asked for.",
                ("count",),
            ),
            Wrong(
                _shortened_pairs,
                "You counted pairs. One that is shortened by two thirds counts twice.",
                ("count",),
            ),
            Wrong(
                _by_thirds_between,
                "You tried as third what stands between the two in the list; any other may be it.",
                ("count",),
            ),
            Wrong(
                _by_thirds_after,
                "You tried as third what comes after the two in the list; any other may be it.",
                ("count",),
            ),
            Wrong(
                lambda rows: 2 * _detours(rows),
                "Each way was counted in both directions; it is the same way.",
                ("count",),
            ),
            Wrong(
                lambda rows: int(np.sum(_gaps(rows) >= 0)),
                "A detour that is as long as the way itself is no short cut.",
                ("none",),
            ),
            Wrong(
                lambda rows: _detours(rows, kl_divergence),
                "You measured by KL, from the first to the second; the JSD is asked for.",
                ("count",),
            ),
            Wrong(
                lambda rows: _detours(rows, jeffreys_divergence),
                "You measured by both KLs together; the JSD is asked for.",
                ("count",),
            ),
        ),
        note="One short cut is enough to say that the JSD is no distance.",
    ),
    ProofItem(
        name="triangular_lines",
        title="A bound without a logarithm",
        points=6,
        start="JSD(p, q)",
        steps=(
            Step("Sum(p * ln(2*p / (p + q)))/2 + Sum(q * ln(2*q / (p + q)))/2", "the definition"),
            Step(None, "ln x ≤ x − 1 at x = 2p/(p + q)", "≤", tangent=("p/2", "2*p / (p + q)")),
            Step(None, "ln x ≤ x − 1 at x = 2q/(p + q)", "≤", tangent=("q/2", "2*q / (p + q)")),
            Step("Sum((p - q)**2 / (p + q))/2", "multiply out; both sum to 1"),
        ),
        right=(
            "Sum(p * (2*p / (p + q) - 1))/2 + Sum(q * ln(2*q / (p + q)))/2",
            "Sum(p * (2*p / (p + q) - 1))/2 + Sum(q * (2*q / (p + q) - 1))/2",
        ),
        normalized="p q",
        wrongs=(
            Wrong(
                (
                    "Sum(2*p / (p + q) - 1)/2 + Sum(q * ln(2*q / (p + q)))/2",
                    "Sum(2*p / (p + q) - 1)/2 + Sum(2*q / (p + q) - 1)/2",
                ),
                "The weights p and q in front of the terms are lost.",
            ),
            Wrong(
                (
                    "Sum(p * (2*p / (p + q) - 1)) + Sum(q * ln(2*q / (p + q)))",
                    "Sum(p * (2*p / (p + q) - 1)) + Sum(q * (2*q / (p + q) - 1))",
                ),
                "The halves in front of the sums are lost.",
            ),
            Wrong(
                (
                    "Sum(p * (2*p / (p + q) - 1)) + Sum(q * ln(2*q / (p + q)))/2",
                    "Sum(p * (2*p / (p + q) - 1)) + Sum(q * (2*q / (p + q) - 1))/2",
                ),
                "The half in front of the first sum is lost.",
            ),
            Wrong(
                (
                    "Sum(p * (2*p / (p + q) - 1))/2 + Sum(q * ln(2*q / (p + q)))",
                    "Sum(p * (2*p / (p + q) - 1))/2 + Sum(q * (2*q / (p + q) - 1))",
                ),
                "The half in front of the second sum is lost.",
            ),
            Wrong(
                (
                    "Sum(p * (2*p / (p + q)) - 1)/2 + Sum(q * ln(2*q / (p + q)))/2",
                    "Sum(p * (2*p / (p + q)) - 1)/2 + Sum(q * (2*q / (p + q)) - 1)/2",
                ),
                "The −1 stands outside the brackets: the weights are for all of x − 1.",
            ),
            Wrong(
                (
                    "Sum(p * (2*p / (p + q)))/2 + Sum(q * ln(2*q / (p + q)))/2",
                    "Sum(p * (2*p / (p + q)))/2 + Sum(q * (2*q / (p + q)))/2",
                ),
                "The bound is x − 1, and its −1 is lost.",
            ),
            # No slip that has one line right is named: wrong lines go to students, as text.
            Wrong(
                (
                    "Sum(p * (p / (p + q) - 1))/2 + Sum(q * ln(2*q / (p + q)))/2",
                    "Sum(p * (p / (p + q) - 1))/2 + Sum(q * (q / (p + q) - 1))/2",
                ),
                "The mixture is half of p + q, so the ratio is 2p/(p + q).",
            ),
        ),
        note="What stands at the end is at most 1 nat, and small for pairs that are alike. For pairs far "
        "apart, ln 2 says more.",
    ),
    PersonItem(
        name="plot_of_both",
        title="Alike near by, and then not, drawn",
        rubric=(
            (
                2,
                "Both curves are computed for many t, in nats: J/2 goes to infinity, 4·JSD ends at 4 "
                "ln 2, with no nan "
                "and no warning.",
            ),
            (
                1,
                "The axes have names and the unit; the curves are told apart by labels and not by "
                "colour alone.",
            ),
            (1, "The t from which on J/2 is more than 11/10 of 4·JSD is found by the program and marked."),
            (
                1,
                "One sentence says that near by both are the same parabola and far away only one has "
                "a bound.",
            ),
        ),
    ),
    PersonItem(
        name="which_measure",
        title="Three jobs, three measures",
        rubric=(
            (
                1,
                "The language model: KL(P‖Q) or the cross-entropy, P the text, because the text "
                "decides what is paid "
                "for and the model has to rule nothing out.",
            ),
            (
                1,
                "The towns on a map: the root of the JSD, a metric, symmetric and finite for towns "
                "that lack a kind.",
            ),
            (
                1,
                "The sensor: the JSD, KL with the hour first, or Jeffreys of smoothed shares, with a reason; "
                "it says what an empty bin does to the choice.",
            ),
            (1, "For each job one reason against another measure is given, with what would go wrong."),
            (1, "The alarm has a threshold, and that has its unit."),
        ),
    ),
)
