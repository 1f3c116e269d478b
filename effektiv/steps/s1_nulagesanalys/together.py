"""Finding on cost and quality together: who is likely better on both, the role models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from effektiv.analysis.panels import Panel, cell, country, latest_of_both, value_at
from effektiv.analysis.role_models import (
    NAMED_FROM,
    adjusted_cost,
    likely_better,
    mean_of_window,
    nearest,
)
from effektiv.exhibits.charts import Place, Quadrant, YearPlace, quadrant
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import capitalise, cardinal, join
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named
from effektiv.steps.s1_nulagesanalys.view import AreaView
from effektiv.steps.view import measured
from effektiv.steps.wording import fit
from effektiv.types import Better, FindingChoice, Kpi

MOST_NAMED = 5
MANY = 0.8
"""When this share of the country is better on both, that is the finding, and nobody is named."""

LIKENESS = ("N00954", "N01982", "N01960", "N66077")
"""Structure that municipalities near in kind are alike in, beside population (calibrated)."""

ADJUSTED_FOR = ("N00954", "N66077")
"""Structure that unit costs are adjusted for, beside population and what the area's own model has."""


@dataclass(frozen=True)
class RoleModels:
    """Who is likely better on both cost and quality.

    Attributes
    ----------
    cost, quality
        Figures compared.
    year
        Last year of the three that are compared.
    found
        By municipality, the most likely first, at most `MOST_NAMED`: ``cost``, ``quality`` (advantage that is
        left after shrinking; cost in per cent), ``probability``.
    expected_false
        How many of those are expected not to hold three years on.
    better_share
        Share of the country that has both lower cost and better quality in the means.
    """

    cost: Kpi
    quality: Kpi
    year: int
    found: pd.DataFrame
    expected_false: float
    better_share: float


@dataclass(frozen=True)
class Advantages:
    """How likely every other municipality is better on both cost and quality.

    Attributes
    ----------
    cost, quality, year
        As in `RoleModels`.
    both
        By municipality: ``cost``, ``quality`` and ``probability`` as `effektiv.analysis.role_models.likely_better` has them,
        but cost in per cent.
    """

    cost: Kpi
    quality: Kpi
    year: int
    both: pd.DataFrame


def advantages(view: AreaView, choice: FindingChoice) -> Advantages | None:
    """Compare with every other municipality on both; None where the municipality or the noise is not known."""
    if len(choice.kpis) < 2:
        return None
    cost, quality = view.case.best(choice.kpis[0]), view.kpi(choice.kpis[1])
    case = view.case
    year = latest_of_both(case.shown(cost.id), case.shown(quality.id), case.municipality)
    if year is None or year < case.year - 2 or quality.better is Better.NEITHER:
        return None
    cost_noise, quality_noise = case.national.noise(cost.id, year), case.national.noise(quality.id, year)
    if cost_noise is None or quality_noise is None:
        return None
    costs = mean_of_window(_adjusted(view, cost, year), year, cost.breaks)
    values = mean_of_window(case.shown(quality.id), year, quality.breaks)
    both = likely_better(
        case.municipality, costs, values, quality.better, cost_noise.sd, quality_noise.sd
    ).dropna()
    if both.empty:
        return None
    # Logarithms are per cent; a deviation is so already.
    both["cost"] *= 100.0 if cost_noise.logarithmic else 1.0
    return Advantages(cost, quality, year, both)


def role_models(view: AreaView, choice: FindingChoice) -> RoleModels | None:
    """Find who is likely better on both; None where the municipality or the noise is not known."""
    known = advantages(view, choice)
    if known is None:
        return None
    both = known.both
    pool = [code for code in dict.fromkeys((*view.members, *like(view, known.year))) if code in both.index]
    likely = both.loc[pool]
    likely = likely[likely["probability"] >= NAMED_FROM]
    peers = [code for code in likely.index if code in view.members]
    rest = [code for code in likely.index if code not in view.members]
    order = [
        *sorted(peers, key=lambda code: -likely.loc[code, "probability"]),
        *sorted(rest, key=lambda code: -likely.loc[code, "probability"]),
    ][:MOST_NAMED]
    found = likely.loc[order].copy()
    return RoleModels(
        cost=known.cost,
        quality=known.quality,
        year=known.year,
        found=found,
        expected_false=float((1.0 - found["probability"]).sum()),
        better_share=float(((both["cost"] > 0) & (both["quality"] > 0)).mean()),
    )


