"""How the learning rate goes from epoch to epoch. Names and mathematics are those of ``torch.optim.lr_scheduler``.

All of it is in double, from η₀, the learning rate as float32; a step is given the result as float32.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple, Optional

from . import _arguments, _scaling

# What the package exports. No network's class may have one of these names: what packs the package reads them here.
__all__ = ["Constant", "Cosine", "Plateau", "Schedule", "Step"]


class Watch(NamedTuple):
    """What a plateau knows after an epoch."""

    rate: float
    """The learning rate as it is now."""
    best: Optional[float] = None
    """The best figure; None before the first."""
    wait: int = 0
    """Epochs since then."""
    cooldown: int = 0
    """Epochs for which nothing is counted yet."""


class Schedule:
    """What all schedules have in common; use ``Constant``, ``Step``, ``Cosine`` or ``Plateau``."""

    _names: tuple[str, ...] = ()

    def rate(self, base: float, epoch: int, epochs: int) -> float:
        """The learning rate of an epoch.

        Parameters
        ----------
        base : float
            η₀.
        epoch : int
            Its number, from 0.
        epochs : int
            Epochs of the whole training.
        """
        raise NotImplementedError

    def _text(self, epochs: int) -> str:
        """What decides the rates of so many epochs, as a checkpoint has it."""
        return _words(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self._names)})"


class Constant(Schedule):
    """The learning rate as it is."""

    def rate(self, base: float, epoch: int, epochs: int) -> float:
        """η₀; see ``Schedule.rate``."""
        return base


class Step(Schedule):
    """η₀, times γ after every so many epochs.

    Parameters
    ----------
    every : int
        Epochs between two changes.
    gamma : float
        γ, above 0.
    """

    _names = ("every", "gamma")

    def __init__(self, every: int, gamma: float = 0.1) -> None:
        self.every = _arguments.whole(every, "every", 1)
        self.gamma = _arguments.positive(gamma, "gamma")

    def rate(self, base: float, epoch: int, epochs: int) -> float:
        """η₀·γ·γ·…, one by one; see ``Schedule.rate``."""
        for _ in range(epoch // self.every):
            base *= self.gamma
            if base == 0:
                break
        return base


class Cosine(Schedule):
    """From η₀ down to a minimum in half a wave of the cosine: ηmin + (η₀ − ηmin)(1 + cos(πe/T))/2.

    Parameters
    ----------
    epochs : int, optional
        T; None is all epochs of the training.
    minimum : float
        ηmin, finite and not negative.
    """

    _names = ("minimum", "epochs")

    def __init__(self, epochs: int | None = None, minimum: float = 0.0) -> None:
        self.epochs = None if epochs is None else _arguments.whole(epochs, "epochs", 1)
        self.minimum = _arguments.number(minimum, "minimum", 0)

    def rate(self, base: float, epoch: int, epochs: int) -> float:
        """See ``Schedule.rate``."""
        wave = math.cos(math.pi * epoch / (self.epochs or epochs))
        return self.minimum + (base - self.minimum) * (1 + wave) / 2

    def _text(self, epochs: int) -> str:
        return _words(self, epochs=self.epochs or epochs)


class Plateau(Schedule):
    """η₀, times a factor whenever the validation got no better for some epochs; without validation, the training loss.

    Parameters
    ----------
    factor : float
        Above 0 and below 1.
    patience : int
        Epochs that may bring nothing better; one more, and the rate is lowered.
    threshold : float
        How much better is better: a loss below best·(1 − threshold), an accuracy or R² above best·(1 + threshold).
    cooldown : int
        Epochs after a change for which nothing is counted.
    minimum : float
        The rate goes no lower.
    epsilon : float
        Where the rate would be lowered by no more than this, it stays.
    monitor : str
        What of the validation is looked at: ``"loss"``, ``"accuracy"`` or ``"r2"``.
    """

    _names = ("monitor", "factor", "patience", "threshold", "cooldown", "minimum", "epsilon")

    def __init__(
        self,
        factor: float = 0.1,
        patience: int = 10,
        *,
        threshold: float = 1e-4,
        cooldown: int = 0,
        minimum: float = 0.0,
        epsilon: float = 1e-8,
        monitor: str = "loss",
    ) -> None:
        self.factor = _arguments.positive(factor, "factor")
        if not self.factor < 1:
            raise ValueError(f"factor is {factor!r}; wanted a number above 0 and below 1")
        self.patience = _arguments.whole(patience, "patience", 0)
        self.threshold = _arguments.number(threshold, "threshold", 0)
        self.cooldown = _arguments.whole(cooldown, "cooldown", 0)
        self.minimum = _arguments.number(minimum, "minimum", 0)
        self.epsilon = _arguments.number(epsilon, "epsilon", 0)
        self.monitor = _arguments.choice(monitor, "monitor", MONITORS, "loss")

    def rate(self, base: float, epoch: int, epochs: int) -> float:
        """η₀, before anything is known; see ``Schedule.rate``."""
        return base

    def begin(self, base: float) -> Watch:
        """What is known before the first epoch."""
        return Watch(base)

    def after(self, watch: Watch, figure: float) -> Watch:
        """What is known after an epoch that brought a figure."""
        rate, best, wait, cooldown = watch
        if math.isfinite(figure) and (best is None or self._is_better(figure, best)):
            best, wait = figure, 0
        else:
            wait += 1
        if cooldown > 0:
            cooldown, wait = cooldown - 1, 0
        if wait > self.patience:
            lower = max(rate * self.factor, self.minimum)
            rate = lower if rate - lower > self.epsilon else rate
            cooldown, wait = self.cooldown, 0
        return Watch(rate, best, wait, cooldown)

    def _is_better(self, figure: float, best: float) -> bool:
        if self.monitor == "loss":
            return figure < best * (1 - self.threshold)
        return figure > best * (self.threshold + 1)


def _words(schedule: Schedule, **others: Any) -> str:
    settings = {name: getattr(schedule, name) for name in schedule._names} | others
    texts = {name: value if isinstance(value, str) else _scaling.number_text(value) for name, value in settings.items()}
    return " ".join([type(schedule).__name__.lower(), *(f"{name}={text}" for name, text in texts.items())])


# What of a validation can be looked at.
MONITORS = ("loss", "accuracy", "r2")


def chosen(schedule: Any) -> Schedule:
    """The schedule; None is that the rate stays."""
    if schedule is None:
        return Constant()
    if not isinstance(schedule, Schedule) or type(schedule) is Schedule:
        of = _arguments.foreign(schedule, Schedule)
        raise ValueError(f"schedule is {schedule!r}{of}; wanted Constant(), Step(…), Cosine(…) or Plateau(…)")
    return schedule
