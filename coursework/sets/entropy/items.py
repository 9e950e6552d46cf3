"""What the problem set on entropy asks: the references, the inputs, and the answers that people give."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from coursework.items import Inputs, Item, Part, PersonItem, ProofItem, Step, Wrong
from coursework.sets.drawing import counts, distribution, until, with_zeros
from kltools import entropy, perplexity

Vector = Sequence[float]
Table = Sequence[Sequence[float]]

TITLE = "Entropy"
NATS = "The sizes are right in nats, and bits are asked for: use the logarithm to base 2."
NAN = "A zero gives nan: 0 times minus infinity. Leave the outcomes with p = 0 out of the sum."


def _bits(p: Any) -> float:
    return float(entropy(np.ravel(p), base=2))


def _careless(p: Any) -> float:
    """The entropy in bits with no care for zeros, as NumPy's arithmetic has it."""
    p = np.asarray(p, float)
    with np.errstate(all="ignore"):
        return float(-(p * np.log2(p)).sum())


# ---------------------------------------------------------------- a message


def _surprise(p: Vector, message: Sequence[int]) -> float:
    with np.errstate(divide="ignore"):
        return float(-np.log2(np.take(p, message)).sum())


def _surprise_of_product(p: Vector, message: Sequence[int]) -> float:
    with np.errstate(divide="ignore"):
        return float(-np.log2(np.prod(np.take(p, message))))


def _message(rng: np.random.Generator, p: Vector, length: int) -> tuple[list[float], list[int]]:
    """A message of `length` words, and one word said again at its end."""
    words = rng.choice(np.flatnonzero(p), size=length).tolist()
    return list(p), [*words, words[0]]


def _zeros_in_a_code(rng: np.random.Generator) -> Inputs:
    p = with_zeros(rng, 5, zeros=2)
    possible = rng.permutation(np.flatnonzero(p)).tolist()
    return [(p, possible), (p, [*possible, p.index(0.0)])]


# ---------------------------------------------------------------- species and stages


def _effective(n: Vector) -> float:
    return float(perplexity(n, normalize=True))


def _effective_careless(n: Vector) -> float:
    return 2 ** _careless(np.divide(n, np.sum(n)))


def _seen(n: Vector) -> np.ndarray:
    return np.array(n, float)[np.array(n) > 0]


def _staged(first: Vector, then: Table, base: float = 2) -> float:
    return float(entropy(first, base=base) + np.dot(first, entropy(then, base=base)))


def _stages(rng: np.random.Generator, zeros: int = 0) -> tuple[list[float], list[list[float]]]:
    rows = [with_zeros(rng, 4, zeros) for _ in range(3)]
    return with_zeros(rng, 3, zeros), rows


# ---------------------------------------------------------------- codes


def _kraft(lengths: Vector) -> float:
    return float((0.5 ** np.array(lengths)).sum())


def _waste(p: Vector, lengths: Vector) -> float:
    return math.inf if _kraft(lengths) > 1 else _unchecked_waste(p, lengths)


def _unchecked_waste(p: Vector, lengths: Vector) -> float:
    return float(np.dot(p, lengths)) - _bits(p)


def _if_possible(waste: Callable[[Vector, Vector], float]) -> Callable[[Vector, Vector], float]:
    return lambda p, lengths: math.inf if _kraft(lengths) > 1 else waste(p, lengths)


def _waste_unless_negative(p: Vector, lengths: Vector) -> float:
    waste = _unchecked_waste(p, lengths)
    return waste if waste >= 0 else math.inf


def _waste_without_two_ones(p: Vector, lengths: Vector) -> float:
    return math.inf if lengths.count(1) > 1 else _unchecked_waste(p, lengths)


def _code(
    *words: int, holds: Callable[[Vector, Vector], bool] = lambda p, lengths: True
) -> Callable[[np.random.Generator], Inputs]:
    """Twice a distribution, and words of these lengths for it in some order."""

    def draw(rng: np.random.Generator) -> tuple[list[float], list[int]]:
        return distribution(rng, len(words)), rng.permutation(words).tolist()

    return lambda rng: [until(rng, draw, holds) for _ in range(2)]


# ---------------------------------------------------------------- doubt


def _binary(p: float) -> float:
    """The entropy of two outcomes in bits, by hand, since halving asks for it often."""
    return -sum(x * math.log2(x) for x in (p, 1 - p) if x)


