"""Candidate places of enforcement from CSV files."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

from trafficsim.base.errors import InputError
from trafficsim.io.csv_rows import Faults, numbers, read_rows, texts
from trafficsim.io.paths import require_file
from trafficsim.spec.rollout import Candidate

EXPECTED = "in every row a link, a position from 0, and a cost above 0 if there is a column for it"


def read_candidates(path: Path) -> tuple[Candidate, ...]:
    """Read candidates: a CSV file with the columns ``link``, ``position_m`` and, where wanted, ``cost`` and ``area``.

    Raises
    ------
    InputError
        Naming the file and the rows at fault; if a column is missing, or there is no row.
    """
    require_file(path, str(path))
    raw, rows = read_rows(path)
    missing = [name for name in ("link", "position_m") if name not in raw.columns]
    if missing:
        raise InputError(f"{path}: header", f"no column {', '.join(missing)}",
                         "columns link, position_m and, where wanted, cost and area", "add it")
    if not len(raw):
        raise InputError(str(path), "no candidate", "at least one row", "name places")
    faults = Faults(path, rows)
    link, area = texts(raw, "link"), texts(raw, "area")
    faults.add("link", link, link == "", "")
    position = numbers(raw["position_m"], "position_m", faults, lambda one: one >= 0.0)
    cost = (numbers(raw["cost"], "cost", faults, lambda one: one > 0.0, gaps=True) if "cost" in raw.columns
            else pd.Series([math.nan] * len(raw)))
    faults.tell(EXPECTED, "correct these rows")
    return tuple(Candidate(link=on, position_m=float(at), cost=None if math.isnan(price) else float(price), area=where)
                 for on, at, price, where in zip(link, position, cost, area, strict=True))
