"""Tables in files: texts whose dialect is found out, and arrays."""

from __future__ import annotations

import csv
import operator
import os
import zlib
from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple, Optional, Union

import numpy as np
from numpy.typing import NDArray

from . import _arrays, _dialects, _fields, _files
from ._files import Path
from ._tables import BadTable, Table, TextTargets, at, listed, sentence, title

Column = Union[str, int]

# What a file begins with that is compressed by gzip.
_GZIP = b"\x1f\x8b"

# Rows that become numbers together.
_TOGETHER = 2048


def read_table(
    path: Path,
    target: Column | Sequence[Column] | None = "last",
    *,
    network: Any = None,
    header: bool | None = None,
    delimiter: str | None = None,
    comment: str | None = None,
    decimal_comma: bool = False,
    encoding: str | None = None,
    leave_out: Sequence[Column] = (),
    columns: Sequence[str] | None = None,
    missing: bool = False,
    target_file: Path | None = None,
    input_member: str | None = None,
    target_member: str | None = None,
) -> Table:
    """Reads the samples of a file: a table of text, or an array of IDX, NPY or NPZ; each may be compressed by gzip.

    What is not told of a table of text is found out: the delimiter (comma, semicolon, tab, bar or blanks), whether there
    is a header, quotation marks, the ends of lines, UTF-8, UTF-16 or UTF-32, a delimiter at the end of each line. Blank
    lines are passed over.

    Parameters
    ----------
    path : str, bytes or os.PathLike
        The file.
    target : str, int, a sequence of them, or None
        The columns of targets: ``"last"`` or ``"first"``, as many as the network wants; names; or numbers from 0, or from
        −1 backwards. None is that there are none.
    network : Network or a class of it, optional
        For which it is read: its inputs and targets have to be there, and ``y`` and ``classes`` are as it takes them.
    header : bool, optional
        Whether the first line has names; None finds it out.
    delimiter : str, optional
        What stands between values.
    comment : str, optional
        Lines that begin with it are passed over.
    decimal_comma : bool
        Whether numbers are written with a comma: ``1,5`` is 1.5.
    encoding : str, optional
        Of a text without a mark, such as ``"latin-1"``.
    leave_out : sequence of str or int
        Columns that are neither inputs nor targets.
    columns : sequence of str, optional
        The names of the inputs in their order; what there is besides is left out. None is those of the network, if it has
        names and the file has a header, else all.
    missing : bool
        Whether inputs may be missing: empty, NA, N/A, ?, null, nan, NaN or None. They are NaN then.
    target_file : path, optional
        A file of the targets, where they are not in that of the inputs.
    input_member, target_member : str, optional
        The arrays of an NPZ file; else X, x, x_train or data, and y, y_train, labels or target.

    Raises
    ------
    OSError
        The file can't be read.
    ValueError
        It is no such table: it says the file, the line and the column, what was wanted, what came, and what helps.
    """
    name = os.fsdecode(path)
    options = _Options(
        header,
        _character(delimiter, "delimiter"),
        _character(comment, "comment"),
        bool(decimal_comma),
        encoding,
        bool(missing),
    )
    if options.decimal_comma and options.delimiter == ",":
        raise ValueError("delimiter is ',' with decimal_comma=True; wanted another delimiter")
    choice = _Choice(target, list(leave_out), None if columns is None else list(columns), network)
    if target_file is not None:
        choice = choice._replace(target=None)
    try:
        source = _opened(path, options, choice, input_member, target_member)
        if target_file is not None:
            others = _read_target(target_file, options, target_member)
            count = len(others.rows if isinstance(others, TextTargets) else others)
            if count != len(source.X):
                others_name = _files.shown(target_file)
                raise BadTable(f" has {len(source.X)} samples, and '{others_name}' {count} targets; wanted as many")
            source = source._replace(target=others)
        if network is not None and source.X.shape[1] != network.sizes[0]:
            raise BadTable(
                f" has {source.X.shape[1]} columns of inputs; wanted {network.sizes[0]} for {title(network)}{source.hint}"
            )
    except BadTable as error:
        raise ValueError(f"table '{_files.printable(name, 300)}'{error}") from None
    table = Table(name, source.X, source.target, source.columns, source.target_names)
    if network is not None and source.target is not None:
        table.y, table.classes = table.targets_for(network), table.classes_for(network)
    return table


class _Options(NamedTuple):
    """How a text is read."""

    header: Optional[bool]
    delimiter: Optional[str]
    comment: Optional[str]
    decimal_comma: bool
    encoding: Optional[str]
    missing: bool


