"""The coming years: published population forecasts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from effektiv.analysis.panels import latest_year, value_at
from effektiv.exhibits.charts import BarRow, Bars, bars
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.series import lower_first
from effektiv.exhibits.swedish import amount, capitalise, count, is_missing, join, number, percent, sentence
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steps.s1_nulagesanalys.peer_group import MOST_LISTED
from effektiv.steps.standing import Standing, Standings, unbroken
from effektiv.types import FocusArea, Kpi


@dataclass(frozen=True)
class Forecast:
    """One published forecast.

    Attributes
    ----------
    standing
        The latest forecast of the municipality, its peers and Riket.
    persons
        What the municipality's change means in persons; missing where the number of
        persons today is not known.
    previous_year, previous
        The municipality's forecast before the latest one; None and NaN where there is none.
    """

    standing: Standing
    persons: float
    previous_year: int | None
    previous: float


class ForecastCase(Standings):
    """Population forecasts, of a focus area or of the overview."""

    @cached_property
    def forecasts(self) -> tuple[Forecast, ...]:
        """The published forecasts."""
        return tuple(self._forecast(item) for item in self.standings(self._forecast_figures))

    @property
    def _forecast_figures(self) -> tuple[str, ...]:
        area = self._opened.area
        return area.sections.forecast if isinstance(area, FocusArea) else area.forecast

    def forecast(self) -> Exhibit:
        """Visa hur befolkningen väntas ändras, enligt publicerade prognoser."""
        context, forecasts, flags = self.context, self.forecasts, self.flags(*self._forecast_figures)
        title = "Befolkningen de kommande åren"
        known = [item for item in forecasts if not is_missing(item.standing.own)]
        if not known:
            return nothing(
                "framskrivning", title, f"Frysningen saknar befolkningsframskrivningar för {context.name}."
            )
        changes = [item for item in forecasts if _is_change(item.standing.kpi)]
        finding = forecast_finding(context, known)
        drawn = any(not is_missing(item.standing.own) for item in changes)
        return Exhibit(
            id="framskrivning",
            title=title,
            source=Source.OWN,
            figure=bars(_bars(changes)) if drawn else None,
            alt=f"En stapel för varje åldersgrupp. {finding} {_all_changes(changes)}" if drawn else None,
            finding=finding,
            table=_forecast_table(context, forecasts),
            how_to_read=(
                f"En stapel åt höger betyder att gruppen väntas växa i {context.name}, åt vänster att den väntas minska. "
                "Under namnet står medianen i gruppen och riket."
                if drawn
                else ""
            ),
            notes=(
                "Framskrivningen görs av SCB med uppgifter som finns för hela landet och publiceras vart tredje år sedan "
                "2022. Den är inte kommunens egen prognos. Någon felmarginal publiceras inte. Den förra framskrivningen "
                "visar hur mycket bedömningen kan ändras."
            ),
            flags=flags,
        )

    def _forecast(self, standing: Standing) -> Forecast:
        kpi = standing.kpi
        earlier = latest_year(self.panel(kpi.id), self.municipality, not_after=standing.year - 1)
        persons = float("nan")
        if kpi.persons is not None:
            now = value_at(self.national.panel(kpi.persons), self.municipality, standing.year)
            persons = standing.own / 100.0 * now if kpi.unit == "%" else standing.own - now
        return Forecast(
            standing=standing,
            persons=persons,
            previous_year=earlier,
            previous=np.nan if earlier is None else float(self.own(kpi.id)[earlier]),
        )


_WHO_AND_WHEN = re.compile(r"(?P<who>.+), (?P<when>(?:kommande|om) \d+ år)")


_COMING = re.compile(r"kommande (\d+) år")


def _is_change(kpi: Kpi) -> bool:
    return kpi.unit == "%"


def forecast_finding(context: Context, known: Sequence[Forecast]) -> str:
    """Say what is expected of the first group, against peers and Riket, and which group changes most."""
    changes = [item for item in known if _is_change(item.standing.kpi)]
    if not changes:
        item = known[0].standing
        value = amount(item.own, item.kpi.unit, item.kpi.decimals)
        return (
            f"{item.kpi.label} väntas bli {value} i {context.name}, enligt framskrivningen från {item.year}."
        )
    first = changes[0]
    parts = [_expected(context, first), _compared(context, first.standing), _before(first)]
    # Ten years change more than five: only groups with the same horizon are held against each other.
    who_and_when = {item: _who_and_when(item.standing.kpi) for item in changes}
    same = [item for item in changes if who_and_when[item][1] == who_and_when[first][1]]
    largest = max(same, key=lambda item: abs(item.standing.own))
    if largest is not first:
        change = _signed(largest.standing.kpi, largest.standing.own)
        parts.append(
            f"Störst förändring på samma tid väntas för {lower_first(who_and_when[largest][0])}: {change}."
        )
    return sentence(parts)


def _expected(context: Context, item: Forecast) -> str:
    standing = item.standing
    who, when = _who_and_when(standing.kpi)
    change = round(standing.own, standing.kpi.decimals)
    source = f"enligt framskrivningen från {standing.year}"
    if change == 0:
        return f"{who} i {context.name} väntas bli lika många som i dag {when}, {source}."
    direction = "fler" if change > 0 else "färre"
    share = amount(abs(change), standing.kpi.unit, standing.kpi.decimals)
    people = ""
    if not is_missing(item.persons):
        people = f", omkring {count(abs(item.persons), 'person', 'personer')},"
    return f"{who} i {context.name} väntas bli {share} {direction}{people} {when}, {source}."


def _who_and_when(kpi: Kpi) -> tuple[str, str]:
    """Split a label such as "Invånare 80+, kommande 5 år" into the group and the time."""
    found = _WHO_AND_WHEN.fullmatch(kpi.label)
    if found is None:
        return kpi.label, ""
    return found["who"], _COMING.sub(r"de kommande \1 åren", found["when"])


def _compared(context: Context, item: Standing) -> str:
    parts = []
    if item.comparison is not None:
        parts.append(f"{context.peers.median} är {_signed(item.kpi, item.comparison.median)}")
    if not is_missing(item.riket):
        verb = "riket" if parts else "riket är"
        parts.append(f"{verb} {_signed(item.kpi, item.riket)}")
    return f"{capitalise(join(parts))}." if parts else ""


def _before(item: Forecast) -> str:
    if item.previous_year is None:
        return ""
    kpi = item.standing.kpi
    return f"Framskrivningen från {item.previous_year} gav {_signed(kpi, item.previous)} på lika lång tid."


def _signed(kpi: Kpi, value: float) -> str:
    return amount(value, kpi.unit, kpi.decimals, signed=True)


def _all_changes(changes: Sequence[Forecast]) -> str:
    shown = [item.standing for item in changes if not is_missing(item.standing.own)]
    if len(shown) > MOST_LISTED:
        return "Alla värden finns i tabellen."
    listed = "; ".join(f"{lower_first(item.kpi.label)} {_signed(item.kpi, item.own)}" for item in shown)
    return f"Alla staplar: {listed}."


def _bars(changes: Sequence[Forecast]) -> Bars:
    return Bars(
        rows=tuple(_bar(item.standing) for item in changes),
        unit="procent",
        left_text="Väntas minska",
        right_text="Väntas öka",
        ordered=False,
    )


def _bar(item: Standing) -> BarRow:
    beside = []
    if item.comparison is not None:
        beside.append(f"gruppen {percent(item.comparison.median, item.kpi.decimals, signed=True)}")
    if not is_missing(item.riket):
        beside.append(f"riket {percent(item.riket, item.kpi.decimals, signed=True)}")
    missing = is_missing(item.own)
    return BarRow(
        label=unbroken(item.kpi.label),
        value=None if missing else item.own,
        text="" if missing else percent(item.own, item.kpi.decimals, signed=True),
        under=", ".join(beside),
        mark=item.mark,
    )


def _forecast_table(context: Context, forecasts: Sequence[Forecast]) -> Table:
    return Table(
        caption=f"Framskrivningar för {context.name}, {context.peers.definite} och riket",
        columns=(
            Column("nyckeltal", "Framskrivning"),
            Column("enhet", "Enhet"),
            Column("ar", "Från år", kind="year"),
            Column("kommun", context.name, kind="number"),
            Column("personer", "Motsvarar personer"),
            Column("median", "Gruppens median", kind="number"),
            Column("undre", "Undre kvartil", kind="number"),
            Column("ovre", "Övre kvartil", kind="number"),
            Column("riket", context.riket, kind="number"),
            Column("forra", "Kommunens förra framskrivning", kind="number"),
            Column("forra_ar", "Förra från år", kind="year"),
        ),
        rows=tuple(_forecast_row(item) for item in forecasts),
        marks={
            (place, "kommun"): item.standing.mark
            for place, item in enumerate(forecasts)
            if is_missing(item.standing.own)
        },
        row_decimals=tuple(item.standing.kpi.decimals for item in forecasts),
    )


def _forecast_row(item: Forecast) -> tuple[Value, ...]:
    standing, found = item.standing, item.standing.comparison
    group: tuple[Value, ...] = (None, None, None) if found is None else (found.median, found.low, found.high)
    people = "" if is_missing(item.persons) else number(item.persons, signed=True)
    return (standing.kpi.label, standing.kpi.unit, standing.year, standing.own, people, *group, standing.riket,
            item.previous, item.previous_year)  # fmt: skip
