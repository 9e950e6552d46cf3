"""Explorers on the page, moved by mouse, by finger, by keys and by their address, as a reader would.

Their numbers are compared with those of the twin that kltools computes. What is tested is what the chapters
hold: each explorer is found in a notebook, and made again from the lines of it that it needs.
"""

import ast
import functools
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
import vl_convert
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route
from playwright.sync_api import TimeoutError as Timeout

from kltools.explorers import Explorer
from kltools.explorers._explorer import VEGA_LITE, written
from tests.site.books import ROOT
from tests.site.checks import MOST_SHIFTED, OBSERVE_SHIFTS
from tests.site.test_site import AXE_SOURCE, DESK, PATIENCE, PHONE, listen

TARGET = 24  # pixels


@dataclass(frozen=True)
class Found:
    """An explorer of a notebook: where it is, what is stored, and the code that makes it."""

    page: str
    name: str
    code: str = field(repr=False)

    @functools.cache  # noqa: B019  there are eight, and they stay
    def make(self) -> Explorer:
        *lines, last = ast.parse(self.code).body
        names: dict[str, Any] = {}
        exec(compile(ast.Module(lines, []), self.page, "exec"), names)
        return eval(compile(ast.Expression(last.value), self.page, "eval"), names)


def explorers() -> Iterator[Found]:
    """Find every explorer of the chapters."""
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        before: list[ast.stmt] = []
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type != "code":
                continue
            lines = ast.parse(re.sub(r"^%.*$", "", cell.source, flags=re.MULTILINE)).body
            for output in cell.outputs:
                if VEGA_LITE in output.get("data", {}):
                    name = output["data"][VEGA_LITE]["usermeta"]["explorer"]
                    yield Found(f"chapters/{path.stem}.html", name, needed([*before, *lines]))
            before += lines


def needed(lines: list[ast.stmt]) -> str:
    """Return the last of some lines of code, and before it those which give it its names."""
    kept = [lines[-1]]
    names = mentioned(lines[-1], ast.Load)
    for line in reversed(lines[:-1]):
        imported = {part.asname or part.name for part in ast.walk(line) if isinstance(part, ast.alias)}
        if names & (imported | mentioned(line, ast.Store)):
            kept.insert(0, line)
            names |= mentioned(line, ast.Load)
    return "\n".join(map(ast.unparse, kept))


def mentioned(line: ast.stmt, how: type) -> set[str]:
    return {part.id for part in ast.walk(line) if isinstance(part, ast.Name) and isinstance(part.ctx, how)}


EXPLORERS = list(explorers())
OWN = next(found for found in EXPLORERS if found.name == "own_pair")


ALONE = """element => {
    for (let part = element; part.localName != "article"; part = part.parentElement)
        for (const other of [...part.parentElement.children]) if (other != part) other.remove();
}"""


# What an explorer is set to, and what it shows: as numbers, and as it writes them in its table.
SHOWN = """async element => {
    await element.explorer.running;
    const {view, spec} = element.explorer;
    return [
        element.explorer.state(),
        view.data(spec.usermeta.shown).map(({name, value}) => [name, value == null ? null : String(value)]),
        [...element.querySelectorAll(".explorer-values tr")].map(row => row.innerText.split("\\t")),
    ];
}"""

POINT = """(control, share) => {
    control.scrollIntoView({block: "center", behavior: "instant"});
    const {left, top, width, height} = control.getBoundingClientRect();
    return [left + share * width, top + height / 2];
}"""

AXE_HERE = """name => axe.run(`[id="${name}"]`, {preload: false, resultTypes: ["violations"]})"""


