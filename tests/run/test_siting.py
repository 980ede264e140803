"""Placing: what a place does is what the plan says it does, driver by driver; values, notes and refusals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import trafficsim as ts
from tests.oracles.places import slower_km
from tests.support.worlds import link, make_network, make_world, through
from trafficsim.base.errors import InputError
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.policies import CameraPlace, SpeedCamera
from trafficsim.run.siting.place import Request, Sited, candidates_along, placed, sited
from trafficsim.spec.demand import Flow
from trafficsim.spec.drivers import Drivers, SpeedChoice
from trafficsim.spec.rollout import Candidate
from trafficsim.spec.scenario import Time

MOTORWAY = Drivers(urban=SpeedChoice(share_over_limit=0.4, cv=0.11))


def forked(drivers: Drivers, volume_veh_h: float = 1200.0) -> Prepared:
    """A road that forks: 2 of 3 drivers go left."""
    links = [link("trunk", 1500.0, speed_limit_kmh=120.0), link("left", 1200.0, speed_limit_kmh=120.0),
             link("right", 1200.0, speed_limit_kmh=120.0)]
    network = make_network(links, [*through("trunk", "left"), *through("trunk", "right")])
    flows = [Flow(id="l", origin="trunk", destination="left", volume_veh_h=volume_veh_h * 2.0 / 3.0),
             Flow(id="r", origin="trunk", destination="right", volume_veh_h=volume_veh_h / 3.0)]
    return prepare(make_world(network, flows, drivers=drivers, time=Time(analysis_s=1800.0)))


@pytest.fixture(scope="module")
def fork() -> Prepared:
    return forked(MOTORWAY)


def places(*at: tuple[str, float]) -> list[Candidate]:
    return [Candidate(link=name, position_m=position) for name, position in at]


def slower(there: Sited, chosen: list[int]) -> float:
    """The same sum as the reference model's: km/h slower x km, over all vehicles of the design day."""
    cells = there.cells
    best = np.zeros(len(cells.link))
    for site, cell, drop in zip(cells.site, cells.cell, cells.slower_kmh, strict=True):
        if site in chosen:
            best[cell] = max(best[cell], drop)
    km = (cells.end_m - cells.begin_m) / 1000.0
    return float((best * km * cells.flow_veh_h).sum() * there.traffic.hours)


@pytest.mark.parametrize("at", [
    [("trunk", 700.0)], [("left", 100.0)], [("trunk", 700.0), ("trunk", 1200.0)],
    [("trunk", 1400.0), ("left", 100.0), ("right", 50.0)],
])
def test_places_do_what_the_plan_says_driver_by_driver(at: list[tuple[str, float]]) -> None:
    alike = forked(Drivers(urban=SpeedChoice(share_over_limit=0.5, cv=0.0)), 120.0)  # else they are a sample
    simple = {"margin_sd": 0.0, "unaffected": 0.0}
    there = sited(alike, places(*at), "speed_camera", simple)
    policy = SpeedCamera(at=tuple(CameraPlace(link=name, position_m=position) for name, position in at), **simple)
    # stretches of 50 m hold the mean of kernels that are cut every 25 or 100 m: where two meet, the higher mean counts
    assert slower(there, list(range(len(at)))) == pytest.approx(slower_km(alike, [policy]), rel=0.01)


def test_a_camera_acts_only_on_those_who_pass_it(fork: Prepared) -> None:
    there = sited(fork, places(("left", 50.0)), "speed_camera")
    trunk, cells = fork.network.link_index["trunk"], there.cells
    on_trunk = np.isin(cells.cell, np.flatnonzero(cells.link == trunk))
    assert on_trunk.any()
    assert cells.share[cells.cell[on_trunk]] == pytest.approx(2.0 / 3.0, abs=0.06)


def test_the_fit_of_the_camera_is_found_at_the_spot(fork: Prepared) -> None:
    there = sited(fork, places(("trunk", 725.0)), "speed_camera")
    strongest = there.cells.strength >= 0.999
    # fitted to -6.4 km/h at a limit of 120 km/h
    assert there.cells.slower_kmh[strongest] == pytest.approx(6.35, abs=0.1)


