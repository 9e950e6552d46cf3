"""An explorer: a chart with controls, its values, and the same values by kltools.

How one is made, so that the site, JupyterLab and the tests can all handle it:

- Its controls are top-level parameters with a binding, each with a label to read (`slider`, `typed`,
  `choice`). What is computed from them is a parameter with an expression (`computed`), or a transform. Only
  variable parameters: a selection would be numbered by how many charts were made before it.
- Its numbers are those of one view named "shown", whose data have the fields `name`, `value` (a number; null
  before the answer is revealed), `unit` and `text`, the value as it is written. `shown` makes the usual one,
  a list below the chart, in whose place the site puts a table. A view that labels a drawing directly can be
  named "shown" instead, if its data have these fields, and is kept.
- It asks first: a `Prediction` is a slider and a box to tick, and hides what it asks for until that is done.
- Its `values(**settings)` are computed by kltools, and the tests compare them with what a browser shows.
- Its colours are those of the figures, which the site exchanges in the dark; no other has a partner there.
- Its size does not depend on what it shows: text stays inside the frame of its chart, and where a system has
  other fonts, nothing moves.
"""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import altair as alt

from kltools._palette import BLACK, GREY

OFF_BY = "off by"
WIDTH = 300  # of a chart, so that with its labels it fits a phone

Setting: TypeAlias = float | bool | str
Chart: TypeAlias = alt.Chart | alt.LayerChart | alt.VConcatChart | alt.HConcatChart

VEGA_LITE = "application/vnd.vegalite.v5+json"  # what JupyterLab draws, and nbformat accepts

STYLE = {
    "background": "white",
    # vl-convert carries the first, so that a picture is the same on every machine; the second is as wide.
    "font": "Liberation Sans, Arial, sans-serif",
    "view": {"stroke": None},
    "title": {"anchor": "start", "color": BLACK, "fontSize": 13, "fontWeight": "normal", "offset": 8},
    "axis": {
        "domainColor": GREY,
        "gridColor": GREY,
        "gridOpacity": 0.2,
        "labelColor": BLACK,
        "labelFontSize": 12,
        "tickColor": GREY,
        "titleColor": BLACK,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    },
    "text": {"color": BLACK, "fontSize": 12},
    "bar": {"color": GREY},
    "line": {"color": GREY},
    "point": {"color": GREY},
    "rule": {"color": GREY},
    "concat": {"spacing": 16},
}


def slider(name: str, label: str, start: float, least: float, most: float, step: float) -> alt.Parameter:
    """Make a control that is dragged, or moved by the arrow keys."""
    return alt.param(
        name=name, value=start, bind=alt.binding_range(min=least, max=most, step=step, name=label)
    )


def typed(name: str, label: str, start: str) -> alt.Parameter:
    """Make a control that is typed in."""
    return alt.param(name=name, value=start, bind=alt.binding(input="text", name=label))


def choice(name: str, label: str, options: Sequence[str]) -> alt.Parameter:
    """Make a control of which one option is taken; the first, to start with."""
    return alt.param(name=name, value=options[0], bind=alt.binding_radio(options=list(options), name=label))


def computed(name: str, expression: str) -> alt.Parameter:
    """Make a parameter from a Vega expression; those that it uses have to stand before it."""
    return alt.param(name=name, expr=expression)


def surprisal(q: str) -> str:
    """Return the Vega expression of −ln q, which is ∞ at 0."""
    return f"-log({q})"


def expected(p: str, amount: str) -> str:
    """Return the Vega expression of p·amount, which is 0 where p is 0, whatever the amount."""
    return f"({p} == 0 ? 0 : {p} * ({amount}))"


def divergence(p: str, q: str) -> str:
    """Return the Vega expression of b(p, q) = p ln(p/q) − p + q, whose sum over the outcomes is KL(P‖Q).

    It is never negative, and keeps its digits where p is close to q: with s = (p − q)/(p + q) it is there the
    series s·(p − q) + 2ps·(s²/3 + s⁴/5 + …), as in kltools, but with the few terms that so small an s needs.
    """
    d, s = f"({p} - {q})", f"(({p} - {q}) / ({p} + {q}))"
    square = f"pow({s}, 2)"
    near = f"{s} * ({d} + 2 * {p} * {square} * (1/3 + {square} * (1/5 + {square} * (1/7 + {square} / 9))))"
    return f"({p} == 0 ? {q} : abs({s}) < 0.02 ? {near} : {p} * log({p} / {q}) - {d})"


