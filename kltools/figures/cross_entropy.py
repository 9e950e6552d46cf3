"""The figures of the chapter on cross-entropy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from kltools import cross_entropy, entropy, log_softmax
from kltools._palette import BLUE, GREY, ORANGE
from kltools.figures._picture import STYLE, Picture, label
from kltools.language_model import NgramModel, text_surprisal


def surprise_areas(p: Sequence[float], q: Sequence[float], outcomes: Sequence[str]) -> Picture:
    """Draw each outcome as a box: as wide as it is frequent under p, as high as it surprises who believes q.

    The outline shows how high the box is for who believes p.

    Parameters
    ----------
    p, q : sequence of float, length n
        Two distributions with positive entries.
    outcomes : sequence of str, length n
        What the outcomes are called.

    Returns
    -------
    Picture
        Surprisals and areas in nats.
    """
    left, believing, knowing = np.cumsum(p) - p, -np.log(q), -np.log(p)
    cost, floor = cross_entropy(p, q), entropy(p)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 3.6), layout="constrained")
        axes = figure.subplots()
        axes.bar(left, believing, p, align="edge", color=ORANGE, alpha=0.55, edgecolor="white")
        axes.bar(left, knowing, p, align="edge", fill=False, edgecolor=BLUE, linewidth=2)
        for middle, name, share in zip(left + np.divide(p, 2), outcomes, p, strict=True):
            axes.text(middle, 0.08, f"{name}\n{share:g}", ha="center")
        top = max(*believing, *knowing)
        label(axes, 1, 1.16 * top, f"believing Q: area {cost:.4f}", ORANGE, ha="right")
        label(axes, 1, 1.04 * top, f"knowing P: area {floor:.4f}", BLUE, ha="right")
        axes.set(xlabel="how often it happens", ylabel="surprise in nats", xlim=(0, 1), ylim=(0, 1.26 * top))
    each = "; ".join(
        f"{name}: width {share:g}, height {high:.4f} for who believes Q and {low:.4f} for who knows P"
        for name, share, high, low in zip(outcomes, p, believing, knowing, strict=True)
    )
    return Picture(
        figure,
        f"A box for each outcome, as wide as it is frequent and as high as it surprises, in nats. {each}. "
        f"The areas are {cost:.4f} and {floor:.4f}.",
    )


def beliefs_as_tangents(truth: float, beliefs: Sequence[float]) -> Picture:
    """Draw the cost of beliefs about a yes-or-no event against its true probability.

    Each belief is a straight line that touches the curve of the entropy where the belief is true.

    Parameters
    ----------
    truth : float
        A probability, where the gap between the lines and the curve is marked.
    beliefs : sequence of float
        Believed probabilities, between 0 and 1.

    Returns
    -------
    Picture
        Costs in nats.
    """
    p = np.linspace(0, 1, 201)
    floor, here = entropy(np.column_stack([p, 1 - p])), [truth, 1 - truth]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 3.6), layout="constrained")
        axes = figure.subplots()
        axes.plot(p, floor, color=BLUE, linewidth=2.5)
        label(axes, 0.5, 0.45, "knowing: H(P)", BLUE, ha="center")
        costs = []
        for q in beliefs:
            belief = [q, 1 - q]
            axes.plot([0, 1], [-np.log(1 - q), -np.log(q)], color=ORANGE)
            axes.plot(q, entropy(belief), "o", color=ORANGE)
            costs.append(float(cross_entropy(here, belief)))
            axes.vlines(truth, entropy(here), costs[-1], color=GREY, linewidth=3)
            side, align = (0.03, "left") if q > 0.5 else (0.97, "right")
            height = float(cross_entropy([side, 1 - side], belief)) + 0.06
            label(axes, side, height, f"believing {q:g}", ORANGE, ha=align)
        axes.set(xlabel="true probability", ylabel="cost in nats", xlim=(0, 1), ylim=(0, 1.6))
    each = "; ".join(
        f"believing {q:g} costs {cost:.4f} where the truth is {truth:g}"
        for q, cost in zip(beliefs, costs, strict=True)
    )
    return Picture(
        figure,
        "The entropy of a yes-or-no event is a curve over its true probability, and the cost of each belief "
        f"a straight line above it that touches it where the belief is true: {each}; knowing costs "
        f"{entropy(here):.4f} nats.",
    )


def label_losses(labels: Sequence[float]) -> Picture:
    """Draw the binary cross-entropy against the score, for labels that give the first class that probability.

    Parameters
    ----------
    labels : sequence of float
        Probabilities of the first class, hard (1) or soft.

    Returns
    -------
    Picture
        Losses in nats; the lowest point of each is marked where the score is finite.
    """
    score = np.linspace(-2, 6, 161)
    log_q = log_softmax(np.column_stack([score, np.zeros_like(score)]))
    told = []
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 3.4), layout="constrained")
        axes = figure.subplots()
        for y, colour in zip(labels, (BLUE, ORANGE, GREY), strict=False):
            loss = -log_q @ [y, 1 - y]
            lowest = float(entropy([y, 1 - y]))
            axes.plot(score, loss, color=colour, linewidth=2)
            label(axes, score[-1], loss[-1] + 0.06, f"label {y:g}", colour, ha="right")
            if 0 < y < 1:
                axes.plot(np.log(y / (1 - y)), lowest, "o", color=colour)
                told.append(f"label {y:g}: lowest {lowest:.4f} nats at the score {np.log(y / (1 - y)):.4f}")
            else:
                told.append(f"label {y:g}: falls toward {lowest:g}, {loss[-1]:.4f} nats at {score[-1]:g}")
        axes.set(xlabel="score of the class (the other class has 0)", ylabel="loss in nats", ylim=(0, None))
    return Picture(figure, f"Binary cross-entropy against the score. {'; '.join(told)}.")


def model_orders(
    training: str, held_out: str, alphabet: Iterable[str], orders: Sequence[int], alpha: float
) -> Picture:
    """Draw bits per character of n-gram models against their order, on their own text and on held-out text.

    Parameters
    ----------
    training, held_out : str
        The text that the models count, and one that they have not seen.
    alphabet : iterable of str
        The characters that may come.
    orders : sequence of int
        How many characters each model looks at together.
    alpha : float
        What is added to each count.

    Returns
    -------
    Picture
        Costs in bits per character.
    """
    models = [NgramModel(training, order, alphabet, alpha) for order in orders]
    seen, unseen = (
        [text_surprisal(model.probability, text, base=2) / len(text) for model in models]
        for text in (training, held_out)
    )
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 3.4), layout="constrained")
        axes = figure.subplots()
        axes.plot(orders, unseen, "o-", color=ORANGE, linewidth=2)
        axes.plot(orders, seen, "o-", color=GREY, linewidth=2)
        label(axes, orders[-1], unseen[-1] + 0.15, "held out", ORANGE, ha="right")
        label(axes, orders[-1], seen[-1] - 0.2, "trained on", GREY, ha="right", va="top")
        axes.set(xlabel="characters looked at together", ylabel="bits per character", ylim=(0, None))
        axes.set_xticks(orders)
    each = "; ".join(
        f"order {order}: {own:.2f} and {other:.2f}"
        for order, own, other in zip(orders, seen, unseen, strict=True)
    )
    return Picture(
        figure,
        "Bits per character against the order of the model, on the text that was counted and on text held "
        f"out from it. {each}.",
    )
