"""Before and after: resource, volume, quality and efficiency, own, the peers' and Riket's; described, not judged.

The time before is all comparable years before the start, never the year that the project was started in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from effektiv.analysis.efficiency import log_relative, national_efficiency
from effektiv.analysis.panels import Panel, by_year, row
from effektiv.analysis.peers import group_median
from effektiv.analysis.rebound import Refused, Span, span
from effektiv.exhibits.charts import Line, Part, Split, Trend, split, trend
from effektiv.exhibits.charts.trend import LineRole
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import unit_in_text
from effektiv.exhibits.swedish import years as year_words
from effektiv.exhibits.table import Column, Table
from effektiv.exhibits.words import named_first
from effektiv.steps.form import Picture
from effektiv.steps.s5_avslutning.words import as_read, from_to, step
from effektiv.steps.wording import fit
from effektiv.types import RIKET, Better, FocusArea, Kpi, Role

_ROLES = {Role.RESOURCE: "Resurs", Role.VOLUME: "Volym", Role.QUALITY: "Kvalitet"}


@dataclass(frozen=True)
class Compared:
    """A figure before and after.

    Attributes
    ----------
    kpi
        The figure.
    years
        Years before and after.
    own, peers, riket
        Means of the years before and of those after; NaN where a value is missing. The peers' is of their median.
    by_itself
        What comes by itself in three years after such a level, against the country's middle; NaN where not known.
    course
        By year: ``own``, ``peers``, ``riket``.
    """

    kpi: Kpi
    years: Span
    own: tuple[float, float]
    peers: tuple[float, float]
    riket: tuple[float, float]
    by_itself: float = float("nan")
    course: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True)
class Shift:
    """Change in efficiency against Riket, split exactly: ``total = quality + volume + resource``.

    Natural logarithms, means of the years after less those before; E = K x V / R, each against Riket
    (`effektiv.analysis.efficiency`).

    Attributes
    ----------
    years
        Years before and after in which all figures have values.
    total, quality, volume, resource
        Positive raises efficiency: more volume, and less resource.
    peers
        Middle one of the peers' totals; NaN where fewer than three have one.
    figures
        The quality figures behind K.
    """

    years: Span
    total: float
    quality: float
    volume: float
    resource: float
    peers: float
    figures: tuple[str, ...]


def compared(
    kpi: Kpi, panel: Panel, municipality: str, members: Sequence[str], start: int, last: int
) -> Compared | None:
    """Return a figure before and after; None where no comparable year has an own value on either side."""
    years = span(panel, start, kpi.breaks, not_after=last, before=1, after=1)
    if isinstance(years, Refused):
        return None
    frame = pd.DataFrame(
        {"own": row(panel, municipality), "peers": group_median(panel, members), "riket": row(panel, RIKET)}
    )
    course = frame.reindex([*years.before, *years.after])
    own, peers, riket = (_means(course[key], years) for key in ("own", "peers", "riket"))
    if not np.isfinite(own).all():
        return None
    return Compared(kpi, years, own, peers, riket, course=course)


def _means(values: pd.Series, years: Span) -> tuple[float, float]:
    return float(values[list(years.before)].mean()), float(values[list(years.after)].mean())


def shift(
    quality: Mapping[str, Panel],
    unit_cost: Panel,
    volume: Panel,
    better: Mapping[str, Better],
    municipality: str,
    members: Sequence[str],
    years: Span,
) -> Shift | None:
    """Split the change in efficiency; None without a year on either side in which all figures have values.

    Parameters
    ----------
    quality, unit_cost, volume, better
        As for `effektiv.analysis.efficiency.national_efficiency`; all with Riket.
    municipality, members
        Codes of the own municipality and the peers.
    years
        That compare in all the figures.

    Examples
    --------
    >>> frame = lambda own: pd.DataFrame([own, [100.0, 100.0]], index=["0319", "0000"], columns=[2024, 2025])
    >>> up = {"X": Better.HIGHER}
    >>> quality, cost, volume = {"X": frame([100.0, 110.0])}, frame([100.0, 100.0]), frame([100.0, 120.0])
    >>> found = shift(quality, cost, volume, up, "0319", [], Span((2024,), (2025,)))
    >>> round(found.quality, 4), round(found.volume, 4), round(found.resource, 4), round(found.total, 4)
    (0.0953, 0.1823, -0.1823, 0.0953)
    """
    known = {kpi: panel for kpi, panel in quality.items() if _covers(panel, municipality, years)}
    if not known:
        return None
    found = national_efficiency(known, unit_cost, better)
    ln_v = log_relative(volume)
    frame = (
        pd.DataFrame(
            {
                "k": row(found.ln_k, municipality),
                "cost": row(found.ln_unit_cost, municipality),
                "v": row(ln_v, municipality),
            }
        )
        .reindex([*years.before, *years.after])
        .dropna()
    )
    before = tuple(int(year) for year in frame.index if year in years.before)
    after = tuple(int(year) for year in frame.index if year in years.after)
    if not before or not after:
        return None
    k, cost, v = (
        float(frame.loc[list(after), key].mean() - frame.loc[list(before), key].mean())
        for key in ("k", "cost", "v")
    )
    others = found.ln_e.reindex(list(members))
    moved = (
        others[list(after)].mean(axis=1, skipna=False) - others[list(before)].mean(axis=1, skipna=False)
    ).dropna()
    middle = float(moved.median()) if len(moved) >= _FEWEST else float("nan")
    return Shift(Span(before, after), k - cost, k, v, -(cost + v), middle, tuple(known))


_FEWEST = 3


def _covers(panel: Panel, municipality: str, years: Span) -> bool:
    own, riket = row(panel, municipality), row(panel, RIKET)
    both = (own > 0) & (riket > 0)
    return all(any(both.get(year, False) for year in side) for side in (years.before, years.after))


def figures_finding(found: Sequence[Compared], name: str, peers: str, without: str = "") -> Exhibit | None:
    """Show resource, volume and quality before and after; None without any.

    Parameters
    ----------
    found
        The figures.
    name, peers
        Of the municipality, and what the peers are called.
    without
        Why the area has no efficiency; empty where it has.
    """
    if not found:
        return None
    order = list(_ROLES)
    rows = sorted(
        found, key=lambda item: order.index(item.kpi.role) if item.kpi.role in _ROLES else len(order)
    )
    first = next((item for item in rows if item.kpi.role is Role.QUALITY), rows[0])
    return Exhibit(
        id="fore-och-efter",
        title=_title(first),
        subtitle="Medel av alla jämförbara år före starten, och av de slutliga åren efter den",
        source=Source.OWN,
        alt=None,
        blocks=(
            fit(
                [
                    *(moved_sentence(item) for item in rows if item is not first),
                    "Sist står det som brukar komma av sig självt på tre år, mot landets mitt.",
                ],
                55,
            ),
        ),
        how_to_read=without,
        table=Table(
            caption=f"{name} före och efter, bredvid {peers} och riket",
            columns=(
                Column("nyckeltal", "Nyckeltal"),
                Column("fore", f"{name} före", kind="number"),
                Column("efter", f"{name} efter", kind="number"),
                *(
                    Column(key, label, kind="number", signed=True, may_lack=True)
                    for key, label in (
                        ("grupp", "Gruppens mitt, ändring"),
                        ("riket", "Riket, ändring"),
                        ("av_sig_sjalvt", "Av sig självt"),
                    )
                ),
            ),
            rows=tuple(
                (
                    _with_unit(item.kpi),
                    *item.own,
                    _change(item.kpi, item.peers),
                    None if item.kpi.role is Role.VOLUME else _change(item.kpi, item.riket),
                    _known(item.by_itself),
                )
                for item in rows
            ),
            row_decimals=tuple(item.kpi.decimals for item in rows),
        ),
        kpis=tuple(item.kpi.id for item in rows),
    )


def _with_unit(kpi: Kpi) -> str:
    return f"{kpi.label}, {kpi.unit}" if kpi.unit else kpi.label


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value


def _change(kpi: Kpi, pair: tuple[float, float]) -> float | None:
    """Return the difference of two means as tables show them; None where either is missing."""
    before, after = (round(value, kpi.decimals) for value in pair)
    return _known(after - before)


def all_figures(found: Sequence[Compared], name: str) -> Exhibit:
    """Show every figure before and after, a line for each of own, the peers' middle and Riket."""
    about, title = "alla-fore-och-efter", "Före och efter, alla värden"
    if not found:
        return nothing(about, title, "Inget nyckeltal har värden både före och efter starten.", flags=())
    lines = [
        (item, _ROLES.get(item.kpi.role, "Annat"), who, pair)
        for item in found
        for who, pair in ((name, item.own), ("Gruppens mitt", item.peers), ("Riket", item.riket))
    ]
    return Exhibit(
        id=about,
        title=title,
        subtitle="Medel av de jämförbara åren",
        source=Source.OWN,
        alt=None,
        table=Table(
            caption="Alla nyckeltal före och efter",
            columns=(
                Column("nyckeltal", "Nyckeltal"),
                Column("sida", "Sida"),
                Column("vem", "Vem"),
                Column("ar_fore", "Åren före"),
                Column("fore", "Före", kind="number", may_lack=True),
                Column("ar_efter", "Åren efter"),
                Column("efter", "Efter", kind="number", may_lack=True),
                Column("andring", "Ändring", kind="number", signed=True, may_lack=True),
            ),
            rows=tuple(
                (
                    _with_unit(item.kpi),
                    side,
                    who,
                    year_words(item.years.before),
                    _known(pair[0]),
                    year_words(item.years.after),
                    _known(pair[1]),
                    _change(item.kpi, pair),
                )
                for item, side, who, pair in lines
            ),
            own_rows=frozenset(place for place, (_, _, who, _) in enumerate(lines) if who == name),
            row_decimals=tuple(item.kpi.decimals for item, *_ in lines),
        ),
        kpis=tuple(item.kpi.id for item in found),
    )


