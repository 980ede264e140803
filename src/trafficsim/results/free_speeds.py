"""Free-flow spot speeds along links: unimpeded vehicles, and whether the place lies away from where they must slow."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trafficsim.base.codes import FREE_SPEED
from trafficsim.base.units import KMH_PER_MS
from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.record import Record
from trafficsim.plan.timeline import moments, unsteady_links
from trafficsim.results.frames import Labels, frame, names_of, nullable, ratio, strings
from trafficsim.results.speeds import evaluated_traversals, limits_kmh
from trafficsim.spec.resolution import STEP_S
from trafficsim.spec.schema import ROAD_CLASSES

COMFORT_MS2 = 1.5
"""Rate at which vehicles slow down for, and speed up after, a stop line or a turn (modelling assumption, cautious)."""
LEAST_QUEUE_M = 25.0
"""Room for those who stand at a line, beyond the distance over which drivers slow, where no longer queue was seen
(modelling assumption: four vehicles)."""
SLOWER = 0.9
"""A connector on which vehicles drive less than this share of the link's mean free speed makes them slow down."""


def free_speeds_table(plan: Plan, record: Record, labels: Labels) -> pd.DataFrame:
    """One row per place: speeds of vehicles with a headway to the leader above 5 s, in the analysis period.

    Speeds are taken over 50 m around the place. ``undisturbed`` says whether it lies further from both ends of the link
    than drivers need to slow down for, or speed up after, a signal, a line where they give way or a slow turn there,
    and beyond the longest queue of the run. ``steady`` says whether limit, speed choice and enforcement are the same
    throughout the analysis period: elsewhere a mean over it mixes two kinds of time. Null without a traversal; a
    standard deviation needs two.
    """
    sections, seen = plan.sections, evaluated_traversals(plan, record)
    rows, length = np.flatnonzero(sections.role == FREE_SPEED), len(sections.role)
    free = seen.unimpeded & np.isin(seen.section, rows)
    section, speed = seen.section[free], seen.speed_ms[free] * KMH_PER_MS
    count = np.bincount(section, minlength=length)[rows]
    mean, some = ratio(np.bincount(section, speed, length)[rows], count)
    square = np.bincount(section, (speed - _spread(mean, rows, length)[section]) ** 2, length)[rows]
    variance, _ = ratio(square, count - 1)
    link = sections.to_link[rows]
    queue_m = record.queues.longest_m if len(record.queues.longest_m) else np.zeros(len(plan.link_id))
    middle_m = (sections.from_m[rows] + sections.to_m[rows]) / 2.0
    return frame(labels, {
        "place": strings(sections.name[row] for row in rows.tolist()),
        "link": names_of(plan.link_id, link),
        "road_class": names_of(ROAD_CLASSES, plan.links.road_class[link]),
        "limit_kmh": nullable(limits_kmh(plan, link)),
        "position_m": nullable(middle_m),
        "undisturbed": nullable(undisturbed(plan, link, middle_m, queue_m)),
        "steady": nullable(~unsteady_links(plan)[link]),
        "unimpeded_traversals": nullable(count.astype(np.int64)),
        "unimpeded_mean_kmh": nullable(mean, some),
        "unimpeded_sd_kmh": nullable(np.sqrt(variance), count > 1),
    })


def _spread(values: F8, rows: NDArray[np.int64], length: int) -> F8:
    whole = np.zeros(length)
    whole[rows] = values
    return whole


def undisturbed(plan: Plan, link: NDArray[np.int32], position_m: F8, queue_m: F8) -> NDArray[np.bool_]:
    """Say which places lie away from both ends of their links where these make drivers slow down.

    None on a link that a vehicle may cross within one step of an engine: only the slow are seen there.

    Parameters
    ----------
    plan
        What ran.
    link, position_m
        Of each place; shape (places,).
    queue_m
        Longest queue by link.
    """
    begins, ends = slowing_ends(plan)
    speed = np.max([one.links.free_speed_mean_ms[link] for one in moments(plan)], axis=0)
    long = plan.links.length_m[link] >= speed * STEP_S  # else the fast are not seen
    reach_m = speed * speed / (2.0 * COMFORT_MS2)
    free_m = plan.links.length_m[link] - position_m - np.maximum(queue_m[link], LEAST_QUEUE_M)
    calm = (queue_m[link] <= LEAST_QUEUE_M) & ~ends[link]
    return np.asarray(long & (~begins[link] | (position_m >= reach_m)) & (calm | (free_m >= reach_m)))


def slowing_ends(plan: Plan) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Links at whose begin vehicles come from, and at whose end they come to, a stop line or a slow turn."""
    joints, lanes, links = plan.connections, plan.lanes, plan.links
    first, second = lanes.link[joints.from_lane], lanes.link[joints.to_lane]
    waits = (joints.signal_group >= 0) | (np.diff(joints.yield_start) > 0) | joints.must_stop
    begins, ends = np.zeros(len(links.length_m), np.bool_), np.zeros(len(links.length_m), np.bool_)
    ends[first[waits | (joints.speed_ms < SLOWER * links.free_speed_mean_ms[first])]] = True
    begins[second[waits | (joints.speed_ms < SLOWER * links.free_speed_mean_ms[second])]] = True
    return begins, ends
