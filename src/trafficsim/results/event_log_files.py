"""Files of event logs: CSV and Parquet, with the configuration of detectors beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from trafficsim.base.errors import InputError
from trafficsim.results.event_log import COLUMNS, DETECTOR_COLUMNS, PHASE_COLUMNS, EventLog

ENDINGS = (".csv", ".parquet")
DETECTORS, PHASES = "detectors", "phases"
OTHER_NAMES = {
    "timestamp": "TimeStamp", "deviceid": "DeviceId", "signalid": "DeviceId", "locationid": "DeviceId",
    "eventid": "EventId", "eventcode": "EventId", "parameter": "Parameter", "eventparam": "Parameter",
    "phase": "Phase", "function": "Function", "signal": "signal", "groups": "groups",
}
"""Names of columns in lower case without blanks and underscores: those of ``atspm`` and of UDOT's ATSPM."""


def beside(path: Path, what: str) -> Path:
    """Name of the file that belongs to a log.

    Examples
    --------
    >>> beside(Path("log.csv"), "detectors").name
    'log_detectors.csv'
    """
    return path.with_name(f"{path.stem}_{what}{path.suffix}")


def write_event_log(log: EventLog, path: Path) -> tuple[Path, ...]:
    """Write events, and beside them detectors and phases; return the files.

    Raises
    ------
    OSError
        If the disk refuses.
    """
    files = (path, beside(path, DETECTORS), beside(path, PHASES))
    for table, file in zip((log.events, log.detectors, log.phases), files, strict=True):
        if file.suffix == ".parquet":
            table.to_parquet(file, index=False)
        else:
            table.to_csv(file, index=False, date_format="%Y-%m-%d %H:%M:%S.%f")
    return files


def read_event_log(path: str | Path, detectors: str | Path | None = None) -> EventLog:
    r"""Read the high-resolution event log of a controller, real or simulated.

    Parameters
    ----------
    path
        CSV or Parquet with the columns ``TimeStamp``, ``DeviceId``, ``EventId`` and ``Parameter``; case, blanks and
        underscores in the names do not matter. Codes are those of the Indiana enumeration.
    detectors
        CSV or Parquet with ``DeviceId``, ``Phase``, ``Parameter`` (channel) and ``Function``; without it
        ``NAME_detectors`` beside the log, where there is one. Only arrivals need it.

    Raises
    ------
    InputError
        Naming file and column; or the first row that cannot be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> file = Path(mkdtemp()) / "log.csv"
    >>> _ = file.write_text("Timestamp,Signal ID,Event Code,Event Param\n2024-01-01 08:00:00.5,7,1,2\n")
    >>> read_event_log(file).events["EventId"].tolist()
    [1]
    """
    path = Path(path)
    events = _whole(path, _table(path, COLUMNS), COLUMNS[1:])
    if events.empty:
        raise InputError(str(path), "no event", "a row for each event", "give a log that holds some")
    if (events["EventId"] < 0).any():
        row = int((events["EventId"] < 0).to_numpy().argmax())
        raise InputError(f"{path}: row {row + 1}: EventId", str(events["EventId"].iloc[row]), "a code of at least 0",
                         "correct or remove the row")
    stamps = pd.to_datetime(events["TimeStamp"], errors="coerce", format="mixed")
    if stamps.isna().any():
        row = int(stamps.isna().to_numpy().argmax())
        raise InputError(f"{path}: row {row + 1}: TimeStamp", _shown(events["TimeStamp"].iloc[row]), "a date and time",
                         "correct or remove the row")
    events = events.assign(TimeStamp=stamps.astype("datetime64[us]"))
    events = events.sort_values(["TimeStamp", "DeviceId", "EventId", "Parameter"], kind="stable", ignore_index=True)
    config, phases = beside(path, DETECTORS) if detectors is None else Path(detectors), beside(path, PHASES)
    log = EventLog(events)
    if detectors is not None or config.is_file():
        log = replace(log, detectors=_whole(config, _table(config, DETECTOR_COLUMNS), DETECTOR_COLUMNS[:3]))
    if phases.is_file():
        log = replace(log, phases=_whole(phases, _table(phases, PHASE_COLUMNS), ("DeviceId", "Phase")))
    return log


def _table(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    if path.suffix not in ENDINGS:
        raise InputError(str(path), f"ending {path.suffix!r}", "a CSV or Parquet file (.csv, .parquet)",
                         "convert or rename it")
    if not path.is_file():
        raise InputError(str(path), "no such file", f"a table with {', '.join(columns)}", "correct the path")
    try:
        table = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    except (OSError, ValueError) as error:  # what parsers raise derives from ValueError
        raise InputError(str(path), str(error).strip().splitlines()[0], f"a table with {', '.join(columns)}",
                         "correct the file or its name") from error
    names = {name: OTHER_NAMES.get(str(name).replace(" ", "").replace("_", "").lower(), str(name))
             for name in table.columns}
    table = table.rename(columns=names)
    missing = [name for name in columns if name not in table]
    twice = [name for name in columns if list(table.columns).count(name) > 1]
    if missing or twice:
        found = f"no column {missing[0]!r}" if missing else f"two columns {twice[0]!r}"
        raise InputError(str(path), found, f"the columns {', '.join(columns)}", "correct the first line")
    return table[list(columns)]


def _shown(value: Any) -> str:
    return "nothing" if pd.isna(value) else repr(value)


def _whole(path: Path, table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Read columns as whole numbers."""
    for name in columns:
        values = pd.to_numeric(table[name], errors="coerce")
        wrong = (values.isna() | (values % 1 != 0)).to_numpy()
        if wrong.any():
            row = int(wrong.argmax())
            raise InputError(f"{path}: row {row + 1}: {name}", _shown(table[name].iloc[row]), "a whole number",
                             "correct or remove the row; controllers that have names need a number each")
        table = table.assign(**{name: values.astype("int64")})
    return table
