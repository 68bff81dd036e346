"""A training of many epochs: its rates, limits and checkpoints, and what it leaves however it ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Optional, Union

import numpy as np
from numpy.typing import NDArray

from . import _history, _native, _optimizers, _progress
from ._checkpoint import Checkpoint, Saved
from ._early_stopping import EarlyStopping
from ._feeds import Blocks, Memory, Piece
from ._history import EpochResult
from ._optimizers import Descent
from ._result import HeldOut, TrainingResult
from ._schedules import Plateau, Schedule, Watch
from ._targets import Targets

if TYPE_CHECKING:
    from ._network import Network

# Python sees Ctrl-C when a call returns: long work is done in calls of about this many seconds.
_SLICE_SECONDS = 0.25

Callback = Callable[["Network", EpochResult], Any]

Feed = Union[Memory, Blocks]


class Plan(NamedTuple):
    """How to train; ``Network.fit`` explains each."""

    first_epoch: int
    epochs: int
    batch_size: int
    descent: Descent
    seed: int
    schedule: Schedule
    warm_up_steps: int
    early_stopping: Optional[EarlyStopping]
    time_limit: Optional[float]
    callbacks: Sequence[Callback]
    checkpoint: Optional[Checkpoint]
    resume: bool
    progress: Optional[bool]
    options: dict[str, str]
    """What a checkpoint keeps of all this, and a resumption compares."""
    facts: dict[str, str]
    """What a model file may tell of it."""

    @property
    def end(self) -> int:
        """The number behind the last epoch's."""
        return self.first_epoch + self.epochs


class State(NamedTuple):
    """How far a training has come. It is replaced as a whole: what interrupts finds the one before or the one after."""

    epoch: int
    batch: int
    """The next batch of the epoch."""
    step: int
    """Steps of the whole training; a batch of no weight is none."""
    loss_sum: float
    """Of the epoch, each batch's loss times the sum of its weights."""
    watch: Watch
    best_value: Optional[float]
    best_epoch: int
    best: Optional[NDArray[np.float32]]
    """The parameters after the best epoch."""
    wait: int
    """Epochs without an improvement."""
    history: tuple[EpochResult, ...]


