"""Regression to the mean: 1,000 simulated programmes without effect, judged naively and by empirical Bayes.

    python -m benchmarks.regression_to_the_mean [--write]

``--write`` puts the table into the documentation.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.experiments.regression_to_the_mean import LEAST, PROGRAMMES, SITES, Assumed, programmes

TABLE = Path(__file__).resolve().parents[1] / "docs" / "validation" / "tables" / "regression_to_the_mean.md"
CASES = {
    "the true function": Assumed(),
    "calibrated to the counts before of all junctions": Assumed(calibrated=True),
    "a function 30 % too low, calibrated": Assumed(prediction_factor=0.7, calibrated=True),
    "a function 30 % too low, not calibrated": Assumed(prediction_factor=0.7),
    "overdispersion half the true one": Assumed(overdispersion_factor=0.5),
    "overdispersion twice the true one": Assumed(overdispersion_factor=2.0),
}


def table() -> str:
    """Return the table as Markdown."""
    lines = [
        f"{PROGRAMMES:,} programmes without any effect; of {SITES} signal-controlled junctions those with at least "
        f"{LEAST} injury crashes in three years are chosen (`python -m benchmarks.regression_to_the_mean --write`):",
        "",
        "| what the analyst knows | junctions chosen | naive effect | theory | 95 % intervals of it that hold 0 "
        "| empirical Bayes effect | 95 % intervals of it that hold 0 |", "|---|---|---|---|---|---|---|",
    ]
    for name, assumed in CASES.items():
        found = programmes(assumed)
        lines.append(
            f"| {name} | {found.chosen:.0f} | {100 * found.bias:+.1f} % | {100 * found.bias_of_theory:+.1f} % "
            f"| {100 * found.naive_coverage:.1f} % | {100 * (found.empirical_bayes - 1):+.1f} % "
            f"| {100 * found.coverage:.1f} % |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the table, or write it into the documentation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help=f"write {TABLE.name}")
    write = parser.parse_args().write
    text = table()
    print(text)
    if write:
        TABLE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
