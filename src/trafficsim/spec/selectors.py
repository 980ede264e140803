"""Selectors: name a set of links once, by ids, group, name or road class."""

from __future__ import annotations

from trafficsim.base.errors import PolicyError
from trafficsim.spec.model import Model
from trafficsim.spec.network import Network


class Links(Model):
    """A selection of links; all given conditions must be met.

    Parameters
    ----------
    ids
        Link ids.
    group
        Name of a group of the network.
    path
        Name of a named route of the network.
    name
        Road name.
    road_class
        Road class.

    Examples
    --------
    >>> from trafficsim.design.synthetic import corridor
    >>> Links(ids=("east2",)).resolve(corridor([300, 200]))
    ('east2',)
    """

    ids: tuple[str, ...] | None = None
    group: str | None = None
    path: str | None = None
    name: str | None = None
    road_class: str | None = None

    def resolve(self, network: Network) -> tuple[str, ...]:
        """Return the ids of the selected links, in network order.

        Raises
        ------
        PolicyError
            If an id, group or path is unknown, or nothing is selected.
        """
        links = network.links
        for label, names, known in (
            ("link", self.ids or (), links),
            ("group", (self.group,) if self.group else (), network.groups),
            ("path", (self.path,) if self.path else (), network.paths),
        ):
            for unknown in (name for name in names if name not in known):
                raise PolicyError(f"{label} {unknown!r}", f"no such {label} in the network",
                                  f"one of {_some(known)}", f"correct the {label} in the selector")
        chosen = tuple(link for link, attributes in links.items() if self._matches(network, link, attributes))
        if not chosen:
            raise PolicyError("selector of links", f"no link matches {self.model_dump(exclude_none=True)}",
                              "at least one link", "correct the selector")
        return chosen

    def _matches(self, network: Network, link: str, attributes: dict[str, object]) -> bool:
        return (
            (self.ids is None or link in self.ids)
            and (self.group is None or link in network.groups[self.group])
            and (self.path is None or link in network.paths[self.path])
            and (self.name is None or attributes.get("name") == self.name)
            and (self.road_class is None or attributes.get("road_class") == self.road_class)
        )


def links(
    *ids: str,
    group: str | None = None,
    path: str | None = None,
    name: str | None = None,
    road_class: str | None = None,
) -> Links:
    """Select links by ids, group, path, road name or road class.

    Parameters
    ----------
    ids
        Link ids; none: all that meet the other conditions.
    group, path
        Name of a group or path of the network.
    name
        Road name.
    road_class
        Road class.

    Examples
    --------
    >>> links(group="tunnel").group
    'tunnel'
    """
    return Links(ids=ids or None, group=group, path=path, name=name, road_class=road_class)


def _some(names: object, most: int = 5) -> str:
    listed = list(names)  # type: ignore[call-overload]
    return ", ".join(map(repr, listed[:most])) + (" ..." if len(listed) > most else "") if listed else "(none defined)"