def written(value: float | None, digits: int = 4) -> str:
    """Write a value as the explorers do: `digits` decimals, or two digits where it is smaller than those."""
    if value is None:
        return "?"
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞"
    if 0 < abs(value) < 0.5 * 10**-digits:
        mantissa, _, exponent = f"{value:.1e}".partition("e")
        return f"{mantissa}e{int(exponent)}".replace("-", "−")
    return f"{value + 0.0:.{digits}f}".replace("-", "−")


def as_written(value: str, digits: int = 4) -> str:
    """Return the Vega expression of `written`."""
    tiny = f"{value} != 0 && abs({value}) < {0.5 * 10**-digits}"
    number = f"replace(format({value}, {tiny} ? '.1e' : '.{digits}f'), 'e-', 'e−')"
    return f"!isValid({value}) ? '?' : isFinite({value}) ? {number} : {value} > 0 ? '∞' : '−∞'"


@dataclass(frozen=True)
class Quantity:
    """A number that an explorer shows: its name, the Vega expression that it is, and its unit.

    The unit is a text, or a parameter that is one.
    """

    name: str
    expression: str
    unit: str | alt.Parameter = "nats"


@dataclass(frozen=True)
class Prediction:
    """The guess that a reader is asked for, with a slider, before the answer is revealed.

    Attributes
    ----------
    of : str
        The quantity that is guessed.
    least, most, step, start : float
        The slider.
    hides : tuple of str
        The quantities that would give the answer away, hidden until then as well.
    """

    of: str
    least: float
    most: float
    step: float
    start: float
    hides: tuple[str, ...] = ()

    @property
    def guess(self) -> str:
        return f"your guess of {self.of}"

    @property
    def parameters(self) -> tuple[alt.Parameter, alt.Parameter]:
        reveal = alt.binding_checkbox(name="Show the answer")
        return (
            slider("guess", f"Guess first: {self.of} is", self.start, self.least, self.most, self.step),
            alt.param(name="reveal", value=False, bind=reveal),
        )

    def hidden(self, name: str) -> bool:
        return name == self.of or name in self.hides


def shown(quantities: Sequence[Quantity], prediction: Prediction) -> alt.Chart:
    """List the values of an explorer: the guess, every quantity, and how far the guess was off."""
    asked = next(quantity for quantity in quantities if quantity.name == prediction.of)
    missed = f"isValid({asked.expression}) ? abs(guess - ({asked.expression})) : null"
    rows = [
        (prediction.guess, "guess", asked.unit),
        *(
            (
                quantity.name,
                f"reveal ? ({quantity.expression}) : null"
                if prediction.hidden(quantity.name)
                else quantity.expression,
                quantity.unit,
            )
            for quantity in quantities
        ),
        (OFF_BY, f"reveal ? {missed} : null", asked.unit),
    ]
    units = [unit if isinstance(unit, str) else unit.name for _, _, unit in rows]
    quoted = [
        json.dumps(u, ensure_ascii=False) if isinstance(row[2], str) else u
        for row, u in zip(rows, units, strict=True)
    ]
    listed = [{"row": place, "name": name} for place, (name, _, _) in enumerate(rows)]
    chart: alt.Chart = (
        alt.Chart(
            alt.Data(values=listed),  # type: ignore[no-untyped-call]
            name="shown",
            width=WIDTH,
            height={"step": 19},
        )
        .transform_calculate(value=f"[{', '.join(value for _, value, _ in rows)}][datum.row]")
        .transform_calculate(unit=f"[{', '.join(quoted)}][datum.row]")
        .transform_calculate(text=as_written("datum.value"))
        .transform_calculate(
            line="datum.name + ': ' + datum.text + (isValid(datum.value) ? ' ' + datum.unit : '')"
        )
        .mark_text(align="left", baseline="middle", x=0)
        .encode(y=alt.Y("row:O", axis=None), text="line:N")
    )
    return chart


