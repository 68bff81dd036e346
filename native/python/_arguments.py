"""What callers give: refused with what was wanted and what came, or made fit for the library."""

from __future__ import annotations

import numbers
import operator
import os
from collections.abc import Iterable, Iterator
from typing import Any, Optional

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _native

Shape = tuple[Optional[int], ...]

# Booleans, integers and floating-point numbers: what becomes float32 with no loss but of precision.
_NUMBERS = "biuf"

LARGEST = float(np.finfo(np.float32).max)

# How far from 1 the library lets a row of probabilities sum to.
_TOLERANCE = 1e-4

# Numbers of probabilities that are looked at together.
_TOGETHER = 1 << 20


def floats(values: ArrayLike, name: str, shape: Shape) -> NDArray[np.float32]:
    """The values as dense, aligned float32 of a shape, in which None is any size; a copy only where they are not."""
    given = reals(values, name, shape)
    if _is_fit(given, np.float32):
        return given
    # What overflows is infinite, and refused as such.
    with np.errstate(over="ignore", invalid="ignore"):
        return np.require(given, np.float32, ["C_CONTIGUOUS", "ALIGNED"])


def samples(values: ArrayLike, inputs: int, name: str = "X") -> NDArray[np.float32]:
    """N×inputs, with N of 1 or more. That they are finite is for the library to see: it reads them all anyway."""
    X = floats(rows(values, inputs, name), name, (None, inputs))
    if len(X) == 0:
        raise ValueError(f"{name} has no samples; wanted one or more")
    return X


def rows(values: Any, inputs: int, name: str) -> NDArray[Any]:
    """Real numbers, (N, inputs): where they are not, the error says what may help."""
    given = array(values, name)
    if given.dtype.kind in _NUMBERS and given.shape[1:] != (inputs,):
        hint = _hint_of_shape(given.shape, inputs, name)
        raise ValueError(f"{name} has shape {given.shape}; wanted (N, {inputs}), a column for each input{hint}")
    return reals(given, name, (None, inputs))


def _hint_of_shape(shape: tuple[int, ...], inputs: int, name: str) -> str:
    if shape == (inputs,):
        return f". {name}[None] is one sample"
    if len(shape) == 2 and shape[1] == inputs + 1:
        return f". Where the last column is the target, {name}[:, :-1] is without"
    if len(shape) == 2 and shape[0] == inputs:
        return f". Where each column is a sample, {name}.T has them as rows"
    if len(shape) > 2 and int(np.prod(shape[1:])) == inputs:
        return f". {name}.reshape(len({name}), -1) has them as rows"
    if len(shape) == 2:
        return f". A network of {shape[1]} inputs is another one, for build-native.sh to build"
    return ""


def targets(values: ArrayLike, count: int, classes: int, normalize: bool = False, name: str = "y") -> NDArray[Any]:
    """Class numbers as int32, or rows of probabilities as float32, where that is asked for each divided by its sum.

    That rows which are not divided sum to 1 is for the library to see.
    """
    if not isinstance(normalize, (bool, np.bool_)):
        raise ValueError(f"normalize is {normalize!r}; wanted True or False")
    given = array(values, name)
    if given.ndim == 2 and given.shape == (count, classes):
        return _divided(given, name, (count, classes)) if normalize else floats(given, name, (count, classes))
    if given.ndim != 1 or len(given) != count or given.dtype.kind not in "iu":
        wanted = f"({count},) class numbers, or ({count}, {classes}) probabilities"
        if given.shape != (count,):
            hint = f". {name}.squeeze() is that" if given.shape == (count, 1) else ""
            raise ValueError(f"{name} has shape {given.shape}; wanted {wanted}{hint}")
        hint = ""
        if given.dtype.kind == "f":
            hint = f". Where they are whole numbers, {name}.astype(int) has them as such"
        elif given.dtype.kind in "OU":
            hint = ". Texts are for fit, which keeps the names of the classes, and for a network that has them"
        raise ValueError(f"{name} has dtype {given.dtype}; wanted integers: {wanted}{hint}")
    # Before they are narrowed: 2³² would become 0.
    if not _are_below(given, classes):
        wrong = int(np.flatnonzero((given < 0) | (given >= classes))[0])
        hint = f". As texts, {name}.astype(str), {classes} labels of any kind are classes, for fit"
        raise ValueError(f"{name}[{wrong}] is {given[wrong]}; wanted a class number from 0 to {classes - 1}{hint}")
    return given if _is_fit(given, np.int32) else np.require(given, np.int32, ["C_CONTIGUOUS", "ALIGNED"])


