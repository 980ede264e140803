"""Pictures of event logs: split monitor and Purdue coordination diagram, alike for simulated and real controllers."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from trafficsim.base.errors import InputError
from trafficsim.report.language import Language, load
from trafficsim.report.look import GREEN, RED, clock_axis, new_figure, short, styled
from trafficsim.results.event_log import GREEN as GREEN_BEGINS
from trafficsim.results.event_log import RED_CLEARANCE, YELLOW, EventLog, moments


class Ending(NamedTuple):
    """How the end of a split is drawn; marks tell it apart without colour."""

    marker: str
    colour: str


ENDINGS = {"gap_out": Ending("o", "#0072B2"), "max_out": Ending("^", "#D55E00"), "force_off": Ending("s", "#000000"),
           "untold": Ending("x", "#8C8C8C")}
PANEL_INCH, HEAD_INCH, MOST_PANELS = 1.25, 0.9, 8
DARK_YELLOW = "#B58900"


@styled
def split_monitor(log: EventLog, device: int | None = None, language: str = "en") -> Figure:
    """Draw the length of every split over the day, with what ended its green.

    Parameters
    ----------
    log
        Event log, of a run or of a real controller.
    device
        Number of the controller; the first one without it.
    language
        Language of labels.

    Returns
    -------
    A figure with one panel per phase, at most eight, those with the most greens.

    Raises
    ------
    InputError
        If the log has no such controller.

    Examples
    --------
    >>> import pandas as pd
    >>> import trafficsim as ts
    >>> time = pd.to_datetime(["2024-01-01 08:00:00", "2024-01-01 08:00:20", "2024-01-01 08:00:24"])
    >>> log = ts.EventLog(pd.DataFrame({"TimeStamp": time, "DeviceId": 1, "EventId": [1, 8, 10], "Parameter": 2}))
    >>> split_monitor(log).axes[0].get_title(loc="left")
    'phase 2'
    """
    words, number = load(language), _device(log, device)
    splits = log.splits()
    splits = splits[(splits["DeviceId"] == number) & splits["split_s"].notna()]
    phases = sorted(splits["Phase"].value_counts().index[:MOST_PANELS].tolist())
    if not phases:
        raise InputError(f"plot: controller {number}", "no green that begins and ends in the log",
                         "a log with begins of green, yellow and red", "choose another controller")
    figure = new_figure(HEAD_INCH + PANEL_INCH * len(phases))
    panels = figure.subplots(len(phases), 1, sharex=True, squeeze=False)[:, 0]
    span = _span(log)
    for axes, phase in zip(panels, phases, strict=True):
        own = splits[splits["Phase"] == phase]
        ended = own["termination"].fillna("untold")
        for name, look in ENDINGS.items():
            rows = own[(ended == name).to_numpy()]
            axes.plot(_clock_s(log, rows["begin"]), rows["split_s"], look.marker, color=look.colour, markersize=3.2,
                      linestyle="none", label=words.plain(f"signal_picture.{name}"))
        axes.set_ylim(0.0, 1.12 * float(own["split_s"].max()))
        axes.set_title(words.plain("signal_picture.split_phase", phase=phase), fontsize=8, pad=2)
        axes.grid(visible=True, axis="y")
        clock_axis(axes, *span, words)
    figure.supylabel(words.plain("signal_picture.split_length"), fontsize=9)
    panels[-1].set_xlabel(words.plain("plot.time"))
    used = [name for name in ENDINGS if (splits["termination"].fillna("untold") == name).any()]
    handles = [one for one in panels[0].lines if one.get_label() in
               {words.plain(f"signal_picture.{name}") for name in used}]
    figure.legend(handles=handles, loc="outside lower left", ncols=len(handles))
    return figure


@styled
def coordination_diagram(log: EventLog, device: int | None = None, phase: int | None = None, function: str = "Advance",
                         language: str = "en") -> Figure:
    """Draw the Purdue coordination diagram of a phase: when in the cycle vehicles arrive.

    Source: Day et al. 2010, Visual education tools to illustrate coordinated system operation (Purdue University).

    Parameters
    ----------
    log
        Event log with the configuration of detectors, of a run or of a real controller.
    device, phase
        The controller and its phase; those with the most arrivals without it.
    function
        Detectors of which use.
    language
        Language of labels.

    Returns
    -------
    A figure: over the day, the time since the begin of red at which vehicles arrive (dots), green begins, yellow
    begins, and red begins again (lines).

    Raises
    ------
    InputError
        If there is no arrival.

    Examples
    --------
    >>> import pandas as pd
    >>> import trafficsim as ts
    >>> time = pd.to_datetime([f"2024-01-01 08:00:{s:02d}" for s in (0, 10, 15, 30, 33)])
    >>> events = pd.DataFrame({"TimeStamp": time, "DeviceId": 1, "EventId": [10, 1, 82, 8, 10],
    ...                        "Parameter": [2, 2, 7, 2, 2]})
    >>> detectors = pd.DataFrame({"DeviceId": [1], "Phase": [2], "Parameter": [7], "Function": ["Advance"]})
    >>> coordination_diagram(ts.EventLog(events, detectors)).axes[0].get_ylabel()
    'time since the begin of red (s)'
    """
    words = load(language)
    arrivals = log.arrivals(function)
    for name, wanted in (("DeviceId", device), ("Phase", phase)):
        arrivals = arrivals if wanted is None else arrivals[arrivals[name] == wanted]
    if not len(arrivals):
        raise InputError("plot: coordination diagram", "no arrival", f"a log with detectors of use {function!r}",
                         "give the configuration of the detectors, or choose another phase")
    chosen = arrivals.groupby(["DeviceId", "Phase"]).size().sort_values(kind="stable").index[-1]
    arrivals = arrivals[(arrivals["DeviceId"] == chosen[0]) & (arrivals["Phase"] == chosen[1])]
    figure = new_figure(3.8)
    axes = figure.add_subplot()
    axes.plot(_clock_s(log, arrivals["time"]), arrivals["in_cycle_s"], ".", color="black", markersize=2.2,
              linestyle="none", rasterized=True, label=words.plain("signal_picture.arrival"))
    longest = _draw_cycle(axes, log, (int(chosen[0]), int(chosen[1])), words)
    seen_s = _clock_s(log, arrivals["time"])
    clock_axis(axes, float(seen_s.min()) - longest / 2.0, float(seen_s.max()) + longest / 2.0, words)
    axes.set_ylim(0.0, longest)
    axes.set_xlabel(words.plain("plot.time"))
    axes.set_ylabel(words.plain("signal_picture.since_red"))
    share = 100.0 * float((arrivals["state"] == "green").mean())
    axes.set_title(words.plain("signal_picture.coordination", signal=_name(log, int(chosen[0])), phase=int(chosen[1]),
                               share=words.number(share, 0), arrivals=words.number(len(arrivals), 0)))
    figure.legend(loc="outside lower left", ncols=4)
    return figure


def _draw_cycle(axes: Any, log: EventLog, place: tuple[int, int], words: Language) -> float:
    """Draw what the phase shows as steps from cycle to cycle; return the end of the axis."""
    events = log.events
    part = events[(events["DeviceId"] == place[0]) & (events["Parameter"] == place[1])]
    reds = moments(part, RED_CLEARANCE)
    lines = (("begin_green", GREEN_BEGINS, GREEN, "solid"), ("begin_yellow", YELLOW, DARK_YELLOW, (0, (4, 1.5))),
             ("begin_red", RED_CLEARANCE, RED, (0, (1.5, 1))))
    longest = 1.0
    for key, code, colour, dash in lines:
        times = moments(part, code)
        cycle = np.searchsorted(reds, times, side="left") - 1
        times, cycle = times[cycle >= 0], cycle[cycle >= 0]
        since_s = np.asarray((times - reds[cycle]) / np.timedelta64(1_000_000, "us"), np.float64)
        axes.plot(_clock_s(log, pd.Series(times)), since_s, color=colour, linestyle=dash, linewidth=1.2,
                  drawstyle="steps-mid", label=words.plain(f"signal_picture.{key}"))
        longest = max(longest, 1.05 * float(np.percentile(since_s, 99)) if len(since_s) else 1.0)
    return longest


def _device(log: EventLog, device: int | None) -> int:
    known = sorted({int(one) for one in log.events["DeviceId"].unique()})
    if device is None and known:
        return known[0]
    if device not in known:
        shown = ", ".join(str(one) for one in known[:8])
        raise InputError(f"plot: controller {device}", "no such controller in the log", f"one of {shown}",
                         "correct the number")
    return int(device)


def _name(log: EventLog, device: int) -> str:
    names = log.phases.loc[log.phases["DeviceId"] == device, "signal"].tolist()
    return short(str(names[0])) if names else str(device)


def _midnight(log: EventLog) -> pd.Timestamp:
    return pd.Timestamp(log.events["TimeStamp"].iloc[0]).normalize()


def _clock_s(log: EventLog, times: pd.Series) -> np.ndarray:
    return np.asarray((pd.to_datetime(times) - _midnight(log)).dt.total_seconds(), np.float64)


def _span(log: EventLog) -> tuple[float, float]:
    begin, end = _clock_s(log, log.events["TimeStamp"].iloc[[0, -1]])
    return float(begin), max(float(end), float(begin) + 1.0)
