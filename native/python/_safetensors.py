"""Networks in files of the safetensors format.

The length of the header in 8 bytes; the header, JSON padded with spaces; the tensors, F32, little-endian:
``layers.0.weight`` [inputs, outputs], ``layers.0.bias`` [outputs], ``layers.1.weight``, …. The metadata holds
``format`` (``aotbackprop``), ``format_version`` (``1``), ``sizes`` (as in ``64-32-10``), and facts.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import stat
from collections.abc import Mapping
from typing import Any, BinaryIO, NamedTuple, Union

import numpy as np
from numpy.typing import NDArray

Path = Union[str, "os.PathLike[str]"]

_METADATA = "__metadata__"
_FORMAT = {"format": "aotbackprop", "format_version": "1"}

# The format's own limit.
_LARGEST_HEADER = 100_000_000
_MOST_SIZES = 8
_LARGEST_SIZE = 65_536


class ModelInfo(NamedTuple):
    """What a model file says of itself."""

    sizes: tuple[int, ...]
    """Inputs, the outputs of each hidden layer, classes."""
    metadata: dict[str, str]
    """Format, version, sizes, and the facts that were given to ``save``."""


class _Header(NamedTuple):
    sizes: tuple[int, ...]
    metadata: dict[str, str]
    begins: dict[str, int]
    data_offset: int


class _BadFile(ValueError):
    pass


def read_model_info(path: Path) -> ModelInfo:
    """The sizes and the metadata of a model file, of whatever network.

    Raises
    ------
    ValueError
        The file is of another format, or damaged: it says what was wanted and what came.
    """
    with _open(path) as file:
        try:
            header = _read_header(file)
        except _BadFile as error:
            raise ValueError(f"model file '{os.fspath(path)}': {error}") from None
    return ModelInfo(header.sizes, header.metadata)


def read(path: Path, sizes: tuple[int, ...]) -> NDArray[np.float32]:
    """All parameters of a network of these sizes, in their order."""
    with _open(path) as file:
        try:
            return _read_parameters(file, sizes)
        except _BadFile as error:
            raise ValueError(f"model file '{os.fspath(path)}': {error}") from None


def write(path: Path, sizes: tuple[int, ...], parameters: NDArray[np.float32], facts: Mapping[str, str]) -> None:
    """Writes a file beside the path, brings it to the disk, and gives it the path's name."""
    header = _header_bytes(sizes, facts)
    # Where the path is a link, what it points to is replaced.
    whole = os.path.realpath(os.fspath(path))
    if os.path.exists(whole):
        _require_file(path)
    directory, name = os.path.split(whole)
    temporary = os.path.join(directory, f".{name}.{secrets.token_hex(8)}.tmp")
    # Not tempfile's, which only the owner may read.
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        with open(descriptor, "wb") as file:
            file.write(header)
            file.write(parameters.astype("<f4", copy=False).data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, whole)
    except BaseException:
        os.unlink(temporary)
        raise
    # The new name, too, has to reach the disk.
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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


def _header_bytes(sizes: tuple[int, ...], facts: Mapping[str, str]) -> bytes:
    metadata = {**_FORMAT, "sizes": "-".join(map(str, sizes))}
    for key, value in facts.items():
        if not isinstance(key, str) or not isinstance(value, str):
            raise ValueError(f"the fact {key!r} is {value!r}; wanted texts")
        if key in metadata:
            raise ValueError(f"the fact '{key}' is the format's own")
    metadata.update(sorted(facts.items()))
    header: dict[str, Any] = {_METADATA: metadata}
    begin = 0
    for name, shape in _tensors(sizes):
        end = begin + _bytes(shape)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [begin, end]}
        begin = end
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False)
    try:
        encoded = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(f"a fact is no Unicode text: {error}") from None
    encoded += b" " * (-len(encoded) % 8)
    if len(encoded) > _LARGEST_HEADER:
        raise ValueError(f"the facts take {len(encoded)} bytes in the header; wanted no more than {_LARGEST_HEADER}")
    return len(encoded).to_bytes(8, "little") + encoded


def _open(path: Path) -> BinaryIO:
    # A pipe would wait for someone to write to it.
    _require_file(path)
    return open(path, "rb")


def _require_file(path: Path) -> None:
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise ValueError(f"model file '{os.fspath(path)}': it is a directory, a pipe or a device; wanted a file")


def _exactly(file: BinaryIO, size: int) -> bytes:
    content = file.read(size)
    if len(content) != size:
        raise _BadFile("it was shortened while it was read")
    return content


def _read_parameters(file: BinaryIO, sizes: tuple[int, ...]) -> NDArray[np.float32]:
    header = _read_header(file)
    if header.sizes != sizes:
        came, wanted = ("-".join(map(str, s)) for s in (header.sizes, sizes))
        raise _BadFile(f"it holds a network of {came}; wanted {wanted}")
    parameters, end = np.empty(sum(map(_bytes, dict(_tensors(sizes)).values())) // 4, np.float32), 0
    for name, shape in _tensors(sizes):
        file.seek(header.data_offset + header.begins[name])
        values = np.frombuffer(_exactly(file, _bytes(shape)), "<f4")
        wrong = np.flatnonzero(~np.isfinite(values))
        if wrong.size > 0:
            raise _BadFile(f"element {wrong[0]} of '{name}' is {values[wrong[0]]}; wanted finite numbers")
        parameters[end : end + values.size] = values
        end += values.size
    return parameters


def _read_header(file: BinaryIO) -> _Header:
    rest = os.fstat(file.fileno()).st_size - 8
    if rest < 0:
        raise _BadFile(f"it has {rest + 8} bytes; wanted at least the 8 of the header's length")
    length = int.from_bytes(_exactly(file, 8), "little")
    most = min(rest, _LARGEST_HEADER)
    if length > most:
        raise _BadFile(
            f"its header is said to have {length} bytes; wanted no more than {most}: "
            "it is truncated, or no safetensors file"
        )
    entries = _parse(_exactly(file, length))
    metadata = _metadata(entries)
    sizes = _sizes(metadata)
    begins = _match(entries, sizes)
    _require_dense(begins, sizes, rest - length)
    return _Header(sizes, metadata, begins, 8 + length)


def _parse(content: bytes) -> dict[str, Any]:
    try:
        entries = json.loads(content.decode("utf-8"), object_pairs_hook=_distinct, parse_int=_integer)
    except _BadFile:
        raise
    except (ValueError, RecursionError) as error:
        raise _BadFile(f"its header is not valid JSON: {error}") from None
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
    if not isinstance(metadata, dict):
        raise _BadFile(f"its '{_METADATA}' is missing, or no object; wanted one with format, format_version and sizes")
    for key, value in metadata.items():
        if not isinstance(value, str):
            raise _BadFile(f"{_quote(key)} in its metadata is a {type(value).__name__}; wanted a text")
        if any("\ud800" <= c <= "\udfff" for c in key + value):
            raise _BadFile(f"{_quote(key)} in its metadata is no Unicode text")
    for key, wanted in _FORMAT.items():
        came = metadata.get(key)
        if came != wanted:
            raise _BadFile(f"its '{key}' is {'missing' if came is None else _quote(came)}; wanted '{wanted}'")
    return metadata


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
            raise _BadFile(
                f"'{name}' has the shape {_quote(str(entry['shape']))}; wanted {shape} for a network of {network}"
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
    shown = "".join(c if c.isprintable() else "?" for c in text[:60])
    return f"'{shown}…'" if len(text) > 60 else f"'{shown}'"
