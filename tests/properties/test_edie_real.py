"""Edie's identities on real networks; on all of them, and for the whole hour, in tests/long."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.properties.test_edie import assert_edie
from tests.support.real_networks import network_plan, scenario_plan


@pytest.mark.parametrize("name", ["cologne1", "ingolstadt1", "rilsa1", "rilsa3", "RiLSA1"])
def test_edie_holds_on_small_real_networks(name: str, real_data: Path) -> None:
    assert_edie(network_plan(real_data, name, 600.0))


def test_edie_holds_on_the_scenario_of_a_main_road() -> None:
    assert_edie(scenario_plan("arterial", 300.0))
