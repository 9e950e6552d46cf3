"""The problem sets: what their words promise is graded, and each wrong answer loses what it should."""

import copy
import json
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import chdir
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot
from nbformat import NotebookNode

import kltools
from coursework.grading import Grader
from coursework.items import SETS, AnyItem, Item, Part, PersonItem, ProblemSet, ProofItem, draws, load
from coursework.sources import checks_file, recorded, released_notebook, source_notebook
from tests.chapters.literals import COMMENT, Evaluator, problems
from tests.chapters.rules import BANNED

NAMES = ["entropy", "cross_entropy", "kl_divergence", "likelihood", "jensen_shannon"]
SECRET = b"a secret of the tests"
STUDENTS = [f"student {number}" for number in range(12)]
HEADING = re.compile(r"^## (\d+)\. (.+) \((\d+) points, (\d+) minutes\)$", re.MULTILINE)
PART = re.compile(r"`(\w+)` (\d+)")


@cache
def problem_set(name: str) -> ProblemSet:
    return load(name)


every_set = pytest.mark.parametrize("name", NAMES)
ITEMS = [
    pytest.param(name, item, id=f"{name}-{item.name}")
    for name in NAMES
    for item in problem_set(name)
    if isinstance(item, Item)
]
every_item = pytest.mark.parametrize(("name", "item"), ITEMS)


def test_these_are_all() -> None:
    assert sorted(path.parent.name for path in SETS.glob("*/items.py")) == sorted(NAMES)


# ---------------------------------------------------------------- what a set holds


@every_set
def test_a_set_is_whole(name: str) -> None:
    items = problem_set(name).items
    assert 6 <= len(items) <= 10
    assert sum(item.points for item in items) == 40
    assert sum(isinstance(item, ProofItem) for item in items) >= 1
    assert [item.name.startswith("plot") for item in items if isinstance(item, PersonItem)] == [True, False]


@every_set
def test_every_wrong_answer_has_a_sentence_of_its_own(name: str) -> None:
    for item in problem_set(name):
        if not isinstance(item, PersonItem):
            sentences = [wrong.sentence for wrong in item.wrongs]
            assert len(set(sentences)) == len(sentences) >= 3
            assert not [sentence for sentence in (*sentences, item.note) if BANNED.search(sentence)]


def test_no_name_is_used_twice() -> None:
    names = [item.name for name in NAMES for item in problem_set(name)]
    assert len(set(names)) == len(names)
    assert not set(names) & set(kltools.exercises.EXERCISES)


# ---------------------------------------------------------------- what the statements say


def statements(name: str) -> dict[str, str]:
    """The Markdown before the cell of each item."""
    found, text = {}, ""
    for cell in source_notebook(problem_set(name)).cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("solution"):
            found[marks["grade_id"]] = text
        if cell.cell_type == "markdown":
            text = cell.source
    return found


def breaches(number: int, item: AnyItem, text: str) -> Iterator[str]:
    """What a statement says otherwise than its item."""
    heading = HEADING.search(text)
    if heading is None:
        yield "it has no heading with points and minutes"
        return
    if (int(heading[1]), heading[2], int(heading[3])) != (number, item.title, item.points):
        yield f"its heading is {heading[0]!r}"
    if "*You train to " not in text:
        yield "it does not say what it trains"
    *_, last = text.strip().split("\n\n")
    if not isinstance(item, PersonItem):
        parts = [(part.name, f"{part.points:g}") for part in item.parts]
        if PART.findall(last) != parts:
            yield f"its points are {PART.findall(last)} and should be {parts}"
    elif not last.startswith("A person reads this.") or list(map(int, re.findall(r" (\d+)\b", last))) != [
        points for points, _ in item.rubric
    ]:
        yield "its points are not those of the rubric"


@every_set
def test_a_statement_says_what_is_graded(name: str) -> None:
    told = statements(name)
    assert list(told) == [item.name for item in problem_set(name)]
    for number, item in enumerate(problem_set(name), start=1):
        assert not list(breaches(number, item, told[item.name])), item.name


