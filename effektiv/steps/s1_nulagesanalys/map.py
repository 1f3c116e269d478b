"""The total net cost deviation of a municipality and of those around it, on a map."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import numpy as np

from effektiv.analysis.comparison import Comparison, compare
from effektiv.analysis.geography import FEWEST, Geography, Ring, Spot
from effektiv.analysis.panels import latest_year, published_years, value_at
from effektiv.analysis.sizes import Classified, Size, limit
from effektiv.data.borders import municipal_borders
from effektiv.exhibits import swedish
from effektiv.exhibits.charts.map import Area, Map, draw_map
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.swedish import Mark, capitalise, cardinal, is_missing, join, mark, number, percent
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import against_text, held_text
from effektiv.steps.base import OverviewBase
from effektiv.types import Flag

ID = "karta"


TITLE = "Nettokostnadsavvikelsen på kartan"


_TONES = {
    2: Classified(Size.CLEARLY, 1),
    1: Classified(Size.SOMEWHAT, 1),
    0: Classified(Size.ABOUT_EQUAL, 0),
    -1: Classified(Size.SOMEWHAT, -1),
    -2: Classified(Size.CLEARLY, -1),
}


class Extent(Enum):
    """Which municipalities a map shows; the value says so in a sentence."""

    COUNTY = "Kartan visar länet och grannkommunerna."
    NEIGHBOURS = (
        "Kartan visar grannkommunerna och deras grannar; på en karta över hela länet vore de för små."
    )
    MORE = "Kommunen har för få grannar för en karta. Därför visas också det närmaste länet."


@dataclass(frozen=True)
class Surroundings:
    """What the map shows.

    Attributes
    ----------
    kpi
        Id of the figure.
    year
        Of the values.
    values
        Code -> value of each municipality on the map; missing where there is none.
    marks
        Code -> why it is missing.
    neighbours
        Codes of those next to the municipality.
    shapes, spots
        Code -> rings in metres, and where text fits.
    somewhat, clearly
        From which deviation, in per cent, the words "något" and "tydligt" are used.
    comparison
        The municipality against the median of the others on the map; None when there are
        too few values.
    extent
        Which municipalities the map shows.
    """

    kpi: str
    year: int
    values: Mapping[str, float]
    marks: Mapping[str, Mark]
    neighbours: tuple[str, ...]
    shapes: Mapping[str, tuple[Ring, ...]]
    spots: Mapping[str, Spot]
    somewhat: float
    clearly: float
    comparison: Comparison | None
    extent: Extent

    def known(self, codes: Sequence[str]) -> dict[str, float]:
        """Return those of some municipalities' values that are not missing."""
        return {code: self.values[code] for code in codes if not is_missing(self.values[code])}

    def tone(self, code: str) -> int | None:
        """Return a municipality's class from -2 to 2; None without a value."""
        value = self.values[code]
        if is_missing(value):
            return None
        # As it is written on the map, so that number and tone agree.
        size = abs(round(value, 1))
        strength = int(size >= self.somewhat) + int(size >= self.clearly)
        return strength if value > 0 else -strength


@lru_cache(maxsize=1)
def geography() -> Geography:
    """Return Sweden's municipalities on the ground, projected once a process."""
    return Geography(municipal_borders())


