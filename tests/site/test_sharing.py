"""The site is found by every name, looks right where it is shared, and its buttons do what they say."""

import functools
import json
import re
import shutil
import sys
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from html import unescape
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from nbformat import read
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.reference.terms import GLOSSARY, Entry, entries
from tests.site.books import ROOT, build, small_book
from tests.site.serving import Handler, served
from tests.site.test_site import DESK, PATIENCE, PHONE, Device, listen

sys.path.append(str(ROOT / "web"))
import outline
import previews
import sphinx_search
import sphinx_sharing

CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
REPOSITORY = CONFIG["repository"]["url"]
BASE = CONFIG["html"].get("baseurl") or sphinx_sharing.site_address(REPOSITORY)
OTHER_NAMES = tomllib.loads((ROOT / sphinx_search.OTHER_NAMES).read_text(encoding="utf-8"))
NOTEBOOKS = [Path(path) for path in outline.order(ROOT) if path.endswith(".ipynb")]


# Search


def names_of(entry: Entry) -> list[str]:
    """Return every name of a term, in English, Korean and Chinese, and in other spellings."""
    foreign = re.split(r"[()（）]", f"{entry.korean}({entry.chinese}")
    names = [
        *entry.names,
        *(name.strip() for name in foreign if name.strip()),
        *OTHER_NAMES.get(entry.term, []),
    ]
    dashes = re.compile("[-–—‐ ]+")
    respelled = [
        dashes.sub(dash, name) for name in names for dash in ("-", "–", " ", "") if dashes.search(name)
    ]
    return [*names, *respelled, *(name.upper() for name in names)]


FIND = """queries => queries.map(query => {
  const results = Search._performSearch(...Search._parseQuery(query)).reverse();
  return results.slice(0, 8).map(([page, , anchor]) => page + ".html" + anchor);
})"""


@functools.cache
def heading(site: Path, place: str) -> str:
    """Return the heading that a place of the site begins with."""
    path, _, anchor = place.partition("#")
    page = (site / path).read_text(encoding="utf-8")
    found = re.search(
        rf'id="{re.escape(anchor)}">(?:\s*<span[^>]*></span>)*\s*<h\d>(.*?)<a class="headerl', page
    )
    return unescape(re.sub("<[^>]*>", "", found[1])).replace("’", "'") if found else ""


def unfound(site: Path, page: Page, terms: Iterable[Entry]) -> list[str]:
    """Search for each name of each term; tell where the first results are not what it stands for.

    They are the section that defines the term and its entry in the glossary; of a name that several terms
    have, those of each.
    """
    meant: dict[str, dict[str, Entry]] = {}
    for entry in terms:
        for name in names_of(entry):
            meant.setdefault(name.casefold(), {})[entry.term] = entry
    told = []
    for (name, those), found in zip(meant.items(), page.evaluate(FIND, list(meant)), strict=True):
        first = found[: 2 * len(those)]
        sections = {(place.partition(".html#")[0], heading(site, place)) for place in first[::2]}
        if sections != {(defined(entry), TITLES[entry.term]) for entry in those.values()}:
            told.append(f"{name!r} does not find where {', '.join(those)} is defined: {found}")
        if {heading(site, place) for place in first[1::2]} != those.keys():
            told.append(f"{name!r} does not find {', '.join(those)} in the glossary: {found}")
    return told


def defined(entry: Entry) -> str:
    return entry.link.removeprefix("../").partition(".ipynb")[0]


GLOSSARY_TEXT = GLOSSARY.read_text(encoding="utf-8")
TERMS = entries(GLOSSARY_TEXT)
TITLES = {
    entry.term: GLOSSARY_TEXT[: GLOSSARY_TEXT.index(f"]({entry.link})")].rpartition("[")[2] for entry in TERMS
}


@pytest.fixture(scope="module")
def search_page(address: str, browser: Browser) -> Iterator[Page]:
    with browser.new_context(**DESK) as context:
        page = context.new_page()
        page.goto(f"{address}/search.html", timeout=PATIENCE)
        page.wait_for_function("Search._index", timeout=PATIENCE)
        yield page


def test_every_name_of_every_term_is_found(site: Path, search_page: Page) -> None:
    assert len(TERMS) > 40
    told = unfound(site, search_page, TERMS)
    assert not told, "\n".join(told)


