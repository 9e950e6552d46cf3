"""Grades one submission: a function of its bytes, the set, the student's name and the class secret.

The student's cells are put in the places that the released notebook has for them, and run in the sandbox.
What comes out is compared here with the reference, on inputs that are the student's own.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from coursework import prover, runner, sandbox
from coursework.items import AnyItem, Item, Part, PersonItem, ProblemSet, ProofItem, SetError, draws
from coursework.sandbox import Limits
from coursework.sources import CHECKS, grade_id, recorded, released_notebook
from coursework.submissions import Cell, UnreadableError, read_notebook
from kltools.exercises._checking import HIDDEN_INFINITY, _result
from kltools.exercises._sets import Precision, packed, unpacked

MOST_CODE = 2_000_000  # letters of all cells together


@dataclass(frozen=True)
class Failure:
    """A call that gave no value: the kind of the error, and what it said."""

    kind: str
    message: str


NOT_RUN = Failure("NotRun", "")


@dataclass
class Graded:
    """An item as it was graded: its score, None where a person reads it, and what is to be said about it."""

    name: str
    title: str
    points: float
    score: float | None
    parts: dict[str, bool] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    answer: str = ""
    pictures: list[str] = field(default_factory=list)


@dataclass
class Result:
    """A submission as it was graded: "graded", or "unreadable", "missing" or "failed" with a reason."""

    student: str
    status: str
    reason: str = ""
    remarks: list[str] = field(default_factory=list)
    items: list[Graded] = field(default_factory=list)
    unsafe: bool = False
    key: str = ""

    @property
    def score(self) -> float:
        """The points that the grader gave; what a person reads is not among them."""
        return sum(item.score or 0 for item in self.items)

    @property
    def waiting(self) -> float:
        """The points that wait for a person."""
        return sum(item.points for item in self.items if item.score is None)

    def to_json(self) -> str:
        """The result as it is kept."""
        return json.dumps(asdict(self), ensure_ascii=True, indent=1, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Result:
        """Read what `to_json` wrote."""
        contents = json.loads(text)
        return cls(**contents | {"items": [Graded(**item) for item in contents["items"]]})


@dataclass(frozen=True)
class Grader:
    """All that a submission is graded with.

    Parameters
    ----------
    problem_set : ProblemSet
        What is asked.
    secret : bytes
        The class secret, from which inputs are drawn.
    limits : Limits
        What a submission may use.
    unsafe : bool
        Run without the sandbox, and say so in every result.
    """

    problem_set: ProblemSet
    secret: bytes = field(repr=False)
    limits: Limits = field(default_factory=Limits)
    unsafe: bool = False

    @cached_property
    def digest(self) -> str:
        """What the grades depend on besides the submission: when it changes, all is graded again."""
        whole = hashlib.sha256(
            repr((self.problem_set.digest, self.limits, self.unsafe)).encode() + self.secret
        )
        for path in sorted((*Path(__file__).parent.glob("*.py"), *Path(__file__).parent.glob("sets/*.py"))):
            whole.update(path.read_bytes())
        return whole.hexdigest()

    def key(self, student: str, contents: bytes) -> str:
        """What a result is known by."""
        parts = (self.digest, student, hashlib.sha256(contents).hexdigest())
        return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()

    def grade(self, student: str, contents: bytes) -> Result:
        """Grade a notebook, whatever is in it."""
        key = self.key(student, contents)
        try:
            cells = read_notebook(contents)
        except UnreadableError as error:
            return Result(student, "unreadable", str(error), unsafe=self.unsafe, key=key)
        sheet = Sheet.lay_out(self.released, cells)
        asks = [
            (item, part, inputs)
            for item in self.problem_set
            if not isinstance(item, PersonItem)
            for part in item.parts
            for inputs in [self._inputs(student, item, part)]
        ]
        run = Run.of(sheet, asks, self.limits, self.unsafe)
        items = [self._graded(item, asks, run, sheet) for item in self.problem_set]
        return Result(student, "graded", "", sheet.remarks + run.remarks, items, self.unsafe, key)

    @cached_property
    def released(self) -> tuple[Place, ...]:
        """The cells of the released notebook."""
        return places(self.problem_set)

    def _inputs(self, student: str, item: Item | ProofItem, part: Part) -> list[Any]:
        """The calls of a part, as JSON; None stands for a value that is looked at."""
        if isinstance(item, ProofItem) or not callable(item.right):
            return [None]
        return [packed(call) for call in draws(self.secret, self.problem_set.name, student, item.name, part)]

    def _graded(self, item: AnyItem, asks: Sequence[Ask], run: Run, sheet: Sheet) -> Graded:
        if isinstance(item, PersonItem):
            return _for_a_person(item, sheet)
        own = [(place, part, inputs) for place, (asked, part, inputs) in enumerate(asks) if asked is item]
        graded = Graded(item.name, item.title, item.points, 0.0)
        if isinstance(item, ProofItem):
            _prove(item, self.problem_set, run.given.get((own[0][0], 0)), sheet.written(item.name), graded)
        else:
            _compare(item, own, run, graded)
        if graded.score != item.points:
            reasons = {run.reasons[place] for place, *_ in own if place in run.reasons}
            graded.messages += sorted(reasons) + sheet.remarks_of(item.name) + run.notes_of(sheet, item.name)
            graded.messages = list(dict.fromkeys(graded.messages))
        return graded


Ask = tuple[Item | ProofItem, Part, list[Any]]

# ---------------------------------------------------------------- the notebook, with the student's answers


@dataclass(frozen=True)
class Place:
    """A cell of the released notebook: its name, its text, and whether the student answers in it."""

    name: str | None
    kind: str
    source: str
    answered: bool
    run: bool


def places(problem_set: ProblemSet) -> tuple[Place, ...]:
    """The cells of the released notebook; checks, and what loads them, are not run here."""
    found = []
    for cell in released_notebook(problem_set).cells:
        name = grade_id(cell)
        marks = cell.metadata.get("nbgrader", {})
        run = cell.cell_type == "code" and not (marks.get("grade") and marks.get("locked")) and name != CHECKS
        found.append(Place(name, cell.cell_type, cell.source, bool(marks.get("solution")), run))
    return tuple(found)


@dataclass
class Sheet:
    """The released notebook with a student's answers in it.

    `code` has the cells that are run, `after` tells for an item after how many of them it is asked for, and
    `texts` has the cells that answer an item.
    """

    code: list[str] = field(default_factory=list)
    owners: list[str | None] = field(default_factory=list)
    after: dict[str, int] = field(default_factory=dict)
    answers: dict[str, list[Cell]] = field(default_factory=lambda: defaultdict(list))
    missing: set[str] = field(default_factory=set)
    remarks: list[str] = field(default_factory=list)

    @classmethod
    def lay_out(cls, released: Sequence[Place], cells: Sequence[Cell]) -> Sheet:
        """Put each answer where its item is; the student's own cells follow the one that they followed."""
        sheet, extra, last = cls(), defaultdict(list), None
        known = {place.name: place for place in released if place.name}
        for cell in cells:
            place = known.get(cell.name or "")
            if place is not None:
                last = place.name
                if place.answered:
                    sheet.answers[str(place.name)].append(cell)
            elif cell.kind == "code":
                extra[last].append(cell.source)
        sheet.missing = {
            name for name, place in known.items() if place.answered and name not in sheet.answers
        }
        for name, place in known.items():
            written = [cell for cell in sheet.answers[name] if not _same_text(cell.source, place.source)]
            sheet.answers[name] = written
            if place.answered and place.run and not written:
                sheet._add(name, [place.source])  # first of all, so that an answer elsewhere is not undone
        sheet._add(None, extra[None])
        for place in released:
            if place.run:
                own = (
                    [cell.source for cell in sheet.answers[place.name or ""]]
                    if place.answered
                    else [place.source]
                )
                sheet._add(place.name if place.answered else None, own)
            if place.name:
                sheet._add(place.name if place.answered else None, extra[place.name])
                sheet.after[place.name] = len(sheet.code) - 1
        if sum(map(len, sheet.code)) > MOST_CODE:
            sheet.remarks.append(
                "The notebook holds more code than is run here; what came late was left out."
            )
            sheet._shorten()
        return sheet

    def _add(self, owner: str | None, sources: Sequence[str]) -> None:
        self.code += sources
        self.owners += [owner] * len(sources)

    def _shorten(self) -> None:
        room = MOST_CODE
        for place, source in enumerate(self.code):
            room -= len(source)
            if room < 0:
                self.code[place] = ""

    def written(self, name: str) -> Any:
        """What the last assignment to a name says as it stands, read and not run; None where it computes."""
        found: Any = None
        for cell in self.answers[name]:
            for value in _assigned(name, cell.source):
                found = None  # a value that is computed counts as the last one too
                with suppress(ValueError, TypeError, RecursionError, MemoryError):
                    found = ast.literal_eval(value)
        return list(found) if isinstance(found, tuple) else found

    def remarks_of(self, name: str) -> list[str]:
        """What is to be said about the cell of an item."""
        if name in self.missing:
            return ["Its cell was not in what you handed in; answer in the cells that you were given."]
        return []