def test_a_statement_that_says_otherwise_is_seen() -> None:
    name, told = "entropy", statements("entropy")
    item, person = problem_set(name).items[0], problem_set(name).items[-1]
    for old, new in (
        ("(4 points", "(5 points"),
        ("## 1.", "## 2."),
        ("`long` 1", "`long` 2"),
        ("*You train", "*You"),
    ):
        assert old in told[item.name]
        assert list(breaches(1, item, told[item.name].replace(old, new)))
    assert list(breaches(len(told), person, told[person.name].replace("the example 1", "the example 2")))


@every_set
def test_the_times_add_up(name: str) -> None:
    texts = [cell.source for cell in source_notebook(problem_set(name)).cells if cell.cell_type == "markdown"]
    minutes = sum(int(minutes) for text in texts for *_, minutes in HEADING.findall(text))
    [promised] = re.findall(r"\*\*40 points, about (\d+) minutes\.\*\*", texts[0])
    assert 90 <= minutes <= 120
    assert abs(minutes - int(promised)) < 5


def names_of_the_statements(name: str) -> dict[str, Any]:
    """What the expressions in the statements are about: NumPy, kltools, and the references by their names."""
    references = {item.name: item.right for item in problem_set(name) if isinstance(item, Item)}
    return {"np": np, **{public: getattr(kltools, public) for public in kltools.__all__}, **references}


@every_set
def test_every_number_in_the_text_is_computed(name: str) -> None:
    evaluate = Evaluator(names_of_the_statements(name))
    for cell in source_notebook(problem_set(name)).cells:
        if cell.cell_type == "markdown":
            assert not problems(cell.source, evaluate)
            assert not BANNED.search(COMMENT.sub("", cell.source))


def test_a_number_that_is_not_right_is_seen() -> None:
    text = statements("entropy")["effective_species"]
    assert problems(text.replace("2.8284", "2.8285"), Evaluator(names_of_the_statements("entropy")))


# ---------------------------------------------------------------- the notebooks


def run(notebook: NotebookNode, folder: Path) -> dict[str, Any]:
    """Run the cells in a folder, and keep what each check said."""
    space: dict[str, Any] = {}
    verdicts = {}
    with chdir(folder):
        for cell in notebook.cells:
            if cell.cell_type == "code" and cell.source.startswith("check("):
                verdicts[cell.metadata.nbgrader.grade_id.removesuffix("-check")] = eval(cell.source, space)
            elif cell.cell_type == "code":
                exec(cell.source, space)
    return verdicts


@pytest.fixture
def without_a_screen() -> Iterator[None]:
    pyplot.switch_backend("agg")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")
        yield
    pyplot.close("all")


@every_set
@pytest.mark.usefixtures("without_a_screen")
def test_the_worked_notebook_is_right_and_draws(name: str, tmp_path: Path) -> None:
    whole = problem_set(name)
    (tmp_path / f"{name}.json").write_text(checks_file(whole), encoding="utf-8")
    verdicts = run(source_notebook(whole), tmp_path)
    assert list(verdicts) == [item.name for item in whole if not isinstance(item, PersonItem)]
    assert not {item: verdict for item, verdict in verdicts.items() if not verdict}
    [axes] = pyplot.gcf().axes
    assert axes.lines
    assert axes.get_title()
    assert axes.get_xlabel()
    assert re.search(r"\((?:bits|nats)\)|less its largest value \(nats\)", axes.get_ylabel())


@every_set
def test_the_released_notebook_is_unanswered(name: str, tmp_path: Path) -> None:
    whole = problem_set(name)
    (tmp_path / f"{name}.json").write_text(checks_file(whole), encoding="utf-8")
    verdicts = run(released_notebook(whole), tmp_path)
    assert {str(verdict)[:16] for verdict in verdicts.values()} == {"Not written yet:"}


@every_set
def test_the_grader_gives_full_marks_and_none(name: str) -> None:
    whole = problem_set(name)
    grader = Grader(whole, SECRET, unsafe=True)
    by_machine = sum(item.points for item in whole if not isinstance(item, PersonItem))
    for notebook, expected in (
        (source_notebook(whole), (by_machine, 40 - by_machine)),
        (released_notebook(whole), (0, 0)),
    ):
        result = grader.grade(STUDENTS[0], json.dumps(notebook).encode())
        assert (result.status, result.score, result.waiting) == ("graded", *expected)


