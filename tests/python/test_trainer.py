"""Trainings with everything that fit can be asked for, each against a plain loop of steps."""

from __future__ import annotations

import copy
import json
import os
import pickle
import random
import re
import struct
import time
import zlib

import numpy as np
import pytest
from aotbackprop import (
    SGD,
    Adam,
    AdamW,
    Checkpoint,
    Constant,
    Cosine,
    Digits,
    EarlyStopping,
    Lion,
    Network,
    Plateau,
    Step,
    _random,
    _split,
)

N, BATCH, RATE = 150, 16, 0.1
X = np.random.default_rng(1).random((N, 64), dtype=np.float32)
y = (np.random.default_rng(2).random(N) ** 2 * 10).astype(np.int32)
Y = np.random.default_rng(3).dirichlet(np.ones(10), N).astype(np.float32)
WEIGHTS = np.random.default_rng(4).random(N).astype(np.float32)
HELD_X = np.random.default_rng(5).random((60, 64), dtype=np.float32)
HELD_y = np.arange(60) % 10


def rates(schedule, epochs, losses=(), base=RATE):
    """The learning rate of each epoch, by the formulas in double."""
    base = float(np.float32(base))
    if isinstance(schedule, Step):
        found, rate = [], base
        for epoch in range(epochs):
            if epoch > 0 and epoch % schedule.every == 0:
                rate *= schedule.gamma
            found.append(rate)
        return found
    if isinstance(schedule, Cosine):
        end = schedule.epochs or epochs
        return [schedule.minimum + (base - schedule.minimum) * (1 + np.cos(np.pi * e / end)) / 2 for e in range(epochs)]
    return [base] * epochs


def by_steps(
    net, epochs, X=X, y=y, *, schedule=None, warm_up=0, weights=None, optimizer=None, seed=0, batch=BATCH, each_epoch=None
):
    """What fit should do, in steps; returns the losses of the epochs."""
    losses, step = [], 0
    for epoch in range(epochs):
        order, sums, total = _random.order(len(X), seed, epoch), 0.0, 0.0
        rate = rates(schedule, epochs)[epoch] if optimizer is None else float(np.float32(optimizer.learning_rate))
        for first in range(0, len(X), batch):
            chosen = order[first : first + batch]
            weight = float(len(chosen)) if weights is None else 0.0
            if weights is not None:
                for one in weights[chosen].tolist():
                    weight += one
            if weight == 0:
                continue
            warm = rate * min(1, (step + 1) / warm_up) if warm_up else rate
            how = {} if weights is None else {"sample_weight": weights[chosen]}
            if optimizer is not None:
                other, optimizer.learning_rate = optimizer.learning_rate, float(np.float32(warm))
                sums += weight * net.train_step(X[chosen], y[chosen], optimizer=optimizer, **how)
                optimizer.learning_rate = other
            else:
                sums += weight * net.train_step(X[chosen], y[chosen], float(np.float32(warm)), **how)
            total += weight
            step += 1
        losses.append(sums / total)
        if each_epoch is not None and each_epoch(net, epoch):
            break
    return losses


def equal(net, other):
    return np.array_equal(net.parameters, other.parameters)


def losses(net):
    return [result.loss for result in net.history]


# -- The learning rate


@pytest.mark.parametrize("warm_up", [0, 1, 13, 1000])
@pytest.mark.parametrize("schedule", [None, Constant(), Step(2, 0.5), Cosine(), Cosine(7, 0.01)], ids=repr)
def test_rates_are_those_of_steps(schedule, warm_up):
    net, other = Digits(seed=1), Digits(seed=1)
    net.fit(X, y, 4, BATCH, RATE, schedule=schedule, warm_up_steps=warm_up)
    assert losses(net) == by_steps(other, 4, schedule=schedule, warm_up=warm_up)
    assert equal(net, other)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("optimizer", [SGD(0.1, 0.9), Adam(0.01), AdamW(0.01, clip_norm=0.5), Lion(0.001)], ids=repr)
