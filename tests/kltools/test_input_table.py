"""What goes in and what comes out, row by row of the design's table, for every function that it concerns."""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import kltools

P, Q = [0.2, 0.5, 0.3], [0.3, 0.4, 0.3]

ONE = [kltools.entropy, kltools.perplexity]
TWO = [
    kltools.cross_entropy,
    kltools.kl_divergence,
    kltools.jeffreys_divergence,
    kltools.js_divergence,
    kltools.js_distance,
    kltools.total_variation,
]
COUNTS = [kltools.log_likelihood, kltools.negative_log_likelihood]
LOGITS = [kltools.softmax, kltools.log_softmax, kltools.logsumexp]
DIVERGENCES = TWO[1:]
WITH_BASE = [kltools.entropy, *TWO[:-1], *COUNTS]

Function = Callable[..., Any]


def calls(p: object = P, q: object = Q) -> dict[str, Callable[..., Any]]:
    """Every function of distributions, called with `p` first (or alone) and `q` second."""
    one = {f.__name__: lambda f=f, **options: f(p, **options) for f in ONE}
    return one | {f.__name__: lambda f=f, **options: f(p, q, **options) for f in TWO}


def refused(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        call()


@pytest.mark.parametrize("name", calls())
@pytest.mark.parametrize("container", [list, tuple, np.array, pd.Series])
def test_lists_tuples_arrays_and_series_are_accepted(name: str, container: Function) -> None:
    value = calls(container(P), container(Q))[name]()
    assert type(value) is float
    assert value == calls()[name]()


@pytest.mark.parametrize("name", calls())
@pytest.mark.parametrize(
    ("dtype", "result"),
    [("int8", "f8"), ("uint64", "f8"), (bool, "f8"), ("f2", "f4"), ("f4", "f4"), ("f8", "f8")],
)
def test_integers_become_float64_and_floats_keep_their_width(name: str, dtype: str, result: str) -> None:
    p, q = np.array([[1, 0], [0, 1]], dtype), np.array([[1, 0], [1, 0]], dtype)
    assert calls(p, q)[name]().dtype == result


def test_the_wider_of_two_floats_is_kept() -> None:
    assert kltools.kl_divergence(np.array([P], "f4"), np.array([Q], "f8")).dtype == "f8"


@pytest.mark.parametrize("function", TWO)
def test_batches_broadcast_and_agree_with_the_loop(function: Function) -> None:
    p = np.random.default_rng(1).dirichlet(np.ones(3), size=(4, 1))
    q = np.random.default_rng(2).dirichlet(np.ones(3), size=5)
    loop = [[function(row[0], column) for column in q] for row in p]
    np.testing.assert_array_equal(function(p, q), loop)
    np.testing.assert_array_equal(
        function(np.moveaxis(p, -1, 0), np.moveaxis(q, -1, 0)[:, None], axis=0), loop
    )


@pytest.mark.parametrize("function", TWO)
@pytest.mark.parametrize("normalize", [False, True])
def test_one_distribution_against_a_batch(function: Function, normalize: bool) -> None:
    batch = np.array([Q, P])
    expected = [function(P, Q), function(P, P)]
    np.testing.assert_allclose(function(P, batch, normalize=normalize), expected, rtol=4e-15)
    np.testing.assert_allclose(function(P, batch.T[:, :], axis=0, normalize=normalize), expected, rtol=4e-15)


@pytest.mark.parametrize("function", ONE)
def test_batches_of_one_distribution_agree_with_the_loop(function: Function) -> None:
    p = np.random.default_rng(1).dirichlet(np.ones(3), size=(4, 2))
    loop = [[function(row) for row in block] for block in p]
    np.testing.assert_array_equal(function(p), loop)
    np.testing.assert_array_equal(function(np.moveaxis(p, -1, 0), axis=0), loop)


@pytest.mark.parametrize("name", calls())
def test_an_empty_batch_gives_an_empty_array(name: str) -> None:
    empty = np.empty((0, 3))
    assert calls(empty, empty)[name]().shape == (0,)


@pytest.mark.parametrize("function", [*TWO, *COUNTS])
def test_the_outcomes_do_not_broadcast(function: Function) -> None:
    names = "counts and q" if function in COUNTS else "p and q"
    first, second = names.split(" and ")
    refused(lambda: function([1], P), ValueError, f"{first} has 1 outcomes and {second} has 3")
    refused(lambda: function([P], [[1.0]]), ValueError, f"{first} has 3 outcomes and {second} has 1")
    message = f"{names} are batches of shapes (2,) and (3,), which do not broadcast"
    refused(lambda: function([P] * 2, [Q] * 3), ValueError, message)
    message = "of shapes (2, 2) and (3, 3), which do not broadcast"
    refused(lambda: function([[P] * 2] * 2, [[Q] * 3] * 3), ValueError, message)


def test_zero_times_the_logarithm_of_zero_is_zero() -> None:
    assert kltools.entropy([1, 0]) == 0
    assert kltools.entropy([0.5, 0.5, 0]) == kltools.entropy([0.5, 0.5])
    assert kltools.cross_entropy([0.5, 0.5, 0], [0.5, 0.5, 0]) == kltools.entropy([0.5, 0.5])
    assert kltools.kl_divergence([0.5, 0.5, 0], [0.25, 0.25, 0.5]) == pytest.approx(math.log(2), rel=4e-15)
    assert kltools.log_likelihood([3, 0], [1, 0]) == 0


@pytest.mark.parametrize(
    "function", [kltools.cross_entropy, kltools.kl_divergence, kltools.jeffreys_divergence]
)
def test_what_q_holds_impossible_costs_infinitely_much(function: Function) -> None:
    assert function([0.5, 0.5], [1, 0]) == math.inf
    assert function([0.5, 0.5], [1, -0.0]) == math.inf
    assert function([5e-324, 1], [0, 1]) == math.inf
    np.testing.assert_array_equal(function([P, [0.5, 0.5, 0]], [P, [1, 0, 0]])[1], math.inf)
    assert math.isfinite(function([P, [0.5, 0.5, 0]], [P, [1, 0, 0]])[0])


def test_jeffreys_is_infinite_in_either_direction() -> None:
    assert kltools.jeffreys_divergence([1, 0], [0.5, 0.5]) == math.inf


@pytest.mark.parametrize("function", DIVERGENCES)
@pytest.mark.parametrize("p", [P, [1, 0], [0.1] * 10, [5e-324, 1], [-0.0, 1], [1.0]])
def test_equal_arrays_give_exactly_zero(function: Function, p: list[float]) -> None:
    for options in ({}, {"normalize": True}):
        value = function(p, p, **options)
        assert value == 0
        assert math.copysign(1, value) == 1


@pytest.mark.parametrize("p", [[1], [1, 0], [0, 1, 0]])
def test_certainty_gives_exactly_zero(p: list[float]) -> None:
    values = [kltools.entropy(p), kltools.cross_entropy(p, p), kltools.log_likelihood(p, p)]
    values.append(kltools.negative_log_likelihood(p, p))
    assert [math.copysign(1, value) for value in values] == [1] * 4
    assert values == [0] * 4


@pytest.mark.parametrize("name", calls())
@pytest.mark.parametrize(
    ("p", "total"),
    [
        ([0.5, 0.6], "1.1"),
        ([2, 5, 3], "10"),
        ([0.5, 0.499998], "0.999998"),
        ([0.5, 0.500002], "1.000002"),
        ([0, 0], "0"),
    ],
)
def test_a_sum_away_from_1_is_named(name: str, p: list[float], total: str) -> None:
    message = f"p sums to {total}; pass normalize=True for counts or weights"
    refused(calls(p, p)[name], ValueError, message)
    assert np.all(np.isfinite(calls(p, p)[name](normalize=True))) if any(p) else True


@pytest.mark.parametrize("function", TWO)
def test_the_argument_and_the_row_at_fault_are_named(function: Function) -> None:
    refused(lambda: function(P, [0.5, 0.3, 0.3]), ValueError, "q sums to 1.1;")
    refused(lambda: function(P, [P, [1, 2, 3]]), ValueError, "q[1] sums to 6;")
    refused(lambda: function([[P, P], [P, [0.1, 0.1, 0.1]]], P), ValueError, "p[1, 1] sums to 0.3;")


def test_the_tolerance_of_a_sum() -> None:
    assert kltools.entropy([0.5, 0.5 + 0.9e-6]) > 0
    refused(lambda: kltools.entropy([0.5, 0.5 - 1.1e-6]), ValueError, "sums to 0.9999989")
    half = np.full(2, 0.5, "f4")
    refused(lambda: kltools.entropy(half + np.float32(1e-6)), ValueError, "sums to 1.00000")
    thirty = np.full(30, 1 / 30, "f4")  # 4 · eps · 30 = 1.4e-5
    assert kltools.entropy(thirty * np.float32(1 + 1e-5)) > 0
    refused(lambda: kltools.entropy(thirty * np.float32(1 + 1.6e-5)), ValueError, "sums to 1.00001")


def test_the_tolerance_of_a_long_float32_sum_stays_small() -> None:
    many = np.full(10**5, 1e-5, "f4")  # 4 · eps · n would be 0.05
    assert kltools.entropy(many) > 0
    refused(lambda: kltools.entropy(many * np.float32(1.0011)), ValueError, "sums to 1.00109")
    assert kltools.entropy(many * np.float32(1.0009)) > 0


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (-0.1, "a negative entry at index 2; these look like samples or log-probabilities"),
        (-5e-324, "a negative entry at index 2; these look like samples or log-probabilities"),
        (-math.inf, "a negative entry at index 2; these look like samples or log-probabilities"),
        (math.nan, "NaN at index 2"),
        (math.inf, "an infinite entry at index 2"),
    ],
)
@pytest.mark.parametrize("normalize", [False, True])
def test_an_entry_that_is_no_probability_is_named(entry: float, fault: str, normalize: bool) -> None:
    bad = [0.5, 0.5, entry]
    for call in calls(bad, P).values():
        refused(lambda call=call: call(normalize=normalize), ValueError, f"p has {fault}")
    for function in TWO:
        refused(lambda f=function: f(P, bad, normalize=normalize), ValueError, f"q has {fault}")
        place = fault.replace("index 2", "index 1, 2")
        refused(lambda f=function: f([P, bad], P, normalize=normalize), ValueError, f"p has {place}")
    for function in COUNTS:
        refused(lambda f=function: f(bad, P, normalize=normalize), ValueError, f"counts has {fault}")
        refused(lambda f=function: f(P, bad, normalize=normalize), ValueError, f"q has {fault}")
    refused(lambda: kltools.mutual_information([bad], normalize=normalize), ValueError, fault[:8])


