"""Cost: against the reference cost, per unit, and where in the cost the difference to the peers sits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import pandas as pd

from effektiv.analysis.comparison import Comparison
from effektiv.analysis.cost_tree import REST, ProductDifference, TreeDifference
from effektiv.analysis.panels import window
from effektiv.analysis.uncertainty import Z95
from effektiv.exhibits.charts import Band, BarRow, Bars, Line, Trend, bars, panels, trend
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Block, Bullets, Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.series import (
    break_marks,
    preliminary_years,
    quoted,
    range_text,
    recent,
    spread_text,
)
from effektiv.exhibits.swedish import (
    amount,
    capitalise,
    genitive,
    is_missing,
    join,
    number,
    unit_in_text,
    year,
    years,
)
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import held_text, named, since_text, size_text, value_in_text
from effektiv.types import CostTree, Flag, FocusArea, Kpi, Product

ACCOUNTS = (
    "Kostnaderna kommer ur kommunernas räkenskapssammandrag. Kommuner fördelar gemensamma kostnader på olika "
    "sätt, och en del av skillnaderna kan vara skillnader i bokföring."
)


def _when(context: Context, kpi: Kpi, when: int) -> str:
    return year(when, preliminary=context.is_preliminary(kpi.id, when))


def _against_peers(context: Context, comparison: Comparison) -> str:
    """Say how large the difference to the peers' median is, how sure, and for how long it has been so."""
    median, size = context.peers.median, comparison.size
    if size is None:
        return f"Hur stor skillnaden mot {median} är går inte att bedöma."
    if size.sign == 0:
        return f"{context.name} är {size_text(size, 'cost')} som {median}."
    run = comparison.since
    since = f", {since_text(run)}" if run is not None and run.years > 1 else ""
    side = "över" if comparison.difference > 0 else "under"
    return (
        f"{context.name} är {size_text(size, 'cost')} än {median}, och har legat {side} den {held_text(comparison)}"
        f"{since}. {_certainty(comparison)}"
    )


def _certainty(comparison: Comparison) -> str:
    if is_missing(comparison.noise):
        return "Hur säker skillnaden är går inte att säga."
    larger = abs(comparison.difference) > Z95 * comparison.noise
    return f"Skillnaden är {'större' if larger else 'inte större'} än osäkerheten."


# --- net cost deviation -----------------------------------------------------------------


@dataclass(frozen=True)
class DeviationView:
    """Net cost deviation by year, ready to show.

    Attributes
    ----------
    kpi
        The deviation in per cent.
    own
        By year, per cent.
    peers
        Index year; columns median, low, high: the peers' median and quartiles.
    comparison
        Latest year against the peers; None when that cannot be judged.
    mnkr
        The published deviation in mnkr by year.
    gap_mnkr
        mnkr against the peers' median by year.
    """

    kpi: Kpi
    own: pd.Series
    peers: pd.DataFrame
    comparison: Comparison | None
    mnkr: pd.Series
    gap_mnkr: pd.Series

    @property
    def year(self) -> int | None:
        """Latest year with a value."""
        known = self.own.dropna()
        return None if known.empty else int(known.index.max())


def deviation(context: Context, area: FocusArea, view: DeviationView, flags: tuple[Flag, ...]) -> Exhibit:
    """Show the net cost deviation over ten years against the peers, in per cent and mnkr."""
    last = view.year
    if last is None:
        what = f"Frysningen saknar ”{area.deviation_label}” ({view.kpi.id}) för {context.name}."
        return nothing("avvikelse", area.deviation_label, what)
    finding = _deviation_finding(context, view, last)
    peers = _deviation_peers(context, view)
    return Exhibit(
        id="avvikelse",
        title=area.deviation_label,
        source=Source.OWN,
        finding=finding,
        blocks=tuple(part for part in (peers, _deviation_mnkr(context, view, last)) if part),
        figure=trend(_deviation_trend(context, view, last)),
        alt=f"Linjediagram över avvikelsen i procent av referenskostnaden. {finding} {peers}",
        table=_deviation_table(context, view, last),
        how_to_read=(
            "Noll betyder att nettokostnaden är lika hög som referenskostnaden, det vill säga vad verksamheten "
            f"beräknas kosta med kommunens förutsättningar. Över noll är dyrare.{_band_how(context, view.peers, last)} "
            "Avvikelsen skiljer inte högre ambition från lägre effektivitet."
        ),
        notes="" if view.kpi.riket else "Kolada publicerar ingen avvikelse för riket.",
        flags=flags,
    )