def _same_text(source: str, stub: str) -> bool:
    return source.split() == stub.split()


def _assigned(name: str, source: str) -> list[ast.expr]:
    """The expressions that a cell gives a name, in order; none where it is no Python, or very long."""
    try:
        statements = runner.statements_of(source[: runner.LONGEST])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = []
    for statement in statements:
        match statement:
            case ast.Assign([ast.Name(target)], value) if target == name:
                found.append(value)
    return found


# ---------------------------------------------------------------- what came out of the sandbox


@dataclass
class Run:
    """What came out of the sandbox: a value or a Failure for each call, and why calls are missing."""

    given: dict[tuple[int, int], Any] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, sheet: Sheet, asks: Sequence[Ask], limits: Limits, unsafe: bool) -> Run:
        """Run a sheet; where a statement ends the run or takes too long, run it once more without."""
        run, skip, end = cls(), list[list[Any]](), time.monotonic() + limits.wall
        job = {
            "cells": sheet.code,
            "asks": [
                {"name": item.name, "after": sheet.after[item.name], "calls": inputs}
                for item, _, inputs in asks
            ],
        }
        while True:
            outcome = sandbox.run({**job, "skip": skip}, limits, max(0.1, end - time.monotonic()), unsafe)
            if not outcome.ready and outcome.ended != "late":
                raise SetError(f"The sandbox does not start: {outcome.complaint or outcome.ended}.")
            culprit = run._take(outcome.frames, job)
            if outcome.ended == "finished":
                return run
            if outcome.ended in ("late", "loud") or culprit is None or culprit in skip:
                run._give_up(outcome.ended, limits)
                return run
            run._blame(culprit, outcome.ended, limits)
            skip += [culprit, *(["ask", ask] for ask in run._answered(job) if ["ask", ask] not in skip)]

    def _take(self, frames: Sequence[dict[str, Any]], job: dict[str, Any]) -> list[Any] | None:
        """Keep what the frames say, as far as it makes sense, and give back where the run was last."""
        last: list[Any] | None = None
        for frame in frames:
            match frame:
                case {"at": ["cell", int(cell), int(statement)]}:
                    last = ["cell", cell, statement]
                case {"at": ["ask", int(ask)]}:
                    last = ["ask", ask]
                case {"value": [int(ask), int(call), value]} if self._asked(job, ask, call):
                    self.given[ask, call] = value if _is_plain(value) else Failure("NotPlain", "much more")
                case {"error": [int(ask), int(call), str(kind), str(message)]} if self._asked(job, ask, call):
                    self.given[ask, call] = Failure(kind[:80], message[:300])
                case {"note": [int(cell), "NotImplementedError", str()]}:
                    self.notes.setdefault(cell, "")  # a stub, of which its calls tell
                case {"note": [int(cell), str(kind), str()]}:
                    self.notes.setdefault(cell, f"A statement of your cell stops with {_error(kind)}")
        return last

    @staticmethod
    def _asked(job: dict[str, Any], ask: int, call: int) -> bool:
        return 0 <= ask < len(job["asks"]) and 0 <= call < len(job["asks"][ask]["calls"])

    def _answered(self, job: dict[str, Any]) -> list[int]:
        """The asks whose every call gave a value."""
        return [
            ask
            for ask, asked in enumerate(job["asks"])
            if all(
                (ask, call) in self.given and not isinstance(self.given[ask, call], Failure)
                for call in range(len(asked["calls"]))
            )
        ]

    def _blame(self, culprit: list[Any], ended: str, limits: Limits) -> None:
        why = (
            f"took more than {limits.statement:g} seconds; look for a loop without an end"
            if ended == "slow"
            else "ended the whole program; an answer returns a value, and needs little memory"
        )
        if culprit[0] == "ask":
            self.reasons[culprit[1]] = f"A call {why}."
        else:
            self.notes[culprit[1]] = f"A statement {why}."

    def _give_up(self, ended: str, limits: Limits) -> None:
        why = {
            "late": f"The notebook took more than {limits.wall:g} seconds; what came after that was not run.",
            "loud": "So much came out of the notebook that it was stopped.",
        }.get(ended, "The notebook ended the program that runs it, again and again.")
        self.remarks.append(why)

    def notes_of(self, sheet: Sheet, name: str) -> list[str]:
        """Errors of the cells that answer an item, where that may have cost it points."""
        return [
            note
            for cell, note in sorted(self.notes.items())
            if note and cell < len(sheet.owners) and sheet.owners[cell] == name
        ]


