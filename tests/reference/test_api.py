"""Every public name of kltools stands once on the pages about it, with a docstring."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterable, Iterator
from operator import attrgetter
from pathlib import Path

import pytest

import kltools
from tests.chapters.notebooks import ROOT

PAGES = sorted((ROOT / "reference" / "api").glob("*.md"))
DIRECTIVE = re.compile(r"^\.\. (auto\w+|py:data):: ([\w.]+)(?:\(\))?((?:\n +:.*)*)", re.MULTILINE)
MODULES = [
    "kltools",
    *(f"kltools.{room.name}" for room in pkgutil.iter_modules(kltools.__path__) if room.name[0] != "_"),
]


def public(module: str) -> list[str]:
    """List what a module offers, in its `__all__` or else by its names, beyond what `kltools` itself does."""
    space = importlib.import_module(module)
    own = {
        name: value
        for name, value in vars(space).items()
        if (inspect.isfunction(value) or inspect.isclass(value)) and value.__module__ == module
    }
    names = getattr(space, "__all__", [name for name in own if not name.startswith("_")])
    offered = [getattr(kltools, name) for name in kltools.__all__] if module != "kltools" else []
    return [
        f"{module}.{name}"
        for name in names
        if not inspect.ismodule(value := getattr(space, name)) and value not in offered
    ]


def documented(page: str) -> Iterator[str]:
    """Yield what a page documents: what it names, and the members of a module that it shows whole."""
    for directive, name, options in DIRECTIVE.findall(page):
        if directive != "automodule":
            yield name
        elif ":members:" in options.split():
            yield from public(name)


def test_a_page_is_read() -> None:
    page = ".. autofunction:: kltools.entropy\n\n.. automodule:: kltools.coding\n   :members:\n"
    assert list(documented(page)) == [
        "kltools.entropy",
        "kltools.coding.huffman_code",
        "kltools.coding.mean_length",
    ]
    assert list(documented(page.replace(":members:", ":no-members:"))) == ["kltools.entropy"]


def test_every_public_name_is_documented_once() -> None:
    names = [name for page in PAGES for name in documented(page.read_text(encoding="utf-8"))]
    assert sorted(names) == sorted(name for module in MODULES for name in public(module))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_page_is_linked_from_the_first(page: Path) -> None:
    assert f"](api/{page.name})" in (ROOT / "reference" / "api.md").read_text(encoding="utf-8")


def silent(names: Iterable[str]) -> list[str]:
    """List the functions and classes, of those named, that have no docstring."""
    named = {name: attrgetter(name.partition(".")[2])(kltools) for name in names}
    return [
        name
        for name, value in named.items()
        if (inspect.isfunction(value) or inspect.isclass(value)) and not (value.__doc__ or "").strip()
    ]


@pytest.mark.parametrize("module", MODULES)
def test_every_public_function_and_class_says_what_it_is_for(module: str) -> None:
    assert not silent(public(module))