def test_a_name_that_is_not_found_is_told(site: Path, search_page: Page) -> None:
    (entry,) = (entry for entry in TERMS if entry.term == "perplexity")
    assert not unfound(site, search_page, [entry])
    for fault in (
        {"names": ("perplexity", "bafflement")},
        {"korean": "당황"},
        {"link": "../chapters/likelihood.ipynb#labels-with-noise"},
        {"term": "hartley"},
    ):
        assert unfound(site, search_page, [replace(entry, **fault)]), fault


def test_a_name_within_a_question_and_a_piece_of_a_name(site: Path, search_page: Page) -> None:
    stands_for = {
        "relative entropy formula": "KL divergence",
        "What is cross entropy?": "cross-entropy",
        "상대 엔트로피란": "KL divergence",
        "쿨백": "KL divergence",
        "leibler": "KL divergence",
        "ＫＬ散度": "KL divergence",
        "rabbit": "",
        "glossary": "",
        "": "",
    }
    answers = search_page.evaluate(FIND, list(stands_for))
    for (query, term), found in zip(stands_for.items(), answers, strict=True):
        entry = [heading(site, place) for place in found[:2] if place.startswith("reference/glossary.html#")]
        assert entry == ([term] if term else []), query


@pytest.mark.parametrize(
    ("place", "device", "query", "lands"),
    [
        ("web", DESK, "Kullback Leibler", "The part that is your fault"),
        ("disk", PHONE, "상대 엔트로피", "The part that is your fault"),
    ],
)
def test_a_reader_types_a_name_and_lands_where_it_is_defined(
    site: Path, address: str, browser: Browser, place: str, device: Device, query: str, lands: str
) -> None:
    """From the landing page, with the keyboard alone."""
    home = address if place == "web" else site.as_uri()
    with browser.new_context(**device) as context:
        page = context.new_page()
        heard = listen(page, home)
        page.goto(f"{home}/index.html", timeout=PATIENCE)
        page.keyboard.press("Control+k")
        page.keyboard.insert_text(query)
        page.keyboard.press("Enter")
        page.wait_for_url("**/search.html?**")
        expect(page.get_by_role("status")).to_contain_text("found", timeout=PATIENCE)
        assert page.title() == f"Search — {CONFIG['title']}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        first = page.locator("#search-results li a").first
        for _ in range(40):
            page.keyboard.press("Tab")
            if first.evaluate("link => link == document.activeElement"):
                break
        page.keyboard.press("Enter")
        page.wait_for_url("**/chapters/**")
        assert page.locator(":target > :is(h2, h3)").inner_text().startswith(lands)
        assert not heard


def test_a_search_that_finds_nothing_says_what_to_do(site: Path, browser: Browser) -> None:
    with browser.new_context(**PHONE) as context:
        page = context.new_page()
        page.goto(f"{(site / 'search.html').as_uri()}?q=zebra")
        expect(page.get_by_role("status")).to_contain_text("Try fewer", timeout=PATIENCE)


def test_what_is_shown_of_a_page_has_each_formula_once(search_page: Page) -> None:
    formula = """<main role="main"><span class="katex"><span class="katex-mathml"><math><semantics><mi>H</mi>
      <annotation encoding="application/x-tex">\\Eta</annotation></semantics></math></span>
      <span class="katex-html">H</span></span></main>"""
    assert search_page.evaluate("page => Search.htmlToText(page)", formula).split() == ["H"]


def test_other_names_belong_to_terms_and_say_nothing_twice() -> None:
    known = {entry.term: {name.casefold() for name in entry.names} for entry in TERMS}
    assert OTHER_NAMES.keys() <= known.keys()
    for term, names in OTHER_NAMES.items():
        assert len({name.casefold() for name in names} - known[term]) == len(names), term
    with pytest.raises(ValueError, match="no term of the glossary: Entropie"):
        sphinx_search.read_terms(GLOSSARY_TEXT, {"Entropie": ["entropy"]})


# What stands in the head of a page, and where search engines look


@dataclass(frozen=True)
class Head:
    """What a page says of itself to those who do not read it."""

    title: str
    h1: str
    canonical: str
    meta: dict[str, str]
    data: dict[str, Any]

    @property
    def listed(self) -> bool:
        return self.meta.get("robots") != "noindex"


def head(path: Path) -> Head:
    text = path.read_text(encoding="utf-8")
    *_, h1 = re.findall(r"<h1[^>]*>(.*?)(?:<a class=\"headerlink|</h1>)", text)  # the first is for print
    canonical = re.search(r'<link rel="canonical" href="(.*?)"', text)
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', text)
    return Head(
        unescape(re.search(r"<title>(.*?)</title>", text)[1]),
        unescape(re.sub("<[^>]*>", "", h1)),
        canonical[1] if canonical else "",
        {
            key: unescape(value)
            for key, value in re.findall(r'<meta (?:name|property)="(.*?)" content="(.*?)"', text)
        },
        json.loads(data[1]) if data else {},
    )


