"""Volumes of links on the routes that drivers learn, against SUMO's on the routed networks of the catalogue."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.experiments.cities.volumes import ASKED_SHARE, fullest_hour, share_close, without_routes, world_of
from tests.support.tiers import one_city_now
from trafficsim.outcomes.validation.flows import geh
from trafficsim.plan.prepare import prepare
from trafficsim.run.rehearsal import rehearsed

ROUTED = ("cologne1", "cologne8", "ingolstadt1", "ingolstadt7")
"""Places whose file leaves all routes open."""


@pytest.mark.parametrize("place", one_city_now([*ROUTED, "cologne3", "doerpfeldstr"]))
def test_volumes_are_close_to_sumo(place: str, real_data: Path) -> None:
    """GEH < 5 on 85 % of the links with 20 vehicles or more in the fullest hour; given routes are taken away."""
    world, (begin_s, of_sumo) = world_of(real_data, place), fullest_hour(real_data, place)
    known = rehearsed(prepare(without_routes(world)))
    assert (known.routes.wish >= 0).any()
    assert share_close(known, begin_s, of_sumo) >= ASKED_SHARE


@pytest.mark.long
def test_drivers_of_ingolstadt_converge_where_free_flow_paths_do_not(real_data: Path) -> None:
    told = rehearsed(prepare(world_of(real_data, "ingolstadt7"))).routes.rehearsals
    assert told.number > 2
    assert told.relative_gap is not None
    assert told.relative_gap < 0.05  # 48 % on free-flow paths


def test_geh_is_that_of_the_formula() -> None:
    np.testing.assert_allclose(geh(np.array([100.0, 0.0, 50.0]), np.array([150.0, 0.0, 50.0])),
                               [np.sqrt(2.0 * 50.0**2 / 250.0), 0.0, 0.0])
