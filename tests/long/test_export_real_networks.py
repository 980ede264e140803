"""Real networks written for SUMO: what netconvert makes of them is read back as the same network."""

from __future__ import annotations

from pathlib import Path

import pytest

import trafficsim as ts
from tests.support.sumo_peer import compare_connections, compare_links, require_sumo
from trafficsim.io.sumo.names import Names

pytestmark = pytest.mark.long
FOLDERS = {"osm_osm2streets": "*.osm.gz", "sumo_resco": "*/*.net.xml", "sumo_doerpfeldstr": "*.net.xml.gz",
           "sumo_bologna_acosta": "*.net.xml", "cityflow": "*/roadnet*.json.gz"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_networks_come_back(folder: str, real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require_sumo(monkeypatch, "netconvert")
    files = sorted((real_data / folder).glob(FOLDERS[folder]))
    assert files
    for number, file in enumerate(files):
        network = ts.read(file).network
        done = ts.export("sumo", network, tmp_path / str(number))
        back = ts.read(next(path for path in done.files if path.name.endswith(".net.xml"))).network
        ids = Names(network.links)
        names = {link: ids[link] for link in network.links}
        compare_links(network, back, names)
        compare_connections(network, back, names)
