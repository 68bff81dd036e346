"""checkpoints.py PROGRAM DATA COUNT: trainings that begin in the command or in Python, are interrupted again and again, and
each time go on in the other, from the checkpoint that it left: they end in the bits of one that was never disturbed.
PROGRAM trains the network that the package calls Digits. Runs in a folder of its own, the working directory; prints 'ok'
lines."""

import os
import random
import re
import signal
import subprocess
import sys
import time

program, data, count = sys.argv[1], os.path.abspath(sys.argv[2]), int(sys.argv[3])
dice = random.Random(1)

# What both are asked for, in the words of each.
KINDS = {
    "adam, a standard scaling, class weights, early stopping": (
        "--optimizer adam --scaling standard --class-weight balanced --patience 6 --schedule step --step-every 2 --step-gamma 0.5",
        "optimizer=ab.Adam(), scaling='standard', class_weight='balanced', early_stopping=ab.EarlyStopping(6), "
        "schedule=ab.Step(2, 0.5), validation_split=0.2",
    ),
    "momentum, a factor, a cosine, warm-up, smoothed labels": (
        "--optimizer momentum --learning-rate 0.05 --scale 16 --schedule cosine --warm-up 30 --label-smoothing 0.1 --holdout 0",
        "optimizer=ab.SGD(0.05, momentum=0.9), scaling=16.0, schedule=ab.Cosine(), warm_up_steps=30, label_smoothing=0.1",
    ),
}

PYTHON = """
import sys
import aotbackprop as ab

seed, data, to, *checkpoint = sys.argv[1:]
net = ab.Digits(seed=int(seed))
how = dict(checkpoint=checkpoint[0], resume=True) if checkpoint else {}
table = ab.read_table(data, network=net)
try:
    net.fit(table, epochs=8, batch_size=32, shuffle_seed=int(seed), progress=False, OPTIONS, **how)
except KeyboardInterrupt:
    sys.exit(130)
net.save(to)
"""


def command(kind, seed, to, *checkpoint):
    resumed = ["--checkpoint", checkpoint[0], "--resume"] if checkpoint else []
    return [program, "train", data, "--epochs", "8", "--batch-size", "32", "--quiet", "--seed", str(seed), "--save", to,
            *KINDS[kind][0].split(), *resumed]  # fmt: skip


def python(kind, seed, to, *checkpoint):
    return [sys.executable, "-c", PYTHON.replace("OPTIONS", KINDS[kind][1]), str(seed), data, to, *checkpoint]


def run(arguments):
    begin = time.monotonic()
    done = subprocess.run(arguments, capture_output=True, text=True)
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return time.monotonic() - begin


def learned(name):
    told = subprocess.run([program, "info", "--model", name], capture_output=True, text=True)
    return re.search(r"checksum +(\S+)", told.stdout)[1]


for kind in KINDS:
    stages = {command: 0, python: 0}
    for n in range(count):
        lengths = {host: run(host(kind, n, f"{host.__name__}.safetensors")) for host in stages}
        wanted = learned("command.safetensors")
        assert learned("python.safetensors") == wanted, (kind, n)
        hosts = [command, python] if n % 2 == 0 else [python, command]
        for turn in range(100):
            host = hosts[turn % 2]
            process = subprocess.Popen(
                host(kind, n, "chain.safetensors", "chain.checkpoint"),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            if turn < 6:
                time.sleep(lengths[host] * dice.uniform(0.5, 0.95))
                process.send_signal(signal.SIGINT)
            told = process.communicate()[1]
            stages[host] += 1
            if process.returncode == 0:
                break
            assert process.returncode in (130, -signal.SIGINT), (host, process.returncode, told)
        assert learned("chain.safetensors") == wanted, (kind, n)
        os.remove("chain.checkpoint")
    assert min(stages.values()) > 0, stages
    print(f"ok      {kind}: {count} trainings, in {stages[command]} runs of the command and {stages[python]} of Python by turns")
