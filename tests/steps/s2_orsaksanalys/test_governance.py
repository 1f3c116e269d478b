"""The self-assessment of governance: planted disagreement is found, faults are named, small groups stay hidden."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest

from effektiv import open_case
from effektiv.data.catalogue import load_catalogue
from effektiv.data.governance import self_assessment
from effektiv.example.forms.governance import RISEN, STRONG, WEAK
from effektiv.exhibits.exhibit import Exhibit
from effektiv.forms import write
from effektiv.params import load_params, read_folder
from effektiv.steps.s2_orsaksanalys.assessment import Round, rounds
from effektiv.steps.s2_orsaksanalys.assessment_form import ASSESSMENT_FORM, PREPARED_ASSESSMENT, STATEMENTS
from effektiv.steps.s2_orsaksanalys.governance_underlag import GovernanceCase
from effektiv.steps.s2_orsaksanalys.governance_view import view_of
from effektiv.steps.s2_orsaksanalys.params import ASSESSMENT_FILE
from tests.report_form import MACHINERY

ASKED = self_assessment()
LABELS = {role.id: role.label for role in ASKED.roles}
AREAS = tuple(load_catalogue().areas)
SIZES = {"politik": 8, "ledning": 7, "enhetschefer": 18, "ekonomi": 7}
GAP = "U3"


def respondent(draw: Random, role: str, **levels: float) -> bytes:
    """Return the file of one respondent; a level is of a statement, and 3.2 where nothing is said."""
    own = draw.gauss(0, 0.3)
    rows = [
        row
        | {"answer": str(min(5, max(1, round(levels.get(str(row["id"]), 3.2) + own + draw.gauss(0, 0.6)))))}
        for row in PREPARED_ASSESSMENT[STATEMENTS]
    ]
    who = {"role": LABELS[role], "code": f"{role}{draw.random():.6f}"}
    return write(ASSESSMENT_FORM, rows={"om": [who], STATEMENTS: rows, "fakta": PREPARED_ASSESSMENT["fakta"]})


def fill(folder: Path, sizes: dict[str, int], name: str = "2025-host") -> list[Path]:
    """Fill in a round where unit managers see neither a dialogue nor a limit, and all others both."""
    (folder / "kommun.yaml").write_text("kommun: '0219'\n", encoding="utf-8")
    there = folder / "sjalvskattning" / name
    there.mkdir(parents=True)
    draw, paths = Random(1), []
    for role, size in sizes.items():
        level = 1.8 if role == "enhetschefer" else 4.2
        for number in range(size):
            paths.append(there / f"{role}-{number:02}.xlsx")
            paths[-1].write_bytes(respondent(draw, role, **{ASKED.first.statement: level, GAP: level}))
    return paths


def found(folder: Path) -> tuple[Round, ...]:
    return rounds(load_params("0219", folder.parent, areas=AREAS).of(ASSESSMENT_FILE))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EFFEKTIV_PARAMS", str(tmp_path))
    place = tmp_path / "0219-exempelby"
    place.mkdir()
    return place


def spoil(path: Path, change: Callable[[Any], None]) -> None:
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)


def put(sheet: str, cell: str, value: Any) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        book[sheet][cell] = value

    return change


def test_forty_with_faults_are_read_each_fault_is_named_and_the_planted_gaps_are_found(folder: Path) -> None:
    paths = fill(folder, SIZES)
    assert len(paths) == 40
    second = openpyxl.load_workbook(paths[1])["Om dig"]["B4"].value
    spoiled: dict[str, tuple[Callable[[Any], None], str]] = {
        "politik-00": (put("Påståenden", "D5", 7), "bladet Påståenden, cell D5: Svar 1-5: har värdet '7'"),
        "ledning-00": (put("Påståenden", "A6", "Q9"), "bladet Påståenden, cell A6: det finns inget Q9"),
        "ledning-01": (put("Påståenden", "A7", "M1"), "bladet Påståenden, cell A7: M1 står redan på rad 4"),
        "enhetschefer-00": (
            put("Om dig", "A4", "Rektor"),
            "bladet Om dig, cell A4: Roll: har värdet 'Rektor'",
        ),
        "enhetschefer-01": (put("Om dig", "A4", None), "bladet Om dig, cell A4: Roll saknas"),
        "enhetschefer-02": (put("Påståenden", "D3", "Mitt svar"), "rubriken Svar 1-5 saknas"),
        "enhetschefer-03": (lambda book: book["Påståenden"].merge_cells("D8:D9"), "cell D8:D9: cellerna är"),
        "politik-02": (
            put("Om dig", "B4", second),
            "finns också i politik-01.xlsx, och den här filen används inte",
        ),
        "ekonomi-00": (put("Påståenden", "G4", "i våras"), "cell G4: Dokumentets datum: 'i våras' är text"),
    }
    for path in paths:
        if path.stem in spoiled:
            spoil(path, spoiled[path.stem][0])
    paths[-1].write_bytes(b"PK ingen arbetsbok")
    reading = read_folder(folder, areas=AREAS)
    assert reading.problems == []
    told = [str(problem) for problem in reading.passed]
    for name, (_, words) in spoiled.items():
        assert any(f"{name}.xlsx" in one and words in one for one in told), "\n".join([name, *told])
    assert any(paths[-1].name in one for one in told)
    (one,) = found(folder)
    # Four cannot be used: two without a role, one sent twice, one damaged.
    assert len(one.roles) == 36
    assert (one.unused, one.faulty) == (4, 6)
    view = view_of([one])
    assert view is not None
    assert view.sure_first is not None
    assert view.sure_first.low == ("enhetschefer",)
    assert [gap.statement for gap in view.other_gaps] == [GAP]


def texts(case: GovernanceCase) -> str:
    shown: list[Exhibit] = [case.first_page(), *case.findings()]
    shown += [getattr(case, name)() for name in ("answered", "statements", "comments", "documents", "facts")]
    return "\n".join(f"{one.to_text()}\n{json.dumps(one.to_json(), ensure_ascii=False)}" for one in shown)


def opened(kommun: str = "Exempelby") -> GovernanceCase:
    case = open_case("styrning", kommun=kommun, steg=2)
    assert isinstance(case, GovernanceCase)
    return case


def test_a_report_tells_nothing_of_a_group_under_five(folder: Path) -> None:
    """What a reader can see is the same whatever four politicians answered, if they are the only small group."""
    fill(folder, {"politik": 4, "ledning": 6, "enhetschefer": 9, "ekonomi": 5})
    first = opened()
    assert first.governance is not None
    assert first.governance.shown.small == ("politik",)
    before = texts(first)
    draw = Random(5)
    for path in (folder / "sjalvskattning" / "2025-host").glob("politik-*.xlsx"):
        path.write_bytes(respondent(draw, "politik", **dict.fromkeys(ASKED.statements, 1.0)))
    assert texts(opened()) == before
    assert "24 personers" not in before
    assert "Färre än fem har svarat bland politikerna" in before


def test_leadership_and_economy_are_one_where_either_is_small(folder: Path) -> None:
    fill(folder, {"politik": 5, "ledning": 3, "enhetschefer": 9, "ekonomi": 4})
    view = opened().governance
    assert view is not None
    assert list(view.shown.respondents) == ["politik", "ledning-ekonomi", "enhetschefer"]
    assert view.sure_first is not None
    assert view.said(view.sure_first.high) == "ledning och ekonomi"


def test_small_groups_alone_are_shown_together_and_not_compared(folder: Path) -> None:
    fill(folder, {"politik": 4, "enhetschefer": 3})
    case = opened()
    assert case.governance is not None
    assert case.governance.shown.total == 7
    assert case.report.first.title.startswith("Svaren är lägst om")
    assert "slumpen kan ge" not in texts(case)
    assert "rollerna" not in [one.id for one in case.findings()]


def test_what_is_planted_in_exempelby_is_found() -> None:
    case = opened()
    view = case.governance
    assert view is not None
    assert (
        case.report.first.title
        == "Ledning och ekonomi ser en dialog om budgeten, men det gör inte enhetscheferna"
    )
    assert [gap.statement for gap in view.other_gaps] == ["B2"]
    assert (view.highest[0].area.id, view.lowest[0].area.id) == (STRONG, WEAK)
    assert (view.highest[1], view.lowest[1]) == (True, True)
    assert [area for area, moved in view.changed.items() if moved] == [RISEN]
    assert view.shown_before is not None
    assert view.shown_before.small == ("politik",)
    assert len(case.findings()) == 5
    assert case.describe()["underlag"] == "fullt"


def test_rounds_come_in_the_order_of_their_seasons(folder: Path) -> None:
    for name in ("2025-host", "2025-var", "2024-host"):
        fill(folder, {"enhetschefer": 5}, name) if name == "2025-host" else _again(folder, name)
    assert [one.name for one in found(folder)] == ["2024-host", "2025-var", "2025-host"]
    assert [one.label for one in found(folder)] == ["hösten 2024", "våren 2025", "hösten 2025"]


def _again(folder: Path, name: str) -> None:
    place = folder / "sjalvskattning" / name
    place.mkdir()
    (place / "svar.xlsx").write_bytes(respondent(Random(2), "ekonomi"))


@pytest.mark.parametrize("answers", [0, 3])
def test_without_answers_it_is_one_page_that_says_how_to_get_them(folder: Path, answers: int) -> None:
    fill(folder, {"ledning": answers})
    case = opened()
    page = case.first_page().to_text()
    assert case.first_page().title.startswith("Tunt underlag")
    assert "effektiv ny Exempelby --steg 2" in page
    assert len(case.findings()) == 0
    assert case.describe()["underlag"] == "tunt"
    assert ("fem personer" in page) == bool(answers)
    assert not [word for word in MACHINERY if word in texts(case).lower()]


def test_an_empty_form_is_no_answer(folder: Path) -> None:
    fill(folder, {})
    new = ASSESSMENT_FILE.new("0219", "Exempelby", ())
    ((address, content),) = new.items()
    (folder / address).parent.mkdir(parents=True)
    (folder / address).write_bytes(content)
    reading = read_folder(folder, areas=AREAS)
    assert (reading.problems, reading.passed, reading.notes) == ([], [], [])
    assert found(folder) == ()


def words(text: str) -> list[str]:
    return re.findall(r"[a-zåäö]+", text.lower())


def test_the_statements_are_our_own_words(shared: Path) -> None:
    (report,) = (shared / "documents").glob("002_*.txt")
    theirs = " ".join(words(report.read_text(encoding="utf-8")))
    said = [one.text for one in ASKED.statements.values()] + [one.text for one in ASKED.facts]
    for text in said:
        own = words(text)
        for at in range(len(own) - 5):
            assert " ".join(own[at : at + 6]) not in theirs, text
    assert len(set(said)) == len(said)


def test_each_statement_is_known_by_its_number_and_each_area_has_three_to_five() -> None:
    ids = [*ASKED.statements, *(one.id for one in ASKED.facts)]
    assert len(set(ids)) == len(ids) == sum(len(area.statements) for area in ASKED.areas) + len(ASKED.facts)
    assert all(3 <= len(area.statements) <= 5 for area in ASKED.areas)
    assert ASKED.first.statement in ASKED.statements
    assert {*ASKED.first.high, *ASKED.first.low} <= set(ASKED.groups)
