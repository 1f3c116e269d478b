"""Findings over time: a cost against Riket and the group, and numbers of persons."""

from __future__ import annotations

import numpy as np
import pandas as pd

from effektiv.analysis.certainty import Certainty, against_peers, changes
from effektiv.analysis.panels import by_year, cell, row, value_at
from effektiv.analysis.peers import group_median
from effektiv.exhibits.charts import Line, Trend, trend
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.saying import plain, plain_amount
from effektiv.exhibits.swedish import capitalise, number, unit_in_text, years
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named
from effektiv.steps.s1_nulagesanalys.view import AreaView
from effektiv.steps.view import measured
from effektiv.steps.wording import fit, says_in
from effektiv.types import RIKET, FindingChoice, Kpi

SHOWN_YEARS, SURE_SPAN = 5, 4
FEWEST_COUNTED = 5
"""A number of persons under this is not written."""


def course(view: AreaView, choice: FindingChoice) -> Exhibit | None:
    """Show a cost over the last comparable years, with Riket and the group's median."""
    if not choice.kpis:
        return None
    kpi = view.case.best(choice.kpis[0])
    latest = view.case.latest(kpi.id)
    if latest is None:
        return None
    panel = view.case.shown(kpi.id)
    broken = max((item.year for item in kpi.breaks if item.year <= latest[0]), default=0)
    own = row(panel, view.case.municipality).dropna()
    shown = [
        int(year) for year in own.index if max(latest[0] - SHOWN_YEARS + 1, broken) <= int(year) <= latest[0]
    ]
    if len(shown) < 3:
        return None
    riket, median = row(panel, RIKET), group_median(panel, view.members)
    lines = [Line(view.case.name, by_year(own[shown]), "own")]
    lines += [
        Line(name, found, role)  # type: ignore[arg-type]
        for name, series, role in (("Riket", riket, "riket"), ("Gruppens mitt", median, "peer"))
        if len(found := by_year(series.reindex(shown)))
    ]
    first, last = shown[0], shown[-1]
    change = 100.0 * (own[last] / own[first] - 1.0) if own[first] > 0 else float("nan")
    there = 100.0 * (value_at(panel, RIKET, last) / value_at(panel, RIKET, first) - 1.0)
    sentences = [f"{says_in(kpi, own[last], last)}, mot {plain_amount(own[first], 'kr')} {first}."]
    if np.isfinite(change) and np.isfinite(there):
        sentences.append(
            f"Det är {plain(abs(change))} procent {'mer' if change > 0 else 'mindre'}; i riket ändrades det "
            f"{plain(there, signed=True)} procent."
        )
    if np.isfinite(median.get(last, np.nan)):
        sentences.append(f"I gruppens mitt är det {plain_amount(median[last], 'kr')}.")
    sentences.append(choice.note)
    preliminary = frozenset(year for year in shown if view.is_preliminary(kpi, year))
    return Exhibit(
        id=choice.id,
        title=_course_title(view, kpi, shown, rose=own[last] > own[first]),
        subtitle=measured(kpi, shown),
        source=Source.OWN,
        alt=f"Linjer över åren {years(shown)} för {view.case.name}, riket och gruppens mitt.",
        figure=trend(
            Trend(
                lines=tuple(lines),
                unit=unit_in_text(kpi.unit),
                decimals=kpi.decimals,
                preliminary=preliminary,
            )
        ),
        blocks=(fit(sentences),),
        table=_course_table(view, kpi, shown, own, median, riket),
        kpis=(kpi.id,),
    )


def _course_title(view: AreaView, kpi: Kpi, shown: list[int], *, rose: bool) -> str:
    what = capitalise(named(kpi))
    last, span = shown[-1], shown[-1] - shown[0]
    noise = view.case.national.noise(kpi.id, last)
    certainty, change = Certainty.UNCLEAR, float("nan")
    if noise is not None:
        panel = view.case.shown(kpi.id)
        comparator = against_peers(panel, {view.case.municipality: view.members}, noise)
        found = changes(panel, comparator, noise, span)
        if view.case.municipality in found.index:
            certainty = Certainty(str(found.loc[view.case.municipality, "certainty"]))
            change = cell(found, view.case.municipality, "change")
    if certainty is Certainty.UNCLEAR or np.isnan(change):
        return f"{what} har inte ändrats på ett sätt som går att skilja från gruppens"
    # Over fewer than four years a sure change has held less often than the word promises (calibrated).
    likely = "troligen " if certainty is Certainty.LIKELY or span < SURE_SPAN else ""
    return f"{what} har sedan {shown[0]} {likely}{_moved(rose=rose, more=change > 0)} än i gruppen"


def _moved(*, rose: bool, more: bool) -> str:
    """Return how a cost has moved against the group's: it may have risen less, or fallen more."""
    if rose:
        return "stigit mer" if more else "stigit mindre"
    return "sjunkit mindre" if more else "sjunkit mer"


