"""A scenario as it is written: TOML file or Python, one to one. Nothing of it is read or built yet."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import ConfigDict, Field, field_validator, model_validator

from trafficsim.spec.calendar import WEEKDAYS, Weekday
from trafficsim.spec.control import SignalControl
from trafficsim.spec.demand import Demand, Flow, Routes, Trip
from trafficsim.spec.departure_profile import Steps, check_steps
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.emergency import Emergency
from trafficsim.spec.engines import as_written, given_fields, settings_models
from trafficsim.spec.equilibrium import Equilibrium
from trafficsim.spec.happenings import Evacuation, Surge, Weather, Works
from trafficsim.spec.incident import Incident
from trafficsim.spec.measuring import Area, SpeedHistograms, TravelTime
from trafficsim.spec.model import Model
from trafficsim.spec.network import Network
from trafficsim.spec.network_source import NetworkSource
from trafficsim.spec.population import Population
from trafficsim.spec.route_choice import RouteChoice
from trafficsim.spec.signal_schedule import SignalSchedule, SwitchTable
from trafficsim.spec.signals import SignalProgram
from trafficsim.spec.stage_table import StageTable
from trafficsim.spec.validation import Validation
from trafficsim.spec.vehicles import VehicleClass
from trafficsim.spec.zones import MatrixSource, Zone

LONGEST_S, LATEST_S = 1.0e7, 1.0e10
"""Longest part of a run, 116 days, and latest clock time, three centuries (modelling assumptions)."""


class Time(Model):
    """Times of day of a run: departures begin at ``start_s``; statistics cover trips due in the analysis period.

    Parameters
    ----------
    start_s
        Clock time at which the simulation begins.
    warmup_s
        Time that fills the network and is not evaluated.
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
    """Demand: flows and trips written here, a trips file (CSV), matrices, or none when SUMO routes bring it.

    Parameters
    ----------
    flows
        Streams of vehicles.
    trips
        Single vehicles.
    file
        Trips file (CSV).
    zones
        Zones of the matrices, with the links by which their trips enter and leave.
    matrices
        Matrices of trips between zones.
    profiles
        Departure-time profiles by name, for matrices: ``(clock time in s, weight)`` steps.
    mixes
        Named distributions over vehicle classes (share by class) that trips may name instead of a class.
    routes
        Route choice of trips and flows without a route: ``"experienced"``, learnt by drivers in a few rehearsals
        (assignment iterations) of the design day; ``"free_flow"``, the fastest route at free-flow speeds;
        ``"logit"``, one of the k cheapest by a path-size logit model (see ``route_choice`` of the scenario); or
        ``"equilibrium"``, a dynamic user equilibrium of the design day (see ``equilibrium`` of the scenario).

    Examples
    --------
    >>> DemandSource(flows=(Flow(id="f", origin="a", destination="b", volume_veh_h=600),)).trips
    ()
    """

    flows: tuple[Flow, ...] = ()
    trips: tuple[Trip, ...] = ()
    file: str | None = None
    zones: tuple[Zone, ...] = ()
    matrices: tuple[MatrixSource, ...] = ()
    profiles: dict[str, Steps] = Field(default_factory=dict)
    mixes: dict[str, dict[str, float]] = Field(default_factory=dict)
    routes: Routes = "experienced"

    @field_validator("profiles")
    @classmethod
    def _profiles_go_on(cls, profiles: dict[str, Steps]) -> dict[str, Steps]:
        for name, steps in profiles.items():
            if not steps:
                raise ValueError(f"profile {name!r} has no step")
            check_steps(steps, f"profile {name!r}")
        return profiles


class Detector(Model):
    """A point detector across one lane, or all lanes of a link when ``lane`` is ``None``.

    Parameters
    ----------
    id
        Name of the detector.
    link
        Link on which it lies.
    position_m
        Distance from the start of the link.
    lane
        Lane, counted from the nearside from 0; ``None``: all lanes.
    headways
        Record every vehicle with its headway and time gap in the table ``headways``.

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


class Trajectories(Model):
    """Which trajectories are recorded: share of vehicles, links and period.

    Parameters
    ----------
    share
        Share of vehicles, drawn at random.
    links
        Links on which trajectories are recorded; all when empty.
    begin_s, end_s
        Times of day between which trajectories are recorded; ``None``: from the start, to the end.

    Examples
    --------
    >>> Trajectories(share=0.1, links=("in",)).begin_s is None
    True
    """

    share: float = Field(default=0.0, ge=0, le=1)
    links: tuple[str, ...] = ()
    begin_s: float | None = None
    end_s: float | None = None


class ScenarioFields(Model):
    """What all scenarios have, whatever engine runs them."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    name: str = Field(min_length=1, pattern=r"^[\w.+-]+$")
    question: str = ""
    description: str = ""
    seed: int = Field(default=1, ge=0, lt=2**63)
    date: str | None = None
    time: Time = Time()
    network: NetworkSource | Network
    demand: DemandSource | Demand = DemandSource()
    route_choice: RouteChoice = RouteChoice()
    drivers: Drivers = Drivers()
    population: Population | None = None
    vehicle_classes: tuple[VehicleClass, ...] = ()
    signals: tuple[SignalProgram, ...] = ()
    signal_schedules: tuple[SignalSchedule, ...] = ()
    switch_tables: tuple[SwitchTable, ...] = ()
    controls: tuple[SignalControl, ...] = ()
    stage_tables: tuple[StageTable, ...] = ()
    incidents: tuple[Incident, ...] = ()
    works: tuple[Works, ...] = ()
    weather: tuple[Weather, ...] = ()
    surges: tuple[Surge, ...] = ()
    evacuation: Evacuation | None = None
    detectors: tuple[Detector, ...] = ()
    areas: tuple[Area, ...] = ()
    travel_times: tuple[TravelTime, ...] = ()
    speed_histograms: SpeedHistograms = SpeedHistograms()
    trajectories: Trajectories = Trajectories()
    equilibrium: Equilibrium = Equilibrium()
    validation: Validation | None = None
    emergency: Emergency | None = None

    @field_validator("date")
    @classmethod
    def _is_a_date(cls, text: str | None) -> str | None:
        if text is not None:
            try:
                date.fromisoformat(text)
            except ValueError as error:
                raise ValueError(f"{text!r} is no date ({error}); write year, month, day as in '2026-03-02'") from None
        return text

    @property
    def weekday(self) -> Weekday:
        """Weekday on which the run begins: that of ``date``, a Monday without one."""
        return WEEKDAYS[date.fromisoformat(self.date).weekday() if self.date else 0]


