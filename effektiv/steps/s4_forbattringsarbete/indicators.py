"""The indicators: large charts of those that signal, one compact table of the rest, and what is said of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from effektiv.analysis.spc import Variation, expected_false
from effektiv.exhibits.charts import Control, ControlPoint, SparkRow, controls, sparklines
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import capitalise, cardinal, number, unit_in_text
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steps.form import Picture
from effektiv.steps.s4_forbattringsarbete.view import Followed, FollowUpView
from effektiv.steps.s4_forbattringsarbete.words import month_name
from effektiv.steps.wording import fit

MOST_LARGE = 2
"""Most control charts that are drawn large on a page."""

MOST_MONTHS = 36


def told(item: Followed, value: float) -> str:
    """Write a value with its unit as a sentence has it."""
    unit = unit_in_text(item.unit)
    shown = number(value, item.decimals)
    return f"{shown}\u00a0{unit}" if unit and unit not in ("antal", "index") else shown


def since(item: Followed) -> str:
    """Return the month in which the present signal began: the first of the last unbroken run of marked months."""
    marked = item.chart.points.loc[item.chart.points["is_signal"].astype(bool), "month"]
    return str(marked.iloc[-1]) if len(marked) else item.latest[0]


def signal_sentence(item: Followed) -> str:
    """Say that an indicator's latest months are not chance, its latest value and its target."""
    month, value = item.latest
    target = "" if item.target is None else f", mot målet {_short(item.target)}"
    return f"{capitalise(item.name)}: {item.chart.variation}. I {month_name(month)} var det {told(item, value)}{target}."


def picture(view: FollowUpView, most: int = MOST_LARGE) -> Picture | None:
    """Return the control charts of those that signal, the worsened first; None where none does."""
    found = view.signalling[:most]
    if not found:
        return None
    return Picture(
        controls([control(item) for item in found]),
        " ".join(_alt(item) for item in found),
        "Månad för månad, med gränser för vad slumpen brukar ge",
        chart_table(found),
    )


def control(item: Followed) -> Control:
    """Return an indicator's chart as it is drawn, its latest months."""
    points = tuple(
        ControlPoint(
            str(row.month), float(row.value), float(row.centre), float(row.lower), float(row.upper),
            int(row.segment), bool(row.is_signal),
        )
        for row in _points(item)
    )[-MOST_MONTHS:]  # fmt: skip
    return Control(capitalise(item.name), unit_in_text(item.unit), points, item.target, item.decimals)


def _points(item: Followed) -> list[Any]:
    return list(item.chart.points.itertuples(index=False))


def _alt(item: Followed) -> str:
    marked = sum(bool(row.is_signal) for row in _points(item)[-MOST_MONTHS:])
    return (
        f"Styrdiagram över {item.name}: {cardinal(marked)} av {min(len(item.values), MOST_MONTHS)} månader är märkta som "
        f"signaler. Medelvärdet är {number(_last(item, 'centre'), item.decimals)}."
    )


def _last(item: Followed, column: str) -> float:
    values = item.chart.points[column].dropna()
    return float(values.iloc[-1]) if len(values) else float(np.nanmean(item.values))


def chart_table(found: Sequence[Followed]) -> Table:
    """Return the points behind some charts: value, centre, limits and rule of each month."""
    rows: list[tuple[Value, ...]] = []
    decimals = []
    for item in found:
        for row in _points(item):
            rows.append(
                (item.name, month_name(str(row.month)), _known(row.value), _known(row.centre), _known(row.lower),
                 _known(row.upper), str(row.rule) if row.is_signal else "")
            )  # fmt: skip
            decimals.append(item.decimals + 1)
    return Table(
        caption="Punkter och gränser bakom styrdiagrammen",
        columns=(
            Column("indikator", "Indikator"),
            Column("manad", "Månad"),
            Column("varde", "Värde", kind="number", may_lack=True),
            Column("mitt", "Medelvärde", kind="number", may_lack=True),
            Column("undre", "Undre gräns", kind="number", may_lack=True),
            Column("ovre", "Övre gräns", kind="number", may_lack=True),
            Column("signal", "Signal"),
        ),
        rows=tuple(rows),
        row_decimals=tuple(decimals),
    )


