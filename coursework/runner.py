"""What runs inside the sandbox: the student's cells, then calls of the answers. Standard library only.

The job comes on standard input, frames of JSON leave by standard output, one a line. No right answer is in
here, so a frame that was forged is worth what its numbers are worth.
"""

from __future__ import annotations

import ast
import gc
import json
import os
import resource
import sys
from collections.abc import Callable
from typing import Any

MAGICS = ("%", "!", "?")
LONGEST, MOST, DEEPEST = 10_000, 10_000, 8  # letters of a word, numbers of a list, lists within lists


class Runner:
    """One namespace, in which cells are executed statement by statement and answers are called."""

    def __init__(self, job: dict[str, Any], send: Callable[[Any], None]) -> None:
        self.job, self.send = job, send
        self.skipped = {tuple(place) for place in job["skip"]}
        self.failed: set[int] = set()
        # The instant check is for the notebook; here it says nothing.
        self.names = {"__name__": "__main__", "__builtins__": __builtins__, "check": lambda *_: None}

    def whole(self) -> None:
        """Run each cell, ask what is to be asked after it, and ask once more at the end what failed."""
        for number, source in enumerate(self.job["cells"]):
            self.cell(number, source)
            for ask in range(len(self.job["asks"])):
                if self.job["asks"][ask]["after"] == number:
                    self.answer(ask)
        for ask in sorted(self.failed):
            self.answer(ask)

    def cell(self, number: int, source: str) -> None:
        """Run a cell; a statement that fails is told, and the next one runs all the same."""
        try:
            statements = statements_of(source)
        except BaseException as error:
            self.send({"note": [number, *told(error)]})
            return
        for position, statement in enumerate(statements):
            if ("cell", number, position) in self.skipped:
                continue
            self.send({"at": ["cell", number, position]})
            try:
                exec(compile(ast.Module([statement], []), f"cell {number + 1}", "exec"), self.names)
            except BaseException as error:
                self.send({"note": [number, *told(error)]})

    def answer(self, ask: int) -> None:
        """Call an answer on its inputs, or look at a value; what stopped a run before is left out."""
        name, calls = self.job["asks"][ask]["name"], self.job["asks"][ask]["calls"]
        if ("ask", ask) in self.skipped:
            return
        self.failed.discard(ask)
        for number, arguments in enumerate(calls):
            self.send({"at": ["ask", ask]})
            try:
                if name not in self.names:
                    raise MissingAnswer(name)
                answer = self.names[name]
                given = answer if arguments is None else answer(*map(unpacked, arguments))  # type: ignore
                self.send({"value": [ask, number, plain(given)]})
            except BaseException as error:
                self.failed.add(ask)
                self.send({"error": [ask, number, *told(error)]})


class MissingAnswer(Exception):
    """The name that is asked for was never given a value."""


class NotPlain(Exception):
    """The answer is neither a number nor a word, nor a list of these."""


def statements_of(source: str) -> list[ast.stmt]:
    """The statements of a cell; lines that are IPython's own are left out where they are in the way."""
    try:
        return ast.parse(source).body
    except SyntaxError:
        lines = [
            " " * (len(line) - len(line.lstrip())) + "pass" if line.lstrip().startswith(MAGICS) else line
            for line in source.splitlines()
        ]
        return ast.parse("\n".join(lines)).body


def unpacked(argument: Any) -> Any:
    """An argument as the item gives it: an array is sent as the list that it holds."""
    if isinstance(argument, dict):
        import numpy

        return numpy.array(argument["array"], dtype=argument["dtype"])
    return [unpacked(one) for one in argument] if isinstance(argument, list) else argument


def plain(value: Any, budget: list[int] | None = None, depth: int = DEEPEST) -> Any:
    """A value as numbers, words and lists of them; whatever else it was stays here."""
    budget = [MOST] if budget is None else budget
    budget[0] -= 1
    if budget[0] < 0:
        raise NotPlain(f"more than {MOST} numbers")
    if value is None or type(value) is bool:
        return value
    if isinstance(value, str):
        return str.__str__(value)[:LONGEST]
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        if not depth:
            raise NotPlain(f"lists within lists, more than {DEEPEST} deep")
        return [plain(one, budget, depth - 1) for one in value]
    if isinstance(value, (dict, set, complex)) or callable(value):
        raise NotPlain(type(value).__name__)
    try:
        return float.__float__(float(value))
    except (TypeError, ValueError):
        raise NotPlain(type(value).__name__) from None


def told(error: BaseException) -> list[str]:
    """The kind of an error and what it says, both short, whatever its class does when it is asked."""
    try:
        return [type(error).__name__[:80], str(error)[:300]]
    except BaseException:
        return ["Error", ""]


def main() -> None:
    """Read the job, give up every right, run it, and leave at once."""
    job = json.load(sys.stdin)
    out = os.fdopen(os.dup(1), "w", encoding="ascii")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    for kind, most in (
        (resource.RLIMIT_AS, job["limits"]["memory"]),
        (resource.RLIMIT_CPU, job["limits"]["cpu"]),
        (resource.RLIMIT_FSIZE, 0),  # nothing is written
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(kind, (most, most))
    if job["user"] is not None:
        os.setgroups([])
        os.setgid(job["user"])
        os.setuid(job["user"])
    sys.path.insert(0, job["packages"])
    encode, write, flush = json.JSONEncoder().encode, out.write, out.flush

    def send(frame: Any) -> None:
        write(encode(frame) + "\n")
        flush()

    import numpy  # noqa: F401  so that the time it takes is not the student's

    os.dup2(null, 2)
    gc.freeze()
    send({"ready": True})
    Runner(job, send).whole()
    send({"end": True})
    os._exit(0)


if __name__ == "__main__":
    main()
