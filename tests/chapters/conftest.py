"""A small chapter of every kind of cell, on which the tests of this room prove that they can fail."""

from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.chapters.notebooks import shell

Tally = Callable[[str, int, str], None]

ALT = "Bars of P and Q, P at 0.2<!-- P[0] --> in the first place and Q at 0.3<!-- Q[0] -->"
STATEMENT = """### Exercise 1. The other way round ★

Write `other(p, q)`, the divergence from q to p.

<details><summary>Hint</summary>

Which argument is the expectation taken under?

</details>"""
CELLS = [
    new_markdown_cell(
        "# How much of it is my fault?\n\nYou will be able to say it in nats. You need sums. 60 minutes."
    ),
    new_code_cell(
        "from kltools import entropy, kl_divergence\n"
        "P, Q = (0.2, 0.5, 0.3), (0.3, 0.4, 0.3)\n"
        'print(f"{kl_divergence(P, Q):.4f} nats, {-kl_divergence(Q, P, base=2):+.4f} bits")'
    ),
    new_markdown_cell(
        "With $P = (0.2, 0.5, 0.3)$<!-- P --> it is 0.0305<!-- kl_divergence(P, Q) --> nats, "
        "3.05 %<!-- kl_divergence(P, Q) --> of a nat."
    ),
    new_code_cell(
        'from sympy import log, symbols\n\np, q = symbols("p q", positive=True)\np * (log(p) - log(q)) - p/q'
    ),
    new_code_cell('from sympy import sympify\n\nsympify("p*log(p/q) - 2*p + q").subs({"p": 0.25, "q": 0.5})'),
    new_code_cell("[share for share in P if share < 0.3]"),
    new_code_cell(
        'from kltools.figures import terms\n\nterms(P, Q, ("sun", "rain", "snow"))',
        metadata={"mystnb": {"image": {"alt": ALT}}},
    ),
    new_code_cell("%xmode Minimal"),
    new_code_cell(
        "entropy((0.5, 0.6))",
        metadata={
            "tags": ["raises-exception"],
            "same_either_way": {"entropy((0.5, 0.6))": {"base": "it refuses the sum first"}},
        },
    ),
    new_markdown_cell(STATEMENT, metadata={"tags": ["exercise"], "exercise": "reverse"}),
    new_code_cell(
        "from trial_exercises import check\n\n\ndef other(p, q):\n"
        '    raise NotImplementedError("return a divergence")\n\n\ncheck("reverse", other)',
        metadata={"tags": ["exercise"]},
    ),
    new_code_cell(
        'def other(p, q):\n    return kl_divergence(q, p)\n\n\ncheck("reverse", other)',
        metadata={"tags": ["solution"], "jupyter": {"source_hidden": True}},
    ),
]
CHECKS = '''
from kltools import kl_divergence
from kltools.exercises import Verdict

def check(name, answer):
    """Hold an answer to the one that is right."""
    try:
        given = answer((0.5, 0.5), (0.25, 0.75))
    except NotImplementedError as error:
        return Verdict(False, f"Not written yet: {error}.")
    right = given == kl_divergence((0.25, 0.75), (0.5, 0.5))
    return Verdict(right, "Right." if right else "Not yet.")
'''


def chapter(cells: list[NotebookNode]) -> NotebookNode:
    """Make a notebook of copies of the cells, with ids that stay the same."""
    copies = [nbformat.from_dict({**cell, "id": f"cell-{number}"}) for number, cell in enumerate(cells)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=copies, metadata={"kernelspec": kernel})


def store(notebook: NotebookNode, path: Path) -> Path:
    """Run a notebook, store what came out, and write it."""
    with shell(path.parent) as running:
        code = (cell for cell in notebook.cells if cell.cell_type == "code")
        for number, cell in enumerate(code, start=1):
            cell.outputs, cell.execution_count = running.run(cell.source).outputs, number
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = number
    nbformat.write(notebook, path)
    return path


@pytest.fixture
def trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the path of the small chapter, run and stored."""
    (tmp_path / "trial_exercises.py").write_text(CHECKS, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    return store(chapter(CELLS), tmp_path / "trial.ipynb")
