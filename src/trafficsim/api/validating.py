"""Hold results in a folder against observations, those of their scenario or counts that came later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from trafficsim.base.errors import InputError
from trafficsim.base.findings import Finding
from trafficsim.io.network_file import read_network
from trafficsim.io.observations import read_count_series
from trafficsim.io.paths import require_file
from trafficsim.results.asked import network_path, read_asked
from trafficsim.results.observed_later import counts_beside_tables
from trafficsim.results.store import MANIFEST, read_manifest, read_tables
from trafficsim.results.validation import TABLE, ValidationResult, validation_of
from trafficsim.spec.scenario import Time
from trafficsim.spec.validation import DataUse, ObservedCounts, Validation

DO_NOTHING = "do nothing"


def validate(
    folder: str | Path, counts: str | Path | None = None, *, data: DataUse = "held_out",
    calibrated_with: Sequence[str | Path] = (),
) -> ValidationResult:
    """Hold the results in a folder against observations; nothing is simulated.

    Parameters
    ----------
    folder
        Folder of results, of a run or a study; of a study the baseline is judged.
    counts
        Counts that are compared with the tables in the folder; without it the observations of the scenario.
    data
        Whether the calibration has used these counts.
    calibrated_with
        Files of counts that the calibration has used: a count in them is refused as held out.

    Raises
    ------
    InputError
        If the folder holds no results, nothing was observed, the counts do not fit the scenario, or it is told what
        counts were used for but not which.

    Examples
    --------
    >>> import tempfile
    >>> import trafficsim as ts
    >>> place = Path(tempfile.mkdtemp())
    >>> flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=600)
    >>> road = ts.Scenario(name="road", time=ts.Time(analysis_s=600), network=ts.corridor([300, 200]),
    ...                    demand=ts.Demand(flows=(flow,)))
    >>> _ = ts.run(road, out=place / "results")
    >>> _ = (place / "counts.csv").write_text("link,begin,end,vehicles" + chr(10) + "east1,00:00,00:10,100")
    >>> found = ts.validate(place / "results", place / "counts.csv")
    >>> found.table["place"].tolist(), bool(found.table["scaled"][0])
    (['east1'], True)
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(str(folder), "no such folder", "a folder of results", "give the folder that --out named")
    tables, manifest = read_tables(folder), read_manifest(folder) or {}
    asked = read_asked(folder) or {}
    if counts is None and (data != "held_out" or calibrated_with):
        raise InputError("validate", "what counts were used for, without counts", "counts beside the results",
                         "give --counts FILE, or say it under [validation] in the scenario")
    findings: tuple[Finding, ...] = ()
    if counts is not None:
        require_file(Path(counts), str(counts))
        source = ObservedCounts(file=str(Path(counts).absolute()), data=data)
        used = tuple(str(Path(one).absolute()) for one in calibrated_with)
        wish = Validation(counts=(source,), calibrated_with=used)
        table, findings = _compared(folder, manifest, tables, wish)
        tables = {TABLE: table}
    found = validation_of(tables, str(asked.get("baseline", DO_NOTHING)), float(asked.get("confidence", 0.95)))
    if found is None:
        raise InputError(str(folder), "no observation beside the results", "a scenario with [validation], or counts",
                         "give --counts FILE")
    return replace(found, findings=findings)


def _compared(
    folder: Path, manifest: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], wish: Validation,
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """The table ``validation`` of all scenarios in a folder, and what was found while the counts were read."""
    parts, findings = [], dict[Finding, None]()
    for name, content in _scenarios(folder, manifest).items():
        path = network_path(folder, name)
        network = read_network(path) if path.exists() else None
        known = {str(one["id"]): str(one["link"]) for one in content.get("detectors", ())}
        time = Time.model_validate(content["time"])
        found = read_count_series(wish, time, network, known, Path())
        findings |= dict.fromkeys(found.findings)
        mine = {key: table[table["scenario"] == name] for key, table in tables.items()
                if key in ("links", "detectors", "movements")}
        _require_links([link for one in found.series for link in one.links], mine["links"], str(folder))
        parts.append(counts_beside_tables(found.series, mine, time))
    return pd.concat(parts, ignore_index=True), tuple(findings)


def _scenarios(folder: Path, manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    scenarios = manifest.get("scenarios")
    if not isinstance(scenarios, dict):
        raise InputError(str(folder / MANIFEST), "no scenario in it", "the study that the results beside it belong to",
                         "put the file back, or give another folder")
    return scenarios


def _require_links(named: Sequence[str], links: pd.DataFrame, where: str) -> None:
    known = set(links["link"].unique())
    missing = [link for link in named if link not in known]
    if missing:
        raise InputError(where, f"no link {missing[0]!r} in the results", "links that were simulated",
                         "correct the column link of the counts")
