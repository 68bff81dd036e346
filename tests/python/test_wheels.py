"""Wheels: what an index is told, which names they can't have, and what becomes of two of one name with other sizes.

The other sizes come from a stand-in: a library in C with the functions of a small network, packed as the real one is.
"""

from __future__ import annotations

import builtins
import email
import email.policy
import json
import keyword
import os
import re
import shutil
import subprocess
import sys
import urllib.parse
import zipfile
from pathlib import Path

import aotbackprop
import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = Path(aotbackprop.__file__).parent
PACKAGING = ROOT / "native" / "AotBackprop.Packaging"
TABLE = json.loads((PACKAGE / "table.json").read_text(encoding="utf-8"))


def run(*command: object, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        list(map(str, command)), env={**os.environ, **environment}, capture_output=True, text=True, timeout=300
    )


def packaging(*arguments: object) -> subprocess.CompletedProcess:
    return run("dotnet", PACKAGING / "bin" / "Release" / "net10.0" / "AotBackprop.Packaging.dll", *arguments)


def fnv_1a(text: str) -> int:
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def soname(library: Path) -> str:
    return re.search(r"soname: \[(.*)\]", run("readelf", "-d", library).stdout).group(1)


# -- The wheel under test


@pytest.fixture(scope="module")
def wheel() -> Path:
    """The one that this package was installed from."""
    info = next(PACKAGE.parent.glob("aotbackprop-*.dist-info"))
    url = json.loads((info / "direct_url.json").read_text(encoding="utf-8"))["url"]
    return Path(urllib.parse.unquote(urllib.parse.urlsplit(url).path))


