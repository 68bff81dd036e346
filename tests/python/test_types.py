"""Type hints: mypy finds nothing wrong with the package and a program that uses it, and what is wrong in another."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest

RIGHT = """
from pathlib import Path
from typing import Any, Optional

import numpy as np
from numpy.typing import NDArray

import aotbackprop
from aotbackprop import SGD, Adam, Digits, EpochResult, Evaluation, Gradient, ModelInfo, Network, NetworkClassifier
from aotbackprop import Checkpoint, Cosine, EarlyStopping, Plateau, Scaling, StandardScaling, StreamedTable, Table
from aotbackprop import TrainingResult, metrics, read_table


def train(kind: type[Network], X: NDArray[Any], y: list[int]) -> list[float]:
    net = kind(seed=1, threads=2, initialization="he")
    net.fit(X, y, optimizer=Adam(1e-3, (0.9, 0.99)), validation_data=(X, y), progress=None)
    return [result.loss for result in net.history]


class Mine(Digits):
    label = "mine"


X, y = np.zeros((3, 64)), [1, 2, 3]
net: Mine = Mine.load("a.safetensors").fit(X, y).initialize(3)
net.save(Path("b.safetensors"), {"epochs": "3"}, scaling=16, classes=[str(c) for c in range(10)])
gradient: Gradient = net.gradient(X, y)
rows: NDArray[np.float32] = net.W1[:, 0] + gradient.dW1[:, 0]
result: Evaluation = net.apply(gradient, optimizer=SGD(momentum=0.9)).evaluate(X, y)
last: EpochResult = net.history[-1]
held_out: Optional[Evaluation] = last.validation
info: ModelInfo = aotbackprop.read_model_info(b"c.safetensors")
net.W1 = rows[:, None] * np.ones((64, 32), np.float32)
net.threads = 2
classes: NDArray[np.int32] = Digits(1).predict(X)
model: NetworkClassifier = NetworkClassifier(Digits, optimizer=Adam()).fit(X, ["a", "b", "c"])
losses: list[float] = model.loss_curve_ + train(Digits, X, y)
table: Table = read_table(Path("a.csv"), "class", network=Digits, missing=True)
net.fit(table, schedule=Cosine(), early_stopping=EarlyStopping(3), validation_split=0.2, missing="mean")
net.fit(X, y, schedule=Plateau(0.5), checkpoint=Checkpoint("c", 5), resume=True, scaling="standard", time_limit=60)
net.fit(X, y, callbacks=[lambda network, result: result.loss < 0.1], class_weight={1: 2.0}, scaling=Scaling(16))
figures: dict[str, Any] = net.metrics(table)
right: float = metrics.accuracy(y, net.predict(X)) + net.history[-1].learning_rate
scaled: bool = isinstance(net.scaling, StandardScaling)
shown: list[dict[str, Any]] = net.history_rows()
net.fit("a.csv", weights="w", validation_data="b.csv").fit(Path("a.csv"), block_size=65536, validation_data="b.csv")
net.fit(StreamedTable("a.csv", 4096, "class", delimiter=";", weights=-2), validation_data=table.split(0.2, seed=1)[1])
ending: Optional[TrainingResult] = net.result
judged: Optional[dict[str, Any]] = None if ending is None else ending.metrics
"""

WRONG = """
from aotbackprop import Adam, Digits

optimizer = Adam()
optimizer.lr = 3
optimizer.learning_rate = "high"
Digits(seed="one")
Digits(1).fit([[0.0]], [1], optimizer=0.1)
Digits(1).W3 = 1
Digits(1).save(3)
Digits(1).fit([[0.0]], [1], schedule=0.1)
"""


@pytest.mark.skipif(not shutil.which("mypy"), reason="needs mypy")
def test_mypy_finds_what_is_wrong_and_nothing_else(tmp_path):
    (tmp_path / "right.py").write_text(RIGHT, encoding="utf-8")
    (tmp_path / "wrong.py").write_text(WRONG, encoding="utf-8")
    options = ["--strict", "--no-error-summary", "--no-color-output", "--cache-dir", tmp_path]
    options += ["--python-executable", sys.executable]
    command = ["mypy", *options, "-p", "aotbackprop", "-m", "right", "-m", "wrong"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    # scikit-learn has no types.
    found = [line for line in result.stdout.splitlines() if "sklearn" not in line and "missing-imports" not in line]
    assert [re.sub(r"(wrong.py:\d+): error: .*\[(.*)\]$", r"\1 \2", line) for line in found] == [
        "wrong.py:5 attr-defined",
        "wrong.py:6 assignment",
        "wrong.py:7 arg-type",
        "wrong.py:8 arg-type",
        "wrong.py:9 attr-defined",
        "wrong.py:10 arg-type",
        "wrong.py:11 arg-type",
    ]
