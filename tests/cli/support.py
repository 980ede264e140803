"""A small sound scenario and study as text, and the command line run on files made from them."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from trafficsim.cli import app

SCENARIO = """\
name = "cross"

[time]
start_s = 0.0
warmup_s = 0.0
analysis_s = 300.0
clear_s = 600.0

[[network.nodes]]
id = "west"
x_m = -300.0
y_m = 0.0

[[network.nodes]]
id = "centre"
x_m = 0.0
y_m = 0.0
control = "signal"

[[network.nodes]]
id = "east"
x_m = 300.0
y_m = 0.0

[[network.nodes]]
id = "south"
x_m = 0.0
y_m = -300.0

[[network.nodes]]
id = "north"
x_m = 0.0
y_m = 300.0

[[network.links]]
id = "main_in"
from = "west"
to = "centre"
length_m = 300.0
speed_limit_kmh = 50.0

[[network.links]]
id = "main_out"
from = "centre"
to = "east"
length_m = 300.0
speed_limit_kmh = 50.0

[[network.links]]
id = "side_in"
from = "south"
to = "centre"
length_m = 300.0
speed_limit_kmh = 50.0

[[network.links]]
id = "side_out"
from = "centre"
to = "north"
length_m = 300.0
speed_limit_kmh = 50.0

[[demand.flows]]
id = "along"
origin = "main_in"
destination = "main_out"
volume_veh_h = 400.0

[[demand.flows]]
id = "across"
route = ["side_in", "side_out"]
volume_veh_h = 200.0
"""

STUDY = """\
name = "slower"
scenarios = ["scenario.toml"]
replications = 2
primary = ["mean_travel_time_s"]

[alternatives]
"do nothing" = []
"limit 30" = [{ kind = "speed_limit", on = { ids = ["main_out"] }, limit_kmh = 30.0 }]
"""


class Answer:
    """What a command gave back."""

    def __init__(self, *arguments: str | Path) -> None:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
        self.status, self.stdout, self.stderr = result.exit_code, result.stdout, result.stderr


def output_of(*words: str | Path, status: int = 0) -> str:
    """Return what a command prints that ends with a status; of one that fails its message, in one line."""
    answer = Answer(*words)
    assert answer.status == status, answer.stderr
    return answer.stdout if status == 0 else " ".join(answer.stderr.split())


def edited(text: str, old: str, new: str) -> str:
    """Replace the first occurrence of a text, which must be there."""
    assert old in text, f"{old!r} is not in the file"
    return text.replace(old, new, 1)
