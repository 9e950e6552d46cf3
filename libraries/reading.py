"""Read the recorded answers: each beside the right one, with a verdict that is computed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import numpy as np

from kltools import cross_entropy, entropy, js_divergence, kl_divergence, log_softmax
from libraries.asking import Answer
from libraries.questions import CALLS, CASES, Call, Case

RECORD = json.loads(Path(__file__).with_name("answers.json").read_text(encoding="utf-8"))
SINGLE = {"JAX", "Keras"}  # they compute in single precision unless they are told not to

MEASURES: dict[str, Callable[..., np.ndarray]] = {
    "H(P)": lambda p, _, **options: entropy(p, **options),
    "H(P, Q)": cross_entropy,
    "KL(P‖Q)": kl_divergence,
    "JSD(P, Q)": js_divergence,
}
Reading = tuple[str, float | np.ndarray]


def recorded(case: Case, call: Call) -> Answer:
    """Look an answer up in the record."""
    return _entry(case.name, call.library, call.code)


def said(library: str, code: str, case: str = "the pair") -> float | list[float]:
    """Return what a library answered: a number, or one for each of several."""
    return _entry(case, library, code).numbers.tolist()


def _entry(case: str, library: str, code: str) -> Answer:
    entry = RECORD["answers"][case][library][code]
    return Answer(**entry) if isinstance(entry, dict) else Answer(entry)


def right(case: Case, quantity: str) -> float | None:
    """Return the right answer in nats, the mean over a batch; None where there are no distributions."""
    counts = all(np.array_equal(x, np.round(x)) for x in used(case, quantity))
    if not counts and not sums_to_one(case, quantity):
        return None
    return float(np.mean(MEASURES[quantity](*inputs(case), normalize=True)))


def inputs(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers that a library was given, in double precision."""
    p, q = case.arrays
    return p.astype(float), q.astype(float)


def used(case: Case, quantity: str) -> tuple[np.ndarray, ...]:
    """Return those of them that the quantity depends on."""
    return inputs(case)[:1] if quantity == "H(P)" else inputs(case)


def sums_to_one(case: Case, quantity: str) -> bool:
    """Tell probabilities from other weights."""
    return all(np.allclose(x.sum(-1), 1, rtol=0, atol=1e-6) for x in used(case, quantity))


# What an answer means: the first reading whose value it has ------------------------------------------------


def readings(case: Case, quantity: str) -> Iterator[Reading]:
    """Yield what a library might have computed instead, each with its value; the right one first."""
    p, q = inputs(case)
    directions = {"": (p, q)} | ({"the other direction": (q, p)} if quantity == "KL(P‖Q)" else {})
    units: dict[str, float] = {"": 1.0, "in bits": float(np.log(2))}
    roots: dict[str, Callable] = {"": np.asarray} | ({"the root": np.sqrt} if quantity == "JSD(P, Q)" else {})
    plain = "right" if sums_to_one(case, quantity) else "normalises"
    for (direction, pair), (root, power), (unit, size) in product(
        directions.items(), roots.items(), units.items()
    ):
        for scope, value in scopes(MEASURES[quantity], *pair):
            what = joined(direction, root, unit, scope)
            yield joined(plain, what) if what in ("", EACH) else what, power(value / size)
    if not sums_to_one(case, quantity):
        for (direction, pair), (unit, size) in product(directions.items(), units.items()):
            for what, value in as_they_are(quantity, *pair):
                yield joined(direction, what, unit), value / size
    with np.errstate(all="ignore"):
        yield from mistaken(quantity, p, q)


EACH = "one for each pair"


def joined(*parts: str) -> str:
    """Say several things in one phrase."""
    return ", ".join(filter(None, parts))


def scopes(measure: Callable[..., np.ndarray], p: np.ndarray, q: np.ndarray) -> Iterator[Reading]:
    """Yield a quantity over a batch, in the ways in which it is put together."""
    each = np.asarray(measure(p, q, normalize=True))
    yield "", each.mean()
    if each.ndim:
        yield EACH, each
        yield "summed over the batch", each.sum()
        yield "of the columns", measure(p, q, normalize=True, axis=0)
    yield f"divided by the {p.size} entries", each.sum() / p.size


def as_they_are(quantity: str, p: np.ndarray, q: np.ndarray) -> Iterator[Reading]:
    """Yield a formula on weights that do not sum to 1."""
    h, total_p, total_q = (lambda x: total(x, x)), p.sum(), q.sum()
    raw = {
        "H(P)": h(p),
        "H(P, Q)": total(p, q),
        "KL(P‖Q)": total(p, q) - h(p),
        "JSD(P, Q)": h((p + q) / 2) - (h(p) + h(q)) / 2,
    }[quantity]
    yield "takes the sums as they are", raw
    if quantity == "KL(P‖Q)":
        yield f"takes the sums as they are, divided by the {p.size} entries", raw / p.size
        yield "adds Σq − Σp", raw - total_p + total_q
    if quantity == "H(P, Q)":
        yield "normalises Q only", total(p, q / total_q)
        yield "normalises P only", total(p / total_p, q)


def total(p: np.ndarray, q: np.ndarray) -> float:
    """Return −Σ p ln q."""
    return -float((p[p > 0] * np.log(q[p > 0])).sum())


