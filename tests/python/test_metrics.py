"""Figures of predictions: scikit-learn's, by its definitions."""

from __future__ import annotations

import json

import numpy as np
import pytest
from aotbackprop import Digits, metrics

CLASSES = [2, 3, 10]


def drawn(classes, N=200, seed=1):
    """Classes, and probabilities of float32 with many that are equal."""
    random = np.random.default_rng([classes, N, seed])
    y = np.concatenate([np.arange(classes), random.integers(0, classes, N - classes)])
    P = random.dirichlet(np.full(classes, 0.5), N)
    P[::2] = np.round(P[::2] * 8) / 8
    P[::2, -1] = 1 - P[::2, :-1].sum(axis=1)
    return y, np.abs(P).astype(np.float32)


@pytest.mark.parametrize("classes", CLASSES)
@pytest.mark.parametrize("N", [12, 13, 200])
def test_figures_of_classes_are_scikit_learns(classes, N):
    sk = pytest.importorskip("sklearn.metrics")
    y, P = drawn(classes, N)
    said, labels = P.argmax(axis=1), np.arange(classes)
    found = metrics.classification(y, P)
    close = dict(rel=1e-6, abs=1e-12)
    assert found["accuracy"] == pytest.approx(sk.accuracy_score(y, said), **close)
    assert found["balanced_accuracy"] == pytest.approx(sk.balanced_accuracy_score(y, said), **close)
    assert found["log_loss"] == pytest.approx(sk.log_loss(y, P.astype(np.float64), labels=labels), rel=1e-12)
    assert found["confusion_matrix"] == sk.confusion_matrix(y, said, labels=labels).tolist()
    P64 = P.astype(np.float64) / P.sum(axis=1, dtype=np.float64, keepdims=True)
    score = P[:, 1] if classes == 2 else P64
    assert metrics.auc(y, P if classes == 2 else P64) == pytest.approx(sk.roc_auc_score(y, score, multi_class="ovr"), **close)
    for average, names in ((None, ("precision", "recall", "f1")), ("macro", ("macro_precision", "macro_recall", "macro_f1"))):
        wanted = sk.precision_recall_fscore_support(y, said, labels=labels, average=average, zero_division=0)
        if average == "macro":
            # Of the classes that occur or are said, as it does unless told.
            wanted = sk.precision_recall_fscore_support(y, said, average=average, zero_division=0)
        for name, values in zip(names, wanted):
            assert found[name] == pytest.approx(values.tolist() if average is None else values, **close)
    if classes > 2:
        # Where some are equal, scikit-learn takes the higher class for the more probable.
        turned = sk.top_k_accuracy_score(classes - 1 - y, P[:, ::-1], k=3, labels=labels) if classes > 3 else 1.0
        assert found["top_3_accuracy"] == pytest.approx(turned)
    assert json.loads(json.dumps(found)) == found
    assert list(found) == [
        "accuracy", "balanced_accuracy", "top_3_accuracy", "log_loss", "auc", "confusion_matrix", "precision", "recall", "f1",
        "macro_precision", "macro_recall", "macro_f1",
    ]  # fmt: skip


def test_of_equals_the_lower_class_wins():
    P = np.full((4, 4), 0.25)
    assert metrics.top_k_accuracy([0, 1, 2, 3], P, 3) == 0.75 and metrics.top_k_accuracy([0, 1, 2, 3], P, 1) == 0.25
    assert metrics.auc([0, 1, 1, 0], np.full((4, 2), 0.5)) == 0.5
    assert metrics.top_k_accuracy([0, 1], P[:2], 9) == 1


def test_a_class_that_does_not_occur_has_shares_of_0():
    found = metrics.classification([0, 0, 1], np.array([[0.7, 0.2, 0.1], [0.1, 0.2, 0.7], [0.2, 0.7, 0.1]]))
    assert found["auc"] is None and found["precision"] == [1, 1, 0] and found["recall"] == [0.5, 1, 0]
    assert found["balanced_accuracy"] == 0.75 and found["macro_recall"] == 0.5
    # One that is neither there nor said counts in no mean.
    assert metrics.classification([0, 1], np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]]))["macro_f1"] == 1
    with pytest.raises(ValueError, match="y has no sample of class 2; wanted one at least of each of 3"):
        metrics.auc([0, 0, 1], np.full((3, 3), 1 / 3))


