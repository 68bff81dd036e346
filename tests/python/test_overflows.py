"""What cannot go on for its numbers names the parameter, the layer and the input, or the setting."""

from __future__ import annotations

import re

import numpy as np
import pytest
from aotbackprop import SGD, Adam, AdamW, Digits, Lion, _optimizers, _refusals

N = 50
X = np.random.default_rng(1).random((N, 64), dtype=np.float32)
y = np.arange(N) % 10
Y = np.eye(10, dtype=np.float32)[y]

LEARNING = {
    "train_step": lambda net, X, y, **how: net.train_step(X, y, **how),
    "partial_fit": lambda net, X, y, **how: net.partial_fit(X, y, **how),
    "train_epoch": lambda net, X, y, **how: net.train_epoch(X, y, 8, **how),
    "fit": lambda net, X, y, **how: net.fit(X, y, 2, 8, **how),
}
MEASURING = {
    "evaluate": lambda net, X, y: net.evaluate(X, y),
    "loss": lambda net, X, y: net.loss(X, y),
    "score": lambda net, X, y: net.score(X, y),
    "gradient": lambda net, X, y: net.gradient(X, y),
}


def said(call) -> str:
    with pytest.raises(FloatingPointError) as error:
        call()
    return str(error.value)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize(("name", "place"), [("W1", (0, 3)), ("b1", (31,)), ("W2", (31, 9)), ("b2", (0,))])
@pytest.mark.parametrize("method", [*LEARNING, *MEASURING])
@pytest.mark.parametrize("targets", [y, Y], ids=["labels", "probabilities"])
def test_a_parameter_that_is_not_finite_is_named(name, place, value, method, targets):
    net = Digits(seed=1)
    getattr(net, name)[place] = value
    before = net.get_parameters()
    wanted = f"{name}[{', '.join(map(str, place))}] is {value}; wanted finite parameters"
    assert said(lambda: {**LEARNING, **MEASURING}[method](net, X + 0.1, targets)).startswith(wanted)
    np.testing.assert_array_equal(net.parameters, before)


@pytest.mark.parametrize(("name", "place"), [("W1", (0, 3)), ("b1", (31,)), ("W2", (31, 9)), ("b2", (0,))])
def test_a_parameter_that_is_nan_makes_probabilities_that_are(name, place):
    """In a hidden layer, too: NaN is no unit that is off."""
    for optimizer in (None, Adam()):
        net = Digits(seed=1)
        net.train_step(X, y, optimizer=optimizer)
        getattr(net, name)[place] = np.nan
        assert np.isnan(net.predict_proba(X)).all() and np.isnan(net.predict_proba(X[:1])).all()
        with pytest.raises(FloatingPointError):
            net.train_step(X, y, optimizer=optimizer)


def test_the_layer_whose_sum_overflows_is_named():
    wrong = X.copy()
    wrong[7, 5] = 3e38
    net = Digits(seed=1)
    net.W1[5] = 9
    text = "A sum of layer 1, Z1, is larger than a float can hold: X[7, 5] is 3e+38, the largest input. "
    for method in (*MEASURING.values(), *LEARNING.values()):
        assert text in said(lambda: method(net, wrong, y))
    net = Digits(seed=1)
    net.W1[5] = 1
    net.W2[:] = 1e5
    net.W2[:, 0] = -1e5
    wrong[7, 5] = -3e37
    wrong[8, 5] = 2e37
    assert "layer 2, Z2, is larger than a float can hold: X[7, 5] is -3e+37, the" in said(lambda: net.evaluate(wrong, y))


TIME = X.copy()
TIME[:, 0] = 1.7e15 + np.arange(N) * 1e9


@pytest.mark.parametrize(
    ("optimizer", "takes"),
    [
        (Adam(1e-3), "Adam takes those below 1.1e+12"),
        (Adam(1e-9), "Adam takes those below 1.1e+12"),
        (AdamW(1e-3), "AdamW takes those below 1.1e+12"),
        (Lion(1e-4), "Lion takes those below 1.1e+12"),
        (SGD(1e-9, 0.9), "momentum takes those below 1.1e+12"),
        (SGD(1e-9, 0.9, True), "Nesterov's momentum takes those below 1.1e+12"),
    ],
    ids=repr,
)
def test_an_input_that_is_far_too_large_is_named(optimizer, takes):
    """As a time in microseconds is, and not the learning rate."""
    for name, method in LEARNING.items():
        net = Digits(seed=1)
        text = said(lambda: method(net, TIME, y, optimizer=optimizer))
        assert re.search(r"A derivative in the gradient of layer [12] may reach \S+e\+1\d; ", text)
        assert takes in text and f"X[{N - 1}, 0] is 1.70005e+15, the largest input" in text
        assert "learning_rate" not in text
        is_step = name in ("train_step", "partial_fit")
        assert text.endswith("as they were" if is_step else "in batch 1 of epoch 1; the updates before it stay")
        assert np.array_equal(net.parameters, Digits(seed=1).parameters)
        optimizer.reset()


