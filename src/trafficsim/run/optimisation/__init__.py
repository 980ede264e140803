"""Optimisation of fixed-time signal programs by simulation: search on some days, judged on others."""