def test_a_rate_leaves_the_optimizer_its_own(optimizer, threads):
    net, other, twin = Digits(seed=1, threads=threads), Digits(seed=1), copy.copy(optimizer)
    before = optimizer.learning_rate
    net.fit(X, y, 3, BATCH, optimizer=optimizer, warm_up_steps=17)
    assert losses(net) == by_steps(other, 3, optimizer=twin, warm_up=17) and equal(net, other)
    assert optimizer.learning_rate == before
    optimizer.reset()


def test_schedules_are_pytorchs():
    torch = pytest.importorskip("torch")
    scheduler = torch.optim.lr_scheduler

    def torchs(make, epochs, figures=None):
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=float(np.float32(RATE)))
        schedule, found = make(optimizer), []
        for epoch in range(epochs):
            found.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step(*([] if figures is None else [figures[epoch]]))
        return found

    base = float(np.float32(RATE))
    assert [Step(3, 0.7).rate(base, e, 20) for e in range(20)] == torchs(lambda o: scheduler.StepLR(o, 3, 0.7), 20)
    cosine = torchs(lambda o: scheduler.CosineAnnealingLR(o, 20, 0.003), 20)
    np.testing.assert_allclose([Cosine(minimum=0.003).rate(base, e, 20) for e in range(20)], cosine, rtol=1e-12)
    figures = np.round(np.random.default_rng(0).random(200) ** 3, 2).tolist()
    figures[50:90] = [float("nan")] * 40
    for mode, monitor in (("min", "loss"), ("max", "accuracy")):
        for settings in ({}, {"cooldown": 3, "patience": 1}, {"factor": 0.9, "patience": 0, "threshold": 0.1}):
            plateau = Plateau(**{"patience": 4, "minimum": 1e-3, "monitor": monitor, **settings})
            wanted = torchs(
                lambda o: scheduler.ReduceLROnPlateau(
                    o, mode, plateau.factor, plateau.patience, plateau.threshold, "rel", plateau.cooldown, plateau.minimum
                ),
                200,
                figures,
            )
            watch, found = plateau.begin(base), []
            for figure in figures:
                found.append(watch.rate)
                watch = plateau.after(watch, figure)
            assert found == wanted and len(set(found)) > 2


def test_a_plateau_lowers_the_rate_of_a_training():
    schedule = Plateau(0.5, 1, monitor="accuracy")
    net = Digits(seed=1).fit(X, y, 12, BATCH, 0.05, validation_data=(HELD_X, HELD_y), schedule=schedule)
    watch, found = schedule.begin(float(np.float32(0.05))), []
    other = Digits(seed=1)
    for result in net.history:
        found.append(float(str(np.float32(watch.rate))))
        other.train_epoch(X, y, BATCH, watch.rate, epoch=result.epoch - 1)
        watch = schedule.after(watch, result.validation.accuracy)
    assert [result.learning_rate for result in net.history] == found and len(set(found)) > 2 and equal(net, other)
    without = Digits(seed=1).fit(X, y, 3, BATCH, schedule=Plateau(0.5, 0, threshold=0.9))
    assert [result.learning_rate for result in without.history] == [0.1, 0.1, 0.05]


# -- Weights, smoothing


def test_class_weights_are_weights_of_samples():
    counts = np.bincount(y, minlength=10)
    assert counts.min() > 0
    balanced = (N / (10 * counts))[y]
    for asked, own, wanted in (
        ("balanced", None, balanced.astype(np.float32)),
        ("balanced", WEIGHTS, (balanced * WEIGHTS).astype(np.float32)),
        ({3: 2.5, 4: 0}, None, np.where(y == 3, 2.5, np.where(y == 4, 0, 1)).astype(np.float32)),
        (list(range(1, 11)), WEIGHTS, ((y + 1.0) * WEIGHTS).astype(np.float32)),
    ):
        net, other = Digits(seed=1), Digits(seed=1)
        net.fit(X, y, 2, BATCH, class_weight=asked, sample_weight=own)
        assert losses(net) == by_steps(other, 2, weights=wanted) and equal(net, other)
    named = Digits(seed=1)
    named.classes = [*"abcdefghij"]
    named.fit(X, y, 2, BATCH, class_weight={"d": 2.5, "e": 0})
    assert equal(named, Digits(seed=1).fit(X, y, 2, BATCH, class_weight={3: 2.5, 4: 0}))


