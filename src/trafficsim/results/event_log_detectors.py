"""Detectors of a run as channels of controllers, and when they were on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from trafficsim.results.event_log import DETECTOR_COLUMNS, DETECTOR_OFF, DETECTOR_ON
from trafficsim.spec.control import SignalControl, SignalDetector
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Detector
from trafficsim.spec.vehicles import DEFAULT_CLASSES, VehicleClass

PASSED = "headways"
"""Table of the vehicles that detectors saw."""
ADVANCE_M = 15.0
"""Detectors farther before the stop line count as advance detectors (modelling assumption)."""
LOOP_M = 2.0
"""Length of a detector along the road: loops of 6 ft (Traffic Detector Handbook, FHWA-HRT-06-108, ch. 4)."""
VEHICLE_M = 4.5
"""Length of a vehicle whose class is not known (modelling assumption)."""
MOST_PIECES = 4
"""Links, one after the other, between a detector and its stop line."""


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


def channels_of(network: Network | None, seen: Detectors | None, phases: pd.DataFrame,
                device: Mapping[str, int], noted: Mapping[str, int]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return one row per use of a detector on a lane, and what was left out.

    Numbers of channels count from 1 for each controller: first its own detectors, in their order, then those that
    measure. ``noted`` has the highest channel of which each controller noted something: controllers that a policy made
    stand in no network.
    """
    rows: list[tuple[object, ...]] = []
    notes: list[str] = []
    channel = {device[signal]: most for signal, most in noted.items()}
    for control in network.controls if network is not None else ():
        if control.id in device:
            rows += _own(control, network, device[control.id])
            channel[device[control.id]] = len(control.detectors)
    if seen is None or network is None or not any(one.headways for one in seen.given):
        notes.append("no events of measuring detectors: the results hold no detector with headways = true before a "
                     "signal, or no network")
    else:
        for one, lane, ends_m in _places(network, seen):
            line = _stop_line(network, (one.link, lane), phases)
            if line is None:
                notes.append(f"detector {one.id!r}, lane {lane}: no signal ahead of its link {one.link!r}; left out")
                continue
            here = device[line.signal]
            channel[here] = channel.get(here, 0) + 1
            uses = _uses(ends_m + line.distance_m)
            rows += [(here, line.phase, channel[here], use, one.id, lane) for use in uses]
    table = pd.DataFrame.from_records(rows, columns=[*DETECTOR_COLUMNS, "detector", "lane"])
    return table.astype({"DeviceId": "int64", "Phase": "int64", "Parameter": "int64", "Function": "str"}), tuple(notes)


def _uses(distance_m: float) -> tuple[str, ...]:
    return ("Advance",) if distance_m > ADVANCE_M else ("Presence", "Yellow_Red")


def _own(control: SignalControl, network: Network | None, device: int) -> Iterator[tuple[object, ...]]:
    """Rows of the detectors of a signal that reacts: for the first phase that each works for."""
    for channel, one in enumerate(control.detectors, start=1):
        served = one.phases or _served(control, network, one)
        for use in _uses(one.distance_m) if served else ():
            yield device, served[0], channel, use, "", -1


def _served(control: SignalControl, network: Network | None, detector: SignalDetector) -> tuple[int, ...]:
    indices = [one.signal_index or 0 for one in (network.connections if network is not None else ())
               if one.signal == control.id and one.from_link == detector.link
               and detector.lane in (None, one.from_lane)]
    return tuple(phase.number for phase in control.phases
                 if any(phase.green[index] in "Gg" for index in indices if index < len(phase.green)))


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


def hits(seen: Detectors, channels: pd.DataFrame) -> pd.DataFrame:
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

