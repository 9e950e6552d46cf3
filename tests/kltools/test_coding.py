"""Prefix codes against Kraft's equality, the entropy bounds, and an exhaustive search on small cases."""

from fractions import Fraction
from itertools import product
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kltools.coding import huffman_code, mean_length

weights = st.lists(st.integers(1, 1000), min_size=2, max_size=12)


def fractions(counts: list[int]) -> list[Fraction]:
    return [Fraction(count, sum(counts)) for count in counts]


@given(weights)
def test_no_word_begins_another_and_kraft_holds_with_equality(counts: list[int]) -> None:
    code = huffman_code(counts)
    assert not any(a != b and b.startswith(a) for a in code for b in code)
    assert len(set(code)) == len(code)
    assert sum(Fraction(1, 2 ** len(word)) for word in code) == 1


@given(weights)
def test_the_mean_length_is_within_one_bit_above_the_entropy(counts: list[int]) -> None:
    p = fractions(counts)
    entropy = -sum(float(a) * log2(a) for a in p)
    assert entropy - 1e-12 <= mean_length(p, huffman_code(p)) < entropy + 1


@given(st.lists(st.integers(1, 50), min_size=2, max_size=5))
def test_no_lengths_that_kraft_allows_are_shorter(counts: list[int]) -> None:
    p = fractions(counts)
    possible = product(range(1, len(p)), repeat=len(p)) if len(p) > 2 else [(1, 1)]
    best = min(
        sum(a * length for a, length in zip(p, lengths, strict=True))
        for lengths in possible
        if sum(Fraction(1, 2**length) for length in lengths) <= 1
    )
    assert mean_length(p, huffman_code(p)) == best


def test_the_dyadic_codes_meet_the_worked_numbers_exactly() -> None:
    p = [Fraction(1, 2), Fraction(1, 4), Fraction(1, 8), Fraction(1, 8)]
    q = [Fraction(1, 8), Fraction(1, 2), Fraction(1, 4), Fraction(1, 8)]
    assert huffman_code(p) == ["0", "10", "110", "111"]
    assert mean_length(p, huffman_code(p)) == Fraction(7, 4)
    assert mean_length(p, huffman_code(q)) == Fraction(19, 8)
    assert mean_length(q, huffman_code(p)) == Fraction(9, 4)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ([], "there are 0"),
        ([1.0], "there are 1"),
        ([1, -1], "-1 at index 1"),
        ([float("nan"), 1], "nan at index 0"),
    ],
)
def test_bad_weights_are_named(bad: list[float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        huffman_code(bad)


def test_a_code_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="p has 2 outcomes and code has 3 codewords"):
        mean_length([0.5, 0.5], ["0", "10", "11"])
