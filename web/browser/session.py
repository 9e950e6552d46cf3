"""Run the cells of a page in the browser's Python, as a notebook would (worker.mjs calls this).

A reader may run any cell first. What it needs of the cells above is found in their statements, so that a
cell of numbers does not wait for the picture above it to be drawn: backwards from the cell, every statement
that makes or changes a name that is needed, and what that needs in turn.
"""

import ast
import contextlib
import io
import pprint
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Output = dict[str, Any]

CELL = "<cell>"  # the file that errors name


@dataclass(frozen=True)
class Statement:
    """A statement of a cell: what it reads, what it makes anew, and what it may change."""

    cell: int
    tree: ast.stmt
    text: str
    reads: frozenset[str]
    makes: frozenset[str]
    changes: frozenset[str]

    @property
    def defers(self) -> bool:
        """Whether some of it runs later: a function reads its names when it is called."""
        return any(isinstance(part, ast.FunctionDef | ast.Lambda) for part in ast.walk(self.tree))

    @property
    def imports(self) -> bool:
        return isinstance(self.tree, ast.Import | ast.ImportFrom)


def statements(cell: int, source: str) -> Iterator[Statement]:
    """Yield the statements of a cell, an import of several names as several; none where it does not parse."""
    try:
        tree = ast.parse(without_magics(source))
    except SyntaxError:
        return
    for node in tree.body:
        for part in imports_apart(node):
            yield Statement(cell, part, ast.unparse(part), *names(part))


def without_magics(source: str) -> str:
    """Leave the lines out that only IPython understands."""
    lines = source.split("\n")
    return "\n".join("" if line.startswith(("%", "!")) else line for line in lines)


def imports_apart(node: ast.stmt) -> Iterator[ast.stmt]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield ast.copy_location(type(node)(**{**dict(ast.iter_fields(node)), "names": [alias]}), node)
    else:
        yield node


def names(node: ast.stmt) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return what a statement reads, what it surely makes anew, and what it may make or change."""
    reads, stores = set(), set()
    for part in ast.walk(node):
        match part:
            case ast.Name(id=name, ctx=ast.Load()):
                reads.add(name)
            case ast.Name(id=name):
                stores.add(name)
            case ast.AugAssign(target=ast.Name(id=name)):
                reads.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                stores.add(name)
            case ast.alias(name=name, asname=other):
                stores.add(other or name.split(".")[0])
            # x.append(1), x[0] = 1 and x.mean = 1 may change x
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name))):
                stores.add(name)
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                stores.add(name)
            case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                stores.add(name)
    makes: set[str] = set()
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            makes = {name}
        case ast.Import() | ast.ImportFrom():
            makes = stores
        case ast.Assign(targets=targets):
            tuples = [part for target in targets for part in getattr(target, "elts", [target])]
            makes = {part.id for part in tuples if isinstance(part, ast.Name)} - reads
    return frozenset(reads), frozenset(makes), frozenset(stores)


def calls(parts: list[Statement]) -> Callable[[frozenset[str]], frozenset[str]]:
    """Return a function that adds to names what the functions among them read when they are called."""
    later: dict[str, frozenset[str]] = {}
    for part in parts:
        for name in part.makes if part.defers else ():
            later[name] = later.get(name, frozenset()) | part.reads

    def called(names: frozenset[str]) -> frozenset[str]:
        more = names.union(*(later[name] for name in names if name in later))
        return names if more == names else called(more)

    return called


class Stream(io.TextIOBase):
    """Collects what is printed, in its place among the outputs."""

    def __init__(self, outputs: list[Output]) -> None:
        self.outputs = outputs

    def write(self, text: str) -> int:
        if not self.outputs or "text" not in self.outputs[-1]:
            self.outputs.append({"text": ""})
        self.outputs[-1]["text"] += text
        return len(text)


FORMS = {
    "image/svg+xml": "_repr_svg_",
    "text/markdown": "_repr_markdown_",
    "text/latex": "_repr_latex_",
    "text/html": "_repr_html_",
}


def bundle(value: object) -> dict[str, str]:
    """Return the forms in which a value can be shown, as Jupyter finds them."""
    collection = isinstance(value, list | tuple | dict | set)
    data = {"text/plain": pprint.pformat(value, sort_dicts=False) if collection else repr(value)}
    for mime, method in FORMS.items():
        if not isinstance(value, type) and callable(form := getattr(value, method, None)):
            shown = form()
            if shown is not None:
                data[mime] = shown
    return data


def with_html(outputs: list[Output]) -> list[Output]:
    """Add to each output in Markdown its HTML, with mathematics as TeX in elements of the class `math`."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    markdown = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin)
    for output in outputs:
        if "text/markdown" in output.get("data", {}):
            output["data"]["text/html"] = markdown.render(output["data"]["text/markdown"])
    return outputs


