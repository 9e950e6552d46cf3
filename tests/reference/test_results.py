"""The page of results holds what the chapters hold, and changes when they do."""

import ast
import json
import sys
from pathlib import Path

import pytest

from tests.chapters.literals import bindings, numbers
from tests.chapters.notebooks import CHAPTERS, ROOT, read
from tests.site.books import build, code, markdown, notebook, small_book

sys.path.append(str(ROOT / "web"))
import sphinx_reference
from sphinx_reference import bound_numbers, read_chapter, results

SMALL = notebook(
    markdown("# How much?\n\n*A small chapter*\n\n**You need** sums."),
    code("P = 0.2, 0.5, 0.3"),
    markdown("## First of *all*\n\nIt is 0.0305<!-- kl(P, Q) --> nats a day.<!-- note: seen -->"),
    code("print(P)", outputs=[{"output_type": "stream", "name": "stdout", "text": "H = 1.0297 nats\nP\n"}]),
    code("print(P)", "exercise", outputs=[{"output_type": "stream", "name": "stdout", "text": "7 bits"}]),
    markdown(
        "## What you have now\n\n"
        "| result | number |\n|---|---|\n| KL | 0.0440<!-- kl(P, Q, base=2) --> bits |"
    ),
    markdown("### H(P) ≤ ln n\n\nAs it is.\n\nProved for: all P."),
)


def page(*chapters: object) -> str:
    return results([read_chapter("chapters/small", chapter.cells) for chapter in chapters])


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_bound_number_of_a_chapter_is_on_the_page(path: Path) -> None:
    """A comment binds the last numbers before it: those, and none but those, are in its row."""
    rows = sphinx_reference.numbers(read_chapter(f"chapters/{path.stem}", read(path).cells)).split("\n")
    for cell in read(path).cells:
        if cell.cell_type != "markdown":
            continue
        comments = [
            (comment, free) for comment, free in bindings(cell.source) if comment and not comment.kind
        ]
        found = list(bound_numbers(cell.source))
        assert len(found) == len(comments)
        for (number, unit, expression), (comment, free) in zip(found, comments, strict=True):
            assert expression == " ".join(comment.code.split())
            shown = [one.value for one in numbers(number)]
            assert shown
            assert shown == [one.value for one in free[-len(shown) :]], f"{number!r}, {expression}"
            body = ast.parse(f"({comment.code}\n)", mode="eval").body
            assert len(shown) >= (len(body.elts) if isinstance(body, ast.Tuple) else 1)
            row = f"{sphinx_reference.escape(number)} {unit}".strip()
            assert any(
                line.startswith(f"| {row} | `{sphinx_reference.escape(expression)}` |") for line in rows
            )


