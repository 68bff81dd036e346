"""Threads that make the same call of the library at once."""

from __future__ import annotations

import _thread
import functools
import itertools
import os
import threading
import weakref
from collections.abc import Callable
from queue import SimpleQueue
from typing import Optional


class _Call:
    """A call that so many threads have to make, each with a rank. Whoever comes when all ranks are taken does nothing."""

    def __init__(self, function: Callable[[int], int], threads: int) -> None:
        self.statuses: list[int] = []
        self.is_asked = False
        # Held until the last has returned. An Event would not do: an exception within its wait may leave it broken.
        self.end = threading.Lock()
        self.end.acquire()
        self._function = function
        self._threads = threads
        self._ranks = itertools.count()
        self._returned = itertools.count(1)

    def take_part(self) -> None:
        rank = next(self._ranks)
        if rank < self._threads:
            self.statuses.append(self._function(rank))
            if next(self._returned) == self._threads:
                self.end.release()


def _serve(calls: SimpleQueue[Optional[_Call]]) -> None:
    while (call := calls.get()) is not None:
        call.take_part()
        del call
    # For the next thread.
    calls.put(None)


# Of each team, what tells its threads when nobody holds it any more.
_ends: set[weakref.ref[_Team]] = set()


class _Team:
    """Threads that wait for calls, until nobody holds the team any more."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self.process = os.getpid()
        self._calls: SimpleQueue[Optional[_Call]] = SimpleQueue()
        self._started = 0
        # What ends the threads is no code of Python's, as a __del__ would be: an exception that came there, from a
        # signal's handler, would be lost, and the threads would stay.
        _ends.difference_update([end for end in list(_ends) if end() is None])
        _ends.add(weakref.ref(self, functools.partial(self._calls.put, None)))

    def run(self, function: Callable[[int], int]) -> int:
        call = _Call(function, self.threads)
        raised: Optional[BaseException] = None
        while True:
            # An exception may come on the way from a handler back to its try, too: what the inner one lets through.
            try:
                raised = self._finish(call, raised)
                break
            except BaseException as error:
                raised = error
        if raised is not None:
            raise raised
        return call.statuses[0]

    def _finish(self, call: _Call, raised: Optional[BaseException]) -> Optional[BaseException]:
        """Has all threads make a call, and returns what was raised meanwhile, last."""
        while True:
            # Ctrl-C, or what another signal's handler raises, may come between any two lines. It must not leave a call
            # short of a thread, which the others would wait for, nor end here while they still compute. Asking once
            # more does no harm: a thread or an invitation too many has nothing to do.
            try:
                if len(call.statuses) == self.threads:
                    return raised
                while self._started < self.threads:
                    # Not threading.Thread, whose start waits, and breaks when an exception comes within.
                    _thread.start_new_thread(_serve, (self._calls,))
                    self._started += 1
                call.is_asked = True
                for _ in range(self.threads):
                    self._calls.put(call)
                call.end.acquire()
            except KeyboardInterrupt as error:
                raised = error
            except BaseException as error:
                raised = error
                if not call.is_asked:
                    return raised


# Of each thread that trains. Threads do not survive a fork.
_local = threading.local()


def run(threads: int, function: Callable[[int], int]) -> int:
    """Makes a call in so many threads, each with its rank, and returns what every one of them returned."""
    team: Optional[_Team] = getattr(_local, "team", None)
    if team is None or team.threads != threads or team.process != os.getpid():
        team = _local.team = _Team(threads)
    return team.run(function)
