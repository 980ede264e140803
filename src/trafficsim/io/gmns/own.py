"""Read a GMNS folder that this program wrote: every attribute, connection and program as it was."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx

from trafficsim.base.errors import InputError, NetworkError, quoted
from trafficsim.io.gmns.tables import Folder, Row
from trafficsim.io.gmns.units import line_of
from trafficsim.io.gmns.writer import LINK_COLUMNS, MOVEMENT_COLUMNS, NODE_COLUMNS, REST, WRITTEN_BY
from trafficsim.io.ledger import Ledger
from trafficsim.io.row_models import made_of
from trafficsim.spec.control import SignalControl
from trafficsim.spec.crossing import PedestrianCrossing
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.schema import EDGE_ATTRIBUTES, NODE_ATTRIBUTES, complete
from trafficsim.spec.signal_schedule import ProgramSwitch, SignalSchedule
from trafficsim.spec.signals import Phase, SignalProgram

TEXTS = {one.name for one in (*EDGE_ATTRIBUTES, *NODE_ATTRIBUTES) if one.kind in ("text", "choice")}


def is_own(folder: Folder) -> bool:
    """Whether this program wrote the folder."""
    return any(row.text("written_by") == WRITTEN_BY for row in folder.table("config"))


def read_own(folder: Folder, ledger: Ledger) -> Network:
    """Read the network of a folder that this program wrote.

    Raises
    ------
    InputError, NetworkError
        If a table was changed so that it does not fit the others.
    """
    config = folder.table("config")[0]
    left_hand = config.text("left_hand_traffic") == "true"
    graph: nx.MultiDiGraph = nx.MultiDiGraph()
    graph.graph.update(_rest(config))
    names = _nodes(folder, graph)
    _links(folder, graph, names)
    lanes = {str(data["id"]): int(data["lanes"]) for *_, data in graph.edges(data=True)}
    connections = tuple(_connection(row, lanes, left_hand) for row in folder.table("movement"))
    for one in connections:
        for other in (*one.yields_to, *one.crosses):
            if not 0 <= other < len(connections):
                raise NetworkError(f"{folder.path / 'movement.csv'}: movement {other + 1}", "no such movement",
                                   f"movements 1 to {len(connections)}", "correct yields_to and crosses")
    signals = _signals(folder)
    for table in ("lane", "signal_controller", "signal_timing_plan", "signal_coordination", "signal_timing_phase",
                  "signal_phase_mvmt", "signal_detector"):
        folder.table(table)
    sets = _sets(folder, set(lanes))
    for what, number in (("node", len(graph)), ("link", len(lanes)), ("movement", len(connections)),
                         ("signal program", len(signals))):
        if number:
            ledger.note("read", what, str(folder.path), times=number)
    return Network(graph, connections, signals, sets["group"], sets["path"], left_hand_traffic=left_hand,
                   schedules=_schedules(folder), controls=_controls(folder), crossings=_crossings(folder))


def _json(row: Row, name: str) -> Any:
    text = row.text(name)
    if not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise InputError(f"{row.where}: {name}", quoted(text), "a number, or a list as JSON",
                         "correct the value") from None


def _rest(row: Row) -> dict[str, Any]:
    found = _json(row, REST) or {}
    if not isinstance(found, dict):
        raise InputError(f"{row.where}: {REST}", quoted(row.text(REST)), "attributes by name, as JSON",
                         "correct or remove the value")
    return found


def _value(row: Row, name: str) -> Any:
    return row.values.get(name) or None if name in TEXTS else _json(row, name)


def _nodes(folder: Folder, graph: nx.MultiDiGraph) -> dict[str, str | int]:
    names: dict[str, str | int] = {}
    for row in folder.table("node"):
        text = row.values.get("node_id", "")
        name: str | int = int(text) if row.text("is_number") == "true" and text.removeprefix("-").isdecimal() else text
        if text in names:
            raise NetworkError(f"{row.where}: node_id", quoted(text), "a name of its own for every node",
                               "correct the node")
        names[text] = name
        found = {**{key: _value(row, key) for key in NODE_COLUMNS}, "x_m": row.number("x_coord"),
                 "y_m": row.number("y_coord"), "name": row.values.get("name", "")}
        graph.add_node(name, **_complete(found, NODE_ATTRIBUTES, row), **_rest(row))
    return names


def _complete(found: Mapping[str, Any], table: Any, row: Row) -> dict[str, Any]:
    return complete({key: value for key, value in found.items() if value is not None}, table, row.where)


def _links(folder: Folder, graph: nx.MultiDiGraph, names: Mapping[str, str | int]) -> None:
    seen = set()
    for row in folder.table("link"):
        link = row.values.get("link_id", "")
        ends = [row.values.get(name, "") for name in ("from_node_id", "to_node_id")]
        missing = next((end for end in ends if end not in names), None)
        if missing is not None or link in seen:
            found = "a second time" if link in seen else f"between nodes of which {quoted(missing)} is not there"
            raise NetworkError(f"{row.where}: link {quoted(link)}", found,
                               "unique links between nodes of the table node", "correct the link")
        seen.add(link)
        line = line_of(row.text("geometry"), row.where) if row.text("geometry") else ()
        found_ = {**_attributes(row), "id": link, "lanes": row.whole("lanes"),
                  "geometry": line, "name": row.values.get("name", "")}
        key = _json(row, "key")
        graph.add_edge(names[ends[0]], names[ends[1]], key=tuple(key) if isinstance(key, list) else key,
                       **_complete(found_, EDGE_ATTRIBUTES, row), **_rest(row))


def _attributes(row: Row) -> dict[str, Any]:
    return {name: row.values.get(column) or None if name in TEXTS else _json(row, column)
            for column, name in LINK_COLUMNS.items()}


def _connection(row: Row, lanes: Mapping[str, int], left_hand: bool) -> Connection:
    values: dict[str, Any] = {}
    for name in MOVEMENT_COLUMNS:
        if name in ("yields_to", "crosses"):
            parts = [part for part in row.text(name).split(";") if part]
            if not all(part.isdecimal() and len(part) < 10 for part in parts):
                raise InputError(f"{row.where}: {name}", quoted(row.text(name)), "movements joined by ;",
                                 "correct the value")
            values[name] = tuple(int(part) - 1 for part in parts)
        elif name in ("turn", "signal"):
            values[name] = row.values.get(name) or None
        else:
            values[name] = _json(row, name)
    for side, link, lane in (("ib", "from_link", "from_lane"), ("ob", "to_link", "to_lane")):
        values[link] = row.values.get(f"{side}_link_id", "")
        number = row.whole(f"start_{side}_lane")
        if values[link] not in lanes or number is None or not 1 <= number <= lanes[values[link]]:
            raise NetworkError(f"{row.where}: {side}_link_id", f"{quoted(values[link])}, lane {number}",
                               "a link and a lane that are there", "correct the movement")
        values[lane] = number - 1 if left_hand else lanes[values[link]] - number
    return made_of(Connection, row.where, **{name: value for name, value in values.items() if value is not None})


def _signals(folder: Folder) -> tuple[SignalProgram, ...]:
    return tuple(_programs([row for row in folder.table("signal_state") if row.text("by_time") != "true"]))


def _controls(folder: Folder) -> tuple[SignalControl, ...]:
    """Controllers that react: each as JSON in a column of ours."""
    found = []
    for row in folder.table("signal_control"):
        values = _json(row, "control")
        if not isinstance(values, dict):
            raise InputError(f"{row.where}: control", quoted(row.text("control")), "a control, as JSON",
                             "correct or remove the row")
        found.append(made_of(SignalControl, row.where, **values))
    return tuple(found)


def _crossings(folder: Folder) -> tuple[PedestrianCrossing, ...]:
    """Crossings for pedestrians with a signal index."""
    return tuple(made_of(PedestrianCrossing, row.where, id=row.values.get("id", ""),
                         signal=row.values.get("signal", ""), signal_index=row.whole("signal_index"),
                         length_m=row.number("length_m")) for row in folder.table("pedestrian_crossing"))


def _schedules(folder: Folder) -> tuple[SignalSchedule, ...]:
    """Controllers whose programs change by time of day."""
    programs = _programs([row for row in folder.table("signal_state") if row.text("by_time") == "true"])
    switches: dict[str, list[Row]] = defaultdict(list)
    for row in folder.table("signal_switch"):
        switches[row.values.get("controller_id", "")].append(row)
    return tuple(_schedule(name, rows, programs) for name, rows in switches.items())


def _schedule(name: str, rows: Sequence[Row], programs: Sequence[SignalProgram]) -> SignalSchedule:
    switches = tuple(made_of(
        ProgramSwitch, row.where, time_s=row.number("time_s"), program=row.values.get("timing_plan_id", ""),
        weekdays=tuple(row.text("weekdays").split())) for row in rows)
    return made_of(SignalSchedule, rows[0].where, id=name, switches=switches,
                   programs=tuple(one for one in programs if one.id == name),
                   procedure=rows[0].text("procedure") or "direct")


def _programs(listed: Sequence[Row]) -> list[SignalProgram]:
    steps: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in listed:
        steps[row.values.get("controller_id", ""), row.values.get("timing_plan_id", "")].append(row)
    programs = []
    for (name, _), rows in steps.items():
        rows.sort(key=lambda row: row.whole("step") or 0)
        phases = tuple(made_of(Phase, row.where, duration_s=row.number("duration_s"), state=row.text("state"))
                       for row in rows)
        first = rows[0]
        programs.append(made_of(SignalProgram, first.where, id=name, phases=phases, name=first.values.get("name", "0"),
                                offset_s=first.number("offset_s") or 0.0, origin=first.values.get("origin", "")))
    return programs


def _sets(folder: Folder, links: set[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, list[str]]] = {"group": defaultdict(list), "path": defaultdict(list)}
    for row in folder.table("link_set"):
        kind, link = row.text("kind"), row.values.get("link_id", "")
        if kind not in found or link not in links:
            raise NetworkError(f"{row.where}: link_id", quoted(link), "kind group or path, and a link that is there",
                               "correct the row")
        found[kind][row.values.get("name", "")].append(link)
    return {kind: {name: tuple(listed) for name, listed in sets.items()} for kind, sets in found.items()}
