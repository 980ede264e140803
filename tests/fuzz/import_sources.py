"""Small sound files of formats that networks, counts and fixes come in: a crossing of two streets with a signal."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import networkx as nx

from tests.io.cityflow_files import VEHICLE, roadnet
from tests.io.osm_files import CROSS, osm_text
from tests.io.test_tntp import NET, NODES, TRIPS

OSM = osm_text(
    CROSS | {6: (200.0, 50.0), 7: (220.0, 60.0)},
    {10: ((1, 2, 3), {"highway": "primary", "maxspeed": "50", "lanes": "3", "lanes:forward": "2",
                      "turn:lanes:forward": "left|through;right", "name": "Main Street"}),
     20: ((4, 2, 5), {"highway": "residential", "maxspeed": "30 mph", "oneway": "yes", "name": "Side Street"}),
     30: ((3, 6, 7, 3), {"highway": "residential", "junction": "roundabout", "lanes": "1"})},
    {5: ((("way", 10, "from"), ("node", 2, "via"), ("way", 20, "to")),
         {"type": "restriction", "restriction": "no_left_turn"})},
    {2: {"highway": "traffic_signals"}, 4: {"highway": "give_way"}, 6: {"highway": "speed_camera", "maxspeed": "30"}},
)


def pbf(text: str) -> bytes:
    """Pack an extract as PBF."""
    import osmium

    with TemporaryDirectory() as folder:
        plain, packed = Path(folder) / "a.osm", Path(folder) / "a.osm.pbf"
        plain.write_text(text)
        # Without compression what is spoilt is not the sum of a packed block, which nobody gets past.
        with osmium.SimpleWriter(osmium.io.File(str(packed), "pbf,pbf_compression=none")) as writer:
            for one in osmium.FileProcessor(str(plain)):
                writer.add(one)
        return packed.read_bytes()


def graphml() -> str:
    """Return a graph as OSMnx writes it."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(crs="epsg:4326", simplified="True")
    for node, (x, y) in CROSS.items():
        graph.add_node(str(node), x=str(9.7 + x / 68_600), y=str(52.0 + y / 111_267), highway="traffic_signals")
    for way, nodes in ((10, (1, 2, 3)), (20, (4, 2, 5))):
        for tail, head, against in ((nodes[0], nodes[1], "False"), (nodes[1], nodes[2], "False"),
                                    (nodes[2], nodes[1], "True"), (nodes[1], nodes[0], "True")):
            graph.add_edge(str(tail), str(head), 0, osmid=f"[{way}, 7]", length="200.0", highway="primary", lanes="2",
                           maxspeed="30 mph", oneway="False", reversed=against, name="Main Street",
                           geometry="LINESTRING (9.7 52.0, 9.7015 52.0001, 9.7029 52.0)")
    return "\n".join(nx.generate_graphml(graph))


FLOWS = json.dumps([{"vehicle": VEHICLE, "route": ["west_in", "east_out"], "interval": 5.0, "startTime": 0,
                     "endTime": 60},
                    {"vehicle": VEHICLE, "route": ["south_in", "east_out"], "interval": 1.0, "startTime": 7,
                     "endTime": 7}])
ROADNET = json.dumps(roadnet())

_ARMS = {2: (0, 200), 3: (200, 0), 4: (0, -200), 5: (-200, 0)}
_LINK = ("link_id,name,from_node_id,to_node_id,directed,geometry,length,facility_type,capacity,free_speed,lanes,"
         "allowed_uses")
GMNS = {
    "config.csv": "dataset_name,short_length,long_length,speed,crs\ntown,meter,kilometer,kph,32632\n",
    "node.csv": "node_id,name,x_coord,y_coord,node_type,ctrl_type,zone_id\n1,centre,0,0,,signal,\n" + "".join(
        f"{node},,{x},{y},external,,{node}\n" for node, (x, y) in _ARMS.items()),
    "link.csv": f"{_LINK}\n" + "".join(
        f'{node}1,in {node},{node},1,TRUE,"LINESTRING ({x} {y}, 0 0)",200,arterial,1800,50,1,all\n'
        f'1{node},out {node},1,{node},TRUE,"LINESTRING (0 0, {x} {y})",200,arterial,1800,50,1,all\n'
        for node, (x, y) in _ARMS.items()),
    "movement.csv": "mvmt_id,node_id,name,ib_link_id,start_ib_lane,end_ib_lane,ob_link_id,start_ob_lane,end_ob_lane,"
                    "type,ctrl_type\n" + "".join(f"{a}{b},1,,{a}1,1,1,1{b},1,1,,signal\n"
                                                 for a in _ARMS for b in _ARMS if a != b),
    "signal_controller.csv": "controller_id\n1\n",
    "signal_timing_plan.csv": "timing_plan_id,controller_id,time_day,cycle_length\n1,1,11111111_0000_2359,60\n",
    "signal_timing_phase.csv": "timing_phase_id,timing_plan_id,signal_phase_num,min_green,max_green,extension,"
                               "clearance,ring,barrier,position\n1,1,2,10,25,3,5,1,1,1\n2,1,4,10,25,3,5,1,2,1\n",
    "signal_phase_mvmt.csv": "signal_phase_mvmt_id,timing_phase_id,mvmt_id,protection\n" + "".join(
        f"{a}{b}0,{1 if a in (2, 4) else 2},{a}{b},protected\n" for a in _ARMS for b in _ARMS if a != b),
}

