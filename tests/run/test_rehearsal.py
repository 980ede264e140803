"""Rehearsals with the engine: who learns, what is frozen, what the results say, and the cache."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import pytest

import trafficsim as ts
from tests.plan.small import Demand, flow, join, link, network, trip, world
from trafficsim.base.errors import SimulationError
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.plan.rehearsals import Rehearsals
from trafficsim.plan.routes import RouteTable
from trafficsim.run import driving, rehearsal, route_cache
from trafficsim.run.rehearsal import ENOUGH_GAP, MOST_REHEARSALS, rehearsed
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Time
from trafficsim.spec.signals import Phase, SignalProgram
from trafficsim.spec.world import World

SHORT = Time(warmup_s=0.0, analysis_s=1200.0, clear_s=3600.0)


def bottleneck() -> Network:
    """a -> (b: short, a signal that is green for 20 of 60 s | c: longer by 20 s, no signal) -> d."""
    phases = (Phase(duration_s=20, state="G"), Phase(duration_s=40, state="r"))
    ends = {"a": ("1", "2", 2, 100.0), "b": ("2", "3", 1, 300.0), "c": ("2", "4", 1, 600.0), "d": ("3", "5", 1, 100.0),
            "e": ("4", "5", 1, 100.0), "f": ("5", "6", 2, 100.0)}
    return network(
        [link(name, tail, head, lanes=lanes, length_m=length_m, speed_limit_kmh=50.0)
         for name, (tail, head, lanes, length_m) in ends.items()],
        [join("a", "b", 1), join("a", "c"), join("b", "d", signal="j", signal_index=0), join("c", "e"),
         join("d", "f", 0, 1), join("e", "f")],
        signals=(SignalProgram(id="j", phases=phases),),
    )


def crowd(**demand: Any) -> World:
    return world(Demand(flows=(flow(volume_veh_h=1100.0, destination="f"),), **demand), bottleneck(), time=SHORT)


def share_over(prepared: Prepared, name: str) -> float:
    plan = lower(prepared).plan
    return float((plan.trips.route_link == plan.link_id.index(name)).sum() / len(plan.trips.name))


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route_cache, "_known", {})


def test_drivers_learn_to_go_round_a_bottleneck() -> None:
    before = prepare(crowd())
    after = rehearsed(before)
    assert share_over(before, "b") == 1.0
    assert 0.3 < share_over(after, "b") < 0.75  # a green third of a lane carries some 600 of 1,100 vehicles
    told = after.routes.rehearsals
    assert 2 <= told.number <= MOST_REHEARSALS
    assert told.relative_gap is not None
    assert told.relative_gap < 0.1


def test_no_congestion_takes_one_rehearsal_and_moves_nobody() -> None:
    quiet = world(Demand(flows=(flow(volume_veh_h=60.0, destination="f"),)), bottleneck(), time=SHORT)
    after = rehearsed(prepare(quiet))
    assert after.routes.rehearsals.number == 1
    assert share_over(after, "b") == 1.0
    assert ts.run(quiet).as_json()["digest"] == ts.run(free_flow(quiet)).as_json()["digest"]


def free_flow(given: World) -> World:
    return replace(given, demand=given.demand.model_copy(update={"routes": "free_flow"}))


@pytest.mark.parametrize("given", [
    Demand(flows=(flow(volume_veh_h=1100.0, route=("a", "b", "d", "f")),)),
    Demand(trips=tuple(trip(f"t{n}", 3.0 * n, route=("a", "b", "d", "f")) for n in range(50))),
    Demand(flows=(flow(volume_veh_h=1100.0, origin="b", destination="f"),)),  # one way only
    Demand(flows=(flow(volume_veh_h=1100.0, destination="f"),), routes="free_flow"),
])
def test_where_nothing_is_to_be_found_nothing_is_rehearsed(given: Demand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driving, "engine_named", lambda name: pytest.fail("a rehearsal was run"))
    prepared = prepare(world(given, bottleneck(), time=SHORT))
    assert rehearsed(prepared) is prepared


def test_results_say_how_many_rehearsals_there_were_and_what_they_left() -> None:
    found = ts.run(crowd(), replications=2)
    told = rehearsed(prepare(crowd())).routes.rehearsals
    assert found.as_json()["routes"] == {"rehearsals": told.number, "relative_gap": told.relative_gap}
    assert found.runs["rehearsals"].tolist() == [told.number] * 2
    none = ts.run(free_flow(crowd()))
    assert none.as_json()["routes"] == {"rehearsals": 0, "relative_gap": None}


def test_a_study_and_its_report_say_so_too(tmp_path: Path) -> None:
    study = ts.Study(name="fork", scenarios=[crowd().scenario], replications=2,
                     alternatives={"do nothing": [], "slow": [ts.policies.SpeedLimit(on=ts.links("c"), limit_kmh=30)]})
    found = ts.compare(study)
    told = rehearsed(prepare(crowd())).routes.rehearsals
    assert told.relative_gap is not None
    assert found.as_json()["routes"] == {
        "small": {"rehearsals": told.number, "relative_gap": told.relative_gap}}
    page = ts.report(found, tmp_path / "page.html").read_text(encoding="utf-8")
    row = page[page.index("relative gap (%)"):]
    assert f">{told.number}<" in row
    assert f"{100.0 * told.relative_gap:.1f}" in row


def test_all_alternatives_workers_and_entrances_see_the_same_routes(tmp_path: Path) -> None:
    scenario = crowd().scenario
    slower = ts.policies.SpeedLimit(on=ts.links("c"), limit_kmh=30)
    study = ts.Study(name="fork", scenarios=[scenario], replications=2, demand_variation=0.0,
                     alternatives={"do nothing": [], "limit 30": [slower]})
    one, two = ts.compare(study), ts.compare(study, workers=2)
    assert one.runs["digest"].tolist() == two.runs["digest"].tolist()
    distance = one.trips.groupby(["replication", "alternative"])["distance_m"].sum().unstack()
    np.testing.assert_allclose(distance["do nothing"], distance["limit 30"])
    alone = ts.run(scenario)
    assert alone.runs["digest"][0] == one.runs["digest"][0]
    through = ts.trace(scenario, links=["c"], window_s=(0.0, 4800.0)).trajectories["trip"].nunique()
    assert through == (alone.trips["distance_m"] > 700.0).sum()


def write(folder: Path) -> Path:
    """The bottleneck as a user writes it."""
    nodes = "".join(f'[[network.nodes]]\nid = "{n}"\nx_m = {x}\ny_m = {y}\n'
                    for n, x, y in (("1", 0, 0), ("2", 200, 0), ("3", 500, 0), ("4", 500, 500), ("5", 900, 0)))
    links = "".join(f'[[network.links]]\nid = "{name}"\nfrom = "{tail}"\nto = "{head}"\n'
                    for name, tail, head in (("a", 1, 2), ("b", 2, 3), ("c", 2, 4), ("d", 3, 5), ("e", 4, 5)))
    nodes += '[[network.nodes]]\nid = "6"\nx_m = 1200\ny_m = 0\n'
    links += '[[network.links]]\nid = "f"\nfrom = "5"\nto = "6"\n'
    file = folder / "fork.toml"
    file.write_text('name = "fork"\n[time]\nanalysis_s = 600\n' + nodes + links +
                    '[[demand.flows]]\nid = "f"\norigin = "a"\ndestination = "f"\nvolume_veh_h = 1500\n')
    return file


def test_routes_are_kept_beside_the_scenario_and_never_trusted_blindly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path)
    first = ts.run(file).as_json()
    kept, = (tmp_path / ".trafficsim").glob("routes-*.npz")
    assert (tmp_path / ".trafficsim" / ".gitignore").read_text() == "*\n"
    whole = kept.read_bytes()
    ran = []
    learn = rehearsal._learn
    monkeypatch.setattr(rehearsal, "_learn", lambda *given: ran.append(1) or learn(*given))
    for content, rehearses in ((whole, 0), (whole[:-9], 1), (b"", 1), (whole[:40] + b"\0" + whole[41:], 1),
                               (whole[32:], 1)):
        kept.write_bytes(content)
        monkeypatch.setattr(route_cache, "_known", {})
        ran.clear()
        again = ts.run(file).as_json()
        assert (again["digest"], again["routes"]) == (first["digest"], first["routes"])
        assert len(ran) == rehearses
        assert kept.read_bytes() == whole


def test_another_seed_or_demand_is_rehearsed_anew(tmp_path: Path) -> None:
    prepared = prepare(crowd())
    other = replace(prepared, world=replace(prepared.world, scenario=prepared.world.scenario.model_copy(
        update={"seed": 6})))
    more = prepare(world(Demand(flows=(flow(volume_veh_h=1101.0, destination="f"),)), bottleneck(), time=SHORT))
    keys = [route_cache.cache_key(one, "ca") for one in (prepared, other, more, prepare(crowd()))]
    assert keys[0] == keys[3]
    assert len(set(keys)) == 3


def test_a_folder_that_cannot_be_written_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    assert rehearsed(prepare(crowd()), "ca", tmp_path / "taken").routes.rehearsals.number > 1
    assert (tmp_path / "taken").read_text() == "a file"


def test_json_has_the_gap_as_a_number(tmp_path: Path) -> None:
    told = json.loads(json.dumps(ts.run(write(tmp_path)).as_json()))["routes"]
    assert told["rehearsals"] >= 1
    assert told["relative_gap"] >= 0.0
    if told["rehearsals"] < MOST_REHEARSALS:
        assert told["relative_gap"] <= ENOUGH_GAP


class Played:
    """Stands for the learning: rehearsal k ends as written, with the table whose clock begins at k."""

    ENDS: ClassVar = [(0, 0.40), (90, 0.10), (0, 0.25), (0, 0.30)]

    def __init__(self, prepared: Prepared) -> None:
        self.routes, self._number = replace(prepared.routes, begin_s=0.0), 0

    def rehearsal(self) -> int:
        return self._number

    def look_back(self, ended: tuple[int, float]) -> tuple[float, RouteTable]:
        self._number += 1
        return ended[1], replace(self.routes, begin_s=float(self._number))


def test_the_state_in_which_most_arrive_is_kept_and_of_these_the_one_with_the_smallest_gap(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run(_: str, number: int, *__: object) -> SimpleNamespace:
        left, gap = Played.ENDS[min(number, 3)]
        return SimpleNamespace(waiting=left, en_route=0, ended=(left, gap))

    monkeypatch.setattr(rehearsal, "Learning", Played)
    monkeypatch.setattr(rehearsal, "drive", run)
    monkeypatch.setattr(rehearsal, "turn_times_s", lambda _, record: record.ended)
    found = rehearsal._learn(prepare(crowd()), "ca")
    assert (found.begin_s, found.rehearsals) == (2.0, Rehearsals(MOST_REHEARSALS, 0.25))


def test_a_rehearsal_that_breaks_off_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(plan: object, settings: object) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(driving, "engine_named", lambda _: SimpleNamespace(run=broken, settings_of=lambda _: None))
    with pytest.raises(SimulationError, match="rehearsal 1: found ZeroDivisionError: a defect"):
        rehearsed(prepare(crowd()))