def _course_table(
    view: AreaView, kpi: Kpi, shown: list[int], own: pd.Series, median: pd.Series, riket: pd.Series
) -> Table:
    def known(series: pd.Series, year: int) -> Value:
        found = float(series.get(year, np.nan))
        return None if np.isnan(found) else found

    return Table(
        caption=f"{kpi.label} i {view.case.name}, gruppens mitt och riket",
        columns=(
            Column("ar", "År", kind="year"),
            Column("egen", view.case.name, kind="number", unit=kpi.unit, decimals=kpi.decimals),
            Column(
                "mitten", "Gruppens mitt", kind="number", unit=kpi.unit, decimals=kpi.decimals, may_lack=True
            ),
            Column("riket", "Riket", kind="number", unit=kpi.unit, decimals=kpi.decimals, may_lack=True),
        ),
        rows=tuple((year, known(own, year), known(median, year), known(riket, year)) for year in shown),
    )


# --- numbers of persons -----------------------------------------------------------------


def counts(view: AreaView, choice: FindingChoice) -> Exhibit | None:
    """Show how many persons several figures are, over three years; per 1 000 where their base is not known."""
    series: dict[str, pd.Series] = {}
    for kpi_id in choice.kpis:
        found = _persons(view, view.kpi(kpi_id), choice)
        if found is not None:
            series[kpi_id] = found
    if not series:
        return None
    shown = sorted({int(year) for found in series.values() for year in found.index})[-3:]
    if len(shown) < 2:
        return None
    kpis = [view.kpi(kpi_id) for kpi_id in series]
    are_counts = choice.persons is not None and all(
        _is_counted(view, view.kpi(kpi_id), choice) for kpi_id in series
    )
    unit = "barn och unga" if are_counts else "per 1 000 invånare 0–20 år"
    first_kpi, first = kpis[0], series[kpis[0].id].reindex(shown)
    sentences = [_change(kpi, series[kpi.id].reindex(shown).dropna(), counted=are_counts) for kpi in kpis]
    sentences.append(choice.note)
    return Exhibit(
        id=choice.id,
        title=_counts_title(first_kpi, first.dropna(), counted=are_counts),
        subtitle=f"{choice.label or first_kpi.label}, {unit}, {years(shown)}",
        source=Source.OWN,
        alt=f"En linje för varje mått över åren {years(shown)}.",
        figure=trend(
            Trend(
                lines=tuple(
                    Line(kpi.label, by_year(series[kpi.id].reindex(shown)), role)  # type: ignore[arg-type]
                    for kpi, role in zip(kpis[:3], ("own", "peer", "riket"), strict=False)
                ),
                unit=unit,
                decimals=0 if are_counts else 1,
                zero=True,
            )
        ),
        blocks=(fit(sentences),),
        table=Table(
            caption=f"{choice.label or first_kpi.label} i {view.case.name}",
            columns=(
                Column("matt", "Mått"),
                *(
                    Column(
                        str(year),
                        str(year),
                        kind="number",
                        unit=unit,
                        decimals=0 if are_counts else 1,
                        may_lack=True,
                    )
                    for year in shown
                ),
            ),
            rows=tuple(
                (
                    kpi.label,
                    *(None if np.isnan(value) else float(value) for value in series[kpi.id].reindex(shown)),
                )
                for kpi in kpis
            ),
        ),
        kpis=(*series, *((choice.persons,) if are_counts and choice.persons else ())),
    )


def _is_counted(view: AreaView, kpi: Kpi, choice: FindingChoice) -> bool:
    if kpi.unit == "antal":
        return True
    if choice.persons is None:
        return False
    base = row(view.case.panel(choice.persons), view.case.municipality)
    own = row(view.case.panel(kpi.id), view.case.municipality).dropna()
    return bool(len(own)) and bool(np.isfinite(base.get(own.index.max(), np.nan)))


def _persons(view: AreaView, kpi: Kpi, choice: FindingChoice) -> pd.Series | None:
    """Return a figure as numbers of persons by year, or per 1 000; those of too few persons are missing."""
    latest = view.case.latest(kpi.id)
    if latest is None:
        return None
    own = row(view.case.panel(kpi.id), view.case.municipality)
    own = own[[year for year in own.index if latest[0] - 2 <= int(year) <= latest[0]]].dropna()
    share = 100.0 if kpi.unit == "%" else 1000.0
    if not _is_counted(view, kpi, choice):
        return own * (1000.0 / share)
    if kpi.unit == "antal" or choice.persons is None:
        counted = own
    else:
        base = row(view.case.panel(choice.persons), view.case.municipality)
        counted = (own / share * base.reindex(own.index)).round()
    counted = counted.where(counted >= FEWEST_COUNTED).dropna()
    return counted if len(counted) else None


def _write(value: float, *, counted: bool) -> str:
    return number(value) if counted and value < 1000 else plain(value)


def _change(kpi: Kpi, values: pd.Series, *, counted: bool) -> str:
    if values.empty:
        return ""
    last = _write(values.iloc[-1], counted=counted)
    if len(values) == 1:
        return f"{kpi.label}: {last} år {values.index[-1]}."
    first = _write(values.iloc[0], counted=counted)
    return f"{kpi.label}: från {first} till {last} mellan {values.index[0]} och {values.index[-1]}."


def _counts_title(kpi: Kpi, values: pd.Series, *, counted: bool) -> str:
    what = kpi.label
    if len(values) < 2 or values.iloc[0] == values.iloc[-1]:
        return f"{what}: lika många som tidigare" if len(values) > 1 else f"{what}: bara ett år är känt"
    word = "färre" if values.iloc[-1] < values.iloc[0] else "fler"
    return f"{what}: {word} än {values.index[0]}" + ("" if counted else ", räknat per invånare")
