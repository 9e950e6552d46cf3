"""Proves students' lines in a process of its own, which is ended when a line takes too long.

A line comes out of the sandbox as text, and is read without being run. This guards against lines that are
hard to prove, not against code.
"""

from __future__ import annotations

import json
import resource
import select
import subprocess
import sys
import threading
from collections import OrderedDict
from contextlib import suppress
from typing import Any

from kltools.exercises import Verdict
from kltools.exercises._sets import RecordedProof

SECONDS, START, MEMORY = 15, 120, 2 << 30
TOO_LONG = "The prover came to no end with it: write it more plainly."


class Prover:
    """A prover that is started when it is first needed, and remembers what it has proved."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._known: OrderedDict[str, Verdict] = OrderedDict()

    def judge(self, item: RecordedProof, lines: Any) -> Verdict:
        """What `RecordedProof.judge` says of the lines, within the time that a line may take."""
        question = json.dumps([item.name, item.to_json(), lines])
        if question not in self._known:
            self._known[question] = self._ask(question)
            if len(self._known) > 1000:
                self._known.popitem(last=False)
        return self._known[question]

    def _ask(self, question: str) -> Verdict:
        if self._process is None or self._process.poll() is not None:
            self._start()
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(question.encode() + b"\n")
            self._process.stdin.flush()
            right, message = json.loads(self._answer(SECONDS))
        except (OSError, ValueError):
            self.close()
            return Verdict(False, TOO_LONG)
        return Verdict(right, message)

    def _start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "coursework.prover"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._answer(START)  # it is ready

    def _answer(self, seconds: float) -> bytes:
        """A line of what the process says, or nothing where it takes too long."""
        assert self._process is not None
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], seconds)[0]:
            return b""
        return self._process.stdout.readline()

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                with suppress(OSError):
                    if stream is not None:
                        stream.close()
            self._process = None

    def __del__(self) -> None:
        self.close()


_OF_THREAD = threading.local()


def judge(item: RecordedProof, lines: Any) -> Verdict:
    """Have lines proved, by the one prover of this thread."""
    if not hasattr(_OF_THREAD, "prover"):
        _OF_THREAD.prover = Prover()
    verdict: Verdict = _OF_THREAD.prover.judge(item, lines)
    return verdict


def main() -> None:
    """Answer each line of standard input with a line."""
    from kltools import derivations

    derivations.ln(2)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    print("ready", flush=True)
    for question in sys.stdin:
        name, record, lines = json.loads(question)
        try:
            verdict = RecordedProof.from_json(name, "", record).judge(lines)
        except (RecursionError, MemoryError, ArithmeticError, TypeError, ValueError, AttributeError) as error:
            verdict = Verdict(False, f"The prover cannot make sense of it ({type(error).__name__}).")
        print(json.dumps([verdict.right, verdict.message]), flush=True)


if __name__ == "__main__":
    main()
