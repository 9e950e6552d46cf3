"""Notebooks as students hand them in, made from the sample set of the template."""

import copy
import json
from functools import cache
from typing import Any

from coursework.course import TEMPLATE
from coursework.items import ProblemSet, load
from coursework.sources import released_notebook, source_notebook

Notebook = dict[str, Any]
POINTS = {"my_entropy": 4.0, "bits": 2.0, "split": 2.0}


@cache
def sample() -> ProblemSet:
    return load(str(TEMPLATE / "sets" / "sample"))


@cache
def _solved() -> str:
    return json.dumps(source_notebook(sample()))


def solved() -> Notebook:
    """Every answer right."""
    return json.loads(_solved())


def released() -> Notebook:
    """Nothing answered."""
    return json.loads(json.dumps(released_notebook(sample())))


def grade_id(cell: Notebook) -> str | None:
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


def cell_of(notebook: Notebook, name: str) -> Notebook:
    return next(cell for cell in notebook["cells"] if grade_id(cell) == name)


def answering(**answers: str) -> Notebook:
    """The solved notebook with other answers in some cells."""
    notebook = solved()
    for name, source in answers.items():
        cell_of(notebook, name)["source"] = source
    return notebook


def with_cell(source: str, before: str | None = None) -> Notebook:
    """The solved notebook with a cell of the student's own, at the beginning or before a cell."""
    notebook = solved()
    names = [grade_id(cell) for cell in notebook["cells"]]
    cell = {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
    notebook["cells"].insert(names.index(before) if before else 0, cell)
    return notebook


def contents(notebook: Notebook | bytes) -> bytes:
    return notebook if isinstance(notebook, bytes) else json.dumps(copy.deepcopy(notebook)).encode()
