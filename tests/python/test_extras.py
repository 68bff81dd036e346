"""tqdm and scikit-learn: used where they are, not missed where they are not."""

from __future__ import annotations

import importlib.util
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


def test_the_classifier_needs_scikit_learn():
    assert "NetworkClassifier" in dir(aotbackprop)
    if HAS_SKLEARN:
        assert aotbackprop.NetworkClassifier is aotbackprop.NetworkClassifier
    else:
        with pytest.raises(ImportError, match="aotbackprop.NetworkClassifier needs scikit-learn"):
            aotbackprop.NetworkClassifier


def test_importing_the_package_imports_neither():
    code = "import sys, aotbackprop; sys.exit(bool({'sklearn', 'tqdm'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_other_names_are_missing_as_usual():
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        aotbackprop.Nothing
