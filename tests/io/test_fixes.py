"""Fixes files: mistakes are told with their place; a first file holds every guess and changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

import trafficsim as ts
from tests.design.test_fixes import crossing
from trafficsim.io.first_fixes import first_fixes, write_first_fixes
from trafficsim.io.fixes import fixes_beside, read_fixes

LINK = '[[link]]\nid = "1@w"\nlanes = 2\n'


@pytest.mark.parametrize(("text", "says"), [
    ('[[link]]\nid = "a"\nlanes = 0\n', ("link[0].lanes", "0")),
    ('[[link]]\nid = "a"\nlanes = "2"\n', ("link[0].lanes", "'2'")),
    ('[[link]]\nid = "a"\nspeed_limit_kmh = 5000\n', ("link[0].speed_limit_kmh", "5000")),
    ('[[link]]\nid = "a"\nspeed_limit_mph = 30\n', ("link[0].speed_limit_mph", "did you mean")),
    ('[[link]]\nlanes = 2\n', ("link[0]", "exactly one of id, way, name, near, near_m")),
    ('[[link]]\nid = "a"\nway = 3\nlanes = 2\n', ("link[0]", "found id and way")),
    ('[[link]]\nid = "a"\n', ("link[0]", "nothing to set")),
    ('[[link]]\nid = "a"\nremove = true\nlanes = 2\n', ("link[0]", "both remove and values")),
    ('[[link]]\nnear = [9.7, 152.4]\nbearing_deg = 0\nlanes = 2\n', ()),
    ('[[link]]\nnear = [152.4, 9.7]\nbearing_deg = 0\nlanes = 2\n', ("link[0]", "no [latitude, longitude]")),
    ('[[link]]\nnear = [52.4, 9.7]\nlanes = 2\n', ("link[0]", "bearing_deg")),
    ('[[link]]\nid = "a"\nturn_lanes = ["ahead"]\n', ("link[0].turn_lanes", "'ahead'")),
    ('[[link]]\nid = "a"\nallow = ["tram"]\n', ("link[0].allow", "'tram'")),
    ('[[junction]]\nid = 4\n', ("junction[0]", "nothing to set")),
    ('[[junction]]\nid = 4\ncontrol = "traffic_light"\n', ("junction[0].control", "'traffic_light'")),
    ('[[junction]]\nid = 4\njoin = [5]\nsplit = true\n', ("junction[0]", "both join and split")),
    ('[[ban]]\nfrom = 4\n', ("ban[0].to", "nothing")),
    ('[[signal]]\njunction = 4\n', ("signal[0]", "exactly one of stages, phases, file")),
    ('[[signal]]\njunction = 4\nfile = "nowhere.add.xml"\n', ("signal[0].file", "nowhere.add.xml")),
    ('[[links]]\nid = "a"\n', ("links", "did you mean 'link'")),
    ('[[link]\n', ("line 1", "TOML")),
])
def test_mistakes_are_told_with_their_place(text: str, says: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "city.fixes.toml"
    file.write_text(text)
    if not says:
        assert read_fixes(file).link
        return
    with pytest.raises(ts.InputError) as caught:
        read_fixes(file)
    message = str(caught.value)
    assert message.startswith(str(file)) or str(tmp_path) in message
    assert all(part in message for part in says), message


def test_a_file_of_comments_is_in_order(tmp_path: Path) -> None:
    for text in ("", "# nothing\n"):
        (tmp_path / "a.fixes.toml").write_text(text)
        assert list(read_fixes(tmp_path / "a.fixes.toml").entries()) == []


def test_files_are_found_beside_the_extract(tmp_path: Path) -> None:
    (tmp_path / "city.fixes.toml").write_text(LINK)
    assert fixes_beside(tmp_path / "city.osm.pbf", None) == tmp_path / "city.fixes.toml"
    assert fixes_beside(tmp_path / "elsewhere.osm", tmp_path / "city.toml") == tmp_path / "city.fixes.toml"
    assert fixes_beside(tmp_path / "town.osm") is None


def test_a_first_file_names_every_guess_and_changes_nothing(tmp_path: Path) -> None:
    graph = crossing()
    graph.edges["w", "9", 0]["origins"]["speed_limit_kmh"] = "inferred: residential road\n\n in Germany"
    graph.nodes["9"]["origins"] = {"control": "inferred: no sign"}
    network = ts.network_from_graph(graph)
    text = first_fixes(network)
    assert "# way = 2\n# lanes = 1  # inferred: residential, no lanes\n" in text
    assert '# id = "1@w"\n# lanes = 1' in text
    assert "# direction = \"backward\"" in text
    assert ts.with_fixes(network, write_first_fixes(tmp_path / "a.fixes.toml", network)).findings == network.findings
    uncommented = "\n".join(line.removeprefix("# ") for line in text.splitlines())
    (tmp_path / "b.fixes.toml").write_text(uncommented)
    fixed = ts.with_fixes(network, tmp_path / "b.fixes.toml")
    codes = [one.code for one in fixed.findings[len(network.findings):]]
    assert set(codes) == {"fixed", "fix-needless"}
    assert codes.count("fix-needless") == text.count("# inferred:")
    assert {key: row["lanes"] for key, row in fixed.links.items()} == dict.fromkeys(network.links, 1)
    with pytest.raises(ts.InputError, match="exists already"):
        write_first_fixes(tmp_path / "a.fixes.toml", network)
