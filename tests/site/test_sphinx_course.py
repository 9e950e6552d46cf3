"""The Sphinx extension's own rules, without building a book."""

import re
import sys

import pytest

from tests.site.books import ROOT, code, markdown

sys.path.append(str(ROOT / "web"))  # as Jupyter Book does, for `local_extensions` in _config.yml
import sphinx_course

ASK = markdown("### Exercise 2. Swap\n\nSwap $P$ and $Q$.", "exercise", exercise="swap")
STUB = code("raise NotImplementedError", "exercise")
WORKED = code("q, p", "solution")
PROSE = markdown("## Summary")


@pytest.mark.parametrize(
    ("text", "stripped"),
    [
        ("It is 0.0305<!-- kl_divergence(P, Q) --> nats", "It is 0.0305 nats"),
        ("0.2<!-- P[0] --> and 0.5<!-- P[1] -->", "0.2 and 0.5"),
        ("<!-- note: of\ntwo lines -->It", "It"),
        ("as code, `0.1<!-- x -->` and 0.1<!-- x -->", "as code, `0.1<!-- x -->` and 0.1"),
        ("```\n0.1<!-- x -->\n```\n0.1<!-- x -->", "```\n0.1<!-- x -->\n```\n0.1"),
        ("``a ` b`` 1<!-- x -->", "``a ` b`` 1"),
        ("a lone ` and 1<!-- x -->", "a lone ` and 1"),
    ],
)
def test_comments_are_left_out_except_in_code(text: str, stripped: str) -> None:
    assert sphinx_course.strip_comments(text) == stripped


def test_comments_are_left_out_of_alt_text_and_caption() -> None:
    cell = code("bars(P)  # <!-- kept -->")
    cell.metadata["mystnb"] = {
        "image": {"alt": "0.2<!-- P[0] --> first"},
        "figure": {"caption": "P, 0.2<!-- P[0] -->"},
    }
    sphinx_course.strip_cell(cell)
    assert cell.metadata["mystnb"] == {"image": {"alt": "0.2 first"}, "figure": {"caption": "P, 0.2"}}
    assert cell.source == "bars(P)  # <!-- kept -->"


def test_a_figure_is_described_by_its_text_form() -> None:
    cell = code("bars(P)")
    cell["outputs"] = [{"data": {"image/svg+xml": ["<svg/>"], "text/plain": ["Three bars,", " 0.2 first."]}}]
    sphinx_course.describe_images(cell)
    assert cell.metadata["mystnb"]["image"]["alt"] == "Three bars, 0.2 first."


def test_an_alt_text_of_its_own_is_kept_and_a_table_needs_none() -> None:
    drawn, table = code("bars(P)"), code("P")
    drawn.metadata["mystnb"] = {"image": {"alt": "Mine."}}
    drawn["outputs"] = [{"data": {"image/svg+xml": "<svg/>", "text/plain": "Theirs."}}]
    table["outputs"] = [{"data": {"text/plain": "[0.2]"}}, {"text": "printed"}]
    for cell in (drawn, table):
        sphinx_course.describe_images(cell)
    assert drawn.metadata["mystnb"]["image"]["alt"] == "Mine."
    assert "mystnb" not in table.metadata


def test_an_exercise_gets_a_box_and_its_solution_is_folded() -> None:
    cells = [dict(cell) for cell in (ASK, STUB, WORKED, PROSE)]
    shaped = sphinx_course.shape_exercises(cells, "kl_divergence")
    assert [cell["source"].strip() for cell in shaped] == [
        '(ex-kl_divergence-swap)=\n### Exercise 2. Swap\n\n<div class="exercise">',
        "Swap $P$ and $Q$.",
        "raise NotImplementedError",
        "</div>",
        '<details class="solution">\n<summary>Solution to Exercise 2</summary>',
        "q, p",
        "</details>",
        "## Summary",
    ]
    assert len({cell["id"] for cell in shaped}) == len(shaped)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([ASK, STUB], "Exercise 2 has no solution after it"),
        ([ASK, STUB, PROSE, WORKED], "Exercise 2 has no solution after it"),
        ([ASK, STUB, ASK, STUB, WORKED], "Exercise 2 has no solution after it"),
        ([WORKED], "no exercise is waiting"),
        ([ASK, WORKED, PROSE, WORKED], "no exercise is waiting"),
        ([STUB, WORKED], "name it in the metadata"),
        ([markdown("**Exercise 2**", "exercise", exercise="swap"), WORKED], "### Exercise 3. Title"),
        ([ASK, markdown("#### Then", "exercise"), WORKED], "a heading stands inside"),
        ([ASK, markdown("Then\n\n## Summary", "solution")], "a heading stands inside"),
    ],
)
def test_cells_against_the_convention_are_refused(cells: list[dict[str, object]], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        sphinx_course.shape_exercises([dict(cell) for cell in cells], "kl_divergence")
