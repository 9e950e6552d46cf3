"""Grade the same class with nbgrader's autograde and with ours: `python -m benchmarks.grading [--record]`.

100 submissions side by side, then a class of 3,000 with the memory that it takes.
"""

import argparse
import contextlib
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import psutil
from nbgrader.api import Gradebook

from benchmarks.__main__ import GRADING, RESULTS, Row, cpu, progress, table, write
from coursework.items import PersonItem, ProblemSet, ProofItem, load
from coursework.sources import grade_id, source_notebook, write_source

SET = "entropy"
CLASS, LARGE_CLASS = 100, 3000
SAMPLE = 0.25  # seconds between two looks at the memory

# What is given in the place of every right answer. None of it ends or fills a kernel, since nbgrader would
# wait for half a minute then, or stop.
HOSTILE = {
    "equals everything": """
class Yes(float):
    def __eq__(self, other): return True
    def __call__(self, *arguments): return self
    def __float__(self): return self
    __lt__ = __le__ = __gt__ = __ge__ = __eq__
    __hash__ = None
{name} = Yes()
""",
    "patches the check": """
import kltools.exercises._sets as _sets
_sets.RecordedItem.judge = _sets.RecordedProof.judge = lambda *_: _sets.Verdict(True, "Right.")
{name} = lambda *arguments: 0.0
""",
    "patches NumPy": """
np.isclose = np.allclose = np.array_equal = lambda *arguments, **options: True
{name} = lambda *arguments: 0.0
""",
    "changes the tests": """
get_ipython().input_transformers_cleanup.append(
    lambda lines: [line.replace("assert", "0 and") for line in lines]
)
{name} = lambda *arguments: 0.0
""",
    "writes on and on": """
import sys
print("x" * 100_000, file=sys.stderr)
{name} = lambda *arguments: 0.0
""",
}


@dataclass
class Taken:
    """What a run took: seconds by the clock and of the processor, and megabytes over time."""

    seconds: float = 0
    processor: float = 0
    own: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grading", description=__doc__)
    parser.add_argument(
        "--record", action="store_true", help=f"write it into {RESULTS.name} and the page as well"
    )
    parser.add_argument("--students", type=int, default=LARGE_CLASS, help="in the large class (%(default)s)")
    options = parser.parse_args()
    sections = [f"{GRADING}\n"]
    for section in report(options.students):
        print(section, flush=True)
        sections.append(section)
    if options.record:
        others, _, _ = RESULTS.read_text(encoding="utf-8").partition(GRADING)
        write(f"{others.rstrip()}\n\n" + "\n".join(sections))


def report(students: int) -> Iterator[str]:
    yield "Recorded by `python -m benchmarks.grading --record`; no line of it is typed.\n"
    yield f"{cpu()}, {os.cpu_count()} cores, {platform.platform(terse=True)}.\n"
    yield (
        f"The same {CLASS} submissions of the set `{SET}` in one run, a third each right, wrong and hostile. "
        "In brackets: how many times less than nbgrader. Ours includes the CSV and pages of feedback.\n"
    )
    heading = ["seconds", "of the processor", "submissions a minute", "right ones that lost points"]
    yield table([f"{CLASS} submissions", *heading, "points given for nothing"], side_by_side())
    yield f"A class of {students:,} on every core: the most memory in each fifth of the run.\n"
    yield table(["MB while a class is graded", *(f"fifth {n}" for n in range(1, 6))], memory(students))


# ---------------------------------------------------------------- the class


