"""Print the built site as one PDF: `python web/pdf.py _build/html`, which `make pdf` does.

Chromium makes it from the pages as they were built, so that what they say, and every number, is what the site
says: a title page, contents, the pages in the order of _toc.yml, and the answers to the exercises at the end.
It is printed twice, since only the first time tells on which page each section begins. It is tagged, and has
an outline. On one machine it is the same byte for byte: SOURCE_DATE_EPOCH dates it, or else nothing does.

The landing page then links to it. Where Chromium is missing, there is no PDF, and no link.
"""

import io
import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import chromium
import yaml
from playwright.sync_api import Browser, Page, sync_playwright
from pypdf import PdfReader, PdfWriter
from pypdf.generic import Fit
from sphinx_external_toc.parsing import parse_toc_yaml

WEB = Path(__file__).parent
NAME = "kl-divergence.pdf"
SUBTITLE = "Every number and every identity in it was recomputed by machine before it was published."
PLACE = re.compile(r'(<span class="course-pdf">).*?(</span>)')
DATE = re.compile(rb"/(?:Creation|Mod)Date \(D:(\d{14})\+00'00'\)")
PATIENCE = 600_000  # milliseconds: other work may keep the machine busy
FILL = """numbers => {
  for (const link of document.querySelectorAll(".reference-to"))
    link.querySelector(".number").textContent = numbers[decodeURIComponent(link.hash.slice(1))];
}"""


def parts(book: Path, site: Path) -> Iterator[dict[str, Any]]:
    """Yield the parts of the book, each with its caption and its pages in the order of _toc.yml."""
    toc = parse_toc_yaml(book / "_toc.yml")

    def page(name: str, depth: int) -> dict[str, Any]:
        return {"name": name, "depth": depth, "html": (site / f"{name}.html").read_text(encoding="utf-8")}

    def below(names: list[str], depth: int) -> Iterator[dict[str, Any]]:
        for name in names:
            yield page(name, depth)
            yield from below(toc[name].child_files(), depth + 1)

    yield {"caption": "", "pages": [page(toc.root.docname, 0)]}
    for part in toc.root.subtrees:
        yield {"caption": part.caption, "pages": list(below(part.files(), 1))}


def settings(book: Path) -> dict[str, str]:
    """Return what the title page says."""
    config = yaml.safe_load((book / "_config.yml").read_text(encoding="utf-8"))
    named = {key: config[key] for key in ("title", "author")}
    return {**named, "subtitle": SUBTITLE, "address": config["repository"]["url"]}


def assemble(page: Page, book: Path, site: Path) -> dict[str, Any]:
    """Make one document of the built pages in a page of a browser; return its headings and stray links."""
    home = f"{site.resolve().as_uri()}/"
    page.goto(f"{home}{parse_toc_yaml(book / '_toc.yml').root.docname}.html")
    page.add_style_tag(path=WEB / "pdf.css")
    given = {**settings(book), "site": home, "parts": list(parts(book, site))}
    made: dict[str, Any] = page.evaluate((WEB / "pdf.js").read_text(encoding="utf-8"), given)
    page.evaluate("Promise.all([...document.images].map(image => image.decode()))")
    return made


def print_book(browser: Browser, book: Path, site: Path) -> bytes:
    """Print the pages of a built site as one document; ValueError names the links in it that lead nowhere."""
    page = browser.new_page(color_scheme="light")
    page.set_default_timeout(PATIENCE)
    made = assemble(page, book, site)
    if made["astray"]:
        raise ValueError(f"links to what the book does not hold: {', '.join(made['astray'])}")
    found = places(PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))))
    page.evaluate(FILL, {name: place[0] + 1 for name, place in found.items()})
    pdf = page.pdf(prefer_css_page_size=True, tagged=True)
    page.close()
    return finish(pdf, made["headings"], settings(book))


def places(reader: PdfReader) -> dict[str, tuple[int, float]]:
    """Return where the links of a PDF lead: the page, counted from 0, and the height on it."""
    return {
        name.removeprefix("/"): (reader.get_destination_page_number(place), float(place.top))
        for name, place in reader.named_destinations.items()
    }


def finish(pdf: bytes, headings: list[dict[str, Any]], said: dict[str, str]) -> bytes:
    """Add the outline and what the document says of itself; set its date, or take it out.

    Chromium's own outline repeats the words of a heading that it moves to the next page.
    """
    writer = PdfWriter(io.BytesIO(DATE.sub(dated, pdf)), incremental=True)
    found = places(PdfReader(io.BytesIO(pdf)))
    above: list[Any] = [None] * 6
    for heading in headings:
        if heading["id"] in found:
            number, top = found[heading["id"]]
            level = heading["level"]
            parent = next(filter(None, reversed(above[:level])), None)
            item = writer.add_outline_item(
                title=heading["title"], page_number=number, parent=parent, fit=Fit.xyz(0, top, 0)
            )
            above[level:] = [item, *[None] * (5 - level)]
    writer.add_metadata(
        {"/Author": said["author"], "/Subject": said["subtitle"], "/Creator": said["address"]}
    )
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def dated(entry: re.Match[bytes]) -> bytes:
    """Return an entry with the date of SOURCE_DATE_EPOCH, or as many blanks: no byte may move."""
    if "SOURCE_DATE_EPOCH" not in os.environ:
        return b" " * len(entry[0])
    date = time.strftime("%Y%m%d%H%M%S", time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"])))
    return entry[0].replace(entry[1], date.encode())


def link(landing: Path, text: str) -> None:
    """Fill the place on the landing page that is kept for the link."""
    html = landing.read_text(encoding="utf-8")
    landing.write_text(PLACE.sub(lambda place: place[1] + text + place[2], html), encoding="utf-8")


def main(book: Path, site: Path) -> None:
    landing, target = site / "index.html", site / NAME
    target.unlink(missing_ok=True)
    link(landing, "")
    program = chromium.find()
    if not program:
        print("No PDF of the course, and no link to one: Chromium is not installed.")
        return
    start = time.perf_counter()
    print("Printing the whole course; this takes a minute or two ...", flush=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=chromium.ARGUMENTS)
        try:
            pdf = print_book(browser, book, site)
        except ValueError as error:
            sys.exit(f"No PDF of the course: {error}")
    target.write_bytes(pdf)
    extent = f"{len(PdfReader(io.BytesIO(pdf)).pages)} pages, {len(pdf) / 1e6:.0f} MB"
    link(
        landing,
        f'The whole course is also <a href="{NAME}">one PDF</a>, {extent}, with its answers at the end.',
    )
    print(f"{target}: {extent}, {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main(Path(), Path(sys.argv[1] if len(sys.argv) > 1 else "_build/html"))
