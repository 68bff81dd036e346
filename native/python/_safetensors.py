"""Networks in files of the safetensors format.

The length of the header in 8 bytes; the header, JSON padded with spaces; the tensors, F32, little-endian:
``layers.0.weight`` [inputs, outputs], ``layers.0.bias`` [outputs], ``layers.1.weight``, …. The metadata holds
``format`` (``aotbackprop``), ``format_version`` (``2``), ``sizes`` (as in ``64-32-10``), ``layout``
(``inputs x outputs``), ``checksum``, where they were given ``scaling``, ``classes``, ``columns``, ``target`` and
``missing``, and facts.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, BinaryIO, NamedTuple, Optional, TypeVar

import numpy as np
from numpy.typing import NDArray

from . import _files, _scaling
from ._files import Path
from ._scaling import AnyScaling, Scaling

_Result = TypeVar("_Result")

_METADATA = "__metadata__"
_FORMAT = "aotbackprop"
CHECKPOINT = "aotbackprop-checkpoint"
_VERSION = "2"
_LAYOUT = "inputs x outputs"
_TRANSPOSED = "outputs x inputs"

# What a file that says nothing else means: its network's functions.
_DEFAULTS = {"activation": "relu", "output": "softmax"}
_OWN = {"format", "format_version", "sizes", "activation", "output", "layout", "checksum", "scaling", "classes"}
_OWN |= {"columns", "target", "missing"}

# Some 2 KB are a network's own, the rest is for facts.
_LARGEST_HEADER = 1 << 20
_MOST_SIZES = 8
_LARGEST_SIZE = 65_536

# What to do where a file tells of a scaling.
_USES = ("apply", "refuse", "ignore")

# In double, what may be next to a normal number of float32 above 0.
_SINGLES = 2.0**-127, 2.0**128

# Bytes at a time of a checksum.
CHUNK = 1 << 20

# What other files begin with. None of it is the length of a header.
_OTHERS = {
    b"PK\x03\x04": "a ZIP archive does, such as PyTorch's and NumPy's NPZ",
    b"\x93NUMPY": "a NumPy array does",
    b"\x89HDF": "an HDF5 file does, such as Keras's",
    b"\x1f\x8b": "a file does that gzip has compressed",
    b"\x80\x04\x95": "a pickle does",
    b"\x80\x05\x95": "a pickle does",
}


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
    scaling: Optional[AnyScaling] = None
    """How inputs are to be scaled; None where they are taken as they are."""
    classes: Optional[tuple[str, ...]] = None
    """The names of the classes; None where none were given."""
    facts: dict[str, str] = {}
    """The texts that were given to ``save``."""
    activation: str = _DEFAULTS["activation"]
    """The name of the activation of the hidden layers."""
    output: str = _DEFAULTS["output"]
    """The name of what the last layer makes of its Z."""
    columns: Optional[tuple[str, ...]] = None
    """The names of the inputs' columns; None where none were given."""
    target: Optional[tuple[str, ...]] = None
    """The names of the columns that the targets were in; None where none were given."""
    missing: Optional[tuple[float, ...]] = None
    """What stands for a missing number of each input, before it is scaled; None where none may be missing."""


class Table(NamedTuple):
    """What a file tells of the table that a network learned from, beside its parameters; all of it may be None."""

    scaling: Any = None
    classes: Optional[Sequence[str]] = None
    columns: Optional[Sequence[str]] = None
    target: Optional[Sequence[str]] = None
    missing: Optional[Sequence[float]] = None


class _Header(NamedTuple):
    info: ModelInfo
    checksum: Optional[int]
    begins: dict[str, int]
    data_offset: int


class BadFile(ValueError):
    """What is wrong with a file, which the error does not name yet."""


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
    named(path, lambda: _files.require_writable(path))


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
    return named(path, lambda: _files.read(path, lambda file: _read_header(file).info))


def read(
    path: Path, sizes: tuple[int, ...], scaling: str = "apply", functions: Functions = Functions()
) -> NDArray[np.float32]:
    """All parameters of a network of these sizes and functions, in their order."""
    return load(path, sizes, scaling, functions)[0]


