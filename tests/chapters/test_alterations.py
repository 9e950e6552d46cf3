"""The test of the tests: every alteration of a chapter or a page turns the suite red.

What nobody could see is listed where it stands (`same_either_way` in a cell's metadata), and the list has to
be exact.
"""

import math
import os
import re
import subprocess
import sys
from collections import Counter
from functools import partial
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell

from tests.chapters import altered_runs
from tests.chapters.alterations import alterations, other_numbers
from tests.chapters.altered_runs import Colour, chapter_outcomes, page_outcomes, settle
from tests.chapters.conftest import Tally, chapter, store
from tests.chapters.notebooks import CHAPTERS, PAGES, ROOT, read
from tests.chapters.record import Counts, record, recorded

needs_fork = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="altered runs are forked, which this system cannot do"
)


@needs_fork
@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_alteration_of_a_chapter_is_caught(
    path: Path, request: pytest.FixtureRequest, tally: Tally
) -> None:
    """Alter the chapter, unless all of it was altered and seen in the very state that it has now."""
    again = request.config.getoption("record_alterations")
    counts = None if again else recorded(path)
    tally("chapters altered in every place", 1, "in this run" if counts is None else "in the recorded run")
    if counts is None:
        counts = Counter()
        settle(chapter_outcomes(path, request.session), partial(count_up, counts))
    if again:
        record(path, counts)
    for (name, word), number in counts.items():
        tally(name, number, word)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_alteration_of_a_page_is_caught(path: Path, tally: Tally) -> None:
    settle(page_outcomes(path), tally)


def count_up(counts: Counts, name: str, number: int, word: str) -> None:
    counts[name, word] += number


def test_a_record_is_of_one_state_only(tmp_path: Path) -> None:
    """Change by a byte, add, rename or remove anything that altered runs rest on: the record is void."""
    chapter = tmp_path / "chapters" / "entropy.ipynb"
    names = [
        "chapters/data/text.txt",
        "kltools/_kernel.py",
        "kltools/figures/bars.py",
        "libraries/answers.json",
    ]
    names += ["tests/chapters/rules.py", "tests/conftest.py", "pyproject.toml", "requirements.txt"]
    for path in (chapter, *(tmp_path / name for name in names)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.name)
    counts = Counter({("altered code", "made"): 3})
    assert recorded(chapter, tmp_path) is None
    record(chapter, counts, tmp_path)
    assert recorded(chapter, tmp_path) == counts
    for path in (chapter, *(tmp_path / name for name in names)):
        path.write_text("other")
        assert recorded(chapter, tmp_path) is None, path
        path.write_text(path.name)
    new = tmp_path / "kltools" / "new.py"
    for change, back in [
        (new.touch, new.unlink),
        (lambda: (tmp_path / names[2]).rename(new), lambda: new.rename(tmp_path / names[2])),
    ]:
        change()
        assert recorded(chapter, tmp_path) is None
        back()
    assert recorded(chapter, tmp_path) == counts


JS = "js_divergence(p, q, base="


def changes(source: str) -> set[tuple[str, str]]:
    return {(altered.kind, altered.change) for altered in alterations(source)}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("-x", {("sign", "-x → x")}),
        ("a + b", {("sign", "a + b → a - b")}),
        ("a += b", {("sign", "a += b → a -= b")}),
        ("p / q", {("direction", "p / q → q / p")}),
        ("a <= b", {("direction", "a <= b → a >= b")}),
        ("a < b > c", {("direction", "a < b > c → a > b > c"), ("direction", "a < b > c → a < b < c")}),
        ("d.KL(p, q)", {("direction", "d.KL(p, q) → d.KL(q, p)")}),
        ("f'{KL(p, q):.3f}'", {("direction", "KL(p, q) → KL(q, p)")}),
        ("js_divergence(p, q, base=2)", {("base", f"{JS}2) → {JS}{math.e})"), ("constant", "2 → 3")}),
        ("entropy(p)", {("base", "entropy(p) → entropy(p, base=2)")}),
        ("perplexity(p)", set()),
        ("np.log(x)", {("base", "np.log(x) → np.log(x) / np.log(2)")}),
        ("d.at_least(x)", {("direction", "d.at_least(x) → d.at_most(x)")}),
        ("ln(x)", {("base", "ln(x) → ln(x) / ln(2)")}),
        ("log2(x)", {("base", f"log2(x) → log2(x) / log2({math.e})")}),
        ("0.25, 9", {("constant", "0.25 → 0.26"), ("constant", "9 → 8")}),
        ("x = 1e-9", {("constant", "1e-09 → 2e-09")}),
        ("x = 1e7, 30, 0.0", {("constant", f"{x} → {y}") for x, y in [(1e7, 2e7), (30, 31), (0.0, 0.1)]}),
        ("step('p - q')", {("sign", "'p - q' → 'p + q'")}),
        ("step('q', 'for all')", {("direction", "step('q', 'for all') → step('for all', 'q')")}),
        ("def f():\n    'p - q'\n    return True", set()),
    ],
)  # fmt: skip
def test_what_is_altered_in_code(source: str, expected: set[tuple[str, str]]) -> None:
    assert changes(source) == expected


