"""Writes grades where teachers look for them: a CSV, nbgrader's gradebook, notebooks for a person to read.

One process writes the gradebook, after grading, and no student's code is ever near it.
"""

from __future__ import annotations

import csv
import json
import os
import re
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_output

from coursework.feedback import ByPerson
from coursework.grading import Graded, Result
from coursework.items import PersonItem, ProblemSet, SetError
from coursework.sources import grade_id, released_notebook, source_notebook
from coursework.submissions import Roster, file_name

Given = Mapping[str, Mapping[str, ByPerson]]  # by the student's name in the gradebook, then by the item's
Changed = set[tuple[str, str]]

# nbgrader calls alembic by its name
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


T = TypeVar("T")

HEAD = ("student", "last_name", "first_name", "email", "status", "points", "of", "for_a_person")


def write_csv(
    path: Path, problem_set: ProblemSet, results: Iterable[Result], roster: Roster, given: Given | None = None
) -> None:
    """Write a row for each student, with the points of each item; empty where a person still has to read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    trial = path.with_suffix(".tmp")
    with trial.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*HEAD, *(item.name for item in problem_set), "remarks", "sandbox"])
        for result in results:
            by_person = (given or {}).get(file_name(result.student), {})
            writer.writerow(map(_for_a_spreadsheet, _row(problem_set, result, roster, by_person)))
    trial.replace(path)


def _row(
    problem_set: ProblemSet, result: Result, roster: Roster, by_person: Mapping[str, ByPerson]
) -> Iterator[str]:
    facts = roster.students.get(result.student, {})
    yield from (
        result.student,
        facts.get("last_name", ""),
        facts.get("first_name", ""),
        facts.get("email", ""),
    )
    scores = {item.name: item.score for item in result.items}
    scores |= {name: one.score for name, one in by_person.items() if one.score is not None}
    waiting = sum(item.points for item in result.items if scores[item.name] is None)
    graded = result.status == "graded"
    total = sum(score for score in scores.values() if score is not None)
    yield from (result.status, f"{total:g}" if graded else "", f"{problem_set.points:g}")
    yield f"{waiting:g}" if graded else ""
    for item in problem_set:
        score = scores.get(item.name)
        yield "" if score is None else f"{score:g}"
    yield " ".join([result.reason, *result.remarks]).strip()
    yield ("NONE (--unsafe)" if result.unsafe else "bubblewrap") if graded else ""


def _for_a_spreadsheet(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    return (
        f"'{text}" if text.startswith(("=", "+", "-", "@")) and not re.fullmatch(r"-?[\d.]+", text) else text
    )


# ---------------------------------------------------------------- nbgrader


def add_to_gradebook(database: Path, problem_set: ProblemSet) -> None:
    """Tell nbgrader's gradebook of a set: its cells, and what each is worth."""
    from nbgrader.api import Gradebook
    from nbgrader.preprocessors import SaveCells

    url = f"sqlite:///{database}"
    with Gradebook(url) as gradebook:
        gradebook.update_or_create_assignment(problem_set.name)
    resources = {"nbgrader": {"notebook": problem_set.name, "assignment": problem_set.name, "db_url": url}}
    try:
        SaveCells().preprocess(source_notebook(problem_set), resources)
    except RuntimeError:
        raise SetError(
            f"{problem_set.name} has grades, and items came or went since: give the set a new name."
        ) from None


def submitted_at(course: Path, student: str, name: str) -> dict[str, datetime]:
    """Return the time at which nbgrader collected a submission, as far as it says one that can be read.

    A submission that is newer than the gradebook's is shown as one to autograde, by a button that would run
    the student's code outside of any sandbox.
    """
    from nbgrader.utils import parse_utc

    stamp = course / "submitted" / student / name / "timestamp.txt"
    try:
        return {"timestamp": parse_utc(stamp.read_text(encoding="utf-8").strip())}
    except (OSError, ValueError, OverflowError):
        return {}


def write_gradebook(
    database: Path, problem_set: ProblemSet, results: Iterable[Result], roster: Roster, changed: Changed
) -> Iterator[str]:
    """Write scores into nbgrader's gradebook, and give back each student when that is done.

    What a person has given stays, and is asked for once more where the answer is another one now (`changed`).
    """
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import SAWarning

    add_to_gradebook(database, problem_set)
    with Gradebook(f"sqlite:///{database}") as gradebook, warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", SAWarning
        )  # nbgrader adds a submission before it belongs to a student
        for result in _forgetting(gradebook, results):
            student = file_name(result.student)
            row = roster.students.get(result.student, {})
            facts = {key: row[key] for key in ("first_name", "last_name", "email") if row.get(key)}
            gradebook.update_or_create_student(student, **facts)
            if result.status == "graded":
                handed_in = submitted_at(database.parent, student, problem_set.name)
                submission = gradebook.update_or_create_submission(problem_set.name, student, **handed_in)
                grades = {grade.name: grade for notebook in submission.notebooks for grade in notebook.grades}
                for item in result.items:
                    _set(grades, problem_set, item, (student, item.name) in changed)
            yield result.student


