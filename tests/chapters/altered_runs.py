"""Altered runs: what the suite shows when one thing in a chapter or a page is changed.

A chapter is run once. At each cell its outputs and literals are altered where they stand, and for
each alteration of the code a child is forked that runs the altered cell and those after it until
something differs from what is stored: nbval's own comparison for outputs, and the checker of
literals for prose.
"""

import ast
import gc
import os
import signal
import traceback
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from nbval.plugin import IPyNbCell, IPyNbFile, coalesce_streams

from tests.chapters.alterations import Excuse, alterations, altered_literals, altered_outputs, excuses
from tests.chapters.conftest import Tally
from tests.chapters.literals import Comment, Evaluator, block_start, bound, comments, problems
from tests.chapters.notebooks import Run, Shell, places, read, shell
from tests.chapters.proofs import page_literals, prose
from tests.chapters.rules import only_comparable_outputs

PATIENCE = 5  # seconds of processor time, beyond three times what an unaltered chapter takes


class Colour(IntEnum):
    """What the suite shows of an altered chapter; a child process answers with it."""

    GREEN = 0
    RED = 1
    SLOW = 2  # it runs on and on, which nobody overlooks either
    BROKEN = 3  # not the chapter failed, but this test


@dataclass(frozen=True)
class Outcome:
    """What became of one alteration."""

    what: str
    where: str
    change: str
    colour: Colour
    excused: bool = False

    @property
    def survived(self) -> bool:
        return self.colour is Colour.GREEN

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: {self.change}"


def red(is_red: bool) -> Colour:
    return Colour.RED if is_red else Colour.GREEN


class Proof:
    """A chapter that runs, with nbval's cells beside its own."""

    def __init__(self, path: Path, session: pytest.Session, running: Shell) -> None:
        self.path, self.shell, self.time_limit, self.time_taken = path, running, 60.0 * PATIENCE, 0.0
        assert not session.config.option.nbval_sanitize_with, "outputs are compared as they are"
        notebook = read(path)
        self.cells = list(places(path, notebook))
        judges = IPyNbFile.from_parent(session, path=path).collect()
        self.judges = [next(judges) if cell.cell_type == "code" else None for _, cell in self.cells]
        for judge in filter(None, self.judges):
            # The verdict alone: a diff of two drawings takes minutes.
            judge.format_output_compare = lambda *_: None

    def step(self, index: int, instead: ast.AST | None = None) -> tuple[list[str], Run | None]:
        """Do what the suite does with a cell, and list what it complains of."""
        (where, cell), judge, run = self.cells[index], self.judges[index], None
        if judge is not None:
            run = self.shell.run(cell.source, instead)
            if run.raised and not judge.options["check_exception"]:
                return [f"raises {run.raised}"], run
            if not same_outputs(judge, merged(run.outputs), cell.outputs):
                return ["its outputs are not the stored ones"], run
        evaluate = Evaluator(self.shell.user_ns)
        return [problem for _, text in prose(where, cell) for problem in problems(text, evaluate)], run

    def colour(self, index: int, instead: ast.AST | None) -> Colour:
        """Run the rest of the chapter, its cell at ``index`` altered, in a child."""
        if (child := os.fork()) == 0:
            self._answer(index, instead)
        _, status, used = os.wait4(child, 0)
        self.time_taken = used.ru_utime + used.ru_stime
        if os.WIFSIGNALED(status):
            return Colour.SLOW if os.WTERMSIG(status) == signal.SIGPROF else Colour.RED
        colour = Colour(os.WEXITSTATUS(status))
        assert colour is not Colour.BROKEN, f"{self.cells[index][0]}: the error of this test is on stderr"
        return colour

    def _answer(self, index: int, instead: ast.AST | None) -> None:
        answer = Colour.BROKEN
        try:
            gc.disable()  # a collection would copy every page that the child shares with its parent
            # Time of the processor, not of the clock: a busy machine stops nobody.
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_PROF, self.time_limit)
            later = (self.step(i)[0] for i in range(index + 1, len(self.cells)))
            answer = red(bool(self.step(index, instead)[0]) or any(later))
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(answer)

    def run(self) -> None:
        """Run the chapter unaltered, here: it has to be green, and what it imports stays for the children."""
        for index, (where, _) in enumerate(self.cells):
            wrong, _ = self.step(index)
            assert not wrong, f"{where}: is red before anything is altered: {wrong}"

    def outcomes(self) -> Iterator[Outcome]:
        """Alter everything, cell by cell, on the way through the chapter."""
        unaltered = self.colour(0, None)
        assert unaltered is Colour.GREEN, f"{self.path.name}: is red in a child, and was green here"
        self.time_limit = PATIENCE + 3 * self.time_taken
        for index, (where, cell) in enumerate(self.cells):
            if self.judges[index] is not None:
                yield from self._code(index)
            _, run = self.step(index)
            if run is not None:
                yield from self._stored_outputs(index, run)
            evaluate = Evaluator(self.shell.user_ns)
            for name, text in prose(where, cell):
                yield from literals(name, text, lambda _, evaluate=evaluate: evaluate)

    def _code(self, index: int) -> Iterator[Outcome]:
        where, cell = self.cells[index]
        source = self.shell.transform_cell(cell.source)
        yield from judged("code", where, source, "exec", lambda tree: self.colour(index, tree), excuses(cell))

    def _stored_outputs(self, index: int, run: Run) -> Iterator[Outcome]:
        (where, cell), judge = self.cells[index], self.judges[index]
        fresh = merged(run.outputs)
        for place, output in enumerate(cell.outputs):
            for what, change, altered in altered_outputs(output):
                stored = [*cell.outputs[:place], altered, *cell.outputs[place + 1 :]]
                seen = not same_outputs(judge, fresh, stored) or breaks_a_rule(self.path, cell, stored)
                yield Outcome(what, where, change, red(seen))


