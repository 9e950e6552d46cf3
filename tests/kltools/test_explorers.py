"""Explorers: what they store, how they compute, and the one in which readers type their own P and Q.

Vega, inside vl-convert, draws them at chosen settings here; tests/site does the same in a browser, by hand.
"""

import copy
import itertools
import json
import math
import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any

import altair as alt
import mpmath
import nbformat
import numpy as np
import pytest
import vl_convert

from kltools import explorers
from kltools.explorers import Explorer, own_pair
from kltools.explorers._explorer import VEGA_LITE, as_written, divergence, expected, surprisal, written
from kltools.explorers.playground import PRESETS

ROOT = Path(__file__).resolve().parents[2]
OWN = own_pair()
STORED = [
    pytest.param(output["data"], id=f"{path.stem} {output['data'][VEGA_LITE]['usermeta']['explorer']}")
    for path in sorted((ROOT / "chapters").glob("*.ipynb"))
    for cell in nbformat.read(path, as_version=4).cells
    for output in cell.get("outputs", [])
    if VEGA_LITE in output.get("data", {})
]
COLOUR = re.compile(r'(?:fill|stroke)="(#[0-9a-fA-F]+|rgb[^"]+|[a-z]+)"')


def drawn(explorer: Explorer, **settings: float | bool | str) -> list[str]:
    """Return the lines of text that Vega draws at a setting."""
    spec = copy.deepcopy(explorer.spec)
    for parameter in spec["params"]:
        parameter["value"] = settings.pop(parameter["name"], parameter.get("value"))
        if parameter["value"] is None:
            del parameter["value"]
    assert not settings
    return texts(vl_convert.vegalite_to_svg(spec))