@pytest.mark.parametrize(
    ("typed", "others"),
    [
        ("0.25", ["1.25", "0.26"]),
        ("−0.29", ["−1.29", "−0.28", "0.29"]),
        ("\\tfrac{3}{4}", ["\\tfrac{4}{4}", "\\tfrac{3}{5}"]),
        ("1¾", ["2¾", "1¼"]),
        ("3.6e-15", ["4.6e-15", "3.7e-15", "3.6e-16"]),
        ("∞", ["-∞"]),
    ],
)
def test_what_is_altered_in_prose(typed: str, others: list[str]) -> None:
    assert list(other_numbers(typed)) == others


@needs_fork
def test_every_alteration_of_the_trial_is_caught(trial: Path, request: pytest.FixtureRequest) -> None:
    outcomes = list(chapter_outcomes(trial, request.session))
    settle(outcomes, lambda *_: None)
    assert {outcome.what for outcome in outcomes} == {
        "code: base", "code: constant", "code: direction", "code: sign",
        "expressions in prose: base", "expressions in prose: constant", "expressions in prose: direction",
        "numbers in prose", "numbers in stored drawings", "numbers in stored outputs",
    }  # fmt: skip


@needs_fork
@pytest.mark.parametrize(
    ("code", "excused", "message"),
    [
        (
            "x = 3\nx > 2",
            {},
            "not seen: small.ipynb, cell 1 (x = 3 x > 2): code: constant: 3 → 4",
        ),
        ("x = 3\nx > 2", {"x = 3": {"constant": "any number above two"}}, None),
        ("x = 3\nx > 2", {"x = 3": {"3 → 4": "any number above two"}}, None),
        (
            "x = 3\nx > 2",
            {"x = 3": {"constant": "any number above two", "base": "no base"}},
            "base: nothing to excuse: no base",
        ),
        (
            "abs(3 - 3) / abs(3 + 0)",
            {"abs(3 - 3) / abs(3 + 0)": {"direction": "symmetric"}},
            "is not: small.ipynb",
        ),
        ("x = 3\nx", {"x = 3": {"constant": "no, it is shown"}}, "is not: small.ipynb, cell 1"),
        ("x = 3\nx", {"x = 3": {"direction": "there is none"}}, "nothing to excuse: there is none"),
        ("x = 3\nx", {"y = 3": {"constant": "no such line"}}, "nothing to excuse: no such line"),
    ],
)
def test_survivors_and_inexact_excuses_are_told(
    code: str,
    excused: dict[str, dict[str, str]],
    message: str | None,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    cell = new_code_cell(code, metadata={"same_either_way": excused})
    small = store(chapter([cell]), tmp_path / "small.ipynb")
    if message is None:
        settle(chapter_outcomes(small, request.session), lambda *_: None)
    else:
        with pytest.raises(AssertionError, match=re.escape(message)):
            settle(chapter_outcomes(small, request.session), lambda *_: None)


@needs_fork
def test_an_endless_run_is_stopped(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(altered_runs, "PATIENCE", 1)
    small = store(chapter([new_code_cell("x = 2\nwhile x == 3:\n    pass")]), tmp_path / "small.ipynb")
    outcomes = {outcome.change: outcome.colour for outcome in chapter_outcomes(small, request.session)}
    assert outcomes == {"2 → 3": Colour.SLOW, "3 → 4": Colour.GREEN}


@needs_fork
def test_a_chapter_that_is_red_to_begin_with_proves_nothing(
    trial: Path, request: pytest.FixtureRequest
) -> None:
    trial.write_text(
        trial.read_text(encoding="utf-8").replace("0.0305 nats,", "0.0306 nats,"), encoding="utf-8"
    )
    with pytest.raises(AssertionError, match="is red before anything is altered"):
        list(chapter_outcomes(trial, request.session))


ALTERED_CELLS = {  # by nbval's numbers; each old text stands once in the file
    0: ("0.0305 nats,", "0.0306 nats,"),
    1: ("p * (log(p) - ", "p * (log(p) + "),
    2: ('\\"p\\": 0.25', '\\"p\\": 0.26'),
    4: ("terms(P, Q, ", "terms(Q, P, "),
}


def test_the_real_command_agrees_with_what_ran_here(trial: Path) -> None:
    """Run pytest with nbval: the trial as stored here is green, a copy is red where it is altered."""
    text = trial.read_text(encoding="utf-8")
    for old, new in ALTERED_CELLS.values():
        assert text.count(old) == 1
        text = text.replace(old, new)
    trial.with_name("altered.ipynb").write_text(text, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", "-rA", "-c", os.devnull, "-p", "no:cacheprovider", "."],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(trial.parent)])},
        cwd=trial.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    failed = re.findall(r"^FAILED (\S+)::Cell (\d+)", run.stdout, re.MULTILINE)
    assert failed == [("altered.ipynb", str(number)) for number in ALTERED_CELLS], run.stdout + run.stderr
    assert run.stdout.count("PASSED trial.ipynb::") == sum(c.cell_type == "code" for c in read(trial).cells)
