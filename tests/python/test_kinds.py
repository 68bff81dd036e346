"""Networks of every output: against formulas in NumPy in double, and as scikit-learn estimators.

They are those of the package shapes, which the tests of C hosts build: KINDS names the folder that it is in.
"""

from __future__ import annotations

import importlib
import os
import pickle
import sys

import numpy as np
import pytest
from aotbackprop import Digits

pytestmark = pytest.mark.skipif("KINDS" not in os.environ, reason="KINDS names no folder")

if "KINDS" in os.environ:
    sys.path.insert(0, os.environ["KINDS"])
    kinds = importlib.import_module("shapes")

BATCHES = [1, 5, 16, 33, 100]


def forward(net, X):
    """Z of the last layer, in double."""
    f = {"relu": lambda Z: np.maximum(Z, 0), "tanh": np.tanh}[net.activation]
    A, layers = X.astype(np.float64), len(net.sizes) - 1
    for layer in range(1, layers + 1):
        Z = A @ getattr(net, f"W{layer}").astype(np.float64) + getattr(net, f"b{layer}")
        A = f(Z) if layer < layers else Z
    return A


def loss_of(net, X, Y, weights=None):
    Z = forward(net, X)
    if net.output == "linear":
        losses = np.square(Z - Y) / 2
    elif net.output == "huber":
        size = np.abs(Z - Y)
        losses = np.where(size <= DELTA, np.square(size) / 2, DELTA * (size - DELTA / 2))
    else:
        losses = np.logaddexp(0, Z) - Y * Z
    return float(np.average(losses.sum(axis=1), weights=weights))


def drawn(name, N, seed=1):
    random = np.random.default_rng([N, seed])
    net = getattr(kinds, name)(seed=seed)
    X = random.standard_normal((N, net.sizes[0])).astype(np.float32)
    shape = N, net.sizes[-1]
    Y = random.integers(0, 2, shape) if net.output == "sigmoid" else 2 * random.standard_normal(shape)
    return net, X, Y.astype(np.float32), random.random(N) + 0.05


ALL = ["Price", "Moves", "Chance", "Spam", "Tags", "Robust"]
DELTA = float(np.float32(0.35))


def test_a_network_is_of_its_kind():
    classes = {name: getattr(kinds, name) for name in ALL}
    assert {name: cls.output for name, cls in classes.items()} == {
        "Price": "linear", "Moves": "linear", "Chance": "sigmoid", "Spam": "sigmoid", "Tags": "sigmoid", "Robust": "huber"
    }  # fmt: skip
    assert issubclass(kinds.Price, kinds.Regressor) and not hasattr(kinds.Price, "predict_proba")
    assert issubclass(kinds.Spam, kinds.Classifier) and kinds.Spam.activation == "tanh"
    assert issubclass(kinds.Tags, kinds.MultiLabelClassifier)
    for kind in (kinds.Regressor, kinds.Network):
        with pytest.raises(TypeError, match="itself has no sizes"):
            kind()


def test_self_test_finds_nothing():
    kinds.self_test()


@pytest.mark.parametrize("N", BATCHES)
@pytest.mark.parametrize("name", ALL)
def test_outputs_and_losses_are_those_of_the_formulas(name, N):
    net, X, Y, weights = drawn(name, N)
    Z = forward(net, X)
    if net.output != "sigmoid":
        A = net.predict(X)
        assert A.shape == ((N,) if Z.shape[1] == 1 else Z.shape) and np.allclose(A.reshape(Z.shape), Z, atol=1e-5)
    else:
        P = net.predict_proba(X)
        assert P.shape == (N, max(2, Z.shape[1])) and np.allclose(P[:, -Z.shape[1] :], 1 / (1 + np.exp(-Z)), atol=1e-6)
        assert np.array_equal(net.predict(X).reshape(Z.shape), Z > 0)
    assert net.loss(X, Y) == pytest.approx(loss_of(net, X, Y), rel=1e-5)
    assert net.loss(X, Y, sample_weight=weights) == pytest.approx(loss_of(net, X, Y, weights), rel=1e-5)


