"""Allocation in step 3: each fault in what is written, what the finding says, and that the page adds up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from effektiv import open_case
from effektiv.data.catalogue import load_catalogue
from effektiv.data.identifiers import Places
from effektiv.example.forms.allocation import GIVEN, RULES, VOLUMES
from effektiv.example.forms.hypotheses import PRESCHOOL
from effektiv.example.forms.units import UNITS
from effektiv.example.truths import EXAMPLE_MUNICIPALITY, HOME_CARE, SCHOOL
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.forms import FormRead, Value, read, write
from effektiv.params.common import AREA_FILE, AreaParams
from effektiv.params.registry import Known
from effektiv.steps.population import AreaPopulation, PopulationCase
from effektiv.steps.s2_orsaksanalys.params import UNITS_FILE
from effektiv.steps.s2_orsaksanalys.units_allocation import allocation_faults, own_faults
from effektiv.steps.s2_orsaksanalys.units_form import UNITS_FORM
from effektiv.steps.s3_atgarder.allocation import allocation_finding, balanced_at
from effektiv.steps.s3_atgarder.allocation_underlag import _shown
from effektiv.steps.s3_atgarder.allocation_view import AllocationView
from effektiv.steps.s3_atgarder.case import MeasureAreaCase
from effektiv.steps.s3_atgarder.report import FINDINGS
from effektiv.steps.s3_atgarder.view import MeasureView

LABELS = {area.id: area.label for area in load_catalogue().areas.values()}
Row = Mapping[str, Value]


def area_file(folder: Path, text: str) -> tuple[AreaParams | None, list[str]]:
    path = folder / f"{SCHOOL}.yaml"
    path.write_text(text, encoding="utf-8")
    found = AREA_FILE.read(path, Known(Places(None), tuple(LABELS)))
    return found.said, [str(problem).split(": ", 1)[1] for problem in found.problems]


def rules(folder: Path, area: str = SCHOOL, *changes: tuple[str, str]) -> AreaParams:
    text = RULES[area]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    said, problems = area_file(folder, text)
    assert said is not None and problems == []
    return said


@cache
def shipped() -> FormRead:
    """Return Exempelby's form, written and read once."""
    with TemporaryDirectory() as folder:
        return form(Path(folder), [*GIVEN], [*VOLUMES])


def form(
    folder: Path,
    given: Iterable[Row] = GIVEN,
    volumes: Iterable[Row] = VOLUMES,
    units: Iterable[Row] = UNITS,
) -> FormRead:
    if given is GIVEN and volumes is VOLUMES:
        return shipped()
    path = folder / "enheter.xlsx"
    rows = {"enheter": units, "fordelning": given, "volymer": volumes}
    path.write_bytes(write(UNITS_FORM, areas=LABELS, rows=rows, about="Prov"))
    return read(UNITS_FORM, path, areas=LABELS)


def view(
    said: FormRead, written: AreaParams, area: str = SCHOOL, population: object = None
) -> AllocationView:
    params = SimpleNamespace(
        area=lambda _: written,
        files={UNITS_FILE.name: {"enheter.xlsx": said}, AREA_FILE.name: {f"{area}.yaml": written}},
    )
    area_of = load_catalogue().areas[area]
    case = SimpleNamespace(area=area_of, params=params, name="Prov", population=population)
    return AllocationView(cast(PopulationCase, case))


def finding(found: AllocationView) -> Exhibit:
    shown = allocation_finding(cast(MeasureView, SimpleNamespace(allocation=found)))
    assert shown is not None
    return shown


def text(found: AllocationView) -> str:
    return finding(found).to_text().replace("\u00a0", " ")


def changed(rows: Iterable[Row], at: int, **values: Value) -> list[Row]:
    found = [dict(row) for row in rows]
    found[at] |= values
    return cast(list[Row], found)


