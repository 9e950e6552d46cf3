"""Notebooks as the tests see them: found, read, named, and run cell by cell in this process.

Running here, and not in a kernel, is what makes hundreds of altered runs affordable: the state
after any cell can be forked. The outputs have the shape in which a kernel sends them.
"""

import ast
import contextlib
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from nbformat.v4 import new_output
from traitlets import Type
from traitlets.config import Config

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))

# Written by commands from what they measured, so nothing in them is typed.
_NOT_WRITTEN = {ROOT / folder / "results.md" for folder in ("benchmarks", "web/measure", "web/browser")}
_ROOMS = ("chapters", "reference", "libraries", "coursework", "kltools", "web", "tests", "benchmarks")
PAGES = sorted(
    {*ROOT.glob("*.md"), *(page for room in _ROOMS for page in (ROOT / room).rglob("*.md"))} - _NOT_WRITTEN
)


def read(path: Path) -> NotebookNode:
    """Read a notebook and hold it to its format."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))


def place(path: Path, number: int, cell: NotebookNode) -> str:
    """Name a cell so that a person finds it: its file, its number from 1, and its first words."""
    words = cell.source.split()
    return f"{path.name}, cell {number} ({' '.join(words[:8])}{' …' if len(words) > 8 else ''})"


def places(path: Path, notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """Yield every cell with its name."""
    for number, cell in enumerate(notebook.cells, start=1):
        yield place(path, number, cell), cell


@dataclass
class Run:
    """What one code cell did."""

    outputs: list[NotebookNode] = field(default_factory=list)
    value: object = None
    raised: str = ""


class _Hook(DisplayHook):
    """Keeps the value of a cell's last expression instead of printing it."""

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
        self.shell.outputs.append(new_output("execute_result", data=format_dict, metadata=md_dict or {}))

    def finish_displayhook(self) -> None:
        self._is_active = False


class _Publisher(DisplayPublisher):
    """Keeps what a cell displays instead of printing it."""

    def publish(self, data: dict, metadata: dict | None = None, *_: object, **__: object) -> None:
        self.shell.outputs.append(new_output("display_data", data=data, metadata=metadata or {}))


class _Unseen(DisplayFormatter):
    """Draws no picture and proves no theorem that a cell ends in."""

    def format(self, obj: object, include: object = None, exclude: object = None) -> tuple[dict, dict]:
        return {}, {}


class _Instead(ast.NodeTransformer):
    """Puts another tree in the place of a cell's."""

    def __init__(self, tree: ast.AST) -> None:
        self.tree = tree

    def visit(self, node: ast.AST) -> ast.AST:
        return self.tree


class Shell(InteractiveShell):
    """IPython without a terminal: it records what a kernel would send."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)

    def __init__(self, **settings: object) -> None:
        self.outputs: list[NotebookNode] = []
        super().__init__(**settings)

    def enable_gui(self, gui: str | None = None) -> None:
        """Nothing to start: figures are drawn into the outputs."""

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        error = new_output("error", ename=etype.__name__, evalue=str(evalue), traceback=stb)
        self.outputs.append(error)

    def run(self, source: str, instead: ast.AST | None = None) -> Run:
        """Run one code cell, or the altered code that is given in its place."""
        self.outputs = []
        self.ast_transformers = [_Instead(instead)] if instead else []
        streams = {"stdout": io.StringIO(), "stderr": io.StringIO()}
        with contextlib.redirect_stdout(streams["stdout"]), contextlib.redirect_stderr(streams["stderr"]):
            result = self.run_cell(source, store_history=True)
        texts = [
            new_output("stream", name=name, text=stream.getvalue())
            for name, stream in streams.items()
            if stream.getvalue()
        ]
        error = result.error_before_exec or result.error_in_exec
        return Run(texts + self.outputs, result.result, f"{type(error).__name__}: {error}" if error else "")


@contextlib.contextmanager
def shell(folder: Path, *, seen: bool = True) -> Iterator[Shell]:
    """Start a shell that works in ``folder``, as a chapter's kernel does; put back all that it moves.

    Where nobody reads the outputs, what cells end in need not be shown, which takes half of the time.
    """
    import matplotlib
    from matplotlib import pyplot

    main, path = sys.modules["__main__"], list(sys.path)
    InteractiveShell.clear_instance()
    # No history file: a test neither reads nor writes what a person typed.
    fresh = Shell.instance(config=Config(HistoryManager={"enabled": False}))
    try:
        with contextlib.chdir(folder), matplotlib.rc_context():
            sys.path.insert(0, str(Path.cwd()))
            if not seen:
                fresh.display_formatter = _Unseen(parent=fresh)
            fresh.enable_matplotlib("inline")
            fresh.InteractiveTB.set_mode("Minimal")  # a traceback is compared by nobody, and slow to write
            yield fresh
            pyplot.close("all")
    finally:
        Shell.clear_instance()
        sys.modules["__main__"], sys.path[:] = main, path
