"""How the text of a table is written: its encoding, what stands between its values, and what its first line is."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple, Optional

from . import _fields

# The characters, and the lines, that a dialect is found out by.
AHEAD = 1 << 16
_LINES = 200

# In the order in which they are taken where several fit as well.
_CANDIDATES = ",;\t| "

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Of an encoding without a mark, which bytes of each character of ASCII are not 0.
_UNMARKED = (
    ("utf-32-le", (True, False, False, False)),
    ("utf-32-be", (False, False, False, True)),
    ("utf-16-le", (True, False)),
    ("utf-16-be", (False, True)),
)

WORDS = {",": "commas", ";": "semicolons", "\t": "tabs", " ": "blanks", "|": "bars"}


class Dialect(NamedTuple):
    """How the rows of a table are written."""

    delimiter: str
    has_header: bool
    has_trailing: bool
    """Whether each line has a delimiter behind its last value."""
    columns: int
    """The values that most of the first lines have, one more where there is such a delimiter."""


def encoding_of(content: bytes) -> tuple[str, int]:
    """The encoding of a text, and the bytes of the mark in front."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding, len(mark)
    start = content[:4096]
    for encoding, pattern in _UNMARKED:
        size = len(pattern)
        characters = len(start) // size
        wholes = zip(*(start[place : characters * size : size] for place in range(size)))
        fitting = sum(all(wanted == (byte != 0) for wanted, byte in zip(pattern, bytes_)) for bytes_ in wholes)
        if characters > 1 and fitting >= characters * 0.9:
            return encoding, 0
    return "utf-8", 0


def announced(text: str) -> tuple[Optional[str], int]:
    """The delimiter that Excel's first line tells, as in ``sep=;``, and the characters of that line."""
    found = re.match(r'"?sep=([^\r\n])"?(?:\r\n|\r|\n|$)', text, re.IGNORECASE)
    return (found[1], found.end()) if found else (None, 0)


