"""Trips from zone to zone by counts: estimates near a seed, with intervals, and broken detectors named."""
