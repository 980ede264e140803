"""A printed ledger shows what was before and what comes after, whatever the width of the terminal."""

from __future__ import annotations

import pandas as pd

import trafficsim as ts
from trafficsim.results.ledger import Explanation


def test_before_and_after_are_printed() -> None:
    flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=600)
    road = ts.Scenario(name="a_road_with_a_long_name", time=ts.Time(analysis_s=60), network=ts.corridor([300, 200]),
                       demand=ts.Demand(flows=(flow,)))
    slower = ts.policies.SpeedLimit(on=ts.links("east2"), limit_kmh=36)
    found = ts.explain(ts.Study(scenarios=[road], alternatives={"do nothing": [], "limit": [slower]}), "limit")
    with pd.option_context("display.width", 40, "display.max_columns", 3):
        text = str(found)
    assert "..." not in text
    head, first = text.splitlines()[:2]
    assert head.split() == ["policy", "field", "unit", "operation", "cell", "operand", "before", "after", "scenario"]
    assert first.split()[5:9] == ["east2", "10.0000", "13.8889", "10.0000"]


def test_parts_of_it_are_plain_tables() -> None:
    whole = Explanation(pd.DataFrame({"cell": ["a", "b"], "before": [1.0, 2.0]}))
    assert type(whole[whole["before"] > 1.0]) is pd.DataFrame
    assert pd.DataFrame(whole).equals(pd.DataFrame({"cell": ["a", "b"], "before": [1.0, 2.0]}))
