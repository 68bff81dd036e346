"""Samples with their targets, as a file has them, and as a network takes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, NamedTuple, Optional, TypeVar, Union

import numpy as np
from numpy.typing import NDArray

from . import _fields, _files

_Result = TypeVar("_Result")

_LONGEST_LIST = 20


class BadTable(ValueError):
    """What is wrong with a table: what stands behind its name."""


class TextTargets(NamedTuple):
    """The columns of targets as text.

    Attributes
    ----------
    rows
        For each sample a tuple of fields.
    lines
        The lines that they are in.
    columns
        The numbers of their columns, from 0.
    names
        The names of all columns.
    """

    rows: list[tuple[str, ...]]
    lines: list[int]
    columns: list[int]
    names: Optional[list[str]]
    decimal_comma: bool
    delimiter: str


# Targets as they are given: fields of a text, or an array, (N, columns).
GivenTargets = Union[TextTargets, NDArray[Any]]


class Table:
    """Samples of a file. A network's ``fit``, ``evaluate``, ``metrics``, … take it in place of X and y.

    Attributes
    ----------
    X : (N, D) float64
        The inputs. NaN is a number that is missing, where that was let be.
    y : (N,) or (N, C), or None
        The targets. Labels that are all whole numbers are these, other labels the numbers of their ``classes``; where the
        table was read for a network, they are as that network takes them. Numbers are float64.
    columns : tuple of str or None
        The names of the inputs' columns; None where the file has none.
    target : tuple of str or None
        The names of the targets' columns.
    classes : tuple of str or None
        The names of the classes; None where labels are class numbers, or targets are numbers.
    path : str
        The file.
    """

    X: NDArray[np.float64]
    y: Optional[NDArray[Any]]
    columns: Optional[tuple[str, ...]]
    target: Optional[tuple[str, ...]]
    classes: Optional[tuple[str, ...]]
    path: str

    def __init__(
        self,
        path: str,
        X: NDArray[np.float64],
        given: GivenTargets | None,
        columns: Optional[tuple[str, ...]],
        target: Optional[tuple[str, ...]],
    ) -> None:
        self.path = path
        self.X = X
        self.columns = columns
        self.target = target
        self._given = given
        self.y, self.classes = _plain(given)

    def __len__(self) -> int:
        return len(self.X)

    def __repr__(self) -> str:
        target = "no target" if self.y is None else f"target {', '.join(self.target)}" if self.target else "a target"
        return f"<Table '{_files.printable(self.path, 60)}': {self.X.shape[0]:,} × {self.X.shape[1]} inputs, {target}>"

    def targets_for(self, network: Any) -> NDArray[Any]:
        """The targets as a network, or a class of one, takes them.

        Class numbers are, of labels that are whole numbers from 0 to C − 1, these, else the places of the labels in the
        order of the classes' names: those of the network where it has names, else whole numbers by size, or texts by
        their characters.
        """
        return self._told(lambda: self._for(network)[0])

    def classes_for(self, network: Any) -> Optional[tuple[str, ...]]:
        """The names of a network's classes, where its targets are labels with names."""
        return self._told(lambda: self._for(network)[1])

    def _for(self, network: Any) -> tuple[NDArray[Any], Optional[tuple[str, ...]]]:
        if self._given is None:
            raise BadTable(" was read without a target; wanted one, as in read_table(path, target='last')")
        outputs, output = network.sizes[-1], network.output
        classes = outputs if output == "softmax" else 2 if output == "sigmoid" and outputs == 1 else 0
        count = len(self._given.columns) if isinstance(self._given, TextTargets) else self._given[:1].size
        if classes > 0 and count == 1:
            known = None if isinstance(network, type) else network.classes
            return _class_numbers(self._given, classes, known, title(network))
        if count != outputs:
            wanted = f"{outputs} columns" if outputs > 1 else "one column"
            wanted += " or one of labels" if classes > 0 and outputs > 1 else ""
            raise BadTable(f" has a target of {count} column{'s' * (count != 1)}; wanted {wanted} for {title(network)}")
        return _numbers_of(self._given), None

    def _told(self, action: Callable[[], _Result]) -> _Result:
        try:
            return action()
        except BadTable as error:
            raise ValueError(f"table '{_files.printable(self.path, 300)}'{error}") from None


