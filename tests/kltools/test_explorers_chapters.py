"""The chapters' explorers: what they draw is what the definitions say, at every end of their controls.

The arithmetic of an explorer is in its Vega expressions. Vega itself evaluates them here, without a browser:
a picture is drawn at a setting, and the numbers are read from its text, with more digits than a reader gets.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from itertools import product
from math import log

import numpy as np
import pytest
import vl_convert
from scipy.optimize import minimize_scalar
from scipy.stats import norm

from kltools import explorers
from kltools.explorers import Explorer

P, WEATHER = [0.2, 0.5, 0.3], ["rain", "cloud", "sun"]
DIGITS = ".15g"

MADE: dict[str, Callable[[], Explorer]] = {
    "average_surprise": partial(explorers.average_surprise, [2, 5, 3], WEATHER),
    "floor_and_excess": partial(explorers.floor_and_excess, P, [3, 4, 3], WEATHER),
    "gap_above_the_curve": partial(explorers.gap_above_the_curve, 1 / 2, 3 / 5),
    "down_to_zero": partial(explorers.down_to_zero, P, WEATHER),
    "one_bump": explorers.one_bump,
    "one_dial": partial(explorers.one_dial, [20, 50, 30]),
    "parting": explorers.parting,
}
explorer = cache(lambda name: MADE[name]())


def cost(p: Iterable[float], q: Iterable[float]) -> float:
    """The cross-entropy in nats by its definition, in plain Python."""
    terms = [math.inf if b == 0 else -a * log(b) for a, b in zip(p, q, strict=True) if a > 0]
    return math.fsum(terms)


def kl(p: Iterable[float], q: Iterable[float]) -> float:
    p, q = list(p), list(q)
    return math.inf if cost(p, q) == math.inf else cost(p, q) - cost(p, p)


def average_surprise(rain: float, cloud: float, sun: float) -> dict[str, float | None]:
    days = [rain, cloud, sun]
    if not any(days):
        return {"H(P)": None}
    p = [n / sum(days) for n in days]
    return {"H(P)": cost(p, p) / log(2)}


def floor_and_excess(rain: float, cloud: float, sun: float) -> dict[str, float | None]:
    days, floor = [rain, cloud, sun], cost(P, P)
    if not any(days):
        return {"H(P)": floor, "H(P, Q)": None, "excess": None}
    paid = cost(P, [n / sum(days) for n in days])
    return {"H(P)": floor, "H(P, Q)": paid, "excess": paid - floor}


def gap_above_the_curve(truth: float, belief: float) -> dict[str, float]:
    p, q = [truth, 1 - truth], [belief, 1 - belief]
    return {"H(P)": cost(p, p), "H(P, Q)": cost(p, q), "KL(P‖Q)": kl(p, q), "KL(Q‖P)": kl(q, p)}


def down_to_zero(t: float) -> dict[str, float]:
    q = [t, (1 - t) * 5 / 8, (1 - t) * 3 / 8]
    return {"KL(P‖Q)": kl(P, q), "KL(Q‖P)": kl(q, P)}


def normal(centre: float, spread: float) -> list[float]:
    heights = norm.pdf(range(21), centre, spread)
    return list(heights / heights.sum())


TWO_BUMPS = [0.6 * a + 0.4 * b for a, b in zip(normal(6, 1.5), normal(14, 1.5), strict=True)]


@cache
def best(forward: bool) -> tuple[float, float]:
    """The least divergence over the settings of the sliders, and its centre, one after the other."""
    pairs = [(k / 2, normal(k / 2, s / 10)) for k in range(41) for s in range(10, 81)]
    return min((kl(TWO_BUMPS, q) if forward else kl(q, TWO_BUMPS), centre) for centre, q in pairs)


def one_bump(centre: float, spread: float) -> dict[str, float]:
    q = normal(centre, spread)
    return {
        "centre (P‖Q)": best(True)[1],
        "centre (Q‖P)": best(False)[1],
        "least KL(P‖Q)": best(True)[0],
        "least KL(Q‖P)": best(False)[0],
        "KL(P‖Q)": kl(TWO_BUMPS, q),
        "KL(Q‖P)": kl(q, TWO_BUMPS),
    }


def one_dial(dial: float, cloud: float) -> dict[str, float]:
    p = [(100 - cloud) / 100 * 2 / 5, cloud / 100, (100 - cloud) / 100 * 3 / 5]
    paid, floor = cost(p, [dial, 1 - 2 * dial, dial]), cost(p, p)
    return {"best t": (p[0] + p[2]) / 2, "floor": floor, "NLL": paid, "excess": paid - floor}


def parting(cloud: float, foreign: float) -> dict[str, float]:
    p = [(1 - cloud) * (1 - foreign), cloud, (1 - cloud) * foreign]
    q, m = p[::-1], [(a + b) / 2 for a, b in zip(p, p[::-1], strict=True)]
    return {"JSD": (kl(p, m) + kl(q, m)) / 2 / log(2), "J/2": (kl(p, q) + kl(q, p)) / 2 / log(2)}


TWINS: dict[str, Callable[..., Mapping[str, float | None]]] = {
    f.__name__: f
    for f in (
        average_surprise, floor_and_excess, gap_above_the_curve, down_to_zero, one_bump, one_dial, parting,
    )
}  # fmt: skip


def controls(name: str) -> dict[str, tuple[float, float, float]]:
    """From, to and start of every slider but that of the guess."""
    return {
        key: (control["bind"]["min"], control["bind"]["max"], control["value"])
        for key, control in explorer(name).controls.items()
        if control["bind"]["input"] == "range" and key != "guess"
    }


def settings(name: str) -> Iterator[dict[str, float]]:
    """Every corner of the controls, the start, and some settings between."""
    sliders = controls(name)
    yield {key: start for key, (_, _, start) in sliders.items()}
    yield from (
        dict(zip(sliders, corner, strict=True)) for corner in product(*(s[:2] for s in sliders.values()))
    )
    rng = np.random.default_rng(len(name))
    for _ in range(4):
        bind = {key: explorer(name).controls[key]["bind"] for key in sliders}
        yield {
            key: round(
                b["min"] + b["step"] * int(rng.integers(1, round((b["max"] - b["min"]) / b["step"]))), 9
            )
            for key, b in bind.items()
        }


@cache
def compiled(spec: str) -> str:
    """Vega for a spec of Vega-Lite, with all digits in place of those that a reader gets."""
    vega = json.dumps(vl_convert.vegalite_to_vega(json.loads(spec)), ensure_ascii=False)
    return re.sub(r"'\.(4f|1e)'", f"'{DIGITS}'", vega)


def drawing(spec: Mapping[str, object], **setting: float) -> str:
    """Draw a spec at a setting."""
    vega = json.loads(compiled(json.dumps(spec)))
    for signal in vega["signals"]:
        if signal["name"] in setting:
            signal["value"] = setting[signal["name"]]
    return vl_convert.vega_to_svg(vega)


def size(svg: str) -> tuple[str, ...]:
    found = re.search(r'<svg[^>]* width="([\d.]+)" height="([\d.]+)"', svg)
    assert found
    return found.groups()


def numbers(svg: str) -> Iterator[tuple[str, float | None]]:
    """The values that a picture lists."""
    for line in re.findall(r">([^<>]+: (?:\?|−?∞|−?\d)[^<>]*)</text>", svg):
        name, _, value = line.rpartition(": ")
        number = value.split()[0].replace("−", "-").replace("∞", "inf")
        yield name, None if number == "?" else float(number)


def wrong(svg: str, name: str, setting: Mapping[str, float]) -> list[str]:
    """What a picture with the answer shows otherwise than the definitions have it."""
    shown = dict(numbers(svg))
    return [
        f"{name} at {setting}: {key} is drawn as {shown.get(key)}, and is {value}"
        for key, value in TWINS[name](**setting).items()
        if not same(shown.get(key, math.nan), value)
    ]


def same(left: float | None, right: float | None) -> bool:
    if left is None or right is None:
        return left is right
    return left == right or abs(left - right) <= 1e-12 * max(1, abs(right))


def test_every_explorer_of_the_chapters_is_tested_here() -> None:
    assert {"Explorer", "own_pair", *MADE} == set(explorers.__all__)
    assert set(TWINS) == set(MADE)


@pytest.mark.parametrize("name", MADE)
def test_the_values_are_those_of_the_definitions(name: str) -> None:
    for setting in settings(name):
        found = explorer(name).values(**setting, reveal=True)
        expected = TWINS[name](**setting)
        assert list(found)[1:-1] == list(expected)
        for key, value in expected.items():
            assert same(found[key], value), (setting, key, found[key], value)


@pytest.mark.parametrize("name", MADE)
def test_the_picture_shows_them_and_keeps_its_size(name: str) -> None:
    """A height that depended on a slider would move the page below it."""
    sizes = set()
    for setting in settings(name):
        picture = drawing(explorer(name).spec, **setting, reveal=True)
        assert not wrong(picture, name, setting)
        sizes.add(size(picture))
    assert len(sizes) == 1, sizes


@pytest.mark.parametrize("name", MADE)
def test_nothing_is_given_away_before_the_answer_is_asked_for(name: str) -> None:
    made = explorer(name)
    before, after = (drawing(made.spec, guess=0.25, reveal=asked) for asked in (False, True))
    assert size(before) == size(after)
    shown = dict(numbers(before))
    assert shown[made.prediction.guess] == 0.25
    assert all(shown[key] is None for key in (made.prediction.of, *made.prediction.hides))
    for key, value in made.values(guess=0.25).items():
        assert same(shown[key], value), key
    answer = TWINS[name](**{key: start for key, (_, _, start) in controls(name).items()})[made.prediction.of]
    assert answer is not None
    assert dict(numbers(after))["off by"] == pytest.approx(abs(0.25 - answer))


# One fault each, in the arithmetic of a spec: what is there, what is put in its place.
FAULTS = [
    ("average_surprise", "/ LN2", "/ LN10"),
    ("average_surprise", "rain / (rain + cloud + sun)", "rain / (rain - cloud + sun)"),
    ("floor_and_excess", "believing - knowing", "knowing - believing"),
    ("floor_and_excess", "(-log(q[0]))", "(-log(p[0]))"),
    ("gap_above_the_curve", "(-log(q[1]))", "(log(q[1]))"),
    ("gap_above_the_curve", "[belief, 1 - belief]", "[1 - belief, belief]"),
    ("down_to_zero", "(1 - t) * 0.625", "(1 + t) * 0.625"),
    ("one_bump", "exp(-pow((6 - centre)", "exp(-pow((7 - centre)"),
    ("one_bump", "log(p[3] / q[3])", "log(q[3] / p[3])"),
    ("one_dial", "cost - floor", "cost + floor"),
    ("one_dial", "1 - cloud / 100", "1 - cloud / 101"),
    ("parting", "(p[0] + q[0]) / 2", "(p[0] + q[0]) / 3"),
    ("parting", "/ 2 / LN2", "/ 2"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "right", "fault"), FAULTS)
def test_a_fault_in_the_arithmetic_is_seen(name: str, right: str, fault: str) -> None:
    spec = json.dumps(explorer(name).spec, ensure_ascii=False)
    assert right in spec
    between = list(settings(name))[-1]
    altered = drawing(json.loads(spec.replace(right, fault)), **between, reveal=True)
    assert wrong(altered, name, between)


def test_the_dial_is_best_where_no_other_setting_costs_less() -> None:
    for cloud in (10, 50, 85):
        found = minimize_scalar(lambda t, cloud=cloud: one_dial(t, cloud)["NLL"], bounds=(0.001, 0.499))
        assert explorer("one_dial").values(cloud=cloud, reveal=True)["best t"] == pytest.approx(
            found.x, abs=1e-5
        )


def test_each_direction_fits_a_bump_of_its_own_kind() -> None:
    """The first covers both bumps, with about the mean of P; the second takes the larger one."""
    found = explorer("one_bump").values(reveal=True)
    assert found["centre (P‖Q)"] == pytest.approx(np.dot(TWO_BUMPS, range(21)), abs=0.5)
    assert found["centre (Q‖P)"] == 6
    assert found["least KL(Q‖P)"] == pytest.approx(-log(0.6), rel=0.03)


@pytest.mark.parametrize("name", MADE)
def test_the_words_and_the_table_hold_the_numbers(name: str) -> None:
    made = explorer(name)
    numbers = [cell for row in made.table for cell in row.values()]
    assert len(made.table) >= 3
    assert all(cell in repr(made) for cell in numbers)
    assert len(made.description) > 120
    assert made.description.endswith("?")


def test_no_days_are_no_distribution() -> None:
    nothing = {"rain": 0, "cloud": 0, "sun": 0}
    for name, words in (
        ("average_surprise", "no days, no distribution"),
        ("floor_and_excess", "no days, no belief"),
    ):
        made = explorer(name)
        assert words in drawing(made.spec, **nothing)
        assert words not in made.svg
