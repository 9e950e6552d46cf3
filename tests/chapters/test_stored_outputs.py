"""What nbval does not see in a chapter's stored outputs; and each rule can fail."""

from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output, new_raw_cell

from tests.chapters.notebooks import CHAPTERS, read
from tests.chapters.rules import (
    STORED_OUTPUTS,
    Rule,
    images_are_described,
    markers_have_reasons,
    no_raw_cells,
    no_typed_numbers,
    nothing_of_this_machine,
    only_comparable_outputs,
    run_in_order,
    short_cells,
)

DESCRIPTION = "Two bars, the one for rain higher than the one for sun"


@pytest.mark.parametrize("rule", STORED_OUTPUTS, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter(path: Path, rule: Rule) -> None:
    wrong = rule(path, read(path))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("rule", STORED_OUTPUTS, ids=lambda rule: rule.__name__)
def test_the_trial_keeps_every_rule(trial: Path, rule: Rule) -> None:
    assert rule(trial, read(trial)) == []


def one(source: str, *outputs: NotebookNode, count: int | None = 1, **metadata: object) -> NotebookNode:
    """Make a notebook of one code cell."""
    cell = new_code_cell(source, outputs=list(outputs), execution_count=count, metadata=metadata)
    return new_notebook(cells=[cell])


def shown(mime: str, data: str) -> NotebookNode:
    return new_output("display_data", data={mime: data})


def picture(text: str) -> NotebookNode:
    return new_output("display_data", data={"image/svg+xml": "<svg/>", "text/plain": text})


def printed(text: str, name: str = "stdout") -> NotebookNode:
    return new_output("stream", name=name, text=text)


def error(*traceback: str) -> NotebookNode:
    return new_output("error", ename="ValueError", evalue="no", traceback=list(traceback))


def described(alt: str) -> dict[str, object]:
    return {"image": {"alt": alt}}


RAISES = {"tags": ["raises-exception"]}
SVG = shown("image/svg+xml", "<svg/>")
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.mark.parametrize(
    ("rule", "notebook", "message"),
    [
        (no_raw_cells, new_notebook(cells=[new_raw_cell("0.5")]), "is a raw cell"),
        (run_in_order, one("x", count=None), "was never run"),
        (run_in_order, one("x", count=3), "ran as number 3, and should as 1"),
        (run_in_order, one("x", new_output("execute_result", execution_count=7)), "an output is numbered 7"),
        (only_comparable_outputs, one("x", printed("late", "stderr")), "wrote to stderr: late"),
        (only_comparable_outputs, one("x", error("ValueError: no")), "without the tag raises-exception"),
        (
            only_comparable_outputs,
            one("x", error("Cell 1", "ValueError: no"), **RAISES),
            "use %xmode Minimal",
        ),
        (only_comparable_outputs, one("x", shown("image/png", "aGk=")), "has a image/png output"),
        (only_comparable_outputs, one("x", shown("image/jpeg", "aGk=")), "has a image/jpeg output"),
        (only_comparable_outputs, one("x", shown(WIDGET, "")), f"has a {WIDGET} output"),
        (nothing_of_this_machine, one("x", printed("<f at 0x7f3a2b1c9d00>")), "shows 0x7f3a2b1c9d00"),
        (nothing_of_this_machine, one("x", printed("File /home/ann/kl.py")), "shows /home/ann/kl.py"),
        (nothing_of_this_machine, one("x", shown("text/plain", r"'C:\kl\x.py'")), r"shows C:\kl\x.py"),
        (nothing_of_this_machine, one("x", error("File /tmp/x.py")), "shows /tmp/x.py"),
        (markers_have_reasons, one("# NBVAL_SKIP\nx"), "NBVAL_SKIP without a line"),
        (markers_have_reasons, one("# NBVAL_IGNORE_OUTPUT\n# slow\nx"), "NBVAL_IGNORE_OUTPUT without a line"),
        (markers_have_reasons, one("x", tags=["nbval-ignore-output"]), "the tag nbval-ignore-output without"),
        (short_cells, one("x\n" * 10), "has 10 lines; 9 are the most"),
        (short_cells, one("f(x);"), "ends in a semicolon"),
        (short_cells, one("f(x);  # quiet"), "ends in a semicolon"),
        (short_cells, one("\n"), "is empty"),
        (no_typed_numbers, one("x  # 0.0305 nats"), "says 0.0305 in a comment or a string"),
        (no_typed_numbers, one('print("KL is 0.0305")'), "says 0.0305"),
        (no_typed_numbers, one("print(f'{x:.4f}, or 3 %')"), "says 3 %"),
        (images_are_described, one("x", SVG), "does not describe it: ''"),
        (images_are_described, one("x", SVG, mystnb=described("bars")), "does not describe it: 'bars'"),
        (images_are_described, one("x", SVG, mystnb=described("_" * 60 + ".svg")), "does not describe it"),
        (
            images_are_described,
            one("x", picture("<Figure size 640x480 with 2 Axes of one kind>")),
            "describe it",
        ),
        (images_are_described, one("x", SVG, SVG, mystnb=described(DESCRIPTION)), "shows 2 images"),
    ],
)
def test_each_rule_can_fail(rule: Rule, notebook: NotebookNode, message: str) -> None:
    wrong = rule(Path("small.ipynb"), notebook)
    assert message in "\n".join(wrong)
    assert all(line.startswith("small.ipynb, cell 1 (") for line in wrong)


@pytest.mark.parametrize(
    ("rule", "notebook"),
    [
        (only_comparable_outputs, one("x", error("\x1b[31mValueError\x1b[39m: no"), **RAISES)),
        (nothing_of_this_machine, one("x", shown("text/html", '<a href="https://a.b/home/x">a</a>'))),
        (markers_have_reasons, one("# NBVAL_IGNORE_OUTPUT\n# reason: the clock is read\nx")),
        (markers_have_reasons, one("# reason: the clock is read\nx", tags=["nbval-ignore-output"])),
        (short_cells, one("x\n\n" * 9)),
        (
            no_typed_numbers,
            one("%xmode Minimal\nprint(f'{x:.4f} of {0.5 * y}', format(x, '.3f'), format(x, '+.1%'))"),
        ),
        (images_are_described, one("x", SVG, mystnb=described(DESCRIPTION))),
        (images_are_described, one("x", picture(DESCRIPTION), picture(DESCRIPTION))),
    ],
)
def test_each_rule_can_pass(rule: Rule, notebook: NotebookNode) -> None:
    assert rule(Path("small.ipynb"), notebook) == []
