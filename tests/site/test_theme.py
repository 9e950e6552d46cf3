"""The theme's faults are mended, and each mend is noticed when the theme changes."""

import base64
import io
import re
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import tinycss2
from fontTools.ttLib import TTFont
from playwright.sync_api import Browser, Page

from tests.site.books import ROOT
from tests.site.checks import REDUCE
from tests.site.test_site import DESK, PATIENCE, PHONE, SETTLED, Device, ask_axe, listen, pages

sys.path.append(str(ROOT / "web"))
import sphinx_theme
import styles

TAG = re.compile(r'<(?P<name>(?!base\b)\w+)\b[^>]*?\s(?:href|src|poster)="(?P<link>[^"]*)"[^>]*>')
ANCHOR = re.compile(r'\b(?:id|name)="([^"]*)"')
FONT = re.compile(r"Font Awesome[^}]*base64,([^)]*)\)")
ICONS = """[...document.querySelectorAll("i, span")]
  .filter(icon => /(^| )fa[bsr-]/.test(icon.className))
  .map(icon => [icon.className, getComputedStyle(icon, "::before").content])"""

# What a reader sees of the focus on an element: its own look, with and without.
FOCUSED = """() => {
  const element = document.activeElement;
  const drawn = element.getBoundingClientRect().height ? element : element.firstElementChild ?? element;
  const look = () => ["outline", "boxShadow", "border", "background", "textDecoration", "color"]
    .map(name => getComputedStyle(drawn)[name]).join();
  const {left, top, right, bottom, width, height} = drawn.getBoundingClientRect();
  const focused = look();
  const found = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  element.blur();
  const plain = look();
  element.focus({preventScroll: true, focusVisible: true});
  globalThis.stops ??= [];
  const before = stops.at(-1);
  stops.push(element);
  return {
    name: element.outerHTML.slice(0, 160),
    end: element == document.body || stops.indexOf(element) < stops.length - 1,
    marked: focused != plain, size: width * height,
    shown: right > 0 && bottom > 0 && left < innerWidth && top < innerHeight,
    covered: found != null && !drawn.contains(found) && !found.contains(drawn),
    after: !before || Boolean(before.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING),
  };
}"""


def tab_through(page: Page) -> Iterator[dict[str, object]]:
    """Yield what is seen at each stop of the Tab key, until it comes round."""
    page.add_style_tag(content="* { transition: none !important }")
    while True:
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop["end"]:
            return
        yield stop


def unseen(stop: dict[str, object]) -> list[str]:
    """Say what is wrong with a stop of the Tab key."""
    faults = {
        "has no sign of the focus": not stop["marked"],
        "is not on the screen": not stop["shown"] or not stop["size"],
        "is covered": stop["covered"],
        "comes out of order": not stop["after"],
    }
    return [f"{stop['name']} {fault}" for fault, found in faults.items() if found]


@pytest.mark.parametrize(("name", "device"), [("index.html", DESK), ("reference/notation.html", PHONE)])
def test_the_tab_key_goes_through_a_page(site: Path, browser: Browser, name: str, device: Device) -> None:
    with browser.new_context(**device, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto((site / name).as_uri(), timeout=PATIENCE)
        stops = list(tab_through(page))
    assert "Skip to main content" in str(stops[0]["name"])
    assert len(stops) > 20
    faults = [fault for stop in stops for fault in unseen(stop)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("<button style='outline: none; box-shadow: none'>a</button>", "has no sign of the focus"),
        ("<button style='position: absolute; left: -9999px'>a</button>", "is not on the screen"),
        ("<button>a</button><div style='position: fixed; inset: 0'></div>", "is covered"),
        ("<button>a</button><button tabindex=2>b</button>", "comes out of order"),
    ],
)
def test_a_stop_that_is_not_seen_is_found(browser: Browser, fault: str, told: str) -> None:
    with browser.new_context(**DESK) as context:
        page = context.new_page()
        page.set_content(f"<!doctype html><h1>A page</h1>{fault}")
        assert any(told in each for stop in tab_through(page) for each in unseen(stop))