class _Choice(NamedTuple):
    """Which columns are what."""

    target: Any
    leave_out: list[Column]
    columns: Optional[list[str]]
    network: Any

    def target_count(self) -> int:
        """The columns of targets that there should be."""
        if self.target is None:
            return 0
        if not isinstance(self.target, (str, int, np.integer)):
            return len(list(self.target))
        if self.network is None or self.target not in ("last", "first"):
            return 1
        return 1 if self.network.output == "softmax" else int(self.network.sizes[-1])

    def wanted(self) -> Optional[int]:
        """All columns that there should be, where that is known."""
        if self.network is None:
            return None
        return int(self.network.sizes[0]) + self.target_count() + len(self.leave_out)


class _Source(NamedTuple):
    """What was read."""

    X: NDArray[np.float64]
    target: Any
    columns: Optional[tuple[str, ...]]
    target_names: Optional[tuple[str, ...]]
    hint: str = ""


class _Chosen(NamedTuple):
    """The numbers of columns, from 0."""

    inputs: list[int]
    targets: list[int]


def _opened(path: Path, options: _Options, choice: _Choice, input_member: Any, target_member: Any) -> _Source:
    content = _content(path)
    found = _arrays.read(content, input_member, target_member, choice.target is not None)
    return _of_text(content, options, choice) if found is None else _of_array(*found, choice, options.missing)


def _read_target(path: Path, options: _Options, member: Any) -> Any:
    """The targets of a file that has them alone."""
    try:
        content = _content(path)
        found = _arrays.read(content, member, names=_arrays.TARGETS)
        if found is not None:
            return _arrays.as_target(found[0])
        return _of_text(content, options, _Choice(0, [], None, None), alone=True).target
    except BadTable as error:
        raise ValueError(f"table '{_files.shown(path)}'{error}") from None


def _content(path: Path) -> bytes:
    """The bytes of a file, which may be compressed."""
    try:
        with open(path, "rb") as file:
            content = file.read()
    except IsADirectoryError:
        raise BadTable(" is a directory; wanted a file") from None
    return _decompressed(content) if content.startswith(_GZIP) else content


def _decompressed(content: bytes) -> bytes:
    """All members of a gzip file, each checked to its end; anything else behind them is an error."""
    parts = []
    while content:
        if not content.startswith(_GZIP):
            raise BadTable(" is compressed by gzip, and something that is not follows; wanted a whole file alone")
        member = zlib.decompressobj(wbits=31)
        try:
            parts.append(member.decompress(content))
        except zlib.error as error:
            raise BadTable(f" is compressed by gzip, and damaged: {error}; wanted a whole file") from None
        if not member.eof:
            raise BadTable(" is compressed by gzip, and cut off; wanted a whole file")
        content = member.unused_data
    return b"".join(parts)


# -- Text


def _of_text(content: bytes, options: _Options, choice: _Choice, alone: bool = False) -> _Source:
    text = _decoded(content, options.encoding)
    told, length = _dialects.announced(text)
    try:
        dialect = _dialects.find(
            text[length:], options.delimiter or told, options.header, options.comment, options.decimal_comma,
            1 if alone else choice.wanted(),
        )  # fmt: skip
    except ValueError as error:
        raise BadTable(f": {error}") from None
    rows = _dialects.Rows(text[length:], dialect.delimiter, options.comment, 1 if length > 0 else 0)
    reading = _Reading(rows, dialect, options, choice)
    try:
        return reading.read(alone)
    except csv.Error as error:
        what = str(error)
        if "NUL" in what:
            raise BadTable(f", line {rows.line}, holds NUL characters; wanted text") from None
        if "field limit" in what:
            most = f"{csv.field_size_limit():,} characters"
            raise BadTable(f", line {rows.line}, has a value of more than {most}; wanted fewer") from None
        raise BadTable(
            f", line {rows.line}: a quotation mark is opened and never closed, or stands within a value; wanted one on "
            "each side of a value, and two for one within"
        ) from None


def _decoded(content: bytes, told: str | None) -> str:
    encoding, mark = _dialects.encoding_of(content)
    if mark == 0 and told is not None:
        encoding = told
    try:
        return content[mark:].decode(encoding)
    except LookupError:
        raise ValueError(f"encoding is {told!r}; wanted one that Python knows, such as 'latin-1'") from None
    except UnicodeDecodeError as error:
        line = content[: mark + error.start].count(b"\n") + 1
        raise BadTable(
            f", line {line}, has a byte that is in no {encoding.upper()} text; wanted encoding=, such as encoding='latin-1'"
        ) from None