def test_a_learning_rate_that_is_far_too_large_is_named():
    for how in ({"learning_rate": 1e35}, {"optimizer": SGD(1e35)}, {"optimizer": SGD(1e35, clip_norm=100)}):
        text = said(lambda: Digits(seed=1).train_step(X, y, **how))
        words = r"An update by the gradient of layer [12] may reach learning_rate 1e\+35 · \S+; wanted below 1.01e\+31, "
        assert re.match(words, text)


def test_what_decays_is_part_of_it():
    net = Digits(seed=1)
    net.W1[1, 1] = 1e13
    text = said(lambda: net.train_step(X * 0, y, optimizer=SGD(1e-3, 0.9, weight_decay=1)))
    assert "may reach 1e+13; momentum takes those below 1.1e+12" in text
    # Decoupled, it is none of the derivative's.
    net.train_step(X * 0, y, optimizer=AdamW(1e-3, weight_decay=1))


def test_clipping_keeps_a_large_gradient_small():
    Digits(seed=1).train_step(TIME, y, optimizer=Adam(1e-3, clip_norm=1))


def test_validation_data_that_overflow_are_named():
    held_out = np.zeros((3, 64), np.float32)
    held_out[1, 7] = 3e38
    net = Digits(seed=1)
    net.W1[7] = 9
    text = said(lambda: net.fit(X * (np.arange(64) < 7), y, 1, validation_data=(held_out, y[:3])))
    assert text.startswith("A sum of layer 1, Z1, is larger than a float can hold: validation X[1, 7] is 3e+38, the ")


def test_a_gradient_that_is_given_is_named():
    net = Digits(seed=1)
    gradient = np.zeros(2410)
    gradient[5] = np.nan
    assert said(lambda: net.apply(gradient)).startswith("gradient[5] is nan as float32; wanted finite numbers; the param")
    gradient[5] = -1e30
    text = said(lambda: net.apply(gradient, 1e20))
    assert text.startswith("An update by the gradient may reach learning_rate 1e+20 · 1e+30; ")
    text = said(lambda: net.apply(gradient, optimizer=Adam()))
    assert text.startswith("A derivative in the gradient may reach 1e+30; Adam")
    assert np.array_equal(net.parameters, Digits(seed=1).parameters)
    net.b2[3] = np.nan
    gradient[5] = 0
    text = said(lambda: net.apply(gradient, optimizer=SGD(weight_decay=0.1)))
    assert text.startswith("b2[3] is nan; wanted finite parameters")


def test_the_batch_and_the_epoch_are_named_and_updates_before_stay():
    net = Digits(seed=1)
    words = r", the largest input.*; this was in batch \d+ of epoch 4; the updates before it stay"
    with pytest.raises(FloatingPointError, match=words):
        net.fit(X * np.float32(1e6), y, 100, 8, 1e20, first_epoch=3)
    assert np.isfinite(net.parameters).all()


@pytest.mark.parametrize("together", [1, 640, 1 << 20])
def test_many_samples_are_searched(together, monkeypatch):
    monkeypatch.setattr(_refusals, "_TOGETHER", together)
    many = np.tile(X, (60, 1))
    many[2500, 63] = -1e20
    assert "X[2500, 63] is -1e+20, the largest input" in said(
        lambda: Digits(seed=1).train_step(many, np.tile(y, 60), optimizer=Adam())
    )


def test_memory_of_an_optimizer_without_a_step_is_no_state():
    optimizer, net = Adam(), Digits(seed=1)
    with pytest.raises(FloatingPointError):
        net.train_step(X * np.float32(1e20), y, optimizer=optimizer)
    assert optimizer._state is not None and _optimizers.state_of(optimizer) is None
    net.train_step(X, y, optimizer=optimizer)
    assert _optimizers.state_of(optimizer) is optimizer._state