def _short(target: float) -> str:
    """Write a target without decimals that say nothing."""
    return number(
        target, next(decimals for decimals in range(3) if decimals == 2 or round(target, decimals) == target)
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def compact(
    view: FollowUpView, *, without: Sequence[Followed] = (), most: int | None = None
) -> Exhibit | None:
    """Show the indicators that are not drawn large, a small line each; None where there are none."""
    large = {item.id for item in without}
    every = [item for item in view.followed if item.id not in large]
    rest = every[:most]
    if not rest:
        return None
    return Exhibit(
        id="indikatorer",
        title=_compact_title(rest, bool(without)),
        subtitle=f"Senaste värdet i {month_name(max(item.latest[0] for item in rest))} eller senaste månad",
        source=Source.MUNICIPALITY,
        alt=f"En liten linje för varje indikator, {cardinal(len(rest), common=True)} i allt. Tabellen har värdena.",
        figure=sparklines(
            [_row(item) for item in rest], ("Indikator", "Månader", "Senast", "Mål", "Variation", "Mot målet")
        ),
        blocks=(fit([false_sentence(view), _more(len(every) - len(rest))]),),
        table=compact_table(rest),
    )


def _more(count: int) -> str:
    """Say where the indicators are that had no room; empty where all had."""
    if not count:
        return ""
    return f"{capitalise(cardinal(count, common=True))} indikator{'er' * (count > 1)} till står i områdenas rapporter."


def _compact_title(rest: Sequence[Followed], some_are_large: bool) -> str:
    quiet = not any(item.signals for item in rest)
    if quiet and all(item.chart.variation is Variation.FEW for item in rest):
        return "Indikatorerna har för få månader för att skiljas från slump"
    if quiet:
        return "Övriga indikatorer visar vanlig variation" if some_are_large else "Inga indikatorer avviker"
    moved = sum(item.signals for item in rest)
    return f"{capitalise(cardinal(moved, common=True))} av {cardinal(len(rest))} indikatorer rör sig mer än slumpen ger"


def false_sentence(view: FollowUpView) -> str:
    """Say how many false signals chance alone gives, over all the indicators of the page."""
    charted = [item.chart for item in view.followed if not item.chart.few]
    if not charted:
        return ""
    expected = plain(expected_false(charted))
    return f"Slumpen ensam ger i medeltal {expected} nya signaler i månaden bland {cardinal(len(charted))} indikatorer."


def _row(item: Followed) -> SparkRow:
    role = {Variation.WORSE: "bad", Variation.BETTER: "good"}.get(item.chart.variation, "ink")
    return SparkRow(
        capitalise(item.name),
        tuple(item.values.iloc[-MOST_MONTHS:]),
        number(item.latest[1], item.decimals),
        "" if item.target is None else _short(item.target),
        (item.chart.variation.value, item.chart.assurance.value),
        item.target,
        role,  # type: ignore[arg-type]  # one of the roles
    )


def compact_table(found: Sequence[Followed]) -> Table:
    """Return what the compact picture shows, as a table."""
    return Table(
        caption="Indikatorerna: senaste värde, mål, variation och säkerhet mot målet",
        columns=(
            Column("indikator", "Indikator"),
            Column("enhet", "Enhet"),
            Column("manad", "Månad"),
            Column("varde", "Senast", kind="number"),
            Column("mal", "Mål", kind="number", may_lack=True),
            Column("variation", "Variation"),
            Column("mot_malet", "Mot målet"),
        ),
        rows=tuple(
            (capitalise(item.name), item.unit, month_name(item.latest[0]), item.latest[1], item.target,
             item.chart.variation.value, item.chart.assurance.value)
            for item in found
        ),
        row_decimals=tuple(item.decimals for item in found),
    )  # fmt: skip
