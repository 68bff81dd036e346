"""The bytes and the text of a file as they come, decompressed, so that it need not fit into memory."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, Optional

from . import _dialects, _json_lines
from ._files import Path
from ._tables import BadTable

# What a file begins with that is compressed by gzip.
_GZIP = b"\x1f\x8b"

# Bytes by which a file's kind is known.
START = 4096

_CHUNK = 1 << 16

# Characters of a line: what has longer ones is no table, but could fill the memory.
_LONGEST_LINE = 1 << 24


class Content:
    """The bytes of a file, decompressed where gzip has compressed them.

    Attributes
    ----------
    start
        The first of them.
    file
        All of them, from the first.
    is_compressed
        Whether they were compressed.
    others
        What has been opened of the file besides.
    """

    def __init__(self, path: Path) -> None:
        try:
            file: BinaryIO = open(path, "rb")
        except IsADirectoryError:
            raise BadTable(" is a directory; wanted a file") from None
        self._opened = file
        self.others: list[Any] = []
        try:
            start = file.read(START)
            self.is_compressed = start.startswith(_GZIP)
            if self.is_compressed:
                file = io.BufferedReader(_Decompressed(_Joined(start, file)), _CHUNK)
                start = file.read(START)
            self.start = start
            self.file: BinaryIO = io.BufferedReader(_Joined(start, file), _CHUNK)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Closes the file, and what others have opened of it."""
        for other in self.others:
            other.close()
        self._opened.close()


class _Joined(io.RawIOBase):
    """What has been read of a file, and then the rest of it."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._start = start
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        if self._start:
            some, self._start = self._start[: len(target)], self._start[len(target) :]
            target[: len(some)] = some
            return len(some)
        return self._rest.readinto(target)  # type: ignore[attr-defined,no-any-return]


class _Decompressed(io.RawIOBase):
    """All members of a gzip file, each checked to its end; anything else behind them is an error."""

    def __init__(self, file: io.RawIOBase) -> None:
        super().__init__()
        self._file = file
        self._waiting = b""
        self._member: Optional[zlib._Decompress] = None

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        while True:
            if self._member is None and not self._begin():
                return 0
            member = self._member
            assert member is not None
            given = self._waiting or self._file.read(_CHUNK) or b""
            try:
                # What waits may make more than fits, and nothing be left to give.
                found = member.decompress(given, len(target))
            except zlib.error as error:
                raise BadTable(f" is compressed by gzip, and damaged: {error}; wanted a whole file") from None
            self._waiting = member.unconsumed_tail
            if member.eof:
                self._waiting, self._member = member.unused_data, None
            elif not given and not found:
                raise BadTable(" is compressed by gzip, and cut off; wanted a whole file")
            if found:
                target[: len(found)] = found
                return len(found)

    def _begin(self) -> bool:
        """Begins the next member, if there is one."""
        while len(self._waiting) < len(_GZIP):
            more = self._file.read(_CHUNK) or b""
            if not more:
                break
            self._waiting += more
        if not self._waiting:
            return False
        if not self._waiting.startswith(_GZIP):
            raise BadTable(" is compressed by gzip, and something that is not follows; wanted a whole file alone")
        self._member = zlib.decompressobj(wbits=31)
        return True


class Text:
    """The lines of a text, each with what ends it.

    Attributes
    ----------
    ahead
        The first lines, by which the rest of it is found out.
    is_json
        Whether it seems to be one of JSON lines, which end in LF alone.
    """

    def __init__(self, content: Content, told: str | None) -> None:
        encoding, mark = _dialects.encoding_of(content.start)
        if mark == 0 and told is not None:
            encoding = told
        self._encoding = encoding
        content.file.read(mark)
        try:
            self.is_json = _json_lines.fits(content.start[mark:].decode(encoding, "ignore"))
            self._text = io.TextIOWrapper(content.file, encoding, newline="\n" if self.is_json else "")
        except LookupError:
            raise ValueError(f"encoding is {told!r}; wanted one that Python knows, such as 'latin-1'") from None
        self._read = 0
        self._ahead: list[str] = []
        characters = 0
        while characters < _dialects.AHEAD and (line := self._next()):
            self._ahead.append(line)
            characters += len(line)
        self.ahead = "".join(self._ahead)

    def lines(self) -> Iterator[str]:
        """All lines from the beginning on."""
        ahead, self._ahead, self.ahead = self._ahead, [], ""
        yield from ahead
        while line := self._next():
            yield line

    def _next(self) -> str:
        try:
            line = self._text.readline(_LONGEST_LINE)
        except UnicodeDecodeError as error:
            place = self._read + bytes(error.object[: error.start]).count(b"\n") + 1
            came = f", line {place}, has a byte that is in no {self._encoding.upper()} text"
            raise BadTable(f"{came}; wanted encoding=, such as encoding='latin-1'") from None
        self._read += 1
        if len(line) == _LONGEST_LINE:
            raise BadTable(f", line {self._read}, has {_LONGEST_LINE:,} characters or more; wanted fewer")
        return line
