"""What an alternative changed, from the ledger: grouped by policy, field and operation, in units that people use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from trafficsim.report.quantities import people_units
from trafficsim.spec.network import Network
from trafficsim.spec.signals import SignalProgram

PHASE, OFFSET = "signal.phase_s", "signal.offset_s"


class Cell(NamedTuple):
    """One changed cell: its name and its values; a value may be absent."""

    name: str
    before: float | None
    after: float | None


class Change(NamedTuple):
    """What one policy did to one field by one operation; values in ``unit``, which people use."""

    policy: str
    field: str
    operation: str
    unit: str
    cells: tuple[Cell, ...]

    def span(self, after: bool) -> tuple[float, float] | None:
        """Smallest and largest value before or after; ``None`` without any."""
        values = [one.after if after else one.before for one in self.cells]
        known = [value for value in values if value is not None]
        return (min(known), max(known)) if known else None


def first_ledger(ledger: pd.DataFrame, alternative: str) -> pd.DataFrame:
    """Rows of an alternative in its first replication that has any: policies act alike in all of them."""
    rows = ledger[ledger["alternative"] == alternative]
    return rows[rows["replication"] == rows["replication"].min()] if len(rows) else rows


def changes(ledger: pd.DataFrame, alternative: str) -> Iterator[Change]:
    """Yield what an alternative changed in one scenario and engine, in the order of the ledger."""
    rows = first_ledger(ledger, alternative)
    for (policy, name, operation, unit), part in rows.groupby(["policy", "field", "operation", "unit"], sort=False):
        factor, shown = people_units(str(unit))
        cells = tuple(Cell(str(one.cell), _scaled(one.before, factor), _scaled(one.after, factor))
                      for one in part.itertuples())
        yield Change(str(policy), str(name), str(operation), shown, cells)


def _scaled(value: object, factor: float) -> float | None:
    return None if pd.isna(value) else float(value) * factor  # type: ignore[arg-type,call-overload]


def programs_after(network: Network, ledger: pd.DataFrame, alternative: str) -> tuple[SignalProgram, ...]:
    """Programs of the network with the durations and offsets that an alternative gave them."""
    rows = first_ledger(ledger, alternative)
    phases = _values(rows, PHASE)
    offsets = _values(rows, OFFSET)
    return tuple(_program(program, phases, offsets) for program in network.signals)


def _values(rows: pd.DataFrame, name: str) -> dict[str, float]:
    part = rows[rows["field"] == name].dropna(subset=["after"])
    return dict(zip(part["cell"].tolist(), part["after"].astype(float).tolist(), strict=True))


def _program(program: SignalProgram, phases: Mapping[str, float], offsets: Mapping[str, float]) -> SignalProgram:
    timed = tuple(
        phase.model_copy(update={"duration_s": phases.get(f"{program.id}/{number}", phase.duration_s)})
        for number, phase in enumerate(program.phases)
    )
    return program.model_copy(update={"phases": timed, "offset_s": offsets.get(program.id, program.offset_s)})
