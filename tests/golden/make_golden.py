#!/usr/bin/env python3
"""Golden values: PyTorch's losses, gradients, SGD steps and optimizers, and Lion, in float64 by autograd.

Usage: /usr/bin/python3 make_golden.py [case ...]

Writes one JSON file a case beside this script, those of optimizers into the folder there. Needs PyTorch and nothing else.
README.md beside it describes the files.

Every number that a case starts from is exactly a float32, so that a float32 program and this
float64 one start from the same numbers. What is not stored is drawn, and any language can draw
it again to the bit:

  draw(seed, k) is the k-th output, k = 0, 1, ..., of SplitMix64 started at `seed`, all modulo 2^64:
      z = seed + (k + 1) * 0x9E3779B97F4A7C15
      z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9
      z = (z ^ (z >> 27)) * 0x94D049BB133111EB
      z =  z ^ (z >> 31)
  symmetric(seed, k) = ((draw(seed, k) >> 40) - 2^23) / 2^23: the upper 24 bits, in [-1, 1).

  parameters     layer by layer W (row-major, inputs x outputs), b. The k-th of them all is
                 symmetric(seed, k) / 2^e, e = floor(log4(inputs of its layer)), biases too.
  inputs         k-th of N x D: with z = draw(seed + 1, k), 0 if z >= 2^63,
                 else ((z >> 39) mod 2^24) / 2^24: half are zero, the rest in [0, 1).
  labels         of sample i: (draw(seed + 2, i) >> 32) mod C.
  probabilities  of sample i: 16 balls fall into C bins, ball t into
                 (draw(seed + 3, 16 i + t) >> 32) mod C; a probability is a bin's balls / 16.
  projections    p = 0, 1, 2, 3 of a tensor T: sum over k of T[k] * symmetric(1000 + p, k).
"""

import gzip
import hashlib
import json
import math
import struct
import sys
from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent
DIGITS = HERE.parents[1] / "samples" / "Digits" / "data" / "digits.csv.gz"

MASK = (1 << 64) - 1
STEPS = 10
ENTRIES = 200
PROJECTIONS = 4
BALLS = 16
# A float32 run has the same ReLU masks as this float64 one where no Z comes closer to 0 than this.
MARGIN = 3e-5


