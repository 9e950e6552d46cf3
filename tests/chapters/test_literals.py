"""Every number in prose is the value of the expression beside it; and the checker itself can fail."""

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from kltools import kl_divergence
from tests.chapters import rules
from tests.chapters.conftest import Tally
from tests.chapters.literals import Evaluator, bound, numbers, problems
from tests.chapters.notebooks import CHAPTERS, PAGES, ROOT, read
from tests.chapters.proofs import notebook_literals, page_literals

P, Q = (0.2, 0.5, 0.3), (0.3, 0.4, 0.3)
NAMES = {
    "P": P,
    "Q": Q,
    "kl_divergence": kl_divergence,
    "math": math,
    "Fraction": Fraction,
    "np": np,
    "sympy": sympy,
    "tiny": 3.6e-15,
    "version": "3.11",
    "x": 0.25,
}


def test_there_is_something_to_prove() -> None:
    assert CHAPTERS, "no chapter found"
    assert ROOT / "index.md" in PAGES


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter(path: Path, tally: Tally) -> None:
    """One run of a chapter proves its numbers, and what its checks say of stubs and solutions."""
    notebook = read(path)
    found = notebook_literals(path, notebook)
    wrong = found.problems + rules.verdicts(path, notebook, found.runs)
    assert not wrong, "\n".join(wrong)
    tally(f"numbers in the prose of {path.name}", found.bound, "proved")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_page(path: Path, tally: Tally) -> None:
    found = page_literals(path)
    assert not found.problems, "\n".join(found.problems)
    tally("numbers in the prose of the pages", found.bound, "proved")


