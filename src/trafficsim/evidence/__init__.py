"""Acceptance cases: published effects of measures, what the simulation makes of them, inside or outside."""
