"""Casualties predicted from published speeds, beside published outcomes: ``python -m benchmarks.prediction``."""

from __future__ import annotations

from trafficsim.evidence.prediction import markdown


def main() -> None:
    print(markdown(), end="")


if __name__ == "__main__":
    main()
