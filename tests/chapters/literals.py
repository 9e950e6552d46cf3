r"""The checked literals: no number in prose is typed on trust.

In Markdown, in captions and in alt texts, a number is followed by an HTML comment that holds the
Python expression which it rounds::

    a cost of 0.0305<!-- kl_divergence(P, Q1) --> nats

What must be bound
    Every decimal (``0.2``, ``.5``, ``3.6e-15``, ``$3.6\times10^{-15}$``, ``10⁻³``) and every percentage
    (``35 %``, ``35\%``, ``35 percent``), a given no less than a result, in code spans and fenced
    code as in prose. Integers, simple fractions (``3/4``, ``\tfrac{3}{4}``, ``¾``) and ``∞`` may be.
What is no number
    Digits in a name or an index (``Q1``, ``H_2``, ``Q_{12}``), URLs, DOIs,
    arXiv numbers, versions with two dots, and the values of the attributes in ``ATTRIBUTES``.
What a comment binds
    An expression with k numbers in it (nested as you like: tuples, arrays, matrices) binds the last
    k numbers before it: back to the comment before, and no further than a blank line, except that a
    fenced block or a ``$$`` block is one piece. So one comment can hold a table's row or a matrix.
How they are compared
    The value, rounded to the digits that were typed, must be the number that was typed: exactly
    what ``format(value, ".4f")`` shows, ties to even. A percentage is compared with 100 times the
    value, a fraction with the value itself (a float may be off by its rounding, 1e-12), a string (a
    version) letter by letter. ``0.333…`` is refused: write the rounded digits.
What is no expression
    The number again: ``0.0305<!-- 0.0305 -->`` would prove nothing. An expression has a name or an
    operation in it, and does not have the number that it binds.
Where it is evaluated
    In a notebook: where it stands, after all the code above it has run. In a page: with the
    names that its ``<!-- run: statements -->`` comments make, wherever they stand; they run in the
    page's folder. ``<!-- note: prose -->`` is a comment for people. Any other comment is an
    expression, and one that raises is a failure.
"""

import ast
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import chdir
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Self

ATTRIBUTES = ("src", "href", "width", "height", "style", "class", "id")
FRACTION_TOLERANCE = Fraction(1, 10**12)

COMMENT = re.compile(r"<!--\s*(?:(?P<kind>note|run):)?(?P<code>.*?)-->", re.DOTALL)
FENCE = re.compile(r"^( *)(`{3,}|~{3,})[^\n]*\n.*?^ *\2[ \t]*$|\$\$.*?\$\$", re.DOTALL | re.MULTILINE)
NO_NUMBER = re.compile(
    rf"""
      https?://[^\s<>()\[\]|`]+
    | \b10\.\d{{4,9}}/[^\s<>()\[\]|`]+                       # a DOI
    | \barXiv:\d+\.\d+(?:v\d+)?
    | (?<![\w.])v?\d+(?:\.\d+){{2,}}(?:\.?\w+)*                       # a version
    | \b(?:{"|".join(ATTRIBUTES)})="[^"]*"
    | (?<![\\A-Za-z0-9])(?=[A-Za-z_]*\d)[A-Za-z][A-Za-z0-9_]*+(?!\.\d)  # a name; not \approx0.5
    | (?<=[\w)}}\]])_(?:\{{[^{{}}.]*\}}|\d+(?!\.?\d))                 # an index
    """,
    re.VERBOSE,
)
MINUS = "-\N{MINUS SIGN}"
SUPERSCRIPTS = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")
NUMBER = re.compile(
    rf"""
      \\[td]?frac\s*(?:\{{(?P<over>\d+)\}}\s*\{{(?P<under>\d+)\}}|(?P<two>\d\d))   # \frac{{3}}{{4}}, \frac34
    | (?<![\d./])(?P<numerator>\d+)/(?P<denominator>\d+)(?![\w/.]*\d)                # 3/4
    | (?<![\d.])(?P<whole>\d*)(?P<vulgar>[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞])                          # ¾, 1¾
    | (?<![\d.])10(?:\^\{{?(?P<tenth>[{MINUS}]\d+)\}}?|(?P<tenths>⁻[⁰¹²³⁴-⁹]+)) # 10^{{-3}}
    | (?<![\d.])(?P<decimal>\d+\.\d+|\.\d+|\d+)
      (?:[eE](?P<e>[+-]?\d+)
        |\s*(?:·|×|\\times|\\cdot)\s*10(?:\^\{{?(?P<power>[{MINUS}]?\d+)\}}?|(?P<raised>[⁺⁻⁰¹²³⁴-⁹]+)))?
      (?P<dots>(?:\\,)?(?:…|\.\.\.|\\[lc]?dots))?
    | (?P<infinite>∞|\\infty(?![A-Za-z])|(?<![\w\\])inf(?!\w))
    """,
    re.VERBOSE,
)
PERCENT = re.compile(r"(?:[\s~*_`$)}\]]|\\,|\\ |&nbsp;)*(?:\\?%|per ?cent(?:age points?)?\b)")
# A minus or plus that belongs to its number: it touches it and follows no operand, or follows a relation.
SIGN = re.compile(
    rf"(?:^|[\s(\[{{|$&,:;=<>≤≥≈*_`\"“]|\\[A-Za-z]+|\\,)(?P<touching>[{MINUS}+])$"
    rf"|[=<>≤≥≈(\[{{,]\s*(?P<apart>[{MINUS}+])\s*$"
)


