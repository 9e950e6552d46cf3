"""Measure how long a reader waits for Python in the browser: `python -m tests.published.measure [--record]`.

Measures the site that `make site` built in _build/html, served gzipped; each time is the median of three
fresh browsers. `--record` writes the table to web/browser/results.md and into CONTRIBUTING.md.
"""

import argparse
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator

from playwright.sync_api import Browser, BrowserContext

from benchmarks.__main__ import PAGE, Row, machine, progress, table, write
from tests.published.test_pages import (
    CELL_OF_NUMBERS,
    NUMBERS,
    THREE_BITS,
    lite_is_done,
    open_lite,
    page_is_done,
)
from tests.site.books import ROOT
from tests.site.serving import Gzipped, browsing, served

SITE = ROOT / "_build" / "html"
RESULTS = ROOT / "web" / "browser" / "results.md"
RUNS = 3
NOTE = "Recorded by `python -m tests.published.measure --record`; no line of it is typed.\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.published.measure", description=__doc__)
    parser.add_argument("--record", action="store_true", help=f"write {RESULTS.name} and {PAGE.name} as well")
    record = parser.parse_args().record
    if not (SITE / "_browser").exists():
        sys.exit(f"{SITE} has no Python for the browser: run make site first.")
    chromium = shutil.which("chromium") or sys.exit("Chromium is not installed, and measuring needs it.")
    with served(SITE, Counting) as home, browsing(chromium) as browser:
        results = table(
            ["from the click to", "bar, seconds", "seconds", "bar, MB", "MB"], rows(browser, home)
        )
    results = f"# Python in the browser, measured\n\n{NOTE}\n{next(machine())[1]}.\n\n{results}"
    print(results)
    if record:
        write(results, RESULTS)


class Counting(Gzipped):
    """Count the bytes that leave."""

    sent = 0

    def send_header(self, keyword: str, value: str) -> None:
        if keyword == "Content-Length":
            Counting.sent += int(value)
        super().send_header(keyword, value)


def rows(browser: Browser, home: str) -> Iterator[Row]:
    first, again, lite = zip(*(run(browser, home) for _ in range(RUNS)), strict=True)
    for what, found, seconds, megabytes in (
        ("the first result of a cell of numbers, on its page", first, "≤ 5", "≤ 12"),
        ("the same, on a second visit", again, "", ""),
        ("the first result in JupyterLite, from the link to it", lite, "≤ 20", ""),
    ):
        yield [
            what,
            seconds,
            f"{statistics.median(time for time, _ in found):.1f}",
            megabytes,
            f"{statistics.median(size for _, size in found) / 1e6:.1f}",
        ]


def run(browser: Browser, home: str) -> list[tuple[float, int]]:
    """Wait for the first result on a page, for it on a second visit, and in JupyterLite."""

    def taken(act: Callable[[], None]) -> tuple[float, int]:
        start, before = time.perf_counter(), Counting.sent
        act()
        return time.perf_counter() - start, Counting.sent - before

    def on_page(context: BrowserContext) -> tuple[float, int]:
        page = context.new_page()
        page.goto(f"{home}/{NUMBERS}")
        page.wait_for_selector(".run-button", state="attached")
        return taken(lambda: page_is_done(page, CELL_OF_NUMBERS))

    progress("a fresh browser")
    with browser.new_context() as context:
        found = [on_page(context), on_page(context)]
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{home}/{NUMBERS}")

        def in_lite() -> None:
            open_lite(page)
            lite_is_done(page, *THREE_BITS)

        return [*found, taken(in_lite)]


if __name__ == "__main__":
    main()
