#!/usr/bin/python3
"""Writes the means of run.py's runs into results.csv, and the tables of docs/initialization.md: no number there is
typed by hand.

    publish.py [CSV]        default: artifacts/bench/initialization/runs.csv
"""
import csv
import re
import sys
from pathlib import Path

import numpy as np
from scipy.stats import rankdata

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TITLES = {"he": "He", "glorot": "Glorot", "scikit_learn": "ScikitLearn", "pytorch": "PyTorch",
          "he_small_output": "HeSmallOutput"}
OPTIMIZERS = {"sgd": "SGD", "adam": "Adam"}
LARGE, DEEP, BEFORE = "Fashion-MNIST", "digits, deep", "wine, scaled before"
LEAST_DEEP = 0.9
CHOSEN = "he_small_output"
DRAWS = 10_000


class Runs:
    """Those of one set, optimizer and start, in the order of their seeds."""

    def __init__(self, rows):
        rows = sorted(rows, key=lambda row: int(row["seed"]))
        right, held_out = (np.array([int(row[name]) for row in rows]) for name in ("right", "held_out"))
        self.accuracies, self.losses = right / held_out, np.array([float(row["loss"]) for row in rows])
        # Of whole numbers: what is equal is so to the last bit.
        self.accuracy, self.loss = right.sum() / held_out.sum(), self.losses.mean()

    @staticmethod
    def error(values):
        return values.std(ddof=1) / len(values) ** 0.5


def read(path):
    """Runs by (set, optimizer), and then by what the table calls the start: an initialization, or a factor."""
    rows = {}
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            start = row["output_factor"] or row["initialization"]
            rows.setdefault((row["set"], row["optimizer"]), {}).setdefault(start, []).append(row)
    return {column: {start: Runs(group) for start, group in starts.items()} for column, starts in rows.items()}


def write_results(runs):
    with open(HERE / "results.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["set", "optimizer", "initialization", "output_factor", "runs", "accuracy", "accuracy_error",
                      "lowest_accuracy", "loss", "loss_error"])
        for (name, optimizer), starts in runs.items():
            for start, group in starts.items():
                kind = (start, "") if start in TITLES else ("he", start)
                numbers = (group.accuracy, group.error(group.accuracies), group.accuracies.min(), group.loss,
                           group.error(group.losses))
                out.writerow([name, optimizer, *kind, len(group.losses), *(f"{number:.6f}" for number in numbers)])


def ranks_of(means):
    """1 for the largest of each row; what is equal shares the mean of its ranks."""
    return rankdata(-np.asarray(means), axis=1)


def ranks(runs, columns, starts):
    return ranks_of([[runs[column][start].accuracy for start in starts] for column in columns])


def trains_deep(runs, start):
    return all(runs[DEEP, optimizer][start].accuracy >= LEAST_DEEP for optimizer in OPTIMIZERS)


def shares(runs, columns, starts):
    """How often each start has the best mean rank, if the seeds of each set are drawn again with replacement."""
    random = np.random.default_rng(0)
    allowed = np.array([trains_deep(runs, start) for start in starts])
    best = np.zeros(len(starts))
    for _ in range(DRAWS):
        means, drawn = [], {}
        for name, optimizer in columns:
            groups = [runs[name, optimizer][start].accuracies for start in starts]
            seeds = drawn.setdefault(name, random.integers(len(groups[0]), size=len(groups[0])))
            means.append([group[seeds].mean().round(9) for group in groups])
        mean = np.where(allowed, ranks_of(means).mean(0), np.inf)
        best += (mean == mean.min()) / (mean == mean.min()).sum()
    return best / DRAWS


def table(head, lines):
    yield "| " + " | ".join(head) + " |"
    yield "|---|" + "--:|" * (len(head) - 1)
    for cells in lines:
        yield "| " + " | ".join(cells) + " |"


def label(column):
    name, optimizer = column
    return f"{name}, {OPTIMIZERS[optimizer]}"


def percent(group):
    return f"{100 * group.accuracy:.2f} ± {100 * group.error(group.accuracies):.2f}"


