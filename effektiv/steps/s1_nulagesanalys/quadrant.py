"""Cost against quality: where all municipalities stand, and the own way there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from effektiv.analysis.panels import Panel, breaks_of, by_year, country, latest_of_both, row, value_at, window
from effektiv.analysis.uncertainty import quarter_span
from effektiv.exhibits.charts import Place, Quadrant, YearPlace
from effektiv.exhibits.charts import quadrant as draw_quadrant
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Block, Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.series import YEARS, cell, lower_first, preliminary_years, quoted, recent, spread_text
from effektiv.exhibits.swedish import genitive, is_missing, join, number, year, years_held
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named, quarter_text
from effektiv.steps.s1_nulagesanalys.national import INDEX, OWN_POSITION
from effektiv.steps.s1_nulagesanalys.role_models import RoleModelsCase
from effektiv.types import Break, Flag, IndexDefinition, Kpi, OwnIndex

ROLE_MODELS_SHOWN = 5
"""Role models marked in the quadrant, best first; more cannot be told apart."""


MOST_PEERS = 50
"""A larger group, such as all municipalities, is not marked: it is the faint dots."""


@dataclass(frozen=True)
class IndexPosition:
    """Index points of all municipalities on cost and quality.

    Attributes
    ----------
    kind
        "published": RKA's index from Kolada; "check": the same computed here where Kolada's
        is missing; "own": our construction for an area without an index.
    resource, quality
        Panels of points 0-100, 100 cheapest and best.
    year
        Latest year in which the municipality has both.
    figures
        Key figures that the points are, or are made of.
    breaks
        Breaks of the points: earlier years are not shown beside later ones.
    role_models
        Codes, best first.
    role_model_figures
        Cost and quality figure that the role models were chosen by.
    note
        How the points were made, for "check" and "own".
    unexplained_pct
        For "own": what the cost model leaves unexplained that year, per cent.
    scope
        What RKA's index covers, which may be more than the area: ``äldreomsorg``.
    """

    kind: Literal["published", "check", "own"]
    resource: Panel
    quality: Panel
    year: int
    figures: tuple[Kpi, ...]
    breaks: tuple[Break, ...] = ()
    role_models: tuple[str, ...] = ()
    role_model_figures: tuple[Kpi, ...] = ()
    note: str = ""
    unexplained_pct: float | None = None
    scope: str = ""


class QuadrantCase(RoleModelsCase):
    """Position on cost and quality."""

    @cached_property
    def index_position(self) -> IndexPosition | None:
        """Points on cost and quality: Kolada's index, our check of it, or our own construction."""
        if self.area.index is not None:
            return self._rka_position(self.catalogue.index(self.area.index))
        return None if self.area.own_index is None else self._constructed_position(self.area.own_index)

    def _rka_position(self, definition: IndexDefinition) -> IndexPosition | None:
        index = self.national.result(INDEX, definition)
        parts = (definition.resource, definition.quality)
        scope = lower_first(definition.label)
        published = self._place(
            "published", index.resource, index.quality, [part.published for part in parts], scope=scope
        )
        if published is not None:
            return published
        inputs = [item.kpi for part in parts for item in part.inputs]
        note = (
            "Läget är beräknat med RKA:s metod ur de nyckeltal som index uppges bygga på, och kan avvika från "
            f"det publicerade. {definition.note}"
        )
        return self._place("check", index.own_resource, index.own_quality, inputs, note.strip(), scope=scope)

    def _constructed_position(self, definition: OwnIndex) -> IndexPosition | None:
        position = self.national.result(OWN_POSITION, self.area)
        return self._place(
            "own",
            position.resource,
            position.quality,
            (definition.cost, *definition.quality),
            own_index_note(definition, self.catalogue.kpis),
            by_year(position.models["unexplained_pct"]),
        )

    def _place(
        self,
        kind: Literal["published", "check", "own"],
        resource: Panel,
        quality: Panel,
        figures: Sequence[str],
        note: str = "",
        unexplained: Mapping[int, float] | None = None,
        scope: str = "",
    ) -> IndexPosition | None:
        year = latest_of_both(resource, quality, self.municipality)
        if year is None:
            return None
        kpis, found = tuple(self.kpi(kpi) for kpi in figures), self.role_model_frame
        return IndexPosition(
            kind=kind,
            resource=resource,
            quality=quality,
            year=year,
            figures=kpis,
            breaks=breaks_of(kpis),
            role_models=() if found is None else tuple(str(code) for code in found.index),
            role_model_figures=(self.kpi(self.area.deviation_pct), self.kpi(self.area.headline_quality)),
            note=note,
            unexplained_pct=(unexplained or {}).get(year),
            scope=scope,
        )

    def quadrant(self) -> Exhibit:
        """Visa kostnad mot kvalitet för alla kommuner, och kommunens egen väg dit den är nu."""
        context, position = self.context, self.index_position
        title = "Kostnad och kvalitet i kvadranten"
        if position is None:
            return nothing("kvadrant", title, self._no_index_position())
        path = _path(context, position)
        finding = _corner(context, position, path)
        bands = _bands(context, position)
        blocks: list[Block | str] = [bands]
        if position.unexplained_pct is not None:
            blocks.append(
                f"Modellen bakom det egna resursläget lämnar {number(position.unexplained_pct)} procent av "
                "skillnaderna i kostnad mellan kommuner oförklarade."
            )
        return Exhibit(
            id="kvadrant",
            title=title,
            source=Source.OWN,
            finding=finding,
            blocks=tuple(blocks),
            figure=draw_quadrant(_quadrant(context, position, path)),
            alt=_quadrant_alt(position, finding, path),
            table=_quadrant_table(context, position, path),
            how_to_read=_quadrant_how(context, position, path),
            notes=_quadrant_notes(position),
            flags=(*_kind_flags(position), *self.flags(*(kpi.id for kpi in position.figures))),
        )

    def _no_index_position(self) -> str:
        own = self.area.own_index
        if own is not None:
            lacking = self.lacks((own.cost, *own.quality))
            what = (
                f"Frysningen saknar {quoted(lacking)}"
                if lacking
                else "Inget år har både kostnad och kvalitet"
            )
            return (
                f"Kolada har inget index för {self.area.in_text}. {what} för ett eget läge för {self.name}."
            )
        return (
            f"Frysningen saknar både RKA:s index för {self.area.in_text} och det som behövs för att räkna index "
            f"för {self.name}."
        )


