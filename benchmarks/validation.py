"""Write the tables of the validation pages: ``python -m benchmarks.validation [NAME...]``, from the project's root.

Each table is the output of one command; the file says which. Without names all are written, one after the other. A
command that fails leaves its file as it was, and the others are run all the same.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.command_names import names_asked_for
from trafficsim import __version__

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "validation" / "tables"
COMMANDS = {
    "traffic": "python -m benchmarks.field_values",
    "resolution": "python -m benchmarks.resolution",
    "motorway": "python -m tests.experiments.motorway",
    "signal_delay": "python -m benchmarks.signal_delay 300",
    "gap_acceptance": "python -m benchmarks.gap_acceptance",
    "sumo_drivers": "python -m benchmarks.sumo_drivers",
    "cityflow": "python -m benchmarks.cityflow",
    "cities": "python -m benchmarks.real_cities",
    "cities_own": "python -m benchmarks.real_cities --drivers own",
    "cities_queue": "python -m benchmarks.real_cities --engine queue --replications 5",
    "cities_volumes": "python -m benchmarks.real_cities --volumes",
    "cities_discharge": "python -m benchmarks.real_cities --discharge",
    "osm_places": "python -m tests.experiments.osm_places",
    "enforcement": "python -m tests.experiments.enforcement",
    "green_wave": "python -m benchmarks.green_wave",
    "event_logs": "python -m benchmarks.event_logs",
    "evidence": "python -m benchmarks.evidence",
    "prediction": "python -m benchmarks.prediction",
    "statistics": "python -m benchmarks.statistics_check",
    "i880": "python -m tests.experiments.calibrate_i880",
    "estimation_recovery": "python -m benchmarks.estimation recovery",
    "estimation_engine": "python -m benchmarks.estimation engine",
    "estimation_counts": "python -m benchmarks.estimation counts",
    "fitted_parameters": "python -m benchmarks.fitted_parameters queue 8",
    "speed": "python -m tests.experiments.how_fast",
    "edie": "python -m benchmarks.edie",
    "versus": "python -m tests.experiments.versus.run --minutes 30",
    "step_costs": "python -m tests.experiments.step_costs grid10",
}


def fragment(name: str, output: str) -> str:
    """Return a table with the command that makes it; what is no Markdown table is shown as it is."""
    shown = output.strip()
    if not any(line.startswith("|") for line in shown.splitlines()):
        shown = f"```text\n{shown}\n```"
    return f"`{COMMANDS[name]}` (version {__version__}):\n\n{shown}\n"


def write(name: str) -> bool:
    """Run one command and write its output; say whether it succeeded."""
    _, *arguments = COMMANDS[name].split()
    print(f"{name}: {COMMANDS[name]}", file=sys.stderr, flush=True)
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"{name}: failed with status {done.returncode}\n{done.stderr}", file=sys.stderr)
        return False
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.md").write_text(fragment(name, done.stdout), encoding="utf-8")
    return True


def main() -> int:
    succeeded = {name: write(name) for name in names_asked_for(COMMANDS)}
    return 0 if all(succeeded.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
