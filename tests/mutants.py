"""Mutation testing of kltools: every survivor is explained, every explanation is needed (`make mutants`).

mutmut changes kltools in one place at a time and runs the tests on it; its settings are in pyproject.toml.
A change that no test notices survives. It fails this run unless `mutants.toml` explains it, and so does an
explanation whose mutant no longer survives.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

from mutmut.mutation.diff_apply import get_diff_for_mutant

ROOT = Path(__file__).parents[1]
EXPLAINED = Path(__file__).with_name("mutants.toml")

Change = tuple[str, str, str]  # the function, the line as it was, the line as it became


def main() -> int:
    os.chdir(ROOT)
    shutil.rmtree("mutants", ignore_errors=True)
    mutmut = [sys.executable, "-m", "mutmut"]
    subprocess.run([*mutmut, "run", "--max-children", str(os.cpu_count() or 1)], check=True)
    results = [*mutmut, "results", "--all", "true"]
    listed = subprocess.run(results, capture_output=True, text=True, check=True)
    verdicts = dict(re.findall(r"^\s*(\S+): (.+)$", listed.stdout, re.MULTILINE))
    print(", ".join(f"{count} {verdict}" for verdict, count in sorted(Counter(verdicts.values()).items())))
    alive = Counter(
        change(name) for name, verdict in verdicts.items() if verdict not in ("killed", "timeout")
    )
    explained = Counter(
        (entry["function"], entry["before"], entry["after"])
        for entry in tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["mutant"]
    )
    complaints = [
        *told("unexplained survivor", alive - explained),
        *told("needless entry", explained - alive),
    ]
    print("\n".join(complaints) or f"{alive.total()} survivors, each explained in {EXPLAINED.name}")
    if not verdicts:
        print("mutmut made no mutant")
    return 1 if complaints or not verdicts else 0


def change(name: str) -> Change:
    """Return the change of a mutant in words that outlive edits of other lines, as its number does not."""
    function = re.sub(r"\.x_|__mutmut_\d+$", lambda match: "." if match[0] == ".x_" else "", name)
    lines = get_diff_for_mutant(name).splitlines()
    before = [line[1:].strip() for line in lines if re.match(r"-(?!--)", line)]
    after = [line[1:].strip() for line in lines if re.match(r"\+(?!\+\+)", line)]
    return function, " ".join(before), " ".join(after)


def told(what: str, changes: Counter[Change]) -> list[str]:
    return [f"{what} in {name}:\n  - {before}\n  + {after}" for name, before, after in changes.elements()]


if __name__ == "__main__":
    sys.exit(main())
