"""Fitting a few parameters to what was observed."""
