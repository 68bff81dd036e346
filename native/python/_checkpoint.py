"""A training in a file, from which it can go on to the same bits.

A safetensors file, replaced as a whole: the tensors ``parameters`` (F32), where there is one ``optimizer`` (U8, what it
keeps as the library has it) and ``best`` (F32); in the metadata ``format`` (``aotbackprop-checkpoint``),
``format_version`` (``1``), ``sizes``, ``activation``, ``output``, ``state`` (JSON), ``checksum``, of all tensors' bytes,
and ``state_checksum``. C# reads and writes the same.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO, NamedTuple, Optional

import numpy as np
from numpy.typing import NDArray

from . import _arguments, _files, _optimizers, _safetensors
from ._files import Path
from ._optimizers import Descent
from ._safetensors import BadFile

_FORMAT = _safetensors.CHECKPOINT
_VERSION = "1"
_WHAT = "checkpoint"
_WANTED = "a file that fit(…, checkpoint=…) has written"

# Some millions of epochs.
_LARGEST_HEADER = 1 << 30

# What each scalar of the state is; a plateau's are there where the schedule is one.
_WHOLE = ("epoch", "batch", "step", "best_epoch", "wait")
_WHOLE_OF_PLATEAU = ("plateau_wait", "plateau_cooldown")
_REAL = ("loss_sum", "weight_sum", "seconds")
_REAL_OF_PLATEAU = ("plateau_rate",)
_REAL_OR_NONE = ("best_value",)
_REAL_OR_NONE_OF_PLATEAU = ("plateau_best",)


class Saved(NamedTuple):
    """What a checkpoint holds.

    Attributes
    ----------
    parameters
        As they are, (P,).
    optimizer
        What the optimizer keeps; None where that is nothing.
    best
        Those of the best epoch; None where there is none yet.
    state
        All else, as JSON has it.
    """

    parameters: NDArray[np.float32]
    optimizer: Optional[NDArray[np.uint8]]
    best: Optional[NDArray[np.float32]]
    state: dict[str, Any]


class Checkpoint:
    """Where ``fit`` keeps its state, so that a training that was ended can go on to the same bits.

    It is written after epochs, at the end, and when Ctrl-C or a limit of time ends an epoch early: with the batch that
    is next. The file is replaced as a whole: whatever happens, there is the old one or the new one.

    Parameters
    ----------
    path : str, bytes or os.PathLike
        The file.
    every_epochs : int
        After how many epochs it is written, each time.
    """

    def __init__(self, path: Path, every_epochs: int = 1) -> None:
        self.path = path
        self.every_epochs = _arguments.whole(every_epochs, "every_epochs", 1)

    def __repr__(self) -> str:
        return f"Checkpoint({self.path!r}, every_epochs={self.every_epochs})"

    def require_writable(self) -> None:
        """Raises what writing would because of the path."""
        _safetensors.named(self.path, lambda: _files.require_writable(self.path), _WHAT)

    def write(self, saved: Saved, network: Any) -> None:
        """Writes the state of a network's training."""
        tensors = [("parameters", "F32", saved.parameters.astype("<f4", copy=False))]
        if saved.optimizer is not None:
            tensors.append(("optimizer", "U8", saved.optimizer))
        if saved.best is not None:
            tensors.append(("best", "F32", saved.best.astype("<f4", copy=False)))
        contents = [_bytes_of(values) for _, _, values in tensors]
        state = _safetensors.json_text(_numbers_shortened(saved.state))
        header: dict[str, Any] = {
            "__metadata__": {
                "format": _FORMAT,
                "format_version": _VERSION,
                "sizes": "-".join(map(str, network.sizes)),
                "activation": network.activation,
                "output": network.output,
                "state": state,
                "checksum": _safetensors.checksum_text(_crc(contents)),
                "state_checksum": _text_checksum(state),
            }
        }
        begin = 0
        for (name, kind, values), content in zip(tensors, contents):
            header[name] = {"dtype": kind, "shape": [values.size], "data_offsets": [begin, begin + len(content)]}
            begin += len(content)
        first = _safetensors.framed(header)

        def write(to: Callable[[Any], None]) -> None:
            for part in (first, *contents):
                to(part)

        _safetensors.named(self.path, lambda: _files.replace(self.path, write), _WHAT)

    def read(self, network: Any, options: dict[str, str], data: str, batches: int) -> Optional[Saved]:
        """The state of a training of the same network, with the same options and data, of so many batches an epoch.

        None where there is no file.

        Raises
        ------
        ValueError
            It is damaged, or of another training: it says what was wanted and what came.
        """

        def read(file: BinaryIO) -> Saved:
            saved = _read(file, network)
            _require_same(saved.state, options, data)
            state = saved.state
            if state["batch"] > batches or len(state["history"]) > state["epoch"]:
                count = len(state["history"])
                raise BadFile(
                    f"it is at batch {state['batch'] + 1} of epoch {state['epoch'] + 1} with a history of {count} "
                    f"epochs; wanted one of {batches} batches, and no more epochs: it is damaged"
                )
            return saved

        try:
            return _safetensors.named(self.path, lambda: _files.read(self.path, read), _WHAT)
        except FileNotFoundError:
            return None

    def restore(self, descent: Descent, network: Any, saved: Saved) -> None:
        """Brings a network and its optimizer to where they were."""

        def restore() -> None:
            sizes = _optimizers.sizes_of_state(descent, network)
            kept = saved.optimizer
            if kept is not None and len(kept) not in sizes:
                wanted = " or ".join(map(str, sorted(sizes))) or "none"
                raise BadFile(f"its optimizer keeps {len(kept)} bytes; wanted {wanted}")
            _optimizers.restore_state(descent, network, kept)
            network._parameters[:] = saved.parameters

        _safetensors.named(self.path, restore, _WHAT)

    @staticmethod
    def fingerprint(arrays: Iterable[NDArray[Any]]) -> str:
        """What tells the numbers of a training from others: a checksum of their bytes."""
        return _safetensors.checksum_text(_crc(map(_bytes_of, arrays)))


