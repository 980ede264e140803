"""A scenario as it is written: TOML file or Python, one to one. Nothing of it is read or built yet."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from trafficsim.spec.demand import Demand, Flow, RouteChoice, Trip
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.measuring import Area, SpeedHistograms, TravelTime
from trafficsim.spec.model import Model
from trafficsim.spec.network import Network
from trafficsim.spec.network_source import NetworkSource
from trafficsim.spec.signals import SignalProgram
from trafficsim.spec.vehicles import VehicleClass

LONGEST_S, LATEST_S = 1.0e7, 1.0e10
"""Longest part of a run, 116 days, and latest clock time, three centuries (modelling assumptions)."""


class Time(Model):
    """Clock times of a run: departures begin at ``start_s``; statistics cover trips due in the analysis period.

    Parameters
    ----------
    start_s
        Clock time at which the simulation begins.
    warmup_s
        Time that fills the network and is not judged.
    analysis_s
        Length of the analysis period, after the warm-up. Departures end with it.
    clear_s
        At most this long after the analysis period, trips due in it are followed to their end. The run stops earlier
        once all vehicles have arrived.
    interval_s
        Length of an interval of the ``links``, ``detectors`` and ``areas`` tables.

    Examples
    --------
    >>> Time(start_s=25200, warmup_s=600).analysis_end_s
    29400.0
    """

    start_s: float = Field(default=0.0, ge=-LATEST_S, le=LATEST_S)
    warmup_s: float = Field(default=0.0, ge=0, le=LONGEST_S)
    analysis_s: float = Field(default=3600.0, gt=0, le=LONGEST_S)
    clear_s: float = Field(default=1800.0, ge=0, le=LONGEST_S)
    interval_s: float = Field(default=300.0, gt=0)

    @property
    def analysis_begin_s(self) -> float:
        """Clock time at which the analysis period begins."""
        return self.start_s + self.warmup_s

    @property
    def analysis_end_s(self) -> float:
        """Clock time at which the analysis period, and departures, end."""
        return self.analysis_begin_s + self.analysis_s


class DemandSource(Model):
    """Demand: flows and trips written here, a trips file (CSV), or none when SUMO routes bring it.

    Parameters
    ----------
    flows
        Streams of vehicles.
    trips
        Single vehicles.
    file
        Trips file (CSV).
    mixes
        Named distributions over vehicle classes (share by class) that trips may name instead of a class.
    routes
        How trips and flows without a route find theirs: ``"experienced"``, by what drivers learnt in a few rehearsals
        on the design day, or ``"free_flow"``, the fastest path on empty roads.

    Examples
    --------
    >>> DemandSource(flows=(Flow(id="f", origin="a", destination="b", volume_veh_h=600),)).trips
    ()
    """

    flows: tuple[Flow, ...] = ()
    trips: tuple[Trip, ...] = ()
    file: str | None = None
    mixes: dict[str, dict[str, float]] = Field(default_factory=dict)
    routes: RouteChoice = "experienced"


class Detector(Model):
    """A point detector across one lane, or all lanes of a link when ``lane`` is ``None``.

    Parameters
    ----------
    id
        Name of the detector.
    link
        Link that it stands on.
    position_m
        Distance from the start of the link.
    lane
        Lane, counted from the kerb from 0; ``None``: all lanes.
    headways
        Keep every passage with its headway and gap in the table ``headways``.

    Examples
    --------
    >>> Detector(id="d", link="in", position_m=100).lane is None
    True
    """

    id: str
    link: str
    position_m: float = Field(ge=0)
    lane: int | None = Field(default=None, ge=0)
    headways: bool = False


Rule = Literal["default", "nasch", "vdr", "brake-light"]
PUBLISHED_CELL_M: dict[str, float] = {"nasch": 7.5, "vdr": 7.5, "brake-light": 1.5}
"""Cells in which the rules of the literature are published; with ticks of 1 s and one cell per tick of acceleration."""
CELL_RANGE_M: dict[str, tuple[float, float]] = {"nasch": (5.0, 10.0), "vdr": (5.0, 10.0), "brake-light": (1.5, 1.5)}
"""Cells that they may have: with NaSch and VDR one cell is what one vehicle takes in a jam."""
RULE_PARAMETERS: dict[str, tuple[str, ...]] = {
    "dawdle_p": ("default", "nasch", "vdr", "brake-light"), "start_p": ("default", "vdr", "brake-light"),
    "light_p": ("brake-light",), "horizon_s": ("brake-light",), "security_m": ("brake-light",),
    "headway_spread": ("default",),
}
"""Which rules read a parameter."""


class CellularAutomaton(Model):
    """Settings of the ``ca`` engine.

    Parameters
    ----------
    rule
        How vehicles follow each other: ``"default"`` (safe distance, for engineering), ``"nasch"`` (Nagel and
        Schreckenberg 1992), ``"vdr"`` (the same with slow-to-start, Barlovic et al. 1998) or ``"brake-light"``
        (comfortable driving, Knospe et al. 2000); see the theory page of the rules.
    cell_m
        Resolution in space. Not given: 0.5, with ``"nasch"`` and ``"vdr"`` 7.5 (5 to 10 are possible), with
        ``"brake-light"`` 1.5 (nothing else).
    tick_s
        Resolution in time; 1 with all rules but ``"default"``.
    dawdle_p
        Probability that a moving vehicle dawdles, per second; ``None``: 0.2, with ``"nasch"`` 0.5, ``"vdr"`` 1/64,
        ``"brake-light"`` 0.1.
    start_p
        Probability that a standing vehicle does not start in a second in which it could (slow-to-start; not with
        ``"nasch"``); ``None``: 0.2, with ``"vdr"`` 0.75, ``"brake-light"`` 0.5.
    light_p
        Only with ``"brake-light"``: probability of dawdling behind a lit brake light; ``None``: 0.94.
    horizon_s
        Only with ``"brake-light"``: headway within which drivers heed a brake light; ``None``: 6.
    security_m
        Only with ``"brake-light"``: part of the way that the leader will cover on which its follower does not count;
        ``None``: 10.5.
    headway_spread
        Only with ``"default"``: spread of drivers' headways around that of their class, whose mean they keep (standard
        deviation of the logarithm); ``None``: all drivers of a class alike.

    Examples
    --------
    >>> CellularAutomaton(rule="vdr").cell_m
    7.5
    """

    rule: Rule = "default"
    cell_m: float = Field(default=0.5, gt=0, le=10)
    tick_s: float = Field(default=1.0, gt=0, le=2)
    dawdle_p: float | None = Field(default=None, ge=0, lt=1)
    start_p: float | None = Field(default=None, ge=0, lt=1)
    light_p: float | None = Field(default=None, ge=0, lt=1)
    horizon_s: float | None = Field(default=None, ge=1, le=60)
    security_m: float | None = Field(default=None, ge=1.5, le=60)
    headway_spread: float | None = Field(default=None, ge=0, le=0.6)

    @model_validator(mode="before")
    @classmethod
    def _cells_of_the_rule(cls, given: Any) -> Any:
        if isinstance(given, dict) and "cell_m" not in given and given.get("rule") in PUBLISHED_CELL_M:
            return {**given, "cell_m": PUBLISHED_CELL_M[given["rule"]]}
        return given

    @model_validator(mode="after")
    def _only_what_the_rule_reads(self) -> Self:
        for name, rules in RULE_PARAMETERS.items():
            if getattr(self, name) is not None and self.rule not in rules:
                raise ValueError(f"{name} = {getattr(self, name)}, which rule {self.rule!r} does not read; "
                                 f"remove {name}, or choose rule = {' or '.join(map(repr, rules))}")
        return self

    @model_validator(mode="after")
    def _resolution_of_the_rule(self) -> Self:
        least, most = CELL_RANGE_M.get(self.rule, (0.0, 10.0))
        if not least <= self.cell_m <= most:
            raise ValueError(f"cell_m = {self.cell_m} with rule {self.rule!r}, whose speeds are whole cells of "
                             f"{PUBLISHED_CELL_M[self.rule]} m; remove cell_m, or choose rule = 'default'")
        if self.rule != "default" and self.tick_s != 1.0:
            raise ValueError(f"tick_s = {self.tick_s} with rule {self.rule!r}, whose probabilities hold for 1 s; "
                             "remove tick_s, or choose rule = 'default'")
        return self


class Trajectories(Model):
    """Which vehicles leave a trace, where and when.

    Parameters
    ----------
    share
        Share of vehicles, drawn by name.
    links
        Links on which traces are kept; all when empty.
    begin_s, end_s
        Clock times between which traces are kept; ``None``: from the start, to the end.

    Examples
    --------
    >>> Trajectories(share=0.1, links=("in",)).begin_s is None
    True
    """

    share: float = Field(default=0.0, ge=0, le=1)
    links: tuple[str, ...] = ()
    begin_s: float | None = None
    end_s: float | None = None


class Scenario(Model):
    """The world of a study, as written.

    Parameters
    ----------
    name
        Name of the scenario.
    question, description
        What it is for, and what it is; for people.
    seed
        The same seed gives the same people, trips and luck.
    time
        Warm-up, analysis period and what follows.
    network
        Where the network comes from.
    demand
        Who travels.
    drivers
        Free speeds by road class.
    vehicle_classes
        Classes of vehicles beside, or instead of, car, van, truck and bus.
    signals
        Programs of signals; where one is missing a default is made and said.
    detectors
        Where vehicles are counted and their speeds measured.
    areas
        Stretches whose density, occupancy and queue are measured.
    travel_times
        Ways along which travel times are measured.
    speed_histograms
        Links whose speeds are counted by class of vehicle.
    ca
        Settings of the engine.
    trajectories
        Which vehicles leave a trace.

    Examples
    --------
    >>> from trafficsim.spec.network_source import BuilderSpec
    >>> grid = BuilderSpec(kind="grid", arguments={"rows": 2, "columns": 2})
    >>> Scenario(name="toy", network=NetworkSource(builder=grid)).time.analysis_s
    3600.0
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    name: str = Field(min_length=1, pattern=r"^[\w.+-]+$")
    question: str = ""
    description: str = ""
    seed: int = Field(default=1, ge=0, lt=2**63)
    time: Time = Time()
    network: NetworkSource | Network
    demand: DemandSource | Demand = DemandSource()
    drivers: Drivers = Drivers()
    vehicle_classes: tuple[VehicleClass, ...] = ()
    signals: tuple[SignalProgram, ...] = ()
    detectors: tuple[Detector, ...] = ()
    areas: tuple[Area, ...] = ()
    travel_times: tuple[TravelTime, ...] = ()
    speed_histograms: SpeedHistograms = SpeedHistograms()
    ca: CellularAutomaton = CellularAutomaton()
    trajectories: Trajectories = Trajectories()
