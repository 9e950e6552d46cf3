"""What a chapter has to keep, each rule a function from a notebook to the list of its breaches.

nbval compares stored outputs with a fresh run. These rules close what it leaves open: it passes a
cell that was never run, skips bitmaps and tracebacks, and takes an author's word for a marker.
"""

import io
import re
import tokenize
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

from kltools.exercises import Verdict
from tests.chapters.literals import numbers
from tests.chapters.notebooks import Run, place, places, read, tags
from web.outline import NEEDS, order, read_notebook

Rule = Callable[[Path, NotebookNode], list[str]]

LONGEST_CELL = 9
SHORTEST_ALT_TEXT = 40
MIME_TYPES = {  # all of them text that nbval compares whole
    "text/plain", "text/latex", "text/markdown", "text/html", "image/svg+xml",
    "application/vnd.vegalite.v5+json",
}  # fmt: skip
MARKER = re.compile(r"^\s*#\s*((?:PYTEST_VALIDATE|NBVAL)_\w+)\s*$")
MARKER_TAG = re.compile(r"^(?:pytest-validate|nbval)-")
REASON = re.compile(r"^\s*#\s*reason: \S+ \S+")
OF_THIS_MACHINE = re.compile(
    r"0x[0-9a-fA-F]{6,}"
    r"|(?<![\w./:<])/(?:home|Users|root|tmp|var|usr|opt|mnt|work|private|srv)/\S*"
    r"|(?<![A-Za-z])[A-Za-z]:\\\S*"
)
# What an f-string, format() or str.format() puts in: not text, but code.
FORMAT = re.compile(r"\{[^{}]*\}|(?<=['\"])[^'\"\d]{0,3}\d*\.\d+[efg%](?=['\"])")
ANSI = re.compile(r"\x1b\[[0-9;]*m")

WORDS = range(2_500, 3_901)
EXERCISES = range(8, 13)
OBJECTIVES = range(4, 7)
# A page of prose with formulas is read slowly, and a cell is run, read and compared with a guess.
WORDS_A_MINUTE, CELLS_A_MINUTE = 70, 2
TIME_FACTOR = 4 / 3
BANNED = re.compile(r"\b(?:obvious(?:ly)?|simply|trivial(?:ly)?|clearly|just)\b|!", re.IGNORECASE)
HINT = re.compile(r"<details>\s*<summary>Hint</summary>")


def code_cells(path: Path, notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    return ((where, cell) for where, cell in places(path, notebook) if cell.cell_type == "code")


def outputs(path: Path, notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode, NotebookNode]]:
    return ((where, cell, output) for where, cell in code_cells(path, notebook) for output in cell.outputs)


def texts(output: NotebookNode) -> Iterator[str]:
    """Yield all that a reader sees of an output, as text."""
    yield from (output.get(key, "") for key in ("text", "ename", "evalue"))
    yield from output.get("traceback", [])
    yield from map(str, output.get("data", {}).values())


def no_raw_cells(path: Path, notebook: NotebookNode) -> list[str]:
    """Every cell is code or Markdown: nothing reads the numbers of any other."""
    cells = places(path, notebook)
    return [f"{where}: is a raw cell" for where, cell in cells if cell.cell_type not in ("code", "markdown")]


def run_in_order(path: Path, notebook: NotebookNode) -> list[str]:
    """Every code cell was run, from the first to the last, in one go."""
    wrong = []
    for expected, (where, cell) in enumerate(code_cells(path, notebook), start=1):
        if cell.execution_count is None:
            wrong.append(f"{where}: was never run")
        elif cell.execution_count != expected:
            wrong.append(f"{where}: ran as number {cell.execution_count}, and should as {expected}")
        wrong += [
            f"{where}: an output is numbered {output.execution_count}, and its cell {cell.execution_count}"
            for output in cell.outputs
            if output.get("execution_count", cell.execution_count) != cell.execution_count
        ]
    return wrong


def only_comparable_outputs(path: Path, notebook: NotebookNode) -> list[str]:
    """Every output is text that nbval compares; nothing went to stderr."""
    wrong = []
    for where, cell, output in outputs(path, notebook):
        if output.get("name") == "stderr":
            wrong.append(f"{where}: wrote to stderr: {output.text.strip()[:100]}")
        if output.output_type == "error" and "raises-exception" not in tags(cell):
            wrong.append(f"{where}: raised {output.ename} without the tag raises-exception")
        if output.output_type == "error" and _traceback(output) != f"{output.ename}: {output.evalue}":
            wrong.append(f"{where}: shows a traceback, which nbval does not compare; use %xmode Minimal")
        wrong += [
            f"{where}: has a {mime} output, which nbval does not compare whole; use SVG for figures"
            for mime in output.get("data", {})
            if mime not in MIME_TYPES
        ]
    return wrong


