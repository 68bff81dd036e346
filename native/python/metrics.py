"""How well something was predicted: the figures of scikit-learn, by its definitions, with NumPy alone.

Classes are their numbers, from 0. Where a figure is a share of nothing, it is 0. With ``sample_weight``, (N,) numbers
of 0 or more, each sample counts so much. Sums run over the samples one by one, in double, so that C# says the same to
the bit.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Dict, Optional

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _files

__all__ = [
    "Figures", "accuracy", "auc", "balanced_accuracy", "classification", "confusion_matrix", "f1", "label_accuracy",
    "log_loss", "mae",
    "multi_label", "precision", "r2", "recall", "regression", "rmse", "subset_accuracy", "top_k_accuracy",
]  # fmt: skip

_Doubles = NDArray[np.float64]

# How near to 0 or 1 a probability may come in a log loss.
_LEAST = float(np.finfo(np.float64).eps)


class Figures(Dict[str, Any]):
    """Figures by their names: a dictionary, whose text is to be read.

    Attributes
    ----------
    names : sequence of str or None
        The names of the classes or labels, for the text; None for their numbers.
    """

    names: Optional[Sequence[str]] = None

    # Of each class or label the samples, or how much they count.
    _amounts: Optional[list[float]] = None
    _is_weighted = False

    def __str__(self) -> str:
        titles = _TITLES if "confusion_matrix" in self else {**_TITLES, "macro_f1": "macro F1"}
        text = "".join(f"{title:<20}{_fixed(self[name]):>10}\n" for name, title in titles.items() if name in self)
        return "\n".join([text, *self._tables()]).rstrip("\n")

    def _tables(self) -> list[str]:
        if self._amounts is None:
            return []
        count = len(self._amounts)
        names = [_files.printable(name, 24) for name in self.names or list(map(str, range(count)))]
        rows = [
            [name, *(_fixed(self[of][number]) for of in _BY_CLASS), _amount(self._amounts[number])]
            for number, name in enumerate(names)
        ]
        heads = ["precision", "recall", "F1", "weight" if self._is_weighted else "samples"]
        if "confusion_matrix" not in self:
            return [_table(["label", *heads], rows)]
        macro = ["macro", *(_fixed(self[f"macro_{of}"]) for of in _BY_CLASS), _amount(_sum(np.array(self._amounts)))]
        matrix = [[name, *map(_amount, row)] for name, row in zip(names, self["confusion_matrix"])]
        return [_table(["class", *heads], [*rows, macro]), _table(["is \\ said", *names], matrix)]


# What is told of the whole, and of each class or label.
_TITLES = {
    "accuracy": "accuracy", "balanced_accuracy": "balanced accuracy", "top_3_accuracy": "top-3 accuracy",
    "log_loss": "log loss", "auc": "AUC", "label_accuracy": "label accuracy", "subset_accuracy": "subset accuracy",
    "mae": "mean absolute error", "rmse": "root mean square", "r2": "R²",
}  # fmt: skip
_BY_CLASS = ("precision", "recall", "f1")


def _fixed(value: Any) -> str:
    """With four decimals, as C# rounds them: of two that are as near the larger one."""
    return "NaN" if value is None else str(Decimal(float(value)).quantize(Decimal("0.0001"), ROUND_HALF_UP))


def _amount(value: float) -> str:
    text = _fixed(value)
    return text.rstrip("0").rstrip(".")


def _table(heads: list[str], rows: list[list[str]]) -> str:
    """With heads over the columns; the first one begins to the left."""
    widths = [max(map(len, column)) for column in zip(heads, *rows)]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *(one.rjust(width) for one, width in zip(row[1:], widths[1:]))])
        for row in (heads, *rows)
    ]
    return "".join(f"{line}\n" for line in lines)