_MEASURED_BY = {
    "published": "mätt med RKA:s index",
    "check": "mätt med vår egen beräkning av RKA:s index",
    "own": "mätt med en egen konstruktion",
}


_AXES = {
    "published": ("Resursindex", "Kvalitetsindex"),
    "check": ("Resursindex, beräknat här", "Kvalitetsindex, beräknat här"),
    "own": ("Resursläge, egen konstruktion", "Kvalitetsläge, egen konstruktion"),
}


_IN_TEXT = {
    "published": ("Resursindex", "Kvalitetsindex"),
    "check": ("Det beräknade resursindexet", "Det beräknade kvalitetsindexet"),
    "own": ("Det egna resursläget", "Det egna kvalitetsläget"),
}


def _kind_flags(position: IndexPosition) -> tuple[Flag, ...]:
    if position.kind == "own":
        return (Flag(code="own", text="Kolada har inget index för området."),)
    if position.kind == "check":
        text = "Kolada har inget index för kommunen i frysningen; läget är beräknat här med RKA:s metod."
        return (Flag(code="own", text=text),)
    return ()


def _medians(position: IndexPosition, when: int) -> tuple[float, float]:
    """Return the medians of both sides over the municipalities that have both."""
    both = pd.DataFrame({"x": country(position.resource)[when], "y": country(position.quality)[when]})
    x, y = both.dropna().median().tolist()
    return float(x), float(y)


def _path(context: Context, position: IndexPosition) -> tuple[YearPlace, ...]:
    """Return the municipality's places by year, back to the latest break."""
    x = recent(row(position.resource, context.municipality), position.year)
    y = recent(row(position.quality, context.municipality), position.year)
    comparable = set(window(position.year, YEARS, position.breaks))
    return tuple(YearPlace(when, x[when], y[when]) for when in x if when in y and when in comparable)


