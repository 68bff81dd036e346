"""The C library: the one module that knows ctypes. The contract is in the library's headers."""

from __future__ import annotations

import ctypes
import json
import os
import platform
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _arguments, _teams
from ._optimizers import Descent

# The ABI that this package is written for.
_ABI_VERSION = 1

_HERE = Path(__file__).parent
_TABLE: dict[str, Any] = json.loads((_HERE / "table.json").read_text(encoding="utf-8"))
LIBRARY: str = _TABLE["library"]
SIZES: dict[str, tuple[int, ...]] = {entry["prefix"]: tuple(entry["sizes"]) for entry in _TABLE["networks"]}
_STATUS: dict[str, int] = _TABLE["statuses"]

INITIALIZATIONS: dict[str, int] = _TABLE["initializations"]
DEFAULT_INITIALIZATION: str = _TABLE["default_initialization"]
_TYPES = {
    "int32": ctypes.c_int32,
    "uint64": ctypes.c_uint64,
    "size": ctypes.c_size_t,
    "text": ctypes.c_char_p,
    "pointer": ctypes.c_void_p,
}
_SIZE_MAX = ctypes.c_size_t(-1).value


class _Options(ctypes.Structure):
    """How to train: LIBRARY_options of the header."""

    _fields_ = [
        ("size", ctypes.c_size_t),
        ("learning_rate", ctypes.c_float),
        ("optimizer", ctypes.c_int32),
        ("momentum", ctypes.c_float),
        ("beta1", ctypes.c_float),
        ("beta2", ctypes.c_float),
        ("epsilon", ctypes.c_float),
        ("weight_decay", ctypes.c_float),
        ("clip_norm", ctypes.c_float),
    ]


class _Epoch(ctypes.Structure):
    """Which batches of which epoch to train on: LIBRARY_epoch of the header."""

    _fields_ = [
        ("size", ctypes.c_size_t),
        ("batch_size", ctypes.c_size_t),
        ("seed", ctypes.c_uint64),
        ("epoch", ctypes.c_uint64),
        ("first_batch", ctypes.c_size_t),
        ("batch_count", ctypes.c_size_t),
        ("stop", ctypes.c_void_p),
    ]


class _Barrier(ctypes.Structure):
    """Where the threads of a team meet: LIBRARY_barrier of the header."""

    _fields_ = [("words", ctypes.c_uint32 * 32)]


def _require_glibc() -> None:
    try:
        # Only glibc knows this name.
        os.confstr("CS_GNU_LIBC_VERSION")
    except (AttributeError, ValueError, OSError):
        raise ImportError(
            f"{LIBRARY} needs Linux with glibc; this is {sys.platform} on {platform.machine()}"
            + (" with another C library, such as musl" if sys.platform.startswith("linux") else "")
        ) from None


def _load() -> ctypes.CDLL:
    _require_glibc()
    # The loader needs the library by name: glibc then takes the one of the highest level that the processor has,
    # before any of them is loaded.
    override = os.environ.get(f"{LIBRARY.upper()}_LIBRARY")
    path = os.path.abspath(override) if override else str(_HERE / "lib" / f"lib{LIBRARY}_loader.so")
    try:
        library = ctypes.CDLL(path)
    except OSError as error:
        raise ImportError(
            f"{LIBRARY} could not load '{path}': {error}; this is {platform.machine()} with "
            f"{os.confstr('CS_GNU_LIBC_VERSION')}, and the package has to be one for it"
        ) from error
    try:
        abi = getattr(library, f"{LIBRARY}_abi_version")
        abi.restype, abi.argtypes = ctypes.c_int32, []
        if not abi() == _TABLE["abi_version"] == _ABI_VERSION:
            raise ImportError(
                f"{LIBRARY}: the package is for ABI {_ABI_VERSION}, its table for {_TABLE['abi_version']}, "
                f"and the library '{path}' has {abi()}"
            )
        for function in _TABLE["functions"]:
            symbol = getattr(library, function["name"])
            symbol.restype = _TYPES[function["returns"]]
            symbol.argtypes = [_TYPES[parameter] for parameter in function["parameters"]]
    except AttributeError as error:
        raise ImportError(f"'{path}' is no library of this package: {error}") from error
    return library


_LIBRARY = _load()


def _function(prefix: str, name: str) -> Any:
    return getattr(_LIBRARY, f"{prefix}_{name}")


def version() -> str:
    """The version of the library."""
    return str(_function(LIBRARY, "version")().decode())


def abi_version() -> int:
    """The version of the C interface."""
    return int(_function(LIBRARY, "abi_version")())