class Rows:
    """The rows of a text, each a list of fields. Blank lines, and those of comments, are passed over.

    Attributes
    ----------
    line
        The number of the last line that was read, from 1.
    names
        The names of the columns, where the rows themselves tell them.
    """

    names: Optional[list[str]] = None

    def __init__(self, lines: Iterator[str], delimiter: str, comment: str | None, skipped: int = 0) -> None:
        self.line = 0
        self._skipped = skipped
        self._comment = comment
        self._is_blank = delimiter == " "
        # Blanks behind a value's quotation mark; those before one are the reader's to pass over.
        self._spaced = re.compile(rf'(?<!")"[ \t]+(?=[{re.escape(delimiter)}\r\n]|\Z)')
        given = self._lines(lines)
        self._reader = csv.reader(given, delimiter=delimiter, skipinitialspace=not self._is_blank, strict=True)

    def __iter__(self) -> Iterator[list[str]]:
        for row in self._reader:
            if self._is_blank:
                row = [field for field in row if field]
            # A line of blanks, or the end that DOS wrote into a file.
            if len(row) > 1 or (row and _fields.trimmed(row[0]) not in ("", "\x1a")):
                yield row

    def _lines(self, lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            self.line += 1
            if self.line <= self._skipped or (self._comment is not None and line.startswith(self._comment)):
                continue
            if '"' in line and not self._is_blank:
                line = self._spaced.sub('"', line)
            yield line


def find(
    text: str, delimiter: str | None, header: bool | None, comment: str | None, decimal_comma: bool, wanted: int | None
) -> Dialect:
    """The dialect of a text, as far as it is not told.

    Parameters
    ----------
    text : str
    delimiter, header, comment, decimal_comma
        What is told.
    wanted : int, optional
        The columns that there should be.
    """
    ahead = text[:AHEAD]
    if len(text) > AHEAD:
        end = max(ahead.rfind("\n"), ahead.rfind("\r"))
        ahead = ahead[: end + 1] if end > 0 else ahead
    surveys = [
        _Survey(ahead, candidate, comment, decimal_comma, wanted)
        for candidate in (delimiter or _CANDIDATES)
        if candidate != comment and not (candidate == "," and decimal_comma)
    ]
    best = max(surveys, key=lambda survey: survey.score)
    has_header = best.has_header() if header is None else header
    return Dialect(best.delimiter, has_header, best.has_trailing(wanted), best.columns)


class _Survey:
    """The first lines, as a delimiter parts them: of each field whether it is Empty, Missing, a Number or Words."""

    def __init__(self, text: str, delimiter: str, comment: str | None, decimal_comma: bool, wanted: int | None) -> None:
        self.delimiter = delimiter
        self._first: list[str] = []
        self._rows: list[str] = []
        try:
            for row in Rows(io.StringIO(text, newline=""), delimiter, comment):
                fields = list(map(_fields.trimmed, row))
                self._first = self._first or fields
                self._rows.append("".join(_kind(field, decimal_comma) for field in fields))
                if len(self._rows) == _LINES:
                    break
        except csv.Error:
            # The reading itself tells of it.
            pass
        self.columns, self.score = self._judged(wanted)

    def has_header(self) -> bool:
        """Whether the first line has names: words, and no number."""
        if not self._rows:
            return False
        first = self._rows[0]
        if "N" not in first and "M" not in first and "W" in first:
            # A delimiter at the ends of lines need not be at the header's.
            ends = all(row[-1] == "E" for row in self._rows[1:])
            return len(first) in (self.columns, self.columns - ends) or len(self._rows) == 1
        if len(first) > 3 and self._first == list(map(str, range(len(first)))):
            # A frame without names is written with the numbers of its columns above it.
            raise ValueError(
                f"the first line is 0, 1, 2, … up to {len(first) - 1}, which may be names of columns or values; "
                "wanted header=True or header=False, which says it"
            )
        return False

    def has_trailing(self, wanted: int | None) -> bool:
        """Whether every line, a header may be an exception, ends in a delimiter."""
        rows = self._rows[1:] if len(self._rows) > 1 else self._rows
        if self.delimiter == " " or self.columns < 2 or self.columns == wanted or not rows:
            return False
        ends = all(len(row) == self.columns and row[-1] == "E" for row in rows)
        return ends and (len(self._rows[0]) < self.columns or self._rows[0][-1] == "E")

    def _judged(self, wanted: int | None) -> tuple[int, float]:
        """The number of columns that most lines have, and how well the lines fit."""
        if not self._rows:
            return 0, 0.0
        counts = Counter(map(len, self._rows))
        columns = max(counts, key=lambda count: (counts[count], count))
        if columns < 2:
            # One column of numbers is one, whatever does not part it.
            return columns, 0.001 if columns == wanted else 0.0
        rows = [row for row in self._rows if len(row) == columns]
        numbers = sum(row.count("N") + row.count("M") for row in rows)
        regular = len(rows) / len(self._rows)
        return columns, regular * (0.01 + numbers / len(rows) / columns) * (2 if columns == wanted else 1)


def _kind(field: str, decimal_comma: bool) -> str:
    if not field:
        return "E"
    if _fields.number(field, decimal_comma) is not None:
        return "N"
    return "M" if _fields.is_missing(field) else "W"


def hint_of_count(row: list[str], wanted: int, dialect: Dialect, comment: str | None) -> str:
    """What may be the cause where a line has another number of values than wanted: a sentence, or nothing."""
    line = _fields.trimmed(dialect.delimiter.join(row))
    if "\0" in line:
        return "It holds NUL characters, as files that are cut off or no text do"
    if comment is None and line[:1] in ("#", "%", ";"):
        return f"It begins with {line[0]}: comment={line[0]!r} where that is a comment"
    if line.startswith("@"):
        return "It seems to be ARFF; wanted CSV"
    for other, word in WORDS.items():
        parts = line.split() if other == " " else line.split(other)
        if other != dialect.delimiter and len(parts) == wanted:
            return f"Its values seem to be separated by {word}: delimiter={other!r} reads them"
    return "It ends in a delimiter" if len(row) > wanted and not row[-1] else ""
