"""The figures: they draw what the definitions say, the same on every run, and tell it in words."""

from collections.abc import Iterable
from math import log

import numpy as np
import pytest
from matplotlib.axes import Axes

from kltools import figures

P, Q1 = [0.2, 0.5, 0.3], [0.3, 0.4, 0.3]
WEATHER = ["rain", "cloud", "sun"]

PICTURES = {
    "terms": lambda: figures.terms(P, Q1, WEATHER),
    "cost": lambda: figures.cost(P, {"P": P, "Q1": Q1}),
    "logarithm_and_tangent": lambda: figures.logarithm_and_tangent([1.5, 0.8, 1.0]),
    "toward_zero": lambda: figures.toward_zero(P),
    "evidence": lambda: figures.evidence(P, Q1, days=50, seed=4),
    "pinsker": lambda: figures.pinsker(pairs=40, seed=2),
    "surprise": lambda: figures.surprise(P, WEATHER),
    "binary_entropy": lambda: figures.binary_entropy(0.1, 0.7),
    "block_costs": lambda: figures.block_costs([0.71, 0.29], longest=4),
    "shared": lambda: figures.shared([[0.1, 0.5], [0.1, 0.3]]),
    "surprise_areas": lambda: figures.surprise_areas(P, Q1, WEATHER),
    "beliefs_as_tangents": lambda: figures.beliefs_as_tangents(0.2, [0.3, 0.7]),
    "label_losses": lambda: figures.label_losses([1, 0.9]),
    "model_orders": lambda: figures.model_orders("abcab\n" * 9, "abcba\n", "abc\n", [1, 2, 3], 0.1),
    "change": lambda: figures.change([1.0, 4.0, 9.0, 2.0], chance=5.0),
    "mixture": lambda: figures.mixture(P, Q1, WEATHER),
    "moved_apart": lambda: figures.moved_apart(steps=41),
    "slide": lambda: figures.slide([1 / 4, 1 / 2, 1 / 4], places=5),
    "sources": lambda: figures.sources(P, Q1, WEATHER),
    "triangle": lambda: figures.triangle(),
    "landscape": lambda: figures.landscape([20, 50, 30], {"Q1": Q1}, WEATHER),
    "likelihood_curve": lambda: figures.likelihood_curve(2, 10),
    "running_costs": lambda: figures.running_costs(P, Q1, days=50, seed=1),
    "handwriting": lambda: figures.handwriting(np.eye(8)[None] / 2, ["a line"]),
    "loss_curve": lambda: figures.loss_curve([2.3, 1.5, 1.1], 0.9, fresh=[2.3, 1.6, 1.7]),
    "off_by": lambda: figures.off_by({"JSD": (0.0314, 0.0078), "bits": (1.06, 1.53)}),
}


def kl(p: Iterable[float], q: Iterable[float]) -> float:
    """The definition, in plain Python: the witness of every curve below."""
    return sum(a * log(a / b) for a, b in zip(p, q, strict=True))


def heights(axes: Axes) -> list[float]:
    return [patch.get_height() for patch in axes.patches]


def widths(axes: Axes) -> list[float]:
    return [patch.get_width() for patch in axes.patches]


def test_every_figure_of_the_module_is_tested_here() -> None:
    assert {"Picture", *PICTURES} == set(figures.__all__)


@pytest.mark.parametrize("name", PICTURES)
def test_two_runs_give_the_same_svg_and_a_description_of_some_length(name: str) -> None:
    first, second = PICTURES[name](), PICTURES[name]()
    svg = first._repr_svg_()
    assert svg == second._repr_svg_()
    assert "<dc:date>" not in svg
    assert repr(first) == repr(second)
    assert len(repr(first)) > 60


def test_terms_draws_both_distributions_and_the_terms_of_the_sum() -> None:
    picture = PICTURES["terms"]()
    above, below = picture.figure.axes
    assert heights(above) == P + Q1
    assert heights(below) == pytest.approx([a * log(a / b) for a, b in zip(P, Q1, strict=True)], rel=1e-12)
    assert sum(heights(below)) == pytest.approx(0.0304787540354720, rel=1e-12)
    assert [label.get_text() for label in below.get_xticklabels()] == WEATHER
    assert "rain: P 0.2, Q 0.3, term −0.0811" in repr(picture)
    assert "Sum 0.0305" in repr(picture)


