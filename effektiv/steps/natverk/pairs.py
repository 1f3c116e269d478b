"""The meeting sheet of a pair: who asks whom about what, both in numbers, and the questions with room for answers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from effektiv.analysis.panels import value_at
from effektiv.exhibits import saying, swedish
from effektiv.exhibits.exhibit import Exhibit, Exhibits, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.table import Column, Table, Value
from effektiv.exhibits.words import value
from effektiv.steps.natverk.lessons import LessonsCase, Pairing, advantage, ground
from effektiv.types import FocusArea

MOST_QUESTIONS = 3
"""From the catalogue; the pair brings its own too."""

_ROOM = ("Egen fråga", "Det vi tar med oss hem", "Vem som gör vad, och till när", "Så ser vi om det fungerar")


class PairsCase(LessonsCase):
    """A network with a meeting sheet for each pair."""

    def meetings(self) -> Exhibits:
        """Visa ett samtalsblad för varje par, med båda kommunernas siffror och frågorna."""
        if not self.lessons:
            lacking = "Samtalsblad görs för dem som har någon i nätverket att lära av."
            return Exhibits([nothing("samtal", "Inget par är utpekat", lacking, flags=())])
        return Exhibits(sheet(self, lesson, number) for number, lesson in enumerate(self.lessons, start=1))


def sheet(case: LessonsCase, lesson: Pairing, number: int) -> Exhibit:
    """Return a pair's sheet; its id begins with ``par-``, which gives it a page of its own."""
    learner, teacher = case.called(lesson.learner), case.called(lesson.teacher)
    return Exhibit(
        id=f"par-{number}",
        title=f"{learner} frågar {teacher} om {lesson.area.in_text}",
        source=Source.OWN,
        alt=None,
        table=Table(
            caption=f"Samtalsblad {number}: {lesson.area.label.lower()}",
            columns=(
                Column("vad", "Att tala om"),
                Column("fragar", learner),
                Column("svarar", teacher),
            ),
            rows=tuple(_rows(case, lesson)),
        ),
        kpis=_figures(lesson.area),
    )


def _figures(area: FocusArea) -> tuple[str, ...]:
    return tuple(dict.fromkeys((area.deviation_pct, area.unit_cost, area.headline_quality)))


def _rows(case: LessonsCase, lesson: Pairing) -> Iterator[tuple[Value, ...]]:
    pair = (lesson.learner, lesson.teacher)
    yield ("Skäl", "", ground(lesson))
    if lesson.better is not None:
        quality = case.kpi(lesson.area.headline_quality)
        yield ("Försprång som väntas bestå", "", advantage(lesson, swedish.unit_in_text(quality.unit)))
    inhabitants = case.national.inhabitants(case.year)
    people = [float(inhabitants.get(code, np.nan)) for code in pair]
    yield ("Invånare", *("" if np.isnan(item) else saying.plain(item) for item in people))
    for kpi_id in _figures(lesson.area):
        kpi, panel = case.kpi(kpi_id), case.panel(kpi_id)
        cells = [
            next(
                (
                    f"{value(kpi, found)} ({year})"
                    for year in range(case.last_final(kpi_id), case.last_final(kpi_id) - 3, -1)
                    if not np.isnan(found := value_at(panel, code, year))
                ),
                "",
            )
            for code in pair
        ]
        yield (kpi.label, *cells)
    for ask in questions(lesson.area):
        yield (ask, "", "")
    for room in _ROOM:
        yield (room, "", "")


def questions(area: FocusArea) -> tuple[str, ...]:
    """Return what to ask about an area: the catalogue's first questions to the services."""
    if area.causes is None:
        return ()
    asks = [
        ask for part in area.causes.drivers.parts for ask in (*(one.ask for one in part.factors), part.ask)
    ]
    asks += [item.ask for item in area.causes.beside]
    return tuple(dict.fromkeys(asks))[:MOST_QUESTIONS]
