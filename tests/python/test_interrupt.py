"""Ctrl-C in the middle of a long fit, in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

PROGRAM = """
import sys
import numpy as np
from aotbackprop import Mnist

class_count, batch = 10, {batch}
random = np.random.default_rng(1)
X = random.random(({samples}, 784), dtype=np.float32)
y = random.integers(0, class_count, len(X))
net = Mnist(seed=1, threads={threads})
net.train_step(X[:batch], y[:batch], 0.0)
print("training", flush=True)
try:
    net.fit(X, y, epochs=1_000_000, batch_size=batch, learning_rate=0.01, progress=False)
except KeyboardInterrupt:
    print("stopped", flush=True)
else:
    sys.exit("fit was not interrupted")

# What came of it is what some number of whole steps makes.
again = Mnist(seed=1)
epochs = len(net.history)
for epoch in range(epochs):
    again.train_epoch(X, y, batch, 0.01, epoch=epoch)
steps = 0
while not np.array_equal(again.parameters, net.parameters):
    again.train_epoch(X, y, batch, 0.01, epoch=epochs, first_batch=steps, batch_count=1)
    steps += 1
print("after", epochs, "epochs and", steps, "steps", flush=True)
"""


@pytest.mark.parametrize(
    ("samples", "batch", "delay", "threads"),
    [(30_000, 128, 0.3, 1), (30_000, 2_000, 1.5, 1), (2_000, 16, 1.0, 1), (30_000, 128, 0.7, 2)],
    ids=["early", "large batches", "many epochs", "two threads"],
)
def test_ctrl_c_ends_fit_within_a_second_after_a_whole_step(samples, batch, delay, threads):
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(samples=samples, batch=batch, threads=threads)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A child of a background job would ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    try:
        assert child.stdout.readline() == "training\n", child.stderr.read()
        time.sleep(delay)
        os.kill(child.pid, signal.SIGINT)
        start = time.monotonic()
        assert child.stdout.readline() == "stopped\n"
        elapsed = time.monotonic() - start
        assert elapsed < 1.0
        output, errors = child.communicate(timeout=120)
        assert output.startswith("after ") and child.returncode == 0, errors
    finally:
        child.kill()
        child.wait()
