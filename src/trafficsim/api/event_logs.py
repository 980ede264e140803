"""Event logs of the runs in a folder of results."""

from __future__ import annotations

from pathlib import Path

from trafficsim.base.errors import InputError
from trafficsim.io.exports import Exported
from trafficsim.io.network_file import read_network
from trafficsim.results.asked import network_path
from trafficsim.results.event_log import EventLog
from trafficsim.results.event_log_detectors import detectors_of
from trafficsim.results.event_log_files import write_event_log
from trafficsim.results.event_log_making import CONTROL, SHOWN, event_log
from trafficsim.results.frames import Labels
from trafficsim.results.store import file_name, read_manifest, read_run, stored_runs
from trafficsim.spec.network import Network


def write_event_logs(folder: Path, out: Path) -> Exported:
    """Write the event log of every run in a folder; where it holds several, their names go into those of the files.

    Raises
    ------
    InputError
        If no run has signals.
    """
    runs = [labels for labels, files in stored_runs(folder).items() if SHOWN in files]
    if not runs:
        raise InputError(str(folder), "no run with signals", "results of a network with signals",
                         "give the folder that --out of run or compare named")
    files: list[Path] = []
    notes: list[str] = []
    for labels in runs:
        log = event_log_of(folder, labels)
        name = out if len(runs) == 1 else out.with_name(file_name(out.stem, labels, out.suffix[1:]))
        files += write_event_log(log, name)
        notes += [note for note in log.notes if note not in notes]
    return Exported(tuple(files), tuple(notes))


def event_log_of(folder: str | Path, labels: Labels | None = None) -> EventLog:
    """Return the high-resolution event log of one run in a folder of results.

    Parameters
    ----------
    folder
        Folder of results, as ``--out`` of ``run`` or ``compare`` names it.
    labels
        Which run; the first one without it.

    Raises
    ------
    InputError
        If there is no such run, or it has no signals.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> import trafficsim as ts
    >>> flow = ts.Flow(id="f", origin="in1", destination="out2", volume_veh_h=300)
    >>> road = ts.Scenario(name="cross", time=ts.Time(analysis_s=120), network=ts.junction(cycle_s=60),
    ...                    demand=ts.Demand(flows=(flow,)))
    >>> folder = mkdtemp()
    >>> _ = ts.run(road, out=folder)
    >>> ts.event_log_of(folder).terminations()["termination"].unique().tolist()
    ['force_off']
    """
    folder = Path(folder)
    runs = [one for one, files in stored_runs(folder).items() if SHOWN in files]
    if labels is None and not runs:
        raise InputError(str(folder), "no run with signals", "results of a network with signals",
                         "give the folder that --out of run or compare named")
    chosen = runs[0] if labels is None else labels
    tables = read_run(folder, chosen)
    given = (read_manifest(folder) or {}).get("scenarios", {}).get(chosen.scenario, {})
    return event_log(tables[SHOWN], _network(folder, chosen.scenario), detectors_of(given, tables), tables.get(CONTROL))


def _network(folder: Path, scenario: str) -> Network | None:
    path = network_path(folder, scenario)
    return read_network(path) if path.exists() else None