@dataclass(frozen=True)
class Number:
    """A number as it was typed, and where it stands in its text, sign included."""

    start: int
    end: int
    text: str
    value: Decimal | Fraction
    percent: bool = False
    must_be_bound: bool = False
    refused: str = ""

    def __str__(self) -> str:
        return self.text + (" %" if self.percent else "")


@dataclass(frozen=True)
class Comment:
    """An HTML comment: a note, statements to run, or (kind "") an expression."""

    start: int
    end: int
    kind: str
    code: str


class Evaluator:
    """Evaluates expressions in a namespace without leaving a trace there, and each only once."""

    def __init__(self, namespace: dict[str, object], is_page: bool = False) -> None:
        self.namespace, self.is_page = namespace, is_page
        self._values: dict[str, object] = {}

    @classmethod
    def of_page(cls, text: str, folder: Path) -> Self:
        """Run the statements of a page, in its folder."""
        namespace: dict[str, object] = {}
        with chdir(folder):
            for comment in comments(text):
                if comment.kind == "run":
                    exec(comment.code, namespace)
        return cls(namespace, is_page=True)

    def __call__(self, code: str) -> object:
        if code not in self._values:
            # The line break lets an expression end in a Python comment.
            self._values[code] = eval(f"({code}\n)", dict(self.namespace))
        return self._values[code]


def comments(text: str) -> list[Comment]:
    """Find the HTML comments."""
    return [
        Comment(found.start(), found.end(), found["kind"] or "", textwrap.dedent(found["code"]).strip())
        for found in COMMENT.finditer(text)
    ]


def numbers(text: str) -> list[Number]:
    """Find the numbers that stand outside comments, in reading order."""
    for pattern in (COMMENT, NO_NUMBER):
        text = pattern.sub(_blank, text)
    return [_number(text, found) for found in NUMBER.finditer(text)]


def _blank(found: re.Match[str]) -> str:
    """Hide a piece without moving what follows it."""
    return re.sub(r"[^\n]", " ", found[0])


def _number(text: str, found: re.Match[str]) -> Number:
    part, start, refused = found.groupdict(), found.start(), ""
    value, written_as_decimal = _value(part)
    if sign := SIGN.search(text[max(0, start - 40) : start]):
        symbol = sign["touching"] or sign["apart"]
        start = text.rindex(symbol, 0, start)
        value = -value if symbol in MINUS else value
        refused = "" if value else "a signed zero"
    if part["dots"] and written_as_decimal:
        refused = "ends in dots: write the rounded digits"
    percent = PERCENT.match(text, found.end()) is not None
    typed = text[start : found.end()]
    return Number(start, found.end(), typed, value, percent, written_as_decimal or percent, refused)


def _value(part: dict[str, str | None]) -> tuple[Decimal | Fraction, bool]:
    """Read the value of a match of NUMBER, and whether it is written as a decimal."""
    if part["infinite"]:
        return Decimal("inf"), False
    if part["vulgar"]:
        tail = Fraction(unicodedata.numeric(part["vulgar"])).limit_denominator(8)
        return int(part["whole"] or 0) + tail, False
    raised = (part["raised"] or part["tenths"] or "").translate(SUPERSCRIPTS)
    power = (part["e"] or part["power"] or part["tenth"] or raised).replace(MINUS[1], "-")
    if power or part["decimal"]:
        mantissa = part["decimal"] or "1"
        return Decimal(f"{mantissa}e{power or 0}"), bool(power) or "." in mantissa
    over, under = part["two"] or (part["over"] or part["numerator"], part["under"] or part["denominator"])
    return (Fraction(int(over or 0), int(under)) if int(under or 0) else Decimal("nan")), False


def bindings(text: str) -> Iterator[tuple[Comment | None, list[Number]]]:
    """Yield each comment with the numbers that it may bind, and None with those out of reach of any."""
    found, here = numbers(text), 0
    for comment in comments(text):
        start = max(here, block_start(text, comment.start))
        yield None, [number for number in found if here <= number.start < start]
        yield comment, [number for number in found if start <= number.start < comment.start]
        here = comment.end
    yield None, [number for number in found if number.start >= here]


