"""Eight awkward places of OpenStreetMap: what an import makes of them, counted, and what a person would call wrong.

``python -m tests.experiments.osm_places`` prints the tables of the validation page. What is wrong was found by holding
every junction of every network against the tags, relations and geometry of its extract, junction by junction; each
entry names its place.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import NamedTuple

import trafficsim as ts
from tests.support.real_data import data_folder, require_data
from trafficsim.run.result import RunResult

KINDS = ("approaches", "lanes", "turns", "priorities", "signals")
TITLES = {
    "arizona_highways": "Scottsdale, Arizona: single-point interchange beside frontage roads",
    "bristol_sausage_links": "Bristol: carriageways that split before a signal",
    "i5_exit_ramp": "Seattle: motorway exit, reversible lanes, all-way stops",
    "kingsway_junction": "Manchester: two dual carriageways, slip lanes",
    "northgate_dual_carriageway": "Seattle: dual carriageways, signals on the approaches",
    "perth_peanut_roundabout": "Perth: roundabout in the shape of a peanut",
    "quad_intersection": "Seattle: four one-way nodes beside a motorway",
    "seattle_slip_lane": "Seattle: slip lane, crossings with signals",
}


class Wrong(NamedTuple):
    """One thing that a person checking against the map would call wrong."""

    place: str
    kind: str
    where: str
    reason: str


WRONG = (
    Wrong("arizona_highways", "signals", "256990200", "one controller runs the whole interchange (junction=spui); "
          "here it has three, which do not know of each other"),
    Wrong("arizona_highways", "signals", "41643290", "as before"),
    Wrong("arizona_highways", "turns", "237561061 to 237881875", "left turn from within the interchange: no sign "
          "bans it in the map, nobody drives it"),
    Wrong("arizona_highways", "turns", "237561059 to 1051003905", "as before"),
    Wrong("arizona_highways", "turns", "237881882 to 1051003905", "as before"),
    Wrong("i5_exit_ramp", "turns", "4869147", "reversible lanes: all of them are driven as they are drawn, against "
          "each other, so this one leads nowhere"),
    Wrong("i5_exit_ramp", "turns", "474077561 to 4644170", "reversible lanes: what goes on is drawn the other way "
          "round, so all four lanes leave by the ramp"),
    Wrong("i5_exit_ramp", "priorities", "6412023 at 53149325", "a street without signs gives way to the one that ends "
          "on it from the right, as between equals; the one that ends would wait"),
    Wrong("northgate_dual_carriageway", "signals", "53211559", "junction with a private road, which is left out: its "
          "program is one of a crossing for pedestrians"),
    Wrong("perth_peanut_roundabout", "signals", "6405493404", "traffic_signals:direction=forward; here both directions "
          "have the signal"),
    Wrong("quad_intersection", "turns", "428224940 to 332060263", "the left lane is marked left only, but that turn is "
          "banned by two relations: the lane goes straight on"),
    Wrong("quad_intersection", "priorities", "432829181 at 53137203", "two equal streets without signs: the one that "
          "goes straight on gives way to the one that ends on its right"),
    Wrong("seattle_slip_lane", "lanes", "687885754 at 53079357", "a lane in the middle for left turns of both "
          "directions (lanes:both_ways=1) is left out: lefts wait in the inner lane"),
)
"""What is wrong, by place."""


@cache
def imported(place: str) -> ts.Imported:
    """Read a place, with the demand that the import makes up.

    Raises
    ------
    NoData
        If its extract is not there.
    """
    file = data_folder() / "osm_osm2streets" / f"{place}.osm.gz"
    require_data(file)
    found = ts.read(file)
    assert isinstance(found, ts.Imported)
    return found


def counts_of(network: ts.Network) -> Counter[str]:
    """Count what can be right or wrong at the junctions of a network.

    Approaches and their numbers of lanes; turns (approach, exit) with the lanes that serve them; who gives way, by
    approach without a signal where paths meet; controllers.
    """
    links, found = network.links, Counter[str]()
    neighbours: dict[object, set[object]] = {node: set() for node in network.graph}
    for tail, head in network.graph.edges():
        neighbours[tail].add(head)
        neighbours[head].add(tail)
    junctions = {node for node, near in neighbours.items() if len(near) > 2}
    approaches = [link for link, row in links.items() if row["to"] in junctions]
    meeting = {one.from_link for one in network.connections if one.crosses and one.signal is None}
    found["approaches"] = found["lanes"] = len(approaches)
    found["turns"] = len({(one.from_link, one.to_link) for one in network.connections
                          if links[one.from_link]["to"] in junctions})
    found["priorities"] = sum(link in meeting for link in approaches)
    found["signals"] = len(network.signals)
    return found


def run(place: str, engine: str, minutes: int = 15) -> RunResult:
    """Run a place with its made-up demand."""
    found = imported(place)
    scenario = ts.Scenario(name=place, time=ts.Time(analysis_s=60 * minutes, clear_s=3600), network=found.network,
                           demand=found.demand)
    return ts.run(scenario, engine=engine, replications=1)


def main() -> None:
    """Print the tables."""
    wrong = Counter((one.place, one.kind) for one in WRONG)
    total, bad = Counter[str](), Counter[str]()
    print("| place |", " | ".join(KINDS), "| right |\n|---|" + "---|" * (len(KINDS) + 1))
    for place, title in TITLES.items():
        counts = counts_of(imported(place).network)
        cells = [f"{counts[kind]}, {wrong[place, kind] or 'none'} wrong" for kind in KINDS]
        errors = sum(wrong[place, kind] for kind in KINDS)
        print(f"| {title} | {' | '.join(cells)} | {1 - errors / sum(counts.values()):.1%} |")
        total += counts
        bad += Counter({kind: wrong[place, kind] for kind in KINDS})
    cells = [f"{total[kind]}, {bad[kind]} wrong: {1 - bad[kind] / total[kind]:.1%}" for kind in KINDS]
    print(f"| all | {' | '.join(cells)} | **{1 - sum(bad.values()) / sum(total.values()):.1%}** |\n")
    print("| place | what | where | why a person would call it wrong |\n|---|---|---|---|")
    for one in WRONG:
        print(f"| {one.place} | {one.kind} | {one.where} | {one.reason} |")
    print("\n| place | engine | vehicles | arrived | in gridlocks | mean delay |\n|---|---|---|---|---|---|")
    for place in TITLES:
        for engine in ("ca", "queue"):
            tables = run(place, engine).tables
            row, locked = tables["runs"].iloc[0], tables["events"]["gridlock"].notna().sum()
            print(f"| {place} | {engine} | {row['demanded']} | {row['completed']} | {locked} | "
                  f"{tables['trips']['delay_s'].mean():.0f} s |")


if __name__ == "__main__":
    main()
