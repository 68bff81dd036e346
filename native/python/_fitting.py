"""What ``Network.fit`` is asked for: looked at before anything changes, and made a training of."""

from __future__ import annotations

import numbers
import operator
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

import numpy as np
from numpy.typing import NDArray

from . import _arguments, _checkpoint, _inputs, _optimizers, _reading, _refusals, _scaling, _schedules, _split, _trainer
from ._early_stopping import EarlyStopping
from ._inputs import Preparation
from ._schedules import Plateau
from ._targets import Targets
from ._trainer import Data, Plan

if TYPE_CHECKING:
    from ._network import Network


class Asked(NamedTuple):
    """The arguments of ``Network.fit``, as they come."""

    epochs: Any
    batch_size: Any
    learning_rate: Any
    optimizer: Any
    shuffle_seed: Any
    first_epoch: Any
    validation_data: Any
    progress: Any
    normalize: Any
    sample_weight: Any
    validation_split: Any
    schedule: Any
    warm_up_steps: Any
    early_stopping: Any
    class_weight: Any
    label_smoothing: Any
    scaling: Any
    missing: Any
    time_limit: Any
    callbacks: Any
    checkpoint: Any
    resume: Any


def fit(network: Network, X: Any, y: Any, asked: Asked) -> None:
    """Trains a network as it was asked for."""
    descent = _optimizers.chosen(asked.optimizer, asked.learning_rate)
    if y is None and isinstance(X, (str, bytes, os.PathLike)):
        X = _reading.read_table(X, network=network, missing=asked.missing is not None)
    table = X if hasattr(X, "targets_for") else None
    X, y = pair(network, X, y)
    names = network.classes if table is None else table.classes_for(network)
    asked = asked._replace(class_weight=_by_number(asked.class_weight, names))
    preparation, data = _prepared(network, X, y, asked)
    batch_size = min(_arguments.whole(asked.batch_size, "batch_size", 1), len(data.X))
    plan = Plan(
        first_epoch=_arguments.whole(asked.first_epoch, "first_epoch", 0),
        epochs=_arguments.whole(asked.epochs, "epochs", 0),
        batch_size=batch_size,
        descent=descent,
        seed=_arguments.seed(asked.shuffle_seed, "shuffle_seed"),
        schedule=_schedules.chosen(asked.schedule),
        warm_up_steps=_arguments.whole(asked.warm_up_steps, "warm_up_steps", 0),
        early_stopping=_early_stopping(asked.early_stopping),
        time_limit=None if asked.time_limit is None else _arguments.positive(asked.time_limit, "time_limit"),
        callbacks=_callbacks(asked.callbacks),
        checkpoint=_checkpoint.chosen(asked.checkpoint, asked.resume),
        resume=bool(asked.resume),
        progress=asked.progress,
        options={},
    )
    _require_monitors(network, plan, data.held_out is not None)
    if plan.checkpoint is not None:
        plan.checkpoint.require_writable()
        plan = plan._replace(options=_options(network, plan, preparation, data, asked))
    training = _trainer.Training(network, data, plan)
    before = network._preparation, network._classes, network._target
    network._preparation = preparation
    if table is not None:
        network._classes, network._target = names, table.target
    try:
        training.run()
    except BaseException:
        if not training.has_begun:
            network._preparation, network._classes, network._target = before
        raise


def pair(network: Network, X: Any, y: Any, which: str = "") -> tuple[Any, Any]:
    """Samples and targets, which a table has both."""
    if hasattr(X, "targets_for"):
        if y is not None:
            raise ValueError(f"{which}y is given beside a table; wanted the table alone, or its X and y")
        return X, X.targets_for(network)
    if y is None:
        raise ValueError(f"{which}y is None; wanted the targets of X")
    return X, y


