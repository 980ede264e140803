"""Logics of SUMO that react become controls: stages of actuated ones, phases of NEMA ones, with their detectors."""

from __future__ import annotations

from pathlib import Path

from tests.io.sumo_files import PROGRAM, imported, signal_net
from tests.io.test_sumo_loops import LOGIC as ACTUATED
from tests.io.test_sumo_nema import LOGIC as NEMA
from trafficsim.io.imported import Imported
from trafficsim.io.sumo import read_sumo
from trafficsim.spec.check import check
from trafficsim.spec.control import SignalControl


def read(tmp_path: Path, logic: str, old: str = "", new: str = "", additional: str = "") -> Imported:
    """Import the small network with a logic, of which a part is replaced."""
    assert old in logic
    text = signal_net().replace(PROGRAM, logic.replace(old, new, 1) if old else logic)
    return imported(tmp_path, text, additional=additional)


def control_of(found: Imported) -> SignalControl:
    """Return the only control, on a network without errors."""
    assert not [one for one in check(found.network) if one.level == "error"]
    (control,) = found.network.controls
    return control


def test_stages_of_an_actuated_logic(tmp_path: Path) -> None:
    control = control_of(read(tmp_path, ACTUATED))
    assert (control.id, control.method, control.origin) == ("T", "actuated", "SUMO actuated 0")
    assert [(one.green, one.min_green_s, one.max_green_s, one.yellow_s, one.red_clearance_s) for one in control.phases
            ] == [("GGgrr", 10.0, 40.0, 3.0, 0.0), ("rrrGG", 4.0, 30.0, 3.0, 0.0)]
    assert [one.recall for one in control.phases] == ["min", "min"], "SUMO skips no phase"
    assert [one.extension_s for one in control.phases] == [2.5, 4.0]
    assert [(one.id, one.use, one.phases) for one in control.detectors] == [
        ("T w_in_0", "extend", (1,)), ("T e_in_1", "extend", (1,)), ("T s_in_0", "extend", (2,))]


def test_fixed_program_stays_beside_the_control(tmp_path: Path) -> None:
    found = read(tmp_path, ACTUATED)
    assert [phase.duration_s for phase in found.network.signals[0].phases] == [30.0, 3.0, 20.0, 3.0]
    assert "signal-taken-as-fixed" not in found.counts["repaired"]
    assert found.counts["read"]["signal controller that reacts (actuated)"] == 1


def test_all_red_and_red_amber_belong_to_the_change(tmp_path: Path) -> None:
    control = control_of(read(tmp_path, ACTUATED, '<phase duration="3" state="yyyrr"/>',
                              '<phase duration="3" state="yyyrr"/><phase duration="2" state="rrrrr"/>'
                              '<phase duration="1" state="rrruu"/>'))
    assert (control.phases[0].yellow_s, control.phases[0].red_clearance_s, control.red_amber_s) == (3.0, 3.0, 1.0)


def test_a_stage_in_which_nobody_begins_lasts_as_long_as_in_sumo(tmp_path: Path) -> None:
    """SUMO changes for 3 s and serves it for 5 to 20 s then; ours begins at once, for those who go on."""
    control = control_of(read(tmp_path, ACTUATED, '<phase duration="3" state="yyyrr"/>',
                              '<phase duration="3" state="yGgrr"/>'
                              '<phase duration="12" minDur="5" maxDur="20" state="rGGrr"/>'
                              '<phase duration="3" state="ryyrr"/>'))
    assert [(one.green, one.min_green_s, one.max_green_s) for one in control.phases] == [
        ("GGgrr", 10.0, 40.0), ("rGGrr", 8.0, 23.0), ("rrrGG", 4.0, 30.0)]


def test_limits_of_a_signal_index(tmp_path: Path) -> None:
    more = '<param key="linkMinDur:3" value="9"/><param key="linkMaxDur:0" value="33"/><param key="max-gap" '
    control = control_of(read(tmp_path, ACTUATED, '<param key="max-gap" ', more))
    assert [(one.min_green_s, one.max_green_s) for one in control.phases] == [(10.0, 33.0), (9.0, 30.0)]


