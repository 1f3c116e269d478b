"""Finding on the three ways: how much each changes efficiency, and what another way would have to give for the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from effektiv.analysis.panels import value_at
from effektiv.analysis.portfolio import three_ways
from effektiv.errors import InputError
from effektiv.exhibits.charts import BarRow, Bars, bars
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.saying import plain, plain_amount
from effektiv.exhibits.swedish import capitalise
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named
from effektiv.steps.s3_atgarder.effects import net_full
from effektiv.steps.s3_atgarder.view import MeasureCase, MeasureView
from effektiv.steps.s3_atgarder.words import kronor
from effektiv.steps.wording import fit, told
from effektiv.types import Better, Kpi

RESOURCE, VOLUME, QUALITY = "Mindre resurs", "Mer volym", "Högre kvalitet"


@dataclass(frozen=True)
class Today:
    """What the municipality has today of each factor of efficiency.

    Attributes
    ----------
    year
        Of resource and volume.
    resource
        Kronor a year.
    volume
        Units, by the area's `volume_word`.
    quality
        Value of the outcome; missing where it is not measured.
    kpi
        The outcome.
    """

    year: int
    resource: float
    volume: float
    quality: float
    kpi: Kpi


def today(view: MeasureView) -> Today | None:
    """Return the factors' latest values; None without a cost and a volume of one year."""
    case, area = view.case, view.area
    latest = case.latest(area.unit_cost)
    if latest is None:
        return None
    year, unit_cost = latest
    volume = value_at(case.panel(area.volume), case.municipality, year)
    if not unit_cost * volume > 0:
        return None
    kpi = case.best(area.headline_quality)
    known = case.latest(kpi.id)
    return Today(year, unit_cost * volume, volume, np.nan if known is None else known[1], kpi)


def ratios(view: MeasureView, now: Today) -> tuple[float, float, float]:
    """Return what a full year of the measures makes of resource, volume and quality, as ratios of today's."""
    resource = 1.0 - net_full(view)["likely"] / now.resource
    volume = 1.0
    if view.area.volume_is_output:
        gained = view.volume.get(view.area.volume_word)
        volume += 0.0 if gained is None else float(gained["likely"]) / now.volume
    quality = 1.0
    gained = view.quality.get(now.kpi.id)
    if gained is not None and now.quality > 0 and now.kpi.better is not Better.NEITHER:
        quality += float(gained["likely"]) / now.quality
    return max(resource, 0.01), max(volume, 0.01), max(quality, 0.01)


def ways(view: MeasureView) -> Exhibit | None:
    """Show what the measures change by each way; None where there is no efficiency to speak of, or nothing changes."""
    now = today(view)
    if now is None or not view.measures or view.area.no_efficiency:
        return None
    resource, volume, quality = ratios(view, now)
    each = three_ways(resource, volume, quality)
    percent = 100 * (each - 1)
    if float(percent.abs().max()) < 0.05:
        return None
    table = _table(view, now, (resource, volume, quality))
    rows = [
        (RESOURCE, "resource"),
        *([(VOLUME, "volume")] if view.area.volume_is_output else []),
        *([(QUALITY, "quality")] if np.isfinite(now.quality) else []),
    ]
    together = float(percent["together"])
    verb = "höjer" if together >= 0 else "sänker"
    return Exhibit(
        id="tre-vagar",
        title=f"Tillsammans {verb} åtgärderna effektiviteten med {plain(abs(together))} procent",
        subtitle=f"Ändring av resultat gånger volym delat med resurs, procent, mot {now.year}",
        source=Source.OWN,
        alt="En stapel för varje väg: så mycket effektiviteten ändras när de andra hålls lika.",
        figure=bars(
            Bars(
                rows=tuple(BarRow(label, float(percent[key])) for label, key in rows),
                unit="%",
                decimals=1,
                better=Better.HIGHER,
                ordered=False,
            )
        ),
        blocks=(fit(_sentences(view, now, float(percent["together"]))),),
        table=table,
        kpis=(view.area.unit_cost, view.area.volume, *((now.kpi.id,) if np.isfinite(now.quality) else ())),
    )


def _sentences(view: MeasureView, now: Today, percent: float) -> list[str]:
    less = now.resource * (1 - 1 / (1 + percent / 100)) if percent > 0 else 0.0
    return [
        f"Hela verksamheten kostar {kronor(now.resource)} om året.",
        f"Samma höjning med bara lägre kostnad kräver {kronor(less)} mindre." if percent > 0 else "",
        f"Fler {view.area.volume_word} är ingen väg, för antalet styrs av behoven."
        if not view.area.volume_is_output
        else "",
        f"Kvaliteten är här bara {named(now.kpi)}, ett av flera mått." if np.isfinite(now.quality) else "",
    ]