def labels(values: Any, name: str) -> Any:
    """Labels of any kind: those of pandas as NumPy's, which scikit-learn's oldest versions take alone."""
    return _of_pandas(values, name) if _is_of_pandas(values) else values


def output(out: Any, name: str, dtype: type, shape: tuple[int, ...], *read: NDArray[Any]) -> NDArray[Any]:
    """The buffer to write to: a new one for None, else a view of the caller's own, never a copy of it."""
    if out is None:
        return np.empty(shape, dtype)
    if isinstance(out, np.ndarray):
        own = _own(out)
        came = _unlike(own, dtype, shape)
        if came is None:
            for array in read:
                if np.may_share_memory(own, array):
                    raise ValueError(f"{name} overlaps what is read; wanted memory of its own")
            return own
    else:
        came = f"is of type {type(out).__name__}"
    raise ValueError(f"{name} {came}; wanted a writable, C-contiguous {np.dtype(dtype)} array of shape {_text(shape)}")


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
        if 0 <= rate <= LARGEST:
            return rate
    raise ValueError(f"learning_rate is {value!r}; wanted a finite number of 0 or more")


def number(value: Any, name: str, least: float, most: float = LARGEST) -> float:
    """A real number in a range, which is finite as float32."""
    if isinstance(value, numbers.Real) and not isinstance(value, bool):
        given = float(value)
        if least <= given <= most:
            return given
    above = f"from {least:g} to {most:g}" if most < 1 else f"of {least:g} or more"
    raise ValueError(f"{name} is {value!r}; wanted a finite number {above}")


def positive(value: Any, name: str) -> float:
    """A real number above 0, which is finite as float32."""
    if isinstance(value, numbers.Real) and not isinstance(value, bool) and 0 < float(value) <= LARGEST:
        return float(value)
    raise ValueError(f"{name} is {value!r}; wanted a finite number above 0")


def choice(value: Any, name: str, names: Iterable[str], otherwise: str) -> str:
    """One of some names; None is the library's own."""
    if value is None:
        return otherwise
    if not isinstance(value, str) or value not in names:
        wanted = f"one of {', '.join(map(repr, names))}, or None for the default"
        raise ValueError(f"{name} is {value!r}; wanted {wanted}")
    return value


def names(values: Any, name: str, count: int | None) -> tuple[str, ...] | None:
    """So many texts; of an unknown count one or more; None is none."""
    if values is None:
        return None
    given = [] if isinstance(values, str) else list(values)
    if not given or len(given) != (count or len(given)) or not all(isinstance(one, str) for one in given):
        wanted = "texts" if count is None else f"{count} texts"
        raise ValueError(f"{name} is {values!r}; wanted {wanted}, or None")
    return tuple(map(str, given))


def foreign(value: Any, kind: type) -> str:
    """What to say of a value, or a class, whose own kind has the name of ours but is another package's; else nothing.

    Every package that build-native.sh makes has the same kinds.
    """
    package, _, module = kind.__module__.rpartition(".")
    for base in (value if isinstance(value, type) else type(value)).__mro__:
        other, _, its = base.__module__.rpartition(".")
        if base is not kind and (base.__qualname__, its) == (kind.__qualname__, module):
            return ", of an earlier import of this package" if other == package else f", of the package '{other}'"
    return ""


