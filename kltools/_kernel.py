"""The one kernel: the generalised divergence of two non-negative numbers, and its sum in slices."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.floating[Any]]

# Small enough that a slice and its temporaries stay in the cache, large enough that NumPy's overhead is lost.
SLICE = 25_000

# Where |ln(p/q)| < 0.3, and so |s| < 0.15, these terms of atanh(s)/s - 1 = s²/3 + s⁴/5 + ... leave out less
# than half a rounding error; where they stop, the formula with the logarithm has lost few digits.
_NEAR = 0.3
_SERIES = tuple(1 / k for k in range(19, 1, -2))


def quiet() -> np.errstate:
    """Let 1/0, ln 0 and 0·∞ pass without a warning: the formulas mean them, and say what becomes of them."""
    return np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore")


def plain(value: Array) -> float | Array:
    """Return a Python float, which prints as a bare number, where `value` is a single one."""
    return float(value) if np.ndim(value) == 0 else value


def generalized_divergence(p: Array, q: Array, difference: Array) -> Array:
    """Return b(p, q) = p ln(p/q) - p + q element by element, given p - q.

    It is never negative and keeps its relative precision where p is close to q. The difference is an
    argument because the caller often knows it better than a subtraction of rounded numbers would.
    """
    terms = np.log(p / q)
    near = np.nonzero(np.abs(terms) < _NEAR)
    terms *= p
    terms -= difference
    np.copyto(terms, q, where=p == 0)
    terms[near] = _near_divergence(p[near], q[near], difference[near])
    return terms


def _near_divergence(p: Array, q: Array, difference: Array) -> Array:
    """Return s (d + 2ph) with d = p - q, s = d / (p + q) and h = atanh(s)/s - 1 by its series."""
    s = difference / (p + q)
    square = s * s
    series = _SERIES[0] * square
    for coefficient in _SERIES[1:]:
        series += coefficient
        series *= square
    terms: Array = s * (difference + 2 * series * p)
    return terms


def generalized_divergence_by_logarithms(p: Array, q: Array, difference: Array) -> Array:
    """Return b(p, q) where a subnormal q may overflow p/q: there, ln p and ln q are taken apart."""
    terms = generalized_divergence(p, q, difference)
    return np.where(np.isfinite(terms), terms, p * (np.log(p) - np.log(q)) - difference)


def total(terms: Callable[..., Array], *arrays: Array) -> Array:
    """Return `terms(*arrays)`, which sums over the last axis, for arrays of any size in constant memory.

    The arrays, of one shape, are halved along their longest axis until they fit a slice, so partial sums are
    added in pairs and rounding grows with the logarithm of the number of slices. `terms` may return several
    sums, stacked along a new first axis.
    """
    first = arrays[0]
    if first.size <= SLICE:
        return terms(*arrays)
    axis = max(range(first.ndim), key=first.shape.__getitem__)
    middle = first.shape[axis] // 2
    before = (slice(None),) * axis
    halves = (*before, slice(middle)), (*before, slice(middle, None))
    left, right = (total(terms, *(array[half] for array in arrays)) for half in halves)
    if axis == first.ndim - 1:
        return left + right
    return np.concatenate([left, right], axis=axis - first.ndim + 1)


def divergence(p: Array, q: Array) -> Array:
    """Return KL(P‖Q) in nats over the last axis, of weights whose totals differ by rounding alone.

    KL = (Σ b(p, q) - b(Σp, Σq)) / Σp, where Σp - Σq is summed from the differences. That is the divergence
    of the exactly normalised weights, and a rounding error in Σp enters only at second order.
    """
    sums = total(partial(_divergence_sums, generalized_divergence), p, q)
    if not (sums < np.inf).all():  # q = 0 < p, or a subnormal q that overflowed p/q
        sums = total(partial(_divergence_sums, generalized_divergence_by_logarithms), p, q)
    terms, difference, p_total = sums
    nats: Array = np.maximum((terms - _divergence_of_totals(p_total, difference)) / p_total, 0.0)
    return nats


def _divergence_sums(divergence_of_pair: Callable[[Array, Array, Array], Array], p: Array, q: Array) -> Array:
    difference = p - q
    terms = divergence_of_pair(p, q, difference)
    return _sums(terms, difference, p)


def _divergence_of_totals(p_total: Array, difference: Array) -> Array:
    """Return b(Σp, Σq) by the first terms of its series: totals differ by a thousandth at most."""
    s = difference / (2 * p_total - difference)
    leading: Array = s * difference
    return leading * (1 + s * (1 + s) / 3)


def js_divergence(p: Array, q: Array, p_weight: float, q_weight: float) -> Array:
    """Return w₁ KL(P‖M) + w₂ KL(Q‖M) in nats, M = w₁P + w₂Q, of weights with equal totals."""

    def sums(p: Array, q: Array) -> Array:
        # p - m = w₂(p - q) and q - m = -w₁(p - q): subtracting the rounded mixture would lose digits.
        difference = p - q
        mixture = p_weight * p + q_weight * q
        p_terms = generalized_divergence(p, mixture, q_weight * difference)
        q_terms = generalized_divergence(q, mixture, -p_weight * difference)
        # An outcome is left out whose mixture underflows, or whose only weight is 0: its share is none.
        return _sums(_finite(p_terms), _finite(q_terms), difference, p)

    p_terms, q_terms, difference, p_total = total(sums, p, q)
    q_total = p_total - difference
    p_excess = p_terms - _divergence_of_totals(p_total, q_weight * difference)
    q_excess = q_terms - _divergence_of_totals(q_total, -p_weight * difference)
    nats: Array = np.maximum(p_weight * p_excess / p_total + q_weight * q_excess / q_total, 0.0)
    return nats


def _finite(terms: Array) -> Array:
    return np.where(np.isfinite(terms), terms, 0)


def expected_surprisal(p: Array, q: Array) -> Array:
    """Return Σ p ln(Σq / q) in nats over the last axis, where Σq is between 0.7 and 1.42.

    The surprisal of an outcome that holds nearly everything comes from what the others hold, which is
    known to full relative precision where 1 - q is not.
    """
    surprisal, p_others, q_others, p_top, q_top = total(_surprisal_sums, p, q)
    others = surprisal + p_others * np.log(q_others + q_top)
    nats: Array = others + p_top * np.log1p(q_others / np.where(q_top > 0, q_top, 1))
    return nats


def _surprisal_sums(p: Array, q: Array) -> Array:
    top = q > 0.75  # at most one outcome
    p_top, q_top = np.where(top, p, 0), np.where(top, q, 0)
    p_others, q_others = p - p_top, q - q_top
    surprisal = -p_others * np.log(np.where(p_others > 0, q, 1))
    return _sums(surprisal, p_others, q_others, p_top, q_top)


def total_variation(p: Array, q: Array) -> Array:
    """Return Σ|p - q| / Σ(p + q) over the last axis."""
    distance, mass = total(_distance_sums, p, q)
    share: Array = distance / mass  # at most 1 in floats too: |p - q| <= p + q, and rounding keeps the order
    return share


def _distance_sums(p: Array, q: Array) -> Array:
    return _sums(np.abs(p - q), p + q)


def _sums(*terms: Array) -> Array:
    return np.array([term.sum(axis=-1) for term in terms])
