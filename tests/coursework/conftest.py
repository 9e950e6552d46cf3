"""The sandbox, where this machine has one, and what is asked of nbgrader once."""

import functools
import os
import shutil
from collections.abc import Iterator

import pytest

from coursework import sandbox


@pytest.fixture(scope="session")
def bubblewrap() -> None:
    """Skip where bubblewrap is not installed, and fail where it may not be skipped or does not work."""
    if shutil.which("bwrap") is None and "CI" not in os.environ:
        pytest.skip("bubblewrap is not installed: these tests need it")
    sandbox.require()


@pytest.fixture(scope="session", autouse=True)
def one_version_of_the_gradebook() -> Iterator[None]:
    """For each new gradebook, nbgrader asks a process of its own for the version of all of them."""
    from nbgrader import api

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "get_alembic_version", functools.cache(api.get_alembic_version))
        yield
