"""The sandbox, where this machine has one."""

import os
import shutil

import pytest

from coursework import sandbox


@pytest.fixture(scope="session")
def bubblewrap() -> None:
    """Skip where bubblewrap is not installed, and fail where it may not be skipped or does not work."""
    if shutil.which("bwrap") is None and "CI" not in os.environ:
        pytest.skip("bubblewrap is not installed: these tests need it")
    sandbox.require()
