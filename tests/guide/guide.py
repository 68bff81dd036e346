"""Runs a guide as a newcomer does: every block of code, in order, in an empty folder.

usage: guide.py GUIDE FOLDER COUNT: a line 'ok' or 'not ok' for each block; the file COUNT receives how many there were.

What becomes of a block, its language says, and what stands before it:

- a line that ends in "`NAME.EXT`:" before it: it is written to that file. A later command has to use it;
- sh: bash runs it. It has to succeed, unless <!-- ends with N --> stands before it. Folder and environment stay for the
  next one;
- python: it is run in one session of the environment's Python. An exception's message is output;
- text: what the block before it has printed.

Output is compared exactly, but for … : in a line it stands for any text, as a line of its own for any lines.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from typing import NamedTuple, Optional

_LIMIT = 600

# What lets the next block begin where this one ended.
_SHELL = """set -eo pipefail
state=$1
[ ! -e "$state" ] || . "$state"
trap 'status=$?; { export -p; printf "cd -- %q\\n" "$PWD"; } > "$state"; exit $status' EXIT
. "$2"
"""

_SESSION = """
import contextlib, io, json, sys, traceback
answers, sys.stdout = sys.stdout, sys.stderr
names = {"__name__": "__main__"}
for line in sys.stdin:
    printed, raised = io.StringIO(), False
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            exec(compile(json.loads(line), "<guide>", "exec"), names)
        except BaseException as error:
            raised = True
            printed.write("".join(traceback.format_exception_only(type(error), error)))
    print(json.dumps([printed.getvalue(), raised]), file=answers, flush=True)
"""


class Block(NamedTuple):
    """A block of code, its first line, and what was said before it."""

    language: str
    code: str
    line: int
    name: Optional[str]
    status: int


def blocks(text: str) -> list[Block]:
    """All blocks of a guide; one that is not closed, or indented, is an error."""
    found: list[Block] = []
    code: list[str] = []
    opened: Optional[tuple[int, str]] = None
    before, status = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        is_fence = line.lstrip().startswith(("```", "~~~"))
        if is_fence and not re.fullmatch(r"```[a-z]*", line):
            sys.exit(f"not ok  line {number} is '{line}'; wanted a fence of three backticks and a language")
        if opened is None and is_fence:
            opened, code = (number, line[3:]), []
        elif opened is not None and is_fence:
            if line != "```":
                sys.exit(f"not ok  line {number}: the block of line {opened[0]} is not closed")
            name = re.search(r"`([A-Za-z][\w.-]*\.[a-z]+)`:$", before)
            found.append(Block(opened[1], "".join(code), opened[0], name.group(1) if name else None, status))
            before, opened, status = "", None, 0
        elif opened is not None:
            code.append(line + "\n")
        elif ends := re.fullmatch(r"<!-- ends with (\d+) -->", line):
            status = int(ends.group(1))
        elif line.strip():
            before = line
    if opened is not None:
        sys.exit(f"not ok  the block of line {opened[0]} is not closed")
    return found


class Session:
    """A newcomer's terminal, and the Python that runs in it."""

    def __init__(self, folder: str, scratch: str) -> None:
        self.folder = folder
        self.state = os.path.join(scratch, "state")
        self.block = os.path.join(scratch, "block.sh")
        self.python: Optional[subprocess.Popen[str]] = None

    def shell(self, code: str) -> tuple[str, int]:
        with open(self.block, "w") as file:
            file.write(code)
        try:
            done = subprocess.run(
                ["bash", "-c", _SHELL, "bash", self.state, self.block],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                timeout=_LIMIT, text=True,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            # Bytes, even where text was asked for.
            said = error.stdout.decode(errors="replace") if isinstance(error.stdout, bytes) else error.stdout or ""
            return f"{said}\n[not done within {_LIMIT} seconds]", -1
        return done.stdout, done.returncode

    def interpreter(self, code: str) -> tuple[str, bool]:
        if self.python is None:
            begins = f'[ ! -e "$1" ] || . "$1"; exec python3 -c {shlex.quote(_SESSION)}'
            self.python = subprocess.Popen(
                ["bash", "-c", begins, "bash", self.state],
                cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
        assert self.python.stdin is not None and self.python.stdout is not None
        self.python.stdin.write(json.dumps(code) + "\n")
        self.python.stdin.flush()
        answer = self.python.stdout.readline()
        if not answer:
            return f"[Python ended with {self.python.wait()}]", True
        printed, raised = json.loads(answer)
        return printed, raised

    def end(self) -> None:
        if self.python is not None and self.python.stdin is not None:
            self.python.stdin.close()
            self.python.wait(_LIMIT)


def fits(shown: str, printed: str) -> bool:
    """Whether this is what was printed."""
    pattern = "".join(
        r"(?:.*\n)*" if line == "…\n" else re.escape(line).replace("…", ".*") for line in shown.splitlines(True)
    )
    return re.fullmatch(pattern, printed) is not None


def uses(block: Block, name: str) -> bool:
    """Whether a block makes something of a file."""
    if block.language not in ("sh", "python"):
        return False
    is_dotnets = name.endswith((".cs", ".csproj"))
    return name in block.code or (is_dotnets and re.search(r"\bdotnet (run|build)\b", block.code) is not None)


def main(guide: str, folder: str, count: str) -> None:
    with open(guide, encoding="utf-8") as file:
        found = blocks(file.read())
    scratch = f"{folder}-scratch"
    os.makedirs(scratch)
    session = Session(folder, scratch)
    title = os.path.basename(guide)
    printed: Optional[str] = None
    done = 0
    for place, block in enumerate(found):
        following = found[place + 1] if place + 1 < len(found) else None
        wrong = ""
        if block.language == "text":
            if printed is None:
                wrong = "it is the output of no block; wanted sh or python before it"
            elif not fits(block.code, printed):
                wrong = f"printed was\n{printed}"
            printed = None
        elif block.name is not None and block.language != "sh":
            with open(os.path.join(folder, block.name), "w", encoding="utf-8") as file:
                file.write(block.code)
            if not any(uses(later, block.name) for later in found[place + 1 :]):
                wrong = f"nothing uses {block.name}"
            printed = None
        elif block.language == "sh":
            printed, status = session.shell(block.code)
            if status != block.status:
                wrong = f"ended with {status}; wanted {block.status}. Printed was\n{printed}"
        elif block.language == "python":
            printed, raised = session.interpreter(block.code)
            if raised and (following is None or following.language != "text"):
                wrong = f"raised, and no output is shown:\n{printed}"
        else:
            wrong = f"nothing can run '{block.language}'; wanted a name before it, or sh, python or text"
        done += 1
        first = block.code.strip().split("\n")[0]
        print(f"{'not ok' if wrong else 'ok    '}  {title}, line {block.line}: {block.language}: {first[:60]}")
        if wrong:
            print("        " + wrong.replace("\n", "\n        "))
        sys.stdout.flush()
    session.end()
    with open(count, "w") as file:
        file.write(f"{done}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