def test_the_metadata_are_what_an_index_accepts(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        info = next(name for name in names if name.endswith(".dist-info/METADATA"))
        metadata = email.message_from_string(archive.read(info).decode(), policy=email.policy.default)
        record = archive.read(info.replace("METADATA", "RECORD")).decode().splitlines()
    assert f"{metadata['Name']}-{metadata['Version']}" == info.split(".dist-info")[0]
    # What every index and every twine knows; later versions have fields that these don't.
    assert metadata["Metadata-Version"] == "2.1" and not {"License-Expression", "License-File"} & set(metadata.keys())
    assert "\n" not in metadata["Summary"] and 0 < len(metadata["Summary"]) <= 512
    assert metadata["Description-Content-Type"] == "text/markdown" and "```python" in metadata.get_payload()
    assert metadata["License"] == "MIT" and "License :: OSI Approved :: MIT License" in metadata.get_all("Classifier")
    urls = dict(url.split(", ") for url in metadata.get_all("Project-URL"))
    assert {"Homepage", "Documentation", "Changelog"} <= urls.keys()
    assert all(url.startswith("https://") for url in urls.values())
    licenses = {name.rsplit("/")[-1] for name in names if "/licenses/" in name}
    assert licenses == {"LICENSE", "dotnet-LICENSE.txt", "dotnet-THIRD-PARTY-NOTICES.txt"}
    assert sorted(line.split(",")[0] for line in record) == sorted(names)
    if shutil.which("twine"):
        assert run("twine", "check", "--strict", wheel).returncode == 0


def test_the_example_of_the_description_runs(wheel):
    text = zipfile.ZipFile(wheel).read(f"{'-'.join(wheel.name.split('-')[:2])}.dist-info/METADATA").decode()
    result = run(sys.executable, "-c", re.search(r"```python\n(.*?)```", text, re.S).group(1))
    assert 0 <= float(result.stdout) <= 1, result.stderr


def test_file_and_soname_of_a_library_carry_the_fingerprint():
    files = list((PACKAGE / "lib").rglob("*.so"))
    assert files and {file.name for file in files} == {TABLE["file"]}
    assert re.fullmatch(r"libaotbackprop-[0-9a-f]{8}\.so", TABLE["file"])
    for file in files:
        assert soname(file) == TABLE["file"]
        # Its versions have a base of that name, and so has their hash: no tool finds the file damaged.
        versions = run("readelf", "-VW", file)
        assert f"Name: {TABLE['file']}" in versions.stdout and versions.stderr == ""


# -- Names


def test_every_name_of_python_is_known():
    lines = (PACKAGING / "PythonNames.txt").read_text(encoding="utf-8").splitlines()
    known = {name for line in lines if not line.startswith("#") for name in line.split()}
    words = {*keyword.kwlist, *dir(builtins), *sys.stdlib_module_names} - {"copyright", "credits"}
    assert {word for word in words if not word.startswith("_")} <= known


def test_every_library_of_the_system_is_known():
    lines = (PACKAGING / "SystemLibraries.txt").read_text(encoding="utf-8").splitlines()
    known = {name for line in lines if not line.startswith("#") for name in line.split()}
    files = list(Path(run("gcc", "-print-file-name=libgcc.a").stdout.strip()).parent.iterdir())
    if shutil.which("dpkg"):
        files += map(Path, run("dpkg", "-L", "libc6-dev").stdout.splitlines())
    # Other names, such as stdc++, can't be a library's of this project anyway.
    names = {match.group(1) for file in files if (match := re.fullmatch(r"lib(\w+)\.(so|a)", file.name))}
    assert {"gcc", "gcc_s"} <= names <= known


CLASSES = [name for name in dir(aotbackprop) if isinstance(getattr(aotbackprop, name), type)]


@pytest.mark.parametrize("name", sorted({*CLASSES} - {*aotbackprop.networks.__all__}))
def test_the_names_of_the_package_are_refused(name):
    result = packaging("names", PACKAGE, "mine", "Digits", name)
    assert result.returncode == 1
    assert f"the class {name} in Python, which the package has for something else" in result.stderr


@pytest.mark.parametrize(
    ("library", "classes", "words"),
    [
        ("numpy", ["A"], "wanted another --name than 'numpy'"),
        ("json", ["A"], "wanted another --name than 'json'"),
        ("lambda", ["A"], "a word of Python"),
        ("m", ["A"], "wanted another --name than 'm': -lm is a library of the system or the compiler"),
        ("mine", ["ValueError"], "the class ValueError in Python, which is a word of Python"),
        ("mine", ["True"], "the class True in Python, which is a word of Python"),
        ("mine", ["A1", "B", "A1"], "the class A1 in Python, as another one would"),
    ],
)
def test_names_that_mean_something_else_are_refused(library, classes, words):
    result = packaging("names", PACKAGE, library, *classes)
    assert result.returncode == 1 and words in result.stderr


def test_names_like_functions_and_modules_of_the_package_are_fine():
    # Classes begin with a capital.
    classes = ["Optimizers", "Evaluate", "Class", "Load", "Any", "Annotations", "Version"]
    result = packaging("names", PACKAGE, "mine", *classes)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["adam=4-8-3"], "the class Adam in Python, which the package has"),
        (["lion=4-8-3"], "the class Lion in Python, which the package has"),
        (["--name", "a__b", "a=2-2"], "with single underscores between them, not 'a__b'"),
        (["a=2-2:tanh"], "wanted name=sizes:hidden,output, as in a=2-2:tanh,softmax, not 'a=2-2:tanh'"),
        (["a=2-2:tanh,relu"], "and no output"),
        (["a=2-2:soft"], "wanted an output of softmax linear sigmoid"),
        (["a=2-2:tan,linear"], "wanted an activation of relu"),
        (["a=2-2:"], "wanted an output of softmax"),
        (["a=2-2", "b=2"], "name=sizes:hidden,output, not 'b=2'"),
    ],
)
def test_the_build_refuses_them_before_it_begins(tmp_path, arguments, words):
    result = run(ROOT / "build-native.sh", "--output", tmp_path, *arguments)
    assert result.returncode == 2 and words in result.stderr and not list(tmp_path.iterdir())


@pytest.mark.parametrize("what", [["a=2-2"], ["--exe", "a=2-2"]])
def test_the_build_wants_the_tools_of_another_processor_before_it_begins(tmp_path, what):
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("dirname", "dotnet", "cc", "mkdir"):
        (tools / tool).symlink_to(shutil.which(tool))
    output = tmp_path / "output"
    result = run("/bin/bash", ROOT / "build-native.sh", "--output", output, "--arm64", *what, PATH=str(tools))
    assert result.returncode == 2 and "wanted 'clang' for --arm64: install clang, lld" in result.stderr
    assert not list(output.iterdir())


