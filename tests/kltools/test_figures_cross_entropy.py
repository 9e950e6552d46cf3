"""The figures on cross-entropy draw what the definitions say."""

from collections import Counter
from math import exp, log, log2

import numpy as np
import pytest

from kltools import figures

P, Q1 = [0.2, 0.5, 0.3], [0.3, 0.4, 0.3]
WEATHER = ["rain", "cloud", "sun"]


def cost(p: list[float], q: list[float]) -> float:
    """The definition, in plain Python: the witness of what is drawn."""
    return -sum(a * log(b) for a, b in zip(p, q, strict=True) if a > 0)


def test_the_areas_of_the_boxes_are_the_costs() -> None:
    picture = figures.surprise_areas(P, Q1, WEATHER)
    (axes,) = picture.figure.axes
    believing, knowing = axes.patches[:3], axes.patches[3:]
    for boxes, belief in ((believing, Q1), (knowing, P)):
        assert [box.get_width() for box in boxes] == pytest.approx(P)
        assert [box.get_x() for box in boxes] == pytest.approx([0, 0.2, 0.7])
        assert [box.get_height() for box in boxes] == pytest.approx([-log(q) for q in belief], rel=1e-12)
        area = sum(box.get_width() * box.get_height() for box in boxes)
        assert area == pytest.approx(cost(P, belief), rel=1e-12)
    texts = [text.get_text() for text in axes.texts]
    assert texts[:3] == ["rain\n0.2", "cloud\n0.5", "sun\n0.3"]
    assert texts[3:] == ["believing Q: area 1.0601", "knowing P: area 1.0297"]
    assert "rain: width 0.2, height 1.2040 for who believes Q and 1.6094 for who knows P" in repr(picture)
    assert "areas are 1.0601 and 1.0297" in repr(picture)


def test_a_belief_is_a_line_that_touches_the_entropy() -> None:
    picture = figures.beliefs_as_tangents(0.2, [0.3, 0.7])
    (axes,) = picture.figure.axes
    curve, *rest = axes.lines
    for p, height in zip(curve.get_xdata(), curve.get_ydata(), strict=True):
        assert height == pytest.approx(cost([p, 1 - p], [p, 1 - p]), abs=1e-12)
    lines, points = rest[::2], rest[1::2]
    for q, drawn, point in zip((0.3, 0.7), lines, points, strict=True):
        for p, height in zip(drawn.get_xdata(), drawn.get_ydata(), strict=True):
            assert height == pytest.approx(cost([p, 1 - p], [q, 1 - q]), rel=1e-12)
        assert (point.get_xdata()[0], point.get_ydata()[0]) == pytest.approx(
            (q, cost([q, 1 - q], [q, 1 - q]))
        )
        on_the_line = np.interp(curve.get_xdata(), drawn.get_xdata(), drawn.get_ydata())
        gap = on_the_line - curve.get_ydata()
        assert gap.min() >= -1e-12
        assert curve.get_xdata()[gap.argmin()] == pytest.approx(q)
    for q, marks in zip((0.3, 0.7), axes.collections, strict=True):
        ((low, high),) = marks.get_segments()
        assert low == pytest.approx([0.2, cost([0.2, 0.8], [0.2, 0.8])])
        assert high == pytest.approx([0.2, cost([0.2, 0.8], [q, 1 - q])])
    assert "believing 0.3 costs 0.5261 where the truth is 0.2" in repr(picture)
    assert "believing 0.7 costs 1.0345" in repr(picture)
    assert "knowing costs 0.5004 nats" in repr(picture)


def test_a_soft_label_has_its_lowest_point_where_the_belief_is_the_label() -> None:
    picture = figures.label_losses([1, 0.9])
    (axes,) = picture.figure.axes
    hard, soft, point = axes.lines
    for y, drawn in ((1, hard), (0.9, soft)):
        for z, loss in zip(drawn.get_xdata(), drawn.get_ydata(), strict=True):
            assert loss == pytest.approx(log(1 + exp(z)) - y * z, rel=1e-9)
    assert (point.get_xdata()[0], point.get_ydata()[0]) == pytest.approx(
        (log(9), cost([0.9, 0.1], [0.9, 0.1]))
    )
    assert min(soft.get_ydata()) == pytest.approx(point.get_ydata()[0], abs=1e-4)
    assert "label 0.9: lowest 0.3251 nats at the score 2.1972" in repr(picture)
    assert "label 1: falls toward 0, 0.0025 nats at 6" in repr(picture)


def test_the_orders_are_costs_counted_by_hand() -> None:
    training, held_out = "abcab\n" * 9, "abcba\n"
    picture = figures.model_orders(training, held_out, "abc\n", [1, 2], 0.1)
    (axes,) = picture.figure.axes
    unseen, seen = axes.lines
    singles, pairs = Counter(training), Counter(zip("\n" + training, training, strict=False))
    before = Counter("\n" + training[:-1])

    def bits(text: str) -> list[float]:
        one = -sum(log2((singles[c] + 0.1) / (54 + 0.4)) for c in text) / len(text)
        steps = zip("\n" + text, text, strict=False)
        two = -sum(log2((pairs[h, c] + 0.1) / (before[h] + 0.4)) for h, c in steps) / len(text)
        return [one, two]

    assert unseen.get_ydata() == pytest.approx(bits(held_out), rel=1e-12)
    assert seen.get_ydata() == pytest.approx(bits(training), rel=1e-12)
    assert list(unseen.get_xdata()) == list(seen.get_xdata()) == [1, 2]
    assert [text.get_text() for text in axes.texts] == ["held out", "trained on"]
    own, other = bits(training)[1], bits(held_out)[1]
    assert f"order 2: {own:.2f} and {other:.2f}" in repr(picture)
