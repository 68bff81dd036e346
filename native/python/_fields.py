"""What stands between two delimiters of a table: a number, a label, or nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Optional

from . import _files

# What stands for a number that is missing, beside nothing at all.
MISSING = ("NA", "N/A", "?", "null", "nan", "NaN", "None")

_IS_MISSING = frozenset(("", *MISSING))
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")

# What numbers are made of: of these Python's float takes what is a number, and nothing else.
_SIGNS = frozenset("0123456789+-.eE \t")

_LONGEST_SHOWN = 64


def is_missing(field: str) -> bool:
    """Whether a field stands for a number that is missing."""
    return field in _IS_MISSING


def number(field: str, decimal_comma: bool = False) -> Optional[float]:
    """The number of float64 that is next to a field's; None where it is none. What is too large is infinite."""
    if decimal_comma:
        if "." in field:
            return None
        field = field.replace(",", ".")
    return float(field) if _NUMBER.fullmatch(field) else None


def numbers(fields: Sequence[str], decimal_comma: bool = False) -> Optional[list[float]]:
    """Those of many fields; None where one is none, or not finite."""
    if decimal_comma or not _SIGNS.issuperset("".join(fields)):
        found = [number(field, decimal_comma) for field in map(trimmed, fields)]
        if None in found:
            return None
    else:
        try:
            found = list(map(float, fields))
        except ValueError:
            return None
    values = [value for value in found if value is not None and math.isfinite(value)]
    return values if len(values) == len(fields) else None


def trimmed(field: str) -> str:
    """Without blanks around it."""
    return field.strip(" \t")


def whole(field: str) -> Optional[int]:
    """The whole number that a label is, however it is written; None where it is none."""
    value = number(field)
    return int(value) if value is not None and value.is_integer() else None


def labels(fields: Iterable[str]) -> list[str]:
    """The names of labels: whole numbers in one form, other texts as they are."""
    names: dict[str, str] = {}
    for field in fields:
        if field not in names:
            known = whole(field)
            names[field] = field if known is None else str(known)
    return [names[field] for field in fields]


def in_order(names: Iterable[str]) -> list[str]:
    """Different names of labels: whole numbers by their size, else by their characters' numbers."""
    different = set(names)
    wholes = {name: whole(name) for name in different}
    if None not in wholes.values():
        return sorted(different, key=lambda name: wholes[name] or 0)
    return sorted(different)


def shown(field: str) -> str:
    """As it may stand in a message: short, and without what a terminal would obey."""
    return f"'{_files.printable(field, _LONGEST_SHOWN)}'"


def hint(field: str, decimal_comma: bool, delimiter: str) -> str:
    """What may be wrong with a field that is no number: a sentence, or nothing."""
    value = number(field)
    if is_missing(field):
        return "It is missing: read_table(…, missing=True) lets it be NaN, and fit(…, missing='mean') replaces it"
    if "\0" in field:
        return "It holds NUL characters, as UTF-16 and files that are no text do"
    if _files.printable(field) != field:
        return "It holds a character that can't be seen, shown as ?"
    if not field.isascii():
        return "It holds characters that are in no number"
    if decimal_comma and "." in field:
        return "decimal_comma=True was told, and it has a point"
    if not decimal_comma and delimiter != "," and number(field, True) is not None and value is None:
        return "It seems to have a decimal comma: decimal_comma=True reads it"
    if '"' in field:
        return "It holds a quotation mark; wanted one on each side of a value, or none"
    if ";" in field and delimiter != ";":
        return "It holds a semicolon: delimiter=';' where that is one"
    if re.fullmatch(r"[0-9]+:[0-9.eE+-]+", field):
        return "It seems to be LIBSVM; wanted CSV"
    if value is not None or field.lower().lstrip("+-") in ("inf", "infinity", "∞"):
        return "It is larger than a float64 can hold, or infinite"
    return ""
