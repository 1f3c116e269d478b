"""Decision papers: complete and incomplete, to take part and to carry out, and what is said of a file that is wrong."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from effektiv import open_case
from effektiv.analysis.portfolio import hourly_cost
from effektiv.data.catalogue import load_catalogue
from effektiv.data.identifiers import Places
from effektiv.errors import InputError
from effektiv.example.forms import CODE
from effektiv.example.truths import EXAMPLE_MUNICIPALITY, HOME_CARE, SCHOOL
from effektiv.exhibits.exhibit import Exhibit
from effektiv.params import load_params, read_folder
from effektiv.params.registry import Known
from effektiv.steps.s3_atgarder.decision_params import (
    CHILDREN_PARTS,
    COMMITMENTS,
    PROJECT_FILE,
    concerns_children,
)
from effektiv.steps.s3_atgarder.decision_plan import DecisionPlanCase
from effektiv.steps.s3_atgarder.lock import lock_area
from tests.steps.s3_atgarder.test_measures import AREAS

FILE = PROJECT_FILE.name
Changed = Callable[..., DecisionPlanCase]


def opened(kommun: str = EXAMPLE_MUNICIPALITY) -> DecisionPlanCase:
    case = open_case("beslut", steg=3, kommun=kommun, data="exempel")
    assert isinstance(case, DecisionPlanCase)
    return case


@pytest.fixture(scope="module")
def case() -> DecisionPlanCase:
    """Exempelby's, as it ships."""
    return opened()


@pytest.fixture
def changed(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Changed:
    """Open Exempelby with some texts of its file replaced."""
    folder = tmp_path / "params" / "0219-exempelby"
    shutil.copytree(
        root / "params" / "0219-exempelby",
        folder,
        ignore=shutil.ignore_patterns("sjalvskattning", "bedomning", "las"),
    )
    monkeypatch.setenv("EFFEKTIV_PARAMS", str(tmp_path / "params"))

    def change(*pairs: tuple[str, str]) -> DecisionPlanCase:
        text = (folder / FILE).read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, new)
        (folder / FILE).write_text(text, encoding="utf-8")
        return opened()

    return change


def texts(shown: Any) -> str:
    items = [shown] if isinstance(shown, Exhibit) else list(shown)
    return "\n".join(item.to_text() for item in items).replace("\u00a0", " ")


def passed(case: DecisionPlanCase) -> list[str]:
    """What `effektiv kontrollera` says of the file."""
    assert case.params.folder is not None
    reading = read_folder(case.params.folder, areas=AREAS)
    return [str(item) for item in (*reading.problems, *reading.passed) if FILE in str(item)]


def without_children(text: Path) -> list[tuple[str, str]]:
    """Return what to replace for the six parts to be empty."""
    said = text.read_text(encoding="utf-8")
    start, end = said.index("barnets_basta:"), said.index("skickas_till:")
    return [(said[start:end], "")]


def test_exempelbys_paper_is_complete_and_its_numbers_are_those_of_step_3(case: DecisionPlanCase) -> None:
    found = case.decision()
    assert found.lacks == () and found.together is not None
    paper = texts(case.paper())
    assert "Ej ifyllt: " not in paper and "[Ej ifyllt" not in paper and "Utkast" not in paper
    assert [part.id for part in case.paper()][3] == "roda-traden"
    assert [part.title for part in case.paper() if part.id != "roda-traden"][1:] == [
        "Ärendet", "Åtgärderna", "Ekonomiska konsekvenser", "Barnets bästa", "Beslutet skickas till",
    ]  # fmt: skip
    by_area = {area: view.portfolio for area, view in found.areas.items() if view.measures}
    cost = sum(float(one.cost.sum()) for one in by_area.values())
    # Areas that end earlier go on costing in the paper's longer time.
    assert float(found.together.cost.sum()) >= cost * (1 - 1e-9)
    (economy,) = [part for part in case.paper() if part.id == "ekonomi"]
    assert economy.table is not None
    for row, year in zip(economy.table.rows, found.together.years, strict=True):
        assert row[0] == str(year)
        assert row[2] + row[3] == pytest.approx(float(found.together.cost[year]) / 1e3)
        assert row[4] == pytest.approx(float(found.together.net["likely"][year]) / 1e3)
    assert found.one_off.sum() == sum(item.one_off for item in found.written)
    assert "Tillsammans frigör de 6,5 miljoner kronor om året netto från 2030" in paper
    assert "Grundskola. Målet låstes 26 januari 2026." in paper
    assert "Målet är inte låst för " in paper and "Målet är inte låst för grundskolan" not in paper
    assert "Frigjord tid" in paper and "minskar inte budgeten" in paper


def test_each_proposal_says_who_does_what(case: DecisionPlanCase) -> None:
    lines = texts(case.paper()).split("Förslag till beslut\n")[1].split("\n\n")[0].splitlines()
    assert lines[0] == "Kommunstyrelsens arbetsutskott föreslår kommunstyrelsen besluta följande:"
    assert lines[1].startswith(
        "1. Barn- och utbildningsnämnden får i uppdrag att genomföra åtgärderna A1, A2, A3 och A4"
    )
    assert all(line.endswith(".") for line in lines[1:])
    assert any("finansieras genom nämndernas ramar" in line for line in lines)


