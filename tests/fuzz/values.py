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


def number(luck: random.Random) -> str:
    """Draw the text of a number, or of something near one."""
    if luck.random() < 0.4:
        return repr(round(luck.uniform(-10.0, 1000.0) * 10.0 ** luck.randint(-4, 4), 6))
    return luck.choice(NUMBERS)


def text(luck: random.Random) -> str:
    """Draw a text."""
    return luck.choice(TEXTS)


def plain(luck: random.Random, depth: int = 0) -> object:
    """Draw a value of any type that JSON and TOML know."""
    kind = luck.randrange(9 if depth < 3 else 6)
    if kind < 2:
        try:
            found = float(number(luck))
        except ValueError:
            found = 7.0
        return int(found) if abs(found) < 1e15 and luck.random() < 0.5 else found
    if kind < 4:
        return text(luck)
    if kind < 6:
        return luck.choice((True, False, None, 10**400 if luck.random() < 0.1 else 0))
    if kind < 8:
        return [plain(luck, depth + 1) for _ in range(luck.randrange(4))]
    return {text(luck)[:40]: plain(luck, depth + 1) for _ in range(luck.randrange(3))}
