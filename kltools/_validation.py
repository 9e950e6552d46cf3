"""What goes in: every distribution, count, logit and base passes here, or is refused with a reason."""

import math
import operator
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kltools._kernel import Array, total

# A sum may miss 1 by the rounding of its terms, and never by more than a person would call rounding.
_TOLERANCE = 1e-6
_LARGEST_TOLERANCE = 1e-3

# What weights are lifted by before they are multiplied, so that subnormal ones lose no digits.
_HEADROOM = 2.0**64


def real_array(values: ArrayLike, name: str) -> Array:
    """Return `values` as an array of float32 or float64, or say why they are not numbers."""
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array; fill or drop the masked entries first")
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} is ragged: its rows differ in length") from error
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    if array.dtype.kind != "f" or array.dtype.itemsize > 8:
        raise TypeError(
            f"{name} has dtype {array.dtype}; real numbers (integers, float32 or float64) are needed"
        )
    return array.astype(np.float32) if array.dtype.itemsize == 2 else array


def outcomes_last(values: ArrayLike, axis: int, name: str) -> Array:
    """Return `values` as a real array whose last axis is the one that runs over the outcomes."""
    array = real_array(values, name)
    if array.ndim == 0:
        raise ValueError(f"{name} is a single number; a sequence with one entry per outcome is needed")
    try:
        axis = operator.index(axis)
    except TypeError:
        raise TypeError(
            f"axis must be one integer, got {axis!r}; flatten the axes of a table first"
        ) from None
    if not -array.ndim <= axis < array.ndim:
        raise ValueError(f"axis {axis} is out of range: {name} has {array.ndim} axes")
    if array.shape[axis] == 0:
        raise ValueError(f"{name} has no outcomes")
    return array if axis in (-1, array.ndim - 1) else np.moveaxis(array, axis, -1)


def non_negative(values: ArrayLike, axis: int, name: str) -> Array:
    """Return finite non-negative `values` with a finite sum, outcomes last."""
    array = outcomes_last(values, axis, name)
    refuse_bad_entries(array, name)
    if not np.isfinite(array.sum(axis=-1)).all():
        raise ValueError(f"{name} adds up to more than a float can hold")
    return array


def distribution(values: ArrayLike, axis: int, normalize: bool, name: str) -> Array:
    """Return probabilities, outcomes last, whose totals are within rounding of 1.

    With `normalize`, weights of any size are accepted and scaled by a power of two, which rounds nothing.
    Their totals then lie between 0.7 and 1.42, and who needs probabilities divides once, at the end.
    """
    array = outcomes_last(values, axis, name)
    if normalize:
        refuse_bad_entries(array, name)
        return _scaled(array, name)
    totals = total(_mass, array)
    rounding = 4 * float(np.finfo(array.dtype).eps) * array.shape[-1]
    close = np.abs(totals - 1) <= min(max(_TOLERANCE, rounding), _LARGEST_TOLERANCE)
    # Reductions, which allocate nothing, clear a good array; the place of a fault is looked up only then.
    if not close.all():
        refuse_bad_entries(array, name)
        wrong = float(np.extract(~close, totals)[0])
        raise ValueError(
            f"{_row(name, ~close)} sums to {wrong:.10g}; pass normalize=True for counts or weights"
        )
    return array


def _mass(array: Array) -> Array:
    """Return the sums over the last axis: NaN, which is close to nothing, if an entry is negative."""
    sums: Array = array.sum(axis=-1)
    if array.min(initial=0) < 0:
        sums *= np.nan
    return sums


def _scaled(array: Array, name: str) -> Array:
    totals: Array = array.sum(axis=-1)
    if not np.isfinite(totals).all():  # the sums overflowed, the entries did not
        array = np.ldexp(array, -array.shape[-1].bit_length())
        totals = array.sum(axis=-1)
    if not np.all(totals > 0):
        raise ValueError(f"{_row(name, totals == 0)} has only zero weights")
    exponent = -np.rint(np.log2(totals)).astype(np.int32)
    return np.ldexp(array, exponent[..., np.newaxis])


def pair(p: ArrayLike, q: ArrayLike, axis: int, normalize: bool) -> tuple[Array, Array]:
    """Return two distributions over the same outcomes, outcomes last, their shapes broadcast."""
    check_labels(p, q, axis, "p", "q")
    p = distribution(p, axis, normalize, "p")
    q = distribution(q, axis, normalize, "q")
    return same_outcomes(p, q, "p", "q")


