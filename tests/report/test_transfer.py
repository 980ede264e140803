"""The section on how far evidence carries: a table per alternative and practice, in the setting of the study."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import trafficsim as ts
from trafficsim.report.language import load
from trafficsim.report.material import from_folder, from_result
from trafficsim.report.page import render
from trafficsim.report.sections.transfer import transfers
from trafficsim.report.views import Missing, Table, Writer
from trafficsim.run.result import StudyResult


def writer_of(result: StudyResult, setting: ts.Setting | None, alternatives: tuple[str, ...] = ()) -> Writer:
    """A writer for the study as if it had declared this setting, and had only these alternatives."""
    study = result.study.model_copy(update={"setting": setting})
    material = from_result(replace(result, study=study))
    kept = {name: one for name, one in material.alternatives.items() if not alternatives or name in alternatives}
    return Writer(load(), replace(material, alternatives=kept))


def tables(writer: Writer) -> dict[str, Table]:
    found = list(transfers(writer))
    assert all(isinstance(one, Table) for one in found)
    return {one.key: one for one in found if isinstance(one, Table)}


def rows(table: Table) -> list[list[str]]:
    return [[cell.striptags() for cell in row] for group in table.groups for row in group.rows]


def test_each_policy_has_the_table_of_its_practice(result: StudyResult) -> None:
    found = tables(writer_of(result, result.study.setting))
    assert [key.rpartition("-")[2] for key in found] == ["green_wave_retiming", "fixed_speed_camera"]
    camera = next(one for key, one in found.items() if key.endswith("camera"))
    spot = next(row for row in rows(camera) if row[0] == "mean speed at the camera")
    assert spot[2] == "−6.4 km/h"
    assert spot[3] == "refused: out of reach of the source: road class urban / motorway"


def test_an_interval_a_flag_and_what_differs_are_shown(result: StudyResult) -> None:
    here = ts.Setting(country="JO", road_class="motorway", limit_kmh=100)
    (camera,) = tables(writer_of(result, here, ("do nothing", "camera"))).values()
    spot = next(row for row in rows(camera) if row[0] == "mean speed at the camera")
    assert spot[3] == "−6.4 (−19.2 to 6.4) km/h; beyond the range of the source: speed limit (km/h) 100 / 120"
    assert spot[4] == "country JO / BE; speed limit (km/h) 100 / 120; driving side not declared / right"
    crashes = next(row for row in rows(camera) if row[0] == "all crashes")
    assert crashes[2:] == ["−20 %", "−20 (−36 to 0) %", "–"]


def test_without_a_setting_there_is_no_section(result: StudyResult) -> None:
    writer = writer_of(result, None)
    assert list(transfers(writer)) == []
    assert 'id="transfer"' not in render(writer)


def test_policies_that_represent_no_practice_are_said(result: StudyResult) -> None:
    (one,) = transfers(writer_of(result, ts.Setting(), ("do nothing",)))
    assert isinstance(one, Missing)


def test_a_folder_keeps_the_setting(folder: Path, page: str, result: StudyResult) -> None:
    assert from_folder(folder).setting == result.study.setting
    assert 'id="transfer"' in page


def test_a_damaged_setting_is_named(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "out"
    shutil.copytree(folder, copy)
    asked = copy / "question.json"
    content = json.loads(asked.read_text())
    content["setting"]["limit_kmh"] = -1
    asked.write_text(json.dumps(content))
    with pytest.raises(ts.InputError, match="a damaged setting"):
        from_folder(copy)