@pytest.mark.parametrize("shape", [(50_000,), (3, 20_011), (20_011, 3)])
@pytest.mark.parametrize(
    ("entry", "fault"),
    [(-5e-324, "negative"), (-0.5, "negative"), (math.nan, "NaN"), (math.inf, "infinite")],
)
def test_a_fault_is_named_in_whatever_slice_it_is(shape: tuple[int, ...], entry: float, fault: str) -> None:
    *row, last = (n - 1 for n in shape)
    p = np.full(shape, 1 / shape[-1])
    if fault == "negative":
        p[*row, 0] += p[*row, last] - entry  # a total of 1 does not excuse it
    p[*row, last] = entry
    place = ", ".join(map(str, (*row, last)))
    with pytest.raises(ValueError, match=rf"^p has .*{fault}.* at index {place}(;|$)"):
        kltools.entropy(p)


@pytest.mark.parametrize("shape", [(3, 20_011), (20_011, 3)])
def test_a_row_is_named_in_whatever_slice_it_is(shape: tuple[int, int]) -> None:
    p = np.full(shape, 1 / shape[1])
    p[-2, -1] += 0.5
    refused(lambda: kltools.entropy(p), ValueError, f"p[{shape[0] - 2}] sums to 1.5;")


def test_infinities_of_both_signs_and_nan_first() -> None:
    refused(lambda: kltools.entropy([math.inf, -math.inf]), ValueError, "p has a negative entry at index 1")
    refused(lambda: kltools.entropy([-1, math.nan]), ValueError, "p has NaN at index 1")
    refused(lambda: kltools.entropy([1e308, 1e308]), ValueError, "p sums to inf")


