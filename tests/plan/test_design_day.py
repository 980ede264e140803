"""Volumes that plans are designed on: by hand, in passenger cars, never those of a judged replication."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from multiprocessing import get_context
from typing import Any, ClassVar

import numpy as np
import pytest

from tests.plan.small import Demand, diamond, flow, trip, world
from trafficsim.base.errors import InputError, PolicyError
from trafficsim.plan.builder import PlanBuilder
from trafficsim.plan.lower import DESIGN_DAY, HEAVY_PCU, design_volumes, lower
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.results.frames import Labels
from trafficsim.run.jobs import Job, simulate
from trafficsim.spec.policy import REGISTRY, Builder, Policy, PolicyPhase

SEEN: list[Mapping[tuple[str, str], float]] = []


class Asks(Policy):
    """Notes the design volumes and changes nothing."""

    kind: ClassVar[str] = "test_asks"
    phase: ClassVar[PolicyPhase] = "signals"

    def lower(self, builder: Builder) -> None:
        SEEN.append(builder.design_volumes())


@pytest.fixture(autouse=True)
def _registry() -> Iterator[None]:
    REGISTRY["test_asks"] = Asks
    SEEN.clear()
    yield
    REGISTRY.pop("test_asks", None)


def random_demand() -> Prepared:
    flows = (flow("f", 1000.0, vehicle_classes={"car": 0.8, "truck": 0.1, "bus": 0.1}),)
    return prepare(world(Demand(flows=flows)))


def test_volumes_of_trips_by_hand() -> None:
    # 1 h in which trips depart (10 min of it before the analysis): 3 cars and 1 truck on a-b-d, 1 bus on a-c-d.
    # Trucks and buses count 2: 3 + 2 pcu/h, and 2 pcu/h.
    cars = [trip(f"car{number}", 100.0 * number) for number in range(3)]
    heavy = [trip("truck", 10.0, vehicle_class="truck"),
             trip("bus", 3000.0, vehicle_class="bus", route=("a", "c", "d"))]
    volumes = design_volumes(prepare(world(Demand(trips=(*cars, *heavy)))))
    assert HEAVY_PCU == 2.0
    assert volumes == {("a", "b"): 5.0, ("a", "c"): 2.0, ("b", "d"): 5.0, ("c", "d"): 2.0}


def test_a_trip_along_one_link_turns_nowhere() -> None:
    volumes = design_volumes(prepare(world(Demand(trips=(trip("one", route=("a",)), trip("two", route=("b", "d")))))))
    assert volumes == {("a", "b"): 0.0, ("a", "c"): 0.0, ("b", "d"): 1.0, ("c", "d"): 0.0}


def test_volumes_of_a_flow_are_near_its_rate() -> None:
    # 1000 veh/h for an hour, a fifth of them heavy: 1200 pcu/h; variance of the sum 0.8 * 1000 + 0.2 * 1000 * 4
    volumes = design_volumes(random_demand())
    total = volumes["a", "b"] + volumes["a", "c"]
    assert total == volumes["b", "d"] + volumes["c", "d"] == pytest.approx(1200.0, abs=4.0 * np.sqrt(1600.0))


def test_the_design_day_is_none_of_the_judged_ones() -> None:
    prepared = random_demand()
    day = lower(prepared, replication=DESIGN_DAY).plan.trips
    for replication in range(1, 6):
        judged = lower(prepared, replication=replication).plan.trips
        assert not np.isin(judged.key, day.key).any()
        assert not np.isin(judged.depart_s, day.depart_s).any()
    with pytest.raises(InputError, match=r"replication: found 0; expected a whole number >= 1.*designed on"):
        simulate(prepared, Job(Labels("s", "a", DESIGN_DAY, "ca")))


def test_every_replication_on_every_day_is_given_the_same_volumes() -> None:
    prepared = random_demand()
    for replication in (3, 1, 2):
        for variation in (0.0, 0.3):
            lower(prepared, [Asks()], replication, demand_variation=variation)
    assert len(SEEN) == 6
    assert all(seen == SEEN[0] for seen in SEEN)
    assert SEEN[0] == design_volumes(random_demand())


def volumes_elsewhere(_: Any) -> dict[tuple[str, str], float]:
    prepared = random_demand()
    lower(prepared, replication=7)
    return dict(design_volumes(prepared))


def test_another_process_finds_the_same_volumes() -> None:
    with get_context("spawn").Pool(1) as pool:
        (found,) = pool.map(volumes_elsewhere, [None])
    assert found == design_volumes(random_demand())


def test_another_seed_is_another_design_day() -> None:
    demand = Demand(flows=(flow("f", 1000.0),))
    assert design_volumes(prepare(world(demand, seed=1))) != design_volumes(prepare(world(demand, seed=2)))


def test_policies_do_not_change_what_they_are_designed_on() -> None:
    prepared = random_demand()
    before = design_volumes(prepared)
    lower(prepared, [Asks()])
    (seen,) = SEEN
    assert seen == before


def test_a_builder_without_a_world_says_so() -> None:
    builder = PlanBuilder(lower(random_demand()).plan, diamond())
    with pytest.raises(PolicyError, match=r"no design day of demand.*Remedy: lower the policy with"):
        builder.design_volumes()
