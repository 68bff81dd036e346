"""Files that a network learns from block by block: the bits of a plain loop, whatever the file, and little memory."""

from __future__ import annotations

import gzip
import json
import os
import re
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from aotbackprop import (
    Adam,
    Checkpoint,
    Cosine,
    Digits,
    EarlyStopping,
    Network,
    Plateau,
    StreamedTable,
    _random,
    read_table,
)

N, BATCH, BLOCK = 150, 8, 48
random = np.random.default_rng(1)
X = np.round(random.standard_normal((N, 64)) * 10.0 ** random.integers(-2, 3, (1, 64)), 3)
y = random.integers(0, 10, N)
y[:10] = np.arange(10)
WEIGHTS = np.round(random.random(N) * 2, 3)
WEIGHTS[16:24], WEIGHTS[96:144] = 0, 0
NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
OPTIONS = dict(batch_size=BATCH, learning_rate=0.05, scaling="standard")
COLUMNS = [f"x{i}" for i in range(64)]


def csv(path, X=X, y=y, weights=WEIGHTS, names=NAMES):
    lines = [",".join([*COLUMNS, "w", "class"])]
    lines += [",".join([*map(repr, row), repr(w), names[one]]) for row, w, one in zip(X.tolist(), weights.tolist(), y)]
    path.write_text("\n".join(lines).replace("nan", "?") + "\n")
    return path


@pytest.fixture
def path(tmp_path):
    return csv(tmp_path / "table.csv")


def equal(net, other):
    assert np.array_equal(net.parameters, other.parameters)
    assert net.history == other.history
    assert (net.scaling, net.missing, net.columns, net.classes, net.target) == (
        other.scaling, other.missing, other.columns, other.classes, other.target,
    )  # fmt: skip


@pytest.mark.parametrize(
    "how",
    [
        {},
        dict(scaling="standard"),
        dict(scaling="minmax", weights="w"),
        dict(scaling="standard", missing="mean", weights="w", class_weight="balanced", label_smoothing=0.1),
        dict(missing=1.5, weights=64, class_weight={"two": 3.0, "nine": 0.0}, warm_up_steps=11),
        dict(scaling=4.0, schedule=Cosine(), optimizer=True, batch_size=1000),
    ],
    ids=range(6),
)
def test_one_block_has_the_bits_of_a_training_in_memory(how, tmp_path):
    holes = np.where(random.random(X.shape) < 0.05, np.nan, X) if "missing" in how else X
    file = csv(tmp_path / "table", holes)
    how = {"epochs": 3, "batch_size": BATCH, "learning_rate": 0.01, **how}
    leave_out = [] if "weights" in how else ["w"]

    def trained(**more):
        options = {**how, "optimizer": Adam(0.01)} if "optimizer" in how else dict(how)
        if "block_size" in more or leave_out:
            options.pop("weights", None)
        if "block_size" in more:
            table = StreamedTable(file, more["block_size"], leave_out=leave_out, weights=how.get("weights"))
            return Digits(seed=1).fit(table, **options)
        if leave_out:
            return Digits(seed=1).fit(read_table(file, network=Digits, leave_out=leave_out), **options)
        return Digits(seed=1).fit(file, **options)

    whole = trained()
    equal(trained(block_size=1000 if how["batch_size"] == 1000 else 152), whole)
    assert whole.classes == tuple(sorted(NAMES)) and whole.columns == tuple(COLUMNS)


def blocks(block=BLOCK):
    return [slice(first, first + block) for first in range(0, N, block)]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("warm_up", [0, 9])
