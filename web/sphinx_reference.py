"""The reference pages: what they show that is not written in them.

The page of results is made from the chapters each time the book is built: their summaries, every number of
their text with the expression that computes it, and every theorem. The API pages come from docstrings by
autodoc; this extension tells it how.
"""

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from markdown_it.renderer import RendererHTML
from markdown_it.tree import SyntaxTreeNode
from myst_parser.config.main import MdParserConfig
from myst_parser.mdit_to_docutils.base import compute_unique_slug
from myst_parser.parsers.mdit import create_md_parser
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx_course import Cell, strip_comments

logger = logging.getLogger(__name__)

RESULTS = "reference/results"
SUMMARY = "What you have now"
SCOPE = re.compile(r"^Proved for: (.+)\.$", re.MULTILINE)

COMMENT = re.compile(r"<!--\s*+(?!note:|run:)(?P<code>.*?)\s*-->", re.DOTALL)
POWER = r"e[+-]?\d+|\s?[·×]\s?10[⁺⁻]?[⁰¹²³⁴-⁹]+"
NUMBER = rf"[+−-]?(?:\d+(?:\.\d+)?|\.\d+)(?:{POWER})?(?:/\d+)?(?:\s?%)?|[½⅓⅔¼¾⅛⅜⅝⅞]|−?∞"
SPACED = re.compile(rf"(?<![\w.])(?:{NUMBER})")
# What stands before a comment: mathematics, numbers in brackets, or one number.
BOUND = re.compile(rf"(?:\$[^$]+\$|[(\[][\d\s.,/%+−()\[\]-]+[)\]]|(?<![\w.])(?:{NUMBER}))[\s*`_]*$")
UNIT = r"(?:nats?|bits?|hartleys?|bans?|digits?|days?|percent|per cent|%)(?: (?:an?|per) \w+)?"
# Numbers in a row may share the unit of the last: "0.0305 against 0.0324 nats".
UNIT_AFTER = re.compile(
    rf"(?:\s*(?:,|and|or|to|against|=|−|\+)\s*(?:{NUMBER})<!--.*?-->)*\s*(?P<unit>{UNIT})(?!\w)", re.DOTALL
)
WITH_UNIT = re.compile(rf"\d\D*\b{UNIT}(?!\w)")

_PARSER = create_md_parser(MdParserConfig(enable_extensions={"dollarmath"}), RendererHTML)


class Bound(NamedTuple):
    """A number as the text shows it, its unit if it has one, and the expression that it rounds."""

    number: str
    unit: str
    code: str


@dataclass
class Section:
    """A heading of a chapter, down to the third level, with what is said and printed up to the next one."""

    title: str
    slug: str
    text: str = ""
    printed: list[str] = field(default_factory=list)


@dataclass
class Chapter:
    """What the page of results needs of a chapter."""

    docname: str
    sections: list[Section] = field(default_factory=list)

    def link(self, section: Section, text: str = "") -> str:
        return f"[{escape(text or section.title)}](../{self.docname}.ipynb#{section.slug})"

    @property
    def topic(self) -> str:
        """What the chapter is about: the line in italics below its title, or else the title."""
        found = re.match(r"\s*\*([^*\n]+)\*\s*$", self.sections[0].text, re.MULTILINE)
        return found[1] if found else self.sections[0].title


def read_chapter(docname: str, cells: list[Cell]) -> Chapter:
    """Divide the Markdown of a notebook into its sections, each with the anchor that MyST gives it."""
    chapter, slugs = Chapter(docname), set[str]()
    for cell in cells:
        if cell["cell_type"] == "code":
            chapter.sections[-1].printed += printed(cell)
            continue
        source = "".join(cell["source"])
        lines, start = source.split("\n"), 0
        for node in SyntaxTreeNode(_PARSER.parse(source)).children:
            if node.type != "heading" or int(node.tag[1]) > 3:
                continue
            first, after = node.map or (0, 0)
            _append(chapter, lines[start:first])
            slug = compute_unique_slug(node, slugs)
            slugs.add(slug)
            chapter.sections.append(Section(strip_comments(node.children[0].content).strip(), slug))
            start = after
        _append(chapter, lines[start:])
    return chapter


def _append(chapter: Chapter, lines: list[str]) -> None:
    if chapter.sections:
        chapter.sections[-1].text += "\n".join(lines) + "\n\n"


def printed(cell: Cell) -> Iterator[str]:
    """Yield the lines that a cell prints, exercises aside, in which a number has a unit."""
    if not set(cell["metadata"].get("tags", [])) & {"exercise", "solution"}:
        for output in cell["outputs"]:
            lines = "".join(output.get("text", "")).splitlines()
            yield from (" ".join(line.split()) for line in lines if WITH_UNIT.search(line))


