"""The mistakes of a newcomer: each is told with what was wanted, what came, and what helps; and what helps, does."""

from __future__ import annotations

import pickle
import re

import numpy as np
import pytest
from aotbackprop import Adam, Digits, EarlyStopping, MinMaxScaling, StandardScaling, read_table

N = 40
X = np.round(np.random.default_rng(1).random((N, 64)), 3)
y = np.arange(N) % 10
NAMES = np.array(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
HOLE = X.copy()
HOLE[3, 2] = np.nan


def said(action):
    with pytest.raises(ValueError) as error:
        action()
    return str(error.value)


def write(path, columns, labels=None):
    names = [f"x{i}" for i in range(columns)] + ([] if labels is None else ["class"])
    rows = [[*map(repr, row[:columns])] + ([] if labels is None else [str(one)]) for row, one in zip(np.hstack([X, X]).tolist(), y if labels is None else labels)]
    path.write_text("\n".join(map(",".join, [names, *rows])) + "\n")
    return path


def test_a_table_of_another_number_of_columns(tmp_path):
    few, many = write(tmp_path / "few", 63, NAMES[y]), write(tmp_path / "many", 66, NAMES[y])
    unlabelled, whole = write(tmp_path / "unlabelled", 64), write(tmp_path / "whole", 64, NAMES[y])
    text = said(lambda: Digits(1).fit(many))
    assert "has 66 columns of inputs; wanted 64 for Digits 64-32-10. leave_out=[…] leaves columns out" in text
    assert "Its columns are 'x0', 'x1'" in text
    table = read_table(many, network=Digits, leave_out=["x64", "x65"])
    assert np.array_equal(Digits(1).fit(table).parameters, Digits(1).fit(whole).parameters)
    assert "A network of so many inputs is another one" in said(lambda: Digits(1).fit(write(tmp_path / "less", 9, y)))
    for lacking in (few, unlabelled):
        text = said(lambda: Digits(1).fit(lacking))
        assert "has 63 columns of inputs; wanted 64" in text and "to learn from, it lacks one. target=None reads a table" in text
    assert read_table(unlabelled, None, network=Digits).X.shape == (N, 64)
    text = said(lambda: read_table(whole, None, network=Digits))
    assert "Where its last column is the target, target='last' takes it as such, and leave_out=[-1] leaves it out" in text
    assert np.array_equal(read_table(whole, None, network=Digits, leave_out=[-1]).X, X)
    counted = write(tmp_path / "counted", 65, NAMES[y])
    counted.write_text(counted.read_text().replace("x0", "id", 1))
    text = said(lambda: Digits(1).fit(counted))
    assert "The first column seems to number the rows: read_table(…, leave_out=[0]) leaves it out" in text
    net = Digits(1).fit(whole)
    assert "wanted inputs, and a target: target=None reads it without" in said(lambda: read_table(unlabelled, network=net))
    assert np.array_equal(net.predict(read_table(unlabelled, None, network=net)), net.predict(X))


def test_the_column_of_the_target(tmp_path):
    path = tmp_path / "front"
    rows = [f"{NAMES[one]},{','.join(map(repr, row))}" for row, one in zip(X.tolist(), y)]
    path.write_text(f"class,{','.join(f'x{i}' for i in range(64))}\n" + "\n".join(rows))
    wanted = Digits(1).fit(X, NAMES[y])
    text = said(lambda: Digits(1).fit(path))
    assert "column 1 ('class'), is 'zero'; wanted a number. leave_out=['class'] leaves the column out, and target='class'" in text
    for target in ("class", "first", 0, ["class"]):
        assert np.array_equal(Digits(1).fit(path, target=target).parameters, wanted.parameters)
    assert "y is given beside the path" in said(lambda: Digits(1).fit(path, "class"))
    assert "wanted target=, the column" in said(lambda: Digits(1).fit(str(path), "class"))
    assert "target is None; wanted the column of targets" in said(lambda: Digits(1).fit(path, target=None))
    assert "wanted y for arrays" in said(lambda: Digits(1).fit(X, y, target="class"))
    text = said(lambda: Digits(1).fit(read_table(path, None, leave_out=["class"])))
    assert "was read without a target; wanted one, as in read_table(path, target='last')" in text
    assert "has no column 'klass', which target names" in said(lambda: Digits(1).fit(path, target="klass"))
    assert "read_table(path, network=…) reads a file" in said(lambda: wanted.predict(str(path)))


def test_missing_numbers_of_arrays_and_tables(tmp_path):
    hint = "Where one is missing, fit(…, missing='mean') replaces it, here and later"
    net = Digits(1).fit(X, y, 1)
    for action in (
        lambda: Digits(1).fit(HOLE, y), lambda: Digits(1).fit(HOLE, y, scaling="standard"), lambda: net.predict(HOLE),
        lambda: Digits(1).fit(X, y, validation_data=(HOLE, y)), lambda: net.evaluate(HOLE, y),
    ):  # fmt: skip
        assert re.search(r"X\[3, 2\] is nan( as float32)?; wanted finite numbers\. " + re.escape(hint), said(action))
    assert "is inf as float32; wanted finite numbers" in said(lambda: net.predict(np.where(np.isnan(HOLE), np.inf, HOLE)))
    assert hint not in said(lambda: net.predict(np.where(np.isnan(HOLE), np.inf, HOLE)))
    filled = Digits(1).fit(HOLE, y, 1, missing="mean")
    assert np.isfinite(filled.predict_proba(HOLE)).all()
    path = tmp_path / "table"
    path.write_text("\n".join(",".join([*map(repr, row), str(one)]).replace("nan", "?") for row, one in zip(HOLE.tolist(), y)))
    text = said(lambda: Digits(1).fit(path))
    assert "line 4, column 3, is '?'; wanted a number. It is missing: read_table(…, missing=True) lets it be NaN, and" in text
    assert np.array_equal(Digits(1).fit(path, epochs=1, missing="mean").parameters, filled.parameters)
    assert np.array_equal(Digits(1).fit(read_table(path, missing=True), epochs=1, missing="mean").parameters, filled.parameters)


def test_classes_in_place_of_objects():
    text = said(lambda: Digits(1).fit(X, y, scaling=StandardScaling))
    assert text == "scaling is the class StandardScaling; wanted 'standard', which measures it, or StandardScaling(mean, deviation)"
    text = said(lambda: Digits(1).fit(X, y, scaling=MinMaxScaling))
    assert text == "scaling is the class MinMaxScaling; wanted 'minmax', which measures it, or MinMaxScaling(minimum, maximum)"
    assert "wanted 'standard', 'minmax', a number to divide by, or None" in said(lambda: Digits(1).fit(X, y, scaling=[1, 2]))
    assert "scaling is True; wanted a normal number" in said(lambda: Digits(1).fit(X, y, scaling=True))
    text = said(lambda: Digits(1).fit(X, y, scaling=StandardScaling((0.0,), (1.0,))))
    assert text.startswith("scaling has 1 and 1 numbers") and "each of 64 columns, as scaling='standard' measures them" in text
    assert "wanted EarlyStopping(patience" in said(lambda: Digits(1).fit(X, y, early_stopping=EarlyStopping))
    assert "Adam(…)" in said(lambda: Digits(1).fit(X, y, optimizer=Adam))


def test_labels_that_are_texts():
    wanted = Digits(1).fit(X, np.searchsorted(np.sort(NAMES), NAMES[y]), 2, validation_split=0.2, class_weight={3: 2.0})
    name = str(np.sort(NAMES)[3])
    for labels in (NAMES[y], NAMES[y].tolist(), NAMES[y].astype(object), [f" {one}\t" for one in NAMES[y]]):
        net = Digits(1).fit(X, labels, 2, validation_split=0.2, class_weight={name: 2.0})
        assert np.array_equal(net.parameters, wanted.parameters) and net.classes == tuple(np.sort(NAMES).tolist())
        assert net.result.metrics == wanted.result.metrics
        assert net.score(X, labels) == (net.predict_names(X) == NAMES[y]).mean()
    # Others go on with the same classes, and may lack some.
    some = y < 7
    assert net.evaluate(X[some], NAMES[y][some]).loss > 0
    net.fit(X[some], NAMES[y][some], 1, validation_data=(X[~some], NAMES[y][~some]))
    assert net.classes == tuple(np.sort(NAMES).tolist())
    assert "y has the label 'ten'; wanted one of the classes of Digits 64-32-10, 'eight'" in said(
        lambda: net.evaluate(X, np.where(y == 1, "ten", NAMES[y]))
    )
    # Whole numbers are class numbers, however they are written.
    plain = Digits(1).fit(X, y, 2)
    numbers = Digits(1).fit(X, np.array(["0", "1.0", "+2", "03", "4", "5", "6", "7", "8", "9"])[y], 2)
    assert np.array_equal(numbers.parameters, plain.parameters) and numbers.classes is None
    assert ".astype(str), 10 labels of any kind are classes" in said(lambda: Digits(1).fit(X, y * 10))
    tens = Digits(1).fit(X, (y * 10).astype(str), 2)
    assert np.array_equal(tens.parameters, plain.parameters) and tens.classes == tuple(str(10 * i) for i in range(10))
    # What no class can be.
    assert "has 7 classes, 'five'" in said(lambda: Digits(1).fit(X[some], NAMES[y][some]))
    for wrong in (None, float("nan"), 3, "", "NA"):
        labels = NAMES[y].astype(object)
        labels[5] = wrong
        assert f"y[5] is {wrong!r}; wanted a label, a text as others are: none may be missing" in said(lambda: Digits(1).fit(X, labels))
    assert "y has shape (40, 1); wanted (40,) labels. y.squeeze() is that" in said(lambda: Digits(1).fit(X, NAMES[y][:, None]))
    assert "y.squeeze() is that" in said(lambda: Digits(1).fit(X, y[:, None]))
    assert "y.astype(int) has them as such" in said(lambda: Digits(1).fit(X, y * 1.0))
    assert "Texts are for fit, which keeps the names" in said(lambda: Digits(1).partial_fit(X, NAMES[y]))


def test_arrays_of_another_shape():
    net = Digits(1).fit(X, y, 1)
    for given, hint, right in (
        (X[0], "X[None] is one sample", lambda X: X[None]),
        (np.hstack([X, X[:, :1]]), "Where the last column is the target, X[:, :-1] is without", lambda X: X[:, :-1]),
        (X.T, "Where each column is a sample, X.T has them as rows", lambda X: X.T),
        (X.reshape(N, 8, 8), "X.reshape(len(X), -1) has them as rows", lambda X: X.reshape(len(X), -1)),
        (X[:, :5], "A network of 5 inputs is another one", None),
    ):
        text = said(lambda: net.predict(given))
        assert f"X has shape {given.shape}; wanted (N, 64), a column for each input. {hint}" in text
        assert right is None or len(net.predict(right(given))) in (1, N)


def test_files_that_are_no_models(tmp_path):
    files = {
        "a text does, with 'a,b,c,d,': read_table reads tables": b"a,b,c,d,e\n1,2,3,4,5\n",
        "a NumPy array does": b"\x93NUMPY\x01\x00v\x00{'descr'",
        "a pickle does": pickle.dumps(list(range(999))),
        "a ZIP archive does, such as PyTorch's and NumPy's NPZ": b"PK\x03\x04\x14\x00\x00\x00\x00\x00",
        "an HDF5 file does, such as Keras's": b"\x89HDF\r\n\x1a\n\x00\x00",
        "a file does that gzip has compressed": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x00",
    }
    path = tmp_path / "file"
    for words, content in files.items():
        path.write_bytes(content)
        assert said(lambda: Digits.load(path)) == f"model file '{path}': it is none, but begins as {words}; wanted a file that save has written"
        text = said(lambda: Digits(1).fit(X, y, 1, checkpoint=path, resume=True))
        assert text == f"checkpoint '{path}': it is none, but begins as {words}; wanted a file that fit(…, checkpoint=…) has written"
    path.unlink()
    Digits(1).fit(X, y, 1, checkpoint=path)
    assert "it is a checkpoint, from which fit(…, checkpoint=…, resume=True) goes on" in said(lambda: Digits.load(path))
    Digits(1).save(path)
    text = said(lambda: Digits(1).fit(X, y, 1, checkpoint=path, resume=True))
    assert "it is none; wanted 'format' 'aotbackprop-checkpoint', in a file that fit(…, checkpoint=…) has written" in text
