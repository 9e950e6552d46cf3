"""No term is used before it is defined or linked, and the glossary says where each is defined."""

import re
import sys

import pytest
import yaml
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.chapters.notebooks import ROOT, read
from tests.reference.terms import GLOSSARY, Entry, Terms, entries, undefined

sys.path.append(str(ROOT / "web"))
from sphinx_reference import read_chapter

TEXT = GLOSSARY.read_text(encoding="utf-8")
ENTRIES = entries(TEXT)
HANGUL, HAN = re.compile("[가-힣]"), re.compile("[一-鿿]")


def files(toc: object) -> list[str]:
    """List the files that a table of contents names, in order."""
    if isinstance(toc, dict):
        own = [toc["file"]] if "file" in toc else []
        return own + [file for value in toc.values() for file in files(value)]
    return [file for item in toc for file in files(item)] if isinstance(toc, list) else []


CHAPTERS = [
    ROOT / f"{file}.ipynb"
    for file in files(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8")))
    if (ROOT / f"{file}.ipynb").exists()
]


def test_every_heading_is_a_whole_entry() -> None:
    assert [entry.term for entry in ENTRIES] == re.findall(r"^### (.+)$", TEXT, re.MULTILINE)
    assert len(ENTRIES) > 40


def test_every_name_belongs_to_one_entry() -> None:
    names = [name for entry in ENTRIES for name in entry.names]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.term)
def test_the_terms_in_korean_and_chinese_are_in_korean_and_chinese(entry: Entry) -> None:
    assert HANGUL.search(entry.korean)
    assert not HAN.search(entry.korean)
    assert HAN.search(entry.chinese)
    assert not HANGUL.search(entry.chinese)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.term)
def test_the_section_that_is_said_to_define_a_term_has_it_in_bold(entry: Entry) -> None:
    path, _, slug = entry.link.partition("#")
    cells = read((GLOSSARY.parent / path).resolve()).cells
    sections = {section.slug: section for section in read_chapter("", cells).sections}
    assert slug in sections, f"no section {slug!r} in {path}"
    uses = Terms([entry]).uses(sections[slug].text)
    assert "bold" in {use.kind for use in uses}, f"{entry.term!r} is not in bold in {entry.link}"


def test_no_term_is_used_before_it_is_defined_or_linked() -> None:
    assert CHAPTERS, "no chapter found"
    wrong = undefined([(path.name, read(path)) for path in CHAPTERS], Terms(ENTRIES))
    assert not wrong, "\n".join(wrong)


def entry(*names: str) -> Entry:
    return Entry(names[0], "", "", "", names, "")


SMALL = Terms(
    [
        entry("entropy"),
        entry("cross-entropy"),
        entry("KL divergence", "relative entropy"),
        entry("Gibbs' inequality"),
        entry("Jensen-Shannon divergence", "JSD"),
        entry("logits"),
    ]
)


def chapter(*texts: str, **metadata: object) -> NotebookNode:
    return new_notebook(cells=[new_markdown_cell(text, metadata=metadata) for text in texts])


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("The entropy of it.", "entropy"),
        ("Entropies grow.", "Entropies"),
        ("Cross entropy is a cost.", "Cross entropy"),
        ("The cross-\nentropy", "cross-\nentropy"),
        ("A KL-divergence of it, by **entropy**.", "KL-divergence"),
        ("It is the relative entropy.", "relative entropy"),
        ("By Gibbs’ inequality it holds.", "Gibbs’ inequality"),
        ("Take the Jensen–Shannon divergence.", "Jensen–Shannon divergence"),
        ("JSDs of pairs", "JSDs"),
        ("One logit each", "logit"),
        ("| cost | *entropy* |\n|---|---|\n| 1 | 2 |", "entropy"),
        ("- the entropy of a list", "entropy"),
        ("The entropy is high. **Entropy** is this. Here is [entropy](a.md).", "entropy"),
        ("**Is entropy a property of a source?** It is.", "entropy"),
        ("# Title\n\n*Entropy*\n\nThe entropy of a title.", "entropy"),
        ("<details><summary>Hint</summary>\n\nMind the entropy.\n\n</details>", "entropy"),
        ("It has the **cross-entropy** and entropy.", "entropy"),
    ],
)
def test_a_use_before_the_definition_is_told(text: str, term: str) -> None:
    assert undefined([("small", chapter(text))], SMALL) == [
        f"small, cell 1: {term!r} is used before it is defined or linked"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The **entropy** of it, and entropy again.",
        "**Surprise and entropy.** The entropy is this.",
        "See [entropy](a.md#entropy), and entropy again.",
        "A [chapter on cross-entropy](a.ipynb), and cross-entropy.",
        "# What is entropy?\n\n*Entropy*\n\nA question.",
        "`entropy(p)`, $\\text{entropy}$ and <!-- entropy(p) --> 1<!-- note: entropy -->",
        "```python\nentropy(p)\n```",
        "[it](https://a.b/entropy) and https://a.b/entropy",
        "## Entropy\n\nIts name is **entropy**.",
        "The neg-entropy and entropyish jsd",
    ],
)
def test_right_texts_pass(text: str) -> None:
    assert undefined([("small", chapter(text))], SMALL) == []


def test_a_heading_may_name_only_what_its_section_defines() -> None:
    text = "## Entropy\n\nNothing.\n\n## More\n\nThe **entropy**."
    message = "small, cell 1: 'Entropy' in a heading, and its section does not define it"
    assert undefined([("small", chapter(text))], SMALL) == [message]
    assert undefined([("small", chapter("## Entropy\n\nNothing."))], SMALL) == [message]


def test_a_definition_lasts_for_the_chapters_that_follow_and_a_link_does_not() -> None:
    use = chapter("The entropy of it.")
    told = "second, cell 1: 'entropy' is used before it is defined or linked"
    assert undefined([("first", chapter("The **entropy**.")), ("second", use)], SMALL) == []
    assert undefined([("first", chapter("Its [entropy](a.md).")), ("second", use)], SMALL) == [told]
    assert undefined([("second", use), ("first", chapter("The **entropy**."))], SMALL) == [told]


def test_exercises_and_code_neither_use_nor_define() -> None:
    notebook = chapter("An entropy, **entropy**.", tags=["exercise"])
    notebook.cells += [new_code_cell('"entropy"'), *chapter("An entropy.").cells]
    assert undefined([("small", notebook)], SMALL) == [
        "small, cell 3: 'entropy' is used before it is defined or linked"
    ]
