"""tqdm and scikit-learn: used where they are, not missed where they are not."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import aotbackprop
import pytest

HAS_TQDM = importlib.util.find_spec("tqdm") is not None
HAS_SKLEARN = importlib.util.find_spec("sklearn") is not None


def test_progress_shows_where_tqdm_is(batch, capsys):
    X, y, _ = batch
    aotbackprop.Digits(seed=1).fit(X, y, epochs=3, validation_data=(X, y), progress=True)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert ("3/3" in shown.err and "loss" in shown.err and "validation" in shown.err) == HAS_TQDM
    assert HAS_TQDM or shown.err == ""


@pytest.mark.parametrize("progress", [False, None])
def test_nothing_shows_off_a_terminal(batch, capfd, progress):
    X, y, _ = batch
    aotbackprop.Digits(seed=1).fit(X, y, progress=progress)
    assert capfd.readouterr() == ("", "")


PROGRAM = """
import os, sys, threading
import numpy as np
import aotbackprop
{before}
aotbackprop.Digits(seed=1).fit(np.ones((20, 64)), np.arange(20) % 10, progress={progress})
sys.__stdout__.write(f"{{threading.active_count()}} {{'tqdm' in sys.modules}} {{'tqdm.auto' in sys.modules}}")
"""


@pytest.mark.parametrize("progress", ["False", "None"])
@pytest.mark.parametrize("before", ["", "sys.stderr = None", "sys.stderr.close()"])
def test_what_shows_no_bar_starts_no_thread(progress, before):
    code = PROGRAM.format(before=before, progress=progress)
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (result.stdout, result.stderr, result.returncode) == ("1 False False", "", 0)


def test_there_is_no_bar_without_a_standard_error():
    code = PROGRAM.format(before="sys.stderr = None", progress="True")
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (result.stdout, result.returncode) == ("1 False False", 0), result.stderr


def test_a_terminal_shows_a_bar():
    controller, terminal = os.openpty()
    code = PROGRAM.format(before="", progress="None")
    result = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=terminal, text=True)
    os.write(terminal, b"end")
    assert (b"20/20" in os.read(controller, 1 << 16)) == HAS_TQDM
    # The one for it, which a notebook has of its own; and no thread, which would outlive it.
    assert result.stdout.split() == ["1", str(HAS_TQDM), str(HAS_TQDM)] and result.returncode == 0


def test_names_that_are_shown_are_the_package_s():
    shown = {name for name in dir(aotbackprop) if not name.startswith("__")}
    assert shown == {*aotbackprop.__all__, "NetworkClassifier", "NetworkRegressor", "networks"}
    assert len(set(aotbackprop.__all__)) == len(aotbackprop.__all__)
    assert {name for name in dir(aotbackprop.networks) if not name.startswith("_")} == {"Digits", "Mnist"}
    star = {}
    exec("from aotbackprop import *", star)
    assert {name for name in star if not name.startswith("__")} == set(aotbackprop.__all__)


@pytest.mark.parametrize("name", ["NetworkClassifier", "NetworkRegressor"])
def test_the_estimators_need_scikit_learn(name):
    assert name in dir(aotbackprop)
    if HAS_SKLEARN:
        assert getattr(aotbackprop, name) is getattr(aotbackprop, name)
    else:
        with pytest.raises(ImportError, match="the estimators of aotbackprop need scikit-learn"):
            getattr(aotbackprop, name)


def test_importing_the_package_imports_neither():
    code = "import sys, aotbackprop; sys.exit(bool({'sklearn', 'tqdm'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_other_names_are_missing_as_usual():
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        aotbackprop.Nothing