def _deviation_finding(context: Context, view: DeviationView, last: int) -> str:
    own = float(view.own[last])
    spread = spread_text(view.own, window(last, 3, view.kpi.breaks), "procent", signed=True)
    side = "över" if own > 0 else "under"
    return (
        f"År {_when(context, view.kpi, last)} låg {genitive(context.name)} nettokostnad {number(abs(own), 1)} procent "
        f"{side} referenskostnaden{f' ({spread})' if spread else ''}."
    )


def _deviation_peers(context: Context, view: DeviationView) -> str:
    found = view.comparison
    if found is None:
        return f"Avvikelsen går inte att jämföra med {context.peers.definite}: för få har värden."
    interval = found.median_interval
    sure = (
        ""
        if interval is None
        else f" (95 procents osäkerhet: {range_text(interval.low, interval.high, signed=True)})"
    )
    return (
        f"Medianen för {context.peers.definite} var {number(found.median, 1, signed=True)} procent {found.year}{sure}. "
        f"{_against_peers(context, found)}"
    )


def _deviation_mnkr(context: Context, view: DeviationView, last: int) -> str:
    parts = []
    published, gap = (recent(values, last).get(last) for values in (view.mnkr, view.gap_mnkr))
    if published is not None:
        parts.append(
            f"I kronor är avvikelsen {amount(published, 'mnkr', 1, signed=True)} {last} mot referenskostnaden, "
            "enligt Kolada."
        )
    if gap is not None:
        spread = spread_text(view.gap_mnkr, window(last, 3, view.kpi.breaks), "", signed=True)
        parts.append(
            f"Mot {context.peers.median} är skillnaden {amount(gap, 'mnkr', 1, signed=True)}"
            f"{f' ({spread})' if spread else ''}. Plus är dyrare."
        )
    return " ".join(parts) or "Avvikelsen går inte att räkna om till kronor med uppgifterna i frysningen."


def _peer_label(context: Context) -> str:
    return f"Median, {context.peers.label}"


def _band(context: Context, peers: pd.DataFrame, last: int) -> Band | None:
    low, high = recent(peers["low"], last), recent(peers["high"], last)
    return Band(f"Mellersta hälften, {context.peers.label}", low, high) if low else None


def _band_how(context: Context, peers: pd.DataFrame, last: int) -> str:
    if _band(context, peers, last) is None:
        return ""
    return f" Fältet är den mellersta hälften av {context.peers.definite}."


def _deviation_trend(context: Context, view: DeviationView, last: int) -> Trend:
    median = recent(view.peers["median"], last)
    lines = [Line(context.name, recent(view.own, last), "own")]
    if median:
        lines.append(Line(_peer_label(context), median, "peer"))
    return Trend(
        lines=tuple(lines),
        unit="Procent av referenskostnaden",
        decimals=1,
        band=_band(context, view.peers, last),
        breaks=break_marks([view.kpi]),
        preliminary=preliminary_years(context, [view.kpi]),
        reference=0.0,
        zero=True,
    )


def _deviation_table(context: Context, view: DeviationView, last: int) -> Table:
    peers = view.peers
    return _table_by_year(
        f"Nettokostnadsavvikelse för {context.name} och {context.peers.definite}",
        last,
        (
            (_number("kommun", context.name, "%"), view.own),
            (_number("median", "Gruppens median", "%"), peers["median"]),
            (_number("undre", "Gruppens undre kvartil", "%"), peers["low"]),
            (_number("ovre", "Gruppens övre kvartil", "%"), peers["high"]),
            (_number("mnkr", "Avvikelse enligt Kolada", "mnkr", signed=True), view.mnkr),
            (_number("mnkr_grupp", "Mot gruppens median", "mnkr", signed=True), view.gap_mnkr),
        ),
    )


