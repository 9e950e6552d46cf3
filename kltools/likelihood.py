"""The likelihood of counts under a categorical distribution."""

import math

from numpy.typing import ArrayLike

from kltools._kernel import Array, expected_surprisal, plain, quiet
from kltools._validation import check_labels, distribution, log_of_base, non_negative, same_outcomes


def log_likelihood(
    counts: ArrayLike, q: ArrayLike, *, base: float = math.e, axis: int = -1, normalize: bool = False
) -> float | Array:
    """Logarithm of the probability that Q gives to one sequence with these counts, Σ nᵢ ln qᵢ.

    The multinomial coefficient, which counts the orders of the sequence, is left out: it does not depend on
    Q. An outcome that was never seen adds 0, whatever its probability.

    Parameters
    ----------
    counts : array_like
        How often each outcome was seen: finite and non-negative. Fractions are accepted, as expected counts
        and soft labels need. Leading axes are batches and broadcast against those of `q`.
    q : array_like
        Probabilities of the model, as many as there are counts.
    base : float, default e
        Base of the logarithm: the result is in nats, or in bits with ``base=2``.
    axis : int, default -1
        The axis that runs over the outcomes.
    normalize : bool, default False
        Divide `q` by its sum.

    Returns
    -------
    float or ndarray
        At most 0; -inf where an outcome was seen that Q holds impossible. A batch gives an array.

    Raises
    ------
    ValueError, TypeError
        As :func:`kltools.kl_divergence` raises them.

    See Also
    --------
    negative_log_likelihood : the same per observation, with the sign that is minimised.

    References
    ----------
    T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., 2006, section 11.1.

    Examples
    --------
    >>> from kltools import log_likelihood
    >>> round(log_likelihood([2, 5, 3], [0.3, 0.4, 0.3]), 4)
    -10.6013
    >>> log_likelihood([1, 0], [0, 1])
    -inf
    """
    with quiet():
        check_labels(counts, q, axis, "counts", "q")
        n = non_negative(counts, axis, "counts")
        q = distribution(q, axis, normalize, "q")
        n, q = same_outcomes(n, q, "counts", "q")
        return plain((0.0 - expected_surprisal(n, q)) / log_of_base(base))


def negative_log_likelihood(
    counts: ArrayLike, q: ArrayLike, *, base: float = math.e, axis: int = -1, normalize: bool = False
) -> float | Array:
    """Mean surprisal per observation, -(1/N) Σ nᵢ ln qᵢ: the cross-entropy of the observed frequencies and Q.

    Parameters
    ----------
    counts : array_like
        How often each outcome was seen, as in :func:`log_likelihood`. Their sum N, which must be positive, is
        what the log-likelihood is divided by.
    q : array_like
        Probabilities of the model, as many as there are counts.
    base : float, default e
        Base of the logarithm: the result is in nats, or in bits with ``base=2``.
    axis : int, default -1
        The axis that runs over the outcomes.
    normalize : bool, default False
        Divide `q` by its sum.

    Returns
    -------
    float or ndarray
        At least 0; inf where an outcome was seen that Q holds impossible. A batch gives an array.

    Raises
    ------
    ValueError
        If nothing was observed, and as :func:`kltools.kl_divergence` does.
    TypeError
        As :func:`kltools.kl_divergence` does.

    References
    ----------
    T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., 2006, section 11.1.

    Examples
    --------
    >>> from kltools import cross_entropy, negative_log_likelihood
    >>> round(negative_log_likelihood([2, 5, 3], [0.3, 0.4, 0.3]), 4)
    1.0601
    >>> round(cross_entropy([0.2, 0.5, 0.3], [0.3, 0.4, 0.3]), 4)
    1.0601
    """
    with quiet():
        check_labels(counts, q, axis, "counts", "q")
        n = distribution(counts, axis, True, "counts")
        q = distribution(q, axis, normalize, "q")
        n, q = same_outcomes(n, q, "counts", "q")
        return plain(expected_surprisal(n, q) / n.sum(axis=-1) / log_of_base(base))
