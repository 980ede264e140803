"""Car-following kernels against the rules written for one vehicle at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.oracles import car_following, hashing
from tests.oracles.car_following import Comfort, Vehicle
from trafficsim.engines.ca.classes import Units
from trafficsim.engines.ca.scales import make_rule
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.ca.packed_state import LIGHT
from trafficsim.kernels.ca.rules import CarFollowingRule, follow_brake_light, follow_classic, follow_default
from trafficsim.kernels.ca.vehicles import Vehicles

COUNT = 400
DRAW = np.uint32(0x12345678)
NUDGE = 1e-3  # cells/tick: kernels compute in single precision
UNITS = Units(1 / 32, 1 / 32, 1 / 1024, 1 / 2)


def random_vehicles(seed: int, most_desired: int) -> tuple[Vehicles, np.ndarray, list[Vehicle]]:
    """Return words, leader states, and the same vehicles in the oracle's terms."""
    draw = np.random.default_rng(seed)
    speed, leader_speed = draw.integers(0, 60, COUNT), draw.integers(0, 60, COUNT)
    speed[:50] = 0
    gap = draw.integers(0, 120, COUNT)
    gap[:20] = 0
    position = draw.integers(-20000, -1, COUNT)
    desired = draw.integers(256, most_desired * 256, COUNT)
    acc, tau, fade = draw.integers(16, 255, COUNT), draw.integers(32, 80, COUNT), draw.integers(0, 16, COUNT)
    brake = draw.integers(6, 25, COUNT)
    key = draw.integers(0, 2**32, COUNT, np.uint32)
    z = ((acc << 24) | (tau << 17) | (fade << 13) | (brake << 8)).astype(np.uint32).view(np.int32)
    packed_state = Vehicles(
        X=((position << 16) | speed).astype(np.int32),
        Y=((desired << 16) | (14 << 8) | 1).astype(np.uint32).view(np.int32),
        Z=z, KEY=key, ID=np.arange(COUNT, dtype=np.int32), W=np.zeros(COUNT, np.int32),
    )
    leader = (((position + gap) << 16) | leader_speed).astype(np.int32)
    references = [
        Vehicle(int(speed[i]), desired[i] / 256, acc[i] / 32, tau[i] / 32, fade[i] / 1024, brake[i] / 2, int(gap[i]),
                int(leader_speed[i]), hashing.draw32(int(key[i]), int(DRAW)))
        for i in range(COUNT)
    ]
    return packed_state, leader, references


def rule_of(**settings: object) -> CarFollowingRule:
    return make_rule(CellularAutomaton(**settings), UNITS)  # type: ignore[arg-type]


@pytest.mark.parametrize("p", [0.0, 0.25, 0.5])
def test_nasch(p: float) -> None:
    packed_state, leader, references = random_vehicles(1, 8)
    moved = np.zeros(COUNT, np.int32)
    follow_classic(packed_state, leader, DRAW, rule_of(rule="nasch", dawdle_p=p), COUNT, moved)
    expected = [car_following.nasch(reference, p) for reference in references]
    assert (moved & 0xFFFF).tolist() == expected
    assert ((moved >> 16) - (packed_state.X >> 16)).tolist() == expected


@pytest.mark.parametrize(("p", "p0"), [(1 / 64, 0.75), (0.0, 0.5), (0.5, 0.0)])
def test_vdr(p: float, p0: float) -> None:
    packed_state, leader, references = random_vehicles(4, 8)
    moved = np.zeros(COUNT, np.int32)
    follow_classic(packed_state, leader, DRAW, rule_of(rule="vdr", dawdle_p=p, start_p=p0), COUNT, moved)
    assert (moved & 0xFFFF).tolist() == [car_following.vdr(reference, p, p0) for reference in references]


@pytest.mark.parametrize("rule", [Comfort(), Comfort(0.3, 0.2, 0.5, 3, 2)])
def test_brake_light(rule: Comfort) -> None:
    packed_state, leader, references = platoons()
    moved = np.zeros(len(references), np.int32)
    settings = {"dawdle_p": rule.p_d, "start_p": rule.p_0, "light_p": rule.p_b, "horizon_s": rule.h,
                "security_m": rule.gap_security * 1.5}
    follow_brake_light(packed_state, leader, DRAW, rule_of(rule="brake-light", **settings), len(references), moved)
    expected = [car_following.brake_light(reference, rule) for reference in references]
    assert (moved & 0x0FFF).tolist() == [speed for speed, _ in expected]
    assert ((moved & LIGHT) != 0).tolist() == [light for _, light in expected]
    assert ((moved >> 16) - (packed_state.X >> 16)).tolist() == [speed for speed, _ in expected]


