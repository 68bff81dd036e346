"""Who changes arrays, optimizers or networks while the library computes may spoil numbers, but never memory."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
import weakref

import aotbackprop._native as native
import numpy as np
import pytest
from aotbackprop import Adam, Digits, Mnist

PROGRAM = """
import sys, threading, time
import numpy as np
from aotbackprop import Adam, Digits

sys.setswitchinterval(1e-6)
X, y, Y = np.zeros((512, 64), np.float32), np.zeros(512, np.int32), np.full((512, 10), 0.1, np.float32)
probabilities, classes, values = np.empty((512, 10), np.float32), np.empty(512, np.int32), np.empty(2410, np.float32)
net, optimizer = Digits(seed=1), Adam()
end = time.monotonic() + {seconds}
done = []


def change():
    while not done:
        # A change in each round of a loop: only between them does another thread come.
        for array, shapes in ((X, [(64, 512), (512, 64)]), (Y, [(10, 512), (512, 10)]), (classes, [(2, 256), (512,)])):
            for shape in shapes:
                array.shape = shape
        for shape in ((10, 512), (512, 10)):
            probabilities.shape = shape
        for array, dtypes in ((y, "bi"), (X, "Bf"), (Y, "ef"), (classes, "hi"), (values, "Bf")):
            for dtype in dtypes:
                array.dtype = dtype
        net.W1.shape = (32, 64)
        optimizer.reset()


def use():
    calls = [
        lambda: net.predict(X), lambda: net.predict_proba(X), lambda: net.evaluate(X, y), lambda: net.evaluate(X, Y),
        lambda: net.predict(X, out=classes), lambda: net.predict_proba(X, out=probabilities),
        lambda: net.gradient(X, y, out=values), lambda: net.train_step(X, y, 1e-3),
        lambda: net.train_step(X, Y, optimizer=optimizer), lambda: net.train_epoch(X, Y, 100, 1e-3),
        lambda: net.fit(X, y, 2, 100, 1e-3, progress=False), lambda: net.train_step(X, Y, 1e-3, normalize=True),
    ]
    while time.monotonic() < end:
        for call in calls:
            try:
                call()
                count[0] += 1
            except (ValueError, FloatingPointError):
                count[1] += 1


count = [0, 0]
changing = threading.Thread(target=change)
changing.start()
use()
net.threads, end = 2, end + {seconds}
use()
done.append(1)
changing.join()
print(*count, "unharmed")
"""


def test_arrays_that_change_their_shape_or_dtype_meanwhile_lead_nowhere_else():
    command = [sys.executable, "-X", "faulthandler", "-c", PROGRAM.format(seconds=1)]
    child = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert child.returncode == 0 and child.stdout.endswith("unharmed\n"), child.stderr
    taken, refused, _ = child.stdout.split()
    assert int(taken) > 0 and int(refused) > 0


def test_what_is_given_is_not_what_the_library_is_called_with():
    X, y, out = np.zeros((5, 64), np.float32), np.zeros(5, np.int32), np.empty((5, 10), np.float32)
    from aotbackprop import _arguments

    for given, own in (
        (X, _arguments.samples(X, 64)),
        (y, _arguments.targets(y, 5, 10)),
        (out, _arguments.targets(out, 5, 10)),
        (out, _arguments.output(out, "out", np.float32, (5, 10))),
    ):
        assert own is not given and np.shares_memory(own, given)
        shape = given.shape
        given.shape = (-1, 1)
        assert own.shape == shape
        given.shape = shape


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("call", ["train_step", "train_epoch", "apply"])
def test_a_state_lives_as_long_as_the_call_that_uses_it(threads, call, monkeypatch):
    X, y = np.zeros((5, 64), np.float32), np.zeros(5, np.int32)
    net, optimizer = Digits(seed=1, threads=threads), Adam()
    gradient = net.gradient(X, y)
    net.apply(gradient, optimizer=optimizer)
    state, seen, function = weakref.ref(optimizer._state), [], native._function

    def resetting(prefix, name):
        real = function(prefix, name)
        if call not in name:
            return real

        def called(*arguments):
            optimizer.reset()
            seen.append(state() is not None)
            return real(*arguments)

        return called

    monkeypatch.setattr(native, "_function", resetting)
    if call == "apply":
        net.apply(gradient, optimizer=optimizer)
    else:
        getattr(net, call)(X, y, optimizer=optimizer)
    assert seen == [True] * (1 if call == "apply" else threads)
    if threads == 1:
        assert state() is None


def test_scratch_memory_is_one_calls():
    workspace = native._Workspace()
    first = workspace.take(1000)
    second = workspace.take(1000)
    assert not np.shares_memory(first[0], second[0])
    workspace.put_back(second)
    assert workspace.take(500) is second
    workspace.put_back(second)
    workspace.put_back(first)
    assert workspace.take(1000) is first
    large = workspace.take(workspace._KEPT + 1)
    workspace.put_back(large)
    assert workspace.take(10) is not large


def test_a_signal_handler_may_predict_while_a_team_trains():
    random = np.random.default_rng(1)
    X, y = random.random((256, 784), dtype=np.float32), random.integers(0, 10, 256)
    alone, shared, other = Mnist(seed=1), Mnist(seed=1, threads=2), Mnist(seed=2)
    wanted, wrong, calls = other.predict_proba(X), [], []

    def handler(*_):
        calls.append(1)
        if not np.array_equal(other.predict_proba(X), wanted):
            wrong.append(1)

    previous = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.002, 0.003)
        shared.fit(X, y, epochs=10, batch_size=128)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    alone.fit(X, y, epochs=10, batch_size=128)
    assert calls and not wrong
    assert np.array_equal(shared.parameters, alone.parameters) and shared.history == alone.history


def test_an_optimizer_that_is_reset_all_the_time_trains():
    X, y = np.random.default_rng(1).random((64, 784), dtype=np.float32), np.arange(64) % 10
    net, optimizer, done = Mnist(seed=1), Adam(1e-5), []

    def reset():
        while not done:
            optimizer.reset()
            # What was freed becomes something else.
            np.full(2_000_000, 1, np.uint8)

    thread = threading.Thread(target=reset)
    thread.start()
    end = time.monotonic() + 1
    try:
        while time.monotonic() < end:
            net.train_step(X, y, optimizer=optimizer)
    finally:
        done.append(1)
        thread.join()
    assert np.isfinite(net.parameters).all()
