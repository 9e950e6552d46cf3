"""The instant check of a problem set, read from a file that has neither answers nor the code behind them."""

from __future__ import annotations

import dis
import hashlib
import inspect
import json
import math
import re
import sys
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from kltools.exercises._checking import (
    HIDDEN_INFINITY,
    Verdict,
    _call,
    _describe,
    _not_a_value,
    _result,
)

UNWRITTEN = "Not written yet: put your answer in the place of the three dots."


@dataclass(frozen=True)
class Precision:
    """When two numbers count as the same.

    Attributes
    ----------
    tolerance : float
        How far they may be apart, as a share of their size.
    absolute : float
        What counts as zero.
    decimals : int or None
        Where given, numbers are the same when they agree to this many decimals.
    """

    tolerance: float = 1e-7
    absolute: float = 1e-12
    decimals: int | None = None

    def written(self, number: float) -> str:
        """The number with the digits that count."""
        if not math.isfinite(number):
            return str(number)
        if self.decimals is not None:
            return f"{round(number, self.decimals) + 0.0:.{self.decimals}f}"
        if abs(number) <= self.absolute:
            return "0"
        return f"{number:.{max(0, round(-math.log10(self.tolerance)) - 1)}e}"

    def neighbours(self, number: float) -> set[str]:
        """How the number is written, and how those are that count as the same."""
        slack = 10.0**-self.decimals / 1e4 if self.decimals is not None else abs(number) * self.tolerance
        slack = slack if math.isfinite(number) else 0.0
        return {self.written(number + way * slack) for way in (-1, 0, 1)}

    def same(self, number: float, right: float) -> bool:
        """Whether a number counts as the right one."""
        if number == right:
            return True
        if not (math.isfinite(number) and math.isfinite(right)):
            return False
        if self.decimals is not None:
            return self.written(right) in self.neighbours(number)
        return abs(number - right) <= max(self.absolute, self.tolerance * abs(right))


@dataclass(frozen=True)
class Fingerprint:
    """A result that can be recognised and not be read: its shape, and a hash of each number or word."""

    shape: tuple[int, ...] | None  # None for a word or an error
    hashes: tuple[str, ...]

    @classmethod
    def of(cls, result: Any, salt: str, precision: Precision) -> Fingerprint:
        """Take the fingerprint of a number, a word, a list of numbers or an error."""
        if isinstance(result, (str, Exception)):
            return cls(None, (_hash(salt, 0, _kind_or_word(result)),))
        numbers = np.asarray(result, dtype=float)
        return cls(
            numbers.shape,
            tuple(
                _hash(salt, place, precision.written(x)) for place, x in enumerate(numbers.ravel().tolist())
            ),
        )

    def is_of(self, result: Any, salt: str, precision: Precision) -> bool:
        """Whether this is the fingerprint of a result that counts as the same."""
        if self.shape is None or isinstance(result, (str, Exception)):
            if not isinstance(result, (str, Exception)) or self.shape is not None:
                return False
            return self.hashes == (_hash(salt, 0, _kind_or_word(result)),)
        try:
            numbers = np.asarray(result, dtype=float)
        except (TypeError, ValueError):
            return False
        return numbers.shape == self.shape and all(
            any(_hash(salt, place, near) == known for near in precision.neighbours(x))
            for place, (x, known) in enumerate(zip(numbers.ravel().tolist(), self.hashes, strict=True))
        )


def _kind_or_word(result: str | Exception) -> str:
    return f"word {result}" if isinstance(result, str) else f"error {type(result).__name__}"


def _hash(*parts: object) -> str:
    return hashlib.sha256("\0".join(map(str, parts)).encode(errors="replace")).hexdigest()[:20]


# ---------------------------------------------------------------- arguments, as JSON


def packed(argument: Any) -> Any:
    """An argument as JSON: an array keeps that it is one."""
    if isinstance(argument, np.ndarray):
        return {"array": argument.tolist(), "dtype": str(argument.dtype)}
    if isinstance(argument, np.generic):
        return argument.item()
    return [packed(one) for one in argument] if isinstance(argument, (list, tuple)) else argument


def unpacked(argument: Any) -> Any:
    """The argument that was packed, made anew."""
    if isinstance(argument, dict):
        return np.array(argument["array"], dtype=argument["dtype"])
    return [unpacked(one) for one in argument] if isinstance(argument, list) else argument


# ---------------------------------------------------------------- what a set recorded