def _table(view: MeasureView, now: Today, found: tuple[float, float, float]) -> Table:
    resource, volume, quality = found
    rows: list[tuple[Value, ...]] = [
        (
            RESOURCE,
            kronor(now.resource),
            kronor(now.resource * resource),
            100 * (resource - 1),
            100 * (1 / resource - 1),
        )
    ]
    if view.area.volume_is_output:
        rows.append(
            (VOLUME, plain(now.volume), plain(now.volume * volume), 100 * (volume - 1), 100 * (volume - 1))
        )
    if np.isfinite(now.quality):
        rows.append(
            (
                QUALITY,
                told(now.kpi, now.quality),
                told(now.kpi, now.quality * quality),
                100 * (quality - 1),
                100 * (quality - 1),
            )
        )
    return Table(
        caption=f"De tre vägarna i {view.case.name}",
        columns=(
            Column("vag", "Väg"),
            Column("nu", f"Nu ({now.year})"),
            Column("efter", "Efter"),
            Column("andring", "Ändring", kind="number", unit="%", decimals=1, signed=True),
            Column("effektivitet", "Effektiviteten", kind="number", unit="%", decimals=1, signed=True),
        ),
        rows=tuple(rows),
    )


class WaysCase(MeasureCase):
    """A case with the calculator of the three ways."""

    def calculator(self) -> Any:
        """Visa kalkylatorn med reglage, i JupyterLab: dra i resurs, volym och kvalitet."""
        from ipywidgets import FloatSlider, interactive  # noqa: PLC0415  only where somebody drags

        return interactive(
            self.three_ways,
            **{
                name: FloatSlider(value=value, min=-30.0, max=30.0, step=0.5, description=name.capitalize())
                for name, value in (("resurs", -2.0), ("volym", 0.0), ("kvalitet", 0.0))
            },
        )

    def three_ways(self, resurs: float = -2.0, volym: float = 0.0, kvalitet: float = 0.0) -> Exhibit:
        """Visa vad en ändring i procent av resurs, volym och kvalitet gör med effektiviteten.

        Parameters
        ----------
        resurs, volym, kvalitet
            Ändring i procent: -2 är två procent mindre. Ändra talen och kör cellen igen.
        """
        name, title, view = "kalkylator", "Så mycket ger var och en av de tre vägarna", self.view
        now = today(view)
        if view.area.no_efficiency:
            return nothing(name, title, view.area.no_efficiency, flags=())
        if now is None:
            return nothing(name, title, "Kostnad och volym saknas för samma år.")
        if min(resurs, volym, kvalitet) <= -100:
            raise InputError("En ändring i procent ska vara större än -100, till exempel resurs=-2.")
        asked = tuple(1 + value / 100 for value in (resurs, volym, kvalitet))
        each = 100 * (three_ways(*asked) - 1)
        steps = (1, 2, 3, 5, 10)
        rows: list[tuple[Value, ...]] = [
            (
                f"{step} procent",
                now.resource * (1 - 1 / (1 + step / 100)) / 1e6,
                now.volume * step / 100 if view.area.volume_is_output else None,
                now.quality * step / 100 if np.isfinite(now.quality) else None,
            )
            for step in steps
        ]
        signs = ", ".join(
            f"{word} {plain(value, signed=True)} procent"
            for word, value in (("resurs", resurs), ("volym", volym), ("kvalitet", kvalitet))
            if value
        )
        return Exhibit(
            id=name,
            title=title,
            source=Source.OWN,
            alt=None,
            blocks=(
                f"Prova: {signs or 'ingen ändring'} ger {plain_amount(float(each['together']), '%', signed=True)} effektivitet.",
            ),
            how_to_read="En rad är en höjning av effektiviteten, och vad som krävs av en väg i taget när de andra är som nu.",
            table=Table(
                caption=f"Vad som krävs av varje väg i {self.name}, {now.year}",
                columns=(
                    Column("hojning", "Höjd effektivitet"),
                    Column("resurs", RESOURCE, kind="number", unit="mnkr", decimals=1),
                    Column(
                        "volym",
                        f"{VOLUME}, {view.area.volume_word}",
                        kind="number",
                        decimals=0,
                        may_lack=True,
                    ),
                    Column(
                        "kvalitet",
                        f"Bättre: {capitalise(named(now.kpi))}",
                        kind="number",
                        unit=now.kpi.unit,
                        decimals=1,
                        may_lack=True,
                    ),
                ),
                rows=tuple(rows),
            ),
            kpis=(view.area.unit_cost, view.area.volume),
        )