class _Reading:
    """The rows of a text as they become numbers."""

    def __init__(self, rows: _dialects.Rows, dialect: _dialects.Dialect, options: _Options, choice: _Choice) -> None:
        self._rows = rows
        self._dialect = dialect
        self._options = options
        self._choice = choice
        self._names: Optional[list[str]] = None

    def read(self, alone: bool) -> _Source:
        rows = iter(self._rows)
        if self._dialect.has_header:
            header = next(rows, None)
            if header is not None and header[0].startswith("@"):
                raise BadTable(f", line {self._rows.line}, is {_fields.shown(header[0])}: it seems to be ARFF; wanted CSV")
            self._names = None if header is None else list(map(_fields.trimmed, self._cut(header, 0)))
        first = next(rows, None)
        if first is None:
            names_alone = " has names of columns alone; wanted samples"
            raise BadTable(names_alone if self._names else " has no samples; wanted one or more")
        if first[0].startswith("@") and self._names is None:
            raise BadTable(f", line {self._rows.line}, is {_fields.shown(first[0])}: it seems to be ARFF; wanted CSV")
        count = len(self._names or self._cut(first, 0))
        if self._names is None and self._dialect.columns not in (len(first), count):
            self._refuse_count(first, self._dialect.columns, "as most lines have")
        chosen = _Chosen([], [0]) if alone else _chosen(count, self._names, self._choice)
        pick, pick_targets = _picker(chosen.inputs), _picker(chosen.targets)
        blocks, targets, lines = [], [], []
        waiting: list[tuple[str, ...]] = []
        for row in chain([first], rows):
            if len(row) != count:
                row = self._cut(row, count)
                if len(row) != count:
                    self._refuse_count(row, count, "as there are names" if self._names else "as in the first line")
            lines.append(self._rows.line)
            waiting.append(pick(row))
            targets.append(tuple(map(_fields.trimmed, pick_targets(row))))
            if len(waiting) == _TOGETHER:
                blocks.append(self._numbers(waiting, lines, chosen.inputs))
                waiting = []
        blocks.append(self._numbers(waiting, lines, chosen.inputs))
        fields = None
        if chosen.targets:
            fields = TextTargets(
                targets, lines, chosen.targets, self._names, self._options.decimal_comma, self._dialect.delimiter
            )
            self._require_targets(fields)
        named = None if self._names is None else tuple(self._names[column] for column in chosen.inputs)
        target_names = None if self._names is None else tuple(self._names[column] for column in chosen.targets)
        return _Source(np.concatenate(blocks), fields, named, target_names or None, self._hint_of_index(first))

    def _cut(self, row: list[str], count: int) -> list[str]:
        """The values of a line, without what a delimiter at its end makes one more."""
        ends = self._dialect.has_trailing and len(row) > 1 and not row[-1]
        return row[:-1] if ends and (count == 0 or len(row) == count + 1) else row

    def _numbers(self, rows: list[tuple[str, ...]], lines: list[int], columns: list[int]) -> NDArray[np.float64]:
        found = _fields.numbers(list(chain.from_iterable(rows)), self._options.decimal_comma)
        if found is None:
            found = [
                self._number(field, line, column)
                for row, line in zip(rows, lines[len(lines) - len(rows) :])
                for field, column in zip(row, columns)
            ]
        return np.array(found, np.float64).reshape(len(rows), len(columns))

    def _number(self, field: str, line: int, column: int) -> float:
        field = _fields.trimmed(field)
        if self._options.missing and _fields.is_missing(field):
            return float("nan")
        value = _fields.number(field, self._options.decimal_comma)
        if value is None or not np.isfinite(value):
            what = "empty" if not field else _fields.shown(field)
            hint = _fields.hint(field, self._options.decimal_comma, self._dialect.delimiter)
            raise BadTable(at(line, column, self._names) + sentence(f" is {what}; wanted a number", hint))
        return value

    def _require_targets(self, fields: TextTargets) -> None:
        for row, line in zip(fields.rows, fields.lines):
            for field, column in zip(row, fields.columns):
                if _fields.is_missing(field):
                    what = _fields.shown(field) if field else "empty"
                    raise BadTable(f"{at(line, column, self._names)} is {what}; wanted a target: none may be missing")
                if "\0" in field:
                    place = at(line, column, self._names)
                    raise BadTable(f"{place} holds NUL characters, as files that are cut off do; wanted text")

    def _refuse_count(self, row: list[str], count: int, as_in: str) -> None:
        text = f", line {self._rows.line}, has {len(row)} value{'s' * (len(row) != 1)}; wanted {count}, {as_in}"
        raise BadTable(sentence(text, _dialects.hint_of_count(row, count, self._dialect, self._options.comment)))

    def _hint_of_index(self, first: list[str]) -> str:
        """Whether the first column seems to number the rows."""
        name = None if self._names is None else self._names[0]
        is_named = name is not None and (name == "" or name.startswith("Unnamed") or name.lower() in ("index", "id"))
        is_counted = name is None and first[0] in ("0", "1")
        return ". The first column seems to number the rows: leave_out=[0] leaves it out" if is_named or is_counted else ""


