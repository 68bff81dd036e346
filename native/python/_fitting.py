"""What ``Network.fit`` is asked for: looked at before anything changes, and made a training of."""

from __future__ import annotations

import numbers
import operator
import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

import numpy as np
from numpy.typing import NDArray

from . import (
    _arguments, _checkpoint, _feeds, _inputs, _optimizers, _reading, _refusals, _scaling, _schedules, _split, _tables,
    _trainer,
)  # fmt: skip
from ._early_stopping import EarlyStopping
from ._feeds import Blocks, Memory
from ._inputs import Preparation
from ._optimizers import Descent
from ._result import HeldOut
from ._schedules import Plateau
from ._streamed import Stream, StreamedTable
from ._targets import Targets
from ._trainer import Plan

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
    target: Any
    weights: Any
    block_size: Any


class Learned(NamedTuple):
    """What a network will know of the table that it learns from.

    Attributes
    ----------
    preparation
        How later samples are to be prepared.
    classes, target
        The names of classes and of the targets' columns.
    """

    preparation: Preparation
    classes: Optional[tuple[str, ...]]
    target: Optional[tuple[str, ...]]


class Samples(NamedTuple):
    """What a network learns from.

    Attributes
    ----------
    feed
        Makes the batches, of so many samples each, in orders drawn by a seed.
    held_out
        What the network is judged by.
    learned
        What it will know.
    size
        How many there are.
    options
        What of them decides the bits, as a checkpoint has it, beside what it has of all.
    class_weights
        The weight of each class, where it is told by numbers.
    """

    feed: Callable[[int, int], _trainer.Feed]
    held_out: Optional[HeldOut]
    learned: Learned
    size: int
    options: dict[str, str]
    class_weights: Optional[NDArray[np.float64]]


class Given(NamedTuple):
    """Samples as they are given, with their targets as the network takes them.

    Attributes
    ----------
    X
    y
    sample_weight
    classes
        The names of the classes, where labels have told them.
    target
        The names of the columns of targets.
    """

    X: Any
    y: Any
    sample_weight: Any
    classes: Optional[tuple[str, ...]] = None
    target: Optional[tuple[str, ...]] = None


def fit(network: Network, X: Any, y: Any, asked: Asked) -> None:
    """Trains a network as it was asked for."""
    descent = _optimizers.chosen(asked.optimizer, asked.learning_rate)
    samples = _of_stream(network, X, y, asked) if _is_stream(X, asked) else _of_memory(network, X, y, asked)
    batch_size = min(_arguments.whole(asked.batch_size, "batch_size", 1), samples.size)
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
        facts=_facts(network, descent, samples, asked),
    )
    _require_monitors(network, plan, samples.held_out is not None)
    if plan.checkpoint is not None:
        plan.checkpoint.require_writable()
        plan = plan._replace(options=_options(plan, samples, asked))
    training = _trainer.Training(network, samples.feed(batch_size, plan.seed), samples.held_out, plan)
    before = network._preparation, network._classes, network._target
    network._preparation, network._classes, network._target = samples.learned
    try:
        training.run()
    except BaseException:
        if not training.has_begun:
            network._preparation, network._classes, network._target = before
        raise


def given(
    network: Network, X: Any, y: Any, sample_weight: Any = None, which: str = "", known: Optional[Sequence[str]] = None
) -> Given:
    """Samples, targets and weights, which a table has all; labels that are texts become class numbers."""
    if hasattr(X, "targets_for"):
        if y is not None:
            raise ValueError(f"{which}y is given beside a table; wanted the table alone, or its X and y")
        if X.weights is not None and sample_weight is not None:
            raise ValueError(f"{which}sample_weight is given beside a table with weights; wanted one of them")
        weights = X.weights if sample_weight is None else sample_weight
        return Given(X, X.targets_for(network, known), weights, X.classes_for(network, known), X.target)
    if y is None:
        hint = ". read_table(path, network=…) reads both of a file" if isinstance(X, (str, bytes, os.PathLike)) else ""
        raise ValueError(f"{which}y is None; wanted the targets of {which}X{hint}")
    texts = _tables.texts_of(y, f"{which}y") if _tables.class_count(network) > 0 else None
    if texts is None:
        return Given(X, y, sample_weight)
    try:
        numbers_of, names = _tables.class_numbers(texts[:, None], network, known or network.classes)
    except _tables.BadTable as error:
        raise ValueError(f"{which}y{error}") from None
    return Given(X, numbers_of, sample_weight, names)


