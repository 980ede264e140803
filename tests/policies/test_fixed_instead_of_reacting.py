"""A policy that sets the program of a signal which the network lets react: the street shows that program."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import trafficsim as ts
from tests.support.reacting_junctions import crossing, reacting
from trafficsim.spec.network import Network

PLAIN = ts.junction()
REACTING = reacting(PLAIN, "actuated", max_green_s=40.0)
WAVE = ts.policies.Webster()
PLAN = ts.policies.SignalPlan(signal="centre", phases=[
    one.model_copy(update={"duration_s": one.duration_s + 2.0}) for one in PLAIN.signals[0].phases])


def compared(network: Network, *policies: Any) -> ts.Study:
    return ts.Study(name="s", scenarios=[crossing(300.0, 200.0, network)], engines=["queue"], replications=1,
                    alternatives={"do nothing": [], "other": list(policies)})


def digest(study: ts.Study) -> str:
    runs: pd.DataFrame = ts.compare(study).tables["runs"]
    return str(runs.loc[runs["alternative"] == "other", "digest"].iloc[0])


@pytest.mark.parametrize("policy", [WAVE, PLAN], ids=["times", "phases"])
def test_a_program_that_is_set_runs(policy: Any) -> None:
    study = compared(REACTING, policy)
    rows = ts.explain(study, "other")
    (told,) = rows[rows["field"] == "signal.control"].to_dict("records")
    assert (told["cell"], told["policy"], told["state_before"], told["state_after"]) == (
        "centre", policy.kind, "actuated", "fixed_time")
    assert digest(study) == digest(compared(PLAIN, policy))


def test_a_policy_lets_it_react_again() -> None:
    rows = ts.explain(compared(REACTING, WAVE, ts.policies.CoordinatedActuated()), "other")
    (told,) = rows[rows["field"] == "signal.control"].to_dict("records")
    assert (told["policy"], told["state_after"]) == ("coordinated_actuated", "coordinated")
