"""JupyterLab as `make lab` opens it, and as the site brings it; `tests/published` presses its keys."""

import json
import sys
from pathlib import Path
from typing import Any

from tests.site.books import ROOT

SETTINGS = ROOT / "web" / "lab" / "labconfig"
INSTALLED = Path(sys.prefix) / "share" / "jupyter"
SHORTCUTS = "jupyter.lab.shortcuts"


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_slider_keeps_the_arrows_that_a_notebook_takes() -> None:
    """Ours is chosen where a slider has the focus: it asks for all that the notebook's asks, and for more."""
    notebook = read(INSTALLED / "lab/schemas/@jupyterlab/notebook-extension/tracker.json")[SHORTCUTS]
    arrows = [taken for taken in notebook if "".join(taken["keys"]).startswith("Arrow")]
    ours = read(SETTINGS / "default_setting_overrides.json")["@jupyterlab/shortcuts-extension:shortcuts"]
    kept = {binding["keys"][0]: binding for binding in ours["shortcuts"]}
    assert sorted(taken["keys"][0] for taken in arrows) == sorted(kept)
    for taken in arrows:
        binding = kept[taken["keys"][0]]
        assert binding["selector"] == taken["selector"].replace(" :focus", " .vega-bind input:focus")
        assert binding["preventDefault"] is False


def test_what_learners_do_not_need_is_switched_off_by_its_name() -> None:
    disabled = read(SETTINGS / "page_config.json")["disabledExtensions"]
    for name in disabled:
        assert (INSTALLED / "labextensions" / name / "package.json").exists()
