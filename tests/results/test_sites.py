"""Crash histories beside results: estimates of sites, casualties per year, what is kept and read again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from trafficsim.base.errors import InputError
from trafficsim.design.synthetic import grid
from trafficsim.outcomes.casualties import Models, drawn, relative
from trafficsim.outcomes.sites.empirical_bayes import gamma_interval
from trafficsim.outcomes.sites.estimates import NO_TRAFFIC, estimate
from trafficsim.outcomes.sites.history import SiteHistory, site_history
from trafficsim.outcomes.sites.places import Site
from trafficsim.outcomes.sites.spf import junction_crashes
from trafficsim.results.between import with_between
from trafficsim.results.casualties import seen_of
from trafficsim.results.frames import Labels, frame, nullable, strings
from trafficsim.results.history_outcomes import with_history
from trafficsim.results.indicator import Pair
from trafficsim.results.indicators import registered
from trafficsim.results.outcome_draws import OutcomeDraws
from trafficsim.results.question import Question
from trafficsim.results.sites import history_name, hourly_flows, read_history, write_histories
from trafficsim.spec.casualties import Casualties
from trafficsim.spec.crashes import CasualtiesPerCrash, History, UnderReporting
from trafficsim.spec.economics import Amount, CasualtiesPerYear, Economics

TOWN = grid(rows=2, columns=2)
LINKS = tuple(TOWN.links)
FLOW = dict.fromkeys(LINKS, 400.0)
PERIOD = (0.0, 3600.0)


def history(**changed: Any) -> History:
    given = {"crashes": "crashes.csv", "begin": "2020-01-01", "end": "2021-12-31", "expansion_factor": 10.0}
    return History(**{**given, **changed})


def crashes() -> pd.DataFrame:
    """Two dozen at one junction, one fatal; two on a road; one without injuries; one too late, one nowhere."""
    rows = [("r0c0", "slight", 0)] * 23 + [("r0c0", "fatal", 1)] + [(LINKS[0], "serious", 0)] * 2
    rows += [("r1c1", "damage", 0), ("r1c1", "slight", 0), ("nowhere", "slight", 0)]
    days = ["2020-05-01"] * 27 + ["2022-01-01", "2020-05-02"]
    table = pd.DataFrame(rows, columns=["place", "severity", "deaths"])
    return table.assign(
        id=[f"c{row}" for row in range(len(rows))], date=pd.to_datetime(days).astype("datetime64[s]"), type="",
        x_m=np.nan, y_m=np.nan, serious_injuries=(table["severity"] == "serious").astype(int),
        slight_injuries=(table["severity"] == "slight").astype(int))


def found(table: pd.DataFrame | None = None, aadt: dict[str, float] | None = None, **changed: Any) -> SiteHistory:
    return site_history(history(**changed), TOWN, crashes() if table is None else table, aadt or {}, PERIOD)


def test_estimates_by_hand() -> None:
    judged = found(calibrate=False).judged(FLOW)
    table = judged.estimates.table.set_index("site")
    one = table.loc["r0c0"]
    assert (one["facility"], one["aadt_major"], one["aadt_minor"]) == ("4SG", 8000.0, 8000.0)
    prediction = junction_crashes("4SG", 8000, 8000, "injury")
    assert one["predicted"] == pytest.approx(prediction.per_year[0])
    prior, k = 2.0 * prediction.per_year[0], prediction.overdispersion[0]
    weight = 1.0 / (1.0 + k * prior)
    assert one["observed"] == 12.0
    assert one["expected"] == pytest.approx((weight * prior + (1.0 - weight) * 24.0) / 2.0)
    assert one["low"] < one["expected"] < one["high"] < 12.0 * 1.6
    assert judged.simulated == set(LINKS)
    assert table.loc["r1c1", "observed"] == 0.0  # the one with damage only, and the one after the period, do not count


def test_calibrated_predictions_sum_to_what_was_observed() -> None:
    judged = found().judged(FLOW)
    table = judged.estimates.table
    junctions = table[table["kind"] == "junction"]
    assert judged.estimates.calibrations["4SG"].crashes == 24.0
    assert junctions["predicted"].sum() == pytest.approx(junctions["observed"].sum())
    assert found(calibration={"4SG": 2.0}).judged(FLOW).estimates.calibrations.keys() == {"4U"}


def test_the_error_of_a_calibration_factor_is_in_the_interval_of_the_whole_network() -> None:
    judged = found().judged(FLOW)
    table, calibrations = judged.estimates.table, judged.estimates.calibrations
    variance = 0.0
    for kind, rows in table[table["predicted"].notna()].groupby("facility"):
        weight, prior = rows["weight"], rows["predicted"]
        variance += ((1.0 - weight) * rows["expected"] / 2.0).sum()  # two years, empirical Bayes
        one = calibrations[str(kind)]
        variance += ((weight * prior).sum() * one.standard_error / one.factor) ** 2
    rest = table[table["predicted"].isna()]
    variance += rest["expected"].sum() / 2.0
    whole = float(judged.baseline.crashes["variance"].sum()) + judged.baseline.shared_variance
    assert whole == pytest.approx(float(variance))
    assert found(calibration={"4SG": 1.0, "4U": 1.0}).judged(FLOW).baseline.shared_variance == 0.0


def test_intervals_of_a_calibrated_network_hold_what_its_sites_really_have() -> None:
    generator, per_year, years = np.random.default_rng(7), junction_crashes("4SG", 8000, 8000, "injury"), 2.0
    k, held, trials = float(per_year.overdispersion[0]), 0, 400
    sites = tuple(Site("junction", str(number), str(number), (), (("a",), ("b",), ("c",)), "4SG")
                  for number in range(30))
    aadt = dict.fromkeys("abc", 8000.0)
    for _ in range(trials):
        factor = generator.lognormal(0.0, 0.3)
        mean = generator.gamma(1.0 / k, k * factor * per_year.per_year[0], len(sites))
        estimates = estimate(sites, aadt, history(), generator.poisson(years * mean).astype(np.float64))
        total, variance = float(estimates.table["expected"].sum()), float(estimates.table["variance"].sum())
        low, high = gamma_interval(np.array([total]), np.array([variance + estimates.shared_variance]))
        held += bool(low[0] <= mean.sum() <= high[0])
    assert held / trials == pytest.approx(0.95, abs=0.033)  # three standard errors; 0.8 without the factor's error


def test_casualties_are_put_on_links_and_nothing_is_lost() -> None:
    judged = found().judged(FLOW)
    expected = judged.estimates.table["expected"].sum()
    assert judged.baseline.crashes["crashes"].sum() == pytest.approx(expected)
    assert judged.baseline.total("deaths") == pytest.approx(expected * 1 / 27)  # of 27 injury crashes in the period
    assert set(judged.baseline.by_link("deaths")) <= set(LINKS)


def test_under_reporting_multiplies_and_widens() -> None:
    one = UnderReporting(country="X", severity="slight_injuries", factor=2.0, low=1.0, high=3.0, source="an example")
    plain, more = (found(country="X", under_reporting=given).judged(FLOW).baseline for given in ((), (one,)))
    assert more.total("slight_injuries") == pytest.approx(2.0 * plain.total("slight_injuries"))
    assert more.total("deaths") == plain.total("deaths")
    spreads = [float(np.std(base.draws("slight_injuries", 1000)) / base.total("slight_injuries"))
               for base in (plain, more)]
    assert spreads[1] > spreads[0] > 0.0


def test_without_a_crash_table_there_is_the_prediction() -> None:
    per_crash = CasualtiesPerCrash(deaths=0.02, serious_injuries=0.2, slight_injuries=1.0, source="an example")
    asked = history(crashes=None, casualties_per_crash=per_crash)
    judged = site_history(asked, TOWN, None, {}, PERIOD).judged(FLOW)
    table = judged.estimates.table
    known = table[table["predicted"].notna()]
    assert set(known["basis"]) == {"prediction"}
    assert known["expected"].to_numpy() == pytest.approx(known["predicted"].to_numpy())
    assert (known["variance"].to_numpy() == pytest.approx(
        known["overdispersion"].to_numpy() * known["predicted"].to_numpy() ** 2))
    assert judged.baseline.total("deaths") == pytest.approx(0.02 * known["expected"].sum())


def test_traffic_that_is_not_known_is_told() -> None:
    judged = found(aadt={LINKS[0]: 5000.0}).judged({})
    assert NO_TRAFFIC in set(judged.estimates.table["reason"])
    assert set(judged.estimates.table["basis"]) == {"count"}


def test_traffic_simulated_outside_the_range_leaves_the_count() -> None:
    table = found().judged(dict.fromkeys(LINKS, 9000.0)).estimates.table.set_index("site")
    assert table.loc["r0c0", "reason"] == "180,000 veh/day are above the 67,700 of 4SG"
    assert table.loc["r0c0", "expected"] == table.loc["r0c0", "observed"] == 12.0


def test_given_traffic_outside_the_range_is_refused_and_a_site_can_be_left_out() -> None:
    aadt = dict.fromkeys(LINKS, 50_000.0)
    with pytest.raises(InputError, match=r"100,000 veh/day are above the 67,700 of 4SG.*site_types"):
        found(aadt=aadt)
    types = {site.id: "none" for site in found().sites}
    assert set(found(aadt=aadt, site_types=types).judged({}).estimates.table["basis"]) == {"count"}


@pytest.mark.parametrize(("changed", "says"), [
    ({"site_types": {"nowhere": "4SG"}}, "no link or junction"), ({"site_types": {"r0c0": "2U"}}, "choose a type"),
    ({"calibration": {"9SG": 1.0}}, "unknown type of site"), ({"begin": "2010-01-01", "end": "2011-12-31"}, "none in"),
])
def test_what_is_refused(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        found(**changed).judged(FLOW)


def test_findings_name_what_is_left_out() -> None:
    codes = {one.code: one for one in found(calibrate=False).findings}
    assert set(codes) == {"crashes-beyond-period", "crashes-outside", "not-calibrated", "under-reporting-unknown"}
    assert "c28" in codes["crashes-outside"].message


def test_flows_of_the_analysis_period() -> None:
    rows = pd.DataFrame({
        "alternative": ["a", "a", "a", "b"], "link": "x", "begin_s": [0.0, 300.0, 600.0, 0.0],
        "end_s": [300.0, 600.0, 900.0, 300.0], "flow_veh_h": [100.0, 200.0, 900.0, 5000.0]})
    assert hourly_flows(rows, "a", (150.0, 600.0)) == {"x": pytest.approx((100.0 + 2 * 200.0) / 3)}


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    one = found(aadt={LINKS[0]: 5000.0})
    write_histories(tmp_path, {"main road": one})
    again = read_history(tmp_path, "main road", TOWN)
    assert again is not None
    assert again.crashes is not None
    assert one.crashes is not None
    pd.testing.assert_frame_equal(again.crashes[one.crashes.columns], one.crashes, check_dtype=False)
    before, after = (each.judged(FLOW).estimates.table for each in (one, again))
    pd.testing.assert_frame_equal(before, after)
    assert read_history(tmp_path, "another", TOWN) is None
    (tmp_path / history_name("main road")).write_text('{"history": {}}')
    with pytest.raises(InputError, match="damaged"):
        read_history(tmp_path, "main road", TOWN)


def tables(after_kmh: float, replications: int = 3) -> dict[str, pd.DataFrame]:
    """Runs with free speeds on the first link: 50 km/h under the baseline."""
    parts: dict[str, list[pd.DataFrame]] = {"indicators": [], "links": [], "free_speeds": [], "ledger": [], "runs": []}
    for arm, speed in (("base", 50.0), ("slow", after_kmh)):
        for number in range(1, replications + 1):
            labels = Labels("town", arm, number, "ca")
            parts["indicators"].append(frame(labels, {
                "indicator": strings(["mean_delay_s"]), "value": nullable([1.0]), "unit": strings(["s"]),
                "reason": strings([None])}))
            parts["links"].append(frame(labels, {"link": strings(LINKS), "vehicle_km": nullable(np.ones(len(LINKS)))}))
            parts["free_speeds"].append(frame(labels, {
                "place": strings(["p"]), "link": strings([LINKS[0]]), "road_class": strings(["urban"]),
                "limit_kmh": nullable([50.0]), "position_m": nullable([100.0]), "undisturbed": nullable([True]),
                "unimpeded_traversals": nullable([20]), "unimpeded_mean_kmh": nullable([speed]),
                "unimpeded_sd_kmh": nullable([5.0])}))
            parts["ledger"].append(frame(labels, {"field": strings([])}))
    return {name: pd.concat(rows, ignore_index=True) for name, rows in parts.items() if rows}


def test_casualties_per_year_are_those_of_the_baseline_times_the_relative_number() -> None:
    casualties = found().judged(FLOW).baseline
    asked = {"casualties": Casualties(), "history": history()}
    given, draws = {("town", "ca"): casualties}, OutcomeDraws()
    table = with_between(tables(40.0), "base", asked, draws, given)
    values = table.groupby(["indicator", "alternative"])["value"].mean()
    parts = {"deaths_per_year": ["deaths"], "ksi_per_year": ["deaths", "serious_injuries"],
             "injuries_per_year": ["serious_injuries", "slight_injuries"]}
    for name, severities in parts.items():
        assert values[name, "base"] == pytest.approx(sum(casualties.total(one) for one in severities))
        assert values[name, "slow"] < values[name, "base"]
    share = casualties.by_link("deaths")[LINKS[0]] / casualties.total("deaths")
    ratio = 1.0 - share + share * 0.8**3.0  # exponent of deaths on urban roads
    assert values["deaths_per_year", "slow"] == pytest.approx(casualties.total("deaths") * ratio)
    differences = draws.differences(("town", "ca", "slow", "deaths_per_year"))
    assert differences is not None
    assert np.mean(differences < 0.0) > 0.9
    unchanged = OutcomeDraws()
    with_between(tables(50.0), "base", asked, unchanged, given)
    same = unchanged.differences(("town", "ca", "slow", "ksi_per_year"))
    assert same is not None
    assert (same == 0.0).all()


def test_the_interval_of_a_difference_holds_crashes_and_exponents() -> None:
    casualties = found().judged(FLOW).baseline
    all_tables = tables(40.0, 1)
    sides = [{name: table[table["alternative"] == arm] for name, table in all_tables.items()}
             for arm in ("base", "slow")]
    pair = Pair(sides[0], sides[1], {"casualties": Casualties(), "history": history()}, casualties=casualties)
    change, models = seen_of(pair).change, Models()
    assert change is not None
    differences = registered()["deaths_per_year"].draws
    assert differences is not None
    found_draws = differences(pair)
    assert found_draws is not None
    of_exponents = casualties.total("deaths") * (drawn(change, "deaths", models) - 1.0)
    assert np.std(found_draws) > np.std(of_exponents)
    assert np.median(found_draws) == pytest.approx(
        casualties.total("deaths") * (relative(change, "deaths", models) - 1.0), rel=0.35)  # skewed: deaths are few


def test_what_the_interval_holds_is_told_as_it_is() -> None:
    """Casualties per crash of a table are drawn, those that are given have no interval."""
    per_crash = CasualtiesPerCrash(deaths=0.02, serious_injuries=0.2, slight_injuries=1.0, source="an example")
    for changed, told in (({}, "drawn too: crashes of sites, casualties per crash"),
                          ({"casualties_per_crash": per_crash}, "drawn too: crashes of sites")):
        one = found(**changed)
        table = with_between(tables(40.0), "base", {"casualties": Casualties(), "history": one.history}, None,
                             {("town", "ca"): one.judged(FLOW).baseline})
        reasons = table.loc[(table["indicator"] == "ksi_per_year") & (table["alternative"] == "slow"), "reason"]
        assert told in reasons.iloc[0].split("; ")


def test_beside_an_alternative_the_history_tells_nothing() -> None:
    """It is that without any policy: casualties per year under an alternative are others."""
    given = {("town", "ca"): found().judged(FLOW).baseline}
    both = tables(40.0)
    both["ledger"] = pd.concat([frame(Labels("town", "slow", number, "ca"), {"field": strings(["link.speed_limit_ms"])})
                                for number in (1, 2, 3)], ignore_index=True)
    table = with_between(both, "slow", {"casualties": Casualties(), "history": history()}, None, given)
    rows = table[table["indicator"].isin(["deaths_per_year", "ksi_per_year", "injuries_per_year"])]
    assert rows["value"].isna().all()
    assert rows["reason"].str.contains("crash history is that without any policy").all()
    assert table.loc[table["indicator"] == "ksi_rel", "value"].notna().all()


def test_a_history_asks_for_free_speeds() -> None:
    asked = Question(outcomes={"history": history()}).with_outcomes()
    assert set(asked.outcomes) == {"history", "casualties"}


def test_a_history_gives_the_appraisal_its_casualties_and_links_their_weights() -> None:
    judged = found().judged(FLOW)
    money = Economics(currency="EUR", price_year=2016, periods_per_year=500)
    asked = Question(outcomes={"history": history(), "economics": money}).with_outcomes()
    told = with_history(asked, {("town", "ca"): judged}).outcomes
    economics, casualties = told["economics"], told["casualties"]
    assert isinstance(economics, Economics)
    assert isinstance(casualties, Casualties)
    per_year = economics.casualties_per_year
    assert per_year is not None
    assert per_year.deaths.value == pytest.approx(judged.baseline.total("deaths"))
    assert per_year.deaths.low is not None
    assert per_year.deaths.high is not None
    assert per_year.deaths.low < per_year.deaths.value < per_year.deaths.high
    assert sum(casualties.weights.values()) == pytest.approx(judged.estimates.table["expected"].sum())
    assert with_history(asked, {("town", "ca"): judged, ("city", "ca"): judged}) is asked


def test_what_the_study_gives_goes_before_its_history() -> None:
    money = Economics(currency="EUR", price_year=2016, periods_per_year=500,
                      casualties_per_year=CasualtiesPerYear(deaths=Amount(value=7.0)))
    weights = {LINKS[1]: 2.0}
    asked = Question(outcomes={"history": history(), "economics": money, "casualties": Casualties(weights=weights)})
    told = with_history(asked, {("town", "ca"): found().judged(FLOW)}).outcomes
    assert told == asked.outcomes
