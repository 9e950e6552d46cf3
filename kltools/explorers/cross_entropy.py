"""The explorer of the chapter on cross-entropy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np

from kltools import cross_entropy, entropy
from kltools._palette import BLACK, BLUE, GREY, ORANGE
from kltools.explorers import _drawing as draw
from kltools.explorers._explorer import Explorer, Prediction, Quantity, computed, shown, surprisal


def floor_and_excess(p: Sequence[float], counts: Sequence[int], outcomes: Sequence[str]) -> Explorer:
    """Choose a belief about p, guess what it costs, and try to get below the floor.

    Each outcome is a box, as wide as it is frequent and as high as it surprises who believes the
    forecast, with the outline of the box for who knows p, as in `figures.surprise_areas`. The bar below
    them is the cost: the floor H(P), and on it the excess.

    Parameters
    ----------
    p : sequence of float, length n
        What happens, with positive entries.
    counts : sequence of int, length n
        The belief to begin with, in days of each outcome, 0 to 10.
    outcomes : sequence of str, length n
        What the outcomes are called: words that can be names.

    Returns
    -------
    Explorer
        Costs in nats.

    Examples
    --------
    >>> from kltools.explorers import floor_and_excess
    >>> forecast = floor_and_excess([0.2, 0.5, 0.3], [3, 4, 3], ["rain", "cloud", "sun"])
    >>> print(f"{forecast.values(reveal=True)['excess']:.4f} nats")
    0.0305 nats
    """
    size = len(p)
    ask = Prediction("H(P, Q)", 0, 3, 0.01, 1.5, hides=("excess",))
    quantities = [
        Quantity("H(P)", "knowing"),
        Quantity("H(P, Q)", "isValid(believing) ? believing : null"),
        Quantity("excess", "isValid(believing) ? believing - knowing : null"),
    ]
    chart = alt.vconcat(_boxes(p, outcomes), _bar(), shown(quantities, ask)).add_params(
        *draw.days(outcomes, counts, "Her days of {}"),
        *ask.parameters,
        computed("p", draw.array(p)),
        computed("q", draw.shares(outcomes)),
        computed("knowing", draw.cross_entropy(size, "p", "p")),
        computed("believing", draw.cross_entropy(size)),
    )

    def values(**counts: float) -> dict[str, float | None]:
        said, floor = list(counts.values()), float(entropy(p))
        if not any(said):
            return {"H(P)": floor, "H(P, Q)": None, "excess": None}
        cost = float(cross_entropy(p, np.divide(said, sum(said))))
        return {"H(P)": floor, "H(P, Q)": cost, "excess": cost - floor}

    each = "; ".join(
        f"{name}: {a:g} wide, {-np.log(b):.4f} high for who believes and {-np.log(a):.4f} for who knows"
        for name, a, b in zip(outcomes, p, np.divide(counts, sum(counts)), strict=True)
    )
    settings = (counts, *draw.corners(size), [round(10 * share) for share in p])
    return Explorer(
        "floor_and_excess",
        chart,
        f"A box for each outcome, as wide as it is frequent and as high as it surprises, in nats. {each}. "
        f"Below them a bar, the floor of {entropy(p):.4f}. How far beyond it does the cost reach?",
        values,
        [dict(zip(outcomes, row, strict=True)) for row in settings],
        ask,
    )


def _boxes(p: Sequence[float], outcomes: Sequence[str]) -> alt.LayerChart:
    """Draw the surprise of who believes q, filled, and of who knows p, as an outline."""
    x, y = draw.across("left", 1, []), draw.up(3.2, range(4))
    boxes = (
        draw.table(*({"i": i, "outcome": name} for i, name in enumerate(outcomes)))
        .transform_calculate(p="p[datum.i]", q="q[datum.i]")
        .transform_window(right="sum(p)")
        .transform_calculate(left="datum.right - datum.p", middle="datum.right - datum.p / 2")
    )
    # A box that is higher than the chart, or infinite, ends above it; its label does not.
    believed = boxes.transform_filter("isValid(datum.q)").transform_calculate(
        y=f"min({surprisal('datum.q')}, 4)",
        under="min(datum.y, 2.9)",
        text="'Q ' + format(datum.q, '.2f') + (datum.q == 0 ? ': ∞' : '')",
    )
    known = boxes.transform_calculate(
        y=surprisal("datum.p"), text="datum.outcome + ' ' + format(datum.p, '.1f')"
    )
    box: dict[str, Any] = {"x": x, "x2": "right", "y": y, "y2": alt.datum(0)}
    return draw.picture(
        believed.mark_rect(color=ORANGE, fillOpacity=0.25, stroke=ORANGE, clip=True).encode(**box),
        known.mark_rect(filled=False, stroke=BLUE, strokeWidth=2).encode(**box),
        draw.label(believed, ORANGE, dy=-8).encode(x="middle:Q", y="under:Q"),
        draw.label(known, BLUE, y=draw.UP + 12).encode(x="middle:Q"),
        draw.label(draw.once("!isValid(believing)"), BLACK, "no days, no belief"),
        title="Width: P. Height: surprise in nats.",
    )


def _bar() -> alt.LayerChart:
    """Draw the floor and the guess, and the cost once it is revealed."""
    x = draw.across("x", 3, range(4), "nats a day")
    floor, guess = draw.once(x="knowing"), draw.once(x="guess")
    cost = draw.once("reveal && isValid(believing)", x="knowing", to="min(believing, 3)")
    bar: dict[str, Any] = {"height": 22, "fillOpacity": 0.25, "strokeWidth": 2}
    return draw.picture(
        floor.mark_bar(color=BLUE, stroke=BLUE, **bar).encode(x=x),
        cost.mark_bar(color=ORANGE, stroke=ORANGE, **bar).encode(x=x, x2="to"),
        draw.label(floor, BLUE, "floor H(P)", x=6, align="left"),
        draw.label(cost, ORANGE, "excess", **draw.beside("believing", 2)).encode(x="to:Q"),
        guess.mark_tick(color=GREY, size=38, thickness=3, opacity=1).encode(x=x),
        draw.label(guess, GREY, "guess", y=-5, **draw.beside("guess", 1.5)).encode(x=x),
        title="Cost",
        height=44,
    )
