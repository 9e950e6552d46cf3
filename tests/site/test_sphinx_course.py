"""The Sphinx extension's own rules, and how it tells readers where they stand, without a build."""

import re
import sys
from pathlib import Path

import pytest

from tests.site.books import LANDING, OPENING, ROOT, code, markdown, notebook, small_book

sys.path.append(str(ROOT / "web"))  # as Jupyter Book does, for `local_extensions` in _config.yml
import signposts
import sphinx_course
from outline import Exercise, Page, read_course, read_notebook

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
        (
            [markdown("### Project. Swap all", "exercise", exercise="all"), STUB],
            "the project has no solution",
        ),
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


ENTROPY = Page("part/entropy.ipynb", "How surprised?", "Entropy", minutes=70, sections=3)
ENTROPY_EXERCISES = (Exercise("one", "Exercise 1", (1,)), Exercise("all", "Project", (1, 2)))


def chapters(*needs: tuple[str, ...]) -> list[Page]:
    """Make a course of chapters named a, b, c, …, which need what is given."""
    exercise = (Exercise("one", "Exercise 1", (1,)),)
    return [
        Page(
            f"{name}.ipynb",
            f"{name}?",
            minutes=90,
            needs=tuple(f"{need}.ipynb" for need in each),
            exercises=exercise,
        )
        for name, each in zip("abcdefgh", needs, strict=False)
    ]


def test_a_course_is_read_in_the_order_of_its_toc(tmp_path: Path) -> None:
    book = small_book(tmp_path)
    (book / "words.md").write_text("Of all.\n\n# Words\n", encoding="utf-8")
    toc = "{format: jb-book, root: index, parts: [{chapters: [{file: words, sections: [{file: chapter}]}]}]}"
    (book / "_toc.yml").write_text(toc, encoding="utf-8")
    words, chapter = read_course(book)
    assert words == Page("words.md", "Words")
    assert chapter == Page(
        "chapter.ipynb", "Which comes first?", "A chapter", ("- swap two;", "- swap many."), (), 75, 2,
        (Exercise("swap", "Exercise 1", (1,)), Exercise("all", "Project", (1, 2))),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("need", "needs"),
    [
        ("[entropy](entropy.ipynb)", ("part/entropy.ipynb",)),
        ("[entropy](entropy.ipynb#units) and\n[again](entropy.ipynb)", ("part/entropy.ipynb",)),
        ("[elsewhere](../other/b.ipynb), [a word](../words.md#a)", ("other/b.ipynb",)),
        ("[a site](https://example.org/c.ipynb)", ()),
        ("sums.\n\n[Later](later.ipynb)", ()),
    ],
)
def test_needs_are_the_chapters_that_the_opening_links_to(need: str, needs: tuple[str, ...]) -> None:
    written = notebook(markdown(f"# Why?\n\n**You need** {need}"))
    assert read_notebook(written, "part/kl.ipynb").needs == needs


def test_a_chapter_says_where_it_stands() -> None:
    course = chapters((), ("a",), ("b",))
    said = "Chapter 2 of 3 · 0 sections · about 90 minutes · 1 exercise"
    opened = '<p class="chapter-place" style="--sections: 0">'
    assert signposts.place(course[1], course) == f"{opened}{said}</p>"
    assert ">3 sections · about 70 minutes<" in signposts.place(ENTROPY, [*course, ENTROPY])
    with_project = Page("a.ipynb", "Why?", sections=1, exercises=ENTROPY_EXERCISES)
    assert ">Chapter 1 of 1 · 1 section · 1 exercise and a project<" in signposts.place(
        with_project, [with_project]
    )


def test_objectives_link_to_the_exercises_that_meet_them() -> None:
    exercises = (
        Exercise("one", "Exercise 1", (1,)),
        Exercise("two", "Exercise 2", (1,)),
        Exercise("all", "Project", (1, 2)),
    )
    page = Page("part/kl.ipynb", "Which comes first?", exercises=exercises)
    text = signposts.opening(OPENING, page, [page])
    links = "[1](#ex-kl-one), [2](#ex-kl-two), [project](#ex-kl-all)"
    assert f'- swap two; <span class="met-by">exercises {links}</span>\n' in text
    assert '- swap many. <span class="met-by">[project](#ex-kl-all)</span>\n' in text
    assert text.startswith('# Which comes first?\n\n<p class="chapter-place"')
    assert text.endswith(OPENING[OPENING.index("**You need**") :] + "\n")


def test_an_objective_that_nothing_meets_is_left_as_it_is() -> None:
    page = Page("kl.ipynb", "Which comes first?")
    assert "met-by" not in signposts.opening(OPENING, page, [page])


def test_a_chapter_ends_with_what_needs_it() -> None:
    course = chapters((), ("a",), ("a", "b"))
    assert re.findall(r"- \[.*", signposts.enables(course[0], course)) == [
        "- [b?](b.ipynb): b?",
        "- [c?](c.ipynb): c?",
    ]
    assert signposts.enables(course[2], course) == ""
    far = Page("other/x.ipynb", "Why?", "X", needs=(ENTROPY.path,))
    assert "- [X](../other/x.ipynb): Why?" in signposts.enables(ENTROPY, [ENTROPY, far])


@pytest.mark.parametrize(
    ("needs", "direct"),
    [
        ([(), ("a",), ("a", "b")], [[], ["a"], ["b"]]),
        ([(), (), ("a", "b"), ("a", "c")], [[], [], ["a", "b"], ["c"]]),
        ([(), ("a",), ("b",), ("a", "c")], [[], ["a"], ["b"], ["c"]]),
        ([("b",), ("a",)], [[], ["a"]]),
    ],
)
def test_a_need_that_another_brings_along_is_not_drawn(
    needs: list[tuple[str, ...]], direct: list[list[str]]
) -> None:
    found = signposts.direct(chapters(*needs))
    assert [[path.removesuffix(".ipynb") for path in paths] for paths in found.values()] == direct


def test_the_map_says_and_draws_the_same() -> None:
    course = [
        *chapters((), ("a",), ("a",), ("b", "c")),
        Page("part/words.md", "Words"),
        Page("part/words/x.md", "X"),
    ]
    drawn = signposts.course_map(course)
    assert [line for line in drawn.splitlines() if "about" in line] == [
        "   about 90 minutes",
        "   about 90 minutes · after *a?*",
        "   about 90 minutes · after *a?*",
        "   about 90 minutes · after *b?* and *c?*",
    ]
    ends = [
        (float(a), float(b))
        for a, b in re.findall(r'd="M10 (\S+) C.* 10 (\S+)"/>'.replace(".*", "[^>]*?"), drawn)
    ]
    assert ends == [(0.5, 1.5), (0.5, 2.5), (1.5, 3.5), (2.5, 3.5)]
    assert drawn.endswith("To look things up: [Words](part/words.md).")


def test_the_landing_page_says_how_long_the_course_is() -> None:
    course = [*chapters((), ("a",)), Page("words.md", "Words")]
    text = signposts.landing(LANDING, course)
    assert (
        "Begin with [a?](a.ipynb) 2 chapters take about 3 hours to read, and their 2 exercises as much again."
        in text
    )
    assert signposts.MAP not in text
    assert signposts.landing("# Another page", course) == "# Another page"
