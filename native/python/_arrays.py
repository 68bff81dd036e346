"""Arrays in files: NumPy's NPY and NPZ, and IDX, which MNIST is kept in."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from typing import Any, Optional

import numpy as np
from numpy.typing import NDArray

from ._tables import BadTable, listed

# The arrays of an NPZ file, unless told.
INPUTS = ("X", "x", "x_train", "data")
TARGETS = ("y", "y_train", "labels", "target")

# Of IDX, the numbers of its types.
_IDX = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


def read(
    content: bytes,
    member: Any = None,
    target_member: Any = None,
    wants_target: bool = False,
    names: Sequence[str] = INPUTS,
) -> Optional[tuple[NDArray[Any], Optional[NDArray[Any]]]]:
    """The array of a file, and where it has several, that of targets if it is wanted; None of a file of another kind."""
    if content.startswith(b"\x93NUMPY"):
        return _npy(content), None
    if content.startswith(b"PK\x03\x04"):
        return _npz(content, member, target_member, wants_target, names)
    if content[:2] == b"\0\0" and len(content) > 4 and content[2] in _IDX and 0 < content[3] < 8:
        return _idx(content), None
    return None


def _npy(content: bytes) -> NDArray[Any]:
    try:
        found: NDArray[Any] = np.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise BadTable(f" is a damaged NPY file, or has objects: {error}; wanted an array of numbers") from None
    return found


def _npz(
    content: bytes, member: Any, target_member: Any, wants_target: bool, candidates: Sequence[str]
) -> tuple[NDArray[Any], Optional[NDArray[Any]]]:
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            names = arrays.files
            inputs = arrays[_member(names, member, candidates)]
            targets = arrays[_member(names, target_member, TARGETS)] if wants_target else None
    except BadTable:
        raise
    except (ValueError, EOFError, OSError, zipfile.BadZipFile, zlib.error) as error:
        raise BadTable(f" is a damaged NPZ file, or has objects: {error}; wanted arrays of numbers") from None
    return inputs, targets


def _member(names: list[str], asked: Any, candidates: Sequence[str]) -> str:
    wanted = candidates if asked is None else [asked]
    for name in wanted:
        if name in names:
            return str(name)
    option = "target_member" if candidates is TARGETS else "input_member"
    raise BadTable(f" has the arrays {listed(names)}; wanted {' or '.join(wanted)}: {option}= says which")


def _idx(content: bytes) -> NDArray[Any]:
    dimensions = content[3]
    begin = 4 + 4 * dimensions
    shape = tuple(int.from_bytes(content[place : place + 4], "big") for place in range(4, begin, 4))
    dtype = np.dtype(_IDX[content[2]])
    size = int(np.prod(shape, dtype=object)) * dtype.itemsize
    if len(content) != begin + size:
        of = " × ".join(map(str, shape))
        came = f" is an IDX file of {of} numbers in {len(content) - begin:,} bytes"
        raise BadTable(f"{came}; wanted {size:,}: it is cut off or damaged")
    return np.frombuffer(content, dtype, offset=begin).reshape(shape)


def as_target(values: NDArray[Any]) -> NDArray[Any]:
    """An array of targets, (N, columns)."""
    rows = values.reshape(len(values), -1) if values.ndim > 0 else values
    is_right = rows.ndim == 2 and rows.size > 0 and rows.dtype.kind in "biufU"
    if not is_right or (rows.dtype.kind == "f" and not np.isfinite(rows).all()):
        came = f" has targets of dtype {values.dtype} and shape {values.shape}"
        raise BadTable(f"{came}; wanted finite numbers, or texts, for each sample")
    return rows