def _forgetting(gradebook: Any, things: Iterable[T]) -> Iterator[T]:
    """Go through things, and store now and then what became of them: memory does not grow with the class."""
    for number, thing in enumerate(things, start=1):
        yield thing
        if number % 50 == 0:
            gradebook.db.commit()
            gradebook.db.expunge_all()
    gradebook.db.commit()


def _set(grades: dict[str, Any], problem_set: ProblemSet, item: Graded, changed: bool) -> None:
    """Set one grade; a person's is asked for where there is an answer that they have not read."""
    read = isinstance(problem_set[item.name], PersonItem)
    grade = grades[item.name if read else f"{item.name}-check"]
    grade.auto_score = item.score
    grade.needs_manual_grade = item.score is None and (grade.manual_score is None or changed)


def by_person(database: Path, problem_set: ProblemSet) -> Given:
    """What was given in formgrader, for each student's name in the gradebook and each item."""
    from nbgrader.api import Gradebook

    names = {
        item.name if isinstance(item, PersonItem) else f"{item.name}-check": item.name for item in problem_set
    }
    given: dict[str, dict[str, ByPerson]] = defaultdict(dict)
    with Gradebook(f"sqlite:///{database}") as gradebook:
        students = [one.student_id for one in gradebook.assignment_submissions(problem_set.name)]
        for student in _forgetting(gradebook, students):
            for notebook in gradebook.find_submission(problem_set.name, student).notebooks:
                said = {comment.name: comment.comment for comment in notebook.comments}
                for grade in notebook.grades:
                    comment = said.get(names.get(grade.name, "")) or ""
                    if grade.name in names and (grade.manual_score is not None or comment):
                        given[student][names[grade.name]] = ByPerson(grade.manual_score, comment)
    return given


def write_for_formgrader(folder: Path, problem_set: ProblemSet, results: Iterable[Result]) -> Changed:
    """Write each student's notebook where formgrader looks for it, and say which answers are other ones now.

    It is the released notebook with the student's answers in it, and what the grader said of each. HTML in an
    answer is made text.
    """
    released, changed = released_notebook(problem_set), set()
    for result in results:
        if result.status != "graded":
            continue
        student = file_name(result.student)
        path = folder / student / problem_set.name / f"{problem_set.name}.ipynb"
        notebook = _with_answers(released, result)
        before, now = _sources(path), {grade_id(cell): cell.source for cell in notebook.cells}
        changed |= {(student, item.name) for item in result.items if before.get(item.name) != now[item.name]}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")
    return changed


def _sources(path: Path) -> dict[str | None, str]:
    """The cells of a notebook that was written before, by their names."""
    if not path.exists():
        return {}
    return {
        grade_id(cell): cell.source for cell in from_dict(json.loads(path.read_text(encoding="utf-8"))).cells
    }


def _with_answers(released: NotebookNode, result: Result) -> NotebookNode:
    notebook = from_dict(json.loads(json.dumps(released)))
    items = {item.name: item for item in result.items}
    for cell in notebook["cells"]:
        name = (cell["metadata"].get("nbgrader") or {}).get("grade_id", "")
        if name in items and items[name].answer:
            cell["source"] = (
                harmless(items[name].answer) if cell["cell_type"] == "markdown" else items[name].answer
            )
            if cell["cell_type"] == "code":
                cell["outputs"] = [
                    new_output("display_data", {"image/png": picture, "text/plain": "a picture"})
                    for picture in items[name].pictures
                ]
        elif name.removesuffix("-check") in items and name.endswith("-check"):
            item = items[name.removesuffix("-check")]
            said = [f"{item.score:g} of {item.points:g} points", *item.messages]
            cell["outputs"] = [new_output("stream", name="stdout", text="\n".join(said) + "\n")]
    return notebook


def harmless(markdown: str) -> str:
    """Markdown that brings no HTML, and no link that runs a script."""
    markdown = re.sub(r"<(?=[A-Za-z/!?])", "&lt;", markdown)
    return re.sub(r"(?i)\b(javascript|vbscript|data)\s*:", r"\1 :", markdown)
