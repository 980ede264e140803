"""What stands in a report: the numbers of the tables, verdicts in words, and nothing that is none."""

from __future__ import annotations

import itertools
import math
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import trafficsim as ts
from tests.report.html import Page
from tests.report.studies import RUDE, results, world
from trafficsim.report.language import load
from trafficsim.report.material import from_folder
from trafficsim.report.page import render
from trafficsim.report.sections.distribution import distributions
from trafficsim.report.views import Writer
from trafficsim.results.compare import Comparison
from trafficsim.results.distribution import worst_first
from trafficsim.results.frames import Labels
from trafficsim.results.runs import failed_run_table
from trafficsim.results.store import file_name, read_tables, write_failure
from trafficsim.run.result import StudyResult

NUMBERS = load("en").number
FETCHED = ("src", "href", "action", "data", "poster", "srcset", "formaction", "background")
MOST_BYTES = 3_000_000


def places(half_width: float) -> int:
    """Two significant digits of the half-width."""
    return max(0, 1 - math.floor(math.log10(half_width)))


@pytest.fixture(scope="module")
def parsed(page: str) -> Page:
    return Page(page)


@pytest.fixture(scope="module")
def comparison(result: StudyResult) -> Comparison:
    return result.comparison


def test_all_tags_are_closed_in_order(parsed: Page) -> None:
    assert parsed.faults == []