# Of a formula in the last section: whether it is drawn, where, and whether keys can scroll it.
FORMULA = """section => {
  const box = section.querySelector("div.math"), {top, bottom} = section.getBoundingClientRect();
  const button = section.querySelector(".copybtn");
  return {drawn: box.checkVisibility({contentVisibilityAuto: true}), here: top < innerHeight && bottom > 0,
          keys: box.tabIndex == 0, formula: box.ariaLabel, copied: button.checkVisibility()};
}"""


def test_what_nobody_has_scrolled_to_is_not_laid_out(browser: Browser) -> None:
    """Nor do the theme's scripts and ours lay it out; coming by a link, a reader finds it as it should be."""
    wide = '<div class="math" style="width: 9999px">H(P)</div>'
    part = (
        '<section id="far"><h2>Far</h2><div class="math">{}</div><button class="copybtn">c</button></section>'
    )
    before = "<p>A line of text.</p>" * 200
    html = f"<!doctype html><title>A</title><article class='bd-article'><section><h1>A</h1>{before}"
    html += f"{part.format(wide)}</section></article>"
    style = f"div.math {{ overflow: auto }} {(ROOT / 'web/static/course.css').read_text(encoding='utf-8')}"
    with browser.new_context(**PHONE) as context:
        page = context.new_page()
        page.set_content(sphinx_theme.counted(html))
        page.add_style_tag(content=style)
        page.add_script_tag(path=ROOT / "web/static/theme.js")
        far = page.locator("#far")
        page.wait_for_function(
            "document.querySelector('.math').checkVisibility({contentVisibilityAuto: true}) == false"
        )
        assert far.evaluate(FORMULA) == {
            "drawn": False,
            "here": False,
            "keys": False,
            "formula": None,
            "copied": False,
        }
        page.evaluate("location.hash = 'far'")
        page.wait_for_function("document.querySelector('.math').tabIndex == 0")
        page.wait_for_function("document.querySelector('#far').matches('.near')")
        assert far.evaluate(FORMULA) == {
            "drawn": True,
            "here": True,
            "keys": True,
            "formula": "Formula, wider than the page",
            "copied": True,
        }
        printed = '<pre style="width: 90px; overflow: auto">' + "H(P) " * 99 + "</pre>"
        far.evaluate("(section, printed) => section.insertAdjacentHTML('beforeend', printed)", printed)
        page.wait_for_function("document.querySelector('#far pre').tabIndex == 0")


def test_letters_are_those_that_are_seen() -> None:
    seen = '<p>one <b>two</b></p><details>folded</details><span class="katex-mathml"><math>m</math></span>'
    page = f"<section><h1>A</h1><section id='a'>{seen}<section id='b'>three</section></section></section>"
    assert re.findall(r"<section([^>]*)>", sphinx_theme.counted(page)) == [
        "",
        " style=\"--letters: 12\" id='a'",
        " style=\"--letters: 5\" id='b'",
    ]


