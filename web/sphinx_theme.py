"""The theme's faults, mended on each page as it is written.

The theme's templates are large and change with each version; a mend is a few lines, and says what it mends.
One that finds nothing to mend on a page where it should is a warning, so that the build notices a new version
of the theme.
"""

import posixpath
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import styles
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.jinja2glue import BuiltinTemplateLoader
from sphinx.util import logging

logger = logging.getLogger(__name__)


class Mend(NamedTuple):
    """A fault of the theme's pages: where it is, and what stands there instead."""

    reason: str
    fault: str
    instead: str | Callable[[re.Match[str]], str]
    everywhere: bool = True  # whether a page without the fault means that the theme has changed


def deferred(script: re.Match[str]) -> str:
    """Run a script after the page is read; one that stands in the page can only do so as a module."""
    tag = script[0]
    if "src=" in tag:
        return tag if " defer" in tag else tag.replace("<script", "<script defer", 1)
    return tag.replace("<script", '<script type="module"', 1)


def bundled(links: re.Match[str]) -> str:
    """Replace the page's stylesheets by one file, which `styles.pack` makes of them at the end, and names."""
    names = re.findall(r'href="([^"?]*)', links[0])
    prefix = names[0].partition("_static/")[0]
    parts = " ".join(posixpath.normpath(name.removeprefix(prefix)) for name in names)
    name = "_static/course-unpacked.css"
    return f'<link rel="stylesheet" href="{prefix}{name}" data-parts="{parts}" />\n{READY_FONTS}\n'


# The fonts that the stylesheet brings are made ready before the page is laid out, or its parts would shift.
READY_FONTS = """<script>
    for (const font of ["1em KaTeX_Main", "italic 1em KaTeX_Math", "1em KaTeX_Size1"])
      document.fonts.load(font);
  </script>"""
STYLE = r'<link\b(?=[^>]*\brel="stylesheet")(?![^>]*\bmedia=)[^>]*>'
BREAK = r"(?:\s|<!--(?:(?!-->).)*-->)*"

DIALOGS = {
    "search-dialog": "Search",
    "primary-sidebar-modal": "Contents of the book",
    "secondary-sidebar-modal": "Contents of this page",
}

MENDS = [
    Mend(
        "a viewport that is said three times",
        r'(?<=>)\s*<meta name="viewport" content="width=device-width, initial-scale=1" ?/>',
        "",
    ),
    Mend(
        "a mode that is neither light nor dark until scripts run: a dark page would begin as a light one",
        r'(<html[^>]*data-theme=)"auto"',
        r'\1"light"',
    ),
    Mend(
        "the same, where the mode is read",
        r'dataset\.theme = localStorage\.getItem\("theme"\) \|\| "auto"',
        'dataset.theme = ["light", "dark"].find(mode => mode == localStorage.getItem("mode"))\n'
        '      || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")',
    ),
    Mend(
        "a search index of its own on each page, for a search as you type that is not switched on",
        r'(?:<script src="[^"]*(?:searchtools|language_data|searchindex)\.js"></script>\s*){3}(?=</head>)',
        "",
        everywhere=False,  # the search page needs it
    ),
    Mend(
        "scripts that hold the page back",
        r"(?s)<script(?=>DOCUMENTATION_OPTIONS| src=).*?</script>",
        deferred,
    ),
    Mend(
        "eleven stylesheets, one of which asks for a twelfth, each a journey before anything is shown",
        rf"(?s){STYLE}(?:{BREAK}{STYLE})*",
        bundled,
    ),
    Mend(
        "a logo outside of every landmark",
        r'(?s)<a class="navbar-brand logo".*?</a>',
        r'<nav aria-label="Home">\g<0></nav>',
    ),
    Mend(
        "a button without a name, in front of the pages below another",
        r'(>([^<]+)</a>\s*<details[^>]*>\s*<summary)(?=><span class="toctree-toggle")',
        r'\1 aria-label="Pages of \2"',
        everywhere=False,
    ),
    Mend(
        "folded code whose name is not what it says",
        r'(<summary) aria-label="Toggle hidden content"',
        r"\1",
        everywhere=False,
    ),
    Mend(
        "dialogs without a name",
        r'<dialog id="pst-(search-dialog|primary-sidebar-modal|secondary-sidebar-modal)"',
        lambda dialog: f'{dialog[0]} aria-label="{DIALOGS[dialog[1]]}"',
    ),
    Mend(
        "a button with another name than the one that is written on it",
        r'(<button class="btn search-button-field[^"]*")\s+title="[^"]*"\s+aria-label="[^"]*"',
        r"\1",
    ),
    Mend(
        "icons that a screen reader spells as characters of no language",
        r'<(i|span) class="((?:theme-switch )?fa[bsr]? |fa-(?:solid|brands|regular) )',
        r'<\1 aria-hidden="true" class="\2',
    ),
    Mend(
        "buttons that say how the theme calls what they open",
        r'title="Toggle (primary|secondary) sidebar"',
        lambda title: f'title="Contents of {"the book" if title[1] == "primary" else "this page"}"',
        everywhere=False,
    ),
    Mend(
        "buttons that do nothing where scripts are off",
        r'<button(?=[^>]*class="[^"]*(?:sidebar-toggle|fullscreen-button|download-pdf-button))([^>]*)class="',
        r'<button\1class="pst-js-only ',
        everywhere=False,
    ),
    Mend(
        "an index that looks like a table of data to a screen reader",
        r'class="indextable\b',
        r'role="presentation" \g<0>',
        everywhere=False,
    ),
    Mend(
        "columns whose heads do not say that they are heads of columns",
        r"(?s)<thead>.*?</thead>",
        lambda head: re.sub(r"<th\b(?![^>]*\bscope=)", '<th scope="col"', head[0]),
        everywhere=False,
    ),
]


