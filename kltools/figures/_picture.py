"""A figure of the course: its colours, its style, and its description in words."""

from __future__ import annotations

import io
from functools import cached_property
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

STYLE: dict[Any, Any] = {
    "svg.hashsalt": "kltools",
    "svg.fonttype": "path",
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
}


class Picture:
    """A figure together with its description in words.

    Jupyter shows it as SVG. Its text form is the description, computed from the same numbers as
    the drawing; the site uses it as the alternative text.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
        The drawing.
    description : str
        What it shows, for a reader who does not see it.
    """

    def __init__(self, figure: Figure, description: str) -> None:
        self.figure = figure
        self.description = description

    @cached_property
    def svg(self) -> str:
        """The drawing as SVG; drawn once, since laying a figure out again moves it by a hair."""
        stream = io.StringIO()
        with mpl.rc_context(STYLE):
            self.figure.savefig(stream, format="svg", metadata={"Date": None})
        return stream.getvalue()

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return self.description


def signed(value: float) -> str:
    """Write a number with its sign, as on the page."""
    return f"{value:+.4f}".replace("-", "−")


def label(axes: Axes, x: float, y: float, text: str, colour: str, **options: Any) -> None:
    """Write a line's name beside it, so that no legend is needed."""
    axes.text(x, y, text, color=colour, fontweight="bold", **options)
