"""The pictures beside a link that somebody shares: a page's question, its topic, and a drawing of it.

Fonts come from the site, and the drawing's letters are outlines, so a picture is the same on every machine.
"""

import re
from io import BytesIO
from pathlib import Path

import vl_convert
from PIL import Image, ImageDraw, ImageFont

from kltools._palette import BLUE, GREY, ORANGE

SIZE = WIDTH, HEIGHT = 1200, 630  # what networks ask for
MARGIN, GAP = 64, 48
DRAWING = (500, HEIGHT - 2 * MARGIN)
PAPER, INK, MUTED = "#ffffff", "#1a1a1a", GREY
EXTENT = re.compile(r'<svg\b(?=[^>]* width="([\d.]+)(pt|px|)")(?=[^>]* height="([\d.]+)(pt|px|)")')
PIXELS = {"pt": 96 / 72, "px": 1, "": 1}
FONTS = Path(__file__).parent / "third_party" / "katex" / "fonts"


def font(style: str, size: int) -> ImageFont.FreeTypeFont:
    # The basic layout: the other one depends on a library that not every machine has.
    return ImageFont.truetype(FONTS / f"{style}.woff2", size, layout_engine=ImageFont.Layout.BASIC)


def wrap(text: str, face: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Break a text into as few lines as the width allows, then make them as equal as they can be."""

    def lines(limit: float) -> list[str]:
        found = [""]
        for word in text.split():
            longer = f"{found[-1]} {word}".strip()
            if face.getlength(longer) <= limit or not found[-1]:
                found[-1] = longer
            else:
                found.append(word)
        return found

    fewest = len(lines(width))
    return lines(next((limit for limit in range(0, int(width), 10) if len(lines(limit)) <= fewest), width))


def extent(svg: str) -> list[float]:
    """Return the width and the height of a picture, in pixels."""
    width, its_unit, height, other_unit = EXTENT.search(svg).groups()
    return [float(width) * PIXELS[its_unit], float(height) * PIXELS[other_unit]]


def fits(svg: str) -> bool:
    """Say whether a picture suits a preview: it is not high, and needs no font of the machine."""
    width, height = extent(svg)
    return width >= height and "<text" not in svg


def rasterise(svg: str) -> Image.Image:
    """Draw an SVG as large as its place allows."""
    scale = min(room / side for room, side in zip(DRAWING, extent(svg), strict=True))
    return Image.open(BytesIO(vl_convert.svg_to_png(svg, scale=scale))).convert("RGB")


def card(course: str, title: str, topic: str, svg: str) -> bytes:
    """Return a PNG with the course's name (its own page has it as the title), a title, a topic, a drawing."""
    picture = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(picture)
    drawing = rasterise(svg)
    picture.paste(drawing, (WIDTH - MARGIN - drawing.width, (HEIGHT - drawing.height) // 2))

    width = WIDTH - 2 * MARGIN - GAP - DRAWING[0]
    for size in (72, 64, 56):  # as large as three lines can be
        large = font("KaTeX_Main-Bold", size)
        lines = wrap(title, large, width)
        if len(lines) <= 3:
            break
    small = font("KaTeX_Main-Regular", 34)
    lower = wrap(topic, small, width)
    height = len(lines) * size * 1.15
    top = (HEIGHT + (64 if course else 0) - height - 24 - 42 * len(lower)) / 2
    for number, line in enumerate(lines):
        draw.text((MARGIN, top + number * size * 1.15), line, INK, large)
    for number, line in enumerate(lower):
        draw.text((MARGIN, top + height + 24 + 42 * number), line, BLUE, small)
    if course:
        draw.rectangle((MARGIN, MARGIN + 2, MARGIN + 10, MARGIN + 34), BLUE)
        draw.rectangle((MARGIN + 14, MARGIN + 12, MARGIN + 24, MARGIN + 34), ORANGE)
        draw.text((MARGIN + 40, MARGIN), course, MUTED, small)

    written = BytesIO()
    # Few colours, so that the file is small; the other ways to choose them take five times as long.
    picture.quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(written, "PNG")
    return written.getvalue()