def test_as_clauses_they_begin_with_att(changed: Changed) -> None:
    shown = texts(changed(("att_satser: nej", "att_satser: ja")).paper())
    lines = shown.split("Förslag till beslut\n")[1].split("\n\n")[0].splitlines()
    assert lines[0] == "Kommunstyrelsens arbetsutskott föreslår kommunstyrelsen besluta:"
    assert all(line.startswith("- att ") and not line.endswith(".") for line in lines[1:])


def test_the_paper_to_take_part_rests_on_step_1_alone(case: DecisionPlanCase) -> None:
    found = case.decision("deltagande")
    assert found.lacks == () and found.together is None
    paper = texts(case.paper("deltagande"))
    assert "Deltagande i utvecklingsprojektet Effektivare kommun" in paper
    assert "60 000 kronor exklusive moms" in paper and "30 000 kronor 2026 och 30 000 kronor 2027" in paper
    assert "Äldreomsorgen kostar troligen" in paper, "as sure as step 1 is"
    assert "Åtgärderna" not in [part.title for part in case.paper("deltagande")]
    assert "Barnets bästa prövas när åtgärder föreslås." in " ".join(paper.split())
    with pytest.raises(InputError, match="Ärendet 'annat' finns inte: skriv deltagande eller atgarder"):
        case.paper("annat")


def test_the_parts_of_a_real_paper_are_all_there(case: DecisionPlanCase, shared: Path) -> None:
    (lund,) = (shared / "documents").glob("003_*.txt")
    lines = [line.strip() for line in lund.read_text(encoding="utf-8").splitlines()]
    ours = texts(case.paper("deltagande")).splitlines()
    named = {
        "Underlag för beslutet": "Beslutsunderlag",
        "För verkställighet eller motsvarande åtgärd:": "För verkställighet",
    }
    for part in (
        "Handläggare", "Diarienummer", "Förslag till beslut", "Sammanfattning", "Underlag för beslutet", "Ärendet",
        "Bakgrund", "Föredragning", "Beredning", "Barnets bästa", "Ekonomiska konsekvenser", "Beslutet skickas till",
        "För verkställighet eller motsvarande åtgärd:", "För kännedom:",
    ):  # fmt: skip
        assert part in lines, f"Lund's paper has no {part}"
        wanted = named.get(part, part).removesuffix(":")
        assert wanted in ours or any(f"{wanted}: " in line for line in ours), part


def test_a_missing_trial_of_the_childs_best_is_marked_and_told(changed: Changed, root: Path) -> None:
    case = changed(*without_children(root / "params" / "0219-exempelby" / FILE))
    paper = texts(case.paper())
    assert "Utkast. Sex delar är inte ifyllda." in paper
    told = passed(case)
    for key, title in CHILDREN_PARTS.items():
        assert f"{title}\nEj ifyllt: barnets bästa" in paper
        assert f"(projekt.yaml, nyckeln barnets_basta.{key})." in paper
        assert sum(f"nyckeln barnets_basta.{key} är tom" in line for line in told) == 1
    assert len(told) == 6
    table = case.not_filled_in().table
    assert table is not None and [row[2] for row in table.rows] == [
        f"barnets_basta.{key}" for key in CHILDREN_PARTS
    ]


def test_a_reason_is_enough_only_where_no_service_for_children_is_changed(
    changed: Changed, root: Path
) -> None:
    empty = without_children(root / "params" / "0219-exempelby" / FILE)
    reason = ("  barn_inte_provat: >\n\nuppdrag:", "  barn_inte_provat: Rör inte barn.\n\nuppdrag:")
    case = changed(*empty, reason)
    assert len(case.decision().lacks) == 6, "measures in schools need the trial whatever is written"
    assert "Rör inte barn." not in texts(case.paper())
    case = changed(("omraden: []", f"omraden: [{HOME_CARE}]"))
    assert case.decision().lacks == () and passed(case) == []
    assert "Rör inte barn." in texts(case.paper())


def test_children_are_concerned_by_the_areas_own_words() -> None:
    areas = load_catalogue().areas.values()
    assert {area.id for area in areas if not concerns_children(area)} == {HOME_CARE}


def test_whatever_is_required_and_empty_is_marked(changed: Changed) -> None:
    case = changed(
        ("beslutar: Kommunstyrelsen\n", "beslutar:\n"),
        ("  - omrade: grundskola\n    till: barn- och utbildningsnämnden\n", ""),
        ("styrgrupp: [kommunstyrelsens presidium, kommundirektören, förvaltningscheferna]", "styrgrupp: []"),
        ("    status: pagar\n", ""),
        ("  verkstallighet: [Barn- och utbildningsnämnden, Socialnämnden, Ekonomiavdelningen]",
         "  verkstallighet: []"),
    )  # fmt: skip
    names = [lack.name for lack in case.decision().lacks]
    assert names == ["beslutar", "skickas_till.verkstallighet", "styrgrupp", "uppdrag", "utfastelser"]
    paper, plan = texts(case.paper()), texts(case.project_plan())
    assert "föreslår [Ej ifyllt: vem som beslutar] besluta" in paper
    assert "[Ej ifyllt: vem som får uppdraget för grundskolan] får i uppdrag" in paper
    assert "För verkställighet\nEj ifyllt: vem beslutet skickas till (projekt.yaml" in paper
    assert "Styrgrupp: [Ej ifyllt: styrgrupp]" in plan and plan.count("Ej ifyllt") == 2
    assert [line.split("nyckeln ")[1].split(" ")[0] for line in passed(case)] == names


