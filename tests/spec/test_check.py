"""Each thing that would ruin a run is named, with a remedy; sound networks are left alone."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from trafficsim.base.findings import Finding
from trafficsim.design.synthetic import corridor, grid, junction, ring
from trafficsim.spec.check import check
from trafficsim.spec.demand import Demand, Flow, Stop, Trip
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.signals import Phase, SignalProgram


def codes(network: Network, demand: Demand | None = None) -> set[str]:
    found = check(network, demand)
    assert all(finding.remedy for finding in found if finding.level == "error")
    return {finding.code for finding in found}


def with_way(network: Network, number: int, **change: Any) -> Network:
    movements = list(network.connections)
    movements[number] = movements[number].model_copy(update=change)
    return replace(network, connections=tuple(movements))


def with_edge(network: Network, **change: Any) -> Network:
    tail, head, key = next(iter(network.graph.edges(keys=True)))
    graph = network.graph.copy()
    graph.edges[tail, head, key].update(change)
    return replace(network, graph=graph)


@pytest.mark.parametrize("length", [0, -3.0, math.inf, math.nan, "12"])
def test_bad_lengths(length: object) -> None:
    assert codes(with_edge(corridor((100, 100)), length_m=length)) == {"bad-length"}


def test_duplicate_ids_missing_and_bad_attributes() -> None:
    assert codes(with_edge(corridor((100, 100)), id="east2")) == {"duplicate-id"}
    assert codes(with_edge(corridor((100, 100)), length_m=None)) == {"missing-attribute"}
    assert codes(with_edge(corridor((100, 100)), lanes=0)) == {"bad-attribute"}
    signal = junction()
    assert codes(replace(signal, signals=signal.signals * 2)) == {"duplicate-id"}


@pytest.mark.parametrize(("change", "code"), [
    ({"to_link": "nowhere"}, "unknown-link"), ({"from_lane": 7}, "unknown-lane"), ({"to_link": "in1"}, "links-apart"),
    ({"crosses": (99,)}, "unknown-connection"), ({"signal": "x"}, "unknown-signal"),
    ({"signal_index": 50}, "signal-index"), ({"signal_index": None}, "signal-index"), ({"crosses": ()},
                                                                                     "one-sided-conflict"),
])
def test_broken_connections(change: dict[str, Any], code: str) -> None:
    network = junction()
    straight = next(n for n, movement in enumerate(network.connections) if movement.turn == "through")
    assert code in codes(with_way(network, straight, **change))


def test_links_that_lead_nowhere_and_lanes_that_end() -> None:
    network = corridor((300, 300), lanes=2)
    assert codes(replace(network, connections=())) == {"no-movement"}
    (finding,) = check(replace(network, connections=network.connections[:1]))
    assert (finding.code, finding.level, finding.where) == ("lane-ends", "warning", "east1 lane 1")


def test_conflicting_greens() -> None:
    network = junction()
    wrong = SignalProgram(id="centre", phases=(Phase(duration_s=30, state="G" * 12),))
    found = check(replace(network, signals=(wrong,)))
    assert {finding.code for finding in found} == {"crossing-greens", "merging-greens"}
    assert "centre" in found[0].where
    assert codes(replace(network, signals=(wrong.model_copy(
        update={"phases": (Phase(duration_s=30, state="g" * 12),)}),))) == set()


def test_groups_and_paths() -> None:
    network = corridor((100, 100, 100))
    assert codes(replace(network, groups={"g": ("x",)})) == {"unknown-link"}
    assert codes(replace(network, paths={"p": ("east1", "east3")})) == {"path-gap"}


@pytest.mark.parametrize(("route", "code"), [
    (("east1", "east9", "east3"), "unknown-link"), (("east9",), "unknown-link"),
])
def test_routes(route: tuple[str, ...], code: str) -> None:
    network = corridor((100, 100, 100))
    for demand in (Demand(flows=(Flow(id="f", volume_veh_h=1, route=route),)),
                   Demand(trips=(Trip(id="t", depart_s=0, route=route),))):
        assert codes(network, demand) == {code}


@pytest.mark.parametrize(("origin", "destination", "code"), [
    ("east1", "west1", "unknown-link"), ("est1", "east3", "unknown-link"),
])
def test_destinations(origin: str, destination: str, code: str) -> None:
    demand = Demand(flows=(Flow(id="f", volume_veh_h=1, origin=origin, destination=destination),))
    assert codes(corridor((100, 100, 100)), demand) == {code}


def test_stops_on_unknown_links() -> None:
    trip = Trip(id="t", depart_s=0, route=("east1",), stops=(Stop(link="x", position_m=1, dwell_s=5),))
    assert codes(corridor((100, 100)), Demand(trips=(trip,))) == {"unknown-link"}


def test_short_links_are_information() -> None:
    assert check(corridor((100, 2, 3, 5, 8, 100))) == (
        Finding("info", "short-link", "east2, east3, east4, east5",
                "4 links are shorter than one second of driving at their limit"),)


def test_sound_networks_have_no_findings() -> None:
    assert check(ring(500), Demand(trips=(Trip(id="t", depart_s=0, route=("ring0", "ring0")),))) == ()
    assert check(grid(2, 2)) == ()
    assert isinstance(grid(1, 1).connections[0], Connection)
