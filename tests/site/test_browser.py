"""What of the browser's Python needs no browser: what runs first, what is fetched, what is published."""

import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chapters.notebooks import read, tags
from tests.site.books import ROOT

sys.path.append(str(ROOT / "web" / "browser"))
import distribution
import publish
import session


def plan(*sources: str) -> str:
    """Return what the last of some cells needs of those before it."""
    running = session.Session()
    return running.plan(len(sources) - 1, dict(enumerate(sources)))["source"]


@pytest.mark.parametrize(
    ("cells", "needed"),
    [
        (["import a, b\nx = 1\nprint(x)", "y = 2", "x + 1"], "x = 1"),
        (["from a import b, c", "b(1)"], "from a import b"),
        (["x = 1", "x = 2", "x"], "x = 2"),
        (["x = 1", "x = x + 1", "x"], "x = 1\nx = x + 1"),
        (["x = 1", "x += 1", "x"], "x = 1\nx += 1"),
        (["x = []", "x.append(1)", "x[0] = 2", "x"], "x = []\nx.append(1)\nx[0] = 2"),
        (["def f():\n    return y", "y = 1", "f()"], "def f():\n    return y\ny = 1"),
        (["f = lambda: y", "y = 1", "f()"], "f = lambda: y\ny = 1"),
        (["import numpy as np\nu = np.ones(3)", "np.zeros(2)"], "import numpy as np"),
        (["%matplotlib inline\nx = 1", "not Python", "x"], "x = 1"),
        (["for i in range(3):\n    x = i", "x"], "for i in range(3):\n    x = i"),
        (["x = 1", "def f(x):\n    return x", "f(2)"], "x = 1\ndef f(x):\n    return x"),
        (["x = 1", "2"], ""),
        (["x = 1", "x = 2\nx"], ""),
        (["x = 1", "x\nx = 2"], "x = 1"),
    ],
)
def test_what_a_cell_needs_of_those_above(cells: list[str], needed: str) -> None:
    assert plan(*cells) == needed


def test_what_has_run_does_not_run_again_until_it_changes() -> None:
    running = session.Session()
    cells = {0: "x = 1", 1: "print(x)"}
    assert running.plan(1, cells) == {"above": [0], "source": "x = 1"}
    assert running.prepare() == []
    assert running.run(1, cells[1]) == [{"text": "1\n"}]
    assert running.plan(1, cells)["above"] == []
    assert running.plan(1, {**cells, 0: "x = 5"})["above"] == [0]
    running.prepare()
    assert running.run(1, cells[1]) == [{"text": "5\n"}]


def test_errors_are_told_with_their_line_and_their_cell() -> None:
    running = session.Session()
    assert running.run(0, "x = 1\n1 / 0") == [{"error": "ZeroDivisionError: division by zero", "line": 2}]
    assert running.run(0, "x = (")[0]["line"] == 1
    running.plan(1, {0: "y = 1 / 0", 1: "y"})
    (told,) = running.prepare()
    assert told["error"] == "Cell 1, which this one needs: ZeroDivisionError: division by zero"
    with pytest.raises(ModuleNotFoundError):  # for the page, which may load the module and try again
        running.run(0, "import no_such_module")


def chapter_cells() -> Iterator[tuple[int, dict[int, str], str]]:
    """Yield cells of a chapter, each with those above that it may use, and what it printed."""
    notebook = read(ROOT / "chapters" / "kl_divergence.ipynb")
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    ranks = [2 if "solution" in tags(cell) else "exercise" in tags(cell) for cell in cells]
    for index in range(0, len(cells), 3):
        above = {i: cell.source for i, cell in enumerate(cells[: index + 1]) if ranks[i] <= ranks[index]}
        printed = "".join(output.get("text", "") for output in cells[index].outputs)
        yield index, above, printed


def test_any_cell_of_a_chapter_can_be_run_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "chapters")
    for index, sources, printed in chapter_cells():
        running = session.Session()
        running.plan(index, sources)
        assert running.prepare() == []
        outputs = running.run(index, sources[index])
        assert "".join(output.get("text", "") for output in outputs) == printed, sources[index]


def test_markdown_becomes_html_with_tex_apart() -> None:
    (output,) = session.with_html([{"data": {"text/markdown": "so **$x^2$**\n\n|a|b|\n|-|-|\n|1|2|"}}])
    assert '<strong><span class="math inline">x^2</span></strong>' in output["data"]["text/html"]
    assert "<table>" in output["data"]["text/html"]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_file_counts_with_the_right_hash_only(tmp_path: Path) -> None:
    wanted = {"a.whl": sha256(b"a"), "b.whl": sha256(b"b")}

    def liar(missing: dict[str, str]) -> Iterator[tuple[str, bytes]]:
        yield from ((name, b"other") for name in missing)

    def half(missing: dict[str, str]) -> Iterator[tuple[str, bytes]]:
        yield "a.whl", b"a"

    def rest(missing: dict[str, str]) -> Iterator[tuple[str, bytes]]:
        assert list(missing) == ["b.whl"]
        yield "b.whl", b"b"

    with pytest.raises(distribution.Unavailable, match=r"b\.whl"):
        distribution.collect(wanted, tmp_path, (liar, half))
    assert [path.name for path in tmp_path.iterdir()] == ["a.whl"]
    distribution.collect(wanted, tmp_path, (liar, rest))
    (tmp_path / "a.whl").write_bytes(b"damaged")
    with pytest.raises(distribution.Unavailable, match=r"a\.whl"):
        distribution.collect(wanted, tmp_path, (liar,))


def test_every_package_of_the_chapters_is_locked_with_all_that_it_needs() -> None:
    packages = distribution.read_lock()["packages"]
    named = {*distribution.SETTINGS["chapters"], *distribution.SETTINGS["pure"]}
    needed = {need for entry in packages.values() for need in entry["depends"]}
    assert named | needed <= set(packages)
    assert {distribution.canonical(name) for name in packages} == set(packages)  # as Pyodide asks for them
    assert all(
        re.fullmatch("[0-9a-f]{64}", known) for known in distribution.files({"packages": packages}).values()
    )


def test_without_a_distribution_the_site_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "chapters" / "entropy.html"
    page.parent.mkdir()
    page.write_text("<head></head>")
    monkeypatch.setattr(distribution, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(distribution, "SOURCES", ())
    monkeypatch.setattr(sys, "argv", ["publish.py", str(tmp_path)])
    assert publish.main() == 0
    assert capsys.readouterr().out.startswith("The chapters cannot be run in the browser")
    assert page.read_text() == "<head></head>"
    assert not (tmp_path / publish.FOLDER).exists()


def test_a_page_names_its_script_once(tmp_path: Path) -> None:
    page = tmp_path / "chapters" / "entropy.html"
    page.parent.mkdir()
    page.write_text("<head><title>Entropy</title></head>")
    for _ in range(2):
        publish.add_script(tmp_path, Path("chapters/entropy"))
    assert page.read_text().count('src="../_browser/run.mjs" data-notebook="chapters/entropy"') == 1
    assert page.read_text().count("run.css") == 1


def test_the_same_files_pack_to_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        publish.pack(tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
