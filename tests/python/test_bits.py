"""The same bits: in one call or many, at each level, on threads, in child processes."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading

import aotbackprop
import digits
import numpy as np
import pytest
from test_library import LEVELS, library


@pytest.mark.parametrize("slice_batches", [1, 3, 7])
def test_slices_do_not_change_the_bits(slice_batches):
    assert digits.sha256(digits.train(slice_batches=slice_batches)) == digits.train_sha256()


def test_fit_has_the_bits_of_whole_epochs():
    X, y, _, _ = digits.load()
    net = aotbackprop.Digits(seed=7).fit(X, y, epochs=3, batch_size=32, learning_rate=0.1, shuffle_seed=7)
    assert digits.sha256(net) == digits.train_sha256()


@pytest.mark.parametrize("level", LEVELS)
def test_each_level_has_the_bits_of_every_language(level):
    environment = {**os.environ, "AOTBACKPROP_LIBRARY": library(level)}
    program = [sys.executable, digits.__file__]
    output = subprocess.run(program, env=environment, capture_output=True, text=True, check=True).stdout
    assert output.split() == [level, digits.WANTED["unfused" if level == "x86-64-v2" else "fused"]]


def test_threads_train_as_one_after_the_other():
    seeds = range(8)
    alone = [digits.train_sha256(seed) for seed in seeds]
    together: list[str | None] = [None] * 8

    def train(seed: int) -> None:
        together[seed] = digits.train_sha256(seed)

    threads = [threading.Thread(target=train, args=(seed,)) for seed in seeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone and len(set(alone)) == 8


def test_threads_infer_on_one_network(data):
    X = data[0]
    net = aotbackprop.Digits(seed=1)
    wanted, wrong = net.predict_proba(X), []

    def infer() -> None:
        for _ in range(20):
            if not np.array_equal(net.predict_proba(X), wanted):
                wrong.append(1)

    threads = [threading.Thread(target=infer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_child_processes_train(method):
    # Its first call has started the library's runtime in this process, before the fork.
    wanted = [digits.train_sha256(seed) for seed in range(4)]
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map_async(digits.train_sha256, range(4)).get(timeout=60) == wanted
    assert digits.train_sha256(3) == wanted[3]


def test_networks_travel_between_processes(data):
    net = aotbackprop.Digits(seed=1)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply_async(digits.sha256, (net,)).get(timeout=60) == digits.sha256(net)