def _traceback(output: NotebookNode) -> str:
    return ANSI.sub("", "\n".join(output.traceback)).strip()


def nothing_of_this_machine(path: Path, notebook: NotebookNode) -> list[str]:
    """No output holds an address in memory or a path of the machine that made it."""
    return [
        f"{where}: shows {found[0]}, which is another on each machine"
        for where, _, output in outputs(path, notebook)
        for text in texts(output)
        for found in OF_THIS_MACHINE.finditer(text)
    ]


def markers_have_reasons(path: Path, notebook: NotebookNode) -> list[str]:
    """Every marker that makes nbval look away has its reason on the next line: `# reason: …`.

    On a line of its own because nbval knows a marker only when it is alone on its line.
    """
    wrong = []
    for where, cell in code_cells(path, notebook):
        lines = [*cell.source.splitlines(), ""]
        for line, following in pairwise(lines):
            if (marker := MARKER.match(line)) and not REASON.match(following):
                wrong.append(f"{where}: {marker[1]} without a line `# reason: …` below it")
        if not any(map(REASON.match, lines)):
            marked = sorted(filter(MARKER_TAG.match, tags(cell)))
            wrong += [f"{where}: the tag {tag} without a line `# reason: …` in the cell" for tag in marked]
    return wrong


def short_cells(path: Path, notebook: NotebookNode) -> list[str]:
    """No code cell has more than nine lines, blank ones aside, and none ends in a semicolon."""
    wrong = []
    for where, cell in code_cells(path, notebook):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        if not lines:
            wrong.append(f"{where}: is empty")
        if len(lines) > LONGEST_CELL:
            wrong.append(f"{where}: has {len(lines)} lines; {LONGEST_CELL} are the most")
        if lines and lines[-1].partition("  #")[0].rstrip().endswith(";"):
            wrong.append(f"{where}: ends in a semicolon; assign to _ to show nothing")
    return wrong


def no_typed_numbers(path: Path, notebook: NotebookNode) -> list[str]:
    """No comment and no string in code states a decimal or a percentage: nothing would prove it."""
    wrong = []
    for where, cell in code_cells(path, notebook):
        code = TransformerManager().transform_cell(cell.source)
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
        said = [token.string for token in tokens if token.type in (tokenize.COMMENT, tokenize.STRING)]
        typed = [number for text in said for number in numbers(FORMAT.sub("", text)) if number.must_be_bound]
        wrong += [f"{where}: says {number} in a comment or a string; compute it" for number in typed]
    return wrong


def images_are_described(path: Path, notebook: NotebookNode) -> list[str]:
    """Every image is said in words: in its cell's metadata, or in the text form that nbval compares."""
    wrong = []
    for where, cell in code_cells(path, notebook):
        given = cell.metadata.get("mystnb", {}).get("image", {}).get("alt")
        images = [o for o in cell.outputs if any(mime.startswith("image/") for mime in o.get("data", {}))]
        if given and len(images) > 1:
            wrong.append(f"{where}: shows {len(images)} images, and has one alt text; split the cell")
        for image in images:
            alt = " ".join((given or image.data.get("text/plain", "")).split())
            if len(alt) < SHORTEST_ALT_TEXT or " " not in alt or alt.startswith("<"):
                wrong.append(
                    f"{where}: its alt text (mystnb.image.alt or text form) does not describe it: {alt!r}"
                )
    return wrong


STORED_OUTPUTS = [
    no_raw_cells,
    run_in_order,
    only_comparable_outputs,
    nothing_of_this_machine,
    markers_have_reasons,
    short_cells,
    no_typed_numbers,
    images_are_described,
]


def is_core(notebook: NotebookNode) -> bool:
    """Tell a core chapter: it is one that has exercises."""
    return any("exercise" in tags(cell) for cell in notebook.cells)


def is_opened(path: Path, notebook: NotebookNode) -> bool:
    """Tell a chapter, which has exercises or states a time, from a page for looking things up."""
    return is_core(notebook) or read_notebook(notebook, path.name).minutes > 0


def prose(notebook: NotebookNode) -> str:
    """Return the running text outside exercises and solutions."""
    cells = (
        c for c in notebook.cells if c.cell_type == "markdown" and not tags(c) & {"exercise", "solution"}
    )
    return "\n\n".join(plain(cell.source) for cell in cells)


