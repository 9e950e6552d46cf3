"""The record of the altered runs: what was counted, and the state of all that the runs rest on.

Altering a chapter in every place takes minutes, and shows the same again until a byte changes of the
chapter, of what it imports or reads, of the environment, or of the tests that look. `make alterations` alters
every chapter and records it; `make test` alters those whose record is of another state, and counts the others
from it.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.chapters.notebooks import ROOT

Counts = Counter[tuple[str, str]]  # by what was altered and what became of it, as in a tally

# Beside the chapter itself: its data, what it imports, the answers it shows, the judges, the environment.
GROUNDS = (
    "chapters/data", "kltools", "libraries", "tests/chapters", "tests/conftest.py",
    "pyproject.toml", "requirements.txt",
)  # fmt: skip
NOT_GROUNDS = {".pyc", ".md"}  # made from the source, and documentation
RECORDS = Path("tests/chapters/altered")


def files(ground: Path) -> Iterator[Path]:
    """Yield a file, or all files of a folder that a run can depend on, in an order of their own."""
    found = sorted(ground.rglob("*")) if ground.is_dir() else [ground]
    return (path for path in found if path.is_file() and path.suffix not in NOT_GROUNDS)


def digest(root: Path, ground: Path) -> str:
    """Digest the names and bytes of a file or folder, the records themselves left out."""
    known = hashlib.sha256()
    for path in files(ground):
        name, content = path.relative_to(root), path.read_bytes()
        if RECORDS not in name.parents:
            known.update(f"{name.as_posix()}\0{len(content)}\0".encode() + content)
    return known.hexdigest()


def state(chapter: Path, root: Path = ROOT) -> dict[str, str]:
    """Digest all that the altered runs of a chapter rest on, each ground by its name."""
    grounds = [chapter, *(root / ground for ground in GROUNDS)]
    return {ground.relative_to(root).as_posix(): digest(root, ground) for ground in grounds}


def place(chapter: Path, root: Path) -> Path:
    return root / RECORDS / f"{chapter.stem}.json"


def recorded(chapter: Path, root: Path = ROOT) -> Counts | None:
    """Return what was counted in this very state; None where that has no record."""
    if not place(chapter, root).exists():
        return None
    kept = json.loads(place(chapter, root).read_text(encoding="utf-8"))
    if kept["state"] != state(chapter, root):
        return None
    return Counter({(name, word): number for name, word, number in kept["counted"]})


def record(chapter: Path, counts: Counts, root: Path = ROOT) -> None:
    """Write down what was counted, and in which state."""
    counted = [[name, word, number] for (name, word), number in sorted(counts.items())]
    kept = json.dumps({"state": state(chapter, root), "counted": counted}, indent=1)
    place(chapter, root).parent.mkdir(exist_ok=True)
    place(chapter, root).write_text(kept + "\n", encoding="utf-8")
