"""Merges the lines that the programs of bench/ print, writes them as JSON, and prints a table.

    report.py LINES MISSING JSON
"""
import json
import platform
import sys

EPOCH_SAMPLES = 60000
OURS = ("v4", "v3", "dotnet", "python")


def flops(operation, sizes, batch):
    """Multiplications and additions: Z for each layer; for a step dW too, and dA for all layers but the first."""
    products = [a * b for a, b in zip(sizes, sizes[1:])]
    if operation == "forward":
        return 2 * batch * sum(products)
    samples = EPOCH_SAMPLES if operation == "epoch" else batch
    return 2 * samples * (2 * sum(products) + sum(products[1:]))


def traffic(operation, sizes, batch, limits):
    """Seconds for the parameters alone: read once for the forward pass, read and written once for the update."""
    size = 4 * sum((a + 1) * b for a, b in zip(sizes, sizes[1:]))
    if operation == "forward":
        return size / limits["read"]
    steps = -(-EPOCH_SAMPLES // batch) if operation == "epoch" else 1
    return steps * (size / limits["read"] + size / limits["update"])


def evaluate(row):
    """Adds what follows from the times: operations a second, the limit and what it comes from, ratios."""
    sizes = [int(size) for size in row["shape"].split("-")]
    operation, batch, limits, seconds = row["operation"], row["batch"], row["limits"], row["seconds"]
    work, parameters = flops(operation, sizes, batch), traffic(operation, sizes, batch, limits)
    row["flops"] = work
    row["bound"] = "multiply-adds" if work / limits["fma"] > parameters else "parameters"
    row["limit"] = max(work / limits["fma"], parameters)
    row["limit256"] = max(work / limits["fma256"], parameters)
    row["fraction"] = {name: (row["limit256"] if name == "v3" else row["limit"]) / time
                       for name, time in seconds.items()}
    ours = seconds.get("v4", seconds.get("v3"))
    row["ratio"] = {name: time / ours for name, time in seconds.items()}


def merge(lines):
    """A row for each operation, shape and batch. The first contestant of each line is the same: it is what makes times
    from different processes comparable."""
    rows = {}
    for line in lines:
        new = json.loads(line)
        row = rows.setdefault((new["operation"], new["shape"], new["batch"]), new)
        if row is not new:
            reference = next(iter(new["seconds"]))
            scale = row["seconds"][reference] / new["seconds"][reference]
            row["seconds"] |= {name: time * scale for name, time in new["seconds"].items() if name != reference}
    return list(rows.values())


def duration(seconds):
    for unit, scale in (("ns", 1e9), ("µs", 1e6), ("ms", 1e3)):
        if seconds * scale < 1000:
            break
    return f"{seconds * scale:.3g} {unit}" if seconds * scale < 1000 else f"{seconds * scale:.0f} {unit}"


def print_table(rows):
    names = list(dict.fromkeys(name for row in rows for name in row["seconds"]))
    ours, peers = [n for n in names if n in OURS], [n for n in names if n not in OURS]
    best = ours[0]
    head = ["operation", "shape", "batch", "limit", "by", best, "GFLOP/s", "of limit"]
    head += [f"{name} of limit" if name == "v3" else f"{name} ×" for name in ours[1:]] + [f"{name} ×" for name in peers]
    table = [head]
    for row in rows:
        time = row["seconds"][best]
        cells = [row["operation"], row["shape"], str(row["batch"]), duration(row["limit"]),
                 "FMA" if row["bound"] == "multiply-adds" else "memory", duration(time),
                 f"{row['flops'] / time / 1e9:.1f}", f"{row['fraction'][best]:.1%}"]
        for name in ours[1:] + peers:
            if name not in row["seconds"]:
                cells.append("")
            elif name == "v3":
                cells.append(f"{row['fraction'][name]:.1%}")
            else:
                cells.append(f"{row['ratio'][name]:.2f}")
        table.append(cells)
    widths = [max(len(cells[i]) for cells in table) for i in range(len(head))]
    for cells in table:
        print("  ".join(cell.ljust(w) if i < 2 else cell.rjust(w)
                        for i, (cell, w) in enumerate(zip(cells, widths))).rstrip())


def processor():
    with open("/proc/cpuinfo") as lines:
        return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def main(lines, missing, target):
    with open(lines) as file:
        rows = merge(file)
    with open(missing) as file:
        absent = dict(line.rstrip("\n").split("\t", 1) for line in file)
    for row in rows:
        evaluate(row)
    print(processor())
    for row in rows:
        if row["shape"] == "784-128-10":
            limits = row["limits"]
            print(f"Multiply-adds {limits['fma'] / 1e9:.0f} GFLOP/s ({limits['fma256'] / 1e9:.0f} in vectors of 8); "
                  f"400 kB read at {limits['read'] / 1e9:.0f} GB/s, updated at {limits['update'] / 1e9:.0f} GB/s.")
            break
    print("limit: what the core needs at least. ×: a contestant's time in times of ours; above 1 it is slower.\n")
    if rows:
        print_table(rows)
    for name, reason in absent.items():
        print(f"not measured: {name}: {reason}")
    with open(target, "w") as file:
        json.dump({"processor": processor(), "rows": rows, "missing": absent}, file, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