def _adjusted(view: AreaView, cost: Kpi, year: int) -> Panel:
    """Return cost as it is compared: a deviation as it is, a unit cost in logarithms adjusted for structure."""
    panel = view.case.shown(cost.id)
    recent = panel[[column for column in panel.columns if year - 3 < int(column) <= year]]
    if cost.unit == "%":
        return recent
    explaining = {
        kpi: view.case.national.panel(kpi)
        for kpi in dict.fromkeys((*ADJUSTED_FOR, *view.area.structural_model.structure))
        if country(view.case.national.panel(kpi)).notna().sum().max() >= 200
    }
    population = view.case.national.panel(view.case.catalogue.overview.population)
    return adjusted_cost(recent, explaining, population)


def like(view: AreaView, year: int) -> Sequence[str]:
    """Return the municipalities of the most like size and structure, the nearest first."""
    conditions = {
        kpi: view.case.national.panel(kpi)
        for kpi in LIKENESS
        if country(view.case.national.panel(kpi)).notna().any(axis=None)
    }
    population = view.case.national.panel(view.case.catalogue.overview.population)
    return nearest(conditions, population, year).get(view.case.municipality, [])


def together(view: AreaView, choice: FindingChoice) -> Exhibit | None:
    """Show cost against quality, and name the role models where there are any."""
    found = role_models(view, choice)
    if found is None:
        return None
    case, cost, quality = view.case, found.cost, found.quality
    costs, values = case.shown(cost.id), case.shown(quality.id)
    year = found.year
    now = pd.DataFrame({"x": country(costs)[year], "y": country(values)[year]}).dropna()
    if case.municipality not in now.index or len(now) < 10:
        return None
    names = [view.name(str(code)) for code in found.found.index]
    models = [str(code) for code in found.found.index]  # in order: the same report gives the same bytes
    path = tuple(
        YearPlace(item, value_at(costs, case.municipality, item), value_at(values, case.municipality, item))
        for item in (year - 1, year)
        if item in costs.columns
        and item in values.columns
        and np.isfinite(value_at(costs, case.municipality, item))
        and np.isfinite(value_at(values, case.municipality, item))
        and not any(item < broken.year <= year for broken in (*cost.breaks, *quality.breaks))
    )
    peers = [code for code in view.members if code in now.index][:12]
    others = now.drop(
        index=[case.municipality, *peers, *(code for code in models if code not in peers)], errors="ignore"
    )

    def at(code: str) -> Place:
        return Place(view.name(code), cell(now, code, "x"), cell(now, code, "y"))

    return Exhibit(
        id=choice.id,
        title=_title(found, names),
        subtitle=f"{measured(quality, [year])}, och {cost.label.lower()}, {cost.unit}",
        source=Source.OWN,
        alt=(
            f"Alla kommuner efter kostnad och kvalitet, med {case.name}, {view.definite} och förebilderna vid namn. "
            "Uppåt är högre värde på kvalitetsmåttet, åt höger högre kostnad."
        ),
        figure=quadrant(
            Quadrant(
                name=case.name,
                path=path,
                others=tuple((float(x), float(y)) for x, y in others.to_numpy()),
                peers=tuple(at(code) for code in peers if code not in models),
                role_models=tuple(at(code) for code in models if code in now.index),
                median=(float(now["x"].median()), float(now["y"].median())),
                x_label=f"{cost.label}, {cost.unit}",
                y_label=f"{quality.label}, {quality.unit}",
                limits=None,
                corners=_corners(quality),
            )
        ),
        blocks=(fit([*_sentences(view, found, names), choice.note]),),
        table=_table(view, found),
        kpis=(cost.id, quality.id),
    )


