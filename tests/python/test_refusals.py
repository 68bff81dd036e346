"""What is refused: with ValueError, what was wanted and what came, and nothing changed."""

from __future__ import annotations

import re

import numpy as np
import pytest
from aotbackprop import Digits

N = 5
X = np.random.default_rng(1).random((N, 64), dtype=np.float32)
y = np.array([0, 9, 3, 3, 1])
Y = np.full((N, 10), 0.1, np.float32)


def changed(array, place, value):
    copy = array.copy()
    copy[place] = value
    return copy


BAD_X = {
    "(5, 63); wanted (N, 64)": X[:, :63],
    "(64,); wanted (N, 64)": X[0],
    "(5, 64, 1); wanted (N, 64)": X[:, :, None],
    "(); wanted (N, 64)": 1.0,
    "X has no samples; wanted one or more": X[:0],
    "X has dtype complex64; wanted float32": X.astype(np.complex64),
    "X has dtype object; wanted float32": X.astype(object),
    "X has dtype <U32; wanted float32": X.astype(str),
    "X has dtype datetime64[s]": np.zeros((N, 64), "M8[s]"),
    "X[2, 7] is nan as float32": changed(X, (2, 7), np.nan),
    "X[4, 63] is inf as float32": changed(X, (4, 63), np.inf),
    "X[0, 1] is -inf as float32": changed(X.astype(np.float64), (0, 1), -1e39),
    "X has masked elements": np.ma.masked_array(X, X > 0.5),
    "X is no array of numbers": [[1.0] * 64, [1.0]],
    "X has dtype object": None,
}

BAD_Y = {
    "y[3] is 10; wanted a class number from 0 to 9": changed(y, 3, 10),
    "y[1] is -1; wanted a class number from 0 to 9": changed(y, 1, -1),
    "y[0] is 4294967296; wanted": changed(y, 0, 2**32),
    "y has shape (4,); wanted (5,) class numbers, or (5, 10) probabilities": y[:4],
    "y has shape (); wanted (5,)": 3,
    "y has shape (5, 1); wanted (5,) class numbers, or (5, 10) probabilities": y[:, None],
    "y has shape (5, 9); wanted (5,) class numbers, or (5, 10) probabilities": Y[:, :9],
    "y has shape (4, 10); wanted (5,) class numbers, or (5, 10) probabilities": Y[:4],
    "y has shape (5, 10, 1); wanted": Y[:, :, None],
    "y has dtype float64; wanted integers": y.astype(np.float64),
    "y has dtype bool; wanted integers": y > 2,
    "y has dtype object; wanted integers": y.astype(object),
    "y has dtype complex128; wanted float32": Y.astype(complex),
    "y[2] sums to 0.9; wanted 1, to within 1e-4": changed(Y, (2, 0), 0),
    "y[1] is [-0.1": changed(changed(Y, (1, 0), -0.1), (1, 1), 0.3),
    "y[4] is [nan": changed(Y, (4, 0), np.nan),
}


@pytest.fixture
def net():
    network = Digits(seed=1)
    yield network
    assert np.array_equal(network.parameters, Digits(seed=1).parameters)
    assert network.history == []


METHODS = {
    "predict": lambda net, X, y: net.predict(X),
    "predict_proba": lambda net, X, y: net.predict_proba(X),
    "evaluate": lambda net, X, y: net.evaluate(X, y),
    "gradient": lambda net, X, y: net.gradient(X, y),
    "train_step": lambda net, X, y: net.train_step(X, y),
    "partial_fit": lambda net, X, y: net.partial_fit(X, y),
    "train_epoch": lambda net, X, y: net.train_epoch(X, y, batch_size=2),
    "fit": lambda net, X, y: net.fit(X, y, batch_size=1),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("message", BAD_X)
def test_inputs(net, method, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        METHODS[method](net, BAD_X[message], y)


@pytest.mark.parametrize("method", [m for m in METHODS if not m.startswith("predict")])
@pytest.mark.parametrize("message", BAD_Y)
def test_targets(net, method, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        METHODS[method](net, X, BAD_Y[message])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({(3, 0): 0.5, (1, 2): np.nan}, "y[1] is ["),
        ({(1, 0): 0.5, (3, 2): np.nan}, "y[1] sums to 1.4"),
        ({(1, 0): 0.5, (1, 2): -0.3}, "y[1] is ["),
        ({(4, 0): np.inf}, "y[4] is ["),
        ({(4, 0): -np.inf, (4, 1): np.inf}, "y[4] is ["),
        ({(2, 0): 3e38, (2, 1): 3e38}, "y[2] sums to 6e+38"),
    ],
)
def test_the_first_row_that_is_wrong_is_named(net, changes, message):
    wrong = Y.copy()
    for place, value in changes.items():
        wrong[place] = value
    with pytest.raises(ValueError, match=re.escape(message)):
        net.evaluate(X, wrong)
    from aotbackprop import _arguments

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_arguments, "_TOGETHER", 10)
        with pytest.raises(ValueError, match=re.escape(message)):
            net.evaluate(X, wrong)


def read_only(array):
    array.flags.writeable = False
    return array


