"""Signals that react: controllers request phases, and the plant brings signal groups there safely."""
