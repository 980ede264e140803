"""CityFlow data sets in both engines, and in SUMO on the exported network: ``python -m benchmarks.cityflow``.

Travel times are counted as CityFlow's ``get_average_travel_time`` does after an hour: from the departure that the flow
names, waiting to enter included, to the arrival or, for those who have not arrived, to the end of the hour.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree.ElementTree import parse

import pandas as pd

import trafficsim as ts
from tests.support.real_data import data_folder

HOUR_S = 3600.0
SETS = {"hangzhou_1x1_bc-tyc_18041608_1h": "Hangzhou 1x1, bc-tyc",
        "hangzhou_1x1_kn-hz_18041607_1h": "Hangzhou 1x1, kn-hz",
        "hangzhou_4x4_gudang_18041610_1h": "Hangzhou 4x4", "LA_1x4": "Los Angeles 1x4"}
ENGINES = ("ca", "queue")


def world_of(name: str) -> ts.World:
    """Return the world of a data set: departures in the first hour, and two hours to clear."""
    folder = data_folder() / "cityflow" / name
    network = next(folder.glob("roadnet*"))
    flows = next(file for file in folder.glob("*.json.gz") if file != network)
    found = ts.read(network, flows=flows)
    return ts.build(ts.Scenario(
        name=name.replace("-", "_"), network=found.network, demand=found.demand, drivers=found.drivers,
        vehicle_classes=found.vehicle_classes, time=ts.Time(analysis_s=HOUR_S, clear_s=2 * HOUR_S)))


def counted(depart_s: pd.Series, exit_s: pd.Series) -> tuple[float, int]:
    """Return the mean travel time after an hour, and how many have arrived by then."""
    ends = exit_s.astype(float).fillna(HOUR_S).clip(upper=HOUR_S)
    return float((ends - depart_s.astype(float)).mean()), int((exit_s.astype(float) < HOUR_S).sum())


def in_engine(world: ts.World, engine: str) -> tuple[float, int]:
    """Return what an engine makes of it."""
    trips = ts.run(world, engine=engine).tables["trips"]
    return counted(trips["depart_s"], trips["exit_s"])


def in_sumo(world: ts.World) -> tuple[float, int] | None:
    """Return what SUMO makes of the exported network; ``None`` where there is no SUMO."""
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    if shutil.which("sumo") is None or shutil.which("netconvert") is None:
        return None
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        files = {path.name.split(".")[-2]: path for path in ts.export("sumo", world, folder).files}
        subprocess.run(["sumo", "-n", str(files["net"]), "-r", str(files["rou"]), "-e", str(HOUR_S), "--no-step-log",
                        "--time-to-teleport", "-1", "--no-warnings", "--tripinfo-output", str(folder / "trips.xml")],
                       check=True, capture_output=True, timeout=1200)
        arrived = {one.get("id"): float(one.get("arrival", "nan")) for one in parse(folder / "trips.xml").getroot()}
    depart = pd.Series({trip.id: trip.depart_s for trip in world.demand.trips})
    return counted(depart, pd.Series(arrived).reindex(depart.index))


def main() -> None:
    """Print the table."""
    columns = " | ".join(f"{one} (s) | arrived" for one in (*ENGINES, "SUMO"))
    print(f"| set | links | signals | vehicles | {columns} |")
    print("|---|--:|--:|--:|" + "--:|--:|" * (len(ENGINES) + 1))
    for name, title in SETS.items():
        world = world_of(name)
        found = [*(in_engine(world, engine) for engine in ENGINES), in_sumo(world)]
        cells = [f"{one[0]:.0f} | {one[1]:,}" if one is not None else "– | –" for one in found]
        network = world.network
        print(f"| {title} | {len(network.links)} | {len(network.signals)} | {len(world.demand.trips):,} | "
              f"{' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
