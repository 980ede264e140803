"""A small GMNS folder: a signalised junction with four arms, a pocket for left turns, zones, and a matrix."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "config": "dataset_name,short_length,long_length,speed,crs,currency\ntown,foot,mile,mph,26917,USD\n",
    "node": "node_id,name,x_coord,y_coord,node_type,ctrl_type,zone_id\n"
            "1,,0,0,,signal,\n2,north,0,500,external,,20\n3,east,500,0,external,,30\n4,south,0,-500,external,,40\n"
            "5,west,-500,0,external,,50\n",
    "link": "link_id,name,from_node_id,to_node_id,directed,length,facility_type,capacity,free_speed,lanes,"
            "allowed_uses\n"
            "in2,Main,2,1,1,0.310686,arterial,900,30,1,auto\nin3,Side,3,1,1,0.310686,arterial,900,30,1,auto\n"
            "in4,Main,4,1,1,0.310686,arterial,900,30,1,auto\nin5,Side,5,1,1,0.310686,arterial,900,30,1,auto\n"
            "out2,Main,1,2,1,0.310686,arterial,900,30,1,auto\nout3,Side,1,3,1,0.310686,arterial,900,30,1,auto\n"
            "out4,Main,1,4,1,0.310686,arterial,900,30,1,auto\nout5,Side,1,5,1,0.310686,arterial,900,30,1,auto\n"
            "walk,,2,3,1,0.4,sidewalk,,,,walk\n",
    "segment": "segment_id,link_id,ref_node_id,start_lr,end_lr,l_lanes_added,r_lanes_added\n"
               "9,in4,4,1312.34,1640.42,1,0\n",
    "segment_lane": "segment_lane_id,segment_id,lane_num,allowed_uses\n91,9,-1,auto\n",
    "movement": "mvmt_id,node_id,ib_link_id,start_ib_lane,end_ib_lane,ob_link_id,start_ob_lane,end_ob_lane,type,"
                "ctrl_type\n"
                "1,1,in2,1,,out4,1,,thru,signal\n2,1,in2,1,,out5,1,,right,signal\n3,1,in2,1,,out3,1,,left,signal\n"
                "4,1,in4,1,,out2,1,,thru,signal\n5,1,in4,1,,out3,1,,right,signal\n6,1,in4,-1,,out5,1,,left,signal\n"
                "7,1,in3,1,,out5,1,,thru,signal\n8,1,in5,1,,out3,1,,thru,signal\n",
    "signal_controller": "controller_id\n1\n",
    "signal_timing_plan": "timing_plan_id,controller_id,time_day,cycle_length\n7,1,01111100_06:00_09:00,80\n",
    "signal_coordination": "coordination_id,timing_plan_id,controller_id,coord_phase,coord_ref_to,offset\n"
                           "1,7,1,2,begin_of_green,10\n",
    "signal_timing_phase": "timing_phase_id,timing_plan_id,signal_phase_num,min_green,max_green,extension,clearance,"
                           "ring,barrier,position\n"
                           "71,7,1,5,10,2,4,1,1,1\n72,7,2,10,30,2,5,1,1,2\n74,7,4,10,26,2,5,1,2,1\n"
                           "76,7,6,10,44,2,5,2,1,1\n78,7,8,10,26,2,5,2,2,1\n",
    "signal_phase_mvmt": "signal_phase_mvmt_id,timing_phase_id,mvmt_id,protection\n"
                         "1,72,1,protected\n2,72,2,protected\n3,72,3,permitted\n4,76,4,protected\n5,76,5,protected\n"
                         "6,71,6,protected\n7,76,6,permitted\n8,74,7,protected\n9,78,8,protected\n",
}
TWO_PLANS = {
    "signal_timing_plan": FILES["signal_timing_plan"] + "8,1,,60\n",
    "signal_timing_phase": FILES["signal_timing_phase"] + (
        "81,8,2,10,15,2,5,1,1,1\n84,8,4,10,35,2,5,1,2,1\n86,8,6,10,15,2,5,2,1,1\n88,8,8,10,35,2,5,2,2,1\n"),
}
"""With a second plan, for all times but the morning of working days."""
DEMAND = "o_zone_id,d_zone_id,volume\n20,40,120\n40,50,60\n40,20,200\n"


def write_files(folder: Path, **changes: str | None) -> Path:
    """Write the folder, with tables replaced, or left out where they are ``None``; return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**FILES, **changes}.items():
        if text is not None:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def edited(table: str, old: str, new: str) -> dict[str, str]:
    """Return a table with a text replaced, which must be there."""
    assert old in FILES[table]
    return {table: FILES[table].replace(old, new, 1)}
