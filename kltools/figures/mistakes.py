"""The figure of the page on mistakes in circulation."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, log

import matplotlib as mpl
from matplotlib.figure import Figure

from kltools._palette import BLUE, GREY, ORANGE
from kltools.figures._picture import STYLE, Picture, label


def off_by(ledger: Mapping[str, tuple[object, object]]) -> Picture:
    """Draw by what factor each wrong number misses the right one, the nearest miss at the top.

    Parameters
    ----------
    ledger : mapping of str to pair
        For each claim what was said and what holds. A pair has a factor when both are positive
        finite floats; the others are left out.

    Returns
    -------
    Picture
    """
    factors = {
        claim: said / true
        for claim, (said, true) in ledger.items()
        if isinstance(said, float) and isinstance(true, float) and 0 < said < inf and 0 < true < inf
    }
    nearest_first = sorted(factors, key=lambda claim: abs(log(factors[claim])))
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(4, 0.9 + 0.45 * len(factors)), layout="constrained")
        axes = figure.subplots()
        axes.axvline(1, color=BLUE)
        for row, claim in enumerate(nearest_first):
            factor = factors[claim]
            side = "left" if factor > 1 else "right"
            axes.plot([1, factor], [row, row], "o-", color=ORANGE, linewidth=3, markevery=[1])
            axes.text(factor, row, f"  {_written(factor)}  ", color=ORANGE, ha=side, va="center")
            axes.text(1, row - 0.2, f" {claim}", color=GREY, fontsize=9, va="bottom")
        label(axes, 1, -0.9, " right", BLUE)
        furthest = max(max(factors.values()), 1)
        axes.set(
            xscale="log", xlim=(0.1 * min(factors.values()), 1e3 * furthest), yticks=[], xlabel="said / true"
        )
        axes.invert_yaxis()
        axes.spines["left"].set_visible(False)
    each = "; ".join(f"{claim} {_written(factors[claim])}" for claim in nearest_first)
    return Picture(
        figure, f"By what factor each of {len(factors)} wrong numbers differs from the right one: {each}."
    )


def _written(factor: float) -> str:
    """Write a factor with a few digits, in words that fit beside a line."""
    if factor < 1000:
        return f"×{factor:.3g}"
    return f"×{factor:,.0f}" if factor < 1e6 else f"×{factor / 1e6:,.0f} million"
