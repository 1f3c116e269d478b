"""The first page of the overview: five points."""

from __future__ import annotations

from collections.abc import Sequence

from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Bullets, Exhibit, Source, Strong, Text
from effektiv.exhibits.series import lower_first
from effektiv.exhibits.swedish import cardinal, join, number
from effektiv.steps.s1_nulagesanalys.indices import SIDE_NAMES, IndexView
from effektiv.steps.s1_nulagesanalys.services import (
    NEAR_ZERO_PCT,
    TOTAL,
    ServicesCase,
    ServiceView,
    against_reference,
    candidates_sentence,
    total_point,
    when_of,
    worth,
)


class OverviewSummaryCase(ServicesCase):
    """What the overview says first."""

    def summary(self) -> Exhibit:
        """Visa första sidans fem punkter."""
        flags = self.flags(*self._deviations, *self._indices)
        context = self.context
        views = self._views
        total = self._all_views[TOTAL]
        index_views = self._index_views
        dear = sorted(
            (view for view in views if view.has("gap_mnkr") and view.value("deviation_pct") > NEAR_ZERO_PCT),
            key=lambda view: -view.value("gap_mnkr"),
        )
        points: tuple[tuple[str, str], ...] = (
            ("Hela kommunen", total_point(context, total)),
            ("Kostnad", _dear_point(context, views, dear)),
            ("Kvalitet", _index_point(context, index_views, "quality")),
            ("Effektivitet", _index_point(context, index_views, "efficiency")),
            ("Fokusområden", f"{candidates_sentence(context, views)} Valet är kommunens eget."),
        )
        items: tuple[Text, ...] = tuple((Strong(f"{label}. "), text) for label, text in points)
        return Exhibit(
            id="sammanfattning",
            title="Läget i fem punkter",
            source=Source.OWN,
            alt=None,
            finding=_one_line(context, total, dear),
            blocks=(Bullets(items, ordered=True),),
            how_to_read="Siffrorna visar hur det ser ut. De visar inte varför; det är nästa steg.",
            flags=flags,
        )


def _one_line(context: Context, total: ServiceView | None, dear: Sequence[ServiceView]) -> str:
    """Return the finding that stands in the index of reports."""
    parts = []
    if total is not None and total.has("deviation_pct"):
        parts.append(f"Totalt {against_reference(total)} {when_of(context, total)}.")
    if dear:
        parts.append(f"Mest över referenskostnaden i kronor är {worth(dear[0])}.")
    return " ".join(parts) or f"Det finns för få uppgifter för att jämföra verksamheterna i {context.name}."


def _dear_point(context: Context, views: Sequence[ServiceView], dear: Sequence[ServiceView]) -> str:
    if not any(view.has("gap_mnkr") for view in views):
        return f"Nettokostnadsavvikelser i kronor saknas för {context.name}."
    if not dear:
        return f"Ingen verksamhet med uppgifter kostar mer än {number(NEAR_ZERO_PCT)} procent över referenskostnaden."
    first, *others = (worth(view) for view in dear[:3])
    most = f"Mest över referenskostnaden i kronor är {first}."
    return f"{most} Sedan följer {join(others)}." if others else most


def _index_point(context: Context, views: Sequence[IndexView], side: str) -> str:
    name = SIDE_NAMES[side].lower()
    known = [view for view in views if view.quarters[side] is not None]
    if not known:
        return f"Värden saknas: {context.name} har inget {name} i frysningen."
    low = [lower_first(view.definition.label) for view in known if view.steady(side, 1, 1)]
    high = [lower_first(view.definition.label) for view in known if view.steady(side, 4, 4)]
    noun = "verksamhet" if len(known) == 1 else "verksamheter"
    parts = [
        f"{context.name} har {name} för {cardinal(len(known), common=True)} {noun} av {cardinal(len(views), common=True)}."
    ]
    if low:
        parts.append(f"Lägsta fjärdedelen i landet tre år i rad: {join(low)}.")
    if high:
        parts.append(f"Högsta fjärdedelen i landet tre år i rad: {join(high)}.")
    if not low and not high:
        parts.append("Inget av dem låg i landets lägsta eller högsta fjärdedel tre år i rad.")
    return " ".join(parts)
