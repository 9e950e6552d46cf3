"""Writes a page for each student: what each item got, and what was wrong, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from coursework.grading import Result
from coursework.items import ProblemSet

PAGES = Path(__file__).parent / "pages"


@dataclass(frozen=True)
class ByPerson:
    """What a person gave for an item in formgrader."""

    score: float | None
    comment: str = ""


@cache
def pages() -> Environment:
    """The templates; whatever stands in them is text, not HTML."""
    environment = Environment(
        loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    environment.filters["points"] = lambda number: f"{number:g}"
    environment.globals["style"] = Markup((PAGES / "style.css").read_text(encoding="utf-8"))
    return environment


def page(problem_set: ProblemSet, result: Result, by_person: Mapping[str, ByPerson] | None = None) -> str:
    """A student's page, which needs nothing but itself."""
    by_person = by_person or {}
    given = {name: one.score for name, one in by_person.items() if one.score is not None}
    return (
        pages()
        .get_template("feedback.html")
        .render(
            set=problem_set,
            result=result,
            by_person=by_person,
            score=sum(given.get(item.name, item.score or 0) for item in result.items),
            waiting=sum(
                item.points for item in result.items if item.score is None and item.name not in given
            ),
            rubrics={item.name: getattr(item, "rubric", ()) for item in problem_set},
        )
    )


def write(path: Path, text: str) -> None:
    """Write a page whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    trial = path.with_name(f".{path.name}.tmp")
    trial.write_text(text, encoding="utf-8", errors="backslashreplace")
    trial.replace(path)
