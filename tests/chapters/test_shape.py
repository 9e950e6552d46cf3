"""The shape of a chapter: how it opens, how long it is, and words it does without."""

from pathlib import Path

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from tests.chapters import rules
from tests.chapters.conftest import Tally
from tests.chapters.notebooks import CHAPTERS, read
from tests.chapters.test_exercises import CORE

OPENING = "# How much of it is my fault?\n\nYou will be able to say. You need sums. It takes 60–90 minutes."


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_words(path: Path, tally: Tally) -> None:
    wrong = rules.plain_words(path, read(path))
    tally(f"words of {path.name}, exercises aside", rules.word_count(read(path)), "counted")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.stem)
@pytest.mark.parametrize("rule", rules.CORE, ids=lambda rule: rule.__name__)
def test_core_chapter(path: Path, rule: rules.Rule) -> None:
    wrong = rule(path, read(path))
    assert not wrong, "\n".join(wrong)


def breaches(rule: rules.Rule, *texts: str, tags: tuple[str, ...] = ()) -> list[str]:
    cells = [new_markdown_cell(text, metadata={"tags": list(tags)}) for text in texts]
    return rule(Path("small.ipynb"), new_notebook(cells=cells))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("It is obviously so.", "obviously"),
        ("Simply put", "Simply"),
        ("This is just a sum.", "just"),
        ("Now look!", "!"),
        ("A trivial proof", "trivial"),
    ],
)
def test_words_that_are_told(text: str, says: str) -> None:
    assert breaches(rules.plain_words, text) == [f"small.ipynb, cell 1 ({text}): says {says!r}"]


@pytest.mark.parametrize(
    "text", ["$n!$ and `x != y`", "![bars](a.svg)", "adjust, justice", "<!-- note: just a note -->"]
)
def test_words_that_pass(text: str) -> None:
    assert breaches(rules.plain_words, text) == []


def test_words_outside_exercises_are_counted() -> None:
    text = "Three words $x + y$ here<!-- 1 + 1 --> [and five](https://a.b/c)."
    assert rules.word_count(new_notebook(cells=[new_markdown_cell(text)])) == 5
    tagged = new_markdown_cell(text, metadata={"tags": ["solution"]})
    assert rules.word_count(new_notebook(cells=[tagged])) == 0


@pytest.mark.parametrize("words", [2_499, 3_901])
def test_a_chapter_too_short_or_too_long_is_told(words: int) -> None:
    assert f"has {words} words" in breaches(rules.core_length, "word " * words)[0]
    assert breaches(rules.core_length, "word " * 3_000) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("# How", "How", "does not open with its title"),
        ("fault?", "fault.", "opens with no question"),
        ("be able to", "want to", "what the reader will be able to do"),
        ("need", "like", "what is needed first"),
        ("60–90 minutes", "a while", "how long it takes"),
    ],
)
def test_an_opening_that_lacks_something_is_told(old: str, new: str, message: str) -> None:
    assert breaches(rules.opening, OPENING, "## First section") == []
    assert message in breaches(rules.opening, OPENING.replace(old, new), f"## Later\n\n{OPENING}")[0]
