"""Names that SUMO takes: characters that it refuses in ids are replaced, and no two become one."""

from __future__ import annotations

import re
from collections.abc import Iterable

REFUSED = re.compile(r"[\s|\\'\";,:!<>&%?*/]")
"""Characters that SUMO refuses in ids of networks and vehicles (SUMOXMLDefinitions::isValidNetID), and those that
lists of ids or file names are cut at."""


class Names:
    """Ids as SUMO takes them.

    Parameters
    ----------
    ids
        Ids of one kind of thing.

    Examples
    --------
    >>> names = Names(["a->b", "a-_b", "c"])
    >>> names["a->b"], names["a-_b"], names.changed
    ('a-_b_2', 'a-_b', 1)
    """

    def __init__(self, ids: Iterable[object]) -> None:
        originals = list(dict.fromkeys(str(one) for one in ids))
        kept = {one for one in originals if one and not REFUSED.search(one)}
        self._name = {one: one for one in kept}
        for one in originals:
            if one not in kept:
                self._name[one] = self._free(REFUSED.sub("_", one) or "_", kept)
        self.changed = sum(1 for one, name in self._name.items() if one != name)
        """How many were changed."""

    def __getitem__(self, one: object) -> str:
        """Return the name of an id."""
        return self._name[str(one)]

    @staticmethod
    def _free(wanted: str, taken: set[str]) -> str:
        name, number = wanted, 1
        while name in taken:
            number += 1
            name = f"{wanted}_{number}"
        taken.add(name)
        return name
