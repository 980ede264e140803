"""How lanes that are added to links join what lies before and beyond them: connections, as an engineer marks them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from trafficsim.spec.added_lanes import AddedLanes
from trafficsim.spec.network import Connection

Added = Mapping[str, AddedLanes]


def joined(connections: Sequence[Connection], lanes: Mapping[str, int], added: Added) -> tuple[Connection, ...]:
    """Return the connections of a network with added lanes; the places of those that there were stay.

    - Added lanes of links that follow each other on one side are connected lane by lane.
    - Where the road before, or beyond, has as many lanes as the link with those added, every lane leads straight on.
    - A ramp that gives way onto the lane beside the added ones leads onto the first of them instead, giving way to
      nobody.
    - Where the lane beside is the only one that leads to some link (an exit), the added lane leads there too, and
      gives way.
    - Otherwise the added lane begins, or ends, on the link itself: drivers change lanes.

    Parameters
    ----------
    connections
        Before.
    lanes
        Number of lanes of every link, before.
    added
        By link, what is added.
    """
    found = [_shifted(one, added) for one in connections]
    for one in added.values():
        _onward(found, one, lanes, added)
        _onto(found, one, lanes, added)
    return tuple(found)


def lane_of(link: str, lane: int, added: Added) -> int:
    """Return the number that a lane of the network without policies has among the lanes of the widened link."""
    one = added.get(link)
    return lane + one.number if one is not None and one.side == "nearside" else lane


def side_lane(one: AddedLanes, lanes: Mapping[str, int]) -> int:
    """Return the lane beside the added ones."""
    return one.number if one.side == "nearside" else lanes[one.link] - 1


def added_lanes_of(one: AddedLanes, lanes: Mapping[str, int]) -> tuple[int, ...]:
    """Return the added lanes, the one beside the others first.

    Examples
    --------
    >>> added_lanes_of(AddedLanes("p", "a", 2, "nearside", ()), {"a": 3}), added_lanes_of(
    ...     AddedLanes("p", "a", 2, "offside", ()), {"a": 3})
    ((1, 0), (3, 4))
    """
    if one.side == "nearside":
        return tuple(range(one.number - 1, -1, -1))
    return tuple(range(lanes[one.link], lanes[one.link] + one.number))


def _shifted(one: Connection, added: Added) -> Connection:
    lanes = {"from_lane": lane_of(one.from_link, one.from_lane, added),
             "to_lane": lane_of(one.to_link, one.to_lane, added)}
    return one.model_copy(update=lanes)


def _leaving(found: Sequence[Connection], link: str, lane: int) -> Iterable[int]:
    return [number for number, conn in enumerate(found) if (conn.from_link, conn.from_lane) == (link, lane)]


def _onward(found: list[Connection], one: AddedLanes, lanes: Mapping[str, int], added: Added) -> None:
    """Connect the ends of added lanes."""
    beside, new = side_lane(one, lanes), added_lanes_of(one, lanes)
    rows = _leaving(found, one.link, beside)
    for number in rows:
        other = added.get(found[number].to_link)
        if other is not None and other.side == one.side and found[number].to_lane == side_lane(other, lanes):
            for lane, beyond in zip(new, added_lanes_of(other, lanes), strict=False):
                _add(found, number, {"from_lane": lane, "to_lane": beyond})
            return
    targets = dict.fromkeys(found[number].to_link for number in rows)
    for target in targets:
        if target not in added and lanes[target] == lanes[one.link] + one.number and _lead_straight(
                found, (one.link, target), lanes[target]):
            return
    exits = [number for number in rows if len(targets) > 1 and all(
        conn.from_lane == beside for conn in found
        if (conn.from_link, conn.to_link) == (one.link, found[number].to_link))]
    if exits:
        _add(found, exits[0], {"from_lane": new[0]}, yields=(exits[0],))


def _lead_straight(found: list[Connection], movement: tuple[str, str], lanes: int) -> bool:
    """Lead every lane of one link into the same lane of another that has as many; say whether that can be.

    It can be where as many rows lead from one to the other as there are lanes: each of them gets lanes of its own, and
    none gives way to another any more.
    """
    rows = sorted((conn.from_lane, conn.to_lane, number) for number, conn in enumerate(found)
                  if (conn.from_link, conn.to_link) == movement)
    if len(rows) != lanes:
        return False
    alike = {number for _, _, number in rows}
    for lane, (_, _, number) in enumerate(rows):
        conn = found[number]
        apart = {name: tuple(one for one in getattr(conn, name) if one not in alike)
                 for name in ("yields_to", "crosses")}
        found[number] = conn.model_copy(update={"from_lane": lane, "to_lane": lane, **apart})
    return True


def _onto(found: list[Connection], one: AddedLanes, lanes: Mapping[str, int], added: Added) -> None:
    """Let lanes that end before the link lead on, and a ramp onto the first of the added lanes."""
    beside, new = side_lane(one, lanes), added_lanes_of(one, lanes)
    tails = dict.fromkeys(conn.from_link for conn in found if conn.to_link == one.link and conn.from_link not in added)
    for tail in tails:
        if lanes[tail] == lanes[one.link] + one.number and _lead_straight(found, (tail, one.link), lanes[tail]):
            return
    for number, conn in enumerate(found):
        target = conn.to_link, conn.to_lane
        if conn.from_link in tails and target == (one.link, beside) and conn.signal is None and any(
                (found[other].to_link, found[other].to_lane) == target for other in conn.yields_to):
            _add(found, number, {"to_lane": new[0]}, yields=())
            return


def _add(found: list[Connection], like: int, lanes: Mapping[str, int], yields: tuple[int, ...] | None = None) -> None:
    """Add a connection like one that there is, which crosses what that one crosses.

    Parameters
    ----------
    found
        All connections; the new one is the last.
    like
        Number of the one that it is like.
    lanes
        Where it begins and ends.
    yields
        Those with the same target, to which it gives way; ``None``: as the one that it is like.
    """
    conn, new = found[like], len(found)
    merging = set() if yields is None else {number for number in (*conn.yields_to, *conn.crosses) if (
        found[number].to_link, found[number].to_lane) == (conn.to_link, conn.to_lane)}
    kept = {name: tuple(one for one in getattr(conn, name) if one not in merging) for name in ("yields_to", "crosses")}
    more = yields or ()
    found.append(conn.model_copy(update={
        **lanes, "yields_to": tuple(dict.fromkeys((*kept["yields_to"], *more))),
        "crosses": tuple(dict.fromkeys((*kept["crosses"], *more)))}))
    for number, other in enumerate(found[:new]):
        own = {name: (*getattr(other, name), new) for name in ("yields_to", "crosses")
               if like in getattr(other, name) and number not in merging}
        if number in more:
            own["crosses"] = (*own.get("crosses", other.crosses), new)
        if own:
            found[number] = other.model_copy(update={name: tuple(dict.fromkeys(value)) for name, value in own.items()})