@dataclass(frozen=True)
class RecordedItem:
    """An item as its set recorded it: public inputs, fingerprints of right results and of known mistakes."""

    name: str
    salt: str
    precision: Precision
    inputs: tuple[list[Any], ...] | None  # None where a value is asked for
    right: tuple[Fingerprint, ...]
    mistakes: tuple[tuple[tuple[Fingerprint, ...], str], ...]
    word: bool = False
    note: str = ""

    @classmethod
    def record(
        cls,
        name: str,
        salt: str,
        precision: Precision,
        right: Any,
        tried: Sequence[tuple[Any, ...]],
        mistakes: Sequence[tuple[Any, str]],
        note: str = "",
    ) -> RecordedItem:
        """Run the reference and the known mistakes on the public inputs, and keep the fingerprints alone."""
        inputs = tuple(packed(arguments) for arguments in tried) if callable(right) else None

        def prints(answer: Any) -> tuple[Fingerprint, ...]:
            results = _results(answer, inputs)
            return tuple(
                Fingerprint.of(result, f"{salt}/{name}/{place}", precision)
                for place, result in enumerate(results)
            )

        return cls(
            name,
            salt,
            precision,
            inputs,
            prints(right),
            tuple((prints(answer), sentence) for answer, sentence in mistakes),
            isinstance(right, str),
            note,
        )

    def judge(self, answer: Any) -> Verdict:
        """Compare an answer with what was recorded."""
        if answer is ...:
            return Verdict(False, UNWRITTEN)
        if self.inputs is not None and not callable(answer):
            return Verdict(False, f"Not yet: a function is asked for, and this is a {type(answer).__name__}.")
        results = _results(answer, self.inputs)
        for result in results:
            if isinstance(result, NotImplementedError):
                return Verdict(False, f"Not written yet: {result}.")
        if self._are(self.right, results):
            on_all = "" if self.inputs is None else f" on all {len(self.inputs)} inputs"
            return Verdict(True, f"Right{on_all}. {self.note}".rstrip())
        for recorded, sentence in self.mistakes:
            if self._are(recorded, results):
                return Verdict(False, f"Not yet. {sentence}")
        return Verdict(False, f"Not yet: {self._complaint(results)}")

    def _are(self, recorded: Sequence[Fingerprint], results: Sequence[Any]) -> bool:
        return all(
            known.is_of(result, f"{self.salt}/{self.name}/{place}", self.precision)
            for place, (known, result) in enumerate(zip(recorded, results, strict=True))
        )

    def _complaint(self, results: Sequence[Any]) -> str:
        """What is wrong with the first result that is."""
        for place, (known, result) in enumerate(zip(self.right, results, strict=True)):
            salt = f"{self.salt}/{self.name}/{place}"
            if known.is_of(result, salt, self.precision):
                continue
            on = "" if self.inputs is None else f"on {_call(tuple(unpacked(self.inputs[place])))}, "
            if isinstance(result, Exception):
                return f"{on}it stops with {_describe(result)}."
            like: Any = "" if self.word else np.zeros(known.shape or ())
            if (complaint := _not_a_value(result, like)) is not None:
                return on + complaint
            infinite = Fingerprint.of(np.full(known.shape or (), math.inf), salt, self.precision)
            if not self.word and set(infinite.hashes) & set(known.hashes) and np.isfinite(result).all():
                return f"{on}it gives {result}. {HIDDEN_INFINITY}"
            return f"{on}it gives {result}, which is not right."
        raise AssertionError("the answers differ, and no difference was found")

    def to_json(self) -> dict[str, Any]:
        """What goes into the file of the set."""
        return {
            "kind": "word" if self.word else "value" if self.inputs is None else "function",
            "precision": [self.precision.tolerance, self.precision.absolute, self.precision.decimals],
            "inputs": self.inputs,
            "right": [[one.shape, one.hashes] for one in self.right],
            "mistakes": [
                {"results": [[one.shape, one.hashes] for one in results], "sentence": sentence}
                for results, sentence in self.mistakes
            ],
            "note": self.note,
        }

    @classmethod
    def from_json(cls, name: str, salt: str, record: dict[str, Any]) -> RecordedItem:
        """Read what `to_json` wrote."""

        def prints(results: Any) -> tuple[Fingerprint, ...]:
            return tuple(
                Fingerprint(None if shape is None else tuple(shape), tuple(hashes))
                for shape, hashes in results
            )

        return cls(
            name,
            salt,
            Precision(*record["precision"]),
            None if record["inputs"] is None else tuple(record["inputs"]),
            prints(record["right"]),
            tuple((prints(mistake["results"]), mistake["sentence"]) for mistake in record["mistakes"]),
            record["kind"] == "word",
            record["note"],
        )


