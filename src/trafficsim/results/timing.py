"""Timing plans as people read them, before and after: stages, greens, splits, cycles, offsets, and an audit of both."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from trafficsim.base.codes import STATE_CODES, STATE_NAMES
from trafficsim.base.units import kmh_to_ms
from trafficsim.design.inference.staging import yellow_s
from trafficsim.design.timing.conflicts import intergreens_s
from trafficsim.design.timing.demand import Row
from trafficsim.design.timing.design import DEFAULT_RULES, Junction, Rules, junction_of
from trafficsim.design.timing.pedestrians import window_s
from trafficsim.design.timing.stages import stages_of
from trafficsim.design.timing.waves import Wave, band_s, stop_lines
from trafficsim.design.timing.webster import critical_ratios
from trafficsim.plan.arrays import SignalArrays
from trafficsim.results.frames import nullable
from trafficsim.spec.network import Network
from trafficsim.spec.signals import Phase, SignalProgram

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
    """Programs of the network with the phases, durations and offsets of a plan.

    Examples
    --------
    >>> from trafficsim.plan.signals import lower_signals
    >>> from trafficsim.design.synthetic import junction
    >>> network = junction()
    >>> programs_with(network, lower_signals(network.signals)) == network.signals
    True
    """
    timings, states = timings_of(signals), _states_of(signals)
    return tuple(
        program.model_copy(update={
            "offset_s": timings[program.id].offset_s,
            "phases": tuple(Phase(duration_s=duration, state=state) for duration, state in zip(
                timings[program.id].phase_s, _letters(program, states[program.id]), strict=True)),
        })
        for program in network.signals
    )


def with_programs(network: Network, signals: SignalArrays) -> Network:
    """Return the network with the signal programs of a plan."""
    return replace(network, signals=programs_with(network, signals))


def _states_of(signals: SignalArrays) -> dict[str, list[tuple[int, ...]]]:
    """Codes of the signals in every phase, by program."""
    starts, codes = signals.phase_start.tolist(), signals.state.tolist()
    states = [tuple(codes[begin:end]) for begin, end in itertools.pairwise(signals.state_start.tolist())]
    return {name: states[begin:end]
            for name, begin, end in zip(signals.program_id, starts[:-1], starts[1:], strict=True)}


def _letters(program: SignalProgram, states: Sequence[tuple[int, ...]]) -> list[str]:
    """Letters of a plan's phases: those of the program where they mean the same, since several letters do."""
    own = [tuple(STATE_CODES[letter] for letter in phase.state) for phase in program.phases]
    if own == list(states):
        return [phase.state for phase in program.phases]
    return ["".join(STATE_NAMES[code] for code in state) for state in states]


def changed_programs(before: SignalArrays, after: SignalArrays) -> tuple[str, ...]:
    """Names of the programs whose phases, durations or offset differ."""
    old, new = timings_of(before), timings_of(after)
    indications = [_states_of(signals) for signals in (before, after)]
    return tuple(name for name in old if old[name] != new[name] or indications[0][name] != indications[1][name])


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
    (share of the cycle), ``cycle_*_s``, ``offset_*_s`` with ``before`` and ``after``, ``changed`` (of the program),
    ``state_before`` and ``intergreen_before_s``. ``state`` and ``intergreen_s`` are those after; values of a stage that
    a plan does not have are missing.

    Examples
    --------
    >>> from trafficsim.plan.signals import lower_signals
    >>> from trafficsim.design.synthetic import junction
    >>> network = junction(cycle_s=60)
    >>> signals = lower_signals(network.signals)
    >>> timing_table(network, signals, signals)[["stage", "green_before_s", "cycle_after_s"]].values.tolist()
    [[1.0, 25.0, 60.0], [2.0, 25.0, 60.0]]
    """
    old, new = (programs_with(network, signals) for signals in (before, after))
    rows = [row for pair in zip(old, new, strict=True) for row in _stage_rows(*pair)]
    columns = ["program", "stage", "state", "intergreen_s", "green_before_s", "green_after_s", "split_before",
               "split_after", "cycle_before_s", "cycle_after_s", "offset_before_s", "offset_after_s", "changed",
               "state_before", "intergreen_before_s"]
    return pd.DataFrame.from_records(rows, columns=columns)


def _stage_rows(old: SignalProgram, new: SignalProgram) -> Iterator[tuple[Any, ...]]:
    stages = [_stages(program) for program in (old, new)]
    for number, (was, now) in enumerate(itertools.zip_longest(*stages, fillvalue=_NO_STAGE), start=1):
        yield (new.id, number, now.state or was.state, now.intergreen_s, was.green_s, now.green_s,
               was.green_s / old.cycle_s, now.green_s / new.cycle_s, old.cycle_s, new.cycle_s, old.offset_s,
               new.offset_s, old != new, was.state, was.intergreen_s)


class _Stage(NamedTuple):
    """A stage: letters, green and the intergreen that follows."""

    state: str | None
    green_s: float
    intergreen_s: float


_NO_STAGE = _Stage(None, np.nan, np.nan)


def _stages(program: SignalProgram) -> list[_Stage]:
    stages, phase_s = stages_of(program), [phase.duration_s for phase in program.phases]
    values = zip(stages.greens(phase_s), stages.intergreens(phase_s), strict=True)
    return [_Stage(stages.state(number), *both) for number, both in enumerate(values)]


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
    ``flow ratios`` (Y, limit 1 - L / C), and ``degree of saturation`` of every lane. Where the stages are others than
    before, ``intergreen`` is that between approaches that cross, green of one following on that of the other; its limit
    is what it was before, or, for a sequence that is new, the yellow of the first (RiLSA 2015).
    """
    networks = [with_programs(network, signals) for signals in (before, after)]
    records: list[dict[str, Any]] = []
    for programs in zip(*(one.signals for one in networks), strict=True):
        name = programs[0].id
        junctions = [junction_of(one, name, volumes, [phase.duration_s for phase in program.phases], rules)
                     for one, program in zip(networks, programs, strict=True)]
        rows = [*_vehicle_rows(junctions), *_pedestrian_rows(junctions)]
        rows += _intergreen_rows(junctions) if _same_stages(junctions) else _conflict_rows(networks, programs)
        records += [{"program": name, **row} for row in (*rows, *_flow_rows(junctions))]
    return _audit_frame(records)


