"""The commands, as a teacher types them."""

import csv
import json
import os
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from coursework import cli, gradebook
from coursework.course import Course
from coursework.grading import Grader
from coursework.items import SetError
from coursework.submissions import file_name
from tests.coursework.handed_in import answering, cell_of, contents, released, sample, solved


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "course"
    assert cli.main(["new", str(folder)]) == 0
    (folder / "course.toml").write_text("name = 'kl'\n[limits]\nstatement = 20\nmemory = 700\n")
    return folder


def run(course: Path, *words: str) -> int:
    return cli.main([*words, "--course", str(course)])


def rows(course: Path) -> dict[str, dict[str, str]]:
    text = (course / "grades" / "sample.csv").read_text(encoding="utf-8-sig")
    return {row["student"]: row for row in csv.DictReader(text.splitlines())}


def page(course: Path, student: str) -> str:
    return (course / "feedback" / file_name(student) / "sample" / "sample.html").read_text(encoding="utf-8")


def test_new_makes_a_private_folder(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = course / "secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE(course.stat().st_mode) == 0o700
    assert len(secret.read_text().strip()) == 64
    assert secret.name in (course / ".gitignore").read_text().split()
    assert cli.main(["new", str(course.parent / "another")]) == 0
    assert secret.read_text() != (course.parent / "another" / "secret").read_text()
    assert cli.main(["new", str(course)]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert Course.open(course).load("sample").points == 10


def test_the_whole_loop(course: Path, bubblewrap: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(course, "release", "sample") == 0
    assert sorted(path.name for path in (course / "release" / "sample").iterdir()) == [
        "sample.ipynb",
        "sample.json",
    ]
    handed_in = course / "submitted"
    notebooks: dict[str, Any] = {
        "ada": solved(),
        "bob": answering(my_entropy="my_entropy = lambda p: 0 if 1 in p else 1 / 0", why_fair="<b>=1+1</b>"),
        "=cmd": released(),
        "eve": b"not a notebook",
    }
    for student, notebook in notebooks.items():
        (handed_in / student / "sample").mkdir(parents=True)
        (handed_in / student / "sample" / "sample.ipynb").write_bytes(contents(notebook))
    (course / "roster.csv").write_text("id,first_name,last_name,email\nada,Ada,Lovelace,\nzoe,Zoe,Zed,\n")
    assert run(course, "grade", "sample", "--workers", "2") == 0
    grades = rows(course)
    assert {name: (row["status"], row["points"], row["for_a_person"]) for name, row in grades.items()} == {
        "ada": ("graded", "8", "2"),
        "bob": ("graded", "4", "2"),
        "'=cmd": ("graded", "0", "0"),
        "eve": ("unreadable", "", ""),
        "zoe": ("missing", "", ""),
    }
    assert grades["ada"]["last_name"] == "Lovelace"
    assert grades["ada"]["sandbox"] == "bubblewrap"
    assert "is broken" in grades["eve"]["remarks"]
    assert "ZeroDivisionError" in page(course, "bob")
    assert "is broken" in page(course, "eve")
    assert "4 submissions: 3 graded, 1 unreadable; 4 of them in this run." in capsys.readouterr().err

    # nbgrader's gradebook, and what a person reads in formgrader
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        assert {one.student.id: one.score for one in book.assignment_submissions("sample")} == {
            "ada": 8,
            "bob": 4,
            file_name("=cmd"): 0,
        }
        grade = book.find_grade("why_fair", "sample", "sample", "ada")
        assert grade.needs_manual_grade
        assert not book.find_grade("why_fair", "sample", "sample", "=cmd").needs_manual_grade
        assert not book.find_grade("bits-check", "sample", "sample", "ada").needs_manual_grade
        grade.manual_score, grade.needs_manual_grade = 0.5, False
        book.find_comment("why_fair", "sample", "sample", "ada").manual_comment = "Say <em>why</em>."
        book.db.commit()
    read = json.loads((course / "autograded" / "bob" / "sample" / "sample.ipynb").read_text())
    assert cell_of(read, "why_fair")["source"] == "&lt;b>=1+1&lt;/b>"
    assert "of 4 points" in cell_of(read, "my_entropy-check")["outputs"][0]["text"]

    # what a person gave is taken over, and stays when all is graded again
    assert run(course, "report", "sample") == 0
    assert (rows(course)["ada"]["points"], rows(course)["ada"]["for_a_person"]) == ("8.5", "1")
    assert "Say &lt;em&gt;why&lt;/em&gt;." in page(course, "ada")
    assert "<strong>3</strong> graded" in (course / "reports" / "sample.html").read_text()
    capsys.readouterr()
    assert run(course, "grade", "sample", "--again") == 0
    assert "4 of them in this run" in capsys.readouterr().err
    assert rows(course)["ada"]["points"] == "8.5"
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        assert not book.find_grade("why_fair", "sample", "sample", "ada").needs_manual_grade

    # another answer is read again; the second run is the same to the byte
    (handed_in / "ada" / "sample" / "sample.ipynb").write_bytes(contents(answering(why_fair="Another.")))
    assert run(course, "grade", "sample") == 0
    assert "1 of them in this run" in capsys.readouterr().err
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        assert book.find_grade("why_fair", "sample", "sample", "ada").needs_manual_grade
    written = {
        path: path.read_bytes() for path in course.rglob("*") if path.suffix in (".csv", ".html", ".json")
    }
    assert run(course, "grade", "sample") == 0
    assert {path: path.read_bytes() for path in written} == written


def test_without_a_sandbox_every_result_says_so(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (course / "submitted").mkdir()
    (course / "submitted" / "ada.ipynb").write_bytes(contents(solved()))
    assert run(course, "grade", "sample", "--unsafe", "--workers", "1") == 0
    assert "Without a sandbox" in capsys.readouterr().err
    assert rows(course)["ada"]["points"] == "8"
    assert rows(course)["ada"]["sandbox"] == "NONE (--unsafe)"
    assert "Graded without a sandbox." in page(course, "ada")
    assert json.loads((course / "results" / "sample" / "ada.json").read_text())["unsafe"] is True
    assert run(course, "report", "sample") == 0
    assert "1 of 1 were graded without a sandbox" in (course / "reports" / "sample.html").read_text()


def test_without_bubblewrap_it_refuses_and_says_how_to_get_it(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from coursework import sandbox

    (course / "submitted").mkdir()
    (course / "submitted" / "ada.ipynb").write_bytes(contents(solved()))
    monkeypatch.setattr("coursework.sandbox.shutil.which", lambda _: None)
    for remembered in (sandbox._program, sandbox.require):
        remembered.cache_clear()
    assert run(course, "grade", "sample") == 2
    said = capsys.readouterr().err
    assert "apt-get install bubblewrap" in said
    assert "--unsafe" in said
    assert not (course / "results").exists()
    sandbox._program.cache_clear()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["release", "sampel"], "There is no set 'sampel'"),
        (["grade", "sample", "nowhere"], "nowhere is not there"),
        (["report", "sample"], "has no results"),
    ],
)
def test_mistakes_are_told_in_a_sentence(
    course: Path, capsys: pytest.CaptureFixture[str], words: list[str], says: str, bubblewrap: None
) -> None:
    assert run(course, *words) == 2
    said = capsys.readouterr().err
    assert says in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder: (folder / "secret").chmod(0o644), "run chmod 600"),
        (lambda folder: (folder / "secret").unlink(), "bring it back"),
        (lambda folder: (folder / "secret").write_text("abc"), "too short for a secret"),
        (lambda folder: (folder / "course.toml").write_text("limits = ["), "cannot be read"),
        (
            lambda folder: (folder / "course.toml").write_text("[limits]\nmemmory = 3"),
            "has a limit 'memmory'",
        ),
        (lambda folder: (folder / "course.toml").write_text("[limits]\nwall = -1"), "give a positive number"),
        (lambda folder: (folder / "course.toml").unlink(), "is no course"),
    ],
)
def test_a_folder_that_cannot_be_used_says_what_to_do(
    course: Path, capsys: pytest.CaptureFixture[str], spoil: Any, says: str
) -> None:
    (course / "submitted").mkdir()
    spoil(course)
    assert run(course, "grade", "sample", "--unsafe") == 2
    assert says in capsys.readouterr().err


