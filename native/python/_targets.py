"""What a network should say about samples, and how much each counts: as callers give it, and as the library takes it."""

from __future__ import annotations

from typing import Any, NamedTuple, Optional

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _arguments


class Targets(NamedTuple):
    """Targets of samples.

    Attributes
    ----------
    y
        Class numbers, (N,) int32, or values, (N, C) float32.
    weights
        How much each sample counts, (N,) float32; None where all count the same.
    """

    y: NDArray[Any]
    weights: Optional[NDArray[np.float32]] = None

    @property
    def are_labels(self) -> bool:
        """Whether they are class numbers."""
        return self.y.ndim == 1

    def part(self, samples: slice | NDArray[np.bool_]) -> Targets:
        """The targets of some of the samples."""
        return Targets(self.y[samples], None if self.weights is None else self.weights[samples])

    def total(self) -> float:
        """What a sum over the samples is divided by for their mean: that of the weights, or their number."""
        return float(len(self.y)) if self.weights is None else float(np.sum(self.weights, dtype=np.float64))


def of(
    output: str,
    classes: int,
    y: ArrayLike,
    count: int,
    normalize: bool = False,
    sample_weight: ArrayLike | None = None,
    which: str = "",
) -> Targets:
    """The targets of a network with an output of this name and so many of them."""
    name = f"{which}y"
    if output == "softmax":
        values = _arguments.targets(y, count, classes, normalize, name)
    else:
        if normalize is not False:
            raise ValueError(f"normalize is {normalize!r}; wanted False: only rows of a softmax sum to 1")
        values = _labels(y, count, name) if output == "sigmoid" and classes == 1 else _values(y, count, classes, name)
    return Targets(values, None if sample_weight is None else weights(sample_weight, count, f"{which}sample_weight"))


def weights(values: ArrayLike, count: int, name: str) -> NDArray[np.float32]:
    """Weights of samples: finite, none negative, one at least above 0."""
    given = _arguments.finite(_arguments.floats(values, name, (count,)), name)
    if (given < 0).any():
        wrong = int(np.argmax(given < 0))
        raise ValueError(f"{name}[{wrong}] is {given[wrong]}; wanted weights of 0 or more")
    if not given.any():
        raise ValueError(f"{name} is 0 everywhere; wanted one weight at least above 0")
    return given


def _labels(y: ArrayLike, count: int, name: str) -> NDArray[Any]:
    """One event of each sample: 0 and 1, or its probability."""
    given = _arguments.array(y, name)
    if given.ndim == 1 and given.dtype.kind in "biu":
        return _arguments.targets(given.astype(np.int8) if given.dtype.kind == "b" else given, count, 2, name=name)
    return _values(given, count, 1, name)


def _values(y: ArrayLike, count: int, outputs: int, name: str) -> NDArray[np.float32]:
    """(N, C) numbers; of one output (N,) will do."""
    given = _arguments.array(y, name)
    if outputs == 1 and given.ndim == 1:
        return _arguments.floats(given, name, (count,))[:, None]
    return _arguments.floats(given, name, (count, outputs))
