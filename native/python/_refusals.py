"""Why the library has refused a call: what is wrong with the data, or what would overflow, and where it comes from.

The search for it runs only then.
"""

from __future__ import annotations

from typing import Any, Optional

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


def of_samples(
    refused: Refused,
    tensors: _Tensors,
    X: _Array,
    y: NDArray[Any],
    descent: Optional[Descent] = None,
    which: str = "",
) -> Exception:
    """Where samples with their targets were given, and a descent where the parameters should move.

    The tensors are the parameters as they are, W1, b1, W2, …; which is the word before X and y.
    """
    if refused.status == "INPUT_NOT_FINITE":
        return _of_data(_arguments.finite, X, f"{which}X")
    if refused.status == "INVALID_PROBABILITIES":
        return _of_data(_arguments.probabilities, y, f"{which}y")
    return _overflow(_why(tensors, X, f"{which}X", y, descent), refused)


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


def _why(tensors: _Tensors, X: _Array, name: str, y: NDArray[Any], descent: Optional[Descent]) -> str:
    wrong = _wrong_parameter(tensors)
    if wrong is not None:
        return wrong
    with np.errstate(all="ignore"):
        A, dW, has_losses = _measure(tensors, X, y)
        row, column = _place_of_largest(X)
        largest = f"{name}[{row}, {column}] is {X[row, column]:.6g}, the largest input"
        layers = len(dW)
        for layer in range(1, layers + 1):
            if not np.isfinite(A[layer]) or (layer == layers and not has_losses):
                return (
                    f"A sum of layer {layer}, Z{layer}, is larger than a float can hold: {largest}. "
                    "Smaller inputs or parameters help"
                )
        worst = int(np.argmax(dW))
        why = None
        if descent is not None:
            why = descent._why_unsafe(f"the gradient of layer {worst + 1}", float(dW[worst]), _largest_of(tensors))
    return f"{why or 'A loss, a gradient or an update is not finite'}: {largest}; inputs near 1 are learned best"


def _wrong_parameter(tensors: _Tensors) -> Optional[str]:
    """The first parameter that is not finite."""
    for name, tensor in tensors.items():
        wrong = np.argwhere(~np.isfinite(tensor))
        if len(wrong) > 0:
            place = tuple(map(int, wrong[0]))
            return f"{name}[{', '.join(map(str, place))}] is {tensor[place]}; wanted finite parameters"
    return None


def _measure(tensors: _Tensors, X: _Array, y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], bool]:
    """The largest |A| of each layer, X being A[0]; the bound of |dW| of each; and whether every sample has a finite loss.

    N · dZ does not depend on the batch that a sample comes in, and so neither does the bound.
    """
    W, b = list(tensors.values())[::2], list(tensors.values())[1::2]
    layers, classes = len(W), len(b[-1])
    largest, bounds, has_losses = np.zeros(layers + 1), np.zeros(layers), True
    for part in _parts(len(X), max(X.shape[1], *map(len, b))):
        A, Y = [X[part]], y[part]
        if Y.ndim == 1:
            # Labels as they are now: what became of them since they were found valid does no harm here.
            Y = (np.arange(classes) == (Y % classes)[:, None]).astype(np.float32)
        for layer in range(layers - 1):
            A.append(np.maximum(A[-1] @ W[layer] + b[layer], 0))
        Z = A[-1] @ W[-1] + b[-1]
        Z = Z - Z.max(axis=1, keepdims=True)
        powers = np.exp(Z)
        sums = powers.sum(axis=1, keepdims=True)
        has_losses &= bool(np.isfinite(np.where(Y > 0, Y * (np.log(sums) - Z), 0)).all())
        dZ = powers / sums - Y
        for layer in reversed(range(layers)):
            # NaN is the largest of all.
            entering = _largest(A[layer])
            largest[layer] = np.maximum(largest[layer], entering)
            bounds[layer] = np.maximum(bounds[layer], np.float64(_largest(dZ)) * np.maximum(1, entering))
            dZ = (dZ @ W[layer].T) * (A[layer] > 0)
    return largest, bounds, has_losses


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
