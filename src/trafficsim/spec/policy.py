"""Policies: choices that edit the world through a builder, and their registry."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, ClassVar, Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import PolicyError
from trafficsim.spec.added_lanes import AddedLanes
from trafficsim.spec.behaviour import ResponseRule, SpeedCheck
from trafficsim.spec.control import SignalControl
from trafficsim.spec.emergency import Emergency, Station
from trafficsim.spec.enforcement import Deployment
from trafficsim.spec.lane_closing import BlockedPlace, LaneClosing
from trafficsim.spec.model import Model
from trafficsim.spec.network import Network
from trafficsim.spec.population import Population
from trafficsim.spec.roadside import Reaction
from trafficsim.spec.signals import Phase, SignalProgram
from trafficsim.spec.trip_selection import Trips
from trafficsim.spec.world import World

POLICY_PHASES = ("demand", "network", "behaviour", "signals", "coordination", "timeline")
"""Order in which policies act. Coordination comes after the programs of single signals, because it builds on them."""
PolicyPhase = Literal["demand", "network", "behaviour", "signals", "coordination", "timeline"]
REGISTRY: dict[str, type[Policy]] = {}


class ReadPrograms(Protocol):
    """Reads the files that policies name; paths are as written."""

    def __call__(self, file: str, program: str | None) -> tuple[SignalProgram, ...]:
        """Return the signal programs of a SUMO file: those of a name, or the last of each signal."""

    def groups(self, file: str, mapping: str | None) -> Any:
        """Return a table of signal groups (:class:`trafficsim.design.timing.groups.SignalGroupTable`)."""


class Builder(Protocol):
    """What a policy may do: few, recorded operations on named fields of the plan.

    Fields, with their cells: ``link.speed_limit_ms``, ``link.free_speed_mean_ms``, ``link.free_speed_cv``,
    ``link.factor_speed_ms``, ``link.toll_eur`` (links), ``signal.offset_s`` (programs), ``signal.phase_s``
    (``"program/phase number"``),
    ``class.max_speed_ms`` (vehicle classes), ``approach.tau50_s``, ``approach.spread_s``, ``approach.inattention``,
    ``approach.hard_stop_share`` (links from which a signal is met); of a scenario with people ``group.trip_rate``,
    ``group.alcohol_factor``, ``group.belt_share``, ``group.isa_share``, ``group.isa_override_share``,
    ``group.licensed_share``, ``group.lawful_share``, ``group.novice_risk``, ``group.exposure``,
    ``group.supervised_km``, ``group.points_limit``, ``group.novice_points_limit`` (groups of the population);
    ``sanction.fine_factor``, ``sanction.points_factor`` (kinds of enforcement).
    """

    @property
    def network(self) -> Network:
        """The network before any policy."""

    @property
    def population(self) -> Population | None:
        """People before any policy; ``None`` where the scenario declares none."""

    @property
    def programs(self) -> tuple[SignalProgram, ...]:
        """Signal programs after the policies of all earlier phases."""

    def cells(self, field: str) -> tuple[str, ...]:
        """Return the names of all cells of ``field``; none where the scenario has nothing of the kind."""

    @property
    def run_s(self) -> tuple[float, float]:
        """Clock times (s since midnight) at which a run begins and ends at the latest."""

    def baseline(self, field: str, cells: tuple[str, ...]) -> NDArray[np.float64]:
        """Return the values of ``field`` (SI units) at ``cells`` before any policy."""

    def value(self, field: str, cells: tuple[str, ...]) -> NDArray[np.float64]:
        """Return the values of ``field`` (SI units) at ``cells`` after the policies of all earlier phases."""

    def design_volumes(self) -> Mapping[tuple[str, str], float]:
        """Return the volume (pcu/h) of every movement (link in, link out) on the design day, which is never judged."""

    def remembered(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return what ``make`` works out from network, design day and key alone; made once for all replications."""

    def set(self, field: str, cells: tuple[str, ...], value: Any) -> None:
        """Set the cells to a value; two policies that set one cell are in conflict."""

    def scale(self, field: str, cells: tuple[str, ...], factor: Any) -> None:
        """Multiply the cells."""

    def cap(self, field: str, cells: tuple[str, ...], most: Any) -> None:
        """Limit the cells from above."""

    def floor(self, field: str, cells: tuple[str, ...], least: Any) -> None:
        """Limit the cells from below."""

    def drop(self, trips: Trips) -> None:
        """Take trips out of the demand; as all operations on trips, in phase ``demand`` only."""

    def retype(self, trips: Trips, vehicle_class: str) -> None:
        """Let trips be made with another vehicle class, on the route that they have."""

    def add(self, trips: Trips, suffix: str) -> None:
        """Add a trip like each of some, by a traveller of its own; the suffix makes its name."""

    def reroute(self, trips: Trips, *, route: tuple[str, ...] = (), via: tuple[str, ...] = (),
                avoid: tuple[str, ...] = ()) -> None:
        """Give trips another way between their ends: a route, one by way of links, or one that avoids links."""

    def schedule(self, field: str, cells: tuple[str, ...], values: Any, begin_s: float, end_s: float) -> None:
        """Give links another limit or free speed between two clock times (s since midnight)."""

    def incidents_on(self, links: Sequence[str] | None = None) -> tuple[str, ...]:
        """Return the names of the incidents on some links, or on all: cells of ``incident.duration_s``."""

    def close(self, links: Sequence[str] = (), movements: Sequence[tuple[str, str]] = (),
              begin_s: float | None = None, end_s: float | None = None) -> None:
        """Let nobody get onto links, or make movements (link in, link out), between two clock times (s)."""

    def close_lanes(self, closing: LaneClosing) -> None:
        """Let nobody drive on lanes of a link between two clock times (s)."""

    def blocked_places(self, links: Sequence[str]) -> tuple[BlockedPlace, ...]:
        """Return where incidents and works block lanes of some links, with the durations that earlier phases left."""

    @property
    def response(self) -> Emergency | None:
        """Emergency response as the policies leave it so far; ``None`` without one."""

    def set_response(self, field: str, value: float) -> None:
        """Set a value of emergency response: ``chain.ecall_share`` or ``rescue_lane.share``."""

    def add_station(self, station: Station) -> None:
        """Add a station of emergency response, or units to one that there is."""

    def retime(self, program: str, phase_s: Sequence[float], offset_s: float | None = None) -> None:
        """Set the durations of all phases of a signal program, and its offset when one is given."""

    def replace_program(self, program: str, phases: Sequence[Phase], offset_s: float | None = None) -> None:
        """Give a signal other phases, with states and durations of their own, and an offset when one is given."""

    @property
    def controls(self) -> Mapping[str, SignalControl]:
        """Signals that react, by name, after the policies of all earlier phases."""

    def control(self, control: SignalControl) -> None:
        """Let a signal react, or react otherwise."""

    def decide(self, decider: Any) -> None:
        """Let a controller in Python (:class:`trafficsim.plan.deciders.Decider`) ask for the stages of signals."""

    def adjust(self, retiming: Any) -> None:
        """Let the plan of signals follow traffic (:class:`trafficsim.plan.retimings.Retiming`)."""

    def respond(self, rule: ResponseRule) -> None:
        """Let drivers respond in the zones of a rule."""

    def react(self, reaction: Reaction) -> None:
        """Put up signs or a meter that react to traffic; drivers respond to a sign by a rule of its name."""

    def enforce(self, check: SpeedCheck) -> None:
        """Measure speeds between two points and cite those above a speed."""

    def deploy(self, deployment: Deployment) -> None:
        """Enforce in space and time: in the hours of its schedule drivers respond, are checked and sanctioned."""

    @property
    def deployments(self) -> tuple[Deployment, ...]:
        """All deployments of the alternative so far; whole in the phase ``timeline``."""

    @property
    def day(self) -> int:
        """Day of the study on which the run begins, from 1."""


