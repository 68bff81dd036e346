"""Tables in files: texts whose dialect is found out, and arrays."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Optional

import numpy as np

from . import _arrays, _files
from ._columns import Choice, Column
from ._files import Path
from ._rows import Part, TextOptions, TextSource
from ._streams import Content
from ._tables import BadTable, GivenTargets, Table, TextTargets


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
    weights: Column | None = None,
    target_file: Path | None = None,
    input_member: str | None = None,
    target_member: str | None = None,
) -> Table:
    """Reads the samples of a file: a table of text, JSON lines, or arrays of IDX, NPY or NPZ, each also of gzip.

    What is not told of a table of text is found out: the delimiter (comma, semicolon, tab, bar or blanks), whether there
    is a header, quotation marks, the ends of lines, UTF-8, UTF-16 or UTF-32, a delimiter at the end of each line. Blank
    lines are passed over.

    Parameters
    ----------
    path : str, bytes or os.PathLike
        The file.
    target : str, int, a sequence of them, or None
        The columns of targets: ``"last"`` or ``"first"``, as many as the network wants, where the network has no names
        of its targets that the file has too; names; or numbers from 0, or from −1 backwards. None is that there are
        none.
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
    weights : str or int, optional
        The column of the samples' weights, which is neither input nor target: finite numbers, none negative. Of an NPZ
        file it is an array's name.
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
    reader = Reader.of(
        path, target, network, header, delimiter, comment, decimal_comma, encoding, leave_out, columns, missing,
        weights, target_file, input_member, target_member,
    )  # fmt: skip
    return read(reader)


def read(reader: Reader) -> Table:
    """All samples of a file."""
    with reader.opened() as source:
        parts = list(source.parts())
        targets = [part.targets for part in parts if part.targets is not None]
        given = joined(targets) if targets else None
        own = [part.weights for part in parts if part.weights is not None]
        table = Table(
            reader.name, np.concatenate([part.X for part in parts]), given, source.columns, source.target_names,
            np.concatenate(own) if own else None,
        )  # fmt: skip
    network = reader.choice.network
    if network is not None and given is not None:
        table.y, table.classes = table.targets_for(network), table.classes_for(network)
    return table


def joined(targets: list[GivenTargets]) -> GivenTargets:
    """Targets of parts as one."""
    texts = [part for part in targets if isinstance(part, TextTargets)]
    if not texts:
        return np.concatenate([part for part in targets if not isinstance(part, TextTargets)])
    rows = [row for part in texts for row in part.rows]
    return texts[0]._replace(rows=rows, lines=[line for part in texts for line in part.lines])


class Source:
    """A file that is open.

    Attributes
    ----------
    columns, target_names
        The names of the columns of inputs and targets; None where there are none.
    """

    def __init__(self, source: Any, parts: Iterator[Part], name: str) -> None:
        self.columns: Optional[tuple[str, ...]] = source.columns
        self.target_names: Optional[tuple[str, ...]] = source.target_names
        self._parts = parts
        self._name = name

    def parts(self) -> Iterator[Part]:
        """All its samples, some at a time; once."""
        with _named(self._name):
            yield from self._parts


class Reader(NamedTuple):
    """A file, and how it is read."""

    path: Path
    options: TextOptions
    choice: Choice
    target_file: Optional[Path]
    input_member: Optional[str]
    target_member: Optional[str]

    @classmethod
    def of(
        cls, path: Path, target: Any = "last", network: Any = None, header: Optional[bool] = None,
        delimiter: Optional[str] = None, comment: Optional[str] = None, decimal_comma: bool = False,
        encoding: Optional[str] = None, leave_out: Sequence[Column] = (), columns: Optional[Sequence[str]] = None,
        missing: bool = False, weights: Optional[Column] = None, target_file: Optional[Path] = None,
        input_member: Optional[str] = None, target_member: Optional[str] = None,
    ) -> Reader:  # fmt: skip
        """How ``read_table`` is told to."""
        options = TextOptions(
            header,
            _character(delimiter, "delimiter"),
            _character(comment, "comment"),
            bool(decimal_comma),
            encoding,
            bool(missing),
        )
        if options.decimal_comma and options.delimiter == ",":
            raise ValueError("delimiter is ',' with decimal_comma=True; wanted another delimiter")
        apart: list[Column] = [leave_out] if isinstance(leave_out, (str, int)) else list(leave_out)
        choice = Choice(target, apart, None if columns is None else list(columns), network, weights)
        if target_file is not None:
            choice = choice._replace(target=None)
        return cls(path, options, choice, target_file, input_member, target_member)

    @property
    def name(self) -> str:
        """The file's."""
        return os.fsdecode(self.path)

    @contextlib.contextmanager
    def opened(self) -> Iterator[Source]:
        """The file, as long as it is needed."""
        with contextlib.ExitStack() as stack:
            with _named(self.name):
                content = stack.enter_context(contextlib.closing(Content(self.path)))
                source: Any = _arrays.opened(
                    self.path, content, self.choice, self.options.missing, self.input_member, self.target_member
                )
                if source is None:
                    source = TextSource(content, self.options, self.choice)
            parts = source.parts()
            if self.target_file is not None:
                parts = self._with_targets(parts, stack.enter_context(self._targets(self.target_file)))
            yield Source(source, parts, self.name)

    @contextlib.contextmanager
    def _targets(self, path: Path) -> Iterator[Iterator[GivenTargets]]:
        """The targets of a file that has them alone, some at a time."""
        name = os.fsdecode(path)
        with contextlib.ExitStack() as stack:
            with _named(name):
                content = stack.enter_context(contextlib.closing(Content(path)))
                rows = _arrays.target_rows(path, content, self.target_member)
                source = TextSource(content, self.options, Choice(0), alone=True) if rows is None else None

            def parts() -> Iterator[GivenTargets]:
                with _named(name):
                    if source is not None:
                        yield from (part.targets for part in source.parts() if part.targets is not None)
                    elif rows is not None:
                        yield from _arrays.parts_of_targets(rows)

            yield parts()

    def _with_targets(self, parts: Iterator[Part], targets: Iterator[GivenTargets]) -> Iterator[Part]:
        """The samples with the targets of another file, each part with its own."""
        samples = others = 0
        for part in parts:
            found = next(targets, None)
            count = 0 if found is None else count_of(found)
            samples, others = samples + len(part.X), others + count
            if count != len(part.X):
                break
            yield part._replace(targets=found)
        samples += sum(len(part.X) for part in parts)
        others += sum(map(count_of, targets))
        if samples != others:
            name = _files.shown(self.target_file or "")
            raise BadTable(f" has {samples} samples, and '{name}' {others} targets; wanted as many")


def count_of(targets: GivenTargets) -> int:
    """The samples that have these."""
    return len(targets.rows) if isinstance(targets, TextTargets) else len(targets)


@contextlib.contextmanager
def _named(name: str) -> Iterator[None]:
    """What is wrong with a table is told with its name."""
    try:
        yield
    except BadTable as error:
        raise ValueError(f"table '{_files.printable(name, 300)}'{error}") from None


def _character(given: str | None, name: str) -> str | None:
    if given is None or (isinstance(given, str) and len(given) == 1 and given not in '"\r\n\0'):
        return given
    raise ValueError(f"{name} is {given!r}; wanted one character, which is no quotation mark and ends no line")
