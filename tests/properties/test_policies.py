"""Whatever the marks, roads and policies: shares are nested, halos have the right distances, order never matters."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles.halo import distance_m
from tests.plan.test_lower import flat
from tests.support.worlds import fixed_time, link, make_network, make_world, through
from trafficsim.kernels.rng import hash_name
from trafficsim.plan.arrays import UNAFFECTED
from trafficsim.plan.behaviour import driver_factor
from trafficsim.plan.builder import CITATION, RESPONSE
from trafficsim.plan.fields import FIELDS
from trafficsim.plan.ledger import LedgerRow
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import prepare
from trafficsim.policies.halo import chains, downstream, upstream
from trafficsim.policies.section_control import SectionControl
from trafficsim.policies.speed_camera import CameraPlace, SpeedCamera
from trafficsim.policies.speed_limit import SpeedLimit
from trafficsim.spec.behaviour import Response, ResponseRule, Zone
from trafficsim.spec.demand import Flow
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.policy import REGISTRY, Builder, Policy, PolicyPhase
from trafficsim.spec.selectors import Links

KEYS = np.array([hash_name("driver", number) for number in range(500)], np.uint64)
SHARE = st.floats(0.0, 1.0)


@given(st.text(min_size=1), SHARE, SHARE, st.floats(0.0, 0.5))
def test_those_affected_at_a_share_are_affected_at_every_larger_one(
    trait: str, one: float, other: float, sd: float
) -> None:
    few, many = (driver_factor(KEYS, Response(trait=trait, margin_sd=sd, unaffected=1.0 - share))
                 for share in sorted((one, other)))
    affected = few < UNAFFECTED
    assert (many[affected] == few[affected]).all(), "the same travellers, with the same margins"
    assert (many < UNAFFECTED).sum() >= affected.sum()


@given(st.text(min_size=1), SHARE, st.sampled_from([-0.2, 0.0, 0.3]))
def test_who_is_affected_does_not_hang_on_the_margin(trait: str, share: float, mean: float) -> None:
    plain = driver_factor(KEYS, Response(trait=trait, unaffected=share))
    other = driver_factor(KEYS, Response(trait=trait, unaffected=share, margin_mean=mean, margin_sd=0.05))
    assert ((plain < UNAFFECTED) == (other < UNAFFECTED)).all()


@st.composite
def roads(draw: st.DrawFn) -> Network:
    """Up to six links with random connections between them: forks, merges, rings, dead ends, loops and U-turns."""
    names = "abcdef"[: draw(st.integers(1, 6))]
    lengths = st.sampled_from([2.0, 5.0, 20.0, 77.5, 300.0, 1000.0])
    rows = [link(name, draw(lengths), lanes=2) for name in names]
    pairs = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=12))
    turns, connectors = st.sampled_from(["through", "u_turn"]), st.sampled_from([0.0, 3.5, 40.0])
    connections = [
        Connection(from_link=tail, from_lane=0, to_link=head, to_lane=0, turn=draw(turns), length_m=draw(connectors))
        for tail, head in pairs
    ]
    return make_network(rows, connections)


def covered_m(zones: list[Zone], name: str) -> float:
    """Length of a link that lies in zones, which may not overlap."""
    parts = sorted((zone.begin_m, zone.end_m) for zone in zones if zone.link == name)
    assert all(end <= begin + 1e-9 for (_, end), (begin, _) in pairwise(parts)), f"zones overlap on {name}"
    return sum(end - begin for begin, end in parts)


@given(roads(), st.data(), st.sampled_from([10.0, 60.0, 400.0, 1500.0]), st.booleans())
def test_halos_are_as_far_away_as_the_shortest_way_is_long(
    road: Network, data: st.DataObject, reach_m: float, back: bool
) -> None:
    name = data.draw(st.sampled_from(sorted(road.links)))
    length = {one: float(row["length_m"]) for one, row in road.links.items()}
    place = (name, data.draw(st.sampled_from([0.0, 0.25, 1.0])) * length[name])

    def away_m(where: tuple[str, float]) -> float:
        return distance_m(road, where, place) if back else distance_m(road, place, where)

    # strengths that say how far away the zone is
    zones = (upstream if back else downstream)(road, place, reach_m, lambda x: 1.0 - x / 2000.0)
    for zone in zones:
        middle = (zone.link, (zone.begin_m + zone.end_m) / 2.0)
        assert zone.strength == pytest.approx(1.0 - away_m(middle) / 2000.0, abs=1e-9)
    for one in road.links:
        # along a link the distance changes metre by metre; its jump, on the link of the place alone, is at the place
        ends = (0.0, length[one]) if one != name else (0.0, place[1], length[one])
        within = 0.0
        for begin, end in pairwise(ends):
            inner = begin + 1e-7 * (end - begin), end - 1e-7 * (end - begin)
            within += min(max(reach_m - min(away_m((one, at)) for at in inner), 0.0), end - begin)
        assert covered_m(zones, one) == pytest.approx(within, abs=1e-3)


@given(roads(), st.data())
def test_every_link_is_in_one_chain_and_chains_follow_connections(road: Network, data: st.DataObject) -> None:
    links = data.draw(st.lists(st.sampled_from(sorted(road.links)), unique=True))
    found = chains(road, links)
    assert sorted(one for chain in found for one in chain) == sorted(links)
    movements = {(one.from_link, one.to_link) for one in road.connections if one.turn != "u_turn"}
    for chain in found:
        for pair in pairwise(chain):
            assert pair in movements
            assert [movement for movement in movements if movement[0] == pair[0] and movement[1] in links] == [pair], (
                "no fork inside a chain"
            )
            assert [movement for movement in movements if movement[1] == pair[1] and movement[0] in links] == [pair], (
                "no merge inside a chain"
            )
    inner = {pair for chain in found for pair in pairwise(chain)}
    closing = {(chain[-1], chain[0]) for chain in found}
    for tail, head in {movement for movement in movements if set(movement) <= set(links)} - inner - closing:
        others = [
            movement
            for movement in movements
            if set(movement) <= set(links) and (movement[0] == tail) != (movement[1] == head)
        ]
        assert others, f"{tail} and {head} follow each other only, but are in two chains"


class Edits(Policy):
    """Scales and bounds limits, and moves an offset."""

    kind: ClassVar[str] = "test_edits"
    phase: ClassVar[PolicyPhase] = "network"
    factor: float = 0.9

    def lower(self, builder: Builder) -> None:
        builder.scale("link.free_speed_mean_ms", ("b", "c"), self.factor)
        builder.cap("link.free_speed_mean_ms", ("c",), 20.0)


class Retimes(Policy):
    """Retimes the signal, and lets drivers who pass it respond."""

    kind: ClassVar[str] = "test_retimes"
    phase: ClassVar[PolicyPhase] = "signals"

    def lower(self, builder: Builder) -> None:
        builder.retime("j", (20.0, 4.0, 36.0), 5.0)
        builder.respond(ResponseRule(name="alert", link="b", response=Response(trait="alert"), along=("b",),
                                     zones=(Zone(link="b", begin_m=0.0, end_m=10.0, strength=0.5),)))


@pytest.fixture(scope="module", autouse=True)
def _registry() -> Iterator[None]:
    yield
    for kind in ("test_edits", "test_retimes"):
        REGISTRY.pop(kind, None)


def _prepared() -> Any:
    rows = [link(name, 900.0, speed_limit_kmh=100.0, road_class="rural") for name in "abc"]
    movements = [*through("a", "b", signal="j", signal_index=0), *through("b", "c", length_m=12.0)]
    network = make_network(rows, movements, [fixed_time("j", 40.0, 60.0)])
    return prepare(make_world(network, flows=[Flow(id="f", route=("a", "b", "c"), volume_veh_h=300.0)]))


PREPARED = _prepared()
POLICIES: tuple[Policy, ...] = (
    SpeedLimit(on=Links(ids=("b",)), limit_kmh=80.0), SectionControl(on=Links(ids=("c",))),
    SpeedCamera(at=(CameraPlace(link="b", position_m=450.0), CameraPlace(link="a", position_m=800.0))),
    Edits(), Retimes(),
)
IN_ORDER = lower(PREPARED, POLICIES)


def as_set(ledger: tuple[LedgerRow, ...]) -> list[str]:
    return sorted(map(repr, ledger))


@given(st.permutations(POLICIES))
def test_the_order_of_policies_shows_nowhere(policies: list[Policy]) -> None:
    lowered = lower(PREPARED, policies)
    assert flat(lowered.plan) == flat(IN_ORDER.plan)
    assert as_set(lowered.ledger) == as_set(IN_ORDER.ledger)


@given(st.lists(st.sampled_from(POLICIES), unique=True))
def test_policies_leave_the_people_and_the_plan_without_them(policies: list[Policy]) -> None:
    lowered = lower(PREPARED, policies)
    assert flat(lowered.baseline) == flat(IN_ORDER.baseline)
    assert lowered.plan.trips is lowered.baseline.trips


@given(st.lists(st.sampled_from(POLICIES), unique=True, max_size=2))
def test_the_ledger_says_all_that_changed(policies: list[Policy]) -> None:
    lowered = lower(PREPARED, policies)
    plan, ledger, before = lowered.plan, lowered.ledger, lowered.baseline
    assert {row.policy for row in ledger} == {policy.kind for policy in policies}
    for name, field in FIELDS.items():
        changed = np.flatnonzero(field.read(plan) != field.read(before))
        named = {cell for row in ledger if row.field == name for cell in row.cells}
        assert {field.cells(before)[cell] for cell in changed} <= named
    zones = sum(len(row.cells) for row in ledger if row.field == RESPONSE)
    places = [cell for row in ledger if row.field == CITATION for cell in row.cells]
    assert len(plan.behaviour.zone_link) == zones
    assert plan.sections.name == before.sections.name + tuple(sorted(places))
