"""mutations.py PROGRAM DATA MODEL COUNT: as many mutations of a data file, plain, compressed and as JSON lines, of a model
file and of a checkpoint, through the program. Each ends with a documented code, in 10 s and 256 MB, with a message that a terminal may be shown."""

import gzip
import os
import random
import resource
import subprocess
import sys

program, data, model, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
most_memory = 256 << 10
tokens = [b"\0", b'"', b";", b"\t", b"\r", b"\n", b"nan", b"1e999", b"-1", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1b[31m", b",,,",
          b"9" * 1000, b"\x1f\x8b\x08\0", "\u202e".encode(), b"{", b"}", b'"sizes"', b"\xff\xff\xff\xff"]
dice = random.Random(int(sys.argv[5]) if len(sys.argv) > 5 else 1)


def mutated(content):
    content = bytearray(content)
    for _ in range(dice.choice((1, 1, 1, 2, 5, 20))):
        # Both formats are read from their beginning.
        at = dice.randrange(len(content) + 1) if dice.random() < 0.7 else dice.randrange(min(len(content), 600) + 1)
        length = dice.choice((1, 1, 2, 8, 100, 5000))
        what = dice.randrange(6)
        if what == 0 and at < len(content):
            content[at] ^= 1 << dice.randrange(8)
        elif what == 1:
            content[at:at] = dice.choice(tokens)
        elif what == 2:
            del content[at:at + length]
        elif what == 3:
            content[at:at] = content[at:at + length]
        elif what == 4:
            content[at:at + length] = dice.randbytes(length)
        else:
            del content[at:]
    return bytes(content)


def run(arguments):
    """The exit code and what was told. Memory is the largest of all children so far."""
    done = subprocess.run([program, *arguments], capture_output=True, timeout=10)
    told = done.stderr.decode()
    assert len(told) < 2000 and all(c.isprintable() or c == "\n" for c in told), (arguments, told)
    return done.returncode, told


plain = b"".join(open(data, "rb").read().splitlines(keepends=True)[:200])
with open("few", "wb") as file:
    file.write(plain)
subprocess.run([program, "train", "few", "--epochs", "1", "--quiet", "--checkpoint", "mutated"], check=True, stdout=subprocess.DEVNULL)
checkpoint = open("mutated", "rb").read()
kinds = {
    "a data file": (plain, lambda name: ["train", name, "--epochs", "1", "--quiet"]),
    "a compressed data file": (gzip.compress(plain), lambda name: ["evaluate", name, "--model", model]),
    "a file of JSON lines": (
        b"".join(b"[" + line.strip() + b"]\n" for line in plain.splitlines()),
        lambda name: ["predict", name, "--model", model],
    ),
    "a checkpoint": (
        checkpoint,
        lambda name: ["train", "few", "--epochs", "2", "--quiet", "--checkpoint", name, "--resume"],
    ),
    "a model file": (open(model, "rb").read(), lambda name: ["evaluate", data, "--model", name]),
}
for kind, (content, arguments) in kinds.items():
    codes = {}
    for n in range(count):
        with open("mutated", "wb") as file:
            file.write(mutated(content))
        code, told = run(arguments("mutated"))
        assert code in (0, 1) and (code == 0 or told), (n, code, told)
        codes[code] = codes.get(code, 0) + 1
        if n % 10 == 0:
            assert run(["info", "--model", "mutated"])[0] in (0, 1)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert memory <= most_memory, memory
    print(f"ok      {count} mutations of {kind}: {codes.get(0, 0)} read, {codes.get(1, 0)} refused; {memory >> 10} MB at most")
os.remove("mutated")
os.remove("few")