@pytest.mark.parametrize("name", calls())
def test_weights_of_nothing(name: str) -> None:
    refused(lambda: calls([0, 0], P)[name](normalize=True), ValueError, "p has only zero weights")
    refused(lambda: calls([P, [0, 0, 0]], P)[name](normalize=True), ValueError, "p[1] has only zero weights")
    refused(calls([], [])[name], ValueError, "p has no outcomes")
    refused(calls(np.empty((3, 0)), P)[name], ValueError, "p has no outcomes")
    refused(calls(1.0, 1.0)[name], ValueError, "p is a single number; a sequence with one entry per outcome")


def test_weights_whose_sum_overflows() -> None:
    big = [1e308, 1e308, 2e307]
    assert kltools.entropy(big, normalize=True) == pytest.approx(kltools.entropy([1, 1, 0.2], normalize=True))
    batch = kltools.kl_divergence([big, [1, 1, 1]], [1, 2, 3], normalize=True)
    assert batch[0] == pytest.approx(kltools.kl_divergence([1, 1, 0.2], [1, 2, 3], normalize=True), rel=4e-15)
    rows = kltools.entropy([[1e308, 1e308], [1, 3]], normalize=True)
    np.testing.assert_allclose(rows, [math.log(2), kltools.entropy([0.25, 0.75])], rtol=4e-15)
    assert batch[1] == pytest.approx(kltools.kl_divergence([1, 1, 1], [1, 2, 3], normalize=True), rel=4e-15)


