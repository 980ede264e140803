"""What engines can be trusted to see, whichever of them runs."""

STEP_S = 1.0
"""Engines move vehicles in steps of about a second: what takes less may pass unseen (modelling assumption)."""
