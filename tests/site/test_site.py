"""The built site, as a reader meets it in a browser."""

import contextlib
import functools
import gzip
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as WaitedInVain

from tests.site.books import ROOT
from tests.site.checks import (
    ALL,
    AXE,
    BROKEN,
    CHECKS,
    INACCESSIBLE,
    LAID_OUT,
    MOST_SHIFTED,
    OBSERVE_SHIFTS,
    REDUCE,
    SHIFTING,
    STUCK,
)
from tests.site.serving import COMPRESSED

Device = dict[str, Any]

PHONE: Device = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
DESK: Device = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
PATIENCE = 120_000  # milliseconds: other tests may keep the machine busy
SCROLLS = CHECKS["what scrolls can be scrolled by keyboard"].strip()
SETTLED = 5000  # milliseconds, of which theme.js takes a tenth on a machine that does nothing else
MOST_BYTES = 400_000
AXE_SOURCE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")


TOC = re.findall(r"(?:root|file): (\S+)", (ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = sorted([*(f"{name}.html" for name in TOC), "404.html", "genindex.html", "search.html"])


def pages(site: Path) -> list[str]:
    found = (path.relative_to(site) for path in site.rglob("*.html"))
    return sorted(path.as_posix() for path in found if "_static" not in path.parts)


def listen(page: Page, home: str) -> list[str]:
    """Collect what a page asks of another host, and what it logs as an error; let no such request out."""
    heard: list[str] = []
    elsewhere = re.compile(f"^(?!{re.escape(home)}|data:|blob:)")
    page.route(elsewhere, lambda route: route.abort())
    page.on(
        "request", lambda request: elsewhere.match(request.url) and heard.append(f"requests {request.url}")
    )
    page.on("console", lambda line: line.type == "error" and heard.append(f"logs {line.text}"))
    page.on("pageerror", lambda error: heard.append(f"throws {error}"))
    return heard


def ask_axe(page: Page) -> list[str]:
    """Return what axe finds on a page; REDUCE has to have been there."""
    if not page.evaluate("globalThis.axe != null"):
        page.evaluate(AXE_SOURCE)
    return page.evaluate(AXE)


@dataclass
class Visit:
    """What was found on a page."""

    heard: list[str]
    faults: list[str]
    shifted: float
    loaded: set[str]

    def weight(self, site: Path) -> int:
        """Return how many bytes a server sends for the page, before anyone scrolls."""
        return sum(sent(site / path.lstrip("/")) for path in self.loaded)


@functools.cache
def sent(path: Path) -> int:
    """Return how many bytes a server sends of a file: what is text, gzipped."""
    content = path.read_bytes()
    return len(content if path.suffix in COMPRESSED else gzip.compress(content, 6))


def settle(page: Page) -> None:
    """Wait until theme.js has made what scrolls reachable by keyboard."""
    with contextlib.suppress(WaitedInVain):  # then the checks will say what it did not reach
        page.wait_for_function(f"!{SCROLLS}.length", timeout=SETTLED)


def visit(browser: Browser, home: str, name: str, device: Device) -> Visit:
    """Load a page on a device, and look at all of it."""
    asked: list[str] = []
    with browser.new_context(**device) as context:
        context.add_init_script(OBSERVE_SHIFTS)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        heard = listen(page, home)
        page.goto(f"{home}/{name}", wait_until="load", timeout=PATIENCE)
        page.evaluate("document.fonts.ready")
        loaded = {urlsplit(url).path for url in asked if url.startswith(home)}
        shifted = page.evaluate("shifted")
        page.add_style_tag(content=LAID_OUT)
        settle(page)
        faults = page.evaluate(ALL)
        page.evaluate(REDUCE)
        settle(page)
        faults += ask_axe(page)
    return Visit(heard, faults, shifted, loaded)


def test_the_pages_are_those_that_are_looked_at(site: Path) -> None:
    assert pages(site) == PAGES


@pytest.mark.parametrize("name", PAGES)
def test_every_page(site: Path, address: str, browser: Browser, name: str) -> None:
    """From a server on a phone in dark mode, and from disk on a desk in light mode."""
    web = visit(browser, address, name, PHONE)
    disk = visit(browser, site.as_uri(), name, DESK)
    found = [fault for seen in (web, disk) for fault in seen.heard + seen.faults]
    if (shifted := max(web.shifted, disk.shifted)) > MOST_SHIFTED:
        found.append(f"its parts shift by {shifted:.3f} while it loads")
    if (weight := web.weight(site)) > MOST_BYTES:
        found.append(f"{weight / 1000:.0f} kB are sent before anyone scrolls")
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


@pytest.mark.parametrize("rule", INACCESSIBLE)
def test_axe_finds_its_fault(browser: Browser, rule: str) -> None:
    with browser.new_context(**DESK) as context:
        page = context.new_page()
        good = "<!doctype html><html lang=en><title>A page</title><main><h1>A page</h1></main></html>"
        page.set_content(good)
        page.evaluate(REDUCE)
        assert not ask_axe(page)
        bad = INACCESSIBLE[rule]
        page.set_content(good.replace("</main>", f"</main>{bad}" if rule == "region" else f"{bad}</main>"))
        page.evaluate(REDUCE)
        assert any(fault.startswith(f"axe, {rule}: ") for fault in ask_axe(page))


def test_colours_are_asked_about_on_every_ground(browser: Browser) -> None:
    """The one that cannot be told, alike but for its ground or its line, hidden among many that can."""
    contrast, link = "axe, color-contrast", "axe, link-in-text-block"
    many = '<p>legible <a href="#a" style="color: #111">link</a></p>' * 50
    with browser.new_context(**DESK) as context:
        page = context.new_page()
        for pale, rule in {
            "": "",
            '<p style="background: #000"><b style="background: #222">dark on dark</b></p>': contrast,
            '<div style="opacity: 0.3"><p>faint</p></div>': contrast,
            '<pre><span class="k">if</span> <span class="n" style="color: #bbb">sky</span></pre>': contrast,
            '<p>legible <a href="#a" style="color: #111; text-decoration: none">link</a></p>': link,
        }.items():
            page.set_content(
                f"<!doctype html><html lang=en><title>A</title><main><h1>A</h1>{many}{pale}{many}</main>"
            )
            page.evaluate(REDUCE)
            assert {fault.split(": ")[0] for fault in ask_axe(page)} == ({rule} if rule else set()), pale


def test_a_shift_is_found(browser: Browser) -> None:
    with browser.new_context(**DESK) as context:
        context.add_init_script(OBSERVE_SHIFTS)
        page = context.new_page()
        page.route(
            "http://page.invalid/", lambda route: route.fulfill(body=SHIFTING, content_type="text/html")
        )
        page.goto("http://page.invalid/")
        page.wait_for_function(f"shifted > {MOST_SHIFTED}", timeout=PATIENCE)


def test_a_weight_is_what_a_server_sends(tmp_path: Path) -> None:
    text, font = tmp_path / "a.css", tmp_path / "a.woff2"
    for path in (text, font):
        path.write_bytes(b"p" * 10_000)
    assert sent(text) < 100
    assert sent(font) == 10_000


def test_looking_leaves_the_page_as_it_was(browser: Browser) -> None:
    """axe, which looks next, takes what stands under the theme's head for too small to be hit."""
    with browser.new_context(**DESK) as context:
        page = context.new_page()
        page.set_content(
            "<!doctype html><h1>A page</h1><div style='height: 3000px'></div>"
            "<article><details><summary>Hint</summary><p>Swap.</p></details></article>"
        )
        state = "[scrollX, scrollY, document.documentElement.outerHTML]"
        before = page.evaluate(state)
        assert not page.evaluate(CHECKS["folded parts open by click and by keyboard"])
        assert page.evaluate(state) == before


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


def kinds_of_folded_parts(path: Path) -> set[str]:
    _, _, article = path.read_text(encoding="utf-8").partition("<article")
    return set(re.findall(r"<details\b[^>]*>", article.partition("</article>")[0]))


def test_folded_parts_open_by_mouse_and_by_key(site: Path, browser: Browser) -> None:
    """One part of each kind with a real mouse and keyboard; the check above goes through all of them."""
    kinds = {name: kinds_of_folded_parts(site / name) for name in pages(site)}
    waiting = set().union(*kinds.values())
    assert len(waiting) > 1
    with browser.new_context() as context:
        page = context.new_page()
        for name in sorted(kinds, key=lambda name: (site / name).stat().st_size):
            if not waiting & kinds[name]:
                continue
            page.goto((site / name).as_uri())
            every = page.locator("article details")
            tags = every.evaluate_all("all => all.map(part => part.cloneNode().outerHTML.split('</')[0])")
            for place, tag in enumerate(tags):
                folded = every.nth(place)
                if tag not in waiting or not folded.is_visible():
                    continue
                waiting.remove(tag)
                summary = folded.locator("> summary")
                summary.click()
                assert folded.evaluate("details => details.open"), f"{name}: {summary.inner_text()}"
                summary.press("Enter")
                assert not folded.evaluate("details => details.open"), f"{name}: {summary.inner_text()}"
    assert not waiting


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
