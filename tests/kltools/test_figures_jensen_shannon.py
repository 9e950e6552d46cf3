"""The figures of the chapter on the Jensen–Shannon divergence draw what the definitions say."""

from collections.abc import Iterable
from math import log, log2, sqrt

import numpy as np
import pytest

from kltools import figures

P, Q1 = [0.2, 0.5, 0.3], [0.3, 0.4, 0.3]
WEATHER = ["rain", "cloud", "sun"]


def jsd(p: Iterable[float], q: Iterable[float]) -> float:
    """The definition in nats, in plain Python: the witness of every drawing below."""
    pairs = [(x, (a + b) / 2) for a, b in zip(p, q, strict=True) for x in (a, b)]
    return sum(x * log(x / m) for x, m in pairs if x > 0) / 2


def test_mixture_draws_three_distributions_and_what_each_outcome_adds() -> None:
    picture = figures.mixture(P, Q1, WEATHER)
    above, below = picture.figure.axes
    assert [patch.get_height() for patch in above.patches] == pytest.approx([*P, 0.25, 0.45, 0.3, *Q1])
    shares = [patch.get_height() for patch in below.patches]
    halves = [(a * log(2 * a / (a + b)) + b * log(2 * b / (a + b))) / 2 for a, b in zip(P, Q1, strict=True)]
    assert shares == pytest.approx(halves, abs=1e-15)
    assert sum(shares) == pytest.approx(0.0078174001708521, rel=1e-12)
    assert [tick.get_text() for tick in below.get_xticklabels()] == WEATHER
    assert "rain: P 0.2, M 0.25, Q 0.3, adds 0.0050" in repr(picture)


def test_moved_apart_draws_both_curves_and_four_times_the_lower_one() -> None:
    picture = figures.moved_apart(steps=41)
    half_jeffreys, shannon, four_times, bound = picture.figure.axes[0].lines
    for variation, drawn in zip(shannon.get_xdata(), shannon.get_ydata(), strict=True):
        heads = (1 + variation) / 2
        assert drawn == pytest.approx(jsd([heads, 1 - heads], [1 - heads, heads]), abs=1e-14)
    for variation, drawn in zip(half_jeffreys.get_xdata(), half_jeffreys.get_ydata(), strict=True):
        odds = (1 + variation) / (1 - variation)
        assert drawn == pytest.approx(variation * log(odds), abs=1e-14)
    drawn = dict(zip(shannon.get_xdata(), shannon.get_ydata(), strict=True))
    assert four_times.get_ydata() == pytest.approx([4 * drawn[x] for x in four_times.get_xdata()])
    assert shannon.get_xdata()[[0, -1]] == pytest.approx([0, 1])
    assert bound.get_ydata() == pytest.approx([log(2)] * 2)
    assert "at total variation 0.20 the two are 0.081 and 0.081" in repr(picture)


def test_sources_cuts_each_column_by_the_odds_of_the_two_sources() -> None:
    picture = figures.sources(P, Q1, WEATHER)
    lower, upper = np.array_split(picture.figure.axes[0].patches, 2)
    assert [patch.get_width() * patch.get_height() for patch in lower] == pytest.approx(np.divide(P, 2))
    assert [patch.get_width() * patch.get_height() for patch in upper] == pytest.approx(np.divide(Q1, 2))
    assert [patch.get_x() for patch in upper] == pytest.approx([0, 0.25, 0.7])
    assert [patch.get_y() for patch in upper] == pytest.approx([patch.get_height() for patch in lower])
    assert "rain (width 0.25): P 0.40, Q 0.60" in repr(picture)


def test_slide_climbs_to_one_bit_and_stays() -> None:
    picture = figures.slide([1 / 4, 1 / 2, 1 / 4], places=5)
    (curve,) = picture.figure.axes[0].lines
    one_bin = jsd([1 / 4, 1 / 2, 1 / 4, 0], [0, 1 / 4, 1 / 2, 1 / 4]) / log(2)
    two_bins = 3 / 4  # they share a quarter
    assert curve.get_ydata() == pytest.approx([0, one_bin, two_bins, 1, 1, 1], abs=1e-14)
    assert list(curve.get_xdata()) == [0, 1, 2, 3, 4, 5]
    assert "From 3 bins on" in repr(picture)


def test_the_triangle_of_divergences_stays_open_and_that_of_their_roots_closes() -> None:
    arm = 3 / 2 - 3 / 4 * log2(3)
    above, below = figures.triangle().figure.axes
    base, left, right = (np.transpose(line.get_data()) for line in above.lines)
    assert base == pytest.approx(np.array([[0, 0], [1, 0]]))
    assert (left[1][0], 1 - right[1][0]) == pytest.approx((arm, arm))
    assert left[1][0] < right[1][0]
    base, left, right = (np.transpose(line.get_data()) for line in below.lines)
    assert base == pytest.approx(np.array([[0, 0], [1, 0]]))
    assert left[1] == pytest.approx(right[1])
    for end, tip in (left, right):
        assert np.hypot(*(tip - end)) == pytest.approx(sqrt(arm))


def test_change_marks_the_best_split_and_what_chance_gave() -> None:
    picture = figures.change([1.0, 4.0, 9.0, 2.0], chance=5.0)
    curve, peak, chance = picture.figure.axes[0].lines
    assert list(curve.get_xdata()) == [1, 2, 3, 4]
    assert list(curve.get_ydata()) == [1.0, 4.0, 9.0, 2.0]
    assert (peak.get_xdata()[0], peak.get_ydata()[0]) == (3, 9.0)
    assert list(chance.get_ydata()) == [5.0, 5.0]
    assert "peaks after week 3 with 9.00 nats" in repr(picture)
