"""Hostile, damaged and misplaced files: one clear error each, never a traceback of another kind."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from trafficsim.base.errors import InputError
from trafficsim.io.sumo import read_sumo
from trafficsim.io.sumo.xml import Element, read_xml

NET = b"<net><location/></net>"
BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE net [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<net><edge id="&b;"/></net>"""
EXTERNAL = b"""<?xml version="1.0"?>
<!DOCTYPE net [<!ENTITY secret SYSTEM "file:///etc/passwd">]>
<net>&secret;</net>"""
OUTSIDE_DTD = b'<!DOCTYPE net SYSTEM "http://example.invalid/net.dtd"><net/>'
BROKEN = {
    "bomb": (BOMB, "declaration"),
    "external entity": (EXTERNAL, "declaration"),
    "outside document type": (OUTSIDE_DTD, "declaration"),
    "undefined entity": (b"<net>&nothing;</net>", "cannot be parsed"),
    "truncated": (b"<net>\n<edge id='a'>\n", "line 3"),
    "text": (b"this is not XML", "cannot be parsed"),
    "empty": (b"", "cannot be parsed"),
    "binary": (bytes(range(1, 200)), "cannot be parsed"),
    "other root": (b"<routes/>", "give it as routes"),
    "configuration": (b"<configuration/>", "give the files that it names"),
    "too deep": (b"<net>" + b"<a>" * 200, "nested"),
    "unknown encoding": (b"<?xml version='1.0' encoding='klingon'?><net/>", "klingon"),
    "damaged gzip": (gzip.compress(NET * 1000)[:40], "gzip"),
    "not really gzip": (b"\x1f\x8bhello", "gzip"),
    "gzip of nonsense": (gzip.compress(b"hello"), "cannot be parsed"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_file_gives_one_clear_error(case: str, tmp_path: Path) -> None:
    content, said = BROKEN[case]
    path = tmp_path / "broken.net.xml"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_sumo(path)
    message = str(caught.value)
    assert "broken.net.xml" in message
    assert said in message
    assert caught.value.remedy
    assert "root:" not in message, "the content of another file must never appear"


@pytest.mark.parametrize("encoding", ["utf-7", "shift_jis", "utf-32", "idna", "hex"])
def test_odd_encodings_are_refused_not_raised(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.net.xml"
    path.write_bytes(f"<?xml version='1.0' encoding='{encoding}'?><net/>".encode())
    with pytest.raises(InputError, match=r"odd\.net\.xml"):
        read_sumo(path)


def test_missing_file_and_directory(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_sumo(tmp_path / "nowhere.net.xml")
    with pytest.raises(InputError, match="a directory"):
        read_sumo(tmp_path)


def test_gzip_is_recognised_by_content_and_lines_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "plain_name.xml"
    path.write_bytes(gzip.compress(b"<net>\n\n  <edge id='a'/>\n</net>"))
    edge = read_xml(path, ("net",)).children[0]
    assert edge.where == "plain_name.xml, line 3: edge 'a'"


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e999", "five", ""])
def test_numbers_are_finite(value: str) -> None:
    with pytest.raises(InputError, match=r"f\.xml, line 4: lane 'a_0'"):
        Element("lane", {"id": "a_0", "length": value}, 4, "f.xml").number("length")


@pytest.mark.parametrize(("text", "seconds"), [("12.5", 12.5), ("1:00:30", 3630.0), ("2:01:00:30", 176430.0)])
def test_clock(text: str, seconds: float) -> None:
    assert Element("trip", {"depart": text}, 1, "f.xml").clock("depart") == seconds


@pytest.mark.parametrize("text", ["1:30", "a:b:c", "1:2:3:4:5", "noon"])
def test_clock_refuses_what_is_not_a_time(text: str) -> None:
    with pytest.raises(InputError, match="depart"):
        Element("trip", {"depart": text}, 1, "f.xml").clock("depart")


@pytest.mark.parametrize(("content", "what"), [
    ('{"intersections": [], "roads": []}', "JSON: a CityFlow road network"),
    ('[{"vehicle": {"length": 5.0}, "route": ["a"]}]', "JSON: CityFlow demand"),
    ('{"format": "trafficsim network", "version": 1}', "JSON: a network file of this program"),
    ('{"type": "FeatureCollection", "features": []}', "JSON: GeoJSON"), ("[1, 2]", "JSON"), ("{}", "JSON"),
    ("id,depart\na,0\n", "a table of text (CSV)"), ("[Lanes]\nRECORDNAME,INTID\n", "a table of text (CSV)"),
    ("PK\x03\x04rest", "a zip archive"),
])
@pytest.mark.parametrize("zipped", [False, True])
def test_other_formats_are_told_what_they_are(content: str, what: str, zipped: bool, tmp_path: Path) -> None:
    path = tmp_path / "a.net.xml"
    path.write_bytes(gzip.compress(content.encode()) if zipped else content.encode())
    with pytest.raises(InputError, match=f"a.net.xml: found {re.escape(what)}; expected an XML file of SUMO") as caught:
        read_xml(path, ("net",))
    assert caught.value.remedy
