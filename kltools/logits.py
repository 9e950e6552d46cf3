"""From logits to probabilities, without overflow."""

import numpy as np
from numpy.typing import ArrayLike

from kltools._kernel import Array, plain, quiet
from kltools._validation import outcomes_last, refuse_infinite_logits, refuse_nan


def softmax(z: ArrayLike, *, axis: int = -1) -> Array:
    """Probabilities in proportion to exp(z).

    Parameters
    ----------
    z : array_like
        Logits, one per outcome; -inf stands for an impossible outcome. Leading axes are batches.
    axis : int, default -1
        The axis that runs over the outcomes.

    Returns
    -------
    ndarray
        Probabilities, in the shape of `z`: float32 for float32 logits, float64 for others.

    Raises
    ------
    ValueError
        If a logit is NaN or +inf, if all of them are -inf, if there are none, or if `axis` is out of range.
    TypeError
        If the logits are not real numbers, or `axis` is not an integer.

    References
    ----------
    P. Blanchard, D. J. Higham and N. J. Higham, Accurately computing the log-sum-exp and softmax functions,
    *IMA Journal of Numerical Analysis* 41 (2021), 2311-2330.

    Examples
    --------
    >>> from kltools import softmax
    >>> softmax([1000, 0])
    array([1., 0.])
    >>> softmax([0, 0])
    array([0.5, 0.5])
    """
    with quiet():
        shifted, others = _shifted(z, axis)
        return np.moveaxis(np.exp(shifted) / (1 + others), -1, axis)


def log_softmax(z: ArrayLike, *, axis: int = -1) -> Array:
    """Logarithms (natural) of the probabilities :func:`softmax` gives, exact also where those underflow.

    Parameters
    ----------
    z : array_like
        Logits, one per outcome; -inf stands for an impossible outcome. Leading axes are batches.
    axis : int, default -1
        The axis that runs over the outcomes.

    Returns
    -------
    ndarray
        Log-probabilities in nats, in the shape of `z`.

    Raises
    ------
    ValueError, TypeError
        As :func:`softmax` raises them.

    References
    ----------
    As in :func:`softmax`.

    Examples
    --------
    >>> from kltools import log_softmax
    >>> log_softmax([1000, 0])
    array([    0., -1000.])
    """
    with quiet():
        shifted, others = _shifted(z, axis)
        return np.moveaxis(shifted - np.log1p(others), -1, axis)


def logsumexp(z: ArrayLike, *, axis: int = -1) -> float | Array:
    """Logarithm (natural) of Σ exp(zᵢ).

    Parameters
    ----------
    z : array_like
        Real numbers; -inf adds nothing to the sum, +inf makes it infinite. Leading axes are batches.
    axis : int, default -1
        The axis that is summed over.

    Returns
    -------
    float or ndarray
        -inf where every entry is -inf. A batch gives an array.

    Raises
    ------
    ValueError
        If an entry is NaN, if there are none, or if `axis` is out of range.
    TypeError
        If the entries are not real numbers, or `axis` is not an integer.

    References
    ----------
    As in :func:`softmax`.

    Examples
    --------
    >>> from kltools import logsumexp
    >>> logsumexp([1000, 1000]) - 1000 == logsumexp([0, 0])
    False
    >>> round(logsumexp([1000, 1000]), 4)
    1000.6931
    """
    with quiet():
        array = outcomes_last(z, axis, "z")
        refuse_nan(array, "z")
        top = array.max(axis=-1)
        shift = np.where(np.isfinite(top), top, 0)
        return plain(top + np.log1p(_sum_of_others(array, array - shift[..., np.newaxis])))


def _shifted(z: ArrayLike, axis: int) -> tuple[Array, Array]:
    """Return logits with their largest shifted to 0, outcomes last, and Σ exp over all but that one."""
    array = outcomes_last(z, axis, "z")
    refuse_infinite_logits(array, "z")
    shifted = array - array.max(axis=-1, keepdims=True)
    return shifted, _sum_of_others(array, shifted)[..., np.newaxis]


def _sum_of_others(array: Array, shifted: Array) -> Array:
    """Return Σ exp(shifted) without the largest entry, whose 1 would swallow what the others add."""
    powers = np.exp(shifted)
    np.put_along_axis(powers, array.argmax(axis=-1, keepdims=True), 0, axis=-1)
    others: Array = powers.sum(axis=-1)
    return others
