"""What is left of tables and indicators where an engine does not measure everything."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

import pandas as pd

from trafficsim.results.frames import nullable, strings
from trafficsim.results.indicators import declared

OUTPUT_OF_TABLE = {
    "links": "links", "movements": "movements", "queues": "queues", "detectors": "detectors",
    "speeds": "traversals", "speed_counts": "traversals", "paths": "traversals", "headways": "headways",
    "speed_histograms": "traversals", "free_speeds": "traversals", "areas": "areas", "trajectories": "trajectories",
    "signals_shown": "signal_states",
}
"""What each table is made from; those that are not named here come from trips, or say how the run went."""


def outputs_needed(indicator: str) -> tuple[str, ...]:
    """Return the outputs that an indicator is made from, as it was registered.

    Examples
    --------
    >>> outputs_needed("max_queue_m"), outputs_needed("path_time_s[main]"), outputs_needed("mean_delay_s")
    (('queues',), ('traversals',), ('trips',))
    """
    one = declared(indicator)
    if one is None:
        return ()
    return one.needs if one.between is None else tuple(OUTPUT_OF_TABLE.get(name, "trips") for name in one.tables)


def outputs_of(indicators: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield output and asker of indicators that a study names."""
    for name in dict.fromkeys(indicators):
        for output in outputs_needed(name):
            yield output, f"indicator {name!r}"


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
    outputs = [next((one for one in outputs_needed(name) if one not in measures), None) for name in table["indicator"]]
    missing = [output is not None for output in outputs]
    if not any(missing):
        return table
    reasons = [f"engine {engine} does not measure {output}" if gone else reason
               for gone, output, reason in zip(missing, outputs, table["reason"], strict=True)]
    values = table["value"].fillna(0.0).to_numpy()
    return table.assign(value=nullable(values, ~pd.Series(missing).to_numpy() & table["value"].notna().to_numpy()),
                        reason=strings(None if pd.isna(reason) else reason for reason in reasons))