# -- Two wheels of one name


class Small:
    """The wheel of a package aotbackprop with one network, digits=4-2, whose library fills parameters with 7."""

    sizes = (4, 2)
    fingerprint = fnv_1a("abi=2;digits=4-2;relu;softmax")

    def __init__(self, folder: Path) -> None:
        functions = [f["name"] for f in TABLE["functions"] if f["name"].startswith(("aotbackprop_", "digits_"))]
        own = {
            "aotbackprop_abi_version": "int32_t aotbackprop_abi_version(void) { return 2; }",
            "aotbackprop_version": 'const char *aotbackprop_version(void) { return "0.0.1"; }',
            "digits_fingerprint": f"uint64_t digits_fingerprint(void) {{ return UINT64_C({self.fingerprint}); }}",
            "digits_initialize_with": "int32_t digits_initialize_with(float *parameters, uint64_t seed, int32_t how)"
            " { (void)seed, (void)how; srand(1); for (int i = 0; i < 10; i++) parameters[i] = 7; return 0; }",
        }
        code = "".join(own.get(name, f"size_t {name}(void) {{ return 0; }}") + "\n" for name in {*functions, *own})
        libraries, licenses, output = folder / "libraries", folder / "licenses", folder / "wheel"
        for made in (libraries, licenses):
            made.mkdir(parents=True)
        self.library = libraries / "libaotbackprop.so"
        source = folder / "small.c"
        source.write_text(f"#include <stddef.h>\n#include <stdint.h>\n#include <stdlib.h>\n{code}", encoding="utf-8")
        options = ["-shared", "-fPIC", "-Wl,-soname,libaotbackprop-00000000.so", "-o", self.library]
        subprocess.run(["gcc", *options, source], check=True)
        network = {**TABLE["networks"][0], "sizes": list(self.sizes), "fingerprint": f"{self.fingerprint:#018x}"}
        table = {**TABLE, "networks": [network], "functions": [f for f in TABLE["functions"] if f["name"] in functions]}
        del table["file"]
        (folder / "table.json").write_text(json.dumps(table), encoding="utf-8")
        (licenses / "LICENSE").write_text("None", encoding="utf-8")
        sources = folder / "sources"
        sources.mkdir()
        for file in PACKAGE.iterdir():
            if file.suffix in (".py", ".typed") and file.name != "networks.py":
                shutil.copy(file, sources)
        # A version of the same product, with the local part that stands for other networks.
        version = f"{aotbackprop.__version__}+{packaging('fingerprint', folder / 'table.json').stdout.strip()}"
        result = packaging("wheel", folder / "table.json", sources, libraries, licenses, version, output)
        assert result.returncode == 0, result.stderr
        self.wheel = Path(result.stdout.strip())
        assert packaging("soname", self.library, "libaotbackprop.so").returncode == 0


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Small:
    return Small(tmp_path_factory.mktemp("small"))


@pytest.fixture
def environment(tmp_path) -> Path:
    """A fresh one's interpreter, which sees the distribution's NumPy."""
    options = ["--without-pip", "--system-site-packages", tmp_path / "v"]
    subprocess.run(["/usr/bin/python3", "-m", "venv", *options], check=True)
    return tmp_path / "v" / "bin" / "python"


def pip(environment: Path, wheel: Path) -> list[str]:
    """The command that installs a wheel, as one would: over what is there, without being told to force it."""
    options = ["--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"]
    return [sys.executable, "-m", "pip", "--python", str(environment), "install", *options, str(wheel)]


SHOW = """
import aotbackprop as a
parameters = a.Digits(seed=1).parameters
print(a.Digits.sizes, parameters.size, len(set(parameters)) > 1)
"""
REAL, OTHER = "(64, 32, 10) 2410 True", "(4, 2) 10 False"


