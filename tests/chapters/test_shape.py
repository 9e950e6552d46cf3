"""The shape of a chapter: how it opens, how long it is, what it needs, and words it does without."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.chapters import rules
from tests.chapters.conftest import Tally
from tests.chapters.notebooks import CHAPTERS, read
from tests.chapters.test_exercises import CORE
from web.outline import read_notebook

OPENED = [path for path in CHAPTERS if rules.is_opened(path, read(path))]
OPENING = """# How much of it is my fault?

*The KL divergence*

A forecaster says 3 days in 10.

**You will be able to**

- say which comes first;
- say it in nats,
  and in bits;
- say why;
- say when not.

**You need** sums, and [entropy](entropy.ipynb#units).

**Time**: about 75 minutes to read and run, and as much again for the exercises.
"""


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_words(path: Path, tally: Tally) -> None:
    wrong = rules.plain_words(path, read(path))
    tally(f"words of {path.name}, exercises aside", rules.word_count(read(path)), "counted")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", OPENED, ids=lambda path: path.stem)
@pytest.mark.parametrize("rule", rules.OPENED, ids=lambda rule: rule.__name__)
def test_opened_chapter(path: Path, rule: rules.Rule) -> None:
    wrong = rule(path, read(path))
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
        ("*The KL divergence*", "The KL divergence", "does not name its topic"),
        ("**You will be able to**", "You might", "lists 0 objectives"),
        ("- say why;\n", "", "lists 3 objectives"),
        ("- say why;\n", "- say why;\n" * 4, "lists 7 objectives"),
        ("**You need**", "You like", "does not say what it needs"),
        ("75 minutes", "a while", "does not say **Time**"),
    ],
)
def test_an_opening_that_lacks_something_is_told(old: str, new: str, message: str) -> None:
    assert breaches(rules.opening, OPENING, "## First section") == []
    assert old in OPENING
    assert message in breaches(rules.opening, OPENING.replace(old, new), f"## Later\n\n{OPENING}")[0]


def test_an_opening_is_read_to_the_letter() -> None:
    page = read_notebook(new_notebook(cells=[new_markdown_cell(OPENING)]), "chapters/kl_divergence.ipynb")
    assert page.topic == "The KL divergence"
    assert page.objectives[1] == "- say it in nats,\n  and in bits;"
    assert len(page.objectives) == 4
    assert page.needs == ("chapters/entropy.ipynb",)
    assert page.minutes == 75


@pytest.mark.parametrize(
    ("words", "minutes", "honest"),
    [(5_250, 56, False), (5_250, 57, True), (5_250, 100, True), (5_250, 101, False), (2_625, 75, False)],
)
def test_a_time_is_what_the_words_suggest(words: int, minutes: int, honest: bool) -> None:
    said = f"**Time**: about {minutes} minutes"
    body = "word " * (words - rules.word_count(new_notebook(cells=[new_markdown_cell(said)])))
    told = breaches(rules.honest_time, said, body)
    assert (told == []) == honest
    assert honest or f"about {minutes} minutes; its words and cells suggest {words / 70:.0f}" in told[0]


def test_cells_take_time_and_those_of_exercises_do_not() -> None:
    cells = [new_code_cell("x"), new_code_cell("x", metadata={"tags": ["solution"]})]
    assert rules.reading_time(new_notebook(cells=cells)) == 0.5


def with_exercises(*objectives: list[int]) -> list[str]:
    """Return the breaches of the opening's four objectives by exercises that meet these."""
    cells = [new_markdown_cell(OPENING)] + [
        new_markdown_cell(
            f"### Exercise {number}. Swap ★", metadata={"exercise": f"swap_{number}", "objectives": met}
        )
        for number, met in enumerate(objectives, start=1)
    ]
    return rules.met_objectives(Path("small.ipynb"), new_notebook(cells=cells))


@pytest.mark.parametrize(
    ("objectives", "message"),
    [
        ([[1, 2], [2], [4]], "objective 3 (- say why;) is met by no exercise"),
        ([[1, 2], [3, 4], []], "Exercise 3 has no objectives in its metadata"),
        ([[1, 2], [3, 4, 5]], "Exercise 2 meets objective 5, and there are 4"),
        ([[0, 1, 2], [3, 4]], "Exercise 1 meets objective 0, and there are 4"),
        ([["1", 1, 2], [3, 4]], "Exercise 1 meets objective '1', and there are 4"),
    ],
)
def test_objectives_that_do_not_fit_the_exercises_are_told(objectives: list[list[int]], message: str) -> None:
    assert with_exercises([1, 2], [3, 4], [2]) == []
    assert with_exercises(*objectives) == [f"small.ipynb: {message}"]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Give a book of two chapters, the second of which needs the first."""
    (tmp_path / "chapters").mkdir()
    exercise = new_markdown_cell(
        "### Exercise 1. Swap", metadata={"tags": ["exercise"], "exercise": "swap", "objectives": [1]}
    )
    for name, need in (("entropy", "sums"), ("kl_divergence", "[entropy](entropy.ipynb#units)")):
        opening = new_markdown_cell(f"# What is it?\n\n**You need** {need}.")
        nbformat.write(new_notebook(cells=[opening, exercise]), tmp_path / "chapters" / f"{name}.ipynb")
    (tmp_path / "_toc.yml").write_text(toc("entropy", "kl_divergence"), encoding="utf-8")
    return tmp_path


def toc(*names: str) -> str:
    files = ", ".join(f"{{file: chapters/{name}}}" for name in names)
    return f"{{format: jb-book, root: index, parts: [{{caption: All, chapters: [{files}]}}]}}"


def needs(book: Path, name: str) -> list[str]:
    path = book / "chapters" / f"{name}.ipynb"
    return rules.earlier_needs(path, read(path))


def test_a_chapter_needs_what_comes_before_it(book: Path) -> None:
    assert needs(book, "entropy") == needs(book, "kl_divergence") == []
    (book / "_toc.yml").write_text(toc("kl_divergence", "entropy"), encoding="utf-8")
    late = "kl_divergence.ipynb: needs chapters/entropy.ipynb, which does not come before it"
    assert needs(book, "kl_divergence") == [late]
    assert needs(book, "entropy") == ["entropy.ipynb: links to no earlier chapter in **You need**"]


def test_a_chapter_that_is_not_published_is_told(book: Path) -> None:
    (book / "_toc.yml").write_text(toc("entropy"), encoding="utf-8")
    assert needs(book, "kl_divergence") == ["kl_divergence.ipynb: is not in _toc.yml, so nobody can read it"]
