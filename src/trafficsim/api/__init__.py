"""Joins the rooms for Python users: load, build, check, run, compare, explain."""

from trafficsim.api.inspecting import check, draw, explain, policy_catalogue, timing
from trafficsim.api.reading import build, load, read_study
from trafficsim.api.running import compare, run, trace

__all__ = [
    "build", "check", "compare", "draw", "explain", "load", "policy_catalogue", "read_study", "run", "timing", "trace",
]
