"""What the case of moving jams measures, on jams drawn by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trafficsim.evidence.moving_jams import (
    CONTROL,
    FROM_S,
    JAM_KMH,
    LINK_M,
    LINKS,
    Arm,
    front_kmh,
    hard_braking,
    outflow_veh_h,
    resolved,
    tackled,
)

MINUTES = np.arange(0.0, 4500.0, 60.0)


def drawn(front_kmh: float, outflow_veh_h: float = 5000.0) -> Arm:
    """A jam of 1 km whose front moves from link 24 on at a speed; 6,000 veh/h upstream of it."""
    middle_m = (np.arange(LINKS) + 0.5) * LINK_M
    front_m = 11750.0 + front_kmh / 3.6 * (MINUTES - FROM_S)
    behind = front_m[:, np.newaxis] - middle_m
    # linear across the front, so that the threshold is crossed where the front is
    speed = np.clip(JAM_KMH - behind / LINK_M * JAM_KMH, 5.0, 100.0)
    speed[behind > 1000.0] = 100.0
    flow = np.where(behind < 0.0, outflow_veh_h, 6000.0)
    return Arm(speed[np.newaxis], flow[np.newaxis], MINUTES)


def test_the_front_of_a_drawn_jam_is_found() -> None:
    assert front_kmh(drawn(-15.0))[0] == pytest.approx(-15.0, abs=0.1)


def test_the_flow_out_is_that_beyond_the_front() -> None:
    assert outflow_veh_h(drawn(-15.0))[0] == pytest.approx(5000.0)


def found(gone_at_s: float) -> dict[str, pd.DataFrame]:
    """Tables of one replication: limits come at 1,530 s; a jam on the first link until a time."""
    links = pd.DataFrame([{"alternative": CONTROL, "replication": 1, "begin_s": begin, "link": f"east{number}",
                           "speed_kmh": 10.0 if number == 1 and begin < gone_at_s else 100.0, "flow_veh_h": 1.0}
                          for begin in MINUTES for number in range(1, LINKS + 1)])
    shown = pd.DataFrame({"alternative": CONTROL, "replication": 1, "time_s": [1230.0, 1530.0, 1900.0],
                          "value": [60.0, 60.0, None]})
    return {"links": links, "roadside": shown}


def test_a_jam_is_resolved_if_it_is_gone_in_time() -> None:
    assert tackled(found(0.0), CONTROL) == {1: 1530.0}, "not while it is still being seeded"
    assert resolved(found(1530.0 + 900.0), CONTROL).tolist() == [1.0]
    assert resolved(found(1530.0 + 1000.0), CONTROL).tolist() == [0.0]


def test_a_vehicle_that_goes_on_braking_hard_counts_once() -> None:
    speeds_ms = [30.0, 26.0, 22.0, 21.0, 17.0]
    traces = pd.DataFrame({"alternative": CONTROL, "replication": 1, "trip": "a", "time_s": FROM_S + np.arange(5.0),
                           "speed_kmh": 3.6 * np.array(speeds_ms)})
    assert hard_braking({"trajectories": traces}, CONTROL)[0] == pytest.approx(2.0 / (sum(speeds_ms) / 1000.0))