def mended(page: str, name: str) -> str:
    """Return a page without the theme's faults."""
    for mend in MENDS:
        page, count = re.subn(mend.fault, mend.instead, page)
        if mend.everywhere and not count:
            logger.warning(
                "the theme has changed: it does not have %s, which web/sphinx_theme.py mends",
                mend.reason,
                location=name,
            )
    return page


FOLDED = re.compile(r"(?s)<(details|math|script|svg)\b.*?</\1>|<[^>]*>")


def counted(page: str) -> str:
    """Say of each section below the page's own how many letters of it can be seen.

    From that the browser knows about how high it will be, before it has laid it out: web/static/course.css.
    """
    parts = re.split(r"(?=</?section\b)", page)
    letters = [len(" ".join(FOLDED.sub(" ", part).split())) for part in parts]
    around: list[int] = []
    for place, part in enumerate(parts):
        if part.startswith("<section"):
            around.append(place)
        elif part.startswith("</section"):
            begin = around.pop()
            if around:
                count = sum(letters[begin:place])
                parts[begin] = parts[begin].replace("<section", f'<section style="--letters: {count}"', 1)
    return "".join(parts)


class Templates(BuiltinTemplateLoader):
    """Sphinx's templates, which give pages that are mended."""

    def render(self, template: str, context: dict[str, Any]) -> str:  # type: ignore[override]
        page = super().render(template, context)
        return counted(mended(page, context["pagename"])) if "/pydata-sphinx-theme.css" in page else page


# The boxes that the theme's script makes ready for the keyboard; theme.js does that as they come near.
SCRIPT = Path("_static", "scripts", "pydata-sphinx-theme.js")
BOXES = r'\["pre","\.nboutput > \.output_area"[^\]]*\]'


def mend_script(app: Sphinx, exception: Exception | None) -> None:
    """Keep the theme's script from laying out all of a page at once, in order to see which boxes scroll."""
    if exception or app.builder.format != "html":
        return
    path = app.outdir / SCRIPT
    text, count = re.subn(BOXES, '["no-box"]', path.read_text(encoding="utf-8"))
    if not count:
        logger.warning("the theme has changed: its script no longer goes through every box that may scroll")
    path.write_text(text, encoding="utf-8")


def mend_files(app: Sphinx, builder: Builder) -> None:
    """Have the theme's files mended once they are copied, which they are where a page is written."""
    app.connect("build-finished", mend_script)
    app.connect(
        "build-finished", styles.pack, priority=900
    )  # after the theme has written its colours of code


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension to Sphinx."""
    app.add_js_file("theme.js")
    app.connect("write-started", mend_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
