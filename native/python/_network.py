"""What every network of the library can do."""

from __future__ import annotations

import ctypes
import time
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _native

# A call cannot be interrupted while it runs in the library, so long work is done in slices of about this long.
_SLICE_SECONDS = 0.1


@dataclass(frozen=True)
class Gradient:
    """The loss of a batch and its derivative by every parameter.

    ``dW1``, ``db1``, … are views of ``values`` in the shapes of the parameters.
    """

    loss: float
    values: NDArray[np.float32]
    _sizes: tuple[int, ...]

    def __getattr__(self, name: str) -> NDArray[np.float32]:
        if name.startswith("d"):
            view = _views(self.values, self._sizes).get(name[1:])
            if view is not None:
                return view
        raise AttributeError(name)


class Network:
    """A fully connected network: hidden layers with the ReLU, softmax and cross-entropy at the end.

    ``W1``, ``b1``, … are views of the parameters, not copies: Z1 = X W1 + b1, A1 = ReLU(Z1), ….
    Inference on one object is safe from many threads at once; training is exclusive. The library works
    without the interpreter's lock.

    Parameters
    ----------
    seed
        Draws the weights uniformly from ±√(6/fan-in); biases are 0. The same seed gives the same bits everywhere.
    """

    sizes: ClassVar[tuple[int, ...]]
    _prefix: ClassVar[str]

    def __init_subclass__(cls, prefix: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if prefix is not None:
            cls._prefix = prefix
            cls.sizes = next(tuple(n["sizes"]) for n in _native.TABLE["networks"] if n["prefix"] == prefix)

    def __init__(self, seed: int = 0) -> None:
        if not hasattr(type(self), "_prefix"):
            raise TypeError("Network itself has no sizes: use one of the classes of this library")
        self._parameters = np.empty(_parameter_count(self.sizes), np.float32)
        self.initialize(seed)

    def initialize(self, seed: int) -> None:
        """Draws the weights anew, and sets the biases to 0."""
        self._call("initialize", self._parameters, _whole(seed, "seed", 0))

    @property
    def parameters(self) -> NDArray[np.float32]:
        """All parameters in the order W1, b1, W2, …: a flat view of the object's own memory."""
        return self._parameters

    @parameters.setter
    def parameters(self, values: ArrayLike) -> None:
        self._parameters[:] = _floats(values, "parameters", (self._parameters.size,), finite=True)

    def __getattr__(self, name: str) -> NDArray[np.float32]:
        parameters = self.__dict__.get("_parameters")
        view = None if parameters is None else _views(parameters, self.sizes).get(name)
        if view is None:
            raise AttributeError(f"'{type(self).__name__}' has no attribute '{name}'")
        return view

    def __setattr__(self, name: str, value: Any) -> None:
        parameters = self.__dict__.get("_parameters")
        view = None if parameters is None else _views(parameters, self.sizes).get(name)
        if view is None:
            object.__setattr__(self, name, value)
        else:
            view[:] = _floats(value, name, view.shape, finite=True)

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float32]:
        """The probabilities of the classes, N×C; each row sums to 1."""
        X = self._samples(X)
        probabilities = np.empty((len(X), self.sizes[-1]), np.float32)
        workspace = self._workspace(min(len(X), 128))
        self._call("forward", self._parameters, X, len(X), probabilities, workspace, workspace.nbytes)
        return probabilities

    def predict(self, X: ArrayLike) -> NDArray[np.int32]:
        """The most probable class of each sample, the lowest among equals."""
        X = self._samples(X)
        classes = np.empty(len(X), np.int32)
        workspace = self._workspace(min(len(X), 128))
        self._call("classify", self._parameters, X, len(X), classes, workspace, workspace.nbytes)
        return classes

    def evaluate(self, X: ArrayLike, y: ArrayLike) -> tuple[float, float]:
        """The mean cross-entropy and the accuracy, with class numbers or rows of probabilities."""
        X = self._samples(X)
        suffix, y = self._targets(y, len(X))
        loss, correct = ctypes.c_double(), ctypes.c_size_t()
        workspace = self._workspace(min(len(X), 128))
        self._call(
            "evaluate" + suffix, self._parameters, X, y, len(X), workspace, workspace.nbytes,
            ctypes.byref(loss), ctypes.byref(correct),
        )
        return loss.value, correct.value / len(X)

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """The share of samples classified correctly."""
        return self.evaluate(X, y)[1]

    def gradient(self, X: ArrayLike, y: ArrayLike) -> Gradient:
        """The mean loss of a batch and its derivative by every parameter: dZ = (A − Y)/N, dW = Aᵀ dZ, …"""
        X = self._samples(X)
        suffix, y = self._targets(y, len(X))
        values, loss = np.empty_like(self._parameters), ctypes.c_double()
        workspace = self._workspace(len(X))
        self._call(
            "gradient" + suffix, self._parameters, X, y, len(X), values, workspace, workspace.nbytes, ctypes.byref(loss)
        )
        return Gradient(loss.value, values, self.sizes)

    def train_step(self, X: ArrayLike, y: ArrayLike, learning_rate: float = 0.1) -> float:
        """One step of gradient descent on a batch; returns the loss before the update."""
        X = self._samples(X)
        suffix, y = self._targets(y, len(X))
        loss = ctypes.c_double()
        workspace = self._workspace(len(X))
        self._call(
            "train_step" + suffix, self._parameters, X, y, len(X), ctypes.byref(_native.Options(learning_rate)),
            None, 0, workspace, workspace.nbytes, ctypes.byref(loss),
        )
        return loss.value

    def partial_fit(self, X: ArrayLike, y: ArrayLike, learning_rate: float = 0.1) -> Network:
        """One step on a batch, as scikit-learn names it."""
        self.train_step(X, y, learning_rate)
        return self

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        epochs: int = 10,
        batch_size: int = 32,
        learning_rate: float = 0.1,
        shuffle_seed: int = 0,
        progress: bool = False,
    ) -> Network:
        """Trains for some epochs in shuffled batches; a short last batch counts with its own mean.

        Ctrl-C ends it within a fraction of a second, with the parameters of a whole step. ``losses`` keeps the mean
        loss of each finished epoch. ``progress`` shows a bar where tqdm is there.
        """
        X = self._samples(X)
        suffix, y = self._targets(y, len(X))
        batch_size = min(_whole(batch_size, "batch_size", 1), len(X))
        epochs = _whole(epochs, "epochs", 0)
        batches = -(-len(X) // batch_size)
        size = _native.function(f"{self._prefix}_epoch_workspace_size")(len(X), batch_size)
        workspace = np.empty(size, np.uint8)
        options = _native.Options(learning_rate)
        self.losses: list[float] = []
        slice_batches = 1
        for epoch in _progress(range(epochs), progress):
            first, total = 0, 0.0
            while first < batches:
                count = min(slice_batches, batches - first)
                loss = ctypes.c_double()
                what = _native.Epoch(batch_size, _whole(shuffle_seed, "shuffle_seed", 0), epoch, first, count)
                start = time.perf_counter()
                self._call(
                    "train_epoch" + suffix, self._parameters, X, y, len(X), ctypes.byref(what), ctypes.byref(options),
                    None, 0, workspace, size, ctypes.byref(loss), None,
                )
                elapsed = time.perf_counter() - start
                samples = min((first + count) * batch_size, len(X)) - first * batch_size
                total += loss.value * samples
                first += count
                slice_batches = max(1, min(batches, int(count * _SLICE_SECONDS / max(elapsed, 1e-6))))
            self.losses.append(total / len(X))
        return self

    def __repr__(self) -> str:
        return f"{type(self).__name__}({'-'.join(map(str, self.sizes))})"

    def _call(self, name: str, *arguments: Any) -> None:
        _native.check(_native.function(f"{self._prefix}_{name}")(*[_pointer(a) for a in arguments]))

    def _workspace(self, batch: int) -> NDArray[np.uint8]:
        return np.empty(_native.function(f"{self._prefix}_workspace_size")(batch), np.uint8)

    def _samples(self, X: ArrayLike) -> NDArray[np.float32]:
        X = _floats(X, "X", (None, self.sizes[0]), finite=True)
        if len(X) == 0:
            raise ValueError("X has no samples; wanted one or more")
        return X

    def _targets(self, y: ArrayLike, count: int) -> tuple[str, NDArray[Any]]:
        given = np.asarray(y)
        classes = self.sizes[-1]
        if given.ndim == 2:
            return "_probabilities", _floats(given, "y", (count, classes))
        if given.dtype.kind not in "iu":
            raise ValueError(f"y has dtype {given.dtype}; wanted integers, or N×{classes} probabilities")
        if given.shape != (count,):
            raise ValueError(f"y has shape {given.shape}; wanted ({count},), a class number for each sample of X")
        wrong = np.flatnonzero((given < 0) | (given >= classes))
        if wrong.size > 0:
            raise ValueError(f"y[{wrong[0]}] is {given[wrong[0]]}; wanted a class number from 0 to {classes - 1}")
        return "", np.ascontiguousarray(given, np.int32)


def _parameter_count(sizes: tuple[int, ...]) -> int:
    return sum((inputs + 1) * outputs for inputs, outputs in zip(sizes, sizes[1:]))


def _views(flat: NDArray[np.float32], sizes: tuple[int, ...]) -> dict[str, NDArray[np.float32]]:
    views, offset = {}, 0
    for layer, (inputs, outputs) in enumerate(zip(sizes, sizes[1:]), 1):
        views[f"W{layer}"] = flat[offset : offset + inputs * outputs].reshape(inputs, outputs)
        offset += inputs * outputs
        views[f"b{layer}"] = flat[offset : offset + outputs]
        offset += outputs
    return views


def _floats(values: ArrayLike, name: str, shape: tuple[int | None, ...], finite: bool = False) -> NDArray[np.float32]:
    """The values as dense float32 of a shape, converted where nothing but precision can be lost."""
    given = np.asarray(values)
    if given.dtype.kind not in "fiu":
        raise ValueError(f"{name} has dtype {given.dtype}; wanted float32, or what converts to it safely")
    fits = given.ndim == len(shape) and all(want in (None, come) for want, come in zip(shape, given.shape))
    if not fits:
        wanted = ", ".join("N" if size is None else str(size) for size in shape)
        raise ValueError(f"{name} has shape {given.shape}; wanted ({wanted}{',' if len(shape) == 1 else ''})")
    with np.errstate(over="ignore"):
        dense = np.ascontiguousarray(given, np.float32)
    if finite and not np.isfinite(dense).all():
        raise ValueError(f"{name} holds what is not finite in float32; wanted finite numbers")
    return dense


def _whole(value: int, name: str, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} is {value!r}; wanted a whole number of {least} or more")
    return int(value)


def _pointer(argument: Any) -> Any:
    return argument.ctypes.data if isinstance(argument, np.ndarray) else argument


def _progress(epochs: range, wanted: bool) -> Any:
    if wanted:
        try:
            from tqdm import tqdm
        except ImportError:
            return epochs
        return tqdm(epochs, unit="epoch")
    return epochs
