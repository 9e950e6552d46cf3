"""The commands: new, release, grade, report.

Each imports what it needs itself, so that --help and a mistyped name are answered at once.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from coursework.items import SETS, ProblemSet, SetError, load

if TYPE_CHECKING:
    from coursework.course import Course
    from coursework.grading import Result

T = TypeVar("T")
console = Console(stderr=True, highlight=False)
WITHOUT = "Without a sandbox: students' code runs with all your rights, and every result will say so."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; a mistake that a person can mend is told in a sentence."""
    options = _parser().parse_args(arguments)
    try:
        options.command(options)
    except SetError as error:
        console.print(f"coursework: {error}", style="bold red", markup=False, soft_wrap=True)
        return 2
    except KeyboardInterrupt:
        console.print("Stopped. What was graded is kept: the same command goes on from here.")
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m coursework", description="Assign a problem set, and grade it."
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    new = commands.add_parser("new", help="make a teacher's private folder")
    new.description = (
        "Make a folder for a course of yours: a sample set, the roster, the settings, and a secret."
    )
    new.add_argument("folder", type=Path, metavar="DIR", help="a folder that is not there yet")
    new.set_defaults(command=_new)

    release = commands.add_parser("release", help="make what students get")
    release.description = (
        "Make what students get of a set: a notebook without solutions, and its instant checks."
    )
    release.add_argument("--to", type=Path, metavar="DIR", help="put it there, and leave the course as it is")
    release.set_defaults(command=_release)

    grade = commands.add_parser("grade", help="grade what was handed in")
    grade.description = (
        "Grade what was handed in, and write a CSV, nbgrader's gradebook and a page of feedback a student. "
        "It may be stopped: the same command goes on, and grades nothing twice."
    )
    who = grade.add_mutually_exclusive_group()
    who.add_argument(
        "--workers",
        type=_positive,
        default=os.cpu_count() or 1,
        metavar="N",
        help="on this machine, one a core unless told",
    )
    who.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster, as tcp://10.0.0.5:8786")
    grade.add_argument("--again", action="store_true", help="grade also what has been graded")
    grade.add_argument(
        "--unsafe", action="store_true", help="run students' code without a sandbox, and say so everywhere"
    )
    grade.set_defaults(command=_grade)

    report_ = commands.add_parser("report", help="what the class got wrong")
    report_.description = (
        "Say what the class got wrong, item by item, and draw it. What was given in formgrader since is "
        "taken over into the CSV and the pages of feedback."
    )
    report_.set_defaults(command=_report)

    for command in (release, grade, report_):
        command.add_argument(
            "set", metavar="SET", help=f"a set's name ({', '.join(_names())}, or yours), or its folder"
        )
        command.add_argument(
            "--course",
            type=Path,
            default=Path(),
            metavar="DIR",
            help="the folder that `new` made (default: here)",
        )
    grade.add_argument(
        "submissions",
        type=Path,
        nargs="?",
        metavar="SUBMISSIONS",
        help="a folder, or the zip of a learning management system (default: `submitted` of the course)",
    )
    return parser


def _names() -> list[str]:
    return sorted(path.parent.name for path in SETS.glob("*/items.py"))


