"""kills.py PROGRAM DATA COUNT: `train --save` is killed (SIGKILL) at random moments; the model is always a whole one, and
no temporary file stays after the next save. And a training with a checkpoint is killed, again and again, until it is
done: it has learned what one has that was never disturbed. Runs in a folder of its own, the working directory; prints 'ok' lines."""

import os
import random
import re
import subprocess
import sys
import time

program, data, count = sys.argv[1], os.path.abspath(sys.argv[2]), int(sys.argv[3])
train = [program, "train", data, "--epochs", "2", "--quiet", "--holdout", "0", "--save", "killed.safetensors"]
dice = random.Random(1)


def run(command):
    return subprocess.run(command, capture_output=True)


def train_whole():
    begin = time.monotonic()
    done = run(train)
    assert done.returncode == 0, done.stderr
    return time.monotonic() - begin


length = min(train_whole() for _ in range(3))
killed = left = 0
for n in range(count):
    process = subprocess.Popen([*train, "--seed", str(n)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # Half of them near the end, where it saves.
    time.sleep(length * (dice.uniform(0, 1.1) if n % 2 else dice.uniform(0.7, 1.05)))
    process.kill()
    killed += process.wait() != 0
    left += len(os.listdir(".")) > 1
    told = run([program, "evaluate", data, "--model", "killed.safetensors"])
    assert told.returncode == 0, (n, told.stderr)
train_whole()
stray = [name for name in os.listdir(".") if name != "killed.safetensors"]
assert not stray, stray
assert killed > 0 or count < 20
print(f"ok      {count} trainings killed at random moments: {killed} before their end, {left} left a temporary file; the model is whole, nothing stays")


def learned(name):
    return re.search(rb"checksum +(\S+)", run([program, "info", "--model", name]).stdout)[1]


def checkpointed(seed):
    """Kills a training until it is done, and counts."""
    options = ["--epochs", "12", "--optimizer", "adam", "--patience", "12", "--class-weight", "balanced", "--quiet", "--seed", str(seed)]
    training = [program, "train", data, *options]
    begin = time.monotonic()
    assert run([*training, "--save", "whole.safetensors"]).returncode == 0
    length = time.monotonic() - begin
    kills = 0
    while True:
        process = subprocess.Popen(
            [*training, "--checkpoint", "part.checkpoint", "--resume", "--save", "part.safetensors"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if kills < 8:
            time.sleep(length * dice.uniform(0.1, 0.9))
            process.kill()
        if process.wait() == 0:
            break
        kills += 1
        assert kills <= 8
    assert learned("part.safetensors") == learned("whole.safetensors"), seed
    os.remove("part.checkpoint")
    return kills


kills = sum(checkpointed(seed) for seed in range(count))
assert kills > 0 or count < 5
print(f"ok      {count} trainings with a checkpoint, killed {kills} times, have learned what undisturbed ones have")
