"""Finding on allocation: what one more means, which units do not balance, and how today differs from the model."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from effektiv.analysis.allocation import Balance, needed_share, per_performed_hour
from effektiv.exhibits.charts import BarRow, Bars, bars
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.saying import plain
from effektiv.exhibits.svg import Figure
from effektiv.exhibits.swedish import capitalise, cardinal, join, number
from effektiv.exhibits.table import Column, Table
from effektiv.params.allocation import CHILDREN, HOURS, PUPILS
from effektiv.steps.s3_atgarder.allocation_view import AllocationView
from effektiv.steps.s3_atgarder.view import MeasureView
from effektiv.steps.s3_atgarder.words import kronor, scale
from effektiv.steps.wording import fit

MOST_ROWS, MOST_RUNS = 12, 2
UNIT = {
    PUPILS: ("skolan", "skolor"),
    CHILDREN: ("förskolan", "förskolor"),
    HOURS: ("gruppen", "hemtjänstgrupper"),
}
CLASS = {
    PUPILS: ("klassen", "en ny klass", "klasser"),
    CHILDREN: ("avdelningen", "en ny avdelning", "avdelningar"),
}
_ARTICLE = {PUPILS: "en elev", CHILDREN: "ett barn", HOURS: "en timme"}


def allocation_finding(view: MeasureView) -> Exhibit | None:
    """Show what the allocation says; None where nothing is written, or something that it needs is missing."""
    found = view.allocation
    if found.found is None or found.rules is None:
        return None
    figure, alt, subtitle = _picture(found)
    return Exhibit(
        id="fordelning-fynd",
        title=_title(found),
        subtitle=subtitle,
        source=Source.MUNICIPALITY,
        alt=alt if figure is not None else None,
        figure=figure,
        blocks=(fit(_sentences(found)),),
        table=_table(found),
    )


def _title(found: AllocationView) -> str:
    assert found.rules is not None
    counted, off, total = found.rules.counted, found.off_balance, len(found.units)
    one, many = UNIT[counted]
    if not found.is_judged:
        return _change_title(found)
    fails = (
        f"täcker inte sina {CLASS[counted][2]}"
        if counted != HOURS
        else "har för lite tid hos brukaren för att gå ihop"
    )
    if not off:
        how = (
            f"täcker sina {CLASS[counted][2]}"
            if counted != HOURS
            else "går ihop med den tid de har hos brukaren"
        )
        who = f"Alla {cardinal(total)} {many}" if total > 1 else capitalise(one)
        return f"{who} {how} när budgeten fördelas efter {found.many}"
    if total == 1:
        return f"{capitalise(one)} {fails} när budgeten fördelas efter {found.many}"
    who = f"{capitalise(cardinal(len(off), common=True))} av {cardinal(total)} {many}"
    return f"{who} {fails} när budgeten fördelas efter {found.many}"


def _change_title(found: AllocationView) -> str:
    largest = _largest(found)
    if largest is None:
        return f"{capitalise(_one_more_of(found))} till ger i snitt {kronor(found.mean_each)}"
    unit, change = largest
    way = "mer" if change > 0 else "mindre"
    return f"Fördelad efter {found.many} ger budgeten {found.names[unit]} {kronor(change)} {way} än i dag"


def _one_more_of(found: AllocationView) -> str:
    assert found.rules is not None
    return _ARTICLE[found.rules.counted]


def _largest(found: AllocationView) -> tuple[str, float] | None:
    """Return the unit that the model changes most, and by how much; None where today's is not known or nothing changes."""
    known = {str(unit): float(value) for unit, value in found.change.dropna().items()}
    if not known or max(map(abs, known.values())) < 500:
        return None
    unit = max(known, key=lambda one: abs(known[one]))
    return unit, known[unit]


def _sentences(found: AllocationView) -> list[str]:
    assert found.rules is not None
    said = [f"{capitalise(_one_more_of(found))} till ger i snitt {kronor(found.mean_each)}."]
    if found.costs is not None:
        place, new, _ = CLASS[found.rules.counted]
        room, step = found.costs.per_pupil, found.costs.per_pupil + found.costs.per_class
        cost = f"kostar {kronor(room)}" if room else "kostar inget nytt"
        said.append(f"Den som ryms i {place} {cost}, men behövs {new} kostar det {kronor(step)}.")
        said += _balance_sentences(found)
    if found.hourly is not None:
        said += _time_sentences(found)
    largest = _largest(found)
    if largest is not None and (found.costs is not None or found.hourly is not None):
        unit, change = largest
        way = "mer" if change > 0 else "mindre"
        said.append(f"{found.names[unit]} ändras mest: {kronor(change)} {way} än i dag.")
    return said


