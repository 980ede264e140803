"""Read roads from OpenStreetMap: :func:`trafficsim.io.osm.reading.read_osm`.

How ways become links, which tags are read and what is assumed: ``docs/decisions/083-openstreetmap.md``.
"""
