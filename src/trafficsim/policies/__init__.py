"""Policies, one file each: a frozen model with its mechanism, evidence and limits."""

from __future__ import annotations

from importlib import import_module

from trafficsim.base.errors import PolicyError
from trafficsim.base.packages import load_entry_points
from trafficsim.policies.change_times import ChangeTimes as ChangeTimes
from trafficsim.policies.diversion import Diversion as Diversion
from trafficsim.policies.green_wave import GreenWave as GreenWave
from trafficsim.policies.mode_shift import ModeShift as ModeShift
from trafficsim.policies.section_control import SectionControl as SectionControl
from trafficsim.policies.signal_plan import SignalPlan as SignalPlan
from trafficsim.policies.speed_camera import CameraPlace as CameraPlace
from trafficsim.policies.speed_camera import SpeedCamera as SpeedCamera
from trafficsim.policies.speed_limit import SpeedLimit as SpeedLimit
from trafficsim.policies.variable_speed_limit import VariableSpeedLimit as VariableSpeedLimit
from trafficsim.policies.vehicle_ban import VehicleBan as VehicleBan
from trafficsim.policies.vehicle_shift import VehicleShift as VehicleShift
from trafficsim.policies.webster import Webster as Webster
from trafficsim.spec.policy import REGISTRY, Policy

BUILT_IN = (
    "trafficsim.policies.change_times", "trafficsim.policies.diversion", "trafficsim.policies.green_wave",
    "trafficsim.policies.mode_shift", "trafficsim.policies.section_control", "trafficsim.policies.signal_plan",
    "trafficsim.policies.speed_camera", "trafficsim.policies.speed_limit", "trafficsim.policies.variable_speed_limit",
    "trafficsim.policies.vehicle_ban", "trafficsim.policies.vehicle_shift", "trafficsim.policies.webster",
)
ENTRY_POINT_GROUP = "trafficsim.policies"


def load_policies() -> dict[str, type[Policy]]:
    """Import the built-in policies and those of installed packages, and return the registry by kind.

    A package offers its policies as an entry point of the group ``trafficsim.policies`` that names a module or a class.

    Raises
    ------
    PolicyError
        If an entry point cannot be imported.

    Examples
    --------
    >>> load_policies()["speed_limit"].__name__
    'SpeedLimit'
    """
    for module in BUILT_IN:
        import_module(module)
    load_entry_points(ENTRY_POINT_GROUP, PolicyError)
    return REGISTRY
