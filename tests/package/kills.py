"""kills.py PROGRAM DATA COUNT: `train --save` is killed (SIGKILL) at random moments; the model is always a whole one, and
no temporary file stays after the next save. Runs in a folder of its own, the working directory; prints 'ok' lines."""

import os
import random
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
