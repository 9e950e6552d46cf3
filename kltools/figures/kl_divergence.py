"""The figures of the chapter on the KL divergence."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from kltools import entropy, kl_divergence, total_variation
from kltools._palette import BLUE, GREY, ORANGE
from kltools.figures._picture import STYLE, Picture, label, signed


def terms(p: Sequence[float], q: Sequence[float], outcomes: Sequence[str]) -> Picture:
    """Draw p and q side by side, and below each outcome its term p·ln(p/q) of the divergence.

    Parameters
    ----------
    p, q : sequence of float, length n
        Two distributions with positive entries.
    outcomes : sequence of str, length n
        What the outcomes are called.

    Returns
    -------
    Picture
        Terms in nats.
    """
    shares, total, place = np.multiply(p, np.log(np.divide(p, q))), kl_divergence(p, q), np.arange(len(p))
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 4.4), layout="constrained")
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
        for shift, heights, colour, name in ((-0.2, p, BLUE, "P"), (0.2, q, ORANGE, "Q")):
            bars = above.bar(place + shift, heights, 0.36, color=colour)
            above.bar_label(bars, [f"{name} {height:g}" for height in heights], color=colour, padding=2)
        above.set(yticks=[], title="what happens (P) and what was said (Q)", ylim=(0, 1.25 * max(*p, *q)))
        above.spines["left"].set_visible(False)
        above.tick_params(bottom=False)
        below.bar_label(
            below.bar(place, shares, 0.36, color=GREY), [signed(share) for share in shares], padding=2
        )
        below.axhline(0, color="black", linewidth=0.8)
        below.margins(y=0.3)
        below.set(yticks=[], title=f"p·ln(p/q) in nats; together {total:.4f}")
        below.set_xticks(place, outcomes)
        below.tick_params(bottom=False)
        below.spines[["left", "bottom"]].set_visible(False)
    each = "; ".join(
        f"{name}: P {a:g}, Q {b:g}, term {signed(share)}"
        for name, a, b, share in zip(outcomes, p, q, shares, strict=True)
    )
    return Picture(
        figure,
        f"Paired bars of P and Q, and below them each outcome's term in nats. {each}. Sum {total:.4f}.",
    )


def cost(p: Sequence[float], beliefs: dict[str, Sequence[float]]) -> Picture:
    """Draw the cost of each belief about p as a bar: the floor H(P), and on it the excess KL(P‖Q).

    Parameters
    ----------
    p : sequence of float, length n
        The distribution that the outcomes come from.
    beliefs : dict of str to sequence of float
        The distributions that are believed, by name.

    Returns
    -------
    Picture
        Costs in nats.
    """
    floor = float(entropy(p))
    excess = [float(kl_divergence(p, q)) for q in beliefs.values()]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 0.9 + 0.6 * len(beliefs)), layout="constrained")
        axes = figure.subplots()
        axes.barh(list(beliefs), floor, 0.6, color=BLUE)
        axes.barh(list(beliefs), excess, 0.6, left=floor, color=ORANGE)
        for row, part in enumerate(excess):
            axes.text(floor / 2, row, f"floor {floor:.4f}", color="white", ha="center", va="center")
            axes.text(floor + part, row, f"  +{part:.4f}", color=ORANGE, va="center")
        axes.set(
            xlabel="cost in nats: the floor H(P), then the excess KL(P‖Q)",
            xlim=(0, 1.35 * (floor + max(excess))),
        )
        axes.invert_yaxis()
        axes.tick_params(left=False)
        axes.spines["left"].set_visible(False)
    each = "; ".join(f"{name}: {floor:.4f} + {part:.4f}" for name, part in zip(beliefs, excess, strict=True))
    return Picture(
        figure, f"A bar for each belief, the floor H(P) in nats followed by the excess KL(P‖Q). {each}."
    )


def logarithm_and_tangent(ratios: Sequence[float]) -> Picture:
    """Draw ln x under its tangent x − 1, with the gap marked at the given ratios q/p.

    Parameters
    ----------
    ratios : sequence of float
        Positive numbers, the ratios q/p of a pair of distributions.

    Returns
    -------
    Picture
    """
    x = np.linspace(0.25, 2.2, 200)
    at = np.asarray(ratios, dtype=float)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 3.4), layout="constrained")
        axes = figure.subplots()
        axes.plot(x, x - 1, color=ORANGE)
        axes.plot(x, np.log(x), color=BLUE)
        axes.vlines(at, np.log(at), at - 1, color=GREY, linewidth=3)
        label(axes, 1.85, 0.95, "x − 1", ORANGE, ha="right")
        label(axes, 1.85, 0.42, "ln x", BLUE)
        axes.set(xlabel="x = q/p")
        axes.axhline(0, color="black", linewidth=0.5)
    gaps = ", ".join(f"{gap:.4f} at {ratio:.2f}" for ratio, gap in zip(at, at - 1 - np.log(at), strict=True))
    return Picture(
        figure, f"The curve ln x lies under the line x − 1 and touches it at x = 1 only. Gaps: {gaps}."
    )


def toward_zero(p: Sequence[float], belief: float = 1e-6) -> Picture:
    """Draw both directions of KL while the believed probability of the first outcome goes to zero.

    The belief gives the first outcome the probability t and shares the rest as p does.

    Parameters
    ----------
    p : sequence of float, length n
        A distribution with positive entries.
    belief : float
        The smallest t that is drawn.

    Returns
    -------
    Picture
        Divergences in nats, on a logarithmic axis of t.
    """
    t = np.geomspace(belief, p[0], 120)
    q = np.column_stack([t, np.outer(1 - t, np.divide(p[1:], np.sum(p[1:])))])
    forward, reverse = np.asarray(kl_divergence(p, q)), np.asarray(kl_divergence(q, p))
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 3.4), layout="constrained")
        axes = figure.subplots()
        axes.semilogx(t, forward, color=BLUE)
        axes.semilogx(t, reverse, color=ORANGE)
        label(axes, t[20], forward[20] + 0.08, "KL(P‖Q)", BLUE)
        label(axes, t[20], reverse[20] + 0.08, "KL(Q‖P)", ORANGE)
        axes.set(xlabel="probability that Q gives to the first outcome", ylabel="nats", ylim=(0, None))
    return Picture(
        figure,
        f"As Q's probability of an outcome that happens with probability {p[0]:g} falls to {belief:g}, "
        f"KL(P‖Q) climbs to {forward[0]:.2f} nats in a straight line against the logarithm, "
        f"while KL(Q‖P) levels off near {reverse[0]:.2f}.",
    )


def evidence(p: Sequence[float], q: Sequence[float], days: int, seed: int) -> Picture:
    """Draw the evidence for p against q as outcomes are drawn from p, beside its mean n·KL(P‖Q).

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
        Sums of ln(p/q) in nats.
    """
    seen = np.random.default_rng(seed).choice(len(p), size=(5, days), p=p)
    paths = np.log(np.divide(p, q))[seen].cumsum(axis=1)
    day, rate = np.arange(1, days + 1), float(kl_divergence(p, q))
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 3.4), layout="constrained")
        axes = figure.subplots()
        axes.plot(day, paths.T, color=GREY, linewidth=0.8)
        axes.plot(day, rate * day, color=BLUE, linewidth=2.5)
        label(axes, days, rate * days, " n·KL(P‖Q)", BLUE, va="center")
        axes.set(xlabel="days seen", ylabel="evidence for P in nats", xlim=(0, days * 1.32))
        axes.set_xticks(np.linspace(0, days, 4))
    ends = ", ".join(f"{end:.1f}" for end in paths[:, -1])
    return Picture(
        figure,
        f"Five simulated runs of {days} days scatter around the straight line n·KL(P‖Q), which ends at "
        f"{rate * days:.1f} nats; the runs end at {ends}.",
    )


def pinsker(pairs: int, seed: int) -> Picture:
    """Draw random pairs on three outcomes by total variation and divergence, above the curve 2·TV².

    Parameters
    ----------
    pairs : int
        How many pairs are drawn, uniformly on the simplex.
    seed : int
        Seed of the generator, so that the figure is repeatable.

    Returns
    -------
    Picture
        Divergences in nats.
    """
    p, q = np.random.default_rng(seed).dirichlet(np.ones(3), size=(2, pairs))
    variation, divergence = total_variation(p, q), kl_divergence(p, q)
    x = np.linspace(0, 1, 100)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 3.4), layout="constrained")
        axes = figure.subplots()
        axes.plot(variation, divergence, "o", markersize=2.5, color=GREY, alpha=0.6)
        axes.plot(x, 2 * x**2, color=ORANGE, linewidth=2)
        label(axes, 0.86, 1.0, "2·TV²", ORANGE)
        axes.set(xlabel="total variation", ylabel="KL(P‖Q) in nats", xlim=(0, 1), ylim=(0, 3))
    return Picture(
        figure,
        f"{pairs} random pairs by total variation and KL(P‖Q): every one lies on or above the curve 2·TV²; "
        f"the smallest margin is {np.min(divergence - 2 * variation**2):.4f} nats.",
    )
