"""Published numbers: what is refused, and what is drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from trafficsim.base.errors import InputError
from trafficsim.kernels.rng import Stream
from trafficsim.outcomes.sourced import OUTCOME, Sourced


def sourced(**changed: Any) -> Sourced:
    given = {"name": "exponent", "value": 3.0, "unit": "1", "source": "Elvik 2009", "grade": "A",
             "origin": "extrapolated", "low": 2.0, "high": 4.0}
    return Sourced(**{**given, **changed})


@pytest.mark.parametrize(("changed", "told"), [
    ({"low": 5.0}, "low <= value <= high"), ({"low": None}, "both ends or none"), ({"value": float("nan")}, "finite"),
    ({"grade": "E"}, "one of A, B, C, D"), ({"origin": "felt"}, "one of input"), ({"source": ""}, "a publication"),
    ({"low": -1.0, "log": True}, "above 0"),
])
def test_what_is_no_published_number_is_refused(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        sourced(**changed)


def test_the_published_ends_are_met_on_both_sides() -> None:
    for one in (sourced(), sourced(low=0.5, high=3.2), sourced(low=2.5, high=4.0, log=True)):
        assert one.quantile(np.array([0.025, 0.5, 0.975])) == pytest.approx([one.low, one.value, one.high])


def test_draws_go_by_name_and_seed_alone() -> None:
    one = sourced()
    assert np.array_equal(one.draws(100), one.draws(200)[:100])
    assert not np.array_equal(one.draws(100), one.draws(100, seed=1))
    assert abs(np.corrcoef(one.draws(2000), one.renamed("other").draws(2000))[0, 1]) < 0.07  # three standard errors


def test_draws_have_the_published_mean_and_width() -> None:
    drawn = sourced().draws(20_000)
    assert drawn.mean() == pytest.approx(3.0, abs=0.015)  # four standard errors of 0.51 / sqrt(20,000)
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx([2.0, 4.0], abs=0.04)


def test_without_an_interval_nothing_is_drawn() -> None:
    assert (sourced(low=None, high=None).draws(5) == 3.0).all()


def test_the_stream_is_one_of_the_list() -> None:
    assert Stream.OUTCOME == OUTCOME
