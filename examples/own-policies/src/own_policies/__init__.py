"""A policy and a practice of one's own for trafficsim."""

from pathlib import Path

PRACTICES = Path(__file__).parent / "practices.toml"
"""Entries for the catalogue; the entry point names this path."""
