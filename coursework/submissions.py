"""Finds what was handed in: folders, nbgrader's layout, and the zip of a learning management system.

Nothing is unpacked to disk and no link is followed. What cannot be read is found all the same, with a reason.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import stat
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any
from urllib.parse import quote

from coursework.items import ProblemSet, SetError

NOTEBOOK = re.compile(r"\.ipynb(\.txt|\.json)?$", re.IGNORECASE)  # browsers like to add an ending
IGNORED = re.compile(r"^(\.|__MACOSX$|Thumbs\.db$|desktop\.ini$|timestamp\.txt$)")
MOODLE = re.compile(
    r"^(?P<who>.+)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)$", re.DOTALL
)
CANVAS = re.compile(r"^(?P<who>[^_]+)_(?:LATE_)?(?P<id>\d+)_(?P<number>\d+)_(?P<file>.+)$", re.DOTALL)
MOST_FILES = 50_000
MOST_PARTS = 300_000
LARGEST_ZIP = 64 << 20  # of one student, within the zip of a class


class UnreadableError(Exception):
    """A submission that cannot be graded; the message is for the student and the teacher."""


@dataclass(frozen=True)
class File:
    """A file of a submission, on disk or in a zip.

    `name` is what it was handed in as, and `handed_in` the time that the disk or the zip gives it.
    `members` leads to it through a zip, and a zip in that zip. `trouble` says why it may not be opened.
    """

    path: Path
    name: str
    handed_in: float
    members: tuple[int, ...] = ()
    trouble: str = ""

    def read(self, most: int) -> bytes:
        """The contents, and an UnreadableError where there are more than `most` bytes or none can be had."""
        if self.trouble:
            raise UnreadableError(self.trouble)
        try:
            with ExitStack() as stack:
                stream: IO[bytes] = stack.enter_context(self.path.open("rb"))
                for member in self.members:
                    archive = stack.enter_context(zipfile.ZipFile(stream))
                    stream = stack.enter_context(archive.open(archive.infolist()[member]))
                contents = stream.read(most + 1)
        except OSError as error:
            raise UnreadableError(f"{self.name} cannot be opened: {error.strerror}.") from None
        except Exception as error:  # a damaged zip raises whatever its decompressor does
            raise UnreadableError(f"{self.name} is damaged: {error}; hand it in again.") from None
        if len(contents) > most:
            raise UnreadableError(
                f"{self.name} is larger than {most >> 20} MB: clear its outputs, save it, hand it in again."
            )
        return contents


@dataclass(frozen=True)
class Submission:
    """What one student handed in: the file to grade, or None, and a remark on how it was found."""

    student: str
    file: File | None
    remark: str = ""

    @property
    def key(self) -> str:
        """The student's name as the name of a file."""
        return file_name(self.student)


def file_name(student: str) -> str:
    """A student's name as the name of a file: safe on every disk, and different where students are."""
    plain = (
        letter
        if letter.isalnum() or letter in " @+,=_.-'"
        else quote(letter, safe="", errors="backslashreplace")
        for letter in student
    )
    name = "".join(plain)
    name = f"%2E{name[1:]}" if name.startswith(".") else name
    if len(name.encode(errors="replace")) > 100:
        name = f"{name[:20]}~{hashlib.sha256(student.encode(errors='backslashreplace')).hexdigest()[:16]}"
    return name


def find_submissions(folder: Path, problem_set: ProblemSet, roster: Roster | None = None) -> list[Submission]:
    """Everything that was handed in for a set, one submission a student, sorted by student.

    Parameters
    ----------
    folder : Path
        A folder with a notebook, a folder or a zip for each student, nbgrader's `submitted`, or the zip of a
        learning management system, also as the only file of a folder.
    problem_set : ProblemSet
        Its name tells which notebook is meant where a student handed in several.
    roster : Roster
        Turns the names that a learning management system writes into the course's own.
    """
    if not folder.exists():
        raise SetError(f"{folder} is not there: give the folder, or the zip, that the submissions are in.")
    found: dict[str, list[File]] = defaultdict(list)
    for student, file in _handed_in(folder, problem_set.name):
        known = roster.known_as(student) if roster else student
        found[known].append(file)
    if not found:
        raise SetError(
            f"{folder} has no submissions: it should hold a notebook or a folder for each student."
        )
    return [_choose(student, files, problem_set.name) for student, files in sorted(found.items())]


