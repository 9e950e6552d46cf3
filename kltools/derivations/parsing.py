"""A line of a derivation, read from text without running it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

import sympy as sp
from sympy import Expr, Symbol

from kltools.derivations.errors import UnreadableLineError
from kltools.derivations.expressions import Entry, Index, Sum, ln

# A line comes from anybody, so what the prover has to multiply out is kept small.
LONGEST, DEEPEST, HIGHEST_DEGREE, LONGEST_NUMBER = 400, 30, 6, 10**12

_OPERATIONS: dict[type[ast.AST], Callable[..., Expr]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
    ast.UAdd: lambda a: a,
    ast.USub: lambda a: -a,
}
_FUNCTIONS: dict[str, Callable[..., Expr]] = {"Sum": Sum, "ln": ln, "exp": sp.exp, "sqrt": sp.sqrt}
_HINTS = {
    "log": "write ln for the natural logarithm",
    "log2": "a line is in nats: write ln",
    "sum": "write Sum, with a capital",
}
# What is copied from a page: its signs for minus, times and over.
_SIGNS = str.maketrans({"\N{MINUS SIGN}": "-", "·": "*", "×": "*", "∕": "/"})
_NUMBER_AND_LETTER = re.compile(r"(?<![\w.])(\d+\.?\d*|\.\d+)[^\W\d]\w*")


def parse(line: str, *letters: Any) -> Expr:
    """Read a line that is written as text, without evaluating it as Python.

    Parameters
    ----------
    line : str
        Letters, numbers, ``+ - * / **``, brackets, ``Sum``, ``ln``, ``exp`` and ``sqrt``. A table's entry is
        written ``p(i)``, or ``p`` where the index can only be its own; a number is taken exactly, so that 0.1
        is 1/10.
    *letters : Entry, Symbol or function
        What else the line may have: tables and numbers made by `positive` and its kin, with the indices of
        the tables, and functions such as `KL`.

    Returns
    -------
    Expr

    Raises
    ------
    UnreadableLineError
        If the text has anything else in it, is longer than a line, or makes no sense as it stands.

    Examples
    --------
    >>> from kltools.derivations import KL, parse, positive
    >>> p, q = positive("p q")
    >>> parse("Sum(p(i) * ln(p(i) / q(i)))", p, q)
    Σᵢ pᵢ ln(pᵢ/qᵢ)
    >>> parse("KL(p, q) - 0.5", p, q, KL)
    KL(P‖Q) - 1/2
    >>> parse("Sum(p log(p / q))", p, q)
    Traceback (most recent call last):
    kltools.derivations.errors.UnreadableLineError: the line cannot be read from "p log(p / q))" on; ...
    """
    if not isinstance(line, str):
        raise UnreadableLineError(
            f'a line is text in quotes, as "Sum(p * ln(p / q))", and this is a {type(line).__name__}'
        )
    text = " ".join(line.translate(_SIGNS).split())
    if not text:
        raise UnreadableLineError("the line is empty")
    if len(text) > LONGEST:
        raise UnreadableLineError(f"the line has {len(text)} characters; one of {LONGEST} is enough")
    if found := _NUMBER_AND_LETTER.search(text):
        raise UnreadableLineError(
            f"{found[0]} is no number, which has digits and a point; for a product write * after {found[1]}"
        )
    return _Reader(text, letters).read()


class _Reader:
    """Turns the syntax of one line into an expression, piece by piece."""

    def __init__(self, line: str, letters: tuple[Any, ...]) -> None:
        self.line = line
        self.letters = {_name(letter): letter for letter in letters}
        for entry in [letter for letter in letters if isinstance(letter, Entry)]:
            for index in entry.indices:
                # A table called m may stand beside an index called m, and a bare m is then the table.
                self.letters.setdefault(index.name, index)

    def read(self) -> Expr:
        try:
            tree = ast.parse(self.line, mode="eval").body
        except SyntaxError as error:
            rest = self.line[max(0, (error.offset or 1) - 1) :]
            where = f'from "{_short(rest)}" on' if rest else "to its end"
            raise UnreadableLineError(
                f"the line cannot be read {where}; is a * missing, or a bracket?"
            ) from None
        except ValueError:  # a NUL before Python 3.11.4, or half of a letter
            raise UnreadableLineError("the line cannot be read: it has a sign that is not text") from None
        except (MemoryError, RecursionError):
            raise UnreadableLineError("the line has too many brackets") from None
        self._limit(tree)
        expression = self.expression(tree)
        if isinstance(expression, Index):
            raise UnreadableLineError(f"{expression} is an index; a line is made of tables and numbers")
        return expression

    def _limit(self, tree: ast.expr) -> None:
        if _depth(tree) > DEEPEST:
            raise UnreadableLineError(f"the line has brackets within brackets more than {DEEPEST} deep")
        if self._degree(tree) > HIGHEST_DEGREE:
            raise UnreadableLineError(
                f"the line multiplies more than {HIGHEST_DEGREE} factors, or a power is too high"
            )

    def _degree(self, node: ast.AST) -> float:
        """How many factors a product has at most when the line is multiplied out."""
        if isinstance(node, ast.BinOp):
            left, right = self._degree(node.left), self._degree(node.right)
            if isinstance(node.op, ast.Pow):
                return left * abs(self._exponent(node.right))
            return left + right if isinstance(node.op, ast.Mult | ast.Div) else max(left, right)
        if isinstance(node, ast.Call):
            return max([1.0, *map(self._degree, node.args)])
        if isinstance(node, ast.UnaryOp):
            return self._degree(node.operand)
        return float(isinstance(node, ast.Name))

    def _exponent(self, node: ast.expr) -> float:
        if any(isinstance(part, ast.Name | ast.Call | ast.Pow) for part in ast.walk(node)):
            raise UnreadableLineError(
                f"{self._shown(node)} is an exponent; it has to be a number, as in p**2 or p**(1/2)"
            )
        return float(self.expression(node))

    def expression(self, node: ast.AST) -> Any:
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
            return self._sane(
                _OPERATIONS[type(node.op)](self._value(node.left), self._value(node.right)), node
            )
        if isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATIONS:
            return _OPERATIONS[type(node.op)](self._value(node.operand))
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.Name):
            return self._letter(node)
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return self._sane(sp.Rational(self._shown(node)), node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor):
            raise UnreadableLineError(f"{self._shown(node)}: write ** for a power")
        if isinstance(node, ast.Subscript):
            raise UnreadableLineError(f"{self._shown(node)}: write an entry with round brackets, as p(i)")
        if isinstance(node, ast.Tuple):
            raise UnreadableLineError(f"{self._shown(node)} has a comma, and one expression is asked for")
        raise UnreadableLineError(f"{self._shown(node)} is no part of a line, which has {self._vocabulary()}")

    def _value(self, node: ast.AST) -> Any:
        """What a piece of arithmetic is about: anything but an index or the name of a function."""
        value = self.expression(node)
        if isinstance(value, Index):
            raise UnreadableLineError(f"{value} is an index; it belongs in brackets, as in p({value})")
        return value

    def _letter(self, node: ast.Name) -> Any:
        if isinstance(self.letters.get(node.id), Expr):
            return self.letters[node.id]
        if node.id in self.letters or node.id in _FUNCTIONS:
            raise UnreadableLineError(f"{node.id} is a function; write what it is of, in brackets after it")
        raise UnreadableLineError(self._unknown(node.id))

    def _call(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Attribute) and (name := node.func.attr) in {**_FUNCTIONS, **_HINTS}:
            raise UnreadableLineError(
                f"{self._shown(node)}: {_HINTS.get(name, f'write {name}, with nothing before it')}"
            )
        if not isinstance(node.func, ast.Name):
            raise UnreadableLineError(
                f"{self._shown(node)}: write * between a bracket and what it multiplies"
            )
        name = node.func.id
        if node.keywords or any(isinstance(a, ast.Starred) for a in node.args) or not node.args:
            raise UnreadableLineError(f"{self._shown(node)}: put one expression between the brackets")
        known = self.letters.get(name, _FUNCTIONS.get(name))
        if known is None:
            raise UnreadableLineError(self._unknown(name))
        arguments = [self.expression(argument) for argument in node.args]
        if isinstance(known, Entry):
            return self._entry(known, arguments, node)
        if isinstance(known, Expr):
            raise UnreadableLineError(f"{self._shown(node)}: for a product write {name}*(…)")
        first, *others = arguments
        if isinstance(first, Index) or (known is Sum and not all(isinstance(a, Index) for a in others)):
            raise UnreadableLineError(
                f"{self._shown(node)}: {name} takes an expression"
                + (", and after it the indices to sum over" if known is Sum else "")
            )
        if others and known in (ln, sp.exp, sp.sqrt):
            raise UnreadableLineError(f"{self._shown(node)}: {name} is of one expression")
        try:
            return self._sane(known(*arguments), node)
        except (TypeError, ValueError) as problem:
            raise UnreadableLineError(f"{self._shown(node)} makes no sense: {problem}") from None

    def _entry(self, table: Entry, arguments: list[Any], node: ast.Call) -> Entry:
        if not all(isinstance(a, Index) for a in arguments):
            raise UnreadableLineError(
                f"{self._shown(node)}: in the brackets of a table stands its index, "
                f"as in {table.label}({', '.join(a.name for a in table.indices)}); "
                f"for a product write {table.label}*(…)"
            )
        try:
            return table.at(*arguments)
        except ValueError as problem:
            raise UnreadableLineError(str(problem)) from None

    def _sane(self, value: Any, node: ast.AST) -> Any:
        if value.has(sp.zoo, sp.nan, sp.oo, sp.I):
            raise UnreadableLineError(
                f"{self._shown(node)} divides by 0, or has a logarithm or root of what has none"
            )
        if value.is_Rational and max(abs(value.p), value.q) > LONGEST_NUMBER:
            raise UnreadableLineError(f"{self._shown(node)} is too long a number")
        return value

    def _unknown(self, name: str) -> str:
        near = get_close_matches(name, [*self.letters, *_FUNCTIONS], n=1)
        if name in _HINTS:
            hint = _HINTS[name]
        elif set(name) <= set(self.letters):
            hint = f"for a product write {'*'.join(name)}"
        else:
            hint = f"did you mean {near[0]}?" if near else f"it may have {self._vocabulary()}"
        return f"the line has {name}, which is not defined; {hint}"

    def _vocabulary(self) -> str:
        return ", ".join([*self.letters, *_FUNCTIONS]) + ", numbers and + - * / **"

    def _shown(self, node: ast.AST) -> str:
        return _short(ast.get_source_segment(self.line, node) or self.line)


def _name(letter: Any) -> str:
    """The name that a line has for a table, a number or a function."""
    if isinstance(letter, Entry):
        return str(letter.label.name)
    return str(letter.name) if isinstance(letter, Symbol) else str(letter.__name__)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _depth(node: ast.AST) -> int:
    return 1 + max((_depth(child) for child in ast.iter_child_nodes(node)), default=0)
