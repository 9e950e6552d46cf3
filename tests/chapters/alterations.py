"""Alterations: one thing changed at a time, in code, in stored outputs and in bound literals.

A suite that is worth its name turns red at each of them. An alteration of code is one of

- sign: a unary minus dropped, + and − exchanged;
- direction: two arguments of a call, the sides of a quotient or of a comparison exchanged, at_least
  and at_most;
- base: ``base=2`` for no base or another, ``base=e`` for 2, ln for log2 and the other way round;
- constant: the last digit of a number changed.

They reach into strings that hold an expression, such as the steps of a derivation.
"""

import ast
import copy
import inspect
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from nbformat import NotebookNode

import kltools
from tests.chapters.literals import Number
from tests.chapters.rules import ANSI

# Their value is the same, by mathematics, for the two orders of their arguments.
SYMMETRIC = {
    "js_divergence", "js_distance", "jeffreys_divergence", "total_variation", "JSD", "J",
    "max", "min", "Max", "Min", "gcd", "lcm", "hypot", "Add", "Mul", "Eq", "Ne",
    "isclose", "allclose", "array_equal", "union", "intersection",
}  # fmt: skip
# Distances and divergences in a unit that `base` chooses; found by signature, so that none is forgotten.
BASED = {
    name for name, f in vars(kltools).items() if callable(f) and "base" in inspect.signature(f).parameters
}
# exp of an entropy: the base cancels.
BASED -= {"perplexity"}

Node = TypeVar("Node", bound=ast.AST)
_OPPOSITE = {"at_least": "at_most", "at_most": "at_least"}  # the relations of a derivation
_FLIPPED: dict[type, type] = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}
_TYPED_NUMBER = re.compile(r"(?P<sign>[-−+]?)(?P<digits>\d*\.\d+|\d+)")
_VULGAR = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"


@dataclass(frozen=True)
class Alteration:
    """A piece of code with one thing changed."""

    kind: str
    line: int
    change: str
    tree: ast.AST


def alterations(source: str, mode: str = "exec") -> Iterator[Alteration]:
    """Alter a piece of Python, one thing at a time."""
    tree = ast.parse(source, mode=mode)
    hidden = set(_not_code(tree))
    for node in ast.walk(tree):
        for kind, new in () if node in hidden else _changes(node):
            # A copy in which the new node takes the old one's place.
            altered = copy.deepcopy(tree, {id(node): ast.copy_location(new, node)})
            change = f"{ast.unparse(node)} → {ast.unparse(new)}"
            yield Alteration(kind, node.lineno, change, ast.fix_missing_locations(altered))  # type: ignore[attr-defined]


