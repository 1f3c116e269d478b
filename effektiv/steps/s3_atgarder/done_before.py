"""Finding on whether others have done it: who has changed as much from a like position, and kept it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from effektiv.analysis.panels import segments
from effektiv.analysis.precedents import FALSE_RATE, Precedents, position, precedents
from effektiv.exhibits.charts import BarRow, Bars, bars
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import capitalise, cardinal, join
from effektiv.exhibits.table import Column, Table
from effektiv.exhibits.words import named, named_first
from effektiv.steps.judging import Judgement
from effektiv.steps.s1_nulagesanalys import facts as first
from effektiv.steps.s3_atgarder.effects import net_full
from effektiv.steps.s3_atgarder.national import HISTORIES
from effektiv.steps.s3_atgarder.view import MeasureCase, MeasureView
from effektiv.steps.s3_atgarder.words import gain
from effektiv.steps.wording import fit
from effektiv.types import Better, Direction, Kpi

ID = "andra-kommuner"
YEARS = 3
"""The municipality's own position is a mean of so many years."""

SMALLEST = 0.5
"""A gap of less than this part of the municipality's own noise in a year is no change to look for."""

MOST_NAMED, MOST_SHOWN = 3, 8


@dataclass(frozen=True)
class DoneBefore:
    """What others have done with a figure from a like position.

    Attributes
    ----------
    kpi
        The figure.
    judged
        The municipality against its peers' middle.
    change
        The change asked for, in the figure's unit: what the measures are expected to give, else the difference from the
        peers' middle.
    is_own
        Whether it is the measures'.
    at
        Own position in the country, 0-1.
    rebound
        Mean change in three years, in the highest tenth, that comes by itself; on the scale of the figure's noise.
    found
        Who.
    """

    kpi: Kpi
    judged: Judgement
    change: float
    is_own: bool
    at: float
    rebound: float
    found: Precedents


def done_before(view: MeasureView) -> DoneBefore | None:
    """Return who has closed a gap like the municipality's own; None where it has none, or too few histories are known."""
    outcome, costs = view.area.headline_quality, (view.area.deviation_pct, view.area.unit_cost)
    is_quality = first.direction(view.case) is Direction.QUALITY
    for kpi_id in (outcome, *costs) if is_quality else (*costs, outcome):
        found = _of(view, view.kpi(kpi_id))
        if found is not None:
            return found
    return None


def _of(view: MeasureView, kpi: Kpi) -> DoneBefore | None:
    case = view.case
    judged = view.judge(kpi.id)
    known = case.national.result(HISTORIES, kpi)
    if (
        judged is None
        or judged.kpi.id != kpi.id
        or known is None
        or kpi.better is Better.NEITHER
        or not judged.is_worse
    ):
        return None
    noise = case.national.noise(kpi.id, judged.year)
    if noise is None:
        return None
    years = segments(range(judged.year - YEARS + 1, judged.year + 1), kpi.breaks)[-1]
    at = position(case.panel(kpi.id), case.municipality, noise, years)
    typical = float(noise.sd.get(case.municipality, np.nan))
    for change, is_own in ((expected(view, kpi), True), (-judged.found.in_unit, False)):
        asked = change / judged.found.own if known.logarithmic else change
        is_way = change < 0 if kpi.better is Better.LOWER else change > 0
        if is_way and np.isfinite(at) and abs(asked) >= SMALLEST * typical:
            found = precedents(known, at, asked, without=case.municipality)
            return DoneBefore(kpi, judged, change, is_own, at, known.rebound, found)
    return None


def expected(view: MeasureView, kpi: Kpi) -> float:
    """Return how much the measures are expected to change a figure, in its unit; zero where they are not."""
    if kpi.id in view.quality:
        return float(view.quality[kpi.id]["likely"])
    if not view.frees_money:
        return 0.0
    if kpi.id == view.area.unit_cost:
        now = view.case.latest(view.area.volume)
        return 0.0 if now is None or not now[1] > 0 else -net_full(view)["likely"] / now[1]
    gap = view.gap
    if gap is None or gap.kpi.id != kpi.id or not gap.judged.found.in_unit:
        return 0.0
    per_unit = 1e6 * gap.median / gap.judged.found.in_unit
    return -net_full(view)["likely"] / per_unit


def where(found: DoneBefore) -> str:
    """Say which quarter of the country is meant."""
    names = ("lägsta", "näst lägsta", "näst högsta", "högsta")
    return names[min(int(found.at * 4), 3)]


def names_of(view: MeasureView, found: DoneBefore) -> list[str]:
    """Return the names of those that kept it."""
    return [view.name(str(code)) for code in found.found.of("kept").index]


