"""What hidden inputs are made of: random distributions, counts and tables, as plain lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

Drawn = TypeVar("Drawn")


def distribution(rng: np.random.Generator, outcomes: int) -> list[float]:
    """Draw a distribution in which no outcome is rarer than a tenth of its even share."""
    return (0.9 * rng.dirichlet(np.ones(outcomes)) + 0.1 / outcomes).tolist()


def with_zeros(rng: np.random.Generator, outcomes: int, zeros: int) -> list[float]:
    """Draw a distribution with some zeros, in random places."""
    drawn = distribution(rng, outcomes - zeros) + [0.0] * zeros
    return rng.permutation(drawn).tolist()


def counts(rng: np.random.Generator, outcomes: int, zeros: int = 0) -> list[int]:
    """Draw counts from 1 to 60, no two alike, and some zeros, in random places."""
    drawn = rng.choice(np.arange(1, 61), size=outcomes - zeros, replace=False)
    return rng.permutation(np.append(drawn, np.zeros(zeros, int))).tolist()


def until(
    rng: np.random.Generator, draw: Callable[[np.random.Generator], Drawn], holds: Callable[..., bool]
) -> Drawn:
    """Draw again until what is drawn, a tuple of arguments, tells the right answer from the wrong ones."""
    while not holds(*(drawn := draw(rng))):
        pass
    return drawn
