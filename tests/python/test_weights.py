"""A column of a table that says how much each sample counts."""

from __future__ import annotations

import numpy as np
import pickle
import pytest
from aotbackprop import Digits, read_table

N = 60
random = np.random.default_rng(1)
X = np.round(random.standard_normal((N, 64)), 3)
y = np.arange(N) % 10
WEIGHTS = np.round(random.random(N) * 3, 2)
WEIGHTS[7] = 0
NAMES = [f"x{i}" for i in range(64)]


def text(weights=None, place=64, head=True, delimiter=","):
    """A table with the weights in one of its columns."""
    given = [repr(float(one)) for one in WEIGHTS] if weights is None else weights
    rows = [[*map(repr, row), str(one)] for row, one in zip(X.tolist(), y)]
    for row, weight in zip(rows, given):
        row.insert(place, weight)
    names = [*NAMES, "class"]
    names.insert(place, "w")
    return "".join(delimiter.join(row) + "\n" for row in ([names] if head else []) + rows)


@pytest.fixture
def path(tmp_path):
    (tmp_path / "table").write_text(text())
    return tmp_path / "table"


def by_arrays(**how):
    return Digits(seed=1).fit(X, y, 3, sample_weight=WEIGHTS, **how)


@pytest.mark.parametrize(
    ("place", "how"),
    [
        (64, dict(weights="w")), (0, dict(weights="w")), (65, dict(weights="w")), (64, dict(weights=64)), (65, dict(weights=-1)),
        (0, dict(weights=0, target="class")), (5, dict(weights=5, head=False)), (65, dict(weights=-1, target=64, head=False)),
    ],
)  # fmt: skip
def test_weights_are_those_of_arrays(place, how, tmp_path):
    how = dict(how)
    (tmp_path / "table").write_text(text(place=place, head=how.pop("head", True)))
    table = read_table(tmp_path / "table", network=Digits, **how)
    assert np.array_equal(table.X, X) and np.array_equal(table.y, y)
    assert table.weights.dtype == np.float32 and np.array_equal(table.weights, WEIGHTS.astype(np.float32))
    net = Digits(seed=1).fit(table, epochs=3)
    assert np.array_equal(net.parameters, by_arrays().parameters) and net.result.history == by_arrays().history
    assert "w" not in (net.columns or ()) and "w" not in (net.target or ())
    assert np.array_equal(pickle.loads(pickle.dumps(table)).weights, table.weights)


def test_a_fit_takes_them_of_a_path(path):
    for how in ({}, dict(class_weight="balanced"), dict(validation_split=0.2, shuffle_seed=4), dict(label_smoothing=0.1)):
        net = Digits(seed=1).fit(path, epochs=3, weights="w", **how)
        other = by_arrays(**how)
        assert np.array_equal(net.parameters, other.parameters) and net.history == other.history


def test_a_split_takes_them_along(path):
    table = read_table(path, network=Digits, weights="w")
    learned, held = table.split(0.25, seed=9)
    assert len(held) == 15 and len(learned) == 45 and len(held.weights) == 15
    one = Digits(seed=1).fit(learned, epochs=3, shuffle_seed=9, scaling="standard", validation_data=held)
    other = Digits(seed=1).fit(table, epochs=3, shuffle_seed=9, scaling="standard", validation_split=0.25)
    assert np.array_equal(one.parameters, other.parameters) and one.history == other.history
    with pytest.raises(ValueError, match="share is 1; wanted a number from 0 up to, and not, 1"):
        table.split(1)
    with pytest.raises(ValueError, match="seed is -1"):
        table.split(0.1, -1)


def test_a_part_keeps_the_classes_of_the_whole(tmp_path):
    names = np.array(["j", "i", "h", "g", "f", "e", "d", "c", "b", "a"])
    for labels, target in ((names[y], "last"), (y + 1, "last")):
        (tmp_path / "table").write_text("".join(f"{','.join(map(repr, row))},{one}\n" for row, one in zip(X.tolist(), labels)))
        table = read_table(tmp_path / "table", target)
        for part in (*table.split(0.1), *table.split(0.5, 3)[1].split(0.5)):
            wanted = table.targets_for(Digits)[[next(i for i in range(N) if (table.X[i] == row).all()) for row in part.X]]
            assert np.array_equal(part.targets_for(Digits), wanted) and part.classes_for(Digits) == table.classes_for(Digits)
        assert table.split(0)[1].X.shape == (0, 64)