def bound_numbers(text: str) -> Iterator[Bound]:
    """Yield the numbers that comments bind; a comment that binds none raises ValueError."""
    end = 0
    for comment in COMMENT.finditer(text):
        before, end = text[end : comment.start()], comment.end()
        unit = UNIT_AFTER.match(text, end)
        number = " ".join(_taken(before, comment["code"]).split())
        yield Bound(number, unit["unit"] if unit else "", " ".join(comment["code"].split()))


def _taken(before: str, code: str) -> str:
    """Return the piece of text that an expression binds: as many numbers as it is a tuple of."""
    parsed = ast.parse(f"({code}\n)", mode="eval").body
    wanted = len(parsed.elts) if isinstance(parsed, ast.Tuple) else 1
    shown = BOUND.search(before)
    if shown and (wanted == 1 or shown[0][0] in "([$"):
        return shown[0].strip("*`_ \n")
    block = re.split(r"\n[ \t]*\n", before)[-1]
    numbers = [found[0] for found in SPACED.finditer(block)]
    if not numbers:
        raise ValueError(f"no number stands before <!-- {code} -->")
    return ", ".join(numbers[-wanted:] if wanted > 1 else numbers)


def escape(text: str) -> str:
    """Keep a text from ending its table cell, outside mathematics and code."""
    return text.replace("|", "\\|")


def table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Write a table; without rows, nothing."""
    if not rows:
        return ""
    lines = (header, tuple("---" for _ in header), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def summary(chapter: Chapter) -> str:
    """Return the table at the end of a chapter."""
    for section in chapter.sections:
        rows = re.findall(r"^\|.*$", strip_comments(section.text), re.MULTILINE)
        if section.title == SUMMARY and rows:
            return "\n".join([f"Its summary, {chapter.link(section)}:", "", *rows])
    return ""


def numbers(chapter: Chapter) -> str:
    """Return a table of every bound number of a chapter's text, each once, with where it is met first."""
    rows: dict[tuple[str, str], str] = {}
    for section in chapter.sections:
        for number, unit, code in bound_numbers(section.text):
            row = f"{escape(number)} {unit}".strip(), f"`{escape(code)}`"
            rows.setdefault(row, chapter.link(section))
    return table(("number", "computed by", "where"), [(*row, where) for row, where in rows.items()])


def printed_lines(chapter: Chapter) -> str:
    """Return a table of what the cells of a chapter print, with a unit, and where."""
    rows = dict.fromkeys(
        (f"`{escape(line)}`", chapter.link(section))
        for section in chapter.sections
        for line in section.printed
    )
    return table(("printed", "where"), list(rows))


def identities(chapter: Chapter) -> str:
    """Return a table of the theorems of a page: the sections that say what they are proved for."""
    rows = [
        (chapter.link(section), scope[1])
        for section in chapter.sections
        if (scope := SCOPE.search(section.text))
    ]
    return table(("statement, with its derivation", "proved for"), rows)


def results(chapters: list[Chapter]) -> str:
    """Write the page of results, after its first lines, in Markdown."""
    parts = []
    for chapter in chapters:
        every = [part for part in (numbers(chapter), printed_lines(chapter)) if part]
        folded = [f"<details>\n<summary>Every number: {chapter.topic}</summary>", *every, "</details>"]
        shown = [summary(chapter), identities(chapter), *(folded if every else [])]
        if any(shown):
            parts += [
                f"## {chapter.topic}",
                f"From {chapter.link(chapter.sections[0])}.",
                *filter(None, shown),
            ]
    return "\n\n".join(parts)


def add_results(app: Sphinx, docname: str, source: list[str]) -> None:
    """Complete the page of results, in the order of the book."""
    if docname != RESULTS:
        return
    chapters = []
    for name in app.config.external_site_map:
        path = app.env.doc2path(name)
        if path.endswith(".ipynb"):
            app.env.note_dependency(path)
            notebook = json.loads(Path(path).read_text(encoding="utf-8"))
            chapters.append(read_chapter(name, notebook["cells"]))
    try:
        source[0] += "\n" + results(chapters)
    except ValueError as error:
        logger.warning(str(error), location=docname)


def keep_bars(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Keep |p - q| in a docstring from being read as a substitution of reStructuredText."""
    lines[:] = [line.replace("|", "\\|") if ">>>" not in line else line for line in lines]


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension to Sphinx."""
    # A type of another project's, whose documentation is not fetched. Here because YAML has no tuples.
    app.config.nitpick_ignore = [("py:class", "matplotlib.figure.Figure")]
    app.connect("source-read", add_results)
    app.connect("autodoc-process-docstring", keep_bars)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
