"""A network in float64: the equations as they stand, naively."""

from __future__ import annotations

import numpy as np


class Reference:
    def __init__(self, network) -> None:
        self.layers = len(network.sizes) - 1
        self.W = [getattr(network, f"W{l}").astype(np.float64) for l in range(1, self.layers + 1)]
        self.b = [getattr(network, f"b{l}").astype(np.float64) for l in range(1, self.layers + 1)]

    def forward(self, X):
        """Z of each layer, and A of each layer with X before them."""
        A, Z = [np.asarray(X, np.float64)], []
        for W, b in zip(self.W, self.b):
            Z.append(A[-1] @ W + b)
            A.append(np.maximum(Z[-1], 0))
        shifted = np.exp(Z[-1] - Z[-1].max(axis=1, keepdims=True))
        A[-1] = shifted / shifted.sum(axis=1, keepdims=True)
        return Z, A

    def loss(self, X, Y) -> float:
        return float(-(Y * np.log(self.forward(X)[1][-1])).sum() / len(X))

    def gradient(self, X, Y):
        """dW1, db1, dW2, … in a dictionary."""
        Z, A = self.forward(X)
        dZ, result = (A[-1] - Y) / len(X), {}
        for l in range(self.layers, 0, -1):
            result[f"dW{l}"], result[f"db{l}"] = A[l - 1].T @ dZ, dZ.sum(axis=0)
            if l > 1:
                dZ = (dZ @ self.W[l - 1].T) * (Z[l - 2] > 0)
        return result


def one_hot(y, classes: int = 10):
    return np.eye(classes)[y]
