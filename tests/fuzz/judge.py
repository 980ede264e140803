"""What a spoilt file may lead to: it is taken, and then its run adds up; or it is refused in one readable message."""

from __future__ import annotations

import contextlib
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import trafficsim as ts
from tests.cli.support import Answer
from trafficsim.base.errors import MachineError, TrafficsimError
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.study import Study

TIMEOUT_S = 10.0
"""Processor time that an input may take."""
STANDSTILL_S = 600.0
"""Time that it may wait for something, on a machine that others use too."""
LONGEST_MESSAGE = 2000
MOST_TICKS, MOST_VEHICLES = 400, 300
"""Runs that are no larger are made; larger ones are only checked."""
DEVIATION_M = 0.33
"""Standard deviation of the way of a tick at cells of 0.5 m (see tests/run/test_delays.py)."""
ACCEPTED, REFUSED, BAD = "accepted", "refused", "bad"


@dataclass(frozen=True)
class Verdict:
    """What became of an input: ``accepted``, ``refused`` or ``bad``, with the message or what is wrong."""

    kind: str
    says: str = ""


class Hang(BaseException):
    """An input took too long. Not an ``Exception``, so that nothing on the way takes it for one."""


def judge(file: Path, *, by_command: bool = False) -> Verdict:
    """Open a file, check it, and run it if that is short; by the command line if asked."""
    return within_time(lambda: _by_command(file) if by_command else by_python(file))


def within_time(judged: Callable[[], Verdict]) -> Verdict:
    """Return a verdict; what takes too long or fails in any way but by a message is bad."""
    begin, clock = time.process_time(), time.monotonic()

    def late() -> Verdict:
        spent = f"{time.process_time() - begin:.1f} s of processor time, {time.monotonic() - clock:.0f} s on the clock"
        return Verdict(BAD, f"not ended after {spent}")

    try:
        with _time_limit():
            verdict = judged()
    except Hang:
        return late()
    except TrafficsimError as error:
        return _refusal(error)
    except Exception:  # noqa: BLE001 - that is what is looked for
        return Verdict(BAD, traceback.format_exc(limit=-4))
    if time.process_time() - begin > TIMEOUT_S:
        return late()
    return verdict


@contextlib.contextmanager
def _time_limit() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise Hang

    timers = ((signal.ITIMER_PROF, signal.SIGPROF, TIMEOUT_S), (signal.ITIMER_REAL, signal.SIGALRM, STANDSTILL_S))
    before = [signal.signal(number, stop) for _, number, _ in timers]
    try:
        for timer, _, seconds in timers:
            signal.setitimer(timer, seconds)
        yield
    finally:
        for (timer, number, _), handler in zip(timers, before, strict=True):
            signal.setitimer(timer, 0.0)
            signal.signal(number, handler)


def by_python(file: Path) -> Verdict:
    """Open, check and run without a limit of time."""
    try:
        loaded = ts.load(file)
        findings = ts.check(file)
    except TrafficsimError as error:
        return _refusal(error)
    for one in findings:
        if len(f"{one.code}: {one.where}: {one.message}. Remedy: {one.remedy}") > LONGEST_MESSAGE:
            return Verdict(BAD, f"a finding of more than {LONGEST_MESSAGE} characters: {one.code}")
    if any(one.level == "error" for one in findings):
        return Verdict(REFUSED, str(next(one for one in findings if one.level == "error")))
    scenarios = loaded.scenarios if isinstance(loaded, Study) else (loaded,)
    if not all(_is_short(one) for one in scenarios if isinstance(one, Scenario)):
        return Verdict(ACCEPTED, "not run: too long")
    return _run(loaded)


def _refusal(error: TrafficsimError) -> Verdict:
    message = str(error)
    if len(message) > LONGEST_MESSAGE:
        return Verdict(BAD, f"a message of {len(message):,} characters: {message[:200]}")
    if "\n" in message or not message.isprintable():
        return Verdict(BAD, f"a message that is no line: {message!r}")
    if isinstance(error, MachineError) and "memory" not in message:
        return Verdict(BAD, f"the machine is blamed: {message}")
    if not (error.where and error.found and error.expected and error.remedy):
        return Verdict(BAD, f"a message without a part: {message}")
    return Verdict(REFUSED, message)


def _is_short(scenario: Scenario) -> bool:
    span, ticks = scenario.time, scenario.time.warmup_s + scenario.time.analysis_s + scenario.time.clear_s
    if ticks / scenario.ca.tick_s > MOST_TICKS or ticks / span.interval_s > 10 * MOST_TICKS:
        return False
    demand = ts.build(scenario).demand
    volume = sum(flow.volume_veh_h * max([1.0, *(factor for _, factor in flow.profile)]) for flow in demand.flows)
    return volume * (span.warmup_s + span.analysis_s) / 3600.0 + len(demand.trips) < MOST_VEHICLES


def _run(loaded: Scenario | Study) -> Verdict:
    try:
        result = ts.run(loaded, replications=1)
    except TrafficsimError as error:
        if error.exit_status == 1 and "memory" not in str(error):
            return Verdict(BAD, f"a run that breaks off: {error}")
        return _refusal(error)
    wrong = _what_is_wrong(result)
    return Verdict(BAD, wrong) if wrong else Verdict(ACCEPTED)


def _what_is_wrong(result: Any) -> str:
    """Conservation, numbers that are numbers, no run that failed, delays that are not negative."""
    runs, trips = result.runs, result.trips
    if (runs["status"] == "failed").any():
        return f"a failed run: {runs['reason'].dropna().iloc[0]}"
    if (runs["demanded"] != runs["waiting"] + runs["en_route"] + runs["completed"]).any():
        return "vehicles lost"
    for name in result.tables:
        for column, values in result.tables[name].select_dtypes("number").items():
            if not np.isfinite(values.dropna().to_numpy(np.float64)).all():
                return f"{name}.{column} is not finite"
    return _negative_delays(trips)


def _negative_delays(trips: Any) -> str:
    done = trips[trips["delay_s"].notna() & (trips["alternative"] == "do nothing")]
    delay_s, free_s, metres = (done[name].to_numpy(np.float64) for name in ("delay_s", "free_flow_s", "distance_m"))
    random_draw_s = DEVIATION_M * np.sqrt(free_s) * free_s / np.maximum(metres, 1.0)
    below = delay_s < -5.0 * random_draw_s - 1.0
    return f"a delay of {delay_s[below][0]:.1f} s of {free_s[below][0]:.1f} s free flow" if below.any() else ""


def _by_command(file: Path) -> Verdict:
    answer = Answer("check", file)
    if answer.status not in (0, 2) or "defect" in answer.stderr or "Traceback" in answer.stderr:
        return Verdict(BAD, f"check ends with {answer.status}: {answer.stderr[:500]}")
    if answer.status == 0:
        return Verdict(ACCEPTED)
    if any(len(line) > LONGEST_MESSAGE for line in answer.stderr.splitlines()) or not answer.stderr:
        return Verdict(BAD, f"a message of {len(answer.stderr):,} characters")
    return Verdict(REFUSED, answer.stderr)