def test_coverage_is_traffic_times_kernel(fork: Prepared) -> None:
    found = placed(fork, places(("right", 600.0)), Request("speed_camera", "coverage", 1.0))
    felt_km = 0.6 * 0.5 * 0.5 + 0.05 + 0.58 * (np.exp(-0.05 / 0.58) - np.exp(-0.6 / 0.58)) + 0.02
    assert found.value == pytest.approx(felt_km * 400.0, rel=0.06)


def test_citations_by_the_closed_form(fork: Prepared) -> None:
    found = placed(fork, places(("left", 600.0)), Request("speed_camera", "citations", 1.0))
    speeds = np.random.default_rng(1).normal(120.0 / (1.0 + 0.11 * 0.2533), 120.0 * 0.11 / (1.0 + 0.11 * 0.2533), 10**6)
    margin = np.random.default_rng(2).normal(-0.05, 0.06, 10**6)
    cited = 0.13 * (speeds > 126.0) + 0.87 * (np.minimum(speeds, 120.0 * (1.0 + margin)) > 126.0)
    volume = float(fork.world.demand.flows[0].volume_veh_h)
    assert found.value == pytest.approx(cited.mean() * volume, rel=0.08)


def test_who_is_cited_twice_on_a_trip_counts_once(fork: Prepared) -> None:
    one = placed(fork, places(("trunk", 400.0)), Request("speed_camera", "citations", 1.0))
    two = placed(fork, places(("trunk", 400.0), ("trunk", 1200.0)), Request("speed_camera", "citations", 2.0))
    assert two.value == pytest.approx(one.value)
    assert len(two.table) == 1  # the second adds nothing, and is not bought


def test_covered_traffic_is_not_covered_twice(fork: Prepared) -> None:
    near = placed(fork, places(("trunk", 400.0), ("trunk", 450.0)), Request("speed_camera", "coverage", 2.0))
    assert near.table["gain"][1] < 0.15 * near.table["alone"][1]


@pytest.mark.parametrize("by", ["citations", "coverage"])
def test_placing_does_not_depend_on_the_order_of_candidates(fork: Prepared, by: Any) -> None:
    along = candidates_along(fork.world.network, 200.0)
    first, second = (placed(fork, ones, Request("speed_camera", by, 4.0)) for ones in (along, along[::-1]))
    assert first.table.equals(second.table)
    assert (first.value, first.bound) == (second.value, second.bound)
    assert first.policy == second.policy


def test_a_link_without_a_vehicle_is_told(fork: Prepared) -> None:
    quiet = replace(fork.world, demand=fork.world.demand.model_copy(update={"flows": fork.world.demand.flows[:1]}))
    found = placed(prepare(quiet), places(("right", 600.0), ("trunk", 600.0)), Request("speed_camera", "coverage", 1.0))
    assert found.table["link"].tolist() == ["trunk"]
    assert "1 links in reach carry no vehicle" in found.notes[0]


@pytest.fixture
def road() -> ts.Scenario:
    flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=900)
    return ts.Scenario(name="road", network=ts.corridor([2000, 3000]), demand=ts.Demand(flows=(flow,)))


def test_exact_is_at_least_greedy_and_within_its_bound(road: ts.Scenario) -> None:
    greedy, exact = (ts.design.place(road, budget=3, by="coverage", method=method) for method in ("greedy", "exact"))
    assert greedy.value <= exact.value <= greedy.bound + 1e-9
    assert "proved to be the best" in str(exact)
    assert "at least 63%" in str(greedy)


def test_the_policy_goes_into_a_study(road: ts.Scenario) -> None:
    found = ts.design.place(road, budget=2, by="coverage", parameters={"tolerance_kmh": 3.0})
    study = ts.Study(scenarios=[road], alternatives={"do nothing": [], "placed": [found.policy]})
    changed = ts.explain(study, "placed")
    assert (changed["field"] == "section.citation_ms").sum() == len(found.table) == 2
    assert found.policy is not None
    assert found.policy.tolerance_kmh == 3.0  # type: ignore[attr-defined]


