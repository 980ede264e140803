"""High-resolution event logs of signal controllers, simulated or real, and what is read out of them.

Codes are those of the Indiana enumeration (Sturdevant et al. 2012, Indiana Traffic Signal Hi Resolution Data Logger
Enumerations, Purdue University); 300 on are those of one maker (MAXTIME), as the package ``atspm`` reads them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

PHASE_ON, GREEN, GAP_OUT, MAX_OUT, FORCE_OFF, GREEN_END = 0, 1, 4, 5, 6, 7
YELLOW, YELLOW_END, RED_CLEARANCE, RED_CLEARANCE_END, INACTIVE = 8, 9, 10, 11, 12
DETECTOR_OFF, DETECTOR_ON = 81, 82
SPLIT = 300
"""Code of the split of phase 1, logged at its end with its length in whole s; that of phase 16 is 315."""
TERMINATIONS = {GAP_OUT: "gap_out", MAX_OUT: "max_out", FORCE_OFF: "force_off"}
STATES = {GREEN: "green", YELLOW: "yellow", RED_CLEARANCE: "red"}
COLUMNS = ("TimeStamp", "DeviceId", "EventId", "Parameter")
DETECTOR_COLUMNS = ("DeviceId", "Phase", "Parameter", "Function")
PHASE_COLUMNS = ("DeviceId", "signal", "Phase", "groups")
PHASE_KEYS = ["DeviceId", "Phase"]
US_PER_S = np.timedelta64(1_000_000, "us")
Moments = NDArray[np.datetime64]


def _empty(columns: tuple[str, ...]) -> pd.DataFrame:
    whole = {name: pd.Series([], dtype="str" if name in ("Function", "signal", "groups") else "int64")
             for name in columns}
    return pd.DataFrame(whole)


@dataclass(frozen=True)
class EventLog:
    """The events of signal controllers, with what their detectors and phases are where that is known.

    Attributes
    ----------
    events : ``TimeStamp``, ``DeviceId``, ``EventId`` and ``Parameter`` (the phase, the detector channel or a value), in
        order of time
    detectors : ``DeviceId``, ``Phase``, ``Parameter`` (the channel) and ``Function`` (``Advance``, ``Presence``,
        ``Yellow_Red``), a row for each use of a detector
    phases : ``DeviceId``, ``signal`` (name of the controller), ``Phase`` and ``groups`` (its signal indices); empty for
        a log that does not tell
    notes : what the log lacks

    Examples
    --------
    >>> time = pd.to_datetime(["2024-01-01 08:00:00", "2024-01-01 08:00:20", "2024-01-01 08:00:24"])
    >>> log = EventLog(pd.DataFrame({"TimeStamp": time, "DeviceId": 1, "EventId": [1, 8, 10], "Parameter": 2}))
    >>> log.splits()[["Phase", "green_s", "yellow_s"]].values.tolist()
    [[2.0, 20.0, 4.0]]
    """

    events: pd.DataFrame
    detectors: pd.DataFrame = field(default_factory=lambda: _empty(DETECTOR_COLUMNS))
    phases: pd.DataFrame = field(default_factory=lambda: _empty(PHASE_COLUMNS))
    notes: tuple[str, ...] = ()

    def splits(self) -> pd.DataFrame:
        """One row per green whose begin is in the log.

        Returns
        -------
        ``DeviceId``, ``Phase``, ``begin`` (of green), ``green_s``, ``yellow_s``, ``red_clearance_s``, ``split_s``
        (their sum), ``cycle_s`` (to the next begin of green of the phase) and ``termination`` (``gap_out``,
        ``max_out``, ``force_off``; the last that is logged before yellow). What the log does not hold is missing.
        """
        parts = [_splits_of(*one) for one in self._by_phase()]
        if not parts:
            parts = [pd.DataFrame({name: [] for name in (*PHASE_KEYS, "begin", "green_s", "yellow_s", "red_clearance_s",
                                                         "split_s", "cycle_s", "termination")})]
        return pd.concat(parts, ignore_index=True)

    def terminations(self) -> pd.DataFrame:
        """Number of gap-outs, max-outs and force-offs of every phase, as events of the log.

        Returns
        -------
        ``DeviceId``, ``Phase``, ``termination``, ``count``.
        """
        rows = self.events[self.events["EventId"].isin(list(TERMINATIONS))]
        named = rows.assign(Phase=rows["Parameter"], termination=rows["EventId"].map(TERMINATIONS))
        return named.groupby([*PHASE_KEYS, "termination"]).size().rename("count").reset_index()

    def arrivals(self, function: str = "Advance") -> pd.DataFrame:
        """One row per vehicle that reaches a detector, with what its phase shows at that moment.

        Parameters
        ----------
        function
            Detectors of which use; ``Advance`` are those upstream of queues.

        Returns
        -------
        ``DeviceId``, ``Phase``, ``time``, ``state`` (``green``, ``yellow``, ``red``), ``cycle_begin`` (the begin of red
        before it) and ``in_cycle_s`` (the time since then; both missing before the first red). Arrivals before the
        first event of their phase are left out.
        """
        parts = [_arrivals_of(self, one, function) for one in self._by_phase()]
        known = [one for one in parts if len(one)]
        columns = (*PHASE_KEYS, "time", "state", "cycle_begin", "in_cycle_s")
        return pd.concat(known, ignore_index=True) if known else pd.DataFrame({name: [] for name in columns})

    def arrivals_on_green(self, function: str = "Advance") -> pd.DataFrame:
        """Arrivals of every phase and the share of them on green.

        Returns
        -------
        ``DeviceId``, ``Phase``, ``arrivals``, ``on_green`` (share).
        """
        rows = self.arrivals(function)
        green = (rows["state"] == STATES[GREEN]).groupby([rows[name] for name in PHASE_KEYS])
        return pd.DataFrame({"arrivals": green.size(), "on_green": green.mean()}).reset_index()

    def _by_phase(self) -> Iterator[tuple[int, int, pd.DataFrame]]:
        rows = self.events[self.events["EventId"].between(PHASE_ON, INACTIVE)]
        for names, part in rows.groupby(["DeviceId", "Parameter"]):
            device, phase = (int(one) for one in np.array(names, np.int64))
            yield device, phase, part


def moments(part: pd.DataFrame, *codes: int) -> Moments:
    """Return the times of the events of a phase that have one of some codes."""
    return part.loc[part["EventId"].isin(codes), "TimeStamp"].to_numpy("datetime64[us]")


def _next(times: Moments, begin: Moments, end: Moments) -> Moments:
    """First of some times after each begin and up to its end; NaT where there is none."""
    padded = np.append(times, np.datetime64("NaT"))
    found = padded[np.searchsorted(times, begin, side="right")]
    late = ~np.isnat(end) & (found > end)
    found[late] = np.datetime64("NaT")
    return found


def _seconds(begin: Moments, end: Moments) -> NDArray[np.float64]:
    return np.asarray((end - begin).astype("timedelta64[us]") / US_PER_S, np.float64)


def _splits_of(device: int, phase: int, part: pd.DataFrame) -> pd.DataFrame:
    begin = moments(part, GREEN)
    following = np.append(begin[1:], np.datetime64("NaT"))
    yellow = _next(moments(part, YELLOW), begin, following)
    red = _next(moments(part, RED_CLEARANCE), begin, following)
    end = _next(moments(part, RED_CLEARANCE_END), begin, following)
    green_end = np.where(np.isnat(yellow), red, yellow)
    ended = np.where(np.isnat(end), red, end)
    return pd.DataFrame({
        "DeviceId": device, "Phase": phase, "begin": begin, "green_s": _seconds(begin, green_end),
        "yellow_s": _seconds(green_end, red), "red_clearance_s": _seconds(red, end),
        "split_s": _seconds(begin, ended), "cycle_s": _seconds(begin, following),
        "termination": _terminations_of(part, begin, green_end),
    })


def _terminations_of(part: pd.DataFrame, begin: Moments, green_end: Moments) -> pd.Series:
    rows = part[part["EventId"].isin(list(TERMINATIONS))]
    times, codes = rows["TimeStamp"].to_numpy("datetime64[us]"), rows["EventId"].to_numpy()
    place = np.searchsorted(times, green_end, side="right") - 1
    held = (place >= 0) & ~np.isnat(green_end)
    chosen = np.maximum(place, 0)
    names = [TERMINATIONS[int(codes[at])] if good and times[at] > start else None
             for at, good, start in zip(chosen, held, begin, strict=True)]
    return pd.Series(names, dtype="str")


def _arrivals_of(log: EventLog, one: tuple[int, int, pd.DataFrame], function: str) -> pd.DataFrame:
    device, phase, part = one
    own = log.detectors
    channels = own.loc[(own["DeviceId"] == device) & (own["Phase"] == phase) & (own["Function"] == function),
                       "Parameter"]
    events = log.events
    hits = events[(events["EventId"] == DETECTOR_ON) & (events["DeviceId"] == device)
                  & events["Parameter"].isin(channels)]
    time = hits["TimeStamp"].to_numpy("datetime64[us]")
    shown = part[part["EventId"].isin(list(STATES))]
    since, codes = shown["TimeStamp"].to_numpy("datetime64[us]"), shown["EventId"].to_numpy()
    place = np.searchsorted(since, time, side="right") - 1
    time, place = time[place >= 0], place[place >= 0]
    reds = np.append(np.datetime64("NaT"), moments(part, RED_CLEARANCE))
    cycle = reds[np.searchsorted(reds[1:], time, side="right")]
    return pd.DataFrame({
        "DeviceId": device, "Phase": phase, "time": time,
        "state": pd.array([STATES[int(code)] for code in codes[place]], dtype="str"),
        "cycle_begin": cycle, "in_cycle_s": _seconds(cycle, time),
    })