class Scenario(ScenarioFields):
    """The base case of a study, as given: network, demand, drivers, signals and measurement.

    Parameters
    ----------
    name
        Name of the scenario.
    question, description
        The question that it answers, and a description; texts.
    seed
        Seed of the common random numbers: the same seed gives the same trips, drivers and random draws.
    date
        Day on which the run begins (``"2026-03-02"``), for whatever holds on some weekdays alone; ``None``: a Monday.
    time
        Warm-up, analysis period and clearance.
    network
        Where the network comes from.
    demand
        Trips and flows.
    route_choice
        Generalised cost, choice among several routes, and drivers who change their route on the way.
    drivers
        Speed choice by road class, and other driver settings.
    population
        People who make the trips and stay the same over days, alternatives and replications; ``None``: every trip has a
        driver of its own, drawn anew.
    vehicle_classes
        Vehicle classes in addition to, or instead of, the default ones.
    signals
        Signal programs; where one is missing, a default is made and reported.
    signal_schedules, switch_tables
        Controllers whose programs change by time of day: written here, or in a table (CSV) beside the scenario.
    controls
        Controllers that react to traffic; each replaces that of its signal in the network.
    stage_tables
        Controllers of stages from tables (CSV) of signal groups, stages and intergreens beside the scenario.
    incidents
        Incidents that block lanes for a time.
    works
        Road works and planned closures of lanes, links and movements.
    weather
        Weather that makes traffic slower, with longer gaps, for a time.
    surges
        Flows that bring more, or fewer, vehicles for a time.
    evacuation
        Zones or links that everybody leaves from a time on; ``None``: nobody does.
    detectors
        Detectors: cross-sections at which vehicles are counted and speeds measured.
    areas
        Sections whose density, occupancy and queue are measured.
    travel_times
        Routes on which travel times are measured.
    speed_histograms
        Links whose speeds are counted by vehicle class.
    trajectories
        Vehicles whose trajectories are recorded.
    equilibrium
        How the routes of a dynamic equilibrium are looked for.
    validation
        Observations that the scenario is held against; ``None``: nothing of it is compared.
    emergency
        Who comes to incidents with injured people, and how; ``None``: nobody.

    Further arguments are settings of engines, by the name of the engine: ``ca=CellularAutomaton(...)``.

    Examples
    --------
    >>> from trafficsim.spec.network_source import BuilderSpec
    >>> grid = BuilderSpec(kind="grid", arguments={"rows": 2, "columns": 2})
    >>> Scenario(name="toy", network=NetworkSource(builder=grid)).time.analysis_s
    3600.0
    """

    model_config = ConfigDict(extra="allow")
    written_fields: ClassVar[type[Model]] = ScenarioFields

    @model_validator(mode="before")
    @classmethod
    def _checked_with_tables_of_engines(cls, given: Any) -> Any:
        """Let the model with a table for every engine judge what was given, all mistakes at once."""
        if not isinstance(given, dict):
            return given
        return given_fields(as_written(cls).model_validate(given))

    def settings(self, engine: str) -> Model:
        """Return the settings of an engine: those that were given, or its defaults.

        Examples
        --------
        >>> from trafficsim.spec.network_source import BuilderSpec
        >>> grid = BuilderSpec(kind="grid", arguments={"rows": 2, "columns": 2})
        >>> from trafficsim.spec.engines import default_engine
        >>> scenario = Scenario(name="toy", network=NetworkSource(builder=grid))
        >>> scenario.settings(default_engine()) == settings_models()[default_engine()]()
        True
        """
        given = (self.__pydantic_extra__ or {}).get(engine)
        return given if isinstance(given, Model) else settings_models()[engine]()

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Return the settings of the engine of this name."""
            try:
                return super().__getattr__(name)
            except AttributeError:
                if name.startswith("_") or name not in settings_models():
                    raise
                return self.settings(name)
