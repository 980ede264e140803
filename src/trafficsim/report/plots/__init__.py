"""Plots, one kind a file: functions of result tables that return matplotlib figures."""