def _results(answer: Any, inputs: Sequence[Any] | None) -> list[Any]:
    """What an answer gives on each input, made anew for each; a value is itself."""
    if inputs is None:
        return [answer]
    return [_result(answer, tuple(unpacked(arguments))) for arguments in inputs]


# ---------------------------------------------------------------- derivations


@dataclass(frozen=True)
class RecordedProof:
    """A derivation with missing lines, as text: what is given is no secret, and what is missing is proved.

    `steps` has for each line after the first: the line or None, the reason, the relation, and None or the
    weight and the x of ln x ≤ x − 1.
    """

    name: str
    start: str
    steps: tuple[tuple[str | None, str, str, tuple[str, str] | None], ...]
    letters: str
    normalized: str
    given: tuple[str, ...]
    form: tuple[str, str]
    mistakes: tuple[tuple[tuple[str, ...], str], ...] = ()
    note: str = ""

    @property
    def missing(self) -> int:
        """How many lines are asked for."""
        return sum(line is None for line, *_ in self.steps)

    def judge(self, answer: Any) -> Verdict:
        """Read the lines, have the derivation proved with them, and see that they say something new."""
        if answer is ... or (isinstance(answer, (list, tuple)) and any(line is ... for line in answer)):
            return Verdict(False, UNWRITTEN)
        lines = [answer] if isinstance(answer, str) else answer
        if not isinstance(lines, (list, tuple)) or not all(isinstance(line, str) for line in lines):
            return Verdict(False, f"Not yet: {self._asked()}, and this is something else.")
        if len(lines) != self.missing:
            return Verdict(False, f"Not yet: {self._asked()}, and there {_are(len(lines))}.")

        from kltools.derivations import DerivationError

        try:
            expressions = [self._read(line) for line in lines]
            for wrong, sentence in self.mistakes:
                if expressions == [self._read(line) for line in wrong]:
                    return Verdict(False, f"Refused. {sentence}")
            self._prove(expressions)
        except DerivationError as refusal:
            return Verdict(False, f"Refused: {refusal}")
        form, sentence = self.form
        given = [self._read(line) for line in (self.start, *(line for line, *_ in self.steps)) if line]
        if any(line in given for line in expressions) or len(set(expressions)) < len(expressions):
            return Verdict(False, "Not yet: the line is true, and it repeats another one.")
        if not all(FORMS[form](line) for line in expressions):
            return Verdict(False, f"Not yet: the line is true. {sentence}")
        return Verdict(True, f"Proved. {self.note}".rstrip())

    def _asked(self) -> str:
        return (
            "a line in quotes is asked for"
            if self.missing == 1
            else f"a list of {self.missing} lines is asked for"
        )

    def _prove(self, lines: Sequence[Any]) -> None:
        from kltools.derivations import Derivation, Eq, Sum, normalized, tangent

        tables = self._tables()
        given = [*normalized(*(tables[name] for name in self.normalized.split()))]
        for equation in self.given:
            left, right = equation.split("=")
            given += [Eq(self._read(left), self._read(right), evaluate=False)]
        derivation, missing = Derivation(self._read(self.start), given=given), iter(lines)
        for line, reason, relation, lemma in self.steps:
            expression = next(missing) if line is None else self._read(line)
            by = Sum(self._read(lemma[0]) * tangent(self._read(lemma[1]))) if lemma else None
            if relation == "=":
                derivation = derivation.equals(expression, reason)
            else:
                step = derivation.at_least if relation == "≥" else derivation.at_most
                derivation = step(expression, reason, by=by)

    def _read(self, line: str) -> Any:
        from kltools.derivations import JSD, KL, H, J, parse

        return parse(line, *self._tables().values(), KL, H, JSD, J)

    def _tables(self) -> dict[str, Any]:
        from kltools.derivations import i, j, k, positive

        indices = {"i": i, "j": j, "k": k}
        tables = {}
        for name, over in re.findall(r"(\w+)(?:\(([\w, ]*)\))?", self.letters):
            letters = tuple(indices[index] for index in re.findall(r"\w", over)) or (i,)
            tables[name] = positive(name, over=letters)
        return tables

    def to_json(self) -> dict[str, Any]:
        """What goes into the file of the set."""
        return {
            "kind": "proof",
            "start": self.start,
            "steps": self.steps,
            "letters": self.letters,
            "normalized": self.normalized,
            "given": self.given,
            "form": self.form,
            "mistakes": self.mistakes,
            "note": self.note,
        }

    @classmethod
    def from_json(cls, name: str, _: str, record: dict[str, Any]) -> RecordedProof:
        """Read what `to_json` wrote."""
        return cls(
            name,
            record["start"],
            tuple(
                (line, reason, relation, None if lemma is None else (lemma[0], lemma[1]))
                for line, reason, relation, lemma in record["steps"]
            ),
            record["letters"],
            record["normalized"],
            tuple(record["given"]),
            (record["form"][0], record["form"][1]),
            tuple((tuple(lines), sentence) for lines, sentence in record["mistakes"]),
            record["note"],
        )


