"""What students get has no solution and no answer in it, and checks what they write all the same."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coursework.items import Item, PersonItem, ProofItem, SetError, load
from coursework.sources import checks_file, released_notebook, source_notebook, write_release
from kltools.exercises import Verdict, load_set
from kltools.exercises._sets import FORMS, Precision, RecordedItem, packed, unpacked
from tests.coursework.handed_in import cell_of, released, sample, solved

Check = Callable[[str, Any], Verdict]


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Check:
    folder = tmp_path_factory.mktemp("released")
    write_release(sample(), folder)
    return load_set(folder / "sample.json")


def test_solutions_are_replaced_by_stubs() -> None:
    notebook = released()
    assert cell_of(notebook, "my_entropy")["source"] == (
        'def my_entropy(p):\n    raise NotImplementedError("write my_entropy")'
    )
    assert cell_of(notebook, "bits")["source"] == "bits = ..."
    assert cell_of(notebook, "why_fair")["source"] == "*Your answer.*"
    text = json.dumps(notebook)
    assert "SOLUTION" not in text
    assert "<!--" not in text
    assert "np.log" not in text


def test_nbgrader_finds_its_metadata_and_points_valid() -> None:
    from nbgrader.nbgraderformat import MetadataValidator

    for notebook in (source_notebook(sample()), released_notebook(sample())):
        MetadataValidator().validate_nb(notebook)
    marks = [cell["metadata"]["nbgrader"] for cell in solved()["cells"] if "nbgrader" in cell["metadata"]]
    assert sum(mark.get("points", 0) for mark in marks) == sample().points
    assert len({mark["grade_id"] for mark in marks}) == len(marks)


def test_a_release_is_the_same_to_the_byte(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write_release(sample(), tmp_path / "a")]
    assert [path.read_bytes() for path in write_release(sample(), tmp_path / "b")] == first


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('# %% item="bits"', "# %%", 'has 0 cells with item="bits"'),
        ('# %% item="bits"', '# %% item="bytes"', "has bytes, which items.py does not list"),
        ('check("bits", bits)', "", r'begins with check\("bits"'),
        ("### BEGIN SOLUTION\nbits", "bits", "the solution of bits is not between"),
        ("import numpy as np\n", "import numpy as np\n### BEGIN SOLUTION\n", "outside the cell of an item"),
    ],
)
def test_a_notebook_that_does_not_fit_its_items_is_refused(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    folder = tmp_path / "trial"
    folder.mkdir()
    for name in ("notebook.py", "items.py"):
        text = (sample().folder / name).read_text()
        folder.joinpath(name).write_text(text.replace(old, new, 1) if name == "notebook.py" else text)
    assert (folder / "notebook.py").read_text() != (sample().folder / "notebook.py").read_text()
    with pytest.raises(SetError, match=says):
        released_notebook(load(str(folder)))


# ---------------------------------------------------------------- the instant check


def test_right_answers_are_right_and_known_mistakes_are_named(check: Check) -> None:
    for item in sample():
        if isinstance(item, PersonItem):
            continue
        right = item.right[0] if isinstance(item, ProofItem) else item.right
        verdict = check(item.name, right)
        assert verdict.message.startswith("Right here." if callable(right) else ("Right", "Proved")), (
            item.name
        )
        for wrong in item.wrongs:
            verdict = check(item.name, wrong.answer)
            assert not verdict
            assert wrong.sentence in verdict.message


SOLVED = cell_of(solved(), "my_entropy")["source"].replace("my_entropy", "by_hand", 1)


@pytest.mark.parametrize(
    ("source", "package"),
    [
        (f"import kltools\n{SOLVED}\nmy_entropy = by_hand", None),
        (f"import math\n{SOLVED}\nmy_entropy = lambda p: math.fsum([by_hand(p)])", None),
        ("from kltools import entropy as my_entropy", "kltools"),
        ("import kltools\nmy_entropy = lambda p: kltools.entropy(p)", "kltools"),
        ("import kltools as np\nmy_entropy = lambda p: sum([np.entropy(p) for _ in '1'])", "kltools"),
        (
            "from kltools import entropy\nhelp = lambda p: entropy(p)\nmy_entropy = lambda p: help(p)",
            "kltools",
        ),
        ("def my_entropy(p):\n    from scipy.stats import entropy\n    return entropy(p)", "scipy"),
        (
            "def made():\n    from kltools import entropy\n    return lambda p: entropy(p)\n"
            "my_entropy = made()",
            "kltools",
        ),
    ],
)
def test_a_right_answer_that_the_grader_cannot_run_is_told(
    check: Check, source: str, package: str | None
) -> None:
    notebook: dict[str, Any] = {"__name__": "__main__", "np": np}
    exec(source, notebook)
    verdict = check("my_entropy", notebook["my_entropy"])
    assert verdict.right == (package is None)
    assert package is None or f"it uses {package}, which the grader has not" in verdict.message


@pytest.mark.parametrize(
    ("name", "answer", "says"),
    [
        ("bits", ..., "three dots"),
        ("bits", 0.54, "is not right"),
        ("bits", "0.5436", "a number is asked for"),
        ("bits", [0.5436], "one number is asked for"),
        ("my_entropy", 3, "a function is asked for"),
        ("my_entropy", lambda p: None, "Is a return missing?"),
        ("my_entropy", lambda p: 1 / 0, "ZeroDivisionError"),
        ("my_entropy", lambda p: math.nan, "0·log 0"),
        ("my_entropy", lambda p: 0.3, "on [0.5, 0.5], it gives 0.3, which is not right"),
        ("split", ..., "three dots"),
        ("split", 3, "a line in quotes is asked for"),
        ("split", ["p", "q"], "there are 2"),
        ("split", "Sum(p *", "cannot be read"),
        ("split", "Sum(p)", "step 1 is false"),
        ("split", "Sum(p * ln(p / q))", "Take the logarithm of the ratio apart"),
        ("split", "H(p, q) - H(p)", "repeats another one"),
    ],
)
def test_what_is_wrong_is_told_in_words(check: Check, name: str, answer: Any, says: str) -> None:
    verdict = check(name, answer)
    assert not verdict
    assert says in verdict.message
    assert "0.5435" not in verdict.message


def test_a_stub_is_not_written_yet(check: Check) -> None:
    def stub(p: list[float]) -> float:
        raise NotImplementedError("write my_entropy")

    assert check("my_entropy", stub).message == "Not written yet: write my_entropy."


def test_an_unknown_name_suggests_the_nearest(check: Check) -> None:
    with pytest.raises(ValueError, match="did you mean 'bits'"):
        check("bit", 1)


@pytest.mark.parametrize(
    ("text", "says"), [(None, "is not here"), ("{", "is not the file"), ("[]", "is not the file")]
)
def test_a_file_that_cannot_be_read_says_so(tmp_path: Path, text: str | None, says: str) -> None:
    if text is not None:
        (tmp_path / "x.json").write_text(text)
    with pytest.raises(ValueError, match=says):
        load_set(tmp_path / "x.json")


def test_no_answer_can_be_read_in_the_file() -> None:
    """Neither a right result nor that of a known mistake stands there, as a number or as text."""
    text = checks_file(sample())
    for item in sample():
        if isinstance(item, Item):
            results = [item.right(*inputs) for inputs in item.tried] if callable(item.right) else [item.right]
            for result in results:
                assert f"{result:.4f}"[:6] not in text
    assert "lambda" not in text
    assert sample()["split"].right[0] not in text  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("precision", "right", "same", "other"),
    [
        (Precision(), 1.0, [0.99999999, 1.00000001, 1], [1.000001, 0.999999, -1.0]),
        (Precision(), 9.9999999e-5, [1.0e-4], [1.00001e-4]),
        (Precision(), 0.0, [1e-13, -0.0], [1e-11, math.inf]),
        (Precision(absolute=1e-30), 4.8e-23, [4.8e-23 * (1 + 1e-8)], [0.0, 3.6e-15]),
        (Precision(), math.inf, [math.inf], [1e308, -math.inf, math.nan]),
        (Precision(decimals=4), 0.02996, [0.02996, 0.03, 0.0300], [0.0299, 0.0301]),
        (Precision(decimals=2), -0.001, [0.0, -0.0, 0.004], [0.01]),
    ],
)
def test_what_counts_as_the_same(
    precision: Precision, right: float, same: list[float], other: list[float]
) -> None:
    """The instant check and the grader agree on it."""
    recorded = RecordedItem.record("x", "salt", precision, right, [()], [])
    for number in same:
        assert recorded.judge(number), number
        assert precision.same(number, right), number
    for number in other:
        assert not recorded.judge(number), number
        assert not precision.same(number, right), number


def test_a_hidden_infinity_is_told() -> None:
    recorded = RecordedItem.record("f", "salt", Precision(), lambda p: math.inf, [(1,)], [])
    assert "hides an infinite result" in recorded.judge(lambda p: 30.0).message


def test_lists_words_and_errors_have_fingerprints() -> None:
    def refuses(p: int) -> float:
        raise ValueError("no distribution")

    for right, wrong in (([1.0, 2.0], [2.0, 1.0]), ("forward", "reverse")):
        recorded = RecordedItem.record("x", "salt", Precision(), right, [()], [(wrong, "Turned around.")])
        again = RecordedItem.from_json("x", "salt", json.loads(json.dumps(recorded.to_json())))
        assert again.judge(right)
        assert "Turned around." in again.judge(wrong).message
        assert not again.judge(3)
    recorded = RecordedItem.record("f", "salt", Precision(), refuses, [(1,)], [])
    assert recorded.judge(refuses)
    assert not recorded.judge(lambda p: 1.0)


def test_arguments_survive_as_what_they_were() -> None:
    arguments = [1, 2.5, "word", [1.0, [2.0]], np.array([[1, 2]]), np.float64(3)]
    again = [unpacked(json.loads(json.dumps(packed(one)))) for one in arguments]
    assert again[:4] == arguments[:4]
    assert isinstance(again[4], np.ndarray)
    assert (again[4] == arguments[4]).all()
    assert again[5] == 3.0


def test_every_form_is_met_and_missed() -> None:
    from kltools.derivations import H, Sum, ln, positive

    p, q = positive("p q")
    lines = {"sum": Sum(p * ln(p / q)), "opened": Sum(p * (ln(p) - ln(q))), "named": H(p) - 1, "one": p}
    met = {form: {name for name, line in lines.items() if holds(line)} for form, holds in FORMS.items()}
    assert met == {
        "another": set(lines),
        "one sum": {"sum", "opened"},
        "opened logarithms": {"opened", "named", "one"},
        "named quantities": {"named"},
        "no named quantity": {"sum", "opened", "one"},
    }