# -- Samples in memory


def _of_memory(network: Network, X: Any, y: Any, asked: Asked) -> Samples:
    if isinstance(X, (str, bytes, os.PathLike)):
        if y is not None:
            raise ValueError(f"y is given beside the path {X!r}; wanted target=, the column or the columns of the file")
        if asked.target is None:
            raise ValueError("target is None; wanted the column of targets: without, there is nothing to learn")
        X = _reading.read_table(
            X, asked.target, network=network, missing=asked.missing is not None, weights=asked.weights
        )
    elif asked.weights is not None:
        raise ValueError(
            f"weights is {asked.weights!r}, a column of a file, and X is none; wanted sample_weight= for arrays, or "
            "read_table(…, weights=…)"
        )
    elif not (isinstance(asked.target, str) and asked.target == "last"):
        raise ValueError(
            f"target is {asked.target!r}, a column of a file, and X is none; wanted y for arrays, or "
            "read_table(…, target=…)"
        )
    found = given(network, X, y, asked.sample_weight)
    is_table = hasattr(X, "targets_for")
    learned = Learned(
        network._preparation,
        found.classes if is_table or found.classes is not None else network._classes,
        found.target if is_table else network._target,
    )
    asked = asked._replace(class_weight=_by_number(asked.class_weight, learned.classes))
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
    targets = network._targets(found.y, len(samples), asked.normalize, found.sample_weight)
    held = _held_out(targets, asked)
    chosen = None if held is None else ~held
    if is_raw:
        _inputs.require_finite(samples, may_miss)
        raw = samples
        if asked.missing is not None:
            missing = _inputs.filled(asked.missing, lambda: _scaling.parts(raw, chosen), inputs)
            preparation = preparation._replace(missing=missing)
        if asked.scaling is not None:
            by = preparation.missing
            scaling = _scaling.fitted(asked.scaling, lambda: _scaling.parts(raw, chosen, by), inputs)
            preparation = preparation._replace(scaling=scaling)
        samples = preparation.applied(samples)
    learned = learned._replace(preparation=preparation)
    validation = _validation(network, learned, asked, None)
    if held is not None and chosen is not None:
        if held.any():
            # What is not finite is named as it lies in X.
            network._valid(targets)
            validation = _arguments.finite(samples, "X")[held], targets.part(held)
        samples, targets = samples[chosen], targets.part(chosen)
    own = network._targets_apart(targets)
    weights = _class_weights(network, own, asked.class_weight)
    counted = _smoothed(network, _weighed(own, weights), asked.label_smoothing)
    if weights is not None and counted.weights is not None and not counted.weights.any():
        raise ValueError(_NO_WEIGHT)
    apart = network._apart(samples)
    return Samples(
        lambda batch_size, seed: Memory(apart, counted, own, batch_size, seed),
        validation, learned, len(samples), {}, None if isinstance(asked.class_weight, str) else weights,
    )  # fmt: skip


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
    network: Network, learned: Learned, asked: Asked, like: Optional[_reading.Reader]
) -> Optional[HeldOut]:
    """What was given to judge the network by, prepared as what it learns from; a file is read like that."""
    data, which = asked.validation_data, "validation "
    if data is None:
        return None
    preparation = learned.preparation
    if isinstance(data, (str, bytes, os.PathLike)):
        data = _reading.read(_reader_of(network, learned, data, asked, like))
    if hasattr(data, "targets_for"):
        found = given(network, data, None, None, which, learned.classes)
    else:
        try:
            X, y, *rest = data
            if len(rest) > 1:
                raise ValueError
        except (TypeError, ValueError):
            raise ValueError(
                "validation_data is no pair; wanted (X, y), (X, y, sample_weight), a table, or the path of one"
            ) from None
        found = given(network, X, y, rest[0] if rest else None, which, learned.classes)
    X = _arguments.finite(preparation.of(found.X, network.sizes[0], f"{which}X"), f"{which}X")
    targets = network._targets(found.y, len(X), asked.normalize, found.sample_weight, which)
    return X, network._valid(targets, which)


