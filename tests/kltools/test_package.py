"""The package as a whole: what it exports, what importing it costs, and what memory it takes."""

import doctest
import importlib.resources
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

import kltools
from kltools import closed_forms, information, likelihood, logits

MODULES = [kltools, closed_forms, information, likelihood, logits]


def test_all_names_are_there_sorted_and_documented() -> None:
    assert kltools.__all__ == sorted(kltools.__all__)
    for name in kltools.__all__:
        function = getattr(kltools, name)
        for section in ("Parameters", "Returns", "Raises", "References", "Examples"):
            assert f"\n    {section}\n    -" in function.__doc__, f"{name} has no section {section}"
        assert ">>> " in function.__doc__


@pytest.mark.parametrize("module", MODULES)
def test_examples(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.failed == 0


def test_an_example_of_every_function_is_run() -> None:
    finder = doctest.DocTestFinder()
    tested = {test.name.split(".")[-1] for module in MODULES for test in finder.find(module) if test.examples}
    assert set(kltools.__all__) <= tested


def test_importing_it_imports_numpy_alone() -> None:
    program = (
        "import sys, numpy; before = set(sys.modules); import kltools;"
        "new = {name.split('.')[0] for name in set(sys.modules) - before};"
        "print(*sorted(new - {'kltools', 'numpy'} - sys.stdlib_module_names))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []


def test_its_types_are_shipped() -> None:
    assert importlib.resources.files(kltools).joinpath("py.typed").is_file()


@pytest.mark.parametrize(
    ("shape", "axis"), [((10**6,), -1), ((10**5, 10), -1), ((10, 10**5), 0), ((1000, 1000), 0)]
)
def test_memory_beyond_the_arguments_stays_constant(shape: tuple[int, ...], axis: int) -> None:
    p = np.random.default_rng(1).random(shape)
    p /= p.sum(axis=axis, keepdims=True)
    q = np.roll(p, 1, axis=axis)
    answers = p.size // p.shape[axis] * 8
    for function in (
        kltools.kl_divergence,
        kltools.cross_entropy,
        kltools.js_divergence,
        kltools.total_variation,
    ):
        tracemalloc.start()
        function(p, q, axis=axis)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 2e6 + 12 * answers  # a batch's sums are as many as its answers; a copy would be 8e6
