"""Model files: what is written, what is read, and all that is refused."""

from __future__ import annotations

import json
import os
import re
import stat
import struct

import numpy as np
import pytest
from aotbackprop import Digits, Mnist, read_model_info


def parts(path):
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8 : 8 + length]), content[8 + length :], length


def put(path, header, data=b"", length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + data)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "digits.safetensors"
    Digits(seed=3).save(path, {"epochs": "3", "note": "é <b>"})
    return path


def test_what_is_saved_is_loaded(file):
    assert np.array_equal(Digits.load(file).parameters, Digits(seed=3).parameters)
    net = Digits(seed=1)
    view = net.W1
    assert net.load_parameters(str(file)) is net
    assert np.array_equal(net.parameters, Digits(seed=3).parameters) and np.shares_memory(net.W1, view)


def test_the_file_is_as_the_format_says(file):
    header, data, length = parts(file)
    assert (8 + length) % 8 == 0
    assert header.pop("__metadata__") == {
        "format": "aotbackprop", "format_version": "1", "sizes": "64-32-10", "epochs": "3", "note": "é <b>",
    }  # fmt: skip
    assert list(header) == ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"]
    assert [entry["shape"] for entry in header.values()] == [[64, 32], [32], [32, 10], [10]]
    assert {entry["dtype"] for entry in header.values()} == {"F32"}
    assert [entry["data_offsets"] for entry in header.values()] == [[0, 8192], [8192, 8320], [8320, 9600], [9600, 9640]]
    assert data == Digits(seed=3).parameters.astype("<f4").tobytes()


def test_info(file):
    info = read_model_info(file)
    assert info.sizes == (64, 32, 10) and info.metadata["epochs"] == "3"


def test_saving_replaces_the_file_as_a_whole(file):
    os.chmod(file, 0o600)
    with open(file, "rb") as old:
        Digits(seed=4).save(file)
        assert b'"epochs"' in old.read()
    assert np.array_equal(Digits.load(file).parameters, Digits(seed=4).parameters)
    assert os.listdir(file.parent) == [file.name]
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(file.stat().st_mode) == 0o666 & ~mask


def test_a_relative_path_is_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Digits(seed=1).save("here")
    assert np.array_equal(Digits.load("here").parameters, Digits(seed=1).parameters)


def test_a_link_stays_and_what_it_points_to_is_replaced(file):
    link = file.parent / "latest"
    link.symlink_to(file.name)
    Digits(seed=4).save(link)
    assert os.readlink(link) == file.name
    assert np.array_equal(Digits.load(file).parameters, Digits(seed=4).parameters)


def test_what_is_no_file_is_never_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, "/dev/null"):
        mode = os.stat(path).st_mode
        with pytest.raises(ValueError, match="it is a directory, a pipe or a device; wanted a file"):
            Digits(seed=1).save(path)
        assert os.stat(path).st_mode == mode
    assert os.listdir(tmp_path) == ["pipe"]


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_save_that_fails_leaves_the_old_file_alone(file, monkeypatch, failing):
    before = file.read_bytes()

    def fail(*arguments):
        raise OSError("no space left")

    monkeypatch.setattr(os, failing, fail)
    with pytest.raises(OSError, match="no space left"):
        Digits(seed=4).save(file)
    assert file.read_bytes() == before and os.listdir(file.parent) == [file.name]