def test_cost_stacks_the_excess_on_the_floor() -> None:
    picture = PICTURES["cost"]()
    (axes,) = picture.figure.axes
    assert widths(axes) == pytest.approx(
        [1.0296530140645736, 1.0296530140645736, 0, 0.0304787540354720], abs=1e-15
    )
    assert [patch.get_x() for patch in axes.patches] == pytest.approx(
        [0, 0, 1.0296530140645736, 1.0296530140645736]
    )
    assert "P: 1.0297 + 0.0000; Q1: 1.0297 + 0.0305" in repr(picture)


def test_the_tangent_lies_above_the_logarithm() -> None:
    picture = PICTURES["logarithm_and_tangent"]()
    (axes,) = picture.figure.axes
    tangent, curve = axes.lines[:2]
    x = curve.get_xdata()
    assert np.exp(curve.get_ydata()) == pytest.approx(x, rel=1e-12)
    assert tangent.get_ydata() == pytest.approx(x - 1)
    gaps = [(segment[0][0], segment[1][1] - segment[0][1]) for segment in axes.collections[0].get_segments()]
    assert gaps == [pytest.approx((ratio, ratio - 1 - log(ratio))) for ratio in (1.5, 0.8, 1.0)]
    assert "0.0945 at 1.50" in repr(picture)


def test_toward_zero_draws_both_directions() -> None:
    picture = PICTURES["toward_zero"]()
    (axes,) = picture.figure.axes
    forward, reverse = axes.lines
    for t, there, back in zip(forward.get_xdata(), forward.get_ydata(), reverse.get_ydata(), strict=True):
        q = [t, (1 - t) * 5 / 8, (1 - t) * 3 / 8]
        assert there == pytest.approx(kl(P, q), rel=1e-9, abs=1e-14)
        assert back == pytest.approx(kl(q, P), rel=1e-9, abs=1e-14)
    assert forward.get_xdata()[[0, -1]] == pytest.approx([1e-6, 0.2])


def test_evidence_walks_by_the_log_ratios_of_what_was_seen() -> None:
    picture = PICTURES["evidence"]()
    (axes,) = picture.figure.axes
    *paths, mean = axes.lines
    assert len(paths) == 5
    possible = sorted(log(a / b) for a, b in zip(P, Q1, strict=True))
    for path in paths:
        steps = np.diff(path.get_ydata(), prepend=0)
        assert np.abs(np.subtract.outer(steps, possible)).min(axis=1).max() < 1e-12
    assert mean.get_ydata()[-1] == pytest.approx(50 * 0.0304787540354720, rel=1e-12)
    assert {len(path.get_ydata()) for path in paths} == {50}


def test_the_evidence_is_drawn_from_p() -> None:
    picture = figures.evidence([0.9, 0.1], [0.1, 0.9], days=2000, seed=1)
    *paths, mean = picture.figure.axes[0].lines
    assert [path.get_ydata()[-1] / 2000 for path in paths] == pytest.approx([0.8 * log(9)] * 5, rel=0.05)
    assert mean.get_ydata()[-1] / 2000 == pytest.approx(0.8 * log(9))


def test_pinsker_draws_the_random_pairs_above_the_curve() -> None:
    picture = PICTURES["pinsker"]()
    points, curve = picture.figure.axes[0].lines
    p, q = np.random.default_rng(2).dirichlet(np.ones(3), size=(2, 40))
    assert points.get_xdata() == pytest.approx([abs(a - b).sum() / 2 for a, b in zip(p, q, strict=True)])
    assert points.get_ydata() == pytest.approx([kl(a, b) for a, b in zip(p, q, strict=True)])
    assert curve.get_ydata() == pytest.approx(2 * curve.get_xdata() ** 2)
