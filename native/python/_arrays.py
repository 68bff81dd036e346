"""Arrays in files, whose samples come in parts: NumPy's NPY and NPZ, and IDX, which MNIST is kept in."""

from __future__ import annotations

import contextlib
import io
import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Optional, Union

import numpy as np
from numpy.typing import NDArray

from . import _columns
from ._columns import Choice
from ._files import Path
from ._rows import TOGETHER, Part, first_bad_weight
from ._streams import Content
from ._tables import BadTable, listed, sentence

# The arrays of an NPZ file, unless told.
INPUTS = ("X", "x", "x_train", "data")
TARGETS = ("y", "y_train", "labels", "target")

# Of IDX, the numbers of its types.
_IDX = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


class ArraySource:
    """The arrays of a file, whose samples come in parts.

    Attributes
    ----------
    columns, target_names
        None: arrays have no names.
    """

    columns: None = None
    target_names: None = None

    def __init__(
        self, inputs: _Rows, targets: Optional[_Rows], weights: Optional[_Rows], choice: Choice, missing: bool
    ) -> None:
        self._inputs = inputs
        self._targets = targets
        self._weights = weights
        self._missing = missing
        if inputs.dtype.kind not in "biuf" or not inputs.shape:
            came = f"dtype {inputs.dtype} in {len(inputs.shape)} dimensions"
            raise BadTable(f" has an array of {came}; wanted samples of numbers")
        if inputs.shape[0] == 0:
            raise BadTable(" has no samples; wanted one or more")
        count = int(np.prod(inputs.shape[1:]))
        if targets is not None or len(inputs.shape) != 2:
            # More dimensions are pictures, which have their targets elsewhere.
            choice = choice._replace(target=None)
        self._chosen = _columns.chosen(count, None, choice._replace(weights=None))
        _columns.require_inputs(len(self._chosen.inputs), count, None, choice, "")
        if targets is not None and targets.shape[:1] != inputs.shape[:1]:
            raise BadTable(f" has {inputs.shape[0]} samples and {(*targets.shape, 0)[0]} targets; wanted as many")
        are_weights = weights is None or weights.shape in (inputs.shape[:1], (*inputs.shape[:1], 1))
        if weights is not None and (not are_weights or weights.dtype.kind not in "biuf"):
            came = f"{weights.dtype} of shape {weights.shape}"
            raise BadTable(f" has weights that are {came}; wanted a number for each of {inputs.shape[0]} samples")

    def parts(self) -> Iterator[Part]:
        """All samples, some at a time."""
        inputs, targets, chosen = self._inputs, self._targets, self._chosen
        for first in range(0, inputs.shape[0], TOGETHER):
            count = min(TOGETHER, inputs.shape[0] - first)
            rows = inputs.read(count).reshape(count, -1).astype(np.float64)
            of_targets = rows[:, chosen.targets] if chosen.targets else None
            if targets is not None:
                of_targets = targets.read(count)
            if len(chosen.inputs) < rows.shape[1]:
                rows = np.ascontiguousarray(rows[:, chosen.inputs])
            self._require_numbers(rows, first)
            found = None if of_targets is None else as_target(of_targets)
            weights = None if self._weights is None else self._weights_of(self._weights.read(count), first)
            yield Part(rows, found, weights)
        for one in (inputs, targets, self._weights):
            if one is not None:
                one.end()

    def _require_numbers(self, rows: NDArray[np.float64], first: int) -> None:
        wrong = np.argwhere(np.isinf(rows) if self._missing else ~np.isfinite(rows))
        if len(wrong) > 0:
            row, column = map(int, wrong[0])
            is_missing = bool(np.isnan(rows[row, column]))
            hint = "It is missing: read_table(…, missing=True) lets it be NaN, and fit(…, missing='mean') replaces it"
            text = f", sample {first + row + 1}, input {column + 1}, is {rows[row, column]}; wanted a finite number"
            raise BadTable(sentence(text, hint if is_missing else ""))

    def _weights_of(self, given: NDArray[Any], first: int) -> NDArray[np.float32]:
        weights = given.reshape(-1).astype(np.float64)
        wrong = first_bad_weight(weights)
        if wrong is not None:
            raise BadTable(
                f", sample {first + wrong + 1}, has the weight {weights[wrong]}; wanted a weight, finite and 0 or more"
            )
        return weights.astype(np.float32)


