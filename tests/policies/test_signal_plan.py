"""Signal plans of one's own: by phase, by signal group and from a file; ledger, audit, coordination, and refusals."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.policies.signal_worlds import main_road, prepared
from tests.support.real_data import require_data
from trafficsim.base.errors import PolicyError
from trafficsim.design.timing.conflicts import intergreens_s
from trafficsim.design.timing.groups import Controlled, SignalGroup, phases_of_groups
from trafficsim.engines.ca.resolution import representation
from trafficsim.io.load import load_study, load_world
from trafficsim.io.sumo import read_programs
from trafficsim.io.sumo.additional import write_programs
from trafficsim.plan.ledger import ledger_table
from trafficsim.plan.lower import Lowered, design_volumes, lower
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.plan.representation import check_representation
from trafficsim.policies import GreenWave, SignalPlan, Webster, load_policies
from trafficsim.results.timing import audit_table, band_table, programs_with, timing_table, timings_of
from trafficsim.spec.policy import Policy
from trafficsim.spec.signals import Phase, SignalProgram

ROAD = prepared(main_road())
# Index 2 and 4 turn left from the main road across the opposing traffic; 7 and 9 from the side road.
MAIN, SIDE, RED = "GGgGgGrrrrrr", "rrrrrrGgGgGG", "r" * 12
YELLOW_MAIN, YELLOW_SIDE = MAIN.replace("G", "y").replace("g", "y"), SIDE.replace("G", "y").replace("g", "y")


def phases(*given: tuple[float, str]) -> tuple[Phase, ...]:
    return tuple(Phase(duration_s=duration, state=state) for duration, state in given)


TWO = phases((50, MAIN), (3, YELLOW_MAIN), (2, RED), (20, SIDE), (3, YELLOW_SIDE), (2, RED))
LEFT_FIRST = phases((12, "rrGrGrrrrrrr"), (3, "rryryrrrrrrr"), (2, RED), *((one.duration_s, one.state) for one in TWO))


def lowered(*policies: Policy, world: Prepared = ROAD) -> Lowered:
    return lower(world, policies)


def test_phases_replace_those_of_the_signal_and_nothing_else() -> None:
    found = lowered(SignalPlan(signal="j2", cycle_s=97, offset_s=12, phases=LEFT_FIRST))
    programs = {one.id: one for one in programs_with(ROAD.world.network, found.plan.signals)}
    assert programs["j2"].phases == LEFT_FIRST
    assert (programs["j2"].offset_s, programs["j2"].cycle_s) == (12.0, 97.0)
    assert [programs[name] for name in ("j1", "j3")] == [one for one in ROAD.world.network.signals if one.id != "j2"]
    check_representation(found.baseline, found.plan, found.ledger, representation())


def test_without_an_offset_the_signal_keeps_its_own() -> None:
    before = lowered(SignalPlan(signal="j2", offset_s=30, phases=TWO)).plan
    assert timings_of(before.signals)["j2"].offset_s == 30.0
    assert timings_of(lowered(SignalPlan(signal="j2", phases=TWO)).plan.signals)["j2"].offset_s == 0.0


def test_the_ledger_has_every_phase_before_and_after_with_its_letters() -> None:
    table = ledger_table(lowered(SignalPlan(signal="j2", offset_s=12, phases=LEFT_FIRST)).ledger)
    rows = table[table["operation"] == "replace"].reset_index(drop=True)
    assert rows["cell"].tolist() == [f"j2/{number}" for number in range(9)]
    assert rows["before"].tolist()[:6] == [35.0, 3.0, 2.0, 35.0, 3.0, 2.0]
    assert rows["before"].isna().tolist() == [False] * 6 + [True] * 3
    assert rows["after"].tolist() == [one.duration_s for one in LEFT_FIRST]
    assert rows["state_after"].tolist() == [one.state for one in LEFT_FIRST]
    assert rows["state_before"].tolist()[0] == MAIN
    assert rows["state_before"].isna().tolist() == [False] * 6 + [True] * 3
    offset = table[table["field"] == "signal.offset_s"]
    assert offset[["cell", "before", "after"]].to_numpy().tolist() == [["j2", 0.0, 12.0]]
    shorter = ledger_table(lowered(SignalPlan(signal="j2", phases=phases((40, MAIN), (40, SIDE)))).ledger)
    assert shorter["after"].isna().tolist() == [False] * 2 + [True] * 4


def test_a_table_without_plans_has_no_column_for_letters() -> None:
    assert "state_after" not in ledger_table(lowered(Webster()).ledger)


def test_coordination_builds_on_the_plan() -> None:
    plans = [SignalPlan(signal=name, phases=LEFT_FIRST) for name in ("j1", "j2", "j3")]
    found = lowered(*plans, GreenWave(along="east", speed_kmh=50))
    timings = timings_of(found.plan.signals)
    assert {one.cycle_s for one in timings.values()} == {97.0}
    # 400 m and the junctions between, at 50 km/h: the green of the path is that of phase 3 everywhere
    assert timings["j2"].offset_s == round(28.8 % 97) or timings["j2"].offset_s == pytest.approx(28.8, abs=1.0)
    bands = band_table(ROAD.world.network, found.baseline.signals, found.plan.signals, ["east"], 50.0)
    assert float(bands["band_after_s"].iloc[0]) >= 49.0


def test_the_same_plan_by_groups_and_by_phases() -> None:
    groups = (SignalGroup(name="K1", links=("east1", "west2"), green=((0, 50),), red_amber_s=0),
              SignalGroup(name="K2", links=("south1_in", "north1_in"), green=((55, 75),), red_amber_s=0))
    by_groups = lowered(SignalPlan(signal="j1", cycle_s=80, groups=groups)).plan.signals
    by_phases = lowered(SignalPlan(signal="j1", phases=TWO)).plan.signals
    assert programs_with(ROAD.world.network, by_groups) == programs_with(ROAD.world.network, by_phases)


def test_greens_that_cross_give_way_as_the_network_says() -> None:
    everywhere_green = MAIN.replace("g", "G")
    found = lowered(SignalPlan(signal="j1", phases=phases((40, everywhere_green), (40, SIDE))))
    assert programs_with(ROAD.world.network, found.plan.signals)[0].phases[0].state == MAIN


def test_greens_that_cross_without_right_of_way_are_refused() -> None:
    network = main_road()
    joints = tuple(movement.model_copy(update={"yields_to": ()}) for movement in network.connections)
    world = prepared(type(network)(network.graph, joints, network.signals, network.groups, network.paths))
    with pytest.raises(PolicyError, match="phase 0: found green for east1 to east2 and for west2 to south1_out"):
        lowered(SignalPlan(signal="j1", phases=phases((40, MAIN.replace("g", "G")), (40, SIDE))), world=world)


def test_the_audit_judges_other_stages_by_the_approaches_that_cross() -> None:
    hasty = phases((50, MAIN), (3, YELLOW_MAIN), (20, SIDE), (3, YELLOW_SIDE), (4, "rrGrGrrrrrrr"), (2, "rryryrrrrrrr"))
    found = lowered(SignalPlan(signal="j1", phases=hasty))
    table = audit_table(ROAD.world.network, found.baseline.signals, found.plan.signals, design_volumes(ROAD))
    own = table[table["program"] == "j1"]
    between = own[own["check"] == "intergreen"].set_index("subject")
    assert between.loc["east1 then south1_in", ["limit", "before", "after"]].tolist() == [5.0, 5.0, 3.0]
    assert not between.loc["east1 then south1_in", "after_ok"]
    green = own[own["check"] == "vehicle green"].set_index("subject")
    assert green.loc["stage 3", "after"] == 4.0
    assert not green.loc["stage 3", "after_ok"], "a green of 4 s is shorter than 5 s"
    others = table[table["program"] == "j2"]
    assert set(others.loc[others["check"] == "intergreen", "subject"]) == {"after stage 1", "after stage 2"}


def test_the_timing_table_has_the_stages_of_both_plans() -> None:
    found = lowered(SignalPlan(signal="j1", phases=LEFT_FIRST))
    table = timing_table(ROAD.world.network, found.baseline.signals, found.plan.signals)
    own = table[table["program"] == "j1"]
    assert own["green_after_s"].tolist() == [12.0, 50.0, 20.0]
    assert own["green_before_s"].tolist()[:2] == [35.0, 35.0]
    assert math.isnan(own["green_before_s"].iloc[2])
    assert own["state"].tolist() == ["rrGrGrrrrrrr", MAIN, SIDE]
    assert own["state_before"].tolist()[:2] == [MAIN, SIDE]


@pytest.mark.parametrize("other", [Webster(on=("j1",)), SignalPlan(signal="j1", phases=LEFT_FIRST)])
def test_two_policies_that_time_one_signal_are_refused(other: Policy) -> None:
    for policies in ((SignalPlan(signal="j1", phases=TWO), other), (other, SignalPlan(signal="j1", phases=TWO))):
        with pytest.raises(PolicyError, match="signal 'j1': found both set it"):
            lowered(*policies)
    lowered(SignalPlan(signal="j1", phases=TWO), Webster(on=("j2", "j3")))


def test_an_offset_that_is_given_is_not_taken_away_by_a_green_wave() -> None:
    plans = [SignalPlan(signal=name, offset_s=0, phases=TWO) for name in ("j1", "j2", "j3")]
    with pytest.raises(PolicyError, match="both set this value"):
        lowered(*plans, GreenWave(along="east", speed_kmh=50))


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"signal": "j9", "phases": TWO}, "no signal 'j9'; expected one of j1, j2, j3"),
    ({"signal": "j1", "phases": phases((40, "Gr"), (40, "rG"))}, "phase 0: found 2 letters .*; expected 12, one"),
    ({"signal": "j1", "cycle_s": 80, "groups": [{"name": "K1", "links": ["east1"], "green": [[0, 30]]}]},
     r"no group for signal index 3, 4, 5, 6, 7, 8, 9, 10, 11 \(links west2, south1_in, north1_in\)"),
    ({"signal": "j1", "cycle_s": 80, "groups": [{"name": "K1", "links": ["east2"], "green": [[0, 30]]}]},
     "group 'K1': found link 'east2', which signal 'j1' does not control"),
    ({"signal": "j1", "cycle_s": 80, "groups": [{"name": "K1", "indices": [12], "green": [[0, 30]]}]},
     "signal index 12; expected 0 to 11"),
    ({"signal": "j1", "cycle_s": 80, "groups": [{"name": "K1", "indices": [1, 2], "green": []},
                                                {"name": "K2", "indices": [2], "green": []}]},
     "signal index 2, which group 'K1' has already"),
    ({"signal": "j1", "cycle_s": 80, "groups": [{"name": "K1", "indices": list(range(12)), "green": [[0, 90]]}]},
     "times within the cycle of 80 s"),
    ({"signal": "j1", "cycle_s": 80,
      "groups": [{"name": "K1", "indices": list(range(12)), "green": [[0, 30], [31, 60]]}]},
     "a change at 30 s while what was before lasts until"),
]


@pytest.mark.parametrize(("values", "says"), WRONG)
def test_plans_that_do_not_fit_the_network_are_refused(values: dict[str, Any], says: str) -> None:
    with pytest.raises(PolicyError, match=says):
        lowered(SignalPlan(**values))


@pytest.mark.parametrize(("values", "says"), [
    ({}, "needs signal"),
    ({"signal": "j1"}, "either phases or groups"),
    ({"signal": "j1", "phases": TWO, "cycle_s": 70}, "sum to 80 s, not to cycle_s = 70"),
    ({"signal": "j1", "phases": TWO, "file": "plan.add.xml"}, "either file, or signal"),
    ({"signal": "j1", "phases": TWO, "on": ("j1",)}, "choose from a file"),
    ({"signal": "j1", "groups": ({"name": "K1", "indices": [0], "green": [[0, 30]]},)}, "no cycle_s"),
    ({"signal": "j1", "groups": ({"name": "K1", "green": [[0, 30]]},), "cycle_s": 80}, "controls nothing"),
    ({"signal": "j1", "groups": ({"name": "K1", "indices": [0], "green": [[5, 5]]},), "cycle_s": 80}, "no length"),
    ({"signal": "j1", "groups": ({"name": "K1", "indices": [0], "green": [[-5, 5]]},), "cycle_s": 80}, "from -5 to 5"),
    ({"signal": "j1", "phases": ({"duration_s": -3, "state": "Gr"},)}, "greater than 0"),
    ({"signal": "j1", "phases": ({"duration_s": 3, "state": "GX"},)}, "pattern"),
])
def test_plans_that_contradict_themselves_are_refused(values: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        SignalPlan(**values)


GROUP = st.tuples(st.integers(0, 59), st.integers(1, 50), st.sampled_from((0.0, 3.0)), st.sampled_from((0.0, 1.0)))


@given(st.lists(GROUP, min_size=1, max_size=6))
def test_phases_of_groups_show_every_group_as_asked(given_groups: list[tuple[int, int, float, float]]) -> None:
    """Second by second, beside a reference model that asks every group in turn what it shows."""
    groups = tuple(SignalGroup(name=f"K{number}", indices=(number,), green=((begin, (begin + length) % 60),),
                               yellow_s=yellow, red_amber_s=amber)
                   for number, (begin, length, yellow, amber) in enumerate(given_groups))
    there = Controlled("j", len(groups), {}, dict.fromkeys(range(len(groups)), 50.0))
    found = phases_of_groups(groups, 60.0, there, "plan")
    assert sum(phase.duration_s for phase in found) == 60.0
    assert all(one.state != other.state for one, other in itertools.pairwise(found))
    seconds = [phase.state for phase in found for _ in range(int(phase.duration_s))]
    for second, state in enumerate(seconds):
        for letter, (begin, length, yellow, amber) in zip(state, given_groups, strict=True):
            since = (second - begin) % 60
            shown = "G" if since < length else "y" if since < length + yellow else "u" if since >= 60 - amber else "r"
            assert letter == shown


def test_intergreens_run_over_the_end_of_the_cycle() -> None:
    program = SignalProgram(id="j1", phases=phases((20, SIDE), (6, RED), (50, MAIN), (4, RED)))
    between = intergreens_s(main_road(), program)
    assert between["south1_in", "east1"] == 6.0
    assert between["east1", "south1_in"] == 4.0
    assert ("east1", "west2") not in between, "they are green together"


STUDY = """
name = "plans"
scenarios = ["scenario.toml"]
[alternatives]
"do nothing" = []
"from the file" = [{ kind = "signal_plan", file = "own.add.xml" }]
"one of them" = [{ kind = "signal_plan", file = "own.add.xml", on = ["j2"], program = "night" }]
"""


def test_a_file_gives_its_programs_to_the_study_that_names_it(tmp_path: Path) -> None:
    load_policies()
    own = [SignalProgram(id=name, phases=LEFT_FIRST, offset_s=7.0) for name in ("j1", "j2")]
    write_programs(own, tmp_path / "own.add.xml", "night")
    (tmp_path / "study.toml").write_text(STUDY)
    study = load_study(tmp_path / "study.toml")
    (whole,) = study.alternatives["from the file"]
    assert isinstance(whole, SignalPlan)
    assert [one.id for one in whole.programs] == ["j1", "j2"]
    timings = timings_of(lowered(whole).plan.signals)
    assert [timings[name].cycle_s for name in ("j1", "j2", "j3")] == [97.0, 97.0, 80.0]
    assert timings["j1"].offset_s == 7.0
    timings = timings_of(lowered(*study.alternatives["one of them"]).plan.signals)
    assert [timings[name].cycle_s for name in ("j1", "j2", "j3")] == [80.0, 97.0, 80.0]


def test_a_file_for_another_network_is_refused() -> None:
    with pytest.raises(PolicyError, match="tlLogic: found no signal 'j7'"):
        lowered(SignalPlan(programs=(SignalProgram(id="j7", phases=TWO),)))
    with pytest.raises(PolicyError, match="on: found no signal 'j2'; expected one of j1"):
        lowered(SignalPlan(programs=(SignalProgram(id="j1", phases=TWO),), on=("j2",)))
    with pytest.raises(PolicyError, match="which has not been read"):
        lowered(SignalPlan(file="own.add.xml"))


@pytest.mark.parametrize(("folder", "net", "plan"), [
    ("sumo_bologna_acosta", "acosta_buslanes.net.xml", "acosta_tls.add.xml"),
    ("sumo_rilsa/RiLSA1", "rilsa1.net.xml", "tls.add.xml"),
    ("sumo_rilsa/RealWorld/RiLSA_example1", "net.net.xml", "tls.add.xml"),
    *((f"sumo_rilsa/RealWorld/RiLSA_example{n}", "net.net.xml", "tls_add.add.xml") for n in (2, 3, 4)),
])
def test_plans_of_real_files_run_on_their_networks(real_data: Path, folder: str, net: str, plan: str,
                                                   tmp_path: Path) -> None:
    """The plan as a policy gives the plan arrays that the importer gives when it reads the same file."""
    here = real_data / folder
    require_data(here / net)
    with_plan, without = (_world(tmp_path, here / net, additional) for additional in ([here / plan], []))
    policy = SignalPlan(file=str(here / plan)).with_files(lambda text, name: read_programs(Path(text), name))
    found = programs_with(without.world.network, lower(without, [policy]).plan.signals)
    wanted = {one.id: one for one in with_plan.world.network.signals}
    for program in found:
        assert [phase.duration_s for phase in program.phases] == [p.duration_s for p in wanted[program.id].phases]
        greens = [[letter in "GgOos" for letter in phase.state] for phase in program.phases]
        assert greens == [[letter in "GgOos" for letter in phase.state] for phase in wanted[program.id].phases]
        assert program.offset_s == wanted[program.id].offset_s


def _world(folder: Path, net: Path, additional: list[Path]) -> Prepared:
    """A network with one vehicle on its first link."""
    scenario = f"""
name = "real"
[network.sumo]
network = "{net}"
additional = {[str(one) for one in additional]}
"""
    (folder / "real.toml").write_text(scenario)
    world = load_world(folder / "real.toml")
    link = next(iter(world.network.links))
    trip = {"id": "t", "depart_s": 0.0, "route": (link,)}
    demand = type(world.demand).model_validate({"trips": (trip,)})
    return prepare(type(world)(world.scenario, world.network, demand, world.vehicle_classes))