def misleading(heads: dict[str, Head], images: dict[str, bytes], sitemap: str) -> list[str]:
    """Tell what is wrong in the heads of pages, their previews and the list of them all."""
    told = []
    for name, page in heads.items():
        url = BASE + ("" if name == "index.html" else name)
        course = CONFIG["title"]
        expected = {"og:title": page.h1, "og:url": url, "og:site_name": course, "og:image:width": "1200"}
        expected |= {"og:description": page.meta.get("description"), "og:image:height": "630"}
        image = page.meta.get("og:image", "").removeprefix(BASE)
        wrong = {
            "title": page.title != (page.h1 if page.h1 == course else f"{page.h1} — {course}"),
            "description": not 30 <= len(page.meta.get("description", "")) <= sphinx_sharing.LENGTH
            or re.search(r"[\\$*<>\[\]]", page.meta["description"]),
            "canonical link": page.canonical != (url if page.listed else ""),
            "place in the sitemap": sitemap.count(f"<loc>{url}</loc>")
            != page.listed * (name != "genindex.html"),
            "card": page.listed and any(page.meta.get(key) != value for key, value in expected.items()),
            "image": page.listed and (image not in images or not page.meta.get("og:image:alt")),
            "data": bool(page.data) != (name == "index.html" or name.startswith("chapters/")),
        }
        told += [f"{name}: {part}" for part, faulty in wrong.items() if faulty]
    described = [page.meta.get("description") for page in heads.values()]
    told += [
        f"described twice: {text}"
        for text in sorted({text for text in described if described.count(text) > 1})
    ]
    for name, image in images.items():
        if Image.open(BytesIO(image)).size != (1200, 630) or len(image) >= 60_000:
            told.append(f"{name}: its size")
    return told


@pytest.fixture(scope="module")
def heads(site: Path) -> dict[str, Head]:
    written = [str(Path(path).with_suffix("")) for path in outline.order(ROOT)]
    names = [f"{name}.html" for name in (*written, "index", "genindex", "search", "404")]
    return {name: head(site / name) for name in names}


@pytest.fixture(scope="module")
def images(site: Path) -> dict[str, bytes]:
    found = (site / "previews").rglob("*.png")
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in found}


def test_pages_say_what_they_are(site: Path, heads: dict[str, Head], images: dict[str, bytes]) -> None:
    sitemap = (site / "sitemap.xml").read_text(encoding="utf-8")
    told = misleading(heads, images, sitemap)
    assert not told, "\n".join(told)
    assert len(images) == len(NOTEBOOKS) + 1 == len(set(images.values()))
    assert f"Sitemap: {BASE}sitemap.xml" in (site / "robots.txt").read_text(encoding="utf-8")


def test_a_head_that_misleads_is_told(site: Path, heads: dict[str, Head], images: dict[str, bytes]) -> None:
    sitemap = (site / "sitemap.xml").read_text(encoding="utf-8")
    name = "chapters/entropy.html"
    right, other = heads[name], heads["chapters/likelihood.html"]
    for key in ("description", "og:title", "og:url", "og:image", "og:image:alt"):
        assert misleading({**heads, name: replace(right, meta={**right.meta, key: ""})}, images, sitemap), key
    for fault in (
        {"meta": {**right.meta, "description": other.meta["description"]}},
        {"meta": {**right.meta, "description": r"It is $\frac12$, or so it seems to be."}},
        {"meta": {**right.meta, "robots": "noindex"}},
        {"title": "Entropy"},
        {"canonical": other.canonical},
        {"data": {}},
    ):
        assert misleading({**heads, name: replace(right, **fault)}, images, sitemap), fault
    assert misleading(heads, {key: value for key, value in images.items() if "entropy" not in key}, sitemap)
    assert misleading(heads, images, sitemap.replace("entropy.html", "entropie.html"))
    small = BytesIO()
    Image.new("RGB", (600, 315)).save(small, "PNG")
    assert misleading(heads, {**images, "previews/index.png": small.getvalue()}, sitemap)


