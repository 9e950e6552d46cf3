"""The proof of a whole notebook or page: where its numbers stand, and in which names they are evaluated."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from tests.chapters.literals import Evaluator, bound, problems
from tests.chapters.notebooks import Run, places, shell


@dataclass
class Findings:
    """What is wrong with the literals of a file, how many are bound, and what each cell did."""

    problems: list[str] = field(default_factory=list)
    bound: int = 0
    runs: list[Run | None] = field(default_factory=list)

    def look(self, where: str, text: str, evaluate: Evaluator) -> None:
        wrong = problems(text, evaluate)
        self.problems += [f"{where}: {problem}" for problem in wrong]
        self.bound += 0 if wrong else sum(1 for _ in bound(text, evaluate))


def prose(where: str, cell: NotebookNode) -> Iterator[tuple[str, str]]:
    """Yield the texts of a cell that may hold literals, each with its name."""
    if cell.cell_type == "markdown":
        yield where, cell.source
    shown = cell.metadata.get("mystnb", {})
    yield f"{where}, alt text", shown.get("image", {}).get("alt", "")
    yield f"{where}, caption", shown.get("figure", {}).get("caption", "")


def notebook_literals(path: Path, notebook: NotebookNode) -> Findings:
    """Run a notebook and check each literal at the point where it stands."""
    found = Findings()
    with shell(path.parent, seen=False) as chapter:
        for where, cell in places(path, notebook):
            found.runs.append(chapter.run(cell.source) if cell.cell_type == "code" else None)
            evaluate = Evaluator(chapter.user_ns)
            for name, text in prose(where, cell):
                found.look(name, text, evaluate)
    return found


def page_literals(path: Path) -> Findings:
    """Check the literals of a Markdown page with the names that its `run` comments make."""
    text, found = path.read_text(encoding="utf-8"), Findings()
    try:
        evaluate = Evaluator.of_page(text, path.parent)
    except Exception as error:  # whatever an author's statements can raise
        found.problems.append(f"{path.name}: its run comments fail: {type(error).__name__}: {error}")
    else:
        found.look(path.name, text, evaluate)
    return found
