"""The high-resolution event log of a run: what signals showed, what controllers noted, what detectors saw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from trafficsim.results.event_log import (
    COLUMNS,
    DETECTOR_COLUMNS,
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
from trafficsim.results.event_log_detectors import Detectors, channels_of, hits
from trafficsim.results.signals import DETECTOR_EVENTS, GREEN_LETTERS
from trafficsim.spec.network import Network

SHOWN, CONTROL = "signals_shown", "control_events"
"""Tables of a run that the log is made of."""
MONDAY = pd.Timestamp("2024-01-01")
"""The day of clock times: runs know none. A Monday; day 2 of a chain is the Tuesday after it."""
MOST_RED_CLEARANCE_S = 6.0
"""Red clearance ends when the next group begins green, if within this time (modelling assumption); else at once."""
LAST_CODE = 199
"""Codes beyond are the program's own, not of the enumeration."""
MOST_SPLIT_PHASE = 16
BEGINS = (GREEN, YELLOW, RED_CLEARANCE)
ENDS = (PHASE_ON, GREEN_END, YELLOW_END, RED_CLEARANCE_END, INACTIVE)
COLOURS = {**dict.fromkeys(GREEN_LETTERS, GREEN), "y": YELLOW}
"""Event at the begin of a state; all others are red."""


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
        Table ``control_events`` of the run: ``time_s``, ``signal``, ``code``, ``parameter``. A controller that notes
        its begins of green has its own numbers of phases; all others have one phase for each group of signal indices
        that show the same, in their order, and end their greens by force-off, as a fixed program does.

    Examples
    --------
    >>> shown = pd.DataFrame({"program": "j", "group": [0, 0, 0, 0], "groups": "0 1", "state": ["r", "G", "y", "r"],
    ...                       "since_s": [0.0, 10.0, 30.0, 33.0]})
    >>> log = event_log(shown)
    >>> log.splits()[["green_s", "yellow_s", "termination"]].values.tolist()
    [[20.0, 3.0, 'force_off']]
    """
    noted = _noted(control)
    names = sorted({*shown["program"].astype(str), *(noted["signal"] if len(noted) else ())})
    device = {name: number for number, name in enumerate(names, start=1)}
    own = set(noted.loc[noted["code"] == GREEN, "signal"])
    phases = _phases(shown[~shown["program"].isin(list(own))], device)
    rows = [*_shown_events(shown[~shown["program"].isin(list(own))], phases, device)]
    notes = [(float(time), device[str(signal)], int(code), int(parameter)) for time, signal, code, parameter in zip(
        noted["time_s"], noted["signal"], noted["code"], noted["parameter"], strict=True)]
    events = _frame([*_completed([*rows, *notes])])
    phases = pd.concat([phases, *_noted_phases(network, own, device), *_seen_phases(shown, noted, own - {
        one.id for one in (network.controls if network is not None else ())}, device)], ignore_index=True)
    of_detector = noted[noted["code"].isin(DETECTOR_EVENTS)].groupby("signal")["parameter"].max()
    channels, notices = channels_of(network, seen, phases, device,
                                    {str(signal): int(most) for signal, most in of_detector.items()})
    if seen is not None and len(channels):
        events = pd.concat([events, hits(seen, channels)], ignore_index=True)
    ordered = events.sort_values(["time_s", "DeviceId", "EventId", "Parameter"], kind="stable", ignore_index=True)
    stamps = (MONDAY + pd.to_timedelta((ordered["time_s"] * 10.0).round() * 100.0, unit="ms")).astype("datetime64[us]")
    used = channels[list(DETECTOR_COLUMNS)].drop_duplicates(ignore_index=True)
    return EventLog(ordered.assign(TimeStamp=stamps)[list(COLUMNS)], used, phases, notices)


Row = tuple[float, int, int, int]
"""Time, device, code and parameter."""


def _noted(control: pd.DataFrame | None) -> pd.DataFrame:
    if control is None:
        return pd.DataFrame({"time_s": [], "signal": [], "code": [], "parameter": []})
    return control[control["code"] <= LAST_CODE]


def _phases(shown: pd.DataFrame, device: Mapping[str, int]) -> pd.DataFrame:
    first = shown.drop_duplicates(["program", "group"]).sort_values(["program", "group"], kind="stable")
    return pd.DataFrame({
        "DeviceId": first["program"].map(device).astype("int64"), "signal": first["program"].astype("str"),
        "Phase": first.groupby("program").cumcount() + 1, "groups": first["groups"].astype("str"),
    }, columns=list(PHASE_COLUMNS)).reset_index(drop=True)


def _noted_phases(network: Network | None, own: set[str], device: Mapping[str, int]) -> Iterator[pd.DataFrame]:
    """Phases of the signals that note their greens: numbers, and the indices that are green in each."""
    for control in network.controls if network is not None else ():
        if control.id in own:
            groups = [" ".join(str(index) for index, letter in enumerate(one.green) if letter in GREEN_LETTERS)
                      for one in control.phases]
            yield pd.DataFrame({"DeviceId": device[control.id], "signal": control.id,
                                "Phase": [one.number for one in control.phases], "groups": groups})


def _seen_phases(shown: pd.DataFrame, noted: pd.DataFrame, made: set[str], device: Mapping[str, int]
                 ) -> Iterator[pd.DataFrame]:
    """Phases of the signals that a policy lets react: the indices that are green in each of its greens.

    A phase without a whole green has none.
    """
    for signal in sorted(made):
        rows = shown[shown["program"] == signal]
        own = noted[noted["signal"] == signal]
        for phase in sorted(set(own.loc[own["code"] == GREEN, "parameter"].astype(int))):
            times = own[own["parameter"] == phase]
            begins = times.loc[times["code"] == GREEN, "time_s"].to_numpy(float)
            ends = np.sort(times.loc[times["code"] == GREEN_END, "time_s"].to_numpy(float))
            inside = [(begin + ends[place]) / 2 for begin in begins
                      if (place := int(np.searchsorted(ends, begin))) < len(ends)]
            always = [_all_green(part, inside) for _, part in rows.groupby("group", sort=True)]
            groups = " ".join(str(group) for (group, _), green in zip(rows.groupby("group", sort=True), always,
                                                                      strict=True) if green and inside)
            yield pd.DataFrame({"DeviceId": [device[signal]], "signal": signal, "Phase": phase, "groups": groups})


def _all_green(changes: pd.DataFrame, times_s: Sequence[float]) -> bool:
    """Whether a group is green at all times."""
    since = changes["since_s"].to_numpy(float)
    states = changes["state"].tolist()
    places = np.searchsorted(since, times_s, side="right") - 1
    return all(place >= 0 and states[place] in GREEN_LETTERS for place in places.tolist())


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


class _Clearance(NamedTuple):
    """When red clearance may end, and how long after its begin that may be."""

    ends_s: np.ndarray
    most_s: float

    def end_s(self, red_s: float) -> float:
        place = int(np.searchsorted(self.ends_s, red_s))
        near = place < len(self.ends_s) and self.ends_s[place] <= red_s + self.most_s
        return float(self.ends_s[place]) if near else red_s


def _completed(rows: Sequence[Row]) -> Iterator[Row]:
    """Add to the begins of green, yellow and red the ends that the enumeration has, unless they are there."""
    yield from rows
    present = {row[1:] for row in rows if row[2] in ENDS}
    times: dict[tuple[int, int, int], list[float]] = {}
    greens: dict[int, list[float]] = {}
    for time, device, code, phase in rows:
        times.setdefault((device, phase, code), []).append(time)
        if code == GREEN:
            greens.setdefault(device, []).append(time)
    begun = {device: _Clearance(np.sort(np.array(found)), MOST_RED_CLEARANCE_S) for device, found in greens.items()}
    for device, phase in sorted({(key[0], key[1]) for key in times if key[2] in BEGINS}):
        noted = np.sort(np.array(times.get((device, phase, RED_CLEARANCE_END), [])))
        clearance = _Clearance(noted, np.inf) if len(noted) else begun.get(device, _Clearance(noted, 0.0))
        changes = sorted((time, code) for code in BEGINS for time in times.get((device, phase, code), ()))
        for time, code in _ends(changes, clearance):
            if (device, code, phase) not in present:
                yield time, device, code, phase
        for code, time, length in _split_ends(changes, clearance, phase):
            yield time, device, code, length


def _ends(changes: Sequence[tuple[float, int]], clearance: _Clearance) -> Iterator[tuple[float, int]]:
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
            yield clearance.end_s(time), RED_CLEARANCE_END
            yield clearance.end_s(time), INACTIVE
        before = code


def _split_ends(changes: Sequence[tuple[float, int]], clearance: _Clearance, phase: int) -> Iterator[
        tuple[int, float, int]]:
    """Code, time and length in whole s of every split that begins and ends in the log."""
    begin = None
    for time, code in changes if phase <= MOST_SPLIT_PHASE else ():
        if code == GREEN:
            begin = time
        elif code == RED_CLEARANCE and begin is not None:
            end = clearance.end_s(time)
            yield SPLIT + phase - 1, end, round(end - begin)


def _frame(rows: Sequence[Row]) -> pd.DataFrame:
    columns = ("time_s", "DeviceId", "EventId", "Parameter")
    table = pd.DataFrame.from_records(list(rows), columns=list(columns))
    return table.astype({"time_s": "float64", **dict.fromkeys(columns[1:], "int64")})