DRAW = "import json, sys, vl_convert; sys.stdout.write(vl_convert.vegalite_to_svg(json.load(sys.stdin)))"


@cache
def drawn(spec: str) -> str:
    """Draw in a process of its own: the threads of vl-convert do not survive a fork, and forks are common."""
    drawing = subprocess.run(
        [sys.executable, "-c", DRAW], input=spec, capture_output=True, check=True, encoding="utf-8"
    )
    return drawing.stdout


class Explorer:
    """A chart with controls, for JupyterLab and the site, that says in words and numbers what it shows.

    Attributes
    ----------
    name : str
        What it is called in addresses: `page.html?name.parameter=0.3#name`.
    spec : dict
        The chart in Vega-Lite.
    description : str
        What it shows as it starts, for a reader who does not see it.
    table : list of dict
        What it shows, answers included, at a few settings of its controls.
    """

    def __init__(
        self,
        name: str,
        chart: Chart,
        description: str,
        values: Callable[..., Mapping[str, float | None]],
        settings: Iterable[Mapping[str, Any]],
        prediction: Prediction,
        hints: Mapping[str, Any] | None = None,
    ) -> None:
        """Take a chart, its quantities as a function of its settings by kltools, and settings to list."""
        self.name = name
        self.description = description
        self.prediction = prediction
        self._values = values
        spec: dict[str, Any] = json.loads(chart.properties(config=STYLE, padding=4).to_json())
        spec["$schema"] = "https://vega.github.io/schema/vega-lite/v5.json"
        self.controls: dict[str, dict[str, Any]] = {
            parameter["name"]: parameter for parameter in spec["params"] if "bind" in parameter
        }
        self.table = [self._row(setting) for setting in settings]
        start = [{"name": name, "text": written(value)} for name, value in self.values().items()]
        # Lists, because notebooks sort the keys of what they store.
        table = [[{"name": name, "text": text} for name, text in row.items()] for row in self.table]
        usermeta = {"explorer": name, "start": start, "table": table, **(hints or {})}
        self.spec = {**spec, "description": description, "usermeta": usermeta}

    def values(self, **settings: Setting) -> dict[str, float | None]:
        """Return by kltools what the explorer shows at a setting of its controls; None for what is hidden."""
        if unknown := sorted(settings.keys() - self.controls.keys()):
            raise TypeError(f"{self.name} has no control {unknown[0]!r}; it has {', '.join(self.controls)}")
        every: dict[str, Any] = {name: control["value"] for name, control in self.controls.items()} | settings
        guess, reveal = every.pop("guess"), every.pop("reveal")
        found = self._values(**every)
        if reveal:
            asked = found[self.prediction.of]
            missed = None if asked is None else abs(guess - asked)
            return {self.prediction.guess: guess, **found, OFF_BY: missed}
        hidden = {name: None if self.prediction.hidden(name) else value for name, value in found.items()}
        return {self.prediction.guess: guess, **hidden, OFF_BY: None}

    def _row(self, setting: Mapping[str, Setting]) -> dict[str, str]:
        """Return a setting and what is found there, as a row of the table."""
        row = {self.controls[name]["bind"]["name"]: f"{value}" for name, value in setting.items()}
        found = self.values(**setting, reveal=True)
        del found[self.prediction.guess], found[OFF_BY]
        return row | {name: written(value) for name, value in found.items()}

    @property
    def svg(self) -> str:
        """The chart as it starts; vl-convert counts clips since its own start, and here they count from 1."""
        names: dict[str, str] = {}
        svg = drawn(json.dumps(self.spec))
        return re.sub(r"\bclip\d+", lambda name: names.setdefault(name[0], f"clip{len(names) + 1}"), svg)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {VEGA_LITE: self.spec, "image/svg+xml": self.svg, "text/plain": repr(self)}

    def __repr__(self) -> str:
        rows = ("; ".join(f"{name}: {value}" for name, value in row.items()) for row in self.table)
        return "\n".join([self.description, *rows])
