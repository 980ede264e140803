"""Traffic-flow simulation and policy testing.

Public names are imported when they are first used, so that ``import trafficsim`` is fast and loads no compiler.

Examples
--------
>>> import trafficsim as ts
>>> ts.Time(warmup_s=300).analysis_begin_s
300.0
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Where each public name lives.
_HOMES = {
    "trafficsim.api": (
        "assign", "audit_signals", "build", "calibrate", "catalogue", "check", "cohort", "compare", "draw",
        "draw_map", "equilibrium", "explain", "export", "fit_parameters", "load", "open_run", "optimise_signals",
        "rollouts", "run", "timing", "trace",
        "transfer", "validate", "with_fixes",
    ),
    "trafficsim.base.errors": ("InputError", "MachineError", "SimulationError", "TrafficsimError"),
    "trafficsim.base.findings": ("Finding",),
    "trafficsim.engines.ca.settings": ("CellularAutomaton",),
    "trafficsim.design.assignment.roads": ("static_network",),
    "trafficsim.design.timing.breaches": ("AuditRules",),
    "trafficsim.design.inference.network": ("network_from_graph",),
    "trafficsim.design.inference.osmnx_ids": ("from_osmnx",),
    "trafficsim.design.synthetic": ("corridor", "grid", "junction", "ring"),
    "trafficsim.io.fixes": ("read_fixes",),
    "trafficsim.io.formats": ("read",),
    "trafficsim.io.imported": ("Imported",),
    "trafficsim.io.utdf.ring_barriers": ("read_ring_barriers",),
    "trafficsim.io.signal_groups": ("intergreen_breaches", "read_intergreens", "read_signal_groups"),
    "trafficsim.io.stage_tables": ("read_stages",),
    "trafficsim.api.event_logs": ("event_log_of",),
    "trafficsim.results.event_log": ("EventLog",),
    "trafficsim.results.event_log_files": ("read_event_log",),
    "trafficsim.run.calibration.radar_speeds": ("speed_distributions",),
    "trafficsim.spec.calendar": ("DayEvent", "Days", "Hours", "Schedule"),
    "trafficsim.spec.casualties": ("Casualties", "Coefficient"),
    "trafficsim.spec.counts": ("Count", "Counts", "TurnShare"),
    "trafficsim.spec.crashes": ("CasualtiesPerCrash", "History", "UnderReporting"),
    "trafficsim.spec.demand": ("Demand", "Flow", "Stop", "Trip"),
    "trafficsim.spec.drivers": ("Drivers", "SpeedChoice"),
    "trafficsim.spec.economics": ("Economics", "Measure"),
    "trafficsim.spec.emergency": ("Emergency", "Station"),
    "trafficsim.spec.fixes": ("Fixes",),
    "trafficsim.spec.happenings": ("Evacuation", "Surge", "Weather", "Works"),
    "trafficsim.spec.incident": ("Duration", "Incident"),
    "trafficsim.spec.measuring": ("Area", "SpeedHistograms", "TravelTime"),
    "trafficsim.spec.network": ("Connection", "Network"),
    "trafficsim.spec.od_matrix": ("ODMatrix",),
    "trafficsim.spec.policy": ("Policy",),
    "trafficsim.spec.population": ("AlcoholPeriod", "Licence", "PersonGroup", "Population"),
    "trafficsim.spec.network_source": ("BuilderSpec", "LinkSpec", "NetworkSource", "NodeSpec", "SumoSource"),
    "trafficsim.spec.ring_barrier": ("RingBarrier", "RingPhase"),
    "trafficsim.spec.rollout": ("Candidate", "Rollout", "SteppedWedge"),
    "trafficsim.spec.route_choice": ("RouteChoice",),
    "trafficsim.spec.scenario": (
        "DemandSource", "Detector", "Scenario", "Time", "Trajectories",
    ),
    "trafficsim.spec.selectors": ("Links", "links"),
    "trafficsim.spec.setting": ("Setting",),
    "trafficsim.spec.signal_schedule": ("ProgramSwitch", "SignalSchedule", "SwitchTable"),
    "trafficsim.spec.signals": ("Phase", "SignalProgram"),
    "trafficsim.spec.stage_table": ("StageTable",),
    "trafficsim.spec.static_network": ("StaticNetwork",),
    "trafficsim.spec.study": ("Study",),
    "trafficsim.spec.trip_selection": ("Trips",),
    "trafficsim.spec.validation": ("ObservedCounts", "ObservedSpeeds", "ObservedTravelTimes", "Validation"),
    "trafficsim.spec.vehicles": ("VehicleClass",),
    "trafficsim.spec.world": ("World",),
    "trafficsim.spec.zones": ("MatrixSource", "Zone"),
}
_ROOMS = {"design": "trafficsim.design", "plot": "trafficsim.report.plot", "policies": "trafficsim.policies",
          "report": "trafficsim.report"}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = ["__version__", *sorted(_HOME_OF), *_ROOMS]  # noqa: PLE0604 - all are texts

if TYPE_CHECKING:
    from trafficsim import design as design
    from trafficsim import policies as policies
    from trafficsim import report as report
    from trafficsim.api import assign as assign
    from trafficsim.api import audit_signals as audit_signals
    from trafficsim.api import build as build
    from trafficsim.api import calibrate as calibrate
    from trafficsim.api import catalogue as catalogue
    from trafficsim.api import check as check
    from trafficsim.api import cohort as cohort
    from trafficsim.api import compare as compare
    from trafficsim.api import draw as draw
    from trafficsim.api import draw_map as draw_map
    from trafficsim.api import equilibrium as equilibrium
    from trafficsim.api import explain as explain
    from trafficsim.api import export as export
    from trafficsim.api import fit_parameters as fit_parameters
    from trafficsim.api import load as load
    from trafficsim.api import open_run as open_run
    from trafficsim.api import optimise_signals as optimise_signals
    from trafficsim.api import rollouts as rollouts
    from trafficsim.api import run as run
    from trafficsim.api import timing as timing
    from trafficsim.api import trace as trace
    from trafficsim.api import transfer as transfer
    from trafficsim.api import validate as validate
    from trafficsim.api import with_fixes as with_fixes
    from trafficsim.api.event_logs import event_log_of as event_log_of
    from trafficsim.base.errors import InputError as InputError
    from trafficsim.base.errors import MachineError as MachineError
    from trafficsim.base.errors import SimulationError as SimulationError
    from trafficsim.base.errors import TrafficsimError as TrafficsimError
    from trafficsim.base.findings import Finding as Finding
    from trafficsim.design.assignment.roads import static_network as static_network
    from trafficsim.design.inference.network import network_from_graph as network_from_graph
    from trafficsim.design.inference.osmnx_ids import from_osmnx as from_osmnx
    from trafficsim.design.synthetic import corridor as corridor
    from trafficsim.design.synthetic import grid as grid
    from trafficsim.design.synthetic import junction as junction
    from trafficsim.design.synthetic import ring as ring
    from trafficsim.design.timing.breaches import AuditRules as AuditRules
    from trafficsim.engines.ca.settings import CellularAutomaton as CellularAutomaton
    from trafficsim.io.fixes import read_fixes as read_fixes
    from trafficsim.io.formats import read as read
    from trafficsim.io.imported import Imported as Imported
    from trafficsim.io.signal_groups import intergreen_breaches as intergreen_breaches
    from trafficsim.io.signal_groups import read_intergreens as read_intergreens
    from trafficsim.io.signal_groups import read_signal_groups as read_signal_groups
    from trafficsim.io.stage_tables import read_stages as read_stages
    from trafficsim.io.utdf.ring_barriers import read_ring_barriers as read_ring_barriers
    from trafficsim.report import plot as plot
    from trafficsim.results.event_log import EventLog as EventLog
    from trafficsim.results.event_log_files import read_event_log as read_event_log
    from trafficsim.run.calibration.radar_speeds import speed_distributions as speed_distributions
    from trafficsim.spec.calendar import DayEvent as DayEvent
    from trafficsim.spec.calendar import Days as Days
    from trafficsim.spec.calendar import Hours as Hours
    from trafficsim.spec.calendar import Schedule as Schedule
    from trafficsim.spec.casualties import Casualties as Casualties
    from trafficsim.spec.casualties import Coefficient as Coefficient
    from trafficsim.spec.counts import Count as Count
    from trafficsim.spec.counts import Counts as Counts
    from trafficsim.spec.counts import TurnShare as TurnShare
    from trafficsim.spec.crashes import CasualtiesPerCrash as CasualtiesPerCrash
    from trafficsim.spec.crashes import History as History
    from trafficsim.spec.crashes import UnderReporting as UnderReporting
    from trafficsim.spec.demand import Demand as Demand
    from trafficsim.spec.demand import Flow as Flow
    from trafficsim.spec.demand import Stop as Stop
    from trafficsim.spec.demand import Trip as Trip
    from trafficsim.spec.drivers import Drivers as Drivers
    from trafficsim.spec.drivers import SpeedChoice as SpeedChoice
    from trafficsim.spec.economics import Economics as Economics
    from trafficsim.spec.economics import Measure as Measure
    from trafficsim.spec.emergency import Emergency as Emergency
    from trafficsim.spec.emergency import Station as Station
    from trafficsim.spec.fixes import Fixes as Fixes
    from trafficsim.spec.happenings import Evacuation as Evacuation
    from trafficsim.spec.happenings import Surge as Surge
    from trafficsim.spec.happenings import Weather as Weather
    from trafficsim.spec.happenings import Works as Works
    from trafficsim.spec.incident import Duration as Duration
    from trafficsim.spec.incident import Incident as Incident
    from trafficsim.spec.measuring import Area as Area
    from trafficsim.spec.measuring import SpeedHistograms as SpeedHistograms
    from trafficsim.spec.measuring import TravelTime as TravelTime
    from trafficsim.spec.network import Connection as Connection
    from trafficsim.spec.network import Network as Network
    from trafficsim.spec.network_source import BuilderSpec as BuilderSpec
    from trafficsim.spec.network_source import LinkSpec as LinkSpec
    from trafficsim.spec.network_source import NetworkSource as NetworkSource
    from trafficsim.spec.network_source import NodeSpec as NodeSpec
    from trafficsim.spec.network_source import SumoSource as SumoSource
    from trafficsim.spec.od_matrix import ODMatrix as ODMatrix
    from trafficsim.spec.policy import Policy as Policy
    from trafficsim.spec.population import AlcoholPeriod as AlcoholPeriod
    from trafficsim.spec.population import Licence as Licence
    from trafficsim.spec.population import PersonGroup as PersonGroup
    from trafficsim.spec.population import Population as Population
    from trafficsim.spec.ring_barrier import RingBarrier as RingBarrier
    from trafficsim.spec.ring_barrier import RingPhase as RingPhase
    from trafficsim.spec.rollout import Candidate as Candidate
    from trafficsim.spec.rollout import Rollout as Rollout
    from trafficsim.spec.rollout import SteppedWedge as SteppedWedge
    from trafficsim.spec.route_choice import RouteChoice as RouteChoice
    from trafficsim.spec.scenario import DemandSource as DemandSource
    from trafficsim.spec.scenario import Detector as Detector
    from trafficsim.spec.scenario import Scenario as Scenario
    from trafficsim.spec.scenario import Time as Time
    from trafficsim.spec.scenario import Trajectories as Trajectories
    from trafficsim.spec.selectors import Links as Links
    from trafficsim.spec.selectors import links as links
    from trafficsim.spec.setting import Setting as Setting
    from trafficsim.spec.signal_schedule import ProgramSwitch as ProgramSwitch
    from trafficsim.spec.signal_schedule import SignalSchedule as SignalSchedule
    from trafficsim.spec.signal_schedule import SwitchTable as SwitchTable
    from trafficsim.spec.signals import Phase as Phase
    from trafficsim.spec.signals import SignalProgram as SignalProgram
    from trafficsim.spec.stage_table import StageTable as StageTable
    from trafficsim.spec.static_network import StaticNetwork as StaticNetwork
    from trafficsim.spec.study import Study as Study
    from trafficsim.spec.trip_selection import Trips as Trips
    from trafficsim.spec.validation import ObservedCounts as ObservedCounts
    from trafficsim.spec.validation import ObservedSpeeds as ObservedSpeeds
    from trafficsim.spec.validation import ObservedTravelTimes as ObservedTravelTimes
    from trafficsim.spec.validation import Validation as Validation
    from trafficsim.spec.vehicles import VehicleClass as VehicleClass
    from trafficsim.spec.world import World as World
    from trafficsim.spec.zones import MatrixSource as MatrixSource
    from trafficsim.spec.zones import Zone as Zone


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name in _ROOMS:
        return import_module(_ROOMS[name])
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