def texts(svg: str) -> list[str]:
    return [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def evaluated(expression: str, rows: list[dict[str, float | None]]) -> list[str]:
    """Return what Vega makes of an expression, for each of some rows of data."""
    data = alt.Data(values=[{**row, "place": place} for place, row in enumerate(rows)])
    chart = alt.Chart(data).transform_calculate(text=f"'' + ({expression})").mark_text()
    return texts(
        vl_convert.vegalite_to_svg(chart.encode(y=alt.Y("place:O", axis=None), text="text:N").to_dict())
    )


def faults(data: dict[str, Any]) -> list[str]:
    """Return what keeps the site from showing an explorer that is stored, in words."""
    spec, svg = data[VEGA_LITE], data["image/svg+xml"]
    palette = json.loads((ROOT / "web" / "palette.json").read_text(encoding="utf-8"))
    unknown = set(COLOUR.findall(svg)) - {"none", "transparent", "white", *palette}
    found = [f"the colour {colour} has no partner in the dark" for colour in sorted(unknown)]
    parameters = {parameter["name"]: parameter for parameter in spec["params"]}
    found += [f"{name} is a selection" for name, parameter in parameters.items() if "select" in parameter]
    found += [f"no control is called {name}" for name in ("guess", "reveal") if name not in parameters]
    for name, parameter in parameters.items():
        if not parameter.get("bind", {"name": name}).get("name"):
            found.append(f"{name} has no label")
    if '"name": "shown"' not in json.dumps(spec):
        found.append('no view is named "shown"')
    numbers = re.findall(r"\d+\.\d+", json.dumps(spec))
    found += [
        f"{number} ends in digits that processors round differently"
        for number in numbers
        if len(number.replace(".", "").lstrip("0")) > 13
    ]
    if len(spec["description"]) < 40 or not data["text/plain"].startswith(spec["description"]):
        found.append("its text form does not describe it")
    return found


@pytest.mark.parametrize("data", STORED)
def test_what_is_stored(data: dict[str, Any]) -> None:
    assert faults(data) == []


def test_every_explorer_is_in_a_chapter() -> None:
    names = {parameter.id.partition(" ")[2] for parameter in STORED}
    assert names == {*explorers.__all__} - {"Explorer"}


def test_what_is_stored_is_the_same_each_time() -> None:
    first, again = own_pair()._repr_mimebundle_(), own_pair()._repr_mimebundle_()
    assert json.dumps(first) == json.dumps(again)


@pytest.mark.parametrize(
    ("place", "change", "fault"),
    [
        (("image/svg+xml",), '<svg><path fill="#4c78a8"/></svg>', "the colour #4c78a8 has no partner"),
        (("text/plain",), "<Explorer>", "its text form does not describe it"),
        ((VEGA_LITE, "description"), "Bars.", "its text form does not describe it"),
        ((VEGA_LITE, "vconcat", -1, "name"), "list", 'no view is named "shown"'),
        ((VEGA_LITE, "params", 0, "value"), 0.30000000000000004, "0.30000000000000004 ends in digits"),
        ((VEGA_LITE, "params", 0), {"name": "brush", "select": "interval"}, "brush is a selection"),
        ((VEGA_LITE, "params", 0, "bind", "name"), "", "names has no label"),
        ((VEGA_LITE, "params", 5, "name"), "answer", "no control is called reveal"),
    ],
)
def test_each_fault_is_found(place: tuple[str | int, ...], change: object, fault: str) -> None:
    data = copy.deepcopy(OWN._repr_mimebundle_())
    part = data
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = change
    assert fault in "\n".join(faults(data))


def pairs() -> list[tuple[float, float]]:
    rng = np.random.default_rng(1)
    p = rng.random(60)
    near = [(x, x * (1 + 10.0**-k)) for x, k in zip(p, itertools.cycle(range(1, 12)), strict=False)]
    return [*zip(p, rng.random(60), strict=True), *near, (0.0, 0.3), (0.0, 0.0), (1.0, 1.0), (0.25, 1e-12)]


def test_divergence_in_vega_keeps_its_digits() -> None:
    rows = [{"p": float(p), "q": float(q)} for p, q in pairs()]
    for row, text in zip(rows, evaluated(divergence("datum.p", "datum.q"), rows), strict=True):
        with mpmath.workdps(50):
            p, q = mpmath.mpf(row["p"]), mpmath.mpf(row["q"])
            exact = (p * mpmath.log(p / q) if p else 0) - p + q
            assert float(text) >= 0
            assert abs(mpmath.mpf(text) - exact) <= mpmath.mpf("1e-12") * exact + mpmath.mpf("1e-300"), row


def test_no_alteration_of_the_divergence_passes() -> None:
    plain = divergence("datum.p", "datum.q")
    rows = [{"p": 0.5, "q": 0.500001}, {"p": 0.2, "q": 0.7}, {"p": 0.3, "q": 0.3091}]
    right = [float(text) for text in evaluated(plain, rows)]
    for old, new in (("1/3", "1/4"), ("1/5", "1/6"), (" - ", " + "), ("2 * ", "3 * "), ("log", "sqrt")):
        assert old in plain
        altered = [float(text) for text in evaluated(plain.replace(old, new), rows)]
        assert not np.allclose(altered, right, rtol=1e-13, atol=0), f"{old} became {new}"


def test_infinite_and_impossible_outcomes() -> None:
    rows = [{"p": 0.5, "q": 0.0}, {"p": 0.0, "q": 0.5}, {"p": 0.0, "q": 0.0}]
    assert evaluated(divergence("datum.p", "datum.q"), rows) == ["Infinity", "0.5", "0"]
    assert evaluated(expected("datum.p", surprisal("datum.q")), rows) == ["Infinity", "0", "0"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0305, "0.0305"), (0.03054999, "0.0305"), (12.0, "12.0000"), (0.0, "0.0000"), (-0.0, "0.0000"),
        (0.00005, "0.0001"), (0.000049, "4.9e−5"), (2.000004e-6, "2.0e−6"), (1.26e-13, "1.3e−13"),
        (-0.5, "−0.5000"), (-2e-9, "−2.0e−9"), (math.inf, "∞"), (-math.inf, "−∞"), (None, "?"),
    ],
)  # fmt: skip
def test_values_are_written_alike_in_python_and_in_vega(value: float | None, text: str) -> None:
    row = {"value": value} if value is None or math.isfinite(value) else {"value": None, "sign": value > 0}
    given = "datum.value" if "sign" not in row else f"({1 if row['sign'] else -1} / 0)"
    assert written(value) == text
    assert evaluated(as_written(given), [row]) == [text]


def test_pictures_do_not_depend_on_the_fonts_of_a_machine() -> None:
    program = shutil.which("bwrap")
    if program is None:
        pytest.skip("bubblewrap is not installed: it hides the fonts")
    hide = [program, "--bind", "/", "/", "--dev", "/dev", "--tmpfs", "/usr/share/fonts"]
    code = "import sys, vl_convert; print(vl_convert.vegalite_to_svg(sys.stdin.read()))"
    drawn = subprocess.run(
        [*hide, sys.executable, "-c", code],
        input=json.dumps(OWN.spec),
        capture_output=True,
        text=True,
        check=True,
    )
    assert drawn.stdout == f"{OWN.svg}\n"


