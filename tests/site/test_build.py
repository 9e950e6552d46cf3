"""The build refuses what would mislead a reader; each of these books differs from a good one in one cell."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.site.books import build, code, markdown, small_book

MISSING = "an image that is missing"
WARNED = {
    "TeX that does not parse": (
        markdown(r"It is $\frac{1}{$."),
        "chapter.ipynb: WARNING: KaTeX parse error: Unexpected end",
    ),
    "an unknown macro": (markdown(r"It is $\bits$."), "chapter.ipynb: WARNING: KaTeX parse error: Undefined"),
    "a link to no page": (markdown("[there](nowhere.ipynb)"), "nowhere.ipynb"),
    "a link to no section": (markdown("[there](#ex-chapter-nowhere)"), "ex-chapter-nowhere"),
    MISSING: (markdown("![Bars of P](bars.svg)"), "bars.svg"),
    "a heading that skips a level": (markdown("#### Too deep"), "Non-consecutive header level"),
    "a stored warning": (
        code("warn()", outputs=[{"output_type": "stream", "name": "stderr", "text": "careful"}]),
        "stderr was found",
    ),
    "a solution of no exercise": (code("1", "solution"), "no exercise is waiting"),
}


def files(folder: Path) -> dict[str, bytes]:
    """Return all but the index of the search, in which Sphinx numbers pages in the order of their reading."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != "searchindex.js")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def write_more(page: Path, text: str) -> None:
    page.write_text(f"{page.read_text(encoding='utf-8')}\n{text}\n", encoding="utf-8")


def assert_is_good(built: subprocess.CompletedProcess[str]) -> None:
    assert built.returncode == 0, built.stdout
    assert "WARNING" not in built.stdout


def test_a_good_book_is_built_and_again_where_a_page_changes(tmp_path: Path) -> None:
    """The line that builds all, and then the README's, which builds what changed."""
    book, html = small_book(tmp_path), tmp_path / "_build" / "html"
    assert_is_good(build(book, book))
    first = files(html)
    assert_is_good(build(book, book, by_hand=True))
    assert files(html) == first
    landing = (book / "index.md").read_text(encoding="utf-8")
    write_more(book / "index.md", '<p class="text-danger">It is short.</p>')
    assert_is_good(build(book, book, by_hand=True))
    for page in ("index.html", "chapter.html"):
        (sheet,) = re.findall(r"_static/course-\w+\.css", (html / page).read_text(encoding="utf-8"))
        assert sheet not in first
        assert ".text-danger" in (html / sheet).read_text(encoding="utf-8")
    (book / "index.md").write_text(landing, encoding="utf-8")
    assert_is_good(build(book, book, by_hand=True))
    assert files(html) == first


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a book with everything in it that is warned of.

    The missing image stands on a page of its own: Sphinx reads that again until the image is there.
    """
    cells = [cell for name, (cell, _) in WARNED.items() if name != MISSING]
    book = small_book(tmp_path_factory.mktemp("faulty"), *cells)
    write_more(book / "index.md", WARNED[MISSING][0].source)
    return book


@pytest.fixture(scope="module")
def refused(faulty: Path) -> subprocess.CompletedProcess[str]:
    return build(faulty, faulty)


def silent(built: subprocess.CompletedProcess[str]) -> list[str]:
    """Return what a build did not warn of."""
    return [name for name, (_, message) in WARNED.items() if message not in built.stdout]


def test_every_warning_fails_the_build(refused: subprocess.CompletedProcess[str]) -> None:
    assert refused.returncode != 0
    assert not silent(refused), refused.stdout


@pytest.mark.usefixtures("refused")
def test_a_second_build_repeats_the_warnings_of_the_first(faulty: Path) -> None:
    again = build(faulty, faulty)
    assert again.returncode != 0
    assert not silent(again), again.stdout
