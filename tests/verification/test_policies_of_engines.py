"""Every policy of the catalogue runs on both engines, or is refused by name, with the engine that can."""

from __future__ import annotations

import pytest

from trafficsim.base.errors import InputError
from trafficsim.io.load import load_world
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.policies import load_policies
from trafficsim.results.frames import Labels
from trafficsim.run.jobs import Job, simulate
from trafficsim.spec.policy import Policy
from trafficsim.spec.scenario import Scenario

SCENARIO = {
    "name": "four", "time": {"analysis_s": 120.0, "clear_s": 60.0, "interval_s": 60.0},
    "network": {"builder": {"kind": "grid", "arguments": {"rows": 2, "columns": 2}},
                "paths": {"lower": ["w0_r0c0", "r0c0_r0c1", "r0c1_e0"]}},
    "demand": {"routes": "logit", "flows": [
        {"id": "along", "origin": "w0_r0c0", "destination": "r0c1_e0", "volume_veh_h": 500.0,
         "vehicle_classes": {"car": 0.8, "truck": 0.2}},
        {"id": "across", "origin": "s0_r0c0", "destination": "r1c1_e1", "volume_veh_h": 300.0}]},
    "population": {"people": 200, "groups": [
        {"name": "novice", "share": 0.2, "age_years": [18, 24], "licence_months": [0, 24]},
        {"name": "others", "share": 0.8, "belt_share": 0.9}]},
}
PLACE = [{"link": "r0c0_r0c1", "position_m": 100.0}]
ON = {"ids": ["w0_r0c0", "r0c0_r0c1"]}
SOON = [{"begin_h": 0.01, "end_h": 0.02}]
POLICIES: dict[str, dict[str, object]] = {
    "accompanied_driving": {"groups": ["novice"]}, "actuated": {}, "max_pressure": {},
    "belt_wearing": {"share": 0.99}, "breath_test": {"at": PLACE},
    "campaign": {"theme": "speed"}, "change_times": {}, "close_following": {"at": PLACE},
    "closure": {"on": {"ids": ["r0c0_r1c0"]}, "hours": SOON}, "turn_ban": {"movements": [["w0_r0c0", "r0c0_r1c0"]]},
    "diversion": {"trips": {"flows": ["along"], "share": 0.5}, "via": ["r0c0_r1c0"]}, "feedback_sign": {"at": PLACE},
    "fines": {"factor": 2.0}, "green_wave": {"along": "lower", "speed_kmh": 40.0},
    "hazard_perception": {"groups": ["novice"]}, "isa": {"year": 2035}, "licence_check": {"at": PLACE},
    "line_control": {"on": ON, "compliance": 0.5}, "moving_jam_limit": {"on": ON, "compliance": 0.5},
    "mobile_camera": {"at": PLACE}, "mode_shift": {"trips": {"flows": ["along"], "share": 0.5}}, "night_limit": {},
    "passenger_limit": {"groups": ["novice"]}, "patrol": {"at": PLACE}, "points_limit": {"limit": 8},
    "probation": {"limit": 4}, "re_education": {"points_back": 3, "share": 0.2}, "red_light_camera": {"on": ON},
    "road_pricing": {"on": ON, "toll_eur": 1.0}, "second_phase_training": {"groups": ["novice"]},
    "section_control": {"on": {"ids": ["r0c0_r0c1"]}},
    "signal_plan": {"signal": "r0c0"}, "speed_camera": {"at": PLACE},
    "speed_limit": {"on": ON, "limit_kmh": 30.0}, "supervised_practice": {"groups": ["novice"]},
    "variable_speed_limit": {"on": ON, "limit_kmh": 30.0, "compliance": 0.5, "hours": SOON},
    "vehicle_ban": {"on": ON, "vehicle_classes": ["truck"]},
    "vehicle_shift": {"trips": {"flows": ["along"], "share": 0.5}, "to": "van"}, "webster": {}, "zero_alcohol": {},
}
ELSEWHERE = {
    "adaptive_signals", "add_station", "contraflow", "controlled", "coordinated_actuated", "ecall",
    "hard_shoulder_running", "lane_control", "maxband", "preemption", "quick_clearance", "ramp_metering", "rescue_lane",
    "self_organising", "service_patrol", "transit_priority",
}
"""This grid has no ramp, no incident, no second lane and no stations; lanes are opened and closed by
tests/engines/test_lane_policies.py; other signals that react are run in both engines by
tests/engines/test_reacting_signals.py, test_retiming.py and test_units_driving.py, signs and meters by
test_roadside.py."""
WITH: dict[str, str] = {"fines": "speed_camera"}
"""What a policy acts on: fines are those of enforcement."""
REFUSED = {"close_following": "does not measure headways", "red_light_camera": "does not measure events"}
"""What the queue engine refuses: headways between vehicles and red running are below its resolution."""


@pytest.fixture(scope="module")
def small() -> Prepared:
    return prepare(load_world(Scenario.model_validate(SCENARIO)))


def test_the_list_is_the_catalogue() -> None:
    assert POLICIES.keys() | ELSEWHERE == {kind for kind in load_policies() if not kind.startswith("test_")}


@pytest.mark.parametrize("engine", ["ca", "queue"])
@pytest.mark.parametrize("kind", sorted(POLICIES))
def test_policies_run_or_are_refused_by_name(kind: str, engine: str, small: Prepared) -> None:
    given = POLICIES[kind]
    if kind == "signal_plan":
        phases = next(one for one in small.world.network.signals if one.id == given["signal"]).phases
        given = {**given, "phases": [{"duration_s": 20.0, "state": one.state} for one in phases]}
    policies: list[Policy] = [load_policies()[kind].model_validate(given)]
    if kind in WITH:
        policies.append(load_policies()[WITH[kind]].model_validate(POLICIES[WITH[kind]] | {"fine_eur": 50.0}))
    job = Job(Labels("four", "it", 1, engine), tuple(policies))
    if engine == "queue" and kind in REFUSED:
        with pytest.raises(InputError) as told:
            simulate(small, job)
        assert REFUSED[kind] in str(told.value)
        assert "choose engine 'ca'" in str(told.value)
        return
    tables = simulate(small, job)
    assert len(tables["trips"]) > 10
    assert len(tables["ledger"]) > 0
