"""The terms of the glossary, and where a text uses, defines or links them.

A term is defined where it stands in bold, alone or within a longer bold text, a question aside. Its plural,
its spelling with a space, a hyphen or a dash, its capital, and the other names in its glossary entry are
the same term. Of two terms that overlap the longer one is meant: "cross-entropy" is no use of "entropy".
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
from nbformat import NotebookNode

from tests.chapters.literals import COMMENT
from tests.chapters.notebooks import ROOT, tags

GLOSSARY = ROOT / "reference" / "glossary.md"
ENTRY = re.compile(
    r"^### (?P<term>.+)\n\n"
    r'<span lang="ko">(?P<korean>.+)</span> · <span lang="zh-Hans">(?P<chinese>.+)</span>\n\n'
    r"(?P<definition>.+)\n\n(?:Also: (?P<also>.+)\. )?Defined in \[(?P<title>.+)\]\((?P<link>.+)\)\.$",
    re.MULTILINE,
)
TITLE = re.compile(r"\A# .+\n*(?:\*[^*\n]+\*$)?", re.MULTILINE)
URL = re.compile(r"https?://\S+")
_PARSER = create_md_parser(MdParserConfig(enable_extensions={"dollarmath"}), RendererHTML)


@dataclass(frozen=True)
class Entry:
    """A term of the glossary, its names in three languages, and the place that defines it."""

    term: str
    korean: str
    chinese: str
    definition: str
    names: tuple[str, ...]
    link: str


@dataclass(frozen=True)
class Use:
    """A place where a text names a term: in "bold", in a "link", in a "heading", or in "plain" words."""

    term: str
    kind: str
    words: str


def entries(glossary: str) -> list[Entry]:
    return [
        Entry(
            found["term"],
            found["korean"],
            found["chinese"],
            found["definition"],
            (found["term"], *(found["also"].split(", ") if found["also"] else ())),
            found["link"],
        )
        for found in ENTRY.finditer(glossary)
    ]


class Terms:
    """Finds the terms of a glossary in Markdown."""

    def __init__(self, glossary: Iterable[Entry]) -> None:
        named = [(name, entry.term) for entry in glossary for name in entry.names]
        named.sort(key=lambda pair: -len(pair[0]))
        self._terms = [term for _, term in named]
        self._pattern = re.compile("|".join(rf"(?<![\w-])({_forms(name)})(?!\w)" for name, _ in named))

    def uses(self, markdown: str) -> Iterator[Use]:
        """Yield the uses of terms in a text, in order."""
        tokens = _PARSER.parse(COMMENT.sub("", markdown))
        for before, token in zip([None, *tokens], tokens, strict=False):
            if token.type == "inline":
                heading = before is not None and before.type == "heading_open"
                yield from self._in_line(token, "heading" if heading else "plain")

    def _in_line(self, line: Token, kind: str) -> Iterator[Use]:
        text, kinds = _spread(line, kind)
        text = URL.sub(lambda url: "∎" * len(url[0]), text)
        for found in self._pattern.finditer(text):
            yield Use(self._terms[found.lastindex - 1], kinds[found.start()], found[0])


def _forms(name: str) -> str:
    """Write a pattern for a name and its plural, in any case but for the words that are abbreviations."""
    words = re.split(r"[\s–-]+", name)
    last = words.pop()
    endings = [last, f"{last}s", f"{last}es"]
    if last.endswith("y"):
        endings.append(f"{last[:-1]}ies")
    if re.search(r"[^s'’]s$", last):
        endings.append(last[:-1])
    patterns = [*map(_word, words), f"(?:{'|'.join(map(_word, sorted(endings, key=len, reverse=True)))})"]
    return r"[\s–-]+".join(patterns)


def _word(word: str) -> str:
    pattern = re.sub("['’]", "['’]", re.escape(word))
    return pattern if re.match(r"[A-Z]{2}", word) else f"(?i:{pattern})"


def _spread(line: Token, kind: str) -> tuple[str, list[str]]:
    """Return the words of a line, code and mathematics blanked, and what each character stands in."""
    text, kinds = "", []
    strong = link = 0
    children = line.children or []
    for place, token in enumerate(children):
        if token.type == "strong_open":
            strong = 0 if _is_question(children[place:]) else 1
        elif token.type == "strong_close":
            strong = 0
        elif token.type in ("link_open", "link_close"):
            link = int(token.type == "link_open")
        piece = token.content if token.type == "text" else "\n" if token.type == "softbreak" else ""
        piece = piece or ("" if token.type.endswith(("_open", "_close")) else " ∎ ")
        now = kind if kind == "heading" else "bold" if strong else "link" if link else kind
        text += piece
        kinds += [now] * len(piece)
    return text, kinds


def _is_question(tokens: list[Token]) -> bool:
    end = next(place for place, token in enumerate(tokens) if token.type == "strong_close")
    return "".join(token.content for token in tokens[:end]).rstrip().endswith("?")


def prose(notebook: NotebookNode) -> Iterator[tuple[int, str]]:
    """Yield the Markdown of a chapter, and the numbers of its cells, without title, topic and exercises."""
    first = True
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown" and not tags(cell) & {"exercise", "solution"}:
            yield number, TITLE.sub("", cell.source) if first else cell.source
            first = False


def undefined(chapters: Iterable[tuple[str, NotebookNode]], terms: Terms) -> list[str]:
    """List each chapter's first use of a term that was neither defined before it nor linked in the chapter.

    A heading may name what its section goes on to define.
    """
    defined: set[str] = set()
    wrong: list[str] = []
    for name, notebook in chapters:
        met: set[str] = set()
        pending: list[tuple[str, Use]] = []

        def settle(met: set[str] = met, pending: list[tuple[str, Use]] = pending) -> None:
            for where, use in pending:
                if use.term not in defined | met:
                    wrong.append(f"{where}: {use.words!r} in a heading, and its section does not define it")
                    met.add(use.term)
            pending.clear()

        for number, text in prose(notebook):
            where = f"{name}, cell {number}"
            for section in re.split(r"^(?=#{1,6} )", text, flags=re.MULTILINE):
                if section.startswith("#"):
                    settle()
                for use in terms.uses(section):
                    if use.kind == "bold":
                        defined.add(use.term)
                    elif use.kind == "link":
                        met.add(use.term)
                    elif use.term not in defined | met:
                        if use.kind == "heading":
                            pending.append((where, use))
                        else:
                            wrong.append(f"{where}: {use.words!r} is used before it is defined or linked")
                            met.add(use.term)
        settle()
    return wrong
