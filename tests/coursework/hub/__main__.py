"""Install a JupyterHub aside, make a machine around it, and run a problem set through it: `make hub`."""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from tests.coursework.hub import machine

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
OUTPUT = ROOT / "_build" / "hub"
PINS = [HERE / "requirements.txt", HERE / "package.json", HERE / "package-lock.json"]


def main() -> int:
    """Return 0 where every step passed."""
    parser = argparse.ArgumentParser(prog="python -m tests.coursework.hub", description=__doc__)
    parser.add_argument("--set", default="entropy", help="the problem set (default: %(default)s)")
    problem_set = parser.parse_args().set
    install()
    try:
        return machine.enter([sys.executable, "-B", "-m", "tests.coursework.hub.loop", problem_set])
    except machine.CannotBeMade as reason:
        print(f"The hub needs a machine of its own, and there is none: {reason}", file=sys.stderr)
        return 2


def install() -> None:
    """Put JupyterHub and its proxy into _build/hub, at the versions that are pinned, unless it is there."""
    stamp = OUTPUT / "complete"
    pins = "".join(path.read_text(encoding="utf-8") for path in PINS)
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != pins:
        print("Installing a JupyterHub in _build/hub; this takes a minute ...", flush=True)
        shutil.rmtree(OUTPUT, ignore_errors=True)
        OUTPUT.mkdir(parents=True)
        for path in PINS[1:]:
            shutil.copy(path, OUTPUT)
        run("npm", "ci", "--silent")
        run("uv", "venv", "--quiet", "--python", sys.executable, "env")
        compiled = "--compile-bytecode"  # the machine could not: it reads this folder
        run("uv", "pip", "sync", "--quiet", "--require-hashes", compiled, "--python", "env", PINS[0])
        stamp.write_text(pins, encoding="utf-8")
    # kltools as it is now, which is all of ours that a student's server has
    run(
        "uv",
        "pip",
        "install",
        "--quiet",
        "--python",
        "env",
        "--reinstall",
        "--no-deps",
        "--no-build-isolation",
        ROOT,
    )


def run(program: str, *arguments: str | Path) -> None:
    """Run a program of the course's environment in _build/hub."""
    subprocess.run([Path(sys.executable).with_name(program), *arguments], cwd=OUTPUT, check=True)


if __name__ == "__main__":
    sys.exit(main())