_UTDF_LINKS = "".join(f"Up ID,{node},{up}\nLanes,{node},{lanes}\nName,{node},{name}\nDistance,{node},{far}\n"
                      f"Speed,{node},{speed}\n" for node, up, lanes, name, far, speed in (
                          ("1", "2,4,5,3", "1,1,2,2", "A,A,B,B", "660,660,660,660", "30,30,45,45"),
                          ("2", ",1,,", ",1,,", ",A,,", ",660,,", ",30,,"),
                          ("3", ",,1,", ",,2,", ",,B,", ",,660,", ",,45,"),
                          ("4", "1,,,", "1,,,", "A,,,", "660,,,", "30,,,"),
                          ("5", ",,,1", ",,,2", ",,,B", ",,,660", ",,,45")))
UTDF = f"""\
[Network]
Network Settings
RECORDNAME,DATA
UTDFVERSION,8
Metric,0
yellowTime,3.5
allRedTime,1.0
PHF,0.92
DefWidth,12
ScenarioTime,9:00 am

[Nodes]
Node Data
INTID,TYPE,X,Y,Z,DESCRIPTION
1,0,0,0,0,
2,1,0,660,0,
3,1,660,0,0,
4,1,0,-660,0,
5,1,-660,0,0,

[Links]
Link Data
RECORDNAME,INTID,NB,SB,EB,WB
{_UTDF_LINKS}
[Lanes]
Lane Group Data
RECORDNAME,INTID,NBL,NBT,NBR,SBL,SBT,SBR,EBL,EBT,EBR,WBL,WBT,WBR,PED,HOLD
Up Node,1,4,4,4,2,2,2,5,5,5,3,3,3,,
Dest Node,1,5,2,3,3,4,5,2,3,4,4,5,2,,
Lanes,1,0,1,0,0,1,0,1,2,0,1,2,0,,
Shared,1,,3,,,3,,0,2,,0,2,,,
Storage,1,,,,,,,150,,,150,,,,
StLanes,1,,,,,,,1,,,1,,,,
Phase1,1,,2,,,2,,,4,,,4,,,
PermPhase1,1,2,,,2,,,4,,,4,,,,
Volume,1,20,100,30,20,100,30,40,400,50,40,400,50,,
PHF,1,0.92,0.92,0.92,0.92,0.92,0.92,0.92,0.92,0.92,0.92,0.92,0.92,,

[Timeplans]
Timing Plan Settings
RECORDNAME,INTID,DATA
Control Type,1,0
Cycle Length,1,60
Reference Phase,1,2
Offset,1,10
Node 0,1,1

[Phases]
Phasing Data
RECORDNAME,INTID,D1,D2,D3,D4,D5,D6,D7,D8
BRP,1,,111,,211,,,,
MinGreen,1,,6,,6,,,,
MaxGreen,1,,25.5,,25.5,,,,
Yellow,1,,3.5,,3.5,,,,
AllRed,1,,1,,1,,,,
Start,1,,10,,40,,,,
End,1,,40,,10,,,,
"""

COUNTS = """\
detector,link,to_link,date,begin,end,class,vehicles,speed_kmh
D1,w->c,,2024-05-06,07:00,07:15,all,100,48.0
D1,w->c,,2024-05-06,07:15,07:30,all,120,45.5
T1,w->c,c->e,2024-05-06,07:00,07:15,car,80,
D2,e->c,,2024-05-06,07:00,07:15,truck,7,
"""
PLACED = """\
detector,lat,lon,bearing,begin,end,flow_veh_h,speed_mph
D1,52.0,9.699,E,2024-05-06T07:00:00+02:00,2024-05-06T07:15:00+02:00,400,30
D2,52.0,9.701,W,2024-05-06T07:00:00+02:00,2024-05-06T07:15:00+02:00,480,28
"""
FIXES = """\
[[link]]
id = "10@1"
lanes = 2
turn_lanes = ["through;right", "left"]
allow = ["", "bus car"]

[[link]]
way = 20
direction = "forward"
speed_limit_kmh = 30
free_speed_mean_kmh = 33.5

[[link]]
near = [52.0, 9.7010]
bearing_deg = 90
within_m = 20
remove = true

[[junction]]
id = 2
control = "signal"
stop = [20]

[[junction]]
id = "3"
join = [6, 7]

[[ban]]
from = 10
to = "20@2"
via = 2

[[signal]]
junction = 2
offset_s = 7.5
stages = [
  { green = [10, ["-10@3", "20@2"]], duration_s = 30 },
  { green = ["20@4"], duration_s = 20 },
]
"""
TNTP = {"town_net.tntp": NET, "town_trips.tntp": TRIPS, "town_node.tntp": NODES}
MATRIX = "origin,destination,trips\nwest,east,400\neast,west,100\nwest,west,30\n"
