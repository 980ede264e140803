"""The acceptance cases as tables: ``python -m benchmarks.evidence [CASE...]``, from the project's root."""

from __future__ import annotations

import sys

from trafficsim.evidence.cases import run_cases
from trafficsim.evidence.page import markdown


def main() -> None:
    print(markdown(run_cases(sys.argv[1:])), end="")


if __name__ == "__main__":
    main()
