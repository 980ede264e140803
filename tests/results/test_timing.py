"""Timing plans before and after: table, audit, bands, stops along a stretch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import trafficsim as ts
from tests.policies.signal_worlds import main_road, prepared
from trafficsim.base.codes import STATE_CODES, STATE_NAMES
from trafficsim.plan.lower import Lowered, design_volumes, lower
from trafficsim.plan.prepare import Prepared
from trafficsim.plan.signals import lower_signals
from trafficsim.policies.green_wave import GreenWave
from trafficsim.policies.webster import Webster
from trafficsim.results.stops import stops_along
from trafficsim.results.timing import audit_table, band_table, changed_programs, programs_with, timing_table
from trafficsim.spec.policy import Policy

WAVE = GreenWave(along="east", speed_kmh=50)


def changed(world: Prepared, *policies: Policy) -> Lowered:
    return lower(world, list(policies))


def audit(world: Prepared, lowered: Lowered) -> pd.DataFrame:
    return audit_table(world.world.network, lowered.baseline.signals, lowered.plan.signals, design_volumes(world))


def with_greens(world: Prepared, main_s: float, cross_s: float) -> Prepared:
    """The same world with other greens in the plan before any policy."""
    programs = tuple(
        one.model_copy(update={"phases": tuple(
            phase.model_copy(update={"duration_s": {0: main_s, 3: cross_s}.get(number, phase.duration_s)})
            for number, phase in enumerate(one.phases))})
        for one in world.world.network.signals)
    network = replace(world.world.network, signals=programs)
    return replace(world, world=replace(world.world, network=network), signals=lower_signals(programs))


def test_the_table_holds_both_plans() -> None:
    world = prepared(main_road())
    lowered = changed(world, Webster(common_cycle=True), WAVE)
    table = timing_table(world.world.network, lowered.baseline.signals, lowered.plan.signals)
    assert table["program"].tolist() == [name for name in ("j1", "j2", "j3") for _ in range(2)]
    assert table["stage"].tolist() == [1, 2] * 3
    assert table["intergreen_s"].tolist() == [5.0] * 6
    assert table["cycle_before_s"].tolist() == [80.0] * 6
    assert table["green_before_s"].tolist() == [35.0] * 6
    assert (table["split_after"] * table["cycle_after_s"]).tolist() == pytest.approx(table["green_after_s"].tolist())
    sums = table.groupby("program")[["green_after_s", "intergreen_s"]].sum().sum(axis=1)
    assert sums.tolist() == table.groupby("program")["cycle_after_s"].first().tolist()
    assert table["offset_before_s"].tolist() == [0.0] * 6
    assert table["offset_after_s"].nunique() == 3
    assert table["changed"].all()


def test_programs_that_nobody_touched_are_not_changed() -> None:
    world = prepared(main_road())
    lowered = changed(world, Webster(on=("j2",)))
    assert changed_programs(lowered.baseline.signals, lowered.plan.signals) == ("j2",)
    found = programs_with(world.world.network, lowered.plan.signals)
    assert found[0] == world.world.network.signals[0]
    assert found[1] != world.world.network.signals[1]


def test_the_audit_finds_fault_with_the_plan_before() -> None:
    # 3 s of green beside the cross street: less than 5 s for vehicles, and 3 + 5 s is less than the 4 + 6.5 / 1.2 s
    # that pedestrians need across the main road. Retiming repairs both.
    world = with_greens(prepared(main_road()), 67.0, 3.0)
    table = audit(world, changed(world, Webster()))
    of_j1 = table[table["program"] == "j1"].set_index(["check", "subject"])
    green = of_j1.loc[("vehicle green", "stage 2")]
    assert (green["limit"], green["before"], green["before_ok"], green["after_ok"]) == (5.0, 3.0, False, True)
    walking = of_j1.loc[("pedestrian time", "east1")]
    assert walking["limit"] == pytest.approx(4.0 + 6.5 / 1.2)
    assert (walking["before"], walking["before_ok"], walking["after_ok"]) == (8.0, False, True)


def test_nothing_that_a_design_promises_is_broken() -> None:
    world = prepared(main_road())
    table = audit(world, changed(world, Webster(common_cycle=True), WAVE))
    assert set(table["check"]) == {"vehicle green", "pedestrian time", "intergreen", "flow ratios",
                                   "degree of saturation"}
    assert table["after_ok"].dropna().all()
    intergreens = table[table["check"] == "intergreen"]
    assert intergreens["before"].tolist() == intergreens["after"].tolist() == [5.0] * 6


def test_degrees_of_saturation_by_hand() -> None:
    # x = v C / (s g): design volume of the cross street at j3, s = 1,850, before with 35 s of 80.
    world = prepared(main_road())
    lowered = changed(world, Webster())
    volume = design_volumes(world)["south3_in", "north3_out"]
    table = audit(world, lowered).set_index(["program", "check", "subject"])
    row = table.loc[("j3", "degree of saturation", "south3_in lane 0")]
    stage = timing_table(world.world.network, lowered.baseline.signals, lowered.plan.signals)
    after = stage[(stage["program"] == "j3") & (stage["stage"] == 2)].iloc[0]
    assert row["before"] == pytest.approx(volume * 80.0 / (1850.0 * 35.0))
    assert row["after"] == pytest.approx(volume * after["cycle_after_s"] / (1850.0 * after["green_after_s"]))


def test_a_street_that_nobody_can_cross_is_null() -> None:
    # One stage for everything: no street is ever free of its own traffic.
    world = prepared(main_road())
    programs = tuple(one.model_copy(update={"phases": (one.phases[0].model_copy(
        update={"state": "G" * len(one.phases[0].state)}),)}) for one in world.world.network.signals)
    network = replace(world.world.network, signals=programs)
    signals = lower_signals(programs)
    table = audit_table(network, signals, signals, design_volumes(world))
    walking = table[table["check"] == "pedestrian time"]
    assert walking["before"].isna().all()
    assert walking["before_ok"].isna().all()


def test_bands_before_and_after() -> None:
    world = prepared(main_road())
    lowered = changed(world, WAVE)
    table = band_table(world.world.network, lowered.baseline.signals, lowered.plan.signals, ["east", "west"], 50.0)
    assert table["signals"].tolist() == [3, 3]
    assert table["band_before_s"].tolist() == [0.0, 0.0]  # 57.6 s from first to last, 35 s of green, offsets 0
    assert table["band_after_s"].tolist()[0] == pytest.approx(35.0, abs=1.0)


def test_no_band_without_a_common_cycle() -> None:
    world = prepared(main_road())
    lowered = changed(world, Webster())
    table = band_table(world.world.network, lowered.baseline.signals, lowered.plan.signals, ["east"], 50.0)
    assert table["band_after_s"].isna().tolist() == [True]


def test_stops_along_a_stretch() -> None:
    speeds = {"a": [50, 4, 0, 7, 0, 12, 30, 0, 50], "b": [50] * 9, "leaves": [50, 50, 0, 50, 50]}
    rows = [(name, second, "x" if second < 5 else "y", float(speed)) for name, each in speeds.items()
            for second, speed in enumerate(each)]
    rows.append(("b", 9, "z", 0.0))  # beyond the stretch
    table = pd.DataFrame(rows, columns=["trip", "time_s", "link", "speed_kmh"])
    # a stands, moves up at 7 km/h (not yet moving), stands, drives on, stands again: 2 stops.
    assert stops_along(table, ["x", "y"]).to_dict() == {"a": 2, "b": 0}


def test_for_python_users() -> None:
    scenario = Path(__file__).resolve().parents[2] / "scenarios" / "arterial" / "scenario.toml"
    study = ts.Study(name="s", scenarios=(str(scenario),), alternatives={"do nothing": (), "new": (Webster(),)})
    table = ts.timing(study, "new")
    assert table["scenario"].unique().tolist() == ["arterial"]
    assert table.groupby("program")["stage"].max().tolist() == [3] * 8
    assert not ts.timing(study, "do nothing")["changed"].any()
    with pytest.raises(ts.InputError, match="no alternative 'old'"):
        ts.timing(study, "old")


def test_letters_of_replaced_programs_mean_what_they_meant() -> None:
    assert {letter: STATE_NAMES[code] for letter, code in STATE_CODES.items()} == {
        **{letter: letter for letter in "ryGgus"}, "o": "g", "O": "G"}
    phases = tuple(ts.Phase(duration_s=20.0, state=state) for state in ("GGgGgGrrrrrs", "uuuuuurrrrrr", "rrrrrrGgGgGG"))
    world = prepared(main_road())
    found = lower(world, [ts.policies.SignalPlan(signal="j2", phases=phases)])
    program = next(one for one in programs_with(world.world.network, found.plan.signals) if one.id == "j2")
    assert [phase.state for phase in program.phases] == [phase.state for phase in phases]