def _number(key: str, label: str, unit: str, decimals: int = 1, *, signed: bool = False) -> Column:
    return Column(key, label, kind="number", unit=unit, decimals=decimals, signed=signed)


def _table_by_year(caption: str, last: int, columns: Sequence[tuple[Column, pd.Series]]) -> Table:
    """Make a table with a row a year; a column without any value is left out."""
    values = [(column, recent(series, last)) for column, series in columns]
    known = [(column, found) for column, found in values if found]
    return Table(
        caption=caption,
        columns=(Column("ar", "År", kind="year"), *(column for column, _ in known)),
        rows=tuple(
            (when, *(found.get(when) for _, found in known))
            for when in sorted(set(chain.from_iterable(found for _, found in known)))
        ),
        row_header="ar",
    )


# --- unit cost --------------------------------------------------------------------------


@dataclass(frozen=True)
class UnitCostView:
    """Unit cost by year, ready to show.

    Attributes
    ----------
    kpi
        The unit cost.
    own, riket
        By year, the figure's unit.
    peers
        Index year; columns median, low, high.
    comparison
        Latest year against the peers; None when that cannot be judged.
    instead_of
        The area's unit cost, when the municipality lacks it and another figure stands in.
    """

    kpi: Kpi
    own: pd.Series
    riket: pd.Series
    peers: pd.DataFrame
    comparison: Comparison | None
    instead_of: Kpi | None = None

    @property
    def year(self) -> int | None:
        """Latest year with a value."""
        known = self.own.dropna()
        return None if known.empty else int(known.index.max())


def unit_cost(context: Context, view: UnitCostView, flags: tuple[Flag, ...]) -> Exhibit:
    """Show unit cost over ten years, in kronor and against Riket the same year."""
    last = view.year
    if last is None:
        what = f"Frysningen saknar {named(view.kpi)} ({view.kpi.id}) för {context.name}."
        return nothing("styckkostnad", view.kpi.label, what)
    finding = _unit_finding(context, view, last)
    blocks = tuple(_unit_blocks(context, view, last))
    money, against = _unit_trends(context, view, last)
    return Exhibit(
        id="styckkostnad",
        title=view.kpi.label
        if view.instead_of is None
        else f"{view.kpi.label}, {unit_in_text(view.kpi.unit)}",
        source=Source.OWN,
        finding=finding,
        blocks=blocks,
        figure=trend(money) if against is None else panels([money, against]),
        alt=" ".join((f"Linjediagram över {named(view.kpi)}.", finding, *blocks)),
        table=_unit_table(context, view, last),
        how_to_read=(
            "Kronor är i varje års priser och stiger därför med löner och priser. Läs skillnaden inom samma år: i "
            "diagrammet där riket är 100 syns den utan prisökningar. Kostnaden tar inte hänsyn till kommunens "
            "förutsättningar."
        ),
        notes=ACCOUNTS,
        flags=flags,
    )


def _ratio(own: pd.Series, comparator: pd.Series) -> pd.Series:
    """Return how much more than the comparator, per cent by year."""
    return 100.0 * (own / comparator.reindex(own.index) - 1.0)


def _more(value: float) -> str:
    return f"{number(abs(value), 1)} procent {'mer' if value > 0 else 'mindre'}"


def _unit_finding(context: Context, view: UnitCostView, last: int) -> str:
    text = f"År {_when(context, view.kpi, last)} var kostnaden i {context.name} {value_in_text(view.kpi, float(view.own[last]))}"
    ratio = _ratio(view.own, view.peers["median"])
    if is_missing(ratio.get(last)):
        return f"{text}."
    spread = spread_text(ratio, window(last, 3, view.kpi.breaks), "procent", signed=True)
    return f"{text}, {_more(float(ratio[last]))} än {context.peers.median}{f' ({spread})' if spread else ''}."


