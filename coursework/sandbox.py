"""Runs a student's code where it can reach nothing: bubblewrap, and a filter of system calls.

What is inside: Python, NumPy and the runner. What is not: the network, any other file and any place to write
one, other processes, and any way to start one or a thread. So a limit on one process is a limit on all that
runs, and when that process is over, nothing of it is left.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import files
from pathlib import Path
from typing import IO, Any

from coursework.items import SetError

RUNNER = Path(__file__).with_name("runner.py")
NOBODY = 65534
PACKAGES = ("numpy",)

HOW_TO_GET_IT = (
    "Students' code is run in bubblewrap, and {reason}. On Debian or Ubuntu: apt-get install bubblewrap; on "
    "Fedora: dnf install bubblewrap. A container has to allow user namespaces. With --unsafe the code runs "
    "without a sandbox, with all your rights, and every result says so."
)


class SandboxMissingError(SetError):
    """No sandbox works on this machine; the message says how to get one."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes
    ----------
    statement : float
        Seconds for one statement of a cell, or one call of an answer.
    wall, cpu : float, int
        Seconds for the whole submission: by the clock, and of the processor.
    memory, output : int
        Megabytes of memory, and of what comes out.
    notebook : int
        Megabytes of the notebook itself.
    """

    statement: float = 5
    wall: float = 60
    cpu: int = 60
    memory: int = 1024
    output: int = 4
    notebook: int = 32


@dataclass
class Outcome:
    """What came out of a run: its frames, and how it ended: "finished", "died", "slow", "late" or "loud"."""

    frames: list[dict[str, Any]] = field(default_factory=list)
    ended: str = "died"
    ready: bool = False
    complaint: str = ""


def run(job: dict[str, Any], limits: Limits, seconds: float, unsafe: bool = False) -> Outcome:
    """Run a job of `coursework.runner` for that many seconds at most, and give back what came out of it."""
    job = {**job, "limits": {"cpu": limits.cpu, "memory": limits.memory << 20}, "user": None}
    with (
        tempfile.TemporaryFile() as filter_,
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as complaint,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
    ):
        if unsafe:
            command = _python(RUNNER)
            job["packages"] = str(_packages()[0].parent)
        else:
            filter_.write(system_call_filter())
            filter_.seek(0)
            command = _bwrap(filter_.fileno())
            job["packages"] = "/packages"
            job["user"] = NOBODY if os.geteuid() == 0 else None
        given.write(json.dumps(job).encode())
        given.seek(0)
        process = subprocess.Popen(
            command,
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=complaint,
            pass_fds=() if unsafe else (filter_.fileno(),),
            cwd=folder,
            env={"PATH": "/usr/bin:/bin", "HOME": "/tmp"} | dict.fromkeys(_ONE_THREAD, "1"),
            start_new_session=True,
        )
        assert process.stdout is not None
        try:
            outcome = _listen(process.stdout, limits, seconds)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            process.stdout.close()
        complaint.seek(0)
        outcome.complaint = complaint.read(2000).decode(errors="replace").strip()
        return outcome


_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def _listen(stream: IO[bytes], limits: Limits, seconds: float) -> Outcome:
    """Read frames until the run ends, or is too slow, too late or too loud."""
    outcome, rest, read = Outcome(), b"", 0
    end = time.monotonic() + seconds
    step_ends = end  # until it is ready, only the whole counts
    while True:
        now = time.monotonic()
        if now >= end or now >= step_ends:
            outcome.ended = "late" if now >= end else "slow"
            return outcome
        if not select.select([stream], [], [], min(end, step_ends) - now)[0]:
            continue
        chunk = os.read(stream.fileno(), 1 << 16)
        read += len(chunk)
        if not chunk:
            return outcome
        if read > limits.output << 20:
            outcome.ended = "loud"
            return outcome
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            try:
                frame = json.loads(line)
            except (ValueError, RecursionError):
                continue  # not one of ours
            if not isinstance(frame, dict):
                continue
            if "end" in frame:
                outcome.ended = "finished"
                return outcome
            if "ready" in frame:
                outcome.ready = True
            if "at" in frame or "ready" in frame:
                step_ends = time.monotonic() + limits.statement
            outcome.frames.append(frame)


# ---------------------------------------------------------------- what is inside


@cache
def _packages() -> tuple[Path, ...]:
    """The folders of NumPy, and nothing beside them."""
    found = set()
    for package in PACKAGES:
        for file in files(package) or ():
            top = file.parts[0]
            if top != ".." and not top.endswith(".dist-info"):
                found.add(Path(str(file.locate())).resolve().parents[len(file.parts) - 2])
    return tuple(sorted(found))


def _python(runner: Path) -> list[str]:
    return [os.path.realpath(sys.executable), "-I", "-S", "-B", str(runner)]


def _bwrap(filter_: int) -> list[str]:
    """The command that leaves a process with Python, NumPy and the runner alone."""
    if os.geteuid() == 0:  # the runner gives root up; a user namespace would keep root's own files root's
        rights = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
        rights += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        rights = ["--unshare-all", "--uid", str(NOBODY), "--gid", str(NOBODY), "--cap-drop", "ALL"]
    program = Path(os.path.realpath(sys.executable))
    library = Path(os.__file__).parent
    inside = [(path, path) for path in (program, library.parent, Path("/etc/ld.so.cache")) if path.exists()]
    inside += [(path, Path("/packages") / path.name) for path in _packages()]
    inside += [(RUNNER, Path("/runner.py"))]
    system = [Path(folder) for folder in ("/usr/lib", "/usr/lib64", "/usr/lib32", "/lib", "/lib64")]
    inside = [(path, path) for path in system if path.is_dir() and not path.is_symlink()] + inside
    mounts = [
        word
        for path in system
        if path.is_symlink()
        for word in ("--symlink", str(path.readlink()), str(path))
    ]
    folders: list[Path] = []  # made open to all, since bubblewrap makes them its own
    for path, place in inside:
        if not any(place.is_relative_to(already) for _, already in inside if already != place):
            folders += [parent for parent in reversed(place.parents[:-1]) if parent not in folders]
            mounts += ["--ro-bind", str(path), str(place)]
    mounts = [word for folder in folders for word in ("--perms", "0755", "--dir", str(folder))] + mounts
    for hidden in (
        library / "site-packages",
        library / "dist-packages",
        library.parent / "python3/dist-packages",
    ):
        if hidden.is_dir():
            mounts += ["--tmpfs", str(hidden), "--remount-ro", str(hidden)]
    return [
        _program(),
        *rights,
        *("--die-with-parent", "--new-session", "--clearenv"),
        *(word for name in _ONE_THREAD for word in ("--setenv", name, "1")),
        *("--setenv", "LANG", "C.UTF-8"),
        *("--proc", "/proc", "--dev", "/dev"),
        *mounts,
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/", "--seccomp", str(filter_)),
        *_python(Path("/runner.py")),
    ]


@cache
def _program() -> str:
    program = shutil.which("bwrap")
    if program is None:
        raise SandboxMissingError(HOW_TO_GET_IT.format(reason="it is not installed here"))
    return program


@cache
def require() -> None:
    """Refuse to go on, with the way to mend it, unless code runs in the sandbox on this machine.

    Raises
    ------
    SandboxMissingError
        Where bubblewrap is missing, or may not do its work.
    """
    _program()
    if platform.machine() not in _CALLS:
        reason = f"the filter of system calls does not know this processor ({platform.machine()})"
        raise SandboxMissingError(HOW_TO_GET_IT.format(reason=reason))
    outcome = run({"cells": ["x = 1"], "asks": [], "skip": []}, Limits(), 60)
    if outcome.ended != "finished":
        told = outcome.complaint.splitlines()[-1:] or [f"it {outcome.ended}"]
        raise SandboxMissingError(HOW_TO_GET_IT.format(reason=f"it does not work here ({told[0]})"))


# ---------------------------------------------------------------- the filter of system calls

# What a computation with numbers never needs, by its number on each processor: new processes and threads,
# other processes, memory that no limit counts, the network, and doors of the kernel once found open.
_CALLS: dict[str, tuple[int, dict[str, int]]] = {
    "x86_64": (
        0xC000003E,
        {
            "fork": 57,
            "vfork": 58,
            "clone": 56,
            "clone3": 435,
            "ptrace": 101,
            "pidfd_open": 434,
            "process_vm_readv": 310,
            "process_vm_writev": 311,
            "pidfd_getfd": 438,
            "unshare": 272,
            "memfd_create": 319,
            "memfd_secret": 447,
            "shmget": 29,
            "msgget": 68,
            "semget": 64,
            "mq_open": 240,
            "socket": 41,
            "socketpair": 53,
            "setns": 308,
            "mount": 165,
            "bpf": 321,
            "keyctl": 250,
            "add_key": 248,
            "request_key": 249,
            "userfaultfd": 323,
            "io_uring_setup": 425,
            "perf_event_open": 298,
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "clone": 220,
            "clone3": 435,
            "ptrace": 117,
            "pidfd_open": 434,
            "process_vm_readv": 270,
            "process_vm_writev": 271,
            "pidfd_getfd": 438,
            "unshare": 97,
            "memfd_create": 279,
            "memfd_secret": 447,
            "shmget": 194,
            "msgget": 186,
            "semget": 190,
            "mq_open": 180,
            "socket": 198,
            "socketpair": 199,
            "setns": 268,
            "mount": 40,
            "bpf": 280,
            "keyctl": 219,
            "add_key": 217,
            "request_key": 218,
            "userfaultfd": 282,
            "io_uring_setup": 425,
            "perf_event_open": 241,
        },
    ),
}
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_ABOVE, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EPERM
_NUMBER, _PROCESSOR = 0, 4  # where the kernel puts them
_SECOND_TABLE = 0x40000000  # x86's other numbers for the same calls


def system_call_filter() -> bytes:
    """The filter as a program of the kernel's packet filter: those calls fail, all others are allowed."""
    processor, numbers = _CALLS[platform.machine()]
    calls = sorted(numbers.values())

    def line(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
        return struct.pack("=HBBI", code, yes, no, value)

    return b"".join(
        [
            line(_LOAD, _PROCESSOR),
            line(_JUMP_IF_EQUAL, processor, yes=1),
            line(_RETURN, _KILL),
            line(_LOAD, _NUMBER),
            line(_JUMP_IF_ABOVE, _SECOND_TABLE, yes=len(calls) + 1),
            *(line(_JUMP_IF_EQUAL, call, yes=len(calls) - place) for place, call in enumerate(calls)),
            line(_RETURN, _ALLOW),
            line(_RETURN, _REFUSE),
        ]
    )
