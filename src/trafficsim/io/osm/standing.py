"""Enforcement of an extract as tables that every network file keeps, for maps."""

from __future__ import annotations

from typing import Any

from trafficsim.io.osm.cameras import Enforcement

KINDS = {"maxspeed": "speed_camera", "traffic_signals": "red_light_camera"}
"""Kind of policy for what a device enforces."""


def standing(found: Enforcement) -> list[dict[str, Any]]:
    """Return one table per device and section, with the object that says so.

    Examples
    --------
    >>> from trafficsim.io.osm.cameras import Camera, Spot
    >>> standing(Enforcement([Camera("maxspeed", Spot("1@2", 30.0), "node 7")]))
    [{'kind': 'speed_camera', 'link': '1@2', 'position_m': 30.0, 'origin': 'read: node 7'}]
    """
    rows: list[dict[str, Any]] = [
        {"kind": KINDS.get(one.enforces, one.enforces), "link": one.spot.link, "position_m": one.spot.position_m,
         "origin": f"read: {one.source}"} for one in found.cameras]
    rows += [{"kind": "section_control", "links": list(one.links), "origin": f"read: {one.source}"}
             for one in found.sections]
    return rows