class _Held:
    """An array as rows that are read one after the other."""

    def __init__(self, values: NDArray[Any]) -> None:
        self._values = values
        self._done = 0
        self.dtype = values.dtype
        self.shape: tuple[int, ...] = values.shape

    def read(self, count: int) -> NDArray[Any]:
        self._done += count
        return self._values[self._done - count : self._done]

    def end(self) -> None:
        pass


class _Read:
    """Rows in a file, one after the other."""

    def __init__(self, file: BinaryIO, dtype: np.dtype[Any], shape: tuple[int, ...], what: str) -> None:
        self._file = file
        self._what = what
        self.dtype = dtype
        self.shape = shape

    def read(self, count: int) -> NDArray[Any]:
        size = count * self.dtype.itemsize * int(np.prod(self.shape[1:]))
        with _damaged(self._what):
            content = self._file.read(size)
        if len(content) < size:
            self._refuse("ends before")
        return np.frombuffer(content, self.dtype).reshape(count, *self.shape[1:])

    def end(self) -> None:
        """That nothing follows; of an archive its checksum is known then."""
        with _damaged(self._what):
            follows = self._file.read(1)
        if follows:
            self._refuse("goes on behind")

    def _refuse(self, how: str) -> None:
        of = " × ".join(map(str, self.shape))
        size = int(np.prod(self.shape, dtype=object)) * self.dtype.itemsize
        came = f" is {self._what} of {of} numbers, and {how} its {size:,} bytes"
        raise BadTable(f"{came}; wanted a whole file: it is damaged")


_Rows = Union[_Held, _Read]


@contextlib.contextmanager
def _damaged(what: str) -> Iterator[None]:
    """What is wrong within a file, in the words of a table."""
    try:
        yield
    except BadTable:
        raise
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise BadTable(f" is damaged as {what}, or has objects: {error}; wanted arrays of numbers") from None


def opened(
    path: Path,
    content: Content,
    choice: Choice,
    missing: bool,
    input_member: Optional[str] = None,
    target_member: Optional[str] = None,
) -> Optional[ArraySource]:
    """The source of a file of arrays; None of a file of another kind."""
    asked = input_member, target_member, choice.weights
    found = _members(path, content, asked, choice.target is not None, weights_may_lack=choice.weights_may_lack)
    return None if found is None else ArraySource(*found, choice, missing)


def target_rows(path: Path, content: Content, member: Optional[str]) -> Optional[_Rows]:
    """The array of a file that has targets alone; None of a file of another kind."""
    found = _members(path, content, (member, None, None), False, TARGETS)
    return None if found is None else found[0]


def _members(
    path: Path,
    content: Content,
    asked: tuple[Any, Any, Any],
    wants_target: bool,
    names: Sequence[str] = INPUTS,
    weights_may_lack: bool = False,
) -> Optional[tuple[_Rows, Optional[_Rows], Optional[_Rows]]]:
    """The arrays of inputs, of targets and of weights."""
    start, file = content.start, content.file
    if start.startswith(b"PK\x03\x04"):
        return _npz(path, content, asked, wants_target, names, weights_may_lack)
    if start.startswith(b"\x93NUMPY"):
        kind, rows = "an NPY file", _npy(file, "an NPY file")
    elif start[:2] == b"\0\0" and len(start) > 4 and start[2] in _IDX and 0 < start[3] < 8:
        kind, rows = "an IDX file", _idx(file)
    else:
        return None
    if asked[2] is not None and not (weights_may_lack and isinstance(asked[2], str)):
        wanted = "wanted CSV, JSON lines, or an NPZ file with an array of them, for weights="
        raise BadTable(f" is {kind}, which has no column of weights; {wanted}")
    return rows, None, None


