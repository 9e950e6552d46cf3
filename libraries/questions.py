"""The questions: inputs to compare, and calls that a person would write to compare them.

A call is a piece of code. It is what runs and what the tables print, so that no label can differ
from what ran.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

P, Q1, Q2 = (0.2, 0.5, 0.3), (0.3, 0.4, 0.3), (0.25, 0.5, 0.25)


@dataclass(frozen=True)
class Case:
    """A pair of inputs, or a batch of pairs.

    Attributes
    ----------
    name : str
        What is special about them.
    given : tuple
        The two inputs, as nested tuples of numbers.
    dtype : str
        The floating-point type in which they are handed over.
    """

    name: str
    given: tuple[tuple, tuple]
    dtype: str = "float64"

    @property
    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """The inputs as NumPy arrays."""
        p, q = (np.array(values, dtype=self.dtype) for values in self.given)
        return p, q


CASES = {
    case.name: case
    for case in (
        Case("the pair", (P, Q1)),
        Case("swapped", (Q1, P)),
        Case("a zero in Q", (P, (0.5, 0.5, 0.0))),
        Case("a zero in both", ((0.5, 0.5, 0.0), (0.25, 0.75, 0.0))),
        Case("nothing shared", ((1.0, 0.0), (0.0, 1.0))),
        Case("counts", ((2.0, 5.0, 3.0), (3.0, 4.0, 3.0))),
        Case("a sum that is off", (P, (0.3, 0.4, 0.4))),
        Case("nearly equal", ((0.2 + 1e-9, 0.5 - 1e-9, 0.3), P)),
        Case("float32", (P, Q1), "float32"),
        Case("nearly equal in float32", ((0.2 + 1e-4, 0.5 - 1e-4, 0.3), P), "float32"),
        Case("a batch", ((P, P), (Q1, Q2))),
    )
}

# What makes the names in the calls. It finds p and q, which are NumPy arrays.
SETUPS = {
    "SciPy": """
from scipy.spatial.distance import jensenshannon
from scipy.special import entr, kl_div, rel_entr, xlogy
from scipy.stats import entropy
""",
    "scikit-learn": """
import numpy as np
from sklearn.metrics import log_loss
from sklearn.tree import DecisionTreeClassifier
outcomes = range(p.shape[-1])  # one observation of each, weighted by p
forecasts = [q for _ in outcomes]
nothing = np.zeros((len(outcomes), 1))  # a feature that tells nothing
tree = DecisionTreeClassifier(criterion="entropy")
""",
    "PyTorch": """
import torch
import torch.nn.functional as F
from torch.distributions import Categorical, kl_divergence
p, q = torch.from_numpy(p), torch.from_numpy(q)
outcomes = torch.arange(p.shape[-1])
forecasts = q.repeat(len(outcomes), 1)
""",
    "Keras": """
from keras import ops
from keras.losses import CategoricalCrossentropy, KLDivergence
""",
    "JAX": """
import jax.numpy as jnp
from jax.scipy.special import entr, kl_div, rel_entr, xlogy
p, q = jnp.asarray(p), jnp.asarray(q)
""",
    "dit": """
from dit import Distribution
from dit.divergences import cross_entropy, jensen_shannon_divergence, kullback_leibler_divergence
from dit.shannon import entropy
outcomes = [str(i) for i in range(p.shape[-1])]
P, Q = Distribution(outcomes, p), Distribution(outcomes, q)
""",
}

_CODE = {
    "H(P)": {
        "SciPy": ["entropy(p)", "entr(p).sum()"],
        "scikit-learn": ["tree.fit(nothing, outcomes, sample_weight=p).tree_.impurity[0]"],
        "PyTorch": ["Categorical(p).entropy()"],
        "JAX": ["entr(p).sum()"],
        "dit": ["entropy(P)"],
    },
    "H(P, Q)": {
        "SciPy": ["-xlogy(p, q).sum()"],
        "scikit-learn": ["log_loss(outcomes, forecasts, sample_weight=p)"],
        "PyTorch": [
            "F.cross_entropy(q.log(), p)",
            "F.cross_entropy(q, p)",
            "F.cross_entropy(forecasts.log(), outcomes, weight=p)",
            "F.nll_loss(forecasts.log(), outcomes, weight=p)",
            "F.nll_loss(forecasts.log_softmax(1), outcomes, weight=p)",
            "F.nll_loss(forecasts, outcomes, weight=p)",
        ],
        "Keras": [
            "CategoricalCrossentropy()(p, q)",
            "CategoricalCrossentropy(from_logits=True)(p, ops.log(q))",
        ],
        "JAX": ["-xlogy(p, q).sum()"],
        "dit": ["cross_entropy(P, Q)"],
    },
    "KL(P‖Q)": {
        "SciPy": ["entropy(p, q)", "rel_entr(p, q).sum()", "kl_div(p, q).sum()"],
        "PyTorch": [
            'F.kl_div(q.log(), p, reduction="sum")',
            'F.kl_div(q.log(), p, reduction="batchmean")',
            "F.kl_div(q.log(), p)",
            'F.kl_div(p.log(), q, reduction="sum")',
            'F.kl_div(q, p, reduction="sum")',
            'F.kl_div(q.log(), p.log(), reduction="sum")',
            'F.kl_div(q.log(), p.log(), reduction="sum", log_target=True)',
            "kl_divergence(Categorical(p), Categorical(q))",
        ],
        "Keras": ["KLDivergence()(p, q)", "KLDivergence()(q, p)"],
        "JAX": ["rel_entr(p, q).sum()", "kl_div(p, q).sum()"],
        "dit": ["kullback_leibler_divergence(P, Q)"],
    },
    "JSD(P, Q)": {
        "SciPy": [
            "jensenshannon(p, q)",
            "jensenshannon(p, q)**2",
            "jensenshannon(p, q, base=2)",
            "jensenshannon(p, q, base=2)**2",
        ],
        "dit": ["jensen_shannon_divergence([P, Q])"],
    },
}


@dataclass(frozen=True)
class Call:
    """What a person would write to get a quantity from a library."""

    quantity: str
    library: str
    code: str


QUANTITIES = tuple(_CODE)
CALLS = tuple(
    Call(quantity, library, code)
    for quantity, by_library in _CODE.items()
    for library, codes in by_library.items()
    for code in codes
)


def questions() -> Iterator[tuple[Case, Call]]:
    """Yield every case with every call."""
    return ((case, call) for case in CASES.values() for call in CALLS)
