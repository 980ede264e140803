"""Flow over density: of the whole network, and of its links by road class."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from markupsafe import Markup

from trafficsim.report.language import name
from trafficsim.report.plots.fundamental_diagram import (
    area_states,
    fundamental_diagram,
    macroscopic_fundamental_diagram,
)
from trafficsim.report.sections.drawing import picture
from trafficsim.report.views import Missing, Picture, Writer
from trafficsim.spec.network import Network


def diagrams(writer: Writer) -> Iterator[Picture | Missing]:
    """Yield the diagram of the whole network with all alternatives, and that of its links under the baseline."""
    for scenario, engine in writer.material.settings:
        words, network = writer.words, writer.material.networks.get(scenario)
        what = Markup("{} ({})").format(words.say("section.diagrams"), writer.setting(scenario, engine))
        table = writer.material.table("links", scenario, engine)
        if network is None or table is None or not table["speed_kmh"].notna().any():
            yield writer.leave_out(what, words.say("diagrams.none"))
            continue
        yield _area(writer, (scenario, engine), table, network)
        base = table[table["alternative"] == writer.material.asked.baseline]
        if base["speed_kmh"].notna().any():
            yield _links(writer, (scenario, engine), base, network)


def _area(writer: Writer, place: tuple[str, str], table: pd.DataFrame, network: Network) -> Picture:
    words, states = writer.words, area_states(table, network)
    rows = " ".join(
        words.plain("diagrams.area_row", alternative=arm, flow=words.number(float(part["flow_veh_h_lane"].max()), 0),
                    density=words.number(float(part["density_veh_km_lane"].max()), 1))
        for arm, part in states.groupby("alternative", sort=False))
    figure = macroscopic_fundamental_diagram(table, network, language=words.code)
    return picture(figure, f"figure-area-{'-'.join(place)}", words.plain("diagrams.area_alt", rows=rows),
                   words.say("diagrams.area_caption", setting=writer.setting(*place)))


def _links(writer: Writer, place: tuple[str, str], base: pd.DataFrame, network: Network) -> Picture:
    words, baseline = writer.words, writer.material.asked.baseline
    alt = words.plain("diagrams.links_alt", alternative=baseline, links=words.number(base["link"].nunique(), 0))
    return picture(fundamental_diagram(base, language=words.code, network=network), f"figure-links-{'-'.join(place)}",
                   alt, words.say("diagrams.links_caption", alternative=name(baseline), setting=writer.setting(*place)))