def _rarer(bits: float, doubt: Callable[[float], float] = _binary, halvings: int = 60) -> float:
    """The p from 0 to 1/2 with this entropy, by halving; 1/2 where there is none."""
    low, high = 0.0, 0.5
    for _ in range(halvings):
        middle = (low + high) / 2
        low, high = (middle, high) if doubt(middle) < bits else (low, middle)
    return (low + high) / 2


def _rarer_rounded(bits: float) -> float:
    return round(_rarer(bits), 6)


def _rarer_coarse(bits: float) -> float:
    """By halving until the interval is shorter than a millionth."""
    return _rarer(bits, halvings=19)


def _few_bits(rng: np.random.Generator) -> tuple[float]:
    """An entropy so small that six decimals of the answer are not six digits."""

    def shows(bits: float) -> bool:
        return all(abs(answer(bits) / _rarer(bits) - 1) > 1e-5 for answer in (_rarer_rounded, _rarer_coarse))

    return until(rng, lambda rng: (float(rng.uniform(0.01, 0.05)),), shows)


# ---------------------------------------------------------------- a question


def _gain(table: Table) -> float:
    cells = np.array(table, float) / np.sum(table)
    return _bits(cells.sum(axis=1)) + _bits(cells.sum(axis=0)) - _bits(cells)


def _doubts(table: Table) -> np.ndarray:
    """The entropy of the kinds after each answer that was given, in bits."""
    return entropy([row for row in table if sum(row)], base=2, normalize=True)


def _before(table: Table) -> float:
    return float(entropy(np.sum(table, axis=0), base=2, normalize=True))


def _gain_of_counts(table: Table) -> float:
    n = np.array(table, float)
    return float(-sum(x * math.log2(x) for x in n.sum(axis=0) if x)) + float(
        sum(x * math.log2(x) for x in n.ravel() if x) - sum(x * math.log2(x) for x in n.sum(axis=1) if x)
    )


def _gain_careless(table: Table) -> float:
    n = np.array(table, float)
    with np.errstate(all="ignore"):
        rows = n / n.sum(axis=1, keepdims=True)
        left = sum(share * _careless(row) for share, row in zip(n.sum(axis=1) / n.sum(), rows, strict=True))
    return _before(table) - float(left)


def _question(rng: np.random.Generator) -> tuple[list[list[int]]]:
    return until(
        rng, lambda rng: ([counts(rng, 3) for _ in range(3)],), lambda table: len(set(map(sum, table))) > 1
    )


def _question_with_zeros(rng: np.random.Generator) -> Inputs:
    # Answers that are equally frequent would hide that they were not weighted.
    a, b = until(
        rng, lambda rng: (counts(rng, 3, zeros=1), counts(rng, 3)), lambda a, b: abs(sum(a) - sum(b)) > 5
    )
    return [([a, b],), ([a, [0, 0, 0], b],)]


