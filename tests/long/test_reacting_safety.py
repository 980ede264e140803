"""Whole runs under controllers that ask for anything: recorded signals keep people safe, in both engines.

The tests of the plant alone drive it by hand; here the recorded signals of runs with traffic are judged.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trafficsim as ts
from tests.engines.test_reacting_signals import Random, greens
from tests.support.reacting_junctions import crossing, reacting

pytestmark = pytest.mark.long
TIMES = st.fixed_dictionaries({
    "min_green_s": st.integers(3, 12), "yellow_s": st.integers(2, 4), "red_clearance_s": st.integers(0, 4),
    "walk_s": st.integers(4, 7), "ped_clearance_s": st.integers(3, 9)})


def walks(result: Any, times: dict[str, int]) -> list[float]:
    """Begins of walks that are over when the run ends."""
    events = result.control_events
    begins = events.loc[events["event"] == "walk", "time_s"]
    last_s = result.signals_shown["since_s"].max()
    return [begin for begin in begins.tolist() if begin + times["walk_s"] + times["ped_clearance_s"] <= last_s]


def check(result: Any, times: dict[str, int]) -> None:
    """No conflicting greens; minimums, intergreens, walk and clearance of pedestrians are kept."""
    found = list(greens(result))
    assert len({group for group, _, _ in found}) == 12
    across = {group: group < 3 or 6 <= group < 9 for group, _, _ in found}
    intergreen_s = times["yellow_s"] + times["red_clearance_s"]
    for group, begin, end in found:
        assert begin == 0.0 or end - begin >= times["min_green_s"]
        for other, first, last in found:
            if across[group] != across[other]:
                assert last + intergreen_s <= begin or end + intergreen_s <= first
    for walk in walks(result, times):
        clear = walk + times["walk_s"] + times["ped_clearance_s"]
        covered = {across[group] for group, begin, end in found if begin <= walk and clear <= end}
        assert covered, f"a walk that began at {walk} s was cut short"


@pytest.mark.parametrize("engine", ["ca", "queue"])
@settings(max_examples=8, deadline=None)
@given(times=TIMES, seed=st.integers(0, 2**16))
def test_no_controller_breaks_what_keeps_people_safe(engine: str, times: dict[str, int], seed: int) -> None:
    network = reacting(ts.junction(), max_green_s=40.0, recall="pedestrian", **times)
    result = ts.run(crossing(seconds=300.0, network=network), engine=engine, controllers={"centre": Random(seed)})
    told = result.as_json()["vehicles"]
    assert told["en_route"] == told["waiting"] == 0
    assert np.isfinite(result.trips["delay_s"]).all()
    assert len(walks(result, times)) > 3
    check(result, times)