def course_picture(item: Compared, name: str, start: int) -> Picture:
    """Draw a figure's years, own, the peers' and Riket's: where what was expected cannot be said."""
    lines: tuple[tuple[str, str, LineRole], ...] = (
        ("own", name, "own"),
        ("peers", "Gruppens mitt", "peer"),
        ("riket", "Riket", "riket"),
    )
    own = item.course["own"].dropna()
    return Picture(
        figure=trend(
            Trend(
                lines=tuple(
                    Line(label, by_year(item.course[key]), role)
                    for key, label, role in lines
                    if item.course[key].notna().any()
                ),
                unit=item.kpi.unit,
                decimals=item.kpi.decimals,
            )
        ),
        alt=(
            f"{name} går från {plain(float(own.iloc[0]))} år {own.index[0]} till {plain(float(own.iloc[-1]))} "
            f"år {own.index[-1]}, bredvid gruppens mitt och riket."
        ),
        subtitle=f"{item.kpi.label}, {unit_in_text(item.kpi.unit)}, {year_words(item.course.index)}; arbetet började {start}",
        kpis=(item.kpi.id,),
    )


def _title(item: Compared) -> str:
    before, after = item.own
    return f"{named_first(item.kpi)} gick {from_to(item.kpi, before, after)}"


def moved_sentence(item: Compared) -> str:
    """Say how a figure has moved, and the peers' middle in the same years."""
    before, after = item.own
    text = f"{named_first(item.kpi)} gick {from_to(item.kpi, before, after)}"
    moved = _change(item.kpi, item.peers)
    if moved is None:
        return f"{text}, och för gruppen saknas värden."
    if not as_read(moved):
        return f"{text}, och gruppens mitt var oförändrad."
    verb = "steg" if moved > 0 else "sjönk"
    return f"{text}, och gruppens mitt {verb} med {step(item.kpi, abs(moved))}."