def plain(markdown: str) -> str:
    """Markdown without comments, code, mathematics, tags and link targets: the words that are read."""
    for piece in (
        r"<!--.*?-->",
        r"```.*?```",
        r"\$\$.*?\$\$",
        r"\$[^$]*\$",
        r"`[^`]*`",
        r"!(?=\[)",
        r"</?\w[^<>]*>",
    ):
        markdown = re.sub(piece, " ", markdown, flags=re.DOTALL)
    return re.sub(r"\]\([^)]*\)", "] ", markdown)


def word_count(notebook: NotebookNode) -> int:
    return len(re.findall(r"\w[\w’'-]*", prose(notebook)))


def plain_words(path: Path, notebook: NotebookNode) -> list[str]:
    """No word that tells a reader how easy it should have been, and no exclamation mark."""
    return [
        f"{where}: says {found[0]!r}"
        for where, cell in places(path, notebook)
        if cell.cell_type == "markdown"
        for found in BANNED.finditer(plain(cell.source))
    ]


def core_length(path: Path, notebook: NotebookNode) -> list[str]:
    """Every core chapter is an evening's reading."""
    words = word_count(notebook)
    return [] if words in WORDS else [f"{path.name}: has {words} words; {WORDS[0]} to {WORDS[-1]} are right"]


def opening(path: Path, notebook: NotebookNode) -> list[str]:
    """Every chapter opens with a question, and says what it gives, needs and takes."""
    head = plain(notebook.cells[0].source)
    title, _, rest = head.partition("\n")
    wrong = [] if title.startswith("# ") else [f"{path.name}: does not open with its title"]
    scene = rest.partition("**You will be able to**")[0]
    if "?" not in title and "?" not in scene:
        wrong.append(f"{path.name}: opens with no question, in its title or before its objectives")
    page = read_notebook(notebook, path.name)
    if not page.topic:
        wrong.append(f"{path.name}: does not name its topic in a line *The topic* below its title")
    if len(page.objectives) not in OBJECTIVES:
        few, many = OBJECTIVES[0], OBJECTIVES[-1]
        wrong.append(
            f"{path.name}: lists {len(page.objectives)} objectives after **You will be able to**; "
            f"{few} to {many} are right"
        )
    if not NEEDS.search(head):
        wrong.append(f"{path.name}: does not say what it needs in a paragraph **You need** …")
    if not page.minutes:
        wrong.append(f"{path.name}: does not say **Time**: about … minutes")
    return wrong


def reading_time(notebook: NotebookNode) -> float:
    """Return the minutes that the words and the cells outside exercises suggest."""
    cells = (c for c in notebook.cells if c.cell_type == "code" and not tags(c) & {"exercise", "solution"})
    return word_count(notebook) / WORDS_A_MINUTE + sum(1 for _ in cells) / CELLS_A_MINUTE


def honest_time(path: Path, notebook: NotebookNode) -> list[str]:
    """The time that a chapter states is what its words and cells suggest, within a factor."""
    stated, suggested = read_notebook(notebook, path.name).minutes, reading_time(notebook)
    if suggested / TIME_FACTOR <= stated <= suggested * TIME_FACTOR:
        return []
    return [f"{path.name}: says about {stated} minutes; its words and cells suggest {suggested:.0f}"]


def met_objectives(path: Path, notebook: NotebookNode) -> list[str]:
    """Every objective is met by an exercise, and every exercise meets objectives that there are."""
    page = read_notebook(notebook, path.name)
    numbers = range(1, len(page.objectives) + 1)
    wrong = [
        f"{path.name}: objective {number} ({objective.partition(chr(10))[0]}) is met by no exercise"
        for number, objective in zip(numbers, page.objectives, strict=True)
        if not any(number in exercise.objectives for exercise in page.exercises)
    ]
    for exercise in page.exercises:
        if not exercise.objectives:
            wrong.append(f"{path.name}: {exercise.label} has no objectives in its metadata")
        wrong += [
            f"{path.name}: {exercise.label} meets objective {number!r}, and there are {len(numbers)}"
            for number in exercise.objectives
            if number not in numbers
        ]
    return wrong


def earlier_needs(path: Path, notebook: NotebookNode) -> list[str]:
    """Every chapter but the first links to what it needs, all of it before it in _toc.yml."""
    book = path.parents[1]
    page, places = read_notebook(notebook, path.relative_to(book).as_posix()), order(book)
    if page.path not in places:
        return [f"{path.name}: is not in _toc.yml, so nobody can read it"]
    before = places[: places.index(page.path)]
    wrong = [
        f"{path.name}: needs {need}, which does not come before it"
        for need in page.needs
        if need not in before
    ]
    if not page.needs and any(is_core(read(book / other)) for other in before if other.endswith(".ipynb")):
        wrong.append(f"{path.name}: links to no earlier chapter in **You need**")
    return wrong


