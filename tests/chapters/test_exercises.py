"""Every exercise of a core chapter has its stub, its hint, and a solution that its check accepts."""

from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from tests.chapters import rules
from tests.chapters.conftest import CELLS, chapter
from tests.chapters.notebooks import CHAPTERS, read, tags
from tests.chapters.proofs import notebook_literals

CORE = [path for path in CHAPTERS if rules.is_core(read(path))]
STATEMENT, STUB, SOLUTION = -3, -2, -1
EIGHTH = STATEMENT - 3  # the statement of the last exercise before the project


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.stem)
@pytest.mark.parametrize("rule", [rules.whole_exercises, rules.no_strays], ids=lambda rule: rule.__name__)
def test_chapter(path: Path, rule: rules.Rule) -> None:
    wrong = rule(path, read(path))
    assert not wrong, "\n".join(wrong)


def verdicts(path: Path, notebook: NotebookNode) -> list[str]:
    """Run a chapter for its verdicts; those of the course's chapters are held in test_literals.py."""
    return rules.verdicts(path, notebook, notebook_literals(path, notebook).runs)


@pytest.fixture
def enough(trial: Path) -> tuple[Path, NotebookNode]:
    """Give the trial chapter with its exercise eight times over, and once more as a project."""
    notebook = chapter(CELLS[:STATEMENT])
    for number, label in enumerate([*(f"Exercise {number}" for number in range(1, 9)), "Project"], start=1):
        for cell in chapter(CELLS[STATEMENT:]).cells:
            cell.source = cell.source.replace("Exercise 1", label).replace("reverse", f"r{number}")
            if "exercise" in cell.metadata:
                cell.metadata.exercise = f"r{number}"
            notebook.cells.append(cell)
    return trial, notebook


def test_the_trial_keeps_every_rule(enough: tuple[Path, NotebookNode]) -> None:
    assert rules.whole_exercises(*enough) == []
    assert rules.no_strays(*enough) == []
    assert verdicts(*enough) == []


@pytest.mark.parametrize(
    ("which", "old", "new", "message"),
    [
        (EIGHTH, "Exercise 8", "Exercise 9", "should be tagged exercise and begin `### Exercise 8. `"),
        (EIGHTH, "Exercise 8", "Project", "should be tagged exercise and begin `### Exercise 8. `"),
        (STATEMENT, "Project", "Exercise 9", "should be tagged exercise and begin `### Project. `"),
        (STATEMENT, "Project", "Exercise 9", "has 9 exercises and 0 projects"),
        (EIGHTH, "Exercise 8", "Project", "has 7 exercises and 2 projects"),
        (STATEMENT, "★", "", "is not graded"),
        (STATEMENT, "★", "★★★★", "is not graded"),
        (STATEMENT, "<summary>Hint", "<summary>Help", "has no <details><summary>Hint</summary>"),
        (STUB, 'check("r9"', 'check("r8"', 'has no stub whose last line is check("r9", …)'),
        (SOLUTION, 'check("r9", other)', "other", 'has no solution whose last line is check("r9", …)'),
    ],
)
def test_a_part_that_lacks_is_told(
    enough: tuple[Path, NotebookNode], which: int, old: str, new: str, message: str
) -> None:
    path, notebook = enough
    assert old in notebook.cells[which].source
    notebook.cells[which].source = notebook.cells[which].source.replace(old, new)
    assert message in "\n".join(rules.whole_exercises(path, notebook))


def test_seven_exercises_and_a_project_are_too_few(enough: tuple[Path, NotebookNode]) -> None:
    path, notebook = enough
    del notebook.cells[EIGHTH:STATEMENT]
    assert "has 7 exercises and 1 projects" in "\n".join(rules.whole_exercises(path, notebook))


def test_a_project_is_the_last(enough: tuple[Path, NotebookNode]) -> None:
    path, notebook = enough
    notebook.cells[EIGHTH:] = notebook.cells[STATEMENT:] + notebook.cells[EIGHTH:STATEMENT]
    told = "\n".join(rules.whole_exercises(path, notebook))
    assert "(### Project. " in told
    assert "begin `### Exercise 8. `" in told


def test_a_name_is_used_once(enough: tuple[Path, NotebookNode]) -> None:
    path, notebook = enough
    notebook.cells[STATEMENT].metadata.exercise = "r1"
    assert "2 exercises are named r1" in "\n".join(rules.whole_exercises(path, notebook))


def test_an_open_solution_is_told(enough: tuple[Path, NotebookNode]) -> None:
    path, notebook = enough
    del notebook.cells[SOLUTION].metadata["jupyter"]
    assert "a solution that is not folded" in "\n".join(rules.whole_exercises(path, notebook))


def test_a_stray_cell_is_told(enough: tuple[Path, NotebookNode]) -> None:
    path, notebook = enough
    notebook.cells.insert(0, new_code_cell("x", metadata={"tags": ["solution"]}))
    assert rules.no_strays(path, notebook) == [
        "trial.ipynb, cell 1 (x): is tagged solution and belongs to no exercise"
    ]


RIGHT, WRONG = "return kl_divergence(q, p)", "return kl_divergence(p, q)"


@pytest.mark.parametrize(
    ("which", "old", "new", "message"),
    [
        (SOLUTION, RIGHT, WRONG, "the solution is refused: Not yet."),
        (STUB, 'raise NotImplementedError("return a divergence")', RIGHT, "the stub is accepted: Right."),
        (STUB, 'check("r9", other)', "other", "ends in no check"),
    ],
)
def test_verdicts_are_run(
    enough: tuple[Path, NotebookNode], which: int, old: str, new: str, message: str
) -> None:
    path, notebook = enough
    assert old in notebook.cells[which].source
    notebook.cells[which].source = notebook.cells[which].source.replace(old, new)
    assert message in "\n".join(verdicts(path, notebook))


def test_every_solution_belongs_to_a_core_chapter() -> None:
    others = [read(path) for path in CHAPTERS if path not in CORE]
    assert not [cell for notebook in others for cell in notebook.cells if "solution" in tags(cell)]
