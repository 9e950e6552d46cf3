"""The figure of the page on mistakes shows the factors of its ledger."""

from math import inf, nan

import pytest

from kltools import figures

LEDGER: dict[str, tuple[object, object]] = {
    "far": (2e7, 1.0),
    "infinite": (16.118, inf),
    "half": (0.5, 1.0),
    "minus": (-0.5, 1.0),
    "not a number": (nan, 1.0),
    "a word": ("said", "true"),
    "a truth value": (True, False),
    "zero": (0.0, 1.0),
    "four times": (0.4, 0.1),
    "thousands": (8684.4, 1.0),
}


def test_the_factors_that_exist_are_drawn_nearest_first() -> None:
    picture = figures.off_by(LEDGER)
    (axes,) = picture.figure.axes
    ends = [line.get_xdata() for line in axes.lines[1:]]
    assert [start for start, _ in ends] == [1, 1, 1, 1]
    assert [end for _, end in ends] == pytest.approx([0.5, 4, 8684.4, 2e7])
    assert [line.get_ydata()[0] for line in axes.lines[1:]] == [0, 1, 2, 3]
    assert axes.yaxis_inverted()
    assert axes.get_xscale() == "log"
    assert repr(picture) == (
        "By what factor each of 4 wrong numbers differs from the right one: "
        "half ×0.5; four times ×4; thousands ×8,684; far ×20 million."
    )


def test_every_line_has_its_claim_and_its_factor_beside_it() -> None:
    (axes,) = figures.off_by(LEDGER).figure.axes
    written = {text.get_text().strip(): text.get_position() for text in axes.texts}
    assert written["four times"][1] == pytest.approx(1 - 0.2)
    assert written["×4"] == pytest.approx((4, 1))
    assert written["×0.5"] == pytest.approx((0.5, 0))
    sides = {text.get_text().strip(): text.get_ha() for text in axes.texts}
    assert (sides["×4"], sides["×0.5"]) == ("left", "right")
