"""The course's explorers: charts with sliders that live in JupyterLab and on the site without a kernel.

Each function returns an `Explorer`. Each chapter has a module here. Needs Altair and vl-convert
(`pip install "kltools[explorers]"`).
"""

from kltools.explorers._explorer import Explorer
from kltools.explorers.cross_entropy import floor_and_excess
from kltools.explorers.entropy import average_surprise
from kltools.explorers.jensen_shannon import parting
from kltools.explorers.kl_divergence import down_to_zero, gap_above_the_curve, one_bump
from kltools.explorers.likelihood import one_dial
from kltools.explorers.playground import own_pair

__all__ = [
    "Explorer",
    "average_surprise",
    "down_to_zero",
    "floor_and_excess",
    "gap_above_the_curve",
    "one_bump",
    "one_dial",
    "own_pair",
    "parting",
]
