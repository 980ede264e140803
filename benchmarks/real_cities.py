"""Real cities against SUMO: ``python -m benchmarks.real_cities [CITY…]``, with ``--help`` for its options.

Networks, signals and demand of six real places are imported and run; means over several replications stand beside what
SUMO 1.28.0 gives for the same files, with a verdict for each. Nothing is tuned to any of them. The data are read from
the folder named by TRAFFICSIM_DATA (default: ``../shared/data`` from the project).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tests.experiments.cities.compare import Result, compare
from tests.experiments.cities.data import CITIES, MORE_CITIES, City, load_city, load_reference, without_stops
from tests.experiments.cities.discharge import discharge_table
from tests.experiments.cities.heads import heads
from tests.experiments.cities.spread import NoSumo, print_spread
from tests.experiments.cities.table import markdown
from tests.experiments.cities.volumes import PLACES, measure
from tests.experiments.cities.volumes import markdown as volumes_table
from tests.experiments.cities.worst import worst
from tests.support.real_data import NoData, data_folder
from trafficsim.engines.registry import engine_named


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Real cities against SUMO.")
    parser.add_argument("cities", nargs="*", metavar="CITY", help=f"any of {', '.join(CITIES)} (default: all)")
    parser.add_argument("--replications", type=int, default=20, metavar="R", help="replications to average (20)")
    parser.add_argument("--drivers", choices=("file", "own"), default="file", help="whose car following (file)")
    parser.add_argument("--engine", choices=("ca", "queue"), default="ca", help="how vehicles move in the table (ca)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument("--worst", metavar="CITY", choices=CITIES, help="edges and movements that differ most")
    parser.add_argument("--until", type=float, metavar="S", help="with --worst: only so long after the start")
    parser.add_argument("--causes", action="store_true", help="with --worst: what held up the links that lose most")
    parser.add_argument("--rows", type=int, default=15, metavar="N", help="with --worst: number of edges (15)")
    parser.add_argument("--spread", action="store_true", help="run the program sumo many times; print its spread")
    parser.add_argument("--routes", choices=("free_flow", "experienced"), default="free_flow",
                        help="how trips without a route find theirs in the table (free_flow)")
    parser.add_argument("--volumes", action="store_true", help="hourly volumes of links on found routes")
    parser.add_argument("--discharge", action="store_true", help="run the program sumo; compare signal movements")
    given = parser.parse_args()
    unknown = sorted(set(given.cities) - set(PLACES if given.volumes else MORE_CITIES))
    if unknown or given.replications < 1:
        parser.error(f"unknown: {', '.join(unknown)}" if unknown else "at least one replication")
    return given


def main() -> int:
    """Do what the command line asks for."""
    given = arguments()
    try:
        folder = data_folder()
        if given.spread:
            print_spread(folder, given.cities or list(CITIES))
        elif given.volumes:
            for line in volumes_table(measure(folder, name) for name in given.cities or PLACES):
                print(line, flush=True)
        elif given.discharge:
            cities = [load_city(folder, name, drivers=given.drivers) for name in given.cities or CITIES]
            for line in discharge_table(folder, cities):
                print(line, flush=True)
        elif given.worst:
            city = load_city(folder, given.worst, drivers=given.drivers)
            found = heads(folder, city, given.rows) if given.causes else worst(folder, city, given.rows, given.until)
            for line in found:
                print(line)
        else:
            show(folder, given.cities or list(CITIES if given.engine == "ca" else MORE_CITIES), given)
    except (NoData, NoSumo) as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


def represented(city: City, engine: str) -> bool:
    """Whether an engine represents the stops of a city."""
    stops = any(trip.stops for trip in city.prepared.world.demand.trips)
    return not stops or "stops" in engine_named(engine).represents


def show(folder: Path, names: list[str], given: argparse.Namespace) -> None:
    """Print the table, or the JSON object."""
    results: list[Result] = []
    for name in names:
        print(f"{name} …", file=sys.stderr, flush=True)
        city = load_city(folder, name, routes=given.routes, drivers=given.drivers)
        city = city if represented(city, given.engine) else without_stops(city)
        results.append(compare(city, load_reference(folder, name), given.replications, given.engine))
    if given.json:
        print(json.dumps({result.city: result.as_json() for result in results}, indent=1))
        return
    for line in markdown(results):
        print(line)


if __name__ == "__main__":
    sys.exit(main())