def test_alternatives_are_called_by_their_detectors(tmp_path: Path) -> None:
    control = control_of(read(tmp_path, ACTUATED, 'minDur="10" maxDur="40"', 'minDur="10" maxDur="40" next="0 1"'))
    assert [(one.recall, one.locking) for one in control.phases] == [("none", True), ("none", True)]
    assert {one.use for one in control.detectors} == {"both"}


def test_coordinated_actuated_logic_has_splits_and_a_reference(tmp_path: Path) -> None:
    """Stage 2 is coordinated: it begins 33 s after the cycle, which begins at 7 s."""
    logic = ACTUATED.replace('<phase duration="20"', '<phase earliestEnd="40" latestEnd="53" duration="20"')
    more = '<param key="coordinated" value="true"/><param key="max-gap" '
    found = read(tmp_path, logic, '<param key="max-gap" ', more)
    control = control_of(found)
    assert (control.method, control.offset_s) == ("coordinated", 40.0)
    assert [(one.split_s, one.coordinated) for one in control.phases] == [(33.0, False), (23.0, True)]


def test_own_detectors_of_a_logic(tmp_path: Path) -> None:
    found = read(tmp_path, ACTUATED, '<param key="max-gap" ', '<param key="w_in_0" value="mine"/><param key="max-gap" ',
                 '<inductionLoop id="mine" lane="w_in_0" pos="-12" file="x" freq="60"/>')
    mine = next(one for one in control_of(found).detectors if one.id == "mine")
    assert (mine.link, mine.lane, mine.distance_m, mine.phases) == ("w_in", 0, 12.0, (1,))


def test_a_logic_that_never_varies_runs_as_fixed(tmp_path: Path) -> None:
    found = imported(tmp_path, signal_net().replace('type="static"', 'type="actuated"'))
    assert found.network.controls == ()
    assert found.counts["repaired"]["signal-taken-as-fixed"] == 1


def test_a_static_program_that_is_loaded_later_comes_before(tmp_path: Path) -> None:
    later = '<tlLogic id="T" type="static" programID="x" offset="0"><phase duration="9" state="GGgrr"/></tlLogic>'
    assert read(tmp_path, ACTUATED, additional=later).network.controls == ()


def test_phases_of_a_nema_logic(tmp_path: Path) -> None:
    control = control_of(read(tmp_path, NEMA))
    assert (control.method, control.cycle_s, control.offset_s, control.reference, control.force_off) == (
        "coordinated", 80.0, 10.0, "first_begin_of_green", "floating")
    assert [(one.number, one.ring, one.barrier, one.position, one.split_s, one.recall, one.coordinated)
            for one in control.phases] == [
        (1, 1, 1, 1, 15.0, "none", False), (2, 1, 1, 2, 35.0, "min", True), (4, 1, 2, 1, 30.0, "none", False),
        (6, 2, 1, 1, 50.0, "min", True)]
    assert [(one.id, one.phases, one.length_m) for one in control.detectors] == [
        ("T w_in_0", (2,), 20.0), ("T e_in_1", (6, 1), 20.0), ("T s_in_0", (4,), 20.0)]


def test_a_nema_logic_without_coordination_has_no_splits(tmp_path: Path) -> None:
    control = control_of(read(tmp_path, NEMA, 'key="coordinate-mode" value="true"', 'key="coordinate-mode" value="no"'))
    assert (control.method, control.cycle_s, [one.split_s for one in control.phases]) == ("actuated", None, [None] * 4)


def test_the_seven_actuated_signals_of_a_real_street(real_data: Path) -> None:
    """J0 serves trams, bicycles and people on foot alone: nothing of ours obeys it; the other six react."""
    found = read_sumo(real_data / "sumo_doerpfeldstr" / "net.net.xml.gz")
    assert found.counts["read"]["signal controller that reacts (actuated)"] == 6
    assert found.counts["ignored"]["signal controller without a connection for vehicles"] == 1
    assert "signal-taken-as-fixed" not in found.counts["repaired"]
    assert [len(one.phases) for one in found.network.controls] == [2, 2, 2, 4, 2, 3]
    assert not [one for one in check(found.network) if one.level == "error"]
