"""Tables of text as they become numbers, some rows at a time."""

from __future__ import annotations

import csv
import operator
from collections.abc import Iterator
from itertools import chain
from typing import Any, NamedTuple, Optional, Union

import numpy as np
from numpy.typing import NDArray

from . import _columns, _dialects, _fields, _json_lines
from ._columns import Choice, Chosen
from ._streams import Content, Text
from ._tables import BadTable, GivenTargets, TextTargets, at, sentence

# Rows that become numbers together.
TOGETHER = 2048

_Rows = Union[_dialects.Rows, _json_lines.JsonRows]


class TextOptions(NamedTuple):
    """How a text is read."""

    header: Optional[bool] = None
    delimiter: Optional[str] = None
    comment: Optional[str] = None
    decimal_comma: bool = False
    encoding: Optional[str] = None
    missing: bool = False


class Part(NamedTuple):
    """Some samples of a table.

    Attributes
    ----------
    X
        (N, D) float64; NaN is a number that is missing.
    targets
        Theirs, where there are any.
    weights
        How much each counts, (N,) float32, where that is told.
    lines
        The lines that they are in, where they are in a text.
    """

    X: NDArray[np.float64]
    targets: Optional[GivenTargets]
    weights: Optional[NDArray[np.float32]]
    lines: Optional[list[int]] = None


