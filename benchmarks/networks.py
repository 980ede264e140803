"""Every SUMO network of the data folder through the command line: ``python -m benchmarks.networks [NAME…]``.

One row per network: exit status of ``check`` and ``run``, vehicles, and how often what was repaired. The data are read
from the folder named by TRAFFICSIM_DATA (default: ``../shared/data`` from the project).
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.catalogue import Case, catalogue, flows_across
from tests.support.real_data import NoData, data_folder
from trafficsim.io.toml import dump_toml

ROOT = Path(__file__).resolve().parent.parent
CLEAR_S = 7200.0


def main() -> int:
    """Print the table."""
    try:
        data = data_folder()
    except NoData as absent:
        print(absent, file=sys.stderr)
        return 2
    print("| network | check | run | demanded | arrived | unserved | status | repairs |")
    print("|---|--:|--:|--:|--:|--:|---|---|")
    with TemporaryDirectory() as folder:
        for case in catalogue(data):
            if not sys.argv[1:] or any(case.name.startswith(name) for name in sys.argv[1:]):
                print(row(case, Path(folder)), flush=True)
    return 0


def row(case: Case, folder: Path) -> str:
    """Check and run one network; the row of the table."""
    file = scenario(case, folder)
    checked, ran = command("check", file), command("run", file)
    result: dict[str, Any] = json.loads(ran.stdout) if ran.returncode == 0 else {}
    if not result:
        return f"| {case.name} | {checked.returncode} | {ran.returncode} | | | | {ran.stderr.strip()} | |"
    vehicles, unserved = result["vehicles"], result.get("unserved", {})
    lost = f"{unserved['vehicles']:,.0f}" if unserved else "–"
    repairs = ", ".join(f"{count} {code}" for code, count in result.get("repairs", {}).items()) or "–"
    return (f"| {case.name} | {checked.returncode} | {ran.returncode} | {vehicles['demanded']:,} | "
            f"{vehicles['completed']:,} | {lost} | {result['status']} | {repairs} |")


def scenario(case: Case, folder: Path) -> Path:
    """Write the scenario of a network."""
    routes = case.routes
    if not routes:
        routes = (folder / f"{case.name}.rou.xml",)
        routes[0].write_text(flows_across(case.network), encoding="utf-8")
    files = {"network": str(case.network), "routes": [str(path) for path in routes],
             "additional": [str(path) for path in case.additional]}
    file = folder / f"{case.name}.toml"
    file.write_text(dump_toml({
        "name": case.name, "network": {"sumo": files},
        "time": {"start_s": case.start_s, "analysis_s": case.analysis_s, "clear_s": CLEAR_S},
    }), encoding="utf-8")
    return file


def command(name: str, file: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of trafficsim on a file."""
    words = [sys.executable, "-m", "trafficsim", name, str(file), "--json"]
    return subprocess.run(words, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
