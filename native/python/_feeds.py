"""The batches of a training: of samples in memory, or of a file that is read block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Optional

import numpy as np
from numpy.typing import NDArray

from . import _native, _random
from ._checkpoint import Checkpoint
from ._targets import Targets


class Piece(NamedTuple):
    """Samples in memory, in whose batches an epoch, or a part of it, is trained.

    Attributes
    ----------
    X
        (N, D) float32.
    targets
        What the network should say of them, with the weights that count.
    number
        What decides their order, with the seed.
    first, batches
        The number in the epoch of the first batch, and how many there are.
    weights
        The sums of the batches' weights.
    """

    X: NDArray[np.float32]
    targets: Targets
    number: int
    first: int
    batches: int
    weights: BatchWeights


class Memory:
    """Samples that are all in memory: every epoch is one piece.

    Parameters
    ----------
    X, targets
        As ``Piece`` has them.
    given
        The targets before their classes were weighed and labels smoothed.
    batch_size, seed
    """

    def __init__(
        self, X: NDArray[np.float32], targets: Targets, given: Targets, batch_size: int, seed: int
    ) -> None:
        self._X = X
        self._targets = targets
        self._given = given
        self.batches = -(-len(X) // batch_size)
        self._weights = BatchWeights(targets.weights, len(X), batch_size, seed)

    def piece(self, epoch: int, batch: int) -> Piece:
        """The one with a batch of an epoch."""
        return Piece(self._X, self._targets, epoch, 0, self.batches, self._weights)

    def kept(self, epoch: int, batch: int, piece: Piece) -> str:
        """What became of the parameters where a batch was refused."""
        return _native.kept(epoch, batch)

    def weight_before(self, epoch: int, batch: int) -> float:
        """The sum of the weights of the epoch's batches before one."""
        return self._weights.before(epoch, batch)

    def total(self, epoch: int) -> float:
        """The sum of the weights of all batches."""
        return self._weights.total(epoch)

    def fingerprint(self) -> str:
        """What tells these samples from others."""
        return fingerprint(self._X, self._given)


