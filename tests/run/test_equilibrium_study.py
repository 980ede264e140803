"""Alternatives in equilibria of their own: routes by alternative, gaps beside effects, verdicts taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import trafficsim as ts
from tests.plan.small import Demand, flow, world
from tests.run.test_rehearsal import SHORT, bottleneck
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import prepare
from trafficsim.results.compare import compare
from trafficsim.results.frames import Labels
from trafficsim.results.question import Question
from trafficsim.run import route_cache
from trafficsim.run.alternatives import equilibria, with_baseline_routes
from trafficsim.run.jobs import Setting
from trafficsim.run.result import StudyResult
from trafficsim.spec.equilibrium import Equilibrium
from trafficsim.spec.study import Study

SLOW = ts.policies.SpeedLimit(on=ts.links("c"), limit_kmh=20)


def study(**equilibrium: Any) -> Study:
    town = world(Demand(flows=(flow(volume_veh_h=1100.0, destination="f"),)), bottleneck(), time=SHORT)
    return Study(name="fork", scenarios=[town.scenario], replications=2, engines=("queue",), demand_variation=0.0,
                 primary=("mean_travel_time_s",), equilibrium=Equilibrium(**equilibrium),
                 alternatives={"do nothing": [], "slow": [SLOW]})


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route_cache, "_known", {})


@pytest.fixture(scope="module")
def result() -> StudyResult:
    return ts.compare(study(iterations=25, gap=0.01))


def test_every_alternative_has_routes_of_its_own(result: StudyResult) -> None:
    told = result.runs.groupby("alternative", observed=True)["relative_gap"].agg(["min", "max"])
    assert (told["min"] == told["max"]).all()
    assert (told["max"] < 0.05).all()
    asked = study(iterations=25, gap=0.01)
    prepared = {"small": prepare(world(Demand(flows=(flow(volume_veh_h=1100.0, destination="f"),)), bottleneck(),
                                       time=SHORT))}
    routes = equilibria(asked, prepared)
    setting = Setting(with_baseline_routes(asked, prepared, routes), routes=routes)
    share = {}
    for name, policies in asked.alternatives.items():
        plan = lower(setting.world_of(Labels("small", name, 1, "queue")), policies).plan
        share[name] = (plan.trips.route_link == plan.link_id.index("c")).sum() / len(plan.trips.name)
    assert share["slow"] < share["do nothing"] - 0.05  # a slower detour is driven by fewer


def test_the_gap_stands_beside_the_effect(result: StudyResult) -> None:
    row = result.comparison.table("mean_travel_time_s").iloc[0]
    gaps = result.runs.groupby("alternative", observed=True)["relative_gap"].max()
    assert row["equilibrium_gap"] == pytest.approx(gaps.sum())
    own = result.as_json()["routes"]["small"]["alternatives"]
    assert {name: one["relative_gap"] for name, one in own.items()} == gaps.to_dict()
    entry = result.as_json()["results"]["small"]["queue"]["slow"]["mean_travel_time_s"]
    assert entry["equilibrium_gap"] == pytest.approx(gaps.sum())


def test_far_from_equilibrium_there_is_no_verdict() -> None:
    found = ts.compare(study(iterations=1))
    row = found.comparison.table("mean_travel_time_s").iloc[0]
    assert row["verdict"] == "no evidence"
    assert "not converged enough" in row["reason"]


@pytest.mark.parametrize(("gap", "verdict"), [(0.004, "worse"), (0.006, "no evidence")])
def test_gaps_of_both_are_at_most_a_tenth_of_the_effect(result: StudyResult, gap: float, verdict: str) -> None:
    table = result.indicators[result.indicators["indicator"] == "mean_travel_time_s"].copy()
    slow = table["alternative"] == "slow"
    table["value"] = 100.0 + table["replication"] * 1.0
    table.loc[slow, "value"] = table.loc[slow, "value"] * 1.1 + table.loc[slow, "replication"] * 1e-3
    question = Question(primary=("mean_travel_time_s",), outcomes={"equilibrium": Equilibrium()})
    found = compare(table, question, result.runs.assign(relative_gap=gap))
    one = next(one for one in found.differences if one.alternative == "slow")
    assert one.verdict == verdict
    plain = compare(table, Question(primary=("mean_travel_time_s",)), result.runs.assign(relative_gap=0.5))
    assert next(one for one in plain.differences if one.alternative == "slow").equilibrium_gap is None


def test_routes_of_alternatives_are_kept_beside_the_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, folder = study(iterations=2), tmp_path / "kept"
    town = {"small": prepare(world(Demand(flows=(flow(volume_veh_h=1100.0, destination="f"),)), bottleneck(),
                                   time=SHORT))}
    first = equilibria(asked, town, folder)
    monkeypatch.setattr(route_cache, "_known", {})
    monkeypatch.setattr("trafficsim.run.alternatives.equilibrium_routes", lambda *_: pytest.fail("looked for again"))
    again = equilibria(asked, town, folder)
    for name, routes in first.items():
        assert again[name].found.tolist() == routes.found.tolist()
        assert again[name].rehearsals == routes.rehearsals


@pytest.mark.parametrize(("wrong", "message"), [
    ({"equilibrium": {"objective": "system_optimum"}}, "user equilibrium"),
    ({"equilibrium": {"gap": 0.01}, "days": {"number": 30}}, "on one day"),
])
def test_what_does_not_go_together_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Study(scenarios=("a.toml",), alternatives={"do nothing": []}, **wrong)
