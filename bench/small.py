"""Random small networks, and the table of bench/small.sh.

    small.py draw SEED      the sizes of 20 networks
    small.py table LINES    a table of what the races printed
"""
import json
import random
import statistics
import sys
from itertools import groupby

COUNT, LARGEST, MOST_WEIGHTS = 20, 128, 8000
BASE = "gcc-inline"


def draw(seed):
    """Layers evenly from 1 to 3, sizes log-uniform from 1 to LARGEST, two classes at least."""
    source = random.Random(seed)
    shapes = []
    while len(shapes) < COUNT:
        sizes = [int(LARGEST ** source.random() + 0.5) for _ in range(source.randint(1, 3) + 1)]
        sizes[-1] = max(sizes[-1], 2)
        shape = "-".join(map(str, sizes))
        if sum(a * b for a, b in zip(sizes, sizes[1:])) <= MOST_WEIGHTS and sizes[-1] <= 64 and shape not in shapes:
            shapes.append(shape)
    return ",".join(shapes)


def table(path):
    with open(path) as lines:
        rows = [json.loads(line) for line in lines]
    names = list(rows[0]["seconds"])
    first, others = names[0], [name for name in names[1:] if name != BASE]
    print(f"{'':8}{'network':16}{'batch':>5}  {first + ', ns':>9}  {'/ ' + BASE:>12}"
          + "".join(f"  {name + ' /':>10}" for name in others))
    for (operation, batch), group in groupby(sorted(rows, key=lambda r: (r["operation"], r["batch"])),
                                             key=lambda r: (r["operation"], r["batch"])):
        ratios = []
        for row in group:
            seconds = row["seconds"]
            ratio = seconds[first] / seconds[BASE] if BASE in seconds else float("nan")
            ratios.append(ratio)
            print(f"{operation:8}{row['shape']:16}{batch:5}  {seconds[first] * 1e9:9.1f}  {ratio:12.2f}"
                  + "".join(f"  {seconds[name] / seconds[first]:10.3f}" for name in others))
        print(f"{operation:8}{'median':16}{batch:5}  {'':9}  {statistics.median(ratios):12.2f}")
        print(f"{operation:8}{'largest':16}{batch:5}  {'':9}  {max(ratios):12.2f}")


if __name__ == "__main__":
    if sys.argv[1] == "draw":
        print(draw(int(sys.argv[2])))
    else:
        table(sys.argv[2])
