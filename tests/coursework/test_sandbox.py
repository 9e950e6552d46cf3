"""The sandbox: what is inside it, what is not, and that its limits hold."""

import os
import platform
import struct
from typing import Any

import pytest

from coursework import sandbox
from coursework.sandbox import Limits, Outcome

pytestmark = pytest.mark.usefixtures("bubblewrap")
LIMITS = Limits(statement=20, wall=60, memory=700)


def values(source: str, *names: str, limits: Limits = LIMITS, unsafe: bool = False) -> dict[str, Any]:
    """Run a cell, and look at some of its names."""
    outcome = run(source, *names, limits=limits, unsafe=unsafe)
    assert outcome.ended == "finished", outcome
    given = {frame["value"][0]: frame["value"][2] for frame in outcome.frames if "value" in frame}
    return {name: given.get(place) for place, name in enumerate(names)}


def run(source: str, *names: str, limits: Limits = LIMITS, unsafe: bool = False) -> Outcome:
    asks = [{"after": 0, "name": name, "calls": [None]} for name in names]
    return sandbox.run({"cells": [source], "asks": asks, "skip": []}, limits, limits.wall, unsafe)


def test_inside_is_python_numpy_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLASS_SECRET", "abc")
    seen = values(
        """
import os, sys
user, group, parent = os.getuid(), os.getgid(), os.getppid()
packages = sorted(os.listdir("/packages"))
homes = [os.path.exists(p) for p in ("/home", "/work", "/var", "/sys", "/tmp", "/etc/passwd", "/usr/bin/env")]
secrets = [name for name in os.environ if "SECRET" in name]
descriptors = len(os.listdir("/proc/self/fd"))
processes = [int(name) for name in os.listdir("/proc") if name.isdigit()]
status = dict(line.split(":") for line in open("/proc/self/status"))
rights = [int(status[name], 16) for name in ("CapPrm", "CapEff", "CapAmb")]
none_to_gain = int(status["NoNewPrivs"])
writable = []
for folder, _, _ in os.walk("/"):
    if folder.startswith("/proc/"): continue
    try: open(os.path.join(folder, "x"), "w"); writable.append(folder)
    except OSError: pass
""",
        *("user", "group", "packages", "homes", "secrets", "descriptors", "processes", "rights"),
        *("none_to_gain", "writable"),
    )
    assert (seen["user"], seen["group"]) == (sandbox.NOBODY, sandbox.NOBODY)
    assert "numpy" in seen["packages"]
    assert "kltools" not in seen["packages"]
    assert seen["homes"] == [False] * 7
    assert seen["secrets"] == []
    assert seen["descriptors"] <= 6
    assert len(seen["processes"]) <= 2
    assert seen["rights"] == [0, 0, 0]
    assert seen["none_to_gain"] == 1
    assert seen["writable"] == []


def test_what_is_refused() -> None:
    attempts = {
        "fork": "os.fork()",
        "thread": "threading.Thread(target=print).start()",
        "process": "subprocess.run(['/bin/true'])",
        "spawn": "os.posix_spawn(sys.executable, [sys.executable], {})",
        "socket": "socket.socket()",
        "pair": "socket.socketpair()",
        "memory that no limit counts": "os.memfd_create('x')",
        "kernel": "open('/proc/sys/kernel/hostname', 'w').write('x')",
        "namespace": "libc.unshare(0x10000000) and 1 / 0",
        "trace": "libc.ptrace(0, 0, 0, 0) and 1 / 0",
        "shared memory": "libc.shmget(0, 4096, 0o1600) + 1 or 1 / 0",
        "mount": "libc.mount(b'x', b'/packages', b'tmpfs', 0, None) and 1 / 0",
        "root": "os.setuid(0)",
    }
    source = (
        "import ctypes, os, socket, subprocess, sys, threading\nlibc = ctypes.CDLL(None)\nopen_doors = []\n"
    )
    for name, attempt in attempts.items():
        source += f"try: {attempt}; open_doors.append({name!r})\nexcept Exception: pass\n"
    assert values(source, "open_doors") == {"open_doors": []}


def test_memory_is_limited_and_the_rest_goes_on() -> None:
    seen = values("try: x = bytearray(10**9); y = 1\nexcept MemoryError: y = 2", "y")
    assert seen == {"y": 2}


@pytest.mark.parametrize(
    ("source", "limits", "ended"),
    [
        ("while True: pass", Limits(statement=0.5), "slow"),
        ("import time\nfor _ in range(10**6): time.sleep(10**-3)", Limits(statement=60, wall=2), "late"),
        ("import os; os._exit(3)", LIMITS, "died"),
        ("while True: pass", Limits(statement=60, wall=60, cpu=1), "died"),
        ("import os\nwhile True: os.write(3, b'x' * 65536)", Limits(output=1), "loud"),
    ],
)
def test_how_a_run_ends(source: str, limits: Limits, ended: str) -> None:
    assert run(source, limits=limits).ended == ended


def test_without_the_sandbox_the_same_comes_out() -> None:
    assert values("import numpy as np\nx = np.arange(3)\nimport os", "x", unsafe=True) == {
        "x": [0.0, 1.0, 2.0]
    }
    assert run("while True: pass", limits=Limits(statement=0.5), unsafe=True).ended == "slow"


def test_the_filter_is_well_formed() -> None:
    """Each jump of the filter lands inside it, on the answer that is meant."""
    program = sandbox.system_call_filter()
    lines = list(struct.iter_unpack("=HBBI", program))
    *_, allow, refuse = lines
    assert (allow[3], refuse[3] >> 16) == (0x7FFF0000, 0x0005)
    for place, (_, yes, no, _) in enumerate(lines):
        assert place + 1 + max(yes, no) <= len(lines)
    jumps = [place + 1 + yes for place, (code, yes, _, _) in enumerate(lines) if code == 0x15][1:]
    assert set(jumps) == {len(lines) - 1}


def test_both_processors_refuse_the_same() -> None:
    """On aarch64 every fork is a clone."""
    (_, intel), (_, arm) = sandbox._CALLS["x86_64"], sandbox._CALLS["aarch64"]
    assert set(intel) - set(arm) == {"fork", "vfork"}
    assert set(arm) <= set(intel)
    assert len(set(arm.values())) == len(arm)


def test_another_processor_is_refused_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "vax")
    sandbox.require.cache_clear()
    with pytest.raises(sandbox.SandboxMissingError, match=r"does not know this processor \(vax\).*--unsafe"):
        sandbox.require()


def test_a_sandbox_that_does_not_start_is_no_students_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_program", lambda: "/bin/false")
    assert not run("x = 1").ready
    sandbox.require.cache_clear()
    with pytest.raises(sandbox.SandboxMissingError, match="it does not work here"):
        sandbox.require()


def test_no_descriptor_of_ours_is_passed_on(tmp_path: Any) -> None:
    secret = tmp_path / "secret"
    secret.write_text("abc")
    descriptor = os.open(secret, os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    try:
        seen = values(f"import os\nx = os.read({descriptor}, 9).decode()", "x")
    finally:
        os.close(descriptor)
    assert seen["x"] is None
