"""The first parameters of a network."""

from __future__ import annotations

import pickle
import re

import aotbackprop
import numpy as np
import pytest
from aotbackprop import INITIALIZATIONS, Digits, Mnist

# The bounds of W and b, for fan-in i and fan-out o.
BOUNDS = {
    "he": lambda i, o: (np.sqrt(6 / i), 0),
    "glorot": lambda i, o: (np.sqrt(6 / (i + o)), 0),
    "scikit_learn": lambda i, o: (np.sqrt(6 / (i + o)), np.sqrt(6 / (i + o))),
    "pytorch": lambda i, o: (1 / np.sqrt(i), 1 / np.sqrt(i)),
    "he_small_output": lambda i, o: (np.sqrt(6 / i) * (0.3 if o == 10 else 1), 0),
    "glorot_sigmoid": lambda i, o: (np.sqrt(2 / (i + o)), 0),
}


@pytest.mark.parametrize("network", [Digits, Mnist])
@pytest.mark.parametrize("name", BOUNDS)
def test_the_ranges_are_those_of_the_documentation(network, name):
    net, sizes = network(seed=1, initialization=name), network.sizes
    for layer in range(1, len(sizes)):
        bounds = BOUNDS[name](sizes[layer - 1], sizes[layer])
        for tensor, bound in zip((getattr(net, f"W{layer}"), getattr(net, f"b{layer}")), bounds):
            largest = np.abs(tensor).max()
            assert largest <= bound * (1 + 1e-6) and largest >= bound * (0.95 if tensor.size > 300 else 0.5)
            assert bound == 0 or (tensor.min() < 0 < tensor.max())


def test_the_names_are_the_librarys():
    assert set(INITIALIZATIONS) == set(BOUNDS) and isinstance(INITIALIZATIONS, tuple)
    assert Digits.default_initialization == "he_small_output"
    assert "INITIALIZATIONS" in aotbackprop.__all__
    assert all(f'``"{name}"``' in Digits.initialize.__doc__ for name in INITIALIZATIONS)


def test_none_is_the_networks_default():
    wanted = Digits(seed=3, initialization=Digits.default_initialization).parameters
    for net in (Digits(seed=3), Digits(seed=3, initialization=None), Digits(seed=1).initialize(3)):
        assert np.array_equal(net.parameters, wanted)


@pytest.mark.parametrize("name", INITIALIZATIONS)
def test_anew_is_as_at_first(name):
    assert np.array_equal(Digits(seed=3, initialization=name).parameters, Digits().initialize(3, name).parameters)
    assert not np.array_equal(Digits(seed=3, initialization=name).parameters, Digits(4, initialization=name).parameters)


@pytest.mark.parametrize("name", ["He", "", "xavier", 0, True, b"he", ["he"]])
def test_other_names_are_refused_and_the_parameters_stay(name):
    names = ", ".join(map(repr, INITIALIZATIONS))
    wanted = f"initialization is {name!r}; wanted one of {names}, or None for the default"
    with pytest.raises(ValueError, match=re.escape(wanted)):
        Digits(seed=1, initialization=name)
    net = Digits(seed=1)
    with pytest.raises(ValueError, match=re.escape(wanted)):
        net.initialize(2, initialization=name)
    with pytest.raises(ValueError, match="seed is -1"):
        net.initialize(-1, "glorot")
    assert np.array_equal(net.parameters, Digits(seed=1).parameters)


def test_pickles_do_not_depend_on_it():
    net = Digits(seed=1, initialization="pytorch")
    assert np.array_equal(pickle.loads(pickle.dumps(net)).parameters, net.parameters)
    assert set(net.__getstate__()) == {"_parameters", "_threads", "_drawn", "_facts", "history", "sizes"}
