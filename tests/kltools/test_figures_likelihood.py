"""The figures of the chapter on likelihood draw what the definitions say."""

from itertools import pairwise
from math import log

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb

from kltools import figures
from kltools._palette import BLUE, ORANGE

P, Q1, Q2 = [0.2, 0.5, 0.3], [0.3, 0.4, 0.3], [0.25, 0.5, 0.25]


def cost(p: list[float], q: list[float]) -> float:
    """The definition of the cross-entropy, in plain Python."""
    return -sum(a * log(b) for a, b in zip(p, q, strict=True) if a > 0)


def test_landscape_marks_the_data_and_each_belief_where_it_lies() -> None:
    picture = figures.landscape([20, 50, 30], {"Q1": Q1, "Q2": Q2}, ["rain", "cloud", "sun"])
    (axes,) = picture.figure.axes
    border, *marks = axes.lines
    corners = np.column_stack(border.get_data())[:3]
    for mark, belief in zip(marks, [P, Q1, Q2], strict=True):
        assert np.ravel(mark.get_data()) == pytest.approx(belief @ corners)
    texts = [text.get_text() for text in axes.texts]
    for belief in (P, Q1, Q2):
        assert any(f"{cost(P, belief):.4f}" in text for text in texts)
    assert [to_hex(mark.get_color()) for mark in marks] == [BLUE, ORANGE, ORANGE]
    assert "Q1 costs 1.0601; Q2 costs 1.0397" in repr(picture)


def test_a_contour_line_joins_forecasts_of_equal_excess() -> None:
    picture = figures.landscape([20, 50, 30], {}, ["rain", "cloud", "sun"])
    (axes,) = picture.figure.axes
    corners = np.column_stack(axes.lines[0].get_data())[:3]
    (lines,) = axes.collections
    for level, path in zip((0.01, 0.03, 0.1, 0.3), lines.get_paths(), strict=True):
        for x, y in path.vertices[::20]:
            belief = np.linalg.solve(np.vstack([corners.T, np.ones(3)]), [x, y, 1])
            assert cost(P, list(belief)) - cost(P, P) == pytest.approx(level, rel=0.05)


def test_likelihood_curve_is_highest_at_the_frequency_and_tells_its_area() -> None:
    picture = figures.likelihood_curve(2, 10)
    (axes,) = picture.figure.axes
    curve, summit = axes.lines
    theta, height = curve.get_data()
    assert height == pytest.approx(theta**2 * (1 - theta) ** 8)
    assert theta[height.argmax()] == pytest.approx(0.2)
    assert summit.get_xdata() == pytest.approx([0.2, 0.2])
    assert np.trapezoid(height, theta) == pytest.approx(1 / 495, rel=1e-4)
    assert "area below the curve is 1/495" in repr(picture)


def test_running_costs_are_means_of_what_was_seen() -> None:
    picture = figures.running_costs(P, Q1, days=50, seed=1)
    *paths, limit = picture.figure.axes[0].lines
    assert len(paths) == 5
    surprises = -np.log(Q1)
    for path in paths:
        day, mean = path.get_data()
        assert day[-1] == 50
        for (n, before), (m, after) in pairwise(zip(day, mean, strict=True)):
            if m == n + 1:
                step = after * m - before * n
                assert np.abs(surprises - step).min() < 1e-12
    assert limit.get_ydata() == pytest.approx([cost(P, Q1)] * 2)
    assert "H(P, Q) at 1.0601 nats" in repr(picture)


def test_the_diaries_are_drawn_from_p_and_priced_by_q() -> None:
    picture = figures.running_costs([0.9, 0.1], [0.5, 0.5], days=30, seed=1)
    *paths, _ = picture.figure.axes[0].lines
    assert [path.get_ydata()[-1] for path in paths] == pytest.approx([log(2)] * 5)
    picture = figures.running_costs([0.9, 0.1], [0.1, 0.9], days=5000, seed=1)
    *paths, _ = picture.figure.axes[0].lines
    assert [path.get_ydata()[-1] for path in paths] == pytest.approx(
        [cost([0.9, 0.1], [0.1, 0.9])] * 5, rel=0.02
    )


def test_handwriting_draws_each_pixel_with_ink_where_it_is() -> None:
    image = np.zeros((8, 8))
    image[0, 3], image[7, 1] = 1, 0.25
    picture = figures.handwriting([np.ones((8, 8)), image], [1, 5])
    (axes,) = picture.figure.axes
    full, pixels = axes.collections
    assert len(full.get_paths()) == 64
    corners = [path.get_extents().min for path in pixels.get_paths()]
    inks = [1 - colour[0] for colour in pixels.get_facecolor()]
    left = axes.patches[1].get_x()
    drawn = {(y, x - left): ink for (x, y), ink in zip(corners, inks, strict=True)}
    assert drawn == {(0, 3): 1.0, (7, 1): pytest.approx(0.25)}
    top, bottom = sorted(axes.get_ylim())
    assert axes.get_ylim() == (bottom, top), "rows run downward"
    assert left >= axes.patches[0].get_x() + 8
    assert [text.get_text() for text in axes.texts] == ["1", "5"]
    assert "1: 100%, 5: 2%" in repr(picture)


def test_loss_curve_fills_the_floor_and_the_excess() -> None:
    picture = figures.loss_curve([2.3, 1.5, 1.1], 0.9)
    (axes,) = picture.figure.axes
    losses, floor = axes.lines
    assert losses.get_ydata() == pytest.approx([2.3, 1.5, 1.1])
    assert floor.get_ydata() == pytest.approx([0.9, 0.9])
    excess, below = (area.get_paths()[0].get_extents() for area in axes.collections)
    assert (excess.y0, excess.y1) == pytest.approx((0.9, 2.3))
    assert (below.y0, below.y1) == pytest.approx((0, 0.9))
    assert [to_hex(area.get_facecolor()[0][:3]) for area in axes.collections] == [ORANGE, BLUE]
    assert "Above the floor there are 1.40 and then 0.20 nats" in repr(picture)


def test_loss_curve_sets_fresh_data_beside_training() -> None:
    picture = figures.loss_curve([2.3, 1.5, 0.8], 0.9, fresh=[2.3, 1.6, 1.7])
    (axes,) = picture.figure.axes
    training, floor, fresh = axes.lines
    assert training.get_ydata() == pytest.approx([2.3, 1.5, 0.8])
    assert floor.get_ydata() == pytest.approx([0.9, 0.9])
    assert fresh.get_ydata() == pytest.approx([2.3, 1.6, 1.7])
    assert to_rgb(floor.get_color()) == to_rgb(BLUE)
    assert "falls to 1.60 at step 1, and ends at 1.70; the floor is crossed at step 2" in repr(picture)


def test_a_last_bit_of_a_loss_does_not_show_in_the_file() -> None:
    losses = [2.3, 1.51234, 1.1]
    other = [np.nextafter(loss, 3) for loss in losses]
    assert figures.loss_curve(losses, 0.9).svg == figures.loss_curve(other, 0.9).svg
