"""The first screen: answers, how sure, effects, where policies act, cost and benefit; the rest is folded."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from markupsafe import Markup

from tests.report.html import Page
from tests.report.studies import RUDE
from trafficsim.report.language import load
from trafficsim.report.material import Material, from_folder
from trafficsim.report.page import render
from trafficsim.report.places import junction_names
from trafficsim.report.sections.first import best_alternative, first_screen
from trafficsim.report.views import Missing, Picture, Table, Writer
from trafficsim.results import indicator as registry
from trafficsim.results.indicator import Indicator
from trafficsim.results.indicators import registered
from trafficsim.spec.network import Network

PLACE = ("small", "ca")


@pytest.fixture(scope="module")
def material(folder: Path) -> Material:
    return from_folder(folder)


def visible(text: object) -> str:
    return Page(f"<p>{text}</p>").visible()


def with_rows(material: Material, values: dict[str, float], indicator: str, unit: str) -> Material:
    """The material with an indicator beside those of its table, one value per alternative and replication."""
    table = material.tables["indicators"]
    one = table[table["indicator"] == "mean_delay_s"]
    shift = one["replication"].astype(float) * 0.001
    more = one.assign(indicator=indicator, unit=unit, value=one["alternative"].map(values).astype(float) + shift)
    return replace(material, tables={**material.tables, "indicators": pd.concat([table, more], ignore_index=True)})


def test_an_answer_for_every_alternative_with_words_on_how_sure(material: Material) -> None:
    view = first_screen(Writer(load("en"), material))[0]
    assert [visible(answer.who.head) for answer in view.answers] == [RUDE, "camera"]
    primary = [one for one in material.comparison.chosen() if one.primary]
    for one in primary:
        answer = view.answers[material.others.index(one.alternative)]
        sentence, full = visible(answer.sentence), visible(Markup(" ").join(answer.full))
        assert sentence.startswith(f"{one.alternative} : mean delay")
        assert one.verdict in sentence
        words, told = {"better": ("sure.", "sure: without an effect, chance would show"),
                       "equivalent": ("sure.", "Sure that the difference is smaller than the margin of 3 %"),
                       "no evidence": ("not sure.", "Not sure: the difference may be anything from")}[one.verdict]
        assert sentence.endswith(words)
        assert told in full
    assert {one.verdict for one in primary} == {"better", "equivalent", "no evidence"}
    assert "Evidence: signal timing by Webster's formula (grade" in visible(view.answers[0].rests_on)


def test_several_primary_indicators_make_one_sentence_and_the_rest_is_folded(material: Material) -> None:
    primary = ("mean_delay_s", "mean_travel_time_s")
    several = replace(material, asked=replace(material.asked, primary=primary))
    view = first_screen(Writer(load("en"), several))[0]
    for answer in view.answers:
        sentence = visible(answer.sentence)
        assert [sentence.count(label) for label in ("mean delay", "mean travel time")] == [1, 1]
        assert re.findall(r"\.(?!\d)", sentence) == ["."]
        assert "mean delay" in visible(answer.full[0])
        assert "mean travel time" in visible(answer.full[1])


def test_response_times_deaths_and_the_delay_of_others_stand_first_where_units_are_wanted(material: Material) -> None:
    assert first_screen(Writer(load("en"), material))[0].responses is None
    found = material
    for key, unit, values in (("response_time_s", "s", (600.0, 540.0, 300.0)),
                              ("response_within_8_min", "1", (0.0, 0.0, 1.0)),
                              ("response_deaths", "1", (0.0507, 0.0407, 0.0307))):
        found = with_rows(found, dict(zip(("do nothing", RUDE, "camera"), values, strict=True)), key, unit)
    rows = found.tables["indicators"][["scenario", "engine", "alternative", "replication"]].drop_duplicates()
    asked = replace(found.asked, primary=("response_time_s", "mean_delay_s"))
    responses = rows.assign(extrapolated=rows["alternative"] == "camera")
    found = replace(found, tables={**found.tables, "responses": responses}, asked=asked)
    view = first_screen(Writer(load("en"), found))[0]
    assert view.responses is not None
    shown = [[visible(cell) for cell in row] for row in view.responses.groups[0].rows]
    assert [row[:3] for row in shown] == [["do nothing", "10.0", "0"], [RUDE, "9.0", "0"], ["camera", "5.0", "100"]]
    assert [row[3:5] for row in shown] == [["–", "0.054"], ["–", "0.044"], ["–", "0.034"]]
    assert all(row[5] != "–" for row in shown)
    assert "outside the 5 to 30 minutes" in visible(view.responses.notes[0])
    assert view.effects is not None
    assert "response time: crash to arrival of help" in view.effects.alt


def test_the_map_names_every_policy_with_what_it_changes(material: Material) -> None:
    where = first_screen(Writer(load("en"), material))[0].where
    assert isinstance(where, Picture)
    assert "signal timing by Webster's formula (signals: 2)" in where.alt
    ledger = material.tables["ledger"]
    places = ledger[(ledger["policy"] == "speed_camera")]["cell"].astype(str)
    links = {piece for cell in places for piece in cell.split()} & set(material.networks["small"].links)
    assert f"speed camera (links: {len(links)})" in where.alt


def test_money_is_said_to_be_absent_or_stands_in_a_table(material: Material) -> None:
    assert isinstance(first_screen(Writer(load("en"), material))[0].money, Missing)
    values = {"do nothing": 100.0, RUDE: 80.0, "camera": 110.0}
    table = first_screen(Writer(load("en"), with_rows(material, values, "cost_eur", "EUR")))[0].money
    assert isinstance(table, Table)
    assert [visible(row[2]) for row in table.groups[0].rows] == ["−20", "+10"]


def test_casualties_appear_in_the_answer_and_the_picture(material: Material, monkeypatch: pytest.MonkeyPatch) -> None:
    if not registered()["ksi_rel"].is_computed:
        known = Indicator("ksi_rel", "of the test", "1", "lower", "all crashes", "extrapolated", lambda _: None, "none")
        monkeypatch.setitem(registry.BY_NAME, "ksi_rel", known)
    values = {"do nothing": 1.0, RUDE: 1.0, "camera": 0.8}
    view = first_screen(Writer(load("en"), with_rows(material, values, "ksi_rel", "1")))[0]
    camera = [visible(line) for line in view.answers[1].full]
    assert any(line.startswith("Casualties and crashes: killed and seriously injured, relative −20") for line in camera)
    assert view.effects is not None
    assert "camera: killed and seriously injured, relative −20" in view.effects.alt
    assert "killed and seriously" in view.effects.svg


def test_the_best_alternative_is_the_one_judged_better(material: Material) -> None:
    best = next(one.alternative for one in material.comparison.chosen("mean_delay_s") if one.verdict == "better")
    assert best_alternative(Writer(load("en"), material), PLACE) == best
    page = Page(render(Writer(load("en"), material)))
    diagrams = [one["aria-label"] for _, one in page.tags if one.get("aria-label", "").startswith("Time-space")]
    assert any(f"in {best}:" in label for label in diagrams)


def test_all_below_the_first_screen_is_folded(page: str) -> None:
    parsed = Page(page)
    parts = [attributes for attributes in parsed.named("details") if attributes.get("class") == "part"]
    keys = [attributes["id"] for attributes in parsed.named("h2")][1:]
    assert len(parts) == len(keys) >= 14
    assert all("open" not in one for one in parsed.named("details"))


def test_a_policy_stands_once_however_many_alternatives_have_it(material: Material) -> None:
    twice = {**material.alternatives, "again": material.alternatives[RUDE]}
    shown = Page(render(Writer(load("en"), replace(material, alternatives=twice)))).visible()
    from trafficsim.policies import Webster

    assert shown.count(Webster.mechanism) == 1
    assert f"{RUDE} ; again" in shown


def test_indicators_without_a_value_are_listed_once(page: str) -> None:
    shown = Page(page).visible()
    assert shown.count("Without a value in this study:") == 1
    start = shown.index("Without a value in this study:")
    told = shown[start: shown.index("against do nothing", start)]
    assert "fuel consumption" in told
    rows = [text for text, around in Page(page).texts if text == "co2_kg" and any(tag == "table" for tag, _ in around)]
    assert rows == []


def named_network(city: Network, streets: dict[str, str]) -> Network:
    graph = city.graph.copy()
    for _, _, link in graph.edges(data=True):
        link["name"] = next((name for part, name in streets.items() if str(link["id"]).startswith(part)), "")
    return replace(city, graph=graph)


def test_junctions_are_named_by_the_streets_that_meet(material: Material) -> None:
    city = material.networks["small"]
    streets = {"east": "Main Road", "west": "Main Road", "south1": "Mill Lane", "north1": "Mill Lane"}
    named = named_network(city, streets)
    names = junction_names(named)
    assert names["j1"] == "Main Road / Mill Lane"
    assert "j2" not in names
    shown = Page(render(Writer(load("en"), replace(material, networks={"small": named})))).visible()
    assert "signal Main Road / Mill Lane j1" in shown
