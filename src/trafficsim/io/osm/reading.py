"""An extract of OpenStreetMap as XML (plain, gz, bz2) or PBF becomes a network with its signals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from trafficsim.base.repairs import REPAIRS
from trafficsim.design.consolidation.clusters import NO_WISH, Wish
from trafficsim.design.consolidation.merging import consolidate
from trafficsim.design.inference.network import network_from_graph
from trafficsim.design.timing.designed import with_designed_times
from trafficsim.io.imported import Imported
from trafficsim.io.ledger import Ledger
from trafficsim.io.osm.boundary import boundary_demand, explanation, made_up
from trafficsim.io.osm.cameras import enforcement_of, study_text
from trafficsim.io.osm.countries import Found, country_named, country_of
from trafficsim.io.osm.graph import Setting, road_graph
from trafficsim.io.osm.join import drop_markings_of_later_junctions
from trafficsim.io.osm.source import OsmData, read_osm_data
from trafficsim.io.osm.standing import standing
from trafficsim.spec.demand import Demand
from trafficsim.spec.enforcement import STANDING
from trafficsim.spec.fixes import Fixes


def read_osm(
    network: Path, *, country: str = "auto", hand: str = "country", service: str = "none", demand: str = "boundary",
    fixes: Fixes | None = None,
) -> Imported:
    """Import the roads of an extract of OpenStreetMap.

    Parameters
    ----------
    network
        ``.osm``, ``.osm.gz``, ``.osm.bz2`` or ``.osm.pbf``.
    country
        Code of ISO 3166 of a country of the table, whose limits hold where none is tagged; ``auto``: told by tags,
        limits in mph, or the place.
    hand
        Side of driving: ``left``, ``right``, or that of the ``country``.
    service
        Service roads that are kept: ``none``, ``through`` or ``all``.
    demand
        ``boundary``: made-up trips between the ends of the main roads; ``none``.
    fixes
        What is known better than the file says.

    Raises
    ------
    InputError
        If osmium is not installed, the file cannot be read, or holds no road.

    Examples
    --------
    >>> read_osm(Path("nowhere.osm"))
    Traceback (most recent call last):
    ...
    trafficsim.base.errors.InputError: nowhere.osm: found no such file; expected a file that can be read. Remedy: \
correct the path or its permissions.
    """
    ledger = Ledger("osm")
    path = Path(network)
    data = read_osm_data(path)
    found = _country(data, country, ledger, str(path))
    left_hand = found.country.left_hand if hand == "country" else hand == "left"
    roads = road_graph(data, Setting(found.country, left_hand, service), ledger)
    joined = consolidate(roads.graph, [*roads.bans.pairs, *(one.links for one in roads.bans.over_ways)],
                         NO_WISH if fixes is None else Wish(fixes.joins(), fixes.splits()))
    for one in joined.notes:
        ledger.note(one.act, one.what, one.where)
    dropped = drop_markings_of_later_junctions(joined.graph)
    if dropped:
        ledger.note("inferred", "markings that concern a junction further on", times=dropped)
    made = with_designed_times(network_from_graph(
        joined.graph, left_hand_traffic=left_hand, banned_turns=joined.banned_turns, fixes=fixes, design_signals=True))
    for over in roads.bans.over_ways:
        if over.links in joined.left_over:
            ledger.repair("osm-restriction-left-out", f"{over.name}: others use its ways too")
    built = enforcement_of(data, made, roads.plane, ledger)
    findings = ledger.findings()
    repaired = tuple(one for one in findings if one.code in REPAIRS)
    found_demand = boundary_demand(made) if demand == "boundary" else Demand()
    invented = (made_up(found_demand),) if found_demand.flows else ()
    beside = {"demand.txt": explanation("{name}", found_demand)} if found_demand.flows else {}
    if built.cameras or built.sections:
        beside["enforcement.toml"] = study_text(built)
        made.graph.graph[STANDING] = standing(built)
    return Imported(
        replace(made, findings=(*made.findings, *repaired, *invented)), demand=found_demand,
        findings=(*invented, *findings), counts=ledger.counts(), beside=beside,
        description=f"Made from {path.name} (c) OpenStreetMap contributors, ODbL."
                    + (" Its traffic is made up." if invented else ""))


def _country(data: OsmData, country: str, ledger: Ledger, where: str) -> Found:
    if country != "auto":
        found = country_named(country)
    else:
        nodes = list(data.nodes.values())
        middle = (sum(node.longitude for node in nodes) / max(1, len(nodes)),
                  sum(node.latitude for node in nodes) / max(1, len(nodes)))
        found = country_of((way.tags for way in data.ways), middle)
    side = "left" if found.country.left_hand else "right"
    ledger.note("inferred", f"law of {found.country.name} ({found.reason}), vehicles keep to the {side}", where,
                level="warning" if found.is_guess else None)
    return found