def _not_code(tree: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, and the text between the braces of an f-string, which any print shows as it is."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield from (part for part in node.values if isinstance(part, ast.Constant))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def _changes(node: ast.AST) -> Iterator[tuple[str, Any]]:
    """Yield what a node can be changed into, each with its kind."""
    match node:
        case ast.UnaryOp(op=ast.USub()):
            yield "sign", node.operand
        case ast.BinOp(op=ast.Add() | ast.Sub()) | ast.AugAssign(op=ast.Add() | ast.Sub()):
            yield "sign", _with(node, op=ast.Sub() if isinstance(node.op, ast.Add) else ast.Add())
        case ast.BinOp(op=ast.Div()) if not _equal(node.left, node.right):
            yield "direction", _with(node, left=node.right, right=node.left)
        case ast.Compare():
            for place, op in enumerate(node.ops):
                if type(op) in _FLIPPED:
                    ops = [*node.ops[:place], _FLIPPED[type(op)](), *node.ops[place + 1 :]]
                    yield "direction", _with(node, ops=ops)
        case ast.Call():
            yield from _call_changes(node)
        case ast.Constant(value=bool() | None):
            pass
        case ast.Constant(value=int() | float()) if math.isfinite(node.value):
            yield "constant", ast.Constant(_other_constant(node.value))
        case ast.Constant(value=str()) if _is_expression(node.value):
            for inner in alterations(node.value.strip(), mode="eval"):
                yield inner.kind, ast.Constant(ast.unparse(inner.tree))


def _call_changes(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    starred = any(isinstance(argument, ast.Starred) for argument in call.args[:2])
    if len(call.args) > 1 and not starred and name not in SYMMETRIC and not _equal(*call.args[:2]):
        yield "direction", _with(call, args=[call.args[1], call.args[0], *call.args[2:]])
    base = next((keyword for keyword in call.keywords if keyword.arg == "base"), None)
    if base or name in BASED:
        was_two = base is not None and isinstance(base.value, ast.Constant) and base.value.value == 2
        others = [keyword for keyword in call.keywords if keyword is not base]
        new = ast.keyword("base", ast.Constant(math.e if was_two else 2))
        yield "base", _with(call, keywords=[*others, new])
    if name in _OPPOSITE:
        yield "direction", _with(call, func=_with(call.func, attr=_OPPOSITE[name]))
    if name in ("log", "ln", "log2") and len(call.args) == 1:
        # The quotient holds for numbers and for symbols, in math, NumPy and SymPy alike.
        unit = _with(call, args=[ast.Constant(math.e if name == "log2" else 2)])
        yield "base", ast.BinOp(call, ast.Div(), unit)


def _with(node: Node, **fields: object) -> Node:
    """Copy a node with other fields."""
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _equal(left: ast.AST, right: ast.AST) -> bool:
    return ast.dump(left) == ast.dump(right)


def _is_expression(text: str) -> bool:
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError):
        return False
    return any(isinstance(node, ast.BinOp | ast.UnaryOp | ast.Call | ast.Compare) for node in ast.walk(tree))


def _other_constant(value: float) -> float:
    """Change the last digit; of a float that is whole, the last that is not zero: 1e7 becomes 2e7."""
    number = repr(value)
    if number.endswith(".0") and value:
        whole = number[:-2].rstrip("0")
        return float(other_digit(whole) + number[len(whole) :])
    return ast.literal_eval(other_digit(number))


def other_digit(number: str) -> str:
    """Change the last digit of a number that is written out, the exponent left alone."""
    mantissa, e, exponent = number.partition("e")
    return mantissa[:-1] + ("8" if mantissa[-1] == "9" else str(int(mantissa[-1]) + 1)) + e + exponent


@dataclass(frozen=True)
class Excuse:
    """What a cell's metadata says that nobody could see: a kind, or one change as a failing test prints it.

    It stands there and not in the code, which learners read:
    `{"same_either_way": {"the line of code": {"base": "reason", "3 → 4": "reason"}}}`.
    """

    line: int
    item: str
    reason: str

    def covers(self, altered: Alteration) -> bool:
        return self.line == altered.line and self.item in (altered.kind, altered.change)


def excuses(cell: NotebookNode) -> list[Excuse]:
    """Read which alterations of a cell cannot be seen; one for a line that is not there covers nothing."""
    lines = [line.strip() for line in cell.source.splitlines()]
    return [
        Excuse(lines.index(line) + 1 if line in lines else 0, item, reason)
        for line, items in cell.metadata.get("same_either_way", {}).items()
        for item, reason in items.items()
    ]


def altered_outputs(output: NotebookNode) -> Iterator[tuple[str, str, NotebookNode]]:
    """Alter every number that a stored output shows: its last digit, then its sign if it has one.

    Yields what was altered, how, and the output. A drawing's numbers are counted apart: they are many.
    """
    for path, text in _output_texts(output):
        what = "numbers in stored drawings" if path[-1] == "image/svg+xml" else "numbers in stored outputs"
        for found in _TYPED_NUMBER.finditer(text):
            changed = [found["sign"] + other_digit(found["digits"])]
            if found["sign"]:
                changed.append(("-" if found["sign"] == "+" else "") + found["digits"])
            for new in changed:
                value = text[: found.start()] + new + text[found.end() :]
                stored = json.loads(value) if path[-1].endswith("json") else value
                yield what, f"{found[0]} → {new}", _replaced(output, path, stored)


def _output_texts(output: NotebookNode) -> Iterator[tuple[tuple[str, ...], str]]:
    for field in ("text", "evalue"):
        if field in output:
            yield (field,), output[field]
    if "traceback" in output:
        yield ("traceback",), ANSI.sub("", "\n".join(output.traceback))
    for mime, data in output.get("data", {}).items():
        yield ("data", mime), data if isinstance(data, str) else json.dumps(data)


def _replaced(output: NotebookNode, path: tuple[str, ...], value: object) -> NotebookNode:
    field = path[0]
    new = copy.copy(output)
    new[field] = (
        output[field] | {path[1]: value} if len(path) > 1 else [value] if field == "traceback" else value
    )
    return new


def altered_literals(text: str, number: Number) -> Iterator[tuple[str, str]]:
    """Alter one number of a text: the last digit before and after each point, then its sign."""
    for new in other_numbers(number.text):
        yield f"{number.text} → {new}", text[: number.start] + new + text[number.end :]


def other_numbers(typed: str) -> Iterator[str]:
    """Write other numbers than the one that is typed."""
    for found in re.finditer("[0-9]+", typed):
        yield typed[: found.start()] + other_digit(found[0]) + typed[found.end() :]
    for found in re.finditer(f"[{_VULGAR}]", typed):
        yield typed[: found.start()] + _VULGAR[_VULGAR.index(found[0]) - 1]
    if typed[0] in "-−+":
        yield ("-" if typed[0] == "+" else "") + typed[1:].lstrip()
    elif typed in ("∞", r"\infty", "inf"):
        yield f"-{typed}"
