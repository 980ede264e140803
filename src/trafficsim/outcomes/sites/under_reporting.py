"""Casualties that the police never hear of: factors by severity and country, as their user gives them."""

from __future__ import annotations

from collections.abc import Sequence

from trafficsim.base.findings import Finding
from trafficsim.outcomes.sourced import Sourced
from trafficsim.spec.crashes import UnderReporting

CASUALTIES = ("deaths", "serious_injuries", "slight_injuries")
NOT_CORRECTED = "modelling assumption: as many casualties as the police report"


def reporting_factors(country: str, given: Sequence[UnderReporting]) -> dict[str, Sourced]:
    """Return the factor from reported to real casualties for every severity; 1 where none is given for the country.

    Parameters
    ----------
    country
        Country of the crash history.
    given
        Factors of any countries.

    Examples
    --------
    >>> one = UnderReporting(country="NL", severity="serious_injuries", factor=2.0, source="an example")
    >>> [factor.value for factor in reporting_factors("NL", [one]).values()]
    [1.0, 2.0, 1.0]
    """
    factors = {}
    for severity in CASUALTIES:
        one = next((one for one in given if (one.country, one.severity) == (country, severity)), None)
        name = f"under-reporting: {severity}, {country}"
        factors[severity] = Sourced(name, 1.0, "1", NOT_CORRECTED, "D", "input") if one is None else Sourced(
            name, one.factor, "1", one.source, one.grade, "input", one.low, one.high, log=one.low is not None)
    return factors


def not_corrected(country: str, given: Sequence[UnderReporting]) -> Finding | None:
    """Warn where a severity of the country has no factor; ``None`` where all have one.

    Examples
    --------
    >>> not_corrected("NL", []).code
    'under-reporting-unknown'
    """
    known = {one.severity for one in given if one.country == country}
    missing = [one for one in CASUALTIES if one not in known]
    if not missing:
        return None
    return Finding("warning", "under-reporting-unknown", "history.under_reporting",
                   f"no factor for {', '.join(missing)} in {country or 'any country'}: numbers are those reported",
                   "give the factors that are published for the country, with their source")