@pytest.mark.parametrize(
    "text",
    [
        "a cost of 0.0305<!-- kl_divergence(P, Q) --> nats",
        "P = (0.2, 0.5, 0.3)<!-- P -->",
        "$P = (0.2, 0.5, 0.3)$<!-- P --> and\n$Q = (0.3, 0.4, 0.3)$<!-- Q -->",
        "| KL | 0.2 | 0.5 | 0.3 |<!-- np.array([P]) -->",
        "$$\n\\begin{pmatrix} 0.2 & 0.5 \\\\\n\n 0.3 & 0.4\\end{pmatrix}\n$$\n<!-- [P[:2], Q[:2]] -->",
        "$D(P \\| Q_1) \\approx0.0305$<!-- kl_divergence(P, Q) -->",
        "30 %<!-- P[2] -->, 30%<!-- P[2] -->, $30\\,\\%$<!-- P[2] --> 30 percent<!-- Q[2] -->",
        "30<!-- P[2] --> % and **30**<!-- P[2] --> %",
        "-0.69<!-- math.log(1/2) -->, −0.69<!-- math.log(1/2) -->, $= - 0.69$<!-- math.log(1/2) -->",
        "1 − 0.69<!-- math.log(2) --> is a difference, 0.2-0.69<!-- P[0], math.log(2) --> a range",
        "3.6e-15<!-- tiny --> 3.6·10⁻¹⁵<!-- tiny --> $3.6\\times10^{-15}$<!-- tiny -->",
        "10⁻³<!-- P[0]/200 -->, $10^{-3}$<!-- P[0]/200 -->",
        "¾<!-- P[0] + 0.55 --> 3/4<!-- Fraction(3, 4) --> $\\frac34$<!-- 3/4 -->",
        "$\\tfrac{3}{4}$<!-- sympy.Rational(3, 4) -->",
        "∞<!-- math.inf -->, $\\infty$<!-- kl_divergence((1, 0), (0, 1)) -->, −∞<!-- -math.inf -->",
        "0.69<!-- sympy.log(2) -->, 0.693147180559945309417232121458<!-- sympy.log(2) -->",
        "3<!-- len(P) --> outcomes",
        "Python 3.11<!-- version -->",
        "0.12<!-- 1/8 -->, as format() rounds it",
        "```python\nkl([0.2, 0.8],\n\n   [0.3, 0.7])\n```\n<!-- P[0], 1 - P[0], P[2], 1 - P[2] -->",
        "`0.5`<!-- P[1] -->",
        "Q1, H_2, k3, log2, $Q_{12}$, exercise 3, 1.0.4, v2.3.4",
        "https://a.b/0.5, [this](https://a.b/0.5), 10.1002/j.1538-7305.1948, arXiv:1803.05316",
        '<img src="a.svg" width="50.5%">',
        "<!-- note: 0.5 in words --> text",
        "0.0305<!-- kl_divergence(P, Q)  # a comment of Python's own -->",
    ],
)  # fmt: skip
def test_right_texts_pass(text: str) -> None:
    assert problems(text, Evaluator(NAMES)) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a 0.0306<!-- kl_divergence(P, Q) --> nats", "0.0306 is typed, and kl_divergence(P, Q) gives 0.03"),
        ("a cost of 0.0305 nats", "0.0305 is bound to no expression"),
        ("0.2 and 0.3<!-- Q[0] -->", "0.2 is bound to no expression"),
        ("0.3<!-- Q[0] --> and .5", ".5 is bound to no expression"),
        ("(0.2, 0.5, 0.3)", "0.5 is bound to no expression"),
        ("35 % of it", "35 % is bound to no expression"),
        ("**35** % of it", "35 % is bound to no expression"),
        ("$35$ percent of it", "35 % is bound to no expression"),
        ("_0.5_", "0.5 is bound to no expression"),
        ("\\approx0.5", "0.5 is bound to no expression"),
        ("$p_{0.5}$", "0.5 is bound to no expression"),
        ("확률0.3", "0.3 is bound to no expression"),
        ("`0.5`", "0.5 is bound to no expression"),
        ("```\n0.5\n```", "0.5 is bound to no expression"),
        ('<img alt="a bar of 0.5">', "0.5 is bound to no expression"),
        ("Python 3.11", "3.11 is bound to no expression"),
        ("30 %<!-- P[0] -->", "30 % is typed, and P[0] gives 0.2"),
        ("0.69<!-- math.log(1/2) -->", "0.69 is typed"),
        ("-0.69<!-- math.log(2) -->", "-0.69 is typed"),
        ("1 − 0.69<!-- -math.log(2) -->", "0.69 is typed"),
        ("-0.0<!-- 0 * P[0] -->", "a signed zero"),
        ("0.13<!-- 1/8 -->", "0.13 is typed"),
        ("0.333…<!-- 1/3 -->", "write the rounded digits"),
        ("$0.333\\ldots$<!-- 1/3 -->", "write the rounded digits"),
        ("3.1<!-- version -->", "3.1 is typed"),
        ("1/3<!-- P[0] + 0.133 -->", "1/3 is typed"),
        ("4<!-- len(P) -->", "4 is typed, and len(P) gives 3"),
        ("∞<!-- P[0] -->", "∞ is typed"),
        ("5<!-- math.inf -->", "5 is typed"),
        ("0.5<!-- math.nan -->", "0.5 is typed"),
        ("1<!-- P == P -->", "truth value"),
        ("0.2<!-- P -->", "it has 3 numbers to bind, and 1 stand before it"),
        ("0.2<!-- P[:0] -->", "it has 0 numbers to bind"),
        ("nothing<!-- P[0] -->", "0 stand before it"),
        ("0.2\n\nfar away<!-- P[0] -->", "0 stand before it"),
        ("0.2<!-- P[0] --> once<!-- P[0] -->", "0 stand before it"),
        ("$10^{-12}$", "10^{-12} is bound to no expression"),
        ("10⁻³<!-- P[0] -->", "10⁻³ is typed, and P[0] gives 0.2"),
        ("0.5<!-- 0.5 -->", "it is the number again"),
        ("0.2 0.5<!-- (P[0], 0.5) -->", "it is the number again"),
        ("3<!-- 3 -->", "it is the number again"),
        ("3.11<!-- '3.11' -->", "it is the number again"),
        ("see [it](https://a.b)0.5", "0.5 is bound to no expression"),
        ("---\n0.5\n---", "0.5 is bound to no expression"),
        ("0.2<!-- nothing_known -->", "NameError"),
        ("0.2<!-- P[7] -->", "IndexError"),
        ("0.2<!-- 1 + -->", "SyntaxError"),
        ("0.2<!-- set(P) -->", "a set has no order"),
        ("0.2<!-- run: x = 1 -->", "statements belong in a code cell"),
    ],
)  # fmt: skip
def test_wrong_texts_fail_and_say_why(text: str, message: str) -> None:
    assert message in "\n".join(problems(text, Evaluator(NAMES)))


