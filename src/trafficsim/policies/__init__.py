"""Policies, one file each: a frozen model with its mechanism, evidence and limits."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points

from trafficsim.base.errors import PolicyError
from trafficsim.policies.green_wave import GreenWave as GreenWave
from trafficsim.policies.section_control import SectionControl as SectionControl
from trafficsim.policies.signal_plan import SignalPlan as SignalPlan
from trafficsim.policies.speed_camera import CameraPlace as CameraPlace
from trafficsim.policies.speed_camera import SpeedCamera as SpeedCamera
from trafficsim.policies.speed_limit import SpeedLimit as SpeedLimit
from trafficsim.policies.webster import Webster as Webster
from trafficsim.spec.policy import REGISTRY, Policy

BUILT_IN = (
    "trafficsim.policies.green_wave", "trafficsim.policies.section_control", "trafficsim.policies.signal_plan",
    "trafficsim.policies.speed_camera", "trafficsim.policies.speed_limit", "trafficsim.policies.webster",
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
    for entry in entry_points(group=ENTRY_POINT_GROUP):
        try:
            entry.load()
        except PolicyError:
            raise
        except Exception as error:  # a foreign package may fail in any way; name it instead of a traceback
            raise PolicyError(f"entry point {entry.name!r} = {entry.value!r}", f"{type(error).__name__}: {error}",
                              "a module or class that can be imported", "repair or uninstall that package") from error
    return REGISTRY