def _are(number: int) -> str:
    return "is 1" if number == 1 else f"are {number}"


def _one_sum(line: Any) -> bool:
    from kltools.derivations import Sum

    return isinstance(line, Sum) or isinstance(-line, Sum)


def _logarithms(line: Any) -> Iterator[Any]:
    import sympy

    return (logarithm.args[0] for logarithm in line.atoms(sympy.log))


def _opened(line: Any) -> bool:
    return not any(argument.is_Mul or argument.is_Pow for argument in _logarithms(line))


def _named(line: Any) -> bool:
    from kltools.derivations.expressions import Named

    return bool(line.atoms(Named))


FORMS: dict[str, Callable[[Any], bool]] = {
    "another": lambda _: True,
    "one sum": _one_sum,
    "opened logarithms": _opened,
    "named quantities": _named,
    "no named quantity": lambda line: not _named(line),
}


# ---------------------------------------------------------------- the file of a set

GRADED_WITH = frozenset({"numpy", "__main__", *sys.stdlib_module_names})


def package_beyond(known: Set[str], answer: Any) -> str | None:
    """Return a package beyond those that are known, if a function uses one, itself or through its helpers."""
    waiting, seen = [answer], set()
    while waiting:
        used = waiting.pop()
        package = getattr(used, "__name__" if inspect.ismodule(used) else "__module__", None) or "__main__"
        if (root := package.partition(".")[0]) not in known:
            return root
        if inspect.isfunction(used) and used not in seen and root == "__main__":
            seen.add(used)
            waiting += _used_by(used)
    return None


def _used_by(function: FunctionType) -> Iterator[Any]:
    """What a function takes from around it, and the modules that it imports."""
    codes = [function.__code__]
    for code in codes:
        codes += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
        for step in dis.get_instructions(code):
            if step.opname == "IMPORT_NAME":
                yield ModuleType(step.argval)
            elif step.opname == "LOAD_GLOBAL":
                yield function.__globals__.get(step.argval)
    yield from (cell.cell_contents for cell in function.__closure__ or ())


def load_set(path: str | Path) -> Callable[[str, Any], Verdict]:
    """Read the instant checks of a problem set.

    Parameters
    ----------
    path : str or Path
        The file that came with the set's notebook, as "entropy.json".

    Returns
    -------
    callable
        The `check(name, answer)` of that set.

    Raises
    ------
    ValueError
        If the file is not there, or is no such file; and from `check`, if the set has no item of that name.

    Examples
    --------
    The file has to be beside the notebook; then ``check("my_entropy", my_entropy)`` says what is wrong.

    >>> check = load_set("entropy.json")
    Traceback (most recent call last):
    ValueError: entropy.json is not here; keep it in the folder of the notebook that it came with
    """
    path = Path(path)
    try:
        contents = json.loads(path.read_text(encoding="utf-8"))
        salt, records = contents["set"], contents["items"]
    except FileNotFoundError:
        raise ValueError(
            f"{path.name} is not here; keep it in the folder of the notebook that it came with"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise ValueError(
            f"{path.name} is not the file of a problem set; take it anew from where you had it"
        ) from None
    kinds: dict[str, Any] = {"proof": RecordedProof}
    items = {
        name: kinds.get(record["kind"], RecordedItem).from_json(name, salt, record)
        for name, record in records.items()
    }

    def check(name: str, answer: Any) -> Verdict:
        """Check an answer to an item of this set."""
        if name not in items:
            near = get_close_matches(name, items, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(items)}"
            raise ValueError(f"no item of this set is called {name!r}; {hint}")
        verdict: Verdict = items[name].judge(answer)
        if verdict and (package := package_beyond(GRADED_WITH, answer)):
            return Verdict(False, f"Right here. But it uses {package}, which the grader has not.")
        return verdict

    return check
