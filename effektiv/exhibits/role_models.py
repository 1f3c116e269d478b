"""Who does better: municipalities with higher quality and lower adjusted cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.swedish import cardinal, is_missing, join, sentence
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import difference_unit, named
from effektiv.types import Flag, Kpi

MOST_OUTSIDE = 5
"""Role models outside the peer group that are named; the rest are counted."""


@dataclass(frozen=True)
class RoleModels:
    """The role models and what they were chosen by.

    Attributes
    ----------
    frame
        Result of `effektiv.analysis.role_models.role_models`.
    cost, quality
        The figures compared.
    years
        The years of the window.
    chosen
        Code -> name of the municipality's own choice (params).
    """

    frame: pd.DataFrame
    cost: Kpi
    quality: Kpi
    years: tuple[int, ...]
    chosen: Mapping[str, str]


def role_models(context: Context, found: RoleModels | None, flags: tuple[Flag, ...]) -> Exhibit:
    """List the role models, those in the peer group first, by how much and since when."""
    title = "Förebilder"
    if found is None:
        return nothing(
            "forebilder", title, "Det kräver kostnad och kvalitet för kommunen under minst två av tre år."
        )
    shown = _shown(found.frame)
    blocks = [_own_choice(context, found)] if found.chosen else []
    return Exhibit(
        id="forebilder",
        title=title,
        source=Source.OWN,
        alt=None,
        finding=finding(context, found),
        blocks=tuple(blocks),
        table=_table(context, found, shown) if len(shown) else None,
        how_to_read=_how_to_read(found),
        notes=(
            "Skillnaderna är medelvärden över de jämförda åren. En skillnad är säker när den är större än slumpen "
            "mellan åren. Att en kommun har bättre siffror säger inte vad som ligger bakom."
        ),
        flags=flags,
    )


def finding(context: Context, found: RoleModels) -> str:
    """Say in one sentence who the role models are."""
    inside = found.frame.index[found.frame["peer"].astype(bool)]
    outside = len(found.frame) - len(inside)
    what = f"både bättre kvalitet och lägre kostnad än {context.name}"
    when = f"under minst två av åren {found.years[0]}–{found.years[-1]}"
    if len(inside):
        names = join([context.names[str(code)] for code in inside])
        verb = f"Bland {context.peers.definite} har {names} {what} {when}."
    else:
        verb = f"Ingen av {context.peers.definite} har {what} {when}."
    if not outside:
        return sentence([verb, "I resten av landet finns ingen sådan kommun." if len(inside) else ""])
    noun = "kommun" if outside == 1 else "kommuner"
    count = cardinal(outside, common=True)
    return sentence(
        [verb, f"I resten av landet finns {count} {noun} med både bättre kvalitet och lägre kostnad."]
    )


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    inside = frame["peer"].astype(bool)
    return pd.concat([frame[inside], frame[~inside].head(MOST_OUTSIDE)])


def _own_choice(context: Context, found: RoleModels) -> str:
    names = join(found.chosen.values())
    meets = [name for code, name in found.chosen.items() if code in found.frame.index]
    met = f"Av dem uppfyller {join(meets)} villkoret." if meets else "Ingen av dem uppfyller villkoret."
    return f"{context.name} har själv valt {names} som förebild. {met}"


def _how_to_read(found: RoleModels) -> str:
    return (
        f"En förebild har under minst två av åren {found.years[0]}–{found.years[-1]} haft både bättre kvalitet, mätt med "
        f"{named(found.quality)}, och lägre kostnad, mätt med {named(found.cost)}. Kommuner i jämförelsegruppen står först."
    )


def _table(context: Context, found: RoleModels, shown: pd.DataFrame) -> Table:
    rows: list[tuple[Value, ...]] = [
        (
            context.names[str(code)],
            "ja" if row["peer"] else "nej",
            float(row["cost_difference"]),
            float(row["quality_difference"]),
            f"{int(row['years_better'])} av {int(row['years_compared'])}",
            None if is_missing(row["since"]) else int(row["since"]),
            "ja" if row["certain"] else "nej",
        )
        for code, row in shown.iterrows()
    ]
    columns = (
        Column("kommun", "Kommun"),
        Column("grupp", "I jämförelsegruppen"),
        Column("kostnad", found.cost.label, kind="number", unit=difference_unit(found.cost),
               decimals=found.cost.decimals, signed=True),
        Column("kvalitet", found.quality.label, kind="number", unit=difference_unit(found.quality),
               decimals=found.quality.decimals, signed=True),
        Column("ar", "År med båda"),
        Column("sedan", "Båda sedan", kind="year"),
        Column("saker", "Säker skillnad"),
    )  # fmt: skip
    return Table(
        caption=f"Skillnad mot {context.name}, medelvärde {found.years[0]}–{found.years[-1]}",
        columns=columns,
        rows=tuple(rows),
    )
