"""Learns to tell clothes apart: Fashion-MNIST, 60,000 pictures of 28×28 and 10,000 to test on.

Needs the package, pip install artifacts/python/*.whl, and the data: the four .gz files of
https://github.com/zalandoresearch/fashion-mnist, in Debian apt install dataset-fashion-mnist.

    fashion_mnist.py [FOLDER]
"""

import gzip
import sys
from pathlib import Path

import numpy as np
from aotbackprop import Mnist

FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/datasets/fashion-mnist")
NAMES = ["T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"]


def read(name: str) -> np.ndarray:
    """A file in the IDX format: two bytes of 0, type 8 (bytes), the dimensions' number, their sizes, the elements."""
    path = FOLDER / f"{name}.gz"
    if not path.exists():
        sys.exit(f"fashion_mnist.py: there is no '{path}': apt install dataset-fashion-mnist, or name a folder")
    content = gzip.decompress(path.read_bytes())
    dimensions = content[3]
    shape = np.frombuffer(content, ">u4", dimensions, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


X = read("train-images-idx3-ubyte").reshape(-1, 784).astype(np.float32) / 255
y = read("train-labels-idx1-ubyte")
test_X = read("t10k-images-idx3-ubyte").reshape(-1, 784).astype(np.float32) / 255
test_y = read("t10k-labels-idx1-ubyte")

net = Mnist(seed=1)
net.fit(X, y, epochs=10, batch_size=128, learning_rate=0.1, shuffle_seed=1, validation_data=(test_X, test_y))
for result in net.history:
    print(f"epoch {result.epoch:2}   loss {result.loss:.4f}   test accuracy {result.validation.accuracy:.1%}")

said = net.predict(test_X)
for number, name in enumerate(NAMES):
    print(f"{name:>10}  {np.mean(said[test_y == number] == number):.1%}")