def line_of(error: BaseException) -> int | None:
    """Return the line of the cell that an error comes from."""
    lines = [
        line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == CELL
    ]
    if isinstance(error, SyntaxError) and error.filename == CELL:
        return error.lineno
    return lines[-1] if lines else None


class Session:
    """One reader's Python on one page."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self.namespace: dict[str, Any] = {"__name__": "__main__", "display": self.display}
        self.waiting: list[Statement] = []  # what is planned to run
        self.done: set[tuple[int, str]] = set()  # the statements that have run, by cell and text

    def needed(self, index: int, sources: dict[int, str]) -> list[Statement]:
        """Return what a cell needs of the cells above and has not run as it stands now, in order."""
        own = list(statements(index, sources[index]))
        above = [part for cell in sorted(sources) if cell < index for part in statements(cell, sources[cell])]
        called = calls([*above, *own])
        needs = frozenset[str]()
        for part in reversed(own):
            needs = (needs - part.makes) | called(part.reads)
        imported = {name for part in above if part.imports for name in part.makes}
        found = []
        for part in reversed(above):
            if (part.makes | (part.changes - imported)) & needs:
                needs = (needs - part.makes) | called(part.reads)
                found.append(part)
        return [part for part in reversed(found) if (part.cell, part.text) not in self.done]

    def plan(self, index: int, sources: dict[int, str]) -> dict[str, Any]:
        """Find what has to run before a cell: the numbers of its cells, and its code."""
        self.waiting = self.needed(index, sources)
        cells = sorted({part.cell for part in self.waiting})
        return {"above": cells, "source": "\n".join(part.text for part in self.waiting)}

    def prepare(self) -> list[Output]:
        """Run what was planned; what it prints is its own cell's, and not shown. Return an error, if any."""
        quiet = io.StringIO()
        while self.waiting:
            part = self.waiting[0]
            try:
                with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
                    self._execute([part.tree])
            except ModuleNotFoundError:
                raise
            except BaseException as error:  # whatever a reader may write
                said = f"Cell {part.cell + 1}, which this one needs: {type(error).__name__}: {error}"
                return [{"error": said, "line": None}]
            self.done.add((part.cell, part.text))
            self.waiting.pop(0)
        return []

    def run(self, index: int, source: str) -> list[Output]:
        """Run a cell whole, and return what it shows, an error included.

        A module that is not there is the caller's business: it may load it, and run the cell again.
        """
        self.outputs = []
        stream = Stream(self.outputs)
        with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
            try:
                value = self._execute(ast.parse(without_magics(source), CELL).body)
                if value is not None:
                    self.display(value)
                self._show_figures()
            except ModuleNotFoundError:
                raise
            except BaseException as error:  # whatever a reader may write
                said = f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}"
                self.outputs.append({"error": said, "line": line_of(error)})
        self.done |= {(part.cell, part.text) for part in statements(index, source)}
        return self.outputs

    def _execute(self, body: list[ast.stmt]) -> Any:
        """Execute statements, and return the value of the last where that is an expression."""
        last = body[-1].value if body and isinstance(body[-1], ast.Expr) else None
        rest = body[:-1] if last else body
        exec(compile(ast.Module(rest, []), CELL, "exec"), self.namespace)
        return eval(compile(ast.Expression(last), CELL, "eval"), self.namespace) if last else None

    def display(self, *values: Any) -> None:
        """Show values as Jupyter does."""
        self.outputs += [{"data": bundle(value)} for value in values]

    def _show_figures(self) -> None:
        """Show what was drawn with pyplot."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        for number in pyplot.get_fignums() if pyplot else ():
            stream = io.StringIO()
            pyplot.figure(number).savefig(stream, format="svg")
            self.outputs.append({"data": {"image/svg+xml": stream.getvalue(), "text/plain": "A figure"}})
        if pyplot:
            pyplot.close("all")
