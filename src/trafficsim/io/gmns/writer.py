"""Write a network as GMNS: the tables of the specification, and columns of our own for what it has no place for.

A folder written here is read back exactly (:mod:`trafficsim.io.gmns.own`); other programs read the columns that they
know. Lengths are in metres, speeds in km/h.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from trafficsim.base.errors import InputError, MachineError
from trafficsim.design.inference.osmnx import CENTRE_LENGTH
from trafficsim.io.exports import Exported
from trafficsim.io.ring_timing import ATTRIBUTE, MOVEMENTS
from trafficsim.spec.control import SignalControl
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.plane import plane_of_graph
from trafficsim.spec.ring_barrier import RingBarrier
from trafficsim.spec.schema import EDGE_ATTRIBUTES, NODE_ATTRIBUTES
from trafficsim.spec.signals import SignalProgram
from trafficsim.spec.world import World

WRITTEN_BY = "trafficsim"
VERSION = "0.96"
CONTROLS = {"signal": "signal", "all_way_stop": "4_stop", "roundabout": "yield", "uncontrolled": "no_control",
            "right_before_left": "no_control", "priority": "", "dead_end": ""}
TURNS = {"through": "thru", "left": "left", "right": "right", "u_turn": "uturn"}
FACILITIES = {"motorway": "freeway", "rural": "highway", "urban": "arterial"}
USES = {"car": "car", "van": "delivery", "truck": "truck", "bus": "bus", "motorcycle": "motorcycle"}
NODE_COLUMNS = tuple(one.name for one in NODE_ATTRIBUTES if one.name not in ("x_m", "y_m", "name"))
LINK_COLUMNS = {("stop_line_length_m" if one.name == "length_m" else one.name): one.name for one in EDGE_ATTRIBUTES
                if one.name not in ("id", "lanes", "geometry", "name")}
MOVEMENT_COLUMNS = tuple(name for name in Connection.model_fields
                         if name not in ("from_link", "from_lane", "to_link", "to_lane"))
"""Columns of our own: names of our attributes, but that of the length to the stop line, which says so."""
REST = "attributes"
"""Column of everything else that a node or link carries, as JSON."""
SIDES = {"G": "protected", "g": "permitted"}
Rows = list[dict[str, Any]]
Letter = tuple[int, int]
"""A connection by its number in the network, and its place in the states of its signal."""


def write_gmns(network: Network, folder: str | Path) -> list[Path]:
    """Write a network into a new or empty folder; return the files.

    Raises
    ------
    InputError
        If the folder is not empty, or an attribute cannot be written.
    MachineError
        If it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import trafficsim as ts
    >>> folder = Path(tempfile.mkdtemp()) / "ring"
    >>> [path.name for path in write_gmns(ts.ring(1000.0), folder)][:4]
    ['config.csv', 'node.csv', 'link.csv', 'lane.csv']
    >>> ts.read(folder).network.links == ts.ring(1000.0).links
    True
    """
    folder = Path(folder)
    tables = tables_of(network, folder.name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InputError(str(folder), "a folder with files in it", "a new or empty folder", "give another folder")
        written = [_write(folder / f"{name}.csv", rows) for name, rows in tables.items() if rows]
    except OSError as error:
        raise MachineError(str(folder), error.strerror or str(error), "a folder that can be written",
                           "give another folder, or free space") from None
    return written


def export_gmns(world: World, folder: Path) -> Exported:
    """Write the network of a scenario as GMNS; its demand is noted as left out.

    Raises
    ------
    InputError, MachineError
        As :func:`write_gmns` does.
    """
    demand = world.demand
    left_out = len(demand.flows) + len(demand.trips)
    notes = (f"{left_out} flows and trips are left out: GMNS has tables of a network alone",) if left_out else ()
    return Exported(tuple(write_gmns(world.network, folder)), notes)


def tables_of(network: Network, name: str = "") -> dict[str, Rows]:
    """Return the tables of a network by name, each as rows.

    Raises
    ------
    InputError
        If an attribute is nothing that JSON can hold.
    """
    at = {data["id"]: (tail, head) for tail, head, data in network.graph.edges(data=True)}
    return {
        "config": [_config(network, name)], "node": _nodes(network), "link": _links(network), "lane": _lanes(network),
        "movement": _movements(network, at), **_signals(network),
        "signal_control": [{"controller_id": one.id, "control": one.model_dump(mode="json", exclude_defaults=True)}
                           for one in network.controls],
        "signal_detector": [row for one in network.controls for row in _detectors(one, network)],
        "pedestrian_crossing": [one.model_dump() for one in network.crossings],
        "link_set": _sets(network),
    }


def text_of(value: Any) -> str:
    """Return a value as a cell: texts as they are, nothing as nothing, the rest as JSON, which keeps every digit.

    Examples
    --------
    >>> text_of("a"), text_of(None), text_of(0.1), text_of((1, None))
    ('a', '', '0.1', '[1, null]')
    """
    if value is None or isinstance(value, str):
        return value or ""
    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InputError("network", str(error), "attributes that are text, finite numbers, lists or tables",
                         "convert or remove the attribute") from None


def line_text(points: Iterable[Sequence[float]]) -> str:
    """Return a line as well-known text; empty without points."""
    listed = ", ".join(f"{x!r} {y!r}" for x, y in points)
    return f"LINESTRING ({listed})" if listed else ""


def lane_number(lanes: int, lane: int, left_hand: bool) -> int:
    """Return the number of a lane from the left, from 1; ours are counted from the nearside."""
    return lane + 1 if left_hand else lanes - lane


def _write(path: Path, rows: Rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        names = list(dict.fromkeys(name for row in rows for name in row))
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows({key: text_of(value) for key, value in row.items()} for row in rows)
    return path


def _config(network: Network, name: str) -> dict[str, Any]:
    rest = dict(network.graph.graph)
    return {"dataset_name": name, "short_length": "m", "long_length": "m", "speed": "kph", "crs": "",
            "geometry_field_format": "wkt", "currency": "EUR", "version_number": VERSION, "id_type": "string",
            "written_by": WRITTEN_BY, "left_hand_traffic": network.left_hand_traffic, REST: rest or None}


def _nodes(network: Network) -> Rows:
    plane, rows = plane_of_graph(network.graph.graph), []
    known = {one.name for one in NODE_ATTRIBUTES}
    for node, data in network.graph.nodes(data=True):
        x, y = data.get("x_m"), data.get("y_m")
        degrees = plane.degrees(x, y) if plane and x is not None and y is not None else (None, None)
        control = data.get("control", "priority")
        rows.append({
            "node_id": str(node), "name": data.get("name"), "x_coord": x, "y_coord": y,
            "node_type": "external" if control == "dead_end" else None, "ctrl_type": CONTROLS[control],
            "longitude": degrees[0], "latitude": degrees[1],
            **{name: data.get(name) for name in NODE_COLUMNS},
            "is_number": isinstance(node, int), REST: _rest(data, known),
        })
    return rows


def _rest(data: Mapping[str, Any], known: set[str]) -> dict[str, Any] | None:
    return {name: value for name, value in data.items() if name not in known} or None


def _links(network: Network) -> Rows:
    known, rows = {one.name for one in EDGE_ATTRIBUTES}, []
    for tail, head, key, data in network.graph.edges(keys=True, data=True):
        capacity = data.get("capacity_veh_h")
        rows.append({
            "link_id": data["id"], "name": data.get("name"), "from_node_id": str(tail), "to_node_id": str(head),
            "directed": 1, "geometry": line_text(data.get("geometry") or ()), "dir_flag": 1,
            "length": data.get(CENTRE_LENGTH) or data["length_m"], "facility_type": FACILITIES[data["road_class"]],
            "capacity": capacity / data["lanes"] if capacity else None, "free_speed": data["speed_limit_kmh"],
            "lanes": data["lanes"], "allowed_uses": "auto", "toll": data.get("toll_eur") or None,
            **{column: data.get(name) for column, name in LINK_COLUMNS.items()}, "key": json.dumps(key),
            REST: _rest(data, known),
        })
    return rows


def _lanes(network: Network) -> Rows:
    rows = []
    for link, data in network.links.items():
        allowed = data.get("allow") or (None,) * data["lanes"]
        for lane in range(data["lanes"]):
            kinds = allowed[lane]
            uses = "auto" if kinds is None else ", ".join(USES[kind] for kind in kinds) or "closed"
            rows.append({"lane_id": f"{link} {lane}", "link_id": link, "allowed_uses": uses,
                         "lane_num": lane_number(data["lanes"], lane, network.left_hand_traffic)})
    return rows


def _movements(network: Network, at: Mapping[str, tuple[Any, Any]]) -> Rows:
    lanes, rows = {link: data["lanes"] for link, data in network.links.items()}, []
    for number, one in enumerate(network.connections):
        ib, ob = (lane_number(lanes[link], lane, network.left_hand_traffic)
                  for link, lane in ((one.from_link, one.from_lane), (one.to_link, one.to_lane)))
        own = one.model_dump(mode="json")
        rows.append({
            "mvmt_id": str(number + 1), "node_id": str(at[one.from_link][1]), "ib_link_id": one.from_link,
            "start_ib_lane": ib, "end_ib_lane": ib, "ob_link_id": one.to_link, "start_ob_lane": ob, "end_ob_lane": ob,
            "type": TURNS[one.turn], "ctrl_type": _control(one),
            **{name: own[name] for name in MOVEMENT_COLUMNS if name not in ("yields_to", "crosses")},
            **{name: ";".join(str(other + 1) for other in own[name]) for name in ("yields_to", "crosses")},
        })
    return rows


def _control(one: Connection) -> str:
    if one.signal is not None:
        return "signal"
    return "stop" if one.must_stop else "yield" if one.yields_to else "no_control"


def _signals(network: Network) -> dict[str, Rows]:
    """The tables of timing: as rings where the node keeps them, else one ring of the stages of the program."""
    tables: dict[str, Rows] = {f"signal_{name}": [] for name in (
        "controller", "timing_plan", "coordination", "timing_phase", "phase_mvmt", "state", "switch")}
    nodes = {str(node): data for node, data in network.graph.nodes(data=True)}
    letters: dict[str, list[Letter]] = defaultdict(list)
    reacting = {one.id: one for one in network.controls}
    for number, one in enumerate(network.connections):
        letters[one.signal or ""].append((number, one.signal_index or 0))
    for program in network.signals:
        node = nodes.get(program.id, {})
        plan = str(len(tables["signal_controller"]) + 1)
        own = {"timing_plan_id": plan, "controller_id": program.id}
        tables["signal_controller"].append({"controller_id": program.id})
        tables["signal_timing_plan"].append({**own, "cycle_length": round(program.cycle_s, 3)})
        if program.id in reacting:
            _phases(tables, reacting[program.id], letters[program.id], own)
        elif node.get(ATTRIBUTE):
            _rings(tables, node, letters[program.id], own)
        else:
            _stages(tables, program, letters[program.id], own)
        tables["signal_state"] += _states(program, plan, by_time=False)
    for schedule in network.schedules:
        for program in schedule.programs:
            tables["signal_state"] += _states(program, program.name, by_time=True)
        tables["signal_switch"] += [
            {"controller_id": schedule.id, "time_s": one.time_s, "timing_plan_id": one.program,
             "weekdays": " ".join(one.weekdays), "procedure": schedule.procedure} for one in schedule.switches]
    return tables


def _states(program: SignalProgram, plan: str, *, by_time: bool) -> Rows:
    return [{"timing_plan_id": plan, "controller_id": program.id, "step": step, "duration_s": phase.duration_s,
             "state": phase.state, "offset_s": program.offset_s, "name": program.name, "origin": program.origin,
             "by_time": by_time}
            for step, phase in enumerate(program.phases)]


def _rings(tables: dict[str, Rows], node: Mapping[str, Any], letters: Sequence[Letter], own: Mapping[str, str]
           ) -> None:
    timing = RingBarrier.model_validate(node[ATTRIBUTE])
    tables["signal_coordination"].append({
        **own, "coordination_id": own["timing_plan_id"], "coord_contr_id": own["controller_id"],
        "coord_phase": timing.coordinated[0] if len(timing.coordinated) == 1 else
        "".join(f"{one:02d}" for one in timing.coordinated).lstrip("0"),
        "coord_ref_to": timing.reference, "offset": timing.offset_s})
    for phase in timing.phases:
        name = f"{own['timing_plan_id']}.{phase.number}"
        tables["signal_timing_phase"].append({
            "timing_phase_id": name, **own, "signal_phase_num": phase.number, "min_green": phase.min_green_s,
            "max_green": phase.green_s, "extension": phase.extension_s,
            "clearance": round(phase.yellow_s + phase.all_red_s, 3), "walk_time": phase.walk_s,
            "ped_clearance": phase.ped_clearance_s, "ring": phase.ring, "barrier": phase.barrier,
            "position": phase.position})
    served = node.get(MOVEMENTS) or []
    for number, index in letters:
        for side in ("protected", "permitted") if index < len(served) else ():
            for phase in served[index].get(side, ()):
                _add_served(tables, f"{own['timing_plan_id']}.{phase}", number, side)


def _phases(tables: dict[str, Rows], control: SignalControl, letters: Sequence[Letter], own: Mapping[str, str]) -> None:
    """The phases of a control that reacts: limits, extension, rings, and what they serve."""
    coordinated = [one.number for one in control.phases if one.coordinated]
    tables["signal_coordination"].append({
        **own, "coordination_id": own["timing_plan_id"], "coord_contr_id": control.id,
        "coord_phase": "".join(f"{one:02d}" for one in coordinated).lstrip("0") if len(coordinated) < 3 else
        " ".join(map(str, coordinated)), "coord_ref_to": control.reference, "offset": control.offset_s})
    for phase in control.phases:
        name = f"{own['timing_plan_id']}.{phase.number}"
        tables["signal_timing_phase"].append({
            "timing_phase_id": name, **own, "signal_phase_num": phase.number, "min_green": phase.min_green_s,
            "max_green": phase.max_green_s if phase.split_s is None else round(phase.split_s - phase.clearance_s, 3),
            "extension": phase.extension_s, "clearance": round(phase.clearance_s, 3),
            "walk_time": phase.walk_s or None, "ped_clearance": phase.ped_clearance_s or None, "ring": phase.ring,
            "barrier": phase.barrier, "position": phase.position})
        for number, index in letters:
            side = SIDES.get(phase.green[index:index + 1])
            if side:
                _add_served(tables, name, number, side)


def _stages(tables: dict[str, Rows], program: SignalProgram, letters: Sequence[Letter], own: Mapping[str, str]
            ) -> None:
    """One ring: a stage begins with every state in which a movement gets green that had none before."""
    tables["signal_coordination"].append({**own, "coordination_id": own["timing_plan_id"], "coord_contr_id": program.id,
                                          "coord_phase": None, "coord_ref_to": "begin_of_green",
                                          "offset": program.offset_s})
    stages: list[list[tuple[float, str]]] = []
    before = ""
    for phase in program.phases:
        greens = {place for place, letter in enumerate(phase.state) if letter in "Gg"}
        if not stages or greens - {place for place, letter in enumerate(before) if letter in "Gg"}:
            stages.append([])
        stages[-1].append((phase.duration_s, phase.state))
        before = phase.state
    for number, stage in enumerate(stages, 1):
        name = f"{own['timing_plan_id']}.{number}"
        green_s = stage[0][0]
        tables["signal_timing_phase"].append({
            "timing_phase_id": name, **own, "signal_phase_num": number, "min_green": green_s, "max_green": green_s,
            "clearance": round(sum(duration for duration, _ in stage[1:]), 3), "ring": 1, "barrier": 1,
            "position": number})
        for number, index in letters:
            side = SIDES.get(stage[0][1][index:index + 1])
            if side:
                _add_served(tables, name, number, side)


def _detectors(control: SignalControl, network: Network) -> Rows:
    """A row for each lane and phase of a detector; distances are negative before the stop line."""
    rows, links = [], network.links
    for one in control.detectors:
        lanes = int(links[one.link]["lanes"])
        place = {} if one.lane is None else {"start_lane": lane_number(lanes, one.lane, network.left_hand_traffic)}
        rows += [{"detector_id": one.id, "controller_id": control.id, "signal_phase_num": phase or None,
                  "link_id": one.link, **place, "ref_node_id": str(links[one.link]["to"]),
                  "det_zone_lr": -round(one.distance_m + one.length_m / 2, 3), "det_zone_front": -one.distance_m,
                  "det_zone_back": -round(one.distance_m + one.length_m, 3), "det_type": "presence"}
                 for phase in one.phases or (0,)]
    return rows


def _add_served(tables: dict[str, Rows], phase: str, number: int, side: str) -> None:
    tables["signal_phase_mvmt"].append({
        "signal_phase_mvmt_id": len(tables["signal_phase_mvmt"]) + 1, "timing_phase_id": phase,
        "mvmt_id": str(number + 1), "protection": side})


def _sets(network: Network) -> Rows:
    return [{"kind": kind, "name": name, "position": position, "link_id": link}
            for kind, sets in (("group", network.groups), ("path", network.paths))
            for name, links in sets.items() for position, link in enumerate(links)]

