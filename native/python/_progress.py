"""Progress on the terminal, where tqdm is installed."""

from __future__ import annotations

import sys
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
    # Asked here and not of tqdm, which starts a thread and takes a lock for a bar that it does not show, too.
    shows = _is_terminal() if wanted is None else wanted
    if not shows or sys.stderr is None:
        return _Silent()
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return _Silent()

    class Bar(tqdm):  # type: ignore[type-arg]
        # No thread looks after it: an exception of a signal's handler may leave the bar's lock held, for which that one
        # would wait at the process's end. Each update is soon enough after the one before.
        monitor_interval = 0

    return Bar(total=batches, unit="batch", miniters=1)


def _is_terminal() -> bool:
    try:
        return sys.stderr.isatty()
    except (AttributeError, ValueError):
        # There is none, or it is closed.
        return False