def _prepared(network: Network, X: Any, y: Any, asked: Asked) -> tuple[Preparation, Data]:
    """The samples and targets as the library takes them, and how later ones are to be prepared."""
    inputs = network.sizes[0]
    preparation = network._preparation
    if preparation.columns is None:
        preparation = preparation._replace(columns=_inputs.names_of(X))
    changes = asked.scaling is not None or asked.missing is not None
    is_raw = changes or preparation.scaling is not None or preparation.missing is not None
    may_miss = asked.missing is not None or preparation.missing is not None
    ordered = preparation.in_order(X, inputs)
    samples = _inputs.raw(ordered, inputs, may_miss) if is_raw else _arguments.samples(ordered, inputs)
    # The library numbers samples in 31 bits.
    if len(samples) >= 2**31:
        raise ValueError(f"X has {len(samples)} samples; wanted fewer than 2³¹")
    targets = network._targets(y, len(samples), asked.normalize, asked.sample_weight)
    held = _held_out(targets, asked)
    learned = None if held is None else ~held
    if is_raw:
        _inputs.require_finite(samples, may_miss)
        if asked.missing is not None:
            preparation = preparation._replace(missing=_inputs.filled(asked.missing, samples, learned))
        if asked.scaling is not None:
            missing = preparation.missing
            preparation = preparation._replace(scaling=_scaling.fitted(asked.scaling, samples, learned, missing))
        samples = preparation.applied(samples)
    validation = _validation(network, preparation, asked)
    if held is not None and learned is not None:
        if held.any():
            # What is not finite is named as it lies in X.
            network._valid(targets)
            validation = _arguments.finite(samples, "X")[held], targets.part(held)
        samples, targets = samples[learned], targets.part(learned)
    given = network._targets_apart(targets)
    targets = _smoothed(network, _weighed(network, given, asked.class_weight), asked.label_smoothing)
    return preparation, Data(network._apart(samples), targets, validation, given)


def _held_out(targets: Targets, asked: Asked) -> Optional[NDArray[np.bool_]]:
    """Whether each sample is held out; None where nothing is asked for."""
    if asked.validation_split is None:
        return None
    share = _split.share_of(asked.validation_split)
    if asked.validation_data is not None:
        raise ValueError("validation_split is given beside validation_data; wanted one of them")
    labels = targets.y if targets.are_labels else np.zeros(len(targets.y), np.int32)
    return _split.held_out(labels, share, _arguments.seed(asked.shuffle_seed, "shuffle_seed"))


def _validation(
    network: Network, preparation: Preparation, asked: Asked
) -> Optional[tuple[NDArray[np.float32], Targets]]:
    """What was given to judge the network by."""
    data, which = asked.validation_data, "validation "
    if data is None:
        return None
    if hasattr(data, "targets_for"):
        data = pair(network, data, None)
    try:
        given, wanted, *rest = data
        sample_weight = rest[0] if rest else None
        if len(rest) > 1:
            raise ValueError
    except (TypeError, ValueError):
        raise ValueError("validation_data is no pair; wanted (X, y), or (X, y, sample_weight)") from None
    X = _arguments.finite(preparation.of(given, network.sizes[0], f"{which}X"), f"{which}X")
    targets = network._targets(wanted, len(X), asked.normalize, sample_weight, which)
    return X, network._valid(targets, which)


def _weighed(network: Network, targets: Targets, class_weight: Any) -> Targets:
    """The targets with the weights of their classes."""
    if class_weight is None:
        return targets
    if not targets.are_labels:
        raise ValueError(f"class_weight is {class_weight!r}; wanted None: the targets are no class numbers")
    of_classes = _of_classes(network, targets, class_weight)
    weights = of_classes[targets.y]
    if targets.weights is not None:
        weights = weights * targets.weights
    if not weights.any():
        raise ValueError("class_weight, times sample_weight, is 0 everywhere; wanted one above 0")
    return Targets(targets.y, _arguments.finite(weights.astype(np.float32), "class_weight, times sample_weight,"))


def _of_classes(network: Network, targets: Targets, class_weight: Any) -> NDArray[np.float64]:
    """The weight of each class."""
    of_classes = np.ones(max(2, network.sizes[-1]))
    if not isinstance(class_weight, str):
        for number, weight in _by_class(class_weight, len(of_classes)):
            of_classes[number] = _arguments.number(weight, f"class_weight of {number}", 0)
        return of_classes
    if class_weight != "balanced":
        raise ValueError(f"class_weight is {class_weight!r}; wanted 'balanced', or a number for each class")
    counts = np.bincount(targets.y, minlength=len(of_classes))
    occurs = counts > 0
    of_classes[occurs] = len(targets.y) / (occurs.sum() * counts[occurs])
    return of_classes


def _by_number(class_weight: Any, names: Optional[Sequence[str]]) -> Any:
    """Weights by the numbers of classes, where they are given by their names."""
    if not isinstance(class_weight, Mapping):
        return class_weight
    numbers_of = {name: number for number, name in enumerate(names or ())}
    return {numbers_of.get(key, key): weight for key, weight in class_weight.items()}