class Blocks:
    """Samples that are read anew in each epoch, of which one block is in memory.

    Parameters
    ----------
    read
        Gives all blocks in their order: samples, and targets as they are given.
    counted
        What is to be made of targets, as ``Piece`` has them.
    count
        All samples.
    block_size, batch_size, seed
        The first is a multiple of the second, but where one block holds all.
    has_weights
        Whether the samples count differently.
    """

    def __init__(
        self,
        read: Callable[[], Iterator[tuple[NDArray[np.float32], Targets]]],
        counted: Callable[[Targets], Targets],
        count: int,
        block_size: int,
        batch_size: int,
        seed: int,
        has_weights: bool,
    ) -> None:
        self._read = read
        self._counted = counted
        self._count = count
        self._batch_size = batch_size
        self._seed = seed
        self._has_weights = has_weights
        self._blocks = -(-count // block_size)
        self._of_block = -(-min(block_size, count) // batch_size)
        self.batches = -(-count // batch_size)
        self._iterator: Iterator[tuple[NDArray[np.float32], Targets]] = iter(())
        self._epoch = -1
        self._piece: Optional[Piece] = None
        # The sum of the weights before it.
        self._before = 0.0

    def piece(self, epoch: int, batch: int) -> Piece:
        """The one with a batch of an epoch."""
        block = min(batch // self._of_block, self._blocks - 1)
        piece = self._piece
        if piece is None or self._epoch != epoch or piece.first > block * self._of_block:
            # What was read before goes first, or there would be two in memory.
            self._piece, self._epoch, self._before = None, epoch, 0.0
            self._iterator = self._read()
            piece = self._next(epoch, 0)
        while piece.first < block * self._of_block:
            if self._has_weights:
                self._before = piece.weights.before(piece.number, piece.batches, self._before)
            first = piece.first + self._of_block
            self._piece = piece = None
            piece = self._next(epoch, first)
        return piece

    def _next(self, epoch: int, first: int) -> Piece:
        X, given = next(self._iterator)
        batches = -(-len(X) // self._batch_size)
        number = epoch * self._blocks + first // self._of_block
        targets = self._counted(given)
        weights = BatchWeights(targets.weights, len(X), self._batch_size, self._seed)
        self._piece = Piece(X, targets, number, first, batches, weights)
        return self._piece

    def kept(self, epoch: int, batch: int, piece: Piece) -> str:
        """What became of the parameters where a batch was refused, and which samples X is."""
        block = piece.first // self._of_block
        return f"X is block {block + 1} of {self._blocks}; {_native.kept(epoch, batch)}"

    def weight_before(self, epoch: int, batch: int) -> float:
        """The sum of the weights of the epoch's batches before one."""
        if not self._has_weights or batch == 0:
            return float(min(batch * self._batch_size, self._count))
        # The end of a block is known without the next one.
        piece = self.piece(epoch, batch - 1)
        return piece.weights.before(piece.number, batch - piece.first, self._before)

    def total(self, epoch: int) -> float:
        """The sum of the weights of all batches, once they are done."""
        total = self.weight_before(epoch, self.batches)
        # To its end: where there is more, it is not what it was.
        next(self._iterator, None)
        return total

    def fingerprint(self) -> str:
        """What tells these samples from others."""
        return Checkpoint.fingerprint(array for X, given in self._read() for array in _arrays_of(X, given))


def fingerprint(X: NDArray[np.float32], targets: Targets) -> str:
    """A checksum of the bytes of samples."""
    return Checkpoint.fingerprint(_arrays_of(X, targets))


def _arrays_of(X: NDArray[np.float32], targets: Targets) -> list[NDArray[Any]]:
    return [X, targets.y, *([] if targets.weights is None else [targets.weights])]


class BatchWeights:
    """The sums of the weights of an epoch's batches, which decide what is a step, and what a batch's loss counts.

    Each is a sum of the batch's weights in their order, in double, as the library forms it.
    """

    def __init__(self, weights: Optional[NDArray[np.float32]], count: int, batch_size: int, seed: int) -> None:
        self._given = weights
        self._count = count
        self._batch_size = batch_size
        self._seed = seed
        self._ordered: tuple[int, Optional[NDArray[np.intp]]] = -1, None
        # Without weights they are the same in every epoch.
        self._summed = -1, self._sums(None)
        self._may_be_none = weights is not None and int((weights == 0).sum()) >= (count % batch_size or batch_size)
        self._exact = float(count) if weights is None else _exact_sum(weights)

    def order(self, epoch: int) -> NDArray[np.intp]:
        """The order of the samples in an epoch."""
        known, order = self._ordered
        if known != epoch or order is None:
            order = _random.order(self._count, self._seed, epoch)
            self._ordered = epoch, order
        return order

    def of(self, epoch: int) -> NDArray[np.float64]:
        """The sum of each batch."""
        known, sums = self._summed
        if self._given is not None and known != epoch:
            sums = self._sums(self._given[self.order(epoch)].astype(np.float64))
            self._summed = epoch, sums
        return sums

    def _sums(self, weights: Optional[NDArray[np.float64]]) -> NDArray[np.float64]:
        size = self._batch_size
        whole, rest = divmod(self._count, size)
        if weights is None:
            sums = np.full(whole, float(size))
            return np.append(sums, float(rest)) if rest > 0 else sums
        sums = np.add.accumulate(weights[: whole * size].reshape(whole, size), axis=1)[:, -1]
        return np.append(sums, np.add.accumulate(weights[whole * size :])[-1]) if rest > 0 else sums

    def steps(self, epoch: int, first: int, end: int) -> int:
        """How many of a range of batches are steps."""
        return int(np.count_nonzero(self.of(epoch)[first:end])) if self._may_be_none else end - first

    @property
    def are_none(self) -> bool:
        """Whether every weight is 0, which the library takes for a mistake."""
        return self._given is not None and not self._given.any()

    def total(self, epoch: int) -> float:
        """The sum of all."""
        return self._exact if self._exact is not None else self.before(epoch, -(-self._count // self._batch_size))

    def before(self, epoch: int, batch: int, start: float = 0.0) -> float:
        """The sum of those before a batch, added one by one to where others have come."""
        if self._given is None:
            return start + float(min(batch * self._batch_size, self._count))
        return float(np.add.accumulate([start, *self.of(epoch)[:batch]])[-1])


def _exact_sum(weights: NDArray[np.float32]) -> Optional[float]:
    """The sum of weights where no order of adding them changes a bit of it; else None.

    That is so where the largest sum is less than 2⁵³ of the smallest unit that occurs.
    """
    used = np.unique(weights[weights > 0]).astype(np.float64)
    if used.size == 0:
        return 0.0
    mantissas, exponents = np.frexp(used)
    digits = np.ldexp(mantissas, 24).astype(np.int64)
    lowest = exponents - 24 + np.log2((digits & -digits).astype(np.float64)).astype(np.int64)
    total = float(np.sum(weights, dtype=np.float64))
    return total if total < np.ldexp(1.0, 53 + int(lowest.min())) else None
