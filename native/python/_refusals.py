"""Why the library has refused a call: what is wrong with the data, or what would overflow, and where it comes from.

The search for it runs only then.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple, Optional

import numpy as np
from numpy.typing import NDArray

from . import _arguments
from ._native import Refused
from ._optimizers import Descent

# Numbers of a layer that are looked at together.
_TOGETHER = 1 << 20

_Array = NDArray[np.float32]
_Tensors = dict[str, _Array]


def of_inputs(X: _Array) -> Exception:
    """Where inputs alone were given."""
    return _of_data(_arguments.finite, X, "X")


class Layers(NamedTuple):
    """A network as far as an explanation needs it.

    Attributes
    ----------
    tensors
        The parameters as they are, W1, b1, W2, ….
    activation, output
        The names of what Z of the layers passes through.
    """

    tensors: _Tensors
    activation: str
    output: str


def require_values(output: str, y: _Array, name: str) -> None:
    """That targets which are no class numbers are such as the output takes."""
    if output == "softmax":
        _arguments.probabilities(y, name)
    elif output == "sigmoid":
        _arguments.within(y, name, 0, 1)
    else:
        _arguments.finite(y, name)


def of_samples(
    refused: Refused,
    layers: Layers,
    X: _Array,
    y: NDArray[Any],
    descent: Optional[Descent] = None,
    which: str = "",
) -> Exception:
    """Where samples with their targets were given, and a descent where the parameters should move.

    Which is the word before X and y.
    """
    if refused.status == "INPUT_NOT_FINITE":
        return _of_data(_arguments.finite, X, f"{which}X")
    if refused.status in ("INVALID_PROBABILITIES", "TARGET_OUT_OF_RANGE"):
        return _of_data(functools.partial(require_values, layers.output), y, f"{which}y")
    return _overflow(_why(layers, X, f"{which}X", y, descent), refused)


def of_gradient(refused: Refused, tensors: _Tensors, gradient: _Array, descent: Descent) -> Exception:
    """Where a gradient should move the parameters."""
    try:
        _arguments.finite(gradient, "gradient")
    except ValueError as error:
        return _overflow(str(error), refused)
    why = _wrong_parameter(tensors) or descent._why_unsafe("the gradient", _largest(gradient), _largest_of(tensors))
    return _overflow(why or "A gradient or a parameter is not finite", refused)


def _of_data(require: Any, array: NDArray[Any], name: str) -> Exception:
    try:
        require(array, name)
    except ValueError as error:
        return error
    return ValueError(f"{name} changed while it was read")


def _overflow(why: str, refused: Refused) -> Exception:
    return FloatingPointError(f"{why}; {refused.kept}" if refused.kept else why)


def _why(layers: Layers, X: _Array, name: str, y: NDArray[Any], descent: Optional[Descent]) -> str:
    tensors = layers.tensors
    wrong = _wrong_parameter(tensors)
    if wrong is not None:
        return wrong
    with np.errstate(all="ignore"):
        A, dW, has_losses = _measure(layers, X, y)
        row, column = _place_of_largest(X)
        largest = f"{name}[{row}, {column}] is {X[row, column]:.6g}, the largest input"
        count = len(dW)
        for layer in range(1, count + 1):
            if not np.isfinite(A[layer]) or (layer == count and not has_losses):
                return (
                    f"A sum of layer {layer}, Z{layer}, is larger than a float can hold: {largest}. "
                    "Smaller inputs or parameters help"
                )
        worst = int(np.argmax(dW))
        why = None
        if descent is not None:
            why = descent._why_unsafe(f"the gradient of layer {worst + 1}", float(dW[worst]), _largest_of(tensors))
    why = why or "A loss, a gradient or an update is not finite"
    target = _largest(y) if layers.output in ("linear", "huber") else 0
    if target > abs(X[row, column]):
        return f"{why}: the largest target is {target:.6g}; targets near 1, or a smaller learning rate, are learned best"
    return f"{why}: {largest}; inputs near 1 are learned best"


def _wrong_parameter(tensors: _Tensors) -> Optional[str]:
    """The first parameter that is not finite."""
    for name, tensor in tensors.items():
        wrong = np.argwhere(~np.isfinite(tensor))
        if len(wrong) > 0:
            place = tuple(map(int, wrong[0]))
            return f"{name}[{', '.join(map(str, place))}] is {tensor[place]}; wanted finite parameters"
    return None


def _measure(network: Layers, X: _Array, y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], bool]:
    """The largest |A| of each layer, X being A[0]; the bound of |dW| of each; and whether every sample has a finite loss.

    N · dZ does not depend on the batch that a sample comes in, and so neither does the bound.
    """
    tensors = network.tensors
    W, b = list(tensors.values())[::2], list(tensors.values())[1::2]
    layers = len(W)
    largest, bounds, has_losses = np.zeros(layers + 1), np.zeros(layers), True
    for part in _parts(len(X), max(X.shape[1], *map(len, b))):
        A, slopes = [X[part]], []
        for layer in range(layers - 1):
            activation, slope = _activated(network.activation, A[-1] @ W[layer] + b[layer])
            A.append(activation)
            slopes.append(slope)
        losses, dZ = _differentiated(network.output, A[-1] @ W[-1] + b[-1], y[part])
        has_losses &= bool(np.isfinite(losses).all())
        for layer in reversed(range(layers)):
            # NaN is the largest of all.
            entering = _largest(A[layer])
            largest[layer] = np.maximum(largest[layer], entering)
            bounds[layer] = np.maximum(bounds[layer], np.float64(_largest(dZ)) * np.maximum(1, entering))
            dZ = (dZ @ W[layer].T) * (slopes[layer - 1] if layer > 0 else 1)
    return largest, bounds, has_losses


def _activated(activation: str, Z: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """A of a hidden layer, and f′(Z), both as large as they are; small numbers may be a little off."""
    if activation == "identity":
        return Z, np.ones_like(Z)
    if activation in ("tanh", "sigmoid"):
        S = 1 / (1 + np.exp(-Z))
        return (S, S * (1 - S)) if activation == "sigmoid" else (np.tanh(Z), 1 - np.square(np.tanh(Z)))
    # The others follow the ReLU where Z is large.
    return np.maximum(Z, 0), (Z > 0).astype(np.float32)


def _differentiated(output: str, Z: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """The loss of each output of each sample, and N dZ."""
    if output == "softmax":
        # Labels as they are now: what became of them since they were found valid does no harm here.
        classes = Z.shape[1]
        Y = (np.arange(classes) == (y % classes)[:, None]).astype(np.float32) if y.ndim == 1 else y
        Z = Z - Z.max(axis=1, keepdims=True)
        powers = np.exp(Z)
        sums = powers.sum(axis=1, keepdims=True)
        return np.where(Y > 0, Y * (np.log(sums) - Z), 0), powers / sums - Y
    Y = y[:, None] if y.ndim == 1 else y
    if output == "sigmoid":
        return np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z))), 1 / (1 + np.exp(-Z)) - Y
    # In double, as the library has it.
    error = Z.astype(np.float64) - Y
    return np.square(error) / 2, Z - Y


def _place_of_largest(X: _Array) -> tuple[int, int]:
    place, largest = 0, np.float32(-1)
    for part in _parts(len(X), X.shape[1]):
        inputs = np.abs(X[part])
        index = int(np.argmax(inputs))
        if inputs.flat[index] > largest:
            place, largest = part.start * X.shape[1] + index, inputs.flat[index]
    return divmod(place, X.shape[1])


def _parts(count: int, width: int) -> list[slice]:
    size = max(1, _TOGETHER // width)
    return [slice(first, first + size) for first in range(0, count, size)]


def _largest(array: _Array) -> float:
    return float(np.maximum(array.max(), -array.min()))


def _largest_of(tensors: _Tensors) -> float:
    return max(map(_largest, tensors.values()))
