"""Sound files, small and with a bit of everything, that mutators spoil."""

from __future__ import annotations

TIME = "[time]\nanalysis_s = 60.0\nclear_s = 60.0\ninterval_s = 30.0\n"
TRIPS = """id,depart_s,route,origin,destination,class,depart_position_m,depart_lane
a,1.5,main_in main_out,,,car,,
b,3,,main_in,main_out,truck,10.0,0
"c, d",7,side_in side_out,,,bus,,
e,59.9,,side_in,side_out,,0,
"""
ROUTES = """<routes>
<vType id="slow" vClass="truck" length="9" maxSpeed="20" accel="1.1" tau="1.5" speedFactor="normc(1,0.1,0.2,2)"/>
<vTypeDistribution id="mix" vTypes="slow DEFAULT_VEHTYPE" probabilities="0.3 0.7"/>
<route id="r" edges="w_in e_out"/>
<vehicle id="v1" depart="1" type="slow" route="r" departLane="best" departPos="10"/>
<vehicle id="v2" depart="0:00:05" type="mix"><route edges="s_in w_out"/></vehicle>
<vehicle id="v3" depart="6"><route edges="w_in e_out"/><stop lane="e_out_0" endPos="50" duration="5"/></vehicle>
<trip id="t1" depart="8" from="e_in" to="s_out"/>
<flow id="f1" begin="0" end="60" vehsPerHour="120" route="r" type="mix"/>
<flow id="f2" begin="5" end="50" number="4" from="s_in" to="e_out"/>
<flow id="f3" begin="0" end="40" probability="0.1" from="e_in" to="w_out"/>
</routes>
"""
ADDITIONAL = """<additional>
<tlLogic id="T" type="static" programID="1" offset="3">
<phase duration="25" state="GGgrr"/><phase duration="4" state="yyyrr"/>
<phase duration="15" state="rrrGG" minDur="5" maxDur="30"/><phase duration="4" state="rrryy"/>
</tlLogic>
<busStop id="stop" lane="e_out_0" startPos="20" endPos="40"/>
<inductionLoop id="d" lane="w_in_0" pos="-10" freq="60" file="x.xml"/>
<e1Detector id="d2" lane="e_in_1" pos="30" period="30" file="x.xml"/>
<vType id="extra" vClass="bus"/>
</additional>
"""
SUMO = """name = "sumo"
[time]
analysis_s = 60.0
clear_s = 60.0
interval_s = 30.0
[network.sumo]
network = "a.net.xml"
routes = ["a.rou.xml"]
additional = ["a.add.xml"]
"""
MORE = """[demand.mixes]
usual = { car = 0.9, truck = 0.1 }
[[demand.flows]]
id = "profiled"
origin = "main_in"
destination = "main_out"
volume_veh_h = 60.0
profile = [[0.0, 1.0], [30.0, 0.5]]
vehicle_classes = { usual = 1.0 }
departures = "scheduled"
[[demand.trips]]
id = "one"
depart_s = 4.0
origin = "main_in"
destination = "main_out"
[[demand.trips.stops]]
link = "main_out"
position_m = 50.0
dwell_s = 5.0
[[detectors]]
id = "d"
link = "main_in"
position_m = 100.0
[[areas]]
id = "a"
link = "main_in"
begin_m = 10.0
end_m = 90.0
[[travel_times]]
id = "t"
links = ["main_in", "main_out"]
[speed_histograms]
links = ["main_in"]
[[vehicle_classes]]
name = "slow"
length_m = 8.0
max_speed_kmh = 40.0
headway_s = 1.5
[drivers.urban]
share_over_limit = 0.4
cv = 0.12
[ca]
rule = "default"
dawdle_p = 0.2
cell_m = 0.5
tick_s = 1.0
[trajectories]
share = 0.5
links = ["main_in"]
"""
BUILDERS = tuple(f"""name = "built"
{TIME}[network.builder]
kind = "{kind}"
arguments = {{ {arguments} }}
[[demand.flows]]
id = "f"
origin = "{origin}"
destination = "{destination}"
volume_veh_h = 300.0
""" for kind, arguments, origin, destination in (
    ("corridor", "lengths_m = [200.0, 150.0], lanes = 2, signals = [1], side_streets = [1]", "east1", "east2"),
    ("grid", "rows = 2, columns = 2", "r0c0_r0c1", "r0c1_e0"),
    ("ring", "length_m = 500.0, links = 2", "ring0", "ring1"),
))
POLICIES = """name = "all"
scenarios = ["scenario.toml"]
replications = 1
primary = ["mean_delay_s", "path_time_s[main]"]
confidence = 0.9
demand_variation = 0.1
[equivalence_margins]
mean_delay_s = 1.0
[precision]
mean_delay_s = 0.05
[alternatives]
"do nothing" = []
limit = [{ kind = "speed_limit", on = { group = "side" }, limit_kmh = 30.0, mean_response = 0.5 }]
camera = [{ kind = "speed_camera", at = [{ link = "main_in", position_m = 150.0 }], decay_m = 500.0 }]
section = [{ kind = "section_control", on = { path = "main" }, calibration = "open", tolerance_kmh = 3.0 }]
retimed = [{ kind = "webster", minimum_cycle_s = 40.0, saturation_veh_h = 1900.0 }]
"""
