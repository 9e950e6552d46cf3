"""Random distributions for the tests, and the independent witness: the same quantities to 50 digits."""

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import mpmath
import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

Array = NDArray[np.float64]
Pair = tuple[Array, Array]


# The regimes of the accuracy table ------------------------------------------------------------------------


def dirichlet(rng: np.random.Generator, n: int, concentration: float = 1.0) -> Array:
    weights = np.maximum(rng.gamma(concentration, size=n), 1e-290)
    return weights / weights.sum()


def near(low: float, high: float) -> Callable[[np.random.Generator], Pair]:
    """Pairs whose probabilities differ by a relative 10**low to 10**high."""

    def draw(rng: np.random.Generator) -> Pair:
        p = dirichlet(rng, int(rng.integers(2, 40)))
        q = np.abs(p * (1 + 10 ** rng.uniform(low, high) * rng.standard_normal(p.size)))
        return p, q / q.sum()

    return draw


def independent(concentration: float) -> Callable[[np.random.Generator], Pair]:
    def draw(rng: np.random.Generator) -> Pair:
        n = int(rng.integers(2, 40))
        return dirichlet(rng, n, concentration), dirichlet(rng, n, concentration)

    return draw


def near_and_far(rng: np.random.Generator) -> Pair:
    """Pairs that agree but in two outcomes."""
    p = dirichlet(rng, int(rng.integers(3, 40)))
    q = p.copy()
    q[:2] = q[1::-1] * rng.uniform(0.5, 2, 2)
    return p, q / q.sum()


def subnormal(rng: np.random.Generator) -> Pair:
    """Pairs where some probabilities of Q are too small for p/q to be a float."""
    p = dirichlet(rng, int(rng.integers(2, 20)))
    q = p.copy()
    q[1:] *= 10 ** rng.uniform(-324, -290)
    return p, np.maximum(q / q.sum(), 5e-324)


def nearly_certain(rng: np.random.Generator) -> Pair:
    """Pairs in which one outcome holds nearly everything."""
    n = int(rng.integers(2, 20))
    rare = 10 ** rng.uniform(-30, -2)
    p, q = dirichlet(rng, n) * rare, dirichlet(rng, n) * rare * 10 ** rng.uniform(-2, 2)
    p[0], q[0] = 1 - p[1:].sum(), 1 - q[1:].sum()
    return p, q


REGIMES: dict[str, Callable[[np.random.Generator], Pair]] = {
    "Dirichlet(1)": independent(1),
    "sparse": independent(0.02),
    "apart by 1e-1 to 1e-4": near(-4, -1),
    "apart by 1e-4 to 1e-8": near(-8, -4),
    "apart by 1e-8 to 1e-12": near(-12, -8),
    "near and far": near_and_far,
    "subnormal": subnormal,
    "nearly certain": nearly_certain,
}


# The witness ----------------------------------------------------------------------------------------------


def fifty_digits(*distributions: Array) -> AbstractContextManager[None]:
    """Work to 50 digits, and to as many more as the smallest of the probabilities takes away from a sum."""
    smallest = min(float(p[p > 0].min()) for p in distributions)
    return mpmath.workdps(50 + math.ceil(-math.log10(smallest)))


def exact(weights: Sequence[float] | Array) -> list[mpmath.mpf]:
    """Return the exactly normalised weights."""
    entries = [mpmath.mpf(w) for w in np.asarray(weights).tolist()]
    whole = mpmath.fsum(entries)
    return [entry / whole for entry in entries]


def exact_cross_entropy(p: list[mpmath.mpf], q: list[mpmath.mpf]) -> mpmath.mpf:
    return -mpmath.fsum(a * mpmath.log(b) for a, b in zip(p, q, strict=True) if a)


def exact_kl(p: list[mpmath.mpf], q: list[mpmath.mpf]) -> mpmath.mpf:
    return mpmath.fsum(a * mpmath.log(a / b) for a, b in zip(p, q, strict=True) if a)


def exact_js(p: list[mpmath.mpf], q: list[mpmath.mpf], p_weight: float = 0.5) -> mpmath.mpf:
    w = mpmath.mpf(p_weight)
    mixture = [w * a + (1 - w) * b for a, b in zip(p, q, strict=True)]
    return w * exact_kl(p, mixture) + (1 - w) * exact_kl(q, mixture)


def relative_error(value: float, truth: mpmath.mpf) -> float:
    return float(abs(mpmath.mpf(value) - truth) / abs(truth)) if truth else float(value != 0)


# Strategies for hypothesis --------------------------------------------------------------------------------

_entries = st.one_of(
    st.just(0.0),
    st.floats(0.0, 1.0),
    st.floats(0.0, 1e-300),  # subnormal numbers among them
    st.integers(1, 20).map(float),
)


def _normalized(weights: list[float]) -> Array:
    return np.array(weights) / np.sum(weights)


def distributions(n: int) -> st.SearchStrategy[Array]:
    """Distributions over n outcomes, with zeros, tiny probabilities and ties."""
    lists = st.lists(_entries, min_size=n, max_size=n)
    return lists.filter(lambda weights: sum(weights) > 1e-290).map(_normalized)


def _nearby(p: Array) -> st.SearchStrategy[Array]:
    factors = st.lists(st.floats(-1, 1), min_size=p.size, max_size=p.size)
    distances = st.integers(-14, -1).map(lambda k: 10.0**k)
    return st.builds(lambda f, d: _normalized(list(p * (1 + d * np.array(f)))), factors, distances)


@st.composite
def groups(draw: st.DrawFn, size: int) -> list[Array]:
    """Several distributions over the same outcomes, of which some may nearly or exactly agree."""
    n = draw(st.integers(1, 8))
    first = draw(distributions(n))
    others = [draw(st.one_of(distributions(n), _nearby(first), st.just(first))) for _ in range(size - 1)]
    return [first, *others]


pairs = groups(2)
triples = groups(3)


@st.composite
def tables(draw: st.DrawFn) -> Array:
    """Joint tables of two variables."""
    rows, columns = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    return draw(distributions(rows * columns)).reshape(rows, columns)
