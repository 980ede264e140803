"""What an alternative changed, from the ledger: grouped by policy, field and operation, in units that people use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from trafficsim.report.look import clock
from trafficsim.report.quantities import people_units
from trafficsim.spec.network import Network
from trafficsim.spec.signals import Phase, SignalProgram

S_PER_DAY = 86400.0
PHASE, OFFSET = "signal.phase_s", "signal.offset_s"


class Cell(NamedTuple):
    """One changed cell: its name and its values, which may be absent; letters of a phase if they change.

    ``times`` are the clock times between which the change holds, empty for always.
    """

    name: str
    before: float | None
    after: float | None
    letters: str = ""
    times: str = ""

    @property
    def changed(self) -> bool:
        """Whether anything is different afterwards."""
        return self.before != self.after or bool(self.letters)


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
        cells = tuple(Cell(str(one.cell), _scaled(one.before, factor), _scaled(one.after, factor), _letters(one),
                           _times(one))
                      for one in part.itertuples())
        yield Change(str(policy), str(name), str(operation), shown, cells)


def _times(row: Any) -> str:
    """Clock times of a row; tables of before there were any have none."""
    ends = [getattr(row, name, None) for name in ("begin_s", "end_s")]
    if all(pd.isna(end) for end in ends):
        return ""
    # what began on the evening before begins at 22:00, not at -2:00
    return "–".join("" if pd.isna(end) else clock(float(end) % S_PER_DAY if float(end) < 0.0 else float(end))
                    for end in ends)


def _letters(row: Any) -> str:
    """Letters of a phase before and after, where a program was replaced and they differ."""
    states = [getattr(row, name, None) for name in ("state_before", "state_after")]
    texts = ["–" if pd.isna(state) else str(state) for state in states]
    return "" if texts[0] == texts[1] else " → ".join(texts)


def _scaled(value: object, factor: float) -> float | None:
    return None if pd.isna(value) else float(value) * factor  # type: ignore[arg-type,call-overload]


def programs_after(network: Network, ledger: pd.DataFrame, alternative: str) -> tuple[SignalProgram, ...]:
    """Programs of the network with the phases, durations and offsets that an alternative gave them."""
    rows = first_ledger(ledger, alternative)
    states = _states(rows)
    phases = _values(rows, PHASE)
    offsets = _values(rows, OFFSET)
    return tuple(_program(_replaced(program, states), phases, offsets) for program in network.signals)


def _states(rows: pd.DataFrame) -> dict[str, list[str]]:
    """Letters of all phases of the programs that were replaced, by program."""
    states: dict[str, list[str]] = {}
    if "state_after" in rows:  # tables of before programs could be replaced have no such column
        phases = rows["state_after"].notna() & (rows["field"] == PHASE)
        for cell, state in rows.loc[phases, ["cell", "state_after"]].itertuples(index=False):
            states.setdefault(str(cell).rpartition("/")[0], []).append(str(state))
    return states


def _replaced(program: SignalProgram, states: Mapping[str, list[str]]) -> SignalProgram:
    """Return the program with other letters; durations are filled in from the ledger afterwards."""
    if program.id not in states:
        return program
    return program.model_copy(update={"phases": tuple(Phase(duration_s=1.0, state=state)
                                                      for state in states[program.id])})


def _values(rows: pd.DataFrame, name: str) -> dict[str, float]:
    part = rows[rows["field"] == name].dropna(subset=["after"])
    return dict(zip(part["cell"].tolist(), part["after"].astype(float).tolist(), strict=True))


def _program(program: SignalProgram, phases: Mapping[str, float], offsets: Mapping[str, float]) -> SignalProgram:
    timed = tuple(
        phase.model_copy(update={"duration_s": phases.get(f"{program.id}/{number}", phase.duration_s)})
        for number, phase in enumerate(program.phases)
    )
    return program.model_copy(update={"phases": timed, "offset_s": offsets.get(program.id, program.offset_s)})
