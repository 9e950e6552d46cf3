"""The built site, served, and a browser: made once, for every test of this room."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser

from tests.site.books import ROOT, build
from tests.site.serving import browsing, served
from web import chromium


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site from the repository once; any warning fails that, and every test that uses it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # the other processes' too
    output, log = folder / "site", folder / "site.log"
    with FileLock(folder / "site.lock"):
        if not log.exists():
            built = build(ROOT, output)
            log.write_text("" if built.returncode == 0 else built.stdout, encoding="utf-8")
    assert not log.read_text(encoding="utf-8"), log.read_text(encoding="utf-8")
    return output / "_build" / "html"


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    with served(site) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = chromium.find()
    if program is None and "CI" not in os.environ:
        pytest.skip("Chromium is not installed: these tests need it")
    assert program, "Chromium is not installed, and where CI is set these tests may not be skipped"
    with browsing(program) as browser:
        yield browser
