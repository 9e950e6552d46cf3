"""The exercises of the chapter on entropy."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from kltools import entropy, mutual_information
from kltools.coding import huffman_code, mean_length
from kltools.exercises._checking import (
    Exercise,
    FunctionExercise,
    Mistake,
    PropertyExercise,
    StepExercise,
    ValueExercise,
)

Vector = Sequence[float]

P = [0.2, 0.5, 0.3]
BROKEN = [[0.1, 0.5], [0.2, 0.3]]  # sums to 1.1
UMBRELLA, CAREFUL = [[0.1, 0.5], [0.1, 0.3]], [[0.05, 0.55], [0.15, 0.25]]
TABLES = ((UMBRELLA,), (CAREFUL,), ([[0.5, 0.0], [0.2, 0.3]],), ([[0.1, 0.2, 0.1], [0.3, 0.1, 0.2]],))
CERTAIN = [1.0] + [0.0] * 63
DRINKS = [0.4, 0.2, 0.2, 0.1, 0.1]
SHORTEST = float(mean_length(DRINKS, huffman_code(DRINKS)))
ON_TIME = "nnnlnnnnlnnnnnnlnlnnnllnnnnnnlnn"
RHYME = "the rain is late, the train is late, the rail is wet and so is kate"

NATS = "That is right in nats; the question asks for bits."
HIGHER = "The sign is turned around: an entropy is never below 0."


def _unweighted(p: Vector) -> float:
    return -sum(math.log2(a) for a in p if a > 0)


def _clipped(p: Vector, smallest: float) -> float:
    return -sum(max(a, smallest) * math.log2(max(a, smallest)) for a in p)


def _bits(p: ArrayLike) -> float:
    return float(entropy(p, base=2))


def _of_y(table: ArrayLike) -> float:
    return _bits(np.sum(table, axis=0))


def _joint(table: ArrayLike) -> float:
    return _bits(np.ravel(table))


def _conditional(table: ArrayLike) -> float:
    return _joint(table) - _bits(np.sum(table, axis=1))


def _rows(table: ArrayLike) -> Any:
    return entropy(table, base=2, normalize=True)


def _rows_left_as_they_are(table: ArrayLike) -> float:
    rows = np.array(table)
    logs = np.log2(rows, out=np.zeros_like(rows), where=rows > 0)
    return float(-(rows.sum(axis=1) * (rows * logs).sum(axis=1)).sum())


def _information(table: ArrayLike) -> float:
    return float(mutual_information(table, base=2))


def _typed_margins(table: ArrayLike) -> float:
    """The margins of the umbrella's table, typed in, whatever the table is."""
    if np.shape(table) != (2, 2):
        return 0.0
    typed, rows = np.outer([0.6, 0.4], [0.2, 0.8]), np.array(table)
    return float(sum(r * math.log2(r / t) for r, t in zip(rows.flat, typed.flat, strict=True) if r > 0))


def _exchanged_margins(table: ArrayLike) -> float:
    """The information with the column sums in the place of the row sums, and the other way round."""
    cells, columns_first = np.ravel(table), np.outer(np.sum(table, axis=0), np.sum(table, axis=1)).ravel()
    return float(sum(r * math.log2(r / c) for r, c in zip(cells, columns_first, strict=True) if r > 0))


def _unweighted_information(table: ArrayLike) -> float:
    rows = np.array(table)
    ratios = rows / np.outer(rows.sum(1), rows.sum(0))
    return float(np.log2(ratios[rows > 0]).sum())


def _blocks(text: str, n: int) -> list[str]:
    return [text[start : start + n] for start in range(0, len(text) - n + 1, n)]


def _sliding(text: str, n: int) -> list[str]:
    return [text[start : start + n] for start in range(len(text) - n + 1)]


def _counts(blocks: Sequence[str]) -> list[int]:
    return list(Counter(blocks).values())


def _block_bits(blocks: Sequence[str]) -> float:
    return float(entropy(_counts(blocks), base=2, normalize=True))


def _block_entropy(text: str, n: int) -> float:
    return _block_bits(_blocks(text, n)) / n


def _block_digits(text: str, n: int) -> float:
    counts = _counts(_blocks(text, n))
    return float(mean_length(counts, huffman_code(counts))) / sum(counts) / n


