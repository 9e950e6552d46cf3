"""The course's worked numbers: each as kltools computes it, as it was found elsewhere, and in its unit.

The digits were computed with mpmath to 20 places, or kept to as many as are written. `tests/kltools` holds
the values to them, and `tests/chapters` looks for each of them in the chapters.
"""

import math
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from scipy import special, stats
from scipy.spatial import distance

import kltools as kl


class Fact(NamedTuple):
    """A number, its name, its digits and its unit ("" for a ratio, a probability or a root)."""

    name: str
    value: float
    digits: str
    unit: str


def exact(*fractions: str) -> tuple[float, ...]:
    return tuple(float(Fraction(fraction)) for fraction in fractions)


P, Q1, Q2 = exact("2/10", "5/10", "3/10"), exact("3/10", "4/10", "3/10"), exact("1/4", "1/2", "1/4")
A, B, C = exact("1/2", "1/2"), exact("1/4", "3/4"), exact("1/8", "7/8")
X, Y = exact("5/10", "4/10", "1/10"), exact("5/10", "1/10", "4/10")
DRINKS, OTHER = exact("1/2", "1/4", "1/8", "1/8"), exact("1/8", "1/2", "1/4", "1/8")
MATCHED = (0.25, 0.41547308, 0.33452692)  # its divergences from P agree in both directions
TURNED = exact("7/10", "2/10", "1/10"), exact("2/10", "1/10", "7/10")
HALVES = exact("1/2", "1/2", "0"), exact("0", "1/2", "1/2")
APART = exact("1/2", "1/2", "0", "0"), exact("0", "0", "3/10", "7/10")
TABLE = np.array([[1, 5], [1, 3]]) / 10
COUNTS = [2, 5, 3], [3, 4, 3]


def half_jeffreys(p: tuple[float, ...], q: tuple[float, ...]) -> float:
    return kl.jeffreys_divergence(p, q) / 2


