"""Edie's identities on every network there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.properties.test_edie import assert_edie
from tests.support.real_networks import NETWORKS, SCENARIOS, network_plan, scenario_plan

pytestmark = pytest.mark.long


@pytest.mark.parametrize("name", NETWORKS)
def test_edie_holds_on_every_real_network(name: str, real_data: Path) -> None:
    assert_edie(network_plan(real_data, name, 3600.0, 1800.0))


@pytest.mark.parametrize("name", SCENARIOS)
def test_edie_holds_on_every_scenario(name: str) -> None:
    assert_edie(scenario_plan(name, 3600.0))
