"""The figures of the chapter on likelihood."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from kltools import cross_entropy, kl_divergence, negative_log_likelihood
from kltools._palette import BLUE, GREY, ORANGE
from kltools.figures._picture import STYLE, Picture, label

# The fonts of a figure set a hat on a letter in mathematics only.
HAT = r"$\mathbf{\hat P}$"
# The heights of the contour lines above the lowest point, in nats.
LEVELS = (0.01, 0.03, 0.1, 0.3)


def landscape(
    counts: Sequence[float], beliefs: Mapping[str, Sequence[float]], outcomes: Sequence[str]
) -> Picture:
    """Draw the negative log-likelihood of every distribution on three outcomes as a map, and some on it.

    Parameters
    ----------
    counts : sequence of float, length 3
        How often each outcome was seen, each at least once.
    beliefs : mapping of str to sequence of float
        Distributions that are marked, by name.
    outcomes : sequence of str, length 3
        What the outcomes are called; each names the corner where it is certain.

    Returns
    -------
    Picture
        Nats per observation.
    """
    seen = np.divide(counts, np.sum(counts))
    up, across = np.meshgrid(np.linspace(0.002, 0.998, 100), np.linspace(0.002, 0.998, 100))
    every = np.stack([(1 - up) * (1 - across), up, (1 - up) * across], axis=-1)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 4.4), layout="constrained")
        axes = figure.subplots()
        axes.plot(*_on_map([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]]), color="black", linewidth=0.8)
        lines = axes.contour(*_on_map(every), kl_divergence(seen, every), LEVELS, colors=GREY, linewidths=0.8)
        tops = [max(map(tuple, segments[0]), key=lambda at: at[1]) for segments in lines.allsegs]
        axes.clabel(lines, fmt=lambda level: f"+{level:g}", fontsize=9, manual=tops)
        for name, belief in {HAT: seen, **beliefs}.items():
            colour = BLUE if name == HAT else ORANGE
            x, y = map(float, _on_map(belief))
            axes.plot(x, y, "o", color=colour)
            right = x > _on_map(seen)[0] - 0.01
            text = f"{name} {negative_log_likelihood(counts, belief):.4f}"
            label(
                axes,
                x + (0.03 if right else -0.03),
                y,
                text,
                colour,
                ha="left" if right else "right",
                va="center",
            )
        rain, cloud, sun = (f"always {name}" for name in outcomes)
        axes.text(0, -0.02, rain, va="top")
        axes.text(0.5, 0.89, cloud, ha="center")
        axes.text(1, -0.02, sun, ha="right", va="top")
        axes.set_aspect("equal")
        axes.set_axis_off()
    each = "; ".join(
        f"{name} costs {negative_log_likelihood(counts, belief):.4f}" for name, belief in beliefs.items()
    )
    return Picture(
        figure,
        f"A triangle in which every point is a distribution of {', '.join(outcomes)}, with contour lines "
        f"around the observed frequencies P̂, where the negative log-likelihood is lowest: "
        f"{negative_log_likelihood(counts, seen):.4f} nats per observation. {each}.",
    )


def _on_map(p: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where distributions on three outcomes lie in a triangle with its second corner on top."""
    p = np.asarray(p, dtype=float)
    return p[..., 2] + p[..., 1] / 2, p[..., 1] * math.sqrt(3) / 2


def likelihood_curve(hits: int, trials: int) -> Picture:
    """Draw the likelihood of a probability after some hits in a number of trials, and the area below it.

    Parameters
    ----------
    hits, trials : int
        How often the event happened, and out of how many times.

    Returns
    -------
    Picture
    """
    theta = np.linspace(0, 1, 201)
    likelihood = theta**hits * (1 - theta) ** (trials - hits)
    area = Fraction(1, (trials + 1) * math.comb(trials, hits))
    best = Fraction(hits, trials)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 3.2), layout="constrained")
        axes = figure.subplots()
        axes.fill_between(theta, likelihood, color=GREY, alpha=0.25, linewidth=0)
        axes.plot(theta, likelihood, color=ORANGE)
        axes.plot([float(best)] * 2, [0, likelihood.max()], color=BLUE, linewidth=1)
        label(axes, float(best), likelihood.max(), f" highest at {best}", BLUE, va="bottom")
        axes.text(float(best) + 0.02, likelihood.max() / 5, f"area {area}")
        axes.set(
            xlabel="θ, the probability of rain in the model",
            ylabel="likelihood",
            xlim=(0, 1),
            ylim=(0, 1.2 * likelihood.max()),
        )
        axes.ticklabel_format(axis="y", scilimits=(0, 0), useMathText=True)
    return Picture(
        figure,
        f"The likelihood of θ after {hits} hits in {trials} trials rises from 0 to {likelihood.max():.6f} at "
        f"{best} and falls back to 0. The area below the curve is {area}.",
    )


