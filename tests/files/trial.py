"""Model files under faults, kills and mutations, as C# and as Python write and read them.

usage: trial.py PACKAGE PROGRAM FAULTS MUTATIONS
    a folder with _safetensors.py and _files.py, the program of tests/AotBackprop.Files, the library of faults.c, a number
Prints a line 'ok' or 'not ok' for each trial.
"""

import decimal
import errno
import os
import random
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time
from functools import partial

import numpy as np

PACKAGE, PROGRAM, FAULTS, MUTATIONS = sys.argv[1:]
sys.path.insert(0, os.path.dirname(PACKAGE))
st = __import__(os.path.basename(PACKAGE) + "._safetensors")._safetensors

SIZES = (16, 9, 4)
COUNT = sum((i + 1) * o for i, o in zip(SIZES, SIZES[1:]))
SAVE = """
import sys; sys.path.insert(0, {0!r})
import numpy as np
from {1} import _safetensors as st
try:
    st.write(sys.argv[1], {2}, np.random.default_rng(int(sys.argv[2])).normal(size={3}).astype("f4"), {{"seed": sys.argv[2]}})
except (OSError, ValueError) as error:
    sys.exit(str(error))
""".format(os.path.dirname(PACKAGE), os.path.basename(PACKAGE), SIZES, COUNT)
LANGUAGES = {"C#": [PROGRAM, "save"], "Python": [sys.executable, "-c", SAVE]}


def tell(good, what, why=""):
    print("ok     " if good else "not ok ", what, "" if good else f": {why}", flush=True)


def save(language, path, seed, fault=None, how=None, wait=True, most_bytes=None):
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    limit = None
    if most_bytes is not None:
        # Of any file; .NET's compiler would have a larger one.
        environment["DOTNET_EnableWriteXorExecute"] = "0"
        limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    if fault:
        environment |= {"LD_PRELOAD": FAULTS, "FAULT": fault, "FAULT_HOW": str(how)}
    process = subprocess.Popen([*LANGUAGES[language], path, str(seed)], env=environment, stderr=subprocess.PIPE, text=True, preexec_fn=limit)
    if not wait:
        return process
    return process.communicate(timeout=60)[1].strip(), process.returncode


def seed_of(path):
    """Of a file that is whole: its checksum was right."""
    st.read(path, SIZES)
    return int(st.read_model_info(path).metadata["seed"])


def faults(language, folder):
    path = os.path.join(folder, "model.st")
    for call in ("open", "write", "fsync", "close", "rename", "folder"):
        for error in ("EIO", "ENOSPC", "EDQUOT", "EROFS", "EPERM", "EXDEV"):
            save(language, path, 1)
            said, status = save(language, path, 2, call, getattr(errno, error))
            seed, left = seed_of(path), os.listdir(folder)
            wanted = 2 if call == "folder" else 1
            good = status == 1 and "model.st" in said and seed == wanted and left == ["model.st"]
            good = good and ("written, but its name may not be on the disk" in said) == (call == "folder")
            tell(good, f"{language}: {call} fails with {error}", f"status {status}, seed {seed}, {left}, {said}")
        os.unlink(path)
        said, status = save(language, path, 2, call, errno.EIO)
        left = os.listdir(folder)
        good = status == 1 and left == (["model.st"] if call == "folder" else [])
        tell(good, f"{language}: {call} fails where there was no file", f"status {status}, {left}, {said}")
    save(language, path, 1)
    for most in (0, 100):
        said, status = save(language, path, 2, most_bytes=most)
        seed, left = seed_of(path), os.listdir(folder)
        good = status == 1 and "File too large" in said and seed == 1 and left == ["model.st"]
        tell(good, f"{language}: files may have {most} bytes", f"status {status}, seed {seed}, {left}, {said}")
    with open(os.path.join(folder, f".model.st.{'0' * 16}.tmp"), "wb") as left_behind:
        said, status = save(language, path, 3, "list", errno.EIO)
        good = status == 0 and seed_of(path) == 3 and os.path.exists(left_behind.name)
        tell(good, f"{language}: what was left behind can't be listed", f"status {status}, {said}")
    save(language, path, 3)
    tell(os.listdir(folder) == ["model.st"], f"{language}: it is removed when it can", f"{os.listdir(folder)}")
    os.unlink(path)
    harmless = [("write", "short"), *((call, "interrupt") for call in ("write", "fsync", "close", "folder"))]
    harmless += [(call, error) for call in ("unlock", "leave", "look") for error in (errno.EIO, errno.EINTR)]
    for call, how in harmless:
        if call == "look":
            save(language, path, 1)
        said, status = save(language, path, 3, call, how)
        good = status == 0 and seed_of(path) == 3 and os.listdir(folder) == ["model.st"]
        tell(good, f"{language}: {call}, {how}", f"status {status}, {said}")
        os.unlink(path)


