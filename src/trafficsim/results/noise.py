"""Source level of the traffic of links, from the tables of a run or a study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from trafficsim.outcomes.noise import source_level_db
from trafficsim.results.frames import label_columns, nullable
from trafficsim.spec.vehicles import HEAVY


def noise_levels(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the A-weighted sound power of traffic per metre of road by run, link and interval, in dB.

    Flows and space-mean speeds are those of the ``links`` table. Tables do not tell heavy vehicles of links apart: the
    share is that of all distance driven in the run. Null without traffic and above 130 km/h.

    Parameters
    ----------
    tables
        By name; ``links`` and ``trips`` are read.

    Returns
    -------
    Labels, ``link``, ``begin_s``, ``end_s``, ``source_level_db``.
    """
    links, shares = tables["links"], _heavy_shares(tables["trips"])
    heavy = pd.MultiIndex.from_frame(links[label_columns(links)]).map(shares).to_numpy(np.float64)
    flow, speed = (links[name].to_numpy(np.float64, na_value=0.0) for name in ("flow_veh_h", "speed_kmh"))
    level, known = source_level_db((1.0 - heavy) * flow, heavy * flow, speed)
    kept = links[[*label_columns(links), "link", "begin_s", "end_s"]].reset_index(drop=True)
    return kept.assign(source_level_db=nullable(level, known & (speed > 0.0)))


def _heavy_shares(trips: pd.DataFrame) -> dict[tuple[Any, ...], float]:
    """Share of heavy vehicles in the distance of each run; 0 where nobody drove."""
    driven = trips.assign(m=trips["distance_m"].fillna(0.0).astype(np.float64))
    driven["heavy_m"] = driven["m"].where(driven["kind"].isin(HEAVY), 0.0)
    sums = driven.groupby(label_columns(driven), sort=False)[["m", "heavy_m"]].sum()
    return {labels: heavy / total if total > 0.0 else 0.0
            for labels, total, heavy in zip(sums.index.tolist(), sums["m"], sums["heavy_m"], strict=True)}
