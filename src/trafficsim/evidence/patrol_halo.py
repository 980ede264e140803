"""G3: a marked patrol at kilometre 8 of 20 km of rural road for six weeks, then none."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trafficsim.api.running import compare
from trafficsim.evidence.decays import half_life_days, patrol
from trafficsim.evidence.row import BASE, F8, REPLICATIONS, Row, arms, difference
from trafficsim.policies import Patrol, Place
from trafficsim.spec.demand import Flow
from trafficsim.spec.deterrence import Deterrence
from trafficsim.spec.drivers import Drivers, SpeedChoice
from trafficsim.spec.network_source import BuilderSpec, NetworkSource
from trafficsim.spec.scenario import DemandSource, Detector, Scenario, Time
from trafficsim.spec.study import Study

OTHER = "patrol"
POST_KM, ROAD_KM, LINK_M = 8, 20, 4000.0
HALF_M = 900.0
"""Distance in which the effect halves beyond a post (ERSO): put in by the policy."""
WEEKS_THERE, DAYS_AFTER = 6, 63
VAA, ERSO = "Vaa 1997", "Elliott & Broughton, in ERSO"
DAY_57 = "the fit puts a tenth of the peak on day 56: the first whole day below is the 57th; no parameter was moved"
FITTED = "the rates of forgetting are fitted to this number"
TRIED = ("one post whose effect halves every 900 m reaches a tenth of the road, and at the post the mean falls by no "
         "more than speeders exceed the limit; the published range is of a patrol that moved along 35 km, see the row "
         "below. No parameter was moved")


def scenario() -> Scenario:
    """Twenty kilometres, limit 80, free speeds N(77.6, 9.3), 300 veh/h; a detector at every kilometre.

    A second lane stands for overtaking against oncoming traffic, which is not modelled: on one lane every platoon has a
    slow driver at its head after a few kilometres, and nobody exceeds the limit.
    """
    network = NetworkSource(builder=BuilderSpec(kind="corridor", arguments={
        "lengths_m": [LINK_M] * 5, "lanes": 2, "speed_limit_kmh": 80, "road_class": "rural"}))
    detectors = tuple(Detector(id=str(km), link=f"east{int(1000 * km // LINK_M) + 1}", position_m=1000.0 * km % LINK_M)
                      for km in range(1, ROAD_KM))
    return Scenario(
        name="G3", network=network, detectors=detectors,
        demand=DemandSource(flows=(Flow(id="road", origin="east1", destination="east5", volume_veh_h=300.0),)),
        drivers=Drivers(rural=SpeedChoice(share_over_limit=0.40, cv=0.12)),
        time=Time(warmup_s=1200.0, analysis_s=900.0, clear_s=1500.0))


def post() -> Patrol:
    """A marked patrol at its post, there all the time that is simulated."""
    link, position_m = f"east{int(1000 * POST_KM // LINK_M) + 1}", 1000.0 * POST_KM % LINK_M
    return Patrol(at=(Place(link=link, position_m=position_m),))


def rows() -> list[Row]:
    """Speeds along the road while the patrol is there by the engine, memory after it has gone by the loop over days."""
    results = compare(Study(name="G3", scenarios=(scenario(),), alternatives={BASE: (), OTHER: (post(),)},
                            replications=REPLICATIONS, demand_variation=0.0))
    return [*_along(results.tables["speeds"]), *_after(Deterrence())]


def _along(speeds: pd.DataFrame) -> list[Row]:
    by_km = {km: difference(*arms(speeds, "unimpeded_mean_kmh", OTHER, place=str(km))) for km in range(1, ROAD_KM)}
    everybody = np.mean([difference(*arms(speeds, "mean_kmh", OTHER, place=str(km))) for km in by_km], axis=0)
    learnt = float(patrol(Deterrence(), 7 * WEEKS_THERE, 7 * WEEKS_THERE)[7:].mean())
    return [
        Row("mean speed of the road, patrol there, km/h", "emergent", None, -4.8, -0.9, source=VAA, note=TRIED).seen(
            everybody),
        Row("mean speed of the road, place not known, weeks 2 to 6, km/h", "emergent", None, -4.8, -0.9, source=VAA,
            note="what people have in mind, times the change at the post, everywhere: unimpeded speeds").seen(
                by_km[POST_KM], learnt),
        Row("distance in which the effect halves, m", "input", HALF_M, 600.0, 1300.0, source=ERSO).exactly(
            half_distance_m({km: float(by_km[km].mean()) for km in range(POST_KM, POST_KM + 4)})),
    ]


def half_distance_m(effect_by_km: dict[int, float]) -> float:
    """Distance in which effects halve, by the slope of their logarithms; infinite if they do not fall.

    Examples
    --------
    >>> round(half_distance_m({8: -4.0, 9: -2.0, 10: -1.0}))
    1000
    """
    places = np.array(sorted(effect_by_km), np.float64)
    size = np.log(np.maximum([-effect_by_km[int(place)] for place in places], 1e-3))
    slope = float(np.polyfit(places, size, 1)[0])
    return 1000.0 * float(np.log(2.0)) / -slope if slope < 0.0 else float("inf")


def _after(deterrence: Deterrence) -> list[Row]:
    there = 7 * WEEKS_THERE
    long, short = (patrol(deterrence, days, days + DAYS_AFTER + 7) for days in (there, 2))
    week_9 = 100.0 * float(long[there + 56:there + 63].mean() / long.max())
    return [
        Row("effect in week 9 after withdrawal, % of peak", "input", None, 0.0, 10.0, source=VAA, note=FITTED).exactly(
            week_9),
        Row("weeks until below a tenth of the peak", "input", 8.0, None, 8.0, source=VAA, note=DAY_57).exactly(
            weeks_above(long[there:], float(long.max()) / 10.0)),
        Row("2 days of patrol: half-life afterwards, days", "input", None, None, 2.0, source=ERSO, note=FITTED).exactly(
            half_life_days(short[2:])),
        Row("2 days of patrol: effect a week later, % of that of six weeks", "emergent", source=ERSO).exactly(
            100.0 * float(short[9] / long[there + 7])),
    ]


def weeks_above(effect: F8, level: float) -> float:
    """Weeks until an effect by day first lies below a level; infinite if it never does."""
    below = np.flatnonzero(effect < level)
    return float(below[0]) / 7.0 if len(below) else float("inf")
