"""What a fit has come to: how it ended, the best epoch, and the figures on what was held out."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from aotbackprop import SGD, Adam, Digits, EarlyStopping, Network, TrainingResult, _scaling, metrics, read_model_info

N, BATCH = 120, 16
X = np.random.default_rng(1).random((N, 64), dtype=np.float32)
y = np.arange(N) % 10
HELD_X, HELD_y = X[::3] + np.float32(0.1), y[::3]
HELD = dict(validation_data=(HELD_X, HELD_y))


def test_all_epochs_are_completed():
    net = Digits(seed=1)
    assert net.result is None
    net.fit(X, y, 3, BATCH)
    result = net.result
    assert isinstance(result, TrainingResult)
    assert (result.ending, result.steps, result.best_epoch, result.best_value) == ("completed", 24, None, None)
    assert result.history == net.history and result.history is not net.history and result.metrics is None
    assert result.elapsed > 0 and repr(result) == "<TrainingResult: completed after 3 epochs>"
    # That of the last call alone.
    net.fit(X, y, 2, BATCH, first_epoch=3)
    assert [one.epoch for one in net.result.history] == [4, 5] and len(net.history) == 5
    assert net.fit(X, y, 0).result.ending == "completed" and net.result.steps == 0


def test_the_best_epoch_is_told_and_judged():
    net = Digits(seed=1).fit(X, y, 400, BATCH, 0.5, early_stopping=EarlyStopping(3), **HELD)
    result = net.result
    losses = [one.validation.loss for one in net.history]
    assert result.ending == "stopped_early" and result.best_epoch == 1 + int(np.argmin(losses))
    assert result.best_value == min(losses) and len(losses) == result.best_epoch + 3
    assert repr(result).endswith(f"stopped_early after {len(losses)} epochs, the best is {result.best_epoch}>")
    wanted = metrics.classification(HELD_y, net.predict_proba(HELD_X))
    assert result.metrics == wanted == net.metrics(HELD_X, HELD_y)
    assert net.history[result.best_epoch - 1].validation == net.evaluate(HELD_X, HELD_y)


def test_figures_are_those_of_its_end_whenever_they_are_asked_for():
    net = Digits(seed=1).fit(X, y, 3, BATCH, **HELD)
    result, wanted, twin = net.result, net.metrics(HELD_X, HELD_y), copy.deepcopy(net)
    net.fit(X, y, 5, BATCH)
    net.W1[:] = 0
    assert net.result.metrics is None and result.metrics == wanted == twin.result.metrics
    other = pickle.loads(pickle.dumps(twin))
    assert other.result.metrics == wanted and other.result.history == twin.history and other.result.ending == "completed"
    # Not with the samples.
    assert len(pickle.dumps(twin)) < 30_000 + len(pickle.dumps(Digits(1)))


def test_what_is_held_out_is_judged():
    net = Digits(seed=1).fit(X, y, 3, BATCH, validation_split=0.25, shuffle_seed=3)
    assert sum(map(sum, net.result.metrics["confusion_matrix"])) == 30
    assert net.result.metrics["accuracy"] == net.history[-1].validation.accuracy
    # Of probabilities the largest is the class.
    rows = np.eye(10, dtype=np.float32)[HELD_y] * 0.9 + 0.01
    net.fit(X, y, 1, BATCH, validation_data=(HELD_X, rows))
    assert net.result.metrics == net.metrics(HELD_X, HELD_y)


def test_a_limit_of_time_or_a_callback_ends_it():
    net = Digits(seed=1).fit(X, y, 10**6, BATCH, time_limit=0.05)
    assert net.result.ending == "time_limit" and net.result.steps >= len(net.result.history) * 8
    assert net.fit(X, y, 9, callbacks=lambda net, one: True).result.ending == "stopped_by_callback"
    # With the last epoch it is completed anyway.
    assert net.fit(X, y, 1, callbacks=lambda net, one: True).result.ending == "completed"


@pytest.mark.parametrize(("error", "ending"), [(KeyboardInterrupt, "cancelled"), (MemoryError, "failed")])
def test_what_ends_it_otherwise_is_told(error, ending, monkeypatch):
    train = Network._train

    def interrupted(self, *arguments):
        if len(self.history) == 2:
            raise error
        return train(self, *arguments)

    monkeypatch.setattr(Network, "_train", interrupted)
    net = Digits(seed=1)
    with pytest.raises(error):
        net.fit(X, y, 9, BATCH, early_stopping=EarlyStopping(9), **HELD)
    assert net.result.ending == ending and len(net.result.history) == 2 and net.result.steps == 16
    assert net.result.metrics == net.metrics(HELD_X, HELD_y) and net.result.best_epoch in (1, 2)


def test_a_fit_that_is_refused_leaves_the_result_before():
    net = Digits(seed=1).fit(X, y, 1)
    before = net.result
    with pytest.raises(ValueError):
        net.fit(X, y, -1)
    with pytest.raises(ValueError):
        net.fit(X * np.float32("nan"), y)
    assert net.result is before


def test_a_resumption_counts_all(tmp_path):
    how = dict(checkpoint=tmp_path / "c", resume=True, early_stopping=EarlyStopping(50), **HELD)
    Digits(seed=1).fit(X, y, 3, BATCH, **how)
    result = Digits(seed=1).fit(X, y, 8, BATCH, **how).result
    assert len(result.history) == 8 and result.steps == 64 and [one.epoch for one in result.history] == list(range(1, 9))
    again = Digits(seed=1).fit(X, y, 8, BATCH, **how).result
    assert (again.ending, again.steps, again.best_epoch) == ("completed", 64, result.best_epoch)
    assert again.history == result.history and again.metrics == result.metrics and again.elapsed > 0


def test_facts_are_those_of_the_command(tmp_path):
    how = dict(learning_rate=0.25, shuffle_seed=3, validation_split=0.25, early_stopping=EarlyStopping(9))
    net = Digits(seed=1).fit(X, y, 4, BATCH, **how)
    figures = net.result.metrics
    best = net.history[net.result.best_epoch - 1].validation
    assert net.result.facts == {
        "accuracy": str(figures["accuracy"]), "batch_size": "16", "best_epoch": str(net.result.best_epoch), "clip_norm": "0",
        "epochs": "4", "held_out": "30", "initialization": net.default_initialization, "learning_rate": "0.25",
        "loss": repr(best.loss), "optimizer": "sgd", "samples": "90", "seed": "3", "weight_decay": "0",
    }  # fmt: skip
    net.save(tmp_path / "told", net.result.facts)
    net.save(tmp_path / "plain")
    assert read_model_info(tmp_path / "told").facts == net.result.facts and read_model_info(tmp_path / "plain").facts == {}
    # What a file tells stays with the network, until that learns more.
    loaded = Digits.load(tmp_path / "told")
    loaded.save(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == (tmp_path / "told").read_bytes()
    loaded.fit(X, y, 2, optimizer=Adam(0.001))
    loaded.save(tmp_path / "again")
    assert read_model_info(tmp_path / "again").facts == {}
    assert loaded.result.facts == {
        "batch_size": "32", "beta1": "0.9", "beta2": "0.999", "clip_norm": "0", "epochs": "2", "epsilon": "1E-08", "held_out": "0",
        "learning_rate": "0.001", "optimizer": "adam", "samples": "120", "seed": "0", "weight_decay": "0",
    }  # fmt: skip
    assert Digits(seed=1).fit(X, y, 1, optimizer=SGD(0.1, 0.9)).result.facts["momentum"] == "0.9"
    assert pickle.loads(pickle.dumps(net)).result.facts == net.result.facts


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1e-8, "1E-08"), (1.5e-5, "1.5E-05"), (1e-4, "0.0001"), (0.1, "0.1"), (1e14, "100000000000000"), (1e15, "1E+15"),
        (-1.25e17, "-1.25E+17"), (1e22, "1E+22"), (123456789012345678.0, "1.2345678901234568E+17"), (1e-100, "1E-100"), (0.0, "0"),
    ],
)  # fmt: skip
def test_numbers_in_facts_are_written_as_csharp_does(number, text):
    assert _scaling.fact_text(number) == text and float(text) == number