class Policy(Model):
    """Base of all policies: an immutable model with a kind, a phase and one method, ``lower``.

    Subclasses set the class variables and implement :meth:`lower`; defining a subclass registers its kind.

    Examples
    --------
    >>> from trafficsim.spec.selectors import Links
    >>> class Calmer(Policy):
    ...     kind = "calmer"
    ...     phase = "network"
    ...     on: Links
    ...     def lower(self, builder):
    ...         builder.scale("link.free_speed_mean_ms", self.on.resolve(builder.network), 0.9)
    >>> REGISTRY.pop("calmer").__name__
    'Calmer'
    """

    kind: ClassVar[str]
    phase: ClassVar[PolicyPhase]
    mechanism: ClassVar[str] = ""
    source: ClassVar[str] = ""
    grade: ClassVar[str] = ""
    limits: ClassVar[str] = ""
    example: ClassVar[str] = ""
    """How it is written in a study file; its required parameters, if it has no example of its own."""
    numbers: ClassVar[Mapping[str, str]] = {}
    """Origin of the number of each parameter: input with its source, modelling assumption, or given by the user."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Register the subclass under its kind; an unknown phase and a second class of the same kind are refused."""
        super().__pydantic_init_subclass__(**kwargs)
        kind = cls.__dict__.get("kind")
        if kind is None:
            return
        require_phase(cls)
        present = REGISTRY.get(kind)
        if present is not None and present.__qualname__ != cls.__qualname__:
            raise PolicyError(f"policy kind {kind!r}", f"already taken by {present.__name__}", "a kind of its own",
                              f"rename the kind of {cls.__name__}")
        REGISTRY[kind] = cls

    def with_files(self, read_programs: ReadPrograms) -> Self:
        """Return the policy with the files read that it names; ``self`` if it names none.

        Parameters
        ----------
        read_programs
            Gives the signal programs of a file: path as written, and name of the programs (``None``: the last of each
            signal).
        """
        return self

    def lanes_added(self, world: World) -> tuple[AddedLanes, ...]:
        """Return the lanes that the policy adds to links: before all else, so that every policy finds them."""
        return ()

    def lower(self, builder: Builder) -> None:
        """Edit the world through the builder."""
        raise NotImplementedError(f"policy {type(self).__name__} does not implement lower(builder)")


def require_phase(policy: type[Policy]) -> None:
    """Refuse a policy whose phase does not exist: it would never act.

    Raises
    ------
    PolicyError
        Naming the phases that there are.
    """
    phase = getattr(policy, "phase", None)
    if phase not in POLICY_PHASES:
        close = difflib.get_close_matches(str(phase), POLICY_PHASES, n=1)
        raise PolicyError(f"policy kind {policy.kind!r}: phase", "none" if phase is None else repr(phase),
                          f"one of {', '.join(POLICY_PHASES)}",
                          f"did you mean {close[0]!r}" if close else f"give {policy.__name__} one of these phases")


def policy_labels(policies: Sequence[Policy]) -> tuple[str, ...]:
    """Return what the ledger calls the policies: the kind of each, numbered where a kind occurs more than once."""
    total = Counter(policy.kind for policy in policies)
    seen: Counter[str] = Counter()
    labels = []
    for policy in policies:
        seen[policy.kind] += 1
        labels.append(policy.kind if total[policy.kind] == 1 else f"{policy.kind} #{seen[policy.kind]}")
    return tuple(labels)
