"""Names on the command line of an experiment."""

from __future__ import annotations

import sys
from collections.abc import Iterable


def names_asked_for(known: Iterable[str]) -> list[str]:
    """Return the arguments of the command, all known names without any; one that is not known ends it with status 2."""
    every = list(known)
    unknown = sorted(set(sys.argv[1:]) - set(every))
    if unknown:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(every)}", file=sys.stderr)
        raise SystemExit(2)
    return sys.argv[1:] or every
