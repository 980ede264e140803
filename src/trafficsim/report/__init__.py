"""Figures and reports: the only room that draws."""
