"""Ask every library again: `python -m libraries.record`.

The libraries are installed at the versions of requirements.txt, in an environment that is thrown
away, because they weigh more than all the rest of the course.
"""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).parent
ANSWERS = HERE / "answers.json"
PINS = HERE / "requirements.txt"


def main() -> None:
    """Make the environment, ask, and write answers.json."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True, symlinks=sys.platform != "win32")
        python = Path(folder, "Scripts" if sys.platform == "win32" else "bin", "python")
        print(f"installing {PINS.name}; this takes some minutes ...", flush=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--requirement", PINS], check=True)
        print("asking ...", flush=True)
        asked = subprocess.run(
            [python, "-m", "libraries.asking"], cwd=HERE.parent, check=True, stdout=subprocess.PIPE
        )
    ANSWERS.write_bytes(asked.stdout + b"\n")
    print(f"wrote {ANSWERS}")


if __name__ == "__main__":
    main()
