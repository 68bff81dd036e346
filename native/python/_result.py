"""What a training has come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

import numpy as np
from numpy.typing import NDArray

from . import _scaling
from ._history import EpochResult
from ._targets import Targets
from .metrics import Figures

if TYPE_CHECKING:
    from ._network import Network

# Samples that a network is judged by, and what it should say of them.
HeldOut = tuple[NDArray[np.float32], Targets]


_KNOWN = ("ending", "history", "steps", "elapsed", "best_epoch", "best_value", "_plain")

# Which of its figures a model file tells of a network, and by what names.
_TOLD = {
    "accuracy": "accuracy", "label_accuracy": "accuracy", "subset_accuracy": "all_right", "r2": "R2",
    "mae": "mean_error",
}  # fmt: skip


class TrainingResult:
    """What a ``fit`` has come to.

    Attributes
    ----------
    ending : str
        Why it has ended: ``"completed"``, ``"stopped_early"`` (early stopping), ``"time_limit"``, ``"cancelled"``
        (Ctrl-C), ``"stopped_by_callback"``, or ``"failed"`` by an error, which was raised.
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
    facts : dict of str
        How the network was trained, and how it does, in texts: those that the command writes to a model file, for
        ``net.save(path, net.result.facts)``. Where nothing is held out, they do not tell how it does.
    metrics : Figures or None
        How the network does on what was held out, or given to judge it by: all figures of its ``metrics``, in which
        weights of samples count, computed when they are first asked for. None without such samples.
    """

    __slots__ = (*_KNOWN, "_judged", "_metrics")

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
        facts: dict[str, str],
    ) -> None:
        self.ending = ending
        self.history = history
        self.steps = steps
        self.elapsed = elapsed
        self.best_epoch = best_epoch
        self.best_value = best_value
        self._plain = facts
        # With the loss, which is none of the figures of metrics.
        self._metrics: tuple[Optional[Figures], Optional[float]] = None, None
        # The parameters as they are now: the network may learn more before it is asked.
        self._judged = None if held_out is None else (
            type(network), network.get_parameters(), network.classes, network.target, held_out,
        )

    @property
    def metrics(self) -> Optional[Figures]:
        return self._found()[0]

    @property
    def facts(self) -> dict[str, str]:
        facts = {**self._plain, "epochs": str(len(self.history))}
        if self.best_epoch is not None:
            facts["best_epoch"] = str(self.best_epoch)
        figures, loss = self._found()
        if figures is not None and loss is not None:
            facts["loss"] = _scaling.fact_text(loss)
            facts.update({_TOLD[name]: _scaling.fact_text(value) for name, value in figures.items() if name in _TOLD})
        return dict(sorted(facts.items()))

    def _found(self) -> tuple[Optional[Figures], Optional[float]]:
        if self._judged is not None:
            kind, parameters, classes, target, held_out = self._judged
            network = kind()
            network._parameters[:] = parameters
            network._classes, network._target = classes, target
            found = network._figures(*held_out), float(network._evaluate(*held_out).loss)
            self._metrics, self._judged = found, None
        return self._metrics

    def __getstate__(self) -> dict[str, Any]:
        # The figures, and not the samples.
        try:
            found = self._found()
        except ValueError:
            # Of what the network says that is not finite there are none.
            found = None, None
        return {**{name: getattr(self, name) for name in _KNOWN}, "_metrics": found, "_judged": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)

    def __repr__(self) -> str:
        best = "" if self.best_epoch is None else f", the best is {self.best_epoch}"
        return f"<TrainingResult: {self.ending} after {len(self.history)} epochs{best}>"
