"""Timing plans as people read them, before and after: stages, greens, splits, cycles, offsets, and an audit of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from trafficsim.base.units import kmh_to_ms
from trafficsim.plan.arrays import SignalArrays
from trafficsim.results.frames import nullable
from trafficsim.spec.network import Network
from trafficsim.spec.signals import SignalProgram
from trafficsim.spec.timing.demand import Row
from trafficsim.spec.timing.design import DEFAULT_RULES, Junction, Rules, junction_of
from trafficsim.spec.timing.pedestrians import window_s
from trafficsim.spec.timing.stages import stages_of
from trafficsim.spec.timing.waves import Wave, band_s, stop_lines
from trafficsim.spec.timing.webster import critical_ratios

TINY = 1e-6
Volumes = Mapping[tuple[str, str], float]


class Timed(NamedTuple):
    """Durations of all phases, and offset, of a program."""

    phase_s: tuple[float, ...]
    offset_s: float

    @property
    def cycle_s(self) -> float:
        """Sum of the phases."""
        return sum(self.phase_s)


def timings_of(signals: SignalArrays) -> dict[str, Timed]:
    """Read durations and offsets of all programs off the arrays of a plan."""
    starts, offsets = signals.phase_start.tolist(), signals.offset_s.tolist()
    return {name: Timed(tuple(signals.duration_s[begin:end].tolist()), offset)
            for name, begin, end, offset in zip(signals.program_id, starts[:-1], starts[1:], offsets, strict=True)}


def programs_with(network: Network, signals: SignalArrays) -> tuple[SignalProgram, ...]:
    """Programs of the network with the durations and offsets of a plan.

    Examples
    --------
    >>> from trafficsim.plan.signals import lower_signals
    >>> from trafficsim.spec.build import junction
    >>> network = junction()
    >>> programs_with(network, lower_signals(network.signals)) == network.signals
    True
    """
    timings = timings_of(signals)
    return tuple(
        program.model_copy(update={
            "offset_s": timings[program.id].offset_s,
            "phases": tuple(phase.model_copy(update={"duration_s": duration})
                            for phase, duration in zip(program.phases, timings[program.id].phase_s, strict=True)),
        })
        for program in network.signals
    )


def changed_programs(before: SignalArrays, after: SignalArrays) -> tuple[str, ...]:
    """Names of the programs whose durations or offset differ."""
    old, new = timings_of(before), timings_of(after)
    return tuple(name for name in old if old[name] != new[name])


def timing_table(network: Network, before: SignalArrays, after: SignalArrays) -> pd.DataFrame:
    """One row per program and stage, before and after.

    Parameters
    ----------
    network
        Gives the states of the phases.
    before, after
        Signals of a plan without and with the policies of an alternative.

    Returns
    -------
    Columns ``program``, ``stage`` (from 1), ``state``, ``intergreen_s`` (that follows), ``green_*_s``, ``split_*``
    (share of the cycle), ``cycle_*_s``, ``offset_*_s`` with ``before`` and ``after``, and ``changed`` (of the program).

    Examples
    --------
    >>> from trafficsim.plan.signals import lower_signals
    >>> from trafficsim.spec.build import junction
    >>> network = junction(cycle_s=60)
    >>> signals = lower_signals(network.signals)
    >>> timing_table(network, signals, signals)[["stage", "green_before_s", "cycle_after_s"]].values.tolist()
    [[1.0, 25.0, 60.0], [2.0, 25.0, 60.0]]
    """
    old, new = timings_of(before), timings_of(after)
    rows = [row for program in network.signals for row in _stage_rows(program, old[program.id], new[program.id])]
    columns = ["program", "stage", "state", "intergreen_s", "green_before_s", "green_after_s", "split_before",
               "split_after", "cycle_before_s", "cycle_after_s", "offset_before_s", "offset_after_s", "changed"]
    return pd.DataFrame.from_records(rows, columns=columns)


def _stage_rows(program: SignalProgram, old: Timed, new: Timed) -> Iterator[tuple[Any, ...]]:
    stages = stages_of(program)
    cycle_s = [timing.cycle_s for timing in (old, new)]
    greens = [stages.greens(timing.phase_s) for timing in (old, new)]
    between = stages.intergreens(new.phase_s)
    for stage in range(len(stages.phase)):
        green = [one[stage] for one in greens]
        yield (program.id, stage + 1, stages.state(stage), between[stage], *green, green[0] / cycle_s[0],
               green[1] / cycle_s[1], *cycle_s, old.offset_s, new.offset_s, old != new)


def audit_table(
    network: Network, before: SignalArrays, after: SignalArrays, volumes: Volumes, rules: Rules = DEFAULT_RULES
) -> pd.DataFrame:
    """Judge the plans before and after by the same rules.

    Parameters
    ----------
    network
        Gives states, lanes and streets.
    before, after
        Signals of a plan without and with the policies of an alternative.
    volumes
        pcu/h of every movement on the design day.
    rules
        Minimum greens and saturation flow.

    Returns
    -------
    One row per program, ``check`` and ``subject``: ``limit``, ``before``, ``after`` with ``unit``, and whether each
    keeps the limit (null where there is none). Checks: ``vehicle green`` of every stage, ``pedestrian time`` of every
    street (null: no stage lets pedestrians cross it), ``intergreen`` after every stage (limit: what it was before),
    ``flow ratios`` (Y, limit 1 - L / C), and ``degree of saturation`` of every lane.
    """
    old, new = timings_of(before), timings_of(after)
    records: list[dict[str, Any]] = []
    for program in network.signals:
        junctions = [junction_of(network, program.id, volumes, timing[program.id].phase_s, rules)
                     for timing in (old, new)]
        for make in (_vehicle_rows, _pedestrian_rows, _intergreen_rows, _flow_rows):
            records += [{"program": program.id, **row} for row in make(junctions)]
    return _audit_frame(records)


def _audit_frame(records: Sequence[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame({name: pd.array([row[name] for row in records], dtype="str")
                          for name in ("program", "check", "subject", "unit")})
    for name in ("limit", "before", "after"):
        values = [row[name] for row in records]
        table[name] = nullable([0.0 if value is None else float(value) for value in values],
                               [value is not None for value in values])
    for name in ("before", "after"):
        flags = [_keeps(row, row[name]) for row in records]
        table[f"{name}_ok"] = nullable([bool(flag) for flag in flags], [flag is not None for flag in flags])
    return table


def _keeps(row: Mapping[str, Any], value: float | None) -> bool | None:
    if value is None or row["limit"] is None:
        return None
    distance = value - row["limit"]
    return bool(abs(distance) <= TINY or (distance > 0) is row["least"])


def _row(check: str, subject: str, limit: float | None, values: Sequence[float | None], unit: str = "s",
         *, least: bool = True) -> dict[str, Any]:
    return {"check": check, "subject": subject, "limit": limit, "before": values[0], "after": values[1], "unit": unit,
            "least": least}


def _vehicle_rows(junctions: Sequence[Junction]) -> Iterator[dict[str, Any]]:
    greens = [one.approaches.stages.greens(one.phase_s) for one in junctions]
    for stage, values in enumerate(zip(*greens, strict=True)):
        yield _row("vehicle green", f"stage {stage + 1}", junctions[0].rules.least_green_s, values)


def _pedestrian_rows(junctions: Sequence[Junction]) -> Iterator[dict[str, Any]]:
    for crossing in junctions[0].crossings:
        windows = [window_s(crossing, one.approaches, one.phase_s) if crossing.stages else None for one in junctions]
        yield _row("pedestrian time", crossing.street, crossing.needed_s, windows)


def _intergreen_rows(junctions: Sequence[Junction]) -> Iterator[dict[str, Any]]:
    between = [one.approaches.stages.intergreens(one.phase_s) for one in junctions]
    for stage, values in enumerate(zip(*between, strict=True)):
        yield _row("intergreen", f"after stage {stage + 1}", values[0], values)


def _flow_rows(junctions: Sequence[Junction]) -> Iterator[dict[str, Any]]:
    cycles = [sum(one.phase_s) for one in junctions]
    rows = [one.rows(one.phase_s) for one in junctions]
    stages = len(junctions[0].approaches.stages.phase)
    if stages:
        served = [[row for row in part if row.rate.any()] for part in rows]
        totals = [critical_ratios(part, stages, cycle).total for part, cycle in zip(served, cycles, strict=True)]
        yield _row("flow ratios", "Y", 1.0 - junctions[1].lost_s / cycles[1], totals, "1", least=False)
    degrees = [{row.name: _degree(row, one, cycle) for row in part}
               for part, one, cycle in zip(rows, junctions, cycles, strict=True)]
    for name in dict.fromkeys((*degrees[0], *degrees[1])):
        yield _row("degree of saturation", name, 1.0, [part.get(name) for part in degrees], "1", least=False)


def _degree(row: Row, junction: Junction, cycle_s: float) -> float | None:
    capacity = row.capacity(junction.approaches.stages.greens(junction.phase_s), cycle_s)
    return row.volume / capacity if capacity > 0.0 else None


def band_table(
    network: Network, before: SignalArrays, after: SignalArrays, paths: Sequence[str], speed_kmh: float
) -> pd.DataFrame:
    """Width of the green band along paths, before and after.

    Parameters
    ----------
    network
        Gives paths and states.
    before, after
        Signals of a plan without and with the policies of an alternative.
    paths
        Names of paths.
    speed_kmh
        Speed of the wave.

    Returns
    -------
    Columns ``path``, ``signals``, ``speed_kmh``, ``band_before_s``, ``band_after_s``: the longest time in which
    vehicles at this speed meet green at all signals; null without a common cycle.
    """
    records, durations = [], {name: one.phase_s for name, one in timings_of(before).items()}
    for path in paths:
        widths = [_band(network, path, signals, speed_kmh) for signals in (before, after)]
        records.append((path, len(stop_lines(network, network.paths[path], durations)), *widths))
    table = pd.DataFrame({"path": pd.array([record[0] for record in records], dtype="str"),
                          "signals": np.array([record[1] for record in records], np.int64),
                          "speed_kmh": float(speed_kmh)})
    for place, name in ((2, "band_before_s"), (3, "band_after_s")):
        values = [record[place] for record in records]
        table[name] = nullable([0.0 if value is None else value for value in values],
                               [value is not None for value in values])
    return table


def _band(network: Network, path: str, signals: SignalArrays, speed_kmh: float) -> float | None:
    timings = timings_of(signals)
    lines = stop_lines(network, network.paths[path], {name: one.phase_s for name, one in timings.items()})
    cycles = {round(timings[line.program].cycle_s, 6) for line in lines}
    if len(cycles) != 1:
        return None
    offsets = {name: one.offset_s for name, one in timings.items()}
    return band_s(Wave(lines, kmh_to_ms(speed_kmh)), cycles.pop(), offsets)