class Training:
    """One training of a network."""

    def __init__(self, network: Network, feed: Feed, held_out: Optional[HeldOut], plan: Plan) -> None:
        self._network = network
        self._feed = feed
        # What it is judged by after each epoch.
        self._held_out = held_out
        self._plan = plan
        self._batches = feed.batches
        # Those of earlier calls, which stay.
        self._before = list(network.history)
        self._state = State(plan.first_epoch, 0, 0, 0.0, Watch(self._base()), None, 0, None, 0, ())
        self._seconds_before = 0.0
        self._started = 0.0
        # What the library is doing, and the state from which it does.
        self._call: Optional[tuple[State, Piece, _native.Progress]] = None
        self._is_refused = False
        self._saved: Optional[State] = None
        self._ending = "failed"
        self._fingerprint = "" if plan.checkpoint is None else feed.fingerprint()

    @property
    def has_begun(self) -> bool:
        """Whether the network is no longer what it was."""
        return self._state.step > 0

    def run(self) -> None:
        """Trains the network."""
        plan = self._plan
        if plan.checkpoint is not None and plan.resume:
            self._resume(plan.checkpoint)
        self._started = time.monotonic()
        with _progress.bar(plan.epochs * self._batches, plan.progress) as bar:
            try:
                self._ending = self._run(bar)
            except KeyboardInterrupt:
                self._ending = "cancelled"
                raise
            finally:
                self._leave()

    def _run(self, bar: Any) -> str:
        """Trains, and says how it has ended."""
        plan = self._plan
        # A range of no batches validates all of the data: what every call takes before its first batch.
        if self._state.epoch < plan.end:
            piece = self._feed.piece(self._state.epoch, self._state.batch)
            start = time.perf_counter()
            if not piece.weights.are_none:
                self._range(piece, plan.descent, 0, _native.Progress(self._state.loss_sum))
            self._slices = _Slices(time.perf_counter() - start)
        bar.update((self._state.epoch - plan.first_epoch) * self._batches + self._state.batch)
        is_told_to_stop = False
        while self._state.epoch < plan.end:
            if self._is_stuck():
                return "stopped_early"
            if is_told_to_stop:
                return "stopped_by_callback"
            if self._left() > 0:
                self._epoch(bar)
            # A validation is not ended early: before it is the last chance.
            if self._state.batch < self._batches or self._left() <= 0:
                return "time_limit"
            result = self._judge()
            bar.set_postfix_str(_summary(result))
            if plan.checkpoint is not None and self._state.epoch % plan.checkpoint.every_epochs == 0:
                self._save(plan.checkpoint)
            # All of them hear of it.
            is_told_to_stop = any([callback(self._network, result) is True for callback in plan.callbacks])
        return "completed"

    def _leave(self) -> None:
        """What stays, however it ends: the best parameters, the history, and the state in the checkpoint."""
        self._settle()
        self._network.history[:] = [*self._before, *self._state.history]
        try:
            checkpoint = self._plan.checkpoint
            # Once a step was refused, the file keeps what was before its epoch.
            if checkpoint is not None and not self._is_refused and self._saved is not self._state:
                self._save(checkpoint)
        finally:
            state = self._state
            if state.best is not None:
                self._network._parameters[:] = state.best
            if self.has_begun or self._ending != "failed":
                # Those of the file that it was loaded from no longer tell of it.
                self._network._facts = {}
                self._network._result = TrainingResult(
                    self._ending, list(state.history), state.step, self._elapsed(),
                    None if state.best is None else state.best_epoch + 1, state.best_value, self._network,
                    self._held_out, self._plan.facts,
                )  # fmt: skip

    def _is_stuck(self) -> bool:
        """Whether there has been no improvement for too long."""
        stopping = self._plan.early_stopping
        return stopping is not None and self._state.wait >= stopping.patience

    def _elapsed(self) -> float:
        """Seconds of the whole training, those before a resumption too."""
        return self._seconds_before + time.monotonic() - self._started

    def _left(self) -> float:
        """Seconds until the limit."""
        limit = self._plan.time_limit
        return np.inf if limit is None else limit - (time.monotonic() - self._started)

    # -- An epoch

    def _base(self) -> float:
        """η₀, which a callback may change."""
        return float(np.float32(self._plan.descent._numbers()["learning_rate"]))

    def _rate(self) -> float:
        """The learning rate of the epoch, before warming up."""
        schedule, state = self._plan.schedule, self._state
        if isinstance(schedule, Plateau):
            return state.watch.rate
        return schedule.rate(self._base(), state.epoch, self._plan.end)

    def _warmed(self, rate: float, step: int) -> float:
        """The rate of a step."""
        warm_up = self._plan.warm_up_steps
        return rate * min(1, (step + 1) / warm_up) if warm_up > 0 else rate

    def _epoch(self, bar: Any) -> None:
        """Trains on the epoch's batches, as far as the time allows."""
        rate = self._rate()
        while self._state.batch < self._batches and self._left() > 0:
            first = self._state.batch
            piece = self._feed.piece(self._state.epoch, first)
            end = piece.first + piece.batches
            if piece.weights.are_none:
                self._state = self._state._replace(batch=end)
            elif self._state.step + 1 < self._plan.warm_up_steps:
                self._step(piece, self._warmed(rate, self._state.step))
            else:
                count = min(self._slices.within(self._left()), end - first)
                start = time.perf_counter()
                descent = _optimizers.at_rate(self._plan.descent, rate)
                self._range(piece, descent, count, _native.Progress(self._state.loss_sum))
                self._slices.took(count, time.perf_counter() - start)
            bar.update(self._state.batch - first)

    def _range(self, piece: Piece, descent: Descent, count: int, progress: _native.Progress) -> None:
        """Trains on so many batches."""
        state, plan = self._state, self._plan
        # What the call has done is known from what it writes, even if nothing of Python's comes after it.
        self._call = state, piece, progress
        try:
            self._network._train(
                piece.X, piece.targets, plan.batch_size, descent, plan.seed, piece.number, state.batch - piece.first,
                count, progress, lambda: self._feed.kept(state.epoch, state.batch + progress.done, piece),
            )  # fmt: skip
        except (FloatingPointError, ValueError):
            self._is_refused = True
            raise
        self._settle()

    def _step(self, piece: Piece, rate: float) -> None:
        """Trains on the next batch at a rate of its own."""
        state, plan = self._state, self._plan
        batch = state.batch - piece.first
        weight = float(piece.weights.of(piece.number)[batch])
        if weight == 0:
            self._state = state._replace(batch=state.batch + 1)
            return
        chosen = piece.weights.order(piece.number)[batch * plan.batch_size : (batch + 1) * plan.batch_size]
        weights = piece.targets.weights
        targets = Targets(piece.targets.y[chosen], None if weights is None else weights[chosen])
        descent = _optimizers.at_rate(plan.descent, rate)
        progress = _native.Progress(state.loss_sum, weight)
        self._call = state, piece, progress
        network = self._network
        try:
            network._functions.train_step(
                network._parameters, piece.X[chosen], targets, descent, network, network.threads, progress
            )
        except _native.Refused as refused:
            self._is_refused = True
            refused.kept = self._feed.kept(state.epoch, state.batch, piece)
            raise network._refusal(refused, piece.X, piece.targets, descent) from None
        self._settle()

    def _settle(self) -> None:
        """Notes what the last call has done."""
        if self._call is None:
            return
        state, piece, progress = self._call
        batch = state.batch + progress.done
        steps = piece.weights.steps(piece.number, state.batch - piece.first, batch - piece.first)
        self._state = state._replace(batch=batch, step=state.step + steps, loss_sum=progress.loss_sum)
        self._call = None

    # -- Its end

    def _judge(self) -> EpochResult:
        """Ends an epoch: evaluates, and says what is known now."""
        network, plan, state = self._network, self._plan, self._state
        held_out = self._held_out
        validation = None if held_out is None else network._evaluate(*held_out, "validation ")
        rate = self._rate()
        last = _history.shown_rate(self._warmed(rate, max(0, state.step - 1)))
        loss = state.loss_sum / self._feed.total(state.epoch)
        result = EpochResult(state.epoch + 1, loss, validation, last)
        watch = state.watch
        if isinstance(plan.schedule, Plateau):
            watch = plan.schedule.after(watch, figure(result, plan.schedule.monitor))
        best, best_value, best_epoch, wait = state.best, state.best_value, state.best_epoch, state.wait
        if plan.early_stopping is not None:
            value = figure(result, plan.early_stopping.monitor)
            if plan.early_stopping.improves(value, best_value):
                best, best_value, best_epoch, wait = network.get_parameters(), value, state.epoch, 0
            else:
                wait += 1
        self._state = State(
            state.epoch + 1, 0, state.step, 0.0, watch, best_value, best_epoch, best, wait, (*state.history, result)
        )
        network.history.append(result)
        return result

    # -- The checkpoint

    def _save(self, checkpoint: Checkpoint) -> None:
        network, state = self._network, self._state
        watch = state.watch
        plateau = {
            "plateau_rate": watch.rate,
            "plateau_best": watch.best,
            "plateau_wait": watch.wait,
            "plateau_cooldown": watch.cooldown,
        }
        known = {
            "epoch": state.epoch,
            "batch": state.batch,
            "step": str(state.step),
            "loss_sum": state.loss_sum,
            "weight_sum": self._feed.weight_before(state.epoch, state.batch),
            **(plateau if isinstance(self._plan.schedule, Plateau) else {}),
            "best_value": state.best_value,
            "best_epoch": state.best_epoch,
            "wait": state.wait,
            "seconds": self._elapsed(),
            "history": [
                {
                    "epoch": result.epoch,
                    "loss": result.loss,
                    "rate": result.learning_rate,
                    "validation": _history.figures(result.validation),
                }
                for result in state.history
            ],
            "options": self._plan.options,
            "data": self._fingerprint,
        }
        optimizer = _optimizers.state_of(self._plan.descent)
        checkpoint.write(Saved(network._parameters, optimizer, state.best, known), network)
        self._saved = state

    def _resume(self, checkpoint: Checkpoint) -> None:
        """Goes on from the file, where there is one."""
        network, plan = self._network, self._plan
        saved = checkpoint.read(network, plan.options, self._fingerprint, self._batches)
        if saved is None:
            return
        known = saved.state
        history = [
            EpochResult(one["epoch"], one["loss"], network._evaluation(one["validation"]), one["rate"])
            for one in known["history"]
        ]
        watch = Watch(self._base())
        if isinstance(plan.schedule, Plateau):
            watch = Watch(known["plateau_rate"], known["plateau_best"], known["plateau_wait"], known["plateau_cooldown"])
        checkpoint.restore(plan.descent, network, saved)
        self._before = []
        self._seconds_before = known["seconds"]
        self._state = State(
            known["epoch"],
            known["batch"],
            known["step"],
            known["loss_sum"],
            watch,
            known["best_value"],
            known["best_epoch"],
            saved.best,
            known["wait"],
            tuple(history),
        )
        self._saved = self._state
        network.history[:] = history