def test_a_lock_is_told_and_proposed(changed: Changed, monkeypatch: pytest.MonkeyPatch) -> None:
    case = changed()
    monkeypatch.setenv("EFFEKTIV_IDAG", "2026-03-01")
    assert case.params.folder is not None
    lock_area(load_params(CODE, case.params.folder.parent, areas=AREAS), SCHOOL, case.snapshot)
    paper = texts(opened().paper())
    assert "Målet för grundskolan är det som låstes 1 mars 2026: meritvärdet i årskurs 9 ska öka." in paper
    assert (
        "Låst mål för grundskolan, 2026-03-01" in paper and "Grundskola. Målet låstes 1 mars 2026." in paper
    )


def test_the_project_plan_sets_its_cost_beside_what_it_may_give(case: DecisionPlanCase) -> None:
    organisation, promises, times, costs = case.project_plan()
    assert "Kontaktperson mot SKR: ekonomichef Mia Björk" in texts(organisation)
    assert promises.table is not None and len(promises.table.rows) == len(COMMITMENTS) == 5
    assert (
        times.figure is not None and times.alt is not None and "orsaksanalys februari–mars 2026" in times.alt
    )
    assert costs.table is not None
    amounts = {row[0]: row[2] for row in costs.table.rows}
    own = 400 * hourly_cost(48_000) + 720 * hourly_cost(42_000) + 120 * hourly_cost(70_000)
    assert amounts["Projektets kostnad"] == pytest.approx((60_000 + own) / 1e3)
    assert amounts["Åtgärderna netto, troligt"] == pytest.approx(case.decision().net["likely"] / 1e3)
    sizes = texts(case.project_plan("deltagande")[3])
    assert "inte vad projektet ger" in sizes and "går inte att skilja från noll" in sizes


def test_without_a_file_it_is_one_honest_page() -> None:
    case = opened("Kornlunda")
    assert case.describe()["underlag"] == "tunt"
    (page,) = case.paper()
    assert "Inget beslut är förberett i Kornlunda" in texts(page)
    assert len(case.project_plan()) == 1 and case.not_filled_in().table is None
    asked = texts(case.paper("deltagande"))
    assert (
        "Kornlunda deltar i utvecklingsprojektet Effektivare kommun" in asked
        and "Ej ifyllt: bakgrund" in asked
    )


WRONG = {
    "day": ("deltagande:\n  datum: 3 mars", "har värdet '3 mars' men ska vara en dag, till exempel 2026-03-02"),
    "month": ("tidplan:\n  - steg: 1\n    fran: mars\n    till: 2026-04", "har värdet 'mars' men ska vara en månad"),
    "order": ("tidplan:\n  - steg: 1\n    fran: 2026-05\n    till: 2026-04", "är 2026-04, före början 2026-05"),
    "twice": (
        "tidplan:\n  - steg: 1\n    fran: 2026-01\n    till: 2026-04\n  - steg: 1\n    fran: 2026-05\n    till: 2026-06",
        "är 1, som redan står ovanför",
    ),
    "matter": ("arende: delta", "har värdet 'delta' men ska vara deltagande eller atgarder"),
    "status": ("utfastelser:\n  - vad: styrgrupp\n    status: nja", "har värdet 'nja' men ska vara klart, pagar eller ej"),
    "promise": ("utfastelser:\n  - vad: styrgrup", "Menade du 'styrgrupp'?"),
    "yes or no": ("att_satser: kanske", "har värdet 'kanske' men ska vara ja eller nej"),
    "area": ("omraden: [grundskol]", "har värdet 'grundskol' men ska vara"),
    "pay": ("egen_tid:\n  - roll: A\n    timmar: mycket", "har värdet 'mycket' men ska vara ett tal"),
    "key": ("styrgrup: [A]", "finns inte. Menade du 'styrgrupp'?"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text(text + "\n", encoding="utf-8")
    problems = [str(item) for item in PROJECT_FILE.read(path, Known(Places(None), AREAS)).problems]
    assert problems and said in problems[0] and f"{FILE}, rad " in problems[0]


def test_a_new_file_is_read_and_no_paper_is_begun(tmp_path: Path) -> None:
    ((address, content),) = PROJECT_FILE.new(CODE, EXAMPLE_MUNICIPALITY, ()).items()
    (tmp_path / address).write_bytes(content)
    read = PROJECT_FILE.read(tmp_path / address, Known(Places(None), AREAS))
    assert read.problems == [] and read.said is not None and not read.said.is_begun
    assert PROJECT_FILE.together(tmp_path, {address: read.said}, {}) == []
