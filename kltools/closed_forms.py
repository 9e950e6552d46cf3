"""KL divergences that have a closed form, each rested on the kernel so that near pairs keep their digits."""

import math

import numpy as np
from numpy.typing import ArrayLike

from kltools._kernel import Array, generalized_divergence, generalized_divergence_by_logarithms, plain, quiet
from kltools._validation import log_of_base, real_array, refuse_bad_entries, refuse_not_finite


def kl_bernoulli(p: ArrayLike, q: ArrayLike, *, base: float = math.e) -> float | Array:
    """KL divergence of two Bernoulli distributions, p ln(p/q) + (1-p) ln((1-p)/(1-q)).

    Parameters
    ----------
    p, q : array_like
        Probabilities of success, between 0 and 1; they broadcast.
    base : float, default e
        Base of the logarithm: the result is in nats, or in bits with ``base=2``.

    Returns
    -------
    float or ndarray
        At least 0; inf where Q holds impossible what P does not.

    Raises
    ------
    ValueError
        If a probability is outside [0, 1] or the base is not above 1.
    TypeError
        If an argument is not real.

    References
    ----------
    T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., 2006, section 2.3.

    Examples
    --------
    >>> from kltools import kl_bernoulli
    >>> round(kl_bernoulli(0.5, 0.25, base=2), 4)
    0.2075
    """
    with quiet():
        p, q = _probability(p, "p"), _probability(q, "q")
        failure = _divergence(1 - p, 1 - q, q - p)
        return plain((_divergence(p, q, p - q) + failure) / log_of_base(base))


def kl_poisson(lam1: ArrayLike, lam2: ArrayLike, *, base: float = math.e) -> float | Array:
    """KL divergence of two Poisson distributions, λ₁ ln(λ₁/λ₂) - λ₁ + λ₂.

    Parameters
    ----------
    lam1, lam2 : array_like
        Means, at least 0 (a mean of 0 puts everything on 0); they broadcast.
    base : float, default e
        Base of the logarithm: the result is in nats, or in bits with ``base=2``.

    Returns
    -------
    float or ndarray
        At least 0; inf where λ₂ = 0 < λ₁.

    Raises
    ------
    ValueError
        If a mean is negative or not finite, or the base is not above 1.
    TypeError
        If an argument is not real.

    References
    ----------
    F. Nielsen and R. Nock, Entropies and cross-entropies of exponential families, *ICIP* 2010.

    Examples
    --------
    >>> from kltools import kl_poisson
    >>> round(kl_poisson(2, 3), 4)
    0.1891
    """
    with quiet():
        lam1, lam2 = _non_negative(lam1, "lam1"), _non_negative(lam2, "lam2")
        return plain(_divergence(lam1, lam2, lam1 - lam2) / log_of_base(base))


def kl_exponential(rate1: ArrayLike, rate2: ArrayLike, *, base: float = math.e) -> float | Array:
    """KL divergence of two exponential distributions, ln(λ₁/λ₂) + λ₂/λ₁ - 1.

    Parameters
    ----------
    rate1, rate2 : array_like
        Rates (the inverses of the means), above 0; they broadcast.
    base : float, default e
        Base of the logarithm: the result is in nats, or in bits with ``base=2``.

    Returns
    -------
    float or ndarray
        At least 0.

    Raises
    ------
    ValueError
        If a rate is not positive and finite, or the base is not above 1.
    TypeError
        If an argument is not real.

    References
    ----------
    F. Nielsen and R. Nock, Entropies and cross-entropies of exponential families, *ICIP* 2010.

    Examples
    --------
    >>> from kltools import kl_exponential
    >>> round(kl_exponential(1, 2), 4)
    0.3069
    """
    with quiet():
        rate1, rate2 = _positive(rate1, "rate1"), _positive(rate2, "rate2")
        return plain(_divergence_of_ratio(rate1, rate2) / log_of_base(base))


def kl_normal(
    mu1: ArrayLike, sigma1: ArrayLike, mu2: ArrayLike, sigma2: ArrayLike, *, base: float = math.e
) -> float | Array:
    """KL divergence of two normal distributions, ln(σ₂/σ₁) + (σ₁² + (μ₁-μ₂)²) / (2σ₂²) - ½.

    Parameters
    ----------
    mu1, sigma1 : array_like
        Mean and standard deviation (not variance) of the first.
    mu2, sigma2 : array_like
        Mean and standard deviation of the second; all four broadcast.
    base : float, default e
        Base of the logarithm: the result is in nats, or in bits with ``base=2``.

    Returns
    -------
    float or ndarray
        At least 0.

    Raises
    ------
    ValueError
        If a mean is not finite, a standard deviation not positive and finite, or the base not above 1.
    TypeError
        If an argument is not real.

    Notes
    -----
    With ρ = σ₁/σ₂ the value is b(1, ρ) + ½(ρ-1)² + ½((μ₁-μ₂)/σ₂)², three terms that are never negative.

    References
    ----------
    S. Kullback, *Information Theory and Statistics*, 1959, chapter 9.

    Examples
    --------
    >>> from kltools import kl_normal
    >>> kl_normal(0, 1, 1, 1)
    0.5
    """
    with quiet():
        mu1, mu2 = _finite(mu1, "mu1"), _finite(mu2, "mu2")
        sigma1, sigma2 = _positive(sigma1, "sigma1"), _positive(sigma2, "sigma2")
        shape = _divergence_of_ratio(sigma2, sigma1) + ((sigma1 - sigma2) / sigma2) ** 2 / 2
        return plain((shape + ((mu1 - mu2) / sigma2) ** 2 / 2) / log_of_base(base))


