"""Networks from graphs of OSMnx, and what is known better than a network says."""

from __future__ import annotations

from pathlib import Path

from trafficsim.spec.fixes import Fixes
from trafficsim.spec.network import Network


def with_fixes(network: Network, fixes: Fixes | str | Path) -> Network:
    """Return a network with fixes applied: lanes, limits, controls, turns, programs.

    Movements of junctions whose lanes, markings, ranks or control change are worked out anew; others stay as they are.

    Parameters
    ----------
    network
        Of any format or graph; it is not changed.
    fixes
        A file of fixes, or what one holds.

    Returns
    -------
    The network. Its findings tell what was applied (``fixed``) and which entries were not (``fix-not-found``,
    ``fix-needless``, ``fix-contradicted``, ``fix-impossible``).

    Raises
    ------
    InputError
        If the file cannot be read. An entry that does not apply raises nothing.

    Examples
    --------
    >>> import trafficsim as ts
    >>> fixes = ts.Fixes(link=({"id": "ring0", "speed_limit_kmh": 30},))
    >>> ts.with_fixes(ts.ring(1000.0), fixes).links["ring0"]["speed_limit_kmh"]
    30.0
    """
    from trafficsim.design.timing.fixed_network import fixed_network
    from trafficsim.io.fixes import fixes_of

    return fixed_network(network, fixes_of(fixes))