# ---------------------------------------------------------------- comparing

# What errors mean, in words; one that is not here counts as the nearest of which it is a kind.
MEANING = {
    "ArithmeticError": "a computation has no result as a number",
    "AttributeError": "a value has no part of that name",
    "ImportError": "answers are graded with NumPy alone",
    "IndexError": "a list has no place of that number",
    "KeyError": "a dictionary has no such key",
    "NameError": "a name is used before it has a value",
    "OverflowError": "a number is too large",
    "RecursionError": "a function calls itself without an end",
    "SyntaxError": "a line is not Python",
    "TypeError": "a value is not of the kind that an operation or a call can take",
    "ValueError": "a function refuses a value",
    "ZeroDivisionError": "a division by zero",
}
# What the runner calls an answer that is no numbers; a class of a student's own could be called anything.
NOT_PLAIN = {
    *("complex", "dict", "set", "function", "type", "object", "generator", "range", "map", "zip", "filter"),
    f"more than {runner.MOST} numbers",
    f"lists within lists, more than {runner.DEEPEST} deep",
}

COMPUTED = (
    "Refused. Why is told only of lines that your cell has as they are: write each whole, in quotes, "
    "after its name and an equals sign."
)


def _compare(item: Item, own: Sequence[tuple[int, Part, list[Any]]], run: Run, graded: Graded) -> None:
    """Compare what was given with the reference, part by part, and say which mistake it looks like."""
    same = sameness(item.precision)
    given = {
        part.name: [run.given.get((place, n), NOT_RUN) for n in range(len(calls))]
        for place, part, calls in own
    }
    calls = {part.name: inputs for _, part, inputs in own}
    right = {name: _answers(item.right, inputs) for name, inputs in calls.items()}
    graded.parts = {name: all(map(same, given[name], right[name])) for name in calls}
    graded.score = sum(part.points for part in item.parts if graded.parts[part.name])
    lost = [name for name, kept in graded.parts.items() if not kept]
    if not lost:
        return
    looks = {
        wrong.sentence: {
            name for name in calls if all(map(same, given[name], _answers(wrong.answer, calls[name])))
        }
        for wrong in item.wrongs
    }
    for sentence, where in looks.items():
        if where == set(calls):
            graded.messages.append(sentence)
            return
    told: dict[str, str] = {}
    for name in lost:
        known = next((sentence for sentence, where in looks.items() if name in where), None)
        told[name] = known or _complaint(item.name, given[name], right[name], same)
    if len(set(told.values())) == 1 and len(told) == len(calls):
        graded.messages.append(told[lost[0]])
    else:
        graded.messages += [f"{name}: {sentence}" for name, sentence in told.items()]