class Reader:
    """Somebody who moves an explorer, and notes what is wrong."""

    def __init__(self, page: Page, found: Found, home: str) -> None:
        self.page, self.found, self.home = page, found, home
        self.twin = found.make()
        self.faults: list[str] = listen(page, home)
        self.element = page.locator(f'[id="{found.name}"]')

    def open(self, query: str = "") -> None:
        self.page.goto(f"{self.home}/{self.found.page}{query}", timeout=PATIENCE)
        self.element.scroll_into_view_if_needed()
        self.page.wait_for_selector(f'[id="{self.found.name}"].live', timeout=PATIENCE)
        self.settle()

    def alone(self) -> None:
        """Take the rest of the article away, which would be laid out again at each step."""
        self.element.evaluate(ALONE)

    def settle(self) -> None:
        self.element.evaluate("async element => { await element.explorer.running; }")

    def state(self) -> dict[str, Any]:
        return self.element.evaluate("element => element.explorer.state()")

    def control(self, name: str) -> Locator:
        return self.element.locator(f'[name="{self.found.name}.{name}"]')

    def sliders(self) -> list[str]:
        return [name for name, control in self.twin.controls.items() if control["bind"]["input"] == "range"]

    def compare(self, when: str) -> None:
        """Note where what the page shows is not what kltools computes for the same setting."""
        settings, data, shown = self.element.evaluate(SHOWN)
        expected = self.twin.values(**settings)
        self.faults += [f"{when}, {settings}: {fault}" for fault in differences(expected, data, shown)]

    def point(self, name: str, share: float) -> list[float]:
        """Bring a slider into view, and return the point of it at a share of its width."""
        return self.control(name).evaluate(POINT, share)

    def drag(self, name: str, share: float) -> None:
        """Put the pointer on a slider at a share of its width, and pull it a little further."""
        x, y = self.point(name, share)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + 9, y, steps=2)
        self.page.mouse.up()

    def touch(self, name: str, share: float) -> None:
        self.page.touchscreen.tap(*self.point(name, share))


def differences(
    expected: dict[str, float | None], data: list[list[str | None]], shown: list[list[str]]
) -> list[str]:
    """Compare the values of an explorer, and how the page writes them, with what kltools computes."""
    if [name for name, _ in data] != list(expected):
        return [f"shows {[name for name, _ in data]}, and not {list(expected)}"]
    found = []
    for (name, value), (heading, text) in zip(data, shown, strict=True):
        right = expected[name]
        number = None if value is None else float(value.replace("Infinity", "inf"))
        if heading != name:
            found.append(f"the row of {name} is headed {heading}")
        if not same(number, right):
            found.append(f"{name} is {number}, and by kltools {right}")
        if text.split(" ")[0] != written(number):
            found.append(f"{name} is written {text}")
    return found


def same(number: float | None, right: float | None) -> bool:
    if number is None or right is None:
        return number is right
    return math.isclose(number, right, rel_tol=1e-7, abs_tol=1e-15)


def move(reader: Reader, hand: str) -> None:
    """Move everything, by a hand, and by keys; compare at each step."""
    reader.compare("at the start")
    for place, name in enumerate(reader.sliders()):
        seen = {reader.state()[name]}
        for share in (0.9, 0.15 + 0.1 * place):
            getattr(reader, hand)(name, share)
            reader.compare(f"{name} by {hand}")
            seen.add(reader.state()[name])
        if len(seen) == 1:
            reader.faults.append(f"{name} does not move by {hand}")
    reveal = reader.element.locator(".explorer-check")
    reveal.tap() if hand == "touch" else reveal.click()
    reader.compare("revealed")
    for name in reader.sliders():
        control = reader.control(name)
        for key in ("ArrowLeft", "ArrowRight", "ArrowRight"):
            before = reader.state()[name]
            control.press(key)
            limit = reader.twin.controls[name]["bind"]["max" if key == "ArrowRight" else "min"]
            if reader.state()[name] == before != limit:
                reader.faults.append(f"{name} does not move by {key}")
        reader.compare(f"{name} by keys")
        for key in ("Home", "End"):
            control.press(key)
            reader.compare(f"{name} by {key}")
        reader.drag(name, 0.6)
    for control in reader.element.locator("input[type=radio]").all():
        control.check()
        reader.compare("another choice")


