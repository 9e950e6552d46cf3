"""Figures that follow the page from light to dark.

A chapter stores each of its drawings once, as a light SVG. This extension writes two from it, one for either
mode, both without a background of their own, and the page shows the one that fits: the theme hides what is
marked `only-light` or `only-dark`. The hidden one is never fetched, since it loads lazily, and both tell the
browser their size, so that nothing moves when they arrive.

`palette.json` holds the colours: for each that the course draws in, its partner in dark mode. Whatever else
draws for the page, an explorer or a style, takes its dark colours from there too, through `partner` or as
JSON. Black and white stand for the ink and the paper; a shade of grey between them keeps its place between.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)

PALETTE: dict[str, str] = json.loads(Path(__file__).with_name("palette.json").read_text(encoding="utf-8"))
WHITE, BLACK = "#ffffff", "#000000"
COLOUR = re.compile(r"(?<![\w#(])#[0-9a-fA-F]{6}\b")
# A white rectangle behind the whole drawing, or behind one pair of axes: matplotlib clips what it draws
# in them, and not this.
BACKGROUND = re.compile(
    r'(<g id="(?:figure|axes)_\d+">\s*)<g id="patch_\d+">\s*<path d="[^"]*" style="fill: #ffffff"/>\s*</g>'
)
SIZE = re.compile(r'<svg\b[^>]*?\bwidth="([\d.]+)(pt|px)?" height="([\d.]+)(?:pt|px)?"')


def channels(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def partner(colour: str) -> str:
    """Return the colour that stands in dark mode for one of light mode.

    Raises ValueError for a colour that has none.
    """
    colour = colour.lower()
    if colour in PALETTE:
        return PALETTE[colour]
    shade, *others = channels(colour)
    if set(others) != {shade}:
        raise ValueError(f"{colour} has no partner in dark mode: give it one in web/palette.json")
    ends = zip(channels(PALETTE[BLACK]), channels(PALETTE[WHITE]), strict=True)
    return "#" + "".join(f"{round(ink + (paper - ink) * shade / 255):02x}" for ink, paper in ends)


def transparent(svg: str) -> str:
    """Leave out the white behind a drawing, so that what it stands on shows through."""
    return BACKGROUND.sub(r"\1", svg)


def dark(svg: str) -> str:
    """Exchange each colour of a drawing for its partner; ValueError names one that has none.

    Letters do not say that they are black: what says no colour inherits the ink.
    """
    exchanged = COLOUR.sub(lambda found: partner(found[0]), svg)
    return exchanged.replace("<svg ", f'<svg fill="{PALETTE[BLACK]}" ', 1)


def size(svg: str) -> tuple[int, int]:
    """Return the width and the height of a drawing in CSS pixels; a point is 4/3 of one."""
    found = SIZE.search(svg)
    if not found:
        raise ValueError("the drawing does not say its width and height")
    scale = 4 / 3 if found[2] == "pt" else 1
    return round(float(found[1]) * scale), round(float(found[3]) * scale)


def split_drawings(app: Sphinx, doctree: nodes.document) -> None:
    """Put in place of each SVG of a page one for light mode and one for dark."""
    docname, folder = app.env.docname, Path(app.doctreedir).parent / "figures"
    folder.mkdir(exist_ok=True)
    for image in list(doctree.findall(nodes.image)):
        source = Path(app.env.relfn2path(image["uri"], docname)[1])
        if source.suffix != ".svg" or not source.exists():
            continue
        svg = transparent(source.read_text(encoding="utf-8"))
        try:
            pair, extent = {"light": svg, "dark": dark(svg)}, size(svg)
        except ValueError as error:
            logger.warning("%s: %s", source.name, error, location=image)
            continue
        images = []
        for mode, drawn in pair.items():
            path = folder / f"{source.stem}-{mode}.svg"
            path.write_text(drawn, encoding="utf-8")
            images.append(in_mode(image, mode, f"/{os.path.relpath(path, app.srcdir)}", extent))
        image.replace_self(images)


def in_mode(image: nodes.image, mode: str, uri: str, extent: tuple[int, int]) -> nodes.image:
    copy = image.deepcopy()
    copy["classes"] = [*image["classes"], "drawing", f"only-{mode}"]
    copy["uri"], copy["loading"], copy["extent"] = uri, "lazy", extent
    return copy


def visit_image(translator: Any, node: nodes.image) -> None:
    """Write an image as its translator does, and the size that a drawing has."""
    type(translator).visit_image(translator, node)
    if "extent" in node:
        width, height = node["extent"]
        sized = f'<img width="{width}" height="{height}" '
        translator.body[-1] = translator.body[-1].replace("<img ", sized, 1)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension to Sphinx."""
    app.add_node(nodes.image, override=True, html=(visit_image, None))
    app.connect("doctree-read", split_drawings, priority=400)  # before Sphinx collects the images, at 500
    return {"parallel_read_safe": True, "parallel_write_safe": True}
