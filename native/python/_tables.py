"""Samples with their targets, as a file has them, and as a network takes them."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import chain, compress
from typing import Any, NamedTuple, Optional, TypeVar, Union

import numpy as np
from numpy.typing import NDArray

from . import _arguments, _fields, _files, _split

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
    weights : (N,) float32, or None
        How much each sample counts, where a column says it.
    path : str
        The file.
    """

    X: NDArray[np.float64]
    y: Optional[NDArray[Any]]
    columns: Optional[tuple[str, ...]]
    target: Optional[tuple[str, ...]]
    classes: Optional[tuple[str, ...]]
    weights: Optional[NDArray[np.float32]] = None
    path: str

    # The labels, once they are counted: of a part of a table those of the whole, some of which it may not have.
    _of_whole: Optional[Labels] = None

    def __init__(
        self,
        path: str,
        X: NDArray[np.float64],
        given: GivenTargets | None,
        columns: Optional[tuple[str, ...]],
        target: Optional[tuple[str, ...]],
        weights: Optional[NDArray[np.float32]] = None,
    ) -> None:
        self.path = path
        self.X = X
        self.columns = columns
        self.target = target
        self.weights = weights
        self._given = given
        self.y, self.classes = _plain(given)

    def __len__(self) -> int:
        return len(self.X)

    def __repr__(self) -> str:
        target = "no target" if self.y is None else f"target {', '.join(self.target)}" if self.target else "a target"
        return f"<Table '{_files.printable(self.path, 60)}': {self.X.shape[0]:,} × {self.X.shape[1]} inputs, {target}>"

    def split(self, share: Any, seed: int = 0) -> tuple[Table, Table]:
        """What to learn from, and what is held out, each in the order of the table.

        It is what ``fit(…, validation_split=share, shuffle_seed=seed)`` does, and ``Split`` of C#.

        Parameters
        ----------
        share : float
            The share to hold out, from 0 up to, and not, 1: of each class in its proportion where ``y`` has whole
            numbers.
        seed : int
            Draws them.
        """
        labels = self.y if self.y is not None and self.y.dtype.kind in "iu" else np.zeros(len(self), np.int32)
        held = _split.held_out(labels, _split.share_of(share, "share"), _arguments.seed(seed, "seed"))
        return self._part(~held), self._part(held)

    def _part(self, chosen: NDArray[np.bool_]) -> Table:
        part = copy.copy(self)
        given = self._given
        if isinstance(given, TextTargets):
            rows, lines = compress(given.rows, chosen), compress(given.lines, chosen)
            part._given = given._replace(rows=list(rows), lines=list(lines))
        elif given is not None:
            part._given = given[chosen]
        part.X, part._of_whole = self.X[chosen], self._labels()
        part.y = None if self.y is None else self.y[chosen]
        part.weights = None if self.weights is None else self.weights[chosen]
        return part

    def targets_for(self, network: Any, known: Optional[Sequence[str]] = None) -> NDArray[Any]:
        """The targets as a network, or a class of one, takes them.

        Class numbers are, of labels that are whole numbers from 0 to C − 1, these, else the places of the labels in the
        order of the classes' names: those that are known, of the network where it has names, else whole numbers by
        size, or texts by their characters.
        """
        return self._told(lambda: self._for(network, known)[0])

    def classes_for(self, network: Any, known: Optional[Sequence[str]] = None) -> Optional[tuple[str, ...]]:
        """The names of a network's classes, where its targets are labels with names."""
        return self._told(lambda: self._for(network, known)[1])

    def _for(
        self, network: Any, known: Optional[Sequence[str]] = None
    ) -> tuple[NDArray[Any], Optional[tuple[str, ...]]]:
        if self._given is None:
            raise BadTable(" was read without a target; wanted one, as in read_table(path, target='last')")
        if labels_of(self._given, network):
            classes = self._labels().classes(network, known or known_classes(network))
            return classes.of(self._given), classes.names
        return values_for(self._given, network), None

    def _labels(self) -> Labels:
        if self._of_whole is not None:
            return self._of_whole
        labels = self._of_whole = Labels()
        if self._given is not None and _columns_of(self._given) == 1:
            labels.add(self._given)
        return labels

    def _told(self, action: Callable[[], _Result]) -> _Result:
        try:
            return action()
        except BadTable as error:
            raise ValueError(f"table '{_files.printable(self.path, 300)}'{error}") from None


def class_count(network: Any) -> int:
    """The classes that a network, or a class of one, tells apart; 0 of one that says numbers or several labels."""
    outputs: int = network.sizes[-1]
    return outputs if network.output == "softmax" else 2 if network.output == "sigmoid" and outputs == 1 else 0


def known_classes(network: Any) -> Optional[tuple[str, ...]]:
    """The names of its classes; a class of networks has none."""
    return None if isinstance(network, type) else network.classes


def labels_of(given: GivenTargets, network: Any) -> bool:
    """Whether targets are labels of classes to the network."""
    return class_count(network) > 0 and _columns_of(given) == 1


def values_for(given: GivenTargets, network: Any) -> NDArray[np.float64]:
    """Targets that are values, as the network takes them."""
    count, outputs = _columns_of(given), network.sizes[-1]
    if count != outputs:
        wanted = f"{outputs} columns" if outputs > 1 else "one column"
        wanted += " or one of labels" if class_count(network) > 0 and outputs > 1 else ""
        raise BadTable(f" has a target of {count} column{'s' * (count != 1)}; wanted {wanted} for {title(network)}")
    return _numbers_of(given)