def _npy(file: BinaryIO, what: str) -> _Rows:
    with _damaged(what):
        version = np.lib.format.read_magic(file)  # type: ignore[no-untyped-call]
        if version == (1, 0):
            header = np.lib.format.read_array_header_1_0(file)  # type: ignore[no-untyped-call]
        else:
            # Version 3 differs in the names of fields alone.
            header = np.lib.format.read_array_header_2_0(file)  # type: ignore[no-untyped-call]
        shape, is_fortran, dtype = header
        if dtype.hasobject:
            raise ValueError("its elements are Python's objects")
        rows = _Read(file, dtype, shape, what)
        if not is_fortran or len(shape) < 2:
            return rows
        # Columns together: they are all there before the first row is.
        flat = _Read(file, dtype, (int(np.prod(shape)),), what)
        values = flat.read(flat.shape[0])
        flat.end()
        return _Held(values.reshape(shape[::-1]).T)


def _npz(
    path: Path,
    content: Content,
    asked: tuple[Any, Any, Any],
    wants_target: bool,
    candidates: Sequence[str],
    may_lack: bool,
) -> tuple[_Rows, Optional[_Rows], Optional[_Rows]]:
    what = "an NPZ file"
    member, target_member, weights = asked
    with _damaged(what):
        # An archive's list is at its end.
        is_file = not content.is_compressed and os.path.isfile(path)
        source: Any = os.fspath(path) if is_file else io.BytesIO(content.file.read())
        archive = zipfile.ZipFile(source)
        content.others.append(archive)
        names = [name[: -len(".npy")] for name in archive.namelist() if name.endswith(".npy")]

        def rows(name: str) -> _Rows:
            return _npy(archive.open(f"{name}.npy"), what)  # type: ignore[arg-type]

        inputs = rows(_member(names, member, candidates))
        targets = rows(_member(names, target_member, TARGETS)) if wants_target else None
        of_weights = None
        if weights is not None and not (may_lack and weights not in names):
            if not isinstance(weights, str):
                raise BadTable(f" has the arrays {listed(names)}, and weights is {weights!r}; wanted the name of one")
            of_weights = rows(_member(names, weights, (), "weights"))
    return inputs, targets, of_weights


def _member(names: list[str], asked: Any, candidates: Sequence[str], option: str = "") -> str:
    wanted = candidates if asked is None else [asked]
    for name in wanted:
        if name in names:
            return str(name)
    option = option or ("target_member" if candidates is TARGETS else "input_member")
    raise BadTable(f" has the arrays {listed(names)}; wanted {' or '.join(wanted)}: {option}= says which")


def _idx(file: BinaryIO) -> _Rows:
    start = file.read(4)
    dtype, dimensions = np.dtype(_IDX[start[2]]), start[3]
    sizes = file.read(4 * dimensions)
    shape = tuple(int.from_bytes(sizes[place : place + 4], "big") for place in range(0, 4 * dimensions, 4))
    if len(sizes) < 4 * dimensions:
        raise BadTable(f" is an IDX file of {dimensions} dimensions, and ends within their sizes; wanted a whole file")
    return _Read(file, dtype, shape, "an IDX file")


def parts_of_targets(rows: _Rows) -> Iterator[NDArray[Any]]:
    """Targets that are alone in a file, some at a time."""
    if not rows.shape:
        raise BadTable(f" has one element of dtype {rows.dtype}; wanted targets, one for each sample")
    for first in range(0, rows.shape[0], TOGETHER):
        yield as_target(rows.read(min(TOGETHER, rows.shape[0] - first)))
    rows.end()


def as_target(values: NDArray[Any]) -> NDArray[Any]:
    """An array of targets, (N, columns)."""
    rows = values.reshape(len(values), -1) if values.ndim > 0 else values
    is_right = rows.ndim == 2 and rows.size > 0 and rows.dtype.kind in "biufU"
    if not is_right or (rows.dtype.kind == "f" and not np.isfinite(rows).all()):
        came = f" has targets of dtype {values.dtype} and shape {values.shape}"
        raise BadTable(f"{came}; wanted finite numbers, or texts, for each sample")
    return rows
