"""NEMA logics of SUMO: rings and barriers, their fixed program, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.io.sumo_files import PROGRAM, imported, signal_net
from trafficsim.base.errors import InputError

LOGIC = """<tlLogic id="T" type="NEMA" programID="0" offset="10">
        <param key="total-cycle-length" value="80"/><param key="ring1" value="1,2,0,4"/>
        <param key="ring2" value="0,6,0,4"/><param key="barrierPhases" value="4,4"/>
        <param key="barrier2Phases" value="2,6"/><param key="coordinate-mode" value="true"/>
        <param key="minRecall" value="2,6"/>
        <phase duration="99" minDur="5" maxDur="10" vehext="2" yellow="3" red="2" name="1" state="rrGrr"/>
        <phase duration="99" minDur="8" maxDur="30" vehext="2" yellow="3" red="2" name="2" state="Grrrr"/>
        <phase duration="99" minDur="6" maxDur="25" vehext="3" yellow="4" red="1" name="4" state="rrrGG"/>
        <phase duration="99" minDur="8" maxDur="45" vehext="2" yellow="3" red="2" name="6" state="rGgrr"/>
    </tlLogic>"""


def nema_net(old: str = "", new: str = "") -> str:
    """Return the network with the logic in place of its program, and of a part of it another."""
    assert old in LOGIC
    return signal_net().replace(PROGRAM, LOGIC.replace(old, new, 1) if old else LOGIC)


def test_fixed_program_has_the_rings_yellows_and_reds(tmp_path: Path) -> None:
    """Worked by hand: 1 (10+3+2), 2 (30+3+2) beside 6 (45+3+2); then 4 (25+4+1)."""
    (program,) = imported(tmp_path, nema_net()).network.signals
    assert [(phase.duration_s, phase.state) for phase in program.phases] == [
        (10.0, "rGGrr"), (5.0, "rGgrr"), (30.0, "GGgrr"), (3.0, "yyyrr"), (2.0, "rrrrr"), (25.0, "rrrGG"),
        (4.0, "rrryy"), (1.0, "rrrrr")]
    assert program.cycle_s == 80.0


def test_offset_refers_to_the_first_coordinated_phase_or_its_yellow(tmp_path: Path) -> None:
    """TS2: phase 6 begins with the cycle, at 10 s; Type 170: the first yellow is after 45 s of green."""
    ts2 = imported(tmp_path, nema_net()).network.signals[0]
    old = imported(tmp_path, nema_net('<param key="minRecall" value="2,6"/>',
                                      '<param key="controllerType" value="Type 170"/>')).network.signals[0]
    assert ts2.offset_s == 10.0
    assert old.offset_s == (10 - 45) % 80


BROKEN = {
    "no ring": ('<param key="ring1" value="1,2,0,4"/>', "", "param ring1"),
    "no barrier": ('<param key="barrierPhases" value="4,4"/>', "", "param barrierPhases"),
    "unknown phase in a ring": ('value="1,2,0,4"', 'value="1,2,3,4"', "phase 3, which the logic does not have"),
    "unknown phase in a barrier": ('key="barrierPhases" value="4,4"', 'key="barrierPhases" value="4,8"', "phase 8"),
    "phase in no ring": ('value="1,2,0,4"', 'value="0,2,0,4"', "phase 1, which no ring has"),
    "phase after the last barrier": ('value="1,2,0,4"', 'value="2,4,1"', "phase 1 after the last barrier"),
    "barrier twice": ('key="barrier2Phases" value="2,6"', 'key="barrier2Phases" value="1,2,6"', "one barrier twice"),
    "no number": ('value="0,6,0,4"', 'value="0,six"', "numbers of phases"),
    "phase without number": ('name="1"', 'name="left"', "number of a NEMA phase"),
    "phase twice": ('name="1"', 'name="2"', "a second time"),
    "max under min": ('minDur="5" maxDur="10"', 'minDur="15" maxDur="10"', "under a minDur of 15 s"),
    "letters": ('state="rrGrr"', 'state="rrGr"', "different numbers of letters"),
    "a letter": ('state="rrGrr"', 'state="rrGrX"', "letters among"),
    "controller": ('<param key="minRecall"', '<param key="controllerType" value="TS3"/><param key="minRecall"', "TS2"),
    "cycle": ('value="80"', 'value="long"', "param total-cycle-length"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_logic_is_refused_in_one_message(case: str, tmp_path: Path) -> None:
    old, new, said = BROKEN[case]
    with pytest.raises(InputError) as caught:
        imported(tmp_path, nema_net(old, new))
    assert said in str(caught.value)
    assert "a.net.xml, line" in str(caught.value)
    assert "Remedy:" in str(caught.value)
