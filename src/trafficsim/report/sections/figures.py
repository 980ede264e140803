"""Travel times, speeds, vehicles along a path, and the map: a picture each, with the table that it is drawn from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from markupsafe import Markup

from trafficsim.report.changes import programs_after
from trafficsim.report.language import ABSENT, name
from trafficsim.report.look import clock
from trafficsim.report.network_map import lines_of
from trafficsim.report.plots.delay_map import LEAST_S, delay_change_s, delay_map
from trafficsim.report.plots.path_times import few_vehicles, path_times
from trafficsim.report.plots.speed_distribution import shares, speed_distribution
from trafficsim.report.plots.time_space import stop_lines, time_space, traces
from trafficsim.report.sections.drawing import picture
from trafficsim.report.sections.first import best_alternative
from trafficsim.report.views import Group, Missing, Picture, Row, Table, Writer
from trafficsim.results.trace import link_starts
from trafficsim.spec.network import Network

View = Picture | Table | Missing
PATH_COLUMNS = ("vehicles", "mean_time_s", "p15_time_s", "p85_time_s", "mean_speed_kmh")
MOST_PLACES, MOST_PATHS, MOST_DIAGRAMS = 6, 8, 3


def paths(writer: Writer) -> Iterator[View]:
    """Yield travel times along named routes."""
    for scenario, engine in writer.material.settings:
        words, setting = writer.words, writer.setting(scenario, engine)
        table = writer.material.table("paths", scenario, engine)
        driven = None if table is None else table.dropna(subset=["mean_time_s"])
        if driven is None or not len(driven):
            yield writer.leave_out(words.say("paths.caption", setting=setting), words.say("paths.none"))
            continue
        names = tuple(driven["path"].unique().tolist())[:MOST_PATHS]
        each = driven[driven["path"].isin(names)].groupby(["path", "alternative"], sort=False)
        alt = words.plain("paths.figure_alt", rows=" ".join(
            words.plain("paths.figure_row", path=path, alternative=alternative,
                        mean=words.number(float(part["mean_time_s"].mean()), 1))
            for (path, alternative), part in each))
        yield picture(path_times(driven, names, words.code), f"figure-paths-{scenario}-{engine}", alt,
                      words.say("paths.figure_caption", setting=setting))
        yield _path_table(writer, driven, setting, f"paths-{scenario}-{engine}")


def _path_table(writer: Writer, driven: pd.DataFrame, setting: Markup, key: str) -> Table:
    columns = writer.columns("alternative", "#vehicles", "#mean_time", "#p15", "#p85", "#mean_speed")
    groups = []
    for path, part in driven.groupby("path", sort=False):
        rows = [_path_row(writer, str(alternative), of_arm)
                for alternative, of_arm in part.groupby("alternative", sort=False)]
        groups.append(Group(name(str(path)), rows))
    caption, arms = writer.words.say("paths.caption", setting=setting), driven.groupby(["path", "alternative"])
    notes = [writer.words.say("paths.few_note")] if any(few_vehicles(rows) for _, rows in arms) else []
    return Table(key, caption, columns, groups, fold=caption, notes=notes)


def _path_row(writer: Writer, alternative: str, rows: pd.DataFrame) -> Row:
    """Write times along a path; those of few vehicles are marked and have no percentiles."""
    vehicles, mean, low, high, speed = (_mean(writer, rows, column) for column in PATH_COLUMNS)
    if few_vehicles(rows):
        mean, low, high = writer.words.say("paths.few", value=mean), Markup(ABSENT), Markup(ABSENT)
    return [name(alternative), vehicles, mean, low, high, speed]


def _mean(writer: Writer, rows: pd.DataFrame, column: str, factor: float = 1.0) -> Markup:
    known = rows[column].dropna()
    return writer.number(factor * float(known.mean()) if len(known) else None, 1)


def speeds(writer: Writer) -> Iterator[View]:
    """Yield speeds at detectors, cameras and sections."""
    for scenario, engine in writer.material.settings:
        words, setting = writer.words, writer.setting(scenario, engine)
        caption = words.say("speeds.caption", setting=setting)
        table = writer.material.table("speeds", scenario, engine)
        spots = None if table is None else table[table["role"] != "path"].dropna(subset=["mean_kmh"])
        if spots is None or not len(spots):
            yield writer.leave_out(caption, words.say("speeds.none"))
            continue
        yield _distribution(writer, (scenario, engine), setting)
        yield _speed_table(writer, spots, caption, f"speeds-{scenario}-{engine}")


def _distribution(writer: Writer, place: tuple[str, str], setting: Markup) -> View:
    words, counts = writer.words, writer.material.table("speed_counts", *place)
    caption = words.say("speeds.figure_caption", setting=setting)
    spots = None if counts is None else counts[counts["role"] != "path"]
    if spots is None or not len(spots):
        return writer.leave_out(caption, words.say("speeds.no_counts"))
    places = most_changed(spots, writer.material.asked.baseline)
    every = spots["place"].nunique()
    if every > len(places):
        caption = Markup(" ").join([caption, words.say("speeds.figure_places", shown=writer.number(len(places), 0),
                                                       all=writer.number(every, 0))])
    each = spots[spots["place"].isin(places)].groupby(["place", "alternative"], sort=False)
    rows = " ".join(
        words.plain("speeds.figure_row", place=spot, alternative=alternative, share=words.number(_over(part), 1))
        for (spot, alternative), part in each)
    alt = words.plain("speeds.figure_alt", rows=rows)
    return picture(speed_distribution(spots, places, words.code), f"figure-speeds-{'-'.join(place)}", alt, caption)


def most_changed(counts: pd.DataFrame, baseline: str, most: int = MOST_PLACES) -> list[str]:
    """Choose the places whose distribution an alternative changes most (largest change of any cumulated share)."""
    change = {}
    for place, part in counts.groupby("place", sort=False):
        curves = {str(arm): shares(rows) for arm, rows in part.groupby("alternative", sort=False)}
        edges = np.unique(np.concatenate([edge for edge, _ in curves.values()]))
        steps = {arm: np.array([share[edge <= at].sum() for at in edges]) for arm, (edge, share) in curves.items()}
        base = steps.get(baseline)
        change[str(place)] = max((float(np.abs(one - base).max()) for one in steps.values()), default=0.0) \
            if base is not None else 0.0
    chosen = set(sorted(change, key=lambda place: -change[place])[:most])
    return [place for place in change if place in chosen]


def _over(part: pd.DataFrame) -> float:
    edges, share = shares(part)
    return float(share[edges >= 0.0].sum())


def _speed_table(writer: Writer, spots: pd.DataFrame, caption: Markup, key: str) -> Table:
    columns = writer.columns("alternative", "#mean_speed", "#over_limit", "#over_110", "#over_20")
    kept = (("mean_kmh", 1.0), ("share_over_limit", 100.0), ("share_over_110_percent", 100.0),
            ("share_over_20_kmh", 100.0))
    groups = []
    for (place, role, limit), part in spots.groupby(["place", "role", "limit_kmh"], sort=False):
        rows: list[Row] = [[name(str(arm)), *(_mean(writer, rows, column, factor) for column, factor in kept)]
                           for arm, rows in part.groupby("alternative", sort=False)]
        head = Markup("{} ({}, {} {})").format(name(str(place)), writer.words.named("speeds", f"role_{role}") or role,
                                               writer.number(limit), writer.words.named("unit", "km_per_h"))
        groups.append(Group(head, rows))
    return Table(key, caption, columns, groups, fold=caption)


def trajectories(writer: Writer) -> Iterator[View]:
    """Yield time-space diagrams of the path with the most signals, for the baseline and what changes the signals."""
    for scenario, engine in writer.material.settings:
        words = writer.words
        what = Markup("{} ({})").format(words.say("section.trajectories"), writer.setting(scenario, engine))
        network, table = writer.material.networks.get(scenario), writer.material.table("trajectories", scenario, engine)
        if network is None or table is None or not network.paths:
            yield writer.leave_out(what, words.say("trajectories.none"))
            continue
        first = table[table["replication"] == table["replication"].min()]
        path = _signalled_path(network, first)
        if path is None:
            yield writer.leave_out(what, words.say("trajectories.no_path"))
            continue
        yield from _diagrams(writer, (scenario, engine), first, path)


def _signalled_path(network: Network, table: pd.DataFrame) -> str | None:
    """Choose the path with the most signals that vehicles drive from its first link to its last."""
    seen = set(table["link"].unique().tolist())
    driven = [path for path, links in network.paths.items() if links[0] in seen and links[-1] in seen]
    return max(driven, key=lambda path: (len(stop_lines(network, network.paths[path])),
                                         -link_starts(network, network.paths[path])[-1]), default=None)


def _telling(programs: Mapping[str, object], best: str | None) -> list[str]:
    """Choose the first alternative, the best one, and others with their own signal programs."""
    arms = list(programs)
    own = [arm for arm in arms if arm == next(one for one in arms if programs[one] == programs[arm])]
    wanted = [*arms[:1], *(arm for arm in arms if arm == best), *(own if len(own) > 1 else arms[:2])]
    return list(dict.fromkeys(wanted))[:MOST_DIAGRAMS]


def _diagrams(writer: Writer, place: tuple[str, str], table: pd.DataFrame, path: str) -> Iterator[View]:
    words, network = writer.words, writer.material.networks[place[0]]
    ledger = writer.material.table("ledger", *place)
    arms = table["alternative"].unique().tolist()
    retimed = {arm: network.signals if ledger is None else programs_after(network, ledger, arm) for arm in arms}
    shown = _telling(retimed, best_alternative(writer, place))
    for arm in shown:
        rows = table[table["alternative"] == arm]
        links = network.paths[path]
        lines = traces(rows, dict(zip(links, link_starts(network, links), strict=True)))
        if not lines:
            continue
        seen = _shown(writer, place, rows)
        figure = time_space(rows, network, path, retimed[arm] if seen is None else seen, words.code)
        begin, end = figure.axes[0].get_xlim()
        on_path = rows[rows["link"].isin(list(links))]["trip"].nunique()
        alt = words.plain("trajectories.alt", path=path, alternative=arm, vehicles=words.number(on_path, 0),
                          signals=len(stop_lines(network, links)), begin=words.digits(clock(begin)),
                          end=words.digits(clock(end)))
        yield picture(figure, f"figure-trajectories-{'-'.join(place)}-{arm}", alt,
                      words.say("trajectories.caption", alternative=name(arm), path=name(path)))
        if seen is None:
            yield Missing(words.say("trajectories.shown", alternative=name(arm)), words.say("trajectories.planned"))
    if len(shown) < len(arms):
        rest = writer.words.listed(name(arm) for arm in arms if arm not in shown)
        yield Missing(words.say("trajectories.chosen", path=name(path)),
                      words.say("trajectories.more", alternatives=rest))


def _shown(writer: Writer, place: tuple[str, str], rows: pd.DataFrame) -> pd.DataFrame | None:
    """Return what signals showed in the run of some trajectories; ``None`` where the results do not hold it."""
    shown = writer.material.table("signals_shown", *place)
    if shown is None:
        return None
    run = rows[["alternative", "replication"]].iloc[0]
    of_run = (shown["alternative"] == run["alternative"]) & (shown["replication"] == run["replication"])
    return shown.loc[of_run] if of_run.any() else None


def delays(writer: Writer) -> Iterator[View]:
    """Yield a map of the change of delay for every alternative."""
    for scenario, engine in writer.material.settings:
        words, network = writer.words, writer.material.networks.get(scenario)
        what = Markup("{} ({})").format(words.say("section.map"), writer.setting(scenario, engine))
        table = writer.material.table("links", scenario, engine)
        if network is None:
            reason = writer.material.no_network.get(scenario, "")
            yield writer.leave_out(what, words.say("map.none", reason=name(reason)))
        elif table is None or not lines_of(network):
            yield writer.leave_out(what, words.say("map.no_links"))
        else:
            for alternative in writer.material.others:
                if (table["alternative"] == alternative).any():
                    yield _map(writer, (scenario, engine), alternative, table)


def _map(writer: Writer, place: tuple[str, str], alternative: str, table: pd.DataFrame) -> Picture:
    words, baseline, network = writer.words, writer.material.asked.baseline, writer.material.networks[place[0]]
    time = writer.material.scenarios.get(place[0], {}).get("time", {})
    begin_s = float(time.get("start_s", -np.inf)) + float(time.get("warmup_s", 0.0))
    change = delay_change_s(table, alternative, baseline, begin_s)
    told = [words.plain(key, link=link, value=words.number(abs(value), 1))
            for key, link, value in (("map.most_more", change.idxmax(), float(change.max())),
                                     ("map.most_less", change.idxmin(), float(change.min())))
            if (value >= LEAST_S if key == "map.most_more" else value <= -LEAST_S)]
    alt = words.plain("map.alt", more=" ".join(told), fewer_links=int((change <= -LEAST_S).sum()),
                      more_links=int((change >= LEAST_S).sum()), all=len(change))
    caption = words.say("map.caption", alternative=name(alternative), baseline=name(baseline),
                        setting=writer.setting(*place))
    return picture(delay_map(network, table, alternative, baseline, begin_s, words.code),
                   f"figure-map-{'-'.join(place)}-{alternative}", alt, caption)
