"""The samples run as they stand."""

from __future__ import annotations

import gzip
import re
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np

SAMPLES = Path(__file__).parents[2] / "samples" / "python"


def run(name: str, *arguments: object) -> subprocess.CompletedProcess:
    command = [sys.executable, str(SAMPLES / name), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_digits():
    result = run("digits.py")
    (accuracy,) = re.findall(r"right: ([\d.]+)% of 359 held-out digits", result.stdout) or [result.stderr]
    assert float(accuracy) > 95


def test_fashion_mnist_reads_idx_files(tmp_path):
    random = np.random.default_rng(1)
    for name, count in (("train", 500), ("t10k", 100)):
        labels = random.integers(0, 10, count, dtype=np.uint8)
        images = random.integers(0, 50, (count, 28, 28), dtype=np.uint8)
        # A bright row for each class, so that there is something to learn.
        images[np.arange(count), labels * 2] = 255
        for kind, array in (("labels-idx1", labels), ("images-idx3", images)):
            head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
            (tmp_path / f"{name}-{kind}-ubyte.gz").write_bytes(gzip.compress(head + array.tobytes()))
    result = run("fashion_mnist.py", tmp_path)
    assert re.search(r"epoch 10 .* test accuracy (9\d|100)\.\d%", result.stdout), result.stderr
    assert "ankle boot" in result.stdout


def test_fashion_mnist_says_where_its_data_are(tmp_path):
    result = run("fashion_mnist.py", tmp_path)
    assert result.returncode == 1 and "apt install dataset-fashion-mnist" in result.stderr
