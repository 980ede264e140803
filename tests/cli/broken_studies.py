"""Studies that cannot be run, each with what the command line says to it; shown as a table by

    python -m tests.cli.broken_studies
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cli.support import SCENARIO, STUDY, Answer, edited
from trafficsim.results.frames import Labels
from trafficsim.results.store import MANIFEST, file_name

LIMIT = '{ kind = "speed_limit", on = { ids = ["main_out"] }, limit_kmh = 30.0 }'
ONE = Labels("cross", "limit 30", 2, "ca")


class Desk:
    """A folder with a sound study and its finished results, on which one thing is then broken."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out = folder, folder / "out"
        self.study, self.scenario = folder / "study.toml", folder / "scenario.toml"
        self.scenario.write_text(SCENARIO)
        self.study.write_text(STUDY)
        self.expected_damage: set[Path] = set()

    def finish(self) -> None:
        """Run the study."""
        answer = Answer("compare", self.study, "--out", self.out)
        assert answer.status == 0, answer.stderr

    def compare(self, *options: str) -> Answer:
        """Run what is broken."""
        return Answer("compare", self.study, "--out", self.out, *options)

    def replace(self, old: str, new: str) -> None:
        """Change the study."""
        self.study.write_text(edited(self.study.read_text(), old, new))

    def damage(self, name: str, change: Callable[[bytes], bytes]) -> None:
        """Change a file of the results."""
        path = self.out / name
        path.write_bytes(change(path.read_bytes()))

    def contents(self) -> dict[str, bytes]:
        """Return everything that is in the folder of results."""
        return {path.name: path.read_bytes() for path in self.out.iterdir()}


@dataclass(frozen=True)
class Case:
    """How a study is broken, the options it is run with, and what must be said."""

    name: str
    says: tuple[str, ...]
    breaks: Callable[[Desk], Any] = lambda desk: None
    options: tuple[str, ...] = ("--resume",)
    status: int = 2


def edit(old: str, new: str) -> Callable[[Desk], None]:
    """Return a change of the study's text."""
    return lambda desk: desk.replace(old, new)


def policy(text: str) -> Callable[[Desk], None]:
    """Return a change of the study's only policy."""
    return edit(LIMIT, f"{{ {text} }}")


def camera(text: str) -> Callable[[Desk], None]:
    """Return a red-light camera on an approach with these values in place of the study's only policy."""
    return policy(f'kind = "red_light_camera", on = {{ ids = ["main_in"] }}, {text}')


def drivers(text: str) -> Callable[[Desk], None]:
    """Return a change of the scenario's drivers."""
    return lambda desk: desk.scenario.write_text(edited(SCENARIO, "[time]", f"[drivers]\n{text}\n\n[time]"))


def _second_scenario(desk: Desk) -> None:
    shutil.copy(desk.scenario, desk.folder / "again.toml")
    desk.replace('["scenario.toml"]', '["scenario.toml", "again.toml"]')


def _file_in_the_way(desk: Desk) -> None:
    desk.out = desk.scenario / "out"


def _not_writable(desk: Desk) -> None:
    desk.out = Path("/proc/trafficsim")


def _world_changed(desk: Desk) -> None:
    desk.scenario.write_text(edited(SCENARIO, "volume_veh_h = 400.0", "volume_veh_h = 401.0"))


TRIPS = file_name("trips", ONE)
RUNS = file_name("runs", ONE)