def test_data_name_the_course_its_parts_and_their_time(heads: dict[str, Head]) -> None:
    course = heads["index.html"].data
    assert (course["@type"], course["name"], course["url"]) == ("Course", CONFIG["title"], BASE)
    assert {part["url"] for part in course["hasPart"]} == {
        BASE + path.with_suffix(".html").as_posix() for path in NOTEBOOKS
    }
    chapter = heads["chapters/kl_divergence.html"].data
    assert chapter["@type"] == "LearningResource"
    assert chapter["name"] == heads["chapters/kl_divergence.html"].h1
    assert chapter["timeRequired"] == "PT75M"
    assert chapter["isPartOf"]["url"] == BASE


# Previews


SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="36pt" height="18pt"><path d="M0 0h9v9z"/></svg>'


def test_a_preview_is_the_same_in_every_build(images: dict[str, bytes]) -> None:
    path = ROOT / "chapters" / "entropy.ipynb"
    title, topic = "How surprised should you expect to be?", "Entropy"
    drawn = previews.card(CONFIG["title"], title, topic, sphinx_sharing.drawing(path))
    assert drawn == images["previews/chapters/entropy.png"]
    for other in ((title, "Energy", sphinx_sharing.drawing(path)), (title, topic, SVG), ("How?", topic, SVG)):
        assert previews.card(CONFIG["title"], *other) != drawn


def test_a_title_keeps_to_its_column(images: dict[str, bytes]) -> None:
    """Between the column and the drawing nothing stands, however long the words are."""
    drawn = Image.open(
        BytesIO(previews.card("A course", "Unquestionably " * 6, "Incomprehensible " * 9, SVG))
    )
    for picture in (drawn, *(Image.open(BytesIO(image)) for image in images.values())):
        left = previews.WIDTH - previews.MARGIN - previews.DRAWING[0] - previews.GAP
        gap = picture.convert("L").crop((left, 0, left + previews.GAP, previews.HEIGHT))
        assert gap.getextrema()[0] > 250


def test_lines_are_few_and_equal() -> None:
    face = previews.font("KaTeX_Main-Bold", 56)
    assert previews.wrap("Why does training minimise it?", face, 524) == ["Why does training", "minimise it?"]
    assert previews.wrap("", face, 524) == [""]


def test_a_drawing_that_does_not_suit_is_left_out() -> None:
    assert previews.fits(SVG)
    assert previews.extent(SVG) == [48, 24]
    assert not previews.fits(SVG.replace('"18pt"', '"72pt"'))
    assert not previews.fits(SVG.replace("<path", "<text>P</text><path"))


# Addresses


@pytest.mark.parametrize(
    ("repository", "site_address"),
    [
        ("https://github.com/school/kl", "https://school.github.io/kl/"),
        ("https://github.com/Anna/kl", "https://anna.github.io/kl/"),
        ("https://github.com/Anna/anna.github.io", "https://anna.github.io/"),
        ("https://gitlab.com/school/maths/kl", "https://school.gitlab.io/maths/kl/"),
        ("https://git.school.example/anna/kl", ""),
        ("https://github.com/anna", ""),
        ("", ""),
    ],
)
def test_the_address_of_a_site_follows_from_its_repository(repository: str, site_address: str) -> None:
    assert sphinx_sharing.site_address(repository) == site_address


def test_another_repository_changes_every_address(tmp_path: Path) -> None:
    book = small_book(tmp_path)
    config = book / "_config.yml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace(REPOSITORY, "https://github.com/Anna/kl.git"), encoding="utf-8")
    built = build(book, tmp_path / "out")
    assert built.returncode == 0, built.stdout
    html = tmp_path / "out" / "_build" / "html"
    page = (html / "chapter.html").read_text(encoding="utf-8")
    for link in (
        "https://github.com/Anna/kl",
        "https://github.com/Anna/kl/edit/main/chapter.ipynb",
        "https://github.com/Anna/kl/issues/new?",
        "https://mybinder.org/v2/gh/Anna/kl/main?urlpath=lab/tree/chapter.ipynb",
        "https://anna.github.io/kl/chapter.html",
    ):
        assert re.search(rf'href="{re.escape(link)}["?]?', page), link
    assert 'content="https://anna.github.io/kl/previews/chapter.png"' in page
    assert '<base href="/kl/">' in (html / "404.html").read_text(encoding="utf-8")
    for path in html.rglob("*.html"):
        assert REPOSITORY not in path.read_text(encoding="utf-8"), path
    assert "https://anna.github.io/kl/sitemap.xml" in (html / "robots.txt").read_text(encoding="utf-8")


