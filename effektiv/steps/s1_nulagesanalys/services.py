"""All services side by side, and which stand out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from effektiv.analysis.panels import latest_year
from effektiv.analysis.peers import PeerGroup
from effektiv.analysis.services import services as compare_services
from effektiv.analysis.uncertainty import three_year_spread
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Block, Bullets, Exhibit, Source
from effektiv.exhibits.series import lower_first
from effektiv.exhibits.swedish import Mark, amount, cardinal, is_missing, join, number, year, years_held
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import quarter_words
from effektiv.peers import official_groups
from effektiv.steps.s1_nulagesanalys.indices import STEADY_YEARS, IndexView, IndicesCase
from effektiv.types import SIMILAR_MEMBERS, Service

TOTAL = "totalt"


NEAR_ZERO_PCT = 1.0
"""Deviations within this many per cent of the reference cost are called about as expected."""


@dataclass(frozen=True)
class ServiceView:
    """One service with its row of `effektiv.analysis.services.services`.

    Attributes
    ----------
    service
        Which service.
    row
        The row.
    spread
        Lowest and highest deviation of the last three years; None where missing.
    index
        Its index, where RKA has one.
    own_group
        Whether its peers are Kolada's group for this service, not the one of the overview.
    lacking
        How many of that group's members are not in the snapshot.
    mark
        Why the deviation is missing.
    """

    service: Service
    row: Mapping[str, Any]
    spread: tuple[float, float] | None
    index: IndexView | None = None
    own_group: bool = False
    lacking: int = 0
    mark: Mark = Mark.NOT_PUBLISHED

    def has(self, column: str) -> bool:
        """Whether the row has a value in the column."""
        return not is_missing(self.row[column])

    def value(self, column: str) -> float:
        """Return a number of the row."""
        return float(self.row[column])

    @property
    def year(self) -> int | None:
        """Year of the deviation."""
        return int(self.row["year"]) if self.has("year") else None


class ServicesCase(IndicesCase):
    """All services."""

    @cached_property
    def _all_views(self) -> dict[str, ServiceView]:
        overview = self.overview
        total = Service(
            id=TOTAL,
            label="Totalt, utan LSS",
            deviation_pct=overview.total_deviation_pct,
            net_cost=overview.total_net_cost,
        )
        rows_of = overview.model_copy(update={"services": (*overview.services, total)})
        wanted = {
            kpi
            for service in rows_of.services
            for kpi in (
                service.deviation_pct,
                service.deviation_mnkr,
                service.reference_cost,
                service.net_cost,
            )
            if kpi
        } | {overview.population, overview.total_net_cost}
        frame = compare_services(
            rows_of,
            self.panels(sorted(wanted)),
            self.municipality,
            self._members,
            breaks={kpi: self.kpi(kpi).breaks for kpi in wanted},
        )
        by_index = {view.definition.id: view for view in self._index_views}
        return {
            service.id: ServiceView(
                service,
                {str(key): cell for key, cell in frame.loc[service.id].items()},
                self._spread(service),
                index=by_index.get(service.index or ""),
                own_group=service.id in self._own_groups,
                lacking=self._own_groups[service.id].lacking if service.id in self._own_groups else 0,
                mark=self.mark(service.deviation_pct) if service.deviation_pct else Mark.NOT_PUBLISHED,
            )
            for service in rows_of.services
        }

    @cached_property
    def _members(self) -> dict[str, Sequence[str]]:
        """Peers per service: Kolada's own group for the service where the area has one."""
        own = {service: group.members for service, group in self._own_groups.items()}
        return {"": self.peers.members, **own}

    @cached_property
    def _own_groups(self) -> dict[str, PeerGroup]:
        """Kolada's own group for a service, by its id; none when the peers are not Kolada's."""
        groups: dict[str, PeerGroup] = {}
        if not self.peers.official:
            return groups
        for service in self.overview.services:
            area = self.catalogue.areas.get(service.focus_area or "")
            if area is not None:
                groups_known = official_groups(self.snapshot)
                group = groups_known.find(area.family, self.name, self.year, self.municipality)
                if group is not None and group.members:
                    groups[service.id] = group
        return groups

    def _spread(self, service: Service) -> tuple[float, float] | None:
        if service.deviation_pct is None:
            return None
        panel = self.panel(service.deviation_pct)
        year = latest_year(panel, self.municipality)
        if year is None:
            return None
        breaks = self.kpi(service.deviation_pct).breaks
        found = three_year_spread(panel, self.municipality, year, breaks)
        return None if found is None else (found.low, found.high)

    @property
    def _views(self) -> tuple[ServiceView, ...]:
        return tuple(view for key, view in self._all_views.items() if key != TOTAL)

    @cached_property
    def _deviations(self) -> tuple[str, ...]:
        """Deviations of all services, in per cent and mnkr, and of all services together."""
        services = self.overview.services
        figures = (kpi for service in services for kpi in (service.deviation_pct, service.deviation_mnkr))
        return (*(kpi for kpi in figures if kpi), self.overview.total_deviation_pct)

    def services(self) -> Exhibit:
        """Ställ alla verksamheter bredvid varandra."""
        context, views, flags = self.context, self._views, self.flags(*self._deviations, *self._indices)
        title = "Verksamheterna sida vid sida"
        rows = tuple(_service_row(view) for view in views)
        notes = [f"{view.service.label}: {view.service.note}" for view in views if view.service.note]
        blocks: tuple[Block, ...] = (Bullets(tuple(notes)),) if notes else ()
        return Exhibit(
            id="verksamheter",
            title=title,
            source=Source.OWN,
            alt=None,
            finding=candidates_sentence(context, views),
            blocks=blocks,
            table=Table(
                caption=f"Kostnadsgap, kvalitet, riktning och säkerhet i {context.name}",
                columns=(
                    Column("verksamhet", "Verksamhet"),
                    Column("ar", "År", kind="year"),
                    Column(
                        "mnkr", "Kostnad över referens", kind="number", unit="mnkr", decimals=1, signed=True
                    ),
                    Column(
                        "grupp", "Mot gruppens median", kind="number", unit="mnkr", decimals=1, signed=True
                    ),
                    Column(
                        "andel", "Andel av nettobudgeten", kind="number", unit="%", decimals=2, signed=True
                    ),
                    Column("kvalitet", "Kvalitet, läge i landet"),
                    Column("effektivitet", "Effektivitet, läge i landet"),
                    Column("riktning", "Kostnad på tre år"),
                    Column("sakerhet", "Samma sida om noll"),
                ),
                rows=rows,
            ),
            how_to_read=(
                "Läs raderna var för sig. Ett stort gap i kronor är inte viktigare än ett litet med låg kvalitet, och måtten "
                "går inte att lägga ihop. Läget i landet gäller index de tre senaste åren."
            ),
            notes=group_note(views),
            flags=flags,
        )


