"""Entropy, cross-entropy, the KL divergence and its family.

Every function takes probabilities along `axis` and treats the other axes as batches, which broadcast. A
single pair gives a Python float, a batch gives an array. float32 stays float32; all else becomes float64.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from kltools import _kernel
from kltools._kernel import Array, plain, quiet
from kltools._validation import balanced_pair, distribution, log_of_base, pair, real_array, refuse_bad_entries


def entropy(p: ArrayLike, *, base: float = math.e, axis: int = -1, normalize: bool = False) -> float | Array:
    """Entropy, H(P) = -Σ p ln p: the surprise to be expected from P.

    Parameters
    ----------
    p : array_like
        Probabilities that sum to 1 along `axis`. Leading axes are batches.
    base : float, default e
        Base of the logarithm: the result is in nats, or in bits with ``base=2``.
    axis : int, default -1
        The axis that runs over the outcomes.
    normalize : bool, default False
        Accept counts or weights, and divide them by their sum.

    Returns
    -------
    float or ndarray
        Between 0 and ln n (over ln `base`) for n outcomes. A batch gives an array.

    Raises
    ------
    ValueError
        If the entries are no probabilities (a negative entry, NaN, an infinity, a sum away from 1), if there
        are none, if `axis` is out of range or `base` is not above 1.
    TypeError
        If the entries are not real numbers, `axis` not an integer or `base` not a number.

    References
    ----------
    C. E. Shannon, A mathematical theory of communication, *Bell System Technical Journal* 27 (1948),
    section 6.

    Examples
    --------
    >>> from kltools import entropy
    >>> round(entropy([0.2, 0.5, 0.3]), 4)
    1.0297
    >>> entropy([1/2, 1/4, 1/8, 1/8], base=2)
    1.75
    """
    with quiet():
        p = distribution(p, axis, normalize, "p")
        return plain(_kernel.expected_surprisal(p, p) / p.sum(axis=-1) / log_of_base(base))


def perplexity(p: ArrayLike, *, axis: int = -1, normalize: bool = False) -> float | Array:
    """Perplexity, exp H(P): how many equally likely outcomes would surprise as much as P does.

    It has no unit, and is the same whatever the base of the logarithm.

    Parameters
    ----------
    p : array_like
        Probabilities that sum to 1 along `axis`. Leading axes are batches.
    axis : int, default -1
        The axis that runs over the outcomes.
    normalize : bool, default False
        Accept counts or weights, and divide them by their sum.

    Returns
    -------
    float or ndarray
        Between 1 and the number of outcomes. A batch gives an array.

    Raises
    ------
    ValueError, TypeError
        As :func:`entropy` raises them.

    References
    ----------
    F. Jelinek, R. L. Mercer, L. R. Bahl and J. K. Baker, Perplexity: a measure of the difficulty of speech
    recognition tasks, *Journal of the Acoustical Society of America* 62 (1977), S63.

    Examples
    --------
    >>> from kltools import perplexity
    >>> round(perplexity([0.25, 0.25, 0.25, 0.25]), 4)
    4.0
    """
    return plain(np.exp(entropy(p, axis=axis, normalize=normalize)))


def cross_entropy(
    p: ArrayLike, q: ArrayLike, *, base: float = math.e, axis: int = -1, normalize: bool = False
) -> float | Array:
    """Cross-entropy, H(P, Q) = -Σ p ln q: the surprise to be expected from P by one who believes Q.

    Parameters
    ----------
    p : array_like
        Probabilities under which the expectation is taken.
    q : array_like
        Probabilities whose logarithm is taken; as many as in `p`. Leading axes of both broadcast.
    base : float, default e
        Base of the logarithm: the result is in nats, or in bits with ``base=2``.
    axis : int, default -1
        The axis that runs over the outcomes.
    normalize : bool, default False
        Accept counts or weights, and divide them by their sums.

    Returns
    -------
    float or ndarray
        At least H(P); inf where q = 0 < p. A batch gives an array.

    Raises
    ------
    ValueError, TypeError
        As :func:`kl_divergence` raises them.

    References
    ----------
    I. J. Good, Some terminology and notation in information theory, *Proceedings of the IEE C* 103 (1956),
    200-204.

    Examples
    --------
    >>> from kltools import cross_entropy
    >>> round(cross_entropy([0.2, 0.5, 0.3], [0.3, 0.4, 0.3]), 4)
    1.0601
    """
    with quiet():
        p, q = pair(p, q, axis, normalize)
        return plain(_kernel.expected_surprisal(p, q) / p.sum(axis=-1) / log_of_base(base))


def kl_divergence(
    p: ArrayLike, q: ArrayLike, *, base: float = math.e, axis: int = -1, normalize: bool = False
) -> float | Array:
    """Kullback-Leibler divergence, KL(P‖Q) = Σ p ln(p/q): the surprise that believing Q adds to that of P.

    Parameters
    ----------
    p : array_like
        Probabilities under which the expectation is taken.
    q : array_like
        Probabilities that P is compared with; as many as in `p`. Leading axes of both broadcast.
    base : float, default e
        Base of the logarithm: the result is in nats, or in bits with ``base=2``.
    axis : int, default -1
        The axis that runs over the outcomes.
    normalize : bool, default False
        Accept counts or weights, and divide them by their sums.

    Returns
    -------
    float or ndarray
        At least 0, and exactly 0.0 for equal arguments; inf where q = 0 < p. A batch gives an array.

    Raises
    ------
    ValueError
        If the entries of an argument are no probabilities (a negative entry, NaN, an infinity, a sum away
        from 1), if there are none, if lengths differ or batches do not broadcast, if two pandas Series have
        different indexes, if `axis` is out of range or `base` is not above 1.
    TypeError
        If the entries are not real numbers, `axis` not an integer or `base` not a number.

    Notes
    -----
    The value is that of the exactly normalised arguments, to a few units in the last place also where P and Q
    nearly agree. Arguments of any size take a few hundred kilobytes beyond themselves, unless `normalize` is
    set or integers have to be converted.

    References
    ----------
    S. Kullback and R. A. Leibler, On information and sufficiency, *Annals of Mathematical Statistics* 22
    (1951), 79-86.

    Examples
    --------
    >>> from kltools import kl_divergence
    >>> round(kl_divergence([0.2, 0.5, 0.3], [0.3, 0.4, 0.3]), 4)
    0.0305
    >>> round(kl_divergence([2, 5, 3], [3, 4, 3], normalize=True, base=2), 4)
    0.044
    >>> kl_divergence([0.5, 0.5], [1, 0])
    inf
    """
    with quiet():
        return plain(_kernel.divergence(*balanced_pair(p, q, axis, normalize)) / log_of_base(base))


def jeffreys_divergence(
    p: ArrayLike, q: ArrayLike, *, base: float = math.e, axis: int = -1, normalize: bool = False
) -> float | Array:
    """Jeffreys divergence, KL(P‖Q) + KL(Q‖P) = Σ (p - q) ln(p/q).

    It is symmetric, and infinite wherever either divergence is. Half of it is not the Jensen-Shannon
    divergence.

    Parameters
    ----------
    p, q : array_like
        Probabilities, equally many. Leading axes broadcast.
    base : float, default e
        Base of the logarithm: the result is in nats, or in bits with ``base=2``.
    axis : int, default -1
        The axis that runs over the outcomes.
    normalize : bool, default False
        Accept counts or weights, and divide them by their sums.

    Returns
    -------
    float or ndarray
        At least 0. A batch gives an array.

    Raises
    ------
    ValueError, TypeError
        As :func:`kl_divergence` raises them.

    References
    ----------
    H. Jeffreys, An invariant form for the prior probability in estimation problems, *Proceedings of the Royal
    Society A* 186 (1946), 453-461.

    Examples
    --------
    >>> from kltools import jeffreys_divergence
    >>> round(jeffreys_divergence([0.2, 0.5, 0.3], [0.3, 0.4, 0.3]) / 2, 4)
    0.0314
    """
    with quiet():
        p, q = balanced_pair(p, q, axis, normalize)
        return plain((_kernel.divergence(p, q) + _kernel.divergence(q, p)) / log_of_base(base))


def js_divergence(
    p: ArrayLike,
    q: ArrayLike,
    weights: ArrayLike = (0.5, 0.5),
    *,
    base: float = math.e,
    axis: int = -1,
    normalize: bool = False,
) -> float | Array:
    """Jensen-Shannon divergence, w₁ KL(P‖M) + w₂ KL(Q‖M) with the mixture M = w₁P + w₂Q.

    Parameters
    ----------
    p, q : array_like
        Probabilities, equally many. Leading axes broadcast.
    weights : array_like, shape (2,), default (0.5, 0.5)
        Weights w₁ and w₂ of the mixture: not negative, with sum 1.
    base : float, default e
        Base of the logarithm: the result is in nats, or in bits with ``base=2``.
    axis : int, default -1
        The axis that runs over the outcomes.
    normalize : bool, default False
        Accept counts or weights in `p` and `q`, and divide them by their sums.

    Returns
    -------
    float or ndarray
        Between 0 and the entropy of the weights, which is ln 2 (one bit) for equal ones and reached when P
        and Q have no outcome in common. A batch gives an array.

    Raises
    ------
    ValueError
        If there are not two weights that sum to 1, and as :func:`kl_divergence` does.
    TypeError
        As :func:`kl_divergence` does.

    References
    ----------
    J. Lin, Divergence measures based on the Shannon entropy, *IEEE Transactions on Information Theory* 37
    (1991), 145-151.

    Examples
    --------
    >>> from kltools import js_divergence
    >>> round(js_divergence([0.2, 0.5, 0.3], [0.3, 0.4, 0.3]), 4)
    0.0078
    >>> js_divergence([1, 0], [0, 1], base=2)
    1.0
    """
    with quiet():
        p, q = balanced_pair(p, q, axis, normalize)
        mixing = distribution(weights, -1, False, "weights")
        if mixing.shape != (2,):
            raise ValueError(
                f"weights must be two numbers, one for p and one for q, got shape {mixing.shape}"
            )
        p_weight, q_weight = (mixing / mixing.sum()).tolist()
        # Rounding may not carry the value above its bound.
        bound = float(_kernel.expected_surprisal(mixing, mixing))
        nats = np.minimum(_kernel.js_divergence(p, q, p_weight, q_weight), bound)
        return plain(nats / log_of_base(base))


def js_distance(
    p: ArrayLike, q: ArrayLike, *, base: float = math.e, axis: int = -1, normalize: bool = False
) -> float | Array:
    """Jensen-Shannon distance, the square root of :func:`js_divergence`, which obeys the triangle inequality.

    Parameters
    ----------
    p, q : array_like
        Probabilities, equally many. Leading axes broadcast.
    base : float, default e
        Base of the logarithm of the divergence, before the root is taken: from nats to bits the distance is
        divided by the root of ln 2.
    axis : int, default -1
        The axis that runs over the outcomes.
    normalize : bool, default False
        Accept counts or weights, and divide them by their sums.

    Returns
    -------
    float or ndarray
        Between 0 and the root of ln 2 (over ln `base`). A batch gives an array.

    Raises
    ------
    ValueError, TypeError
        As :func:`kl_divergence` raises them.

    References
    ----------
    D. M. Endres and J. E. Schindelin, A new metric for probability distributions, *IEEE Transactions on
    Information Theory* 49 (2003), 1858-1860.

    Examples
    --------
    >>> from kltools import js_distance
    >>> round(js_distance([0.2, 0.5, 0.3], [0.3, 0.4, 0.3]), 4)
    0.0884
    """
    return plain(np.sqrt(js_divergence(p, q, base=base, axis=axis, normalize=normalize)))


def total_variation(p: ArrayLike, q: ArrayLike, *, axis: int = -1, normalize: bool = False) -> float | Array:
    """Total variation distance, ½ Σ |p - q|: the most by which P and Q differ on any event.

    Parameters
    ----------
    p, q : array_like
        Probabilities, equally many. Leading axes broadcast.
    axis : int, default -1
        The axis that runs over the outcomes.
    normalize : bool, default False
        Accept counts or weights, and divide them by their sums.

    Returns
    -------
    float or ndarray
        Between 0 and 1. A batch gives an array.

    Raises
    ------
    ValueError, TypeError
        As :func:`kl_divergence` raises them.

    References
    ----------
    D. A. Levin, Y. Peres and E. L. Wilmer, *Markov Chains and Mixing Times*, 2009, section 4.1.

    Examples
    --------
    >>> from kltools import total_variation
    >>> round(total_variation([0.2, 0.5, 0.3], [0.3, 0.4, 0.3]), 4)
    0.1
    """
    with quiet():
        return plain(_kernel.total_variation(*balanced_pair(p, q, axis, normalize)))


def mutual_information(joint: ArrayLike, *, base: float = math.e, normalize: bool = False) -> float | Array:
    """Mutual information, I(X; Y) = KL(joint‖product of the marginals), of a joint table.

    The marginals are computed from the table: it is all there is to get wrong.

    Parameters
    ----------
    joint : array_like, shape (..., rows, columns)
        Joint probabilities of X (rows) and Y (columns), with sum 1. Leading axes are batches.
    base : float, default e
        Base of the logarithm: the result is in nats, or in bits with ``base=2``.
    normalize : bool, default False
        Accept a table of counts or weights, and divide it by its sum.

    Returns
    -------
    float or ndarray
        At least 0. A batch of tables gives an array.

    Raises
    ------
    ValueError
        If `joint` has fewer than two axes, and as :func:`entropy` does.
    TypeError
        As :func:`entropy` does.

    Notes
    -----
    It is computed as Σ p(x) KL(P(Y|x)‖P(Y)), the same by the chain rule, where no product can underflow.

    References
    ----------
    T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., 2006, section 2.3.

    Examples
    --------
    >>> from kltools import mutual_information
    >>> round(mutual_information([[1, 5], [1, 3]], normalize=True, base=2), 4)
    0.0074
    """
    with quiet():
        table = real_array(joint, "joint")
        if table.ndim < 2:
            raise ValueError("joint must be a table: rows for the outcomes of X, columns for those of Y")
        refuse_bad_entries(table, "joint")
        flat = distribution(table.reshape(*table.shape[:-2], -1), -1, normalize, "joint")
        table = flat.reshape(table.shape)
        rows, columns = table.sum(axis=-1), table.sum(axis=-2)[..., np.newaxis, :]
        # A row without mass has no conditional distribution: with that of Y it adds nothing.
        conditionals = np.where(rows[..., np.newaxis] > 0, table, columns)
        divergences = _kernel.divergence(*balanced_pair(conditionals, columns, -1, True))
        return plain((rows * divergences).sum(axis=-1) / rows.sum(axis=-1) / log_of_base(base))
