"""The teachers' guide: what its commands print is what they print, and what it says of the sets is so."""

import json
import os
import re
from contextlib import chdir
from pathlib import Path

import pytest

from coursework import sandbox
from coursework.cli import main
from coursework.items import PersonItem, SetError, load
from coursework.sources import source_notebook

GUIDE = (Path(__file__).parents[2] / "reference" / "teaching.md").read_text(encoding="utf-8")
NAMES = ["entropy", "cross_entropy", "kl_divergence", "likelihood", "jensen_shannon"]
ROSTER = """id,first_name,last_name,email,lms
ada,Ada,Ahn,ada@example.org,1001
bo,Bo,Berg,bo@example.org,1002
chen,Chen,Chu,chen@example.org,1003
dana,Dana,Diaz,dana@example.org,1004
"""
# What bo and chen have in the place of what is right.
SLIPS = {
    "ada": [],
    "bo": [("np.log2", "np.log")],
    "chen": [("[rolls > 0]", "[rolls >= 0]"), ("[p > 0]", "[p >= 0]")],
}


def blocks(kind: str) -> list[str]:
    """The fenced blocks of a kind, without the comments that bind their numbers."""
    found = re.findall(rf"^```{kind}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    return [re.sub(r"<!--.*?-->", "", block) for block in found]


def lines(text: str) -> list[str]:
    """The lines of a text, without what is only air."""
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def hand_in(folder: Path) -> None:
    whole = load("entropy")
    for student, slips in SLIPS.items():
        notebook = source_notebook(whole)
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                for right, wrong in slips:
                    cell.source = cell.source.replace(right, wrong)
        place = folder / student / "entropy.ipynb"
        place.parent.mkdir(parents=True)
        place.write_text(json.dumps(notebook), encoding="utf-8")


def test_the_commands_print_what_the_guide_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        sandbox.require()
    except SetError as missing:
        if "CI" in os.environ:
            raise
        pytest.skip(str(missing))
    hand_in(tmp_path / "handed-in")
    said = {}
    with chdir(tmp_path):
        for command in blocks("sh")[1:5]:
            [words] = re.findall(r"^python -m coursework (.*)$", command, re.MULTILINE)
            assert main(words.replace("~", str(tmp_path)).split()) == 0
            if words.startswith("new"):
                Path("kl-2026", "roster.csv").write_text(ROSTER, encoding="utf-8")
            told = capsys.readouterr()
            said[words.split()[0]] = lines(told.out + told.err)
        said["csv"] = lines(Path("kl-2026", "grades", "entropy.csv").read_text(encoding="utf-8-sig"))
    assert list(said) == ["new", "release", "grade", "report", "csv"]
    shown = [lines(block) for block in blocks("text")]
    shown.remove(lines(ROSTER))
    for name, block in zip(("new", "release", "grade", "csv", "report"), shown, strict=True):
        printed = [line.replace(str(tmp_path), "~") for line in said[name]]
        assert block == (printed[: len(block)] if name == "report" else printed), name


def test_each_mistake_that_the_guide_names_is_graded() -> None:
    """The tables of mistakes quote sentences of the feedback, from the set under whose heading they stand."""
    for name in NAMES:
        whole = load(name)
        [table] = re.findall(rf"^### {re.escape(whole.title)}\n(.*?)(?=^##)", GUIDE, re.MULTILINE | re.DOTALL)
        rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", table, re.MULTILINE)[1:]
        assert len(rows) >= 5
        titles = {item.title: item for item in whole if not isinstance(item, PersonItem)}
        for said, where, _ in rows:
            for title in where.split("; "):
                assert said in [wrong.sentence for wrong in titles[title].wrongs], title