def test_all_is_on_the_disk_before_the_name_changes(file, monkeypatch):
    calls = []
    fsync, replace = os.fsync, os.replace

    def logged_fsync(descriptor):
        calls.append("directory" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    def logged_replace(source, target):
        calls.append("rename")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", logged_fsync)
    monkeypatch.setattr(os, "replace", logged_replace)
    Digits(seed=4).save(file)
    assert calls == ["file", "rename", "directory"]


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"sizes": "1-2"}, "the fact 'sizes' is the format's own"),
        ({"epochs": 3}, "the fact 'epochs' is 3; wanted texts"),
        ({"x": "\ud800"}, "a fact is no Unicode text"),
    ],
)
def test_bad_facts(tmp_path, facts, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Digits(seed=1).save(tmp_path / "x", facts)
    assert os.listdir(tmp_path) == []


def test_what_is_not_finite_is_not_saved(tmp_path):
    net = Digits(seed=1)
    net.b1[3] = np.nan
    with pytest.raises(ValueError, match="is nan"):
        net.save(tmp_path / "x")
    assert os.listdir(tmp_path) == []


def test_tensors_may_lie_in_another_order(file):
    header, data, _ = parts(file)
    pieces, begin = [], 0
    for name in ["layers.1.bias", "layers.0.weight", "layers.1.weight", "layers.0.bias"]:
        old = header[name]["data_offsets"]
        pieces.append(data[old[0] : old[1]])
        header[name]["data_offsets"] = [begin, begin + old[1] - old[0]]
        begin += old[1] - old[0]
    put(file, header, b"".join(pieces))
    assert np.array_equal(Digits.load(file).parameters, Digits(seed=3).parameters)


def edit(change):
    def apply(path):
        header, data, _ = parts(path)
        put(path, change(header) or header, data)

    return apply


def entry(name, **values):
    return edit(lambda header: header[name].update(values))


def metadata(**values):
    return edit(lambda header: header["__metadata__"].update(values))


def cut(size):
    return lambda path: path.write_bytes(path.read_bytes()[:size])


def data(change):
    def apply(path):
        header, content, _ = parts(path)
        put(path, header, change(bytearray(content)))

    return apply


def text(change):
    """Of the header, as it stands."""

    def apply(path):
        header, content, _ = parts(path)
        put(path, change(json.dumps(header).encode()), content)

    return apply


NAN = struct.pack("<f", float("nan"))
BAD_FILES = {
    "it has 0 bytes; wanted at least the 8": cut(0),
    "it has 7 bytes; wanted at least the 8": cut(7),
    "it is truncated, or no safetensors file": cut(100),
    "it has 9639 bytes of tensors; wanted 9640": cut(-1),
    "it has 0 bytes of tensors; wanted 9640": lambda path: cut(8 + parts(path)[2])(path),
    "it has 9641 bytes of tensors; wanted 9640": data(lambda d: d + b"\0"),
    "its header is said to have 18446744073709551615 bytes": lambda path: put(path, b"{}", length=2**64 - 1),
    "its header is said to have 100000001 bytes; wanted no more than": lambda path: put(path, b"{}", length=10**8 + 1),
    "its header is not valid JSON: Expecting value": lambda path: put(path, b""),
    "its header is a list; wanted an object": lambda path: put(path, b"[]"),
    "its header is not valid JSON: Extra data": text(lambda t: t + b"{}"),
    "its header is not valid JSON: 'utf-8'": text(lambda t: t.replace(b"epochs", b"epo\xff\xfes")),
    "its header is not valid JSON: maximum recursion": lambda path: put(path, b"[" * 100_000),
    "has a number of more than 19 digits": text(lambda t: t.replace(b"8192", b"9" * 100_000)),
    "the key 'layers.0.bias' twice": text(lambda t: t[:-1] + b', "layers.0.bias": {}}'),
    "the key 'dtype' twice": text(lambda t: t.replace(b'"dtype": "F32"', b'"dtype": "F32", "dtype": "F32"', 1)),
    "the key 'sizes' twice": text(lambda t: t.replace(b'"sizes"', b'"sizes": "64-32-10", "sizes"')),
    "its '__metadata__' is missing": edit(lambda h: h.pop("__metadata__") and h),
    "'epochs' in its metadata is a int; wanted a text": metadata(epochs=3),
    "in its metadata is no Unicode text": metadata(note="\ud800"),
    "its 'format' is 'pt'; wanted 'aotbackprop'": metadata(format="pt"),
    "its 'format' is 'a?b": metadata(format="a\x1bb" + "x" * 1000),
    "its 'format_version' is '2'; wanted '1'": metadata(format_version="2"),
    "its 'sizes' is '64'; wanted 2 to 8 numbers": metadata(sizes="64"),
    "its 'sizes' is '64--10'": metadata(sizes="64--10"),
    "its 'sizes' is '64-٣-10'": metadata(sizes="64-٣-10"),
    "its 'sizes' is '99999-10'": metadata(sizes="99999-10"),
    "its 'sizes' is '0-10'": metadata(sizes="0-10"),
    "it has no 'layers.0.weight', which a network of 64-32-10 wants": edit(lambda h: h.pop("layers.0.weight") and h),
    "it has a tensor 'extra', which": edit(lambda h: h.update(extra=h["layers.0.bias"])),
    "'layers.0.bias' has the dtype 'F64'; wanted 'F32'": entry("layers.0.bias", dtype="F64"),
    "'layers.0.weight' has the shape '[32, 64]'; wanted [64, 32]": entry("layers.0.weight", shape=[32, 64]),
    "'layers.0.bias' has the shape '[32, 1]'": entry("layers.0.bias", shape=[32, 1]),
    "'layers.0.bias' has the shape '[32.0]'": entry("layers.0.bias", shape=[32.0]),
    "'layers.0.bias' has the shape '32'": entry("layers.0.bias", shape=32),
    "'layers.0.bias' is ": entry("layers.0.bias", more=1),
    "lies at '[8192, 8316]'; wanted [begin, end] of 128 bytes": entry("layers.0.bias", data_offsets=[8192, 8316]),
    "'layers.0.bias' lies at '[True, 129]'": entry("layers.0.bias", data_offsets=[True, 129]),
    "'layers.0.bias' lies at '[0]'": entry("layers.0.bias", data_offsets=[0]),
    "'layers.0.bias' begins at byte 0; wanted": entry("layers.0.bias", data_offsets=[0, 128]),
    "'layers.1.bias' begins at byte 9604; wanted 9600": entry("layers.1.bias", data_offsets=[9604, 9644]),
    "begins at byte -128; wanted 0": entry("layers.0.bias", data_offsets=[-128, 0]),
    "element 5 of 'layers.1.bias' is nan; wanted finite": data(lambda d: d[:-20] + NAN + d[-16:]),
}


@pytest.mark.parametrize("message", BAD_FILES)
def test_bad_files(file, message):
    BAD_FILES[message](file)
    net = Digits(seed=1)
    with pytest.raises(ValueError, match=re.escape(message)) as error:
        net.load_parameters(file)
    assert str(error.value).startswith(f"model file '{file}': ") and "\x1b" not in str(error.value)
    assert np.array_equal(net.parameters, Digits(seed=1).parameters)
    with pytest.raises(ValueError):
        Digits.load(file)


def test_a_file_of_other_sizes(file):
    with pytest.raises(ValueError, match="it holds a network of 64-32-10; wanted 784-128-10"):
        Mnist.load(file)
    assert read_model_info(file).sizes == (64, 32, 10)


def test_what_is_no_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        Digits.load(tmp_path / "none")
    with pytest.raises(ValueError, match="it is a directory, a pipe or a device"):
        Digits.load(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="it is a directory, a pipe or a device"):
        read_model_info(tmp_path / "pipe")
    with pytest.raises(FileNotFoundError):
        Digits(seed=1).save(tmp_path / "none" / "x")
