"""What callers give: refused with what was wanted and what came, or made fit for the library."""

from __future__ import annotations

import numbers
import operator
from collections.abc import Iterable
from typing import Any, Optional

import numpy as np
from numpy.typing import ArrayLike, NDArray

Shape = tuple[Optional[int], ...]

# Booleans, integers and floating-point numbers: what becomes float32 with no loss but of precision.
_NUMBERS = "biuf"

_LARGEST = float(np.finfo(np.float32).max)


def floats(values: ArrayLike, name: str, shape: Shape) -> NDArray[np.float32]:
    """The values as dense, aligned float32 of a shape, in which None is any size; a copy only where they are not."""
    given = _array(values, name)
    if given.dtype.kind not in _NUMBERS:
        raise ValueError(f"{name} has dtype {given.dtype}; wanted float32, or other real numbers")
    if given.ndim != len(shape) or any(want not in (None, come) for want, come in zip(shape, given.shape)):
        raise ValueError(f"{name} has shape {given.shape}; wanted {_text(shape)}")
    if _is_fit(given, np.float32):
        return given
    # What overflows is infinite, and refused as such.
    with np.errstate(over="ignore", invalid="ignore"):
        return np.require(given, np.float32, ["C_CONTIGUOUS", "ALIGNED"])


def samples(values: ArrayLike, inputs: int, name: str = "X") -> NDArray[np.float32]:
    """N×inputs, with N of 1 or more. That they are finite is for the library to see: it reads them all anyway."""
    X = floats(values, name, (None, inputs))
    if len(X) == 0:
        raise ValueError(f"{name} has no samples; wanted one or more")
    return X


def targets(values: ArrayLike, count: int, classes: int, name: str = "y") -> NDArray[Any]:
    """Class numbers as int32, or rows of probabilities as float32."""
    given = _array(values, name)
    if given.ndim == 2:
        return floats(given, name, (count, classes))
    wanted = f"({count},) class numbers, or ({count}, {classes}) probabilities"
    if given.ndim != 1 or len(given) != count:
        raise ValueError(f"{name} has shape {given.shape}; wanted {wanted}")
    if given.dtype.kind not in "iu":
        raise ValueError(f"{name} has dtype {given.dtype}; wanted integers: {wanted}")
    # Before they are narrowed: 2³² would become 0.
    if not _are_below(given, classes):
        wrong = int(np.flatnonzero((given < 0) | (given >= classes))[0])
        raise ValueError(f"{name}[{wrong}] is {given[wrong]}; wanted a class number from 0 to {classes - 1}")
    return given if _is_fit(given, np.int32) else np.require(given, np.int32, ["C_CONTIGUOUS", "ALIGNED"])


def output(out: Any, name: str, dtype: type, shape: tuple[int, ...], *read: NDArray[Any]) -> NDArray[Any]:
    """The buffer to write to: a new one for None, else the caller's own, never a copy of it."""
    if out is None:
        return np.empty(shape, dtype)
    wanted = f"a writable, C-contiguous {np.dtype(dtype)} array of shape {_text(shape)}"
    if not isinstance(out, np.ndarray):
        raise ValueError(f"{name} is of type {type(out).__name__}; wanted {wanted}")
    if out.dtype != dtype:
        raise ValueError(f"{name} has dtype {out.dtype}; wanted {wanted}")
    if out.shape != shape:
        raise ValueError(f"{name} has shape {out.shape}; wanted {wanted}")
    if not (out.flags.c_contiguous and out.flags.aligned):
        raise ValueError(f"{name} is strided or not aligned; wanted {wanted}")
    if not out.flags.writeable:
        raise ValueError(f"{name} is read-only; wanted {wanted}")
    if any(np.may_share_memory(out, array) for array in read):
        raise ValueError(f"{name} overlaps what is read; wanted memory of its own")
    return out


