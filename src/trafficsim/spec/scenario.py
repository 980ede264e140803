"""A scenario as it is written: TOML file or Python, one to one. Nothing of it is read or built yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from trafficsim.spec.demand import Demand, Flow, RouteChoice, Trip
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.engines import as_written, given_fields, settings_models
from trafficsim.spec.measuring import Area, SpeedHistograms, TravelTime
from trafficsim.spec.model import Model
from trafficsim.spec.network import Network
from trafficsim.spec.schema import within
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


class NodeSpec(Model):
    """A junction written by hand: metric coordinates, and how it is controlled.

    Parameters
    ----------
    id
        Name that links refer to.
    x_m, y_m
        Metric coordinates to the east and to the north.
    control
        Who goes first.
    kerb_turn_on_red
        Whether drivers may turn towards the kerb on red, after a stop; in the default signal program.
    name
        Name of the junction, for people.

    Examples
    --------
    >>> NodeSpec(id="market", x_m=400, y_m=0, control="signal").name
    ''
    """

    id: str
    x_m: float = Field(**within("x_m"))
    y_m: float = Field(**within("y_m"))
    control: Literal[
        "priority", "signal", "right_before_left", "all_way_stop", "roundabout", "uncontrolled", "dead_end"
    ] = "priority"
    kerb_turn_on_red: Literal["forbidden", "allowed"] = "forbidden"
    name: str = ""


class LinkSpec(Model):
    """A link written by hand: one direction of a road; attributes as in the network schema.

    Parameters
    ----------
    id
        Name of the link.
    from_node, to_node
        Ids of the nodes at its ends; ``from`` and ``to`` in files.
    length_m
        Length from the start of the link to its stop line; ``None`` takes it from the coordinates.
    lanes
        Number of lanes; lane 0 is the one nearest to the kerb.
    speed_limit_kmh
        Legal speed limit.
    road_class
        Decides how drivers choose their speed.
    priority
        Rank at junctions; the larger number has the right of way.
    free_speed_mean_kmh, free_speed_sd_kmh
        Mean and standard deviation of free speeds, instead of those of the road class.
    turn_lanes
        Per lane from the kerb: directions joined by ``;``.
    allow
        Per lane from the kerb: nothing for everyone, or kinds of vehicles.
    name
        Road name, for people.
    group
        Name of a group of links that policies can use.

    Examples
    --------
    >>> LinkSpec(id="in", from_node="a", to_node="b", lanes=2).speed_limit_kmh
    50.0
    """

    model_config = ConfigDict(populate_by_name=True)

    id: str
    from_node: str = Field(alias="from")
    to_node: str = Field(alias="to")
    length_m: float | None = Field(default=None, **within("length_m"))
    lanes: int = Field(default=1, **within("lanes"))
    speed_limit_kmh: float = Field(default=50.0, **within("speed_limit_kmh"))
    road_class: Literal["urban", "rural", "motorway"] = "urban"
    priority: int = Field(default=0, **within("priority"))
    free_speed_mean_kmh: float | None = Field(default=None, **within("free_speed_mean_kmh"))
    free_speed_sd_kmh: float | None = Field(default=None, **within("free_speed_sd_kmh"))
    turn_lanes: tuple[str, ...] | None = None
    allow: tuple[str, ...] | None = None
    name: str = ""
    group: str = ""


class BuilderSpec(Model):
    """A network made by one of the builders: ``grid``, ``corridor``, ``ring`` or ``junction``, with its arguments.

    Parameters
    ----------
    kind
        Name of the builder.
    arguments
        Its arguments by name.

    Examples
    --------
    >>> BuilderSpec(kind="ring", arguments={"length_m": 1000}).kind
    'ring'
    """

    kind: Literal["grid", "corridor", "ring", "junction"]
    arguments: dict[str, Any] = Field(default_factory=dict)


DriversOf = Literal["file", "own"]


class SumoSource(Model):
    """A SUMO network with its demand and additional files; paths may be ``package://NAME/PATH``.

    Parameters
    ----------
    network
        Network file (``.net.xml``, plain or compressed).
    routes
        Files with routes, trips and flows.
    additional
        Files with signal programs, stops and detectors.
    drivers
        ``"file"``: the files' vehicle types (or SUMO's default types) say how vehicles accelerate, follow and choose
        their speed. ``"own"``: only dimensions and speed choice are taken; they follow as our car, van, truck and bus.

    Examples
    --------
    >>> SumoSource(network="town.net.xml", routes=("town.rou.xml",)).additional
    ()
    """

    network: str
    routes: tuple[str, ...] = ()
    additional: tuple[str, ...] = ()
    drivers: DriversOf = "file"


class NetworkSource(Model):
    """Where the network comes from: exactly one of a builder, a file of ours, SUMO files, or nodes and links.

    Parameters
    ----------
    builder
        Builder with its arguments.
    file
        Network file of this program.
    sumo
        SUMO files.
    nodes, links
        Junctions and links written by hand.
    groups
        Names for sets of links, which policies can use.
    paths
        Names for ways: links that follow each other. Travel times along them become indicators.
    left_hand_traffic
        Vehicles keep to the left, on nodes and links written by hand; builders have an argument for it, and files say
        it themselves.

    Examples
    --------
    >>> NetworkSource(builder=BuilderSpec(kind="grid"), paths={"high_street": ("a", "b")}).paths["high_street"]
    ('a', 'b')
    """

    builder: BuilderSpec | None = None
    file: str | None = None
    sumo: SumoSource | None = None
    nodes: tuple[NodeSpec, ...] = ()
    links: tuple[LinkSpec, ...] = ()
    groups: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    paths: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    left_hand_traffic: bool = False

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [
            name
            for name, present in (
                ("builder", self.builder), ("file", self.file), ("sumo", self.sumo), ("links", self.links),
            )
            if present
        ]
        if len(given) != 1:
            found = " and ".join(given) if given else "no source of the network"
            raise ValueError(f"{found}; give exactly one of builder, file, sumo, links")
        if self.left_hand_traffic and not self.links:
            raise ValueError(f"left_hand_traffic beside {given[0]}; builders have an argument left_hand_traffic, and "
                             "files say it themselves: remove it here")
        return self


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


class ScenarioFields(Model):
    """What all scenarios have, whatever engine runs them."""

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
    trajectories: Trajectories = Trajectories()


class Scenario(ScenarioFields):
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
    trajectories
        Which vehicles leave a trace.

    Further arguments are settings of engines, by the name of the engine: ``ca=CellularAutomaton(...)``.

    Examples
    --------
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