TYPED: list[dict[str, Any]] = [
    *PRESETS.values(),
    {"p": "0.2 0.5 0.3", "q": "0.3, 0.4, 0.3"},
    {"p": "1/3;1/3;1/3", "q": "0,5;0,25;0,25"},
    {"p": "0;0;7", "q": "0;0;2"},
    {"p": "1;0", "q": "0;1"},
    {"p": "1e-9;1", "q": "1e-3;1"},
    {"p": "0.2;0.5;0.3;0.1;0.1;5", "q": "1;2;3;4;5;6"},
    {"p": "0.5;0.5", "q": "0.500000001;0.499999999"},
]


@pytest.mark.parametrize("setting", TYPED, ids=str)
@pytest.mark.parametrize("unit", ["nats", "bits"])
def test_own_pair_draws_what_kltools_computes(setting: dict[str, str], unit: str) -> None:
    values = OWN.values(**setting, unit=unit, reveal=True, guess=0.25)
    lines = drawn(OWN, **setting, unit=unit, reveal=True, guess=0.25)
    without = {"perplexity of P", "perplexity of Q", "√JSD", "total variation"}
    for name, value in values.items():
        assert f"{name}: {written(value)} {'' if name in without else unit}".strip() in [
            line.strip() for line in lines
        ]


def test_own_pair_hides_the_answer_until_it_is_asked_for() -> None:
    assert {name for name, value in OWN.values().items() if value is None} == {
        "H(P, Q)", "H(Q, P)", "KL(P‖Q)", "KL(Q‖P)", "Jeffreys", "JSD(P, Q)", "√JSD", "total variation",
        "off by",
    }  # fmt: skip
    answer = written(OWN.values(reveal=True)["KL(P‖Q)"])
    assert not any(answer in line for line in drawn(OWN))
    assert any(answer in line for line in drawn(OWN, reveal=True))


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"p": "0;0;0"}, "P has only zeros: give one outcome at least a number above 0."),
        ({"q": "0.3;-0.4;0.3"}, "Q gives cloud a negative number: probabilities are 0 or more."),
        (
            {"q": "0.3;many;0.3"},
            "“many”, which Q gives cloud, is not a number: type one such as 2, 0.25 or 1/4.",
        ),
        ({"p": "0.2;1/0;0.3"}, "“1/0”, which P gives cloud, is not a number"),
        ({"p": "0.2;;0.3"}, "P has no number for cloud: type one; 0 is allowed."),
        ({"p": "0.2;0.5"}, "P has 2 numbers and Q has 3: give each outcome one of both."),
        ({"p": "1", "q": "1"}, "Two to six outcomes are needed, and there are 1."),
        ({"p": "1;1;1;1;1;1;1", "q": "1;1;1;1;1;1;1"}, "Two to six outcomes are needed, and there are 7."),
        ({"p": "1e308;1e308;1e308"}, "The numbers of P are too large to add: divide them all."),
        ({"p": ";;"}, "P has no number for rain"),
        ({"names": "", "p": "x;1;1"}, "“x”, which P gives 1, is not a number"),
    ],
)
def test_own_pair_says_what_is_wrong_and_what_to_do(setting: dict[str, str], message: str) -> None:
    lines = drawn(OWN, **setting, reveal=True)
    assert any(message in line for line in lines)
    found = OWN.values(**setting, reveal=True)
    assert [name for name, value in found.items() if value is not None] == ["your guess of KL(P‖Q)"]
    for name in ("H(P)", "KL(P‖Q)", "total variation", "off by"):
        assert f"{name}: ?" in [line.strip() for line in lines]


def test_own_pair_names_the_outcomes_that_make_a_divergence_infinite() -> None:
    setting = {"p": "1;1;0;1", "q": "1;0;1;0", "names": "rain;cloud;sun"}
    reason = (
        "KL(P‖Q) is ∞: Q gives 0 to cloud, 4, which P lets happen. "
        "KL(Q‖P) is ∞: P gives 0 to sun, which Q lets happen."
    )
    assert reason in drawn(OWN, **setting, reveal=True)
    assert not any("∞" in line for line in drawn(OWN, **setting))


def test_a_setting_that_does_not_exist_is_refused() -> None:
    with pytest.raises(
        TypeError, match="own_pair has no control 'r'; it has names, p, q, unit, guess, reveal"
    ):
        OWN.values(r=0.2)
