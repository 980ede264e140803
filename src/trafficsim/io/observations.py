"""From the table ``[validation]`` of a scenario and the files that it names to series of observations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import InputError, quoted
from trafficsim.base.findings import Finding
from trafficsim.io.counts import read_counts
from trafficsim.io.mistakes import did_you_mean
from trafficsim.io.paths import resolve_path
from trafficsim.outcomes.validation.days import LEAST_DAYS, day_variability
from trafficsim.spec.counts import ALL_CLASSES, Count, Counts
from trafficsim.spec.network import Network
from trafficsim.spec.observations import Observations, Series, SeriesKind
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.validation import DataUse, ObservedTravelTimes, Validation

S_PER_H = 3600.0
Interval = tuple[float, float]
Key = tuple[str, str, str, float, float]
"""Link, link beyond, date, begin and end of a count: what makes two counts the same."""


@dataclass
class _Place:
    """Counts of one detector on one link or movement: vehicles by interval and date."""

    detector: str
    link: str
    to_link: str
    data: DataUse
    vehicles: dict[Interval, dict[str, float]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        where = f"{self.link} > {self.to_link}" if self.to_link else self.link
        return where if self.detector in ("", self.link) else f"{self.detector} ({where})"


def read_observations(scenario: Scenario, network: Network, folder: Path) -> Observations:
    """Read what the scenario is held against.

    Parameters
    ----------
    scenario
        With its table ``validation``; without one there is nothing to read.
    network
        Where counts and paths lie.
    folder
        Where relative paths start from.

    Raises
    ------
    InputError
        If a file cannot be read, a held-out count stands in a file that the calibration has used, a path or link is
        unknown, or an interval is not one of the simulation.
    """
    validation = scenario.validation
    if validation is None:
        return Observations()
    detectors = {one.id: one.link for one in scenario.detectors}
    counted = read_count_series(validation, scenario.time, network, detectors, folder)
    times = tuple(_of_times(one, scenario, network) for one in validation.travel_times)
    _check_speeds(validation, scenario, network)
    series = (*counted.series, *times)
    return Observations(series, (*counted.findings, *_never_critical(validation, series)))


def _never_critical(validation: Validation, series: Iterable[Series]) -> Iterator[Finding]:
    """Tell of critical intervals that nothing on several days begins with."""
    begins_s = {begin_s for one in series if one.representative for begin_s in one.begin_s}
    missing = [at_s for at_s in validation.critical_s if at_s not in begins_s]
    if missing:
        times = ", ".join(f"{at_s:g}" for at_s in missing)
        yield Finding("warning", "critical-interval-unknown", "validation.critical_s",
                      f"no interval that was observed on several days begins at {times} s of the clock",
                      "name the begin of intervals in seconds from midnight: 7:15 is 26100")


def read_count_series(
    validation: Validation, time: Time, network: Network | None, detectors: Mapping[str, str], folder: Path,
) -> Observations:
    """Read the counts of a scenario and sum them over screenlines; other observations are left aside.

    Parameters
    ----------
    validation, folder
        Files of counts, and where relative paths start from.
    time
        Analysis period and intervals of the simulation.
    network
        Where counts lie; without one, links are taken as they are named.
    detectors
        Detectors of the scenario and their links: a count of that name on that link is held against theirs.

    Raises
    ------
    InputError
        As :func:`read_observations`.
    """
    places, findings = _places(validation, time, network, folder)
    series = [_of_counts(place, place.detector if detectors.get(place.detector) == place.link else "")
              for place in places]
    lines, missing = _screenlines(validation, places, None if network is None else network.links)
    return Observations((*series, *lines), (*findings, *missing))


def anchored_files(validation: Validation, absolute: Callable[[str], str]) -> Validation:
    """Return what a scenario is held against with absolute paths of its files."""
    counts = absolute(validation.counts) if isinstance(validation.counts, str) else tuple(
        one.model_copy(update={"file": absolute(one.file)}) for one in validation.counts)
    return validation.model_copy(update={"counts": counts,
                                         "calibrated_with": tuple(map(absolute, validation.calibrated_with))})


def _places(
    validation: Validation, time: Time, network: Network | None, folder: Path,
) -> tuple[list[_Place], list[Finding]]:
    """Counts by place, in the order of the files, those within the analysis period."""
    found: dict[tuple[str, str, str, DataUse], _Place] = {}
    findings: list[Finding] = []
    files = _files(validation, network, folder)
    fitted = _keys_of(validation, files)
    for source in validation.count_files:
        path, counts = files[source.file]
        findings += counts.findings
        if source.data == "held_out":
            _refuse_used(path, counts.counts, fitted)
        inside = [one for one in counts.counts
                  if one.begin_s >= time.analysis_begin_s and one.end_s <= time.analysis_end_s]
        findings += _told(path, counts.counts, inside, time)
        for one in _over_classes(inside):
            place = found.setdefault((one.detector, one.link, one.to_link, source.data),
                                     _Place(one.detector, one.link, one.to_link, source.data))
            place.vehicles.setdefault((one.begin_s, one.end_s), {})[one.date] = one.vehicles
    for place in found.values():
        _check_intervals(place, time)
    return list(found.values()), findings


def _files(validation: Validation, network: Network | None, folder: Path) -> dict[str, tuple[Path, Counts]]:
    """Every file that is named, by its name, read once."""
    named = {one.file: f"validation.counts[{index}]" for index, one in enumerate(validation.count_files)}
    named = dict.fromkeys(validation.calibrated_with, "validation.calibrated_with") | named
    paths = {file: resolve_path(file, folder, where) for file, where in named.items()}
    return {file: (path, read_counts(path, network, validation.time_zone)) for file, path in paths.items()}


def _keys_of(validation: Validation, files: Mapping[str, tuple[Path, Counts]]) -> dict[Key, str]:
    """Counts that the calibration has used, with the file in which they stand."""
    used = [*validation.calibrated_with, *(one.file for one in validation.count_files if one.data == "used")]
    return {_key(one): str(files[file][0]) for file in used for one in files[file][1].counts}


def _key(one: Count) -> Key:
    return one.link, one.to_link, one.date, one.begin_s, one.end_s


def _refuse_used(path: Path, counts: Iterable[Count], used: Mapping[Key, str]) -> None:
    """Refuse counts as held out that the calibration has seen."""
    both = [one for one in counts if _key(one) in used]
    if both:
        first = both[0]
        raise InputError(
            f"validation.counts: {path}", f"{len(both)} counts, the first of link {first.link!r}, that stand in "
            f"{used[_key(first)]} too, with which the scenario was calibrated", "counts that were held out",
            'hold others out, or write data = "used": what they show is then called a fit')


def _told(path: Path, counts: Sequence[Count], inside: Sequence[Count], time: Time) -> Iterator[Finding]:
    if not inside:
        raise InputError(f"validation.counts: {path}", "no count within the analysis period",
                         f"intervals between {time.analysis_begin_s:g} and {time.analysis_end_s:g} s of the clock",
                         "set time.start_s and time.analysis_s to the time of the counts")
    if len(inside) < len(counts):
        yield Finding("info", "count-outside", str(path), f"{len(counts) - len(inside)} of {len(counts)} counts lie "
                      "outside the analysis period and are not compared", "lengthen the analysis period to use them")
    classes = {one.vehicle_class for one in inside} - {ALL_CLASSES}
    if classes:
        yield Finding("warning", "count-classes", str(path), f"counts of {', '.join(sorted(classes))} are summed and "
                      "compared with all vehicles of the simulation", "count all classes that the demand has")


def _over_classes(counts: Iterable[Count]) -> list[Count]:
    """Sum the classes of a detector, place, date and interval, unless all vehicles were counted too."""
    groups: dict[tuple[str, Key], list[Count]] = {}
    for one in counts:
        groups.setdefault((one.detector, _key(one)), []).append(one)
    return [next((one for one in group if one.vehicle_class == ALL_CLASSES),
                 replace(group[0], vehicles=sum(one.vehicles for one in group))) for group in groups.values()]


def _check_intervals(place: _Place, time: Time) -> None:
    """Refuse intervals that do not begin and end with those of the simulation."""
    for begin_s, end_s in place.vehicles:
        for at in (begin_s, end_s):
            steps = (at - time.start_s) / time.interval_s
            if not place.to_link and abs(steps - round(steps)) > 1e-9:
                raise InputError(f"validation.counts: {place.name}", f"an interval from {begin_s:g} to {end_s:g} s",
                                 f"begin and end at steps of {time.interval_s:g} s from {time.start_s:g} s",
                                 "set time.interval_s so that it divides the intervals of the counts")


def _of_counts(place: _Place, detector: str) -> Series:
    """Flows in veh/h by interval; of a turning count that of the whole analysis period, where it covers it."""
    kind: SeriesKind = "turning_count" if place.to_link else "count"
    intervals = sorted(place.vehicles)
    if place.to_link:
        intervals, table = _whole_period(place, intervals)
    else:
        table = _by_day(place.vehicles, intervals)
    begin_s, end_s = (np.array([one[at] for one in intervals]) for at in (0, 1))
    return _series(Series(kind, place.name, place.data, tuple(begin_s), tuple(end_s), (), links=(place.link,),
                          to_link=place.to_link, detector=detector), table * S_PER_H / (end_s - begin_s))


def _whole_period(place: _Place, intervals: list[Interval]) -> tuple[list[Interval], NDArray[np.float64]]:
    """One interval as long as all together; with a gap it is shorter than the period, and is not compared with it."""
    table = _by_day(place.vehicles, intervals)
    length_s = sum(end_s - begin_s for begin_s, end_s in intervals)
    return [(intervals[0][0], intervals[0][0] + length_s)], table.sum(axis=1, keepdims=True)


def _by_day(vehicles: Mapping[Interval, Mapping[str, float]], intervals: Sequence[Interval]) -> NDArray[np.float64]:
    """Vehicles by day and interval, of the days on which every interval was counted; else one mean day."""
    dates = sorted({date for by_date in vehicles.values() for date in by_date})
    whole = [date for date in dates if all(date in vehicles[one] for one in intervals)]
    if whole:
        return np.array([[vehicles[one][date] for one in intervals] for date in whole])
    return np.array([[sum(vehicles[one].values()) / len(vehicles[one]) for one in intervals]])


def _series(series: Series, days: NDArray[np.float64]) -> Series:
    """Put values by day into a series."""
    if len(days) < LEAST_DAYS:
        return replace(series, observed=tuple(days[0].tolist()))
    seen = day_variability(days)
    return replace(series, observed=tuple(seen.mean.tolist()), sd=tuple(seen.sd.tolist()), days=len(days),
                   representative=tuple(seen.value.tolist()), distance=tuple(seen.distance.tolist()))


def _screenlines(
    validation: Validation, places: Sequence[_Place], links: Collection[str] | None,
) -> tuple[list[Series], list[Finding]]:
    """Sum counts over the links of screenlines, in the intervals in which all of them were counted."""
    series: list[Series] = []
    findings: list[Finding] = []
    for name, members in validation.screenlines.items():
        where = f"validation.screenlines.{name}"
        for link in members:
            if links is not None and link not in links:
                raise InputError(where, f"an unknown link {quoted(link)}", "the id of a link",
                                 f"correct it; {did_you_mean(link, links).rstrip('?')}")
        for data in ("held_out", "used"):
            mine = [place for place in places if place.data == data and not place.to_link and place.link in members]
            counted = {place.link: place for place in reversed(mine)}
            findings += _counted_twice(where, [place for place in mine if counted[place.link] is not place])
            missing = [link for link in members if link not in counted]
            if not missing:
                series += _one_screenline(name, [counted[link] for link in members], data)
            elif len(missing) < len(members):
                words = f"no counts ({data.replace('_', ' ')}) on {', '.join(missing)}: it is not judged"
                findings.append(Finding("warning", "screenline-incomplete", where, words, "count all of its links"))
    return series, findings


def _counted_twice(where: str, places: Sequence[_Place]) -> Iterator[Finding]:
    """Tell of further detectors on links of a screenline; each of them counts all vehicles of its link."""
    if places:
        names = ", ".join(place.name for place in places)
        yield Finding("warning", "screenline-counted-twice", where, f"{names}: another detector counts the same link, "
                      "and the first one is taken", "leave one of them out")


def _one_screenline(name: str, places: Sequence[_Place], data: DataUse) -> list[Series]:
    shared = sorted(set.intersection(*(set(place.vehicles) for place in places)))
    if not shared:
        return []
    sums: dict[Interval, dict[str, float]] = {}
    for one in shared:
        dates = set.intersection(*(set(place.vehicles[one]) for place in places))
        sums[one] = {date: sum(place.vehicles[one][date] for place in places) for date in dates}
    shared = [one for one in shared if sums[one]]
    if not shared:
        return []
    begin_s, end_s = (np.array([one[at] for one in shared]) for at in (0, 1))
    days = _by_day(sums, shared) * S_PER_H / (end_s - begin_s)
    return [_series(Series("screenline", name, data, tuple(begin_s), tuple(end_s), (),
                           links=tuple(place.link for place in places)), days)]


def _of_times(given: ObservedTravelTimes, scenario: Scenario, network: Network) -> Series:
    """Travel times by interval, of days or as they were summed up."""
    known = [*network.paths, *(one.id for one in scenario.travel_times)]
    where = f"validation.travel_times: path {quoted(given.path)}"
    if given.path not in known:
        raise InputError(where, "no path or travel-time measurement of this name", f"one of {sorted(known)}",
                         "name it under [network.paths] or [[travel_times]]")
    time = scenario.time
    begin_s = time.analysis_begin_s if given.begin_s is None else given.begin_s
    number = len(next(iter(given.days_s.values()), (0.0,)))
    length_s = given.interval_s or time.analysis_end_s - begin_s
    begins = begin_s + length_s * np.arange(number)
    if begin_s < time.analysis_begin_s or begins[-1] + length_s > time.analysis_end_s + 1e-9 or length_s <= 0.0:
        raise InputError(where, f"times from {begin_s:g} to {begins[-1] + length_s:g} s of the clock",
                         f"times within the analysis period, {time.analysis_begin_s:g} to {time.analysis_end_s:g} s",
                         "correct begin_s and interval_s, or lengthen the analysis period")
    series = Series("travel_time", given.path, given.data, tuple(begins.tolist()),
                    tuple((begins + length_s).tolist()), ())
    if given.days_s:
        return _series(series, np.array(list(given.days_s.values())))
    spread = () if given.sd_s is None else (given.sd_s,)
    return replace(series, observed=(given.mean_s or 0.0,), sd=spread)


def _check_speeds(validation: Validation, scenario: Scenario, network: Network) -> None:
    detectors = {one.id: one.link for one in scenario.detectors}
    for index, one in enumerate(validation.speeds):
        where = f"validation.speeds[{index}]"
        if one.link not in network.links:
            raise InputError(where, f"an unknown link {quoted(one.link)}", "the id of a link",
                             f"correct it; {did_you_mean(one.link, network.links).rstrip('?')}")
        if one.detector is not None and detectors.get(one.detector) != one.link:
            raise InputError(where, f"no detector {quoted(one.detector)} on link {quoted(one.link)}",
                             "the id of a detector of the scenario there", "correct it, or leave it out")
