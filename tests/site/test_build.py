"""The build refuses what would mislead a reader; each of these books differs from a good one in one cell."""

import subprocess
from pathlib import Path

import pytest

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


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a book with everything in it that is warned of."""
    return small_book(tmp_path_factory.mktemp("faulty"), *(cell for cell, _ in WARNED.values()))


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
