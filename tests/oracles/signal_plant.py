"""Signal groups brought to what is requested, second by second, written for reading: what the plant has to show."""

from __future__ import annotations

from dataclasses import dataclass, field

LONG_AGO = -(10**6)
GREENS = ("G", "g")


@dataclass
class Group:
    """A signal group, with what it wants and when it did what."""

    min_green: int
    yellow: int
    red_amber: int
    shown: str = "r"
    wanted: str = "r"
    green: str = "G"
    since: int = LONG_AGO
    ended: int = LONG_AGO
    protected_until: int = LONG_AGO
    hold: int = LONG_AGO


@dataclass
class Junction:
    """Groups, ``gives_way``: (who, to whom), ``crossing``: pairs that are never green together, intergreens by pair."""

    groups: list[Group]
    crossing: set[tuple[int, int]]
    gives_way: set[tuple[int, int]]
    intergreen: dict[tuple[int, int], int]
    """By (who ends, who begins)."""
    history: list[str] = field(default_factory=list)

    def request(self, letters: str) -> None:
        """Say what each group should show."""
        for group, letter in zip(self.groups, letters, strict=True):
            group.wanted = letter

    def keep(self, members: list[int], until: int) -> None:
        """Let groups stay green until a tick."""
        for number in members:
            self.groups[number].hold = max(self.groups[number].hold, until)

    def start(self) -> None:
        """Begin the run in the middle of what is requested."""
        for group in self.groups:
            if group.wanted in GREENS:
                group.shown, group.green, group.since = group.wanted, group.wanted, 0

    def step(self, tick: int) -> str:
        """Go on to a tick and return what all groups show."""
        for number, group in enumerate(self.groups):
            if group.shown == "y" and tick >= group.ended + group.yellow:
                group.shown = "r"
            if group.shown in GREENS and tick >= group.since + group.min_green and tick >= group.hold:
                opposed = any(who == number and self.groups[other].wanted in GREENS for who, other in self.gives_way)
                if group.wanted not in GREENS or (group.shown == "G" and group.wanted == "g" and opposed):
                    group.ended = tick
                    group.protected_until = tick if group.shown == "G" else group.protected_until
                    group.shown = "y" if group.yellow else "r"
        for number, group in enumerate(self.groups):
            later = tick + group.red_amber
            if group.shown in "rs" and group.wanted in GREENS and self.free(number, group.wanted, later):
                group.shown, group.green, group.since = "u", group.wanted, tick
            if group.shown == "u" and tick >= group.since + group.red_amber and self.free(number, group.green, tick):
                group.shown, group.since = group.green, tick
            self.change(number, tick)
            if group.shown in "rs":
                group.shown = "s" if group.wanted == "s" else "r"
        self.history.append("".join(group.shown for group in self.groups))
        return self.history[-1]

    def change(self, number: int, tick: int) -> None:
        """Change between protected and permitted green."""
        group = self.groups[number]
        opposed = any(who == number and self.groups[other].wanted in GREENS for who, other in self.gives_way)
        if group.shown == "G" and group.wanted == "g" and not opposed:
            group.shown = group.green = "g"
            group.protected_until = tick
        elif group.shown == "g" and group.wanted == "G" and self.free(number, "G", tick):
            group.shown = group.green = "G"

    def free(self, number: int, letter: str, when: int) -> bool:
        """Whether nobody is in the way of a green from a tick on."""
        for other, one in enumerate(self.groups):
            time = self.intergreen.get((other, number), 0)
            comes = one.shown in (*GREENS, "u")
            if (number, other) in self.crossing and (comes or one.ended + time > when):
                return False
            if (number, other) in self.gives_way and letter == "G" and (comes or one.ended + time > when):
                return False
            if (other, number) in self.gives_way:
                protected = comes and one.green == "G"
                if protected or one.protected_until + time > when:
                    return False
        return True
