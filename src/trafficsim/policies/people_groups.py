"""Which groups of people a policy is about."""

from __future__ import annotations

from collections.abc import Sequence

from trafficsim.base.errors import PolicyError, quoted
from trafficsim.people.licensing import NOVICE_MONTHS
from trafficsim.spec.policy import Builder
from trafficsim.spec.population import PersonGroup, Population


def population_of(builder: Builder, kind: str) -> Population:
    """Return the people of a scenario.

    Raises
    ------
    PolicyError
        If it has none.
    """
    if builder.population is None:
        raise PolicyError(f"policy {kind}", "a scenario without people", "a table [population] with groups",
                          "add [population] to the scenario; people = 100000 is enough")
    return builder.population


def groups_named(population: Population, names: Sequence[str], kind: str) -> tuple[PersonGroup, ...]:
    """Return the groups of these names; all without any.

    Raises
    ------
    PolicyError
        If a group does not exist.
    """
    known = {group.name: group for group in population.groups}
    for name in names:
        if name not in known:
            raise PolicyError(f"policy {kind}: groups", f"no group {quoted(name)}",
                              f"some of {', '.join(sorted(known))}",
                              "correct the name, or add the group to [population]")
    return tuple(known[name] for name in (names or known))


def novice_groups(
    population: Population, names: Sequence[str], kind: str, months: float = NOVICE_MONTHS
) -> tuple[PersonGroup, ...]:
    """Return the groups of these names; without any those in which somebody has had the licence for less long.

    Raises
    ------
    PolicyError
        If a group does not exist, or nobody is a novice.
    """
    if names:
        return groups_named(population, names, kind)
    found = tuple(group for group in population.groups if group.licence_months[0] < months)
    if not found:
        least = min(group.licence_months[0] for group in population.groups)
        raise PolicyError(f"policy {kind}", f"nobody with the licence for less than {least:g} months",
                          f"a group with licence_months from below {months:g}",
                          "add a group of novices to [population]")
    return found