def judged(
    what: str,
    where: str,
    source: str,
    mode: str,
    colour: Callable[[ast.AST], Colour],
    given: Iterable[Excuse] = (),
) -> Iterator[Outcome]:
    """Alter a piece of code in every way; an excuse that covers none of them counts as one that was seen."""
    used: set[Excuse] = set()
    for altered in alterations(source, mode):
        mine = {excuse for excuse in given if excuse.covers(altered)}
        used |= mine
        yield Outcome(f"{what}: {altered.kind}", where, altered.change, colour(altered.tree), bool(mine))
    for excuse in (excuse for excuse in given if excuse not in used):
        change = f"{excuse.item}: nothing to excuse: {excuse.reason}"
        yield Outcome(f"{what}: excuses", where, change, Colour.RED, excused=True)


def literals(where: str, text: str, evaluator: Callable[[str], Evaluator]) -> Iterator[Outcome]:
    """Alter each bound number of a text, in its block, and the code of each comment, in the whole text.

    An evaluator is made for each text, since comments can change the names.
    """
    names = evaluator(text)
    for number, comment in list(bound(text, names)):
        start = block_start(text, comment.start)
        if problems(text[start : comment.end], names):
            start = 0  # the block needs what is before it
        here = replace(number, start=number.start - start, end=number.end - start)
        for change, altered in altered_literals(text[start : comment.end], here):
            yield Outcome("numbers in prose", where, change, prose_colour(altered, lambda _: names))
    for comment in comments(text):
        if comment.kind != "note":

            def colour(tree: ast.AST, comment: Comment = comment) -> Colour:
                kind = f"{comment.kind}:" if comment.kind else ""
                altered = f"{text[: comment.start]}<!--{kind} {ast.unparse(tree)} -->{text[comment.end :]}"
                return prose_colour(altered, evaluator)

            mode = "exec" if comment.kind == "run" else "eval"
            yield from judged("expressions in prose", where, comment.code, mode, colour)


def prose_colour(text: str, evaluator: Callable[[str], Evaluator]) -> Colour:
    try:
        return red(bool(problems(text, evaluator(text))))
    except Exception:  # the statements of an altered page may raise anything
        return Colour.RED


def merged(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Merge streams as nbval does; in copies, since it does so in place."""
    return coalesce_streams(deepcopy(outputs))


def same_outputs(judge: IPyNbCell, fresh: list[NotebookNode], stored: list[NotebookNode]) -> bool:
    """Compare merged fresh outputs with stored ones as nbval does."""
    return not judge.options["check"] or judge.compare_outputs(fresh, merged(stored))


def breaks_a_rule(path: Path, cell: NotebookNode, stored: list[NotebookNode]) -> bool:
    """Tracebacks, which nbval does not compare, are held by a rule."""
    altered = new_code_cell(cell.source, metadata=cell.metadata, outputs=stored)
    return bool(only_comparable_outputs(path, new_notebook(cells=[altered])))


def settle(outcomes: Iterable[Outcome], tally: Tally) -> None:
    """Count the outcomes, and fail on an alteration that nobody saw or an excuse that is not exact."""
    outcomes = list(outcomes)
    for outcome in outcomes:
        name = f"altered {outcome.what}"
        tally(name, 1, "made")
        tally(name, outcome.survived and not outcome.excused, "survived")
        tally(name, outcome.excused, "excused with a reason")
        tally(name, outcome.colour is Colour.SLOW, "stopped for running on")
    wrong = [f"not seen: {o}" for o in outcomes if o.survived and not o.excused]
    wrong += [
        f"said to be the same either way, and is not: {o}" for o in outcomes if o.excused and not o.survived
    ]
    assert not wrong, f"{len(wrong)} of {len(outcomes)} alterations:\n" + "\n".join(wrong)


def chapter_outcomes(path: Path, session: pytest.Session) -> Iterator[Outcome]:
    with shell(path.parent) as running:
        Proof(path, session, running).run()
    with shell(path.parent) as running:
        yield from Proof(path, session, running).outcomes()


def page_outcomes(path: Path) -> Iterator[Outcome]:
    assert not page_literals(path).problems, f"{path.name}: is red before anything is altered"
    text = path.read_text(encoding="utf-8")
    yield from literals(path.name, text, lambda text: Evaluator.of_page(text, path.parent))
