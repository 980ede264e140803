"""Fixes: what an engineer knows better than an import, in a file that stands beside the extract and outlives it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, field_validator, model_validator

from trafficsim.base.errors import NetworkError
from trafficsim.spec.model import Model
from trafficsim.spec.schema import CONTROLS, turns_of, within
from trafficsim.spec.signals import Phase
from trafficsim.spec.vehicles import KINDS

Degrees = tuple[float, float]
Metres = tuple[float, float]
Control = Literal["priority", "signal", "right_before_left", "all_way_stop", "roundabout", "uncontrolled", "dead_end"]
assert set(Control.__args__) == set(CONTROLS)  # type: ignore[attr-defined]
DEFAULT_WITHIN_M = 30.0
"""A place written down from a map or a receiver lies this near to its road (modelling assumption)."""
DEFAULT_YELLOW_S, DEFAULT_ALL_RED_S = 3.0, 2.0
"""Yellow at 50 km/h (RiLSA 2015, 2.4), and a clearing time in which a usual junction is left (modelling assumption)."""
SELECTORS = ("id", "way", "name", "near", "near_m")
"""How links are selected, exactly one of them."""


def _one_of(model: Model, names: tuple[str, ...], what: str) -> None:
    given = [name for name in names if getattr(model, name, None) is not None]
    if len(given) != 1:
        found = " and ".join(given) or "none of them"
        raise ValueError(f"{what} is selected by exactly one of {', '.join(names)}, found {found}")


class LinkFix(Model):
    """What links are in truth: selected by one key, with the attributes to set.

    Parameters
    ----------
    id
        One link, ``"WAY@NODE"`` of an import from OpenStreetMap, or the id of any other network.
    way, direction
        All links of an OpenStreetMap way, or those in or against its direction.
    name
        All links with this road name.
    near, near_m, bearing_deg, within_m
        The link nearest to a point (latitude and longitude, or metres of the network) that leads in a compass
        direction (0 north, 90 east), give or take 45 degrees, at most ``within_m`` away.
    lanes, speed_limit_kmh, road_class, priority, turn_lanes, allow, length_m, capacity_veh_h
        As in the network; lists stand per lane from the nearside.
    free_speed_mean_kmh, free_speed_sd_kmh, lane_rule
        As in the network.
    remove
        The links are not there, or not open to traffic.

    Examples
    --------
    >>> LinkFix(way=4711, direction="backward", lanes=2).settings()
    {'lanes': 2}
    """

    id: str | None = None
    way: int | None = Field(default=None, ge=1)
    direction: Literal["forward", "backward", "both"] = "both"
    name: str | None = Field(default=None, min_length=1)
    near: Degrees | None = None
    near_m: Metres | None = None
    bearing_deg: float | None = Field(default=None, ge=0, le=360)
    within_m: float = Field(default=DEFAULT_WITHIN_M, gt=0, le=1000)
    lanes: int | None = Field(default=None, **within("lanes"))
    speed_limit_kmh: float | None = Field(default=None, **within("speed_limit_kmh"))
    road_class: Literal["urban", "rural", "motorway"] | None = None
    priority: int | None = Field(default=None, **within("priority"))
    turn_lanes: tuple[str, ...] | None = None
    allow: tuple[str, ...] | None = None
    length_m: float | None = Field(default=None, **within("length_m"))
    capacity_veh_h: float | None = Field(default=None, **within("capacity_veh_h"))
    free_speed_mean_kmh: float | None = Field(default=None, **within("free_speed_mean_kmh"))
    free_speed_sd_kmh: float | None = Field(default=None, **within("free_speed_sd_kmh"))
    lane_rule: Literal["keep_right", "free"] | None = None
    remove: bool = False

    @field_validator("turn_lanes")
    @classmethod
    def _known_turns(cls, lanes: tuple[str, ...] | None) -> tuple[str, ...] | None:
        try:
            return None if lanes is None else tuple(";".join(turns_of(lane)) for lane in lanes)
        except NetworkError as error:
            raise ValueError(f"{error.found}; expected {error.expected}") from None

    @field_validator("allow")
    @classmethod
    def _known_kinds(cls, lanes: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for kind in (kind for lane in lanes or () for kind in lane.replace(";", " ").split()):
            if kind not in KINDS:
                raise ValueError(f"{kind!r} is no kind of vehicle; expected kinds among {', '.join(KINDS)}")
        return lanes

    @model_validator(mode="after")
    def _complete(self) -> Self:
        _one_of(self, SELECTORS, "a link")
        _check_degrees(self.near)
        by_place = self.near is not None or self.near_m is not None
        if by_place and self.bearing_deg is None:
            raise ValueError("a link near a point needs bearing_deg, the compass direction of travel")
        if self.direction != "both" and self.way is None:
            raise ValueError("direction belongs to way")
        if bool(self.settings()) == self.remove:
            raise ValueError("found both remove and values to set" if self.remove else
                             "nothing to set; give at least one of lanes, speed_limit_kmh, ..., or remove = true")
        return self

    def settings(self) -> dict[str, Any]:
        """Return the attributes to set."""
        found = {name: getattr(self, name) for name in LINK_SETTINGS}
        return {name: value for name, value in found.items() if value is not None}


LINK_SETTINGS = (
    "lanes", "speed_limit_kmh", "road_class", "priority", "turn_lanes", "allow", "length_m", "capacity_veh_h",
    "free_speed_mean_kmh", "free_speed_sd_kmh", "lane_rule",
)


class JunctionFix(Model):
    """What a junction is in truth.

    Parameters
    ----------
    id
        Name of the node: of an import from OpenStreetMap the id of any of its nodes.
    near, near_m, within_m
        The junction nearest to a point (latitude and longitude, or metres), at most ``within_m`` away.
    control, nearside_turn_on_red, capacity_veh_h
        As in the network.
    join
        Nodes that are one junction with this one.
    split
        This node is a junction of its own: consolidation does not join it with others.
    give_way, stop
        Approaches (link ids, or numbers of ways) that have a give-way or a stop sign.

    Examples
    --------
    >>> JunctionFix(id=4711, join=(4712,)).nodes
    ('4711', '4712')
    """

    id: str | int | None = None
    near: Degrees | None = None
    near_m: Metres | None = None
    within_m: float = Field(default=DEFAULT_WITHIN_M, gt=0, le=1000)
    control: Control | None = None
    nearside_turn_on_red: Literal["forbidden", "allowed"] | None = None
    capacity_veh_h: float | None = Field(default=None, **within("capacity_veh_h"))
    join: tuple[str | int, ...] = ()
    split: bool = False
    give_way: tuple[str | int, ...] = ()
    stop: tuple[str | int, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        _one_of(self, ("id", "near", "near_m"), "a junction")
        _check_degrees(self.near)
        if self.split and self.join:
            raise ValueError("found both join and split")
        if not (self.settings() or self.join or self.split or self.give_way or self.stop):
            raise ValueError("nothing to set; give control, join, split, give_way or stop")
        if (self.join or self.split) and self.id is None:
            raise ValueError("join and split name nodes by id")
        return self

    @property
    def nodes(self) -> tuple[str, ...]:
        """Names of the nodes of the junction, as far as they are given."""
        return tuple(dict.fromkeys(str(one) for one in (self.id, *self.join) if one is not None))

    def settings(self) -> dict[str, Any]:
        """Return the attributes to set."""
        found = {name: getattr(self, name) for name in ("control", "nearside_turn_on_red", "capacity_veh_h")}
        return {name: value for name, value in found.items() if value is not None}


class TurnFix(Model):
    """A turn from one link to another, by link ids or numbers of ways.

    Parameters
    ----------
    from_link, to_link
        Written ``from`` and ``to``.
    via
        The node where they meet, if ways meet more than once.

    Examples
    --------
    >>> TurnFix.model_validate({"from": 12, "to": "13@4"}).to_link
    '13@4'
    """

    model_config = ConfigDict(validate_by_alias=True, validate_by_name=True)

    from_link: str | int = Field(alias="from")
    to_link: str | int = Field(alias="to")
    via: str | int | None = None


class Stage(Model):
    """Movements that have green together.

    Parameters
    ----------
    green
        Approaches (a link id or number of a way: all its movements) or movements (a list of two).
    duration_s
        Green of the stage; yellow and all-red come on top.

    Examples
    --------
    >>> Stage(green=("north", ("south", "east")), duration_s=30).duration_s
    30.0
    """

    green: tuple[str | int | tuple[str | int, str | int], ...] = Field(min_length=1)
    duration_s: float = Field(gt=0, le=3600)


class SignalFix(Model):
    """The program of a signal: as stages by the names of links, as phases of letters, or in a file.

    Parameters
    ----------
    junction
        Name of the node, or of its controller.
    stages, yellow_s, all_red_s
        Stages in order, and what follows each. They survive a fresh extract, as link ids do.
    phases
        As in a scenario: one letter per signal index.
    file, program
        A file of signal programs (SUMO ``tlLogic``), and which one of it.
    offset_s
        Start of the first stage relative to the clock.

    Examples
    --------
    >>> stages = (Stage(green=("north",), duration_s=20), Stage(green=("east",), duration_s=30))
    >>> SignalFix(junction="a", stages=stages).yellow_s
    3.0
    """

    junction: str | int
    stages: tuple[Stage, ...] = ()
    yellow_s: float = Field(default=DEFAULT_YELLOW_S, ge=0, le=10)
    all_red_s: float = Field(default=DEFAULT_ALL_RED_S, ge=0, le=30)
    phases: tuple[Phase, ...] = ()
    file: str | None = None
    program: str | None = None
    offset_s: float = Field(default=0.0, ge=-86400, le=86400)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        given = [name for name in ("stages", "phases", "file") if getattr(self, name)]
        if len(given) != 1:
            raise ValueError(f"a program is given by exactly one of stages, phases, file; found "
                             f"{' and '.join(given) or 'none of them'}")
        return self


class Fixes(Model):
    """Everything that a fixes file says.

    Parameters
    ----------
    link, junction, ban, allow_turn, signal
        Entries, in the order of the file.
    source
        What messages and origins call the file.

    Examples
    --------
    >>> fixes = Fixes(link=(LinkFix(name="Main Street", speed_limit_kmh=30),))
    >>> [place for place, _ in fixes.entries()]
    ['link[0]']
    """

    link: tuple[LinkFix, ...] = ()
    junction: tuple[JunctionFix, ...] = ()
    ban: tuple[TurnFix, ...] = ()
    allow_turn: tuple[TurnFix, ...] = ()
    signal: tuple[SignalFix, ...] = ()
    source: str = "fixes"

    def entries(self) -> Iterator[tuple[str, Model]]:
        """Yield every entry with its place."""
        for table in ("link", "junction", "ban", "allow_turn", "signal"):
            for index, entry in enumerate(getattr(self, table)):
                yield f"{table}[{index}]", entry

    def joins(self) -> tuple[frozenset[str], ...]:
        """Return the sets of OpenStreetMap nodes that are one junction each, for consolidation."""
        return tuple(frozenset(one.nodes) for one in self.junction if one.join)

    def splits(self) -> frozenset[str]:
        """Return the OpenStreetMap nodes that are junctions of their own, for consolidation."""
        return frozenset(str(one.id) for one in self.junction if one.split)


def _check_degrees(near: Degrees | None) -> None:
    if near is not None and not (-90.0 <= near[0] <= 90.0 and -180.0 <= near[1] <= 180.0):
        raise ValueError(f"near = [{near[0]:g}, {near[1]:g}] is no [latitude, longitude] in degrees")
