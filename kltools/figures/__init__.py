"""The course's figures: SVG that is the same byte for byte on every run, described in words.

Each function takes distributions, computes what it draws through kltools, and returns a `Picture`. Each
chapter has a module here. Needs matplotlib (`pip install "kltools[figures]"`).
"""

from kltools.figures._picture import Picture
from kltools.figures.cross_entropy import beliefs_as_tangents, label_losses, model_orders, surprise_areas
from kltools.figures.entropy import binary_entropy, block_costs, shared, surprise
from kltools.figures.jensen_shannon import change, mixture, moved_apart, slide, sources, triangle
from kltools.figures.kl_divergence import cost, evidence, logarithm_and_tangent, pinsker, terms, toward_zero
from kltools.figures.likelihood import handwriting, landscape, likelihood_curve, loss_curve, running_costs
from kltools.figures.mistakes import off_by

__all__ = [
    "Picture",
    "beliefs_as_tangents",
    "binary_entropy",
    "block_costs",
    "change",
    "cost",
    "evidence",
    "handwriting",
    "label_losses",
    "landscape",
    "likelihood_curve",
    "logarithm_and_tangent",
    "loss_curve",
    "mixture",
    "model_orders",
    "moved_apart",
    "off_by",
    "pinsker",
    "running_costs",
    "shared",
    "slide",
    "sources",
    "surprise",
    "surprise_areas",
    "terms",
    "toward_zero",
    "triangle",
]
