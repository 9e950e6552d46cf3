"""Prefix codes: what it costs, in whole binary digits, to write outcomes down."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from fractions import Fraction

__all__ = ["huffman_code", "mean_length"]

Weights = Sequence[float | Fraction]


def huffman_code(weights: Weights) -> list[str]:
    """Build a prefix code of smallest mean length.

    The two lightest outcomes are joined again and again; each joining puts one binary digit in
    front of the codewords on its two sides. Of two equal weights, the one met first is taken first.

    Parameters
    ----------
    weights : sequence of float or Fraction, length n
        Probabilities or counts, not negative. They are compared and added as they are, so
        fractions stay exact.

    Returns
    -------
    list of str, length n
        A codeword of the digits 0 and 1 for each outcome; none is the beginning of another.

    Raises
    ------
    ValueError
        If there are fewer than two outcomes, or a weight is negative or not a number.

    References
    ----------
    D. A. Huffman, "A Method for the Construction of Minimum-Redundancy Codes", 1952.

    Examples
    --------
    >>> huffman_code([1 / 2, 1 / 4, 1 / 8, 1 / 8])
    ['0', '10', '110', '111']
    """
    if len(weights) < 2:
        raise ValueError(f"a code needs at least two outcomes, and there are {len(weights)}")
    for place, weight in enumerate(weights):
        if not weight >= 0:
            raise ValueError(
                f"weights has the entry {weight} at index {place}; weights are counts or probabilities"
            )
    code = [""] * len(weights)
    heap = [(weight, place, [place]) for place, weight in enumerate(weights)]
    heapq.heapify(heap)
    while len(heap) > 1:
        (lighter, _, left), (heavier, _, right) = heapq.heappop(heap), heapq.heappop(heap)
        # The digit 0 goes to the side that holds the earlier outcome, as one would write the table by hand.
        for digit, side in zip("01", sorted((left, right), key=min), strict=True):
            for place in side:
                code[place] = digit + code[place]
        heapq.heappush(heap, (lighter + heavier, min(left + right), left + right))
    return code


def mean_length(p: Weights, code: Sequence[str]) -> float | Fraction:
    """Return the mean number of binary digits that a code spends on an outcome.

    Parameters
    ----------
    p : sequence of float or Fraction, length n
        The distribution that the outcomes come from.
    code : sequence of str, length n
        A codeword for each outcome.

    Returns
    -------
    float or Fraction
        Σ pᵢ·length(codewordᵢ), in bits; exact where `p` is given in fractions.

    Raises
    ------
    ValueError
        If the two have different lengths.

    Examples
    --------
    >>> mean_length([1 / 2, 1 / 4, 1 / 8, 1 / 8], ["0", "10", "110", "111"])
    1.75
    """
    if len(p) != len(code):
        raise ValueError(f"p has {len(p)} outcomes and code has {len(code)} codewords")
    return sum(probability * len(word) for probability, word in zip(p, code, strict=True))