def _choose(student: str, files: list[File], name: str) -> Submission:
    """The file that is graded: the newest notebook, one named like the set before others."""
    notebooks = [file for file in files if NOTEBOOK.search(file.name)] or [
        file for file in files if file.name.lower().endswith((".json", ".txt")) and _looks_like_one(file)
    ]
    troubled = [file for file in files if file.trouble]
    if not notebooks and troubled:
        return Submission(student, troubled[0])
    if not notebooks:
        names = ", ".join(sorted(repr(file.name)[1:-1] for file in files)[:5]) or "nothing"
        return Submission(student, None, f"There is no notebook (.ipynb) among what was handed in: {names}.")
    notebooks.sort(key=lambda file: (_is_named(file, name), file.handed_in, file.name))
    chosen = notebooks[-1]
    several = f"{len(notebooks)} notebooks were handed in; {chosen.name} was graded, the last one."
    return Submission(student, chosen, several if len(notebooks) > 1 else "")


def _is_named(file: File, name: str) -> bool:
    return file.name.lower().startswith(name.lower())


def _looks_like_one(file: File) -> bool:
    try:
        start = file.read(1 << 25)
    except UnreadableError:
        return False
    return start.lstrip().startswith(b"{") and b'"cells"' in start


# ---------------------------------------------------------------- where files are


def _handed_in(folder: Path, name: str) -> Iterator[tuple[str, File]]:
    """Each student's files; a student with none has a file that is no notebook, and so a reason."""
    if folder.is_file():
        yield from _in_zip(folder)
        return
    entries = [path for path in sorted(folder.iterdir()) if not IGNORED.match(path.name)]
    if len(entries) == 1 and _is_zip_of_a_class(entries[0]):
        yield from _in_zip(entries[0])
        return
    for path in entries:
        if path.is_symlink():
            yield _student_of(path.name)[0], _link(path)
        elif path.is_dir():
            student, _ = _student_of(path.name)
            inside = path / name if (path / name).is_dir() and not (path / name).is_symlink() else path
            files = list(_files_below(inside))
            if not files:
                files = [File(inside, "an empty folder", 0)]
            yield from ((student, file) for file in files)
        elif path.suffix.lower() == ".zip":
            yield from _in_zip(path, alone=_student_of(path.name)[0])
        else:
            yield _student_of(path.name)[0], _on_disk(path, _student_of(path.name)[1])


def _files_below(folder: Path) -> Iterator[File]:
    for path in sorted(folder.rglob("*")):
        if any(IGNORED.match(part) for part in path.relative_to(folder).parts):
            continue
        if path.is_symlink():
            yield _link(path)
        elif path.is_file() and path.suffix.lower() == ".zip":
            yield from (file for _, file in _in_zip(path, alone=path.stem))
        elif not path.is_dir():
            yield _on_disk(path, path.name)


def _on_disk(path: Path, name: str) -> File:
    facts = path.lstat()
    trouble = "" if stat.S_ISREG(facts.st_mode) else f"{path.name} is no file."
    return File(path, name, facts.st_mtime, trouble=trouble)


def _link(path: Path) -> File:
    trouble = f"{path.name} is a link to another place, which is not followed; hand in the notebook itself."
    return File(path, path.name, path.lstat().st_mtime, trouble=trouble)