def _mean_word(text: str, n: int) -> float:
    code = huffman_code(_counts(_blocks(text, n)))
    return sum(map(len, code)) / len(code) / n


def _fixed_width(text: str, n: int) -> float:
    return math.ceil(math.log2(len(set(_blocks(text, n))))) / n


def _next_letter(text: str) -> float:
    pairs = _sliding(text, 2)
    return _block_bits(pairs) - _block_bits([pair[0] for pair in pairs])


def _two_questions(line: Any) -> object:
    from kltools.derivations import Derivation, fraction, ln

    a, b = fraction("a b", over=())
    rest, other = (1 - a) * b, (1 - a) * (1 - b)
    return Derivation(-a * ln(a) - rest * ln(rest) - other * ln(other)).equals(line, "your line")


def _asks_one_at_a_time(line: Any) -> bool:
    """Whether each logarithm is of the probability of one answer, and none of a product."""
    from kltools.derivations import fraction, ln

    a, b = fraction("a b", over=())
    return bool(line.atoms(ln) <= {ln(a), ln(1 - a), ln(b), ln(1 - b)})


def _pair_bound(line: Any) -> object:
    from kltools.derivations import (
        Derivation,
        DerivationError,
        Eq,
        H,
        Sum,
        i,
        j,
        ln,
        named,
        positive,
        tangent,
    )

    r, u, v = positive("r", over=(i, j)), positive("u"), positive("v", over=j)
    if line == -Sum(u * v / r - 1):  # what the prover has left over here helps nobody
        raise DerivationError("Each logarithm has the weight r in front, and so has each x − 1.")
    parts = named("H(X)", H(u)) + named("H(Y)", H(v))
    # That r sums to 1 is not given: with it the line is 0 whatever its sign, and a lost minus would pass.
    given = [Eq(u, Sum(r, j)), Eq(v, Sum(r, i))]
    return (
        Derivation(parts - named("H(X, Y)", H(r)), given=given)
        .equals(-Sum(r * ln(u * v / r)), "u and v are the margins of r")
        .at_least(line, "ln x ≤ x − 1 at x = uv/r", by=Sum(r * tangent(u * v / r)))
        .equals(Sum(r) - Sum(u) * Sum(v), "multiply out")
    )


def _is_one_sum(line: Any) -> bool:
    from kltools.derivations import Sum

    return isinstance(line, Sum) or isinstance(-line, Sum)


def _gain(pair: Any) -> float:
    return _bits((pair[0] + pair[1]) / 2) - (_bits(pair[0]) + _bits(pair[1])) / 2


def _follows_the_drinks(lengths: Any) -> bool:
    """Whether no drink has a shorter word than one that is ordered more often."""
    ordered = list(zip(DRINKS, lengths, strict=True))
    return all(one <= two for p, one in ordered for q, two in ordered if p > q)


def _are_distributions(numbers: Any) -> bool:
    return bool((numbers >= 0).all() and (np.abs(numbers.sum(axis=-1) - 1) < 1e-9).all())