def others(view: MeasureView) -> Exhibit | None:
    """Show who has made such a change and kept it; None where the question cannot be asked."""
    found = done_before(view)
    if found is None:
        return None
    result = found.found
    kept, back, unclear = (result.of(fate) for fate in ("kept", "fell back", "unclear"))
    made = len(result.found)
    shown = kept.head(MOST_SHOWN)
    figure = None
    if len(shown):
        figure = bars(
            Bars(
                rows=tuple(
                    BarRow(
                        view.name(str(code)),
                        float(row["kept"] - row["base"]),
                        under=f"{row['year']:.0f}–{row['year'] + 5:.0f}",
                    )
                    for code, row in shown.iterrows()
                ),
                unit=found.kpi.unit,
                decimals=found.kpi.decimals,
                ordered=False,
            )
        )
    return Exhibit(
        id=ID,
        title=_title(len(kept), len(back), len(unclear), result.like),
        subtitle=_subtitle(found.kpi, has_figure=figure is not None),
        source=Source.OWN,
        alt=None if figure is None else "En stapel för varje kommun som höll ändringen: hur stor den blev.",
        figure=figure,
        blocks=(fit(_sentences(view, found)),),
        how_to_read=f"Också där inget händer räknas upp till {plain(100 * FALSE_RATE)} av hundra som att de höll en ändring.",
        table=precedents_table(view, found, MOST_SHOWN) if made else None,
        kpis=(found.kpi.id,),
        judged=(found.judged.to_data(),),
    )


def _title(kept: int, back: int, unclear: int, like: int) -> str:
    made = kept + back + unclear
    if not made:
        return f"Ingen av {like} kommuner i samma läge har gjort en så stor ändring på tre år"
    many = capitalise(cardinal(made, common=True))
    held = (
        f"{cardinal(kept, common=True)} behöll den"
        if kept
        else "ingen behöll den så att slumpen är utesluten"
    )
    fell = cardinal(back, common=True) if back else "ingen"
    return f"{many} av {like} kommuner har gjort en så stor ändring; {held}, {fell} backade"


def _sentences(view: MeasureView, found: DoneBefore) -> list[str]:
    result = found.found
    unclear = len(result.of("unclear"))
    gap = gain(found.kpi, "", abs(found.change))
    named_ones = names_of(view, found)[:MOST_NAMED]
    return [
        f"Frågan är vilka i landets {where(found)} fjärdedel som har ändrat {named(found.kpi)} med {gap} på tre år, "
        "och hållit det i två år till.",
        "Det är vad åtgärderna väntas ge."
        if found.is_own
        else f"Det är skillnaden mellan {view.case.name} och gruppens mitt.",
        f"{join(named_ones)} höll ändringen." if named_ones else "",
        f"Hos {cardinal(unclear, common=True)} kan det lika gärna vara slump." if unclear else "",
        "Det som kommer tillbaka av sig självt är borträknat.",
    ]


def _subtitle(kpi: Kpi, *, has_figure: bool) -> str:
    if has_figure:
        return f"{kpi.label}: ändringen hos dem som höll den, från startnivån till åren fyra och fem"
    return f"{kpi.label}: startnivån, värdet efter tre år och åren fyra och fem"


FATES = {"kept": "höll", "unclear": "kan vara slump", "fell back": "backade"}


def precedents_table(view: MeasureView, found: DoneBefore, most: int = 1000) -> Table:
    """Return the municipalities that made the change with their values, at most so many."""
    every = found.found.found
    those = "" if len(every) <= most else f", {cardinal(most)} av {len(every)}"
    unit, decimals = found.kpi.unit, found.kpi.decimals
    return Table(
        caption=f"{named_first(found.kpi)}: kommuner som har gjort en så stor ändring{those}",
        columns=(
            Column("kommun", "Kommun"),
            Column("fran", "Från", kind="year"),
            Column("start", "Startnivå", kind="number", unit=unit, decimals=decimals),
            Column("tre", "Efter tre år", kind="number", unit=unit, decimals=decimals),
            Column("fem", "År fyra och fem", kind="number", unit=unit, decimals=decimals),
            Column("sedan", "Sedan"),
        ),
        rows=tuple(
            (
                view.name(str(code)), int(row["year"]), float(row["base"]), float(row["reached"]), float(row["kept"]),
                FATES[str(row["fate"])],
            )
            for code, row in every.head(most).iterrows()
        ),
    )  # fmt: skip


class DoneBeforeCase(MeasureCase):
    """A case that tells what others have done."""

    def precedents(self) -> Exhibit:
        """Visa alla kommuner som har gjort en så stor ändring från samma läge, även de som backade."""
        found = done_before(self.view)
        title, name = "Kommuner som har gjort en så stor ändring", "andra-kommuner-alla"
        if found is None:
            what = (
                "Frågan kräver att åtgärderna ändrar områdets mått eller att kommunen ligger sämre än gruppens mitt, och en "
                "serie som är lång nog."
            )
            return nothing(name, title, what, flags=())
        if found.found.found.empty:
            return nothing(name, title, "Ingen kommun i samma läge har gjort en så stor ändring.", flags=())
        return Exhibit(
            id=name,
            title=title,
            source=Source.OWN,
            alt=None,
            how_to_read=(
                "Startnivån är medelvärdet av högst fem år. Ändringen är räknad från mitten av landet samma år, utöver det som "
                "kommer tillbaka av sig självt."
            ),
            table=precedents_table(self.view, found),
            kpis=(found.kpi.id,),
        )