def _by_class(class_weight: Any, classes: int) -> list[tuple[int, Any]]:
    """Weights by the numbers of classes."""
    if isinstance(class_weight, Mapping):
        found = list(class_weight.items())
        for number, _ in found:
            is_whole = isinstance(number, numbers.Integral) and not isinstance(number, bool)
            if not is_whole or not 0 <= number < classes:
                raise ValueError(
                    f"class_weight has the class {number!r}; wanted one from 0 to {classes - 1}, or a name"
                )
        return [(int(number), weight) for number, weight in found]
    if isinstance(class_weight, (Sequence, np.ndarray)) and len(class_weight) == classes:
        return list(enumerate(class_weight))
    raise ValueError(f"class_weight is {class_weight!r}; wanted 'balanced', a mapping, or {classes} numbers")


def _smoothed(network: Network, targets: Targets, share: Any) -> Targets:
    """The targets with a share of each one's probability spread evenly over all classes."""
    share = _arguments.number(share, "label_smoothing", 0, 1)
    if share == 0:
        return targets
    if share == 1 or network.output != "softmax":
        wanted = "a number below 1" if share == 1 else f"0: only a softmax has it, and the output is '{network.output}'"
        raise ValueError(f"label_smoothing is {share!r}; wanted {wanted}")
    classes = network.sizes[-1]
    if targets.are_labels:
        rows = np.full((len(targets.y), classes), np.float32(share / classes))
        rows[np.arange(len(rows)), targets.y] = np.float32((1 - share) + share / classes)
    else:
        _refusals.require_values(network.output, targets.y, "y")
        rows = ((1 - share) * targets.y.astype(np.float64) + share / classes).astype(np.float32)
    return Targets(rows, targets.weights)


def _early_stopping(given: Any) -> Optional[EarlyStopping]:
    if given is None or isinstance(given, EarlyStopping):
        return given
    of = _arguments.foreign(given, EarlyStopping)
    raise ValueError(f"early_stopping is {given!r}{of}; wanted EarlyStopping(patience, min_delta, monitor), or None")


def _callbacks(given: Any) -> list[Any]:
    callbacks = [given] if callable(given) else list(given)
    for callback in callbacks:
        if not callable(callback):
            raise ValueError(f"callbacks has {callback!r}; wanted what can be called with a network and an EpochResult")
    return callbacks


def _require_monitors(network: Network, plan: Plan, has_validation: bool) -> None:
    """That what is looked at after each epoch is there."""
    asking: list[tuple[str, Any]] = [("early_stopping", plan.early_stopping)]
    asking += [("schedule", plan.schedule)] if isinstance(plan.schedule, Plateau) else []
    for name, asks in asking:
        if asks is None:
            continue
        if asks.monitor not in ("loss", network._judged_by):
            wanted = f"'loss' or '{network._judged_by}' of a {type(network).__name__}"
            raise ValueError(f"{name} looks at {asks.monitor!r}; wanted {wanted}")
        if not has_validation and (name == "early_stopping" or asks.monitor != "loss"):
            raise ValueError(f"{name} is {asks!r} without validation data; wanted validation_split or validation_data")


def _options(network: Network, plan: Plan, preparation: Preparation, data: Data, asked: Asked) -> dict[str, str]:
    """All that decides the bits of a training, beside its samples, as a checkpoint has it."""
    weights = asked.class_weight
    if weights is not None and not isinstance(weights, str):
        weights = ",".join(map(_scaling.number_text, _of_classes(network, data.given, weights)))
    options = {
        "batch_size": str(operator.index(asked.batch_size)),
        "seed": str(plan.seed),
        **_optimizers.texts(plan.descent),
        "schedule": plan.schedule._text(plan.end),
        "warm_up_steps": str(plan.warm_up_steps),
        "early_stopping": "none" if plan.early_stopping is None else plan.early_stopping._text(),
        "class_weights": weights or "none",
        "label_smoothing": _scaling.number_text(asked.label_smoothing),
        "validation": "none" if data.held_out is None else _trainer.fingerprint(*data.held_out),
    }
    if preparation.scaling is not None:
        options["scaling"] = _scaling.text(preparation.scaling)
    if preparation.missing is not None:
        options["missing"] = _scaling.numbers_text(preparation.missing)
    if plan.first_epoch > 0:
        options["first_epoch"] = str(plan.first_epoch)
    return options
