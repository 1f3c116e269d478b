"""In which parts of the cost the difference lies: as a sum, and as price and quantity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from effektiv.analysis.cost_tree import (
    REST,
    ProductDifference,
    TreeDifference,
    product_difference,
    tree_difference,
)
from effektiv.exhibits.charts import BarRow, Bars, bars
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Block, Bullets, Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.series import quoted, range_text
from effektiv.exhibits.swedish import amount, capitalise, join, number, unit_in_text, years
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import comparator_text, group_text, named, versus, year_text
from effektiv.steps.base import AreaBase
from effektiv.steps.s1_nulagesanalys.unit_cost import ACCOUNTS
from effektiv.steps.splits import Splits
from effektiv.types import CostTree, Product


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


class CostPartsCase(Splits, AreaBase):
    """What a cost difference is made of."""

    @cached_property
    def tree_views(self) -> tuple[TreeView, ...]:
        """The area's cost trees that can be split, each in its latest year."""
        views = (self._tree_view(tree) for tree in self.area.cost_trees)
        return tuple(view for view in views if view is not None)

    def _tree_view(self, tree: CostTree) -> TreeView | None:
        splits, riket = self.splits_against(
            (tree.parent, *tree.children),
            lambda values, members: tree_difference(tree, values, self.municipality, members),
        )
        if not splits:
            return None
        year = max(splits)
        rows = set(splits[year].rows.index)
        history = {
            when: {str(key): float(value) for key, value in split.rows["difference"].items()}
            for when, split in splits.items()
            if set(split.rows.index) == rows
        }
        return TreeView(tree=tree, year=year, split=splits[year], history=history, riket=riket)

    @cached_property
    def product_views(self) -> tuple[ProductView, ...]:
        """The area's products that can be split, each in its latest year."""
        views = (self._product_view(product) for product in self.area.products)
        return tuple(view for view in views if view is not None)

    def _product_view(self, product: Product) -> ProductView | None:
        splits, riket = self.splits_against(
            (product.result, *product.factors),
            lambda values, members: product_difference(product, values, self.municipality, members),
        )
        if not splits:
            return None
        history = {year: product_parts(product, split) for year, split in splits.items()}
        return ProductView(product, max(splits), splits[max(splits)], history, riket)

    def cost_tree(self) -> Exhibit:
        """Visa i vilka delar av kostnaden som skillnaden mot gruppen ligger."""
        figures = [kpi for view in self.tree_views for kpi in (view.tree.parent, *view.tree.children)]
        context, views, flags = self.context, self.tree_views, self.flags(*figures)
        title = "Var i kostnaden skillnaden ligger"
        if not views:
            return nothing("kostnadstrad", title, self._no_tree())
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

    def _no_tree(self) -> str:
        parents = quoted(self.kpi(tree.parent) for tree in self.area.cost_trees)
        return (
            f"Frysningen saknar {parents} med sina delar för {self.name}, eller både för {self.peers.definite} och för riket."
            if parents
            else f"Kolada delar inte upp kostnaden för {self.area.in_text}."
        )

    def cost_factors(self) -> Exhibit:
        """Visa pris och mängd bakom skillnaden i kostnad mot gruppen."""
        figures = [kpi for view in self.product_views for kpi in (view.product.result, *view.product.factors)]
        context, views, flags = self.context, self.product_views, self.flags(*figures)
        title = "Pris och mängd bakom kostnaden"
        if not views:
            return nothing("kostnadsfaktorer", title, self._no_product())
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

    def _no_product(self) -> str:
        results = quoted(self.kpi(product.result) for product in self.area.products)
        return (
            f"Frysningen saknar {results} med pris och mängd för {self.name}, eller både för {self.peers.definite} och för riket."
            if results
            else f"För {self.area.in_text} finns ingen uppdelning i pris och mängd."
        )


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


def _tree_rows(context: Context, view: TreeView) -> list[_Row]:
    values = {str(key): float(value) for key, value in view.split.rows["difference"].items()}
    return _split_rows(context, view.tree.parent, values, view.history)


def _tree_sentence(context: Context, view: TreeView) -> str:
    """Say how large the difference is, and which part goes furthest the same way."""
    parent = context.kpis[view.tree.parent]
    total, *parts = _tree_rows(context, view)
    text = (
        f"År {year_text(context, parent, view.year)} var {named(parent)} {amount(abs(total.value), parent.unit)} "
        f"{'högre' if total.value > 0 else 'lägre'} i {context.name} än {comparator_text(context, riket=view.riket)}"
        f"{_range(total, view.history, 0)}."
    )
    largest = max(parts, key=lambda part: part.value * total.value)
    if largest.value * total.value <= 0:
        return text
    return (
        f"{text} Störst del har ”{largest.label}”: {number(largest.value, signed=True)}"
        f"{_range(largest, view.history, 0)}."
    )


def _tree_comparator(context: Context, views: Sequence[TreeView]) -> str:
    """Say what the comparators are, and which parts are inside the rest."""
    sentences = []
    fewest = min((len(view.split.peers) for view in views if not view.riket), default=0)
    if any(view.riket for view in views):
        sentences.append(f"Jämförelsen är riket där {context.peers.definite} saknar värden.")
    if fewest:
        sentences.append(
            f"Jämförelsen är medelvärdet för {group_text(context, fewest)}, eftersom medelvärden går att lägga ihop "
            "och medianer inte gör det."
        )
    left_out = [context.kpis[kpi] for view in views for kpi in view.split.left_out]
    if left_out:
        sentences.append(f"{capitalise(quoted(left_out))} saknar värden och ingår i resten.")
    return " ".join(sentences)


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
            rows.append((row.label, part_of, view.year, parent.unit, float(found["own"]), versus(riket=view.riket),
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


def product_parts(product: Product, split: ProductDifference) -> dict[str, float]:
    """Return the difference, its parts and the rest in per cent of the comparator's result."""
    parts = {str(key): float(value) for key, value in split.factors["part"].items()}
    whole = {product.result: split.difference, **parts, REST: split.rest}
    return {key: 100.0 * value / split.comparator for key, value in whole.items()}


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
        f"År {year_text(context, kpi, view.year)} var {named(kpi)} ({kpi.unit}) {number(abs(total.value), 1)} procent "
        f"{'högre' if total.value > 0 else 'lägre'} i {context.name} än {comparator_text(context, riket=view.riket)}"
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
            f"Jämförelsen är det geometriska medelvärdet för {group_text(context, fewest)}, eftersom det går att "
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
            rows.append((row.label, view.year, "" if own is None else kpi.unit, own, versus(riket=view.riket), group,
                         kronor[row.key], result.unit, row.value, row.low, row.high))  # fmt: skip
            decimals.append(kpi.decimals)
    return Table(
        caption=f"Pris och mängd bakom kostnaden för {context.name}",
        columns=(
            Column("del", "Del"),
            Column("ar", "År", kind="year"),
            Column("enhet", "Enhet"),
            Column("kommun", context.name, kind="number", may_lack=True),
            Column("mot", "Jämförs med"),
            Column("grupp", "Jämförelse", kind="number", may_lack=True),
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