def test_a_host_that_is_not_known_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(sphinx_sharing.logger, "warning", lambda text, *_: told.append(text))

    def settled(repository: str, baseurl: str) -> str:
        options = {"repository_url": repository}
        config = SimpleNamespace(html_theme_options=options, html_baseurl=baseurl)
        sphinx_sharing.settle_addresses(None, config)
        return config.html_baseurl

    elsewhere = "https://git.school.example/anna/kl"
    assert settled(elsewhere, "https://kl.school.example") == "https://kl.school.example/"
    assert settled("https://github.com/anna/kl/", "") == "https://anna.github.io/kl/"
    assert not told
    assert settled(elsewhere, "") == ""
    assert "`baseurl:` under `html:`" in told[0]


# Where there is no page


class Host(Handler):
    """A host like GitHub Pages: the site is below a folder, and 404.html stands for what is not there."""

    def __init__(self, *arguments: Any, below: str, **options: Any) -> None:
        self.below = below
        super().__init__(*arguments, **options)

    def translate_path(self, path: str) -> str:
        return super().translate_path(
            path.removeprefix(self.below) if path.startswith(self.below) else "/none"
        )

    def send_error(self, code: int, *_: Any) -> None:
        page = Path(self.directory, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page)


@pytest.fixture
def host(site: Path) -> Iterator[Any]:
    with ExitStack() as stack:
        yield lambda below: stack.enter_context(served(site, Host, below=below))


def dead_ends(page: Page) -> list[str]:
    """Return the links of a page that lead nowhere."""
    links = page.locator("a").evaluate_all("links => links.map(link => link.href)")
    return [link for link in links if not page.request.get(link).ok]


@pytest.mark.parametrize("below", [urlsplit(BASE).path, "/"])
def test_a_page_that_is_not_there(host: Any, browser: Browser, below: str) -> None:
    home = host(below)
    with browser.new_context(**PHONE) as context:
        page = context.new_page()
        heard = listen(page, home)
        answer = page.goto(f"{home}{below}chapters/very/deep/entropi.html", timeout=PATIENCE)
        assert answer.status == 404
        assert page.locator("h1").inner_text() == "Nothing here"
        assert not [line for line in heard if "status of 404" not in line]  # which is its own
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(230, 230, 230)"
        chapters = [chapter.title for chapter in outline.read_course(ROOT) if chapter.exercises]
        assert page.locator("li a").all_inner_texts() == chapters != []
        assert not dead_ends(page)
        assert page.locator("form").evaluate("form => form.action") == f"{home}{below}search.html"
        page.evaluate("document.querySelector('base').remove()")
        assert dead_ends(page)


def test_a_page_that_is_not_there_leads_on_from_disk_too(site: Path, browser: Browser) -> None:
    with browser.new_context(**DESK) as context:
        page = context.new_page()
        page.goto((site / "404.html").as_uri())
        page.get_by_role("searchbox").fill("KLD")
        page.keyboard.press("Enter")
        expect(page.locator("#search-results li a").first).to_contain_text("The part", timeout=PATIENCE)


# Copying, taking along, starting


COPY_BUTTONS = """
  [...document.querySelectorAll("article .highlight > pre")]
    .filter(code => (code.parentElement.querySelector("button.copybtn") != null)
                    == (code.closest(".output") != null))
    .map(code => code.textContent)
"""