class MapCase(OverviewBase):
    """The municipality among those around it."""

    def map(self) -> Exhibit:
        """Visa kommunens och grannarnas nettokostnadsavvikelse på en karta."""
        if self.snapshot.is_example:
            return no_map("Kommunerna i exempeldata är påhittade och visas därför inte på någon karta.")
        if self.municipality not in geography().shapes:
            return no_map(
                f"Kartan kan inte visas, för {self.name} ({self.municipality}) är ingen av Sveriges kommuner."
            )
        seen = self._surroundings()
        if seen is None:
            return no_map(
                f"Kartan kan inte visas, för frysningen har total nettokostnadsavvikelse för färre än "
                f"{cardinal(FEWEST)} kommuner kring {self.name}."
            )
        return surroundings_map(self.context, seen, self.flags(seen.kpi))

    def _surroundings(self) -> Surroundings | None:
        """Return what the map shows; None when fewer than `FEWEST` have a value."""
        kpi = self.overview.total_deviation_pct
        panel, ground = self.panel(kpi), geography()
        around = ground.around(self.municipality)
        shown = tuple(code for code in around if code in self.national.names)
        others = [code for code in shown if code != self.municipality]
        yardstick = self.national.yardstick(kpi)
        comparison = compare(
            panel, self.municipality, others, breaks=self.kpi(kpi).breaks, yardstick=yardstick
        )
        year = comparison.year if comparison is not None else latest_year(panel, self.municipality)
        if year is None:
            year = max(published_years(panel), default=None)
        if year is None:
            return None
        noise = yardstick.noise(year).to_numpy(dtype=float)
        usual = float(np.median(noise[np.isfinite(noise)])) if np.isfinite(noise).any() else float("nan")
        # Rounded as they are written, so that a value on the map agrees with the key.
        somewhat, clearly = (
            round(limit(size, yardstick.spread(year), usual), 1) for size in (Size.SOMEWHAT, Size.CLEARLY)
        )
        values = {code: value_at(panel, code, year) for code in shown}
        if np.isnan(somewhat) or np.isfinite(list(values.values())).sum() < FEWEST:
            return None
        return Surroundings(
            kpi=kpi,
            year=year,
            values=values,
            marks={code: self._why_missing(kpi, code, year) for code in shown if np.isnan(values[code])},
            neighbours=tuple(code for code in ground.neighbours(self.municipality) if code in values),
            shapes={code: ground.shapes[code] for code in shown},
            spots={code: ground.spot(code) for code in shown},
            somewhat=somewhat,
            clearly=clearly,
            comparison=comparison,
            extent=self._extent(),
        )

    def _extent(self) -> Extent:
        ground = geography()
        if not ground.shows_county(self.municipality):
            return Extent.NEIGHBOURS
        county, near = self.municipality[:2], ground.neighbours(self.municipality)
        around = ground.around(self.municipality)
        whole = all(code.startswith(county) or code in near for code in around)
        return Extent.COUNTY if whole else Extent.MORE

    def _why_missing(self, kpi: str, code: str, year: int) -> Mark:
        statuses = self.national.statuses(kpi)
        if statuses is None or code not in statuses.index or year not in statuses.columns:
            return Mark.NOT_PUBLISHED
        return mark(statuses.loc[code, year])


def no_map(reason: str) -> Exhibit:
    """Say in one sentence why there is no map.

    Parameters
    ----------
    reason
        The sentence.
    """
    return Exhibit(id=ID, title=TITLE, source=Source.OWN, alt=None, blocks=(reason,))


def surroundings_map(context: Context, seen: Surroundings, flags: tuple[Flag, ...]) -> Exhibit:
    """Show whether the municipality's deviation is like that of those around it."""
    marked = _marked(context, seen)
    return Exhibit(
        id=ID,
        title=TITLE,
        source=Source.OWN,  # the classes, the limits and the median are computed here
        figure=draw_map(_map(context, seen, marked)),
        alt=_alt(context, seen),
        finding=_finding(context, seen),
        table=_table(context, seen),
        how_to_read=_how_to_read(context, seen, marked),
        notes=_notes(context, seen),
        flags=flags,
    )


def _marked(context: Context, seen: Surroundings) -> frozenset[str]:
    """Return the peers to mark on the map; none when most of it are peers, and words say so instead."""
    peers = set(context.peers.members) & set(seen.values)
    return frozenset(peers) if 2 * len(peers) < len(seen.values) else frozenset()


def _map(context: Context, seen: Surroundings, marked: frozenset[str]) -> Map:
    return Map(
        areas=tuple(
            Area(
                name=context.names[code],
                shape=seen.shapes[code],
                spot=seen.spots[code],
                tone=seen.tone(code),
                text=_written(seen, code),
                own=code == context.municipality,
                neighbour=code in seen.neighbours,
                marked=code in marked,
            )
            for code in seen.values
        ),
        heading="Kostnad mot referenskostnaden",
        classes=tuple((tone, f"{capitalise(word)}: {limits}") for tone, word, limits in _classes(seen)),
        missing="Uppgift saknas",
        marked=capitalise(context.peers.label),
    )


