"""The explorer of the chapter on the Jensen–Shannon divergence."""

from __future__ import annotations

from collections.abc import Callable

import altair as alt

from kltools import jeffreys_divergence, js_divergence
from kltools._palette import BLUE, GREEN, GREY, ORANGE
from kltools.explorers import _drawing as draw
from kltools.explorers._explorer import (
    Explorer,
    Prediction,
    Quantity,
    computed,
    divergence,
    shown,
    slider,
)

TOP = 2.0  # bits, of the picture


def parting(cloud: float = 0.5, foreign: float = 0.2) -> Explorer:
    """Take two towns' weather apart until their supports part, and guess the Jensen–Shannon divergence.

    Both towns have the same share of cloud. Of the other days, each of them has some of the other one's
    kind, and the rest of its own.

    Parameters
    ----------
    cloud, foreign : float
        The shares to begin with: of cloud in both towns, and of the other town's kind among the other days.

    Returns
    -------
    Explorer
        Divergences in bits.

    Examples
    --------
    >>> from kltools.explorers import parting
    >>> towns = parting().values(cloud=0.5, foreign=0, reveal=True)
    >>> towns["JSD"], towns["J/2"]
    (0.5, inf)
    """
    ask = Prediction("JSD", 0, 1, 0.01, 0.3, hides=("J/2",))
    quantities = [Quantity("JSD", "shannon", "bits"), Quantity("J/2", "jeffreys", "bits")]
    chart = alt.vconcat(_towns(), _divergences(), shown(quantities, ask)).add_params(
        slider("cloud", "Cloud, in both towns", cloud, 0, 1, 0.05),
        slider("foreign", "Of the other days, the other town's kind", foreign, 0, 0.5, 0.005),
        *ask.parameters,
        computed("p", _town("1 - foreign", "foreign")),
        computed("q", _town("foreign", "1 - foreign")),
        computed("m", _mixture("p", "q")),
        computed("shannon", _mean(divergence, ("p", "m"), ("q", "m"))),
        computed("jeffreys", _mean(divergence, ("p", "q"), ("q", "p"))),
    )

    def values(cloud: float, foreign: float) -> dict[str, float]:
        other = 1 - cloud
        p = [other * (1 - foreign), cloud, other * foreign]
        towns = p, p[::-1]
        return {
            "JSD": float(js_divergence(*towns, base=2)),
            "J/2": float(jeffreys_divergence(*towns, base=2)) / 2,
        }

    start = values(cloud, foreign)
    return Explorer(
        "parting",
        chart,
        f"Two towns: it is cloudy in both on a share of {cloud:g} of the days. Of the other days most are "
        f"rainy in town P and sunny in town Q, all but a share of {foreign:g}. The JSD is "
        f"{start['JSD']:.4f} bits there, and half the Jeffreys divergence {start['J/2']:.4f}. Where do they "
        "end as that share goes to 0?",
        values,
        [
            {"cloud": shared, "foreign": share}
            for shared, share in ((cloud, 0.5), (cloud, foreign), (cloud, 0.005), (cloud, 0), (0, 0), (1, 0))
        ],
        ask,
    )


def _town(rain: str, sun: str) -> str:
    """Return the Vega expression of a town's weather, from its shares among the days that are not cloudy."""
    return f"[(1 - cloud) * ({rain}), cloud, (1 - cloud) * ({sun})]"


def _mixture(p: str, q: str) -> str:
    """Return the Vega expression of the distribution half-way."""
    return f"[{', '.join(f'({p}[{i}] + {q}[{i}]) / 2' for i in range(3))}]"


def _mean(term: Callable[[str, str], str], *pairs: tuple[str, str]) -> str:
    """Return the Vega expression of the mean of two divergences, in bits."""
    return f"({' + '.join(draw.over(3, term, *pair) for pair in pairs)}) / 2 / LN2"


def _towns() -> alt.LayerChart:
    """Draw P, Q and the mixture side by side for each kind of weather."""
    colours = alt.Scale(domain=["P", "M", "Q"], range=[BLUE, GREEN, ORANGE])
    rows = [
        {"town": town, "kind": kind, "i": i}
        for i, kind in enumerate(("rain", "cloud", "sun"))
        for town in "PMQ"
    ]
    bars = (
        draw.table(*rows)
        .transform_calculate(y="(datum.town == 'P' ? p : datum.town == 'Q' ? q : m)[datum.i]")
        .encode(
            x=alt.X("kind:N", sort=None, title=None, axis=alt.Axis(labelAngle=0, ticks=False)),
            xOffset=alt.XOffset("town:N", sort=["P", "M", "Q"]),
            y=draw.up(1.25, [0, 0.5, 1]),
            color=alt.Color("town:N", legend=None, scale=colours),
        )
    )
    names = bars.mark_text(dy=-7, fontWeight="bold").encode(text="town:N")
    return draw.picture(bars.mark_bar(), names, title="Probability of each kind of weather", height=90)


def _divergences() -> alt.LayerChart:
    """Draw the guess; once revealed, both divergences over the share of the other town's kind."""
    x = draw.across("x", 0.5, [0, 0.1, 0.2, 0.3, 0.4, 0.5], "share of the other town's kind")
    y = draw.up(TOP, [0, 0.5, 1, 1.5, 2])
    along = (
        alt.Chart(alt.sequence(0.001, 0.5, 0.001, as_="x"))
        .transform_filter("reveal")
        .transform_calculate(p=_town("1 - datum.x", "datum.x"), q=_town("datum.x", "1 - datum.x"))
        .transform_calculate(m=_mixture("datum.p", "datum.q"))
    )
    guess = draw.once(x="foreign", y="guess")
    layers = [
        draw.once(x="foreign").mark_rule(color=GREY).encode(x=x),
        draw.tick(guess, x, y),
        draw.label(guess, GREY, "guess", **draw.beside("foreign", 0.25)).encode(x=x, y=y),
    ]
    both = (
        ("JSD", "shannon", (("p", "m"), ("q", "m")), GREEN),
        ("J/2", "jeffreys", (("p", "q"), ("q", "p")), ORANGE),
    )
    for row, (name, value, pairs, colour) in enumerate(both):
        mean = _mean(draw.weighted_log, *((f"datum.{a}", f"datum.{b}") for a, b in pairs))
        text = f"'{name}' + ({value} > {TOP} ? '  ↑ out of the picture' : '')"
        here = draw.once("reveal", x="foreign", y=f"min({value}, {TOP})", text=text)
        layers += [
            along.transform_calculate(y=mean).mark_line(color=colour, clip=True).encode(x=x, y=y),
            draw.point(here, colour).encode(x=x, y=y),
            draw.label(here, colour, align="left", x=118, y=14 + 18 * row),
        ]
    return draw.picture(*layers, title="Divergence in bits", height=150)
