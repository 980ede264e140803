"""Pedestrians beside the traffic: which street they can cross in which stages, and how long that must be green."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trafficsim.design.inference.geometry import Point, heading, heading_at_end, turn_angle
from trafficsim.design.timing.demand import Approaches
from trafficsim.spec.crossing import LANE_WIDTH_M, WALKING_MS
from trafficsim.spec.network import Network

WALK_S = 4.0  # shortest walk interval (4-7 s; ITE, FHWA Traffic Signal Timing Manual)
SAME_STREET_RAD = math.radians(45.0)


@dataclass(frozen=True)
class Crossing:
    """A way for pedestrians across one street at a signal.

    Attributes
    ----------
    street : the approach, or the exit where there is no approach
    width_m : lanes crossed x 3.25 m
    stages : stages in a row in which no traffic but turning vehicles uses the street; empty if there are none
    """

    street: str
    width_m: float
    stages: tuple[int, ...]

    @property
    def needed_s(self) -> float:
        """Walk interval and time to cross: 4 s + width / 1.2 m/s."""
        return WALK_S + self.width_m / WALKING_MS


def crossings_of(network: Network, approaches: Approaches, phase_s: Sequence[float]) -> tuple[Crossing, ...]:
    """Find the streets of a junction and the stages in which pedestrians can cross them.

    Networks seldom say where pedestrians cross; that they may cross every street is a modelling assumption, on the safe
    side. A street can be crossed in a stage if none of its own traffic is green and nobody drives into it but turning
    vehicles that give way to pedestrians: right turns, and permitted left turns. Of several runs of stages the longest
    counts.
    """
    links, found = network.links, []
    for into, out in _streets(network, approaches):
        lanes = sum(int(links[link]["lanes"]) for link in (into, out) if link is not None)
        free = [_is_free(approaches, into, out, stage) for stage in range(len(approaches.stages.phase))]
        found.append(Crossing(into or str(out), lanes * LANE_WIDTH_M, _longest_run(approaches, free, phase_s)))
    return tuple(found)


def window_s(crossing: Crossing, approaches: Approaches, phase_s: Sequence[float]) -> float:
    """Time that pedestrians have: the stages, the intergreens between them and the one that follows."""
    greens, between = approaches.stages.greens(phase_s), approaches.stages.intergreens(phase_s)
    return sum(greens[stage] + between[stage] for stage in crossing.stages)


def _streets(network: Network, approaches: Approaches) -> list[tuple[str | None, str | None]]:
    """Pair each approach with the exit of the same street."""
    links = network.links
    lines = {link: _line(network, links[link]) for use in approaches.uses for link in (use.link, use.to_link)}
    outs = list(dict.fromkeys(use.to_link for use in approaches.uses))
    pairs: list[tuple[str | None, str | None]] = []
    for into in dict.fromkeys(use.link for use in approaches.uses):
        back = {out: _turn_back(links[into], links[out], (lines[into], lines[out])) for out in outs}
        best = max(outs, key=lambda out: back[out], default=None)
        if best is not None and back[best] > math.pi - SAME_STREET_RAD:
            outs.remove(best)
            pairs.append((into, best))
        else:
            pairs.append((into, None))
    return pairs + [(None, out) for out in outs]


def _line(network: Network, link: dict[str, Any]) -> list[Point]:
    """Line that a link follows, straight from node to node where it has none of its own; empty without coordinates."""
    points = link.get("geometry") or ()
    if len(points) < 2:
        ends = [network.graph.nodes[link[end]] for end in ("from", "to")]
        points = [(node["x_m"], node["y_m"]) for node in ends
                  if node.get("x_m") is not None and node.get("y_m") is not None]
    line = [(float(point[0]), float(point[1])) for point in points]
    return line if len(set(line)) > 1 else []


def _turn_back(into: dict[str, Any], out: dict[str, Any], lines: tuple[list[Point], list[Point]]) -> float:
    """Angle between driving in and driving out; pi when one leaves where the other came from."""
    if into["from"] == out["to"] and into["to"] == out["from"]:
        return math.pi
    first, second = lines
    return abs(turn_angle(heading_at_end(first), heading(second))) if first and second else 0.0


def _is_free(approaches: Approaches, into: str | None, out: str | None, stage: int) -> bool:
    for use in approaches.uses:
        letter = use.letters[stage]
        if letter != "r" and use.link == into:
            return False
        gives_way = use.turn == "right" or (use.turn != "through" and letter == "g")
        if letter != "r" and use.to_link == out and not gives_way:
            return False
    return True


def _longest_run(approaches: Approaches, free: Sequence[bool], phase_s: Sequence[float]) -> tuple[int, ...]:
    count = len(free)
    if all(free):
        return ()
    runs = []
    for start in (stage for stage in range(count) if free[stage] and not free[stage - 1]):
        run = [start]
        while free[(run[-1] + 1) % count]:
            run.append((run[-1] + 1) % count)
        runs.append(tuple(run))
    greens, between = approaches.stages.greens(phase_s), approaches.stages.intergreens(phase_s)
    return max(runs, key=lambda run: sum(greens[stage] + between[stage] for stage in run), default=())
