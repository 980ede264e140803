"""Signal programs written for SUMO: read back by our importer, accepted by SUMO."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from defusedxml.ElementTree import parse

from tests.support.sumo_peer import require_sumo
from trafficsim.base.errors import MachineError
from trafficsim.io.sumo import read_sumo
from trafficsim.io.sumo.additional import write_programs
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.policies.webster import Webster
from trafficsim.results.timing import programs_with
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.signals import Phase, SignalProgram
from trafficsim.spec.world import World

CITY = "sumo_resco/ingolstadt7/ingolstadt7"


def city(folder: Path) -> Prepared:
    read = read_sumo(folder / f"{CITY}.net.xml", (folder / f"{CITY}.rou.xml",))
    scenario = Scenario(name="city", network=read.network, demand=read.demand,
                        time=Time(start_s=57600.0, analysis_s=3600.0))
    return prepare(World(scenario, read.network, read.demand, read.vehicle_classes))


def retimed(world: Prepared) -> tuple[SignalProgram, ...]:
    """Webster's plan at a common cycle, with different offsets."""
    programs = programs_with(world.world.network, lower(world, [Webster(common_cycle=True)]).plan.signals)
    return tuple(one.model_copy(update={"offset_s": 13.0 * place}) for place, one in enumerate(programs))


def without_name(programs: tuple[SignalProgram, ...]) -> list[SignalProgram]:
    return [one.model_copy(update={"name": "-"}) for one in programs]


def test_written_and_read_back(real_data: Path, tmp_path: Path) -> None:
    programs = retimed(city(real_data))
    write_programs(programs, tmp_path / "new.add.xml", "webster & wave")
    found: Network = read_sumo(real_data / f"{CITY}.net.xml", additional=(tmp_path / "new.add.xml",)).network
    assert without_name(found.signals) == without_name(programs)
    assert {one.name for one in found.signals} == {"webster_wave"}


def test_fractions_and_odd_names_survive(tmp_path: Path) -> None:
    program = SignalProgram(id='a "b" & <c>', phases=(Phase(duration_s=12.35, state="Gr"),
                                                      Phase(duration_s=1 / 3, state="rG")), offset_s=-2.5)
    write_programs([program], tmp_path / "one.add.xml", "0")
    logic = parse(tmp_path / "one.add.xml").getroot()[0]
    assert logic.get("id") == program.id
    assert logic.get("programID") == "0_"  # the network has a program "0" already
    assert float(logic.get("offset")) == -2.5
    assert [(float(phase.get("duration")), phase.get("state")) for phase in logic] == [(12.35, "Gr"), (1 / 3, "rG")]


def test_an_unwritable_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match=r"absent"):
        write_programs([], tmp_path / "absent" / "one.add.xml", "x")


def test_sumo_runs_them(real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require_sumo(monkeypatch, "sumo")
    programs = retimed(city(real_data))
    write_programs(programs, tmp_path / "new.add.xml", "webster")
    states, switches = tmp_path / "states.xml", tmp_path / "tls.add.xml"
    savers = "".join(f'<timedEvent type="SaveTLSStates" source="{one.id}" dest="{states}"/>' for one in programs)
    switches.write_text(f"<additional>{savers}</additional>", encoding="utf-8")
    done = subprocess.run(
        ["sumo", "-n", str(real_data / f"{CITY}.net.xml"), "-a", f"{tmp_path / 'new.add.xml'},{switches}",
         "-b", "57600", "-e", "57900", "--no-step-log"],
        capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "Error" not in done.stderr
    by_name = {one.id: one for one in programs}
    seen = [(element.get("id"), float(element.get("time")), element.get("programID"), element.get("state"))
            for element in parse(states).getroot()]
    assert len(seen) >= 300 * len(programs)
    for name, time_s, active, state in seen:
        assert active == "webster"
        assert state == shown(by_name[name], time_s), (name, time_s)


def shown(program: SignalProgram, time_s: float) -> str:
    """State by our definition: the first phase begins at offset + n cycles."""
    within = (time_s - program.offset_s) % program.cycle_s
    for phase in program.phases:
        if within < phase.duration_s:
            return phase.state
        within -= phase.duration_s
    raise AssertionError("time beyond the cycle")