@pytest.mark.parametrize("N", BATCHES)
@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("weighted", [False, True])
def test_a_gradient_agrees_with_differences_of_the_formula(name, N, weighted):
    net, X, Y, weights = drawn(name, N)
    weights = weights if weighted else None
    gradient = net.gradient(X, Y, sample_weight=weights)
    assert gradient.loss == pytest.approx(net.loss(X, Y, sample_weight=weights), rel=1e-15, abs=0)
    step = 2.0**-9
    for index in np.random.default_rng(N).choice(net.parameters.size, 12, replace=False):
        values = net.get_parameters()
        losses = []
        for side in (1, -1):
            moved = values.copy()
            moved[index] += np.float32(side * step)
            losses.append(loss_of(type(net)().set_parameters(moved), X, Y, weights))
        # A difference that crosses a kink of the ReLU may be off.
        assert gradient.values[index] == pytest.approx((losses[0] - losses[1]) / (2 * step), rel=2e-2, abs=2e-3)
    stepped = type(net)(seed=1)
    assert stepped.train_step(X, Y, 0.01, sample_weight=weights) == gradient.loss
    assert np.array_equal(stepped.parameters, net.apply(gradient, 0.01).parameters)


@pytest.mark.parametrize("name", ALL)
def test_weights_stand_for_repeated_samples(name):
    net, X, Y, _ = drawn(name, 40)
    times = np.arange(40) % 4
    got, wanted = net.gradient(X, Y, sample_weight=times), net.gradient(X.repeat(times, 0), Y.repeat(times, 0))
    assert got.loss == pytest.approx(wanted.loss, rel=1e-6)
    assert np.allclose(got.values, wanted.values, rtol=1e-4, atol=1e-6)
    equal = net.gradient(X, Y, sample_weight=np.full(40, 0.3))
    assert np.array_equal(equal.values, net.gradient(X, Y).values)


@pytest.mark.parametrize("name", ALL)
def test_an_epoch_leaves_out_batches_of_no_weight(name):
    net, X, Y, weights = drawn(name, 60)
    weights[::2] = 0
    ones, pieces = type(net)(seed=1), type(net)(seed=1)
    loss = ones.train_epoch(X, Y, 1, 0.01, shuffle_seed=3, sample_weight=weights)
    assert 0 < loss < 10
    for first in range(0, 60, 7):
        pieces.train_epoch(X, Y, 1, 0.01, shuffle_seed=3, first_batch=first, batch_count=min(7, 60 - first), sample_weight=weights)
    assert np.array_equal(ones.parameters, pieces.parameters)
    # Only those that count are seen.
    X[::2] = 5
    again = type(net)(seed=1)
    assert again.train_epoch(X, Y, 1, 0.01, shuffle_seed=3, sample_weight=weights) == loss
    assert np.array_equal(ones.parameters, again.parameters)


@pytest.mark.parametrize("name", ALL)
def test_threads_change_no_bit(name):
    alone, X, Y, weights = drawn(name, 70)
    shared = type(alone)(seed=1, threads=3)
    for net in (alone, shared):
        net.fit(X, Y, 3, 16, 0.01, sample_weight=weights, progress=False)
    assert np.array_equal(alone.parameters, shared.parameters)
    assert [result.loss for result in alone.history] == [result.loss for result in shared.history]


def test_evaluations_have_the_figures_of_their_kind():
    net, X, Y, _ = drawn("Moves", 50)
    # An output whose targets are all the same counts 0.
    Y[:, 1] = 3
    loss, error, r2 = net.evaluate(X, Y)
    A = forward(net, X)
    rest = np.square(A - Y).sum(axis=0)[[0, 2]] / np.square(Y - Y.mean(axis=0)).sum(axis=0)[[0, 2]]
    assert loss == pytest.approx(loss_of(net, X, Y), rel=1e-5)
    assert error == pytest.approx(np.abs(A - Y).mean(), rel=1e-5)
    assert r2 == pytest.approx((1 - rest).sum() / 3, rel=1e-4) and net.score(X, Y) == r2
    net, X, Y, _ = drawn("Tags", 50)
    found = net.evaluate(X, Y)
    right = (forward(net, X) > 0) == Y
    assert np.allclose(found.label_accuracy, right.mean(axis=0)) and found.accuracy == pytest.approx(right.mean())
    net, X, Y, _ = drawn("Chance", 50)
    assert net.evaluate(X, Y).accuracy == pytest.approx(((forward(net, X) > 0) == Y).mean()) == net.score(X, Y[:, 0])


