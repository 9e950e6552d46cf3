"""A machine within this one, with users, homes, processes, ports and an /etc of its own.

It is a set of Linux namespaces around one command. When the command ends, so does all that it started, and
of this machine's files none has changed but those in the folder that it was given.
"""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

NAMESPACES = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--net", "--ipc", "--uts"]
EMPTY = {"/tmp": "1777", "/dev/shm": "1777", "/home": "755", "/root": "755", "/srv": "755", "/run": "755"}
TOOLS = ["unshare", "mount", "setpriv", "useradd", "groupadd", "chpasswd"]
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1  # of linux/sockios.h and linux/if.h: "bring the interface up"


class CannotBeMade(RuntimeError):
    """Why there can be no machine here; the message says what to do."""


def enter(command: list[str | Path]) -> int:
    """Run a command as the first process of a new machine, and return its exit code."""
    if sys.platform != "linux" or os.geteuid() != 0:
        raise CannotBeMade("a machine of its own is made by root on Linux: use sudo, or a container.")
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        raise CannotBeMade(f"install {', '.join(missing)}: Debian has them in util-linux, mount and passwd.")
    return subprocess.call(["unshare", *NAMESPACES, "--", *command])


def furnish(writable: Path, *readable: Path) -> None:
    """Empty the places of people, programs and secrets; leave of them what is named, and the rest read-only.

    Run once, by the machine's first process.
    """
    held = {
        path: os.open(path, os.O_PATH) for path in (*readable, writable)
    }  # what an empty folder may cover
    mount("-o", "remount,bind,ro", "/")
    os.chdir("/")
    for folder, mode in EMPTY.items():
        mount("-t", "tmpfs", "-o", f"mode={mode}", "tmpfs", folder)
    with tempfile.TemporaryDirectory() as folder:  # a copy of /etc, to write users into
        shutil.copytree("/etc", folder, symlinks=True, dirs_exist_ok=True)
        mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/etc")
        shutil.copytree(folder, "/etc", symlinks=True, dirs_exist_ok=True)
    for path, descriptor in held.items():
        path.mkdir(parents=True, exist_ok=True)
        mount("--no-canonicalize", "--bind", f"/proc/self/fd/{descriptor}", path, pass_fds=[descriptor])
        mount("-o", f"remount,bind,{'rw' if path == writable else 'ro'}", path)
        os.close(descriptor)
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP))
    socket.sethostname("hub")


def mount(*arguments: str | Path, pass_fds: tuple[int, ...] | list[int] = ()) -> None:
    subprocess.run(["mount", *arguments], check=True, pass_fds=pass_fds)


def add_user(name: str, password: str, group: str) -> None:
    """Add a user as an administrator would: with a home that is closed to others, in a group of the class."""
    subprocess.run(["groupadd", "--force", group], check=True)
    options = ["--create-home", "--shell", "/bin/bash", "--key", "HOME_MODE=0700", "--no-log-init"]
    subprocess.run(["useradd", *options, "--groups", group, name], check=True)
    subprocess.run(["chpasswd"], input=f"{name}:{password}", text=True, check=True)


def run_as(
    user: str,
    *command: str | Path,
    given: str = "",
    environment: Mapping[str, str] | None = None,
    check: bool = True,
) -> subprocess.CompletedProcess[str]:
    """Run a command as a user of the machine, in their home; what it prints, errors too, is its stdout."""
    become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--reset-env", "--"]
    variables = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **(environment or {})}
    assigned = ["env", f"--chdir=/home/{user}", *(f"{name}={value}" for name, value in variables.items())]
    done = subprocess.run(
        [*become, *assigned, *command],
        input=given,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if check and done.returncode:
        raise RuntimeError(f"{user}: {' '.join(map(str, command))} failed:\n{done.stdout}")
    return done


def others() -> list[str]:
    """Bury the processes that have ended, as a machine's first has to, and name those that have not."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    names = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if int(entry.name) != os.getpid():
                names.append((entry / "comm").read_text(encoding="utf-8").strip())
    return names
