"""``python -m tests.fuzz --format toml --count 10000 --seed 1``: spoil files, and say what became of them."""

from __future__ import annotations

import argparse
import resource
import sys
from pathlib import Path
from tempfile import mkdtemp

from tests.fuzz.campaign import COLUMNS, campaign
from tests.fuzz.formats import formats

MOST_MEMORY_BYTES = 6 << 30
"""An input that takes more is bad: it ends with a ``MemoryError`` instead of a machine that stands still."""


def main() -> int:
    """Run campaigns and print their table; the exit status is 1 if anything was bad."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--format", choices=formats(), action="append", help="all without it; may be repeated")
    parser.add_argument("--count", type=int, default=1000, help="spoilt files of each format")
    parser.add_argument("--first", type=int, default=0, help="number of the first one, to see one again")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    print(f"{'format':<10}" + "".join(f"{kind:>10}" for kind in COLUMNS), flush=True)
    bad = 0
    for name in asked.format or formats():
        folder = Path(mkdtemp(prefix=f"fuzz-{name}-"))
        counters = campaign(name, range(asked.first, asked.first + asked.count), asked.seed, folder)
        print(counters.row(), flush=True)
        bad += len(counters.bad)
        for number, says in counters.bad:
            print(f"  {folder}, input {number}: {says.strip()}", file=sys.stderr)
    return min(bad, 1)


if __name__ == "__main__":
    sys.exit(main())
