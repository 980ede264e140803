"""Our own files: what is written is read back, and mistakes are placed where they are."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficsim.base.errors import DemandError, InputError
from trafficsim.io.load import load_scenario
from trafficsim.io.mistakes import did_you_mean, dotted
from trafficsim.io.paths import resolve_path
from trafficsim.io.toml import dump_toml, read_toml
from trafficsim.io.trips import read_trips, write_trips
from trafficsim.spec.demand import Stop, Trip

# Surrogates are not text; TOML forbids control characters in keys and values unless escaped, which the writer does.
TEXT = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=8)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**63 - 1) | st.booleans()
LEAVES = NUMBERS | TEXT
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(TEXT, inner, min_size=1, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(TEXT, VALUES, max_size=5))
def test_dump_is_read_back(data: dict[str, object]) -> None:
    assert tomllib.loads(dump_toml(data)) == data


def test_dates_and_infinity_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    for text, place in (("a = [1.0, -inf]", "a[1]"), ("[b]\nc = 2024-01-01", "b.c")):
        file.write_text(text)
        with pytest.raises(InputError) as refused:
            read_toml(file)
        assert refused.value.where == f"{file}: {place}"


@pytest.mark.parametrize(
    ("location", "text"),
    [((), ""), (("a", 0, "b_m"), "a[0].b_m"), (("alternatives", "do nothing", 1), 'alternatives."do nothing"[1]')],
)
def test_dotted(location: tuple[str | int, ...], text: str) -> None:
    assert dotted(location) == text


def test_suggestion_by_likeness_by_quantity_or_a_list() -> None:
    known = ("length_m", "speed_limit_kmh", "name")
    assert did_you_mean("lenght_m", known) == "did you mean 'length_m'?"
    assert did_you_mean("length_miles", known) == "did you mean 'length_m'?"
    assert did_you_mean("zzz", known) == "known: length_m, name, speed_limit_kmh"


def test_trips_are_read_back(tmp_path: Path) -> None:
    trips = (
        Trip(id="a", depart_s=0.1 + 0.2, route=("x", "y"), depart_position_m=1.5, depart_lane=1, vehicle_class="truck"),
        Trip(id="b, quoted", depart_s=7.0, origin="x", destination="z", via=("y", "w")),
    )
    write_trips(tmp_path / "trips.csv", trips)
    assert read_trips(tmp_path / "trips.csv") == trips


def test_trips_with_stops_do_not_fit_into_rows(tmp_path: Path) -> None:
    stop = Stop(link="x", position_m=5.0, dwell_s=20.0)
    with pytest.raises(DemandError, match="stops"):
        write_trips(tmp_path / "trips.csv", [Trip(id="bus", depart_s=0.0, route=("x",), stops=(stop,))])


def test_file_in_a_package_is_found_without_importing_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "fragile_package"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    (package / "net.xml").write_text("<net/>")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = resolve_path("package://fragile_package/net.xml", Path("/nowhere"), "here")
    assert found == package / "net.xml"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("package://sumo_rl_absent/a", "pip install sumo_rl_absent"),
        ("package://json/../a", "remove '..'"),
        ("package://", "package://NAME/PATH"),
        ("package://json/missing.xml", "no such file"),
    ],
)
def test_package_paths_that_lead_nowhere(text: str, says: str) -> None:
    with pytest.raises(InputError) as refused:
        resolve_path(text, Path(), "scenario.toml: network.file")
    assert says in str(refused.value)


def test_scenario_in_a_folder_is_suggested(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text("")
    with pytest.raises(InputError, match=r"did you mean .*scenario\.toml"):
        load_scenario(tmp_path)
