"""The site as it is published, with Python in the browser: `make site`, then `make published`.

These tests take minutes, since every chapter runs in the browser from top to bottom; they run where they are
asked for, with `--published SITE`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.site.conftest import browser  # noqa: F401
from tests.site.serving import served

PATIENCE = 300_000  # milliseconds: other tests may keep the machine busy


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return None if config.getoption("published") else True


@pytest.fixture(scope="session")
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the site below a path of its own, as a code host does, or below the one that a test names."""
    place, site = getattr(request, "param", "/course"), Path(request.config.getoption("published")).absolute()
    folder = site
    if place:
        folder = tmp_path_factory.mktemp("host")
        (folder / place.strip("/")).symlink_to(site)
    with served(folder) as host:
        yield f"{host}{place}"


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[BrowserContext]:  # noqa: F811
    """Give a browser that reaches the site and nothing else."""
    with browser.new_context(viewport={"width": 390, "height": 844}) as context:
        context.set_default_timeout(PATIENCE)
        context.route(lambda url: not url.startswith(address), lambda route: route.abort())
        yield context
