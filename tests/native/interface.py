"""Whether interface.json is what docs/abi.md says, and says what the headers and the library do.

    interface.py INSTALLATION LIBRARY
"""

import ctypes
import json
import pathlib
import platform
import re
import subprocess
import sys

install, library = pathlib.Path(sys.argv[1]), sys.argv[2]
table = json.loads((install / "share" / library / "interface.json").read_text(encoding="utf-8"))

C_OF = {"int32": "int32_t", "uint32": "uint32_t", "uint64": "uint64_t", "size": "size_t", "float32": "float", "text": "const char *"}
CTYPES = {"int32": ctypes.c_int32, "uint64": ctypes.c_uint64, "size": ctypes.c_size_t, "text": ctypes.c_char_p, "pointer": ctypes.c_void_p}
NAME = r"[a-z][a-z0-9_]*"


def shape(value, wanted, where="interface.json"):
    """Each object has exactly these members, each value this type; a text is a pattern."""
    if isinstance(wanted, dict):
        assert isinstance(value, dict) and value.keys() == wanted.keys(), f"{where}: {sorted(value)}, not {sorted(wanted)}"
        for name, inner in wanted.items():
            shape(value[name], inner, f"{where}/{name}")
    elif isinstance(wanted, list):
        assert isinstance(value, list), where
        for index, element in enumerate(value):
            shape(element, wanted[0], f"{where}/{index}")
    elif isinstance(wanted, str):
        assert isinstance(value, str) and re.fullmatch(wanted, value), f"{where}: '{value}' is no {wanted}"
    elif callable(wanted) and not isinstance(wanted, type):
        wanted(value, where)
    else:
        assert type(value) is wanted, f"{where}: {value!r} is no {wanted.__name__}"


def numbers(value, where):
    assert isinstance(value, dict) and value, where
    for name, number in value.items():
        assert re.fullmatch(r"[A-Za-z0-9_\-]+", name) and type(number) is int, f"{where}: {name}"


def settings(value, where):
    assert {"learning_rate", "weight_decay", "clip_norm"} <= value.keys(), where
    assert all(isinstance(number, (int, float)) for number in value.values()), where


shape(table, {
    "library": NAME,
    "abi_version": int,
    "networks": [{"name": r"\w+", "prefix": NAME, "sizes": [int], "parameters": int, "fingerprint": "0x[0-9a-f]{16}",
                  "fingerprint_of": r"abi=\d+;.*", "activation": "[a-z_]+",
                  "output": "softmax|linear|sigmoid|huber", "initialization": "[a-z_]+"}],
    "statuses": numbers,
    "initializations": numbers,
    "default_initialization": r"[\w\-]+",
    "longest_description": int,
    "optimizers": [{"name": NAME, "title": ".+", "number": int, "keeps": int, "decays_apart": bool,
                    "defaults": settings}],
    "types": [{"name": NAME, "size": int, "fields": [
        {"name": r"\w+", "type": "int32|uint32|uint64|size|float32|pointer", "c": ".+", "dimensions": [int], "offset": int}]}],
    "functions": [{"name": NAME, "returns": "int32|uint64|size|text", "parameters": [
        {"name": r"\w+", "type": "int32|uint64|size|pointer", "c": ".+"}]}],
})
assert table["default_initialization"] in table["initializations"]
assert all(network["initialization"] in table["initializations"] for network in table["networks"])
assert table["library"] == library


def declare(c, name):
    return f"{c}{name}" if c.endswith("*") else f"{c} {name}"


# The headers: functions and fields, word by word, and the numbers of statuses.
here = pathlib.Path(__file__).parent
declared = [line for header in (library, *(network["prefix"] for network in table["networks"]))
            for line in subprocess.run(["perl", here / "declarations.pl", install / "include" / f"{header}.h"],
                                       check=True, capture_output=True, text=True).stdout.splitlines()]
