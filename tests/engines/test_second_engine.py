"""A second engine, installed as a package of its own, runs a study through command, results and report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.support import output_of
from tests.support.free_engine import FreeEngine
from tests.support.slower_study import slower_study
from trafficsim.base import packages
from trafficsim.base.errors import InputError
from trafficsim.engines import registry
from trafficsim.engines.asking import check_offered
from trafficsim.plan.outputs import OUTPUTS

SCENARIO = """name = "road"
[time]
warmup_s = 60
analysis_s = 300
clear_s = 300
[network.builder]
kind = "corridor"
arguments = { lengths_m = [400, 300, 500] }
[demand]
flows = [{ id = "east", route = ["east1", "east2", "east3"], volume_veh_h = 400 }]
[free]
slowness = 1.5
"""
STUDY = slower_study("free", replications=3)


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Install the engine: what a package manager leaves of a package with an entry point."""
    package = tmp_path / "site" / "free_engine-1.0.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: free-engine\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text("[trafficsim.engines]\nfree = tests.support.free_engine:FreeEngine\n")
    monkeypatch.setattr(registry, "ENGINES", dict(registry.ENGINES))
    monkeypatch.syspath_prepend(package.parent)
    registry.load_installed.cache_clear()
    (tmp_path / "road.toml").write_text(SCENARIO)
    (tmp_path / "study.toml").write_text(STUDY)
    yield tmp_path
    registry.load_installed.cache_clear()


def test_a_scenario_runs_by_its_name(installed: Path) -> None:
    told = json.loads(output_of("run", installed / "road.toml", "--engine", "free", "--json"))
    assert (told["engine"], told["status"]) == ("free", "complete")
    values = told["indicators"]
    assert values["mean_delay_s"]["mean"] == pytest.approx(values["mean_travel_time_s"]["mean"] / 3.0, rel=1e-9)
    assert told["not_computed"]["max_queue_m"] == "engine free does not measure queues"


def test_a_study_goes_through_command_results_and_report(installed: Path) -> None:
    output_of("check", installed / "study.toml")
    out = installed / "out"
    told = json.loads(output_of("compare", installed / "study.toml", "--out", out, "--json"))
    assert told["results"]["road"]["free"]["limit 30"]["mean_delay_s"]["verdict"] == "worse"
    assert len(pd.read_parquet(next(out.glob("trips@*")))) > 0
    assert len(pd.read_parquet(next(out.glob("movements@*")))) == 0
    assert json.loads((out / "study.json").read_text())["scenarios"]["road"]["free"] == {"slowness": 1.5}
    output_of("report", out, "--out", installed / "page.html")
    assert "free" in (installed / "page.html").read_text()


def test_help_tells_of_it_in_its_own_codes(installed: Path) -> None:
    said = " ".join(output_of("run", "--help").split())
    assert f"free: {FreeEngine.summary}" in said


@pytest.mark.parametrize(("asked", "table", "able"), [
    ('trajectories = { share = 0.5 }', "trajectories", "'ca'"),
    ('areas = [{ id = "a", link = "east2", begin_m = 0 }]', "areas", "'ca' or 'queue'"),
    ('detectors = [{ id = "d", link = "east2", position_m = 50 }]', "detectors", "'ca' or 'hybrid' or 'queue'"),
])
def test_what_it_does_not_measure_is_refused_with_the_engines_that_do(
    installed: Path, asked: str, table: str, able: str
) -> None:
    (installed / "road.toml").write_text(asked + "\n" + SCENARIO)
    said = output_of("run", installed / "road.toml", "--engine", "free", status=2)
    assert f"does not measure {table}" in said
    assert f"choose engine {able}, or do not ask for it" in said


def test_indicators_that_it_does_not_measure_are_refused_before_anything_runs(installed: Path) -> None:
    (installed / "study.toml").write_text(STUDY.replace("replications", 'primary = ["max_queue_m"]\nreplications'))
    said = output_of("compare", installed / "study.toml", status=2)
    assert "indicator 'max_queue_m': found an engine that does not measure queues" in said


def test_a_world_that_it_does_not_represent_is_refused(installed: Path) -> None:
    signals = SCENARIO.replace("[400, 300, 500]", "[400, 300, 500], signals = [1], side_streets = [1]")
    (installed / "road.toml").write_text(signals)
    said = output_of("run", installed / "road.toml", "--engine", "free", status=2)
    assert "does not represent signals" in said
    assert "choose engine 'ca' or 'hybrid' or 'queue', or a scenario without signals" in said


def test_its_settings_are_checked_like_any_other_table(installed: Path) -> None:
    (installed / "road.toml").write_text(SCENARIO.replace("slowness = 1.5", "slowness = 0.5"))
    assert "free.slowness" in output_of("run", installed / "road.toml", "--engine", "free", status=2)
    (installed / "road.toml").write_text(SCENARIO.replace("slowness", "slownes"))
    assert "free.slownes" in output_of("run", installed / "road.toml", "--engine", "free", status=2)


def test_two_engines_of_one_name_are_refused() -> None:
    class Other(FreeEngine):
        pass

    registry.engines()
    with pytest.raises(InputError, match="already taken by FreeEngine"):
        registry.register(Other())


def test_an_output_that_nobody_offers_names_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OUTPUTS, "fuel", "fuel used")
    with pytest.raises(InputError, match=r"choose engine \(there is none\)"):
        check_offered(FreeEngine(), [("fuel", "a scenario")])


def test_an_entry_point_that_is_no_engine_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    abstract = EntryPoint(name="bad", value="trafficsim.engines.descriptor:Engine", group=registry.ENTRY_POINT_GROUP)
    monkeypatch.setattr(packages, "entry_points", lambda group: [abstract])
    with pytest.raises(InputError, match=r"entry point 'bad'.*abstract.*the descriptor of an engine"):
        registry.load_installed()
