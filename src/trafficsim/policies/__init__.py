"""Policies, one file each: a frozen model with its mechanism, evidence and limits."""

from __future__ import annotations

from importlib import import_module

from trafficsim.base.errors import PolicyError
from trafficsim.base.packages import load_entry_points
from trafficsim.policies.adaptive_signals import AdaptiveSignals as AdaptiveSignals
from trafficsim.policies.belt_wearing import BeltWearing as BeltWearing
from trafficsim.policies.breath_test import BreathTest as BreathTest
from trafficsim.policies.campaign import Campaign as Campaign
from trafficsim.policies.change_times import ChangeTimes as ChangeTimes
from trafficsim.policies.close_following import CloseFollowing as CloseFollowing
from trafficsim.policies.closure import Closure as Closure
from trafficsim.policies.closure import TurnBan as TurnBan
from trafficsim.policies.contraflow import Contraflow as Contraflow
from trafficsim.policies.controlled import Controlled as Controlled
from trafficsim.policies.diversion import Diversion as Diversion
from trafficsim.policies.emergency_response import AddStation as AddStation
from trafficsim.policies.emergency_response import ECall as ECall
from trafficsim.policies.emergency_response import RescueLane as RescueLane
from trafficsim.policies.enforcing import Place as Place
from trafficsim.policies.feedback_sign import FeedbackSign as FeedbackSign
from trafficsim.policies.fines import Fines as Fines
from trafficsim.policies.green_wave import GreenWave as GreenWave
from trafficsim.policies.hard_shoulder import HardShoulderRunning as HardShoulderRunning
from trafficsim.policies.incident_management import QuickClearance as QuickClearance
from trafficsim.policies.incident_management import ServicePatrol as ServicePatrol
from trafficsim.policies.isa import Isa as Isa
from trafficsim.policies.lane_control import LaneControl as LaneControl
from trafficsim.policies.licence_check import LicenceCheck as LicenceCheck
from trafficsim.policies.licensing import AccompaniedDriving as AccompaniedDriving
from trafficsim.policies.licensing import HazardPerception as HazardPerception
from trafficsim.policies.licensing import PassengerLimit as PassengerLimit
from trafficsim.policies.licensing import SecondPhaseTraining as SecondPhaseTraining
from trafficsim.policies.licensing import SupervisedPractice as SupervisedPractice
from trafficsim.policies.line_control import LineControl as LineControl
from trafficsim.policies.maxband import Maxband as Maxband
from trafficsim.policies.mobile_camera import MobileCamera as MobileCamera
from trafficsim.policies.mode_shift import ModeShift as ModeShift
from trafficsim.policies.moving_jam_limit import MovingJamLimit as MovingJamLimit
from trafficsim.policies.night_limit import NightLimit as NightLimit
from trafficsim.policies.patrol import Patrol as Patrol
from trafficsim.policies.points import PointsLimit as PointsLimit
from trafficsim.policies.points import Probation as Probation
from trafficsim.policies.points import ReEducation as ReEducation
from trafficsim.policies.ramp_metering import RampMetering as RampMetering
from trafficsim.policies.red_light_camera import RedLightCamera as RedLightCamera
from trafficsim.policies.road_pricing import RoadPricing as RoadPricing
from trafficsim.policies.section_control import SectionControl as SectionControl
from trafficsim.policies.signal_control import Actuated as Actuated
from trafficsim.policies.signal_control import CoordinatedActuated as CoordinatedActuated
from trafficsim.policies.signal_control import MaxPressure as MaxPressure
from trafficsim.policies.signal_control import SelfOrganising as SelfOrganising
from trafficsim.policies.signal_plan import SignalPlan as SignalPlan
from trafficsim.policies.signal_priority import Preemption as Preemption
from trafficsim.policies.signal_priority import TransitPriority as TransitPriority
from trafficsim.policies.speed_camera import CameraPlace as CameraPlace
from trafficsim.policies.speed_camera import SpeedCamera as SpeedCamera
from trafficsim.policies.speed_limit import SpeedLimit as SpeedLimit
from trafficsim.policies.variable_speed_limit import VariableSpeedLimit as VariableSpeedLimit
from trafficsim.policies.vehicle_ban import VehicleBan as VehicleBan
from trafficsim.policies.vehicle_shift import VehicleShift as VehicleShift
from trafficsim.policies.webster import Webster as Webster
from trafficsim.policies.zero_alcohol import ZeroAlcohol as ZeroAlcohol
from trafficsim.spec.policy import REGISTRY, Policy

BUILT_IN = (
    "trafficsim.policies.adaptive_signals",
    "trafficsim.policies.belt_wearing",
    "trafficsim.policies.breath_test",
    "trafficsim.policies.campaign",
    "trafficsim.policies.change_times",
    "trafficsim.policies.close_following",
    "trafficsim.policies.closure",
    "trafficsim.policies.contraflow",
    "trafficsim.policies.controlled",
    "trafficsim.policies.diversion",
    "trafficsim.policies.emergency_response",
    "trafficsim.policies.feedback_sign",
    "trafficsim.policies.fines",
    "trafficsim.policies.green_wave",
    "trafficsim.policies.hard_shoulder",
    "trafficsim.policies.incident_management",
    "trafficsim.policies.isa",
    "trafficsim.policies.lane_control",
    "trafficsim.policies.licence_check",
    "trafficsim.policies.licensing",
    "trafficsim.policies.line_control",
    "trafficsim.policies.maxband",
    "trafficsim.policies.mobile_camera",
    "trafficsim.policies.mode_shift",
    "trafficsim.policies.moving_jam_limit",
    "trafficsim.policies.night_limit",
    "trafficsim.policies.patrol",
    "trafficsim.policies.points",
    "trafficsim.policies.ramp_metering",
    "trafficsim.policies.red_light_camera",
    "trafficsim.policies.road_pricing",
    "trafficsim.policies.section_control",
    "trafficsim.policies.signal_control",
    "trafficsim.policies.signal_plan",
    "trafficsim.policies.signal_priority",
    "trafficsim.policies.speed_camera",
    "trafficsim.policies.speed_limit",
    "trafficsim.policies.variable_speed_limit",
    "trafficsim.policies.vehicle_ban",
    "trafficsim.policies.vehicle_shift",
    "trafficsim.policies.webster",
    "trafficsim.policies.zero_alcohol",
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
