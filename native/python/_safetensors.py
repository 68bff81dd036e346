"""Networks in files of the safetensors format.

The length of the header in 8 bytes; the header, JSON padded with spaces; the tensors, F32, little-endian:
``layers.0.weight`` [inputs, outputs], ``layers.0.bias`` [outputs], ``layers.1.weight``, …. The metadata holds
``format`` (``aotbackprop``), ``format_version`` (``2``), ``sizes`` (as in ``64-32-10``), ``layout``
(``inputs x outputs``), ``checksum``, where they were given ``scaling`` and ``classes``, and facts.
"""

from __future__ import annotations

import json
import math
import os
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, BinaryIO, NamedTuple, Optional, TypeVar

import numpy as np
from numpy.typing import NDArray

from . import _files
from ._files import Path

_Result = TypeVar("_Result")

_METADATA = "__metadata__"
_FORMAT = "aotbackprop"
_VERSION = "2"
_LAYOUT = "inputs x outputs"
_TRANSPOSED = "outputs x inputs"

# What a file that says nothing else means: its network's functions.
_DEFAULTS = {"activation": "relu", "output": "softmax"}
_OWN = {"format", "format_version", "sizes", "activation", "output", "layout", "checksum", "scaling", "classes"}

# Some 2 KB are a network's own, the rest is for facts.
_LARGEST_HEADER = 1 << 20
_MOST_SIZES = 8
_LARGEST_SIZE = 65_536

# In double, what may be next to a normal number of float32 above 0.
_SINGLES = 2.0**-127, 2.0**128

# Bytes at a time of a checksum.
_CHUNK = 1 << 20


class Scaling(NamedTuple):
    """How inputs were scaled before a network learned from them, and are to be before it is asked."""

    factor: float
    """What every input was divided by: a normal number of float32, above 0."""


class Functions(NamedTuple):
    """What Z of a network's layers passes through."""

    activation: str = _DEFAULTS["activation"]
    """The name of the hidden layers' activation."""
    output: str = _DEFAULTS["output"]
    """The name of the last layer's output."""


class ModelInfo(NamedTuple):
    """What a model file says of itself."""

    sizes: tuple[int, ...]
    """Inputs, the outputs of each hidden layer, those of the last."""
    metadata: dict[str, str]
    """All its texts as they stand: the facts that were given to ``save``, and the format's own."""
    scaling: Optional[Scaling] = None
    """How inputs are to be scaled; None where they are taken as they are."""
    classes: Optional[tuple[str, ...]] = None
    """The names of the classes; None where none were given."""
    facts: dict[str, str] = {}
    """The texts that were given to ``save``."""
    activation: str = _DEFAULTS["activation"]
    """The name of the activation of the hidden layers."""
    output: str = _DEFAULTS["output"]
    """The name of what the last layer makes of its Z."""


class _Header(NamedTuple):
    info: ModelInfo
    checksum: Optional[int]
    begins: dict[str, int]
    data_offset: int


class _BadFile(ValueError):
    pass


def require_writable(path: Path) -> None:
    """Raises what saving to a path would because of the path, and changes nothing.

    For before a long training. What the disk has room for, and what others do meanwhile, remains to be seen.

    Parameters
    ----------
    path : str, bytes or os.PathLike
        The file, which need not be there.

    Raises
    ------
    OSError
        The file can't be written or replaced.
    ValueError
        The path names a directory, a pipe or a device.
    """
    _named(path, lambda: _files.require_writable(path))


def read_model_info(path: Path) -> ModelInfo:
    """The sizes and the metadata of a model file, of whatever network.

    Parameters
    ----------
    path : str, bytes or os.PathLike
        The file.

    Raises
    ------
    ValueError
        The file is of another format, or damaged: it says what was wanted and what came.
    """
    return _named(path, lambda: _files.read(path, lambda file: _read_header(file).info))


def read(
    path: Path, sizes: tuple[int, ...], scaling: str = "refuse", functions: Functions = Functions()
) -> NDArray[np.float32]:
    """All parameters of a network of these sizes and functions, in their order."""
    if scaling not in ("refuse", "ignore"):
        raise ValueError(f"scaling is {scaling!r}; wanted 'refuse' or 'ignore'")

    def parameters(file: BinaryIO) -> NDArray[np.float32]:
        return _read_parameters(file, sizes, functions, scaling == "ignore")

    return _named(path, lambda: _files.read(path, parameters))


