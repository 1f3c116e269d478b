"""Cost: net cost deviation, unit cost, and what a cost difference is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TypeVar

import pandas as pd

from effektiv.analysis.comparison import median_by_year
from effektiv.analysis.cost_tree import product_difference, tree_difference
from effektiv.analysis.gap import cost_gap
from effektiv.analysis.panels import places_of, row, window
from effektiv.case.core import AreaCore
from effektiv.exhibits import resource as exhibits
from effektiv.exhibits.exhibit import Exhibit
from effektiv.exhibits.resource import DeviationView, ProductView, TreeView, UnitCostView, product_parts
from effektiv.exhibits.series import quoted
from effektiv.types import RIKET, CostTree, Gap, Kpi, Product

SPAN = 3
"""Years that the spread of a split is taken over."""

Found = TypeVar("Found")


class Resource(AreaCore):
    """What the area costs, against the reference cost, the peers and Riket."""

    @cached_property
    def deviation_view(self) -> DeviationView:
        """Net cost deviation by year, with the peers and what it is worth."""
        area = self.area
        panel = self.panel(area.deviation_pct)
        peers = median_by_year(panel, self.peers.members)
        against_reference = Gap(
            label=area.deviation_label,
            kind="deviation",
            deviation=area.deviation_pct,
            reference_cost=area.reference_cost,
            population=area.population,
        )
        needed = (area.deviation_pct, area.reference_cost, area.population)
        gap = cost_gap(against_reference, self.national.panels(needed), self.municipality, peers["median"])
        return DeviationView(
            kpi=self.kpi(area.deviation_pct),
            own=self.own(area.deviation_pct),
            peers=peers,
            comparison=self.compare(area.deviation_pct),
            mnkr=self.own(area.deviation_mnkr),
            gap_mnkr=gap.by_year["gap_mnkr"],
        )

    def deviation(self) -> Exhibit:
        """Visa nettokostnadsavvikelsen över tio år, i procent och miljoner kronor."""
        flags = self.flags(self.area.deviation_pct, self.area.deviation_mnkr)
        return exhibits.deviation(self.context, self.area, self.deviation_view, flags)

    def unit_cost(self) -> Exhibit:
        """Visa styckkostnaden över tio år mot gruppen och riket."""
        kpi, wanted = self._unit_cost, self.kpi(self.area.unit_cost)
        panel = self.panel(kpi.id)
        view = UnitCostView(
            kpi=kpi,
            own=self.own(kpi.id),
            riket=row(panel, RIKET),
            peers=median_by_year(panel, self.peers.members),
            comparison=self.compare(kpi.id),
            instead_of=None if kpi == wanted else wanted,
        )
        return exhibits.unit_cost(self.context, view, self.flags(kpi.id))

    @cached_property
    def _unit_cost(self) -> Kpi:
        """The area's unit cost, or the first cost in the same unit where the municipality lacks it."""
        wanted = self.kpi(self.area.unit_cost)
        others = (self.kpi(kpi) for kpi in self.area.sections.resource)
        alike = (kpi for kpi in others if kpi.unit == wanted.unit and kpi.better is wanted.better)
        return next((kpi for kpi in (wanted, *alike) if self.own(kpi.id).notna().any()), wanted)

    # --- what a cost difference is made of --------------------------------------------------

    @cached_property
    def tree_views(self) -> tuple[TreeView, ...]:
        """The area's cost trees that can be split, each in its latest year."""
        views = (self._tree_view(tree) for tree in self.area.cost_trees)
        return tuple(view for view in views if view is not None)

    def _tree_view(self, tree: CostTree) -> TreeView | None:
        splits, riket = self._splits_against(
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
        splits, riket = self._splits_against(
            (product.result, *product.factors),
            lambda values, members: product_difference(product, values, self.municipality, members),
        )
        if not splits:
            return None
        history = {year: product_parts(product, split) for year, split in splits.items()}
        return ProductView(product, max(splits), splits[max(splits)], history, riket)

    def _splits_against(
        self, figures: Sequence[str], split: Callable[[pd.DataFrame, Sequence[str]], Found | None]
    ) -> tuple[dict[int, Found], bool]:
        """Split against the peers, or against Riket where the peers lack the figures."""
        against_peers = self._splits(figures, lambda values: split(values, self.peers.members))
        if against_peers:
            return against_peers, False
        return self._splits(figures, lambda values: split(values, (RIKET,))), True

    def _splits(
        self, figures: Sequence[str], split: Callable[[pd.DataFrame], Found | None]
    ) -> dict[int, Found]:
        """Split every year that can be split among the last `SPAN` up to the latest such year."""
        rows = (self.municipality, *self.peers.members, RIKET)
        panels = {
            kpi: panel.iloc[places_of(panel, rows)] for kpi, panel in self.national.panels(figures).items()
        }
        by_year: dict[int, Found] = {}
        breaks = [item for kpi in figures for item in self.kpi(kpi).breaks]
        for year in sorted({int(year) for panel in panels.values() for year in panel.columns}, reverse=True):
            if by_year and year not in window(max(by_year), SPAN, breaks):
                break
            columns = {kpi: panel[year] for kpi, panel in panels.items() if year in panel.columns}
            found = split(pd.DataFrame(columns))
            if found is not None:
                by_year[year] = found
        return by_year

    def cost_tree(self) -> Exhibit:
        """Visa i vilka delar av kostnaden som skillnaden mot gruppen ligger."""
        figures = [kpi for view in self.tree_views for kpi in (view.tree.parent, *view.tree.children)]
        parents = quoted(self.kpi(tree.parent) for tree in self.area.cost_trees)
        missing = (
            f"Frysningen saknar {parents} med sina delar för {self.name}, eller både för {self.peers.definite} och för riket."
            if parents
            else f"Kolada delar inte upp kostnaden för {self.area.in_text}."
        )
        return exhibits.cost_tree(self.context, self.tree_views, missing, self.flags(*figures))

    def cost_factors(self) -> Exhibit:
        """Visa pris och mängd bakom skillnaden i kostnad mot gruppen."""
        figures = [kpi for view in self.product_views for kpi in (view.product.result, *view.product.factors)]
        results = quoted(self.kpi(product.result) for product in self.area.products)
        missing = (
            f"Frysningen saknar {results} med pris och mängd för {self.name}, eller både för {self.peers.definite} och för riket."
            if results
            else f"För {self.area.in_text} finns ingen uppdelning i pris och mängd."
        )
        return exhibits.cost_factors(self.context, self.product_views, missing, self.flags(*figures))
