"""Tables of radar: what is read, what is repaired, what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support.real_data import data_folder, require_data
from trafficsim.base.errors import InputError
from trafficsim.base.repairs import repairs_by_code
from trafficsim.io.radar import read_radar, read_street_classes

HEAD = "id,street,date,spd_20,spd_30,spd_40,spd_50_and_above,volume"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "radar.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_what_contradicts_itself_is_repaired_and_told(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD, "1,A St,2024-01-01,5,10,5,1,21", "2,A St,0222-03-10,5,10,5,1,22",
                   "3,B St,,NA,NA,NA,NA,NA", ",B St,NA,1,2,3,4,10")
    table = read_radar(path)
    assert repairs_by_code(table.findings) == {"radar-empty": 1, "radar-volume": 1, "radar-date": 1}
    assert table.sites["id"].tolist() == ["1", "2", "row 5"]
    assert table.sites["date"].tolist() == ["2024-01-01", "", ""]
    assert table.counts.sum(axis=1).tolist() == [21.0, 21.0, 10.0]  # the bins count
    assert table.edges_kmh.tolist() == [20.0, 30.0, 40.0, 50.0, np.inf]


def test_miles_per_hour(tmp_path: Path) -> None:
    table = read_radar(written(tmp_path, "spd_20,spd_30,spd_40", "1,2,3"), "mph")
    assert table.edges_kmh.tolist() == pytest.approx([32.18688, 48.28032, 64.37376, 80.4672])


@pytest.mark.parametrize(("lines", "message"), [
    (("street,speed,count", "a,30,5"), "0 columns with bins of speed"),
    ((HEAD, "1,a,,x,1,1,1,3"), "spd_20 'x' in row 2"),
    ((HEAD, "1,a,,-1,1,1,1,3"), "spd_20 '-1' in row 2"),
    ((HEAD, "1,a,,NA,NA,NA,NA,NA"), "no reading"),
    (("spd_20,spd_020,spd_30", "1,1,1"), "two bins that begin at one speed"),
    (("spd_20,spd_30_and_above,spd_40", "1,1,1"), "an open one before the last"),
])
def test_what_cannot_be_read_is_one_message(tmp_path: Path, lines: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_radar(written(tmp_path, *lines))


@pytest.mark.parametrize(("lines", "message"), [
    (("street,class", "a,urban"), "no column road_class"),
    (("street,road_class", "a,city"), "is none of urban, rural, motorway"),
    (("street,road_class", "a,urban", "a,rural"), "is named twice"),
    (("street,road_class,limit_kmh", "a,urban,fast"), "limit_kmh 'fast'"),
])
def test_classes_of_streets(tmp_path: Path, lines: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_street_classes(written(tmp_path, *lines))


def test_toronto() -> None:
    path = data_folder() / "speed_toronto_wysp" / "raw_data.csv.gz"
    require_data(path)
    table = read_radar(path)
    assert len(table.sites) == 12_155 - 32
    assert table.counts.sum() == 824_740_094
    assert repairs_by_code(table.findings) == {"radar-empty": 32, "radar-date": 1}