# ---------------------------------------------------------------- the answers that people give


def results(answer: Callable[..., Any], calls: list[tuple[Any, ...]]) -> list[Any]:
    """What a function gives for each call; the error where it stops with one."""

    def result(arguments: tuple[Any, ...]) -> Any:
        try:
            return answer(*copy.deepcopy(arguments))
        except Exception as error:  # an answer may stop in any way
            return type(error)

    return [result(arguments) for arguments in calls]


def same(item: Item, value: Any, right: Any) -> bool:
    if isinstance(value, type) or isinstance(right, type):
        return value is right
    a, b = np.asarray(value, float), np.asarray(right, float)
    return a.shape == b.shape and all(map(item.precision.same, a.ravel().tolist(), b.ravel().tolist()))


def losses(name: str, item: Item, students: list[str]) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """For each student, the parts that each of the wrong answers loses."""
    for student in students:
        lost: list[list[str]] = [[] for _ in item.wrongs]
        for part in item.parts:
            calls = draws(SECRET, name, student, item.name, part)
            right = results(item.right, calls)
            assert not [result for result in right if isinstance(result, type)]
            for parts, wrong in zip(lost, item.wrongs, strict=True):
                given = results(wrong.answer, calls)
                if not all(same(item, value, like) for value, like in zip(given, right, strict=True)):
                    parts.append(part.name)
        yield student, [tuple(parts) for parts in lost]


@every_item
def test_each_wrong_answer_loses_its_parts_and_no_other(name: str, item: Item) -> None:
    declared = [wrong.loses for wrong in item.wrongs]
    for student, lost in losses(name, item, STUDENTS):
        assert lost == declared, student


def test_a_loss_that_is_declared_wrongly_is_seen() -> None:
    item = problem_set("entropy")["effective_species"]
    assert isinstance(item, Item)
    careless = replace(item.wrongs[-1], loses=("value", "zeros"))
    [(_, [lost])] = losses("entropy", replace(item, wrongs=(careless,)), STUDENTS[:1])
    assert lost == ("zeros",) != careless.loses


@every_item
def test_two_students_get_inputs_of_their_own(name: str, item: Item) -> None:
    def drawn(student: str, part: Part) -> str:
        return repr(draws(SECRET, name, student, item.name, part))

    for part in item.parts:
        assert drawn("ada", part) == drawn("ada", part)
    assert any(drawn("ada", part) != drawn("bob", part) for part in item.parts)


@every_item
def test_the_check_names_each_mistake(name: str, item: Item) -> None:
    check = recorded(problem_set(name), item)
    assert check.judge(item.right)
    for wrong in item.wrongs:
        assert check.judge(wrong.answer).message == f"Not yet. {wrong.sentence}"


@every_set
def test_the_prover_refuses_each_wrong_line(name: str) -> None:
    whole = problem_set(name)
    for item in whole:
        if isinstance(item, ProofItem):
            check = recorded(whole, item)
            unaware = recorded(whole, replace(item, wrongs=()))
            for wrong in item.wrongs:
                assert check.judge(wrong.answer).message == f"Refused. {wrong.sentence}"
                assert not unaware.judge(wrong.answer), wrong.sentence


def test_an_answer_found_backwards_is_that_of_kltools() -> None:
    """Two references search by hand; what they find has the entropy, and the divergence, asked for."""
    rarer, lowest = problem_set("entropy")["rarer_side"], problem_set("kl_divergence")["lowest_belief"]
    assert isinstance(rarer, Item)
    assert isinstance(lowest, Item)
    for bits in (0.01, 0.5, 0.99):
        p = rarer.right(bits)
        assert p < 0.5
        assert kltools.entropy([p, 1 - p], base=2) == pytest.approx(bits, rel=1e-12)
    for a, nats in ((0.3, 0.1), (0.9, 0.5), (1.0, 0.2)):
        b = lowest.right(a, nats)
        assert b < a
        assert kltools.kl_bernoulli(a, b) == pytest.approx(nats, rel=1e-9)