def sameness(precision: Precision) -> Callable[[Any, Any], bool]:
    """Whether what came out of the sandbox counts as the same as a result of ours."""

    def same(value: Any, right: Any) -> bool:
        if isinstance(right, Exception):
            return isinstance(value, Failure) and value.kind == type(right).__name__
        if isinstance(value, Failure):
            return False
        if isinstance(right, str):
            return isinstance(value, str) and value == right
        a, b = _numbers(value), _numbers(right.tolist() if hasattr(right, "tolist") else right)
        if a is None or b is None or a.shape != b.shape:
            return False
        pairs = zip(a.ravel().tolist(), b.ravel().tolist(), strict=True)
        return all(precision.same(x, y) or (x != x and y != y) for x, y in pairs)

    return same


def _answers(answer: Any, calls: Sequence[Any]) -> list[Any]:
    """What a reference or a wrong answer gives on each input; a value is itself."""
    if calls == [None]:
        return [answer]
    with np.errstate(all="ignore"):
        return [_result(answer, tuple(unpacked(call))) for call in calls]


def _numbers(value: Any) -> np.ndarray[Any, Any] | None:
    """The value as an array, where it is numbers and nothing else."""
    if not _is_numbers(value):
        return None
    try:
        return np.asarray(value, dtype=float)
    except (ValueError, OverflowError):
        return None


def _is_plain(value: Any, depth: int = 8) -> bool:
    """Whether a value is as the runner sends it, and not what something else wrote in its place."""
    if isinstance(value, list):
        return depth > 0 and all(_is_plain(one, depth - 1) for one in value)
    return value is None or isinstance(value, (bool, int, float, str))


