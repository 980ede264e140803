"""The made-up town is what its scripts write, and each alternative acts where its name says."""

from __future__ import annotations

import csv
import sys
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

from trafficsim.io.load import load_study, load_world
from trafficsim.outcomes.sites.places import sites_of
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.policies import load_policies
from trafficsim.report.network_map import network_map
from trafficsim.run.free_speeds import acted_on
from trafficsim.spec.check_world import check_world
from trafficsim.spec.study import Study
from trafficsim.spec.world import World

GROUPS = ("local", "cross", "main", "ring", "approach", "suburb")
FOLDER = Path(__file__).parents[2] / "scenarios" / "speed_town"


def script(name: str) -> ModuleType:
    """Import a script of the folder."""
    place = util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert place is not None
    assert place.loader is not None
    module = util.module_from_spec(place)
    sys.modules[name] = module
    place.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def world() -> World:
    return load_world(FOLDER / "scenario.toml")


@pytest.fixture(scope="module")
def prepared(world: World) -> Prepared:
    return prepare(world)


@pytest.fixture(scope="module")
def study() -> Study:
    load_policies()
    return load_study(FOLDER / "study.toml")


def test_the_scenario_is_what_its_script_writes() -> None:
    assert (FOLDER / "scenario.toml").read_text() == script("make_town").text()


def test_it_is_sound_and_has_a_picture(world: World, tmp_path: Path) -> None:
    assert {finding.level for finding in check_world(world)} == {"info"}
    assert (FOLDER / "README.md").read_text().count("network.png") == 1
    assert 1_000 < (FOLDER / "network.png").stat().st_size < 150_000
    assert network_map(world.network, tmp_path / "map.png").axes


def test_54_km_of_road_in_four_classes(world: World) -> None:
    links, groups = world.network.links, world.network.groups
    km = {group: sum(float(links[link]["length_m"]) for link in groups[group]) / 2000.0
          for group in ("local", "cross", "main", "ring", "approach")}
    assert 40.0 < sum(km.values()) < 60.0
    assert all(length > 1.0 for length in km.values())
    assert {(one["speed_limit_kmh"], one["road_class"]) for one in links.values()} == {
        (50.0, "urban"), (70.0, "urban"), (80.0, "rural")}
    assert len(world.network.signals) == 9


def test_crashes_are_what_the_script_draws_from_the_traffic(world: World) -> None:
    made = script("make_crashes")
    with (FOLDER / "aadt.csv").open() as file:
        aadt = {row["link"]: float(row["aadt"]) for row in csv.DictReader(file)}
    with (FOLDER / "crashes.csv").open() as file:
        rows = [(row["place"], row["date"], row["severity"]) for row in csv.DictReader(file)]
    assert rows == sorted(made.crashes(world.network, aadt), key=lambda one: one[1])
    assert {place for place, _, _ in rows} <= {site.id for site in sites_of(world.network)}


def test_types_of_roads_with_a_median_are_those_of_the_script(world: World, study: Study) -> None:
    assert study.history is not None
    assert study.history.site_types.items() <= script("make_crashes").types(world.network).items()
    segments = [site.id for site in sites_of(world.network, study.history.site_types)
                if site.kind == "segment" and site.facility == "4D"]
    assert len(segments) == len(study.history.site_types) == 12


@pytest.mark.parametrize(("alternative", "groups"), [
    ("30 km/h in the centre", {"local", "cross"}), ("cameras on the ring", {"ring"}), ("yellow by formula", set()),
    ("30 km/h and section control", {"local", "cross", "approach"}),
])
def test_alternatives_act_where_their_names_say(
    world: World, prepared: Prepared, study: Study, alternative: str, groups: set[str]
) -> None:
    lowered = lower(prepared, study.alternatives[alternative], 1)
    acted = {name for name, on in zip(lowered.plan.link_id, acted_on(lowered), strict=True) if on}
    found = {group for group in GROUPS if acted & set(world.network.groups[group])}
    assert groups <= found
    # drivers slow down before an enforced section, and speed up again behind it
    around = {"main", "ring", "suburb", "approach"} if "control" in alternative or "ring" in alternative else set()
    assert found - groups <= around


def test_every_measure_has_a_cost_with_its_origin(study: Study) -> None:
    assert study.economics is not None
    assert set(study.economics.measures) == set(study.alternatives) - {"do nothing"}
    for measure in study.economics.measures.values():
        assert measure.capital.source.startswith("modelling assumption")
        assert measure.capital.low is not None
