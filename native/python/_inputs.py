"""What is between samples as callers have them and a network's inputs: names of columns, missing numbers, scaling."""

from __future__ import annotations

from typing import Any, NamedTuple, Optional

import numpy as np
from numpy.typing import NDArray

from . import _arguments, _scaling
from ._scaling import AnyScaling


class Preparation(NamedTuple):
    """How samples become a network's inputs. All of it may be None: then they are taken as they are.

    Attributes
    ----------
    columns
        The names of the columns, by which those of a frame are found.
    missing
        What stands for a missing number of each column.
    scaling
        What is done with the numbers then.
    """

    columns: Optional[tuple[str, ...]] = None
    missing: Optional[tuple[float, ...]] = None
    scaling: Optional[AnyScaling] = None

    def of(self, X: Any, inputs: int, name: str = "X") -> NDArray[np.float32]:
        """The samples, (N, D), as a network of so many inputs takes them."""
        given = self.in_order(X, inputs, name)
        if self.missing is None and self.scaling is None:
            return _arguments.samples(given, inputs, name)
        return self.applied(raw(given, inputs, self.missing is not None, name), name)

    def applied(self, raw: NDArray[Any], name: str = "X") -> NDArray[np.float32]:
        """Samples that ``raw`` has let through."""
        X = _scaling.applied(self.scaling, raw, self.missing)
        if self.scaling is not None:
            # What is not finite before either is told as it is.
            _require_scaled(X, raw, name)
        return X

    def in_order(self, X: Any, inputs: int, name: str = "X") -> Any:
        """A frame's columns in the network's order; what has no names is taken as it is."""
        names = names_of(X)
        if hasattr(X, "targets_for"):
            X = X.X
        if self.columns is None or names is None or names == self.columns:
            return X
        lacking = [column for column in self.columns if column not in names]
        if lacking:
            more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
            raise ValueError(
                f"{name} has no column {lacking[0]!r}{more}; wanted the {inputs} columns that the network has learned from"
            )
        if isinstance(X, np.ndarray):
            return X[:, [names.index(column) for column in self.columns]]
        return X[list(self.columns)]


def names_of(X: Any) -> Optional[tuple[str, ...]]:
    """The names of a frame's or a table's columns; None where they are no texts, or not all different."""
    columns = getattr(X, "columns", None)
    if columns is None or not (hasattr(X, "to_numpy") or hasattr(X, "targets_for")):
        return None
    names = tuple(columns)
    are_names = all(isinstance(name, str) for name in names) and len(set(names)) == len(names)
    return tuple(map(str, names)) if are_names and names else None


def raw(X: Any, inputs: int, may_miss: bool, name: str = "X") -> NDArray[Any]:
    """Samples as they are given, (N, D) real numbers of whatever type; where numbers may be missing, those are NaN."""
    if may_miss and hasattr(X, "columns") and hasattr(X, "to_numpy"):
        X = _with_nan(X, name)
    given = _arguments.rows(X, inputs, name)
    if len(given) == 0:
        raise ValueError(f"{name} has no samples; wanted one or more")
    if not may_miss:
        return given
    return given if given.dtype.kind == "f" else given.astype(np.float64)


def require_finite(raw: NDArray[Any], may_miss: bool, name: str = "X") -> None:
    """That numbers are there and finite, as far as they are not missing."""
    end = 0
    for rows in _scaling.parts(raw):
        are_wrong = np.isinf(rows) if may_miss else ~np.isfinite(rows)
        if are_wrong.any():
            row, column = (int(place[0]) for place in np.nonzero(are_wrong))
            wanted = "wanted finite numbers, or NaN where one is missing"
            if not may_miss:
                wanted = f"wanted finite numbers{_arguments.hint_of_missing(rows[row, column])}"
            raise ValueError(f"{name}[{end + row}, {column}] is {rows[row, column]}; {wanted}")
        end += len(rows)


def filled(missing: Any, rows: _scaling.Rows, columns: int) -> Optional[tuple[float, ...]]:
    """What stands for a missing number of each column: a number, one for each, or the mean of those that are there.

    Parameters
    ----------
    missing : float, sequence of float, "mean" or None
    rows
        Gives the samples that are learned from, some at a time, NaN where a number is missing.
    columns : int
    """
    if missing is None:
        return None
    if not isinstance(missing, str):
        return _scaling.replacements(missing, columns)
    if missing != "mean":
        raise ValueError(f"missing is {missing!r}; wanted a number, 'mean', or None")
    counts, total = np.zeros(columns, np.int64), np.zeros(columns)
    with np.errstate(over="ignore", invalid="ignore"):
        for some in rows():
            is_there = ~np.isnan(some)
            counts += is_there.sum(axis=0)
            # Of what is missing 0 is added, which changes no sum.
            total = _scaling.added(total, np.where(is_there, some, 0.0))
    if not counts.all():
        raise ValueError(f"column {int(np.argmin(counts))} of X has no number at all; wanted one at least for its mean")
    with np.errstate(over="ignore"):
        return _scaling.replacements(tuple((total / counts).tolist()), columns)


def _with_nan(frame: Any, name: str) -> Any:
    """A frame of pandas whose missing numbers are NaN."""
    # Nullable dtypes can't be converted by all versions; what is no number at all is named later.
    for convert, how in ((frame.astype, {}), (frame.to_numpy, {"na_value": np.nan})):
        try:
            return convert(dtype=np.float64, **how)
        except (TypeError, ValueError):
            pass
    return frame


def _require_scaled(X: NDArray[np.float32], given: NDArray[Any], name: str) -> None:
    """That no finite number has become one that float32 has not."""
    try:
        _arguments.finite(X, name)
    except ValueError:
        row, column = (int(place[0]) for place in np.nonzero(~np.isfinite(X)))
        if np.isfinite(given[row, column]):
            raise ValueError(
                f"{name}[{row}, {column}] is {given[row, column]}, and {X[row, column]} once it is scaled; "
                "wanted what float32 can hold"
            ) from None
        raise
