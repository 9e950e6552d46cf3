"""The exercises of the chapter on cross-entropy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np

from kltools import cross_entropy, entropy, kl_divergence, log_softmax, logsumexp, softmax
from kltools.exercises._checking import (
    Exercise,
    FunctionExercise,
    Mistake,
    PropertyExercise,
    StepExercise,
    ValueExercise,
    Verdict,
)
from kltools.language_model import NextCharacter, split, text_surprisal

Vector = Sequence[float]

P, Q1, Q2 = [0.2, 0.5, 0.3], [0.3, 0.4, 0.3], [0.25, 0.5, 0.25]
NIGHTS, NIGHT_CODE = [6 / 10, 1 / 10, 3 / 10], [1 / 4, 1 / 4, 1 / 2]
SMOOTHED = [17 / 20, 1 / 20, 1 / 20, 1 / 20]
# What a loss with its own softmax makes of the sure and right probabilities 1 and 0.
SURE_TWICE = float(-log_softmax([1, 0])[0])

# The better model has to cost less than this, in bits per character, on the held-out part of this text.
BAR = 2.0
ENGLISH = "58e0178f34323c69012d4b1c9677254e02dbf388bce3ee21cf7fde4d5ea509e3"

SWAPPED = "That is H(Q, P): the weights in front are those of what happens."


def _skipping(p: Vector, q: Vector) -> float:
    return -sum(a * math.log(b) for a, b in zip(p, q, strict=True) if a > 0 and b > 0)


def _without_care(p: Vector, q: Vector) -> float:
    return -sum(a * math.log(b) for a, b in zip(p, q, strict=True))


def _loss(z: Vector, target: int) -> float:
    return float(-log_softmax(z)[target])


def _loss_of_probability(z: Vector, target: int) -> float:
    with np.errstate(divide="ignore"):
        return float(-np.log(softmax(z)[target]))


def _loss_as_it_stands(z: Vector, target: int) -> float:
    with np.errstate(all="ignore"):
        return float(np.log(np.exp(z).sum()) - z[target])


def _loss_half_shifted(z: Vector, target: int) -> float:
    return float(logsumexp(np.array(z) - max(z)) - z[target])


def _slope(z: Vector, target: int, k: int) -> float:
    return float(softmax(z)[k]) - (k == target)


def _are_distributions(p: Any) -> bool:
    return bool((p >= 0).all() and np.allclose(p.sum(axis=-1), 1, rtol=0, atol=1e-9))


def _chance_of_a_miss(line: Any) -> object:
    from kltools.derivations import Derivation, H, Sum, ln, normalized, positive, tangent

    p, q = positive("p q")
    return (
        Derivation(H(p, q), given=normalized(p, q))
        .equals(-Sum(p * ln(q)), "the definition")
        .at_least(line, "ln x ≤ x − 1 at x = q", by=Sum(p * tangent(q)))
        .equals(1 - Sum(p * q), "multiply out, and P sums to 1")
    )


def _is_one_sum(line: Any) -> bool:
    from kltools.derivations import Sum

    return isinstance(line, Sum) or isinstance(-line, Sum)


@dataclass(frozen=True)
class LanguageModelExercise:
    """An exercise that asks for a model of a text, which is tried on a part that it has not seen.

    The answer is a pair: a function that takes a training text and an alphabet and gives the model,
    itself a function of a character and the text before it; and the text, whose every fifth paragraph is
    held out.

    Parameters
    ----------
    name : str
        The name that `check` is called with.
    digest : str
        SHA-256 of the text that is asked for.
    bar : float
        The cost on the held-out part, in bits per character, that the model has to stay below.
    stride : int
        One context in so many of the held-out part is tried for a distribution.
    """

    name: str
    digest: str
    bar: float
    stride: int = 80

    def judge(self, answer: Any) -> Verdict:
        """Train the model twice, test that it gives distributions, and measure what it costs."""
        if not (isinstance(answer, tuple) and len(answer) == 2 and callable(answer[0])):
            return Verdict(False, "Not yet: a function and the English text are asked for, in this order.")
        make, text = answer
        if not isinstance(text, str) or sha256(text.encode()).hexdigest() != self.digest:
            return Verdict(False, "Not yet: the second thing is not the whole English text of this chapter.")
        training, held_out = split(text)
        alphabet = "".join(sorted(set(text)))
        try:
            model, again = make(training, alphabet), make(training, alphabet)
            complaint = self._complaint(model, again, held_out, alphabet)
            cost = math.inf if complaint else text_surprisal(model, held_out, base=2) / len(held_out)
        except NotImplementedError as error:
            return Verdict(False, f"Not written yet: {error}.")
        except Exception as error:  # an answer may stop in any way, and the learner is told how
            return Verdict(False, f"Not yet: it stops with {type(error).__name__}: {error}.")
        if complaint:
            return Verdict(False, f"Not yet: {complaint}")
        if not cost < self.bar:
            return Verdict(
                False,
                f"Not yet: a proper model, at {cost:.3f} bits per character on the held-out text; "
                f"{self.bar:g} is the bar.",
            )
        return Verdict(True, f"Right. {cost:.3f} bits per character on text that the model had not seen.")

    def _complaint(
        self, model: NextCharacter, again: NextCharacter, held_out: str, alphabet: str
    ) -> str | None:
        """Say where the model gives no distribution, or another one when it is made again."""
        for place in range(0, len(held_out), self.stride):
            before = held_out[:place]
            chances = [model(character, before) for character in alphabet]
            shown = f"after {before[-12:]!r}"
            if not all(0 < chance <= 1 for chance in chances):
                return f"{shown} a character has a probability that is not above 0 and at most 1."
            if abs(math.fsum(chances) - 1) > 1e-9:
                return f"{shown} the probabilities sum to {math.fsum(chances):.6f}, and not to 1."
            if chances != [again(character, before) for character in alphabet]:
                return f"{shown} the model that is made again, from the same text, says something else."
        return None


EXERCISES: tuple[Exercise, ...] = (
    ValueExercise(
        name="night_code",
        right=float(cross_entropy(NIGHTS, NIGHT_CODE, base=2)),
        unit="bits",
        note="The weights come from the nights, the digits from the code.",
        mistakes=(
            Mistake(entropy(NIGHT_CODE, base=2), "That is the mean over the code's own nights, H(Q)."),
            Mistake(entropy(NIGHTS, base=2), "That is H(P), what the best belief would cost."),
            Mistake(cross_entropy(NIGHT_CODE, NIGHTS, base=2), SWAPPED),
            Mistake(cross_entropy(NIGHTS, NIGHT_CODE), "That is the answer in nats; bits are asked for."),
            Mistake(5 / 3, "The three words were averaged evenly; each has the weight of its kind of night."),
            Mistake(
                1.4,
                "That is the best code for these nights, with one digit for clear. Another is in use.",
            ),
        ),
    ),
    FunctionExercise(
        name="my_cross_entropy",
        right=cross_entropy,
        inputs=(
            (P, Q1),
            (Q1, P),
            (P, Q2),
            ([0.5, 0.5, 0.0], [0.25, 0.25, 0.5]),
            ([0.25, 0.25, 0.5], [0.5, 0.5, 0.0]),
            ([0.5, 0.5, 0.0], [0.5, 0.5, 0.0]),
            ([1.0, 0.0], [0.25, 0.75]),
        ),
        note="This is the loss that classifiers and language models are trained on.",
        mistakes=(
            Mistake(lambda p, q: cross_entropy(q, p), SWAPPED),
            Mistake(lambda p, q: _without_care(q, p), f"{SWAPPED} After that, mind the zeros."),
            Mistake(
                lambda p, q: -_without_care(p, q),
                "A surprise counts upward, so −ln q. After that, mind the zeros.",
            ),
            Mistake(
                lambda p, q: cross_entropy(p, q, base=2), "That is right in bits; the question asks for nats."
            ),
            Mistake(
                lambda p, q: -cross_entropy(p, q), "The size is right; a surprise counts upward, so −ln q."
            ),
            Mistake(_skipping, "A term with q = 0 < p was skipped; it makes the result infinite."),
            Mistake(
                lambda p, q: math.inf if 0 in q else cross_entropy(p, q),
                "q = 0 is harmless where p is 0 too: that term counts as 0.",
            ),
            Mistake(
                kl_divergence,
                "That is H(P, Q) − H(P), the excess over the floor; the whole cost is asked for.",
            ),
            Mistake(lambda p, q: entropy(p), "That is H(P): the belief has to stand inside the logarithm."),
        ),
    ),
    ValueExercise(
        name="nothing_to_tell_apart",
        right=math.log2(6),
        unit="bits",
        note="Nothing to tell apart, and it costs this: so telling P from Q is not what it measures.",
        mistakes=(
            Mistake(0.0, "That is what the friend's sentence would give. Put P = Q into the definition."),
            Mistake(math.log(6), "That is the answer in nats; bits are asked for."),
            Mistake(6.0, "That is the perplexity, the number of outcomes; the cost is its logarithm."),
            Mistake(-math.log2(6), "The size is right; a surprise counts upward."),
            Mistake(1 / 6 * math.log2(6), "That is one face's share; there are six."),
            Mistake(8 / 3, "That is the mean length of the best code; −log₂ q need not be a whole number."),
            Mistake(3.0, "That is rounded up to whole digits; −log₂ q need not be a whole number."),
        ),
    ),
    PropertyExercise(
        name="below_its_own_entropy",
        claims=(
            (lambda pair: pair.ndim == 2 and len(pair) == 2, "two lists of equal length are asked for."),
            (lambda pair: pair.shape[1] >= 2, "two outcomes at least are asked for."),
            (_are_distributions, "each list must be non-negative and sum to 1."),
            (
                lambda pair: float(cross_entropy(pair[0], pair[1])) < float(entropy(pair[1])) - 1e-9,
                "H(P, Q) is not below H(Q). Let P prefer what Q expects.",
            ),
        ),
        note="H(P) is the floor of H(P, Q), and H(Q) is not.",
    ),
    ValueExercise(
        name="units_of_a_loss",
        right=3.0,
        unit="bits",
        note="Frameworks take natural logarithms, so what they show is in nats.",
        decimals=3,  # the loss is given to four decimals only, and divided by ln 2 it is off in the fourth
        mistakes=(
            Mistake(math.log(8), "That is the number shown, and it is in nats: it is ln 8."),
            Mistake(
                math.log(8) * math.log(2), "You multiplied by ln 2; a bit is the smaller unit, so divide."
            ),
            Mistake(8.0, "That is the perplexity, which has no unit."),
            Mistake(1 / 3, "Turn it over: how many fair coins make one choice out of eight?"),
        ),
    ),
    FunctionExercise(
        name="stable_loss",
        right=_loss,
        inputs=(
            ([0.0, 0.0], 0),
            ([2.0, 1.0, -1.0], 2),
            ([1000.0, 0.0], 0),
            ([1000.0, 0.0], 1),
            ([-1000.0, -1001.0], 0),
            ([-800.0, -800.0, -800.0], 1),
        ),
        note="The largest score is taken off first, and no probability is ever rounded to 0.",
        mistakes=(
            Mistake(
                _loss_of_probability,
                "A probability that is rounded to 0 has lost its logarithm: take ln before you divide.",
            ),
            Mistake(
                _loss_as_it_stands,
                "Right on paper, but the exponential of 1000 overflows: take the largest score off first.",
            ),
            Mistake(
                _loss_half_shifted,
                "The largest score was taken off in the sum, and not off the target's score.",
            ),
            Mistake(lambda z, target: float(logsumexp(z)), "The target's score is still to be taken off."),
            Mistake(lambda z, target: -_loss(z, target), "That is ln q of the target; a loss counts upward."),
            Mistake(
                lambda z, target: _loss(z, target) / math.log(2), "That is right in bits; nats are asked for."
            ),
            Mistake(
                lambda z, target: _loss(list(softmax(z)), target),
                "The softmax was taken twice, once on its own result.",
            ),
            Mistake(
                lambda z, target: float(entropy(softmax(z))),
                "That is the entropy of the model's belief; the target has not been looked at.",
            ),
        ),
    ),
    ValueExercise(
        name="softmax_twice",
        right=SURE_TWICE,
        unit="nats",
        note="A loss that cannot fall below this, on labels that are certain, has softmaxed twice.",
        mistakes=(
            Mistake(0.0, "With one softmax, yes. Put the scores 1 and 0 through the second one."),
            Mistake(SURE_TWICE / math.log(2), "That is the answer in bits; nats are asked for."),
            Mistake(float(-log_softmax([1, 0])[1]), "That is the loss of the other class."),
            Mistake(math.log(2), "That is the loss of scores that are equal; here they are 1 and 0."),
            Mistake(float(softmax([1, 0])[0]), "That is the probability; the loss is −ln of it."),
            Mistake(float(softmax([1, 0])[1]), "That is the probability of the wrong class."),
        ),
    ),
    FunctionExercise(
        name="slope",
        right=_slope,
        inputs=(
            ([0.0, 0.0], 0, 0),
            ([0.0, 0.0], 0, 1),
            ([2.0, 1.0, -1.0], 2, 2),
            ([2.0, 1.0, -1.0], 2, 0),
            ([1000.0, 0.0], 1, 0),
            ([1000.0, 0.0], 1, 1),
        ),
        note="Belief less truth, for each class; over the classes the slopes sum to 0.",
        mistakes=(
            Mistake(
                lambda z, target, k: -_slope(z, target, k),
                "The sign is turned around: raising the target's score lowers the loss.",
            ),
            Mistake(
                lambda z, target, k: float(softmax(z)[k]),
                "That is the belief alone; take off the truth, 1 at the target and 0 elsewhere.",
            ),
            Mistake(
                lambda z, target, k: float(softmax(z)[target]) - (k == target),
                "The belief has to be that in class k, and not that in the target.",
            ),
            Mistake(
                lambda z, target, k: float(softmax(z)[target]) - 1,
                "That is the slope at the target, whatever k is.",
            ),
            Mistake(
                lambda z, target, k: float(softmax(z)[k]) - 1,
                "Only the target has a 1 taken off; elsewhere the truth is 0.",
            ),
        ),
    ),
    ValueExercise(
        name="smoothed_floor",
        right=float(entropy(SMOOTHED)),
        unit="nats",
        note="A model that learned its soft labels perfectly shows this loss, and no training lowers it.",
        mistakes=(
            Mistake(
                0.0, "That is the lowest loss with hard labels. Who gives the soft label itself pays H of it."
            ),
            Mistake(float(entropy(SMOOTHED, base=2)), "That is the answer in bits; nats are asked for."),
            Mistake(
                -math.log(17 / 20), "That counts the right class only; the label gives the others weight too."
            ),
            Mistake(-math.log(4 / 5), "The true class has a share of ε too, and the others have weight."),
            Mistake(
                float(entropy([4 / 5, 1 / 5])),
                "That is the entropy of two outcomes; the part ε is shared among four classes.",
            ),
            Mistake(
                -sum(x * math.log(x) for x in (4 / 5, 1 / 20, 1 / 20, 1 / 20)),
                "These four sum to less than 1: the true class has its own share of ε too.",
            ),
            Mistake(
                1 / 5 * math.log(4),
                "That is ε·ln K, the cost of the uniform part if Q were uniform; it is not.",
            ),
            Mistake(
                float(entropy([4 / 5, 1 / 15, 1 / 15, 1 / 15])),
                "The part ε is shared among all four classes, the right one included.",
            ),
            Mistake(math.log(4), "That is the loss of a model that knows nothing."),
        ),
    ),
    ValueExercise(
        name="per_character",
        right=2.0,
        unit="bits per character",
        note="A perplexity of 4 is 2 bits, so the two models are equally good.",
        mistakes=(
            Mistake(12.0, "That is bits per word. How many characters does a word take, with its space?"),
            Mistake(math.log(4096), "That is nats per word; bits per character are asked for."),
            Mistake(4096 / 6, "A perplexity is no sum that can be shared out: take its logarithm first."),
            Mistake(math.log(4096) / 6, "That is nats per character; bits are asked for."),
            Mistake(12 / 5, "The space after each word is a character too."),
            Mistake(4.0, "That is the perplexity per character; its logarithm is asked for."),
        ),
    ),
    StepExercise(
        name="chance_of_a_miss",
        attempt=_chance_of_a_miss,
        form=(_is_one_sum, "The missing line is a single Sum(...), before it is multiplied out."),
        note="A guess drawn from Q misses no more often than H(P, Q) in nats.",
    ),
    LanguageModelExercise(name="better_model", digest=ENGLISH, bar=BAR),
)