def test_blocks_are_shuffled_each_in_itself(weighted, warm_up, path):
    how = dict(weights="w") if weighted else dict(leave_out=["w"])
    net = Digits(seed=1).fit(StreamedTable(path, BLOCK, **how), epochs=3, shuffle_seed=7, warm_up_steps=warm_up, **OPTIONS)
    table = read_table(path, network=Digits, **how)
    other = Digits(seed=1)
    other.scaling = Digits(1).fit(table, epochs=0, scaling="standard").scaling
    losses, step, count = [], 0, len(blocks())
    for epoch in range(3):
        sums = total = 0.0
        for number, part in enumerate(blocks()):
            order = _random.order(len(table.X[part]), 7, epoch * count + number)
            for first in range(0, len(order), BATCH):
                chosen = np.arange(N)[part][order[first : first + BATCH]]
                own = table.weights[chosen] if weighted else None
                weight = 0.0
                for one in [1.0] * len(chosen) if own is None else own.tolist():
                    weight += one
                if weight == 0:
                    continue
                rate = float(np.float32(float(np.float32(0.05)) * min(1, (step + 1) / warm_up))) if warm_up else 0.05
                sums += weight * other.train_step(table.X[chosen], table.y[chosen], rate, sample_weight=own)
                total, step = total + weight, step + 1
        losses.append(sums / total)
    assert np.array_equal(net.parameters, other.parameters)
    assert [result.loss for result in net.history] == losses
    assert net.result.steps == step and net.result.ending == "completed"


def npy(values):
    import io

    stream = io.BytesIO()
    np.save(stream, values)
    return stream.getvalue()