def figure(result: EpochResult, monitor: str) -> float:
    """What is looked at of an epoch."""
    if result.validation is None:
        return result.loss
    return float(getattr(result.validation, monitor))


class _Slices:
    """How many batches to train on in one call, so that Ctrl-C need not wait long for its end.

    Each call first spends a time of its own, which grows with the data; four times it goes to batches at least.
    """

    def __init__(self, overhead: float) -> None:
        self.batches = 1
        self._overhead = overhead
        self._seconds = max(_SLICE_SECONDS, 4 * overhead)
        self._batch = 0.0

    def within(self, seconds: float) -> int:
        """So many, but as few as fit into the time that is left; one at least."""
        left = seconds - self._overhead
        if self._batch == 0 or left >= self.batches * self._batch:
            return self.batches
        return max(1, int(left / self._batch))

    def took(self, batches: int, seconds: float) -> None:
        self._batch = batch = max((seconds - self._overhead) / batches, 1e-9)
        # A short call measures little: what it says is believed in steps.
        self.batches = max(1, min(8 * self.batches, int(self._seconds / batch)))


def _summary(result: EpochResult) -> str:
    text = f"loss {result.loss:.4f}"
    if result.validation is not None:
        loss, figure, *_ = result.validation
        text += f", validation {loss:.4f}, " + (f"error {figure:.4g}" if hasattr(result.validation, "r2") else f"{figure:.1%}")
    return text