SIGNALS = """
import itertools, os, signal, sys; sys.path.insert(0, {0!r})
import numpy as np
from {1} import _safetensors as st
# A shell may have told it to ignore the signal.
signal.signal(signal.SIGINT, signal.default_int_handler)
path, folder = sys.argv[1], os.path.dirname(sys.argv[1])
old, new = (np.full({3}, number, "f4") for number in (1, 2))
st.write(path, {2}, old, {{}})
saved, came = "no", 0
for call in itertools.count(1):
    before = os.listdir("/proc/self/fd")
    os.environ["FAULT_HOW"], os.environ["FAULT"] = str(call), "signal"
    try:
        {4}
        saved = "yes"
    except KeyboardInterrupt:
        saved, came = "no", came + 1
    finally:
        del os.environ["FAULT"]
    if saved == "yes":
        break
    if os.listdir("/proc/self/fd") != before:
        print("call", call, "leaves open", os.listdir("/proc/self/fd"), "where there were", before)
    if os.listdir(folder) != [os.path.basename(path)]:
        print("call", call, "leaves", os.listdir(folder))
        [os.unlink(os.path.join(folder, name)) for name in os.listdir(folder) if name.endswith(".tmp")]
    if st.read(path, {2})[0] not in (1, 2):
        print("call", call, "leaves another file")
print(came, "signals")
"""


LOAD = """
import os, sys; sys.path.insert(0, {0!r})
from {1} import _safetensors as st
os.environ["FAULT"] = "look"
print(len(st.read(sys.argv[1], {2})), st.read_model_info(sys.argv[1]).metadata["seed"])
""".format(os.path.dirname(PACKAGE), os.path.basename(PACKAGE), SIZES)


def closes(folder):
    path = os.path.join(folder, "model.st")
    save("Python", path, 5)
    for error in ("EIO", "EINTR"):
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "LD_PRELOAD": FAULTS, "FAULT_HOW": str(getattr(errno, error))}
        came = subprocess.run([sys.executable, "-c", LOAD, path], env=environment, capture_output=True, text=True, timeout=60)
        good = came.stdout == f"{COUNT} 5\n" and came.returncode == 0
        tell(good, f"Python: the close of what was read fails with {error}", came.stdout + came.stderr)
    os.unlink(path)


def signals(folder):
    path = os.path.join(folder, "model.st")
    actions = {
        "save": ("st.write(path, {0}, new, {{}})".format(SIZES), 20),
        "require_writable": ("st.require_writable(path)", 10),
        "load": ("st.read(path, {0})".format(SIZES), 2),
    }
    for what, (action, least) in actions.items():
        program = SIGNALS.format(os.path.dirname(PACKAGE), os.path.basename(PACKAGE), SIZES, COUNT, action)
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "LD_PRELOAD": FAULTS}
        came = subprocess.run([sys.executable, "-c", program, path], env=environment, capture_output=True, text=True, timeout=60)
        count, _, rest = came.stdout.strip().partition(" ")
        good = came.returncode == 0 and rest == "signals" and int(count) >= least
        tell(good, f"Python: {what}, {came.stdout.strip()}, within a call each", f"{came.stdout} {came.stderr}")
        os.unlink(path)


