"""The course's worked numbers, as they were computed elsewhere with mpmath to 20 digits."""

import math

import numpy as np
import pytest

import kltools as kl

P, Q1, Q2 = (0.2, 0.5, 0.3), (0.3, 0.4, 0.3), (0.25, 0.5, 0.25)
A, B, C = (1 / 2, 1 / 2), (1 / 4, 3 / 4), (1 / 8, 7 / 8)
X, Y = (0.5, 0.4, 0.1), (0.5, 0.1, 0.4)
CODE, OTHER = (1 / 2, 1 / 4, 1 / 8, 1 / 8), (1 / 8, 1 / 2, 1 / 4, 1 / 8)


def facts() -> list[tuple[float, float]]:
    return [
        (kl.entropy(P), 1.0296530140645736),
        (kl.entropy(P, base=2), 1.4854752972273343),
        (kl.cross_entropy(P, Q1), 1.0601317681000455),
        (kl.cross_entropy(P, Q2), 1.0397207708399179),
        (kl.cross_entropy(Q1, P), 1.1212820872519890),
        (kl.cross_entropy(Q2, P), 1.0499262694699817),
        (kl.kl_divergence(P, Q1), 0.0304787540354720),
        (kl.kl_divergence(Q1, P), 0.0323821119067654),
        (kl.kl_divergence(P, Q2), 0.0100677567753444),
        (kl.kl_divergence(Q2, P), 0.0102054986300638),
        (kl.kl_divergence(P, Q1, base=2), 0.0439715472994499),
        (kl.kl_divergence(P, Q2, base=2), 0.0145247027726657),
        (kl.jeffreys_divergence(P, Q1) / 2, 0.0314304329711187),
        (kl.jeffreys_divergence(P, Q2) / 2, 0.0101366277027041),
        (kl.js_divergence(P, Q1), 0.0078174001708521),
        (kl.js_divergence(P, Q2), 0.0025296949644938),
        (kl.kl_divergence(A, B), 0.1438410362258905),
        (kl.kl_divergence(A, B), math.log(4 / 3) / 2),
        (kl.kl_divergence(A, B, base=2), 0.2075187496394219),
        (kl.kl_divergence(A, C), 0.4133392865922340),
        (kl.kl_divergence(A, C, base=2), 0.5963225389711980),
        (kl.kl_divergence(X, Y), 0.4158883083359672),
        (kl.kl_divergence(Y, X), 0.3 * math.log(4)),
        (kl.kl_divergence(X, Y, base=2), 0.6),
        (kl.entropy(CODE, base=2), 1.75),
        (kl.cross_entropy(CODE, OTHER, base=2), 2.375),
        (kl.cross_entropy(OTHER, CODE, base=2), 2.25),
        (kl.kl_divergence(CODE, OTHER, base=2), 0.625),
        (kl.kl_divergence(OTHER, CODE, base=2), 0.5),
        (kl.kl_normal(0, 1, 1, 1), 0.5),
        (kl.kl_normal(1, 1, 0, 1), 0.5),
        (kl.js_divergence((0.5, 0.5, 0), (0, 0.5, 0.5), base=2), 0.5),
        (kl.js_divergence((0.5, 0.5, 0, 0), (0, 0, 0.3, 0.7), base=2), 1),
        (kl.kl_divergence([2, 5, 3], [3, 4, 3], normalize=True), 0.0304787540354720),
    ]


def test_to_the_last_digit_that_was_written() -> None:
    for value, fact in facts():
        assert value == pytest.approx(fact, rel=1e-14, abs=5e-17)


def rounded() -> list[tuple[float, str]]:
    return [
        (kl.js_distance(P, Q1), "0.088416"),
        (kl.js_distance(P, Q2), "0.050296"),
        (kl.jeffreys_divergence(P, Q1) / 2 / kl.js_divergence(P, Q1), "4.0206"),
        (kl.jeffreys_divergence(P, Q2) / 2 / kl.js_divergence(P, Q2), "4.0071"),
        (kl.total_variation(P, Q1), "0.1"),
        (2 * kl.total_variation(P, Q1) ** 2, "0.02"),
        (kl.kl_divergence(B, A), "0.130812"),
        (kl.kl_divergence(C, A), "0.316377"),
        (kl.js_divergence(A, B), "0.033822"),
        (kl.js_divergence(A, C), "0.086128"),
        (kl.entropy((0.25, 0.41547308, 0.33452692)), "1.07782"),
        (kl.kl_divergence(P, (0.25, 0.41547308, 0.33452692)), "0.0152860"),
        (kl.kl_divergence((0.25, 0.41547308, 0.33452692), P), "0.0152860"),
        (kl.kl_divergence((0.7, 0.2, 0.1), (0.2, 0.1, 0.7)), "0.8210"),
        (kl.kl_divergence((0.2, 0.1, 0.7), (0.7, 0.2, 0.1)), "1.0423"),
        (kl.mutual_information([[0.1, 0.5], [0.1, 0.3]], base=2), "0.0074"),
        (kl.js_distance(P, Q1, base=2), "0.1062"),
    ]


def test_to_the_digits_that_were_kept() -> None:
    for value, fact in rounded():
        decimals = len(fact.split(".")[1])
        assert f"{value:.{decimals}f}" == fact


def test_js_divergence_is_the_mutual_information_of_source_and_draw() -> None:
    joint = np.array([P, Q1]) / 2
    assert kl.mutual_information(joint) == pytest.approx(kl.js_divergence(P, Q1), rel=1e-14)
    joint = np.array([P, Q1]) * [[0.75], [0.25]]
    assert kl.mutual_information(joint) == pytest.approx(kl.js_divergence(P, Q1, (0.75, 0.25)), rel=1e-14)


def test_cancellation_does_not_reach_the_kernel() -> None:
    p = np.array(P)
    q = p + np.array([1, -1, 0]) * 2.0**-38
    difference = kl.cross_entropy(p, q) - kl.entropy(p)
    assert kl.kl_divergence(p, q) == pytest.approx((2.0**-38) ** 2 * (1 / 0.2 + 1 / 0.5) / 2, rel=1e-10)
    assert abs(difference - kl.kl_divergence(p, q)) >= kl.kl_divergence(p, q)