@pytest.mark.parametrize("labels", [2, 5])
def test_figures_of_several_labels_are_scikit_learns(labels):
    sk = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(labels)
    Y, P = random.integers(0, 2, (90, labels)), random.random((90, labels)).astype(np.float32)
    Y[:, 1] = 0
    found = metrics.multi_label(Y, P)
    by_label = sk.precision_recall_fscore_support(Y, P > 0.5, average=None, zero_division=0)
    assert found == {
        **{name: pytest.approx(values.tolist()) for name, values in zip(("precision", "recall", "f1"), by_label)},
        "label_accuracy": pytest.approx(1 - sk.hamming_loss(Y, P > 0.5)),
        "subset_accuracy": pytest.approx(sk.accuracy_score(Y, P > 0.5)),
        "macro_f1": pytest.approx(sk.f1_score(Y, P > 0.5, average="macro", zero_division=0)),
    }


@pytest.mark.parametrize("shape", [(50,), (50, 1), (50, 3)])
def test_figures_of_numbers_are_scikit_learns(shape):
    sk = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(3)
    y = random.standard_normal(shape)
    A = y + random.standard_normal(shape) / 2
    assert metrics.regression(y, A) == {
        "mae": pytest.approx(sk.mean_absolute_error(y, A), rel=1e-12),
        "rmse": pytest.approx(sk.mean_squared_error(y, A, squared=False), rel=1e-12),
        "r2": pytest.approx(sk.r2_score(y, A), rel=1e-12),
    }
    same = np.full(shape, 2.0)
    assert metrics.r2(same, same) == 1 and metrics.r2(same, A) == 0


def test_a_network_has_them(data):
    X, y, test_X, test_y = data
    net = Digits(seed=1).fit(X, y, epochs=3)
    found = net.metrics(test_X, test_y)
    assert found == metrics.classification(test_y, net.predict_proba(test_X))
    assert found["accuracy"] == net.score(test_X, test_y) and found["top_3_accuracy"] > found["accuracy"]
    # Of probabilities the largest is the class, the lowest among equals.
    rows = np.eye(10, dtype=np.float32)[test_y] * 0.4 + 0.06
    assert net.metrics(test_X, rows) == found
    assert net.metrics(test_X, np.full((len(test_X), 10), 0.1)) == net.metrics(test_X, test_y * 0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: metrics.accuracy([0, 1], [0]), "said has 1 classes; wanted 2"),
        (lambda: metrics.accuracy([0.5], [0]), "y has shape .* and dtype float64; wanted .* class numbers from 0 on"),
        (lambda: metrics.accuracy([], []), "wanted"),
        (lambda: metrics.log_loss([0], [[0.5, 1.5]]), "wanted numbers from 0 to 1"),
        (lambda: metrics.log_loss([2], [[0.5, 0.5]]), r"wanted \(1,\) below 2"),
        (lambda: metrics.top_k_accuracy([0], [[0.5, 0.5]], 0), "k is 0"),
        (lambda: metrics.confusion_matrix([3], [0], 3), "classes is 3, and class 3 occurs"),
        (lambda: metrics.r2([1, 2], [1]), "wanted numbers of the same samples"),
        (lambda: metrics.multi_label([[1]], [[0.5, 0.5]]), r"y has shape \(1, 1\); wanted \(1, 2\)"),
    ],
)
def test_what_has_no_figures_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@pytest.mark.parametrize("classes", CLASSES)
def test_weights_of_samples_count_as_scikit_learns_do(classes):
    sk = pytest.importorskip("sklearn.metrics")
    y, P = drawn(classes)
    weights = np.round(np.random.default_rng(5).random(len(y)) * 3, 2).astype(np.float32)
    weights[::7] = 0
    said, labels, how = P.argmax(axis=1), np.arange(classes), dict(sample_weight=weights)
    found = metrics.classification(y, P, weights)
    close = dict(rel=1e-12, abs=1e-12)
    assert found["accuracy"] == pytest.approx(sk.accuracy_score(y, said, **how), **close)
    assert found["balanced_accuracy"] == pytest.approx(sk.balanced_accuracy_score(y, said, **how), **close)
    assert found["log_loss"] == pytest.approx(sk.log_loss(y, P.astype(np.float64), labels=labels, **how), **close)
    assert np.allclose(found["confusion_matrix"], sk.confusion_matrix(y, said, labels=labels, **how), rtol=1e-12)
    for name, values in zip(("precision", "recall", "f1"), sk.precision_recall_fscore_support(y, said, labels=labels, zero_division=0, **how)):
        assert found[name] == pytest.approx(values.tolist(), **close)
    one_against_rest = [sk.roc_auc_score(y == k, P[:, k], **how) for k in labels]
    assert found["auc"] == pytest.approx(np.mean(one_against_rest), **close)
    if classes > 3:
        turned = sk.top_k_accuracy_score(classes - 1 - y, P[:, ::-1], k=3, labels=labels, **how)
        assert found["top_3_accuracy"] == pytest.approx(turned, **close)
    # Those of 1 change nothing, and a sample of 2 is one that is there twice.
    assert metrics.classification(y, P, np.ones(len(y)))["f1"] == metrics.classification(y, P)["f1"]
    twice = np.concatenate([np.arange(len(y)), np.arange(len(y))[::3]])
    doubled = np.where(np.arange(len(y)) % 3 == 0, 2.0, 1.0)
    for name, value in metrics.classification(y[twice], P[twice]).items():
        assert np.allclose(metrics.classification(y, P, doubled)[name], value, rtol=1e-12), name
    only = np.where(y == 0, 1.0, 0.0)
    assert metrics.classification(y, P, only)["auc"] is None and metrics.classification(y, P, only)["recall"][1] == 0
    for wrong in (weights[:-1], -weights, weights * np.nan, weights * 0):
        with pytest.raises(ValueError, match=r"sample_weight has shape .*; wanted \(200,\) finite numbers of 0 or more, not all 0"):
            metrics.classification(y, P, wrong)


