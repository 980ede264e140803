"""The plant under random controllers and random requests: no conflicting greens, minimums, intergreens, pedestrians."""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.signal_plant import GREENS, Group, Junction
from tests.support.examples import examples
from tests.support.reacting import Conflicts, events, run, tables_of
from trafficsim.base.codes import CONTROL_GREEN, CONTROL_WALK
from trafficsim.spec.control import ControlPhase, Intergreen, SignalControl, SignalDetector
from trafficsim.spec.control_options import MaxPressureOptions, PreemptionOptions, PriorityOptions

FOUR_ARMS = Conflicts(crossing=[(0, 2), (0, 3), (1, 2), (1, 3), (4, 2), (4, 3), (0, 5), (1, 5), (5, 2), (5, 3),
                                (4, 1)], yielding=[(4, 1)])
"""Straight on: 0 and 1 on one street, 2 and 3 on the other; 4 turns left across 1, and 5 is the tram that crosses all
but it."""
STAGES = ("GGrrgr", "rrGGrr", "GrrrGr", "rrrrrG")
APART = [(one, other) for one in range(6) for other in range(6) if one != other
         and not any(stage[one] in GREENS and stage[other] in GREENS for stage in STAGES)]
"""Pairs that may have an intergreen: no stage shows both green. The paths of 4 and 5 do not cross."""
TICKS = 150


class Case(NamedTuple):
    control: SignalControl
    requests: list[tuple[int, int]]
    seed: int


@st.composite
def cases(draw: Any, method: str | None = None) -> Case:
    whole = st.integers
    phases = []
    for number, green in enumerate(STAGES, start=1):
        minimum = draw(whole(1, 12))
        walk = draw(st.sampled_from([0, 0, 4, 7]))
        phases.append(ControlPhase(
            number=number, position=number, green=green if draw(st.booleans()) else green.replace("r", "s", 1),
            min_green_s=minimum, max_green_s=minimum + draw(whole(0, 20)), yellow_s=draw(whole(0, 4)),
            red_clearance_s=draw(whole(0, 4)), walk_s=walk, ped_clearance_s=draw(whole(0, 9)) if walk else 0,
            ped_calls_per_h=draw(st.sampled_from([0, 300])) if walk else 0, extension_s=draw(whole(0, 5)),
            recall=draw(st.sampled_from(["none", "min", "max", *(["pedestrian"] if walk else [])])),
            locking=draw(st.booleans()), coordinated=number == 1, split_s=draw(whole(20, 35))))
    pairs = draw(st.lists(st.tuples(st.sampled_from(APART), whole(0, 12)), max_size=6))
    control = SignalControl(
        id="j", phases=tuple(phases), red_amber_s=draw(whole(0, 2)),
        method=method or draw(st.sampled_from(["actuated", "coordinated", "max_pressure", "sotl", "requested"])),
        intergreens=tuple(Intergreen(before=one, after=other, time_s=time) for (one, other), time in pairs),
        detectors=tuple(SignalDetector(id=str(n), link=f"in{n}", fault=draw(st.sampled_from(
            ["none", "none", "stuck_on", "stuck_off", "missing"]))) for n in range(6)),
        max_pressure=MaxPressureOptions(cyclic=draw(st.booleans()), interval_s=draw(whole(1, 15))),
        priority=draw(st.sampled_from([None, PriorityOptions(lockout_s=10)])),
        preemption=draw(st.sampled_from([None, PreemptionOptions(longest_s=40)])))
    masks = st.one_of(st.sampled_from([1, 2, 4, 8]), whole(0, 31))
    requests = draw(st.lists(st.tuples(whole(0, TICKS - 1), masks), max_size=25))
    return Case(control, requests, draw(whole(0, 2**31)))


