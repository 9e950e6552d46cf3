"""The figures of the chapter on entropy draw what the definitions say."""

from math import log2

import numpy as np
import pytest

from kltools import figures

P = [0.2, 0.5, 0.3]
FLOOR = 1.4854752972273343  # H(P) in bits, by mpmath


def h(p: float) -> float:
    return -p * log2(p) - (1 - p) * log2(1 - p)


def test_surprise_draws_blocks_whose_areas_add_up_to_the_entropy() -> None:
    picture = figures.surprise(P, ["rain", "cloud", "sun"])
    (axes,) = picture.figure.axes
    blocks = axes.patches
    assert [block.get_x() for block in blocks] == pytest.approx([0, 0.2, 0.7])
    assert [block.get_width() for block in blocks] == pytest.approx(P)
    assert [block.get_height() for block in blocks] == pytest.approx([log2(5), 1, log2(10 / 3)])
    assert sum(block.get_width() * block.get_height() for block in blocks) == pytest.approx(FLOOR, rel=1e-14)
    assert axes.lines[0].get_ydata() == pytest.approx([FLOOR] * 2, rel=1e-14)
    assert "rain: 0.2 wide, 2.3219 bits high, area 0.4644" in repr(picture)
    assert "Together 1.4855 bits" in repr(picture)


def test_binary_entropy_draws_the_curve_above_its_chord() -> None:
    picture = figures.binary_entropy(0.1, 0.7)
    curve, chord = picture.figure.axes[0].lines
    inside = slice(1, -1)
    assert curve.get_ydata()[inside] == pytest.approx([h(p) for p in curve.get_xdata()[inside]])
    assert curve.get_ydata()[[0, -1]] == pytest.approx([0, 0])
    assert chord.get_xdata() == pytest.approx([0.1, 0.7])
    assert chord.get_ydata() == pytest.approx([h(0.1), h(0.7)])
    ((below, above),) = picture.figure.axes[0].collections[0].get_segments()
    assert [*below, *above] == pytest.approx([0.4, (h(0.1) + h(0.7)) / 2, 0.4, h(0.4)])
    assert "largest, 1.0000, at p = 0.5000" in repr(picture)
    assert "by 0.2958 bits" in repr(picture)


def test_block_costs_lie_between_the_floor_and_the_ceiling() -> None:
    picture = figures.block_costs([0.71, 0.29], longest=4)
    floor, ceiling, costs = picture.figure.axes[0].lines
    assert floor.get_ydata() == pytest.approx([h(0.29)] * 2)
    assert ceiling.get_ydata() == pytest.approx([h(0.29) + 1 / size for size in (1, 2, 3, 4)])
    a, b = 0.71, 0.29
    # The best codes by hand: words of 1, 1 digits; 1, 2, 3, 3; and 1, 3, 3, 3, 5, 5, 5, 5.
    pairs = (a * a + 2 * a * b + 3 * (a * b + b * b)) / 2
    triples = (a**3 + 3 * 3 * a * a * b + 5 * (3 * a * b * b + b**3)) / 3
    assert costs.get_ydata()[:3] == pytest.approx([1, pairs, triples])
    assert np.all(costs.get_ydata() > floor.get_ydata()[0])
    assert np.all(costs.get_ydata() < ceiling.get_ydata())
    assert "1.0000, 0.8929, 0.8971" in repr(picture)


def test_shared_overlaps_the_bars_by_the_mutual_information() -> None:
    picture = figures.shared([[0.1, 0.5], [0.1, 0.3]])
    both, x, y, overlap = picture.figure.axes[0].patches
    joint = -sum(p * log2(p) for p in (0.1, 0.5, 0.1, 0.3))
    assert [both.get_x(), both.get_width()] == pytest.approx([0, joint])
    assert [x.get_x(), x.get_width()] == pytest.approx([0, h(0.4)])
    assert [y.get_x(), y.get_width()] == pytest.approx([joint - h(0.2), h(0.2)])
    common = h(0.4) + h(0.2) - joint
    assert [overlap.get_x(), overlap.get_width()] == pytest.approx([joint - h(0.2), common])
    assert "overlap by I(X; Y) = 0.0074" in repr(picture)
