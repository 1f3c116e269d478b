"""The net cost deviation of every service."""

from __future__ import annotations

from collections.abc import Sequence

from effektiv.exhibits.charts import BarRow, Bars, bars
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.swedish import join, mnkr, number, percent, years
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steps.s1_nulagesanalys.services import (
    NEAR_ZERO_PCT,
    TOTAL,
    ServicesCase,
    ServiceView,
    group_note,
    total_point,
    worth,
)


class DeviationsCase(ServicesCase):
    """Net cost deviations."""

    def deviations(self) -> Exhibit:
        """Visa nettokostnadsavvikelsen i varje verksamhet."""
        flags = self.flags(*self._deviations)
        context, views, total = self.context, self._views, self._all_views[TOTAL]
        title = "Nettokostnadsavvikelse i alla verksamheter"
        known = [view for view in views if view.service.deviation_pct is not None]
        if not any(view.has("deviation_pct") for view in known):
            return nothing(
                "nettokostnadsavvikelser",
                title,
                f"Frysningen saknar nettokostnadsavvikelser för {context.name}.",
            )
        latest = max(view.year for view in known if view.year is not None)
        shown = sorted(
            (view for view in known if view.has("gap_mnkr")), key=lambda view: -view.value("gap_mnkr")
        )
        return Exhibit(
            id="nettokostnadsavvikelser",
            title=title,
            source=Source.OWN,  # the peers' median and the gaps in the table are computed here
            figure=bars(
                Bars(
                    rows=tuple(_bar(view, latest) for view in known),
                    unit="%",
                    decimals=1,
                    left_text="Lägre kostnad än referenskostnaden",
                    right_text="Högre kostnad än referenskostnaden",
                )
            ),
            alt=_deviation_alt(context, known),
            finding=_deviation_finding(context, shown, total),
            table=_deviation_table(context, [*known, *([total] if total is not None else [])]),
            how_to_read=(
                "Stapeln är det senaste året och strecket det lägsta och högsta av de tre senaste åren. Noll betyder att "
                "kostnaden är lika stor som referenskostnaden. Färgen säger inget om vad som är bra: en avvikelse kan vara "
                "ambition, effektivitet eller förutsättningar som inte finns med."
            ),
            notes=_join(
                "Kolada publicerar ingen nettokostnadsavvikelse för riket. Fördelningen av gemensamma kostnader skiljer sig "
                "mellan kommuner, så jämför även verksamheter som ligger nära varandra.",
                group_note(known),
            ),
            flags=flags,
        )


def _join(*sentences: str) -> str:
    return " ".join(item for item in sentences if item)


def _bar(view: ServiceView, latest: int) -> BarRow:
    if not view.has("deviation_pct"):
        return BarRow(view.service.label, None, mark=view.mark)
    low, high = view.spread if view.spread is not None else (None, None)
    under = mnkr(view.value("gap_mnkr"), signed=True) if view.has("gap_mnkr") else ""
    label = view.service.label if view.year == latest else f"{view.service.label} ({view.year})"
    return BarRow(label, view.value("deviation_pct"), low=low, high=high, under=under)


def _deviation_alt(context: Context, views: Sequence[ServiceView]) -> str:
    parts = [
        f"{view.service.label} {percent(view.value('deviation_pct'), signed=True)}{_spread_words(view)}"
        for view in views
        if view.has("deviation_pct")
    ]
    when = years(view.year for view in views if view.year is not None)
    return f"Avvikelse från referenskostnaden i {context.name} {when}: {join(parts)}."


def _spread_words(view: ServiceView) -> str:
    if view.spread is None:
        return ""
    low, high = (number(end, 1, signed=True) for end in view.spread)
    return f" (lägst {low} och högst {high} på tre år)" if low != high else ""


def _deviation_finding(context: Context, shown: Sequence[ServiceView], total: ServiceView | None) -> str:
    parts = []
    if total is not None and total.has("deviation_pct"):
        parts.append(total_point(context, total))
    dear = [view for view in shown if view.value("deviation_pct") > NEAR_ZERO_PCT]
    cheap = [view for view in reversed(shown) if view.value("deviation_pct") < -NEAR_ZERO_PCT]
    if dear:
        parts.append(f"Mest över referenskostnaden i kronor är {worth(dear[0])}.")
    if cheap:
        parts.append(f"Mest under är {worth(cheap[0])}.")
    if not dear and not cheap:
        parts.append(
            f"Ingen verksamhet med uppgifter i {context.name} avviker mer än {percent(NEAR_ZERO_PCT, 0)}."
        )
    return " ".join(parts)


def _deviation_table(context: Context, views: Sequence[ServiceView]) -> Table:
    rows: list[tuple[Value, ...]] = [
        (
            view.service.label,
            view.year,
            view.row["deviation_pct"],
            view.row["peer_deviation_pct"],
            view.row["gap_mnkr"],
            view.spread[0] if view.spread else None,
            view.spread[1] if view.spread else None,
        )
        for view in views
    ]
    return Table(
        caption=f"Nettokostnadsavvikelse i {context.name}",
        columns=(
            Column("verksamhet", "Verksamhet"),
            Column("ar", "År", kind="year"),
            Column("avvikelse", "Avvikelse", kind="number", unit="%", decimals=1, signed=True),
            Column("grupp", "Gruppens median", kind="number", unit="%", decimals=1, signed=True),
            Column("mnkr", "Avvikelse", kind="number", unit="mnkr", decimals=1, signed=True),
            Column(
                "lagst", "Lägst på tre år", kind="number", unit="%", decimals=1, signed=True, may_lack=True
            ),
            Column(
                "hogst", "Högst på tre år", kind="number", unit="%", decimals=1, signed=True, may_lack=True
            ),
        ),
        rows=tuple(rows),
        marks={
            **{
                (place, "avvikelse"): view.mark
                for place, view in enumerate(views)
                if not view.has("deviation_pct")
            },
            # What is published in per cent only cannot be told in kronor.
            **{
                (place, "mnkr"): None
                for place, view in enumerate(views)
                if not (view.service.deviation_mnkr or view.service.reference_cost or view.has("gap_mnkr"))
            },
        },
    )
