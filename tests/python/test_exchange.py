"""Model files between Python and .NET: the digits program of the samples, as the .NET runtime runs it."""

from __future__ import annotations

import gzip
import subprocess
from pathlib import Path

import numpy as np
import pytest
from aotbackprop import SGD, Adam, AdamW, Digits, Lion, Mnist, Optimizer, read_model_info
from digits import FILE, ROOT, load

PROGRAM = ROOT / "samples" / "Digits" / "bin" / "Release" / "net10.0" / "digits.dll"


def dotnet(*arguments: object) -> subprocess.CompletedProcess:
    assert PROGRAM.exists(), "wanted the sample, built: dotnet build -c Release samples/Digits"
    return subprocess.run(["dotnet", PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    """What .NET learned in three epochs."""
    file = tmp_path_factory.mktemp("dotnet") / "trained.safetensors"
    result = dotnet("train", FILE, "--epochs", 3, "--save", file)
    assert result.returncode == 0, result.stderr
    return file


def test_python_reads_what_dotnet_trained(trained, tmp_path):
    net, (_, _, held_out, _) = Digits.load(trained, scaling="ignore"), load()
    inputs = tmp_path / "inputs.csv"
    np.savetxt(inputs, held_out * 16, "%d", ",")
    said = dotnet("predict", inputs, "--model", trained)
    assert np.array_equal(np.array(said.stdout.split(), int), net.predict(held_out)), said.stderr
    info = read_model_info(trained)
    assert info.sizes == (64, 32, 10) and info.metadata["epochs"] == "3" and info.metadata["learning_rate"] == "0.1"


@pytest.mark.parametrize(
    ("name", "optimizer"),
    [
        ("sgd", SGD()),
        ("momentum", SGD(momentum=0.9)),
        ("nesterov", SGD(momentum=0.9, nesterov=True)),
        ("adam", Adam()),
        ("adamw", AdamW()),
        ("lion", Lion()),
    ],
)
def test_an_optimizer_has_the_same_defaults_and_bits(name: str, optimizer: Optimizer, tmp_path):
    file = tmp_path / "dotnet.safetensors"
    result = dotnet("train", FILE, "--epochs", 3, "--holdout", 0, "--optimizer", name, "--save", file)
    assert result.returncode == 0, result.stderr
    rows = np.loadtxt(FILE, delimiter=",", dtype=np.int32)
    X, y = rows[:, :64] / np.float32(16), rows[:, 64]
    net = Digits().fit(X, y, epochs=3, optimizer=optimizer)
    assert np.array_equal(net.parameters, Digits.load(file, scaling="ignore").parameters)


def test_both_write_the_same_file(trained, tmp_path):
    info = read_model_info(trained)
    net = Digits.load(trained, scaling="ignore")
    net.save(tmp_path / "python.safetensors", info.facts, scaling=info.scaling, classes=info.classes)
    assert (tmp_path / "python.safetensors").read_bytes() == trained.read_bytes()


def test_dotnet_reads_what_python_trained(tmp_path):
    X, y, held_out, right = load()
    net = Digits(seed=1).fit(X, y, epochs=5)
    net.save(tmp_path / "python.safetensors", {"note": "from Python"})
    rows = [row for number, row in enumerate(gzip.open(FILE, "rt")) if number % 5 == 4]
    (tmp_path / "held_out.csv").write_text("".join(rows))
    result = dotnet("evaluate", tmp_path / "held_out.csv", "--model", tmp_path / "python.safetensors")
    assert f"{net.score(held_out, right):.4f}" in result.stdout, result.stdout + result.stderr
    assert "from Python" in dotnet("info", "--model", tmp_path / "python.safetensors").stdout


def test_dotnet_refuses_another_network(tmp_path):
    Mnist(seed=1).save(tmp_path / "mnist.safetensors")
    result = dotnet("evaluate", FILE, "--model", tmp_path / "mnist.safetensors")
    assert result.returncode == 1 and "784-128-10" in result.stderr