def test_one_event_has_targets_of_many_forms():
    net, X, Y, _ = drawn("Chance", 30)
    y = Y[:, 0]
    wanted = net.gradient(X, Y)
    for form in (y, y.astype(int), y.astype(bool), y.astype(np.int8), list(map(int, y)), y.astype(np.float64)):
        got = net.gradient(X, form)
        assert got.loss == wanted.loss and np.array_equal(got.values, wanted.values)


@pytest.mark.parametrize(
    ("name", "y", "words"),
    [
        ("Price", np.zeros(9), r"y has shape \(9,\); wanted \(10,\)"),
        ("Price", np.zeros((10, 2)), r"y has shape \(10, 2\); wanted \(10, 1\)"),
        ("Price", np.full(10, np.inf), r"y\[0, 0\] is inf as float32; wanted finite numbers"),
        ("Moves", np.zeros(10), r"y has shape \(10,\); wanted \(10, 3\)"),
        ("Chance", np.full(10, 2), r"y\[0\] is 2; wanted a class number from 0 to 1"),
        ("Chance", np.full(10, -0.5), r"y\[0, 0\] is -0.5; wanted numbers from 0 to 1"),
        ("Tags", np.full((10, 5), np.nan), r"y\[0, 0\] is nan; wanted numbers from 0 to 1"),
        ("Tags", np.zeros(10, int), r"y has shape \(10,\); wanted \(10, 5\)"),
    ],
)
def test_targets_out_of_range_are_named_and_change_nothing(name, y, words):
    net = getattr(kinds, name)(seed=2)
    X = np.ones((10, net.sizes[0]), np.float32)
    before = net.get_parameters()
    for call in (net.loss, net.evaluate, net.gradient, net.train_step, net.train_epoch, net.fit):
        with pytest.raises(ValueError, match=words):
            call(X, y)
    assert np.array_equal(net.parameters, before)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (np.zeros(10), "sample_weight is 0 everywhere; wanted one weight at least above 0"),
        (-np.ones(10), r"sample_weight\[0\] is -1.0; wanted weights of 0 or more"),
        (np.full(10, np.nan), r"sample_weight\[0\] is nan as float32; wanted finite numbers"),
        (np.ones(9), r"sample_weight has shape \(9,\); wanted \(10,\)"),
    ],
)
@pytest.mark.parametrize("network", [Digits, None])
def test_weights_that_are_none_are_named_and_change_nothing(network, weights, words):
    net = Digits(seed=2) if network is Digits else kinds.Price(seed=2)
    X, y = np.ones((10, net.sizes[0]), np.float32), np.zeros(10, int if network is Digits else float)
    before = net.get_parameters()
    for call in (net.loss, net.evaluate, net.gradient, net.train_step, net.train_epoch, net.fit):
        with pytest.raises(ValueError, match=words):
            call(X, y, sample_weight=weights)
    assert np.array_equal(net.parameters, before)


def test_what_overflows_is_explained():
    net, X, Y, _ = drawn("Price", 10)
    with pytest.raises(FloatingPointError, match="the gradient of layer 2 may reach|may reach"):
        net.train_step(X, Y * 1e30, 1e10)
    with pytest.raises(FloatingPointError, match=r"the largest target is 2e\+13; targets near 1, or a smaller learning rate, are"):
        net.train_step(X, np.where(Y == Y[0], 2e13, 0).astype(np.float32), optimizer=kinds.Adam())
    with pytest.raises(ValueError, match="normalize is True; wanted False"):
        net.loss(X, Y, normalize=True)


@pytest.mark.parametrize("name", ALL)
def test_files_and_pickles_hold_a_network_of_each_kind(name, tmp_path):
    net, X, _, _ = drawn(name, 8)
    net.save(tmp_path / "model")
    info = kinds.read_model_info(tmp_path / "model")
    assert (info.activation, info.output) == (net.activation, net.output)
    for copy in (type(net).load(tmp_path / "model"), pickle.loads(pickle.dumps(net))):
        assert np.array_equal(copy.predict(X), net.predict(X))


