"""Who gains and who loses: pairs, families, few vehicles, and groups by hand."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from tests.results.tiny import LABELS, tiny_plan, tiny_record, tiny_reference
from trafficsim.base.errors import InputError
from trafficsim.results.distribution import distribution, share_of_vehicles, worst_first
from trafficsim.results.formats import losers_lines
from trafficsim.results.groups import groups_table
from trafficsim.results.indicators import indicators_table
from trafficsim.results.question import Question
from trafficsim.results.statistics import holm, paired_p, t_interval

Times = dict[str, dict[str, list[float | None]]]
BASE = [100.0, 110.0, 105.0, 98.0, 103.0]


def paths(arms: Times, vehicles: int = 20) -> pd.DataFrame:
    rows = [("s", arm, number, "ca", path, vehicles, value) for arm, members in arms.items()
            for path, values in members.items() for number, value in enumerate(values, start=1)]
    columns = ["scenario", "alternative", "replication", "engine", "path", "vehicles", "mean_time_s"]
    return pd.DataFrame(rows, columns=columns).astype({"mean_time_s": "Float64", "vehicles": "Int64"})


def movements(arms: dict[str, dict[tuple[str, str], list[float]]]) -> pd.DataFrame:
    rows = [("s", arm, number, "ca", start, end, "left", 60.0, value) for arm, members in arms.items()
            for (start, end), values in members.items() for number, value in enumerate(values, start=1)]
    columns = ["scenario", "alternative", "replication", "engine", "from_link", "to_link", "direction", "volume_veh_h",
               "control_delay_s"]
    return pd.DataFrame(rows, columns=columns)


def shifted(by: float) -> list[float | None]:
    noise = np.random.default_rng(7).normal(0.0, 1.0, len(BASE))
    return [value + by + step for value, step in zip(BASE, noise.tolist(), strict=True)]


def test_who_loses_is_found_while_the_other_gains() -> None:
    found = distribution({"paths": paths({"do nothing": {"north": BASE, "south": BASE},
                                          "plan": {"north": shifted(-40.0), "south": shifted(60.0)}})}, Question())
    north, south = found.effects
    assert (north.verdict, south.verdict) == ("better", "worse")
    assert [one.member for one in worst_first(found.effects)] == ["south"]
    assert share_of_vehicles(found.effects, "worse") == 0.5
    text, remark = losers_lines(found)
    assert text.startswith("plan in s, who loses: named route south 103 → 163 s (")
    assert remark.startswith("With fewer than 10 replications")


def test_interval_and_p_value_are_those_of_the_pairs_adjusted_over_the_family() -> None:
    arms: Times = {"do nothing": {"a": BASE, "b": BASE}, "one": {"a": shifted(0.5), "b": shifted(1.0)},
                   "two": {"a": shifted(3.0), "b": shifted(0.0)}}
    effects = distribution({"paths": paths(arms)}, Question(confidence=0.9)).effects
    differences = [[ours - theirs for ours, theirs in zip(arms[one.alternative][one.member], BASE, strict=True)]
                   for one in effects]  # type: ignore[operator]
    plain = [paired_p(values) for values in differences]
    assert [one.p for one in effects] == pytest.approx(plain)
    assert [one.p_adjusted for one in effects] == pytest.approx(holm(plain))
    for one, values in zip(effects, differences, strict=True):
        assert (one.low_s, one.high_s) == pytest.approx([float(end) for end in t_interval(values, 0.9)[1:]])


def test_paths_and_movements_are_families_of_their_own() -> None:
    base = {("a", "b"): BASE, ("a", "c"): BASE}
    plan = {("a", "b"): shifted(8.0), ("a", "c"): shifted(-1.5)}
    found = distribution(
        {
            "paths": paths({"do nothing": {"p": BASE}, "plan": {"p": shifted(2.0)}}),
            "movements": movements({"do nothing": base, "plan": plan}),
        },
        Question(),
    )  # type: ignore[dict-item]
    path, first, second = found.effects
    assert path.p_adjusted == path.p
    assert (first.family, first.member, first.links, first.turn) == ("movement", "a → b", ("a", "b"), "left")
    assert [first.p_adjusted, second.p_adjusted] == pytest.approx(holm([first.p, second.p]))  # type: ignore[list-item]
    assert found.table("movement", verdict="worse")["member"].tolist() == ["a → b"]


def test_an_equal_alternative_hurts_nobody() -> None:
    found = distribution({"paths": paths({"do nothing": {"p": BASE}, "same": {"p": BASE}})}, Question())
    assert [(one.diff_s, one.p, one.verdict) for one in found.effects] == [(0.0, 1.0, "no evidence")]
    assert next(losers_lines(found)) == "same in s, who loses: nobody that can be shown."


def test_enough_replications_need_no_remark() -> None:
    table = paths({"do nothing": {"p": BASE * 2}, "plan": {"p": shifted(60.0) * 2}})
    found = distribution({"paths": table}, Question())
    assert len(list(losers_lines(found))) == 1


def test_few_vehicles_are_marked_and_a_missing_value_drops_its_pair() -> None:
    less: list[float | None] = [None, *shifted(60.0)[1:]]
    found = distribution({"paths": paths({"do nothing": {"p": BASE}, "plan": {"p": less}}, vehicles=2)}, Question())
    one, = found.effects
    assert (one.few, one.vehicles, one.n, one.verdict) == (True, 2.0, 4, "worse")
    assert "2 vehicles a replication" in next(losers_lines(found))


def test_one_replication_or_no_value_gives_no_verdict() -> None:
    one, = distribution({"paths": paths({"do nothing": {"p": [1.0]}, "plan": {"p": [2.0]}})}, Question()).effects
    assert (one.diff_s, one.low_s, one.p, one.verdict) == (1.0, None, None, "no evidence")
    none, = distribution({"paths": paths({"do nothing": {"p": [1.0, 2.0]}, "plan": {"p": [None, None]}})},
                         Question()).effects
    assert (none.n, none.diff_s, none.verdict) == (0, None, "no evidence")


def test_json_names_those_who_lose() -> None:
    found = distribution({"paths": paths({"do nothing": {"p": BASE}, "plan": {"p": shifted(60.0)}})}, Question())
    told = found.as_json()["s"]["ca"]["plan"]["path"]
    json.dumps(told, allow_nan=False)
    assert (told["tested"], told["better"]) == (1, 0)
    assert [one["member"] for one in told["worse"]] == ["p"]


def test_groups_by_hand() -> None:
    table = groups_table(tiny_plan(), tiny_record(), LABELS, tiny_reference())
    rows = table[["grouping", "group", "trips", "mean_delay_s"]].values.tolist()
    # Four trips are due, all from a to b, each a flow of its own: see BY_HAND of the indicators.
    mean = (50 + 90 + 262.5 + 200) / 4
    assert rows == [["class", "car", 4, mean], ["origin", "a", 4, mean], ["destination", "b", 4, mean]]


def test_groups_of_a_grouping_make_up_the_mean_of_all() -> None:
    table = groups_table(tiny_plan(), tiny_record(), LABELS, tiny_reference())
    indicators = indicators_table(tiny_plan(), tiny_record(), LABELS, tiny_reference()).set_index("indicator")
    for grouping in ("class", "origin", "destination"):
        part = table[table["grouping"] == grouping]
        mean = (part["trips"] * part["mean_delay_s"]).sum() / part["trips"].sum()
        assert mean == pytest.approx(indicators.loc["mean_delay_s", "value"], rel=1e-12)


def test_a_detector_with_the_name_of_a_path_does_not_disturb() -> None:
    table = paths({"do nothing": {"p": BASE}, "plan": {"p": shifted(60.0)}})
    twice = pd.concat([table, table.assign(mean_time_s=1.0)], ignore_index=True)
    one, = distribution({"paths": twice}, Question()).effects
    assert one.verdict == "worse"


@pytest.mark.parametrize("value", [1e200, float("inf")])
def test_values_that_are_no_traffic_are_refused(value: float) -> None:
    with pytest.raises(InputError, match="no traffic"):
        distribution({"paths": paths({"do nothing": {"p": BASE}, "plan": {"p": [value] * 5}})}, Question())
