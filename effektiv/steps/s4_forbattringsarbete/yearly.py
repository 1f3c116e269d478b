"""Kolada's yearly figures since the work began: what has moved by more than chance, and by more than comes by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.analysis.certainty import Certainty, against_peers, changes
from effektiv.analysis.panels import cell, country, row
from effektiv.data.revisions import COLUMNS
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import capitalise, cardinal, join
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named
from effektiv.steps.s3_atgarder.facts import Planned
from effektiv.steps.s4_forbattringsarbete.followed import AreaFollowUp
from effektiv.steps.services import ServiceCase
from effektiv.steps.view import View
from effektiv.steps.wording import CERTAINTY_WORDS, fit
from effektiv.types import Better, FocusArea, Kpi

BEFORE, ALIKE = 3, 59
"""The level before is a mean of so many years; so many municipalities of the nearest level are those that lay alike."""


@dataclass(frozen=True)
class Moved:
    """How a figure has moved against the peers since the last year before the work.

    Attributes
    ----------
    kpi
        The figure.
    first, last
        Years.
    own, own_before
        Own values in them.
    change
        Against the peers' middle, on the scale of the figure's noise.
    margin
        The change that chance gives once in five.
    certainty
        Of the change against the peers; UNCLEAR also where those that lay alike moved nearly as much.
    alike
        What those that lay alike before have moved in the same years, in the figure's unit.
    """

    kpi: Kpi
    first: int
    last: int
    own_before: float
    own: float
    change: float
    margin: float
    certainty: Certainty
    alike: float

    @property
    def is_better(self) -> bool:
        """Whether it has moved the better way against the peers."""
        return (self.change > 0) == (self.kpi.better is Better.HIGHER)


def start_year(measures: tuple[Planned, ...]) -> int | None:
    """Return the year in which the first measure begins; None where none has a start."""
    return min((item.start.year for item in measures if item.start is not None), default=None)


def figures_of(case: ServiceCase, area: FocusArea) -> tuple[str, ...]:
    """Return the figures that are followed: those of the goal, else the area's cost and outcome."""
    aim = case.params.area(area.id).aim
    written = (*((aim.primary.kpi,) if aim.primary is not None else ()), *aim.others)
    return tuple(dict.fromkeys(written or (area.deviation_pct, area.unit_cost, area.headline_quality)))


def moved(case: ServiceCase, area: FocusArea, kpi_id: str, start: int) -> Moved | None:
    """Return how a figure has moved since the year before the work; None where an end or the noise is missing."""
    kpi = case.kpi(kpi_id)
    latest = case.latest(kpi_id)
    if latest is None or latest[0] < start:
        return None
    first, last = start - 1, latest[0]
    if any(first < item.year <= last for item in kpi.breaks):
        return None
    panel, noise = case.shown(kpi_id), case.national.noise(kpi_id, last)
    own = row(panel, case.municipality)
    if noise is None or not np.isfinite(own.get(first, np.nan)):
        return None
    group = View(case, area).members
    found = changes(panel, against_peers(panel, {case.municipality: group}, noise), noise, last - first)
    if case.municipality not in found.index:
        return None
    change, margin = (cell(found, case.municipality, key) for key in ("change", "m80"))
    alike = _alike(panel, case.municipality, first, last)
    beyond = _scaled_beyond(noise.scaled(country(panel)), case.municipality, first, last)
    certainty = Certainty(str(found.loc[case.municipality, "certainty"]))
    # Those that lay alike often move the same way by themselves: then nothing is said, however sure the change is.
    if not np.isfinite(beyond) or abs(beyond) < margin or np.sign(beyond) != np.sign(change):
        certainty = Certainty.UNCLEAR
    return Moved(kpi, first, last, float(own[first]), latest[1], change, margin, certainty, alike)


def _nearest(panel: pd.DataFrame, own: str, first: int) -> list[str]:
    before = [year for year in panel.columns if first - BEFORE < int(year) <= first]
    level = panel[before].mean(axis=1)
    if own not in level.index or not np.isfinite(level[own]):
        return []
    away = (level.drop(index=own) - level[own]).abs().dropna().sort_values(kind="stable")
    return [str(code) for code in away.index[:ALIKE]]


def _alike(panel: pd.DataFrame, own: str, first: int, last: int) -> float:
    known = country(panel)
    near = _nearest(known, own, first)
    return float((known[last] - known[first])[near].mean()) if len(near) else float("nan")


def _scaled_beyond(scaled: pd.DataFrame, own: str, first: int, last: int) -> float:
    near = _nearest(scaled, own, first)
    if not len(near):
        return float("nan")
    usual = (scaled[last] - scaled[first])[near].mean()
    own_change = scaled.loc[[own], last].iloc[0] - scaled.loc[[own], first].iloc[0]
    return float(own_change) - float(usual)


def yearly_finding(case: ServiceCase, area: FocusArea, measures: tuple[Planned, ...]) -> Exhibit | None:
    """Show how the goal's figures have moved since the work began; None before there is a year to show."""
    start = start_year(measures)
    if start is None:
        return None
    found = [item for kpi in figures_of(case, area) if (item := moved(case, area, kpi, start)) is not None]
    if not found:
        return None
    sure = [item for item in found if item.certainty is not Certainty.UNCLEAR]
    return Exhibit(
        id="arsvarden",
        title=_title(found, sure),
        subtitle=f"Koladas årsvärden, mot {case.peers.definite}",
        source=Source.OWN,
        alt=None,
        blocks=(
            fit(
                [
                    *(_sentence(item, case) for item in (sure or found)[:1]),
                    revised_sentence(case, area),
                    _LIKE,
                ]
            ),
        ),
        table=_table(found),
        kpis=tuple(item.kpi.id for item in found),
    )


