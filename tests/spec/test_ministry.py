"""The study of the ministry: one town, ten sites, one budget; every package stands and costs what its page states."""

from __future__ import annotations

import sys
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

from trafficsim.io.load import load_study, load_world
from trafficsim.outcomes.economics.valuation import unit_values
from trafficsim.policies import load_policies
from trafficsim.results.appraisal import measure_cost
from trafficsim.spec.check_world import check_world
from trafficsim.spec.study import Study
from trafficsim.spec.world import World

FOLDER = Path(__file__).parents[2] / "scenarios" / "ministry"
BUDGET = 400_000.0


@pytest.fixture(scope="module")
def made() -> ModuleType:
    place = util.spec_from_file_location("make_ministry", FOLDER / "make_ministry.py")
    assert place is not None
    assert place.loader is not None
    module = util.module_from_spec(place)
    sys.modules["make_ministry"] = module
    place.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def world() -> World:
    return load_world(FOLDER / "scenario.toml")


@pytest.fixture(scope="module")
def study() -> Study:
    load_policies()
    return load_study(FOLDER / "study.toml")


def test_the_scenario_is_what_its_script_writes(made: ModuleType) -> None:
    assert (FOLDER / "scenario.toml").read_text() == made.text()


def test_roads_and_traffic_are_those_of_the_town(world: World) -> None:
    town = load_world(FOLDER.parent / "speed_town" / "scenario.toml")
    assert dict(world.network.links) == dict(town.network.links)
    assert [(flow.id, flow.volume_veh_h) for flow in world.demand.flows] == [
        (flow.id, flow.volume_veh_h) for flow in town.demand.flows]
    assert {finding.level for finding in check_world(world)} == {"info"}
    assert world.scenario.population is not None
    assert 20_000 <= world.scenario.population.people <= 100_000


def test_ten_sites_of_which_none_shares_a_link(made: ModuleType, world: World) -> None:
    links = [link for name in made.SITES for link in world.network.groups[name]]
    assert len(made.SITES) == 10
    assert len(links) == len(set(links))


@pytest.mark.parametrize(("package", "each"), [
    ("cameras", 2), ("zones 30 with feedback signs", 2), ("random patrols", 1)])
def test_packages_stand_at_every_site(
    made: ModuleType, world: World, study: Study, package: str, each: int
) -> None:
    places = [place.link for policy in study.alternatives[package] for place in getattr(policy, "at", ())]
    for name in made.SITES:
        assert len(set(places) & set(world.network.groups[name])) == each
    assert len(places) == 10 * each


def test_every_package_costs_the_budget(study: Study) -> None:
    economics = study.economics
    assert economics is not None
    assert set(economics.measures) == set(study.alternatives) - {"do nothing"}
    values = unit_values(economics)
    for name, measure in economics.measures.items():
        assert measure_cost(economics, values, name) == pytest.approx(BUDGET, rel=0.002)
        assert measure.operation_per_year.source.startswith("modelling assumption")


def test_officers_are_paid_for_the_hours_that_they_stand(study: Study) -> None:
    (patrol,) = study.alternatives["random patrols"]
    assert study.economics is not None
    paid = study.economics.measures["random patrols"].enforcement_hours_per_year.value
    assert paid == 365 * patrol.officer_hours_per_day  # type: ignore[attr-defined]


def test_three_years_and_a_reform_that_begins_when_those_it_reaches_drive(study: Study) -> None:
    assert study.days is not None
    assert study.days.number == 1096
    begin = {event.policy: event.begin_day for event in study.days.events}
    assert set(begin) == {policy.kind for policy in study.alternatives["licensing reform"]}
    assert set(begin.values()) <= set(study.days.sample_days())  # no further day has to be simulated for them
