"""What the teachers' guide computes its numbers with: the report it shows, minutes of chapters and sets."""

import csv
import re
import tomllib
from collections.abc import Iterator, Sequence

from tests.chapters.notebooks import ROOT

requires_python = float(
    tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"].lstrip(
        ">="
    )
)
GUIDE = (ROOT / "reference" / "teaching.md").read_text(encoding="utf-8")
ROWS = list(
    csv.DictReader(re.search(r"^student,.*?(?=^```)", GUIDE, re.MULTILINE | re.DOTALL)[0].splitlines())
)
COURSE = ("entropy", "cross_entropy", "kl_divergence", "likelihood", "jensen_shannon")
FIRST, REST = COURSE[:3], COURSE[3:]
ONE_STAR, TWO_THIRDS = 0.3, 2 / 3  # shares of a chapter's exercises


def reported() -> Iterator[float]:
    """The numbers of the report: the averages are those of the CSV, and a mistake is counted as it stands."""
    shown = re.search(r"^Entropy: 3 graded.*?\n(.*?)(?=^```)", GUIDE, re.MULTILINE | re.DOTALL)[1]
    handed_in = [row for row in ROWS if row["status"] == "graded"]
    items = iter(list(ROWS[0])[list(ROWS[0]).index("for_a_person") + 1 :])
    for line in filter(None, shown.splitlines()):
        if "×" in line:
            yield from map(int, re.findall(r"\d+", line))
        else:
            item = next(items)
            yield sum(float(row[item]) for row in handed_in) / len(handed_in)
            yield max(float(row[item]) for row in handed_in)


def chapter(name: str) -> int:
    """The minutes that a chapter says it takes to read and run."""
    return int(
        re.search(
            r"\*\*Time\*\*: about (\d+) minutes",
            (ROOT / "chapters" / f"{name}.ipynb").read_text(encoding="utf-8"),
        )[1]
    )


def problems(name: str) -> int:
    """The minutes of a problem set, item by item."""
    text = (ROOT / "coursework" / "sets" / name / "notebook.py").read_text(encoding="utf-8")
    return sum(map(int, re.findall(r"points, (\d+) minutes\)", text)))


def hours(
    read: Sequence[str] = (), exercises: Sequence[str] = (), sets: Sequence[str] = (), share: float = 1.0
) -> int:
    """Hours for reading chapters, for a share of their exercises (which take as long again), and for sets."""
    return round(
        (sum(map(chapter, read)) + share * sum(map(chapter, exercises)) + sum(map(problems, sets))) / 60
    )
