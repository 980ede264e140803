"""Joins the rooms for Python users: load, build, check, run, compare, explain."""

from trafficsim.api.assigning import assign
from trafficsim.api.auditing import audit_signals
from trafficsim.api.calibrating import calibrate
from trafficsim.api.cohorts import cohort
from trafficsim.api.equilibria import equilibrium
from trafficsim.api.examining import check, draw_map, examine, write_map
from trafficsim.api.exporting import export
from trafficsim.api.fitting import fit_parameters
from trafficsim.api.fixing import with_fixes
from trafficsim.api.inspecting import draw, explain, policy_catalogue, timing
from trafficsim.api.optimising import optimise_signals
from trafficsim.api.placing import place, rollouts
from trafficsim.api.practices import catalogue, practice_entries, transfer
from trafficsim.api.reading import build, load, read_study
from trafficsim.api.running import compare, run, trace
from trafficsim.api.stepping import open_run
from trafficsim.api.validating import validate

__all__ = [
    "assign", "audit_signals", "build", "calibrate", "catalogue", "check", "cohort", "compare", "draw", "draw_map",
    "equilibrium", "examine", "explain", "export", "fit_parameters", "load", "open_run", "optimise_signals", "place",
    "policy_catalogue", "practice_entries",
    "read_study", "rollouts", "run", "timing", "trace", "transfer", "validate", "with_fixes",
    "write_map",
]
