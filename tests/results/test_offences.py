"""Offences where they are enforced, by hand on five trips; detection and sanction are nested draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.results.tiny import LABELS, f8, i4, tiny_plan, tiny_record, tiny_reference
from trafficsim.base.codes import CHECKPOINT
from trafficsim.plan.arrays import EnforcementArrays, Plan, no_drivers, no_people
from trafficsim.results.events import events_table
from trafficsim.results.indicators import indicators_table
from trafficsim.results.offences import officer_hours, sanctions
from trafficsim.results.speeds import evaluated_traversals


def enforced(offence: str = "speeding", **more: object) -> Plan:
    """Camera c on link b with a sanction of 90 EUR and 2 points."""
    arrays = EnforcementArrays(
        name=("post",), kind=("mobile_camera",), offence=(offence,), detection=f8(1), sanctioned=f8(1), fine_eur=f8(90),
        points=i4(2), legal_gap_s=f8(0.9), offending_share=f8(0), red_tolerance_s=f8(0), links=((1,),),
        hours_s=((),), checks=(("c",),), officers=f8(2), devices=i4(1),
    )._replace(**more)  # type: ignore[arg-type]
    return replace(tiny_plan(), enforcement=arrays)


def test_a_sanction_is_a_row_of_the_events_and_three_indicators() -> None:
    plan = enforced()
    table = events_table(plan, tiny_record(), LABELS)
    row = table[table["event"] == "sanction"].iloc[0]
    assert (row["trip"], row["link"], row["time_s"]) == ("one", "b", 250.0)
    assert (row["deployment"], row["offence"], row["fine_eur"], row["points"]) == ("post", "speeding", 90.0, 2)
    assert row["excess_kmh"] > 0.0
    assert (table["event"] == "citation").sum() == (table["event"] == "sanction").sum() == 1
    assert table.loc[table["event"] != "sanction", ["deployment", "fine_eur", "points"]].isna().all(axis=None)
    values = indicators_table(plan, tiny_record(), LABELS, tiny_reference()).set_index("indicator")["value"]
    assert values[["citations", "sanctions", "fines_eur", "points"]].tolist() == [1.0, 1.0, 90.0, 2.0]


def test_what_is_not_detected_is_no_citation_and_what_is_not_served_no_sanction() -> None:
    for values, cited, sanctioned in (({"detection": f8(0)}, 0, 0), ({"sanctioned": f8(0)}, 1, 0)):
        plan = enforced(**values)
        assert evaluated_traversals(plan, tiny_record()).cited.sum() == cited
        assert len(sanctions(plan, tiny_record()).trip) == sanctioned


@pytest.mark.parametrize(("hours_s", "number"), [(((240.0, 260.0),), 1), (((0.0, 250.0), (251.0, 900.0)), 0)])
def test_only_hours_in_force_count(hours_s: tuple[tuple[float, float], ...], number: int) -> None:
    plan = enforced(hours_s=(hours_s,))
    plan = replace(plan, sections=plan.sections._replace(hours_s=((), (), hours_s)))
    assert evaluated_traversals(plan, tiny_record()).cited.sum() == number
    assert len(sanctions(plan, tiny_record()).trip) == number


def test_red_running_is_sanctioned_on_the_links_of_the_camera() -> None:
    found = sanctions(enforced("red_running", links=((0, 1),), checks=((),)), tiny_record())
    assert len(found.trip) == 1
    assert np.isnan(found.excess_kmh).all()
    assert not len(sanctions(enforced("red_running", links=((),), checks=((),)), tiny_record()).trip)
    # half a second after the onset of red
    for tolerance_s, number in ((0.5, 1), (0.6, 0)):
        plan = enforced("red_running", links=((0, 1),), checks=((),), red_tolerance_s=f8(tolerance_s))
        assert len(sanctions(plan, tiny_record()).trip) == number


def checkpoint(offence: str, **more: object) -> Plan:
    plan = enforced(offence, **more)
    role = plan.sections.role.copy()
    role[2] = CHECKPOINT
    return replace(plan, sections=plan.sections._replace(role=role, citation_ms=np.zeros(3)))


def test_short_gaps_are_read_off_the_place() -> None:
    plan = checkpoint("close_following")
    seen = evaluated_traversals(plan, tiny_record())
    here = np.flatnonzero(seen.section == 2)
    gaps = seen.gap_s[here]
    shortest = float(gaps[np.isfinite(gaps)].min())
    for legal, number in ((shortest, 0), (shortest + 0.01, 1)):
        found = sanctions(checkpoint("close_following", legal_gap_s=f8(legal)), tiny_record())
        assert len(found.trip) == number


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.sampled_from(["offending_share", "detection", "sanctioned"]))
def test_those_sanctioned_are_nested_in_every_probability(one: float, other: float, what: str) -> None:
    few, many = ({*sanctions(checkpoint("drink_driving", **{"offending_share": f8(1), what: f8(share)}),
                             tiny_record()).trip.tolist()} for share in sorted((one, other)))
    assert few <= many


def test_everybody_who_passes_is_sanctioned_once_if_all_offend_and_are_caught() -> None:
    plan = checkpoint("unlicensed", offending_share=f8(1))
    seen = evaluated_traversals(plan, tiny_record())
    assert sorted(sanctions(plan, tiny_record()).trip.tolist()) == sorted(set(seen.trip[seen.section == 2].tolist()))


def test_with_a_population_it_says_who_offends() -> None:
    flags = np.array([False, True, False, True, False])
    drivers = no_drivers()._replace(impaired=flags, licensed=~flags, suspended=np.zeros(5, np.bool_))
    for offence in ("drink_driving", "unlicensed"):
        plan = replace(checkpoint(offence, offending_share=f8(1)), drivers=drivers)
        seen = evaluated_traversals(plan, tiny_record())
        passing = set(seen.trip[seen.section == 2].tolist())
        assert set(sanctions(plan, tiny_record()).trip.tolist()) == passing & {1, 3}


def test_policies_on_fines_and_points_count() -> None:
    people = no_people()._replace(enforcement=("mobile_camera",), fine_factor=f8(1.5), points_factor=f8(2))
    plan = replace(enforced(), people=people)
    values = indicators_table(plan, tiny_record(), LABELS, tiny_reference()).set_index("indicator")["value"]
    assert values[["sanctions", "fines_eur", "points"]].tolist() == [1.0, 135.0, 4.0]


def test_officer_hours_are_those_of_the_analysis_period() -> None:
    # two officers; the analysis period is from 100 to 500 s
    for hours_s, seconds in (((), 400.0), (((0.0, 200.0), (450.0, 900.0)), 150.0), (((0.0, 0.0),), 0.0)):
        assert officer_hours(enforced(hours_s=(hours_s,))) == pytest.approx(2.0 * seconds / 3600.0)
