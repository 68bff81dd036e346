"""The network as a scikit-learn classifier."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from aotbackprop import Adam, Digits, Network, NetworkClassifier
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

NAMES = np.array(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])


class Padded(NetworkClassifier):
    """For checks that bring few features: zeros make up for the others."""

    def __init__(self, network=Digits, *, epochs=100, batch_size=8, learning_rate=0.1, random_state=0, progress=False):
        super().__init__(
            network,
            epochs=epochs,
            batch_size=batch_size,
            learning_rate=learning_rate,
            random_state=random_state,
            progress=progress,
        )

    def _input_count(self):
        return self.n_features_in_

    def _inputs(self, X):
        return np.pad(X, ((0, 0), (0, self.network.sizes[0] - X.shape[1])))


    def _more_tags(self):
        # Batches are drawn from all samples, those of weight 0 too: without these, they are others.
        return {"_xfail_checks": {"check_sample_weights_invariance": "batches have other samples"}}

@parametrize_with_checks([Padded()])
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


def test_it_is_the_network(data):
    X, y, test_X, test_y = data
    classifier = NetworkClassifier(Digits, epochs=5, random_state=3).fit(X, y)
    net = Digits(seed=3).fit(X, y, epochs=5, shuffle_seed=3)
    assert np.array_equal(classifier.network_.parameters, net.parameters)
    assert np.array_equal(classifier.predict_proba(test_X), net.predict_proba(test_X))
    assert np.array_equal(classifier.predict(test_X), net.predict(test_X))
    assert classifier.score(test_X, test_y) == net.score(test_X, test_y)
    assert classifier.loss_curve_ == [result.loss for result in net.history]


def test_threads_share_a_step(data):
    X, y, _, _ = data
    alone = NetworkClassifier(Digits, epochs=2, batch_size=64, random_state=3).fit(X, y)
    shared = NetworkClassifier(Digits, epochs=2, batch_size=64, random_state=3, threads=2).fit(X, y)
    assert shared.network_.threads == 2
    assert np.array_equal(alone.network_.parameters, shared.network_.parameters)
    shared.set_params(threads=1).partial_fit(X, y)
    assert shared.network_.threads == 1
    with pytest.raises(ValueError, match="threads is 0; wanted a whole number from 1 to 1024"):
        NetworkClassifier(Digits, threads=0).fit(X, y)


def test_labels_may_be_anything(data):
    X, y, test_X, test_y = data
    classifier = NetworkClassifier(Digits, random_state=1).fit(X, NAMES[y])
    assert list(classifier.classes_) == sorted(NAMES)
    assert classifier.score(test_X, NAMES[test_y]) > 0.93
    assert set(classifier.predict(test_X)) <= set(NAMES)


def test_there_may_be_fewer_classes(data):
    X, y, test_X, test_y = data
    some, held_out = (y == 3) | (y == 8), (test_y == 3) | (test_y == 8)
    classifier = NetworkClassifier(Digits, random_state=1).fit(X[some], y[some] * 10)
    assert list(classifier.classes_) == [30, 80]
    probabilities = classifier.predict_proba(test_X)
    assert probabilities.shape == (len(test_X), 2)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)
    assert classifier.score(test_X[held_out], test_y[held_out] * 10) > 0.95


def test_pipeline_cross_validation_search_clone_and_pickle(data):
    X, y, test_X, test_y = data
    pipeline = make_pipeline(MinMaxScaler(), NetworkClassifier(Digits, epochs=10, random_state=1))
    assert cross_val_score(pipeline, X, NAMES[y], cv=3).min() > 0.85
    assert cross_val_score(pipeline, X, NAMES[y], cv=2, n_jobs=2).min() > 0.85
    search = GridSearchCV(pipeline, {"networkclassifier__learning_rate": [0.0, 0.1]}, cv=2).fit(X, y)
    assert search.best_params_ == {"networkclassifier__learning_rate": 0.1}
    assert search.score(test_X, test_y) > 0.9
    other = pickle.loads(pickle.dumps(search))
    assert np.array_equal(other.predict(test_X), search.predict(test_X))
    copied = clone(search.best_estimator_[-1])
    assert copied.get_params() == search.best_estimator_[-1].get_params() and not hasattr(copied, "network_")
    assert "NetworkClassifier" in repr(copied)


def test_random_states(data):
    X, y, _, _ = data

    def parameters(state):
        return NetworkClassifier(Digits, epochs=1, random_state=state).fit(X, y).network_.parameters.tobytes()

    assert parameters(5) == parameters(np.int64(5)) != parameters(6)
    assert parameters(np.random.RandomState(1)) == parameters(np.random.RandomState(1))
    assert parameters(None) != parameters(None)


def test_partial_fit(data):
    X, y, test_X, test_y = data
    whole = NetworkClassifier(Digits, epochs=3, random_state=1).fit(X, y)
    parts = NetworkClassifier(Digits, random_state=1)
    for _ in range(3):
        parts.partial_fit(X, y, classes=range(10))
    assert np.array_equal(whole.network_.parameters, parts.network_.parameters)
    with pytest.raises(ValueError, match="wanted all labels in the first call"):
        NetworkClassifier(Digits).partial_fit(X, y)
    with pytest.raises(ValueError, match="wanted those of the first call"):
        parts.partial_fit(X, y, classes=range(9))
    with pytest.raises(ValueError, match="y has the label 1[01]; wanted those of classes_"):
        parts.partial_fit(X, y + 2)


def state(model):
    """What a fit leaves in a classifier."""
    return {name: value for name, value in vars(model).items() if name not in model.get_params()}


FAILURES = [
    (dict(batch_size=0), lambda model, X, y: model.fit(X, y), "batch_size"),
    (dict(learning_rate=-1), lambda model, X, y: model.fit(X, y), "learning_rate"),
    (dict(epochs=-1), lambda model, X, y: model.fit(X, y), "epochs"),
    (dict(optimizer=0.1), lambda model, X, y: model.fit(X, y), "optimizer"),
    (dict(), lambda model, X, y: model.fit(X * 1e30, y), "learning_rate|float can hold"),
    (dict(), lambda model, X, y: model.fit(X[:, :9], y), "features"),
    (dict(), lambda model, X, y: model.fit(X, y * np.nan), "NaN"),
    (dict(network="Digits"), lambda model, X, y: model.fit(X, y), "network is 'Digits'; wanted a class"),
    (dict(), lambda model, X, y: model.partial_fit(X * np.nan, y, classes=range(10)), "NaN"),
]


@pytest.mark.parametrize(("parameters", "call", "words"), FAILURES)
def test_a_fit_that_raises_leaves_the_classifier_as_it_was(data, parameters, call, words):
    X, y, _, _ = data
    fresh = NetworkClassifier(Digits, random_state=1).set_params(**parameters)
    fitted = NetworkClassifier(Digits, random_state=1, epochs=1).fit(X, y).set_params(**parameters)
    before, weights = state(fitted), fitted.network_.get_parameters()
    for model in (fresh, fitted):
        with pytest.raises((ValueError, FloatingPointError), match=words):
            call(model, X, y)
    assert state(fresh) == {} and not hasattr(fresh, "loss_curve_")
    with pytest.raises(NotFittedError):
        fresh.predict(X)
    assert state(fitted) == before and np.array_equal(weights, fitted.network_.parameters)
    assert len(fitted.loss_curve_) == 1


def test_a_first_partial_fit_that_raises_leaves_nothing(data):
    X, y, test_X, test_y = data
    model = NetworkClassifier(Digits, random_state=1)
    with pytest.raises(ValueError, match="y has the label 2; wanted those of classes_"):
        model.partial_fit(X, y, classes=[0, 1])
    assert state(model) == {}
    model.partial_fit(X, y, classes=range(10))
    with pytest.raises(ValueError, match="y has the label 'eight'; wanted those of classes_"):
        model.partial_fit(X, NAMES[y])
    with pytest.raises(ValueError, match="wanted those of the first call"):
        model.partial_fit(X, NAMES[y], classes=NAMES)
    assert len(model.loss_curve_) == 1


def test_ctrl_c_leaves_what_has_been_learned(data, monkeypatch):
    X, y, test_X, test_y = data
    two = NetworkClassifier(Digits, random_state=1, epochs=2).fit(X, y)
    model = NetworkClassifier(Digits, random_state=1, epochs=5)
    refit = NetworkClassifier(Digits, random_state=2, epochs=1).fit(X, y == 3).set_params(random_state=1, epochs=5)
    train = Network._train

    def interrupted_in_epoch_2(self, *arguments):
        if len(self.history) == 2:
            raise KeyboardInterrupt
        return train(self, *arguments)

    monkeypatch.setattr(Network, "_train", interrupted_in_epoch_2)
    for interrupted in (model, refit):
        with pytest.raises(KeyboardInterrupt):
            interrupted.fit(X, y)
        assert np.array_equal(interrupted.network_.parameters, two.network_.parameters)
        assert interrupted.loss_curve_ == two.loss_curve_ and len(interrupted.classes_) == 10
        assert interrupted.score(test_X, test_y) == two.score(test_X, test_y)
    # Before a network is there, it leaves what was.
    before = state(refit)

    class Slow(Digits):
        def __init__(self, **numbers):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refit.set_params(network=Slow).fit(X, y)
    assert state(refit) == before


def test_initializations(data):
    X, y, _, _ = data
    for name in (None, "glorot", "pytorch"):
        model = NetworkClassifier(Digits, epochs=1, random_state=3, initialization=name)
        net = Digits(seed=3, initialization=name).fit(X, y, epochs=1, shuffle_seed=3)
        assert np.array_equal(clone(model).fit(X, y).network_.parameters, net.parameters)
        assert np.array_equal(model.partial_fit(X, y, classes=range(10)).network_.parameters, net.parameters)
    with pytest.raises(ValueError, match="initialization is 'xavier'; wanted one of"):
        NetworkClassifier(Digits, initialization="xavier").fit(X, y)


def test_a_classifier_of_an_earlier_version_is_one_with_the_default(data):
    X, y, _, _ = data
    old = NetworkClassifier(Digits, epochs=1, random_state=3).fit(X, y)
    del old.initialization
    old = pickle.loads(pickle.dumps(old))
    assert old.get_params()["initialization"] is None and "NetworkClassifier" in repr(old)
    assert np.array_equal(old.fit(X, y).network_.parameters, clone(old).fit(X, y).network_.parameters)


@pytest.mark.parametrize("state", [-1, 2**64, np.int64(-5), "1", 1.5])
def test_a_random_state_that_cannot_be_is_named(data, state):
    X, y, _, _ = data
    with pytest.raises(ValueError, match=f"random_state is '?{state}'?; wanted"):
        NetworkClassifier(Digits, random_state=state).fit(X, y)


def test_what_overflows_is_named(data):
    X, y, _, _ = data
    X = X.copy()
    X[:, 0] = 1.7e15
    for rate in (1e-3, 1e-9):
        with pytest.raises(FloatingPointError, match=r"Adam takes .*: X\[0, 0\] is 1.7e\+15, the largest input"):
            NetworkClassifier(Digits, optimizer=Adam(rate), random_state=0).fit(X, y)


def test_refusals(data):
    X, y, _, _ = data
    for network in (None, Digits(), dict, Network, "Digits"):
        with pytest.raises(ValueError, match="network is .*; wanted a class of 'aotbackprop': Digits, Mnist, or one"):
            NetworkClassifier(network).fit(X, y)
    with pytest.raises(ValueError, match="classes has one class, 3"):
        NetworkClassifier(Digits).partial_fit(X, y, classes=[3])
    with pytest.raises(ValueError, match="classes has 11 classes"):
        NetworkClassifier(Digits).partial_fit(X, y, classes=range(11))
    with pytest.raises(ValueError, match="X has 63 features; wanted 64, the inputs of Digits"):
        NetworkClassifier(Digits).fit(X[:, :63], y)
    with pytest.raises(ValueError, match="y has 11 classes; wanted no more than 10, those of Digits"):
        NetworkClassifier(Digits).fit(X, np.arange(len(y)) % 11)
    with pytest.raises(ValueError, match="one class"):
        NetworkClassifier(Digits).fit(X, np.zeros(len(y), int))
    with pytest.raises(ValueError, match="batch_size is 0"):
        NetworkClassifier(Digits, batch_size=0).fit(X, y)