def _reader_of(
    network: Network, learned: Learned, path: Any, asked: Asked, like: Optional[_reading.Reader]
) -> _reading.Reader:
    """How a file to judge by is read: with the columns and the classes of what is learned from."""
    reader = _reading.Reader.of(path, asked.target, weights=asked.weights) if like is None else like._replace(path=path)
    if reader.target_file is not None:
        raise ValueError(
            f"validation_data is {path!r}, and the targets are in a file of their own; wanted "
            "read_table(…, target_file=…)"
        )
    known = _tables.Known(network, learned.preparation.columns, learned.classes, learned.target)
    choice = reader.choice._replace(network=known, weights_may_lack=True)
    options = reader.options._replace(missing=learned.preparation.missing is not None)
    return reader._replace(choice=choice, options=options)


# -- Samples of a file that is read block by block


def _is_stream(X: Any, asked: Asked) -> bool:
    return asked.block_size is not None or isinstance(X, StreamedTable)


def _of_stream(network: Network, X: Any, y: Any, asked: Asked) -> Samples:
    batch_size = _arguments.whole(asked.batch_size, "batch_size", 1)
    if isinstance(X, StreamedTable):
        if asked.block_size is not None or asked.weights is not None or asked.target != "last":
            raise ValueError("block_size, target or weights is given beside a StreamedTable; wanted them in that one")
        table = X
    elif isinstance(X, (str, bytes, os.PathLike)):
        table = StreamedTable(X, asked.block_size, asked.target, weights=asked.weights)
    else:
        wanted = "wanted the path of a file, or no block_size"
        raise ValueError(f"block_size is {asked.block_size!r}, and X is in memory; {wanted}")
    for name, value in (("y", y), ("sample_weight", asked.sample_weight)):
        if value is not None:
            wanted = "wanted it as a column of that"
            raise ValueError(f"{name} is given beside a file that is read block by block; {wanted}")
    if asked.validation_split is not None and _split.share_of(asked.validation_split) > 0:
        raise ValueError(
            f"validation_split is {asked.validation_split!r}, and of the samples only a block is in memory; wanted a "
            "file to judge by, as in validation_data='test.csv'"
        )
    table.require_batches(batch_size)
    stream = Stream(network, table, asked.normalize, asked.scaling, asked.missing)
    learned = Learned(stream.preparation, stream.classes, stream.target)
    class_weight = _by_number(asked.class_weight, stream.classes)
    weights = None
    if class_weight is not None:
        if stream.counts is None:
            raise ValueError(f"class_weight is {class_weight!r}; wanted None: the targets are no class numbers")
        weights = _of_counts(network, stream.counts, class_weight)
        if not weights[stream.weighed].any():
            raise ValueError(_NO_WEIGHT)
    # What is wrong with it is told before the file is read again.
    _smoothed(network, Targets(np.zeros(0, np.int32)), asked.label_smoothing)

    def feed(batch_size: int, seed: int) -> _trainer.Feed:
        return Blocks(
            stream.blocks, lambda own: _smoothed(network, _weighed(own, weights), asked.label_smoothing),
            stream.count, table.block_size, batch_size, seed, stream.has_weights or weights is not None,
        )  # fmt: skip

    return Samples(
        feed, _validation(network, learned, asked, stream.reader), learned, stream.count,
        {"block_size": str(table.block_size)}, None if isinstance(class_weight, str) else weights,
    )  # fmt: skip


