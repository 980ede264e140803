"""Dynamic equilibrium with the queue engine: convergence, what is told, routes for scenarios, faults."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import trafficsim as ts
from tests.cli.support import Answer
from tests.plan.small import Demand, flow, trip, world
from tests.run.test_rehearsal import SHORT, bottleneck, write
from trafficsim.plan.equilibrium import EquilibriumSearch
from trafficsim.plan.experience import with_routes
from trafficsim.plan.lower import DESIGN_DAY, lower
from trafficsim.plan.prepare import prepare
from trafficsim.run import route_cache
from trafficsim.run.driving import drive
from trafficsim.run.rehearsal import rehearsed
from trafficsim.spec.equilibrium import Equilibrium
from trafficsim.spec.route_choice import RouteChoice
from trafficsim.spec.world import World

QUEUED: dict[str, Any] = {"iterations": 25, "gap": 0.02}


def crowd(volume_veh_h: float = 1100.0, routes: str = "experienced", **scenario: Any) -> World:
    demand = Demand(flows=(flow(volume_veh_h=volume_veh_h, destination="f"),), routes=routes)
    return world(demand, bottleneck(), **{"time": SHORT, **scenario})


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route_cache, "_known", {})


def test_nobody_finds_a_much_faster_way_round_a_bottleneck() -> None:
    found = ts.equilibrium(crowd(), **QUEUED)
    assert found.converged
    gaps = found.convergence["relative_gap"]
    assert gaps.iloc[-1] <= 0.02 < gaps.iloc[0]
    by_link = found.link_volumes.set_index("link")["vehicles"]
    assert 0.3 < by_link["b"] / by_link["f"] < 0.75  # a green third of a lane carries some 600 of 1,100 vehicles
    told = found.as_json()
    assert (told["unfinished"], told["converged"], told["engine"]) == (0, True, "queue")


def test_nobody_changes_route_on_the_way_while_it_is_looked_for() -> None:
    informed = crowd(route_choice=RouteChoice(informed_share=1.0))
    assert lower(prepare(informed), (), DESIGN_DAY).plan.en_route.informed.all()
    assert not EquilibriumSearch(prepare(informed), Equilibrium()).rehearsal().en_route.informed.any()


def test_a_search_that_does_not_converge_says_so() -> None:
    found = ts.equilibrium(crowd(), iterations=1)
    assert not found.converged
    assert found.as_json()["relative_gap"] > 0.1
    assert len(found.convergence) == 1


def test_the_search_and_the_table_of_routes_tell_the_same() -> None:
    """What is driven in an iteration is what any run with the routes found so far drives."""
    prepared = prepare(crowd())
    search = EquilibriumSearch(prepared, Equilibrium(interval_s=300.0))
    for _ in range(5):
        plan = search.rehearsal()
        lowered = lower(with_routes(prepared, search.routes), (), DESIGN_DAY).plan
        np.testing.assert_array_equal(plan.trips.route_link, lowered.trips.route_link)
        np.testing.assert_array_equal(plan.trips.route_start, lowered.trips.route_start)
        search.go_on(search.judge(plan, drive("queue", plan, prepared, "test")).after)
    assert 0 < (plan.trips.route_link == plan.link_id.index("c")).sum() < len(plan.trips.name)


def test_other_draws_of_who_switches_lead_to_about_the_same_volumes() -> None:
    found = ts.equilibrium(crowd(), starts=2, **QUEUED)
    assert found.starts["start"].tolist() == [1, 2]
    assert found.volume_difference is not None
    assert 0.0 < found.volume_difference < 0.1
    one, two = found.trips(1), found.trips(2)
    assert [trip.depart_s for trip in one] == [trip.depart_s for trip in two]
    assert [trip.route for trip in one] != [trip.route for trip in two]


def test_an_optimum_takes_no_more_time_than_the_equilibrium_it_began_with() -> None:
    user = ts.equilibrium(crowd(), iterations=12, gap=1e-6)
    system = ts.equilibrium(crowd(), objective="system_optimum", iterations=12, gap=1e-6)
    assert system.as_json()["total_time_h"] <= user.as_json()["total_time_h"] * 1.02
    assert "upper bound" in system.as_json()["total_time_is"]


def test_a_scenario_may_ask_for_routes_in_equilibrium() -> None:
    prepared = rehearsed(prepare(crowd(routes="equilibrium", equilibrium=Equilibrium(**QUEUED))), "queue")
    told = prepared.routes.rehearsals
    assert told.relative_gap is not None
    assert told.relative_gap <= 0.02
    assert len(told.iterations) == told.number
    found = ts.run(crowd(routes="equilibrium", equilibrium=Equilibrium(**QUEUED)), engine="queue")
    assert found.as_json()["routes"] == {"rehearsals": told.number, "relative_gap": told.relative_gap}
    assert found.convergence["relative_gap"].min() == told.relative_gap
    assert found.convergence["iteration"].tolist() == list(range(1, told.number + 1))


def test_routes_in_equilibrium_are_kept_beside_the_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path)
    file.write_text(file.read_text() + '[demand]\nroutes = "equilibrium"\n[equilibrium]\niterations = 3\n')
    first = ts.run(file, engine="queue").as_json()
    monkeypatch.setattr(route_cache, "_known", {})
    monkeypatch.setattr("trafficsim.run.rehearsal.equilibrium_routes", lambda *_: pytest.fail("looked for again"))
    assert ts.run(file, engine="queue").as_json()["digest"] == first["digest"]


def test_the_routes_are_fixed_routes_for_any_scenario() -> None:
    found = ts.equilibrium(crowd(), **QUEUED)
    given = crowd().scenario.model_copy(update={"demand": Demand(trips=tuple(found.trips()))})
    plan, fixed = found.kept[0].plan, lower(prepare(replace(crowd(), scenario=given, demand=given.demand))).plan
    np.testing.assert_array_equal(np.sort(plan.trips.depart_s), fixed.trips.depart_s)
    assert len(plan.trips.route_link) == len(fixed.trips.route_link)


def test_the_command_writes_tables_and_routes(tmp_path: Path) -> None:
    answer = Answer("equilibrium", str(write(tmp_path)), "--iterations", "2", "--out", str(tmp_path / "out"))
    assert answer.status == 0
    assert "relative_gap" in answer.stdout
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == [
        "convergence.csv", "links.csv", "starts.csv", "trips.csv"]
    assert "depart_s" in (tmp_path / "out" / "trips.csv").read_text()


def test_given_routes_alone_leave_nothing_to_look_for() -> None:
    given = world(Demand(trips=(trip(route=("a", "b", "d", "f")),)), bottleneck(), time=SHORT)
    with pytest.raises(ts.InputError, match="a route for every trip and flow"):
        ts.equilibrium(given)


@pytest.mark.parametrize(("wrong", "message"), [({"gap": 2.0}, "gap"), ({"starts": 0}, "starts"),
                                                ({"engine": "teleporter"}, "teleporter"),
                                                ({"iterations": 0}, "iterations")])
def test_wrong_settings_are_named(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ts.InputError, match=message):
        ts.equilibrium(crowd(), **wrong)


def test_demand_far_over_capacity_ends_with_rows_that_say_so() -> None:
    found = ts.equilibrium(crowd(6000.0, time=SHORT.model_copy(update={"clear_s": 600.0})), iterations=3)
    told = found.as_json()
    assert told["unfinished"] > 0
    assert not found.converged
    assert np.isfinite(found.convergence[["relative_gap", "mean_time_s", "total_time_h"]].to_numpy(float)).all()


def test_pairs_that_no_route_joins_are_told_and_the_others_go_on(tmp_path: Path) -> None:
    apart = Demand(flows=(flow(volume_veh_h=500.0, destination="f"), flow("back", volume_veh_h=60.0, origin="f",
                                                                          destination="a")))
    given = replace(crowd(), demand=apart)
    given = replace(given, scenario=given.scenario.model_copy(update={"demand": apart}), written=frozenset())
    told = ts.equilibrium(given, iterations=3).as_json()
    assert told["unserved"]["flows"] == 1
    assert "no route leads from 'f' to 'a'" in next(iter(told["unserved"]["reasons"]))
    assert told["without_path"] == 0
