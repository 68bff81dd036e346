"""Scaling, missing numbers and names of columns: measured on the training part, applied by every method."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from aotbackprop import Digits, MinMaxScaling, Scaling, StandardScaling, _random, _split

random = np.random.default_rng(1)
N = 60
X = random.standard_normal((N, 64)) * 10.0 ** random.integers(-3, 3, 64) + random.standard_normal(64)
X[:, 7] = 0.1
y = np.arange(N) % 10


def one_by_one(values):
    total = 0.0
    for value in values.tolist():
        total += value
    return total


def standard(X):
    mean = [column[0] if (column == column[0]).all() else one_by_one(column) / len(X) for column in X.T]
    deviation = [np.sqrt(one_by_one(np.square(column - of)) / len(X)) for column, of in zip(X.T, mean)]
    return np.array(mean), np.array([one if one != 0 else 1.0 for one in deviation])


KINDS = {
    "standard": lambda X, part: (X - standard(part)[0]) / standard(part)[1],
    "minmax": lambda X, part: (X - part.min(0)) / np.where(np.ptp(part, axis=0) == 0, 1, np.ptp(part, axis=0)),
    16: lambda X, part: X / 16,
    7.3: lambda X, part: X / np.float64(np.float32(7.3)),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [None, 0.3])
def test_scaling_is_measured_on_the_training_part_in_double(kind, share):
    part = X if share is None else X[~_split.held_out(y, _split.share_of(share), 5)]
    scaled = KINDS[kind](X, part).astype(np.float32)
    net = Digits(1).fit(X, y, 2, scaling=kind, validation_split=share, shuffle_seed=5)
    other = Digits(1).fit(scaled, y, 2, validation_split=share, shuffle_seed=5)
    assert np.array_equal(net.parameters, other.parameters) and net.history == other.history
    if kind == "standard":
        mean, deviation = standard(part)
        assert net.scaling == StandardScaling(tuple(mean), tuple(deviation))
        assert net.scaling.mean[7] == 0.1 and net.scaling.deviation[7] == 1
    elif kind == "minmax":
        assert net.scaling == MinMaxScaling(tuple(part.min(0)), tuple(part.max(0)))
    else:
        assert net.scaling == Scaling(kind)
    # Every method takes X as it is.
    assert np.array_equal(net.predict_proba(X), other.predict_proba(scaled)) and np.array_equal(net.predict(X), other.predict(scaled))
    assert net.loss(X, y) == other.loss(scaled, y) and net.evaluate(X, y) == other.evaluate(scaled, y)
    assert net.metrics(X, y) == other.metrics(scaled, y) and net.score(X, y) == other.score(scaled, y)
    assert np.array_equal(net.gradient(X, y).values, other.gradient(scaled, y).values)
    for one in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert one.scaling == net.scaling and np.array_equal(one.predict_proba(X), net.predict_proba(X))
    assert net.train_step(X, y) == other.train_step(scaled, y) and net.train_epoch(X, y) == other.train_epoch(scaled, y)
    net.fit(X, y, 1)
    other.fit(scaled, y, 1)
    assert np.array_equal(net.parameters, other.parameters)
    # Another fit that asks for it measures anew.
    assert net.fit(X * 2, y, 0, scaling=kind).scaling == Digits(1).fit(X * 2, y, 0, scaling=kind).scaling


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16, ">f8", int, bool])
@pytest.mark.parametrize("together", [1, 700, 1 << 20])
def test_the_type_and_the_order_of_memory_do_not_matter(dtype, together, monkeypatch):
    from aotbackprop import _scaling

    given = (X[:, :64] * 3).astype(dtype)
    wanted = Digits(1).fit(given.astype(np.float64), y, 1, scaling="standard")
    monkeypatch.setattr(_scaling, "_TOGETHER", together)
    for form in (given, np.asfortranarray(given), given[::-1][::-1], given.tolist()):
        net = Digits(1).fit(form, y, 1, scaling="standard")
        assert np.array_equal(net.parameters, wanted.parameters) and net.scaling == wanted.scaling


def test_pickles_of_earlier_versions_have_no_scaling():
    net = Digits(1)
    state = net.__getstate__()
    for name in ("_preparation", "_classes", "_target"):
        state.pop(name, None)
    other = Digits.__new__(Digits)
    other.__setstate__(state)
    assert other.scaling is None and other.columns is None and np.array_equal(other.predict(X), net.predict(X))


def test_what_float32_can_not_hold_is_named():
    wide = X.copy()
    wide[:, 3] = np.linspace(0, 1e300, N)
    net = Digits(1)
    with pytest.raises(ValueError, match=r"X\[\d+, 3\] is .*e\+29\d, and inf once it is scaled; wanted what float32 can hold"):
        net.fit(wide, y, 1, scaling=2)
    with pytest.raises(ValueError, match="column 3 of X has numbers up to 1e.300, too large to be scaled"):
        net.fit(wide, y, 1, scaling="standard")
    assert net.scaling is None and np.array_equal(net.parameters, Digits(1).parameters)
    # What is large is fine where it is scaled.
    assert net.fit(wide, y, 1, scaling="minmax").predict(wide).shape == (N,)
    for value, words in ((np.nan, r"X\[5, 2\] is nan"), (np.inf, r"X\[5, 2\] is inf")):
        wrong = X.copy()
        wrong[5, 2] = value
        for call in (lambda: Digits(1).fit(wrong, y, scaling="standard"), lambda: net.predict(wrong)):
            with pytest.raises(ValueError, match=words):
                call()


@pytest.mark.parametrize("warm_up", [0, 10**6])
def test_a_training_without_a_step_leaves_no_scaling(warm_up):
    wrong = X.copy()
    wrong[:, 1] = 1e20
    net = Digits(1)
    with pytest.raises(FloatingPointError, match="in batch 1 of epoch 1"):
        net.fit(wrong, y, 1, N, 1e24 * max(1, warm_up), scaling=2, warm_up_steps=warm_up)
    assert net.scaling is None and np.array_equal(net.parameters, Digits(1).parameters)
    # With one step the network is another, and its inputs are scaled.
    wrong[_random.order(N, 0, 0)[0], 1] = 0
    with pytest.raises(FloatingPointError, match="in batch 2 of epoch 1"):
        net.fit(wrong, y, 1, 1, 1e10 * max(1, warm_up), scaling=2, warm_up_steps=warm_up)
    assert net.scaling == Scaling(2) and not np.array_equal(net.parameters, Digits(1).parameters)


def test_the_mean_of_what_is_there_stands_for_what_is_missing():
    holes = random.random(X.shape) < 0.2
    given = np.where(holes, np.nan, X)
    held = _split.held_out(y, _split.share_of(0.25), 9)
    net = Digits(1).fit(given, y, 2, missing="mean", scaling="minmax", validation_split=0.25, shuffle_seed=9)
    part = given[~held]
    means = [one_by_one(column[~np.isnan(column)]) / (~np.isnan(column)).sum() for column in part.T]
    assert net.missing == tuple(means)
    filled = np.where(holes, means, X)
    other = Digits(1).fit(filled, y, 2, scaling="minmax", validation_split=0.25, shuffle_seed=9)
    assert np.array_equal(net.parameters, other.parameters) and net.scaling == other.scaling
    assert np.array_equal(net.predict_proba(given), other.predict_proba(filled))
    assert np.array_equal(net.predict_proba(given.astype(np.float16).astype(float)[:1]).shape, (1, 10))
    given[:, 5] = np.nan
    with pytest.raises(ValueError, match="column 5 of X has no number at all; wanted one at least for its mean"):
        Digits(1).fit(given, y, missing="mean")
    given[:, 5] = np.inf
    with pytest.raises(ValueError, match=r"X\[0, 5\] is inf; wanted finite numbers, or NaN where one is missing"):
        Digits(1).fit(given, y, missing=0)


def test_frames_are_known_by_their_names():
    pd = pytest.importorskip("pandas")
    names = [f"x{i}" for i in range(64)]
    frame = pd.DataFrame(X, columns=names)
    net = Digits(1).fit(frame, y, 2, scaling="standard")
    assert net.columns == tuple(names)
    plain = Digits(1).fit(X, y, 2, scaling="standard")
    assert plain.columns is None and np.array_equal(net.parameters, plain.parameters)
    mixed = frame.assign(more=1)[random.permutation([*names, "more"])]
    for given in (frame, X, mixed, frame[names[::-1]], pd.DataFrame(X), mixed.convert_dtypes()):
        assert np.array_equal(net.predict_proba(given), plain.predict_proba(X))
    with pytest.raises(ValueError, match="X has no column 'x3'; wanted the 64 columns that the network has learned from"):
        net.predict(frame.rename(columns={"x3": "y3"}))
    with pytest.raises(ValueError, match="validation X has no column 'x3' and 1 more"):
        net.fit(frame, y, validation_data=(frame.drop(columns=["x3", "x4"]), y))
    # Names that say nothing are none.
    for columns in (range(64), ["x"] * 64):
        assert Digits(1).fit(frame.set_axis(columns, axis=1), y, 1).columns is None
    holes = frame.mask(random.random(X.shape) < 0.1)
    wanted = Digits(1).fit(holes.to_numpy(), y, 2, missing="mean")
    for given in (holes, holes.convert_dtypes(), holes.astype("Float64")):
        net = Digits(1).fit(given, y, 2, missing="mean")
        assert np.array_equal(net.parameters, wanted.parameters) and net.missing == wanted.missing
    with pytest.raises(ValueError, match="X has the column 'x7' of dtype object; wanted real numbers"):
        Digits(1).fit(frame.assign(x7="text"), y, missing=0)
    rows = pd.DataFrame(net.history_rows())
    assert list(rows["epoch"]) == [1, 2] and list(rows.columns) == ["epoch", "learning_rate", "loss"]
