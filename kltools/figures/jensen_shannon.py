"""The figures of the chapter on the Jensen–Shannon divergence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kltools import jeffreys_divergence, js_distance, js_divergence
from kltools._palette import BLUE, GREEN, GREY, ORANGE
from kltools.figures._picture import STYLE, Picture, label

ENDS, FAIR = ([1.0, 0.0], [0.0, 1.0]), [0.5, 0.5]


def mixture(p: Sequence[float], q: Sequence[float], outcomes: Sequence[str]) -> Picture:
    """Draw p, q and their mixture m side by side, and below each outcome what it adds to the JSD.

    Parameters
    ----------
    p, q : sequence of float, length n
        Two distributions with positive entries.
    outcomes : sequence of str, length n
        What the outcomes are called.

    Returns
    -------
    Picture
        Shares in nats.
    """
    m, place = np.add(p, q) / 2, np.arange(len(p))
    shares = (p * np.log(p / m) + q * np.log(q / m)) / 2
    total = js_divergence(p, q)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 4.4), layout="constrained")
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
        for shift, heights, colour, name in (
            (-0.27, p, BLUE, "P"),
            (0, m, GREEN, "M"),
            (0.27, q, ORANGE, "Q"),
        ):
            bars = above.bar(place + shift, heights, 0.25, color=colour)
            above.bar_label(bars, [f"{name}\n{height:g}" for height in heights], color=colour, padding=2)
        above.set(yticks=[], title="two towns (P and Q) and their mixture (M)", ylim=(0, 1.35 * max(*p, *q)))
        above.spines["left"].set_visible(False)
        above.tick_params(bottom=False)
        bars = below.bar(place, shares, 0.25, color=GREY)
        below.bar_label(bars, [f"{share:.4f}" for share in shares], padding=2)
        below.margins(y=0.3)
        below.set(yticks=[], title=f"added to the JSD, in nats; together {total:.4f}")
        below.set_xticks(place, outcomes)
        below.tick_params(bottom=False)
        below.spines["left"].set_visible(False)
    each = "; ".join(
        f"{name}: P {a:g}, M {c:g}, Q {b:g}, adds {share:.4f}"
        for name, a, c, b, share in zip(outcomes, p, m, q, shares, strict=True)
    )
    return Picture(
        figure,
        f"Bars of P, Q and between them M, half-way; below, what each outcome adds to the JSD in nats. "
        f"{each}. Sum {total:.4f}.",
    )


def moved_apart(steps: int = 200) -> Picture:
    """Draw half the Jeffreys divergence and the JSD of two coins that lean opposite ways, ever more so.

    One coin shows heads with probability 1/2 + s, the other with 1/2 − s.

    Parameters
    ----------
    steps : int
        How many values of s are drawn, from 0 up to 1/2.

    Returns
    -------
    Picture
        Divergences in nats, by the total variation 2s.
    """
    heads = np.linspace(0.5, 1, steps)
    one, other = np.column_stack([heads, 1 - heads]), np.column_stack([1 - heads, heads])
    half_jeffreys = np.asarray(jeffreys_divergence(one, other)) / 2
    shannon = np.asarray(js_divergence(one, other))
    variation, seen = 2 * heads - 1, half_jeffreys < 2.2
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 3.4), layout="constrained")
        axes = figure.subplots()
        axes.plot(variation[seen], half_jeffreys[seen], color=ORANGE)
        axes.plot(variation, shannon, color=GREEN, linewidth=2)
        axes.plot(variation[4 * shannon < 2.2], 4 * shannon[4 * shannon < 2.2], "--", color=GREEN)
        axes.axhline(np.log(2), color=GREY, linewidth=0.8)
        label(axes, 0.78, 1.95, "J/2 ", ORANGE, ha="right")
        label(axes, 0.86, 1.5, "4·JSD", GREEN)
        label(axes, 0.8, 0.2, "JSD", GREEN)
        axes.text(0.02, np.log(2) + 0.04, "ln 2", color=GREY)
        axes.set(xlabel="total variation of the two coins", ylabel="nats", xlim=(0, 1.12), ylim=(0, 2.2))
    return Picture(
        figure,
        f"Two coins lean opposite ways. As their total variation goes from 0 to 1, the JSD rises to "
        f"{shannon[-1]:.4f} nats and no further, while half the Jeffreys divergence grows to infinity. "
        f"Near 0 it runs along four times the JSD: at total variation {variation[steps // 5]:.2f} the two "
        f"are {half_jeffreys[steps // 5]:.3f} and {4 * shannon[steps // 5]:.3f}.",
    )


def sources(p: Sequence[float], q: Sequence[float], outcomes: Sequence[str]) -> Picture:
    """Draw how likely each of two sources is once an outcome is seen, in columns as wide as it is frequent.

    A fair coin chooses the source. The area of a piece is the probability of source and outcome together.

    Parameters
    ----------
    p, q : sequence of float, length n
        The two distributions; no outcome has probability 0 under both.
    outcomes : sequence of str, length n
        What the outcomes are called.

    Returns
    -------
    Picture
    """
    width = np.add(p, q) / 2
    from_p = np.asarray(p) / (2 * width)
    left = width.cumsum() - width
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 3.2), layout="constrained")
        axes = figure.subplots()
        columns: dict[str, Any] = {"width": width, "align": "edge", "edgecolor": "white", "linewidth": 2}
        axes.bar(left, from_p, color=BLUE, **columns)
        axes.bar(left, 1 - from_p, bottom=from_p, color=ORANGE, **columns)
        for at, share in zip(left + width / 2, from_p, strict=True):
            for height, name, value in ((share / 2, "P", share), ((1 + share) / 2, "Q", 1 - share)):
                axes.text(at, height, f"{name} {value:.2f}", color="white", ha="center", va="center")
        axes.axhline(0.5, color="white", linestyle=":")
        axes.set(yticks=[], title="which town, once the weather is seen", xlim=(0, 1), ylim=(0, 1))
        axes.set_xticks(left + width / 2, outcomes)
        axes.tick_params(bottom=False)
        axes.spines[["left", "bottom"]].set_visible(False)
    each = "; ".join(
        f"{name} (width {part:.2f}): P {share:.2f}, Q {1 - share:.2f}"
        for name, part, share in zip(outcomes, width, from_p, strict=True)
    )
    return Picture(
        figure,
        f"A column for each outcome, as wide as it is frequent in the mixture, cut into the probabilities "
        f"of the two sources. {each}.",
    )


def slide(bump: Sequence[float], places: int) -> Picture:
    """Draw the JSD of a bump and its copy, moved to the right one bin at a time.

    Parameters
    ----------
    bump : sequence of float
        Positive probabilities on neighbouring bins.
    places : int
        How far the copy is moved, in bins.

    Returns
    -------
    Picture
        Divergences in bits.
    """
    moves = np.arange(places + 1)
    line = np.zeros((places + 1, len(bump) + places))
    for move in moves:
        line[move, move : move + len(bump)] = bump
    divergence = np.asarray(js_divergence(line[0], line, base=2))
    flat = len(bump)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 3), layout="constrained")
        axes = figure.subplots()
        axes.plot(moves, divergence, "o-", color=GREEN)
        label(axes, flat / 2 + 0.4, 0.45, "JSD", GREEN)
        axes.text((flat + places) / 2, 0.88, "no overlap, no slope", color=GREY, ha="center")
        axes.set(xlabel="how far one copy is moved, in bins", ylabel="bits", ylim=(0, 1.08))
    return Picture(
        figure,
        f"The JSD of a bump and its moved copy, in bits: {', '.join(f'{d:.2f}' for d in divergence)} for "
        f"moves of 0 to {places} bins. From {flat} bins on the two do not overlap, and it stays the same.",
    )


def triangle() -> Picture:
    """Draw three coins as a triangle whose sides are JSDs, which cannot close, and roots, which do.

    The coins always show heads, show heads half of the time, and never do.

    Returns
    -------
    Picture
        Divergences in bits.
    """
    base, arm = float(js_divergence(*ENDS, base=2)), float(js_divergence(ENDS[0], FAIR, base=2))
    root_base, root_arm = float(js_distance(*ENDS, base=2)), float(js_distance(ENDS[0], FAIR, base=2))
    height = (root_arm**2 - (root_base / 2) ** 2) ** 0.5
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 3), layout="constrained")
        above, below = figure.subplots(2, 1, height_ratios=[0.4, 0.6])
        _sides(above, base, [(arm, 0.02), (base - arm, 0.02)], f"{arm:.3f}", f"JSD {base:g}")
        _sides(
            below,
            root_base,
            [(root_base / 2, height)] * 2,
            f"{root_arm:.3f}",
            f"its root {root_base:g}",
        )
        above.set_ylim(-0.16, 0.16)
        below.set_ylim(-0.16, 0.3)
    return Picture(
        figure,
        f"Three coins as corners: always heads, fair, never heads. With the JSD for length, the base is "
        f"{base:.3f} and the two arms are {arm:.3f} each, {2 * arm:.3f} together: they do not meet. With its "
        f"root, the base is {root_base:.3f} and the arms are {root_arm:.3f}, and the triangle closes.",
    )


def change(gains: Sequence[float], chance: float) -> Picture:
    """Draw the evidence for a change after each week, and the most that shuffled weeks have given.

    Parameters
    ----------
    gains : sequence of float
        For each split, from after week 1 on, the rise of the log-likelihood in nats.
    chance : float
        The largest rise in a year whose weeks were shuffled.

    Returns
    -------
    Picture
        Evidence in nats.
    """
    week, peak = np.arange(1, len(gains) + 1), int(np.argmax(gains))
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5, 3), layout="constrained")
        axes = figure.subplots()
        axes.plot(week, gains, color=GREEN, linewidth=2)
        axes.plot(week[peak], gains[peak], "o", color=GREEN)
        label(axes, week[peak], gains[peak] * 1.04, f"after week {week[peak]}", GREEN, ha="center")
        axes.axhline(chance, color=GREY, linestyle="--", linewidth=1)
        axes.text(1, chance * 1.04, "best of the shuffles", color=GREY)
        axes.set(
            xlabel="where the year is split, in weeks",
            ylabel="evidence in nats",
            ylim=(0, 1.18 * max(*gains, chance)),
        )
    return Picture(
        figure,
        f"The evidence for a change after each of {len(gains)} weeks. It peaks after week {week[peak]} with "
        f"{gains[peak]:.2f} nats; the best of the shuffled years, a dashed line, has {chance:.2f}.",
    )


def _sides(axes: Axes, base: float, tips: Sequence[tuple[float, float]], arm: str, below: str) -> None:
    """A base from 0 to `base`, and an arm from each end of it to its tip."""
    axes.plot([0, base], [0, 0], color=GREY, linewidth=2)
    for end, (x, y) in zip((0, base), tips, strict=True):
        axes.plot([end, x], [0, y], "o-", color=GREEN, linewidth=2.5, markevery=[1])
        label(axes, (end + x) / 2, y / 2 + 0.05, arm, GREEN, ha="right" if end == 0 else "left")
    axes.text(base / 2, -0.1, below, color=GREY, ha="center")
    axes.text(0, -0.1, "always heads", color=GREY)
    axes.text(base, -0.1, "never", color=GREY, ha="right")
    axes.set_axis_off()
    axes.set_aspect("equal")
