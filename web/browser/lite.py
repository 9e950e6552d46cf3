"""Build JupyterLite into a site: the chapters as its notebooks, on the Python that the pages have too."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat

ROOT = Path(__file__).parents[2]
KERNEL = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
EXTENSION = "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension"
PYODIDE = "static/pyodide"  # in the folder of JupyterLite; the pages take theirs from there

# What JupyterLite reads when it starts; packages beyond these load when a cell imports them.
SITE = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "appName": "KL divergence, computed",
        "exposeAppInBrowser": False,
        "litePluginSettings": {
            "@jupyterlite/pyodide-kernel-extension:kernel": {
                "pyodideUrl": f"./{PYODIDE}/pyodide.mjs",
                "disablePyPIFallback": True,
                "loadPyodideOptions": {"packages": ["numpy", "sympy", "matplotlib", "kltools"]},
            }
        },
    },
}
# No news from elsewhere, and arrow keys for sliders; `make lab` starts with the same.
SETTINGS = ROOT / "web" / "lab" / "labconfig" / "default_setting_overrides.json"
# What it ships: one kernel, and none of the extensions that happen to be installed here.
BUILD = {
    "LiteBuildConfig": {
        "apps": ["lab", "notebooks"],
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        "ignore_sys_prefix": True,
        "federated_extensions": [str(Path(sys.prefix) / EXTENSION)],
        "source_date_epoch": 315_532_800,  # 1980, before which no zip file can be dated
    }
}


def build(target: Path, chapters: list[Path]) -> None:
    """Build JupyterLite into a folder of the site."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(SETTINGS, folder / "overrides.json")
        for file, settings in {"jupyter-lite.json": SITE, "jupyter_lite_config.json": BUILD}.items():
            (folder / file).write_text(json.dumps(settings), encoding="utf-8")
        write_contents(folder / "contents", chapters)
        command = [Path(sys.executable).with_name("jupyter"), "lite", "build", "--lite-dir", folder]
        command += ["--contents", folder / "contents", "--output-dir", target.absolute()]
        environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        built = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        if built.returncode:
            raise RuntimeError(f"jupyter lite build failed:\n{built.stdout}\n{built.stderr}")
    settings = (target / "jupyter-lite.json").read_text(encoding="utf-8")
    if f'"pyodideUrl": "./{PYODIDE}/pyodide.mjs"' not in settings:
        raise RuntimeError(
            "JupyterLite would fetch its Python from elsewhere"
        )  # as it does where a setting is lost


def write_contents(folder: Path, chapters: list[Path]) -> None:
    """Copy the chapters, their kernel exchanged, beside what they read."""
    folder.mkdir()
    for chapter in chapters:
        # As nbformat reads them, texts are whole: JupyterLite stumbles over lists of lines in outputs.
        notebook = nbformat.read((ROOT / chapter).with_suffix(".ipynb"), as_version=4)
        notebook.metadata.kernelspec = KERNEL
        for cell in notebook.cells:
            cell.metadata.trusted = True  # or else its stored pictures are hidden until it runs
        copy = folder / chapter.with_suffix(".ipynb").name
        copy.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    shutil.copytree(ROOT / "chapters" / "data", folder / "data")
    shutil.copytree(ROOT / "libraries", folder / "libraries", ignore=shutil.ignore_patterns("__pycache__"))