described = [f"{declare(C_OF[f['returns']], f['name'])}({', '.join(declare(p['c'], p['name']) for p in f['parameters']) or 'void'})"
             for f in table["functions"]]
assert described == [line for line in declared if line.endswith(")") and not line.startswith("#")], "functions"
fields = [f"{t['name']}: {declare(f['c'], f['name'])}{''.join(f'[{d}]' for d in f['dimensions'])}"
          for t in table["types"] for f in t["fields"]]
assert sorted(fields) == sorted(line for line in declared if re.match(r"\w+: ", line)), "fields"
upper = library.upper()
statuses = {name: int(value) for name, value in (line[len(upper) + 1:].split(" = ") for line in declared
                                                 if re.match(rf"{upper}_\w+ = -|{upper}_OK = ", line))}
assert statuses == table["statuses"], "statuses"
for optimizer in table["optimizers"]:
    assert f"{upper}_{optimizer['name'].upper()} = {optimizer['number']}" in declared, optimizer
    assert {f"{library}_options: float {name}" for name in optimizer["defaults"]} <= set(declared), optimizer
assert f"#define {upper}_ABI_VERSION {table['abi_version']}" in declared

# What a compiler says of the types.
assertions = "".join(f'#include "{n["prefix"]}.h"\n' for n in table["networks"])
for t in table["types"]:
    assertions += f'_Static_assert(sizeof({t["name"]}) == {t["size"]}, "");\n'
    for f in t["fields"]:
        assertions += f'_Static_assert(offsetof({t["name"]}, {f["name"]}) == {f["offset"]}, "");\n'
for network in table["networks"]:
    assertions += f'_Static_assert({network["prefix"].upper()}_PARAMETERS == {network["parameters"]}, "");\n'
    outputs = "CLASSES" if network["output"] == "softmax" else "OUTPUTS"
    assertions += f'_Static_assert({network["prefix"].upper()}_{outputs} == {network["sizes"][-1]}, "");\n'
    assertions += f'_Static_assert({network["prefix"].upper()}_FINGERPRINT == {network["fingerprint"]}, "");\n'
subprocess.run(["gcc", "-std=c11", "-fsyntax-only", f"-I{install}/include", "-x", "c", "-"], input=assertions, text=True, check=True)

# The exports of every library, and what they answer where this processor runs them.
for path in sorted((install / "lib").rglob("*.so")):
    symbols = subprocess.run(["readelf", "--wide", "--dyn-syms", path], check=True, capture_output=True, text=True).stdout
    exports = {line.split()[7].split("@")[0] for line in symbols.splitlines()
               if re.search(r" (FUNC|IFUNC) +GLOBAL ", line) and " UND " not in line}
    assert exports == {function["name"] for function in table["functions"]}, path
if install.name.endswith("x64") == (platform.machine() == "x86_64"):
    opened = ctypes.CDLL(str(install / "lib" / f"lib{library}.so"))
    for function in table["functions"]:
        symbol = getattr(opened, function["name"])
        symbol.restype, symbol.argtypes = CTYPES[function["returns"]], [CTYPES[p["type"]] for p in function["parameters"]]
    assert getattr(opened, f"{library}_abi_version")() == table["abi_version"]
    for name, number in table["statuses"].items():
        assert getattr(opened, f"{library}_status_message")(number) != b"unknown status", name
    for network in table["networks"]:
        prefix = network["prefix"]
        assert getattr(opened, f"{prefix}_fingerprint")() == int(network["fingerprint"], 16)
        size = next(t["size"] for t in table["types"] if t["name"] == f"{prefix}_parameters")
        assert size == 4 * network["parameters"]
        parameters = (ctypes.c_char * size)()
        assert getattr(opened, f"{prefix}_initialize")(parameters, 1) == 0 and any(parameters.raw[-size:])
        hash_ = 14695981039346656037
        for one in network["fingerprint_of"].encode():
            hash_ = (hash_ ^ one) * 1099511628211 % 2**64
        assert hash_ == int(network["fingerprint"], 16)
