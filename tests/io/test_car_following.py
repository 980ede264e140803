"""The map from SUMO's driver parameters to ours: smooth, in range, in the right direction."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trafficsim.io.ledger import Ledger
from trafficsim.io.sumo.car_following import RANGES, Krauss, Space, rule_of, within_range
from trafficsim.io.sumo.vtypes import make_class
from trafficsim.io.sumo.xml import Element

DRIVERS = st.builds(Krauss, *(st.floats(*RANGES[name][:2]) for name in ("accel", "decel", "tau", "sigma")))
USUAL = st.builds(Krauss, st.floats(1.0, 3.5), st.floats(3.0, 6.0), st.floats(0.8, 2.0), st.floats(0.0, 1.0))
SPACES = st.builds(Space, st.floats(1.0, 25.0), st.floats(0.0, 5.0))
HERE = Element("vType", {"id": "x"}, 1, "demo.rou.xml")


@given(DRIVERS, SPACES)
def test_every_driver_of_a_file_fits_the_engine_or_is_brought_within_and_said(driver: Krauss, space: Space) -> None:
    ledger = Ledger("sumo")
    wanted = rule_of(driver, space)
    taken = within_range(wanted, HERE, ledger)
    assert (taken != wanted) == bool(ledger.counts()["repaired"])
    assert 0.1 <= taken.acceleration_ms2 <= 6.0
    assert 0.6 <= taken.headway_s <= 4.0
    assert 1.0 <= taken.deceleration_ms2 <= 6.0
    assert 0.0 <= taken.dawdling_ms <= 10.0


@given(DRIVERS)
def test_every_driver_of_a_file_makes_a_class(driver: Krauss) -> None:
    names = ("accel", "decel", "tau", "sigma")
    attributes = {name: repr(value) for name, value in zip(names, driver, strict=True)}
    made = make_class(Element("vType", {"id": "x", **attributes}, 1, "demo.rou.xml"), Ledger("sumo"))
    assert made.name == "x"


@given(USUAL, SPACES, st.floats(0.05, 0.5))
def test_who_keeps_more_or_dawdles_more_follows_later(driver: Krauss, space: Space, more: float) -> None:
    mine = rule_of(driver, space)
    assert rule_of(driver._replace(tau_s=driver.tau_s + more), space).headway_s > mine.headway_s
    assert rule_of(driver._replace(sigma=driver.sigma + more), space).headway_s > mine.headway_s
    assert rule_of(driver._replace(sigma=driver.sigma + more), space).dawdling_ms > mine.dawdling_ms


@given(USUAL, SPACES, st.floats(0.05, 0.5))
def test_who_dawdles_more_starts_more_slowly(driver: Krauss, space: Space, more: float) -> None:
    slower = rule_of(driver._replace(sigma=driver.sigma + more), space)
    assert slower.acceleration_ms2 < rule_of(driver, space).acceleration_ms2