def test_the_themes_script_lays_nothing_out(site: Path) -> None:
    assert '["no-box"]' in (site / sphinx_theme.SCRIPT).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("device", "button", "opened"),
    [
        (DESK, ".search-button-field", "#pst-search-dialog[open]"),
        (PHONE, ".primary-toggle", "#pst-primary-sidebar-modal[open]"),
        (PHONE, ".secondary-toggle", "#pst-secondary-sidebar-modal[open]"),
        (PHONE, ".dropdown-download-buttons button", ".dropdown-download-buttons .dropdown-menu"),
    ],
)
def test_what_opens_is_accessible_and_closes_by_key(
    site: Path, browser: Browser, device: Device, button: str, opened: str
) -> None:
    small = sorted(pages(site), key=lambda name: len(read(site / name)))
    name = next(name for name in small if 'id="pst-secondary-sidebar"' in read(site / name))
    with browser.new_context(**device, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto((site / name).as_uri(), timeout=PATIENCE)
        page.locator(button).first.press("Enter")
        page.locator(opened).wait_for(state="visible")
        page.evaluate(REDUCE)
        assert not ask_axe(page)
        page.keyboard.press("Escape")
        page.locator(opened).wait_for(state="hidden")


def test_the_mode_switch_says_what_is_on_and_is_kept(address: str, browser: Browser) -> None:
    with browser.new_context(**PHONE) as context:
        page = context.new_page()
        heard = listen(page, address)
        page.goto(f"{address}/index.html", timeout=PATIENCE)
        switch = page.locator(".theme-switch-button").first
        assert switch.get_attribute("aria-label") == "Color mode: as the device"
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        switch.press("Enter")
        assert switch.get_attribute("aria-label") == "Color mode: light"
        page.reload()
        assert page.evaluate("document.documentElement.dataset.theme") == "light"
        assert not heard


def test_a_page_has_its_mode_before_any_script_file_runs(address: str, browser: Browser) -> None:
    with browser.new_context(**PHONE) as context:
        page = context.new_page()
        page.route("**/*.js*", lambda route: route.abort())
        page.goto(f"{address}/index.html", timeout=PATIENCE)
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        luminance = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).every(part => part < 60)"
        assert page.evaluate(luminance)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def loose_ends(site: Path) -> list[str]:
    """Return what the pages load from afar, and their links that lead to no file, or to no place in it."""
    texts = {site / name: read(site / name) for name in pages(site)}
    anchors = {path: {*map(unescape, ANCHOR.findall(text))} for path, text in texts.items()}
    found = []
    for path, text in texts.items():
        root = base(text)
        for tag in TAG.finditer(text):
            link = unescape(tag["link"])
            where = urlsplit(link)
            if where.scheme or where.netloc:
                if tag["name"] != "a" and where.scheme != "data" and 'rel="canonical"' not in tag[0]:
                    found.append(f"{path.relative_to(site)} loads {link}")
                continue
            target = path
            if where.path:
                target = site / where.path.removeprefix(root) if root else path.parent / unquote(where.path)
                target = (target / "index.html" if target.is_dir() else target).resolve()
            if not target.is_file():
                found.append(f"{path.relative_to(site)}: {link} is no file")
            elif where.fragment and unquote(where.fragment) not in anchors.get(target, {where.fragment}):
                found.append(f"{path.relative_to(site)}: {link} is no place on that page")
    return found


def base(text: str) -> str:
    """Return what a page's addresses begin with, where it says so: the page for what is not found."""
    found = re.search(r'<base href="([^"]*)"', text)
    return found[1] if found else ""


def test_every_link_leads_somewhere_and_nothing_is_loaded_from_afar(site: Path) -> None:
    found = loose_ends(site)
    assert not found, "\n".join(found[:50])


@pytest.mark.parametrize(
    "fault",
    [
        '<a class="reference" href="nowhere.html">there</a>',
        '<a href="index.html#nowhere">there</a>',
        '<a href="#nowhere">there</a>',
        '<img src="_images/nowhere.svg" alt="Bars of P">',
        '<img src="https://elsewhere.invalid/bars.svg" alt="Bars of P">',
        '<script src="//elsewhere.invalid/chart.js"></script>',
    ],
)
def test_a_loose_end_is_found(tmp_path: Path, fault: str) -> None:
    good = '<h1 id="top">A page</h1><a href="index.html#top">here</a><a href="https://example.org">there</a>'
    (tmp_path / "index.html").write_text(good, encoding="utf-8")
    assert not loose_ends(tmp_path)
    (tmp_path / "index.html").write_text(good + fault, encoding="utf-8")
    assert len(loose_ends(tmp_path)) == 1


