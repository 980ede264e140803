"""The report: one self-contained HTML page from result tables alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from trafficsim import __version__
from trafficsim.base.errors import MachineError
from trafficsim.report.language import load, name, tagged
from trafficsim.report.material import from_folder, from_result
from trafficsim.report.sections.agreement import agreements
from trafficsim.report.sections.alternatives import alternatives
from trafficsim.report.sections.appraisal import appraisals, basis
from trafficsim.report.sections.days import days
from trafficsim.report.sections.diagrams import diagrams
from trafficsim.report.sections.distribution import distributions
from trafficsim.report.sections.drawing import anchor
from trafficsim.report.sections.figures import delays, paths, speeds, trajectories
from trafficsim.report.sections.first import first_screen
from trafficsim.report.sections.incidents import incidents
from trafficsim.report.sections.indicators import definitions, indicators
from trafficsim.report.sections.movements import junctions
from trafficsim.report.sections.people import people
from trafficsim.report.sections.record import methods, record
from trafficsim.report.sections.responses import responses
from trafficsim.report.sections.rollout import rollouts
from trafficsim.report.sections.signals import signals
from trafficsim.report.sections.sites import sites
from trafficsim.report.sections.timing import timing
from trafficsim.report.sections.transfer import transfers
from trafficsim.report.sections.validation import validations
from trafficsim.report.sections.verdicts import verdicts
from trafficsim.report.views import Missing, Picture, Table, Writer
from trafficsim.results.store import DONE

if TYPE_CHECKING:
    from trafficsim.run.result import StudyResult

FILE = "report.html"


def report(
    results: StudyResult | str | Path, out: str | Path | None = None, *, language: str = "en", digits: str = "latin"
) -> Path:
    """Write the report of a study: one HTML page that needs no other file and no network.

    Parameters
    ----------
    results
        The result of a study, or a folder of results.
    out
        File to write; ``report.html`` in the folder, or here, without it.
    language
        Language of the page: ``"en"`` or ``"ar"``.
    digits
        ``"latin"`` (0 to 9) or ``"arabic-indic"`` (٠ to ٩).

    Returns
    -------
    The file written.

    Raises
    ------
    InputError
        If the folder holds no results or a damaged file, or there is no such language or digits.
    MachineError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import trafficsim as ts
    >>> flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=600)
    >>> road = ts.Scenario(name="road", time=ts.Time(analysis_s=60), network=ts.corridor([300, 200]),
    ...                    demand=ts.Demand(flows=(flow,)))
    >>> slower = ts.policies.SpeedLimit(on=ts.links("east2"), limit_kmh=30)
    >>> study = ts.Study(scenarios=[road], alternatives={"do nothing": [], "limit 30": [slower]}, replications=2)
    >>> ts.report(ts.run(study), Path(tempfile.mkdtemp()) / "report.html").name
    'report.html'
    """
    words = load(tagged(language, digits))
    folder = Path(results) if isinstance(results, str | Path) else None
    material = from_folder(folder) if folder is not None else from_result(results)  # type: ignore[arg-type]
    target = Path(out) if out is not None else (folder or Path()) / FILE
    text = render(Writer(words, material))
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise MachineError(str(target), error.strerror or str(error), "a file that can be written",
                           "choose another file with --out, or free space") from None
    return target


def render(writer: Writer) -> str:
    """Return the page as text; the same material gives the same characters."""
    environment = Environment(loader=PackageLoader("trafficsim.report"), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)
    environment.tests["table"] = lambda view: isinstance(view, Table)
    environment.tests["picture"] = lambda view: isinstance(view, Picture)
    environment.tests["missing"] = lambda view: isinstance(view, Missing)
    environment.filters["anchor"] = anchor
    style = environment.get_template("style.css").render()
    page = environment.get_template("report.html").render(
        words=writer.words, t=writer.words.say, style=Markup(style), head=_head(writer),
        level=writer.material.asked.confidence, first=first_screen(writer), verdicts=verdicts(writer),
        agreements=list(agreements(writer)),
        appraisals=appraisals(writer), basis=basis(writer), people=people(writer), responses=responses(writer),
        alternatives=alternatives(writer), timing=timing(writer), days=list(days(writer)),
        incidents=list(incidents(writer)), indicators=indicators(writer), definitions=definitions(writer),
        distributions=list(distributions(writer)),
        paths=list(paths(writer)), speeds=list(speeds(writer)),
        trajectories=list(trajectories(writer)), signals=list(signals(writer)),
        delays=list(delays(writer)), diagrams=list(diagrams(writer)),
        transfers=list(transfers(writer)), junctions=list(junctions(writer)), sites=list(sites(writer)),
        rollouts=list(rollouts(writer)), validations=list(validations(writer)),
        methods=methods(writer), record=record(writer), left_out=writer.left_out,
    )
    return page.strip() + "\n"


def _head(writer: Writer) -> dict[str, object]:
    material, words = writer.material, writer.words
    numbers = material.tables[DONE].groupby(["scenario", "engine"])["replication"].nunique()
    counts = sorted({int(count) for count in numbers})
    return {
        "study": name(material.study), "question": name(material.question) if material.question else None,
        "title": words.plain("page.title", study=material.study),
        "facts": [
            words.say("page.baseline", baseline=name(material.asked.baseline)),
            words.say("page.replications", replications=words.apart(words.figure(count, 0) for count in counts)),
            words.say("page.scenarios", scenarios=words.apart(writer.setting(*one) for one in material.settings)),
            words.say("page.version", version=name(material.version)),
        ],
        "assumed": words.say("page.assumed", baseline=name(material.asked.baseline)) if material.assumed else None,
        "footer": words.say("page.footer", version=name(__version__)),
        "origins": words.say("indicators.origins", **{
            kind: words.say(f"origin_means.{kind}") for kind in ("input", "emergent", "extrapolated")}),
    }

