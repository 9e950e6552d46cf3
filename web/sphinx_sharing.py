"""How the site is found, and how a link to it looks where it is shared.

The repository's address stands in _config.yml, and all others follow from it: those of the
buttons, which the theme makes, and the site's own, for canonical links, previews and the sitemap. A page's
description is what it says of itself first.
"""

import html
import json
import posixpath
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import previews
from docutils import nodes
from outline import Page
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx_course import course_of

logger = logging.getLogger(__name__)

SERVED = {
    "github.com": "github.io",
    "gitlab.com": "gitlab.io",
}  # where hosts publish sites
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
LENGTH = 160  # of a description; search engines show no more
UNLISTED = {"search"}
DESCRIPTIONS = {  # of pages that nobody wrote
    "genindex": "Every function, class and theorem of the course's package kltools, in alphabetical order.",
    "search": "Search the course by a word, or by any name of a term, in English, Korean or Chinese.",
}
SENTENCE = re.compile(r"(?<=[.?!])\s+")
PICTURE = "web/picture.svg"  # of the landing page, and of every page that has none of its own


def site_address(repository: str) -> str:
    """Return where the host of a repository publishes its site; "" where that is not known."""
    host, _, path = repository.removeprefix("https://").partition("/")
    owner, _, name = path.partition("/")
    if host not in SERVED or not name:
        return ""
    root = f"https://{owner.lower()}.{SERVED[host]}/"
    return root if name.lower() == urlsplit(root).netloc else f"{root}{name}/"


def settle_addresses(app: Sphinx, config: Config) -> None:
    """Work out the address of the site from that of the repository, unless _config.yml says it."""
    options = config.html_theme_options
    repository = options.get("repository_url", "").rstrip("/").removesuffix(".git")
    options["repository_url"] = repository
    address = (config.html_baseurl or site_address(repository)).rstrip("/")
    if not address:
        logger.warning(
            "Where is the site of %r served? Say it in _config.yml, as `baseurl:` under `html:`.",
            repository,
        )
    config.html_baseurl = f"{address}/" if address else ""


def plain(paragraph: nodes.paragraph) -> str:
    """Return a paragraph as plain text, up to its first formula."""
    texts = []
    for node in paragraph.findall(nodes.Text):
        if isinstance(node.parent, nodes.math):
            break
        if not isinstance(node.parent, nodes.raw):
            texts.append(node.astext())
    return " ".join("".join(texts).split())


def shorten(text: str) -> str:
    """Return as many whole sentences as a description holds, or else as many words."""
    for separator, end in ((SENTENCE, ""), (re.compile(r"\s+"), "…")):
        parts = separator.split(text)
        beginnings = [" ".join(parts[:number]) + end for number in range(len(parts), 0, -1)]
        fitting = next((beginning for beginning in beginnings if len(beginning) <= LENGTH), "")
        if fitting:
            return fitting
    return ""


def opening(app: Sphinx, name: str) -> str:
    """Return what a page says of itself first; a line in italics below the title is its topic."""
    first, *others = [*app.env.get_doctree(name).findall(nodes.paragraph), nodes.paragraph()]
    if [type(child) for child in first] == [nodes.emphasis] and others:
        return shorten(f"{plain(first)}. {plain(others[0])}")
    return shorten(plain(first))


def describe(app: Sphinx, name: str) -> str:
    """Return the description of a page: what it says first, after its title where that leaves room."""
    said = opening(app, name)
    titled = f"{app.env.titles[name].astext()}. {said}"
    return said if name in {app.config.root_doc, *notebooks(app)} or len(titled) > LENGTH else titled


def tags(facts: dict[str, str]) -> str:
    """Write meta tags; those of Open Graph are called properties."""
    keys = {name: "property" if name.startswith("og:") else "name" for name in facts}
    return "\n".join(
        f'<meta {keys[name]}="{name}" content="{html.escape(content)}" />'
        for name, content in facts.items()
        if content
    )


def structure(facts: dict[str, Any]) -> str:
    """Write what search engines read as data, in the words of schema.org; "<" could end the script."""
    written = json.dumps({"@context": "https://schema.org", **facts}, ensure_ascii=False).replace(
        "<", "\\u003c"
    )
    return f'<script type="application/ld+json">{written}</script>'


def resource(app: Sphinx, page: Page, description: str) -> dict[str, Any]:
    """Describe a page of the course as something to learn from."""
    facts = {
        "@type": "LearningResource",
        "name": page.title,
        "about": page.topic,
        "description": description,
        "url": address(app, docname(page)),
        "timeRequired": f"PT{page.minutes}M" if page.minutes else "",
        **terms_of_use(app),
        "isPartOf": {"@type": "Course", "name": app.config.html_title, "url": app.config.html_baseurl},
    }
    return {name: fact for name, fact in facts.items() if fact}