def test_weights_count_for_labels_and_numbers():
    sk = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(2)
    Y, P, weights = random.integers(0, 2, (90, 3)), random.random((90, 3)), np.round(random.random(90), 2)
    how = dict(sample_weight=weights)
    found = metrics.multi_label(Y, P, weights)
    by_label = sk.precision_recall_fscore_support(Y, P > 0.5, average=None, zero_division=0, **how)
    for name, values in zip(("precision", "recall", "f1"), by_label):
        assert found[name] == pytest.approx(values.tolist(), rel=1e-12)
    assert found["label_accuracy"] == pytest.approx(1 - sk.hamming_loss(Y, P > 0.5, **how), rel=1e-12)
    assert found["subset_accuracy"] == pytest.approx(sk.accuracy_score(Y, P > 0.5, **how), rel=1e-12)
    for y, A in ((P[:, 0], P[:, 1]), (P, P[::-1])):
        assert metrics.regression(y, A, weights) == {
            "mae": pytest.approx(sk.mean_absolute_error(y, A, **how), rel=1e-12),
            "rmse": pytest.approx(sk.mean_squared_error(y, A, squared=False, **how), rel=1e-12),
            "r2": pytest.approx(sk.r2_score(y, A, **how), rel=1e-12),
        }


def test_a_network_counts_weights(data):
    X, y, test_X, test_y = data
    weights = np.random.default_rng(1).random(len(test_y)).astype(np.float32)
    net = Digits(seed=1).fit(X, y, 2, validation_data=(test_X, test_y, weights))
    wanted = metrics.classification(test_y, net.predict_proba(test_X), weights)
    assert net.metrics(test_X, test_y, sample_weight=weights) == wanted == net.result.metrics != net.metrics(test_X, test_y)


def test_figures_have_a_text_to_be_read():
    P = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.7, 0.1], [0.25, 0.25, 0.5]])
    found = metrics.classification([0, 1, 0, 2], P)
    found.names = ["a", "a longer name", "c"]
    assert str(found) == """\
accuracy                0.7500
balanced accuracy       0.8333
top-3 accuracy          1.0000
log loss                0.7206
AUC                     0.9167

class          precision  recall      F1  samples
a                 1.0000  0.5000  0.6667        2
a longer name     0.5000  1.0000  0.6667        1
c                 1.0000  1.0000  1.0000        1
macro             0.8333  0.8333  0.7778        4

is \\ said      a  a longer name  c
a              1              1  0
a longer name  0              1  0
c              0              0  1"""
    assert isinstance(found, dict) and repr(found).startswith("{'accuracy': 0.75")
    weighed = str(metrics.classification([0, 1, 0, 1], P, [0.5, 1.25, 0, 2]))
    # Of two decimals that are as near the larger one, as C# has it; without a figure NaN.
    assert "AUC                        NaN" in weighed and "macro" in weighed and "weight" in weighed
    lines = [line.split() for line in weighed.splitlines()]
    assert ["0", "1.0000", "1.0000", "1.0000", "0.5"] in lines and ["1", "1.0000", "0.3846", "0.5556", "3.25"] in lines
    assert str(metrics.regression([1, 2, 3], [1.5, 2, 2.90625])).splitlines()[0] == "mean absolute error     0.1979"
    labels = str(metrics.multi_label([[1, 0], [1, 1]], [[0.9, 0.1], [0.4, 0.8]]))
    assert labels.splitlines()[2] == "macro F1                0.8333" and labels.splitlines()[-1].split()[:2] == ["1", "1.0000"]
    assert metrics._fixed(0.03125) == "0.0313" and metrics._amount(3.0) == "3" and metrics._amount(0.00004) == "0"
