"""The library of theorems: complete, proved, fast, and in agreement with kltools on random numbers."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kltools.derivations import KL, Derivation, DerivationError, GivenError, H, normalized, positive
from kltools.theorems import THEOREMS
from kltools.theorems.kl_divergence import gibbs

CHAPTERS = {"entropy", "cross_entropy", "kl_divergence", "likelihood", "jensen_shannon", "continuous"}


@pytest.mark.parametrize("name", THEOREMS)
def test_statement_agrees_with_numbers(name: str) -> None:
    for seed in range(20):
        assert THEOREMS[name].agrees(np.random.default_rng(seed)), f"seed {seed}"


@pytest.mark.parametrize("name", THEOREMS)
def test_numerical_check_can_fail(name: str) -> None:
    theorem = THEOREMS[name]
    left, relation, right = theorem.check(np.random.default_rng(0))
    push = {"=": 1, "≥": -1, "≤": 1}[relation] * (1 + np.abs(left) + np.abs(right))
    wrong = replace(theorem, check=lambda rng: (left + push, relation, right))
    assert theorem.agrees(np.random.default_rng(0))
    assert not wrong.agrees(np.random.default_rng(0))


@pytest.mark.parametrize("name", THEOREMS)
def test_every_theorem_says_what_it_is(name: str) -> None:
    theorem = THEOREMS[name]
    assert theorem.chapter in CHAPTERS
    assert theorem.statement
    assert theorem.scope
    assert theorem.intuition.splitlines()[0].endswith((".", "?"))
    assert all(step.reason for derivation in theorem.derivations for step in derivation.steps)
    assert all(derivation.steps for derivation in theorem.derivations)


def test_every_chapter_has_its_theorems() -> None:
    assert {theorem.chapter for theorem in THEOREMS.values()} == CHAPTERS


def test_theorem_is_used_only_where_its_givens_hold() -> None:
    p, q = positive("p q")
    for given in ([], normalized(p), normalized(q)):
        with pytest.raises(DerivationError):
            Derivation(H(p, q), given=given).equals(H(p) + KL(p, q), "split").at_least(
                H(p), "Gibbs", by=gibbs()
            )
    with pytest.raises(GivenError, match="no letter m"):
        gibbs(m=p)


def test_importing_kltools_leaves_sympy_alone() -> None:
    code = "import sys, kltools; sys.exit('sympy' in sys.modules or 'kltools.derivations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_page_of_theorems_shows_every_one_of_them_once() -> None:
    page = Path(__file__).parents[2] / "chapters" / "theorems.ipynb"
    sources = ["".join(cell["source"]) for cell in json.loads(page.read_text(encoding="utf-8"))["cells"]]
    for name, theorem in THEOREMS.items():
        place = sources.index(f'THEOREMS["{name}"]')
        heading, *intuition = sources[place - 1].split("\n\n")
        assert heading == f"### {theorem.statement}"
        assert intuition[0] == theorem.intuition.split("\n\n")[0]
        assert intuition[-1] == f"Proved for: {theorem.scope}."


def test_reasons_have_only_letters_that_katex_knows() -> None:
    reasons = "".join(s.reason for t in THEOREMS.values() for d in t.derivations for s in d.steps)
    assert set(re.sub(r"[\x20-\x7e]", "", reasons)) <= set("≤≥−′²½‖·∞→Σλμσθ₁₂…̂̄")