def chosen(checkpoint: Any, resume: Any) -> Optional[Checkpoint]:
    """Where to keep the state, from what callers give: a path, or a ``Checkpoint``."""
    if not isinstance(resume, (bool, np.bool_)):
        raise ValueError(f"resume is {resume!r}; wanted True or False: the file is that of checkpoint")
    if checkpoint is None:
        if resume:
            raise ValueError("resume is True without a checkpoint; wanted checkpoint=, the file to go on from")
        return None
    return checkpoint if isinstance(checkpoint, Checkpoint) else Checkpoint(checkpoint)


def _read(file: BinaryIO, network: Any) -> Saved:
    entries, offset, available = _safetensors.read_entries(file, _LARGEST_HEADER, _WANTED)
    metadata = entries.pop("__metadata__", None)
    if not isinstance(metadata, dict) or metadata.get("format") != _FORMAT:
        raise BadFile(f"it is none; wanted 'format' '{_FORMAT}', in {_WANTED}")
    if metadata.get("format_version") != _VERSION:
        came = _safetensors.quote(str(metadata.get("format_version")))
        raise BadFile(f"it has 'format_version' {came}; wanted '{_VERSION}'")
    wanted = {"sizes": "-".join(map(str, network.sizes)), "activation": network.activation, "output": network.output}
    for key, value in wanted.items():
        if metadata.get(key) != value:
            came = _safetensors.quote(str(metadata.get(key)))
            raise BadFile(f"it is of a network whose '{key}' is {came}; wanted '{value}'")
    size = network.parameters.size
    tensors, contents, end = {}, [], 0
    for name, entry in entries.items():
        length = _length(name, entry, end, available, size)
        values = np.empty(length, np.uint8)
        file.seek(offset + end)
        _safetensors.exactly(file, values.data)
        contents.append(values.data)
        end += length
        tensors[name] = values if name == "optimizer" else values.view("<f4").astype(np.float32, copy=False)
    if "parameters" not in tensors or end != available:
        raise BadFile(f"it has {available} bytes of tensors; wanted {end}, and 'parameters' among them")
    checksum = _safetensors.checksum_text(_crc(contents))
    if metadata.get("checksum") != checksum:
        came = _safetensors.quote(str(metadata.get("checksum")))
        raise BadFile(f"its tensors have the checksum {checksum}; wanted {came}: it is damaged")
    for name in ("parameters", "best"):
        if name in tensors and not np.isfinite(tensors[name]).all():
            raise BadFile(f"its '{name}' are not finite")
    state = _state(metadata.get("state"), metadata.get("state_checksum"))
    if ("best" in tensors) != (state["best_value"] is not None):
        raise BadFile("it tells of a best epoch, or holds its parameters, and not both: it is damaged")
    return Saved(tensors["parameters"], tensors.get("optimizer"), tensors.get("best"), state)