def instruction_set_level() -> str:
    """The processors that the loaded library was compiled for, such as ``x86-64-v3``."""
    return str(_function(LIBRARY, "instruction_set_level")().decode())


def self_test() -> None:
    """Checks on this machine how the processor rounds, and a gradient of each network against differences.

    Raises
    ------
    RuntimeError
        One of them is wrong. The processor flushes denormals where code built with ``-ffast-math`` told it to.
    """
    _check(_function(LIBRARY, "self_test")())


def _check(status: int, X: NDArray[np.float32] | None = None, y: NDArray[Any] | None = None) -> None:
    """Raises what a status means, and names the culprit in X or y."""
    if status == _STATUS["OK"]:
        return
    message = str(_function(LIBRARY, "status_message")(status).decode())
    if status == _STATUS["INPUT_NOT_FINITE"] and X is not None:
        raise ValueError(_arguments.not_finite(X, "X"))
    if status == _STATUS["INVALID_PROBABILITIES"] and y is not None:
        raise ValueError(_arguments.not_probabilities(y, "y"))
    if status == _STATUS["NOT_FINITE"]:
        raise FloatingPointError(message)
    if status in (_STATUS["FLOATING_POINT_ENVIRONMENT"], _STATUS["SELF_TEST_FAILED"]):
        raise RuntimeError(message)
    if status == _STATUS["OUT_OF_MEMORY"]:
        raise MemoryError(message)
    raise ValueError(message)


class _Workspace(threading.local):
    """Each thread's scratch memory. It holds nothing between calls."""

    # Beyond this, memory is taken for a call and given back.
    _KEPT = 64 << 20

    _buffer = np.empty(0, np.uint8)

    def of(self, size: int) -> NDArray[np.uint8]:
        if size == _SIZE_MAX:
            raise MemoryError("no memory could hold the scratch space for so many samples")
        if size > self._KEPT:
            return np.empty(size, np.uint8)
        if self._buffer.nbytes < size:
            self._buffer = np.empty(size, np.uint8)
        return self._buffer


_workspace = _Workspace()


def _pointer(array: NDArray[Any]) -> int:
    return int(array.__array_interface__["data"][0])


def _options(optimizer: Descent) -> Any:
    return ctypes.byref(_Options(size=ctypes.sizeof(_Options), **optimizer._numbers()))


def _call(
    function: Any, data: tuple[Any, ...], threads: int, scratch: tuple[Any, ...], keeping: tuple[NDArray[Any], ...]
) -> Callable[[int], int]:
    """What each thread of a team calls with its rank. It keeps the arrays, of which the library has addresses alone."""
    barrier = _Barrier()

    def call(rank: int, keeping: tuple[NDArray[Any], ...] = keeping) -> int:
        return int(function(*data, rank, threads, ctypes.byref(barrier), *scratch))

    return call


