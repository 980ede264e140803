"""Lanes as lists, leader first: what re-packing and the guard against overlaps must come to."""

from __future__ import annotations

from typing import Any


def repack(lanes: list[list[Any]], leaves: list[bool], arrivals: list[tuple[int, Any] | None]) -> list[list[Any]]:
    """The lanes without the heads that leave; arrivals stand before the place given, counted with the old head."""
    after = []
    for lane, leaving, arrival in zip(lanes, leaves, arrivals, strict=True):
        row = list(lane)
        if arrival is not None:
            row.insert(*arrival)
        if leaving:
            row.pop(0)
        after.append(row)
    return after


def guard(old: list[int], new: list[int], lengths: list[int]) -> list[int]:
    """Where the vehicles of one lane (leader first) end up if nobody may enter the one ahead, nor go backwards."""
    held = list(new)
    for follower in range(1, len(new)):
        rear = held[follower - 1] - lengths[follower - 1]
        held[follower] = max(min(held[follower], rear), old[follower]) if held[follower] > rear else held[follower]
    return held
