"""Outcomes: published models that turn simulated differences into casualties, money, emissions. No engine, no run."""