def _unit_blocks(context: Context, view: UnitCostView, last: int) -> list[str]:
    found = view.comparison
    blocks = [
        f"Kostnaden går inte att jämföra med {context.peers.definite}: för få har värden."
        if found is None
        else _against_peers(context, found)
    ]
    if view.instead_of is not None:
        stands_in = f"{named(view.instead_of)} saknas för {context.name}. I stället visas {named(view.kpi)}."
        blocks.insert(0, stands_in)
    ratio = _ratio(view.own, view.riket)
    if is_missing(ratio.get(last)):
        blocks.append(f"För riket saknas värde {last}.")
    else:
        spread = spread_text(ratio, window(last, 3, view.kpi.breaks), "procent", signed=True)
        blocks.append(
            f"Kostnaden är {_more(float(ratio[last]))} än i riket{f' ({spread})' if spread else ''}."
        )
    return blocks


def _unit_trends(context: Context, view: UnitCostView, last: int) -> tuple[Trend, Trend | None]:
    """Return the trend in kronor, and the one against Riket where Riket has values."""
    marks, preliminary = break_marks([view.kpi]), preliminary_years(context, [view.kpi])
    own, median, riket = (recent(item, last) for item in (view.own, view.peers["median"], view.riket))
    lines = [Line(context.name, own, "own")]
    if median:
        lines.append(Line(_peer_label(context), median, "peer"))
    money = Trend(
        lines=tuple(lines),
        unit=capitalise(unit_in_text(view.kpi.unit)),
        decimals=view.kpi.decimals,
        band=_band(context, view.peers, last),
        breaks=marks,
        preliminary=preliminary,
        title="I kronor",
    )
    if not set(riket) & set(own):
        return money, None
    against = [
        Line(line.name, {when: 100.0 * value / riket[when] for when, value in values.items() if when in riket},
             line.role)
        for line, values in zip(lines, (own, median), strict=False)
    ]  # fmt: skip
    return (
        replace(money, lines=(*lines, Line(context.riket, riket, "riket")), band=None),
        Trend(
            lines=(*against, Line(context.riket, dict.fromkeys(riket, 100.0), "riket")),
            unit=f"{context.riket} = 100",
            breaks=marks,
            preliminary=preliminary,
            title="Mot riket samma år",
        ),
    )


def _unit_table(context: Context, view: UnitCostView, last: int) -> Table:
    median, unit, decimals = view.peers["median"], view.kpi.unit, view.kpi.decimals
    return _table_by_year(
        f"{view.kpi.label} för {context.name}, {context.peers.definite} och riket",
        last,
        (
            (_number("kommun", context.name, unit, decimals), view.own),
            (_number("median", "Gruppens median", unit, decimals), median),
            (_number("undre", "Gruppens undre kvartil", unit, decimals), view.peers["low"]),
            (_number("ovre", "Gruppens övre kvartil", unit, decimals), view.peers["high"]),
            (_number("riket", context.riket, unit, decimals), view.riket),
            (_number("mot_grupp", "Mot gruppens median", "%", signed=True), _ratio(view.own, median)),
            (_number("mot_riket", "Mot riket", "%", signed=True), _ratio(view.own, view.riket)),
        ),
    )


# --- cost tree --------------------------------------------------------------------------


@dataclass(frozen=True)
class TreeView:
    """A cost difference split over the parts of a cost, ready to show.

    Attributes
    ----------
    tree
        Parent and children.
    year
        Latest year with a split.
    split
        Result of `effektiv.analysis.cost_tree.tree_difference` that year.
    history
        Year -> difference of each row of `split`, for those of the last three years that
        have the same rows; `year` is one of them.
    riket
        The comparator is Riket, because the peers lack the figures.
    """

    tree: CostTree
    year: int
    split: TreeDifference
    history: Mapping[int, Mapping[str, float]]
    riket: bool = False


@dataclass(frozen=True)
class _Row:
    """One row of a split: a total or one of its parts, with its range over the last years."""

    key: str
    label: str
    value: float
    low: float
    high: float
    total: bool


def _split_rows(
    context: Context, total: str, values: Mapping[str, float], history: Mapping[int, Mapping[str, float]]
) -> list[_Row]:
    """Return the total first and then its parts."""
    rows = []
    for key in (total, *(key for key in values if key != total)):
        past = [year_values[key] for year_values in history.values()]
        label = "Rest" if key == REST else context.kpis[key].label
        rows.append(_Row(key, label, values[key], min(past), max(past), key == total))
    return rows