def _written(seen: Surroundings, code: str) -> str:
    """Return what is written in an area; hatching alone tells that a value is missing."""
    value = seen.values[code]
    return "" if is_missing(value) else number(value, 1, signed=True)


def _word(tone: int) -> str:
    return swedish.size_words(_TONES[tone], "cost")


def _classes(seen: Surroundings) -> list[tuple[int, str, str]]:
    """Return class, word and limits, the dearest first; "tydligt" only when it can be used."""
    near, far = seen.somewhat, seen.clearly
    low, high = (number(sign * near, 1, signed=True) for sign in (-1, 1))
    if math.isinf(far):
        return [
            (1, _word(1), f"minst {high} %"),
            (0, _word(0), f"{low} till {high} %"),
            (-1, _word(-1), f"högst {low} %"),
        ]
    lowest, highest = (number(sign * far, 1, signed=True) for sign in (-1, 1))
    return [
        (2, _word(2), f"minst {highest} %"),
        (1, _word(1), f"{high} till {highest} %"),
        (0, _word(0), f"{low} till {high} %"),
        (-1, _word(-1), f"{lowest} till {low} %"),
        (-2, _word(-2), f"högst {lowest} %"),
    ]


def _when(context: Context, seen: Surroundings) -> str:
    return swedish.year(seen.year, preliminary=context.is_preliminary(seen.kpi, seen.year))


def _others(context: Context, seen: Surroundings) -> list[str]:
    return [code for code in seen.values if code != context.municipality]


def _finding(context: Context, seen: Surroundings) -> str:
    own = seen.values[context.municipality]
    if is_missing(own):
        text = f"Nettokostnadsavvikelsen saknas för {context.name} {_when(context, seen)}."
        return " ".join(item for item in (text, _neighbours_text(context, seen)) if item)
    parts = [
        f"Nettokostnadsavvikelsen för {context.name} var {_in_text(own)} {_when(context, seen)}.",
        _comparison_text(seen.comparison),
        _neighbours_text(context, seen),
    ]
    return " ".join(part for part in parts if part)


def _in_text(value: float) -> str:
    return swedish.amount(value, "%", 1, signed=True)


def _comparison_text(found: Comparison | None) -> str:
    if found is None:
        return ""
    median = (
        f"medianen för {cardinal(found.n)} andra kommuner på kartan ({percent(found.median, signed=True)})"
    )
    text = f"Det är {against_text(found.size, median)}."
    if found.size is None or not found.size.sign:
        return text
    side = "över" if found.difference > 0 else "under"
    return f"{text} {capitalise(held_text(found))} låg den {side} medianen."


def _neighbours_text(context: Context, seen: Surroundings) -> str:
    """Say where the neighbours lie, and whether the municipality is among or beyond them."""
    near = seen.known(seen.neighbours)
    if not near:
        return ""
    own = seen.values[context.municipality]
    low, high = min(near.values()), max(near.values())
    if len(near) == 1:
        (code,) = near
        return f"Grannkommunen {context.names[code]} hade {_in_text(low)}."
    span = f"{number(low, 1, signed=True)} och {_in_text(high)}"
    count = cardinal(len(near))
    who = (
        f"De {count} grannkommunerna"
        if len(near) == len(seen.neighbours)
        else f"{capitalise(count)} grannkommuner"
    )
    said = f"{who} låg mellan {span}"
    if is_missing(own):
        return f"{said}."
    where = "inom" if low <= own <= high else "över" if own > high else "under"
    return f"{said}, och {context.name} låg {where} det spannet."


