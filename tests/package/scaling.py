"""scaling.py PROGRAM DATA: a scaling that the program fits has the bits and the text of Python's, which needs no library for
it; with numbers that .NET and Python write differently. Prints 'ok' lines."""

import importlib
import json
import os
import subprocess
import sys
import types

import numpy as np

program, data = sys.argv[1:]
package = types.ModuleType("product")
package.__path__ = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../native/python")]
sys.modules["product"] = package
scaling, split = importlib.import_module("product._scaling"), importlib.import_module("product._split")


def kept(name):
    """The scaling of a model file."""
    content = open(name, "rb").read()
    return json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])["__metadata__"]["scaling"]


rows = np.loadtxt(data, delimiter=",")
X, y = rows[:, :64] * 1.1e15 / 7, rows[:, 64].astype(np.int32)
X[:, 3] = X[:, 3] * 9 + 1e16
with open("large.csv", "w") as file:
    for row, label in zip(X, y):
        file.write(",".join(map(repr, map(float, row))) + f",{label}\n")
held_out = split.held_out(y, split.share_of(0.2), 0)
for kind in ("standard", "minmax"):
    train = [program, "train", "large.csv", "--scaling", kind, "--epochs", "1", "--quiet", "--save", "large.safetensors"]
    subprocess.run(train, check=True, stdout=subprocess.DEVNULL)
    wanted = scaling.text(scaling.fitted(kind, lambda: [X[~held_out]], X.shape[1]))
    assert kept("large.safetensors") == wanted, (kind, kept("large.safetensors"), wanted)
    print(f"ok      '{kind}' is Python's to the last digit")