def type_own(reader: Reader) -> None:
    """Type into the cells of own_pair, add and remove outcomes, begin with each button."""
    cell = reader.element.locator("tr:not([hidden]) [data-column=q]").nth(1)
    for text in ("0", "7,5", "1/3", "", "many", "-1", "2"):
        cell.fill(text)
        reader.compare(f"{text!r} is typed")
        said = reader.element.locator(".explorer-message").inner_text()
        if bool(said) != (text in ("", "many", "-1", "0")):
            reader.faults.append(f"{text!r} is typed, and the message is {said!r}")
    for does in ("add", "add", "remove"):
        reader.element.locator(f"[data-does={does}]").click()
        for column in "pq":
            reader.element.locator(f"tr:not([hidden]) [data-column={column}]").last.fill("0.5")
        reader.compare(does)
    for button in reader.element.locator("[data-preset]").all():
        button.click()
        reader.compare(button.inner_text())


def remember(reader: Reader, patience: int = 5000) -> None:
    """The address holds the state, and a page that is opened with it shows the same."""
    state = reader.state()
    reader.page.wait_for_function(
        "([name, state]) => document.getElementById(name).explorer.address().href == location.href",
        arg=[reader.found.name, state],
        timeout=patience,
    )
    address = urlsplit(reader.page.url)
    keys = {key.partition(".")[2] for key in parse_qs(address.query)}
    changed = {name for name, value in state.items() if value != reader.twin.controls[name]["value"]}
    if keys != changed:
        reader.faults.append(f"the address holds {sorted(keys)}, and {sorted(changed)} are changed")
    reader.page.goto("about:blank")  # or else the same page would stay, with its state
    reader.open(f"?{address.query}#{reader.found.name}")
    reader.alone()
    if reader.state() != state:
        reader.faults.append(f"the address brings back {reader.state()}, and it was {state}")
    reader.compare("opened again")
    reader.element.locator("[data-does=reset]").click()
    start = {name: control["value"] for name, control in reader.twin.controls.items()}
    if reader.state() != start:
        reader.faults.append(f"started again, it is {reader.state()}")


def look(reader: Reader) -> None:
    """Check it for those who see little, hear it, or have broad fingers; in both modes."""
    reader.page.evaluate(AXE_SOURCE)
    for mode in ("light", "dark"):
        reader.page.emulate_media(color_scheme=mode, reduced_motion="reduce")
        reader.page.wait_for_function("mode => document.documentElement.dataset.theme == mode", arg=mode)
        for violation in reader.page.evaluate(AXE_HERE, reader.found.name)["violations"]:
            nodes = [node["html"][:160] for node in violation["nodes"][:3]]
            reader.faults.append(f"axe, {mode}: {violation['id']}: {nodes}")
    reader.faults += reader.element.evaluate(
        """(element, least) => [...element.querySelectorAll("button, input:not([type=hidden])")]
             .filter(part => part.checkVisibility())
             .map(part => [part, part.getBoundingClientRect()])
             .filter(([, {width, height}]) => width < least || height < least)
             .map(([part]) => `too small to hit: ${part.outerHTML.slice(0, 120)}`)""",
        TARGET,
    )


def plant(route: Route, old: str, new: str) -> None:
    """Answer a request with the file that was asked for, but with a fault in it."""
    response = route.fetch()
    route.fulfill(response=response, body=response.text().replace(old, new))


def arrive(context: BrowserContext, found: Found, home: str, *planted: str) -> Reader:
    """Open the page of an explorer; `planted` is a text of its files, and the fault in its place."""
    page = context.new_page()
    page.add_init_script(OBSERVE_SHIFTS)
    reader = Reader(page, found, home)
    if planted:
        page.route(re.compile(r"explorers\.js|\.html"), lambda route: plant(route, *planted))
    reader.open()
    shift = page.evaluate("shifted")
    if shift > MOST_SHIFTED:
        reader.faults.append(f"the page shifts by {shift:.3f}")
    reader.alone()
    return reader


