"""What is left of tables and indicators where an engine does not measure everything."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

import pandas as pd

from trafficsim.results.frames import nullable, strings
from trafficsim.results.indicators import PATH_TIME

OUTPUT_OF_TABLE = {
    "links": "links", "movements": "movements", "queues": "queues", "detectors": "detectors",
    "speeds": "traversals", "speed_counts": "traversals", "paths": "traversals", "headways": "traversals",
    "speed_histograms": "traversals", "areas": "areas", "trajectories": "trajectories",
    "signals_shown": "signal_states",
}
"""What each table is made from; those that are not named here come from trips, or say how the run went."""
OUTPUT_OF_INDICATOR = {
    "max_queue_m": "queues", "red_violations": "events", "free_speed_kmh": "traversals",
    "free_speed_sd_kmh": "traversals", "share_over_limit": "traversals", "citations": "traversals",
}
"""What indicators are made from that need more than trips; those of named routes need traversals."""


def output_of(indicator: str) -> str:
    """Return the output that an indicator is made from.

    Examples
    --------
    >>> output_of("max_queue_m"), output_of("path_time_s[main]"), output_of("mean_delay_s")
    ('queues', 'traversals', 'trips')
    """
    return "traversals" if PATH_TIME.fullmatch(indicator) else OUTPUT_OF_INDICATOR.get(indicator, "trips")


def outputs_of(indicators: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield output and asker of indicators that a study names."""
    for name in dict.fromkeys(indicators):
        yield output_of(name), f"indicator {name!r}"


def as_offered(
    tables: Mapping[str, pd.DataFrame], measures: Collection[str], engine: str
) -> dict[str, pd.DataFrame]:
    """Return tables without what the engine does not measure: no rows, and null with the reason, instead of zeros.

    Parameters
    ----------
    tables
        Of one run, by name.
    measures
        Outputs that the engine offers, of :data:`trafficsim.plan.outputs.OUTPUTS`.
    engine
        Its name, for reasons.
    """
    kept = {name: table if OUTPUT_OF_TABLE.get(name, "trips") in measures else table.iloc[:0]
            for name, table in tables.items()}
    if "indicators" in kept:
        kept["indicators"] = _indicators(kept["indicators"], measures, engine)
    return kept


def _indicators(table: pd.DataFrame, measures: Collection[str], engine: str) -> pd.DataFrame:
    outputs = [output_of(name) for name in table["indicator"]]
    missing = [output not in measures for output in outputs]
    if not any(missing):
        return table
    reasons = [f"engine {engine} does not measure {output}" if gone else reason
               for gone, output, reason in zip(missing, outputs, table["reason"], strict=True)]
    values = table["value"].fillna(0.0).to_numpy()
    return table.assign(value=nullable(values, ~pd.Series(missing).to_numpy() & table["value"].notna().to_numpy()),
                        reason=strings(None if pd.isna(reason) else reason for reason in reasons))
