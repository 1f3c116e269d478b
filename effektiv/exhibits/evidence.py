"""What the figures are worth: the state of each, and what cannot be concluded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import FLAG_LABELS, Bullets, Exhibit, Source, Strong
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.swedish import capitalise, cardinal, is_missing, join, mark, number
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import value
from effektiv.types import Kpi

_SOUND = "inga anmärkningar"

MOST_NAMED = 8
"""More missing figures than this are counted; the table names them."""


def data_quality(context: Context, facts: pd.DataFrame) -> Exhibit:
    """List every figure of the report with its latest year, value and marks."""
    title = "Nyckeltalens skick"
    if facts.empty:
        return nothing("underlag", title, "Området har inga nyckeltal i katalogen.")
    rows = tuple(_row(context.kpis[str(kpi)], row) for kpi, row in facts.iterrows())
    absent = enumerate(zip(facts["value"], facts["status"], facts["years_published"], strict=True))
    return Exhibit(
        id="underlag",
        title=title,
        source=Source.OWN,
        alt=None,
        finding=_finding(context, facts),
        table=Table(
            caption=f"Nyckeltalen i rapporten för {context.name}",
            columns=(
                Column("nyckeltal", "Nyckeltal"),
                Column("id", "Id"),
                Column("ar", "Senaste år", kind="year"),
                Column("varde", "Värde"),
                Column("luckor", "År som saknas"),
                Column("marken", "Att tänka på"),
            ),
            rows=rows,
            # Of a figure that the snapshot does not hold nothing is known: not that it is unpublished.
            marks={
                (place, "varde"): mark(status) if years else None
                for place, (found, status, years) in absent
                if is_missing(found)
            },
        ),
        how_to_read=(
            "Senaste år är det senaste med ett värde för kommunen. År som saknas räknas bland de tio senaste åren som "
            "nyckeltalet har publicerats för landet."
        ),
    )


def _row(kpi: Kpi, row: pd.Series) -> tuple[Value, ...]:
    year = None if is_missing(row["year"]) else int(row["year"])
    shown = None if is_missing(row["value"]) else value(kpi, float(row["value"]))
    missing = int(row["years_missing"])
    gaps = f"{missing} av {int(row['years_published'])}" if row["years_published"] else "inte i datauttaget"
    return (kpi.label, kpi.id, year, shown, gaps, _marks(row))


def _marks(row: pd.Series) -> str:
    texts = []
    for code in row["flags"]:
        label = FLAG_LABELS[code].lower()
        if code == "ended":
            label = f"avslutad efter {int(row['valid_to'])}"
        elif code == "break":
            label = f"brott i serien {int(row['break_year'])}"
        elif code == "small":
            label = f"små tal (omkring {number(row['persons'])} personer)"
        elif code == "missing":
            label = "saknas helt" if is_missing(row["year"]) else "saknas senaste året"
        elif code == "own":
            label = "beräknat här"
        texts.append(label)
    return ", ".join(texts) or _SOUND


def _finding(context: Context, facts: pd.DataFrame) -> str:
    absent = int(facts["year"].isna().sum())
    parts = [f"Rapporten använder {number(len(facts))} nyckeltal."]
    if absent:
        parts.append(f"{capitalise(cardinal(absent))} av dem saknar värde för {context.name}.")
    else:
        parts.append(f"Alla har minst ett värde för {context.name}.")
    small = sum("small" in codes for codes in facts["flags"])
    if small:
        parts.append(f"{capitalise(cardinal(small))} av dem bygger på få personer.")
    return " ".join(parts)


def limits(
    context: Context,
    general: Sequence[str],
    own_evidence: Sequence[tuple[str, str]],
    missing: Mapping[str, str],
) -> Exhibit:
    """Say what cannot be concluded, and what the municipality itself knows beyond Kolada.

    Parameters
    ----------
    context
        Who the report is about.
    general
        Swedish sentences of the catalogue.
    own_evidence
        Source and observation, as the municipality has written them in params/.
    missing
        Key figure id -> name, as it stands in a sentence, of figures without any value for the municipality.
    """
    items = [*general]
    if missing:
        names = list(dict.fromkeys(missing.values()))
        if len(names) > MOST_NAMED:
            items.append(
                f"För {number(len(missing))} nyckeltal saknas värden helt, och om dem går inget att säga. "
                "De står i tabellen ovan."
            )
        else:
            items.append(f"Det här går inte att säga något om, för värden saknas: {join(names)}.")
    blocks: list[Bullets | str] = [Bullets(tuple(items))]
    if own_evidence:
        blocks.append("Underlag utöver Kolada, som kommunen själv har lagt till:")
        blocks.append(Bullets(tuple((Strong(f"{source}: "), seen) for source, seen in own_evidence)))
    else:
        blocks.append(f"{context.name} har inte lagt till något eget underlag.")
    return Exhibit(
        id="begransningar",
        title="Vad siffrorna inte kan svara på",
        source=Source.OWN,
        alt=None,
        blocks=tuple(blocks),
    )
