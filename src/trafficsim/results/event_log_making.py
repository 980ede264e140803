"""The high-resolution event log of a run: what signals showed, what controllers noted, what detectors saw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from trafficsim.results.event_log import (
    COLUMNS,
    DETECTOR_COLUMNS,
    DETECTOR_OFF,
    DETECTOR_ON,
    FORCE_OFF,
    GREEN,
    GREEN_END,
    INACTIVE,
    PHASE_COLUMNS,
    PHASE_ON,
    RED_CLEARANCE,
    RED_CLEARANCE_END,
    SPLIT,
    YELLOW,
    YELLOW_END,
    EventLog,
)
from trafficsim.results.signals import GREEN_LETTERS
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Detector
from trafficsim.spec.vehicles import DEFAULT_CLASSES, VehicleClass

SHOWN, PASSED, CONTROL = "signals_shown", "headways", "control_events"
"""Tables of a run that the log is made of."""
MONDAY = pd.Timestamp("2024-01-01")
"""The day of clock times: runs know none. A Monday; day 2 of a chain is the Tuesday after it."""
MOST_RED_CLEARANCE_S = 6.0
"""Red clearance ends when the next group begins green, if within this time (modelling assumption); else at once."""
ADVANCE_M = 15.0
"""Detectors farther before the stop line count as advance detectors (modelling assumption)."""
LOOP_M = 2.0
"""Length of a detector along the road: loops of 6 ft (Traffic Detector Handbook, FHWA-HRT-06-108, ch. 4)."""
VEHICLE_M = 4.5
"""Length of a vehicle whose class is not known (modelling assumption)."""
LAST_CODE = 199
"""Codes beyond are the program's own, not of the enumeration."""
MOST_SPLIT_PHASE = 16
MOST_PIECES = 4
"""Links, one after the other, between a detector and its stop line."""
COLOURS = {**dict.fromkeys(GREEN_LETTERS, GREEN), "y": YELLOW}
"""Event at the begin of a state; all others are red."""


class Detectors(NamedTuple):
    """What one knows of the detectors of a run.

    Attributes
    ----------
    passed : table ``headways``: a row per vehicle that a detector saw
    given : the detectors of the scenario
    length_m : length of the vehicles of each class
    """

    passed: pd.DataFrame
    given: Sequence[Detector]
    length_m: Mapping[str, float]


