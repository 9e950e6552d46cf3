"""nbgrader for everybody on the hub: goes to /etc/jupyter/nbgrader_config.py.

A teacher links the settings of their course into their home as well:
ln -s ~/COURSE/nbgrader_config.py ~/.jupyter/nbgrader_config.py
"""

import os
import pwd
import stat
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from logging import Logger
from pathlib import Path
from typing import Any

from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseFeedback

MOST_FILES, LARGEST_FILE = 1000, 100_000_000  # of a submission; bytes


class CollectFromOwners(ExchangeCollect):
    """Collects what is a student's own, whatever else students have put into the exchange.

    nbgrader believes the name of a folder, and only warns when somebody else owns it; it follows links, with
    the rights of the teacher who collects; and one odd name stops it for the whole class.
    """

    def _path_to_record(self, path: str) -> dict[str, Any]:
        """Read whose submission it is from the folder's owner."""
        try:
            record = super()._path_to_record(path)
        except (ExchangeError, ValueError):
            record = {"username": "", "filename": Path(path).name, "timestamp": datetime.min}
        named, user = record["username"], os.lstat(path).st_uid
        try:
            record["username"] = pwd.getpwuid(user).pw_name
        except KeyError:
            record["username"] = f"user-{user}"
        if record["username"] != named:
            self.log.error("%s is by %s, and is collected as theirs.", path, record["username"])
        return record

    def do_copy(self, src: str, dest: str, log: object = None) -> None:
        """Copy the files of a folder, not the folders in it, up to the size that nbgrader allows."""
        Path(dest).mkdir(parents=True)
        room = self.coursedir.max_dir_size * 1000
        for name, contents in files_of(src, self.log):
            room -= len(contents)
            if room < 0:
                self.log.error("%s is too large: %s and what follows is left out.", src, name)
                return
            Path(dest, name).write_bytes(contents)


def files_of(folder: str, log: Logger) -> Iterator[tuple[str, bytes]]:
    """Read regular files through descriptors, so that no link is followed, not even one made meanwhile."""
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        log.error("%s cannot be collected: %s.", folder, error.strerror)
        return
    with os.scandir(opened) as entries:
        names = [entry.name for entry in islice(entries, MOST_FILES)]
    for name in names:
        try:
            file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=opened)
        except OSError as error:
            log.error("%s of %s is left out: %s.", name, folder, error.strerror)
            continue
        with os.fdopen(file, "rb") as stream:
            if stat.S_ISREG(os.fstat(file).st_mode):
                yield name, stream.read(LARGEST_FILE)
    os.close(opened)


class ReleaseOurFeedback(ExchangeReleaseFeedback):
    """Releases the pages that `python -m coursework grade` writes, which knows nothing of the exchange."""

    def copy_files(self) -> None:
        """Lay beside each page what the exchange knows its submission by; leave out those that lack it."""
        without = [self.coursedir.student_id_exclude]
        for folder in Path("/").glob(self.src_path.lstrip("/")):
            student, problem_set = folder.parent.name, folder.name
            places = self.coursedir.submitted_directory, student, problem_set
            submitted = Path(self.coursedir.format_path(*places))
            for name in ("timestamp.txt", "submission_secret.txt"):
                try:
                    known = (submitted / name).read_bytes()[:1000].decode("ascii")
                except (OSError, UnicodeDecodeError):
                    self.log.error("%s has no good %s: there is no feedback to release.", submitted, name)
                    without.append(student)
                else:
                    (folder / name).write_text(known, encoding="ascii")
        self.coursedir.student_id_exclude = ",".join(filter(None, without))
        super().copy_files()


c = get_config()  # noqa: F821 (nbgrader provides it)
c.CourseDirectory.course_id = "kl"
c.Exchange.root = "/srv/nbgrader/exchange"
c.Authenticator.plugin_class = "nbgrader.auth.JupyterHubAuthPlugin"
c.ExchangeFactory.collect = CollectFromOwners
c.ExchangeFactory.release_feedback = ReleaseOurFeedback
