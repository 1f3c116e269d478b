"""Findings on the economy: the table that municipalities print, what volume and price did, and where the year ends."""

from __future__ import annotations

import math

import pandas as pd

from effektiv.analysis.forecast import YearEnd
from effektiv.analysis.panels import cell
from effektiv.analysis.variance import split
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.swedish import join
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steps.s4_forbattringsarbete.economy import TOTAL, forecast_month, volumes
from effektiv.steps.s4_forbattringsarbete.status import actions_on
from effektiv.steps.s4_forbattringsarbete.view import FollowUpView, finite
from effektiv.steps.s4_forbattringsarbete.words import kronor, month_name, over_or_under, thousands
from effektiv.steps.wording import fit

HALF = "08"
"""The month whose forecasts are told of when a year is over: that of the report after eight months."""

SMALL_DEVIATION = 0.005
"""A deviation of less than this share of the budget is not told as one."""


def deviations(view: FollowUpView) -> pd.Series:
    """Return the deviation that each activity's forecast has from its budget, kronor, the worst first; without the sum."""
    if view.by_activity is None:
        return pd.Series(dtype=float)
    rows = view.by_activity.drop(index=TOTAL)
    large = rows["deviation"].abs() >= SMALL_DEVIATION * rows["budget_year"].abs()
    return rows.loc[large, "deviation"].sort_values()


def total_deviation(view: FollowUpView) -> float:
    """Return the deviation of all together, kronor; NaN where no forecast or budget is known."""
    return math.nan if view.by_activity is None else cell(view.by_activity, TOTAL, "deviation")


def total_sentence(view: FollowUpView) -> str:
    """Say where the forecast of all together lies against the budget; empty where it is not known."""
    found = total_deviation(view)
    if not finite(found):
        return ""
    return f"Prognosen för helåret är {over_or_under(found)}."


def own_end_sentence(view: FollowUpView) -> str:
    """Say where the months alone point, and that this is not surely better than last year's pattern where it is not."""
    found = view.year_end
    if found is None or view.by_activity is None or not found.months_left:
        return ""
    budget = cell(view.by_activity, TOTAL, "budget_year")
    low, high = budget - found.high, budget - found.low
    if low >= 0:
        where = f"mellan {kronor(low)} och {kronor(high)} under budget"
    elif high <= 0:
        where = f"mellan {kronor(high)} och {kronor(low)} över budget"
    else:
        where = f"mellan {kronor(low)} över och {kronor(high)} under budget"
    return f"Månaderna i sig pekar på ett år {where}, i åtta fall av tio."


def better_sentence(found: YearEnd | None) -> str:
    """Say whether the model is better than last year's months; empty where that is not tried."""
    is_said = found is not None and finite(found.ratio) and found.months_left > 0
    return "" if found is None or not is_said else f"Den räkningen är {found.words}."


def record_sentence(view: FollowUpView) -> str:
    """Say how far the forecasts given in the same month of earlier years were from what the year became."""
    month = view.money_month
    given = None if month is None else forecast_month(view.months.frame, month)
    if given is None or view.record.frame.empty:
        return ""
    if given.endswith("-12"):  # a forecast of a year that is over is no forecast
        given = f"{given[:4]}-{HALF}"
    rows = view.record.frame
    same = rows[rows["month"].str[5:] == given[5:]]
    if same.empty:
        return ""
    size = float(same["error_sek"].abs().mean())
    return f"Prognoserna i {month_name(given, with_year=False)} har tidigare år i medeltal varit {kronor(size)} fel."


def amounts_table(rows: pd.DataFrame, head: str, caption: str) -> Table:
    """Return budget, actual and forecast as municipalities print them, thousands of kronor."""
    keys = (
        ("budget_year", "Budget helår"),
        ("budget_acc", "Budget ack"),
        ("actual_acc", "Utfall ack"),
        ("forecast", "Prognos helår"),
        ("deviation", "Avvikelse"),
    )
    made: list[tuple[Value, ...]] = [
        (str(name), *(thousands(cell(rows, str(name), key)) for key, _ in keys)) for name in rows.index
    ]
    return Table(
        caption=caption,
        columns=(
            Column("rad", head),
            *(
                Column(key, label, kind="number", signed=key == "deviation", may_lack=True)
                for key, label in keys
            ),
        ),
        rows=tuple(made),
        own_rows=frozenset({len(made) - 1}) if rows.index[-1] == TOTAL else frozenset(),
    )