def test_a_file_of_another_output_is_refused_with_both(tmp_path):
    kinds.Chance(seed=1).save(tmp_path / "event")
    with pytest.raises(ValueError, match="has 'output' 'sigmoid'; wanted 'linear'"):
        kinds.Number.load(tmp_path / "event")
    kinds.Number(seed=1).save(tmp_path / "number")
    with pytest.raises(ValueError, match="has 'output' 'linear'; wanted 'sigmoid'"):
        kinds.Chance.load(tmp_path / "number")


# -- All that fit can be asked for


@pytest.mark.parametrize("name", ALL)
def test_every_kind_trains_with_all_of_it_and_goes_on(name, tmp_path, monkeypatch):
    net, X, Y, weights = drawn(name, 90)
    kind = type(net)
    y = Y[:, 0].astype(int) if name in ("Chance", "Spam") else Y
    figure = "r2" if isinstance(net, kinds.Regressor) else "accuracy"
    how = dict(
        epochs=6, batch_size=8, learning_rate=0.02, sample_weight=weights, validation_split=0.2, shuffle_seed=4, warm_up_steps=15,
        schedule=kinds.Plateau(0.5, 1, monitor=figure), early_stopping=kinds.EarlyStopping(5, monitor=figure), scaling="standard",
        progress=False,
    )  # fmt: skip
    whole = kind(seed=1).fit(X, y, optimizer=kinds.Adam(), **how)
    assert list(whole.history_rows()[0])[-1] == f"validation_{figure}"
    assert figure in whole.metrics(X, y) or name == "Tags"

    def interrupted(result):
        raise KeyboardInterrupt

    path = tmp_path / "checkpoint"
    with pytest.raises(KeyboardInterrupt):
        kind(seed=1).fit(X, y, optimizer=kinds.Adam(), checkpoint=path, callbacks=lambda net, _: len(net.history) == 3 and interrupted(_), **how)
    again = kind(seed=2).fit(X, y, optimizer=kinds.Adam(), checkpoint=path, resume=True, **how)
    assert np.array_equal(again.parameters, whole.parameters)
    assert [result.loss for result in again.history] == [result.loss for result in whole.history]
    assert again.history_rows() == whole.history_rows()
    again.save(tmp_path / "model")
    assert np.array_equal(kind.load(tmp_path / "model").predict(X), whole.predict(X))


def test_what_a_kind_has_not_is_refused():
    for name, how, words in (
        ("Price", dict(label_smoothing=0.1), "label_smoothing is 0.1; wanted 0: only a softmax has it, and the output is 'linear'"),
        ("Price", dict(class_weight="balanced"), "class_weight is 'balanced'; wanted None: the targets are no class numbers"),
        ("Tags", dict(class_weight={0: 1}), "wanted None: the targets are no class numbers"),
        ("Price", dict(validation_split=0.2, early_stopping=kinds.EarlyStopping(3, monitor="accuracy")), "wanted 'loss' or 'r2' of a Price"),
    ):
        net, X, Y, _ = drawn(name, 20)
        with pytest.raises(ValueError, match=words):
            net.fit(X, Y, 1, **how)
        assert np.array_equal(net.parameters, type(net)(seed=1).parameters)


def test_classes_of_one_event_have_weights():
    net, X, Y, _ = drawn("Chance", 40)
    y = (np.arange(40) % 5 == 0).astype(int)
    weights = np.where(y == 1, 40 / (2 * 8), 40 / (2 * 32)).astype(np.float32)
    one, other = type(net)(seed=1).fit(X, y, 2, class_weight="balanced"), type(net)(seed=1).fit(X, y, 2, sample_weight=weights)
    assert np.array_equal(one.parameters, other.parameters)


