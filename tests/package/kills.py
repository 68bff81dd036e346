"""kills.py PROGRAM DATA COUNT: `train --save` is killed (SIGKILL) at random moments; the model is always a whole one, and
no temporary file stays after the next save. And a training with a checkpoint is ended, again and again, by SIGKILL,
SIGINT or SIGTERM, until it is done: its parameters are those of one that was never disturbed. Runs in a folder of its own, the working directory; prints 'ok' lines."""

import os
import random
import re
import signal
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
    """Ends a training by signals until it is done, and counts them."""
    options = ["--epochs", "12", "--optimizer", "adam", "--patience", "12", "--class-weight", "balanced", "--quiet", "--seed", str(seed)]
    training = [program, "train", data, *options]
    begin = time.monotonic()
    assert run([*training, "--save", "whole.safetensors"]).returncode == 0
    length = time.monotonic() - begin
    ends = dict.fromkeys(SIGNALS, 0)
    while True:
        process = subprocess.Popen(
            [*training, "--checkpoint", "part.checkpoint", "--resume", "--save", "part.safetensors"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if sum(ends.values()) < 8:
            time.sleep(length * dice.uniform(0.1, 0.9))
            sent = dice.choice(SIGNALS)
            process.send_signal(sent)
        status = process.wait()
        if status == 0:
            break
        # Killed, or before it has begun to listen, it has no status of its own; asked to stop it says by what.
        assert status == -sent or (status == 128 + sent and sent != signal.SIGKILL), (status, sent)
        ends[sent] += 1
    assert learned("part.safetensors") == learned("whole.safetensors"), seed
    os.remove("part.checkpoint")
    return ends


SIGNALS = [signal.SIGKILL, signal.SIGINT, signal.SIGTERM]
ends = dict.fromkeys(SIGNALS, 0)
trainings = 0
while trainings < count or sum(ends.values()) < count:
    for sent, times in checkpointed(trainings).items():
        ends[sent] += times
    trainings += 1
assert count < 20 or all(ends.values()), ends
told = ", ".join(f"{sent.name} {times}" for sent, times in ends.items())
print(f"ok      {trainings} trainings with a checkpoint, ended and resumed ({told}), have learned what undisturbed ones have")
