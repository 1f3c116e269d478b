"""Role models: who does better on both cost and quality, by how much and for how long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from effektiv.analysis.panels import breaks_of, latest_of_both, row, window
from effektiv.analysis.role_models import role_models as find_role_models
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.swedish import cardinal, is_missing, join, number
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import difference_unit, named
from effektiv.steps.base import AreaBase
from effektiv.types import Kpi

MOST_INSIDE = 10
"""Role models in the peer group that are listed; only a very large group has more."""


MOST_OUTSIDE = 5
"""Role models outside the peer group that are listed; the rest are counted."""


MOST_NAMED = 5
"""Names in a sentence; the rest are counted."""


NEEDED = 2
"""Years of the last three in which a role model must do better on both."""


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

    def codes(self, *, peer: bool | None = None, certain: bool | None = None) -> tuple[str, ...]:
        """Return the codes, best first; those in or outside the peer group, or with or without a certain difference."""
        wanted = {"peer": peer, "certain": certain}
        kept = self.frame
        for column, value in wanted.items():
            if value is not None:
                kept = kept[kept[column].astype(bool) == value]
        return tuple(str(code) for code in kept.index)


class RoleModelsCase(AreaBase):
    """Who does better on both cost and quality."""

    @cached_property
    def role_model_years(self) -> tuple[int, ...]:
        """The last three years, back to a break, up to the latest with both cost and quality."""
        cost, quality = self.kpi(self.area.deviation_pct), self.kpi(self.area.headline_quality)
        year = latest_of_both(self.panel(cost.id), self.panel(quality.id), self.municipality)
        return () if year is None else window(year, 3, breaks_of((cost, quality)))

    @cached_property
    def role_model_frame(self) -> pd.DataFrame | None:
        """Role models on net cost deviation and the headline quality, best first.

        See `effektiv.analysis.role_models.role_models` for the columns. None when the
        municipality lacks one of the figures in too many of `role_model_years` to judge.
        """
        cost, quality = self.kpi(self.area.deviation_pct), self.kpi(self.area.headline_quality)
        panels = self.panel(cost.id), self.panel(quality.id)
        own = [row(panel, self.municipality).reindex(list(self.role_model_years)) for panel in panels]
        if (own[0].notna() & own[1].notna()).sum() < NEEDED:
            return None
        year = self.role_model_years[-1]
        return find_role_models(
            *panels,
            quality.better,
            self.municipality,
            self.peers.members,
            year=year,
            cost_noise=self.national.yardstick(cost.id).noise(year),
            quality_noise=self.national.yardstick(quality.id).noise(year),
            breaks=breaks_of((cost, quality)),
            needed=NEEDED,
        )

    @cached_property
    def role_model_choice(self) -> RoleModels | None:
        """Role models and the municipality's own choice of them."""
        if self.role_model_frame is None:
            return None
        chosen = self.params.area(self.area.id).role_models
        return RoleModels(
            frame=self.role_model_frame,
            cost=self.kpi(self.area.deviation_pct),
            quality=self.kpi(self.area.headline_quality),
            years=self.role_model_years,
            chosen={code: self.national.names[code] for code in chosen if code in self.national.names},
        )

    def role_models(self) -> Exhibit:
        """Visa förebilder: vilka som lyckas bättre, med hur mycket och hur länge."""
        flags = self.flags(self.area.deviation_pct, self.area.headline_quality)
        context, found = self.context, self.role_model_choice
        title = "Förebilder"
        if found is None:
            return nothing(
                "forebilder",
                title,
                f"Förebilder kräver både kostnad och kvalitet för {context.name} under minst två av de tre senaste åren.",
            )
        shown = _shown(found)
        return Exhibit(
            id="forebilder",
            title=title,
            source=Source.OWN,
            alt=None,
            finding=finding(context, found),
            blocks=tuple(_blocks(context, found)),
            table=_table(context, found, shown) if len(shown) else None,
            how_to_read=_how_to_read(found, shown),
            notes=(
                "Skillnaderna är medelvärden över de jämförda åren. En skillnad är säker när både kostnad och kvalitet "
                "skiljer sig mer än slumpen mellan åren. Att en kommun har bättre siffror säger inte vad som ligger bakom."
            ),
            flags=flags,
        )


def short_list(names: Sequence[str]) -> str:
    """Join names, but no more than `MOST_NAMED`: "A, B, C, D, E och 12 till"."""
    if len(names) <= MOST_NAMED + 1:
        return join(names)
    return join([*names[:MOST_NAMED], f"{number(len(names) - MOST_NAMED)} till"])


def _blocks(context: Context, found: RoleModels) -> list[str]:
    blocks = [_own_choice(context, found)] if found.chosen else []
    if found.frame.empty:
        blocks.append("Därför finns ingen tabell över förebilder.")
    return blocks


def finding(context: Context, found: RoleModels) -> str:
    """Say who the role models are, and for how many the difference is certain."""
    inside, outside = found.codes(peer=True), found.codes(peer=False)
    what = f"både bättre kvalitet och lägre kostnad än {context.name}"
    when = f"under minst två av åren {found.years[0]}–{found.years[-1]}"
    if inside:
        parts = [f"I gruppen har {short_list([context.names[code] for code in inside])} {what} {when}."]
    else:
        parts = [f"Ingen i gruppen har {what} {when}."]
    if outside:
        noun = "kommun" if len(outside) == 1 else "kommuner"
        parts.append(f"I resten av landet har {cardinal(len(outside), common=True)} {noun} det.")
    elif not context.peers.whole_country:
        parts.append("I resten av landet har ingen kommun det.")
    if inside or outside:
        parts.append(_certainty(len(found.codes(certain=True)), len(inside) + len(outside)))
    return " ".join(parts)


def _certainty(sure: int, total: int) -> str:
    if total == 1:
        return "Skillnaden är säker." if sure else "Skillnaden är inte säker."
    if sure in {0, total}:
        return f"Skillnaden är säker för {'alla' if sure else 'ingen'} av dem."
    return f"Skillnaden är säker för {cardinal(sure, common=True)} av dessa {cardinal(total)}."


def _shown(found: RoleModels) -> pd.DataFrame:
    codes = [*found.codes(peer=True)[:MOST_INSIDE], *found.codes(peer=False)[:MOST_OUTSIDE]]
    return found.frame.loc[codes]


def _own_choice(context: Context, found: RoleModels) -> str:
    names = join(found.chosen.values())
    meets = [name for code, name in found.chosen.items() if code in found.frame.index]
    noun = "förebild" if len(found.chosen) == 1 else "förebilder"
    if len(found.chosen) == 1:
        met = f"Den kommunen uppfyller {'' if meets else 'inte '}villkoret."
    else:
        met = f"Av dem uppfyller {join(meets) if meets else 'ingen'} villkoret."
    return f"{context.name} har själv valt {names} som {noun}. {met}"


def _how_to_read(found: RoleModels, shown: pd.DataFrame) -> str:
    parts = [
        f"En förebild har under minst två av åren {found.years[0]}–{found.years[-1]} haft både bättre kvalitet, mätt med "
        f"{named(found.quality)}, och lägre kostnad, mätt med {named(found.cost)}. Även medelvärdet ska vara bättre.",
        "Kommuner i jämförelsegruppen står först.",
    ]
    left_out = len(found.frame) - len(shown)
    if left_out:
        noun = "förebild" if left_out == 1 else "förebilder"
        parts.append(f"Tabellen tar inte med ytterligare {cardinal(left_out, common=True)} {noun}.")
    return " ".join(parts)


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
