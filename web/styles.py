"""What the site sends of the theme's styles and icons: what its pages use, in one file.

The theme brings all of Bootstrap and two thousand icons, 340 kB gzipped, of which the pages use a fraction.
"""

import base64
import hashlib
import io
import logging
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

import tinycss2
from fontTools import subset
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx
from tinycss2.ast import Node, QualifiedRule

logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of each table of a font

PARTS = re.compile(r'href="[^"]*?(_static/course-\w+\.css)" data-parts="([^"]*)"')
SCRIPTS = re.compile(r'<script\b[^>]*\bsrc="([^"?]*)')
WORDS = re.compile(r"""\b(?:class|id)=(?:"([^"]*)"|'([^']*)')""")
URL = re.compile(r"""url\((?!["']?(?:data:|#))["']?([^"')]+)["']?\)""")
ICONS = re.compile(r"src:url\((vendor/fontawesome/webfonts/fa-[\w-]+)\.woff2\)[^}]*?(?=[;}])")
MATHEMATICS = re.compile(r"url\((katex/fonts/KaTeX_(?:Main-Regular|Math-Italic|Size1-Regular)\.woff2)\)")
# Ours stay whole, and so does what scripts style that are loaded later.
BOUGHT_IN = ("_static/styles/", "_static/mystnb.", "_static/basic.css")
LEFT_OUT = ["scripts/fontawesome.js*", "scripts/*.map", "styles/*.map", "vendor/fontawesome/webfonts/*"]


def pack(app: Sphinx, exception: Exception | None) -> None:
    """Make the one stylesheet of each kind of page, and the icons that it names."""
    if exception or app.builder.format != "html":
        return
    folder = Path(app.outdir)
    bundles, words = survey(folder)
    sheets = {part: sheet(folder, part, words) for part in {part for parts in bundles for part in parts}}
    for old in (folder / "_static").glob("course-*.css"):
        old.unlink()
    for parts, pages in bundles.items():
        text = with_fonts("\n".join(sheets[part] for part in parts), folder)
        # Named by its content: a browser that kept the last one asks again where anything in it has changed.
        name = f"_static/course-{hashlib.sha256(text.encode()).hexdigest()[:12]}.css"
        (folder / name).write_text(text, encoding="utf-8")
        for path in pages:
            point(path, name)
    for pattern in LEFT_OUT:
        for path in (folder / "_static").glob(pattern):
            path.unlink()


def point(path: Path, name: str) -> None:
    """Have a page ask for a stylesheet by this name."""
    page = path.read_text(encoding="utf-8")
    pointed = PARTS.sub(lambda found: found[0].replace(found[1], name), page)
    if pointed != page:
        path.write_text(pointed, encoding="utf-8")


def survey(folder: Path) -> tuple[dict[tuple[str, ...], list[Path]], set[str]]:
    """Return the pages that ask for the same parts of styles, and every word that may be a class or an id."""
    bundles: dict[tuple[str, ...], list[Path]] = {}
    words: set[str] = set()
    scripts: set[Path] = set()
    for path in folder.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        found = PARTS.search(page)
        if not found:
            continue
        bundles.setdefault(tuple(found[2].split()), []).append(path)
        for names in WORDS.findall(page):
            words.update("".join(names).split())
        scripts.update((path.parent / name).resolve() for name in SCRIPTS.findall(page))
    for script in scripts:
        if script.name != "searchindex.js" and script.is_file():
            words.update(re.findall(r"[\w-]+", script.read_text(encoding="utf-8")))
    return bundles, words


def sheet(folder: Path, name: str, words: set[str]) -> str:
    """Return a stylesheet with those that it imports, its addresses made relative to `_static`."""
    text = (folder / name).read_text(encoding="utf-8")
    here = posixpath.dirname(name)
    imports = re.findall(r"""@import\s+["']([^"']+)["'];""", text)
    text = re.sub(r"@import[^;]+;|@charset[^;]+;", "", text)
    text = URL.sub(lambda url: f"url({posixpath.relpath(posixpath.join(here, url[1]), '_static')})", text)
    if name.startswith(BOUGHT_IN):
        rules = tinycss2.parse_stylesheet(text, skip_whitespace=True, skip_comments=True)
        text = "".join(serialized(rules, words))
    return "\n".join(
        [*(sheet(folder, posixpath.normpath(f"{here}/{each}"), words) for each in imports), text]
    )


def serialized(rules: list[Node], words: set[str]) -> Iterator[str]:
    """Yield the rules that may apply to an element with one of these words as its class or id."""
    for rule in rules:
        if isinstance(rule, QualifiedRule):
            kept = [part for part in selectors(rule.prelude) if named(part) <= words]
            if kept:
                yield f"{','.join(map(tinycss2.serialize, kept))}{{{tinycss2.serialize(rule.content)}}}\n"
        elif rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
            inner = "".join(serialized(tinycss2.parse_rule_list(rule.content, skip_whitespace=True), words))
            if inner:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}\n"
        else:
            yield rule.serialize() + "\n"


def selectors(prelude: list[Node]) -> Iterator[list[Node]]:
    """Yield the selectors of a list of them, which commas part."""
    part: list[Node] = []
    for token in prelude:
        if token == ",":
            yield part
            part = []
        else:
            part.append(token)
    yield part


def named(selector: list[Node]) -> set[str]:
    """Return the classes and ids that an element must have: those outside of :not() and its like."""
    return {
        after.value
        for before, after in zip([None, *selector], selector, strict=False)
        if after.type == "ident" and before == "."
    } | {token.value for token in selector if token.type == "hash"}


def with_fonts(text: str, folder: Path) -> str:
    """Put into a stylesheet the icons that it names, and the fonts of mathematics that every chapter needs.

    A font that came later would move what is there already: rows of a table, or buttons.
    """
    codes = {int(code, 16) for code in re.findall(r"\\([ef][\da-f]{3})\b", text)}
    codes |= {ord(character) for character in re.findall(r"[\ue000-\uf8ff]", text)}

    def icons(source: re.Match[str]) -> str:
        font = TTFont(folder / "_static" / f"{source[1]}.ttf", recalcTimestamp=False)
        keep = subset.Subsetter(subset.Options(layout_features=[], hinting=False))
        keep.populate(unicodes=codes)
        keep.subset(font)
        font.flavor, packed = "woff", io.BytesIO()
        font.save(packed)
        return f'src:{address(packed.getvalue())} format("woff")'

    text = ICONS.sub(icons, text)
    return MATHEMATICS.sub(lambda font: address((folder / "_static" / font[1]).read_bytes()), text)


def address(font: bytes) -> str:
    return f"url(data:font/woff;base64,{base64.b64encode(font).decode()})"
