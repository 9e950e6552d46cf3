"""Every source that the course links to is in its bibliography, at an address that stays."""

import re
from pathlib import Path

import pytest
from pybtex.database import Entry, parse_file

from tests.chapters.notebooks import CHAPTERS, ROOT, read

REFERENCES = ROOT / "reference" / "references.bib"
SOURCES = parse_file(REFERENCES).entries
PAGE = (ROOT / "reference" / "bibliography.md").read_text(encoding="utf-8")
DOI = re.compile(r"https?://(?:dx\.)?doi\.org/(10\.\d{4,9}/(?:[^\s()\"'<>\]`]|\([^\s()]*\))+)")
ARXIV = re.compile(r"https?://arxiv\.org/(?:abs|pdf)/(\d{4}\.\d{4,5})")
SHORTEST_NOTE = 30


def stays(source: Entry) -> bool:
    """A DOI and a handle are kept by agreement; a book is found by its ISBN wherever its own page goes."""
    fields = source.fields
    handle = fields.get("url", "").startswith("https://hdl.handle.net/")
    return (
        bool(re.fullmatch(r"10\.\d{4,9}/\S+", fields.get("doi", "")))
        or handle
        or is_isbn(fields.get("isbn", ""))
    )


def is_isbn(digits: str) -> bool:
    if not re.fullmatch(r"97[89]\d{10}", digits):
        return False
    return sum(int(digit) * (1 + 2 * (place % 2)) for place, digit in enumerate(digits)) % 10 == 0


@pytest.mark.parametrize("key", SOURCES)
def test_each_source_stays_and_says_what_it_is_for(key: str) -> None:
    assert stays(SOURCES[key])
    assert len(SOURCES[key].fields["note"]) >= SHORTEST_NOTE
    assert SOURCES[key].fields["year"] in key


def test_each_source_is_shown_once() -> None:
    shown = re.findall(r':filter: keywords % "(\w+)"', PAGE)
    assert len(shown) == len(set(shown))
    assert {source.fields["keywords"] for source in SOURCES.values()} == set(shown)


def test_no_source_is_there_twice() -> None:
    dois = [source.fields["doi"].lower() for source in SOURCES.values() if "doi" in source.fields]
    assert len(dois) == len(set(dois))


def linked(text: str) -> set[str]:
    arxiv = [f"10.48550/arxiv.{number}" for number in ARXIV.findall(text)]
    return {doi.rstrip(".,;").lower() for doi in DOI.findall(text) + arxiv}


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_doi_of_a_chapter_is_in_the_bibliography(path: Path) -> None:
    text = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    known = {source.fields.get("doi", "").lower() for source in SOURCES.values()}
    assert not linked(text) - known


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("[Lin](https://doi.org/10.1109/18.61115), 1991", "10.1109/18.61115"),
        ("[Guo](https://arxiv.org/abs/1706.04599)", "10.48550/arxiv.1706.04599"),
        ("see https://doi.org/10.1002/047174882X.", "10.1002/047174882x"),
        ("[B](http://dx.doi.org/10.1016/0041-5553(67)90040-7)", "10.1016/0041-5553(67)90040-7"),
    ],
)
def test_a_doi_is_found_where_it_is_linked(text: str, doi: str) -> None:
    assert linked(text) == {doi}


@pytest.mark.parametrize(
    "fields",
    [{}, {"url": "https://example.org/paper.pdf"}, {"doi": "18.61115"}, {"isbn": "9780521642988"}],
)
def test_an_address_that_may_die_is_refused(fields: dict[str, str]) -> None:
    assert not stays(Entry("article", fields))
