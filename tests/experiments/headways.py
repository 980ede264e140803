"""Headways at a detector beside those of roads (policy evidence B5), and what following drivers make of them.

    python -m tests.experiments.headways [--write]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pandas as pd

import trafficsim as ts
from trafficsim.run.result import RunResult

TABLE = Path(__file__).resolve().parents[2] / "docs" / "validation" / "tables" / "headways.md"
CASES = {
    "urban street, one lane, 50 km/h": (1, 50.0, "urban", (900.0, 1200.0, 1500.0)),
    "motorway, two lanes, 120 km/h": (2, 120.0, "motorway", (2000.0, 3000.0, 3600.0)),
}


DRIVERS = {"alike, 1.35 s": (0.0, 1.35), "spread 0.5 around 1.30 s": (0.5, 1.30)}


def hour(road: tuple[int, float, str], volume_veh_h: float, drivers: tuple[float, float], **more: Any) -> RunResult:
    """Run an hour of 3 km without a junction, cars alone, with headways measured at the end.

    ``road`` is (lanes, limit in km/h, road class), ``drivers`` (spread of their headways, mean in s), ``more`` what
    else the scenario has.
    """
    lanes, limit_kmh, road_class = road
    links = [{"id": name, "from": str(at), "to": str(at + 1), "length_m": 1500.0, "lanes": lanes,
              "speed_limit_kmh": limit_kmh, "road_class": road_class} for at, name in enumerate("ab")]
    nodes = [{"id": str(at), "x_m": 1500.0 * at, "y_m": 0.0} for at in range(3)]
    world = ts.Scenario.model_validate({
        "name": "road", "network": {"nodes": nodes, "links": links},
        "time": {"warmup_s": 300.0, "analysis_s": 3600.0, "clear_s": 0.0},
        "demand": {"flows": [{"id": "f", "origin": "a", "destination": "b", "volume_veh_h": volume_veh_h,
                              "vehicle_classes": {"driver": 1.0}}]},
        "vehicle_classes": [{"name": "driver", "kind": "car", "headway_s": drivers[1]}],
        "ca": {"headway_spread": drivers[0]},
        "detectors": [{"id": "d", "link": "b", "position_m": 1200.0, "headways": True}],
        **more,
    })
    return ts.run(world)


def headways(road: tuple[int, float, str], volume_veh_h: float, drivers: tuple[float, float]) -> pd.DataFrame:
    """Headways of an hour, see `hour`, of those who have somebody ahead."""
    return followers(hour(road, volume_veh_h, drivers))


def followers(result: RunResult) -> pd.DataFrame:
    """Return the headways of those who have somebody ahead."""
    return result.headways[result.headways["gap_s"].notna()]


def table() -> str:
    """All cases, as Markdown."""
    lines = ["| road | drivers | demand veh/h | mean headway s | sd s | headway < 1 s | < 2 s | gap < 1 s | < 2 s |",
             "|---|---|--:|--:|--:|--:|--:|--:|--:|"]
    for name, (*road, volumes) in CASES.items():
        for drivers, wanted in DRIVERS.items():
            for volume in volumes:
                seen = headways((road[0], road[1], road[2]), volume, wanted)
                gross, net = seen["headway_s"].astype(float), seen["gap_s"].astype(float)
                shares = " | ".join(f"{100 * float((part < limit).mean()):.1f} %"
                                    for part in (gross, net) for limit in (1.0, 2.0))
                cells = f"{volume:.0f} | {gross.mean():.2f} | {gross.std():.2f} | {shares}"
                lines.append(f"| {name} | {drivers} | {cells} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the table, or write it into the documentation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write docs/validation/tables/headways.md")
    text = table()
    if parser.parse_args().write:
        TABLE.write_text(text, encoding="utf-8")
    print(text, end="")


if __name__ == "__main__":
    main()
