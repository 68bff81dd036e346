"""Files that need not fit into memory: a network learns from them block by block."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Optional

import numpy as np
from numpy.typing import NDArray

from . import _arguments, _files, _inputs, _scaling, _tables
from ._columns import Column
from ._files import Path
from ._reading import Reader
from ._rows import Part
from ._scaling import AnyScaling
from ._tables import BadTable, GivenTargets, Labels
from ._targets import Targets

if TYPE_CHECKING:
    from ._network import Network

# How many labels more than there are classes are counted for the message that says so.
_EXCESS = 100


class StreamedTable:
    """A file that ``fit`` reads block by block, in each epoch anew: one block is in memory, and never the file.

    The samples of a block are shuffled, the blocks are not: a file that is sorted by its classes trains badly. Before
    the first step the file is read once, or up to three times, for what has to be known of the whole.

    Parameters
    ----------
    path : str, bytes or os.PathLike
        The file.
    block_size : int
        Samples in a block: a multiple of the size of a batch, and as many as memory allows.
    target, header, delimiter, comment, decimal_comma, encoding, leave_out, columns, weights, target_file,
    input_member, target_member
        As ``read_table`` has them.
    """

    def __init__(
        self,
        path: Path,
        block_size: int = 65536,
        target: Column | Sequence[Column] = "last",
        *,
        header: bool | None = None,
        delimiter: str | None = None,
        comment: str | None = None,
        decimal_comma: bool = False,
        encoding: str | None = None,
        leave_out: Sequence[Column] = (),
        columns: Sequence[str] | None = None,
        weights: Column | None = None,
        target_file: Path | None = None,
        input_member: str | None = None,
        target_member: str | None = None,
    ) -> None:
        self.path = path
        self.block_size = _arguments.whole(block_size, "block_size", 1, 2**31 - 1)
        self.reader = Reader.of(
            path, target, None, header, delimiter, comment, decimal_comma, encoding, leave_out, columns, False, weights,
            target_file, input_member, target_member,
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"StreamedTable({self.path!r}, block_size={self.block_size})"

    def require_batches(self, batch_size: int) -> None:
        """That a block is a multiple of a batch, so that only the last one of all has a short batch."""
        if self.block_size % batch_size > 0:
            lower = self.block_size // batch_size * batch_size
            such = f"{lower} or {lower + batch_size}" if lower > 0 else str(batch_size)
            came = f"block_size is {self.block_size} with a batch_size of {batch_size}"
            raise ValueError(f"{came}; wanted a multiple of the batch, such as {such}")


class Stream:
    """What is found out of a file for a network, and its blocks.

    Parameters
    ----------
    network
    table : StreamedTable
    normalize, scaling, missing
        As ``fit`` has them.

    Attributes
    ----------
    reader
        How the file is read.
    count
        All samples.
    preparation
        How samples become inputs, measured on all of them where it was to be.
    classes, target
        The names of classes and of the targets' columns.
    counts, weighed
        Of labels the samples of each class, and whether one of them has a weight above 0; None of values.
    has_weights
        Whether a column has weights.
    """

    def __init__(self, network: Network, table: StreamedTable, normalize: Any, scaling: Any, missing: Any) -> None:
        self._network = network
        self._block_size = table.block_size
        self._normalize = normalize
        self._state = _state_of(table.path)
        if not os.path.isfile(table.path) and not os.path.isdir(table.path):
            name, wanted = _files.shown(table.path), "wanted a file, which each epoch reads again"
            raise ValueError(f"table '{name}' can be read once only, as a pipe can; {wanted}")
        before = network._preparation
        may_miss = missing is not None or before.missing is not None
        given = table.reader
        # As it is now: what it learns of the file does not change how that is read.
        known = _tables.Known(network, before.columns, network.classes, network.target)
        self.reader = given._replace(
            choice=given.choice._replace(network=known), options=given.options._replace(missing=may_miss)
        )
        self.count = 0
        self.target: Optional[tuple[str, ...]] = None
        self.has_weights = False
        self._columns: Optional[tuple[str, ...]] = None
        self._labels: Optional[Labels] = None
        self._has_weight = False
        inputs = network.sizes[0]
        self._least, self._most = np.full(inputs, np.inf), np.full(inputs, -np.inf)

        filled = before.missing
        if missing is not None:
            filled = _inputs.filled(missing, lambda: (part.X for part in self._read()), inputs)
        measured: Optional[AnyScaling] = before.scaling
        if scaling is not None:
            measured = _scaling.fitted(scaling, lambda: self._filled(filled), inputs)
        if self.count == 0:
            for _ in self._read():
                pass
        self.preparation = before._replace(
            columns=before.columns if before.columns is not None else self._columns, missing=filled, scaling=measured
        )
        self._require_scaled()
        self._find_classes()

    def blocks(self) -> Iterator[tuple[NDArray[np.float32], Targets]]:
        """All blocks in the order of the file, each with its targets as they are given."""
        size, done = self._block_size, 0
        X, held = self._empty(0), 0
        kept: list[tuple[GivenTargets, Optional[NDArray[np.float32]]]] = []
        for part in self._read():
            if done + held + len(part.X) > self.count:
                raise self._changed()
            inputs = self.preparation.applied(part.X)
            first = 0
            while first < len(inputs):
                some = slice(first, min(len(inputs), first + size - held))
                X[held : held + some.stop - first] = inputs[some]
                weights = None if part.weights is None else part.weights[some]
                assert part.targets is not None
                kept.append((_tables.some_of(part.targets, some), weights))
                held += some.stop - first
                first = some.stop
                if held == size or done + held == self.count:
                    targets = self._targets_of(kept, held)
                    done += held
                    block, X, kept, held = X, self._empty(done), [], 0
                    yield block, targets
                    del block, targets
        if done < self.count:
            raise self._changed()

    def _empty(self, done: int) -> NDArray[np.float32]:
        return np.empty((min(self._block_size, self.count - done), self._network.sizes[0]), np.float32)

    def _targets_of(self, kept: list[tuple[GivenTargets, Optional[NDArray[np.float32]]]], count: int) -> Targets:
        y = np.concatenate([self._values(given) for given, _ in kept])
        weights = [one for _, one in kept if one is not None]
        targets = self._network._targets(y, count, self._normalize, None)
        return Targets(targets.y, np.concatenate(weights) if weights else None)

    def _values(self, given: GivenTargets) -> NDArray[Any]:
        """Class numbers, or values."""
        if self._classes is None:
            return _tables.values_for(given, self._network)
        return self._classes.of(given)

    def _read(self) -> Iterator[Part]:
        """All samples of the file, which must be what it was; the first time they are surveyed."""
        if _state_of(self.reader.path) != self._state:
            raise self._changed()
        is_first, count = self.count == 0, 0
        with self.reader.opened() as source:
            if is_first:
                # Names that occur twice are none.
                are_names = source.columns is not None and len(set(source.columns)) == len(source.columns)
                self._columns, self.target = source.columns if are_names else None, source.target_names
            for part in source.parts():
                count += len(part.X)
                if is_first:
                    self._survey(part)
                yield part
        if is_first:
            self.count = count

    def _filled(self, missing: Optional[tuple[float, ...]]) -> Iterator[NDArray[np.float64]]:
        for part in self._read():
            yield part.X if missing is None else np.where(np.isnan(part.X), missing, part.X)

    def _survey(self, part: Part) -> None:
        """Looks at all that no training may meet later."""
        if part.targets is None:
            raise self._told(BadTable(" was read without a target; wanted one, which target= says"))
        self._least = np.fmin(self._least, np.fmin.reduce(part.X, axis=0))
        self._most = np.fmax(self._most, np.fmax.reduce(part.X, axis=0))
        if part.weights is not None:
            self.has_weights = True
        self._has_weight = self._has_weight or part.weights is None or bool(part.weights.any())
        try:
            if _tables.labels_of(part.targets, self._network):
                self._labels = self._labels or Labels()
                self._labels.add(part.targets, part.weights)
                if len(self._labels.counts) > _tables.class_count(self._network) + _EXCESS:
                    self._labels.classes(self._network, _tables.known_classes(self._network))
            else:
                values = _tables.values_for(part.targets, self._network)
                self._network._valid(self._network._targets(values, len(part.X), self._normalize, None))
        except BadTable as error:
            raise self._told(error) from None
        except ValueError as error:
            where = "" if part.lines is None else f", lines {part.lines[0]} to {part.lines[-1]}"
            raise self._told(BadTable(f"{where}: {error}")) from None

    def _require_scaled(self) -> None:
        """That no number becomes one that float32 has not."""
        extremes = np.array([self._least, self._most])
        # Of a column in which all are missing there is none.
        extremes[~np.isfinite(extremes)] = np.nan
        if self.preparation.missing is None:
            extremes = np.nan_to_num(extremes)
        scaled = _scaling.applied(self.preparation.scaling, extremes, self.preparation.missing)
        if np.isfinite(scaled).all():
            return
        row, column = map(int, np.argwhere(~np.isfinite(scaled))[0])
        name = f"column {column + 1}" if self._columns is None else f"column {self._columns[column]!r}"
        how = "" if self.preparation.scaling is None else ", and too large once it is scaled"
        came = f", {name} of the inputs, has the number {extremes[row, column]:g}{how}"
        raise self._told(BadTable(f"{came}; wanted what float32 can hold"))

    def _find_classes(self) -> None:
        self._classes: Optional[_tables.Classes] = None
        self.classes: Optional[tuple[str, ...]] = None
        self.counts: Optional[NDArray[np.intp]] = None
        self.weighed: Optional[NDArray[np.bool_]] = None
        if not self._has_weight:
            raise self._told(BadTable(" has the weight 0 everywhere; wanted one weight at least above 0"))
        if self._labels is None:
            return
        try:
            classes = self._labels.classes(self._network, _tables.known_classes(self._network))
        except BadTable as error:
            raise self._told(error) from None
        self._classes, self.classes = classes, classes.names
        count = max(2, self._network.sizes[-1])
        self.counts, self.weighed = np.zeros(count, np.intp), np.zeros(count, np.bool_)
        for name, samples in self._labels.counts.items():
            self.counts[classes.numbers[name]] += samples
            self.weighed[classes.numbers[name]] |= name in self._labels.weighed

    def _told(self, error: BadTable) -> ValueError:
        return ValueError(f"table '{_files.printable(self.reader.name, 300)}'{error}")

    def _changed(self) -> Exception:
        wanted = "wanted a file that nobody changes meanwhile"
        return self._told(BadTable(f" is not what it was when it was read first; {wanted}"))


def _state_of(path: Path) -> tuple[int, int]:
    known = os.stat(path)
    return known.st_size, known.st_mtime_ns
