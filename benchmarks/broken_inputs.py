"""Broken inputs through the real command line: ``python -m benchmarks.broken_inputs``, from the project's root.

Every case is a process of its own (six to eight minutes). The table says what was broken, the exit status, and the
message. Fails if a case shows a traceback, is called a defect, says nothing, or ends with a status other than 1 (the
machine) or 2 (the input).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.cli import broken_studies
from tests.cli.broken_commands import COMMANDS
from tests.cli.support import SCENARIO, STUDY, edited
from tests.cli.test_bad_input import FLOWS, NETWORKS, NODES_TO_DEMAND, SCENARIOS, STUDIES, TRIPS

LONGEST = 160


class Process:
    """The command line in a process of its own; looks like what tests get from it."""

    def __init__(self, *words: str | Path, folder: Path | None = None) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "trafficsim", *map(str, words)], capture_output=True, text=True, check=False,
            cwd=folder, stdin=subprocess.DEVNULL, env={**os.environ, "COLUMNS": "200"},
        )
        self.status, self.stdout, self.stderr = done.returncode, done.stdout, done.stderr

    @property
    def message(self) -> str:
        """Last line of what was reported."""
        lines = self.stderr.strip().splitlines()
        return lines[-1] if lines else ""

    @property
    def good(self) -> bool:
        """Whether it was refused as it should be."""
        wrong = "Traceback" in self.stderr + self.stdout or "a defect of trafficsim" in self.stderr
        return self.status in (1, 2) and bool(self.message) and not wrong


def scenarios(folder: Path) -> Iterator[tuple[str, Process]]:
    """Scenario files, trips and networks that they name."""
    file = folder / "scenario.toml"
    for broken in SCENARIOS:
        file.write_text(edited(SCENARIO, broken.old, broken.new))
        yield f"scenario: {broken.name}", Process("run", file)
    file.write_text(edited(SCENARIO, FLOWS, '[demand]\nfile = "trips.csv"\n'))
    for name, text, _ in TRIPS:
        (folder / "trips.csv").write_text(text)
        yield f"trips: {name}", Process("run", file)
    for name, network, content, _ in NETWORKS:
        file.write_text(edited(SCENARIO, NODES_TO_DEMAND, f'[network.sumo]\nnetwork = "{network}"\n'))
        (folder / network).write_bytes(content)
        yield f"network: {name}", Process("run", file)
        yield f"import: {name}", Process("import", "sumo", folder / network, "--out", folder / "out.toml")


def studies(folder: Path) -> Iterator[tuple[str, Process]]:
    """Study files, and folders of results."""
    (folder / "scenario.toml").write_text(SCENARIO)
    for broken in STUDIES:
        (folder / "study.toml").write_text(edited(STUDY, broken.old, broken.new))
        yield f"study: {broken.name}", Process("compare", folder / "study.toml")
    broken_studies.Answer = Process  # type: ignore[assignment, misc]
    sound = folder / "sound"
    sound.mkdir()
    broken_studies.Desk(sound).finish()
    for number, case in enumerate(broken_studies.CASES):
        desk = folder / f"desk{number}"
        shutil.copytree(sound, desk)
        yield f"results: {case.name}", broken_studies.answer_to(case, broken_studies.Desk(desk))  # type: ignore[misc]


def commands(folder: Path) -> Iterator[tuple[str, Process]]:
    """Everything else."""
    for number, command in enumerate(COMMANDS):
        place = folder / f"command{number}"
        place.mkdir()
        command.files(place)
        yield f"command: {command.name}", Process(*command.words, folder=place)


def main() -> int:
    bad = total = 0
    print("| case | status | message |\n|---|--:|---|")
    with tempfile.TemporaryDirectory() as temporary:
        for part in (scenarios, studies, commands):
            folder = Path(temporary) / part.__name__
            folder.mkdir()
            for name, answer in part(folder):
                message = answer.message.replace(f"{folder}/", "").replace("|", "\\|")
                shown = message if len(message) <= LONGEST else message[:LONGEST] + " ..."
                print(f"| {name} | {answer.status} | {shown} |{'' if answer.good else ' **BAD**'}", flush=True)
                total, bad = total + 1, bad + (not answer.good)
    print(f"\n{total} broken inputs, {bad} answered badly")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
