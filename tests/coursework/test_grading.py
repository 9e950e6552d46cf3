"""One submission: right answers earn all, known wrong ones lose what they should, and the words fit."""

import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coursework import grading, prover, sandbox
from coursework.grading import COMPUTED, Grader, Result, Sheet, places
from coursework.items import Item, PersonItem, ProofItem
from coursework.prover import Prover
from coursework.sandbox import Limits, Outcome
from coursework.sources import recorded
from coursework.submissions import read_notebook
from kltools.exercises._checking import _result
from kltools.exercises._sets import RecordedProof, unpacked
from tests.coursework.handed_in import (
    POINTS,
    answering,
    cell_of,
    contents,
    released,
    sample,
    solved,
    with_cell,
)

STUDENTS = [f"student {number}" for number in range(20)]
PLAIN = Limits(statement=20, memory=700)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Answers that are called here in the place of the sandbox; the right ones, until a test changes them."""
    given: dict[str, Any] = {}
    for item in sample():
        if not isinstance(item, PersonItem):
            given[item.name] = item.right[0] if isinstance(item, ProofItem) else item.right

    def run(job: dict[str, Any], *_: Any) -> Outcome:
        frames: list[dict[str, Any]] = []
        for place, ask in enumerate(job["asks"]):
            for number, call in enumerate(ask["calls"]):
                answer = given[ask["name"]]
                value = answer if call is None else _result(answer, tuple(unpacked(call)))
                if isinstance(value, Exception):
                    frames.append({"error": [place, number, type(value).__name__, str(value)]})
                else:
                    frames.append({"value": [place, number, value]})
        return Outcome(frames, "finished", ready=True)

    monkeypatch.setattr(sandbox, "run", run)
    return given


@functools.cache
def grader() -> Grader:
    return Grader(sample(), b"a class secret", PLAIN)


def grade(student: str = "ada", notebook: Any = None) -> Result:
    return grader().grade(student, contents(notebook or solved()))


def scores(result: Result) -> dict[str, float | None]:
    return {item.name: item.score for item in result.items if item.name in POINTS}


@pytest.mark.parametrize("student", STUDENTS)
def test_right_answers_earn_all_and_wrong_ones_lose_their_parts(
    student: str, answers: dict[str, Any]
) -> None:
    right = dict(answers)
    assert scores(grade(student)) == POINTS
    for item in sample():
        if isinstance(item, PersonItem):
            continue
        for wrong in item.wrongs:
            answers.update(right | {item.name: wrong.answer})
            graded = next(one for one in grade(student).items if one.name == item.name)
            assert {name for name, kept in graded.parts.items() if not kept} == set(wrong.loses)
            lost = sum(part.points for part in item.parts if part.name in wrong.loses)
            assert graded.score == item.points - lost
            assert wrong.sentence in " ".join(graded.messages)


@pytest.mark.parametrize(
    ("cell", "quoted"),
    [
        ("split = 'Sum(p)'", True),
        ("split = ('Sum(p)',)", True),
        ("split = str(1)\nsplit = 'Sum(p)'", True),
        ("split = 'p'\nsplit = 'Sum' + '(p)'", False),
        ("split = 'Sum(q)'\nsplit = split.replace('q', 'p')", False),
        ("for split in ['Sum(p)']: pass", False),
    ],
)
def test_a_refused_line_is_quoted_as_it_stands_in_the_cell(
    answers: dict[str, Any], cell: str, quoted: bool
) -> None:
    answers["split"] = ["Sum(p)"] if "," in cell else "Sum(p)"
    told = " ".join(grade(notebook=answering(split=cell)).items[2].messages)
    assert ("step 1 is false" in told) == quoted
    assert (COMPUTED in told) != quoted


def test_two_mistakes_at_once_are_both_named(answers: dict[str, Any]) -> None:
    item = sample()["my_entropy"]
    assert isinstance(item, Item)
    bits, unguarded, *_ = (wrong.answer for wrong in item.wrongs)
    answers["my_entropy"] = lambda p: unguarded(p) if 0 in p else bits(p)
    assert grade().items[0].messages == [
        "value: That is in bits; nats are asked for.",
        "zeros: 0 · log 0 counts as 0, and NumPy makes it nan.",
    ]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda p: None, "Is a return missing?"),
        (lambda p: [0.5, 0.5], "It gives 2 numbers, in the place of one number."),
        (lambda p: "0.5", "A number, or numbers, are asked for"),
        (lambda p: 0.1 + 0.2, "It is not right on"),
        (lambda p: 1 / 0, "It stops with ZeroDivisionError: a division by zero."),
    ],
)
def test_what_else_is_wrong_is_told_without_the_answer(
    answers: dict[str, Any], answer: Callable[..., Any], says: str
) -> None:
    answers["my_entropy"] = answer
    assert says in " ".join(grade().items[0].messages)


SPELLED = "nought point three"


@pytest.mark.parametrize(
    "error",
    [
        ValueError(SPELLED),
        type(SPELLED, (Exception,), {})(),
        type("MissingAnswer", (Exception,), {})(SPELLED),
        type("NotPlain", (Exception,), {})(SPELLED),
    ],
)
def test_an_error_does_not_give_the_hidden_inputs_away(answers: dict[str, Any], error: Exception) -> None:
    """Not even in words: of what a student's code says of itself, nothing is shown."""

    def tells(p: list[float]) -> float:
        raise error

    answers["my_entropy"] = tells
    messages = " ".join(grade().items[0].messages)
    assert messages
    assert SPELLED not in messages


