"""When a training has learned what the validation can tell it."""

from __future__ import annotations

import math
from typing import Optional

from . import _arguments, _scaling
from ._schedules import MONITORS


class EarlyStopping:
    """Ends a training that gets no better on the validation data, and keeps the parameters of the best epoch.

    They are kept however the training ends: after its last epoch, at a limit of time, or by Ctrl-C.

    Parameters
    ----------
    patience : int
        After so many epochs without an improvement the training ends.
    min_delta : float
        By how much more than this a figure has to be better, to be an improvement.
    monitor : str
        What of the validation is looked at: ``"loss"``, ``"accuracy"`` (of several labels the share of labels that are
        right) or ``"r2"``.
    """

    __slots__ = ("patience", "min_delta", "monitor")

    def __init__(self, patience: int = 10, min_delta: float = 0.0, monitor: str = "loss") -> None:
        self.patience = _arguments.whole(patience, "patience", 1)
        self.min_delta = _arguments.number(min_delta, "min_delta", 0)
        self.monitor = _arguments.choice(monitor, "monitor", MONITORS, "loss")

    def improves(self, figure: float, best: Optional[float]) -> bool:
        """Whether a figure is an improvement on the best one; the first finite one is."""
        if not math.isfinite(figure):
            return False
        if best is None:
            return True
        return figure < best - self.min_delta if self.monitor == "loss" else figure > best + self.min_delta

    def _text(self) -> str:
        """As a checkpoint has it."""
        return f"monitor={self.monitor} patience={self.patience} min_delta={_scaling.number_text(self.min_delta)}"

    def __repr__(self) -> str:
        return f"EarlyStopping(patience={self.patience}, min_delta={self.min_delta!r}, monitor={self.monitor!r})"
