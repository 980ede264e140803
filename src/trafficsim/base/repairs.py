"""Repairs: what is done where files contradict themselves. Each has a code and a rule, and is reported and counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from trafficsim.base.errors import InputError
from trafficsim.base.findings import Finding

REPAIRS: dict[str, str] = {
    # The network
    "edge-left-out": "an edge whose junction or lanes are not in the file is left out",
    "lane-missing": "a lane that the numbering of its edge skips is closed to everyone; the others keep their numbers",
    "connection-left-out": "a connection that names an edge or lane that is not there is left out",
    "internal-lane-missing": "a path through a junction is as long as those of its internal lanes that are there",
    "right-of-way-unknown": "where request rows do not fit the connections, those in state M go first, and ways into "
                            "one lane conflict",
    "junction-type-unknown": "a junction of an unknown type is taken as a priority junction",
    "no-movement": "a link from which no connection leads on ends there: trips may end on it, none goes on",
    "value-capped": "a value beyond what can be simulated is set to the limit",
    "storage-raised": "a link whose capacity, speed and jam density contradict each other stores what is on its way at "
                      "capacity",
    "length-unit": "where lengths in their stated unit contradict the lines of the links, the other stated unit is "
                   "taken",
    "length-contradicted": "a length of less than half the way as the crow flies is replaced by that of the line",
    "geometry-reversed": "a line that begins where its link ends is turned round",
    "segment-left-out": "a segment that lies outside its link is left out",
    "segment-cut": "a segment that reaches beyond its link is cut at its end",
    "segment-lanes": "where a segment counts other lanes than the rows of its lanes, the rows decide",
    "lanes-contradicted": "where a link counts other lanes than its lane groups, the lane groups decide",
    "movement-left-out": "a movement that names a link or lane that is not there is left out",
    "movement-without-lane": "a movement without a lane of its own leaves by the lane next to it",
    "text-not-utf8": "a file that is not UTF-8 is read as Windows-1252",
    "sumo-repaired": "a value of a vehicle type that cannot be represented is set to the nearest that can",
    # OpenStreetMap
    "osm-node-missing": "a way is cut where its nodes are not in the file; parts with two nodes or more stay",
    "osm-way-short": "a way without two nodes apart is left out",
    "osm-way-twice": "a way that is there twice is taken once",
    "osm-way-far": "a way with more than 16 km between two nodes is left out there",
    "osm-loop-cut": "a road that comes back to its start is cut in its middle",
    "osm-nodes-same-place": "neighbouring nodes of a way at one place are one node",
    "osm-value-unread": "a value of a tag that cannot be read counts as missing",
    "osm-several-values": "of several values of a tag the lowest limit holds",
    "osm-restriction-left-out": "a turn restriction whose members are missing or do not meet is left out, and one over "
                                "ways that others use too",
    "osm-camera-left-out": "a camera without a road or signal at its place is left out",
    "osm-lanes-contradict": "where lists by lane do not fit the number of lanes, the number holds",
    "fix-not-found": "an entry of a fixes file whose links or junction are not in the network is left out",
    "fix-needless": "an entry of a fixes file that says what the network says already changes nothing",
    "fix-contradicted": "of two entries of a fixes file that contradict each other the later one stands",
    "fix-impossible": "an entry of a fixes file that the network cannot take is left out",
    # Signals
    "signal-off": "a connection whose signal has no program, or no letter for it, follows the right of way",
    "signal-phase-empty": "a phase of 0 s is left out",
    "signal-phase-unreachable": "phases run in the order that next gives; one that is never reached is left out",
    "signal-taken-as-fixed": "a program that reacts in a way that we do not have runs with its fixed durations",
    "signal-plan-shared": "a plan that lists a phase twice is that of several controllers, one after the other",
    "signal-phase-elsewhere": "a movement whose phase belongs to another controller takes the phase of that number of "
                              "its own",
    "signal-split-includes-clearance": "where greens alone fill the cycle, they are splits that include the clearance",
    "signal-rings": "rings that do not fill the cycle are replaced by those of another plan, or of NEMA, that do",
    "signal-cycle-fitted": "greens that do not fill the cycle lie between their least and greatest, each as far",
    "signal-start-contradicted": "where stated beginnings of phases contradict greens and offset, these decide",
    "signal-minimum-cut": "a minimum green that the split of its phase does not leave is cut to what it leaves",
    "signal-maximum-raised": "a maximum green shorter than walk and clearance of its pedestrians is raised to them",
    "signal-without-barrier": "phases without ring or barrier follow those that have one, one by one",
    "volume-unbalanced": "where a link brings other volumes than the next junction counts, trips begin or end on it",
    "conflicting-greens": "where two greens G conflict, right of way decides: the one that yields gets green g",
    # Demand
    "departure-outside": "trips and flows that depart outside the departures of the scenario are left out",
    "route-edge-left-out": "an edge of a route that is not in the network is left out",
    "route-completed": "links of a route that are closed to the vehicle are left out; what is not joined is joined "
                       "by the fastest path",
    "route-distribution": "of a distribution of routes the most probable one is taken",
    "matrix-missing": "what a table of an OMX file marks as missing (NA) is no trip",
    "trip-unserved": "a trip or flow that no path serves does not depart; it is a row of the table unserved",
    "depart-lane-free": "a departure lane that is not there is replaced by the best lane",
    "stop-parking": "a stop beside the lane blocks nobody: the vehicle passes the place and drives on",
    "stop-left-out": "a stop that the route does not pass, or whose place is not in the network, is left out",
    "place-moved": "a place beyond the end of its lane is moved to the end",
    "radar-empty": "a deployment of a radar without a reading is left out",
    "radar-volume": "where the bins of a deployment do not add up to its volume, the bins count",
    "radar-date": "a date of a deployment that is none, or lies before 1980 or after 2100, is left empty",
    "detector-left-out": "a detector on a lane that is not in the network is left out",
    # Counts
    "count-unmatched": "a count whose place is no link or movement of the network is left out",
    "count-missing": "a row without a number of vehicles is a gap, not a count of 0",
    "count-negative": "a negative count is left out",
    "count-repeated": "of several counts of one detector, place, class and interval the mean is taken",
    "count-overlapping": "where intervals of one detector overlap the shorter ones are kept",
}
"""Rule of each repair by its code."""
SHOWN = 3
LONGEST_PLACE = 300


def repair(code: str, places: Sequence[str], found: str = "", *, count: int | None = None, remedy: str = "") -> Finding:
    """Report a repair: how often it was done, with some places.

    Parameters
    ----------
    code
        One of :data:`REPAIRS`.
    places
        Where it was done; the first few are shown.
    found
        What was found there, beyond what the rule says.
    count
        How often it was done, when places are not all of them.
    remedy
        What the user can do; the default is to correct the file.

    Examples
    --------
    >>> repair("signal-phase-empty", ["tlLogic 'a'", "tlLogic 'b'"]).message
    'repaired 2 x: a phase of 0 s is left out'
    """
    number = len(places) if count is None else count
    shown = (place if len(place) <= LONGEST_PLACE else place[:LONGEST_PLACE - 3] + "..." for place in places[:SHOWN])
    where = ", ".join(shown) + (" ..." if number > min(SHOWN, len(places)) else "")
    message = f"repaired {number} x: {REPAIRS[code]}" + (f" ({found})" if found else "")
    return Finding("warning", code, where, message, remedy or "correct the file if another repair is meant", number,
                   tuple(places))


def repairs_by_code(findings: Iterable[Finding]) -> dict[str, int]:
    """Count repairs by code, in the order of :data:`REPAIRS`.

    Examples
    --------
    >>> repairs_by_code([repair("stop-left-out", ["a", "b"]), Finding("info", "short-link", "c", "")])
    {'stop-left-out': 2}
    """
    counts: dict[str, int] = {}
    for finding in findings:
        if finding.code in REPAIRS:
            counts[finding.code] = counts.get(finding.code, 0) + finding.count
    return {code: counts[code] for code in REPAIRS if code in counts}


def refuse_repairs(findings: Iterable[Finding]) -> None:
    """Refuse an input that had to be repaired, for those who ask for it with ``--strict``.

    Raises
    ------
    InputError
        With the first repair, and how many more kinds there are.
    """
    done = [finding for finding in findings if finding.code in REPAIRS]
    if done:
        first, kinds = done[0], len(repairs_by_code(done)) - 1
        more = f"; {kinds} more kinds of repairs are listed by trafficsim check" if kinds else ""
        raise InputError(first.where, f"{first.message} ({first.code})", "an input without repairs, as --strict asks",
                         f"correct the file, or leave --strict out{more}")


def as_errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Turn repairs into errors, and leave the other findings as they are."""
    return tuple(replace(one, level="error") if one.code in REPAIRS else one for one in findings)