def classification(y: ArrayLike, probabilities: ArrayLike, sample_weight: ArrayLike | None = None) -> Figures:
    """All figures of a classifier.

    Parameters
    ----------
    y : (N,)
        The right classes.
    probabilities : (N, C)
        What the classifier says of each.
    sample_weight : (N,), optional
        How much each sample counts.

    Returns
    -------
    Figures
        accuracy, balanced_accuracy, top_3_accuracy, log_loss, auc, confusion_matrix, and by class precision, recall and
        f1, and their means over the classes that occur or are said, macro_precision, macro_recall and macro_f1. auc is
        None where not every class occurs.
    """
    P = _probabilities(probabilities)
    classes = P.shape[1]
    right = _classes(y, len(P), classes)
    said = np.argmax(P, axis=1)
    of = sample_weight
    by_class = (("precision", precision), ("recall", recall), ("f1", f1))
    found = {name: figure(right, said, classes, of) for name, figure in by_class}
    seen = np.union1d(right, said)
    matrix = confusion_matrix(right, said, classes, of)
    figures = Figures({
        "accuracy": accuracy(right, said, of),
        "balanced_accuracy": balanced_accuracy(right, said, of),
        "top_3_accuracy": top_k_accuracy(right, P, 3, of),
        "log_loss": log_loss(right, P, of),
        "auc": auc(right, P, of) if _rights(matrix).all() else None,
        "confusion_matrix": matrix.tolist(),
        **{name: values.tolist() for name, values in found.items()},
        **{f"macro_{name}": _mean(values[seen]) for name, values in found.items()},
    })
    figures._amounts, figures._is_weighted = _rights(matrix).tolist(), of is not None
    return figures


def multi_label(y: ArrayLike, probabilities: ArrayLike, sample_weight: ArrayLike | None = None) -> Figures:
    """All figures of a classifier of several labels.

    Parameters
    ----------
    y : (N, C)
        Which labels hold: 1 or True.
    probabilities : (N, C)
        What the classifier says of each; one holds where that is above ½.
    sample_weight : (N,), optional
        How much each sample counts.

    Returns
    -------
    Figures
        label_accuracy, subset_accuracy, by label precision, recall and f1, and macro_f1, its mean.
    """
    P = _rows(probabilities, "probabilities")
    right, said = _like(np.asarray(y), P.shape, "y") > 0.5, P > 0.5
    counts = _ones_or(_weights(sample_weight, len(P)), len(P))[:, None]
    hits, alarms, missed = (_sums(counts * which) for which in (right & said, ~right & said, right & ~said))
    found = _f1_of(hits, alarms, missed)
    figures = Figures({
        "label_accuracy": label_accuracy(right, said, sample_weight),
        "subset_accuracy": subset_accuracy(right, said, sample_weight),
        "precision": _share(hits, hits + alarms).tolist(),
        "recall": _share(hits, hits + missed).tolist(),
        "f1": found.tolist(),
        "macro_f1": _mean(found),
    })
    figures._amounts, figures._is_weighted = (hits + missed).tolist(), sample_weight is not None
    return figures


def regression(y: ArrayLike, predicted: ArrayLike, sample_weight: ArrayLike | None = None) -> Figures:
    """All figures of a regressor: mae, rmse and r2, of numbers in (N,) or (N, C)."""
    figures = {"mae": mae, "rmse": rmse, "r2": r2}
    return Figures({name: figure(y, predicted, sample_weight) for name, figure in figures.items()})


# -- Classes


