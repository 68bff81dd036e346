"""The library's random numbers: integer arithmetic alone, so that they are the same bits in every language."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_MASK = 2**64 - 1
_GOLDEN = 0x9E3779B97F4A7C15

# Far from the numbers of epochs, so that what is held out has nothing to do with an epoch's order.
HELD_OUT = _MASK


def _spread(state: int) -> int:
    """What SplitMix64 (Steele, Lea and Flood, 2014) says of a state."""
    z = state & _MASK
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & _MASK
    return z ^ (z >> 31)


def order(count: int, seed: int, epoch: int) -> NDArray[np.intp]:
    """The order of so many samples in an epoch, which depends on seed and epoch alone.

    The numbers from 0, shuffled by Fisher and Yates from the last place down, with xoshiro256** (Blackman and Vigna,
    2018) and Lemire's method of multiplication and rejection (2019).
    """
    start = _spread(seed + _GOLDEN) + epoch
    s0, s1, s2, s3 = (_spread(start + _GOLDEN * draw) for draw in range(1, 5))
    numbers = list(range(count))
    # All in one loop: a call for each number would take as long as the rest.
    for last in range(count - 1, 0, -1):
        bound = last + 1
        while True:
            x = s1 * 5 & _MASK
            drawn = ((x << 7 | x >> 57) & _MASK) * 9 & _MASK
            t = s1 << 17 & _MASK
            s2 ^= s0
            s3 ^= s1
            s1 ^= s2
            s0 ^= s3
            s2 ^= t
            s3 = (s3 << 45 | s3 >> 19) & _MASK
            product = drawn * bound
            low = product & _MASK
            if low >= bound or low >= (2**64 - bound) % bound:
                break
        place = product >> 64
        numbers[last], numbers[place] = numbers[place], numbers[last]
    return np.array(numbers, np.intp)