def load(
    path: Path, sizes: tuple[int, ...], scaling: str = "apply", functions: Functions = Functions()
) -> tuple[NDArray[np.float32], ModelInfo]:
    """All parameters of a network of these sizes and functions, in their order, and what the file says of itself."""
    if scaling not in _USES:
        raise ValueError(f"scaling is {scaling!r}; wanted 'apply', 'refuse' or 'ignore'")

    def parameters(file: BinaryIO) -> tuple[NDArray[np.float32], ModelInfo]:
        return _read_parameters(file, sizes, functions, scaling)

    return named(path, lambda: _files.read(path, parameters))


def write(
    path: Path,
    sizes: tuple[int, ...],
    parameters: NDArray[np.float32],
    facts: Mapping[str, str],
    scaling: AnyScaling | float | None = None,
    classes: Sequence[str] | None = None,
    functions: Functions = Functions(),
    columns: Sequence[str] | None = None,
    target: Sequence[str] | None = None,
    missing: Sequence[float] | None = None,
) -> None:
    """Writes a file beside the path, brings it to the disk, and gives it the path's name."""
    content = np.ascontiguousarray(parameters, "<f4").data.cast("B")
    table = Table(scaling, classes, columns, target, missing)
    header = _header_bytes(sizes, _checksum(content), facts, table, functions)

    def write(to: Callable[[Any], None]) -> None:
        to(header)
        to(content)

    named(path, lambda: _files.replace(path, write))


def named(path: Path, action: Callable[[], _Result], what: str = "model file") -> _Result:
    """What an action says of a file, whose errors name it."""
    try:
        return action()
    except (BadFile, _files.Refused) as error:
        raise ValueError(f"{what} '{_files.shown(path)}': {error}") from None
    except OSError as error:
        if error.errno is None:
            raise
        # The calls know other names than the one that was given, or none.
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None


def _checksum(content: memoryview) -> int:
    """Of the numbers as they lie in a file in their order."""
    crc = 0
    for begin in range(0, len(content), CHUNK):
        crc = zlib.crc32(content[begin : begin + CHUNK], crc)
    return crc


def checksum_text(checksum: int) -> str:
    """As it stands in a file."""
    return f"crc32:{checksum:08x}"


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
    table: Table = Table(),
    functions: Functions = Functions(),
) -> bytes:
    metadata = {
        "format": _FORMAT,
        "format_version": _VERSION,
        "sizes": "-".join(map(str, sizes)),
        **{key: name for key, name in functions._asdict().items() if name != _DEFAULTS[key]},
        "layout": _LAYOUT,
        "checksum": checksum_text(checksum),
    }
    if table.scaling is not None:
        metadata["scaling"] = _scaling.text(_scaling.of_any(table.scaling, sizes[0]))
    if table.classes is not None:
        metadata["classes"] = json_text(_texts(table.classes, "classes", class_count(sizes, functions.output)))
    if table.columns is not None:
        metadata["columns"] = json_text(_texts(table.columns, "columns", sizes[0]))
    if table.target is not None:
        metadata["target"] = json_text(_texts(table.target, "target"))
    if table.missing is not None:
        numbers = _scaling.numbers_text(table.missing)
        if _scaling.numbers_of(numbers, sizes[0]) is None:
            raise ValueError(f"missing is {quote(numbers)}; wanted {sizes[0]} finite numbers")
        metadata["missing"] = numbers
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
        framed_header = framed(header)
    except UnicodeEncodeError as error:
        raise ValueError(f"a fact is no Unicode text: {error}") from None
    length = len(framed_header) - 8
    if length > _LARGEST_HEADER:
        others = ["its classes' names"] if table.classes is not None else []
        others += ["its columns' names"] if table.columns is not None else []
        others += ["its scaling"] if _scaling.kind_of(table.scaling) else []
        what = " and ".join(["its facts", *others])
        raise ValueError(f"the header has {length:,} bytes with {what}, and {_LARGEST_HEADER:,} is the most")
    return framed_header


def framed(header: dict[str, Any]) -> bytes:
    """A header with its length before it, padded so that the numbers behind it lie well."""
    encoded = json_text(header).encode("utf-8")
    encoded += b" " * (-len(encoded) % 8)
    return len(encoded).to_bytes(8, "little") + encoded


def _texts(given: Sequence[str], what: str, count: int | None = None) -> list[str]:
    """So many texts; of an unknown count one or more."""
    texts = list(given)
    is_right = len(texts) == count if count is not None else len(texts) > 0
    if isinstance(given, str) or not is_right or not all(isinstance(text, str) for text in texts):
        raise ValueError(f"{what} is {quote(repr(given))}; wanted {'a list of' if count is None else count} texts")
    return texts


