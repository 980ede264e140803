"""Many spoilt files of one format, from one seed: the table of what became of them."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.formats import formats
from tests.fuzz.judge import ACCEPTED, BAD, REFUSED, by_python, judge

COMMAND_EVERY = 20
"""Every so many inputs go through the command line instead."""
MOST_SHOWN = 20
COLUMNS = ("tried", ACCEPTED, REFUSED, BAD)


@dataclass
class Counters:
    """Counts of one format, and the first inputs that were bad with what is wrong with them."""

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    bad: list[tuple[int, str]] = field(default_factory=list)

    def row(self) -> str:
        """Return a line of the table."""
        return f"{self.name:<10}" + "".join(f"{self.counts[kind]:>10,}" for kind in COLUMNS)


def spoilt(name: str, seed: int, number: int) -> bytes:
    """Return one input again."""
    form, rng = formats()[name], random.Random(f"{name} {seed} {number}")
    return form.spoil(rng.choice(form.sources), rng)


def campaign(name: str, numbers: range, seed: int, folder: Path) -> Counters:
    """Judge spoilt files of a format.

    Parameters
    ----------
    name
        Of the format.
    numbers
        Which inputs of the seed.
    seed
        The same seed gives the same inputs.
    folder
        Where files are written; those that are bad stay there.
    """
    form, counters = formats()[name], Counters(name)
    file = form.write(folder)
    sound = by_python(file)  # also loads what the first input would else wait for
    assert sound.kind == ACCEPTED, sound
    for number in numbers:
        data = spoilt(name, seed, number)
        (folder / form.spoilt).write_bytes(data)
        verdict = judge(file, by_command=number % COMMAND_EVERY == 0)
        counters.counts["tried"] += 1
        counters.counts[verdict.kind] += 1
        if verdict.kind == BAD and len(counters.bad) < MOST_SHOWN:
            counters.bad.append((number, verdict.says))
            (folder / f"bad-{name}-{seed}-{number}").write_bytes(data)
    return counters
