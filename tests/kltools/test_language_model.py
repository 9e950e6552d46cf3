"""The small language model: counts by hand, distributions that sum to one, costs that add up."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kltools import cross_entropy, entropy
from kltools.language_model import NgramModel, split, text_surprisal

DATA = Path(__file__).parents[2] / "chapters" / "data"
TEXTS = sorted(DATA.glob("*.txt"))


def counts(text: str, alphabet: str) -> list[int]:
    return [text.count(character) for character in alphabet]


def test_pairs_are_counted_with_the_line_break_before_the_first() -> None:
    model = NgramModel("aab", order=2, alphabet="ab\n", alpha=0.5)
    assert model.probability("a", "") == pytest.approx((1 + 0.5) / (1 + 1.5))
    assert model.probability("a", "\n") == model.probability("a", "")
    assert model.probability("a", "a") == pytest.approx((1 + 0.5) / (2 + 1.5))
    assert model.probability("b", "ba") == pytest.approx((1 + 0.5) / (2 + 1.5))
    assert model.probability("\n", "b") == pytest.approx(1 / 3)


@given(
    text=st.text("abc\n", max_size=30),
    before=st.text("abc\n", max_size=6),
    order=st.integers(1, 5),
    alpha=st.floats(1e-3, 10),
)
def test_every_context_has_a_distribution(text: str, before: str, order: int, alpha: float) -> None:
    model = NgramModel(text, order, "abc\n", alpha)
    guesses = model.distribution(before)
    assert list(guesses) == ["\n", "a", "b", "c"]
    assert math.fsum(guesses.values()) == pytest.approx(1, abs=1e-12)
    assert min(guesses.values()) > 0


def test_only_the_last_characters_count() -> None:
    model = NgramModel("abcabcabd", order=3, alphabet="abcd")
    assert model.distribution("ab") == model.distribution("dcdcdcab")
    assert model.distribution("ab") != model.distribution("bb")
    assert NgramModel("abcabcabd", order=1, alphabet="abcd").distribution("") == pytest.approx(
        {"a": 4 / 13, "b": 4 / 13, "c": 3 / 13, "d": 2 / 13}
    )


def test_with_single_characters_the_cost_is_the_cross_entropy_of_the_frequencies() -> None:
    training, held_out, alphabet = "abracadabra", "barb", "abcdr"
    model = NgramModel(training, 1, alphabet, alpha=0.3)
    believed = np.array(counts(training, alphabet)) + 0.3
    expected = cross_entropy(counts(held_out, alphabet), believed, base=2, normalize=True)
    assert text_surprisal(model.probability, held_out, base=2) / 4 == pytest.approx(expected, rel=1e-12)
    tiny = NgramModel(training, 1, alphabet, alpha=1e-12)
    floor = entropy(counts(training, alphabet), normalize=True)
    assert text_surprisal(tiny.probability, training) / 11 == pytest.approx(floor, rel=1e-9)


def test_the_surprisal_of_a_text_is_that_of_its_parts_in_turn() -> None:
    model = NgramModel("so it goes, and so it went", 3, "so itgeand,w")
    whole = text_surprisal(model.probability, "so it went")
    steps = [-math.log(model.probability(c, "so it went"[:n])) for n, c in enumerate("so it went")]
    assert whole == pytest.approx(sum(steps), rel=1e-12)
    assert text_surprisal(model.probability, "so it went", base=2) == pytest.approx(whole / math.log(2))
    assert text_surprisal(model.probability, "") == 0


def test_an_impossible_character_costs_infinitely_much() -> None:
    assert text_surprisal(lambda character, before: float(character == "a"), "aab") == math.inf


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("ab", 0, "ab"), "order is 0"),
        (("ab", 1, "ab", 0), "alpha is 0"),
        (("ab", 1, "ab", math.nan), "alpha is nan"),
        (("abc", 1, "ab"), "'c', which is not in the alphabet"),
    ],
)
def test_what_is_no_model_is_refused(arguments: tuple, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        NgramModel(*arguments)


def test_a_character_outside_the_alphabet_has_no_probability() -> None:
    with pytest.raises(ValueError, match="'z' is not in the alphabet"):
        NgramModel("ab", 1, "ab").probability("z", "a")


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_a_split_loses_nothing_and_shares_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    training, held_out = split(text)
    lines = text.splitlines()
    assert held_out.splitlines() == lines[4::5]
    assert sorted(training.splitlines() + held_out.splitlines()) == sorted(lines)
    assert len(training) + len(held_out) == len(text)


def test_the_texts_of_the_chapter_are_normal() -> None:
    import unicodedata

    assert [path.name for path in TEXTS] == ["constitution-en.txt", "constitution-ko.txt"]
    for path in TEXTS:
        raw = path.read_bytes()
        text = raw.decode("utf-8")
        assert b"\r" not in raw
        assert text.endswith("\n")
        assert unicodedata.is_normalized("NFC", text)
        assert all(line == " ".join(line.split()) != "" for line in text.splitlines())
