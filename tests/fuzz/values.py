"""Values that files should not hold, and those that they may: what mutators put in the place of others."""

from __future__ import annotations

import random

LONG = 5000
DEEP = 3000

NUMBERS = (
    "0", "-1", "1", "2", "0.5", "-0.0", "1e-308", "1e308", "-1e308", "0.001", "1e9", "-5", "1e15",
    "100000", "9223372036854775808", "4294967296", "65536", "1" * LONG, "nan", "inf", "-inf", "0x10",
    "1_000", "１２", "1,5", "1e",
)
TEXTS = (
    "", " ", "x" * LONG, "~nosuchuser/x", "~", "package://__main__/x", "package://numpy//etc/passwd",
    "package://numpy/../x", "package://", "/dev/zero", "/dev/null", "/", ".", "..", "../" * 50, "a\x00b",
    "\U0001f697", "\u202e", "%s%n", "{0}", "${HOME}", "<b>", "do nothing", "car", "through", "signal", "true", "1",
    "GrGr", "w_in e_out", "[bold]", "a/b", "a@b", "-1", "\\", "'", '"', "\t", "\r\n",
)


def number(rng: random.Random) -> str:
    """Draw the text of a number, or of something near one."""
    if rng.random() < 0.4:
        return repr(round(rng.uniform(-10.0, 1000.0) * 10.0 ** rng.randint(-4, 4), 6))
    return rng.choice(NUMBERS)


def text(rng: random.Random) -> str:
    """Draw a text."""
    return rng.choice(TEXTS)


def plain(rng: random.Random, depth: int = 0) -> object:
    """Draw a value of any type that JSON and TOML know."""
    kind = rng.randrange(9 if depth < 3 else 6)
    if kind < 2:
        try:
            found = float(number(rng))
        except ValueError:
            found = 7.0
        return int(found) if abs(found) < 1e15 and rng.random() < 0.5 else found
    if kind < 4:
        return text(rng)
    if kind < 6:
        return rng.choice((True, False, None, 10**400 if rng.random() < 0.1 else 0))
    if kind < 8:
        return [plain(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {text(rng)[:40]: plain(rng, depth + 1) for _ in range(rng.randrange(3))}
