"""What every test may use: a tally of what was counted, printed at the end of a run."""

import gc
from collections import Counter
from collections.abc import Callable, Generator
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

# The same examples on every run, and no test that depends on the clock.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record-alterations",
        action="store_true",
        help="alter every chapter, and record what was counted (tests/chapters/record.py)",
    )
    parser.addoption("--published", metavar="SITE", help="test a site that make site built (tests/published)")


# These take long, and share nothing with others of their file: each goes to the next process that is free.
APART = ("test_every_alteration_of_a_chapter_is_caught", "test_every_page")


class ByFile(LoadFileScheduling):
    """Keep the tests of a file on one process, where they share what they made."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if nodeid.partition("::")[2].startswith(APART) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    return ByFile(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_finish() -> None:
    """What is there by now stays: nobody need look for garbage in it again and again."""
    gc.freeze()


TALLY = pytest.StashKey[Counter[tuple[str, str]]]()


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Callable[[str, int, str], None]:
    """Count for the summary that ends a run: ``tally("altered steps", 12, "made")``.

    What has one name stands on one line, each word with the sum over all tests and processes.
    """
    counts = request.node.stash.setdefault(TALLY, Counter())

    def count(name: str, number: int, word: str) -> None:
        counts[name, word] += number

    return count


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Send the counts along as properties of the report, which pytest-xdist hands to the main process."""
    report = yield
    if report.when == "call":
        report.user_properties += [
            ("tally", [*key, n]) for key, n in item.stash.get(TALLY, Counter()).items()
        ]
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the tallies."""
    reports = (report for group in terminalreporter.stats.values() for report in group)
    properties = (p for report in reports for p in getattr(report, "user_properties", ()))
    totals: dict[str, Counter[str]] = {}
    for name, word, number in (value for kind, value in properties if kind == "tally"):
        totals.setdefault(name, Counter())[word] += number
    if totals:
        terminalreporter.section("counted")
    for name, words in sorted(totals.items()):
        shown = [f"{number} {word}" for word, number in words.items() if number or word == "survived"]
        terminalreporter.line(f"{name}: {', '.join(shown)}")
