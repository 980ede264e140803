"""How fast the engines are: fixed workloads, timed beside a reference loop in the same run."""

from trafficsim.engines.bench.cases import CASES, DEFAULT_CASES, Case
from trafficsim.engines.bench.measure import measure, run_cases

__all__ = ["CASES", "DEFAULT_CASES", "Case", "measure", "run_cases"]