def _corner(context: Context, position: IndexPosition, path: Sequence[YearPlace]) -> str:
    """Say which corner the municipality stands in, and for how many of the last years each side holds."""
    three = window(position.year, 3, position.breaks)
    lately = [place for place in path if place.year in three]
    medians = [_medians(position, place.year) for place in lately]
    cost = [int(np.sign(place.x - median[0])) for place, median in zip(lately, medians, strict=True)]
    quality = [int(np.sign(place.y - median[1])) for place, median in zip(lately, medians, strict=True)]
    when = year(position.year, preliminary=_is_preliminary(context, position))
    return (
        f"År {when} hade {context.name} {_side(quality, 'högre kvalitet', 'lägre kvalitet', 'samma kvalitet')} och "
        f"{_side(cost, 'lägre kostnad', 'högre kostnad', 'samma kostnad')} än mitten av landets kommuner, "
        f"{_MEASURED_BY[position.kind]}{f' för {position.scope}' if position.scope else ''}."
    )


def _side(signs: Sequence[int], above: str, below: str, equal: str) -> str:
    """Name the side of the last of the signs, and in how many of the years it was so."""
    words = {1: above, -1: below, 0: equal}[signs[-1]]
    return f"{words} ({years_held(signs.count(signs[-1]), len(signs))})"


def _is_preliminary(context: Context, position: IndexPosition) -> bool:
    return position.year in preliminary_years(context, position.figures)


def _bands(context: Context, position: IndexPosition) -> str:
    """Say in which quarter of the municipalities each side lies, with its spread."""
    sentences = []
    for name, panel in zip(_IN_TEXT[position.kind], (position.resource, position.quality), strict=True):
        values = row(panel, context.municipality)
        three = window(position.year, 3, position.breaks)
        spread = spread_text(values, three, "", 0)
        band = quarter_text(quarter_span(panel, context.municipality, position.year, position.breaks))
        shown = f"{number(float(values[position.year]))}{f' ({spread})' if spread else ' (bara ett år)'}"
        sentences.append(f"{name} var {shown}{f', {band}' if band else ''}.")
    return " ".join(sentences)


def _place(context: Context, position: IndexPosition, code: str) -> Place | None:
    x, y = (value_at(panel, code, position.year) for panel in (position.resource, position.quality))
    return None if is_missing(x) or is_missing(y) else Place(context.names[code], x, y)


def _places(context: Context, position: IndexPosition, codes: Iterable[str]) -> tuple[Place, ...]:
    return tuple(place for code in codes if (place := _place(context, position, code)) is not None)


def _marked(context: Context, position: IndexPosition) -> tuple[str, ...]:
    """Return the best role models that have a place in the figure."""
    placed = [code for code in position.role_models if _place(context, position, code) is not None]
    return tuple(placed[:ROLE_MODELS_SHOWN])


def _marked_peers(context: Context) -> tuple[str, ...]:
    members = context.peers.members
    return members if len(members) <= MOST_PEERS else ()


def _quadrant(context: Context, position: IndexPosition, path: tuple[YearPlace, ...]) -> Quadrant:
    role_models = _marked(context, position)
    peers = [code for code in _marked_peers(context) if code not in role_models]
    marked = {context.municipality, *peers, *role_models}
    both = pd.DataFrame(
        {"x": country(position.resource)[position.year], "y": country(position.quality)[position.year]}
    ).dropna()
    others = both.loc[[code for code in both.index if code not in marked]]
    x_name, y_name = _AXES[position.kind]
    three = set(window(position.year, 3, position.breaks))
    lately = [place for place in path if place.year in three]
    return Quadrant(
        name=context.name,
        path=path,
        others=tuple((float(x), float(y)) for x, y in others.itertuples(index=False, name=None)),
        peers=_places(context, position, peers),
        role_models=_places(context, position, role_models),
        median=_medians(position, position.year),
        x_label=f"{x_name} (högre är billigare)",
        y_label=f"{y_name} (högre är bättre)",
        x_interval=(min(p.x for p in lately), max(p.x for p in lately)) if len(lately) > 1 else None,
        y_interval=(min(p.y for p in lately), max(p.y for p in lately)) if len(lately) > 1 else None,
        preliminary=preliminary_years(context, position.figures),
    )


