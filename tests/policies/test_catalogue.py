"""The catalogue: every policy says what it does, on what evidence, and where each of its numbers comes from."""

from __future__ import annotations

import json
from typing import ClassVar

import pytest
from pydantic import Field

from tests.cli.support import Answer
from trafficsim.base.errors import InputError
from trafficsim.policies import BUILT_IN, load_policies
from trafficsim.policies.catalogue import NOT_GIVEN, REQUIRED, catalogue
from trafficsim.spec.policy import Policy, PolicyPhase

OURS = {kind: policy for kind, policy in load_policies().items() if policy.__module__ in BUILT_IN}
KINDS = [
    "accompanied_driving",
    "actuated",
    "adaptive_signals",
    "add_station",
    "belt_wearing",
    "breath_test",
    "campaign",
    "change_times",
    "close_following",
    "closure",
    "contraflow",
    "controlled",
    "coordinated_actuated",
    "diversion",
    "ecall",
    "feedback_sign",
    "fines",
    "green_wave",
    "hard_shoulder_running",
    "hazard_perception",
    "isa",
    "lane_control",
    "licence_check",
    "line_control",
    "max_pressure",
    "maxband",
    "mobile_camera",
    "mode_shift",
    "moving_jam_limit",
    "night_limit",
    "passenger_limit",
    "patrol",
    "points_limit",
    "preemption",
    "probation",
    "quick_clearance",
    "ramp_metering",
    "re_education",
    "red_light_camera",
    "rescue_lane",
    "road_pricing",
    "second_phase_training",
    "section_control",
    "self_organising",
    "service_patrol",
    "signal_plan",
    "speed_camera",
    "speed_limit",
    "supervised_practice",
    "transit_priority",
    "turn_ban",
    "variable_speed_limit",
    "vehicle_ban",
    "vehicle_shift",
    "webster",
    "zero_alcohol",
]
GIVEN = "given by the user"


class Bare(Policy):
    kind: ClassVar[str] = "test_bare"
    phase: ClassVar[PolicyPhase] = "network"
    limits: ClassVar[str] = "not [/] beyond [bold]km 5[/bold]"
    factor: float
    names: tuple[str, ...] = Field(default_factory=lambda: ("a", "b"))


REGISTRY_OF_ONE: dict[str, type[Policy]] = {"test_bare": Bare}
load_policies().pop("test_bare")  # no other test shall meet it


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def test_all_built_in_policies_are_known() -> None:
    assert sorted(OURS) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_says_what_it_does_and_on_what_evidence(kind: str) -> None:
    entry = catalogue(OURS)[kind]
    for fact in ("summary", "mechanism", "source", "grade", "limits"):
        assert entry[fact] not in ("", NOT_GIVEN), fact
    assert entry["grade"][0] in "ABCD"
    assert entry["summary"].endswith(".")


@pytest.mark.parametrize("kind", KINDS)
def test_every_default_number_has_an_origin(kind: str) -> None:
    policy = OURS[kind]
    for name, field in policy.model_fields.items():
        if is_number(field.default):
            origin = policy.numbers.get(name, "")
            # a number that switches something off may be the user's own matter, if it says what it switches off
            known = ("input", "emergent", "extrapolated", "modelling assumption", f"{GIVEN}; ")
            assert origin.startswith(known), f"{name} = {field.default}: {origin!r}"
    assert set(policy.numbers) <= set(policy.model_fields), "an origin of a parameter that there is not"


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_are_those_of_the_model(kind: str) -> None:
    policy, entry = OURS[kind], catalogue(OURS, kind)[kind]
    assert sorted(entry["parameters"]) == sorted(policy.model_fields)
    required = [one["default"] == REQUIRED for one in entry["parameters"].values()]
    assert required == sorted(required, reverse=True), "what must be given comes first"
    for name, parameter in entry["parameters"].items():
        field = policy.model_fields[name]
        assert (parameter["default"] == REQUIRED) == field.is_required()
        assert parameter["origin"]
        assert "typing." not in parameter["type"]
        assert "trafficsim." not in parameter["type"]
        wanted = f"{name} = " if policy.example else f"{name} = ..."
        assert wanted in entry["example"] or not field.is_required()


def test_an_author_who_says_nothing_is_not_given_our_codes() -> None:
    entry = catalogue(REGISTRY_OF_ONE)["test_bare"]
    assert entry["summary"] == entry["mechanism"] == entry["source"] == entry["grade"] == NOT_GIVEN
    assert entry["parameters"]["factor"] == {"type": "float", "default": REQUIRED, "origin": GIVEN}
    assert entry["parameters"]["names"]["default"] == "('a', 'b')"
    json.dumps(entry, allow_nan=False)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(InputError, match=r"policy 'speed_trap': found no such kind; expected one of "
                                         rf"{', '.join(KINDS[:5])}, .*, {KINDS[-1]}\. Remedy"):
        catalogue(OURS, "speed_trap")


def test_the_command_lists_every_policy() -> None:
    answer = Answer("policies")
    assert (answer.status, answer.stderr) == (0, "")
    for kind, entry in catalogue(OURS).items():
        assert kind in answer.stdout
        assert entry["mechanism"].split()[0] in answer.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_shows_all_of_one_policy(kind: str) -> None:
    answer = Answer("policies", kind)
    assert (answer.status, answer.stderr) == (0, "")
    entry = catalogue(OURS)[kind]
    for fact in ("summary", "mechanism", "source", "grade", "limits", "example"):
        assert entry[fact] in answer.stdout
    for name, parameter in entry["parameters"].items():
        (row,) = [line for line in answer.stdout.splitlines() if line.startswith(f"│ {name} ")]
        assert parameter["origin"].split()[0] in row
    for other in set(KINDS) - {kind}:
        assert f"\n{other}:" not in f"\n{answer.stdout}"


def test_the_command_prints_one_json_object() -> None:
    assert json.loads(Answer("policies", "--json").stdout).keys() >= set(KINDS)
    one = Answer("policies", "speed_camera", "--json")
    assert json.loads(one.stdout) == catalogue(OURS, "speed_camera")
    assert json.loads(one.stdout)["speed_camera"]["parameters"]["unaffected"]["default"] == 0.13


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_the_command_refuses_an_unknown_kind(more: list[str]) -> None:
    answer = Answer("policies", "speed_trap", *more)
    assert (answer.status, answer.stdout) == (2, "")
    assert answer.stderr.startswith("trafficsim: policy 'speed_trap': found no such kind")
    assert answer.stderr.count("\n") == 1


def test_brackets_in_a_policy_s_codes_are_shown_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(load_policies(), "test_bare", Bare)
    monkeypatch.setattr(Bare, "mechanism", "see [/] and [4]")
    monkeypatch.setattr(Bare, "grade", "[bold]C")
    for arguments in ([], ["test_bare"]):
        answer = Answer("policies", *arguments)
        assert (answer.status, answer.stderr) == (0, "")
        assert "see [/] and [4]" in answer.stdout
        assert "[bold]C" in answer.stdout
