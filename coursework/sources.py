"""From a set's text to the notebook that students get, and the file of its instant checks.

What reads and writes notebooks is imported where it is used: a worker that grades has no need of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from coursework.items import AnyItem, Item, PersonItem, ProblemSet, ProofItem, SetError
from kltools.exercises._sets import RecordedItem, RecordedProof

if TYPE_CHECKING:
    from nbformat import NotebookNode

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
SOLUTION = re.compile(
    r"^(?P<indent>[ \t]*)### BEGIN SOLUTION$.*?^[ \t]*### END SOLUTION$", re.DOTALL | re.MULTILINE
)
COMMENT = re.compile(r"[ \t]*<!--.*?-->", re.DOTALL)
CHECKS = "checks"  # the cell that loads the instant checks
CHECK = re.compile(r"""check\(\s*["'](\w+)["']""")
LEFT_OVER = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN", "END HIDDEN")


def source_notebook(problem_set: ProblemSet) -> NotebookNode:
    """The notebook with its solutions, and with what nbgrader wants to know about each cell."""
    import jupytext
    from nbformat import NotebookNode
    from nbformat.v4 import new_code_cell

    path = problem_set.folder / "notebook.py"
    notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    notebook.metadata = NotebookNode(kernelspec=KERNEL, language_info={"name": "python"})
    setup = f'from kltools.exercises import load_set\n\ncheck = load_set("{problem_set.name}.json")'
    first = next(
        (n for n, cell in enumerate(notebook.cells) if cell.cell_type == "code"), len(notebook.cells)
    )
    notebook.cells.insert(first, new_code_cell(setup))
    given = 0
    for place, cell in enumerate(notebook.cells):
        name, check = cell.metadata.get("item"), CHECK.match(cell.source)
        cell.metadata = NotebookNode()
        cell.id = f"cell-{place}"
        if name is not None:
            item = _item(problem_set, name)
            read = isinstance(item, PersonItem)
            _mark(cell, name, solution=True, points=item.points if read else None)
        elif cell.cell_type == "code" and check:
            item = _item(problem_set, check[1])
            _mark(cell, f"{check[1]}-check", locked=True, points=item.points)
        elif place == first:
            _mark(cell, CHECKS, locked=True)
        elif cell.cell_type == "code":
            given += 1
            _mark(cell, f"given-{given}", locked=True)
    complaints = list(_complaints(problem_set, notebook))
    if complaints:
        raise SetError(f"{path} cannot be used: {'; '.join(complaints)}.")
    return notebook


def _item(problem_set: ProblemSet, name: str) -> AnyItem:
    try:
        return problem_set[name]
    except StopIteration:
        raise SetError(
            f"{problem_set.folder / 'notebook.py'} has {name}, which items.py does not list."
        ) from None


def _mark(
    cell: NotebookNode, name: str, solution: bool = False, locked: bool = False, points: float | None = None
) -> None:
    cell.id = name.replace("_", "-")[:64]
    cell.metadata["nbgrader"] = {
        "grade": points is not None,
        "grade_id": name,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
        **({} if points is None else {"points": points}),
    }
    if points is not None or not solution:
        cell.metadata["nbgrader"]["cell_type"] = cell.cell_type


def _complaints(problem_set: ProblemSet, notebook: NotebookNode) -> Iterator[str]:
    """What is wrong between the notebook and the items."""
    names = [grade_id(cell) for cell in notebook.cells]
    for item in problem_set:
        if names.count(item.name) != 1:
            yield f'it has {names.count(item.name)} cells with item="{item.name}" in the place of one'
        elif not isinstance(item, PersonItem) and names.count(f"{item.name}-check") != 1:
            yield f'it has no cell of its own that begins with check("{item.name}", after that item\'s answer'
        else:
            cell = notebook.cells[names.index(item.name)]
            if "### BEGIN SOLUTION" not in cell.source or "### END SOLUTION" not in cell.source:
                yield f"the solution of {item.name} is not between ### BEGIN SOLUTION and ### END SOLUTION"


def released_notebook(problem_set: ProblemSet) -> NotebookNode:
    """What students get: without solutions, and without what stands in comments of the text."""
    notebook = source_notebook(problem_set)
    for cell in notebook.cells:
        name = grade_id(cell)
        if name and cell.metadata["nbgrader"]["solution"]:
            stub = _stub(problem_set, name) if cell.cell_type == "code" else "*Your answer.*"
            cell.source = SOLUTION.sub(rf"\g<indent>{stub}", cell.source)
        if cell.cell_type == "markdown":
            cell.source = COMMENT.sub("", cell.source)
    text = json.dumps(notebook)
    for marker in LEFT_OVER:
        if marker in text:
            raise SetError(f"{problem_set.folder / 'notebook.py'} has {marker} outside the cell of an item.")
    return notebook


def _stub(problem_set: ProblemSet, name: str | None) -> str:
    """What stands in the place of a solution."""
    item = next((item for item in problem_set if item.name == name), None)
    if isinstance(item, Item) and callable(item.right):
        return f'raise NotImplementedError("write {name}")'
    if isinstance(item, ProofItem) and len(item.right) > 1:
        return f"{name} = [{', '.join(['...'] * len(item.right))}]"
    return f"{name} = ..." if isinstance(item, (Item, ProofItem)) else "# Your code."


def checks_file(problem_set: ProblemSet) -> str:
    """The file of the instant checks: public inputs, fingerprints, and the sentences for known mistakes."""
    records = {
        item.name: recorded(problem_set, item).to_json()
        for item in problem_set
        if not isinstance(item, PersonItem)
    }
    contents = {"set": problem_set.name, "title": problem_set.title, "items": records}
    return json.dumps(contents, ensure_ascii=False) + "\n"


def recorded(problem_set: ProblemSet, item: Item | ProofItem) -> RecordedItem | RecordedProof:
    """An item as the instant check knows it."""
    wrongs = [(wrong.answer, wrong.sentence) for wrong in item.wrongs]
    if isinstance(item, Item):
        return RecordedItem.record(
            item.name, problem_set.name, item.precision, item.right, item.tried, wrongs, item.note
        )
    return RecordedProof(
        item.name,
        item.start,
        tuple((step.line, step.reason, step.relation, step.tangent) for step in item.steps),
        item.letters,
        item.normalized,
        item.given,
        item.form,
        tuple(((answer,) if isinstance(answer, str) else tuple(answer), said) for answer, said in wrongs),
        item.note,
    )


def write_source(problem_set: ProblemSet, folder: Path) -> None:
    """Write the notebook with its solutions, for nbgrader's `source`."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(source_notebook(problem_set), folder / f"{problem_set.name}.ipynb")
    (folder / f"{problem_set.name}.json").write_text(checks_file(problem_set), encoding="utf-8")


def write_release(problem_set: ProblemSet, folder: Path) -> list[Path]:
    """Write what students get: the notebook, the file of its checks, and what else the set's `files` has."""
    notebook, checks = released_notebook(problem_set), checks_file(problem_set)
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / f"{problem_set.name}.ipynb", folder / f"{problem_set.name}.json"]
    _write(notebook, written[0])
    written[1].write_text(checks, encoding="utf-8")
    return written


def _write(notebook: NotebookNode, path: Path) -> None:
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def grade_id(cell: NotebookNode) -> str | None:
    """The name by which nbgrader knows a cell of our own notebook."""
    return (cell.metadata.get("nbgrader") or {}).get("grade_id")