def detectors_of(scenario: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> Detectors | None:
    """Return what the detectors of a run saw; ``None`` where none records its vehicles.

    Parameters
    ----------
    scenario
        The scenario as the manifest beside results holds it.
    tables
        Tables of the run.
    """
    if PASSED not in tables or "detectors" not in scenario:
        return None
    classes = [VehicleClass.model_validate(one) for one in scenario.get("vehicle_classes", ())]
    length_m = {one.name: one.length_m for one in (*DEFAULT_CLASSES, *classes)}
    return Detectors(tables[PASSED], [Detector.model_validate(one) for one in scenario["detectors"]], length_m)


def event_log(shown: pd.DataFrame, network: Network | None = None, seen: Detectors | None = None,
              control: pd.DataFrame | None = None) -> EventLog:
    """Make the event log of one run.

    Parameters
    ----------
    shown
        Table ``signals_shown`` of the run.
    network
        Tells which phase a detector belongs to; without it the log has no detectors.
    seen
        What detectors saw.
    control
        What controllers noted: ``time_s``, ``controller``, ``code``, ``parameter``. A controller that notes its begins
        of green has its own numbers of phases; all others have one phase for each group of signal indices that show the
        same, in their order, and end their greens by force-off, as a fixed program does.

    Examples
    --------
    >>> shown = pd.DataFrame({"program": "j", "group": [0, 0, 0, 0], "groups": "0 1", "state": ["r", "G", "y", "r"],
    ...                       "since_s": [0.0, 10.0, 30.0, 33.0]})
    >>> log = event_log(shown)
    >>> log.splits()[["green_s", "yellow_s", "termination"]].values.tolist()
    [[20.0, 3.0, 'force_off']]
    """
    noted = _noted(control)
    names = sorted({*shown["program"].astype(str), *(noted["controller"] if len(noted) else ())})
    device = {name: number for number, name in enumerate(names, start=1)}
    phases = _phases(shown, device)
    own = set(noted.loc[noted["code"] == GREEN, "controller"])
    rows = [*_shown_events(shown[~shown["program"].isin(list(own))], phases, device)]
    notes = [(*one[:2], int(one[2]), int(one[3])) for one in zip(
        noted["time_s"], noted["controller"].map(device), noted["code"], noted["parameter"], strict=True)]
    events = _frame([*_completed([*rows, *notes])])
    channels, notices = _channels(network, seen, phases[~phases["signal"].isin(list(own))], device)
    if seen is not None and len(channels):
        events = pd.concat([events, _hits(seen, channels)], ignore_index=True)
    ordered = events.sort_values(["time_s", "DeviceId", "EventId", "Parameter"], kind="stable", ignore_index=True)
    stamps = (MONDAY + pd.to_timedelta((ordered["time_s"] * 10.0).round() * 100.0, unit="ms")).astype("datetime64[us]")
    used = channels[list(DETECTOR_COLUMNS)].drop_duplicates(ignore_index=True)
    return EventLog(ordered.assign(TimeStamp=stamps)[list(COLUMNS)], used, phases, notices)


Row = tuple[float, int, int, int]
"""Time, device, code and parameter."""


def _noted(control: pd.DataFrame | None) -> pd.DataFrame:
    if control is None:
        return pd.DataFrame({"time_s": [], "controller": [], "code": [], "parameter": []})
    return control[control["code"] <= LAST_CODE]


def _phases(shown: pd.DataFrame, device: Mapping[str, int]) -> pd.DataFrame:
    first = shown.drop_duplicates(["program", "group"]).sort_values(["program", "group"], kind="stable")
    return pd.DataFrame({
        "DeviceId": first["program"].map(device).astype("int64"), "signal": first["program"].astype("str"),
        "Phase": first.groupby("program").cumcount() + 1, "groups": first["groups"].astype("str"),
    }, columns=list(PHASE_COLUMNS)).reset_index(drop=True)


def _shown_events(shown: pd.DataFrame, phases: pd.DataFrame, device: Mapping[str, int]) -> Iterator[Row]:
    """Begins of green, yellow and red, without those of the start, and the force-off of every green."""
    number = dict(zip(zip(phases["signal"], phases["groups"], strict=True), phases["Phase"].tolist(), strict=True))
    for (program, groups), rows in shown.groupby(["program", "groups"], sort=False):
        phase, here, before = number[str(program), str(groups)], device[str(program)], 0
        for state, since in zip(rows["state"], rows["since_s"], strict=True):
            code = COLOURS.get(state, RED_CLEARANCE)
            if before not in (0, code):
                yield float(since), here, code, phase
                if before == GREEN:
                    yield float(since), here, FORCE_OFF, phase
            before = code


def _completed(rows: Sequence[Row]) -> Iterator[Row]:
    """Add to the begins of green, yellow and red the ends that the enumeration has, unless they are there."""
    yield from rows
    present = {row[1:] for row in rows if row[2] in (PHASE_ON, GREEN_END, YELLOW_END, RED_CLEARANCE_END, INACTIVE)}
    greens: dict[int, list[float]] = {}
    by_phase: dict[tuple[int, int], list[tuple[float, int]]] = {}
    for time, device, code, phase in rows:
        if code in (GREEN, YELLOW, RED_CLEARANCE):
            by_phase.setdefault((device, phase), []).append((time, code))
            if code == GREEN:
                greens.setdefault(device, []).append(time)
    begun = {device: np.sort(np.array(times)) for device, times in greens.items()}
    for (device, phase), found in by_phase.items():
        for time, code in _ends(sorted(found), begun.get(device, np.zeros(0))):
            if (device, code, phase) not in present:
                yield time, device, code, phase
        for code, time, length in _split_ends(sorted(found), begun.get(device, np.zeros(0)), phase):
            yield time, device, code, length


def _ends(changes: Sequence[tuple[float, int]], begun: np.ndarray) -> Iterator[tuple[float, int]]:
    """Events that follow from the begins of green, yellow and red of one phase."""
    before = 0
    for time, code in changes:
        if code == GREEN:
            yield time, PHASE_ON
        elif before == GREEN or (before, code) == (0, YELLOW):
            yield time, GREEN_END
        if code == RED_CLEARANCE:
            if before == YELLOW:
                yield time, YELLOW_END
            end = _clearance_end(time, begun)
            yield end, RED_CLEARANCE_END
            yield end, INACTIVE
        before = code


def _clearance_end(red_s: float, begun: np.ndarray) -> float:
    place = int(np.searchsorted(begun, red_s))
    near = place < len(begun) and begun[place] <= red_s + MOST_RED_CLEARANCE_S
    return float(begun[place]) if near else red_s


def _split_ends(changes: Sequence[tuple[float, int]], begun: np.ndarray, phase: int) -> Iterator[
        tuple[int, float, int]]:
    """Code, time and length in whole s of every split that begins and ends in the log."""
    begin = None
    for time, code in changes if phase <= MOST_SPLIT_PHASE else ():
        if code == GREEN:
            begin = time
        elif code == RED_CLEARANCE and begin is not None:
            end = _clearance_end(time, begun)
            yield SPLIT + phase - 1, end, round(end - begin)


def _frame(rows: Sequence[Row]) -> pd.DataFrame:
    columns = ("time_s", "DeviceId", "EventId", "Parameter")
    table = pd.DataFrame.from_records(list(rows), columns=list(columns))
    return table.astype({"time_s": "float64", **dict.fromkeys(columns[1:], "int64")})


def _channels(network: Network | None, seen: Detectors | None, phases: pd.DataFrame,
              device: Mapping[str, int]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """One row per use of a detector on a lane; numbers of channels by controller, from 1."""
    rows: list[tuple[object, ...]] = []
    notes: list[str] = []
    if seen is None or network is None or not any(one.headways for one in seen.given):
        notes.append("no detector events: the results hold no detector with headways = true before a signal, "
                     "or no network")
    else:
        channel: dict[int, int] = {}
        for one, lane, ends_m in _places(network, seen):
            line = _stop_line(network, (one.link, lane), phases)
            if line is None:
                notes.append(f"detector {one.id!r}, lane {lane}: no signal ahead of its link {one.link!r}; left out")
                continue
            here = device[line.signal]
            channel[here] = channel.get(here, 0) + 1
            uses = ("Advance",) if ends_m + line.distance_m > ADVANCE_M else ("Presence", "Yellow_Red")
            rows += [(here, line.phase, channel[here], use, one.id, lane) for use in uses]
    table = pd.DataFrame.from_records(rows, columns=[*DETECTOR_COLUMNS, "detector", "lane"])
    return table.astype({"DeviceId": "int64", "Phase": "int64", "Parameter": "int64", "Function": "str"}), tuple(notes)


def _places(network: Network, seen: Detectors) -> Iterator[tuple[Detector, int, float]]:
    """Detectors with headways, each of their lanes, and the distance to the end of the link."""
    links = network.links
    for one in seen.given:
        if one.headways and one.link in links:
            for lane in range(int(links[one.link]["lanes"])) if one.lane is None else (one.lane,):
                yield one, lane, float(links[one.link]["length_m"]) - one.position_m


class _StopLine(NamedTuple):
    signal: str
    phase: int
    distance_m: float
    """From the end of the link on which the search began."""


def _stop_line(network: Network, place: tuple[str, int], phases: pd.DataFrame) -> _StopLine | None:
    """Find the phase of the movements from a lane; of several that of the one straight on.

    Where the link goes on as one other (turn lanes begin), the search goes on there.
    """
    links, distance_m = network.links, 0.0
    for _ in range(MOST_PIECES):
        leaving = [one for one in network.connections if (one.from_link, one.from_lane) == place]
        controlled = [one for one in leaving if one.signal is not None]
        if controlled:
            first = min(controlled, key=lambda one: (one.turn != "through", one.signal_index or 0))
            own = phases[phases["signal"] == first.signal]
            phase = next((number for number, groups in zip(own["Phase"].tolist(), own["groups"], strict=True)
                          if str(first.signal_index or 0) in str(groups).split()), None)
            return None if phase is None else _StopLine(str(first.signal), phase, distance_m)
        if len({one.to_link for one in leaving}) != 1:
            return None
        ahead = min(leaving, key=lambda one: (one.turn != "through", abs(one.to_lane - one.from_lane)))
        place = ahead.to_link, ahead.to_lane
        distance_m += ahead.length_m + float(links[ahead.to_link]["length_m"])
    return None


def _hits(seen: Detectors, channels: pd.DataFrame) -> pd.DataFrame:
    """Detector on when a front passes, off when the rear has left the loop; overlapping times are one.

    Vehicles whose speed is not known count as 4.5 m at 1 m/s.
    """
    used = channels.drop_duplicates(["detector", "lane"])
    rows = seen.passed.merge(used, on=["detector", "lane"], how="inner")
    speed_ms = rows["speed_kmh"].astype("Float64").fillna(3.6).to_numpy(np.float64) / 3.6
    length_m = rows["class"].map(dict(seen.length_m)).astype("float64").fillna(VEHICLE_M).to_numpy() + LOOP_M
    rows = rows.assign(begin=rows["time_s"].astype("float64"))
    rows = rows.assign(end=rows["begin"] + length_m / np.maximum(speed_ms, 1.0))
    rows = rows.sort_values(["DeviceId", "Parameter", "begin"], kind="stable")
    following = rows.groupby(["DeviceId", "Parameter"])["begin"].shift(-1)
    # A loop that is left and reached within 0.1 s would show no off: it goes off just before.
    end = np.fmin(rows["end"], following - 0.1)
    end = np.maximum(end, rows["begin"])
    parts = [pd.DataFrame({"time_s": time, "DeviceId": rows["DeviceId"], "EventId": code,
                           "Parameter": rows["Parameter"]})
             for time, code in ((rows["begin"], DETECTOR_ON), (end, DETECTOR_OFF))]
    return pd.concat(parts, ignore_index=True)

