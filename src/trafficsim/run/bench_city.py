"""Chicago Sketch as a case of ``bench``: all its trips as single vehicles, loaded once on free-flow routes."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from trafficsim.base.errors import InputError
from trafficsim.engines.bench import QueueCase
from trafficsim.io.load import load_world
from trafficsim.io.scenario_file import write_scenario
from trafficsim.io.tntp import read_tntp
from trafficsim.io.toml import dump_toml, read_toml
from trafficsim.plan.arrays import Plan
from trafficsim.plan.lower import lower

DATA_VARIABLE, DATA = "TRAFFICSIM_DATA", "../shared/data"
FOLDER, NAME = Path("tntp/Chicago-Sketch"), "ChicagoSketch"
HOURS, CLEAR_HOURS = 3.0, 3.0
"""In which trips depart evenly, and which the last ones have to arrive (modelling assumption)."""


def chicago_plan() -> Plan:
    """Import network and matrix, and lower the day: 1.14 million trips between zones, everybody on the free-flow route.

    Raises
    ------
    InputError
        If the files are not there.
    """
    folder = Path(os.environ.get(DATA_VARIABLE, DATA)) / FOLDER
    network, trips = folder / f"{NAME}_net.tntp", folder / f"{NAME}_trips.tntp.gz"
    if not network.is_file() or not trips.is_file():
        raise InputError("case 'chicago'", f"no {network} and {trips.name}", "the files of Chicago Sketch",
                         f"get them from the repository Transportation Networks for Research, and name the folder of "
                         f"{FOLDER} in the variable {DATA_VARIABLE}")
    with TemporaryDirectory() as place:
        path = Path(place) / "chicago.toml"
        write_scenario(path, read_tntp(network, [trips]))
        text = read_toml(path)
        text["time"] = {"analysis_s": HOURS * 3600.0, "clear_s": CLEAR_HOURS * 3600.0}
        text["demand"]["matrices"][0]["end_s"] = HOURS * 3600.0
        path.write_text(dump_toml(text), encoding="utf-8")
        return lower(load_world(path), (), 1).plan


CITY_CASES = {"chicago": QueueCase(chicago_plan)}
