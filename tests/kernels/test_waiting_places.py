"""Who leaves an internal waiting area stays behind whoever still reaches back over a short link."""

from __future__ import annotations

from numba import njit

from tests.support.worlds import fixed_time, link, make_network, make_program, make_world, through
from trafficsim.engines.ca.loop import advance
from trafficsim.kernels.ca.inside import leaving_place
from trafficsim.kernels.ca.state import Road
from trafficsim.spec.demand import Trip
from trafficsim.spec.network import Connection

CAR_CELLS = 14


@njit
def place_of_car(road: Road, conn: int) -> int:
    return leaving_place(road, conn, CAR_CELLS)


def test_who_leaves_a_waiting_place_stays_behind_a_rear_over_the_next_line() -> None:
    # The truck stands at a red light at the end of 10 m. It takes 29 cells of 0.5 m, so its rear is 10 cells before the
    # line of the short link, on the way of those who come onto it; the waiting area would lead to 6 cells before it.
    rows = [link("in", 100.0), link("short", 2.0), link("out", 10.0), link("end", 100.0)]
    turn = Connection(from_link="in", from_lane=0, to_link="short", to_lane=0, length_m=12.0, waiting_area_m=10.0)
    joints = [turn, *through("short", "out"), *through("out", "end", signal="s", signal_index=0)]
    trips = [Trip(id="t", depart_s=5.0, route=("short", "out", "end"), vehicle_class="truck")]
    program = make_program(make_world(make_network(rows, joints, [fixed_time("s", 1.0, 300.0)]), trips=trips))
    assert place_of_car(program.road, 0) == -6
    advance(program, 0, 60)
    assert place_of_car(program.road, 0) == -10
