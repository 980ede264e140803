"""Signals that react, in both engines: everybody arrives, nobody runs red, the plant keeps its times, same bits."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd
import pytest

import trafficsim as ts
from tests.support.reacting_junctions import crossing, reacting
from trafficsim.engines.registry import engine_named
from trafficsim.policies import Controlled

JUNCTION = ts.junction()
SCENARIO = crossing()
MIN_GREEN_S, YELLOW_S, RED_S = 5.0, 3.0, 2.0
ENGINES = pytest.mark.parametrize("engine", ["ca", "queue"])


class Random:
    """Asks for any stage at any time."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def decide(self, observation: Any) -> int:
        return int(self._rng.integers(2))


class Longest:
    """Asks for the stage whose movements most vehicles wait for."""

    def decide(self, observation: Any) -> dict[str, int]:
        asked = {}
        for name, seen in observation.signals.items():
            across = [one in ("in0", "in2") for one, _ in seen.movements]
            asked[name] = int(seen.waiting[np.array(across)].sum() < seen.waiting[~np.array(across)].sum())
        return asked


class Broken:
    """Fails from some time on."""

    def __init__(self, how: Any, from_s: float = 100.0) -> None:
        self._how, self._from_s = how, from_s

    def decide(self, observation: Any) -> Any:
        if observation.time_s < self._from_s:
            return None
        if isinstance(self._how, Exception):
            raise self._how
        return self._how


def greens(result: Any) -> Iterator[tuple[int, float, float]]:
    """Group, begin and end of every green that ended."""
    for group, rows in result.signals_shown.groupby("group"):
        green, since = rows["state"].isin(["G", "g"]).to_numpy(), rows["since_s"].to_numpy()
        for row in np.flatnonzero(green):
            ends = np.flatnonzero(~green[row:])
            if len(ends) and (row == 0 or not green[row - 1]):
                yield int(group), float(since[row]), float(since[row + ends[0]])


def traffic(result: Any) -> dict[str, pd.DataFrame]:
    """Tables of what drove, without the names and times of the run."""
    dropped = ["alternative", "loop_s", "compile_s", "setup_s", "peak_mb"]
    return {name: table.drop(columns=dropped, errors="ignore") for name, table in result.tables.items()
            if name in ("trips", "links", "movements")}


def assert_same_traffic(one: Any, other: Any) -> None:
    for name, table in traffic(one).items():
        pd.testing.assert_frame_equal(table, traffic(other)[name])


@ENGINES
def test_the_plant_keeps_its_times_under_a_controller_that_asks_for_anything(engine: str) -> None:
    result = ts.run(SCENARIO, engine=engine, controllers={"centre": Random(4)})
    told = result.as_json()
    assert told["vehicles"]["en_route"] == told["vehicles"]["waiting"] == 0
    assert "findings" not in told
    found = sorted(greens(result), key=lambda one: one[1])
    assert len({group for group, _, _ in found}) == 12
    assert min(end - begin for _, begin, end in found if begin > 0.0) >= MIN_GREEN_S
    across = {group: group < 3 or 6 <= group < 9 for group, _, _ in found}
    for group, begin, end in found:
        for other, first, last in found:
            if across[group] != across[other]:
                assert last + YELLOW_S + RED_S <= begin or end + YELLOW_S + RED_S <= first


@ENGINES
def test_without_a_request_the_fixed_program_runs(engine: str) -> None:
    fixed = ts.run(SCENARIO, engine=engine)
    assert_same_traffic(fixed, ts.run(crossing(network=reacting(JUNCTION)), engine=engine))


@ENGINES
@pytest.mark.parametrize("how", [ValueError("no idea"), 7, "stage", {"elsewhere": 0}, [0, 1, 2], object()],
                         ids=["raises", "a number", "a name", "another signal", "a list", "an object"])
def test_a_controller_that_fails_is_replaced_by_the_fixed_program(
        engine: str, how: Any, caplog: pytest.LogCaptureFixture) -> None:
    short = crossing(200.0, 200.0)
    with caplog.at_level(logging.WARNING, logger="trafficsim"):
        result = ts.run(short, engine=engine, controllers={"centre": Broken(how)})
    assert_same_traffic(ts.run(short, engine=engine), result)
    assert result.control_events["event"].tolist().count("fallback") == 1
    assert [(one.code, one.where) for one in result.findings] == [
        ("controller-failed", "alternative 'controlled': signal 'centre'")]
    assert "its fixed program stands in" in caplog.text


@ENGINES
def test_a_controller_that_looks_at_queues_beats_chance(engine: str) -> None:
    random, longest = (ts.run(SCENARIO, engine=engine, controllers={"centre": one})
                       for one in (Random(1), Longest()))
    assert longest.trips["delay_s"].mean() < random.trips["delay_s"].mean()


@ENGINES
def test_a_study_does_not_depend_on_processes(engine: str) -> None:
    study = ts.Study(scenarios=[SCENARIO], engines=[engine], replications=2, baseline="do nothing", alternatives={
        "do nothing": [], "own": [Controlled(by=Random(2))]})
    one, two = (ts.compare(study, workers=workers) for workers in (1, 2))
    assert_same_traffic(one, two)
    digests = one.tables["runs"].groupby("alternative")["digest"].nunique()
    assert digests.tolist() == [2, 2]