def test_what_a_person_reads_waits_and_nothing_written_is_nothing() -> None:
    sheet = Sheet.lay_out(places(sample()), read_notebook(contents(solved())))
    assert sheet.answers["why_fair"][0].source
    sheet = Sheet.lay_out(places(sample()), read_notebook(contents(released())))
    assert not sheet.answers["why_fair"]


def test_pictures_come_along_and_nothing_else_does(answers: dict[str, Any]) -> None:
    notebook = solved()
    cell_of(notebook, "picture")["outputs"] = [
        {"data": {"image/png": "iVBORw0KGgo\nAAAA", "text/html": "<script>"}},
        {"data": {"image/png": "<script>"}},
        {"data": {"image/svg+xml": "<svg onload='x'>"}},
        {"data": 3},
        7,
    ]
    item = grade(notebook=notebook).items[-1]
    assert item.pictures == ["iVBORw0KGgoAAAA"]
    assert item.score is None
    del notebook["cells"][-1]
    gone = grade(notebook=notebook).items[-1]
    assert gone.score is None, "a person has to look"
    assert "Its cell was not in what you handed in" in gone.messages[0]


def test_cells_of_ones_own_follow_the_cell_that_they_followed() -> None:
    notebook = with_cell("own = 1", "bits")
    sheet = Sheet.lay_out(places(sample()), read_notebook(contents(notebook)))
    own = sheet.code.index("own = 1")
    assert "def my_entropy" in sheet.code[own - 1]
    assert sheet.owners[own] is None
    assert sheet.after["my_entropy"] == own - 1
    assert not any("check(" in source for source in sheet.code)


def test_too_much_code_is_cut_and_said(monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any]) -> None:
    monkeypatch.setattr(grading, "MOST_CODE", 100)
    assert "more code than is run here" in " ".join(grade().remarks)


def test_a_result_is_kept_as_it_is(answers: dict[str, Any]) -> None:
    result = grade()
    assert Result.from_json(result.to_json()) == result
    assert json.loads(result.to_json())["status"] == "graded"


def test_a_result_is_known_by_all_that_it_depends_on() -> None:
    base = Grader(sample(), b"secret", PLAIN)
    keys = [
        base.key("ada", b"x"),
        base.key("bob", b"x"),
        base.key("ada", b"y"),
        Grader(sample(), b"other", PLAIN).key("ada", b"x"),
        Grader(sample(), b"secret", Limits()).key("ada", b"x"),
        Grader(sample(), b"secret", PLAIN, unsafe=True).key("ada", b"x"),
    ]
    assert len(set(keys)) == len(keys)
    assert Grader(sample(), b"secret", PLAIN).key("ada", b"x") == keys[0]


def test_a_sandbox_that_fails_is_not_the_students_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "run", lambda *_: Outcome(complaint="no namespace"))
    with pytest.raises(grading.SetError, match="The sandbox does not start: no namespace"):
        grade()


def test_the_same_twice_in_the_sandbox(bubblewrap: None) -> None:
    notebook = answering(my_entropy="import numpy as np\nmy_entropy = lambda p: np.random.random()")
    assert grade(notebook=notebook).to_json() == grade(notebook=notebook).to_json()
    assert scores(grade()) == POINTS


# ---------------------------------------------------------------- the prover


def proof() -> RecordedProof:
    item = sample()["split"]
    assert isinstance(item, ProofItem)
    record = recorded(sample(), item)
    assert isinstance(record, RecordedProof)
    return record


def test_a_line_that_takes_too_long_ends_the_prover_and_the_next_one_is_proved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prover, "SECONDS", 0)
    own = Prover()
    assert own.judge(proof(), "Sum(p * (ln(p) - ln(q)))").message == prover.TOO_LONG
    monkeypatch.setattr(prover, "SECONDS", 100)
    assert own.judge(proof(), "Sum(p * ln(p)) - Sum(p * ln(q))")
    process = own._process
    assert own.judge(proof(), ["Sum(p * ln(p)) - Sum(p * ln(q))"])
    assert own._process is process, "it goes on"
    own.close()
    assert process is not None
    assert process.poll() is not None


def test_the_runner_needs_the_standard_library_and_numpy_alone() -> None:
    import ast

    tree = ast.parse((Path(grading.__file__).parent / "runner.py").read_text())
    names = {
        a.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names
    }
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) == {"numpy"}
