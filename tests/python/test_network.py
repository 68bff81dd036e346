"""Parameters, inference, and the object itself."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from aotbackprop import Digits, Evaluation, Mnist, Network
from reference import Reference, one_hot


def test_parameters_are_views_of_one_memory():
    net = Digits(seed=1)
    assert [getattr(net, name).shape for name in ("W1", "b1", "W2", "b2")] == [(64, 32), (32,), (32, 10), (10,)]
    assert net.parameters.shape == (2410,) and net.parameters.dtype == np.float32
    order = np.concatenate([net.W1.ravel(), net.b1, net.W2.ravel(), net.b2])
    assert np.array_equal(order, net.parameters)
    for name in ("W1", "b1", "W2", "b2"):
        assert np.shares_memory(getattr(net, name), net.parameters)


def test_what_is_written_to_a_view_counts():
    net, X = Digits(seed=1), np.ones((1, 64))
    net.W2[:] = 0
    net.b2[3] = 5
    assert net.predict(X) == [3]
    net.parameters[-10:] = 0
    net.b2 += [0, 0, 0, 0, 5, 0, 0, 0, 0, 0]
    assert net.predict(X) == [4]


def test_assignment_copies_in():
    net, mine = Digits(seed=1), np.ones((64, 32))
    view = net.W1
    net.W1 = mine
    mine[:] = 2
    assert (net.W1 == 1).all() and np.shares_memory(net.W1, view)


def test_parameters_that_a_network_has_not_cannot_be_set():
    net = Digits(seed=1)
    for name in ("W3", "b0", "W12"):
        with pytest.raises(AttributeError, match=f"Digits has no parameter '{name}'; wanted one of W1, b1, W2, b2"):
            setattr(net, name, 1)
    with pytest.raises(AttributeError, match="sizes"):
        net.sizes = (100, 32, 10)
    net.W, net.bias = 1, 2


def test_names_that_are_shown_are_the_network_s():
    shown = {name for name in dir(Digits(seed=1)) if not name.startswith("_")}
    own = {"W1", "b1", "W2", "b2", "sizes", "activation", "output", "threads", "history"}
    own |= {"default_initialization", "parameters", "get_parameters", "set_parameters"}
    use = {"initialize", "predict_proba", "predict", "evaluate", "loss", "score", "gradient", "apply", "train_step"}
    own |= {"scaling", "missing", "columns", "classes", "target", "result"}
    use |= {"metrics", "predict_names", "history_rows", "save_history"}
    assert shown == {*own, *use, "partial_fit", "train_epoch", "fit", "save", "load", "load_parameters"}


def test_get_and_set_parameters_copy():
    net = Digits(seed=1)
    before = net.get_parameters()
    net.W1[:] = 0
    assert not np.array_equal(net.parameters, before)
    assert net.set_parameters(before) is net
    assert np.array_equal(net.parameters, before) and not np.shares_memory(net.parameters, before)
    net.parameters = before[::-1]
    assert np.array_equal(net.parameters[::-1], before)


def test_seeds():
    assert np.array_equal(Digits(seed=1).parameters, Digits(seed=1).parameters)
    assert not np.array_equal(Digits(seed=1).parameters, Digits(seed=2**64 - 1).parameters)
    assert np.array_equal(Digits(seed=1).initialize(5).parameters, Digits(seed=5).parameters)


def test_the_base_class_has_no_sizes():
    with pytest.raises(TypeError, match="Network itself has no sizes"):
        Network()


def test_repr_and_help():
    assert repr(Digits(seed=1)) == "<Digits 64-32-10: 2,410 parameters>"
    assert "64, 32" in Digits.W1.__doc__
    assert Digits.sizes == (64, 32, 10) and Mnist.sizes == (784, 128, 10)


@pytest.mark.parametrize("network", [Digits, Mnist])
def test_probabilities_are_those_of_the_reference(network):
    X = np.random.default_rng(1).random((50, network.sizes[0]), dtype=np.float32)
    net = network(seed=1)
    A = net.predict_proba(X)
    assert A.dtype == np.float32 and A.shape == (50, 10)
    np.testing.assert_allclose(A, Reference(net).forward(X)[1][-1], rtol=2e-5)
    assert np.array_equal(net.predict(X), A.argmax(axis=1))


def test_a_sample_has_the_same_bits_in_any_batch(batch):
    X, _, _ = batch
    net = Digits(seed=1)
    whole = net.predict_proba(X)
    assert np.array_equal(np.concatenate([net.predict_proba(X[i : i + 1]) for i in range(len(X))]), whole)


def test_many_samples_go_in_parts(monkeypatch, batch):
    import aotbackprop._network as module

    X, y, Y = batch
    net = Digits(seed=1)
    whole = net.predict_proba(X), net.predict(X), net.evaluate(X, y), net.evaluate(X, Y)
    monkeypatch.setattr(module, "_SLICE_WORK", 3 * net.parameters.size)
    assert len(net._parts(X)) == 5
    assert np.array_equal(net.predict_proba(X), whole[0]) and np.array_equal(net.predict(X), whole[1])
    assert net.evaluate(X, y) == whole[2] and net.evaluate(X, Y) == whole[3]


def test_evaluate(batch):
    X, y, Y = batch
    net = Digits(seed=1)
    reference = Reference(net)
    result = net.evaluate(X, y)
    assert isinstance(result, Evaluation)
    assert result.loss == pytest.approx(reference.loss(X, one_hot(y)), rel=1e-6)
    assert result.accuracy == np.mean(net.predict(X) == y) == net.score(X, y)
    assert net.loss(X, Y) == pytest.approx(reference.loss(X, Y), rel=1e-6)
    assert net.score(X, Y) == np.mean(net.predict(X) == Y.argmax(axis=1))


def test_results_go_to_buffers_that_are_given(batch):
    X, y, _ = batch
    net = Digits(seed=1)
    A, classes, values = np.empty((13, 10), np.float32), np.empty(13, np.int32), np.empty(2410, np.float32)
    assert net.predict_proba(X, out=A) is A and np.array_equal(A, net.predict_proba(X))
    assert net.predict(X, out=classes) is classes and np.array_equal(classes, net.predict(X))
    gradient = net.gradient(X, y, out=values)
    assert gradient.values is values and np.array_equal(values, net.gradient(X, y).values)


def test_safe_conversions_change_nothing(batch):
    X, y, Y = batch
    net = Digits(seed=1)
    wide = np.zeros((26, 128), np.float32)
    wide[::2, ::2] = X
    unaligned = np.frombuffer(b"x" + X.tobytes(), np.uint8)[1:].view(np.float32).reshape(X.shape)
    assert not unaligned.flags.aligned
    for same in (X.astype(np.float64), np.asfortranarray(X), wide[::2, ::2], X.astype(">f4"), X.tolist(), unaligned):
        assert np.array_equal(net.predict_proba(same), net.predict_proba(X))
    read_only = X.copy()
    read_only.flags.writeable = False
    assert np.array_equal(net.predict(read_only), net.predict(X))
    for same in (y.astype(np.uint8), y.astype(np.int16), y.astype(np.uint64), y.tolist(), np.repeat(y, 2)[::2]):
        assert net.loss(X, same) == net.loss(X, y)
    assert net.loss(X, Y.astype(np.float64)) == net.loss(X, Y)
    assert net.loss(X, one_hot(y).astype(bool)) == net.loss(X, y)


@pytest.mark.parametrize("how", ["pickle", "deepcopy", "copy", "out-of-band"])
def test_copies_are_independent(how, batch):
    X, y, _ = batch
    net = Digits(seed=1).fit(X, y, epochs=2)
    net.label = "mine"
    buffers = []
    other = {
        "pickle": lambda: pickle.loads(pickle.dumps(net)),
        "deepcopy": lambda: copy.deepcopy(net),
        "copy": lambda: copy.copy(net),
        "out-of-band": lambda: pickle.loads(
            pickle.dumps(net, protocol=5, buffer_callback=buffers.append), buffers=[bytes(b) for b in buffers]
        ),
    }[how]()
    assert type(other) is Digits and other.label == "mine" and other.history == net.history
    assert np.array_equal(other.parameters, net.parameters)
    before = net.get_parameters()
    other.W1[:] = 0
    other.fit(X, y, epochs=1)
    assert np.shares_memory(other.W1, other.parameters)
    assert np.array_equal(net.parameters, before) and len(net.history) == 2


def test_parameters_begin_on_a_cache_line():
    """Vectors that lie across two lines cost a tenth of a step."""
    nets = [Digits(seed=seed) for seed in range(20)]
    nets += [pickle.loads(pickle.dumps(net)) for net in nets] + [copy.deepcopy(net) for net in nets]
    assert all(net.parameters.ctypes.data % 64 == 0 for net in nets)


def test_a_pickle_of_other_sizes_is_refused():
    state = Digits(seed=1).__getstate__()
    with pytest.raises(ValueError, match="the pickle holds a network of 64-32-10; wanted 784-128-10"):
        Mnist.__new__(Mnist).__setstate__(state)


def test_a_gradient_can_be_pickled(batch):
    X, y, _ = batch
    gradient = Digits(seed=1).gradient(X, y)
    other = pickle.loads(pickle.dumps(gradient))
    assert other.loss == gradient.loss and np.array_equal(other.dW2, gradient.dW2)
    assert np.shares_memory(other.dW2, other.values)
    assert "64-32-10: loss" in repr(gradient)
