"""What a class got wrong, item by item, with a picture; no student is named."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markupsafe import Markup

from coursework.feedback import pages
from coursework.grading import Result
from coursework.items import PersonItem, ProblemSet

if TYPE_CHECKING:
    from kltools.figures._picture import Picture

MOST_MESSAGES = 8


@dataclass
class ItemReport:
    """An item over the class: how many had all, some and none of its points, and what they were told."""

    name: str
    title: str
    points: float
    whole: int = 0
    some: int = 0
    none: int = 0
    total: float = 0
    waiting: int = 0
    empty: int = 0
    read: bool = False
    parts: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)

    @property
    def mean(self) -> float | None:
        """The mean of the points, None where a person gives them."""
        graded = self.whole + self.some + self.none
        return None if self.read or not graded else self.total / graded

    @property
    def messages(self) -> list[tuple[str, int]]:
        """What students were told, the most frequent first."""
        return sorted(self.said.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_MESSAGES]


@dataclass
class Report:
    """A set over a class."""

    items: list[ItemReport]
    graded: int = 0
    unsafe: int = 0
    others: Counter[str] = field(default_factory=Counter)
    total: float = 0

    @property
    def mean(self) -> float:
        """The mean of what the grader gave."""
        return self.total / self.graded if self.graded else 0.0

    @property
    def automatic(self) -> float:
        """The points that the grader gives."""
        return sum(item.points for item in self.items if not item.read)


def count(problem_set: ProblemSet, results: Iterable[Result]) -> Report:
    """Go through the results once."""
    report = Report(
        [
            ItemReport(item.name, item.title, item.points, read=isinstance(item, PersonItem))
            for item in problem_set
        ]
    )
    by_name = {item.name: item for item in report.items}
    for result in results:
        if result.status != "graded":
            report.others[result.status] += 1
            continue
        report.graded += 1
        report.unsafe += result.unsafe
        report.total += result.score
        for graded in result.items:
            item = by_name.get(graded.name)
            if item is None:
                continue
            if item.read:
                item.waiting += graded.score is None
                item.empty += graded.score is not None
                continue
            score = graded.score or 0.0
            item.total += score
            item.whole += score == graded.points
            item.some += 0 < score < graded.points
            item.none += score == 0
            item.parts.update({name: int(not kept) for name, kept in graded.parts.items()})
            item.said.update({_without_place(message) for message in graded.messages})
    return report


def _without_place(message: str) -> str:
    """A message without the numbers that differ from student to student."""
    return re.sub(r"\bat .*?:\n.*", "", message, flags=re.DOTALL).split("\n")[0].strip()


def picture(report: Report) -> Picture:
    """Draw for each item which share of the class had all of its points, some, and none."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    from kltools._palette import BLUE, GREY, ORANGE
    from kltools.figures._picture import STYLE, Picture, label

    items = [item for item in report.items if not item.read]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(6.4, 0.9 + 0.6 * len(items)), layout="constrained")
        axes = figure.subplots()
        for row, item in enumerate(items):
            left = 0.0
            for number, colour in ((item.whole, BLUE), (item.some, "#b9d6ea"), (item.none, ORANGE)):
                share = 100 * number / max(1, report.graded)
                axes.barh(row, share, left=left, color=colour, height=0.45)
                if share >= 8:
                    ink = GREY if colour not in (BLUE, ORANGE) else "white"
                    axes.text(left + share / 2, row, f"{number}", ha="center", va="center", color=ink)
                left += share
            axes.text(0, row - 0.3, f"{item.title} ({item.points:g})", color=GREY, fontsize=10, va="bottom")
        label(axes, 0, -0.95, "all points", BLUE)
        label(axes, 50, -0.95, "some", "#4d7f9f", ha="center")
        label(axes, 100, -0.95, "none", ORANGE, ha="right")
        axes.set(xlim=(0, 100), ylim=(len(items) - 0.5, -1.2), yticks=[], xlabel="% of the class")
        axes.spines["left"].set_visible(False)
    each = "; ".join(f"{item.title}: {item.whole} all, {item.some} some, {item.none} none" for item in items)
    return Picture(
        figure, f"How many of {report.graded} students had all, some or none of an item's points. {each}."
    )


def page(problem_set: ProblemSet, report: Report) -> str:
    """The report as a page, which needs nothing but itself."""
    drawn = picture(report) if report.graded else None
    return (
        pages()
        .get_template("report.html")
        .render(
            set=problem_set,
            report=report,
            picture=Markup(_inline(drawn.svg)) if drawn else "",
            description=drawn.description if drawn else "",
        )
    )


def _inline(svg: str) -> str:
    return re.sub(r"^.*?(?=<svg)", "", svg, count=1, flags=re.DOTALL)


def text(problem_set: ProblemSet, report: Report) -> str:
    """The report for a terminal."""
    lines = [
        f"{problem_set.title}: {report.graded} graded"
        + "".join(f", {n} {status}" for status, n in report.others.items())
    ]
    for item in report.items:
        if item.mean is None:
            lines.append(f"\n{item.title}: {item.waiting} wait for a person")
            continue
        lines.append(f"\n{item.title}: {item.mean:.2f} of {item.points:g} points on average")
        lines += [f"  {number:4d} × {message}" for message, number in item.messages]
    return "\n".join(lines)