def block_start(text: str, end: int) -> int:
    """Where the block that reaches to ``end`` begins: after the last blank line outside any fence."""
    whole = FENCE.sub(lambda fence: fence[0].replace("\n", " "), text)
    blanks = [blank.end() for blank in re.finditer(r"\n[ \t]*\n", whole[:end])]
    return blanks[-1] if blanks else 0


def bound(text: str, evaluate: Evaluator) -> Iterator[tuple[Number, Comment]]:
    """Yield the numbers that comments bind, in a text that has no problems."""
    for comment, candidates in bindings(text):
        if comment and comment.kind == "":
            values = list(flatten(evaluate(comment.code)))
            yield from ((number, comment) for number in candidates[-len(values) :])


def problems(text: str, evaluate: Evaluator) -> list[str]:
    """List what is wrong with the numbers of a text; an empty list says that each is proved."""
    wrong: list[str] = []
    for comment, free in bindings(text):
        if comment and comment.kind != "note":
            try:
                free = _check(comment, free, evaluate, wrong)
            except Exception as error:  # whatever an author's expression can raise
                wrong.append(f"<!-- {comment.code} --> fails: {type(error).__name__}: {error}")
        wrong += [f"{number} is bound to no expression" for number in free if number.must_be_bound]
    return wrong


def _check(comment: Comment, candidates: list[Number], evaluate: Evaluator, wrong: list[str]) -> list[Number]:
    """Hold the numbers before a comment to its expression; return those that it leaves free."""
    if comment.kind == "run":
        if not evaluate.is_page:
            raise ValueError("in a notebook, statements belong in a code cell")
        return candidates
    values = list(flatten(evaluate(comment.code)))
    if not 0 < len(values) <= len(candidates):
        raise ValueError(f"it has {len(values)} numbers to bind, and {len(candidates)} stand before it")
    free, taken = candidates[: -len(values)], candidates[-len(values) :]
    if repeats(comment.code, taken):
        raise ValueError("it is the number again, and would prove nothing")
    for number, value in zip(taken, values, strict=True):
        if not agrees(number, value):
            why = f" ({number.refused})" if number.refused else ""
            wrong.append(f"{number} is typed{why}, and {comment.code} gives {value}")
    return free


def repeats(code: str, taken: list[Number]) -> bool:
    """Tell whether an expression is only constants, or has a number in it that it is to prove."""
    nodes = list(ast.walk(ast.parse(f"({code}\n)", mode="eval")))
    if not any(isinstance(node, ast.Name | ast.BinOp) for node in nodes):
        return True
    typed = {float(abs(number.value)) for number in taken if number.must_be_bound}
    return any(
        isinstance(node, ast.Constant) and type(node.value) is float and node.value in typed for node in nodes
    )


def flatten(value: object) -> Iterator[object]:
    """Yield the numbers of a value, however it nests them."""
    if isinstance(value, dict | set | frozenset):
        raise TypeError(f"a {type(value).__name__} has no order in which to read its numbers")
    if isinstance(value, str) or not isinstance(value, Iterable) or getattr(value, "shape", None) == ():
        yield value
    else:
        for item in value:
            yield from flatten(item)


def agrees(number: Number, value: object) -> bool:
    """Tell whether the typed number is the value, rounded to the digits that were typed."""
    if number.refused:
        return False
    if isinstance(value, str):
        return value == number.text
    exact = to_exact(value)
    if isinstance(exact, Decimal) or (isinstance(number.value, Decimal) and not number.value.is_finite()):
        return number.value == exact  # infinite or nan, on either side
    exact = exact * 100 if number.percent else exact
    if isinstance(number.value, Fraction):
        tolerance = 0 if is_exact(value) else FRACTION_TOLERANCE
        return abs(exact - number.value) <= tolerance * max(1, abs(exact))
    unit = Fraction(10) ** int(number.value.as_tuple().exponent)
    return round(exact / unit) * unit == Fraction(number.value)  # a Fraction rounds ties to even


def is_exact(value: object) -> bool:
    return isinstance(value, int | Fraction | Decimal) or bool(getattr(value, "is_Rational", False))


def to_exact(value: object) -> Fraction | Decimal:
    """Turn a value into the exact number that it stores; infinities and nan become a Decimal."""
    if type(value).__name__ in ("bool", "bool_"):
        raise TypeError(f"{value} is a truth value, not a number")
    if getattr(value, "is_Rational", False):  # SymPy's
        return Fraction(int(value.p), int(value.q))  # type: ignore[attr-defined]
    if hasattr(value, "evalf"):  # SymPy's other numbers, to more digits than a float has
        value = Decimal(str(value.evalf(50)).replace("oo", "inf"))
    elif not isinstance(value, int | Fraction | Decimal):
        value = float(value)  # type: ignore[arg-type]
    return Fraction(value) if abs(value) < float("inf") else Decimal(value)
