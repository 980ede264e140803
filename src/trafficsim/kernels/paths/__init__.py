"""Least-time paths on times that change by the minute: trees from an origin at a departure, times of given routes."""
