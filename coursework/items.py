"""What a problem set asks, and what it is graded against.

A set is a folder with two files. `notebook.py` is the notebook as py:percent text. In it a cell says which
item it answers, with the item's name in its metadata, and a cell that begins with `check("name"` is the
instant check of that item; all else that nbgrader wants to know is added by `coursework.sources`:

    # %% item="my_entropy"
    def my_entropy(p):
        ### BEGIN SOLUTION
        return float(-np.sum(p * np.log(p)))
        ### END SOLUTION

    # %%
    check("my_entropy", my_entropy)

    # %% [markdown] item="why_not_a_metric"
    # ### BEGIN SOLUTION
    # It is not symmetric.
    # ### END SOLUTION

`items.py` has the points, the references and the wrong answers, and never reaches a student:

    TITLE = "Entropy"
    ITEMS: tuple[AnyItem, ...] = (Item(...), ProofItem(...), PersonItem(...))
"""

from __future__ import annotations

import hashlib
import hmac
import importlib.util
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from kltools.exercises._sets import Precision

SETS = Path(__file__).parent / "sets"

Inputs = list[tuple[Any, ...]]


class SetError(Exception):
    """A problem set, a folder or a submission that cannot be used; the message says what to do."""


def once(_: np.random.Generator) -> Inputs:
    """The hidden input of a value: it is looked at once."""
    return [()]


@dataclass(frozen=True)
class Part:
    """Points of an item that stand or fall together.

    Parameters
    ----------
    name : str
        What is tested: "zeros", "direction".
    points : float
        What it is worth.
    draw : callable
        Hidden inputs: a list of tuples of arguments, drawn anew for each student. Arguments are numbers,
        words, lists and arrays. A value needs none.
    tried : sequence of tuple
        Public inputs of the same kind, on which `check` tries the answer in the notebook.
    """

    name: str
    points: float
    draw: Callable[[np.random.Generator], Inputs] = once
    tried: tuple[tuple[Any, ...], ...] = ()


@dataclass(frozen=True)
class Wrong:
    """An answer that people really give.

    Parameters
    ----------
    answer : object
        Of the same shape as the right answer: a function of the same arguments, a value, or a line of a proof
        (a str; a tuple of them where several are missing).
    sentence : str
        The feedback.
    loses : sequence of str
        The names of the parts that it loses, all of them and no other. Every wrong line of a proof loses
        "proof".
    """

    answer: Any
    sentence: str
    loses: tuple[str, ...] = ("proof",)


@dataclass(frozen=True)
class Item:
    """A function or a value that is computed with NumPy alone.

    Parameters
    ----------
    name : str
        The function or variable asked for, the metadata of its cell, and the name that `check` is given.
    title : str
        As the report and the feedback show it.
    parts : sequence of Part
        One where a value is asked for.
    right : object
        The reference: a function where a function is asked for, else the value.
    wrongs : sequence of Wrong
        The first whose results are the student's, on every input, is named in the feedback.
    tolerance : float
        How far a number may be from the reference, as a share of it.
    absolute : float
        How far it may be in any case.
    decimals : int or None
        Where given, numbers are right when they agree to this many decimals.
    note : str
        A sentence that follows "Right.".
    """

    name: str
    title: str
    parts: tuple[Part, ...]
    right: Any
    wrongs: tuple[Wrong, ...] = ()
    tolerance: float = 1e-7
    absolute: float = 1e-12
    decimals: int | None = None
    note: str = ""

    @property
    def precision(self) -> Precision:
        """When a number counts as the right one."""
        return Precision(self.tolerance, self.absolute, self.decimals)

    @property
    def points(self) -> float:
        """The points of all parts."""
        return sum(part.points for part in self.parts)

    @property
    def tried(self) -> Inputs:
        """The public inputs of all parts; a value is looked at once."""
        return [inputs for part in self.parts for inputs in part.tried] if callable(self.right) else [()]


@dataclass(frozen=True)
class Step:
    """A line of a derivation after the first, in the notation of `kltools.derivations`.

    Parameters
    ----------
    line : str or None
        The line, as in "Sum(p * ln(p / q))"; None where the student writes it.
    reason : str
        Why it follows.
    relation : {"=", "≥", "≤"}
        How the line above compares with it.
    tangent : (str, str) or None
        Where the step rests on ln x ≤ x − 1: the weight and x, so that ("p", "q / p") is
        p ln(q/p) ≤ p (q/p − 1), summed up.
    """

    line: str | None
    reason: str = "your line"
    relation: str = "="
    tangent: tuple[str, str] | None = None


@dataclass(frozen=True)
class ProofItem:
    """A derivation with missing lines: the student gives a str, or a list of them where several are missing.

    Parameters
    ----------
    name, title, points, wrongs, note
        As for `Item`; there is one part, called "proof".
    start : str
        The first line, as in "KL(p, q)".
    steps : sequence of Step
        The others.
    right : tuple of str
        The missing lines.
    letters : str
        The tables of positive numbers that lines are about; "p r(j) w(i, j)" where the index is not i alone.
    normalized : str
        Those that sum to 1.
    given : tuple of str
        What else is given, as "m = (p + q) / 2".
    form : (str, str)
        What a missing line must be besides true, by its name in `FORMS` of `kltools.exercises._sets`, and the
        sentence that says so. A line that repeats a given one is no answer in any case.
    """

    name: str
    title: str
    points: float
    start: str
    steps: tuple[Step, ...]
    right: tuple[str, ...]
    letters: str = "p q"
    normalized: str = ""
    given: tuple[str, ...] = ()
    form: tuple[str, str] = ("another", "It repeats a line that is given.")
    wrongs: tuple[Wrong, ...] = ()
    note: str = ""

    @property
    def parts(self) -> tuple[Part, ...]:
        """The one part that all lines make."""
        return (Part("proof", self.points),)