OPENED = [opening, honest_time, earlier_needs]
CORE = [core_length, met_objectives]


@dataclass
class Exercise:
    """The cells of one exercise, by their positions in the notebook."""

    statement: int
    stub: list[int] = field(default_factory=list)
    solution: list[int] = field(default_factory=list)


def exercises(notebook: NotebookNode) -> list[Exercise]:
    """Group cells by exercise: each begins with a Markdown cell that has the metadata `exercise`."""
    found: list[Exercise] = []
    for index, cell in enumerate(notebook.cells):
        if "exercise" in cell.metadata:
            found.append(Exercise(index))
        elif found and cell.cell_type == "code" and "exercise" in tags(cell):
            found[-1].stub.append(index)
        elif found and "solution" in tags(cell):
            found[-1].solution.append(index)
    return found


def whole_exercises(path: Path, notebook: NotebookNode) -> list[str]:
    """Eight to twelve exercises, numbered, graded, hinted at and solved, and after them a project."""
    found, wrong = exercises(notebook), []
    headings = [notebook.cells[exercise.statement].source for exercise in found]
    projects = sum(heading.startswith("### Project. ") for heading in headings)
    if len(found) - projects not in EXERCISES or projects != 1:
        few, many = EXERCISES[0], EXERCISES[-1]
        wrong.append(
            f"{path.name}: has {len(found) - projects} exercises and {projects} projects; "
            f"{few} to {many} and one are right"
        )
    labels = [*(f"Exercise {number}" for number in range(1, len(found))), "Project"]
    for label, exercise in zip(labels, found, strict=False):
        cell = notebook.cells[exercise.statement]
        where, name = place(path, exercise.statement + 1, cell), cell.metadata.exercise
        heading = cell.source.partition("\n")[0]
        if not heading.startswith(f"### {label}. ") or "exercise" not in tags(cell):
            wrong.append(f"{where}: should be tagged exercise and begin `### {label}. `")
        if [len(run) for run in re.findall("★+", heading)] not in ([1], [2], [3]):
            wrong.append(f"{where}: is not graded by ★, ★★ or ★★★ in its heading")
        if not HINT.search(cell.source):
            wrong.append(f"{where}: has no <details><summary>Hint</summary>")
        for what, cells in (("stub", exercise.stub), ("solution", exercise.solution)):
            code = [notebook.cells[i].source for i in cells if notebook.cells[i].cell_type == "code"]
            if not code or not re.match(rf"check\(\"{re.escape(name)}\", ", code[-1].splitlines()[-1]):
                wrong.append(f'{where}: has no {what} whose last line is check("{name}", …)')
        for index in exercise.solution:
            if not notebook.cells[index].metadata.get("jupyter", {}).get("source_hidden"):
                where = place(path, index + 1, notebook.cells[index])
                wrong.append(f"{where}: a solution that is not folded (metadata jupyter.source_hidden)")
    names = Counter(notebook.cells[exercise.statement].metadata.exercise for exercise in found)
    return wrong + [
        f"{path.name}: {times} exercises are named {name}" for name, times in names.items() if times > 1
    ]


def no_strays(path: Path, notebook: NotebookNode) -> list[str]:
    """Every cell tagged exercise or solution belongs to an exercise."""
    known = {i for e in exercises(notebook) for i in (e.statement, *e.stub, *e.solution)}
    return [
        f"{where}: is tagged {', '.join(sorted(tags(cell)))} and belongs to no exercise"
        for index, (where, cell) in enumerate(places(path, notebook))
        if tags(cell) & {"exercise", "solution"} and index not in known
    ]


def verdicts(path: Path, notebook: NotebookNode, runs: list[Run | None]) -> list[str]:
    """Hold the check of each exercise of a chapter that ran to refuse its stub and accept its solution."""
    expected = {}
    for exercise in exercises(notebook):
        for cells, right in ((exercise.stub, False), (exercise.solution, True)):
            code = [i for i in cells if notebook.cells[i].cell_type == "code"]
            expected |= dict.fromkeys(code[-1:], right)
    wrong = []
    for index, ((where, _), run) in enumerate(zip(places(path, notebook), runs, strict=True)):
        if run and index in expected:
            if not isinstance(run.value, Verdict):
                wrong.append(f"{where}: ends in no check: {run.value!r}")
            elif bool(run.value) != expected[index]:
                what = "solution is refused" if expected[index] else "stub is accepted"
                wrong.append(f"{where}: the {what}: {run.value!r}")
    return wrong
