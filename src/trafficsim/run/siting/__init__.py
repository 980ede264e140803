"""Placing enforcement: what a policy does at a place, on whom, and what that is worth."""
