"""Drawings follow light and dark: their colours by computation, and what a browser shows and fetches."""

import itertools
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from docutils import nodes
from docutils.utils import new_document
from numpy.typing import NDArray
from playwright.sync_api import Browser

from kltools import _palette
from tests.site.books import ROOT

sys.path.append(str(ROOT / "web"))
import sphinx_figures
from sphinx_figures import PALETTE, WHITE, dark, partner, size, transparent

SET = re.compile(r"(?:fill|stroke|stop-color|color)\s*(?::|=\")\s*([^;\"]+)")
NO_COLOUR = re.compile(r"none|url\(.*\)")
# What the course draws with; black is its ink and white its paper.
ROLES = [_palette.BLUE, _palette.ORANGE, _palette.GREEN, _palette.GREY]
MODES = {"light": (ROLES, WHITE), "dark": ([PALETTE[role] for role in ROLES], PALETTE[WHITE])}

# How linear RGB looks to people who lack one kind of cone: Machado, Oliveira and Fernandes (2009), "A
# physiologically-based model for simulation of color vision deficiency", at severity 1; first, to all others.
SIGHT = {
    "all": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "no red": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no green": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no blue": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
APART = 0.1  # in OKLab (Ottosson, 2020), where 0.02 can be told apart side by side


def linear(colour: str) -> NDArray[np.float64]:
    share = np.array(sphinx_figures.channels(colour)) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2."""
    lower, upper = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (upper + 0.05) / (lower + 0.05)


def oklab(colour: str, sight: str) -> NDArray[np.float64]:
    seen = np.clip(np.array(SIGHT[sight]) @ linear(colour), 0, 1)
    cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    axes = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return axes @ np.cbrt(cones @ seen)


def alike(colours: list[str]) -> list[str]:
    """Return the pairs that somebody cannot tell apart."""
    return [
        f"{one} and {other} to eyes with {sight}"
        for one, other in itertools.combinations(colours, 2)
        for sight in SIGHT
        if np.linalg.norm(oklab(one, sight) - oklab(other, sight)) < APART
    ]


def drawings() -> Iterator[tuple[str, str]]:
    """Yield each stored drawing of the course with where it is from."""
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"]):
            for output in cell.get("outputs", []):
                if "image/svg+xml" in output.get("data", {}):
                    yield f"{path.name}, cell {number}", "".join(output["data"]["image/svg+xml"])
    yield "picture.svg", (ROOT / "web" / "picture.svg").read_text(encoding="utf-8")


STORED = {place: svg for place, svg in drawings() if "matplotlib" in svg}


def unmatched(svg: str) -> list[str]:
    """Return the colours of a drawing without a partner, or written so that none is looked for."""
    used = {colour.strip() for colour in SET.findall(svg)}
    left = []
    for colour in sorted(colour for colour in used if not NO_COLOUR.fullmatch(colour)):
        try:
            partner(colour if sphinx_figures.COLOUR.fullmatch(colour) else "not a hexadecimal colour")
        except ValueError:
            left.append(colour)
    return left


def test_every_colour_of_every_drawing_has_a_partner() -> None:
    assert len(STORED) > 20
    assert {place: left for place, svg in STORED.items() if (left := unmatched(svg))} == {}


@pytest.mark.parametrize("colour", ["#123456", "red", "rgb(1, 2, 3)", "#fff"])
def test_a_colour_without_a_partner_is_found(colour: str) -> None:
    assert unmatched(f'<path style="fill: #2d63a6; stroke: {colour}"/>') == [colour]
    assert unmatched(f'<path stroke="{colour}" fill="none"/>') == [colour]


def test_the_palette_is_that_of_the_figures() -> None:
    assert set(PALETTE) == {*ROLES, "#000000", WHITE}


def test_a_shade_between_ink_and_paper_stays_between() -> None:
    shades = [partner(f"#{shade:02x}{shade:02x}{shade:02x}") for shade in (0, 64, 128, 192, 255)]
    assert (shades[0], shades[-1]) == (PALETTE["#000000"], PALETTE[WHITE])
    lights = [contrast(shade, "#000000") for shade in shades]
    assert lights == sorted(lights, reverse=True)


@pytest.mark.parametrize("mode", MODES)
def test_marks_stand_out_from_the_page(mode: str) -> None:
    roles, paper = MODES[mode]
    assert [role for role in roles if contrast(role, paper) < 3] == []


@pytest.mark.parametrize("mode", MODES)
def test_letters_can_be_read_on_the_page_and_on_the_bars(mode: str) -> None:
    roles, paper = MODES[mode]
    assert [role for role in roles if contrast(role, paper) < 4.5] == []


@pytest.mark.parametrize("mode", MODES)
def test_the_colours_are_told_apart_by_everybody(mode: str) -> None:
    assert alike(MODES[mode][0]) == []


def test_colours_that_some_cannot_tell_apart_are_found() -> None:
    assert alike(["#c00000", "#6b6b00"]) == ["#c00000 and #6b6b00 to eyes with no green"]


def test_ink_can_be_read_in_both_modes() -> None:
    assert contrast("#000000", WHITE) == pytest.approx(21)
    assert contrast(PALETTE["#000000"], PALETTE[WHITE]) > 7


@pytest.mark.parametrize("place", STORED)
def test_a_drawing_has_no_card_behind_it_and_no_black_in_the_dark(place: str) -> None:
    svg = STORED[place]
    cards = len(re.findall(r'<g id="(?:figure|axes)_\d+">\s*<g id="patch_\d+">', svg))
    bare = transparent(svg)
    assert 0 < svg.count('id="patch_') - bare.count('id="patch_') <= cards
    background = (
        r'<g id="(?:figure|axes)_\d+">\s*<g id="patch_\d+">\s*<path d="[^"]*" style="fill: #ffffff"/>'
    )
    assert not re.search(background, bare)
    assert '<svg fill="#ced6dd" ' in dark(bare)
    left = set(sphinx_figures.COLOUR.findall(dark(bare)))
    assert not left & {"#000000", "#2d63a6", "#c6520b", "#1d563d"}
    assert size(svg)[0] in range(300, 700)


def test_a_size_is_in_css_pixels() -> None:
    assert size('<svg xmlns="a" width="360pt" height="316.8pt" viewBox="0 0 1 1">') == (480, 422)
    assert size('<svg width="320" height="200">') == size('<svg width="320px" height="200px">') == (320, 200)
    with pytest.raises(ValueError, match="width and height"):
        size('<svg viewBox="0 0 1 1">')


def test_a_drawing_that_cannot_follow_is_a_warning(
    tmp_path: object, caplog: pytest.LogCaptureFixture
) -> None:
    folder = ROOT.__class__(str(tmp_path))
    (folder / "odd.svg").write_text(
        '<svg width="1" height="1"><path fill="#123456"/></svg>', encoding="utf-8"
    )
    document = new_document("page")
    document += nodes.image(uri="odd.svg")
    env = SimpleNamespace(docname="page", relfn2path=lambda uri, docname: (uri, str(tmp_path / uri)))
    app = SimpleNamespace(env=env, doctreedir=tmp_path / "doctrees", srcdir=tmp_path)
    with caplog.at_level("WARNING"):
        sphinx_figures.split_drawings(app, document)
    assert len(document.children) == 1
    assert "#123456 has no partner in dark mode: give it one in web/palette.json" in caplog.text


SHOWN = """() => [...document.querySelectorAll("img.drawing")].map(image => ({
  mode: image.classList.contains("only-dark") ? "dark" : "light",
  shown: image.checkVisibility(), background: getComputedStyle(image).backgroundColor,
  filter: getComputedStyle(image).filter, sized: image.width > 0 && image.getAttribute("height") > 0,
}))"""


def faults(images: list[dict[str, object]], mode: str) -> list[dict[str, object]]:
    """Return the images that are not right in a mode: one of each pair shows, nothing behind it."""
    bare = {"background": "rgba(0, 0, 0, 0)", "filter": "none"}
    return [
        image
        for image in images
        if image["shown"] != (image["mode"] == mode)
        or (image["shown"] and (not image["sized"] or bare.items() - image.items()))
    ]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_page_shows_and_fetches_the_drawings_of_its_mode(browser: Browser, address: str, mode: str) -> None:
    page = browser.new_page(color_scheme=mode)
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(f"{address}/chapters/entropy.html")
    for image in page.locator("img.drawing:visible").all():
        image.scroll_into_view_if_needed()
    images = page.evaluate(SHOWN)
    assert len(images) >= 8
    assert faults(images, mode) == []
    drawn = [url for url in fetched if "/_images/" in url and url.endswith(".svg")]
    assert drawn
    assert {url.rpartition("-")[2] for url in drawn} == {f"{mode}.svg"}

    other = {"light": "dark", "dark": "light"}[mode]
    for _ in range(3):  # the switch goes through light, dark and as the system is
        page.locator(".theme-switch-button:visible").first.click()
        if page.evaluate("document.documentElement.dataset.theme") == other:
            break
    assert faults(page.evaluate(SHOWN), other) == []
    page.add_style_tag(content="img.drawing { background: white !important }")
    assert len(faults(page.evaluate(SHOWN), other)) == len(images) / 2
    page.close()


def test_a_page_without_scripts_shows_light_drawings(browser: Browser, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False, color_scheme="dark")
    page = context.new_page()
    page.goto(f"file://{site}/index.html")
    assert page.locator("img.drawing:visible").count() == 1
    assert page.locator("img.drawing.only-light:visible").count() == 1
    context.close()
