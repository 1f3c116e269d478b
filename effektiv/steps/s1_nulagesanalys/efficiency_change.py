"""How efficiency has changed over some years, split into quality and cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from effektiv.analysis import efficiency as analysis
from effektiv.analysis.efficiency import EfficiencyChange
from effektiv.analysis.panels import Panel, value_at, window
from effektiv.analysis.peers import group_median
from effektiv.analysis.uncertainty import Z95, year_noise
from effektiv.exhibits.charts import Part, Split, split
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.series import cell, quoted, range_text, rounding_note
from effektiv.exhibits.swedish import capitalise, genitive, is_missing, join, number
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import named
from effektiv.steps.s1_nulagesanalys.efficiency import EfficiencyCase, EfficiencyView
from effektiv.types import Break, FocusArea

SPAN = 5
"""Years that a change in efficiency is measured over, where the figures reach that far back."""


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


class EfficiencyChangeCase(EfficiencyCase):
    """Change in efficiency."""

    @cached_property
    def change_view(self) -> ChangeView | None:
        """Change in efficiency over the longest span up to `SPAN` years without breaks."""
        view = self.efficiency_view
        if view is None:
            return None
        quality = self.panels([kpi.id for kpi in view.figures])
        cost, better = self.panel(self.area.unit_cost), self.national.better
        first = self._first_year(view, quality, cost)
        if first is None:
            return None
        change = analysis.efficiency_change(
            quality, cost, better, self.municipality, from_year=first, to_year=view.year
        )
        if change is None:
            return None
        used = {kpi: quality[kpi] for kpi in change.figures}
        national = analysis.national_efficiency(used, cost, better)
        logs = {kpi: analysis.log_relative(panel, better[kpi]) for kpi, panel in used.items()}
        logs[self.area.unit_cost] = national.ln_unit_cost
        changes = (national.ln_e[view.year] - national.ln_e[first]).to_frame(view.year)
        return ChangeView(
            change=change,
            noise=_careful_noise(national.ln_e, self.municipality, view.year, view.breaks),
            peers=float(group_median(changes, self.peers.members)[view.year]),
            before={kpi: float(np.exp(value_at(panel, self.municipality, first)))
                    for kpi, panel in logs.items()},
            after={kpi: float(np.exp(value_at(panel, self.municipality, view.year)))
                   for kpi, panel in logs.items()},
        )  # fmt: skip

    def _first_year(self, view: EfficiencyView, quality: Mapping[str, Panel], cost: Panel) -> int | None:
        """Choose the earliest year with all the figures, else the earliest with any of them."""
        figures = {
            year: analysis.usable_figures(quality, self.municipality, [year])
            for year in window(view.year, SPAN + 1, view.breaks)[:-1]
            if analysis.usable_figures({"r": cost}, self.municipality, [year])
        }
        full = [year for year, usable in figures.items() if len(usable) == len(view.figures)]
        some = [year for year, usable in figures.items() if usable]
        return min(full or some, default=None)

    def efficiency_change(self) -> Exhibit:
        """Visa hur effektiviteten har ändrats på några år, delat på kvalitet och kostnad."""
        flags = self._efficiency_flags(self.efficiency_view)
        context, area, view = self.context, self.area, self.change_view
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
        shown = join(
            [f"{named(context.kpis[kpi])} {number(value, 1, signed=True)}" for _, kpi, value in parts]
        )
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


def _careful_noise(panel: Panel, municipality: str, year: int, breaks: Sequence[Break]) -> float:
    """Return the municipality's year-to-year noise, but never less than the median municipality's.

    Its own is judged on a handful of changes: a run of quiet years would make it look too sure.
    """
    noise = year_noise(panel, year, breaks)
    return float(np.fmax(noise.get(municipality, np.nan), noise.median()))


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
            Column("fore", f"{change.from_year}, riket = 100", kind="number", decimals=1, may_lack=True),
            Column("efter", f"{change.to_year}, riket = 100", kind="number", decimals=1, may_lack=True),
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
