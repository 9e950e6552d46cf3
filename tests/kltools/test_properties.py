"""What holds of every distribution, tried on random ones with zeros, ties, tiny entries and near pairs."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kltools
from kltools import _kernel
from tests.kltools.strategies import Array, distributions, groups, pairs, tables, triples

SLACK = 1e-13  # of comparisons between values that were rounded separately


def at_most(smaller: float, larger: float) -> bool:
    return smaller <= larger * (1 + SLACK) + 1e-300


@given(pairs)
def test_gibbs(pair: list[Array]) -> None:
    p, q = pair
    value = kltools.kl_divergence(p, q)
    assert value >= 0
    assert value > 0 or np.abs(p - q).max() < 1e-150  # the square of what is smaller is no float
    assert at_most(kltools.entropy(p), kltools.cross_entropy(p, q))


@given(pairs)
def test_cross_entropy_is_entropy_and_divergence(pair: list[Array]) -> None:
    p, q = pair
    total = kltools.entropy(p) + kltools.kl_divergence(p, q)
    assert math.isclose(kltools.cross_entropy(p, q), total, rel_tol=1e-13, abs_tol=1e-15)


@given(st.integers(1, 12).flatmap(distributions))
def test_bounds_of_entropy(p: Array) -> None:
    assert 0 <= kltools.entropy(p) <= math.log(p.size) * (1 + SLACK)
    assert math.isclose(kltools.perplexity(p), math.exp(kltools.entropy(p)), rel_tol=SLACK)


@given(pairs)
def test_symmetry_where_it_holds(pair: list[Array]) -> None:
    p, q = pair
    for f in (
        kltools.js_divergence,
        kltools.jeffreys_divergence,
        kltools.total_variation,
        kltools.js_distance,
    ):
        assert math.isclose(f(p, q), f(q, p), rel_tol=SLACK)
    weighted = kltools.js_divergence(q, p, (0.3, 0.7))
    assert math.isclose(kltools.js_divergence(p, q, (0.7, 0.3)), weighted, rel_tol=SLACK)


def test_kl_divergence_is_not_symmetric() -> None:
    assert kltools.kl_divergence([0.2, 0.5, 0.3], [0.3, 0.4, 0.3]) < 0.031 < 0.032
    assert kltools.kl_divergence([0.3, 0.4, 0.3], [0.2, 0.5, 0.3]) > 0.032


@given(pairs, pairs)
def test_additivity(first: list[Array], second: list[Array]) -> None:
    p, q = (np.outer(a, b).ravel() for a, b in zip(first, second, strict=True))
    smallest = min(float(a[a > 0].min()) for a in (*first, *second))
    total = kltools.kl_divergence(*first) + kltools.kl_divergence(*second)
    if smallest > 1e-150:  # else a product may underflow
        # The products are rounded, which moves a near pair by eps · distance.
        rounding = 1e-15 * math.sqrt(min(total, 1)) + 1e-31
        assert math.isclose(kltools.kl_divergence(p, q), total, rel_tol=1e-12, abs_tol=rounding)


@given(st.data())
def test_chain_rule(data: st.DataObject) -> None:
    rows, columns = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    p, q = (data.draw(distributions(rows * columns)).reshape(rows, columns) for _ in range(2))
    p_rows, q_rows = p.sum(axis=1), q.sum(axis=1)
    seen = p_rows > 0
    if (q_rows[seen] > 0).all():
        conditional = kltools.kl_divergence(p[seen], q[seen], normalize=True)
        chained = kltools.kl_divergence(p_rows, q_rows, normalize=True) + np.sum(
            np.where(conditional > 0, p_rows[seen] / p_rows.sum() * conditional, 0)
        )
        whole = kltools.kl_divergence(p.ravel(), q.ravel())
        assert math.isclose(whole, chained, rel_tol=1e-12, abs_tol=1e-14)


@given(groups(2), st.data())
def test_data_processing_by_merging(pair: list[Array], data: st.DataObject) -> None:
    p, q = pair
    labels = data.draw(st.lists(st.integers(0, 2), min_size=p.size, max_size=p.size))
    merged = [np.bincount(labels, weights=x, minlength=3) for x in (p, q)]
    for f in (kltools.kl_divergence, kltools.js_divergence, kltools.total_variation):
        # Merging rounds the sums, which moves a near pair by eps · distance.
        before, after = f(p, q), f(*merged)
        assert after <= before * (1 + 1e-12) + 1e-15 * math.sqrt(min(before, 1)) + 1e-31


@given(pairs)
def test_pinsker(pair: list[Array]) -> None:
    p, q = pair
    # The total variation is taken of the entries as they are, off by rounding from normalised ones.
    assert 2 * max(kltools.total_variation(p, q) - 1e-15, 0) ** 2 <= kltools.kl_divergence(p, q) * (1 + SLACK)


@given(pairs, st.floats(0, 1))
def test_bounds_of_the_js_divergence(pair: list[Array], weight: float) -> None:
    p, q = pair
    assert 0 <= kltools.js_divergence(p, q) <= math.log(2)
    assert 0 <= kltools.total_variation(p, q) <= 1
    bound = kltools.entropy([weight, 1 - weight])
    assert 0 <= kltools.js_divergence(p, q, (weight, 1 - weight)) <= bound
    assert at_most(4 * kltools.js_divergence(p, q), kltools.jeffreys_divergence(p, q) / 2)


@given(pairs, st.sampled_from([0, 1e-320, 1e-12, 0.25, 1]))
def test_js_divergence_is_a_mean_divergence_from_the_mixture(pair: list[Array], weight: float) -> None:
    p, q = pair
    mixture = weight * p + (1 - weight) * q
    parts = [w * kltools.kl_divergence(x, mixture) for w, x in ((weight, p), (1 - weight, q)) if w]
    mean = math.fsum(parts) if all(map(math.isfinite, parts)) else 0
    value = kltools.js_divergence(p, q, (weight, 1 - weight))
    # By the mean, the rounding of the mixture moves a near pair.
    assert math.isclose(value, mean, rel_tol=1e-12, abs_tol=1e-15 * math.sqrt(mean) + 1e-31)


@pytest.mark.parametrize("weights", [(1, 0), (0, 1)])
def test_a_mixture_of_one_is_no_mixture(weights: tuple[float, float]) -> None:
    for p, q in (
        ([1, 0], [0, 1]),
        ([5e-324, 1], [0.5, 0.5]),
        ([0.5, 0.5], [5e-324, 1]),
        ([0.2, 0.8], [0.3, 0.7]),
    ):
        assert kltools.js_divergence(p, q, weights) == 0


@given(triples)
def test_the_root_obeys_the_triangle_inequality(triple: list[Array]) -> None:
    p, q, r = triple
    detour = kltools.js_distance(p, q) + kltools.js_distance(q, r)
    assert kltools.js_distance(p, r) <= detour * (1 + SLACK) + 1e-15


def test_the_divergence_itself_does_not() -> None:
    p, q, r = [1, 0], [0.5, 0.5], [0, 1]
    assert kltools.js_divergence(p, r) > kltools.js_divergence(p, q) + kltools.js_divergence(q, r)


@given(pairs, st.randoms(use_true_random=False))
def test_the_order_of_the_outcomes_does_not_matter(pair: list[Array], random: object) -> None:
    p, q = pair
    order = list(range(p.size))
    random.shuffle(order)  # type: ignore[attr-defined]
    for f in (kltools.kl_divergence, kltools.cross_entropy, kltools.js_divergence, kltools.total_variation):
        assert math.isclose(f(p[order], q[order]), f(p, q), rel_tol=SLACK, abs_tol=1e-31)
    assert math.isclose(kltools.entropy(p[order]), kltools.entropy(p), rel_tol=SLACK)


@given(groups(3), st.floats(0, 1))
def test_mixing(triple: list[Array], weight: float) -> None:
    p, q, r = triple
    mixture = weight * p + (1 - weight) * q
    mean = weight * kltools.entropy(p) + (1 - weight) * kltools.entropy(q)
    assert kltools.entropy(mixture) >= mean * (1 - SLACK) - 1e-15
    divergence = kltools.kl_divergence(mixture, r)
    parts = [w * kltools.kl_divergence(x, r) for w, x in ((weight, p), (1 - weight, q)) if w]
    assert divergence <= sum(parts) * (1 + 1e-12) + 1e-15


FUNCTIONS = [
    _kernel.divergence,
    _kernel.expected_surprisal,
    _kernel.total_variation,
    lambda p, q: _kernel.js_divergence(p, q, 0.25, 0.75),
]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("shape", [(1000,), (100, 7), (7, 100), (3, 4, 50), (50, 4, 3), (2, 600)])
def test_slices_agree_with_the_whole(
    function: object, shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(3)
    p, q = (rng.dirichlet(np.ones(shape[-1]), size=shape[:-1]) for _ in range(2))
    whole = function(p, q)  # type: ignore[operator]
    monkeypatch.setattr(_kernel, "SLICE", 64)
    sliced = function(p, q)  # type: ignore[operator]
    assert np.shape(sliced) == shape[:-1]
    np.testing.assert_allclose(sliced, whole, rtol=1e-14)


@given(tables())
def test_mutual_information(table: Array) -> None:
    value = kltools.mutual_information(table)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    h = [kltools.entropy(x.ravel(), normalize=True) for x in (rows, columns, table)]
    assert value >= 0
    assert math.isclose(value, h[0] + h[1] - h[2], rel_tol=1e-12, abs_tol=1e-14)
    assert math.isclose(value, kltools.mutual_information(table.T), rel_tol=1e-12, abs_tol=1e-15)


def test_mutual_information_of_a_batch() -> None:
    tables_ = np.random.default_rng(4).integers(0, 9, size=(3, 2, 2, 5))
    batch = kltools.mutual_information(tables_, normalize=True)
    loop = [[kltools.mutual_information(table, normalize=True) for table in row] for row in tables_]
    np.testing.assert_allclose(batch, loop, rtol=1e-14)


def test_a_batch_of_tables_of_probabilities_is_checked_table_by_table() -> None:
    tables_ = np.array([[[0.1, 0.5], [0.1, 0.3]], [[0.25, 0.25], [0.25, 0.25]]])
    np.testing.assert_array_equal(
        kltools.mutual_information(tables_), [kltools.mutual_information(tables_[0]), 0]
    )


def test_weights_within_the_tolerance_are_divided_by_their_sum() -> None:
    p, q = [0.2, 0.5, 0.3], [0.3, 0.4, 0.3]
    value = kltools.js_divergence(p, q, (0.5 + 4e-7, 0.5 + 4e-7))
    assert math.isclose(value, kltools.js_divergence(p, q), rel_tol=1e-14)


def test_mutual_information_at_its_ends() -> None:
    assert kltools.mutual_information(np.full((2, 2), 0.25)) == 0
    assert kltools.mutual_information([[1]]) == 0
    assert kltools.mutual_information([[0.5, 0], [0, 0.5]], base=2) == 1
    assert kltools.mutual_information([[0, 0, 0], [1, 0, 1]], normalize=True) == 0
