"""What the chapters say of themselves: their order, needs, length, objectives and exercises.

The order stands in _toc.yml. The rest stands in the notebooks, which open so::

    # How much of that cost is your fault?

    *The KL divergence*

    A scene that poses the question.

    **You will be able to**

    - compute a KL divergence by hand, in nats and in bits;
    - tell why a result is infinite, negative or nan.

    **You need** sums, logarithms, and [entropy](entropy.ipynb).

    **Time**: about 75 minutes to read and run, and as much again for the exercises.

An exercise says which objectives it meets, numbered from 1, in the metadata of its first cell. What a chapter
leaves out is empty here: the tests of the chapters say what may not be.
"""

import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sphinx_external_toc.parsing import parse_toc_yaml

TITLE = re.compile(r"^# +(.+)", re.MULTILINE)
TOPIC = re.compile(r"\A# .+\n+\*(?!\*)([^*\n]+)\*$", re.MULTILINE)
ITEM = re.compile(r"^[-*] .+(?:\n +\S.*)*", re.MULTILINE)
OBJECTIVES = re.compile(rf"(?<=^\*\*You will be able to\*\*\n\n)(?:{ITEM.pattern}\n)+", re.MULTILINE)
NEEDS = re.compile(r"^\*\*You need\*\* .+(?:\n.+)*", re.MULTILINE)
LINK = re.compile(r"\]\(([^()\s#:]+\.ipynb)(?:#[^()\s]*)?\)")
MINUTES = re.compile(r"^\*\*Time\*\*: about (\d+) minutes", re.MULTILINE)
SECTION = re.compile(r"^## ", re.MULTILINE)
EXERCISE = re.compile(r"### (Exercise \d+|Project)\. .+")


@dataclass(frozen=True)
class Exercise:
    """An exercise, as links name it and as readers do ("Exercise 3", "Project"), and what it meets."""

    name: str
    label: str
    objectives: tuple[int, ...]


@dataclass(frozen=True)
class Page:
    """A page of the course, by its path from the root of the book; only a chapter has more than a title."""

    path: str
    title: str
    topic: str = ""
    objectives: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    minutes: int = 0
    sections: int = 0
    exercises: tuple[Exercise, ...] = ()

    @property
    def name(self) -> str:
        """What other pages call it: its topic, or else its title."""
        return self.topic or self.title


def read_page(text: str, path: str) -> Page:
    title = TITLE.search(text)
    return Page(path, title[1] if title else path)


def read_notebook(notebook: dict[str, Any], path: str) -> Page:
    cells = [
        ("".join(cell["source"]), cell["metadata"])
        for cell in notebook["cells"]
        if cell["cell_type"] == "markdown"
    ]
    opening = f"{cells[0][0].rstrip()}\n" if cells else ""
    objectives, needs, minutes = OBJECTIVES.search(opening), NEEDS.search(opening), MINUTES.search(opening)
    title, topic = TITLE.search(opening), TOPIC.search(opening)
    return Page(
        path,
        title[1] if title else path,
        topic[1] if topic else "",
        tuple(ITEM.findall(objectives[0])) if objectives else (),
        tuple(_targets(needs[0], path)) if needs else (),
        int(minutes[1]) if minutes else 0,
        sum(len(SECTION.findall(text)) for text, _ in cells),
        tuple(
            Exercise(metadata["exercise"], heading[1], tuple(metadata.get("objectives", ())))
            for text, metadata in cells
            if "exercise" in metadata and (heading := EXERCISE.match(text))
        ),
    )


def _targets(text: str, path: str) -> list[str]:
    """Return the notebooks that a text of a page links to, as paths from the root of the book."""
    found = (posixpath.join(posixpath.dirname(path), target) for target in LINK.findall(text))
    return list(dict.fromkeys(map(posixpath.normpath, found)))


def read_course(book: Path) -> list[Page]:
    """Read every page that _toc.yml names, in its order."""
    return [
        read_notebook(json.loads((book / path).read_text(encoding="utf-8")), path)
        if path.endswith(".ipynb")
        else read_page((book / path).read_text(encoding="utf-8"), path)
        for path in order(book)
    ]


def order(book: Path) -> list[str]:
    """Return the paths of the pages that _toc.yml names, in its order and without the root."""
    toc = parse_toc_yaml(book / "_toc.yml")

    def below(name: str) -> Iterator[str]:
        for child in toc[name].child_files():
            yield f"{child}.ipynb" if (book / f"{child}.ipynb").exists() else f"{child}.md"
            yield from below(child)

    return list(below(toc.root.docname))