def kills(language, other, folder):
    path = os.path.join(folder, "model.st")
    for call in ("write", "fsync", "close", "rename", "folder"):
        save(language, path, 1)
        _, status = save(language, path, 2, call, "kill")
        seed, left = seed_of(path), len(os.listdir(folder))
        said, after = save(other, path, 3)
        good = status == -signal.SIGKILL and seed == (2 if call == "folder" else 1) and left == (1 if call == "folder" else 2)
        good = good and after == 0 and seed_of(path) == 3 and os.listdir(folder) == ["model.st"]
        tell(good, f"{language}: killed before {call}, then saved by {other}", f"{status}, {seed}, {left}, {os.listdir(folder)}, {said}")
        stopped = save(language, path, 4, call, "stop", wait=False)
        os.waitid(os.P_PID, stopped.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        said, meanwhile = save(other, path, 5)
        seed = seed_of(path)
        os.kill(stopped.pid, signal.SIGCONT)
        said = said + stopped.communicate(timeout=60)[1]
        good = meanwhile == 0 and seed == 5 and stopped.returncode == 0 and os.listdir(folder) == ["model.st"]
        good = good and seed_of(path) == (5 if call == "folder" else 4)
        tell(good, f"{language}: held before {call} while {other} saves", f"{meanwhile}, {seed}, {stopped.returncode}, {os.listdir(folder)}, {said}")
    os.unlink(path)


def random_kills(language, folder, count):
    path, generator = os.path.join(folder, "model.st"), random.Random(1)
    save(language, path, 0)
    took = time.perf_counter()
    save(language, path, 0)
    took, whole, interrupted = time.perf_counter() - took, 0, 0
    for seed in range(1, count + 1):
        process = save(language, path, seed, wait=False)
        time.sleep(took * generator.uniform(0.5, 1.1))
        process.kill()
        process.communicate()
        interrupted += process.returncode != 0
        whole += seed_of(path) <= seed
    save(language, path, 0)
    left = os.listdir(folder)
    tell(whole == count and left == ["model.st"], f"{language}: {count} kills, {interrupted} before the end", f"{whole} whole, {left}")
    os.unlink(path)


def bases(folder):
    """Files to begin with: version 2 with everything, with little, and version 1."""
    values = np.random.default_rng(0).normal(size=COUNT).astype("f4")
    path = os.path.join(folder, "base")
    files = []
    for facts, scaling, classes in (({}, None, None), ({"a": "b", "note": "é\n\u202e"}, 16, ["a", "b", "ü", "d"])):
        st.write(path, SIZES, values, facts, scaling, classes)
        with open(path, "rb") as file:
            files.append(file.read())
    old = files[1].replace(b'"format_version":"2"', b'"format_version":"1"')
    os.unlink(path)
    return [*files, old], values


WORDS = [
    b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"0", b"-1", b"1e2", b"3.0", b"null", b"true", b"NaN", b"\x00", b"\xff", b"\x1b[31m",
    b"\\ud800", b"\\u202e", "\u202e".encode(), b'"a":1,', b'"format":"pt"', b'"1"', b'"2"', b"F64", b"65537", b"9" * 19, b"9" * 40,
    b'"shape":[9,16]', b"outputs x inputs", b" ", b"\n", b"[" * 300, b'{"a":' * 80, b"crc32:00000000", b'\\"factor\\":0', b'\\"factor\\":1e-50',
    b'"scaling":"{}",', b'"classes":"[]",', b'"activation":"tanh",', b'"output":"softmax",', b"__metadata__", b"layers.0.weight",
]  # fmt: skip


def mutate(file, generator):
    length = struct.unpack("<Q", file[:8])[0]
    header, data = bytearray(file[8 : 8 + length]), bytearray(file[8 + length :])
    for _ in range(generator.choice((1, 1, 1, 2, 3, 8))):
        at, kind = generator.randrange(len(header) + 1), generator.randrange(10)
        to = min(len(header), at + generator.choice((1, 2, 5, 20, 100)))
        if kind == 0:
            header[at:to] = generator.randbytes(to - at)
        elif kind == 1 and at < len(header):
            header[at] ^= 1 << generator.randrange(8)
        elif kind == 2:
            del header[at:to]
        elif kind == 3:
            other = generator.randrange(len(header) + 1)
            header[other:other] = header[at:to]
        elif kind in (4, 5):
            header[at:at] = generator.choice(WORDS)
        elif kind == 6:
            word = generator.choice(WORDS)
            header[at : at + len(word)] = word
        elif kind == 7 and data:
            data[generator.randrange(len(data))] ^= 1 << generator.randrange(8)
        elif kind == 8:
            digits = [i for i, c in enumerate(header) if 48 <= c <= 57]
            if digits:
                header[generator.choice(digits)] = generator.choice(b"0123456789-.e")
        elif kind == 9:
            del data[generator.randrange(len(data) + 1) :]
        if not header:
            break
    said = len(header) if generator.random() < 0.95 else generator.choice((0, 1, length, 2**63, 2**64 - 1, 10**8, generator.randrange(4000)))
    return struct.pack("<Q", said) + bytes(header) + bytes(data)


def fnv(values):
    bits = 14695981039346656037
    for number in values.view("u4").tolist():
        bits = (bits ^ number) * 1099511628211 & 2**64 - 1
    return bits


def judged(path):
    """As the program of C# would judge."""
    try:
        values = st.read(path, SIZES, "ignore")
        info = st.read_model_info(path)
        factor = np.float32(info.scaling.factor if info.scaling else 0).view("u4")
        return f"ok {fnv(values):016x} {len(info.facts)} {factor:08x}"
    except ValueError as error:
        return str(error)


def mutations(count, folder):
    generator, (files, values) = random.Random(7), bases(folder)
    blob, one = os.path.join(folder, "blob"), os.path.join(folder, "one")
    loaded, different, long, unprintable, damaged = 0, [], 0, 0, 0
    right = f"{fnv(values):016x}"
    for begin in range(0, count, 5000):
        mutants = [mutate(generator.choice(files), generator) for _ in range(min(5000, count - begin))]
        with open(blob, "wb") as file:
            file.writelines(struct.pack("<q", len(mutant)) + mutant for mutant in mutants)
        told = subprocess.run([PROGRAM, "judge", blob], stdout=subprocess.PIPE, check=True).stdout.decode().split("\n")
        assert len(told) == len(mutants) + 1
        for mutant, theirs in zip(mutants, told):
            with open(one, "wb") as file:
                file.write(mutant)
            ours = judged(one)
            if (ours if ours.startswith("ok") else "") != (theirs if theirs.startswith("ok") else ""):
                different.append((ours, theirs, mutant))
            loaded += ours.startswith("ok")
            damaged += ours.startswith("ok") and right not in ours and b'"1"' not in mutant
            for said in (ours.removeprefix(f"model file '{one}'"), theirs):
                long += len(said) > 300
                unprintable += not said.isprintable()
    os.unlink(blob)
    os.unlink(one)
    what = f"{count} mutations, {loaded} of them loaded"
    why = f"{len(different)} judged differently, {long} long messages, {unprintable} unprintable, {damaged} damaged and loaded"
    tell(not (different or long or unprintable or damaged), what, why)
    for ours, theirs, mutant in different[:5]:
        print("        Python:", ours, "\n        C#:", theirs, "\n        ", mutant[:3000])
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    tell(max(megabytes) < 256, f"memory: Python {megabytes[0]} MB, C# {megabytes[1]} MB", "wanted less than 256")


def number(generator):
    """JSON's, or nearly: of any length and size, many where float32 or double rounds."""
    kind = generator.randrange(6)
    if kind == 0:
        return "".join(generator.choice("0123456789.eE+-") for _ in range(generator.randrange(1, 9)))
    if kind == 1:
        return str(generator.randrange(10 ** generator.choice((1, 18, 19, 20, 38, 39, 40, 400))))
    if kind == 2:
        zeros = "0" * generator.choice((0, 1, 30, 400, 3000))
        exponent = generator.choice((0, 1, 30, 400, 3000)) + generator.randrange(-50, 50)
        text = generator.choice((f"0.{zeros}7e{exponent}", f"7{zeros}e{-exponent}", f"7{zeros}.{zeros}E{exponent}", f"7e{zeros}{exponent}"))
        return text.replace("e--", "e+")
    if kind == 3:
        return generator.choice("1-0") + "e" + generator.choice(("", "-", "+")) + "9" * generator.choice((1, 2, 3, 9, 10, 11, 19, 20, 40))
    # A number of float32, or the middle of two, exactly; often a little more or less.
    bits = generator.choice((generator.randrange(1, 0x7F800000), 0x7F7FFFFF, 0x00800000, 0x007FFFFF, 0x3F800000))
    exact = decimal.Decimal(struct.unpack("<f", struct.pack("<I", bits))[0])
    after = decimal.Decimal(struct.unpack("<f", struct.pack("<I", bits + 1))[0]) if bits < 0x7F7FFFFF else decimal.Decimal(2**128)
    with decimal.localcontext(decimal.Context(prec=1000)):
        middle = exact if kind == 4 else (exact + after) / 2
        # .NET rounds the very middle of two small ones up, not to the even one.
        signs = (1, -1) if kind == 5 and bits not in (0x7F7FFFFF, 0x007FFFFF) else (0, 1, -1)
        little = generator.choice(signs) * decimal.Decimal(10) ** -generator.choice((8, 17, 40, 120, 400))
        return format((middle * (1 + little)).normalize(), generator.choice(("f", "e")))


def factors(count, folder):
    generator, (files, _) = random.Random(9), bases(folder)
    numbers = [number(generator) for _ in range(count)]
    blob, one, different, loaded = os.path.join(folder, "blob"), os.path.join(folder, "one"), [], 0
    end = 8 + struct.unpack("<Q", files[1][:8])[0]
    with open(blob, "wb") as blobs:
        for text in numbers:
            header = files[1][8:end].replace(b'\\"factor\\":16', b'\\"factor\\":' + text.encode())
            blobs.write(struct.pack("<qQ", 8 + len(header) + len(files[1]) - end, len(header)) + header + files[1][end:])
    told = subprocess.run([PROGRAM, "judge", blob], stdout=subprocess.PIPE, check=True).stdout.decode().split("\n")
    with open(blob, "rb") as blobs:
        for text, theirs in zip(numbers, told):
            with open(one, "wb") as file:
                file.write(blobs.read(struct.unpack("<q", blobs.read(8))[0]))
            ours = judged(one)
            loaded += ours.startswith("ok")
            if (ours if ours.startswith("ok") else "") != (theirs if theirs.startswith("ok") else ""):
                different.append((text, ours, theirs))
    os.unlink(blob)
    os.unlink(one)
    tell(not different and loaded > count // 4, f"{count} factors, {loaded} of them taken", f"{len(different)} judged differently")
    for text, ours, theirs in different[:5]:
        print("        ", text[:300], "\n        Python:", ours, "\n        C#:", theirs)


with tempfile.TemporaryDirectory() as place:
    for one, other in (("C#", "Python"), ("Python", "C#")):
        faults(one, place)
        kills(one, other, place)
        random_kills(one, place, max(int(MUTATIONS) // 500, 3))
    closes(place)
    signals(place)
    factors(int(MUTATIONS), place)
    mutations(int(MUTATIONS), place)