CASES = (
    Case("no baseline", ("do nothing", "add it as an empty list"), edit('"do nothing" = []\n', "")),
    Case("baseline with policies", ("empty list",), edit('"do nothing" = []', f'"do nothing" = [{LIMIT}]')),
    Case("unknown baseline", ("status quo", "add it as an empty list"),
         edit("replications = 2", 'replications = 2\nbaseline = "status quo"')),
    Case("policies in conflict", ("alternative 'limit 30'", "both set this value"), edit(LIMIT, f"{LIMIT}, {LIMIT}")),
    Case("red-light camera on an unknown link", ("alternative 'limit 30'", "'main_street'", "no such link"),
         policy('kind = "red_light_camera", on = { ids = ["main_street"] }')),
    Case("red-light camera without a signal", ("link 'main_out'", "no signal at its end", "'main_in'"),
         policy('kind = "red_light_camera", on = { ids = ["main_in", "main_out"] }')),
    Case("red-light camera that nobody can be fined by", ("90 EUR", "detection is 0"),
         camera("detection = 0, fine_eur = 90")),
    Case("red-light camera with a negative shift", ("shift_s", "-0.6"), camera("shift_s = -0.6")),
    Case("red-light camera with a share above one", ("hard_stop_share", "1.5"), camera("hard_stop_share = 1.5")),
    Case("red-light camera with half a point", ("points", "0.5"), camera("points = 0.5")),
    Case("yellow of no seconds", ("yellow_s", "0"), policy('kind = "change_times", yellow_s = 0')),
    Case("yellow in words", ("yellow_s", "long"), policy('kind = "change_times", yellow_s = "long"')),
    Case("unknown formula", ("formula", "hcm"), policy('kind = "change_times", formula = "hcm"')),
    Case("yellow that leaves no green", ("green left",),
         policy('kind = "change_times", yellow_s = 30, all_red_s = 30')),
    Case("negative rate of inattention", ("inattention_per_10000", "-1"), drivers("inattention_per_10000 = -1")),
    Case("more inattentive drivers than there are", ("inattention_per_10000", "20000"),
         drivers("inattention_per_10000 = 20000")),
    Case("tau50 below zero", ("tau50_s", "-2"), drivers("tau50_s = -2.0")),
    Case("no spread at yellow", ("tau_spread_s", "0"), drivers("tau_spread_s = 0.0")),
    Case("unknown kind of policy", ("did you mean 'speed_limit'",), edit('"speed_limit"', '"speed_limits"')),
    Case("unknown link in a policy", ("alternative 'limit 30'", "main_street"), edit("main_out", "main_street")),
    Case("value out of range", ("limit_kmh", "-30"), edit("limit_kmh = 30.0", "limit_kmh = -30.0")),
    Case("zero replications", ("replications", "0"), edit("replications = 2", "replications = 0")),
    Case("zero replications asked for", ("replications",), options=("--replications", "0")),
    Case("negative workers", ("workers", "equal to 1"), options=("--resume", "--workers", "-2")),
    Case("workers that are no number", ("workers", "integer"), options=("--resume", "--workers", "two")),
    Case("unknown key", ("replication", "did you mean 'replications'"), edit("replications", "replication")),
    Case("unknown engine", ("engines", "teleporter"), edit("replications = 2", 'engines = ["teleporter"]')),
    Case("unknown indicator", ("'mean_travel_time'",), edit("mean_travel_time_s", "mean_travel_time")),
    Case("variation of demand out of range", ("demand_variation", "0.5"),
         edit("replications = 2", "demand_variation = 0.5")),
    Case("missing scenario file", ("scenarios[0]", "elsewhere.toml"), edit("scenario.toml", "elsewhere.toml")),
    Case("two scenarios of one name", ("second scenario named 'cross'",), _second_scenario),
    Case("missing study file", ("no such file",), lambda desk: desk.study.unlink()),
    Case("results of another study", ("differing: alternatives",), edit("limit_kmh = 30.0", "limit_kmh = 40.0")),
    Case("results of another world", ("differing: scenarios",), _world_changed),
    Case("finished runs, but no --resume", ("4 finished runs", "add --resume"), options=()),
    Case("--resume without a folder", ("--resume", "add --out"), lambda desk: setattr(desk, "out", None)),
    Case("damaged run", ("damaged file", TRIPS, RUNS), lambda desk: desk.damage(TRIPS, lambda text: text[:-20])),
    Case("empty run", ("damaged file", RUNS), lambda desk: desk.damage(RUNS, lambda _: b"")),
    Case("damaged study.json", ("damaged file", "put the file back"),
         lambda desk: desk.damage(MANIFEST, lambda text: text[:-3])),
    Case("study.json that is no object", ("damaged file",), lambda desk: desk.damage(MANIFEST, lambda _: b"[1, 2]")),
    Case("missing study.json", ("put the file back",), lambda desk: (desk.out / MANIFEST).unlink()),
    Case("a file where the folder should be", ("--out", "a file at", "another folder"), _file_in_the_way),
    Case("a folder that cannot be written", ("another folder",), _not_writable, status=1),
    Case("unknown executor", ("executor", "'everywhere'"), options=("--resume", "--executor", "everywhere")),
    Case("workers for a scheduler", ("workers", "4"),
         options=("--resume", "--executor", "tcp://127.0.0.1:9", "--workers", "4")),
)


def answer_to(case: Case, desk: Desk) -> Answer:
    """Break the study as the case says, and run it."""
    case.breaks(desk)
    if desk.out is None:
        return Answer("compare", desk.study, *case.options)
    return desk.compare(*case.options)


def main() -> None:
    """Show all cases as a table."""
    with tempfile.TemporaryDirectory() as temporary:
        sound = Path(temporary) / "sound"
        sound.mkdir()
        Desk(sound).finish()
        for number, case in enumerate(CASES):
            folder = Path(temporary) / str(number)
            shutil.copytree(sound, folder)
            answer = answer_to(case, Desk(folder))
            message = answer.stderr.strip().replace(str(folder), "...").splitlines()[-1]
            print(f"| {case.name} | {answer.status} | {message} |")


if __name__ == "__main__":
    main()
