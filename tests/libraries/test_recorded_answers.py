"""The record of what other libraries answer: complete, and what the installed ones answer today."""

import copy
import json
import re
from dataclasses import replace
from pathlib import Path

import mpmath
import numpy as np
import pytest

from libraries import reading
from libraries.asking import PACKAGES, Answer, ask, brief
from libraries.questions import CALLS, CASES, QUANTITIES, Call, Case, questions
from libraries.reading import LOST, RECORD, Table, answers, is_right, recorded, right, said, troubles, verdict
from libraries.record import PINS
from tests.chapters.notebooks import ROOT

INSTALLED = ("SciPy", "scikit-learn")
RECOMPUTED = [(case, call) for case, call in questions() if call.library in INSTALLED]
CODE = re.compile(r"^([\w-]+)==([\w.]+)$", re.MULTILINE)


def named(value: object) -> str | None:
    return value.name if isinstance(value, Case) else value.code if isinstance(value, Call) else None


def difference(case: Case, call: Call, record: Answer, fresh: Answer) -> str:
    """Say how a recorded answer differs from a fresh one, or nothing."""
    kinds = [
        (answer.error.partition(":")[0], answer.warning.partition(":")[0], verdict(case, call, answer))
        for answer in (record, fresh)
    ]
    if kinds[0] != kinds[1]:
        return f"recorded {kinds[0]}, and now {kinds[1]}"
    if record.error or kinds[0][2] == LOST:  # of noise, the digits are those of one machine
        return ""
    allowed = 1e-5 if case.dtype == "float32" else 1e-12
    same = np.allclose(record.numbers, fresh.numbers, rtol=allowed, atol=0, equal_nan=True)
    return "" if same else f"recorded {record.value}, and now {fresh.value}"


@pytest.mark.parametrize(("case", "call"), RECOMPUTED, ids=named)
def test_recorded_answer_is_given_again(case: Case, call: Call) -> None:
    assert not difference(case, call, recorded(case, call), ask(case, call))


def altered(case: Case, call: Call, answer: Answer) -> list[Answer]:
    """Change one thing in an answer; of noise, neither the sign nor a digit matters."""
    if answer.error:
        return [replace(answer, error="KeyError: another"), Answer(1.0)]
    changed = [
        replace(answer, warning="" if answer.warning else "UserWarning: new"),
        Answer(0.123),
        Answer("nan"),
    ]
    if verdict(case, call, answer) != LOST:
        finite = np.where(np.isfinite(answer.numbers), answer.numbers, 1.0)
        by = 1e-4 if case.dtype == "float32" else 1e-11
        changed += [replace(answer, value=(finite * (1 + by) + (finite == 0)).tolist())]
        changed += [replace(answer, value=(-finite - (finite == 0)).tolist())]
    return changed


@pytest.mark.parametrize(("case", "call"), RECOMPUTED, ids=named)
def test_an_altered_record_is_seen(case: Case, call: Call) -> None:
    record = recorded(case, call)
    for other in altered(case, call, record):
        assert difference(case, call, other, record), other


def test_every_question_has_its_answer_and_no_other() -> None:
    kept = [
        (case, library, code)
        for case, by_library in RECORD["answers"].items()
        for library, by_code in by_library.items()
        for code in by_code
    ]
    asked = [(case.name, call.library, call.code) for case, call in questions()]
    assert sorted(kept) == sorted(asked)
    assert len(set(asked)) == len(asked) == len(CASES) * len(CALLS)


def test_versions_are_those_that_are_pinned() -> None:
    assert RECORD["versions"] == dict(CODE.findall(PINS.read_text(encoding="utf-8")))
    assert sorted(RECORD["versions"]) == sorted(PACKAGES)


def test_no_answer_is_left_unexplained() -> None:
    unexplained = [
        (case.name, call.code)
        for case, call in questions()
        if verdict(case, call, recorded(case, call)) == "unexplained"
    ]
    assert not unexplained


# The right answers -----------------------------------------------------------------------------------------


def witness(case: Case, quantity: str) -> mpmath.mpf:
    """Compute a quantity to fifty digits, from the definition, as the mean over a batch."""
    p, q = (np.atleast_2d(x) for x in case.arrays)
    return mpmath.fsum(defined(quantity, *map(exact, pair)) for pair in zip(p, q, strict=True)) / len(p)


def exact(row: np.ndarray) -> list[mpmath.mpf]:
    values = [mpmath.mpf(float(x)) for x in row]
    return [value / mpmath.fsum(values) for value in values]


def defined(quantity: str, p: list[mpmath.mpf], q: list[mpmath.mpf]) -> mpmath.mpf:
    def kl(a: list[mpmath.mpf], b: list[mpmath.mpf]) -> mpmath.mpf:
        terms = [(x, y) for x, y in zip(a, b, strict=True) if x]
        return mpmath.fsum(x * mpmath.log(x / y) if y else mpmath.inf for x, y in terms)

    entropy = -mpmath.fsum(x * mpmath.log(x) for x in p if x)
    middle = [(x + y) / 2 for x, y in zip(p, q, strict=True)]
    return {
        "H(P)": lambda: entropy,
        "H(P, Q)": lambda: entropy + kl(p, q),
        "KL(P‖Q)": lambda: kl(p, q),
        "JSD(P, Q)": lambda: (kl(p, middle) + kl(q, middle)) / 2,
    }[quantity]()


