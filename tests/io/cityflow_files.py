"""A small CityFlow roadnet made by hand: a crossroads of two streets with a signal, and a flow file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ARMS = {"west": (-100.0, 0.0), "south": (0.0, -100.0), "east": (100.0, 0.0), "north": (0.0, 100.0)}
"""Ends of the arms, against the clock."""
WIDTH_M = 10.0
LANE_M = 3.0
VEHICLE = {"length": 5.0, "width": 2.0, "maxPosAcc": 2.0, "maxNegAcc": 4.5, "usualPosAcc": 2.0, "usualNegAcc": 4.5,
           "minGap": 2.5, "maxSpeed": 11.11, "headwayTime": 2}


def roadnet() -> dict[str, Any]:
    """Two lanes an approach: lane 0 beside the middle turns left, lane 1 goes straight on and right."""
    names = list(ARMS)
    links = []
    for place, start in enumerate(names):
        for steps, kind, lanes in ((2, "go_straight", (1,)), (3, "turn_left", (0,)), (1, "turn_right", (1,))):
            end = names[(place + steps) % 4]
            links.append({"type": kind, "startRoad": f"{start}_in", "endRoad": f"{end}_out", "direction": place,
                          "laneLinks": [lane_link(start, end, lane, lane) for lane in lanes]})
    right = [number for number, link in enumerate(links) if link["type"] == "turn_right"]
    phases = [{"time": 5, "availableRoadLinks": right},
              {"time": 30, "availableRoadLinks": sorted([*right, 0, 6])},
              {"time": 20, "availableRoadLinks": sorted([*right, 1, 7])},
              {"time": 30, "availableRoadLinks": sorted([*right, 3, 4, 9, 10])}]
    centre = {"id": "centre", "point": point((0.0, 0.0)), "width": WIDTH_M, "virtual": False, "roadLinks": links,
              "roads": [f"{arm}_{side}" for arm in ARMS for side in ("in", "out")],
              "trafficLight": {"roadLinkIndices": list(range(12)), "lightphases": phases}}
    ends = [{"id": arm, "point": point(at), "width": 0, "virtual": True, "roadLinks": [], "roads": []}
            for arm, at in ARMS.items()]
    return {"intersections": [*ends, centre], "roads": [road(arm, side) for arm in ARMS for side in ("in", "out")]}


def road(arm: str, side: str) -> dict[str, Any]:
    points = [point(ARMS[arm]), point((0.0, 0.0))]
    start, end = (arm, "centre") if side == "in" else ("centre", arm)
    return {"id": f"{arm}_{side}", "points": points if side == "in" else points[::-1],
            "lanes": [{"width": LANE_M, "maxSpeed": 13.89}] * 2, "startIntersection": start, "endIntersection": end}


def lane_link(start: str, end: str, from_lane: int, to_lane: int) -> dict[str, Any]:
    return {"startLaneIndex": from_lane, "endLaneIndex": to_lane,
            "points": [point(stop_line(start, from_lane, -1)), point(stop_line(end, to_lane, 1))]}


def stop_line(arm: str, lane: int, side: int) -> tuple[float, float]:
    """Middle of a lane at the intersection; vehicles keep to the right (side -1: towards the middle)."""
    x, y = (value / 100.0 for value in ARMS[arm])
    beside = LANE_M * (lane + 0.5) * side
    return x * WIDTH_M + y * beside, y * WIDTH_M - x * beside


def point(at: tuple[float, float]) -> dict[str, float]:
    return {"x": at[0], "y": at[1]}


def flow(start: str, end: str, **more: Any) -> dict[str, Any]:
    return {"vehicle": VEHICLE, "route": [f"{start}_in", f"{end}_out"], "interval": 5.0, "startTime": 0, "endTime": 0,
            **more}


def write(folder: Path, net: dict[str, Any], flows: list[Any] | None = None) -> tuple[Path, Path]:
    """Write both files and return their paths."""
    files = folder / "roadnet.json", folder / "flow.json"
    for file, content in zip(files, (net, flows or []), strict=True):
        file.write_text(json.dumps(content), encoding="utf-8")
    return files
