"""A study of one scenario, ``road.toml``, that slows its links to 30 km/h, for any engine."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.support import output_of


def slower_study(engine: str, replications: int = 2) -> str:
    """Return the text of the study."""
    return f"""name = "slower"
scenarios = ["road.toml"]
engines = ["{engine}"]
replications = {replications}
[alternatives]
"do nothing" = []
"limit 30" = [{{ kind = "speed_limit", limit_kmh = 30, on = {{ ids = ["east1", "east2", "east3"] }} }}]
"""


def assert_processes_change_nothing(study: Path, engine: str) -> None:
    """Run the study in one process and in two; travel times rise in both alike."""
    one, two = (json.loads(output_of("compare", study, "--json", "--workers", workers)) for workers in ("1", "2"))
    assert one["results"] == two["results"]
    assert one["results"]["road"][engine]["limit 30"]["mean_travel_time_s"]["diff"] > 0.0