def draw(seed, k):
    z = (seed + (k + 1) * 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def symmetric(seed, k):
    return ((draw(seed, k) >> 40) - (1 << 23)) / (1 << 23)


def float32(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def sha256(values):
    """Of the little-endian float32 bytes; fails where a value is no float32."""
    if any(float32(v) != v for v in values):
        raise ValueError("not exactly a float32")
    return hashlib.sha256(struct.pack(f"<{len(values)}f", *values)).hexdigest()


def draw_parameters(seed, sizes):
    values = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        e = (inputs.bit_length() - 1) // 2
        for _ in range(inputs * outputs + outputs):
            values.append(symmetric(seed, len(values)) / (1 << e))
    return values


def draw_inputs(seed, count):
    values = []
    for k in range(count):
        z = draw(seed + 1, k)
        values.append(0.0 if z >> 63 else ((z >> 39) & 0xFFFFFF) / (1 << 24))
    return values


def draw_labels(seed, samples, classes):
    return [(draw(seed + 2, i) >> 32) % classes for i in range(samples)]


def draw_probabilities(seed, samples, classes):
    values = [0.0] * (samples * classes)
    for i in range(samples):
        for t in range(BALLS):
            values[i * classes + (draw(seed + 3, BALLS * i + t) >> 32) % classes] += 1 / BALLS
    return values


def draw_values(seed, count, output):
    """Y of outputs that are no softmax."""
    if output == "sigmoid":
        return [(draw(seed + 4, k) >> 56) / 256 for k in range(count)]
    return [4 * symmetric(seed + 4, k) for k in range(count)]


def iris_rows():
    """Every fifth flower: 30 rows, ten of each class. Values as in the file, in cm."""
    lines = (HERE / "iris.csv").read_text().splitlines()[1::5]
    rows = [line.split(",") for line in lines]
    return [float(v) for row in rows for v in row[:-1]], [int(row[-1]) for row in rows]


def digits_rows():
    """The first 32 images: pixels 0 to 16, three or four images of each class."""
    with gzip.open(DIGITS, "rt") as file:
        rows = [[int(v) for v in next(file).split(",")] for _ in range(32)]
    return [v for row in rows for v in row[:-1]], [row[-1] for row in rows]


# The hidden activations, by the names of the library, and whether their derivative jumps at 0.
ACTIVATIONS = {
    "relu": (torch.relu, True),
    "leaky_relu": (lambda Z: torch.nn.functional.leaky_relu(Z, float32(0.01)), True),
    "elu": (torch.nn.functional.elu, False),
    "tanh": (torch.tanh, False),
    "sigmoid": (torch.sigmoid, False),
    "softplus": (torch.nn.functional.softplus, False),
    "silu": (torch.nn.functional.silu, False),
    "identity": (lambda Z: Z, False),
    "gelu_tanh": (lambda Z: torch.nn.functional.gelu(Z, approximate="tanh"), False),
    "gelu": (torch.nn.functional.gelu, False),
}

# The outputs that are no softmax, by the names of the library: A of Z, and the loss. PyTorch's means go over outputs too.
DELTA = 0.5
OUTPUTS = {
    "linear": (lambda Z: Z, lambda Z, Y: Z.shape[1] / 2 * torch.nn.functional.mse_loss(Z, Y)),
    "sigmoid": (
        torch.sigmoid,
        lambda Z, Y: Z.shape[1] * torch.nn.functional.binary_cross_entropy_with_logits(Z, Y),
    ),
    "huber": (lambda Z: Z, lambda Z, Y: Z.shape[1] * torch.nn.functional.huber_loss(Z, Y, delta=DELTA)),
}

# name, seed, sizes, samples, rows (None: drawn), scale of the rows' values, probabilities as Y, activation
CASES = [
    ("iris-4-8-3", 264, [4, 8, 3], 30, iris_rows, 1.0, False, "relu"),
    ("digits-64-32-10", 212, [64, 32, 10], 32, digits_rows, 1 / 16, False, "relu"),
    ("digits-soft-64-32-10", 392, [64, 32, 10], 32, digits_rows, 1 / 16, True, "relu"),
    ("synthetic-784-128-10", 424, [784, 128, 10], 32, None, 1.0, False, "relu"),
    ("synthetic-784-128-64-10", 540, [784, 128, 64, 10], 21, None, 1.0, False, "relu"),
    *((f"iris-{name.replace('_', '-')}", 5, [4, 8, 5, 3], 30, iris_rows, 0.125, False, name)
      for name in ACTIVATIONS if name != "relu"),
]
# And of other outputs, whose Y are drawn.
OUTPUT_CASES = [
    (f"iris-output-{name}", 7, [4, 8, 3], 30, iris_rows, 0.125, False, "tanh", name) for name in OUTPUTS
]

# What PyTorch's own optimizers, and Lion below, make of 64-32-10 on the digits' first rows in OPTIMIZER_STEPS steps.
OPTIMIZER_STEPS = 100
# A hundred steps pass closer to 0 than ten; a float32 run's Z is still some 1e-6 from this one's.
OPTIMIZER_MARGIN = 3e-6
OPTIMIZER_SIZES = [64, 32, 10]
# name, seed, optimizer, numbers of it, clip norm
OPTIMIZERS = [
    ("sgd-decay", 1, "sgd", {"lr": 0.1, "weight_decay": 0.01}, 0),
    ("sgd-clip", 33, "sgd", {"lr": 0.1}, 0.4),
    ("momentum", 1, "momentum", {"lr": 0.02, "momentum": 0.9}, 0),
    ("momentum-decay-clip", 1, "momentum", {"lr": 0.02, "momentum": 0.9, "weight_decay": 0.01}, 0.4),
    ("nesterov", 9, "nesterov", {"lr": 0.02, "momentum": 0.9}, 0),
    ("nesterov-decay", 2, "nesterov", {"lr": 0.02, "momentum": 0.8, "weight_decay": 0.01}, 0),
    ("adam", 2, "adam", {"lr": 0.002, "betas": (0.9, 0.999), "eps": 1e-8}, 0),
    ("adam-decay", 3, "adam", {"lr": 0.002, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01}, 0),
    ("adam-clip", 7, "adam", {"lr": 0.002, "betas": (0.8, 0.99), "eps": 1e-6}, 0.4),
    ("adamw", 1, "adamw", {"lr": 0.002, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.05}, 0),
    ("adamw-clip", 1, "adamw", {"lr": 0.002, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.05}, 0.4),
    ("lion", 91, "lion", {"lr": 0.001, "betas": (0.9, 0.99)}, 0),
    ("lion-decay-clip", 28, "lion", {"lr": 0.001, "betas": (0.8, 0.95), "weight_decay": 0.5}, 0.4),
]

projection_cache = {}


def projection(p, count):
    have = projection_cache.setdefault(p, [])
    have.extend(symmetric(1000 + p, k) for k in range(len(have), count))
    return have[:count]


def facts(tensor, everything):
    values = tensor.detach().reshape(-1).tolist()
    n = len(values)
    largest = max(range(n), key=lambda k: abs(values[k]))
    everything = everything or n <= ENTRIES
    return {
        "count": n,
        "sum": math.fsum(values),
        "sumAbs": math.fsum(abs(v) for v in values),
        "norm": math.sqrt(math.fsum(v * v for v in values)),
        "maxAbs": abs(values[largest]),
        "maxAbsIndex": largest,
        "projections": [math.fsum(v * r for v, r in zip(values, projection(p, n))) for p in range(PROJECTIONS)],
        "values": values if everything else [values[i * (n - 1) // (ENTRIES - 1)] for i in range(ENTRIES)],
    }


def tensors_of(flat, sizes):
    """The parameters as PyTorch trains them, and their names."""
    parameters, names, offset = [], [], 0
    for l, (d, h) in enumerate(zip(sizes, sizes[1:]), start=1):
        for tensor, shape in ((f"W{l}", (d, h)), (f"b{l}", (h,))):
            count = math.prod(shape)
            values = torch.tensor(flat[offset:offset + count], dtype=torch.float64).reshape(shape)
            parameters.append(values.requires_grad_())
            names.append(tensor)
            offset += count
    assert offset == len(flat)
    return parameters, names


def make(name, seed, sizes, samples, rows, scale, soft, activation, output="softmax"):
    classes = sizes[-1]
    flat = draw_parameters(seed, sizes)

    if rows:
        stored_inputs, labels = rows()
        inputs = [float32(v * scale) for v in stored_inputs]
    else:
        stored_inputs, labels = None, draw_labels(seed, samples, classes)
        inputs = draw_inputs(seed, samples * sizes[0])
    assert len(inputs) == samples * sizes[0] and len(labels) == samples
    probabilities = draw_probabilities(seed, samples, classes) if soft else None

    learning_rate = float32(0.1)
    X = torch.tensor(inputs, dtype=torch.float64).reshape(samples, sizes[0])
    values = None if output == "softmax" else draw_values(seed, samples * classes, output)
    if soft or values:
        Y = torch.tensor(probabilities or values, dtype=torch.float64).reshape(samples, classes)
    else:
        Y = torch.tensor(labels)

    parameters, names = tensors_of(flat, sizes)
    margin = math.inf

    f, has_kink = ACTIVATIONS[activation]
    softmax = lambda Z: torch.softmax(Z, dim=1), torch.nn.functional.cross_entropy
    output_of, loss_of = OUTPUTS.get(output, softmax)

    def forward():
        nonlocal margin
        A = X
        for l in range(0, len(parameters), 2):
            Z = A @ parameters[l] + parameters[l + 1]
            if l + 2 < len(parameters):
                margin = min(margin, Z.detach().abs().min().item())
                A = f(Z)
        return Z

    everything = len(flat) < 5000
    tensors = {}
    losses = []
    optimizer = torch.optim.SGD(parameters, lr=learning_rate)
    for step in range(STEPS):
        optimizer.zero_grad()
        Z = forward()
        loss = loss_of(Z, Y)
        loss.backward()
        losses.append(loss.item())
        if step == 0:
            tensors[f"A{len(sizes) - 1}"] = facts(output_of(Z), everything)
            for tensor, p in zip(names, parameters):
                tensors["d" + tensor] = facts(p.grad, everything)
        optimizer.step()
    final_loss = loss_of(forward(), Y).item()
    for tensor, p in zip(names, parameters):
        tensors[tensor] = facts(p, everything)

    if has_kink and margin < MARGIN:
        raise ValueError(f"{name}: a hidden Z comes within {margin} of 0; choose another seed")

    case = {
        "name": name,
        "sizes": sizes,
        **({} if activation == "relu" else {"activation": activation}),
        **({} if output == "softmax" else {"output": output}),
        **({"huberDelta": DELTA} if output == "huber" else {}),
        "samples": samples,
        "seed": seed,
        "torch": torch.__version__,
        "learningRate": learning_rate,
        "smallestHiddenZ": margin,
        "parametersSha256": sha256(flat),
        "inputsSha256": sha256(inputs),
    }
    if rows:
        case["inputScale"] = scale
        case["inputs"] = stored_inputs
    if values:
        case["valuesSha256"] = sha256(values)
    elif soft:
        case["probabilitiesSha256"] = sha256(probabilities)
    else:
        case["labels"] = labels
    case["losses"] = losses
    case["finalLoss"] = final_loss
    case["tensors"] = tensors
    return case


class Lion(torch.optim.Optimizer):
    """Algorithm 2 of Chen and others, "Symbolic discovery of optimization algorithms", 2023. PyTorch has none."""

    # A sign that float32 would not be sure of is refused: |c| of its largest terms.
    sureness = 1e-4

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                m, g = self.state[p].setdefault("m", torch.zeros_like(p)), p.grad
                c, terms = beta1 * m + (1 - beta1) * g, beta1 * m.abs() + (1 - beta1) * g.abs()
                unsure = (c.abs() < self.sureness * terms) & (c != 0)
                if unsure.any():
                    raise ValueError(f"c comes within {self.sureness} of 0; choose another seed")
                p -= group["lr"] * (c.sign() + group["weight_decay"] * p)
                m.copy_(beta2 * m + (1 - beta2) * g)


def optimizer_of(kind, parameters, numbers):
    if kind == "lion":
        return Lion(parameters, {"weight_decay": 0, **numbers})
    if kind == "adam":
        return torch.optim.Adam(parameters, **numbers)
    if kind == "adamw":
        return torch.optim.AdamW(parameters, **numbers)
    return torch.optim.SGD(parameters, nesterov=kind == "nesterov", **numbers)


def make_optimizer(name, seed, kind, numbers, clip):
    numbers = {k: tuple(map(float32, v)) if isinstance(v, tuple) else float32(v) for k, v in numbers.items()}
    clip = float32(clip)
    stored_inputs, labels = digits_rows()
    X = torch.tensor([v / 16 for v in stored_inputs], dtype=torch.float64).reshape(len(labels), OPTIMIZER_SIZES[0])
    Y = torch.tensor(labels)
    flat = draw_parameters(seed, OPTIMIZER_SIZES)
    parameters, names = tensors_of(flat, OPTIMIZER_SIZES)
    W1, b1, W2, b2 = parameters
    optimizer = optimizer_of(kind, parameters, numbers)
    margin, losses, clipped = math.inf, [], 0
    for _ in range(OPTIMIZER_STEPS):
        optimizer.zero_grad()
        Z1 = X @ W1 + b1
        margin = min(margin, Z1.detach().abs().min().item())
        loss = torch.nn.functional.cross_entropy(torch.relu(Z1) @ W2 + b2, Y)
        loss.backward()
        losses.append(loss.item())
        if clip > 0:
            clipped += torch.nn.utils.clip_grad_norm_(parameters, clip).item() > clip
        optimizer.step()
    if margin < OPTIMIZER_MARGIN:
        raise ValueError(f"{name}: a hidden Z comes within {margin} of 0; choose another seed")
    beta1, beta2 = numbers.get("betas", (0, 0))
    return {
        "name": name,
        "sizes": OPTIMIZER_SIZES,
        "seed": seed,
        "torch": torch.__version__,
        "parametersSha256": sha256(flat),
        "optimizer": kind,
        "learningRate": numbers["lr"],
        "momentum": numbers.get("momentum", 0),
        "beta1": beta1,
        "beta2": beta2,
        "epsilon": numbers.get("eps", 0),
        "weightDecay": numbers.get("weight_decay", 0),
        "clipNorm": clip,
        "clippedSteps": clipped,
        "smallestHiddenZ": margin,
        "losses": losses,
        "tensors": {tensor: facts(p, False) for tensor, p in zip(names, parameters)},
    }


def to_json(value, indent=0):
    """Arrays of numbers are wrapped, eight numbers a line; repr() of a float round-trips."""
    pad = " " * (indent + 1)
    if isinstance(value, dict):
        body = (",\n").join(f"{pad}{json.dumps(k)}: {to_json(v, indent + 1)}" for k, v in value.items())
        return "{\n" + body + "\n" + " " * indent + "}"
    if isinstance(value, list):
        if len(value) <= 8:
            return json.dumps(value, allow_nan=False)
        width = 32 if all(isinstance(v, int) for v in value) else 8
        lines = [json.dumps(value[i:i + width], allow_nan=False)[1:-1] for i in range(0, len(value), width)]
        return "[\n" + ",\n".join(pad + line for line in lines) + "\n" + " " * indent + "]"
    return json.dumps(value, allow_nan=False)


def main():
    # One thread, so that the order of PyTorch's sums does not depend on the machine's cores.
    torch.set_num_threads(1)
    cases = {case[0]: (make, case) for case in (*CASES, *OUTPUT_CASES)}
    cases.update({f"optimizers/{case[0]}": (make_optimizer, case) for case in OPTIMIZERS})
    wanted = sys.argv[1:] or list(cases)
    unknown = set(wanted) - set(cases)
    if unknown:
        sys.exit(f"no such case: {', '.join(sorted(unknown))}")
    (HERE / "optimizers").mkdir(exist_ok=True)
    for name in wanted:
        maker, case = cases[name]
        made = maker(*case)
        text = to_json(made) + "\n"
        assert json.loads(text) == made
        (HERE / f"{name}.json").write_text(text, encoding="utf-8", newline="\n")
        print(f"{name}: loss {made['losses'][0]:.6f} -> {made.get('finalLoss', made['losses'][-1]):.6f}, "
              f"smallest |Z| {made['smallestHiddenZ']:.2e}, {len(text)} bytes")


if __name__ == "__main__":
    main()