@pytest.fixture(scope="module")
def chapter(address: str, browser: Browser) -> Iterator[Page]:
    with browser.new_context(**DESK, permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        page.goto(f"{address}/{CHAPTER.with_suffix('.html')}", timeout=PATIENCE)
        page.wait_for_selector("button.copybtn", state="attached", timeout=PATIENCE)
        yield page


CHAPTER = Path("chapters/entropy.ipynb")


def copied(page: Page, place: int) -> str:
    """Press a copy button with the keyboard; return what is in the clipboard then."""
    button = page.locator("button.copybtn").nth(place)
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_class(re.compile("success"), timeout=PATIENCE)
    return page.evaluate("navigator.clipboard.readText()")


def test_code_is_copied_and_nothing_else(chapter: Page) -> None:
    assert not chapter.evaluate(COPY_BUTTONS)
    code = [cell.source for cell in read(ROOT / CHAPTER, 4).cells if cell.cell_type == "code"]
    assert [copied(chapter, place).rstrip() for place in (0, 2)] == [code[0].rstrip(), code[2].rstrip()]
    names = chapter.locator("button.copybtn").evaluate_all("all => all.map(one => one.textContent.trim())")
    assert set(names) <= {"Copy to clipboard", "Copied!"}
    chapter.evaluate("document.querySelector('.output.stream').classList.remove('output')")
    assert chapter.evaluate(COPY_BUTTONS)


def test_a_copy_button_is_seen_when_it_is_reached(chapter: Page) -> None:
    button = chapter.locator("button.copybtn").nth(4)
    chapter.mouse.move(0, 0)
    expect(button).to_have_css("opacity", "0")
    chapter.locator("button.copybtn").nth(3).focus()
    for _ in range(30):  # past links, and code that scrolls
        chapter.keyboard.press("Tab")
        if button.evaluate("button => button == document.activeElement"):
            break
    expect(button).to_have_css("opacity", "1", timeout=PATIENCE)


def test_examples_are_copied_without_their_prompts_and_results(chapter: Page, address: str) -> None:
    page = chapter.context.new_page()
    page.goto(f"{address}/reference/api/divergences.html", timeout=PATIENCE)
    page.wait_for_selector("button.copybtn", state="attached", timeout=PATIENCE)
    shown = page.locator("pre:has(+ button.copybtn)").first.inner_text().strip().splitlines()
    typed = [line[4:] for line in shown if line.startswith((">>> ", "... "))]
    assert 0 < len(typed) < len(shown)
    assert copied(page, 0).splitlines() == typed


def changed(site: Path) -> list[str]:
    """Return the notebooks that the site does not give as the repository has them."""
    return [
        path.as_posix()
        for path in NOTEBOOKS
        if (site / "_sources" / path).read_bytes() != (ROOT / path).read_bytes()
    ]


def test_notebooks_are_those_of_the_repository(site: Path, chapter: Page, tmp_path: Path) -> None:
    assert not changed(site)
    chapter.locator(".dropdown-download-buttons > button").click()
    with chapter.expect_download(timeout=PATIENCE) as started:
        chapter.locator("a.btn-download-source-button").click(modifiers=["Alt"])
    assert Path(started.value.path()).read_bytes() == (ROOT / CHAPTER).read_bytes()
    shutil.copytree(site / "_sources", tmp_path / "_sources")
    with (tmp_path / "_sources" / CHAPTER).open("a", encoding="utf-8") as notebook:
        notebook.write(" ")
    assert changed(tmp_path) == [CHAPTER.as_posix()]


UNNAMED = """places => places.flatMap(place => [...place.querySelectorAll("a, button")])
  .filter(one => !(one.ariaLabel || one.title || one.dataset.bsOriginalTitle || one.innerText.trim()))
  .map(one => one.outerHTML)"""


def test_buttons_have_names_and_lead_into_the_repository(chapter: Page) -> None:
    hrefs = chapter.locator(".article-header-buttons a").evaluate_all("all => all.map(link => link.href)")
    for pattern in (
        re.escape(REPOSITORY),
        rf"{re.escape(REPOSITORY)}/.*edit/main/{CHAPTER}",
        rf"{re.escape(REPOSITORY)}/.*issues/new\?.*{CHAPTER.stem}.*",
        rf"https://mybinder\.org/v2/.*/main\?urlpath=lab/tree/{CHAPTER}",
    ):
        assert any(re.fullmatch(pattern, href) for href in hrefs), pattern
    places = chapter.locator(".article-header-buttons, .prev-next-footer")
    assert not places.evaluate_all(UNNAMED)
    following = chapter.locator(".prev-next-footer a.right-next")
    assert (
        following.get_attribute("href") == NOTEBOOKS[NOTEBOOKS.index(CHAPTER) + 1].with_suffix(".html").name
    )
    following.evaluate("link => { link.title = ''; link.replaceChildren(); }")
    assert places.evaluate_all(UNNAMED)


def test_binder_installs_what_the_chapters_import() -> None:
    folder = ROOT / ".binder"
    requirement = re.fullmatch(
        r"--requirement (.+)\n", (folder / "requirements.txt").read_text(encoding="utf-8")
    )
    assert (folder / requirement[1]).resolve() == ROOT / "requirements.txt"
    script = folder / "postBuild"
    assert script.stat().st_mode & 0o111
    install = "pip install -qq --no-deps --no-build-isolation --editable ."
    assert install in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert install.replace("-qq", "--quiet") in script.read_text(encoding="utf-8")


def test_the_logo_is_a_small_drawing_with_a_name() -> None:
    logo = (ROOT / "web" / "static" / "logo.svg").read_text(encoding="utf-8")
    assert len(logo) < 1000
    assert "aria-label=" in logo
