"""Explorers on the page: charts with controls, which a script draws when they scroll into view.

A notebook stores an explorer as Vega-Lite (kltools/explorers/_explorer.py says how). Here it becomes HTML
(templates/explorer.html) that is whole without any script: a picture, and a table of what it shows at a few
settings. Its controls stand on the page from the start as well, so that nothing moves when the script
(explorers/explorers.js) takes them over; where there is no scripting the styles leave them out. Vega-Lite is
compiled to Vega here, so that a browser needs to load Vega alone.
"""

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import vl_convert
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx_figures import PALETTE

HERE = Path(__file__).parent
VEGA_LITE = "application/vnd.vegalite.v5+json"
PAGE = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True).get_template("explorer.html")
MARK = '<div class="explorer"'

Spec = dict[str, Any]


def compile_spec(spec: Spec) -> Spec:
    """Compile an explorer to Vega, and say in its `usermeta` which of its data its values are.

    The list of values goes, for a table takes its place on the page; so do the bindings, for the controls are
    on the page, and the background.
    """
    vega: Spec = vl_convert.vegalite_to_vega({**spec, "background": None})
    vega["usermeta"]["shown"] = next(
        mark["from"]["data"] for mark in every_mark(vega) if mark["name"] == "shown_marks"
    )
    vega["marks"] = [mark for mark in vega["marks"] if mark["name"] != "shown_group"]
    for signal in vega["signals"]:
        signal.pop("bind", None)
    return vega


def every_mark(group: Spec) -> Iterator[Spec]:
    for mark in group.get("marks", []):
        yield mark
        yield from every_mark(mark)


def picture(vega: Spec, name: str) -> str:
    """Draw an explorer as it starts, as SVG that stands in the page, where the styles can colour it."""
    names: dict[str, str] = {}
    svg = vl_convert.vega_to_svg(vega)
    # An id is one on the page, not one in its drawing; and vl-convert counts on from drawing to drawing.
    return re.sub(r"\bclip\d+", lambda clip: names.setdefault(clip[0], f"{name}-clip{len(names) + 1}"), svg)


def explorer(spec: Spec) -> str:
    """Return the HTML of an explorer, with its Vega for the script."""
    vega, meta = compile_spec(spec), spec["usermeta"]
    parameters = {parameter["name"]: parameter for parameter in spec["params"] if "bind" in parameter}
    columns = [parameters.pop(name) for name in meta.get("columns", [])]
    asked = [parameters.pop(name) for name in ("guess", "reveal")]
    return PAGE.render(
        name=meta["explorer"],
        meta=meta,
        columns=columns,
        controls=parameters.values(),
        asked=asked,
        description=spec["description"],
        picture=Markup(picture(vega, meta["explorer"])),
        data=Markup(json.dumps(vega, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")),
    )


def replace_outputs(app: Sphinx, docname: str, source: list[str]) -> None:
    """Put the HTML of each explorer of a notebook in the place of its Vega-Lite."""
    if VEGA_LITE not in source[0]:
        return
    notebook = json.loads(source[0])
    for output in itertools.chain.from_iterable(cell.get("outputs", []) for cell in notebook["cells"]):
        if VEGA_LITE in output.get("data", {}):
            output["data"] = {"text/html": explorer(output["data"][VEGA_LITE])}
    source[0] = json.dumps(notebook)


def add_script(app: Sphinx, pagename: str, templatename: str, context: Spec, doctree: object) -> None:
    """Load the script and the styles on the pages that hold an explorer, and on no other."""
    if MARK in context.get("body", ""):
        app.add_css_file("explorers.css")
        app.add_css_file("explorers-dark.css")
        app.add_js_file("explorers.js", loading_method="defer")


def write_dark_colours(app: Sphinx) -> None:
    """Write the styles that exchange the colours of a drawing, live or not, in the dark mode of the theme."""
    rules = [
        f'html[data-theme="dark"] .explorer svg [{attribute}="{light}"] {{ {attribute}: {dark}; }}'
        for attribute in ("fill", "stroke")
        for light, dark in PALETTE.items()
    ]
    static = Path(app.outdir) / "_static"
    static.mkdir(parents=True, exist_ok=True)
    (static / "explorers-dark.css").write_text("\n".join(rules) + "\n", encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension to Sphinx."""
    app.config.html_static_path.append(str(HERE / "explorers"))
    app.connect("builder-inited", write_dark_colours)
    app.connect("source-read", replace_outputs)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