@pytest.mark.parametrize("name", [f.__name__ for f in TWO])
def test_series_are_compared_by_their_labels(name: str) -> None:
    p = pd.Series(P, index=list("abc"))
    assert calls(p, pd.Series(Q, index=list("abc")))[name]() == calls()[name]()
    assert calls(p, Q)[name]() == calls()[name]()
    message = "p and q have different indexes; align them first: q.reindex(p.index)"
    refused(calls(p, pd.Series(Q, index=list("cba")))[name], ValueError, message)
    refused(calls(p, pd.Series(Q))[name], ValueError, message)
    refused(calls(p, pd.Series(Q, index=list("abd")))[name], ValueError, message)


def test_frames_are_compared_along_the_outcomes() -> None:
    p, q = pd.DataFrame([P, P], columns=list("abc")), pd.DataFrame([Q, P], columns=list("abc"), index=[7, 8])
    expected = [kltools.kl_divergence(P, Q), 0]
    np.testing.assert_array_equal(kltools.kl_divergence(p, q), expected)
    np.testing.assert_array_equal(kltools.kl_divergence(p.T, q.T, axis=0), expected)
    np.testing.assert_array_equal(kltools.kl_divergence(pd.Series(P, index=list("abc")), q), expected)
    refused(lambda: kltools.kl_divergence(p, q[list("cba")]), ValueError, "different indexes")
    refused(lambda: kltools.kl_divergence(p, q, axis=2), ValueError, "axis 2 is out of range: p has 2 axes")
    refused(lambda: kltools.kl_divergence(p, q, axis="x"), TypeError, "axis must be one integer, got 'x'")


