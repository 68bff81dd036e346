"""Threads that make the same call of the library at once."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Optional


class _Call:
    """A call that so many threads have to make, each with a rank. Whoever comes when all ranks are taken does nothing."""

    def __init__(self, function: Callable[[int], int], threads: int) -> None:
        self.statuses: list[int] = []
        self.is_done = threading.Event()
        self._function = function
        self._threads = threads
        self._ranks = itertools.count()

    def take_part(self) -> None:
        rank = next(self._ranks)
        if rank < self._threads:
            self.statuses.append(self._function(rank))
            if len(self.statuses) == self._threads:
                self.is_done.set()


def _serve(calls: SimpleQueue[Optional[_Call]]) -> None:
    while (call := calls.get()) is not None:
        call.take_part()
        del call


class _Team:
    """Threads that wait for calls, until nobody holds the team any more."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self.process = os.getpid()
        self._calls: SimpleQueue[Optional[_Call]] = SimpleQueue()
        self._started = 0

    def run(self, function: Callable[[int], int]) -> int:
        call = _Call(function, self.threads)
        interrupt: Optional[KeyboardInterrupt] = None
        while not call.is_done.is_set():
            # Ctrl-C may come between any two lines and must not leave a call short of a thread, which the others
            # would wait for. Asking once more does no harm: a thread or an invitation too many has nothing to do.
            try:
                while self._started < self.threads:
                    threading.Thread(target=_serve, args=(self._calls,), name="aotbackprop", daemon=True).start()
                    self._started += 1
                for _ in range(self.threads):
                    self._calls.put(call)
                call.is_done.wait()
            except KeyboardInterrupt as error:
                interrupt = error
        if interrupt is not None:
            raise interrupt
        return call.statuses[0]

    def __del__(self) -> None:
        for _ in range(self._started + 1):
            self._calls.put(None)


# Of each thread that trains. Threads do not survive a fork.
_local = threading.local()


def run(threads: int, function: Callable[[int], int]) -> int:
    """Makes a call in so many threads, each with its rank, and returns what every one of them returned."""
    team: Optional[_Team] = getattr(_local, "team", None)
    if team is None or team.threads != threads or team.process != os.getpid():
        team = _local.team = _Team(threads)
    return team.run(function)
