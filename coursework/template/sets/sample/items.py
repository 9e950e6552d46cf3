"""What the sample set is graded against. Students never see this file."""

import numpy as np

from coursework.items import AnyItem, Inputs, Item, Part, PersonItem, ProofItem, Step, Wrong
from kltools import entropy

TITLE = "Sample set: two coins"


def anything(generator: np.random.Generator) -> Inputs:
    """Distributions without zeros, of several sizes."""
    return [(generator.dirichlet(np.ones(size)).tolist(),) for size in (2, 3, 7)]


def with_zeros(generator: np.random.Generator) -> Inputs:
    """The same with an outcome that cannot happen, and a certain one."""
    return [([*generator.dirichlet(np.ones(3)).tolist(), 0.0],), ([0.0, 1.0],)]


def without_guard(p: list[float]) -> float:
    """What a formula without a thought of zeros gives."""
    with np.errstate(all="ignore"):
        return float(-np.sum(p * np.log(p)))


ITEMS: tuple[AnyItem, ...] = (
    Item(
        name="my_entropy",
        title="Entropy in nats",
        parts=(
            Part("value", 3, anything, tried=(([0.5, 0.5],), ([0.2, 0.5, 0.3],))),
            Part("zeros", 1, with_zeros, tried=(([0.5, 0.5, 0.0],),)),
        ),
        right=entropy,
        wrongs=(
            Wrong(lambda p: entropy(p, base=2), "That is in bits; nats are asked for.", ("value", "zeros")),
            Wrong(without_guard, "0 · log 0 counts as 0, and NumPy makes it nan.", ("zeros",)),
            Wrong(lambda p: -entropy(p), "The sign is turned around.", ("value", "zeros")),
            Wrong(lambda p: np.log(len(p)), "That is the entropy of equal chances.", ("value", "zeros")),
        ),
    ),
    Item(
        name="bits",
        title="Entropy of a coin",
        parts=(Part("value", 2),),
        right=entropy([1 / 8, 7 / 8], base=2),
        decimals=4,
        wrongs=(
            Wrong(entropy([1 / 8, 7 / 8]), "That is in nats; bits are asked for.", ("value",)),
            Wrong(3.0, "That is the surprise of heads; the entropy is the mean of both.", ("value",)),
            Wrong(1.0, "That is the entropy of a fair coin.", ("value",)),
        ),
    ),
    ProofItem(
        name="split",
        title="A missing line",
        points=2,
        start="KL(p, q)",
        steps=(Step(None), Step("H(p, q) - H(p)", "two sums, each with its name")),
        right=("Sum(p * (ln(p) - ln(q)))",),
        form=("opened logarithms", "Take the logarithm of the ratio apart: ln(p) and ln(q)."),
        wrongs=(
            Wrong("Sum(p * (ln(q) - ln(p)))", "The ratio is p/q, so ln(p) comes first."),
            Wrong("Sum(q * (ln(p) - ln(q)))", "The average is taken under P: p stands in front."),
            Wrong("Sum(ln(p) - ln(q))", "The weight p in front of the logarithm is missing."),
        ),
    ),
    PersonItem(
        name="why_fair",
        title="In words",
        rubric=((0.5, "says that the outcomes are equally surprising"), (0.5, "compares with other coins")),
    ),
    PersonItem(
        name="picture",
        title="A picture",
        rubric=((0.5, "the curve, with its maximum at one half"), (0.5, "both axes labelled, with the unit")),
    ),
)
