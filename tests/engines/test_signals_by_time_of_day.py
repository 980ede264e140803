"""Programs that change by time of day: every engine shows them to the second; the files that bring them are read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import trafficsim as ts
from tests.cli.support import SCENARIO, Answer
from tests.io.sumo_files import signal_net
from tests.oracles.switching import states_by_second
from tests.support.reacting_junctions import crossing, reacting
from trafficsim.io.network_file import read_network, write_network
from trafficsim.spec.signal_schedule import ProgramSwitch, SignalSchedule

JUNCTION = ts.junction()
PROGRAMS = """<additional>
    <tlLogic id="centre" type="static" programID="a" offset="0">
        <phase duration="27" state="GGrr"/><phase duration="3" state="yyrr"/>
        <phase duration="17" state="rrGG"/><phase duration="3" state="rryy"/></tlLogic>
    <tlLogic id="centre" type="static" programID="b" offset="55">
        <phase duration="37" state="GGrr"/><phase duration="3" state="yyrr"/>
        <phase duration="27" state="rrGG"/><phase duration="3" state="rrYY"/></tlLogic>
</additional>"""
TABLE = "signal,program,from,weekday\ncentre,a,00:00,\ncentre,b,00:02,\ncentre,a,00:03:20,\n"


def folder_with(folder: Path, table: str = TABLE) -> Path:
    (folder / "programs.add.xml").write_text(PROGRAMS)
    (folder / "switches.csv").write_text(table)
    file = folder / "cross.toml"
    file.write_text(SCENARIO + '\n[[switch_tables]]\nfile = "switches.csv"\nprograms = ["programs.add.xml"]\n')
    return file


@pytest.mark.parametrize("engine", ["ca", "queue", "hybrid"])
def test_every_engine_shows_the_program_in_force(engine: str, tmp_path: Path) -> None:
    file = folder_with(tmp_path)
    file.write_text(file.read_text() + '\n[hybrid]\nca = { ids = ["main_in", "side_in"] }\n')
    world = ts.build(ts.load(file))
    (schedule,) = world.network.schedules
    result = ts.run(world, engine=engine)
    expected = states_by_second(schedule, 0, 300, "mon")
    shown = result.tables["signals_shown"]
    assert expected[119:123] == ["GGrr", "yyrr", "yyrr", "yyrr"]
    for index in ("0", "1", "2", "3"):
        rows = shown[shown["groups"].str.split().map(lambda names, index=index: index in names)]
        found = [rows[rows["since_s"] <= second]["state"].iloc[-1] for second in range(300)]
        assert "".join(found).lower() == "".join(one[int(index)] for one in expected).lower()
    assert result.tables["trips"]["travel_time_s"].notna().sum() > 30


def test_a_network_keeps_its_schedules(tmp_path: Path) -> None:
    network = ts.build(ts.load(folder_with(tmp_path))).network
    write_network(network, tmp_path / "net.json")
    assert read_network(tmp_path / "net.json").schedules == network.schedules
    again = ts.build(ts.Scenario(name="again", network=read_network(tmp_path / "net.json"),
                                 time=ts.Time(analysis_s=300.0, clear_s=600.0)))
    assert again.network.signals == network.signals
    told = [one for one in again.findings if one.code == "signals-by-time-of-day"]
    assert [one.message for one in told] == ["1 signals run programs by time of day, those of a mon at the begin"]


def test_what_a_scenario_says_of_a_signal_comes_first(tmp_path: Path) -> None:
    network = ts.build(ts.load(folder_with(tmp_path))).network
    phases = (ts.Phase(duration_s=30, state="GGrr"), ts.Phase(duration_s=30, state="rrGG"))
    own = ts.SignalProgram(id="centre", phases=phases)
    world = ts.build(ts.Scenario(name="own", network=network, signals=(own,)))
    assert world.network.signals == (own,)


WAUT = """<additional>{programs}
    <WAUT id="w" refTime="0" startProg="0"><wautSwitch time="3600" to="late"/><wautSwitch time="2:00:00" to="0"/></WAUT>
    <wautJunction wautID="w" junctionID="{signal}"/>
