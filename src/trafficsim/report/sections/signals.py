"""Signals at work: arrivals over the cycle where detectors record vehicles, splits where controllers react."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from trafficsim.report.language import name
from trafficsim.report.plots.event_log import coordination_diagram, split_monitor
from trafficsim.report.sections.drawing import picture
from trafficsim.report.sections.first import best_alternative
from trafficsim.report.views import Picture, Writer
from trafficsim.results.event_log import GAP_OUT, MAX_OUT, EventLog
from trafficsim.results.event_log_detectors import PASSED, detectors_of
from trafficsim.results.event_log_making import CONTROL, SHOWN, event_log

Place = tuple[str, str]
"""Scenario and engine."""


def signals(writer: Writer) -> Iterator[Picture]:
    """Yield pictures of the baseline and the best alternative; of one signal each, to keep the page small."""
    for place in writer.material.settings:
        arms = dict.fromkeys((writer.material.asked.baseline, best_alternative(writer, place)))
        logs = {arm: log for arm in arms if arm is not None and (log := _log(writer, place, arm)) is not None}
        if logs:
            yield from _arrivals(writer, place, logs)
            for arm, log in logs.items():
                if log.events["EventId"].isin([GAP_OUT, MAX_OUT]).any():
                    yield _splits(writer, place, arm, log)


def _log(writer: Writer, place: Place, arm: str) -> EventLog | None:
    """Return the log of the first replication; ``None`` where neither detectors nor controllers tell anything."""
    tables: dict[str, pd.DataFrame] = {}
    for table in (SHOWN, PASSED, CONTROL):
        whole = writer.material.table(table, *place)
        rows = None if whole is None else whole[whole["alternative"] == arm]
        if rows is not None and len(rows):
            tables[table] = rows[rows["replication"] == rows["replication"].min()]
    if SHOWN not in tables or len(tables) == 1:
        return None
    given = writer.material.scenarios.get(place[0], {})
    return event_log(tables[SHOWN], writer.material.networks.get(place[0]), detectors_of(given, tables),
                     tables.get(CONTROL))


def _arrivals(writer: Writer, place: Place, logs: dict[str, EventLog]) -> Iterator[Picture]:
    """Yield the same phase under every alternative: that with the most arrivals under the first."""
    words = writer.words
    found = next(iter(logs.values())).arrivals_on_green()
    if not len(found):
        return
    busiest = int(found["arrivals"].to_numpy().argmax())
    device, phase = int(found["DeviceId"].iloc[busiest]), int(found["Phase"].iloc[busiest])
    for arm, log in logs.items():
        rows = log.arrivals_on_green()
        own = rows[(rows["DeviceId"] == device) & (rows["Phase"] == phase)]
        if not len(own):
            continue
        signal = _signal(log, device)
        alt = words.plain("signals.arrivals_alt", signal=signal, phase=phase, alternative=arm,
                          share=words.number(100.0 * float(own["on_green"].iloc[0]), 0),
                          arrivals=words.number(int(own["arrivals"].iloc[0]), 0))
        caption = words.say("signals.arrivals_caption", alternative=name(arm), setting=writer.setting(*place),
                            signal=name(signal), phase=words.figure(phase, 0))
        yield picture(coordination_diagram(log, device, phase, language=words.code),
                      f"figure-arrivals-{'-'.join(place)}-{arm}", alt, caption)


def _splits(writer: Writer, place: Place, arm: str, log: EventLog) -> Picture:
    """Draw the controller that ends most greens by itself."""
    words, ended = writer.words, log.terminations()
    own = ended[ended["termination"] != "force_off"].groupby("DeviceId")["count"].sum()
    device = int(own.index[int(own.to_numpy().argmax())])
    counts = ended[ended["DeviceId"] == device].groupby("termination")["count"].sum()
    rows = " ".join(words.plain("signals.splits_row", kind=words.word(f"signal_picture.{kind}"), count=int(count))
                    for kind, count in counts.items())
    signal = _signal(log, device)
    alt = words.plain("signals.splits_alt", signal=signal, alternative=arm, rows=rows)
    caption = words.say("signals.splits_caption", alternative=name(arm), setting=writer.setting(*place),
                        signal=name(signal))
    return picture(split_monitor(log, device, language=words.code), f"figure-splits-{'-'.join(place)}-{arm}", alt,
                   caption)


def _signal(log: EventLog, device: int) -> str:
    names = log.phases.loc[log.phases["DeviceId"] == device, "signal"].tolist()
    return str(names[0]) if names else str(device)