def _balance_sentences(found: AllocationView) -> list[str]:
    if not found.off_balance:
        return []
    unit = found.off_balance[0]
    size = found.sizes[unit]
    said = balanced_at(found.balances[unit], size, most=MOST_RUNS)
    nearest = "närmast " if len(found.balances[unit].runs) > MOST_RUNS else ""
    return [f"{found.names[unit]} har {number(size)} {found.many} och går ihop {nearest}vid {said}." if said else
            f"{found.names[unit]} går inte ihop ens med dubbelt så många {found.many}."]  # fmt: skip


def balanced_at(found: Balance, size: float, *, most: int | None = None) -> str:
    """Write the numbers at which a unit balances: "250, 267–275 eller minst 283"; the nearest to its size where many."""
    runs = list(found.runs)
    if most is not None and len(runs) > most:
        nearest = sorted(runs, key=lambda run: max(run[0] - size, size - run[1], 0.0))[:most]
        runs = sorted(nearest)
    words = [
        f"minst {number(first)}"
        if last == found.searched
        else number(first)
        if first == last
        else f"{number(first)}–{number(last)}"
        for first, last in runs
    ]
    return join(words).replace(" och ", " eller ") if words else ""


def _time_sentences(found: AllocationView) -> list[str]:
    assert found.rules is not None and found.rules.worked_time is not None and found.hourly is not None
    table, other = found.worked, found.rules.worked_time.other
    known = table[table["worked"] > 0]
    if known.empty:
        return []
    share = float(known["hours"].sum() / known["worked"].sum())
    rate = float((known["rate"] * known["hours"]).sum() / known["hours"].sum())
    needed = needed_share(found.hourly, rate, other)
    cost = per_performed_hour(found.hourly, share) + other
    said = [
        f"{plain(100 * share)} procent av arbetstiden är utförd tid, så en utförd timme kostar {kronor(cost)}."
    ]
    if needed <= 1:
        said.append(f"För att gå ihop behövs {plain(100 * needed)} procent.")
    else:
        said.append("Med den ersättningen går det inte ihop ens om all arbetstid är hos brukaren.")
    return said


def _picture(found: AllocationView) -> tuple[Figure | None, str, str]:
    assert found.rules is not None
    year = found.rules.year
    if found.hourly is not None:
        shown = 100 * found.worked["share"].dropna()
        needed = 100 * found.worked["needed"].clip(upper=1.0)
        if shown.empty:
            return None, "", f"Budget {year}"
        chosen = _chosen((shown - needed).dropna())
        rows = tuple(
            BarRow(found.names[unit], float(shown[unit]), expected=float(needed[unit])) for unit in chosen
        )
        return (
            bars(
                Bars(
                    rows=rows,
                    unit="%",
                    decimals=0,
                    signed=False,
                    ordered=False,
                    expected_text="Behövs för att gå ihop",
                )
            ),
            "En stapel för varje grupp: andelen av arbetstiden som är utförd tid. Ett streck visar andelen som behövs.",
            f"Utförd tid hos brukaren, procent av arbetad tid, {year}",
        )
    if found.costs is not None:
        values, what = found.surplus, f"Det {UNIT[found.rules.counted][0]} får minus det den kostar"
        alt = "En stapel för varje enhet: vad den får i modellen minus vad dess klasser kostar."
    else:
        values, what = found.change.dropna(), "Modellen minus tilldelningen i dag"
        alt = "En stapel för varje enhet: vad modellen ger mer eller mindre än i dag."
    if values.empty:
        return None, "", f"Budget {year}"
    by, unit, decimals = scale(values)
    rows = tuple(BarRow(found.names[code], float(values.loc[code]) / by) for code in _chosen(values))
    figure = bars(Bars(rows=rows, unit=unit, decimals=decimals))
    return figure, alt, f"{what}, {'miljoner' if unit == 'mnkr' else 'tusen'} kronor, {year}"


def _chosen(values: pd.Series) -> Sequence[str]:
    """Return the units to draw: all, or where they are many those furthest from nought; the lowest first."""
    ordered = values.abs().sort_values(ascending=False, kind="stable").index[:MOST_ROWS]
    return [str(unit) for unit in values.loc[ordered].sort_values(kind="stable").index]


def _table(found: AllocationView) -> Table:
    assert found.found is not None and found.rules is not None
    total = found.found.parts["total"]
    codes = list(total.index)
    return Table(
        caption=f"Fördelningen {found.rules.year}, enhet för enhet",
        columns=(
            Column("enhet", "Enhet"),
            Column("volym", capitalise(found.many), kind="number", decimals=0),
            Column("idag", "I dag", kind="number", unit="tkr", decimals=0, may_lack=True),
            Column("modell", "Modellen", kind="number", unit="tkr", decimals=0),
            Column("skillnad", "Skillnad", kind="number", unit="tkr", decimals=0, signed=True, may_lack=True),
        ),
        rows=tuple(
            (
                found.names[unit],
                found.sizes[str(unit)],
                _thousands(found.given[unit]),
                float(total[unit]) / 1e3,
                _thousands(found.change[unit]),
            )
            for unit in codes
        ),
    )


def _thousands(value: float) -> float | None:
    return None if pd.isna(value) else float(value) / 1e3