def test_ids_are_unique_and_links_lead_somewhere(parsed: Page) -> None:
    ids = [attributes["id"] for _, attributes in parsed.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [attributes["href"] for _, attributes in parsed.tags if attributes.get("href", "").startswith("#")]
    assert len(targets) > 10
    assert {target[1:] for target in targets} <= set(ids)


def test_headings_skip_no_level(parsed: Page) -> None:
    levels = [int(tag[1]) for tag, _ in parsed.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_nothing_is_fetched(page: str, parsed: Page) -> None:
    addresses = [attributes[key] for _, attributes in parsed.tags for key in FETCHED if key in attributes]
    assert all(address.startswith(("#", "data:image/png;base64,")) for address in addresses)
    style = page[page.index("<style>"): page.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    assert parsed.named("script") == []
    assert parsed.named("link") == []
    assert len(page.encode()) < MOST_BYTES


def test_no_value_that_is_none(parsed: Page) -> None:
    alternatives = " ".join(attributes.get("aria-label", "") for _, attributes in parsed.tags)
    words = re.findall(r"[A-Za-z<>]+", parsed.visible() + " " + alternatives)
    assert not {"nan", "NaN", "None", "inf", "NA", "<NA>", "NaT", "null"} & set(words)


def test_question_alternatives_and_policies(parsed: Page) -> None:
    shown = parsed.visible()
    assert f"What of {RUDE} ?" in shown.replace(f"{RUDE}?", f"{RUDE} ?")
    assert "What does the world ask?" not in shown
    for text in ("do nothing", "camera", RUDE, "webster", "speed_camera", "De Pauw et al. 2014", "grade B"):
        assert text in shown
    policy = ts.policies.SpeedCamera
    assert policy.mechanism in shown
    assert policy.limits in shown


def test_names_are_text_and_never_markup(page: str) -> None:
    assert "<b>x" not in page
    assert "&lt;b&gt;x&lt;/b&gt; &amp; " in page


def test_differences_and_verdicts_of_the_comparison(parsed: Page, comparison: Comparison) -> None:
    shown = parsed.visible()
    primary = [one for one in comparison.chosen() if one.primary]
    assert {one.verdict for one in primary} == {"better", "equivalent", "no evidence"}
    for one in comparison.chosen("mean_delay_s"):
        assert f"{one.alternative} , mean delay" in shown
        for value, signed in ((one.diff, True), (one.low, False), (one.high, False), (one.mean, False)):
            assert NUMBERS(value, places(one.half_width), signed=signed) in shown
    for verdict in ("✓ better", "≈ equivalent", "? no evidence"):
        assert verdict in shown
    share = next(one for one in primary if one.alternative == "camera" and one.indicator == "share_over_limit")
    assert NUMBERS(100 * share.diff, places(100 * share.half_width), signed=True) in shown
    assert "percentage points" in shown


def test_every_indicator_with_unit_and_origin(parsed: Page, comparison: Comparison) -> None:
    shown = parsed.visible()
    for one in comparison.chosen():
        assert one.indicator in shown
    for origin in ("emergent", "input", "extrapolated"):
        assert f"{origin}: " in shown
    assert "Secondary (an indication only)" in shown
    assert "the scenario keeps no traces" in shown


def test_what_would_reverse_a_verdict(parsed: Page) -> None:
    shown = parsed.visible()
    assert "What would reverse each verdict" in shown
    assert "would no longer hold if the mean difference shrank by more than" in shown
    assert "the interval contains zero" in shown
    assert "would no longer hold with a margin below" in shown
    assert "Precision requested: ±" in shown
    assert "The indicator is an input" in shown


def test_changes_in_units_that_people_use(parsed: Page, folder: Path) -> None:
    shown = parsed.visible()
    ledger = read_tables(folder)["ledger"]
    cells = ledger[(ledger["alternative"] == RUDE) & (ledger["replication"] == 1)]
    policy = f"signal timing by Webster's formula webster ( {RUDE} )"
    assert f"Values changed, duration of the phase (program/number), {policy}: {len(cells)}" in shown
    assert "citation speed (0: not enforced)" in shown
    assert "56 km/h" in shown  # 50 km/h and a tolerance of 6
    assert "m/s" not in shown


def test_signal_timing_before_and_after(parsed: Page, folder: Path) -> None:
    shown = parsed.visible()
    ledger = read_tables(folder)["ledger"]
    first = ledger[(ledger["alternative"] == RUDE) & (ledger["replication"] == 1)]
    phases = first[first["field"] == "signal.phase_s"]
    cycles = phases.assign(program=phases["cell"].str.rsplit("/").str[0]).groupby("program")["after"].sum()
    for program, cycle in cycles.items():
        assert f"{program} : cycle 60 s before, {NUMBERS(float(cycle))} s after" in shown


def test_movements_are_means_over_replications(parsed: Page, folder: Path) -> None:
    movements = read_tables(folder)["movements"]
    rows = movements[(movements["alternative"] == "do nothing") & (movements["from_link"] == "east1")
                     & (movements["to_link"] == "east2")]
    delay = float((rows["control_delay_s"] * rows["volume_veh_h"]).sum() / rows["volume_veh_h"].sum())
    cells = [NUMBERS(float(rows["volume_veh_h"].mean()), 0), NUMBERS(float(rows["v_c"].mean()), 2), NUMBERS(delay, 1)]
    assert f"east1 east2 through {' '.join(cells)}" in parsed.visible()


def test_record_of_the_study(parsed: Page, folder: Path, comparison: Comparison) -> None:
    shown = parsed.visible()
    runs = read_tables(folder)["runs"]
    from trafficsim.results.digest import combined_digest

    for alternative in ("do nothing", RUDE, "camera"):
        part = runs[runs["alternative"] == alternative].sort_values("replication")
        assert combined_digest(part["digest"].tolist()) in shown
    for one in comparison.chosen("mean_delay_s"):
        assert NUMBERS(one.variance_ratio, 2) in shown
    assert f"trafficsim {ts.__version__}" in shown
    assert "rehearsals relative gap (%)" in shown
    assert "coefficient of variation of 10 %" in shown.replace("\u00a0", " ")


def test_figures_have_alternative_texts_and_tables_captions(parsed: Page) -> None:
    labels = [attributes["aria-label"] for _, attributes in parsed.tags if attributes.get("role") == "img"]
    assert len(labels) == len(parsed.named("svg")) > 6
    assert len(set(labels)) == len(labels)
    assert min(len(label) for label in labels) > 60
    assert len(parsed.named("caption")) == len(parsed.named("table"))
    assert all(attributes.get("scope") in ("col", "row", "rowgroup") for attributes in parsed.named("th"))
    regions = [attributes for _, attributes in parsed.tags if attributes.get("role") == "region"]
    assert all(one["tabindex"] == "0" and one["aria-label"] for one in regions)


def test_the_same_folder_gives_the_same_bytes(folder: Path, page: str, tmp_path: Path) -> None:
    again = ts.report(str(folder), tmp_path / "again.html")
    assert again.read_text(encoding="utf-8") == page


def test_the_audit_beside_the_tables_is_shown(parsed: Page, folder: Path) -> None:
    audit = pd.read_csv(next(folder.glob("timing_audit@*.csv")))
    broken = [int((audit[name].astype(str) == "False").sum()) for name in ("before_ok", "after_ok")]
    assert f"requirements violated before {broken[0]} , after {broken[1]}" in parsed.visible()
    assert "maximum degree of saturation" in parsed.visible()


def test_a_result_in_memory_gives_the_same_page(result: StudyResult, folder: Path, tmp_path: Path) -> None:
    """But for the audit, which only a folder has."""
    shown = Page(ts.report(result, tmp_path / "memory.html").read_text(encoding="utf-8")).visible()
    copy = Path(shutil.copytree(folder, tmp_path / "small", ignore=shutil.ignore_patterns("timing*")))
    theirs = Page(ts.report(copy).read_text(encoding="utf-8")).visible()
    place = "The tables are in the folder small , with the file study.json."
    mark = re.search(r"\b[0-9a-f]{64}\b", theirs[theirs.index("Scenarios scenario seed"):])
    assert mark is not None
    assert shown == theirs.replace(place + " ", "").replace(mark[0], "–", 1)


def test_failed_runs_are_listed(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    labels = Labels("small", "camera", 3, "ca")
    for path in copy.glob(f"*@{'@'.join(file_name('x', labels).split('@')[1:])}"):
        path.unlink()
    write_failure(copy, labels, failed_run_table(labels, "the <machine> stood still"))
    page = Page(ts.report(copy).read_text(encoding="utf-8"))
    assert page.faults == []
    shown = page.visible()
    assert "Failed runs scenario alternative replication status reason small camera 3 failed " \
           "the <machine> stood still" in shown
    assert "Replications left out of pairs: camera , small , engine ca : 3 ." in shown


def test_two_scenarios_keep_apart(tmp_path: Path) -> None:
    other = world().model_copy(update={"name": "other", "seed": 4})
    result = results(scenarios=(world(), other), replications=2)
    page = Page(ts.report(result, tmp_path / "two.html").read_text(encoding="utf-8"))
    assert page.faults == []
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for one in result.comparison.chosen("mean_delay_s"):
        assert f"{one.scenario} , engine ca" in page.visible()
        assert NUMBERS(one.mean, places(one.half_width)) in page.visible()


def test_the_method_is_that_of_the_engines_of_the_study(parsed: Page, tmp_path: Path) -> None:
    result = results(engines=("queue", "ca"), replications=2)
    shown = Page(ts.report(result, tmp_path / "engines.html").read_text(encoding="utf-8")).visible()
    assert "The engine queue is mesoscopic" in shown
    assert "The engine ca is a microscopic cellular automaton" in shown
    alone = parsed.visible()
    assert "The engine ca is a microscopic cellular automaton" in alone
    assert "is mesoscopic" not in alone


def test_a_study_without_another_alternative(tmp_path: Path) -> None:
    result = results(alternatives={"do nothing": ()}, replications=2, equivalence_margins={}, precision={})
    page = Page(ts.report(result, tmp_path / "alone.html").read_text(encoding="utf-8"))
    assert page.faults == []
    assert "There is no alternative beside the baseline" in page.visible()
    mean = float(result.indicators.query("indicator == 'mean_delay_s'")["value"].mean())
    assert NUMBERS(mean, 0) in page.visible()


def test_one_replication_gives_no_interval_and_says_so(tmp_path: Path) -> None:
    result = results(replications=1)
    page = Page(ts.report(result, tmp_path / "one.html").read_text(encoding="utf-8"))
    assert "with fewer than two pairs of replications no interval can be given" in page.visible()
    assert "fewer than two complete pairs of replications give no interval" in page.visible()


def first_words(text: str) -> str:
    """What stands before the appendix."""
    appendix = text.index('<section class="appendix"')
    assert text.index('id="summary"') < appendix < text.index('id="verdicts"')
    return Page(text[text.index("<main"): appendix]).visible()


def test_the_first_codes_tell_of_every_alternative_that_nobody_is_shown_to_lose(page: str, result: StudyResult) -> None:
    effects = result.distribution.effects
    assert {one.family for one in effects} == {"path", "movement", "class", "origin", "destination", "flow"}
    assert worst_first(effects) == []
    assert first_words(page).count("No significant loss") == 2


def test_the_first_codes_name_those_who_lose_with_interval_and_few_vehicles(folder: Path) -> None:
    material = from_folder(folder)
    paths, movements = material.tables["paths"].copy(), material.tables["movements"].copy()
    paths.loc[(paths["alternative"] == RUDE) & (paths["path"] == "main"), "mean_time_s"] += 60.0
    paths["vehicles"] = 3
    turn = (movements["from_link"] == "east1") & (movements["to_link"] == "east2")
    movements.loc[(movements["alternative"] == RUDE) & turn, "control_delay_s"] += 25.0
    changed = replace(material, tables={**material.tables, "paths": paths, "movements": movements})
    told = first_words(render(Writer(load("en"), changed)))
    path, movement = (worst_first(changed.distribution.of("small", "ca", RUDE, family))[0]
                      for family in ("path", "movement"))
    assert (path.member, movement.member) == ("main", "east1 → east2")
    rude = "".join(told[told.rindex(RUDE):].split())  # tags stand between the words
    assert rude[len("".join(RUDE.split())):].startswith("1of")
    assert re.search(r"main\(from[\d.]+sto[\d.]+s:\+[\d.]+s,[\d.]+to[\d.]+\)\(fewvehicles:3per", rude)
    assert "througheast1→east2(" in rude


def test_the_table_of_who_gains_and_who_loses_has_all_paths_and_whom_changes_hit(folder: Path) -> None:
    material = from_folder(folder)
    groups = material.tables["groups"].copy()
    hit = (groups["alternative"] == "camera") & (groups["grouping"] == "origin") & (groups["group"] == "east1")
    groups.loc[hit, "mean_delay_s"] += 40.0
    changed = replace(material, tables={**material.tables, "groups": groups})
    table = next(one for one in distributions(Writer(load("en"), changed)) if "camera" in one.key)
    heads = {str(group.head): [" ".join(Page(str(cell)).visible() for cell in row) for row in group.rows]
             for group in table.groups}
    paths = sorted(set(material.tables["paths"].dropna(subset=["mean_time_s"])["path"]))
    assert sorted(row.split()[0] for row in heads["Named routes (all)"]) == paths
    assert [row for row in heads["Groups of trips"] if row.startswith("trips from east1 ✗ worse")]
