"""An appraisal in words, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trafficsim.outcomes.economics.appraisal import Estimate, Worth
from trafficsim.outcomes.economics.ranking import Rank
from trafficsim.outcomes.sourced import Sourced
from trafficsim.results.appraisal import Appraisal

NAMES = {
    "benefit_per_year": "benefit a year", "cost_per_year": "cost a year", "npv": "net present value",
    "benefit_cost_ratio": "benefit-cost ratio", "first_year_return": "first-year return",
    "cost_per_ksi_avoided": "cost per killed or seriously injured avoided",
}
OF_MONEY = ("benefit_per_year", "cost_per_year", "npv", "cost_per_ksi_avoided")


def appraisal_lines(appraisal: Appraisal | None) -> Iterator[str]:
    """Yield what alternatives are worth, a line each, with how sure, what is missing and what is unknown."""
    if appraisal is None:
        return
    study = appraisal.economics
    yield (f"Appraisal in {study.currency} at prices of {study.price_year}, {study.horizon_years} years, discount rate "
           f"{100.0 * study.discount_rate:g} %, 95 % intervals over {study.draws} draws (seed {study.seed}):")
    if appraisal.prices:
        yield "  unit values: " + "; ".join(price_text(one) for one in appraisal.prices.values())
    for (scenario, engine), worths in appraisal.worths.items():
        notes = {one.alternative: list(_left_out(one)) for one in worths}
        shared = [note for note in next(iter(notes.values()), []) if all(note in said for said in notes.values())]
        shared = shared if len(notes) > 1 else []
        for one in worths:
            own = [note for note in notes[one.alternative] if note not in shared]
            yield from (f"  {scenario}, {engine}, {one.alternative}: {line}" for line in (*_figures(one), *own))
        yield from (f"  {scenario}, {engine}, every alternative: {note}" for note in shared)
    for (scenario, engine), reason in appraisal.reasons.items():
        yield f"  {scenario}, {engine}: not appraised: {reason}"


def price_text(one: Sourced) -> str:
    """Write a unit value with its source and grade.

    Examples
    --------
    >>> price_text(Sourced("co2_per_t", 100.0, "EUR", "Handbook 2019", "B", "input", 60.0, 189.0))
    'co2_per_t 100 (60 to 189), Handbook 2019, grade B'
    """
    ends = "" if one.low is None or one.high is None else f" ({one.low:,.4g} to {one.high:,.4g})"
    return f"{one.name} {one.value:,.7g}{ends}, {one.source}, grade {one.grade}"


def by_reason(missing: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the parts that an appraisal leaves out, by the reason that they share.

    Examples
    --------
    >>> by_reason({"fuel": "no traces", "co2": "no traces", "casualties": "no history"})
    {'no traces': ['fuel', 'co2'], 'no history': ['casualties']}
    """
    found: dict[str, list[str]] = {}
    for part, reason in missing.items():
        found.setdefault(reason, []).append(part)
    return found


def _figures(one: Worth) -> Iterator[str]:
    """Yield the figures of one alternative, then how sure they are."""
    known = {name: figure for name, figure in one.figures.items() if figure.value is not None}
    figures = [f"{NAMES[name]} {interval_text(known[name], name in OF_MONEY)}" for name in NAMES if name in known]
    yield "; ".join(figures) or "no figure"
    if one.rank is not None:
        yield _rank_text(one.rank)
    if one.fines.value:
        yield f"fines a year {interval_text(one.fines, money=True)}: a transfer, in no other figure"
    if one.sureness is not None:
        shares = sorted(one.sureness.shares.items(), key=lambda pair: -pair[1].total)
        most = f", most of its variance from {shares[0][0]} ({100.0 * shares[0][1].total:.0f} %)" if shares else ""
        yield f"net present value above 0 in {100.0 * one.sureness.p_helps:.0f} % of the draws{most}"


def _rank_text(rank: Rank) -> str:
    """Write where an alternative stands by casualties avoided per million."""
    regret = "" if rank.regret is None else f", expected regret {rank.regret:.3g}"
    return (f"rank {rank.place} of {rank.of}: {rank.per_million:.3g} ({rank.low:.3g} to {rank.high:.3g}) killed or "
            f"seriously injured avoided per million, best in {100.0 * rank.p_best:.0f} % of the draws{regret}")


def _left_out(one: Worth) -> Iterator[str]:
    """Yield what the figures of one alternative leave out."""
    if one.sureness is not None and one.sureness.absent:
        yield f"nothing is known of the uncertainty of: {', '.join(one.sureness.absent)}"
    yield from (f"not in it: {', '.join(parts)} ({reason})" for reason, parts in by_reason(one.missing).items())
    reasons = dict.fromkeys(figure.reason for figure in one.figures.values() if figure.reason is not None)
    yield from (reason for reason in reasons if reason not in one.missing.values())


def interval_text(one: Estimate, money: bool = False) -> str:
    """Write a number and its interval.

    Examples
    --------
    >>> interval_text(Estimate(1234.5, 1000.0, 1500.0), money=True), interval_text(Estimate(2.136, 1.3, 3.0))
    ('1,234 (1,000 to 1,500)', '2.14 (1.30 to 3.00)')
    """
    form = ",.0f" if money else ".2f"
    if one.value is None:
        return "-"
    ends = "" if one.low is None or one.high is None else f" ({one.low:{form}} to {one.high:{form}})"
    return f"{one.value:{form}}{ends}"
