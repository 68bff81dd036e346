"""Tables of JSON lines: in each line an object of the columns, in any order, or a list of their values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Optional

from . import _fields
from ._tables import BadTable


def fits(text: str) -> bool:
    """Whether a text seems to be one."""
    return text.lstrip(" \t\r\n")[:1] in ("{", "[")


class JsonRows:
    """The rows of such a text, each a list of fields in the order of the first one's.

    Attributes
    ----------
    line
        The number of the last line that was read, from 1.
    names
        The names of the columns, from the first row on; None of lists.
    """

    def __init__(self, lines: Iterator[str]) -> None:
        self.line = 0
        self.names: Optional[list[str]] = None
        self._lines = lines

    def __iter__(self) -> Iterator[list[str]]:
        places: Optional[dict[str, int]] = None
        count = 0
        for line in self._lines:
            self.line += 1
            if not line.strip(" \t\r\n"):
                continue
            found = self._parsed(line)
            if count == 0:
                count, places = self._begun(found)
            row = self._listed(found, count) if places is None else self._ordered(found, places)
            yield [self._field(value, place) for place, value in enumerate(row)]

    def _parsed(self, line: str) -> Any:
        try:
            found = json.loads(
                line, object_pairs_hook=_Pairs, parse_int=_Number, parse_float=_Number, parse_constant=_refuse_constant
            )
            # A surrogate without its other half.
            line.encode("utf-8")
            if "\\u" in line:
                _texts(found).encode("utf-8")
        except (ValueError, RecursionError):
            raise BadTable(
                f', line {self.line}, is no JSON; wanted an object or a list in each line, as in {{"column":1.5}}'
            ) from None
        return found

    def _begun(self, first: Any) -> tuple[int, Optional[dict[str, int]]]:
        """The number of columns, and of objects the place of each."""
        if not isinstance(first, list):
            raise BadTable(f", line {self.line}, is no JSON object or list; wanted one")
        if not first:
            raise BadTable(f", line {self.line}, holds no value; wanted one for each column")
        if not isinstance(first, _Pairs):
            return len(first), None
        self.names = [name for name, _ in first]
        places: dict[str, int] = {}
        for name in self.names:
            if name in places:
                raise BadTable(f", line {self.line}, has {_fields.shown(name)} twice; wanted each column once")
            places[name] = len(places)
        return len(first), places

    def _listed(self, found: Any, count: int) -> list[Any]:
        if not isinstance(found, list) or isinstance(found, _Pairs):
            raise BadTable(f", line {self.line}, is no list; wanted one, as in the first line")
        if len(found) != count:
            self._refuse_count(len(found), count, "")
        return found

    def _ordered(self, found: Any, places: dict[str, int]) -> list[Any]:
        if not isinstance(found, _Pairs):
            raise BadTable(f", line {self.line}, is no object; wanted one, as in the first line")
        row: list[Any] = [_LACKING] * len(places)
        for name, value in found:
            place = places.get(name)
            if place is None or row[place] is not _LACKING:
                what = "twice" if place is not None else "which the first line has not"
                came = f"has {_fields.shown(name)}{' ' if place is not None else ', '}{what}"
                raise BadTable(f", line {self.line}, {came}; wanted its columns, each once")
            row[place] = value
        if len(found) != len(places):
            lacking = next(name for name, value in zip(places, row) if value is _LACKING)
            self._refuse_count(len(found), len(places), f". It lacks {_fields.shown(lacking)}")
        return row

    def _refuse_count(self, came: int, wanted: int, hint: str) -> None:
        values = f"{came} value{'s' * (came != 1)}"
        raise BadTable(f", line {self.line}, has {values}; wanted {wanted}, as in the first line{hint}")

    def _field(self, value: Any, place: int) -> str:
        if isinstance(value, str):
            return value
        if value is None:
            return ""
        if isinstance(value, bool):
            return "1" if value else "0"
        named = "" if self.names is None else f" ({_fields.shown(self.names[place])})"
        raise BadTable(
            f", line {self.line}, column {place + 1}{named}, is an object or a list; wanted a number, a text or null"
        )


class _Pairs(list):  # type: ignore[type-arg]
    """The names and values of an object, in their order."""


class _Number(str):
    """A number as it is written."""


_LACKING = object()


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is in no JSON")


def _texts(value: Any) -> str:
    """All texts of a value, together."""
    if isinstance(value, str):
        return value
    return "".join(map(_texts, value)) if isinstance(value, (list, tuple)) else ""
