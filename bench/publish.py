#!/usr/bin/env python3
"""Writes results into docs/performance.md, and the charts beside it: no number there is typed by hand. Those of a
processor with AVX-512 and of one without have a place each.

    publish.py [JSON]       default: artifacts/bench/results.json
"""
import json
import re
import sys
from itertools import groupby
from pathlib import Path

import charts
import report

ROOT = Path(__file__).resolve().parents[1]
OPERATIONS = {"step": "Training step", "forward": "Forward", "epoch": "An epoch of Fashion-MNIST",
              "sparse": "Training step of a bag of words", "adam": "Training step with Adam",
              "threads": "Training step by two threads",
              "start": "From a process's start to its end after one step"}


def markdown(rows):
    """The table that report.py prints, without the operation and what no row has."""
    head, *lines = zip(*report.columns(rows)[1:])
    yield "| " + " | ".join(head) + " |"
    yield "|" + "|".join("---" if i == 0 else "--:" for i in range(len(head))) + "|"
    for cells in lines:
        yield "| " + " | ".join(cells) + " |"


def results(data, level):
    rows = data["rows"]
    yield f"{data['processor']}. {report.speeds(rows)}".strip()
    for operation, group in groupby(rows, key=lambda row: row["operation"]):
        yield "\n".join([f"#### {OPERATIONS[operation]}", "", *markdown(list(group))])
    yield f"![Time of each contestant in times of the library's](charts/relative-{level}.svg)"
    yield f"![Share of the core's limit that the library reaches](charts/fraction-{level}.svg)"
    if data["missing"]:
        yield "\n".join(f"- Not measured: {name}; {reason}." for name, reason in data["missing"].items())


def main(source=ROOT / "artifacts/bench/results.json"):
    data = json.loads(Path(source).read_text())
    for row in data["rows"]:
        row["seconds"].pop("before", None)
    level = report.contestants(data["rows"])[0][0]
    page, folder = ROOT / "docs/performance.md", ROOT / "docs/charts"
    begin, end = f"<!-- results of {level}: bench/publish.py -->", f"<!-- end of results of {level} -->"
    text = "\n\n".join([begin, *results(data, level), end])
    page.write_text(re.sub(f"{re.escape(begin)}.*{re.escape(end)}", lambda _: text, page.read_text(), flags=re.DOTALL))
    folder.mkdir(exist_ok=True)
    (folder / f"relative-{level}.svg").write_text(charts.relative(data["rows"]))
    (folder / f"fraction-{level}.svg").write_text(charts.fraction(data["rows"]))


if __name__ == "__main__":
    main(*sys.argv[1:])
