"""Lines that are read from text: what is read, what is refused, and that nothing is run or blown up."""

import re

import pytest

from kltools.derivations import (
    KL,
    Derivation,
    DerivationError,
    H,
    Sum,
    UnreadableLineError,
    i,
    j,
    k,
    ln,
    n,
    normalized,
    parse,
    positive,
)
from kltools.derivations.parsing import DEEPEST, HIGHEST_DEGREE, LONGEST

p, q = positive("p q")
r = positive("r", over=(i, j))
m = positive("m")
w = positive("w", over=())
LETTERS = (p, q, r, w, n, k, KL, H)


def read(line: str) -> object:
    return parse(line, *LETTERS)


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("Sum(p*ln(p/q))", Sum(p * ln(p / q))),
        ("Sum(p(i)*ln(p(i)/q(i)))", Sum(p * ln(p / q))),
        ("  Sum( p *\n ln(p/q) ) ", Sum(p * ln(p / q))),
        ("−Sum(p · ln(q))", -Sum(p * ln(q))),
        ("Sum(p(k)**2, k)", Sum(p.at(k) ** 2, k)),
        ("Sum(r(i, j), i, j)", Sum(r, *r.indices)),
        ("Sum(r(k, j), k)", Sum(r.at(k, j), k)),
        ("Sum(p/Sum(p**2))", Sum(p / Sum(p**2))),
        ("KL(p, q) - H(p, q) + H(p)", KL(p, q) - H(p, q) + H(p)),
        ("KL(p, (p + q)/2)", KL(p, (p + q) / 2)),
        ("+w*ln(n)**-1", w / ln(n)),
        ("0.1*w", w / 10),
        ("-2**2 + 1/3", parse("3 - 6 - 2/3")),
        ("Sum(sqrt(p*q))", Sum((p * q) ** parse("1/2"))),
        ("exp(w)", parse("exp(w)", w)),
    ],
)
def test_a_line_is_read(line: str, meaning: object) -> None:
    assert read(line) == meaning


def test_a_table_may_have_the_name_of_an_index_or_a_size() -> None:
    table = positive("i")
    assert parse("Sum(i)", table) == Sum(table)
    assert parse("Sum(m)", m) == Sum(m)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("Sum(p log(p/q))", 'from "p log(p/q))" on; is a * missing'),
        ("Sum(p*q", 'from "(p*q" on'),
        ("p = q", "cannot be read"),
        ("2p", "2p is no number, which has digits and a point; for a product write * after 2"),
        ("1e5*w", "1e5 is no number"),
        ("1_000", "1_000 is no number"),
        ("0x10", "0x10 is no number"),
        ("p(p/q)", "for a product write p*(…)"),
        ("w(p)", "for a product write w*(…)"),
        ("(p+q)(p-q)", "write * between a bracket and what it multiplies"),
        ("2(p)", "write * between a bracket and what it multiplies"),
        ("p^2", "write ** for a power"),
        ("p[i]", "write an entry with round brackets"),
        ("p, q", "one expression is asked for"),
        ("Sum(p*log(p))", "write ln for the natural logarithm"),
        ("sum(p)", "write Sum, with a capital"),
        ("sqr(p)", "has sqr, which is not defined; did you mean sqrt?"),
        ("zeta", "it may have p, q, r"),
        ("Sum(pq)", "for a product write p*q"),
        ("np.sqrt(p)", "write sqrt, with nothing before it"),
        ("np.log(p)", "write ln for the natural logarithm"),
        ("KL", "KL is a function"),
        ("ln", "ln is a function"),
        ("KL(p)", "makes no sense"),
        ("KL(p, r)", "makes no sense"),
        ("ln(p, q)", "ln is of one expression"),
        ("Sum()", "put one expression between the brackets"),
        ("Sum(*p)", "put one expression between the brackets"),
        ("Sum(p, i=i)", "put one expression between the brackets"),
        ("Sum(p, q)", "and after it the indices to sum over"),
        ("Sum(i)", "takes an expression"),
        ("Sum(2)", "has no index to run through"),
        ("i", "is an index"),
        ("p*i", "belongs in brackets"),
        ("p(j)", "give one index for each of its own"),
        ("p(i, i)", "give one index for each of its own"),
        ("p**q", "it has to be a number"),
        ("p**(1/0)", "divides by 0"),
        ("p/0", "divides by 0"),
        ("ln(0)", "divides by 0"),
        ("ln(-1)", "divides by 0"),
        ("(-1)**(1/2)", "divides by 0"),
        ("True", "is no part of a line"),
        ("'p'", "is no part of a line"),
        ("p if q else w", "is no part of a line"),
        ("p < q", "is no part of a line"),
        ("p // q", "is no part of a line"),
        ("not p", "is no part of a line"),
        ("[p]", "is no part of a line"),
        ("lambda: p", "is no part of a line"),
        ("p.__class__", "is no part of a line"),
        ("().__class__.__base__", "is no part of a line"),
        ("__import__('os').system('true')", "write * between a bracket"),
        ("__import__('os')", "not defined"),
        ("eval('1')", "not defined"),
        ("open('/etc/passwd')", "not defined"),
        ("f'{p}'", "is no part of a line"),
        ("(p := q)", "is no part of a line"),
        ("p\0", "cannot be read"),
    ],
)
def test_what_is_no_line_is_refused_in_words(line: str, told: str) -> None:
    with pytest.raises(UnreadableLineError, match=re.escape(told)):
        read(line)


def test_what_is_not_text_is_refused() -> None:
    with pytest.raises(UnreadableLineError, match=r"text in quotes.*this is a float"):
        parse(0.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "line",
    [
        "9**9**9",
        "(9**6)**6",
        "((p+q)**3)**3",
        "Sum(p+q)**9",
        "*".join(["(p+q)"] * (HIGHEST_DEGREE + 1)),
        "1/(p+q)**7",
        "9" * 20,
        "1/" + "9" * 20,
        "-" * (DEEPEST + 1) + "w",
        "(" * 250 + "w" + ")" * 100,
        "+".join(["w"] * LONGEST),
        "exp(" * 60 + "w" + ")" * 60,
    ],
)
def test_a_line_that_would_blow_up_is_refused(line: str) -> None:
    with pytest.raises(UnreadableLineError):
        read(line)


def test_what_stays_below_the_limits_is_read() -> None:
    assert read("(p+q)**6 + 999999999999*w")
    assert read("*".join(["(p+q)"] * HIGHEST_DEGREE))


def test_a_line_read_from_text_is_proved_as_one_that_was_written() -> None:
    start = Derivation(parse("KL(p, q)", p, q, KL), given=normalized(p, q))
    assert start.equals(parse("Sum(p*(ln(p) - ln(q)))", p, q), "ln of a ratio").end == Sum(
        p * (ln(p) - ln(q))
    )
    with pytest.raises(DerivationError, match="is false"):
        start.equals(parse("Sum(q*ln(p/q))", p, q), "under the wrong one")