@pytest.mark.parametrize("name", ["Price", "Moves", "Robust", "Chance", "Tags", "Odd"])
def test_every_kind_learns_from_streams_and_weights(name, tmp_path):
    net, X, Y, weights = drawn(name, 90)
    kind = type(net)
    target = list(range(-Y.shape[1], 0)) if name != "Odd" else "last"
    rows = [[*map(float, x), float(w), *map(float, y)] for x, w, y in zip(X, weights, Y)]
    if name == "Odd":
        rows = [[*row[:14], int(np.argmax(y))] for row, y in zip(rows, Y)]
    (tmp_path / "table").write_text("\n".join(",".join(map(repr, row)) for row in rows))
    how = dict(
        epochs=3, batch_size=8, learning_rate=0.02, scaling="standard", weights=X.shape[1], target=target,
        validation_data=tmp_path / "table", early_stopping=kinds.EarlyStopping(9),
    )  # fmt: skip
    table = kinds.read_table(tmp_path / "table", target, network=kind, weights=X.shape[1])
    wanted = kind(seed=1).fit(
        X, table.y, 3, 8, 0.02, scaling="standard", sample_weight=weights, early_stopping=kinds.EarlyStopping(9),
        validation_data=(X, table.y, weights),
    )  # fmt: skip
    for more in ({}, dict(block_size=96)):
        one = kind(seed=1).fit(tmp_path / "table", **how, **more)
        assert np.array_equal(one.parameters, wanted.parameters) and one.history_rows() == wanted.history_rows()
        assert one.result.metrics == wanted.result.metrics == one.metrics(table)
    blocks = kind(seed=1).fit(tmp_path / "table", **how, block_size=24)
    kind(seed=1).fit(tmp_path / "table", **{**how, "epochs": 1}, block_size=24, checkpoint=tmp_path / "c")
    again = kind(seed=1).fit(tmp_path / "table", **how, block_size=24, checkpoint=tmp_path / "c", resume=True)
    assert np.array_equal(again.parameters, blocks.parameters) and again.history_rows() == blocks.history_rows()
    assert not np.array_equal(blocks.parameters, wanted.parameters)


@pytest.mark.parametrize("name", ["Price", "Moves", "Chance", "Tags"])
def test_every_kind_reads_tables(name, tmp_path):
    net, X, Y, _ = drawn(name, 30)
    labels = [["no", "yes"][int(one)] for one in Y[:, 0]] if name == "Chance" else None
    rows = [",".join(map(repr, [*map(float, x), *map(float, y)])) for x, y in zip(X, Y)]
    if labels:
        rows = [row.rsplit(",", 1)[0] + "," + label for row, label in zip(rows, labels)]
    (tmp_path / "table").write_text("\n".join(rows))
    table = kinds.read_table(tmp_path / "table", network=type(net))
    assert np.array_equal(table.X, X) and np.array_equal(table.y, Y[:, 0] if Y.shape[1] == 1 else Y)
    assert table.classes == (("no", "yes") if labels else None)
    other = type(net)(seed=1).fit(table, epochs=2, learning_rate=0.01)
    assert np.array_equal(other.parameters, net.fit(X, table.y, 2, learning_rate=0.01).parameters)
    if labels:
        assert set(other.predict_names(X)) <= {"no", "yes"}
    else:
        (tmp_path / "table").write_text("\n".join([*rows[:4], rows[4].rsplit(",", 1)[0] + ",high"]))
        with pytest.raises(ValueError, match=r", line 5, column \d+, is 'high'; wanted a number, the target"):
            kinds.read_table(tmp_path / "table", network=net)


# -- scikit-learn

sklearn = pytest.mark.skipif(importlib.util.find_spec("sklearn") is None, reason="scikit-learn is not there")


def separable(N=300):
    X = np.random.default_rng(3).standard_normal((N, 4))
    return X, np.where(X[:, 0] + X[:, 1] > 0, "yes", "no")


@sklearn
def test_a_classifier_of_one_sigmoid_output_knows_two_labels():
    X, y = separable()
    model = kinds.NetworkClassifier(kinds.Chance, epochs=40, random_state=0).fit(X, y)
    assert model.score(X, y) > 0.95 and set(model.predict(X)) == {"no", "yes"}
    assert np.allclose(model.predict_proba(X).sum(axis=1), 1)
    with pytest.raises(ValueError, match="y has 3 classes; wanted no more than 2, those of Chance"):
        model.fit(X, np.arange(300) % 3)