def _positive(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of workers: give 1 or more")
    return number


# ---------------------------------------------------------------- the commands


def _new(options: argparse.Namespace) -> None:
    from coursework.course import Course

    course = Course.new(options.folder)
    say(f"{course.folder} is ready. Keep a copy of {course.secret_file} in a safe place, and out of git.")
    say(f"Next: cd {course.folder}; write your students into roster.csv; python -m coursework release sample")


def _release(options: argparse.Namespace) -> None:
    from coursework import gradebook, sources
    from coursework.course import Course

    if options.to is not None:
        for path in sources.write_release(load(options.set, [options.course / "sets"]), options.to):
            say(f"wrote {path}")
        return
    course = Course.open(options.course)
    problem_set = course.load(options.set)
    sources.write_source(problem_set, course.folder / "source" / problem_set.name)
    written = sources.write_release(problem_set, course.folder / "release" / problem_set.name)
    gradebook.add_to_gradebook(course.database, problem_set)
    for path in written:
        say(f"wrote {path}")
    say(f"Students need both, in one folder. On a JupyterHub: nbgrader release_assignment {problem_set.name}")


def _grade(options: argparse.Namespace) -> None:
    from coursework import engine, sandbox
    from coursework.course import Course
    from coursework.grading import Grader
    from coursework.submissions import find_submissions

    course = Course.open(options.course)
    problem_set = course.load(options.set)
    grader = Grader(problem_set, course.secret, course.limits, options.unsafe)
    if options.unsafe:
        console.print(WITHOUT, style="bold red")
    elif options.scheduler is None:
        sandbox.require()
    folder = options.submissions or course.folder / "submitted"
    submissions = find_submissions(folder, problem_set, course.roster)
    store, new = course.results(problem_set), 0
    with engine.client(options.workers, options.scheduler) as workers:
        graded = engine.grade_class(grader, submissions, store, workers, options.again)
        states = Counter[str]()
        for _, result, is_new in track(graded, "grading", len(submissions)):
            states[result.status] += 1
            new += is_new
    publish(course, problem_set)
    told = ", ".join(f"{number} {status}" for status, number in sorted(states.items()))
    if states["failed"]:
        say(f"{states['failed']} could not be graded, by a fault of the grader: see the CSV; run it again.")
    say(f"{len(submissions)} submissions: {told}; {new} of them in this run.")
    say(
        f"Wrote {grades_file(course, problem_set)}, and a page for each in {course.folder / 'feedback'}. "
        f"Next: python -m coursework report {options.set}"
    )


def _report(options: argparse.Namespace) -> None:
    from coursework import feedback, report
    from coursework.course import Course

    course = Course.open(options.course)
    problem_set = course.load(options.set)
    results = course.results(problem_set)
    if next(results.all(), None) is None:
        raise SetError(
            f"{problem_set.name} has no results yet: run `python -m coursework grade {options.set}` first."
        )
    publish(course, problem_set, anew=True)
    found = report.count(problem_set, everybody(course, problem_set))
    path = course.folder / "reports" / f"{problem_set.name}.html"
    feedback.write(path, report.page(problem_set, found))
    if found.graded:
        feedback.write(path.with_suffix(".svg"), report.picture(found).svg)
    print(report.text(problem_set, found))
    say(f"wrote {path}")


# ---------------------------------------------------------------- what they share


def say(text: str) -> None:
    """Tell the teacher."""
    console.print(text, markup=False, soft_wrap=True)


def track(things: Iterable[T], what: str, total: int) -> Iterator[T]:
    """Go through things with a progress bar."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=not console.is_terminal) as progress:
        yield from progress.track(things, total=total, description=what)


def everybody(course: Course, problem_set: ProblemSet) -> Iterator[Result]:
    """The results of all who handed in, then who of the roster did not."""
    from coursework.grading import Result

    seen = set()
    for result in course.results(problem_set).all():
        seen.add(result.student)
        yield result
    for student in course.roster.students:
        if student not in seen:
            yield Result(student, "missing", "Nothing was handed in.")


def grades_file(course: Course, problem_set: ProblemSet) -> Path:
    """The CSV of a set."""
    return course.folder / "grades" / f"{problem_set.name}.csv"


def publish(course: Course, problem_set: ProblemSet, anew: bool = False) -> None:
    """Write the results where people look for them; what has been written is not written twice."""
    from coursework import feedback, gradebook
    from coursework.grading import Result
    from coursework.submissions import file_name

    store = course.results(problem_set)
    marks = store.folder / ".published"
    known: dict[str, str] = {}
    if marks.exists() and not anew:
        known = json.loads(marks.read_text(encoding="utf-8"))
    changed = [
        result.student for result in store.all() if not result.key or known.get(result.student) != result.key
    ]
    results = {student: store.folder / f"{file_name(student)}.json" for student in changed}

    def read() -> Iterator[Result]:
        return (Result.from_json(path.read_text(encoding="utf-8")) for path in results.values())

    answers = gradebook.write_for_formgrader(course.folder / "autograded", problem_set, read())
    written = gradebook.write_gradebook(course.database, problem_set, read(), course.roster, answers)
    for student in track(written, "gradebook", len(changed)):
        known[student] = ""
    by_person = gradebook.by_person(course.database, problem_set)
    for result in read():
        known[result.student] = result.key
        given = by_person.get(file_name(result.student), {})
        place = course.folder / "feedback" / file_name(result.student) / problem_set.name
        feedback.write(place / f"{problem_set.name}.html", feedback.page(problem_set, result, given))
    gradebook.write_csv(
        grades_file(course, problem_set),
        problem_set,
        everybody(course, problem_set),
        course.roster,
        by_person,
    )
    feedback.write(marks, json.dumps(known))
