"""Awkward places of OpenStreetMap: what is counted as wrong there is still so, and no more than said."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.experiments.osm_places import KINDS, TITLES, WRONG, counts_of, imported

RIGHT = 0.95
"""Share of what a person checking against the map would call right."""


@pytest.fixture(scope="module")
def counts() -> dict[str, Counter[str]]:
    return {place: counts_of(imported(place).network) for place in TITLES}


def test_of_all_that_can_be_wrong_95_percent_are_right(counts: dict[str, Counter[str]]) -> None:
    total = sum(sum(found.values()) for found in counts.values())
    assert len(WRONG) / total <= 1.0 - RIGHT
    for place in TITLES:
        assert sum(one.place == place for one in WRONG) / sum(counts[place].values()) <= 1.0 - RIGHT


def test_the_counts_are_those_that_were_checked(counts: dict[str, Counter[str]]) -> None:
    """Who changes what a place becomes has to check it again, and write down what is wrong there."""
    assert {place: tuple(found[kind] for kind in KINDS) for place, found in counts.items()} == {
        "arizona_highways": (26, 26, 37, 9, 6), "bristol_sausage_links": (9, 9, 18, 5, 1),
        "i5_exit_ramp": (29, 29, 64, 24, 2), "kingsway_junction": (24, 24, 37, 14, 7),
        "northgate_dual_carriageway": (18, 18, 32, 2, 5), "perth_peanut_roundabout": (21, 21, 30, 13, 1),
        "quad_intersection": (14, 14, 23, 7, 3), "seattle_slip_lane": (13, 13, 23, 5, 6),
    }


@pytest.mark.parametrize(("place", "signal", "nodes"), [
    ("kingsway_junction", "21653578", 4), ("northgate_dual_carriageway", "53092587", 2),
    ("quad_intersection", "29449863", 4), ("bristol_sausage_links", "1316487047", 5),
])
def test_carriageways_that_cross_have_one_controller(place: str, signal: str, nodes: int) -> None:
    network = imported(place).network
    assert len(network.graph.nodes[signal]["osm_nodes"].split(";")) == nodes
    program = next(one for one in network.signals if one.id == signal)
    assert program.origin.startswith("designed: ")
    assert 30.0 <= program.cycle_s <= 120.0


def test_the_peanut_has_no_signal_and_every_entry_gives_way() -> None:
    network = imported("perth_peanut_roundabout").network
    ring = {link for link, row in network.links.items() if row.get("osm_junction") == "roundabout"}
    entries = [one for one in network.connections if one.to_link in ring and one.from_link not in ring]
    assert entries
    for one in entries:
        assert one.signal is None
        assert {network.connections[other].from_link for other in one.yields_to} & ring