def _in_zip(path: Path, alone: str | None = None) -> Iterator[tuple[str, File]]:
    """The files of a zip: of one student where the zip is theirs, else of each."""
    itself = File(path, path.name, path.stat().st_mtime)
    try:
        members = _members(path.open("rb"))
    except UnreadableError as error:
        yield alone or path.stem, replace(itself, trouble=f"{path.name} {error}")
        return
    whole_class = alone is None
    for place, member in enumerate(members):
        parts = _parts(member)
        if not parts:
            continue
        student, name = _student_of(parts[0]) if whole_class else (alone or "", parts[-1])
        name = parts[-1] if len(parts) > 1 else name
        file = File(path, name, _time(member), (place,), _trouble(member, parts))
        if name.lower().endswith(".zip") and not file.trouble:
            yield from ((student, inner) for inner in _in_inner_zip(file))
        else:
            yield student, file


def _in_inner_zip(outer: File) -> Iterator[File]:
    """The files of a zip that a student put into a zip."""
    try:
        contents = io.BytesIO(outer.read(LARGEST_ZIP))
    except UnreadableError as error:
        yield replace(outer, trouble=str(error))
        return
    try:
        members = _members(contents)
    except UnreadableError as error:
        yield replace(outer, trouble=f"{outer.name} {error}")
        return
    for place, member in enumerate(members):
        if parts := _parts(member):
            yield File(outer.path, parts[-1], _time(member), (*outer.members, place), _trouble(member, parts))


def _members(stream: IO[bytes]) -> list[zipfile.ZipInfo]:
    """What is in a zip; an UnreadableError goes on from the zip's name."""
    try:
        with stream, zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UnreadableError(f"is not a zip that can be opened ({error}); hand it in again.") from None
    if len(members) > MOST_FILES:
        raise UnreadableError(f"has {len(members)} files; hand in the notebook alone.")
    return members


def _parts(member: zipfile.ZipInfo) -> tuple[str, ...]:
    """Where a file of a zip is; nothing where it is a folder, or what a machine put there by itself."""
    parts = PurePosixPath(member.filename.replace("\\", "/")).parts
    ignored = any(IGNORED.match(part) and part != ".." for part in parts)
    return () if member.is_dir() or ignored else parts


def _is_zip_of_a_class(path: Path) -> bool:
    """Whether all that a zip holds is named as a learning management system does."""
    if path.suffix.lower() != ".zip" or path.is_symlink() or not path.is_file():
        return False
    try:
        tops = {parts[0] for member in _members(path.open("rb")) if (parts := _parts(member))}
    except UnreadableError:
        return False
    return bool(tops) and all(MOODLE.match(top) or CANVAS.match(top) for top in tops)


def _trouble(member: zipfile.ZipInfo, parts: tuple[str, ...]) -> str:
    """Why a file of a zip may not be opened."""
    if stat.S_ISLNK(member.external_attr >> 16):
        return f"{parts[-1]} is a link to another place, which is not followed; hand in the notebook itself."
    if ".." in parts or parts[0].startswith("/") or re.match(r"^[A-Za-z]:", member.filename):
        return f"{member.filename} points out of its own folder; hand in the notebook itself."
    if member.flag_bits & 1:
        return f"{parts[-1]} is in a zip with a password; hand in the notebook itself."
    return ""