@pytest.mark.parametrize("warm_up", [0, 9])
def test_batches_of_no_weight_are_no_steps(warm_up):
    weights = np.where(np.arange(N) % 4 == 0, WEIGHTS, 0).astype(np.float32)
    net, other = Digits(seed=1), Digits(seed=1)
    net.fit(X, y, 3, 2, sample_weight=weights, warm_up_steps=warm_up)
    assert losses(net) == by_steps(other, 3, batch=2, weights=weights, warm_up=warm_up) and equal(net, other)


@pytest.mark.parametrize("weights", [None, WEIGHTS, WEIGHTS.astype(np.float16).astype(np.float32), (WEIGHTS > 0.5) * 1.0])
def test_the_loss_of_an_epoch_is_train_epochs(weights):
    net, other = Digits(seed=1), Digits(seed=1)
    net.fit(X, y, 3, BATCH, sample_weight=weights)
    assert losses(net) == [other.train_epoch(X, y, BATCH, epoch=epoch, sample_weight=weights) for epoch in range(3)]


def test_labels_are_smoothed():
    on, off = np.float32((1 - 0.1) + 0.1 / 10), np.float32(0.1 / 10)
    rows = np.full((N, 10), off)
    rows[np.arange(N), y] = on
    held = (HELD_X, HELD_y)
    net, other = Digits(seed=1), Digits(seed=1)
    net.fit(X, y, 2, BATCH, label_smoothing=0.1, validation_data=held)
    other.fit(X, rows, 2, BATCH, validation_data=held)
    assert equal(net, other) and net.history == other.history
    net, other = Digits(seed=1), Digits(seed=1)
    net.fit(X, Y, 2, BATCH, label_smoothing=0.25)
    other.fit(X, ((1 - 0.25) * Y.astype(np.float64) + 0.25 / 10).astype(np.float32), 2, BATCH)
    assert equal(net, other)


# -- Validation, stopping


def test_the_split_has_the_numbers_of_the_library():
    """As Holdout.Choose and Shuffle.Fill of C# have drawn them."""
    held = _split.held_out(np.arange(50) % 3, _split.share_of(0.2), 5)
    assert np.flatnonzero(held).tolist() == [0, 1, 2, 10, 14, 32, 33, 36, 42, 49]
    held = _split.held_out(np.zeros(50, int), _split.share_of(0.1), 2**64 - 1)
    assert np.flatnonzero(held).tolist() == [2, 13, 14, 22, 47]
    assert _random.order(10, 7, 3).tolist() == [1, 4, 9, 7, 3, 2, 6, 5, 8, 0]
    share = _split.share_of(0.2)
    for labels in (y, np.zeros(N, int), np.arange(N)):
        held = _split.held_out(labels, share, 7)
        classes, counts = np.unique(labels, return_counts=True)
        taken = np.array([held[labels == one].sum() for one in classes])
        assert (taken < counts).all() and (np.abs(taken - counts / 5) < 1).all()
    assert _split.held_out(np.zeros(10, int), _split.share_of(0.3), 2**64 - 1).sum() == 3
    # 0.1 is a tenth, though not in binary.
    assert _split.held_out(np.arange(10) % 2, _split.share_of(0.1), 3).sum() == 1
    for share in (1, -0.1, float("nan"), "half", True, None):
        with pytest.raises(ValueError, match="wanted a number from 0 up to, and not, 1"):
            _split.share_of(share)


