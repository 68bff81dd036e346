"""How well something was predicted: the figures of scikit-learn, by its definitions, with NumPy alone.

Classes are their numbers, from 0. Where a figure is a share of nothing, it is 0. Sums run over the samples one by one, in
double, so that C# says the same to the bit.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "accuracy", "auc", "balanced_accuracy", "classification", "confusion_matrix", "f1", "label_accuracy", "log_loss", "mae",
    "multi_label", "precision", "r2", "recall", "regression", "rmse", "subset_accuracy", "top_k_accuracy",
]  # fmt: skip

_Doubles = NDArray[np.float64]

# How near to 0 or 1 a probability may come in a log loss.
_LEAST = float(np.finfo(np.float64).eps)


def classification(y: ArrayLike, probabilities: ArrayLike) -> dict[str, Any]:
    """All figures of a classifier.

    Parameters
    ----------
    y : (N,)
        The right classes.
    probabilities : (N, C)
        What the classifier says of each.

    Returns
    -------
    dict
        accuracy, balanced_accuracy, top_3_accuracy, log_loss, auc, confusion_matrix, and by class precision, recall and
        f1, and their means over the classes that occur or are said, macro_precision, macro_recall and macro_f1. auc is
        None where not every class occurs.
    """
    P = _probabilities(probabilities)
    classes = P.shape[1]
    right = _classes(y, len(P), classes)
    said = np.argmax(P, axis=1)
    found = {name: of(right, said, classes) for name, of in (("precision", precision), ("recall", recall), ("f1", f1))}
    seen = np.union1d(right, said)
    return {
        "accuracy": accuracy(right, said),
        "balanced_accuracy": balanced_accuracy(right, said),
        "top_3_accuracy": top_k_accuracy(right, P, 3),
        "log_loss": log_loss(right, P),
        "auc": auc(right, P) if len(np.unique(right)) == classes else None,
        "confusion_matrix": confusion_matrix(right, said, classes).tolist(),
        **{name: values.tolist() for name, values in found.items()},
        **{f"macro_{name}": _mean(values[seen]) for name, values in found.items()},
    }


def multi_label(y: ArrayLike, probabilities: ArrayLike) -> dict[str, Any]:
    """All figures of a classifier of several labels.

    Parameters
    ----------
    y : (N, C)
        Which labels hold: 1 or True.
    probabilities : (N, C)
        What the classifier says of each; one holds where that is above ½.

    Returns
    -------
    dict
        label_accuracy, subset_accuracy, by label precision, recall and f1, and macro_f1, its mean.
    """
    P = _rows(probabilities, "probabilities")
    right, said = _like(np.asarray(y), P.shape, "y") > 0.5, P > 0.5
    hits, of_said, of_right = (right & said).sum(axis=0), said.sum(axis=0), right.sum(axis=0)
    found = _f1_of(hits, of_said, of_right)
    return {
        "label_accuracy": label_accuracy(right, said),
        "subset_accuracy": subset_accuracy(right, said),
        "precision": _share(hits, of_said).tolist(),
        "recall": _share(hits, of_right).tolist(),
        "f1": found.tolist(),
        "macro_f1": _mean(found),
    }


def regression(y: ArrayLike, predicted: ArrayLike) -> dict[str, Any]:
    """All figures of a regressor: mae, rmse and r2, of numbers in (N,) or (N, C)."""
    return {"mae": mae(y, predicted), "rmse": rmse(y, predicted), "r2": r2(y, predicted)}


# -- Classes


def accuracy(y: ArrayLike, said: ArrayLike) -> float:
    """The share of samples whose class is the right one."""
    right, given = _both(y, said)
    return float(np.mean(right == given))


def balanced_accuracy(y: ArrayLike, said: ArrayLike) -> float:
    """The mean of the recalls of the classes that occur."""
    right, given = _both(y, said)
    return _mean(np.mean(given[right == number] == number) for number in np.unique(right))


def top_k_accuracy(y: ArrayLike, probabilities: ArrayLike, k: int = 3) -> float:
    """The share of samples whose class is among the k most probable; of equals the lower class is the more probable."""
    k = operator.index(k)
    P = _probabilities(probabilities)
    if k < 1:
        raise ValueError(f"k is {k}; wanted 1 or more")
    right = _classes(y, len(P), P.shape[1])
    best = np.argsort(-P, axis=1, kind="stable")[:, :k]
    return float(np.mean((best == right[:, None]).any(axis=1)))


def log_loss(y: ArrayLike, probabilities: ArrayLike) -> float:
    """−1/N Σ log p of the right class. p is no nearer to 0 or 1 than 2⁻⁵²; rows are divided by their sums."""
    P = _probabilities(probabilities)
    right = _classes(y, len(P), P.shape[1])
    kept = np.clip(P, _LEAST, 1 - _LEAST)
    shares = kept[np.arange(len(right)), right] / np.add.accumulate(kept, axis=1)[:, -1]
    # NumPy's own logarithm may differ in its last bit from that of other hosts.
    return _mean(-math.log(share) for share in shares.tolist())


def auc(y: ArrayLike, probabilities: ArrayLike) -> float:
    """The area under the curve of true positives over false ones; of several classes the mean of each against the rest.

    Parameters
    ----------
    y : (N,)
        The right classes, each of which has to occur.
    probabilities : (N, C)
    """
    P = _probabilities(probabilities)
    classes = P.shape[1]
    right = _classes(y, len(P), classes)
    lacking = np.setdiff1d(np.arange(classes), right)
    if len(lacking) > 0:
        raise ValueError(f"y has no sample of class {lacking[0]}; wanted one at least of each of {classes}")
    if classes == 2:
        return _area(right == 1, P[:, 1])
    return _mean(_area(right == number, P[:, number]) for number in range(classes))


def confusion_matrix(y: ArrayLike, said: ArrayLike, classes: int | None = None) -> NDArray[np.int64]:
    """How often each class (a row) was said to be each (a column)."""
    right, given = _both(y, said)
    count = _count(right, given, classes)
    return np.bincount(right * count + given, minlength=count * count).reshape(count, count).astype(np.int64)


def precision(y: ArrayLike, said: ArrayLike, classes: int | None = None) -> _Doubles:
    """Of each class the share of samples said to be of it that are."""
    matrix = confusion_matrix(y, said, classes)
    return _share(matrix.diagonal(), matrix.sum(axis=0))


def recall(y: ArrayLike, said: ArrayLike, classes: int | None = None) -> _Doubles:
    """Of each class the share of its samples that are said to be of it."""
    matrix = confusion_matrix(y, said, classes)
    return _share(matrix.diagonal(), matrix.sum(axis=1))


def f1(y: ArrayLike, said: ArrayLike, classes: int | None = None) -> _Doubles:
    """Of each class the harmonic mean of precision and recall."""
    matrix = confusion_matrix(y, said, classes)
    return _f1_of(matrix.diagonal(), matrix.sum(axis=0), matrix.sum(axis=1))


# -- Several labels


def label_accuracy(y: ArrayLike, said: ArrayLike) -> float:
    """The share of labels that are right, over all samples, (N, C) of each."""
    right = _rows(y, "y")
    return float(np.mean(right == _like(np.asarray(said), right.shape, "said")))


def subset_accuracy(y: ArrayLike, said: ArrayLike) -> float:
    """The share of samples of which every label is right."""
    right = _rows(y, "y")
    return float(np.mean((right == _like(np.asarray(said), right.shape, "said")).all(axis=1)))


# -- Numbers


def mae(y: ArrayLike, predicted: ArrayLike) -> float:
    """The mean distance."""
    right, given = _numbers(y, predicted)
    return _mean(np.abs(given - right).ravel(order="F").tolist())


def rmse(y: ArrayLike, predicted: ArrayLike) -> float:
    """The root of the mean square of the distances; of several outputs the mean of their roots."""
    right, given = _numbers(y, predicted)
    return _mean(np.sqrt(_sums(np.square(given - right)) / len(right)))


def r2(y: ArrayLike, predicted: ArrayLike) -> float:
    """R² = 1 − Σ (A − Y)²/Σ (Y − Ȳ)², the mean over the outputs; 1 or 0 for one whose targets are all the same."""
    right, given = _numbers(y, predicted)
    residual = _sums(np.square(given - right))
    total = _sums(np.square(right - _sums(right) / len(right)))
    varies = total > 0
    return _mean(np.where(varies, 1 - residual / np.where(varies, total, 1), residual == 0))


def _sums(rows: _Doubles) -> _Doubles:
    """Of each column, one number added to the other."""
    sums: _Doubles = np.add.accumulate(rows, axis=0)[-1]
    return sums


def _mean(numbers: Iterable[Any]) -> float:
    """Of some numbers, one added to the other."""
    total, count = 0.0, 0
    for number in numbers:
        total += float(number)
        count += 1
    return total / count


def _share(parts: NDArray[Any], wholes: NDArray[Any]) -> _Doubles:
    return np.where(wholes > 0, parts / np.where(wholes > 0, wholes, 1), 0.0)


def _f1_of(hits: NDArray[Any], said: NDArray[Any], right: NDArray[Any]) -> _Doubles:
    return _share(2 * hits, said + right)


def _area(is_it: NDArray[np.bool_], scores: _Doubles) -> float:
    """By the ranks of those that are it: the share of pairs in which one of them has the higher score."""
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    # Equal scores share the mean of their ranks.
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    positives, negatives = int(is_it.sum()), int((~is_it).sum())
    return float((ranks[is_it].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def _rows(values: ArrayLike, name: str) -> _Doubles:
    rows = np.asarray(values)
    if rows.ndim != 2 or rows.dtype.kind not in "biuf" or rows.size == 0:
        raise ValueError(f"{name} has shape {rows.shape} and dtype {rows.dtype}; wanted (N, C) numbers")
    return rows.astype(np.float64)


def _probabilities(values: ArrayLike) -> _Doubles:
    P = _rows(values, "probabilities")
    if P.shape[1] < 2 or not ((P >= 0) & (P <= 1)).all():
        raise ValueError(f"probabilities has shape {P.shape}; wanted numbers from 0 to 1 for each of two classes or more")
    return P


def _classes(values: ArrayLike, count: int, classes: int) -> NDArray[np.int64]:
    numbers = _whole(values, "y")
    if len(numbers) != count or numbers.max() >= classes:
        came = f"y has shape {numbers.shape} with classes up to {numbers.max()}"
        raise ValueError(f"{came}; wanted ({count},) below {classes}")
    return numbers


def _whole(values: ArrayLike, name: str) -> NDArray[np.int64]:
    numbers = np.asarray(values)
    if numbers.ndim != 1 or numbers.dtype.kind not in "biu" or len(numbers) == 0 or numbers.min() < 0:
        raise ValueError(f"{name} has shape {numbers.shape} and dtype {numbers.dtype}; wanted (N,) class numbers from 0 on")
    return numbers.astype(np.int64)


def _both(y: ArrayLike, said: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    right, given = _whole(y, "y"), _whole(said, "said")
    if len(right) != len(given):
        raise ValueError(f"said has {len(given)} classes; wanted {len(right)}, as many as y")
    return right, given


def _count(right: NDArray[np.int64], given: NDArray[np.int64], classes: int | None) -> int:
    least = int(max(right.max(), given.max())) + 1
    if classes is not None and classes < least:
        raise ValueError(f"classes is {classes}, and class {least - 1} occurs; wanted {least} or more")
    return least if classes is None else classes


def _like(values: NDArray[Any], shape: tuple[int, ...], name: str) -> _Doubles:
    if values.shape != shape:
        raise ValueError(f"{name} has shape {values.shape}; wanted {shape}")
    return values.astype(np.float64)


def _numbers(y: ArrayLike, predicted: ArrayLike) -> tuple[_Doubles, _Doubles]:
    right, given = np.asarray(y, np.float64), np.asarray(predicted, np.float64)
    if right.ndim == 2 and right.shape[1] == 1 and given.ndim == 1:
        given = given[:, None]
    if right.shape != given.shape or right.ndim not in (1, 2) or right.size == 0:
        raise ValueError(f"predicted has shape {given.shape} and y {right.shape}; wanted numbers of the same samples")
    return right.reshape(len(right), -1), given.reshape(len(right), -1)
