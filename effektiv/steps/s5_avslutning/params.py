"""The file of step 5 in a municipality's folder: when the work began, and what was learnt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from effektiv.params import Params
from effektiv.params.common import Year
from effektiv.params.fields import Line, Paragraph, ParamsModel, nothing_is_empty
from effektiv.params.problems import Note, Problem
from effektiv.params.registry import AREA, Known, YamlFile, register
from effektiv.validation import Location, either, shortened, suggestion

PARTS: Mapping[str, str] = {
    "lardomar": "lärdomarna",
    "fungerade": "vad som fungerade",
    "gor_om": "vad ni skulle göra på ett annat sätt",
    "rad": "råd till andra kommuner",
    "fortsatter": "vad som fortsätter",
}
"""The parts of what was learnt, by key, as they are named when they are empty."""

_MEASURES = "atgarder.xlsx"


class Lesson(ParamsModel):
    """One thing that was learnt.

    Attributes
    ----------
    area
        Id of the focus area; None for the whole project.
    what, ground, next
        What, how it is known, and what is done about it.
    """

    area: Line | None = Field(None, alias="omrade")
    what: Line = Field(alias="vad")
    ground: Line | None = Field(None, alias="grund")
    next: Line | None = Field(None, alias="foljd")


class Continued(ParamsModel):
    """Something that goes on after the project, and who answers for it."""

    area: Line | None = Field(None, alias="omrade")
    what: Line = Field(alias="vad")
    owner: Line | None = Field(None, alias="ansvarig")


class Closing(ParamsModel):
    """``avslutning.yaml``: the end of the project in own words.

    Attributes
    ----------
    start
        Year in which the work began; None leaves it to the lock and the measures.
    lessons, continued
        What was learnt, and what goes on.
    worked, otherwise, advice
        What worked, what would be done otherwise, and advice to others.
    """

    start: Year | None = Field(None, alias="start")
    lessons: Annotated[tuple[Lesson, ...], Field(max_length=40), BeforeValidator(nothing_is_empty)] = Field(
        (), alias="lardomar"
    )
    worked: Paragraph | None = Field(None, alias="fungerade")
    otherwise: Paragraph | None = Field(None, alias="gor_om")
    advice: Paragraph | None = Field(None, alias="rad")
    continued: Annotated[tuple[Continued, ...], Field(max_length=40), BeforeValidator(nothing_is_empty)] = (
        Field((), alias="fortsatter")
    )

    @property
    def empty(self) -> tuple[str, ...]:
        """Keys of `PARTS` that nothing is written under."""
        said = dict(
            zip(PARTS, (self.lessons, self.worked, self.otherwise, self.advice, self.continued), strict=True)
        )
        return tuple(
            key for key, value in said.items() if not (value.strip() if isinstance(value, str) else value)
        )


def _faults(said: Closing, _folder: Path, known: Known) -> Iterator[tuple[Location, str]]:
    named = [(("lardomar", place, "omrade"), item.area) for place, item in enumerate(said.lessons)]
    named += [(("fortsatter", place, "omrade"), item.area) for place, item in enumerate(said.continued)]
    for key, area in named:
        if area is not None and known.areas is not None and area not in known.areas:
            text = f"har värdet '{shortened(area)}' men ska vara {either(known.areas)}"
            yield key, f"{text}{suggestion(area, known.areas)}"


def first_measure(every: Mapping[str, Mapping[str, Any]]) -> tuple[str, int] | None:
    """Return number and year of the measure that began first, among what a municipality's files say."""
    starts = [
        (start.year, row.text("id"))
        for form in every.get(_MEASURES, {}).values()
        for row in form.rows.get("atgarder", ())
        if hasattr(start := row["start"], "year")
    ]
    return min(starts)[::-1] if starts else None


def _lock_problems(
    folder: Path, every: Mapping[str, Mapping[str, Any]], start: int | None
) -> Iterator[Problem]:
    """Yield what of the locks does not fit the start: too few years before, and outcome years that are not after."""
    from effektiv.analysis.rebound import BEFORE  # noqa: PLC0415  a folder is read without what is computed

    for address, lock in every.get(f"las/{AREA}.yaml", {}).items():
        entry = lock.latest
        if entry is None or start is None:
            continue
        before = str(entry.get("baslinje_fran") or "")
        if before.isdigit() and start - int(before) < BEFORE:
            years = max(start - int(before), 0)
            text = f"baslinjen från {before} ger {years} år före starten {start}, och det krävs {BEFORE}: hela tiden före används"
            yield Note(folder / address, None, text)
        outcome = entry.get("utfallsar")
        for year in outcome if isinstance(outcome, tuple) else ():
            if str(year).isdigit() and int(year) < start:
                text = f"utfallsåret {year} är före starten {start}: lås målet på nytt med ett senare år"
                yield Problem(folder / address, None, text)


@dataclass(frozen=True)
class ClosingFile(YamlFile[Closing]):
    """The file, which also tells what is left empty: that stops no report, for the page says it as well."""

    def together(
        self, folder: Path, said: Mapping[str, Closing], every: Mapping[str, Mapping[str, Any]]
    ) -> list[Problem]:
        """Return each part that is empty, and a start that the measures do not fit."""
        first = first_measure(every)
        written = next((item.start for item in said.values() if item.start is not None), None)
        found = list(_lock_problems(folder, every, written or (None if first is None else first[1])))
        for address, closing in said.items():
            found += [
                Problem(folder / address, None, f"nyckeln '{key}' är tom: avslutningen saknar {PARTS[key]}")
                for key in closing.empty
            ]
            if closing.start is not None and first is not None and closing.start > first[1]:
                text = (
                    f"nyckeln 'start' är {closing.start}, men åtgärden {first[0]} började {first[1]}: "
                    f"skriv start {first[1]}, eller rätta {_MEASURES}"
                )
                found.append(Problem(folder / address, None, text))
        return found


CLOSING_FILE = ClosingFile("avslutning.yaml", 5, Closing, Path(__file__).parent / "avslutning.yaml", _faults)

register(CLOSING_FILE)


def closing_of(params: Params) -> Closing | None:
    """Return what a municipality has written of the project's end; None where it has no file."""
    return params.of(CLOSING_FILE).get(CLOSING_FILE.name)
