"""Six actuated signals of a real street: mean greens and cycles are those of SUMO with the same trips."""

from __future__ import annotations

from pathlib import Path

import pytest

import trafficsim as ts
from tests.experiments.cities.spread import NoSumo
from tests.experiments.reacting_greens import (
    CYCLE_SHARE,
    ENGINES,
    GREEN_S,
    SEEDS,
    Measured,
    in_engine,
    in_sumo,
    mean,
    stages_of,
    world_of,
)

pytestmark = pytest.mark.long
SIGNALS, MOVEMENTS = 6, 10
"""A seventh actuated signal serves trams, bicycles and people on foot alone: nothing of ours obeys it."""


@pytest.fixture(scope="module")
def street(real_data: Path) -> tuple[ts.World, Measured]:
    world = world_of(real_data)
    wanted = list(stages_of(world.network))
    try:
        return world, mean([in_sumo(real_data, seed, wanted) for seed in SEEDS])
    except NoSumo as absent:
        pytest.skip(f"SUMO ABSENT: {absent}")


@pytest.mark.parametrize("engine", ENGINES)
def test_greens_and_cycles_are_those_of_sumo(engine: str, street: tuple[ts.World, Measured]) -> None:
    world, theirs = street
    assert (len({one.signal for one in theirs}), len(theirs)) == (SIGNALS, MOVEMENTS)
    ours = mean([in_engine(world, engine, list(theirs), seed) for seed in SEEDS])
    for one, found in theirs.items():
        assert ours[one].green_s == pytest.approx(found.green_s, abs=GREEN_S), one
        assert ours[one].cycle_s == pytest.approx(found.cycle_s, rel=CYCLE_SHARE), one
