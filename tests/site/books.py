"""Building the book, the way `make book` does, and small books to try that on."""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).resolve().parents[2]
TOC = "{format: jb-book, root: index, chapters: [{file: chapter}]}\n"
OPENING = """# Which comes first?

*A chapter*

**You will be able to**

- swap two;
- swap many.

**You need** two hands.

**Time**: about 75 minutes to read and run, and as much again for the exercises.
"""
LANDING = """# A book

Of one [chapter](chapter.ipynb). <span class="course-start"></span>

<div class="course-map"></div>
"""


def build(book: Path, output: Path, *, by_hand: bool = False) -> subprocess.CompletedProcess[str]:
    """Build the book of a folder into another with the line of `make book`, or by hand with the README's."""
    if by_hand:
        lines = (ROOT / "README.md").read_text(encoding="utf-8")
    else:
        recipe = subprocess.run(["make", "-n", "book"], cwd=ROOT, capture_output=True, text=True, check=True)
        lines = recipe.stdout
    line = next(line for line in lines.splitlines() if "jupyter-book build" in line)
    program, *arguments = shlex.split(line)
    return subprocess.run(
        [Path(sys.executable).with_name(Path(program).name), *arguments, "--path-output", output],
        cwd=book,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )


def markdown(text: str, *tags: str, **metadata: object) -> nbformat.NotebookNode:
    return new_markdown_cell(text, metadata={"tags": list(tags), **metadata})


def code(text: str, *tags: str, outputs: Sequence[dict[str, object]] = ()) -> nbformat.NotebookNode:
    stored = [nbformat.from_dict(output) for output in outputs]
    return new_code_cell(text, metadata={"tags": list(tags)}, execution_count=1, outputs=stored)


def notebook(*cells: nbformat.NotebookNode) -> nbformat.NotebookNode:
    return new_notebook(cells=list(cells), metadata={"language_info": {"name": "python"}})


def small_book(folder: Path, *cells: nbformat.NotebookNode) -> Path:
    """Write a book in the settings of ours, with one chapter, of cells that work and of those given."""
    shutil.copy(ROOT / "_config.yml", folder)
    shutil.copytree(ROOT / "web", folder / "web")
    (folder / "reference").mkdir()
    shutil.copy(ROOT / "reference" / "references.bib", folder / "reference")
    (folder / "_toc.yml").write_text(TOC, encoding="utf-8")
    (folder / "index.md").write_text(LANDING, encoding="utf-8")
    chapter = notebook(
        markdown(OPENING),
        markdown("Its [exercise](#ex-chapter-swap) is on $H(P)$.\n\n## Exercises"),
        markdown("### Exercise 1. Swap\n\nSwap $P$ and $Q$.", "exercise", exercise="swap", objectives=[1]),
        code("raise NotImplementedError", "exercise"),
        code("q, p", "solution"),
        markdown("### Project. Swap all\n\nSwap every pair.", "exercise", exercise="all", objectives=[1, 2]),
        code("raise NotImplementedError", "exercise"),
        code("qs, ps", "solution"),
        markdown("## Summary"),
        *cells,
    )
    nbformat.write(chapter, folder / "chapter.ipynb")
    return folder
