"""Learns handwritten digits, and says how many held-out ones it reads.

Needs the package: pip install artifacts/python/*.whl, which ./build-native.sh writes.
"""

from pathlib import Path

import numpy as np
from aotbackprop import Digits

DATA = Path(__file__).parent.parent / "Digits" / "data" / "digits.csv.gz"

# A row is 64 pixels, 0 to 16, and the digit. Every fifth is held out.
rows = np.loadtxt(DATA, delimiter=",", dtype=np.int32)
X, y = rows[:, :64] / 16, rows[:, 64]
held_out = np.arange(len(rows)) % 5 == 4

net = Digits(seed=1)
net.fit(X[~held_out], y[~held_out], epochs=30, batch_size=32, learning_rate=0.1, shuffle_seed=1)
loss, accuracy = net.evaluate(X[held_out], y[held_out])
print(f"right: {accuracy:.1%} of {held_out.sum()} held-out digits; their loss is {loss:.3f}")

# The first of them, and the hidden unit that lights up most for it: the pixels it likes, and those it dislikes.
sample = X[held_out][0]
unit = np.argmax(sample @ net.W1 + net.b1)
for pixels, weights in zip(sample.reshape(8, 8), net.W1[:, unit].reshape(8, 8)):
    ink = "".join("██" if p > 0.7 else "▒▒" if p > 0.2 else "  " for p in pixels)
    likes = "".join(" +" if w > 0.2 else " -" if w < -0.2 else "  " for w in weights)
    print(ink, likes, sep="  │")
print(f"says {net.predict([sample])[0]}, {net.predict_proba([sample]).max():.1%}")