def test_a_share_is_held_out_and_judges():
    held = _split.held_out(y, _split.share_of(0.25), 5)
    net, other = Digits(seed=1), Digits(seed=1)
    net.fit(X, y, 3, BATCH, validation_split=0.25, shuffle_seed=5, sample_weight=WEIGHTS)
    other.fit(
        X[~held], y[~held], 3, BATCH, shuffle_seed=5, validation_data=(X[held], y[held], WEIGHTS[held]),
        sample_weight=WEIGHTS[~held],
    )  # fmt: skip
    assert equal(net, other) and net.history == other.history
    # Where the targets are no class numbers, all are alike.
    held = _split.held_out(np.zeros(N), _split.share_of(0.25), 5)
    net, other = Digits(seed=1), Digits(seed=1)
    net.fit(X, Y, 3, BATCH, validation_split=0.25, shuffle_seed=5)
    other.fit(X[~held], Y[~held], 3, BATCH, shuffle_seed=5, validation_data=(X[held], Y[held]))
    assert equal(net, other) and net.history == other.history
    assert Digits(seed=1).fit(X, y, 1, validation_split=0.0).history[0].validation is None


@pytest.mark.parametrize("monitor", ["loss", "accuracy"])
def test_early_stopping_keeps_the_best(monitor):
    stopping = EarlyStopping(patience=3, min_delta=0.001, monitor=monitor)
    best, value, wait = None, None, 0

    def watch(net, epoch):
        nonlocal best, value, wait
        found = getattr(net.evaluate(HELD_X, HELD_y), monitor)
        gain = None if value is None else value - found if monitor == "loss" else found - value
        if gain is None or gain > 0.001:
            best, value, wait = net.get_parameters(), found, 0
        else:
            wait += 1
        return wait >= 3

    net, other = Digits(seed=1), Digits(seed=1)
    net.fit(X, y, 500, BATCH, validation_data=(HELD_X, HELD_y), early_stopping=stopping)
    assert losses(net) == by_steps(other, 500, each_epoch=watch)
    assert len(net.history) < 500 and np.array_equal(net.parameters, best)
    assert getattr(net.evaluate(HELD_X, HELD_y), monitor) == value


def test_ctrl_c_keeps_the_best(monkeypatch):
    whole = Digits(seed=1).fit(X, y, 9, BATCH, validation_data=(HELD_X, HELD_y), early_stopping=EarlyStopping(99))
    train = Network._train

    def interrupted(self, *arguments):
        if len(self.history) == 9:
            raise KeyboardInterrupt
        return train(self, *arguments)

    monkeypatch.setattr(Network, "_train", interrupted)
    net = Digits(seed=1)
    with pytest.raises(KeyboardInterrupt):
        net.fit(X, y, 99, BATCH, validation_data=(HELD_X, HELD_y), early_stopping=EarlyStopping(99))
    assert equal(net, whole) and net.history == whole.history


def test_callbacks_hear_of_each_epoch_and_may_end_it():
    heard = []
    net = Digits(seed=1)
    net.fit(X, y, 9, BATCH, callbacks=[lambda net, result: heard.append(result), lambda net, result: result.epoch == 3])
    assert heard == net.history and len(heard) == 3
    with pytest.raises(ZeroDivisionError):
        net.fit(X, y, 1, callbacks=lambda net, result: 1 / 0)
    assert len(net.history) == 4


def test_a_time_limit_ends_within_an_epoch(tmp_path):
    start = time.monotonic()
    net = Digits(seed=1).fit(X, y, 10**6, 4, time_limit=0.3, checkpoint=tmp_path / "c")
    assert 0.3 <= time.monotonic() - start < 2 and 0 < len(net.history) < 10**6
    # What it has learned is some number of steps.
    state = parts(tmp_path / "c")[0]
    other = Digits(seed=1)
    for epoch in range(state["epoch"] + 1):
        other.train_epoch(X, y, 4, epoch=epoch, batch_count=state["batch"] if epoch == state["epoch"] else None)
    assert equal(net, other)


