"""Every code cell of every chapter, run on its page."""

import gzip
import math
import re
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import nbformat
import pytest
from playwright.sync_api import BrowserContext, Page

from kltools.exercises import EXERCISES
from kltools.exercises._checking import ValueExercise
from tests.chapters.notebooks import CHAPTERS, tags

PLACES = ("", "/course")  # of the site on its host
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
FORMS = ("text/plain", "text/latex", "text/markdown")
HEAVIEST = 12e6  # bytes, gzipped, until a cell of numbers has its result
MISSING = "altair"  # needs a compiled package that the browser's Python has not
RUN_ALL = "() => document.querySelectorAll('.run-button').forEach(button => button.click())"
NUMBERS, CELL_OF_NUMBERS, RESULT = "chapters/kl_divergence.html", 2, "1.0297 nats"
THREE_BITS = "from kltools import kl_divergence\nkl_divergence([1, 0], [1 / 8, 7 / 8], base=2)", "3.0"
DONE = "() => document.querySelector('#run-panel [role=status]').textContent == 'Python is ready.'"


def go(context: BrowserContext, address: str, chapter: str) -> tuple[Page, list[str]]:
    """Open a chapter; collect what its pages asks for elsewhere, and what they log as an error."""
    page = context.new_page()
    heard: list[str] = []
    page.on("request", lambda r: r.url.startswith((address, "data:", "blob:")) or heard.append(r.url))
    page.on("console", lambda line: line.type == "error" and heard.append(line.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.goto(f"{address}/chapters/{chapter}.html")
    page.wait_for_selector(".run-button", state="attached")
    return page, heard


def shown_cells(path: Path) -> list[nbformat.NotebookNode]:
    """Return the code cells of a notebook that its page shows."""
    cells = nbformat.read(path, 4).cells
    return [cell for cell in cells if cell.cell_type == "code" and "remove-input" not in tags(cell)]


def texts(outputs: list[dict[str, Any]]) -> str:
    """Return all that outputs say in letters; the page has streams, errors and data, as a notebook has."""
    parts = []
    for output in outputs:
        parts.append(output.get("text", ""))
        parts += [output.get("data", {}).get(form, "") for form in FORMS]
        if "ename" in output:
            parts.append(f"{output['ename']}: {output['evalue']}")
        parts.append(output.get("error", ""))
    return "".join(parts)


def same(one: str, other: str) -> bool:
    """Compare words as words and numbers as numbers."""
    if NUMBER.sub("#", re.sub(r"\s+", " ", one)) != NUMBER.sub("#", re.sub(r"\s+", " ", other)):
        return False
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    return all(math.isclose(float(a), float(b), rel_tol=1e-9, abs_tol=1e-12) for a, b in pairs)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_runs_from_top_to_bottom(visit: BrowserContext, address: str, path: Path) -> None:
    page, heard = go(visit, address, path.stem)
    cells = shown_cells(path)
    page.evaluate(RUN_ALL)
    page.wait_for_function(DONE)
    given = page.evaluate(
        "() => [...document.querySelectorAll('article div.cell:has(> .cell_input)')].map(c => c.given)"
    )
    assert len(given) == len(cells)
    wrong = [
        f"{cell.source}\nstored: {texts(cell.outputs)}\nhere:   {texts(outputs or [])}"
        for cell, outputs in zip(cells, given, strict=True)
        if "explorers" not in cell.source and not same(texts(cell.outputs), texts(outputs or []))
    ]
    assert not wrong, "\n\n".join(wrong)
    assert not heard


def edit(page: Page, index: int, code: str) -> None:
    """Type code into a cell, and run it with the keyboard."""
    bar = page.locator(".run-bar").nth(index)
    bar.evaluate("bar => { const folded = bar.closest('details'); if (folded) folded.open = true; }")
    if bar.get_by_text("Edit", exact=True).is_visible():
        bar.get_by_text("Edit", exact=True).click()
    page.locator("div.cell:has(> .cell_input)").nth(index).locator("textarea").fill(code)
    page.keyboard.press("Shift+Enter")


def said(page: Page, index: int) -> str:
    result = page.locator("div.cell:has(> .cell_input)").nth(index).locator(".run-output")
    result.wait_for(state="attached")
    page.wait_for_function(DONE)
    return result.inner_text()


def test_a_reader_works_with_a_page(visit: BrowserContext, address: str) -> None:
    """An answer refused, then accepted; a reload; an endless loop; a notebook to take away."""
    page, heard = go(visit, address, "kl_divergence")
    exercise = next(e for e in EXERCISES.values() if isinstance(e, ValueExercise) and e.name == "by_hand")
    stub = next(
        index
        for index in range(page.locator(".run-bar").count())
        if 'check("by_hand"' in page.locator("div.cell:has(> .cell_input)").nth(index).text_content()
    )
    edit(page, stub, f"answer = {exercise.mistakes[0].answer!r}\ncheck('by_hand', answer)")
    assert exercise.mistakes[0].sentence in said(page, stub)
    edit(page, stub, f"answer = {exercise.right!r}\ncheck('by_hand', answer)")
    page.wait_for_function(
        "i => document.querySelectorAll('.run-bar')[i].closest('.cell').innerText.includes('Right.')",
        arg=stub,
    )
    page.reload()
    page.wait_for_selector(".run-button", state="attached")
    editor = page.locator("div.cell:has(> .cell_input)").nth(stub).locator("textarea")
    assert repr(exercise.right) in editor.input_value()
    with page.expect_download() as waiting:
        page.get_by_text("Download as notebook").click()
    code = [c for c in nbformat.read(waiting.value.path(), 4).cells if c.cell_type == "code"]
    assert code[stub].source == editor.input_value()
    edit(page, 1, "while True:\n    pass")
    page.get_by_text("Stop", exact=True).click()
    assert "Stopped" in page.locator("#run-panel").inner_text()
    edit(page, 1, "6 * 7")
    page.wait_for_function(
        "() => document.querySelectorAll('.run-bar')[1].closest('.cell').innerText.includes('42')"
    )
    assert not heard


def page_is_done(page: Page, index: int) -> None:
    """Run a cell on its page, and wait for what it shows."""
    page.locator(".run-button").nth(index).click()
    page.locator("div.cell:has(> .cell_input)").nth(index).locator(".run-output").wait_for(state="attached")


def open_lite(page: Page) -> None:
    """Open the whole chapter from its page, and wait for its cells."""
    page.locator(".run-intro a").click()
    page.wait_for_selector(".jp-Notebook .jp-CodeCell .cm-content")


def lite_is_done(page: Page, code: str, answer: str) -> None:
    """Run other code in the first cell, which shows nothing as it is stored, and wait for what that gives."""
    cell = page.locator(".jp-Notebook .jp-CodeCell").first
    assert not cell.locator(".jp-OutputArea-output").count()
    # A key that comes before the kernel does runs nothing.
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", state="attached")
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(code)
    page.keyboard.press("Shift+Enter")
    cell.locator(".jp-OutputArea-output").get_by_text(answer, exact=True).wait_for()


def arrows_move_a_slider(page: Page) -> bool:
    """Whether a slider keeps the arrow keys, by which a notebook goes from cell to cell."""
    slider = page.locator(".jp-Notebook .vega-bind input[type=range]").first
    page.mouse.move(800, 500)
    while not slider.count():  # what is far below is not there yet
        page.mouse.wheel(0, 500)
        page.wait_for_timeout(50)
    before = float(slider.input_value())
    slider.press("ArrowRight")
    slider.press("ArrowUp")
    return float(slider.input_value()) > before


@pytest.mark.parametrize("address", PLACES, indirect=True)
def test_a_page_fetches_nothing_before_a_click_and_little_after(visit: BrowserContext, address: str) -> None:
    page, heard = go(visit, address, "kl_divergence")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload(wait_until="networkidle")
    assert {url.rpartition("/")[2] for url in asked if "_browser" in url} == {"run.mjs", "run.css"}
    asked.clear()
    page_is_done(page, CELL_OF_NUMBERS)
    assert RESULT in said(page, CELL_OF_NUMBERS)
    fetched = {url for url in asked if url.startswith(address)}
    size = sum(len(gzip.compress(urlopen(url).read(), 6)) for url in fetched)
    assert size < HEAVIEST, f"{size / 1e6:.1f} MB: {sorted(fetched)}"
    assert not heard


@pytest.mark.parametrize("address", PLACES, indirect=True)
def test_a_whole_chapter_opens_as_a_notebook(visit: BrowserContext, address: str) -> None:
    page, _ = go(visit, address, "kl_divergence")
    foreign: list[str] = []
    host = "/".join(address.split("/")[:3])
    page.on("request", lambda r: r.url.startswith((host, "data:", "blob:")) or foreign.append(r.url))
    page.set_viewport_size({"width": 1280, "height": 900})
    open_lite(page)
    lite_is_done(page, *THREE_BITS)
    assert arrows_move_a_slider(page)
    assert not foreign


def test_the_page_has_every_cell_as_the_notebook_has_it(visit: BrowserContext, address: str) -> None:
    for path in CHAPTERS:
        page, _ = go(visit, address, path.stem)
        shown = [text.rstrip() for text in page.locator(".cell_input pre").all_text_contents()]
        assert shown == [cell.source.rstrip() for cell in shown_cells(path)]
        page.close()
