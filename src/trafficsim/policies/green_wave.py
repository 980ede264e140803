"""Coordination of signals along a path: offsets for a progression speed."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, Self

from pydantic import Field, model_validator

from trafficsim.base.errors import PolicyError
from trafficsim.base.units import kmh_to_ms
from trafficsim.design.timing.waves import StopLine, Wave, one_way_offsets, stop_lines, two_way
from trafficsim.spec.network import Network
from trafficsim.spec.policy import Builder, Policy, PolicyPhase

SAME_CYCLE_S = 1e-6


class GreenWave(Policy):
    """Set the offsets of the signals along a path so that green runs ahead of vehicles at one speed.

    Mechanism: ``offset = (x / v) mod C`` from the begin of green of the path at one signal to that at the next, with
    the distance x of the stop lines along links and connectors; greens and cycle stay as they are (or as an earlier
    policy, like ``webster``, sets them). Where a movement is green in several phases its longest run counts. With a
    path ``back``, offsets are those that maximise the sum of both bandwidths over whole seconds; where distances do not
    suit the speed (they do at multiples of ``C v / 2``) that may be a wave in one direction alone, unless it may run
    slower (``slowest_kmh``). The first signal keeps its offset; signals off the paths are left alone.

    Source: Webster and Cobbe, Traffic Signals (Road Research Technical Paper 56, 1966) for the one-way rule; bandwidth:
    Little, The synchronization of traffic signals by mixed-integer linear programming (Operations Research 14, 1966).
    Grade C: published gains (delay -13.8 %, stops -12.5 %, travel time -7.7 % in 163 Californian projects) are model
    estimates of undersaturated cases (FHWA, benefits of retiming).

    Limits: bandwidth is geometry; it does not know volumes, queues, turning traffic or the spread of platoons, and
    cross streets may lose. Near saturation the gain vanishes. All signals of the paths need one cycle.

    Parameters
    ----------
    along
        Name of a named route of the network.
    back
        Name of a path in the other direction.
    speed_kmh
        Speed of the wave.
    slowest_kmh
        Two directions only: the wave may run as slowly as this, in steps of 1 km/h, where that makes the bands wider.
    lead_s
        One way only: green begins so much earlier at all signals but the first, for queues of vehicles that turned in.
    weight_back
        Worth of a second of the band back, relative to one of the band out.

    Examples
    --------
    >>> GreenWave(along="king_road", speed_kmh=50).back is None
    True
    """

    kind: ClassVar[str] = "green_wave"
    phase: ClassVar[PolicyPhase] = "coordination"
    mechanism: ClassVar[str] = (
        "Offsets along a path so that green runs ahead of vehicles at one speed; with a path back, both bandwidths "
        "together are largest."
    )
    source: ClassVar[str] = (
        "Webster and Cobbe 1966, Road Research Technical Paper 56; Little 1966, Operations Research 14 (bandwidth)"
    )
    grade: ClassVar[str] = "C"
    limits: ClassVar[str] = (
        "Knows geometry only: no volumes, queues, turning traffic or platoon dispersion; cross streets may lose; no "
        "gain near saturation; needs one common cycle."
    )
    numbers: ClassVar[Mapping[str, str]] = {
        "along": "given by the user",
        "back": "given by the user",
        "speed_kmh": "given by the user",
        "slowest_kmh": "given by the user; without it the wave runs at speed_kmh",
        "lead_s": "given by the user; 0: no queues",
        "weight_back": "modelling assumption: both directions count alike",
    }

    along: str
    back: str | None = None
    speed_kmh: float = Field(gt=0, le=150)
    slowest_kmh: float | None = Field(default=None, gt=0, le=150)
    lead_s: float = Field(default=0.0, ge=0, le=60)
    weight_back: float = Field(default=1.0, gt=0, le=100)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.slowest_kmh is not None and (self.back is None or self.slowest_kmh > self.speed_kmh):
            raise ValueError("slowest_kmh is the lower end of the speed of a wave in two directions: give back, and "
                             "no more than speed_kmh, or leave it out")
        if self.lead_s > 0.0 and self.back is not None:
            raise ValueError("lead_s is for a wave in one direction: leave it or back out")
        return self

    def lower(self, builder: Builder) -> None:
        """Set the offsets."""
        network = replace(builder.network, signals=builder.programs)
        durations = {program.id: [phase.duration_s for phase in program.phases] for program in network.signals}
        lines = [lines_of(self.kind, network, name, durations) for name in (self.along, self.back) if name is not None]
        cycle_s = common_cycle_s(self.kind, lines, durations)
        first = lines[0][0].program
        start = float(builder.value("signal.offset_s", (first,))[0])
        if len(lines) == 1:
            offsets = one_way_offsets(Wave(lines[0], kmh_to_ms(self.speed_kmh)), cycle_s, start, self.lead_s)
        else:
            speeds = tuple(kmh_to_ms(speed) for speed in self.speeds_kmh)
            both = two_way(lines[0], lines[1], cycle_s, self.weight_back, speeds)
            offsets = {name: (offset + start) % cycle_s for name, offset in both.offsets.items()}
        for name, offset in offsets.items():
            if name != first:
                builder.set("signal.offset_s", (name,), offset)

    @property
    def speeds_kmh(self) -> tuple[float, ...]:
        """Speeds that the wave may have, the wanted one first."""
        if self.slowest_kmh is None:
            return (self.speed_kmh,)
        steps = int(self.speed_kmh - self.slowest_kmh)
        return tuple(self.speed_kmh - step for step in range(steps + 1))


def lines_of(kind: str, network: Network, path: str, durations: Mapping[str, list[float]]) -> tuple[StopLine, ...]:
    """Return the signals along a named path.

    Raises
    ------
    PolicyError
        If there is no such path, or fewer than two signals on it.
    """
    where = f"policy {kind}: path {path!r}"
    if path not in network.paths:
        close = difflib.get_close_matches(path, network.paths, n=1)
        raise PolicyError(where, "no named route of this name", "a named route of the network",
                          f"did you mean {close[0]!r}" if close else "name it in [network.paths]")
    unknown = [link for link in network.paths[path] if link not in network.links]
    if unknown:
        raise PolicyError(where, f"no link {unknown[0]!r}", "links of the network", "correct the path")
    lines = stop_lines(network, network.paths[path], durations)
    if len({line.program for line in lines}) < 2:
        raise PolicyError(where, f"{len(lines)} signals on the path", "at least two to coordinate",
                          "choose a longer path")
    return lines


def common_cycle_s(kind: str, paths: list[tuple[StopLine, ...]], durations: Mapping[str, list[float]]) -> float:
    """Return the cycle that all signals on paths have.

    Raises
    ------
    PolicyError
        If cycles differ, or are no whole number of seconds.
    """
    names = dict.fromkeys(line.program for lines in paths for line in lines)
    cycles = {name: sum(durations[name]) for name in names}
    cycle_s = next(iter(cycles.values()))
    if any(abs(other - cycle_s) > SAME_CYCLE_S for other in cycles.values()):
        found = ", ".join(f"{name!r} {one:g} s" for name, one in cycles.items())
        raise PolicyError(f"policy {kind}", f"different cycles: {found}", "one common cycle",
                          "add webster with common_cycle = true before it, or choose a path with one cycle")
    if abs(cycle_s - round(cycle_s)) > SAME_CYCLE_S:
        raise PolicyError(f"policy {kind}", f"a cycle of {cycle_s:g} s", "a whole number of seconds",
                          "correct the durations of the phases, or retime them with webster")
    return float(round(cycle_s))
