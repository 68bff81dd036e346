"""What became of each epoch of a training, as objects, as rows of a table, and as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from . import _files, _scaling
from ._files import Path


class EpochResult(NamedTuple):
    """What became of an epoch of ``fit``."""

    epoch: int
    """Its number, counted from 1. That which decided the order of its samples, with the shuffle seed, is one less."""
    loss: float
    """The mean over the samples of the loss before each one's update."""
    validation: Any
    """How well the network did on the validation data after it: what ``evaluate`` says, or None without such data."""
    learning_rate: float = float("nan")
    """The learning rate of its last step."""


def figures(validation: Any) -> dict[str, float]:
    """The loss of an evaluation, and what the network is judged by, by their names."""
    named: Mapping[str, Any] = {} if validation is None else validation._asdict()
    return {name: float(named[name]) for name in ("loss", "accuracy", "r2") if name in named}


def shown_rate(rate: float) -> float:
    """A learning rate as people gave it: in double the shortest decimal of the float32 that a step is given."""
    return float(str(np.float32(rate)))


def rows(history: Iterable[EpochResult]) -> list[dict[str, Any]]:
    """A flat dictionary for each epoch; epochs count from 1."""
    table = []
    for result in history:
        row: dict[str, Any] = {"epoch": result.epoch, "learning_rate": result.learning_rate, "loss": result.loss}
        row.update({f"validation_{name}": value for name, value in figures(result.validation).items()})
        table.append(row)
    return table


def csv(history: Iterable[EpochResult]) -> str:
    """The rows, with a header. Of epochs without a validation beside others those fields are empty."""
    table = rows(history)
    names = dict.fromkeys(["epoch", "learning_rate", "loss", *(name for row in table for name in row)])
    lines = [",".join(names)]
    for row in table:
        lines.append(",".join(_scaling.number_text(row[name]) if name in row else "" for name in names))
    return "".join(f"{line}\n" for line in lines)


def save(path: Path, history: Iterable[EpochResult]) -> None:
    """Writes the CSV as a whole."""
    content = csv(history).encode("ascii")
    _files.replace(path, lambda write: write(memoryview(content)))
