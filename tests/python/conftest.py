"""What the tests share: the package under test, and the digits."""

from __future__ import annotations

import importlib.util

import digits
import numpy as np
import pytest

# Where scikit-learn is not installed, test_extras.py says what has to happen. Wheels are the same everywhere.
_WITH_ALL = ["test_sklearn.py", "test_sklearn_training.py", "test_pandas.py", "test_types.py", "test_wheels.py"]
collect_ignore = [] if importlib.util.find_spec("sklearn") else _WITH_ALL


@pytest.fixture(scope="session")
def data():
    """X, y to train on, and X, y held out."""
    return digits.load()


@pytest.fixture
def batch():
    """A small batch: inputs, class numbers, and rows of probabilities."""
    random = np.random.default_rng(1)
    X = random.random((13, 64), dtype=np.float32)
    y = random.integers(0, 10, 13)
    Y = random.dirichlet(np.ones(10), 13).astype(np.float32)
    return X, y, Y
