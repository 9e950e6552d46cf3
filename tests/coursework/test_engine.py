"""A class is graded over Dask: nothing is lost, nothing is graded twice, and memory does not grow with it."""

import gc
import json
import os
import re
import secrets
import signal
import time
import tracemalloc
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from distributed import Client, LocalCluster

from coursework import engine
from coursework.engine import AHEAD, LOOPBACK, Orders, Store, grade_class, grade_one
from coursework.grading import Graded, Grader, Result
from coursework.items import SetError
from coursework.sandbox import Limits
from coursework.submissions import File, Submission, find_submissions
from tests.coursework.handed_in import answering, contents, sample, solved


@pytest.fixture(scope="module")
def grader() -> Grader:
    return Grader(sample(), b"a class secret", Limits(statement=20, memory=700))


@pytest.fixture(scope="module")
def here() -> Iterator[Client]:
    with engine.client(2) as workers:
        yield workers


def handed_in(folder: Path, **submissions: bytes) -> list[Submission]:
    for student, data in submissions.items():
        folder.mkdir(exist_ok=True)
        (folder / f"{student}.ipynb").write_bytes(data)
    return find_submissions(folder, sample())


def test_a_class_is_graded_kept_and_not_graded_twice(
    tmp_path: Path, grader: Grader, here: Client, bubblewrap: None
) -> None:
    store = Store(tmp_path / "results")
    submissions = handed_in(
        tmp_path / "in",
        ada=contents(solved()),
        bob=contents(answering(bits="bits = 0.5")),
        eve=b"broken",
    )
    submissions.append(Submission("zoe", None, "There is no notebook."))
    first = {one.student: (result, new) for one, result, new in grade_class(grader, submissions, store, here)}
    assert {name: (result.status, result.score) for name, (result, _) in first.items()} == {
        "ada": ("graded", 8),
        "bob": ("graded", 6),
        "eve": ("unreadable", 0),
        "zoe": ("missing", 0),
    }
    assert {result.student: result for result in store.all()} == {n: r for n, (r, _) in first.items()}

    def graded_anew(**changes: Any) -> set[str]:
        found = handed_in(tmp_path / "in")
        using = changes.pop("grader", grader)
        return {one.student for one, _, new in grade_class(using, found, store, here, **changes) if new}

    assert graded_anew() == set()
    (tmp_path / "in" / "bob.ipynb").write_bytes(contents(solved()))
    assert graded_anew() == {"bob"}
    store.path(submissions[0]).write_text("half a fi")
    assert graded_anew() == {"ada"}
    assert graded_anew(again=True) == {"ada", "bob", "eve"}
    other = Grader(sample(), b"another secret", grader.limits)
    assert graded_anew(grader=other) == {"ada", "bob", "eve"}


def test_a_run_that_is_stopped_goes_on_where_it_was(
    tmp_path: Path, grader: Grader, here: Client, bubblewrap: None
) -> None:
    store = Store(tmp_path / "results")
    everybody = {f"student{n}": contents(solved()) for n in range(12)}
    submissions = handed_in(tmp_path / "in", **everybody)
    run = grade_class(grader, submissions, store, here)
    done = {next(run)[0].student for _ in range(3)}
    run.close()
    assert {result.student for result in store.all()} == done
    anew = {one.student for one, _, new in grade_class(grader, submissions, store, here) if new}
    assert anew == set(everybody) - done


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Client]:
    """Workers that are processes of their own, and can be killed."""
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=LOOPBACK, memory_limit=0
        ) as cluster,
        engine.client(1, cluster.scheduler_address) as workers,
    ):
        yield workers


def slow(orders: Orders, student: str, data: bytes) -> Result:
    """What stands in for grading on a worker: it tells which process it is in, and takes its time."""
    log = Path(data.decode())
    with log.open("a") as stream:
        stream.write(f"{student} {os.getpid()}\n")
    signal.pause() if student == "student2" and len(log.read_text().split("student2")) == 2 else None
    return Result(student, "graded", items=[Graded("bits", "", 2, 2.0)], key=f"key of {student}")


