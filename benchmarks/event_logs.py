"""The event log of a real controller beside those of simulated ones: ``python -m benchmarks.event_logs``.

Not the same place and no attempt to match it: whether logs are of one kind, read by one reader. The real log is the
sample of the package ``atspm`` (one actuated-coordinated signal, two hours); the simulated ones are signal ``j4`` of
the arterial, coordinated-actuated as the real one, and under its fixed programs and those of a green wave.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

import trafficsim as ts
from tests.support.real_data import NoData, data_folder, require_data
from trafficsim.results.event_log import EventLog
from trafficsim.results.event_log_making import SHOWN
from trafficsim.results.store import stored_runs

ROOT = Path(__file__).resolve().parents[1]
SIGNAL, BEFORE_M = "j4", 60.0
APPROACHES = ("east4", "west4")
S_PER_H = 3600.0
WAVE, REACTING = "Webster and green wave", "coordinated-actuated"
ENDINGS = ("gap_out", "max_out", "force_off")


def real_log() -> EventLog:
    """Read the sample of ``atspm``.

    Raises
    ------
    NoData
        If it is not there.
    """
    files = [data_folder() / "atspm" / f"sample_{name}.parquet" for name in ("raw_data", "config")]
    require_data(*files)
    return ts.read_event_log(*files)


def simulated_logs(folder: Path) -> Iterator[tuple[str, EventLog]]:
    """Run the arterial once under each alternative, with advance detectors; yield the log of one signal."""
    scenario = ts.load(ROOT / "scenarios" / "arterial" / "scenario.toml")
    links = ts.build(scenario).network.links
    detectors = tuple(ts.Detector(id=f"before {link}", link=link, headways=True,
                                  position_m=float(links[link]["length_m"]) - BEFORE_M) for link in APPROACHES)
    wave = (ts.policies.Webster(common_cycle=True),
            ts.policies.GreenWave(along="king_road", back="king_road_back", speed_kmh=50.0))
    study = ts.Study(name="logs", question="", scenarios=(scenario.model_copy(update={"detectors": detectors}),),
                     replications=1, alternatives={"do nothing": (), WAVE: wave, REACTING: (
                         *wave, ts.policies.CoordinatedActuated(force_off="floating"))})
    ts.compare(study, out=folder)
    for labels, files in stored_runs(folder).items():
        if SHOWN in files:
            yield labels.alternative, _of_signal(ts.event_log_of(folder, labels))


def _of_signal(log: EventLog) -> EventLog:
    devices = log.phases.loc[log.phases["signal"] == SIGNAL, "DeviceId"].unique()
    parts = (part[part["DeviceId"].isin(devices)] for part in (log.events, log.detectors, log.phases))
    return EventLog(*parts)


def figures(log: EventLog) -> dict[str, str]:
    """Return what the tables of a log say, for one column."""
    splits, ended, arrived = log.splits(), log.terminations(), log.arrivals_on_green()
    counts = ended.groupby("termination")["count"].sum()
    stamps = log.events.loc[log.events["EventId"] == 1, "TimeStamp"]
    hours = (stamps.max() - stamps.min()).total_seconds() / S_PER_H
    phases = splits["Phase"].nunique()
    cycles = splits["cycle_s"].dropna()
    return {
        "phases": str(phases),
        "greens per phase and hour": f"{len(splits) / phases / hours:.0f}",
        "median of the cycle (s); 5 to 95 %": _range(cycles),
        "median of the split (s), phase by phase": ", ".join(
            f"{value:.0f}" for value in splits.groupby("Phase")["split_s"].median()),
        "coefficient of variation of splits within a phase": f"{_variation(splits):.2f}",
        "median yellow, red clearance (s)":
            f"{splits['yellow_s'].median():.1f}, {splits['red_clearance_s'].median():.1f}",
        **{f"{name.replace('_', '-')}s (% of terminations)": f"{100.0 * counts.get(name, 0) / counts.sum():.0f}"
           for name in ENDINGS},
        "arrivals at advance detectors per hour": f"{arrived['arrivals'].sum() / _hours(log):.0f}",
        "arrivals on green (%), phase by phase": ", ".join(f"{100.0 * one:.0f}" for one in arrived["on_green"]),
    }


def _hours(log: EventLog) -> float:
    """Hours in which advance detectors saw vehicles; others, such as those of a controller, may see some before."""
    seen = log.events["EventId"].eq(82) & log.events["Parameter"].isin(log.detectors["Parameter"])
    times = log.events.loc[seen, "TimeStamp"]
    return float((times.max() - times.min()).total_seconds()) / S_PER_H


def _range(values: pd.Series) -> str:
    return f"{values.median():.1f}; {values.quantile(0.05):.1f} to {values.quantile(0.95):.1f}"


def _variation(splits: pd.DataFrame) -> float:
    by_phase = splits.groupby("Phase")["split_s"]
    return float((by_phase.std() / by_phase.mean()).mean())


def main() -> int:
    """Print the table."""
    try:
        columns = {"real, actuated-coordinated": figures(real_log())}
    except NoData as absent:
        print(absent, file=sys.stderr)
        return 1
    with TemporaryDirectory() as folder:
        columns |= {f"simulated, {name}": figures(log) for name, log in simulated_logs(Path(folder))}
    names = [f"simulated, {name}" for name in (REACTING, "do nothing", WAVE)]
    order = ["real, actuated-coordinated", *names]
    print("| | " + " | ".join(order) + " |")
    print("|---|" + "---|" * len(order))
    for row in columns[order[0]]:
        print(f"| {row} | " + " | ".join(columns[one][row] for one in order) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
