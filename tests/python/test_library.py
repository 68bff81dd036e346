"""The library behind the package: which one is loaded, and what is said where none can be."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import aotbackprop
import numpy as np
import pytest

PACKAGE = Path(aotbackprop.__file__).parent


def python(code: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment}, capture_output=True, text=True, timeout=120
    )


def library(level: str) -> str:
    folder = PACKAGE / "lib" if level == "x86-64-v2" else PACKAGE / "lib" / "glibc-hwcaps" / level
    return str(folder / "libaotbackprop.so")


def levels() -> list[str]:
    """Those of the package that this processor can run, the lowest first."""
    flags = Path("/proc/cpuinfo").read_text().split()
    needs = {"x86-64-v2": "sse4_2", "x86-64-v3": "avx2", "x86-64-v4": "avx512vl"}
    return [level for level, flag in needs.items() if flag in flags and Path(library(level)).exists()]


LEVELS = levels()


def test_versions():
    assert re.fullmatch(r"\d+\.\d+\.\d+", aotbackprop.version())
    assert aotbackprop.__version__ == aotbackprop.version()
    assert aotbackprop.abi_version() == 2


def test_self_test_finds_nothing():
    aotbackprop.self_test()


@pytest.mark.skipif(not LEVELS, reason="not an x86-64 package")
def test_the_highest_level_of_the_processor_is_loaded():
    assert aotbackprop.instruction_set_level() == LEVELS[-1]


@pytest.mark.skipif("x86-64-v2" not in LEVELS or not shutil.which("qemu-x86_64"), reason="needs qemu-x86_64")
def test_a_processor_without_avx_gets_the_library_for_it():
    code = """
import numpy as np
import aotbackprop as a
a.self_test()
X, y = np.eye(10, 64), np.arange(10)
print(a.instruction_set_level(), a.Digits(seed=1).fit(X, y, epochs=200, batch_size=5).score(X, y))
"""
    emulated = ["qemu-x86_64", "-cpu", "Nehalem", sys.executable, "-c", code]
    # NumPy's own BLAS, where it is OpenBLAS, would guess the processor wrong under qemu.
    environment = {**os.environ, "OPENBLAS_CORETYPE": "Nehalem"}
    result = subprocess.run(emulated, env=environment, capture_output=True, text=True, timeout=120)
    assert result.stdout.split() == ["x86-64-v2", "1.0"], result.stderr


@pytest.mark.parametrize("level", LEVELS)
def test_the_variable_names_another_library(level):
    result = python("import aotbackprop as a; print(a.instruction_set_level())", AOTBACKPROP_LIBRARY=library(level))
    assert result.stdout.strip() == level, result.stderr


def test_a_library_that_is_not_there_is_an_import_error():
    result = python("import aotbackprop", AOTBACKPROP_LIBRARY="/nowhere/lib.so")
    assert "ImportError: aotbackprop could not load '/nowhere/lib.so'" in result.stderr


def test_another_library_is_an_import_error():
    libc = re.search(r"\S+/libc\.so\S*", Path("/proc/self/maps").read_text()).group()
    result = python("import aotbackprop", AOTBACKPROP_LIBRARY=libc)
    assert "ImportError" in result.stderr and "is no library of this package" in result.stderr


def compiled(folder: Path, code: str) -> str:
    """A C library with the SONAME of the package's."""
    (folder / "other.c").write_text("#include <stdint.h>\n" + code, encoding="utf-8")
    path = folder / "libaotbackprop.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-Wl,-soname,libaotbackprop.so", "-o", path, folder / "other.c"], check=True)
    return str(path)


def test_a_library_of_other_sizes_is_an_import_error_that_names_both_fingerprints(tmp_path):
    code = """
        int32_t aotbackprop_abi_version(void) { return 2; }
        uint64_t digits_fingerprint(void) { return UINT64_C(0x1234); }
    """
    table = json.loads((PACKAGE / "table.json").read_text(encoding="utf-8"))
    result = python("import aotbackprop", AOTBACKPROP_LIBRARY=compiled(tmp_path, code))
    digits = table["networks"][0]["fingerprint"]
    assert "is of other sizes than the package: 'digits' is 64-32-10, with the fingerprint" in result.stderr
    assert f"{digits}, there 0x0000000000001234; 'mnist' is 784-128-10" in result.stderr


def test_fingerprints_are_fnv_1a_of_what_the_network_is():
    value = 0xCBF29CE484222325
    for byte in b"abi=2;digits=64-32-10;relu;softmax":
        value = (value ^ byte) * 0x100000001B3 % 2**64
    table = json.loads((PACKAGE / "table.json").read_text(encoding="utf-8"))
    assert {entry["prefix"]: entry["fingerprint"] for entry in table["networks"]}["digits"] == f"{value:#018x}"