def test_the_page_of_a_small_chapter() -> None:
    assert page(SMALL) == "\n\n".join(
        [
            "## A small chapter",
            "From [How much?](../chapters/small.ipynb#how-much).",
            "Its summary, [What you have now](../chapters/small.ipynb#what-you-have-now):",
            "| result | number |\n|---|---|\n| KL | 0.0440 bits |",
            "| statement, with its derivation | proved for |\n| --- | --- |\n"
            "| [H(P) ≤ ln n](../chapters/small.ipynb#hp--ln-n) | all P |",
            "<details>\n<summary>Every number: A small chapter</summary>",
            "| number | computed by | where |\n| --- | --- | --- |\n"
            "| 0.0305 nats a day | `kl(P, Q)` | [First of *all*](../chapters/small.ipynb#first-of-all) |\n"
            "| 0.0440 bits | `kl(P, Q, base=2)` "
            "| [What you have now](../chapters/small.ipynb#what-you-have-now) |",
            "| printed | where |\n| --- | --- |\n"
            "| `H = 1.0297 nats` | [First of *all*](../chapters/small.ipynb#first-of-all) |",
            "</details>",
        ]
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0.0305<", "0.0306<"),
        ("kl(P, Q)", "kl(Q, P)"),
        ("nats a day", "bits a day"),
        ("0.0440<", "0.0441<"),
        ("First of", "Last of"),
        ("1.0297 nats", "1.0298 nats"),
        ("ln n", "ln k"),
        ("all P", "some P"),
    ],
)
def test_an_altered_chapter_changes_the_page(old: str, new: str) -> None:
    altered = json.loads(json.dumps(SMALL).replace(old, new))
    assert altered != SMALL
    assert results([read_chapter("chapters/small", altered["cells"])]) != page(SMALL)


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("It is 0.0305<!-- x --> nats a day", "0.0305", "nats a day"),
        ("It is **0.5**<!-- x --> bits.", "0.5", "bits"),
        ("$P = (0.2, 0.5, 0.3)$<!-- x -->", "$P = (0.2, 0.5, 0.3)$", ""),
        ("P = (0.2, 0.5, 0.3)<!-- x -->", "(0.2, 0.5, 0.3)", ""),
        ("Exercise 5 has the table [[0.1, 0.5], [0.2, 0.3]]<!-- x -->", "[[0.1, 0.5], [0.2, 0.3]]", ""),
        ("5 rows\n\n| 0.1 | 0.2 |<!-- x -->", "0.1, 0.2", ""),
        ("$\\tfrac12 \\ln 3$ = 0.5493<!-- x --> nats", "0.5493", "nats"),
        ("30 %<!-- x --> of days", "30 %", ""),
        ("30<!-- x --> % of days", "30", "%"),
        ("about 98<!-- x --> days", "98", "days"),
        ("at −0.0811<!-- x -->.", "−0.0811", ""),
        ("of 3.5e-18<!-- x --> nats", "3.5e-18", "nats"),
        ("of 3.5·10⁻¹⁸<!-- x --> nats", "3.5·10⁻¹⁸", "nats"),
        ("0.1 and 0.2<!-- x, y --> nats", "0.1, 0.2", "nats"),
        ("| KL | 0.2 | 0.5 |<!-- x -->", "0.2, 0.5", ""),
        ("0.1<!-- x --> natural numbers", "0.1", ""),
    ],
)
def test_a_number_is_read_with_its_unit(text: str, number: str, unit: str) -> None:
    code = "x, y" if "x, y" in text else "x"
    assert list(bound_numbers(text)) == [(number, unit, code)]


def test_numbers_in_a_row_share_the_unit_of_the_last() -> None:
    text = "0.0305<!-- x --> against 0.0324<!-- y --> nats, and TV is 0.1<!-- z -->, so 0.02<!-- w --> nats"
    assert [(number, unit) for number, unit, _ in bound_numbers(text)] == [
        ("0.0305", "nats"),
        ("0.0324", "nats"),
        ("0.1", ""),
        ("0.02", "nats"),
    ]


def test_a_comment_without_a_number_is_told() -> None:
    with pytest.raises(ValueError, match="no number stands before <!-- x -->"):
        list(bound_numbers("nothing<!-- x -->"))


def test_every_chapter_is_on_the_page_of_the_site(tmp_path: Path) -> None:
    cells = [markdown("## More\n\nIt is 0.0305<!-- kl(P, Q) --> nats.")]
    book = small_book(tmp_path, *cells)
    (book / "reference").mkdir(exist_ok=True)
    for name in ("results.md", "references.bib"):
        (book / "reference" / name).write_bytes((ROOT / "reference" / name).read_bytes())
    toc = "{format: jb-book, root: index, chapters: [{file: chapter}, {file: reference/results}]}\n"
    (book / "_toc.yml").write_text(toc, encoding="utf-8")
    built = build(book, tmp_path)
    assert built.returncode == 0, built.stdout
    shown = (tmp_path / "_build/html/reference/results.html").read_text(encoding="utf-8")
    assert "<td><p>0.0305 nats</p></td>" in shown
    assert 'href="../chapter.html#more"' in shown