# --- the area's own file ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("fran: 4", "fran: 3", "nyckeln 'fran' i fordelning, post 3 ger Årskurs 4-6 årskurs 3, som redan hör till Årskurs 1-3"),
        ("till: 9", "till: 12", "nyckeln 'till' i fordelning, post 4 har värdet 12 men ska vara en årskurs mellan 0 och 10"),
        ("till: 6", "till: 2", "post 3 har värdet 4 men ska vara högst 2"),
        ("110 000 000", "-5", "nyckeln 'budget' i fordelning har värdet '-5' men ska vara ett tal mellan 1 och 100 000 000 000"),
        ("110 000 000", "110,5", "har värdet '110,5' men ska vara ett heltal"),
        ("socioekonomi: 8", "socioekonomi: åtta", "har värdet 'åtta' men ska vara ett tal mellan 0 och 100"),
        ("volym: elever", "volym: barnen", "har värdet 'barnen' men ska vara elever, barn eller timmar. Menade du 'barn'?"),
        ("Årskurs 4-6", "årskurs 1-3", "post 3 har värdet 'årskurs 1-3', som redan är ett annat stadiums"),
        ("klass:", "arbetstid:\n    manadslon: 30000\n  klass:", "nyckeln 'arbetstid' i fordelning gäller timmar"),
        ("storst: 25", "storsta: 25", "nyckeln 'storsta' i fordelning finns inte. Menade du 'storst'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_areas_file_is_told_by_its_key(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in RULES[SCHOOL]
    _, problems = area_file(tmp_path, RULES[SCHOOL].replace(old, new, 1))
    assert told in problems[0]
    assert len(problems) <= 2


def test_an_evening_may_go_past_midnight_but_not_into_another(tmp_path: Path) -> None:
    assert rules(tmp_path, HOME_CARE).allocation is not None
    _, problems = area_file(tmp_path, RULES[HOME_CARE].replace("till: 7\n", "till: 8\n"))
    assert "ger Natt klockslag 7, som redan hör till Dag" in problems[0]


# --- the sheets ---------------------------------------------------------------------------

SHEET_FAULTS: dict[str, tuple[Callable[[Path], FormRead], str]] = {
    "sum": (
        lambda folder: form(folder, changed(GIVEN, 0, given=49_600_001)),
        "bladet Fördelning: enheterna är tilldelade 110 000 001 kronor tillsammans, men budgeten i grundskola.yaml är "
        "110 000 000 kronor: rätta den som är fel",
    ),
    "negative": (
        lambda folder: form(folder, volumes=changed(VOLUMES, 1, volume=-112)),
        "bladet Volymer, cell D5: Volym: -112 ska vara minst 0",
    ),
    "index": (
        lambda folder: form(folder, changed(GIVEN, 1, index=None)),
        "bladet Fördelning, cell D5: enheten V15E021900102 saknar index fast grundskola.yaml fördelar 8 procent efter det: "
        "skriv det",
    ),
    "no volume": (
        lambda folder: form(folder, volumes=VOLUMES[4:]),
        "bladet Fördelning, cell A4: enheten V15E021900101 har ingen volym för 2026 på bladet Volymer: skriv den",
    ),
    "empty volume": (
        lambda folder: form(folder, volumes=changed(VOLUMES, 0, volume=None)),
        "bladet Volymer, cell D4: volymen för Förskoleklass i enheten V15E021900101 saknas: skriv den, också om den är 0",
    ),
    "unknown stage": (
        lambda folder: form(folder, volumes=changed(VOLUMES, 0, stage="F-klass")),
        "bladet Volymer, cell C4: stadiet F-klass finns inte i grundskola.yaml: skriv Förskoleklass, Årskurs 1-3, "
        "Årskurs 4-6 eller Årskurs 7-9",
    ),
    "unknown unit": (
        lambda folder: form(folder, [*GIVEN, {"unit": "X9", "year": 2026, "given": 1}]),
        "bladet Fördelning, cell A10: enheten X9 finns inte på bladet Enheter: lägg till den där",
    ),
    "twice": (
        lambda folder: form(folder, volumes=[*VOLUMES, VOLUMES[0]]),
        "bladet Volymer, cell A25: Förskoleklass i enheten V15E021900101 står redan för 2026 på rad 4: behåll en av raderna",
    ),
    "premises": (
        lambda folder: form(folder, changed(GIVEN, 2, premises=None)),
        "bladet Fördelning, cell E6: lokalerna för enheten V15E021900104 saknas: skriv 0 om den inte får något för dem",
    ),
    "no row": (
        lambda folder: form(folder, [row for row in GIVEN if row["unit"] != "V15E021900104"]),
        "bladet Volymer, cell A12: enheten V15E021900104 har en volym men ingen rad för 2026 på bladet Fördelning: "
        "lägg till den",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", SHEET_FAULTS)
def test_what_is_wrong_in_the_sheets_is_told_by_its_cell_and_on_the_page(tmp_path: Path, what: str) -> None:
    make, told = SHEET_FAULTS[what]
    said, written = make(tmp_path), rules(tmp_path)
    assert written.allocation is not None
    beside = allocation_faults(said, {SCHOOL: written.allocation})
    found = [*said.faults, *own_faults(said), *(fault for area, fault in beside if area == SCHOOL)]
    lines = [str(fault).replace("\u00a0", " ") for fault in found]
    assert told in lines
    page = "\n".join(shown.to_text() for shown in _shown(view(said, written))).replace("\u00a0", " ")
    assert told.split(": ", 1)[1] in page
    # A sum that differs, or a stray row, takes nothing from the model; all else means that it cannot be trusted.
    assert ("Kan inte visas. Minst en enhet" in page) == (
        what not in {"sum", "unknown unit", "twice", "no row"}
    )


def test_what_ships_has_no_fault(tmp_path: Path) -> None:
    said = form(tmp_path)
    both = {area: rules(tmp_path, area).allocation for area in RULES}
    known = {area: found for area, found in both.items() if found is not None}
    assert [*said.faults, *own_faults(said), *allocation_faults(said, known)] == []
    assert len(list(allocation_faults(said, {}))) == len(RULES)


def test_the_check_of_a_folder_tells_of_it(tmp_path: Path) -> None:
    said = {"enheter.xlsx": form(tmp_path, changed(GIVEN, 1, index=None))}
    every = {AREA_FILE.name: {f"{area}.yaml": rules(tmp_path, area) for area in RULES}}
    (problem,) = UNITS_FILE.together(tmp_path, said, every)
    assert "enheten V15E021900102 saknar index" in str(problem)
    (unwritten, *_) = UNITS_FILE.together(tmp_path, said, {})
    assert "aldreomsorg-ordinart-boende.yaml har ingen nyckel fordelning: skriv den" in str(unwritten)


# --- the finding --------------------------------------------------------------------------


def test_a_school_that_does_not_cover_its_classes_is_told_with_where_it_would(tmp_path: Path) -> None:
    found = view(form(tmp_path), rules(tmp_path))
    said = text(found)
    assert "En av tre skolor täcker inte sina klasser när budgeten fördelas efter elever" in said
    assert "Hamnskolan har 188 elever och går ihop närmast vid 148–164 eller 224–249." in said
    assert found.found is not None and found.found.parts["total"].sum() == 110_000_000
    unit = found.units[2].unit
    assert not found.balances[unit].holds(188) and found.balances[unit].holds(164)
    # By hand: 10 classes, a fixed cost and 188 pupils, and what the model gives without premises.
    assert found.surplus[unit] == found.found.parts["total"][unit] - 4_200_000 - (
        17_500_000 + 2_500_000 + 188 * 14_000
    )
    assert balanced_at(found.balances[unit], 188).endswith("eller minst 361")


def test_all_that_balance_and_none_with_costs_are_told_otherwise(tmp_path: Path) -> None:
    cheap = view(form(tmp_path), rules(tmp_path, SCHOOL, ("kostnad: 1 750 000", "kostnad: 900 000")))
    assert "Alla tre skolor täcker sina klasser när budgeten fördelas efter elever" in text(cheap)
    start = RULES[SCHOOL].index("  klass:")
    bare = view(form(tmp_path), rules(tmp_path, SCHOOL, (RULES[SCHOOL][start:], "")))
    assert bare.off_balance == []
    assert "Fördelad efter elever ger budgeten Centralskolan 2,4 miljoner kronor mindre än i dag" in text(
        bare
    )
    dear = view(form(tmp_path), rules(tmp_path, SCHOOL, ("kostnad: 1 750 000", "kostnad: 9 000 000")))
    assert "går inte ihop ens med dubbelt så många elever" in text(dear)


def test_home_care_is_told_by_the_share_of_its_worked_time(tmp_path: Path) -> None:
    found = view(form(tmp_path), rules(tmp_path, HOME_CARE), HOME_CARE)
    said = text(found)
    assert "Två av tre hemtjänstgrupper har för lite tid hos brukaren" in said
    assert "För att gå ihop behövs 76 procent." in said
    north = found.units[1].unit
    assert found.off_balance[0] == north
    assert found.worked.loc[north, "share"] == pytest.approx(28_000 / 41_200)
    poor = view(form(tmp_path), rules(tmp_path, HOME_CARE, ("ovrigt: 55", "ovrigt: 400")), HOME_CARE)
    assert "Med den ersättningen går det inte ihop ens om all arbetstid är hos brukaren." in text(poor)
    without = [{key: value for key, value in row.items() if key != "worked"} for row in GIVEN]
    unknown = view(form(tmp_path, without), rules(tmp_path, HOME_CARE), HOME_CARE)
    assert unknown.off_balance == [] and finding(unknown).figure is None
    assert "Alla tre" not in text(unknown)


PRESCHOOL_RULES = """fordelning:
  ar: 2026
  volym: barn
  budget: 20 000 000
  stadier:
    - {namn: Små, fran: 1, till: 2, belopp: 190000}
    - {namn: Stora, fran: 3, till: 5, belopp: 140000}
  klass: {storst: 18, kostnad: 2400000}
"""


def test_a_preschool_is_told_by_its_groups(tmp_path: Path) -> None:
    year = {"year": 2026}
    units = [{"unit": code, "name": code, "area": PRESCHOOL, **year} for code in ("Eken", "Linden")]
    given: list[Row] = [
        {"unit": "Eken", "given": 9_000_000, **year},
        {"unit": "Linden", "given": 11_000_000, **year},
    ]
    volumes: list[Row] = [
        {"unit": unit, "stage": stage, "volume": count, **year}
        for unit, counts in (("Eken", (19, 36)), ("Linden", (36, 54)))
        for stage, count in zip(("Små", "Stora"), counts, strict=True)
    ]
    written, problems = area_file(tmp_path, PRESCHOOL_RULES)
    assert written is not None and problems == []
    found = view(form(tmp_path, given, volumes, units), written, PRESCHOOL)
    # By hand: Eken needs 2 + 2 groups, 9.6 million, and is given 19 and 36 of 55 and 90 by 190 and 140.
    share = (19 * 190 + 36 * 140) / (55 * 190 + 90 * 140)
    assert found.surplus["Eken"] == pytest.approx(share * 20_000_000 - 9_600_000, abs=1)
    said = text(found)
    assert "En av två förskolor täcker inte sina avdelningar när budgeten fördelas efter barn" in said
    assert (
        "Ett barn till ger i snitt" in said
        and "behövs en ny avdelning kostar det 2,4 miljoner kronor" in said
    )
    assert "Eken har 55 barn" in said
    assert found.rules is not None and found._ages(found.rules.stages[1]) == (3, 5)


def test_what_is_given_today_may_be_unknown(tmp_path: Path) -> None:
    found = view(form(tmp_path, changed(GIVEN, 0, given=None)), rules(tmp_path))
    page = next(iter(_shown(found)))
    assert page.table is not None
    assert page.table.rows[0][2] is None and page.table.rows[0][4] is None and page.table.rows[-1][2] is None
    assert page.table.rows[1][2] == 36_900_000


@pytest.mark.parametrize(
    ("last", "told"),
    [(2027, "+10"), (2026, "Uppgifterna från SCB slutar 2026, före 2027 som behövs.")],
)
def test_next_years_volumes_follow_the_population_or_say_that_it_ends(
    tmp_path: Path, last: int, told: str
) -> None:
    by_age = pd.DataFrame(
        {year: [100.0 + 12.2 * (year - 2026)] * 10 for year in range(2026, last + 1)}, index=range(6, 16)
    )
    ages = load_catalogue().areas[SCHOOL].ages
    persons = AreaPopulation(by_age, ages, None, frozenset({2027}), {}, Source.SCB, "SCB")
    shown = {item.id: item for item in _shown(view(form(tmp_path), rules(tmp_path), population=persons))}
    assert told in shown["volymer-nasta-ar"].to_text()
    nobody = {item.id: item for item in _shown(view(form(tmp_path), rules(tmp_path)))}
    assert "Kan inte visas." in nobody["volymer-nasta-ar"].to_text()


# --- the report ---------------------------------------------------------------------------


def test_exempelbys_report_has_it_and_an_area_without_says_so() -> None:
    case = cast(MeasureAreaCase, open_case(SCHOOL, steg=3, kommun=EXAMPLE_MUNICIPALITY, data="exempel"))
    assert allocation_finding in FINDINGS and allocation_finding(case.view) is not None
    shown: dict[str, Any] = {item.id: item for item in case.allocation()}
    assert {
        "fordelning",
        "fordelning-stadier",
        "budget-i-balans",
        "en-till",
        "typskola",
        "skolpeng",
    } <= shown.keys()
    table = shown["fordelning"].table
    for column in (2, 3, *range(5, len(table.columns))):
        assert sum(row[column] for row in table.rows[:-1]) == table.rows[-1][column]
    other = cast(MeasureAreaCase, open_case(PRESCHOOL, steg=3, kommun=EXAMPLE_MUNICIPALITY, data="exempel"))
    (only,) = other.allocation()
    assert "Kommunen har inte skrivit hur budgeten för förskolan fördelas på enheterna." in only.to_text()
