"""Studies over days: which days are simulated, what people do between them, and what is the same however it is run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.support.over_days import CAMERA, road, study
from tests.support.same_tables import assert_same_tables
from trafficsim.base.errors import InputError, SimulationError
from trafficsim.plan.lower import Lowered
from trafficsim.plan.prepare import Prepared
from trafficsim.policies.breath_test import BreathTest
from trafficsim.policies.enforcing import Place
from trafficsim.policies.patrol import Patrol
from trafficsim.policies.speed_limit import SpeedLimit
from trafficsim.results.store import DONE, read_tables, stored_runs
from trafficsim.run import chain
from trafficsim.run.executor import WorkerPool
from trafficsim.run.jobs import Job, tables_of
from trafficsim.run.options import Options
from trafficsim.run.result import StudyResult
from trafficsim.run.runner import run_study
from trafficsim.spec.calendar import DayEvent, Days, Schedule
from trafficsim.spec.economics import Economics
from trafficsim.spec.population import Licence, Population
from trafficsim.spec.selectors import links
from trafficsim.spec.study import Study

FROM_FOURTH = DayEvent(alternative="camera", policy="speed_camera", begin_day=4, end_day=7)
TEN = Days(number=10, sample=(1, 6), events=(FROM_FOURTH,))
KEYS = ["alternative", "replication", "day"]


@pytest.fixture(scope="module")
def result() -> StudyResult:
    return run_study(study(TEN))


def of(table: pd.DataFrame, alternative: str, replication: int = 1) -> pd.DataFrame:
    return table[(table["alternative"] == alternative) & (table["replication"] == replication)]


def digests(table: pd.DataFrame, alternative: str, replication: int = 1) -> dict[int, str]:
    rows = of(table, alternative, replication)
    return dict(zip(rows["day"].astype(int), rows["digest"].astype(str), strict=True))


def test_sample_days_and_days_on_which_a_policy_begins_or_ends_are_simulated(result: StudyResult) -> None:
    assert list(digests(result.runs, "do nothing")) == [1, 6]
    assert list(digests(result.runs, "camera")) == [1, 4, 6, 8]


def test_the_table_of_days_says_whose_traffic_a_day_has(result: StudyResult) -> None:
    days = of(result.days, "camera").drop_duplicates("day")
    assert days["day"].tolist() == list(range(1, 11))
    assert days["traffic_of_day"].tolist() == [1, 1, 1, 4, 4, 6, 6, 8, 8, 8]
    assert days["simulated"].tolist() == [day in (1, 4, 6, 8) for day in range(1, 11)]
    assert days["weekday"].tolist()[:8] == ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "mon"]
    assert result.days.groupby([*KEYS])["people"].sum().eq(2000).all()


def test_a_policy_that_is_not_in_force_leaves_the_day_as_it_was(result: StudyResult) -> None:
    nothing, camera = (digests(result.runs, name) for name in ("do nothing", "camera"))
    assert camera[1] == nothing[1]
    assert camera[6] != nothing[6]
    assert of(result.tables["ledger"], "camera")["day"].unique().tolist() == [4, 6]


def test_days_have_departures_of_their_own_the_same_in_every_alternative(result: StudyResult) -> None:
    trips = of(result.trips, "camera")
    departures = {day: rows["depart_s"].tolist() for day, rows in trips.groupby("day")}
    assert departures[1] != departures[6]
    assert departures[4] == departures[1], "a day that is no sample day has the departures of the last one that is"
    nothing = of(result.trips, "do nothing")
    assert departures[6] == nothing[nothing["day"] == 6]["depart_s"].tolist()


def test_people_slow_down_at_the_camera_and_learn_of_it(result: StudyResult) -> None:
    days = of(result.days, "camera")
    days = days[days["group"] == "experienced"].set_index("day")
    assert days["place_compliance"].isna()[[1, 2, 3, 8, 9, 10]].all()
    assert 0.8 < days["place_compliance"][4] < 0.93, "all who meet it for the first time, but for the unaffected 13 %"
    risk = days["perceived_risk_speed_camera"].to_numpy(np.float64)
    assert risk[0] == risk[3] == pytest.approx(0.01)
    assert (np.diff(risk[3:7]) > 0.0).all(), "it is seen day after day"
    assert (np.diff(risk[7:]) < 0.0).all(), "and forgotten once it has gone"
    assert of(result.days, "camera")["perceived_risk_patrol"].isna().all()


def test_indicators_are_means_over_days_by_the_days_they_stand_for(result: StudyResult) -> None:
    table = result.indicators[result.indicators["indicator"] == "mean_speed_kmh"]
    camera = {number: of(table, "camera", number).set_index("day")["value"] for number in (1, 2)}
    means = [(3 * part[1] + 2 * part[4] + 2 * part[6] + 3 * part[8]) / 10 for part in camera.values()]
    one = result.comparison.chosen("mean_speed_kmh")[0]
    assert one.n == 2
    assert one.mean == pytest.approx(np.mean(means), rel=1e-12)


def test_the_baseline_is_the_same_day_by_day_in_the_table(result: StudyResult) -> None:
    citations = result.days.groupby("alternative")["citations"].sum()
    assert citations["do nothing"] == 0 < citations["camera"]


@pytest.mark.parametrize("policies", [
    pytest.param((CAMERA.model_copy(update={"unaffected": 1.0, "tolerance_kmh": 50.0}),), id="camera"),
    pytest.param((SpeedLimit(on=links("east2"), limit_kmh=80.0),), id="limit"),
    pytest.param((Patrol(at=(Place(link="east2", position_m=600.0),), officer_hours_per_day=0.0),), id="patrol"),
])
def test_what_does_nothing_gives_the_digests_of_doing_nothing(policies: tuple[SpeedLimit, ...]) -> None:
    runs = run_study(study(Days(number=6, sample=2), {"same": policies}, replications=1)).runs
    assert digests(runs, "same") == digests(runs, "do nothing")


def test_a_patrol_acts_away_from_its_place_and_further_days_are_simulated_when_speeds_move() -> None:
    patrol = Patrol(at=(Place(link="east2", position_m=600.0),))
    few, many = (run_study(study(Days(number=8, sample=1, resimulate_at=share), {"patrol": (patrol,)}, replications=1))
                 for share in (1.0, 0.002))
    assert list(digests(few.runs, "patrol")) == [1]
    simulated = list(digests(many.runs, "patrol"))
    assert len(simulated) > 1
    free = of(many.days, "patrol").groupby("day")["mean_free_speed_kmh"].mean()
    assert free[8] < free[1] - 0.2
    speed = many.indicators[many.indicators["indicator"] == "mean_speed_kmh"]
    by_day = of(speed, "patrol").set_index("day")["value"]
    assert by_day[simulated[-1]] < by_day[1], "the same departures, slower people"


def test_who_is_suspended_does_not_drive() -> None:
    strict = Population(people=400, licence=Licence(limit=1, suspended_days=30))
    camera = CAMERA.model_copy(update={"points": 2, "unaffected": 1.0, "tolerance_kmh": 0.0})
    found = run_study(study(Days(number=6, sample=(1, 6)), {"camera": (camera,)}, replications=1,
                            scenario=road(population=strict)))
    days = of(found.days, "camera").groupby("day")[["suspended", "km"]].sum()
    assert days["suspended"][6] > 10
    assert days["km"][6] < days["km"][1]
    trips = found.trips[found.trips["day"] == 6].groupby("alternative").size()
    assert trips["camera"] < trips["do nothing"]


def test_the_same_bits_for_any_number_of_workers(result: StudyResult) -> None:
    with WorkerPool(2) as pool:
        assert_same_tables(run_study(study(TEN), options=Options(executor=pool)).tables, result.tables)


def test_goes_on_in_the_middle_of_a_chain(tmp_path: Path, result: StudyResult) -> None:
    run_study(study(TEN), options=Options(tmp_path))
    whole = read_tables(tmp_path)
    gone = [labels for labels in stored_runs(tmp_path) if labels.alternative == "camera" and labels.day in (6, 8)]
    for labels in gone:
        for path in stored_runs(tmp_path)[labels].values():
            path.unlink()
    ran: list[object] = []
    resumed = run_study(study(TEN), options=Options(tmp_path, resume=True, progress=lambda *told: ran.append(told)))
    assert len(ran) == 2, "two chains were left, the others are taken from the folder"
    assert all(DONE in files for files in stored_runs(tmp_path).values())
    assert_same_tables(read_tables(tmp_path), whole)
    assert resumed.comparison.as_json() == result.comparison.as_json()


def test_other_days_are_another_study(tmp_path: Path) -> None:
    short = study(Days(number=2, sample=1), replications=1)
    run_study(short, options=Options(tmp_path))
    longer = short.model_copy(update={"days": Days(number=3, sample=1)})
    with pytest.raises(InputError, match="differing: days"):
        run_study(longer, options=Options(tmp_path, resume=True))
    assert len(stored_runs(tmp_path)) == 2, "nothing is lost"


def test_refuses_days_without_people_and_events_of_no_policy() -> None:
    with pytest.raises(InputError, match="without a population"):
        run_study(study(TEN, scenario=road(population=None)))
    event = DayEvent(alternative="camera", policy="patrol", begin_day=2)
    with pytest.raises(InputError, match="one of speed_camera"):
        run_study(study(Days(number=5, sample=1, events=(event,))))


def test_a_study_without_days_has_no_column_of_days() -> None:
    plain: Study = study(None, replications=1)
    tables = run_study(plain).tables
    assert "days" not in tables
    assert not any("day" in table for table in tables.values())


def test_a_schedule_that_begins_later_is_no_policy_without_effect() -> None:
    later = CAMERA.model_copy(update={"schedule": Schedule(first_day=3)})
    never = Patrol(at=(Place(link="east2", position_m=600.0),), schedule=Schedule(first_day=9))
    result = run_study(study(Days(number=4, sample=1), {"later": (later,), "never": (never,)}, replications=1))
    changed = {one.alternative: one.changed for one in result.effects}
    assert changed["later"] > 0 == changed["never"]
    assert list(digests(result.runs, "later")) == [1, 3], "the day on which it begins is simulated"
    assert digests(result.runs, "never") == digests(result.runs, "do nothing")


def test_a_day_that_fails_ends_its_chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(prepared: Prepared, lowered: Lowered, job: Job) -> dict[str, pd.DataFrame]:
        if (job.labels.alternative, job.labels.replication, job.labels.day) == ("camera", 2, 6):
            raise SimulationError("run", "something broken", "a run that ends", "report it")
        return tables_of(prepared, lowered, job)

    monkeypatch.setattr(chain, "tables_of", breaks)
    broken = run_study(study(TEN), options=Options(tmp_path))
    assert [(one["replication"], one["day"]) for one in broken.as_json()["failed"]] == [(2, 6)]
    one = broken.comparison.chosen("mean_speed_kmh")[0]
    assert (one.n, one.left_out) == (1, (2,))
    monkeypatch.undo()
    whole = run_study(study(TEN), options=Options(tmp_path, resume=True))
    assert whole.comparison.chosen("mean_speed_kmh")[0].n == 2
    assert "failed" not in whole.as_json()


def test_money_and_casualties_are_those_of_all_days() -> None:
    priced = Economics(currency="EUR", price_year=2016, periods_per_year=500, discount_rate=0.03)
    found = run_study(study(TEN, economics=priced, primary=("ksi_rel",)))
    assert found.appraisal is not None
    camera = next(one for one in found.appraisal.worths["road", "ca"] if one.alternative == "camera")
    assert camera.as_json()
    ksi = next(one for one in found.comparison.differences if (one.alternative, one.indicator) == ("camera", "ksi_rel"))
    assert ksi.n == 2
    assert ksi.mean is not None
    assert 0.8 < ksi.mean < 1.0
    assert ksi.low is not None


def test_breath_tests_keep_people_sober() -> None:
    tests = BreathTest(at=(Place(link="east2", position_m=600.0),), publicity=0.5, fine_eur=500.0)
    found = run_study(study(Days(number=8, sample=(1, 8)), {"tests": (tests,)}, replications=1))
    exposure = found.tables["exposure"].query("alternative == 'tests'")
    share = (exposure["impaired_share"] * exposure["vehicle_km"]).groupby(exposure["day"]).sum()
    nothing = found.tables["exposure"].query("alternative == 'do nothing'")
    base = (nothing["impaired_share"] * nothing["vehicle_km"]).groupby(nothing["day"]).sum()
    assert share[1] == pytest.approx(base[1], rel=1e-9), "nobody has heard of it on the first morning"
    assert share[8] < 0.95 * base[8]
