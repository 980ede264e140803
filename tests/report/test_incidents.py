"""The report tells of incidents: a table, and cumulative curves of the dearest; nothing where nothing happened."""

from __future__ import annotations

from pathlib import Path

import pytest

import trafficsim as ts


@pytest.fixture(scope="module")
def result() -> object:
    network = ts.corridor([1000.0, 1000.0], lanes=2, speed_limit_kmh=100.0, road_class="motorway")
    crash = ts.Incident(id="crash <1>", link="east2", position_m=500.0, lanes=(0,), begin_s=300.0, duration_s=600.0)
    flow = ts.Flow(id="f", route=("east1", "east2"), volume_veh_h=2600.0)
    road = ts.Scenario(name="road", network=network, incidents=(crash,), demand=ts.Demand(flows=(flow,)),
                       time=ts.Time(analysis_s=1200.0, clear_s=1800.0, interval_s=60.0))
    sooner = ts.policies.QuickClearance(factor=0.5)
    return ts.run(ts.Study(scenarios=[road], alternatives={"do nothing": [], "sooner": [sooner]}, engines=["queue"],
                           replications=2))


@pytest.mark.parametrize(("language", "heading", "minutes"), [
    ("en", "Incidents", "10.0"), ("ar", "العوارض المرورية", "10.0")])
def test_incidents_are_in_the_report(result: object, tmp_path: Path, language: str, heading: str, minutes: str) -> None:
    page = ts.report(result, tmp_path / "page.html", language=language).read_text(encoding="utf-8")
    assert heading in page
    assert "crash &lt;1&gt;" in page
    assert "crash <1>" not in page
    assert minutes in page


def test_the_same_happens_under_every_alternative_and_is_cleared_sooner_under_one(result: object) -> None:
    table = result.incidents.groupby("alternative")["duration_s"].unique()  # type: ignore[attr-defined]
    assert table["do nothing"].tolist() == [600.0]
    assert table["sooner"].tolist() == [300.0]
