"""Every worked number of the course is met in its chapters: in bound prose or in a stored output."""

import re
from collections.abc import Iterator

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.chapters.literals import COMMENT
from tests.chapters.notebooks import CHAPTERS, read
from tests.kltools.facts import FACTS, Fact

UNIT = re.compile(r"\b(nat|bit|hartley)s?\b")

# The numbers that no chapter has yet, each with the reason. One that a chapter shows may not be in the list.
LATER = {
    "h(U[0, ½])": "continuous distributions are the second part of the course",
    "KL(Beta(.1,.2)‖U)": "continuous distributions are the second part of the course",
    "KL(Beta(.3,.3)‖U)": "continuous distributions are the second part of the course",
    "spread of k2 over KL": "estimators from samples are the second part of the course",
    "spread of k3 over KL": "estimators from samples are the second part of the course",
}


def forms(fact: Fact) -> list[str]:
    """Write a number as chapters do: with four decimals or more, or with as many as it takes to be exact."""
    return [
        f"{fact.value:.{decimals}f}"
        for decimals in range(7)
        if decimals >= 4 or abs(round(fact.value, decimals) - fact.value) < 1e-12
    ]


def pieces(notebook: NotebookNode) -> Iterator[str]:
    """Yield the paragraphs and table rows of a chapter, without comments, and the texts that it printed."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield from re.split(r"\n[ \t]*\n|\n(?=\|)", COMMENT.sub("", cell.source))
        else:
            for output in cell.get("outputs", []):
                yield output.get("text", "") + output.get("data", {}).get("text/plain", "")


def shows(piece: str, fact: Fact) -> bool:
    """Tell whether a text has a number in its unit, the next in its paragraph or else the last before."""
    for form in forms(fact):
        for found in re.finditer(rf"(?<![\d.]){re.escape(form).replace('-', '[-−]')}(?!\d|\.\d)", piece):
            line_end = piece.find("\n\n", found.end())
            after = UNIT.search(piece, found.end(), line_end if line_end >= 0 else len(piece))
            before = list(UNIT.finditer(piece, 0, found.start()))
            unit = after[1] if after else before[-1][1] if before else ""
            if not fact.unit or unit == fact.unit.rstrip("s"):
                return True
    return False


SHOWN = [piece for path in CHAPTERS for piece in pieces(read(path))]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact.name} {fact.unit}".strip())
def test_a_chapter_shows(fact: Fact) -> None:
    found = any(shows(piece, fact) for piece in SHOWN)
    if fact.name in LATER:
        assert not found, f"{fact.name} is in a chapter now: take it off the list"
    else:
        assert found, f"{fact.name} = {forms(fact)[0]} {fact.unit} is in no chapter"


def test_only_facts_are_put_off() -> None:
    assert set(LATER) <= {fact.name for fact in FACTS}


KL = Fact("KL(P‖Q1)", 0.0304787540354720, "", "nats")


@pytest.mark.parametrize(
    "text",
    [
        "costs 0.0305 nats",
        "0.0305 against 0.0324 nats a day",
        "1.0601 nats, and 0.03048\nnats of it",
        "KL in nats\nP, Q1: 0.0305",
        "1.0297 bits, 0.0305 nats, 0.0440 bits",
    ],
)
def test_a_number_is_found_in_its_unit(text: str) -> None:
    assert shows(text, KL)


@pytest.mark.parametrize(
    "text",
    [
        "costs 0.0304 nats",
        "costs 0.0305",
        "0.0305 bits, 0.02 nats",
        "10.0305 nats",
        "0.03051 nats",
        "0.03 nats",
    ],
)
def test_another_number_or_unit_is_not_taken_for_it(text: str) -> None:
    assert not shows(text, KL)


def test_an_exact_number_is_found_as_short_as_it_is() -> None:
    half = Fact("KL", 0.5, "", "bits")
    assert all(shows(text, half) for text in ("0.5 bits", "0.50 bits", "0.5000 bits"))
    assert not any(shows(text, half) for text in ("0.51 bits", "1.5 bits", "0.5.1 bits", "0.5 nats"))


def test_prose_and_outputs_are_read_and_comments_and_code_are_not() -> None:
    output = new_output("stream", text="0.0305 nats")
    cell = new_code_cell("# 0.0440 bits", outputs=[output])
    text = "a 0.0078<!-- 0.0324 --> nats\n\nb\n| 1 |\n| 2 |"
    notebook = new_notebook(cells=[new_markdown_cell(text), cell])
    assert list(pieces(notebook)) == ["a 0.0078 nats", "b", "| 1 |", "| 2 |", "0.0305 nats"]
