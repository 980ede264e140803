"""Files of practices: what is wrong in one is named in one message."""

from __future__ import annotations

from pathlib import Path

import pytest

import trafficsim as ts
from trafficsim.base.errors import InputError
from trafficsim.io.practices import load_practices, read_practices

FILE = """\
[sources]
own = { cite = "Own 2025" }

[[practices]]
id = "humps"
name = "Speed humps"
group = "infrastructure"
summary = "The road is raised over a short length."
mechanism = "Drivers slow down."
acts_on = ["behaviour"]
grade = "C"
evidence = [{ outcome = "mean speed", value = -20, source = "own", grade = "C" }]
modelled = { policies = ["speed_limit"] }
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "practices.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_read(tmp_path: Path) -> None:
    (entry,) = read_practices(written(tmp_path, FILE))
    assert (entry.practice.id, entry.practice.number, entry.cite(entry.practice.evidence[0])) == (
        "humps", None, "Own 2025")


@pytest.mark.parametrize(("old", "new", "said"), [
    ('group = "infrastructure"', 'group = "infra"', "practices[0].group (of 'humps'): found 'infra'"),
    ('id = "humps"', 'id = "Speed humps"', "practices[0].id (of 'Speed humps'): found 'Speed humps'"),
    ('source = "own"', 'source = "elsewhere"', "practice 'humps': source 'elsewhere' is not among the sources"),
    (', source = "own"', "", "practices[0].evidence[0].source (of 'humps'): found nothing"),
    ('cite = "Own 2025"', 'cite = ""', "sources.own.cite: found ''"),
    ('grade = "C" }', 'grade = "E" }', "practices[0].evidence[0].grade (of 'humps'): found 'E'"),
    ("value = -20", 'value = "-20"', "practices[0].evidence[0].value (of 'humps'): found '-20'"),
    ("value = -20", "value = -20, low = -10, high = -5", "put low, value and high in order"),
    ("value = -20, ", "", "neither a number nor a note"),
    ('policies = ["speed_limit"]', "policies = []", "give one of policies, planned, not_modelled"),
    ("summary", "sumary", "did you mean 'summary'"),
    ('acts_on = ["behaviour"]', 'acts_on = ["magic"]', "practices[0].acts_on[0] (of 'humps'): found 'magic'"),
    ("grade = \"C\" }]", "grade = \"C\", setting = { limit_kmh = [50, 30] } }]", "limit_kmh from 50 to 30"),
    ("[[practices]]", "[[practice]]", "found an unknown key 'practice'"),
    ("[sources]", "[sources", "a mistake in the TOML syntax"),
])
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in FILE
    path = written(tmp_path, FILE.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        read_practices(path)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)


def test_a_list_is_not_called_short_because_what_is_in_it_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_practices(written(tmp_path, FILE.replace("behaviour", "magic")))
    assert "more in this file" not in str(caught.value)


def installed(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, module: str = "PRACTICES = 'practices.toml'"
              ) -> None:
    """What a package manager leaves of a package that offers practices."""
    site = folder / "site"
    info = site / "some_practices-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: some-practices\nVersion: 1.0\n")
    name = f"practices_of_{folder.name.replace('-', '_')}"  # a module of its own for each test: none is imported twice
    (info / "entry_points.txt").write_text(f"[trafficsim.practices]\nsome = {name}:PRACTICES\n")
    (site / f"{name}.py").write_text(module.replace("'practices.toml'", repr(str(written(folder, text)))))
    monkeypatch.syspath_prepend(site)


def test_a_package_adds_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path, monkeypatch, FILE)
    assert list(load_practices())[-1] == "humps"
    assert ts.catalogue("infrastructure")["id"].tolist()[-1] == "humps"


@pytest.mark.parametrize(("text", "module", "said"), [
    (FILE.replace("humps", "mova"), "PRACTICES = 'practices.toml'", "practice 'mova': found an id taken by trafficsim"),
    (FILE + FILE[FILE.index("[[practices]]"):], "PRACTICES = 'practices.toml'", "practice 'humps': found an id taken"),
    (FILE, "PRACTICES = 3", "entry point 'some' = 'practices_of_"),
    (FILE, "raise OSError('gone')", "OSError: gone"),
    (FILE, "PRACTICES = '/no/such/file.toml'", "no such file"),
    (FILE.replace("speed_limit", "speed_limits"), "PRACTICES = 'practices.toml'", "unknown policy kind 'speed_limits'"),
    (FILE.replace("humps", "speed_limit"), "PRACTICES = 'practices.toml'", "found the kind of a policy as its id"),
])
def test_what_is_wrong_with_a_package_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, module: str, said: str,
) -> None:
    installed(tmp_path, monkeypatch, text, module)
    with pytest.raises(InputError) as caught:
        ts.catalogue()
    assert said in str(caught.value)
