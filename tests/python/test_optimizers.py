"""Optimizers: what they keep, what they refuse, and that every way to a step gives the same bits."""

import copy
import inspect
import pickle
import re

import numpy as np
import pytest

from aotbackprop import SGD, Adam, AdamW, Digits, Lion, Optimizer, _native

X = np.random.default_rng(1).random((100, 64), dtype=np.float32)
y = np.arange(100) % 10

OPTIMIZERS = [
    SGD(0.1, weight_decay=1e-3),
    SGD(0.1, clip_norm=0.1),
    SGD(0.05, momentum=0.9),
    SGD(0.05, momentum=0.9, nesterov=True, clip_norm=0.1),
    Adam(),
    Adam(weight_decay=1e-3, clip_norm=0.1),
    AdamW(),
    Lion(1e-3),
    Lion(1e-3, weight_decay=0.1, clip_norm=0.1),
]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_a_step_is_a_gradient_and_its_application(optimizer: Optimizer) -> None:
    a, b, other = Digits(seed=1), Digits(seed=1), copy.deepcopy(optimizer)
    for _ in range(3):
        b.apply(b.gradient(X, y), optimizer=other)
        a.train_step(X, y, optimizer=optimizer)
    assert np.array_equal(a.W1, b.W1) and np.array_equal(a.b2, b.b2)
    optimizer.reset()


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_training_goes_on_in_a_pickle(optimizer: Optimizer) -> None:
    whole, parts, other = Digits(seed=1), Digits(seed=1), copy.deepcopy(optimizer)
    whole.fit(X, y, epochs=3, optimizer=optimizer)
    parts.fit(X, y, epochs=1, optimizer=other)
    parts, other = pickle.loads(pickle.dumps((parts, other)))
    parts.fit(X, y, epochs=2, first_epoch=1, optimizer=other)
    assert np.array_equal(whole.W1, parts.W1)
    optimizer.reset()


def test_plain_descent_has_the_bits_of_a_learning_rate() -> None:
    a, b = Digits(seed=1), Digits(seed=1)
    a.fit(X, y, epochs=2, learning_rate=0.05)
    b.fit(X, y, epochs=2, optimizer=SGD(0.05))
    assert np.array_equal(a.W1, b.W1)


def test_an_optimizer_belongs_to_one_network() -> None:
    optimizer = Adam()
    Digits(seed=1).train_step(X, y, optimizer=optimizer)
    other = Digits(seed=1)
    with pytest.raises(ValueError, match="another network"):
        other.train_step(X, y, optimizer=optimizer)
    optimizer.reset()
    other.train_step(X, y, optimizer=optimizer)


@pytest.mark.parametrize("optimizer", [SGD(), Adam(), AdamW(), Lion()], ids=repr)
def test_what_is_no_attribute_cannot_be_set(optimizer) -> None:
    for name in ("lr", "beta1", "eps", "learning_rates"):
        with pytest.raises(AttributeError, match=f"has no attribute '{name}'; wanted one of learning_rate, "):
            setattr(optimizer, name, 1)
    with pytest.raises(AttributeError, match="learning_rate of .* can't be deleted"):
        del optimizer.learning_rate
    assert not hasattr(optimizer, "__dict__")


def test_a_class_derived_from_one_may_have_more() -> None:
    class Halving(SGD):
        def __init__(self, rate: float) -> None:
            super().__init__(rate)
            self.steps = 0

        def halve(self) -> None:
            self.learning_rate /= 2
            self.steps += 1

    optimizer = Halving(0.2)
    optimizer.halve()
    for other in (optimizer, copy.copy(optimizer), copy.deepcopy(optimizer)):
        assert (other.learning_rate, other.steps) == (0.1, 1)
    nets = [Digits(seed=1).fit(X, y, epochs=1, optimizer=o) for o in (optimizer, SGD(0.1))]
    assert np.array_equal(nets[0].parameters, nets[1].parameters)


@pytest.mark.parametrize("optimizer", [SGD(), Adam(), AdamW(), Lion()], ids=repr)
def test_the_defaults_are_those_of_the_library(optimizer) -> None:
    defaults = dict(_native.OPTIMIZERS[type(optimizer).__name__.lower()]["defaults"])
    if "beta1" in defaults:
        defaults["betas"] = (defaults.pop("beta1"), defaults.pop("beta2"))
    signature = {name: parameter.default for name, parameter in inspect.signature(type(optimizer)).parameters.items()}
    assert {name: signature[name] for name in defaults} == defaults
    assert signature.keys() - defaults.keys() <= {"momentum", "nesterov"}


