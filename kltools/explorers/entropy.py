"""The explorer of the chapter on entropy."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np

from kltools import entropy
from kltools._palette import BLACK, BLUE, GREY, ORANGE
from kltools.explorers import _drawing as draw
from kltools.explorers._explorer import Explorer, Prediction, Quantity, computed, shown


def average_surprise(counts: Sequence[int], outcomes: Sequence[str]) -> Explorer:
    """Set the days of each outcome, and guess how surprising the average day is.

    Each outcome is a block, its probability wide and its surprise high, as in `figures.surprise`. The
    answer is the height at which the blocks stand when they are leveled: the entropy.

    Parameters
    ----------
    counts : sequence of int, length n
        How many days of each outcome there are to begin with, 0 to 10.
    outcomes : sequence of str, length n
        What the outcomes are called: words that can be names.

    Returns
    -------
    Explorer
        Entropies in bits.

    Examples
    --------
    >>> from kltools.explorers import average_surprise
    >>> sky = average_surprise([2, 5, 3], ["rain", "cloud", "sun"])
    >>> print(f"{sky.values(reveal=True)['H(P)']:.4f} bits")
    1.4855 bits
    """
    size = len(outcomes)
    ask = Prediction("H(P)", 0, 1.6, 0.01, 0.5)
    chart = alt.vconcat(
        _blocks(outcomes), shown([Quantity("H(P)", "isValid(average) ? average : null", "bits")], ask)
    ).add_params(
        *draw.days(outcomes, counts, "Days of {}"),
        *ask.parameters,
        computed("p", draw.shares(outcomes)),
        computed("average", f"({draw.cross_entropy(size, 'p', 'p')}) / LN2"),
    )

    def values(**counts: float) -> dict[str, float | None]:
        found = list(counts.values())
        return {"H(P)": float(entropy(found, base=2, normalize=True)) if any(found) else None}

    each = "; ".join(
        f"{name}: {p:.2f} wide, {-np.log2(p):.4f} bits high" if p else f"{name}: never"
        for name, p in zip(outcomes, np.divide(counts, sum(counts)), strict=True)
    )
    return Explorer(
        "average_surprise",
        chart,
        f"A block for each outcome, its probability wide and its surprise high. {each}. "
        "How high do they stand when they are leveled?",
        values,
        [dict(zip(outcomes, row, strict=True)) for row in (counts, *draw.corners(size))],
        ask,
    )


def _blocks(outcomes: Sequence[str]) -> alt.LayerChart:
    """Draw the blocks with the guess, and their mean height once it is revealed."""
    x, y = draw.across("left", 1, [0, 0.5, 1]), draw.up(5, range(6))
    blocks = (
        draw.table(*({"i": i, "outcome": name} for i, name in enumerate(outcomes)))
        .transform_calculate(p="p[datum.i]")
        .transform_filter("datum.p > 0")
        .transform_window(right="sum(p)")
        .transform_calculate(
            left="datum.right - datum.p",
            middle="datum.right - datum.p / 2",
            y="-log(datum.p) / LN2",
            text="datum.outcome + ' ' + format(datum.p, '.2f')",
        )
    )
    return draw.picture(
        blocks.mark_rect(color=BLUE, fillOpacity=0.25, stroke=BLUE).encode(
            x=x, x2="right", y=y, y2=alt.datum(0)
        ),
        draw.label(blocks, BLUE, dy=-8).encode(x="middle:Q", y=y),
        *draw.level("guess", "guess", y, GREY),
        *draw.level("average", "H(P)", y, ORANGE, "reveal", strokeDash=[6, 4]),
        draw.label(draw.once("!isValid(average)"), BLACK, "no days, no distribution"),
        title="Width: probability. Height: surprise in bits.",
    )