def finite(array: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    """The array, which must not hold infinities or NaN."""
    index = _native.first_not_finite(array)
    if index < array.size:
        place = tuple(map(int, np.unravel_index(index, array.shape)))
        hint = hint_of_missing(array[place]) if array.ndim == 2 and name.endswith("X") else ""
        came = f"{name}[{', '.join(map(str, place))}] is {array[place]} as float32"
        raise ValueError(f"{came}; wanted finite numbers{hint}")
    return array


def hint_of_missing(value: Any = np.nan) -> str:
    """What helps where a sample's number is NaN."""
    return ". Where one is missing, fit(…, missing='mean') replaces it, here and later" if np.isnan(value) else ""


def probabilities(array: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    """The array, whose rows must be distributions."""
    wanted = "wanted 1, to within 1e-4. With normalize=True each row is divided by its sum"
    for first, rows in _together(array):
        sums = _sums(rows)
        with np.errstate(invalid="ignore"):
            _require_rows(rows, sums, np.abs(sums - 1) <= _TOLERANCE, first, name, wanted)
    return array


def within(array: NDArray[np.float32], name: str, least: float, most: float) -> NDArray[np.float32]:
    """The array, whose numbers must lie between two others."""
    wrong = np.argwhere(~((array >= least) & (array <= most)))
    if len(wrong) > 0:
        place = tuple(map(int, wrong[0]))
        raise ValueError(f"{name}[{', '.join(map(str, place))}] is {array[place]}; wanted numbers from {least:g} to {most:g}")
    return array


def _divided(given: NDArray[Any], name: str, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Rows of probabilities, each divided by its sum."""
    result = np.empty(shape, np.float32)
    for first, rows in _together(reals(given, name, shape)):
        with np.errstate(over="ignore"):
            rows = rows.astype(np.float64)
        sums = _sums(rows)
        can_divide = (sums > 0) & (sums < np.inf)
        _require_rows(rows, sums, can_divide, first, name, "wanted a row that can be divided by its sum")
        result[first : first + len(rows)] = rows / sums[:, None]
    return result


def _require_rows(
    rows: NDArray[Any], sums: NDArray[np.float64], are_right: NDArray[np.bool_], first: int, name: str, wanted: str
) -> None:
    """That no number is negative, infinite or NaN, and that the sums are right; names the first row where it is not so."""
    well = are_right & (rows >= 0).all(axis=1)
    if well.all():
        return
    row = int(np.argmin(well))
    if not (np.isfinite(rows[row]) & (rows[row] >= 0)).all():
        raise ValueError(f"{name}[{first + row}] is {rows[row]}; wanted probabilities, finite and not negative")
    raise ValueError(f"{name}[{first + row}] sums to {sums[row]:.6g}; {wanted}")


def _together(rows: NDArray[Any]) -> Iterator[tuple[int, NDArray[Any]]]:
    """Some rows at a time, and the number of their first."""
    count = max(1, _TOGETHER // max(1, rows.shape[1]))
    return ((first, rows[first : first + count]) for first in range(0, len(rows), count))


def _sums(rows: NDArray[Any]) -> NDArray[np.float64]:
    """In the library's order, one number after the other: the bits decide what is within the tolerance."""
    with np.errstate(over="ignore", invalid="ignore"):
        sums: NDArray[np.float64] = np.cumsum(rows, axis=1, dtype=np.float64)[:, -1]
    return sums


def reals(values: ArrayLike, name: str, shape: Shape) -> NDArray[Any]:
    """Real numbers of a shape, in which None is any size."""
    given = array(values, name)
    if given.dtype.kind not in _NUMBERS:
        raise ValueError(f"{name} has dtype {given.dtype}; wanted float32, or other real numbers")
    if given.ndim != len(shape) or any(want not in (None, come) for want, come in zip(shape, given.shape)):
        raise ValueError(f"{name} has shape {given.shape}; wanted {_text(shape)}")
    return given


def _unlike(array: NDArray[Any], dtype: type, shape: tuple[int, ...]) -> Optional[str]:
    """Why the library cannot write to the array; None where it can."""
    if array.dtype != dtype:
        return f"has dtype {array.dtype}"
    if array.shape != shape:
        return f"has shape {array.shape}"
    if not (array.flags.c_contiguous and array.flags.aligned):
        return "is strided or not aligned"
    return None if array.flags.writeable else "is read-only"


def _is_fit(array: NDArray[Any], dtype: type) -> bool:
    """Whether the library can read the array as it is. To ask costs less than to have it required."""
    return array.dtype == dtype and array.flags.c_contiguous and array.flags.aligned


def _are_below(integers: NDArray[Any], end: int) -> bool:
    """Whether all are from 0 on and below a number."""
    if integers.dtype == np.int32:
        # As unsigned numbers negative ones are above all others.
        return bool(integers.view(np.uint32).max() < end)
    return bool(integers.min() >= 0 and integers.max() < end)


def array(values: Any, name: str) -> NDArray[Any]:
    """The values as an array of the caller's own dtype, which nobody else has."""
    if isinstance(values, np.ma.MaskedArray) and np.any(values.mask):
        raise ValueError(f"{name} has masked elements; wanted an array with all of its numbers")
    if not isinstance(values, np.ndarray):
        if _is_of_pandas(values):
            values = _of_pandas(values, name)
        elif hasattr(values, "toarray"):
            kind = type(values).__name__
            raise ValueError(f"{name} is sparse ({kind}); wanted a dense array, as its toarray() makes")
    if isinstance(values, (str, bytes, os.PathLike)):
        raise ValueError(f"{name} is {values!r}; wanted an array, or a table: read_table(path, network=…) reads a file")
    try:
        return _own(np.asarray(values))
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name} is no array of numbers: {error}") from error


def _is_of_pandas(values: Any) -> bool:
    return hasattr(values, "isna") and hasattr(values, "to_numpy")


def _of_pandas(values: Any, name: str) -> NDArray[Any]:
    """A frame, a series or an array of pandas: nullable dtypes, and bool beside other numbers, become no objects."""
    columns = getattr(values, "columns", None)
    dtypes = [values.dtype] if columns is None else list(values.dtypes)
    if dtypes and all(getattr(dtype, "kind", "O") in _NUMBERS for dtype in dtypes):
        plain = [getattr(dtype, "numpy_dtype", getattr(dtype, "subtype", dtype)) for dtype in dtypes]
        if plain != dtypes:
            missing = np.argwhere(np.asarray(values.isna()))
            if len(missing) > 0:
                hint = hint_of_missing() if name.endswith("X") else ""
                raise ValueError(f"{name}[{', '.join(map(str, missing[0]))}] is missing; wanted a number{hint}")
        numbers: NDArray[Any] = values.to_numpy(dtype=np.result_type(*plain))
        return numbers
    # Categories may be numbers, too.
    array = np.asarray(values)
    if array.dtype.kind not in _NUMBERS and columns is not None:
        for column, dtype in zip(columns, dtypes):
            if getattr(dtype, "kind", "O") not in _NUMBERS:
                hint = "Leave it out, or make numbers of it: pandas.get_dummies makes a column of each text"
                raise ValueError(f"{name} has the column {column!r} of dtype {dtype}; wanted real numbers. {hint}")
    return array


def _own(array: NDArray[Any]) -> NDArray[Any]:
    """A view that nobody else has: other threads may give the caller's array another shape or dtype during a call."""
    view: NDArray[Any] = np.asarray(array)[...]
    return view


def _text(shape: Shape) -> str:
    sizes = ", ".join("N" if size is None else str(size) for size in shape)
    return f"({sizes},)" if len(shape) == 1 else f"({sizes})"
