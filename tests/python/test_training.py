"""Gradients, steps, epochs and fits."""

from __future__ import annotations

import numpy as np
import pytest
from aotbackprop import Digits, Mnist
from reference import Reference, one_hot


@pytest.mark.parametrize("network", [Digits, Mnist])
@pytest.mark.parametrize("kind", ["labels", "probabilities"])
def test_the_gradient_is_that_of_the_reference(network, kind):
    random = np.random.default_rng(2)
    X = random.random((37, network.sizes[0]), dtype=np.float32)
    y = random.integers(0, 10, 37) if kind == "labels" else random.dirichlet(np.ones(10), 37).astype(np.float32)
    Y = one_hot(y) if kind == "labels" else y
    net = network(seed=1)
    gradient, reference = net.gradient(X, y), Reference(net)
    assert gradient.loss == pytest.approx(reference.loss(X, Y), rel=1e-5)
    for name, wanted in reference.gradient(X, Y).items():
        got = getattr(gradient, name)
        assert got.shape == wanted.shape and np.shares_memory(got, gradient.values)
        np.testing.assert_allclose(got, wanted, atol=2e-6 * np.abs(wanted).max(), rtol=2e-4)


def test_the_gradient_is_that_of_differences(batch):
    X, y, _ = batch
    net = Digits(seed=1)
    gradient, reference, step = net.gradient(X, y), Reference(net), 1e-6
    for layer in range(2):
        for name, tensor in (("W", reference.W[layer]), ("b", reference.b[layer])):
            got = getattr(gradient, f"d{name}{layer + 1}")
            for place in list(np.ndindex(tensor.shape))[::7]:
                kept = tensor[place]
                tensor[place] = kept + step
                above = reference.loss(X, one_hot(y))
                tensor[place] = kept - step
                below = reference.loss(X, one_hot(y))
                tensor[place] = kept
                assert got[place] == pytest.approx((above - below) / (2 * step), rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("target", [1, 2])
def test_a_step_is_gradient_and_apply(batch, target):
    X, y = batch[0], batch[target]
    one, two = Digits(seed=1), Digits(seed=1)
    loss = one.train_step(X, y, 0.1)
    gradient = two.gradient(X, y)
    assert two.apply(gradient, 0.1) is two
    assert loss == gradient.loss and np.array_equal(one.parameters, two.parameters)
    two.initialize(1).apply(gradient.values, 0.1)
    assert np.array_equal(one.parameters, two.parameters)
    assert np.array_equal(Digits(seed=1).partial_fit(X, y, 0.1).parameters, one.parameters)


def test_apply_is_the_equation(batch):
    X, y, _ = batch
    net = Digits(seed=1)
    before, gradient = net.get_parameters().astype(np.float64), net.gradient(X, y)
    net.apply(gradient, 0.25)
    np.testing.assert_allclose(net.parameters, before - 0.25 * gradient.values, rtol=1e-7, atol=1e-10)


def test_parameters_may_be_data_too():
    net, same = Digits(seed=1), Digits(seed=1)
    X, y = same.W1.T.copy(), np.arange(32) % 10
    for a, b in ((net.train_step(net.W1.T, y), same.train_step(X, y)),):
        assert a == b
    square = net.parameters[:640].reshape(10, 64)
    copied = square.copy()
    net.train_epoch(square, y[:10], batch_size=3)
    same.train_epoch(copied, y[:10], batch_size=3)
    assert np.array_equal(net.parameters, same.parameters)


def test_the_digits_are_learned(data):
    X, y, test_X, test_y = data
    net = Digits(seed=1)
    assert net.fit(X, y, epochs=30, batch_size=32, learning_rate=0.1, shuffle_seed=1) is net
    assert net.score(test_X, test_y) > 0.95
    assert [r.epoch for r in net.history] == list(range(1, 31)) and net.history[-1].loss < 0.1


def test_fit_is_its_epochs(data):
    X, y, _, _ = data
    fitted, stepped = Digits(seed=7), Digits(seed=7)
    fitted.fit(X, y, epochs=3, batch_size=50, shuffle_seed=3)
    losses = [stepped.train_epoch(X, y, 50, shuffle_seed=3, epoch=epoch) for epoch in range(3)]
    assert np.array_equal(fitted.parameters, stepped.parameters)
    assert [r.loss for r in fitted.history] == losses


def test_fits_can_be_continued(data):
    X, y, _, _ = data
    one = Digits(seed=7).fit(X, y, epochs=3)
    two = Digits(seed=7).fit(X, y, epochs=2).fit(X, y, epochs=1, first_epoch=2)
    assert np.array_equal(one.parameters, two.parameters)
    assert [r.epoch for r in two.history] == [1, 2, 3]
    assert [r.loss for r in two.history] == [r.loss for r in one.history]


def test_the_shuffle_depends_on_seed_and_epoch(data):
    X, y, _, _ = data
    results = [
        Digits(seed=1).fit(X, y, epochs=1, shuffle_seed=seed, first_epoch=epoch).parameters.tobytes()
        for seed, epoch in ((1, 0), (1, 1), (2, 0), (2**64 - 1, 0))
    ]
    assert len(set(results)) == 4


def test_a_batch_larger_than_the_data_is_all_of_it(batch):
    X, y, _ = batch
    assert np.array_equal(
        Digits(seed=1).fit(X, y, epochs=2, batch_size=10**9).parameters,
        Digits(seed=1).fit(X, y, epochs=2, batch_size=13).parameters,
    )


def test_one_batch_of_an_epoch_is_a_step_on_its_samples(batch):
    X, y, _ = batch
    epoch, steps = Digits(seed=1), Digits(seed=1)
    loss = epoch.train_epoch(X, y, batch_size=13)
    assert loss == pytest.approx(steps.train_step(X, y), rel=1e-6)
    np.testing.assert_allclose(epoch.parameters, steps.parameters, rtol=1e-4, atol=1e-6)


def test_probabilities_can_be_learned(batch):
    X, _, Y = batch
    net = Digits(seed=1)
    entropy = -(Y * np.log(Y)).sum() / len(Y)
    net.fit(X, Y, epochs=3000, batch_size=13, learning_rate=0.3)
    assert net.loss(X, Y) == pytest.approx(entropy, abs=0.05)


def test_validation_data_is_evaluated_after_each_epoch(data):
    X, y, test_X, test_y = data
    net = Digits(seed=1).fit(X, y, epochs=2, validation_data=(test_X, test_y))
    assert net.history[-1].validation == net.evaluate(test_X, test_y)
    assert net.history[0].validation.loss > net.history[1].validation.loss
    assert Digits(seed=1).fit(X, y, epochs=1).history[0].validation is None


def test_no_epochs_and_no_batches_change_nothing(batch):
    X, y, _ = batch
    net = Digits(seed=1).fit(X, y, epochs=0)
    assert net.train_epoch(X, y, 5, batch_count=0) == 0 and net.train_epoch(X, y, 5, first_batch=3) == 0
    assert np.array_equal(net.parameters, Digits(seed=1).parameters) and net.history == []


def test_slices_adapt_and_end_at_a_batch():
    from aotbackprop._trainer import _Slices

    slices = _Slices(overhead=0.01)
    sizes = []
    for _ in range(8):
        sizes.append(slices.batches)
        slices.took(slices.batches, 0.01 + 0.001 * slices.batches)
    assert sizes[:3] == [1, 8, 64] and sizes[-1] == pytest.approx(250, abs=1)
    slices.took(250, 250.0)
    assert slices.batches == 1
    # Where validation takes long, most of the time still goes to batches.
    slow = _Slices(overhead=1.0)
    for _ in range(8):
        slow.took(slow.batches, 1 + 0.001 * slow.batches)
    assert slow.batches == pytest.approx(4000, abs=4)


def test_a_training_that_diverges_says_so_and_keeps_whole_steps(batch):
    X, y, _ = batch
    net = Digits(seed=1)
    with pytest.raises(FloatingPointError, match=r"in batch \d+ of epoch \d+; the updates before it stay"):
        net.fit(X * 1e6, y, epochs=1000, batch_size=4, learning_rate=1e20)
    assert np.isfinite(net.parameters).all()


def test_a_step_that_would_overflow_changes_nothing(batch):
    X, y, _ = batch
    net = Digits(seed=1)
    with pytest.raises(FloatingPointError):
        net.train_step(np.full_like(X, 3e38), y, 1.0)
    with pytest.raises(FloatingPointError):
        net.apply(np.full(2410, 1e30), 1e30)
    assert np.array_equal(net.parameters, Digits(seed=1).parameters)