def _is_numbers(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(map(_is_numbers, value))
    return isinstance(value, (int, float))


def _complaint(
    name: str, given: Sequence[Any], right: Sequence[Any], same: Callable[[Any, Any], bool]
) -> str:
    """What is wrong with the first result that is, without the result that is right."""
    for value, like in zip(given, right, strict=True):
        if same(value, like):
            continue
        if value is NOT_RUN:
            return "It came to no end."
        if isinstance(value, Failure):
            return _failed(value, name)
        if value is None:
            return "It gives None. Is a return missing?"
        if isinstance(like, Exception):
            return f"On one input it should stop with {type(like).__name__}, and it gives a value."
        numbers = None if isinstance(like, str) else _numbers(value)
        if isinstance(like, str):
            return (
                "It gives another word than the right one."
                if isinstance(value, str)
                else "A word in quotes is asked for."
            )
        if numbers is None:
            return "A number, or numbers, are asked for, and it gives something else."
        if numbers.shape != np.shape(like):
            return f"It gives {_shape(numbers.shape)}, in the place of {_shape(np.shape(like))}."
        if np.isnan(numbers).any():
            return "It gives nan: look for 0·log 0, or for infinity minus infinity."
        if np.isinf(like).any() and np.isfinite(numbers).all():
            return HIDDEN_INFINITY
    wrong = sum(not same(value, like) for value, like in zip(given, right, strict=True))
    return f"It is not right on {wrong} of {len(given)} inputs." if len(given) > 1 else "It is not right."


def _shape(shape: tuple[int, ...]) -> str:
    return "one number" if shape == () else f"{' × '.join(map(str, shape))} numbers"


def _failed(failure: Failure, name: str) -> str:
    if failure.kind == "MissingAnswer":
        return f"There is no {name}: its cell is missing, or stopped before it was made."
    if failure.kind == "NotImplementedError" or failure.message == "ellipsis":
        return "Not written yet."
    if failure.kind == "NotPlain":
        known = failure.message if failure.message in NOT_PLAIN else "something else"
        return f"Numbers, words, or lists of them are asked for, and it gives {known}."
    return f"It stops with {_error(failure.kind)}"


def _error(kind: str) -> str:
    """An error in words of ours: with words of its own it could tell the hidden inputs."""
    known = getattr(builtins, kind, None)
    if not (isinstance(known, type) and issubclass(known, BaseException)):
        return "an error that is not one of Python's own."
    meanings = [MEANING[base.__name__] for base in known.__mro__ if base.__name__ in MEANING]
    return f"{': '.join([kind, *meanings[:1]])}."


def _prove(item: ProofItem, problem_set: ProblemSet, given: Any, written: Any, graded: Graded) -> None:
    """Have the lines proved; a refusal quotes them, and lines that are computed could spell hidden inputs."""
    if given is None or isinstance(given, Failure):
        graded.messages.append(_failed(given, item.name) if given else "There is nothing to prove.")
        graded.parts = {"proof": False}
        return
    record = recorded(problem_set, item)
    verdict = prover.judge(record, given)  # type: ignore[arg-type]
    graded.parts, graded.score = {"proof": verdict.right}, item.points if verdict.right else 0.0
    if not verdict.right:
        quoted = verdict.message.startswith("Refused: ")
        graded.messages.append(COMPUTED if quoted and given != written else verdict.message)


def _for_a_person(item: PersonItem, sheet: Sheet) -> Graded:
    """What a person will read; where nothing was written, there is nothing to read."""
    cells = sheet.answers[item.name]
    answer = "\n\n".join(cell.source for cell in cells)
    graded = Graded(item.name, item.title, item.points, None, answer=answer)
    graded.pictures = [picture for cell in cells for picture in _pictures(cell)][:4]
    if item.name in sheet.missing:
        graded.answer = "*The cell of this item is not in what was handed in: look at the notebook itself.*"
        graded.messages = sheet.remarks_of(item.name)
    elif not answer.strip():
        graded.score = 0.0
        graded.messages = ["There is no answer."]
    return graded


def _pictures(cell: Cell) -> list[str]:
    """The PNG pictures among a cell's outputs, in base64."""
    found = []
    for output in cell.outputs:
        data = output.get("data") if isinstance(output, dict) else None
        picture = data.get("image/png") if isinstance(data, dict) else None
        picture = (
            "".join(picture)
            if isinstance(picture, list) and all(isinstance(x, str) for x in picture)
            else picture
        )
        if isinstance(picture, str) and len(picture) < 3_000_000:
            picture = re.sub(r"\s", "", picture)
            if re.fullmatch(r"iVBORw0KGgo[A-Za-z0-9+/]*={0,2}", picture):
                found.append(picture)
    return found