def test_an_expression_leaves_no_trace() -> None:
    names = dict(NAMES)
    assert problems("0.5<!-- (y := P[1]) -->", Evaluator(names)) == []
    assert "y" not in names


@pytest.mark.parametrize("value", [0.030478754035472, 2.5, 0.125, 0.375, 1e-17, 123.456, 0.9995, 1e22])
@pytest.mark.parametrize("digits", range(6))
def test_rounding_is_that_of_format(value: float, digits: int) -> None:
    typed = f"{value:.{digits}f}"
    assert problems(f"{typed}<!-- x -->", Evaluator({"x": value})) == []
    beside = f"{float(typed) + 10.0**-digits:.{digits}f}"
    assert beside == typed or problems(f"{beside}<!-- x -->", Evaluator({"x": value}))


def test_positions_are_those_of_the_text() -> None:
    text = "from −0.25<!-- -1/4 --> to $\\tfrac{1}{2}$<!-- 1/2 --> and 30 %<!-- 3/10 -->"
    assert [text[number.start : number.end] for number in numbers(text)] == ["−0.25", "\\tfrac{1}{2}", "30"]
    assert [comment.code for _, comment in bound(text, Evaluator({}))] == ["-1/4", "1/2", "3/10"]


@pytest.fixture
def small() -> NotebookNode:
    """Make a notebook whose names change on the way."""
    return new_notebook(
        cells=[
            new_code_cell("x = 0.25"),
            new_markdown_cell("Now 0.25<!-- x -->."),
            new_code_cell("x = 0.75", metadata={"mystnb": {"image": {"alt": "at 0.75<!-- x -->"}}}),
            new_markdown_cell("Now 0.75<!-- x -->."),
        ]
    )


def test_expressions_are_evaluated_where_they_stand(small: NotebookNode, tmp_path: Path) -> None:
    found = notebook_literals(tmp_path / "small.ipynb", small)
    assert (found.problems, found.bound) == ([], 3)


def test_a_message_names_file_cell_and_numbers(small: NotebookNode, tmp_path: Path) -> None:
    small.cells[1].source = "Now it is 0.26<!-- x -->, we say."
    small.cells[2].metadata.mystnb.image.alt = "at 0.74<!-- x -->"
    small.cells[2].metadata.mystnb.figure = {"caption": "at 0.3"}
    assert notebook_literals(tmp_path / "small.ipynb", small).problems == [
        "small.ipynb, cell 2 (Now it is 0.26<!-- x -->, we say.): 0.26 is typed, and x gives 0.25",
        "small.ipynb, cell 3 (x = 0.75), alt text: 0.74 is typed, and x gives 0.75",
        "small.ipynb, cell 3 (x = 0.75), caption: 0.3 is bound to no expression",
    ]


def test_a_page_brings_its_own_names(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    (tmp_path / "size.txt").write_text("7")
    page.write_text(
        "0.25<!-- x -->, 0.125<!-- y -->, 7<!-- size -->\n<!-- run:\n  x = 1/4\n  y = x / 2\n-->\n"
        "<!-- run: from pathlib import Path; size = int(Path('size.txt').read_text()) -->"
    )
    assert (page_literals(page).problems, page_literals(page).bound) == ([], 3)
    page.write_text("0.26<!-- x --> and 0.5\n<!-- run: x = 1/4 -->")
    assert page_literals(page).problems == [
        "page.md: 0.26 is typed, and x gives 0.25",
        "page.md: 0.5 is bound to no expression",
    ]
    page.write_text("<!-- run: x = 1/0 -->\n0.25<!-- x -->")
    assert page_literals(page).problems == [
        "page.md: its run comments fail: ZeroDivisionError: division by zero"
    ]
