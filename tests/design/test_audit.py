"""The audit of signal programs: each kind of breach, in a program that has just that one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.support.real_data import data_folder, require_data
from trafficsim.design.synthetic import junction
from trafficsim.design.timing.audited import audit
from trafficsim.design.timing.breaches import AuditRules
from trafficsim.io.formats import read
from trafficsim.spec.network import Network
from trafficsim.spec.signals import Phase, SignalProgram

SOUND = junction(cycle_s=60)


def states() -> list[str]:
    return [phase.state for phase in SOUND.signals[0].phases]


def with_program(durations: Sequence[float], letters: Sequence[str] | None = None) -> Network:
    phases = tuple(Phase(duration_s=duration, state=state)
                   for duration, state in zip(durations, letters or states(), strict=True))
    return replace(SOUND, signals=(SignalProgram(id="centre", phases=phases),))


def codes(network: Network, **rules: object) -> dict[str, int]:
    found = audit(network, rules=AuditRules(**rules))  # type: ignore[arg-type]
    return dict(Counter(one.code for one in found.breaches))


def test_the_program_of_a_builder_is_sound() -> None:
    assert [phase.duration_s for phase in SOUND.signals[0].phases] == [25.0, 3.0, 2.0, 25.0, 3.0, 2.0]
    assert codes(SOUND) == {}


def test_yellow_and_its_dilemma_zone() -> None:
    found = audit(with_program([25, 2, 3, 25, 3, 2]))
    assert [(one.code, one.phase, one.found, one.expected) for one in found.breaches] == [
        ("yellow-too-short", 1, 2.0, 3.0)] * 2
    assert found.breaches[0].movement == "in0 (right, through, left)"
    # 13.89 m/s: stops in 45.5 m, passes within 27.8 m
    assert "a dilemma zone of 18 m" in found.breaches[0].message
    assert "signal 'centre': phase 1" in found.findings[0].where


def test_yellow_of_ite() -> None:
    found = audit(SOUND, rules=AuditRules(guideline="ite"))
    yellow = [one for one in found.breaches if one.code == "yellow-too-short"]
    assert {round(one.expected, 2) for one in yellow} == {3.28}
    assert {one.source for one in yellow} == {"ITE 2020"}


def test_intergreen() -> None:
    found = audit(with_program([25, 3, 0.5, 25, 3, 2]))
    assert {(one.code, one.phase, one.found) for one in found.breaches} == {("intergreen-too-short", 1, 3.5)}
    assert all(3.5 < one.expected <= 5.0 for one in found.breaches)
    assert "then in" in found.breaches[0].movement


def test_no_yellow_at_all() -> None:
    letters = states()
    letters[1] = letters[1].replace("y", "r")
    found = audit(with_program([25, 3, 2, 25, 3, 2], letters))
    assert {(one.code, one.found) for one in found.breaches} == {("yellow-too-short", 0.0)}


def test_short_green_and_pedestrians() -> None:
    network = with_program([4, 3, 2, 46, 3, 2])
    assert codes(network) == {"green-too-short": 2, "pedestrian-time-too-short": 2}
    assert codes(network, pedestrians=False, minimum_green_s=4.0) == {}
    foot = next(one for one in audit(network).breaches if one.code == "pedestrian-time-too-short")
    assert (foot.found, round(foot.expected, 2)) == (9.0, 9.42)  # 4 s + 6.5 m / 1.2 m/s


def test_conflicting_greens() -> None:
    crossing = replace(SOUND, connections=tuple(one.model_copy(update={"yields_to": ()}) for one in SOUND.connections))
    letters = states()
    letters[0] = "G" * len(letters[0])
    network = replace(with_program([25, 3, 2, 25, 3, 2], letters), connections=crossing.connections)
    found = audit(network, rules=AuditRules(pedestrians=False))
    errors = [one for one in found.breaches if one.level == "error"]
    assert errors
    assert {(one.code, one.phase) for one in errors} == {("conflicting-greens", 0)}


def test_streams_that_go_straight_on_across_each_other_are_an_error_though_one_has_right_of_way() -> None:
    letters = states()
    across = [one.signal_index for one in SOUND.connections if one.turn == "through" and one.from_link == "in1"]
    letters[0] = "".join("G" if place in across else letter for place, letter in enumerate(letters[0]))
    found = [one for one in audit(with_program([25, 3, 2, 25, 3, 2], letters)).breaches if one.level == "error"]
    assert [(one.code, one.phase, one.movement) for one in found] == [
        ("conflicting-greens", 0, "in0 to out2 (through)"), ("conflicting-greens", 0, "in1 to out3 (through)")]
    assert "green at the same time as in2 to out0 (through)" in found[1].message


def test_a_movement_without_green() -> None:
    left = next(one for one in SOUND.connections if one.from_link == "in0" and one.turn == "left")
    letters = ["".join("r" if place == left.signal_index else letter for place, letter in enumerate(state))
               for state in states()]
    found = [one for one in audit(with_program([25, 3, 2, 25, 3, 2], letters)).breaches
             if one.code == "movement-without-green"]
    assert [(one.movement, one.phase) for one in found] == [(f"in0 to {left.to_link} (left)", None)]


def test_cycle_and_saturation() -> None:
    # Y = 700 / 1850 + 900 / 1850 = 0.865; L = 10 s: at least 74 s of cycle
    volumes = {("in0", "out2"): 700.0, ("in1", "out3"): 900.0}
    found = audit(SOUND, volumes)
    capacity = found.capacity[0]
    assert capacity.flow_ratio == pytest.approx(1600 / 1850)
    assert capacity.minimum_cycle_s == pytest.approx(10 / (1 - 1600 / 1850))
    assert capacity.webster_cycle_s == pytest.approx(20 / (1 - 1600 / 1850))
    assert capacity.saturation == pytest.approx(900 / (1850 * 25 / 60))
    assert found.table["code"].tolist() == ["cycle-too-short", "saturation-over-1"]
    assert found.breaches[1].movement == "in1 lane 0"


def test_more_than_any_cycle_serves() -> None:
    found = audit(SOUND, {("in0", "out2"): 1200.0, ("in1", "out3"): 900.0})
    assert "flow-ratios-over-1" in found.table["code"].tolist()
    assert found.capacity_table["minimum_cycle_s"].tolist() == [float("inf")]


def test_no_volumes_say_nothing_about_capacity() -> None:
    assert audit(SOUND).capacity == ()
    assert audit(SOUND, {}).capacity == ()


@pytest.mark.parametrize("example", [1, 2, 3, 4])
def test_the_worked_junctions_of_the_guideline(example: int) -> None:
    file = data_folder() / "sumo_rilsa" / "RealWorld" / f"RiLSA_example{example}" / "net.net.xml"
    require_data(file)
    found = audit(read(file).network)
    assert {one.code for one in found.breaches} <= {"intergreen-too-short"}
    assert all(one.expected - one.found < 0.5 for one in found.breaches)