def _plain(given: GivenTargets | None) -> tuple[Optional[NDArray[Any]], Optional[tuple[str, ...]]]:
    """Targets that no network tells what they are, and the names of their classes."""
    if given is None:
        return None, None
    if isinstance(given, TextTargets):
        flat = list(chain.from_iterable(given.rows))
        numbers = _fields.numbers(flat, given.decimal_comma)
        if numbers is not None:
            values = np.array(numbers).reshape(len(given.rows), -1)
        elif len(given.columns) > 1:
            return _numbers_of(given), None
        else:
            names = _fields.labels(flat)
            classes = _fields.in_order(names)
            places = {name: number for number, name in enumerate(classes)}
            return np.array([places[name] for name in names], np.int64), tuple(classes)
    elif given.dtype.kind == "U":
        classes, numbers_of = np.unique(given[:, 0], return_inverse=True)
        return numbers_of.astype(np.int64), tuple(map(str, classes))
    else:
        values = given.astype(np.float64)
    if values.shape[1] > 1:
        return values, None
    is_whole = bool((values == np.floor(values)).all() and np.abs(values).max() < 2**53)
    return (values[:, 0].astype(np.int64) if is_whole else values[:, 0]), None


def _numbers_of(given: GivenTargets) -> NDArray[np.float64]:
    """Targets that are numbers, (N,) or (N, C)."""
    if not isinstance(given, TextTargets):
        if given.dtype.kind == "U":
            raise BadTable(" has texts for targets; wanted numbers")
        values = given.astype(np.float64)
        return values[:, 0] if values.shape[1] == 1 else values
    found = _fields.numbers(list(chain.from_iterable(given.rows)), given.decimal_comma)
    if found is None:
        for row, line in zip(given.rows, given.lines):
            for field, column in zip(row, given.columns):
                value = _fields.number(field, given.decimal_comma)
                if value is None or not np.isfinite(value):
                    hint = _fields.hint(field, given.decimal_comma, given.delimiter)
                    text = f"{at(line, column, given.names)} is {_fields.shown(field)}; wanted a number, the target"
                    raise BadTable(sentence(text, hint))
    values = np.array(found).reshape(len(given.rows), -1)
    return values[:, 0] if values.shape[1] == 1 else values


def _label_names(given: GivenTargets) -> list[str]:
    if isinstance(given, TextTargets):
        return _fields.labels([row[0] for row in given.rows])
    flat = given[:, 0]
    # Of a float's own text a whole number is one, too.
    return _fields.labels([str(value) for value in flat.tolist()])


def _class_numbers(
    given: GivenTargets, classes: int, known: Optional[Sequence[str]], title: str
) -> tuple[NDArray[np.int32], Optional[tuple[str, ...]]]:
    """Class numbers of labels, and the names of the classes where labels are no class numbers themselves."""
    names = _label_names(given)
    occurring = _fields.in_order(names)

    def place(name: str) -> str:
        return at(given.lines[names.index(name)], given.columns[0], given.names) if isinstance(given, TextTargets) else ""

    if known is not None:
        foreign = [name for name in occurring if name not in known]
        if foreign:
            has = f"{place(foreign[0])} has the label {_fields.shown(foreign[0])}"
            raise BadTable(f"{has}; wanted one of the classes of {title}, {listed(known)}")
        ordered: Sequence[str] = known
    else:
        wholes = [_fields.whole(name) for name in occurring]
        if all(number is not None and 0 <= number < classes for number in wholes):
            return np.array(list(map(int, names)), np.int32), None
        if len(occurring) != classes:
            counts = Counter(names)
            rarest = min(occurring, key=lambda name: counts[name])
            few = f"; {_fields.shown(rarest)} is the rarest, first in{place(rarest).strip(',')}" if place(rarest) else ""
            raise BadTable(
                f" has {len(occurring)} class{'es' * (len(occurring) != 1)}, {listed(occurring)}; wanted {classes}, as "
                f"{title} has, or class numbers from 0 to {classes - 1}{few}"
            )
        ordered = occurring
    places = {name: number for number, name in enumerate(ordered)}
    return np.array([places[name] for name in names], np.int32), tuple(ordered)


def title(network: Any) -> str:
    """A network, or a class of one, in a message."""
    kind: Any = network if isinstance(network, type) else type(network)
    return f"{kind.__name__} {'-'.join(map(str, kind.sizes))}"


def sentence(text: str, hint: str) -> str:
    """A text with what may help behind it."""
    return f"{text}. {hint}" if hint else text


def at(line: int, column: int, names: Optional[list[str]]) -> str:
    """Where a field is; columns count from 1, as lines do."""
    named = f" ({_fields.shown(names[column])})" if names and names[column] else ""
    return f", line {line}, column {column + 1}{named},"


def listed(names: Sequence[str]) -> str:
    """Some names in a message."""
    shown = ", ".join(map(_fields.shown, names[:_LONGEST_LIST]))
    return shown + (f" and {len(names) - _LONGEST_LIST} more" if len(names) > _LONGEST_LIST else "")


