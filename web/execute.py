"""Run notebooks again and store their outputs in place: python web/execute.py NOTEBOOK ...

What is stored depends on the code alone, so that a second run changes no byte: no timings, no version
of Python, and of an error its message without the traceback, which names places on this machine.
"""

import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def execute(path: Path) -> bool:
    """Run a notebook and store its outputs; say whether its file changed."""
    before = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(before, as_version=4)
    notebook.metadata = nbformat.from_dict(METADATA)
    NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=120,
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],  # not a warning, each time, that it listens on this machine
        resources={"metadata": {"path": path.parent}},
    ).execute()
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                output.traceback = [f"{output.ename}: {output.evalue}"]
    after = nbformat.writes(notebook) + "\n"
    path.write_text(after, encoding="utf-8", newline="\n")
    return after != before


def main(names: list[str]) -> None:
    for name in names:
        start = time.perf_counter()
        print(f"{name} ... ", end="", flush=True)
        try:
            changed = execute(Path(name))
        except CellExecutionError as error:
            sys.exit(f"failed, and its file was left as it was:\n{error}")
        print(f"{'changed' if changed else 'the same'}, {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
