"""Links that continue each other: joined where one is too short to hold a vehicle and nothing branches off."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from trafficsim.design.consolidation.clusters import VEHICLE_M
from trafficsim.design.consolidation.roads import Road, Roads
from trafficsim.design.inference.osmnx import CENTRE_LENGTH

AT_END = ("signal_at_end", "give_way_at_end", "stop_at_end")
"""Attributes that say what stands at the end of a link."""
STOP_LINE = "stop_line_m"
"""Attribute that says how far before the end it stands."""


def join_short_pieces(roads: Roads, renamed: dict[str, str]) -> list[str]:
    """Join links shorter than a vehicle with the one before or behind at nodes where nothing branches off.

    The longer piece gives the id and all attributes, the last one what stands at its end. ``renamed`` is told which id
    took the place of which. Return the ids of the links that are gone.
    """
    gone: list[str] = []
    for node in list(roads.nodes):
        pairs = [] if roads.nodes[node].get("control") == "signal" else continued(roads, node)
        if pairs and any(piece.length_m < VEHICLE_M for pair in pairs for piece in pair):
            gone += [min(pair, key=lambda piece: piece.length_m).id for pair in pairs]
            join_at(roads, node, renamed, lambda first, second: first.length_m >= second.length_m)
    return gone


def continued(roads: Roads, node: Any) -> list[tuple[Road, Road]]:
    """Return the pairs (link in, link out) of a node where a street only goes on; nothing where anything else is."""
    into, out_of = roads.into[node], roads.out_of[node]
    if roads.is_ring(node) or len(roads.neighbours(node) - {node}) != 2:
        return []
    pairs = [(one, other) for one in into for other in out_of if one.tail != other.head]
    return pairs if len(into) == len(out_of) == len(pairs) else []


def join_at(
    roads: Roads, node: Any, renamed: dict[str, str], keeps_first: Callable[[Road, Road], bool]
) -> list[Road]:
    """Join the links that continue each other at a node, which is gone then; return them."""
    done = [_joined(roads, first, second, renamed, keeps_first(first, second))
            for first, second in continued(roads, node)]
    del roads.nodes[node]
    return done


def _joined(roads: Roads, first: Road, second: Road, renamed: dict[str, str], keeps_first: bool) -> Road:
    """Put two links in the place of one of them."""
    kept, lost = (first, second) if keeps_first else (second, first)
    dropped = (*AT_END, STOP_LINE, CENTRE_LENGTH, "length_m")
    attributes = {name: value for name, value in kept.attributes.items() if name not in dropped}
    last, behind_m = (second, 0.0) if any(map(second.has, AT_END)) else (first, second.length_m)
    if any(map(last.has, AT_END)):
        attributes |= {name: last.attributes[name] for name in AT_END if last.has(name)}
        attributes[STOP_LINE] = behind_m + float(last.attributes.get(STOP_LINE) or 0.0)
    texts = [str(one.attributes.get("osm_way") or "") for one in (first, second)]
    if any(texts):
        attributes["osm_way"] = ";".join(dict.fromkeys(part for text in texts for part in text.split(";") if part))
    line = first.line + second.line[1 if math.dist(first.line[-1], second.line[0]) < 0.01 else 0:]
    renamed[lost.id] = kept.id
    roads.replace((first, second), made := Road(kept.id, first.tail, second.head, line,
                                                {**attributes, "geometry": line}))
    return made
