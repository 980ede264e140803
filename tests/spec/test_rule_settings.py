"""Settings of the engine: every rule has its own cells and parameters, and nothing is read in silence."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from trafficsim.engines.ca.classes import Units
from trafficsim.engines.ca.scales import make_rule
from trafficsim.engines.ca.settings import RULE_PARAMETERS, CellularAutomaton

OF_DRIVERS = ("headway_spread",)
"""Parameters that every driver draws from: not of the rule, but of the words."""
UNITS = Units(1 / 32, 1 / 64, 1 / 1024, 1 / 2)


@pytest.mark.parametrize(("rule", "cell_m"), [("default", 0.5), ("nasch", 7.5), ("vdr", 7.5), ("brake-light", 1.5)])
def test_cells_follow_from_the_rule(rule: Any, cell_m: float) -> None:
    assert CellularAutomaton(rule=rule).cell_m == cell_m


@pytest.mark.parametrize("given", [
    {"rule": "vdr", "cell_m": 0.5}, {"rule": "nasch", "cell_m": 1.5}, {"rule": "brake-light", "cell_m": 7.5},
    {"rule": "nasch", "tick_s": 0.5},
])
def test_other_resolutions_of_published_rules_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="or choose rule = 'default'"):
        CellularAutomaton(**given)


@pytest.mark.parametrize("name", RULE_PARAMETERS)
@pytest.mark.parametrize("rule", ["default", "nasch", "vdr", "brake-light"])
def test_a_parameter_is_read_or_refused(name: str, rule: Any) -> None:
    value = 3.0 if name.endswith(("_s", "_m")) else 0.3
    if rule in RULE_PARAMETERS[name]:
        settings = CellularAutomaton(rule=rule, **{name: value})  # type: ignore[arg-type]
        changed = make_rule(settings, UNITS) != make_rule(CellularAutomaton(rule=rule), UNITS)
        assert changed != (name in OF_DRIVERS)
    else:
        with pytest.raises(ValidationError, match=f"{name} = .* which rule '{rule}' does not read; remove {name}"):
            CellularAutomaton(rule=rule, **{name: value})


def test_chances_are_per_second() -> None:
    # at half the tick: half as often 0.5 m/s, which is half a cell per tick, so one cell a quarter as often
    coarse, fine = (make_rule(CellularAutomaton(tick_s=tick_s), UNITS) for tick_s in (1.0, 0.5))
    assert fine.dawdle_p == pytest.approx(coarse.dawdle_p / 4, abs=1)
    assert float(fine.give_back) * 0.5 / 0.5 / 0.5 == pytest.approx(float(coarse.give_back) * 0.5, rel=1e-3)
    # the mean wait p / (1 - p) ticks stays a quarter of a second
    assert fine.start_p / (65536 - fine.start_p) * 0.5 == pytest.approx(0.25, abs=1e-4)