def activity_table(view: FollowUpView) -> Exhibit | None:
    """Show each activity's budget, actual and forecast; None where no actual is known."""
    rows, month = view.by_activity, view.money_month
    if rows is None or month is None:
        return None
    if len(rows) == 2:  # an activity and a sum of it alone
        rows = rows.drop(index=TOTAL)
    return Exhibit(
        id="ekonomi",
        title=_title(view),
        subtitle=f"Tusen kronor till och med {month_name(month)}; plus är kvar av budgeten, minus är över den",
        source=Source.MUNICIPALITY,
        alt=None,
        blocks=(
            fit(
                [
                    balance_sentence(view),
                    missing_sentence(view),
                    own_end_sentence(view),
                    better_sentence(view.year_end),
                    record_sentence(view),
                ]
            ),
        ),
        table=amounts_table(rows, "Verksamhet", "Budget, utfall och prognos per verksamhet"),
    )


def _title(view: FollowUpView) -> str:
    found = total_deviation(view)
    if finite(found):
        return f"Prognosen är {over_or_under(found)}"
    rows = view.by_activity
    assert rows is not None
    so_far = cell(rows, TOTAL, "budget_acc") - cell(rows, TOTAL, "actual_acc")
    if finite(so_far):
        return f"Utfallet hittills är {over_or_under(so_far)}"
    return "Utfallet kan inte jämföras med budgeten"


def balance_sentence(view: FollowUpView) -> str:
    """Say what is decided for a budget in balance where a forecast is over it, and how much of that it covers."""
    over = {str(name): -float(value) for name, value in deviations(view).items() if value < 0}
    if not over:
        return ""
    found = [item for name in over for item in actions_on(view.actions, name)]
    if not found:
        return "Inga åtgärder för budget i balans är skrivna."
    effect = sum(item.effect or 0.0 for item in found)
    if not effect:
        return "Åtgärderna för budget i balans har ingen effekt i kronor skriven."
    left = sum(over.values()) - effect
    rest = f"{kronor(left)} saknas" if left > 500 else "det räcker"
    return f"Åtgärder för budget i balans ger {kronor(effect)}, och {rest}."


def missing_sentence(view: FollowUpView) -> str:
    """Say which activities lack a forecast, a budget or an actual; empty where none does."""
    rows = view.by_activity
    if rows is None:
        return ""
    rows = rows.drop(index=TOTAL)
    for key, word in (
        ("actual_acc", "utfall för någon månad"),
        ("budget_year", "budget för hela året"),
        ("forecast", "prognos"),
    ):
        lacking = [str(name) for name in rows.index[rows[key].isna()]]
        if lacking:
            who = join(lacking) if len(lacking) < len(rows) or len(rows) == 1 else "Alla verksamheter"
            return f"{who} saknar {word}."
    month = view.money_month
    given = None if month is None else forecast_month(view.months.frame, month)
    if given is not None and given != month:
        return f"Prognosen är den som gavs i {month_name(given)}."
    return ""


def volume_table(view: FollowUpView) -> Table | None:
    """Return what volume and price did to the cost to date; None where no activity has volumes."""
    if view.money_month is None:
        return None
    found = volumes(view.months.frame, view.money_month)
    if not found:
        return None
    rows = []
    for item in found:
        parts = split(item.budget, item.budget_price, item.actual, item.actual_price)
        rows.append(
            (item.activity, item.unit, item.budget, item.actual, item.budget_price, item.actual_price,
             thousands(-parts.total), thousands(-parts.volume), thousands(-parts.price))
        )  # fmt: skip
    return Table(
        caption="Avvikelsen hittills, delad på volym och pris",
        columns=(
            Column("verksamhet", "Verksamhet"),
            Column("enhet", "Räknas i"),
            Column("budget_volym", "Volym, budget", kind="number"),
            Column("volym", "Volym, utfall", kind="number"),
            Column("budget_pris", "Kr per enhet, budget", kind="number"),
            Column("pris", "Kr per enhet, utfall", kind="number"),
            Column("avvikelse", "Avvikelse", kind="number", unit="tkr", signed=True),
            Column("volymdel", "därav volym", kind="number", unit="tkr", signed=True),
            Column("prisdel", "därav pris", kind="number", unit="tkr", signed=True),
        ),
        rows=tuple(rows),
    )


def volume_sentence(view: FollowUpView) -> str:
    """Say how much of the largest deviation to date more or less volume explains; empty where it is not known."""
    if view.money_month is None:
        return ""
    best: tuple[float, str] | None = None
    for item in volumes(view.months.frame, view.money_month):
        parts = split(item.budget, item.budget_price, item.actual, item.actual_price)
        total, volume, price = (-float(value) for value in (parts.total, parts.volume, parts.price))
        if best is None or abs(total) > abs(best[0]):
            text = (
                f"{item.activity} har hittills kostat {kronor(total)} {'mindre' if total > 0 else 'mer'} än budget: "
                f"{_side(volume, 'volymen')} och {_side(price, 'priset')}."
            )
            best = (total, text)
    return "" if best is None else best[1]


def _side(value: float, what: str) -> str:
    return f"{what} {'sparar' if value > 0 else 'kostar'} {kronor(value)}"
