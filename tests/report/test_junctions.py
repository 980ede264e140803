"""What the row of a movement says in words: who blocks it, how far its queue outgrows the approach, why it is late."""

from __future__ import annotations

from typing import Any, cast

import pandas as pd
import pytest

from trafficsim.report.junctions import Movement, movements_of
from trafficsim.report.language import load
from trafficsim.report.material import Material
from trafficsim.report.sections.movements import _remarks
from trafficsim.report.views import Writer
from trafficsim.results.movements import GIVES_WAY

WRITER = Writer(load("en"), cast(Material, None))
FREE = Movement("j", "a", "b", "left", True, 60.0, 0.16, 90.0, "F", 40.0, GIVES_WAY, 50.0, 0.0, 0.0, None)


def plain(one: Movement) -> str:
    return str(_remarks(WRITER, one, {}).striptags())


def rows(**more: Any) -> pd.DataFrame:
    """Two replications of one movement."""
    content = {"alternative": "x", "replication": [1, 2], "from_link": "a", "to_link": "b", "direction": "left",
               "signalised": True, "volume_veh_h": [100.0, 200.0], "control_delay_s": [10.0, 40.0], "v_c": [0.1, 0.2],
               "queue_95_m": [20.0, 40.0], "capacity_note": pd.NA}
    return pd.DataFrame({**content, **more}).convert_dtypes()


def test_level_f_beside_a_free_capacity_is_explained_by_what_blocks_it() -> None:
    one = FREE._replace(blocked_share=0.31, blocked_by="x & y", spillback_share=0.4)
    assert plain(one) == ("blocked from downstream 31 % of the time, by x & y; "
                          "spillback beyond the storage length of 50 m 40 % of the time")


def test_what_nobody_blocks_says_why_its_capacity_is_a_bound() -> None:
    assert plain(FREE) == GIVES_WAY
    assert plain(FREE._replace(level="C")) == ""
    assert plain(FREE._replace(v_c=1.1)) == ""


def test_shares_are_means_over_replications_and_the_worst_blocker_is_named() -> None:
    table = rows(storage_m=50.0, spillback_share=[0.0, 0.5], blocked_share=[0.1, 0.3], blocked_by=["z", "y"])
    (one,) = movements_of(table, "x", None)
    assert (one.storage_m, one.spillback_share, one.blocked_by) == (50.0, 0.25, "y")
    assert one.blocked_share == pytest.approx(0.2)
    assert one.delay_s == pytest.approx(30.0)


def test_tables_of_an_earlier_version_have_movements_too() -> None:
    (one,) = movements_of(rows(), "x", None)
    assert (one.blocked_share, one.blocked_by, one.spillback_share) == (0.0, None, 0.0)
    assert one.volume_veh_h == pytest.approx(150.0)