def _length(name: str, entry: Any, begin: int, available: int, parameters: int) -> int:
    """The bytes of a tensor, which lies behind the one before it."""
    kind = "U8" if name == "optimizer" else "F32"
    if name in ("parameters", "optimizer", "best") and isinstance(entry, dict) and entry.get("dtype") == kind:
        place, shape = entry.get("data_offsets"), entry.get("shape")
        if isinstance(place, list) and len(place) == 2 and all(type(one) is int for one in place):
            length = int(place[1] - begin)
            is_right = shape == [length if kind == "U8" else parameters]
            is_right = is_right and (kind == "U8" or length == 4 * parameters)
            if place[0] == begin and 0 <= length <= available - begin and is_right:
                return length
    raise BadFile(f"its tensor {_safetensors.quote(name)} is {_safetensors.quote(repr(entry))}, which none can be")


def _state(text: Any, checksum: Any) -> dict[str, Any]:
    if not isinstance(text, str) or checksum != _text_checksum(text):
        raise BadFile("its 'state' is not there, or has another checksum than it tells: it is damaged")
    try:
        state = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFile("its 'state' is no JSON") from None
    if not isinstance(state, dict):
        raise BadFile("its 'state' is no object")
    of_plateau = "plateau_rate" in state
    wholes = _WHOLE + (_WHOLE_OF_PLATEAU if of_plateau else ())
    reals = _REAL + (_REAL_OF_PLATEAU if of_plateau else ())
    reals_or_none = _REAL_OR_NONE + (_REAL_OR_NONE_OF_PLATEAU if of_plateau else ())
    for key in wholes:
        # Whole numbers that other languages' JSON could not hold are texts.
        state[key] = int(state[key]) if isinstance(state.get(key), str) and state[key].isdecimal() else state.get(key)
    is_right = (
        all(type(state[key]) is int and state[key] >= 0 for key in wholes)
        and all(_is_real(state.get(key)) for key in reals)
        and all(key in state and (state[key] is None or _is_real(state[key])) for key in reals_or_none)
        and isinstance(state.get("options"), dict)
        and isinstance(state.get("data"), str)
        and isinstance(state.get("history"), list)
        and all(map(_is_result, state["history"]))
    )
    if not is_right:
        raise BadFile("its 'state' has not what a training's state has")
    for key in (*reals, *(key for key in reals_or_none if state[key] is not None)):
        state[key] = float(state[key])
    found: dict[str, Any] = state
    return found


def _is_result(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and type(one.get("epoch")) is int
        and _is_real(one.get("loss"))
        and _is_real(one.get("rate"))
        and one["epoch"] > 0
        and isinstance(one.get("validation"), dict)
        and all(map(_is_real, one["validation"].values()))
    )


def _is_real(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) < math.inf


def _require_same(state: dict[str, Any], options: dict[str, str], data: str) -> None:
    """That a training was of these options and numbers."""

    def told(of: dict[str, Any], key: str) -> str:
        return _safetensors.quote(str(of[key])) if key in of else "not told"

    before = state["options"]
    differing = [key for key in sorted({*options, *before}) if before.get(key) != options.get(key)]
    if differing:
        differences = "; ".join(f"{key} was {told(before, key)} and is {told(options, key)}" for key in differing)
        raise BadFile(
            f"it is of another training: {differences}; wanted the same options, or resume=False; epochs, the limit of "
            "time and threads may differ"
        )
    if state["data"] != data:
        raise BadFile(
            f"it is of other samples: their checksum was {_safetensors.quote(state['data'])} and is '{data}'; wanted the "
            "same in the same order, or resume=False"
        )


def _text_checksum(text: str) -> str:
    return _safetensors.checksum_text(zlib.crc32(text.encode("utf-8", "surrogatepass")))


def _numbers_shortened(value: Any) -> Any:
    """The value, with whole numbers of double written as such, as all hosts do."""
    if isinstance(value, dict):
        return {key: _numbers_shortened(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_numbers_shortened(one) for one in value]
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e16
    return int(value) if is_whole and math.copysign(1, value) == math.copysign(1, int(value)) else value


def _bytes_of(values: NDArray[Any]) -> memoryview:
    return np.ascontiguousarray(values).data.cast("B")


def _crc(contents: Iterable[memoryview]) -> int:
    crc = 0
    for content in contents:
        for begin in range(0, len(content), _safetensors.CHUNK):
            crc = zlib.crc32(content[begin : begin + _safetensors.CHUNK], crc)
    return crc