class TextSource:
    """A text, whose samples come in parts.

    Attributes
    ----------
    columns, target_names
        The names of the columns of inputs and targets; None where there are none.
    """

    def __init__(self, content: Content, options: TextOptions, choice: Choice, alone: bool = False) -> None:
        self._options = options
        self._choice = choice
        self._alone = alone
        self._names: Optional[list[str]] = None
        text = Text(content, options.encoding)
        if text.is_json:
            self._dialect = _dialects.Dialect(",", False, False, 0)
            self._rows: _Rows = _json_lines.JsonRows(text.lines())
        else:
            self._rows = self._of_delimiters(text)
        self._begin()

    def _of_delimiters(self, text: Text) -> _Rows:
        told, length = _dialects.announced(text.ahead)
        options = self._options
        try:
            self._dialect = _dialects.find(
                text.ahead[length:], options.delimiter or told, options.header, options.comment, options.decimal_comma,
                1 if self._alone else self._choice.wanted(),
            )  # fmt: skip
        except ValueError as error:
            raise BadTable(f": {error}") from None
        return _dialects.Rows(text.lines(), self._dialect.delimiter, options.comment, 1 if length > 0 else 0)

    def _begin(self) -> None:
        """Reads the header, and the first row."""
        self._iterator = self._told(iter(self._rows))
        if self._dialect.has_header:
            header = next(self._iterator, None)
            if header is not None and header[0].startswith("@"):
                raise BadTable(f", line {self._rows.line}, is {_fields.shown(header[0])}: it seems to be ARFF; wanted CSV")
            self._names = None if header is None else list(map(_fields.trimmed, self._cut(header, 0)))
        first = next(self._iterator, None)
        if first is None:
            names_alone = " has names of columns alone; wanted samples"
            raise BadTable(names_alone if self._names else " has no samples; wanted one or more")
        if first[0].startswith("@") and self._names is None:
            raise BadTable(f", line {self._rows.line}, is {_fields.shown(first[0])}: it seems to be ARFF; wanted CSV")
        self._names = self._names or self._rows.names
        self._first = first
        self._count = len(self._names or self._cut(first, 0))
        if self._names is None and self._dialect.columns not in (0, len(first), self._count):
            self._refuse_count(first, self._dialect.columns, "as most lines have")
        names, choice = self._names, self._choice
        self._chosen = Chosen([], [0]) if self._alone else _columns.chosen(self._count, names, choice)
        if not self._alone:
            _columns.require_inputs(len(self._chosen.inputs), self._count, names, choice, self._hint_of_index(first))
        self.columns = None if names is None else tuple(names[column] for column in self._chosen.inputs)
        of_targets = self._chosen.targets
        self.target_names = None if names is None or not of_targets else tuple(names[column] for column in of_targets)

    def parts(self) -> Iterator[Part]:
        """All samples, some at a time."""
        chosen = self._chosen
        pick, pick_targets = _picker(chosen.inputs), _picker(chosen.targets)
        rows: list[tuple[str, ...]] = []
        targets: list[tuple[str, ...]] = []
        weights: list[str] = []
        lines: list[int] = []
        for row in chain([self._first], self._iterator):
            if len(row) != self._count:
                row = self._cut(row, self._count)
                if len(row) != self._count:
                    as_in = "as there are names" if self._names else "as in the first line"
                    self._refuse_count(row, self._count, as_in)
            lines.append(self._rows.line)
            rows.append(pick(row))
            targets.append(tuple(map(_fields.trimmed, pick_targets(row))))
            if chosen.weights is not None:
                weights.append(row[chosen.weights])
            if len(rows) == TOGETHER:
                yield self._part(rows, targets, weights, lines)
                rows, targets, weights, lines = [], [], [], []
        if rows:
            yield self._part(rows, targets, weights, lines)

    def _part(
        self, rows: list[tuple[str, ...]], targets: list[tuple[str, ...]], weights: list[str], lines: list[int]
    ) -> Part:
        X = self._numbers(rows, lines)
        fields = None
        if self._chosen.targets:
            fields = TextTargets(
                targets, lines, self._chosen.targets, self._names, self._options.decimal_comma, self._dialect.delimiter
            )
            self._require_targets(fields)
        return Part(X, fields, self._weights(weights, lines), lines)

    def _told(self, rows: Iterator[list[str]]) -> Iterator[list[str]]:
        """The rows, with what the reader of delimiters finds wrong in the words of a table."""
        try:
            yield from rows
        except csv.Error as error:
            what = str(error)
            if "NUL" in what:
                raise BadTable(f", line {self._rows.line}, holds NUL characters; wanted text") from None
            if "field limit" in what:
                most = f"{csv.field_size_limit():,} characters"
                raise BadTable(f", line {self._rows.line}, has a value of more than {most}; wanted fewer") from None
            raise BadTable(
                f", line {self._rows.line}: a quotation mark is opened and never closed, or stands within a value; "
                "wanted one on each side of a value, and two for one within"
            ) from None

    def _cut(self, row: list[str], count: int) -> list[str]:
        """The values of a line, without what a delimiter at its end makes one more."""
        ends = self._dialect.has_trailing and len(row) > 1 and not row[-1]
        return row[:-1] if ends and (count == 0 or len(row) == count + 1) else row

    def _numbers(self, rows: list[tuple[str, ...]], lines: list[int]) -> NDArray[np.float64]:
        columns = self._chosen.inputs
        found = _fields.numbers(list(chain.from_iterable(rows)), self._options.decimal_comma)
        if found is None:
            found = [
                self._number(field, line, column)
                for row, line in zip(rows, lines)
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
            if not hint:
                of = repr(self._names[column]) if self._names else column
                hint = (
                    f"leave_out=[{of}] leaves the column out, and target={of} makes it the target"
                    if field[:1].isalpha()
                    else f"Correct it, or leave the column out by leave_out=[{of}]"
                )
            raise BadTable(at(line, column, self._names) + sentence(f" is {what}; wanted a number", hint))
        return value

    def _weights(self, fields: list[str], lines: list[int]) -> Optional[NDArray[np.float32]]:
        if self._chosen.weights is None:
            return None
        found = [_fields.number(_fields.trimmed(field), self._options.decimal_comma) for field in fields]
        given = np.array([np.nan if value is None else value for value in found], np.float64)
        wrong = first_bad_weight(given)
        if wrong is not None:
            field = _fields.trimmed(fields[wrong])
            what = _fields.shown(field) if field else "empty"
            hint = "No weight may be missing: leave the sample out, or complete it" if _fields.is_missing(field) else ""
            place = at(lines[wrong], self._chosen.weights, self._names)
            text = f"{place} is {what}; wanted a weight, finite and 0 or more"
            raise BadTable(sentence(text, hint))
        return given.astype(np.float32)

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
        hint = ". The first column seems to number the rows: read_table(…, leave_out=[0]) leaves it out"
        return hint if is_named or is_counted else ""


def first_bad_weight(given: NDArray[np.float64]) -> Optional[int]:
    """The first that is not finite as float32, or negative; None where there is none."""
    with np.errstate(over="ignore", invalid="ignore"):
        are_well = np.isfinite(given.astype(np.float32)) & (given >= 0)
    return None if are_well.all() else int(np.argmin(are_well))


def _picker(columns: list[int]) -> Any:
    """What takes some fields of a row, as a tuple."""
    if len(columns) == 1:
        return lambda row, column=columns[0]: (row[column],)
    return operator.itemgetter(*columns) if columns else lambda row: ()
