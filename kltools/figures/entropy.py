"""The figures of the chapter on entropy."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from kltools import entropy, mutual_information
from kltools._palette import BLUE, GREY, ORANGE
from kltools.coding import huffman_code, mean_length
from kltools.figures._picture import STYLE, Picture, label


def surprise(p: Sequence[float], outcomes: Sequence[str]) -> Picture:
    """Draw each outcome as a block: its probability wide, its surprise high. The area is the entropy.

    Parameters
    ----------
    p : sequence of float, length n
        A distribution with positive entries.
    outcomes : sequence of str, length n
        What the outcomes are called.

    Returns
    -------
    Picture
        Surprises in bits.
    """
    width, height, mean = np.asarray(p, dtype=float), -np.log2(p), float(entropy(p, base=2))
    left = np.cumsum(width) - width
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 3.6), layout="constrained")
        axes = figure.subplots()
        axes.bar(left, height, width, align="edge", color=BLUE, alpha=0.25, edgecolor=BLUE)
        for x, w, h in zip(left + width / 2, width, height, strict=True):
            axes.text(x, h, f"{h:.2f} bits", ha="center", va="bottom", color=BLUE)
            axes.text(x, h / 3, f"area\n{w * h:.4f}", ha="center", va="center", color=GREY)
        axes.plot([0, 1], [mean, mean], color=ORANGE, linestyle="--")
        label(axes, 1.02, mean, f"mean\n{mean:.4f}", ORANGE, va="center")
        axes.set(yticks=[], title="surprise in bits (height) by probability (width)", xlim=(0, 1.26))
        axes.set_ylim(0, 1.15 * height.max())
        axes.set_xticks(left + width / 2, [f"{o}\n{w:g}" for o, w in zip(outcomes, p, strict=True)])
        axes.tick_params(bottom=False)
        axes.spines[["left", "bottom"]].set_visible(False)
    each = "; ".join(
        f"{name}: {w:g} wide, {h:.4f} bits high, area {w * h:.4f}"
        for name, w, h in zip(outcomes, width, height, strict=True)
    )
    return Picture(
        figure,
        "A block for each outcome, its probability wide and its surprise high. "
        f"{each}. Together {mean:.4f} bits, the mean height.",
    )


def binary_entropy(low: float, high: float) -> Picture:
    """Draw the entropy of two outcomes, and the chord between two of its points below it.

    Parameters
    ----------
    low, high : float
        Two probabilities between 0 and 1; half-way between them the gap above the chord is marked.

    Returns
    -------
    Picture
        Entropies in bits.
    """
    x, ends = np.linspace(0, 1, 201), np.array([low, high])
    middle = float(ends.mean())
    curve, at_ends = (np.asarray(entropy(np.column_stack([t, 1 - t]), base=2)) for t in (x, ends))
    top, below = float(entropy([middle, 1 - middle], base=2)), float(at_ends.mean())
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 3.4), layout="constrained")
        axes = figure.subplots()
        axes.plot(x, curve, color=BLUE)
        axes.plot(ends, at_ends, "o-", color=ORANGE)
        axes.vlines(middle, below, top, color=GREY, linewidth=3)
        label(axes, 0.9, 0.62, "h(p)", BLUE)
        axes.text(middle + 0.03, below - 0.04, f"gap {top - below:.4f}", color=GREY, va="top")
        axes.set(xlabel="p, the probability of one of two outcomes", ylabel="bits", xlim=(0, 1))
        axes.set_ylim(0, 1.05)
    return Picture(
        figure,
        f"The entropy of two outcomes in bits, 0 at p = 0 and p = 1, largest, {curve.max():.4f}, at p = "
        f"{x[curve.argmax()]:.4f}. The chord from p = {low:g} ({at_ends[0]:.4f} bits) to p = {high:g} "
        f"({at_ends[1]:.4f} bits) lies below it, at the middle by {top - below:.4f} bits.",
    )


def block_costs(p: Sequence[float], longest: int) -> Picture:
    """Draw what Huffman's code spends on an outcome when it codes blocks of 1, 2, … outcomes at a time.

    Parameters
    ----------
    p : sequence of float, length n
        The distribution of one outcome; those of a block are independent.
    longest : int
        The largest number of outcomes in a block.

    Returns
    -------
    Picture
        Binary digits an outcome, over the floor H(P) and under H(P) + 1/length.
    """
    floor, length = float(entropy(p, base=2)), range(1, longest + 1)
    blocks = [np.prod(list(product(p, repeat=size)), axis=1) for size in length]
    costs = [float(mean_length(q, huffman_code(q))) / size for q, size in zip(blocks, length, strict=True)]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 3.4), layout="constrained")
        axes = figure.subplots()
        axes.plot([0.5, longest + 0.5], [floor, floor], color=BLUE)
        axes.plot(length, [floor + 1 / size for size in length], "--", color=GREY)
        axes.plot(length, costs, "o", color=ORANGE)
        label(axes, longest + 0.5, floor - 0.02, f"floor {floor:.4f}", BLUE, ha="right", va="top")
        label(axes, 2.15, floor + 0.5, "floor + 1/length", GREY)
        label(axes, 1.2, costs[0], "Huffman", ORANGE, va="center")
        axes.set(xlabel="outcomes in a block", ylabel="digits an outcome", xlim=(0.5, longest + 0.5))
        axes.set_ylim(floor - 0.15, None)
        axes.set_xticks(length)
    each = ", ".join(f"{cost:.4f}" for cost in costs)
    return Picture(
        figure,
        f"Binary digits an outcome in blocks of 1 to {longest}: {each}. All lie on or above the floor "
        f"{floor:.4f} and below the curve that falls to it, the floor plus one over the length.",
    )


def shared(joint: ArrayLike) -> Picture:
    """Draw the entropies of a pair as bars on one scale; where those of X and Y overlap is what they share.

    Parameters
    ----------
    joint : array_like, shape (rows, columns)
        Joint probabilities of X (rows) and Y (columns).

    Returns
    -------
    Picture
        Entropies in bits.
    """
    table = np.asarray(joint, dtype=float)
    x, y, both = (float(entropy(t, base=2)) for t in (table.sum(1), table.sum(0), table.ravel()))
    common = float(mutual_information(table, base=2))
    bars = {"H(X, Y)": (0, both, GREY), "H(X)": (0, x, BLUE), "H(Y)": (both - y, y, ORANGE)}
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 2.6), layout="constrained")
        axes = figure.subplots()
        for row, (name, (left, width, colour)) in enumerate(bars.items()):
            axes.barh(row, width, 0.62, left=left, color=colour)
            axes.text(left + width / 2, row, f"{name} = {width:.4f}", color="white", ha="center", va="center")
        axes.axvspan(x - common, x, color=GREY, alpha=0.25, linewidth=0)
        axes.text(x - common / 2, 2.42, f"I(X; Y) = {common:.4f}", color=GREY, ha="center", va="top")
        axes.set(yticks=[], xlabel="bits", xlim=(0, both), ylim=(2.85, -0.5))
        axes.spines["left"].set_visible(False)
    return Picture(
        figure,
        f"Three bars on one scale in bits: H(X, Y) {both:.4f}; H(X) {x:.4f} from its left end; H(Y) {y:.4f} "
        f"to its right end. H(X) and H(Y) overlap by I(X; Y) = {common:.4f}.",
    )