def _range(row: _Row, history: Mapping[int, Mapping[str, float]], decimals: int) -> str:
    if len(history) < 2:
        return ""
    return f" ({range_text(row.low, row.high, decimals, signed=True)} under {years(history)})"


def _bars(rows: Iterable[_Row], unit: str, decimals: int) -> Bars:
    return Bars(
        rows=tuple(
            BarRow(row.label, row.value, row.low, row.high, strong=row.total)
            if row.low < row.high
            else BarRow(row.label, row.value, strong=row.total)
            for row in rows
        ),
        unit=unit,
        decimals=decimals,
        left_text="billigare",
        right_text="dyrare",
        ordered=False,
    )


_SPLIT_HOW = (
    "Raden i fetstil är hela skillnaden, och raderna under är de delar som den består av. "
    "Strecken visar lägsta och högsta skillnad de tre senaste åren."
)
_ROUNDING = "Avrundning kan göra att de visade delarna inte blir exakt summan."


def cost_tree(context: Context, views: Sequence[TreeView], missing: str, flags: tuple[Flag, ...]) -> Exhibit:
    """Split the cost difference to the peers over the parts of the cost, the rest as its own row.

    Parameters
    ----------
    context
        Names and years.
    views
        The trees that can be split; those with the first one's unit stand in the figure.
    missing
        What is missing when none can.
    flags
        Flags of the figures.
    """
    title = "Var i kostnaden skillnaden ligger"
    if not views:
        return nothing("kostnadstrad", title, missing)
    unit = context.kpis[views[0].tree.parent].unit
    drawn = [view for view in views if context.kpis[view.tree.parent].unit == unit]
    rows = [row for view in drawn for row in _tree_rows(context, view)]
    finding, *others = [_tree_sentence(context, view) for view in views]
    return Exhibit(
        id="kostnadstrad",
        title=title,
        source=Source.OWN,
        finding=finding,
        blocks=tuple(others),
        figure=bars(_bars(rows, unit, 0)),
        alt=f"Stapeldiagram över skillnader i {unit_in_text(unit)}. {finding}",
        table=_tree_table(context, views),
        how_to_read=f"{_SPLIT_HOW} Resten är det som de publicerade delarna inte täcker.",
        notes=f"{_tree_comparator(context, views)} {_ROUNDING} {ACCOUNTS}",
        flags=flags,
    )


def _tree_rows(context: Context, view: TreeView) -> list[_Row]:
    values = {str(key): float(value) for key, value in view.split.rows["difference"].items()}
    return _split_rows(context, view.tree.parent, values, view.history)


def _tree_sentence(context: Context, view: TreeView) -> str:
    """Say how large the difference is, and which part goes furthest the same way."""
    parent = context.kpis[view.tree.parent]
    total, *parts = _tree_rows(context, view)
    text = (
        f"År {_when(context, parent, view.year)} var {named(parent)} {amount(abs(total.value), parent.unit)} "
        f"{'högre' if total.value > 0 else 'lägre'} i {context.name} än {_against(context, view)}"
        f"{_range(total, view.history, 0)}."
    )
    largest = max(parts, key=lambda part: part.value * total.value)
    if largest.value * total.value <= 0:
        return text
    return (
        f"{text} Störst del har ”{largest.label}”: {number(largest.value, signed=True)}"
        f"{_range(largest, view.history, 0)}."
    )


def _against(context: Context, view: TreeView | ProductView) -> str:
    """Name the comparator of a split in a sentence: "högre än ..."."""
    if view.riket:
        return "i riket"
    return f"medelvärdet för {context.peers.definite}"


def _group(context: Context, fewest: int) -> str:
    """Name the peers behind a mean: all of them, or those that have every figure."""
    if fewest == len(context.peers.members):
        return context.peers.definite
    return f"de av {context.peers.definite} som har alla värden (minst {number(fewest)})"


def _tree_comparator(context: Context, views: Sequence[TreeView]) -> str:
    """Say what the comparators are, and which parts are inside the rest."""
    sentences = []
    fewest = min((len(view.split.peers) for view in views if not view.riket), default=0)
    if any(view.riket for view in views):
        sentences.append(f"Jämförelsen är riket där {context.peers.definite} saknar värden.")
    if fewest:
        sentences.append(
            f"Jämförelsen är medelvärdet för {_group(context, fewest)}, eftersom medelvärden går att lägga ihop "
            "och medianer inte gör det."
        )
    left_out = [context.kpis[kpi] for view in views for kpi in view.split.left_out]
    if left_out:
        sentences.append(f"{quoted(left_out)} saknar värden och ingår i resten.")
    return " ".join(sentences)


