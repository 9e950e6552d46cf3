"""The files of the browser's Python: those that were delivered, with their modules compiled."""

import json
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.site.books import ROOT

sys.path.append(str(ROOT / "web" / "browser"))
import distribution
import lite
import publish


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Path:
    return Path(request.config.getoption("published")) / publish.FOLDER / "lite" / lite.PYODIDE


def test_the_site_has_every_file_and_each_is_the_one_that_its_lock_names(served: Path) -> None:
    lock = json.loads((served / distribution.LOCK.name).read_text(encoding="utf-8"))
    entries = {entry["file_name"]: entry["sha256"] for entry in lock["packages"].values()}
    delivered = distribution.files(distribution.read_lock())
    assert set(entries) - set(delivered) == {lock["packages"]["kltools"]["file_name"]}
    assert set(delivered) <= {path.name for path in served.iterdir()}
    for name, known in entries.items():
        assert distribution.is_right(served / name, known), name
    for name, known in delivered.items():
        assert distribution.is_right(distribution.CACHE / name, known), name


def test_nothing_is_lost_when_modules_are_compiled(served: Path) -> None:
    compiled = 0
    for path in map(distribution.CACHE.joinpath, distribution.files(distribution.read_lock())):
        if path.suffix not in (".zip", ".whl"):
            continue
        with ZipFile(path) as old, ZipFile(served / path.name) as new:
            names = [name.removesuffix("c") if name.endswith(".pyc") else name for name in new.namelist()]
            assert names == old.namelist(), path.name
            compiled += sum(name.endswith(".pyc") for name in new.namelist())
            for name in {*old.namelist()} & {*new.namelist()}:
                assert old.read(name) == new.read(name), f"{path.name}: {name}"
    assert compiled > 1000


def test_compiled_again_it_is_the_same(served: Path, tmp_path: Path) -> None:
    name = next(path.name for path in served.glob("mpmath-*.whl"))
    jobs = json.dumps([[str(distribution.CACHE / name), str(tmp_path / name), 0]])
    node = Path(sys.executable).with_name("node")
    script = ROOT / "web" / "browser" / "compile.mjs"
    subprocess.run([node, script, distribution.CACHE, jobs], check=True)
    assert (tmp_path / name).read_bytes() == (served / name).read_bytes()