def platoons() -> tuple[Vehicles, np.ndarray, list[Vehicle]]:
    """Return vehicles in lanes of ten; the leader of every head is elsewhere, and its gap unknown."""
    draw = np.random.default_rng(5)
    cells = 5
    speed, gap = draw.integers(0, 21, COUNT), draw.integers(0, 60, COUNT)
    speed[::7], gap[::11] = 0, 0
    lit = draw.integers(0, 2, COUNT).astype(bool)
    front = np.zeros(COUNT, np.int64)
    for i in range(COUNT):
        front[i] = -100 - gap[i] if i % 10 == 0 else front[i - 1] - cells - gap[i]
    key = draw.integers(0, 2**32, COUNT, np.uint32)
    x = ((front << 16) | np.where(lit, LIGHT, 0) | speed).astype(np.int32)
    packed_state = Vehicles(X=x, Y=np.full(COUNT, (20 << 24) | (cells << 8) | 1, np.int32), Z=np.zeros(COUNT, np.int32),
                            KEY=key, ID=np.arange(COUNT, dtype=np.int32), W=np.zeros(COUNT, np.int32))
    leader = np.roll(x - (cells << 16), 1)
    leader[::10] = (-100 << 16) | 13 | LIGHT
    references = []
    for i in range(COUNT):
        head = i % 10 == 0
        references.append(Vehicle(
            int(speed[i]), 20.0, 1.0, 1.0, 0.0, 1.0, int(gap[i]), 13 if head else int(speed[i - 1]),
            hashing.draw32(int(key[i]), int(DRAW)), bool(lit[i]), True if head else bool(lit[i - 1]),
            None if head else int(gap[i - 1]),
        ))
    return packed_state, leader, references


@pytest.mark.parametrize("cell_m", [0.5, 1.0])
def test_default(cell_m: float) -> None:
    packed_state, leader, references = random_vehicles(2, 200)
    moved = np.zeros(COUNT, np.int32)
    rule = rule_of(cell_m=cell_m)
    follow_default(packed_state, leader, DRAW, rule, COUNT, moved)
    speeds = (moved & 0xFFFF).tolist()
    for reference, speed in zip(references, speeds, strict=True):
        near = {car_following.default(reference, rule, nudge) for nudge in (-NUDGE, 0.0, NUDGE)}
        assert speed in near, reference
    exact = [car_following.default(reference, rule) for reference in references]
    # single precision decides differently only within 1e-3 of a step: in one of a few hundred cases
    assert np.mean(np.array(exact) == speeds) > 0.99


def test_following_never_runs_into_a_leader_that_brakes_as_hard_as_the_rule_expects() -> None:
    packed_state, leader, references = random_vehicles(3, 80)
    moved = np.zeros(COUNT, np.int32)
    rule = rule_of()
    follow_default(packed_state, leader, DRAW, rule, COUNT, moved)
    for reference, speed in zip(references, (moved & 0xFFFF).tolist(), strict=True):
        assert speed <= reference.gap + max(reference.leader_speed - rule.hard_brake, 0)


@pytest.mark.parametrize("braking_ms2", [2.0, 4.0, 5.5])
def test_a_class_begins_to_brake_where_its_braking_demands(braking_ms2: float) -> None:
    # 100 vehicles come at 25 m/s to one that stands 300 m ahead; they must brake once less than v^2 / 2b + v theta is
    # left. In one tick they drive 50 cells: so far before it, or behind, they may notice.
    count, speed, headway = 100, 50, 43 / 32
    reach = speed**2 / (2.0 * braking_ms2 * 2.0) + speed * (headway - 0.5)
    code = round(braking_ms2 * 2.0 / UNITS.braking)
    packed_state, _, _ = random_vehicles(6, 80)
    packed_state = packed_state._replace(
        X=np.full(COUNT, (-600 << 16) | speed, np.int32), Y=np.full(COUNT, (speed << 24) | (14 << 8) | 1, np.int32),
        Z=np.full(COUNT, (102 << 24) | (43 << 17) | (10 << 13) | (code << 8), np.uint32).view(np.int32),
    )
    at = []
    for tick in range(12):
        moved = np.zeros(COUNT, np.int32)
        follow_default(
            packed_state, np.zeros(COUNT, np.int32), np.uint32(tick * 77), rule_of(dawdle_p=0.0), count, moved
        )
        if not at and (moved[:count] & 0x0FFF).mean() < speed - 0.05:
            at.append(-float((packed_state.X[:count] >> 16).mean()))
        packed_state = packed_state._replace(X=moved)
    assert reach - speed <= at[0] <= reach + 1


def test_oracle_solves_the_safe_speed_equation() -> None:
    # a standing leader 100 cells ahead, theta 0.5, braking 8: v = 4 (sqrt(1 + 100 / 1 ...)) by the quadratic formula
    expected = math.sqrt(4.0**2 + 2 * 8.0 * 100) - 4.0
    assert car_following.safe_speed(100, 0, 0.5, 8.0) == pytest.approx(expected)
