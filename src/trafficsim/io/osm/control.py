"""Signals and signs on nodes."""

from __future__ import annotations

from collections.abc import Mapping

SIGNAL_CROSSING = ("crossing", "crossing:signals")
NO_STOP_LINE = {"ramp_meter", "blinker", "blink_mode", "continuous_green"}


def has_signal(tags: Mapping[str, str]) -> bool:
    """Whether vehicles are stopped by a signal at a node, at a junction or a crossing.

    Examples
    --------
    >>> has_signal({"highway": "crossing", "crossing": "traffic_signals"}), has_signal({"crossing": "marked"})
    (True, False)
    """
    if tags.get("highway") == "traffic_signals":
        return True
    return tags.get("highway") == "crossing" and (
        tags.get("crossing") == "traffic_signals" or tags.get("crossing:signals") == "yes")


def is_marked(tags: Mapping[str, str]) -> bool:
    """Whether a signal or sign at a node concerns vehicles."""
    return has_signal(tags) or tags.get("highway") in ("stop", "give_way", "mini_roundabout")


def control_of(tags: Mapping[str, str], node: int, arms: int) -> tuple[str, str]:
    """Return the control of a node and its origin; empty texts where nothing is tagged."""
    if has_signal(tags):
        key = "crossing" if tags.get("highway") == "crossing" else "highway"
        return "signal", f"read: node {node}, {key}=traffic_signals"
    if tags.get("highway") == "stop" and tags.get("stop") in ("all", "both") and arms > 2:
        return "all_way_stop", f"read: node {node}, stop={tags['stop']}"
    return "", ""
