"""What was read, guessed or inferred while a network was made, by kind."""

from __future__ import annotations

from dataclasses import dataclass, field

from trafficsim.base.findings import Finding

MEANINGS = {
    "id-inferred": "named after their nodes",
    "node-renamed": "nodes named by their text, because a file cannot hold their names",
    "length-inferred": "length from geometry or coordinates, less the extent of the junctions",
    "length-read": "length from 'length' (metres between middles of junctions), less the extent of the junctions",
    "length-kept": "given lengths are taken up to the stop line; paths through the junctions come on top",
    "no-coordinates": "junctions without coordinates: their legs are spread evenly in the order of the graph",
    "movements-inferred": "junctions whose movements and right of way were inferred from geometry",
    "right-of-way-inferred": "junctions whose movements were stated, and their right of way inferred from geometry",
    "right-of-way-cut": "junctions where the rules form a circle, which was cut so that traffic cannot lock",
    "turning-place": "ends of the road where vehicles turn round (control 'dead_end' would end trips there)",
    "turn-not-marked": "directions that no lane marking offers; they are not driven",
    "turn-lane-without-exit": "lane markings that lead nowhere; the lane goes the way that deviates least",
    "signal-program-default": "signals without a program got a default fixed-time program",
    "signal-program-designed": "signals without a program got a designed one: stages from conflicts, intergreens from "
                               "geometry, cycle and split by Webster for expected volumes",
    "unread-attribute": "attributes that are not read although they look like one that is",
    "coordinates-read": "metric coordinates from 'x' and 'y'",
    "coordinates-projected": "degrees of 'x', 'y' and geometry projected to metres, equidistant about their middle",
    "degrees-guessed": "'x' and 'y' taken as degrees: the given lengths say so, 'crs' does not",
    "metres-guessed": "'x' and 'y' taken as metres: 'crs' does not say so",
    "control-read": "control 'signal' from highway = traffic_signals, 'roundabout' from the ring's links",
    "road-class-read": "road class 'motorway' and rank at junctions ('priority') from 'highway'",
    "rural-guessed": "road class 'rural', because the speed limit is above that of built-up areas",
    "speed-limit-read": "speed limit from 'maxspeed'",
    "speed-limit-guessed": "speed limit guessed from 'highway' or 'speed_kph', because 'maxspeed' gives no number",
    "lanes-read": "number of lanes from 'lanes'",
    "lanes-halved": "'lanes' counts both directions of a road in OpenStreetMap: half of them are taken, at least one",
    "lanes-guessed": "one lane, because 'lanes' is missing",
    "several-values": "several values of merged ways: the first class and name, the lowest limit, the fewest lanes",
}
WARNINGS = {
    "degrees-guessed", "metres-guessed", "speed-limit-guessed", "lanes-guessed", "rural-guessed",
    "no-coordinates", "turn-lane-without-exit", "unread-attribute",
}


@dataclass
class Notebook:
    """Collects what was inferred, by kind."""

    places: dict[str, list[str]] = field(default_factory=dict)

    def add(self, code: str, place: str) -> None:
        """Note that something of this kind was inferred at a place."""
        self.places.setdefault(code, []).append(place)

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding per kind, with a count and the first places."""
        done = []
        for code, places in self.places.items():
            unique = list(dict.fromkeys(places))
            some = ", ".join(unique[:5]) + (" ..." if len(unique) > 5 else "")
            level = "warning" if code in WARNINGS else "info"
            remedy = "check them, and correct the graph where they are wrong" if level == "warning" else ""
            done.append(Finding(level, code, some, f"{len(unique)}: {MEANINGS[code]}", remedy,  # type: ignore[arg-type]
                                places=tuple(unique)))
        return tuple(done)