def _alt(context: Context, seen: Surroundings) -> str:
    near = [f"{context.names[code]} {_value_text(seen, code)}" for code in seen.neighbours]
    count = cardinal(len(seen.values) - 1)
    parts = [
        f"Karta över {context.name} och {count} omgivande kommuner, {_when(context, seen)}",
        f"{context.name} {_value_text(seen, context.municipality)}{_own_word(context, seen)}",
        f"Grannkommuner: {join(near)}" if near else "",
        f"De andra på kartan, mot referenskostnaden: {join(_counted(context, seen))}",
    ]
    return f"{'. '.join(part for part in parts if part)}."


def _own_word(context: Context, seen: Surroundings) -> str:
    tone = seen.tone(context.municipality)
    if tone is None:
        return ""
    return f", {_word(tone)} {'än' if tone else 'som'} referenskostnaden"


def _value_text(seen: Surroundings, code: str) -> str:
    value = seen.values[code]
    return "saknar uppgift" if is_missing(value) else percent(value, signed=True)


def _counted(context: Context, seen: Surroundings) -> list[str]:
    tones = [seen.tone(code) for code in _others(context, seen)]
    counted = [(tones.count(tone), word) for tone, word, _ in _classes(seen)]
    counted.append((tones.count(None), "utan uppgift"))
    return [f"{word} {number(count)}" for count, word in counted if count]


def _table(context: Context, seen: Surroundings) -> Table:
    near = [code for code in seen.neighbours if code in seen.values]
    rest = [code for code in _others(context, seen) if code not in near]
    order = [context.municipality, *_by_name(context, near), *_by_name(context, rest)]
    peers = set(context.peers.members)
    rows: list[tuple[Value, ...]] = [
        (
            context.names[code],
            "granne" if code in near else "",
            "ja" if code in peers else "",
            seen.values[code],
            "" if (tone := seen.tone(code)) is None else _word(tone),
        )
        for code in order
    ]
    return Table(
        caption=f"Nettokostnadsavvikelse totalt, utan LSS, kring {context.name} {_when(context, seen)}",
        columns=(
            Column("kommun", "Kommun"),
            Column("granne", "Granne"),
            Column("grupp", "I jämförelsegruppen"),
            Column("avvikelse", "Avvikelse", kind="number", unit="%", decimals=1, signed=True),
            Column("storlek", "Mot referenskostnaden"),
        ),
        rows=tuple(rows),
        marks={
            (place, "avvikelse"): seen.marks[code]
            for place, code in enumerate(order)
            if is_missing(seen.values[code])
        },
        own_rows=frozenset({0}),
    )


_ALPHABET = str.maketrans({"å": "{", "ä": "|", "ö": "}", "é": "e"})
"""Å, Ä and Ö come last, in that order."""


def _by_name(context: Context, codes: Sequence[str]) -> list[str]:
    return sorted(codes, key=lambda code: context.names[code].lower().translate(_ALPHABET))


def _how_to_read(context: Context, seen: Surroundings, marked: frozenset[str]) -> str:
    parts = [
        f"Ju starkare ton, desto högre kostnad mot referenskostnaden. {context.name} har kraftig kontur.",
        "Talen är avvikelsen i procent, där det finns plats.",
        f"Fyrkant: {context.peers.label}." if marked else "",
        "En streckad yta saknar uppgift." if any(is_missing(value) for value in seen.values.values()) else "",
        "Tonen säger inte vad som är bra, och kartan visar inte vad en likhet eller skillnad beror på.",
    ]
    return " ".join(part for part in parts if part)


def _notes(context: Context, seen: Surroundings) -> str:
    parts = [
        seen.extent.value,
        "" if context.peers.whole_country else _peers_text(context, seen),
        "Gränserna för ”något” och ”tydligt” följer ordlistan, med den osäkerhet som är vanlig i landet.",
        "Kommungränser: SCB, förenklade.",
    ]
    return " ".join(part for part in parts if part)


def _peers_text(context: Context, seen: Surroundings) -> str:
    peers = len(set(context.peers.members) & set(seen.values))
    if not peers:
        return f"Ingen av {context.peers.definite} finns på kartan."
    others = cardinal(len(seen.values) - 1)
    return (
        f"Av de {others} andra kommunerna hör {cardinal(peers, common=True)} till {context.peers.definite}."
    )