def holds_back(page: str) -> list[str]:
    """Return what the head of a page has that is loaded before the page is shown, beyond one stylesheet."""
    head = page[: page.index("</head>")]
    scripts = re.findall(r"<script(?![^>]*\bdefer\b)[^>]*\bsrc=[^>]*>", head)
    return scripts + re.findall(r'<link(?=[^>]*rel="stylesheet")(?![^>]*media=)[^>]*>', head)[1:]


def test_nothing_holds_a_page_back(site: Path) -> None:
    found = {name: faults for name in pages(site) if (faults := holds_back(read(site / name)))}
    assert not found
    assert all(read(site / name).count('name="viewport"') == 1 for name in pages(site))


@pytest.mark.parametrize("fault", ['<script src="a.js"></script>', '<link rel="stylesheet" href="b.css">'])
def test_what_holds_a_page_back_is_found(fault: str) -> None:
    good = '<head><link rel="stylesheet" href="a.css"><script defer src="a.js"></script>'
    assert not holds_back(f"{good}</head>")
    assert holds_back(f"{good}{fault}</head>")


def test_a_theme_that_changes_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(sphinx_theme.logger, "warning", lambda text, *parts, **_: told.append(text % parts))
    sphinx_theme.mended("<html><head></head></html>", "index")
    expected = [mend.reason for mend in sphinx_theme.MENDS if mend.everywhere]
    assert len(told) == len(expected) > 5
    assert all(reason in text for reason, text in zip(expected, told, strict=True))


def test_styles_keep_what_a_page_may_use() -> None:
    sheet = """
        .used { color: red } .unused { color: red } p .used, p .unused { margin: 0 }
        .used:not(.unused) { padding: 0 } #there a { top: 0 } #elsewhere { top: 0 }
        @media print { .unused { color: red } .used { color: blue } } @media print { .unused { top: 0 } }
        @font-face { font-family: Icons } @keyframes unused { from { top: 0 } }
    """
    rules = tinycss2.parse_stylesheet(sheet, skip_whitespace=True)
    kept = re.sub(r"\s+", "", "".join(styles.serialized(rules, {"used", "there"})))
    assert kept == (
        ".used{color:red}p.used{margin:0}.used:not(.unused){padding:0}#therea{top:0}"
        "@mediaprint{.used{color:blue}}@font-face{font-family:Icons}@keyframesunused{from{top:0}}"
    )


def test_every_icon_has_its_glyph(site: Path, browser: Browser) -> None:
    sheets = [read(sheet) for sheet in (site / "_static").glob("course-*.css")]
    fonts = {font for sheet in sheets for font in FONT.findall(sheet)}
    glyphs = {code for font in fonts for code in TTFont(io.BytesIO(base64.b64decode(font))).getBestCmap()}
    assert len(glyphs) < 200
    with browser.new_context(**DESK) as context:
        page = context.new_page()
        page.goto((site / "index.html").as_uri(), timeout=PATIENCE)
        icons = page.evaluate(ICONS)
    assert len(icons) > 10
    assert not [name for name, content in icons if len(content) != 3 or ord(content[1]) not in glyphs]


@pytest.mark.parametrize("height", [0, 9000])
def test_the_contents_mark_a_section_in_sight_after_a_jump(site: Path, browser: Browser, height: int) -> None:
    """From far down a page to its start, where no section has begun, or into the middle of one."""
    marked = """[...document.querySelectorAll(".page-toc .active, .page-toc [aria-current]")]
      .map(part => part.closest("li").querySelector("a").hash.slice(1))
      .map(name => document.getElementById(name).getBoundingClientRect())"""
    with browser.new_context(**DESK) as context:
        page = context.new_page()
        page.goto((site / "chapters" / "kl_divergence.html").as_uri() + "#is-it-a-distance")
        page.wait_for_function(f"{marked}.length", timeout=SETTLED)
        page.evaluate(f"scrollTo({{top: {height}, behavior: 'instant'}})")
        in_sight = f"{marked}.every(({{top, bottom}}) => top < innerHeight && bottom > 0)"
        page.wait_for_function(in_sight, timeout=SETTLED)
