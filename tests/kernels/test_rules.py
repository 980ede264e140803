"""Car-following kernels against the rules written for one vehicle at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.oracles import car_following, hashing
from tests.oracles.car_following import Vehicle
from trafficsim.engines.ca.scales import make_rule
from trafficsim.kernels.rules import Rule, follow_default, follow_nasch
from trafficsim.kernels.state import Vehicles
from trafficsim.spec.scenario import CellularAutomaton

COUNT = 400
DRAW = np.uint32(0x12345678)
NUDGE = 1e-3  # cells/tick: kernels compute in single precision


def random_vehicles(seed: int, most_desired: int) -> tuple[Vehicles, np.ndarray, list[Vehicle]]:
    """Return words, leader words, and the same vehicles in the oracle's terms."""
    draw = np.random.default_rng(seed)
    speed, leader_speed = draw.integers(0, 60, COUNT), draw.integers(0, 60, COUNT)
    speed[:50] = 0
    gap = draw.integers(0, 120, COUNT)
    gap[:20] = 0
    position = draw.integers(-20000, -1, COUNT)
    desired = draw.integers(256, most_desired * 256, COUNT)
    acc, tau, fade = draw.integers(16, 255, COUNT), draw.integers(64, 160, COUNT), draw.integers(0, 60, COUNT)
    key = draw.integers(0, 2**32, COUNT, np.uint32)
    z = ((acc << 24) | (tau << 16) | (fade << 8)).astype(np.uint32).view(np.int32)
    words = Vehicles(
        X=((position << 16) | speed).astype(np.int32), Y=((desired << 16) | (14 << 8) | 1).astype(np.int32),
        Z=z, KEY=key, ID=np.arange(COUNT, dtype=np.int32), W=np.zeros(COUNT, np.int32),
    )
    leader = (((position + gap) << 16) | leader_speed).astype(np.int32)
    twins = [
        Vehicle(int(speed[i]), desired[i] / 256, acc[i] / 32, tau[i] / 64, fade[i] / 1024, int(gap[i]),
                int(leader_speed[i]), hashing.draw32(int(key[i]), int(DRAW)))
        for i in range(COUNT)
    ]
    return words, leader, twins


def rule_of(**settings: object) -> Rule:
    return make_rule(CellularAutomaton(**settings))  # type: ignore[arg-type]


@pytest.mark.parametrize("p", [0.0, 0.25, 0.5])
def test_nasch(p: float) -> None:
    words, leader, twins = random_vehicles(1, 8)
    moved = np.zeros(COUNT, np.int32)
    follow_nasch(words, leader, DRAW, rule_of(rule="nasch", cell_m=7.5, dawdle_p=p), 0, COUNT, moved)
    expected = [car_following.nasch(twin, p) for twin in twins]
    assert (moved & 0xFFFF).tolist() == expected
    assert ((moved >> 16) - (words.X >> 16)).tolist() == expected


@pytest.mark.parametrize("cell_m", [0.5, 1.0])
def test_default(cell_m: float) -> None:
    words, leader, twins = random_vehicles(2, 80)
    moved = np.zeros(COUNT, np.int32)
    rule = rule_of(cell_m=cell_m)
    follow_default(words, leader, DRAW, rule, 0, COUNT, moved)
    speeds = (moved & 0xFFFF).tolist()
    for twin, speed in zip(twins, speeds, strict=True):
        near = {car_following.default(twin, rule, nudge) for nudge in (-NUDGE, 0.0, NUDGE)}
        assert speed in near, twin
    exact = [car_following.default(twin, rule) for twin in twins]
    # single precision decides differently only within 1e-3 of a step: in one of a few hundred cases
    assert np.mean(np.array(exact) == speeds) > 0.99


def test_following_never_runs_into_a_leader_that_brakes_as_hard_as_the_rule_expects() -> None:
    words, leader, twins = random_vehicles(3, 80)
    moved = np.zeros(COUNT, np.int32)
    rule = rule_of()
    follow_default(words, leader, DRAW, rule, 0, COUNT, moved)
    for twin, speed in zip(twins, (moved & 0xFFFF).tolist(), strict=True):
        assert speed <= twin.gap + max(twin.leader_speed - rule.hard_brake, 0)


def test_oracle_solves_the_safe_speed_equation() -> None:
    # a standing leader 100 cells ahead, theta 0.5, braking 8: v = 4 (sqrt(1 + 100 / 1 ...)) by the quadratic formula
    expected = math.sqrt(4.0**2 + 2 * 8.0 * 100) - 4.0
    assert car_following.safe_speed(100, 0, 0.5, 8.0) == pytest.approx(expected)
