"""Speed cameras: strength in space by the formula, who responds, limits that other policies move, refusals."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
from pydantic import ValidationError

from tests.support.worlds import link, make_network, make_world, through
from trafficsim.base.errors import BelowResolution, PolicyError, UnreadField
from trafficsim.engines.ca import representation
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.plan.arrays import UNAFFECTED, Plan
from trafficsim.plan.lower import Lowered, lower
from trafficsim.plan.prepare import prepare
from trafficsim.plan.representation import check_representation
from trafficsim.policies.speed_camera import CameraPlace, SpeedCamera
from trafficsim.policies.speed_limit import SpeedLimit
from trafficsim.results.frames import Labels
from trafficsim.run.jobs import Job, simulate
from trafficsim.spec.demand import Flow
from trafficsim.spec.drivers import Drivers, SpeedChoice
from trafficsim.spec.network import Network
from trafficsim.spec.policy import Policy
from trafficsim.spec.selectors import Links
from trafficsim.spec.world import World

MOTORWAY = Drivers(motorway=SpeedChoice(share_over_limit=0.4, cv=0.11))


def motorway(**links_m: float) -> Network:
    """Links one after another, joined without a junction."""
    rows = [link(name, length, speed_limit_kmh=120.0, road_class="motorway") for name, length in links_m.items()]
    pairs = zip(links_m, list(links_m)[1:], strict=False)
    return make_network(rows, [movement for pair in pairs for movement in through(*pair)])


def on(network: Network, *route: str, volume_veh_h: float = 900.0) -> World:
    flow = Flow(id="f", route=route or tuple(network.links), volume_veh_h=volume_veh_h)
    return make_world(network, flows=[flow], drivers=MOTORWAY)


def camera(name: str, position_m: float, **more: float) -> SpeedCamera:
    return SpeedCamera(at=(CameraPlace(link=name, position_m=position_m),), **more)


def strength(plan: Plan, name: str, position_m: float) -> float:
    """Strength of the first rule at a place."""
    rules = plan.behaviour
    here = (rules.zone_rule == 0) & (rules.zone_link == plan.link_id.index(name))
    holding = here & (rules.zone_begin_m <= position_m) & (position_m < rules.zone_end_m)
    assert holding.sum() <= 1
    return float(rules.zone_strength[holding].sum())


def by_formula(beyond_m: float) -> float:
    """K as the docstring of the policy says, for a place that lies so far beyond the camera (negative: before it).

    It is that of the middle of the zone. Zones are 25 m long within 300 m of the camera and 100 m further on; the last
    one is cut at 3 * 580 m.
    """
    if not -300.0 < beyond_m < 1740.0:
        return 0.0
    step, first = (25.0, 0.0) if beyond_m < 300.0 else (100.0, 300.0)
    middle = 1720.0 if beyond_m > 1700.0 else first + ((abs(beyond_m) - first) // step + 0.5) * step
    if middle <= 50.0:
        return 1.0
    return 1.0 - middle / 300.0 if beyond_m < 0.0 else exp(-middle / 580.0)


PLACES = (np.arange(-600.0, 2000.0, 7.0) + 0.5).tolist()
"""Distances beyond a camera, none at the edge of a zone."""


def test_strength_follows_the_formula_before_at_and_beyond_the_camera() -> None:
    plan = lower(on(motorway(a=5000.0)), [camera("a", 2000.0)]).plan
    for beyond in PLACES:
        assert strength(plan, "a", 2000.0 + beyond) == pytest.approx(by_formula(beyond), abs=1e-12)
    assert strength(plan, "a", 1951.0) == strength(plan, "a", 2000.0) == strength(plan, "a", 2049.0) == 1.0
    assert strength(plan, "a", 1701.0) == pytest.approx(12.5 / 300.0), "the ramp begins 300 m before"
    assert strength(plan, "a", 3739.0) == pytest.approx(0.05, abs=0.002), "5 % is left where the effect is cut"


@pytest.mark.parametrize(("name", "position_m"), [("a", 2000.0), ("b", 0.0)])
def test_a_camera_where_links_meet_is_felt_on_both(name: str, position_m: float) -> None:
    plan = lower(on(motorway(a=2000.0, b=3000.0)), [camera(name, position_m)]).plan
    for beyond in PLACES:
        where = ("a", 2000.0 + beyond) if beyond < 0.0 else ("b", beyond)
        assert strength(plan, *where) == pytest.approx(by_formula(beyond), abs=1e-12)


def test_a_short_ramp_leaves_the_full_strength_where_speed_is_measured() -> None:
    plan = lower(on(motorway(a=2000.0)), [camera("a", 1000.0, upstream_m=5.0, decay_m=1.0)]).plan
    assert [strength(plan, "a", position) for position in (949.0, 951.0, 1049.0, 1051.0)] == [0.0, 1.0, 1.0, 0.0]


def test_only_those_whose_route_passes_the_camera_respond() -> None:
    # a -> b (camera) or a -> c: the halo lies on a too
    rows = [link(name, 1000.0, speed_limit_kmh=120.0, road_class="motorway") for name in "abc"]
    network = make_network(rows, [*through("a", "b"), *through("a", "c")])
    flows = [Flow(id=to, route=("a", to), volume_veh_h=1200.0) for to in "bc"]
    plan = lower(make_world(network, flows=flows, drivers=MOTORWAY), [camera("b", 100.0, unaffected=0.0)]).plan
    passes = np.array([name.startswith("b") for name in plan.trips.name])
    assert strength(plan, "a", 999.0) > 0.0
    assert ((plan.behaviour.factor[0] < UNAFFECTED) == passes).all()
    assert 0 < passes.sum() < len(passes)


def test_drivers_keep_their_margin_at_every_camera_and_in_every_alternative() -> None:
    world = on(motorway(a=3000.0, b=3000.0))
    two = lower(world, [SpeedCamera(at=(CameraPlace(link="a", position_m=1000.0),
                                        CameraPlace(link="b", position_m=2500.0)))]).plan
    other = lower(world, [SpeedLimit(on=Links(ids=("a",)), limit_kmh=100.0), camera("b", 10.0)]).plan
    np.testing.assert_array_equal(two.behaviour.factor[0], two.behaviour.factor[1])
    np.testing.assert_array_equal(two.behaviour.factor[0], other.behaviour.factor[0])


def enforced_kmh(plan: Plan) -> tuple[float, float]:
    """Limit that the only rule is about, and the speed from which on its camera cites."""
    limit = float(plan.links.speed_limit_ms[plan.behaviour.rule_link[0]])
    return limit * 3.6, float(plan.sections.citation_ms[-1]) * 3.6


def test_a_camera_enforces_the_limit_that_other_policies_leave() -> None:
    world = on(motorway(a=3000.0))
    lowered = SpeedLimit(on=Links(ids=("a",)), limit_kmh=100.0)
    assert enforced_kmh(lower(world, [camera("a", 1000.0)]).plan) == pytest.approx((120.0, 126.0))
    for order in ([lowered, camera("a", 1000.0)], [camera("a", 1000.0), lowered]):
        assert enforced_kmh(lower(world, order).plan) == pytest.approx((100.0, 106.0))
    tolerant = lower(world, [camera("a", 1000.0, tolerance_kmh=0.0), lowered])
    assert enforced_kmh(tolerant.plan) == pytest.approx((100.0, 100.0))
    (cited,) = [row for row in tolerant.ledger if row.field == "section.citation_ms"]
    assert cited.after == pytest.approx((100.0 / 3.6,))


def test_speed_is_measured_over_the_fifty_metres_around_the_camera() -> None:
    for position, begin, end in ((1000.0, 975.0, 1025.0), (0.0, 0.0, 50.0), (3000.0, 2950.0, 3000.0)):
        sections = lower(on(motorway(a=3000.0)), [camera("a", position)]).plan.sections
        assert (sections.from_m[-1], sections.to_m[-1], sections.length_m[-1]) == (begin, end, 50.0)
    sections = lower(on(motorway(a=500.0, s=20.0, b=500.0)), [camera("s", 5.0)]).plan.sections
    assert (sections.from_m[-1], sections.to_m[-1], sections.length_m[-1]) == (0.0, 20.0, 20.0), (
        "no longer than the link"
    )


def test_the_ledger_names_every_zone_and_place() -> None:
    ledger = lower(on(motorway(a=3000.0)), [camera("a", 1000.0, decay_m=50.0)]).ledger
    zones, place = ledger
    assert (zones.policy, zones.field, zones.operation) == ("speed_camera", "behaviour.response", "respond")
    assert zones.cells[:2] == ("a 975-1000 m", "a 950-975 m")
    assert zones.before == (0.0,) * len(zones.cells)
    assert (place.field, place.cells) == ("section.citation_ms", ("camera a 1000 m",))


@pytest.mark.parametrize(("policies", "message"), [
    ([camera("a", 3000.5)], r"policy speed_camera: a 3000\.5 m: found position 3000\.5 m; expected a position on link "
                            r"'a', from 0 to 3000 m\. Remedy: correct position_m"),
    ([camera("q", 5.0)], r"policy speed_camera: q 5 m: found no link 'q'.*Remedy: correct the link"),
    ([SpeedCamera(at=(CameraPlace(link="a", position_m=9.0),) * 2)],
     r"policy speed_camera: 'camera a 9 m': found a second place of this name.*Remedy: drop one of them"),
    ([camera("a", 9.0), camera("a", 9.0, unaffected=0.5)],
     r"policy speed_camera #2: 'camera a 9 m': found a second place"),
    ([camera("a", 9.0), SpeedLimit(on=Links(ids=("a",)), limit_kmh=80.0),
      SpeedLimit(on=Links(road_class="motorway"), limit_kmh=100.0)],
     r"speed_limit #1 and speed_limit #2: link\.speed_limit_ms of 'a': found both set this value"),
])
def test_impossible_places_and_conflicts_are_refused(policies: list[Policy], message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        lower(on(motorway(a=3000.0)), policies)


@pytest.mark.parametrize("values", [{"at": ()}, {"unaffected": 1.1}, {"upstream_m": 0.0}, {"margin": 0.1},
                                    {"at": ({"link": "a", "position_m": -1.0},)}])
def test_impossible_numbers_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="SpeedCamera"):
        SpeedCamera(**{"at": (CameraPlace(link="a", position_m=1.0),), **values})


def checked(lowered: Lowered, settings: CellularAutomaton) -> None:
    check_representation(lowered.baseline, lowered.plan, lowered.ledger, representation(settings))


def test_whole_cells_of_the_classic_rule_cannot_show_a_camera() -> None:
    # One step of speed is 27 km/h there. A few drivers fall by one such step, most do not slow down at all.
    lowered = lower(on(motorway(a=3000.0)), [camera("a", 1000.0)])
    message = (r"policy speed_camera: 'camera a 1000 m': found \d+ of \d+ drivers who slow down.*Remedy: make the "
               r"engine's resolution finer")
    with pytest.raises(BelowResolution, match=message):
        checked(lowered, CellularAutomaton(rule="nasch"))
    checked(lowered, CellularAutomaton())


def test_a_run_that_would_lose_the_camera_is_refused() -> None:
    classic = CellularAutomaton(rule="nasch")
    flow = Flow(id="f", route=("a",), volume_veh_h=900.0)
    prepared = prepare(make_world(motorway(a=3000.0), flows=[flow], drivers=MOTORWAY, ca=classic))
    with pytest.raises(BelowResolution, match="camera a 1000 m"):
        simulate(prepared, Job(Labels("s", "camera", 1, "ca"), (camera("a", 1000.0),)))


def test_a_camera_that_nobody_heeds_is_not_below_resolution() -> None:
    lowered = lower(on(motorway(a=3000.0)), [camera("a", 1000.0, unaffected=1.0)])
    checked(lowered, CellularAutomaton(rule="nasch"))
    assert (lowered.plan.behaviour.factor == UNAFFECTED).all()


def test_one_driver_who_slows_down_by_next_to_nothing_refuses_no_replication() -> None:
    lowered = lower(on(motorway(a=3000.0), volume_veh_h=60.0), [camera("a", 1000.0, unaffected=0.0)])
    rules, plan = lowered.plan.behaviour, lowered.plan
    trips = np.arange(len(plan.trips.key))
    own = plan.links.free_speed_mean_ms[0] * (1.0 + plan.links.free_speed_cv[0] * plan.trips.z)
    rules.factor[0] = np.where(trips == 0, own / plan.links.speed_limit_ms[0] - 1e-6, UNAFFECTED)
    checked(lowered, CellularAutomaton())


@pytest.mark.parametrize("field", ["behaviour.response", "section.citation_ms"])
def test_an_engine_that_does_not_read_responses_is_refused(field: str) -> None:
    lowered = lower(on(motorway(a=3000.0)), [camera("a", 1000.0)])
    table = {name: read for name, read in representation().items() if name != field}
    with pytest.raises(UnreadField, match=rf"policy speed_camera: {field}: found a field that the engine does not"):
        check_representation(lowered.baseline, lowered.plan, lowered.ledger, table)
