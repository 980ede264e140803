"""Delay of pedestrians against formulas worked by hand, at signals whose states are written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import trafficsim as ts
from tests.results.tiny import LABELS, tiny_record
from tests.support.reacting_junctions import crossing, reacting
from trafficsim.base.codes import CONTROL_PED_CALL, CONTROL_PED_CLEARANCE, CONTROL_WALK, STATE_CODES
from trafficsim.io.network_file import read_network, write_network
from trafficsim.outcomes.pedestrian_delay import fixed_time_delay_s, waiting
from trafficsim.plan.arrays import Plan
from trafficsim.plan.lower import lower
from trafficsim.plan.record import ControlRecord, Record, SignalRecord, no_control_events
from trafficsim.results.pedestrians import BUTTON, OWN, STREET, WALK, pedestrian_delay_table
from trafficsim.spec.check import check
from trafficsim.spec.crossing import PedestrianCrossing
from trafficsim.spec.network import Network
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World

JUNCTION = ts.junction()
WIDTH_S = 6.5 / 1.2
"""Time to walk across a street of two lanes."""


def plan_of(network: Network) -> Plan:
    """900 s, ten cycles of the junction."""
    scenario = crossing(100.0, 900.0)
    assert isinstance(scenario.demand, ts.Demand)
    return lower(World(scenario, network, scenario.demand, DEFAULT_CLASSES)).plan


def shown(phases: Sequence[tuple[float, str]], times: int) -> SignalRecord:
    """A program that runs some times, every group with rows of its own."""
    rows: list[tuple[float, int, int]] = []
    time_s = 0.0
    for duration_s, state in list(phases) * times:
        rows += [(time_s, group, STATE_CODES[letter]) for group, letter in enumerate(state)]
        time_s += duration_s
    since, group, state_codes = (np.array(column) for column in zip(*rows, strict=True))
    width = len(phases[0][1])
    return SignalRecord(np.zeros(len(since), np.int32), group.astype(np.int32), state_codes.astype(np.uint8),
                        since.astype(np.float64), np.arange(width, dtype=np.int32))


def seen(signals: SignalRecord, control: ControlRecord | None = None) -> Record:
    return replace(tiny_record(), signals=signals, control=control or no_control_events(), end_s=900.0, waiting=0,
                   en_route=0)


def table_of(network: Network, record: Record) -> pd.DataFrame:
    return pedestrian_delay_table(plan_of(network), record, LABELS)


def program_of(network: Network) -> list[tuple[float, str]]:
    return [(phase.duration_s, phase.state) for phase in network.signals[0].phases]


def test_a_street_is_crossed_while_its_vehicles_stand() -> None:
    table = table_of(JUNCTION, seen(shown(program_of(JUNCTION), 10)))
    # Red for 43 s from the street's green on, 2 s until the other street's green; back across before the next green.
    walk_s = 45.0 - WIDTH_S
    assert table["basis"].tolist() == [STREET] * 4
    assert table["walk_s"].tolist() == pytest.approx([walk_s + 4.0] * 4)
    # The first red of the second street begins before the period: all else is the formula.
    assert table["delay_s"].tolist()[1::2] == pytest.approx([fixed_time_delay_s(90.0, walk_s)] * 2, rel=0.02)
    assert table["longest_wait_s"].tolist() == pytest.approx([90.0 - walk_s - 4.0] * 4)
    assert set(table["level"]) == {"B"}


def test_who_turns_off_across_oncoming_traffic_gives_way_only_with_permitted_green() -> None:
    protected = [(40.0, "GGGrrrrrrrrr"), (5.0, "rrrrrrrrrrrr"), (40.0, "rrrGGGrrrrrr"), (5.0, "rrrrrrrrrrrr")]
    permitted = [(duration_s, state.replace("GGG", "GGg")) for duration_s, state in protected]
    free, busy = (table_of(JUNCTION, seen(shown(one, 10))).set_index("crossing") for one in (permitted, protected))
    left = {one.from_link: one.to_link for one in JUNCTION.connections if one.turn == "left"}
    into = left["in0"].replace("out", "in")
    # With protected green somebody drives into this street, or out of it, all the time but 10 s of the cycle.
    assert float(free.loc[into, "delay_s"]) < 20.0
    assert busy.loc[into, ["delay_s", "level"]].isna().all()
    assert busy.loc[into, "reason"] == "no time in which pedestrians can cross was seen"


def test_a_crossing_of_its_own_stands_for_the_streets(tmp_path: Any) -> None:
    phases = [ts.Phase(duration_s=one.duration_s, state=one.state + letter)
              for one, letter in zip(JUNCTION.signals[0].phases, "Grrrrr", strict=True)]
    phases[0] = ts.Phase(duration_s=26.0, state=phases[0].state)
    phases.insert(1, ts.Phase(duration_s=14.0, state=phases[0].state[:-1] + "r"))
    own = PedestrianCrossing(id="north", signal=JUNCTION.signals[0].id, signal_index=12, length_m=9.8)
    network = replace(JUNCTION, crossings=(own,),
                      signals=(JUNCTION.signals[0].model_copy(update={"phases": tuple(phases)}),))
    row = table_of(network, seen(shown(program_of(network), 10))).iloc[0]
    assert (row["basis"], row["crossing"], row["length_m"], row["walks"]) == (OWN, "north", 9.8, 10)
    assert row["delay_s"] == pytest.approx(20.0)  # (90 - 30)^2 / 180
    write_network(network, tmp_path / "net.json")
    assert read_network(tmp_path / "net.json").crossings == network.crossings


def test_crossings_that_cannot_be_are_named() -> None:
    signal = JUNCTION.signals[0].id
    wrong = tuple(PedestrianCrossing(id=name, signal=where, signal_index=index) for name, where, index in (
        ("a", "nowhere", 0), ("b", signal, 3), ("c", signal, 12), ("a", signal, 4)))
    found = [(one.level, one.code) for one in check(replace(JUNCTION, crossings=wrong)) if "crossing" in one.where]
    assert sorted(found) == [("error", "crossing-shared"), ("error", "crossing-shared"),
                             ("error", "duplicate-crossing"), ("error", "unknown-signal"),
                             ("warning", "crossing-without-signal")]


def events(*rows: tuple[float, int]) -> ControlRecord:
    time_s, code = zip(*rows, strict=True)
    return ControlRecord(np.array(time_s), np.zeros(len(rows), np.int32), np.array(code, np.int32),
                         np.ones(len(rows), np.int32))


def test_walk_of_a_phase_is_taken_from_what_the_controller_noted() -> None:
    noted = events(*((time_s, code) for cycle in range(9) for time_s, code in (
        (100.0 * cycle, CONTROL_WALK), (100.0 * cycle + 16.0, CONTROL_PED_CLEARANCE))))
    network = reacting(JUNCTION, "actuated", walk_s=16.0, ped_clearance_s=6.0, recall="pedestrian")
    row = table_of(network, seen(shown(program_of(JUNCTION), 10), noted)).iloc[0]
    assert (row["basis"], row["crossing"], row["walks"], row["walk_s"]) == (WALK, "stage 1", 9, 20.0)
    assert row["delay_s"] == pytest.approx(80.0**2 / 200.0)


def test_who_presses_the_button_waits_from_the_call_on() -> None:
    network = reacting(JUNCTION, "actuated", walk_s=6.0, ped_clearance_s=6.0, ped_calls_per_h=36.0)
    noted = events((100.0, CONTROL_PED_CALL), (120.0, CONTROL_WALK), (126.0, CONTROL_PED_CLEARANCE))
    table = table_of(network, seen(shown(program_of(JUNCTION), 10), noted))
    assert table["basis"].tolist() == [BUTTON, BUTTON]
    # 0.01 pedestrians per second: (20 + 0.01 * 20^2 / 2) s for 1 + 0.01 (20 + 10) pedestrians
    assert table["delay_s"].tolist() == [pytest.approx(22.0 / 1.3), pd.NA]
    assert table["reason"].tolist() == [pd.NA, "nobody called"]


@given(red=st.lists(st.integers(1, 80), min_size=1, max_size=8), walk=st.integers(1, 20), begin=st.integers(0, 60),
       length=st.integers(1, 300))
def test_the_mean_wait_is_that_of_arrivals_one_by_one(red: list[int], walk: int, begin: int, length: int) -> None:
    opens = np.cumsum(red) + walk * np.arange(len(red))
    until, period = float(opens[-1] + walk + 1000), (float(begin), float(begin + length))
    found = waiting(opens.astype(float), (opens + walk).astype(float), period, until)
    assert found is not None
    steps = 20 * length
    arrivals = period[0] + (np.arange(steps) + 0.5) / steps * length
    place = np.searchsorted(opens + walk, arrivals, side="right")
    next_s = np.append(opens, until)[place]
    assert found.mean_s == pytest.approx(float(np.maximum(next_s - arrivals, 0.0).mean()), abs=0.05, rel=1e-3)


def test_a_plan_without_signals_has_no_table() -> None:
    road = ts.corridor([300.0, 300.0])
    demand = ts.Demand(trips=(ts.Trip(id="t", depart_s=0.0, route=("east1", "east2")),))
    plan = lower(World(ts.Scenario(name="road", network=road), road, demand, DEFAULT_CLASSES)).plan
    assert not pedestrian_delay_table(plan, seen(shown([(1.0, "G")], 1)), LABELS).size
