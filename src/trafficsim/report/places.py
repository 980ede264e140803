"""Names of places as people know them: streets and junctions, beside the ids that the tables have."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from trafficsim.report.language import name
from trafficsim.spec.network import Network


def street_of(network: Network | None, link: str) -> str:
    """Return the street name of a link, or nothing.

    Examples
    --------
    >>> from trafficsim.spec.build import corridor
    >>> street_of(corridor([200.0]), "east1"), street_of(None, "east1")
    ('', '')
    """
    attributes: dict[str, Any] = {} if network is None else _links(network).get(link, {})
    return str(attributes.get("name") or "").strip()


def _links(network: Network) -> dict[str, dict[str, Any]]:
    return {str(attributes["id"]): attributes for _, _, attributes in network.graph.edges(data=True)}


def link_label(network: Network | None, link: str) -> Markup:
    """Name a link by its street and its id, or by its id alone.

    Examples
    --------
    >>> from trafficsim.spec.build import corridor
    >>> link_label(corridor([200.0]), "east1")
    Markup('<bdi translate="no">east1</bdi>')
    """
    street = street_of(network, link)
    return Markup('{} <code translate="no">{}</code>').format(name(street), link) if street else name(link)
