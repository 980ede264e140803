"""Policies without effect leave every bit as it is, and policies with one leave alone who never meets it.

A camera that nobody heeds still measures: its traversals are cited, which is no traffic. So citations may be above zero
where everything else, and the digest, is that of doing nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import pandas as pd
import pytest

from tests.support.worlds import link, make_network, make_world, through
from trafficsim import api
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import prepare
from trafficsim.policies import CameraPlace, SectionControl, SpeedCamera, SpeedLimit
from trafficsim.results.frames import Labels
from trafficsim.results.runs import RUN_TIMES
from trafficsim.run.jobs import Job, simulate
from trafficsim.run.result import StudyResult
from trafficsim.spec.behaviour import Response, ResponseRule, Zone
from trafficsim.spec.demand import Trip
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.policy import REGISTRY, Builder, Policy, PolicyPhase
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.selectors import Links
from trafficsim.spec.study import Study
from trafficsim.spec.world import World

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SPEED, LIMIT = "link.free_speed_mean_ms", "link.speed_limit_ms"
NOTHING = "do nothing"


class Scaled(Policy):
    """Multiplies limits and free speeds of all links."""

    kind: ClassVar[str] = "test_scaled"
    phase: ClassVar[PolicyPhase] = "network"
    factor: float

    def lower(self, builder: Builder) -> None:
        for field in (LIMIT, SPEED):
            builder.scale(field, tuple(builder.network.links), self.factor)


class ThereAndBack(Policy):
    """Sets speeds to something else, and back."""

    kind: ClassVar[str] = "test_there_and_back"
    phase: ClassVar[PolicyPhase] = "network"

    def lower(self, builder: Builder) -> None:
        links = tuple(builder.network.links)
        builder.set(SPEED, links, 5.0)
        builder.set(SPEED, links, builder.baseline(SPEED, links))


class Nowhere(Policy):
    """A response of every driver of strength zero, on every link."""

    kind: ClassVar[str] = "test_nowhere"
    phase: ClassVar[PolicyPhase] = "behaviour"

    def lower(self, builder: Builder) -> None:
        links = builder.network.links
        zones = tuple(Zone(link=name, begin_m=0.0, end_m=row["length_m"], strength=0.0) for name, row in links.items())
        builder.respond(
            ResponseRule(
                name="nowhere",
                link=next(iter(links)),
                response=Response(trait="m", margin_mean=-0.5),
                along=tuple(links),
                zones=zones,
            )
        )


class PresentDurations(Policy):
    """Retimes every signal to what it has."""

    kind: ClassVar[str] = "test_present_durations"
    phase: ClassVar[PolicyPhase] = "signals"

    def lower(self, builder: Builder) -> None:
        for program in builder.network.signals:
            cells = tuple(f"{program.id}/{number}" for number in range(len(program.phases)))
            (offset,) = builder.baseline("signal.offset_s", (program.id,))
            builder.retime(program.id, builder.baseline("signal.phase_s", cells).tolist(), float(offset))


@pytest.fixture(scope="module", autouse=True)
def _registry() -> Iterator[None]:
    yield
    for policy in (Scaled, ThereAndBack, Nowhere, PresentDurations):
        REGISTRY.pop(policy.kind, None)


def shortened(name: str, analysis_s: float) -> Scenario:
    scenario = api.load(SCENARIOS / name / "scenario.toml")
    assert isinstance(scenario, Scenario)
    return scenario.model_copy(update={"time": Time(warmup_s=120.0, analysis_s=analysis_s, clear_s=600.0)})


UNHEEDED = SpeedCamera(at=(CameraPlace(link="east3", position_m=0.0),), unaffected=1.0, tolerance_kmh=0.0)
TUNNEL = Links(group="tunnel")
MOTORWAY: dict[str, tuple[Policy, ...]] = {
    "camera that nobody heeds": (UNHEEDED,),
    "strength zero": (Nowhere(),),
    "present limit": (SpeedLimit(on=Links(road_class="motorway"), limit_kmh=120.0),),
    "scaled and scaled back": (Scaled(factor=0.8), Scaled(factor=1.25)),
    "set and set back": (ThereAndBack(),),
    "all of these": (Nowhere(), UNHEEDED, SpeedLimit(on=Links(ids=("east2",)), limit_kmh=120.0), Scaled(factor=1.0)),
}
ARTERIAL: dict[str, tuple[Policy, ...]] = {
    "present durations": (PresentDurations(),),
    "section that nobody heeds": (SectionControl(on=TUNNEL, unaffected=1.0, tolerance_kmh=0.0),),
    "strength zero": (Nowhere(),),
    "present limit": (SpeedLimit(on=TUNNEL, limit_kmh=80.0),),
    "scaled and scaled back": (Scaled(factor=1.25), Scaled(factor=0.8)),
}
CITING = {"camera that nobody heeds", "all of these", "section that nobody heeds"}
OF_TRACES = {"fuel_l", "co2_kg", "nox_g"}
"""Indicators that are null because these scenarios keep no traces."""


def compared(scenario: str, alternatives: dict[str, tuple[Policy, ...]]) -> StudyResult:
    study = Study(name="sameness", scenarios=(shortened(scenario, 600.0),), replications=2,
                  alternatives={NOTHING: (), **alternatives})
    return api.compare(study)


@pytest.fixture(scope="module")
def motorway() -> StudyResult:
    return compared("motorway_camera", MOTORWAY)


@pytest.fixture(scope="module")
def arterial() -> StudyResult:
    return compared("arterial", ARTERIAL)


@pytest.mark.parametrize(("scenario", "alternative"), [
    *(("motorway", name) for name in MOTORWAY), *(("arterial", name) for name in ARTERIAL)])
def test_no_effect_is_the_same_to_the_last_bit(
    scenario: str, alternative: str, request: pytest.FixtureRequest
) -> None:
    result: StudyResult = request.getfixturevalue(scenario)
    arms = [table_of(result.tables, "runs", name).drop(columns=[*RUN_TIMES]) for name in (NOTHING, alternative)]
    pd.testing.assert_frame_equal(*arms, check_exact=True)
    assert len(arms[0]) == 2
    assert arms[0]["digest"].nunique() == 2, "two replications that differ from each other"
    for table in ("trips", "links", "movements", "detectors", "paths"):
        pair = [table_of(result.tables, table, name) for name in (NOTHING, alternative)]
        assert table == "paths" or len(pair[0])
        pd.testing.assert_frame_equal(*pair, check_exact=True, obj=table)


COUNTED = {"citations", "sanctions", "devices"}
OF_SIGNALS = {"red_violations", "red_violations_late", "red_violations_inattention", "encroachments_late",
              "encroachments_inattention"}


@pytest.mark.parametrize("scenario", ["motorway", "arterial"])
def test_no_effect_is_equivalent_with_p_one(scenario: str, request: pytest.FixtureRequest) -> None:
    result: StudyResult = request.getfixturevalue(scenario)
    (engines,) = result.as_json()["results"].values()
    (arms,) = engines.values()
    for alternative, indicators in arms.items():
        for name, entry in indicators.items():
            if name in COUNTED and alternative in CITING:
                assert entry["diff"] == entry["mean"] > 0.0, "it measures"
            elif entry["mean"] is not None:
                assert (entry["diff"], entry["p"], entry["verdict"]) == (0.0, 1.0, "equivalent"), (alternative, name)
    empty = {name for name, entry in next(iter(arms.values())).items() if entry["mean"] is None}
    assert empty <= {*OF_SIGNALS, *OF_TRACES}


def table_of(tables: object, name: str, alternative: str) -> pd.DataFrame:
    table: pd.DataFrame = tables[name]  # type: ignore[index]
    return table[table["alternative"] == alternative].drop(columns="alternative").reset_index(drop=True)


CAMERA = SpeedCamera(at=(CameraPlace(link="b", position_m=500.0),), unaffected=0.0, margin_mean=-0.4)


APART = Time(analysis_s=1440.0, clear_s=600.0)


def trips_of(world: World, *policies: Policy) -> pd.DataFrame:
    tables = simulate(prepare(world), Job(Labels("s", "a", 1, "ca"), policies))
    return tables["trips"].set_index("name")


def trips(names: str, routes: Callable[[int], tuple[str, ...]], every_s: float) -> list[Trip]:
    return [Trip(id=f"{names}{number}", depart_s=every_s * number, route=routes(number)) for number in range(12)]


def test_who_drives_on_another_road_is_not_touched() -> None:
    rows = [link(name, 1000.0, speed_limit_kmh=100.0, road_class="rural") for name in "abpq"]
    network = make_network(rows, [*through("a", "b"), *through("p", "q")])
    people = [*trips("camera", lambda _: ("a", "b"), 5.0), *trips("other", lambda _: ("p", "q"), 5.0)]
    world = make_world(network, trips=people, drivers=Drivers())
    before, after = trips_of(world), trips_of(world, CAMERA)
    other = before.index.str.startswith("other")
    pd.testing.assert_frame_equal(before[other], after[other], check_exact=True)
    assert (after["exit_s"] > before["exit_s"])[~other].all()
    assert other.sum() == 12


def test_who_shares_the_halo_but_turns_off_before_the_camera_is_not_touched() -> None:
    # One after another, 120 s apart, so that nobody meets anybody: a, then b with the camera at its beginning, or c.
    # The halo covers 300 m of a; only those who go on to b slow down in it.
    rows = [link(name, 1000.0, speed_limit_kmh=100.0, road_class="rural") for name in "abc"]
    network = make_network(rows, [*through("a", "b"), *through("a", "c")])
    near = SpeedCamera(at=(CameraPlace(link="b", position_m=0.0),), unaffected=0.0, margin_mean=-0.4)
    people = trips("trip", lambda number: ("a", "bc"[number % 2]), 120.0)
    world = make_world(network, trips=people, time=APART, drivers=Drivers())
    assert 0 in lower(world, [near]).plan.behaviour.zone_link, "the halo covers a"
    before, after = trips_of(world), trips_of(world, near)
    turning = [f"trip{number}" for number in range(1, 12, 2)]
    passing = [f"trip{number}" for number in range(0, 12, 2)]
    pd.testing.assert_frame_equal(before.loc[turning], after.loc[turning], check_exact=True)
    assert (after["exit_s"] > before["exit_s"]).loc[passing].all()


def test_who_does_not_care_is_slowed_by_nobody_but_others() -> None:
    # Half of the drivers do not care; alone on the road, 120 s apart, they drive as without a camera to the last bit.
    rows = [link(name, 1000.0, speed_limit_kmh=100.0, road_class="rural") for name in "ab"]
    world = make_world(make_network(rows, through("a", "b")), trips=trips("t", lambda _: ("a", "b"), 120.0), time=APART,
                       drivers=Drivers())
    half = CAMERA.model_copy(update={"unaffected": 0.5})
    plan = lower(world, [half]).plan
    responds = pd.Series(plan.behaviour.factor[0] < 1.0, index=list(plan.trips.name))
    before, after = trips_of(world), trips_of(world, half)
    slower = after["exit_s"] > before["exit_s"]
    assert 0 < responds.sum() < 12
    assert (slower == responds.reindex(slower.index)).all()
    pd.testing.assert_frame_equal(before[~slower], after[~slower], check_exact=True)
