"""How inputs are scaled: measured on samples, applied to them, and as it stands in a model file.

All of it is in double: sums run over the samples one by one, and a result is rounded once, to float32.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from numbers import Real
from typing import Any, NamedTuple, Optional, Union

import numpy as np
from numpy.typing import NDArray

_Doubles = NDArray[np.float64]

# What gives all samples, some at a time, each time that it is asked.
Rows = Callable[[], Iterator[_Doubles]]

# Numbers of samples that are looked at together.
_TOGETHER = 1 << 20


class Scaling(NamedTuple):
    """How inputs were scaled before a network learned from them, and are to be before it is asked: divided by a number."""

    factor: float
    """What every input was divided by: a normal number of float32, above 0."""


class StandardScaling(NamedTuple):
    """Inputs that were shifted and divided so that each column had the mean 0 and the deviation 1: (x − mean)/deviation."""

    mean: tuple[float, ...]
    """The mean of each column of the samples that were learned from."""
    deviation: tuple[float, ...]
    """The root of the mean square of each column's distances from its mean; 1 where that is 0."""


class MinMaxScaling(NamedTuple):
    """Inputs that were brought to 0 to 1: (x − minimum)/(maximum − minimum), where they differ, else x − minimum."""

    minimum: tuple[float, ...]
    """The smallest number of each column of the samples that were learned from."""
    maximum: tuple[float, ...]
    """The largest."""


AnyScaling = Union[Scaling, StandardScaling, MinMaxScaling]

# The kinds with a number or two for each column, by their names in a file.
_OF_COLUMNS: dict[str, Any] = {"standard": StandardScaling, "minmax": MinMaxScaling}


def factor(scaling: Any) -> float:
    """What inputs are divided by, as float32 has it: the shortest text that gives the number again, in double."""
    # Another package's is as good.
    given = getattr(scaling, "factor", scaling)
    try:
        with np.errstate(all="ignore"):
            is_number = isinstance(given, (int, float, np.integer, np.floating)) and not isinstance(given, bool)
            number = np.float32(given if is_number else 0)
    except OverflowError:
        # Of an integer that is beyond double.
        number = np.float32(np.inf)
    if not (math.isfinite(number) and number >= np.finfo(np.float32).tiny):
        raise ValueError(f"scaling is {scaling!r}; wanted a normal number of float32, above 0")
    return float(str(number))


def kind_of(scaling: Any) -> Optional[str]:
    """The name in a file of a kind with numbers for each column; None of another one, of whatever package."""
    fields = getattr(scaling, "_fields", None)
    return next((kind for kind, of in _OF_COLUMNS.items() if of._fields == fields), None)


def of_any(scaling: Any, columns: int) -> AnyScaling:
    """A scaling as callers give it, for so many columns."""
    kind = kind_of(scaling)
    if isinstance(scaling, type):
        name = scaling.__name__
        numbers = ", ".join(getattr(scaling, "_fields", ()))
        measured = f"'{kind}', which measures it, or {name}({numbers})" if kind else "an object of it"
        raise ValueError(f"scaling is the class {name}; wanted {measured}")
    if kind is None:
        return Scaling(factor(scaling))
    made: Optional[AnyScaling] = _checked(kind, [list(map(float, numbers)) for numbers in scaling], columns)
    if made is None:
        raise ValueError(
            f"scaling has {len(tuple(scaling[0]))} and {len(tuple(scaling[1]))} numbers, or some that can't be; wanted "
            f"a finite one for each of {columns} columns, as scaling='{kind}' measures them"
        )
    return made


def text(scaling: AnyScaling) -> str:
    """As it stands in a model file."""
    kind = kind_of(scaling)
    if kind is None:
        return f'{{"kind":"factor","factor":{number_text(factor(scaling))}}}'
    named: dict[str, Any] = scaling._asdict()
    lists = [f'"{name}":{numbers_text(numbers)}' for name, numbers in named.items()]
    return f'{{"kind":"{kind}",{",".join(lists)}}}'


