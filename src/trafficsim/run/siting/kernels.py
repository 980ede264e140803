"""The kernel of a place: what a policy that stands there asks of drivers, where, and whom it cites.

Any policy with places (a field ``at`` of links and positions) can be placed. It is asked itself: it is put at one place
and lowered on the plan of the design day, and what it says to the builder is kept. So placing needs to know no policy,
and a policy nothing about placing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from trafficsim.base.errors import InputError, quoted
from trafficsim.plan.arrays import Plan
from trafficsim.plan.builder import PlanBuilder
from trafficsim.policies import load_policies
from trafficsim.spec.behaviour import Response, ResponseRule, SpeedCheck, Zone
from trafficsim.spec.calendar import HOURS, WEEKDAYS
from trafficsim.spec.enforcement import Deployment
from trafficsim.spec.network import Network
from trafficsim.spec.policy import Policy
from trafficsim.spec.rollout import Candidate

PLACES = "at"
"""Field of a policy that holds its places."""


@dataclass(frozen=True)
class Influence:
    """How drivers respond to a place.

    Attributes
    ----------
    along : who has one of these links in the route passes the place
    limit_link : link whose limit it is about
    response, zones : how, and where with which strength
    present : share of the week in which it is felt
    noticed : share of the drivers who pass who notice it
    """

    along: tuple[str, ...]
    limit_link: str
    response: Response
    zones: tuple[Zone, ...]
    present: float = 1.0
    noticed: float = 1.0


@dataclass(frozen=True)
class Check:
    """Where a place measures and cites.

    Attributes
    ----------
    check : the measurement
    cited : probability that a vehicle above the speed is cited, on average over the week
    """

    check: SpeedCheck
    cited: float = 1.0


@dataclass(frozen=True)
class Kernel:
    """All that a place does.

    Attributes
    ----------
    influences, checks : how drivers respond, and where speeds are measured and cited
    shared : whether it shares officers with other places: taken as visited on every day of its schedule
    fades : whether drivers get used to it: taken as on its first day
    """

    influences: tuple[Influence, ...]
    checks: tuple[Check, ...]
    shared: bool = False
    fades: bool = False


class _KeptNetwork(Network):
    """A network whose table of links is made once: policies ask for it at every place."""

    @cached_property
    def links(self) -> dict[str, dict[str, Any]]:
        """Attributes of every link by id."""
        return super().links


class _Recorder(PlanBuilder):
    """Keeps what a policy says about drivers, and changes nothing."""

    def __init__(self, plan: Plan, network: Network) -> None:
        super().__init__(plan, _KeptNetwork(**{one.name: getattr(network, one.name) for one in fields(network)}))
        self.influences: list[Influence] = []
        self.checks: list[Check] = []
        self.shared = self.fades = False

    def respond(self, rule: ResponseRule) -> None:
        """Keep a rule."""
        self.influences.append(Influence(rule.along, rule.link, rule.response, rule.zones))

    def enforce(self, check: SpeedCheck) -> None:
        """Keep a measurement."""
        self.checks.append(Check(check))

    def deploy(self, deployment: Deployment) -> None:
        """Keep a deployment as what it does on average over a week."""
        hours = deployment.schedule.hours_on_day
        felt, stands = (deployment.present * min(one, HOURS) / HOURS * len(deployment.schedule.weekdays) / len(WEEKDAYS)
                        for one in (hours + deployment.halo_h * len(deployment.schedule.hours), hours))
        if deployment.response is not None and deployment.link is not None:
            self.influences.append(Influence(deployment.along, deployment.link, deployment.response, deployment.zones,
                                             felt, deployment.noticed))
        sanction = deployment.sanction
        if sanction is not None and sanction.offence == "speeding":
            self.checks += [Check(check, sanction.detection * sanction.sanctioned * stands)
                            for check in deployment.checks if check.citation_kmh > 0.0]
        self.shared |= deployment.roster is not None
        self.fades |= deployment.half_life_days is not None

    def taken(self) -> Kernel:
        """Return what was kept, and forget it."""
        kernel = Kernel(tuple(self.influences), tuple(self.checks), self.shared, self.fades)
        self.influences, self.checks, self.shared, self.fades = [], [], False, False
        return kernel


def policy_at(kind: str, places: Sequence[Candidate], parameters: Mapping[str, Any] | None = None) -> Policy:
    """Return a policy of a kind that stands at places.

    Parameters
    ----------
    kind
        Kind of the policy.
    places
        Where it stands.
    parameters
        Its other parameters.

    Raises
    ------
    InputError
        If there is no such kind, it has no places, or a parameter is wrong.

    Examples
    --------
    >>> policy_at("speed_camera", [Candidate(link="east2", position_m=150.0)]).at[0].link
    'east2'
    """
    return _made(_of_kind(kind), places, parameters or {})


def _of_kind(kind: str) -> type[Policy]:
    policies = load_policies()
    fitting = sorted(name for name, one in policies.items() if PLACES in one.model_fields)
    if kind not in fitting:
        found = "a policy without places" if kind in policies else "no such policy"
        raise InputError(f"kind {quoted(kind)}", found, f"one of {', '.join(fitting)}", "choose one of these kinds")
    return policies[kind]


def _made(policy: type[Policy], places: Sequence[Candidate], given: Mapping[str, Any]) -> Policy:
    where = f"kind {quoted(policy.kind)}: parameters"
    if PLACES in given:
        raise InputError(where, f"places ({PLACES})", "parameters beside the places",
                         "leave them out: places are what is looked for")
    at = [{"link": one.link, "position_m": one.position_m} for one in places]
    try:
        return policy.model_validate({**given, PLACES: at})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        known = ", ".join(sorted(set(policy.model_fields) - {PLACES}))
        raise InputError(f"{where}.{key}", str(first["msg"]), "a parameter of the policy",
                         f"correct it; parameters: {known}") from None


def kernels(
    plan: Plan, network: Network, candidates: Sequence[Candidate], kind: str, parameters: Mapping[str, Any] | None,
) -> list[Kernel]:
    """Return the kernel of every candidate.

    Parameters
    ----------
    plan, network
        Of the design day, without any policy.
    candidates
        The places.
    kind, parameters
        As for :func:`policy_at`.

    Raises
    ------
    InputError
        If the policy cannot stand at a place, or does there what has no kernel.
    """
    recorder, policy = _Recorder(plan, network), _of_kind(kind)
    found = []
    for one in candidates:
        recorder.run([_made(policy, [one], parameters or {})])
        found.append(recorder.taken())
        if not found[-1].influences and not found[-1].checks:
            raise InputError(f"kind {quoted(kind)}", "no response of drivers and no measurement at a place",
                             "a policy that drivers respond to where it stands", "choose another kind")
    return found