def class_count(sizes: tuple[int, ...], output: str) -> int:
    """How many classes a network has names for."""
    # One sigmoid output has two classes.
    return 2 if output == "sigmoid" and sizes[-1] == 1 else sizes[-1]


def json_text(value: Any) -> str:
    """Without spaces, and with no more escapes than JSON wants."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def exactly(file: BinaryIO, target: memoryview) -> None:
    """Fills the memory from a file, which must have so much."""
    while len(target) > 0:
        # The system gives up to 2 GB at a time.
        count = file.readinto(target[: 1 << 30])  # type: ignore[attr-defined]
        if not count:
            raise BadFile("it ends too early; wanted all that its header says")
        target = target[count:]


def _read_parameters(
    file: BinaryIO, sizes: tuple[int, ...], functions: Functions, use: str
) -> tuple[NDArray[np.float32], ModelInfo]:
    header = _read_header(file, sizes, functions)
    if header.info.scaling is not None and use == "refuse":
        raise BadFile(
            f"its network wants inputs {_scaling.words(header.info.scaling)}, which this load does not do: "
            "load with 'apply' for the scaling, or scale them, and load with 'ignore'"
        )
    parameters, end = np.empty(sum(map(_bytes, dict(_tensors(sizes)).values())) // 4, "<f4"), 0
    for name, shape in _tensors(sizes):
        file.seek(header.data_offset + header.begins[name])
        values = parameters[end : end + _bytes(shape) // 4]
        exactly(file, values.data.cast("B"))
        # In parts: the answers take as much again.
        for begin in range(0, values.size, CHUNK):
            wrong = np.flatnonzero(~np.isfinite(values[begin : begin + CHUNK]))
            if wrong.size > 0:
                culprit = begin + wrong[0]
                raise BadFile(f"element {culprit} of '{name}' is {values[culprit]}; wanted finite numbers")
        end += values.size
    came = _checksum(parameters.data.cast("B"))
    if header.checksum is not None and came != header.checksum:
        raise BadFile(
            f"its weights have the checksum {checksum_text(came)}; wanted {checksum_text(header.checksum)}: it is damaged"
        )
    return parameters.astype(np.float32, copy=False), header.info


def read_entries(file: BinaryIO, largest: int, wanted: str) -> tuple[dict[str, Any], int, int]:
    """What a header of so many bytes at most says, where the numbers begin, and how many bytes of them there are."""
    size = file.seek(0, 2)
    file.seek(0)
    rest = size - 8
    if rest < 0:
        raise BadFile(f"it has {size} bytes; wanted at least the 8 of the header's length")
    first = bytearray(8)
    exactly(file, memoryview(first))
    length = int.from_bytes(first, "little")
    if length > rest:
        _require_safetensors(bytes(first), wanted)
        raise BadFile(
            f"its header is said to have {length} bytes; wanted no more than {rest}: it is truncated, or no model file"
        )
    if length > largest:
        raise BadFile(f"its header has {length:,} bytes, and {largest:,} is the most")
    text = bytearray(length)
    exactly(file, memoryview(text))
    return _parse(text), 8 + length, rest - length


def _require_safetensors(first: bytes, wanted: str) -> None:
    """Refuses what is known to be a file of another kind by its first bytes."""
    kind = next((kind for start, kind in _OTHERS.items() if first.startswith(start)), None)
    if kind is None and all(32 <= byte < 127 or byte in b"\t\r\n" for byte in first):
        kind = f"a text does, with {quote(first.decode('ascii'))}: read_table reads tables"
    if kind is not None:
        raise BadFile(f"it is none, but begins as {kind}; wanted {wanted}")


def _read_header(
    file: BinaryIO, whose: tuple[int, ...] | None = None, functions: Functions = Functions()
) -> _Header:
    entries, data_offset, available = read_entries(file, _LARGEST_HEADER, "a file that save has written")
    metadata = _metadata(entries)
    sizes = _sizes(metadata)
    if whose is not None and sizes != whose:
        came, wanted = ("-".join(map(str, s)) for s in (sizes, whose))
        raise BadFile(f"it holds a network of {came}; wanted {wanted}")
    own = _functions(metadata)
    if whose is not None:
        for key, wanted in functions._asdict().items():
            if own._asdict()[key] != wanted:
                means = "" if key in metadata else f", which means {_DEFAULTS[key]!r}"
                raise BadFile(f"it has {_described(key, metadata)}{means}; wanted '{wanted}'")
    begins = _match(entries, sizes)
    _require_dense(begins, sizes, available)
    if metadata["format_version"] != _VERSION:
        facts = {key: value for key, value in metadata.items() if key not in ("format", "format_version", "sizes")}
        return _Header(ModelInfo(sizes, metadata, facts=facts), None, begins, data_offset)
    facts = {key: value for key, value in metadata.items() if key not in _OWN}
    checksum = _parse_checksum(metadata.get("checksum"))
    scaling = _parse_scaling(metadata["scaling"], sizes[0]) if "scaling" in metadata else None
    classes = _parse_texts(metadata, "classes", class_count(sizes, own.output))
    columns, target = _parse_texts(metadata, "columns", sizes[0]), _parse_texts(metadata, "target")
    missing = _parse_missing(metadata["missing"], sizes[0]) if "missing" in metadata else None
    info = ModelInfo(sizes, metadata, scaling, classes, facts, *own, columns, target, missing)
    return _Header(info, checksum, begins, data_offset)


def _parse_checksum(text: str | None) -> int:
    if text is None or not re.fullmatch("crc32:[0-9a-fA-F]{8}", text):
        came = "missing" if text is None else quote(text)
        raise BadFile(f"its 'checksum' is {came}; wanted one as in 'crc32:cbf43926'")
    return int(text[6:], 16)


def _parse_scaling(text: str, columns: int) -> AnyScaling:
    value = _value(text)
    if isinstance(value, dict) and sorted(value) == ["factor", "kind"] and value["kind"] == "factor":
        try:
            if isinstance(value["factor"], np.float32):
                return Scaling(_scaling.factor(float(value["factor"])))
        except ValueError:
            pass
    scaling = _scaling.parsed(text, columns)
    if scaling is None:
        raise BadFile(
            f"its 'scaling' is {quote(text)}; wanted one as in '{{\"kind\":\"factor\",\"factor\":16}}', or of the kind "
            f"'standard' or 'minmax' with {columns} numbers each"
        )
    return scaling


def _parse_texts(metadata: dict[str, str], key: str, count: int | None = None) -> Optional[tuple[str, ...]]:
    """So many texts; of an unknown count one or more; None where there is no such key."""
    if key not in metadata:
        return None
    names = _value(metadata[key])
    is_list = isinstance(names, list) and (len(names) == count if count is not None else len(names) > 0)
    if is_list and all(_is_text(name) for name in names):
        return tuple(names)
    wanted = "a list of names" if count is None else f"a list of {count} names"
    raise BadFile(f"its '{key}' is {quote(metadata[key])}; wanted {wanted}")


def _parse_missing(text: str, columns: int) -> tuple[float, ...]:
    numbers = _scaling.numbers_of(text, columns)
    if numbers is None:
        raise BadFile(f"its 'missing' is {quote(text)}; wanted a list of {columns} numbers")
    return numbers


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
    except BadFile:
        raise
    except json.JSONDecodeError as error:
        # What the error itself says could quote the file at length.
        raise BadFile(f"its header is not valid JSON, from character {error.pos} on") from None
    except (ValueError, RecursionError) as error:
        came = f"byte {error.start} on" if isinstance(error, UnicodeDecodeError) else "some depth on"
        raise BadFile(f"its header is not valid JSON, from {came}") from None
    if not isinstance(entries, dict):
        raise BadFile(f"its header is a {type(entries).__name__}; wanted an object")
    return entries


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise BadFile(f"its header has the key {quote(twice)} twice")
    return entries


def _integer(digits: str) -> int:
    # Reading a number takes time that grows with the square of its length.
    if len(digits) > 19:
        raise BadFile("its header has a number of more than 19 digits")
    return int(digits)


def _metadata(entries: dict[str, Any]) -> dict[str, str]:
    """The metadata, taken out of the entries, where the format is this one.

    Another program's file could name its tensors alike and keep weights as outputs×inputs, which the shape of a
    square layer would not betray.
    """
    metadata = entries.pop(_METADATA, None)
    if metadata is not None and not isinstance(metadata, dict):
        raise BadFile(f"its '{_METADATA}' is a {type(metadata).__name__}; wanted an object")
    for key, value in (metadata or {}).items():
        if not isinstance(value, str):
            raise BadFile(f"{quote(key)} in its metadata is a {type(value).__name__}; wanted a text")
        if not _is_text(key + value):
            raise BadFile(f"{quote(key)} in its metadata is no Unicode text")
    if metadata is None or metadata.get("format") != _FORMAT:
        came = f"has no '{_METADATA}'" if metadata is None else f"has {_described('format', metadata)}"
        if _fits(entries, 1, 0) and not _fits(entries, 0, 1):
            raise BadFile(
                f"it {came}, and its weights are {_TRANSPOSED}, as PyTorch has them; wanted {_LAYOUT}, and 'format' '{_FORMAT}'"
            )
        hint = ""
        if metadata is not None and metadata.get("format") == CHECKPOINT:
            hint = ": it is a checkpoint, from which fit(…, checkpoint=…, resume=True) goes on"
        raise BadFile(f"it {came}; wanted 'format' '{_FORMAT}', 'format_version' and 'sizes'{hint}")
    if metadata.get("format_version") not in ("1", _VERSION):
        raise BadFile(f"it has {_described('format_version', metadata)}; wanted '1' or '{_VERSION}'")
    if metadata["format_version"] == _VERSION:
        if metadata.get("layout") != _LAYOUT:
            raise BadFile(
                f"it has {_described('layout', metadata)}; wanted '{_LAYOUT}': "
                f"weights that are {_TRANSPOSED} are to be transposed first"
            )
    return metadata


def _functions(metadata: dict[str, str]) -> Functions:
    # In files of version 1 the keys were facts like others.
    own = metadata if metadata["format_version"] == _VERSION else {}
    return Functions(*(own.get(key, name) for key, name in _DEFAULTS.items()))


def _described(key: str, metadata: dict[str, str]) -> str:
    return f"'{key}' {quote(metadata[key])}" if key in metadata else f"no '{key}'"


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
    raise BadFile(
        f"its 'sizes' is {quote(text)}; wanted 2 to {_MOST_SIZES} numbers from 1 to {_LARGEST_SIZE}, as in '64-32-10'"
    )


def _match(entries: dict[str, Any], sizes: tuple[int, ...]) -> dict[str, int]:
    """Where each tensor begins, where they are those of the network."""
    network = "-".join(map(str, sizes))
    begins = {}
    for name, shape in _tensors(sizes):
        if name not in entries:
            raise BadFile(f"it has no '{name}', which a network of {network} wants")
        entry = entries.pop(name)
        if not isinstance(entry, dict) or sorted(entry) != ["data_offsets", "dtype", "shape"]:
            raise BadFile(f"'{name}' is {quote(repr(entry))}; wanted dtype, shape and data_offsets")
        if entry["dtype"] != "F32":
            raise BadFile(f"'{name}' has the dtype {quote(str(entry['dtype']))}; wanted 'F32'")
        if not _are_integers(entry["shape"]) or entry["shape"] != shape:
            is_transposed = len(shape) == 2 and entry["shape"] == shape[::-1]
            raise BadFile(
                f"'{name}' has the shape {quote(str(entry['shape']))}; wanted {shape} for a network of {network}"
                + (f": it is {_TRANSPOSED}, as PyTorch has them" if is_transposed else "")
            )
        offsets = entry["data_offsets"]
        if not _are_integers(offsets) or len(offsets) != 2 or offsets[1] - offsets[0] != _bytes(shape):
            raise BadFile(f"'{name}' lies at {quote(str(offsets))}; wanted [begin, end] of {_bytes(shape)} bytes")
        begins[name] = offsets[0]
    for name in entries:
        raise BadFile(f"it has a tensor {quote(name)}, which a network of {network} does not have")
    return begins


def _require_dense(begins: dict[str, int], sizes: tuple[int, ...], available: int) -> None:
    shapes = dict(_tensors(sizes))
    end = 0
    for name in sorted(begins, key=begins.__getitem__):
        if begins[name] != end:
            raise BadFile(f"'{name}' begins at byte {begins[name]}; wanted {end}, where the tensor before it ends")
        end += _bytes(shapes[name])
    if end != available:
        raise BadFile(f"it has {available} bytes of tensors; wanted {end}")


def _are_integers(values: Any) -> bool:
    return isinstance(values, list) and all(type(value) is int for value in values)


def quote(text: str) -> str:
    """The words of a file as they may stand in a message: short, and without what a terminal would obey."""
    return f"'{_files.printable(text, 60)}'"