ITEMS = (
    Item(
        name="message_surprise",
        title="A day of radio",
        parts=(
            Part(
                "total",
                2,
                lambda rng: [_message(rng, distribution(rng, 4), length=6) for _ in range(2)],
                tried=(([0.2, 0.5, 0.3], [1, 1, 2, 0]),),
            ),
            Part(
                "long",
                1,
                lambda rng: [_message(rng, distribution(rng, 4), length=3000)],
                tried=(([0.25, 0.75], [0] * 600),),
            ),
            Part("zeros", 1, _zeros_in_a_code, tried=(([0.5, 0.5, 0.0], [0, 1]), ([0.5, 0.5, 0.0], [0, 2]))),
        ),
        right=_surprise,
        wrongs=(
            Wrong(lambda p, message: _surprise(p, message) * math.log(2), NATS, ("total", "long", "zeros")),
            Wrong(
                lambda p, message: _surprise(p, message) / len(message),
                "That is the surprise of a word on average; the surprise of the whole message is asked for.",
                ("total", "long", "zeros"),
            ),
            Wrong(
                lambda p, message: _surprise(p, sorted(set(message))),
                "A word that is said twice surprises twice, and you counted it once.",
                ("total", "long"),
            ),
            Wrong(
                lambda p, message: len(message) * _bits(p),
                "That is what a message of this length has on average; this message is asked for.",
                ("total", "long", "zeros"),
            ),
            Wrong(
                _surprise_of_product,
                "A product of thousands of probabilities is rounded to 0. Add the surprises instead.",
                ("long",),
            ),
            Wrong(
                lambda p, message: _surprise(np.maximum(p, 1e-12), message),
                "A small number stands in the place of a zero, and hides that the word cannot have "
                "been sent.",
                ("zeros",),
            ),
        ),
        note="Surprises add, however long the message is.",
    ),
    Item(
        name="effective_species",
        title="As many birds as how many?",
        parts=(
            Part(
                "value",
                3,
                lambda rng: [(counts(rng, k),) for k in (3, 6)],
                tried=(([2, 1, 1],), ([30, 5, 1],)),
            ),
            Part("zeros", 1, lambda rng: [(counts(rng, 6, zeros=2),)], tried=(([4, 0, 4],),)),
        ),
        right=_effective,
        wrongs=(
            Wrong(
                lambda n: float(2 ** entropy(n, normalize=True)),
                "An entropy in nats was raised on 2. Undo the logarithm that you took: e with ln, 2 "
                "with log₂.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda n: math.exp(entropy(n, base=2, normalize=True)),
                "An entropy in bits was raised on e. Undo the logarithm that you took: e with ln, 2 "
                "with log₂.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda n: float(entropy(n, base=2, normalize=True)),
                "That is the entropy in bits; undo its logarithm.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda n: float(entropy(n, normalize=True)),
                "That is the entropy in nats; undo its logarithm.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda n: len(_seen(n)),
                "That counts each species that was seen as one, however rare. Only the even case gives that.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda n: float(np.exp(-(_seen(n) * np.log(_seen(n))).sum())),
                "The counts went in as they are; divide them by their sum first.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda n: float(np.sum(n) ** 2 / np.sum(np.square(n))),
                "That is 1/Σp², a measure too, and another one: the perplexity is asked for.",
                ("value", "zeros"),
            ),
            Wrong(_effective_careless, NAN, ("zeros",)),
        ),
        note="It is a whole number only when all species are equally frequent.",
    ),
    Item(
        name="staged_entropy",
        title="First which tray, then which roll",
        parts=(
            Part(
                "value",
                3,
                lambda rng: [_stages(rng) for _ in range(2)],
                tried=(([0.5, 0.5], [[0.5, 0.5], [0.25, 0.75]]), ([0.2, 0.8], [[0.9, 0.1], [0.4, 0.6]])),
            ),
            Part(
                "zeros",
                1,
                lambda rng: [_stages(rng, zeros=1)],
                tried=(([0.25, 0.0, 0.75], [[1.0, 0.0], [0.5, 0.5], [0.1, 0.9]]),),
            ),
        ),
        right=_staged,
        wrongs=(
            Wrong(lambda first, then: _staged(first, then, base=math.e), NATS, ("value", "zeros")),
            Wrong(
                lambda first, then: _bits(first) + float(np.mean(entropy(then, base=2))),
                "The second stages were averaged evenly; each counts as often as its tray is chosen.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda first, then: _bits(first) + float(np.sum(entropy(then, base=2))),
                "The second stages were added up; each counts as often as its tray is chosen.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda first, then: float(np.dot(first, entropy(then, base=2))),
                "That is the doubt that is left once the tray is known; the tray is in doubt too.",
                ("value", "zeros"),
            ),
            Wrong(
                lambda first, then: _bits(first),
                "That is the doubt about the tray; the roll is in doubt too.",
                ("value", "zeros"),
            ),
            Wrong(lambda first, then: _careless(np.array(first)[:, None] * np.array(then)), NAN, ("zeros",)),
        ),
        note="You get the same by multiplying out all outcomes, and by asking in two stages.",
    ),
    Item(
        name="code_waste",
        title="What a code wastes",
        parts=(
            Part("waste", 3, _code(2, 2, 3, 3, 4), tried=(([0.5, 0.25, 0.25], [2, 2, 2]),)),
            Part("complete", 1, _code(1, 2, 3, 4, 4), tried=(([0.2, 0.5, 0.3], [2, 1, 2]),)),
            # Lengths that no code has may lie above the entropy too: then the sign does not give them away.
            Part(
                "impossible",
                1,
                _code(1, 2, 2, 3, 4, holds=lambda p, lengths: _unchecked_waste(p, lengths) > 0.01),
                tried=(
                    ([0.5, 0.25, 0.25], [1, 1, 2]),
                    ([0.3, 0.3, 0.4], [1, 1, 3]),
                    ([0.1, 0.3, 0.3, 0.3], [1, 2, 2, 3]),
                ),
            ),
        ),
        right=_waste,
        wrongs=(
            Wrong(
                _if_possible(lambda p, lengths: float(np.dot(p, lengths) - entropy(p))),
                "The digits are in bits and your entropy is in nats; take log₂.",
                ("waste", "complete"),
            ),
            Wrong(
                _if_possible(lambda p, lengths: float(np.mean(lengths)) - _bits(p)),
                "The lengths were averaged evenly; weight each word with how often it is sent.",
                ("waste", "complete"),
            ),
            Wrong(
                _if_possible(lambda p, lengths: float(np.dot(p, lengths))),
                "That is the mean length; the floor is still to be taken off.",
                ("waste", "complete"),
            ),
            Wrong(
                _if_possible(lambda p, lengths: float(np.dot(p, lengths)) / _bits(p) - 1),
                "That is the waste as a share of the entropy; the digits themselves are asked for.",
                ("waste", "complete"),
            ),
            Wrong(
                _unchecked_waste,
                "Some of these lists are the lengths of no prefix code: look at Kraft's sum.",
                ("impossible",),
            ),
            Wrong(
                _waste_unless_negative,
                "A list that no prefix code has can lie above the entropy too: the sign does not tell.",
                ("impossible",),
            ),
            Wrong(
                _waste_without_two_ones,
                "Two words of one digit leave no room for a third, and other lists leave too little as well.",
                ("impossible",),
            ),
            Wrong(
                lambda p, lengths: math.inf if _kraft(lengths) >= 1 else _unchecked_waste(p, lengths),
                "A Kraft sum of exactly 1 is allowed: such a code has no word to spare, and that is all.",
                ("complete",),
            ),
        ),
        note="The waste is never below 0, and 0 when every length is the surprise of its word.",
    ),
    Item(
        name="rarer_side",
        title="How sure is she?",
        parts=(
            Part(
                "between",
                3,
                lambda rng: [*((float(b),) for b in rng.uniform(0.1, 0.95, 2)), _few_bits(rng)],
                tried=((0.5,), (0.9,), (0.01,)),
            ),
            # The ends are the same for everybody: there are two.
            Part("ends", 1, lambda rng: [(0.0,), (1.0,)], tried=((0.0,), (1.0,))),
        ),
        right=_rarer,
        wrongs=(
            Wrong(
                lambda bits: 1 - _rarer(bits),
                "That is the likelier side; the rarer one, at most one half, is asked for.",
                ("between", "ends"),
            ),
            Wrong(
                lambda bits: _rarer(bits, lambda p: _binary(p) * math.log(2)),
                "Your entropy is in nats, and the number that you are given is in bits.",
                ("between",),
            ),
            Wrong(
                lambda bits: bits / 2,
                "That draws a straight line from 0 to one half; the curve of the entropy is above it.",
                ("between",),
            ),
            Wrong(
                lambda bits: 2.0**-bits,
                "That is the probability of an event with this surprise; an average over both sides "
                "is given.",
                ("between", "ends"),
            ),
            Wrong(
                lambda bits: _rarer(bits, lambda p: -p * math.log2(p) if p else 0.0),
                "Only the rare side's term is in your entropy; the other side has one too.",
                ("between",),
            ),
            Wrong(
                _rarer_rounded,
                "Six decimals are not six digits: a small answer is rounded too much.",
                ("between",),
            ),
            Wrong(
                _rarer_coarse,
                "Close, and too coarse: a millionth is much where the answer is small. Halve further.",
                ("between", "ends"),
            ),
        ),
        tolerance=1e-6,
        absolute=1e-9,
        note="An entropy of two outcomes tells how sure somebody is, and not of what.",
    ),
    Item(
        name="information_gain",
        title="Which question first?",
        parts=(
            Part(
                "gain",
                3,
                lambda rng: [_question(rng) for _ in range(2)],
                tried=(([[2, 1], [1, 4]],), ([[8, 1, 1], [2, 3, 9]],)),
            ),
            Part(
                "zeros",
                1,
                _question_with_zeros,
                tried=(([[6, 0], [1, 3]],), ([[2, 1], [0, 0], [1, 4]],)),
            ),
        ),
        right=_gain,
        wrongs=(
            Wrong(lambda table: _gain(table) * math.log(2), NATS, ("gain", "zeros")),
            Wrong(
                lambda table: _before(table) - float(np.mean(_doubts(table))),
                "The answers were averaged evenly; weight each with how often it is given.",
                ("gain", "zeros"),
            ),
            Wrong(
                lambda table: _before(table) - float(np.sum(_doubts(table))) / len(table),
                "The answers were averaged evenly, one that nobody gave among them; weight each with how "
                "often it is given.",
                ("gain", "zeros"),
            ),
            Wrong(
                lambda table: _before(table) - _gain(table),
                "That is the doubt that is left after the answer; how much has the answer taken away?",
                ("gain", "zeros"),
            ),
            Wrong(
                _before,
                "That is the doubt before the question; take off what is left after it.",
                ("gain", "zeros"),
            ),
            Wrong(
                _gain_of_counts,
                "The counts went in as they are; the table, and each row, is divided by its sum first.",
                ("gain", "zeros"),
            ),
            Wrong(
                lambda table: _gain(table) / float(entropy(np.sum(table, axis=1), base=2, normalize=True)),
                "That is divided by the entropy of the answers, a ratio; the gain itself is asked for.",
                ("gain", "zeros"),
            ),
            Wrong(
                _gain_careless,
                "An empty cell or an empty row gives nan. It was never observed, so it adds nothing.",
                ("zeros",),
            ),
        ),
        note="It is the mutual information of answer and kind, which is the same seen from either side.",
    ),
    ProofItem(
        name="collision_line",
        title="Two days alike",
        points=5,
        # Were p to sum to 1, the missing sum would be 0, and a lost minus or a factor in front true as well.
        start="-Sum(p * ln(p / Sum(p**2)))",
        steps=(
            Step(None, "ln x ≤ x − 1 at x = p / Σ p²", "≥", tangent=("p", "p / Sum(p**2)")),
            Step("Sum(p) - 1", "Σ p² / Σ p² is 1"),
        ),
        right=("-Sum(p * (p / Sum(p**2) - 1))",),
        letters="p",
        wrongs=(
            Wrong("-Sum(p / Sum(p**2) - 1)", "The weight p in front of each term is lost."),
            Wrong(
                "-Sum(p * (p / Sum(p**2)) - 1)",
                "The −1 stands outside the brackets: the weight p is for all of x − 1.",
            ),
            Wrong("-Sum(p * p / Sum(p**2))", "The bound is x − 1, and its −1 is lost."),
            Wrong("Sum(p * (p / Sum(p**2) - 1))", "The minus in front of the sum is lost."),
            Wrong("-Sum(p * (p - 1))", "That is the tangent at x = p. Here x is p / Σ p²."),
            Wrong(
                "-Sum(p * ln(p / Sum(p**2) - 1))",
                "The logarithm is still there: x − 1 comes in its place, and not inside it.",
            ),
            Wrong(
                "Sum(p * (Sum(p**2) / p - 1))",
                "You turned x over to lose the minus. That bounds the sum from above, and a bound from below "
                "is asked for.",
            ),
        ),
        note="The chance that two days are alike is Σ p², so its surprise is never more than the entropy.",
    ),
    PersonItem(
        name="plot_of_doubt",
        title="A third outcome, drawn",
        rubric=(
            (
                2,
                "The curve is computed for many t from 0 to 1, both ends included, in bits, with no "
                "gap and no nan.",
            ),
            (1, "Both axes say what they show, the entropy with its unit."),
            (
                1,
                "The highest point is marked, at t = 1/3 with log₂ 3 bits, found by the program and "
                "not typed.",
            ),
            (
                1,
                "One sentence explains both ends: 1 bit at t = 0, a fair coin, and 0 bits at t = 1, "
                "a certainty.",
            ),
        ),
    ),
    PersonItem(
        name="password_meter",
        title="The password meter",
        rubric=(
            (2, "Entropy belongs to the way in which a password is chosen, and not to the password."),
            (
                1,
                "It says for which source the meter's number would be right: letters drawn "
                "independently, with the "
                "frequencies of this very password.",
            ),
            (
                1,
                "A password is named that the meter praises and that an attacker tries early, or two "
                "that get the "
                "same number and differ in safety.",
            ),
            (
                1,
                "It says what one has to know instead, and gives an entropy with its unit for "
                "another way of choosing.",
            ),
        ),
    ),
)
