"""Movements of GMNS: from lanes of a link to lanes of another one, by node."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from trafficsim.design.inference.given import Movement
from trafficsim.io.foreign_text import whole_in
from trafficsim.io.gmns.roads import MOST_LANE, Read
from trafficsim.io.gmns.tables import Row
from trafficsim.io.ledger import Ledger
from trafficsim.io.road_pieces import Piece
from trafficsim.spec.network import Turn

TURNS: dict[str, Turn] = {
    "left": "left", "right": "right", "thru": "through", "through": "through", "straight": "through", "uturn": "u_turn",
    "u_turn": "u_turn", "u-turn": "u_turn", "merge": "through", "diverge": "through",
}
UNSIGNALLED = ("yield", "stop", "no_control", "none")
Key = tuple[str, int, str, int]
"""From link, from lane, to link, to lane: of pieces, lanes from the nearside."""


@dataclass
class Stated:
    """Movements of the file: by connection, and by the names under which signals know them."""

    by_id: dict[str, list[Key]] = field(default_factory=lambda: defaultdict(list))
    by_name: dict[tuple[str, str], list[Key]] = field(default_factory=lambda: defaultdict(list))
    """By node and name of the movement (``NBL``)."""
    control: dict[Key, str] = field(default_factory=dict)
    node: dict[str, str] = field(default_factory=dict)
    """Node by movement."""
    speed_kmh: dict[Key, float] = field(default_factory=dict)


def highest_lanes(rows: Iterable[Row]) -> dict[str, int]:
    """Return the highest lane that movements name, by link."""
    found: dict[str, int] = {}
    for row in rows:
        for link, side in (("ib_link_id", "ib"), ("ob_link_id", "ob")):
            first = 0 if row.text(f"{side}_lane_indices") else 1
            lanes = (lane + 1 - first for lane in _lanes(row, side))
            found[row.key(link)] = max((found.get(row.key(link), 1), *lanes))
    return found


def read_movements(rows: Sequence[Row], read: Read, ledger: Ledger) -> Stated:
    """Put the movements of the file into the roads, and return how they are called.

    Lanes that are not stated are shared out from the side to which the movement turns.

    Raises
    ------
    InputError
        If a lane is no whole number.
    """
    stated = Stated()
    for row in rows:
        ends = _ends(row, read, ledger)
        if ends is None:
            continue
        node, turn = row.key("node_id"), TURNS.get(row.text("type").lower())
        pairs = _pairs(row, *ends, turn, ledger)
        for from_lane, to_lane in pairs:
            key = (ends[0].id, from_lane, ends[1].id, to_lane)
            read.roads.movements.setdefault(node, []).append(Movement(*key, turn))
            stated.by_id[row.key("mvmt_id")].append(key)
            name = row.text("movement_name", "mvmt_code").upper()
            if name:
                stated.by_name[node, name].append(key)
            speed = row.number("turning_speed_mps", least=0)
            if speed:
                stated.speed_kmh[key] = speed * 3.6
            stated.control[key] = row.text("ctrl_type", "control").lower()
        stated.node[row.key("mvmt_id")] = node
        if pairs:
            ledger.note("read", "movement", row.where)
    return stated


def _ends(row: Row, read: Read, ledger: Ledger) -> tuple[Piece, Piece] | None:
    """Last piece of the link that comes in, and first of the one that goes out."""
    found = []
    for name, place in (("ib_link_id", -1), ("ob_link_id", 0)):
        link = row.key(name)
        if link in read.closed:
            ledger.note("ignored", "movement of a link that is not in the network", row.where)
            return None
        if link not in read.roads.pieces:
            ledger.repair("movement-left-out", f"{row.where} (link {link!r} is not there)")
            return None
        found.append((link, read.roads.pieces[link][place]))
    node = row.key("node_id")
    if read.ends[found[0][0]][1] != node or read.ends[found[1][0]][0] != node:
        ledger.repair("movement-left-out", f"{row.where} (its links do not meet at node {node!r})")
        return None
    return found[0][1], found[1][1]


def _lanes(row: Row, side: str) -> list[int]:
    """Lanes of a side by the numbers of the file, in their order; empty where none is stated."""
    listed = row.text(f"{side}_lane_indices")
    if listed:
        parts = (part.strip() for part in listed.replace(";", ",").split(","))
        return [lane for part in parts if (lane := whole_in(part, f"{row.where}: {side}_lane_indices")) is not None]
    first, last = row.whole(f"start_{side}_lane"), row.whole(f"end_{side}_lane")
    if first is None:
        return [] if last is None else [last]
    last = first if last is None else min(max(last, first - MOST_LANE), first + MOST_LANE)
    step = 1 if last >= first else -1
    return [lane for lane in range(first, last + step, step) if lane != 0 or first == 0]


def _pairs(row: Row, before: Piece, after: Piece, turn: Turn | None, ledger: Ledger) -> list[tuple[int, int]]:
    """Pairs of lanes from the nearside; the file counts from the left."""
    places = []
    for side, piece in (("ib", before), ("ob", after)):
        from_nearside = bool(row.text(f"{side}_lane_indices"))
        numbers = _lanes(row, side)
        lanes = [number if from_nearside else piece.lane(number) for number in numbers]
        known = [lane for lane in lanes if lane is not None and 0 <= lane < len(piece.lanes)]
        if numbers and not known:
            ledger.repair("movement-left-out", f"{row.where} (link {piece.id!r} has no lane {numbers[0]} for vehicles)")
            return []
        if len(known) < len(numbers):
            ledger.repair("movement-left-out", f"{row.where} (a lane of link {piece.id!r} that is not there)")
        places.append(known)
    ins = places[0] or _usual(before, turn, len(places[1]) or 1)
    return _joined(ins, places[1] or _usual(after, turn, len(ins)), turn)


def _usual(piece: Piece, turn: Turn | None, count: int) -> list[int]:
    """Lanes of a movement of which none is stated: from the inside to the left, the nearside to the right, else all."""
    lanes = list(range(len(piece.lanes)))
    return lanes[-count:] if turn in ("left", "u_turn") else lanes[:count] if turn == "right" else lanes


def _joined(ins: Sequence[int], outs: Sequence[int], turn: Turn | None) -> list[tuple[int, int]]:
    """Join lanes one by one in the order of the file; the last one has what is left of the others."""
    longest = max(len(ins), len(outs))
    if len(ins) == len(outs) or min(len(ins), len(outs)) == 1:
        return [(ins[min(k, len(ins) - 1)], outs[min(k, len(outs) - 1)]) for k in range(longest)]
    if turn in ("left", "u_turn"):  # from the inside
        ins, outs = sorted(ins, reverse=True), sorted(outs, reverse=True)
    else:
        ins, outs = sorted(ins), sorted(outs)
    return [(ins[min(k, len(ins) - 1)], outs[min(k, len(outs) - 1)]) for k in range(longest)]


def unsignalled(stated: Stated) -> frozenset[Key]:
    """Return the connections that the file says obey no signal."""
    return frozenset(key for key, control in stated.control.items() if control in UNSIGNALLED)


def minor_links(stated: Stated) -> frozenset[str]:
    """Return the links all of whose movements yield or stop, where others of their junction do not."""
    controls: dict[str, set[str]] = defaultdict(set)
    for (link, *_), control in stated.control.items():
        controls[link].add(control)
    return frozenset(link for link, found in controls.items() if found and found <= {"yield", "stop"})
