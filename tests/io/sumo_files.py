"""A small SUMO network made by hand: a major road from west to east, and a minor one that joins it from the south.

Links of the junction "j", in the order of its request rows: 0 w->e straight, 1 e->w straight, 2 e->s left,
3 s->e right, 4 s->w left by way of an internal junction, which splits its path into two internal lanes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from trafficsim.io.imported import Imported
from trafficsim.io.sumo import read_sumo
from trafficsim.spec.network_source import DriversOf

NET = """<net version="1.20">
    <edge id=":j_0" function="internal"><lane id=":j_0_0" index="0" speed="13.89" length="12.0"/></edge>
    <edge id=":j_1" function="internal"><lane id=":j_1_0" index="0" speed="13.89" length="12.0"/>
    <lane id=":j_1_1" index="1" speed="8.0" length="10.0"/></edge>
    <edge id=":j_3" function="internal"><lane id=":j_3_0" index="0" speed="6.0" length="8.0"/></edge>
    <edge id=":j_4" function="internal"><lane id=":j_4_0" index="0" speed="7.0" length="5.5"/></edge>
    <edge id=":j_5" function="internal"><lane id=":j_5_0" index="0" speed="6.5" length="4.5"/></edge>
    <edge id=":j_c0" function="crossing"><lane id=":j_c0_0" index="0" allow="pedestrian" speed="2" length="4"/></edge>
    <edge id="w_in" from="w" to="j" priority="3"><lane id="w_in_0" index="0" speed="13.89" length="200"/></edge>
    <edge id="w_out" from="j" to="w" priority="3"><lane id="w_out_0" index="0" speed="13.89" length="200"/></edge>
    <edge id="e_in" from="e" to="j" priority="3" name="High Street" shape="300,2 106,2">
        <lane id="e_in_0" index="0" allow="pedestrian" speed="2.78" length="200"/>
        <lane id="e_in_1" index="1" disallow="tram" speed="13.89" length="199.0"/>
        <lane id="e_in_2" index="2" allow="bus taxi" speed="13.89" length="198.5"/></edge>
    <edge id="e_out" from="j" to="e" priority="3"><lane id="e_out_0" index="0" speed="13.89" length="200"/></edge>
    <edge id="s_in" from="s" to="j" priority="1"><lane id="s_in_0" index="0" speed="8.33" length="90"/></edge>
    <edge id="s_out" from="j" to="s" priority="1"><lane id="s_out_0" index="0" speed="8.33" length="90"/></edge>
    <edge id="path" from="w" to="s"><lane id="path_0" index="0" allow="bicycle" speed="5" length="90"/></edge>
    TL_LOGIC
    <junction id="j" type="JUNCTION" x="100" y="0" incLanes="w_in_0 e_in_1 s_in_0"
              intLanes=":j_0_0 :j_1_0 :j_1_1 :j_3_0 :j_5_0 :j_c0_0" shape="0,0">
        <request index="0" response="000000" foes="011100" cont="0"/>
        <request index="1" response="000000" foes="010000" cont="0"/>
        <request index="2" response="000001" foes="010001" cont="0"/>
        <request index="3" response="000001" foes="000001" cont="0"/>
        <request index="4" response="100111" foes="100111" cont="1"/>
        <request index="5" response="000000" foes="010000" cont="0"/>
    </junction>
    <junction id="w" type="dead_end" x="-100" y="0" incLanes="w_out_0" intLanes="" shape="0,0"/>
    <junction id="e" type="dead_end" x="300" y="0" incLanes="e_out_0" intLanes="" shape="0,0"/>
    <junction id="s" type="dead_end" x="100" y="-90" incLanes="s_out_0" intLanes="" shape="0,0"/>
    <junction id=":j_5_0" type="internal" x="100" y="0" incLanes=":j_4_0" intLanes=":j_0_0" shape="0,0"/>
    <connection from="w_in" to="e_out" fromLane="0" toLane="0" via=":j_0_0" dir="s" state="M" TL0/>
    <connection from="e_in" to="w_out" fromLane="1" toLane="0" via=":j_1_0" dir="s" state="M" TL1/>
    <connection from="e_in" to="s_out" fromLane="1" toLane="0" via=":j_1_1" dir="l" state="m" TL2 keepClear="0"/>
    <connection from="s_in" to="e_out" fromLane="0" toLane="0" via=":j_3_0" dir="r" state="m" TL3/>
    <connection from="s_in" to="w_out" fromLane="0" toLane="0" via=":j_4_0" dir="l" state="STOP" TL4/>
    <connection from=":j_0" to="e_out" fromLane="0" toLane="0" dir="s" state="M"/>
    <connection from=":j_1" to="w_out" fromLane="0" toLane="0" dir="s" state="M"/>
    <connection from=":j_1" to="s_out" fromLane="1" toLane="0" dir="l" state="M"/>
    <connection from=":j_3" to="e_out" fromLane="0" toLane="0" dir="r" state="M"/>
    <connection from=":j_4" to="w_out" fromLane="0" toLane="0" via=":j_5_0" dir="l" state="m"/>
    <connection from=":j_5" to="w_out" fromLane="0" toLane="0" dir="l" state="M"/>
</net>
"""
PROGRAM = """<tlLogic id="T" type="static" programID="0" offset="7">
        <phase duration="30" state="GGgrr"/><phase duration="3" state="yyyrr"/>
        <phase duration="20" state="rrrGG"/><phase duration="3" state="rrryy"/>
    </tlLogic>"""


def priority_net() -> str:
    """Return the network with a priority junction."""
    text = NET.replace("TL_LOGIC", "").replace("JUNCTION", "priority").replace("STOP", "m")
    return _signal_attributes(text, "")


def signal_net() -> str:
    """Return the network with a signal."""
    text = NET.replace("TL_LOGIC", PROGRAM).replace("JUNCTION", "traffic_light").replace("STOP", "o")
    return _signal_attributes(text, 'tl="T" linkIndex="{}"')


def _signal_attributes(text: str, attributes: str) -> str:
    for index in range(5):
        text = text.replace(f" TL{index}", f" {attributes.format(index)}".rstrip())
    return text


def imported(folder: Path, net: str, routes: str | Sequence[str] = (), additional: str = "",
             drivers: DriversOf = "file") -> Imported:
    """Write the files and import them; routes and additional are what stands inside the root element."""
    (folder / "a.net.xml").write_text(net)
    texts = (routes,) if isinstance(routes, str) else routes
    paths = []
    for number, text in enumerate(texts):
        paths.append(folder / f"r{number}.rou.xml")
        paths[-1].write_text(f"<routes>\n{text}\n</routes>")
    (folder / "a.add.xml").write_text(f"<additional>\n{additional}\n</additional>")
    return read_sumo(folder / "a.net.xml", paths, (folder / "a.add.xml",), drivers)
