"""Progress on the terminal, where tqdm is installed."""

from __future__ import annotations

from typing import Any


class _Silent:
    def __enter__(self) -> _Silent:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def update(self, batches: int) -> None:
        pass

    def set_postfix_str(self, text: str) -> None:
        pass


def bar(batches: int, wanted: bool | None) -> Any:
    """A bar of so many batches: None is where the standard error is a terminal, and without tqdm there is none."""
    if wanted not in (None, True, False):
        raise ValueError(f"progress is {wanted!r}; wanted True, False, or None for 'on a terminal'")
    if wanted is False:
        return _Silent()
    try:
        from tqdm import tqdm
    except ImportError:
        return _Silent()
    return tqdm(total=batches, unit="batch", disable=None if wanted is None else False)
