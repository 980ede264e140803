"""Audit of timing plans and widths of green bands, from the files that lie beside the tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup

from trafficsim.base.errors import InputError
from trafficsim.report.language import ABSENT, name
from trafficsim.report.places import link_label
from trafficsim.report.quantities import unit_text
from trafficsim.report.views import Group, Table, Writer, plain_rows

AUDIT = ("program", "check", "subject", "unit", "limit", "before", "after", "before_ok", "after_ok")
MOST_PROGRAMS = 24
"""Programs listed, those with a broken limit first."""
BANDS = ("path", "signals", "speed_kmh", "band_before_s", "band_after_s")


def audits(writer: Writer, alternative: str, setting: tuple[str, str]) -> Iterator[Table]:
    """Yield the audit and the green bands of an alternative, where the folder has them."""
    folder = writer.material.folder
    if folder is None:
        return
    ending = f"@{quote(setting[0], safe='')}@{quote(alternative, safe='')}.csv"
    for kind, columns, make in (("timing_audit", AUDIT, _audit), ("timing_bands", BANDS, _bands)):
        path = folder / f"{kind}{ending}"
        if path.is_file():
            yield make(writer, _read(path, columns), alternative, setting)


def _read(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, dtype=dict.fromkeys(("program", "check", "subject", "unit", "path"), "str"))
    except (OSError, ValueError) as error:
        raise InputError(str(path), f"a damaged file ({str(error).strip()})", "a CSV file",
                         "run the study again, or remove the file") from None
    missing = [name for name in columns if name not in table]
    if missing:
        raise InputError(str(path), f"no columns {missing}", f"columns {list(columns)}",
                         "run the study again, or remove the file")
    return table


def _audit(writer: Writer, table: pd.DataFrame, alternative: str, setting: tuple[str, str]) -> Table:
    words, records = writer.words, table.to_dict("records")
    broken = [sum(str(row[f"{when}_ok"]) == "False" for row in records) for when in ("before", "after")]
    groups, programs = [], list(dict.fromkeys(str(row["program"]) for row in records))
    faulty = {str(row["program"]) for row in records if "False" in (str(row["before_ok"]), str(row["after_ok"]))}
    shown = set(sorted(programs, key=lambda program: program not in faulty)[:MOST_PROGRAMS])
    for program in (one for one in programs if one in shown):
        rows = [[
            Markup.escape(words.named("audit", str(row["check"]).replace(" ", "_")) or str(row["check"])),
            name(str(row["subject"])), *(writer.number(row[key], 2) for key in ("limit", "before", "after")),
            Markup.escape(unit_text(words, str(row["unit"]))),
            _kept(writer, row["before_ok"]), _kept(writer, row["after_ok"]),
        ] for row in records if str(row["program"]) == program]
        groups.append(Group(link_label(writer.material.junctions.get(setting[0], {}), program), rows))
    columns = writer.columns("check", "subject", "#limit", "#before", "#after", "unit", "kept_before", "kept_after")
    caption = words.say("audit.caption", alternative=name(alternative), setting=writer.setting(*setting))
    fold = words.say("audit.summary", alternative=name(alternative), before=writer.number(broken[0], 0),
                     after=writer.number(broken[1], 0))
    notes = [words.say("audit.more", count=writer.number(len(programs) - len(shown), 0))]
    return Table("-".join(("audit", alternative, *setting)), caption, columns, groups, fold=fold,
                 notes=notes if len(shown) < len(programs) else ())


def _kept(writer: Writer, flag: object) -> Markup:
    known = {"True": "audit.kept", "False": "audit.broken"}.get(str(flag))
    return writer.words.say(known) if known else Markup(ABSENT)


def _bands(writer: Writer, table: pd.DataFrame, alternative: str, setting: tuple[str, str]) -> Table:
    rows = [[name(str(row["path"])), writer.number(row["signals"], 0), writer.number(row["speed_kmh"]),
             writer.number(row["band_before_s"], 1), writer.number(row["band_after_s"], 1)]
            for row in table.to_dict("records")]
    caption = writer.words.say("audit.bands", alternative=name(alternative), setting=writer.setting(*setting))
    columns = writer.columns("path", "#signals", "#wave_speed", "#band_before", "#band_after")
    return Table("-".join(("bands", alternative, *setting)), caption, columns, plain_rows(rows))