@sklearn
def test_class_weight_is_as_scikit_learn_has_it():
    X, y = separable()
    y[(y == "yes") & (np.arange(300) % 8 > 0)] = "no"
    counts = np.array([(y == label).sum() for label in ("no", "yes")])
    of_each = dict(zip(("no", "yes"), len(y) / (2 * counts)))
    by_hand = np.array([of_each[label] for label in y])
    fitted = [
        kinds.NetworkClassifier(kinds.Chance, epochs=3, random_state=0, class_weight="balanced").fit(X, y),
        kinds.NetworkClassifier(kinds.Chance, epochs=3, random_state=0, class_weight=of_each).fit(X, y),
        kinds.NetworkClassifier(kinds.Chance, epochs=3, random_state=0).fit(X, y, sample_weight=by_hand),
    ]
    assert np.array_equal(fitted[0].network_.parameters, fitted[1].network_.parameters)
    assert np.array_equal(fitted[0].network_.parameters, fitted[2].network_.parameters)
    plain = kinds.NetworkClassifier(kinds.Chance, epochs=3, random_state=0).fit(X, y)
    assert (fitted[0].predict(X) == "yes").sum() > (plain.predict(X) == "yes").sum()
    with pytest.raises(ValueError, match="class_weight is 'balanced', which needs all labels at once"):
        fitted[0].partial_fit(X, y)


@sklearn
def test_a_classifier_of_several_labels_takes_indicators():
    random = np.random.default_rng(4)
    X = random.standard_normal((200, 20))
    Y = (X[:, :5] > 0).astype(int)
    model = kinds.NetworkClassifier(kinds.Tags, epochs=150, random_state=0).fit(X, Y)
    assert model.score(X, Y) > 0.9 and model.predict(X).shape == Y.shape
    with pytest.raises(ValueError, match=r"wanted \(N, 5\) of 0 and 1, the labels of Tags"):
        model.fit(X, Y[:, :4])


@sklearn
def test_a_regressor_learns_and_goes_with_pipelines():
    from sklearn.base import clone
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    X = np.random.default_rng(5).standard_normal((300, 13)) * 10
    y = (X[:, 0] - 2 * X[:, 1]) / 10
    model = make_pipeline(StandardScaler(), kinds.NetworkRegressor(kinds.Price, epochs=60, random_state=0))
    assert cross_val_score(model, X, y, cv=3).min() > 0.9
    assert clone(model).fit(X, y[:, None]).predict(X).shape == (300, 1)
    regressor = kinds.NetworkRegressor(kinds.Price, random_state=0)
    for wrong in ("Price", kinds.Chance, Digits):
        with pytest.raises(ValueError, match="wanted a class of 'shapes': Moves, Number, Price, Robust, or one derived"):
            regressor.set_params(network=wrong).fit(X, y)


@sklearn
def test_a_regressor_stops_early_and_goes_on():
    X = np.random.default_rng(5).standard_normal((300, 13))
    y = X[:, 0] - 2 * X[:, 1]
    how = dict(epochs=200, random_state=0, early_stopping=True, n_iter_no_change=4, tol=0.002, validation_fraction=0.2)
    model = kinds.NetworkRegressor(kinds.Price, **how).fit(X, y)
    net = kinds.Price(seed=0).fit(
        X, y, 200, learning_rate=0.01, validation_split=0.2, early_stopping=kinds.EarlyStopping(4, 0.002, "r2"), progress=False
    )
    assert np.array_equal(model.network_.parameters, net.parameters) and model.n_iter_ == len(net.history) < 200
    assert model.best_validation_score_ == max(result.validation.r2 for result in net.history) > 0.9
    epochs = model.n_iter_
    assert model.set_params(warm_start=True, epochs=2).fit(X, y).n_iter_ == epochs + 2


if "KINDS" in os.environ and importlib.util.find_spec("sklearn"):
    from sklearn.utils.estimator_checks import parametrize_with_checks

    class Padded(kinds.NetworkRegressor):
        """For checks that bring few features: zeros make up for the others."""

        def __init__(self, network=kinds.Price, *, epochs=200, batch_size=8, learning_rate=0.003, random_state=0):
            super().__init__(
                network, epochs=epochs, batch_size=batch_size, learning_rate=learning_rate, random_state=random_state
            )

        def _input_count(self):
            return self.n_features_in_

        def _inputs(self, X):
            return np.pad(X, ((0, 0), (0, self.network.sizes[0] - X.shape[1])))

        def _more_tags(self):
            return {
                "_xfail_checks": {
                    "check_sample_weights_invariance": "batches are drawn from samples of weight 0, too",
                    "check_supervised_y_2d": "(N, 1) is one output, and predicted so",
                },
            }

    @parametrize_with_checks([Padded()])
    def test_scikit_learns_own_checks(estimator, check):
        check(estimator)
