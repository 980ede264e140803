"""Signals that react: stages or ring-barrier phases of a controller, its detectors, and how it decides."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from trafficsim.spec.control_options import (
    MaxPressureOptions,
    PreemptionOptions,
    PriorityOptions,
    SotlOptions,
    Transition,
)
from trafficsim.spec.model import Model
from trafficsim.spec.ring_barrier import MOST_PHASE, Reference
from trafficsim.spec.signals import STATE_LETTERS

Method = Literal["actuated", "coordinated", "max_pressure", "sotl", "requested"]
"""Who decides: vehicles at detectors; they within a common cycle; queues up- and downstream; queues at red; or whoever
asks from outside (a controller in Python)."""
Fault = Literal["none", "stuck_on", "stuck_off", "missing"]
Recall = Literal["none", "min", "max", "pedestrian"]
ForceOff = Literal["fixed", "floating"]
GREENS, MOST_PHASES = "GgOo", 48
"""Letters that make a phase; phases of one controller."""


class SignalDetector(Model):
    """A detector of a signal.

    Parameters
    ----------
    id
        Its name.
    link, lane
        Where it lies; lanes count from the nearside, ``None``: all lanes.
    distance_m
        From the stop line to its downstream end.
    length_m
        Its length.
    use
        Whether it calls its phases at red, extends them at green, or both.
    phases
        Numbers of the phases that it works for; empty: those that serve movements from its lanes.
    fault
        ``stuck_on``, ``stuck_off``: it reports that always; ``missing``: the controller knows that there is none.

    Examples
    --------
    >>> SignalDetector(id="d", link="in", distance_m=40).use
    'both'
    """

    id: str = Field(min_length=1)
    link: str
    lane: int | None = Field(default=None, ge=0)
    distance_m: float = Field(default=0.0, ge=0, le=2000)
    length_m: float = Field(default=2.0, gt=0, le=200)
    use: Literal["call", "extend", "both"] = "both"
    phases: tuple[int, ...] = ()
    fault: Fault = "none"


class ControlPhase(Model):
    """A phase of a ring, or a stage (a phase of a controller with one ring).

    Parameters
    ----------
    number
        By which others name it.
    green
        What each signal index shows in it: G green, g green giving way, s stop then go when clear, r red.
    name
        What people call it.
    ring, barrier, position
        Its ring, the barrier before which it ends, and its place between two barriers.
    min_green_s, max_green_s
        Limits of its green; the maximum counts from the first call of a conflicting phase.
    extension_s
        Passage time: the gap after which green ends.
    before_reduction_s, to_reduce_s, min_gap_s
        Gap reduction: after the first time with a conflicting call the gap falls, within the second, to the minimum;
        ``None``: it does not.
    recall
        What calls it when nobody is there: never, for its minimum, for its maximum, or for pedestrians.
    locking
        A call is remembered when the vehicle has left the detector.
    walk_s, ped_clearance_s
        Walk and clearance of the pedestrians who cross with it; 0: none cross.
    ped_calls_per_h
        Pedestrians' calls at the button, at random.
    yellow_s, red_clearance_s
        After its green.
    split_s
        Green, yellow and red clearance in the coordinated plan, and where its fixed times stand in.
    coordinated
        The offset refers to it, and its green lasts until the yield point.
    dual_entry
        It is served without a call where its ring has none and another ring serves a phase before the same barrier.

    Examples
    --------
    >>> ControlPhase(number=2, green="Gr", max_green_s=30).min_green_s
    5.0
    """

    number: int = Field(ge=1, le=MOST_PHASE)
    green: str = Field(min_length=1, pattern=f"^[{STATE_LETTERS}]+$")
    name: str = ""
    ring: int = Field(default=1, ge=1, le=16)
    barrier: int = Field(default=1, ge=1, le=16)
    position: int = Field(default=0, ge=0, le=64)
    min_green_s: float = Field(default=5.0, gt=0, le=3600)
    max_green_s: float = Field(default=40.0, gt=0, le=3600)
    extension_s: float = Field(default=3.0, ge=0, le=600)
    before_reduction_s: float = Field(default=0.0, ge=0, le=600)
    to_reduce_s: float = Field(default=0.0, ge=0, le=600)
    min_gap_s: float | None = Field(default=None, ge=0, le=600)
    recall: Recall = "none"
    locking: bool = False
    walk_s: float = Field(default=0.0, ge=0, le=600)
    ped_clearance_s: float = Field(default=0.0, ge=0, le=600)
    ped_calls_per_h: float = Field(default=0.0, ge=0, le=100000)
    yellow_s: float = Field(default=3.0, ge=0, le=60)
    red_clearance_s: float = Field(default=2.0, ge=0, le=60)
    split_s: float | None = Field(default=None, gt=0, le=3600)
    coordinated: bool = False
    dual_entry: bool = True

    @model_validator(mode="after")
    def _sound(self) -> Self:
        where = f"phase {self.number}"
        if self.max_green_s < self.min_green_s:
            raise ValueError(f"{where}: max_green_s {self.max_green_s:g} is under min_green_s {self.min_green_s:g}; "
                             "raise the maximum, or lower the minimum")
        if not any(letter in GREENS for letter in self.green):
            raise ValueError(f"{where}: green {self.green!r} shows green to nobody; give G or g to those "
                             "whom the phase serves")
        if any(letter in "yu" for letter in self.green):
            raise ValueError(f"{where}: green {self.green!r} has yellow or red-amber, which come between "
                             "phases; write r, and the times as yellow_s and red_clearance_s")
        if self.min_gap_s is not None and self.min_gap_s > self.extension_s:
            raise ValueError(f"{where}: min_gap_s {self.min_gap_s:g} is over extension_s {self.extension_s:g}; "
                             "lower it, or leave it out")
        if self.recall == "pedestrian" and self.walk_s == 0.0:
            raise ValueError(f"{where}: pedestrian recall without walk_s; give walk_s and ped_clearance_s, or another "
                             "recall")
        if self.split_s is not None and self.split_s < self.min_green_s + self.clearance_s:
            raise ValueError(f"{where}: split_s {self.split_s:g} is too short for its minimum green and clearance, "
                             f"{self.min_green_s + self.clearance_s:g} s; lengthen it, or shorten min_green_s")
        return self

    @property
    def clearance_s(self) -> float:
        """Yellow and red clearance."""
        return self.yellow_s + self.red_clearance_s


class Intergreen(Model):
    """Least time from the end of green of one signal index to the begin of green of another.

    Examples
    --------
    >>> Intergreen(before=0, after=3, time_s=6).time_s
    6.0
    """

    before: int = Field(ge=0)
    after: int = Field(ge=0)
    time_s: float = Field(ge=0, le=120)


class Overlap(Model):
    """Signal indices that are green while any of several phases is, and between two of them that follow each other.

    Examples
    --------
    >>> Overlap(indices=(4,), phases=(2, 3)).letter
    'G'
    """

    indices: tuple[int, ...] = Field(min_length=1)
    phases: tuple[int, ...] = Field(min_length=1)
    letter: Literal["G", "g"] = "G"


class ControlPlan(Model):
    """A plan by time of day.

    Parameters
    ----------
    begin_s
        Clock time (s after midnight) from which it runs.
    cycle_s, offset_s
        Its cycle, and the clock time of its reference.
    splits_s
        Split of each phase by number.
    method
        How the signal reacts while it runs: ``actuated``, ``coordinated``, or ``fixed``: its splits run by the clock.
        ``None``: as the controller says.

    Examples
    --------
    >>> ControlPlan(begin_s=7 * 3600, cycle_s=90, splits_s={2: 60, 4: 30}).offset_s
    0.0
    """

    begin_s: float = Field(ge=0)
    cycle_s: float = Field(gt=0, le=3600)
    offset_s: float = 0.0
    splits_s: dict[int, float] = Field(min_length=1)
    method: Literal["actuated", "coordinated", "fixed"] | None = None


class SignalControl(Model):
    """A signal that reacts.

    Parameters
    ----------
    id
        Name of the signal.
    method
        Who decides.
    phases
        Its stages (one ring) or the phases of its rings.
    detectors
        Its detectors.
    cycle_s, offset_s, reference
        Of the coordinated plan: the cycle (the sum of splits when not given), and at which clock time what of the
        coordinated phases happens: TS 2 means the first begin of their green, Type 170 the first begin of their yellow.
    force_off
        ``fixed``: a phase ends at its place in the cycle, and has what others left before it; ``floating``: when it has
        had its split, and what is left goes to the coordinated phases.
    simultaneous_gap
        All rings must have their gaps at once where they cross a barrier.
    overlaps
        Signal indices that several phases share.
    intergreens
        Between signal indices; where none is given, yellow and red clearance of the phase that ends. One that is given
        makes two indices conflict that no paths of the network do: people on foot, trams.
    red_amber_s
        Shown before green.
    plans, transition
        Plans by time of day, and how the signal gets from one to the next.
    max_pressure, sotl
        Options of these methods.
    priority, preemption
        For transit, for emergency vehicles; ``None``: none.
    fault_recall
        What phases do whose detector has failed.
    origin
        Where it comes from.
    program
        Name of the fixed program in whose place it reacts. Where a table of switches names several programs of the
        signal, it reacts while this one is in force and runs the others by the clock; empty: that of the network.

    Examples
    --------
    >>> stages = (ControlPhase(number=1, green="Gr"), ControlPhase(number=2, green="rG", position=1))
    >>> SignalControl(id="j1", phases=stages).method
    'actuated'
    """

    id: str = Field(min_length=1)
    method: Method = "actuated"
    phases: tuple[ControlPhase, ...] = Field(min_length=1, max_length=MOST_PHASES)
    detectors: tuple[SignalDetector, ...] = ()
    cycle_s: float | None = Field(default=None, gt=0, le=3600)
    offset_s: float = 0.0
    reference: Reference = "first_begin_of_green"
    force_off: ForceOff = "fixed"
    simultaneous_gap: bool = True
    overlaps: tuple[Overlap, ...] = ()
    intergreens: tuple[Intergreen, ...] = ()
    red_amber_s: float = Field(default=0.0, ge=0, le=10)
    plans: tuple[ControlPlan, ...] = ()
    transition: Transition = "best"
    max_pressure: MaxPressureOptions = MaxPressureOptions()
    sotl: SotlOptions = SotlOptions()
    priority: PriorityOptions | None = None
    preemption: PreemptionOptions | None = None
    fault_recall: Literal["min", "max"] = "max"
    origin: str = ""
    program: str = ""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        where, numbers = f"signal {self.id!r}", [one.number for one in self.phases]
        self._once(where, numbers)
        if len({len(one.green) for one in self.phases}) > 1:
            raise ValueError(f"{where}: phases with different numbers of letters; write one letter for each signal "
                             "index")
        width = len(self.phases[0].green)
        named = {number for one in self.overlaps for number in one.phases}
        named |= {number for one in self.detectors for number in one.phases}
        named |= {number for one in self.plans for number in one.splits_s}
        for number in sorted(named - set(numbers)):
            raise ValueError(f"{where}: there is no phase {number}; it has {', '.join(map(str, sorted(numbers)))}; "
                             "correct the number, or add the phase")
        indices = [index for one in self.overlaps for index in one.indices]
        indices += [index for one in self.intergreens for index in (one.before, one.after)]
        if indices and max(indices) >= width:
            raise ValueError(f"{where}: signal index {max(indices)}, of which there are {width}, from 0; correct the "
                             "index")
        for one in self.intergreens:
            if one.before == one.after:
                raise ValueError(f"{where}: an intergreen from signal index {one.before} to itself; name two indices")
        self._check_rings(where)
        self._check_coordination(where)
        return self

    def _once(self, where: str, numbers: list[int]) -> None:
        ids = [one.id for one in self.detectors]
        places = [(one.ring, one.barrier, one.position) for one in self.phases]
        listed: tuple[tuple[str, list[Any]], ...] = (
            ("phases", numbers), ("detectors", ids), ("phases at the place (ring, barrier, position)", places))
        for what, keys in listed:
            twice = next((key for key in keys if keys.count(key) > 1), None)
            if twice is not None:
                raise ValueError(f"{where}: two {what} {twice!r}; give each its own")

    def _check_rings(self, where: str) -> None:
        rings = {ring: {one.barrier for one in self.phases if one.ring == ring} for ring in
                 {one.ring for one in self.phases}}
        barriers = set().union(*rings.values())
        if len(rings) > 1 and len(barriers) < 2 and not all(barriers == found for found in rings.values()):
            raise ValueError(f"{where}: several rings without a common barrier; give every ring phases before each "
                             "barrier")
        for ring, found in sorted(rings.items()):
            if len(rings) > 1 and not found & set().union(*(other for key, other in rings.items() if key != ring)):
                raise ValueError(f"{where}: ring {ring} meets the other rings at no barrier; number its barriers as "
                                 "the other rings do")

    def _check_coordination(self, where: str) -> None:
        if self.method != "coordinated" and all(one.method != "coordinated" for one in self.plans):
            self._check_plans(where)
            return
        if not any(one.coordinated for one in self.phases):
            raise ValueError(f"{where}: coordinated without a coordinated phase; say coordinated = true for one")
        missing = [one.number for one in self.phases if one.split_s is None]
        if missing and self.method == "coordinated":
            raise ValueError(f"{where}: coordinated, but no split_s for phase {missing[0]}; give every phase its "
                             "split_s")
        need = planned_cycle_s(self.phases, {one.number: one.split_s or 0.0 for one in self.phases})
        if self.method == "coordinated" and self.cycle_s is not None and abs(need - self.cycle_s) > 1e-6:
            raise ValueError(f"{where}: splits need {need:g} s, not cycle_s = {self.cycle_s:g}; correct the "
                             "splits, or the cycle")
        self._check_plans(where)

    def _check_plans(self, where: str) -> None:
        """Splits fill the cycle of every plan that runs by one."""
        for plan in self.plans:
            how = plan.method or self.method
            if how not in ("coordinated", "fixed"):
                continue
            absent = [one.number for one in self.phases if one.number not in plan.splits_s]
            if absent and plan.method is not None:
                raise ValueError(f"{where}: the {how} plan from {plan.begin_s:g} s has no split for phase {absent[0]}; "
                                 "give every phase its split")
            need = planned_cycle_s(self.phases, plan.splits_s)
            if abs(need - plan.cycle_s) > 1e-6:
                raise ValueError(f"{where}: splits of the plan from {plan.begin_s:g} s need {need:g} s, not "
                                 f"cycle_s = {plan.cycle_s:g}; correct the splits, or the cycle")


def planned_cycle_s(phases: tuple[ControlPhase, ...], split_s: dict[int, float]) -> float:
    """Return the sum over barriers of the longest ring before each.

    Examples
    --------
    >>> planned_cycle_s((ControlPhase(number=1, green="G"), ControlPhase(number=2, green="g", ring=2)), {1: 20, 2: 25})
    25.0
    """
    total = 0.0
    for barrier in {one.barrier for one in phases}:
        rings = {one.ring for one in phases}
        total += max(sum(split_s.get(one.number, 0.0) for one in phases if (one.ring, one.barrier) == (ring, barrier))
                     for ring in rings)
    return round(total, 3)