def _corners(quality: Kpi) -> tuple[str, str, str, str]:
    up, down = "bättre", "sämre"
    if quality.better is Better.LOWER:
        up, down = down, up
    return (f"{up}, billigare", f"{up}, dyrare", f"{down}, billigare", f"{down}, dyrare")


def _title(found: RoleModels, names: Sequence[str]) -> str:
    what = named(found.quality)
    if found.better_share >= MANY:
        return "De flesta kommuner har både bättre resultat och lägre kostnad"
    if len(names) == 1:
        return f"{names[0]} har troligen både bättre {_plain_noun(what)} och lägre kostnad"
    if names:
        return f"{capitalise(cardinal(len(names), common=True))} kommuner har troligen både bättre resultat och lägre kostnad"
    return "Ingen kommun pekas ut som förebild"


def _plain_noun(what: str) -> str:
    return "resultat" if what.startswith("”") or " " in what else what


def _sentences(view: AreaView, found: RoleModels, names: Sequence[str]) -> list[str]:
    if found.better_share >= MANY:
        return [
            f"Av landets kommuner har {plain(round(100 * found.better_share))} procent både lägre kostnad och bättre "
            "värde på måttet, i medeltal över tre år. Då säger enskilda förebilder lite."
        ]
    if not names:
        return [
            "Skillnaderna i medeltal över tre år är för små mot hur de brukar variera för att någon ska pekas ut.",
            "Tre av fyra kommuner har ingen sådan förebild.",
        ]
    first = found.found.iloc[0]
    unit = "procentenheter" if found.cost.unit == "%" else "procent"
    quality_unit = "procentenheter" if found.quality.unit == "%" else found.quality.unit
    peers = sum(str(code) in view.members for code in found.found.index)
    where = (
        "" if peers == len(names) else " De som inte hör till gruppen liknar kommunen i storlek och struktur."
    )
    listed = f"Det är {join(names)}.{where}" if len(names) > 1 else where.strip()
    return [
        listed,
        f"För {view.name(str(found.found.index[0]))} väntas försprånget vara omkring {plain(float(first['cost']))} "
        f"{unit} i kostnad och {plain(float(first['quality']))} {quality_unit} i kvalitet.",
        "Ungefär nio av tio sådana försprång håller i sig i tre år.",
        "Ett samtal är mödan värt; vad som görs annorlunda syns inte i siffrorna.",
    ]


def _table(view: AreaView, found: RoleModels) -> Table | None:
    if found.found.empty or found.better_share >= MANY:
        return None
    inhabitants = view.case.national.inhabitants(found.year)
    unit = "procentenheter" if found.cost.unit == "%" else "procent"
    rows: list[tuple[Value, ...]] = [
        (
            view.name(str(code)),
            "ja" if code in view.members else "nej",
            float(inhabitants.get(str(code), np.nan)),
            float(item["cost"]),
            float(item["quality"]),
            100.0 * float(item["probability"]),
        )
        for code, item in found.found.iterrows()
    ]
    return Table(
        caption=f"Förebilder för {view.case.name}, medeltal av tre år till {found.year}",
        columns=(
            Column("kommun", "Kommun"),
            Column("grupp", "I gruppen"),
            Column("invanare", "Invånare", kind="number", decimals=0),
            Column("kostnad", "Väntat försprång i kostnad", kind="number", unit=unit, decimals=1),
            Column(
                "kvalitet", "Väntat försprång i kvalitet", kind="number", unit=found.quality.unit, decimals=1
            ),
            Column("sannolikhet", "Sannolikhet att båda håller", kind="number", unit="%", decimals=0),
        ),
        rows=tuple(rows),
    )
