"""Demand from counts: cells of a scenario, its assignment matrix, estimates, and the scenario that they make."""
