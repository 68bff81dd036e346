"""Which samples are held out of a training, to judge it by: AotBackprop.Numerics.Holdout of C#, to the bit."""

from __future__ import annotations

import numbers
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _random


def share_of(value: Any, name: str = "validation_split") -> Fraction:
    """A share from 0 up to, and not, 1: what its decimal says, so that 0.1 is a tenth."""
    if isinstance(value, (numbers.Real, Decimal)) and not isinstance(value, bool):
        given = Fraction(Decimal(str(value))) if np.isfinite(float(value)) else Fraction(-1)
        if 0 <= given < 1:
            return given
    raise ValueError(f"{name} is {value!r}; wanted a number from 0 up to, and not, 1")


def held_out(labels: NDArray[Any], share: Fraction, seed: int) -> NDArray[np.bool_]:
    """Whether each sample is held out: ⌊N·share⌋ of them, of every class in its proportion.

    From n samples of a class n·share, rounded so that the sum is right. One sample at least of each class is left to learn
    from, so that of very few samples fewer may be held out.

    Parameters
    ----------
    labels : (N,)
        Class numbers.
    share : Fraction
    seed : int
    """
    order = _random.order(len(labels), seed, _random.HELD_OUT)
    classes, numbers_of = np.unique(labels, return_inverse=True)
    shuffled = numbers_of[order]
    chosen = np.zeros(len(labels), np.bool_)
    for number, quota in enumerate(_quotas(np.bincount(numbers_of, minlength=len(classes)).tolist(), share)):
        chosen[order[np.flatnonzero(shuffled == number)[:quota]]] = True
    return chosen


def _quotas(sizes: list[int], share: Fraction) -> list[int]:
    """For each class, in ascending order, the number to hold out, by the largest remainders."""
    quotas = [int(size * share) for size in sizes]
    missing = int(sum(sizes) * share) - sum(quotas)
    for number in sorted(range(len(sizes)), key=lambda number: quotas[number] - sizes[number] * share):
        if missing > 0 and quotas[number] + 1 < sizes[number]:
            quotas[number] += 1
            missing -= 1
    return quotas