@pytest.mark.parametrize("decay", [0.0, 0.5])
@pytest.mark.parametrize("threads", [1, 2])
def test_lion_is_that_of_its_paper(decay: float, threads: int) -> None:
    """Algorithm 2 of Chen and others (2023), in NumPy's doubles."""
    net, optimizer = Digits(seed=1, threads=threads), Lion(0.01, (0.8, 0.95), weight_decay=decay)
    w, m = net.parameters.astype(np.float64), np.zeros(len(net.parameters))
    beta1, beta2, rate = (float(np.float32(number)) for number in (0.8, 0.95, 0.01))
    for _ in range(20):
        g = net.gradient(X, y)
        flat = np.concatenate([getattr(g, name).ravel() for name in ("dW1", "db1", "dW2", "db2")]).astype(np.float64)
        c = beta1 * m + (1 - beta1) * flat
        # A mean that is almost 0 may round to the other side of it.
        sure = (np.abs(c) > 1e-4 * (beta1 * np.abs(m) + (1 - beta1) * np.abs(flat))) | (c == 0)
        assert sure.mean() > 0.99
        w -= rate * (np.sign(c) + decay * w)
        m = beta2 * m + (1 - beta2) * flat
        net.train_step(X, y, optimizer=optimizer)
        assert np.abs(net.parameters - w)[sure].max() < 1e-6
        # Each step by its own: the reference goes on from where the network is.
        w = net.parameters.astype(np.float64)


def test_nesterov_is_checked_when_it_is_set() -> None:
    optimizer = SGD(0.1, momentum=0.9)
    optimizer.nesterov = np.True_
    assert optimizer.nesterov is True
    with pytest.raises(ValueError, match="nesterov is 'no'; wanted True or False"):
        optimizer.nesterov = "no"
    with pytest.raises(ValueError, match="nesterov is True with a momentum of 0"):
        optimizer.momentum = 0
    with pytest.raises(ValueError, match="nesterov is True with a momentum of 0"):
        SGD().nesterov = True
    assert repr(optimizer) == "SGD(learning_rate=0.1, momentum=0.9, nesterov=True, weight_decay=0.0, clip_norm=0.0)"


def test_a_pickle_of_an_earlier_version_loads() -> None:
    """It held whatever had been set."""
    optimizer = Adam.__new__(Adam)
    state = {"_network": None, "_state": None, "learning_rate": 0.1, "betas": (0.5, 0.9), "epsilon": 1e-8}
    optimizer.__setstate__({**state, "weight_decay": 0.0, "clip_norm": 0.0, "lr": 3})
    assert repr(optimizer) == repr(Adam(0.1, (0.5, 0.9)))
    Digits(seed=1).fit(X, y, epochs=1, optimizer=optimizer)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: SGD(-1), "learning_rate is -1"),
        (lambda: SGD(momentum=1), "momentum is 1"),
        (lambda: SGD(nesterov=True), "momentum of 0"),
        (lambda: SGD(nesterov=1), "nesterov is 1"),
        (lambda: Adam(betas=0.9), "betas is 0.9"),
        (lambda: Adam(betas=(0.9, 1)), r"betas\[1\] is 1"),
        (lambda: Adam(epsilon=0), "epsilon is 0"),
        (lambda: Lion(betas=(1, 0.9)), r"betas\[0\] is 1"),
        (lambda: AdamW(weight_decay=float("nan")), "weight_decay is nan"),
        (lambda: Adam(clip_norm=float("inf")), "clip_norm is inf"),
        (lambda: Digits().fit(X, y, optimizer=0.1), "optimizer is 0.1"),
        (lambda: Digits().train_step(X, y, optimizer=Adam), "wanted SGD"),
        (lambda: Digits().train_step(X, y, optimizer=Optimizer()), "wanted SGD"),
    ],
)
def test_what_no_optimizer_has_is_refused(make, words) -> None:
    with pytest.raises(ValueError, match=words):
        make()


def test_numbers_may_change_and_are_checked() -> None:
    optimizer, net = SGD(0.1, momentum=0.9), Digits(seed=1)
    net.train_step(X, y, optimizer=optimizer)
    before = net.W1.copy()
    optimizer.learning_rate = 0
    net.train_step(X, y, optimizer=optimizer)
    assert np.array_equal(before, net.W1)
    with pytest.raises(ValueError, match="momentum is 2"):
        optimizer.momentum = 2