def balanced_pair(p: ArrayLike, q: ArrayLike, axis: int, normalize: bool) -> tuple[Array, Array]:
    """Return what `pair` does, with totals that differ by rounding alone.

    With `normalize` that takes a multiplication across: p by the total of q and q by that of p. Counts stay
    exact so, where a division would round every entry; and weights that agree already are left alone.
    """
    p, q = pair(p, q, axis, normalize)
    if normalize:
        p_total, q_total = p.sum(axis=-1, keepdims=True), q.sum(axis=-1, keepdims=True)
        rounding = 4 * np.finfo(p.dtype).eps * p.shape[-1]
        differ = np.abs(p_total - q_total) > rounding
        p = p * (_HEADROOM * np.where(differ, q_total, 1))
        q = q * (_HEADROOM * np.where(differ, p_total, 1))
    return p, q


def same_outcomes(p: Array, q: Array, p_name: str, q_name: str) -> tuple[Array, Array]:
    """Broadcast the leading axes of `p` and `q`, whose last axes must be equally long."""
    if p.shape == q.shape:
        return p, q
    if p.shape[-1] != q.shape[-1]:
        raise ValueError(f"{p_name} has {p.shape[-1]} outcomes and {q_name} has {q.shape[-1]}")
    try:
        p, q = np.broadcast_arrays(p, q)
    except ValueError:
        shapes = f"{p.shape[:-1]} and {q.shape[:-1]}"
        raise ValueError(
            f"{p_name} and {q_name} are batches of shapes {shapes}, which do not broadcast"
        ) from None
    return p, q


def check_labels(p: ArrayLike, q: ArrayLike, axis: int, p_name: str, q_name: str) -> None:
    """Raise a ValueError when two pandas objects label their outcomes differently."""
    if not (hasattr(p, "axes") and hasattr(q, "axes")):
        return
    try:
        same = p.axes[axis].equals(q.axes[axis])
    except (IndexError, TypeError):
        return  # a bad axis, which outcomes_last will refuse
    if not same:
        raise ValueError(
            f"{p_name} and {q_name} have different indexes; align them first: q.reindex(p.index)"
        )


def log_of_base(base: float) -> float:
    """Return ln(base): what nats are divided by to give the unit that was asked for."""
    if isinstance(base, bool) or not isinstance(base, Real):
        raise TypeError(f"base must be a number such as 2, 10 or math.e, got {base!r}")
    if not 1 < base < math.inf:
        raise ValueError(f"base must be a finite number above 1, got {base}")
    return math.log(base)


def refuse_bad_entries(array: Array, name: str) -> None:
    """Raise a ValueError that names the first entry of `array` that is NaN, negative or infinite."""
    refuse_nan(array, name)
    _refuse(array < 0, f"{name} has a negative entry", "; these look like samples or log-probabilities")
    refuse_not_finite(array, name)


def refuse_nan(array: Array, name: str) -> None:
    """Raise a ValueError that names the first entry of `array` that is not a number."""
    _refuse(np.isnan(array), f"{name} has NaN")


def refuse_not_finite(array: Array, name: str) -> None:
    """Raise a ValueError that names the first entry of `array` that is NaN or infinite."""
    refuse_nan(array, name)
    _refuse(np.isinf(array), f"{name} has an infinite entry")


def refuse_infinite_logits(array: Array, name: str) -> None:
    """Raise a ValueError where logits leave the probabilities undefined: NaN, +inf, or nothing above -inf."""
    refuse_nan(array, name)
    _refuse(array == np.inf, f"{name} has an infinite logit")
    impossible = (array == -np.inf).all(axis=-1)
    if impossible.any():
        raise ValueError(f"{_row(name, impossible)} has only logits of -inf, which leave no outcome possible")


def _refuse(wrong: NDArray[np.bool_], fault: str, hint: str = "") -> None:
    if wrong.any():
        place = f" at index {_place(wrong)}" if wrong.ndim else ""
        raise ValueError(f"{fault}{place}{hint}")


def _row(name: str, wrong: NDArray[np.bool_]) -> str:
    return f"{name}[{_place(wrong)}]" if np.ndim(wrong) else name


def _place(wrong: NDArray[np.bool_]) -> str:
    """Return the first index at which `wrong` is true, as one would type it."""
    return ", ".join(map(str, np.argwhere(wrong)[0]))
