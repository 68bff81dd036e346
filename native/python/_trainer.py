"""A training of many epochs: its rates, limits and checkpoints, and what it leaves however it ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

import numpy as np
from numpy.typing import NDArray

from . import _history, _native, _optimizers, _progress, _random
from ._checkpoint import Checkpoint, Saved
from ._early_stopping import EarlyStopping
from ._history import EpochResult
from ._optimizers import Descent
from ._schedules import Plateau, Schedule, Watch
from ._targets import Targets

if TYPE_CHECKING:
    from ._network import Network

# Python sees Ctrl-C when a call returns: long work is done in calls of about this many seconds.
_SLICE_SECONDS = 0.25

Callback = Callable[["Network", EpochResult], Any]


class Data(NamedTuple):
    """Samples as the library takes them.

    Attributes
    ----------
    X
        (N, D) float32.
    targets
        What the network should say of them.
    held_out
        What it is judged by after each epoch.
    given
        The targets before their classes were weighed and labels smoothed.
    """

    X: NDArray[np.float32]
    targets: Targets
    held_out: Optional[tuple[NDArray[np.float32], Targets]]
    given: Targets

    def fingerprint(self) -> str:
        """What tells these samples from others."""
        return fingerprint(self.X, self.given)


def fingerprint(X: NDArray[np.float32], targets: Targets) -> str:
    """A checksum of the bytes of samples."""
    return Checkpoint.fingerprint([X, targets.y, *([] if targets.weights is None else [targets.weights])])


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

    def __init__(self, network: Network, data: Data, plan: Plan) -> None:
        self._network = network
        self._data = data
        self._plan = plan
        self._batches = -(-len(data.X) // plan.batch_size)
        self._weights = _BatchWeights(data.targets.weights, len(data.X), plan.batch_size, plan.seed)
        # Those of earlier calls, which stay.
        self._before = list(network.history)
        self._state = State(plan.first_epoch, 0, 0, 0.0, Watch(self._base()), None, 0, None, 0, ())
        self._seconds_before = 0.0
        self._started = 0.0
        # What the library is doing, and the state from which it does.
        self._call: Optional[tuple[State, _native.Progress]] = None
        self._is_refused = False
        self._saved: Optional[State] = None
        self._fingerprint = "" if plan.checkpoint is None else data.fingerprint()

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
                self._run(bar)
            finally:
                self._leave()

    def _run(self, bar: Any) -> None:
        plan = self._plan
        # A range of no batches validates all of the data: what every call takes before its first batch.
        start = time.perf_counter()
        self._range(plan.descent, 0, _native.Progress(self._state.loss_sum))
        self._slices = _Slices(time.perf_counter() - start)
        bar.update((self._state.epoch - plan.first_epoch) * self._batches + self._state.batch)
        while self._goes_on():
            self._epoch(bar)
            # A validation is not ended early: before it is the last chance.
            if self._state.batch < self._batches or self._left() <= 0:
                break
            result = self._judge()
            bar.set_postfix_str(_summary(result))
            if plan.checkpoint is not None and self._state.epoch % plan.checkpoint.every_epochs == 0:
                self._save(plan.checkpoint)
            # All of them hear of it.
            if any([callback(self._network, result) is True for callback in plan.callbacks]):
                break

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
            if self._state.best is not None:
                self._network._parameters[:] = self._state.best

    def _goes_on(self) -> bool:
        stopping, state = self._plan.early_stopping, self._state
        is_stuck = stopping is not None and state.wait >= stopping.patience
        return state.epoch < self._plan.end and not is_stuck and self._left() > 0

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
            if self._state.step + 1 < self._plan.warm_up_steps:
                self._step(self._warmed(rate, self._state.step))
            else:
                count = min(self._slices.within(self._left()), self._batches - first)
                start = time.perf_counter()
                self._range(_optimizers.at_rate(self._plan.descent, rate), count, _native.Progress(self._state.loss_sum))
                self._slices.took(count, time.perf_counter() - start)
            bar.update(self._state.batch - first)

    def _range(self, descent: Descent, count: int, progress: _native.Progress) -> None:
        """Trains on so many batches."""
        state, data, plan = self._state, self._data, self._plan
        # What the call has done is known from what it writes, even if nothing of Python's comes after it.
        self._call = state, progress
        try:
            self._network._train(
                data.X, data.targets, plan.batch_size, descent, plan.seed, state.epoch, state.batch, count, progress
            )
        except (FloatingPointError, ValueError):
            self._is_refused = True
            raise
        self._settle()

    def _step(self, rate: float) -> None:
        """Trains on the next batch at a rate of its own."""
        state, data, plan = self._state, self._data, self._plan
        weight = float(self._weights.of(state.epoch)[state.batch])
        if weight == 0:
            self._state = state._replace(batch=state.batch + 1)
            return
        first = state.batch * plan.batch_size
        chosen = self._weights.order(state.epoch)[first : first + plan.batch_size]
        weights = data.targets.weights
        targets = Targets(data.targets.y[chosen], None if weights is None else weights[chosen])
        descent = _optimizers.at_rate(plan.descent, rate)
        progress = _native.Progress(state.loss_sum, weight)
        self._call = state, progress
        network = self._network
        try:
            network._functions.train_step(
                network._parameters, data.X[chosen], targets, descent, network, network.threads, progress
            )
        except _native.Refused as refused:
            self._is_refused = True
            refused.kept = _native.kept(state.epoch, state.batch)
            raise network._refusal(refused, data.X, data.targets, descent) from None
        self._settle()

    def _settle(self) -> None:
        """Notes what the last call has done."""
        if self._call is None:
            return
        state, progress = self._call
        batch = state.batch + progress.done
        steps = self._weights.steps(state.epoch, state.batch, batch)
        self._state = state._replace(batch=batch, step=state.step + steps, loss_sum=progress.loss_sum)
        self._call = None

    # -- Its end

    def _judge(self) -> EpochResult:
        """Ends an epoch: evaluates, and says what is known now."""
        network, plan, state = self._network, self._plan, self._state
        held_out = self._data.held_out
        validation = None if held_out is None else network._evaluate(*held_out, "validation ")
        rate = self._rate()
        last = _history.shown_rate(self._warmed(rate, max(0, state.step - 1)))
        loss = state.loss_sum / self._weights.total(state.epoch)
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
            "weight_sum": self._weights.before(state.epoch, state.batch),
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


class _BatchWeights:
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

    def total(self, epoch: int) -> float:
        """The sum of all."""
        return self._exact if self._exact is not None else self.before(epoch, -(-self._count // self._batch_size))

    def before(self, epoch: int, batch: int) -> float:
        """The sum of those before a batch."""
        if self._given is None:
            return float(min(batch * self._batch_size, self._count))
        return float(np.add.accumulate(self.of(epoch)[:batch])[-1]) if batch > 0 else 0.0


def _exact_sum(weights: NDArray[np.float32]) -> Optional[float]:
    """The sum of weights where no order of adding them changes a bit of it; else None.

    That is so where the largest sum is less than 2⁵³ of the smallest unit that occurs.
    """
    used = np.unique(weights[weights > 0]).astype(np.float64)
    mantissas, exponents = np.frexp(used)
    digits = np.ldexp(mantissas, 24).astype(np.int64)
    lowest = exponents - 24 + np.log2((digits & -digits).astype(np.float64)).astype(np.int64)
    total = float(np.sum(weights, dtype=np.float64))
    return total if total < np.ldexp(1.0, 53 + int(lowest.min())) else None


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
