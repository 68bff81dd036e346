"""Which columns of a table are inputs, which targets, and which one has weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Optional, Union

import numpy as np

from ._tables import BadTable, listed, title

Column = Union[str, int]


class Choice(NamedTuple):
    """What is told of the columns.

    Attributes
    ----------
    target, leave_out, columns, network, weights
        As ``read_table`` explains them.
    """

    target: Any = None
    leave_out: Sequence[Column] = ()
    columns: Optional[Sequence[str]] = None
    network: Any = None
    weights: Optional[Column] = None
    # Of samples to judge by: where no column has the name, all count the same.
    weights_may_lack: bool = False

    def target_count(self) -> int:
        """The columns of targets that there should be."""
        if self.target is None:
            return 0
        if not isinstance(self.target, (str, int, np.integer)):
            return len(list(self.target))
        if self.network is None or self.target not in ("last", "first"):
            return 1
        return 1 if self.network.output == "softmax" else int(self.network.sizes[-1])

    def wanted(self) -> Optional[int]:
        """All columns that there should be, where that is known."""
        if self.network is None:
            return None
        return int(self.network.sizes[0]) + self.target_count() + len(self.leave_out) + (self.weights is not None)

    def known(self, what: str) -> Optional[Sequence[str]]:
        """The names of ``columns`` or ``target`` that the network has; a class of one has none."""
        has_none = self.network is None or isinstance(self.network, type)
        return None if has_none else getattr(self.network, what, None)


class Chosen(NamedTuple):
    """The numbers of columns, from 0."""

    inputs: list[int]
    targets: list[int]
    weights: Optional[int] = None


def chosen(count: int, names: Optional[Sequence[str]], choice: Choice) -> Chosen:
    """Which of so many columns are what."""
    asked = choice.columns
    if asked is None and names is not None:
        asked = choice.known("columns")
    by_name = None if asked is None else [_column(name, count, names, "columns") for name in asked]
    apart = {_column(column, count, names, "leave_out") for column in choice.leave_out}
    lacks = choice.weights_may_lack and isinstance(choice.weights, str) and choice.weights not in (names or ())
    weights = None if choice.weights is None or lacks else _column(choice.weights, count, names, "weights")
    if weights in apart:
        raise BadTable(f": column {_called(weights, names)} has weights and is left out; wanted one of them")
    free = [column for column in range(count) if column not in apart and column != weights]
    targets = _target_columns(count, names, choice, [column for column in free if column not in (by_name or ())])
    both = apart.intersection(targets)
    if both:
        raise BadTable(f": column {_called(min(both), names)} is a target and left out; wanted one of them")
    if weights in targets or weights in (by_name or ()):
        what = "a target" if weights in targets else "an input"
        raise BadTable(f": column {_called(weights, names)} is {what} and has weights; wanted another for weights=")
    inputs = by_name if by_name is not None else [column for column in free if column not in targets]
    return Chosen(inputs, targets, weights)


def _target_columns(count: int, names: Optional[Sequence[str]], choice: Choice, free: list[int]) -> list[int]:
    target = choice.target
    if target is None:
        return []
    if isinstance(target, str) and target in ("last", "first") and target not in (names or ()):
        known = choice.known("target") if target == "last" else None
        if known and names is not None and set(known) <= set(names):
            return [_column(name, count, names, "target") for name in known]
        outputs = choice.target_count()
        if len(free) < outputs + (choice.known("columns") is None or names is None):
            wanted = f"{outputs} columns of targets" if outputs > 1 else "a target"
            hint = ": target=None reads it without" if len(free) < outputs else ""
            raise BadTable(f" has {count} column{'s' * (count != 1)}; wanted inputs, and {wanted}{hint}")
        return free[len(free) - outputs :] if target == "last" else free[:outputs]
    given = [target] if isinstance(target, (str, int, np.integer)) else list(target)
    return [_column(column, count, names, "target") for column in given]


def _column(column: Any, count: int, names: Optional[Sequence[str]], what: str) -> int:
    """The number of a column."""
    if isinstance(column, str):
        if names is None:
            raise BadTable(f" has no names of columns, and {what} is {column!r}; wanted header=True, or a number from 0")
        found = [number for number, name in enumerate(names) if name == column]
        if len(found) != 1:
            came = f"has {len(found)} columns {column!r}" if found else f"has no column {column!r}"
            hint = ": target=None where it has no target" if what == "target" and not found else ""
            raise BadTable(f" {came}, which {what} names; wanted one of {listed(names)}{hint}")
        return found[0]
    if isinstance(column, (bool, np.bool_)) or not isinstance(column, (int, np.integer)) or not -count <= column < count:
        wanted = f"a name, or a number from {-count} to {count - 1}"
        raise BadTable(f" has {count} columns, and {what} is {column!r}; wanted {wanted}")
    return int(column) % count


def _called(column: Optional[int], names: Optional[Sequence[str]]) -> str:
    assert column is not None
    return f"{column + 1} ({names[column]!r})" if names and names[column] else str(column + 1)


def require_inputs(came: int, count: int, names: Optional[Sequence[str]], choice: Choice, hint: str) -> None:
    """That there are as many columns of inputs as the network has; what there is else is told, and what may help."""
    if choice.network is None or came == choice.network.sizes[0]:
        return
    wanted = int(choice.network.sizes[0])
    if not hint:
        hint = f". {_hint(came, wanted, choice)}"
        if names:
            hint += f". Its columns are {listed(names)}"
    columns = f"{came} column{'s' * (came != 1)}"
    raise BadTable(f" has {columns} of inputs; wanted {wanted} for {title(choice.network)}{hint}")


def _hint(came: int, wanted: int, choice: Choice) -> str:
    if choice.target is None and came == wanted + 1:
        return "Where its last column is the target, target='last' takes it as such, and leave_out=[-1] leaves it out"
    if choice.target in ("last", "first") and came + choice.target_count() == wanted:
        return (
            f"With the target it has {wanted} columns, as many as inputs are wanted: to learn from, it lacks one. "
            "target=None reads a table without a target, to predict"
        )
    if came > wanted:
        return "leave_out=[…] leaves columns out, and target=… says which are no inputs"
    return "A network of so many inputs is another one, for build-native.sh to build"