def accuracy(y: ArrayLike, said: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
    """The share of samples whose class is the right one."""
    matrix = confusion_matrix(y, said, None, sample_weight)
    return _sum(matrix.diagonal()) / _sum(matrix.ravel())


def balanced_accuracy(y: ArrayLike, said: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
    """The mean of the recalls of the classes that occur."""
    matrix = confusion_matrix(y, said, None, sample_weight)
    return _mean(recall(y, said, None, sample_weight)[_rights(matrix) > 0])


def top_k_accuracy(
    y: ArrayLike, probabilities: ArrayLike, k: int = 3, sample_weight: ArrayLike | None = None
) -> float:
    """The share of samples whose class is among the k most probable; of equals the lower class is the more probable."""
    k = operator.index(k)
    P = _probabilities(probabilities)
    if k < 1:
        raise ValueError(f"k is {k}; wanted 1 or more")
    right = _classes(y, len(P), P.shape[1])
    best = np.argsort(-P, axis=1, kind="stable")[:, :k]
    return _mean((best == right[:, None]).any(axis=1), _weights(sample_weight, len(P)))


def log_loss(y: ArrayLike, probabilities: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
    """−1/N Σ log p of the right class. p is no nearer to 0 or 1 than 2⁻⁵²; rows are divided by their sums."""
    P = _probabilities(probabilities)
    right = _classes(y, len(P), P.shape[1])
    kept = np.clip(P, _LEAST, 1 - _LEAST)
    shares = kept[np.arange(len(right)), right] / np.add.accumulate(kept, axis=1)[:, -1]
    # NumPy's own logarithm may differ in its last bit from that of other hosts.
    return _mean((-math.log(share) for share in shares.tolist()), _weights(sample_weight, len(P)))


def auc(y: ArrayLike, probabilities: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
    """The area under the curve of true positives over false ones; of several classes the mean of each against the rest.

    Parameters
    ----------
    y : (N,)
        The right classes, each of which has to occur.
    probabilities : (N, C)
    sample_weight : (N,), optional
        How much each sample counts: a pair the product of its two.
    """
    P = _probabilities(probabilities)
    classes = P.shape[1]
    right = _classes(y, len(P), classes)
    weights = _weights(sample_weight, len(P))
    lacking = np.flatnonzero(np.bincount(right, weights, classes) == 0)
    if len(lacking) > 0:
        raise ValueError(f"y has no sample of class {lacking[0]}; wanted one at least of each of {classes}")
    numbers = range(1 if classes == 2 else 0, classes)
    return _mean(_area(right == number, P[:, number], weights) for number in numbers)


def confusion_matrix(
    y: ArrayLike, said: ArrayLike, classes: int | None = None, sample_weight: ArrayLike | None = None
) -> NDArray[Any]:
    """How often each class (a row) was said to be each (a column): integers, or with weights their sums."""
    right, given = _both(y, said)
    count = _count(right, given, classes)
    # One weight is added to the other.
    sums = np.bincount(right * count + given, _weights(sample_weight, len(right)), count * count)
    return sums.reshape(count, count)


def precision(
    y: ArrayLike, said: ArrayLike, classes: int | None = None, sample_weight: ArrayLike | None = None
) -> _Doubles:
    """Of each class the share of samples said to be of it that are."""
    hits, alarms, _ = _counts(confusion_matrix(y, said, classes, sample_weight))
    return _share(hits, hits + alarms)


def recall(
    y: ArrayLike, said: ArrayLike, classes: int | None = None, sample_weight: ArrayLike | None = None
) -> _Doubles:
    """Of each class the share of its samples that are said to be of it."""
    hits, _, missed = _counts(confusion_matrix(y, said, classes, sample_weight))
    return _share(hits, hits + missed)


def f1(y: ArrayLike, said: ArrayLike, classes: int | None = None, sample_weight: ArrayLike | None = None) -> _Doubles:
    """Of each class the harmonic mean of precision and recall."""
    return _f1_of(*_counts(confusion_matrix(y, said, classes, sample_weight)))


# -- Several labels


def label_accuracy(y: ArrayLike, said: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
    """The share of labels that are right, over all samples, (N, C) of each."""
    right = _rows(y, "y")
    are_right = (right == _like(np.asarray(said), right.shape, "said")).sum(axis=1)
    counts = _ones_or(_weights(sample_weight, len(right)), len(right))
    return _sum(counts * are_right) / (_sum(counts) * right.shape[1])


def subset_accuracy(y: ArrayLike, said: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
    """The share of samples of which every label is right."""
    right = _rows(y, "y")
    are_right = (right == _like(np.asarray(said), right.shape, "said")).all(axis=1)
    return _mean(are_right, _weights(sample_weight, len(right)))


# -- Numbers


def mae(y: ArrayLike, predicted: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
    """The mean distance."""
    right, given, counts = _numbers(y, predicted, sample_weight)
    return _sum((counts * np.abs(given - right)).ravel(order="F")) / (_sum(counts) * right.shape[1])


def rmse(y: ArrayLike, predicted: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
    """The root of the mean square of the distances; of several outputs the mean of their roots."""
    right, given, counts = _numbers(y, predicted, sample_weight)
    return _mean(np.sqrt(_sums(counts * np.square(given - right)) / _sum(counts)))


def r2(y: ArrayLike, predicted: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
    """R² = 1 − Σ (A − Y)²/Σ (Y − Ȳ)², the mean over the outputs; 1 or 0 for one whose targets are all the same."""
    right, given, counts = _numbers(y, predicted, sample_weight)
    residual = _sums(counts * np.square(given - right))
    total = _sums(counts * np.square(right - _sums(counts * right) / _sum(counts)))
    varies = total > 0
    return _mean(np.where(varies, 1 - residual / np.where(varies, total, 1), residual == 0))


def _weights(sample_weight: ArrayLike | None, count: int) -> Optional[_Doubles]:
    if sample_weight is None:
        return None
    weights = np.asarray(sample_weight, np.float64)
    are_right = weights.shape == (count,) and bool(np.isfinite(weights).all()) and bool((weights >= 0).all())
    if not are_right or not weights.any():
        wanted = f"wanted ({count},) finite numbers of 0 or more, not all 0"
        raise ValueError(f"sample_weight has shape {weights.shape}; {wanted}")
    return weights


def _ones_or(weights: Optional[_Doubles], count: int) -> _Doubles:
    return np.ones(count) if weights is None else weights


def _sum(numbers: NDArray[Any]) -> float:
    """Of some numbers, one added to the other."""
    return float(np.add.accumulate(numbers, dtype=np.float64, axis=0).ravel()[-1])


def _sums(rows: _Doubles) -> _Doubles:
    """Of each column, one number added to the other."""
    sums: _Doubles = np.add.accumulate(rows, axis=0)[-1]
    return sums


def _mean(numbers: Iterable[Any], weights: Optional[_Doubles] = None) -> float:
    """Of some numbers, one added to the other."""
    given = np.array(list(numbers), np.float64)
    counts = _ones_or(weights, len(given))
    return _sum(counts * given) / _sum(counts)


def _counts(matrix: NDArray[Any]) -> tuple[_Doubles, _Doubles, _Doubles]:
    """Of each class what is said and so, said and not so, and not said and so."""
    others = matrix.astype(np.float64)
    np.fill_diagonal(others, 0)
    return matrix.diagonal().astype(np.float64), _sums(others), _sums(others.T)


def _rights(matrix: NDArray[Any]) -> _Doubles:
    """What of each class is so."""
    hits, _, missed = _counts(matrix)
    return hits + missed


def _share(parts: NDArray[Any], wholes: NDArray[Any]) -> _Doubles:
    return np.where(wholes > 0, parts / np.where(wholes > 0, wholes, 1), 0.0)


def _f1_of(hits: _Doubles, alarms: _Doubles, missed: _Doubles) -> _Doubles:
    return _share(2 * hits, 2 * hits + alarms + missed)


def _area(is_it: NDArray[np.bool_], scores: _Doubles, weights: Optional[_Doubles]) -> float:
    """By the ranks of those that are it: the share of pairs in which one of them has the higher score."""
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    if weights is None:
        # Equal scores share the mean of their ranks.
        ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
        positives, negatives = int(is_it.sum()), int((~is_it).sum())
        return float((ranks[is_it].sum() - positives * (positives + 1) / 2) / (positives * negatives))
    positive = np.bincount(places, np.where(is_it, weights, 0.0), len(counts))
    negative = np.bincount(places, np.where(is_it, 0.0, weights), len(counts))
    # Those of lower scores are beaten, and those of the same score by half.
    beaten = np.add.accumulate(np.append(0.0, negative[:-1]))
    return _sum(positive * (beaten + negative / 2)) / (_sum(positive) * _sum(negative))


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


def _numbers(
    y: ArrayLike, predicted: ArrayLike, sample_weight: ArrayLike | None
) -> tuple[_Doubles, _Doubles, _Doubles]:
    """(N, C) of each, and (N, 1) of weights."""
    right, given = np.asarray(y, np.float64), np.asarray(predicted, np.float64)
    if right.ndim == 2 and right.shape[1] == 1 and given.ndim == 1:
        given = given[:, None]
    if right.shape != given.shape or right.ndim not in (1, 2) or right.size == 0:
        raise ValueError(f"predicted has shape {given.shape} and y {right.shape}; wanted numbers of the same samples")
    count = len(right)
    counts = _ones_or(_weights(sample_weight, count), count)[:, None]
    return right.reshape(count, -1), given.reshape(count, -1), counts