FACTS = [
    Fact("H(P)", kl.entropy(P), "1.0296530140645736", "nats"),
    Fact("H(P)", kl.entropy(P, base=2), "1.4854752972273343", "bits"),
    Fact("H(P, Q1)", kl.cross_entropy(P, Q1), "1.0601317681000455", "nats"),
    Fact("H(P, Q2)", kl.cross_entropy(P, Q2), "1.0397207708399179", "nats"),
    Fact("H(Q1, P)", kl.cross_entropy(Q1, P), "1.1212820872519890", "nats"),
    Fact("H(Q2, P)", kl.cross_entropy(Q2, P), "1.0499262694699817", "nats"),
    Fact("KL(P‖Q1)", kl.kl_divergence(P, Q1), "0.0304787540354720", "nats"),
    Fact("KL(Q1‖P)", kl.kl_divergence(Q1, P), "0.0323821119067654", "nats"),
    Fact("KL(P‖Q2)", kl.kl_divergence(P, Q2), "0.0100677567753444", "nats"),
    Fact("KL(Q2‖P)", kl.kl_divergence(Q2, P), "0.0102054986300638", "nats"),
    Fact("KL(P‖Q1)", kl.kl_divergence(P, Q1, base=2), "0.0439715472994499", "bits"),
    Fact("KL(P‖Q2)", kl.kl_divergence(P, Q2, base=2), "0.0145247027726657", "bits"),
    Fact("J(P, Q1)/2", half_jeffreys(P, Q1), "0.0314304329711187", "nats"),
    Fact("J(P, Q2)/2", half_jeffreys(P, Q2), "0.0101366277027041", "nats"),
    Fact("JSD(P, Q1)", kl.js_divergence(P, Q1), "0.0078174001708521", "nats"),
    Fact("JSD(P, Q2)", kl.js_divergence(P, Q2), "0.0025296949644938", "nats"),
    Fact("√JSD(P, Q1)", kl.js_distance(P, Q1), "0.088416", ""),
    Fact("√JSD(P, Q2)", kl.js_distance(P, Q2), "0.050296", ""),
    Fact("(J/2)/JSD of P, Q1", half_jeffreys(P, Q1) / kl.js_divergence(P, Q1), "4.0206", ""),
    Fact("(J/2)/JSD of P, Q2", half_jeffreys(P, Q2) / kl.js_divergence(P, Q2), "4.0071", ""),
    Fact("TV(P, Q1)", kl.total_variation(P, Q1), "0.1", ""),
    Fact("2·TV(P, Q1)²", 2 * kl.total_variation(P, Q1) ** 2, "0.02", "nats"),
    # which model is closer to a fair coin?
    Fact("KL(A‖B)", kl.kl_divergence(A, B), "0.1438410362258905", "nats"),
    Fact("KL(A‖B)", kl.kl_divergence(A, B, base=2), "0.2075187496394219", "bits"),
    Fact("KL(A‖C)", kl.kl_divergence(A, C), "0.4133392865922340", "nats"),
    Fact("KL(A‖C)", kl.kl_divergence(A, C, base=2), "0.5963225389711980", "bits"),
    Fact("KL(B‖A)", kl.kl_divergence(B, A), "0.130812", "nats"),
    Fact("KL(C‖A)", kl.kl_divergence(C, A), "0.316377", "nats"),
    Fact("JSD(A, B)", kl.js_divergence(A, B), "0.033822", "nats"),
    Fact("JSD(A, C)", kl.js_divergence(A, C), "0.086128", "nats"),
    # a permutation
    Fact("KL(X‖Y)", kl.kl_divergence(X, Y), "0.4158883083359672", "nats"),
    Fact("KL(Y‖X)", kl.kl_divergence(Y, X), "0.4158883083359672", "nats"),
    Fact("KL(X‖Y)", kl.kl_divergence(X, Y, base=2), "0.6", "bits"),
    # the drinks
    Fact("H of the drinks", kl.entropy(DRINKS, base=2), "1.75", "bits"),
    Fact("H of the drinks in the other's code", kl.cross_entropy(DRINKS, OTHER, base=2), "2.375", "bits"),
    Fact("H of the other in the drinks' code", kl.cross_entropy(OTHER, DRINKS, base=2), "2.25", "bits"),
    Fact("KL(drinks‖other)", kl.kl_divergence(DRINKS, OTHER, base=2), "0.625", "bits"),
    Fact("KL(other‖drinks)", kl.kl_divergence(OTHER, DRINKS, base=2), "0.5", "bits"),
    # what asymmetry does and does not follow from
    Fact("H of the matched", kl.entropy(MATCHED), "1.07782", "nats"),
    Fact("KL(P‖matched)", kl.kl_divergence(P, MATCHED), "0.0152860", "nats"),
    Fact("KL(matched‖P)", kl.kl_divergence(MATCHED, P), "0.0152860", "nats"),
    Fact("KL of equal entropies", kl.kl_divergence(*TURNED), "0.8210", "nats"),
    Fact("KL of equal entropies, reversed", kl.kl_divergence(*TURNED[::-1]), "1.0423", "nats"),
    # bounds, and dependence
    Fact("JSD of half an overlap", kl.js_divergence(*HALVES, base=2), "0.5", "bits"),
    Fact("JSD of disjoint supports", kl.js_divergence(*APART, base=2), "1", "bits"),
    Fact("I of the table", kl.mutual_information(TABLE, base=2), "0.0074", "bits"),
    # what libraries give
    Fact("stats.entropy of counts", stats.entropy(*COUNTS), "0.0305", "nats"),
    Fact("sum of rel_entr of counts", special.rel_entr(*COUNTS).sum(), "0.3048", ""),
    Fact("jensenshannon(P, Q1)", distance.jensenshannon(P, Q1), "0.0884", ""),
    Fact("jensenshannon(P, Q1, base=2)", distance.jensenshannon(P, Q1, base=2), "0.1062", ""),
    Fact("jensenshannon(P, Q1) over ln 2", distance.jensenshannon(P, Q1) / np.log(2), "0.1276", ""),
    # the second part of the course
    Fact("KL(N(0,1)‖N(1,1))", kl.kl_normal(0, 1, 1, 1), "0.5", "nats"),
    Fact("h(U[0, ½])", stats.uniform(0, 0.5).entropy(), "-0.6931471805599453", "nats"),
    Fact("KL(Beta(.1,.2)‖U)", -stats.beta(0.1, 0.2).entropy(), "4.9773", "nats"),
    Fact("KL(Beta(.3,.3)‖U)", -stats.beta(0.3, 0.3).entropy(), "0.9533", "nats"),
    # with x from N(0,1) and r = q/p for N(1,1): k2 = (ln r)²/2 and k3 = r - 1 - ln r
    Fact("spread of k2 over KL", math.sqrt(3 / 4) / kl.kl_normal(0, 1, 1, 1), "1.73", ""),
    Fact("spread of k3 over KL", math.sqrt(math.e - 2) / kl.kl_normal(0, 1, 1, 1), "1.70", ""),
]
