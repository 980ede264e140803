"""Criteria of guidelines that judge many places at once: how many must pass what, and whether they do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from trafficsim.outcomes.validation.flows import geh, within_flow_bands

FHWA_2004 = "FHWA 2004"
TXDOT = "TxDOT"
TAG = "TAG M3.1"
SOURCES: Mapping[str, str] = {
    FHWA_2004: "FHWA, Traffic Analysis Toolbox volume III, FHWA-HRT-04-040 (2004), table 4 (criteria of Wisconsin DOT)",
    TXDOT: "Texas DOT, Traffic and Safety Analysis Procedures Manual, 13.5.2.3 (throughput)",
    TAG: "Department for Transport, TAG unit M3.1, tables 1 to 3 (link flows, screenlines, journey times)",
}
"""Where the criteria come from. That a criterion is met does not make a model fit for its purpose, nor does the reverse
hold (TAG unit M3.1, section 3.2)."""
TRAVEL_TIME_SHARE, TRAVEL_TIME_S = 0.15, 60.0
SCREENLINE_SHARE = 0.05
MOST = 0.85
GEH_LINK, GEH_TXDOT, GEH_SUM = 5.0, 3.0, 4.0


class Guideline(NamedTuple):
    """One criterion over all places of a kind.

    Attributes
    ----------
    guideline : whose criterion it is
    criterion : what is asked, in words
    of : how many values were judged
    value : share that passes, or the statistic itself
    bound : least share, or largest statistic
    passed : whether it is met
    """

    guideline: str
    criterion: str
    of: int
    value: float
    bound: float
    passed: bool


def within_travel_time(simulated_s: ArrayLike, observed_s: ArrayLike) -> np.ndarray:
    """Whether travel times lie within 15 %, or a minute if that is more (FHWA 2004, table 4; TAG unit M3.1, table 3).

    Examples
    --------
    >>> within_travel_time([359.0, 361.0, 690.0, 691.0], [300.0, 300.0, 600.0, 600.0]).tolist()
    [True, False, True, False]
    """
    simulated, observed = np.asarray(simulated_s, np.float64), np.asarray(observed_s, np.float64)
    return np.asarray(np.abs(simulated - observed) <= np.maximum(TRAVEL_TIME_SHARE * observed, TRAVEL_TIME_S))


def judge_flows(simulated_veh_h: ArrayLike, observed_veh_h: ArrayLike) -> tuple[Guideline, ...]:
    """Judge hourly flows of links by FHWA 2004, Texas DOT and TAG unit M3.1; nothing without a value.

    Of Texas DOT the stricter value, for facilities of the state, is asked of all: which links these are is not known.

    Examples
    --------
    >>> one, *_ = judge_flows([850.0, 1000.0], [1000.0, 1000.0])
    >>> one.criterion, one.value, one.passed
    ('flows within the bands, in more than 85 % of cases', 1.0, True)
    """
    return tuple(_flows(np.asarray(simulated_veh_h, np.float64), np.asarray(observed_veh_h, np.float64)))


def _flows(simulated: np.ndarray, observed: np.ndarray) -> Iterator[Guideline]:
    count = len(observed)
    if not count:
        return
    values = geh(simulated, observed)
    bands, five = float(within_flow_bands(simulated, observed).mean()), float((values < GEH_LINK).mean())
    three, whole = float((values < GEH_TXDOT).mean()), float(geh(simulated.sum(), observed.sum()))
    off = _off(float(simulated.sum()), float(observed.sum()))
    yield Guideline(FHWA_2004, "flows within the bands, in more than 85 % of cases", count, bands, MOST, bands > MOST)
    yield Guideline(FHWA_2004, "GEH < 5 in more than 85 % of cases", count, five, MOST, five > MOST)
    yield Guideline(FHWA_2004, "sum of all flows within 5 %", count, off, SCREENLINE_SHARE, off <= SCREENLINE_SHARE)
    yield Guideline(FHWA_2004, "GEH of the sum of all flows < 4", count, whole, GEH_SUM, whole < GEH_SUM)
    yield Guideline(TXDOT, "GEH < 3 in all cases (facilities of the state)", count, three, 1.0, three == 1.0)
    either = float((within_flow_bands(simulated, observed) | (values < GEH_LINK)).mean())
    yield Guideline(TAG, "flows within the bands or GEH < 5, in more than 85 % of cases", count, either, MOST,
                    either > MOST)


def judge_screenlines(simulated_veh_h: ArrayLike, observed_veh_h: ArrayLike) -> tuple[Guideline, ...]:
    """Judge totals of screenlines: differences below 5 % for all or nearly all (TAG unit M3.1, table 1); all, here.

    Examples
    --------
    >>> judge_screenlines([1040.0], [1000.0])[0].passed
    True
    """
    simulated, observed = np.asarray(simulated_veh_h, np.float64), np.asarray(observed_veh_h, np.float64)
    if not len(observed):
        return ()
    close = [_off(ours, seen) < SCREENLINE_SHARE for ours, seen in zip(simulated, observed, strict=True)]
    share = float(np.mean(close))
    return (Guideline(TAG, "screenlines within 5 %, all", len(close), share, 1.0, share == 1.0),)


def judge_travel_times(simulated_s: ArrayLike, observed_s: ArrayLike) -> tuple[Guideline, ...]:
    """Judge travel times: within 15 %, or a minute if more, in more than 85 % of cases (FHWA 2004; TAG unit M3.1).

    Examples
    --------
    >>> judge_travel_times([310.0, 400.0], [300.0, 300.0])[0].value
    0.5
    """
    observed = np.asarray(observed_s, np.float64)
    if not len(observed):
        return ()
    share = float(within_travel_time(simulated_s, observed).mean())
    text = "travel times within 15 % or 1 min, in more than 85 % of cases"
    return tuple(Guideline(one, text, len(observed), share, MOST, share > MOST) for one in (FHWA_2004, TAG))


def _off(simulated: float, observed: float) -> float:
    """Relative difference of two totals; 0 where both are 0, 1 where only the observed one is."""
    if observed == 0.0:
        return float(simulated > 0.0)
    return abs(simulated - observed) / observed
