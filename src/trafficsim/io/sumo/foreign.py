"""Files of other programs given where SUMO's XML is expected: told what they are, from their first bytes."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

from trafficsim.base.errors import InputError
from trafficsim.io.files import opened

LOOKED_AT = 1 << 16
GIVE = "give the SUMO file"
_JSON = (
    ('"format"\\s*:\\s*"trafficsim network"', "a network file of this program",
     "name it in a scenario: [network] file = \"...\""),
    ('"intersections"\\s*:|"roadLinks"\\s*:|"roads"\\s*:', "a CityFlow road network",
     "CityFlow files cannot be read; give a SUMO network, for example from the same map with netconvert"),
    ('"vehicle"\\s*:\\s*\\{', "CityFlow demand",
     "CityFlow files cannot be read; write its vehicles as trips with routes, in CSV or SUMO's format"),
    ('"type"\\s*:\\s*"(FeatureCollection|Feature)"', "GeoJSON", "give the network that it was made from"),
    ('"elements"\\s*:', "OpenStreetMap data as JSON", "download it as XML, and convert it with SUMO's netconvert"),
)
_BYTES = (
    (b"PK\x03\x04", "a zip archive", "unpack it first"), (b"BZh", "a bzip2 archive", "unpack it first"),
    (b"\xfd7zXZ", "an xz archive", "unpack it first"), (b"\x28\xb5\x2f\xfd", "a zstd archive", "unpack it first"),
    (b"SQLite format 3", "an SQLite database", "export what it holds"), (b"PAR1", "a Parquet file", GIVE),
    (b"\x89PNG", "a picture", GIVE), (b"%PDF", "a PDF document", GIVE),
)


def refuse_other_formats(path: Path) -> None:
    """Refuse a file that is plainly of another format; a file that cannot be opened is left to who reads it.

    Raises
    ------
    InputError
        Saying what the file is.
    """
    head = _head(path)
    for start, what, remedy in _BYTES:
        if head.startswith(start):
            raise _refused(path, what, remedy)
    if b"OSMHeader" in head[:64]:
        raise _refused(path, "an OpenStreetMap extract (.pbf)", "convert it with SUMO's netconvert first")
    text = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if re.match(r"\{\s*[\"}]|\[\s*[\[{\"\d\]-]", text):
        for pattern, what, remedy in _JSON:
            if re.search(pattern, text):
                raise _refused(path, f"JSON: {what}", remedy)
        raise _refused(path, "JSON", GIVE)
    if text and "<" not in text and re.search("[,;\t]", text):
        raise _refused(path, "a table of text (CSV)", GIVE)


def _head(path: Path) -> bytes:
    try:
        with opened(path) as stream:
            return stream.read(LOOKED_AT)
    except (InputError, OSError, EOFError, zlib.error):
        return b""


def _refused(path: Path, what: str, remedy: str) -> InputError:
    return InputError(path.name, what, "an XML file of SUMO (.net.xml, .rou.xml, .add.xml), plain or gzip", remedy)
