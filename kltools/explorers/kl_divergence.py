"""The explorers of the chapter on the KL divergence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import altair as alt
import numpy as np
from numpy.typing import ArrayLike, NDArray

from kltools import cross_entropy, entropy, kl_divergence
from kltools._palette import BLACK, BLUE, GREY, ORANGE
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

FORWARD, REVERSE = "KL(P‖Q)", "KL(Q‖P)"
DASHED: dict[str, Any] = {"color": GREY, "strokeWidth": 2, "strokeDash": [4, 3]}


def gap_above_the_curve(truth: float, belief: float) -> Explorer:
    """Move a coin's true and its believed chance of heads, and guess the KL divergence.

    Knowing costs the entropy, a curve over the true chance. Believing costs a straight line that touches
    the curve at the believed chance. The gap between the two, above the true chance, is the divergence.

    Parameters
    ----------
    truth, belief : float
        The chances of heads to begin with, between 0 and 1.

    Returns
    -------
    Explorer
        Costs in nats.

    Examples
    --------
    >>> from kltools.explorers import gap_above_the_curve
    >>> coin = gap_above_the_curve(0.5, 0.25)
    >>> print(f"{coin.values(reveal=True)['KL(P‖Q)']:.4f} nats")
    0.1438 nats
    """
    ask = Prediction(FORWARD, 0, 1.5, 0.01, 0.3, hides=("H(P, Q)", REVERSE))
    quantities = [
        Quantity("H(P)", "knowing"),
        Quantity("H(P, Q)", "believing"),
        Quantity(FORWARD, "forward"),
        Quantity(REVERSE, "reverse"),
    ]
    chart = alt.vconcat(_curve_and_tangent(), shown(quantities, ask)).add_params(
        slider("truth", "P, the true chance of heads", truth, 0, 1, 0.01),
        slider("belief", "Q, the believed chance", belief, 0, 1, 0.01),
        *ask.parameters,
        computed("p", "[truth, 1 - truth]"),
        computed("q", "[belief, 1 - belief]"),
        computed("knowing", draw.cross_entropy(2, "p", "p")),
        computed("believing", draw.cross_entropy(2)),
        computed("forward", draw.kl_divergence(2)),
        computed("reverse", draw.kl_divergence(2, "q", "p")),
    )

    def values(truth: float, belief: float) -> dict[str, float]:
        p, q = [truth, 1 - truth], [belief, 1 - belief]
        return {
            "H(P)": float(entropy(p)),
            "H(P, Q)": float(cross_entropy(p, q)),
            FORWARD: float(kl_divergence(p, q)),
            REVERSE: float(kl_divergence(q, p)),
        }

    pairs = [(truth, belief), (0.5, 0.6), (0.05, 0.15), (0.5, 0), (0, 0.5), (0.5, 0.5)]
    return Explorer(
        "gap_above_the_curve",
        chart,
        "The entropy of a coin is a curve over its true chance of heads, 0 at both ends and "
        f"{entropy([0.5, 0.5]):.4f} nats in the middle. A point on it, {entropy([truth, 1 - truth]):.4f} "
        f"high, marks the coin whose chance is {truth:g}. How far above it is the cost of believing "
        f"{belief:g}?",
        values,
        [{"truth": p, "belief": q} for p, q in pairs],
        ask,
    )


def _curve_and_tangent() -> alt.LayerChart:
    """Draw the entropy over the true chance; once revealed, the tangent at the belief and the gap."""
    x, y = draw.across("x", 1, [0, 0.5, 1], "true chance of heads"), draw.up(2, [0, 0.5, 1, 1.5, 2])
    height = " + ".join(expected(p, surprisal(p)) for p in ("datum.x", "(1 - datum.x)"))
    curve = alt.Chart(alt.sequence(0, 1.001, 0.01, as_="x")).transform_calculate(y=height)
    # The cost of a belief is a straight line over the truth: its two ends are all that it takes.
    ends = draw.table({"x": 0}, {"x": 1}).transform_filter("reveal")
    tangent = ends.transform_calculate(y=surprisal("q[1 - datum.x]"))
    touches = draw.once(x="belief").transform_calculate(y=height)
    here = draw.once(x="truth", y="knowing")
    gap = draw.once("reveal", x="truth", y="knowing", y2="min(believing, 2)")
    guess = draw.once(x="truth", y="knowing", y2="min(knowing + guess, 2)")
    return draw.picture(
        curve.mark_line(color=BLUE, strokeWidth=2.5).encode(x=x, y=y),
        tangent.mark_line(color=ORANGE, clip=True).encode(x=x, y=y),
        guess.mark_rule(**DASHED).encode(x=x, y=y, y2="y2"),
        draw.label(guess, GREY, "guess", dy=6, **draw.beside("truth", 0.49)).encode(x=x, y="y2:Q"),
        gap.mark_rule(color=ORANGE, strokeWidth=4).encode(x=x, y=y, y2="y2"),
        draw.point(here, BLUE).encode(x=x, y=y),
        draw.label(here, BLUE, "H(P)", dy=12, **draw.beside("truth", 0.5)).encode(x=x, y=y),
        draw.point(touches, ORANGE).encode(x=x, y=y),
        draw.label(touches, ORANGE, "Q", dy=-13).encode(x=x, y=y),
        title="Cost in nats a toss",
    )


def down_to_zero(p: Sequence[float], outcomes: Sequence[str]) -> Explorer:
    """Let a belief walk toward "never" for the first outcome, and guess what it costs.

    The belief gives the first outcome the probability t and shares the rest as p does. On the way to 0,
    one direction of the divergence leaves the picture, and the other one settles.

    Parameters
    ----------
    p : sequence of float, length n
        A distribution with positive entries.
    outcomes : sequence of str, length n
        What the outcomes are called.

    Returns
    -------
    Explorer
        Divergences in nats.

    Examples
    --------
    >>> from kltools.explorers import down_to_zero
    >>> walk = down_to_zero([0.2, 0.5, 0.3], ["rain", "cloud", "sun"])
    >>> walk.values(t=0, reveal=True)["KL(P‖Q)"]
    inf
    """
    start, most, size = 0.02, 2 * p[0], len(p)
    rest = np.divide(p[1:], np.sum(p[1:]))

    def belief(t: str) -> str:
        return f"[{t}, {', '.join(f'(1 - {t}) * {draw.number(share)}' for share in rest)}]"

    ask = Prediction(FORWARD, 0, 3, 0.01, 0.5, hides=(REVERSE,))
    walk = alt.Chart(alt.sequence(0.0005, most, 0.0015, as_="x")).transform_calculate(q=belief("datum.x"))
    drawing = _walk(walk, size, draw.across("x", most, [0, p[0], most], f"believed chance of {outcomes[0]}"))
    quantities = [Quantity(FORWARD, "forward"), Quantity(REVERSE, "reverse")]
    chart = alt.vconcat(drawing, shown(quantities, ask)).add_params(
        slider("t", f"Q, the believed chance of {outcomes[0]}", start, 0, most, 0.001),
        *ask.parameters,
        computed("p", draw.array(p)),
        computed("q", belief("t")),
        computed("forward", draw.kl_divergence(size)),
        computed("reverse", draw.kl_divergence(size, "q", "p")),
    )

    def values(t: float) -> dict[str, float]:
        q = np.concatenate([[t], (1 - t) * rest])
        return {FORWARD: float(kl_divergence(p, q)), REVERSE: float(kl_divergence(q, p))}

    at_start = values(start)
    return Explorer(
        "down_to_zero",
        chart,
        f"{outcomes[0].capitalize()} has the probability {p[0]:g} under P, and a belief Q gives it "
        f"{start:g}. On the way from {p[0]:g} to here KL(P‖Q) has climbed from 0 to {at_start[FORWARD]:.4f} "
        f"nats, and KL(Q‖P) to {at_start[REVERSE]:.4f}. Where do they end as Q goes down to 0?",
        values,
        [{"t": t} for t in (p[0], start, 0.001, 0)],
        ask,
    )


def _walk(walk: alt.Chart, size: int, x: alt.X, top: float = 1.5) -> alt.LayerChart:
    """Draw where the belief stands and the guess; once revealed, both directions along the way."""
    y = draw.up(top, [0, 0.5, 1, 1.5])
    guess = draw.once(x="t", y=f"min(guess, {top})")
    layers = [
        draw.once(x="t").mark_rule(color=GREY).encode(x=x),
        draw.label(draw.once(x="p[0]"), BLUE, "P", y=-7).encode(x=x),
        draw.label(draw.once(x="t"), ORANGE, "Q", y=-7).encode(x=x),
        draw.tick(guess, x, y),
        draw.label(guess, GREY, "guess", **draw.beside("t", "p[0]")).encode(x=x, y=y),
    ]
    ways = ((FORWARD, "forward", ("p", "datum.q"), BLUE), (REVERSE, "reverse", ("datum.q", "p"), ORANGE))
    for row, (name, value, pair, colour) in enumerate(ways):
        curve = walk.transform_filter("reveal").transform_calculate(
            y=draw.over(size, draw.weighted_log, *pair)
        )
        text = f"'{name}' + ({value} > {top} ? '  ↑ out of the picture' : '')"
        here = draw.once("reveal", x="t", y=f"min({value}, {top})", text=text)
        layers += [
            curve.mark_line(color=colour, clip=True).encode(x=x, y=y),
            draw.point(here, colour).encode(x=x, y=y),
            draw.label(here, colour, x=85, y=20 + 18 * row, align="left"),
        ]
    return draw.picture(*layers, title="Divergence in nats")


# The places of the bumps, and the controls of the one that is fitted: from, to, in steps of.
PLACES, CENTRES, SPREADS = 21, (0, 20, 0.5), (1, 8, 0.1)


class Fit(NamedTuple):
    """A bump, and its divergence."""

    centre: float
    spread: float
    divergence: float


def one_bump(
    centres: tuple[float, float] = (6, 14), shares: tuple[float, float] = (0.6, 0.4), spread: float = 1.5
) -> Explorer:
    """Fit one bump to a distribution that has two, by each direction of the KL divergence.

    P is a mixture of two bumps over the whole numbers from 0 to 20; Q is a single one, with a centre and a
    spread to move. The best Q of each direction is searched for among the settings of these controls.

    Parameters
    ----------
    centres, shares : tuple of two floats
        Where the bumps of P stand, and how much of it each of them holds.
    spread : float
        The standard deviation of each of them.

    Returns
    -------
    Explorer
        Divergences in nats, centres in degrees.

    Examples
    --------
    >>> from kltools.explorers import one_bump
    >>> one_bump().values(reveal=True)["centre (Q‖P)"]
    6.0
    """
    # Not with @, whose last digits depend on the processor: what is stored has to be the same on all.
    p = (np.expand_dims(shares, -1) * bump(centres, [spread, spread])).sum(axis=0)
    fits = {name: _best(p, name) for name in (FORWARD, REVERSE)}
    found = {f"centre ({name[3:-1]})": fit.centre for name, fit in fits.items()}
    found |= {f"least {name}": fit.divergence for name, fit in fits.items()}
    asked, *hides = [*found, FORWARD, REVERSE]
    ask = Prediction(str(asked), *CENTRES, 10, hides=tuple(hides))
    quantities = [
        *(
            Quantity(name, draw.number(value), "°C" if "centre" in name else "nats")
            for name, value in found.items()
        ),
        # One bump is never near two, so that there are no digits to lose.
        Quantity(FORWARD, draw.over(PLACES, draw.weighted_log)),
        Quantity(REVERSE, draw.over(PLACES, draw.weighted_log, "q", "p")),
    ]
    heights = ", ".join(f"exp(-pow(({x} - centre) / spread, 2) / 2)" for x in range(PLACES))
    chart = alt.vconcat(_bumps(fits), shown(quantities, ask)).add_params(
        slider("centre", "Q, its centre in °C", 10, *CENTRES),
        slider("spread", "Q, its spread in °C", 3, *SPREADS),
        *ask.parameters,
        computed("p", draw.array(p.tolist())),
        computed("heights", f"[{heights}]"),
        computed("whole", " + ".join(f"heights[{x}]" for x in range(PLACES))),
        computed("q", f"[{', '.join(f'heights[{x}] / whole' for x in range(PLACES))}]"),
    )

    def values(centre: float, spread: float) -> dict[str, float]:
        q = bump(centre, spread)
        return {**found, FORWARD: float(kl_divergence(p, q)), REVERSE: float(kl_divergence(q, p))}

    low, high = centres
    return Explorer(
        "one_bump",
        chart,
        f"P has two bumps, around {low:g} and around {high:g} degrees, that hold {shares[0]:g} and "
        f"{shares[1]:g} of it, with little between them: {p[round((low + high) / 2)]:.4f} half-way. Q has "
        "one bump, and can be moved and widened. Where does it fit best?",
        values,
        [
            *({"centre": fit.centre, "spread": fit.spread} for fit in fits.values()),
            {"centre": high, "spread": spread},
        ],
        ask,
    )


def bump(centre: ArrayLike, spread: ArrayLike) -> NDArray[np.float64]:
    """Return normal curves over the whole numbers from 0 to 20 as distributions, one in each row."""
    middle, width = (np.expand_dims(side, -1) for side in (centre, spread))
    heights = np.exp(-(((np.arange(PLACES) - middle) / width) ** 2) / 2)
    return np.asarray(heights / heights.sum(axis=-1, keepdims=True))


def _best(p: NDArray[np.float64], direction: str) -> Fit:
    """Find the setting of the controls at which a divergence is least."""
    grids = [np.linspace(a, b, round((b - a) / step) + 1).round(6) for a, b, step in (CENTRES, SPREADS)]
    centre, spread = (side.ravel() for side in np.meshgrid(*grids))
    q = bump(centre, spread)
    there = np.asarray(kl_divergence(p, q) if direction == FORWARD else kl_divergence(q, p))
    at = there.argmin()
    return Fit(float(centre[at]), float(spread[at]), float(there[at]))


def _bumps(fits: Mapping[str, Fit]) -> alt.LayerChart:
    """Draw P in bars, Q as a line, the guess, and the two best fits once they are revealed."""
    x = draw.across("x", PLACES - 1, range(0, PLACES, 5), "noon temperature in °C")
    y = draw.up(0.45, [0, 0.1, 0.2, 0.3, 0.4])
    places, guess = alt.Chart(alt.sequence(0, PLACES, as_="x")), draw.once(x="guess")
    bars, line = places.transform_calculate(y="p[datum.x]"), places.transform_calculate(y="q[datum.x]")
    layers = [
        bars.mark_bar(color=BLUE, fillOpacity=0.4, size=9).encode(x=x, y=y),
        line.mark_line(color=ORANGE, strokeWidth=2.5, clip=True).encode(x=x, y=y),
        draw.label(draw.once(x="centre", y="min(q[round(centre)], 0.4)"), ORANGE, "Q", dy=-9).encode(
            x=x, y=y
        ),
        guess.mark_rule(**DASHED).encode(x=x),
        draw.label(guess, GREY, "guess", y=-7, **draw.beside("guess", 10)).encode(x=x),
    ]
    for (name, fit), dash in zip(fits.items(), ([1, 0], [5, 3]), strict=True):
        heights = bump(fit.centre, fit.spread).round(6).tolist()
        curve = draw.table(*({"x": at, "y": height} for at, height in enumerate(heights)))
        peak = draw.once("reveal", x=draw.number(fit.centre), y=draw.number(max(heights)))
        layers += [
            curve.transform_filter("reveal").mark_line(color=BLACK, strokeDash=dash).encode(x=x, y=y),
            draw.label(peak, BLACK, f"least {name}", dx=10, dy=-8, align="left").encode(x=x, y=y),
        ]
    return draw.picture(*layers, title="Probability of each temperature")
