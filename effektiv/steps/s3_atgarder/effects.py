"""Findings on what the measures give: year by year, one by one, counted once, and which assumption matters most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from effektiv.analysis.certainty import Certainty
from effektiv.analysis.portfolio import BAND, RHO, Portfolio
from effektiv.exhibits.charts import Band, BarRow, Bars, Line, Trend, bars, trend
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import capitalise, cardinal, date
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named
from effektiv.steps.s3_atgarder.measures import Planned
from effektiv.steps.s3_atgarder.measures_form import BENEFITS, MONEY, TIME
from effektiv.steps.s3_atgarder.view import MeasureView
from effektiv.steps.s3_atgarder.words import at, band, gain, kpi_of, kronor, listed, scale
from effektiv.steps.wording import fit

if TYPE_CHECKING:
    from effektiv.steps.s2_orsaksanalys.facts import Driver

ASSUMED = "Bandet visar vad era egna antaganden ger, inte hur fel de kan vara."


# --- year by year -------------------------------------------------------------------------


def net_full(view: MeasureView) -> dict[str, float]:
    """Return what is left for the budget in the first full year, kronor: ``low``, ``likely``, ``high``."""
    return {key: at(view.portfolio.net, full_year(view), key) for key in BAND}


def full_year(view: MeasureView) -> int:
    """Return the first full year, or the nearest that is shown."""
    return min(max(view.full_year, view.years[0]), view.years[-1])


def per_year(view: MeasureView) -> Exhibit | None:
    """Show what is left for the budget year by year; None where nothing is known to free money or to cost."""
    if not view.measures or not (view.frees_money or view.portfolio.cost.any()):
        return None
    found = view.portfolio
    gap = view.sure_gap if view.frees_money else None
    by, unit, decimals = scale(
        found.net if gap is None else pd.concat([found.net, pd.DataFrame({"gap": [gap]})])
    )
    shown = found.net / by
    return Exhibit(
        id="per-ar",
        title=_per_year_title(view),
        subtitle=f"Frigjorda pengar minus kostnader, {'miljoner' if unit == 'mnkr' else 'tusen'} kronor per år",
        source=Source.MUNICIPALITY,
        alt="En linje för det troliga nettot år för år, och ett band för oväntat lågt till oväntat högt."
        + (" Gapet är en rak linje." if gap is not None else ""),
        figure=trend(
            Trend(
                lines=(
                    Line("Netto", {year: at(shown, year, "likely") for year in view.years}, "own"),
                    *(
                        (Line("Gapet", dict.fromkeys(view.years, gap / by), "riket"),)
                        if gap is not None
                        else ()
                    ),
                ),
                unit=unit,
                decimals=decimals,
                band=Band(
                    "Åtta av tio",
                    {year: at(shown, year, "low") for year in view.years},
                    {year: at(shown, year, "high") for year in view.years},
                )
                if view.frees_money
                else None,
                zero=True,
            )
        ),
        blocks=(fit(_per_year_sentences(view)),),
        table=year_table(view),
    )


def _per_year_title(view: MeasureView) -> str:
    full, year = net_full(view), full_year(view)
    if not view.frees_money:
        return f"Åtgärderna kostar {kronor(full['likely'])} {year} och frigör inga pengar som går att räkna"
    if full["likely"] <= 0:
        return f"Åtgärderna kostar {kronor(full['likely'])} mer än de frigör {year}"
    also = ", men det kan bli en kostnad i stället" if full["low"] < 0 else ""
    return f"Netto frigörs {kronor(full['likely'])} om året från {year}{also}"


def _per_year_sentences(view: MeasureView) -> list[str]:
    if not view.frees_money:
        return [paid_sentence(view)]
    low, high = (at(view.independent.net, full_year(view), key) for key in ("low", "high"))
    return [
        ASSUMED,
        paid_sentence(view),
        f"Räkningen tar för givet att det som går dåligt ofta går dåligt tillsammans (samband {plain(RHO)}).",
        f"Utan sådant samband skulle bandet gå {band(low, high)}.",
    ]


def paid_sentence(view: MeasureView) -> str:
    """Say when the cost is covered, in half of the draws."""
    return paid(view.portfolio)


def paid(found: Portfolio) -> str:
    """Say of a sum of measures when its cost is covered, in half of the draws."""
    if not found.cost.any():
        return "Åtgärderna har ingen egen kostnad."
    if found.payback_year is None:
        spent = kronor(float(found.cost.sum()))
        return f"Till och med {found.years[-1]} har de kostat {spent}, och det är inte intjänat."
    return f"Det de kostar är intjänat {found.payback_year} i hälften av räkningarna."


def year_table(view: MeasureView) -> Table:
    """Return freed, cost and net by year."""
    found = view.portfolio
    by, unit, decimals = scale(pd.concat([found.money, found.net], axis=1))
    heads = (("low", "oväntat lågt"), ("likely", "troligt"), ("high", "oväntat högt"))
    rows: list[tuple[Value, ...]] = [
        (
            str(year),
            *(at(found.money, year, key) / by for key, _ in heads),
            float(found.cost[year]) / by,
            *(at(found.net, year, key) / by for key, _ in heads),
            *((at(found.hours, year, "likely"),) if view.frees_time else ()),
        )
        for year in view.years
    ]
    return Table(
        caption=f"{view.case.name}: vad åtgärderna frigör och kostar",
        columns=(
            Column("ar", "År"),
            *(
                Column(f"frigor_{key}", f"Frigör, {word}", kind="number", unit=unit, decimals=decimals)
                for key, word in heads
            ),
            Column("kostar", "Kostar", kind="number", unit=unit, decimals=decimals),
            *(
                Column(
                    f"netto_{key}", f"Netto, {word}", kind="number", unit=unit, decimals=decimals, signed=True
                )
                for key, word in heads
            ),
            *(
                (Column("timmar", "Frigjord tid", kind="number", unit="timmar", decimals=0),)
                if view.frees_time
                else ()
            ),
        ),
        rows=tuple(rows),
    )


# --- one by one ---------------------------------------------------------------------------


def measures_table(view: MeasureView) -> Exhibit | None:
    """Show the measures by class of benefit: kronor, hours and quality in columns of their own."""
    if not view.written:
        return None
    ordered = sorted(view.written, key=lambda item: BENEFITS.index(item.benefit))
    counts = {word: sum(item.benefit == word for item in ordered) for word in BENEFITS}
    lacking = [item.id for item in view.not_counted]
    return Exhibit(
        id="atgarder",
        title=_count_title(counts, len(ordered)),
        subtitle=f"{capitalise(view.area.in_text)}: effekt av ett helår, troligt värde",
        source=Source.MUNICIPALITY,
        alt=None,
        blocks=(
            fit(
                [
                    "Bara det som frigör pengar räknas mot budgeten.",
                    time_sentence(view),
                    f"{listed(lacking)} räknas inte i summan, för stöd eller tal saknas." if lacking else "",
                    "Kronor och kvalitet läggs aldrig ihop.",
                ]
            ),
        ),
        table=Table(
            caption=f"Åtgärder för {view.area.in_text} i {view.case.name}",
            columns=(
                Column("atgard", "Åtgärd"),
                Column("slag", "Slag av nytta"),
                Column("kr", "Frigör", kind="number", unit="tkr", decimals=0, may_lack=True),
                Column("timmar", "Frigör tid", kind="number", unit="timmar", decimals=0, may_lack=True),
                Column("kvalitet", "Kvalitet"),
                Column("kostar", "Kostar per år", kind="number", unit="tkr", decimals=0),
                Column("stod", "Stöd"),
                Column("start", "Start"),
            ),
            rows=tuple(_measure_row(view, item) for item in ordered),
        ),
    )


def _count_title(counts: dict[str, int], total: int) -> str:
    money, time = counts[MONEY], counts[TIME]
    if total == 1:
        return f"Den enda åtgärden {next(word for word, count in counts.items() if count)}"
    if money == total:
        return (
            f"Alla {cardinal(total)} åtgärder frigör pengar" if total > 2 else "Båda åtgärderna frigör pengar"
        )
    first = capitalise(cardinal(money, common=True)) if money else "Ingen"
    second = cardinal(time, common=True) if time else "ingen"
    return f"{first} av {cardinal(total)} åtgärder frigör pengar, {second} frigör tid"


def time_sentence(view: MeasureView) -> str:
    """Say how much time is freed, and what it is worth by the wage formula; empty where none is."""
    if not view.frees_time:
        return ""
    hours = float(view.portfolio.hours.iloc[-1]["likely"])
    worth = view.time_value
    value = f", värd {kronor(worth)} om den används" if worth is not None else ""
    return f"Frigjord tid, {plain(hours)} timmar om året{value}, minskar inte budgeten."


def _measure_row(view: MeasureView, item: Planned) -> tuple[Value, ...]:
    counted = item.counted
    return (
        f"{item.id} {item.name}",
        item.benefit,
        counted.likely / 1e3 if counted is not None and item.benefit == MONEY else None,
        counted.likely if counted is not None and item.benefit == TIME else None,
        _quality_cell(view, item),
        item.yearly / 1e3,
        item.support,
        "" if item.start is None else date(item.start),
    )


def _quality_cell(view: MeasureView, item: Planned) -> str:
    if item.quality is None:
        return ""
    kpi = kpi_of(view.case.catalogue, item.quality_kpi)
    name = named(kpi) if kpi is not None else item.quality_kpi
    return f"{name} {'+' if item.quality.likely > 0 else ''}{gain(kpi, '', item.quality.likely)}"


# --- counted once -------------------------------------------------------------------------


def counted_once(view: MeasureView) -> Exhibit | None:
    """Show what overlaps and gaps take off; None where the measures neither meet nor reach a gap."""
    if not view.frees_money:
        return None
    ids = [
        item.id
        for item in view.measures
        if item.effect is not None and item.id in view.portfolio.shares.index
    ]
    money = [item.id for item in view.written if item.benefit == MONEY and item.id in ids]
    shares = view.portfolio.shares.loc[money]
    lost = float((shares["alone"] - shares["counted"]).sum())
    if lost < 0.01 * float(shares["alone"].abs().sum()):
        return None
    by, unit, decimals = scale(shares)
    names = {item.id: item.name for item in view.written}
    return Exhibit(
        id="overlapp",
        title=f"{capitalise(kronor(lost))} räknas bort, för åtgärderna ger delvis samma sak",
        subtitle=f"Väntat värde av ett helår, {'miljoner' if unit == 'mnkr' else 'tusen'} kronor",
        source=Source.MUNICIPALITY,
        alt="En stapel för varje åtgärd: det som räknas, och ett märke för vad den skulle ge ensam.",
        figure=bars(
            Bars(
                rows=tuple(
                    BarRow(
                        f"{name} {names[str(name)]}",
                        float(row["counted"]) / by,
                        expected=float(row["alone"]) / by,
                    )
                    for name, row in shares.iterrows()
                ),
                unit=unit,
                decimals=decimals,
                signed=False,
                expected_text="Ensam",
            )
        ),
        blocks=(fit(_lost_sentences(view)),),
        table=Table(
            caption="Åtgärderna var för sig och tillsammans",
            columns=(
                Column("nr", "Nr"),
                Column("atgard", "Åtgärd"),
                Column("drivkraft", "Drivkraft"),
                Column("ensam", "Ensam", kind="number", unit=unit, decimals=decimals),
                Column("raknas", "Räknas", kind="number", unit=unit, decimals=decimals),
            ),
            rows=tuple(
                (
                    item.id,
                    item.name,
                    item.driver,
                    at(shares, item.id, "alone") / by,
                    at(shares, item.id, "counted") / by,
                )
                for item in view.written
                if item.id in money
            ),
            row_header="atgard",
        ),
    )


def _lost_sentences(view: MeasureView) -> list[str]:
    driven, capped = view.driven, view.portfolio.capped
    drivers = {} if driven is None else {item.kpi.id: item for item in driven.drivers}
    return [
        *(
            f"{capitalise(drivers[str(name)].words.in_text)}: gapet är {kronor(view.caps[str(name)])}"
            f"{_unclear(drivers[str(name)])}, och i {plain(round(100 * share))} procent av räkningarna når åtgärderna taket."
            for name, share in capped.items()
            if share >= 0.01 and str(name) in drivers
        ),
        "Det som två åtgärder båda ger räknas en gång och delas lika mellan dem." if view.overlaps else "",
    ]


def _unclear(driver: Driver) -> str:
    return " men går inte att skilja från noll" if driver.certainty is Certainty.UNCLEAR else ""


# --- one at a time ------------------------------------------------------------------------


def one_at_a_time(view: MeasureView) -> Exhibit | None:
    """Show how much the sum moves when one measure goes badly or well; None with fewer than two that free money."""
    found = view.tornado if view.frees_money else pd.DataFrame()
    if len(found) < 2:
        return None
    swing = found["high"] - found["low"]
    by, unit, decimals = scale(found)
    names = {item.id: item.name for item in view.written}
    first = str(found.index[0])
    return Exhibit(
        id="kanslighet",
        title=f"Summan beror mest på {first}: {names[first][0].lower()}{names[first][1:]}",
        subtitle=f"Så mycket ändras ett helår mellan oväntat lågt och högt, {'miljoner' if unit == 'mnkr' else 'tusen'} kronor",
        source=Source.MUNICIPALITY,
        alt="En stapel för varje åtgärd, den som summan beror mest på överst.",
        figure=bars(
            Bars(
                rows=tuple(
                    BarRow(f"{key} {names[str(key)]}", float(value) / by) for key, value in swing.items()
                ),
                unit=unit,
                decimals=decimals,
                signed=False,
            )
        ),
        blocks=(
            fit(
                [
                    f"Går {first} oväntat dåligt frigörs {kronor(at(found, first, 'low'))} om året i stället för "
                    f"{kronor(at(found, first, 'likely'))}.",
                    "De andra hålls då på sitt troliga värde.",
                    "Pröva det antagandet först.",
                ]
            ),
        ),
        table=Table(
            caption="Ett helår när en åtgärd i taget går dåligt eller bra",
            columns=(
                Column("nr", "Nr"),
                Column("atgard", "Åtgärd"),
                Column("lag", "Oväntat lågt", kind="number", unit=unit, decimals=decimals),
                Column("trolig", "Troligt", kind="number", unit=unit, decimals=decimals),
                Column("hog", "Oväntat högt", kind="number", unit=unit, decimals=decimals),
            ),
            rows=tuple(
                (str(key), names[str(key)], *(float(row[part]) / by for part in ("low", "likely", "high")))
                for key, row in found.iterrows()
            ),
            row_header="atgard",
        ),
    )
