"""A teacher's private folder: sets, the class secret, the roster, the settings, and what grading writes."""

from __future__ import annotations

import secrets
import shutil
import tomllib
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from coursework.engine import Store
from coursework.items import ProblemSet, SetError, load
from coursework.sandbox import Limits
from coursework.submissions import Roster

TEMPLATE = Path(__file__).parent / "template"
HIDDEN = {"gitignore": ".gitignore"}  # a template may not hide its own files


@dataclass(frozen=True)
class Course:
    """The folder that `new` made."""

    folder: Path

    @classmethod
    def new(cls, folder: Path) -> Course:
        """Make the folder from the template, with a secret of its own that nobody else can read."""
        if folder.exists() and any(folder.iterdir()):
            raise SetError(f"{folder} is not empty: name a folder that is not there yet.")
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(TEMPLATE, folder, ignore=ignored, dirs_exist_ok=True)
        for name, hidden in HIDDEN.items():
            (folder / name).rename(folder / hidden)
        course = cls(folder)
        course.secret_file.touch(mode=0o600)
        course.secret_file.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
        folder.chmod(0o700)
        return course

    @classmethod
    def open(cls, folder: Path) -> Course:
        """Open a folder that was made before."""
        if not (folder / "course.toml").is_file():
            raise SetError(
                f"{folder.resolve()} is no course: make one with `python -m coursework new DIR`, go there, "
                "or name it with --course DIR."
            )
        return cls(folder)

    @property
    def secret_file(self) -> Path:
        """Where the class secret is."""
        return self.folder / "secret"

    @cached_property
    def secret(self) -> bytes:
        """The class secret, from which students' inputs are drawn."""
        try:
            mode, text = self.secret_file.stat().st_mode, self.secret_file.read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            raise SetError(
                f"{self.secret_file} cannot be read: bring it back; with another secret the inputs change."
            ) from None
        if mode & 0o077:
            raise SetError(
                f"{self.secret_file} can be read by others: run chmod 600 {self.secret_file} first."
            )
        if len(text) < 32:
            raise SetError(
                f"{self.secret_file} is too short for a secret: it should have 64 letters and digits."
            )
        return text.encode()

    @cached_property
    def settings(self) -> dict[str, Any]:
        """What course.toml says."""
        path = self.folder / "course.toml"
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SetError(f"{path} cannot be read: {error}.") from None

    @property
    def limits(self) -> Limits:
        """What a submission may use."""
        given = self.settings.get("limits", {})
        known = {field.name for field in fields(Limits)}
        for name, value in given.items():
            if name not in known:
                raise SetError(f"course.toml has a limit {name!r}; there are {', '.join(sorted(known))}.")
            if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
                raise SetError(f"course.toml has {value!r} for the limit {name}: give a positive number.")
        return Limits(**given)

    @property
    def roster(self) -> Roster:
        """Who takes the course."""
        return Roster.read(self.folder / "roster.csv")

    @property
    def database(self) -> Path:
        """Nbgrader's gradebook."""
        return self.folder.resolve() / "gradebook.db"

    def load(self, name: str) -> ProblemSet:
        """A set by its name, the teacher's own before the course's, or by its path."""
        return load(name, [self.folder / "sets"])

    def results(self, problem_set: ProblemSet) -> Store:
        """Where the results of a set are kept."""
        return Store(self.folder / "results" / problem_set.name)
