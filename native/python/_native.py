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
from typing import TYPE_CHECKING, Any, Optional

import numpy as np
from numpy.typing import NDArray

from . import _teams

if TYPE_CHECKING:
    from ._optimizers import Descent
    from ._targets import Targets

# The ABI that this package is written for.
_ABI_VERSION = 2

_HERE = Path(__file__).parent
_TABLE: dict[str, Any] = json.loads((_HERE / "table.json").read_text(encoding="utf-8"))
LIBRARY: str = _TABLE["library"]
# It carries a fingerprint, as the library's SONAME does: one of other sizes that is loaded can't stand in.
_FILE: str = _TABLE["file"]
SIZES: dict[str, tuple[int, ...]] = {entry["prefix"]: tuple(entry["sizes"]) for entry in _TABLE["networks"]}
OUTPUTS: dict[str, str] = {entry["prefix"]: entry["output"] for entry in _TABLE["networks"]}
ACTIVATIONS: dict[str, str] = {entry["prefix"]: entry["activation"] for entry in _TABLE["networks"]}
INITIALIZATIONS: dict[str, int] = _TABLE["initializations"]
DEFAULT_INITIALIZATIONS: dict[str, str] = {entry["prefix"]: entry["initialization"] for entry in _TABLE["networks"]}
# What the library says of each optimizer, by its name.
OPTIMIZERS: dict[str, dict[str, Any]] = {entry["name"]: entry for entry in _TABLE["optimizers"]}
_STATUS: dict[str, int] = _TABLE["statuses"]

# Bytes of what is said of options.
_LONGEST_DESCRIPTION: int = _TABLE["longest_description"]

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