def test_a_number_of_workers_is_a_number(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["grade", "sample", "--workers", "0"])
    assert "give 1 or more" in capsys.readouterr().err


def test_every_command_has_help() -> None:
    for words in ([], ["new"], ["release"], ["grade"], ["report"]):
        told = subprocess.run(
            [sys.executable, "-m", "coursework", *words, "--help"],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"COLUMNS": "100"},
        ).stdout
        assert told.startswith(f"usage: python -m coursework {' '.join(words)}".rstrip())
        assert "\n\n" in told


def test_release_without_a_course(tmp_path: Path) -> None:
    assert cli.main(["release", str(sample().folder), "--to", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "sample.ipynb").exists()


def test_items_that_change_after_grading_ask_for_a_new_name(course: Path) -> None:
    grader = Grader(sample(), b"secret", unsafe=True)
    results = [grader.grade("ada", contents(solved()))]
    roster = Course.open(course).roster
    list(gradebook.write_gradebook(course / "gradebook.db", sample(), results, roster, set()))
    items = course / "sets" / "sample" / "items.py"
    notebook = course / "sets" / "sample" / "notebook.py"
    items.write_text(items.read_text().replace('"bits"', '"units"'))
    notebook.write_text(notebook.read_text().replace('"bits"', '"units"').replace("bits = ", "units = "))
    with pytest.raises(SetError, match="give the set a new name"):
        gradebook.add_to_gradebook(course / "gradebook.db", Course.open(course).load("sample"))


def test_what_was_collected_counts_as_graded(course: Path) -> None:
    """Formgrader offers to autograde what is newer than the gradebook says."""
    from nbgrader.api import Gradebook

    stamps = {
        "ada": "2026-11-22 10:00:00.000000 UTC",
        "bob": "2026-11-22 11:00:00.000000 Europe/Berlin",
        "eve": "the day before yesterday",
        "zoe": None,
    }
    grader = Grader(sample(), b"secret", unsafe=True)
    results = [replace(grader.grade("ada", contents(solved())), student=name) for name in stamps]
    for name, stamp in stamps.items():
        folder = course / "submitted" / name / "sample"
        folder.mkdir(parents=True)
        if stamp is not None:
            (folder / "timestamp.txt").write_text(stamp)
    roster = Course.open(course).roster
    list(gradebook.write_gradebook(course / "gradebook.db", sample(), results, roster, set()))
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as written:
        collected = {name: written.find_submission("sample", name).timestamp for name in stamps}
    ten = datetime(2026, 11, 22, 10)
    assert collected == {"ada": ten, "bob": ten, "eve": None, "zoe": None}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-cmd", "@x", "a\nb", "-1.5", "Ada"])
def test_no_cell_of_the_csv_is_a_formula(text: str) -> None:
    cell = gradebook._for_a_spreadsheet(text)
    assert not cell.startswith(("=", "+", "@"))
    assert "\n" not in cell
    assert (cell == text) == (text in ("-1.5", "Ada"))


class Outside(HTMLParser):
    """Collects what a page would ask another file for, and what runs in it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [f"<{tag}>"] if tag in ("script", "iframe", "link", "object") else []
        self.found += [f"{name}={value}" for name, value in attrs if name in ("src", "onclick", "onload")]


def test_a_page_needs_nothing_but_itself_and_runs_nothing() -> None:
    from coursework import feedback, report

    grader = Grader(sample(), b"secret", unsafe=True)
    name = "<script>alert(1)</script>"
    result = grader.grade(
        name, contents(answering(my_entropy=f"raise type('{name}', (Exception,), {{}})('{name}')"))
    )
    found = report.count(sample(), [result])
    for text in (feedback.page(sample(), result), report.page(sample(), found)):
        outside = Outside()
        outside.feed(text)
        assert not outside.found
    assert report.page(sample(), found) == report.page(sample(), found)
