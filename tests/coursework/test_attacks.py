"""A hostile student with time: attacks on what runs code, what reads its answers, and what finds files."""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from textwrap import dedent

import psutil
import pytest

from coursework import feedback
from coursework.grading import Grader, Result, Run
from coursework.sandbox import Limits
from coursework.submissions import (
    File,
    Roster,
    Submission,
    UnreadableError,
    find_submissions,
    read_notebook,
)
from tests.coursework.handed_in import (
    POINTS,
    Notebook,
    answering,
    cell_of,
    contents,
    released,
    sample,
    solved,
)

LIMITS = Limits(statement=2, wall=20, cpu=20, memory=700, output=2, notebook=24)
RIGHT = cell_of(solved(), "my_entropy")["source"].rstrip()
FULL = sum(POINTS.values())

# Finds every descriptor that leads out, and writes frames of its own as the runner would.
FORGE = """
import json, os
def send(frame):
    frame = frame if isinstance(frame, bytes) else json.dumps(frame).encode() + b"\\n"
    for number in range(3, 64):
        rest = frame
        try:
            while rest: rest = rest[os.write(number, rest):]
        except OSError: pass
"""


def first(source: str) -> Notebook:
    """The first answer is this code, and the others are right."""
    return answering(my_entropy=dedent(source).strip())


def last(source: str) -> Notebook:
    """All is right, and then comes this code, and a false end."""
    notebook = solved()
    source = f'{FORGE}{dedent(source)}\nsend({{"end": True}})'
    notebook["cells"].append({"cell_type": "code", "metadata": {}, "source": source})
    return notebook


# The attack, and the points that are left.
ATTACKS: dict[str, tuple[Notebook, float]] = {
    "closes_every_descriptor": (first(f"{RIGHT}\nimport os; os.closerange(0, 64)"), FULL),
    "stops_itself": (first(f"{RIGHT}\nimport os; os.kill(os.getpid(), 19)"), FULL),
    "becomes_another_program": (
        first(f"{RIGHT}\nimport os, sys; os.execv(sys.executable, ['x', '-c', 'while True: pass'])"),
        FULL,
    ),
    "takes_the_place_of_the_runner": (
        first(
            """
            import os, sys
            said = '{"value": [0, 0, 1.0]}\\\\n{"value": [0, 1, 1.0]}\\\\n{"end": true}\\\\n'
            os.execv(sys.executable, ["x", "-c", f"import os\\nfor n in range(3, 9): os.write(n, b'{said}')"])
            """
        ),
        FULL - 4,
    ),
    "asks_itself_easier_questions": (
        first(
            """
            import sys
            frame = sys._getframe()
            while "self" not in frame.f_locals: frame = frame.f_back
            for ask in frame.f_locals["self"].job["asks"]:
                ask["calls"] = ask["calls"] and [[[1.0]]] * len(ask["calls"])
            my_entropy = lambda p: 0.0
            """
        ),
        FULL - 8,  # the other two are values, which nobody calls
    ),
    "answers_for_the_runner": (
        first(
            """
            import sys
            main = sys.modules["__main__"]
            main.Runner.answer = lambda self, ask: [
                self.send({"value": [ask, call, 0.5]}) for call in range(len(self.job["asks"][ask]["calls"]))
            ]
            """
        ),
        FULL - 8,
    ),
    "rewrites_its_own_memory": (
        first(
            """
            import ctypes
            one = 1.0
            ctypes.memmove(id(one) + 16, bytes(8), 8)
            my_entropy = lambda p: one
            """
        ),
        FULL - 4,
    ),
    "looks_into_the_first_process": (
        first(
            """
            found = ""
            for name in ("mem", "environ", "maps", "fd/0", "cwd/etc/passwd", "root/etc/passwd"):
                try: found += open(f"/proc/1/{name}", "rb").read(9).decode()
                except OSError: pass
            my_entropy = lambda p: found
            """
        ),
        FULL - 4,
    ),
    "answers_from_a_thread_later": (
        first(
            """
            import threading
            threading.Timer(0.1, lambda: globals().update(my_entropy=lambda p: 1.0)).start()
            """
        ),
        FULL - 4,
    ),
    "nul_in_the_code": (first(f"{RIGHT}\nx = 1\0"), FULL - 4),
    "code_as_deep_as_can_be": (first(f"{RIGHT}\nx = {'-' * 10**5}1"), FULL - 4),
    "claims_to_be_elsewhere": (
        last('for n in range(10**4): send({"at": ["ask", n]}); send({"at": ["cell", n, n]})'),
        FULL,
    ),
    "gives_questions_that_nobody_asked": (
        last('send({"value": [99, 99, 1]}); send({"value": [0, 0.5, 1]})'),
        FULL,
    ),
}
DEEP = last(
    """
    for depth in (100, 300, 900):
        send(b'{"value": [0, 0, ' + b"[" * depth + b"]" * depth + b"]}\\n")
    """
)
LOUD_ERROR = last('send({"error": [0, 0, "K" * 500_000, "no"]})')


@pytest.fixture(scope="module")
def grader(bubblewrap: None) -> Grader:
    return Grader(sample(), b"a class secret", LIMITS)


@pytest.fixture(scope="module")
def graded(grader: Grader, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Result]]]:
    """All of them, two at a time, beside files of the teacher's that stay what they were."""
    folder = tmp_path_factory.mktemp("teacher")
    for name in ("secret", "gradebook.db", "solution.py"):
        (folder / name).write_text(f"the teacher's {name}", encoding="utf-8")
    before = fingerprint(folder)
    with ThreadPoolExecutor(2) as pool:
        yield {name: pool.submit(grader.grade, name, contents(it)) for name, (it, _) in ATTACKS.items()}
    assert fingerprint(folder) == before
    assert not [child for child in psutil.Process().children(recursive=True) if child.name() == "bwrap"]


