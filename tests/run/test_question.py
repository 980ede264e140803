"""What a study asks for and cannot get is told by ``check`` in the words of the run that would refuse it."""

from __future__ import annotations

from typing import Any

import pytest

import trafficsim as ts
from trafficsim.base.errors import InputError
from trafficsim.engines.registry import ENGINES
from trafficsim.run.question import check_question

PRICED = {"currency": "EUR", "price_year": 2016, "periods_per_year": 500}


def asking(**changes: Any) -> ts.Study:
    flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=600)
    road = ts.Scenario(name="road", network=ts.corridor((300.0, 200.0)), demand=ts.Demand(flows=(flow,)),
                       time=ts.Time(analysis_s=60))
    given: dict[str, Any] = {"primary": ("mean_delay_s",), **changes}
    return ts.Study(name="study", scenarios=(road,), alternatives={"now": ()}, baseline="now", replications=1, **given)


@pytest.mark.parametrize(("changes", "where", "found"), [
    ({"primary": ("path_time_s[west]",)}, "study: indicator 'path_time_s[west]'", "no path 'west' in scenario 'road'"),
    ({"precision": {"path_time_s[west]": 0.05}}, "study: indicator 'path_time_s[west]'", "no path 'west'"),
    ({"primary": ("cost_usd",), "economics": PRICED}, "study: indicator 'cost_usd'",
     "no [economics] in this currency"),
    ({"casualties": {"weights": {"west1": 2.0}}}, "study: casualties.weights.west1", "no such link in any scenario"),
])
def test_check_and_run_refuse_the_same(changes: dict[str, Any], where: str, found: str) -> None:
    study = asking(**changes)
    with pytest.raises(InputError) as told:
        ts.check(study)
    assert str(told.value).startswith(f"{where}: found {found}")
    with pytest.raises(InputError) as refused:
        ts.run(study)
    assert str(refused.value).endswith(str(told.value))


def test_indicators_that_an_engine_does_not_measure_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Blind(type(ENGINES["ca"])):  # type: ignore[misc]
        measures = frozenset({"trips"})

    monkeypatch.setitem(ENGINES, "ca", Blind())
    with pytest.raises(InputError, match=r"indicator 'max_queue_m': found an engine that does not measure queues"):
        check_question(asking(primary=("max_queue_m",)))
