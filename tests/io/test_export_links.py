"""Results per link as GeoJSON and GeoParquet: the lines, the columns, and where they lie on the earth."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import trafficsim as ts
from trafficsim.io.geography import METRES
from trafficsim.io.network_file import write_network
from trafficsim.results.asked import network_path
from trafficsim.results.frames import Labels, frame, nullable, strings
from trafficsim.results.link_summary import link_summary
from trafficsim.results.store import write_tables
from trafficsim.spec.plane import PROJECTION, Plane

LINKS = ("ring0", "ring1")


def rows(labels: Labels, entered: tuple[float, ...]) -> pd.DataFrame:
    """Two links, two intervals of 300 s; every vehicle leaves in the interval after the one in which it came."""
    zeros = [0.0] * 4
    left = [0.0, 0.0, *entered[:2]]
    return frame(labels, {
        "link": strings(LINKS * 2), "begin_s": nullable([0.0, 0.0, 300.0, 300.0]),
        "end_s": nullable([300.0, 300.0, 600.0, 600.0]), "entered": nullable(entered), "left": nullable(left),
        "vehicle_h": nullable([0.5, 0.0, 0.5, 0.0]), "vehicle_km": nullable([10.0, 0.0, 20.0, 0.0]),
        "flow_veh_h": nullable([120.0, 0.0, 240.0, 0.0]), "density_veh_km": nullable(zeros),
        "delay_s_per_vehicle": nullable([6.0, 0.0, 2.0, 0.0]),
    })


def folder_of(tmp_path: Path, plane: Plane | None) -> Path:
    folder = tmp_path / "results"
    folder.mkdir()
    network = ts.ring(1000.0, links=2)
    if plane is not None:
        network.graph.graph[PROJECTION] = plane.as_dict
    write_network(network, network_path(folder, "s"))
    for replication, entered in ((1, (10.0, 0.0, 20.0, 0.0)), (2, (20.0, 0.0, 20.0, 0.0))):
        labels = Labels("s", "do nothing", replication, "ca")
        runs = frame(labels, {"trips": nullable([1.0])})
        write_tables(folder, labels, {"links": rows(labels, entered), "runs": runs})
    return folder


def test_intervals_are_summed_and_replications_averaged() -> None:
    tables = [rows(Labels("s", "a", number, "ca"), (10.0, 0.0, 20.0, 0.0)) for number in (1, 2)]
    found = link_summary(pd.concat(tables)).set_index("link")
    busy = found.loc["ring0"]
    assert busy["replications"] == 2
    assert (busy["entered"], busy["vehicle_h"], busy["flow_veh_h"], busy["speed_kmh"]) == (30.0, 1.0, 180.0, 30.0)
    # 10 vehicles lose 6 s each; then 10 that were there and 20 new ones 2 s each: 120 s of 30 vehicles
    assert busy["delay_s_per_vehicle"] == pytest.approx(4.0)
    assert found.loc["ring1", ["speed_kmh", "delay_s_per_vehicle"]].isna().all()


def test_only_the_analysis_period_counts() -> None:
    table = rows(Labels("s", "a", 1, "ca"), (10.0, 0.0, 20.0, 0.0))
    found = link_summary(table, {"s": (300.0, 600.0)}).set_index("link").loc["ring0"]
    assert (found["begin_s"], found["entered"], found["flow_veh_h"]) == (300.0, 20.0, 240.0)
    assert found["delay_s_per_vehicle"] == pytest.approx(2.0)
    whole = link_summary(table, {"s": (100.0, 200.0)}).set_index("link").loc["ring0"]
    assert whole["entered"] == 30.0


def test_geojson_has_degrees_where_the_projection_is_known(tmp_path: Path) -> None:
    plane = Plane(9.7, 52.4, is_projected=True)
    done = ts.export("links", folder_of(tmp_path, plane), tmp_path / "map.geojson")
    content = json.loads(done.files[0].read_text())
    assert done.notes == ()
    assert "coordinates" not in content
    assert len(content["features"]) == 2
    lon, lat = content["features"][0]["geometry"]["coordinates"][0]
    assert lon == pytest.approx(9.7, abs=0.1)
    assert lat == pytest.approx(52.4, abs=0.1)
    empty = next(one for one in content["features"] if one["properties"]["link"] == "ring1")
    assert empty["properties"]["speed_kmh"] is None


def test_metres_are_called_metres(tmp_path: Path) -> None:
    done = ts.export("links", folder_of(tmp_path, None), tmp_path / "map.geojson")
    assert json.loads(done.files[0].read_text())["coordinates"] == METRES
    assert any("metres" in note for note in done.notes)


@pytest.mark.parametrize("known", [True, False])
def test_geoparquet_is_read_by_geopandas(known: bool, tmp_path: Path) -> None:
    geopandas = pytest.importorskip("geopandas", reason="geopandas comes with the extra osm")
    plane = Plane(9.7, 52.4, is_projected=True) if known else None
    file = ts.export("links", folder_of(tmp_path, plane), tmp_path / "map.parquet").files[0]
    table = geopandas.read_parquet(file)
    assert (table.crs is not None) == known
    assert len(table) == 2
    assert (table.geometry.geom_type == "LineString").all()
    assert table.loc[table["link"] == "ring0", "entered"].item() == 35.0
    geo = json.loads(pq.read_schema(file).metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    assert geo["columns"]["geometry"]["bbox"] == pytest.approx(list(table.total_bounds))


def test_folders_without_links_or_places_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ts.InputError, match="no folder"):
        ts.export("links", tmp_path / "nowhere", tmp_path / "a.geojson")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ts.InputError):
        ts.export("links", empty, tmp_path / "a.geojson")
    folder = folder_of(tmp_path, None)
    network = ts.ring(1000.0, links=2)
    for _, attributes in network.graph.nodes(data=True):
        attributes["x_m"] = attributes["y_m"] = None
    for _, _, attributes in network.graph.edges(data=True):
        attributes["geometry"] = ()
    write_network(replace(network), network_path(folder, "s"))
    with pytest.raises(ts.InputError, match="without coordinates"):
        ts.export("links", folder, tmp_path / "a.geojson")
