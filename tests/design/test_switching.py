"""Programs by time of day: the program of a run shows what the programs in force show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import trafficsim as ts
from tests.oracles.switching import states_by_second
from trafficsim.base.errors import NetworkError
from trafficsim.design.timing.switching import SCHEDULED, RunTime, program_of_run, scheduled
from trafficsim.io.ledger import Ledger
from trafficsim.io.sumo.switching import all_programs, read_schedules
from trafficsim.io.sumo.xml import read_xml
from trafficsim.spec.calendar import Weekday
from trafficsim.spec.signal_schedule import ProgramSwitch, SignalSchedule
from trafficsim.spec.signals import Phase, SignalProgram


def program(name: str, *phases: tuple[float, str], offset_s: float = 0.0) -> SignalProgram:
    made = tuple(Phase(duration_s=seconds, state=state) for seconds, state in phases)
    return SignalProgram(id="j", name=name, phases=made, offset_s=offset_s)


NIGHT = program("night", (20.0, "Gr"), (3.0, "yr"), (2.0, "rr"), (20.0, "rG"), (3.0, "ry"), (2.0, "rr"))
DAY = program("day", (40.0, "Gr"), (3.0, "yr"), (2.0, "rr"), (30.0, "rG"), (3.0, "ry"), (2.0, "rr"), offset_s=17.0)


def schedule(*switches: tuple[float, str], procedure: str = "direct") -> SignalSchedule:
    table = tuple(ProgramSwitch(time_s=time_s, program=name) for time_s, name in switches)
    return SignalSchedule(id="j", programs=(NIGHT, DAY), switches=table, procedure=procedure)  # type: ignore[arg-type]


def seconds_of(made: SignalProgram, begin: int, end: int) -> list[str]:
    letters = [phase.state for phase in made.phases for _ in range(round(phase.duration_s))]
    first = round(begin - made.offset_s) % len(letters)
    return (letters[first:] + letters)[:end - begin] if made.name == SCHEDULED else [
        letters[(first + second) % len(letters)] for second in range(end - begin)]


states = st.text(alphabet="rGgy", min_size=3, max_size=3)
phases = st.lists(st.tuples(st.integers(1, 40), states), min_size=1, max_size=4)


@given(tables=st.lists(phases, min_size=2, max_size=3), offsets=st.tuples(*[st.integers(0, 90)] * 3),
       times=st.lists(st.integers(0, 1400), min_size=2, max_size=4, unique=True), begin=st.integers(0, 300),
       procedure=st.sampled_from(["direct", "cycle_end"]))
def test_a_run_shows_what_the_rule_says(tables: list[list[tuple[int, str]]], offsets: tuple[int, ...],
                                        times: list[int], begin: int, procedure: str) -> None:
    programs = tuple(program(str(number), *((float(seconds), state) for seconds, state in table),
                             offset_s=float(offsets[number])) for number, table in enumerate(tables))
    switches = tuple(ProgramSwitch(time_s=float(time_s), program=str(number % len(programs)))
                     for number, time_s in enumerate(sorted(times)))
    one = SignalSchedule(id="j", programs=programs, switches=switches, procedure=procedure)  # type: ignore[arg-type]
    made = program_of_run(one, RunTime(float(begin), begin + 1200.0, "mon"))
    assert seconds_of(made, begin, begin + 1200) == states_by_second(one, begin, begin + 1200, "mon")


def test_a_switch_that_still_waits_is_overtaken_by_the_next() -> None:
    """Night runs cycles of 50 s: the switch at 1,010 s waits for 1,050 s, and at 1,050 s another program is wanted."""
    third = program("third", (30.0, "Gr"), (3.0, "yr"), (2.0, "rr"), (30.0, "rG"), (3.0, "ry"), (2.0, "rr"))
    table = tuple(ProgramSwitch(time_s=time_s, program=name)
                  for time_s, name in ((0.0, "night"), (1010.0, "day"), (1050.0, "third")))
    one = SignalSchedule(id="j", programs=(NIGHT, DAY, third), switches=table, procedure="cycle_end")
    made = program_of_run(one, RunTime(0.0, 1400.0, "mon"))
    assert seconds_of(made, 0, 1400) == states_by_second(one, 0, 1400, "mon")
    assert seconds_of(made, 1060, 1400) == seconds_of(third, 1060, 1400)


def test_one_program_in_force_stays_what_it_is() -> None:
    made = program_of_run(schedule((0.0, "night"), (21600.0, "day")), RunTime(25200.0, 32400.0, "mon"))
    assert made is DAY


def test_the_new_program_goes_on_at_its_own_clock() -> None:
    made = program_of_run(schedule((0.0, "night"), (1000.0, "day")), RunTime(0.0, 2000.0, "mon"))
    shown = seconds_of(made, 0, 2000)
    alone = seconds_of(DAY, 0, 2000)
    assert shown[:1000] == seconds_of(NIGHT, 0, 1000)
    assert shown[1003:] == alone[1003:]


@pytest.mark.parametrize(("weekday", "name"), [("fri", "night"), ("sat", "day"), ("sun", "night"), ("mon", "night")])
def test_weekdays_have_their_own_rows(weekday: Weekday, name: str) -> None:
    table = (ProgramSwitch(time_s=0, program="night", weekdays=("mon", "tue", "wed", "thu", "fri")),
             ProgramSwitch(time_s=3600, program="day", weekdays=("sat",)),
             ProgramSwitch(time_s=3600, program="night", weekdays=("sun",)))
    one = SignalSchedule(id="j", programs=(NIGHT, DAY), switches=table)
    assert one.program_at(7200.0, weekday).name == name


def test_the_last_program_of_the_day_before_runs_until_the_first_switch() -> None:
    one = schedule((21600.0, "day"), (79200.0, "night"))
    assert one.program_at(0.0, "wed").name == "night"
    made = program_of_run(one, RunTime(79000.0, 86400.0 + 30000.0, "mon"))
    assert seconds_of(made, 79000, 116400) == states_by_second(one, 79000, 116400, "mon")


@pytest.mark.parametrize(("switches", "told"), [
    ([ProgramSwitch(time_s=0, program="noon")], "no program 'noon'; it has night, day"),
    ([ProgramSwitch(time_s=0, program="day"), ProgramSwitch(time_s=0, program="night")], "switches twice at 00:00"),
    ([ProgramSwitch(time_s=0, program="day", weekdays=("mon", "tue"))], "a gap: no row for wed, thu, fri, sat, sun"),
])
def test_tables_that_do_not_say_what_runs_are_refused(switches: list[ProgramSwitch], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        SignalSchedule(id="j", programs=(NIGHT, DAY), switches=tuple(switches))


def test_schedules_have_to_fit_the_network() -> None:
    network = ts.grid(2, 2)
    run = RunTime(0.0, 100.0, "mon")
    with pytest.raises(NetworkError, match="no signal of this name"):
        scheduled(network, [schedule((0.0, "day"))], run)
    named = replace(network, signals=(network.signals[0].model_copy(update={"id": "j"}), *network.signals[1:]))
    with pytest.raises(NetworkError, match="programs of 2 letters"):
        scheduled(named, [schedule((0.0, "day"))], run)


@pytest.mark.parametrize(("day", "weekday", "expected"), [
    ("2023-07-04", "tue", (88, 1505, 1556)), ("2023-07-09", "sun", (66, 915, 945)),
])
def test_a_city_of_programs_by_the_hour(day: str, weekday: Weekday, expected: tuple[int, int, int],
                                        real_data: Path) -> None:
    """Ingolstadt: programs of every hour with their switch table; program 0 is in a network that is not published."""
    folder = real_data / "signal_ingolstadt365"
    logics = read_xml(folder / f"{day}_tlLogics_24h.tll.xml.gz", ("additional",))
    tables = read_xml(folder / f"{day}_WAUT.xml", ("additional",))
    programs = all_programs(logics.all("tlLogic"), Ledger("sumo"))
    switches = sum(len(list(one.all("wautSwitch"))) for one in tables.all("WAUT"))
    assert (len(programs), sum(map(len, programs.values())), switches) == expected
    with pytest.raises(ts.InputError, match="program '0' of signal"):
        read_schedules(tables.children, programs, Ledger("sumo"))
    for named in programs.values():
        named["0"] = next(iter(named.values())).model_copy(update={"name": "0"})
    found = read_schedules(tables.children, programs, Ledger("sumo"))
    assert len(found) == expected[0]
    for one in found[::20]:
        made = program_of_run(one, RunTime(25000.0, 33000.0, weekday))
        assert seconds_of(made, 25000, 33000) == states_by_second(one, 25000, 33000, weekday)
