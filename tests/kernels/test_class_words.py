"""Vehicle classes as words: nothing is cut off, and what is rounded is rounded finely."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.worlds import link, make_network, make_program, make_world
from trafficsim.base.errors import InputError
from trafficsim.engines.ca.classes import cells_of, class_states, code_units, following
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.ca.packed_state import acc_code, brake_code, fade_code, headway_code, turn_of
from trafficsim.plan.classes import lower_classes
from trafficsim.spec.demand import Trip
from trafficsim.spec.vehicles import DEFAULT_CLASSES, VehicleClass

EXTREME = VehicleClass(name="extreme", length_m=20.0, acceleration_ms2=6.0, headway_s=2.5, deceleration_ms2=6.0,
                       acceleration_fade_per_s=1.0)
RESOLUTIONS = [(0.5, 1.0), (0.25, 1.0), (0.25, 0.5), (0.5, 0.5), (1.0, 1.0), (0.1, 0.2)]


@pytest.mark.parametrize(("cell_m", "tick_s"), RESOLUTIONS)
@pytest.mark.parametrize("more", [(), (EXTREME,)])
def test_codes_hold_the_parameters_to_half_a_step(cell_m: float, tick_s: float, more: tuple[VehicleClass, ...]) -> None:
    settings = CellularAutomaton(cell_m=cell_m, tick_s=tick_s)
    classes = lower_classes((*DEFAULT_CLASSES, *more))
    units = code_units(classes, settings)
    packed_state = class_states(classes, settings)
    for read, wanted, unit in zip((acc_code, headway_code, fade_code, brake_code), following(classes, settings), units,
                                  strict=True):
        held = np.array([int(read(packed)) for packed in packed_state]) * unit
        assert np.abs(held - wanted).max() <= unit / 2
        assert unit <= wanted.max() / 7.5, "at least some steps"
    assert [int(turn_of(packed)) for packed in packed_state] == [0] * len(packed_state)


def test_steps_at_the_default_resolution() -> None:
    classes, settings = lower_classes(DEFAULT_CLASSES), CellularAutomaton()
    assert code_units(classes, settings) == (1 / 32, 1 / 64, 1 / 1024, 1 / 2)


@pytest.mark.parametrize(("rule", "cells"), [("nasch", [1, 1, 1]), ("vdr", [1, 1, 1]), ("brake-light", [5, 10, 3])])
def test_lengths_and_acceleration_of_the_rules_of_the_literature(rule: str, cells: list[int]) -> None:
    settings = CellularAutomaton(rule=rule)  # type: ignore[arg-type]
    classes = lower_classes([kind for kind in DEFAULT_CLASSES if kind.name in ("car", "truck", "motorcycle")])
    assert cells_of(classes, settings).tolist() == cells
    unit = code_units(classes, settings).acceleration
    assert [int(acc_code(packed)) * unit for packed in class_states(classes, settings)] == [1.0, 1.0, 1.0]


def test_a_vehicle_of_too_many_cells_is_refused() -> None:
    classes = lower_classes([VehicleClass(name="train", length_m=60.0)])
    with pytest.raises(InputError, match=r"vehicle class 'train': length_m.*cells larger"):
        cells_of(classes, CellularAutomaton(cell_m=0.2))


def test_a_limit_beyond_the_codes_is_refused() -> None:
    trip = Trip(id="t", depart_s=0.0, route=("a",))
    network = make_network([link("a", 500.0, speed_limit_kmh=120.0)])
    world = make_world(network, trips=[trip], ca=CellularAutomaton(cell_m=0.1))
    with pytest.raises(InputError, match=r"desired speeds up to .* on link 'a'; expected at most 92 km/h"):
        make_program(world)
