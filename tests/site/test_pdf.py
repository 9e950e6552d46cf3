"""The course on paper: the printed page, and the one PDF, read back."""

import io
import re
import shutil
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from tests.site.books import ROOT, build, markdown, small_book

sys.path.append(str(ROOT / "web"))
import pdf
from outline import read_course

PAPER = {"A4": 658, "Letter": 680}  # CSS pixels between the margins of print.css
PRINTED = ["chapters/kl_divergence", "chapters/jensen_shannon", "chapters/libraries", "reference/results"]
WIDE = r"$$H(P) = " + "+".join(["p_i \\ln p_i"] * 12) + "$$"

# What of a page, laid out for paper, reaches beyond it; a root of KaTeX is cut to its length from a long one.
BEYOND = """width => [...document.querySelectorAll("article *")]
  .filter(element => element.checkVisibility())
  .filter(element => !element.closest(".katex-mathml, .katex svg, .course-map, .sr-only"))
  .filter(element => element.getBoundingClientRect().right > width + 2)
  .map(element => element.outerHTML.slice(0, 160))"""
LEFT = (
    ".bd-sidebar-primary, .bd-sidebar-secondary, .bd-header-article, .prev-next-footer, .headerlink, dialog"
)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a small book, with what is hard to print."""
    folder = small_book(
        tmp_path_factory.mktemp("book"), markdown(WIDE), markdown("It is [elsewhere](https://example.org).")
    )
    built = build(folder, folder)
    assert built.returncode == 0, built.stdout
    return folder


@pytest.fixture(scope="module")
def printed(browser: Browser, book: Path) -> bytes:
    return pdf.print_book(browser, book, book / "_build" / "html")


@pytest.fixture(scope="module")
def reader(printed: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(printed))


def outline(
    reader: PdfReader, items: list[Any] | None = None, depth: int = 0
) -> Iterator[tuple[int, str, int]]:
    """Yield the entries of an outline: how deep, what it says, and to which page it leads."""
    for item in reader.outline if items is None else items:
        if isinstance(item, list):
            yield from outline(reader, item, depth + 1)
        else:
            yield depth, item.title, reader.get_destination_page_number(item) + 1


def text(reader: PdfReader, number: int) -> str:
    """Return the words of a page, counted from 1, with its ligatures taken apart."""
    return " ".join(normalize("NFKC", reader.pages[number - 1].extract_text()).split())


def test_it_says_what_it_is(reader: PdfReader) -> None:
    assert reader.metadata
    assert reader.metadata.title == "KL divergence, computed"
    assert reader.metadata.author == "The kltools authors"
    assert reader.metadata.creation_date is None
    assert reader.root_object["/Lang"] == "en"
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in reader.root_object
    assert "KL divergence, computed" in text(reader, 1)
    assert not re.search(r"\b1$", text(reader, 1))


def test_its_outline_has_every_heading_in_order(reader: PdfReader) -> None:
    entries = list(outline(reader))
    assert [(depth, title) for depth, title, _ in entries] == [
        (0, "A book"),
        (1, "Which comes first?"),
        (2, "Exercises"),
        (3, "Exercise 1. Swap"),
        (3, "Project. Swap all"),
        (2, "Summary"),
        (0, "Answers"),
        (1, "Which comes first?"),
        (2, "Exercise 1. Swap"),
        (2, "Project. Swap all"),
    ]
    assert all(before <= after for (*_, before), (*_, after) in pairwise(entries))
    for _, title, number in entries:
        assert title in text(reader, number)


def test_its_contents_name_the_page_that_each_section_is_on(reader: PdfReader) -> None:
    contents = text(reader, 2)
    for _, title, number in outline(reader):
        if not title.startswith(("Exercise 1", "Project")):
            assert f"{title} {number}" in contents
    answers = next(number for _, title, number in outline(reader) if title == "Answers")
    assert f"Its answer, page {answers}" in text(reader, answers - 1)
    assert "q, p" in text(reader, answers)
    assert "qs, ps" in text(reader, answers)
    assert "q, p" not in text(reader, answers - 1)


def test_its_links_lead_into_it_or_away(reader: PdfReader) -> None:
    places = reader.named_destinations
    links = [
        annotation.get_object()
        for page in reader.pages
        for annotation in page.get("/Annots", [])
        if annotation.get_object()["/Subtype"] == "/Link"
    ]
    inside = [link["/Dest"] for link in links if "/Dest" in link]
    away = {link["/A"]["/URI"] for link in links if "/A" in link}
    assert len(inside) > 10
    assert set(inside) <= set(places)
    assert away == {"https://example.org/", "https://github.com/kl-divergence-course/kl-divergence-course"}


def test_printed_again_it_is_the_same(
    browser: Browser, book: Path, printed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pdf.print_book(browser, book, book / "_build" / "html") == printed
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    entry = pdf.DATE.fullmatch(b"/ModDate (D:20261122094603+00'00')")
    assert entry
    assert pdf.dated(entry) == b"/ModDate (D:20010909014640+00'00')"


def test_a_link_that_leads_nowhere_is_an_error(browser: Browser, book: Path, tmp_path: Path) -> None:
    site = tmp_path / "html"
    shutil.copytree(book / "_build" / "html", site)
    chapter = site / "chapter.html"
    html = chapter.read_text(encoding="utf-8")
    chapter.write_text(html.replace("#ex-chapter-swap", "#ex-chapter-gone"), encoding="utf-8")
    with pytest.raises(ValueError, match="chapter/ex-chapter-gone"):
        pdf.print_book(browser, book, site)


def test_the_landing_page_links_to_it_only_where_it_is(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    landing = tmp_path / "index.html"
    landing.write_text('<p>Read. <span class="course-pdf"></span></p>', encoding="utf-8")
    (tmp_path / pdf.NAME).write_bytes(b"an old one")
    pdf.link(landing, '<a href="a.pdf">one</a>')
    pdf.link(landing, '<a href="b.pdf">two</a>')
    linked = landing.read_text(encoding="utf-8")
    assert linked == '<p>Read. <span class="course-pdf"><a href="b.pdf">two</a></span></p>'
    monkeypatch.setattr(shutil, "which", lambda program: None)
    pdf.main(book, tmp_path)
    assert "href" not in landing.read_text(encoding="utf-8")
    assert not (tmp_path / pdf.NAME).exists()
    assert "Chromium is not installed" in capsys.readouterr().out
    assert (ROOT / "index.md").read_text(encoding="utf-8").count('<span class="course-pdf"></span>') == 1


def test_the_whole_course_is_in_it(browser: Browser, site: Path) -> None:
    page = browser.new_page()
    page.set_default_timeout(pdf.PATIENCE)
    made = pdf.assemble(page, ROOT, site)
    assert made["astray"] == []
    titles = [heading["title"] for heading in made["headings"]]
    course = read_course(ROOT)
    exercises = [exercise for chapter in course for exercise in chapter.exercises]
    articles = page.locator(".book > article").evaluate_all("found => found.map(article => article.id)")
    assert articles == ["index", *(chapter.path.rpartition(".")[0] for chapter in course)]
    assert {chapter.title.replace("`", "") for chapter in course} <= set(titles)
    for kind in ("Exercise ", "Project. "):
        wanted = sum(f"{exercise.label}. ".startswith(kind) for exercise in exercises)
        assert sum(title.startswith(kind) for title in titles) == 2 * wanted  # and once among the answers
    assert page.locator("#answers section").count() == len(exercises)
    assert page.locator("details:not([open]), .only-dark, button").count() == 0
    page.close()


def on_paper(page: Page, address: str, width: int) -> list[str]:
    """Lay a page out for paper and return what reaches beyond it."""
    page.goto(address)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": width, "height": 900})
    beyond: list[str] = page.evaluate(BEYOND, width)
    return beyond


@pytest.mark.parametrize("name", PRINTED)
def test_nothing_of_a_printed_page_is_cut_off(browser: Browser, address: str, name: str) -> None:
    page = browser.new_page(color_scheme="dark")
    assert on_paper(page, f"{address}/{name}.html", PAPER["A4"]) == []
    assert page.locator(LEFT).locator("visible=true").count() == 0
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    assert page.locator("img.only-dark:visible").count() == 0
    assert page.locator(".exercise details[open], details.solution[open]").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.locator("article details[open]").count() == 0
    page.close()


def test_a_wide_formula_shrinks_to_the_paper(browser: Browser, book: Path) -> None:
    page = browser.new_page()
    chapter = (book / "_build" / "html" / "chapter.html").as_uri()
    assert on_paper(page, chapter, PAPER["A4"]) == []
    page.add_style_tag(content=".katex-display > .katex { --fit: 1 !important }")
    assert page.evaluate(BEYOND, PAPER["A4"])
    page.close()
