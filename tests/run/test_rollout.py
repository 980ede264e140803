"""Rollouts of the town whose crashes are made up: what orders are worth, and what counts pretend."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import trafficsim as ts
from trafficsim.outcomes.casualties import Models, SpeedChange, relative
from trafficsim.results.rollout import Programme, read_programmes, write_programmes

TOWN = Path(__file__).resolve().parents[2] / "scenarios" / "speed_town" / "study.toml"
COMMON = {"every_m": 1000.0, "cost": 60000.0, "budget_per_year": 260000.0, "years": 3, "running_cost_per_year": 8000.0}


@pytest.fixture(scope="module")
def programmes() -> dict[str, Programme]:
    study = ts.load(TOWN)
    assert isinstance(study, ts.Study)
    asked = (ts.Rollout(name="best", **COMMON), ts.Rollout(name="counts", order="observed counts", **COMMON),
             ts.Rollout(name="trial", stepped_wedge=ts.SteppedWedge(seed=2), **COMMON))
    return {one.name: one for one in ts.rollouts(study.model_copy(update={"rollout": asked}))}


def test_costs_of_every_year_fit_into_its_budget(programmes: dict[str, Programme]) -> None:
    for one in programmes.values():
        years = one.years
        assert (years["left"] >= 0.0).all()
        assert (years["building"] + years["running"] + years["left"]).to_numpy() == pytest.approx(260000.0)
        assert years["built"].sum() == len(one.sites)
        assert years["total"].to_numpy() == pytest.approx(years["avoided"].cumsum().to_numpy())


def test_the_sum_of_gains_is_what_is_avoided_in_the_last_year(programmes: dict[str, Programme]) -> None:
    for one in programmes.values():
        assert one.sites["gain"].sum() == pytest.approx(one.years["avoided"].iloc[-1])
        assert (one.sites["gain"] <= one.sites["alone"] + 1e-12).all()
        assert ((one.years["low"] < one.years["avoided"]) & (one.years["avoided"] < one.years["high"])).all()


def test_black_spots_avoid_less_and_pretend_more(programmes: dict[str, Programme]) -> None:
    best, counts = programmes["best"], programmes["counts"]
    by_order = best.orders.set_index("order")["total"]
    assert by_order["expected casualties"] > by_order["observed counts"] > 0.0
    assert counts.years["total"].iloc[-1] == pytest.approx(by_order["observed counts"])
    seen = counts.regression
    assert seen["observed"] is not None
    assert seen["observed"] > seen["expected"]
    assert seen["without_effect"] < -0.05  # nothing was done, and yet
    assert seen["with_effect"] < seen["without_effect"]


def test_a_trial_builds_the_same_sites_at_other_times(programmes: dict[str, Programme]) -> None:
    best, trial = programmes["best"], programmes["trial"]
    assert set(trial.sites["name"]) == set(best.sites["name"])
    assert trial.years["built"].max() - trial.years["built"].min() <= 1
    assert trial.wedge is not None
    assert 0.05 <= trial.wedge["power"] <= 1.0
    assert trial.wedge["periods"] == 4


def test_the_marginal_curve_falls(programmes: dict[str, Programme]) -> None:
    curve = programmes["best"].curve
    assert (np.diff(curve["gain_per_cost"]) <= 1e-15).all()
    assert curve["gain"].cumsum().to_numpy() == pytest.approx(curve["avoided"].to_numpy())


def test_casualties_avoided_are_those_of_the_speed_model() -> None:
    """One place by hand: on every cell the published exponents, weighted by expected crashes."""
    study = ts.load(TOWN)
    found = ts.design.place(study, budget=1, candidates=[("ring_east_east_half", 1250.0)])
    assert found.value == pytest.approx(_by_hand(study), rel=1e-9)


def _by_hand(study: ts.Study) -> float:
    from trafficsim.plan.prepare import prepare
    from trafficsim.run.crash_history import read_histories
    from trafficsim.run.runner import load_worlds
    from trafficsim.run.siting.place import sited
    from trafficsim.run.siting.worth import crashes_along, is_urban

    world = load_worlds(study, TOWN.parent)["speed_town"]
    there = sited(prepare(world), [ts.Candidate(link="ring_east_east_half", position_m=1250.0)], "speed_camera")
    crashes = crashes_along(read_histories(study, {"speed_town": world})["speed_town"], there.traffic)
    cells, weight = there.cells, crashes.on(there.cells)
    slower = np.zeros(len(weight))
    slower[cells.cell] = cells.slower_kmh
    change = SpeedChange(cells.before_kmh, cells.before_kmh - slower, weight, is_urban(there.traffic.plan, cells.link))
    per_crash = crashes.baseline.per_crash
    return sum((1.0 - relative(change, outcome, Models())) * float(weight.sum()) * per_crash[severity].value  # type: ignore[arg-type]
               for severity, outcome in (("deaths", "deaths"), ("serious_injuries", "seriously_injured")))


def test_programmes_are_kept_and_read(programmes: dict[str, Programme], tmp_path: Path) -> None:
    write_programmes(tmp_path, programmes.values())
    again = read_programmes(tmp_path, ["speed_town", "another"])
    assert [one.as_json() for one in again] == [one.as_json() for one in programmes.values()]
    (tmp_path / "rollout@speed_town.json").write_text(json.dumps({"programmes": [{}]}))
    with pytest.raises(ts.InputError, match="a damaged file"):
        read_programmes(tmp_path, ["speed_town"])