# -- What counts, and what is asked of it


_NO_WEIGHT = "class_weight, times sample_weight, is 0 everywhere; wanted one above 0"


def _class_weights(network: Network, targets: Targets, class_weight: Any) -> Optional[NDArray[np.float64]]:
    """The weight of each class; None where none is asked for."""
    if class_weight is None:
        return None
    if not targets.are_labels:
        raise ValueError(f"class_weight is {class_weight!r}; wanted None: the targets are no class numbers")
    return _of_counts(network, np.bincount(targets.y, minlength=max(2, network.sizes[-1])), class_weight)


def _weighed(targets: Targets, of_classes: Optional[NDArray[np.float64]]) -> Targets:
    """The targets with the weights of their classes."""
    if of_classes is None:
        return targets
    weights = of_classes[targets.y]
    if targets.weights is not None:
        weights = weights * targets.weights
    return Targets(targets.y, _arguments.finite(weights.astype(np.float32), "class_weight, times sample_weight,"))


def _of_counts(network: Network, counts: NDArray[np.intp], class_weight: Any) -> NDArray[np.float64]:
    """The weight of each class, of which there are so many samples."""
    of_classes = np.ones(max(2, network.sizes[-1]))
    if not isinstance(class_weight, str):
        for number, weight in _by_class(class_weight, len(of_classes)):
            of_classes[number] = _arguments.number(weight, f"class_weight of {number}", 0)
        return of_classes
    if class_weight != "balanced":
        raise ValueError(f"class_weight is {class_weight!r}; wanted 'balanced', or a number for each class")
    occurs = counts > 0
    of_classes[occurs] = int(counts.sum()) / (occurs.sum() * counts[occurs])
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


def _facts(network: Network, descent: Descent, samples: Samples, asked: Asked) -> dict[str, str]:
    """What a model file may tell of a training before it is done, as the command writes it."""
    numbers_of = descent._numbers()
    used = {"learning_rate", "weight_decay", "clip_norm", *numbers_of}
    if descent._entry["name"] == "sgd":
        used.discard("momentum")
    texts = {name: text for name, text in _optimizers.texts(descent).items() if name == "optimizer" or name in used}
    facts = {
        "samples": str(samples.size),
        "held_out": str(0 if samples.held_out is None else len(samples.held_out[0])),
        "batch_size": str(operator.index(asked.batch_size)),
        "seed": str(asked.shuffle_seed),
        **{name: text if name == "optimizer" else _scaling.fact_text(float(text)) for name, text in texts.items()},
        **samples.options,
    }
    if network._drawn is not None:
        facts["initialization"] = network._drawn
    return facts


def _options(plan: Plan, samples: Samples, asked: Asked) -> dict[str, str]:
    """All that decides the bits of a training, beside its samples, as a checkpoint has it."""
    weights = asked.class_weight
    if samples.class_weights is not None:
        weights = ",".join(map(_scaling.number_text, samples.class_weights))
    options = {
        "batch_size": str(operator.index(asked.batch_size)),
        "seed": str(plan.seed),
        **_optimizers.texts(plan.descent),
        "schedule": plan.schedule._text(plan.end),
        "warm_up_steps": str(plan.warm_up_steps),
        "early_stopping": "none" if plan.early_stopping is None else plan.early_stopping._text(),
        "class_weights": weights or "none",
        "label_smoothing": _scaling.number_text(asked.label_smoothing),
        "validation": "none" if samples.held_out is None else _feeds.fingerprint(*samples.held_out),
        **samples.options,
    }
    preparation = samples.learned.preparation
    if preparation.scaling is not None:
        options["scaling"] = _scaling.text(preparation.scaling)
    if preparation.missing is not None:
        options["missing"] = _scaling.numbers_text(preparation.missing)
    if plan.first_epoch > 0:
        options["first_epoch"] = str(plan.first_epoch)
    return options
