"""Where a scenario's network comes from: a builder, a file, or nodes and links written by hand."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from trafficsim.spec.model import Model
from trafficsim.spec.schema import within


class NodeSpec(Model):
    """A node given by metric coordinates and its type of control.

    Parameters
    ----------
    id
        Name that links refer to.
    x_m, y_m
        Metric coordinates to the east and to the north.
    control
        Who goes first.
    nearside_turn_on_red
        Whether drivers may turn towards the nearside on red after a stop; in the default signal program.
    name
        Name of the junction.

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
    nearside_turn_on_red: Literal["forbidden", "allowed"] = "forbidden"
    name: str = ""


class LinkSpec(Model):
    """A link given by its attributes: one direction of a road; attributes as in the network schema.

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
        Mean and standard deviation of free-flow speeds, instead of those of the road class.
    capacity_veh_h, jam_density_veh_km_lane, backward_wave_kmh
        Fundamental diagram in queues, instead of that of the classes of vehicles: capacity of all lanes, jam density
        per lane, and speed of the backward wave.
    inflow_capacity_veh_h, outflow_capacity_veh_h
        Most that enters and leaves the link, all lanes, in queues.
    merge_priority
        Its share where links merge, over those of the others, in queues.
    storage
        ``"unlimited"``: its queues do not spill back, in the queue engine.
    toll_eur
        Charge for a vehicle that enters the link, part of the generalised cost of routes.
    turn_lanes
        Per lane from the nearside: directions joined by ``;``.
    allow
        Per lane from the nearside: nothing for everyone, or kinds of vehicles.
    name
        Road name.
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
    capacity_veh_h: float | None = Field(default=None, **within("capacity_veh_h"))
    jam_density_veh_km_lane: float | None = Field(default=None, **within("jam_density_veh_km_lane"))
    backward_wave_kmh: float | None = Field(default=None, **within("backward_wave_kmh"))
    inflow_capacity_veh_h: float | None = Field(default=None, **within("inflow_capacity_veh_h"))
    outflow_capacity_veh_h: float | None = Field(default=None, **within("outflow_capacity_veh_h"))
    merge_priority: float | None = Field(default=None, **within("merge_priority"))
    storage: Literal["limited", "unlimited"] = "limited"
    toll_eur: float = Field(default=0.0, **within("toll_eur"))
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
        ``"file"``: the files' vehicle types (or SUMO's default types) define acceleration, car following and speed
        choice. ``"own"``: only dimensions and speed choice are used; they follow as our car, van, truck and bus.

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
        Network file of trafficsim.
    sumo
        SUMO files.
    nodes, links
        Nodes and links given here.
    groups
        Names for sets of links, which policies can use.
    paths
        Named routes: sequences of links. Their travel times become indicators.
    left_hand_traffic
        Left-hand traffic, for nodes and links given here; builders have an argument for it, and files state it.

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
