"""What a training has come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

import numpy as np
from numpy.typing import NDArray

from ._history import EpochResult
from ._targets import Targets

if TYPE_CHECKING:
    from ._network import Network

# Samples that a network is judged by, and what it should say of them.
HeldOut = tuple[NDArray[np.float32], Targets]


class TrainingResult:
    """What a ``fit`` has come to.

    Attributes
    ----------
    ending : str
        Why it has ended: ``"completed"``, ``"stopped_early"`` (early stopping), ``"time_limit"``, ``"cancelled"`` (Ctrl-C),
        ``"stopped_by_callback"``, or ``"failed"`` by an error, which was raised.
    history : list of EpochResult
        The epochs that were finished, those before a resumption included.
    steps : int
        The steps that were made, in unfinished epochs too.
    elapsed : float
        The seconds that it took, those before a resumption included.
    best_epoch : int or None
        The epoch whose parameters are the result, counted from 1; None where they are simply the last.
    best_value : float or None
        The figure of that epoch that early stopping looks at.
    metrics : dict or None
        How the network does on what was held out, or given to judge it by: all figures of its ``metrics``, in which weights
        of samples count, computed when they are first asked for. None without such samples.
    """

    __slots__ = ("ending", "history", "steps", "elapsed", "best_epoch", "best_value", "_judged", "_metrics")

    def __init__(
        self,
        ending: str,
        history: list[EpochResult],
        steps: int,
        elapsed: float,
        best_epoch: Optional[int],
        best_value: Optional[float],
        network: Network,
        held_out: Optional[HeldOut],
    ) -> None:
        self.ending = ending
        self.history = history
        self.steps = steps
        self.elapsed = elapsed
        self.best_epoch = best_epoch
        self.best_value = best_value
        self._metrics: Optional[dict[str, Any]] = None
        # The parameters as they are now: the network may learn more before it is asked.
        self._judged = None if held_out is None else (type(network), network.get_parameters(), network.classes, held_out)

    @property
    def metrics(self) -> Optional[dict[str, Any]]:
        if self._judged is not None:
            kind, parameters, classes, held_out = self._judged
            network = kind()
            network._parameters[:] = parameters
            network._classes = classes
            self._metrics, self._judged = network._figures(*held_out), None
        return self._metrics

    def __getstate__(self) -> dict[str, Any]:
        # The figures, and not the samples.
        names = ("ending", "history", "steps", "elapsed", "best_epoch", "best_value")
        try:
            metrics = self.metrics
        except ValueError:
            # Of what the network says that is not finite there are none.
            metrics = None
        return {**{name: getattr(self, name) for name in names}, "_metrics": metrics, "_judged": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)

    def __repr__(self) -> str:
        best = "" if self.best_epoch is None else f", the best is {self.best_epoch}"
        return f"<TrainingResult: {self.ending} after {len(self.history)} epochs{best}>"
