"""Signal controllers on real networks, in pairs and out of sample: ``python -m benchmarks.controllers [NETWORK…]``.

Every network keeps its stages, intergreens and routes; what decides about the stages changes. Controllers are designed
on the mean day, or trained on days of their own, and judged on other days, all on the same ones.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.experiments.controllers.alternatives import EXISTING, alternatives
from tests.experiments.controllers.networks import NETWORKS, scenario_of
from tests.experiments.controllers.table import Told, judged, markdown
from tests.experiments.controllers.training import Budget, trained
from tests.support.real_data import NoData
from trafficsim.api.reading import build
from trafficsim.plan.prepare import prepare

TABLES = Path(__file__).resolve().parents[1] / "docs" / "validation" / "tables"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Signal controllers, in pairs and out of sample.")
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help=f"any of {', '.join(NETWORKS)} (default: all)")
    parser.add_argument("--replications", type=int, default=20, metavar="N", help="days on which they are judged (20)")
    parser.add_argument("--engine", choices=("ca", "queue"), default="queue", help="how vehicles move (queue)")
    parser.add_argument("--generations", type=int, default=8, metavar="N", help="of training; 0: no agent (8)")
    parser.add_argument("--only", nargs="+", metavar="ROW", help="rows to run beside the existing program")
    parser.add_argument("--write", action="store_true", help="write the tables into the documentation")
    given = parser.parse_args()
    unknown = sorted(set(given.networks) - set(NETWORKS))
    if unknown or given.replications < 2 or given.generations < 0:
        parser.error(f"unknown: {', '.join(unknown)}" if unknown else "at least two replications, and no less than "
                     "no generation")
    return given


def table_of(name: str, given: argparse.Namespace) -> list[str]:
    """Return the table of a network."""
    prepared = prepare(build(scenario_of(name)))
    began = time.process_time()
    learnt = trained(prepared, Budget(generations=given.generations)) if given.generations else None
    told = Told(NETWORKS[name], given.engine, learnt, time.process_time() - began)
    asked = alternatives(prepared, None if learnt is None else learnt.agent)
    if given.only:
        rows = {row: policies for row, policies in asked.rows.items() if row in (*given.only, EXISTING)}
        asked = asked._replace(rows=rows)
    return markdown(judged(asked, given.engine, given.replications), asked.refused, told)


def main() -> int:
    """Print the tables, or write them into the documentation."""
    given = arguments()
    try:
        for name in given.networks or NETWORKS:
            print(f"{name} …", file=sys.stderr, flush=True)
            lines = table_of(name, given)
            print("\n".join(lines), flush=True)
            if given.write:
                suffix = "" if given.engine == "queue" else f"_{given.engine}"
                (TABLES / f"controllers_{name}{suffix}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    except NoData as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