@pytest.mark.parametrize("quantity", QUANTITIES)
@pytest.mark.parametrize("case", CASES.values(), ids=named)
def test_the_right_answer_is_right(case: Case, quantity: str) -> None:
    answer = right(case, quantity)
    if answer is None:
        assert case.name == "a sum that is off"
        return
    with mpmath.workdps(50):
        truth = witness(case, quantity)
        assert answer == truth or abs(answer - truth) <= 1e-14 * truth


# What the tables say ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("library", "code", "case", "what"),
    [
        ("SciPy", "jensenshannon(p, q)", "the pair", "the root"),
        ("SciPy", "jensenshannon(p, q, base=2)", "the pair", "the root, in bits"),
        ("SciPy", "entropy(p, q)", "counts", "normalises"),
        ("SciPy", "entropy(p, q)", "a batch", "of the columns"),
        ("SciPy", "entropy(p, q)", "nearly equal", "all digits lost"),
        ("SciPy", "kl_div(p, q).sum()", "a sum that is off", "adds Σq − Σp"),
        ("PyTorch", "F.kl_div(q.log(), p)", "the pair", "divided by the 3 entries"),
        ("PyTorch", 'F.kl_div(p.log(), q, reduction="sum")', "the pair", "the other direction"),
        ("PyTorch", 'F.kl_div(q.log(), p, reduction="sum")', "a zero in both", "not a number"),
        ("PyTorch", "F.cross_entropy(q, p)", "the pair", "takes probabilities for logits"),
        ("Keras", "KLDivergence()(p, q)", "nothing shared", "clips to [1e-7, 1]"),
        ("scikit-learn", "log_loss(outcomes, forecasts, sample_weight=p)", "counts", "refuses"),
        ("dit", "kullback_leibler_divergence(P, Q)", "the pair", "in bits"),
    ],
)
def test_verdict(library: str, code: str, case: str, what: str) -> None:
    call = next(call for call in CALLS if (call.library, call.code) == (library, code))
    assert verdict(CASES[case], call, recorded(CASES[case], call)) == what


@pytest.mark.parametrize(
    ("value", "what"),
    [(0.05, "unexplained"), ("nan", "not a number"), (0.0304787540354, "right"), (0.030479, "unexplained")],
)
def test_verdict_on_another_answer(value: float | str, what: str) -> None:
    call = Call("KL(P‖Q)", "SciPy", "entropy(p, q)")
    assert verdict(CASES["the pair"], call, Answer(value)) == what


def test_an_altered_record_alters_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    before = repr(answers("KL(P‖Q)"))
    record = copy.deepcopy(RECORD)
    record["answers"]["the pair"]["Keras"]["KLDivergence()(p, q)"] = 0.031
    monkeypatch.setattr(reading, "RECORD", record)
    assert "0.03100: unexplained\n    Keras KLDivergence()(p, q)" in repr(answers("KL(P‖Q)"))
    assert repr(answers("KL(P‖Q)")) != before


def told(table: Table) -> set[tuple[str, str]]:
    return {
        (library, code.removesuffix(" (warns)").strip("`"))
        for row in table.rows
        for library, codes in row.calls.items()
        for code in codes
    }


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_tables_have_every_call(quantity: str) -> None:
    calls = {(call.library, call.code) for call in CALLS if call.quantity == quantity}
    right_on_the_pair = [row for row in answers(quantity).rows if row.what == "right"]
    assert told(answers(quantity)) == calls
    assert told(troubles(quantity)) == told(Table("", right_on_the_pair))


def test_table_in_both_forms() -> None:
    table = answers("JSD(P, Q)", "the pair", "dit")
    assert repr(table) == (
        "JSD(P, Q), the pair. Right: 0.007817 nats\n"
        "0.01128: in bits\n"
        "    dit jensen_shannon_divergence([P, Q])"
    )
    assert table._repr_markdown_().splitlines()[-1] == (
        "| 0.01128<br>in bits | *dit*<br>`jensen_shannon_divergence([P, Q])` |"
    )


def test_right_is_in_nats() -> None:
    assert is_right("right")
    assert is_right("normalises")
    assert not any(map(is_right, ("in bits", "normalises Q only", "the other direction", "refuses", LOST)))


def test_said() -> None:
    assert said("PyTorch", "F.cross_entropy(q, p)", "nothing shared") == pytest.approx(1.3133, abs=1e-4)
    assert said("SciPy", "entropy(p, q)", "a zero in Q") == float("inf")
    assert len(said("SciPy", "entropy(p)", "a batch")) == 3


def test_the_record_is_plain_json() -> None:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    text = Path(ROOT, "libraries", "answers.json").read_text(encoding="utf-8")
    assert json.loads(text, parse_constant=refuse) == RECORD
    assert text == json.dumps(RECORD, indent=1, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("value", [1.5, "inf", "-inf", "nan", [1.0, "inf"]])
def test_numbers_that_json_does_not_know(value: object) -> None:
    assert brief(Answer(value)) == value
    np.testing.assert_array_equal(Answer(value).numbers, np.array(value, dtype=float))
