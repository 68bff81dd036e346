"""Model files: what is written, what is read, and all that is refused."""

from __future__ import annotations

import dis
import errno
import fcntl
import json
import os
import re
import stat
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from aotbackprop import Digits, MinMaxScaling, Mnist, Scaling, StandardScaling, _files, read_model_info, require_writable


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
        "format": "aotbackprop", "format_version": "2", "sizes": "64-32-10", "layout": "inputs x outputs",
        "checksum": f"crc32:{zlib.crc32(data):08x}", "epochs": "3", "note": "é <b>",
    }  # fmt: skip
    assert list(header) == ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"]
    assert [entry["shape"] for entry in header.values()] == [[64, 32], [32], [32, 10], [10]]
    assert {entry["dtype"] for entry in header.values()} == {"F32"}
    assert [entry["data_offsets"] for entry in header.values()] == [[0, 8192], [8192, 8320], [8320, 9600], [9600, 9640]]
    assert data == Digits(seed=3).parameters.astype("<f4").tobytes()


def test_info(file):
    info = read_model_info(file)
    assert info.sizes == (64, 32, 10) and info.metadata["epochs"] == "3"
    assert info.facts == {"epochs": "3", "note": "é <b>"} and info.scaling is None and info.classes is None


def test_saving_replaces_the_file_as_a_whole(file):
    os.chmod(file, 0o600)
    with open(file, "rb") as old:
        Digits(seed=4).save(file)
        assert b'"epochs"' in old.read()
    assert np.array_equal(Digits.load(file).parameters, Digits(seed=4).parameters)
    assert os.listdir(file.parent) == [file.name]


def test_a_file_keeps_its_rights_and_a_new_one_obeys_the_umask(file):
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(file.stat().st_mode) == 0o666 & ~mask
    os.chmod(file, 0o604)
    owner = (65534, 65533) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    os.chown(file, *owner)
    try:
        os.setxattr(file, "user.note", b"kept")
        has_attributes = True
    except OSError:
        has_attributes = False
    before = file.stat().st_ino
    Digits(seed=4).save(file)
    after = file.stat()
    assert (stat.S_IMODE(after.st_mode), after.st_uid, after.st_gid) == (0o604, *owner) and after.st_ino != before
    assert not has_attributes or os.getxattr(file, "user.note") == b"kept"