def test_an_evaluation_takes_them_where_they_are_told(path):
    net = by_arrays()
    net.columns, net.target = NAMES, ["class"]
    # Else the column is left out by its name.
    plain, weighed = read_table(path, network=net), read_table(path, network=net, weights="w")
    assert plain.weights is None and np.array_equal(plain.X, X) and np.array_equal(plain.y, y)
    assert net.evaluate(plain) == net.evaluate(X, y) and net.loss(plain) == net.loss(X, y)
    assert net.evaluate(weighed) == net.evaluate(X, y, sample_weight=WEIGHTS) != net.evaluate(plain)
    assert net.loss(weighed) == net.loss(X, y, sample_weight=WEIGHTS) and np.array_equal(net.predict(weighed), net.predict(X))


@pytest.mark.parametrize(
    ("weight", "came"),
    [
        ("-1", "'-1'"), ("-1e-300", "'-1e-300'"), ("inf", "'inf'"), ("1e39", "'1e39'"), ("many", "'many'"), ("", "empty"), ("NA", "'NA'"),
        ("nan", "'nan'"),
    ],
)  # fmt: skip
def test_what_is_no_weight_is_named(weight, came, tmp_path):
    weights = ["1"] * N
    weights[40] = weight
    (tmp_path / "table").write_text(text(weights))
    for missing in (False, True):
        with pytest.raises(ValueError) as error:
            read_table(tmp_path / "table", network=Digits, weights="w", missing=missing)
        assert f"table', line 42, column 65 ('w'), is {came}; wanted a weight, finite and 0 or more" in str(error.value)
        assert ("No weight may be missing" in str(error.value)) == (weight in ("", "NA", "nan"))


def test_other_mistakes(path, tmp_path):
    table = read_table(path, network=Digits, weights="w")
    for call, words in (
        (lambda: read_table(path, weights="v"), "has no column 'v', which weights names; wanted one of 'x0'"),
        (lambda: read_table(path, weights=99), "has 66 columns, and weights is 99; wanted a name, or a number from -66 to 65"),
        (lambda: read_table(path, weights="w", leave_out=["w"]), r"column 65 \('w'\) has weights and is left out; wanted one"),
        (lambda: read_table(path, "w", weights="w"), r"column 65 \('w'\) is a target and has weights; wanted another"),
        (lambda: read_table(path, weights="x3", columns=NAMES), r"column 4 \('x3'\) is an input and has weights"),
        (lambda: Digits(1).fit(table, sample_weight=WEIGHTS), "sample_weight is given beside a table with weights"),
        (lambda: Digits(1).evaluate(table, sample_weight=WEIGHTS), "sample_weight is given beside a table with weights"),
        (lambda: Digits(1).fit(table, weights="w"), r"weights is 'w', a column of a file, and X is none; .* read_table\(…, weights"),
        (lambda: Digits(1).fit(X, y, weights="w"), "wanted sample_weight= for arrays"),
    ):
        with pytest.raises(ValueError, match=words):
            call()
    (tmp_path / "zero").write_text(text(["0"] * N))
    with pytest.raises(ValueError, match="is 0 everywhere; wanted one weight at least above 0"):
        Digits(1).fit(tmp_path / "zero", weights="w")
    np.save(tmp_path / "npy", np.column_stack([X, y]))
    with pytest.raises(ValueError, match="is an NPY file, which has no column of weights; wanted CSV, JSON lines, or an NPZ"):
        read_table(tmp_path / "npy.npy", weights=3)
    np.savez(tmp_path / "npz", X=X, y=y, w=WEIGHTS[:-1], v=WEIGHTS * -1)
    for weights, words in (
        ("u", "has the arrays 'X', 'y', 'w', 'v'; wanted u: weights= says which"), (0, "and weights is 0; wanted the name of one"),
        ("w", r"has weights that are float64 of shape \(59,\); wanted a number for each of 60 samples"),
        ("v", r", sample 1, has the weight -\d.\d+; wanted a weight, finite and 0 or more"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=words):
            read_table(tmp_path / "npz.npz", weights=weights)
