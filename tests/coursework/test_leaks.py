"""No solution, no hidden input and no secret where students, or the public, can read."""

import json
import logging
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from coursework import cli, feedback
from coursework.grading import Grader
from coursework.items import SETS, Item, ProblemSet, draws, load
from coursework.sources import SOLUTION, checks_file, released_notebook, source_notebook
from coursework.submissions import File, Submission
from tests.coursework.handed_in import answering, contents, sample
from tests.site.conftest import site as built_site

ROOT = SETS.parents[1]
# Lines that anybody writes, and the packages do too.
COMMON = ("import ", "from ", "with ", "plt.", "axes.", "ax.")
NAMES = sorted(path.parent.name for path in SETS.glob("*/items.py"))
site = built_site  # the fixture of the room of the site


def solutions(problem_set: ProblemSet) -> Iterator[str]:
    """The lines of the solutions that say something, by themselves."""
    for cell in source_notebook(problem_set).cells:
        for found in SOLUTION.finditer(cell.source):
            for line in found[0].splitlines()[1:-1]:
                line = line.strip()
                if len(line) >= 25 and not line.startswith(COMMON):
                    yield line


@cache
def secret_lines(name: str) -> tuple[str, ...]:
    """The lines of a set's solutions that its statements do not have."""
    problem_set = load(name)
    given = [cell.source for cell in source_notebook(problem_set).cells if "SOLUTION" not in cell.source]
    public = "\n".join(given)
    return tuple(line for line in solutions(problem_set) if line not in public)


def told(text: str, name: str) -> list[str]:
    """The lines of a set's solutions that a text gives away."""
    plain = re.sub(r"\s+", " ", text)
    return [line for line in secret_lines(name) if line in plain]


def hidden(problem_set: ProblemSet, secret: bytes, student: str) -> set[str]:
    """The hidden inputs of a student as numbers are written."""
    found: set[str] = set()
    for item in problem_set:
        if isinstance(item, Item) and callable(item.right):
            for part in item.parts:
                drawn = draws(secret, problem_set.name, student, item.name, part)
                found |= set(re.findall(r"\d\.\d{8,}", json.dumps(drawn, default=str)))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_what_students_get_has_no_solution_and_no_answer(name: str) -> None:
    problem_set = load(name)
    assert len(list(solutions(problem_set))) > 3, "there is something to look for"
    assert told(json.dumps(source_notebook(problem_set), ensure_ascii=False).replace('\\"', '"'), name)
    notebook = "\n".join(cell.source for cell in released_notebook(problem_set).cells)
    for text in (notebook, checks_file(problem_set)):
        assert not told(text, name)
        for marker in ("SOLUTION", "HIDDEN", "<!--", "items.py", "= lambda", "draw("):
            assert marker not in text


@pytest.mark.parametrize(
    "answers",
    [
        {"my_entropy": "def my_entropy(p):\n    raise ValueError(str(p))"},
        {
            "my_entropy": "seen = []\nmy_entropy = lambda p: seen.extend(map(float, p))",
            "split": "split = ' + '.join(map(str, seen))",
        },
    ],
    ids=["in an error", "in a line to be proved"],
)
def test_pages_and_results_have_neither_the_secret_nor_hidden_inputs(answers: dict[str, str]) -> None:
    secret = b"0123456789abcdef-the-class-secret"
    result = Grader(sample(), secret, unsafe=True).grade("ada", contents(answering(**answers)))
    numbers = hidden(sample(), secret, "ada")
    assert numbers
    for text in (feedback.page(sample(), result), result.to_json()):
        assert secret.decode() not in text
        assert not [number for number in numbers if number in text]
        assert "0.5435644" not in text


def test_the_commands_print_neither_the_secret_nor_hidden_inputs(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    course = tmp_path / "course"
    assert cli.main(["new", str(course)]) == 0
    (course / "submitted").mkdir()
    (course / "submitted" / "ada.ipynb").write_bytes(contents(answering(bits="raise ValueError(my_entropy)")))
    assert cli.main(["grade", "sample", "--unsafe", "--course", str(course), "--workers", "1"]) == 0
    assert cli.main(["report", "sample", "--course", str(course)]) == 0
    secret = (course / "secret").read_text().strip()
    printed = "".join(capfd.readouterr()) + caplog.text
    written = [path for path in course.rglob("*") if path.is_file() and path.name != "secret"]
    assert len(written) > 10
    for text in (printed, *(path.read_bytes().decode(errors="replace") for path in written)):
        assert secret not in text
        assert not [number for number in hidden(sample(), secret.encode(), "ada") if number in text]


def test_a_grader_and_its_parts_do_not_print_the_secret() -> None:
    submission = Submission("ada", File(Path("x"), "x", 0))
    for thing in (Grader(sample(), b"the secret"), submission):
        assert "the secret" not in repr(thing)


def test_the_wheel_has_no_coursework(tmp_path: Path) -> None:
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(tmp_path),
    ]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        text = "\n".join(archive.read(name).decode(errors="replace") for name in names)
    assert any(name.startswith("kltools/") for name in names)
    assert not [name for name in names if "coursework" in name or "items" in name]
    for name in NAMES:
        assert not told(text, name)


def test_the_site_has_no_solution(site: Path) -> None:
    pages = [
        path for path in site.rglob("*") if path.suffix in (".html", ".js", ".txt", ".ipynb", ".md", ".json")
    ]
    assert len(pages) > 10
    assert not list(site.rglob("*items.py*"))
    for path in pages:
        text = path.read_text(encoding="utf-8", errors="replace")
        text = re.sub(r"<[^>]+>", "", text).replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
        for name in NAMES:
            assert not told(text, name), f"{path} gives a solution of {name} away"
