"""Times contestants in Python by turns, and prints one line of JSON: what race.c does, which tells how.

    race.py OPERATION SIZES BATCH FUNCTIONS REFERENCE=OBJECT NAME ...

FUNCTIONS is c/reference.c, built. The first contestant is the library called from C, in this same process.
"""

import gzip
import json
import os
import sys
import time
from itertools import pairwise
from statistics import median

import numpy as np

from contestants import BY_NAME, Reference, aligned

BLOCKS, EPOCH_BLOCKS, BLOCK_SECONDS = 41, 5, 2e-3
TOLERANCE, EPOCH_TOLERANCE = 1e-4, 0.03
CHECK_RATE, TIMED_RATE, EPOCH_RATE, ADAM_RATE = 0.5, 1e-4, 0.1, 1e-3
SPARSENESS, ADAM_STEPS = 100, 5


def read_samples():
    def bytes_of(name, header):
        with gzip.open(f"{os.environ['FASHION_MNIST']}/{name}") as file:
            return np.frombuffer(file.read(), np.uint8, offset=header)

    pixels, labels = bytes_of("train-images-idx3-ubyte.gz", 16), bytes_of("train-labels-idx1-ubyte.gz", 8)
    X = aligned((len(labels), len(pixels) // len(labels)))
    np.divide(pixels.reshape(X.shape), np.float32(255), out=X)
    return X, labels.astype(np.int32)


def draw(sizes, batch, sparse):
    """Parameters, and samples: bags of words with one input in SPARSENESS that is not zero, or rows without a zero."""
    random = np.random.default_rng(1)
    arrays = []
    for inputs, outputs in pairwise(sizes):
        arrays += [random.uniform(-1, 1, inputs * outputs) * (6 / inputs) ** 0.5, random.uniform(-0.1, 0.1, outputs)]
    X = aligned((batch, sizes[0]))
    if sparse:
        for x in X:
            words = random.choice(sizes[0], sizes[0] // SPARSENESS, replace=False)
            x[words] = np.log1p(random.geometric(0.5, len(words)))
    else:
        X[...] = 1 - random.random(X.shape, np.float32)
    return np.concatenate(arrays).astype(np.float32), X, random.integers(sizes[-1], size=batch, dtype=np.int32)


def distance(a, b):
    return np.linalg.norm(np.asarray(a, np.float64) - b) / np.linalg.norm(b)


def take_step(operation, contestant):
    """The loss before a step. Of Adam several are taken: what it keeps counts from the second on."""
    if operation != "adam":
        return contestant.step(CHECK_RATE)
    contestant.forget()
    return [float(contestant.adam_step(ADAM_RATE)) for _ in range(ADAM_STEPS)][0]


def compare(operation, name, contestant, reference, initial):
    """Loss, probabilities, and how far a step carries each array of the parameters."""
    results = []
    for one in (reference, contestant):
        one.load(initial)
        probabilities = np.array(one.forward())
        loss = float(take_step(operation, one))
        moved = one.views(np.array(one.parameters(), np.float64) - initial)
        results.append([np.array([loss]), probabilities, *moved])
    for right, came in zip(*results):
        if not distance(came, right) <= TOLERANCE:
            sys.exit(f"race.py: {name}: other numbers than the reference's")


def timer(operation, contestant, initial):
    """A function that runs the contestant so many times, and returns the seconds of one."""
    def run(runs):
        if operation in ("step", "sparse"):
            contestant.run_step(TIMED_RATE, runs)
        elif operation == "adam":
            contestant.run_adam(TIMED_RATE, runs)
        elif operation == "forward":
            contestant.run_forward(runs)
        else:
            contestant.mean_loss = float(contestant.epoch(EPOCH_RATE))

    def block(runs):
        contestant.load(initial)
        if operation == "adam":
            contestant.forget()
        if operation != "epoch":
            run(1 + runs // 8)
        start = time.process_time()
        run(runs)
        return (time.process_time() - start) / runs

    return block


def find_runs(block):
    runs = 1
    while (seconds := block(runs)) * runs < BLOCK_SECONDS / 4:
        runs *= 2
    return int(BLOCK_SECONDS / seconds) + 1


def main(operation, shape, batch, functions, first, *names):
    sizes, batch = tuple(int(size) for size in shape.split("-")), int(batch)
    reference_name, library = first.split("=")
    Reference.open(functions, library)
    initial, X, labels = draw(sizes, batch, operation == "sparse")
    contestants = {reference_name: Reference(sizes, batch)} | {name: BY_NAME[name](sizes, batch) for name in names}
    reference = contestants[reference_name]
    for name, contestant in contestants.items():
        contestant.bind(X, labels)
        compare(operation, name, contestant, reference, initial)
    if operation == "epoch":
        X, labels = read_samples()
        for contestant in contestants.values():
            contestant.bind(X, labels)

    blocks = [timer(operation, contestant, initial) for contestant in contestants.values()]
    runs = [1 if operation == "epoch" else find_runs(block) for block in blocks]
    times = [[] for _ in blocks]
    for block in range(EPOCH_BLOCKS if operation == "epoch" else BLOCKS):
        for i in range(len(blocks)):
            at = (i + block) % len(blocks)
            times[at].append(blocks[at](runs[at]))
    if operation == "epoch":
        for name, contestant in contestants.items():
            if not abs(contestant.mean_loss / reference.mean_loss - 1) <= EPOCH_TOLERANCE:
                sys.exit(f"race.py: {name}: another mean loss of the epoch than the reference's")

    seconds = {name: median(times[0]) * median(t / r for t, r in zip(own, times[0]))
               for name, own in zip(contestants, times)}
    print(json.dumps({"operation": operation, "shape": shape, "batch": batch, "seconds": seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:])