# Numbers that are fine alone and impossible together: how they are made, and what is said of them.
IMPOSSIBLE = [
    (SGD, {"learning_rate": 3e12, "momentum": 0.5}, "learning_rate is 3e+12 with momentum 0.5; wanted below 2.2e+12"),
    (
        SGD,
        {"learning_rate": 2.0**41, "momentum": 1e-6, "nesterov": True},
        "learning_rate is 2.19902e+12 with momentum 1e-06; wanted below 2.2e+12",
    ),
    (
        Adam,
        {"learning_rate": 0.01, "epsilon": 1e-20},
        "learning_rate 0.01 / (1 − betas[0] 0.9) / epsilon 1e-20 is 1e+19; "
        "wanted below 2.31e+18: the first step could overflow",
    ),
    (
        AdamW,
        {"learning_rate": 1e5, "betas": (0.999999, 0.5), "epsilon": 1e-8, "weight_decay": 0.0},
        "learning_rate 100000 / (1 − betas[0] 0.999999) / epsilon 1e-08 is 9.87e+18; wanted below 2.31e+18",
    ),
    (Adam, {"learning_rate": 1e38, "epsilon": 1e38}, "learning_rate 1e+38 / (1 − betas[0] 0.9) is 1e+39; wanted below 3.4e+38"),
    (
        AdamW,
        {"learning_rate": 1.0, "weight_decay": 3.0},
        "learning_rate 1 times weight_decay 3 is 3; wanted 2 or less, for with more the weights would grow",
    ),
    (
        Lion,
        {"learning_rate": 1.0, "weight_decay": 3.0},
        "learning_rate 1 times weight_decay 3 is 3; wanted 2 or less, for with more the weights would grow",
    ),
    (Lion, {"learning_rate": 3e12}, "learning_rate is 3e+12; wanted below 2.2e+12"),
]


@pytest.mark.parametrize(("kind", "numbers", "words"), IMPOSSIBLE)
def test_numbers_that_allow_no_step_are_refused_together(kind, numbers, words) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        kind(**numbers)
    optimizer = kind(learning_rate=0.0, **{n: v for n, v in numbers.items() if n != "learning_rate"})
    before = repr(optimizer)
    with pytest.raises(ValueError, match=re.escape(words)):
        optimizer.learning_rate = numbers["learning_rate"]
    assert repr(optimizer) == before


@pytest.mark.parametrize(
    ("optimizer", "name", "value", "words"),
    [
        (SGD(3e12), "momentum", 0.9, "with momentum 0.9"),
        (Adam(1e8), "epsilon", 1e-12, "epsilon 1e-12"),
        (Adam(1e8), "betas", (0.999999, 0.9), "betas[0] 0.999999"),
        (AdamW(1.0), "weight_decay", 2.1, "weight_decay 2.1"),
        (Lion(1.0), "weight_decay", 2.1, "weight_decay 2.1"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_an_attribute_that_makes_it_impossible_is_refused(optimizer, name, value, words) -> None:
    before = repr(optimizer)
    with pytest.raises(ValueError, match=re.escape(words)):
        setattr(optimizer, name, value)
    assert repr(optimizer) == before


@pytest.mark.parametrize(
    "make",
    [
        lambda up: SGD(float(np.nextafter(np.float32(2.0**41), np.float32(up * np.inf))), 0.9),
        lambda up: Adam(1.0, (0.0, 0.0), 2.0**-61 * (1 - up * 2.0**-20)),
        lambda up: Adam(float(np.nextafter(np.float32(2.0**-5), np.float32(up))), (0.5, 0.5), 2.0**-65),
        lambda up: AdamW(2.0, weight_decay=float(np.nextafter(np.float32(1), np.float32(1 + up)))),
        lambda up: Lion(2.0, weight_decay=float(np.nextafter(np.float32(1), np.float32(1 + up)))),
        lambda up: Lion(float(np.nextafter(np.float32(2.0**41), np.float32(up * np.inf)))),
    ],
)
def test_the_package_refuses_what_the_library_refuses(make, monkeypatch) -> None:
    """At the limits: what passes here trains there, and what does not would not."""
    net = Digits(seed=1)
    try:
        net.train_step(X, y, optimizer=make(-1))
    except FloatingPointError:
        pass
    with pytest.raises(ValueError, match="wanted"):
        make(1)
    for kind in (SGD, Adam, AdamW, Lion):
        monkeypatch.setattr(kind, "_why_impossible", lambda self, numbers: None)
    with pytest.raises(ValueError, match="options.*; it is [0-9]"):
        net.train_step(X, y, optimizer=make(1))


def test_a_classifier_trains_with_a_copy_that_begins_anew() -> None:
    base = pytest.importorskip("sklearn.base")
    from aotbackprop import NetworkClassifier

    model = NetworkClassifier(Digits, optimizer=Adam(), epochs=2, random_state=1)
    first = model.fit(X, y).network_.W1.copy()
    assert np.array_equal(first, model.fit(X, y).network_.W1)
    assert np.array_equal(first, base.clone(model).fit(X, y).network_.W1)
    pickle.loads(pickle.dumps(model)).partial_fit(X, y)