def course(app: Sphinx, description: str) -> dict[str, Any]:
    """Describe the course, and the notebooks that it consists of."""
    return {
        "@type": "Course",
        "name": app.config.html_title,
        "description": description,
        "url": app.config.html_baseurl,
        **terms_of_use(app),
        "provider": {"@type": "Organization", "name": app.config.author, "url": app.config.html_baseurl},
        "hasPart": [
            {"@type": "LearningResource", "name": page.title, "url": address(app, name)}
            for name, page in notebooks(app).items()
        ],
    }


def terms_of_use(app: Sphinx) -> dict[str, Any]:
    return {"inLanguage": app.config.language, "license": LICENSE, "isAccessibleForFree": True}


def docname(page: Page) -> str:
    return posixpath.splitext(page.path)[0]


def notebooks(app: Sphinx) -> dict[str, Page]:
    """Return the pages that are notebooks, by the name that Sphinx has for them."""
    return {docname(page): page for page in course_of(Path(app.srcdir)) if page.path.endswith(".ipynb")}


def address(app: Sphinx, name: str) -> str:
    """Return where a page is on the web; "" if it is not to be found there, or it is not known where."""
    base = app.config.html_baseurl
    if not base or name in UNLISTED:
        return ""
    return base if name == app.config.root_doc else f"{base}{name}.html"


def add_facts(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Write into the head of a page what search engines, networks and messengers show of it."""
    landing, name, url = pagename == app.config.root_doc, app.config.html_title, address(app, pagename)
    if landing:
        context["docstitle"] = ""  # its own title is that of the course
    context["pageurl"] = url or None
    description = describe(app, pagename) if doctree else DESCRIPTIONS.get(pagename, "")
    facts = {"description": description, "robots": "noindex" if pagename in UNLISTED else ""}
    page = notebooks(app).get(pagename)
    if url:
        title = app.env.titles[pagename].astext() if doctree else "Index"
        facts |= {
            "og:site_name": name,
            "og:type": "website" if landing else "article",
            "og:title": title,
            "og:description": description,
            "og:url": url,
            "og:image": f"{app.config.html_baseurl}{preview(pagename if page else app.config.root_doc)}",
            "og:image:width": str(previews.WIDTH),
            "og:image:height": str(previews.HEIGHT),
            "og:image:alt": f"“{title if page else name}” beside a drawing",
            "twitter:card": "summary_large_image",
        }
    written = [context.get("metatags", ""), tags(facts)]
    if url and landing:
        written.append(structure(course(app, description)))
    elif url and page:
        written.append(structure(resource(app, page, description)))
    context["metatags"] = "\n".join(written)


def preview(name: str) -> str:
    return f"previews/{name}.png"


def drawing(path: Path) -> str:
    """Return the first picture of a notebook that suits a preview; "" if it has none."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            svg = "".join(output.get("data", {}).get("image/svg+xml", ""))
            if svg and previews.fits(svg):
                return svg
    return ""


def draw_previews(app: Sphinx) -> None:
    """Draw the preview of each notebook, and that of the landing page, which the other pages share."""
    name, root = app.config.html_title, Path(app.srcdir)
    own = (root / PICTURE).read_text(encoding="utf-8")
    cards = {app.config.root_doc: ("", name, opening(app, app.config.root_doc), own)}
    for pagename, page in notebooks(app).items():
        said = page.topic or opening(app, pagename)
        cards[pagename] = (name, page.title, said, drawing(root / page.path) or own)
    for pagename, parts in cards.items():
        path = Path(app.outdir, preview(pagename))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(previews.card(*parts))


def write_sitemap(app: Sphinx) -> None:
    """List the pages for search engines, and tell them where the list is."""
    urls = sorted(filter(None, (address(app, name) for name in app.env.found_docs)))
    lines = "\n".join(f"  <url><loc>{html.escape(url)}</loc></url>" for url in urls)
    schema = "http://www.sitemaps.org/schemas/sitemap/0.9"
    sitemap = f'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="{schema}">\n{lines}\n</urlset>\n'
    robots = f"User-agent: *\nAllow: /\nSitemap: {app.config.html_baseurl}sitemap.xml\n"
    for name, text in {"sitemap.xml": sitemap, "robots.txt": robots}.items():
        Path(app.outdir, name).write_text(text, encoding="utf-8", newline="\n")


def write_not_found(app: Sphinx) -> None:
    """Write the page that hosts show where there is none.

    It is shown at any depth of path, so it needs no other file, and its links start from the site's root.
    """
    template = app.builder.templates.environment.get_template("404.html")
    page = template.render(
        course=app.config.html_title,
        language=app.config.language,
        root=urlsplit(app.config.html_baseurl).path or "/",
        chapters=[(f"{name}.html", page) for name, page in notebooks(app).items() if page.exercises],
    )
    Path(app.outdir, "404.html").write_text(page, encoding="utf-8", newline="\n")


def finish(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.name == "html":
        draw_previews(app)
        write_not_found(app)
        if app.config.html_baseurl:
            write_sitemap(app)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension to Sphinx."""
    app.connect("config-inited", settle_addresses)
    app.connect("html-page-context", add_facts)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
