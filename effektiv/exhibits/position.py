"""Where a municipality stands: cost against quality, and efficiency against Riket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from effektiv.analysis.efficiency import EfficiencyChange
from effektiv.analysis.panels import Panel, by_year, country, row, value_at, window
from effektiv.analysis.uncertainty import Z95, quarter_span
from effektiv.exhibits.charts import (
    Line,
    Part,
    Place,
    Quadrant,
    Split,
    Trend,
    YearPlace,
    panels,
    split,
)
from effektiv.exhibits.charts import quadrant as draw_quadrant
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Block, Bullets, Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.series import (
    YEARS,
    break_marks,
    cell,
    lower_first,
    preliminary_years,
    quoted,
    range_text,
    recent,
    rounding_note,
    spread_text,
)
from effektiv.exhibits.swedish import (
    capitalise,
    cardinal,
    genitive,
    is_missing,
    join,
    number,
    year,
    years_held,
)
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named
from effektiv.types import Break, Flag, FocusArea, Kpi, OwnIndex

ROLE_MODELS_SHOWN = 5
"""Role models marked in the quadrant, best first; more cannot be told apart."""

MOST_PEERS = 50
"""A larger group, such as all municipalities, is not marked: it is the faint dots."""

# --- the quadrant -----------------------------------------------------------------------


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
_QUARTERS = {1: "lägsta", 2: "näst lägsta", 3: "näst högsta", 4: "högsta"}


def quadrant(
    context: Context, position: IndexPosition | None, missing: str, flags: tuple[Flag, ...]
) -> Exhibit:
    """Show cost against quality for all municipalities, and the municipality's way over the years.

    Parameters
    ----------
    context
        Names and years.
    position
        None when the municipality has no year with both sides.
    missing
        What is missing then.
    flags
        Flags of the figures behind the points.
    """
    title = "Kostnad och kvalitet i kvadranten"
    if position is None:
        return nothing("kvadrant", title, missing)
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
        flags=(*_kind_flags(position), *flags),
    )


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


def quarter_text(span: tuple[int, int] | None, of: str = "kommunerna") -> str:
    """Write which quarters of the municipalities the last three years lie in.

    Parameters
    ----------
    span
        Lowest and highest quarter (`effektiv.analysis.uncertainty.quarter_span`).
    of
        Which municipalities.

    Returns
    -------
    str
        "i den lägsta fjärdedelen av kommunerna"; empty when there is none.
    """
    if span is None:
        return ""
    low, high = span
    if low == high:
        return f"i den {_QUARTERS[low]} fjärdedelen av {of}"
    if (low, high) == (1, 4):
        return f"ömsom i den lägsta och i den högsta fjärdedelen av {of}"
    if high - low == 1:
        return f"i den {_QUARTERS[low]} eller {_QUARTERS[high]} fjärdedelen av {of}"
    return f"mellan den {_QUARTERS[low]} och den {_QUARTERS[high]} fjärdedelen av {of}"


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


# --- efficiency against Riket -----------------------------------------------------------


@dataclass(frozen=True)
class EfficiencyView:
    """Efficiency against Riket by year, ready to show.

    Attributes
    ----------
    year
        Latest year with unit cost and quality.
    figures, left_out
        Quality figures behind K, and those of the area that the municipality lacks.
    unit_cost
        The figure behind relative unit cost.
    own
        Result of `effektiv.analysis.efficiency.efficiency`.
    peers
        Index year; columns E, K and unit_cost_rel: the peers' medians, 1 is Riket.
    by_figure
        Quality figure -> value relative to Riket in `year`, so that more than 1 is better.
    quarters
        Quarters of the municipalities that E lay in over three years.
    n
        Municipalities with a value of E in `year`.
    """

    year: int
    figures: tuple[Kpi, ...]
    left_out: tuple[Kpi, ...]
    unit_cost: Kpi
    own: pd.DataFrame
    peers: pd.DataFrame
    by_figure: Mapping[str, float]
    quarters: tuple[int, int] | None
    n: int

    @property
    def breaks(self) -> tuple[Break, ...]:
        """Breaks of any figure behind E."""
        return tuple(item for kpi in (*self.figures, self.unit_cost) for item in kpi.breaks)


_PANELS = (("E", "Effektivitet"), ("K", "Kvalitet"), ("unit_cost_rel", "Kostnad per enhet"))


def efficiency(
    context: Context, view: EfficiencyView | None, lacking: Sequence[Kpi], flags: tuple[Flag, ...]
) -> Exhibit:
    """Show E = K x V / R against Riket by year, its level, and its exact split.

    Parameters
    ----------
    context
        Names and years.
    view
        None when there is no recent year with unit cost and quality.
    lacking
        Figures that the municipality has no values of.
    flags
        Flags of the figures.
    """
    title = "Effektivitet mot riket"
    if view is None:
        return nothing("effektivitet", title, _no_efficiency(context, lacking))
    finding = _efficiency_finding(context, view)
    band = _efficiency_band(context, view)
    return Exhibit(
        id="effektivitet",
        title=title,
        source=Source.OWN,
        finding=finding,
        blocks=(band, _quality_basis(view), _quality_figures(view)),
        figure=panels([_efficiency_panel(context, view, column, name) for column, name in _PANELS]),
        alt=f"Tre små linjediagram där riket är 100: effektivitet, kvalitet och kostnad. {finding} {band}",
        table=_efficiency_table(context, view),
        how_to_read=(
            "Riket är 100 varje år, så prisökningar påverkar inte. Effektivitet och kvalitet över 100 är bättre än "
            f"riket, kostnad över 100 är dyrare. Kostnaden är {named(view.unit_cost)} ({view.unit_cost.unit}). "
            "Effektiviteten är kvaliteten delad med kostnaden och tar inte hänsyn till kommunens förutsättningar."
        ),
        notes=_efficiency_notes(view),
        flags=flags,
    )


def _no_efficiency(context: Context, lacking: Sequence[Kpi]) -> str:
    needs = (
        "Effektivitet kräver kostnad per enhet och minst ett kvalitetsmått för samma år, både för "
        f"{context.name} och för riket"
    )
    if lacking:
        return f"{needs}. Frysningen saknar {quoted(lacking)} för {context.name}."
    return f"{needs}, och det finns inte för något av de senaste åren."


def _hundred(frame: pd.DataFrame, column: str) -> pd.Series:
    return 100.0 * frame[column]


def _efficiency_finding(context: Context, view: EfficiencyView) -> str:
    when = year(view.year, preliminary=view.year in preliminary_years(context, [view.unit_cost]))
    now = {column: float(_hundred(view.own, column)[view.year]) for column, _ in _PANELS}
    spread = spread_text(_hundred(view.own, "E"), window(view.year, 3, view.breaks), "", 0)
    return (
        f"År {when} var {genitive(context.name)} effektivitet {number(now['E'])} när riket är 100"
        f"{f' ({spread})' if spread else ''}: kvaliteten var {number(now['K'])} och kostnaden "
        f"{number(now['unit_cost_rel'])}."
    )


def _efficiency_band(context: Context, view: EfficiencyView) -> str:
    parts = []
    band = quarter_text(view.quarters, f"de {number(view.n)} kommuner som har alla måtten")
    if band:
        count = len(recent(view.own["E"], view.year, len(window(view.year, 3, view.breaks))))
        when = f"De {cardinal(count)} senaste åren" if count > 1 else "Det senaste året"
        parts.append(f"{when} har effektiviteten legat {band}.")
    median = view.peers["E"].get(view.year, np.nan)
    if not is_missing(median):
        parts.append(f"Medianen för {context.peers.definite} var {number(100.0 * float(median))} samma år.")
    return (
        " ".join(parts) or "Effektiviteten går inte att jämföra med andra kommuner: för få har alla måtten."
    )


def _quality_basis(view: EfficiencyView) -> str:
    one = len(view.figures) == 1
    text = (
        f"Kvaliteten {'är måttet' if one else 'vägs samman av måtten'} nedan {view.year}, där riket är 100 och mer "
        "är bättre."
    )
    if view.left_out:
        text += f" Värde saknas för {quoted(view.left_out)}, som därför inte ingår."
    return text


def _quality_figures(view: EfficiencyView) -> Bullets:
    return Bullets(tuple(f"{kpi.label}: {number(100.0 * view.by_figure[kpi.id])}" for kpi in view.figures))


def _efficiency_panel(context: Context, view: EfficiencyView, column: str, name: str) -> Trend:
    behind = {
        "E": (*view.figures, view.unit_cost),
        "K": view.figures,
        "unit_cost_rel": (view.unit_cost,),
    }[column]
    return Trend(
        lines=(
            Line(context.name, recent(_hundred(view.own, column), view.year), "own"),
            Line(f"Median, {context.peers.label}", recent(_hundred(view.peers, column), view.year), "peer"),
        ),
        unit="Riket = 100",
        breaks=break_marks(behind),
        preliminary=preliminary_years(context, behind),
        reference=100.0,
        title=name,
    )


def _efficiency_table(context: Context, view: EfficiencyView) -> Table:
    signs = {"E": 100.0, "K": 100.0, "unit_cost_rel": 100.0, "ln_K": 100.0, "ln_unit_cost_rel": -100.0,
             "ln_E": 100.0}  # fmt: skip
    columns = {name: recent(sign * view.own[name], view.year) for name, sign in signs.items()}
    years = sorted(set().union(*columns.values()))
    rows = [(when, *(values.get(when) for values in columns.values())) for when in years]
    return Table(
        caption=f"Effektivitet för {context.name} och dess delar, riket = 100",
        columns=(
            Column("ar", "År", kind="year"),
            *(Column(key, name, kind="number", decimals=1) for key, name in _PANELS),
            Column("ln_kvalitet", "Kvalitetens del", kind="number", unit="100 × ln", decimals=1, signed=True),
            Column("ln_kostnad", "Kostnadens del", kind="number", unit="100 × ln", decimals=1, signed=True),
            Column("ln_effektivitet", "Tillsammans", kind="number", unit="100 × ln", decimals=1, signed=True),
        ),
        rows=tuple(rows),
        row_header="ar",
    )


def _efficiency_notes(view: EfficiencyView) -> str:
    ln_e, ln_k, ln_cost = (
        100.0 * by_year(view.own[column])[view.year] for column in ("ln_E", "ln_K", "ln_unit_cost_rel")
    )
    note = (
        f"Uppdelningen är exakt i logaritmer: {view.year} är kvalitetens del {number(ln_k, 1, signed=True)} och "
        f"kostnadens del {number(-ln_cost, 1, signed=True)}, tillsammans {number(ln_e, 1, signed=True)} "
        "(100 × ln, nära procent när talen är små)."
    )
    return " ".join(part for part in (note, rounding_note((ln_k, -ln_cost), ln_e, 1)) if part)


# --- change in efficiency ---------------------------------------------------------------


@dataclass(frozen=True)
class ChangeView:
    """A change in efficiency, ready to show.

    Attributes
    ----------
    change
        Result of `effektiv.analysis.efficiency.efficiency_change`.
    noise
        SD of one year's ln E; missing when it cannot be judged.
    peers
        Median of the peers' change in ln E over the same years; missing when too few have one.
    before, after
        Key figure id (quality figures and unit cost) -> value relative to Riket.
    """

    change: EfficiencyChange
    noise: float
    peers: float
    before: Mapping[str, float]
    after: Mapping[str, float]


def efficiency_change(
    context: Context, area: FocusArea, view: ChangeView | None, flags: tuple[Flag, ...]
) -> Exhibit:
    """Show the change in efficiency over a few years, split exactly into quality and unit cost."""
    title = "Förändring i effektivitet"
    if view is None:
        what = (
            f"Det kräver två år utan brott mellan sig där {context.name} och riket har både kostnad per enhet och "
            "minst ett gemensamt kvalitetsmått."
        )
        return nothing("effektivitet-forandring", title, what)
    finding = _change_finding(context, view)
    parts = _change_parts(context, area, view)
    total = 100.0 * view.change.total
    data = Split(tuple(Part(label, value) for label, _, value in parts), "Effektivitet", total, "procent")
    shown = join([f"”{label}” {number(value, 1, signed=True)}" for label, _, value in parts])
    return Exhibit(
        id="effektivitet-forandring",
        title=title,
        source=Source.OWN,
        finding=finding,
        blocks=tuple(_change_blocks(context, view)),
        figure=split(data),
        alt=f"Stapeldiagram där delarna läggs till varandra. {finding} Delarna är {shown}.",
        table=_change_table(context, view, parts),
        how_to_read=(
            "Varje stapel börjar där den förra slutade. Plus betyder att effektiviteten har ökat mot riket, minus "
            "att den har minskat. Lägre kostnad än förut mot riket ger plus."
        ),
        notes=_change_notes(parts, total),
        flags=flags,
    )


def _change_finding(context: Context, view: ChangeView) -> str:
    """Say the direction where it is larger than chance, and else that it is not."""
    change = view.change
    size, half = 100.0 * change.total, 100.0 * Z95 * float(np.sqrt(2.0)) * view.noise
    when = f"mot riket mellan {change.from_year} och {change.to_year}"
    whose = f"{genitive(context.name)} effektivitet"
    moved = f"{whose} {'ökade' if size > 0 else 'minskade'} med ungefär {number(abs(size), 1)} procent {when}"
    parts = (
        f"kvaliteten bidrog med {number(100.0 * change.quality, 1, signed=True)} och kostnaden med "
        f"{number(100.0 * change.unit_cost, 1, signed=True)}"
    )
    if is_missing(half):
        return f"{moved}: {parts}. Hur mycket som är slump går inte att bedöma."
    interval = f"95 procents osäkerhet: {range_text(size - half, size + half, signed=True)}"
    if abs(size) > half:
        return f"{moved} ({interval}): {parts}."
    return (
        f"Det går inte att säga att {whose} har ändrats {when}: skillnaden är {number(size, 1, signed=True)} procent, "
        f"vilket är inom slumpen ({interval}). {capitalise(parts)}."
    )


def _change_blocks(context: Context, view: ChangeView) -> list[str]:
    blocks = []
    if not is_missing(view.peers):
        blocks.append(
            f"Bland {context.peers.definite} var medianförändringen {number(100.0 * view.peers, 1, signed=True)} "
            "procent under samma tid."
        )
    if view.change.left_out:
        labels = quoted(context.kpis[kpi] for kpi in view.change.left_out)
        blocks.append(f"Värde saknas något av åren för {labels}, som därför inte ingår.")
    return blocks


def _change_parts(context: Context, area: FocusArea, view: ChangeView) -> list[tuple[str, str, float]]:
    """Return label, key figure and part (100 x ln) of each quality figure and of unit cost."""
    parts = [
        (context.kpis[kpi].label, kpi, 100.0 * float(view.change.by_figure[kpi]))
        for kpi in view.change.figures
    ]
    cost = context.kpis[area.unit_cost]
    return [*parts, (cost.label, cost.id, 100.0 * view.change.unit_cost)]


def _change_table(context: Context, view: ChangeView, parts: Sequence[tuple[str, str, float]]) -> Table:
    change = view.change
    rows: list[tuple[Value, ...]] = [
        (label, cell(100.0 * view.before[kpi]), cell(100.0 * view.after[kpi]), value)
        for label, kpi, value in parts
    ]
    return Table(
        caption=f"Förändring i effektivitet för {context.name}, {change.from_year}–{change.to_year}",
        columns=(
            Column("del", "Del"),
            Column("fore", f"{change.from_year}, riket = 100", kind="number", decimals=1),
            Column("efter", f"{change.to_year}, riket = 100", kind="number", decimals=1),
            Column("bidrag", "Bidrag", kind="number", unit="100 × ln", decimals=1, signed=True),
        ),
        rows=(*rows, ("Effektivitet", None, None, 100.0 * change.total)),
        own_rows=frozenset({len(rows)}),
    )


def _change_notes(parts: Sequence[tuple[str, str, float]], total: float) -> str:
    note = (
        "Bidragen är logaritmiska förändringar gånger 100, som är nära procent när de är små. I logaritmer blir "
        "delarna tillsammans exakt hela förändringen."
    )
    return capitalise(
        " ".join(part for part in (note, rounding_note([value for _, _, value in parts], total, 1)) if part)
    )