def _quadrant_alt(position: IndexPosition, finding: str, path: Sequence[YearPlace]) -> str:
    x, y = _AXES[position.kind]
    first, last = path[0], path[-1]
    way = (
        f" Läget har gått från ({number(first.x)}; {number(first.y)}) {first.year} till "
        f"({number(last.x)}; {number(last.y)}) {last.year}."
        if len(path) > 1
        else ""
    )
    return f"Punktdiagram, {lower_first(x)} vågrätt och {lower_first(y)} lodrätt. {finding}{way}"


def _quadrant_how(context: Context, position: IndexPosition, path: Sequence[YearPlace]) -> str:
    parts = [
        "Varje prick är en kommun. Längre åt höger är kostnaden lägre, längre upp är kvaliteten högre.",
        "De streckade linjerna är medianen för alla kommuner.",
    ]
    if len(path) > 1:
        parts.append(
            f"Linjen visar {genitive(context.name)} väg från {path[0].year} till {path[-1].year}, och korset hur "
            "läget har varierat de tre senaste åren."
        )
    if any(item.year == path[0].year for item in position.breaks):
        parts.append(f"Tidigare år visas inte, eftersom mätningen ändrades {path[0].year}.")
    if _marked(context, position) and position.role_model_figures:
        by = quoted(position.role_model_figures)
        parts.append(
            f"Förebilderna är valda på {by} under flera år och kan därför ligga var som helst i figuren."
        )
    parts.append("Läget visar hur kommunen står sig mot andra samma år, inte om resultatet är bra i sig.")
    return " ".join(parts)


def _quadrant_notes(position: IndexPosition) -> str:
    if position.kind != "published":
        return position.note
    ids = join([kpi.id for kpi in position.figures])
    return (
        f"Indexvärdena är RKA:s så som de står i Kolada ({ids}). Medianer, spridning och förebilder är "
        "beräknade här."
    )


def own_index_note(definition: OwnIndex, kpis: Mapping[str, Kpi]) -> str:
    """Say how the own construction of position is made."""
    structure = quoted(kpis[kpi] for kpi in definition.structure)
    quality = quoted(kpis[kpi] for kpi in definition.quality)
    return (
        f"Resursläget är {named(kpis[definition.cost])} ({kpis[definition.cost].unit}) rensad från skillnader "
        f"i {structure}. Kvalitetsläget är medelvärdet av {quality}. Båda är placerade på en skala "
        "från 0 till 100 bland landets kommuner."
    )


def _quadrant_table(context: Context, position: IndexPosition, path: Sequence[YearPlace]) -> Table:
    own: list[tuple[Value, ...]] = [
        (context.name, place.year, "Egen kommun", place.x, place.y) for place in reversed(path)
    ]
    role_models = _marked(context, position)
    others: list[tuple[Value, ...]] = []
    for code in dict.fromkeys((*_marked_peers(context), *role_models)):
        kind = "Förebild" if code in role_models else "Jämförelsekommun"
        x, y = (value_at(panel, code, position.year) for panel in (position.resource, position.quality))
        others.append((context.names[code], position.year, kind, cell(x), cell(y)))
    x_name, y_name = _AXES[position.kind]
    median = ("Median, alla kommuner", position.year, "", *_medians(position, position.year))
    return Table(
        caption=f"Kostnad och kvalitet för {context.name} och jämförelsekommunerna",
        columns=(
            Column("kommun", "Kommun"),
            Column("ar", "År", kind="year"),
            Column("roll", "Roll"),
            Column("resurs", f"{x_name} (högre är billigare)", kind="number"),
            Column("kvalitet", f"{y_name} (högre är bättre)", kind="number"),
        ),
        rows=(*own, *others, median),
        own_rows=frozenset(range(len(own))),
    )
