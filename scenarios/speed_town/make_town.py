"""Writes ``scenario.toml``: the roads of the town and who drives where. Run it in this folder: ``python make_town.py``.

Everything is made up and describes no real place: a centre with a grid of streets, main streets, a ring road, and an
approach road with an end in the west and one in the east.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
SPACING_M = 250.0
LAST = 6
"""Rows and columns of the centre count from 0 to 6; the outermost ones and the cross in the middle are main streets."""
MIDDLE = LAST // 2
RADIUS_M = 2250.0
APPROACH_M = 2500.0
POINTS = ("east", "northeast", "north", "northwest", "west", "southwest", "south", "southeast")


class Kind(NamedTuple):
    """A class of roads."""

    name: str
    group: str
    lanes: int
    limit_kmh: int
    rank: int
    more: str = ""


LOCAL_ROW = Kind("Local street", "local", 1, 50, 2)
LOCAL_COLUMN = LOCAL_ROW._replace(rank=1)
MAIN = Kind("Main street", "main", 1, 50, 3)
CROSS = MAIN._replace(group="cross", name="High street")
ARM = MAIN._replace(lanes=2)
RING = Kind("Ring road", "ring", 2, 70, 5)
APPROACH = Kind("Approach road", "approach", 2, 80, 6,
                ', road_class = "rural", free_speed_mean_kmh = 88.0, free_speed_sd_kmh = 10.0')
SUBURB = Kind("Suburb", "suburb", 1, 50, 2)
EXTERNAL_VEH_H = {"west_end": 380, "east_end": 330, "north_end": 170, "south_end": 170, "northeast_end": 140,
                  "northwest_end": 140, "southeast_end": 140, "southwest_end": 140}
CENTRE_VEH_H = 800
"""Into the centre, and out of it, in an hour; spread over all local streets."""
NAMES = {"c33": "Market square", "c30": "West gate", "c36": "East gate", "c03": "South gate", "c63": "North gate",
         "ring_west": "Ring road west", "ring_east": "Ring road east", "ring_north": "Ring road north",
         "ring_south": "Ring road south"}
"""Of the junctions with signals."""


class Road(NamedTuple):
    """A two-way road between two nodes."""

    a: str
    b: str
    kind: Kind


Places = dict[str, tuple[float, float, str]]
"""Coordinates and control by node."""


def centre() -> tuple[Places, list[Road]]:
    """The grid, with signals where the cross meets itself and the outermost main streets."""
    signals = {(MIDDLE, MIDDLE), (0, MIDDLE), (LAST, MIDDLE), (MIDDLE, 0), (MIDDLE, LAST)}
    places = {corner(row, column): ((column - MIDDLE) * SPACING_M, (row - MIDDLE) * SPACING_M,
                                    "signal" if (row, column) in signals else "priority")
              for row in range(LAST + 1) for column in range(LAST + 1)}
    roads = []
    for line in range(LAST + 1):
        kind = MAIN if line in (0, LAST) else CROSS if line == MIDDLE else None
        for here, there in pairwise(range(LAST + 1)):
            roads.append(Road(corner(line, here), corner(line, there), kind or LOCAL_ROW))
            roads.append(Road(corner(here, line), corner(there, line), kind or LOCAL_COLUMN))
    return places, roads


def corner(row: int, column: int) -> str:
    """Name of a junction of the centre."""
    return f"c{row}{column}"


def outside() -> tuple[Places, list[Road]]:
    """The ring, main streets to it, the approach road and the suburbs."""
    places: Places = {}
    for number, point in enumerate(POINTS):
        angle = number * math.pi / 4.0
        x, y = (round(RADIUS_M * one, 1) for one in (math.cos(angle), math.sin(angle)))
        places[f"ring_{point}"] = (x, y, "signal" if number % 2 == 0 else "priority")
    roads = [Road(f"ring_{a}", f"ring_{b}", RING) for a, b in pairwise((*POINTS, POINTS[0]))]
    gates = {"west": (MIDDLE, 0), "east": (MIDDLE, LAST), "south": (0, MIDDLE), "north": (LAST, MIDDLE)}
    roads += [Road(corner(*gate), f"ring_{point}", ARM) for point, gate in gates.items()]
    for point in POINTS:
        x, y, _ = places[f"ring_{point}"]
        kind, lengths = (APPROACH, (APPROACH_M, APPROACH_M)) if point in ("east", "west") else (SUBURB, (500.0,))
        node, gone = f"ring_{point}", RADIUS_M
        for number, length in enumerate(lengths, start=1):
            last, gone = number == len(lengths), gone + length
            name = f"{point}_end" if last else f"{point}_half"
            places[name] = (round(x * gone / RADIUS_M, 1), round(y * gone / RADIUS_M, 1),
                            "dead_end" if last else "priority")
            roads.append(Road(node, name, kind))
            node = name
    return places, roads


def flows(roads: list[Road]) -> Iterator[tuple[str, str, float]]:
    """Origin link, destination link and volume; from outside everybody goes where most others go."""
    entry = {road.b: f"{road.b}_{road.a}" for road in roads if road.b in EXTERNAL_VEH_H}
    leave = {road.b: f"{road.a}_{road.b}" for road in roads if road.b in EXTERNAL_VEH_H}
    streets = [road for road in roads if road.kind.group == "local"]
    to_centre = CENTRE_VEH_H / sum(EXTERNAL_VEH_H.values())
    for name, volume in EXTERNAL_VEH_H.items():
        rest = sum(EXTERNAL_VEH_H.values()) - volume
        for other, size in EXTERNAL_VEH_H.items():
            if other != name:
                yield entry[name], leave[other], volume * (1.0 - to_centre) * size / rest
    names = list(EXTERNAL_VEH_H)
    for number, road in enumerate(streets):
        out, into = names[number % len(names)], names[(number + 3) % len(names)]
        share = CENTRE_VEH_H * len(names) / len(streets) / sum(EXTERNAL_VEH_H.values())
        yield f"{road.a}_{road.b}", leave[out], EXTERNAL_VEH_H[out] * share
        yield entry[into], f"{road.b}_{road.a}", EXTERNAL_VEH_H[into] * share


HEAD = """# Written by make_town.py; change that and run it again.

