"""The files that every step reads: the municipality's own, the overview's and one for each focus area.

A step with files of its own declares them in the same way, in a module ``params`` of its folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from effektiv.params.fields import (
    LONGEST_PARAGRAPH,
    Address,
    Code,
    Codes,
    Comparison,
    Line,
    Lines,
    Paragraph,
    ParamsModel,
    Wanted,
    nothing_is_default,
    nothing_is_empty,
)
from effektiv.params.folders import FOLDER_NAME
from effektiv.params.registry import AREA, Known, YamlFile, register
from effektiv.validation import Location, clause, either, hidden_sign, shortened, suggestion

_TEMPLATES = Path(__file__).parent / "templates"


class Contact(ParamsModel):
    """Who answers for the analysis in the municipality."""

    name: Line | None = Field(None, alias="namn")
    role: Line | None = Field(None, alias="roll")
    email: Line | None = Field(None, alias="epost")
    phone: Line | None = Field(None, alias="telefon")


class Accessibility(ParamsModel):
    """Where the municipality is told of what cannot be read or used in a report.

    Attributes
    ----------
    contact
        An e-mail address, or an address that begins with https://.
    """

    contact: Address | None = Field(None, alias="kontakt")


class Evidence(ParamsModel):
    """Something the municipality knows that Kolada does not.

    Attributes
    ----------
    source
        Where it comes from: a survey, an inspection, interviews.
    observation
        What it shows.
    """

    source: Line = Field(alias="kalla")
    observation: Paragraph = Field(alias="iakttagelse")


class MunicipalityParams(ParamsModel):
    """``kommun.yaml``: the municipality and whom it compares itself with.

    Attributes
    ----------
    code
        Four digits.
    compare_with
        ``liknande`` (the official similar municipalities), ``lan``, ``riket`` or
        ``egna`` (`own_peers`).
    own_peers
        Codes of the municipalities it has chosen itself.
    accessibility
        Whom to tell of faults in accessibility; lag (2018:1937) asks for a way to do so.
    """

    code: Code = Field(alias="kommun")
    name: Line | None = Field(None, alias="namn")
    compare_with: Comparison = Field("liknande", alias="jamfor_med")
    own_peers: Codes = Field((), alias="egna")
    contact: Annotated[Contact, BeforeValidator(nothing_is_default)] = Field(
        default_factory=Contact, alias="kontakt"
    )
    accessibility: Annotated[Accessibility, BeforeValidator(nothing_is_default)] = Field(
        default_factory=Accessibility, alias="tillganglighet"
    )


class _Decided(ParamsModel):
    """What every analysis may say of its decision and of evidence beyond Kolada."""

    decision: Line | None = Field(None, alias="beslut")
    record_number: Line | None = Field(None, alias="diarienummer")
    limits: Paragraph | None = Field(None, alias="avgransning")
    own_evidence: Annotated[tuple[Evidence, ...], Field(max_length=30), BeforeValidator(nothing_is_empty)] = (
        Field((), alias="egna_underlag")
    )


class OverviewParams(_Decided):
    """``oversikt.yaml``: which focus areas were chosen, and why.

    Attributes
    ----------
    focus_areas
        Ids of the chosen areas.
    reasons
        Why they were chosen, in the municipality's own words.
    """

    focus_areas: Annotated[tuple[Line, ...], Field(max_length=20), BeforeValidator(nothing_is_empty)] = Field(
        (), alias="fokusomraden"
    )
    reasons: Paragraph | None = Field(None, alias="motiv")


class Primary(ParamsModel):
    """The figure that decides whether the work has succeeded.

    Attributes
    ----------
    kpi
        Its id.
    direction
        Which way it is to go: ``upp`` or ``ned``.
    reference
        Whom it is followed against, as in `MunicipalityParams.compare_with`.
    """

    kpi: Line = Field(alias="id")
    direction: Literal["upp", "ned"] = Field(alias="riktning")
    reference: Comparison = Field("liknande", alias="referens")


Year = Annotated[int, Field(ge=1990, le=2100)]


class Aim(ParamsModel):
    """What an area's work is to reach, and how that will be judged; what `effektiv las` writes down.

    Attributes
    ----------
    words
        In own words.
    primary
        The figure that decides; None until it is chosen.
    others
        Ids of figures that are followed beside it: what must not get worse.
    baseline_from
        First year of the time before.
    outcome_years
        Years in which the outcome is judged, after it.
    """

    words: Paragraph | None = Field(None, alias="malbild")
    primary: Primary | None = Field(None, alias="primar")
    others: Lines = Field((), alias="ovriga")
    baseline_from: Year | None = Field(None, alias="baslinje_fran")
    outcome_years: Annotated[tuple[Year, ...], Field(max_length=10), BeforeValidator(nothing_is_empty)] = (
        Field((), alias="utfallsar")
    )


Month = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]


class Baseline(ParamsModel):
    """Months that an indicator's limits are computed from, fixed by a decision.

    Attributes
    ----------
    first, last
        First and last month.
    decided
        Who decided it, and when.
    """

    first: Month = Field(alias="fran")
    last: Month = Field(alias="till")
    decided: Line = Field(alias="beslutad")


class NewLevel(ParamsModel):
    """A decided change point: a new baseline, which needs an answer to each of four questions.

    Attributes
    ----------
    month
        First month of the new level.
    differs, cause, wanted, lasts
        Is it clearly another level, is the cause known, is it wanted, will it last.
    """

    month: Month = Field(alias="manad")
    differs: Paragraph = Field(alias="annorlunda")
    cause: Paragraph = Field(alias="orsak_kand")
    wanted: Paragraph = Field(alias="onskvard")
    lasts: Paragraph = Field(alias="bestar")


class ExcludedMonth(ParamsModel):
    """A month that limits are computed without, and why."""

    month: Month = Field(alias="manad")
    reason: Line = Field(alias="skal")


class IndicatorDecisions(ParamsModel):
    """What has been decided of the control chart of an indicator.

    Attributes
    ----------
    indicator
        Its number in ``indikatorer.xlsx``.
    baseline
        None for all months.
    changes
        Decided change points.
    excluded
        Months that the limits are computed without.
    screened
        Whether large moving ranges are left out once: ``ja`` or ``nej``.
    """

    indicator: Line = Field(alias="id")
    baseline: Baseline | None = Field(None, alias="baslinje")
    changes: Annotated[tuple[NewLevel, ...], Field(max_length=10), BeforeValidator(nothing_is_empty)] = Field(
        (), alias="brytpunkter"
    )
    excluded: Annotated[
        tuple[ExcludedMonth, ...], Field(max_length=24), BeforeValidator(nothing_is_empty)
    ] = Field((), alias="undantag")
    screened: Literal["ja", "nej"] = Field("ja", alias="screening")


def _text_is_words(value: Any) -> Any:
    """Take a goal that is a text alone for its words; what is wrong with it is told of the key that was written."""
    if value is not None and not isinstance(value, str):
        return value
    fault = hidden_sign(value or "")
    if fault is not None:
        raise clause(fault)
    if len(value or "") > LONGEST_PARAGRAPH:
        raise clause(f"har fler än {LONGEST_PARAGRAPH} tecken")
    return {"malbild": value}


class AreaParams(_Decided):
    """One focus area: direction, own role models and own part of the problem statement.

    Attributes
    ----------
    direction
        What the municipality wants; None means the catalogue's usual direction.
    role_models
        Codes of municipalities it has chosen to learn from.
    what, for_whom, limits
        Own text of the problem statement; None where nothing was written.
    aim
        What it wants to reach; a text alone is its words (`goal`), and the goal in numbers has keys.
    activities
        Names of the activities in the monthly follow-up that are the area's; the one with the area's name when empty.
    indicators
        What has been decided of the monthly indicators' control charts, in step 4.
    """

    direction: Wanted = Field(None, alias="riktning")
    role_models: Codes = Field((), alias="forebilder")
    what: Paragraph | None = Field(None, alias="vad")
    for_whom: Paragraph | None = Field(None, alias="for_vem")
    aim: Annotated[Aim, BeforeValidator(_text_is_words)] = Field(default_factory=Aim, alias="mal")
    activities: Lines = Field((), alias="verksamheter")
    indicators: Annotated[
        tuple[IndicatorDecisions, ...], Field(max_length=40), BeforeValidator(nothing_is_empty)
    ] = Field((), alias="indikatorer")

    @property
    def goal(self) -> str | None:
        """The goal in own words; None where nothing was written."""
        return self.aim.words


def _municipality_faults(
    said: MunicipalityParams, folder: Path, known: Known
) -> Iterator[tuple[Location, str]]:
    match = FOLDER_NAME.fullmatch(folder.resolve().name)
    if match is not None and match["code"] != said.code:
        yield ("kommun",), f"är {said.code} men mappen tillhör kommun {match['code']}"
    title = known.places.titles.get(said.code)
    if said.name is not None and title is not None and not known.places.is_called(said.code, said.name):
        yield ("namn",), f"är '{shortened(said.name)}' men kommun {said.code} heter {title}"
    if said.compare_with == "egna" and not said.own_peers:
        yield ("jamfor_med",), "är egna men nyckeln 'egna' har inga koder"
    yield from _itself("egna", said.own_peers, said.code)


def _overview_faults(said: OverviewParams, _folder: Path, known: Known) -> Iterator[tuple[Location, str]]:
    for position, area in enumerate(said.focus_areas):
        if known.areas is not None and area not in known.areas:
            text = f"har värdet '{area}' men ska vara {either(known.areas)}{suggestion(area, known.areas)}"
            yield ("fokusomraden", position), text


def _area_faults(said: AreaParams, _folder: Path, known: Known) -> Iterator[tuple[Location, str]]:
    yield from _itself("forebilder", said.role_models, known.code)
    ids = [item.indicator for item in said.indicators]
    for at, item in enumerate(said.indicators):
        if item.indicator in ids[:at]:
            yield (
                ("indikatorer", at, "id"),
                f"har värdet '{shortened(item.indicator)}', som redan har en punkt i listan",
            )
        if item.baseline is not None and item.baseline.last < item.baseline.first:
            yield (
                ("indikatorer", at, "baslinje", "till"),
                f"har värdet {item.baseline.last} men ska vara efter fran, {item.baseline.first}",
            )
    aim = said.aim
    if known.areas is not None and aim.primary is not None:
        from effektiv.data.catalogue import load_catalogue  # noqa: PLC0415  most files have no goal in numbers

        kpis = load_catalogue().kpis
        places: list[tuple[Location, str]] = [(("mal", "primar", "id"), aim.primary.kpi)]
        places += [(("mal", "ovriga", at), kpi) for at, kpi in enumerate(aim.others)]
        for place, kpi in places:
            if kpi not in kpis:
                yield (
                    place,
                    f"har värdet '{shortened(kpi)}', som inget nyckeltal i katalogen heter, till exempel N15505",
                )
    if aim.baseline_from is not None:
        for at, year in enumerate(aim.outcome_years):
            if year <= aim.baseline_from:
                yield (
                    ("mal", "utfallsar", at),
                    f"har värdet {year} men ska vara ett år efter baslinje_fran, {aim.baseline_from}",
                )


def _itself(key: str, codes: tuple[str, ...], own: str | None) -> Iterator[tuple[Location, str]]:
    """Yield where the codes of others are the municipality's own."""
    for position, code in enumerate(codes):
        if code == own:
            yield (key, position), f"har värdet '{code}', som är kommunen själv"


MUNICIPALITY_FILE = YamlFile(
    "kommun.yaml", 1, MunicipalityParams, _TEMPLATES / "kommun.yaml", _municipality_faults
)
OVERVIEW_FILE = YamlFile("oversikt.yaml", 1, OverviewParams, _TEMPLATES / "oversikt.yaml", _overview_faults)
AREA_FILE = YamlFile(f"{AREA}.yaml", 1, AreaParams, _TEMPLATES / "omrade.yaml", _area_faults)

register(MUNICIPALITY_FILE, OVERVIEW_FILE, AREA_FILE)
