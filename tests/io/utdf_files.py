"""A small UTDF file: a signalised junction (1), a stop-controlled one (2) to its south, and where roads leave."""

from __future__ import annotations

TEXT = """\
[Network]
Network Settings
RECORDNAME,DATA
Metric,1
[Nodes]
Node Data
INTID,TYPE,X,Y,Z,DESCRIPTION
1,0,0,0,0,Centre
2,3,0,-400,0,
10,1,0,500,0,
11,1,500,0,0,
12,1,-500,0,0,
20,1,0,-900,0,
21,1,300,-400,0,
[Links]
Link Data
RECORDNAME,INTID,NB,SB,EB,WB
Up ID,1,2,10,12,11
Lanes,1,3,2,1,1
Distance,1,400,500,500,500
Speed,1,60,60,50,50
Name,1,Main,Main,Side,Side
Up ID,2,20,1,,21
Lanes,2,1,1,,1
Distance,2,500,400,,300
Speed,2,60,60,,40
Up ID,10,1,,,
Lanes,10,2,,,
Distance,10,500,,,
Speed,10,60,,,
Up ID,11,,,1,
Lanes,11,,,1,
Distance,11,,,500,
Speed,11,,,50,
Up ID,12,,,,1
Lanes,12,,,,1
Distance,12,,,,500
Speed,12,,,,50
Up ID,20,,2,,
Lanes,20,,1,,
Distance,20,,500,,
Speed,20,,60,,
Up ID,21,,,2,
Lanes,21,,,1,
Distance,21,,,300,
Speed,21,,,40,
[Lanes]
Lane Group Data
RECORDNAME,INTID,NBL,NBT,NBR,SBL,SBT,SBR,EBL,EBT,EBR,WBL,WBT,WBR,PED,HOLD
Up Node,1,2,2,2,10,10,10,12,12,12,11,11,11,,
Dest Node,1,12,10,11,11,2,12,10,11,2,2,12,10,,
Lanes,1,1,2,0,0,2,0,0,1,0,0,1,0,,
Shared,1,0,2,,,3,,,3,,,3,,,
Storage,1,80,,,,,,,,,,,,,
StLanes,1,1,,,,,,,,,,,,,
Phase1,1,1,6,,,2,,,4,,,8,,,
PermPhase1,1,6,,,2,,,4,,,8,,,,
Allow RTOR,1,0,0,1,0,0,1,0,0,0,0,0,0,,
IdealFlow,1,1900,1900,1900,1900,1900,1900,1900,1900,1900,1900,1900,1900,,
SatFlow,1,1770,3500,0,0,3400,0,0,1800,0,0,1800,0,,
Volume,1,100,500,50,20,400,30,10,60,20,30,80,40,,
PHF,1,0.8,0.8,0.8,0.8,0.8,0.8,0.8,0.8,0.8,0.8,0.8,0.8,,
Growth,1,110,110,110,110,110,110,110,110,110,110,110,110,,
HeavyVehicles,1,2,2,2,2,2,2,2,2,2,2,2,2,,
Turning Speed,1,25,60,15,25,60,15,25,60,15,25,60,15,,
Up Node,2,,20,20,1,1,,,,,21,,21,,
Dest Node,2,,1,21,21,20,,,,,20,,1,,
Lanes,2,,1,0,0,1,,,,,1,,0,,
Shared,2,,2,,,1,,,,,2,,,,
Volume,2,,600,10,15,435,,,,,20,,30,,
Sign Control,2,,0,,,0,,,,,2,,2,,
[Timeplans]
Timing Plan Settings
RECORDNAME,INTID,DATA
Control Type,1,0
Cycle Length,1,80
Referenced To,1,0
Reference Phase,1,206
Offset,1,20
[Phases]
Phasing Data
RECORDNAME,INTID,D1,D2,D3,D4,D5,D6,D7,D8
BRP,1,111,112,211,212,121,122,221,222
MinGreen,1,5,10,,8,,10,,8
MaxGreen,1,8,30,,27,,43,,26
Yellow,1,3,4,,3,,4,,3
AllRed,1,1,2,,2,,1,,2
Recall,1,0,3,,0,,3,,0
Start,1,8,20,,56,,8,,56
"""


def edited(old: str, new: str) -> str:
    """Return the file with a text replaced, which must be there."""
    assert old in TEXT
    return TEXT.replace(old, new, 1)