def mistaken(quantity: str, p: np.ndarray, q: np.ndarray) -> Iterator[Reading]:
    """Yield what comes of inputs of another kind than the call takes, and of inputs that are clipped."""
    pairs = p.size / p.shape[-1]
    if quantity == "H(P, Q)":
        yield "takes probabilities for logits", -(p * log_softmax(q)).sum() / pairs
        yield "takes probabilities for logits, normalises P", -(p * log_softmax(q)).sum() / p.sum()
        yield "takes probabilities for logarithms", -(p * q).sum() / p.sum()
        yield "clips to 1e-7", total(p, np.clip(q / q.sum(-1, keepdims=True), 1e-7, 1 - 1e-7))
        yield "clips to 2e-16", total(p, np.clip(q, np.finfo(float).eps, 1))
    if quantity == "KL(P‖Q)":
        yield "takes probabilities for logarithms", -total(p, p) - (p * q).sum()
        yield "takes logarithms for probabilities", (np.log(p) * (np.log(np.log(p)) - np.log(q))).sum()
        low, high = (np.clip(x, 1e-7, 1) for x in (p, q))
        yield "clips to [1e-7, 1]", (low * np.log(low / high)).sum()
        yield "the other direction, clips to [1e-7, 1]", (high * np.log(high / low)).sum()


def verdict(case: Case, call: Call, answer: Answer) -> str:
    """Say in words what an answer is: the first reading that it agrees with, or what became of it."""
    if answer.error:
        return "refuses"
    value, single = answer.numbers, call.library in SINGLE or case.dtype == "float32"
    for what, reading in readings(case, call.quantity):
        # Where the right answer is 0 there is no relative error.
        allowed = {"rtol": 1e-5 if single else 1e-9, "atol": 1e-15 if np.all(reading == 0) else 0}
        if value.shape == np.shape(reading) and np.allclose(value, reading, **allowed):
            return what
    if np.isnan(value).any():
        return "not a number"
    truth = right(case, call.quantity)
    squared = value**2 if call.code.startswith("jensenshannon") else value  # the root of noise is larger
    if truth is not None and np.all(np.abs(squared - truth) < (1e-6 if single else 1e-15)):
        return LOST
    return "unexplained"


LOST = "all digits lost"


# Tables ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """An answer, what it is, and the calls that give it: of each library, its code."""

    answer: str
    what: str
    calls: dict[str, list[str]] = field(default_factory=dict)

    def add(self, call: Call, note: str = "") -> None:
        """Enter a call, with a note behind its code."""
        self.calls.setdefault(call.library, []).append(f"`{call.code}`{note}")


@dataclass(frozen=True)
class Table:
    """A title, and rows. Jupyter shows it as a table of two columns, which a phone is wide enough for."""

    title: str
    rows: list[Row]
    heads: tuple[str, str] = ("answer", "who gives it")

    def __repr__(self) -> str:
        lines = [self.title]
        for row in self.rows:
            lines.append(f"{row.answer}: {row.what}")
            lines += [f"    {library} {code}" for library, codes in row.calls.items() for code in codes]
        return "\n".join(lines).replace("`", "")

    def _repr_markdown_(self) -> str:
        lines = [f"**{self.title}**", "", f"| {' | '.join(self.heads)} |", "|---|---|"]
        for row in self.rows:
            who = "<br>".join("<br>".join([f"*{library}*", *codes]) for library, codes in row.calls.items())
            lines.append(f"| {row.answer}<br>{row.what} | {who} |")
        return "\n".join(lines)


def answers(quantity: str, case: str = "the pair", *libraries: str) -> Table:
    """Gather the recorded answers to one question; equal ones share a row, and the right ones come first."""
    rows: dict[tuple[str, str], Row] = {}
    for call in CALLS:
        if call.quantity == quantity and (not libraries or call.library in libraries):
            answer = recorded(CASES[case], call)
            what = verdict(CASES[case], call, answer)
            head = shown(answer, what), what
            rows.setdefault(head, Row(*head)).add(call, " (warns)" if answer.warning else "")
    truth = right(CASES[case], quantity)
    title = f"{quantity}, {case}. " + ("No right answer" if truth is None else f"Right: {digits(truth)} nats")
    return Table(title, sorted(rows.values(), key=lambda row: not is_right(row.what)))


def troubles(quantity: str) -> Table:
    """Gather the calls that are right on the pair by the cases in which they are not."""
    cases = [case for case in CASES.values() if right(case, quantity) is not None]
    rows: dict[str, Row] = {}
    for call in (call for call in CALLS if call.quantity == quantity):
        wrong = [c.name for c in cases if not is_right(verdict(c, call, recorded(c, call)))]
        if cases[0].name not in wrong:
            what = "not: " + "; ".join(wrong)
            rows.setdefault(what, Row(f"{len(cases) - len(wrong)} of {len(cases)}", what)).add(call)
    ordered = sorted(rows.values(), key=lambda row: -int(row.answer.partition(" ")[0]))
    return Table(f"{quantity}: where each call is right", ordered, ("right in", "call"))


def is_right(what: str) -> bool:
    """Tell whether a verdict is that of the right answer, in nats."""
    return what in ("right", f"right, {EACH}", "normalises")


def shown(answer: Answer, what: str) -> str:
    """Write an answer to four digits, and noise as its sign and its order of magnitude."""
    if answer.error:
        return answer.error.partition(":")[0]
    if what == LOST and answer.numbers.any():
        sign = "−" if answer.numbers < 0 else ""
        return f"about {sign}10{str(int(np.log10(abs(answer.numbers)) // 1)).translate(SUPERSCRIPT)}"
    return ", ".join(digits(value) for value in np.atleast_1d(answer.numbers))


SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def digits(value: float) -> str:
    """Write a number to four digits."""
    return f"{value:#.4g}".replace("-", "−").replace("inf", "∞") if value else "0"
