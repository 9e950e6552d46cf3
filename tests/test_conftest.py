"""The tally reaches the end of a run."""

import os
import subprocess
import sys
from pathlib import Path

TESTS = """
import pytest

@pytest.mark.parametrize("number", [1, 2])
def test_it(tally, number):
    tally("altered steps", number, "made")
    tally("altered steps", 0, "survived")
    tally("altered steps", 0, "excused")
"""


def test_counts_of_several_processes_are_added_up(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_bytes(Path(__file__).with_name("conftest.py").read_bytes())
    (tmp_path / "test_it.py").write_text(TESTS)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", os.devnull, "-p", "xdist.plugin", "-n", "2", "."],
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "altered steps: 3 made, 0 survived\n" in run.stdout