def _service_row(view: ServiceView) -> tuple[Value, ...]:
    judged = int(view.row["years_judged"])
    held = years_held(int(view.row["years_same_sign"]), judged) if judged else ""
    return (
        view.service.label,
        view.year,
        view.row["gap_mnkr"],
        view.row["gap_peers_mnkr"],
        view.row["gap_budget_pct"],
        quarters_text(view, "quality"),
        quarters_text(view, "efficiency"),
        _direction(view),
        held,
    )


def quarters_text(view: ServiceView, side: str) -> str:
    """Write in which quarters of the country a side of the service's index has been."""
    if view.index is None:
        return "index finns inte"
    span = view.index.quarters[side]
    return "saknas" if span is None else quarter_words(span)


def _direction(view: ServiceView) -> str:
    if not view.has("change"):
        return "går inte att bedöma"
    step = f"{number(view.value('change'), 1, signed=True)} procentenheter"
    if is_missing(view.row["change_low"]):
        return f"{step}, okänd osäkerhet"
    low, high = (
        number(view.value("change_low"), 1, signed=True),
        number(view.value("change_high"), 1, signed=True),
    )
    word = {1: "stiger", -1: "sjunker", 0: "ingen säker riktning"}[int(view.row["change_sign"])]
    return f"{word}: {step} ({low} till {high})"