def whole(value: Any, name: str, least: int, most: int = 2**63 - 1) -> int:
    """A whole number in a range."""
    try:
        number = None if isinstance(value, (bool, np.bool_)) else operator.index(value)
    except TypeError:
        number = None
    if number is None or not least <= number <= most:
        raise ValueError(f"{name} is {value!r}; wanted a whole number from {least} to {most}")
    return number


def seed(value: Any, name: str) -> int:
    """64 bits."""
    return whole(value, name, 0, 2**64 - 1)


def learning_rate(value: Any) -> float:
    """η: not negative, and finite as float32."""
    if isinstance(value, numbers.Real) and not isinstance(value, bool):
        rate = float(value)
        if 0 <= rate <= _LARGEST:
            return rate
    raise ValueError(f"learning_rate is {value!r}; wanted a finite number of 0 or more")


def number(value: Any, name: str, least: float, most: float = _LARGEST) -> float:
    """A real number in a range, which is finite as float32."""
    if isinstance(value, numbers.Real) and not isinstance(value, bool):
        given = float(value)
        if least <= given <= most:
            return given
    above = f"from {least:g} to {most:g}" if most < 1 else f"of {least:g} or more"
    raise ValueError(f"{name} is {value!r}; wanted a finite number {above}")


def choice(value: Any, name: str, names: Iterable[str], otherwise: str) -> str:
    """One of some names; None is the library's own."""
    if value is None:
        return otherwise
    if not isinstance(value, str) or value not in names:
        wanted = f"one of {', '.join(map(repr, names))}, or None for the library's default"
        raise ValueError(f"{name} is {value!r}; wanted {wanted}")
    return value


def finite(array: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    """The array, which must not hold infinities or NaN."""
    # Extremes, which propagate NaN, need no array of truths.
    if array.size and not (np.isfinite(array.min()) and np.isfinite(array.max())):
        raise ValueError(not_finite(array, name))
    return array


def not_finite(array: NDArray[np.float32], name: str) -> str:
    """Names the first number that is not finite."""
    for row in range(len(array)):
        wrong = np.flatnonzero(~np.isfinite(array[row]))
        if wrong.size > 0:
            place = (row, *(int(i) for i in np.unravel_index(wrong[0], array[row].shape)))
            return f"{name}[{', '.join(map(str, place))}] is {array[place]} as float32; wanted finite numbers"
    return f"{name} changed while it was read"


def not_probabilities(array: NDArray[np.float32], name: str) -> str:
    """Names the first row that is no distribution."""
    for row, values in enumerate(array):
        if not (np.isfinite(values).all() and (values >= 0).all()):
            return f"{name}[{row}] is {values}; wanted probabilities, finite and not negative"
        total = values.sum(dtype=np.float64)
        if abs(total - 1) > 1e-4:
            return f"{name}[{row}] sums to {total:.6g}; wanted 1, to within 1e-4"
    return f"{name} holds a row that does not sum to 1 within 1e-4"


def _is_fit(array: NDArray[Any], dtype: type) -> bool:
    """Whether the library can read the array as it is. To ask costs less than to have it required."""
    return array.dtype == dtype and array.flags.c_contiguous and array.flags.aligned


def _are_below(integers: NDArray[Any], end: int) -> bool:
    """Whether all are from 0 on and below a number."""
    if integers.dtype == np.int32:
        # As unsigned numbers negative ones are above all others.
        return bool(integers.view(np.uint32).max() < end)
    return bool(integers.min() >= 0 and integers.max() < end)


def _array(values: ArrayLike, name: str) -> NDArray[Any]:
    if isinstance(values, np.ma.MaskedArray) and np.any(values.mask):
        raise ValueError(f"{name} has masked elements; wanted an array with all of its numbers")
    try:
        return np.asarray(values)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name} is no array of numbers: {error}") from error


def _text(shape: Shape) -> str:
    sizes = ", ".join("N" if size is None else str(size) for size in shape)
    return f"({sizes},)" if len(shape) == 1 else f"({sizes})"