@ENGINES
def test_an_open_run_goes_back_to_a_checkpoint_bit_for_bit(engine: str) -> None:
    run = ts.open_run(SCENARIO, engine=engine, policies=[Controlled(by=Random(3), on=("centre",))])
    run.advance(123.0)
    mark, states = run.checkpoint(), []
    for _ in range(2):
        run.restore(mark)
        assert run.time_s == 123.0
        while not run.ended:
            run.advance(run.time_s + 7.0)
        states.append(run.record().state)
        seen = run.observe()["centre"].passed.tolist()
        states.append(bytes(str(seen), "ascii"))
    assert states[:2] == states[2:]


@ENGINES
def test_steps_are_those_of_the_whole_run(engine: str) -> None:
    whole = ts.run(SCENARIO, engine=engine)
    run = ts.open_run(SCENARIO, engine=engine)
    while not run.ended:
        run.advance(run.time_s + 5.0)
    assert_same_traffic(whole, run.finish())


@ENGINES
def test_a_run_that_is_closed_gives_the_same_again_and_goes_on_from_a_checkpoint_only(engine: str) -> None:
    run = ts.open_run(SCENARIO, engine=engine)
    run.advance(123.0)  # in the middle of an interval
    mark = run.checkpoint()
    once = run.finish()
    assert_same_traffic(once, run.finish())
    assert run.record() is run.record()
    with pytest.raises(ts.InputError, match="closed: its results have been taken"):
        run.advance(130.0)
    run.restore(mark)
    assert_same_traffic(once, run.finish())
    run.restore(mark)
    run.advance(SCENARIO.time.analysis_s + SCENARIO.time.clear_s)
    assert run.ended
    assert_same_traffic(ts.run(SCENARIO, engine=engine), run.finish())


@ENGINES
def test_requests_to_an_open_run_are_shown(engine: str) -> None:
    run = ts.open_run(SCENARIO, engine=engine, policies=[Controlled()])
    run.request("centre", "stage 2")
    run.advance(30.0)
    seen = run.observe()["centre"]
    assert (seen.stage, seen.green, seen.stages) == (1, (1,), ("stage 1", "stage 2"))
    assert 0.0 < seen.since_s <= 30.0
    for wrong in (("centre", 2), ("centre", True), ("nowhere", 0)):
        with pytest.raises(ts.InputError, match=r"signal"):
            run.request(*wrong)


@ENGINES
def test_actuated_with_maximum_recall_is_the_fixed_program(engine: str) -> None:
    network = reacting(JUNCTION, "actuated", recall="max", max_green_s=40.0)
    assert_same_traffic(ts.run(SCENARIO, engine=engine), ts.run(crossing(network=network), engine=engine))


@ENGINES
def test_actuated_ends_green_in_gaps(engine: str) -> None:
    quiet = crossing(120.0, network=reacting(JUNCTION, "actuated", max_green_s=40.0))
    result, fixed = ts.run(quiet, engine=engine), ts.run(crossing(120.0), engine=engine)
    assert result.as_json()["vehicles"]["en_route"] == 0
    assert "gap_out" in set(result.control_events["event"])
    assert result.trips["delay_s"].mean() < fixed.trips["delay_s"].mean()


def test_an_engine_that_does_not_let_signals_react_says_so() -> None:
    assert "reacting_signals" not in engine_named("hybrid").represents
    with pytest.raises(ts.InputError, match="represents signals that react"):
        ts.run(SCENARIO, engine="hybrid", controllers={"centre": Random(1)})


class Twice:
    """Asks for both stages at once, which conflict."""

    def decide(self, observation: Any) -> tuple[int, int]:
        return (0, 1)


class Held:
    """Cannot be copied."""

    def __init__(self) -> None:
        self._lock = Lock()

    def decide(self, observation: Any) -> int:
        return 0


def test_a_request_of_conflicting_stages_is_told_of() -> None:
    result = ts.run(crossing(200.0, 200.0), engine="queue", controllers={"centre": Twice()})
    told = result.findings[0]
    assert (told.code, told.where) == ("request-refused", "alternative 'controlled': signal 'centre'")
    assert "asked for phases that conflict" in told.message


@pytest.mark.parametrize(("controllers", "says"), [
    ({"centre": object()}, "controllers['centre']: found object, which has no method decide"),
    ({"centre": Random}, "found the class Random; expected an object of it. Remedy: write Random()"),
    (Random(1), "controllers: found Random; expected a dictionary"),
    ({"center": Random(1)}, "signal 'center': found no such signal; expected one of centre"),
    ({"centre": Held()}, "controller Held: found one that cannot be copied"),
], ids=["no method", "a class", "no dictionary", "another signal", "cannot be copied"])
def test_controllers_that_cannot_be_are_refused_in_one_message(controllers: Any, says: str) -> None:
    with pytest.raises(ts.TrafficsimError) as error:
        ts.run(crossing(200.0, 200.0), engine="queue", controllers=controllers)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_an_answer_that_takes_too_long_is_replaced_by_the_fixed_program(caplog: pytest.LogCaptureFixture) -> None:
    """No answer takes less than a nanosecond."""
    late = Controlled(on=("centre",), by=Random(1), within_s=1e-9)
    study = ts.Study(name="s", scenarios=[crossing(200.0, 200.0)], engines=["queue"], replications=1,
                     alternatives={"do nothing": [], "late": [late]})
    with caplog.at_level(logging.WARNING, logger="trafficsim"):
        (told,) = ts.compare(study).findings
    assert (told.code, told.where) == ("controller-failed", "alternative 'late': signal 'centre'")
    assert "its answer came too late" in caplog.text
