"""The networks on which controllers are compared."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

import trafficsim as ts
from tests.experiments.cities.data import city_files
from tests.support.real_data import data_folder
from trafficsim.io.imported import Imported
from trafficsim.io.sumo import read_sumo
from trafficsim.spec.scenario import Scenario, Time

HOUR_S = 3600.0
HANGZHOU = "hangzhou_4x4_gudang_18041610_1h"


class Place(NamedTuple):
    """A network of the table, with the heading that it has there."""

    title: str


NETWORKS = {
    "ingolstadt7": Place("Ingolstadt, 7 signals"),
    "cologne8": Place("Cologne, 8 signals"),
    "hangzhou": Place("Hangzhou 4x4, 16 signals"),
}


def scenario_of(name: str) -> Scenario:
    """Return a network with the demand of its hour, and an hour to clear.

    Routes that the files leave open are the fastest on empty roads: the same for all controllers.

    Raises
    ------
    NoData
        If its files are not there.
    """
    found = _hangzhou() if name == "hangzhou" else read_sumo(*city_files(data_folder(), name))
    start_s = float(np.floor(min(trip.depart_s for trip in found.demand.trips)))
    return Scenario(name=name, network=found.network, drivers=found.drivers, vehicle_classes=found.vehicle_classes,
                    demand=found.demand.model_copy(update={"routes": "free_flow"}),
                    time=Time(start_s=start_s, analysis_s=HOUR_S, clear_s=HOUR_S))


def _hangzhou() -> Imported:
    folder = data_folder() / "cityflow" / HANGZHOU
    network = next(folder.glob("roadnet*"))
    return ts.read(network, flows=next(file for file in folder.glob("*.json.gz") if file != network))