def _picker(columns: list[int]) -> Any:
    """What takes some fields of a row, as a tuple."""
    if len(columns) == 1:
        return lambda row, column=columns[0]: (row[column],)
    return operator.itemgetter(*columns) if columns else lambda row: ()


def _chosen(count: int, names: Optional[list[str]], choice: _Choice) -> _Chosen:
    """Which columns are inputs, and which targets."""
    targets = _target_columns(count, names, choice)
    left_out = {_column(column, count, names, "leave_out") for column in choice.leave_out}
    both = left_out.intersection(targets)
    if both:
        raise BadTable(f": column {min(both) + 1} is a target and left out; wanted one of them")
    asked = choice.columns
    if asked is None and names is not None and choice.network is not None and not isinstance(choice.network, type):
        asked = choice.network.columns
    if asked is not None:
        inputs = [_column(name, count, names, "columns") for name in asked]
    else:
        inputs = [column for column in range(count) if column not in left_out and column not in targets]
    return _Chosen(inputs, targets)


def _target_columns(count: int, names: Optional[list[str]], choice: _Choice) -> list[int]:
    target = choice.target
    if target is None:
        return []
    if isinstance(target, str) and target in ("last", "first") and target not in (names or ()):
        outputs = choice.target_count()
        if count < outputs + 1:
            raise BadTable(f" has {count} column{'s' * (count != 1)}; wanted inputs, and {outputs} of targets")
        return list(range(count - outputs, count) if target == "last" else range(outputs))
    given = [target] if isinstance(target, (str, int, np.integer)) else list(target)
    return [_column(column, count, names, "target") for column in given]


def _column(column: Any, count: int, names: Optional[list[str]], what: str) -> int:
    """The number of a column."""
    if isinstance(column, str):
        if names is None:
            raise BadTable(f" has no names of columns, and {what} is {column!r}; wanted header=True, or a number from 0")
        found = [number for number, name in enumerate(names) if name == column]
        if len(found) != 1:
            came = f"has {len(found)} columns {column!r}" if found else f"has no column {column!r}"
            raise BadTable(f" {came}, which {what} names; wanted one of {listed(names)}")
        return found[0]
    if isinstance(column, (bool, np.bool_)) or not isinstance(column, (int, np.integer)) or not -count <= column < count:
        wanted = f"a name, or a number from {-count} to {count - 1}"
        raise BadTable(f" has {count} columns, and {what} is {column!r}; wanted {wanted}")
    return int(column) % count


def _character(given: str | None, name: str) -> str | None:
    if given is None or (isinstance(given, str) and len(given) == 1 and given not in '"\r\n\0'):
        return given
    raise ValueError(f"{name} is {given!r}; wanted one character, which is no quotation mark and ends no line")


def _of_array(inputs: NDArray[Any], targets: Optional[NDArray[Any]], choice: _Choice, missing: bool) -> _Source:
    """Samples of arrays: (N, …) of inputs, with targets of their own, or in some of its columns."""
    if inputs.dtype.kind not in "biuf" or inputs.ndim < 1:
        raise BadTable(f" has an array of dtype {inputs.dtype} in {inputs.ndim} dimensions; wanted samples of numbers")
    rows = inputs.reshape(len(inputs), -1).astype(np.float64)
    if len(rows) == 0:
        raise BadTable(" has no samples; wanted one or more")
    names = None
    if targets is None:
        # More dimensions are pictures, which have their targets elsewhere.
        chosen = _chosen(rows.shape[1], names, choice if inputs.ndim == 2 else choice._replace(target=None))
        targets = rows[:, chosen.targets] if chosen.targets else None
        rows = np.ascontiguousarray(rows[:, chosen.inputs])
    elif len(targets) != len(rows):
        raise BadTable(f" has {len(rows)} samples and {len(targets)} targets; wanted as many")
    wrong = np.argwhere(np.isinf(rows) if missing else ~np.isfinite(rows))
    if len(wrong) > 0:
        row, column = map(int, wrong[0])
        hint = "It is missing: missing=True lets it be NaN" if np.isnan(rows[row, column]) else ""
        text = f", sample {row + 1}, input {column + 1}, is {rows[row, column]}; wanted a finite number"
        raise BadTable(sentence(text, hint))
    return _Source(rows, None if targets is None else _arrays.as_target(targets), None, None)