def test_the_history_is_a_table(tmp_path):
    net = Digits(seed=1).fit(X, y, 3, validation_data=(HELD_X, HELD_y), schedule=Step(1, 0.5))
    rows = net.history_rows()
    assert [row["epoch"] for row in rows] == [1, 2, 3] and [row["learning_rate"] for row in rows] == [0.1, 0.05, 0.025]
    assert list(rows[0]) == ["epoch", "learning_rate", "loss", "validation_loss", "validation_accuracy"]
    net.save_history(tmp_path / "h.csv")
    lines = (tmp_path / "h.csv").read_text().splitlines()
    assert lines[0] == "epoch,learning_rate,loss,validation_loss,validation_accuracy" and len(lines) == 4
    assert list(map(float, lines[2].split(","))) == list(rows[1].values()) and lines[2].startswith("2,0.05,")
    assert Digits(seed=1).fit(X, y, 1).history_rows() == [{"epoch": 1, "learning_rate": 0.1, "loss": rows[0]["loss"]}]


# -- Checkpoints


def parts(path):
    """The state in a checkpoint, and its tensors by name."""
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header, data = json.loads(content[8 : 8 + length]), content[8 + length :]
    metadata = header.pop("__metadata__")
    assert metadata["checksum"] == f"crc32:{zlib.crc32(data):08x}" and (8 + length) % 8 == 0
    assert metadata["state_checksum"] == f"crc32:{zlib.crc32(metadata['state'].encode()):08x}"
    return json.loads(metadata["state"]), {name: data[slice(*entry["data_offsets"])] for name, entry in header.items()}


HOW = dict(
    epochs=6, batch_size=4, warm_up_steps=50, schedule=Plateau(0.5, 0), validation_split=0.2, early_stopping=EarlyStopping(4),
    sample_weight=WEIGHTS, class_weight="balanced", label_smoothing=0.1, scaling="standard",
)  # fmt: skip


class Interrupting:
    """Raises once so many calls of the library are made: before the call, or after it."""

    def __init__(self, monkeypatch, call, after):
        from aotbackprop import _native

        self.calls, run = 0, _native._run

        def counted(*arguments):
            self.calls += 1
            if self.calls == call and not after:
                raise KeyboardInterrupt
            result = run(*arguments)
            if self.calls == call:
                raise KeyboardInterrupt
            return result

        monkeypatch.setattr(_native, "_run", counted)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("optimizer", [None, Adam(0.01), SGD(0.1, 0.9, clip_norm=0.3)], ids=repr)
def test_a_training_goes_on_to_the_same_bits(tmp_path, optimizer, after, monkeypatch):
    whole = Digits(seed=1).fit(X, y, optimizer=copy.copy(optimizer), **HOW)
    path = tmp_path / "c"
    for call in random.Random(1).sample(range(2, 60), 6) + [1]:
        path.unlink(missing_ok=True)
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            Interrupting(patch, call, after)
            Digits(seed=1).fit(X, y, optimizer=copy.copy(optimizer), checkpoint=path, **HOW)
        net = Digits(seed=99).fit(X, y, optimizer=copy.copy(optimizer), checkpoint=path, resume=True, **HOW)
        assert equal(net, whole) and net.history == whole.history and os.listdir(tmp_path) == ["c"]
    # There is nothing left to do.
    again = Digits(seed=98).fit(X, y, optimizer=copy.copy(optimizer), checkpoint=path, resume=True, **HOW)
    assert equal(again, whole)


def test_a_training_may_get_more_epochs(tmp_path):
    whole = Digits(seed=1).fit(X, y, 5, BATCH, optimizer=Adam())
    Digits(seed=1).fit(X, y, 2, BATCH, optimizer=Adam(), checkpoint=tmp_path / "c")
    optimizer = Adam()
    net = Digits(seed=2).fit(X, y, 5, BATCH, optimizer=optimizer, checkpoint=tmp_path / "c", resume=True)
    assert equal(net, whole) and net.history == whole.history
    # The optimizer is the network's.
    net.fit(X, y, 1, BATCH, optimizer=optimizer, first_epoch=5)
    assert equal(net, Digits(seed=1).fit(X, y, 6, BATCH, optimizer=Adam()))


