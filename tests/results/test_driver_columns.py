"""Who drove, as columns of the table ``trips``: those asked for, and no others."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pandas as pd
import pytest

import trafficsim as ts
from trafficsim.results.driver_columns import COLUMNS
from trafficsim.results.store import StoredTables, stored_runs
from trafficsim.spec.population import PersonColumn, PersonGroup, Population


def road(name: str, *columns: str, people: int = 300) -> ts.Scenario:
    groups = (PersonGroup(name="young", share=0.3, age_years=(18, 24), licence_months=(0, 24), points={12: 1.0}),
              PersonGroup(name="old", share=0.7, isa_share=1.0))
    flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=900)
    return ts.Scenario(name=name, time=ts.Time(analysis_s=120, clear_s=300), network=ts.corridor([300, 200]),
                       demand=ts.Demand(flows=(flow,)),
                       population=Population(people=people, groups=groups, trip_columns=columns))


def test_every_column_that_can_be_asked_for_is_made() -> None:
    assert set(COLUMNS) == set(get_args(PersonColumn))


@pytest.fixture(scope="module")
def result() -> Any:
    return ts.run(road("asked", *get_args(PersonColumn)), replications=2)


def test_columns_say_who_drove(result: Any) -> None:
    trips: pd.DataFrame = result.tables["trips"]
    young = trips["group"] == "young"
    assert young.any()
    assert (~young).any()
    assert trips.loc[young, "age_years"].max() <= 24
    assert (trips["isa"] == ~young).all()
    assert (trips["suspended"] == young).all()
    assert (trips.loc[young, "points"] == 12).all()
    assert trips["person"].between(0, 299).all()
    one = trips.groupby("person")[["group", "age_years", "licence_months", "speed_score", "belt", "isa", "points"]]
    assert (one.nunique() == 1).all().all(), "a person is another one in another replication"
    assert (one.size() > 1).any()


def test_only_what_is_asked_for_is_there() -> None:
    found = ts.run(road("one", "group"), replications=1).tables["trips"]
    assert not set(COLUMNS) - {"group"} & set(found.columns)
    assert "group" in found.columns


def test_scenarios_of_a_study_may_ask_for_different_columns(tmp_path: Path) -> None:
    study = ts.Study(scenarios=[road("with", "person", "belt"), road("without")], alternatives={"do nothing": []},
                     replications=1)
    result = ts.run(study, out=tmp_path)
    for trips in (result.tables["trips"], StoredTables(stored_runs(tmp_path))["trips"]):
        assert (trips["person"].isna() == (trips["scenario"] == "without")).all()
        assert trips["belt"].dtype == "boolean"


def tables_of(scenario: ts.Scenario, *policies: ts.Policy) -> dict[str, pd.DataFrame]:
    study = ts.Study(scenarios=[scenario], alternatives={"do nothing": [], "other": list(policies)}, replications=1)
    tables = ts.run(study).tables
    return {name: tables[name][tables[name]["alternative"] == "other"].reset_index(drop=True)
            for name in ("trips", "links", "events")}


def test_equipping_nobody_gives_the_same_bits_as_doing_nothing() -> None:
    scenario = road("same", "person", "isa")
    nothing, nobody = tables_of(scenario), tables_of(scenario, ts.policies.Isa(share=0.0, groups=("young",)))
    for name, table in nothing.items():
        pd.testing.assert_frame_equal(table, nobody[name], check_exact=True)


def test_the_order_of_groups_gives_the_same_bits() -> None:
    one = road("order", *get_args(PersonColumn))
    assert one.population is not None
    groups = tuple(reversed(one.population.groups))
    other = one.model_copy(update={"population": one.population.model_copy(update={"groups": groups})})
    for name, table in tables_of(one).items():
        pd.testing.assert_frame_equal(table, tables_of(other)[name], check_exact=True)
