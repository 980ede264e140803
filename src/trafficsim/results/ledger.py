"""The ledger table: what an alternative changed, cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from trafficsim.results.frames import Column, Labels, frame, nullable, strings

WIDE, MOST_LETTERS, MOST_ROWS = 1000, 32, 60
"""Letters in a line and in a cell, and rows, of a ledger that is printed."""


class Change(Protocol):
    """One operation of one policy on some cells of the plan."""

    @property
    def policy(self) -> str:
        """Kind of the policy."""

    @property
    def field(self) -> str:
        """Field of the plan."""

    @property
    def unit(self) -> str:
        """Its unit."""

    @property
    def operation(self) -> str:
        """What was done."""

    @property
    def cells(self) -> tuple[str, ...]:
        """Names of the cells."""

    @property
    def operand(self) -> tuple[float, ...]:
        """Value, factor or bound by cell."""

    @property
    def before(self) -> tuple[float, ...]:
        """Values without any policy."""

    @property
    def after(self) -> tuple[float, ...]:
        """Values with all policies."""

    @property
    def state_before(self) -> tuple[str | None, ...]:
        """Letters of the phases before, where a signal program was replaced; else empty."""

    @property
    def state_after(self) -> tuple[str | None, ...]:
        """Letters of the phases after, where a signal program was replaced; else empty."""

    @property
    def begin_s(self) -> float | None:
        """Clock time from which on it holds; none if always."""

    @property
    def end_s(self) -> float | None:
        """Clock time up to which it holds; none if always."""


def ledger_table(changes: Sequence[Change], labels: Labels) -> pd.DataFrame:
    """One row per policy, field, operation and cell, with the value before any and after all policies.

    ``state_before`` and ``state_after`` are letters of phases where a signal program was replaced, ``begin_s`` and
    ``end_s`` clock times between which something holds; null elsewhere.
    """
    return frame(labels, {
        "policy": _repeated(changes, [one.policy for one in changes]),
        "field": _repeated(changes, [one.field for one in changes]),
        "unit": _repeated(changes, [one.unit for one in changes]),
        "operation": _repeated(changes, [one.operation for one in changes]),
        "cell": strings(cell for one in changes for cell in one.cells),
        "operand": _numbers(one.operand for one in changes),
        "before": _numbers(one.before for one in changes),
        "after": _numbers(one.after for one in changes),
        "state_before": _states((one.state_before, len(one.cells)) for one in changes),
        "state_after": _states((one.state_after, len(one.cells)) for one in changes),
        "begin_s": _times(changes, [one.begin_s for one in changes]),
        "end_s": _times(changes, [one.end_s for one in changes]),
    })


class Explanation(pd.DataFrame):
    """What an alternative changes, one row per cell, printed with all its columns: before and after stand last.

    Examples
    --------
    >>> rows = pd.DataFrame({"policy": ["webster"], "cell": ["j1"], "before": [90.0], "after": [60.0]})
    >>> print(Explanation(rows))
        policy cell  before  after
    0  webster   j1    90.0   60.0
    """

    def __repr__(self) -> str:
        with pd.option_context("display.max_columns", None, "display.width", WIDE, "display.max_colwidth", MOST_LETTERS,
                               "display.max_rows", MOST_ROWS, "display.min_rows", MOST_ROWS, "display.precision", 4):
            return str(super().__repr__())


def _repeated(changes: Sequence[Change], values: Sequence[str]) -> Column:
    return strings(value for one, value in zip(changes, values, strict=True) for _ in one.cells)


def _states(groups: Iterable[tuple[tuple[str | None, ...], int]]) -> Column:
    return strings(state for states, cells in groups for state in states or (None,) * cells)


def _times(changes: Sequence[Change], times_s: Sequence[float | None]) -> Column:
    return _numbers((np.nan if time_s is None else time_s,) * len(one.cells)
                    for one, time_s in zip(changes, times_s, strict=True))


def _numbers(groups: Iterable[tuple[float, ...]]) -> Column:
    array = np.array([value for group in groups for value in group], np.float64)
    return nullable(array, np.isfinite(array))
