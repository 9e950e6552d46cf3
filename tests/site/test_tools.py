"""The scripts behind `make execute`, `make serve` and `make measure`, and the Makefile's own words."""

import argparse
import re
import socket
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.site.books import ROOT, code, notebook
from tests.site.measure import built_site

sys.path.append(str(ROOT / "web"))
import execute

CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_executing_twice_changes_no_byte_and_names_no_place(tmp_path: Path) -> None:
    chapter = tmp_path / "chapter.ipynb"
    cells = [
        code("import time\nfor i in range(3):\n    print(i, flush=True)\n    time.sleep(0.3)"),
        code("1 / 0", "raises-exception"),
    ]
    written = notebook(*cells)
    written.metadata["language_info"]["version"] = "3.99.0"
    nbformat.write(written, chapter)
    assert run(sys.executable, "web/execute.py", chapter).stdout.split(" ... ")[1].startswith("changed")
    first = chapter.read_bytes()
    assert run(sys.executable, "web/execute.py", chapter).stdout.split(" ... ")[1].startswith("the same")
    assert chapter.read_bytes() == first
    prints, fails = nbformat.read(chapter, 4).cells
    assert [output.text for output in prints.outputs] == ["0\n1\n2\n"]
    assert fails.outputs[0].traceback == ["ZeroDivisionError: division by zero"]
    assert not re.search(rb"\d+\.\d+\.\d+|Cell In", first)  # a version of Python, a place in the code


def test_a_chapter_that_fails_is_left_as_it_was(tmp_path: Path) -> None:
    chapter = tmp_path / "chapter.ipynb"
    nbformat.write(notebook(code("undefined_name")), chapter)
    before = chapter.read_bytes()
    executed = run(sys.executable, "web/execute.py", chapter)
    assert executed.returncode != 0
    assert "undefined_name" in executed.stderr
    assert chapter.read_bytes() == before


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_chapters_are_stored_as_execute_stores_them(chapter: Path) -> None:
    text = chapter.read_text(encoding="utf-8")
    stored = nbformat.reads(text, as_version=4)
    assert stored.metadata == execute.METADATA, "run make execute"
    assert text == nbformat.writes(stored) + "\n", "run make execute"


def test_a_port_in_use_gets_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        served = run(sys.executable, "web/serve.py", "web", str(taken.getsockname()[1]))
    assert served.returncode == 1
    sentence = r"Port \d+ cannot be used \(Address already in use\): run make serve PORT=\d+, or another\.\n"
    assert re.fullmatch(sentence, served.stderr)


def test_a_site_to_measure_is_found_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "index.html").touch()
    monkeypatch.chdir(tmp_path)
    assert built_site(".") == tmp_path.resolve()
    with pytest.raises(argparse.ArgumentTypeError, match="nowhere holds no site; make book builds one"):
        built_site("nowhere")


def test_make_lists_every_target() -> None:
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony
    assert re.findall(r"^make (\w+) ", run("make").stdout, re.MULTILINE) == phony[1].split()


def test_an_old_python_gets_one_sentence(tmp_path: Path) -> None:
    made = run("make", "--silent", "lab", "PYTHON=false", f"READY={tmp_path}/complete")
    assert made.returncode != 0
    assert re.fullmatch(r"Python 3\.11 or later is needed, and false is not: .+\n", made.stdout)
