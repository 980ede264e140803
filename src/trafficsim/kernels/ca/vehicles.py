"""Vehicles on the road, on their way onto a lane, and waiting inside junctions."""

from __future__ import annotations

from typing import NamedTuple

from trafficsim.kernels.tables import Array

ARRIVAL_FIELDS = {  # packed state of a vehicle that comes onto a lane
    "x": "i4",
    "y": "i4",
    "z": "i4",
    "key": "u4",
    "trip": "i4",
    "w": "i4",
}
WAITING_AREA_FIELDS = {  # a vehicle that waits inside a junction
    "cells": "i4",  # length with standing gap
    "z": "i4",
    "key": "u4",
    "trip": "i4",
    "w": "i4",
}


class PackedSlot(NamedTuple):
    """Words of the vehicle in a slot."""

    x: int
    y: int
    z: int
    key: int
    trip: int
    w: int


class Vehicles(NamedTuple):
    """Vehicles on the road: packed state by slot, sorted by lane, leader first (see :mod:`.packed_state`)."""

    X: Array
    Y: Array
    Z: Array
    KEY: Array
    ID: Array
    W: Array
