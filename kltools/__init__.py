"""Entropy, cross-entropy, the KL divergence and its family, correct to the last digits.

>>> from kltools import kl_divergence
>>> round(kl_divergence([0.2, 0.5, 0.3], [0.3, 0.4, 0.3]), 4)
0.0305
"""

from kltools.closed_forms import kl_bernoulli, kl_exponential, kl_multivariate_normal, kl_normal, kl_poisson
from kltools.information import (
    cross_entropy,
    entropy,
    jeffreys_divergence,
    js_distance,
    js_divergence,
    kl_divergence,
    mutual_information,
    perplexity,
    total_variation,
)
from kltools.likelihood import log_likelihood, negative_log_likelihood
from kltools.logits import log_softmax, logsumexp, softmax

__version__ = "0.1.0"

__all__ = [
    "cross_entropy",
    "entropy",
    "jeffreys_divergence",
    "js_distance",
    "js_divergence",
    "kl_bernoulli",
    "kl_divergence",
    "kl_exponential",
    "kl_multivariate_normal",
    "kl_normal",
    "kl_poisson",
    "log_likelihood",
    "log_softmax",
    "logsumexp",
    "mutual_information",
    "negative_log_likelihood",
    "perplexity",
    "softmax",
    "total_variation",
]