def some_of(given: GivenTargets, some: slice) -> GivenTargets:
    """Those of some samples."""
    if isinstance(given, TextTargets):
        return given._replace(rows=given.rows[some], lines=given.lines[some])
    return given[some]


def _columns_of(given: GivenTargets) -> int:
    return len(given.columns) if isinstance(given, TextTargets) else given[:1].size


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


def label_names(given: GivenTargets) -> list[str]:
    if isinstance(given, TextTargets):
        return _fields.labels([row[0] for row in given.rows])
    flat = given[:, 0]
    # Of a float's own text a whole number is one, too.
    return _fields.labels([str(value) for value in flat.tolist()])


class Labels:
    """The labels that occur, counted some at a time: classes are found out of them.

    Attributes
    ----------
    counts
        How many samples each has.
    weighed
        Those of which a sample has a weight above 0.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.weighed: set[str] = set()
        self._places: dict[str, str] = {}

    def add(self, given: GivenTargets, weights: Optional[NDArray[np.float32]] = None) -> None:
        """Counts those of some samples."""
        names = label_names(given)
        for name in set(names).difference(self.counts):
            # Where it is first.
            place = ""
            if isinstance(given, TextTargets):
                place = at(given.lines[names.index(name)], given.columns[0], given.names)
            self._places[name] = place
        self.counts.update(names)
        self.weighed.update(names if weights is None else compress(names, weights > 0))

    def classes(self, network: Any, known: Optional[Sequence[str]]) -> Classes:
        """The classes that a network, or a class of one, tells apart by them; known are the names of its own.

        Of labels that are whole numbers from 0 to C − 1 these are the classes, and have no names.
        """
        count = class_count(network)
        occurring = _fields.in_order(self.counts)
        wholes = [_fields.whole(name) for name in occurring]
        are_numbers = all(number is not None and 0 <= number < count for number in wholes)
        if known is not None:
            # Numbers will do where they can't be names.
            if are_numbers and all(_fields.whole(name) is None for name in known):
                return Classes(tuple(known), {name: int(name) for name in occurring})
            foreign = [name for name in occurring if name not in known]
            if foreign:
                has = f"{self._places[foreign[0]]} has the label {_fields.shown(foreign[0])}"
                raise BadTable(f"{has}; wanted one of the classes of {title(network)}, {listed(known)}")
            return Classes(tuple(known), {name: number for number, name in enumerate(known)})
        if are_numbers:
            return Classes(None, {name: int(name) for name in occurring})
        if len(occurring) != count:
            rarest = min(occurring, key=lambda name: self.counts[name])
            place = self._places[rarest]
            few = f"; {_fields.shown(rarest)} is the rarest, first in{place.strip(',')}" if place else ""
            raise BadTable(
                f" has {len(occurring)} class{'es' * (len(occurring) != 1)}, {listed(occurring)}; wanted {count}, as "
                f"{title(network)} has, or class numbers from 0 to {count - 1}{few}"
            )
        return Classes(tuple(occurring), {name: number for number, name in enumerate(occurring)})


class Classes(NamedTuple):
    """The classes of a table's labels."""

    names: Optional[tuple[str, ...]]
    """Their names; None where labels are the numbers."""
    numbers: dict[str, int]
    """The number of each label."""

    def of(self, given: GivenTargets) -> NDArray[np.int32]:
        """The class numbers of labels."""
        return np.array([self.numbers[name] for name in label_names(given)], np.int32)


def class_numbers(
    given: GivenTargets, network: Any, known: Optional[Sequence[str]]
) -> tuple[NDArray[np.int32], Optional[tuple[str, ...]]]:
    """Class numbers of labels, and the names of the classes where labels are no class numbers themselves."""
    labels = Labels()
    labels.add(given)
    classes = labels.classes(network, known)
    return classes.of(given), classes.names


def texts_of(y: Any, name: str) -> Optional[NDArray[Any]]:
    """Labels that are texts in an array, a series or a list, (N,); None where they are none."""
    given = np.asarray(y) if not isinstance(y, np.ndarray) else y
    if given.ndim not in (1, 2) or given.dtype.kind not in "OU" or len(given) == 0:
        return None
    if given.ndim == 2:
        if given.shape[1] == 1 and isinstance(given[0, 0], str):
            raise ValueError(f"{name} has shape {given.shape}; wanted ({len(given)},) labels. {name}.squeeze() is that")
        return None
    are_texts = [isinstance(one, str) for one in given.tolist()]
    if not any(are_texts):
        return None
    fields = [_fields.trimmed(one) if is_text else "" for one, is_text in zip(given.tolist(), are_texts)]
    wrong = next((i for i, one in enumerate(fields) if not are_texts[i] or _fields.is_missing(one)), None)
    if wrong is not None:
        wanted = "wanted a label, a text as others are: none may be missing"
        raise ValueError(f"{name}[{wrong}] is {given[wrong]!r}; {wanted}")
    return np.array(fields)


class Known(NamedTuple):
    """A network as a table of its own is read for it: with what it will have learned from another."""

    network: Any
    columns: Optional[Sequence[str]]
    classes: Optional[Sequence[str]]
    target: Optional[Sequence[str]]

    @property
    def sizes(self) -> tuple[int, ...]:
        """The network's."""
        return tuple(self.network.sizes)

    @property
    def output(self) -> str:
        """The network's."""
        return str(self.network.output)


def title(network: Any) -> str:
    """A network, or a class of one, in a message."""
    network = network.network if isinstance(network, Known) else network
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


