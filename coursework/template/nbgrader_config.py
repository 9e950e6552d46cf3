"""nbgrader's settings for this folder."""

import tomllib
from pathlib import Path

c = get_config()  # noqa: F821  (nbgrader defines it)

here = Path(__file__).resolve().parent
c.CourseDirectory.root = str(here)
c.CourseDirectory.course_id = tomllib.loads((here / "course.toml").read_text(encoding="utf-8"))["name"]
# The file of the instant checks travels with the notebook, and pages of feedback with nothing else.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__"]
