"""Fuel and emissions of vehicles, from traces or from mean speeds."""
