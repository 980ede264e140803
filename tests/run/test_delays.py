"""Delays are never negative: whoever has the road alone loses nothing.

But for the random draws of whole cells and dawdling.
"""

from __future__ import annotations

import numpy as np
import pytest

import trafficsim as ts
from trafficsim.base.errors import InputError
from trafficsim.plan.free_flow import free_flow
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import prepare

DEVIATION_M = 0.33
"""Standard deviation of the way of one tick: dithering sqrt(1/4), dawdling sqrt(0.2 * 0.8), in cells of 0.5 m."""


def road(limit_kmh: float, beyond_kmh: float, **settings: object) -> ts.Scenario:
    """A road with a turn and another limit beyond it, and few vehicles."""
    nodes = [ts.NodeSpec(id=name, x_m=x, y_m=y) for name, x, y in
             (("a", 0, 0), ("b", 300, 0), ("c", 300, 300), ("d", 600, 300))]
    links = [ts.LinkSpec(id=start + end, from_node=start, to_node=end, speed_limit_kmh=limit)
             for start, end, limit in (("a", "b", limit_kmh), ("b", "c", beyond_kmh), ("c", "d", limit_kmh))]
    flow = ts.Flow(id="f", origin="ab", destination="cd", volume_veh_h=60)
    return ts.Scenario(name="road", network=ts.NetworkSource(nodes=nodes, links=links), demand=ts.Demand(flows=(flow,)),
                       time=ts.Time(analysis_s=1800, clear_s=300), **settings)


@pytest.mark.parametrize("limits", [(1.0, 1.0), (1.0, 100.0), (100.0, 1.0), (5.0, 50.0), (50.0, 50.0), (130.0, 30.0)])
def test_delays_are_not_negative(limits: tuple[float, float]) -> None:
    result = ts.run(road(*limits))
    trips = result.trips[result.trips["delay_s"].notna()].astype({"delay_s": float, "free_flow_s": float})
    speed_ms = trips["distance_m"].astype(float) / trips["free_flow_s"]
    random_draw_s = DEVIATION_M * np.sqrt(trips["free_flow_s"]) / speed_ms
    assert (trips["delay_s"] > -5.0 * random_draw_s - 0.5).all()
    assert float(result.summary["indicators"]["mean_delay_s"]["mean"]) > -0.5


def test_way_of_who_is_still_on_it_counts_as_far_as_it_was_driven() -> None:
    """A fast link before a slow one: even in the middle of the way most of the free-flow time lies ahead."""
    plan = lower(prepare(ts.build(road(100.0, 2.0)))).plan
    free = free_flow(plan)
    first = free.until(np.full(len(plan.trips.name), 290.0))
    assert (first < 0.1 * free.total_s).all()


def test_cells_too_coarse_for_the_slowest_drivers_are_refused() -> None:
    with pytest.raises(InputError, match="desired speeds down to") as caught:
        ts.run(replace_ca(road(5.0, 50.0), cell_m=2.0))
    assert "take smaller cells" in caught.value.remedy


def replace_ca(scenario: ts.Scenario, **changes: float) -> ts.Scenario:
    return scenario.model_copy(update={"ca": ts.CellularAutomaton(**changes)})