@pytest.mark.parametrize("how", ["preloaded", "on the path", "loaded before"])
def test_a_foreign_library_of_the_same_name_cannot_stand_in(tmp_path, how):
    path = compiled(tmp_path, "int32_t aotbackprop_abi_version(void) { return 99; }")
    environment = {"preloaded": {"LD_PRELOAD": path}, "on the path": {"LD_LIBRARY_PATH": str(tmp_path)}}.get(how, {})
    before = f"import ctypes; ctypes.CDLL({path!r}, ctypes.RTLD_GLOBAL); " if how == "loaded before" else ""
    code = "import aotbackprop as a; a.self_test(); print(a.abi_version(), a.Digits(seed=1).parameters.size)"
    result = python(before + code, **environment)
    assert result.stdout.split() == ["2", "2410"], result.stderr


def test_what_another_package_made_is_named_as_such(tmp_path):
    (tmp_path / "other").symlink_to(PACKAGE)
    code = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
import aotbackprop as a, other as o
X, y = [[0.5] * 64] * 4, [0, 1, 2, 3]
calls = [
    lambda: a.Digits().fit(X, y, optimizer=o.Adam()),
    lambda: a.Digits().train_step(X, y, optimizer=o.SGD()),
    lambda: a.Digits().apply(o.Digits().gradient(X, y)),
]
try:
    calls.append(lambda: a.NetworkClassifier(o.Digits).fit(X, y))
    a.NetworkClassifier
except ImportError:
    del calls[-1]
for call in calls:
    try:
        call()
    except ValueError as error:
        print("of the package 'other'; wanted" in str(error) and "of 'aotbackprop'" in str(error))
a.Digits().apply(o.Digits().gradient(X, y).values)
"""
    result = python(code)
    assert set(result.stdout.split()) == {"True"} and len(result.stdout.split()) >= 3, result.stderr


def test_another_abi_is_an_import_error(tmp_path):
    (tmp_path / "aotbackprop").symlink_to(PACKAGE)
    copy = tmp_path / "other"
    copy.mkdir()
    for file in PACKAGE.iterdir():
        if file.name not in ("_native.py", "__pycache__"):
            (copy / file.name).symlink_to(file)
    source = (PACKAGE / "_native.py").read_text(encoding="utf-8")
    assert "\n_ABI_VERSION = 2\n" in source
    (copy / "_native.py").write_text(source.replace("\n_ABI_VERSION = 2\n", "\n_ABI_VERSION = 3\n"), encoding="utf-8")
    result = python(f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import other")
    assert "ImportError: aotbackprop: the package is for ABI 3, its table for 2, and the library" in result.stderr


def test_another_c_library_is_an_import_error():
    code = """
import os
def confstr(name): raise ValueError("unrecognized configuration name")
os.confstr = confstr
import aotbackprop
"""
    result = python(code)
    assert "ImportError: aotbackprop needs Linux with glibc" in result.stderr
    assert "such as musl" in result.stderr


def test_one_module_alone_knows_ctypes():
    for source in PACKAGE.glob("*.py"):
        assert ("ctypes" in source.read_text(encoding="utf-8").replace(".ctypes", "")) == (source.name == "_native.py")


def test_imports_inside_the_package_are_relative():
    # The package has the name of the library, which a build chooses.
    for source in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module]
            assert not any(name.split(".")[0] == "aotbackprop" for name in names), source.name


def test_the_package_says_that_it_is_typed():
    assert (PACKAGE / "py.typed").exists()
    assert aotbackprop.networks.Digits.__annotations__.keys() == {"W1", "b1", "W2", "b2"}


def test_star_import_needs_no_extras():
    result = python("from aotbackprop import *; print(Digits(1).predict([[0.0] * 64]).shape)")
    assert result.stdout.strip() == "(1,)", result.stderr


def test_who_computes_does_not_hold_the_lock():
    X = np.random.default_rng(1).random((40_000, 784), dtype=np.float32)
    y = np.zeros(len(X), np.int32)
    network = aotbackprop.Mnist(seed=1)
    times = []

    def train() -> None:
        times.append(time.perf_counter())
        network.train_epoch(X, y, batch_size=16)
        times.append(time.perf_counter())

    worker = threading.Thread(target=train)
    worker.start()
    longest, last = 0.0, time.perf_counter()
    while worker.is_alive():
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    # With the lock held, this thread would stand still for as long as the call takes.
    assert longest < (times[1] - times[0]) / 2