@pytest.mark.parametrize("found", EXPLORERS, ids=lambda found: found.name)
def test_explorer(site: Path, address: str, browser: Browser, found: Found) -> None:
    """Every other one on a phone, by touch; one's own pair so, and from disk."""
    by_touch = EXPLORERS.index(found) % 2 == EXPLORERS.index(OWN) % 2
    home = site.as_uri() if found == OWN else address
    with browser.new_context(**(PHONE if by_touch else DESK), has_touch=by_touch) as context:
        reader = arrive(context, found, home)
        look(reader)
        move(reader, "touch" if by_touch else "drag")
        if found == OWN:
            type_own(reader)
        remember(reader)
    assert not reader.faults, "\n".join(reader.faults)


def compare(reader: Reader) -> None:
    reader.element.locator(".explorer-check").click()
    reader.compare("revealed")


def type_one(reader: Reader, patience: int = 5000) -> None:
    reader.element.locator("[data-column=q]").first.fill("7")
    remember(reader, patience)


@pytest.mark.parametrize(
    ("part", "old", "new", "fault"),
    [
        (compare, "abs(guess - (kl))", "abs(guess + (kl))", "off by is"),
        (compare, "cells[place].textContent = text", "0", "is written ?"),
        (
            functools.partial(type_one, patience=1000),
            'history.replaceState(history.state, "", this.address())',
            "0",
            "Timeout",
        ),
        (type_one, "if (value === undefined) continue;", "continue;", "the address brings back"),
        (
            look,
            '<div class="explorer-buttons">',
            '<div class="explorer-buttons" style="zoom: 0.4">',
            "too small",
        ),
        (look, 'aria-label="P, outcome 1"', "", "axe, light: label"),
    ],
)
def test_each_fault_is_found(
    address: str, browser: Browser, part: Callable[[Reader], None], old: str, new: str, fault: str
) -> None:
    with browser.new_context(**PHONE) as context:
        reader = arrive(context, OWN, address, old, new)
        try:
            part(reader)
        except Timeout as error:
            reader.faults.append(str(error))
    assert fault in "\n".join(reader.faults)


def test_vega_comes_when_an_explorer_does(address: str, browser: Browser) -> None:
    found = next(found for found in EXPLORERS if found != OWN)
    with browser.new_context(**PHONE) as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}/{found.page}", wait_until="load", timeout=PATIENCE)
        assert any(url.split("?")[0].endswith("explorers.js") for url in asked)
        assert not any("vega" in url for url in asked)
        page.locator(f'[id="{found.name}"]').scroll_into_view_if_needed()
        page.wait_for_selector(f'[id="{found.name}"].live', timeout=PATIENCE)
        assert any(url.endswith("vega.min.js") for url in asked)
        asked.clear()
        page.goto(f"{address}/index.html", wait_until="load", timeout=PATIENCE)
        assert not any("explorers" in url for url in asked)


@pytest.mark.parametrize("how", ["without scripts", "without Vega"])
def test_picture_and_table_stand_in(site: Path, browser: Browser, how: str) -> None:
    with browser.new_context(java_script_enabled=how != "without scripts", **PHONE) as context:
        page = context.new_page()
        page.route(re.compile("vega.min.js"), lambda route: route.abort())
        for found in EXPLORERS:
            if not page.url.endswith(found.page):
                page.goto(f"{site.as_uri()}/{found.page}", timeout=PATIENCE)
            element = page.locator(f'[id="{found.name}"]')
            element.scroll_into_view_if_needed()
            table = element.locator(".explorer-table")
            table.wait_for(timeout=PATIENCE)
            twin = found.make()
            cells = "rows => rows.map(row => [...row.cells].slice(0, 2).map(cell => cell.textContent.trim()))"
            rows = table.locator("tr").evaluate_all(cells)
            assert rows[: len(twin.table[0])] == [[name, text] for name, text in twin.table[0].items()]
            picture = element.get_by_role("img")
            assert picture.locator("svg").is_visible()
            assert picture.get_attribute("aria-label") == twin.description
            assert element.locator("input:visible, button:visible").count() == 0


def test_vega_is_the_one_that_draws_the_pictures() -> None:
    script = (ROOT / "web/third_party/vega/vega.min.js").read_text(encoding="utf-8")
    assert re.findall(r'\bversion="([^"]+)"', script) == [vl_convert.get_vega_version()]