BAD_OUT = {
    "out has dtype float64; wanted a writable, C-contiguous float32 array of shape (5, 10)": np.empty((N, 10)),
    "out has dtype >f4": np.empty((N, 10), ">f4"),
    "out has shape (5, 9)": np.empty((N, 9), np.float32),
    "out has shape (50,)": np.empty(50, np.float32),
    "out is strided": np.empty((10, N), np.float32).T,
    "out is read-only": read_only(np.empty((N, 10), np.float32)),
    "out is of type list": [[0.0] * 10] * N,
    "out overlaps what is read": X.reshape(-1)[:50].reshape(N, 10),
}


@pytest.mark.parametrize("message", BAD_OUT)
def test_buffers_for_results(net, message):
    before = np.array(BAD_OUT[message])
    with pytest.raises(ValueError, match=re.escape(message)):
        net.predict_proba(X, out=BAD_OUT[message])
    if not message.startswith("out has dtype float64"):
        np.testing.assert_array_equal(before, np.array(BAD_OUT[message]))


def test_buffers_for_classes_and_gradients(net):
    with pytest.raises(ValueError, match=r"out has dtype int64; wanted .* int32 array of shape \(5,\)"):
        net.predict(X, out=np.empty(N, np.int64))
    with pytest.raises(ValueError, match="out is read-only"):
        net.predict(X, out=read_only(np.empty(N, np.int32)))
    with pytest.raises(ValueError, match=r"out has shape \(2409,\); wanted .* shape \(2410,\)"):
        net.gradient(X, y, out=np.empty(2409, np.float32))
    with pytest.raises(ValueError, match="out overlaps what is read"):
        net.gradient(X, y, out=net.parameters)


@pytest.mark.parametrize("rate", [-0.1, float("nan"), float("inf"), 1e39, None, "0.1", True, 1j])
def test_learning_rates(net, rate):
    gradient = net.gradient(X, y)
    for call in (
        lambda: net.train_step(X, y, rate),
        lambda: net.apply(gradient, rate),
        lambda: net.train_epoch(X, y, learning_rate=rate),
        lambda: net.fit(X, y, learning_rate=rate),
    ):
        with pytest.raises(ValueError, match=re.escape(f"learning_rate is {rate!r}; wanted a finite number")):
            call()


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("epochs", -1, "a whole number from 0"),
        ("epochs", 1.0, "a whole number from 0"),
        ("epochs", True, "a whole number from 0"),
        ("batch_size", 0, "a whole number from 1"),
        ("batch_size", 2.5, "a whole number from 1"),
        ("batch_size", "32", "a whole number from 1"),
        ("shuffle_seed", -1, "to 18446744073709551615"),
        ("shuffle_seed", 2**64, "to 18446744073709551615"),
        ("first_epoch", -1, "a whole number from 0"),
        ("progress", "yes", "True, False, or None"),
        ("validation_data", X, "no pair; wanted (X, y)"),
        ("validation_data", (X[:, :3], y), "validation X has shape (5, 3); wanted (N, 64)"),
        ("validation_data", (X, y[:2]), "validation y has shape (2,)"),
        ("validation_data", (X * np.float32(np.nan), y), "validation X[0, 0] is nan"),
        ("validation_data", (X, y + 1), "validation y[1] is 10; wanted a class number"),
        ("validation_data", (X, changed(Y, (3, 0), 0.5)), "validation y[3] sums to 1.4"),
        ("validation_data", (X, changed(Y, (3, 0), -1)), "validation y[3] is [-1. "),
    ],
)
def test_arguments_of_fit(net, name, value, wanted):
    with pytest.raises(ValueError, match=re.escape(wanted)):
        net.fit(X, y, **{name: value})


def test_ranges_of_batches(net):
    for first, count in ((4, None), (-1, None), (0, 4), (2, 2)):
        with pytest.raises(ValueError, match="wanted a whole number from 0 to"):
            net.train_epoch(X, y, 2, first_batch=first, batch_count=count)
    with pytest.raises(ValueError, match="epoch is -1"):
        net.train_epoch(X, y, 2, epoch=-1)


@pytest.mark.parametrize("seed", [-1, 2**64, 1.5, None, "1", True])
def test_seeds(net, seed):
    with pytest.raises(ValueError, match=f"seed is {seed!r}; wanted a whole number from 0 to 18446744073709551615"):
        Digits(seed=seed)
    with pytest.raises(ValueError):
        net.initialize(seed)


def test_parameters(net):
    with pytest.raises(ValueError, match=r"W1 has shape \(32, 64\); wanted \(64, 32\)"):
        net.W1 = np.zeros((32, 64))
    with pytest.raises(ValueError, match=r"b2 has shape \(1,\); wanted \(10,\)"):
        net.b2 = [1.0]
    with pytest.raises(ValueError, match=r"b2\[9\] is nan as float32"):
        net.b2 = [0.0] * 9 + [float("nan")]
    with pytest.raises(ValueError, match="W2 has dtype complex128"):
        net.W2 = np.zeros((32, 10), complex)
    with pytest.raises(ValueError, match=r"parameters has shape \(2409,\); wanted \(2410,\)"):
        net.parameters = np.zeros(2409)
    with pytest.raises(ValueError, match="finite"):
        net.set_parameters(np.full(2410, np.inf))
    with pytest.raises(AttributeError):
        net.W3


def test_gradients(net):
    with pytest.raises(ValueError, match=r"gradient has shape \(2409,\); wanted \(2410,\)"):
        net.apply(np.zeros(2409))
    with pytest.raises(FloatingPointError):
        net.apply(np.full(2410, np.nan))
