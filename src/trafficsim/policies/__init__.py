"""Policies, one file each: a frozen model with its mechanism, evidence and limits."""

from __future__ import annotations

from importlib import import_module

from trafficsim.base.errors import PolicyError
from trafficsim.base.packages import load_entry_points
from trafficsim.policies.change_times import ChangeTimes as ChangeTimes
from trafficsim.policies.green_wave import GreenWave as GreenWave
from trafficsim.policies.red_light_camera import RedLightCamera as RedLightCamera
from trafficsim.policies.section_control import SectionControl as SectionControl
from trafficsim.policies.signal_plan import SignalPlan as SignalPlan
from trafficsim.policies.speed_camera import CameraPlace as CameraPlace
from trafficsim.policies.speed_camera import SpeedCamera as SpeedCamera
from trafficsim.policies.speed_limit import SpeedLimit as SpeedLimit
from trafficsim.policies.webster import Webster as Webster
from trafficsim.spec.policy import REGISTRY, Policy

BUILT_IN = (
    "trafficsim.policies.change_times", "trafficsim.policies.green_wave", "trafficsim.policies.red_light_camera",
    "trafficsim.policies.section_control", "trafficsim.policies.signal_plan", "trafficsim.policies.speed_camera",
    "trafficsim.policies.speed_limit", "trafficsim.policies.webster",
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
