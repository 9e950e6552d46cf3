"""Grades a class: the function of `coursework.grading` over Dask, here or on a cluster.

A result is a file, written whole or not at all, and known by what it depends on. So a run may be stopped and
started again, and what has been graded is not graded twice.
"""

from __future__ import annotations

import secrets
import tempfile
import threading
import traceback
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import dask
from distributed import Client, LocalCluster, as_completed

from coursework.grading import Grader, Place, Result
from coursework.items import SetError, load
from coursework.sandbox import Limits
from coursework.submissions import Submission, UnreadableError

# Submissions that each worker has before it: none waits, and memory does not grow with the class.
AHEAD = 3

PATIENCE = "20s"  # for a scheduler to answer
LOOPBACK = "127.0.0.1:0"
_NOTHING_TO_SEE = {"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}
# Dask remembers its latest thousand messages, submissions and all, for those who look for its faults.
_NOTHING_TO_REMEMBER = {"distributed.admin.low-level-log-length": 1}


@dataclass(frozen=True)
class Orders:
    """A grader as it travels to a worker: the set's files, the secret, the limits."""

    name: str
    files: tuple[tuple[str, bytes], ...]
    secret: bytes = field(repr=False)
    limits: Limits
    unsafe: bool
    digest: str
    released: tuple[Place, ...]

    @classmethod
    def of(cls, grader: Grader) -> Orders:
        """Pack a grader."""
        folder = grader.problem_set.folder
        files = tuple(
            (path.relative_to(folder).as_posix(), path.read_bytes())
            for path in sorted(folder.rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts
        )
        return cls(
            folder.name, files, grader.secret, grader.limits, grader.unsafe, grader.digest, grader.released
        )


@lru_cache(maxsize=4)
def _grader(orders: Orders) -> Grader:
    """Unpack a grader on a worker, once."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / orders.name
        for name, contents in orders.files:
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents)
        grader = Grader(load(str(place)), orders.secret, orders.limits, orders.unsafe)
        if grader.digest != orders.digest:
            raise SetError("A worker has another version of this program: install the same one there.")
        vars(grader)["released"] = orders.released  # so that a worker needs no more than kltools and NumPy
        return grader


_LOADING = threading.Lock()


def grade_one(orders: Orders, student: str, contents: bytes) -> Result | SetError:
    """What a worker does; it hands an error back, since Dask would print it with the secret beside it."""
    try:
        with _LOADING:
            grader = _grader(orders)
        return grader.grade(student, contents)
    except SetError as error:
        return error
    except Exception as error:
        return _failed(student, error, orders.unsafe)


def _failed(student: str, error: Exception, unsafe: bool) -> Result:
    """A result that says that there is none; it has no key, and so is graded anew next time."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" in {Path(last[0].filename).name}, line {last[0].lineno}" if last else ""
    reason = f"The grader itself failed ({type(error).__name__}{where}): grade once more, or report it."
    return Result(student, "failed", reason, unsafe=unsafe)


@dataclass(frozen=True)
class Store:
    """The folder of results, one file a student."""

    folder: Path

    def path(self, submission: Submission) -> Path:
        """Where a student's result is."""
        return self.folder / f"{submission.key}.json"

    def get(self, submission: Submission) -> Result | None:
        """A result that was kept; None where there is none, or it cannot be read."""
        try:
            return Result.from_json(self.path(submission).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            return None

    def all(self) -> Iterator[Result]:
        """Every result, in the order of their files."""
        for path in sorted(self.folder.glob("[!.]*.json")):
            yield Result.from_json(path.read_text(encoding="utf-8"))

    def put(self, submission: Submission, result: Result) -> None:
        """Keep a result: the file is there whole, or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.path(submission)
        trial = path.with_name(f".{secrets.token_hex(8)}")
        try:
            trial.write_text(result.to_json(), encoding="utf-8")
            trial.replace(path)
        finally:
            trial.unlink(missing_ok=True)


@contextmanager
def client(workers: int, scheduler: str | None = None) -> Iterator[Client]:
    """Open a client to a scheduler, or to workers in this process.

    Workers in this process take orders from no port, where another user of the machine could give them some;
    what takes time is done in processes of its own all the same, the sandboxes.
    """
    with ExitStack() as stack:
        entered = stack.enter_context
        entered(dask.config.set(_NOTHING_TO_REMEMBER))
        if scheduler is None:
            entered(dask.config.set(_NOTHING_TO_SEE))
            local = LocalCluster(
                n_workers=1,
                threads_per_worker=workers,
                processes=False,
                dashboard_address=LOOPBACK,
                worker_dashboard_address=LOOPBACK,
                memory_limit=0,
                local_directory=entered(tempfile.TemporaryDirectory()),
            )
            opened = entered(Client(entered(local), set_as_default=False))
        else:
            try:
                opened = entered(Client(scheduler, timeout=PATIENCE, set_as_default=False))
            except (OSError, ValueError) as error:
                raise SetError(
                    f"No scheduler answers at {scheduler}: start one, or leave --scheduler out."
                ) from error
            if not opened.ncores():
                raise SetError(
                    f"The scheduler at {scheduler} has no workers: start one with dask worker {scheduler}."
                )
        yield opened


def grade_class(
    grader: Grader, submissions: Iterable[Submission], store: Store, workers: Client, again: bool = False
) -> Iterator[tuple[Submission, Result, bool]]:
    """Grade what has not been graded yet, and give back every result as it comes, and whether it is new.

    Parameters
    ----------
    grader : Grader
        What is graded with.
    submissions : iterable of Submission
        What was handed in.
    store : Store
        Where results are kept.
    workers : distributed.Client
        Who works.
    again : bool
        Grade all of it once more.
    """
    orders = Orders.of(grader)
    waiting = iter(submissions)
    running: dict[Any, Submission] = {}
    ready = as_completed(loop=workers.loop)
    exhausted = False
    while True:
        while not exhausted and len(running) < AHEAD * max(1, sum(workers.ncores().values())):
            submission = next(waiting, None)
            if submission is None:
                exhausted = True
                break
            done = _without_running(grader, submission, store, again)
            if isinstance(done, Result):
                if is_new := not done.key:
                    store.put(submission, done)
                yield submission, done, is_new
                continue
            future = workers.submit(
                grade_one,
                orders,
                submission.student,
                done,
                pure=False,
                retries=2,
                key=f"grade-{secrets.token_hex(8)}",
            )
            running[future] = submission
            ready.add(future)
        if not running:
            return
        future = next(ready)
        submission = running.pop(future)
        result = _result_of(future, submission, grader)
        store.put(submission, result)
        yield submission, result, True


def _without_running(grader: Grader, submission: Submission, store: Store, again: bool) -> Result | bytes:
    """A result that is known already, or needs no worker; else the notebook."""
    if submission.file is None:
        return Result(submission.student, "missing", submission.remark, unsafe=grader.unsafe)
    try:
        contents = submission.file.read(grader.limits.notebook << 20)
    except UnreadableError as error:
        return Result(submission.student, "unreadable", str(error), unsafe=grader.unsafe)
    kept = None if again else store.get(submission)
    if kept is not None and kept.key == grader.key(submission.student, contents):
        return kept
    return contents


def _result_of(future: Any, submission: Submission, grader: Grader) -> Result:
    """What a worker gave back; where it could not, a result that says so."""
    try:
        result: Result | SetError = future.result()
    except Exception as error:  # workers were lost again and again with this one in their hands
        return _failed(submission.student, error, grader.unsafe)
    if isinstance(result, SetError):
        raise result
    if submission.remark:
        result.remarks.insert(0, submission.remark)
    return result