@dataclass(frozen=True)
class PersonItem:
    """Words or a plot, which a person reads in formgrader.

    Parameters
    ----------
    name, title
        As for `Item`.
    rubric : sequence of (float, str)
        What each thing that an answer should show is worth.
    """

    name: str
    title: str
    rubric: tuple[tuple[float, str], ...]

    @property
    def points(self) -> float:
        """The points of the whole rubric."""
        return sum(points for points, _ in self.rubric)


AnyItem = Item | ProofItem | PersonItem


@dataclass(frozen=True)
class ProblemSet:
    """A loaded set.

    Attributes
    ----------
    name, title : str
        The folder's name, and the title as students see it.
    folder : Path
        Where `notebook.py` and `items.py` are.
    items : tuple of items
        In the order of the notebook.
    """

    name: str
    title: str
    folder: Path
    items: tuple[AnyItem, ...] = field(repr=False)

    @property
    def points(self) -> float:
        """The points of the whole set."""
        return sum(item.points for item in self.items)

    def __iter__(self) -> Iterator[AnyItem]:
        return iter(self.items)

    def __getitem__(self, name: str) -> AnyItem:
        return next(item for item in self.items if item.name == name)

    @cached_property
    def digest(self) -> str:
        """What the set is, as a fingerprint of its files: a set that was changed grades anew."""
        whole = hashlib.sha256()
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                whole.update(path.relative_to(self.folder).as_posix().encode() + b"\0" + path.read_bytes())
        return whole.hexdigest()


def draws(secret: bytes, problem_set: str, student: str, item: str, part: Part) -> Inputs:
    """The hidden inputs of a part for one student: always the same, and unknown without the secret."""
    message = "\0".join((problem_set, student, item, part.name)).encode()
    seed = int.from_bytes(hmac.digest(secret, message, hashlib.sha256), "big")
    return part.draw(np.random.default_rng(seed))


def find(name: str, folders: Sequence[Path] = ()) -> Path:
    """The folder of a set: a path to it, or its name in one of `folders` or among the course's own."""
    places = [Path(name), *(folder / name for folder in folders), SETS / name]
    for place in places:
        if (place / "items.py").is_file() and (place / "notebook.py").is_file():
            return place.resolve()
    known = sorted({path.parent.name for folder in (*folders, SETS) for path in folder.glob("*/items.py")})
    raise SetError(
        f"There is no set {name!r}: give the path to a folder with notebook.py and items.py"
        + (f", or one of {', '.join(known)}." if known else ".")
    )


def load(name: str, folders: Sequence[Path] = ()) -> ProblemSet:
    """Load a set by its name or its path, and refuse one that contradicts itself.

    Raises
    ------
    SetError
        With a sentence that says what to mend.
    """
    folder = find(name, folders)
    module = _module(folder)
    items = tuple(getattr(module, "ITEMS", ()))
    problem_set = ProblemSet(folder.name, getattr(module, "TITLE", folder.name), folder, items)
    complaints = list(_complaints(problem_set))
    if complaints:
        raise SetError(f"The set {folder.name} cannot be used: {'; '.join(complaints)}.")
    return problem_set


def _module(folder: Path) -> ModuleType:
    specification = importlib.util.spec_from_file_location(
        f"coursework_set_{folder.name}", folder / "items.py"
    )
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    try:
        specification.loader.exec_module(module)
    except Exception as error:
        raise SetError(f"{folder / 'items.py'} stops with {type(error).__name__}: {error}.") from error
    return module


def _complaints(problem_set: ProblemSet) -> Iterator[str]:
    """What is wrong with a set, in words."""
    if not problem_set.items:
        yield "items.py lists no ITEMS"
    for name, number in Counter(item.name for item in problem_set).items():
        if number > 1:
            yield f"{number} items are called {name}"
        if not name.isidentifier():
            yield f"{name!r} cannot be the name of a variable"
    for item in problem_set:
        if item.points <= 0:
            yield f"{item.name} has no points"
        if isinstance(item, PersonItem):
            continue
        names = [part.name for part in item.parts]
        if len(set(names)) < len(names):
            yield f"two parts of {item.name} have one name"
        for wrong in item.wrongs:
            if not wrong.loses or not set(wrong.loses) <= set(names):
                yield f"a wrong answer of {item.name} loses {wrong.loses}; its parts are {', '.join(names)}"
        if isinstance(item, Item) and callable(item.right):
            yield from (
                f"{item.name}, {part.name}: give hidden inputs (draw)"
                for part in item.parts
                if part.draw is once
            )
            if not item.tried:
                yield f"{item.name} has no public inputs (tried) for its check"
        elif len(names) != 1:
            yield f"{item.name} is a value, and has {len(names)} parts in the place of one"
