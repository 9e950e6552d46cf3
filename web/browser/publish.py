"""Add to a built site what runs its chapters in the browser: `python web/browser/publish.py SITE`.

The site stays what it was until a reader clicks: each chapter gets a script and a style of a few kilobytes,
and all else waits in `_browser`. Where the distribution cannot be had, the site is left without the buttons.
"""

import re
import shutil
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import distribution
import lite
import sphinxcontrib.katex

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FOLDER = "_browser"
SCRIPTS = ("run.mjs", "run.css", "worker.mjs", "session.py")
# What the chapters read or import from the repository, beside kltools.
COURSE = ("chapters/data/**/*.txt", "libraries/*.py", "libraries/*.json")


def main() -> int:
    if len(sys.argv) != 2:
        sys.exit("usage: python web/browser/publish.py SITE, where SITE is _build/html")
    site = Path(sys.argv[1])
    try:
        distribution.assemble()
    except distribution.Unavailable as reason:
        print(f"The chapters cannot be run in the browser, and have no buttons for it: {reason}")
        return 0
    pages = [path.relative_to(ROOT).with_suffix("") for path in sorted((ROOT / "chapters").glob("*.ipynb"))]
    chapters = [page for page in pages if (site / page).with_suffix(".html").exists()]
    shutil.rmtree(site / FOLDER, ignore_errors=True)
    lite.build(site / FOLDER / "lite", chapters)
    copy(site / FOLDER, chapters)
    for chapter in chapters:
        add_script(site, chapter)
    return 0


def copy(folder: Path, chapters: list[Path]) -> None:
    """Put beside JupyterLite what the pages run."""
    pyodide = folder / "lite" / lite.PYODIDE
    pyodide.mkdir(parents=True)
    for path in sorted(distribution.DISTRIBUTION.iterdir()):
        shutil.copy(path, pyodide)
    for name in SCRIPTS:
        shutil.copy(HERE / name, folder)
    shutil.copy(HERE.parent / "palette.json", folder)
    shutil.copy(Path(sphinxcontrib.katex.__file__).with_name("katex.min.js"), folder)
    for chapter in chapters:
        notebook = folder / "notebooks" / chapter.with_suffix(".ipynb")
        notebook.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / chapter.with_suffix(".ipynb"), notebook)
    pack(folder / "course.zip")


def pack(target: Path) -> None:
    """Pack what the chapters read; the same files give the same bytes."""
    with ZipFile(target, "w", ZIP_DEFLATED) as packed:
        for path in sorted(path for pattern in COURSE for path in ROOT.glob(pattern)):
            packed.writestr(ZipInfo(path.relative_to(ROOT).as_posix()), path.read_bytes(), ZIP_DEFLATED)


def add_script(site: Path, chapter: Path) -> None:
    """Name the script and the style in the head of a page, by paths that hold under any address."""
    page = (site / chapter).with_suffix(".html")
    up = "../" * len(chapter.parts[:-1])
    text = re.sub(rf"<[^<]*{FOLDER}/run[^>]*>(</script>)?", "", page.read_text(encoding="utf-8"))
    tags = (
        f'<link rel="stylesheet" href="{up}{FOLDER}/run.css">'
        f'<script type="module" src="{up}{FOLDER}/run.mjs" data-notebook="{chapter.as_posix()}"></script>'
    )
    page.write_text(text.replace("</head>", f"{tags}</head>", 1), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