name = "speed_town"
question = "How fast do people drive in a town, and how many are hurt?"
description = "{length_km:.0f} km of road in four classes: local streets of the centre, main streets, ring road, \
approach road. All made up."
seed = 1

[time]
start_s = 0.0
warmup_s = 600.0
analysis_s = 1800.0
clear_s = 900.0
interval_s = 300.0

[demand]
routes = "free_flow"

"""


def text() -> str:
    """Return the whole file."""
    (places, inner), (more, outer) = centre(), outside()
    places, roads = {**places, **more}, [*inner, *outer]
    lines = [HEAD.format(length_km=sum(length_m(road, places) for road in roads) / 1000.0), "[network]", "nodes = ["]
    lines += [f'    {{ id = "{name}", x_m = {x}, y_m = {y}, control = "{control}"'
              + (f', name = "{NAMES[name]}" }},' if name in NAMES else " },")
              for name, (x, y, control) in places.items()]
    lines += ["]", "links = ["]
    lines += [link(a, b, road.kind) for road in roads for a, b in ((road.a, road.b), (road.b, road.a))]
    lines += ["]", "", "[network.groups]"]
    for name, kinds in {"centre": ("local", "cross"), "ring": ("ring",), "approach": ("approach",)}.items():
        ids = [f'"{a}_{b}"' for road in roads if road.kind.group in kinds
               for a, b in ((road.a, road.b), (road.b, road.a))]
        lines += [f"{name} = [", *(f"    {', '.join(ids[at:at + 8])}," for at in range(0, len(ids), 8)), "]"]
    for number, (origin, destination, volume) in enumerate(flows(roads), start=1):
        lines += ["", "[[demand.flows]]", f'id = "f{number}"', f'origin = "{origin}"',
                  f'destination = "{destination}"', f"volume_veh_h = {volume:.1f}",
                  "vehicle_classes = { car = 0.95, truck = 0.05 }"]
    return "\n".join(lines) + "\n"


def length_m(road: Road, places: Places) -> float:
    """Distance between the ends of a road."""
    return math.dist(places[road.a][:2], places[road.b][:2])


def link(a: str, b: str, kind: Kind) -> str:
    """One direction of a road."""
    return (f'    {{ id = "{a}_{b}", from = "{a}", to = "{b}", lanes = {kind.lanes}, speed_limit_kmh = '
            f'{kind.limit_kmh}, priority = {kind.rank}, name = "{kind.name}", group = "{kind.group}"{kind.more} }},')


if __name__ == "__main__":
    (HERE / "scenario.toml").write_text(text(), encoding="utf-8")
