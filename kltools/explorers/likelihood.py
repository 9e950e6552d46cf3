"""The explorer of the chapter on likelihood."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from kltools import entropy, negative_log_likelihood
from kltools._palette import BLUE, GREY, ORANGE
from kltools.explorers import _drawing as draw
from kltools.explorers._explorer import (
    Explorer,
    Prediction,
    Quantity,
    computed,
    expected,
    shown,
    slider,
    surprisal,
)


def one_dial(counts: Sequence[int]) -> Explorer:
    """Turn the one dial t of the model (t, 1 − 2t, t), and guess where it fits the counts best.

    The counts can be changed too: how many of them the second outcome has, while the first and the third
    share the rest as they do to begin with.

    Parameters
    ----------
    counts : sequence of int, length 3
        How often each outcome was observed, each of them at least once.

    Returns
    -------
    Explorer
        Costs in nats for each observation.

    Examples
    --------
    >>> from kltools.explorers import one_dial
    >>> dial = one_dial([20, 50, 30])
    >>> print(f"{dial.values(dial=0.25, reveal=True)['NLL']:.4f} nats")
    1.0397 nats
    """
    whole, share = sum(counts), counts[0] / (counts[0] + counts[2])
    ask = Prediction("best t", 0, 0.5, 0.005, 0.15, hides=("NLL", "excess"))
    quantities = [
        Quantity("best t", "(1 - p[1]) / 2", ""),
        Quantity("floor", "floor"),
        Quantity("NLL", "cost"),
        Quantity("excess", "cost - floor"),
    ]
    chart = alt.vconcat(_costs(), shown(quantities, ask)).add_params(
        slider("dial", "The dial t", 0.4, 0, 0.5, 0.01),
        slider("cloud", f"Cloudy days of {whole}", counts[1], 0, whole, 5),
        *ask.parameters,
        computed("rest", f"1 - cloud / {whole}"),
        computed("p", f"[{share!r} * rest, cloud / {whole}, {1 - share!r} * rest]"),
        computed("floor", draw.cross_entropy(3, "p", "p")),
        computed("cost", _cost("dial")),
    )

    def values(dial: float, cloud: float) -> dict[str, float]:
        n = [share * (whole - cloud), cloud, (1 - share) * (whole - cloud)]
        cost, floor = negative_log_likelihood(n, [dial, 1 - 2 * dial, dial]), entropy(n, normalize=True)
        return {
            "best t": (n[0] + n[2]) / (2 * whole),
            "floor": float(floor),
            "NLL": float(cost),
            "excess": float(cost - floor),
        }

    start = values(0.4, counts[1])
    return Explorer(
        "one_dial",
        chart,
        "A model with one dial t gives rain t, cloud 1 − 2t and sun t. At t = 0.4 it costs "
        f"{start['NLL']:.4f} nats a day on a diary of {counts[0]} rainy, {counts[1]} cloudy and {counts[2]} "
        f"sunny days, whose floor is {start['floor']:.4f}. Where is the dial set best?",
        values,
        [{"dial": t, "cloud": counts[1]} for t in (0.4, 0.3, 0.25, 0.2, 0.1, 0, 0.5)],
        ask,
    )


def _cost(t: str) -> str:
    """Return the Vega expression of the negative log-likelihood per observation at a setting of the dial."""
    q = (f"({t})", f"(1 - 2 * ({t}))", f"({t})")
    return " + ".join(expected(f"p[{i}]", surprisal(q[i])) for i in range(3))


def _costs() -> alt.LayerChart:
    """Draw the floor and the guess, and, when asked, the cost over all settings of the dial."""
    x = draw.across("x", 0.5, [0, 0.1, 0.2, 0.3, 0.4, 0.5], "the dial t")
    y = draw.up(3, range(4))
    along = alt.Chart(alt.sequence(0.0025, 0.5, 0.0025, as_="x")).transform_filter("reveal")
    curve = along.transform_calculate(y=_cost("datum.x"))
    here, guess = draw.once("reveal", x="dial", y="min(cost, 3)"), draw.once(x="guess")
    best = draw.once("reveal", x="(1 - p[1]) / 2").transform_calculate(y=_cost("datum.x"))
    return draw.picture(
        *draw.level("floor", "floor", y, BLUE, strokeDash=[6, 4]),
        guess.mark_rule(color=GREY, strokeWidth=2, strokeDash=[4, 3]).encode(x=x),
        draw.label(guess, GREY, "guess", y=-7, **draw.beside("guess", 0.25)).encode(x=x),
        draw.label(draw.once(x="dial"), ORANGE, "t", y=draw.UP - 9).encode(x=x),
        curve.mark_line(color=ORANGE, clip=True).encode(x=x, y=y),
        draw.label(best, ORANGE, "best", dy=-14).encode(x=x, y=y),
        best.mark_point(color=ORANGE, size=120, strokeWidth=2, opacity=1).encode(x=x, y=y),
        draw.point(here, ORANGE, 50).encode(x=x, y=y),
        title="Negative log-likelihood, nats a day",
    )
