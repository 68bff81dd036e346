"""Work that is cut into calls: the bits, the errors and Ctrl-C do not depend on where."""

from __future__ import annotations

import ctypes
import re
import signal

import aotbackprop._native as native
import aotbackprop._network as module
import aotbackprop._trainer as trainer
import numpy as np
import pytest
from aotbackprop import SGD, Digits
from aotbackprop._targets import Targets

N = 200
X = np.random.default_rng(1).random((N, 64), dtype=np.float32)
y = (np.arange(N) % 10).astype(np.int32)
Y = np.random.default_rng(2).dirichlet(np.ones(10), N).astype(np.float32)

CUTS = [1, 7, 128, N - 1, N]


@pytest.fixture
def cut(monkeypatch):
    """Makes a call take so many samples."""
    return lambda samples: monkeypatch.setattr(module, "_SLICE_WORK", samples * Digits().parameters.size)


def loss_of_one_call(net, X, targets):
    """What the C function for all samples says."""
    loss, workspace = ctypes.c_double(), np.empty(1 << 20, np.uint8)
    status = native._function("digits", "evaluate")(
        net.parameters.ctypes.data, X.ctypes.data, native._targets(Targets(targets)), len(X), workspace.ctypes.data, workspace.nbytes,
        ctypes.byref(loss), None,
    )  # fmt: skip
    assert status == 0
    return loss.value


@pytest.mark.parametrize("samples", CUTS)
@pytest.mark.parametrize("targets", [y, Y], ids=["labels", "probabilities"])
def test_an_evaluation_has_the_bits_of_one_call(cut, samples, targets):
    nets = [Digits(seed=seed) for seed in range(10)]
    wanted = [loss_of_one_call(net, X, targets) for net in nets]
    cut(samples)
    assert [net.evaluate(X, targets).loss for net in nets] == wanted
    assert [net.loss(X, targets) for net in nets] == wanted


CALLS = {
    "predict": lambda net, X, y: net.predict(X),
    "predict_proba": lambda net, X, y: net.predict_proba(X),
    "evaluate": lambda net, X, y: net.evaluate(X, y),
    "loss": lambda net, X, y: net.loss(X, y),
    "score": lambda net, X, y: net.score(X, y),
}


@pytest.mark.parametrize("samples", CUTS)
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("row", [0, 130, N - 1])
def test_an_error_names_the_row_among_all(cut, samples, call, row):
    cut(samples)
    wrong = X.copy()
    wrong[row, 5] = np.nan
    wrong[row:, 63] = np.inf
    with pytest.raises(ValueError, match=re.escape(f"X[{row}, 5] is nan as float32; wanted finite numbers")):
        CALLS[call](Digits(seed=1), wrong, y)
    if not call.startswith("predict"):
        rows = Y.copy()
        rows[row] = 1
        with pytest.raises(ValueError, match=re.escape(f"y[{row}] sums to 10; wanted 1")):
            CALLS[call](Digits(seed=1), X, rows)


@pytest.mark.parametrize("samples", CUTS)
def test_nothing_is_written_before_all_is_valid(cut, samples):
    cut(samples)
    wrong = X.copy()
    wrong[N - 1, 0] = np.inf
    A, classes = np.full((N, 10), -7, np.float32), np.full(N, -7, np.int32)
    for call in (lambda: Digits().predict_proba(wrong, out=A), lambda: Digits().predict(wrong, out=classes)):
        with pytest.raises(ValueError, match=re.escape(f"X[{N - 1}, 0] is inf")):
            call()
    assert (A == -7).all() and (classes == -7).all()


@pytest.mark.parametrize("call", CALLS)
def test_ctrl_c_comes_between_two_calls(cut, call, monkeypatch):
    calls, run = [], native._run

    def interrupted(*arguments):
        calls.append(1)
        if len(calls) == 2:
            signal.raise_signal(signal.SIGINT)
        return run(*arguments)

    cut(10)
    monkeypatch.setattr(native, "_run", interrupted)
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            CALLS[call](Digits(seed=1), X, y)
    finally:
        signal.signal(signal.SIGINT, previous)
    assert len(calls) == 2


def test_the_search_for_numbers_that_are_not_finite_goes_over_all(monkeypatch):
    values = np.zeros((3, 1 << 23), np.float32)
    assert native.first_not_finite(values) == values.size
    for index in (values.size - 1, (1 << 24) + 1, 1 << 24, 7):
        values.flat[index] = np.nan
        assert native.first_not_finite(values) == index


@pytest.mark.parametrize("batch_size", [1, 7, 32, N])
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("targets", [y, Y], ids=["labels", "probabilities"])
def test_an_epochs_loss_does_not_depend_on_its_ranges(batch_size, threads, targets, monkeypatch):
    """Cut anywhere, as the clock cuts it, and in one call of the library."""

    class Cut(trainer._Slices):
        random = np.random.default_rng(3)

        def took(self, batches, seconds):
            self.batches = int(self.random.integers(1, 20))

    monkeypatch.setattr(trainer, "_Slices", Cut)
    whole = Digits(seed=1)
    losses = [whole.train_epoch(X, targets, batch_size, 0.05, epoch=epoch) for epoch in range(2)]
    for _ in range(5):
        net = Digits(seed=1, threads=threads).fit(X, targets, 2, batch_size, 0.05)
        assert [result.loss for result in net.history] == losses
        assert np.array_equal(net.parameters, whole.parameters)


def test_the_loss_of_a_range_is_the_mean_over_its_samples():
    net, optimizer = Digits(seed=1), SGD(0.0)
    losses = [net.train_epoch(X, y, 30, optimizer=optimizer, first_batch=i, batch_count=1) for i in range(7)]
    assert net.train_epoch(X, y, 30, optimizer=optimizer) == pytest.approx(np.average(losses, weights=[30] * 6 + [20]))
    assert net.train_epoch(X, y, 30, optimizer=optimizer, first_batch=6) == losses[6]
