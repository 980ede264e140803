"""A queue that outgrows its approach: how long it is, where it ends, for how long, and who stands because of it."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.support.worlds import fixed_time, link, make_network, make_plan, make_world, through
from trafficsim.engines.ca import run
from trafficsim.plan.approaches import approaches_of
from trafficsim.results.frames import Labels
from trafficsim.results.tables import result_tables
from trafficsim.run.jobs import reference_of
from trafficsim.spec.demand import Trip
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.scenario import Time

CAR_M = 7.0
"""A car and the gap before it."""


def road() -> Network:
    """``up`` and ``side`` meet; from there ``middle`` (40 m) and ``short`` (10 m) lead to a signal, and ``out``."""
    rows = [link("up", 300.0), link("side", 200.0), link("middle", 40.0), link("short", 10.0), link("out", 300.0)]
    merge = [Connection(from_link="up", from_lane=0, to_link="middle", to_lane=0, speed_limit_kmh=50.0, crosses=(1,)),
             Connection(from_link="side", from_lane=0, to_link="middle", to_lane=0, speed_limit_kmh=50.0,
                        crosses=(0,), yields_to=(0,), critical_gap_s=6.2, follow_up_s=3.3)]
    connections = [*merge, *through("middle", "short"), *through("short", "out", signal="s", signal_index=0)]
    return make_network(rows, connections, [fixed_time("s", 10.0, 1200.0)])


def tables_of_a_red_light(cars: int) -> dict[str, pd.DataFrame]:
    trips = [Trip(id=f"v{number}", depart_s=20.0 + 4.0 * number, route=("up", "middle", "short", "out"))
             for number in range(cars)]
    plan = make_plan(make_world(road(), trips=trips, time=Time(analysis_s=1200.0, clear_s=600.0)))
    return result_tables(plan, run(plan), Labels("s", "a", 1, "ca"), reference_of(plan))


def test_an_approach_is_all_links_between_two_junctions() -> None:
    plan = make_plan(make_world(road(), trips=[Trip(id="t", depart_s=0.0, route=("up", "middle", "short", "out"))]))
    found = approaches_of(plan)
    named = {plan.link_id[at]: [plan.link_id[one] for one in found.links(at)] for at in range(len(plan.link_id))
             if found.last[at] == at}
    assert named == {"up": ["up"], "side": ["side"], "short": ["middle", "short"], "out": ["out"]}
    assert dict(zip(plan.link_id, found.storage_m, strict=True)) == {
        "up": 300.0, "side": 200.0, "middle": 40.0, "short": 50.0, "out": 300.0}


def test_a_queue_at_red_is_as_long_as_its_cars_wherever_links_end() -> None:
    tables = tables_of_a_red_light(25)
    queue = tables["queues"].set_index("approach").loc["short"]
    assert queue["links"] == "middle short"
    # Cars stand half a cell off their line, and do not stand astride of the merge: nearly a car's length is left free.
    assert float(queue["longest_queue_m"]) == pytest.approx(25 * CAR_M, abs=CAR_M + 1.0)
    assert queue["tail_link"] == "up"
    # Seven cars fill 50 m. The eighth comes at 48 s, 300 m before the merge (22 s); the signal is red until 1,200 s.
    assert float(queue["spillback_share"]) == pytest.approx((1200.0 - 70.0) / 1200.0, abs=0.03)
    up = tables["queues"].set_index("approach").loc["up"]
    assert float(up["blocked_share"]) == pytest.approx(float(queue["spillback_share"]), abs=0.01)
    assert (up["blocked_by"], float(up["blocked_by_share"])) == ("short", 1.0)
    movements = tables["movements"].set_index(["from_link", "to_link"])
    assert movements.loc["up", "middle"]["blocked_by"] == "short"
    assert float(movements.loc["up", "middle"]["blocked_share"]) == float(up["blocked_share"])
    assert float(movements.loc["side", "middle"]["blocked_share"]) == 0.0


def test_a_queue_that_fits_spills_nowhere() -> None:
    queues = tables_of_a_red_light(6)["queues"].set_index("approach")
    assert float(queues.loc["short"]["longest_queue_m"]) == pytest.approx(6 * CAR_M, abs=1.0)
    assert queues.loc["short"]["tail_link"] == "middle"
    assert (queues["spillback_share"] == 0.0).all()
    assert (queues["blocked_share"][["up", "side"]] == 0.0).all()
    assert queues["blocked_by"].isna().all()
