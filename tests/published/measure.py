"""Measure how long a reader waits for Python in the browser: `python -m tests.published.measure [--record]`.

Measures the site that `make site` built in _build/html, served gzipped; each time is the median of three
fresh browsers. `--record` writes the table to web/browser/results.md and into CONTRIBUTING.md.
"""

import argparse
import functools
import shutil
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from benchmarks.__main__ import PAGE, Row, machine, progress, show, table
from tests.published.test_pages import (
    CELL_OF_NUMBERS,
    NUMBERS,
    THREE_BITS,
    lite_is_done,
    open_lite,
    page_is_done,
)
from tests.site.books import ROOT
from tests.site.conftest import QUIET
from tests.site.measure import Gzipped

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
    with Counting(SITE) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[f"--{flag}" for flag in QUIET])
        results = table(
            ["from the click to", "bar, seconds", "seconds", "bar, MB", "MB"], rows(browser, server)
        )
        browser.close()
    results = f"# Python in the browser, measured\n\n{NOTE}\n{next(machine())[1]}.\n\n{results}"
    print(results)
    if record:
        RESULTS.write_text(results, encoding="utf-8")
        PAGE.write_text(show(results, PAGE.read_text(encoding="utf-8")), encoding="utf-8")
        progress(f"wrote {RESULTS} and {PAGE}")


class Counting(ThreadingHTTPServer):
    """Serve a site gzipped, and count the bytes that leave."""

    daemon_threads = True

    def __init__(self, site: Path) -> None:
        self.sent = 0
        counting = self

        class Counted(Gzipped):
            def send_header(self, keyword: str, value: str) -> None:
                if keyword == "Content-Length":
                    counting.sent += int(value)
                super().send_header(keyword, value)

        super().__init__(("127.0.0.1", 0), functools.partial(Counted, directory=site))
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def home(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


def rows(browser: Browser, server: Counting) -> Iterator[Row]:
    first, again, lite = zip(*(run(browser, server) for _ in range(RUNS)), strict=True)
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


def run(browser: Browser, server: Counting) -> list[tuple[float, int]]:
    """Wait for the first result on a page, for it on a second visit, and in JupyterLite."""

    def taken(act: Callable[[], None]) -> tuple[float, int]:
        start, before = time.perf_counter(), server.sent
        act()
        return time.perf_counter() - start, server.sent - before

    def on_page(context: BrowserContext) -> tuple[float, int]:
        page = context.new_page()
        page.goto(f"{server.home}/{NUMBERS}")
        page.wait_for_selector(".run-button", state="attached")
        return taken(lambda: page_is_done(page, CELL_OF_NUMBERS))

    progress("a fresh browser")
    with browser.new_context() as context:
        found = [on_page(context), on_page(context)]
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{server.home}/{NUMBERS}")

        def in_lite() -> None:
            open_lite(page)
            lite_is_done(page, *THREE_BITS)

        return [*found, taken(in_lite)]


if __name__ == "__main__":
    main()
