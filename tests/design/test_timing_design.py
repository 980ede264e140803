"""Webster's method: worked values, hand calculations, programmes for lanes that are green in several stages."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.support.worlds import fixed_time, link, make_network
from trafficsim.design.synthetic import corridor, junction
from trafficsim.design.timing.demand import Row, approaches_of, demand_rows, loads, permitted_flow
from trafficsim.design.timing.design import Junction, Rules, design, junction_of, least_cycle_of
from trafficsim.design.timing.pedestrians import crossings_of, window_s
from trafficsim.design.timing.stages import stages_of
from trafficsim.design.timing.webster import (
    Bounds,
    critical_ratios,
    even_split,
    least_cycle_s,
    webster_cycle_s,
    whole_seconds,
)
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.signals import Phase, SignalProgram

FREE = Bounds((0.0, 0.0))


def durations(network: Network, program: str) -> list[float]:
    return [phase.duration_s for one in network.signals if one.id == program for phase in one.phases]


def designed(network: Network, volumes: dict[tuple[str, str], float], **rules: object) -> tuple[Junction, list[float]]:
    name = network.signals[0].id
    one = junction_of(network, name, volumes, durations(network, name), Rules(**rules))  # type: ignore[arg-type]
    return one, one.approaches.stages.greens(design(one).phase_s)


def row(name: str, volume: float, *rate: float) -> Row:
    return Row(name, volume, np.array(rate), 0.0)


def test_worked_cycles() -> None:
    # L = 12 s, Y = 0.75: 23 / 0.25 = 92 s. L = 10 s, Y = 0.7: 20 / 0.3 = 66.7 s, 67 in whole seconds.
    assert webster_cycle_s(12.0, 0.75) == pytest.approx(92.0)
    assert round(webster_cycle_s(10.0, 0.7)) == 67


@pytest.mark.parametrize(("y", "lost_s"), [((0.4, 0.35), 12.0), ((0.3, 0.2, 0.2), 10.0), ((0.05, 0.6), 8.0)])
def test_one_critical_lane_per_stage_is_the_textbook(y: tuple[float, ...], lost_s: float) -> None:
    stages = len(y)
    rows = [row(f"{stage}", 1800.0 * ratio, *(1800.0 if stage == other else 0.0 for other in range(stages)))
            for stage, ratio in enumerate(y)]
    rows += [row(f"{one.name} lesser", 0.9 * one.volume, *one.rate) for one in rows]
    found = critical_ratios(rows, stages, 80.0)
    assert found.ratio == pytest.approx(y)
    assert found.rows == tuple(range(stages))
    cycle = webster_cycle_s(lost_s, found.total)
    greens = even_split(rows, Bounds((0.0,) * stages), cycle - lost_s, cycle)
    assert greens == pytest.approx([(cycle - lost_s) * ratio / sum(y) for ratio in y])


def test_lanes_green_in_two_stages() -> None:
    # Stage 1 serves a and b, stage 2 a and c: y_a = 0.4, y_b = 0.3, y_c = 0.05. The smallest sum is 0.4 = y_a; the
    # green of 60 s is shared between b and c as 0.3 to 0.05: 51.43 s and 8.57 s.
    rows = [row("a", 720.0, 1800.0, 1800.0), row("b", 540.0, 1800.0, 0.0), row("c", 90.0, 0.0, 1800.0)]
    assert critical_ratios(rows, 2, 70.0).total == pytest.approx(0.4)
    assert even_split(rows, FREE, 60.0, 70.0) == pytest.approx([60.0 * 0.3 / 0.35, 60.0 * 0.05 / 0.35], rel=1e-6)


def test_what_a_lane_discharges_in_intergreens_counts() -> None:
    # 10 vehicles per cycle, one of them in the intergreen: 9 need 18 s of green at 1,800 veh/h.
    staying = Row("a", 400.0, np.array([1800.0, 0.0]), 1.0)
    other = row("b", 200.0, 0.0, 1800.0)  # 5 vehicles: 10 s
    assert critical_ratios([staying, other], 2, 90.0).ratio == pytest.approx((0.2, 1.0 / 9.0))


def test_minimum_greens_bind_and_the_others_share_the_rest() -> None:
    rows = [row("a", 720.0, 1800.0, 0.0, 0.0), row("b", 360.0, 0.0, 1800.0, 0.0), row("c", 18.0, 0.0, 0.0, 1800.0)]
    greens = even_split(rows, Bounds((5.0, 5.0, 15.0)), 75.0, 90.0)
    assert greens == pytest.approx([40.0, 20.0, 15.0])


def test_a_run_of_stages_may_keep_a_minimum_together() -> None:
    rows = [row("a", 900.0, 1800.0, 0.0, 0.0)]
    greens = even_split(rows, Bounds((5.0, 5.0, 5.0), (((1, 2), 18.0),)), 60.0, 75.0)
    assert greens[0] == pytest.approx(42.0)
    assert greens[1] + greens[2] == pytest.approx(18.0)


def test_without_demand_stages_get_the_same() -> None:
    assert even_split([], Bounds((5.0, 5.0, 5.0)), 60.0, 75.0) == pytest.approx([20.0, 20.0, 20.0])
    assert critical_ratios([], 3, 60.0).total == 0.0


def test_no_cycle_serves_more_than_there_is() -> None:
    rows = [row("a", 1080.0, 1800.0, 0.0), row("b", 900.0, 0.0, 1800.0)]
    assert least_cycle_s(rows, FREE, 10.0, 1.0) is None


def test_whole_seconds_keep_the_sum_and_the_bounds() -> None:
    assert whole_seconds([10.5, 10.5, 9.0], Bounds((5.0,) * 3), 30.0) == [11.0, 10.0, 9.0]
    assert whole_seconds([20.6, 10.2, 9.2], Bounds((5.0,) * 3, (((1, 2), 20.0),)), 40.0) == [20.0, 11.0, 9.0]
    assert whole_seconds([20.2, 10.3], Bounds((5.0,) * 2), 30.5) == [20.5, 10.0]


def test_a_junction_by_hand() -> None:
    # Four one-lane arms, straight on only, s = 1,850: y = 740 / 1850 = 0.4 and 555 / 1850 = 0.3. Two intergreens of
    # 3 + 2 s: L = 10 s. C0 = (15 + 5) / 0.3 = 66.7, so 67 s; g = 57 x 0.4 / 0.7 = 32.6 and 57 x 0.3 / 0.7 = 24.4 s.
    # Pedestrians: 2 lanes of 3.25 m take 4 + 6.5 / 1.2 = 9.4 s, 5 s of them in the intergreen: nothing binds.
    volumes = {("in0", "out2"): 740.0, ("in2", "out0"): 500.0, ("in1", "out3"): 555.0, ("in3", "out1"): 100.0}
    one, greens = designed(junction(), volumes)
    assert one.lost_s == 10.0
    assert greens == [33.0, 24.0]
    found = design(one)
    assert found.cycle_s == 67.0
    assert found.critical.ratio == pytest.approx((0.4, 0.3))
    assert found.served


def test_pedestrians_lengthen_green_and_cycle() -> None:
    # Crossing the street of 4 + 4 lanes: 26 m, 4 + 21.67 = 25.67 s less 5 s of intergreen: 21 s beside the side street.
    # y = 2960 / (4 x 1850) = 0.4 and 37 / 1850 = 0.02: C0 = 20 / 0.58 = 34.5 s, Webster's greens 23.3 and 1.2 s. The
    # minimum takes 19.83 s beyond that, which count as lost time: C = (1.5 x 29.83 + 5) / 0.58 = 85.8, so 86 s.
    volumes = {("in0", "out2"): 2960.0, ("in1", "out3"): 37.0}
    one, greens = designed(junction(lanes=(4, 1, 4, 1)), volumes)
    assert greens == [86.0 - 10.0 - 21.0, 21.0]
    assert design(one).critical.ratio == pytest.approx((0.4, 0.02))
    without, shorter = designed(junction(lanes=(4, 1, 4, 1)), volumes, pedestrians=False)
    assert shorter[1] == 5.0
    assert design(without).cycle_s < 86.0


def test_pedestrians_of_a_street_need_its_width() -> None:
    network = junction(lanes=(4, 1, 4, 1))
    approaches = approaches_of(network, "centre")
    phases = durations(network, "centre")
    found = {crossing.street: crossing for crossing in crossings_of(network, approaches, phases)}
    assert {street: one.width_m for street, one in found.items()} == {"in0": 26.0, "in1": 6.5, "in2": 26.0, "in3": 6.5}
    assert found["in0"].stages == (1,)
    assert found["in1"].stages == (0,)
    assert found["in0"].needed_s == pytest.approx(4.0 + 26.0 / 1.2)
    assert window_s(found["in0"], approaches, phases) == 16.0 + 5.0


def test_the_other_direction_of_a_street_belongs_to_it() -> None:
    # Behind a turn lane the two directions of a street join different nodes: their headings tell.
    network = corridor((300, 300), lanes=2, two_way=True, signals=(1,), side_streets=(1,), turn_lane_m=60)
    crossings = crossings_of(network, approaches_of(network, "j1"), durations(network, "j1"))
    assert {one.street: one.width_m for one in crossings} == {
        "east1_turn": 5 * 3.25, "west2_turn": 5 * 3.25, "south1_in": 6.5, "north1_in": 6.5}


def test_oversaturated_at_the_longest_cycle() -> None:
    # L = 10 s: a cycle of 120 s has 110 s of green, Y < 0.9167 (in whole seconds a little less).
    def served(second: float) -> bool:
        volumes = {("in0", "out2"): 1110.0, ("in1", "out3"): second}
        return design(designed(junction(), volumes)[0]).served

    assert served(0.30 * 1850.0)
    assert not served(0.32 * 1850.0)


def test_a_given_cycle_is_kept() -> None:
    one, _ = designed(junction(), {("in0", "out2"): 740.0, ("in1", "out3"): 370.0})
    found = design(one, 100.0)
    assert found.cycle_s == 100.0
    assert one.approaches.stages.greens(found.phase_s) == [60.0, 30.0]


def test_least_cycle_keeps_all_minimum_greens() -> None:
    one, _ = designed(junction(lanes=(4, 1, 4, 1)), {})
    assert least_cycle_of(one) == 5.0 + 21.0 + 10.0


def test_a_single_stage_has_no_split() -> None:
    program = fixed_time("s", 40.0, 90.0)
    assert stages_of(program).phase == (0,)
    assert stages_of(program).intergreens([40.0, 3.0, 47.0]) == [50.0]


def test_a_signal_that_is_off_has_one_stage_and_dark_ones_none() -> None:
    assert stages_of(SignalProgram(id="s", phases=(Phase(duration_s=5, state="oO"),))).phase == (0,)
    assert stages_of(SignalProgram(id="s", phases=(Phase(duration_s=5, state="rr"),))).phase == ()


def test_volume_spreads_until_flow_ratios_are_even() -> None:
    # Two lanes; the nearside lane also serves 157 right turns at 1850 / 1.18 = 1,568: y = 0.1. With 1,000 straight on
    # both lanes reach (0.1 + 1000 / 1850) / 2 = 0.3203: 407.5 in the nearside lane, 592.5 in the other.
    network = junction(lanes=2, turn_lanes=("right;through", "through"))
    approaches = approaches_of(network, "centre")
    saturation = np.array([1850.0 / 1.18 if use.turn == "right" else 1850.0 for use in approaches.uses])
    volumes = {("in0", "out1"): 0.1 * 1850.0 / 1.18, ("in0", "out2"): 1000.0}
    found = loads(approaches, volumes, saturation)
    of = {(use.lane, use.to_link): load for use, load in zip(approaches.uses, found, strict=True) if use.link == "in0"}
    assert of[0, "out1"] == pytest.approx(156.78, abs=0.01)
    assert of[0, "out2"] == pytest.approx(407.5, abs=0.01)
    assert of[1, "out2"] == pytest.approx(592.5, abs=0.01)


def test_lanes_for_buses_take_no_cars() -> None:
    rows = [link("in", 100.0, lanes=2, allow=(("bus",), None)), link("out", 100.0, lanes=2)]
    connections = [Connection(from_link="in", from_lane=lane, to_link="out", to_lane=lane, signal="s", signal_index=0)
                   for lane in (0, 1)]
    approaches = approaches_of(make_network(rows, connections, [fixed_time("s", 40.0, 90.0)]), "s")
    assert [use.lane for use in approaches.uses] == [1]


def permitted(letters: tuple[str, str], opposing: float, turning: float) -> Row:
    """A left turn lane that gives way to one opposing lane; C 90 s, first stage 40 s."""
    rows = [link(name, 100.0) for name in ("from_west", "from_east", "to_east", "to_south")]
    connections = [
        Connection(from_link="from_west", from_lane=0, to_link="to_south", to_lane=0, turn="left", signal="s",
                   signal_index=0, yields_to=(1,), critical_gap_s=4.5, follow_up_s=2.5),
        Connection(from_link="from_east", from_lane=0, to_link="to_east", to_lane=0, signal="s", signal_index=1),
    ]
    phases = (Phase(duration_s=40, state=letters[0]), Phase(duration_s=5, state="yy"),
              Phase(duration_s=40, state=letters[1]), Phase(duration_s=5, state="ry"))
    network = make_network(rows, connections, [SignalProgram(id="s", phases=phases)])
    volumes = {("from_west", "to_south"): turning, ("from_east", "to_east"): opposing}
    found = demand_rows(approaches_of(network, "s"), volumes, [40.0, 5.0, 40.0, 5.0])
    return next(one for one in found if one.name.startswith("from_west"))


def test_permitted_left_turns_by_hand() -> None:
    # Opposing 600 veh/h in one lane: y = 0.324, its queue lasts 50 y / (1 - y) = 24.0 s of 40. In the other 16 s gaps
    # pass 600 exp(-0.75) / (1 - exp(-0.4167)) = 831.7 veh/h; two more wait inside: 227.8 veh/h in a cycle of 90 s.
    y = 600.0 / 1850.0
    free_s = 40.0 - 50.0 * y / (1.0 - y)
    gaps = 600.0 * math.exp(-0.75) / (1.0 - math.exp(-2.5 / 6.0))
    by_hand = gaps * free_s / 90.0 + 2.0 * 3600.0 / 90.0
    found = permitted(("gG", "rr"), 600.0, 100.0)
    assert found.capacity([40.0], 90.0) == pytest.approx(by_hand, rel=1e-9)
    assert by_hand == pytest.approx(227.8, abs=0.2)


def test_turns_that_meet_nobody_go_like_protected_ones() -> None:
    assert permitted(("gG", "rr"), 0.0, 100.0).rate[0] == pytest.approx(1850.0 / 1.05)
    assert permitted(("GG", "rr"), 600.0, 100.0).rate[0] == pytest.approx(1850.0 / 1.05)
    assert permitted(("gr", "rG"), 600.0, 100.0).rate[0] == pytest.approx(1850.0 / 1.05)


def test_gap_acceptance_value() -> None:
    # 600 veh/h, 6.2 s, 3.3 s: 504.6 veh/h (HCM two-way stop control example).
    assert permitted_flow(600.0, 6.2, 3.3) == pytest.approx(504.6, abs=0.05)


def test_a_lane_waits_for_all_its_movements() -> None:
    # Right turns are green in both stages, straight on only in the first: the shared lane moves in the first.
    rows = [link(name, 100.0) for name in ("in", "on", "right")]
    connections = [Connection(from_link="in", from_lane=0, to_link="on", to_lane=0, signal="s", signal_index=0),
                   Connection(from_link="in", from_lane=0, to_link="right", to_lane=0, turn="right", signal="s",
                              signal_index=1)]
    phases = (Phase(duration_s=30, state="GG"), Phase(duration_s=5, state="yG"), Phase(duration_s=30, state="rG"),
              Phase(duration_s=5, state="ry"))
    network = make_network(rows, connections, [SignalProgram(id="s", phases=phases)])
    approaches, times = approaches_of(network, "s"), [30.0, 5.0, 30.0, 5.0]
    both = demand_rows(approaches, {("in", "on"): 300.0, ("in", "right"): 100.0}, times)
    assert len(both) == 1
    assert both[0].volume == pytest.approx(400.0)
    assert both[0].rate == pytest.approx([400.0 / (300.0 / 1850.0 + 100.0 * 1.18 / 1850.0), 0.0])
    alone = demand_rows(approaches, {("in", "right"): 100.0}, times)[0]
    assert (alone.rate > 0.0).tolist() == [True, True]
    assert alone.between_pcu == pytest.approx(5.0 * 1850.0 / 1.18 / 3600.0)


SHAPES = (
    junction(), junction(lanes=2), junction(arms=3), junction(lanes=(3, 1, 3, 1)), junction(arms=5),
    corridor((300, 300), lanes=2, two_way=True, signals=(1,), side_streets=(1,), turn_lane_m=60),
)


@pytest.mark.parametrize("shape", range(len(SHAPES)))
def test_any_volumes_give_a_plan_that_keeps_its_promises(shape: int) -> None:
    network, draw = SHAPES[shape], np.random.default_rng(shape)
    name = network.signals[0].id
    movements = sorted(
        {(connection.from_link, connection.to_link) for connection in network.connections if connection.signal == name}
    )
    for most in (20, 100, 300, 1000):
        volumes = {movement: float(volume) for movement, volume in
                   zip(movements, draw.integers(0, most, len(movements)), strict=True)}
        one = junction_of(network, name, volumes, durations(network, name))
        found = design(one)
        greens = one.approaches.stages.greens(found.phase_s)
        assert found.cycle_s == round(found.cycle_s)
        assert 30.0 <= found.cycle_s <= 120.0
        assert all(green >= 5.0 and green == round(green) for green in greens)
        assert all(sum(greens[stage] for stage in run) >= need for run, need in one.bounds.runs)
        assert one.approaches.stages.intergreens(found.phase_s) == one.approaches.stages.intergreens(one.phase_s)
        assert found.served == all(row.volume <= row.capacity(greens, found.cycle_s) for row in found.rows)
        assert found.served or found.cycle_s == 120.0


def test_turns_on_red_make_no_stage() -> None:
    with_arrows, plain = (junction(nearside_turn_on_red=red).signals[0] for red in (True, False))
    assert stages_of(with_arrows).phase == stages_of(plain).phase == (0, 3)
    assert stages_of(with_arrows).after == stages_of(plain).after