_WORDS = {
    "quality": ("Kvalitet", "högre kvalitet", "lägre kvalitet"),
    "volume": ("Volym", "mer volym", "mindre volym"),
    "resource": ("Resurs", "mindre resurs", "mer resurs"),
}


def efficiency_finding(found: Shift | None, name: str, area: FocusArea) -> Exhibit | None:
    """Show the change in efficiency split into quality, volume and resource; None where there is none to show."""
    if found is None:
        return None
    percent = {key: 100 * float(getattr(found, key)) for key in (*_WORDS, "total")}
    rows = [(label, percent[key]) for key, (label, _, _) in _WORDS.items()]
    told_parts = ", ".join(f"{label.lower()} {plain(value, signed=True)}" for label, value in rows)
    peers = (
        f"I gruppens mitt {'steg' if found.peers > 0 else 'sjönk'} effektiviteten med {plain(abs(100 * found.peers))} procent."
        if np.isfinite(found.peers) and abs(100 * found.peers) >= _SMALL
        else ""
    )
    return Exhibit(
        id="effektivitet",
        title=_efficiency_title(percent),
        subtitle=(
            f"Ändring mot riket, ungefär i procent, {year_words(found.years.after)} mot {year_words(found.years.before)}"
        ),
        source=Source.OWN,
        alt=f"Tre staplar efter varandra, {told_parts}, som tillsammans blir {plain(percent['total'], signed=True)}.",
        figure=split(
            Split(
                parts=tuple(Part(label, value) for label, value in rows),
                total_label="Effektivitet",
                total=percent["total"],
                unit="%",
            )
        ),
        blocks=(
            fit(
                [
                    "Mer volym, högre kvalitet och mindre resurs höjer effektiviteten.",
                    "Tillsammans ger delarna hela ändringen.",
                    peers,
                ]
            ),
        ),
        table=Table(
            caption=f"{name}: effektivitetens ändring mot riket",
            columns=(
                Column("del", "Del"),
                Column("andring", "Ändring", kind="number", unit="%", decimals=1, signed=True),
            ),
            rows=(*rows, ("Effektivitet", percent["total"])),
            own_rows=frozenset({3}),
        ),
        kpis=(*found.figures, area.unit_cost, area.volume),
    )


def _efficiency_title(percent: Mapping[str, float]) -> str:
    total = percent["total"]
    if abs(total) < _SMALL:
        return "Effektiviteten är oförändrad mot riket"
    most = max(_WORDS, key=lambda key: percent[key] * np.sign(total))
    _, more, less = _WORDS[most]
    return f"Effektiviteten {'steg' if total > 0 else 'sjönk'} mot riket, mest genom {more if total > 0 else less}"


_SMALL = 0.05
"""A change that rounds to nothing is none."""
