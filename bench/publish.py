#!/usr/bin/env python3
"""Writes results into docs/performance.md, and the charts beside it: no number there is typed by hand.

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


def results(data):
    rows = data["rows"]
    yield f"{data['processor']}. {report.speeds(rows)}".strip()
    for operation, group in groupby(rows, key=lambda row: row["operation"]):
        yield "\n".join([f"### {OPERATIONS[operation]}", "", *markdown(list(group))])
    yield "![Time of each contestant in times of the library's](charts/relative.svg)"
    yield "![Share of the core's limit that the library reaches](charts/fraction.svg)"
    if data["missing"]:
        yield "\n".join(f"- Not measured: {name}; {reason}." for name, reason in data["missing"].items())


def main(source=ROOT / "artifacts/bench/results.json"):
    data = json.loads(Path(source).read_text())
    page, folder = ROOT / "docs/performance.md", ROOT / "docs/charts"
    begin, end = "<!-- results: bench/publish.py -->", "<!-- end of results -->"
    text = "\n\n".join([begin, *results(data), end])
    page.write_text(re.sub(f"{re.escape(begin)}.*{re.escape(end)}", lambda _: text, page.read_text(), flags=re.DOTALL))
    folder.mkdir(exist_ok=True)
    (folder / "relative.svg").write_text(charts.relative(data["rows"]))
    (folder / "fraction.svg").write_text(charts.fraction(data["rows"]))


if __name__ == "__main__":
    main(*sys.argv[1:])