def _same_stages(junctions: Sequence[Junction]) -> bool:
    first, second = ([phase.state for phase in one.approaches.stages.program.phases] for one in junctions)
    return first == second


def _conflict_rows(networks: Sequence[Network], programs: Sequence[SignalProgram]) -> Iterator[dict[str, Any]]:
    """Intergreens of approaches that cross, where stages cannot be compared."""
    old, new = (intergreens_s(network, program) for network, program in zip(networks, programs, strict=True))
    links = networks[0].links
    for pair in dict.fromkeys((*old, *new)):
        limit = old[pair] if pair in old else yellow_s(float(links[pair[0]]["speed_limit_kmh"]))
        yield _row("intergreen", f"{pair[0]} then {pair[1]}", limit, [old.get(pair), new.get(pair)])


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
    for stage, values in enumerate(itertools.zip_longest(*greens)):
        yield _row("vehicle green", f"stage {stage + 1}", junctions[0].rules.least_green_s, values)


def _pedestrian_rows(junctions: Sequence[Junction]) -> Iterator[dict[str, Any]]:
    same, by_street = _same_stages(junctions), [{one.street: one for one in each.crossings} for each in junctions]
    for crossing in junctions[0].crossings:
        windows: list[float | None] = []
        for one, streets in zip(junctions, by_street, strict=True):
            own = crossing if same else streets[crossing.street]
            windows.append(window_s(own, one.approaches, one.phase_s) if own.stages else None)
        yield _row("pedestrian time", crossing.street, crossing.needed_s, windows)


def _intergreen_rows(junctions: Sequence[Junction]) -> Iterator[dict[str, Any]]:
    between = [one.approaches.stages.intergreens(one.phase_s) for one in junctions]
    for stage, values in enumerate(zip(*between, strict=True)):
        yield _row("intergreen", f"after stage {stage + 1}", values[0], values)


def _flow_rows(junctions: Sequence[Junction]) -> Iterator[dict[str, Any]]:
    cycles = [sum(one.phase_s) for one in junctions]
    rows = [one.rows(one.phase_s) for one in junctions]
    stages = [len(one.approaches.stages.phase) for one in junctions]
    if all(stages):
        served = [[row for row in part if row.rate.any()] for part in rows]
        totals = [critical_ratios(part, count, cycle).total
                  for part, count, cycle in zip(served, stages, cycles, strict=True)]
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
    networks = [with_programs(network, signals) for signals in (before, after)]
    for path in paths:
        widths = [_band(one, path, signals, speed_kmh)
                  for one, signals in zip(networks, (before, after), strict=True)]
        records.append((path, len(stop_lines(networks[0], network.paths[path], durations)), *widths))
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