def candidates_sentence(context: Context, views: Sequence[ServiceView]) -> str:
    """Say which services stand out on cost and on quality, without choosing."""
    return f"{_cost_candidates(context, views)} {_quality_candidates(context, views)}"


def _cost_candidates(context: Context, views: Sequence[ServiceView]) -> str:
    if not any(view.has("deviation_pct") for view in views):
        return f"Nettokostnadsavvikelser saknas för {context.name}."
    dear = [lower_first(view.service.label) for view in views if _steadily_dear(view)]
    if not dear:
        return "Ingen verksamhet med uppgifter har stadigt kostat mer än referenskostnaden."
    return f"Dyrare än referenskostnaden tre år i rad: {join(dear)}."


def _steadily_dear(view: ServiceView) -> bool:
    if not view.has("deviation_pct") or view.value("deviation_pct") <= NEAR_ZERO_PCT:
        return False
    return int(view.row["years_same_sign"]) == int(view.row["years_judged"]) >= STEADY_YEARS


def _quality_candidates(context: Context, views: Sequence[ServiceView]) -> str:
    indices = [view.index for view in views if view.index is not None]
    if not any(index.quarters["quality"] for index in indices):
        return f"Kvalitetsindex saknas för {context.name}."
    poor = [lower_first(index.definition.label) for index in indices if index.steady("quality", 1, 2)]
    if not poor:
        return "Inget kvalitetsindex har stadigt legat i landets lägre halva."
    return f"Kvalitetsindex i landets lägre halva tre år i rad: {join(poor)}."


def group_note(views: Sequence[ServiceView]) -> str:
    """Say which services are compared with a group of their own."""
    own = [lower_first(view.service.label) for view in views if view.own_group]
    if not own:
        return ""
    lacking = (
        f" Av gruppens {cardinal(SIMILAR_MEMBERS)} kommuner för {lower_first(view.service.label)} finns "
        f"{cardinal(view.lacking, common=True)} inte i frysningen."
        for view in views
        if view.lacking
    )
    return f"För {join(own)} är gruppen Koladas liknande kommuner i just den verksamheten.{''.join(lacking)}"


def when_of(context: Context, view: ServiceView) -> str:
    """Write the year of a service's deviation."""
    kpi = view.service.deviation_pct
    assert view.year is not None  # asked only of a service with a deviation
    assert kpi is not None
    return year(view.year, preliminary=context.is_preliminary(kpi, view.year))


def worth(view: ServiceView) -> str:
    """Name a service with what its deviation is worth, and for how long it has had the same sign."""
    held = years_held(int(view.row["years_same_sign"]), int(view.row["years_judged"]))
    return f"{lower_first(view.service.label)} med {amount(abs(view.value('gap_mnkr')), 'mnkr', 1)} ({held})"


def against_reference(view: ServiceView) -> str:
    """Write a deviation: "3,2 procent dyrare än referenskostnaden"."""
    deviation = view.value("deviation_pct")
    shown = number(abs(deviation), 1)
    if shown == number(0, 1):
        return "lika dyrt som referenskostnaden"
    return f"{shown} procent {'dyrare' if deviation > 0 else 'billigare'} än referenskostnaden"


def total_point(context: Context, total: ServiceView | None) -> str:
    """Say what all services together cost against the reference cost."""
    if total is None or not total.has("deviation_pct"):
        return f"Den totala nettokostnadsavvikelsen saknas för {context.name}."
    text = (
        f"Verksamheten i {context.name}, utom LSS, var {against_reference(total)} {when_of(context, total)}."
    )
    low, high = (number(end, 1, signed=True) for end in total.spread or (0.0, 0.0))
    if total.spread is not None and low != high:
        text += f" På tre år var avvikelsen mellan {low} och {high} procent."
    return text