</additional>"""


def waut(tmp_path: Path, signal: str, **changed: str) -> ts.Imported:
    (tmp_path / "town.net.xml").write_text(signal_net())
    program = ts.read(tmp_path / "town.net.xml").network.signals[0]
    late = "".join(f'<phase duration="{2 * one.duration_s:g}" state="{one.state}"/>' for one in program.phases)
    logic = f'<tlLogic id="{program.id}" type="static" programID="late" offset="0">{late}</tlLogic>'
    text = WAUT.format(programs=logic, signal=signal or program.id)
    for old, new in changed.items():
        text = text.replace(old.replace("_", " "), new)
    (tmp_path / "day.add.xml").write_text(text)
    return ts.read(tmp_path / "town.net.xml", additional=tmp_path / "day.add.xml")


def test_switch_tables_of_sumo_are_read(tmp_path: Path) -> None:
    found = waut(tmp_path, "")
    (schedule,) = found.network.schedules
    assert [(one.time_s, one.program) for one in schedule.switches] == [(0.0, "0"), (3600.0, "late"), (7200.0, "0")]
    assert schedule.procedure == "direct"
    assert found.counts["read"]["switch of signal programs"] == 2
    world = ts.build(ts.Scenario(name="x", network=found.network, time=ts.Time(start_s=3000, analysis_s=1200)))
    assert world.network.signals[0].name == "by time of day"


@pytest.mark.parametrize(("signal", "changed", "told"), [
    ("nowhere", {}, "junctionID: found 'nowhere'"), ("", {'to="late"': 'to="noon"'}, "program 'noon' of signal"),
    ("", {'time="3600"': 'time="-5"'}, "time: found -5 s"), ("", {'wautID="w"': 'wautID="v"'}, "wautID: found 'v'"),
])
def test_faults_of_sumos_tables_are_one_message(
    signal: str, changed: dict[str, str], told: str, tmp_path: Path) -> None:
    with pytest.raises(ts.InputError) as error:
        waut(tmp_path, signal, **changed)
    assert told in str(error.value)


@pytest.mark.parametrize(("table", "told"), [
    ("signal,program\ncentre,a\n", "no column from"), ("signal,program,from\n", "no row"),
    ("signal,program,from\ncentre,c,00:00\n", "switches.csv:2: program: found 'c'; expected one of"),
    ("signal,program,from\ncenter,a,00:00\n", "switches.csv:2: signal: found 'center'"),
    ("signal,program,from\ncentre,a,25:00\n", "from: found '25:00'"),
    ("signal,program,from\ncentre,a,-1:00\n", "from: found '-1:00'"),
    ("signal,program,from\ncentre,a,\n", "from: found nothing"),
    ("signal,program,from\ncentre,,00:00\n", "program: found nothing"),
    ("signal,program,from,weekday\ncentre,a,00:00,monday\n", "weekday: found 'monday'"),
    ("signal,program,from,weekday\ncentre,a,00:00,mon-fri\n", "a gap: no row for sat, sun"),
    ("signal,program,from\ncentre,a,00:00\ncentre,b,00:00\n", "switches twice at 00:00"),
])
def test_faults_of_a_table_are_one_message(table: str, told: str, tmp_path: Path) -> None:
    answer = Answer("check", folder_with(tmp_path, table))
    assert answer.status == 2, answer.stdout
    assert told in " ".join(answer.stderr.split())


def test_ranges_of_weekdays_wrap(tmp_path: Path) -> None:
    table = "signal;program;from;weekday\ncentre;a;00:00;fri-mon\ncentre;b;00:00;tue wed|thu\n"
    (schedule,) = ts.build(ts.load(folder_with(tmp_path, table))).network.schedules
    assert isinstance(schedule, SignalSchedule)
    assert [schedule.program_at(60.0, day).name for day in ("mon", "tue", "thu", "fri", "sun")] == list("abbaa")


DAY = ts.SignalProgram(id="centre", name="day", phases=JUNCTION.signals[0].phases)
NIGHT = ts.SignalProgram(id="centre", name="night", offset_s=10.0, phases=tuple(
    ts.Phase(duration_s=duration_s, state=one.state)
    for duration_s, one in zip((20.0, 3.0, 2.0, 30.0, 3.0, 2.0), DAY.phases, strict=True)))


def by_day(night: ts.SignalProgram = NIGHT) -> ts.Scenario:
    """A signal that runs at night by the clock, reacts from 200 s to 400 s, and runs by the clock again."""
    network = reacting(JUNCTION, "actuated")
    network = replace(network, controls=(network.controls[0].model_copy(update={"program": "day"}),))
    switches = tuple(ProgramSwitch(time_s=time_s, program=name) for time_s, name in (
        (0.0, "night"), (200.0, "day"), (400.0, "night")))
    table = SignalSchedule(id="centre", programs=(night, DAY), switches=switches)
    return crossing(network=replace(network, schedules=(table,))).model_copy(update={"signal_schedules": (table,)})


@pytest.mark.parametrize("engine", ["ca", "queue"])
def test_a_signal_reacts_while_its_program_is_in_force(engine: str) -> None:
    result = ts.run(by_day(), engine=engine)
    assert result.as_json()["vehicles"]["en_route"] == 0
    events = result.control_events
    ends = events[events["event"].isin(["gap_out", "max_out"])]["time_s"]
    assert len(ends)
    assert ends.min() >= 200.0
    assert ends.max() < 400.0
    shown = result.signals_shown
    first = shown[shown["groups"].str.split().map(lambda names: "0" in names)]
    greens = first[first["state"] == "G"]["since_s"]
    assert greens[(greens > 0.0) & (greens < 200.0)].tolist() == [10.0, 70.0, 130.0, 190.0]
    late = greens[greens > 520.0]  # in step again after two cycles
    assert len(late)
    assert set((late - 10.0) % 60.0) == {0.0}


def test_what_cannot_react_by_time_of_day_runs_fixed_programs_and_says_so() -> None:
    together = tuple(ts.Phase(duration_s=one.duration_s, state=one.state[:3] + "r" * 9) for one in NIGHT.phases[:3])
    other = NIGHT.model_copy(update={"phases": (*together, *NIGHT.phases)})
    world = ts.build(by_day(other))
    assert not world.network.controls
    (told,) = [one for one in world.findings if one.code == "signal-scheduled-as-fixed"]
    assert "program 'night' has other stages than it reacts with" in told.message
    assert ts.build(by_day()).network.controls[0].plans[1].method is None


def test_a_program_of_sumo_that_reacts_does_so_by_its_table(tmp_path: Path) -> None:
    from tests.io.test_sumo_loops import LOGIC

    logic = LOGIC.replace('programID="0"', 'programID="late"')
    found = waut(tmp_path, "", **{'<tlLogic id="T" type="static" programID="late" offset="0">': f"{logic}<!--",
                                  "<WAUT id": "--><WAUT id"})
    (control,) = found.network.controls
    assert (control.program, control.method) == ("late", "actuated")
    assert "signal-taken-as-fixed" not in found.counts["repaired"]
    world = ts.build(ts.Scenario(name="x", network=found.network, time=ts.Time(start_s=3000, analysis_s=1200)))
    assert [(one.begin_s, one.method) for one in world.network.controls[0].plans] == [(3000.0, "fixed"), (3600.0, None)]
