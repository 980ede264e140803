"""A practice: what it is, who does it, by what mechanism, on what evidence, and how it is modelled."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from trafficsim.outcomes.sourced import Grade, Sourced
from trafficsim.spec.model import Model
from trafficsim.spec.setting import COUNTRY, DrivingSide, Enforcement, RoadClass

Group = Literal["enforcement", "licensing", "prevention", "infrastructure", "signals", "emergency"]
Mechanism = Literal["behaviour", "exposure", "supply", "response"]
Spread = Literal["95 % interval", "range"]

GROUPS: tuple[Group, ...] = ("enforcement", "licensing", "prevention", "infrastructure", "signals", "emergency")
RELATIVE = "%"
"""Unit of relative changes: -20 % is a ratio of 0.80."""
KEEP_LEFT = frozenset({"AU", "CY", "GB", "HK", "IE", "IN", "JP", "MT", "MY", "NZ", "SG", "TH", "ZA"})
"""Countries of which traffic keeps to the left, as far as studies from them are to be expected."""
Range = tuple[float, float]


class Source(Model):
    """A publication.

    Parameters
    ----------
    cite
        How it is cited.
    checked
        Whether the number was read in it, in its abstract, or in a page about it. One that was not is quoted from
        memory and must be compared with the publication before anybody relies on it.
    """

    cite: str = Field(min_length=1)
    checked: bool = True


class Use(Model):
    """Who does it.

    Parameters
    ----------
    country
        Country by its two letters.
    authority, programme, years
        Who runs it, what it is called there, and since when; empty where the evidence does not say.
    """

    country: str = Field(pattern=COUNTRY)
    authority: str = ""
    programme: str = ""
    years: str = ""

    def __str__(self) -> str:
        """Write it on one line."""
        more = ", ".join(part for part in (self.authority, self.programme, self.years) if part)
        return f"{self.country} ({more})" if more else self.country


class SourceSetting(Model):
    """Where a number was found, as far as its source says so. Ranges hold everything that the source covers.

    Parameters
    ----------
    countries, years
        Where and when.
    road_classes, limit_kmh, share_over_limit, deaths_per_billion_km, enforcement
        As in :class:`trafficsim.spec.setting.Setting`, before the measure.
    """

    countries: tuple[str, ...] = ()
    years: str = ""
    road_classes: tuple[RoadClass, ...] = ()
    limit_kmh: Range | None = None
    share_over_limit: Range | None = None
    deaths_per_billion_km: Range | None = None
    enforcement: Enforcement | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for name in ("limit_kmh", "share_over_limit", "deaths_per_billion_km"):
            ends = getattr(self, name)
            if ends is not None and ends[0] > ends[1]:
                raise ValueError(f"{name} from {ends[0]:g} to {ends[1]:g}; put the lower end first")
        return self

    @property
    def driving_side(self) -> DrivingSide | None:
        """Side that traffic keeps to; none where the countries are unknown or of both kinds."""
        sides = {"left" if country in KEEP_LEFT else "right" for country in self.countries}
        return None if len(sides) != 1 else ("left" if "left" in sides else "right")


class Evidence(Model):
    """A published finding.

    Parameters
    ----------
    outcome
        What was measured.
    source
        Key of the publication among the sources of the same file.
    grade
        A (meta-analysis, or empirical Bayes with many sites), B (controlled), C (uncontrolled, or one site), D (claim).
    value
        Best estimate; none where only a range, or only words, are given.
    low, high
        Ends of the interval or range, as numbers on the line: -60 is the low end of "-20 to -60 %".
    spread
        What the ends are: a 95 % interval, or a range over studies, sites or countries.
    unit
        Unit; ``%`` for a relative change.
    studies
        Number of studies or estimates behind it.
    tau
        Published standard deviation between studies, on the scale of the unit (of log ratios for ``%``).
    unverified
        The number could not be confirmed: it is shown, never carried over.
    row
        Row of the evidence, where a practice has several.
    note
        What has to be known to read the number.
    setting
        Where it was found.
    """

    outcome: str = Field(min_length=1)
    source: str = Field(min_length=1)
    grade: Grade
    value: float | None = None
    low: float | None = None
    high: float | None = None
    spread: Spread = "range"
    unit: str = RELATIVE
    studies: int | None = Field(default=None, ge=1)
    tau: float | None = Field(default=None, ge=0)
    unverified: bool = False
    row: str = ""
    note: str = ""
    setting: SourceSetting = SourceSetting()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        known = [one for one in (self.low, self.value, self.high) if one is not None]
        if known != sorted(known):
            raise ValueError(f"{' <= '.join(f'{one:g}' for one in known)} is not so; put low, value and high in order")
        if self.unit == RELATIVE and known and known[0] <= -100.0:
            raise ValueError(f"a change of {known[0]:g} %; give a relative change above -100 %")
        if not known and not self.note:
            raise ValueError("neither a number nor a note; say what was found")
        return self

    @property
    def words_only(self) -> bool:
        """Whether it holds neither a value nor a whole range."""
        return self.value is None and (self.low is None or self.high is None)

    @property
    def is_relative(self) -> bool:
        """Whether it is a relative change, in percent."""
        return self.unit == RELATIVE

    def sourced(self, name: str, cite: str) -> Sourced | None:
        """Return the number as what models calculate with: a ratio for a relative change; ``None`` without a value.

        A range over studies is no 95 % interval and is left away, and so is an interval of which one end is missing.
        """
        if self.value is None:
            return None
        ends = (self.low, self.high) if self.spread != "range" and None not in (self.low, self.high) else (None, None)
        value, low, high = (_ratio(one) if self.is_relative and one is not None else one
                            for one in (self.value, *ends))
        assert value is not None
        return Sourced(name, value, "1" if self.is_relative else self.unit, cite, self.grade, "input", low, high,
                       log=self.is_relative)


def _ratio(percent: float) -> float:
    return 1.0 + percent / 100.0


class Modelled(Model):
    """How a practice is modelled: one of the three.

    Parameters
    ----------
    policies
        Kinds of policies that represent it.
    planned
        What will represent it.
    not_modelled
        Why nothing does.
    """

    policies: tuple[str, ...] = ()
    planned: str = ""
    not_modelled: str = ""

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        given = [name for name in ("policies", "planned", "not_modelled") if getattr(self, name)]
        if len(given) != 1:
            found = " and ".join(given) or "nothing"
            raise ValueError(f"{found} under modelled; give one of policies, planned, not_modelled")
        return self

    def __str__(self) -> str:
        """Write it as the catalogue does."""
        if self.policies:
            return "policy " + ", ".join(self.policies)
        return f"planned: {self.planned}" if self.planned else f"not modelled, because {self.not_modelled}"


class Practice(Model):
    """An entry of the catalogue.

    Parameters
    ----------
    id
        Name without spaces; unique.
    number
        Number in the catalogue of this package; entries of other packages have none.
    name, summary
        What it is.
    group
        Chapter of the catalogue.
    used
        Who does it.
    mechanism, acts_on
        By what it works, in words and as one of ``behaviour``, ``exposure``, ``supply``, ``response``.
    grade
        Grade of the evidence as a whole; empty where there is none.
    evidence
        What was found.
    caveats
        What the numbers do not say.
    transferability
        What is known about how far they carry.
    modelled
        How it is modelled.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    number: int | None = Field(default=None, ge=1)
    name: str = Field(min_length=1)
    group: Group
    summary: str = Field(min_length=1)
    used: tuple[Use, ...] = ()
    mechanism: str = Field(min_length=1)
    acts_on: tuple[Mechanism, ...] = Field(min_length=1)
    grade: str = ""
    evidence: tuple[Evidence, ...] = ()
    caveats: str = ""
    transferability: str = ""
    modelled: Modelled


class Practices(Model):
    """A file of practices.

    Parameters
    ----------
    sources
        Publications by the key under which evidence names them.
    practices
        Entries.
    """

    sources: dict[str, Source] = Field(default_factory=dict)
    practices: tuple[Practice, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _with_sources(self) -> Self:
        for practice in self.practices:
            for one in practice.evidence:
                if one.source not in self.sources:
                    raise ValueError(f"practice {practice.id!r}: source {one.source!r} is not among the sources; "
                                     "add it under [sources], or correct the key")
        return self


class Entry(Model):
    """A practice with the publications that its evidence names.

    Parameters
    ----------
    practice
        The practice.
    sources
        Publications by key.
    origin
        File that it comes from.
    """

    practice: Practice
    sources: dict[str, Source]
    origin: str

    def cite(self, evidence: Evidence) -> str:
        """Return how the publication of a finding is cited, and whether it was read."""
        source = self.sources[evidence.source]
        return source.cite if source.checked else f"{source.cite} (quoted from memory, to be checked)"