def beside(group, other):
    differences = 100 * (group.accuracies - other.accuracies)
    return "" if group is other else f"{differences.mean():+.2f} ± {Runs.error(differences):.2f}".replace("-", "−")


def ranked(runs, columns, starts, titles):
    """Accuracy and rank of each start, a line for each column of the measurement."""
    numbers = ranks(runs, columns, starts)
    lines = [[label(column), *(f"{percent(runs[column][start])} ({rank:g})" for start, rank in zip(starts, row))]
             for column, row in zip(columns, numbers)]
    lines.append(["**mean rank**", *(f"**{rank:.3f}**" for rank in numbers.mean(0))])
    return [["", *titles], lines]


def section(title, *parts):
    return "\n\n".join([f"### {title}", *parts])


def results(runs):
    columns = [column for column in runs if column[0] != BEFORE]
    small = [column for column in columns if column[0] != LARGE]
    five, titles = list(TITLES), list(TITLES.values())
    factors = [start for start in runs[columns[0]] if start not in TITLES]

    head, lines = ranked(runs, columns, five, titles)
    lines.append(["trains digits, deep", *("yes" if trains_deep(runs, start) else "no" for start in five)])
    lines.append(["best in draws of seeds", *(f"{100 * share:.0f} %" for share in shares(runs, columns, five))])
    yield section("Held-out accuracy in percent, and the rank", "\n".join(table(head, lines)))

    lines = [[label(column), *(f"{runs[column][s].loss:.3f} ± {runs[column][s].error(runs[column][s].losses):.3f}"
                               for s in five)] for column in columns]
    yield section("Held-out log loss", "\n".join(table(["", *titles], lines)))

    lines = [[label(column), *(beside(runs[column][start], runs[column][CHOSEN]) for start in five)]
             for column in columns]
    yield section(f"Accuracy less {TITLES[CHOSEN]}'s with the same seed, in percentage points",
                  "\n".join(table(["", *titles], lines)))

    lines = [[label(column), *(f"{(runs[column][start].accuracies < LEAST_DEEP).sum()} "
                               f"({100 * runs[column][start].accuracies.min():.1f})" for start in five + factors)]
             for column in columns if column[0] == DEEP]
    yield section("Runs below an accuracy of 90 %, and the lowest accuracy in percent",
                  "\n".join(table(["", *titles, *(f"{factor} of He" for factor in factors)], lines)))

    lines = [[label((BEFORE, "adam")), *(percent(runs[BEFORE, "adam"][start]) for start in five + factors)]]
    yield section("Wine, scaled before it is split, 60 seeds: accuracy in percent",
                  "\n".join(table(["", *titles, *(f"{factor} of He" for factor in factors)], lines)))

    head, lines = ranked(runs, small, factors, factors)
    lines += [[label(column), *(percent(runs[column][start]) for start in factors)]
              for column in columns if column[0] == LARGE]
    yield section("The factor of HeSmallOutput: accuracy in percent, and the rank among the factors",
                  "\n".join(table(head, lines)))

    lines = []
    for factor in factors:
        starts = five[:-1] + [factor]
        lines.append([factor, *(f"{rank:.3f}" for rank in ranks(runs, columns, starts).mean(0)),
                      *(f"{100 * share:.0f} %" for share in shares(runs, columns, starts)[[1, -1]])])
    yield section("Mean ranks of the five with another factor",
                  "\n".join(table(["factor", *titles, "Glorot best in draws", "HeSmallOutput best in draws"], lines)))


def main(source=ROOT / "artifacts/bench/initialization/runs.csv"):
    runs = read(source)
    write_results(runs)
    page = ROOT / "docs/initialization.md"
    begin, end = "<!-- results: bench/initialization/publish.py -->", "<!-- end of results -->"
    text = "\n\n".join([begin, *results(runs), end])
    page.write_text(re.sub(f"{re.escape(begin)}.*{re.escape(end)}", lambda _: text, page.read_text(), flags=re.DOTALL))


if __name__ == "__main__":
    main(*sys.argv[1:])