def test_a_checkpoint_is_written_as_often_as_asked(tmp_path, monkeypatch):
    written = []
    write = Checkpoint.write
    monkeypatch.setattr(Checkpoint, "write", lambda self, saved, net: written.append(saved.state["epoch"]) or write(self, saved, net))
    Digits(seed=1).fit(X, y, 7, BATCH, checkpoint=Checkpoint(tmp_path / "c", 3))
    assert written == [3, 6, 7]
    state, tensors = parts(tmp_path / "c")
    assert (state["epoch"], state["batch"], state["step"]) == (7, 0, "70") and list(tensors) == ["parameters"]
    assert [one["epoch"] for one in state["history"]] == list(range(1, 8))


def test_resuming_without_a_file_begins_anew(tmp_path):
    net = Digits(seed=1).fit(X, y, 2, BATCH, checkpoint=tmp_path / "c", resume=True)
    assert equal(net, Digits(seed=1).fit(X, y, 2, BATCH))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (dict(batch_size=8), r"batch_size was '16' and is '8'"),
        (dict(learning_rate=0.2), r"learning_rate was '0.1' and is '0.2'"),
        (dict(optimizer=Adam(0.1)), r"beta1 was '0' and is '0.9'.*optimizer was 'sgd' and is 'adam'"),
        (dict(shuffle_seed=1), "seed was '0' and is '1'"),
        (dict(schedule=Cosine()), "schedule was 'constant' and is 'cosine minimum=0 epochs=3'"),
        (dict(scaling=2), "scaling was not told and is"),
        (dict(X=X[:-1], y=y[:-1]), "it is of other samples: their checksum was 'crc32:"),
        (dict(sample_weight=WEIGHTS), "it is of other samples"),
    ],
)
def test_another_training_is_refused(tmp_path, change, words):
    how = dict(X=X, y=y, batch_size=BATCH, checkpoint=tmp_path / "c")
    Digits(seed=1).fit(epochs=2, **how)
    net = Digits(seed=2)
    with pytest.raises(ValueError, match=words):
        net.fit(epochs=3, resume=True, **{**how, **change})
    assert equal(net, Digits(seed=2)) and net.history == [] and net.scaling is None


def test_a_damaged_checkpoint_is_refused(tmp_path):
    path = tmp_path / "c"
    how = dict(batch_size=BATCH, checkpoint=path, early_stopping=EarlyStopping(9), validation_data=(HELD_X, HELD_y))
    Digits(seed=1).fit(X, y, 2, optimizer=Adam(), **how)
    whole = path.read_bytes()
    for content in (b"", whole[:5], whole[:2000], whole[:-1], whole + b"\0"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="checkpoint '.*c': "):
            Digits(seed=1).fit(X, y, 3, optimizer=Adam(), resume=True, **how)
    generator, refused = random.Random(0), 0
    for _ in range(60):
        content = bytearray(whole)
        place = generator.randrange(8, len(content)) if generator.random() < 0.5 else generator.randrange(8, 3000)
        content[place] ^= 1 << generator.randrange(7)
        path.write_bytes(content)
        net = Digits(seed=5)
        try:
            net.fit(X, y, 3, optimizer=Adam(), resume=True, **how)
        except ValueError as error:
            refused += 1
            assert "checkpoint '" in str(error) and equal(net, Digits(seed=5)), error
    assert refused == 60
    with pytest.raises(ValueError, match="resume is True without a checkpoint"):
        Digits(seed=1).fit(X, y, resume=True)
    with pytest.raises(FileNotFoundError):
        Digits(seed=1).fit(X, y, checkpoint=tmp_path / "none" / "c")


