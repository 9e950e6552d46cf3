"""The search page: a term of the glossary is found by each of its names, in every language and spelling.

Sphinx looks for the words of a page, which does not help those who call the KL divergence KLD, or 相对熵.
So the search page is given the names of the glossary's terms, with those of reference/other_names.toml that
people type and the course does not use; static/search.js puts what they stand for before what Sphinx finds.
"""

import html
import posixpath
import re
import tomllib
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)

GLOSSARY = "reference/glossary"
OTHER_NAMES = "reference/other_names.toml"
ENTRY = re.compile(
    r"^### (?P<term>.+)\n\n"
    r'<span lang="ko">(?P<korean>.+)</span> · <span lang="zh-Hans">(?P<chinese>.+)</span>\n\n'
    r".+\n\n"
    r"(?:Also: (?P<also>.+)\. )?Defined in \[.+\]\((?P<path>[^)#]+)#(?P<slug>[^)]+)\)\.$",
    re.MULTILINE,
)
BRACKETS = re.compile(r"\s*[(（)）]\s*")


def read_terms(glossary: str, other_names: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Return each term of the glossary with its names, and the page and section that defines it.

    Raises ValueError where other names are given to what is no term.
    """
    terms = []
    for entry in ENTRY.finditer(glossary):
        foreign = [*BRACKETS.split(entry["korean"]), *BRACKETS.split(entry["chinese"])]
        also = entry["also"].split(", ") if entry["also"] else []
        names = [entry["term"], *also, *filter(None, foreign), *other_names.get(entry["term"], [])]
        page = posixpath.normpath(posixpath.join(posixpath.dirname(GLOSSARY), entry["path"]))
        terms.append(
            {
                "term": entry["term"],
                "names": names,
                "foreign": f"{entry['korean']} · {entry['chinese']}",
                "page": posixpath.splitext(page)[0],
                "slug": entry["slug"],
            }
        )
    unknown = other_names.keys() - {term["term"] for term in terms}
    if unknown:
        raise ValueError(f"{OTHER_NAMES} names what is no term of the glossary: {', '.join(sorted(unknown))}")
    return terms


def add_terms(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give the search page the terms, each with the two places where a reader may want to go."""
    if pagename != "search":
        return
    context["terms"] = []
    if GLOSSARY not in app.env.found_docs:
        return
    root = Path(app.srcdir)
    names = tomllib.loads((root / OTHER_NAMES).read_text(encoding="utf-8"))
    try:
        terms = read_terms(Path(app.env.doc2path(GLOSSARY)).read_text(encoding="utf-8"), names)
    except ValueError as error:
        logger.warning(str(error))
        return
    entries = {title: identity for _, identity, title in app.env.metadata[GLOSSARY]["myst_slugs"].values()}
    for term in terms:
        # What a link calls a section by, and the id that the page has for it, may differ.
        _, section, title = app.env.metadata[term["page"]]["myst_slugs"][term["slug"]]
        name = html.escape(term["term"])
        context["terms"].append(
            {
                "names": term["names"],
                "places": [
                    [term["page"], html.escape(title), f"#{section}", f"defines <em>{name}</em>"],
                    [GLOSSARY, name, f"#{entries[term['term']]}", html.escape(term["foreign"])],
                ],
            }
        )


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension to Sphinx."""
    app.connect("html-page-context", add_terms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
