"""The ledger: what every operation of every policy asked for, and what became of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from trafficsim.spec.policy import policy_labels

__all__ = ["LedgerRow", "ledger_table", "policy_labels"]
STATES = ("state_before", "state_after")
TIMES = ("begin_s", "end_s")


@dataclass(frozen=True)
class LedgerRow:
    """What one operation of one policy asked for, and what became of its cells.

    Attributes
    ----------
    policy : kind of the policy, with a number where a kind occurs twice
    field, unit, operation : what was changed and how
    cells : names of the cells
    operand : value, factor or bound by cell
    before, after : values by cell without any policy, and with all of them; NaN for cells that were not or are no more
    state_before, state_after : letters of the phases of a program that was replaced, ``None`` for a phase that did not
        or does not exist; empty for all other operations
    begin_s, end_s : clock times between which it holds; ``None`` for what holds always
    """

    policy: str
    field: str
    unit: str
    operation: str
    cells: tuple[str, ...]
    operand: tuple[float, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]
    state_before: tuple[str | None, ...] = ()
    state_after: tuple[str | None, ...] = ()
    begin_s: float | None = None
    end_s: float | None = None


def ledger_table(rows: Sequence[LedgerRow]) -> pd.DataFrame:
    """Return the ledger as a table with one row per policy, field, operation and cell.

    Columns ``policy, field, unit, operation, cell, operand, before, after``; ``before`` is the value without any policy
    and ``after`` the value with all of them, in ``unit``; missing where a phase of a signal did not or does not exist.
    Where a signal program was replaced, and there alone, ``state_before`` and ``state_after`` hold the phases' letters;
    where something holds for a time only, ``begin_s`` and ``end_s`` hold its clock times.

    Examples
    --------
    >>> ledger_table([LedgerRow("p", "signal.offset_s", "s", "set", ("j1",), (5.0,), (0.0,), (5.0,))]).after.tolist()
    [5.0]
    """
    records = [
        (row.policy, row.field, row.unit, row.operation, *cell, row.begin_s, row.end_s)
        for row in rows for cell in zip(row.cells, row.operand, row.before, row.after,
                                        *(states or (None,) * len(row.cells)
                                          for states in (row.state_before, row.state_after)), strict=True)
    ]
    columns = ["policy", "field", "unit", "operation", "cell", "operand", "before", "after", *STATES, *TIMES]
    table = pd.DataFrame.from_records(records, columns=columns)
    table = table.astype(dict.fromkeys(("operand", "before", "after", *TIMES), "float64"))
    unused = [name for pair in (STATES, TIMES) if not table[list(pair)].notna().any(axis=None) for name in pair]
    return table.drop(columns=unused)
