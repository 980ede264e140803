"""Signals that react to traffic: actuated, coordinated-actuated, max-pressure and self-organising."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from pydantic import Field

from trafficsim.base.errors import PolicyError
from trafficsim.design.timing.controls import Limits, control_of
from trafficsim.spec.control import Method, SignalControl
from trafficsim.spec.control_options import MaxPressureOptions, SotlOptions
from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.signals import SignalProgram

STAGES = (
    "Stages, splits and intergreens are those of the fixed program; minimum greens, intergreens and pedestrians are "
    "kept whatever the controller asks for.")
ON = "given by the user; all signals with two stages or more without it"


def chosen(builder: Builder, kind: str, on: tuple[str, ...] | None) -> list[SignalProgram]:
    """Return the programs of the signals that a policy is for, as policies of earlier phases left them.

    Raises
    ------
    PolicyError
        If there is no such signal.
    """
    known = {one.id: one for one in builder.programs}
    for name in on or ():
        if name not in known:
            names = f"one of {', '.join(list(known)[:8])}" if known else "a network with signals"
            raise PolicyError(f"policy {kind}: on", f"no signal {name!r}", names, "correct the name, or leave on out")
    return [one for one in known.values() if on is None or one.id in on]


def react(builder: Builder, kind: str, on: tuple[str, ...] | None, made: Iterable[SignalControl | None]) -> None:
    """Let signals react; those with fewer than two stages stay as they are, unless they are named.

    Raises
    ------
    PolicyError
        If none of them has two stages, or one that is named has not.
    """
    found = [one for one in made if one is not None]
    missing = sorted(set(on or ()) - {one.id for one in found})
    if missing or not found:
        raise PolicyError(f"policy {kind}: on", f"signal {missing[0]!r}, whose program has fewer than two stages"
                          if missing else "no signal with two stages", "signals that can change between stages",
                          "leave it out" if missing else "choose signals with a program")
    for one in found:
        builder.control(one)


class Actuated(Policy):
    """Let vehicles at detectors decide how long greens last.

    Mechanism: stages follow each other in the order of the fixed program; one without a call is left out. A green lasts
    its minimum, then as long as vehicles come with gaps under ``extension_s``, up to its maximum, which counts from the
    first call of another stage. Without calls it rests. Detectors are placed by rule where the network has none for the
    signal: at every lane's stop line, and 2 s before it.

    Source: gap-out, max-out and call as in FHWA, Traffic Signal Timing Manual (2008), chapter 5; passage time and
    setback as SUMO's actuated signals have them. Grade D (a model): the worked example of the Highway Capacity Manual
    has 28 % less control delay than fixed time at moderate demand; near saturation there is next to no gain.

    Limits: each junction for itself; near saturation a good fixed-time plan is as good. Detectors by rule are not those
    of the street.

    Parameters
    ----------
    on
        Signals.
    min_green_s
        Shortest green of every stage, no longer than it is today.
    max_green_factor
        Longest green over the fixed program's.
    extension_s
        Gap that ends a green.

    Examples
    --------
    >>> Actuated(on=("j1",)).extension_s
    3.0
    """

    kind: ClassVar[str] = "actuated"
    phase: ClassVar[PolicyPhase] = "signals"
    mechanism: ClassVar[str] = (
        "Greens end at a gap between vehicles or at their maximum; stages without a call are left out. " + STAGES)
    source: ClassVar[str] = (
        "FHWA, Traffic Signal Timing Manual (2008), chapter 5; SUMO's defaults of actuated signals for passage time "
        "and setback of detectors")
    grade: ClassVar[str] = "D"
    limits: ClassVar[str] = (
        "Each junction for itself; at saturation it runs at its maximum greens. Detectors are placed by rule where the "
        "network has none.")
    numbers: ClassVar[Mapping[str, str]] = {
        "on": ON,
        "min_green_s": "input: RiLSA 2015, 5 s",
        "max_green_factor": "input: FHWA, Traffic Signal Timing Manual 2008, 5.3: 1.25 to 1.5 times the fixed green",
        "extension_s": "input: SUMO, max-gap of actuated signals, 3 s",
    }
    example: ClassVar[str] = '{ kind = "actuated" }'

    on: tuple[str, ...] | None = Field(default=None, min_length=1)
    min_green_s: float = Field(default=5.0, ge=1, le=60)
    max_green_factor: float = Field(default=1.5, ge=1, le=10)
    extension_s: float = Field(default=3.0, gt=0, le=30)

    def lower(self, builder: Builder) -> None:
        """Make the signals actuated."""
        react(builder, self.kind, self.on, (_with_own(builder, one, "actuated", self._limits)
                                            for one in chosen(builder, self.kind, self.on)))

    @property
    def _limits(self) -> Limits:
        return Limits(self.min_green_s, self.max_green_factor, self.extension_s)


class CoordinatedActuated(Policy):
    """Let vehicles at detectors decide within a common cycle, so that coordination holds.

    Mechanism: cycle, splits and offset are those of the program (of an earlier policy such as ``webster``, if there is
    one). The stage with the longest green is coordinated: its green lasts until the yield point. Others begin only
    while they fit in before their force-offs, end at gaps, and at these at the latest; what they leave goes to the next
    stage (``fixed``) or to the coordinated one (``floating``).

    Source: FHWA, Signal Timing Manual (2nd ed., 2015), chapter 7. Grade D, as for actuated control.

    Limits: offsets are those that the program has; it retimes nothing.

    Parameters
    ----------
    on
        Signals.
    force_off
        Who has the time that a stage leaves.
    min_green_s
        Shortest green of every stage, no longer than it is today.
    extension_s
        Gap that ends a green.

    Examples
    --------
    >>> CoordinatedActuated(force_off="floating").on is None
    True
    """

    kind: ClassVar[str] = "coordinated_actuated"
    phase: ClassVar[PolicyPhase] = "coordination"
    mechanism: ClassVar[str] = (
        "Cycle, splits and offset of the program; the stage with the longest green is coordinated, others end at gaps "
        "or force-offs. " + STAGES)
    source: ClassVar[str] = "FHWA, Signal Timing Manual (2nd ed., 2015), chapter 7"
    grade: ClassVar[str] = "D"
    limits: ClassVar[str] = "Offsets are those of the program. Detectors are placed by rule where the network has none."
    numbers: ClassVar[Mapping[str, str]] = {
        "on": ON,
        "force_off": "modelling assumption: floating, which gives spare green to the main road",
        "min_green_s": "input: RiLSA 2015, 5 s",
        "extension_s": "input: SUMO, max-gap of actuated signals, 3 s",
    }
    example: ClassVar[str] = '{ kind = "coordinated_actuated" }'

    on: tuple[str, ...] | None = Field(default=None, min_length=1)
    force_off: str = Field(default="floating", pattern="^(fixed|floating)$")
    min_green_s: float = Field(default=5.0, ge=1, le=60)
    extension_s: float = Field(default=3.0, gt=0, le=30)

    def lower(self, builder: Builder) -> None:
        """Make the signals coordinated and actuated."""
        limits = Limits(self.min_green_s, extension_s=self.extension_s)
        react(builder, self.kind, self.on, (
            _with_own(builder, one, "coordinated", limits, force_off=self.force_off)
            for one in chosen(builder, self.kind, self.on)))


class MaxPressure(Policy):
    """Serve the stage with the highest pressure: its queues less those beyond the junction.

    Mechanism: every ``interval_s`` the stage is chosen whose movements have the largest sum of queue, less the queues
    beyond by turning shares, times lanes. ``cyclic``: all stages in their order, greens in proportion to pressure.
    Queues are known exactly, turning shares are those of the trips of the run.

    Source: Varaiya 2013 (doi:10.1016/j.trc.2013.08.014); capacity-aware: Gregoire et al. 2014
    (doi:10.1109/TCNS.2014.2378871); cyclic: Le et al. 2015 (doi:10.1016/j.trb.2015.06.011). Grade C: stability is
    proved for links of unlimited storage; gains are of simulations.

    Limits: the theorem holds for point queues and unlimited storage; exact knowledge of queues is more than detectors
    give. A stage with few vehicles may wait long where others have more.

    Parameters
    ----------
    on
        Signals.
    interval_s
        Time of green from one choice to the next.
    cyclic
        Whether the order of stages is kept.
    capacity_aware
        Whether queues count relative to storage, and full links close movements.
    detection_m
        Vehicles so far before the stop line count as its queue; ``None``: all on the link and all who wait to enter it.
    min_green_s
        Shortest green of every stage, no longer than it is today.

    Examples
    --------
    >>> MaxPressure().interval_s
    10.0
    """

    kind: ClassVar[str] = "max_pressure"
    phase: ClassVar[PolicyPhase] = "signals"
    mechanism: ClassVar[str] = (
        "The stage with the largest queues, less those beyond, is served at every decision. " + STAGES)
    source: ClassVar[str] = (
        "Varaiya 2013, doi:10.1016/j.trc.2013.08.014; Gregoire et al. 2014, doi:10.1109/TCNS.2014.2378871; Le et al. "
        "2015, doi:10.1016/j.trb.2015.06.011")
    grade: ClassVar[str] = "C"
    limits: ClassVar[str] = (
        "Queues are known exactly; stability is proved for unlimited storage; stages with few vehicles may wait long.")
    numbers: ClassVar[Mapping[str, str]] = {
        "on": ON,
        "interval_s": "modelling assumption: 10 s",
        "cyclic": "given by the user; without it acyclic, as in Varaiya 2013",
        "capacity_aware": "given by the user; not as in Varaiya 2013 without it",
        "detection_m": "given by the user; without it all on the link, as in Varaiya 2013",
        "min_green_s": "input: RiLSA 2015, 5 s",
    }
    example: ClassVar[str] = '{ kind = "max_pressure" }'

    on: tuple[str, ...] | None = Field(default=None, min_length=1)
    interval_s: float = Field(default=10.0, ge=1, le=300)
    cyclic: bool = False
    capacity_aware: bool = False
    detection_m: float | None = Field(default=None, gt=0, le=10_000)
    min_green_s: float = Field(default=5.0, ge=1, le=60)

    def lower(self, builder: Builder) -> None:
        """Let pressure decide at the signals."""
        options = MaxPressureOptions(cyclic=self.cyclic, interval_s=self.interval_s, capacity_aware=self.capacity_aware,
                                     detection_m=self.detection_m)
        react(builder, self.kind, self.on, (
            _with_own(builder, one, "max_pressure", Limits(self.min_green_s), max_pressure=options)
            for one in chosen(builder, self.kind, self.on)))


class SelfOrganising(Policy):
    """Let signals organise themselves: those who wait ask for green when they have waited enough together.

    Mechanism: at every second a stage at red adds the vehicles that wait for it; at ``threshold_veh_s`` the one with
    the most is served, once the minimum green is over. A green before which no more than ``platoon_veh`` vehicles are
    coming is not cut, up to its maximum.

    Source: Gershenson 2005 (Complex Systems 16, 29-53); Cools, Gershenson and D'Hooghe 2013. Grade C: gains are of
    simulations.

    Limits: the threshold is the user's to find; queues are known exactly.

    Parameters
    ----------
    on
        Signals.
    threshold_veh_s
        Vehicles times seconds at red that ask for green.
    platoon_veh
        Size of a platoon that is not cut.
    detection_m
        Vehicles so far before the stop line count; ``None``: all on the link and all who wait to enter it.
    min_green_s
        Shortest green of every stage, no longer than it is today.

    Examples
    --------
    >>> SelfOrganising().threshold_veh_s
    40.0
    """

    kind: ClassVar[str] = "self_organising"
    phase: ClassVar[PolicyPhase] = "signals"
    mechanism: ClassVar[str] = (
        "Stages at red count waiting vehicles second by second and are served at a threshold; small platoons are not "
        "cut. " + STAGES)
    source: ClassVar[str] = "Gershenson 2005, Complex Systems 16; Cools, Gershenson and D'Hooghe 2013"
    grade: ClassVar[str] = "C"
    limits: ClassVar[str] = "The threshold is the user's to find; queues are known exactly."
    numbers: ClassVar[Mapping[str, str]] = {
        "on": ON,
        "threshold_veh_s": "modelling assumption: 40 vehicle seconds; Gershenson 2005 varies it",
        "platoon_veh": "modelling assumption: 2 vehicles; Gershenson 2005 varies it",
        "detection_m": "given by the user; without it all on the link",
        "min_green_s": "input: RiLSA 2015, 5 s",
    }
    example: ClassVar[str] = '{ kind = "self_organising" }'

    on: tuple[str, ...] | None = Field(default=None, min_length=1)
    threshold_veh_s: float = Field(default=40.0, gt=0, le=100000)
    platoon_veh: int = Field(default=2, ge=0, le=1000)
    detection_m: float | None = Field(default=None, gt=0, le=10_000)
    min_green_s: float = Field(default=5.0, ge=1, le=60)

    def lower(self, builder: Builder) -> None:
        """Let the signals organise themselves."""
        options = SotlOptions(threshold_veh_s=self.threshold_veh_s, platoon_veh=self.platoon_veh,
                              detection_m=self.detection_m)
        react(builder, self.kind, self.on, (
            _with_own(builder, one, "sotl", Limits(self.min_green_s), sotl=options)
            for one in chosen(builder, self.kind, self.on)))


def _with_own(builder: Builder, program: SignalProgram, method: Method, limits: Limits, **more: Any
              ) -> SignalControl | None:
    """A controller from the program; detectors of the network's own one are kept where it has some with its phases."""
    own = {one.id: one for one in builder.network.controls}.get(program.id)
    if own is not None and own.detectors and method in ("actuated", "coordinated"):
        more["detectors"] = tuple(one.model_copy(update={"phases": ()}) for one in own.detectors)
    return control_of(builder.network, program, method, limits, **more)
