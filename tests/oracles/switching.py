"""What a signal with programs by time of day shows, second by second: the rule as one would say it aloud."""

from __future__ import annotations

from trafficsim.spec.calendar import WEEKDAYS, Weekday
from trafficsim.spec.signal_schedule import SignalSchedule
from trafficsim.spec.signals import SignalProgram

GREEN = "GgOos"
DAY_S = 86400


def shown_at(program: SignalProgram, second: int) -> str:
    """State of a program in a second, by its own clock."""
    left = (second - program.offset_s) % program.cycle_s
    for phase in program.phases:
        if left < phase.duration_s:
            return phase.state
        left -= phase.duration_s
    raise AssertionError("a cycle is the sum of its phases")


def programs_by_second(schedule: SignalSchedule, begin: int, end: int, weekday: Weekday) -> list[SignalProgram]:
    """Program in force in every second; one that waits for the end of a cycle begins with the next cycle."""
    def wanted(second: int) -> SignalProgram:
        day = WEEKDAYS[(WEEKDAYS.index(weekday) + second // DAY_S - begin // DAY_S) % 7]
        return schedule.program_at(second % DAY_S, day)

    running = wanted(begin)
    found = []
    for second in range(begin, end):
        if wanted(second).name != running.name:
            at_end = (second - running.offset_s) % running.cycle_s == 0
            if schedule.procedure == "direct" or at_end:
                running = wanted(second)
        found.append(running)
    return found


def states_by_second(schedule: SignalSchedule, begin: int, end: int, weekday: Weekday) -> list[str]:
    """State in every second; after a switch that takes green away, yellow for 3 s, and no new green so long."""
    programs = programs_by_second(schedule, begin, end, weekday)
    found: list[str] = []
    since, before = -10, ""
    for number, program in enumerate(programs):
        state = shown_at(program, begin + number)
        if number and program.name != programs[number - 1].name:
            since, before = number, found[-1]
            lost = [old in GREEN and new not in GREEN + "y" for old, new in zip(before, state, strict=True)]
        if number < since + 3 and any(lost):
            state = "".join("y" if taken else "r" if new in GREEN + "y" and old not in GREEN + "y" else new
                            for old, new, taken in zip(before, state, lost, strict=True))
        found.append(state)
    return found
