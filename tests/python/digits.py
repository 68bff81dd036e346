"""The digits: learned in the way that C, .NET and Python have to agree on to the last bit.

Run as a program, it prints the level of the library and the SHA-256 of the parameters.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
FILE = ROOT / "samples" / "Digits" / "data" / "digits.csv.gz"

# The SHA-256 of the parameters that every language has to reach: with fused multiply-adds, and without.
WANTED = dict(map(str.split, (ROOT / "tests" / "golden" / "digits-three-epochs.sha256").read_text().splitlines()))


def load():
    rows = np.loadtxt(FILE, delimiter=",", dtype=np.int32)
    X, y = rows[:, :64].astype(np.float32) / 16, rows[:, 64].copy()
    held_out = np.arange(len(rows)) % 5 == 4
    return X[~held_out], y[~held_out], X[held_out], y[held_out]


def sha256(network) -> str:
    return hashlib.sha256(network.parameters.tobytes()).hexdigest()


def train(seed: int = 7, slice_batches: int | None = None):
    """Three epochs in batches of 32; in one call for each, or in ranges of so many batches."""
    import aotbackprop

    X, y, _, _ = load()
    network = aotbackprop.Digits(seed=seed)
    batches = -(-len(X) // 32)
    for epoch in range(3):
        step = batches if slice_batches is None else slice_batches
        for first in range(0, batches, step):
            network.train_epoch(
                X, y, 32, 0.1, shuffle_seed=7, epoch=epoch, first_batch=first, batch_count=min(step, batches - first)
            )
    return network


def train_sha256(seed: int = 7) -> str:
    return sha256(train(seed))


if __name__ == "__main__":
    import aotbackprop

    print(aotbackprop.instruction_set_level(), train_sha256())
