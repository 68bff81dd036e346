"""The C library: the one module that knows ctypes."""

from __future__ import annotations

import ctypes
import json
import os
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
TABLE: dict[str, Any] = json.loads((_HERE / "table.json").read_text(encoding="utf-8"))
LIBRARY: str = TABLE["library"]

# The ABI that this package was written for.
_ABI_VERSION = 1

_TYPES = {
    "int32": ctypes.c_int32,
    "uint64": ctypes.c_uint64,
    "size": ctypes.c_size_t,
    "text": ctypes.c_char_p,
    "pointer": ctypes.c_void_p,
}


class Options(ctypes.Structure):
    """How to train: LIBRARY_options of the header."""

    _fields_ = [("size", ctypes.c_size_t), ("learning_rate", ctypes.c_float), ("optimizer", ctypes.c_int32)]

    def __init__(self, learning_rate: float) -> None:
        super().__init__(ctypes.sizeof(Options), learning_rate, 0)


class Epoch(ctypes.Structure):
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

    def __init__(self, batch_size: int, seed: int, epoch: int, first_batch: int, batch_count: int) -> None:
        super().__init__(ctypes.sizeof(Epoch), batch_size, seed, epoch, first_batch, batch_count, None)


def _load() -> ctypes.CDLL:
    # The loader needs the library by name: the C library then takes the one of the highest level that the
    # processor has, before any of them is loaded. The variable names another file, for tests.
    override = os.environ.get(f"{LIBRARY.upper()}_LIBRARY")
    path = override or str(_HERE / "lib" / f"lib{LIBRARY}_loader.so")
    try:
        library = ctypes.CDLL(path)
    except OSError as error:
        raise ImportError(f"{LIBRARY} could not load its library ({error}); it needs Linux with glibc") from error
    for function in TABLE["functions"]:
        symbol = getattr(library, function["name"])
        symbol.restype = _TYPES[function["returns"]]
        symbol.argtypes = [_TYPES[parameter] for parameter in function["parameters"]]
    found = getattr(library, f"{LIBRARY}_abi_version")()
    if found != _ABI_VERSION:
        raise ImportError(f"{LIBRARY}: this package is for ABI {_ABI_VERSION}, the library '{path}' has {found}")
    return library


_LIBRARY = _load()


def function(name: str) -> Any:
    """A function of the library by its whole name."""
    return getattr(_LIBRARY, name)


def _library_text(name: str, *arguments: int) -> str:
    return function(f"{LIBRARY}_{name}")(*arguments).decode()


def version() -> str:
    """The version of the library."""
    return _library_text("version")


def abi_version() -> int:
    """The version of the C interface."""
    return function(f"{LIBRARY}_abi_version")()


def instruction_set_level() -> str:
    """The processors that the loaded library was compiled for, such as ``x86-64-v3``."""
    return _library_text("instruction_set_level")


def self_test() -> None:
    """Checks rounding and gradients on this machine; raises RuntimeError where one is wrong."""
    check(function(f"{LIBRARY}_self_test")())


def check(status: int) -> None:
    """Raises what a status means: ValueError for what a caller gave, FloatingPointError for what is not finite."""
    if status == 0:
        return
    message = _library_text("status_message", status)
    statuses = TABLE["statuses"]
    if status == statuses["NOT_FINITE"]:
        raise FloatingPointError(message)
    if status in (statuses["FLOATING_POINT_ENVIRONMENT"], statuses["SELF_TEST_FAILED"]):
        raise RuntimeError(message)
    if status == statuses["OUT_OF_MEMORY"]:
        raise MemoryError(message)
    raise ValueError(message)