def idx(values):
    code = {"u1": 8, "f8": 14}[values.dtype.str[1:]]
    return bytes([0, 0, code, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape) + values.astype(values.dtype.newbyteorder(">")).tobytes()


def test_every_kind_of_file_is_a_stream(tmp_path, path):
    plain = csv(tmp_path / "numbers", names=list(map(str, range(10))))
    wanted = Digits(seed=1).fit(StreamedTable(plain, BLOCK, weights="w"), epochs=2, **OPTIONS)
    np.savez(tmp_path / "npz", X=X, y=y, w=WEIGHTS[:, None])
    np.savez_compressed(tmp_path / "small.npz", X=X.reshape(N, 8, 8), y=y, w=WEIGHTS)
    lines = [{**dict(zip(COLUMNS, row)), "class": int(one), "w": w} for row, one, w in zip(X.tolist(), y, WEIGHTS.tolist())]
    # The columns in another order in each line, but the first.
    texts = [json.dumps(lines[0])] + [json.dumps(dict(reversed(line.items()))) for line in lines[1:]]
    (tmp_path / "json").write_text("\n".join(texts))
    (tmp_path / "json.gz").write_bytes(gzip.compress("\r\n\n".join(texts).encode()))
    (tmp_path / "gz").write_bytes(gzip.compress(plain.read_bytes()[:5000]) + gzip.compress(plain.read_bytes()[5000:]))
    for name, how in {
        "npz.npz": dict(weights="w"), "small.npz": dict(weights="w"), "json": dict(target="class", weights="w"),
        "json.gz": dict(target=-2, weights=-1), "gz": dict(weights=-2),
    }.items():  # fmt: skip
        net = Digits(seed=1).fit(StreamedTable(tmp_path / name, BLOCK, **how), epochs=2, **OPTIONS)
        assert np.array_equal(net.parameters, wanted.parameters), name
        assert np.array_equal(read_table(tmp_path / name, network=Digits, **how).weights, WEIGHTS.astype(np.float32)), name
    free = Digits(seed=1).fit(StreamedTable(plain, BLOCK, leave_out=["w"]), epochs=2, **OPTIONS)
    (tmp_path / "npy").write_bytes(npy(np.column_stack([X, y])))
    (tmp_path / "fortran").write_bytes(npy(np.asfortranarray(np.column_stack([X, y]))))
    (tmp_path / "idx").write_bytes(gzip.compress(idx(X)))
    (tmp_path / "labels").write_bytes(idx(y.astype(np.uint8)))
    (tmp_path / "labels.csv").write_text("\n".join(map(str, y)))
    for name, how in {
        "npy": {}, "fortran": {}, "idx": dict(target_file=tmp_path / "labels"), "npz.npz": {},
        "small.npz": dict(target_file=tmp_path / "labels.csv"),
    }.items():  # fmt: skip
        net = Digits(seed=1).fit(StreamedTable(tmp_path / name, BLOCK, **how), epochs=2, **OPTIONS)
        assert np.array_equal(net.parameters, free.parameters), name


def state_of(path):
    content = path.read_bytes()
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    return json.loads(header["__metadata__"]["state"])


@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize("warm_up", [0, 30])
def test_a_training_goes_on_in_the_middle_of_a_block(weights, warm_up, tmp_path, path, monkeypatch):
    judge = csv(tmp_path / "judge", X[::3] * 1.1, y[::3], WEIGHTS[::3])
    how = dict(
        batch_size=BATCH, scaling="standard", validation_data=judge, early_stopping=EarlyStopping(3), warm_up_steps=warm_up,
        schedule=Plateau(0.5, 0), class_weight="balanced",
    )  # fmt: skip
    table = StreamedTable(path, BLOCK, weights=weights, leave_out=[] if weights else ["w"])
    whole = Digits(seed=1).fit(table, epochs=6, optimizer=Adam(0.01), **how)
    file = tmp_path / "checkpoint"
    import aotbackprop._trainer as trainer

    step, range_ = trainer.Training._step, trainer.Training._range
    stops = iter([0, 3, 17, 1, 40])
    left = [next(stops)]

    def until(done):
        def interrupted(self, *arguments):
            if left[0] == 0:
                raise KeyboardInterrupt
            left[0] -= 1
            return done(self, *arguments)

        return interrupted

    class Slow(trainer._Slices):
        def within(self, seconds):
            return 1

    monkeypatch.setattr(trainer, "_Slices", Slow)
    monkeypatch.setattr(trainer.Training, "_step", until(step))
    monkeypatch.setattr(trainer.Training, "_range", until(range_))
    batches = set()
    for stop in stops:
        left[0] = stop
        with pytest.raises(KeyboardInterrupt):
            Digits(seed=1).fit(table, epochs=6, optimizer=Adam(0.01), checkpoint=file, resume=True, **how)
        batches.add(state_of(file)["batch"])
    assert len(batches) > 1
    monkeypatch.setattr(trainer.Training, "_step", step)
    monkeypatch.setattr(trainer.Training, "_range", range_)
    net = Digits(seed=1)
    net.fit(table, epochs=6, optimizer=Adam(0.01), checkpoint=file, resume=True, **how)
    equal(net, whole)
    assert net.result.best_epoch == whole.result.best_epoch and net.result.metrics == whole.result.metrics

    # What a checkpoint knows of the file.
    state = state_of(file)
    options = list(state["options"])
    assert state["options"]["block_size"] == str(BLOCK) and options.index("block_size") == options.index("validation") + 1
    crc, prepared = 0, read_table(path, network=net, weights=weights, leave_out=table.reader.choice.leave_out)
    for part in blocks():
        crc = zlib.crc32(net._samples(prepared.X)[part].tobytes(), crc)
        crc = zlib.crc32(prepared.y[part].astype(np.int32).tobytes(), crc)
        crc = zlib.crc32(prepared.weights[part].tobytes(), crc) if weights else crc
    assert state["data"] == f"crc32:{crc:08x}"
    with pytest.raises(ValueError, match="block_size was '48' and is '96'"):
        other = StreamedTable(path, 96, weights=weights, leave_out=[] if weights else ["w"])
        Digits(seed=1).fit(other, epochs=6, optimizer=Adam(0.01), checkpoint=file, resume=True, **how)


def test_a_file_to_judge_by_is_read_as_the_stream(tmp_path, path):
    # Without weights, other columns, and fewer classes.
    lines = path.read_text().splitlines()
    order = random.permutation(64)
    some = [line for line in lines[1:] if not line.endswith("nine")][:40]
    chosen = [[line.split(",")[i] for i in order] + [line.split(",")[-1]] for line in [lines[0], *some]]
    (tmp_path / "judge").write_text("\n".join(map(",".join, chosen)))
    net = Digits(seed=1).fit(path, epochs=2, batch_size=BATCH, weights="w", block_size=BLOCK, scaling="minmax", validation_data=str(tmp_path / "judge"))
    assert net.history[-1].validation == net.evaluate(read_table(tmp_path / "judge", network=net))
    memory = Digits(seed=1).fit(path, epochs=2, batch_size=BATCH, weights="w", scaling="minmax", validation_data=tmp_path / "judge")
    assert memory.history[-1].validation == memory.evaluate(read_table(tmp_path / "judge", network=net))
    # With the column its weights count.
    net.fit(path, epochs=1, batch_size=BATCH, weights="w", block_size=BLOCK, validation_data=path)
    assert net.history[-1].validation == net.evaluate(read_table(path, network=net, weights="w"))


PROGRAM = """
import resource
import sys

import numpy as np
from aotbackprop import Digits, read_table

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
Digits(seed=1).fit(sys.argv[1], epochs=1, block_size=1024, scaling="standard", checkpoint=sys.argv[2])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_memory_holds_a_block_and_not_the_file(tmp_path):
    grown = []
    for count in (1_500, 6_000, 150_000):
        values = np.column_stack([np.tile(X, (-(-count // N), 1))[:count], np.arange(count) % 10])
        file = tmp_path / f"{count}.npy"
        if count == 150_000:
            np.save(file, values.astype(np.float32))
        else:
            file.write_text("\n".join(",".join(map(str, row)) for row in values.tolist()))
        run = [sys.executable, "-c", PROGRAM, str(file), str(tmp_path / "checkpoint")]
        grown.append(int(subprocess.run(run, capture_output=True, text=True, check=True).stdout))
        os.remove(tmp_path / "checkpoint")
    # In kB. The largest has 39 MB, and the text in the middle 2 MB, which as fields are ten times that.
    assert grown[1] < grown[0] + 4_000 and grown[2] < 20_000, grown


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (dict(validation_split=0.2), "validation_split is 0.2, .* wanted a file to judge by, as in validation_data='test.csv'"),
        (dict(batch_size=32, block_size=100), "block_size is 100 with a batch_size of 32; wanted .*, such as 96 or 128"),
        (dict(batch_size=256), "block_size is 48 with a batch_size of 256; wanted .*, such as 256$"),
        (dict(block_size=0), "block_size is 0; wanted a whole number from 1"),
        (dict(y=y), "y is given beside a file"),
        (dict(sample_weight=WEIGHTS), "sample_weight is given beside a file"),
        (dict(X=X, y=y), "block_size is 48, and X is in memory"),
        (dict(X=StreamedTable("x", 48)), "given beside a StreamedTable"),
        (dict(class_weight={"ten": 2.0}), "class_weight has the class 'ten'"),
        (dict(class_weight=dict.fromkeys(NAMES, 0.0)), "is 0 everywhere"),
        (dict(label_smoothing=1), "label_smoothing is 1"),
        (dict(early_stopping=EarlyStopping(3)), "without validation data"),
        (dict(scaling="log"), "scaling is 'log'; wanted 'standard'"),
        (dict(missing="median"), "missing is 'median'"),
    ],
)
def test_what_can_not_be_is_refused(how, words, path):
    net = Digits(seed=1)
    given = {"X": path, "block_size": BLOCK, "batch_size": BATCH, "weights": "w", **how}
    with pytest.raises(ValueError, match=words):
        net.fit(given.pop("X"), given.pop("y", None), **given)
    assert np.array_equal(net.parameters, Digits(seed=1).parameters) and net.result is None and net.columns is None


def changed(line, column, to):
    def change(text):
        lines = text.splitlines()
        fields = lines[line].split(",")
        fields[column] = to
        lines[line] = ",".join(fields)
        return "\n".join(lines)

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (changed(120, 3, "?"), r", line 121, column 4 \('x3'\), is '\?'; wanted a number. It is missing: read_table"),
        (changed(120, 64, "-1"), r", line 121, column 65 \('w'\), is '-1'; wanted a weight, finite and 0 or more$"),
        (changed(120, 65, "ten"), r"has 11 classes, .*; wanted 10, .*; 'ten' is the rarest, first in line 121, column 66"),
        (changed(120, 65, "NA"), r", line 121, column 66 \('class'\), is 'NA'; wanted a target: none may be missing"),
        (changed(120, 7, "1e39"), r", column 'x7' of the inputs, has the number 1e\+39, and too large once it is scaled"),
        (lambda text: re.sub("(zero|one|two|three|four|five|six|seven|eight|nine)$", "\\1" + "x", text, flags=re.M), None),
        (lambda text: "\n".join(f"{line}{i}" if i else line for i, line in enumerate(text.splitlines())), "has 111 classes"),
        (lambda text: "\n".join(text.splitlines()[:1]), "has names of columns alone; wanted samples"),
        (lambda text: text.replace(",x9,", ",x8,", 1), None),
        (lambda text: re.sub(r",[\d.]+,(\w+)$", r",0,\1", text, flags=re.M), "has the weight 0 everywhere"),
    ],
    ids=range(10),
)
def test_what_is_wrong_with_a_file_is_found_before_the_first_step(change, words, path, monkeypatch):
    text = change(path.read_text())
    path.write_text(text)
    monkeypatch.setattr("aotbackprop._rows.TOGETHER", 37)
    net = Digits(seed=1)

    def fit():
        net.fit(path, epochs=1, batch_size=BATCH, block_size=BLOCK, weights="w", scaling=1.0)

    if words is None:
        fit()
        return
    with pytest.raises(ValueError, match=words) as error:
        fit()
    assert str(error.value).startswith(f"table '{path}'")
    assert np.array_equal(net.parameters, Digits(seed=1).parameters) and net.history == []


@pytest.mark.parametrize("how", ["longer", "shorter", "other"])
def test_a_file_that_changes_meanwhile_is_an_error(how, path):
    text = path.read_text()
    lines = text.splitlines(keepends=True)

    def change(net, result):
        if len(net.history) == 2:
            path.write_text({"longer": text + lines[-1], "shorter": "".join(lines[:-20]), "other": text}[how])
            os.utime(path, ns=(0, 0))

    net = Digits(seed=1)
    with pytest.raises(ValueError, match="is not what it was when it was read first; wanted a file that nobody changes"):
        net.fit(path, epochs=9, batch_size=BATCH, block_size=BLOCK, weights="w", scaling="standard", callbacks=change)
    assert len(net.history) == 2 and net.result.ending == "failed" and net.columns == tuple(COLUMNS)
    assert np.isfinite(net.parameters).all() and not hasattr(Network, "block_size") and Checkpoint is not None


def test_limits_of_time_and_callbacks_end_a_stream(path):
    net = Digits(seed=1).fit(path, epochs=10**6, batch_size=BATCH, block_size=BLOCK, weights="w", scaling="standard", time_limit=0.2)
    assert net.result.ending == "time_limit" and 0 < len(net.history) < 10**6
    net.fit(path, epochs=9, batch_size=BATCH, block_size=BLOCK, weights="w", scaling="standard", callbacks=lambda net, result: result.epoch == 2)
    assert net.result.ending == "stopped_by_callback" and [result.epoch for result in net.result.history] == [1, 2]


def test_a_pipe_is_no_stream(tmp_path, path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="can be read once only, as a pipe can; wanted a file, which each epoch reads again"):
        Digits(1).fit(tmp_path / "pipe", batch_size=BATCH, block_size=BLOCK)
    with pytest.raises(FileNotFoundError):
        Digits(1).fit(tmp_path / "none", batch_size=BATCH, block_size=BLOCK)
    with pytest.raises(ValueError, match="is a directory; wanted a file"):
        Digits(1).fit(tmp_path, batch_size=BATCH, block_size=BLOCK)
    # In memory a pipe will do.
    import threading

    def write():
        with open(tmp_path / "pipe", "w") as pipe:
            pipe.write(path.read_text())

    thread = threading.Thread(target=write)
    thread.start()
    table = read_table(tmp_path / "pipe", network=Digits, weights="w")
    thread.join()
    assert np.array_equal(table.X, X)
