"""The built site, as a reader meets it in a browser."""

import functools
import json
import os
import re
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.site.books import ROOT, build
from tests.site.checks import ALL, BROKEN, CHECKS, STUCK

Device = dict[str, Any]

PHONE: Device = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
DESK: Device = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
PATIENCE = 120_000  # milliseconds: other tests may keep the machine busy
QUIET = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"]
QUIET += ["disable-component-update", "disable-sync"]


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site from the repository once; any warning fails that, and every test that uses it."""
    output = tmp_path_factory.mktemp("site")
    built = build(ROOT, output)
    assert built.returncode == 0, built.stdout
    return output / "_build" / "html"


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    handler = functools.partial(Handler, directory=site)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None and "CI" not in os.environ:
        pytest.skip("Chromium is not installed: these tests need it")
    assert program, "Chromium is not installed, and where CI is set these tests may not be skipped"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[f"--{flag}" for flag in QUIET])
        yield browser
        browser.close()


def pages(site: Path) -> list[str]:
    found = (path.relative_to(site) for path in site.rglob("*.html"))
    return sorted(path.as_posix() for path in found if path.parts[0] != "_static")


def listen(page: Page, home: str) -> list[str]:
    """Collect what a page asks of another host, and what it logs as an error; let no such request out."""
    heard: list[str] = []

    def elsewhere(url: str) -> bool:
        return not url.startswith(home) and urlsplit(url).scheme not in ("data", "blob")

    page.route(elsewhere, lambda route: route.abort())
    page.on("request", lambda request: elsewhere(request.url) and heard.append(f"requests {request.url}"))
    page.on("console", lambda line: line.type == "error" and heard.append(f"logs {line.text}"))
    page.on("pageerror", lambda error: heard.append(f"throws {error}"))
    return heard


@pytest.mark.parametrize(("place", "first", "then"), [("web", PHONE, DESK), ("disk", DESK, PHONE)])
def test_every_page(
    site: Path, address: str, browser: Browser, place: str, first: Device, then: Device
) -> None:
    """Load each page on one device, and turn that into the other: the checks cost less than the loading."""
    home = address if place == "web" else site.as_uri()
    found = []
    for name in pages(site):
        with browser.new_context(**first) as context:
            page = context.new_page()
            heard = listen(page, home)
            page.goto(f"{home}/{name}", wait_until="networkidle", timeout=PATIENCE)
            page.evaluate("document.fonts.ready")
            told = page.evaluate(ALL)
            page.set_viewport_size(then["viewport"])
            page.emulate_media(color_scheme=then["color_scheme"])
            told += page.evaluate(ALL)
            found += [f"{name}: {fault}" for fault in heard + told]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("check", CHECKS)
def test_each_check_finds_its_fault(browser: Browser, check: str) -> None:
    with browser.new_context(**PHONE) as context:
        page = context.new_page()
        page.set_content("<h1>A page</h1>")
        assert not page.evaluate(CHECKS[check])
        page.set_content(f"<!doctype html><meta name=viewport content='width=device-width'>{BROKEN[check]}")
        assert page.evaluate(CHECKS[check])


@pytest.mark.parametrize(
    "fault",
    [
        '<img src="https://elsewhere.invalid/bars.svg">',
        '<link rel="stylesheet" href="http://elsewhere.invalid/katex.css">',
        "<script>console.error('no')</script>",
        "<script>undefined.value</script>",
    ],
)
def test_listening_hears_a_fault(browser: Browser, fault: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        heard = listen(page, "about:blank")
        page.set_content(fault, wait_until="load")
        assert heard


@pytest.mark.parametrize("fault", STUCK)
def test_a_part_that_cannot_be_opened_is_found(browser: Browser, fault: str) -> None:
    with browser.new_context(**DESK) as context:
        page = context.new_page()
        page.set_content(f"<!doctype html><h1>A page</h1>{fault}")
        assert page.evaluate(CHECKS["folded parts open by click and by keyboard"])


def test_every_exercise_of_a_chapter_is_on_its_page(site: Path) -> None:
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        names = [cell["metadata"]["exercise"] for cell in cells if "exercise" in cell["metadata"]]
        page = (site / "chapters" / f"{path.stem}.html").read_text(encoding="utf-8")
        assert page.count('<div class="exercise">') == len(names)
        assert page.count('<details class="solution">') == len(names)


def test_folded_parts_open_by_mouse_and_by_key(site: Path, browser: Browser) -> None:
    """One part of each kind with a real mouse and keyboard; the check above goes through all of them."""
    kinds = "details => details.className + '/' + details.firstElementChild.className"
    seen = set()
    with browser.new_context() as context:
        page = context.new_page()
        for name in pages(site):
            page.goto((site / name).as_uri())
            every = page.locator("article details")
            for place, kind in enumerate(every.evaluate_all(f"all => all.map({kinds})")):
                folded = every.nth(place)
                if kind in seen or not folded.is_visible():
                    continue
                seen.add(kind)
                summary = folded.locator("> summary")
                summary.click()
                assert folded.evaluate("details => details.open"), f"{name}: {summary.inner_text()}"
                summary.press("Enter")
                assert not folded.evaluate("details => details.open"), f"{name}: {summary.inner_text()}"
    assert len(seen) > 1


def test_nothing_needs_scripts(site: Path, browser: Browser) -> None:
    with browser.new_context(java_script_enabled=False, **PHONE) as context:
        page = context.new_page()
        page.goto((site / "index.html").as_uri())
        page.locator(".course-map a").first.click()
        assert page.locator(".chapter-place").is_visible()
        hint = page.locator("article details:has(> summary)").first
        hint.locator("> summary").click()
        assert hint.locator("> :not(summary)").first.is_visible()


def test_styles_are_those_of_the_katex_that_renders() -> None:
    from sphinxcontrib.katex import katex_version

    styles = (ROOT / "web/third_party/katex/katex.min.css").read_text(encoding="utf-8")
    assert re.findall(r'version:after\{content:"([^"]+)"', styles) == [katex_version]