@pytest.mark.parametrize("function", COUNTS)
def test_series_of_counts(function: Function) -> None:
    counts = pd.Series([2, 5, 3], index=list("abc"))
    assert function(counts, pd.Series(Q, index=list("abc"))) == function([2, 5, 3], Q)
    refused(lambda: function(counts, pd.Series(Q)), ValueError, "counts and q have different indexes")


@pytest.mark.parametrize("function", WITH_BASE)
@pytest.mark.parametrize("base", [0, -1, 1, 0.5, math.nan, math.inf, -math.inf, np.float64(1)])
def test_bases_that_give_no_unit(function: Function, base: float) -> None:
    arguments = [P] if function is kltools.entropy else [P, Q]
    refused(lambda: function(*arguments, base=base), ValueError, "base must be a finite number above 1, got")


@pytest.mark.parametrize("function", WITH_BASE)
@pytest.mark.parametrize("base", ["2", None, True, 2j, np.True_, [2]])
def test_bases_that_are_no_numbers(function: Function, base: object) -> None:
    arguments = [P] if function is kltools.entropy else [P, Q]
    message = f"base must be a number such as 2, 10 or math.e, got {base!r}"
    refused(lambda: function(*arguments, base=base), TypeError, message)


@pytest.mark.parametrize("function", WITH_BASE)
@pytest.mark.parametrize("base", [2, 10, 1.5, np.float64(2), np.float32(2), np.int64(3)])
def test_bases_convert(function: Function, base: float) -> None:
    arguments = [P] if function is kltools.entropy else [P, Q]
    expected = function(*arguments) / math.log(base)
    if function is kltools.js_distance:
        expected = function(*arguments) / math.sqrt(math.log(base))
    assert function(*arguments, base=base) == pytest.approx(expected, rel=4e-15)


@pytest.mark.parametrize("name", calls())
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (
            np.array([0.5, 0.5j]),
            "p has dtype complex128; real numbers (integers, float32 or float64) are needed",
        ),
        (np.array([0.5, 0.5], object), "p has dtype object; real numbers"),
        (["a", "b"], "p has dtype <U1; real numbers"),
        (None, "p has dtype object; real numbers"),
        (np.array([0.5, 0.5], np.longdouble), f"p has dtype {np.dtype(np.longdouble)}; real numbers"),
        (np.ma.array([0.5, 0.5], mask=[0, 1]), "p is a masked array; fill or drop the masked entries first"),
    ],
)
def test_what_is_not_real_numbers_is_refused(name: str, bad: object, message: str) -> None:
    refused(calls(bad, bad)[name], TypeError, message)


@pytest.mark.parametrize("name", calls())
def test_ragged_lists_and_axes(name: str) -> None:
    refused(calls([[0.5, 0.5], [1]], P)[name], ValueError, "p is ragged: its rows differ in length")
    message = "axis must be one integer, got (0, 1); flatten the axes of a table first"
    refused(lambda: calls()[name](axis=(0, 1)), TypeError, message)
    refused(lambda: calls()[name](axis=1.0), TypeError, "axis must be one integer, got 1.0")
    refused(lambda: calls()[name](axis=1), ValueError, "axis 1 is out of range: p has 1 axes")
    refused(lambda: calls()[name](axis=-2), ValueError, "axis -2 is out of range: p has 1 axes")
    assert calls()[name](axis=0) == calls()[name]()


@pytest.mark.parametrize("name", calls())
def test_a_single_answer_is_a_python_float_and_a_batch_an_array(name: str) -> None:
    assert type(calls()[name]()) is float
    assert type(calls(np.array(P, "f4"), np.array(Q, "f4"))[name]()) is float
    batch = calls([P], [Q])[name]()
    assert type(batch) is np.ndarray
    assert batch.shape == (1,)