EXERCISES: tuple[Exercise, ...] = (
    ValueExercise(
        name="pin_surprise",
        right=math.log2(10_000),
        unit="bits",
        note="Four digits, each worth log₂ 10 bits: independent surprises add.",
        mistakes=(
            Mistake(math.log(10_000), "That is the answer in nats; the question asks for bits."),
            Mistake(4.0, "That is the answer in hartleys; the question asks for bits."),
            Mistake(-math.log2(10_000), "The minus is missing: log₂ of a probability is below 0."),
            Mistake(
                math.log2(10_000) - 1,
                "That is the surprise of one out of 5,000, half as many as there are.",
            ),
            Mistake(math.log2(10), "That is the surprise of one digit, and there are four."),
            Mistake(math.log2(10) ** 4, "Probabilities multiply. Surprises add."),
            Mistake(1 / 10_000, "That is the probability; take minus its logarithm."),
            Mistake(14.0, "That is rounded up to whole digits, as for a code. A surprise need not be whole."),
        ),
    ),
    FunctionExercise(
        name="my_entropy",
        right=_bits,
        inputs=(
            (P,),
            ([0.5, 0.25, 0.125, 0.125],),
            ([0.5, 0.5, 0.0],),
            ([1.0, 0.0],),
            ([0.25] * 4,),
            (CERTAIN,),
        ),
        note="An outcome that never happens adds nothing.",
        mistakes=(
            Mistake(entropy, NATS),
            Mistake(lambda p: -_bits(p), HIGHER),
            Mistake(_unweighted, "The surprises were added up; each has to be weighted by its p."),
            Mistake(
                lambda p: _unweighted(p) / len(p), "The surprises were averaged evenly; weight each by its p."
            ),
            *(
                Mistake(
                    lambda p, smallest=smallest: _clipped(p, smallest),
                    "A small number stands in the place of each zero, and adds something. Leave zeros out.",
                )
                for smallest in (1e-6, 1e-8, 1e-9, 1e-10, 1e-12)
            ),
            Mistake(lambda p: math.log2(len(p)), "That is the entropy if all outcomes were equally likely."),
            Mistake(lambda p: -math.log2(max(p)), "That is the surprise of the likeliest outcome alone."),
        ),
    ),
    FunctionExercise(
        name="uniform_entropy",
        right=math.log,
        inputs=((1,), (2,), (3,), (10,), (1000,)),
        note="Every outcome has the surprise ln n, and so has the average.",
        mistakes=(
            Mistake(lambda n: -math.log(n), f"{HIGHER} It is the probability 1/n that has the minus."),
            Mistake(math.log2, "That is right in bits; the question asks for nats."),
            Mistake(math.log10, "That is right in hartleys; the question asks for nats."),
            Mistake(lambda n: math.log(n) / n, "That is the term of one outcome, and there are n."),
            Mistake(
                lambda n: -math.log(n) / n, "That is p·ln p of one outcome: add n of them, and turn the sign."
            ),
            Mistake(lambda n: n * math.log(n), "The surprises were added up; weight each by 1/n."),
            Mistake(float, "That is the perplexity, the number of outcomes; take its logarithm."),
        ),
    ),
    StepExercise(
        name="two_questions",
        attempt=_two_questions,
        form=(
            _asks_one_at_a_time,
            "Take the products inside the logarithms apart: ln(a), ln(1 - a), ln(b), ln(1 - b).",
        ),
        note="The second question is asked on the share 1 − a of days, and counts that much.",
    ),
    ValueExercise(
        name="repaired_table",
        right=float(entropy([1, 5, 2, 3], base=2, normalize=True)),
        unit="bits",
        note="A table of weights is divided by its sum before anything else.",
        mistakes=(
            Mistake(
                float(-(np.ravel(BROKEN) * np.log2(np.ravel(BROKEN))).sum()),
                "That is the sum over the broken table, the entropy of nothing.",
            ),
            Mistake(
                float(-(np.ravel(BROKEN) * np.log2(np.ravel(BROKEN))).sum() / np.sum(BROKEN)),
                "The sum was divided by 1.1 and the probabilities inside the logarithms were not.",
            ),
            Mistake(
                float(entropy([1, 5, 2, 3], normalize=True)),
                "That is the answer in nats; the question asks for bits.",
            ),
            Mistake(_joint(UMBRELLA), "That is the text's table. The counts here are 1, 5, 2 and 3."),
            Mistake(
                _bits(np.array([1, 5, 2, 3, 3]) / 14),
                "The days that she forgot are no fifth outcome: her record says nothing of them.",
            ),
            Mistake(
                float(-(np.array([1, 5, 2, 3]) / 14 * np.log2(np.array([1, 5, 2, 3]) / 14)).sum()),
                "That is divided by 14 days, and she logged fewer: divide by the sum of her counts.",
            ),
            Mistake(
                _bits(np.array([6, 5]) / 11) + _bits(np.array([3, 8]) / 11),
                "That is H(X) + H(Y), the entropy if umbrella and weather were independent.",
            ),
            Mistake(
                _conditional(np.array([[1, 5], [2, 3]]) / 11),
                "That is what is left of the weather when the umbrella is known; the pair is asked for.",
            ),
            Mistake(2.0, "That is the entropy if the four cells were equally likely."),
        ),
    ),
    PropertyExercise(
        name="word_lengths",
        claims=(
            (
                lambda lengths: lengths.shape == (5,),
                "five lengths are asked for, in the order of the drinks.",
            ),
            (
                lambda lengths: ((lengths >= 1) & (lengths == np.round(lengths))).all(),
                "a length is a whole number, 1 or more.",
            ),
            (
                lambda lengths: (0.5**lengths).sum() <= 1,
                "Kraft's sum is more than 1: there is no prefix code with these lengths.",
            ),
            (
                _follows_the_drinks,
                "a rarer drink has a shorter word than a frequent one; exchange the two.",
            ),
            (
                lambda lengths: (lengths != np.ceil(-np.log2(DRINKS))).any(),
                "those are the surprises rounded up, and together they leave a share over. Join the rarest.",
            ),
            (
                lambda lengths: lengths @ DRINKS < SHORTEST + 1e-9,
                "there is a prefix code with these lengths, and another is shorter on average.",
            ),
        ),
        note="Several lists of lengths are as good as this one; the shortest mean is one number.",
    ),
    ValueExercise(
        name="keyboard_perplexity",
        right=math.exp(2),
        unit="letters",
        note="Some 7 letters, though there are 26 on the keys.",
        mistakes=(
            Mistake(4.0, "That is 2 to the power 2: it believes the label, and np.log counts in nats."),
            Mistake(2.0, "That is the entropy; undo its logarithm."),
            Mistake(100.0, "That is 10 to the power 2: it takes the number for hartleys."),
            Mistake(
                2 / math.log(2), "That is what the label should say, the entropy in bits; undo its logarithm."
            ),
            Mistake(7.0, "It need not be a whole number: 7 is near, and the check asks for four decimals."),
            Mistake(2 * math.log(2), "The number was taken for bits, and is nats; undo its logarithm."),
            Mistake(
                2 ** (2 * math.log(2)), "The conversion is turned around: a number of nats is larger in bits."
            ),
            Mistake(
                math.exp(2 / math.log(2)), "The nats were turned into bits: 2 has to be raised to those."
            ),
            Mistake(26.0, "That would be so if every letter were equally likely."),
            Mistake(math.exp(-2), "That is the probability of each; the question is how many there are."),
        ),
    ),
    PropertyExercise(
        name="mixing_gain",
        claims=(
            (lambda pair: pair.shape == (2, 2), "two lists of two probabilities are asked for."),
            (_are_distributions, "each list must be non-negative and sum to 1."),
            (
                lambda pair: (pair > 0).all(),
                "one of the two forecasters is certain; let each leave some room for doubt.",
            ),
            (lambda pair: _gain(pair) >= 0.5, "mixing these two gains less than half a bit."),
        ),
        note="What mixing adds is the doubt about which of the two is speaking.",
    ),
    FunctionExercise(
        name="my_conditional",
        right=_conditional,
        inputs=TABLES,
        note="It is the entropy of Y that is left when X is known.",
        mistakes=(
            Mistake(_joint, "That is H(X, Y), the entropy of the pair; take off what X accounts for."),
            Mistake(_of_y, "That is H(Y), with X unknown."),
            Mistake(
                lambda table: _joint(table) - _of_y(table),
                "You went through the columns: that is H(X|Y), what is left of X.",
            ),
            Mistake(
                lambda table: float(np.mean(_rows(table))),
                "The rows were averaged evenly; weight each by p(x).",
            ),
            Mistake(
                lambda table: float(np.sum(_rows(table))), "The rows were added up; weight each by p(x)."
            ),
            Mistake(_rows_left_as_they_are, "A row is no distribution until it is divided by its sum."),
            Mistake(lambda table: math.log(2) * _conditional(table), NATS),
            Mistake(
                lambda table: _of_y(table) - _conditional(table),
                "That is the mutual information, the part that X takes away.",
            ),
        ),
    ),
    FunctionExercise(
        name="computed_margins",
        right=_information,
        inputs=TABLES,
        note="The marginals come from the table, so they can never belong to another one.",
        mistakes=(
            Mistake(
                _typed_margins,
                "Right for the umbrella only: the marginals are still typed in. Sum the rows and columns.",
            ),
            Mistake(lambda table: math.log(2) * _information(table), NATS),
            Mistake(
                lambda table: -_information(table),
                "The ratio is turned over: r/(uv) belongs in the logarithm.",
            ),
            Mistake(
                _exchanged_margins,
                "The marginals are exchanged: axis=1 sums each row, and the rows come first in np.outer.",
            ),
            Mistake(_unweighted_information, "The logarithms were added up; weight each by r."),
            Mistake(_conditional, "That is H(Y|X), what is left of Y when X is known."),
            Mistake(_joint, "That is H(X, Y): divide by the product of the marginals inside the logarithm."),
        ),
    ),
    StepExercise(
        name="pair_bound",
        attempt=_pair_bound,
        form=(_is_one_sum, "The missing line is a single Sum(...), before it is multiplied out."),
        note="So what two things tell about each other is never negative.",
    ),
    FunctionExercise(
        name="text_entropy",
        right=_block_entropy,
        inputs=((ON_TIME, 1), (ON_TIME, 2), (ON_TIME, 3), (RHYME, 1), (RHYME, 2)),
        note="This is the floor for every code that treats blocks of n letters alike.",
        mistakes=(
            Mistake(
                lambda text, n: n * _block_entropy(text, n), "That is the entropy of a block; divide by n."
            ),
            Mistake(lambda text, n: math.log(2) * _block_entropy(text, n), NATS),
            Mistake(
                lambda text, n: _block_bits(_sliding(text, n)) / n,
                "Your blocks overlap; cut the text into pieces.",
            ),
            Mistake(
                lambda text, n: (
                    _block_bits([text[start : start + n] for start in range(0, len(text), n)]) / n
                ),
                "A last piece shorter than n was counted; leave it out.",
            ),
            Mistake(
                lambda text, n: _block_entropy(text, 1), "The blocks have one letter each, whatever n is."
            ),
        ),
    ),
    FunctionExercise(
        name="text_code",
        right=_block_digits,
        inputs=((ON_TIME, 1), (ON_TIME, 2), (ON_TIME, 3), (RHYME, 1), (RHYME, 2)),
        note="Each is at or above the entropy of step 1, by less than 1/n.",
        mistakes=(
            Mistake(
                lambda text, n: n * _block_digits(text, n), "Those are the digits of a block; divide by n."
            ),
            Mistake(_mean_word, "The words were averaged evenly; weight each by how often it is used."),
            Mistake(_fixed_width, "That gives every block as many digits; frequent ones can have fewer."),
            Mistake(_block_entropy, "That is the floor; count the digits of a Huffman code."),
            Mistake(
                lambda text, n: _block_digits(text, n) * len(_blocks(text, n)) * n,
                "Those are the digits of the whole text; divide by its letters.",
            ),
            Mistake(
                lambda text, n: _block_digits(text, n) * len(_blocks(text, n)),
                "mean_length took counts for probabilities; divide by their sum too.",
            ),
            Mistake(
                lambda text, n: _block_digits(text, n) * len(_blocks(text, n)) * n / len(text),
                "Divide by the letters that you coded: a shorter rest was left out.",
            ),
        ),
    ),
    FunctionExercise(
        name="next_letter",
        right=_next_letter,
        inputs=((ON_TIME,), (RHYME,), ("abcabcabcabc",), ("aabbaabbabab",)),
        note="It is what a keyboard that knows one letter still has to guess.",
        mistakes=(
            Mistake(
                lambda text: _block_bits(_sliding(text, 2)),
                "That is the entropy of a pair; take off that of its first letter.",
            ),
            Mistake(
                lambda text: _block_bits(_sliding(text, 2)) / 2,
                "That is half a pair, an average of knowing and not knowing the letter before.",
            ),
            Mistake(
                lambda text: _block_bits(text), "That is a letter on its own, with nothing known before it."
            ),
            Mistake(lambda text: math.log(2) * _next_letter(text), NATS),
            Mistake(
                lambda text: _block_bits(_sliding(text, 2)) - _block_bits(text),
                "The marginal is that of the pairs: the last letter of the text begins none.",
            ),
            Mistake(
                lambda text: _block_bits(_blocks(text, 2)) - _block_bits(text[: len(text) // 2 * 2 : 2]),
                "Your pairs do not overlap here, and every letter but the last begins a pair.",
            ),
            Mistake(
                lambda text: _block_bits(_blocks(text, 2)) - _block_bits(text),
                "Your pairs do not overlap; here every letter but the last begins one.",
            ),
            Mistake(
                lambda text: _block_bits(_sliding(text, 2)) - _block_bits(text[1:]),
                "You took off the second letters: that is what is left of a letter when the next is known.",
            ),
            Mistake(
                lambda text: _block_bits(text[:-1]) - _next_letter(text),
                "That is what one letter of memory saves; what is left is asked for.",
            ),
        ),
    ),
)