def test_a_worker_that_is_killed_loses_nothing(
    tmp_path: Path, grader: Grader, elsewhere: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log"
    submissions = [Submission(f"student{n}", File(tmp_path / "path", "sample.ipynb", 0)) for n in range(20)]
    (tmp_path / "path").write_text(str(log))
    monkeypatch.setattr(engine, "grade_one", slow)
    store, kept = Store(tmp_path / "results"), Counter[str]()
    put = Store.put

    def counted(self: Store, submission: Submission, result: Result) -> None:
        kept[submission.student] += 1
        put(self, submission, result)

    monkeypatch.setattr(Store, "put", counted)
    for number, (_, result, _) in enumerate(grade_class(grader, submissions, store, elsewhere)):
        assert result.status == "graded", result.reason
        if number == 5:  # the worker that holds student2 will never let go of it
            while not (held := re.search(r"^student2 (\d+)$", log.read_text(), re.MULTILINE)):
                time.sleep(0.05)
            os.kill(int(held[1]), signal.SIGKILL)
    assert kept == {f"student{n}": 1 for n in range(20)}
    assert log.read_text().count("student2 ") == 2, "the one that was lost is graded once more"


def test_a_scheduler_gets_the_same_work_done(
    tmp_path: Path, grader: Grader, elsewhere: Client, bubblewrap: None
) -> None:
    submissions = handed_in(tmp_path / "in", ada=contents(solved()), bob=contents(answering(bits="bits = 1")))
    graded = list(grade_class(grader, submissions, Store(tmp_path / "results"), elsewhere))
    assert {one.student: result.score for one, result, _ in graded} == {"ada": 8, "bob": 6}
    orders = Orders.of(grader)
    assert {one.student: result for one, result, _ in graded} == {
        one.student: grade_one(orders, one.student, one.file.read(10**7)) for one in submissions if one.file
    }


def test_no_scheduler_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PATIENCE", "1s")
    with (
        pytest.raises(SetError, match=r"No scheduler answers at tcp://127\.0\.0\.1:9"),
        engine.client(1, "tcp://127.0.0.1:9"),
    ):
        pass


def listening() -> set[tuple[str, int]]:
    sockets = psutil.Process().net_connections("inet")
    return {(one.laddr.ip, one.laddr.port) for one in sockets if one.status == psutil.CONN_LISTEN}


def test_workers_here_take_orders_from_no_port() -> None:
    before = listening()
    with engine.client(1) as here:
        assert here.scheduler is not None
        assert str(here.scheduler.address).startswith("inproc://")
        for host, port in listening() - before:
            assert host == "127.0.0.1"
            for page in ("info/main/workers.html", "json/counts.json", "metrics", "api/v1/get_workers"):
                with pytest.raises(urllib.error.HTTPError, match="404") as refusal:
                    urllib.request.urlopen(f"http://{host}:{port}/{page}", timeout=60)
                refusal.value.close()


def test_no_more_than_a_few_are_read_ahead(
    tmp_path: Path, grader: Grader, here: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory does not grow with the class: of many submissions, a few are held at any time."""
    (tmp_path / "path").write_bytes(b"x" * 1000)
    drawn, done, most = 0, 0, 0

    def submissions() -> Iterator[Submission]:
        nonlocal drawn
        for number in range(200):
            drawn += 1
            yield Submission(f"student{number}", File(tmp_path / "path", "sample.ipynb", 0))

    monkeypatch.setattr(engine, "grade_one", lambda orders, student, data: Result(student, "graded", key="k"))
    monkeypatch.setattr(Store, "put", lambda *_: None)
    for _ in grade_class(grader, submissions(), Store(tmp_path / "results"), here):
        done += 1
        most = max(most, drawn - done)
    assert done == 200
    assert most <= AHEAD * 2 + 1


def test_nothing_of_a_submission_is_kept_when_it_is_done(here: Client) -> None:
    """Dask would remember the orders of the latest hundreds."""
    tracemalloc.start()
    for _ in range(30):
        assert here.submit(len, secrets.token_bytes(1_000_000), pure=False).result() == 1_000_000
    gc.collect()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 10_000_000


def test_a_fault_of_the_grader_is_a_row_and_is_tried_again(
    tmp_path: Path, here: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    store = Store(tmp_path / "results")
    submissions = handed_in(tmp_path / "in", ada=contents(solved()))
    broken = Grader(sample(), "no bytes", Limits())  # type: ignore[arg-type]
    broken.__dict__["digest"] = "x"
    (_, result, new) = next(grade_class(broken, submissions, store, here))
    assert (result.status, new) == ("failed", True)
    assert "The grader itself failed" in result.reason
    assert "no bytes" not in "".join(capfd.readouterr()), "the secret is not printed"
    assert json.loads(store.path(submissions[0]).read_text())["key"] == ""


def test_another_version_on_a_worker_stops_the_run(tmp_path: Path, grader: Grader, here: Client) -> None:
    submissions = handed_in(tmp_path / "in", ada=contents(solved()))
    other = Grader(sample(), grader.secret, Limits(wall=3))
    other.__dict__["digest"] = "what it is elsewhere"
    with pytest.raises(SetError, match="has another version"):
        list(grade_class(other, submissions, Store(tmp_path / "results"), here))