_LIKE = (
    "Som troligt eller säkert räknas bara det som är mer än både slumpen ger och de som låg lika har ändrats."
)


def _title(found: list[Moved], sure: list[Moved]) -> str:
    first = min(item.first for item in found)
    if not sure:
        return f"Årsvärdena sedan {first} går inte att skilja från slump och återgång"
    names = join([named(item.kpi) for item in sure])
    likely = "troligen " if any(item.certainty is Certainty.LIKELY for item in sure) else ""
    if all(item.is_better for item in sure):
        return f"{capitalise(names)} har {likely}blivit bättre mot gruppen sedan {first}"
    if not any(item.is_better for item in sure):
        return f"{capitalise(names)} har {likely}blivit sämre mot gruppen sedan {first}"
    return f"{capitalise(cardinal(len(sure)))} årsvärden har {likely}ändrats mot gruppen sedan {first}"


def _sentence(item: Moved, case: ServiceCase) -> str:
    alike = (
        f", medan de som låg lika ändrades {plain(item.alike, signed=True)}"
        if np.isfinite(item.alike)
        else ""
    )
    return (
        f"{capitalise(named(item.kpi))} gick från {plain(item.own_before)} år {item.first} till {plain(item.own)} år "
        f"{item.last} i {case.name}{alike}."
    )


def _table(found: list[Moved]) -> Table:
    rows: list[tuple[Value, ...]] = [
        (item.kpi.label, item.first, item.own_before, item.last, item.own,
         item.alike if np.isfinite(item.alike) else None, CERTAINTY_WORDS[item.certainty])
        for item in found
    ]  # fmt: skip
    return Table(
        caption="Årsvärden före arbetet och nu",
        columns=(
            Column("nyckeltal", "Nyckeltal"),
            Column("fore_ar", "Före", kind="year"),
            Column("fore", "Värde före", kind="number"),
            Column("nu_ar", "Nu", kind="year"),
            Column("nu", "Värde nu", kind="number"),
            Column("lika", "De som låg lika", kind="number", signed=True, may_lack=True),
            Column("sakerhet", "Ändringen mot gruppen"),
        ),
        rows=tuple(rows),
        row_decimals=tuple(item.kpi.decimals for item in found),
    )


# What the source has revised -------------------------------------------------------------------


def revised(case: ServiceCase, area: FocusArea) -> pd.DataFrame:
    """Return the municipality's own values of the followed figures that the fetch found otherwise than the one before.

    Returns
    -------
    pandas.DataFrame
        Columns of `effektiv.data.revisions.COLUMNS`; empty where nothing was revised, or nothing is known of it.
    """
    found = case.snapshot.revisions
    if found is None:
        return pd.DataFrame(columns=list(COLUMNS))
    followed = [kpi for kpi in figures_of(case, area) if case.kpi(kpi).formula is None]
    own = found[(found["municipality"] == case.municipality) & found["kpi"].isin(followed)]
    return own.reset_index(drop=True)


def revised_sentence(case: ServiceCase, area: FocusArea) -> str:
    """Say what has been revised of the followed figures; empty where nothing has."""
    found = revised(case, area)
    if found.empty:
        return ""
    since = "Sedan det förra datauttaget har källan"
    if len(found) > 1:
        return f"{since} ändrat {cardinal(len(found))} av de värden som följs; de står i underlaget."
    item = found.iloc[0]
    what = f"{named(case.kpi(str(item['kpi'])))} år {item['year']}{_GENDERS[str(item['gender'])]}"
    if pd.isna(item["after"]):
        return f"{since} tagit bort {what}, som var {plain(item['before'])}."
    before, after = plain(item["before"]), plain(item["after"])
    if before == after:
        return f"{since} ändrat {what} något; värdena står i underlaget."
    return f"{since} ändrat {what} från {before} till {after}."


_GENDERS = {"T": "", "K": " för kvinnor", "M": " för män"}


class YearlyCase(AreaFollowUp):
    """A case that says what has been revised since the data were fetched the last time."""

    def revisions(self) -> Exhibit:
        """Visa vilka värden som källan har ändrat sedan det förra datauttaget."""
        name, title = "reviderat", "Värden som har ändrats sedan det förra datauttaget"
        found = revised(self, self.area)
        if found.empty:
            return nothing(
                name, title, "Inget värde som följs är känt som ändrat sedan det förra datauttaget.", flags=()
            )
        figures = [self.kpi(str(kpi)) for kpi in found["kpi"]]
        rows: list[tuple[Value, ...]] = [
            (kpi.label + _GENDERS[str(item["gender"])], item["year"], item["before"],
             None if pd.isna(item["after"]) else item["after"])
            for kpi, item in zip(figures, found.to_dict("records"), strict=True)
        ]  # fmt: skip
        return Exhibit(
            id=name,
            title=title,
            source=Source.KOLADA,
            alt=None,
            how_to_read="Ett tomt värde efter betyder att värdet har tagits bort.",
            table=Table(
                caption=title,
                columns=(
                    Column("nyckeltal", "Nyckeltal"),
                    Column("ar", "År", kind="year"),
                    Column("fore", "Förra datauttaget", kind="number"),
                    Column("efter", "Det här datauttaget", kind="number", may_lack=True),
                ),
                rows=tuple(rows),
                row_decimals=tuple(kpi.decimals for kpi in figures),
            ),
            kpis=tuple(dict.fromkeys(kpi.id for kpi in figures)),
        )
