"""What the chapters' explorers draw with, and the sums over outcomes that they share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt

from kltools._palette import GREY
from kltools.explorers._explorer import divergence, expected, slider, surprisal

# Of a chart, in pixels: a line's name has room beside it, and a phone shows the controls as well.
ACROSS, UP = 272, 180


def days(outcomes: Sequence[str], counts: Sequence[int], label: str) -> list[alt.Parameter]:
    """Make a control for the number of days of each outcome; the label has a place for the outcome's name."""
    return [
        slider(name, label.format(name), count, 0, 10, 1)
        for name, count in zip(outcomes, counts, strict=True)
    ]


def corners(size: int) -> list[list[int]]:
    """List telling numbers of days: all alike, one rare, two alone, one alone."""
    return [[5] * size, [1, *[10] * (size - 1)], [5, 5, *[0] * (size - 2)], [10, *[0] * (size - 1)]]


def shares(outcomes: Sequence[str]) -> str:
    """Return the Vega expression of the distribution that the days stand for; of no days at all, nan."""
    whole = " + ".join(outcomes)
    return f"[{', '.join(f'{name} / ({whole})' for name in outcomes)}]"


def number(value: float) -> str:
    """Return the Vega expression of a given number: the digits on which all processors agree."""
    return f"{value:.13g}"


def array(values: Sequence[float]) -> str:
    """Return the Vega expression of some given numbers."""
    return f"[{', '.join(map(number, values))}]"


def over(size: int, term: Callable[[str, str], str], p: str = "p", q: str = "q") -> str:
    """Return the Vega expression of a sum over the outcomes of two distributions."""
    return " + ".join(term(f"{p}[{i}]", f"{q}[{i}]") for i in range(size))


def cross_entropy(size: int, p: str = "p", q: str = "q") -> str:
    """Return the Vega expression of H(P, Q) in nats; of H(P), if both are the same."""
    return over(size, lambda a, b: expected(a, surprisal(b)), p, q)


def kl_divergence(size: int, p: str = "p", q: str = "q") -> str:
    """Return the Vega expression of KL(P‖Q) in nats."""
    return over(size, divergence, p, q)


def weighted_log(p: str, q: str) -> str:
    """Return the Vega expression of p·ln(p/q), for curves: no pixel needs the digits of `divergence`."""
    return expected(p, f"log({p} / {q})")


def across(field: str, most: float, ticks: Sequence[float], title: str | None = None) -> alt.X:
    """Make a fixed scale from 0, so that what moves is the mark."""
    return alt.X(f"{field}:Q", title=title, scale=_fixed(most), axis=alt.Axis(values=list(ticks), grid=False))


def up(most: float, ticks: Sequence[float]) -> alt.Y:
    """Make a fixed scale from 0 for the field y; its title is the chart's."""
    return alt.Y("y:Q", title=None, scale=_fixed(most), axis=alt.Axis(values=list(ticks), grid=False))


def _fixed(most: float) -> alt.Scale:
    return alt.Scale(domain=[0, most], nice=False)


def table(*rows: Mapping[str, object]) -> alt.Chart:
    """Make a chart of given rows."""
    chart: alt.Chart = alt.Chart(alt.Data(values=rows))  # type: ignore[no-untyped-call]
    return chart


def once(condition: str = "true", **fields: str) -> alt.Chart:
    """Make a chart of one row, with fields computed from the controls, that is there on a condition."""
    chart: alt.Chart = table({}).transform_filter(condition).transform_calculate(**fields)
    return chart


def label(chart: alt.Chart, colour: str, text: str | None = None, **place: Any) -> alt.Chart:
    """Write a text, or else the field `text`, in the colour of what it names."""
    written = "text:N" if text is None else alt.datum(text)
    marks: alt.Chart = chart.mark_text(color=colour, fontWeight="bold", **place).encode(text=written)
    return marks


def beside(place: str, middle: float | str) -> dict[str, Any]:
    """Set a text to that side of a place at which it stays in the frame: no size depends on what is shown."""
    beyond = f"{place} > {middle}"
    return {"align": alt.ExprRef(f"{beyond} ? 'right' : 'left'"), "dx": alt.ExprRef(f"{beyond} ? -10 : 10")}


def tick(chart: alt.Chart, x: alt.X, y: alt.Y) -> alt.Chart:
    """Mark a height at a place."""
    mark = chart.mark_tick(color=GREY, size=16, thickness=3, opacity=1, orient="horizontal")
    marks: alt.Chart = mark.encode(x=x, y=y)
    return marks


def point(chart: alt.Chart, colour: str, size: int = 70) -> alt.Chart:
    """Mark a point."""
    marks: alt.Chart = chart.mark_point(color=colour, filled=True, size=size, opacity=1)
    return marks


def level(
    height: str, name: str, y: alt.Y, colour: str, condition: str = "true", **style: Any
) -> list[alt.Chart]:
    """Draw a line across the chart, and its name beside it."""
    line = once(condition, y=height)
    return [
        line.mark_rule(color=colour, strokeWidth=2, clip=True, **style).encode(y=y),
        label(line, colour, name, align="left", x=ACROSS + 4).encode(y=y),
    ]


def picture(*layers: alt.Chart, title: str, height: int = UP) -> alt.LayerChart:
    """Put layers into one chart."""
    chart = alt.LayerChart(layer=layers)
    return chart.properties(width=ACROSS, height=height, title=title)
