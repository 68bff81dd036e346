"""Rows of probabilities that are divided by their sums."""

from __future__ import annotations

import re

import numpy as np
import pytest
from aotbackprop import Digits

N = 300
random = np.random.default_rng(1)
X = random.random((N, 64), dtype=np.float32)
y = random.integers(0, 10, N)
SOFT = random.dirichlet(np.ones(10), N)

CALLS = {
    "evaluate": lambda net, y, **how: net.evaluate(X, y, **how),
    "loss": lambda net, y, **how: net.loss(X, y, **how),
    "score": lambda net, y, **how: net.score(X, y, **how),
    "gradient": lambda net, y, **how: net.gradient(X, y, **how).values.tobytes(),
    "train_step": lambda net, y, **how: (net.train_step(X, y, **how), net.parameters.tobytes()),
    "partial_fit": lambda net, y, **how: net.partial_fit(X, y, **how).parameters.tobytes(),
    "train_epoch": lambda net, y, **how: (net.train_epoch(X, y, **how), net.parameters.tobytes()),
    "fit": lambda net, y, **how: (net.fit(X, y, 2, **how).history, net.parameters.tobytes()),
    "validation": lambda net, y, **how: net.fit(X, np.arange(N) % 10, 2, validation_data=(X, y), **how).history,
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble, int, "counts"])
def test_rows_are_divided_in_double_as_they_are_given(call, dtype):
    given = {int: np.round(SOFT * 100).astype(int), "counts": SOFT * 1e300}.get(dtype)
    given = SOFT.astype(dtype) if given is None else given
    wide = given.astype(np.float64)
    wanted = (wide / np.cumsum(wide, axis=1)[:, -1:]).astype(np.float32)
    assert CALLS[call](Digits(seed=1), given, normalize=True) == CALLS[call](Digits(seed=1), wanted)


@pytest.mark.parametrize("call", CALLS)
def test_class_numbers_stay_as_they_are(call):
    assert CALLS[call](Digits(seed=1), y, normalize=True) == CALLS[call](Digits(seed=1), y)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("row", [0, 299])
def test_what_cannot_be_divided_is_named(call, row):
    name = "validation y" if call == "validation" else "y"
    for value, wanted in (
        (0.0, f"{name}[{row}] sums to 0; wanted a row that can be divided by its sum"),
        (1e308, f"{name}[{row}] sums to inf; wanted a row that can be divided by its sum"),
        (np.nan, f"{name}[{row}] is [nan"),
        (np.inf, f"{name}[{row}] is [inf"),
        (-0.5, f"{name}[{row}] is [-0.5"),
    ):
        given = SOFT.copy()
        given[row] = value
        with pytest.raises(ValueError, match=re.escape(wanted)):
            CALLS[call](Digits(seed=1), given, normalize=True)


@pytest.mark.parametrize("call", CALLS)
def test_the_error_of_a_row_says_how(call):
    name = "validation y" if call == "validation" else "y"
    words = re.escape(f"{name}[0] sums to ") + ".*With normalize=True each row is divided by its sum"
    with pytest.raises(ValueError, match=words):
        CALLS[call](Digits(seed=1), SOFT * 2)
    with pytest.raises(ValueError, match="normalize is 1; wanted True or False"):
        CALLS[call](Digits(seed=1), SOFT, normalize=1)


def test_the_tolerance_is_the_librarys():
    """Row by row the package refuses exactly what the library refuses: it says which row before it calls."""
    from aotbackprop import _arguments

    near = np.full((2000, 10), 0.1, np.float32)
    near[:, 0] += np.float32(1e-4) * (1 + np.linspace(-1e-4, 1e-4, 2000, dtype=np.float32))
    near[::2, 0] -= np.float32(2e-4)
    net, refused = Digits(seed=1), []
    for row in near:
        try:
            net.evaluate(X[:1], row[None])
            refused.append(False)
        except ValueError as error:
            assert "y[0] sums to" in str(error)
            refused.append(True)
    assert 0 < sum(refused) < 2000
    for row, was_refused in zip(near, refused):
        if was_refused:
            with pytest.raises(ValueError):
                _arguments.probabilities(row[None], "y")
        else:
            _arguments.probabilities(row[None], "y")