def _time(member: zipfile.ZipInfo) -> float:
    try:
        return datetime(*member.date_time, tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0


def _student_of(name: str) -> tuple[str, str]:
    """Whose file or folder it is by its name, and what it was called when it was handed in."""
    if found := MOODLE.match(name):
        return f"{found['who']}_{found['id']}", found["file"] or name
    if found := CANVAS.match(name):
        return f"{found['who']}_{found['id']}", found["file"]
    return NOTEBOOK.sub("", re.sub(r"\.zip$", "", name, flags=re.IGNORECASE)) or name, name


# ---------------------------------------------------------------- the roster


@dataclass(frozen=True)
class Roster:
    """The students of a course: `id` as everywhere else, and the names that a management system may write.

    Attributes
    ----------
    students : dict
        For each id the row of roster.csv: id, first_name, last_name, email, lms.
    """

    students: dict[str, dict[str, str]]

    @classmethod
    def read(cls, path: Path) -> Roster:
        """Read roster.csv."""
        try:
            rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
        except FileNotFoundError:
            return cls({})
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise SetError(f"{path} cannot be read ({error}); save it as CSV in UTF-8.") from None
        if rows and "id" not in rows[0]:
            raise SetError(
                f"{path} has no column called id; its first line should be id,first_name,last_name,email,lms."
            )
        ids = [(row["id"] or "").strip() for row in rows]
        twice = sorted({name for name in ids if name and ids.count(name) > 1})
        if twice:
            raise SetError(
                f"{path} has {', '.join(twice)} more than once; give each student an id of their own."
            )
        return cls(
            {
                name: {k: v or "" for k, v in row.items() if k}
                for name, row in zip(ids, rows, strict=True)
                if name
            }
        )

    def known_as(self, name: str) -> str:
        """The id of a student by the name that a submission carries; that name itself where nobody has it."""
        if name in self.students:
            return name
        who, _, number = name.rpartition("_")
        if owner := next(
            (student for student, row in self.students.items() if number and row.get("lms") == number), None
        ):
            return owner
        wanted = {_plainly(name), _plainly(who)} - {""}
        owners = []
        for student, row in self.students.items():
            first, last = row.get("first_name", ""), row.get("last_name", "")
            names = {
                _plainly(text) for text in (f"{first}{last}", f"{last}{first}", student, row.get("email", ""))
            }
            # People give themselves names: where the system's number is known, it alone counts.
            if wanted & (names - {""}) and not (number.isdecimal() and row.get("lms")):
                owners.append(student)
        return owners[0] if len(owners) == 1 else name


def _plainly(text: str) -> str:
    """Letters and digits alone, without case, so that a name is found however a system writes it."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())


# ---------------------------------------------------------------- notebooks


@dataclass(frozen=True)
class Cell:
    """A cell as it was handed in, by what it says that it is."""

    kind: str
    source: str
    name: str | None = None
    outputs: tuple[Any, ...] = ()


def read_notebook(contents: bytes) -> list[Cell]:
    """The cells of a notebook of any version, and an UnreadableError that says what is broken."""
    if not contents.strip():
        raise UnreadableError("The notebook is empty: save it once more, and hand it in again.")
    if contents.count(b"{") > MOST_PARTS:  # each takes memory, however little there is in it
        raise UnreadableError(
            "The notebook has too many parts: clear its outputs, save it, hand it in again."
        )
    try:
        notebook = json.loads(contents)
    except UnicodeDecodeError:
        raise UnreadableError("The file is no notebook: it is not text.") from None
    except json.JSONDecodeError as error:
        kind = "ends in the middle" if error.pos >= len(contents) - 1 else "is broken"
        raise UnreadableError(
            f"The notebook {kind} (line {error.lineno}: {error.msg}): save it again, and hand it in again."
        ) from None
    except (ValueError, RecursionError, MemoryError):
        raise UnreadableError("The notebook holds what no notebook has, and cannot be read.") from None
    if not isinstance(notebook, dict):
        raise UnreadableError("The file is no notebook: it has no cells.")
    sheets = notebook.get("worksheets")  # version 3 had its cells in there
    if isinstance(sheets, list) and sheets and isinstance(sheets[0], dict):
        notebook = sheets[0]
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise UnreadableError("The file is no notebook: it has no cells.")
    return [_cell(cell) for cell in cells if isinstance(cell, dict)]


def _cell(cell: dict[str, Any]) -> Cell:
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    outputs = cell.get("outputs")
    return Cell(
        str(cell.get("cell_type")),
        _text(cell.get("source", cell.get("input", ""))),
        name if isinstance(name, str) else None,
        tuple(outputs) if isinstance(outputs, list) else (),
    )


def _text(source: Any) -> str:
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""