def write(
    path: Path,
    sizes: tuple[int, ...],
    parameters: NDArray[np.float32],
    facts: Mapping[str, str],
    scaling: Scaling | float | None = None,
    classes: Sequence[str] | None = None,
    functions: Functions = Functions(),
) -> None:
    """Writes a file beside the path, brings it to the disk, and gives it the path's name."""
    content = np.ascontiguousarray(parameters, "<f4").data.cast("B")
    header = _header_bytes(sizes, _checksum(content), facts, scaling, classes, functions)

    def write(to: Callable[[Any], None]) -> None:
        to(header)
        to(content)

    _named(path, lambda: _files.replace(path, write))


def _named(path: Path, action: Callable[[], _Result]) -> _Result:
    try:
        return action()
    except (_BadFile, _files.Refused) as error:
        raise ValueError(f"model file '{_files.shown(path)}': {error}") from None
    except OSError as error:
        if error.errno is None:
            raise
        # The calls know other names than the one that was given, or none.
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None


def _checksum(content: memoryview) -> int:
    """Of the numbers as they lie in a file in their order."""
    crc = 0
    for begin in range(0, len(content), _CHUNK):
        crc = zlib.crc32(content[begin : begin + _CHUNK], crc)
    return crc


def _checksum_text(checksum: int) -> str:
    return f"crc32:{checksum:08x}"


def _factor(scaling: Scaling | float) -> float:
    # Another package's is as good.
    given = getattr(scaling, "factor", scaling)
    try:
        with np.errstate(all="ignore"):
            number = np.float32(given if isinstance(given, (int, float, np.integer, np.floating)) else 0)
    except OverflowError:
        # Of an integer that is beyond double.
        number = np.float32(np.inf)
    if not (math.isfinite(number) and number >= np.finfo(np.float32).tiny):
        raise ValueError(f"scaling is {scaling!r}; wanted a normal number of float32, above 0")
    # The shortest text that gives the number again.
    return float(str(number))


def _tensors(sizes: tuple[int, ...]) -> list[tuple[str, list[int]]]:
    tensors: list[tuple[str, list[int]]] = []
    for layer, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        tensors += [(f"layers.{layer}.weight", [inputs, outputs]), (f"layers.{layer}.bias", [outputs])]
    return tensors


def _bytes(shape: list[int]) -> int:
    count = 4
    for size in shape:
        count *= size
    return count


def _header_bytes(
    sizes: tuple[int, ...],
    checksum: int,
    facts: Mapping[str, str],
    scaling: Scaling | float | None = None,
    classes: Sequence[str] | None = None,
    functions: Functions = Functions(),
) -> bytes:
    metadata = {
        "format": _FORMAT,
        "format_version": _VERSION,
        "sizes": "-".join(map(str, sizes)),
        **{key: name for key, name in functions._asdict().items() if name != _DEFAULTS[key]},
        "layout": _LAYOUT,
        "checksum": _checksum_text(checksum),
    }
    if scaling is not None:
        factor = repr(_factor(scaling))
        metadata["scaling"] = f'{{"kind":"factor","factor":{factor[:-2] if factor.endswith(".0") else factor}}}'
    if classes is not None:
        names = list(classes)
        wanted = _class_count(sizes, functions.output)
        if isinstance(classes, str) or not all(isinstance(name, str) for name in names) or len(names) != wanted:
            raise ValueError(f"classes is {_quote(repr(classes))}; wanted {wanted} texts")
        metadata["classes"] = _json(names)
    for key, value in facts.items():
        if not isinstance(key, str) or not isinstance(value, str):
            raise ValueError(f"the fact {key!r} is {value!r}; wanted texts")
        if key in _OWN:
            raise ValueError(f"the fact '{key}' is the format's own")
    metadata.update(sorted(facts.items()))
    header: dict[str, Any] = {_METADATA: metadata}
    begin = 0
    for name, shape in _tensors(sizes):
        end = begin + _bytes(shape)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [begin, end]}
        begin = end
    try:
        encoded = _json(header).encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(f"a fact is no Unicode text: {error}") from None
    encoded += b" " * (-len(encoded) % 8)
    if len(encoded) > _LARGEST_HEADER:
        what = "its facts and its classes' names" if classes is not None else "its facts"
        raise ValueError(f"the header has {len(encoded):,} bytes with {what}, and {_LARGEST_HEADER:,} is the most")
    return len(encoded).to_bytes(8, "little") + encoded


