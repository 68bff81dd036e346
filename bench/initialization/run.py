#!/usr/bin/env python3
"""Trains networks from each of the library's first weights, and prints a line of CSV for each run.

    run.py [SET ...] [--processes N]        default: all sets, two processes

docs/initialization.md tells what is measured; publish.py makes the tables of it.
"""
import argparse
import csv
import gzip
import sys
from functools import cache
from multiprocessing import Pool
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from initialization import SGD, Adam, Cancer, Deep, Digits, Fashion, Iris, Wine

FASHION = Path("/usr/share/datasets/fashion-mnist")
FASHION_SAMPLES = 10_000
HELD_OUT, BATCH = 0.3, 32
INITIALIZATIONS = "he", "glorot", "scikit_learn", "pytorch", "he_small_output"
# He's weights, those of the output layer times this.
OUTPUT_FACTORS = {"0.03": 0.03, "0.1": 0.1, "0.3": 0.3, "1/sqrt(6)": 6**-0.5}
STARTS = [(name, None) for name in INITIALIZATIONS] + [("he", factor) for factor in OUTPUT_FACTORS]
OPTIMIZERS = {"sgd": lambda: SGD(0.1), "adam": lambda: Adam(1e-3)}
COLUMNS = "set", "optimizer", "initialization", "output_factor", "seed", "held_out", "right", "loss"


def read_fashion():
    def bytes_of(name, header):
        with gzip.open(FASHION / f"{name}.gz") as file:
            return np.frombuffer(file.read(), np.uint8, offset=header)

    labels = bytes_of("train-labels-idx1-ubyte", 8)
    pixels = bytes_of("train-images-idx3-ubyte", 16).reshape(len(labels), -1)
    return pixels[:FASHION_SAMPLES] / np.float32(255), labels[:FASHION_SAMPLES].astype(np.int32)


def read_digits():
    X, y = load_digits(return_X_y=True)
    return X / 16, y


def read_wine_scaled():
    X, y = load_wine(return_X_y=True)
    return StandardScaler().fit_transform(X), y


class Set:
    def __init__(self, network, read, scaled=False, epochs=30, seeds=30, optimizers=tuple(OPTIMIZERS)):
        self.network, self.scaled, self.epochs, self.seeds, self.optimizers = network, scaled, epochs, seeds, optimizers
        self.samples = cache(read)

    def split(self, seed):
        X, y = self.samples()
        X, X_held_out, y, y_held_out = train_test_split(X, y, test_size=HELD_OUT, random_state=seed, stratify=y)
        if self.scaled:
            scaler = StandardScaler().fit(X)
            X, X_held_out = scaler.transform(X), scaler.transform(X_held_out)
        return X.astype(np.float32), y, X_held_out.astype(np.float32), y_held_out

    def start(self, initialization, factor, seed):
        net = self.network(seed=seed, initialization=initialization)
        if factor is not None:
            getattr(net, f"W{len(net.sizes) - 1}")[:] *= np.float32(OUTPUT_FACTORS[factor])
        return net


SETS = {
    "iris": Set(Iris, lambda: load_iris(return_X_y=True), scaled=True),
    "wine": Set(Wine, lambda: load_wine(return_X_y=True), scaled=True),
    "breast cancer": Set(Cancer, lambda: load_breast_cancer(return_X_y=True), scaled=True),
    "digits": Set(Digits, read_digits),
    "digits, deep": Set(Deep, read_digits),
    # All of it scaled at once, and more seeds: one figure that has to reach a level.
    "wine, scaled before": Set(Wine, read_wine_scaled, seeds=60, optimizers=("adam",)),
    "Fashion-MNIST": Set(Fashion, read_fashion, epochs=10),
}


def train(task):
    """The rows of all starts with one split, so that they differ in nothing else."""
    name, optimizer, seed = task
    set_ = SETS[name]
    X, y, X_held_out, y_held_out = set_.split(seed)
    rows = []
    for initialization, factor in STARTS:
        net = set_.start(initialization, factor, seed)
        net.fit(X, y, set_.epochs, BATCH, optimizer=OPTIMIZERS[optimizer](), shuffle_seed=seed)
        loss, accuracy = net.evaluate(X_held_out, y_held_out)
        right = round(accuracy * len(X_held_out))
        rows.append((name, optimizer, initialization, factor or "", seed, len(X_held_out), right, f"{loss:.6f}"))
    return rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sets", nargs="*", metavar="SET", help=", ".join(SETS))
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    names = arguments.sets or list(SETS)
    if unknown := [name for name in names if name not in SETS]:
        parser.error(f"wanted some of {', '.join(SETS)}, not '{unknown[0]}'")
    tasks = [(name, optimizer, seed) for name in names for optimizer in SETS[name].optimizers
             for seed in range(SETS[name].seeds)]
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(COLUMNS)
    with Pool(arguments.processes) as pool:
        for rows in pool.imap(train, tasks):
            out.writerows(rows)
            sys.stdout.flush()


if __name__ == "__main__":
    main()