def words(scaling: AnyScaling) -> str:
    """How the inputs were scaled, in a sentence."""
    kind = kind_of(scaling)
    if kind is None:
        return f"divided by {factor(scaling):g}"
    of = "mean and deviation" if kind == "standard" else "minimum and maximum"
    return f"scaled by the {of} of each column"


def parsed(text: str, columns: int) -> Optional[AnyScaling]:
    """The scaling that a file tells of; None where it is none of a network with so many columns. A factor is not read."""
    try:
        value = json.loads(text, object_pairs_hook=_distinct, parse_int=float)
    except (ValueError, RecursionError):
        return None
    kind = value.pop("kind", None) if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in _OF_COLUMNS or set(value) != set(_OF_COLUMNS[kind]._fields):
        return None
    made: Optional[AnyScaling] = _checked(kind, [value[name] for name in _OF_COLUMNS[kind]._fields], columns)
    return made


def numbers_of(text: str, columns: int) -> Optional[tuple[float, ...]]:
    """So many finite numbers that a text of a file lists; None where it does not."""
    try:
        # As double at once: there is a -0, too.
        value = json.loads(text, parse_int=float)
    except (ValueError, RecursionError):
        return None
    return tuple(map(float, value)) if _are_numbers(value, columns) else None


def replacements(missing: Any, columns: int) -> tuple[float, ...]:
    """What stands for a missing number of each column: a number for all, or one for each."""
    is_list = isinstance(missing, (Sequence, np.ndarray)) and not isinstance(missing, str)
    numbers = list(missing) if is_list else [missing] * columns
    if len(numbers) != columns:
        raise ValueError(f"missing has {len(numbers)} numbers; wanted one, or one for each of {columns} columns")
    for number in numbers:
        if isinstance(number, (bool, np.bool_)) or not isinstance(number, Real) or not math.isfinite(number):
            raise ValueError(f"missing is {number!r}; wanted finite numbers, 'mean', or None")
    return tuple(map(float, numbers))


def numbers_text(numbers: Any) -> str:
    """A list of numbers in JSON."""
    return f"[{','.join(map(number_text, numbers))}]"


def number_text(number: float) -> str:
    """The shortest text that gives the number again."""
    text = repr(float(number))
    return text[:-2] if text.endswith(".0") else text


def fact_text(number: float) -> str:
    """The same as C# writes it: with a capital E, of two digits or more."""
    text = number_text(number)
    digits, _, exponent = text.partition("e")
    if exponent:
        return f"{digits}E{exponent[0]}{exponent[1:].rjust(2, '0')}"
    whole = digits.lstrip("-")
    if len(whole.partition(".")[0]) > 15:
        sign, rest = digits[: len(digits) - len(whole)], whole.rstrip("0")
        return f"{sign}{rest[0]}{'.' + rest[1:] if len(rest) > 1 else ''}E+{len(whole) - 1}"
    return text


def single_text(number: float) -> str:
    """The shortest text that gives the same number of float32."""
    return number_text(float(str(np.float32(number))))


