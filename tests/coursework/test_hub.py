"""The settings of coursework/hub, without a hub; `make hub` runs them on one."""

import getpass
import grp
import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn, Self

import pytest
from nbgrader.api import MissingEntry
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseFeedback
from nbgrader.utils import notebook_hash
from traitlets.config import Config, PyFileConfigLoader

from tests.coursework.hub import machine

ROOT = Path(__file__).parents[2]
SETTINGS = ROOT / "coursework" / "hub"
LOOP = Path(__file__).with_name("hub")
ME = getpass.getuser()
EARLY, LATE = "2026-01-01 00:00:00.000000 UTC", "2026-02-02 00:00:00.000000 UTC"
OURS = PyFileConfigLoader("nbgrader_config.py", path=str(SETTINGS)).load_config().ExchangeFactory


class Course:
    """A teacher's folder and an exchange, with one assignment, `entropy`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.inbound = folder / "exchange" / "kl" / "inbound"
        self.inbound.mkdir(parents=True)
        self.secret = folder / "source" / "entropy.ipynb"
        self.secret.parent.mkdir()
        self.secret.write_text("the solution", encoding="utf-8")
        self.config = Config()
        self.config.CourseDirectory.root = str(folder)
        self.config.CourseDirectory.course_id = "kl"
        self.config.CourseDirectory.assignment_id = "entropy"
        self.config.Exchange.root = str(folder / "exchange")

    def hand_in(self, name: str, when: str) -> Path:
        folder = self.inbound / f"{name}+entropy+{when}+random"
        folder.mkdir()
        (folder / "entropy.ipynb").write_text("an answer", encoding="utf-8")
        (folder / "timestamp.txt").write_text(when, encoding="utf-8")
        return folder

    def exchange(self, kind: type) -> dict[str, list[str]]:
        """Collect or release, and give back what each student's folder of `submitted` holds."""
        directory = CourseDirectory(config=self.config)
        kind(coursedir=directory, authenticator=Authenticator(config=self.config), config=self.config).start()
        submitted = self.folder / "submitted"
        return {
            student.name: sorted(path.name for path in (student / "entropy").iterdir())
            for student in (submitted.iterdir() if submitted.exists() else ())
        }


class NoDates:
    """A gradebook without a date on which anything is due; a real one takes seconds to make."""

    def __init__(self, *_: object) -> None: ...
    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...
    def find_assignment(self, name: str) -> NoReturn:
        raise MissingEntry(name)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    monkeypatch.setattr("nbgrader.exchange.default.collect.Gradebook", NoDates)
    return Course(tmp_path)


WHOLE = ["entropy.ipynb", "timestamp.txt"]


def test_a_submission_is_its_owners_whatever_it_is_called(course: Course) -> None:
    course.hand_in(ME, LATE)
    course.hand_in("ada", EARLY)
    assert course.exchange(OURS.collect) == {ME: WHOLE}


def test_nbgrader_would_believe_the_name(course: Course) -> None:
    course.hand_in("ada", EARLY)
    assert course.exchange(ExchangeCollect) == {"ada": WHOLE}


def link_to_the_solution(course: Course) -> None:
    notebook = course.hand_in(ME, EARLY) / "entropy.ipynb"
    notebook.unlink()
    notebook.symlink_to(course.secret)


def test_no_link_is_followed(course: Course) -> None:
    link_to_the_solution(course)
    assert course.exchange(OURS.collect) == {ME: ["timestamp.txt"]}


def test_nbgrader_would_hand_in_the_solution(course: Course) -> None:
    link_to_the_solution(course)
    assert course.exchange(ExchangeCollect) == {ME: WHOLE}
    [got] = (course.folder / "submitted").rglob("entropy.ipynb")
    assert got.read_text(encoding="utf-8") == "the solution"


def test_a_link_in_a_submissions_place_is_not_followed(course: Course) -> None:
    (course.inbound / f"{ME}+entropy+{EARLY}+random").symlink_to(course.secret.parent)
    assert course.exchange(OURS.collect) == {ME: []}


def queue(course: Course) -> None:
    os.mkfifo(course.hand_in(ME, EARLY) / "queue")


def odd_name(course: Course) -> None:
    course.hand_in(ME, EARLY)
    course.hand_in("eve", "yesterday")


@pytest.mark.parametrize("odd", [queue, odd_name])
def test_nothing_odd_stops_the_collection_of_a_class(odd: object, course: Course) -> None:
    odd(course)
    assert course.exchange(OURS.collect) == {ME: WHOLE}


@pytest.mark.parametrize("odd", [queue, odd_name])
def test_it_would_stop_nbgraders(odd: object, course: Course) -> None:
    odd(course)
    with pytest.raises((OSError, ValueError, ExchangeError)):
        course.exchange(ExchangeCollect)


def test_a_submission_has_the_size_that_nbgrader_allows_and_no_folders(course: Course) -> None:
    folder = course.hand_in(ME, EARLY)
    (folder / "deep" / "deeper").mkdir(parents=True)
    (folder / "entropy.ipynb").write_bytes(bytes(30_000))
    course.config.CourseDirectory.max_dir_size = 20  # kilobytes
    assert "entropy.ipynb" not in course.exchange(OURS.collect)[ME]