@pytest.mark.parametrize("warm_up", [0, 10**6])
def test_a_step_that_is_refused_leaves_the_checkpoint_of_the_epoch_before(tmp_path, warm_up):
    wrong = X.copy()
    wrong[3, 5] = 1e20
    net = Digits(seed=1)
    # What the sample leaves after a step of almost nothing, it can be asked of once more.
    with pytest.raises(FloatingPointError, match=r"in batch \d+ of epoch \d+; the updates before it stay") as error:
        net.fit(wrong, y, 5, 4, 1e-37, checkpoint=tmp_path / "c", warm_up_steps=warm_up, schedule=Step(1, 1e36))
    assert "X[3, 5] is 1e+20, the largest input" in str(error.value)
    epoch = int(re.search(r"of epoch (\d+)", str(error.value))[1]) - 1
    state = parts(tmp_path / "c")[0]
    assert epoch > 0 and (state["epoch"], state["batch"], len(net.history)) == (epoch, 0, epoch)
    assert np.isfinite(net.parameters).all()


# -- Refusals


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (dict(early_stopping=EarlyStopping(3)), "without validation data; wanted validation_split or validation_data"),
        (dict(early_stopping=3), r"early_stopping is 3; wanted EarlyStopping"),
        (dict(early_stopping=EarlyStopping(3, monitor="r2"), validation_split=0.2), "wanted 'loss' or 'accuracy' of a Digits"),
        (dict(schedule=Plateau(monitor="accuracy")), "without validation data"),
        (dict(schedule=0.1), r"schedule is 0.1; wanted Constant\(\), Step"),
        (dict(warm_up_steps=-1), "warm_up_steps is -1"),
        (dict(validation_split=1.0), "validation_split is 1.0; wanted"),
        (dict(validation_split=0.1, validation_data=(HELD_X, HELD_y)), "wanted one of them"),
        (dict(class_weight="even"), "class_weight is 'even'"),
        (dict(class_weight={10: 1}), "class_weight has the class 10; wanted one from 0 to 9, or a name"),
        (dict(class_weight={1: -1}), "class_weight of 1 is -1"),
        (dict(class_weight=[1, 2]), "wanted 'balanced', a mapping, or 10 numbers"),
        (dict(class_weight={number: 0 for number in range(10)}), "is 0 everywhere"),
        (dict(label_smoothing=1), "label_smoothing is 1"),
        (dict(label_smoothing=-0.1), "label_smoothing is -0.1"),
        (dict(scaling="robust"), "scaling is 'robust'; wanted 'standard', 'minmax', a number"),
        (dict(scaling=0), "scaling is 0; wanted a normal number"),
        (dict(missing="median"), "missing is 'median'; wanted a number, 'mean', or None"),
        (dict(time_limit=0), "time_limit is 0; wanted a finite number above 0"),
        (dict(callbacks=[3]), "callbacks has 3; wanted what can be called"),
        (dict(resume=1), "resume is 1; wanted True or False"),
        (dict(progress="bar"), "progress is 'bar'"),
    ],
)
def test_what_can_not_be_is_refused_and_nothing_changes(tmp_path, how, words):
    net = Digits(seed=1)
    with pytest.raises(ValueError, match=words):
        net.fit(X, y, 2, checkpoint=tmp_path / "c", **how)
    assert equal(net, Digits(seed=1)) and net.history == [] and net.scaling is None and os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Step(0), "every is 0"), (lambda: Step(1, 0), "gamma is 0"), (lambda: Cosine(0), "epochs is 0"),
        (lambda: Cosine(3, -1), "minimum is -1"), (lambda: Plateau(1), "factor is 1"), (lambda: Plateau(patience=-1), "patience"),
        (lambda: Plateau(monitor="f1"), "monitor is 'f1'; wanted one of 'loss', 'accuracy', 'r2'"),
        (lambda: EarlyStopping(0), "patience is 0"), (lambda: EarlyStopping(1, -1), "min_delta is -1"),
        (lambda: Checkpoint("c", 0), "every_epochs is 0"),
    ],
)  # fmt: skip
def test_objects_refuse_numbers_that_can_not_be(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_schedules_can_be_pickled():
    for one in (Step(2), Cosine(), Plateau(0.5), EarlyStopping(3), Checkpoint("c")):
        assert repr(pickle.loads(pickle.dumps(one))) == repr(copy.deepcopy(one)) == repr(one)
