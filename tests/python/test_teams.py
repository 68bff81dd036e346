"""Threads that share the steps of a network leave the bits of one thread."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from aotbackprop import SGD, Adam, Digits, Lion, Mnist


def samples(count, inputs, classes, seed=1):
    random = np.random.default_rng(seed)
    return random.random((count, inputs), dtype=np.float32), random.integers(0, classes, count)


def threads_of_process():
    return len(os.listdir("/proc/self/task"))


@pytest.mark.parametrize("threads", [2, 3])
@pytest.mark.parametrize("optimizer", [None, SGD, Adam, Lion], ids=["plain", "momentum", "adam", "lion"])
def test_the_bits_do_not_depend_on_the_number_of_threads(threads, optimizer):
    X, y = samples(200, 784, 10)
    X[:100] *= np.random.default_rng(2).random((100, 784)) < 0.02
    alone, shared = Mnist(seed=3), Mnist(seed=3, threads=threads)
    kinds = {None: lambda: None, SGD: lambda: SGD(0.05, momentum=0.9, clip_norm=0.5), Adam: Adam, Lion: Lion}
    one, other = kinds[optimizer](), kinds[optimizer]()
    rows = np.eye(10, dtype=np.float32)[y]
    for net, kind in ((alone, one), (shared, other)):
        net.losses = [
            net.train_step(X, y, optimizer=kind),
            net.train_step(X[:1], rows[:1], optimizer=kind),
            net.train_epoch(X, y, 48, optimizer=kind, shuffle_seed=5, epoch=2),
            net.train_epoch(X, rows, 48, optimizer=kind, first_batch=1, batch_count=2),
        ]
        net.fit(X, y, epochs=2, batch_size=64, optimizer=kind)
    assert alone.losses == shared.losses
    assert np.array_equal(alone.parameters, shared.parameters)
    assert alone.history == shared.history


def test_what_is_wrong_in_any_part_is_found_and_nothing_is_changed():
    X, y = samples(96, 64, 10)
    net = Digits(seed=1, threads=3)
    before = net.get_parameters()
    for sample in (0, 40, 95):
        wrong = X.copy()
        wrong[sample, 3] = np.nan
        with pytest.raises(ValueError, match=rf"X\[{sample}, 3\]"):
            net.train_step(wrong, y)
        with pytest.raises(ValueError, match=rf"X\[{sample}, 3\]"):
            net.train_epoch(wrong, y)
    wrong = X * np.float32(1e38)
    with pytest.raises(FloatingPointError):
        net.train_step(wrong, y)
    assert np.array_equal(net.parameters, before)


@pytest.mark.parametrize("count", [0, -1, 1025, 1.5, True, "2"])
def test_a_number_of_threads_that_cannot_be_is_refused(count):
    with pytest.raises(ValueError, match="threads is .*wanted a whole number from 1 to 1024"):
        Digits(threads=count)
    net = Digits()
    with pytest.raises(ValueError, match="threads"):
        net.threads = count
    assert net.threads == 1


def test_the_number_goes_with_a_copy():
    assert pickle.loads(pickle.dumps(Digits(threads=2))).threads == 2


def test_networks_train_in_teams_of_their_own_at_once():
    X, y = samples(300, 64, 10)
    expected = Digits(seed=1).fit(X, y, epochs=3).get_parameters()
    before = threads_of_process()
    nets = [Digits(seed=1, threads=2) for _ in range(4)]
    workers = [threading.Thread(target=net.fit, args=(X, y), kwargs={"epochs": 3}) for net in nets]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert all(np.array_equal(net.parameters, expected) for net in nets)
    # Threads end with the thread that they served.
    deadline = time.monotonic() + 10
    while threads_of_process() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threads_of_process() <= before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_the_threads_of_a_team_end_with_it_and_no_code_of_python_s_runs_then():
    """An exception of a signal's handler in a finalizer would be lost."""
    code = """
import os, sys, time
import numpy as np
from aotbackprop import Digits, _teams
threads = lambda: len(os.listdir("/proc/self/task"))
X, y = np.ones((64, 64)), np.arange(64) % 10
before, finalizers, lost = threads(), [], []
sys.unraisablehook = lost.append
sys.setprofile(lambda frame, event, _: finalizers.append(frame) if frame.f_code.co_name == "__del__" else None)
for count in (3, 5, 2, 4, 2):
    Digits(1, threads=count).train_step(X, y)
sys.setprofile(None)
end = time.monotonic() + 10
while threads() > before + 2 and time.monotonic() < end:
    time.sleep(0.01)
print(threads() - before, len(finalizers), len(lost), len(_teams._ends))
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert result.stdout.split() == ["2", "0", "0", "2"], result.stderr


def test_a_forked_process_has_a_team_of_its_own():
    X, y = samples(64, 64, 10)
    net = Digits(seed=1, threads=2)
    net.train_step(X, y)
    before = net.get_parameters()
    expected = Digits(seed=1)
    expected.parameters = before
    expected.train_step(X, y)
    child = os.fork()
    if child == 0:
        try:
            net.train_step(X, y)
            os._exit(0 if np.array_equal(net.parameters, expected.parameters) else 1)
        finally:
            os._exit(2)
    deadline = time.monotonic() + 30
    while (done := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() < deadline:
        time.sleep(0.01)
    if done == (0, 0):
        os.kill(child, signal.SIGKILL)
    assert done == (child, 0)


def test_what_a_signal_handler_raises_comes_when_the_step_is_done():
    class Alarm(Exception):
        pass

    def alarm(*_):
        raise Alarm

    X, y = samples(8000, 784, 10)
    net = Mnist(seed=1, threads=2)
    net.train_step(X, y)
    alarms = 0
    previous = signal.signal(signal.SIGALRM, alarm)
    try:
        while alarms < 10:
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.004 + 0.001 * alarms)
                net.train_step(X, y, 1e-3)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except Alarm:
                alarms += 1
                after = net.get_parameters()
                time.sleep(0.2)
                assert np.array_equal(net.parameters, after)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def test_an_interrupt_between_the_threads_leaves_no_call_short_of_one():
    X, y = samples(64, 64, 10)
    net, expected = Digits(seed=1, threads=3), Digits(seed=1)
    steps = interrupts = 0
    deadline = time.monotonic() + 5

    def interrupt(_, frame):
        # Within the step alone: the test itself has lines that an interrupt must not leave.
        while frame is not None and frame.f_code is not Digits.train_step.__code__:
            frame = frame.f_back
        if frame is not None:
            raise KeyboardInterrupt

    previous = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.0007)
        while interrupts < 200 and time.monotonic() < deadline:
            try:
                net.train_step(X, y)
            except KeyboardInterrupt:
                interrupts += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    while steps < 100_000 and not np.array_equal(net.parameters, expected.parameters):
        expected.train_step(X, y)
        steps += 1
    assert np.array_equal(net.parameters, expected.parameters)
    assert interrupts > 0