class NetworkFunctions:
    """The functions of one network over arrays, which must be dense, aligned, of the right types and shapes.

    Targets are class numbers where they are int32, and probabilities where they are float32. ctypes lets other Python
    threads run while the library computes.
    """

    # Samples for which inference gets scratch memory; more of them go through it in parts.
    _PART = 128

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._workspace_size = _function(prefix, "workspace_size")
        self._team_workspace_size = _function(prefix, "team_workspace_size")
        self._team_epoch_workspace_size = _function(prefix, "team_epoch_workspace_size")

    def initialize(self, parameters: NDArray[np.float32], seed: int, initialization: str) -> None:
        initialize = _function(self._prefix, "initialize_with")
        _check(initialize(_pointer(parameters), seed, INITIALIZATIONS[initialization]))

    def forward(
        self, parameters: NDArray[np.float32], X: NDArray[np.float32], probabilities: NDArray[np.float32]
    ) -> None:
        self._infer("forward", parameters, X, probabilities)

    def classify(self, parameters: NDArray[np.float32], X: NDArray[np.float32], classes: NDArray[np.int32]) -> None:
        self._infer("classify", parameters, X, classes)

    def _infer(self, name: str, parameters: NDArray[Any], X: NDArray[np.float32], out: NDArray[Any]) -> None:
        workspace = self._scratch(min(len(X), self._PART))
        status = _function(self._prefix, name)(
            _pointer(parameters), _pointer(X), len(X), _pointer(out), _pointer(workspace), workspace.nbytes
        )
        _check(status, X)

    def evaluate(
        self, parameters: NDArray[np.float32], X: NDArray[np.float32], y: NDArray[Any]
    ) -> tuple[float, int]:
        """The mean loss, and how many samples are classified correctly."""
        workspace = self._scratch(min(len(X), self._PART))
        loss, correct = ctypes.c_double(), ctypes.c_size_t()
        status = self._for(y, "evaluate")(
            _pointer(parameters), _pointer(X), _pointer(y), len(X), _pointer(workspace), workspace.nbytes,
            ctypes.byref(loss), ctypes.byref(correct),
        )  # fmt: skip
        _check(status, X, y)
        return loss.value, correct.value

    def gradient(
        self,
        parameters: NDArray[np.float32],
        X: NDArray[np.float32],
        y: NDArray[Any],
        gradient: NDArray[np.float32],
    ) -> float:
        workspace = self._scratch(len(X))
        loss = ctypes.c_double()
        status = self._for(y, "gradient")(
            _pointer(parameters), _pointer(X), _pointer(y), len(X), _pointer(gradient),
            _pointer(workspace), workspace.nbytes, ctypes.byref(loss),
        )  # fmt: skip
        _check(status, X, y)
        return loss.value

    def state(self, optimizer: Descent, network: Any) -> tuple[Any, int | None, int]:
        """Options, and what the optimizer keeps: its address and size."""
        options = _options(optimizer)
        size = _function(self._prefix, "optimizer_state_size")(options)
        state = optimizer._state_for(network, size)
        return options, None if state is None or state.nbytes == 0 else _pointer(state), 0 if state is None else state.nbytes

    def apply(
        self,
        parameters: NDArray[np.float32],
        gradient: NDArray[np.float32],
        optimizer: Descent,
        network: Any,
    ) -> None:
        apply = _function(self._prefix, "apply")
        _check(apply(_pointer(parameters), _pointer(gradient), *self.state(optimizer, network)))

    def train_step(
        self,
        parameters: NDArray[np.float32],
        X: NDArray[np.float32],
        y: NDArray[Any],
        optimizer: Descent,
        network: Any,
        threads: int,
    ) -> float:
        workspace = _workspace.of(self._team_workspace_size(len(X), threads))
        loss = ctypes.c_double()
        data = _pointer(parameters), _pointer(X), _pointer(y), len(X), *self.state(optimizer, network)
        scratch = _pointer(workspace), workspace.nbytes, ctypes.byref(loss)
        if threads == 1:
            status = self._for(y, "train_step")(*data, *scratch)
        else:
            step = self._for(y, "team_train_step")
            status = _teams.run(threads, _call(step, data, threads, scratch, (parameters, X, y, workspace)))
        _check(status, X, y)
        return loss.value

    def train_epoch(
        self,
        parameters: NDArray[np.float32],
        X: NDArray[np.float32],
        y: NDArray[Any],
        batch_size: int,
        optimizer: Descent,
        network: Any,
        seed: int,
        epoch: int,
        first_batch: int,
        batch_count: int,
        threads: int,
    ) -> float:
        """The mean loss over the samples of a range of batches; a range of none validates all of the data."""
        batches = -(-len(X) // batch_size)
        # To the library, a count of 0 is all from the first on: behind the last there is none.
        first = first_batch if batch_count > 0 else batches
        range_ = _Epoch(ctypes.sizeof(_Epoch), batch_size, seed, epoch, first, batch_count, None)
        workspace = _workspace.of(self._team_epoch_workspace_size(len(X), batch_size, threads))
        loss, done = ctypes.c_double(), ctypes.c_size_t()
        data = (
            _pointer(parameters), _pointer(X), _pointer(y), len(X), ctypes.byref(range_), *self.state(optimizer, network),
        )  # fmt: skip
        scratch = _pointer(workspace), workspace.nbytes, ctypes.byref(loss), ctypes.byref(done)
        if threads == 1:
            status = self._for(y, "train_epoch")(*data, *scratch)
        else:
            train = self._for(y, "team_train_epoch")
            status = _teams.run(threads, _call(train, data, threads, scratch, (parameters, X, y, workspace)))
        try:
            _check(status, X, y)
        except FloatingPointError as error:
            raise FloatingPointError(
                f"{error}, in batch {first + done.value} of epoch {epoch}; the updates before it stay. "
                "A lower learning rate or inputs nearer to 0 may help"
            ) from None
        return loss.value

    def _scratch(self, batch: int) -> NDArray[np.uint8]:
        return _workspace.of(self._workspace_size(batch))

    def _for(self, y: NDArray[Any], name: str) -> Any:
        return _function(self._prefix, name if y.dtype == np.int32 else f"{name}_probabilities")