AS_NOBODY = """
import os, sys
sys.path[:] = {0!r}
import numpy
from aotbackprop import Digits, require_writable
net = Digits(seed=4)
os.setgroups([])
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
for what in (require_writable, net.save):
    try:
        what(sys.argv[1])
        print("done")
    except OSError as error:
        print(type(error).__name__)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user")
def test_what_another_user_may_not_write_is_told_before(tmp_path):
    def ask(path):
        program = [sys.executable, "-c", AS_NOBODY.format(sys.path), path]
        return subprocess.run(program, capture_output=True, text=True, check=True).stdout.split()

    for folder in [tmp_path, *tmp_path.parents[:-2]]:
        os.chmod(folder, 0o755)
    for name, mode in (("closed", 0o755), ("sticky", 0o1777), ("open", 0o777)):
        (tmp_path / name).mkdir()
        Digits(seed=1).save(tmp_path / name / "theirs")
        os.chmod(tmp_path / name / "theirs", 0o666)
        os.chmod(tmp_path / name, mode)
    # What a kill left of a save over a file that its owner may not read.
    left = tmp_path / "open" / f".theirs.{'0' * 16}.tmp"
    left.write_bytes(b"")
    os.chown(left, 65534, 65534)
    os.chmod(left, 0o200)
    (tmp_path / "open" / "fixed").write_bytes(b"")
    os.chmod(tmp_path / "open" / "fixed", 0o644)
    refused = ["PermissionError"] * 2
    assert ask(tmp_path / "closed" / "new") == refused and ask(tmp_path / "closed" / "theirs") == refused
    assert ask(tmp_path / "sticky" / "theirs") == refused and ask(tmp_path / "open" / "fixed") == refused
    assert ask(tmp_path / "sticky" / "new") == ["done"] * 2 and ask(tmp_path / "open" / "theirs") == ["done"] * 2
    assert (tmp_path / "open" / "theirs").stat().st_uid == 65534 and not left.exists()
    assert sorted(os.listdir(tmp_path / "sticky")) == ["new", "theirs"] and os.listdir(tmp_path / "closed") == ["theirs"]


def test_links_mean_what_the_system_says(tmp_path):
    (tmp_path / "real" / "sub").mkdir(parents=True)
    (tmp_path / "alias").symlink_to("real/sub")
    (tmp_path / "real" / "sub" / "link").symlink_to("../target")
    (tmp_path / "target").write_bytes(b"precious")
    (tmp_path / "real" / "target").write_bytes(b"old")
    Digits(seed=4).save(tmp_path / "alias" / "link")
    assert (tmp_path / "target").read_bytes() == b"precious" and read_model_info(tmp_path / "real" / "target").sizes
    (tmp_path / "dangling").symlink_to("real/new")
    require_writable(tmp_path / "dangling")
    Digits(seed=4).save(tmp_path / "dangling")
    assert os.readlink(tmp_path / "dangling") == "real/new" and read_model_info(tmp_path / "real" / "new").sizes
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError, match="symbolic links"):
        Digits(seed=4).save(tmp_path / "loop")


def test_names_are_bytes(tmp_path):
    folder = os.fsencode(tmp_path) + b"/"
    names = [b"mod\xe9\xff", b"x" * 255, "ä".encode() * 127, bytes(range(48, 256)), b"\x01\x1b"]
    for name in names:
        for _ in range(2):
            Digits(seed=3).save(folder + name)
        assert np.array_equal(Digits.load(folder + name).parameters, Digits.load(os.fsdecode(folder + name)).parameters)
    assert sorted(os.listdir(folder)) == sorted(names)
    for what in (require_writable, Digits(seed=3).save):
        with pytest.raises(OSError, match="File name too long"):
            what(folder + b"x" * 256)


def test_what_a_kill_left_is_removed_unless_someone_holds_it(file):
    dead, held = (file.parent / f".{file.name}.{digit * 16}.tmp" for digit in "07")
    other = file.parent / f".other.{'0' * 16}.tmp"
    for path in (dead, held, other):
        path.write_bytes(b"half")
    with open(held) as holder:
        fcntl.flock(holder, fcntl.LOCK_SH)
        Digits(seed=4).save(file)
    assert sorted(os.listdir(file.parent)) == sorted([file.name, held.name, other.name])


def test_what_can_not_be_listed_stays(file, monkeypatch):
    dead = file.parent / f".{file.name}.{'0' * 16}.tmp"
    dead.write_bytes(b"half")

    def fail(folder):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patched:
        patched.setattr(os, "listdir", fail)
        Digits(seed=4).save(file)
    assert np.array_equal(Digits.load(file).parameters, Digits(seed=4).parameters) and dead.exists()


def test_a_mount_that_is_not_known_is_no_other_mount(file, monkeypatch):
    asked = []

    def once(*arguments, **more):
        asked.append(arguments)
        if len(asked) == 1:
            raise OSError(errno.ENFILE, os.strerror(errno.ENFILE))
        return open(*arguments, **more)

    monkeypatch.setattr(_files, "open", once, raising=False)
    require_writable(file)
    assert len(asked) == 2


def test_require_writable_changes_nothing(file):
    before = file.parent.stat().st_mtime_ns, file.stat()
    require_writable(file)
    require_writable(bytes(file))
    require_writable(file.parent / "new")
    assert (file.parent.stat().st_mtime_ns, file.stat()) == before and os.listdir(file.parent) == [file.name]
    for path in (file.parent / "none" / "new", "/proc/self/new", file / "new"):
        with pytest.raises(OSError):
            require_writable(path)


def test_a_scaling_is_kept_and_applied_refused_or_ignored(file):
    for scaling, text in ((16, "16"), (0.1, "0.1"), (np.float32(0.1), "0.1"), (Scaling(1e-7), "1e-07"), (np.int64(3), "3")):
        Digits(seed=3).save(file, scaling=scaling, classes=[*"012345678", '"é"'])
        info = read_model_info(file)
        assert info.metadata["scaling"] == f'{{"kind":"factor","factor":{text}}}' and info.scaling == Scaling(float(text))
        assert info.classes == (*"012345678", '"é"') and info.facts == {}
    with pytest.raises(ValueError, match="its network wants inputs divided by 3, which this load does not do"):
        Digits.load(file, scaling="refuse")
    X = np.random.default_rng(1).random((9, 64)) * 3
    applied, ignored = Digits.load(file), Digits.load(file, scaling="ignore")
    assert applied.scaling == Scaling(3) and ignored.scaling is None and applied.classes == ignored.classes == info.classes
    assert np.array_equal(ignored.parameters, Digits(seed=3).parameters)
    assert np.array_equal(applied.predict_proba(X), ignored.predict_proba((X / 3).astype(np.float32)))
    with pytest.raises(ValueError, match="scaling is 'use'; wanted 'apply', 'refuse' or 'ignore'"):
        Digits.load(file, scaling="use")


@pytest.mark.parametrize(
    ("factor", "number"),
    [
        ("1" + "0" * 20, 1e20), ("1" + "0" * 38, 1e38), ("16" + "0" * 5000 + "e-5000", 16), ("0." + "0" * 5000 + "16e5002", 16),
        ("1.6E1", 16), ("16e+00000000000000000000000", 16), ("16.0", 16),
        # Just beside the middle of two numbers of float32, where double can't tell; the first two are the ends.
        ("3.40282356779733661637539395458142568447" + "9" * 50 + "e38", np.finfo(np.float32).max),
        ("1.000000059604644775390625" + "0" * 50 + "1", 1 + 2**-23), ("1.000000059604644775390625", 1),
        ("1.00000017881393432617187499999999999", 1 + 2**-23), ("1.000000178813934326171875", 1 + 2**-22),
    ],
)  # fmt: skip
def test_a_factor_is_any_number_of_json_that_float32_has(file, factor, number):
    metadata(scaling=f'{{"kind":"factor","factor":{factor}}}')(file)
    assert np.float32(read_model_info(file).scaling.factor) == np.float32(number)


def test_what_is_known_of_a_table_is_kept(tmp_path):
    net = Digits(seed=3)
    mean = [0.1, -0.0, 1e-7, 1e22, 5e15, 123456789.0, 5.0] + [0.5] * 57
    net.scaling = StandardScaling(tuple(mean), (2.0,) * 64)
    net.missing, net.columns = range(64), [f"a{i} ü" for i in range(64)]
    net.classes, net.target = [*"abcdefghij"], ["digit"]
    net.save(tmp_path / "model", {"epochs": "3"})
    info = read_model_info(tmp_path / "model")
    wanted = ["format", "format_version", "sizes", "layout", "checksum", "scaling", "classes", "columns", "target", "missing", "epochs"]
    assert list(info.metadata) == wanted and info.facts == {"epochs": "3"}
    start = '{"kind":"standard","mean":[0.1,-0,1e-07,1e+22,5000000000000000,123456789,5,0.5,'
    assert info.metadata["scaling"].startswith(start) and info.metadata["missing"].startswith("[0,1,2,")
    assert info.scaling == net.scaling and np.signbit(info.scaling.mean[1]) and info.missing == tuple(map(float, range(64)))
    other = Digits.load(tmp_path / "model")
    for name in ("scaling", "missing", "columns", "classes", "target"):
        assert getattr(other, name) == getattr(net, name)
    net.scaling = MinMaxScaling((0,) * 64, (0, 1.5) * 32)
    net.save(tmp_path / "model")
    text = read_model_info(tmp_path / "model").metadata["scaling"]
    assert text == '{"kind":"minmax","minimum":[' + ",".join(["0"] * 64) + '],"maximum":[' + ",".join(["0", "1.5"] * 32) + "]}"
    assert Digits.load(tmp_path / "model").scaling == net.scaling
    with pytest.raises(ValueError, match="and the network's own is"):
        net.save(tmp_path / "model", scaling=16)
    for name, value in (("scaling", 0), ("missing", [1]), ("columns", ["a"]), ("classes", "abcdefghij"), ("target", [1])):
        with pytest.raises(ValueError, match=name):
            setattr(net, name, value)


@pytest.mark.parametrize("scaling", [0, -1, 1e-40, 1e39, float("nan"), float("inf"), "16", 10**400])
def test_a_factor_is_a_normal_number_above_0(tmp_path, scaling):
    with pytest.raises(ValueError, match="wanted a normal number of float32, above 0"):
        Digits(seed=1).save(tmp_path / "x", scaling=scaling)
    with pytest.raises(ValueError, match="wanted 10 texts"):
        Digits(seed=1).save(tmp_path / "x", classes=["a"])
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("scaling", "16"), ("scaling", "{}"), ("scaling", '{"kind":"standard","factor":16}'), ("scaling", '{"kind":"robust","factor":16}'),
        ("scaling", '{"kind":"standard","mean":[0],"deviation":[1]}'), ("columns", '["a"]'), ("columns", "3"), ("target", "[]"),
        ("target", '"a"'), ("missing", "[0]"), ("missing", "0"), ("missing", "[" + "0," * 63 + "NaN]"),
        ("missing", "[" + "0," * 63 + "1e999]"), ("missing", "[" + "0," * 63 + '"0"]'),
        ("scaling", '{"kind":"minmax","minimum":[' + "0," * 63 + '0],"maximum":[' + "1," * 63 + "-1]}"),
        ("scaling", '{"kind":"standard","mean":[' + "0," * 63 + '0],"deviation":[' + "1," * 63 + "-1]}"),
        ("scaling", '{"kind":"factor","factor":true}'), ("scaling", '{"kind":"factor","factor":"16"}'),
        ("scaling", '{"kind":"factor","factor":1e99}'), ("scaling", '{"kind":"factor","factor":NaN}'),
        ("scaling", '{"kind":"factor","factor":1e-99}'), ("scaling", f'{{"kind":"factor","factor":{"9" * 5000}}}'),
        ("scaling", '{"kind":"factor","factor":1e99999999999999999999}'), ("scaling", '{"kind":"factor","factor":-16}'),
        ("scaling", '{"kind":"factor","factor":1.17549428e-38}'),
        ("scaling", "[" * 100_000), ("classes", '["a"]'), ("classes", "{}"),
        ("checksum", "crc32:0"), ("checksum", "sha256:00000000"), ("layout", "outputs x inputs"),
        ("activation", "tanh"), ("output", "sigmoid"),
    ],
)  # fmt: skip
def test_metadata_of_version_2_means_one_thing(file, key, value):
    metadata(**{key: value})(file)
    # Which functions a file has is its own affair until a network loads it.
    read = Digits.load if key in ("activation", "output") else read_model_info
    with pytest.raises(ValueError, match=f"'{key}'") as error:
        read(file)
    assert len(str(error.value)) < len(str(file)) + 300
    # In version 1 they were facts like others.
    metadata(format_version="1")(file)
    assert read_model_info(file).facts[key] == value
    assert np.array_equal(Digits.load(file).parameters, Digits(seed=3).parameters)


def test_weights_that_fit_when_transposed_alone_are_told(file):
    header, content, _ = parts(file)
    own = header.pop("__metadata__")
    for name in ("layers.0.weight", "layers.1.weight"):
        header[name]["shape"].reverse()
    for given in ({}, {"__metadata__": {"format": "pt"}}, {"__metadata__": own}):
        put(file, {**given, **header}, content)
        with pytest.raises(ValueError, match="outputs x inputs, as PyTorch has them"):
            Digits.load(file)
    # Square ones fit both ways.
    put(file, {"layers.0.weight": {"shape": [4, 4]}, "layers.0.bias": {"shape": [4]}})
    with pytest.raises(ValueError, match="it has no '__metadata__'; wanted 'format' 'aotbackprop'"):
        read_model_info(file)


@pytest.mark.parametrize(
    "header",
    [
        b'{"a":t\x1b]0;owned\x07\x1b[2J\x1b[31mhello\n }', b'{"a":t' + b"x" * 1_000_000 + b"}", b"{} \x1b[31mred",
        b"{" + b" " * 1_000_000 + b"}", ('{"' + "\u202e" * 100_000 + '":1}').encode(), b'{"a":[' + b"[]," * 300_000 + b"0]}",
    ],
)  # fmt: skip
def test_what_a_file_says_reaches_messages_in_short(file, header):
    put(file, header)
    with pytest.raises(ValueError) as error:
        read_model_info(file)
    assert str(error.value).isprintable() and len(str(error.value)) < len(str(file)) + 300


def test_a_long_header_is_refused_unread(file):
    with open(file, "wb") as sparse:
        sparse.write(struct.pack("<Q", 99_000_000))
        sparse.truncate(200_000_000)
    with pytest.raises(ValueError, match="its header has 99,000,000 bytes, and 1,048,576 is the most$"):
        Digits.load(file)
    with pytest.raises(ValueError, match="bytes with its facts, and 1,048,576 is the most"):
        Digits(seed=1).save(file, {"a": "x" * 2**20})
    with pytest.raises(ValueError, match="bytes with its facts and its classes' names, and 1,048,576 is the most"):
        Digits(seed=1).save(file, classes=["x" * 2**20] * 10)


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_header_is_as_long_as_the_limit_at_most(file, version):
    header, content, _ = parts(file)
    header["__metadata__"]["format_version"] = version
    text = json.dumps(header).encode()
    put(file, text.ljust(2**20), content)
    assert np.array_equal(Digits.load(file).parameters, Digits(seed=3).parameters)
    put(file, text.ljust(2**20 + 8), content)
    with pytest.raises(ValueError, match="its header has 1,048,584 bytes, and 1,048,576 is the most$"):
        Digits.load(file)
    # One that is cut is told as such, whatever its length.
    cut(2**20)(file)
    with pytest.raises(ValueError, match="said to have 1048584 bytes; wanted no more than 1048568: it is truncated"):
        Digits.load(file)


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


@pytest.mark.parametrize("failing", ["fsync", "rename"])
def test_a_save_that_fails_leaves_the_old_file_alone(file, monkeypatch, failing):
    before = file.read_bytes()

    def fail(*arguments, **more):
        raise OSError("no space left")

    monkeypatch.setattr(os, failing, fail)
    with pytest.raises(OSError, match="no space left"):
        Digits(seed=4).save(file)
    assert file.read_bytes() == before and os.listdir(file.parent) == [file.name]


def test_a_failing_sync_of_the_folder_is_told_from_a_file_that_was_not_written(file, monkeypatch):
    fsync = os.fsync

    def fail(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="written, but its name may not be on the disk: Input/output error") as error:
        Digits(seed=4).save(file)
    assert (error.value.errno, error.value.filename) == (errno.EIO, str(file))
    assert np.array_equal(Digits.load(file).parameters, Digits(seed=4).parameters)


@pytest.mark.parametrize("error", [errno.EIO, errno.EINTR])
@pytest.mark.parametrize("which", ["file", "lock", "folder"])
def test_what_a_close_says_matters_where_it_may_tell_of_a_loss(file, monkeypatch, which, error):
    before, close, failed = file.read_bytes(), os.close, []

    def fail(descriptor):
        name = os.readlink(f"/proc/self/fd/{descriptor}")
        close(descriptor)
        kind = "file" if name.endswith(".tmp") else "lock" if name == str(file) else "folder"
        # The old file is looked at before.
        if kind == which and (kind != "lock" or file.read_bytes() != before):
            failed.append(name)
            raise OSError(error, os.strerror(error))

    open_before = os.listdir("/proc/self/fd")
    with monkeypatch.context() as patched:
        patched.setattr(os, "close", fail)
        if (which, error) == ("file", errno.EIO):
            with pytest.raises(OSError, match="Input/output error"):
                Digits(seed=4).save(file)
            assert file.read_bytes() == before
        else:
            Digits(seed=4).save(file)
            assert np.array_equal(Digits.load(file).parameters, Digits(seed=4).parameters)
    assert failed and os.listdir(file.parent) == [file.name] and os.listdir("/proc/self/fd") == open_before


class Interruption:
    """Raises what Ctrl-C raises before one of the instructions of _files.py: the one of this number."""

    def __init__(self, number):
        self.before = number

    def __enter__(self):
        self._old = sys.gettrace()
        sys.settrace(self._enter)

    def __exit__(self, kind, *_):
        sys.settrace(self._old)
        assert (kind is KeyboardInterrupt) == (self.before == 0)
        return kind is KeyboardInterrupt

    def _enter(self, frame, event, _):
        if frame.f_code.co_filename != _files.__file__:
            return None
        frame.f_trace_opcodes = True
        return self._step

    def _step(self, frame, event, _):
        # Where a block of try begins Python looks for no signals.
        if event == "opcode" and dis.opname[frame.f_code.co_code[frame.f_lasti]] not in ("NOP", "SETUP_FINALLY"):
            self.before -= 1
            if self.before == 0:
                sys.settrace(self._old)
                raise KeyboardInterrupt
        return self._step


@pytest.mark.parametrize("action", ["save", "require_writable", "load"])
def test_an_interruption_leaves_nothing_behind(file, action):
    old, new = Digits(seed=3), Digits(seed=4)
    do = {"save": new.save, "require_writable": require_writable, "load": new.load_parameters}[action]
    before, number, left = os.listdir("/proc/self/fd"), 0, set()
    while True:
        # All of them would take seconds.
        number += 3
        interruption = Interruption(number)
        with interruption:
            do(file)
        assert os.listdir(file.parent) == [file.name] and os.listdir("/proc/self/fd") == before, number
        left.add(Digits.load(file).b1.tobytes() + Digits.load(file).W1.tobytes())
        if interruption.before > 0:
            break
    wanted = [old, new] if action == "save" else [old]
    assert number > 100 and left == {net.b1.tobytes() + net.W1.tobytes() for net in wanted}


def test_all_is_on_the_disk_before_the_name_changes(file, monkeypatch):
    calls = []
    fsync, rename = os.fsync, os.rename

    def logged_fsync(descriptor):
        calls.append("directory" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    def logged_rename(source, target, **folders):
        calls.append("rename")
        rename(source, target, **folders)

    monkeypatch.setattr(os, "fsync", logged_fsync)
    monkeypatch.setattr(os, "rename", logged_rename)
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
    "it is truncated, or no model file": cut(100),
    "it has 9639 bytes of tensors; wanted 9640": cut(-1),
    "it has 0 bytes of tensors; wanted 9640": lambda path: cut(8 + parts(path)[2])(path),
    "it has 9641 bytes of tensors; wanted 9640": data(lambda d: d + b"\0"),
    "its header is said to have 18446744073709551615 bytes": lambda path: put(path, b"{}", length=2**64 - 1),
    "its header is said to have 100000001 bytes; wanted no more than": lambda path: put(path, b"{}", length=10**8 + 1),
    "its header is not valid JSON, from character 0 on": lambda path: put(path, b""),
    "its header is a list; wanted an object": lambda path: put(path, b"[]"),
    "its header is not valid JSON, from character 5": text(lambda t: t + b"{}"),
    "its header is not valid JSON, from byte": text(lambda t: t.replace(b"epochs", b"epo\xff\xfes")),
    "its header is not valid JSON, from some depth on": lambda path: put(path, b"[" * 100_000),
    "has a number of more than 19 digits": text(lambda t: t.replace(b"8192", b"9" * 100_000)),
    "the key 'layers.0.bias' twice": text(lambda t: t[:-1] + b', "layers.0.bias": {}}'),
    "the key 'dtype' twice": text(lambda t: t.replace(b'"dtype": "F32"', b'"dtype": "F32", "dtype": "F32"', 1)),
    "the key 'sizes' twice": text(lambda t: t.replace(b'"sizes"', b'"sizes": "64-32-10", "sizes"')),
    "it has no '__metadata__'; wanted": edit(lambda h: h.pop("__metadata__") and h),
    "'epochs' in its metadata is a int; wanted a text": metadata(epochs=3),
    "in its metadata is no Unicode text": metadata(note="\ud800"),
    "it has 'format' 'pt'; wanted 'format' 'aotbackprop'": metadata(format="pt"),
    "it has 'format' 'a?b": metadata(format="a\x1bb" + "x" * 1000),
    "it has 'format_version' '3'; wanted '1' or '2'": metadata(format_version="3"),
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
    "wanted crc32:": data(lambda d: d[:-20] + b"\1" + d[-19:]),
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
