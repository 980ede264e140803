"""Transit priority in a whole run of either engine: buses ask and are served, and the signal is back in step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import trafficsim as ts
from tests.support.reacting_junctions import crossing
from trafficsim.policies import TransitPriority

CYCLE_S, END_S = 60.0, 1200.0
DEPARTURES_S = np.arange(0.0, 950.0, 135.0)
"""Of the buses: at four places of the cycle, twice each."""


def street() -> ts.Scenario:
    """A junction in little traffic, with a bus along one of its streets now and then."""
    world = crossing(150.0, END_S, ts.junction(cycle_s=CYCLE_S))
    buses = tuple(ts.Trip(id=f"bus{number}", depart_s=depart_s, route=("in0", "out2"), vehicle_class="bus")
                  for number, depart_s in enumerate(DEPARTURES_S.tolist()))
    return world.model_copy(update={"demand": world.demand.model_copy(update={"trips": buses})})


def driven(engine: str, *policies: Any) -> Any:
    run = ts.open_run(street(), engine=engine, policies=policies)
    run.advance(END_S)
    return run.finish()


def bus_delay_s(result: Any) -> np.ndarray:
    return result.trips.loc[result.trips["class"] == "bus", "delay_s"].to_numpy(np.float64)


def shown(result: Any, from_s: float) -> list[tuple[float, str]]:
    """What the approach of the buses shows from some time on."""
    rows = result.signals_shown[(result.signals_shown["group"] == 0) & result.signals_shown["since_s"].between(
        from_s, END_S - 1.0)]
    return list(zip(rows["since_s"].tolist(), rows["state"].tolist(), strict=True))


@pytest.mark.parametrize("engine", ["ca", "queue"])
def test_buses_get_a_longer_or_earlier_green_and_the_signal_is_back_in_step(engine: str) -> None:
    without, served = driven(engine), driven(engine, TransitPriority(check_in_m=150.0, lockout_s=30.0))
    events = served.control_events
    calls = events[events["code"] == 112]
    assert calls["event"].unique().tolist() == ["priority_check_in"]
    assert len(calls) == len(events[events["code"] == 115]) == len(DEPARTURES_S)
    assert {"priority_early_green", "priority_extension"} <= set(events["event"])
    before, after = bus_delay_s(without), bus_delay_s(served)
    assert (after <= before + 0.2).all()
    assert after.mean() < 0.5 * before.mean()
    # Two cycles after the last bus has passed the line the signal shows what it would have shown without any.
    quiet_s = float(events.loc[events["code"] == 115, "time_s"].max()) + 2.0 * CYCLE_S
    assert quiet_s < END_S - CYCLE_S
    assert shown(served, quiet_s) == shown(without, quiet_s)
    assert shown(served, 0.0) != shown(without, 0.0)
