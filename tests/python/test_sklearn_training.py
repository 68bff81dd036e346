"""What scikit-learn's users expect of an estimator that trains: stopping, going on, weights, searches over all of it."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from aotbackprop import Adam, Cosine, Digits, EarlyStopping, NetworkClassifier, NetworkRegressor, SGD, Step
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

NAMES = np.array(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])


def test_early_stopping_is_the_networks(data):
    X, y, test_X, test_y = data
    how = dict(epochs=60, learning_rate=0.3, random_state=3)
    model = NetworkClassifier(Digits, early_stopping=True, n_iter_no_change=3, tol=0.001, **how).fit(X, NAMES[y])
    classes = np.searchsorted(np.sort(NAMES), NAMES[y])
    net = Digits(seed=3).fit(
        X, classes, 60, learning_rate=0.3, shuffle_seed=3, validation_split=0.1,
        early_stopping=EarlyStopping(3, 0.001, "accuracy"),
    )  # fmt: skip
    assert np.array_equal(model.network_.parameters, net.parameters)
    assert model.loss_curve_ == [result.loss for result in net.history] and model.n_iter_ == len(net.history) < 60
    assert model.loss_ == model.loss_curve_[-1]
    assert model.validation_scores_ == [result.validation.accuracy for result in net.history]
    assert model.best_validation_score_ == max(model.validation_scores_) and model.score(test_X, NAMES[test_y]) > 0.9
    plain = NetworkClassifier(Digits, epochs=2, random_state=3).fit(X, y)
    assert plain.n_iter_ == 2 and plain.validation_scores_ == [] and plain.best_validation_score_ is None
    with pytest.raises(ValueError, match="validation_split is 1.5"):
        NetworkClassifier(Digits, early_stopping=True, validation_fraction=1.5).fit(X, y)


def test_a_warm_start_goes_on(data):
    X, y, _, _ = data
    model = NetworkClassifier(Digits, epochs=2, random_state=3, warm_start=True, optimizer=Adam())
    whole = clone(model).set_params(epochs=4).fit(X, y)
    network = model.fit(X, y).network_
    assert model.fit(X, y).network_ is network and model.n_iter_ == 4
    assert np.array_equal(model.network_.parameters, whole.network_.parameters) and model.loss_curve_ == whole.loss_curve_
    with pytest.raises(ValueError, match="wanted those of classes_, .*: warm_start goes on"):
        model.fit(X, y + 1)
    assert model.n_iter_ == 4
    model.set_params(warm_start=False).fit(X, y)
    assert model.n_iter_ == 2 and np.array_equal(model.network_.parameters, clone(model).fit(X, y).network_.parameters)


def test_settings_of_an_optimizer_are_parameters(data):
    X, y, test_X, test_y = data
    model = NetworkClassifier(Digits, optimizer=Adam(0.5), epochs=3, random_state=1)
    assert model.get_params()["optimizer__learning_rate"] == 0.5 and model.get_params()["optimizer__betas"] == (0.9, 0.999)
    search = GridSearchCV(model, {"optimizer__learning_rate": [0.0, 1e-3], "optimizer__betas": [(0.9, 0.99)]}, cv=2).fit(X, y)
    assert search.best_params_ == {"optimizer__learning_rate": 1e-3, "optimizer__betas": (0.9, 0.99)}
    assert search.score(test_X, test_y) > 0.7 and model.optimizer.learning_rate == 0.5
    search = GridSearchCV(model, {"optimizer": [SGD(0.0), SGD(0.1)], "schedule": [Step(1), None]}, cv=2).fit(X, y)
    assert search.best_params_["optimizer"].learning_rate == 0.1 and search.best_params_["schedule"] is None
    for optimizer in (Adam(1, [0.5, 0.75]), SGD(momentum=0.9, nesterov=True), Adam(np.float32(0.1))):
        copied = clone(NetworkClassifier(Digits, optimizer=optimizer)).optimizer
        assert copied is not optimizer and repr(copied) == repr(optimizer)
    with pytest.raises(ValueError, match="Adam has no setting 'momentum'; wanted one of learning_rate, betas"):
        model.set_params(optimizer__momentum=0.9)


def test_logarithms_of_probabilities(data):
    X, y, test_X, _ = data
    model = NetworkClassifier(Digits, epochs=1, random_state=1).fit(X, y)
    assert np.array_equal(model.predict_log_proba(test_X), np.log(model.predict_proba(test_X)))


def test_schedules_smoothing_and_weights_are_the_networks(data):
    X, y, _, _ = data
    weights = np.random.default_rng(1).random(len(y)).astype(np.float32)
    model = NetworkClassifier(
        Digits, epochs=3, random_state=2, schedule=Cosine(), warm_up_steps=20, label_smoothing=0.1, class_weight="balanced"
    )
    net = Digits(seed=2).fit(
        X, y, 3, shuffle_seed=2, schedule=Cosine(), warm_up_steps=20, label_smoothing=0.1, class_weight="balanced",
        sample_weight=weights,
    )  # fmt: skip
    assert np.array_equal(model.fit(X, y, sample_weight=weights).network_.parameters, net.parameters)
    copied = clone(model)
    assert repr(copied) == repr(model) and copied.schedule is not model.schedule


def test_models_of_earlier_versions_still_fit(data):
    X, y, _, _ = data
    model = NetworkClassifier(Digits, epochs=1, random_state=3).fit(X, y)
    old = copy.copy(model)
    for name in ("schedule", "warm_up_steps", "early_stopping", "validation_fraction", "n_iter_no_change", "tol", "warm_start"):
        delattr(old, name)
    del old.label_smoothing
    old = pickle.loads(pickle.dumps(old))
    assert np.array_equal(old.fit(X, y).network_.parameters, model.network_.parameters)
    assert NetworkRegressor.early_stopping is False
