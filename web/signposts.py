"""Where a reader stands: what the site adds to the pages so that nobody has to ask how far, or where next.

All of it is Markdown and HTML made of what the chapters say of themselves (outline.py), before MyST reads it,
so that its links are held to the same strictness as an author's.
"""

import itertools
import posixpath
from collections.abc import Iterable

from outline import ITEM, OBJECTIVES, Page

MAP = '<div class="course-map"></div>'
START = '<span class="course-start"></span>'


def count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def work(page: Page) -> str:
    """Say how many exercises a chapter has; its project is one apart."""
    exercises = sum(exercise.label != "Project" for exercise in page.exercises)
    return count(exercises, "exercise") + (" and a project" if exercises < len(page.exercises) else "")


def link(page: Page, origin: str, text: str) -> str:
    return f"[{text}]({posixpath.relpath(page.path, posixpath.dirname(origin))})"


def numbered(course: Iterable[Page]) -> list[Page]:
    """Return the chapters that are counted: those with exercises."""
    return [page for page in course if page.exercises]


def place(page: Page, course: list[Page]) -> str:
    """Return the line under a chapter's title: where in the course it stands, and how long it is.

    The number of sections is also there for the styles, which count the headings with it.
    """
    chapters = numbered(course)
    parts = [f"Chapter {chapters.index(page) + 1} of {len(chapters)}"] if page in chapters else []
    parts.append(count(page.sections, "section"))
    if page.minutes:
        parts.append(f"about {count(page.minutes, 'minute')}")
    if page.exercises:
        parts.append(work(page))
    return f'<p class="chapter-place" style="--sections: {page.sections}">{" · ".join(parts)}</p>'


def meeting(page: Page, number: int) -> str:
    """Return links to the exercises that meet an objective: "exercises 1, 4, project"."""
    stem = posixpath.splitext(posixpath.basename(page.path))[0]
    met = [exercise for exercise in page.exercises if number in exercise.objectives]
    links = ", ".join(
        f"[{exercise.label.removeprefix('Exercise ').lower()}](#ex-{stem}-{exercise.name})"
        for exercise in met
    )
    numbers = sum(exercise.label != "Project" for exercise in met)
    word = ("", "exercise ", "exercises ")[min(numbers, 2)]
    return f' <span class="met-by">{word}{links}</span>' if met else ""


def opening(text: str, page: Page, course: list[Page]) -> str:
    """Add to a chapter's opening where it stands, and after each objective the exercises that meet it."""
    number = itertools.count(1)
    text = OBJECTIVES.sub(
        lambda found: ITEM.sub(lambda item: item[0] + meeting(page, next(number)), found[0]), f"{text}\n"
    )
    title, _, rest = text.partition("\n")
    return f"{title}\n\n{place(page, course)}\n{rest}"


def enables(page: Page, course: list[Page]) -> str:
    """Return the line that ends a chapter: the chapters that need it; "" where none does."""
    ahead = [other for other in course if page.path in other.needs]
    if not ahead:
        return ""
    items = "\n".join(f"- {link(other, page.path, other.name)}: {other.title}" for other in ahead)
    return f'<div class="enables">\n\n**What this chapter enables**\n\n{items}\n\n</div>'


def landing(text: str, course: list[Page]) -> str:
    """Fill in what the landing page leaves open; the space of its table of contents goes to its picture."""
    if MAP not in text:
        return text
    text = text.replace(START, start(course)).replace(MAP, course_map(course))
    return f"---\nhtml_theme.sidebar_secondary.remove: true\n---\n{text}"


def start(course: list[Page]) -> str:
    """Say where the course begins, and how long it is."""
    chapters = numbered(course)
    if not chapters:
        return ""
    hours = round(sum(page.minutes for page in chapters) / 60)
    exercises = sum(exercise.label != "Project" for page in chapters for exercise in page.exercises)
    return (
        f"Begin with {link(chapters[0], '', chapters[0].title)} "
        f"{count(len(chapters), 'chapter')} take about {count(hours, 'hour')} to read, "
        f"and their {count(exercises, 'exercise')} as much again."
    )


def direct(course: list[Page]) -> dict[str, list[str]]:
    """Return what each page needs of those before it, without what those need themselves."""
    needs: dict[str, list[str]] = {}
    for page in course:
        needs[page.path] = [path for path in page.needs if path in needs]

    def leads(path: str, goal: str) -> bool:
        return any(step == goal or leads(step, goal) for step in needs[path])

    return {
        path: [goal for goal in goals if not any(leads(other, goal) for other in goals)]
        for path, goals in needs.items()
    }


def course_map(course: list[Page]) -> str:
    """Return the chapters as a list that says what each builds on, beside a drawing of the same.

    Pages that say nothing of needs or time are for looking things up: a line of links after the list.
    """
    chapters = [page for page in course if page.exercises or page.minutes]
    names, needs = {page.path: page.name for page in chapters}, direct(chapters)
    items = []
    for number, page in enumerate(chapters, start=1):
        after = " and ".join(f"*{names[path]}*" for path in needs[page.path])
        said = [page.topic, f"about {count(page.minutes, 'minute')}", f"after {after}" if after else ""]
        items.append(f"{number}. {link(page, '', page.title)}\\\n   {' · '.join(filter(None, said))}")
    stems = {posixpath.splitext(page.path)[0] for page in course}  # api.md speaks for what is in api/
    others = [
        link(page, "", page.title)
        for page in course
        if page not in chapters and posixpath.dirname(page.path) not in stems
    ]
    lines = [f'<div class="course-map">\n{arcs(chapters)}\n', *items, "\n</div>"]
    return "\n".join(lines + ([f"\nTo look things up: {', '.join(others)}."] if others else []))


def arcs(chapters: list[Page]) -> str:
    """Draw a line from each chapter to those that build on it, one row a chapter; the list says it in words.

    The drawing is stretched over the list. Neighbours are joined on its right edge, where the chapters
    stand; a longer way swings out to the left, the farther the longer.
    """
    row = {page.path: number + 0.5 for number, page in enumerate(chapters)}
    needs = direct(chapters)
    ways = [(row[path], row[page.path]) for page in chapters for path in needs[page.path]]
    longest = max((end - begin for begin, end in ways), default=1)
    paths = []
    for begin, end in ways:
        left = 10 - 12.5 * (end - begin - 1) / max(longest - 1, 1)
        paths.append(f'<path d="M10 {begin} C{left:.4g} {begin} {left:.4g} {end} 10 {end}"/>')
    view = f'viewBox="0 0 10 {len(chapters)}" preserveAspectRatio="none"'
    return f'<svg {view} aria-hidden="true">{"".join(paths)}</svg>'
