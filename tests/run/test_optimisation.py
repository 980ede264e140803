"""Optimisation by simulation: a known optimum, what is kept, futures, and input that makes no sense."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from trafficsim.api import build, optimise_signals
from trafficsim.base.errors import InputError
from trafficsim.design.synthetic import corridor
from trafficsim.io.sumo import read_programs
from trafficsim.plan.demand_futures import with_demand
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.policies import SignalPlan
from trafficsim.run.optimisation.evaluating import FILE, FIRST_DESIGN_DAY, Evaluator, Setting
from trafficsim.run.optimisation.optimise import Searching, optimise
from trafficsim.spec.demand import Demand, Flow, Trip
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.study import Study
from trafficsim.spec.world import World

SPACING_M, CYCLE_S, GREEN_S = 400.0, 60.0, 25.0
TRAVEL_S = SPACING_M / (50.0 / 3.6)


def one_way(volume_veh_h: float = 500.0) -> World:
    """Two signals in one direction, nobody from the side."""
    network = corridor((200, SPACING_M, 200), signals=(1, 2), side_streets=(1, 2), cycle_s=CYCLE_S)
    flow = Flow(id="f", origin="east1", destination="east3", volume_veh_h=volume_veh_h)
    return build(Scenario(name="town", time=Time(warmup_s=120.0, analysis_s=600.0), network=network,
                          demand=Demand(flows=(flow,))))


def setting() -> Setting:
    return Setting({1.0: prepare(one_way())}, "queue", 0.1)


def test_the_offset_of_two_signals_is_the_travel_time_between_them() -> None:
    found = optimise_signals(one_way(), variables=("offsets",), days=1, judged_on=3, budget=30)
    first, second = found.programs
    assert first.offset_s == 0.0
    # The first of a platoon come after the travel time; who queued at the first signal, up to a green later.
    assert TRAVEL_S - 1.0 <= second.offset_s <= TRAVEL_S + 0.5 * GREEN_S
    scan = Evaluator(setting(), 1).delays_s(1.0, [
        (first, second.model_copy(update={"offset_s": float(offset)})) for offset in range(0, 60, 6)])
    assert found.history["best_s"].iloc[-1] <= min(scan)
    judged = found.differences[1.0]
    assert judged.diff is not None
    assert judged.diff < -10.0
    assert judged.verdict == "better"


def test_what_was_simulated_is_kept_and_plans_are_written(tmp_path: Path) -> None:
    searching = Searching(("offsets",), days=1, judged_on=2, futures=(0.8, 1.2), budget=13)
    told: list[str] = []
    found = optimise(one_way(), searching, out=tmp_path, told=told.append)
    assert list(found.plans) == ["start plan", "for demand 0.8", "for demand 1.2", "robust"]
    assert (found.design["largest_loss_s"] >= 0.0).all()
    losses = found.design.set_index("plan")["largest_loss_s"]
    assert losses[found.chosen] == losses.min()
    assert set(found.regret["plan"]) == set(found.plans)
    lines = (tmp_path / FILE).read_text().splitlines()
    assert len(lines) == found.runs
    # a line that was cut off is simulated again, all else is read
    (tmp_path / FILE).write_text("\n".join(lines[:-1]) + "\n" + lines[-1][:20])
    again = optimise(one_way(), searching, out=tmp_path, resume=True)
    assert again.runs <= 1
    assert again.as_json() | {"runs": 0} == found.as_json() | {"runs": 0}
    written = SignalPlan(file="plan.add.xml").with_files(lambda file, program: read_programs(tmp_path / file, program))
    assert [(one.offset_s, one.phases) for one in written.programs] == [
        (one.offset_s, one.phases) for one in found.programs]
    with pytest.raises(InputError, match="add --resume"):
        optimise(one_way(), searching, out=tmp_path)
    with pytest.raises(InputError, match="results of something else"):
        optimise(one_way(), Searching(("offsets",), days=2, budget=13), out=tmp_path, resume=True)


def test_days_of_design_are_beyond_those_of_any_study() -> None:
    most = max(one.le for one in Study.model_fields["replications"].metadata if hasattr(one, "le"))
    assert most < FIRST_DESIGN_DAY


def test_demand_of_a_future_is_a_multiple_but_for_timetables() -> None:
    world = one_way()
    bus = Flow(id="bus", origin="east1", destination="east3", volume_veh_h=6, vehicle_classes={"bus": 1.0})
    trips = tuple(Trip(id=f"t{number}", depart_s=200.0, origin="east1", destination="east3") for number in range(200))
    demand = Demand(flows=(*world.demand.flows, bus), trips=trips, routes="free_flow")
    world = build(world.scenario.model_copy(update={"demand": demand}))
    usual = prepare(world)
    busy, quiet = (with_demand(world, usual, factor) for factor in (1.2, 0.8))
    assert [one.volume_veh_h for one in busy.demand.flows] == [600.0, 6.0]
    assert 210 < len(busy.demand.trips) < 270
    assert 130 < len(quiet.demand.trips) < 190
    assert {one.id for one in quiet.demand.trips} < {one.id for one in busy.demand.trips}
    assert busy.scenario.name == "town_demand_1.2"
    assert with_demand(world, usual, 1.0) is world
    assert isinstance(prepare(busy), Prepared)


@pytest.mark.parametrize(("wrong", "says"), [
    ({"days": 0}, "days: found 0; expected a whole number >= 1"),
    ({"judged_on": 1}, "judged_on: found 1; expected a whole number >= 2"),
    ({"futures": ()}, r"futures: found \(\); expected different factors"),
    ({"futures": (1.0, 1.0)}, "expected different factors"),
    ({"futures": (3.0,)}, "futures: found 3; expected factors above 0 and up to 2"),
    ({"futures": (float("nan"),)}, "futures: found nan"),
    ({"budget": 3}, "budget: found 3; expected at least"),
    ({"seed": -1}, "seed: found -1"),
    ({"demand_variation": 0.5}, "demand_variation: found 0.5"),
    ({"variables": ("cycle",)}, "variables: found 'cycle'"),
    ({"engine": "none"}, "none"),
])
def test_what_makes_no_sense_is_refused(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        optimise(one_way(), Searching(**wrong))  # type: ignore[arg-type]


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cma", None)
    with pytest.raises(InputError, match=r"pip install 'trafficsim\[optimise\]'"):
        optimise(one_way(), Searching())
