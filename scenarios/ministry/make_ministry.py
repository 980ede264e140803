"""Writes ``scenario.toml``: the town of ``../speed_town`` with people who live in it, and ten sites. Run it here.

Roads and traffic are those of ``make_town.py``, which is loaded from its own folder; everything is made up.
"""

from __future__ import annotations

import sys
from importlib import util
from itertools import pairwise
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).parent
TOWN = HERE.parent / "speed_town" / "make_town.py"
PEOPLE = 40_000
"""About one trip a day each: 3,200 vehicles in a busy hour that carries 9 % of the day."""
START_S = 17 * 3600.0 - 600.0
"""The analysis period begins at 17 h."""

SITES: dict[str, tuple[str, ...]] = {
    "approach west, outer": ("west_end", "west_half"),
    "approach west, inner": ("west_half", "ring_west"),
    "approach east, inner": ("ring_east", "east_half"),
    "approach east, outer": ("east_half", "east_end"),
    "ring northeast": ("ring_east", "ring_northeast"),
    "ring northwest": ("ring_north", "ring_northwest"),
    "ring southwest": ("ring_west", "ring_southwest"),
    "ring southeast": ("ring_south", "ring_southeast"),
    "high street west to east": tuple(f"c3{column}" for column in range(7)),
    "high street south to north": tuple(f"c{row}3" for row in range(7)),
}
"""Junctions along each candidate site; both directions belong to it."""

HEAD = """# Written by make_ministry.py; change that and run it again.

name = "ministry"
question = "One budget for a town: where do people drive too fast, who crashes, and what can be done about it?"
description = "The roads of speed_town with {people} people who stay the same, and ten sites. All made up."
seed = 1

[time]
start_s = {start_s}
warmup_s = 600.0
analysis_s = 1800.0
clear_s = 900.0
interval_s = 300.0

[demand]
routes = "free_flow"

# Two groups, novices in their first two years (2 %) and all others: the defaults, which are assumptions.
[population]
people = {people}

"""


def town() -> ModuleType:
    """Load the script of the town by its path."""
    place = util.spec_from_file_location("make_town", TOWN)
    assert place is not None
    assert place.loader is not None
    module = util.module_from_spec(place)
    sys.modules["make_town"] = module
    place.loader.exec_module(module)
    return module


def site_links(name: str) -> tuple[str, ...]:
    """Links of a site: there, and back."""
    nodes = SITES[name]
    there = [f"{a}_{b}" for a, b in pairwise(nodes)]
    back = [f"{a}_{b}" for a, b in pairwise(reversed(nodes))]
    return (*there, *back)


def text() -> str:
    """Return the whole file: the network and demand of the town, other head, further groups of links."""
    _, mark, rest = town().text().partition("[network]\n")
    network, first_flow, flows = rest.partition("\n[[demand.flows]]\n")
    lines = []
    for name in SITES:
        ids = [f'"{link}"' for link in site_links(name)]
        lines += [f'"{name}" = [', *(f"    {', '.join(ids[at:at + 6])}," for at in range(0, len(ids), 6)), "]"]
    head = HEAD.format(people=PEOPLE, start_s=START_S)
    return head + mark + network + "\n".join(lines) + "\n" + first_flow + flows


if __name__ == "__main__":
    (HERE / "scenario.toml").write_text(text(), encoding="utf-8")
