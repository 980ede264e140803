"""Measures by which a simulation is held against observations: flows, times, speeds, and the variability of days."""