def test_the_answers_do_not_depend_on_how_numpy_treats_floating_point_errors() -> None:
    rare, common = [5e-324, 1e-200, 1], [1, 1e-300, 5e-324]
    for name, call in calls(rare, common).items():
        quiet = call()
        with np.errstate(all="raise"):
            assert call() == quiet, name
    with np.errstate(all="raise"):
        assert kltools.softmax([0, -740]).tolist() == [1, math.exp(-740)]
        assert kltools.log_likelihood([1, 0], [0, 1]) == -math.inf


def test_arguments_are_left_as_they_were() -> None:
    p, q = np.array([2.0, 5, 3]), np.array([3.0, 4, 3])
    for call in calls(p, q).values():
        call(normalize=True)
    kltools.softmax(p)
    kltools.logsumexp(p)
    np.testing.assert_array_equal([p, q], [[2, 5, 3], [3, 4, 3]])


@pytest.mark.parametrize(
    ("weights", "error", "message"),
    [
        ((0.5, 0.6), ValueError, "weights sums to 1.1;"),
        ((1, 1), ValueError, "weights sums to 2;"),
        ((1.5, -0.5), ValueError, "weights has a negative entry at index 1"),
        ((1,), ValueError, "weights must be two numbers, one for p and one for q, got shape (1,)"),
        ((0.2, 0.3, 0.5), ValueError, "weights must be two numbers"),
        ([[0.5, 0.5]], ValueError, "weights must be two numbers"),
        (0.5, ValueError, "weights is a single number"),
        (("a", "b"), TypeError, "weights has dtype"),
    ],
)
def test_weights_of_the_mixture(weights: object, error: type[Exception], message: str) -> None:
    refused(lambda: kltools.js_divergence(P, Q, weights), error, message)


def test_a_joint_table_needs_two_axes() -> None:
    message = "joint must be a table: rows for the outcomes of X, columns for those of Y"
    with pytest.raises(ValueError, match=f"^{message}$"):
        kltools.mutual_information(P)
    with pytest.raises(ValueError, match=r"^joint has NaN at index 0, 1$"):
        kltools.mutual_information([[0.5, math.nan]])
    refused(lambda: kltools.mutual_information(1.0), ValueError, "joint must be a table")
    refused(lambda: kltools.mutual_information(np.empty((2, 0))), ValueError, "joint has no outcomes")
    refused(lambda: kltools.mutual_information([[0.1, 0.5], [0.1, 0.4]]), ValueError, "joint sums to 1.1")
    refused(lambda: kltools.mutual_information([[0.1, 0.5], [0.1, -0.3]]), ValueError, "entry at index 1, 1")
    refused(lambda: kltools.mutual_information([["a"]]), TypeError, "joint has dtype")


@pytest.mark.parametrize("function", LOGITS)
def test_logits(function: Function) -> None:
    refused(lambda: function([0, math.nan]), ValueError, "z has NaN at index 1")
    refused(lambda: function([]), ValueError, "z has no outcomes")
    refused(lambda: function(1.0), ValueError, "z is a single number")
    refused(lambda: function([1j]), TypeError, "z has dtype complex128")
    refused(lambda: function([0, 1], axis=1), ValueError, "axis 1 is out of range")
    assert np.asarray(function(np.array([[0, 1]], "f4"))).dtype == "f4"
    assert np.asarray(function([[0, 1]])).dtype == "f8"


@pytest.mark.parametrize("function", LOGITS[:2])
def test_logits_that_leave_the_probabilities_undefined(function: Function) -> None:
    refused(lambda: function([0, math.inf]), ValueError, "z has an infinite logit at index 1")
    refused(lambda: function([-math.inf] * 2), ValueError, "z has only logits of -inf")
    refused(lambda: function([[0, 1], [-math.inf] * 2]), ValueError, "z[1] has only logits of -inf")
