"""The build refuses what would mislead a reader; each of these books differs from a good one in one cell."""

from pathlib import Path

from tests.site.books import build, code, markdown, small_book

WARNED = {
    "TeX that does not parse": (
        markdown(r"It is $\frac{1}{$."),
        "chapter.ipynb: WARNING: KaTeX parse error: Unexpected end",
    ),
    "an unknown macro": (markdown(r"It is $\bits$."), "chapter.ipynb: WARNING: KaTeX parse error: Undefined"),
    "a link to no page": (markdown("[there](nowhere.ipynb)"), "nowhere.ipynb"),
    "a link to no section": (markdown("[there](#ex-chapter-nowhere)"), "ex-chapter-nowhere"),
    "an image that is missing": (markdown("![Bars of P](bars.svg)"), "bars.svg"),
    "a heading that skips a level": (markdown("#### Too deep"), "Non-consecutive header level"),
    "a stored warning": (
        code("warn()", outputs=[{"output_type": "stream", "name": "stderr", "text": "careful"}]),
        "stderr was found",
    ),
    "a solution of no exercise": (code("1", "solution"), "no exercise is waiting"),
}


def test_a_good_book_is_built(tmp_path: Path) -> None:
    built = build(small_book(tmp_path), tmp_path)
    assert built.returncode == 0, built.stdout
    assert "WARNING" not in built.stdout


def test_every_warning_fails_the_build(tmp_path: Path) -> None:
    built = build(small_book(tmp_path, *(cell for cell, _ in WARNED.values())), tmp_path)
    assert built.returncode != 0
    silent = [name for name, (_, message) in WARNED.items() if message not in built.stdout]
    assert not silent, built.stdout


def test_a_second_build_repeats_the_warnings_of_the_first(tmp_path: Path) -> None:
    book = small_book(tmp_path, WARNED["an unknown macro"][0])
    assert build(book, tmp_path).returncode != 0
    assert build(book, tmp_path).returncode != 0
