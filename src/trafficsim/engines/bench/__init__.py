"""How fast the engines are: fixed workloads, timed beside a reference loop in the same run."""

from trafficsim.engines.bench.cases import ALL_CASES, CASES, DEFAULT_CASES, QUEUE_CASES, Case
from trafficsim.engines.bench.measure import measure, run_cases
from trafficsim.engines.bench.queue_measure import QueueCase

__all__ = ["ALL_CASES", "CASES", "DEFAULT_CASES", "QUEUE_CASES", "Case", "QueueCase", "measure", "run_cases"]