def running_costs(p: Sequence[float], q: Sequence[float], days: int, seed: int) -> Picture:
    """Draw the negative log-likelihood of q per day as outcomes are drawn from p, beside H(P, Q).

    Parameters
    ----------
    p, q : sequence of float, length n
        Two distributions with positive entries; the outcomes come from p.
    days : int
        How many outcomes are drawn.
    seed : int
        Seed of the generator, so that the figure is repeatable.

    Returns
    -------
    Picture
        Nats per day.
    """
    seen = np.random.default_rng(seed).choice(len(p), size=(5, days), p=p)
    day, limit = np.arange(1, days + 1), float(cross_entropy(p, q))
    paths = -np.log(q)[seen].cumsum(axis=1) / day
    at = np.unique(np.geomspace(1, days, 150).astype(int)) - 1
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 3.4), layout="constrained")
        axes = figure.subplots()
        axes.semilogx(day[at], paths[:, at].T, color=GREY, linewidth=0.8)
        axes.axhline(limit, color=BLUE, linewidth=2)
        label(axes, days, limit + 0.006, "H(P, Q)", BLUE, ha="right")
        axes.set(xlabel="days in the diary", ylabel="−(1/N) ln L in nats")
    ends = ", ".join(f"{end:.4f}" for end in paths[:, -1])
    return Picture(
        figure,
        f"Five simulated diaries: the negative log-likelihood per day wanders, and settles around the "
        f"level line H(P, Q) at {limit:.4f} nats. After {days} days it is {ends}.",
    )


def handwriting(images: ArrayLike, names: Sequence[object]) -> Picture:
    """Draw small grey images in a row, each with its name below.

    Parameters
    ----------
    images : array_like, shape (m, 8, 8)
        Darkness of each pixel, from 0 (paper) to 1 (ink).
    names : sequence of length m
        What stands below each image.

    Returns
    -------
    Picture
    """
    images = np.asarray(images, dtype=float)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 0.8), layout="constrained")
        axes = figure.subplots()
        for place, (image, name) in enumerate(zip(images, names, strict=True)):
            left = 10 * place
            pixels = [
                Rectangle((left + column, row), 1, 1, color=str(round(1 - ink, 2)), linewidth=0)
                for (row, column), ink in np.ndenumerate(image)
                if ink
            ]
            axes.add_collection(PatchCollection(pixels, match_original=True))
            axes.add_patch(Rectangle((left, 0), 8, 8, fill=False, linewidth=0.8))
            axes.text(left + 4, 9, str(name), ha="center", va="top")
        axes.set(xlim=(-0.2, 10 * len(images) - 1.8), ylim=(13, -0.2), aspect="equal")
        axes.set_axis_off()
    shares = ", ".join(f"{name}: {image.mean():.0%}" for name, image in zip(names, images, strict=True))
    return Picture(figure, f"Handwritten digits of 8 by 8 pixels, with the ink that each takes. {shares}.")


def loss_curve(training: Sequence[float], floor: float, fresh: Sequence[float] | None = None) -> Picture:
    """Draw a training loss step by step over its floor, and the loss on fresh data where it is given.

    Without `fresh`, the loss is filled: the floor H in blue, and what lies above it, the KL, in orange.

    Parameters
    ----------
    training : sequence of float
        The loss at each step, in nats.
    floor : float
        The entropy of the labels, in nats.
    fresh : sequence of float, optional
        The loss on data that training does not see, at the same steps.

    Returns
    -------
    Picture
    """
    # Rounded to what is seen, or the order in which a machine adds would show in the file.
    steps, losses = np.arange(len(training)), np.round(training, 4)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 3.4), layout="constrained")
        axes = figure.subplots()
        axes.plot(steps, losses, color=ORANGE, linewidth=2)
        axes.plot(steps[[0, -1]], [floor, floor], color=BLUE, linewidth=2)
        if fresh is None:
            axes.fill_between(steps, floor, losses, color=ORANGE, alpha=0.25, linewidth=0)
            axes.fill_between(steps, 0, floor, color=BLUE, alpha=0.2, linewidth=0)
            label(axes, len(steps) * 0.3, floor / 2, f"floor H = {floor:.4f}", BLUE, va="center")
            _name(axes, steps, losses, "loss = H + KL")
            told = (
                f"Above the floor there are {losses[0] - floor:.2f} and then {losses[-1] - floor:.2f} nats."
            )
        else:
            axes.plot(steps, np.round(fresh, 4), color=GREY, linewidth=2)
            label(axes, len(steps), fresh[-1], " fresh images", GREY, va="center")
            label(axes, len(steps), losses[-1], " training", ORANGE, va="center")
            label(axes, len(steps), floor, " floor H", BLUE, va="center")
            least = int(np.argmin(np.round(fresh, 4)))
            told = (
                f"On fresh data it falls to {fresh[least]:.2f} at step {least}, and ends at {fresh[-1]:.2f}; "
                f"the floor is crossed at step {int(np.argmax(losses < floor))}."
            )
        axes.set(
            xlabel="step", ylabel="loss in nats", xlim=(0, len(steps) * (1.42 if fresh is not None else 1))
        )
        axes.set_ylim(0, 2.5)
    return Picture(
        figure,
        f"The training loss falls from {losses[0]:.2f} to {losses[-1]:.2f} nats in {len(steps) - 1} steps; "
        f"the floor is at {floor:.2f}. {told}",
    )


def _name(axes: Axes, steps: NDArray[np.int_], losses: NDArray[np.float64], text: str) -> None:
    """Write a falling curve's name to its right, where it has come down by half."""
    at = int(np.argmax(losses < (losses[0] + losses[-1]) / 2))
    label(axes, float(steps[at] + 0.04 * len(steps)), float(losses[at]), text, ORANGE)
