"""Traffic-flow simulation and policy testing."""

__version__ = "0.1.0"