def _class_count(sizes: tuple[int, ...], output: str) -> int:
    # One sigmoid output has two classes.
    return 2 if output == "sigmoid" and sizes[-1] == 1 else sizes[-1]


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _exactly(file: BinaryIO, target: memoryview) -> None:
    while len(target) > 0:
        # The system gives up to 2 GB at a time.
        count = file.readinto(target[: 1 << 30])  # type: ignore[attr-defined]
        if not count:
            raise _BadFile("it ends too early; wanted all that its header says")
        target = target[count:]


def _read_parameters(
    file: BinaryIO, sizes: tuple[int, ...], functions: Functions, ignore_scaling: bool
) -> NDArray[np.float32]:
    header = _read_header(file, sizes, functions)
    if header.info.scaling is not None and not ignore_scaling:
        raise _BadFile(
            f"its network wants inputs divided by {header.info.scaling.factor:g}, which this load does not do: "
            "scale them, and load with 'ignore' for the scaling"
        )
    parameters, end = np.empty(sum(map(_bytes, dict(_tensors(sizes)).values())) // 4, "<f4"), 0
    for name, shape in _tensors(sizes):
        file.seek(header.data_offset + header.begins[name])
        values = parameters[end : end + _bytes(shape) // 4]
        _exactly(file, values.data.cast("B"))
        # In parts: the answers take as much again.
        for begin in range(0, values.size, _CHUNK):
            wrong = np.flatnonzero(~np.isfinite(values[begin : begin + _CHUNK]))
            if wrong.size > 0:
                culprit = begin + wrong[0]
                raise _BadFile(f"element {culprit} of '{name}' is {values[culprit]}; wanted finite numbers")
        end += values.size
    came = _checksum(parameters.data.cast("B"))
    if header.checksum is not None and came != header.checksum:
        raise _BadFile(
            f"its weights have the checksum {_checksum_text(came)}; wanted {_checksum_text(header.checksum)}: it is damaged"
        )
    return parameters.astype(np.float32, copy=False)


def _read_header(
    file: BinaryIO, whose: tuple[int, ...] | None = None, functions: Functions = Functions()
) -> _Header:
    size = file.seek(0, 2)
    file.seek(0)
    rest = size - 8
    if rest < 0:
        raise _BadFile(f"it has {size} bytes; wanted at least the 8 of the header's length")
    first = bytearray(8)
    _exactly(file, memoryview(first))
    length = int.from_bytes(first, "little")
    if length > rest:
        raise _BadFile(
            f"its header is said to have {length} bytes; wanted no more than {rest}: it is truncated, or no model file"
        )
    if length > _LARGEST_HEADER:
        raise _BadFile(f"its header has {length:,} bytes, and {_LARGEST_HEADER:,} is the most")
    text = bytearray(length)
    _exactly(file, memoryview(text))
    entries = _parse(text)
    metadata = _metadata(entries)
    sizes = _sizes(metadata)
    if whose is not None and sizes != whose:
        came, wanted = ("-".join(map(str, s)) for s in (sizes, whose))
        raise _BadFile(f"it holds a network of {came}; wanted {wanted}")
    own = _functions(metadata)
    if whose is not None:
        for key, wanted in functions._asdict().items():
            if own._asdict()[key] != wanted:
                means = "" if key in metadata else f", which means {_DEFAULTS[key]!r}"
                raise _BadFile(f"it has {_described(key, metadata)}{means}; wanted '{wanted}'")
    begins = _match(entries, sizes)
    _require_dense(begins, sizes, rest - length)
    if metadata["format_version"] != _VERSION:
        facts = {key: value for key, value in metadata.items() if key not in ("format", "format_version", "sizes")}
        return _Header(ModelInfo(sizes, metadata, facts=facts), None, begins, 8 + length)
    facts = {key: value for key, value in metadata.items() if key not in _OWN}
    checksum = _parse_checksum(metadata.get("checksum"))
    scaling = _parse_scaling(metadata["scaling"]) if "scaling" in metadata else None
    classes = _parse_classes(metadata["classes"], _class_count(sizes, own.output)) if "classes" in metadata else None
    return _Header(ModelInfo(sizes, metadata, scaling, classes, facts, *own), checksum, begins, 8 + length)


def _parse_checksum(text: str | None) -> int:
    if text is None or not re.fullmatch("crc32:[0-9a-fA-F]{8}", text):
        came = "missing" if text is None else _quote(text)
        raise _BadFile(f"its 'checksum' is {came}; wanted one as in 'crc32:cbf43926'")
    return int(text[6:], 16)


def _parse_scaling(text: str) -> Scaling:
    value = _value(text)
    if isinstance(value, dict) and sorted(value) == ["factor", "kind"] and value["kind"] == "factor":
        try:
            if isinstance(value["factor"], np.float32):
                return Scaling(_factor(float(value["factor"])))
        except ValueError:
            pass
    raise _BadFile(f"its 'scaling' is {_quote(text)}; wanted one as in '{{\"kind\":\"factor\",\"factor\":16}}'")


def _parse_classes(text: str, count: int) -> tuple[str, ...]:
    names = _value(text)
    if isinstance(names, list) and len(names) == count and all(_is_text(name) for name in names):
        return tuple(names)
    raise _BadFile(f"its 'classes' is {_quote(text)}; wanted a list of {count} names")


def _value(text: str) -> Any:
    """What a text of the metadata says in JSON, with its numbers as float32; None where it is none."""
    try:
        return json.loads(text, object_pairs_hook=_distinct, parse_int=_single, parse_float=_single)
    except (ValueError, RecursionError):
        return None


def _single(decimal: str) -> np.float32:
    """The number of float32 that is next to a decimal."""
    double = float(decimal)
    with np.errstate(all="ignore"):
        single = np.float32(double)
        if not _SINGLES[0] <= double <= _SINGLES[1]:
            return single
        others: list[np.float32] = [np.nextafter(single, np.float32(end)) for end in (0, np.inf)]
    for other in others:
        low, high = sorted((single, other))
        # Where double is in the middle of two, the decimal says on which side of it, if on any.
        if double == (float(low) + min(float(high), 2.0**128)) / 2 and Decimal(decimal) != Decimal(double):
            return high if Decimal(decimal) > Decimal(double) else low
    return single


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not any("\ud800" <= c <= "\udfff" for c in value)


def _parse(content: bytearray) -> dict[str, Any]:
    try:
        entries = json.loads(content.decode("utf-8"), object_pairs_hook=_distinct, parse_int=_integer)
    except _BadFile:
        raise
    except json.JSONDecodeError as error:
        # What the error itself says could quote the file at length.
        raise _BadFile(f"its header is not valid JSON, from character {error.pos} on") from None
    except (ValueError, RecursionError) as error:
        came = f"byte {error.start} on" if isinstance(error, UnicodeDecodeError) else "some depth on"
        raise _BadFile(f"its header is not valid JSON, from {came}") from None
    if not isinstance(entries, dict):
        raise _BadFile(f"its header is a {type(entries).__name__}; wanted an object")
    return entries


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _BadFile(f"its header has the key {_quote(twice)} twice")
    return entries


def _integer(digits: str) -> int:
    # Reading a number takes time that grows with the square of its length.
    if len(digits) > 19:
        raise _BadFile("its header has a number of more than 19 digits")
    return int(digits)


def _metadata(entries: dict[str, Any]) -> dict[str, str]:
    """The metadata, taken out of the entries, where the format is this one.

    Another program's file could name its tensors alike and keep weights as outputs×inputs, which the shape of a
    square layer would not betray.
    """
    metadata = entries.pop(_METADATA, None)
    if metadata is not None and not isinstance(metadata, dict):
        raise _BadFile(f"its '{_METADATA}' is a {type(metadata).__name__}; wanted an object")
    for key, value in (metadata or {}).items():
        if not isinstance(value, str):
            raise _BadFile(f"{_quote(key)} in its metadata is a {type(value).__name__}; wanted a text")
        if not _is_text(key + value):
            raise _BadFile(f"{_quote(key)} in its metadata is no Unicode text")
    if metadata is None or metadata.get("format") != _FORMAT:
        came = f"has no '{_METADATA}'" if metadata is None else f"has {_described('format', metadata)}"
        if _fits(entries, 1, 0) and not _fits(entries, 0, 1):
            raise _BadFile(
                f"it {came}, and its weights are {_TRANSPOSED}, as PyTorch has them; wanted {_LAYOUT}, and 'format' '{_FORMAT}'"
            )
        raise _BadFile(f"it {came}; wanted 'format' '{_FORMAT}', 'format_version' and 'sizes'")
    if metadata.get("format_version") not in ("1", _VERSION):
        raise _BadFile(f"it has {_described('format_version', metadata)}; wanted '1' or '{_VERSION}'")
    if metadata["format_version"] == _VERSION:
        if metadata.get("layout") != _LAYOUT:
            raise _BadFile(
                f"it has {_described('layout', metadata)}; wanted '{_LAYOUT}': "
                f"weights that are {_TRANSPOSED} are to be transposed first"
            )
    return metadata


def _functions(metadata: dict[str, str]) -> Functions:
    # In files of version 1 the keys were facts like others.
    own = metadata if metadata["format_version"] == _VERSION else {}
    return Functions(*(own.get(key, name) for key, name in _DEFAULTS.items()))


def _described(key: str, metadata: dict[str, str]) -> str:
    return f"'{key}' {_quote(metadata[key])}" if key in metadata else f"no '{key}'"


def _fits(entries: dict[str, Any], inputs: int, outputs: int) -> bool:
    """Whether the tensors are those of a network, were inputs and outputs these dimensions of its weights."""

    def shape(name: str) -> list[int]:
        entry = entries.get(name)
        found = entry.get("shape") if isinstance(entry, dict) else None
        return list(found) if found is not None and _are_integers(found) else []

    layer, before = 0, None
    while f"layers.{layer}.weight" in entries:
        weight, bias = shape(f"layers.{layer}.weight"), shape(f"layers.{layer}.bias")
        if len(weight) != 2 or before not in (None, weight[inputs]) or bias != [weight[outputs]]:
            return False
        layer, before = layer + 1, weight[outputs]
    return layer > 0


def _sizes(metadata: dict[str, str]) -> tuple[int, ...]:
    text = metadata.get("sizes", "")
    if re.fullmatch(rf"[0-9]{{1,5}}(-[0-9]{{1,5}}){{1,{_MOST_SIZES - 1}}}", text):
        sizes = tuple(map(int, text.split("-")))
        if all(1 <= size <= _LARGEST_SIZE for size in sizes):
            return sizes
    raise _BadFile(
        f"its 'sizes' is {_quote(text)}; wanted 2 to {_MOST_SIZES} numbers from 1 to {_LARGEST_SIZE}, as in '64-32-10'"
    )


def _match(entries: dict[str, Any], sizes: tuple[int, ...]) -> dict[str, int]:
    """Where each tensor begins, where they are those of the network."""
    network = "-".join(map(str, sizes))
    begins = {}
    for name, shape in _tensors(sizes):
        if name not in entries:
            raise _BadFile(f"it has no '{name}', which a network of {network} wants")
        entry = entries.pop(name)
        if not isinstance(entry, dict) or sorted(entry) != ["data_offsets", "dtype", "shape"]:
            raise _BadFile(f"'{name}' is {_quote(repr(entry))}; wanted dtype, shape and data_offsets")
        if entry["dtype"] != "F32":
            raise _BadFile(f"'{name}' has the dtype {_quote(str(entry['dtype']))}; wanted 'F32'")
        if not _are_integers(entry["shape"]) or entry["shape"] != shape:
            is_transposed = len(shape) == 2 and entry["shape"] == shape[::-1]
            raise _BadFile(
                f"'{name}' has the shape {_quote(str(entry['shape']))}; wanted {shape} for a network of {network}"
                + (f": it is {_TRANSPOSED}, as PyTorch has them" if is_transposed else "")
            )
        offsets = entry["data_offsets"]
        if not _are_integers(offsets) or len(offsets) != 2 or offsets[1] - offsets[0] != _bytes(shape):
            raise _BadFile(f"'{name}' lies at {_quote(str(offsets))}; wanted [begin, end] of {_bytes(shape)} bytes")
        begins[name] = offsets[0]
    for name in entries:
        raise _BadFile(f"it has a tensor {_quote(name)}, which a network of {network} does not have")
    return begins


def _require_dense(begins: dict[str, int], sizes: tuple[int, ...], available: int) -> None:
    shapes = dict(_tensors(sizes))
    end = 0
    for name in sorted(begins, key=begins.__getitem__):
        if begins[name] != end:
            raise _BadFile(f"'{name}' begins at byte {begins[name]}; wanted {end}, where the tensor before it ends")
        end += _bytes(shapes[name])
    if end != available:
        raise _BadFile(f"it has {available} bytes of tensors; wanted {end}")


def _are_integers(values: Any) -> bool:
    return isinstance(values, list) and all(type(value) is int for value in values)


def _quote(text: str) -> str:
    """The words of a file as they may stand in a message: short, and without what a terminal would obey."""
    return f"'{_files.printable(text, 60)}'"