def _versus(view: TreeView | ProductView) -> str:
    return "riket" if view.riket else "gruppens medelvärde"


def _tree_table(context: Context, views: Sequence[TreeView]) -> Table:
    rows: list[tuple[Value, ...]] = []
    totals = set()
    for view in views:
        parent = context.kpis[view.tree.parent]
        numbers = view.split.rows.T
        for row in _tree_rows(context, view):
            found = numbers[row.key]
            totals |= {len(rows)} if row.total else set()
            part_of = "hela kostnaden" if row.total else f"del av {parent.label}"
            rows.append((row.label, part_of, view.year, parent.unit, float(found["own"]), _versus(view),
                         float(found["comparator"]), row.value, row.low, row.high))  # fmt: skip
    return Table(
        caption=f"Kostnadens delar för {context.name}",
        columns=(
            Column("kostnad", "Kostnad"),
            Column("niva", "Nivå"),
            Column("ar", "År", kind="year"),
            Column("enhet", "Enhet"),
            Column("kommun", context.name, kind="number"),
            Column("mot", "Jämförs med"),
            Column("grupp", "Jämförelse", kind="number"),
            Column("skillnad", "Skillnad", kind="number", signed=True),
            Column("lagst", "Lägst på tre år", kind="number", signed=True),
            Column("hogst", "Högst på tre år", kind="number", signed=True),
        ),
        rows=tuple(rows),
        own_rows=frozenset(totals),
    )


# --- price and quantity -----------------------------------------------------------------


@dataclass(frozen=True)
class ProductView:
    """A cost difference split over the factors of a product, ready to show.

    Attributes
    ----------
    product
        Result and factors.
    year
        Latest year with a split.
    split
        Result of `effektiv.analysis.cost_tree.product_difference` that year.
    history
        Year -> parts of `split` in per cent of the comparator's result (keys: the result,
        the factors and `REST`), for those of the last three years that can be split.
    riket
        The comparator is Riket, because the peers lack the figures.
    """

    product: Product
    year: int
    split: ProductDifference
    history: Mapping[int, Mapping[str, float]]
    riket: bool = False


def product_parts(product: Product, split: ProductDifference) -> dict[str, float]:
    """Return the difference, its parts and the rest in per cent of the comparator's result."""
    parts = {str(key): float(value) for key, value in split.factors["part"].items()}
    whole = {product.result: split.difference, **parts, REST: split.rest}
    return {key: 100.0 * value / split.comparator for key, value in whole.items()}


def cost_factors(
    context: Context, views: Sequence[ProductView], missing: str, flags: tuple[Flag, ...]
) -> Exhibit:
    """Split the cost difference to the peers into price and quantity; parts and rest sum exactly.

    Parameters
    ----------
    context
        Names and years.
    views
        The products that can be split.
    missing
        What is missing when none can.
    flags
        Flags of the figures.
    """
    title = "Pris och mängd bakom kostnaden"
    if not views:
        return nothing("kostnadsfaktorer", title, missing)
    finding, *others = [_product_sentence(context, view) for view in views]
    rows = [row for view in views for row in _product_rows(context, view) if not _is_exact_rest(row)]
    return Exhibit(
        id="kostnadsfaktorer",
        title=title,
        source=Source.OWN,
        finding=finding,
        blocks=(*others, *_formulas(views)),
        figure=bars(_bars(rows, "procent", 1)),
        alt=f"Stapeldiagram över skillnader i procent. {finding}",
        table=_product_table(context, views),
        how_to_read=(
            f"{_SPLIT_HOW} Alla staplar är i procent av jämförelsens kostnad. Delarna säger hur skillnaden är uppbyggd, "
            "inte varför den finns."
        ),
        notes=(
            f"{_product_comparator(context, views)} Delarna är medelvärdet av alla ordningar att byta faktor i. {_ROUNDING}"
        ),
        flags=flags,
    )


