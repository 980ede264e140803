"""Policies on demand, through whole runs: who is on the road, what delays are held against, and zero effect."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from tests.plan.small import join, link, network
from tests.support.worlds import make_world
from trafficsim.base.codes import COMPLETED
from trafficsim.base.errors import PolicyError
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import prepare
from trafficsim.policies import (
    CameraPlace,
    CloseFollowing,
    Diversion,
    ModeShift,
    Place,
    SpeedCamera,
    VehicleBan,
    VehicleShift,
)
from trafficsim.results.frames import Labels
from trafficsim.run.jobs import Job, reference_under_do_nothing, simulate
from trafficsim.spec.calendar import Hours
from trafficsim.spec.demand import Flow
from trafficsim.spec.network import Network
from trafficsim.spec.policy import Policy
from trafficsim.spec.scenario import Time
from trafficsim.spec.selectors import Links
from trafficsim.spec.trip_selection import Trips

TRUCKS = Trips(vehicle_classes=("truck",))


def town() -> Network:
    """a -> (centre, short, or bypass, long) -> e; some begin in the centre, by p."""
    return network(
        [link("a", "1", "2", length_m=300.0), link("centre", "2", "3", length_m=400.0),
         link("bypass", "2", "3", length_m=900.0), link("e", "3", "4", length_m=300.0)],
        [join("a", "centre"), join("a", "bypass"), join("centre", "e"), join("bypass", "e")])


@cache
def prepared() -> Any:
    mix = {"car": 0.6, "truck": 0.4}
    flows = [Flow(id="f", origin="a", destination="e", volume_veh_h=400.0, vehicle_classes=mix),
             Flow(id="here", origin="centre", destination="e", volume_veh_h=60.0, vehicle_classes=mix)]
    return prepare(make_world(town(), flows=flows, time=Time(start_s=21.9 * 3600, analysis_s=720.0, clear_s=600.0)))


@cache
def tables(*policies: Policy) -> dict[str, pd.DataFrame]:
    return simulate(prepared(), Job(Labels("s", "x", 1, "ca"), policies))


def number(table: dict[str, pd.DataFrame], name: str) -> float:
    rows = table["indicators"]
    return float(rows.loc[rows["indicator"] == name, "value"].iloc[0])


@pytest.mark.parametrize("policy", [
    ModeShift(trips=Trips(share=0.0)), VehicleShift(trips=Trips(share=0.0), to="van"),
    Diversion(trips=Trips(flows=("f",), share=0.0), via=("bypass",)),
    VehicleBan(on=Links(ids=("centre",)), vehicle_classes=("truck",), compliance=0.0),
    VehicleBan(on=Links(ids=("centre",)), vehicle_classes=("truck",), compliance=0.0, answer="drop"),
    VehicleShift(trips=TRUCKS, to="truck"), Diversion(trips=Trips(flows=("f",)), via=("centre",)),
])
def test_a_policy_that_nobody_follows_gives_the_digest_of_doing_nothing(policy: Policy) -> None:
    assert tables(policy)["runs"]["digest"].tolist() == tables()["runs"]["digest"].tolist()


def test_dropped_trips_are_in_no_mean_and_all_others_keep_their_reference() -> None:
    before, after = tables()["trips"], tables(ModeShift(trips=Trips(share=0.3)))["trips"]
    both = before.merge(after, on="name", suffixes=("", "_after"))
    assert len(both) == len(after) < len(before)
    np.testing.assert_array_equal(both["free_flow_s"], both["free_flow_s_after"])
    fewer = tables(ModeShift(trips=Trips(share=0.3)))
    assert number(fewer, "mean_delay_s") == pytest.approx(float(after["delay_s"].mean()), rel=1e-12)
    assert number(fewer, "vehicle_km") == pytest.approx(float(after["distance_m"].sum()) / 1000.0)
    runs = fewer["runs"].iloc[0]
    assert runs["demanded"] == len(after)
    assert runs["demanded"] == runs["waiting"] + runs["en_route"] + runs["completed"]
    ledger = fewer["ledger"]
    assert (ledger["before"].sum(), ledger["after"].sum()) == (len(before), len(after))
    assert ledger["operand"].sum() == len(before) - len(after)


def test_a_detour_is_delay_and_so_is_a_slower_vehicle() -> None:
    lowered = lower(prepared(), [Diversion(trips=Trips(flows=("f",)), via=("bypass",))])
    reference, base = reference_under_do_nothing(lowered), lower(prepared())
    known = dict(zip(base.plan.trips.name, reference_under_do_nothing(base).free_flow.total_s.tolist(), strict=True))
    assert [known[name] for name in lowered.plan.trips.name] == reference.free_flow.total_s.tolist()
    before, after = tables()["trips"], tables(Diversion(trips=Trips(flows=("f",)), via=("bypass",)))["trips"]
    both = before.merge(after, on="name", suffixes=("", "_after"))
    moved = both[both["name"].str.startswith("f#") & (both["status"] == "completed")]
    longer_s = (moved["delay_s_after"] - moved["delay_s"]).to_numpy(np.float64)
    assert (longer_s > 25.0).all(), "500 m more, at no more than 20 m/s"
    assert (moved["distance_m_after"] - moved["distance_m"]).to_numpy(np.float64) == pytest.approx(500.0)


def test_a_ban_acts_on_through_traffic_at_its_hours() -> None:
    ban = VehicleBan(on=Links(ids=("centre",)), vehicle_classes=("truck",), hours=(Hours(begin_h=22, end_h=6),))
    plan, base = lower(prepared(), [ban]).plan, lower(prepared()).plan
    truck, centre = plan.classes.name.index("truck"), plan.link_id.index("centre")
    assert plan.trips.name == base.trips.name
    late = plan.trips.depart_s >= 22 * 3600
    for row, name in enumerate(plan.trips.name):
        route = plan.trips.route_link[plan.trips.route_start[row]: plan.trips.route_start[row + 1]]
        banned = name.startswith("f#") and late[row] and plan.trips.vehicle_class[row] == truck
        assert (centre in route) is not bool(banned)
    assert 0 < late.sum() < len(late)
    dropped = lower(prepared(), [ban.model_copy(update={"answer": "drop"})]).plan.trips
    rerouted = {name for row, name in enumerate(plan.trips.name)
                if name.startswith("f#") and late[row] and plan.trips.vehicle_class[row] == truck}
    assert set(base.trips.name) - set(dropped.name) == rerouted


def test_a_ban_with_no_other_route_is_refused_with_the_trip_and_a_remedy() -> None:
    with pytest.raises(PolicyError, match=r"trip 'f#\d+': found no path from 'a' to 'e'.* drop these trips"):
        lower(prepared(), [VehicleBan(on=Links(ids=("centre", "bypass")), vehicle_classes=("truck",))])


def test_two_policies_that_change_one_trip_are_refused() -> None:
    one, other = (Diversion(trips=Trips(flows=("f",)), via=(link,)) for link in ("bypass", "centre"))
    with pytest.raises(PolicyError, match=r"policies diversion #1 and diversion #2: route of trip 'f#"):
        lower(prepared(), [one, other])


@pytest.mark.parametrize("given", [{}, {"via": ("bypass",), "route": ("a", "bypass", "e")}])
def test_a_diversion_is_given_in_one_of_three_forms(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="one of route, via and avoid"):
        Diversion(trips=Trips(), **given)


@pytest.mark.parametrize("share", [1.2, -0.1, float("nan")])
def test_a_share_lies_between_0_and_1(share: float) -> None:
    with pytest.raises(ValidationError, match="share"):
        ModeShift(trips=Trips(share=share))


def test_everybody_may_be_dropped() -> None:
    nobody = tables(ModeShift(trips=Trips()))
    assert nobody["runs"]["demanded"].tolist() == [0]
    assert nobody["indicators"].set_index("indicator").loc["mean_delay_s", "reason"] == (
        "no trip is due in the analysis period")
    assert COMPLETED != 0


def test_what_other_policies_say_of_drivers_is_about_those_who_are_left() -> None:
    following = CloseFollowing(at=(Place(link="centre", position_m=200.0),))
    camera = SpeedCamera(at=(CameraPlace(link="centre", position_m=200.0),))
    whole, fewer = (lower(prepared(), [*more, following, camera]).plan
                    for more in ((), (ModeShift(trips=Trips(share=0.5)),)))
    kept = [whole.trips.name.index(name) for name in fewer.trips.name]
    assert fewer.kept_gap_s.tolist() == whole.kept_gap_s[kept].tolist()
    assert fewer.behaviour.factor.tolist() == whole.behaviour.factor[:, kept].tolist()


def test_outcomes_that_other_trips_would_make_wrong_are_left_out_with_the_reason() -> None:
    import trafficsim as ts

    flow = ts.Flow(id="f", origin="east1", destination="east3", volume_veh_h=400.0)
    scenario = ts.Scenario(name="road", network=ts.corridor([300.0, 900.0, 300.0]), demand=ts.Demand(flows=(flow,)),
                           time=Time(start_s=21.9 * 3600, analysis_s=720.0, clear_s=300.0))
    limit = ts.policies.SpeedLimit(on=Links(ids=("east2",)), limit_kmh=30.0, hours=(Hours(begin_h=22, end_h=23),))
    study = ts.Study(
        name="x", scenarios=(scenario,), replications=2, primary=("mean_delay_s", "ksi_rel"), alternatives={
            "do nothing": (), "shift": (ModeShift(trips=Trips(share=0.3)),), "limit": (limit,)},
        economics=ts.Economics(currency="EUR", price_year=2016, periods_per_year=100))
    results = ts.compare(study)
    told = results.as_json()["results"]["road"]["ca"]
    assert told["shift"]["ksi_rel"]["diff"] is None
    assert told["limit"]["ksi_rel"]["diff"] is None
    reasons = {name: str(told[name]["ksi_rel"].get("reason")) for name in ("shift", "limit")}
    assert "trip.number" in reasons["shift"]
    assert "change within the analysis period" in reasons["limit"]
    assert results.appraisal is not None
    (worths,) = results.appraisal.worths.values()
    missing = {one.alternative: one.missing.get("time", "") for one in worths}
    assert "no saving" in missing["shift"]
    assert missing["limit"] == ""
