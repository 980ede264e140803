"""Section control: ramp, section and rebound, what is measured, calibrations, refusals."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.support.worlds import link, make_network, make_world, through
from trafficsim.base.codes import SECTION
from trafficsim.base.errors import PolicyError
from trafficsim.design.synthetic import ring
from trafficsim.plan.arrays import UNAFFECTED, Plan
from trafficsim.plan.lower import lower
from trafficsim.policies.section_control import CALIBRATIONS, SectionControl
from trafficsim.policies.speed_limit import SpeedLimit
from trafficsim.spec.demand import Flow
from trafficsim.spec.network import Network
from trafficsim.spec.policy import Policy
from trafficsim.spec.selectors import Links
from trafficsim.spec.world import World

SECTION_LINKS = Links(ids=("t1", "t2"))


def road(limit_kmh: float = 80.0, connector_m: float = 20.0) -> Network:
    """in (1000 m), t1 (800 m), t2 (700 m), out (2000 m), and connectors between them."""
    rows = [link(name, length, speed_limit_kmh=limit_kmh if name == "t2" else 80.0, road_class="rural")
            for name, length in (("in", 1000.0), ("t1", 800.0), ("t2", 700.0), ("out", 2000.0))]
    pairs = (("in", "t1"), ("t1", "t2"), ("t2", "out"))
    return make_network(rows, [movement for pair in pairs for movement in through(*pair, length_m=connector_m)])


def world(network: Network | None = None) -> World:
    network = network or road()
    flow = Flow(id="f", route=tuple(network.links), volume_veh_h=900.0)
    return make_world(network, flows=[flow])


def strengths(plan: Plan, name: str) -> list[tuple[float, float, float]]:
    rules = plan.behaviour
    here = rules.zone_link == plan.link_id.index(name)
    columns = (rules.zone_begin_m[here], rules.zone_end_m[here], rules.zone_strength[here])
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


def test_strength_is_one_along_the_section() -> None:
    plan = lower(world(), [SectionControl(on=SECTION_LINKS)]).plan
    assert strengths(plan, "t1") == [(0.0, 800.0, 1.0)]
    assert strengths(plan, "t2") == [(0.0, 700.0, 1.0)]


def test_drivers_slow_down_over_the_last_300_metres() -> None:
    # 20 m of them are the junction: 280 m of the link before, in steps of 25 m from its end, each as at its middle
    zones = strengths(lower(world(), [SectionControl(on=SECTION_LINKS)]).plan, "in")
    ends = [720.0, *np.arange(725.0, 1001.0, 25.0).tolist()]
    assert [zone[:2] for zone in zones] == list(pairwise(ends))
    for begin, end, strength in zones:
        assert strength == pytest.approx(1.0 - (1020.0 - (begin + end) / 2.0) / 300.0, abs=1e-12)


def test_drivers_return_to_their_own_speed_within_a_kilometre() -> None:
    zones = strengths(lower(world(), [SectionControl(on=SECTION_LINKS)]).plan, "out")
    assert zones[0][0] == 0.0
    assert zones[-1][1] == 980.0, "20 m of the kilometre are the junction"
    for begin, end, strength in zones:
        assert strength == pytest.approx(1.0 - (20.0 + (begin + end) / 2.0) / 1000.0, abs=1e-12)
    for (_, end, _), (begin, _, _) in pairwise(zones):
        assert begin == end


def test_without_ramp_and_rebound_only_the_section_is_felt() -> None:
    plan = lower(world(), [SectionControl(on=SECTION_LINKS, upstream_m=0.0, rebound_m=0.0)]).plan
    assert sorted(plan.link_id[row] for row in plan.behaviour.zone_link) == ["t1", "t2"]


def test_neighbouring_links_are_one_section_and_its_average_speed_is_measured() -> None:
    sections = lower(world(), [SectionControl(on=SECTION_LINKS)]).plan.sections
    assert sections.name == ("section t1 to t2",)
    assert (sections.role[0], sections.from_m[0], sections.to_m[0], sections.length_m[0]) == (
        SECTION,
        0.0,
        700.0,
        1520.0,
    )
    assert sections.citation_ms[0] * 3.6 == pytest.approx(86.0)


def test_links_apart_are_sections_of_their_own() -> None:
    plan = lower(world(), [SectionControl(on=Links(ids=("in", "t2")))]).plan
    assert plan.behaviour.rule_name == plan.sections.name == ("section in", "section t2")
    assert plan.sections.length_m.tolist() == [1000.0, 700.0]


def test_a_closed_ring_is_one_section() -> None:
    network = ring(3000.0, links=3)
    around = make_world(network, flows=[Flow(id="f", route=("ring1", "ring2"), volume_veh_h=100.0)])
    plan = lower(around, [SectionControl(on=Links(path="ring"))]).plan
    assert plan.behaviour.rule_name == ("section ring0 to ring2",)
    assert (plan.behaviour.zone_strength == 1.0).sum() == 3
    assert (plan.behaviour.factor < UNAFFECTED).all()


def test_calibrations_give_way_to_numbers_of_one_s_own() -> None:
    strict, open_ = (SectionControl(on=SECTION_LINKS, calibration=name).response for name in ("strict", "open"))
    assert (strict.margin_mean, strict.margin_sd, strict.unaffected) == CALIBRATIONS["strict"] == (-0.03, 0.04, 0.0)
    assert (open_.margin_mean, open_.margin_sd, open_.unaffected) == CALIBRATIONS["open"] == (-0.05, 0.07, 0.06)
    own = SectionControl(on=SECTION_LINKS, calibration="open", margin_mean=0.0, unaffected=0.0).response
    assert (own.margin_mean, own.margin_sd, own.unaffected) == (0.0, 0.07, 0.0), "a zero is a number given"


def test_a_limit_over_the_whole_section_moves_what_is_enforced() -> None:
    both = Links(ids=("t1", "t2"))
    policies: list[Policy] = [SectionControl(on=both), SpeedLimit(on=both, limit_kmh=60.0)]
    plan = lower(world(), policies).plan
    assert plan.sections.citation_ms[0] * 3.6 == pytest.approx(66.0)
    assert plan.links.speed_limit_ms[plan.behaviour.rule_link[0]] * 3.6 == pytest.approx(60.0)


def test_a_limit_policy_can_make_limits_equal() -> None:
    policies: list[Policy] = [SpeedLimit(on=Links(ids=("t2",)), limit_kmh=80.0), SectionControl(on=SECTION_LINKS)]
    assert lower(world(road(limit_kmh=100.0)), policies).plan.sections.citation_ms[0] * 3.6 == pytest.approx(86.0)


@pytest.mark.parametrize(("network", "policies", "message"), [
    (road(limit_kmh=100.0), [SectionControl(on=SECTION_LINKS)],
     r"policy section_control: section t1 to t2: found limits of 80 and 100 km/h; expected one limit along a section\. "
     r"Remedy: control the parts as sections of their own"),
    (road(), [SectionControl(on=SECTION_LINKS), SpeedLimit(on=Links(ids=("t1",)), limit_kmh=60.0)],
     r"section t1 to t2: found limits of 60 and 80 km/h"),
    (road(), [SectionControl(on=Links(group="tunel"))], r"group 'tunel': found no such group in the network.*Remedy"),
    (road(), [SectionControl(on=SECTION_LINKS), SectionControl(on=SECTION_LINKS, calibration="open")],
     r"section_control #2: 'section t1 to t2': found a second place of this name"),
])
def test_impossible_sections_are_refused(network: Network, policies: list[Policy], message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        lower(world(network), policies)