class _Targets(ctypes.Structure):
    """What a network should say about samples: LIBRARY_targets of the header."""

    _fields_ = [
        ("size", ctypes.c_size_t),
        ("labels", ctypes.c_void_p),
        ("values", ctypes.c_void_p),
        ("weights", ctypes.c_void_p),
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
        ("loss_sum", ctypes.c_void_p),
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


def _paths() -> list[str]:
    """The libraries that may be loaded, the fastest first."""
    override = os.environ.get(f"{LIBRARY.upper()}_LIBRARY")
    if override:
        return [os.path.abspath(override)]
    libraries = _HERE / "lib"
    # glibc refuses a library that is marked with a level that the processor lacks, from this version on.
    version = (os.confstr("CS_GNU_LIBC_VERSION") or "").split()[-1].split(".")
    knows_levels = [int(part) for part in version if part.isdigit()] >= [2, 33]
    levels = [libraries / "glibc-hwcaps" / level for level in ("x86-64-v4", "x86-64-v3")] if knows_levels else []
    return [str(folder / _FILE) for folder in (*levels, libraries) if (folder / _FILE).exists()]


def _open() -> tuple[ctypes.CDLL, str]:
    # By its path: a library of the same name that is in the process, or that the environment names, can't stand in.
    problem: Optional[OSError] = None
    paths = _paths()
    for path in paths:
        try:
            return ctypes.CDLL(path), path
        except OSError as error:
            problem = error
    raise ImportError(
        f"{LIBRARY} could not load '{paths[-1] if paths else _HERE / 'lib'}': {problem or 'no library is there'}; this is "
        f"{platform.machine()} with {os.confstr('CS_GNU_LIBC_VERSION')}, and the package has to be one for it"
    ) from problem


def _require_fingerprints(library: ctypes.CDLL, path: str) -> None:
    """Refuses a library of other sizes, whose calls would write beyond the arrays of this package."""
    wrong = []
    for network in _TABLE["networks"]:
        function = getattr(library, f"{network['prefix']}_fingerprint", None)
        found = "none"
        if function is not None:
            function.restype, function.argtypes = ctypes.c_uint64, []
            found = f"{function():#018x}"
        if found != network["fingerprint"]:
            name, sizes = network["prefix"], "-".join(map(str, network["sizes"]))
            wrong.append(f"'{name}' is {sizes}, with the fingerprint {network['fingerprint']}, there {found}")
    if wrong:
        raise ImportError(f"{LIBRARY}: the library '{path}' is of other sizes than the package: {'; '.join(wrong)}")


def _load() -> ctypes.CDLL:
    _require_glibc()
    library, path = _open()
    try:
        abi = getattr(library, f"{LIBRARY}_abi_version")
        abi.restype, abi.argtypes = ctypes.c_int32, []
        if not abi() == _TABLE["abi_version"] == _ABI_VERSION:
            raise ImportError(
                f"{LIBRARY}: the package is for ABI {_ABI_VERSION}, its table for {_TABLE['abi_version']}, "
                f"and the library '{path}' has {abi()}"
            )
        _require_fingerprints(library, path)
        for function in _TABLE["functions"]:
            symbol = getattr(library, function["name"])
            symbol.restype = _TYPES[function["returns"]]
            symbol.argtypes = [_TYPES[parameter["type"]] for parameter in function["parameters"]]
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


class Refused(Exception):
    """A call was refused for its data or its numbers. Who has them can say which.

    Attributes
    ----------
    status : str
        INPUT_NOT_FINITE, INVALID_PROBABILITIES, TARGET_OUT_OF_RANGE or NOT_FINITE.
    kept : str
        What became of the parameters, where they were to be changed.
    """

    def __init__(self, status: str, kept: str) -> None:
        super().__init__(status)
        self.status = status
        self.kept = kept


_REFUSALS = {
    _STATUS[name]: name
    for name in ("INPUT_NOT_FINITE", "INVALID_PROBABILITIES", "TARGET_OUT_OF_RANGE", "NOT_FINITE")
}


def _describe(options: Any) -> str:
    """What is wrong with options, with the value."""
    text = ctypes.create_string_buffer(_LONGEST_DESCRIPTION)
    _function(LIBRARY, "describe_options")(options, text, len(text))
    return text.value.decode()


def _check(status: int, kept: str = "") -> None:
    """Raises what a status means."""
    if status == _STATUS["OK"]:
        return
    if status in _REFUSALS:
        raise Refused(_REFUSALS[status], kept)
    message = str(_function(LIBRARY, "status_message")(status).decode())
    if status in (_STATUS["FLOATING_POINT_ENVIRONMENT"], _STATUS["SELF_TEST_FAILED"]):
        raise RuntimeError(message)
    if status == _STATUS["OUT_OF_MEMORY"]:
        raise MemoryError(message)
    raise ValueError(message)


def first_not_finite(array: NDArray[np.float32]) -> int:
    """The index, in C order, of a dense array's first number that is not finite; its size where there is none."""
    # In pieces, between which Python sees Ctrl-C.
    piece, flat = 1 << 24, array.reshape(-1)
    for start in range(0, flat.size, piece):
        part = flat[start : start + piece]
        index = int(_function(LIBRARY, "first_not_finite")(_pointer(part), part.size))
        if index < part.size:
            return start + index
    return int(flat.size)


# An array, its address, and its bytes: to ask an array for its address takes a microsecond.
_Memory = tuple[NDArray[np.uint8], int, int]


class _Workspace(threading.local):
    """Each thread's scratch memory. It holds nothing between calls.

    Who takes it has it alone: a signal handler or a finalizer may call the library while its thread waits in a call.
    """

    # Beyond this, memory is taken for a call and given back.
    _KEPT = 64 << 20

    _idle: Optional[_Memory] = None

    def take(self, size: int) -> _Memory:
        if size == _SIZE_MAX:
            raise MemoryError("no memory could hold the scratch space for so many samples")
        if size <= self._KEPT:
            idle, self._idle = self._idle, None
            if idle is not None and idle[2] >= size:
                return idle
        array = np.empty(size, np.uint8)
        return array, _pointer(array), size

    def put_back(self, memory: _Memory) -> None:
        if memory[2] <= self._KEPT:
            self._idle = memory


_workspace = _Workspace()


def _pointer(array: NDArray[Any]) -> int:
    return int(array.__array_interface__["data"][0])


def _targets(targets: Targets) -> Any:
    y, weights = _pointer(targets.y), targets.weights
    labels, values = (y, None) if targets.are_labels else (None, y)
    return ctypes.byref(
        _Targets(ctypes.sizeof(_Targets), labels, values, None if weights is None else _pointer(weights))
    )


def _options(numbers: dict[str, Any]) -> Any:
    return ctypes.byref(_Options(size=ctypes.sizeof(_Options), **numbers))


def _call(
    function: Any, data: tuple[Any, ...], threads: int, scratch: tuple[Any, ...], keeping: tuple[Any, ...]
) -> Callable[[int], int]:
    """What each thread of a team calls with its rank. It keeps the arrays, of which the library has addresses alone."""
    barrier = _Barrier()

    def call(rank: int, keeping: tuple[Any, ...] = keeping) -> int:
        return int(function(*data, rank, threads, ctypes.byref(barrier), *scratch))

    return call


def _run(
    function: Any,
    data: tuple[Any, ...],
    size: int,
    results: tuple[Any, ...] = (),
    keeping: tuple[Any, ...] = (),
    threads: int = 1,
) -> int:
    """The status of a function that is given data, so many bytes of scratch memory, and where its results go."""
    workspace = _workspace.take(size)
    try:
        scratch = *workspace[1:], *results
        if threads == 1:
            return int(function(*data, *scratch))
        return _teams.run(threads, _call(function, data, threads, scratch, (workspace, *keeping)))
    finally:
        _workspace.put_back(workspace)


class Progress:
    """What a call that trains has done, which the library writes: known even where the call's return is interrupted.

    Parameters
    ----------
    loss_sum : float
        The epoch's losses until then, each times the sum of its batch's weights.
    weight : float, optional
        Of a single step the sum of its weights.
    """

    def __init__(self, loss_sum: float, weight: float | None = None) -> None:
        self._before = loss_sum
        self._weight = weight
        self.sum = ctypes.c_double(loss_sum)
        self.batches = ctypes.c_size_t()
        # No step leaves it so.
        self.loss = ctypes.c_double(float("nan"))

    @property
    def done(self) -> int:
        """The batches that have been trained on."""
        return self.batches.value if self._weight is None else int(self.loss.value == self.loss.value)

    @property
    def loss_sum(self) -> float:
        """The sum with what has been trained on."""
        if self._weight is None:
            return self.sum.value
        return self._before + self.loss.value * self._weight if self.done else self._before


def kept(epoch: int, batch: int) -> str:
    """What became of the parameters where an epoch met a batch that was refused; people count both from 1."""
    return f"this was in batch {batch + 1} of epoch {epoch + 1}; the updates before it stay"


class NetworkFunctions:
    """The functions of one network over arrays, which must be dense, aligned, of the right types and shapes.

    ctypes lets other Python threads run while the library computes: nobody else may have the array objects, whose shapes
    could then change.
    """

    # Samples for which inference gets scratch memory; more of them go through it in parts.
    _PART = 128

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._workspace_size = _function(prefix, "workspace_size")
        self._team_workspace_size = _function(prefix, "team_workspace_size")
        self._team_epoch_workspace_size = _function(prefix, "team_epoch_workspace_size")
        self._optimizer_state_size = _function(prefix, "optimizer_state_size")

    def optimizer_state_size(self, numbers: dict[str, Any]) -> int:
        """The bytes that an optimizer of these numbers keeps."""
        return int(self._optimizer_state_size(_options(numbers)))

    def initialize(self, parameters: NDArray[np.float32], seed: int, initialization: str) -> None:
        initialize = _function(self._prefix, "initialize_with")
        _check(initialize(_pointer(parameters), seed, INITIALIZATIONS[initialization]))

    def forward(
        self, parameters: NDArray[np.float32], X: NDArray[np.float32], outputs: NDArray[np.float32]
    ) -> None:
        self._infer("forward", parameters, X, outputs)

    def classify(self, parameters: NDArray[np.float32], X: NDArray[np.float32], classes: NDArray[np.int32]) -> None:
        self._infer("classify", parameters, X, classes)

    def predict(self, parameters: NDArray[np.float32], X: NDArray[np.float32], labels: NDArray[np.int32]) -> None:
        self._infer("predict", parameters, X, labels)

    def _infer(self, name: str, parameters: NDArray[Any], X: NDArray[np.float32], out: NDArray[Any]) -> None:
        data = _pointer(parameters), _pointer(X), len(X), _pointer(out)
        _check(_run(_function(self._prefix, name), data, self._inference_size(X)))

    def add_losses(
        self,
        parameters: NDArray[np.float32],
        X: NDArray[np.float32],
        targets: Targets,
        loss: float,
        correct: NDArray[np.uintp],
    ) -> float:
        """A sum of losses, each times its weight, with those of more samples, added one by one.

        To ``correct`` is added how often the network is right: one number of a classifier, of several labels one for each,
        of a regressor none.
        """
        sum_ = ctypes.c_double(loss)
        data = _pointer(parameters), _pointer(X), _targets(targets), len(X)
        results = ctypes.byref(sum_), *([_pointer(correct)] if correct.size > 0 else [])
        _check(_run(_function(self._prefix, "add_losses"), data, self._inference_size(X), results))
        return sum_.value

    def gradient(
        self,
        parameters: NDArray[np.float32],
        X: NDArray[np.float32],
        targets: Targets,
        gradient: NDArray[np.float32],
    ) -> float:
        loss = ctypes.c_double()
        data = _pointer(parameters), _pointer(X), _targets(targets), len(X), _pointer(gradient)
        _check(_run(_function(self._prefix, "gradient"), data, self._workspace_size(len(X)), (ctypes.byref(loss),)))
        return loss.value

    def _descent(self, optimizer: Descent, network: Any) -> tuple[tuple[Any, ...], Optional[NDArray[np.uint8]]]:
        """Options, and address and size of what the optimizer keeps; and the array there, to be held during a call.

        The optimizer may let it go at any time.
        """
        options = _options(optimizer._numbers())
        size = self._optimizer_state_size(options)
        if size == _SIZE_MAX:
            # From a pickle of an earlier version, or changed by another thread.
            raise ValueError(_describe(options))
        state = optimizer._state_for(network, size)
        if state is None or state.nbytes == 0:
            return (options, None, 0), None
        return (options, _pointer(state), state.nbytes), state

    def apply(
        self,
        parameters: NDArray[np.float32],
        gradient: NDArray[np.float32],
        optimizer: Descent,
        network: Any,
    ) -> None:
        # The state is named, so that it lives until the call returns.
        descent, _state = self._descent(optimizer, network)
        status = _function(self._prefix, "apply")(_pointer(parameters), _pointer(gradient), *descent)
        _check(status, "the parameters are left as they were")

    def train_step(
        self,
        parameters: NDArray[np.float32],
        X: NDArray[np.float32],
        targets: Targets,
        optimizer: Descent,
        network: Any,
        threads: int,
        progress: Optional[Progress] = None,
    ) -> float:
        loss = ctypes.c_double() if progress is None else progress.loss
        descent, state = self._descent(optimizer, network)
        data = _pointer(parameters), _pointer(X), _targets(targets), len(X), *descent
        size = self._team_workspace_size(len(X), threads)
        function = _function(self._prefix, "train_step" if threads == 1 else "team_train_step")
        status = _run(function, data, size, (ctypes.byref(loss),), (parameters, X, targets, state), threads)
        _check(status, "the parameters are left as they were")
        return loss.value

    def train_epoch(
        self,
        parameters: NDArray[np.float32],
        X: NDArray[np.float32],
        targets: Targets,
        batch_size: int,
        optimizer: Descent,
        network: Any,
        seed: int,
        epoch: int,
        first_batch: int,
        batch_count: int,
        progress: Progress,
        threads: int,
        where: Callable[[], str] | None = None,
    ) -> float:
        """Trains on a range of batches, and returns its mean loss. A range of none validates all of the data.

        ``where`` says what became of the parameters where a batch is refused; without, epoch and batch tell it.
        """
        batches = -(-len(X) // batch_size)
        # To the library, a count of 0 is all from the first on: behind the last there is none.
        first = first_batch if batch_count > 0 else batches
        sum_, done = progress.sum, progress.batches
        range_ = _Epoch(
            ctypes.sizeof(_Epoch), batch_size, seed, epoch, first, batch_count, None, ctypes.addressof(sum_)
        )
        descent, state = self._descent(optimizer, network)
        data = _pointer(parameters), _pointer(X), _targets(targets), len(X), ctypes.byref(range_), *descent
        size = self._team_epoch_workspace_size(len(X), batch_size, threads)
        function = _function(self._prefix, "train_epoch" if threads == 1 else "team_train_epoch")
        mean = ctypes.c_double()
        status = _run(function, data, size, (ctypes.byref(mean), ctypes.byref(done)), (parameters, X, targets, state, sum_), threads)
        _check(status, kept(epoch, first + done.value) if where is None or status == _STATUS["OK"] else where())
        return mean.value

    def _inference_size(self, X: NDArray[np.float32]) -> int:
        return int(self._workspace_size(min(len(X), self._PART)))
