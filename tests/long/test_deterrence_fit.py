"""The rates of the file are those that the fit gives, and the fit is what the page says."""

from __future__ import annotations

import pytest

from tests.experiments.calibrate_deterrence import CHOSEN, TARGETS, fitted, predicted, programme
from trafficsim.spec.deterrence import Deterrence

pytestmark = pytest.mark.long


def test_the_file_holds_the_fit() -> None:
    rates = fitted(CHOSEN)
    for name in CHOSEN.free:
        assert getattr(Deterrence(), name) == pytest.approx(getattr(rates, name), rel=0.03)


@pytest.mark.parametrize("name", TARGETS)
def test_one_set_gives_every_decay_within_its_range(name: str) -> None:
    target, value = TARGETS[name], predicted(name, Deterrence())
    assert value <= target.published if target.at_most else target.low <= value <= target.high


def test_the_programme_that_was_kept_out() -> None:
    last, second = programme(Deterrence())
    assert last == pytest.approx(-0.8, abs=1.0)
    assert -26.2 < second < -10.0
