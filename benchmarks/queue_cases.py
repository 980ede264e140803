"""Cases of kinematic-wave theory: what is expected of the queue engine, and what it does.

Run from the project's root: ``python -m benchmarks.queue_cases``.
"""

from __future__ import annotations

from tests.support.queue_cases import CASES


def main() -> None:
    """Print the table."""
    print("| case | quantity | expected | found | accepted difference |", "|---|---|--:|--:|--:|", sep="\n")
    for case in CASES.values():
        for row in case():
            print(f"| {row.case} | {row.quantity} | {row.expected:.5g} | {row.found:.5g} | {row.within:.2g} |")


if __name__ == "__main__":
    main()