def test_costs_count_against_the_budget(road: ts.Scenario, tmp_path: Path) -> None:
    table = tmp_path / "candidates.csv"
    table.write_text("link,position_m,cost,area\neast1,500,3,A\neast1,1500,1,A\neast2,1000,1,B\neast2,2000,,B\n")
    found = ts.design.place(road, budget=4.5, by="coverage", candidates=table, cost=2.0)
    assert found.table["spent"].iloc[-1] <= 4.5
    assert found.guarantee == pytest.approx(0.316, abs=0.001)
    assert dict(zip(found.candidates["name"], found.candidates["cost"], strict=True))["east2 2000 m"] == 2.0


@pytest.mark.parametrize(("options", "message"), [
    ({"budget": -1}, "found -1; expected a number above 0"), ({"budget": 0.5}, "less than every place costs"),
    ({"candidates": []}, "found no place"), ({"by": "votes"}, "no such objective"),
    ({"by": "expected casualties"}, "no crash history"), ({"kind": "webster"}, "without places"),
    ({"kind": "radar"}, "no such policy"), ({"candidates": [("east9", 10)]}, "no link 'east9'"),
    ({"candidates": [("east1", 2500)]}, "from 0 to 2000 m"), ({"candidates": [3]}, "a link and"),
    ({"candidates": [("east1", 1), ("east1", 1)]}, "a second time"), ({"every_m": 0.0}, "above 0 m"),
    ({"parameters": {"margin": 1}}, "parameters.margin"), ({"parameters": {"at": []}}, "places"),
])
def test_what_cannot_be_placed_is_refused(road: ts.Scenario, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ts.design.place(road, **{"budget": 2, "by": "coverage", **options})


@pytest.mark.parametrize(("text", "message"), [
    ("link\neast1\n", "no column position_m"), ("link,position_m\n", "no candidate"),
    ("link,position_m,cost\neast1,10,-5\n", "cost '-5' in row 2"), ("link,position_m\n,10\n", "link nothing in row 2"),
    ("link,position_m\neast1,far\n", "position_m 'far' in row 2"),
])
def test_candidate_files_are_refused_with_rows(road: ts.Scenario, tmp_path: Path, text: str, message: str) -> None:
    table = tmp_path / "candidates.csv"
    table.write_text(text)
    with pytest.raises(InputError, match=message):
        ts.design.place(road, budget=2, by="coverage", candidates=table)


def test_a_patrol_is_placed_by_what_it_does_on_average_over_the_week(fork: Prepared) -> None:
    there, posts = {}, places(("trunk", 700.0), ("left", 300.0))
    for name, schedule in (("always", {}), ("mornings", {"hours": [{"begin_h": 6.0, "end_h": 12.0}]}),
                           ("weekends", {"weekdays": ["sat", "sun"]})):
        request = Request("patrol", "coverage", 2.0, parameters={"schedule": schedule})
        there[name] = placed(fork, posts, request).value
    assert there["mornings"] == pytest.approx(there["always"] * 6.0 / 24.0)
    assert there["weekends"] == pytest.approx(there["always"] * 2.0 / 7.0)


def test_an_unmarked_patrol_cites_more_and_slows_nobody(fork: Prepared) -> None:
    posts = places(("trunk", 700.0))
    marked, unmarked = (placed(fork, posts, Request("patrol", "citations", 1.0, parameters={"marked": marked})).value
                        for marked in (True, False))
    assert unmarked > 3.0 * marked
    hidden = Request("patrol", "coverage", 1.0, parameters={"marked": False})
    assert placed(fork, posts, hidden).value == 0.0


def test_shared_officers_are_told(fork: Prepared) -> None:
    request = Request("patrol", "coverage", 1.0, parameters={"officer_hours_per_day": 48.0})
    assert "officers are shared" in placed(fork, places(("trunk", 700.0)), request).notes[-1]


@pytest.mark.parametrize("kind", ["mobile_camera", "feedback_sign"])
def test_other_kinds_with_places_are_placed(fork: Prepared, kind: str) -> None:
    assert placed(fork, places(("trunk", 700.0), ("left", 300.0)), Request(kind, "coverage", 1.0)).value > 0.0


def test_what_does_not_act_on_speeds_is_refused(fork: Prepared) -> None:
    with pytest.raises(InputError, match="no response of drivers and no measurement"):
        placed(fork, places(("trunk", 700.0)), Request("breath_test", "coverage", 1.0))