def kl_multivariate_normal(
    mu1: ArrayLike, cov1: ArrayLike, mu2: ArrayLike, cov2: ArrayLike, *, base: float = math.e
) -> float:
    """KL divergence of two multivariate normal distributions.

    ½ [tr(Σ₂⁻¹Σ₁) - k + (μ₁-μ₂)ᵀ Σ₂⁻¹ (μ₁-μ₂) + ln(det Σ₂ / det Σ₁)]

    Parameters
    ----------
    mu1, mu2 : array_like, shape (k,)
        Means.
    cov1, cov2 : array_like, shape (k, k)
        Covariance matrices, symmetric and positive definite.
    base : float, default e
        Base of the logarithm: the result is in nats, or in bits with ``base=2``.

    Returns
    -------
    float
        At least 0.

    Raises
    ------
    ValueError
        If shapes do not agree, an entry is not finite, a covariance is not symmetric and positive definite,
        or the base is not above 1.
    TypeError
        If an argument is not real.

    Notes
    -----
    With Σ₂ = LLᵀ and s² the eigenvalues of L⁻¹Σ₁L⁻ᵀ, it is the sum of the one-dimensional divergences
    b(1, s) + ½(s-1)², and ½|L⁻¹(μ₁-μ₂)|². The s² - 1 are eigenvalues of L⁻¹(Σ₁-Σ₂)L⁻ᵀ, and known better so.

    References
    ----------
    S. Kullback, *Information Theory and Statistics*, 1959, chapter 9.

    Examples
    --------
    >>> from kltools import kl_multivariate_normal
    >>> kl_multivariate_normal([0, 0], [[1, 0], [0, 1]], [1, 1], [[1, 0], [0, 1]])
    1.0
    """
    with quiet():
        mu1, mu2 = _finite(mu1, "mu1"), _finite(mu2, "mu2")
        if mu1.ndim != 1 or mu1.shape != mu2.shape:
            raise ValueError(
                f"mu1 and mu2 must be vectors of one length, got shapes {mu1.shape} and {mu2.shape}"
            )
        (cov1, root1), (cov2, root2) = (
            _covariance(cov1, mu1.size, "cov1"),
            _covariance(cov2, mu1.size, "cov2"),
        )
        excess = np.linalg.solve(root2, np.linalg.solve(root2, cov1 - cov2).T)
        excess = np.linalg.eigvalsh(excess)[::-1]
        scale = np.linalg.svd(np.linalg.solve(root2, root1), compute_uv=False)
        shape = _scale_divergence(scale, -excess / (1 + scale)).sum()
        return float((shape + np.square(np.linalg.solve(root2, mu1 - mu2)).sum() / 2) / log_of_base(base))


def _scale_divergence(scale: Array, difference: Array) -> Array:
    """Return KL(N(0, s²)‖N(0, 1)), given s and 1 - s."""
    return generalized_divergence(np.ones_like(scale), scale, difference) + difference**2 / 2


def _divergence(p: Array, q: Array, difference: Array) -> Array:
    """Return b(p, q) of numbers of any size: scaled where p + q would overflow."""
    p, q, difference = _broadcast(p, q, difference)
    scale = np.where(np.maximum(p, q) > np.finfo(p.dtype).max / 4, 0.25, 1).astype(p.dtype)
    terms = generalized_divergence_by_logarithms(p * scale, q * scale, difference * scale)
    return (terms / scale).reshape(difference.shape[1:])


def _divergence_of_ratio(p: Array, q: Array) -> Array:
    """Return b(1, q/p) for positive numbers; where q/p leaves the range of a float, from their logarithms."""
    p, q = _broadcast(p, q)
    ratio, difference = q / p, (p - q) / p
    in_range = (ratio > np.finfo(ratio.dtype).tiny) & (ratio < np.inf)
    terms = generalized_divergence(np.ones_like(ratio), ratio, difference)
    return np.where(in_range, terms, np.log(p) - np.log(q) - difference).reshape(p.shape[1:])


def _broadcast(*arrays: Array) -> tuple[Array, ...]:
    """Return arrays of one shape, with one axis more in front: the kernel wants arrays, not scalars."""
    return np.broadcast_arrays(*(array[np.newaxis] for array in map(np.asarray, arrays)))


def _finite(values: ArrayLike, name: str) -> Array:
    array = real_array(values, name)
    refuse_not_finite(array, name)
    return array


def _non_negative(values: ArrayLike, name: str) -> Array:
    array = real_array(values, name)
    refuse_bad_entries(array, name)
    return array


def _positive(values: ArrayLike, name: str) -> Array:
    array = _non_negative(values, name)
    if (array == 0).any():
        raise ValueError(f"{name} must be above 0")
    return array


def _probability(values: ArrayLike, name: str) -> Array:
    array = _non_negative(values, name)
    if (array > 1).any():
        raise ValueError(f"{name} must be a probability, between 0 and 1; got {float(array.max())}")
    return array


def _covariance(values: ArrayLike, size: int, name: str) -> tuple[Array, Array]:
    """Return a covariance matrix and its lower Cholesky factor."""
    matrix = _finite(values, name)
    if matrix.shape != (size, size):
        raise ValueError(f"{name} must have shape {(size, size)}, as the means have, got {matrix.shape}")
    if not np.allclose(matrix, matrix.T, rtol=1e-6, atol=0):
        raise ValueError(f"{name} is not symmetric")
    try:
        return matrix, np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        raise ValueError(f"{name} is not positive definite") from None