def _product_rows(context: Context, view: ProductView) -> list[_Row]:
    parts = product_parts(view.product, view.split)
    return _split_rows(context, view.product.result, parts, view.history)


def _is_exact_rest(row: _Row) -> bool:
    """Whether this is the rest of a product that is exact by construction: nothing to draw."""
    return row.key == REST and max(abs(row.low), abs(row.high)) < 1e-6


def _span(row: _Row, history: Mapping[int, Mapping[str, float]]) -> str:
    """Write the range of a part; the sentence has already said over which years."""
    if len(history) < 2:
        return ""
    return f" ({number(row.low, 1, signed=True)} till {number(row.high, 1, signed=True)})"


def _product_sentence(context: Context, view: ProductView) -> str:
    kpi = context.kpis[view.product.result]
    total, *parts = _product_rows(context, view)
    shown = join(
        f"”{part.label}” för {number(part.value, 1, signed=True)}{_span(part, view.history)}"
        for part in parts
        if part.key != REST
    )
    return (
        f"År {_when(context, kpi, view.year)} var {named(kpi)} ({kpi.unit}) {number(abs(total.value), 1)} procent "
        f"{'högre' if total.value > 0 else 'lägre'} i {context.name} än {_against(context, view)}"
        f"{_range(total, view.history, 1)}. Räknat i procentenheter står {shown}."
    )


def _formulas(views: Sequence[ProductView]) -> list[Block | str]:
    """Return the formulas as a list, each with why it is approximate."""
    items = tuple(f"{view.product.label}. {view.product.approximate}".strip() for view in views)
    return ["Så är kostnaden uppdelad:", Bullets(items)]


def _product_comparator(context: Context, views: Sequence[ProductView]) -> str:
    sentences = []
    if any(view.riket for view in views):
        sentences.append(f"Jämförelsen är riket där {context.peers.definite} saknar värden.")
    fewest = min((len(view.split.peers) for view in views if not view.riket), default=0)
    if fewest:
        sentences.append(
            f"Jämförelsen är det geometriska medelvärdet för {_group(context, fewest)}, eftersom det går att "
            "multiplicera ihop."
        )
    return " ".join(sentences)


def _product_table(context: Context, views: Sequence[ProductView]) -> Table:
    rows: list[tuple[Value, ...]] = []
    decimals = []
    totals = set()
    for view in views:
        result, split = context.kpis[view.product.result], view.split
        kronor = {view.product.result: split.difference, REST: split.rest}
        kronor |= {str(key): float(value) for key, value in split.factors["part"].items()}
        sides = {view.product.result: (split.own, split.comparator)}
        sides |= {str(key): (float(own), float(group)) for key, own, group in
                  split.factors[["own", "comparator"]].itertuples(name=None)}  # fmt: skip
        for row in _product_rows(context, view):
            kpi = context.kpis.get(row.key, result)
            own, group = sides.get(row.key, (None, None))
            totals |= {len(rows)} if row.total else set()
            rows.append((row.label, view.year, "" if own is None else kpi.unit, own, _versus(view), group, kronor[row.key],
                         result.unit, row.value, row.low, row.high))  # fmt: skip
            decimals.append(kpi.decimals)
    return Table(
        caption=f"Pris och mängd bakom kostnaden för {context.name}",
        columns=(
            Column("del", "Del"),
            Column("ar", "År", kind="year"),
            Column("enhet", "Enhet"),
            Column("kommun", context.name, kind="number"),
            Column("mot", "Jämförs med"),
            Column("grupp", "Jämförelse", kind="number"),
            Column("bidrag", "Bidrag till skillnaden", kind="number", signed=True),
            Column("bidrag_enhet", "Bidragets enhet"),
            Column("procent", "Bidrag av jämförelsens kostnad", kind="number", unit="%", signed=True),
            Column("lagst", "Lägst på tre år", kind="number", unit="%", signed=True),
            Column("hogst", "Högst på tre år", kind="number", unit="%", signed=True),
        ),
        rows=tuple(rows),
        row_decimals=tuple(decimals),
        own_rows=frozenset(totals),
    )
