"""Merges the lines that the programs of bench/ print, writes them as JSON, and prints a table.

    report.py LINES MISSING JSON
"""
import json
import platform
import sys

EPOCH_SAMPLES = 60000
OURS = ("v4", "v3", "before", "dotnet", "python")


def flops(operation, sizes, batch, nonzero):
    """Multiplications and additions: Z for each layer; for a step dW too, and dA for all layers but the first. Of the
    inputs only those that are not 0 count."""
    products = [a * b for a, b in zip(sizes, sizes[1:])]
    products[0] *= nonzero
    if operation == "forward":
        return 2 * batch * sum(products)
    samples = EPOCH_SAMPLES if operation == "epoch" else batch
    return 2 * samples * (2 * sum(products) + sum(products[1:]))


def traffic(operation, sizes, batch, limits, nonzero):
    """Seconds for the parameters alone: read once for the forward pass, read and written once for the update, with
    Adam's two numbers for each. Where nearly all inputs are 0, they are read, and of W1 only rows of the others."""
    size = 4 * sum((a + 1) * b for a, b in zip(sizes, sizes[1:]))
    if operation == "forward":
        return size / limits["read"]
    if operation == "sparse":
        size -= 4 * sizes[0] * sizes[1] * (1 - nonzero) ** batch
        return (4 * batch * sizes[0] + size) / limits["read"] + size / limits["update"]
    steps = -(-EPOCH_SAMPLES // batch) if operation == "epoch" else 1
    updated = 3 * size if operation == "adam" else size
    return steps * (size / limits["read"] + updated / limits["update"])


def fastest_peer(row):
    """Its name, if the row has one."""
    return min((name for name in row["seconds"] if name not in OURS), key=row["seconds"].get, default=None)


def evaluate(row):
    """Adds what follows from the times: ratios, the fastest peer; what a second thread brings; operations a second, the
    limit and what it comes from."""
    seconds = row["seconds"]
    ours = seconds.get("v4", seconds.get("v3"))
    row["ratio"] = {name: time / ours for name, time in seconds.items()}
    row["fastest_peer"] = fastest_peer(row)
    if "sgd" in row:
        row["of_sgd"] = ours / row["sgd"]
    if "two_threads" in row:
        row["speed_up"] = ours / row["two_threads"]["seconds"]
        row["fma_speed_up"] = row["two_threads"]["fma"] / row["one_thread"]["fma"]
    if "limits" not in row:
        return
    sizes = [int(size) for size in row["shape"].split("-")]
    operation, batch, limits = row["operation"], row["batch"], row["limits"]
    nonzero = row.get("nonzero", 1)
    work, parameters = flops(operation, sizes, batch, nonzero), traffic(operation, sizes, batch, limits, nonzero)
    row["flops"] = work
    row["bound"] = "multiply-adds" if work / limits["fma"] > parameters else "parameters"
    row["limit"] = max(work / limits["fma"], parameters)
    row["limit256"] = max(work / limits["fma256"], parameters)
    row["fraction"] = {name: (row["limit256"] if name == "v3" else row["limit"]) / time
                       for name, time in seconds.items()}


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
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds:.3g} s"


def contestants(rows):
    """Ours, and the peers, in the order in which they were raced."""
    names = list(dict.fromkeys(name for row in rows for name in row["seconds"]))
    return [name for name in OURS if name in names], [name for name in names if name not in OURS]


def table(rows):
    ours, peers = contestants(rows)
    best = ours[0]
    head = ["operation", "shape", "batch", "limit", "by", best, "GFLOP/s", "of limit", "of SGD"]
    head += [f"{name} of limit" if name == "v3" else f"{name} ×" for name in ours[1:] + peers]
    yield head + ["fastest peer ×", "two threads", "speed-up", "FMA speed-up"]
    for row in rows:
        time, limited = row["seconds"][best], "limit" in row
        cells = [row["operation"], row["shape"], str(row["batch"])]
        cells += [duration(row["limit"]), "FMA" if row["bound"] == "multiply-adds" else "memory"] if limited else ["", ""]
        cells.append(duration(time))
        cells += [f"{row['flops'] / time / 1e9:.1f}", f"{row['fraction'][best]:.1%}"] if limited else ["", ""]
        cells.append(f"{row['of_sgd']:.1%}" if "of_sgd" in row else "")
        for name in ours[1:] + peers + [fastest_peer(row)]:
            if name not in row["seconds"]:
                cells.append("")
            elif name == "v3":
                cells.append(f"{row['fraction'][name]:.1%}")
            else:
                cells.append(f"{row['ratio'][name]:.{0 if row['ratio'][name] >= 100 else 2}f}")
        if "two_threads" in row:
            cells += [duration(row["two_threads"]["seconds"]), f"{row['speed_up']:.2f}", f"{row['fma_speed_up']:.2f}"]
        else:
            cells += ["", "", ""]
        yield cells


def columns(rows):
    """Those of the table that some row fills."""
    return [column for column in zip(*table(rows)) if any(column[1:])]


def print_table(rows):
    lines = list(zip(*columns(rows)))
    widths = [max(map(len, column)) for column in zip(*lines)]
    for cells in lines:
        print("  ".join(cell.ljust(w) if i < 2 else cell.rjust(w)
                        for i, (cell, w) in enumerate(zip(cells, widths))).rstrip())


def speeds(rows):
    """What the core can do, from where the array that limits were measured on is as large as 784-128-10."""
    for row in rows:
        if row["shape"] == "784-128-10" and "limits" in row:
            limits = {name: value / 1e9 for name, value in row["limits"].items()}
            return ("Multiply-adds {fma:.0f} GFLOP/s ({fma256:.0f} in vectors of 8); 400 kB read at {read:.0f} GB/s, "
                    "updated at {update:.0f} GB/s.").format(**limits)
    return ""


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
    with open(target, "w") as file:
        json.dump({"processor": processor(), "rows": rows, "missing": absent}, file, indent=1)
    print(processor())
    print(speeds(rows))
    print("limit: what the core needs at least. ×: a contestant's time in times of ours; above 1 it is slower.")
    if any("two_threads" in row for row in rows):
        print("speed-up: one thread's time in times of two threads'; FMA speed-up: that of multiply-adds in registers.")
    print()
    if rows:
        print_table(rows)
    for name, reason in absent.items():
        print(f"not measured: {name}: {reason}")


if __name__ == "__main__":
    main(*sys.argv[1:])