def graded(course: Course, *students: str) -> None:
    """Pages of feedback; the first student's submission is whole."""
    for number, student in enumerate(students):
        page, submitted = (course.folder / kind / student / "entropy" for kind in ("feedback", "submitted"))
        page.mkdir(parents=True)
        submitted.mkdir(parents=True)
        (page / "entropy.html").write_text(f"for {student}", encoding="utf-8")
        if number == 0:
            (submitted / "timestamp.txt").write_text(EARLY, encoding="utf-8")
            (submitted / "submission_secret.txt").write_text("abc", encoding="utf-8")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # nbgrader leaves a file open
def test_our_feedback_is_released_under_the_secret_of_its_submission(course: Course) -> None:
    graded(course, "ada", "ben")
    course.exchange(OURS.release_feedback)
    [page] = (course.inbound.parent / "feedback").iterdir()
    assert page.stem == notebook_hash(secret="abc", notebook_id="entropy")
    assert page.read_text(encoding="utf-8") == "for ada"


def test_nbgrader_would_release_none_of_it(course: Course) -> None:
    graded(course, "ada")
    with pytest.raises(FileNotFoundError):
        course.exchange(ExchangeReleaseFeedback)


def test_students_have_no_tools_of_a_teachers(monkeypatch: pytest.MonkeyPatch) -> None:
    members = {"kl-teachers": ["teacher"], "kl-students": ["ada", "ben"]}
    monkeypatch.setattr(grp, "getgrnam", lambda name: SimpleNamespace(gr_mem=members[name]))
    config = Config()
    settings = runpy.run_path(
        str(SETTINGS / "jupyterhub_config.py"), init_globals={"get_config": lambda: config}
    )["settings"]
    assert config.Authenticator.allowed_users == {"teacher", "ada", "ben"}
    assert config.JupyterHub.load_groups == {
        "formgrade-kl": {"users": ["teacher"]},
        "nbgrader-kl": {"users": ["ada", "ben"]},
    }
    folder = Path(settings(SimpleNamespace(user=SimpleNamespace(name="ada"))))
    assert settings(SimpleNamespace(user=SimpleNamespace(name="teacher"))) == ""
    server = json.loads((folder / "jupyter_server_config.d" / "teachers_tools.json").read_bytes())
    assert server["ServerApp"]["jpserver_extensions"]["nbgrader.server_extensions.formgrader"] is False
    page = json.loads((folder / "labconfig" / "page_config.json").read_bytes())
    assert page["disabledExtensions"]["@jupyter/nbgrader:formgrader"] is True


def test_the_hub_has_the_courses_own_versions() -> None:
    pin = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
    ours, hubs = (
        dict(pin.findall((folder / "requirements.txt").read_text(encoding="utf-8")))
        for folder in (ROOT, LOOP)
    )
    assert {"nbgrader", "jupyterlab", "numpy"} <= hubs.keys() & ours.keys()
    assert {name: version for name, version in hubs.items() if ours.get(name, version) != version} == {}
    assert hubs["jupyterhub"].startswith("5.")
    lock = json.loads((LOOP / "package-lock.json").read_bytes())
    assert all("integrity" in package for path, package in lock["packages"].items() if path)
    assert not any("resolved" in package for package in lock["packages"].values())


def test_what_happens_in_the_machine_stays_there(tmp_path: Path) -> None:
    if "CI" not in os.environ and (sys.platform != "linux" or os.geteuid() != 0):
        pytest.skip("a machine of its own is made by root on Linux")
    (shared := tmp_path / "shared").mkdir()
    inside = f"""
from pathlib import Path
from tests.coursework.hub import machine
machine.furnish(Path({str(shared)!r}), Path({str(ROOT)!r}), Path({sys.base_prefix!r}))
machine.add_user("ada", "ada knows", "kl-students")
machine.run_as("ada", "touch", "/home/ada/hers")
for path in ("/work-of-its-own", "/usr/here", {str(ROOT / "here")!r}, {str(tmp_path / "here")!r}):
    try:
        Path(path).touch()
    except OSError:
        pass
Path({str(shared)!r}, "ports").write_text(Path("/proc/net/tcp").read_text())
machine.run_as("ada", "bash", "-c", "sleep 1000 > /dev/null 2>&1 &")
"""
    assert machine.enter([sys.executable, "-B", "-c", inside]) == 0
    assert len((shared / "ports").read_text(encoding="ascii").splitlines()) == 1  # the heading: none is open
    assert "ada:" not in Path("/etc/passwd").read_text(encoding="utf-8")
    for path in (Path("/work-of-its-own"), Path("/usr/here"), ROOT / "here", tmp_path / "here"):
        assert not path.exists()
    processes = subprocess.run(
        ["ps", "-e", "-o", "args="], text=True, stdout=subprocess.PIPE, check=True
    ).stdout
    assert "sleep 1000" not in processes.splitlines()