def fingerprint(folder: Path) -> dict[str, tuple[int, int, str]]:
    return {
        path.name: (
            path.stat().st_mtime_ns,
            path.stat().st_mode,
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in folder.iterdir()
    }


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_earns_nothing(name: str, graded: dict[str, Future[Result]]) -> None:
    result = graded[name].result()
    assert result.status == "graded", result.reason
    messages = [message for item in result.items for message in item.messages]
    assert result.score == ATTACKS[name][1], messages
    assert not [message for message in messages if "root:" in message or "class secret" in message]


# ---------------------------------------------------------------- what reads the answers


def test_a_value_may_be_deep(grader: Grader) -> None:
    assert grader.grade("eve", contents(DEEP)).score == FULL - POINTS["my_entropy"] + 1


JOB = {"asks": [{"calls": [None]}]}


def test_what_an_error_says_is_short_even_where_it_is_forged() -> None:
    run = Run()
    run._take([{"error": [0, 0, "K" * 10**6, "1" * 10**6]}], JOB)
    assert len(run.given[0, 0].kind) <= 80
    assert len(run.given[0, 0].message) <= 300


def test_what_a_note_says_is_short_even_where_it_is_forged() -> None:
    run = Run()
    run._take([{"note": [0, "Stopped", "All is right. " * 10**5]}], JOB)
    assert max(map(len, run.notes[0])) <= 300


def test_feedback_is_short_even_where_an_error_is_forged(grader: Grader) -> None:
    result = grader.grade("eve", contents(LOUD_ERROR))
    assert max(len(message) for item in result.items for message in item.messages) < 1000


# ---------------------------------------------------------------- what finds and reads files


def handed_in_zip(path: Path, member: str, notebook: Notebook, year: int) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(member, (year, 1, 1, 0, 0, 0)), contents(notebook))


ROSTER = Roster(
    {
        "ada": {"id": "ada", "first_name": "Ada", "last_name": "Lovelace", "lms": "7"},
        "eve": {"id": "eve", "first_name": "Eve", "last_name": "Marlowe", "lms": "8"},
    }
)


def of(student: str, found: list[Submission]) -> Submission:
    return next(submission for submission in found if submission.student == student)


@pytest.mark.parametrize("roster", [None, ROSTER])
def test_a_students_zip_holds_nobody_elses_submission(roster: Roster | None, tmp_path: Path) -> None:
    handed_in_zip(tmp_path / "ada.zip", "sample.ipynb", solved(), 2026)
    handed_in_zip(tmp_path / "eve.zip", "ada_7_assignsubmission_file_/sample.ipynb", released(), 2099)
    found = find_submissions(tmp_path, sample(), roster)
    assert {submission.student for submission in found} == {"ada", "eve"}
    file = of("ada", found).file
    assert file is not None
    assert file.read(1 << 24) == contents(solved())


def test_the_number_of_the_management_system_counts_not_the_name_beside_it() -> None:
    assert ROSTER.known_as("Ada Lovelace_7") == "ada"
    assert ROSTER.known_as("Ada Lovelace_8") == "eve"
    assert ROSTER.known_as("Ada Lovelace_99") == "Ada Lovelace_99"


def queue(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


@pytest.mark.parametrize("odd", [queue, folder, link_to_itself, endless, sparse])
def test_what_is_no_file_gets_a_reason_and_stops_nobody(odd: Callable[[Path], None], tmp_path: Path) -> None:
    for student in ("ada", "eve"):
        (tmp_path / student / "sample").mkdir(parents=True)
    (tmp_path / "ada" / "sample" / "sample.ipynb").write_bytes(contents(solved()))
    odd(tmp_path / "eve" / "sample" / "sample.ipynb")
    found = find_submissions(tmp_path, sample())
    assert isinstance(of("ada", found).file, File)
    hers = of("eve", found)
    if hers.file is None:
        assert hers.remark
    else:
        with pytest.raises(UnreadableError):
            hers.file.read(1 << 20)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_with_one_name_twice_has_both_and_the_newest_counts(tmp_path: Path) -> None:
    wrong = answering(bits="bits = 0")
    with zipfile.ZipFile(tmp_path / "eve.zip", "w") as archive:
        for year, notebook in ((2099, wrong), (2026, solved())):
            archive.writestr(zipfile.ZipInfo("sample.ipynb", (year, 1, 1, 0, 0, 0)), contents(notebook))
    [hers] = find_submissions(tmp_path, sample())
    assert hers.file is not None
    assert hers.file.read(1 << 24) == contents(wrong)
    assert "2 notebooks were handed in" in hers.remark


def test_a_name_that_is_no_text_can_be_written(tmp_path: Path) -> None:
    result = Result("\udcffeve", "missing", "Nothing was handed in.")
    feedback.write(tmp_path / "sample.html", feedback.page(sample(), result))


def test_a_notebook_has_only_so_many_cells() -> None:
    with pytest.raises(UnreadableError):
        read_notebook(b'{"cells": [' + b"{}," * 10**6 + b"{}]}")


def test_keys_that_stand_twice_do_not_hide_a_cell() -> None:
    text = json.dumps(solved())
    twice = text.replace('{"cells":', '{"cells": [], "cells":', 1).encode()
    assert read_notebook(twice) == read_notebook(text.encode())