def fitted(kind: Any, rows: Rows, columns: int) -> AnyScaling:
    """A scaling of a kind, measured on samples.

    Parameters
    ----------
    kind
        A name, or a scaling itself.
    rows
        Gives the samples, finite numbers, some at a time, as often as it is asked.
    columns : int
    """
    is_other = not isinstance(kind, (str, type, Real)) and kind_of(kind) is None and not hasattr(kind, "factor")
    if not isinstance(kind, str) and not is_other:
        return of_any(kind, columns)
    if is_other or kind not in _OF_COLUMNS:
        raise ValueError(f"scaling is {kind!r}; wanted 'standard', 'minmax', a number to divide by, or None")
    count, total = 0, np.zeros(columns)
    minimum, maximum = np.full(columns, np.inf), np.full(columns, -np.inf)
    with np.errstate(over="ignore", invalid="ignore"):
        for some in rows():
            count += len(some)
            minimum, maximum = np.minimum(minimum, some.min(axis=0)), np.maximum(maximum, some.max(axis=0))
            total = added(total, some)
        if kind == "minmax":
            first, second = minimum, maximum
        else:
            first = np.where(minimum == maximum, minimum, total / count)
            squares = np.zeros(columns)
            for some in rows():
                squares = added(squares, np.square(some - first))
            second = np.sqrt(squares / count)
            second[second == 0] = 1
        made: Optional[AnyScaling] = _checked(kind, [first.tolist(), second.tolist()], columns)
        if made is None:
            wrong = int(np.argmin(np.isfinite(first) & np.isfinite(second) & np.isfinite(second - first)))
            raise ValueError(f"column {wrong} of X has numbers up to {maximum[wrong]:g}, too large to be scaled")
    return made


def applied(
    scaling: Optional[AnyScaling], X: NDArray[Any], missing: Optional[tuple[float, ...]] = None
) -> NDArray[np.float32]:
    """The samples as a network takes them: what is missing replaced, scaled, and rounded to float32."""
    result = np.empty(X.shape, np.float32)
    shift, divisor = _shift_and_divisor(scaling)
    end = 0
    with np.errstate(over="ignore", invalid="ignore"):
        for rows in parts(X, None, missing):
            if scaling is not None:
                rows = (rows / divisor) if shift is None else (rows - shift) / divisor
            result[end : end + len(rows)] = rows
            end += len(rows)
    return result


def parts(
    X: NDArray[Any], chosen: Optional[NDArray[np.bool_]] = None, missing: Optional[tuple[float, ...]] = None
) -> Iterator[_Doubles]:
    """Some samples at a time, of those that are chosen, in double, and what is missing replaced."""
    size = max(1, _TOGETHER // max(1, X.shape[1]))
    for first in range(0, len(X), size):
        some = X[first : first + size]
        some = (some if chosen is None else some[chosen[first : first + size]]).astype(np.float64)
        if missing is not None:
            some = np.where(np.isnan(some), missing, some)
        if len(some) > 0:
            yield some


def added(total: _Doubles, rows: _Doubles) -> _Doubles:
    """The sum of each column with some more rows, one added to the other in their order: NumPy's own sum has another.

    The rows are no longer what they were.
    """
    rows[0] += total
    last: _Doubles = np.add.accumulate(rows, axis=0)[-1].copy()
    return last


def _shift_and_divisor(scaling: Optional[AnyScaling]) -> tuple[Any, Any]:
    if isinstance(scaling, StandardScaling):
        return np.array(scaling.mean), _divisor(np.array(scaling.deviation))
    if isinstance(scaling, MinMaxScaling):
        return np.array(scaling.minimum), _divisor(np.array(scaling.maximum) - np.array(scaling.minimum))
    return None, None if scaling is None else float(np.float32(scaling.factor))


def _divisor(widths: _Doubles) -> _Doubles:
    return np.where(widths == 0, 1.0, widths)


def _checked(kind: str, lists: list[Any], columns: int) -> Any:
    """A scaling with numbers for each column; None where they can't be."""
    if not all(_are_numbers(numbers, columns) for numbers in lists):
        return None
    first, second = (tuple(map(float, numbers)) for numbers in lists)
    if kind == "standard":
        is_right = all(deviation >= 0 for deviation in second)
    else:
        is_right = all(low <= high and math.isfinite(high - low) for low, high in zip(first, second))
    return _OF_COLUMNS[kind](first, second) if is_right else None


def _are_numbers(values: Any, count: int) -> bool:
    is_list = isinstance(values, list) and len(values) == count
    return is_list and all(isinstance(value, float) and math.isfinite(value) for value in values)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key is there twice")
    return dict(pairs)