def drive_of(case: Case) -> Any:
    """Random vehicles at all sensors, and the requests of the case."""
    asked = dict(case.requests)

    def drive(control: Any, tick: int) -> None:
        if tick in asked:
            control.controller[0].request = asked[tick]
            control.controller[0].fallback = asked[tick] == 31
        for number in range(6):
            mixed = (case.seed * 2654435761 + tick // 4 * 40503 + number * 97) % 1009
            control.sensors.occupied[number] = mixed % 3 == 0
            control.sensors.waiting[number] = mixed % 12
            control.sensors.transit[number] = mixed % 41 == 0
            control.sensors.emergency[number] = mixed % 97 == 0
    return drive


def conflicting(control: SignalControl) -> list[tuple[int, int]]:
    """Pairs of indices, both ways, whose paths cross or that have an intergreen."""
    crossing = [*FOUR_ARMS.crossing, *((one.before, one.after) for one in control.intergreens)]
    return sorted({pair for one, other in crossing for pair in ((one, other), (other, one))})


def intergreens(control: SignalControl) -> dict[tuple[int, int], int]:
    """Least time between the greens of two indices, as the model of the controller gives it."""
    given = {(one.before, one.after): int(one.time_s) for one in control.intergreens}
    found = {}
    for one, other in conflicting(control):
        shown = [phase for phase in control.phases if phase.green[one] in "Gg"]
        found[one, other] = max(given.get((one, other), int(max(phase.clearance_s for phase in shown))),
                                int(max(phase.yellow_s for phase in shown)))
    return found


def of_phases(case: Case, n: int, name: str) -> list[int]:
    """A time of all phases that show an index green."""
    return [int(getattr(phase, name)) for phase in case.control.phases if phase.green[n] in GREENS]


def check_greens(case: Case, shown: list[str], n: int) -> None:
    """Greens last their minimum, yellow follows and lasts its time, and intergreens are kept."""
    yellow, begin, end = max(of_phases(case, n, "yellow_s")), 0, 0
    for tick in range(1, len(shown)):
        was, now = shown[tick - 1][n], shown[tick][n]
        if was in GREENS and now not in GREENS:
            end = tick
            assert tick - begin >= min(of_phases(case, n, "min_green_s")), (tick, n)
            assert now == "y" or yellow == 0, (tick, n)
        elif now in GREENS and was not in GREENS:
            begin = tick
            for (one, other), time in intergreens(case.control).items():
                if other == n and (one, other) not in ((1, 4), (4, 1)):
                    assert not any(before[one] in GREENS for before in shown[max(tick - time, 0) : tick]), (tick, one)
        if was == "y" and now != "y":
            assert tick - end == yellow, (tick, n)


def check(case: Case, shown: list[str], log: list[tuple[int, str, int]]) -> None:
    """Everything that no controller may break."""
    for tick, letters in enumerate(shown):
        for one, other in conflicting(case.control):
            together = letters[one] in GREENS and letters[other] in GREENS
            assert not together or ({one, other} == {4, 1} and letters[4] == "g"), (tick, letters)
    for n in range(6):
        check_greens(case, shown, n)
    of = {phase.number: phase for phase in case.control.phases}
    for at, name, number in log:
        lasts = of[number].min_green_s if name == "begin_green" else of[number].walk_s + of[number].ped_clearance_s
        members = [n for n in range(6) if of[number].green[n] in GREENS]
        for tick in range(at, min(at + int(lasts), len(shown))):
            assert all(shown[tick][n] in GREENS for n in members), (tick, name, number)


@given(cases())
@settings(max_examples=examples(150), deadline=None)
def test_no_controller_breaks_what_keeps_people_safe(case: Case) -> None:
    control = tables_of([case.control], FOUR_ARMS, seed=case.seed)
    shown = run(control, TICKS, drive_of(case))
    check(case, shown, events(control, CONTROL_GREEN, CONTROL_WALK))


@given(cases("requested"))
@settings(max_examples=examples(80), deadline=None)
def test_the_plant_shows_what_the_reference_model_shows(case: Case) -> None:
    bare = case.control.model_copy(update={"preemption": None})
    control = tables_of([bare], FOUR_ARMS, seed=case.seed)
    accepted: list[int] = []

    def drive(tables: Any, tick: int) -> None:
        drive_of(case)(tables, tick)

    shown = []
    holds: list[tuple[int, str, int]] = []
    for tick in range(TICKS):
        drive(control, tick)
        shown += run_tick(control, tick)
        accepted.append(int(control.controller[0].accepted))
    holds = events(control, CONTROL_GREEN, CONTROL_WALK)
    assert shown == reference(bare, accepted, holds)


def run_tick(control: Any, tick: int) -> list[str]:
    return run(control, tick + 1, start=tick)


def reference(control: SignalControl, accepted: list[int], log: list[tuple[int, str, int]]) -> list[str]:
    """What the reference model shows for the requests that were accepted, with the greens and walks that began."""
    phases, between = control.phases, intergreens(control)
    groups = []
    for n in range(6):
        shown = [phase for phase in phases if phase.green[n] in "Gg"]
        groups.append(Group(int(min(one.min_green_s for one in shown)), int(max(one.yellow_s for one in shown)),
                            int(control.red_amber_s)))
    strict = {pair for pair in conflicting(control) if pair not in ((4, 1), (1, 4))}
    junction = Junction(groups, strict, {(4, 1)}, between)
    of = {phase.number: phase for phase in phases}
    for tick, mask in enumerate(accepted):
        junction.request("".join(wanted([phase.green[n] for bit, phase in enumerate(phases) if mask >> bit & 1])
                                 for n in range(6)))
        if tick == 0:
            junction.start()
        junction.step(tick)
        for at, name, number in log:
            if at == tick:
                phase = of[number]
                lasts = phase.min_green_s if name == "begin_green" else phase.walk_s + phase.ped_clearance_s
                junction.keep([n for n in range(6) if phase.green[n] in "Gg"], tick + int(lasts))
    return junction.history


def wanted(letters: list[str]) -> str:
    return next((letter for letter in "Ggs" if letter in letters), "r")