def class_of(problem_set: ProblemSet, students: int) -> Iterator[tuple[str, str, bytes]]:
    """Each student's name, the kind of their submission, and the notebook; a third of each kind."""
    solution = source_notebook(problem_set)
    items = [item for item in problem_set if not isinstance(item, PersonItem)]
    for number in range(students):
        kind = ("right", "wrong", "hostile")[number % 3]
        if kind == "right":  # proofs are written a little differently, so that none is known from another
            own = {
                item.name: f"\n{item.name} += {' ' * number!r}"
                for item in items
                if isinstance(item, ProofItem) and len(item.right) == 1
            }
            answers = {
                cell.metadata.nbgrader.grade_id: cell.source + own.get(grade_id(cell), "")
                for cell in solution.cells
                if is_answer(cell)
            }
        elif kind == "wrong":
            answers = {item.name: f"{item.name} = lambda *arguments: {number / 7!r}" for item in items}
        else:
            template = list(HOSTILE.values())[number // 3 % len(HOSTILE)]
            answers = {item.name: template.format(name=item.name) for item in items}
        notebook = nbformat.from_dict(json.loads(json.dumps(solution)))
        for cell in notebook.cells:
            if is_answer(cell):
                cell.source = answers.get(grade_id(cell), "No answer.")
        yield f"student{number:04}", kind, nbformat.writes(notebook).encode()


def is_answer(cell: nbformat.NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


# ---------------------------------------------------------------- both graders


def side_by_side() -> Iterator[Row]:
    problem_set = load(SET)
    with tempfile.TemporaryDirectory() as folder:
        theirs, ours = Path(folder, "nbgrader"), Path(folder, "ours")
        prepare_nbgrader(theirs, problem_set)
        run(ours.parent, *COURSEWORK, "new", ours)
        kinds = {}
        for student, kind, notebook in class_of(problem_set, CLASS):
            kinds[student] = kind
            hand_in(student, notebook, theirs, ours)
        runs = {"nbgrader autograde": (theirs, [*NBGRADER, "autograde", SET])}
        for workers in sorted({1, os.cpu_count() or 1}):
            command = [*COURSEWORK, "grade", SET, "--again", "--workers", str(workers)]
            runs[f"coursework grade, {workers} at a time"] = ours, command
        slowest = None
        for name, (course, command) in runs.items():
            progress(name)
            taken = take(course, *command)
            slowest = slowest or taken
            yield [
                name,
                f"{taken.seconds:.1f} ({slowest.seconds / taken.seconds:.1f})",
                f"{taken.processor:.1f} ({slowest.processor / taken.processor:.1f})",
                f"{60 * CLASS / taken.seconds:.0f}",
                *mistakes(scores(course), kinds, problem_set),
            ]


def mistakes(given: dict[str, float], kinds: dict[str, str], problem_set: ProblemSet) -> Row:
    """How many right submissions lost points, and how many points were given for nothing."""
    full = sum(item.points for item in problem_set if not isinstance(item, PersonItem))
    below = sum(kind == "right" and given.get(student, 0) < full for student, kind in kinds.items())
    gifts = sum(given.get(student, 0) for student, kind in kinds.items() if kind != "right")
    return [str(below), f"{gifts:,g} of {full * sum(kind != 'right' for kind in kinds.values()):,g}"]


def prepare_nbgrader(course: Path, problem_set: ProblemSet) -> None:
    """The same set as a teacher would write it for nbgrader: what `check` says is asserted, and hidden."""
    write_source(problem_set, course / "source" / SET)
    path = course / "source" / SET / f"{SET}.ipynb"
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        if cell.source.startswith("check("):
            cell.source = f"### BEGIN HIDDEN TESTS\nassert {cell.source}\n### END HIDDEN TESTS"
    nbformat.write(notebook, path)
    run(course, *NBGRADER, "generate_assignment", SET)


def hand_in(student: str, notebook: bytes, *courses: Path) -> None:
    for course in courses:
        folder = course / "submitted" / student / SET
        folder.mkdir(parents=True)
        (folder / f"{SET}.ipynb").write_bytes(notebook)


def scores(course: Path) -> dict[str, float]:
    """What the machine gave each student, by nbgrader's gradebook."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return {
            submission.student.id: sum(
                grade.auto_score or 0 for notebook in submission.notebooks for grade in notebook.grades
            )
            for submission in gradebook.assignment_submissions(SET)
        }


def memory(students: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder, "ours")
        run(course.parent, *COURSEWORK, "new", course)
        progress(f"{students:,} submissions are written")
        for student, _, notebook in class_of(load(SET), students):
            hand_in(student, notebook, course)
        progress("and graded")
        taken = take(course, *COURSEWORK, "grade", SET)
    fifths = [slice(n * len(taken.own) // 5, (n + 1) * len(taken.own) // 5) for n in range(5)]
    yield ["the grader", *(f"{max(taken.own[part]):.0f}" for part in fifths)]
    yield ["its sandboxes and prover together", *(f"{max(taken.others[part]):.0f}" for part in fifths)]
    yield ["seconds in all", f"{taken.seconds:.0f}", "", "", "", ""]


# ---------------------------------------------------------------- running programs

BIN = Path(sys.executable).parent
NBGRADER, COURSEWORK = [BIN / "nbgrader"], [sys.executable, "-m", "coursework"]
PATHS = {"PATH": f"{BIN}:{os.environ['PATH']}", "PYTHONPATH": str(RESULTS.parents[1])}


def run(folder: Path, *command: str | Path) -> None:
    subprocess.run(command, cwd=folder, env=os.environ | PATHS, check=True, capture_output=True)


def take(folder: Path, *command: str | Path) -> Taken:
    """Run a program, and see how long it takes, and how much memory."""
    start, before = time.perf_counter(), processor_time()
    with tempfile.TemporaryFile() as said:
        process = psutil.Popen(command, cwd=folder, env=os.environ | PATHS, stdout=said, stderr=said)
        taken = Taken()
        while process.poll() is None:
            with contextlib.suppress(psutil.NoSuchProcess):
                taken.own.append(process.memory_info().rss / 1e6)
                taken.others.append(sum(map(resident, process.children(recursive=True))))
            time.sleep(SAMPLE)
        taken.seconds, taken.processor = time.perf_counter() - start, processor_time() - before
        said.seek(0)
        progress(said.read().decode(errors="replace").strip().rpartition("\n")[2][:200])
    return taken


def processor_time() -> float:
    """Seconds of the processor that ended children of this process took, and theirs."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def resident(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.memory_info().rss / 1e6
    return 0.0


if __name__ == "__main__":
    main()