def test_a_wheel_of_other_sizes_replaces_one(environment, small, wheel):
    for installed, shown in ((wheel, REAL), (small.wheel, OTHER), (wheel, REAL)):
        result = run(*pip(environment, installed))
        assert result.returncode == 0, result.stderr
        assert run(environment, "-c", SHOW).stdout.strip() == shown
    # Nothing of the other is left.
    libraries = set(environment.parents[1].rglob("libaotbackprop-*.so"))
    assert {library.name for library in libraries} == {TABLE["file"]}


def test_a_process_that_goes_on_after_the_other_was_installed_has_both(environment, small, wheel):
    code = f"""
import subprocess, sys
def imported():
    for module in [m for m in sys.modules if m.split(".")[0] == "aotbackprop"]:
        del sys.modules[module]
    import aotbackprop
    print(aotbackprop.Digits.sizes, len(set(aotbackprop.Digits(seed=1).parameters)) > 1)
    return aotbackprop
first = imported()
subprocess.run({pip(environment, small.wheel)!r}, check=True)
second = imported()
# What was imported first still has its library, whose file is gone.
net = first.Digits(seed=1).fit([[0.5] * 64], [3], epochs=9, progress=False)
print(net.predict([[0.5] * 64]))
try:
    net.train_step([[0.5] * 64], [3], optimizer=second.Adam())
except ValueError as error:
    print(error)
"""
    assert run(*pip(environment, wheel)).returncode == 0
    result = run(environment, "-c", code)
    shown = result.stdout.splitlines()
    assert shown[:3] == ["(64, 32, 10) True", "(4, 2) False", "[3]"], result.stderr
    assert "of an earlier import of this package; wanted SGD(…), Adam(…), AdamW(…) or Lion(…) of 'aotbackprop'" in shown[3]


def test_a_library_of_other_sizes_is_refused_with_both_fingerprints(small):
    result = run(sys.executable, "-c", SHOW, AOTBACKPROP_LIBRARY=str(small.library))
    assert result.returncode == 1 and f"{small.fingerprint:#018x}" in result.stderr
    assert TABLE["networks"][0]["fingerprint"] in result.stderr


@pytest.mark.parametrize("name", ["libaotbackprop.so", TABLE["file"]])
@pytest.mark.parametrize("how", ["preloaded", "on the path", "loaded before"])
def test_a_foreign_library_cannot_stand_in_for_the_package_s(tmp_path, small, name, how):
    foreign = tmp_path / name
    shutil.copy(small.library, foreign)
    assert packaging("soname", foreign, name).returncode == 0
    variables = {"preloaded": {"LD_PRELOAD": str(foreign)}, "on the path": {"LD_LIBRARY_PATH": str(tmp_path)}}
    before = f"import ctypes; ctypes.CDLL({str(foreign)!r}, ctypes.RTLD_GLOBAL)\n" if how == "loaded before" else ""
    result = run(sys.executable, "-c", before + SHOW + "\na.self_test()", **variables.get(how, {}))
    assert result.stdout.strip() == REAL, result.stderr


def test_the_package_s_library_cannot_stand_in_for_a_foreign_one(small):
    code = f"""
import ctypes, aotbackprop
foreign = ctypes.CDLL("libaotbackprop.so")
foreign.digits_fingerprint.restype = ctypes.c_uint64
print(foreign.digits_fingerprint() == {small.fingerprint})
"""
    result = run(sys.executable, "-c", code, LD_LIBRARY_PATH=str(small.library.parent))
    assert result.stdout.strip() == "True", result.stderr


def test_a_name_for_which_there_is_no_room_is_refused(small, tmp_path):
    copy = tmp_path / "libaotbackprop.so"
    shutil.copy(small.library, copy)
    before = copy.read_bytes()
    result = packaging("soname", copy, "lib" + "x" * 40 + ".so")
    assert result.returncode == 1 and "has 46 characters; the library has room for 26" in result.stderr
    assert copy.read_bytes() == before
    assert packaging("soname", copy, "libaotbackprop-12345678.so").returncode == 0
    assert soname(copy) == "libaotbackprop-12345678.so"
    assert packaging("soname", copy, "libaotbackprop.so").returncode == 0
    assert copy.read_bytes() == before
