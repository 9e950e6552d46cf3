"""Ask a library, and write down what it says.

`python -m libraries.asking` asks every question, in an environment that has every library, and
prints the record as JSON.
"""

from __future__ import annotations

import datetime
import json
import math
import os
import platform
import sys
import textwrap
import warnings
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import TypeAlias

import numpy as np

from libraries.questions import SETUPS, Call, Case, questions

Value: TypeAlias = float | str | list["Value"]  # a string for inf, −inf and nan, which JSON does not know

PACKAGES = ("dit", "jax", "keras", "numpy", "scikit-learn", "scipy", "torch")


@dataclass(frozen=True)
class Answer:
    """What a call did: its value or its error, and the warning that came with it."""

    value: Value | None = None
    error: str = ""
    warning: str = ""

    @property
    def numbers(self) -> np.ndarray:
        """The value as an array, of no dimension when it is one number."""
        return np.array(self.value, dtype=float)


def ask(case: Case, call: Call) -> Answer:
    """Run a call on the inputs of a case."""
    p, q = case.arrays
    names: dict[str, object] = {"p": p, "q": q}
    value, error = None, ""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec(SETUPS[call.library], names)
            value = written(np.asarray(eval(call.code, names)).tolist())
        except Exception as refusal:  # whatever a library refuses with is its answer
            error = opening(refusal)
    # A deprecation speaks of the library's future, not of these inputs.
    said = [w.message for w in caught if not issubclass(w.category, DeprecationWarning | FutureWarning)]
    return Answer(value, error, opening(said[0]) if said else "")


def written(value: float | list) -> Value:
    """Write a number, or a list of them, in the way of the record."""
    if isinstance(value, list):
        return [written(part) for part in value]
    return float(value) if math.isfinite(value) else str(float(value))


def opening(problem: Exception | Warning) -> str:
    """Name an exception or a warning, with the beginning of what it says."""
    return f"{type(problem).__name__}: {textwrap.shorten(str(problem), 100, placeholder=' …')}"


def brief(answer: Answer) -> dict | Value | None:
    """Return the value alone where there is nothing else to say."""
    filled = {key: part for key, part in asdict(answer).items() if part not in (None, "")}
    return answer.value if list(filled) == ["value"] else filled


def record() -> dict:
    """Ask everything, and note when, where and of what."""
    answers: dict[str, dict[str, dict]] = {}
    for case, call in questions():
        answers.setdefault(case.name, {}).setdefault(call.library, {})[call.code] = brief(ask(case, call))
    return {
        "date": datetime.date.today().isoformat(),
        "platform": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        # The local part of a version tells how a build was made (+cpu): not which code it is.
        "versions": {package: version(package).partition("+")[0] for package in PACKAGES},
        "answers": answers,
    }


if __name__ == "__main__":
    os.environ["KERAS_BACKEND"] = "jax"
    json.dump(record(), sys.stdout, indent=1, ensure_ascii=False, allow_nan=False)
